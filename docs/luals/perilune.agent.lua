---@meta perilune.agent

---@class AgentOptions
---@field name string Its name, for people and lists.
---@field provider? string A provider's name; the host's default one unless given.
---@field model? string The model.
---@field temperature? number How freely the model chooses its words.
---@field max_tokens? integer Longest answer, in tokens.
---@field system_prompt? string What the model is told before everything else.
---@field tools? any[] What it may use: names of tools, tools, or tables as for `tool.register`.
---@field memory? boolean|AgentMemory What it remembers between runs; false: nothing.
---@field response_schema? table<string, any> JSON schema that answers have to keep to; then results have `data`.
---@field max_turns? integer Calls of the model in one run, 10 unless given.
---@field budget? Budget What it may spend in all its runs.

---@class AgentMemory
---@field max_messages? integer Messages to keep, 100 unless given.
---@field max_tokens? integer Estimated tokens to keep.

---@class Budget
---@field tokens? integer Tokens, of prompts and answers.
---@field model_calls? integer Calls of models.
---@field tool_calls? integer Calls of tools.
---@field wall_time? integer Milliseconds; waiting for an approval does not count.
---@field money? number Money by the host's prices.

---@class RunOptions
---@field max_turns? integer Calls of the model in this run.
---@field response_schema? table<string, any> JSON schema for the answer of this run.
---@field budget? Budget What this run may spend.

---@class AgentChanges
---@field name? string Its name.
---@field provider? string A provider's name; the host's default one unless given.
---@field model? string The model.
---@field temperature? number How freely the model chooses its words.
---@field max_tokens? integer Longest answer, in tokens.
---@field system_prompt? string What the model is told before everything else.
---@field tools? any[] What it may use: names of tools, tools, or tables as for `tool.register`.
---@field memory? boolean|AgentMemory What it remembers between runs; false: nothing.
---@field response_schema? table<string, any> JSON schema that answers have to keep to; then results have `data`.
---@field max_turns? integer Calls of the model in one run, 10 unless given.
---@field budget? Budget What it may spend in all its runs.

---What a run gives.
---@class AgentResult
---@field content string The answer.
---@field data any The answer as data, if there is a response schema.
---@field tool_calls table[] All calls of tools, each with `id`, `name`, `arguments`, and `result` or `error`.
---@field messages Message[] The messages of this run, from the input to the answer.
---@field usage Usage Tokens of this run.
---@field finish_reason string "stop", "length", "content_filter" or "max_turns".
---@field turns integer Calls of the model.

---A piece of a run: `type` "text" with `content`, "tool_call" with `id`, `name` and `arguments`, or "tool_result" with `id`, `name`, `content` and `is_error`.
---@class AgentChunk
---@field type string What it is.
---@field content string? Text of the answer, or what a tool gave.

---A model with a name, a prompt, tools and a memory.
---@class Agent
---@field id string Its id, which functions accept in its place.
---@field name string Its name.
---@field model string? Its model; the provider's default one unless given.
---@field state string One of `agent.State`.
---@field usage Usage Tokens of all its runs.
local Agent = {}

---Stops an agent and forgets it; a run in progress fails.
---@return boolean # Whether it was there.
function Agent:destroy() end

---Runs an agent to its answer.
---@async
---@param input any What the agent is asked: a text; anything else is given as JSON.
---@param options? RunOptions For this run.
---@return AgentResult # The answer, and how it came about.
function Agent:run(input, options) end

---As `run`, with pieces of the answer and calls of tools as they come. The next piece waits until the function is done.
---@async
---@param input any What the agent is asked: a text; anything else is given as JSON.
---@param callback function Called with each AgentChunk.
---@param options? RunOptions For this run.
---@return AgentResult # The answer, and how it came about.
function Agent:stream(input, callback, options) end

---Changes an agent, from its next run on.
---@param changes AgentChanges What changes.
function Agent:configure(changes) end

---What an agent does: READY or IDLE (its provider is switched off) before its first run, RUNNING, then how the last run ended.
---@return string # One of `agent.State`.
function Agent:get_state() end

---What is known of an agent.
---@return table # `id`, `name`, `provider`, `model`, `state`, `usage`, `runs`, `last_error`, `system_prompt`, `tools`, `messages` (what it remembers), `budget` (with `limits`, `spent` and `left`).
function Agent:get_info() end

---What was spent and is left: by an agent, or by the whole context.
---@return table # `limits`, `spent` and `left`, each with `tokens`, `model_calls`, `tool_calls`, `wall_time` and `money`.
function Agent:get_budget() end

---Makes an agent as new: without memory, usage and errors. What it spent of its budget stays spent.
function Agent:reset() end

---Agents: models with a name, a prompt, tools and a memory. A run asks the model, runs the tools it calls, tells it their results, and so on until it answers.
---@class perilune.agent
---@field State { IDLE: "idle", READY: "ready", RUNNING: "running", COMPLETED: "completed", ERROR: "error", STOPPED: "stopped" }
local agent = {}

---Makes an agent.
---@param options AgentOptions What it is.
---@return agent # The agent.
function agent.create(options) end

---Stops an agent and forgets it; a run in progress fails.
---@param agent Agent|string The agent, its id or its name.
---@return boolean # Whether it was there.
function agent.destroy(agent) end

---Runs an agent to its answer.
---@async
---@param agent Agent|string The agent, its id or its name.
---@param input any What the agent is asked: a text; anything else is given as JSON.
---@param options? RunOptions For this run.
---@return AgentResult # The answer, and how it came about.
function agent.run(agent, input, options) end

---As `run`, with pieces of the answer and calls of tools as they come. The next piece waits until the function is done.
---@async
---@param agent Agent|string The agent, its id or its name.
---@param input any What the agent is asked: a text; anything else is given as JSON.
---@param callback function Called with each AgentChunk.
---@param options? RunOptions For this run.
---@return AgentResult # The answer, and how it came about.
function agent.stream(agent, input, callback, options) end

---Changes an agent, from its next run on.
---@param agent Agent|string The agent, its id or its name.
---@param changes AgentChanges What changes.
function agent.configure(agent, changes) end

---What an agent does: READY or IDLE (its provider is switched off) before its first run, RUNNING, then how the last run ended.
---@param agent Agent|string The agent, its id or its name.
---@return string # One of `agent.State`.
function agent.get_state(agent) end

---What is known of an agent.
---@param agent Agent|string The agent, its id or its name.
---@return table # `id`, `name`, `provider`, `model`, `state`, `usage`, `runs`, `last_error`, `system_prompt`, `tools`, `messages` (what it remembers), `budget` (with `limits`, `spent` and `left`).
function agent.get_info(agent) end

---What was spent and is left: by an agent, or by the whole context.
---@param agent? Agent|string The agent; the context unless given.
---@return table # `limits`, `spent` and `left`, each with `tokens`, `model_calls`, `tool_calls`, `wall_time` and `money`.
function agent.get_budget(agent) end

---All agents of this context.
---@return agent[] # The agents, oldest first.
function agent.list() end

---Whether an agent is there.
---@param agent any An agent, an id or a name.
---@return boolean # Whether it is.
function agent.exists(agent) end

---Makes an agent as new: without memory, usage and errors. What it spent of its budget stays spent.
---@param agent Agent|string The agent, its id or its name.
function agent.reset(agent) end

return agent
