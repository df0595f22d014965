// The offline provider: a model that is a list of rules. Same question, same answer, same count of tokens; no network.
import {
  type CallOptions, type ChatMessage, type ChatRequest, type ChatResponse, type JsonSchema, type ModelInfo, type Provider, ProviderError,
  type ToolCall, usageOf,
} from "./chat.js";
import { isObject } from "./read-json.js";

/** What the model does in one turn. Texts may hold {1}, {2} … (what the stars matched), {input}, {result} and {results}. */
export interface LocalTurn {
  readonly reply?: string;
  readonly toolCalls?: readonly { readonly name: string; readonly arguments?: Readonly<Record<string, unknown>> }[];
}

/** Used when `match` is found in the last message of the user: a text, upper or lower case, with `*` for anything. */
export interface LocalRule {
  readonly match: string;
  /** The first turn answers the user, the next one the results of its tool calls, and so on. The last one repeats. */
  readonly turns: readonly LocalTurn[];
}

export interface LocalOptions {
  readonly name?: string;
  readonly rules?: readonly LocalRule[];
  /** Milliseconds before each answer. */
  readonly delay?: number;
}

export const LOCAL_MODEL = "local";

export class LocalProvider implements Provider {
  readonly name: string;
  readonly type = "local";
  readonly #rules: readonly LocalRule[];
  readonly #delay: number;

  constructor({ name = "local", rules = [], delay = 0 }: LocalOptions = {}) {
    this.name = name;
    this.#rules = rules;
    this.#delay = delay;
  }

  async chat(request: ChatRequest, { signal }: CallOptions = {}): Promise<ChatResponse> {
    if (this.#delay > 0) await pause(this.#delay, signal);
    if (signal?.aborted === true) throw cancelled();
    return answer(request, this.#rules);
  }

  async stream(request: ChatRequest, onText: (text: string) => void | Promise<void>, options: CallOptions = {}): Promise<ChatResponse> {
    const response = await this.chat(request, options);
    for (const piece of response.content.match(/\s*\S+\s*$|\s*\S+/g) ?? []) {
      if (options.signal?.aborted === true) throw cancelled();
      await onText(piece);
    }
    return response;
  }

  async models(): Promise<readonly ModelInfo[]> {
    return [{ id: LOCAL_MODEL, name: "Scripted answers, offline" }];
  }
}

/** A token is about four characters; every message costs four more, as the real counts go. */
export const CHARACTERS_PER_TOKEN = 4;

export function estimateTokens(text: string): number {
  return Math.ceil(text.length / CHARACTERS_PER_TOKEN);
}

export function estimateMessageTokens(message: ChatMessage): number {
  let length = message.content.length;
  if (message.role === "assistant" && message.toolCalls !== undefined) for (const call of message.toolCalls) length += call.name.length + JSON.stringify(call.arguments).length;
  return 4 + Math.ceil(length / CHARACTERS_PER_TOKEN);
}

function answer(request: ChatRequest, rules: readonly LocalRule[]): ChatResponse {
  const question = request.messages.findLastIndex((message) => message.role === "user");
  const input = question < 0 ? "" : request.messages[question]!.content;
  const since = request.messages.slice(question + 1);
  const turn = turnFor(input, since, request, rules);
  const promptTokens = request.messages.reduce((sum, message) => sum + estimateMessageTokens(message), 0);
  const { content, cut } = withinLimit(turn.reply, request.maxTokens);
  const completionTokens = estimateTokens(content + turn.toolCalls.map((call) => call.name + JSON.stringify(call.arguments)).join(""));
  return {
    content,
    toolCalls: turn.toolCalls,
    usage: usageOf(promptTokens, completionTokens),
    finishReason: turn.toolCalls.length > 0 ? "tool_calls" : cut ? "length" : "stop",
    model: request.model,
  };
}

interface Answer {
  readonly reply: string;
  readonly toolCalls: readonly ToolCall[];
}

function turnFor(input: string, since: readonly ChatMessage[], request: ChatRequest, rules: readonly LocalRule[]): Answer {
  const turnsTaken = since.filter((message) => message.role === "assistant").length;
  const results = since.flatMap((message) => (message.role === "tool" ? [message.content] : []));
  for (const rule of rules) {
    const found = matchPattern(rule.match, input);
    const turn = rule.turns[Math.min(turnsTaken, rule.turns.length - 1)];
    if (found !== undefined && turn !== undefined) return fillTurn(turn, { input, stars: found, results }, turnsTaken);
  }
  return unscripted(input, results, request, turnsTaken);
}

/** What is said when no rule fits: a call of a tool that the text names, JSON where a schema asks for it, or an echo. */
function unscripted(input: string, results: readonly string[], request: ChatRequest, turnsTaken: number): Answer {
  if (results.length > 0) return { reply: `The tools answered: ${results.join("; ")}`, toolCalls: [] };
  const call = turnsTaken === 0 ? requestedCall(input, request) : undefined;
  if (call !== undefined) return { reply: "", toolCalls: [call] };
  if (request.responseSchema !== undefined) return { reply: JSON.stringify(sampleOf(request.responseSchema, 0)), toolCalls: [] };
  return { reply: `Offline answer to: ${input}`, toolCalls: [] };
}

/** "… call add with {"a": 1}": a tool's name, and behind it a JSON object for its arguments. */
function requestedCall(input: string, request: ChatRequest): ToolCall | undefined {
  for (const tool of request.tools ?? []) {
    const at = input.indexOf(tool.name);
    if (at < 0) continue;
    const from = input.indexOf("{", at);
    const to = input.lastIndexOf("}");
    try {
      const value = JSON.parse(input.slice(from, to + 1)) as unknown;
      if (from >= 0 && isObject(value)) return { id: "call_0_0", name: tool.name, arguments: value };
    } catch {
      // the text only mentions the tool
    }
  }
  return undefined;
}

interface Filling {
  readonly input: string;
  readonly stars: readonly string[];
  readonly results: readonly string[];
}

function fillTurn(turn: LocalTurn, filling: Filling, turnsTaken: number): Answer {
  return {
    reply: turn.reply === undefined ? "" : fill(turn.reply, filling),
    toolCalls: (turn.toolCalls ?? []).map((call, i) => ({
      id: `call_${turnsTaken}_${i}`,
      name: call.name,
      arguments: fillData(call.arguments ?? {}, filling) as Record<string, unknown>,
    })),
  };
}

function fill(text: string, { input, stars, results }: Filling): string {
  return text.replace(/\{(\d+|input|results?)\}/g, (whole, name: string) => {
    if (name === "input") return input;
    if (name === "result") return results.at(-1) ?? "";
    if (name === "results") return results.join(", ");
    return stars[Number(name) - 1] ?? whole;
  });
}

/** Texts inside data are filled too; one that is nothing but a number's placeholder becomes that number. */
function fillData(value: unknown, filling: Filling): unknown {
  if (typeof value === "string") {
    const text = fill(value, filling);
    return /^\{\d+\}$/.test(value) && /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
  }
  if (Array.isArray(value)) return value.map((item) => fillData(item, filling));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fillData(item, filling)]));
}

/**
 * Finds `pattern` in `text` and answers what its stars stand for, each as short as possible, the last one up to the end of its
 * line without closing punctuation. Takes time linear in the text for each star, unlike a regular expression.
 */
export function matchPattern(pattern: string, text: string): string[] | undefined {
  const parts = pattern.toLowerCase().split("*");
  const folded = text.toLowerCase();
  const stars: string[] = [];
  let at = folded.indexOf(parts[0]!);
  if (at < 0) return undefined;
  at += parts[0]!.length;
  for (let i = 1; i < parts.length; i++) {
    const part = parts[i]!;
    const next = part === "" && i === parts.length - 1 ? endOfLine(folded, at) : folded.indexOf(part, at);
    if (next < 0) return undefined;
    const star = text.slice(at, next).trim();
    stars.push(i === parts.length - 1 && part === "" ? star.replace(/[.?!]{1,3}$/, "") : star);
    at = next + part.length;
  }
  return stars;
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  return end < 0 ? text.length : end;
}

/** The least value that a schema asks for. */
function sampleOf(schema: JsonSchema, depth: number): unknown {
  if ("default" in schema) return schema["default"];
  if ("const" in schema) return schema["const"];
  if (Array.isArray(schema["enum"])) return schema["enum"][0] as unknown;
  const type = Array.isArray(schema["type"]) ? (schema["type"][0] as unknown) : schema["type"];
  switch (type) {
    case "string": return "text".padEnd(numberAt(schema["minLength"], 0), "x");
    case "integer": case "number": return numberAt(schema["minimum"], 0);
    case "boolean": return true;
    case "null": return null;
    case "array": {
      const { items } = schema;
      return Array.from({ length: Math.min(numberAt(schema["minItems"], 0), 100) }, () => (isObject(items) && depth < 20 ? sampleOf(items, depth + 1) : null));
    }
    default: {
      const properties = isObject(schema["properties"]) ? schema["properties"] : {};
      const entries = Object.entries(properties).map(([key, value]) => [key, isObject(value) && depth < 20 ? sampleOf(value, depth + 1) : null]);
      return Object.fromEntries(entries);
    }
  }
}

function numberAt(value: unknown, otherwise: number): number {
  return typeof value === "number" ? value : otherwise;
}

function withinLimit(text: string, maxTokens: number | undefined): { readonly content: string; readonly cut: boolean } {
  if (maxTokens === undefined || estimateTokens(text) <= maxTokens) return { content: text, cut: false };
  return { content: text.slice(0, maxTokens * 4), cut: true };
}

function cancelled(): ProviderError {
  return new ProviderError("cancelled", "the request was cancelled");
}

function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      clearTimeout(timer);
      reject(cancelled());
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    }, milliseconds);
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}
