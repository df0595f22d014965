// Anthropic's messages API: the system prompt apart, content in blocks, named events in a stream.
import { type ChatMessage, type ChatRequest, type ChatResponse, type FinishReason, type ToolCall, ProviderError, usageOf } from "./chat.js";
import type { Dialect, StreamCollector } from "./dialect.js";
import { arrayAt, countAt, isObject, malformed, objectAt, parseJson, textAt } from "./read-json.js";
import type { StreamEvent } from "./stream-events.js";
import { toolCallFromData, toolCallFromText } from "./tool-arguments.js";

/** The API wants a limit; this one is used when the request has none. */
const DEFAULT_MAX_TOKENS = 4096;

export const anthropic: Dialect = {
  type: "anthropic",
  baseUrl: "https://api.anthropic.com/v1",
  framing: "sse",
  authorize: (key) => ({ "x-api-key": key }),
  headers: { "anthropic-version": "2023-06-01" },
  chatPath: () => "/messages",
  chatBody,
  parseChat,
  collector: () => new Collector(),
  modelsPath: "/models",
  parseModels: (answer) =>
    arrayAt(objectAt(answer, "answer")["data"], "data").map((entry) => {
      const model = objectAt(entry, "model");
      const id = textAt(model["id"], "id");
      return { id, name: textAt(model["display_name"], "display_name") || id };
    }),
};

function chatBody(request: ChatRequest, streaming: boolean): Record<string, unknown> {
  const system = request.messages.flatMap((message) => (message.role === "system" ? [message.content] : []));
  if (request.responseSchema !== undefined) system.push(`Answer with JSON only, of this schema: ${JSON.stringify(request.responseSchema)}`);
  return {
    model: request.model,
    max_tokens: request.maxTokens ?? DEFAULT_MAX_TOKENS,
    messages: merged(request.messages.filter((message) => message.role !== "system").map(messageOut)),
    ...(system.length === 0 ? {} : { system: system.join("\n\n") }),
    ...(request.tools === undefined || request.tools.length === 0
      ? {}
      : { tools: request.tools.map(({ name, description, parameters }) => ({ name, description, input_schema: parameters })) }),
    ...(request.temperature === undefined ? {} : { temperature: request.temperature }),
    ...(request.topP === undefined ? {} : { top_p: request.topP }),
    ...(request.stop === undefined ? {} : { stop_sequences: request.stop }),
    ...(streaming ? { stream: true } : {}),
  };
}

interface OutMessage {
  readonly role: "user" | "assistant";
  readonly content: readonly Readonly<Record<string, unknown>>[];
}

function messageOut(message: ChatMessage): OutMessage {
  if (message.role === "tool") {
    const block = { type: "tool_result", tool_use_id: message.toolCallId, content: message.content };
    return { role: "user", content: [message.isError === true ? { ...block, is_error: true } : block] };
  }
  const content: Record<string, unknown>[] = message.content === "" ? [] : [{ type: "text", text: message.content }];
  if (message.role !== "assistant") return { role: "user", content };
  for (const call of message.toolCalls ?? []) content.push({ type: "tool_use", id: call.id, name: call.name, input: call.arguments });
  return { role: "assistant", content };
}

/** Neighbours of one role become one message: all results of parallel tool calls have to stand in the same. */
function merged(messages: readonly OutMessage[]): OutMessage[] {
  const out: OutMessage[] = [];
  for (const message of messages) {
    const last = out.at(-1);
    if (last?.role === message.role) out[out.length - 1] = { role: last.role, content: [...last.content, ...message.content] };
    else out.push(message);
  }
  return out;
}

function parseChat(answer: unknown): ChatResponse {
  const body = objectAt(answer, "answer");
  let content = "";
  const toolCalls: ToolCall[] = [];
  for (const entry of arrayAt(body["content"], "content")) {
    const block = objectAt(entry, "content block");
    if (block["type"] === "text") content += textAt(block["text"], "text");
    else if (block["type"] === "tool_use") toolCalls.push(toolCallFromData(textAt(block["id"], "id"), textAt(block["name"], "name"), block["input"]));
  }
  const usage = isObject(body["usage"]) ? body["usage"] : {};
  return {
    content,
    toolCalls,
    usage: usageOf(promptTokens(usage), countAt(usage["output_tokens"], "output_tokens")),
    finishReason: finishReason(body["stop_reason"]),
    model: textAt(body["model"], "model"),
  };
}

/** Tokens read from or written to the cache are counted apart by the API, and are part of the prompt all the same. */
function promptTokens(usage: Readonly<Record<string, unknown>>): number {
  return ["input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens"].reduce((sum, name) => sum + countAt(usage[name], name), 0);
}

function finishReason(value: unknown): FinishReason {
  switch (value) {
    case "max_tokens": return "length";
    case "tool_use": return "tool_calls";
    case "refusal": return "content_filter";
    default: return "stop";
  }
}

interface Block {
  readonly type: unknown;
  readonly id: string;
  readonly name: string;
  text: string;
  json: string;
}

class Collector implements StreamCollector {
  ended = false;
  private model = "";
  private reason: unknown;
  private prompt = 0;
  private completion = 0;
  private readonly blocks: Block[] = [];

  push({ event, data }: StreamEvent): string {
    if (event === "ping") return "";
    const body = objectAt(parseJson(data, "an event"), "an event");
    switch (body["type"]) {
      case "message_start": return this.start(objectAt(body["message"], "message"));
      case "content_block_start": return this.startBlock(objectAt(body["content_block"], "content_block"));
      case "content_block_delta": return this.delta(body);
      case "message_delta": return this.messageDelta(body);
      case "message_stop":
        this.ended = true;
        return "";
      case "error": {
        const error = objectAt(body["error"], "error");
        throw new ProviderError(error["type"] === "rate_limit_error" ? "rate_limited" : "server", `the stream failed: ${textAt(error["message"], "message")}`);
      }
      default: return ""; // content_block_stop, and kinds to come
    }
  }

  private start(message: Readonly<Record<string, unknown>>): string {
    this.model = textAt(message["model"], "model");
    const usage = isObject(message["usage"]) ? message["usage"] : {};
    this.prompt = promptTokens(usage);
    this.completion = countAt(usage["output_tokens"], "output_tokens");
    return "";
  }

  private startBlock(block: Readonly<Record<string, unknown>>): string {
    const text = textAt(block["text"], "text");
    this.blocks.push({ type: block["type"], id: textAt(block["id"], "id"), name: textAt(block["name"], "name"), text, json: "" });
    return text;
  }

  private delta(body: Readonly<Record<string, unknown>>): string {
    const block = this.blocks[countAt(body["index"], "index")] ?? malformed("a delta of a content block that was not started");
    const delta = objectAt(body["delta"], "delta");
    if (delta["type"] === "input_json_delta") block.json += textAt(delta["partial_json"], "partial_json");
    if (delta["type"] !== "text_delta") return "";
    const text = textAt(delta["text"], "text");
    block.text += text;
    return text;
  }

  private messageDelta(body: Readonly<Record<string, unknown>>): string {
    this.reason = objectAt(body["delta"], "delta")["stop_reason"];
    const usage = isObject(body["usage"]) ? body["usage"] : {};
    this.completion = countAt(usage["output_tokens"], "output_tokens") || this.completion;
    return "";
  }

  finish(): ChatResponse {
    return {
      content: this.blocks.filter((block) => block.type === "text").map((block) => block.text).join(""),
      toolCalls: this.blocks.filter((block) => block.type === "tool_use").map((block) => toolCallFromText(block.id, block.name, block.json)),
      usage: usageOf(this.prompt, this.completion),
      finishReason: finishReason(this.reason),
      model: this.model,
    };
  }
}
