// LuaEngine: Lua 5.4 behind the engine-neutral interface.
import type { Host } from "../vm/host.js";
import { asyncLibrary } from "./async-library.js";
import { ChunkCache } from "./chunk-cache.js";
import { ContextHost } from "./context-host.js";
import { LuaContext } from "./context.js";
import { converterOf } from "./conversion.js";
import type { DeterminismOptions } from "./deterministic-host.js";
import type { ContextOptions, EngineInfo, ScriptingEngine } from "./engine.js";
import { ScriptError, toScriptError } from "./errors.js";
import { DISPOSE } from "./handle.js";
import { limitsLibrary } from "./limits-library.js";
import { type LimitSettings, checkLimits, withDefaults } from "./limits.js";
import { addModuleGlobals } from "./module-globals.js";
import { ModuleRegistry } from "./modules.js";
import { Names } from "./names.js";
import { Policy, policies } from "./policy.js";
import { type PoolStatistics, StatePool } from "./pool.js";
import { REQUIRE } from "./require.js";
import { Runtime } from "./runtime.js";
import { NOWHERE } from "./sandbox.js";
import type { Scheduler } from "./scheduler.js";
import type { World } from "./world.js";

/** This package's version. */
export const VERSION = "0.1.0";

export const LUA_ENGINE_INFO: EngineInfo = {
  name: "lua",
  version: VERSION,
  language: "Lua 5.4",
  extensions: [".lua", ".luac"],
  features: { async: true, coroutines: true, debugging: false, profiling: true, sandboxing: true, hotReload: true },
};

/** What a Lua context may be told beside what every engine knows. */
export interface LuaContextOptions extends ContextOptions {
  /** What scripts may use: one of the three levels by name, or a policy. "restricted" unless given. */
  readonly policy?: keyof typeof policies | Policy;
  /** Where what the policy permits comes from: clock, files, processes. A clock and nothing else unless given. */
  readonly host?: Host;
  /** Modules for `require`, instead of the engine's. */
  readonly modules?: ModuleRegistry;
  /** Makes all that a script can see follow from these options and its input: the same output and count anywhere. */
  readonly deterministic?: DeterminismOptions | boolean;
  /** Told of the error of a task (`async`) that nobody awaited. Unless given, it is told on the error output. */
  readonly onUnhandled?: (error: ScriptError) => void;
}

/** Defaults for the engine's contexts. */
export interface LuaEngineOptions {
  /** Limits of each context that does not give its own. */
  readonly limits?: LimitSettings;
  readonly policy?: keyof typeof policies | Policy;
  readonly host?: Host;
  /** Modules for every context. */
  readonly modules?: ModuleRegistry;
  /** Shares the thread among contexts; the process's own unless given. */
  readonly scheduler?: Scheduler;
  /** See CreateOptions.jit. */
  readonly jit?: "auto" | "off" | "always";
  /** Fresh states kept ready for each policy in use. 16 unless given. */
  readonly poolSize?: number;
}

/** An engine for Lua. Contexts do not share anything that a script could change. */
export class LuaEngine implements ScriptingEngine {
  readonly info = LUA_ENGINE_INFO;
  /** Modules for every context of the engine. */
  readonly modules: ModuleRegistry;
  /** @internal */
  readonly chunks = new ChunkCache();
  private readonly alive = new Set<LuaContext>();
  private readonly states: StatePool;
  private isDisposed = false;
  private made = 0;

  /** @throws ScriptError "type" for limits or a policy that make no sense */
  constructor(private readonly options: LuaEngineOptions = {}) {
    if (options.limits !== undefined) checkLimits(options.limits);
    policyOf(options.policy);
    this.modules = new ModuleRegistry(options.modules);
    const { jit, poolSize } = options;
    this.states = checked(() => new StatePool({ libraries: LIBRARIES, jit, ...(poolSize === undefined ? {} : { size: poolSize }) }));
  }

  /** How the pool of fresh states does. */
  get pool(): PoolStatistics {
    return this.states.statistics;
  }

  get contexts(): number {
    return this.alive.size;
  }

  /**
   * A new context. The engine keeps it until it is disposed.
   * @throws ScriptError "type" for options that make no sense, "internal" once the engine is disposed
   */
  createContext(options: LuaContextOptions = {}): LuaContext {
    if (this.isDisposed) throw new ScriptError("internal", "the engine was disposed");
    const limits = withDefaults(options.limits, this.options.limits);
    checkLimits(limits);
    const world = checked(() => this.createWorld(options));
    const context = new LuaContext(this, options.name ?? `lua-${++this.made}`, world, options.signal);
    this.alive.add(context);
    try {
      if (Object.keys(limits).length > 0) world.state.budgets.limitState(limits);
      for (const [name, value] of Object.entries(options.globals ?? {})) context.setGlobal(name, value);
    } catch (error) {
      context.dispose();
      throw error;
    }
    return context;
  }

  dispose(): void {
    this.isDisposed = true;
    for (const context of [...this.alive]) context.dispose();
    this.states.dispose();
  }

  [DISPOSE](): void {
    this.dispose();
  }

  private createWorld(options: LuaContextOptions): World {
    const { output, errorOutput } = options;
    const policy = policyOf(options.policy ?? this.options.policy);
    const host = new ContextHost(options.host ?? this.options.host ?? NOWHERE, output, errorOutput);
    const modules = new ModuleRegistry(options.modules ?? this.modules);
    const state = this.states.acquire({ policy, host, modules, deterministic: options.deterministic });
    host.state = state;
    const names = new Names(state, LIBRARIES);
    const { onUnhandled = (error: ScriptError): void => host.report(`unhandled error in a task: ${error.message}`) } = options;
    const { scheduler } = this.options;
    const runtime = new Runtime(state, { ...(scheduler === undefined ? {} : { scheduler }), onUnhandled: (error) => onUnhandled(toScriptError(error)) });
    const require = policy.searchers === "modules" ? REQUIRE : state.globals.getStr("require");
    runtime.names = names;
    const converter = converterOf(runtime);
    converter.onDefined = (native) => names.assignHostFunction(native);
    if (policy.bridgeGlobals) addModuleGlobals(state, modules);
    return { state, runtime, converter, modules, names, require };
  }

  /** @internal A context is disposed. */
  forget(context: LuaContext, world: World, isIdle: boolean): void {
    this.alive.delete(context);
    if (isIdle) this.release(world);
  }

  /** @internal Nothing of a disposed context runs any more. */
  release(world: World): void {
    this.states.release(world.state);
    this.chunks.forget(world.state);
  }
}

/** What scripts of an engine have beside the standard library. */
const LIBRARIES = [limitsLibrary, asyncLibrary];

/** Does `action`; options that make no sense are errors of type. */
function checked<T>(action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof RangeError || error instanceof TypeError) throw new ScriptError("type", error.message, { cause: error });
    throw error;
  }
}

function policyOf(policy: keyof typeof policies | Policy = "restricted"): Policy {
  if (policy instanceof Policy) return policy;
  if (Object.hasOwn(policies, policy)) return policies[policy];
  throw new ScriptError("type", `no policy is called '${String(policy)}' (there are ${Object.keys(policies).join(", ")})`);
}
