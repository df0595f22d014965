// What all providers have in common: one neutral form of a chat request, its answer, and the errors on the way.
import { BridgeFailure } from "../failure.js";

export const PROVIDER_TYPES = ["openai", "anthropic", "gemini", "ollama", "cohere", "local"] as const;
export type ProviderType = (typeof PROVIDER_TYPES)[number];

/** A JSON Schema, as data. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** A call that the model asks for. `arguments` is what could be read; `malformed` holds the raw text when it was no JSON object. */
export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly malformed?: string;
}

export type ChatMessage =
  | { readonly role: "system"; readonly content: string }
  | { readonly role: "user"; readonly content: string }
  | { readonly role: "assistant"; readonly content: string; readonly toolCalls?: readonly ToolCall[] }
  | { readonly role: "tool"; readonly content: string; readonly toolCallId: string; readonly name: string; readonly isError?: boolean };

/** A function that the model may call. */
export interface ToolDefinition {
  readonly name: string;
  readonly description: string;
  readonly parameters: JsonSchema;
}

export interface ChatRequest {
  readonly model: string;
  readonly messages: readonly ChatMessage[];
  readonly tools?: readonly ToolDefinition[] | undefined;
  readonly temperature?: number | undefined;
  readonly topP?: number | undefined;
  readonly maxTokens?: number | undefined;
  readonly stop?: readonly string[] | undefined;
  /** The answer has to be JSON of this schema, where the provider can promise that. */
  readonly responseSchema?: JsonSchema | undefined;
}

export interface Usage {
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly totalTokens: number;
}

export const NO_USAGE: Usage = { promptTokens: 0, completionTokens: 0, totalTokens: 0 };

export function usageOf(promptTokens: number, completionTokens: number): Usage {
  return { promptTokens, completionTokens, totalTokens: promptTokens + completionTokens };
}

/** In events, under the names that scripts know. */
export function eventUsage({ promptTokens, completionTokens, totalTokens }: Usage): Readonly<Record<string, number>> {
  return { prompt_tokens: promptTokens, completion_tokens: completionTokens, total_tokens: totalTokens };
}

export function addUsage(a: Usage, b: Usage): Usage {
  return {
    promptTokens: a.promptTokens + b.promptTokens,
    completionTokens: a.completionTokens + b.completionTokens,
    totalTokens: a.totalTokens + b.totalTokens,
  };
}

/** Why the model stopped, in one vocabulary for all dialects. */
export type FinishReason = "stop" | "length" | "tool_calls" | "content_filter";

export interface ChatResponse {
  readonly content: string;
  readonly toolCalls: readonly ToolCall[];
  readonly usage: Usage;
  readonly finishReason: FinishReason;
  /** The model that answered, as the provider names it. */
  readonly model: string;
}

export interface ModelInfo {
  readonly id: string;
  readonly name: string;
}

export interface CallOptions {
  /** Aborting it ends the request; the call then rejects with a ProviderError "cancelled". */
  readonly signal?: AbortSignal;
}

/** A source of chat answers. */
export interface Provider {
  readonly name: string;
  readonly type: ProviderType;
  /** Rejects with ProviderError, and with nothing else. */
  chat(request: ChatRequest, options?: CallOptions): Promise<ChatResponse>;
  /** As `chat`, with each piece of text as it arrives. The next piece waits until `onText` is done. */
  stream(request: ChatRequest, onText: (text: string) => void | Promise<void>, options?: CallOptions): Promise<ChatResponse>;
  models(options?: CallOptions): Promise<readonly ModelInfo[]>;
}

/** What went wrong with a provider, in words that programs can compare. */
export type ProviderErrorCode =
  | "auth" // 401, 403: the key is missing, wrong or not allowed
  | "not_found" // 404: no such model or endpoint
  | "bad_request" // any other 4xx: the request will not get better by itself
  | "rate_limited" // 429, after all retries
  | "server" // 5xx, after all retries
  | "network" // no connection, or it broke
  | "timeout" // no answer in time
  | "cut_off" // the stream ended before its end
  | "malformed" // an answer that is not what the dialect says
  | "too_large" // an answer above the size limit
  | "cancelled" // by the caller
  | "unavailable"; // a provider that is not configured or switched off

export class ProviderError extends BridgeFailure {
  override readonly name = "ProviderError";
  declare readonly code: ProviderErrorCode;

  constructor(
    code: ProviderErrorCode,
    message: string,
    /** The HTTP status, where there was one. */
    readonly status?: number,
    /** Milliseconds the server asked to wait. */
    readonly retryAfter?: number,
  ) {
    super(code, message, { details: { ...(status === undefined ? {} : { status }), ...(retryAfter === undefined ? {} : { retry_after: retryAfter / 1000 }) } });
  }
}
