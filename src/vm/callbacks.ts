// Calls that a native makes over and over: sort's order function, gsub's replacements, load's reader. Nothing can yield across
// them, as in C Lua, so they can be nested; but a nested call cannot be preempted, and such a function may run for long. Where a
// run can be preempted the native therefore stands still at each call, as one that calls through Frame.callThen does.
import { isSuspendable } from "./calls.js";
import { FrameFlag } from "./frame-flags.js";
import type { Continuation, Frame } from "./frame.js";
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
