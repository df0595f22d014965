import { describe, expect, test } from "vitest";
import { KnownStrings } from "../../src/vm/known-strings.js";
import { LONGEST_HASHED, hashText } from "../../src/vm/long-text.js";

/** All strings of `blocks` blocks, each one of `variants`. */
function combined(variants: readonly string[], blocks: number): string[] {
  let texts = [""];
  for (let i = 0; i < blocks; i++) texts = texts.flatMap((text) => variants.map((variant) => text + variant));
  return texts;
}

describe("strings that were met", () => {
  test("each is new once, and answered from then on", () => {
    const known = new KnownStrings();
    const textOf = (i: number): string => "x".repeat(60) + i;
    const numbers = Array.from({ length: 100_000 }, (_, i) => i);
    expect(numbers.filter((i) => known.meet(textOf(i)) !== undefined)).toEqual([]);
    expect(numbers.filter((i) => known.meet(textOf(i)) !== textOf(i))).toEqual([]);
    expect(known.meet(textOf(100_000))).toBeUndefined();
  });

  test("lengths are told apart, also those of zeros", () => {
    const known = new KnownStrings();
    for (let n = 0; n < 500; n++) expect(known.meet("\0".repeat(n))).toBeUndefined();
  });
});

describe("hashes", () => {
  test("bytes whose high bits differ do not cancel each other out", () => {
    const texts = combined(["aaaaaaaa", "aaa\xe1aa\x60\xe1"], 12); // equal in a chain of multiplications of 32-bit words
    expect(new Set(texts.map(hashText)).size).toBeGreaterThan(texts.length - 10);
  });

  test("low bits depend on high bits", () => {
    const texts = combined(["\0", "\x80"], 12);
    expect(new Set(texts.map((text) => hashText(text) & 0xfff)).size).toBeGreaterThan(1000);
  });

  test("bytes beyond the factors count, and their places", () => {
    const zeros = "\0".repeat(LONGEST_HASHED);
    const texts = [`${zeros}ab`, `${zeros}ba`, `ab${zeros}`, `ba${zeros}`, `${zeros}${zeros}ab`];
    expect(new Set(texts.map(hashText)).size).toBe(texts.length);
  });
});
