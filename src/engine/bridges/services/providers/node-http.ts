// HTTP/1.1 over Node's sockets by undici: a file of its own in the package, which is loaded with the first request on Node and
// nowhere else. Its clients are used as connections, each with one request at a time.
import Client from "undici/lib/dispatcher/client.js";
import buildConnector from "undici/lib/core/connect.js";
import type { Dispatcher } from "undici";
import type { FetchInit, HttpAnswer } from "./http.js";

type Connector = ReturnType<typeof buildConnector>;

/** Idle connections to one origin. */
const MOST_IDLE = 4096;
/** Milliseconds for which an idle connection is kept, where the server does not name a shorter time. */
const IDLE_TIME = 15_000;
/** Bytes of an answer that wait for a reader before the server has to wait. */
const MOST_WAITING = 64 * 1024;

/** Sends what is asked for, which the caller has checked, to `path` (with the query). Resolves with the head of the answer. */
export function send(origin: string, path: string, { method, headers, body, onCancel }: FetchInit): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const exchange = new Exchange(originOf(origin), resolve, reject);
    onCancel((reason) => exchange.cancel(reason));
    exchange.begin({ method: method as Dispatcher.HttpMethod, path, headers, body: body ?? null });
  });
}

/** Connections to one origin. */
class Origin {
  /** Those that wait for their next request, the most recently used one last. */
  private readonly idle: Client[] = [];
  private inUse = 0;
  /** One for all connections: they share what is known of TLS sessions. */
  private readonly connect: Connector = buildConnector({ timeout: 0 });

  constructor(private readonly name: string) {}

  take(): Client {
    this.inUse++;
    return this.idle.pop() ?? this.open();
  }

  private open(): Client {
    const client = new Client(this.name, { connect: this.connect, keepAliveTimeout: IDLE_TIME, keepAliveMaxTimeout: IDLE_TIME, headersTimeout: 0, bodyTimeout: 0 });
    client.on("disconnect", () => this.forget(client));
    return client;
  }

  /** The connection's exchange is over, and it can have another one. */
  keep(client: Client): void {
    if (this.idle.length >= MOST_IDLE) this.drop(client);
    else {
      this.inUse--;
      this.idle.push(client);
    }
  }

  /** The connection is closed, with the exchange that it is in the middle of. */
  drop(client: Client, reason?: Error): void {
    this.inUse--;
    client.destroy(reason ?? null, () => {});
    this.forgetIfUnused();
  }

  /** The connection was closed; one that is in use opens itself anew. */
  private forget(client: Client): void {
    const at = this.idle.lastIndexOf(client);
    if (at < 0) return;
    this.idle.splice(at, 1);
    client.destroy(null, () => {});
    this.forgetIfUnused();
  }

  private forgetIfUnused(): void {
    if (this.inUse === 0 && this.idle.length === 0) origins.delete(this.name);
  }
}

const origins = new Map<string, Origin>();

function originOf(name: string): Origin {
  let origin = origins.get(name);
  if (origin === undefined) origins.set(name, (origin = new Origin(name)));
  return origin;
}

/** A request on its connection, and its answer. */
class Exchange implements HttpAnswer, Dispatcher.DispatchHandler, AsyncIterable<Uint8Array> {
  status = 0;
  private raw: Readonly<Record<string, string | string[] | undefined>> = {};
  private client: Client | undefined;
  private controller: Dispatcher.DispatchController | undefined;
  /** Pieces of the body that nobody has read yet. */
  private pieces: Uint8Array[] = [];
  private waiting = 0;
  private mostWaiting = MOST_WAITING;
  private isOver = false;
  private error: Error | undefined;
  private wake: (() => void) | undefined;

  constructor(
    private readonly origin: Origin,
    private readonly resolve: (answer: HttpAnswer) => void,
    private readonly reject: (error: Error) => void,
  ) {
    this.client = origin.take();
  }

  begin(request: Dispatcher.DispatchOptions): void {
    this.client?.dispatch(request, this);
  }

  /** Ends the exchange, and its connection unless the answer is complete. */
  cancel(reason: Error): void {
    const { client } = this;
    if (client === undefined) return;
    this.client = undefined;
    this.origin.drop(client, reason);
    this.fail(reason);
  }

  // ---- what the client calls ----------------------------------------------------------------------------------------

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: Readonly<Record<string, string | string[] | undefined>>): void {
    if (status < 200) return;
    this.status = status;
    this.raw = headers;
    this.resolve(this);
  }

  onResponseData(controller: Dispatcher.DispatchController, piece: Uint8Array): void {
    this.pieces.push(piece);
    this.waiting += piece.length;
    if (this.waiting > this.mostWaiting) controller.pause();
    this.wakeReader();
  }

  onResponseEnd(): void {
    const { client } = this;
    this.client = undefined;
    this.isOver = true;
    if (client !== undefined) this.origin.keep(client);
    this.wakeReader();
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.cancel(error);
  }

  // ---- what the reader calls ----------------------------------------------------------------------------------------

  get headers(): HttpAnswer["headers"] {
    const { raw } = this;
    const valueOf = (name: string): string | null => {
      const value = Object.hasOwn(raw, name) ? raw[name] : undefined;
      return Array.isArray(value) ? value.join(", ") : value ?? null;
    };
    const entries = (): IterableIterator<[string, string]> => Object.keys(raw).map((name): [string, string] => [name, valueOf(name)!]).values();
    return { get: (name) => valueOf(name.toLowerCase()), [Symbol.iterator]: entries } as HttpAnswer["headers"];
  }

  get body(): AsyncIterable<Uint8Array> {
    return this;
  }

  /** The whole body, at once if all of it is there. Rejects with RangeError when it has more than `largest` bytes. */
  text(largest: number): string | Promise<string> {
    const isWhole = this.isOver && this.error === undefined && this.waiting <= largest;
    return isWhole ? decode(this.pieces) : this.wholeText(largest);
  }

  private async wholeText(largest: number): Promise<string> {
    this.mostWaiting = largest;
    while (!this.isOver && this.waiting <= largest) await this.more();
    if (this.waiting > largest) {
      const error = new RangeError("too large");
      this.cancel(error);
      throw error;
    }
    if (this.error !== undefined) throw this.error;
    return decode(this.pieces);
  }

  /** The body as it comes. The connection is closed when the reader leaves before its end. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      for (;;) {
        const { pieces } = this;
        this.pieces = [];
        this.waiting = 0;
        yield* pieces;
        if (this.pieces.length > 0) continue;
        if (this.error !== undefined) throw this.error;
        if (this.isOver) return;
        await this.more();
      }
    } finally {
      this.cancel(new Error("the answer was not wanted any longer"));
    }
  }

  /** Resolves when there is more of the body, or no more to come. */
  private more(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve;
      this.controller?.resume();
    });
  }

  private wakeReader(): void {
    const { wake } = this;
    this.wake = undefined;
    wake?.();
  }

  private fail(error: Error): void {
    this.error = error;
    this.isOver = true;
    this.reject(error);
    this.wakeReader();
  }
}

const UTF8 = new TextDecoder("utf-8");

function decode(pieces: readonly Uint8Array[]): string {
  return UTF8.decode(pieces.length === 1 ? pieces[0] : Buffer.concat(pieces));
}
