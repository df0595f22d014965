---@meta perilune.tool

---@class ToolOptions
---@field name string 1 to 64 letters, digits, `_` and `-`.
---@field description? string What it does: models choose by it.
---@field category? "file"|"http"|"system"|"data" One of `tool.Category`.
---@field mode? "direct"|"sandboxed"|"async" One of `tool.ExecutionMode`; DIRECT unless given.
---@field parameters? table<string, any> JSON schema of the arguments, an object.
---@field returns? table<string, any> JSON schema of the result.
---@field requires_approval? boolean Each call waits until the host has allowed it.
---@field timeout? integer Milliseconds for one call.
---@field limits? ToolLimits SANDBOXED: limits of one call.
---@field execute function Gets a table of arguments, gives the result.

---@class ToolLimits
---@field instructions? integer VM instructions.
---@field memory? integer Bytes.
---@field time? integer Milliseconds.

---@class ToolQuery
---@field category? "file"|"http"|"system"|"data" One of `tool.Category`.
---@field query? string Words that occur in name or description.

---A function with a name, a description and a schema, for scripts and models to call.
---@class Tool
---@field id string Its id, which functions accept in its place.
---@field name string Its name, which is its id too.
---@field description string What it does, for models and people.
---@field category string? One of `tool.Category`.
---@field mode string One of `tool.ExecutionMode`.
local Tool = {}

---Takes a tool away.
---@return boolean # Whether it was there.
function Tool:unregister() end

---Calls a tool and waits for its result; an ASYNC one answers with a promise at once.
---@async
---@param arguments? table<string, any> Arguments by name.
---@return any # The result, or the promise of it.
function Tool:execute(arguments) end

---Checks arguments for a tool without calling it.
---@param arguments any Arguments by name.
---@return boolean # Whether they fit.
---@return table[] errors # What is wrong, each with `path` and `message`.
function Tool:validate(arguments) end

---The schemas of a tool.
---@return table # Schema of the arguments.
---@return table? returns # Schema of the result.
function Tool:get_schema() end

---What is known of a tool.
---@return table # `name`, `description`, `category`, `mode`, `permission`, `permitted`, `requires_approval`, `timeout`, `parameters`.
function Tool:get_info() end

---Tools: functions with a name, a description and a schema, for scripts and models to call. Arguments are checked before a call, results after it.
---@class perilune.tool
---@field ExecutionMode { DIRECT: "direct", SANDBOXED: "sandboxed", ASYNC: "async" }
---@field Category { FILE: "file", HTTP: "http", SYSTEM: "system", DATA: "data" }
local tool = {}

---Registers a tool of the script's own.
---@param options ToolOptions What it is.
---@return tool # The tool.
function tool.register(options) end

---Takes a tool away.
---@param tool Tool|string The tool or its name.
---@return boolean # Whether it was there.
function tool.unregister(tool) end

---Calls a tool and waits for its result; an ASYNC one answers with a promise at once.
---@async
---@param tool Tool|string The tool or its name.
---@param arguments? table<string, any> Arguments by name.
---@return any # The result, or the promise of it.
function tool.execute(tool, arguments) end

---Finds tools that this context may use.
---@param query? ToolQuery What to look for; all of them unless given.
---@return tool[] # The tools, best match first.
function tool.discover(query) end

---All tools, by name.
---@return tool[] # The tools.
function tool.list() end

---The tool of that name.
---@param name string Its name.
---@return tool? # The tool, or nil.
function tool.get(name) end

---Whether there is a tool of that name.
---@param name any The tool or its name.
---@return boolean # Whether there is.
function tool.exists(name) end

---Checks arguments for a tool without calling it.
---@param tool Tool|string The tool or its name.
---@param arguments any Arguments by name.
---@return boolean # Whether they fit.
---@return table[] errors # What is wrong, each with `path` and `message`.
function tool.validate(tool, arguments) end

---The schemas of a tool.
---@param tool Tool|string The tool or its name.
---@return table # Schema of the arguments.
---@return table? returns # Schema of the result.
function tool.get_schema(tool) end

---What is known of a tool.
---@param tool Tool|string The tool or its name.
---@return table # `name`, `description`, `category`, `mode`, `permission`, `permitted`, `requires_approval`, `timeout`, `parameters`.
function tool.get_info(tool) end

return tool
