// Chat messages and answers as scripts write and read them: with Lua's names, as plain tables.
import type { BridgeContext } from "./context.js";
import { BridgeFailure } from "./services/failure.js";
import { formatJson } from "./services/formats/json.js";
import { isObject } from "./services/json-value.js";
import { type ChatMessage, type ChatResponse, type FinishReason, NO_USAGE, type ToolCall, type Usage, usageOf } from "./services/providers/chat.js";
import type { BridgeType } from "./define.js";

export const USAGE_TYPE: BridgeType = {
  doc: "Tokens as the provider counts them.",
  fields: {
    prompt_tokens: { type: "integer", doc: "Tokens of what was sent." },
    completion_tokens: { type: "integer", doc: "Tokens of the answers." },
    total_tokens: { type: "integer", doc: "Both together." },
  },
};

export const MESSAGE_TYPE: BridgeType = {
  doc: "A message of a conversation.",
  fields: {
    role: { type: "string", doc: "\"system\", \"user\", \"assistant\" or \"tool\"." },
    content: { type: "string", doc: "The text." },
    tool_calls: { type: "table[]?", doc: "Of an assistant: the calls it asks for, each with `id`, `name` and `arguments`." },
    tool_call_id: { type: "string?", doc: "Of a tool: the call that it answers." },
    name: { type: "string?", doc: "Of a tool: its name." },
  },
};

export function usageOut({ promptTokens, completionTokens, totalTokens }: Usage): Record<string, number> {
  return { prompt_tokens: promptTokens, completion_tokens: completionTokens, total_tokens: totalTokens };
}

export function toolCallOut({ id, name, arguments: args }: Pick<ToolCall, "id" | "name" | "arguments">): Record<string, unknown> {
  return { id, name, arguments: args };
}

export function messageOut(message: ChatMessage): Record<string, unknown> {
  const { role, content } = message;
  if (role === "assistant" && message.toolCalls !== undefined) return { role, content, tool_calls: message.toolCalls.map(toolCallOut) };
  if (role !== "tool") return { role, content };
  return { role, content, tool_call_id: message.toolCallId, name: message.name, ...(message.isError === true ? { is_error: true } : {}) };
}

export function responseOut({ content, toolCalls, usage, finishReason, model }: ChatResponse): Record<string, unknown> {
  return { content, tool_calls: toolCalls.map(toolCallOut), usage: usageOut(usage), finish_reason: finishReason, model };
}

/** An answer of a model as a hook gives one: `content` at least. Throws BridgeFailure "invalid". */
export function responseIn(value: unknown): ChatResponse {
  const wrong = (what: string): never => {
    throw new BridgeFailure("invalid", `a model's answer from a hook: ${what}`);
  };
  if (!isObject(value)) return wrong("is no table");
  const { content = "", tool_calls: calls, usage, finish_reason: reason, model = "" } = value;
  if (typeof content !== "string" || typeof model !== "string") return wrong("'content' and 'model' must be texts");
  const toolCalls = Array.isArray(calls) ? calls.map((call, i) => toolCallIn(call, `call ${i + 1}`)) : [];
  const finishReason = FINISH_REASONS.find((each) => each === reason) ?? (toolCalls.length > 0 ? "tool_calls" : "stop");
  return { content, toolCalls, usage: isObject(usage) ? usageFrom(usage, wrong) : NO_USAGE, finishReason, model };
}

const FINISH_REASONS: readonly FinishReason[] = ["stop", "length", "tool_calls", "content_filter"];

function usageFrom(usage: Readonly<Record<string, unknown>>, wrong: (what: string) => never): Usage {
  const [prompt, completion] = ["prompt_tokens", "completion_tokens"].map((field) => {
    const { [field]: count = 0 } = usage;
    return typeof count === "number" && count >= 0 && Number.isFinite(count) ? count : wrong(`'usage.${field}' must be a count`);
  });
  return usageOf(prompt!, completion!);
}

/** A text, one message or a list of messages. Throws BridgeFailure "invalid". */
export function messagesIn(value: unknown): ChatMessage[] {
  if (typeof value === "string") return [{ role: "user", content: value }];
  if (Array.isArray(value)) return value.map((entry, i) => messageIn(entry, `message ${i + 1}`));
  return [messageIn(value, "the message")];
}

function messageIn(value: unknown, where: string): ChatMessage {
  if (typeof value === "string") return { role: "user", content: value };
  if (!isObject(value)) throw new BridgeFailure("invalid", `${where} is no text and no table`);
  const { role = "user", content = "", tool_calls: calls, tool_call_id: toolCallId, name } = value;
  if (typeof content !== "string") throw new BridgeFailure("invalid", `${where}: 'content' must be a text`);
  switch (role) {
    case "system": case "user": return { role, content };
    case "assistant": return Array.isArray(calls) ? { role, content, toolCalls: calls.map((call, i) => toolCallIn(call, `${where}, call ${i + 1}`)) } : { role, content };
    case "tool":
      if (typeof toolCallId !== "string" || typeof name !== "string") throw new BridgeFailure("invalid", `${where}: a tool's message needs 'tool_call_id' and 'name'`);
      return { role, content, toolCallId, name };
    default: throw new BridgeFailure("invalid", `${where}: unknown role '${String(role)}'`);
  }
}

function toolCallIn(value: unknown, where: string): ToolCall {
  if (!isObject(value)) throw new BridgeFailure("invalid", `${where} is no table`);
  const { id, name, arguments: args = {} } = value;
  if (typeof id !== "string" || typeof name !== "string" || !isObject(args)) throw new BridgeFailure("invalid", `${where} needs 'id', 'name' and 'arguments'`);
  return { id, name, arguments: args };
}

/** What an agent or model is given: a text as it is, anything else as JSON. */
export function inputText(context: BridgeContext, value: unknown): string {
  return typeof value === "string" ? value : formatJson(value, {}, context.charge);
}
