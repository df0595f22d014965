-- The main job: an agent with tools, in a restricted sandbox, under limits. `npm start` runs this file offline:
--
--   perilune run --bridges all --sandbox restricted --limit-instructions 5M --limit-memory 32MB --limit-time 30s
--                --events --stats examples/lua/agent.lua
--
-- With --provider openai=URL (and OPENAI_API_KEY in the environment) a real model answers; this script stays as it is.

local agent = require "perilune.agent"
local memory = require "perilune.memory"
local provider = require "perilune.provider"
local tool = require "perilune.tool"

local question = arg and arg[1] or "A train leaves at 9:40 and travels 210 km at 84 km/h. When does it arrive?"

-- Offline, the model is a list of rules.
local model = "openai"
if provider.get(model).offline then
  model = "rules"
  provider.create{
    name = model,
    rules = {
      { match = "leaves at *:* and travels * km at * km/h", turns = {
        { tool_calls = {
          { name = "calculate", arguments = { expression = "{3} / {4} * 60" } },
          { name = "recall", arguments = { key = "timetable.delay" } },
        } },
        { tool_calls = { { name = "add_minutes", arguments = { time = "{1}:{2}", minutes = 150 } } } },
        "The ride takes 150 minutes, so the train arrives at {result}.",
      } },
    },
  }
end

memory.store("timetable.delay", "no delays today")

tool.register{
  name = "add_minutes",
  description = "Adds minutes to a time of day.",
  parameters = {
    type = "object",
    properties = { time = { type = "string", pattern = "^[0-9]{1,2}:[0-9]{2}$" }, minutes = { type = "integer" } },
    required = { "time", "minutes" },
  },
  returns = { type = "string" },
  execute = function(args)
    local hours, minutes = args.time:match("(%d+):(%d+)")
    local total = hours * 60 + minutes + args.minutes
    return ("%d:%02d"):format(total // 60 % 24, total % 60)
  end,
}

local helper = agent.create{
  name = "helper",
  provider = model,
  model = "gpt-4o-mini",
  system_prompt = "Use the tools for everything that can be computed or looked up. Answer in one sentence.",
  tools = {
    "calculate", "add_minutes",
    {
      name = "recall",
      description = "Looks something up in the memory.",
      parameters = { type = "object", properties = { key = { type = "string" } }, required = { "key" } },
      execute = function(args) return memory.retrieve(args.key, { default = "nothing is known" }) end,
    },
  },
  budget = { model_calls = 10, tokens = 20000 },
}

print("question:   " .. question)
local answer = helper:run(question)
print("answer:     " .. answer.content)
print("tool calls:")
for _, call in ipairs(answer.tool_calls) do
  local given = {}
  for name, value in pairs(call.arguments) do given[#given + 1] = name .. " = " .. tostring(value) end
  table.sort(given)
  print(("  %s(%s) -> %s"):format(call.name, table.concat(given, ", "), call.result or "failed: " .. call.error))
end
local spent = agent.get_budget(helper).spent
print(("spent:      %d model calls, %d tool calls, %d tokens"):format(spent.model_calls, spent.tool_calls, spent.tokens))
