-- Answers in pieces, as the model makes them: from an agent with its tool calls, and from a provider directly. The next piece waits
-- until the function is done with this one.

local agent = require "perilune.agent"
local provider = require "perilune.provider"

local model = "openai"
if provider.get(model).offline then
  model = "rules"
  provider.create{
    name = model,
    rules = {
      { match = "count to *", tool_calls = { { name = "numbers", arguments = { upto = "{1}" } } }, after_tools = "I counted: {result}." },
      { match = "", reply = "Once upon a time there was a small language." },
    },
  }
end

local pieces = 0
local answer = provider.stream(model, "Tell me a story", function(text)
  pieces = pieces + 1
  io.write(text, "|")
end)
print()
print(pieces > 3, answer.finish_reason, answer.usage.total_tokens)

local counter = agent.create{
  name = "counter",
  provider = model,
  tools = { {
    name = "numbers",
    description = "Counts.",
    parameters = { type = "object", properties = { upto = { type = "integer" } }, required = { "upto" } },
    execute = function(args)
      local list = {}
      for i = 1, args.upto do list[i] = i end
      return table.concat(list, " ")
    end,
  } },
}

local result = agent.stream(counter, "Count to 4", function(chunk)
  if chunk.type == "text" then
    io.write(chunk.content)
  elseif chunk.type == "tool_call" then
    print("[calls " .. chunk.name .. "]")
  else
    print("[" .. chunk.name .. " gives " .. chunk.content .. "]")
  end
end)
print()
print(#result.tool_calls, result.content)

-- What the function raises ends the stream and comes out of the call.
print(pcall(provider.stream, model, "Tell me a story", function(text) error("enough", 0) end))
