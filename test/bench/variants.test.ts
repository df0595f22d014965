import { describe, expect, test } from "vitest";
import { type Strategy, loadVariant } from "../../bench/lib/variants.js";

const PROGRAM = "local s = 0 for i = 1, 3000 do local t = { i } s = s + #t + (function(...) return select('#', ...) end)(i) end return s";

/** What a variant counts: the least and the most units, and whether it counts allocations. */
const COUNTS: Readonly<Record<Strategy, readonly [least: number, most: number, allocations: boolean]>> = {
  instruction: [40_000, 80_000, true], block: [40_000, 80_000, true], edges: [5990, 6010, true], none: [0, 10, true],
  unaccounted: [40_000, 80_000, false], bare: [0, 10, false],
};

// the variants replace lines of the sources, which have to be there
describe("variants of the library without metering or accounting", () => {
  test.each<[Strategy, boolean]>([
    ["instruction", false], ["none", false], ["block", false], ["edges", false], ["unaccounted", false], ["bare", false],
    ["instruction", true], ["none", true], ["unaccounted", true], ["bare", true],
  ])("%s, emitted code: %s", async (strategy, emitted) => {
    const { createState } = await loadVariant(strategy, { emitted });
    const state = createState({ jit: emitted ? "auto" : "off", limits: { instructions: 1e9, memory: 1e9 } });
    const main = state.load(PROGRAM, "=program");
    const { used } = state.meter;
    const { allocated } = state.memory;
    expect(state.call(main)).toEqual([6000]);
    const [least, most, allocations] = COUNTS[strategy];
    expect(state.meter.used - used).toBeGreaterThanOrEqual(least);
    expect(state.meter.used - used).toBeLessThanOrEqual(emitted ? Math.max(most, 30_000) : most); // the interpreter counts all the same
    if (allocations) expect(state.memory.allocated - allocated).toBeGreaterThan(100_000);
    else expect(state.memory.allocated).toBe(allocated);
  });
});
