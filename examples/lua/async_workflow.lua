-- A workflow of agents, functions and tools: steps run as soon as what they need is there, failures are tried again, and a run
-- can be paused, kept as data and gone on with.

local agent = require "perilune.agent"
local output = require "perilune.output"
local workflow = require "perilune.workflow"

local researcher = agent.create{ name = "researcher", model = "gpt-4", system_prompt = "You are a research assistant." }
local writer = agent.create{ name = "writer", model = "gpt-4", system_prompt = "You are a technical writer." }

local attempts = 0
local function build()
  return workflow.create{
    name = "article",
    steps = {
      { name = "history", agent = researcher, input = "The history of {{input.topic}}", depends_on = {} },
      { name = "state", agent = researcher, input = "The state of {{input.topic}}", depends_on = {} },
      { name = "facts", depends_on = { "history", "state" }, retries = 2, retry_delay = 1, run = function(step)
        attempts = attempts + 1
        if attempts < 2 then error("not yet") end
        return { #step.steps.history.output, #step.steps.state.output }
      end },
      { name = "write", agent = writer, input = "Write an article on {{input.topic}} with {{steps.facts.output.1}} and {{steps.facts.output.2}} facts" },
      { name = "sections", for_each = { "title", "body" }, steps = { { name = "section", run = function(step) return step.iteration .. ": " .. step.item end } } },
      { name = "count", tool = "calculate", arguments = { expression = "{{steps.facts.output.1}} + {{steps.facts.output.2}}" } },
    },
    output = { article = "{{steps.write.output}}", sections = "{{steps.sections.output}}", facts = "{{steps.count.output}}" },
  }
end

local article = build()
print("valid:", (workflow.validate(article)))
local _, order = workflow.get_dependencies(article)
print("order:", table.concat(order, " "))

local done = workflow.execute(article, { topic = "Lua" })
print(done.status, done.output.article)
print(table.concat(done.output.sections, ", "), done.output.facts)
print("facts took " .. done.steps.facts.attempts .. " attempts")

-- Another run is paused after its first steps, kept as JSON, and gone on with by a workflow that knows nothing of it.
local paused = build()
local running = async(workflow.execute, paused, { topic = "Lua" })
async.sleep(0)
workflow.pause(paused)
print("paused:", await(running).status)
local kept = output.format(workflow.save(paused), "json")
local resumed = workflow.resume(build(), kept)
print("resumed:", resumed.status, resumed.output.article == done.output.article)

-- Plain async code does as well, where no state has to be kept.
local both = await(async.all{
  async(function() return researcher:run("The future of Lua").content end),
  async(function() return writer:run("A title, please").content end),
})
print(both[1])
print(both[2])
