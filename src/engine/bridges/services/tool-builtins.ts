// The tools that are always there, each behind the permission it needs: files, HTTP, data, arithmetic, the time.
import { BridgeFailure } from "./failure.js";
import { formatJson, parseJson } from "./formats/json.js";
import { isObject, own } from "./json-value.js";
import { type Fetch, readText } from "./providers/http.js";
import { platformFetch } from "./providers/node-fetch.js";
import { calculate } from "./tool-calculator.js";
import type { Tool } from "./tools.js";
import type { Charge } from "./work.js";

/** Texts in files, by path. What may be reached is the implementation's to decide. */
export interface ToolFiles {
  /** Throws BridgeFailure. */
  read(path: string): string;
  /** Answers how many bytes were written. */
  write(path: string, text: string, append: boolean): number;
}

export interface BuiltinToolPorts {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly charge: Charge;
  readonly files: ToolFiles;
  /** Whether the context may connect to "name:port". */
  readonly permitsHost: (host: string) => boolean;
  readonly fetch?: Fetch;
}

/** Longest answer that the HTTP tool gives, in characters. */
const LONGEST_ANSWER = 1_000_000;
const TEXT = { type: "string" } as const;

export function builtinTools(ports: BuiltinToolPorts): Tool[] {
  return [
    {
      name: "file_read", category: "file", permission: "file.read",
      description: "Reads a text file.",
      parameters: { type: "object", properties: { path: TEXT }, required: ["path"], additionalProperties: false },
      returns: TEXT,
      execute: ({ path }) => ports.files.read(path as string),
    },
    {
      name: "file_write", category: "file", permission: "file.write",
      description: "Writes a text file, or adds to its end.",
      parameters: { type: "object", properties: { path: TEXT, content: TEXT, append: { type: "boolean" } }, required: ["path", "content"], additionalProperties: false },
      returns: { type: "object", properties: { bytes: { type: "integer" } } },
      execute: ({ path, content, append }) => ({ bytes: ports.files.write(path as string, content as string, append === true) }),
    },
    {
      name: "http_request", category: "http", permission: "network",
      description: "Makes an HTTP request and gives status, headers and body.",
      parameters: {
        type: "object",
        properties: { url: TEXT, method: { enum: ["GET", "POST", "PUT", "DELETE", "HEAD"] }, body: TEXT, headers: { type: "object", additionalProperties: TEXT } },
        required: ["url"], additionalProperties: false,
      },
      execute: (args, { signal }) => httpRequest(ports, args, signal ?? new AbortController().signal),
    },
    {
      name: "json_parse", category: "data",
      description: "Reads JSON text.",
      parameters: { type: "object", properties: { text: TEXT }, required: ["text"], additionalProperties: false },
      execute: ({ text }) => parseJson(text as string, ports.charge),
    },
    {
      name: "json_format", category: "data",
      description: "Writes a value as JSON text.",
      parameters: { type: "object", properties: { value: {}, indent: { type: "integer", minimum: 0, maximum: 8 } }, required: ["value"], additionalProperties: false },
      returns: TEXT,
      execute: ({ value, indent }) => formatJson(value, { indent: (indent as number | undefined) ?? 0 }, ports.charge),
    },
    {
      name: "json_query", category: "data",
      description: "Takes a part out of a value by a path of names and numbers (from 1 on), as in \"items.1.name\".",
      parameters: { type: "object", properties: { value: {}, path: TEXT }, required: ["value", "path"], additionalProperties: false },
      execute: ({ value, path }) => query(value, path as string),
    },
    {
      name: "calculate", category: "data",
      description: "Computes an arithmetic expression with + - * / % ^, parentheses, pi, e and functions such as sqrt, sin, log, min and max.",
      parameters: { type: "object", properties: { expression: { type: "string", maxLength: 1000 } }, required: ["expression"], additionalProperties: false },
      returns: { type: "number" },
      execute: ({ expression }) => calculate(expression as string),
    },
    {
      name: "current_time", category: "system",
      description: "Tells the time: as ISO 8601 in UTC, and in milliseconds since 1970.",
      parameters: { type: "object", properties: {}, additionalProperties: false },
      execute: () => ({ iso: new Date(ports.now()).toISOString(), milliseconds: Math.floor(ports.now()) }),
    },
  ];
}

function query(value: unknown, path: string): unknown {
  let at = value;
  for (const key of path.split(".").filter((part) => part !== "")) {
    const found = Array.isArray(at) && /^\d+$/.test(key) ? (at[Number(key) - 1] as unknown) : isObject(at) ? own(at, key) : undefined;
    if (found === undefined) throw new BridgeFailure("not_found", `there is nothing at '${path}'`);
    at = found;
  }
  return at;
}

/** Redirects are answers like others: following one could lead to a host that is not permitted. */
async function httpRequest(ports: BuiltinToolPorts, args: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<unknown> {
  const { url: text, method = "GET", body, headers = {} } = args as { url: string; method?: "GET"; body?: string; headers?: Record<string, string> };
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== "http:" && url.protocol !== "https:") || url.username !== "") throw new BridgeFailure("invalid", `'${text}' is no address for HTTP`);
  const host = `${url.hostname}:${url.port === "" ? (url.protocol === "http:" ? "80" : "443") : url.port}`;
  if (!ports.permitsHost(host)) throw new BridgeFailure("permission", `connecting to '${host}' is not permitted`);
  const fetch = ports.fetch ?? platformFetch;
  const onCancel = (end: (reason: Error) => void): void => signal.addEventListener("abort", () => end(signal.reason as Error), { once: true });
  const answer = await fetch(url.href, { method, headers, ...(body === undefined ? {} : { body }), signal, onCancel, redirect: "manual" }).catch((error: unknown) => {
    if (signal.aborted) throw signal.reason;
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    throw new BridgeFailure("network", `cannot reach '${host}': ${cause instanceof Error ? cause.message : String(cause)}`);
  });
  const content = answer.body === null ? "" : await readText(limited(answer.body));
  return { status: answer.status, headers: Object.fromEntries(headerList(answer.headers)), body: content };
}

async function* limited(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let size = 0;
  for await (const piece of body) {
    size += piece.length;
    if (size > LONGEST_ANSWER) throw new BridgeFailure("too_large", `the answer has more than ${LONGEST_ANSWER} bytes`);
    yield piece;
  }
}

function headerList(headers: unknown): Iterable<[string, string]> {
  return Symbol.iterator in Object(headers) ? (headers as Iterable<[string, string]>) : [];
}
