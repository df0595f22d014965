// Memory: what agents and scripts remember. Keys with values in scopes, with an end of life, a size that is bounded, and search.
import { BridgeFailure } from "./failure.js";
import { isObject } from "./json-value.js";
import { namePattern } from "./name-pattern.js";
import { decodePlain, encodePlain } from "./plain-json.js";
import { ProcessStore, type Store } from "./store.js";
import { TextIndex } from "./text-index.js";

export const MEMORY_TYPES = ["short_term", "long_term", "persistent"] as const;
/** short_term goes first when room is needed, and after an hour; long_term stays until the process ends; persistent is in the store at once. */
export type MemoryType = (typeof MEMORY_TYPES)[number];
export const MEMORY_SCOPES = ["global", "agent", "session"] as const;
export type MemoryScope = (typeof MEMORY_SCOPES)[number];

export interface StoreOptions {
  readonly type?: MemoryType;
  /** Seconds until it is forgotten. */
  readonly ttl?: number;
  readonly tags?: readonly string[];
}

/** A list that is added to, with what goes when it is too long: the oldest. */
export interface AppendOptions extends StoreOptions {
  readonly maxItems?: number;
  /** Tokens that its items may have in all, estimated. */
  readonly maxTokens?: number;
}

interface Entry {
  readonly key: string;
  /** As JSON: nobody changes what is kept by changing what was given. */
  readonly text: string;
  readonly type: MemoryType;
  readonly tags: readonly string[];
  /** Milliseconds since 1970. */
  readonly stored: number;
  readonly expires: number;
}

export interface MemoryStatistics {
  readonly entries: number;
  /** Characters of the values as JSON, and of the keys. */
  readonly bytes: number;
  readonly hits: number;
  readonly misses: number;
  readonly expired: number;
  readonly evicted: number;
}

export interface Found {
  readonly key: string;
  readonly value: unknown;
  readonly score: number;
  readonly tags: readonly string[];
}

export interface MemoryLimits {
  readonly maxEntries: number;
  readonly maxBytes: number;
}

const DEFAULT_LIMITS: MemoryLimits = { maxEntries: 10_000, maxBytes: 48_000_000 };
/** Spaces of one memory, and their bytes in all. */
const MAX_SPACES = 10_000;
const MAX_BYTES_OF_ALL = 192_000_000;
/** Snapshots of one space. */
const MAX_SNAPSHOTS = 100;
const SHORT_TERM_LIFE = 3_600_000;
const MAX_KEY = 512;

/** What one scope of one owner remembers. */
export class MemorySpace {
  /** Least recently used first. */
  private readonly entries = new Map<string, Entry>();
  private readonly index = new TextIndex();
  /** Keys that the store had when somebody last looked, and since; undefined before. */
  private stored: Set<string> | undefined;
  private bytes = 0;
  private readonly counts = { hits: 0, misses: 0, expired: 0, evicted: 0 };

  /** `name`: where its texts are in the store ("global", "agent/researcher"). */
  constructor(
    readonly name: string, private readonly store: Store, private readonly now: () => number, private readonly limits: MemoryLimits = DEFAULT_LIMITS,
    private readonly shared: SharedSize = new SharedSize(),
  ) {}

  /**
   * Keeps a value: at once, but for persistent values and the first one of a space, which are kept when the promise resolves. Throws
   * BridgeFailure "invalid" or "full".
   */
  set(key: string, value: unknown, options: StoreOptions = {}): Promise<void> | undefined {
    const entry = this.makeEntry(key, encodePlain(value), options);
    this.put(entry);
    if (this.stored !== undefined || this.store instanceof ProcessStore) {
      this.stored ??= new Set(this.keysIn((this.store as ProcessStore).keysNow(this.entryKey(""))));
      return this.settle(entry, this.stored);
    }
    return this.lookIntoStore().then((stored) => this.settle(entry, stored));
  }

  /** Makes the store agree with an entry: it has those that are persistent, and no older value of one that is not. */
  private settle(entry: Entry, stored: Set<string>): Promise<void> | undefined {
    const { key } = entry;
    if (entry.type === "persistent") {
      stored.add(key);
      return this.store.set(this.entryKey(key), encodeEntry(entry));
    }
    return stored.delete(key) ? this.store.delete(this.entryKey(key)).then(() => {}) : undefined;
  }

  private async lookIntoStore(): Promise<Set<string>> {
    return (this.stored ??= new Set(this.keysIn(await this.store.keys(this.entryKey("")))));
  }

  private keysIn(stored: readonly string[]): string[] {
    return stored.map((each) => decodeURIComponent(each.slice(this.entryKey("").length)));
  }

  /** Adds an item to a list. Answers how many it holds then. */
  async append(key: string, item: unknown, { maxItems = Infinity, maxTokens = Infinity, ...options }: AppendOptions): Promise<number> {
    const before = await this.get(key);
    const list = before === undefined || (isObject(before) && Object.keys(before).length === 0) ? [] : before;
    if (!Array.isArray(list)) throw new BridgeFailure("invalid", `'${key}' holds no list`);
    const items = [...(list as unknown[]), item];
    let tokens = items.reduce<number>((sum, each) => sum + estimateTokens(each), 0);
    while (items.length > 1 && (items.length > maxItems || tokens > maxTokens)) tokens -= estimateTokens(items.shift());
    await this.set(key, items, options);
    return items.length;
  }

  /** The value under a key; undefined when there is none, or none any more. */
  async get(key: string): Promise<unknown> {
    if (this.live(key) === undefined) {
      const text = await this.store.get(this.entryKey(key));
      const entry = text === undefined ? undefined : decodeEntry(text);
      if (entry !== undefined && entry.expires > this.now()) this.takeIn(entry);
    }
    const found = this.peek(key);
    if (found === undefined) this.counts.misses++;
    return found?.value;
  }

  /** The value under a key if it is here without asking the store. */
  peek(key: string): { readonly value: unknown } | undefined {
    const entry = this.live(key);
    if (entry === undefined) return undefined;
    this.counts.hits++;
    this.entries.delete(key);
    this.entries.set(key, entry); // most recently used
    return { value: decodePlain(entry.text) };
  }

  /** False: there was nothing. */
  async delete(key: string): Promise<boolean> {
    const wasHere = this.live(key) !== undefined;
    this.drop(key);
    this.stored?.delete(key);
    return (await this.store.delete(this.entryKey(key))) || wasHere;
  }

  /** Keys, sorted; of a pattern ("user.*"), with a tag, of a type. */
  async keys({ pattern = "*", tag, type }: { readonly pattern?: string; readonly tag?: string; readonly type?: MemoryType } = {}): Promise<string[]> {
    await this.loadStored();
    const matches = namePattern(pattern);
    return [...this.allLive()].filter((entry) => matches(entry.key) && (tag === undefined || entry.tags.includes(tag)) && (type === undefined || entry.type === type))
      .map(({ key }) => key).sort();
  }

  /** Forgets everything, in the store too. Answers how much there was. */
  async clear(): Promise<number> {
    const keys = await this.keys();
    for (const key of [...this.entries.keys()]) this.drop(key);
    for (const key of await this.store.keys(this.entryKey(""))) await this.store.delete(key);
    this.stored?.clear();
    return keys.length;
  }

  /** Entries with words of the query in key, tags or value, best first. */
  async search(query: string, { limit = 10, tag }: { readonly limit?: number; readonly tag?: string } = {}): Promise<Found[]> {
    await this.loadStored();
    const found: Found[] = [];
    for (const { id, score } of this.index.search(query, tag === undefined ? limit + 100 : Infinity)) {
      const entry = this.live(id);
      if (entry === undefined || (tag !== undefined && !entry.tags.includes(tag))) continue;
      found.push({ key: id, value: decodePlain(entry.text), score, tags: entry.tags });
      if (found.length === limit) break;
    }
    return found;
  }

  statistics(): MemoryStatistics {
    return { entries: [...this.allLive()].length, bytes: this.bytes, ...this.counts };
  }

  /** Writes everything to the store under a name. Answers how many entries. Resolves once it is safe. */
  async persist(name: string): Promise<number> {
    const entries = [...this.allLive()];
    const names = await this.store.keys(this.snapshotKey(""));
    if (names.length >= MAX_SNAPSHOTS && !names.includes(this.snapshotKey(name))) throw new BridgeFailure("full", `memory '${this.name}' is persisted under ${MAX_SNAPSHOTS} names already`);
    await this.store.set(this.snapshotKey(name), JSON.stringify(entries.map(plainEntry)));
    return entries.length;
  }

  /** Takes in what was persisted under a name, over what is there. Answers how many entries; undefined when nothing was persisted. */
  async load(name: string): Promise<number | undefined> {
    const text = await this.store.get(this.snapshotKey(name));
    if (text === undefined) return undefined;
    const entries = parseEntries(text).filter(({ expires }) => expires > this.now());
    for (const entry of entries) this.put(entry);
    return entries.length;
  }

  // ---- parts ----------------------------------------------------------------------------------------------------

  private makeEntry(key: string, text: string, { type = "short_term", ttl, tags = [] }: StoreOptions): Entry {
    if (key === "" || key.length > MAX_KEY) throw new BridgeFailure("invalid", `a key has 1 to ${MAX_KEY} characters`);
    if (ttl !== undefined && !(ttl > 0)) throw new BridgeFailure("invalid", "a ttl is a number of seconds above 0");
    const stored = this.now();
    const life = ttl === undefined ? (type === "short_term" ? SHORT_TERM_LIFE : Infinity) : ttl * 1000;
    return { key, text, type, tags, stored, expires: stored + life };
  }

  private put(entry: Entry): void {
    this.makeRoom(entry);
    this.drop(entry.key);
    this.entries.set(entry.key, entry);
    this.resize(sizeOf(entry));
    this.index.add(entry.key, `${entry.key} ${entry.tags.join(" ")} ${entry.text}`);
  }

  private drop(key: string): void {
    const entry = this.entries.get(key);
    if (entry === undefined) return;
    this.entries.delete(key);
    this.resize(-sizeOf(entry));
    this.index.remove(key);
  }

  private resize(bytes: number): void {
    this.bytes += bytes;
    this.shared.resize(bytes);
  }

  /** Forgets short-term entries, least recently used first, until there is room. */
  private makeRoom(entry: Entry): void {
    const { maxEntries, maxBytes } = this.limits;
    const replaced = this.entries.get(entry.key);
    const more = sizeOf(entry) - (replaced === undefined ? 0 : sizeOf(replaced));
    const fits = (): boolean => this.entries.size + (replaced === undefined ? 1 : 0) <= maxEntries && this.bytes + more <= maxBytes && this.shared.hasRoom(more);
    if (fits()) return;
    for (const other of this.entries.values()) {
      if (other.type !== "short_term" || other.key === entry.key) continue;
      this.drop(other.key);
      this.counts.evicted++;
      if (fits()) return;
    }
    throw new BridgeFailure("full", `memory '${this.name}' is full`);
  }

  /** The entry under a key if its time is not over. */
  private live(key: string): Entry | undefined {
    const entry = this.entries.get(key);
    if (entry === undefined || entry.expires > this.now()) return entry;
    this.drop(key);
    this.counts.expired++;
    return undefined;
  }

  private *allLive(): Iterable<Entry> {
    for (const key of [...this.entries.keys()]) {
      const entry = this.live(key);
      if (entry !== undefined) yield entry;
    }
  }

  /** Takes in the persistent entries of earlier processes. */
  private async loadStored(): Promise<void> {
    for (const key of this.keysIn(await this.store.keys(this.entryKey("")))) {
      if (this.entries.has(key)) continue;
      const text = await this.store.get(this.entryKey(key));
      const entry = text === undefined ? undefined : decodeEntry(text);
      if (entry !== undefined && entry.expires > this.now()) this.takeIn(entry);
    }
  }

  /** An entry that the store has. */
  private takeIn(entry: Entry): void {
    this.put(entry);
    this.stored?.add(entry.key);
  }

  private entryKey(key: string): string {
    return `memory/${this.name}/entry/${encodeURIComponent(key)}`;
  }

  private snapshotKey(name: string): string {
    return `memory/${this.name}/snapshot/${encodeURIComponent(name)}`;
  }
}

/** Bytes in memory, the words of the index included. */
const sizeOf = ({ key, text }: Entry): number => 200 + 3 * (key.length + text.length);

/** Bytes of all spaces of one memory. */
class SharedSize {
  private bytes = 0;
  constructor(private readonly limit = Infinity, private readonly onSize: (bytes: number) => void = () => {}) {}

  hasRoom(more: number): boolean {
    return this.bytes + more <= this.limit;
  }

  resize(bytes: number): void {
    this.bytes += bytes;
    this.onSize(bytes);
  }
}

/** About four characters a token, as for most models and languages with spaces. */
export function estimateTokens(value: unknown): number {
  const text = typeof value === "string" ? value : isObject(value) && typeof value["content"] === "string" ? value["content"] : encodePlain(value);
  return Math.ceil(text.length / 4);
}

const plainEntry = ({ expires, ...entry }: Entry): object => ({ ...entry, expires: expires === Infinity ? null : expires });
const encodeEntry = (entry: Entry): string => JSON.stringify(plainEntry(entry));

function decodeEntry(text: string): Entry | undefined {
  return toEntry(JSON.parse(text));
}

function parseEntries(text: string): Entry[] {
  const list: unknown = JSON.parse(text);
  return Array.isArray(list) ? list.map(toEntry).filter((entry) => entry !== undefined) : [];
}

/** undefined for what is no entry: a store may hold anything. */
function toEntry(value: unknown): Entry | undefined {
  if (!isObject(value)) return undefined;
  const { key, text, type, tags, stored, expires } = value as Partial<Record<keyof Entry, unknown>>;
  if (typeof key !== "string" || typeof text !== "string" || typeof stored !== "number") return undefined;
  if (!MEMORY_TYPES.includes(type as MemoryType)) return undefined;
  return {
    key, text, stored, type: type as MemoryType, expires: typeof expires === "number" ? expires : Infinity,
    tags: Array.isArray(tags) ? tags.filter((tag): tag is string => typeof tag === "string") : [],
  };
}

export interface MemoryOptions {
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  /** Of each space. */
  readonly limits?: MemoryLimits;
  /** Told how many bytes more, or less, are remembered. */
  readonly onSize?: (bytes: number) => void;
}

/** All spaces of one host. Contexts that share it share the global scope and the agents' memories, not their sessions. */
export class Memory {
  private readonly spaces = new Map<string, MemorySpace>();
  private readonly size: SharedSize;

  constructor(private readonly store: Store, private readonly options: MemoryOptions = {}) {
    this.size = new SharedSize(MAX_BYTES_OF_ALL, options.onSize);
  }

  /** Throws BridgeFailure "too_many" when there are too many spaces. */
  space(scope: MemoryScope, owner: string | undefined): MemorySpace {
    const name = scope === "global" ? "global" : `${scope}/${encodeURIComponent(owner ?? "default")}`;
    let space = this.spaces.get(name);
    if (space === undefined) {
      if (this.spaces.size >= MAX_SPACES) throw new BridgeFailure("too_many", `memory has more than ${MAX_SPACES} owners`);
      const { now = Date.now, limits } = this.options;
      this.spaces.set(name, (space = new MemorySpace(name, this.store, now, limits, this.size)));
    }
    return space;
  }
}
