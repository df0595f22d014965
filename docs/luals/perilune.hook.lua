---@meta perilune.hook

---@class HookOptions
---@field type? "pre"|"post"|"around"|"error" One of `hook.Type`; AROUND for built-in hooks.
---@field pattern string Which calls: "agent.run", "tool.*", "*".
---@field handler? function Called with the call; AROUND hooks also get `next`.
---@field builtin? "logging"|"metrics"|"rate_limit"|"cache"|"retry"|"approval" A built-in hook in place of a handler.
---@field name? string For lists; its id unless given.
---@field priority? number One of `hook.Priority` or any number; NORMAL unless given.
---@field enabled? boolean False: it waits for `enable`.
---@field options? BuiltinHookOptions For built-in hooks.

---@class BuiltinHookOptions
---@field limit? integer rate_limit: calls in a window (10).
---@field window? number rate_limit: milliseconds (1000).
---@field wait? boolean rate_limit: further calls wait instead of failing.
---@field ttl? number cache: milliseconds that a result is kept (60000).
---@field size? integer cache: results that are kept (100).
---@field attempts? integer retry: calls in all (3).
---@field delay? number retry: milliseconds before the second call, doubled each time (100).
---@field codes? any[] retry: error codes that are worth another call; all unless given.
---@field reason? string approval: shown to who is asked.

---A call as hooks see it.
---@class HookedCall
---@field name string "agent.run".
---@field bridge string "agent".
---@field args any[] The arguments.
---@field result any POST: what the call returned.
---@field error table? ERROR: what went wrong.

---A hook that was registered.
---@class Hook
---@field id string Its id, which functions accept in its place.
---@field name string Its name.
---@field enabled boolean Whether it runs.
local Hook = {}

---Takes a hook away.
---@return boolean # False when it was gone already.
function Hook:unregister() end

---Lets a hook run again.
function Hook:enable() end

---Keeps a hook from running until it is enabled again.
function Hook:disable() end

---What a hook is and what it has done; built-in hooks add their own figures.
---@return table # As in `list`, with `metrics`, `hits`, `misses`, `retries`, … for built-in hooks.
function Hook:get_info() end

---Hooks before, after and around bridge calls, and on their errors.
---@class perilune.hook
---@field Type { PRE: "pre", POST: "post", AROUND: "around", ERROR: "error" }
---@field Priority { HIGHEST: number, HIGH: number, NORMAL: number, LOW: number, LOWEST: number }
---@field Builtin { LOGGING: "logging", METRICS: "metrics", RATE_LIMIT: "rate_limit", CACHE: "cache", RETRY: "retry", APPROVAL: "approval" }
local hook = {}

---Registers a hook.
---@param options HookOptions What it does, and to which calls.
---@return Hook # For `unregister`, `enable`, `disable`.
function hook.register(options) end

---Takes a hook away.
---@param hook Hook|string A hook of the script, or its id.
---@return boolean # False when it was gone already.
function hook.unregister(hook) end

---Calls a function of the script under a name, with the hooks for that name: hook points of one's own.
---@async
---@param name string "app.import"; what patterns are compared with.
---@param fn function The function.
---@param ... any Its arguments.
---@return any # What it returns, or what hooks make of it.
function hook.execute(name, fn, ...) end

---The script's hooks, in the order they were registered.
---@param pattern? string Only those registered for exactly this pattern.
---@return table[] # Tables with `id`, `name`, `type`, `pattern`, `priority`, `enabled`, `calls`, `failures`.
function hook.list(pattern) end

---Lets a hook run again.
---@param hook Hook|string A hook of the script, or its id.
function hook.enable(hook) end

---Keeps a hook from running until it is enabled again.
---@param hook Hook|string A hook of the script, or its id.
function hook.disable(hook) end

---What a hook is and what it has done; built-in hooks add their own figures.
---@param hook Hook|string A hook of the script, or its id.
---@return table # As in `list`, with `metrics`, `hits`, `misses`, `retries`, … for built-in hooks.
function hook.get_info(hook) end

---One AROUND handler out of several: the first is outermost.
---@param ... function AROUND handlers.
---@return fun(call: HookedCall, next: function): any # For `register`.
function hook.compose(...) end

return hook
