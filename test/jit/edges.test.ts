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

test("sites that met several shapes and classes, some of which change later", () => {
  expect(output(`
    local classes = {}
    for i = 1, 6 do
      local c = { id = function(self) return i * self.n end }
      c.__index = c
      classes[i] = c
    end
    local objects = {}
    for i = 1, 6 do -- "n" in the same slot for the first four, elsewhere for the others
      local o = i <= 4 and { n = i } or { first = 0, n = i }
      for k = 1, i do o["k" .. k] = k end
      objects[i] = setmetatable(o, classes[i])
    end
    local function work(o) o.n = o.n + 1 return o:id() + o.n end
    local function lengths(count)
      local sum = 0
      for round = 1, 400 do for i = 1, count do sum = sum + work(objects[i]) end end
      return sum
    end
    print(lengths(4), lengths(4))
    classes[2].id = function(self) return 1000000 end -- replaced, removed, and nil in the way
    print(lengths(4))
    objects[3].n = nil
    classes[3].n = 7
    print(lengths(4), rawget(objects[3], "n"))
    objects[4].id = function() return 0.5 end
    print(lengths(4), lengths(6), lengths(6))
    objects[1].n = 2^53
    print(lengths(4), objects[1].n)`)).toBe("1138800\t3378800\n404816800\n404823200\t407\n403856200.0\t406207600.0\t409567600.0\n7.2057594041982e+18\t9.007199254741e+15\n");
});
