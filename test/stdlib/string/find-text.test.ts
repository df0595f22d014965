// Plain searches for long texts: the same answers as JavaScript's own search, in linear time.
import fc from "fast-check";
import { expect, test } from "vitest";
import { createState } from "../../../src/index.js";

const state = createState();
const find = state.load("local s, p, i = ... return (string.find(s, p, i, true))", "=find");
const found = (text: string, needle: string, from: number): unknown => state.call(find, [text, needle, from + 1])[0];

test("finds what indexOf finds", () => {
  const word = fc.string({ unit: fc.constantFrom("a", "b"), minLength: 1, maxLength: 12 });
  fc.assert(fc.property(word, fc.integer({ min: 6, max: 40 }), word, fc.integer({ min: 0, max: 60 }), word, fc.nat(30), (unit, times, gap, more, tail, from) => {
    const needle = unit.repeat(times) + tail;
    const text = unit.repeat(times + more) + gap + unit.repeat(times) + tail + gap;
    const at = text.indexOf(needle, from);
    expect(found(text, needle, from)).toBe(at < 0 ? undefined : at + 1);
  }));
});

test("charges for the text and the needle, not for their product", () => {
  const before = state.meter.charged;
  const half = "a".repeat(20_000);
  expect(found("a".repeat(100_000), `${half}b${half}`, 0)).toBe(undefined);
  expect(state.meter.charged - before).toBeLessThan(20_000);
  expect(state.meter.charged - before).toBeGreaterThan(3_000);
});
