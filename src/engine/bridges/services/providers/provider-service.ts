// Which providers a context has: those the host configured, and offline ones that scripts make. Keys go in here and never out.
import { type CallOptions, type ChatRequest, type ChatResponse, type ModelInfo, type Provider, ProviderError, type ProviderType, type Usage, NO_USAGE, addUsage, eventUsage } from "./chat.js";
import type { Events } from "../events.js";
import { messageOf } from "../failure.js";
import { sizeOf } from "../json-value.js";
import { type Keep, Kept } from "../kept.js";
import { DIALECTS } from "./dialects.js";
import type { Fetch, HttpPolicy } from "./http.js";
import { HttpProvider } from "./http-provider.js";
import { type LocalRule, LocalProvider } from "./local.js";

/** Money for tokens: units of the host's currency per million tokens. */
export interface Price {
  readonly prompt: number;
  readonly completion: number;
}

/** What a host says about a provider. */
export interface ProviderConfig {
  readonly type: ProviderType;
  /** The service's address; the public one of its type unless given. */
  readonly baseUrl?: string;
  readonly apiKey?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The model for requests that name none. */
  readonly model?: string;
  /** Models that scripts may use; all unless given. */
  readonly models?: readonly string[];
  readonly policy?: Partial<HttpPolicy>;
  /** By model; "*" is for the others. Without a price calls cost nothing. */
  readonly prices?: Readonly<Record<string, Price>>;
  /** Only for the type "local". */
  readonly rules?: readonly LocalRule[];
  readonly delay?: number;
}

export interface ProvidersOptions {
  readonly providers?: Readonly<Record<string, ProviderConfig | Provider>>;
  /** The provider for agents that name none: the first configured one unless given. */
  readonly defaultProvider?: string;
  readonly fetch?: Fetch;
  readonly random?: () => number;
  /** Where the fallback to the offline provider is told, once. */
  readonly log?: (message: string) => void;
}

/** What the service tells those around it. */
export interface ProviderPorts {
  /** Told what is kept for scripts. */
  readonly keep?: Keep;
  /** Told of each call of a model. */
  readonly events?: Events;
  /** Where the host names no `log`. */
  readonly log?: (message: string) => void;
}

type OnText = (text: string) => void | Promise<void>;

/** Defaults of a provider that requests may override. */
export interface ProviderDefaults {
  readonly model?: string;
  readonly temperature?: number;
  readonly maxTokens?: number;
}

export type ProviderStatus = "active" | "inactive" | "initializing" | "error";

/** A provider as scripts see it. Holds no key. */
export interface ProviderEntry {
  readonly name: string;
  readonly type: ProviderType;
  readonly status: ProviderStatus;
  readonly defaults: ProviderDefaults;
  readonly fallback: boolean;
  readonly usage: Usage;
  readonly lastError: string | undefined;
}

const FALLBACK_MODEL = "default";
/** Providers of one context, all names that scripts have used included. */
const MOST_PROVIDERS = 1000;
const BYTES_PER_PROVIDER = 1000;

/** The providers of one context. What it holds of the host's is shared; aliases, defaults and status are the context's own. */
export class ProviderService {
  readonly #entries = new Map<string, Entry>();
  readonly #options: ProvidersOptions;
  readonly #ports: ProviderPorts;
  readonly #default: string | undefined;
  readonly #configured: boolean;
  #fallbackTold = false;

  constructor(options: ProvidersOptions = {}, ports: ProviderPorts = {}) {
    this.#options = options;
    this.#ports = ports;
    const { providers = {} } = options;
    let first: string | undefined;
    for (const name of Object.keys(providers)) {
      first ??= name;
      this.#entries.set(name, this.#fromHost(name, providers[name]!));
    }
    this.#configured = first !== undefined;
    this.#default = options.defaultProvider ?? first;
    if (this.#default !== undefined && !this.#entries.has(this.#default)) {
      throw new ProviderError("unavailable", `the default provider '${this.#default}' is not configured`);
    }
  }

  #fromHost(name: string, config: ProviderConfig | Provider): Entry {
    if ("chat" in config) return new Entry(name, config, {}, undefined, {}, false);
    const defaults = config.model === undefined ? {} : { model: config.model };
    return new Entry(name, this.#connect(name, config), defaults, config.models, config.prices ?? {}, false);
  }

  #connect(name: string, config: ProviderConfig): Provider {
    const { type, baseUrl, apiKey, headers, policy, rules, delay } = config;
    const { fetch, random } = this.#options;
    if (type === "local") return new LocalProvider({ name, ...(rules === undefined ? {} : { rules }), ...(delay === undefined ? {} : { delay }) });
    return new HttpProvider({
      name,
      dialect: DIALECTS[type],
      ...(baseUrl === undefined ? {} : { baseUrl }),
      ...(apiKey === undefined ? {} : { apiKey }),
      ...(headers === undefined ? {} : { headers }),
      ...(policy === undefined ? {} : { policy }),
      ...(fetch === undefined ? {} : { fetch }),
      ...(random === undefined ? {} : { random }),
    });
  }

  /** An offline provider of a script's own. The name must be free or that of another one of the script's. */
  createLocal(name: string, rules: readonly LocalRule[], defaults: ProviderDefaults = {}, delay = 0): ProviderEntry {
    if (this.#entries.get(name)?.fromHost === true) throw new ProviderError("bad_request", `the provider '${name}' belongs to the host`);
    return this.#add(new Entry(name, new LocalProvider({ name, rules, delay }), defaults, undefined, {}, false, false), sizeOf(rules));
  }

  /** A second name for a provider of the host, with defaults of its own: `source` is that provider's name or type. */
  createAlias(name: string, source: string, defaults: ProviderDefaults): ProviderEntry {
    if (name === source) return this.configure(name, { defaults });
    if (this.#entries.get(name)?.fromHost === true) throw new ProviderError("bad_request", `the provider '${name}' belongs to the host`);
    const target = this.#find(source);
    const entry = new Entry(name, target.provider, { ...target.defaults, ...defaults }, target.allowedModels, target.prices, target.fallback, false);
    return this.#add(entry);
  }

  #add(entry: Entry, size = 0): Entry {
    if (this.#entries.size >= MOST_PROVIDERS && !this.#entries.has(entry.name)) throw new ProviderError("bad_request", `more than ${MOST_PROVIDERS} providers`);
    entry.kept = new Kept(this.#ports.keep);
    entry.kept.set(BYTES_PER_PROVIDER + size);
    this.#entries.get(entry.name)?.kept?.release();
    this.#entries.set(entry.name, entry);
    return entry;
  }

  /** Forgets a provider that a script made. Answers whether there was one. */
  remove(name: string): boolean {
    const entry = this.#entries.get(name);
    if (entry?.fromHost === true) throw new ProviderError("bad_request", `the provider '${name}' belongs to the host`);
    entry?.kept?.release();
    return this.#entries.delete(name);
  }

  configure(name: string, changes: { readonly defaults?: ProviderDefaults; readonly active?: boolean }): ProviderEntry {
    const entry = this.#find(name);
    if (changes.active !== undefined) entry.status = changes.active ? "active" : "inactive";
    if (changes.defaults !== undefined) entry.defaults = { ...entry.defaults, ...changes.defaults };
    return entry;
  }

  get(name?: string): ProviderEntry {
    return this.#find(name);
  }

  /** As `get`; undefined for what is no provider's name. */
  find(name: string): ProviderEntry | undefined {
    try {
      return /^[\w.:/-]{1,100}$/.test(name) ? this.#find(name) : undefined;
    } catch (error) {
      if (error instanceof ProviderError) return undefined;
      throw error;
    }
  }

  list(): readonly ProviderEntry[] {
    return [...this.#entries.values()];
  }

  chat(name: string | undefined, request: Partial<ChatRequest>, options: CallOptions = {}): Promise<ChatResponse> {
    return this.#call(name, request, undefined, options);
  }

  stream(name: string | undefined, request: Partial<ChatRequest>, onText: OnText, options: CallOptions = {}): Promise<ChatResponse> {
    return this.#call(name, request, onText, options);
  }

  async models(name: string | undefined, options: CallOptions = {}): Promise<readonly ModelInfo[]> {
    const entry = this.#usable(name);
    const models = await entry.provider.models(options).catch((error: unknown) => {
      entry.failed(error);
      throw error;
    });
    entry.succeeded();
    return entry.allowedModels === undefined ? models : models.filter(({ id }) => entry.allowedModels!.includes(id));
  }

  /** What `usage` of `model` costs, in the host's currency. */
  cost(name: string | undefined, model: string, usage: Usage): number {
    const { prices } = this.#find(name);
    const price = prices[model] ?? prices["*"];
    return price === undefined ? 0 : (usage.promptTokens * price.prompt + usage.completionTokens * price.completion) / 1e6;
  }

  #call(name: string | undefined, request: Partial<ChatRequest>, onText: OnText | undefined, options: CallOptions): Promise<ChatResponse> {
    try {
      const entry = this.#usable(name);
      const full = entry.complete(request);
      if (this.#isHeard("provider.called")) this.#emit("provider.called", { name: entry.name, model: full.model, messages: full.messages.length });
      return entry.send(full, onText, options).then((response) => this.#succeeded(entry, full, response), (error: unknown) => this.#failed(entry, full, error));
    } catch (error) {
      return Promise.reject(error as Error);
    }
  }

  #succeeded(entry: Entry, { model }: ChatRequest, response: ChatResponse): ChatResponse {
    entry.succeeded();
    entry.count(response.usage);
    if (this.#isHeard("provider.completed")) {
      this.#emit("provider.completed", { name: entry.name, model, usage: eventUsage(response.usage), finish_reason: response.finishReason });
    }
    return response;
  }

  #failed(entry: Entry, { model }: ChatRequest, error: unknown): never {
    entry.failed(error);
    this.#emit("provider.failed", { name: entry.name, model, message: messageOf(error) });
    throw error;
  }

  #isHeard(type: string): boolean {
    return this.#ports.events?.isHeard(type) === true;
  }

  #emit(type: string, data: Readonly<Record<string, unknown>>): void {
    this.#ports.events?.emit(type, data);
  }

  #usable(name: string | undefined): Entry {
    const entry = this.#find(name);
    if (entry.status === "inactive") throw new ProviderError("unavailable", `the provider '${entry.name}' is switched off`);
    return entry;
  }

  /** By name, else by type. Where the host configured nothing at all, every name stands for the offline provider. */
  #find(name = this.#default ?? "local"): Entry {
    const byName = this.#entries.get(name) ?? [...this.#entries.values()].find((entry) => entry.fromHost && entry.type === name);
    if (byName !== undefined) return byName;
    if (this.#configured && name !== "local") throw new ProviderError("unavailable", `the provider '${name}' is not configured`);
    if (name !== "local" && !this.#fallbackTold) {
      this.#fallbackTold = true;
      (this.#options.log ?? this.#ports.log)?.(`no provider is configured: '${name}' and every other name stand for the offline provider`);
    }
    return this.#add(new Entry(name, new LocalProvider({ name }), {}, undefined, {}, name !== "local", false));
  }

  toJSON(): readonly { readonly name: string; readonly type: string }[] {
    return this.list().map(({ name, type }) => ({ name, type }));
  }
}

class Entry implements ProviderEntry {
  /** What it takes, if a script has made it. */
  kept: Kept | undefined;
  status: ProviderStatus = "active";
  usage = NO_USAGE;
  lastError: string | undefined;
  readonly type: ProviderType;
  readonly #provider: Provider;

  constructor(
    readonly name: string,
    provider: Provider,
    public defaults: ProviderDefaults,
    readonly allowedModels: readonly string[] | undefined,
    readonly prices: Readonly<Record<string, Price>>,
    readonly fallback: boolean,
    readonly fromHost = true,
  ) {
    this.#provider = provider;
    this.type = provider.type;
  }

  get provider(): Provider {
    return this.#provider;
  }

  /** The request with what this provider adds. Throws when the model is not allowed. */
  complete(request: Partial<ChatRequest>): ChatRequest {
    const { model = this.defaults.model ?? FALLBACK_MODEL, temperature = this.defaults.temperature, maxTokens = this.defaults.maxTokens } = request;
    if (this.allowedModels !== undefined && !this.allowedModels.includes(model)) {
      throw new ProviderError("not_found", `the provider '${this.name}' has no model '${model}' for scripts`);
    }
    if (model === request.model && temperature === request.temperature && maxTokens === request.maxTokens && request.messages !== undefined) return request as ChatRequest;
    const full: { -readonly [K in keyof ChatRequest]: ChatRequest[K] } = { ...request, model, messages: request.messages ?? [] };
    if (temperature !== undefined) full.temperature = temperature;
    if (maxTokens !== undefined) full.maxTokens = maxTokens;
    return full;
  }

  /** What the provider answers; a rejection also where it throws. */
  send(request: ChatRequest, onText: OnText | undefined, options: CallOptions): Promise<ChatResponse> {
    try {
      return onText === undefined ? this.#provider.chat(request, options) : this.#provider.stream(request, onText, options);
    } catch (error) {
      return Promise.reject(error as Error);
    }
  }

  count(usage: Usage): void {
    this.usage = addUsage(this.usage, usage);
  }

  /** A call has worked: the status is "active" again. */
  succeeded(): void {
    if (this.status === "error") this.status = "active";
    this.lastError = undefined;
  }

  /** A call has failed: the status is "error" if that was the provider's fault. */
  failed(error: unknown): void {
    if (!(error instanceof ProviderError) || error.code === "cancelled") return;
    this.lastError = error.message;
    if (this.status === "active") this.status = "error";
  }
}
