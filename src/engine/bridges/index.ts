// "perilune/bridges": the bridges, and what hosts need to give services to them or to make bridges of their own.
export { ALL_BRIDGES, bridgesNamed } from "./all-bridges.js";
export { BridgeCall, BridgeContext, type Callback, type ContextPart, bridgeContextOf, closeBridgeContext, contextPart, openBridgeContext } from "./context.js";
export {
  Bridge, type BridgeConstant, type BridgeFunction, type BridgeParameter, type BridgeResult, type BridgeSpec, type BridgeType, type HandleKind,
  defineBridge,
} from "./define.js";
export { BridgeError } from "./failure-value.js";
export { type BridgeHandle, type BridgeHandleSpec, defineHandle } from "./handles.js";
export { globalizeBridges, preloadBridges, registerBridges } from "./install.js";
export { luaStubs } from "./luals-stubs.js";
export { type OptionField, type OptionsType, options } from "./options.js";
export { bridgeReference } from "./reference.js";
export type { BridgeServices } from "./services.js";
export { type ApprovalAnswer, type ApprovalRequest, ApprovalService } from "./services/approval.js";
export { type Amounts, BudgetExhausted, type BudgetLimits } from "./services/budget.js";
export { type BusEvent, EventBus, type Recording, type Subscription } from "./services/event-bus.js";
export { BridgeFailure } from "./services/failure.js";
export { FileStore } from "./services/file-store.js";
export { type Hook, type HookAnswer, type HookHandler, HookRegistry, type HookSpec, type HookedCall } from "./services/hooks.js";
export { type JsonValue } from "./services/json-value.js";
export { Memory, MemorySpace } from "./services/memory.js";
export {
  type CallOptions, type ChatMessage, type ChatRequest, type ChatResponse, type ModelInfo, type Provider, ProviderError, type ToolCall, type ToolDefinition,
  type Usage,
} from "./services/providers/chat.js";
export { DIALECTS } from "./services/providers/dialects.js";
export { HttpProvider, type HttpProviderOptions } from "./services/providers/http-provider.js";
export { LocalProvider, type LocalRule, type LocalTurn } from "./services/providers/local.js";
export { type Price, type ProviderConfig, type ProvidersOptions } from "./services/providers/provider-service.js";
export { SQLITE_DRIVERS, type SqliteDatabase, SqliteStore, openSqlite } from "./services/sqlite-store.js";
export { CompiledSchema, type JsonSchema, type SchemaError } from "./services/schema/json-schema.js";
export { ProcessStore, type Store } from "./services/store.js";
export { MAX_TEXT } from "./services/formats/text-limit.js";
export { type Tool, type ToolContext } from "./services/tools.js";
export { type Charge, type TextLimits, free } from "./services/work.js";
export { type SavedWorkflow } from "./services/workflow-types.js";
