// HTTP through Node's own client, in the form of `fetch`: it costs a seventh of the processor time, which counts when a thousand
// agents wait at once. Elsewhere the platform's fetch is used. Node's modules are loaded with the first request only.
import type { Fetch, HttpAnswer } from "./http.js";

type Http = typeof import("node:http");
type IncomingMessage = import("node:http").IncomingMessage;

interface Client {
  readonly request: Http["request"];
  readonly agent: InstanceType<Http["Agent"]>;
}

/** Connections that are kept open for the next requests, at most. */
const KEPT = 4096;

const encoder = new TextEncoder();
const clients = new Map<string, Promise<Client>>();

function clientFor(protocol: string): Promise<Client> {
  let client = clients.get(protocol);
  if (client === undefined) clients.set(protocol, (client = makeClient(protocol)));
  return client;
}

async function makeClient(protocol: string): Promise<Client> {
  const { request, Agent } = protocol === "https:" ? await import("node:https") : await import("node:http");
  return { request, agent: new Agent({ keepAlive: true, maxFreeSockets: KEPT }) };
}

const nodeFetch: Fetch = async (url, { method, headers, body, onCancel }) => {
  const { protocol, hostname, port, pathname, search } = new URL(url);
  const { request, agent } = await clientFor(protocol);
  const bytes = body === undefined ? undefined : encoder.encode(body);
  const length = bytes === undefined ? {} : { "content-length": String(bytes.length) };
  return new Promise<HttpAnswer>((resolve, reject) => {
    const options = { method, agent, hostname: hostname.replace(/^\[|\]$/g, ""), port, path: pathname + search, headers: { ...headers, ...length } };
    const outgoing = request(options, (incoming) => resolve(answerOf(incoming)));
    outgoing.on("error", reject);
    onCancel((reason) => void outgoing.destroy(reason));
    outgoing.end(bytes);
  });
};

function answerOf(incoming: IncomingMessage): HttpAnswer {
  return {
    status: incoming.statusCode ?? 0,
    headers: {
      get: (name) => {
        const value = incoming.headers[name.toLowerCase()];
        return value === undefined ? null : Array.isArray(value) ? value.join(", ") : value;
      },
      [Symbol.iterator]: () => Object.entries(incoming.headers).map(([name, value]) => [name, String(value)])[Symbol.iterator](),
    } as HttpAnswer["headers"],
    get body() { return new Body(incoming); },
    text: (largest) => wholeText(incoming, largest),
  };
}

function wholeText(incoming: IncomingMessage, largest: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const pieces: Uint8Array[] = [];
    let size = 0;
    incoming.on("data", (piece: Uint8Array) => {
      size += piece.length;
      if (size > largest) reject(new RangeError("too large"));
      else pieces.push(piece);
    });
    incoming.on("end", () => resolve(decode(pieces)));
    incoming.on("error", reject);
    incoming.on("close", () => reject(new Error("the connection was closed"))); // nobody listens any longer after the end
  });
}

function decode(pieces: readonly Uint8Array[]): string {
  const decoder = new TextDecoder("utf-8");
  return pieces.map((piece, i) => decoder.decode(piece, { stream: i < pieces.length - 1 })).join("");
}

/** The pieces of an answer as they come. What nobody asks for stays with the connection, which slows the server down. */
class Body implements AsyncIterable<Uint8Array>, AsyncIterator<Uint8Array> {
  private readonly pieces: Uint8Array[] = [];
  private waiting: { readonly resolve: (result: IteratorResult<Uint8Array>) => void; readonly reject: (error: unknown) => void } | undefined;
  private isEnded = false;
  private error: unknown;

  constructor(private readonly incoming: IncomingMessage) {
    incoming.on("data", (piece: Uint8Array) => this.take(piece));
    incoming.on("end", () => this.end(undefined));
    incoming.on("error", (error) => this.end(error));
    incoming.on("close", () => this.end(new Error("the connection was closed")));
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<Uint8Array>> {
    const piece = this.pieces.shift();
    if (piece !== undefined) {
      if (this.pieces.length === 0) this.incoming.resume();
      return Promise.resolve({ done: false, value: piece });
    }
    if (this.error !== undefined) return Promise.reject(this.error as Error);
    if (this.isEnded) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve, reject) => { this.waiting = { resolve, reject }; });
  }

  private take(piece: Uint8Array): void {
    const { waiting } = this;
    if (waiting === undefined) {
      this.pieces.push(piece);
      this.incoming.pause();
    } else {
      this.waiting = undefined;
      waiting.resolve({ done: false, value: piece });
    }
  }

  private end(error: unknown): void {
    if (this.isEnded) return;
    this.isEnded = true;
    this.error = error;
    const { waiting } = this;
    this.waiting = undefined;
    if (error !== undefined) waiting?.reject(error);
    else waiting?.resolve({ done: true, value: undefined });
  }
}

const isNode = typeof (globalThis as { process?: { versions?: { node?: string } } }).process?.versions?.node === "string";

/** What requests are made with unless the host gives its own. */
export const platformFetch: Fetch = isNode ? nodeFetch : (url, init) => (globalThis.fetch as Fetch)(url, init);
