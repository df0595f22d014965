// The workflow bridge: steps with dependencies, retries and conditions, that can be paused, kept and gone on with.
import { multi } from "../host-function.js";
import { WORKFLOWS, checkpointKey } from "./agent-parts.js";
import { BUDGET, type BudgetFields, accountOut, budgetIn } from "./budgets.js";
import { budgetOf } from "./callbacks.js";
import type { BridgeCall, BridgeContext } from "./context.js";
import { defineBridge } from "./define.js";
import { defineHandle } from "./handles.js";
import { options } from "./options.js";
import { BridgeFailure } from "./services/failure.js";
import { parseJson } from "./services/formats/json.js";
import { type JsonValue, isObject, record } from "./services/json-value.js";
import { type ExecuteOptions, Workflow } from "./services/workflow.js";
import type { WorkflowRun } from "./services/workflow-run.js";
import { type SavedWorkflow, type StepRecord, WORKFLOW_PATTERNS, type WorkflowDefinition, type WorkflowPattern } from "./services/workflow-types.js";
import { StepReader } from "./workflow-steps.js";

export const WORKFLOW = defineHandle<Workflow>({
  name: "workflow",
  doc: "Steps, and their latest run.",
  id: ({ id }) => id,
  find: (context, id) => context.get(WORKFLOWS).find(id),
  properties: {
    name: { type: "string", doc: "Its name.", get: ({ name }) => name },
    status: { type: "string", doc: "One of `workflow.Status`.", get: ({ run }) => run?.status ?? "pending" },
  },
});

const CREATE = options("WorkflowOptions", {
  name: { type: "string", doc: "Its name.", required: true },
  pattern: { type: "string", doc: "One of `workflow.Pattern`; SEQUENTIAL unless given.", oneOf: WORKFLOW_PATTERNS },
  steps: { type: "array", doc: "The steps. See the notes below; more can be added with `step`." },
  max_concurrency: { type: "integer", doc: "Steps that run at once at most, 8 unless given.", min: 1, max: 1000 },
  output: { type: "any", doc: "Template for the result; the output of the last step unless given." },
  timeout: { type: "integer", doc: "Milliseconds for a run, pauses not counted.", min: 1 },
  budget: { type: BUDGET, doc: "What its runs may spend." },
  checkpoint: { type: "string", doc: "A name under which the host's store keeps the state whenever a step is over." },
  times: { type: "integer", doc: "LOOP: how often.", min: 0 },
  for_each: { type: "any", doc: "LOOP: one iteration for each element: a list or a template." },
  repeat_while: { type: "any", doc: "LOOP: goes on while this holds." },
  repeat_until: { type: "any", doc: "LOOP: goes on until this holds." },
  max_iterations: { type: "integer", doc: "LOOP: the end in any case, 1000 unless given.", min: 1 },
});

interface WorkflowFields {
  readonly name: string;
  readonly pattern?: WorkflowPattern;
  readonly steps?: readonly unknown[];
  readonly max_concurrency?: number;
  readonly output?: unknown;
  readonly timeout?: number;
  readonly budget?: BudgetFields;
  readonly checkpoint?: string;
}

function definitionIn(context: BridgeContext, fields: WorkflowFields): WorkflowDefinition {
  const { name, pattern, steps, max_concurrency: maxConcurrency, output, timeout, budget, checkpoint } = fields;
  const reader = new StepReader(context);
  if (checkpoint !== undefined && context.services.store === undefined) throw new BridgeFailure("no_store", "a workflow with a checkpoint needs a store, and the host has none");
  return {
    name,
    steps: reader.steps(steps, `workflow '${name}'`),
    ...(pattern === undefined ? {} : { pattern }),
    ...(maxConcurrency === undefined ? {} : { maxConcurrency }),
    ...(output === undefined ? {} : { output }),
    ...(timeout === undefined ? {} : { timeout }),
    ...(budget === undefined ? {} : { budget: budgetIn(budget) }),
    ...(checkpoint === undefined ? {} : { checkpoint }),
    ...(pattern === "loop" ? { loop: reader.loopRules(fields as unknown as Record<string, unknown>, `workflow '${name}'`) } : {}),
  };
}

function stepOut({ status, output, error, attempts, duration, startedAt, iterations }: StepRecord): Record<string, unknown> {
  return record(Object.entries({ status, output, error, attempts, duration, started_at: startedAt, iterations }).filter(([, value]) => value !== undefined));
}

function resultOut(run: WorkflowRun): Record<string, unknown> {
  const steps = record(Object.entries(run.steps).map(([path, step]) => [path, stepOut(step)] as const));
  return record<unknown>([["status", run.status], ["output", run.output], ["error", run.error], ["duration", run.duration], ["steps", steps]]);
}

function executeOptions(call: BridgeCall): ExecuteOptions {
  const budget = budgetOf(call.task);
  return { signal: call.signal, owner: call.task, ...(budget === undefined ? {} : { budget }) };
}

/** The state that a script kept, or that the host's store keeps under the workflow's checkpoint. */
async function savedState(call: BridgeCall, workflow: Workflow, given: unknown): Promise<SavedWorkflow | undefined> {
  if (given !== undefined) return stateIn(typeof given === "string" ? parseJson(given, call.charge) : given);
  const { checkpoint } = workflow.definition;
  if (workflow.run !== undefined || checkpoint === undefined) return undefined;
  const text = await call.services.store!.get(checkpointKey(checkpoint));
  return text === undefined ? undefined : stateIn(parseJson(text, call.charge));
}

function stateIn(value: unknown): SavedWorkflow {
  const { version, id, workflow, status, input, steps, duration = 0 } = isObject(value) ? value : {};
  const fits = typeof version === "number" && typeof id === "string" && typeof workflow === "string" && typeof status === "string" && isObject(steps) && typeof duration === "number";
  if (!fits) throw new BridgeFailure("invalid", "this is no saved state of a workflow");
  for (const step of Object.values(steps)) {
    if (!isObject(step) || typeof step["status"] !== "string" || typeof step["attempts"] !== "number") throw new BridgeFailure("invalid", "this is no saved state of a workflow");
  }
  return { ...(value as unknown as SavedWorkflow), input: (input ?? null) as JsonValue, duration };
}

const WORKFLOW_PARAMETER = { name: "workflow", type: WORKFLOW, doc: "The workflow, its id or its name." } as const;

export const workflowBridge = defineBridge({
  name: "workflow",
  doc: "Workflows: steps with dependencies, templates, conditions, loops, retries and timeouts. A run can be paused, kept as data and gone on with in another process.",
  handles: [WORKFLOW],
  constants: {
    Pattern: { SEQUENTIAL: "sequential", PARALLEL: "parallel", CONDITIONAL: "conditional", LOOP: "loop" },
    Status: { PENDING: "pending", RUNNING: "running", PAUSED: "paused", COMPLETED: "completed", FAILED: "failed", CANCELLED: "cancelled" },
  },
  events: {
    "workflow.created": "`id`, `workflow`", "workflow.started": "`id`, `workflow`", "workflow.completed": "`id`, `workflow`", "workflow.paused": "`id`, `workflow`",
    "workflow.failed": "`id`, `workflow`, `message`", "workflow.cancelled": "`id`, `workflow`, `message`", "workflow.step.started": "`id`, `workflow`, `step`",
    "workflow.step.completed": "`id`, `workflow`, `step`", "workflow.step.skipped": "`id`, `workflow`, `step`", "workflow.step.failed": "`id`, `workflow`, `step`, `message`",
    "workflow.step.cancelled": "`id`, `workflow`, `step`, `message`", "workflow.step.retry": "`id`, `workflow`, `step`, `attempt`, `message`",
  },
  types: {
    WorkflowResult: {
      doc: "What came of a run.",
      fields: {
        status: { type: "string", doc: "One of `workflow.Status`." },
        output: { type: "any", doc: "The result, once it is completed." },
        error: { type: "table?", doc: "`code` and `message` of what it failed with." },
        duration: { type: "integer", doc: "Milliseconds, pauses not counted." },
        steps: { type: "table", doc: "By name (inside of others by path, \"loop/2/name\"): `status`, `output`, `error`, `attempts`, `duration`, `started_at`." },
      },
    },
  },
  notes: `A step is a table with a \`name\` and one of

| what it does | fields |
|---|---|
| runs an agent | \`agent\` (or its name), \`input\` |
| calls a tool | \`tool\` (or its name), \`arguments\` |
| runs a Lua function | \`run\`: gets a table with \`input\`, \`previous\`, \`steps\`, \`item\`, \`iteration\` and \`attempt\` |
| runs a workflow | \`workflow\`, \`input\` |
| chooses | \`condition\`, \`if_true\`, \`if_false\` (lists of steps) |
| repeats | \`steps\`, and \`times\`, \`for_each\`, \`repeat_while\` or \`repeat_until\`; \`max_iterations\` |
| does several at once | \`steps\`, \`max_concurrency\`, with \`type = "parallel"\` |

and any of \`depends_on\` (names), \`when\` (else it is skipped), \`retries\`, \`retry_delay\`, \`retry_factor\`, \`max_retry_delay\`, \`timeout\` (milliseconds) and
\`on_error\`: "fail", "continue", or a function that gets the error and gives the output.

Texts may hold \`{{input.x}}\`, \`{{previous.output}}\`, \`{{steps.NAME.output}}\`, \`{{item}}\` and \`{{iteration}}\`, with fields behind them; a text that is nothing else
becomes the value itself. A pause, like a cancellation, takes effect between two steps or while a step waits for its next try; a cancellation also ends
what runs. Outputs of steps must be data.`,
  functions: {
    create: {
      doc: "Makes a workflow.",
      params: [{ name: "options", type: CREATE, doc: "What it is." }],
      returns: [{ type: "workflow", doc: "The workflow." }],
      example: `local w = workflow.create{ name = "report", steps = {
  { name = "research", agent = researcher, input = "Research {{input.topic}}" },
  { name = "write", agent = writer, input = "Write on {{previous.output}}", retries = 2 },
} }
print(workflow.execute(w, { topic = "Lua" }).output)`,
      run: (call: BridgeCall, fields: WorkflowFields) => WORKFLOW.of(call.get(WORKFLOWS).create(definitionIn(call.context, fields))),
    },
    execute: {
      doc: "Runs a workflow from the beginning, until it is over or paused. A step that fails is no error here: see `status` and `error` of the result.",
      waits: true,
      params: [WORKFLOW_PARAMETER, { name: "input", type: "any", doc: "What `{{input}}` stands for.", optional: true }],
      returns: [{ type: "WorkflowResult", doc: "What came of it." }],
      run: async (call: BridgeCall, workflow: Workflow, input: JsonValue | undefined) => resultOut(await call.get(WORKFLOWS).execute(workflow, input ?? null, executeOptions(call))),
    },
    step: {
      doc: "Adds a step.",
      params: [WORKFLOW_PARAMETER, { name: "step", type: "any", doc: "The step, a table." }],
      returns: [{ type: "workflow", doc: "The workflow." }],
      run: (call: BridgeCall, workflow: Workflow, step: unknown) => {
        const { length } = workflow.definition.steps;
        call.get(WORKFLOWS).addStep(workflow, new StepReader(call.context).step(step, `step ${length + 1}`, length));
        return WORKFLOW.of(workflow);
      },
    },
    pause: {
      doc: "Lets the steps that run end, and begins no other.",
      params: [WORKFLOW_PARAMETER],
      returns: [{ type: "boolean", doc: "Whether it was running." }],
      run: (_: BridgeCall, { run }: Workflow) => run?.pause() ?? false,
    },
    resume: {
      doc: "Goes on where a paused, failed or cancelled run stands, or one that was saved: what is completed is not done again.",
      waits: true,
      params: [WORKFLOW_PARAMETER, { name: "state", type: "any", doc: "What `save` gave, as a table or JSON. Unless given: the run in this context, else the checkpoint.", optional: true }],
      returns: [{ type: "WorkflowResult", doc: "What came of it." }],
      run: async (call: BridgeCall, workflow: Workflow, state: unknown) =>
        resultOut(await call.get(WORKFLOWS).resume(workflow, await savedState(call, workflow, state), executeOptions(call))),
    },
    cancel: {
      doc: "Ends a run, and what it is doing.",
      params: [WORKFLOW_PARAMETER, { name: "reason", type: "string", doc: "Why.", optional: true }],
      returns: [{ type: "boolean", doc: "Whether there was something to end." }],
      run: (_: BridgeCall, { run }: Workflow, reason: string | undefined) => run?.cancel(reason) ?? false,
    },
    save: {
      doc: "The state of a run as data, to be kept and given to `resume`, also in another process that makes the same workflow.",
      params: [WORKFLOW_PARAMETER],
      returns: [{ type: "table", doc: "The state." }],
      run: (_: BridgeCall, workflow: Workflow) => {
        if (workflow.run === undefined) throw new BridgeFailure("not_started", `the workflow '${workflow.name}' was not started`);
        return workflow.run.save();
      },
    },
    get_status: {
      doc: "How far a workflow is.",
      params: [WORKFLOW_PARAMETER],
      returns: [{ type: "string", doc: "One of `workflow.Status`." }],
      run: (_: BridgeCall, { run }: Workflow) => run?.status ?? "pending",
    },
    get_result: {
      doc: "What is known of the latest run.",
      params: [WORKFLOW_PARAMETER],
      returns: [{ type: "WorkflowResult?", doc: "What came of it so far; nil before the first run." }],
      run: (_: BridgeCall, { run }: Workflow) => (run === undefined ? undefined : resultOut(run)),
    },
    get_info: {
      doc: "What is known of a workflow.",
      params: [WORKFLOW_PARAMETER],
      returns: [{ type: "table", doc: "`id`, `name`, `pattern`, `status`, `steps` (each with `name`, `kind`, `status`), `budget`." }],
      run: (_: BridgeCall, workflow: Workflow) => {
        const { definition, run } = workflow;
        const steps = definition.steps.map(({ name, kind }) => record([["name", name], ["kind", kind], ["status", run?.steps[name]?.status ?? "pending"]]));
        return record<unknown>([
          ["id", workflow.id], ["name", workflow.name], ["pattern", definition.pattern ?? "sequential"], ["status", run?.status ?? "pending"], ["steps", steps],
          ["budget", accountOut(workflow.account)],
        ]);
      },
    },
    list: {
      doc: "All workflows of this context.",
      params: [],
      returns: [{ type: "workflow[]", doc: "The workflows, oldest first." }],
      run: (call: BridgeCall) => call.get(WORKFLOWS).list().map((workflow) => WORKFLOW.of(workflow)),
    },
    compose: {
      doc: "A new workflow whose steps are workflows. In a sequence each gets the output of the one before it.",
      params: [
        { name: "name", type: "string", doc: "Its name." },
        { name: "workflows", type: "array", doc: "The workflows." },
        { name: "pattern", type: "string", doc: "SEQUENTIAL unless given.", optional: true, oneOf: ["sequential", "parallel"] },
      ],
      returns: [{ type: "workflow", doc: "The workflow." }],
      run: (call: BridgeCall, name: string, workflows: readonly unknown[], pattern: WorkflowPattern | undefined) => {
        const service = call.get(WORKFLOWS);
        const parts = workflows.map((each, i) => {
          if (each instanceof Workflow) return each;
          if (typeof each === "string") return service.get(each);
          throw new BridgeFailure("invalid", `element ${i + 1} is no workflow`);
        });
        return WORKFLOW.of(service.compose(name, parts, pattern));
      },
    },
    validate: {
      doc: "Looks for what is wrong with a workflow: names, dependencies, cycles, templates, loops without end.",
      params: [WORKFLOW_PARAMETER],
      returns: [{ type: "boolean", doc: "Whether it can run." }, { name: "problems", type: "table[]", doc: "Each with `path` and `message`." }],
      run: (call: BridgeCall, workflow: Workflow) => {
        const problems = call.get(WORKFLOWS).validate(workflow);
        return multi(problems.length === 0, problems.map(({ path, message }) => record([["path", path], ["message", message]])));
      },
    },
    get_dependencies: {
      doc: "What each step waits for.",
      params: [WORKFLOW_PARAMETER],
      returns: [{ type: "table", doc: "Lists of names by name." }, { name: "order", type: "string[]", doc: "The names in an order in which they can run." }],
      run: (call: BridgeCall, workflow: Workflow) => {
        const { steps, order } = call.get(WORKFLOWS).dependencies(workflow);
        return multi(record([...steps]), order);
      },
    },
  },
});
