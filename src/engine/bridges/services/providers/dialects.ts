// The dialects by name.
import { anthropic } from "./anthropic.js";
import type { ProviderType } from "./chat.js";
import { cohere } from "./cohere.js";
import type { Dialect } from "./dialect.js";
import { gemini } from "./gemini.js";
import { ollama } from "./ollama.js";
import { openai } from "./openai.js";

export type HttpProviderType = Exclude<ProviderType, "local">;

export const DIALECTS: Readonly<Record<HttpProviderType, Dialect>> = { openai, anthropic, gemini, ollama, cohere };
