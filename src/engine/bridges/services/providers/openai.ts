// The chat API of OpenAI, spoken by many other servers too (vLLM, llama.cpp, LM Studio, Mistral, OpenRouter …).
import { type ChatMessage, type ChatRequest, type ChatResponse, type FinishReason, type ToolCall, type Usage, NO_USAGE, ProviderError } from "./chat.js";
import type { Dialect, StreamCollector } from "./dialect.js";
import { arrayAt, countAt, isObject, malformed, objectAt, parseJson, textAt } from "./read-json.js";
import type { StreamEvent } from "./stream-events.js";
import { toolCallFromText } from "./tool-arguments.js";

export const openai: Dialect = {
  type: "openai",
  baseUrl: "https://api.openai.com/v1",
  framing: "sse",
  authorize: (key) => ({ authorization: `Bearer ${key}` }),
  chatPath: () => "/chat/completions",
  chatBody,
  parseChat,
  collector: () => new Collector(),
  modelsPath: "/models",
  parseModels: (answer) =>
    arrayAt(objectAt(answer, "answer")["data"], "data").map((entry) => {
      const id = textAt(objectAt(entry, "model")["id"], "id");
      return { id, name: id };
    }),
};

function chatBody(request: ChatRequest, streaming: boolean): Record<string, unknown> {
  const { tools = [], temperature, topP, maxTokens, stop, responseSchema } = request;
  return { // JSON leaves out what is undefined
    model: request.model,
    messages: request.messages.map(messageOut),
    tools: tools.length === 0 ? undefined : tools.map(({ name, description, parameters }) => ({ type: "function", function: { name, description, parameters } })),
    temperature,
    top_p: topP,
    max_tokens: maxTokens,
    stop,
    response_format: responseSchema === undefined ? undefined : { type: "json_schema", json_schema: { name: "answer", schema: responseSchema } },
    stream: streaming ? true : undefined,
    stream_options: streaming ? { include_usage: true } : undefined,
  };
}

function messageOut(message: ChatMessage): Record<string, unknown> {
  if (message.role === "tool") return { role: "tool", tool_call_id: message.toolCallId, content: message.content };
  if (message.role !== "assistant" || message.toolCalls === undefined || message.toolCalls.length === 0) {
    return { role: message.role, content: message.content };
  }
  return {
    role: "assistant",
    content: message.content === "" ? null : message.content,
    tool_calls: message.toolCalls.map((call) => ({
      id: call.id,
      type: "function",
      function: { name: call.name, arguments: call.malformed ?? JSON.stringify(call.arguments) },
    })),
  };
}

function parseChat(answer: unknown): ChatResponse {
  const body = objectAt(answer, "answer");
  const choice = objectAt(arrayAt(body["choices"], "choices")[0], "choices[0]");
  const message = objectAt(choice["message"], "message");
  const calls = message["tool_calls"] === undefined || message["tool_calls"] === null ? [] : arrayAt(message["tool_calls"], "tool_calls");
  const toolCalls = calls.map((entry, i) => toolCallIn(objectAt(entry, "tool call"), i));
  return {
    content: textAt(message["content"], "content"),
    toolCalls,
    usage: usageIn(body["usage"]),
    finishReason: finishReason(choice["finish_reason"], toolCalls.length > 0),
    model: textAt(body["model"], "model"),
  };
}

function toolCallIn(call: Readonly<Record<string, unknown>>, index: number): ToolCall {
  const target = objectAt(call["function"], "function of a tool call");
  const name = textAt(target["name"], "name of a tool call");
  return toolCallFromText(textAt(call["id"], "id") || `call_${index}`, name, textAt(target["arguments"], "arguments of a tool call"));
}

function usageIn(value: unknown): Usage {
  if (!isObject(value)) return NO_USAGE;
  const promptTokens = countAt(value["prompt_tokens"], "prompt_tokens");
  const completionTokens = countAt(value["completion_tokens"], "completion_tokens");
  return { promptTokens, completionTokens, totalTokens: countAt(value["total_tokens"], "total_tokens") || promptTokens + completionTokens };
}

function finishReason(value: unknown, hasCalls: boolean): FinishReason {
  if (value === "length" || value === "content_filter") return value;
  return hasCalls || value === "tool_calls" || value === "function_call" ? "tool_calls" : "stop";
}

interface PartialCall {
  id: string;
  name: string;
  arguments: string;
}

class Collector implements StreamCollector {
  ended = false;
  private content = "";
  private model = "";
  private usage = NO_USAGE;
  private reason: unknown;
  private readonly calls: PartialCall[] = [];

  push({ data }: StreamEvent): string {
    if (data === "[DONE]") {
      this.ended = true;
      return "";
    }
    const body = objectAt(parseJson(data, "an event"), "an event");
    if (body["error"] !== undefined) throw new ProviderError("server", `the stream failed: ${errorText(body["error"])}`);
    this.model = textAt(body["model"], "model") || this.model;
    if (isObject(body["usage"])) this.usage = usageIn(body["usage"]);
    const choice = body["choices"] === undefined ? undefined : arrayAt(body["choices"], "choices")[0];
    if (choice === undefined) return "";
    const { delta, finish_reason: reason } = objectAt(choice, "choices[0]");
    if (reason !== undefined && reason !== null) this.reason = reason;
    return delta === undefined || delta === null ? "" : this.take(objectAt(delta, "delta"));
  }

  private take(delta: Readonly<Record<string, unknown>>): string {
    for (const entry of Array.isArray(delta["tool_calls"]) ? delta["tool_calls"] : []) this.takeCall(objectAt(entry, "tool call"));
    const text = textAt(delta["content"], "content");
    this.content += text;
    return text;
  }

  /** The first piece of a call has its id and name; the pieces of its arguments follow under the same index. */
  private takeCall(piece: Readonly<Record<string, unknown>>): void {
    const index = piece["index"] === undefined ? this.calls.length : countAt(piece["index"], "index of a tool call");
    if (index > this.calls.length) malformed("tool calls out of order");
    const call = (this.calls[index] ??= { id: "", name: "", arguments: "" });
    const target = isObject(piece["function"]) ? piece["function"] : {};
    call.id ||= textAt(piece["id"], "id");
    call.name ||= textAt(target["name"], "name of a tool call");
    call.arguments += textAt(target["arguments"], "arguments of a tool call");
  }

  finish(): ChatResponse {
    const toolCalls = this.calls.map((call, i) => toolCallFromText(call.id || `call_${i}`, call.name, call.arguments));
    return {
      content: this.content,
      toolCalls,
      usage: this.usage,
      finishReason: finishReason(this.reason, toolCalls.length > 0),
      model: this.model,
    };
  }
}

function errorText(error: unknown): string {
  return isObject(error) && typeof error["message"] === "string" ? error["message"] : JSON.stringify(error);
}
