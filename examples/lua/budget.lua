-- Budgets in the units of agents: tokens, calls of models and tools, time, money. Whatever happens under an agent, a workflow or the
-- whole context is charged to it, and the first account that is empty stops the work.

local agent = require "perilune.agent"
local tool = require "perilune.tool"
local workflow = require "perilune.workflow"

local function show(title, budget)
  local spent, left = budget.spent, budget.left
  print(("%-10s %d tokens, %d model calls, %d tool calls; left: %s tokens, %s model calls"):format(
    title, spent.tokens, spent.model_calls, spent.tool_calls, left.tokens or "any", left.model_calls or "any"))
end

-- An agent with its own budget.
local thrifty = agent.create{ name = "thrifty", memory = false, budget = { model_calls = 2, tokens = 10000 } }
for i = 1, 3 do
  local ok, result = pcall(agent.run, thrifty, "Question " .. i)
  print(i, ok and result.content or result.code .. ": " .. result.message)
end
show("thrifty", agent.get_budget(thrifty))

-- A budget for one run.
local free = agent.create{ name = "free" }
local ok, failure = pcall(free.run, free, "A question that is too long for such a budget", { budget = { tokens = 5 } })
print(ok, failure.account, failure.unit, failure.limit)

-- An agent inside of another one's tool spends the outer one's budget, too.
local inner = agent.create{ name = "inner" }
tool.register{
  name = "ask_inner",
  description = "Asks the inner agent.",
  parameters = { type = "object", properties = { question = { type = "string" } }, required = { "question" } },
  execute = function(args) return inner:run(args.question).content end,
}
local outer = agent.create{ name = "outer", tools = { "ask_inner" }, budget = { model_calls = 10 } }
print(outer:run('Please call ask_inner with {"question": "Why?"}').content)
show("outer", agent.get_budget(outer))
show("inner", agent.get_budget(inner))

-- A workflow's budget ends the workflow, whatever its steps think of errors.
local steps = {}
for i = 1, 5 do steps[i] = { name = "step" .. i, agent = free, input = "Step {{input}}", on_error = "continue" } end
local costly = workflow.create{ name = "costly", steps = steps, budget = { model_calls = 3 } }
local run = workflow.execute(costly, 1)
print(run.status, run.error.code, run.error.message)
show("context", agent.get_budget())
