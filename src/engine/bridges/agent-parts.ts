// What the bridges of agents share in one context: providers, tools, agents, workflows, and the account they are charged to.
import { checkedSchema, validateWith } from "./schema-port.js";
import { type BridgeContext, contextPart } from "./context.js";
import { isFatalForScripts, unwrapScriptError } from "./callbacks.js";
import { hookedChat } from "./chat-request.js";
import { type AgentPorts, AgentService } from "./services/agent.js";
import type { ModelCall } from "./services/agent-loop.js";
import type { ApprovalService } from "./services/approval.js";
import { Account } from "./services/budget.js";
import type { Events } from "./services/events.js";
import { BridgeFailure } from "./services/failure.js";
import type { Keep } from "./services/kept.js";
import { jsonIn } from "./services/output.js";
import type { ChatResponse, JsonSchema } from "./services/providers/chat.js";
import { ProviderService } from "./services/providers/provider-service.js";
import { builtinTools } from "./services/tool-builtins.js";
import { type SchemaProblem, type Tool, type ToolContext, type ToolPorts, ToolService } from "./services/tools.js";
import { WorkflowService } from "./services/workflow.js";
import type { SavedWorkflow } from "./services/workflow-types.js";
import { formatJson } from "./services/formats/json.js";
import { toolFiles } from "./tool-files.js";
import type { Task } from "../task.js";

/** What all that the context does is charged to. */
export const ACCOUNT = contextPart("account", (context) => new Account("this context", context.services.budget));

export const PROVIDERS = contextPart("providers", (context) => new ProviderService(context.services.providers, { log: (message) => context.log(message), events: context, keep: context.keeper }));

/** What tools and agents need of the context around them. */
class Surroundings implements ToolPorts, AgentPorts {
  readonly events: Events;
  readonly keep: Keep;
  readonly approval: ApprovalService | undefined;
  readonly isFatal = isFatalForScripts;
  readonly unwrap = unwrapScriptError;

  constructor(private readonly context: BridgeContext) {
    this.events = context;
    this.keep = context.keeper;
    this.approval = context.services.approval;
  }

  get providers(): ProviderService {
    return this.context.get(PROVIDERS);
  }

  get tools(): ToolService {
    return this.context.get(TOOLS);
  }

  get account(): Account {
    return this.context.get(ACCOUNT);
  }

  validate(schema: JsonSchema, value: unknown): readonly SchemaProblem[] {
    return validateWith(this.context, schema, value);
  }

  checkSchema(schema: JsonSchema): void {
    checkedSchema(this.context, schema);
  }

  permits(permission: string): boolean {
    return this.context.permits(permission);
  }

  runTool(tool: Tool, args: Readonly<Record<string, unknown>>, about: ToolContext): Promise<unknown> {
    return hookedTool(this.context, tool, args, about);
  }

  aroundChat(call: ModelCall): Promise<ChatResponse> {
    return hookedChat(this.context, call);
  }

  extractJson(text: string): unknown {
    return firstJson(this.context, text);
  }

  ownTools(): readonly Tool[] {
    const { context } = this;
    const { providers, tools = [] } = context.services;
    return [...builtinTools({
      now: () => context.now(),
      charge: context.charge,
      files: toolFiles(context.runtime.state),
      permitsHost: (host) => context.permits("network", host),
      ...(providers?.fetch === undefined ? {} : { fetch: providers.fetch }),
    }), ...tools];
  }
}

const SURROUNDINGS = contextPart("what is around tools and agents", (context) => new Surroundings(context));

export const TOOLS = contextPart("tools", (context): ToolService => {
  const around = context.get(SURROUNDINGS);
  return new ToolService(around, () => around.ownTools());
});

export const AGENTS = contextPart("agents", (context) => {
  const service = new AgentService(context.get(SURROUNDINGS));
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

