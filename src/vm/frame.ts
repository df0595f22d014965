// Frame: one activation on a thread's heap stack (C Lua's CallInfo). For a native function it is also the argument list:
// natives read arguments through the checkers here, which word every "bad argument" error once.
import { toInteger } from "../number/arithmetic.js";
import { formatNumber } from "../number/format.js";
import { type LuaInteger, type LuaNumber, isNumber, toDouble } from "../number/float.js";
import { parseNumber } from "../number/parse.js";
import { raiseArgumentError, raiseArgumentType, raiseAtCaller } from "./errors.js";
import { type FailureKind, LuaThrow } from "./fault.js";
import { FrameFlag } from "./frame-flags.js";
import type { LuaClosure, LuaFunction, NativeFunction } from "./function.js";
import { CALL, MULTI, RAISE, SUSPEND, type Signal } from "./signal.js";
import { LuaTable } from "./table.js";
import type { Thread } from "./thread.js";
import { type LuaValue, isFunction } from "./value.js";

/** What runs when a function called through {@link Frame.callThen} has finished; `results` is its own. */
export type Continuation = (frame: Frame, results: LuaValue[]) => LuaValue | Signal;

/** What a protected call restores when an error ends it. */
export interface Guard {
  /** Message handler (xpcall), called where the error is raised; undefined for none. */
  readonly handler: LuaValue;
  readonly nativeDepth: number;
  readonly unyieldable: number;
  readonly allowHook: boolean;
  /** Frame.top at the time of the call. */
  readonly top: number;
  /** The continuation to run once pending variables are closed. */
  readonly done: Continuation;
}

const NO_VALUES: LuaValue[] = [];

export class Frame {
  /** null only in the base frame of a thread. */
  func: LuaClosure | NativeFunction | null = null;
  /** Stack index where the results go (the function's own slot when it was called). */
  ret = 0;
  /** Stack index of the first register or argument. */
  base = 0;
  /** First stack index above this frame's registers or arguments. */
  top = 0;
  /** Lua frames: next instruction. */
  pc = 0;
  /** Results wanted, −1 for all. */
  nresults = 0;
  /** Native frames: number of arguments. Vararg Lua frames: number of extra arguments. */
  count = 0;
  /** FrameFlag bits. */
  flags = 0;
  /** Entered by a tail call: its caller's frame is gone. */
  tail = false;
  next: Frame | null = null;
  /** Native frames waiting for a call. */
  continuation: Continuation | null = null;
  /** Native frames that stop errors (flag Protected): how to go on after one. */
  guard: Guard | null = null;
  /** Set before a continuation runs because of an error: the error. The continuation clears it. */
  failure: LuaThrow | null = null;
  /** What the continuation, or an interrupted instruction, needs to go on. */
  data: unknown = undefined;
  /** Thread.resumeCount when a call that finishes an instruction was made: tells whether the thread yielded meanwhile. */
  epoch = 0;

  /** Frames below it on its thread. */
  readonly level: number;

  constructor(readonly L: Thread, readonly prev: Frame | null) {
    this.level = prev === null ? 0 : prev.level + 1;
  }

  /** Forgets what calls have left in a frame that is over: it will be used again, and no census looks at it until then. */
  letGo(): void {
    this.continuation = null;
    this.guard = null;
    this.failure = null;
    this.data = undefined;
  }

  // ---- arguments (1-based) --------------------------------------------------------------------------------------

  arg(i: number): LuaValue {
    return i <= this.count ? this.L.stack[this.base + i - 1] : undefined;
  }

  /** All arguments from the `i`-th on. */
  args(i = 1): LuaValue[] {
    return this.L.stack.slice(this.base + i - 1, this.base + this.count);
  }

  isNone(i: number): boolean {
    return i > this.count;
  }

  isNoneOrNil(i: number): boolean {
    return this.arg(i) === undefined;
  }

  any(i: number): LuaValue {
    if (i > this.count) this.argError(i, "value expected");
    return this.L.stack[this.base + i - 1];
  }

  /** Integer argument; floats and strings with an exact integer value convert. */
  integer(i: number): LuaInteger {
    const v = this.arg(i);
    if (typeof v === "number" && Number.isSafeInteger(v)) return v;
    return this.convertInteger(i, v);
  }

  private convertInteger(i: number, v: LuaValue): LuaInteger {
    const n = typeof v === "string" ? parseNumber(v) : v;
    if (!isNumber(n)) raiseArgumentType(this, i, "number");
    const integer = toInteger(n);
    if (integer === undefined) this.argError(i, "number has no integer representation");
    return integer;
  }

  /** Integer argument as a JS number; beyond ±2^53 it is clamped, which keeps positions and counts out of range. */
  smallInteger(i: number): number {
    const v = this.integer(i);
    if (typeof v === "number") return v;
    return v > 0n ? Number.MAX_SAFE_INTEGER : -Number.MAX_SAFE_INTEGER;
  }

  optInteger(i: number, fallback: LuaInteger): LuaInteger {
    return this.isNoneOrNil(i) ? fallback : this.integer(i);
  }

  optSmallInteger(i: number, fallback: number): number {
    return this.isNoneOrNil(i) ? fallback : this.smallInteger(i);
  }

  number(i: number): LuaNumber {
    const v = this.arg(i);
    if (isNumber(v)) return v;
    const n = typeof v === "string" ? parseNumber(v) : undefined;
    if (n === undefined) raiseArgumentType(this, i, "number");
    return n;
  }

  double(i: number): number {
    return toDouble(this.number(i));
  }

  optDouble(i: number, fallback: number): number {
    return this.isNoneOrNil(i) ? fallback : this.double(i);
  }

  /** Byte string argument; numbers convert. */
  string(i: number): string {
    const v = this.arg(i);
    if (typeof v === "string") return v;
    if (!isNumber(v)) raiseArgumentType(this, i, "string");
    return formatNumber(v);
  }

  optString(i: number, fallback: string): string;
  optString(i: number, fallback: undefined): string | undefined;
  optString(i: number, fallback: string | undefined): string | undefined {
    return this.isNoneOrNil(i) ? fallback : this.string(i);
  }

  table(i: number): LuaTable {
    const v = this.arg(i);
    if (!(v instanceof LuaTable)) raiseArgumentType(this, i, "table");
    return v;
  }

  function_(i: number): LuaFunction {
    const v = this.arg(i);
    if (!isFunction(v)) raiseArgumentType(this, i, "function");
    return v;
  }

  boolean(i: number): boolean {
    const v = this.arg(i);
    return v !== undefined && v !== false;
  }

  /** luaL_checkoption: position of the argument in `names`. */
  option(i: number, fallback: string | undefined, names: readonly string[]): number {
    const name = fallback === undefined ? this.string(i) : this.optString(i, fallback);
    const at = names.indexOf(name);
    if (at < 0) this.argError(i, `invalid option '${name}'`);
    return at;
  }

  argCheck(condition: boolean, i: number, message: string): asserts condition {
    if (!condition) this.argError(i, message);
  }

  argError(i: number, message: string): never {
    raiseArgumentError(this, i, message);
  }

  typeError(i: number, expected: string): never {
    raiseArgumentType(this, i, expected);
  }

  /** Raises an error with the position of the caller. */
  error(message: string, kind?: FailureKind): never {
    raiseAtCaller(this, message, kind);
  }

  // ---- results --------------------------------------------------------------------------------------------------

  none(): Signal {
    this.L.results = NO_VALUES;
    return MULTI;
  }

  results(...values: LuaValue[]): Signal {
    this.L.results = values;
    return MULTI;
  }

  /** All values of `list`, which must not be changed afterwards. */
  resultArray(list: LuaValue[]): Signal {
    this.L.results = list;
    return MULTI;
  }

  /**
   * Calls `func` with `args` without nesting the interpreter (so it may yield), then runs `continuation` with its results:
   * `return f.callThen(…)`.
   */
  callThen(func: LuaValue, args: LuaValue[], continuation: Continuation): Signal {
    this.L.pending = func;
    this.L.results = args;
    this.continuation = continuation;
    return CALL;
  }

  /**
   * Like {@link callThen}, but errors stop here: `continuation` runs either way, with `frame.failure` set after an error.
   * `handler` is called with the error value where the error is raised, and its result replaces the value.
   */
  callProtected(func: LuaValue, args: LuaValue[], handler: LuaValue, continuation: Continuation): Signal {
    const { L } = this;
    this.flags |= FrameFlag.Protected;
    this.failure = null;
    this.guard = {
      handler, done: continuation, top: this.top, nativeDepth: L.nativeDepth, unyieldable: L.unyieldable, allowHook: L.allowHook,
    };
    return this.callThen(func, args, continuation);
  }

  /** Raises `value` as it is: `return f.raise(value)`. */
  raise(value: LuaValue): Signal {
    this.L.raised = new LuaThrow(value);
    return RAISE;
  }

  /**
   * The result will come later: `return f.suspend()` stops the whole run, until the host gives it a result or an error
   * (Run.complete, Run.fail). A Lua error where nothing can be suspended: see {@link isSuspendable} in calls.ts.
   */
  suspend(): Signal {
    return SUSPEND;
  }
}

