// Google's Gemini API: contents made of parts, the model in the path, tool results by name.
import { type ChatMessage, type ChatRequest, type ChatResponse, type FinishReason, type ToolCall, type Usage, NO_USAGE, ProviderError, usageOf } from "./chat.js";
import type { Dialect, StreamCollector } from "./dialect.js";
import { arrayAt, countAt, isObject, malformed, objectAt, parseJson, textAt } from "./read-json.js";
import type { StreamEvent } from "./stream-events.js";
import { toolCallFromData } from "./tool-arguments.js";

export const gemini: Dialect = {
  type: "gemini",
  baseUrl: "https://generativelanguage.googleapis.com/v1beta",
  framing: "sse",
  authorize: (key) => ({ "x-goog-api-key": key }), // never in the URL, where logs would keep it
  chatPath: (request, streaming) =>
    `/models/${encodeURIComponent(request.model)}:${streaming ? "streamGenerateContent?alt=sse" : "generateContent"}`,
  chatBody,
  parseChat: (answer) => {
    const body = objectAt(answer, "answer");
    const part = readAnswer(body, 0);
    if (part.reason === undefined && part.content === "" && part.toolCalls.length === 0) malformed("no candidate");
    return { ...part, finishReason: finishReason(part.reason, part.toolCalls.length > 0) };
  },
  collector: () => new Collector(),
  modelsPath: "/models",
  parseModels: (answer) =>
    arrayAt(objectAt(answer, "answer")["models"], "models").map((entry) => {
      const model = objectAt(entry, "model");
      const id = textAt(model["name"], "name").replace(/^models\//, "");
      return { id, name: textAt(model["displayName"], "displayName") || id };
    }),
};

function chatBody(request: ChatRequest): Record<string, unknown> {
  const system = request.messages.flatMap((message) => (message.role === "system" ? [{ text: message.content }] : []));
  const generationConfig = {
    ...(request.temperature === undefined ? {} : { temperature: request.temperature }),
    ...(request.topP === undefined ? {} : { topP: request.topP }),
    ...(request.maxTokens === undefined ? {} : { maxOutputTokens: request.maxTokens }),
    ...(request.stop === undefined ? {} : { stopSequences: request.stop }),
    ...(request.responseSchema === undefined ? {} : { responseMimeType: "application/json", responseJsonSchema: request.responseSchema }),
  };
  return {
    contents: merged(request.messages.filter((message) => message.role !== "system").map(contentOut)),
    ...(system.length === 0 ? {} : { systemInstruction: { parts: system } }),
    ...(request.tools === undefined || request.tools.length === 0
      ? {}
      : { tools: [{ functionDeclarations: request.tools.map(({ name, description, parameters }) => ({ name, description, parametersJsonSchema: parameters })) }] }),
    ...(Object.keys(generationConfig).length === 0 ? {} : { generationConfig }),
  };
}

interface Content {
  readonly role: "user" | "model";
  readonly parts: readonly Readonly<Record<string, unknown>>[];
}

function contentOut(message: ChatMessage): Content {
  if (message.role === "tool") {
    const response = message.isError === true ? { error: message.content } : { result: message.content };
    return { role: "user", parts: [{ functionResponse: { name: message.name, response } }] };
  }
  const text = message.content === "" ? [] : [{ text: message.content }];
  if (message.role !== "assistant") return { role: "user", parts: text };
  return { role: "model", parts: [...text, ...(message.toolCalls ?? []).map((call) => ({ functionCall: { name: call.name, args: call.arguments } }))] };
}

/** Neighbours of one role become one content: answers to parallel calls belong together. */
function merged(contents: readonly Content[]): Content[] {
  const out: Content[] = [];
  for (const content of contents) {
    const last = out.at(-1);
    if (last?.role === content.role) out[out.length - 1] = { role: last.role, parts: [...last.parts, ...content.parts] };
    else out.push(content);
  }
  return out;
}

interface Answer {
  readonly content: string;
  readonly toolCalls: readonly ToolCall[];
  readonly usage: Usage;
  readonly reason: unknown;
  readonly model: string;
}

/** Reads a whole answer or one piece of a stream: both have the same form. Calls have no id, so they get their number. */
function readAnswer(body: Readonly<Record<string, unknown>>, firstCall: number): Answer {
  const candidates = body["candidates"] === undefined ? [] : arrayAt(body["candidates"], "candidates");
  const candidate = candidates[0] === undefined ? {} : objectAt(candidates[0], "candidates[0]");
  const blocked = isObject(body["promptFeedback"]) ? body["promptFeedback"]["blockReason"] : undefined;
  const parts = isObject(candidate["content"]) && candidate["content"]["parts"] !== undefined ? arrayAt(candidate["content"]["parts"], "parts") : [];
  let content = "";
  const toolCalls: ToolCall[] = [];
  for (const entry of parts) {
    const part = objectAt(entry, "part");
    if (part["thought"] === true) continue;
    content += textAt(part["text"], "text");
    if (!isObject(part["functionCall"])) continue;
    const { id, name, args } = part["functionCall"];
    toolCalls.push(toolCallFromData(textAt(id, "id") || `call_${firstCall + toolCalls.length}`, textAt(name, "name"), args));
  }
  return { content, toolCalls, usage: usageIn(body["usageMetadata"]), reason: blocked ?? candidate["finishReason"], model: textAt(body["modelVersion"], "modelVersion") };
}

function usageIn(value: unknown): Usage {
  if (!isObject(value)) return NO_USAGE;
  const completion = countAt(value["candidatesTokenCount"], "candidatesTokenCount") + countAt(value["thoughtsTokenCount"], "thoughtsTokenCount");
  return usageOf(countAt(value["promptTokenCount"], "promptTokenCount"), completion);
}

function finishReason(value: unknown, hasCalls: boolean): FinishReason {
  if (value === "MAX_TOKENS") return "length";
  if (value === "SAFETY" || value === "RECITATION" || value === "PROHIBITED_CONTENT" || value === "BLOCKLIST" || value === "SPII") return "content_filter";
  return hasCalls ? "tool_calls" : "stop";
}

class Collector implements StreamCollector {
  ended = false;
  private content = "";
  private model = "";
  private usage = NO_USAGE;
  private reason: unknown;
  private readonly calls: ToolCall[] = [];

  push({ data }: StreamEvent): string {
    const body = objectAt(parseJson(data, "an event"), "an event");
    if (isObject(body["error"])) throw new ProviderError("server", `the stream failed: ${textAt(body["error"]["message"], "message")}`);
    const piece = readAnswer(body, this.calls.length);
    this.content += piece.content;
    this.calls.push(...piece.toolCalls);
    this.model = piece.model || this.model;
    if (piece.usage !== NO_USAGE) this.usage = piece.usage; // each piece counts from the start
    if (piece.reason !== undefined && piece.reason !== null) {
      this.reason = piece.reason;
      this.ended = true;
    }
    return piece.content;
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
