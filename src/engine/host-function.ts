// Functions of the host as Lua functions: typed arguments in, one or several results out, promises awaited by suspending
// the script, exceptions as Lua errors that keep the exception as their cause.
import { fromHostText } from "../base/bytes.js";
import { Fault, LuaThrow } from "../vm/fault.js";
import type { Frame } from "../vm/frame.js";
import { NativeFunction, type NativeImplementation } from "../vm/function.js";
import { where } from "../vm/inspect.js";
import { LimitReached } from "../vm/limits.js";
import type { Signal } from "../vm/signal.js";
import { LuaError, LuaLimitError } from "../vm/state.js";
import type { LuaValue } from "../vm/value.js";
import { type ArgumentConverter, type ArgumentReader, type Parameter, argumentReader, checkParameters } from "./parameters.js";
import type { Runtime } from "./runtime.js";
import type { ConversionOptions } from "./script-value.js";
import type { Task } from "./task.js";

/** A function of the host, described. */
export interface HostFunctionSpec {
  /** Qualified name, for tools and statistics ("agent.create"); error messages use the name the script called it by. */
  readonly name: string;
  /** Any number of any values unless given. Arguments beyond the last parameter are ignored, as Lua does. */
  readonly params?: readonly Parameter[];
  /**
   * Does the work. What it returns crosses in the plain view; {@link multi} for other than one result; a promise suspends
   * the script until it settles. What it throws becomes a Lua error.
   */
  readonly run: (call: HostCall, ...args: never[]) => unknown;
  /** Units of the meter that each call costs beside the conversion of its arguments and results. */
  readonly cost?: number;
  /** Choices for the conversion of results. */
  readonly results?: ConversionOptions;
}

/** Several results, or none, of a host function. */
export class MultipleResults {
  constructor(readonly values: readonly unknown[]) {}
}

/** `return multi(a, b)` in a host function: its results, in order. */
export function multi(...values: unknown[]): MultipleResults {
  return new MultipleResults(values);
}

/** An exception whose Lua error value is made by itself, instead of its message with the script's position. */
export abstract class LuaRaisable extends Error {
  abstract luaValue(runtime: Runtime): LuaValue;
}

/** Throws in a host function: the Lua error value is `value` in the plain view, a table for instance. */
export class HostRaise extends Error {
  constructor(readonly value: unknown, message = "error value of the host", options?: ErrorOptions) {
    super(message, options);
  }
}

/** What the converter offers to functions of the host. */
export interface FunctionConverter extends ArgumentConverter {
  readonly runtime: Runtime;
  fromPlain(value: unknown, options?: ConversionOptions): LuaValue;
}

/** For calls outside of tasks: never aborted. */
const NEVER_ABORTED = new AbortController().signal;

/** One call of a host function by a script. */
export class HostCall {
  /** The task that calls; null in a synchronous run. */
  readonly task: Task | null;

  constructor(readonly runtime: Runtime, private readonly spec: HostFunctionSpec, readonly argumentCount: number) {
    this.task = runtime.current;
  }

  get name(): string {
    return this.spec.name;
  }

  /** Aborted when the calling task is cancelled or ended by a limit: hand it to whatever takes long. */
  get signal(): AbortSignal {
    return this.task?.signal ?? NEVER_ABORTED;
  }
}

/** The native function of `spec`. Throws ScriptError "internal" when its parameters contradict each other. */
export function nativeFunction(converter: FunctionConverter, spec: HostFunctionSpec): NativeFunction {
  const body = new Body(spec);
  return new NativeFunction(spec.name, (f) => body.call(converter, f));
}

/** A host function that many states have: described and checked once, with little to make for each state. */
export class SharedFunction {
  private readonly run: NativeImplementation;

  /** Throws ScriptError "internal" when the parameters contradict each other. */
  constructor(readonly spec: HostFunctionSpec) {
    const body = new Body(spec);
    this.run = (f) => body.call((f.L.state.runtime as Runtime).converter as FunctionConverter, f); // it made this function
  }

  /** The function of one state, which has to have a converter. */
  make(): NativeFunction {
    return new NativeFunction(this.spec.name, this.run);
  }
}

const ANYTHING: readonly Parameter[] = [{ name: "...", type: "any", variadic: true }];

/** What a host function does when it is called, in whatever state. */
class Body {
  private readonly params: readonly Parameter[];
  private readonly cost: number;
  /** Made by the first call: a module has many functions that a script never calls. */
  private readers: readonly ArgumentReader[] | undefined;
  /** Reads all arguments behind those of {@link readers}. */
  private variadic: ArgumentReader | undefined;

  constructor(private readonly spec: HostFunctionSpec) {
    this.params = spec.params ?? ANYTHING;
    this.cost = spec.cost ?? 0;
    checkParameters(spec.name, this.params);
  }

  call(converter: FunctionConverter, f: Frame): LuaValue | Signal {
    const { spec } = this;
    const { runtime } = converter;
    const { budgets, meter } = runtime.state;
    budgets.callHost();
    if (this.cost > 0) meter.charge(this.cost);
    const args = this.read(f, converter);
    let result: unknown;
    try {
      result = (spec.run as (call: HostCall, ...args: unknown[]) => unknown)(new HostCall(runtime, spec, f.count), ...args);
    } catch (error) {
      raiseInLua(converter, f, error);
    }
    return deliver(converter, f, result, spec.results);
  }

  /** The arguments of a call as those of `run`. */
  private read(f: Frame, converter: FunctionConverter): unknown[] {
    const readers = this.readers ?? this.makeReaders();
    const args: unknown[] = [];
    for (let i = 0; i < readers.length; i++) args.push(readers[i]!(f, i + 1, converter));
    const { variadic } = this;
    if (variadic !== undefined) for (let i = readers.length + 1; i <= f.count; i++) args.push(variadic(f, i, converter));
    return args;
  }

  private makeReaders(): readonly ArgumentReader[] {
    const readers = this.params.map(argumentReader);
    if (this.params.at(-1)?.variadic === true) this.variadic = readers.pop();
    return (this.readers = readers);
  }
}

/** Hands a host function's result to Lua; a promise makes the script wait. */
function deliver(converter: FunctionConverter, f: Frame, result: unknown, options: ConversionOptions | undefined): LuaValue | Signal {
  if (typeof result !== "object" || result === null) return converter.fromPlain(result, options);
  if (isPromise(result)) {
    return converter.runtime.waitFor(f, result, (frame, value) => settled(converter, frame, value, options), (frame, reason) => raiseInLua(converter, frame, reason));
  }
  return settled(converter, f, result, options);
}

/** A result that is there. */
function settled(converter: FunctionConverter, f: Frame, result: unknown, options: ConversionOptions | undefined): LuaValue | Signal {
  try {
    if (result instanceof MultipleResults) return f.resultArray(result.values.map((value) => converter.fromPlain(value, options)));
    return converter.fromPlain(result, options);
  } catch (error) {
    raiseInLua(converter, f, error);
  }
}

function isPromise(value: object): value is PromiseLike<unknown> {
  return value instanceof Promise || typeof (value as { then?: unknown }).then === "function";
}

/**
 * Throws what Lua code sees of a host exception: errors of Lua itself as they are, the state's own limits as limits, everything else as its
 * message with the position of the caller, the exception being the cause.
 */
export function raiseInLua(converter: FunctionConverter, f: Frame, error: unknown): never {
  if (error instanceof LuaThrow || error instanceof Fault || error instanceof LimitReached) throw error;
  const limit = error instanceof LuaLimitError ? converter.runtime.state.limitBehind(error) : undefined;
  if (limit !== undefined) throw limit; // one of another state is that state's end, not this one's
  if (error instanceof LuaError) throw new LuaThrow(error.value, error, error.kind);
  throw new LuaThrow(errorValue(converter, f, error), error);
}

function errorValue(converter: FunctionConverter, f: Frame, error: unknown): LuaValue {
  try {
    if (error instanceof HostRaise) return converter.fromPlain(error.value);
    if (error instanceof LuaRaisable) return error.luaValue(converter.runtime);
    if (typeof error === "object" && error !== null && !(error instanceof Error)) return converter.fromPlain(error);
  } catch (failure) {
    if (failure instanceof LimitReached) throw failure;
  }
  return where(f.prev) + fromHostText(messageOf(error));
}

/** The text of anything that was thrown; reading it must not fail again. */
function messageOf(error: unknown): string {
  try {
    return error instanceof Error ? String(error.message) : String(error);
  } catch {
    return "unknown error of the host";
  }
}

