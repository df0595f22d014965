// Cohere's chat API, version 2: near to OpenAI's, with content in blocks and typed events in a stream.
import { type ChatMessage, type ChatRequest, type ChatResponse, type FinishReason, type ToolCall, type Usage, NO_USAGE, usageOf } from "./chat.js";
import type { Dialect, StreamCollector } from "./dialect.js";
import { arrayAt, countAt, isObject, malformed, objectAt, parseJson, textAt } from "./read-json.js";
import type { StreamEvent } from "./stream-events.js";
import { toolCallFromText } from "./tool-arguments.js";

export const cohere: Dialect = {
  type: "cohere",
  baseUrl: "https://api.cohere.com/v2",
  framing: "sse",
  authorize: (key) => ({ authorization: `Bearer ${key}` }),
  chatPath: () => "/chat",
  chatBody,
  parseChat,
  collector: () => new Collector(),
  modelsPath: "/models",
  parseModels: (answer) =>
    arrayAt(objectAt(answer, "answer")["models"], "models").map((entry) => {
      const name = textAt(objectAt(entry, "model")["name"], "name");
      return { id: name, name };
    }),
};

function chatBody(request: ChatRequest, streaming: boolean): Record<string, unknown> {
  return {
    model: request.model,
    messages: request.messages.map(messageOut),
    stream: streaming,
    ...(request.tools === undefined || request.tools.length === 0
      ? {}
      : { tools: request.tools.map(({ name, description, parameters }) => ({ type: "function", function: { name, description, parameters } })) }),
    ...(request.temperature === undefined ? {} : { temperature: request.temperature }),
    ...(request.topP === undefined ? {} : { p: request.topP }),
    ...(request.maxTokens === undefined ? {} : { max_tokens: request.maxTokens }),
    ...(request.stop === undefined ? {} : { stop_sequences: request.stop }),
    ...(request.responseSchema === undefined ? {} : { response_format: { type: "json_object", json_schema: request.responseSchema } }),
  };
}

function messageOut(message: ChatMessage): Record<string, unknown> {
  if (message.role === "tool") return { role: "tool", tool_call_id: message.toolCallId, content: message.content };
  if (message.role !== "assistant" || message.toolCalls === undefined || message.toolCalls.length === 0) {
    return { role: message.role, content: message.content };
  }
  return {
    role: "assistant",
    ...(message.content === "" ? {} : { content: message.content }),
    tool_calls: message.toolCalls.map((call) => ({
      id: call.id,
      type: "function",
      function: { name: call.name, arguments: call.malformed ?? JSON.stringify(call.arguments) },
    })),
  };
}

function parseChat(answer: unknown): ChatResponse {
  const body = objectAt(answer, "answer");
  const message = objectAt(body["message"], "message");
  const blocks = message["content"] === undefined || message["content"] === null ? [] : arrayAt(message["content"], "content");
  const calls = message["tool_calls"] === undefined || message["tool_calls"] === null ? [] : arrayAt(message["tool_calls"], "tool_calls");
  return {
    content: blocks.map((entry) => textAt(objectAt(entry, "content block")["text"], "text")).join(""),
    toolCalls: calls.map((entry, i) => toolCallIn(objectAt(entry, "tool call"), i)),
    usage: usageIn(body["usage"]),
    finishReason: finishReason(body["finish_reason"]),
    model: textAt(body["model"], "model"),
  };
}

function toolCallIn(call: Readonly<Record<string, unknown>>, index: number): ToolCall {
  const target = objectAt(call["function"], "function of a tool call");
  return toolCallFromText(textAt(call["id"], "id") || `call_${index}`, textAt(target["name"], "name"), textAt(target["arguments"], "arguments"));
}

function usageIn(value: unknown): Usage {
  const tokens = isObject(value) && isObject(value["tokens"]) ? value["tokens"] : undefined;
  return tokens === undefined ? NO_USAGE : usageOf(countAt(tokens["input_tokens"], "input_tokens"), countAt(tokens["output_tokens"], "output_tokens"));
}

function finishReason(value: unknown): FinishReason {
  switch (value) {
    case "MAX_TOKENS": return "length";
    case "TOOL_CALL": return "tool_calls";
    case "ERROR_TOXIC": return "content_filter";
    default: return "stop";
  }
}

interface PartialCall {
  readonly id: string;
  readonly name: string;
  arguments: string;
}

class Collector implements StreamCollector {
  ended = false;
  private content = "";
  private usage = NO_USAGE;
  private reason: unknown;
  private readonly calls: PartialCall[] = [];

  push({ data }: StreamEvent): string {
    if (data === "[DONE]") return "";
    const body = objectAt(parseJson(data, "an event"), "an event");
    const delta = isObject(body["delta"]) ? body["delta"] : {};
    const message = isObject(delta["message"]) ? delta["message"] : {};
    switch (body["type"]) {
      case "content-delta": {
        const text = textAt(objectAt(message["content"], "content")["text"], "text");
        this.content += text;
        return text;
      }
      case "tool-call-start": {
        const { id, function: target } = objectAt(message["tool_calls"], "tool_calls");
        const { name, arguments: text } = objectAt(target, "function of a tool call");
        this.calls.push({ id: textAt(id, "id"), name: textAt(name, "name"), arguments: textAt(text, "arguments") });
        return "";
      }
      case "tool-call-delta": {
        const call = this.calls.at(-1) ?? malformed("a delta of a tool call that was not started");
        call.arguments += textAt(objectAt(objectAt(message["tool_calls"], "tool_calls")["function"], "function")["arguments"], "arguments");
        return "";
      }
      case "message-end":
        this.ended = true;
        this.reason = delta["finish_reason"];
        this.usage = usageIn(delta["usage"]);
        return "";
      default: return "";
    }
  }

  finish(): ChatResponse {
    return {
      content: this.content,
      toolCalls: this.calls.map((call, i) => toolCallFromText(call.id || `call_${i}`, call.name, call.arguments)),
      usage: this.usage,
      finishReason: finishReason(this.reason),
      model: "",
    };
  }
}
