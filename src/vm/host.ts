// What the outside world gives to a state. Everything is optional but the clock and the output, so that the same build
// runs in a browser; io and os raise clear errors for what is missing.

/** How a file collects what is written (io's setvbuf). */
export type BufferMode = "no" | "full" | "line";

/** An open file as the io library needs it. Bytes are byte strings. Methods throw HostError on failure. */
export interface HostFile {
  /** Up to `count` bytes from the current position, maybe fewer than there are; "" at the end. */
  read(count: number): string;
  write(text: string): void;
  /** Position after the move, in bytes. */
  seek(whence: "set" | "cur" | "end", offset: number): number;
  flush(): void;
  /** Present on files that collect output themselves; the io library buffers the others. `size` in bytes. */
  setBuffer?(mode: BufferMode, size: number): void;
  /** For popen: exit status; for files: undefined. */
  close(): ProcessStatus | undefined;
}

/** How a child process ended. */
export interface ProcessStatus {
  readonly kind: "exit" | "signal";
  readonly code: number;
}

/** A failed host operation: `message` is the C library's text ("No such file or directory"), `errno` its number. */
export class HostError extends Error {
  override name = "HostError";
  constructor(message: string, readonly errno: number) {
    super(message);
  }
}

export interface HostFiles {
  /** C fopen; `mode` as in C. */
  open(path: string, mode: string): HostFile;
  remove(path: string): void;
  rename(from: string, to: string): void;
  temporaryName(): string;
  temporaryFile(): HostFile;
  /** Whether the file can be opened for reading (package.searchpath). */
  readable(path: string): boolean;
  /** Where `path` leads once every link in it is followed; hosts without it cannot confine a state to some directories. */
  resolve?(path: string): ResolvedPath;
}

/** A path without links, absolute, with "/" between its parts: the part that exists, and what follows it ("" when all exists). */
export interface ResolvedPath {
  readonly existing: string;
  readonly rest: string;
}

export interface HostProcess {
  getenv(name: string): string | undefined;
  /** Throws when {@link exit} would be refused; asked before anything is closed for it. */
  mayExit?(): void;
  /** Ends the process; `code` may be any integer, the system keeps its low byte. */
  exit(code: number): never;
  /** Runs a shell command with the standard streams inherited; undefined when there is no shell. */
  execute(command: string): ProcessStatus | undefined;
  popen(command: string, mode: "r" | "w"): HostFile;
  hasShell(): boolean;
  setlocale?(locale: string | undefined, category: string): string | undefined;
}

export interface Host {
  /** Standard output (print, io.write). Byte string. */
  write(text: string): void;
  /** Standard error (warn, io.stderr). */
  writeError(text: string): void;
  /** Milliseconds since 1970 (os.time, deadlines). */
  now(): number;
  /** What os.time, os.date and seeds take for {@link now}, where that is to be another time. */
  time?(): number;
  /** Local time is UTC for scripts, wherever the machine is. */
  readonly isUtc?: boolean | undefined;
  /** A clock in milliseconds, with fractions, that only goes forward: for limits of CPU time. `now` unless given. */
  elapsed?(): number;
  /** CPU seconds used by the program (os.clock). */
  cpuTime(): number;
  /** A 64-bit seed for math.random, and whatever else wants entropy. */
  randomSeed(): bigint;
  readonly stdin?: HostFile | undefined;
  readonly stdout?: HostFile | undefined;
  readonly stderr?: HostFile | undefined;
  readonly files?: HostFiles | undefined;
  readonly process?: HostProcess | undefined;
}

/** A host with a clock and nowhere to write to but `console`: what a browser has. */
export function plainHost(write: (text: string) => void, writeError: (text: string) => void = write): Host {
  return {
    write,
    writeError,
    now: () => Date.now(),
    elapsed: () => performance.now(),
    cpuTime: () => performance.now() / 1000,
    randomSeed: () => BigInt(Math.floor(Math.random() * 2 ** 32)) * 0x100000000n + BigInt(Math.floor(Math.random() * 2 ** 32)),
  };
}
