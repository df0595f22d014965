// FileStream: the buffered byte stream under a Lua file handle (what FILE is to C), and the registry of unwritten output.
import { cut } from "../base/bytes.js";
import { parseNumber } from "../number/parse.js";
import type { LuaNumber } from "../number/float.js";
import { type BufferMode, HostError, type HostFile, type ProcessStatus } from "../vm/host.js";

/** Bytes asked of the host at a time. */
const READ_SIZE = 65536;
const MAX_READ_SIZE = 1 << 20;
/** Bytes of output collected before they are written, unless setvbuf says otherwise. */
export const WRITE_SIZE = 65536;
/** A larger buffer than this is not kept, whatever setvbuf says: nobody counts it. */
const MAX_WRITE_SIZE = 1 << 18;
/** Longest numeral read("n") takes (L_MAXLENNUM). */
const MAX_NUMERAL = 200;
const END = -1;

/** What may be done with a stream; C checks it at each call, not at the system call that a buffer delays. */
export type Access = "r" | "w" | "rw";

/** Told the number of bytes a result has grown to, before it grows further; may raise. */
export type Payer = (bytes: number) => void;

/** Streams that hold output nobody has written yet. */
const unwritten = new Set<FileStream>();

/** Writes out what all streams hold (C's fflush(NULL)); failures are not told. */
export function flushAll(): void {
  for (const stream of unwritten) flushQuietly(stream);
}

/** Writes out what the streams over `files` hold, as {@link flushAll}. */
export function flushFiles(files: ReadonlySet<HostFile>): void {
  for (const stream of unwritten) if (files.has(stream.file)) flushQuietly(stream);
}

function flushQuietly(stream: FileStream): void {
  try {
    stream.flush();
  } catch {
    // the stream has dropped what it could not write
  }
}

export class FileStream {
  /** What was read ahead; the next byte is input[at]. */
  private input = "";
  private at = 0;
  private output = "";
  private mode: BufferMode = "full";
  private size = WRITE_SIZE;

  constructor(readonly file: HostFile, private readonly access: Access) {}

  // ---- reading ------------------------------------------------------------------------------------------------

  /** Next byte without taking it, or {@link END}. */
  private peek(): number {
    if (this.at < this.input.length || this.fill(READ_SIZE)) return this.input.charCodeAt(this.at);
    return END;
  }

  /** Replaces the used-up read-ahead by up to `count` more bytes; false at the end of the file. */
  private fill(count: number): boolean {
    if (this.access === "w") throw new HostError("Bad file descriptor", 9);
    if (this.output !== "") this.flush();
    this.input = this.file.read(count);
    this.at = 0;
    return this.input !== "";
  }

  private takeRest(): string {
    const rest = this.at === 0 ? this.input : cut(this.input, this.at);
    this.input = "";
    this.at = 0;
    return rest;
  }

  atEnd(): boolean {
    return this.peek() === END;
  }

  /** A line, with its newline when `keep`; undefined at the end. */
  readLine(keep: boolean, pay: Payer): string | undefined {
    let line = "";
    for (;;) {
      const end = this.input.indexOf("\n", this.at);
      if (end >= 0) {
        line += cut(this.input, this.at, keep ? end + 1 : end);
        this.at = end + 1;
        return line;
      }
      line += this.takeRest();
      if (line !== "") pay(line.length);
      if (!this.fill(READ_SIZE)) return line === "" ? undefined : line;
    }
  }

  /** Exactly `count` bytes, or what is left; undefined at the end. */
  readBytes(count: number, pay: Payer): string | undefined {
    let text = "";
    for (;;) {
      const missing = count - text.length;
      if (this.input.length - this.at >= missing) {
        text += cut(this.input, this.at, this.at + missing);
        this.at += missing;
        return text;
      }
      text += this.takeRest();
      if (text !== "") pay(text.length);
      if (!this.fill(Math.min(Math.max(count - text.length, READ_SIZE), MAX_READ_SIZE))) return text === "" ? undefined : text;
    }
  }

  /** Everything up to the end of the file. */
  readAll(pay: Payer): string {
    let text = this.takeRest();
    for (let size = READ_SIZE; this.fill(size); size = Math.min(size * 2, MAX_READ_SIZE)) {
      text += this.takeRest();
      pay(text.length);
    }
    return text;
  }

  /** Reads a numeral and converts it; undefined when the longest prefix that could be one is none (it is used up). */
  readNumber(): LuaNumber | undefined {
    while (isSpace(this.peek())) this.at++;
    const numeral = new Numeral(() => this.peek(), () => this.at++);
    return parseNumber(numeral.read());
  }

  // ---- writing ------------------------------------------------------------------------------------------------

  write(text: string): void {
    if (this.access === "r") throw new HostError("Bad file descriptor", 9);
    if (this.at < this.input.length) this.dropInput();
    if (this.file.setBuffer !== undefined) { // it has a buffer of its own
      this.file.write(text);
      return;
    }
    if (this.output === "") unwritten.add(this);
    this.output += text;
    if (this.output.length >= this.size || this.mode === "no") this.flush();
    else if (this.mode === "line") this.flushLines();
  }

  /** Gives back what was read ahead, so that the host's position is the stream's. */
  private dropInput(): void {
    const unread = this.input.length - this.at;
    this.input = "";
    this.at = 0;
    if (unread > 0) this.file.seek("cur", -unread);
  }

  private flushLines(): void {
    const end = this.output.lastIndexOf("\n");
    if (end < 0) return;
    const rest = this.output.slice(end + 1);
    this.output = this.output.slice(0, end + 1);
    this.flush();
    if (rest !== "") this.write(rest);
  }

  flush(): void {
    const text = this.output;
    if (text !== "") {
      this.output = ""; // what cannot be written is lost, as in C
      unwritten.delete(this);
      this.file.write(text);
    }
    this.file.flush();
  }

  // ---- the rest -----------------------------------------------------------------------------------------------

  /** New position in bytes. */
  seek(whence: "set" | "cur" | "end", offset: number): number {
    this.flush();
    const unread = this.input.length - this.at;
    if (whence === "cur" && offset === 0) return this.file.seek("cur", 0) - unread;
    const position = this.file.seek(whence, whence === "cur" ? offset - unread : offset);
    this.input = "";
    this.at = 0;
    return position;
  }

  setBuffer(mode: BufferMode, size: number): void {
    this.flush();
    this.file.setBuffer?.(mode, size);
    this.mode = mode;
    this.size = Math.min(Math.max(1, size), MAX_WRITE_SIZE);
  }

  close(): ProcessStatus | undefined {
    try {
      this.flush();
    } catch (error) {
      this.file.close();
      throw error;
    }
    return this.file.close();
  }
}

const streams = new WeakMap<HostFile, FileStream>();

/** The one stream over a standard file of the host: all states and debug.debug share what it has read ahead. */
export function standardStream(file: HostFile, access: Access): FileStream {
  let stream = streams.get(file);
  if (stream === undefined) streams.set(file, (stream = new FileStream(file, access)));
  return stream;
}

const isSpace = (code: number): boolean => code === 32 || (code >= 9 && code <= 13);
const isDigit = (code: number): boolean => code >= 48 && code <= 57;
const isHexDigit = (code: number): boolean => isDigit(code) || (code >= 97 && code <= 102) || (code >= 65 && code <= 70);

/** Takes from a byte source what may be a numeral, at most 200 bytes of it (liolib's read_number). */
class Numeral {
  private text = "";
  private overflow = false;

  constructor(private readonly peek: () => number, private readonly skip: () => void) {}

  /** The numeral's text; "" when it was too long. */
  read(): string {
    let digits = 0;
    let hex = false;
    this.accept("-", "+");
    if (this.accept("0", "0")) {
      if (this.accept("x", "X")) hex = true;
      else digits = 1;
    }
    digits += this.digits(hex);
    if (this.accept(".", ".")) digits += this.digits(hex);
    if (digits > 0 && (hex ? this.accept("p", "P") : this.accept("e", "E"))) {
      this.accept("-", "+");
      this.digits(false);
    }
    return this.overflow ? "" : this.text;
  }

  private take(code: number): boolean {
    if (this.text.length >= MAX_NUMERAL) {
      this.overflow = true;
      return false;
    }
    this.text += String.fromCharCode(code);
    this.skip();
    return true;
  }

  private accept(a: string, b: string): boolean {
    const code = this.peek();
    return (code === a.charCodeAt(0) || code === b.charCodeAt(0)) && this.take(code);
  }

  private digits(hex: boolean): number {
    let count = 0;
    for (let code = this.peek(); (hex ? isHexDigit(code) : isDigit(code)) && this.take(code); code = this.peek()) count++;
    return count;
  }
}
