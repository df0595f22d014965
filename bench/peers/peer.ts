// A running peer as the harness sees it: a child process that runs the program once per request.
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Reply } from "../lib/session.js";

export interface Execution {
  readonly ms: number;
  readonly output: string;
  readonly instructions?: number;
}

export interface PeerProcess {
  /** Runs the program once more; the first run includes compilation. Rejects when the program fails. */
  run(): Promise<Execution>;
  stop(): void;
  /** Of the process. */
  readonly pid: number | undefined;
}

export interface Peer {
  readonly name: string;
  start(program: string): Promise<PeerProcess>;
}

const NATIVE_DRIVER = fileURLToPath(new URL("./native-driver.lua", import.meta.url));
const live = new Set<ChildProcessWithoutNullStreams>();

/** Ends every peer process; for an interrupted bench. */
export function stopAllPeers(): void {
  for (const child of live) child.kill("SIGKILL");
}

/** A peer that runs inside Node; `bundle` is the built session-process. */
export function inProcessPeer(name: string, bundle: string): Peer {
  return {
    name,
    async start(program) {
      const lines = startProcess(process.execPath, [bundle, name, program]);
      const parse = async (): Promise<Reply> => {
        const reply = JSON.parse(await lines.next()) as Reply;
        if ("error" in reply) throw new Error(reply.error);
        return reply;
      };
      await parse();
      return {
        async run() {
          lines.send();
          const reply = await parse();
          if (!("ms" in reply)) throw new Error("the session answered out of turn");
          return reply;
        },
        stop: lines.stop,
        pid: lines.pid,
      };
    },
  };
}

/** A native Lua on PATH, or a path to one. */
export function nativePeer(name: string, command: string): Peer {
  return {
    name,
    async start(program) {
      const lines = startProcess(command, [NATIVE_DRIVER, program]);
      await lines.next();
      return {
        async run() {
          const start = performance.now();
          lines.send();
          const line = await lines.next();
          const ms = performance.now() - start;
          const text = line.slice(line.indexOf(" ") + 1).replace(/\\(.)/g, (_, c: string) => (c === "n" ? "\n" : c));
          if (line.startsWith("error ")) throw new Error(text);
          return { ms, output: text };
        },
        stop: lines.stop,
        pid: lines.pid,
      };
    },
  };
}

export function isCommand(command: string): boolean {
  return spawnSync(command, ["-v"], { stdio: "ignore" }).status === 0;
}

interface Lines {
  next(): Promise<string>;
  send(): void;
  stop(): void;
  readonly pid: number | undefined;
}

function startProcess(command: string, args: readonly string[]): Lines {
  const child = spawn(command, args);
  live.add(child);
  const complaints: Buffer[] = [];
  child.stderr.on("data", (chunk: Buffer) => complaints.push(chunk));
  child.stdin.on("error", () => undefined); // a dead child is reported by next()
  child.on("error", () => undefined);
  child.on("close", () => live.delete(child));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async next() {
      const step = await lines.next();
      if (step.done === true) throw new Error(`${command} ended: ${Buffer.concat(complaints).toString().trim().slice(0, 300)}`);
      return step.value;
    },
    send: () => void child.stdin.write("\n"),
    stop: () => void child.kill("SIGKILL"),
    pid: child.pid,
  };
}
