// One HTTP exchange with a provider, done until it works or there is no hope: timeouts, retries, sizes, cancellation.
import { ProviderError, type ProviderErrorCode } from "./chat.js";
import { excerpt, isObject } from "./read-json.js";
import type { Stoppable } from "../stop.js";

export interface FetchInit {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** Made when it is first read: implementations that take `onCancel` leave it alone, and save what it costs. */
  readonly signal: AbortSignal;
  readonly redirect: "manual";
  /** Takes what ends the exchange at once. */
  readonly onCancel: (end: (reason: Error) => void) => void;
}

/** The part of `fetch` that is used; a host may give its own. */
export type Fetch = (url: string, init: FetchInit) => Promise<HttpAnswer>;

export interface HttpAnswer {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly body: AsyncIterable<Uint8Array> | null;
  /** The whole body at once, where that is cheaper than its pieces. Rejects for more than `largest` bytes, with RangeError. */
  readonly text?: (largest: number) => Promise<string>;
}

export interface HttpPolicy {
  /** Milliseconds until the answer is there, for a stream until its next piece is. */
  readonly timeout: number;
  /** How often a request is made at most. */
  readonly attempts: number;
  /** Milliseconds before the second attempt; doubled for each further one, with jitter. */
  readonly firstDelay: number;
  /** Longest pause, also one the server asks for: if it wants more, the call fails and says how long. */
  readonly longestDelay: number;
  /** Bytes of an answer. */
  readonly largestAnswer: number;
}

export const DEFAULT_POLICY: HttpPolicy = { timeout: 60_000, attempts: 4, firstDelay: 500, longestDelay: 60_000, largestAnswer: 16 * 1024 * 1024 };

export interface HttpRequest {
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface HttpClient {
  readonly fetch: Fetch;
  readonly policy: HttpPolicy;
  /** 0 up to 1, for the jitter. */
  readonly random: () => number;
}

/** Made again: what may be different next time. */
const RETRIED: ReadonlySet<ProviderErrorCode> = new Set(["rate_limited", "server", "network", "timeout", "cut_off", "malformed"]);

/** What reads an answer: piece by piece, or its whole text. */
export type Reader<T> =
  | { readonly pieces: (body: AsyncIterable<Uint8Array>) => Promise<T> }
  | { readonly text: (text: string) => T };

/**
 * Does a request and reads its answer with `read`, again after failures that may pass. `started` tells whether something of the
 * answer was already handed on: from then on there is no second attempt. Rejects with ProviderError only.
 */
export function exchange<T>(
  client: HttpClient,
  request: HttpRequest,
  read: Reader<T>,
  stopping: Stoppable | undefined,
  started: () => boolean = () => false,
  attempt = 1,
): Promise<T> {
  return attemptOnce(client, request, read, stopping).catch(async (caught: unknown) => {
    const error = asProviderError(caught, stopping);
    if (attempt >= client.policy.attempts || started() || !RETRIED.has(error.code)) throw error;
    const pause = pauseBefore(client, attempt, error);
    if (pause === undefined) throw error;
    await sleep(pause, stopping);
    return exchange(client, request, read, stopping, started, attempt + 1);
  });
}

/** Milliseconds, or undefined when the server asks for more patience than there is. */
function pauseBefore({ policy, random }: HttpClient, attempt: number, error: ProviderError): number | undefined {
  if (error.retryAfter !== undefined) return error.retryAfter > policy.longestDelay ? undefined : error.retryAfter;
  const longest = Math.min(policy.firstDelay * 2 ** (attempt - 1), policy.longestDelay);
  return longest / 2 + (random() * longest) / 2; // not all who failed together come back together
}

async function attemptOnce<T>(
  { fetch, policy }: HttpClient,
  request: HttpRequest,
  read: Reader<T>,
  stopping: Stoppable | undefined,
): Promise<T> {
  const watch = new Watch(request, policy.timeout, stopping);
  try {
    const answer = await watch.guard(fetch(request.url, watch));
    if (answer.status < 200 || answer.status >= 300) throw await failure(answer, watch);
    if ("pieces" in read) return await read.pieces(pieces(answer.body, watch, policy.largestAnswer));
    if (answer.text === undefined) return read.text(await readText(pieces(answer.body, watch, policy.largestAnswer)));
    const text = await watch.guard(answer.text(policy.largestAnswer).catch((error: unknown) => failedText(error, policy.largestAnswer)));
    watch.complete();
    return read.text(text);
  } finally {
    watch.end();
  }
}

function failedText(error: unknown, largest: number): never {
  throw error instanceof RangeError ? new ProviderError("too_large", `the answer has more than ${largest} bytes`) : asCutOff(error);
}

/** One attempt: what is asked for, and what aborts it when it makes no progress or its caller has lost interest. */
class Watch implements FetchInit {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly redirect = "manual";
  private controller: AbortController | undefined;
  private ends: ((reason: Error) => void) | undefined;
  private stopped: ProviderError | undefined;
  private reject: (error: ProviderError) => void = () => {};
  private atEnd = false;
  private stopListening: (() => void) | undefined;
  /** When patience is over; infinity while nobody waits. */
  private deadline = Infinity;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor({ method, headers, body }: HttpRequest, private readonly timeout: number, outer: Stoppable | undefined) {
    this.method = method;
    this.headers = headers;
    this.body = body;
    if (outer === undefined) return;
    const cancel = (): void => this.stop(new ProviderError("cancelled", "the request was cancelled"));
    if (outer.isStopped) cancel();
    else this.stopListening = outer.onStop(cancel);
  }

  get signal(): AbortSignal {
    this.controller ??= new AbortController();
    if (this.stopped !== undefined) this.controller.abort(this.stopped);
    return this.controller.signal;
  }

  readonly onCancel = (end: (reason: Error) => void): void => {
    this.ends = end;
    if (this.stopped !== undefined) end(this.stopped);
  };

  /** The promise's outcome, or the reason why nobody waits for it any longer. The clock runs only meanwhile. */
  guard<T>(promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.stopped !== undefined) reject(this.stopped);
      this.reject = reject;
      this.deadline = performance.now() + this.timeout;
      if (this.timer === undefined) this.watchClock();
      promise.then((value) => {
        this.deadline = Infinity;
        resolve(value);
      }, reject);
    });
  }

  /** One timer for all that is guarded, one after the other. */
  private watchClock(): void {
    this.timer = undefined;
    const left = this.deadline - performance.now();
    if (left <= 0) this.stop(new ProviderError("timeout", `no answer within ${this.timeout} ms`));
    else if (left < Infinity) this.timer = setTimeout(() => this.watchClock(), Math.ceil(left));
  }

  private stop(error: ProviderError): void {
    this.stopped = error;
    this.reject(error);
    this.abandon(error);
  }

  private abandon(error: ProviderError): void {
    this.controller?.abort(error);
    this.ends?.(error);
  }

  /** The answer was read to its end, so there is nothing to abort. */
  complete(): void {
    this.atEnd = true;
  }

  /** An answer that nobody read to its end gives its connection back. */
  end(): void {
    this.stopListening?.();
    clearTimeout(this.timer);
    if (!this.atEnd) this.abandon(this.stopped ?? new ProviderError("cancelled", "the answer was not wanted any longer"));
  }
}

async function* pieces(body: AsyncIterable<Uint8Array> | null, watch: Watch, largest: number): AsyncGenerator<Uint8Array> {
  if (body === null) return;
  const iterator = body[Symbol.asyncIterator]();
  let size = 0;
  for (;;) {
    const next = await watch.guard(iterator.next()).catch(asCutOff);
    if (next.done === true) break;
    size += next.value.length;
    if (size > largest) throw new ProviderError("too_large", `the answer has more than ${largest} bytes`);
    yield next.value;
  }
  watch.complete();
}

/** A connection that breaks once the answer has begun. */
function asCutOff(error: unknown): never {
  throw error instanceof ProviderError ? error : new ProviderError("cut_off", `the answer broke off: ${innermost(error)}`);
}

/** The whole answer as text. */
export async function readText(body: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder("utf-8");
  let text = "";
  for await (const piece of body) text += decoder.decode(piece, { stream: true });
  return text + decoder.decode();
}

/** The error for an answer that is none. */
async function failure(answer: HttpAnswer, watch: Watch): Promise<ProviderError> {
  const text = await readText(pieces(answer.body, watch, 64 * 1024)).catch(() => "");
  const said = errorMessage(text);
  const message = `HTTP ${answer.status}${said === "" ? "" : `: ${said}`}`;
  return new ProviderError(codeOf(answer.status), message, answer.status, retryAfter(answer.headers.get("retry-after")));
}

function codeOf(status: number): ProviderErrorCode {
  if (status === 401 || status === 403) return "auth";
  if (status === 404) return "not_found";
  if (status === 429) return "rate_limited";
  if (status === 408) return "timeout";
  return status >= 500 ? "server" : "bad_request"; // a redirect as well: following it would hand the key to another server
}

/** All dialects say `error`, as a text or with a `message`, or `message` alone; what is no JSON is quoted. */
function errorMessage(text: string): string {
  try {
    const body = JSON.parse(text) as unknown;
    const entry = Array.isArray(body) ? (body[0] as unknown) : body;
    if (!isObject(entry)) return excerpt(text);
    const { error, message } = entry;
    if (isObject(error) && typeof error["message"] === "string") return error["message"];
    if (typeof error === "string") return error;
    return typeof message === "string" ? message : excerpt(text);
  } catch {
    return excerpt(text);
  }
}

/** Retry-After is a number of seconds or a date (RFC 9110, 10.2.3). Milliseconds. */
export function retryAfter(header: string | null, now = Date.now()): number | undefined {
  if (header === null) return undefined;
  if (/^\s*\d+(\.\d+)?\s*$/.test(header)) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

function asProviderError(error: unknown, stopping: Stoppable | undefined): ProviderError {
  if (stopping?.isStopped === true) return new ProviderError("cancelled", "the request was cancelled");
  if (error instanceof ProviderError) return error;
  return new ProviderError("network", `cannot reach the provider: ${innermost(error)}`);
}

/** `fetch` says "fetch failed" and puts what happened into the cause. */
function innermost(error: unknown): string {
  let at = error;
  while (at instanceof Error && at.cause instanceof Error) at = at.cause;
  if (!(at instanceof Error)) return String(at);
  return at.message !== "" ? at.message : at.name;
}

/** Rejects with ProviderError "cancelled" as soon as it is stopped. */
function sleep(milliseconds: number, stopping: Stoppable | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const cancel = (): void => {
      clearTimeout(timer);
      reject(new ProviderError("cancelled", "the request was cancelled"));
    };
    const timer = setTimeout(() => {
      end?.();
      resolve();
    }, milliseconds);
    if (stopping?.isStopped === true) cancel();
    const end = stopping?.onStop(cancel);
  });
}
