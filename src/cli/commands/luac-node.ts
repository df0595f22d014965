// `perilune luac` over the Node host.
import { nodeHost } from "../../host/node.js";
import { FileStream, standardStream } from "../../stdlib/io-file.js";
import { HostError, type HostFile } from "../../vm/host.js";
import { FileFailure, luac } from "./luac.js";

type Operation = FileFailure["operation"];

function attempt<T>(operation: Operation, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw error instanceof HostError ? new FileFailure(operation, error.message) : error;
  }
}

const free = (): void => {}; // nobody pays for what luac reads

/** Runs luac with byte string arguments and ends the process. */
export function luacCommand(args: string[]): never {
  const host = nodeHost();
  const open = (name: string, mode: string): HostFile => attempt("open", () => host.files.open(name, mode));
  const code = luac(args, {
    read(name) {
      if (name === undefined) return attempt("read", () => standardStream(host.stdin, "r").readAll(free));
      const file = open(name, "rb");
      const text = attempt("read", () => new FileStream(file, "r").readAll(free));
      file.close();
      return text;
    },
    write(name, contents) {
      if (name === undefined) {
        host.write(contents);
        return;
      }
      const file = open(name, "wb");
      attempt("write", () => file.write(contents));
      attempt("close", () => file.close());
    },
    error: (text) => host.writeError(text),
  });
  return host.process!.exit(code);
}
