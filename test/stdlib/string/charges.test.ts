// What a search charges, where nothing matches: all of it is read, so all of it is paid for.
import { expect, test } from "vitest";
import { observe } from "../../../src/testing/observe.js";

const charged = (length: number, pattern: string): number => {
  const text = `local s = ("a"):rep(${length})`;
  return observe(`${text} s:find("${pattern}")`).charged - observe(text).charged;
};

test.each(["[xyz]b", "%d+", "[^a]", "x", "xyz%d"])("%s: a text ten times as long costs about ten times as much", (pattern) => {
  const short = charged(10_000, pattern);
  expect(short).toBeGreaterThan(100);
  const ratio = charged(100_000, pattern) / short;
  expect(ratio).toBeGreaterThan(9);
});
