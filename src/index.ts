// perilune: Lua 5.4 in TypeScript. The public API and nothing else.
import { vmCompiler } from "./compiler/vm-compiler.js";
import { EmittingTier } from "./jit/tier.js";
import { openLibraries, STANDARD_LIBRARIES } from "./stdlib/libraries.js";
import { type Host } from "./vm/host.js";
import type { LibrarySpec } from "./vm/library.js";
import { LuaState } from "./vm/state.js";

export { fromHostText, toHostText } from "./base/bytes.js";
export { disassemble } from "./bytecode/disassemble.js";
export { dump } from "./bytecode/dump.js";
export { BadChunk, undump } from "./bytecode/undump.js";
export { verify } from "./bytecode/verify.js";
export { compile } from "./compiler/compile.js";
export { type LuaContext, type ResultOf, type ViewOf } from "./engine/context.js";
export { type Converter } from "./engine/conversion.js";
export { type DeterminismOptions } from "./engine/deterministic-host.js";
export type {
  ContextOptions, ContextState, EngineFeatures, EngineInfo, ExecuteOptions, HostModule, LoadOptions, RunOptions, Script, ScriptContext,
  ScriptFunction, ScriptingEngine, Source,
} from "./engine/engine.js";
export { engines } from "./engine/engines.js";
export {
  SCRIPT_ERROR_CODES, ScriptError, type ScriptErrorCode, type ScriptErrorDetails, type ScriptLocation, type SerializedScriptError,
} from "./engine/errors.js";
export { requirePermission } from "./engine/guard.js";
export { Handle } from "./engine/handle.js";
export { type HostCall, type HostFunctionSpec, HostRaise, multi } from "./engine/host-function.js";
export { ByReference, byReference, type ExposeOptions, exposing, type HostMethod, type HostProperty, HostType, type HostTypeSpec } from "./engine/host-object.js";
export { refreshModule, refreshModules } from "./engine/hot-reload.js";
export { type LimitSettings, type Remaining } from "./engine/limits.js";
export { LUA_ENGINE_INFO, type LuaContextOptions, LuaEngine, type LuaEngineOptions } from "./engine/lua-engine.js";
export { type LuaScript } from "./engine/lua-script.js";
export { ModuleDirectory, ModuleFinder, VirtualFiles } from "./engine/module-sources.js";
export { type HostModuleLoader, type HostModuleOptions, ModuleRegistry, type ModuleSource, type ModuleText, type NotFound } from "./engine/modules.js";
export { type Nameable, type Names } from "./engine/names.js";
export { type Parameter, type ParameterType } from "./engine/parameters.js";
export { type Grant, type LibraryGrant, type Permissions, PermissionDenied, Policy, type PolicyChanges, type PolicyData, PolicyError, policies } from "./engine/policy.js";
export { type AcquireOptions, type PoolOptions, type PoolStatistics, StatePool } from "./engine/pool.js";
export { EngineRegistry } from "./engine/registry.js";
export { type Runtime } from "./engine/runtime.js";
export { createSandboxedState, type SandboxOptions } from "./engine/sandbox.js";
export { Scheduler, type SchedulerOptions } from "./engine/scheduler.js";
export { type ConversionOptions, type LuaCallable, type PlainObject, type PlainValue, type ScriptArray, type ScriptTable, type ScriptValue } from "./engine/script-value.js";
export { type ContextStatistics } from "./engine/statistics.js";
export { type SpawnOptions, type Task, type TaskStatus } from "./engine/task.js";
export { LuaSyntaxError } from "./lexer/syntax-error.js";
export { LuaFloat, type LuaInteger, type LuaNumber } from "./number/float.js";
export { openLibraries, STANDARD_LIBRARIES } from "./stdlib/libraries.js";
export { type NativeImplementation, LuaClosure, NativeFunction } from "./vm/function.js";
export { type Host, type HostFile, type HostFiles, HostError, type HostProcess, plainHost } from "./vm/host.js";
export { type LibrarySpec, openLibrary } from "./vm/library.js";
export { LuaError, LuaLimitError, LuaState } from "./vm/state.js";
export { LuaTable } from "./vm/table.js";
export { Thread } from "./vm/thread.js";
export { Userdata } from "./vm/userdata.js";
export { type LuaValue, typeName } from "./vm/value.js";

/** What a state may use; each limit is off unless given. */
export interface Limits {
  /** VM instructions plus the documented price of native work (COST in vm/meter.ts). */
  readonly instructions?: number;
  /** Live bytes by the documented sizes (SIZE in vm/accounting.ts). */
  readonly memory?: number;
  /** Milliseconds from now. */
  readonly time?: number;
}

export interface CreateOptions {
  /** Output, clock, files. Without it output is dropped and io and os refuse. */
  readonly host?: Host;
  /** The whole standard library unless given. */
  readonly libraries?: readonly LibrarySpec[];
  readonly limits?: Limits;
  /**
   * The tier that turns hot bytecode into JavaScript: "auto" (unless given) uses it where code generation is allowed, "off"
   * never, "always" compiles every function when it is loaded. Everything observable is the same.
   */
  readonly jit?: "auto" | "off" | "always";
}

/** A fresh Lua state with libraries, ready for `state.load` and `state.call`. */
export function createState(options: CreateOptions = {}): LuaState {
  const { host, libraries = STANDARD_LIBRARIES, limits = {}, jit = "auto" } = options;
  const state = new LuaState({ compiler: vmCompiler, ...(host === undefined ? {} : { host }) });
  if (jit !== "off") state.tier = new EmittingTier(jit);
  openLibraries(state, libraries);
  setLimits(state, limits);
  return state;
}

/** Puts limits on what the state does from now on. Throws RangeError for a limit that is not a positive number. */
export function setLimits(state: LuaState, limits: Limits): void {
  for (const [name, value] of Object.entries(limits)) {
    if (typeof value !== "number" || !(value > 0)) throw new RangeError(`limit '${name}' must be a positive number, got ${String(value)}`);
  }
  if (limits.instructions !== undefined) state.meter.setLimit(state.meter.used + limits.instructions);
  if (limits.memory !== undefined) state.memory.setLimit(limits.memory);
  if (limits.time !== undefined) state.meter.setDeadline(state.host.now() + limits.time);
}
