// What scripts say about one call of a model, and what hooks see of those that agents make.
import { LuaTable } from "../../vm/table.js";
import { fromPlain } from "../conversion.js";
import type { BridgeContext } from "./context.js";
import { messageOut, messagesIn, responseIn, responseOut } from "./messages.js";
import { options } from "./options.js";
import type { ModelCall, SendToModel } from "./services/agent-loop.js";
import { BridgeFailure, messageOf } from "./services/failure.js";
import { isObject, record } from "./services/json-value.js";
import type { ChatMessage, ChatRequest, ChatResponse, JsonSchema, ToolDefinition } from "./services/providers/chat.js";
import type { ProviderDefaults } from "./services/providers/provider-service.js";
import type { Task } from "../task.js";

export const CHAT_DEFAULTS = {
  model: { type: "string", doc: "The model for requests that name none." },
  temperature: { type: "number", doc: "How freely the model chooses its words.", min: 0, max: 2 },
  max_tokens: { type: "integer", doc: "Longest answer, in tokens.", min: 1 },
} as const;

export const CHAT_OPTIONS = options("ChatOptions", {
  ...CHAT_DEFAULTS,
  tools: { type: "array", doc: "Functions the model may ask for, each with `name`, `description` and `parameters` (a JSON schema). They are not run: see the agent bridge." },
  response_schema: { type: "object", doc: "A JSON schema that the answer has to keep to." },
  stop: { type: "array", doc: "Texts that end the answer." },
});

export interface ChatDefaultFields {
  readonly model?: string;
  readonly temperature?: number;
  readonly max_tokens?: number;
}

export interface ChatFields extends ChatDefaultFields {
  readonly tools?: readonly unknown[];
  readonly response_schema?: JsonSchema;
  readonly stop?: readonly string[];
}

export type PartialRequest = Partial<ChatRequest> & { readonly messages: readonly ChatMessage[] };

export function defaultsIn({ model, temperature, max_tokens: maxTokens }: ChatDefaultFields): ProviderDefaults {
  return { ...(model === undefined ? {} : { model }), ...(temperature === undefined ? {} : { temperature }), ...(maxTokens === undefined ? {} : { maxTokens }) };
}

/** Throws BridgeFailure "invalid". */
export function requestIn(messages: unknown, fields: ChatFields): PartialRequest {
  const { tools, response_schema: responseSchema, stop } = fields;
  return {
    ...defaultsIn(fields),
    messages: messagesIn(messages),
    ...(tools === undefined ? {} : { tools: tools.map(toolIn) }),
    ...(responseSchema === undefined ? {} : { responseSchema }),
    ...(stop === undefined ? {} : { stop }),
  };
}

function toolIn(value: unknown): ToolDefinition {
  const { name, description = "", parameters = { type: "object", properties: {} } } = isObject(value) ? value : {};
  if (typeof name !== "string" || typeof description !== "string" || !isObject(parameters)) throw new BridgeFailure("invalid", "a tool needs 'name', and 'parameters' that are a schema");
  return { name, description, parameters };
}

function fieldsOut({ model, temperature, maxTokens, tools, responseSchema, stop }: PartialRequest): Record<string, unknown> {
  const fields = { model, temperature, max_tokens: maxTokens, tools, response_schema: responseSchema, stop };
  return record<unknown>(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** For hooks an agent's call of a model is a call of `provider.chat` or `provider.stream`, as one that a script makes: they see it, change it, answer it. */
export function hookedChat(context: BridgeContext, call: ModelCall): Promise<ChatResponse> {
  const { provider, request, onText, send } = call;
  const name = onText === undefined ? "provider.chat" : "provider.stream";
  const owner = (call.owner ?? null) as Task | null;
  const isHooked = context.hooks.isHooked(name) && !context.isInsideHook(owner);
  return isHooked ? withHooks(context, name, call, owner) : send(provider, request, onText);
}

async function withHooks(context: BridgeContext, name: string, { provider, request, onText, send }: ModelCall, owner: Task | null): Promise<ChatResponse> {
  const args = [provider, request.messages.map(messageOut), ...(onText === undefined ? [] : [onText]), fieldsOut(request)];
  let made: { readonly response: ChatResponse; readonly shown: unknown } | undefined;
  const result = await context.hooks.run(name, args, async (changed) => {
    const response = await (changed.every((arg, i) => arg === args[i]) ? send(provider, request, onText) : sendChanged(context, changed, onText, send));
    made = { response, shown: responseOut(response) };
    return made.shown;
  }, owner);
  return made !== undefined && result === made.shown ? made.response : responseIn(result);
}

/** Arguments that a hook changed are checked as those of a script are. */
function sendChanged(context: BridgeContext, changed: readonly unknown[], onText: ModelCall["onText"], send: SendToModel): Promise<ChatResponse> {
  const [provider, messages, third, fourth] = changed;
  const given = onText === undefined ? third : fourth;
  if (typeof provider !== "string") throw new BridgeFailure("invalid", "a hook gave something else than the name of a provider");
  const request = requestIn(messages, given === undefined ? {} : checkedFields(context, given));
  return send(provider, { ...request, model: request.model ?? "default" }, onText === undefined ? undefined : (third as ModelCall["onText"]));
}

function checkedFields({ runtime }: BridgeContext, value: unknown): ChatFields {
  const table = fromPlain(runtime, value);
  if (!(table instanceof LuaTable)) throw new BridgeFailure("invalid", "a hook gave options that are no table");
  try {
    return CHAT_OPTIONS.read(runtime, table) as ChatFields;
  } catch (error) {
    throw new BridgeFailure("invalid", `a hook gave wrong options: ${messageOf(error)}`);
  }
}
