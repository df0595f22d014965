-- Work that a human has to allow: the script stops at the call until somebody answers, which may take days; nothing is kept busy
-- meanwhile. `perilune run --approve ask` asks on the terminal, `all` and `none` answer by themselves.

local agent = require "perilune.agent"
local provider = require "perilune.provider"
local tool = require "perilune.tool"

local model = "openai"
if provider.get(model).offline then
  model = "rules"
  provider.create{
    name = model,
    rules = {
      { match = "delete *", tool_calls = { { name = "delete_file", arguments = { path = "{1}" } } }, after_tools = "The tool says: {result}" },
    },
  }
end

local deleted = {}
tool.register{
  name = "delete_file",
  description = "Deletes a file.",
  category = tool.Category.FILE,
  parameters = { type = "object", properties = { path = { type = "string" } }, required = { "path" } },
  requires_approval = true,
  execute = function(args)
    deleted[#deleted + 1] = args.path
    return args.path .. " is gone"
  end,
}

local janitor = agent.create{ name = "janitor", provider = model, tools = { "delete_file" } }
for _, wish in ipairs{ "Please delete old.log", "Please delete payroll.db" } do
  local answer = janitor:run(wish)
  print(answer.content)
end
print("deleted: " .. (#deleted == 0 and "nothing" or table.concat(deleted, ", ")))

-- A script that calls the tool itself sees a refusal as an error.
local ok, why = pcall(tool.execute, "delete_file", { path = "payroll.db" })
print(ok, ok and why or why.code)
