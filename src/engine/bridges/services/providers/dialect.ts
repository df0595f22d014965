// A dialect: how one family of servers writes chat requests and answers. Pure data in, pure data out; HTTP is elsewhere.
import type { ChatRequest, ChatResponse, ModelInfo, ProviderType } from "./chat.js";
import type { StreamEvent } from "./stream-events.js";

/** Collects the events of one stream. */
export interface StreamCollector {
  /** Takes an event and answers the text it brought, "" if none. */
  push(event: StreamEvent): string;
  /** The whole answer. Only called once `ended` is true. */
  finish(): ChatResponse;
  /** Whether the event that ends a stream has come: without it the stream was cut off. */
  readonly ended: boolean;
}

export interface Dialect {
  readonly type: ProviderType;
  /** Where the service is, unless the host says otherwise. No slash at the end. */
  readonly baseUrl: string;
  /** How a streamed answer is framed. */
  readonly framing: "sse" | "ndjson";
  /** Headers that carry the key. */
  authorize(key: string): Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  chatPath(request: ChatRequest, streaming: boolean): string;
  chatBody(request: ChatRequest, streaming: boolean): Readonly<Record<string, unknown>>;
  /** Throws ProviderError "malformed". */
  parseChat(answer: unknown): ChatResponse;
  collector(): StreamCollector;
  readonly modelsPath: string;
  parseModels(answer: unknown): readonly ModelInfo[];
}
