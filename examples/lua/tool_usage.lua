-- An agent with tools: functions of this script and a built-in one. The model decides which to call; their arguments are checked
-- against a schema first, and what goes wrong is told to the model.

local agent = require "perilune.agent"
local provider = require "perilune.provider"
local tool = require "perilune.tool"

-- Offline, the model is a list of rules; with --provider openai=URL it is a real one.
local model = "openai"
if provider.get(model).offline then
  model = "rules"
  provider.create{
    name = model,
    rules = {
      { match = "weather in * and *", tool_calls = {
        { name = "weather", arguments = { city = "{1}" } },
        { name = "weather", arguments = { city = "{2}" } },
      }, after_tools = "Here is what I found: {results}." },
      { match = "how much is *", tool_calls = { { name = "calculate", arguments = { expression = "{1}" } } }, after_tools = "That is {result}." },
    },
  }
end

local temperatures = { Oslo = 4, Lima = 19 }

tool.register{
  name = "weather",
  description = "Tells the weather in a city.",
  category = tool.Category.DATA,
  parameters = {
    type = "object",
    properties = { city = { type = "string", description = "Name of the city" } },
    required = { "city" },
  },
  execute = function(args)
    local degrees = temperatures[args.city] or error("no station in " .. args.city)
    return ("%s has %d degrees"):format(args.city, degrees)
  end,
}

-- Tools can be called without a model, too.
print(tool.execute("weather", { city = "Oslo" }))
print((tool.validate("weather", { town = "Oslo" })))
print(pcall(tool.execute, "weather", { city = 7 }))

local helper = agent.create{ name = "helper", provider = model, tools = { "weather", "calculate" } }

for _, question in ipairs{ "What is the weather in Oslo and Lima?", "What is the weather in Lima and Atlantis?", "How much is 2^10 - 24?" } do
  local answer = helper:run(question)
  print(question)
  for _, call in ipairs(answer.tool_calls) do
    print("  " .. call.name, call.result or "failed: " .. call.error)
  end
  print("  " .. answer.content)
end

for _, found in ipairs(tool.discover{ query = "weather" }) do print("found: " .. found.name) end
