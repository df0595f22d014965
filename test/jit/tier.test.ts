// The emitting tier against the interpreter: output, errors, instruction counts and accounted bytes must be equal.
import { readFileSync, readdirSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createState } from "../../src/index.js";
import { EmittingTier } from "../../src/jit/tier.js";
import { programArbitrary } from "../../src/testing/generate/program.js";
import { expectSame, observe, run } from "./support/modes.js";

const PROGRAMS = new URL("../../bench/programs/", import.meta.url);
/** Arguments that keep a program's run short. */
const SIZE = "6";
/** Programs whose work is not in proportion to their argument. */
const SMALLER: Readonly<Record<string, string>> = { "tak.lua": "1", "compress.lua": "1", "nqueens.lua": "4", "string_bytes.lua": "1", "json.lua": "1" };

describe("bench programs", () => {
  for (const file of readdirSync(PROGRAMS).filter((name) => name.endsWith(".lua"))) {
    test(file, () => void expectSame(readFileSync(new URL(file, PROGRAMS), "latin1"), { argument: SMALLER[file] ?? SIZE }));
  }
});

test("generated programs", () => {
  fc.assert(fc.property(programArbitrary, (source) => void expectSame(source)), { numRuns: 60 });
});

test("a budget ends at the same instruction inside a compiled loop", () => {
  const source = "local t, s = {}, 0 for i = 1, 1e6 do t[i % 100 + 1] = i s = s + i * 0.5 end print(s)";
  for (let limit = 1000; limit < 1040; limit++) expectSame(source, { limit });
  expectSame(source, { limit: 123_457 });
});

test("an error inside a compiled block counts what ran before it", () => {
  expectSame("local t = {} for i = 1, 500 do local x = i + 1; local y = x * 2; if i == 400 then t = nil end t.x = y end");
  expectSame("for i = 500, -1, -1 do local x = 7 // i; local y = 7 % i end");
  expectSame("local s = 0 for i = 1, 300 do s = s + i end for k, v in next, {}, 1 do end");
});

test("hooks see each instruction of a function that was compiled before", () => {
  expectSame(`
    local function f(n) local s = 0 for i = 1, n do s = s + i end return s end
    for _ = 1, 300 do f(10) end
    local lines, counts = 0, 0
    debug.sethook(function() lines = lines + 1 end, "l") f(50) debug.sethook()
    debug.sethook(function() counts = counts + 1 end, "", 1) f(50) debug.sethook()
    print(lines, counts)`);
});

test("integer loops keep their counts at the edges of the number range", () => {
  expectSame(`
    local n = 0
    for i = math.maxinteger - 300, math.maxinteger do n = n + 1 end
    for i = 9007199254740991 - 300, 9007199254740991 + 300, 7 do n = n + i % 3 end
    for i = 1, 3, 0.01 do n = n + 1 end
    for i = -1, -600, -7 do n = n ~ i end
    print(n)`);
});

test("functions are really compiled, refused ones say why, and no eval means no tier", () => {
  const { state } = run("local s = 0 for i = 1, 1000 do s = s + i end return s", "auto");
  expect((state.tier as EmittingTier).statistics).toMatchObject({ regions: 1, refused: 0 });
  const original = globalThis.Function;
  globalThis.Function = function forbidden() { throw new EvalError("forbidden"); } as unknown as FunctionConstructor;
  try {
    const without = run("local s = 0 for i = 1, 1000 do s = s + i end print(s)", "auto");
    expect(without.seen.output).toBe("500500\n");
    expect((without.state.tier as EmittingTier).statistics).toMatchObject({ regions: 0, refused: 1 });
  } finally {
    globalThis.Function = original;
  }
});

test("a function that is too long stays with the interpreter, with a reason", () => {
  const source = `local x = 0 for i = 1, 300 do x = i end ${"x = x + 1 ".repeat(3000)} print(x)`;
  expectSame(source);
  const { state } = run(source, "auto");
  expect((state.tier as EmittingTier).statistics).toMatchObject({ regions: 0, refused: 1 });
});

test("script text never enters emitted source", () => {
  const evil = '"); globalThis.pwned = true; ("';
  const source = `local t = {} for i = 1, 500 do t[${JSON.stringify(evil)}] = i; t.x = ${JSON.stringify(evil)} end print(t.x)`;
  expectSame(source);
  expect("pwned" in globalThis).toBe(false);
});

test("a long chain of __index or __newindex is paid for, and the same on all tiers", () => {
  const source = (depth: number): string => `
    local t = {}
    for _ = 1, ${depth} do t = setmetatable({}, {__index = t, __newindex = t}) end
    for i = 1, 300 do local _ = t.x, t[i] t.y = nil t[i] = nil end`;
  for (const depth of [5, 15, 25, 31, 33, 1000]) expectSame(source(depth));
  expect(observe(source(31), "off").charged).toBe(observe(source(1), "off").charged);
  expect(observe(source(1000), "off").charged).toBeGreaterThan(300 * 4 * 400);
});

test("a loop whose rounds take long, mostly in other emitted code, gets no entry of its own", () => {
  const regionsOf = (inside: number): number => {
    const state = createState({ jit: "auto" });
    state.call(state.load(`
      local function work(n) local sum = 0 for i = 1, n do sum = sum + i % 7 end return sum end
      for i = 1, 300 do work(10) end
      local n, i, all = ${inside}, 0, 0
      while i < 40 do i = i + 1 all = all + work(n) + work(n) end
      assert(i == 40)`, "=rounds"));
    return (state.tier as EmittingTier).statistics.regions;
  };
  expect(regionsOf(100_000)).toBeLessThan(regionsOf(100));
});
