---@meta perilune.memory

---@class MemoryStoreOptions
---@field scope? "global"|"agent"|"session" One of `memory.Scope`; SESSION unless given.
---@field owner? string Whose: the agent's or session's name. A session without a name is the script's own and ends with it.
---@field type? "short_term"|"long_term"|"persistent" One of `memory.Type`; SHORT_TERM unless given.
---@field ttl? number Seconds until it is forgotten.
---@field tags? any[] Words to find it by.
---@field append? boolean The value is added to the list under the key.
---@field max_items? integer With append: items that the list holds.
---@field max_tokens? integer With append: tokens that the items have in all, estimated at four characters each.

---@class MemoryRetrieveOptions
---@field scope? "global"|"agent"|"session" One of `memory.Scope`; SESSION unless given.
---@field owner? string Whose: the agent's or session's name. A session without a name is the script's own and ends with it.
---@field default? any Answered when there is none.

---@class MemoryOptions
---@field scope? "global"|"agent"|"session" One of `memory.Scope`; SESSION unless given.
---@field owner? string Whose: the agent's or session's name. A session without a name is the script's own and ends with it.

---@class MemoryListOptions
---@field scope? "global"|"agent"|"session" One of `memory.Scope`; SESSION unless given.
---@field owner? string Whose: the agent's or session's name. A session without a name is the script's own and ends with it.
---@field type? "short_term"|"long_term"|"persistent" One of `memory.Type`.
---@field pattern? string "user.*".
---@field tag? string Only those with this tag.

---@class MemorySearchOptions
---@field scope? "global"|"agent"|"session" One of `memory.Scope`; SESSION unless given.
---@field owner? string Whose: the agent's or session's name. A session without a name is the script's own and ends with it.
---@field limit? integer How many.
---@field tag? string Only those with this tag.

---What `search` found.
---@class MemoryMatch
---@field key string Its key.
---@field value any A copy of its value.
---@field score number How well it fits; higher is better.
---@field tags string[] Its tags.

---What scripts and agents remember: values by key, in scopes, with lifetimes, search, and stores that outlive the process.
---@class perilune.memory
---@field Type { SHORT_TERM: "short_term", LONG_TERM: "long_term", PERSISTENT: "persistent" }
---@field Scope { GLOBAL: "global", AGENT: "agent", SESSION: "session" }
local memory = {}

---Keeps a value under a key.
---@async
---@param key string 1 to 512 characters.
---@param value any Data; a copy is kept.
---@param options? MemoryStoreOptions Where, how long.
---@return true|integer # True; with append, how many items the list holds.
function memory.store(key, value, options) end

---The value under a key.
---@async
---@param key string Its key.
---@param options? MemoryRetrieveOptions Where.
---@return any # A copy; nil, or the default, when there is none.
function memory.retrieve(key, options) end

---Forgets a key, in the store too.
---@async
---@param key string Its key.
---@param options? MemoryOptions Where.
---@return boolean # False when there was none.
function memory.delete(key, options) end

---The keys, sorted.
---@async
---@param options? MemoryListOptions Where, and which.
---@return string[] # Keys whose values still live.
function memory.list_keys(options) end

---Forgets everything in a scope, in the store too.
---@async
---@param options? MemoryOptions Where.
---@return integer # How many keys there were.
function memory.clear(options) end

---Figures of a scope.
---@param options? MemoryOptions Where.
---@return table # `entries`, `bytes`, `hits`, `misses`, `expired`, `evicted`.
function memory.get_stats(options) end

---Writes a whole scope to the host's store under a name. What it returned for survives a crash.
---@async
---@param name? string For `load`.
---@param options? MemoryOptions Where.
---@return integer # Entries written.
function memory.persist(name, options) end

---Takes in what was persisted under a name, over what is there.
---@async
---@param name? string As given to `persist`.
---@param options? MemoryOptions Where.
---@return integer? # Entries taken in; nil when nothing was persisted under the name.
function memory.load(name, options) end

---Finds entries by words in their keys, tags and values, best first.
---@async
---@param query string Words; the last one may be the beginning of one.
---@param options? MemorySearchOptions Where, how many.
---@return MemoryMatch[] # Best first.
function memory.search(query, options) end

return memory
