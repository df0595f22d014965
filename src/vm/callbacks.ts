// Calls that a native makes over and over: sort's order function, gsub's replacements, load's reader. Nothing can yield across
// them, as in C Lua, so they can be nested; but a nested call cannot be preempted, and such a function may run for long. Where a
// run can be preempted the native therefore stands still at each call, as one that calls through Frame.callThen does. Natives that meet
// metamethods on their way are written in steps, which either way of calling can drive.
import { isSuspendable } from "./calls.js";
import { FrameFlag } from "./frame-flags.js";
import type { Continuation, Frame } from "./frame.js";
import { NEEDS_CALL, completeNested, pending, pendingArguments } from "./operations.js";
import { isPauseDue, pause } from "./pauses.js";
import type { Signal } from "./signal.js";
import { BARRIER } from "./thread.js";
import type { LuaValue } from "./value.js";

/** Whether natives should call through {@link callAcross} now: somebody could make use of it. Nested calls are faster. */
export const canStandStill = (f: Frame): boolean => isSuspendable(f.L);

/** {@link Frame.callThen}, but nothing can yield across the call: `return callAcross(…)`. */
export function callAcross(f: Frame, func: LuaValue, args: LuaValue[], continuation: Continuation): Signal {
  f.L.unyieldable += BARRIER;
  return f.callThen(func, args, (frame, results) => {
    frame.L.unyieldable -= BARRIER;
    return continuation(frame, results);
  });
}

/** {@link Frame.callProtected} without a handler, and nothing can yield across the call. */
export function tryAcross(f: Frame, func: LuaValue, args: LuaValue[], continuation: Continuation): Signal {
  f.L.unyieldable += BARRIER;
  return f.callProtected(func, args, undefined, (frame, results) => {
    frame.L.unyieldable -= BARRIER;
    frame.flags &= ~FrameFlag.Protected; // what the continuation throws is not for itself to catch
    return continuation(frame, results);
  });
}

/** What {@link Steps} yield where they could stand still without a call. */
export const BETWEEN = Symbol("between");

/**
 * Work of a native that meets metamethods: yields where an operation (operations.ts) has answered NEEDS_CALL, and is given what the call
 * returns; or BETWEEN now and then. Lua values that it keeps across a yield, beside the native's arguments, belong into the frame's `data`, for
 * the census.
 */
export type Steps = Generator<typeof BETWEEN | undefined, LuaValue | Signal, LuaValue>;

/** Does the work of the native `f`, across its calls or around them: `return inSteps(…)`. */
export function inSteps(f: Frame, steps: Steps): LuaValue | Signal {
  if (canStandStill(f)) return goOnAcross(f, steps, undefined);
  for (let next = steps.next(); ; ) {
    if (next.done === true) return next.value;
    if (next.value === BETWEEN) f.L.state.meter.poll();
    next = steps.next(next.value === BETWEEN ? undefined : completeNested(f.L));
  }
}

function goOnAcross(f: Frame, steps: Steps, value: LuaValue): LuaValue | Signal {
  let next = steps.next(value);
  while (next.done !== true && next.value === BETWEEN) {
    f.L.state.meter.poll();
    if (isPauseDue(f.L)) return pause(f, (frame) => goOnAcross(frame, steps, undefined));
    next = steps.next();
  }
  if (next.done === true) return next.value;
  return callAcross(f, pending.func, pendingArguments(), (frame, results) => goOnAcross(frame, steps, results[0]));
}

/** Goes on with the result of an operation, which may need a call: `return withResult(…)`. */
export function withResult(f: Frame, v: LuaValue, goOn: (frame: Frame, v: LuaValue) => LuaValue | Signal): LuaValue | Signal {
  if (v !== NEEDS_CALL) return goOn(f, v);
  if (!canStandStill(f)) return goOn(f, completeNested(f.L));
  return callAcross(f, pending.func, pendingArguments(), (frame, results) => goOn(frame, results[0]));
}
