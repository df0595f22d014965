---@meta perilune.workflow

---@class WorkflowOptions
---@field name string Its name.
---@field pattern? "sequential"|"parallel"|"conditional"|"loop" One of `workflow.Pattern`; SEQUENTIAL unless given.
---@field steps? any[] The steps. See the notes below; more can be added with `step`.
---@field max_concurrency? integer Steps that run at once at most, 8 unless given.
---@field output? any Template for the result; the output of the last step unless given.
---@field timeout? integer Milliseconds for a run, pauses not counted.
---@field budget? Budget What its runs may spend.
---@field checkpoint? string A name under which the host's store keeps the state whenever a step is over.
---@field times? integer LOOP: how often.
---@field for_each? any LOOP: one iteration for each element: a list or a template.
---@field repeat_while? any LOOP: goes on while this holds.
---@field repeat_until? any LOOP: goes on until this holds.
---@field max_iterations? integer LOOP: the end in any case, 1000 unless given.

---@class Budget
---@field tokens? integer Tokens, of prompts and answers.
---@field model_calls? integer Calls of models.
---@field tool_calls? integer Calls of tools.
---@field wall_time? integer Milliseconds; waiting for an approval does not count.
---@field money? number Money by the host's prices.

---What came of a run.
---@class WorkflowResult
---@field status string One of `workflow.Status`.
---@field output any The result, once it is completed.
---@field error table? `code` and `message` of what it failed with.
---@field duration integer Milliseconds, pauses not counted.
---@field steps table By name (inside of others by path, "loop/2/name"): `status`, `output`, `error`, `attempts`, `duration`, `started_at`.

---Steps, and their latest run.
---@class Workflow
---@field id string Its id, which functions accept in its place.
---@field name string Its name.
---@field status string One of `workflow.Status`.
local Workflow = {}

---Runs a workflow from the beginning, until it is over or paused. A step that fails is no error here: see `status` and `error` of the result.
---@async
---@param input? any What `{{input}}` stands for.
---@return WorkflowResult # What came of it.
function Workflow:execute(input) end

---Adds a step.
---@param step any The step, a table.
---@return workflow # The workflow.
function Workflow:step(step) end

---Lets the steps that run end, and begins no other.
---@return boolean # Whether it was running.
function Workflow:pause() end

---Goes on where a paused, failed or cancelled run stands, or one that was saved: what is completed is not done again.
---@async
---@param state? any What `save` gave, as a table or JSON. Unless given: the run in this context, else the checkpoint.
---@return WorkflowResult # What came of it.
function Workflow:resume(state) end

---Ends a run, and what it is doing.
---@param reason? string Why.
---@return boolean # Whether there was something to end.
function Workflow:cancel(reason) end

---The state of a run as data, to be kept and given to `resume`, also in another process that makes the same workflow.
---@return table # The state.
function Workflow:save() end

---How far a workflow is.
---@return string # One of `workflow.Status`.
function Workflow:get_status() end

---What is known of the latest run.
---@return WorkflowResult? # What came of it so far; nil before the first run.
function Workflow:get_result() end

---What is known of a workflow.
---@return table # `id`, `name`, `pattern`, `status`, `steps` (each with `name`, `kind`, `status`), `budget`.
function Workflow:get_info() end

---Looks for what is wrong with a workflow: names, dependencies, cycles, templates, loops without end.
---@return boolean # Whether it can run.
---@return table[] problems # Each with `path` and `message`.
function Workflow:validate() end

---What each step waits for.
---@return table # Lists of names by name.
---@return string[] order # The names in an order in which they can run.
function Workflow:get_dependencies() end

---Workflows: steps with dependencies, templates, conditions, loops, retries and timeouts. A run can be paused, kept as data and gone on with in another process.
---@class perilune.workflow
---@field Pattern { SEQUENTIAL: "sequential", PARALLEL: "parallel", CONDITIONAL: "conditional", LOOP: "loop" }
---@field Status { PENDING: "pending", RUNNING: "running", PAUSED: "paused", COMPLETED: "completed", FAILED: "failed", CANCELLED: "cancelled" }
local workflow = {}

---Makes a workflow.
---@param options WorkflowOptions What it is.
---@return workflow # The workflow.
function workflow.create(options) end

---Runs a workflow from the beginning, until it is over or paused. A step that fails is no error here: see `status` and `error` of the result.
---@async
---@param workflow Workflow|string The workflow, its id or its name.
---@param input? any What `{{input}}` stands for.
---@return WorkflowResult # What came of it.
function workflow.execute(workflow, input) end

---Adds a step.
---@param workflow Workflow|string The workflow, its id or its name.
---@param step any The step, a table.
---@return workflow # The workflow.
function workflow.step(workflow, step) end

---Lets the steps that run end, and begins no other.
---@param workflow Workflow|string The workflow, its id or its name.
---@return boolean # Whether it was running.
function workflow.pause(workflow) end

---Goes on where a paused, failed or cancelled run stands, or one that was saved: what is completed is not done again.
---@async
---@param workflow Workflow|string The workflow, its id or its name.
---@param state? any What `save` gave, as a table or JSON. Unless given: the run in this context, else the checkpoint.
---@return WorkflowResult # What came of it.
function workflow.resume(workflow, state) end

---Ends a run, and what it is doing.
---@param workflow Workflow|string The workflow, its id or its name.
---@param reason? string Why.
---@return boolean # Whether there was something to end.
function workflow.cancel(workflow, reason) end

---The state of a run as data, to be kept and given to `resume`, also in another process that makes the same workflow.
---@param workflow Workflow|string The workflow, its id or its name.
---@return table # The state.
function workflow.save(workflow) end

---How far a workflow is.
---@param workflow Workflow|string The workflow, its id or its name.
---@return string # One of `workflow.Status`.
function workflow.get_status(workflow) end

---What is known of the latest run.
---@param workflow Workflow|string The workflow, its id or its name.
---@return WorkflowResult? # What came of it so far; nil before the first run.
function workflow.get_result(workflow) end

---What is known of a workflow.
---@param workflow Workflow|string The workflow, its id or its name.
---@return table # `id`, `name`, `pattern`, `status`, `steps` (each with `name`, `kind`, `status`), `budget`.
function workflow.get_info(workflow) end

---All workflows of this context.
---@return workflow[] # The workflows, oldest first.
function workflow.list() end

---A new workflow whose steps are workflows. In a sequence each gets the output of the one before it.
---@param name string Its name.
---@param workflows any[] The workflows.
---@param pattern? "sequential"|"parallel" SEQUENTIAL unless given.
---@return workflow # The workflow.
function workflow.compose(name, workflows, pattern) end

---Looks for what is wrong with a workflow: names, dependencies, cycles, templates, loops without end.
---@param workflow Workflow|string The workflow, its id or its name.
---@return boolean # Whether it can run.
---@return table[] problems # Each with `path` and `message`.
function workflow.validate(workflow) end

---What each step waits for.
---@param workflow Workflow|string The workflow, its id or its name.
---@return table # Lists of names by name.
---@return string[] order # The names in an order in which they can run.
function workflow.get_dependencies(workflow) end

return workflow
