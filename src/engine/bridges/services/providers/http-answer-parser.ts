// HTTP/1.1 answers (RFC 9112) out of the bytes of a connection, however they are cut. It is strict where leniency would let an
// answer end in two places: what can be read in more than one way is an error.

/** The head of an answer. Names of headers are in lower case; a header that comes several times is one list. */
export interface AnswerHead {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
}

/** Takes an answer as it comes: a head, pieces of the body, an end. */
export interface AnswerSink {
  head(head: AnswerHead): void;
  data(bytes: Uint8Array): void;
  end(): void;
}

/** The bytes are no answer. */
export class AnswerSyntaxError extends Error {
  override name = "AnswerSyntaxError";
}

/** Bytes of a head, or of the lines around chunks. */
const LONGEST_HEAD = 64 * 1024;
/** Provisional answers (1xx) before the one that counts. */
const MOST_PROVISIONAL = 16;
const MOST_TRAILERS = 100;
const LF = 10;
const CR = 13;

type Place = "head" | "length" | "chunk size" | "chunk" | "chunk end" | "trailers" | "until close" | "over";

/** Reads one answer. */
export class AnswerParser {
  private place: Place = "head";
  /** The line, or head, that is not complete yet. */
  private text = "";
  /** Bytes that are left of the body, or of a chunk. */
  private left = 0;
  private provisional = 0;
  private trailers = 0;
  private keptAlive = true;
  private keepAlive = "";

  /** `hasBody`: false for an answer to HEAD. */
  constructor(private readonly sink: AnswerSink, private readonly hasBody = true) {}

  /** The whole answer was read. */
  get isOver(): boolean {
    return this.place === "over";
  }

  /** The connection can carry another request, once the answer is over. */
  get isKeptAlive(): boolean {
    return this.keptAlive;
  }

  /** Milliseconds for which the server keeps the connection, where it says so. */
  get idleTime(): number | undefined {
    const seconds = /(?:^|,)\s*timeout\s*=\s*(\d{1,6})/i.exec(this.keepAlive)?.[1];
    return seconds === undefined ? undefined : Number(seconds) * 1000;
  }

  /** Throws AnswerSyntaxError for what is no answer, and for bytes after its end. */
  push(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length) {
      switch (this.place) {
        case "head": at = this.takeHead(bytes, at); break;
        case "length": case "chunk": at = this.takeBody(bytes, at); break;
        case "chunk size": case "chunk end": case "trailers": at = this.takeLine(bytes, at); break;
        case "until close":
          this.sink.data(at === 0 ? bytes : bytes.subarray(at));
          return;
        case "over": fail("bytes after the end of the answer");
      }
    }
  }

  /** The connection was closed. False: in the middle of the answer. */
  close(): boolean {
    if (this.place === "until close") this.finish();
    return this.place === "over";
  }

  /** Collects the head up to its empty line. */
  private takeHead(bytes: Uint8Array, from: number): number {
    let at = from;
    for (;;) {
      const end = bytes.indexOf(LF, at);
      if (end < 0) break;
      at = end + 1;
      const isEmpty = endsWithEmptyLine(this.text, bytes, from, end);
      if (!isEmpty) continue;
      const head = this.collect(bytes, from, at);
      this.text = "";
      this.begin(head);
      return at;
    }
    this.text = this.collect(bytes, from, bytes.length);
    return bytes.length;
  }

  private collect(bytes: Uint8Array, from: number, to: number): string {
    if (this.text.length + to - from > LONGEST_HEAD) fail("the head of the answer is too long");
    return this.text + latin1(bytes, from, to);
  }

  /** Decides by the head where the body ends (RFC 9112, 6.3). */
  private begin(text: string): void {
    const { status, version, headers } = parseHead(text);
    if (status < 200) {
      if (status === 101 || ++this.provisional > MOST_PROVISIONAL) fail(`unexpected status ${status}`);
      return;
    }
    const connection = (headers.get("connection") ?? "").toLowerCase();
    this.keptAlive = version === "1.1" ? !/\bclose\b/.test(connection) : /\bkeep-alive\b/.test(connection);
    this.keepAlive = headers.get("keep-alive") ?? "";
    this.place = this.bodyAfter(status, headers);
    this.sink.head({ status, headers });
    if (this.place === "length" && this.left === 0) this.finish();
  }

  private bodyAfter(status: number, headers: ReadonlyMap<string, string>): Place {
    const coding = headers.get("transfer-encoding");
    const length = headers.get("content-length");
    if (!this.hasBody || status === 204 || status === 304) return this.lengthPlace(0);
    if (coding !== undefined) {
      if (length !== undefined) fail("both a length and a transfer coding");
      if (coding.toLowerCase() !== "chunked") fail(`unknown transfer coding '${coding.slice(0, 60)}'`);
      return "chunk size";
    }
    if (length !== undefined) return this.lengthPlace(lengthIn(length));
    this.keptAlive = false;
    return "until close";
  }

  private lengthPlace(length: number): Place {
    this.left = length;
    return "length";
  }

  private takeBody(bytes: Uint8Array, from: number): number {
    const to = Math.min(bytes.length, from + this.left);
    this.left -= to - from;
    this.sink.data(from === 0 && to === bytes.length ? bytes : bytes.subarray(from, to));
    if (this.left === 0) {
      if (this.place === "length") this.finish();
      else this.place = "chunk end";
    }
    return to;
  }

  /** A line between chunks. */
  private takeLine(bytes: Uint8Array, from: number): number {
    const end = bytes.indexOf(LF, from);
    if (end < 0) {
      this.text = this.collect(bytes, from, bytes.length);
      return bytes.length;
    }
    const line = this.collect(bytes, from, end).replace(/\r$/, "");
    this.text = "";
    this.line(line);
    return end + 1;
  }

  private line(line: string): void {
    switch (this.place) {
      case "chunk size": {
        this.left = chunkSize(line);
        this.place = this.left === 0 ? "trailers" : "chunk";
        break;
      }
      case "chunk end":
        if (line !== "") fail("a chunk is longer than it says");
        this.place = "chunk size";
        break;
      default:
        if (line === "") this.finish();
        else if (++this.trailers > MOST_TRAILERS) fail("too many trailers");
    }
  }

  private finish(): void {
    this.place = "over";
    this.sink.end();
  }
}

function fail(what: string): never {
  throw new AnswerSyntaxError(`not an HTTP answer: ${what}`);
}

/** Whether the line that ends with the LF at `end` is empty; `before` is what came in earlier pieces. */
function endsWithEmptyLine(before: string, bytes: Uint8Array, from: number, end: number): boolean {
  const at = (back: number): number => (end - back >= from ? bytes[end - back]! : before.charCodeAt(before.length - (back - (end - from))));
  return at(1) === LF || (at(1) === CR && at(2) === LF);
}

interface ParsedHead extends AnswerHead {
  readonly version: string;
}

function parseHead(text: string): ParsedHead {
  const lines = text.split("\n");
  const [, version, digits] = /^HTTP\/(1\.[01]) (\d{3})(?: [^\r]*)?\r?$/.exec(lines[0]!) ?? fail(`'${lines[0]!.slice(0, 60).trim()}'`);
  const status = Number(digits);
  if (status < 100) fail(`status ${status}`);
  const headers = new Map<string, string>();
  for (let i = 1; i < lines.length; i++) {
    const line = lines[i]!;
    if (line === "" || line === "\r") break;
    addHeader(headers, line);
  }
  return { status, version: version!, headers };
}

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

function addHeader(headers: Map<string, string>, line: string): void {
  const colon = line.indexOf(":");
  const name = line.slice(0, Math.max(colon, 0));
  if (!TOKEN.test(name)) fail("a header without a name"); // white space before the colon and folded lines are refused as well
  const value = line.slice(colon + 1).trim();
  if (value.includes("\r") || value.includes("\0")) fail(`header '${name.slice(0, 60)}' has control characters`);
  const key = name.toLowerCase();
  const before = headers.get(key);
  headers.set(key, before === undefined ? value : `${before}, ${value}`);
}

/** A length that is said twice has to be the same both times. */
function lengthIn(text: string): number {
  const [first = "", ...others] = text.split(",").map((part) => part.trim());
  const length = /^\d{1,15}$/.test(first) && others.every((other) => other === first) ? Number(first) : fail(`length '${text.slice(0, 60)}'`);
  return length;
}

function chunkSize(line: string): number {
  const [, digits] = /^([0-9A-Fa-f]{1,12})[ \t]*(?:;.*)?$/.exec(line) ?? fail("a chunk without its size");
  return Number.parseInt(digits!, 16);
}

function latin1(bytes: Uint8Array, from: number, to: number): string {
  let text = "";
  for (let at = from; at < to; at += 4096) text += String.fromCharCode.apply(null, bytes.subarray(at, Math.min(to, at + 4096)) as unknown as number[]);
  return text;
}
