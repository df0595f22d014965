// The memory bridge: keys and values with scopes, lifetimes and search.
import type { BridgeCall } from "./context.js";
import { contextPart } from "./context.js";
import { defineBridge } from "./define.js";
import { type OptionField, options } from "./options.js";
import { BridgeFailure } from "./services/failure.js";
import { MEMORY_SCOPES, MEMORY_TYPES, Memory, type MemoryScope, type MemorySpace, type MemoryType } from "./services/memory.js";
import { ProcessStore } from "./services/store.js";

/** The host's memory, or one of the context's own, whose size then counts for the script. */
const MEMORY = contextPart("memory", (context) => {
  const { memory, store, now } = context.services;
  if (memory !== undefined) return memory;
  const onSize = (bytes: number): void => context.keep(bytes);
  return new Memory(store ?? new ProcessStore(undefined, onSize), { onSize, ...(now === undefined ? {} : { now }) });
});
/** Of a script that names none: its own, nobody else's. */
const SESSION = contextPart("session", () => `context-${++sessions}`);
let sessions = 0;

interface Where {
  readonly scope?: MemoryScope;
  readonly owner?: string;
}

const where: Readonly<Record<string, OptionField>> = {
  scope: { type: "string", oneOf: MEMORY_SCOPES, doc: "One of `memory.Scope`; SESSION unless given." },
  owner: { type: "string", doc: "Whose: the agent's or session's name. A session without a name is the script's own and ends with it." },
};
const type: OptionField = { type: "string", oneOf: MEMORY_TYPES, doc: "One of `memory.Type`." };

function spaceOf(call: BridgeCall, { scope = "session", owner }: Where = {}): MemorySpace {
  if (scope === "agent" && owner === undefined) throw new BridgeFailure("invalid", "the memory of an agent needs its name as 'owner'");
  return call.get(MEMORY).space(scope, scope === "session" ? owner ?? call.get(SESSION) : owner);
}

interface StoreChoices extends Where {
  readonly type?: MemoryType;
  readonly ttl?: number;
  readonly tags?: readonly unknown[];
  readonly append?: boolean;
  readonly max_items?: number;
  readonly max_tokens?: number;
}

/** Characters that one unit of the meter pays for. */
const CHARACTERS_PER_UNIT = 16;

function store(call: BridgeCall, key: string, value: unknown, choices: StoreChoices = {}): unknown {
  const { append, type: kind, ttl, tags, max_items: maxItems, max_tokens: maxTokens } = choices;
  const space = spaceOf(call, choices);
  if (tags?.some((tag) => typeof tag !== "string") === true) throw new BridgeFailure("invalid", "tags are strings");
  const kept = {
    ...(kind === undefined ? {} : { type: kind }), ...(ttl === undefined ? {} : { ttl }), ...(tags === undefined ? {} : { tags: tags as string[] }),
  };
  const stored = <T>(count: T): T => {
    call.emit("memory.stored", { key, scope: choices.scope ?? "session", type: kind ?? "short_term" });
    return count;
  };
  if (append === true) return space.append(key, value, { ...kept, ...(maxItems === undefined ? {} : { maxItems }), ...(maxTokens === undefined ? {} : { maxTokens }) }).then(stored);
  const safe = space.set(key, value, kept);
  return safe === undefined ? stored(true) : safe.then(() => stored(true));
}

export const memoryBridge = defineBridge({
  name: "memory",
  doc: "What scripts and agents remember: values by key, in scopes, with lifetimes, search, and stores that outlive the process.",
  constants: {
    Type: { SHORT_TERM: "short_term", LONG_TERM: "long_term", PERSISTENT: "persistent" },
    Scope: { GLOBAL: "global", AGENT: "agent", SESSION: "session" },
  },
  events: {
    "memory.stored": "`key`, `scope`, `type`.",
    "memory.deleted": "`key`, `scope`.",
    "memory.cleared": "`scope`, `entries`.",
  },
  types: {
    MemoryMatch: {
      doc: "What `search` found.",
      fields: {
        key: { type: "string", doc: "Its key." },
        value: { type: "any", doc: "A copy of its value." },
        score: { type: "number", doc: "How well it fits; higher is better." },
        tags: { type: "string[]", doc: "Its tags." },
      },
    },
  },
  notes: "Values are data: tables, strings, numbers, booleans; functions and handles are refused. What is stored is a copy. " +
    "SHORT_TERM values last an hour unless a `ttl` says otherwise, and are the first to go when memory is full; LONG_TERM ones last as long as the host; " +
    "PERSISTENT ones are in the host's store before `store` returns. With `append = true` a key holds a list that is added to: a conversation with `max_items` or `max_tokens`, whose oldest items go.",
  functions: {
    store: {
      doc: "Keeps a value under a key.",
      params: [
        { name: "key", type: "string", doc: "1 to 512 characters." },
        { name: "value", type: "any", doc: "Data; a copy is kept." },
        {
          name: "options", optional: true, doc: "Where, how long.",
          type: options("MemoryStoreOptions", {
            ...where, type: { ...type, doc: "One of `memory.Type`; SHORT_TERM unless given." },
            ttl: { type: "number", doc: "Seconds until it is forgotten." },
            tags: { type: "array", doc: "Words to find it by." },
            append: { type: "boolean", doc: "The value is added to the list under the key." },
            max_items: { type: "integer", min: 1, doc: "With append: items that the list holds." },
            max_tokens: { type: "integer", min: 1, doc: "With append: tokens that the items have in all, estimated at four characters each." },
          }),
        },
      ],
      returns: [{ type: "true|integer", doc: "True; with append, how many items the list holds." }],
      cost: 40,
      waits: true,
      example: 'memory.store("user.name", "Ann", { scope = memory.Scope.GLOBAL, type = memory.Type.PERSISTENT })\nmemory.store("chat", { role = "user", content = "Hi" }, { append = true, max_tokens = 2000 })',
      run: store,
    },
    retrieve: {
      doc: "The value under a key.",
      params: [
        { name: "key", type: "string", doc: "Its key." },
        { name: "options", type: options("MemoryRetrieveOptions", { ...where, default: { type: "any", doc: "Answered when there is none." } }), optional: true, doc: "Where." },
      ],
      returns: [{ type: "any", doc: "A copy; nil, or the default, when there is none." }],
      waits: true,
      run: (call, key: string, choices?: Where & { readonly default?: unknown }) => {
        const space = spaceOf(call, choices);
        return space.peek(key)?.value ?? space.get(key).then((value) => value ?? choices?.default);
      },
    },
    delete: {
      doc: "Forgets a key, in the store too.",
      params: [
        { name: "key", type: "string", doc: "Its key." },
        { name: "options", type: options("MemoryOptions", where), optional: true, doc: "Where." },
      ],
      returns: [{ type: "boolean", doc: "False when there was none." }],
      waits: true,
      run: async (call, key: string, choices?: Where) => {
        const deleted = await spaceOf(call, choices).delete(key);
        if (deleted) call.emit("memory.deleted", { key, scope: choices?.scope ?? "session" });
        return deleted;
      },
    },
    list_keys: {
      doc: "The keys, sorted.",
      params: [{
        name: "options", optional: true, doc: "Where, and which.",
        type: options("MemoryListOptions", { ...where, type, pattern: { type: "string", doc: "\"user.*\"." }, tag: { type: "string", doc: "Only those with this tag." } }),
      }],
      returns: [{ type: "string[]", doc: "Keys whose values still live." }],
      waits: true,
      run: (call, choices: Where & { readonly pattern?: string; readonly tag?: string; readonly type?: MemoryType } = {}) => spaceOf(call, choices).keys(choices),
    },
    clear: {
      doc: "Forgets everything in a scope, in the store too.",
      params: [{ name: "options", type: options("MemoryOptions", where), optional: true, doc: "Where." }],
      returns: [{ type: "integer", doc: "How many keys there were." }],
      waits: true,
      run: async (call, choices?: Where) => {
        const entries = await spaceOf(call, choices).clear();
        call.emit("memory.cleared", { scope: choices?.scope ?? "session", entries });
        return entries;
      },
    },
    get_stats: {
      doc: "Figures of a scope.",
      params: [{ name: "options", type: options("MemoryOptions", where), optional: true, doc: "Where." }],
      returns: [{ type: "table", doc: "`entries`, `bytes`, `hits`, `misses`, `expired`, `evicted`." }],
      run: (call, choices?: Where) => ({ ...spaceOf(call, choices).statistics() }),
    },
    persist: {
      doc: "Writes a whole scope to the host's store under a name. What it returned for survives a crash.",
      params: [
        { name: "name", type: "string", default: "default", doc: "For `load`." },
        { name: "options", type: options("MemoryOptions", where), optional: true, doc: "Where." },
      ],
      returns: [{ type: "integer", doc: "Entries written." }],
      cost: 200,
      waits: true,
      run: (call, name: string, choices?: Where) => {
        const space = spaceOf(call, choices);
        call.charge(Math.ceil(space.statistics().bytes / CHARACTERS_PER_UNIT));
        return space.persist(name);
      },
    },
    load: {
      doc: "Takes in what was persisted under a name, over what is there.",
      params: [
        { name: "name", type: "string", default: "default", doc: "As given to `persist`." },
        { name: "options", type: options("MemoryOptions", where), optional: true, doc: "Where." },
      ],
      returns: [{ type: "integer?", doc: "Entries taken in; nil when nothing was persisted under the name." }],
      cost: 200,
      waits: true,
      run: (call, name: string, choices?: Where) => spaceOf(call, choices).load(name),
    },
    search: {
      doc: "Finds entries by words in their keys, tags and values, best first.",
      params: [
        { name: "query", type: "string", doc: "Words; the last one may be the beginning of one." },
        { name: "options", type: options("MemorySearchOptions", { ...where, limit: { type: "integer", min: 1, max: 1000, default: 10, doc: "How many." }, tag: { type: "string", doc: "Only those with this tag." } }), optional: true, doc: "Where, how many." },
      ],
      returns: [{ type: "MemoryMatch[]", doc: "Best first." }],
      cost: 100,
      waits: true,
      example: 'for _, m in ipairs(memory.search("quantum", { limit = 3 })) do print(m.key, m.score) end',
      run: (call, query: string, choices?: Where & { readonly limit?: number; readonly tag?: string }) => {
        const space = spaceOf(call, choices);
        call.charge(space.statistics().entries);
        return space.search(query, choices);
      },
    },
  },
});
