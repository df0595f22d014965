// One HTTP exchange with a provider, done until it works or there is no hope: timeouts, retries, sizes, cancellation.
import { ProviderError, type ProviderErrorCode } from "./chat.js";
import type { Patience, Waiting } from "./patience.js";
import { excerpt, isObject } from "./read-json.js";
import type { StopListener } from "../../../stop-listeners.js";
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
  /** The whole body at once, where that is cheaper than its pieces; no promise where all of it is there. Rejects for more than `largest` bytes, with RangeError. */
  readonly text?: (largest: number) => string | Promise<string>;
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
  /** For the policy's timeout. */
  readonly patience: Patience;
  /** 0 up to 1, for the jitter. */
  readonly random: () => number;
  /** The error as it may be shown. */
  readonly clean: (error: ProviderError) => ProviderError;
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
export function exchange<T>(client: HttpClient, request: HttpRequest, read: Reader<T>, stopping: Stoppable | undefined, started?: () => boolean): Promise<T> {
  return new Promise((resolve, reject) => new Attempt({ client, request, read, stopping, started, resolve, reject }, 1).begin());
}

/** What all attempts have in common. */
interface Work<T> {
  readonly client: HttpClient;
  readonly request: HttpRequest;
  readonly read: Reader<T>;
  readonly stopping: Stoppable | undefined;
  readonly started: (() => boolean) | undefined;
  readonly resolve: (value: T) => void;
  readonly reject: (error: ProviderError) => void;
}

/** Milliseconds, or undefined when the server asks for more patience than there is. */
function pauseBefore({ policy, random }: HttpClient, attempt: number, error: ProviderError): number | undefined {
  if (error.retryAfter !== undefined) return error.retryAfter > policy.longestDelay ? undefined : error.retryAfter;
  const longest = Math.min(policy.firstDelay * 2 ** (attempt - 1), policy.longestDelay);
  return longest / 2 + (random() * longest) / 2; // not all who failed together come back together
}

/** What watches over the reading of an answer. */
interface Watch {
  guard<V>(promise: Promise<V>): Promise<V>;
  complete(): void;
}

/**
 * One attempt: what is asked for, what reads the answer, and what aborts it when it makes no progress or its caller has lost
 * interest. An answer whose text comes as a whole takes no promises but the one for its head: a thousand wait at once.
 */
class Attempt<T> implements FetchInit, Watch, StopListener, Waiting {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly redirect = "manual";
  private controller: AbortController | undefined;
  private ends: ((reason: Error) => void) | undefined;
  private stopError: ProviderError | undefined;
  /** Rejects what {@link guard} waits for; undefined while nothing is guarded, where stopping is failing. */
  private reject: ((error: ProviderError) => void) | undefined;
  private atEnd = false;
  private isOver = false;
  deadline = 0;
  before: Waiting | undefined;
  after: Waiting | undefined;

  constructor(private readonly work: Work<T>, private readonly number: number) {
    const { method, headers, body } = work.request;
    this.method = method;
    this.headers = headers;
    this.body = body;
  }

  begin(): void {
    const { client, request, stopping } = this.work;
    if (stopping?.isStopped === true) {
      this.fail(cancelled());
      return;
    }
    stopping?.listen(this);
    client.patience.begin(this);
    try {
      client.fetch(request.url, this).then((answer) => this.receive(answer), (error: unknown) => this.fail(error));
    } catch (error) {
      this.fail(error);
    }
  }

  get signal(): AbortSignal {
    this.controller ??= new AbortController();
    if (this.stopError !== undefined) this.controller.abort(this.stopError);
    return this.controller.signal;
  }

  readonly onCancel = (end: (reason: Error) => void): void => {
    this.ends = end;
    if (this.stopError !== undefined) end(this.stopError);
  };

  /** The head of the answer is there. */
  private receive(answer: HttpAnswer): void {
    if (this.isOver) return;
    try {
      this.read(answer);
    } catch (error) {
      this.fail(error);
    }
  }

  private read(answer: HttpAnswer): void {
    const { client, read } = this.work;
    if ("pieces" in read || answer.text === undefined || !isSuccess(answer)) {
      client.patience.end(this);
      this.readPieces(answer).then((value) => this.succeed(value), (error: unknown) => this.fail(error));
      return;
    }
    const largest = client.policy.largestAnswer;
    const text = answer.text(largest);
    if (typeof text === "string") {
      this.take(text, read.text);
      return;
    }
    client.patience.begin(this);
    text.then((whole) => this.take(whole, read.text), (error: unknown) => this.fail(textError(error, largest)));
  }

  /** The whole text of the answer is there. */
  private take(text: string, read: (text: string) => T): void {
    if (this.isOver) return;
    this.complete();
    try {
      this.succeed(read(text));
    } catch (error) {
      this.fail(error);
    }
  }

  private async readPieces(answer: HttpAnswer): Promise<T> {
    const { client, read } = this.work;
    this.reject = () => {}; // from here on who stops this is told of at the next piece
    if (!isSuccess(answer)) throw await failure(answer, this);
    const body = pieces(answer.body, this, client.policy.largestAnswer);
    return "pieces" in read ? read.pieces(body) : read.text(await readText(body));
  }

  /** The promise's outcome, or the reason why nobody waits for it any longer. The clock runs only meanwhile. */
  guard<V>(promise: Promise<V>): Promise<V> {
    return new Promise((resolve, reject) => {
      if (this.stopError !== undefined) reject(this.stopError);
      this.reject = reject;
      const { patience } = this.work.client;
      if (!this.isOver) patience.begin(this);
      promise.then((value) => {
        patience.end(this);
        resolve(value);
      }, reject);
    });
  }

  /** Nothing has come in time. */
  late(): void {
    this.stop(new ProviderError("timeout", `no answer within ${this.work.client.patience.timeout} ms`));
  }

  /** The caller has lost interest. */
  stopped(): void {
    this.stop(cancelled());
  }

  private stop(error: ProviderError): void {
    this.stopError = error;
    if (this.reject === undefined) this.fail(error);
    else {
      this.reject(error);
      this.abandon(error);
    }
  }

  private abandon(error: ProviderError): void {
    this.controller?.abort(error);
    this.ends?.(error);
  }

  /** The answer was read to its end, so there is nothing to abort. */
  complete(): void {
    this.atEnd = true;
  }

  private succeed(value: T): void {
    this.end();
    this.work.resolve(value);
  }

  /** The end, or another attempt after a while. */
  private fail(caught: unknown): void {
    if (this.isOver) return;
    this.end();
    const { work, number } = this;
    const { client, stopping, started, reject } = work;
    const error = asProviderError(caught, stopping);
    const mayPass = number < client.policy.attempts && started?.() !== true && RETRIED.has(error.code);
    const pause = mayPass ? pauseBefore(client, number, error) : undefined;
    if (pause === undefined) reject(client.clean(error));
    else sleep(pause, stopping).then(() => new Attempt(work, number + 1).begin(), () => reject(client.clean(cancelled())));
  }

  /** An answer that nobody read to its end gives its connection back. */
  private end(): void {
    this.isOver = true;
    this.work.stopping?.ignore(this);
    this.work.client.patience.end(this);
    if (!this.atEnd) this.abandon(this.stopError ?? new ProviderError("cancelled", "the answer was not wanted any longer"));
  }
}

const isSuccess = ({ status }: HttpAnswer): boolean => status >= 200 && status < 300;

const cancelled = (): ProviderError => new ProviderError("cancelled", "the request was cancelled");

function textError(error: unknown, largest: number): ProviderError {
  return error instanceof RangeError ? new ProviderError("too_large", `the answer has more than ${largest} bytes`) : cutOff(error);
}

async function* pieces(body: AsyncIterable<Uint8Array> | null, watch: Watch, largest: number): AsyncGenerator<Uint8Array> {
  if (body === null) return;
  const iterator = body[Symbol.asyncIterator]();
  let size = 0;
  for (;;) {
    const next = await watch.guard(iterator.next()).catch((error: unknown) => {
      throw cutOff(error);
    });
    if (next.done === true) break;
    size += next.value.length;
    if (size > largest) throw new ProviderError("too_large", `the answer has more than ${largest} bytes`);
    yield next.value;
  }
  watch.complete();
}

/** A connection that breaks once the answer has begun. */
function cutOff(error: unknown): ProviderError {
  return error instanceof ProviderError ? error : new ProviderError("cut_off", `the answer broke off: ${innermost(error)}`);
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
  if (stopping?.isStopped === true) return cancelled();
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
      reject(cancelled());
    };
    const timer = setTimeout(() => {
      end?.();
      resolve();
    }, milliseconds);
    if (stopping?.isStopped === true) cancel();
    const end = stopping?.onStop(cancel);
  });
}
