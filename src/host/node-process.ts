// Processes and the environment over Node: os.execute, io.popen, os.getenv, os.exit.
import type * as ChildProcess from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync, unlinkSync } from "node:fs";
import type * as Os from "node:os";
import { fromHostText, toHostText } from "../base/bytes.js";
import type { HostFile, HostProcess, ProcessStatus } from "../vm/host.js";
import { builtin } from "./builtin.js";
import { codeOf, hostError, toHostError } from "./errno.js";
import { NodeFile } from "./node-file.js";
import type { StandardOutput } from "./node-streams.js";
import { temporaryPath } from "./temporary.js";

const WINDOWS = process.platform === "win32";
const SHELL = WINDOWS ? (process.env["ComSpec"] ?? "cmd.exe") : "/bin/sh";
const SHELL_OPTION = WINDOWS ? "/c" : "-c";
const MAX_OUTPUT = 1 << 30;
const POLL_MILLISECONDS = 1;
const childProcess = (): typeof ChildProcess => builtin("node:child_process");
const sleeper = new Int32Array(new SharedArrayBuffer(4));

/** A command as the shell gets it: the bytes up to the first zero, read as UTF-8 (Node takes no raw bytes here). */
function shellArguments(command: string): string[] {
  const zero = command.indexOf("\0");
  return [SHELL_OPTION, toHostText(zero < 0 ? command : command.slice(0, zero))];
}

function statusOf(code: number | null, signal: NodeJS.Signals | null): ProcessStatus {
  if (signal !== null) return { kind: "signal", code: builtin<typeof Os>("node:os").constants.signals[signal] };
  return { kind: "exit", code: code ?? 1 };
}

/** wait(2)'s status word. */
function decodeStatus(word: number): ProcessStatus {
  const signal = word & 0x7f;
  return signal !== 0 ? { kind: "signal", code: signal } : { kind: "exit", code: (word >> 8) & 0xff };
}

/**
 * The end of a child process, awaited without the event loop: a child that nobody has reaped keeps its status word in
 * /proc. (When the event loop did turn, Node reaped it and told us.)
 */
class Child {
  private ended: ProcessStatus | undefined;

  constructor(private readonly pid: number) {}

  end(code: number | null, signal: NodeJS.Signals | null): void {
    this.ended = statusOf(code, signal);
  }

  wait(): ProcessStatus {
    for (;;) {
      if (this.ended !== undefined) return this.ended;
      const stat = readFileSync(`/proc/${this.pid}/stat`, "latin1");
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" "); // from the third field, the state, on
      if (fields[0] === "Z" || fields[0] === "X") return decodeStatus(Number(fields[49]));
      Atomics.wait(sleeper, 0, 0, POLL_MILLISECONDS);
    }
  }
}

/** One end of a pipe to a running child. */
class ProcessPipe extends NodeFile {
  constructor(fd: number, private readonly child: Child) {
    super(fd, null);
  }

  override seek(): never {
    throw hostError("ESPIPE");
  }

  override close(): never {
    super.close();
    return this.child.wait() as never;
  }
}

/** popen through a named pipe: the child runs beside us, and what it writes can be read at once. */
function streamingPopen(command: string, mode: "r" | "w"): HostFile {
  const path = temporaryPath("lua_pipe_");
  const made = childProcess().spawnSync("mkfifo", ["-m", "600", path], { stdio: "ignore" });
  if (made.status !== 0) throw made.error === undefined ? hostError("EIO") : toHostError(made.error);
  const both = openSync(path, "r+"); // lets the two real ends open without waiting for each other
  const readEnd = openSync(path, "r");
  const writeEnd = openSync(path, "w");
  closeSync(both);
  unlinkSync(path);
  const [ours, theirs] = mode === "r" ? [readEnd, writeEnd] : [writeEnd, readEnd];
  const child = childProcess().spawn(SHELL, shellArguments(command), { stdio: mode === "r" ? [0, theirs, 2] : [theirs, 1, 2] });
  closeSync(theirs);
  child.unref();
  child.on("error", () => {}); // told below
  if (child.pid === undefined) {
    closeSync(ours);
    throw hostError("ENOMEM");
  }
  const process = new Child(child.pid);
  child.on("exit", (code, signal) => process.end(code, signal));
  return new ProcessPipe(ours, process);
}

/** popen where there are no named pipes: the command runs to its end at the opening ("r") or the closing ("w"). */
class CollectedPipe implements HostFile {
  private text = "";
  private status: ProcessStatus = { kind: "exit", code: 0 };

  constructor(private readonly command: string, private readonly mode: "r" | "w") {
    if (mode === "r") this.run();
  }

  private run(): void {
    const input = this.mode === "w" ? Buffer.from(this.text, "latin1") : undefined;
    const run = childProcess().spawnSync(SHELL, shellArguments(this.command), {
      stdio: this.mode === "r" ? ["inherit", "pipe", "inherit"] : ["pipe", "inherit", "inherit"],
      maxBuffer: MAX_OUTPUT,
      ...(input === undefined ? {} : { input }),
    });
    if (run.error !== undefined && run.status === null && run.signal === null) throw toHostError(run.error);
    this.status = statusOf(run.status, run.signal);
    this.text = this.mode === "r" ? run.stdout.toString("latin1") : "";
  }

  read(count: number): string {
    const part = this.text.slice(0, count);
    this.text = this.text.slice(count);
    return part;
  }

  write(text: string): void {
    this.text += text;
  }

  seek(): never {
    throw hostError("ESPIPE");
  }

  flush(): void {}

  close(): ProcessStatus {
    if (this.mode === "w") this.run();
    return this.status;
  }
}

const canStream = (): boolean => process.platform === "linux" && existsSync("/proc/self/stat");

export function nodeProcess(output: StandardOutput): HostProcess {
  return {
    getenv(name) {
      const value = process.env[toHostText(name)];
      return value === undefined ? undefined : fromHostText(value);
    },

    exit(code) {
      output.drain();
      process.exit(code & 0xff);
    },

    execute(command) {
      output.drain();
      const run = childProcess().spawnSync(SHELL, shellArguments(command), { stdio: "inherit" });
      if (run.error !== undefined && run.status === null && run.signal === null) throw toHostError(run.error);
      return statusOf(run.status, run.signal);
    },

    popen(command, mode) {
      output.drain();
      if (!canStream()) return new CollectedPipe(command, mode);
      try {
        return streamingPopen(command, mode);
      } catch (error) {
        if (codeOf(error) !== "") throw toHostError(error);
        throw error;
      }
    },

    hasShell: () => WINDOWS || existsSync(SHELL),
  };
}
