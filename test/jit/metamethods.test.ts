// Metamethods called from emitted code.
import { expect, test } from "vitest";
import { createState } from "../../src/index.js";
import type { EmittingTier } from "../../src/jit/tier.js";
import { expectSame } from "./support/modes.js";

const CLASS = `
  local V = {} V.__index = V
  local function vec(x) return setmetatable({ x = x }, V) end
  local trouble
  local function check(x) if trouble == "error" and x % 3 == 0 then error("three") elseif trouble == "yield" then coroutine.yield(x) elseif trouble == "index" then local t return t.x end end
  V.__add = function(a, b) check(a.x) return vec(a.x + b.x) end
  V.__sub = function(a, b) check(1) return vec((type(a) == "number" and a or a.x) - (type(b) == "number" and b or b.x)) end
  V.__mul = function(a, b) if type(a) == "number" then return vec(a * b.x) end return a.x * b.x, "more" end
  V.__band = function(a, b) check(3) return 7 end
  V.__unm = function(a) check(a.x) return vec(-a.x) end
  V.__bnot = function(a) return a.x end
  V.__len = function(a) check(a.x) return a.x + 0.5 end
  V.__eq = function(a, b) check(a.x) return a.x == b.x end
  V.__lt = function(a, b) check(3) return (type(a) == "number" and a or a.x) < (type(b) == "number" and b or b.x) end
  V.__le = function(a, b) check(3) return (type(a) == "number" and a or a.x) <= (type(b) == "number" and b or b.x) and 1 or nil end
  V.__concat = function(a, b) check(3) return "<" .. tostring(type(a) == "table" and a.x or a) .. tostring(type(b) == "table" and b.x or b) .. ">" end
  V.__call = function(self, ...) check(self.x) return self.x, select("#", ...), ... end
  local P = setmetatable({}, {
    __index = function(t, k) check(3) if k == "none" then return end return k end,
    __newindex = function(t, k, v) check(3) rawset(t, "last", v) end,
  })
  local Q = setmetatable({}, { __index = P, __newindex = P })
  local function work(i)
    local a, b = vec(i), vec(i % 7)
    local n = 0
    local c = a + b - 3
    c = 5 - c
    n = n + c.x + (a & 1) + (~a) + #a
    n = n + (2 * a).x + a * b
    if a == b then n = n + 1 end
    if a ~= b then n = n + 2 end
    if a < b then n = n + 4 end
    if a <= b then n = n + 8 end
    if a > 5 then n = n + 16 end
    if 5 >= a then n = n + 32 end
    if not (a < 3) then n = n + 64 end
    local s = a .. b
    s = s .. a
    s = 1 .. a
    local x, y, z = a(i, nil)
    n = n + x + y + (z or 0) + select("#", a(table.unpack({ 1, 2, 3 })))
    P[i] = i Q.field = i
    n = n + P[i] + Q[i] + #P.name + (P.none and 1 or 0) + #P:gsub("x")
    return n, s
  end`;

test("all of them, results of all kinds", () => {
  expectSame(`${CLASS.replace('#P:gsub("x")', "0")}
    local total = 0
    for i = 1, 400 do local n, s = work(i) total = total + n if i % 80 == 0 then print(n, s, total) end end`);
});

test("errors in them, with tracebacks, and in protected calls", () => {
  expectSame(`${CLASS}
    for i = 1, 300 do
      trouble = i > 250 and (i % 2 == 0 and "error" or "index") or nil
      local ok, m = pcall(work, i)
      if i > 240 then print(ok, m, select(2, xpcall(work, debug.traceback, i))) end
    end`);
});

test("yields in them", () => {
  expectSame(`${CLASS.replace('#P:gsub("x")', "0")}
    for i = 1, 260 do work(i) end
    trouble = "yield"
    for round = 1, 30 do
      local sum, n = 0, 0
      for v in coroutine.wrap(function() work(round) end) do sum = sum + v n = n + 1 end
      print(sum, n)
    end`);
});

test("a budget that ends at any instruction in them", () => {
  const source = `${CLASS.replace('#P:gsub("x")', "0")}\nfor i = 1, 9 do print(work(i)) end`;
  for (let limit = 20; limit < 900; limit += 7) expectSame(source, { limit });
});

test("they nest as deep as in the interpreter", () => {
  expectSame(`
    local mt = {} mt.__index = function(t, k) if k == 0 then return 0 end return t[k - 1] + 1 end
    local t = setmetatable({}, mt)
    for i = 1, 300 do if t[i % 60] ~= i % 60 then print("no") end end
    print(t[150], pcall(function() return t[250] end))`);
});

test("they do not leave emitted code", () => {
  const state = createState({ jit: "auto" });
  state.call(state.load(`
    local V = {} V.__index = V
    V.__add = function(a, b) return setmetatable({ x = a.x + b.x }, V) end
    V.__lt = function(a, b) return a.x < b.x end
    local proxy = setmetatable({}, { __index = function(_, k) return k end })
    local a, one, n = setmetatable({ x = 0 }, V), setmetatable({ x = 1 }, V), 0
    for i = 1, 20000 do a = a + one if one < a then n = n + proxy[i] end end
    return n`, "=p"));
  const { statistics } = state.tier as EmittingTier;
  expect(statistics.replaced).toBeLessThan(1000); // of 60,000 metamethod calls; the first calls of each emitted function are left to train V8
});

test("operators on strings that spell numbers, and on strings that do not", () => {
  expect(expectSame(`
    local sum, parts = 0, { "1", "0x10", "2.5", " 7 ", "1e3" }
    for i = 1, 600 do
      local s = parts[i % 5 + 1]
      sum = sum + s - s * "2" + (s // "2") % "3" + -s / 4
    end
    print(sum, "10" + 1, "10" * "2", -"0x10", (10 .. "") + 1)
    local function tries(s)
      local good, last = 0, nil
      for i = 1, 500 do
        local ok, result = pcall(function() return s + i end)
        if ok then good = good + 1 end
        last = result
      end
      print(good, last)
    end
    tries("5")
    tries("five")
    tries(("1"):rep(70))
    tries(setmetatable({}, { __add = function(a, b) return b end }))
    local function divide(a, b) return a // b end
    for i = 1, 500 do divide("6", "4") end
    print(divide("7", 2), pcall(divide, "1", "0"))
    getmetatable("").__add = function(a, b) return a .. "+" .. b end
    tries("5")`).output).toBe("-153375.0\t11\t20\t-16\t11\n500\t505\n0\tprogram:11: attempt to add a 'string' with a 'number'\n500\t1.1111111111111e+69\n500\t500\n3\tfalse\tattempt to divide by zero\n500\t5+500\n");
});
