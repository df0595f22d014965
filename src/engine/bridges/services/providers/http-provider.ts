// A provider behind HTTP: a dialect, an address and a key. The key goes out in a header and nowhere else.
import { type CallOptions, type ChatRequest, type ChatResponse, type ModelInfo, type Provider, ProviderError, type ProviderType } from "./chat.js";
import type { Dialect } from "./dialect.js";
import { DEFAULT_POLICY, type Fetch, type HttpClient, type HttpPolicy, type HttpRequest, exchange } from "./http.js";
import { platformFetch } from "./node-fetch.js";
import { Patience } from "./patience.js";
import { parseJson } from "./read-json.js";
import { type RedactingStream, Redactor } from "./redact.js";
import { type StreamEvent, eventDecoder } from "./stream-events.js";
import { Stop, type Stoppable, stoppable } from "../stop.js";

export interface HttpProviderOptions {
  readonly name: string;
  readonly dialect: Dialect;
  /** The service's address, the dialect's own unless given. */
  readonly baseUrl?: string;
  readonly apiKey?: string;
  /** Further headers, which count as secrets too. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly policy?: Partial<HttpPolicy>;
  readonly fetch?: Fetch;
  readonly random?: () => number;
}

export class HttpProvider implements Provider {
  readonly name: string;
  readonly type: ProviderType;
  readonly #dialect: Dialect;
  readonly #address: URL;
  /** The address without what is behind its path. */
  readonly #base: string;
  /** The path that was asked for last, and its address: most requests go to the same one. */
  #lastPath: string | undefined;
  #lastUrl = "";
  readonly #headers: Readonly<Record<string, string>>;
  readonly #chatHeaders: Readonly<Record<string, string>>;
  readonly #redactor: Redactor;
  readonly #client: HttpClient;

  constructor(options: HttpProviderOptions) {
    const { name, dialect, baseUrl = dialect.baseUrl, apiKey, headers = {} } = options;
    this.name = name;
    this.type = dialect.type;
    this.#dialect = dialect;
    this.#address = parseAddress(name, baseUrl);
    this.#base = this.#address.origin + this.#address.pathname.replace(/\/+$/, "");
    const key = apiKey === undefined ? {} : dialect.authorize(apiKey);
    this.#headers = Object.freeze({ ...dialect.headers, ...key, ...headers });
    this.#chatHeaders = Object.freeze({ "content-type": "application/json", ...this.#headers });
    this.#redactor = new Redactor([apiKey ?? "", ...Object.values(headers), ...this.#address.searchParams.values()]);
    const policy = { ...DEFAULT_POLICY, ...options.policy };
    this.#client = {
      fetch: options.fetch ?? platformFetch,
      policy,
      patience: new Patience(policy.timeout),
      random: options.random ?? Math.random,
      clean: (error) => this.#clean(error),
    };
  }

  chat(request: ChatRequest, options: CallOptions = {}): Promise<ChatResponse> {
    const text = (answer: string): ChatResponse => this.#redactor.data(named(this.#dialect.parseChat(parseJson(answer, "the answer")), request));
    try {
      return exchange(this.#client, this.#chatRequest(request, false), { text }, stoppingOf(options));
    } catch (error) {
      return this.#rejection(error);
    }
  }

  stream(request: ChatRequest, onText: (text: string) => void | Promise<void>, options: CallOptions = {}): Promise<ChatResponse> {
    let started = false;
    let callerFailed: { readonly error: unknown } | undefined;
    const show = async (text: string): Promise<void> => {
      if (text === "") return;
      started = true;
      try {
        await onText(text);
      } catch (error) {
        callerFailed = { error };
        throw error;
      }
    };
    const pieces = async (body: AsyncIterable<Uint8Array>): Promise<ChatResponse> => {
      const shown = this.#redactor.stream();
      const response = await collect(body, this.#dialect, shown, show);
      await show(shown.end());
      return response;
    };
    const answer = this.#attempt(() => exchange(this.#client, this.#chatRequest(request, true), { pieces }, stoppingOf(options), () => started)
      .then((response) => this.#redactor.data(named(response, request))));
    return answer.catch((error: unknown) => {
      throw callerFailed === undefined ? error : callerFailed.error; // the caller's own error, as it is
    });
  }

  models(options: CallOptions = {}): Promise<readonly ModelInfo[]> {
    return this.#attempt(() => {
      const request: HttpRequest = { method: "GET", url: this.#url(this.#dialect.modelsPath), headers: this.#headers };
      const text = (answer: string): readonly ModelInfo[] => this.#redactor.data(this.#dialect.parseModels(parseJson(answer, "the answer")));
      return exchange(this.#client, request, { text }, stoppingOf(options));
    });
  }

  #chatRequest(request: ChatRequest, streaming: boolean): HttpRequest {
    return {
      method: "POST",
      url: this.#url(this.#dialect.chatPath(request, streaming)),
      headers: this.#chatHeaders,
      body: JSON.stringify(this.#dialect.chatBody(request, streaming)),
    };
  }

  /** The address with `path` added, and its own query kept: gateways want one. */
  #url(path: string): string {
    if (path !== this.#lastPath) {
      const { search } = this.#address;
      const url = this.#base + path;
      this.#lastUrl = search === "" ? url : `${url}${path.includes("?") ? "&" : "?"}${search.slice(1)}`;
      this.#lastPath = path;
    }
    return this.#lastUrl;
  }

  /** What `work` promises. Errors of exchanges are clean already. */
  #attempt<T>(work: () => Promise<T>): Promise<T> {
    try {
      return work();
    } catch (error) {
      return this.#rejection(error);
    }
  }

  /** For an error that comes before there is an exchange. */
  #rejection(error: unknown): Promise<never> {
    return Promise.reject(error instanceof ProviderError ? this.#clean(error) : (error as Error));
  }

  /** No secret in what comes back, whether it works or not: servers and proxies quote what they were sent. */
  #clean(error: ProviderError): ProviderError {
    return new ProviderError(error.code, `${this.name}: ${this.#redactor.text(error.message)}`, error.status, error.retryAfter);
  }

  /** What an inspector, a log or JSON.stringify may show. */
  toJSON(): Readonly<Record<string, string>> {
    return { name: this.name, type: this.type };
  }
}

/** A Stop knows how to do without a signal. */
function stoppingOf(options: CallOptions): Stoppable | undefined {
  return options instanceof Stop ? options : stoppable(options.signal);
}

function parseAddress(name: string, text: string): URL {
  if (!URL.canParse(text)) throw new ProviderError("unavailable", `provider '${name}': '${text}' is not a URL`);
  const address = new URL(text);
  if (address.protocol !== "http:" && address.protocol !== "https:") {
    throw new ProviderError("unavailable", `provider '${name}': the address must begin with http:// or https://`);
  }
  if (address.username !== "" || address.password !== "") {
    throw new ProviderError("unavailable", `provider '${name}': a user or password in the address is not supported; give an API key`);
  }
  return address;
}

/** Servers that do not name the model mean the one they were asked for. */
function named(response: ChatResponse, request: ChatRequest): ChatResponse {
  return response.model === "" ? { ...response, model: request.model } : response;
}

/** Reads events until the stream ends; an answer that has not ended by then was cut off. */
async function collect(
  body: AsyncIterable<Uint8Array>,
  dialect: Dialect,
  shown: RedactingStream,
  show: (text: string) => Promise<void>,
): Promise<ChatResponse> {
  const decoder = eventDecoder(dialect.framing);
  const collector = dialect.collector();
  const take = async (events: readonly StreamEvent[]): Promise<void> => {
    for (const event of events) await show(shown.push(collector.push(event)));
  };
  for await (const bytes of body) await take(decoder.push(bytes));
  await take(decoder.end()).catch((error: unknown) => {
    throw error instanceof ProviderError && error.code === "malformed" ? cutOff() : error; // half a line
  });
  if (!collector.ended) throw cutOff();
  return collector.finish();
}

function cutOff(): ProviderError {
  return new ProviderError("cut_off", "the stream ended before the answer did");
}
