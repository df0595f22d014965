// Values and changes at which emitted code, which expects what it has seen, must notice that something is different.
import { expect, test } from "vitest";
import { expectSame } from "./support/modes.js";

/** What every tier prints; they must agree in all that can be observed. */
const output = (source: string): string => expectSame(source).output;

test("a product of integers is no negative zero", () => {
  expect(output(`
    for i = -300, 300 do
      local x = i * 94906267
      local p = x * (i - 301)
      if p == 0 then print(p, 1 / p) end
    end`)).toBe("0\tinf\n");
  expect(output(`
    local t, a, zero = {}, 9007199254740, 0
    for i = 1, 900 do
      local p, q = #t * -i, zero * -(a + i)
      if i % 300 == 0 then print(1 / p, 1 / q) end
    end`)).toBe("inf\tinf\n".repeat(3));
});

test("a field that comes between an object and where its method was found is seen at once", () => {
  expect(output(`
    local C = { f = function() return 1 end }
    C.__index = C
    local D = setmetatable({}, C)
    D.__index = D
    local o, sum = setmetatable({}, D), 0
    for i = 1, 500 do
      if i == 400 then D.f = function() return 1000 end end
      sum = sum + o:f() + o.f()
    end
    print(sum)`)).toBe("202798\n");
});

test("a census comes at the same allocation as in the interpreter", () => {
  const printed = output(`
    local turn = 0
    local function watch() setmetatable({}, { __gc = function() print(turn) watch() end }) end
    watch()
    for i = 1, 100000 do
      turn = i
      local t = {}
    end
    turn = 0`);
  expect(printed.split("\n").length).toBeGreaterThan(3);
});

test("what a library function did before it failed is paid once", () => {
  expect(output(`
    local list = {}
    for i = 1, 400 do list[i] = i end
    list[400] = {}
    local ok
    local function join() return (table.concat(list, ",")) end
    for i = 1, 300 do ok = pcall(join) end
    print(ok)`)).toBe("false\n");
});

test("a store that leaves has all the floats made that the function holds bare", () => {
  const names = Array.from({ length: 14 }, (_, n) => `v${n}`);
  expectSame(`
    local function work(t, n)
      local ${names.join(", ")} = ${names.map((_, n) => `${n}.5`).join(", ")}
      for i = 1, n do
        ${names.map((name, n) => `${name} = ${name} + ${n}.25`).join(" ")}
        t[i] = i
      end
      return ${names.join(" + ")}
    end
    local log = 0
    local slow = setmetatable({}, { __newindex = function(_, k) log = log + k end })
    for _ = 1, 3 do print(work(slow, 10), work({}, 10), log) end`);
});
