// Context: one Lua state with its runtime, seen from the host. Every error that leaves it is a ScriptError.
import { bytesToString, fromHostText, toHostText } from "../base/bytes.js";
import { skipShebang } from "../base/shebang.js";
import { type LuaFunction, NativeFunction } from "../vm/function.js";
import { traceback } from "../vm/inspect.js";
import { LimitReached } from "../vm/limits.js";
import { COST } from "../vm/meter.js";
import type { LuaState } from "../vm/state.js";
import { LuaTable } from "../vm/table.js";
import { type LuaValue, isFunction } from "../vm/value.js";
import type { Converter } from "./conversion.js";
import type { ContextState, ExecuteOptions, HostModule, LoadOptions, RunOptions, Script, ScriptContext, ScriptFunction, Source } from "./engine.js";
import { ScriptError, toScriptError } from "./errors.js";
import { setValueAt, valueAt } from "./global-path.js";
import { DISPOSE } from "./handle.js";
import { LIMIT_NAMES, type LimitSettings, type Remaining, checkLimits } from "./limits.js";
import type { LuaEngine } from "./lua-engine.js";
import { LuaScript } from "./lua-script.js";
import type { ModuleRegistry } from "./modules.js";
import type { Names } from "./names.js";
import type { Runtime } from "./runtime.js";
import type { PlainValue, ScriptValue } from "./script-value.js";
import type { ContextStatistics } from "./statistics.js";
import type { Task } from "./task.js";
import { type World, callBudget, callWithin, namedValue, owned, resolveTarget, toLua, view } from "./world.js";

/** The view that options ask for. */
export type ViewOf<O> = O extends { readonly view: "tagged" } ? ScriptValue : PlainValue;
/** What a run with these options gives. */
export type ResultOf<O> = O extends { readonly all: true } ? ViewOf<O>[] : ViewOf<O>;

const DEFAULT_RUN: RunOptions = {};
const DEFAULT_NAME = "script";
const COLLECT = new NativeFunction("collect", (f) => {
  f.L.state.census.collect(f.L);
  return undefined;
});

/** A Lua context. Made by {@link LuaEngine.createContext}. */
export class LuaContext implements ScriptContext {
  lastError: ScriptError | undefined;
  private world: World | null;
  /** What the statistics said when the context was disposed. */
  private final: ContextStatistics | undefined;
  private isTerminated = false;
  private hasFailed = false;
  /** Synchronous runs in progress, one inside the other. */
  private depth = 0;
  /** Runs of either sort that are not over. */
  private active = 0;
  private activeSince = 0;
  private wallTime = 0;
  private errors = 0;
  private abandon: (() => void) | undefined;

  /** @internal */
  constructor(readonly engine: LuaEngine, readonly name: string, world: World, signal: AbortSignal | undefined) {
    this.world = world;
    if (signal === undefined) return;
    const terminate = (): void => this.terminate(signal.reason);
    if (signal.aborted) terminate();
    else {
      signal.addEventListener("abort", terminate, { once: true });
      this.abandon = () => signal.removeEventListener("abort", terminate);
    }
  }

  // ---- parts, for those who go deeper ---------------------------------------------------------------------------

  /** The Lua state. Throws ScriptError "cancelled" once disposed. */
  get luaState(): LuaState {
    return this.open().state;
  }

  /** Tasks and waiting. */
  get runtime(): Runtime {
    return this.open().runtime;
  }

  /** What crosses between Lua and host, and how. */
  get converter(): Converter {
    return this.open().converter;
  }

  /** Modules of this context, in front of the engine's. */
  get modules(): ModuleRegistry {
    return this.open().modules;
  }

  /** Names of functions, library tables and handles, which are the same in every context like this one. */
  get names(): Names {
    return this.open().names;
  }

  // ---- looking --------------------------------------------------------------------------------------------------

  get state(): ContextState {
    const { world } = this;
    if (this.isTerminated || world === null) return "terminated";
    if (this.depth > 0 || world.runtime.current !== null) return "executing";
    const { tasks } = world.runtime;
    if (tasks.size > 0) {
      for (const task of tasks) if (task.status === "ready") return "executing";
      return "suspended";
    }
    return this.hasFailed ? "error" : "ready";
  }

  get statistics(): ContextStatistics {
    const { world } = this;
    return world === null ? this.final! : this.measure(world);
  }

  get memoryUse(): number {
    return this.world === null ? 0 : this.world.state.memory.inUse;
  }

  remaining(): Remaining {
    const { budgets } = this.open().state;
    const left: { -readonly [K in keyof Remaining]: number } = {};
    for (const name of LIMIT_NAMES) {
      const amount = budgets.remaining(name);
      if (amount !== Infinity) left[name] = amount;
    }
    return left;
  }

  stackTrace(): string {
    const { world } = this;
    if (world === null) return "";
    if (this.depth > 0) return toHostText(traceback(world.state.current, undefined, 0));
    const stacks = [...world.runtime.tasks].filter(({ status }) => status !== "ending").map((task) => task.run.traceback());
    return stacks.length === 0 ? this.lastError?.luaTraceback ?? "" : toHostText(stacks.join("\n"));
  }

  // ---- loading and running --------------------------------------------------------------------------------------

  load(source: Source, { chunkName = DEFAULT_NAME }: LoadOptions = {}): LuaScript {
    const world = this.usable();
    try {
      return new LuaScript(world.state, this.compile(world, source, chunkName), chunkName);
    } catch (error) {
      throw this.scriptError(world, error);
    }
  }

  loadFile(path: string): LuaScript {
    const world = this.usable();
    try {
      const file = world.state.host.files?.open(fromHostText(path), "rb");
      if (file === undefined) throw new ScriptError("permission", `cannot open '${path}': this context has no files`);
      let text = "";
      try {
        for (let piece = file.read(1 << 16); piece !== ""; piece = file.read(1 << 16)) {
          text += piece;
          world.state.memory.require(text.length);
        }
      } finally {
        file.close();
      }
      return new LuaScript(world.state, this.compileBytes(world, skipShebang(text), `@${fromHostText(path)}`), path);
    } catch (error) {
      if (error instanceof Error && error.name === "HostError") throw new ScriptError("runtime", `cannot open '${path}': ${error.message}`, { cause: error });
      throw this.scriptError(world, error);
    }
  }

  /** Runs a script; resolves to its first result, or to all of them. Rejects with {@link ScriptError}. */
  execute<O extends ExecuteOptions>(source: Source | Script, options?: O): Promise<ResultOf<O>> {
    const { args = [], chunkName = DEFAULT_NAME }: ExecuteOptions = options ?? DEFAULT_RUN;
    return this.run((world) => this.functionOf(world, source, chunkName), args, options ?? DEFAULT_RUN) as Promise<ResultOf<O>>;
  }

  /** Runs a script at once. Throws {@link ScriptError}, also when it would have to wait. */
  executeSync<O extends ExecuteOptions>(source: Source | Script, options?: O): ResultOf<O> {
    const { args = [], chunkName = DEFAULT_NAME }: ExecuteOptions = options ?? DEFAULT_RUN;
    return this.runSync((world) => this.functionOf(world, source, chunkName), args, options ?? DEFAULT_RUN) as ResultOf<O>;
  }

  call<O extends RunOptions>(target: string | ScriptFunction, args: readonly unknown[] = [], options?: O): Promise<ResultOf<O>> {
    return this.run((world) => resolveTarget(world, target), args, options ?? DEFAULT_RUN) as Promise<ResultOf<O>>;
  }

  callSync<O extends RunOptions>(target: string | ScriptFunction, args: readonly unknown[] = [], options?: O): ResultOf<O> {
    return this.runSync((world) => resolveTarget(world, target), args, options ?? DEFAULT_RUN) as ResultOf<O>;
  }

  // ---- globals and modules --------------------------------------------------------------------------------------

  getGlobal<O extends Pick<RunOptions, "view">>(path: string, options?: O): ViewOf<O> {
    return this.inspect((world) => view(world, valueAt(world.state, path), options ?? DEFAULT_RUN)) as ViewOf<O>;
  }

  setGlobal(path: string, value: unknown): void {
    this.inspect((world) => setValueAt(world.state, path, namedValue(world, `global:${path}`, value)));
  }

  registerModule(name: string, module: HostModule): void {
    this.inside((world) => {
      world.modules.registerHostModule(name, () => {
        const value = namedValue(world, `module:${name}`, typeof module === "function" ? module() : module);
        if (value instanceof LuaTable) world.names.assign(`module:${name}`, value);
        return value;
      });
    });
  }

  /** Loads a module anew, as its source is now. What holds the old value keeps it; when loading fails, the old one stays. */
  async reloadModule(name: string): Promise<PlainValue> {
    const key = fromHostText(name);
    const before = this.inside(({ state }) => {
      const value = state.loaded.getStr(key);
      state.loaded.setStr(key, undefined);
      return value;
    });
    try {
      return await this.importModule(name);
    } catch (error) {
      if (before !== undefined && this.world !== null) this.inside(({ state }) => state.loaded.setStr(key, before));
      throw error;
    }
  }

  async importModule(name: string): Promise<PlainValue> {
    return this.run((world) => {
      if (!isFunction(world.require)) throw new ScriptError("permission", "this context's policy has no modules");
      return world.require;
    }, [name], DEFAULT_RUN) as Promise<PlainValue>;
  }

  // ---- housekeeping ---------------------------------------------------------------------------------------------

  collect(): number {
    this.inside(({ state }) => state.call(COLLECT));
    return this.memoryUse;
  }

  /** Puts limits on the context from now on; those not named stay as they are. */
  setLimits(limits: LimitSettings): void {
    this.inside(({ state }) => {
      checkLimits(limits);
      state.budgets.limitState(limits);
    });
  }

  cancel(reason?: string): void {
    const { world } = this;
    if (world === null) return;
    if (this.depth > 0) world.state.meter.give(new LimitReached("cancelled", reason === undefined ? "cancelled" : `cancelled: ${reason}`));
    world.runtime.cancelAll(reason);
  }

  dispose(): void {
    const { world } = this;
    if (world === null) return;
    this.terminate("the context was disposed");
    world.runtime.close();
    this.final = this.measure(world);
    this.world = null;
    this.engine.forget(this, world, this.depth === 0);
  }

  [DISPOSE](): void {
    this.dispose();
  }

  // ---- inside ---------------------------------------------------------------------------------------------------

  private terminate(reason: unknown): void {
    if (this.isTerminated) return;
    this.isTerminated = true;
    this.abandon?.();
    this.cancel(reason instanceof Error ? reason.message : String(reason));
  }

  private open(): World {
    if (this.world === null) throw new ScriptError("cancelled", `context '${this.name}' was disposed`);
    return this.world;
  }

  private usable(): World {
    const world = this.open();
    if (this.isTerminated) throw new ScriptError("cancelled", `context '${this.name}' was terminated`);
    return world;
  }

  /** Runs `action` with the state's counters on. */
  private inside<T>(action: (world: World) => T): T {
    const world = this.usable();
    world.state.enter();
    try {
      return action(world);
    } catch (error) {
      throw this.scriptError(world, error);
    } finally {
      world.state.leave();
    }
  }

  /** {@link inside}, without limits: the host can always see and set what is there. */
  private inspect<T>(action: (world: World) => T): T {
    return this.inside((world) => world.state.budgets.exempt(() => action(world)));
  }

  private functionOf(world: World, source: Source | Script, chunkName: string): LuaValue {
    if (typeof source === "string" || source instanceof Uint8Array) return this.compile(world, source, chunkName);
    if (!(source instanceof LuaScript)) throw new ScriptError("type", "not a source text, bytes, or a script of this engine");
    return owned(world, source.handle);
  }

  private compile(world: World, source: Source, chunkName: string): LuaFunction {
    return this.compileBytes(world, typeof source === "string" ? fromHostText(source) : bytesToString(source), `=${fromHostText(chunkName)}`);
  }

  private compileBytes({ state }: World, chunk: string, chunkName: string): LuaFunction {
    state.meter.charge(chunk.length / COST.compiledBytesPerUnit);
    return this.engine.chunks.load(state, chunk, chunkName);
  }

  private run(target: (world: World) => LuaValue, args: readonly unknown[], options: RunOptions): Promise<unknown> {
    let world: World;
    try {
      world = this.usable();
    } catch (error) {
      return Promise.reject(error as ScriptError);
    }
    this.begin(world);
    const finish = (end: () => unknown): unknown => {
      try {
        return end();
      } catch (error) {
        throw this.failed(world, error);
      } finally {
        this.end(world);
      }
    };
    const raise = (error: unknown): unknown => finish(() => { throw error; });
    try {
      return this.spawn(world, target, args, options).result.then((values) => finish(() => this.results(world, values, options)), raise);
    } catch (error) {
      return new Promise((resolve) => resolve(raise(error)));
    }
  }

  private spawn(world: World, target: (world: World) => LuaValue, args: readonly unknown[], { limits, signal }: RunOptions): Task {
    const { state, runtime } = world;
    if (signal?.aborted === true) throw cancelled(signal.reason);
    const budget = limits === undefined ? undefined : callBudget(world, limits);
    state.enter();
    try {
      const task = runtime.spawn(target(world), toLua(world, args), { signal, name: this.name });
      if (budget !== undefined) task.run.budgets = [...task.run.budgets, budget];
      return task;
    } finally {
      state.leave();
    }
  }

  private runSync(target: (world: World) => LuaValue, args: readonly unknown[], options: RunOptions): unknown {
    const world = this.usable();
    const { state } = world;
    const { limits, signal } = options;
    const isAlone = this.active === 0 && this.depth === 0;
    const before = state.budgets.finishedRunTime;
    this.depth++;
    state.enter();
    try {
      if (signal?.aborted === true) throw cancelled(signal.reason);
      const func = target(world);
      const values = toLua(world, args);
      return this.results(world, limits === undefined ? world.runtime.runSync(func, values) : callWithin(world, callBudget(world, limits), func, values), options);
    } catch (error) {
      throw this.failed(world, error);
    } finally {
      state.leave();
      if (--this.depth === 0 && state.meter.order !== null) state.meter.give(null);
      if (isAlone) this.wallTime += state.budgets.finishedRunTime - before; // a run that cannot wait: both clocks agree
      if (this.world === null && this.depth === 0) this.engine.release(world);
    }
  }

  private results(world: World, values: readonly LuaValue[], options: RunOptions): unknown {
    this.hasFailed = false;
    if (options.all !== true) return view(world, values[0], options);
    return values.map((value) => view(world, value, options));
  }

  private begin({ state }: World): void {
    if (this.active++ === 0) this.activeSince = state.host.elapsed!();
  }

  private end({ state }: World): void {
    if (--this.active === 0) this.wallTime += state.host.elapsed!() - this.activeSince;
  }

  private failed(world: World, error: unknown): ScriptError {
    const failure = this.scriptError(world, error);
    this.errors++;
    this.hasFailed = true;
    this.lastError = failure;
    return failure;
  }

  private scriptError({ converter }: World, error: unknown): ScriptError {
    return toScriptError(error, (value) => {
      try {
        return converter.toPlain(value);
      } catch {
        return undefined; // too large or too deep to show
      }
    });
  }

  private measure({ state, runtime }: World): ContextStatistics {
    const { meter, memory, budgets } = state;
    const wallTime = this.active === 0 ? this.wallTime : this.wallTime + state.host.elapsed!() - this.activeSince;
    return {
      instructions: meter.instructions,
      libraryWork: meter.charged,
      liveBytes: memory.inUse,
      peakBytes: Math.max(memory.peak, memory.inUse),
      allocatedBytes: memory.allocated,
      allocations: memory.allocations,
      collections: memory.collections,
      scriptCalls: runtime.hostCalls,
      hostCalls: budgets.hostCalls,
      outputBytes: budgets.output,
      errors: this.errors,
      wallTime,
      runTime: budgets.runTime,
      waitTime: Math.max(0, wallTime - budgets.runTime),
    };
  }
}

function cancelled(reason: unknown): ScriptError {
  const text = reason instanceof Error ? reason.message : String(reason);
  return new ScriptError("cancelled", `cancelled: ${text}`, { cause: reason, limit: "cancelled" });
}
