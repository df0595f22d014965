// HTTP through Node's own client, in the form of `fetch`: it costs a fraction of fetch's processor time, which counts when a
// thousand agents wait at once. Elsewhere the platform's fetch is used. Node's modules are loaded with the first request only.
import type { Fetch, HttpAnswer } from "./http.js";

type Http = typeof import("node:http");
type Agent = InstanceType<Http["Agent"]>;
type IncomingMessage = import("node:http").IncomingMessage;
type Duplex = import("node:stream").Duplex;

interface Client {
  readonly request: Http["request"];
  readonly agent: Agent;
}

/** Connections that are kept open for the next requests, at most. */
const MOST_IDLE = 4096;
/** Milliseconds for which an idle connection is kept, where the server does not name a shorter time. */
const IDLE_TIME = 15_000;

const clients = new Map<string, Promise<Client>>();

function clientFor(protocol: string): Promise<Client> {
  let client = clients.get(protocol);
  if (client === undefined) clients.set(protocol, (client = makeClient(protocol)));
  return client;
}

async function makeClient(protocol: string): Promise<Client> {
  const { request, Agent } = protocol === "https:" ? await import("node:https") : await import("node:http");
  const agent = new Agent({ keepAlive: true, maxFreeSockets: MOST_IDLE, timeout: IDLE_TIME, scheduling: "lifo" });
  return { request, agent: dropTalkers(agent) };
}

/** Gives up connections on which a server speaks without being asked: its words would be taken for the next request's answer. */
function dropTalkers(agent: Agent): Agent {
  const drop = function (this: Duplex): void { this.destroy(); };
  agent.on("free", (socket: Duplex) => socket.on("data", drop));
  const reuse = agent.reuseSocket;
  agent.reuseSocket = function (socket, request) {
    socket.off("data", drop);
    reuse.call(this, socket, request);
  };
  return agent;
}

/** Headers that say where a request ends or how its connection is used belong to the transport. */
const OWN_HEADERS: ReadonlySet<string> = new Set(["host", "content-length", "transfer-encoding", "connection", "keep-alive", "upgrade", "expect", "te", "trailer"]);
/** What stands for itself in a header; Node would let other characters of Latin-1 pass. */
const VALUE = /^[\t\x20-\x7e]*$/;
const METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

function check(method: string, headers: Readonly<Record<string, string>>): void {
  if (!METHODS.has(method)) throw new TypeError(`unsupported method '${method.slice(0, 20)}'`);
  for (const name in headers) {
    if (OWN_HEADERS.has(name.toLowerCase())) throw new TypeError(`the header '${name}' cannot be set`);
    if (!VALUE.test(headers[name]!)) throw new TypeError(`the header '${name}' has characters that a header cannot have`); // the value may be a key
  }
}

const nodeFetch: Fetch = async (text, { method, headers, body, onCancel }) => {
  check(method, headers);
  const url = new URL(text);
  const { request, agent } = await clientFor(url.protocol);
  const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
  return new Promise<HttpAnswer>((resolve, reject) => {
    const outgoing = request(url, { method, agent, headers: { ...headers, ...length } }, (incoming) => resolve(answerOf(incoming)));
    outgoing.on("error", reject);
    onCancel((reason) => {
      reject(reason);
      outgoing.destroy(); // with the reason, a connection whose answer is over but unread would throw it where nobody listens
    });
    outgoing.end(body);
  });
};

function answerOf(incoming: IncomingMessage): HttpAnswer {
  return {
    status: incoming.statusCode!,
    headers: { get: (name) => valueOf(incoming.headers[name.toLowerCase()]), [Symbol.iterator]: () => entries(incoming) } as HttpAnswer["headers"],
    body: incoming,
    text: (largest) => wholeText(incoming, largest),
  };
}

const valueOf = (value: string | string[] | undefined): string | null => (Array.isArray(value) ? value.join(", ") : (value ?? null));

function* entries({ headers }: IncomingMessage): Generator<[name: string, value: string]> {
  for (const [name, value] of Object.entries(headers)) yield [name, valueOf(value)!];
}

/** The whole body. Rejects with RangeError when it is larger. */
function wholeText(incoming: IncomingMessage, largest: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const pieces: Uint8Array[] = [];
    let size = 0;
    incoming.on("data", (piece: Uint8Array) => {
      size += piece.length;
      if (size > largest) incoming.destroy(new RangeError("too large"));
      else pieces.push(piece);
    });
    incoming.on("end", () => resolve(decode(pieces)));
    incoming.on("error", reject);
  });
}

function decode(pieces: readonly Uint8Array[]): string {
  const decoder = new TextDecoder("utf-8");
  return pieces.map((piece) => decoder.decode(piece, { stream: true })).join("") + decoder.decode();
}

const isNode = typeof (globalThis as { process?: { versions?: { node?: string } } }).process?.versions?.node === "string";

/** What requests are made with unless the host gives its own. */
export const platformFetch: Fetch = isNode ? nodeFetch : (url, init) => (globalThis.fetch as Fetch)(url, init);
