import { expect, test } from "vitest";
import { SHORT_KEY, ShortKeys } from "../../src/vm/short-keys.js";

function filled(keys: readonly string[]): ShortKeys {
  const index = new ShortKeys(7);
  keys.forEach((key, i) => index.add(key, i));
  return index;
}

test("each key is found where it was added, others are not", () => {
  const keys = Array.from({ length: 5000 }, (_, i) => `k${i * 7}`);
  const index = filled(keys);
  for (const [i, key] of keys.entries()) expect(index.find(key, keys)).toBe(i);
  for (const key of ["", "k", "k1", "k00", "k35000", "K7", "\0\0"]) expect(index.find(key, keys)).toBe(-1);
});

test.each([
  ["counting", (i: number) => String(i)],
  ["the same letters in another order", (i: number) => Array.from({ length: SHORT_KEY }, (_, b) => "ab"[(i >> b) & 1]).join("") + (i >> SHORT_KEY)],
  ["bytes that differ in their highest bit", (i: number) => Array.from({ length: 12 }, (_, b) => String.fromCharCode(((i >> b) & 1) << 7)).join("")],
  ["zeros", (i: number) => "\0".repeat(i >> 8 & 15) + String.fromCharCode(i & 255)],
])("no series of keys clusters: %s", (_, keyOf) => {
  const keys = [...new Set(Array.from({ length: 4096 }, (_, i) => keyOf(i)))];
  expect(filled(keys).longestSearch()).toBeLessThan(60);
});
