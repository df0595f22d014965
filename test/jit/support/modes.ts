// A program on the interpreter alone and with the emitting tier: everything that can be observed must be equal.
import { expect } from "vitest";
import { createState, LuaError, LuaLimitError } from "../../../src/index.js";
import { plainHost } from "../../../src/vm/host.js";

export type Mode = "off" | "auto" | "always";

/** What a program does, within `limit` units of the meter. */
export function observe(source: string, jit: Mode, limit = Infinity): object {
  let output = "";
  const state = createState({ jit, host: plainHost((text) => void (output += text)) });
  const before = { used: state.meter.used, instructions: state.meter.instructions, charged: state.meter.charged, allocated: state.memory.allocated };
  if (limit !== Infinity) state.meter.setLimit(before.used + limit);
  let error: string | undefined;
  try {
    state.call(state.load(source, "=program"));
  } catch (failure) {
    if (!(failure instanceof LuaError || failure instanceof LuaLimitError)) throw failure;
    error = `${failure.message}\n${failure.traceback}`;
  }
  return {
    output, error, instructions: state.meter.instructions - before.instructions, charged: state.meter.charged - before.charged,
    allocated: state.memory.allocated - before.allocated,
  };
}

export function expectSame(source: string, limit?: number): void {
  const expected = observe(source, "off", limit);
  expect(observe(source, "always", limit)).toEqual(expected);
  expect(observe(source, "auto", limit)).toEqual(expected);
}
