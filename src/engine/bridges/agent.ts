// The agent bridge: models that use tools until they have an answer.
import { ACCOUNT, AGENTS, PROVIDERS } from "./agent-parts.js";
import { BUDGET, type BudgetFields, accountOut, budgetIn } from "./budgets.js";
import { budgetOf, callScript } from "./callbacks.js";
import type { BridgeCall, BridgeContext, Callback } from "./context.js";
import { defineBridge } from "./define.js";
import { defineHandle } from "./handles.js";
import { inputText, messageOut, usageOut } from "./messages.js";
import { options } from "./options.js";
import type { AgentChunk, AgentResult, ToolCallRecord } from "./services/agent-loop.js";
import { Agent, type AgentConfig, type AgentTool, type RunOptions } from "./services/agent.js";
import { record } from "./services/json-value.js";
import type { JsonSchema } from "./services/providers/chat.js";
import { isTool, toolFromTable } from "./tool-handle.js";
import type { PlainValue } from "../script-value.js";

export const AGENT = defineHandle<Agent>({
  name: "agent",
  doc: "A model with a name, a prompt, tools and a memory.",
  id: ({ id }) => id,
  find: (context, id) => context.get(AGENTS).find(id),
  properties: {
    name: { type: "string", doc: "Its name.", get: ({ name }) => name },
    model: { type: "string?", doc: "Its model; the provider's default one unless given.", get: ({ config }) => config.model },
    state: { type: "string", doc: "One of `agent.State`.", get: (agent) => (agent.destroyed ? "stopped" : agent.state) },
    usage: { type: "Usage", doc: "Tokens of all its runs.", get: ({ usage }) => usageOut(usage) },
  },
  close: (agent) => void agent.destroy(),
});

const MEMORY = options("AgentMemory", {
  max_messages: { type: "integer", doc: "Messages to keep, 100 unless given.", min: 1 },
  max_tokens: { type: "integer", doc: "Estimated tokens to keep.", min: 1 },
});

const SHARED = {
  provider: { type: "string", doc: "A provider's name; the host's default one unless given." },
  model: { type: "string", doc: "The model." },
  temperature: { type: "number", doc: "How freely the model chooses its words.", min: 0, max: 2 },
  max_tokens: { type: "integer", doc: "Longest answer, in tokens.", min: 1 },
  system_prompt: { type: "string", doc: "What the model is told before everything else." },
  tools: { type: "array", doc: "What it may use: names of tools, tools, or tables as for `tool.register`." },
  memory: { type: ["boolean", MEMORY], doc: "What it remembers between runs; false: nothing." },
  response_schema: { type: "object", doc: "JSON schema that answers have to keep to; then results have `data`." },
  max_turns: { type: "integer", doc: "Calls of the model in one run, 10 unless given.", min: 1, max: 1000 },
  budget: { type: BUDGET, doc: "What it may spend in all its runs." },
} as const;

const CREATE = options("AgentOptions", { name: { type: "string", doc: "Its name, for people and lists.", required: true }, ...SHARED });
const CONFIGURE = options("AgentChanges", { name: { type: "string", doc: "Its name." }, ...SHARED });
const RUN = options("RunOptions", {
  max_turns: { type: "integer", doc: "Calls of the model in this run.", min: 1, max: 1000 },
  response_schema: { type: "object", doc: "JSON schema for the answer of this run." },
  budget: { type: BUDGET, doc: "What this run may spend." },
});

interface AgentFields {
  readonly name?: string;
  readonly provider?: string;
  readonly model?: string;
  readonly temperature?: number;
  readonly max_tokens?: number;
  readonly system_prompt?: string;
  readonly tools?: readonly PlainValue[];
  readonly memory?: boolean | { readonly max_messages?: number; readonly max_tokens?: number };
  readonly response_schema?: JsonSchema;
  readonly max_turns?: number;
  readonly budget?: BudgetFields;
}

interface RunFields {
  readonly max_turns?: number;
  readonly response_schema?: JsonSchema;
  readonly budget?: BudgetFields;
}

/** The configuration that the fields describe, without those that are not there. */
function configIn(context: BridgeContext, fields: AgentFields): Partial<AgentConfig> {
  const { name, provider, model, temperature, tools, budget } = fields;
  const config: { -readonly [K in keyof AgentConfig]?: AgentConfig[K] } = {};
  if (name !== undefined) config.name = name;
  if (provider !== undefined) config.provider = provider;
  if (model !== undefined) config.model = model;
  if (temperature !== undefined) config.temperature = temperature;
  if (fields.max_tokens !== undefined) config.maxTokens = fields.max_tokens;
  if (fields.system_prompt !== undefined) config.systemPrompt = fields.system_prompt;
  if (tools !== undefined) config.tools = tools.map((tool) => toolIn(context, tool));
  if (fields.memory !== undefined) config.memory = memoryIn(fields.memory);
  if (fields.response_schema !== undefined) config.responseSchema = fields.response_schema;
  if (fields.max_turns !== undefined) config.maxTurns = fields.max_turns;
  if (budget !== undefined) config.budget = budgetIn(budget);
  return config;
}

function memoryIn(memory: NonNullable<AgentFields["memory"]>): NonNullable<AgentConfig["memory"]> {
  if (typeof memory === "boolean") return memory;
  const { max_messages: maxMessages, max_tokens: maxTokens } = memory;
  return { ...(maxMessages === undefined ? {} : { maxMessages }), ...(maxTokens === undefined ? {} : { maxTokens }) };
}

/** A name, a table that describes a tool, or a tool that was registered: its handle crosses as the tool itself. */
function toolIn(context: BridgeContext, value: PlainValue): AgentTool {
  if (typeof value === "string") return value;
  return isTool(value) ? value : toolFromTable(context, value);
}

function runOptions(call: BridgeCall, { max_turns: maxTurns, response_schema: responseSchema, budget }: RunFields): RunOptions {
  const { task } = call;
  const limits = budget === undefined ? undefined : budgetIn(budget);
  return { stopping: task ?? undefined, owner: task, maxTurns, responseSchema, limits, budget: budgetOf(task) };
}

function recordOut(entry: ToolCallRecord): Record<string, unknown> {
  const { id, name, arguments: args, result, error } = entry;
  return error === undefined ? { id, name, arguments: args, result } : { id, name, arguments: args, error };
}

function resultOut({ content, toolCalls, messages, usage, finishReason, data, turns }: AgentResult): Record<string, unknown> {
  return { content, tool_calls: toolCalls.map(recordOut), messages: messages.map(messageOut), usage: usageOut(usage), finish_reason: finishReason, data, turns };
}

function chunkOut(chunk: AgentChunk): Record<string, unknown> {
  if (chunk.type === "text") return record([["type", "text"], ["content", chunk.content]]);
  const common = record<unknown>([["type", chunk.type], ["id", chunk.id], ["name", chunk.name]]);
  return Object.assign(common, chunk.type === "tool_call" ? { arguments: chunk.arguments } : { content: chunk.content, is_error: chunk.isError });
}

function infoOf(context: BridgeContext, agent: Agent): Record<string, unknown> {
  const { config, usage, runs, lastError, account } = agent;
  return record<unknown>([
    ["id", agent.id], ["name", agent.name], ["provider", context.get(PROVIDERS).get(config.provider).name], ["model", config.model],
    ["state", context.get(AGENTS).stateOf(agent)], ["usage", usageOut(usage)], ["runs", runs], ["last_error", lastError], ["system_prompt", config.systemPrompt],
    ["tools", (config.tools ?? []).map((tool) => (typeof tool === "string" ? tool : tool.name))], ["messages", agent.conversation.messages().map(messageOut)],
    ["budget", accountOut(account)],
  ]);
}

const AGENT_PARAMETER = { name: "agent", type: AGENT, doc: "The agent, its id or its name." } as const;
const INPUT = { name: "input", type: "any", doc: "What the agent is asked: a text; anything else is given as JSON." } as const;

export const agentBridge = defineBridge({
  name: "agent",
  doc: "Agents: models with a name, a prompt, tools and a memory. A run asks the model, runs the tools it calls, tells it their results, and so on until it answers.",
  handles: [AGENT],
  constants: { State: { IDLE: "idle", READY: "ready", RUNNING: "running", COMPLETED: "completed", ERROR: "error", STOPPED: "stopped" } },
  events: {
    "agent.created": "`id`, `name`, `model`", "agent.started": "`id`, `name`, `input`", "agent.completed": "`id`, `name`, `content`, `usage`, `finish_reason`",
    "agent.failed": "`id`, `name`, `message`", "agent.destroyed": "`id`, `name`",
  },
  types: {
    AgentResult: {
      doc: "What a run gives.",
      fields: {
        content: { type: "string", doc: "The answer." },
        data: { type: "any", doc: "The answer as data, if there is a response schema." },
        tool_calls: { type: "table[]", doc: "All calls of tools, each with `id`, `name`, `arguments`, and `result` or `error`." },
        messages: { type: "Message[]", doc: "The messages of this run, from the input to the answer." },
        usage: { type: "Usage", doc: "Tokens of this run." },
        finish_reason: { type: "string", doc: "\"stop\", \"length\", \"content_filter\" or \"max_turns\"." },
        turns: { type: "integer", doc: "Calls of the model." },
      },
    },
    AgentChunk: {
      doc: "A piece of a run: `type` \"text\" with `content`, \"tool_call\" with `id`, `name` and `arguments`, or \"tool_result\" with `id`, `name`, `content` and `is_error`.",
      fields: { type: { type: "string", doc: "What it is." }, content: { type: "string?", doc: "Text of the answer, or what a tool gave." } },
    },
  },
  notes: `Several calls of one turn run at the same time. What goes wrong in a tool is told to the model; limits of the host, a cancelled script and a budget that is
used up end the run. A response schema is asked for, the answer mended where it is broken JSON, checked, and asked for once more if it does not fit.

A budget holds for everything below it: an agent that a tool runs is charged to both. When it is used up the run fails with a table whose \`code\` is
"budget", with \`account\`, \`unit\`, \`used\` and \`limit\`.`,
  functions: {
    create: {
      doc: "Makes an agent.",
      params: [{ name: "options", type: CREATE, doc: "What it is." }],
      returns: [{ type: "agent", doc: "The agent." }],
      example: `local a = agent.create{ name = "helper", model = "gpt-4", system_prompt = "Be brief." }\nprint(a:run("Hello").content)`,
      run: (call: BridgeCall, fields: AgentFields) => AGENT.of(call.get(AGENTS).create(configIn(call.context, fields) as AgentConfig)),
    },
    destroy: {
      doc: "Stops an agent and forgets it; a run in progress fails.",
      params: [AGENT_PARAMETER],
      returns: [{ type: "boolean", doc: "Whether it was there." }],
      run: (call: BridgeCall, agent: Agent) => call.get(AGENTS).destroy(agent),
    },
    run: {
      doc: "Runs an agent to its answer.",
      waits: true,
      params: [AGENT_PARAMETER, INPUT, { name: "options", type: RUN, doc: "For this run.", optional: true }],
      returns: [{ type: "AgentResult", doc: "The answer, and how it came about." }],
      run: (call: BridgeCall, agent: Agent, input: unknown, fields: RunFields = {}) =>
        call.get(AGENTS).run(agent, inputText(call.context, input), runOptions(call, fields)).then(resultOut),
    },
    stream: {
      doc: "As `run`, with pieces of the answer and calls of tools as they come. The next piece waits until the function is done.",
      waits: true,
      params: [AGENT_PARAMETER, INPUT, { name: "callback", type: "function", doc: "Called with each AgentChunk." }, { name: "options", type: RUN, doc: "For this run.", optional: true }],
      returns: [{ type: "AgentResult", doc: "The answer, and how it came about." }],
      example: `agent.stream(a, "Tell me a story", function(chunk)\n  if chunk.type == "text" then io.write(chunk.content) end\nend)`,
      run: async (call: BridgeCall, agent: Agent, input: unknown, callback: Callback, fields: RunFields = {}) => {
        const onChunk = async (chunk: AgentChunk): Promise<void> => { await callScript(call.context, callback, [chunkOut(chunk)], { owner: call.task, name: "on chunk" }); };
        return resultOut(await call.get(AGENTS).run(agent, inputText(call.context, input), { ...runOptions(call, fields), onChunk }));
      },
    },
    configure: {
      doc: "Changes an agent, from its next run on.",
      params: [AGENT_PARAMETER, { name: "changes", type: CONFIGURE, doc: "What changes." }],
      run: (call: BridgeCall, agent: Agent, fields: AgentFields) => call.get(AGENTS).configure(agent, configIn(call.context, fields)),
    },
    get_state: {
      doc: "What an agent does: READY or IDLE (its provider is switched off) before its first run, RUNNING, then how the last run ended.",
      params: [AGENT_PARAMETER],
      returns: [{ type: "string", doc: "One of `agent.State`." }],
      run: (call: BridgeCall, agent: Agent) => call.get(AGENTS).stateOf(agent),
    },
    get_info: {
      doc: "What is known of an agent.",
      params: [AGENT_PARAMETER],
      returns: [{ type: "table", doc: "`id`, `name`, `provider`, `model`, `state`, `usage`, `runs`, `last_error`, `system_prompt`, `tools`, `messages` (what it remembers), `budget` (with `limits`, `spent` and `left`)." }],
      run: (call: BridgeCall, agent: Agent) => infoOf(call.context, agent),
    },
    get_budget: {
      doc: "What was spent and is left: by an agent, or by the whole context.",
      params: [{ name: "agent", type: AGENT, doc: "The agent; the context unless given.", optional: true }],
      returns: [{ type: "table", doc: "`limits`, `spent` and `left`, each with `tokens`, `model_calls`, `tool_calls`, `wall_time` and `money`." }],
      run: (call: BridgeCall, agent: Agent | undefined) => accountOut(agent === undefined ? call.get(ACCOUNT) : agent.account),
    },
    list: {
      doc: "All agents of this context.",
      params: [],
      returns: [{ type: "agent[]", doc: "The agents, oldest first." }],
      run: (call: BridgeCall) => call.get(AGENTS).list().map((agent) => AGENT.of(agent)),
    },
    exists: {
      doc: "Whether an agent is there.",
      params: [{ name: "agent", type: "any", doc: "An agent, an id or a name." }],
      returns: [{ type: "boolean", doc: "Whether it is." }],
      run: (call: BridgeCall, value: unknown) => (value instanceof Agent ? !value.destroyed : typeof value === "string" && call.get(AGENTS).find(value) !== undefined),
    },
    reset: {
      doc: "Makes an agent as new: without memory, usage and errors. What it spent of its budget stays spent.",
      params: [AGENT_PARAMETER],
      run: (_: BridgeCall, agent: Agent) => agent.reset(),
    },
  },
});
