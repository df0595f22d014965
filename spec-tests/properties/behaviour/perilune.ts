// perilune as the other side of the comparison: the same harness, counted by the meter.
import { createState, NativeFunction } from "../../../src/index.js";
import type { LuaState } from "../../../src/vm/state.js";
import { HARNESS, HARNESS_NAME, type Observation, type Oracle, parseObservation } from "./oracle.js";

/** A state that observes programs; `observe` throws only when perilune itself is broken. */
export function periluneObserver(): { readonly state: LuaState; observe(source: string): Observation } {
  const state = createState();
  const { meter } = state;
  state.call(state.load(HARNESS, HARNESS_NAME));
  let from = 0;
  const start = new NativeFunction("start", (frame) => {
    from = meter.instructions;
    return frame.none();
  });
  const stop = new NativeFunction("stop", (frame) => frame.results(meter.instructions - from));
  const [observe] = state.call(state.globals.getStr("observer"), [start, stop]);
  return { state, observe: (source) => parseObservation(String(state.call(observe, [source])[0])) };
}

/** perilune with the signature of the oracles. */
export function periluneOracle(): Oracle {
  const { observe } = periluneObserver();
  return (programs) => programs.map(observe);
}
