---@meta perilune.provider

---@class ProviderOptions
---@field name string Its name in this context.
---@field type? "openai"|"anthropic"|"gemini"|"ollama"|"cohere"|"local" One of `provider.Type`: the host's provider of that type, or LOCAL for an offline one with rules.
---@field provider? string The name of a host's provider, instead of `type`.
---@field model? string The model for requests that name none.
---@field temperature? number How freely the model chooses its words.
---@field max_tokens? integer Longest answer, in tokens.
---@field rules? any[] LOCAL: what it answers. See the notes below.
---@field delay? integer LOCAL: milliseconds before each answer.

---@class ProviderChanges
---@field model? string The model for requests that name none.
---@field temperature? number How freely the model chooses its words.
---@field max_tokens? integer Longest answer, in tokens.
---@field active? boolean false: calls fail until it is true again.

---@class ChatOptions
---@field model? string The model for requests that name none.
---@field temperature? number How freely the model chooses its words.
---@field max_tokens? integer Longest answer, in tokens.
---@field tools? any[] Functions the model may ask for, each with `name`, `description` and `parameters` (a JSON schema). They are not run: see the agent bridge.
---@field response_schema? table<string, any> A JSON schema that the answer has to keep to.
---@field stop? any[] Texts that end the answer.

---Tokens as the provider counts them.
---@class Usage
---@field prompt_tokens integer Tokens of what was sent.
---@field completion_tokens integer Tokens of the answers.
---@field total_tokens integer Both together.

---A message of a conversation.
---@class Message
---@field role string "system", "user", "assistant" or "tool".
---@field content string The text.
---@field tool_calls table[]? Of an assistant: the calls it asks for, each with `id`, `name` and `arguments`.
---@field tool_call_id string? Of a tool: the call that it answers.
---@field name string? Of a tool: its name.

---An answer of a model.
---@class ChatResponse
---@field content string The text.
---@field tool_calls table[] Calls that the model asks for, each with `id`, `name` and `arguments`.
---@field usage Usage What it used.
---@field finish_reason string "stop", "length", "tool_calls" or "content_filter".
---@field model string The model that answered.

---A source of models' answers.
---@class Provider
---@field id string Its id, which functions accept in its place.
---@field name string Its name.
---@field type string One of `provider.Type`.
---@field status string One of `provider.Status`.
---@field model string? The model for requests that name none.
---@field usage Usage Tokens used through it in this context.
---@field offline boolean Whether it answers without a network.
local Provider = {}

---Forgets a provider that a script made. Those of the host stay: trying is an error.
---@return boolean # Whether it was there.
function Provider:destroy() end

---Changes a provider's defaults for this context, or switches it off and on.
---@param changes ProviderChanges What changes.
function Provider:configure(changes) end

---Sends messages to a model and waits for its answer.
---@async
---@param messages any A text, a message or a list of messages.
---@param options? ChatOptions How to answer.
---@return ChatResponse # The answer.
function Provider:chat(messages, options) end

---As `chat`, with each piece of text as it arrives. The next piece waits until the function is done.
---@async
---@param messages any A text, a message or a list of messages.
---@param callback function Called with each piece of text.
---@param options? ChatOptions How to answer.
---@return ChatResponse # The whole answer.
function Provider:stream(messages, callback, options) end

---The models that a provider has for scripts.
---@async
---@return table[] # Models, each with `id` and `name`.
function Provider:get_models() end

---Models to talk to. Which there are, where they are and with which keys is the host's business: a script names them. Without any configuration every name stands for the offline provider.
---@class perilune.provider
---@field Type { OPENAI: "openai", ANTHROPIC: "anthropic", GEMINI: "gemini", OLLAMA: "ollama", COHERE: "cohere", LOCAL: "local" }
---@field Status { ACTIVE: "active", INACTIVE: "inactive", INITIALIZING: "initializing", ERROR: "error" }
local provider = {}

---Gives a provider of the host a second name with defaults of its own, or makes an offline one.
---@param options ProviderOptions What it is.
---@return provider # The provider.
function provider.create(options) end

---Forgets a provider that a script made. Those of the host stay: trying is an error.
---@param provider Provider|string The provider or its name.
---@return boolean # Whether it was there.
function provider.destroy(provider) end

---Changes a provider's defaults for this context, or switches it off and on.
---@param provider Provider|string The provider or its name.
---@param changes ProviderChanges What changes.
function provider.configure(provider, changes) end

---The provider of that name, or the host's default one.
---@param name? string A name or a type.
---@return provider # The provider.
function provider.get(name) end

---All providers of this context.
---@return provider[] # The providers.
function provider.list() end

---Sends messages to a model and waits for its answer.
---@async
---@param provider Provider|string The provider or its name.
---@param messages any A text, a message or a list of messages.
---@param options? ChatOptions How to answer.
---@return ChatResponse # The answer.
function provider.chat(provider, messages, options) end

---As `chat`, with each piece of text as it arrives. The next piece waits until the function is done.
---@async
---@param provider Provider|string The provider or its name.
---@param messages any A text, a message or a list of messages.
---@param callback function Called with each piece of text.
---@param options? ChatOptions How to answer.
---@return ChatResponse # The whole answer.
function provider.stream(provider, messages, callback, options) end

---The models that a provider has for scripts.
---@async
---@param provider Provider|string The provider or its name.
---@return table[] # Models, each with `id` and `name`.
function provider.get_models(provider) end

return provider
