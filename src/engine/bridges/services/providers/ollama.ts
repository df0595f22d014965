// Ollama's own chat API: lines of JSON instead of server-sent events, tool arguments as objects, no key by default.
import { type ChatMessage, type ChatRequest, type ChatResponse, type FinishReason, type ToolCall, ProviderError, usageOf } from "./chat.js";
import type { Dialect, StreamCollector } from "./dialect.js";
import { arrayAt, countAt, objectAt, parseJson, textAt } from "./read-json.js";
import type { StreamEvent } from "./stream-events.js";
import { toolCallFromData } from "./tool-arguments.js";

export const ollama: Dialect = {
  type: "ollama",
  baseUrl: "http://127.0.0.1:11434/api",
  framing: "ndjson",
  authorize: (key) => ({ authorization: `Bearer ${key}` }),
  chatPath: () => "/chat",
  chatBody,
  parseChat: (answer) => {
    const collector = new Collector();
    collector.take(objectAt(answer, "answer"));
    return collector.finish();
  },
  collector: () => new Collector(),
  modelsPath: "/tags",
  parseModels: (answer) =>
    arrayAt(objectAt(answer, "answer")["models"], "models").map((entry) => {
      const model = objectAt(entry, "model");
      const name = textAt(model["name"], "name");
      return { id: textAt(model["model"], "model") || name, name };
    }),
};

function chatBody(request: ChatRequest, streaming: boolean): Record<string, unknown> {
  const options = {
    ...(request.temperature === undefined ? {} : { temperature: request.temperature }),
    ...(request.topP === undefined ? {} : { top_p: request.topP }),
    ...(request.maxTokens === undefined ? {} : { num_predict: request.maxTokens }),
    ...(request.stop === undefined ? {} : { stop: request.stop }),
  };
  return {
    model: request.model,
    messages: request.messages.map(messageOut),
    stream: streaming,
    ...(request.tools === undefined || request.tools.length === 0
      ? {}
      : { tools: request.tools.map(({ name, description, parameters }) => ({ type: "function", function: { name, description, parameters } })) }),
    ...(request.responseSchema === undefined ? {} : { format: request.responseSchema }),
    ...(Object.keys(options).length === 0 ? {} : { options }),
  };
}

function messageOut(message: ChatMessage): Record<string, unknown> {
  if (message.role === "tool") return { role: "tool", tool_name: message.name, content: message.content };
  if (message.role !== "assistant" || message.toolCalls === undefined || message.toolCalls.length === 0) {
    return { role: message.role, content: message.content };
  }
  const calls = message.toolCalls.map((call) => ({ function: { name: call.name, arguments: call.arguments } }));
  return { role: "assistant", content: message.content, tool_calls: calls };
}

function finishReason(value: unknown, hasCalls: boolean): FinishReason {
  if (value === "length") return "length";
  return hasCalls ? "tool_calls" : "stop";
}

/** A whole answer is a stream of one line, so both are read here. */
class Collector implements StreamCollector {
  ended = false;
  private content = "";
  private model = "";
  private usage = usageOf(0, 0);
  private reason: unknown;
  private readonly calls: ToolCall[] = [];

  push({ data }: StreamEvent): string {
    const body = objectAt(parseJson(data, "a line"), "a line");
    if (body["error"] !== undefined) throw new ProviderError("server", `the stream failed: ${textAt(body["error"], "error")}`);
    return this.take(body);
  }

  take(body: Readonly<Record<string, unknown>>): string {
    const message = objectAt(body["message"], "message");
    const text = textAt(message["content"], "content");
    this.content += text;
    this.model = textAt(body["model"], "model") || this.model;
    const calls = message["tool_calls"] === undefined || message["tool_calls"] === null ? [] : arrayAt(message["tool_calls"], "tool_calls");
    for (const entry of calls) {
      const target = objectAt(objectAt(entry, "tool call")["function"], "function of a tool call");
      this.calls.push(toolCallFromData(`call_${this.calls.length}`, textAt(target["name"], "name"), target["arguments"]));
    }
    if (body["done"] === true) {
      this.ended = true;
      this.reason = body["done_reason"];
      this.usage = usageOf(countAt(body["prompt_eval_count"], "prompt_eval_count"), countAt(body["eval_count"], "eval_count"));
    }
    return text;
  }

  finish(): ChatResponse {
    return {
      content: this.content,
      toolCalls: this.calls,
      usage: this.usage,
      finishReason: finishReason(this.reason, this.calls.length > 0),
      model: this.model,
    };
  }
}
