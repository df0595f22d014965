// HTTP/1.1 over Node's sockets, in the form of `fetch`: it costs a twentieth of fetch's processor time and a third of node:http's,
// which counts when a thousand agents wait at once. Elsewhere the platform's fetch is used. Node's modules are loaded with the
// first request only.
import type { Fetch, HttpAnswer } from "./http.js";
import { type AnswerHead, AnswerParser, type AnswerSink } from "./http-answer-parser.js";

interface Node {
  readonly net: typeof import("node:net");
  readonly tls: typeof import("node:tls");
  readonly byteLength: (text: string) => number;
}
type Socket = import("node:net").Socket;

/** Milliseconds for which an idle connection is kept, where the server does not say. */
const IDLE_TIME = 15_000;
/** A server closes after the time that it names: by then the connection must not be in use. */
const SAFETY = 1000;
/** Idle connections to one address. */
const MOST_IDLE = 4096;
/** Bytes of an answer that wait for a reader before the server has to wait. */
const MOST_WAITING = 64 * 1024;

let node: Node | undefined;
let loading: Promise<Node> | undefined;

async function load(): Promise<Node> {
  const [net, tls, { Buffer }] = await Promise.all([import("node:net"), import("node:tls"), import("node:buffer")]);
  return (node = { net, tls, byteLength: (text) => Buffer.byteLength(text) });
}

/** Connections to one address that wait for their next request, the most recently used one last. */
class Address {
  readonly idle: Connection[] = [];
  readonly isSecure: boolean;
  readonly host: string;
  readonly port: number;
  /** Lets further connections skip half of the handshake. */
  session: Buffer | undefined;

  constructor({ protocol, hostname, port }: URL) {
    this.isSecure = protocol === "https:";
    this.host = hostname.replace(/^\[|\]$/g, "");
    this.port = port !== "" ? Number(port) : this.isSecure ? 443 : 80;
  }

  connection(platform: Node): Connection {
    for (let known = this.idle.pop(); known !== undefined; known = this.idle.pop()) {
      if (known.isUsable) return known;
      known.drop();
    }
    return new Connection(this, this.connect(platform));
  }

  private connect({ net, tls }: Node): Socket {
    const { host, port, session } = this;
    if (!this.isSecure) return net.connect({ host, port, noDelay: true });
    const servername = net.isIP(host) === 0 ? { servername: host } : {};
    const socket = tls.connect({ host, port, ALPNProtocols: ["http/1.1"], ...servername, ...(session === undefined ? {} : { session }) });
    socket.setNoDelay(true);
    socket.on("session", (known) => { this.session = known; });
    return socket;
  }
}

/** A socket and the exchange that it carries, one at a time. */
class Connection {
  private exchange: Exchange | undefined;
  private failure: Error | undefined;
  private usableUntil = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly address: Address, readonly socket: Socket) {
    socket.on("data", (bytes) => this.take(bytes));
    socket.on("error", (error) => { this.failure = error; });
    socket.on("end", () => this.closed());
    socket.on("close", () => this.closed());
  }

  get isUsable(): boolean {
    return !this.socket.destroyed && this.failure === undefined && performance.now() < this.usableUntil;
  }

  begin(exchange: Exchange, request: string): void {
    if (this.timer !== undefined) {
      clearTimeout(this.timer);
      this.timer = undefined;
      this.socket.ref();
    }
    this.exchange = exchange;
    this.socket.write(request, "utf8");
  }

  /** Gives the connection up, and with it the exchange. */
  drop(reason?: Error): void {
    const { exchange } = this;
    this.exchange = undefined;
    clearTimeout(this.timer);
    this.socket.destroy();
    exchange?.fail(reason ?? new Error("the connection was closed"));
  }

  private take(bytes: Uint8Array): void {
    const { exchange } = this;
    if (exchange === undefined) { // nobody has asked for anything
      this.drop();
      return;
    }
    try {
      exchange.parser.push(bytes);
    } catch (error) {
      this.drop(error as Error);
      return;
    }
    if (exchange.parser.isOver) this.release(exchange.parser);
  }

  private release(parser: AnswerParser): void {
    this.exchange = undefined;
    const idleTime = Math.min(IDLE_TIME, (parser.idleTime ?? Infinity) - SAFETY);
    const { idle } = this.address;
    if (!parser.isKeptAlive || idleTime <= 0 || this.socket.destroyed || this.socket.writableLength > 0 || idle.length >= MOST_IDLE) {
      this.drop();
      return;
    }
    this.usableUntil = performance.now() + idleTime;
    this.timer = setTimeout(() => this.leave(), idleTime);
    this.timer.unref();
    this.socket.unref();
    this.socket.resume();
    idle.push(this);
  }

  private leave(): void {
    const { idle } = this.address;
    const at = idle.indexOf(this);
    if (at >= 0) idle.splice(at, 1);
    this.drop();
  }

  private closed(): void {
    const { exchange } = this;
    if (exchange === undefined) {
      this.leave();
      return;
    }
    this.exchange = undefined;
    const isComplete = this.failure === undefined && exchange.parser.close();
    this.socket.destroy();
    if (!isComplete) exchange.fail(this.failure ?? new Error("the connection was closed"));
  }
}

/** One request and its answer. */
class Exchange implements AnswerSink, AsyncIterable<Uint8Array>, AsyncIterator<Uint8Array> {
  readonly parser: AnswerParser;
  private readonly pieces: Uint8Array[] = [];
  private waiting = 0;
  private isEnded = false;
  private error: Error | undefined;
  /** Told whenever something has come: the next piece, the end, a failure. */
  private wake: (() => void) | undefined;
  /** The whole answer is wanted, up to this many bytes. */
  private largest = 0;

  constructor(
    private readonly connection: Connection,
    private readonly resolve: (answer: HttpAnswer) => void,
    private readonly reject: (error: Error) => void,
    hasBody: boolean,
  ) {
    this.parser = new AnswerParser(this, hasBody);
  }

  head(head: AnswerHead): void {
    this.resolve(answerOf(head, this));
  }

  data(bytes: Uint8Array): void {
    this.pieces.push(bytes);
    this.waiting += bytes.length;
    if (this.largest > 0) {
      if (this.waiting > this.largest) this.wakeUp();
      return;
    }
    if (this.waiting > MOST_WAITING) this.connection.socket.pause();
    this.wakeUp();
  }

  end(): void {
    this.isEnded = true;
    this.wakeUp();
  }

  fail(error: Error): void {
    if (this.isEnded || this.error !== undefined) return;
    this.error = error;
    this.reject(error); // without effect once the head is there
    this.wakeUp();
  }

  cancel(reason: Error): void {
    if (!this.isEnded) this.connection.drop(reason);
  }

  private wakeUp(): void {
    const { wake } = this;
    this.wake = undefined;
    wake?.();
  }

  /** The whole body. Rejects with RangeError when it is larger. */
  text(largest: number): Promise<string> {
    this.largest = largest;
    return new Promise((resolve, reject) => {
      const look = (): void => {
        if (this.waiting > largest) reject(new RangeError("too large"));
        else if (this.error !== undefined) reject(this.error);
        else if (this.isEnded) resolve(decode(this.pieces));
        else {
          this.wake = look;
          this.connection.socket.resume();
        }
      };
      look();
    });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** The reader has had enough. */
  return(): Promise<IteratorResult<Uint8Array>> {
    this.cancel(new Error("the answer was not wanted any longer"));
    return Promise.resolve({ done: true, value: undefined });
  }

  async next(): Promise<IteratorResult<Uint8Array>> {
    for (;;) {
      const piece = this.pieces.shift();
      if (piece !== undefined) {
        this.waiting -= piece.length;
        return { done: false, value: piece };
      }
      if (this.error !== undefined) throw this.error;
      if (this.isEnded) return { done: true, value: undefined };
      await new Promise<void>((resolve) => {
        this.wake = resolve;
        this.connection.socket.resume();
      });
    }
  }
}

const decoder = new TextDecoder("utf-8");

function decode(pieces: readonly Uint8Array[]): string {
  if (pieces.length === 1) return decoder.decode(pieces[0]);
  const inPieces = new TextDecoder("utf-8");
  return pieces.map((piece) => inPieces.decode(piece, { stream: true })).join("") + inPieces.decode();
}

function answerOf({ status, headers }: AnswerHead, exchange: Exchange): HttpAnswer {
  return {
    status,
    headers: { get: (name: string) => headers.get(name.toLowerCase()) ?? null, [Symbol.iterator]: () => headers[Symbol.iterator]() } as HttpAnswer["headers"],
    body: exchange,
    text: (largest) => exchange.text(largest),
  };
}

// ---- requests -----------------------------------------------------------------------------------------------------------

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** What stands for itself in a header: other characters have no meaning there, and line ends would begin another header. */
const VALUE = /^[\t\x20-\x7e]*$/;
/** Headers that say where a request ends or how its connection is used belong to the transport. */
const OWN_HEADERS: ReadonlySet<string> = new Set(["host", "content-length", "transfer-encoding", "connection", "keep-alive", "upgrade", "expect", "te", "trailer"]);

const METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/** Header lines by the object that describes them: a provider has the same ones for each request. */
const headerLines = new WeakMap<object, string>();

function linesOf(headers: Readonly<Record<string, string>>): string {
  let lines = headerLines.get(headers);
  if (lines === undefined) headerLines.set(headers, (lines = Object.entries(headers).map(([name, value]) => lineOf(name, value)).join("")));
  return lines;
}

function lineOf(name: string, value: string): string {
  if (!TOKEN.test(name)) throw new TypeError(`'${name.slice(0, 60)}' is no name for a header`);
  if (OWN_HEADERS.has(name.toLowerCase())) throw new TypeError(`the header '${name}' cannot be set`);
  if (!VALUE.test(value)) throw new TypeError(`the header '${name}' has characters that a header cannot have`); // the value may be a key
  return `${name}: ${value}\r\n`;
}

const addresses = new Map<string, Address>();
const MOST_ADDRESSES = 1000;

function addressOf(url: URL): Address {
  const known = addresses.get(url.origin);
  if (known !== undefined) return known;
  if (addresses.size >= MOST_ADDRESSES) for (const [origin, { idle }] of addresses) if (idle.length === 0) addresses.delete(origin);
  const address = new Address(url);
  addresses.set(url.origin, address);
  return address;
}

/** Where a request goes: reading an address takes as long as a small answer, and most requests go where others went. */
interface Target {
  readonly origin: URL;
  readonly host: string;
  readonly path: string;
}

const targets = new Map<string, Target>();
const MOST_TARGETS = 100;

function targetOf(text: string): Target {
  let target = targets.get(text);
  if (target === undefined) {
    const url = new URL(text);
    target = { origin: url, host: url.host, path: url.pathname + url.search };
    if (targets.size >= MOST_TARGETS) targets.clear();
    targets.set(text, target);
  }
  return target;
}

const nodeFetch: Fetch = (text, init) => (node === undefined ? (loading ??= load()).then((loaded) => send(loaded, text, init)) : send(node, text, init));

function send(platform: Node, text: string, { method, headers, body, onCancel }: Parameters<Fetch>[1]): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const { origin, host, path } = targetOf(text);
    if (!METHODS.has(method)) throw new TypeError(`unsupported method '${method.slice(0, 20)}'`);
    const request = `${method} ${path} HTTP/1.1\r\nhost: ${host}\r\n${linesOf(headers)}${lengthLine(platform, method, body)}\r\n${body ?? ""}`;
    const connection = addressOf(origin).connection(platform);
    const exchange = new Exchange(connection, resolve, reject, method !== "HEAD");
    onCancel((reason) => exchange.cancel(reason));
    connection.begin(exchange, request);
  });
}

function lengthLine({ byteLength }: Node, method: string, body: string | undefined): string {
  if (body !== undefined) return `content-length: ${byteLength(body)}\r\n`;
  return method === "POST" || method === "PUT" || method === "PATCH" ? "content-length: 0\r\n" : "";
}

const isNode = typeof (globalThis as { process?: { versions?: { node?: string } } }).process?.versions?.node === "string";

/** What requests are made with unless the host gives its own. */
export const platformFetch: Fetch = isNode ? nodeFetch : (url, init) => (globalThis.fetch as Fetch)(url, init);
