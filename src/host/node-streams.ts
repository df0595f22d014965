// The three standard streams. Standard output collects what is written and passes it on when it should be seen.
import { fstatSync } from "node:fs";
import type * as Tty from "node:tty";
import { type BufferMode, HostError, type HostFile } from "../vm/host.js";
import { builtin } from "./builtin.js";
import { hostError } from "./errno.js";
import { NodeFile } from "./node-file.js";

const FULL = 65536;
const EPIPE = 32;

/** Whether a descriptor is a terminal. */
export function isTerminal(fd: number): boolean {
  try {
    if (!fstatSync(fd).isCharacterDevice()) return false; // spares loading node:tty, which is slow
  } catch {
    return false;
  }
  return builtin<typeof Tty>("node:tty").isatty(fd);
}

class StandardFile extends NodeFile {
  constructor(fd: number) {
    super(fd, null);
  }

  protected override isTerminal(): boolean {
    return isTerminal(this.fd);
  }
}

/**
 * Standard output. A terminal gets every line at once; a pipe or file gets blocks. What is left goes out when standard
 * input is read, standard error is written, a process is started, the event loop turns, or the process ends.
 */
export class StandardOutput implements HostFile {
  private readonly file: StandardFile;
  private pending = "";
  /** Settled by the first write: asking the descriptor takes time. */
  private mode: BufferMode | undefined;
  private size = FULL;
  private scheduled = false;
  /** Called when the reader of the output has gone away (where a C program gets SIGPIPE). */
  onBroken: () => void = () => {};

  constructor(private readonly fd: number) {
    this.file = new StandardFile(fd);
    process.on("exit", () => this.drain());
  }

  /** Bytes wait to be passed on. */
  get dirty(): boolean {
    return this.pending !== "";
  }

  read(): never {
    throw hostError("EBADF");
  }

  write(text: string): void {
    this.mode ??= isTerminal(this.fd) ? "line" : "full";
    this.pending += text;
    if (this.pending.length >= this.size || this.mode === "no" || (this.mode === "line" && text.includes("\n"))) this.flush();
    else if (!this.scheduled) {
      this.scheduled = true;
      setImmediate(() => {
        this.scheduled = false;
        this.drain();
      });
    }
  }

  flush(): void {
    if (this.pending === "") return;
    const text = this.pending;
    this.pending = ""; // what cannot be written is lost, as in C
    try {
      this.file.write(text);
    } catch (error) {
      if (error instanceof HostError && error.errno === EPIPE) this.onBroken();
      throw error;
    }
  }

  /** {@link write} for `print`, which tells nobody of failures. */
  print(text: string): void {
    try {
      this.write(text);
    } catch (error) {
      if (!(error instanceof HostError)) throw error;
    }
  }

  /** {@link flush} where nobody can be told of a failure. */
  drain(): void {
    try {
      this.flush();
    } catch {
      // a reader that went away, a full disk
    }
  }

  seek(whence: "set" | "cur" | "end", offset: number): number {
    this.flush();
    return this.file.seek(whence, offset);
  }

  setBuffer(mode: BufferMode, size: number): void {
    this.flush();
    this.mode = mode;
    this.size = Math.max(1, size);
  }

  close(): undefined {
    this.flush();
  }
}

/** Standard error: nothing waits, and standard output goes first so that both keep their order. */
export class StandardError implements HostFile {
  private readonly file: StandardFile;

  constructor(fd: number, private readonly output: StandardOutput) {
    this.file = new StandardFile(fd);
  }

  read(): never {
    throw hostError("EBADF");
  }

  write(text: string): void {
    this.output.drain();
    this.file.write(text);
  }

  /** {@link write} for messages, which tell nobody of failures. */
  print(text: string): void {
    try {
      this.write(text);
    } catch (error) {
      if (!(error instanceof HostError)) throw error;
    }
  }

  seek(whence: "set" | "cur" | "end", offset: number): number {
    return this.file.seek(whence, offset);
  }

  /** Accepted and without effect: diagnostics are never held back. */
  setBuffer(): void {}

  flush(): void {}

  close(): undefined {}
}

/** Standard input; reading it shows first what was written. */
export class StandardInput implements HostFile {
  private readonly file: StandardFile;

  constructor(fd: number, private readonly output: StandardOutput) {
    this.file = new StandardFile(fd);
  }

  read(count: number): string {
    this.output.drain();
    return this.file.read(count);
  }

  write(): never {
    throw hostError("EBADF");
  }

  seek(whence: "set" | "cur" | "end", offset: number): number {
    return this.file.seek(whence, offset);
  }

  flush(): void {}

  close(): undefined {}
}
