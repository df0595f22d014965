// HTTP on Node without `fetch`, in its form: it costs a fraction of fetch's processor time, which counts when a thousand agents
// wait at once. Elsewhere the platform's fetch is used. What speaks HTTP (node-http.ts) is loaded with the first request only.
import type { Fetch } from "./http.js";

type NodeHttp = typeof import("./node-http.js");

let loaded: NodeHttp | undefined;
let loading: Promise<NodeHttp> | undefined;

async function load(): Promise<NodeHttp> {
  return (loaded = await (loading ??= import("./node-http.js")));
}

/** Headers that say where a request ends or how its connection is used belong to the transport. */
const OWN_HEADERS: ReadonlySet<string> = new Set(["host", "content-length", "transfer-encoding", "connection", "keep-alive", "upgrade", "expect", "te", "trailer"]);
/** What stands for itself in a header; Node would let other characters of Latin-1 pass. */
const VALUE = /^[\t\x20-\x7e]*$/;
const METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/** Headers that were looked at and cannot change: a provider has the same ones for all its requests. */
const approved = new WeakSet<Readonly<Record<string, string>>>();

function check(method: string, headers: Readonly<Record<string, string>>): void {
  if (!METHODS.has(method)) throw new TypeError(`unsupported method '${method.slice(0, 20)}'`);
  if (approved.has(headers)) return;
  for (const name in headers) {
    if (OWN_HEADERS.has(name.toLowerCase())) throw new TypeError(`the header '${name}' cannot be set`);
    if (!VALUE.test(headers[name]!)) throw new TypeError(`the header '${name}' has characters that a header cannot have`); // the value may be a key
  }
  if (Object.isFrozen(headers)) approved.add(headers);
}

interface Address {
  readonly text: string;
  readonly origin: string;
  /** With the query. */
  readonly path: string;
}

/** The address that was read last: many requests in a row go to the same one. */
let lastAddress: Address | undefined;

function readAddress(text: string): Address {
  if (lastAddress?.text === text) return lastAddress;
  const { protocol, origin, pathname, search } = new URL(text);
  if (protocol !== "http:" && protocol !== "https:") throw new TypeError(`unsupported protocol '${protocol.slice(0, 20)}'`);
  return (lastAddress = { text, origin, path: pathname + search });
}

const nodeFetch: Fetch = (text, init) => {
  try {
    check(init.method, init.headers);
    const { origin, path } = readAddress(text);
    return loaded === undefined ? load().then(({ send }) => send(origin, path, init)) : loaded.send(origin, path, init);
  } catch (error) {
    return Promise.reject(error as Error);
  }
};

const isNode = typeof (globalThis as { process?: { versions?: { node?: string } } }).process?.versions?.node === "string";

/** What requests are made with unless the host gives its own. */
export const platformFetch: Fetch = isNode ? nodeFetch : (url, init) => (globalThis.fetch as Fetch)(url, init);
