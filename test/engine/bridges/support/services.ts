// The services of agents put together for tests, with an observable provider and a validator that knows enough.
import { type AgentPorts, AgentService } from "../../../../src/engine/bridges/services/agent.js";
import { ApprovalService } from "../../../../src/engine/bridges/services/approval.js";
import { Account, type BudgetLimits } from "../../../../src/engine/bridges/services/budget.js";
import type { Events } from "../../../../src/engine/bridges/services/events.js";
import { type ChatRequest, type ChatResponse, type JsonSchema, type Provider, usageOf } from "../../../../src/engine/bridges/services/providers/chat.js";
import { type Price, ProviderService } from "../../../../src/engine/bridges/services/providers/provider-service.js";
import { type SchemaProblem, type Tool, type ToolPorts, ToolService } from "../../../../src/engine/bridges/services/tools.js";

/** Checks `type` and `required`, as much of JSON Schema as these tests use. */
export function validate(schema: JsonSchema, value: unknown, path = ""): SchemaProblem[] {
  const type = Array.isArray(value) ? "array" : value === null ? "null" : typeof value;
  if (schema["type"] !== undefined && schema["type"] !== type) return [{ path, message: `expected ${String(schema["type"])}, got ${type}` }];
  if (type !== "object") return [];
  const object = value as Record<string, unknown>;
  const missing = ((schema["required"] as string[] | undefined) ?? []).filter((key) => object[key] === undefined).map((key) => ({ path, message: `'${key}' is missing` }));
  const properties = Object.entries((schema["properties"] as Record<string, JsonSchema> | undefined) ?? {});
  return [...missing, ...properties.flatMap(([key, part]) => (object[key] === undefined ? [] : validate(part, object[key], path === "" ? key : `${path}.${key}`)))];
}

/** Turns of a scripted model: texts are answers, lists are tool calls, functions make either. */
export type Turn = string | readonly { readonly name: string; readonly arguments?: Record<string, unknown>; readonly malformed?: string }[] | ((request: ChatRequest) => Turn | Promise<Turn>);

export interface ScriptedModel extends Provider {
  readonly requests: ChatRequest[];
}

/** A model that takes its turns one after the other and costs 10 + 5 tokens each time. */
export function scriptedModel(...turns: readonly Turn[]): ScriptedModel {
  const requests: ChatRequest[] = [];
  const chat = async (request: ChatRequest, signal?: AbortSignal): Promise<ChatResponse> => {
    requests.push(request);
    let turn = turns[Math.min(requests.length, turns.length) - 1]!;
    while (typeof turn === "function") turn = await turn(request);
    if (signal?.aborted === true) throw signal.reason;
    const content = typeof turn === "string" ? turn : "";
    const toolCalls = typeof turn === "string" ? [] : turn.map((call, i) => ({ id: `c${requests.length}_${i}`, arguments: {}, ...call }));
    return { content, toolCalls, usage: usageOf(10, 5), finishReason: toolCalls.length > 0 ? "tool_calls" : "stop", model: request.model };
  };
  return {
    name: "scripted", type: "local", requests,
    chat: (request, { signal } = {}) => chat(request, signal),
    stream: async (request, onText, { signal } = {}) => {
      const response = await chat(request, signal);
      for (const piece of response.content.split(/(?<=e)/)) if (piece !== "") await onText(piece);
      return response;
    },
    models: () => Promise.resolve([]),
  };
}

export interface Event {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface World {
  readonly agents: AgentService;
  readonly tools: ToolService;
  readonly providers: ProviderService;
  readonly approval: ApprovalService;
  readonly account: Account;
  readonly events: Event[];
}

export interface WorldOptions {
  readonly tools?: readonly Tool[];
  readonly limits?: BudgetLimits;
  readonly permissions?: readonly string[];
  readonly prices?: Readonly<Record<string, Price>>;
  readonly isFatal?: AgentPorts["isFatal"];
  readonly around?: ToolPorts["around"];
}

export function world(model: Provider | undefined, { tools = [], limits = {}, permissions = [], prices, isFatal, around }: WorldOptions = {}): World {
  const events: Event[] = [];
  const told: Events = { isHeard: () => true, emit: (type, data) => { events.push({ type, data }); } };
  const approval = new ApprovalService(() => 1000);
  const account = new Account("the context", limits);
  const providers = new ProviderService({
    ...(model === undefined ? {} : { providers: { main: model } }),
    ...(prices === undefined ? {} : { providers: { main: { type: "local", prices } } }),
  });
  const toolPorts: ToolPorts = { validate, approval, events: told, permits: (permission) => permissions.includes(permission), ...(around === undefined ? {} : { around }) };
  const toolService = new ToolService(toolPorts, () => tools);
  const agents = new AgentService({
    providers, tools: toolService, account, events: told, validate,
    extractJson: (text) => JSON.parse(/\{.*\}/s.exec(text)?.[0] ?? text) as unknown,
    ...(isFatal === undefined ? {} : { isFatal }),
  });
  return { agents, tools: toolService, providers, approval, account, events };
}

export const ADD: Tool = {
  name: "add",
  description: "Adds two numbers",
  category: "data",
  parameters: { type: "object", properties: { a: { type: "number" }, b: { type: "number" } }, required: ["a", "b"] },
  returns: { type: "number" },
  execute: ({ a, b }) => (a as number) + (b as number),
};
