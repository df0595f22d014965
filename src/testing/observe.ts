// One run of one text in a state of its own, with everything about it that must not depend on tier, machine or limit.
import { vmCompiler } from "../compiler/vm-compiler.js";
import { EmittingTier } from "../jit/tier.js";
import { openLibraries } from "../stdlib/libraries.js";
import type { LuaClosure } from "../vm/function.js";
import { plainHost } from "../vm/host.js";
import { Run } from "../vm/run.js";
import { LuaError, LuaLimitError, LuaState } from "../vm/state.js";
import { type LuaValue, typeName } from "../vm/value.js";

export type Jit = "auto" | "off" | "always" | "guess";

export interface Observation {
  /** "refused" (does not compile), "returned", "raised" or "limit", and the message or the types of the results. */
  readonly ending: string;
  readonly output: string;
  /** Lua's traceback of an error nobody caught. */
  readonly traceback: string;
  readonly instructions: number;
  /** Units of library work. */
  readonly charged: number;
  /** Bytes accounted. */
  readonly allocated: number;
}

export interface RunOptions {
  readonly jit?: Jit;
  /** Instructions and library work together (no limit). */
  readonly instructions?: number;
  /** As a run that is stopped and resumed every so many instructions, Infinity for never (a plain call). */
  readonly slice?: number;
}

/** A state with the whole library, a fixed clock and seed, and nowhere to print to unless given. */
export function newState(jit: Jit, write: (text: string) => void = () => {}): LuaState {
  const host = { ...plainHost(write), now: () => 0, cpuTime: () => 0, randomSeed: () => 0n };
  const state = new LuaState({ host, compiler: vmCompiler });
  if (jit !== "off") state.tier = new EmittingTier(jit);
  openLibraries(state);
  return state;
}

/** Compiles and runs `text` (a byte string). Every exception but Lua's own errors and limits is passed on: a defect. */
export function observe(text: string, { jit = "auto", instructions, slice }: RunOptions = {}): Observation {
  let output = "";
  const state = newState(jit, (written) => void (output += written));
  const { meter, memory } = state;
  const before = { instructions: meter.instructions, charged: meter.charged, allocated: memory.allocated };
  const { ending, traceback } = run(state, text, instructions, slice);
  return {
    ending, output, traceback,
    instructions: meter.instructions - before.instructions,
    charged: meter.charged - before.charged,
    allocated: memory.allocated - before.allocated,
  };
}

function run(state: LuaState, text: string, instructions: number | undefined, slice: number | undefined): { ending: string; traceback: string } {
  let main: LuaClosure;
  try {
    main = state.load(text, "=program", "t");
  } catch (error) {
    return { ending: `refused ${(error as Error).message}`, traceback: "" };
  }
  if (instructions !== undefined) state.meter.setLimit(state.meter.used + instructions);
  try {
    return { ending: `returned ${(slice === undefined ? state.call(main) : inSlices(state, main, slice)).map(typeName).join(" ")}`, traceback: "" };
  } catch (error) {
    if (error instanceof LuaLimitError) return { ending: `limit ${error.kind}`, traceback: error.traceback };
    if (error instanceof LuaError) return { ending: `raised ${error.message}`, traceback: error.traceback };
    throw error;
  }
}

function inSlices(state: LuaState, main: LuaClosure, units: number): readonly LuaValue[] {
  const run = new Run(state, main);
  const slice = units === Infinity ? null : { units, isOver: () => true };
  while (!run.isOver) run.resume(slice);
  if (run.status === "failed") throw run.error;
  return run.results;
}
