// What the bridges of agents share in one context: providers, tools, agents, workflows, and the account they are charged to.
import { checkedSchema, validateWith } from "./schema-port.js";
import { type BridgeContext, contextPart } from "./context.js";
import { isFatalForScripts, unwrapScriptError } from "./callbacks.js";
import { hookedChat } from "./chat-request.js";
import { AgentService } from "./services/agent.js";
import { Account } from "./services/budget.js";
import { BridgeFailure } from "./services/failure.js";
import { jsonIn } from "./services/output.js";
import { ProviderService } from "./services/providers/provider-service.js";
import { builtinTools } from "./services/tool-builtins.js";
import { type Tool, type ToolContext, ToolService } from "./services/tools.js";
import { WorkflowService } from "./services/workflow.js";
import type { SavedWorkflow } from "./services/workflow-types.js";
import { formatJson } from "./services/formats/json.js";
import { toolFiles } from "./tool-files.js";
import type { Task } from "../task.js";

/** What all that the context does is charged to. */
export const ACCOUNT = contextPart("account", (context) => new Account("this context", context.services.budget));

export const PROVIDERS = contextPart("providers", (context) => new ProviderService(context.services.providers, { log: (message) => context.log(message), events: context, keep: context.keeper }));

export const TOOLS = contextPart("tools", (context) => {
  const { approval, tools = [] } = context.services;
  return new ToolService({
    validate: (schema, value) => validateWith(context, schema, value),
    checkSchema: (schema) => checkedSchema(context, schema),
    permits: (permission) => context.permits(permission),
    events: context,
    keep: context.keeper,
    approval,
  }, () => [...builtinTools({
    now: () => context.now(),
    charge: context.charge,
    files: toolFiles(context.runtime.state),
    permitsHost: (host) => context.permits("network", host),
    ...(context.services.providers?.fetch === undefined ? {} : { fetch: context.services.providers.fetch }),
  }), ...tools]);
});

export const AGENTS = contextPart("agents", (context) => {
  const tools = context.get(TOOLS);
  const service = new AgentService({
    providers: context.get(PROVIDERS),
    tools,
    account: context.get(ACCOUNT),
    runTool: (tool, args, about) => hookedTool(context, tool, args, about),
    aroundChat: (call) => hookedChat(context, call),
    extractJson: (text) => firstJson(context, text),
    validate: (schema, value) => validateWith(context, schema, value),
    keep: context.keeper,
    isFatal: isFatalForScripts,
    unwrap: unwrapScriptError,
    events: context,
  });
  context.onClose(() => { for (const agent of service.list()) service.destroy(agent); });
  return service;
});

export const WORKFLOWS = contextPart("workflows", (context) => {
  const service: WorkflowService = new WorkflowService({
    account: context.get(ACCOUNT),
    runAgent: async (agent, input, { signal, budget, owner }) => {
      const agents = context.get(AGENTS);
      const target = typeof agent === "string" ? agents.get(agent) : (agent as ReturnType<AgentService["get"]>);
      const { content, data } = await agents.run(target, typeof input === "string" ? input : formatJson(input, {}, context.charge), { signal, budget, owner });
      return data ?? content;
    },
    runTool: (tool, args, { signal, budget, owner }) => {
      const target = typeof tool === "string" ? context.get(TOOLS).get(tool) : (tool as Tool);
      return hookedTool(context, target, args as Readonly<Record<string, unknown>>, { signal, budget, owner });
    },
    keep: context.keeper,
    isFatal: isFatalForScripts,
    unwrap: unwrapScriptError,
    emit: (type, data) => context.emit(type, data),
    checkpoint: (state) => storeState(context, service, state),
    now: () => context.now(),
  });
  context.onClose(() => { for (const { run } of service.list()) run?.cancel("the context was closed"); });
  return service;
});

/** A tool that a model or a workflow calls is a call of `tool.execute` for hooks, as one that a script makes. */
function hookedTool(context: BridgeContext, tool: Tool, args: Readonly<Record<string, unknown>>, about: ToolContext): Promise<unknown> {
  const tools = context.get(TOOLS);
  const { hooks } = context;
  if (!hooks.isHooked("tool.execute") || context.isInsideHook((about.owner as Task | null | undefined) ?? null)) return tools.run(tool, args, about);
  return hooks.run("tool.execute", [tool.name, args], ([, changed]) => tools.run(tool, (changed ?? {}) as Readonly<Record<string, unknown>>, about), about.owner);
}

function firstJson(context: BridgeContext, text: string): unknown {
  const [value] = jsonIn(text, false, context.charge);
  if (value === undefined) throw new BridgeFailure("syntax", "there is no JSON in it");
  return value;
}

/** Where a workflow with a checkpoint keeps its state in the host's store. */
export function checkpointKey(name: string): string {
  return `workflow/${name}`;
}

async function storeState(context: BridgeContext, service: WorkflowService, state: SavedWorkflow): Promise<void> {
  const key = service.list().findLast(({ run }) => run?.id === state.id)?.definition.checkpoint;
  if (key === undefined) return;
  const { store } = context.services;
  if (store === undefined) throw new BridgeFailure("no_store", "a workflow with a checkpoint needs a store, and the host has none");
  await store.set(checkpointKey(key), formatJson(state, {}, context.charge));
}

