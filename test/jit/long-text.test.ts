// Reading long strings as a whole is work that is charged: comparisons and keys, the same on both tiers, at any limit.
import { describe, expect, test } from "vitest";
import { LONGEST_HASHED, LONG_TEXT } from "../../src/vm/long-text.js";
import { COST } from "../../src/vm/meter.js";
import { MODES, expectSame, observe } from "./support/modes.js";

/** A loop of 300 rounds over two texts of `length` bytes, which differ at the end only. */
const loop = (length: number, body: string): string => `
  local rep = string.rep
  local a, b, c = rep("x", ${length - 1}) .. "a", rep("x", ${length - 1}) .. "b", rep("x", ${length - 1}) .. "a"
  local t = { [a] = 1 }
  local n = 0
  for i = 1, 300 do ${body} end
  print(n)`;

const BODIES: Record<string, string> = {
  "==": "if a == c then n = n + 1 end if a == b then n = n + 2 end",
  "~=": "if a ~= b then n = n + 1 end",
  "<": "if a < b then n = n + 1 end if b < c then n = n + 2 end",
  "<=": "if a <= c then n = n + 1 end if b <= a then n = n + 2 end",
  "> as a value": "local v = a > b n = n + (v and 1 or 2)",
  "t[k]": "n = n + (t[c] or 0) + (t[b] and 1 or 0)",
  "t[k] = v": "t[c] = i t[b] = i % 2 == 0 and i or nil n = n + t[a]",
  rawget: "n = n + rawget(t, c) rawset(t, c, i)",
  rawequal: "if rawequal(a, c) and not rawequal(a, b) then n = n + 1 end",
  next: "t[b] = 1 n = n + (next(t, a) and 1 or 0)",
  "__index": "local s = setmetatable({}, { __index = t }) n = n + s[c]",
};

describe.each(Object.entries(BODIES))("%s", (_, body) => {
  test.each([LONG_TEXT, LONG_TEXT + 1, LONGEST_HASHED, LONGEST_HASHED + 1, 20_000])("on %i bytes", (length) => {
    const off = expectSame(loop(length, body));
    expect(off.error).toBeUndefined();
    const short = observe(loop(20, body), "off");
    expect(off.instructions).toBe(short.instructions);
    expect(off.output).toBe(short.output);
    const units = (off.charged - short.charged) / 300 / Math.floor(length / COST.bytesPerUnit);
    if (length <= LONG_TEXT) expect(units).toBeLessThan(0.1);
    else expect(units).toBeGreaterThan(0.99);
  });
});

test("a comparison with a long constant is paid for as well", () => {
  const constant = "x".repeat(1000);
  const source = `local s, n = string.rep("x", 999) .. "x", 0 for i = 1, 300 do if s == "${constant}" then n = n + 1 end end print(n)`;
  expect(expectSame(source).charged).toBeGreaterThan(300 * 31);
});

test("strings of different lengths are told apart for nothing", () => {
  const source = "local a, b, n = string.rep('x', 5000), string.rep('x', 5001), 0 for i = 1, 1000 do if a == b then n = n + 1 end end print(n)";
  for (const jit of MODES) expect(observe(source, jit).charged).toBeLessThan(1000);
});

test("a limit stops at the same instruction on both tiers, wherever it falls", () => {
  const source = loop(3000, "if a == c and a < b then n = n + (t[c] or 0) end");
  for (let limit = 20_000; limit < 24_000; limit += 97) {
    expect(expectSame(source, { limit }).error).toContain("instruction limit reached");
  }
});

test("a table with many long keys of one length finds each of them", () => {
  const source = `
    local t, half = {}, ("x"):rep(${LONGEST_HASHED})
    local function key(i) return half .. string.pack("i4", i) .. half end
    for i = 1, 200 do t[key(i)] = i end
    for i = 1, 200, 2 do t[key(i)] = nil end
    local sum, n = 0, 0
    for i = 0, 201 do sum = sum + (t[key(i)] or 0) end
    for k, v in pairs(t) do n = n + 1 assert(k == key(v)) end
    collectgarbage()
    print(sum, n, next(t) == key(2))`;
  expect(observe(source, "off")).toMatchObject({ output: "10100\t100\ttrue\n", error: undefined });
});
