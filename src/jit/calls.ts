// Calls that emitted code makes of functions that are not known to be emitted: natives that need no frames, natives whose work it
// does itself (NativeFunction.role), Lua functions that are compiled on the way.
import { heap } from "../vm/accounting.js";
import { MIN_STACK, pushNative, storeResults } from "../vm/calls.js";
import { Event } from "../vm/events.js";
import type { Frame } from "../vm/frame.js";
import { LuaClosure, NativeFunction, type QuickForm, RoleKind, quickly } from "../vm/function.js";
import { LimitReached } from "../vm/limits.js";
import type { Meter } from "../vm/meter.js";
import { metamethodOf } from "../vm/metatables.js";
import { DECLINED, MULTI, Signal } from "../vm/signal.js";
import { MAX_STACK, type Thread } from "../vm/thread.js";
import type { LuaValue } from "../vm/value.js";
import { resumeCoroutine } from "./coroutines.js";
import { callProtected } from "./protected-calls.js";
import { Count, SIGNAL, codeFor, invoke, refuse, run } from "./runtime.js";

/** A call of R[at] with `nargs` arguments behind it, for callees that are not known to be emitted; those that are get `base` and the frame `below` theirs. `frame`: the caller's. */
export function call(
  callee: LuaValue, m: Meter, R: LuaValue[], room: number, at: number, nargs: number, wanted: number, base: number,
  below: Frame, frame: Frame, isCold: number | false,
): LuaValue {
  const result = callUnknown(callee, m, R, room, at, nargs, wanted, base, below, frame);
  if (isCold === 0 || isCold === false || result === SIGNAL) return result;
  R[at] = result; // V8 is to see the way that several results take
  run.count = 1;
  run.at = at;
  return SIGNAL;
}

function callUnknown(
  callee: LuaValue, m: Meter, R: LuaValue[], room: number, at: number, nargs: number, wanted: number, base: number,
  below: Frame, frame: Frame,
): LuaValue {
  if (callee instanceof NativeFunction) { // most that are not compiled
    const { role } = callee;
    if (role === null || below !== frame) return callNative(callee, m, R, at, nargs, wanted, frame);
    switch (role.kind) {
      case RoleKind.Pcall: case RoleKind.Xpcall: return callProtected(callee, m, R, room, at, nargs, frame);
      case RoleKind.Resume: case RoleKind.Wrapped: return resumeCoroutine(callee, m, R, room, at, nargs, wanted, frame);
      case RoleKind.Assert: return callNative(callee, m, R, at, nargs, wanted, frame);
      default: return refuse();
    }
  }
  if (!(callee instanceof LuaClosure)) return callCallable(callee, m, R, room, at, nargs, base, below);
  const code = codeFor(callee);
  return code === null ? refuse() : invoke(code, m, R, base, room, below, callee, at + 1, nargs);
}

/** A value whose `__call` is a Lua function: that is called with the value in front. */
function callCallable(callee: LuaValue, m: Meter, R: LuaValue[], room: number, at: number, nargs: number, base: number, below: Frame): LuaValue {
  const L = run.thread;
  const handler = metamethodOf(L.state, callee, Event.Call);
  const code = handler instanceof LuaClosure ? codeFor(handler) : null;
  if (code === null || at + nargs + 2 > MAX_STACK) return refuse();
  L.ensureStack(at + nargs + 2);
  for (let i = at + nargs; i > at; i--) R[i + 1] = R[i];
  R[at + 1] = callee;
  const result = invoke(code, m, R, base, room, below, handler as LuaClosure, at + 1, nargs + 1);
  if (result === SIGNAL && run.count === Count.Refused) for (let i = at + 1; i <= at + nargs; i++) R[i] = R[i + 1];
  return result;
}

/**
 * One step of a generic for at R[ra] whose iterator is a native that needs no frames, or a coroutine; its results are at R[ra + 4].
 * False: leave, because the coroutine has (`run.count` says so), or for the interpreter to make the call.
 */
export function iterate(iterator: LuaValue, m: Meter, R: LuaValue[], room: number, ra: number, wanted: number, frame: Frame): boolean {
  run.count = Count.Refused;
  if (!(iterator instanceof NativeFunction)) return false;
  if (iterator.step !== null && wanted <= 2 && iterator.step(R, ra, m)) return true;
  R[ra + 4] = iterator;
  R[ra + 5] = R[ra + 1];
  R[ra + 6] = R[ra + 2];
  let result: LuaValue;
  if (iterator.role !== null && iterator.role.kind === RoleKind.Wrapped) {
    const L = run.thread;
    L.nativeDepth++;
    result = resumeCoroutine(iterator, m, R, room, ra + 4, 2, wanted, frame);
    if (result !== SIGNAL || run.count !== Count.Left) L.nativeDepth--;
  } else result = callNative(iterator, m, R, ra + 4, 2, wanted, frame);
  if (result === SIGNAL) {
    if (run.count < 0) return false;
    for (let j = run.count; j < wanted; j++) R[ra + 4 + j] = undefined;
    return true;
  }
  R[ra + 4] = result;
  for (let j = 1; j < wanted; j++) R[ra + 4 + j] = undefined;
  return true;
}

/** Answers as emitted code does, or DECLINED. */
function callQuickly(quick: QuickForm, L: Thread, m: Meter, at: number, nargs: number): LuaValue | Signal {
  const { used, charged } = m;
  const { allocated } = heap;
  run.isInLeaf = true;
  try {
    const result = quick(L, at, nargs);
    run.isInLeaf = false;
    if (result !== MULTI) return result;
    run.count = quickly.results;
    run.at = at;
    return SIGNAL;
  } catch (error) {
    run.isInLeaf = false;
    takeBack(L, m, used, charged, allocated, error);
    return DECLINED;
  }
}

/** What a native has charged before it raised: the call is made again. */
function takeBack(L: Thread, m: Meter, used: number, charged: number, allocated: number, error: unknown): void {
  if (error instanceof LimitReached) L.state.budgets.forgive(error); // units that are paid ahead may have made it
  m.fuel += m.used - used;
  m.charged = charged;
  heap.allocated = allocated;
  if (L.state.memory.due) m.interrupt();
}

/** A native that neither calls back nor looks at frames, unless it raises: then the interpreter does it all again, for the error. */
export function callNative(
  native: NativeFunction, m: Meter, R: LuaValue[], at: number, nargs: number, wanted: number, frame: Frame,
): LuaValue {
  const { leaf, quick } = native;
  const L = run.thread;
  if (quick !== null && at + 1 + nargs + MIN_STACK <= R.length && frame.next !== null) {
    const result = callQuickly(quick, L, m, at, nargs);
    if (result !== DECLINED) return result as LuaValue;
  }
  if (leaf === null || at + 1 + nargs + MIN_STACK > MAX_STACK || !leaf(R, at, nargs)) return refuse();
  const entered = L.frame; // the frames above it say nothing yet
  const { used, charged } = m;
  const { allocated } = heap;
  let failure: unknown;
  try {
    L.frame = frame;
    run.isInLeaf = true;
    const outcome = native.run(pushNative(L, native, at, nargs, wanted, 0));
    run.isInLeaf = false;
    L.frame = entered;
    if (!(outcome instanceof Signal)) return outcome;
    if (outcome === MULTI) {
      const { results } = L;
      storeResults(L, at, wanted, results);
      run.count = results.length;
      run.at = at;
      return SIGNAL;
    }
  } catch (error) {
    failure = error; // the interpreter will meet it too
  }
  run.isInLeaf = false;
  L.frame = entered;
  takeBack(L, m, used, charged, allocated, failure);
  return refuse();
}
