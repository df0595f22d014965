// Direct calls between emitted functions, and how they are left: frames must come to be as if they had always been there.
import { describe, expect, test } from "vitest";
import { createState, LuaLimitError } from "../../src/index.js";
import type { EmittingTier } from "../../src/jit/tier.js";
import { plainHost } from "../../src/vm/host.js";
import { expectSame } from "./support/modes.js";

const NESTED = `
  local function leaf(a, b) return a + b, a - b end
  local function pass(...) return ... end
  local function tail(n, x) if n == 0 then return leaf(x, 1) end return tail(n - 1, x + 1) end
  local function deep(n) if n == 0 then return (leaf(2, 3)) end return deep(n - 1) + 1 end
  local function each(t) local s = 0 for i, v in ipairs(t) do s = s + select("#", pass(i, v)) + v end return s end
  local function own(n) return function(s, i) if i < n then return i + 1, s end end end
  local sum = 0
  for i = 1, 30 do
    local t = { pass(leaf(i, 2)) }
    sum = sum + each(t) + deep(i) + tail(i, 1)
    for k, v in own(3), 7, 0 do sum = sum + k * v end
    local made = function() sum = sum + 1 return sum end
    made()
  end
  print(sum)`;

describe("what is left of nested emitted calls", () => {
  test("results, counts and bytes", () => expectSame(NESTED));

  test("a budget that ends at any instruction in them", () => {
    for (let limit = 1; limit < 400; limit += 3) expectSame(NESTED, { limit });
    for (let limit = 2000; limit < 2060; limit++) expectSame(NESTED, { limit });
  });

  test("errors name the functions and lines of all of them", () => {
    for (const fault of ["local t = nil; return t.x", "return 1 + {}", "error('told')", "return #5", "string.rep()", "(nil)()", "return 1 < 'x'"]) {
      expectSame(`
        local function inner(n)
          if n == 250 then
            ${fault}
          end
          return n
        end
        local function outer(n) local r = inner(n) return r end
        for i = 1, 300 do outer(i) end`);
    }
  });

  const FORWARDED = `
    local function sum(a, b, ...) local s = (a or 1) + (b or 2) for i = 1, select("#", ...) do s = s + select(i, ...) end return s end
    local function all(...) return ... end
    local function some(f, ...) return f(...) end
    local function none(f, ...) local r = f(0, ...) f(...) return r, f(1, 2, ...) end
    local function kept(f, ...) local a, b, c = f(...) return (f(...)), a, b, c end
    local function deep(n, ...) if n == 0 then return sum(...) end return 1 + deep(n - 1, ...) end
    local object = setmetatable({}, { __call = function(self, ...) return sum(...) end })
    local many = table.pack(string.byte(("x"):rep(40), 1, -1))
    local total = 0
    for i = 1, 60 do
      total = total + some(sum, i, 2, 3) + some(sum) + #{ some(all, i, nil, 3) } + select("#", none(all, i, i)) + none(sum, i) + kept(sum, 1, 2, 3)
      total = total + deep(i, i, i) + some(object, i) + some(math.max, i, 7) + select("#", some(all, table.unpack(many, 1, i % 41)))
    end
    print(total, select("#", kept(all)), pcall(some, nil, 1), pcall(some, error, "told"), kept(all, 1, nil))`;

  test("extra arguments that are passed on", () => {
    expectSame(FORWARDED);
    for (let limit = 3000; limit < 3150; limit += 4) expectSame(FORWARDED, { limit });
    expectSame(`
      local function down(n, ...) if n == 0 then coroutine.yield(select("#", ...)) return ... end local a = down(n - 1, n, ...) return a end
      local function leap(...) return down(3, ...) end
      for i = 1, 40 do local co = coroutine.wrap(leap) print(co(i, nil), co()) end
      local function endless(...) return 1 + endless(...) end
      for i = 1, 3 do print(pcall(endless, i, 2, 3)) end`);
  });

  test("hooks, locals and tracebacks of functions that are emitted", () => {
    expectSame(`
      local seen = 0
      local function look(n)
        if n % 100 == 0 then
          local name, value = debug.getlocal(2, 1)
          print(name, value, debug.getinfo(2, "l").currentline, debug.traceback("at", 2))
          debug.setlocal(2, 1, value + 1)
        end
      end
      local function middle(x) look(x) return x end
      for i = 1, 400 do seen = seen + middle(i) end
      local lines = 0
      local function start() debug.sethook(function() lines = lines + 1 end, "l") end
      local function run(n) if n == 50 then start() end local a = n + 1 return a end
      for i = 1, 60 do run(i) end
      debug.sethook()
      print(seen, lines)`);
  });

  test("coroutines that yield in them", () => {
    expectSame(`
      local function give(n) coroutine.yield(n) return n end
      local function walk(n) if n == 0 then return 0 end local r = give(n) return r + walk(n - 1) end
      for round = 1, 20 do
        local total = 0
        for v in coroutine.wrap(function() walk(30) end) do total = total + v end
        print(total)
      end`);
  });
});

test("recursion ends as Lua's stack overflow, with Lua's message, wherever the JavaScript stack ends", () => {
  expectSame(`
    local depth = 0
    local function down(n) depth = n return 1 + down(n + 1) end
    print(pcall(down, 1)) print(depth)
    local function wide(a, b, c, d, e, f) depth = a local x, y, z = b, c, d return wide(a + 1, x, y, z, e, f) + 1 end
    print(pcall(wide, 1)) print(depth)`);
  expectSame("local function a(n) if n == 0 then return 'done' end return (function(m) return a(m) end)(n - 1) end print(a(20000))");
});

test("loops on floats, on large integers and on small ones, in one function", () => {
  expectSame(`
    local function count(a, b, c) local n = 0 for i = a, b, c do n = n + i end return n end
    for i = 1, 50 do print(count(1, i, 1), count(0.5, i, 0.25), count(i / 2, 10, 1), count(9007199254740990, 9007199254740990 + i, 3)) end
    for i = 1, 300 do count(1, 10, 1) end
    print(count(1.0, 10, 1), count(1, 10.5, 1), count(10, 1, -3), pcall(count, 1, 10, 0), pcall(count, "a", 1, 1))`);
});

test("integers that grow past 53 bits, and floats that become integral", () => {
  expectSame(`
    local function grow(x, n) for i = 1, n do x = x * 3 + i end return x end
    for i = 1, 40 do print(grow(i, i), grow(i + 0.5, i), grow(1.0, i)) end
    local s, f = 1, 0.5
    for i = 1, 200 do s = s * 7 + 1 f = f * 2 if f > 1e300 then f = 0.5 end end
    print(s, f, s // 3, s % 1000, f == f // 1)`);
});

test("calls are really direct", () => {
  const state = createState({ jit: "auto" });
  state.call(state.load("local function f(n) if n < 2 then return n end return f(n - 1) + f(n - 2) end return f(22)", "=p"));
  const { statistics } = state.tier as EmittingTier;
  expect(statistics.compiled).toBe(1);
  expect(statistics.unwound).toBeLessThan(10);
});

test("a call that takes an open list and wants several results is left with its list", () => {
  expectSame(`
    local function list(...) return ... end
    local function loaded(text, name) local chunk, problem = load(text, "=" .. name, "t", list({})) return problem end
    for i = 1, 400 do print(loaded("x = = 1", "name")) end`);
});

test("a memory limit that a library function meets counts what emitted functions hold", () => {
  const source = `
    local function hold(n, keep)
      if n == 0 then return #string.rep("x", 400000) end
      local mine = string.rep("y", 20000 + n)
      return hold(n - 1, mine) + #mine
    end
    local sum = 0
    for i = 1, 40 do sum = sum + hold(10) end
    print(sum)
    print(hold(60))`;
  const outcomes = (["off", "always", "auto"] as const).map((jit) => {
    let output = "";
    const state = createState({ jit, host: plainHost((text) => void (output += text)), limits: { memory: 1_600_000 } });
    try {
      state.call(state.load(source, "=program"));
    } catch (failure) {
      if (!(failure instanceof LuaLimitError)) throw failure;
      output += `${failure.message}\n${failure.traceback}`;
    }
    return { output, instructions: state.meter.instructions };
  });
  expect(outcomes[0]!.output).toContain("memory");
  expect(outcomes[1]).toEqual(outcomes[0]);
  expect(outcomes[2]).toEqual(outcomes[0]);
});
