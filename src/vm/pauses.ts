// Long work of a native that calls nothing. Where the run that it is part of can be preempted, the native stands still once the slice is
// over, and goes on from there in the next one. It pays as it goes on, so that nothing else depends on where that happens.
import type { Pieces } from "../base/pieces.js";
import { isSuspendable } from "./calls.js";
import type { Frame } from "./frame.js";
import type { Delivery } from "./run.js";
import type { Signal } from "./signal.js";
import type { Thread } from "./thread.js";
import type { LuaValue } from "./value.js";

/**
 * Whether the native that is running should stand still: to be asked between pieces of work, of some ten microseconds and more. Throws where
 * emitted code has made the call without frames: it has the interpreter make the call again.
 */
export function isPauseDue(L: Thread): boolean {
  const { run, tier } = L.state;
  if (run === null || !run.isSliceOver || !isSuspendable(L)) return false;
  tier?.needFrames();
  return true;
}

/** Stands still until the next slice: `return pause(f, …)`. What is kept meanwhile is not seen by a census, but for `f.data` and the arguments. */
export const pause = (f: Frame, goOn: Delivery): Signal => f.L.state.run!.pause(f, goOn);

/** Does the work of the native `f`, standing still wherever it yields if that is due: `return inPieces(…)`. */
export function inPieces(f: Frame, pieces: Pieces<LuaValue | Signal>): LuaValue | Signal {
  for (;;) {
    const next = pieces.next();
    if (next.done === true) return next.value;
    f.L.state.meter.poll(); // it may have paid for all in advance
    if (isPauseDue(f.L)) return pause(f, (frame) => inPieces(frame, pieces));
  }
}
