// The Node host: files, processes, clock and standard streams through node: modules.
import { closeSync, lstatSync, openSync, renameSync, rmdirSync, unlinkSync } from "node:fs";
import { fromHostText } from "../base/bytes.js";
import { type Host, HostError, type HostFiles } from "../vm/host.js";
import { codeOf, hostCall, toHostError } from "./errno.js";
import { NodeFile, createExclusive, nodePath, openFile } from "./node-file.js";
import { nodeProcess } from "./node-process.js";
import { StandardError, StandardInput, StandardOutput } from "./node-streams.js";
import { resolvePath } from "./resolve.js";
import { temporaryPath } from "./temporary.js";

const TRIES = 100;

/** A new file with a name of its own. */
function createTemporary(): { path: string; fd: number } {
  for (let i = 0; i < TRIES; i++) {
    const path = temporaryPath("lua_");
    try {
      return { path, fd: createExclusive(path) };
    } catch (error) {
      if (codeOf(error) !== "EEXIST") throw toHostError(error);
    }
  }
  throw new HostError("unable to generate a unique filename", 17);
}

const files: HostFiles = {
  open: openFile,

  remove(path) {
    hostCall(() => {
      try {
        unlinkSync(nodePath(path));
      } catch (error) {
        if (!lstatSync(nodePath(path)).isDirectory()) throw error;
        rmdirSync(nodePath(path)); // C's remove takes empty directories, too
      }
    });
  },

  rename(from, to) {
    hostCall(() => renameSync(nodePath(from), nodePath(to)));
  },

  temporaryName() {
    const { path, fd } = createTemporary();
    closeSync(fd);
    return fromHostText(path);
  },

  temporaryFile() {
    const { path, fd } = createTemporary();
    try {
      unlinkSync(path);
    } catch {
      process.on("exit", () => unlinkSync(path)); // a system that keeps open files named
    }
    return new NodeFile(fd, 0);
  },

  readable(path) {
    try {
      closeSync(openSync(nodePath(path), "r"));
      return true;
    } catch {
      return false;
    }
  },

  resolve: resolvePath,
};

/** What {@link nodeHost} gives: every part is there. */
export interface NodeHost extends Host {
  readonly stdin: StandardInput;
  readonly stdout: StandardOutput;
  readonly stderr: StandardError;
  readonly files: HostFiles;
}

let shared: NodeHost | undefined;

/** The host of this process; the same each time, as there is one standard input and output. */
export function nodeHost(): NodeHost {
  if (shared !== undefined) return shared;
  const stdout = new StandardOutput(1);
  const stderr = new StandardError(2, stdout);
  shared = {
    write: (text) => stdout.print(text),
    writeError: (text) => stderr.print(text),
    now: () => Date.now(),
    cpuTime() {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1e6;
    },
    randomSeed() {
      const low = BigInt(Math.floor(Math.random() * 2 ** 32)) | (BigInt(Math.floor(Math.random() * 2 ** 32)) << 32n);
      return low ^ process.hrtime.bigint();
    },
    stdin: new StandardInput(0, stdout),
    stdout,
    stderr,
    files,
    process: nodeProcess(stdout),
  };
  return shared;
}
