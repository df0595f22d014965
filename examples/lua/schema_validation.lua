-- Structured answers: a schema for what the model has to give, data that is checked and mended, and data out of prose.

local agent = require "perilune.agent"
local output = require "perilune.output"
local provider = require "perilune.provider"
local schema = require "perilune.schema"

local person = schema.create{
  type = "object",
  properties = {
    name = { type = "string", minLength = 1 },
    age = { type = "integer", minimum = 0 },
    tags = { type = "array", items = { type = "string" }, default = {} },
  },
  required = { "name", "age" },
}

print((person:validate{ name = "Ann", age = 41 }))
local ok, errors = person:validate{ name = "", age = -1 }
print(ok)
for _, problem in ipairs(errors) do print("  " .. problem.path, problem.message) end

local value = person:coerce{ name = "Bob", age = "42" }
print(math.type(value.age), value.age + 1, #value.tags)

local found = person:extract("Sure! Here you are: {name: 'Cleo', 'age': 7,} - anything else?")
print(found.name, found.age)

-- An agent with a response schema: the first answer of this model does not fit, so it is asked once more.
local model = "openai"
if provider.get(model).offline then
  model = "rules"
  provider.create{
    name = model,
    rules = {
      { match = "does not fit", reply = '```json\n{"name": "Dora", "age": 30, "tags": ["new"]}\n```' },
      { match = "", reply = "Her name is Dora, I think." },
    },
  }
end

local clerk = agent.create{ name = "clerk", provider = model, response_schema = person.definition }
local answer = clerk:run("Who is new?")
print(answer.data.name, answer.data.age, answer.data.tags[1], answer.turns)

local mended = output.recover('{"a": [1, 2, {"b": "c"', { mode = output.Recovery.LENIENT })
print(output.format(mended, "json"))

local sample = schema.generate{ id = 1, email = "ann@example.org" }
print(sample.properties.id.type, sample.properties.email.format)
