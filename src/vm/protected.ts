// Running and recovering: the loop around the interpreter that turns JavaScript exceptions into Lua's error handling.
import type { Budget } from "./budgets.js";
import { PUSHED, type Step, Stop, beginCall, closeMethod, closeUpvalues, isSuspendable, pushLua, settle } from "./calls.js";
import { Fault, LuaThrow } from "./fault.js";
import { FrameFlag } from "./frame-flags.js";
import type { Frame, Guard } from "./frame.js";
import { NativeFunction } from "./function.js";
import { LuaClosure, type LuaFunction } from "./function.js";
import { cacheOf } from "./inline-cache.js";
import { position } from "./inspect.js";
import { run } from "./interpreter.js";
import { LimitReached } from "./limits.js";
import { DECLINED, MULTI, Signal } from "./signal.js";
import type { LuaState } from "./state.js";
import { LEFT } from "./tier.js";
import { BARRIER, type Thread, ThreadStatus } from "./thread.js";
import type { LuaValue } from "./value.js";

const MIN_STACK = 20;
const NOTHING = Symbol("nothing");

/**
 * Calls `func` to its end on top of the running frame of `L`, nested: nothing may yield across it. Errors are thrown as
 * LuaThrow (LimitReached and host exceptions as they are), with the thread's frames left as they were when it was raised.
 */
export function nestedCall(L: Thread, func: LuaValue, args: LuaValue[]): LuaValue[] {
  const { state } = L;
  const below = L.frame;
  const at = below.top;
  L.enterNative();
  L.unyieldable++;
  L.ensureStack(at + 1 + args.length + MIN_STACK);
  L.stack[at] = func;
  for (let i = 0; i < args.length; i++) L.stack[at + 1 + i] = args[i];
  const outcome = beginCall(L, at, args.length, -1, FrameFlag.Fresh);
  let results: LuaValue[];
  if (outcome !== PUSHED && L.hookMask === 0 && (!(outcome instanceof Signal) || outcome === MULTI)) {
    results = outcome instanceof Signal ? L.results : [outcome];
    L.frame = below;
  } else {
    const entry = L.frame;
    if (outcome === PUSHED) execute(state, entry);
    else execute(state, entry, entry, outcome);
    results = L.results;
  }
  L.unyieldable--;
  L.nativeDepth--;
  return results;
}

/** {@link nestedCall} with one or two arguments, first result only: what sort calls at each comparison, gsub at each match. */
export function nestedCallOf(L: Thread, func: LuaFunction, count: 1 | 2, a: LuaValue, b: LuaValue): LuaValue {
  if (!(func instanceof LuaClosure)) return nestedCall(L, func, count === 1 ? [a] : [a, b])[0];
  const { tier } = L.state;
  const cache = cacheOf(func.proto);
  const native = L.frame;
  const at = native.top;
  L.enterNative();
  L.unyieldable++;
  if (at + 1 + count + MIN_STACK > L.stack.length) L.ensureStack(at + 1 + count + MIN_STACK);
  let result: LuaValue | Signal = DECLINED;
  if (tier !== null && L.hookMask === 0 && cache.isEntered) result = tier.callNested(L, func, cache, at, count, a, b);
  if (result === DECLINED || result === LEFT) result = interpretNested(L, result === LEFT ? native.next! : beginNested(L, func, at, count, a, b));
  L.unyieldable--;
  L.nativeDepth--;
  return result as LuaValue;
}

function beginNested(L: Thread, func: LuaClosure, at: number, count: 1 | 2, a: LuaValue, b: LuaValue): Frame {
  const { stack } = L;
  stack[at] = func;
  stack[at + 1] = a;
  if (count === 2) stack[at + 2] = b;
  return pushLua(L, func, at, count, 1, FrameFlag.Fresh);
}

/** Runs the frames from `entry` on to its return: its first result. */
function interpretNested(L: Thread, entry: Frame): LuaValue {
  const { state } = L;
  const outer = state.runs;
  state.runs = outer + 1;
  try {
    do run(state); while (state.stop === Stop.No);
    state.runs = outer;
    if (state.stop === Stop.Returned) state.stop = Stop.No;
  } catch (error) {
    state.runs = outer;
    execute(state, entry, null, undefined, error);
  }
  return L.results[0];
}

/** {@link nestedCall} that catches errors: the results, or the error. */
export function tryCall(L: Thread, func: LuaValue, args: LuaValue[]): LuaValue[] | LuaThrow {
  const [outcome] = nestedCall(L, TRY, [func, ...args]) as unknown as [LuaValue[] | LuaThrow];
  return outcome;
}

/**
 * {@link tryCall} of what a budget has left behind (its finalizers, the variables it has not closed), charged to it. Undefined when
 * the budget is over, or ends at it: then nothing more of it runs.
 */
export function tryCallIn(budget: Budget | null, L: Thread, func: LuaValue, args: LuaValue[]): LuaValue[] | LuaThrow | undefined {
  if (budget === null) return tryCall(L, func, args);
  const place = placeOf(L);
  let outcome: LuaValue[] | LuaThrow | undefined;
  if (!L.state.budgets.within(budget, () => (outcome = tryCall(L, func, args)))) returnTo(L, place);
  return outcome;
}

/** Where a thread is, for {@link returnTo}. */
export interface Place extends Pick<Thread, "frame" | "nativeDepth" | "unyieldable" | "allowHook"> {
  readonly pending: number;
  readonly budgets: number;
}

export function placeOf({ frame, nativeDepth, unyieldable, allowHook, tbc, budgets }: Thread): Place {
  return { frame, nativeDepth, unyieldable, allowHook, pending: tbc.length, budgets: budgets === null ? 0 : budgets.length };
}

/** An error that no Lua code catches has ended what ran above `place`: the thread is as it was, the coroutines inside are dead. */
export function returnTo(L: Thread, place: Place): void {
  const { state } = L;
  for (let t: Thread = state.current; t !== L && t.resumer !== null; ) {
    const { resumer }: Thread = t;
    t.status = ThreadStatus.Dead;
    t.resumer = null;
    t = resumer!;
  }
  state.current = L;
  L.status = ThreadStatus.Running;
  state.stop = Stop.No;
  letGo(L, place.frame);
  ({ frame: L.frame, nativeDepth: L.nativeDepth, unyieldable: L.unyieldable, allowHook: L.allowHook } = place);
  L.tbc.length = place.pending;
  if (L.budgets !== null) {
    L.budgets.length = Math.min(L.budgets.length, place.budgets);
    if (L.budgets.length === 0) L.budgets = null;
  }
  closeUpvalues(L, L.frame.top); // closures that are left keep their variables, not the registers
  L.shrinkStack(L.frame.top);
}

/** Its one result is a list of results or the LuaThrow: never seen by Lua code. */
const TRY = new NativeFunction("try", (f) => {
  f.flags |= FrameFlag.Hidden;
  return f.callProtected(f.arg(1), f.args(2), undefined, (frame, results): LuaValue => {
    const { failure } = frame;
    frame.failure = null;
    return (failure ?? results) as unknown as LuaValue;
  });
});

/**
 * Executes until `entry`, a frame flagged Fresh, has returned (results in its thread's `results`), or the run is suspended or
 * preempted (state.stop says which). What it begins with: the outcome of `native`, a native frame on top that has just run;
 * or `failure`, which was thrown there; or else the Lua frame on top.
 */
export function execute(state: LuaState, entry: Frame, native: Frame | null = null, outcome: LuaValue | Signal = undefined, failure: unknown = NOTHING): void {
  const outer = state.runs;
  for (;;) {
    state.runs = outer + 1; // what recovery and continuations call is nested, too
    const wasFull = isStackFull(failure);
    try {
      if (failure !== NOTHING) {
        const error = failure;
        failure = NOTHING;
        recover(state, error, entry);
      } else if (native !== null) {
        const frame = native;
        native = null;
        settle(frame, outcome);
      }
      while (state.stop === Stop.No) run(state);
      state.runs = outer;
      if (state.stop === Stop.Returned) state.stop = Stop.No;
      return;
    } catch (error) {
      state.runs = outer;
      if (error instanceof Unrecovered) throw error.error;
      if (wasFull && isStackFull(error)) throw new LimitReached("callDepth", "the host's JavaScript stack is full"); // no room even to recover
      failure = error;
    }
  }
}

/** V8's limit of the JavaScript stack. */
function isStackFull(error: unknown): boolean {
  return error instanceof RangeError && error.message.includes("call stack");
}

/** Leaves {@link execute} with an error nobody between here and `entry` catches. */
class Unrecovered {
  constructor(readonly error: unknown) {}
}

/** Any exception that Lua code may catch, as a LuaThrow with its position; undefined for what it may not. */
function toThrow(L: Thread, error: unknown): LuaThrow | undefined {
  if (error instanceof LuaThrow) return error;
  if (error instanceof Fault) return new LuaThrow(position(L.frame) + error.message, undefined, error.kind);
  if (error instanceof RangeError) { // V8's own limits
    if (isStackFull(error)) return new LuaThrow(`${position(L.frame)}stack overflow`, error);
    return new LuaThrow("not enough memory", error, "memory");
  }
  return undefined;
}

/** Handles an error raised on the current thread: ends with control at the protected call that catches it. */
function recover(state: LuaState, error: unknown, entry: Frame): void {
  for (;;) {
    const L: Thread = state.current;
    if (error instanceof LimitReached) {
      endBudget(state, error, entry);
      return;
    }
    const thrown = toThrow(L, error);
    if (thrown === undefined) throw new Unrecovered(error);
    const handled = callHandler(L, thrown);
    if (handled === undefined) return; // goes on from finishHandler
    if (handled instanceof LimitReached) {
      error = handled;
      continue;
    }
    const guardian = guardianOf(L, entry);
    if (guardian === OUTSIDE) throw new Unrecovered(handled);
    if (guardian !== undefined) {
      settle(guardian, unwind(guardian, handled));
      return;
    }
    // a coroutine dies of it; its frames stay for tracebacks
    const resumer = L.resumer!;
    L.status = ThreadStatus.Dead;
    L.deathError = handled;
    L.resumer = null;
    state.current = resumer;
    resumer.status = ThreadStatus.Running;
    if ((L.hookMask | resumer.hookMask) !== 0) state.meter.interrupt();
    const waiting = resumer.frame;
    waiting.failure = handled;
    settle(waiting, waiting.continuation!(waiting, [handled.value]));
    return;
  }
}

/**
 * The RAISE signal: the protected frame that catches the error, and how it goes on. Throws the error when that is none of this
 * thread's above the nested call in progress; {@link recover} knows what to do then.
 */
export function catchRaised(L: Thread): Step {
  const thrown = L.raised!;
  L.raised = null;
  let frame = L.frame;
  for (; (frame.flags & FrameFlag.Protected) === 0; frame = frame.prev!) {
    if (frame.prev === null || (frame.flags & FrameFlag.Fresh) !== 0) throw thrown;
  }
  const handled = callHandler(L, thrown);
  if (handled === undefined) return { frame, outcome: PUSHED };
  if (handled instanceof LimitReached) throw handled;
  return { frame, outcome: unwind(frame, handled) };
}

const OUTSIDE = Symbol("outside");

/** The protected frame of `L` above `entry`; undefined when the thread has none; OUTSIDE when `entry` comes first. */
function guardianOf(L: Thread, entry: Frame): Frame | undefined | typeof OUTSIDE {
  for (let f: Frame = L.frame; f.prev !== null; f = f.prev) {
    if ((f.flags & FrameFlag.Protected) !== 0) return f;
    if (f === entry) return OUTSIDE;
  }
  return undefined;
}

/**
 * Calls the message handler in force (that of the innermost protected call) on the value, where the error was raised. Undefined: the run can be
 * suspended meanwhile, so that the handler runs as a frame; `finishHandler` in calls.ts raises what it answers, and control is where that led.
 */
function callHandler(L: Thread, thrown: LuaThrow): LuaThrow | LimitReached | undefined {
  while (!thrown.handled) {
    let f: Frame | null = L.frame;
    while (f !== null && (f.flags & FrameFlag.Protected) === 0) f = f.prev;
    const handler = f?.guard?.handler;
    if (handler === undefined) return thrown;
    let outcome: LuaValue | Signal;
    try {
      if (!isSuspendable(L)) {
        thrown.value = nestedCall(L, handler, [thrown.value])[0];
        thrown.handled = true;
        continue;
      }
      outcome = beginHandler(L, handler, thrown);
    } catch (error) { // an error in the handler is handled by the handler, until the native depth ends it
      if (error instanceof LimitReached) return error;
      const next = toThrow(L, error);
      if (next === undefined) throw new Unrecovered(error);
      thrown = next;
      continue;
    }
    if (outcome !== PUSHED) settle(L.frame, outcome);
    return undefined;
  }
  return thrown;
}

/** Begins a call of a message handler, across which nothing can yield; an error in it is its own to handle, as of any code there. Answers as beginCall. */
export function beginHandler(L: Thread, handler: LuaValue, thrown: LuaThrow): LuaValue | Signal {
  const at = L.frame.top;
  L.enterNative();
  L.unyieldable += BARRIER;
  L.ensureStack(at + 2 + MIN_STACK);
  L.stack[at] = handler;
  L.stack[at + 1] = thrown.value;
  const { level } = L.frame;
  L.forgetHandlers(level);
  L.handling = { level: level + 1, thrown, outer: L.handling };
  return beginCall(L, at, 1, 1, FrameFlag.Handler);
}

/**
 * A budget of Lua code is over: ends all that runs in it, and goes on with the native that began it, which finds the limit in
 * `frame.data`. Nothing of what ends runs any more, its to-be-closed variables neither.
 */
function endBudget(state: LuaState, limit: LimitReached, entry: Frame): void {
  const { budget } = limit;
  const keeper = budget === null ? null : budget.frame;
  if (keeper === null || !isRunning(state.current, keeper, entry)) throw new Unrecovered(limit);
  const { L } = keeper;
  for (let t: Thread = state.current; t !== L; ) {
    const { resumer }: Thread = t;
    t.status = ThreadStatus.Dead;
    t.resumer = null;
    t.budgets = null;
    t.tbc.length = 0;
    closeUpvalues(t, 1);
    t = resumer!;
  }
  state.current = L;
  L.status = ThreadStatus.Running;
  const guard = restoreTo(keeper);
  while (L.tbc.length > 0 && L.tbc[L.tbc.length - 1]! >= guard.top) L.tbc.pop();
  state.budgets.end(budget!);
  keeper.data = limit;
  keeper.flags &= ~FrameFlag.Protected;
  L.shrinkStack(guard.top);
  settle(keeper, guard.done(keeper, []));
}

/** Whether `frame` is under way above `entry`: on thread `inner`, or on one that has resumed it. */
function isRunning(inner: Thread, frame: Frame, entry: Frame): boolean {
  for (let t: Thread | null = inner; t !== null; t = t.resumer) {
    for (let f: Frame | null = t.frame; f !== null; f = f.prev) {
      if (f === frame) return true;
      if (f === entry) return false;
    }
  }
  return false;
}

/** The frames above `remaining` are over. */
function letGo(L: Thread, remaining: Frame): void {
  for (let f = L.frame; f !== remaining && f.prev !== null; f = f.prev) f.letGo();
}

/** Takes the thread back to `guardian`, with what is pending above it still to be closed. */
function restoreTo(guardian: Frame): Guard {
  const { L } = guardian;
  const guard = guardian.guard!;
  letGo(L, guardian);
  L.frame = guardian;
  L.nativeDepth = guard.nativeDepth;
  L.unyieldable = guard.unyieldable;
  L.allowHook = guard.allowHook;
  L.forgetHandlers(guardian.level);
  closeUpvalues(L, guard.top);
  return guard;
}

/** Takes the thread back to `guardian` and closes what is pending above it, one variable at a time. */
function unwind(guardian: Frame, thrown: LuaThrow): LuaValue | Signal {
  restoreTo(guardian);
  guardian.failure = thrown;
  return closeNext(guardian);
}

function closeNext(guardian: Frame): LuaValue | Signal {
  const { L } = guardian;
  const guard = guardian.guard!;
  const index = L.tbc[L.tbc.length - 1];
  if (index !== undefined && index >= guard.top) {
    L.tbc.pop();
    guardian.top = index + 1; // what is still pending stays below the call
    const v = L.stack[index];
    return guardian.callThen(closeMethod(L, v), [v, guardian.failure!.value], closeNext);
  }
  guardian.top = guard.top;
  guardian.flags &= ~FrameFlag.Protected;
  L.shrinkStack(guard.top);
  return guard.done(guardian, [guardian.failure!.value]);
}
