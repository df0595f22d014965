// A program on the interpreter alone and with the emitting tier: everything that can be observed must be equal.
import { expect } from "vitest";
import { createState, LuaError, LuaLimitError, type LuaState, LuaSyntaxError } from "../../../src/index.js";
import { EmittingTier } from "../../../src/jit/tier.js";
import { plainHost } from "../../../src/vm/host.js";

export const MODES = ["off", "auto", "always", "guess"] as const;
export type Mode = (typeof MODES)[number];

export interface RunOptions {
  /** Units of the meter that it may use. */
  readonly limit?: number | undefined;
  /** What the program gets as `...`. */
  readonly argument?: string | undefined;
}

/** What can be observed of a run. */
export interface Observed {
  readonly output: string;
  /** Message and traceback of the error or limit that ended it. */
  readonly error: string | undefined;
  readonly instructions: number;
  readonly charged: number;
  readonly allocated: number;
}

/** A run, and the state after it. */
export function run(source: string, jit: Mode, { limit = Infinity, argument }: RunOptions = {}): { readonly seen: Observed; readonly state: LuaState } {
  let output = "";
  const state = createState({ jit: jit === "guess" ? "off" : jit, host: plainHost((text) => void (output += text)) });
  if (jit === "guess") state.tier = new EmittingTier(jit); // not for users
  const { meter, memory } = state;
  const before = { instructions: meter.instructions, charged: meter.charged, allocated: memory.allocated };
  meter.setLimit(meter.used + limit);
  let error: string | undefined;
  try {
    state.call(state.load(source, "=program"), argument === undefined ? [] : [argument]);
  } catch (failure) {
    if (failure instanceof LuaSyntaxError) error = failure.message;
    else if (failure instanceof LuaError || failure instanceof LuaLimitError) error = `${failure.message}\n${failure.traceback}`;
    else throw failure;
  }
  const seen = {
    output, error, instructions: meter.instructions - before.instructions, charged: meter.charged - before.charged,
    allocated: memory.allocated - before.allocated,
  };
  return { seen, state };
}

export function observe(source: string, jit: Mode, options?: RunOptions): Observed {
  return run(source, jit, options).seen;
}

/** Runs `source` on all tiers; answers what was seen on each of them. */
export function expectSame(source: string, options?: RunOptions): Observed {
  const expected = observe(source, "off", options);
  expect(observe(source, "always", options), "jit always").toEqual(expected);
  expect(observe(source, "guess", options), "jit guess").toEqual(expected);
  expect(observe(source, "auto", options), "jit auto").toEqual(expected);
  return expected;
}
