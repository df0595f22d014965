// The provider bridge: models to talk to, without a tool loop. Addresses and keys are the host's and never pass through here.
import { ACCOUNT, PROVIDERS } from "./agent-parts.js";
import { budgetOf, callScript } from "./callbacks.js";
import { CHAT_DEFAULTS, CHAT_OPTIONS, type ChatDefaultFields, type ChatFields, defaultsIn, requestIn } from "./chat-request.js";
import type { BridgeCall, Callback } from "./context.js";
import { defineBridge } from "./define.js";
import { defineHandle } from "./handles.js";
import { MESSAGE_TYPE, USAGE_TYPE, responseOut, usageOut } from "./messages.js";
import { options } from "./options.js";
import { Budget } from "./services/budget.js";
import { BridgeFailure } from "./services/failure.js";
import { isObject, record } from "./services/json-value.js";
import type { ChatRequest, ChatResponse } from "./services/providers/chat.js";
import { type LocalRule, type LocalTurn, estimateMessageTokens } from "./services/providers/local.js";
import type { ProviderEntry } from "./services/providers/provider-service.js";
import type { Stop } from "./services/stop.js";

export const PROVIDER = defineHandle<ProviderEntry>({
  name: "provider",
  doc: "A source of models' answers.",
  id: ({ name }) => name,
  find: (context, name) => context.get(PROVIDERS).find(name),
  properties: {
    name: { type: "string", doc: "Its name.", get: ({ name }) => name },
    type: { type: "string", doc: "One of `provider.Type`.", get: ({ type }) => type },
    status: { type: "string", doc: "One of `provider.Status`.", get: ({ status }) => status },
    model: { type: "string?", doc: "The model for requests that name none.", get: ({ defaults }) => defaults.model },
    usage: { type: "Usage", doc: "Tokens used through it in this context.", get: ({ usage }) => usageOut(usage) },
    offline: { type: "boolean", doc: "Whether it answers without a network.", get: ({ type }) => type === "local" },
  },
});

const CREATE = options("ProviderOptions", {
  name: { type: "string", doc: "Its name in this context.", required: true },
  type: { type: "string", doc: "One of `provider.Type`: the host's provider of that type, or LOCAL for an offline one with rules.", default: "local", oneOf: ["openai", "anthropic", "gemini", "ollama", "cohere", "local"] },
  provider: { type: "string", doc: "The name of a host's provider, instead of `type`." },
  ...CHAT_DEFAULTS,
  rules: { type: "array", doc: "LOCAL: what it answers. See the notes below." },
  delay: { type: "integer", doc: "LOCAL: milliseconds before each answer.", min: 0, max: 60_000 },
});

const CONFIGURE = options("ProviderChanges", { ...CHAT_DEFAULTS, active: { type: "boolean", doc: "false: calls fail until it is true again." } });

/** `{ match=, reply=, tool_calls=, after_tools= }` or `{ match=, turns={…} }`. */
function ruleIn(value: unknown, i: number): LocalRule {
  const wrong = (what: string): never => {
    throw new BridgeFailure("invalid", `rule ${i + 1}: ${what}`);
  };
  if (!isObject(value)) return wrong("is no table");
  const { match = "", turns, after_tools: afterTools } = value;
  if (typeof match !== "string") return wrong("'match' must be a text");
  if (Array.isArray(turns)) return { match, turns: turns.map((turn) => turnIn(turn, wrong)) };
  const first = turnIn(value, wrong);
  if (first.toolCalls === undefined) return { match, turns: [first] };
  return { match, turns: [{ toolCalls: first.toolCalls }, { reply: typeof afterTools === "string" ? afterTools : first.reply ?? "{results}" }] };
}

function turnIn(value: unknown, wrong: (what: string) => never): LocalTurn {
  if (typeof value === "string") return { reply: value };
  if (!isObject(value)) return wrong("a turn is a text or a table");
  const { reply, tool_calls: calls } = value;
  if (reply !== undefined && typeof reply !== "string") return wrong("'reply' must be a text");
  const toolCalls = Array.isArray(calls) ? calls.map((call) => {
    const { name, arguments: args = {} } = isObject(call) ? call : {};
    return typeof name === "string" && isObject(args) ? { name, arguments: args } : wrong("a tool call needs 'name', and 'arguments' that are a table");
  }) : undefined;
  return { ...(reply === undefined ? {} : { reply }), ...(toolCalls === undefined ? {} : { toolCalls }) };
}

/** A call of the model, charged to the context and to what the script runs under. */
async function charged(call: BridgeCall, entry: ProviderEntry, request: Pick<ChatRequest, "messages"> & Partial<ChatRequest>, send: (request: Partial<ChatRequest>, options: Stop) => Promise<ChatResponse>): Promise<ChatResponse> {
  const budget = new Budget([call.get(ACCOUNT)]).merge(budgetOf(call.task));
  return budget.timed([call.task ?? undefined], async ({ stop }) => {
    budget.take("modelCalls");
    const prompt = request.messages.reduce((sum, message) => sum + estimateMessageTokens(message), 0);
    budget.reservePrompt(prompt);
    try {
      const most = budget.answerTokens(prompt);
      const response = await send(most < (request.maxTokens ?? entry.defaults.maxTokens ?? Infinity) ? { ...request, maxTokens: most } : request, stop);
      budget.spend(response.usage.totalTokens, call.get(PROVIDERS).cost(entry.name, response.model, response.usage));
      return response;
    } finally {
      budget.releasePrompt(prompt);
    }
  });
}

export const providerBridge = defineBridge({
  name: "provider",
  doc: "Models to talk to. Which there are, where they are and with which keys is the host's business: a script names them. Without any configuration every name stands for the offline provider.",
  handles: [PROVIDER],
  events: {
    "provider.called": "`name`, `model`, `messages` (how many)", "provider.completed": "`name`, `model`, `usage`, `finish_reason`", "provider.failed": "`name`, `model`, `message`",
  },
  types: {
    Usage: USAGE_TYPE,
    Message: MESSAGE_TYPE,
    ChatResponse: {
      doc: "An answer of a model.",
      fields: {
        content: { type: "string", doc: "The text." },
        tool_calls: { type: "table[]", doc: "Calls that the model asks for, each with `id`, `name` and `arguments`." },
        usage: { type: "Usage", doc: "What it used." },
        finish_reason: { type: "string", doc: "\"stop\", \"length\", \"tool_calls\" or \"content_filter\"." },
        model: { type: "string", doc: "The model that answered." },
      },
    },
  },
  constants: {
    Type: { OPENAI: "openai", ANTHROPIC: "anthropic", GEMINI: "gemini", OLLAMA: "ollama", COHERE: "cohere", LOCAL: "local" },
    Status: { ACTIVE: "active", INACTIVE: "inactive", INITIALIZING: "initializing", ERROR: "error" },
  },
  notes: `A rule of an offline provider is used when its \`match\` is found in the last message of the user, in upper or lower case; \`*\` stands
for anything. It has a \`reply\`, or \`tool_calls\` and what to say \`after_tools\`, or a list of \`turns\`. Texts may hold \`{1}\`, \`{2}\` (what the
stars stood for), \`{input}\`, \`{result}\` and \`{results}\` (of tools). The same question always has the same answer and the same count of tokens.

A failed call raises a table with \`code\`: "auth", "not_found", "bad_request", "rate_limited" (with \`retry_after\` in seconds), "server", "network",
"timeout", "cut_off", "malformed", "too_large", "cancelled" or "unavailable". Calls that may work the next time have been tried again before that.`,
  functions: {
    create: {
      doc: "Gives a provider of the host a second name with defaults of its own, or makes an offline one.",
      params: [{ name: "options", type: CREATE, doc: "What it is." }],
      returns: [{ type: "provider", doc: "The provider." }],
      example: `local p = provider.create{ name = "echo", type = provider.Type.LOCAL, rules = { { match = "say *", reply = "{1}!" } } }`,
      run: (call: BridgeCall, fields: { name: string; type: string; provider?: string; rules?: unknown[]; delay?: number } & ChatDefaultFields) => {
        const providers = call.get(PROVIDERS);
        const entry = fields.type === "local" && fields.provider === undefined
          ? providers.createLocal(fields.name, (fields.rules ?? []).map(ruleIn), defaultsIn(fields), fields.delay)
          : providers.createAlias(fields.name, fields.provider ?? fields.type, defaultsIn(fields));
        return PROVIDER.of(entry);
      },
    },
    destroy: {
      doc: "Forgets a provider that a script made. Those of the host stay: trying is an error.",
      params: [{ name: "provider", type: PROVIDER, doc: "The provider or its name." }],
      returns: [{ type: "boolean", doc: "Whether it was there." }],
      run: (call: BridgeCall, entry: ProviderEntry) => call.get(PROVIDERS).remove(entry.name),
    },
    configure: {
      doc: "Changes a provider's defaults for this context, or switches it off and on.",
      params: [{ name: "provider", type: PROVIDER, doc: "The provider or its name." }, { name: "changes", type: CONFIGURE, doc: "What changes." }],
      run: (call: BridgeCall, entry: ProviderEntry, changes: ChatDefaultFields & { active?: boolean }) => {
        call.get(PROVIDERS).configure(entry.name, { defaults: defaultsIn(changes), ...(changes.active === undefined ? {} : { active: changes.active }) });
      },
    },
    get: {
      doc: "The provider of that name, or the host's default one.",
      params: [{ name: "name", type: "string", doc: "A name or a type.", optional: true }],
      returns: [{ type: "provider", doc: "The provider." }],
      run: (call: BridgeCall, name: string | undefined) => PROVIDER.of(call.get(PROVIDERS).get(name)),
    },
    list: {
      doc: "All providers of this context.",
      params: [],
      returns: [{ type: "provider[]", doc: "The providers." }],
      run: (call: BridgeCall) => call.get(PROVIDERS).list().map((entry) => PROVIDER.of(entry)),
    },
    chat: {
      doc: "Sends messages to a model and waits for its answer.",
      waits: true,
      params: [
        { name: "provider", type: PROVIDER, doc: "The provider or its name." },
        { name: "messages", type: "any", doc: "A text, a message or a list of messages." },
        { name: "options", type: CHAT_OPTIONS, doc: "How to answer.", optional: true },
      ],
      returns: [{ type: "ChatResponse", doc: "The answer." }],
      example: `local answer = provider.chat("openai", "Hello!", { model = "gpt-4" })\nprint(answer.content)`,
      run: async (call: BridgeCall, entry: ProviderEntry, messages: unknown, fields: ChatFields = {}) => {
        const request = requestIn(messages, fields);
        return responseOut(await charged(call, entry, request, (limited, stop) => call.get(PROVIDERS).chat(entry.name, limited, stop)));
      },
    },
    stream: {
      doc: "As `chat`, with each piece of text as it arrives. The next piece waits until the function is done.",
      waits: true,
      params: [
        { name: "provider", type: PROVIDER, doc: "The provider or its name." },
        { name: "messages", type: "any", doc: "A text, a message or a list of messages." },
        { name: "callback", type: "function", doc: "Called with each piece of text." },
        { name: "options", type: CHAT_OPTIONS, doc: "How to answer.", optional: true },
      ],
      returns: [{ type: "ChatResponse", doc: "The whole answer." }],
      run: async (call: BridgeCall, entry: ProviderEntry, messages: unknown, callback: Callback, fields: ChatFields = {}) => {
        const request = requestIn(messages, fields);
        const onText = async (text: string): Promise<void> => { await callScript(call.context, callback, [text], { owner: call.task, name: "on text" }); };
        return responseOut(await charged(call, entry, request, (limited, stop) => call.get(PROVIDERS).stream(entry.name, limited, onText, stop)));
      },
    },
    get_models: {
      doc: "The models that a provider has for scripts.",
      waits: true,
      params: [{ name: "provider", type: PROVIDER, doc: "The provider or its name." }],
      returns: [{ type: "table[]", doc: "Models, each with `id` and `name`." }],
      run: async (call: BridgeCall, entry: ProviderEntry) => {
        const models = await call.get(PROVIDERS).models(entry.name, { signal: call.signal });
        return models.map(({ id, name }) => record([["id", id], ["name", name]]));
      },
    },
  },
});
