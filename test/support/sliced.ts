// What a program does in one piece and in slices: the same, whatever the slices are.
import { limitsLibrary } from "../../src/engine/limits-library.js";
import { LuaError, createState, plainHost } from "../../src/index.js";
import { STANDARD_LIBRARIES } from "../../src/stdlib/libraries.js";
import { Run } from "../../src/vm/run.js";
import type { LuaState } from "../../src/vm/state.js";
import type { LuaValue } from "../../src/vm/value.js";

type Jit = "auto" | "off" | "always";

export function world(jit: Jit = "auto"): { state: LuaState; output: () => string } {
  let output = "";
  const state = createState({ jit, libraries: [...STANDARD_LIBRARIES, limitsLibrary], host: plainHost((text) => void (output += text)) });
  return { state, output: () => output };
}

/** The outcome of a call that nothing can suspend. */
export function plainly(source: string, jit?: Jit): string {
  const { state, output } = world(jit);
  const func = state.load(source, "=text");
  return outcomeOf(state, output, () => state.call(func));
}

/** The outcome of a run in slices of `units`, and how many there were. */
export function inSlices(source: string, units: number, jit?: Jit): { outcome: string; slices: number } {
  const { state, output } = world(jit);
  let slices = 0;
  const run = new Run(state, state.load(source, "=text"));
  const outcome = outcomeOf(state, output, () => {
    while (run.resume({ units, isOver: () => true }) === "ready") slices++;
    if (run.status === "failed") throw run.error;
    return run.results;
  });
  return { outcome, slices };
}

function outcomeOf(state: LuaState, output: () => string, act: () => readonly LuaValue[]): string {
  const allocated = state.memory.allocated;
  let end: string;
  try {
    end = `results: ${act().length}`;
  } catch (error) {
    if (!(error instanceof LuaError)) throw error;
    end = `${error.message}\n${error.traceback}`;
  }
  return `${output()}${end}\n${state.meter.used} units, ${state.memory.allocated - allocated} bytes`;
}

