// Protected calls from emitted code: errors travel without leaving it, and nobody can tell.
import { describe, expect, test } from "vitest";
import { createState } from "../../src/index.js";
import type { EmittingTier } from "../../src/jit/tier.js";
import { MODES, expectSame, observe } from "./support/modes.js";

/** A loop long enough to be emitted around `body`, which sees `i`; `prelude` is in front. */
const loop = (prelude: string, body: string, n = 260): string => `${prelude}\nfor i = 1, ${n} do\n${body}\nend`;

describe("what a protected call catches", () => {
  const RAISERS = [
    "error('told')", "error('told', 0)", "error('told', 2)", "error('told', 3)", "error({ code = x })", "error()", "error(nil)", "error(12)", "error('told', '1')",
    "return error('in tail')", "assert(false)", "assert(nil, 'failed')", "assert(false, x)", "assert()", "local t; return t.x", "local t; t.x = 1", "local t; return t[x]",
    "local t; t[x] = 1", "local t = 5; return t:m()", "return up.x.y", "up.x.y = 1", "return nope.x", "nope.x = 2", "nope()", "return nope(x)", "(5)()", "return x + {}", "return {} .. x",
    "return 1 < {}", "return x // 0", "return x & 1.5", "return -{}", "return #x", "for k = 1, {} do end", "string.rep()", "return ('x'):rep({})", "ipairs()", "return x.y.z",
    "setmetatable(1, {})", "local a <close> = 1", "string.rep('x', 1e10)", "return math.floor({})", "pcall()", "xpcall(1)", "xpcall(1, 2)", "error(setmetatable({}, { __tostring = function() return 'x' end }))",
  ];
  for (const raiser of RAISERS) {
    test(raiser, () => expectSame(loop(
      `local up = {}
       local function inner(x) if x % 2 == 0 then ${raiser} end return x, x + 1 end
       local function middle(x) local a, b = inner(x) return a, b, x end
       local function rethrow(x) local ok, problem, more = pcall(middle, x) if not ok then error(problem, 0) end return problem, more end`,
      `local ok, a, b, c = pcall(middle, i)
       if i % 41 < 2 then print(i, ok, type(a) == "table" and "table" or a, b, c, select("#", pcall(middle, i)), (pcall(rethrow, i))) end`)));
  }
});

test("message handlers see the error where it was raised, and their own errors", () => {
  expectSame(loop(
    `local depth = 0
     local function inner(x) if x % 3 == 0 then error("three") elseif x % 5 == 0 then local t; return t.x end return x end
     local function outer(x) local r = inner(x) return r end
     local function failing(m) depth = depth + 1 error("again " .. depth, 0) end
     local function both(x) return pcall(xpcall, outer, error, x) end
     local function nested(x) return pcall(function() return select(2, xpcall(outer, function(m) return "<" .. m .. ">" end, x)) end) end`,
    `local out = { xpcall(outer, debug.traceback, i) }
     local out2 = { xpcall(outer, function(m) return m .. "!", 2 end, i) }
     local ok, m = xpcall(outer, failing, i)
     if i % 29 < 3 then print(out[1], out[2], out2[1], out2[2], out2[3], ok, m, nested(i)) print(both(i)) end`));
});

test("to-be-closed variables and captured ones above a protected call", () => {
  expectSame(loop(
    `local log = {}
     local function closing(x)
       local v = x
       local seen <close> = setmetatable({}, { __close = function(_, problem) log[#log + 1] = tostring(problem) .. v end })
       if x % 4 == 0 then error("four") end
       return v
     end
     local keep
     local function capturing(x)
       local mine = x
       keep = function() mine = mine + 1 return mine end
       if x % 3 == 0 then error({}) end
       return mine
     end`,
    `local ok, a = pcall(closing, i)
     local ok2 = pcall(capturing, i)
     keep()
     if i % 37 < 2 then print(ok, a, ok2, keep(), #log, log[#log]) end`));
});

test("yields, limits of depth and stack overflow inside protected calls", () => {
  expectSame(loop(
    `local function give(x) if x % 7 == 0 then error("seven") end return coroutine.yield(x) end
     local function deep(n) if n == 0 then error("bottom") end local ok, m = pcall(deep, n - 1) return error(m, 0) end
     local function endless(n) local ok, m = pcall(endless, n + 1) if not ok then error(m, 0) end return m end
     local function down(n) return 1 + down(n + 1) end`,
    `local co = coroutine.wrap(function(x) local ok, v = pcall(give, x) return tostring(ok) .. tostring(v) end)
     local first = co(i)
     if i % 50 == 0 then print(first, pcall(co, "back"), pcall(deep, 30), pcall(deep, 250)) print(pcall(endless, 1)) end
     if i == 255 then print(pcall(down, 1)) end`));
});

const WORK = `
  local function checked(x) if x % 3 == 0 then error("three") end if x % 5 == 0 then local t return t.x end return x end
  local function again(x) local ok, m = pcall(checked, x) if not ok then error(m, 0) end return m end
  local passed, failed = 0, 0
  for i = 1, 40 do
    local ok, m = pcall(again, i)
    if ok then passed = passed + m else failed = failed + #m end
    xpcall(again, function(m) failed = failed + 1 return m end, i)
  end
  print(passed, failed)`;

test("a budget that ends at any instruction in them is not caught", () => {
  for (let limit = 1; limit < 420; limit++) expectSame(WORK, { limit });
});

const HANDLED = `
  local log = 0
  local function checked(x) if x % 3 == 0 then error("three") end if x % 5 == 0 then local t return t.x end if x % 7 == 0 then string.rep() end return x end
  local function inner(x) local y = checked(x) return y end
  local handler = HANDLER
  for i = 1, 60 do
    local ok, a, b = xpcall(checked, handler, i)
    local ok2, c = xpcall(inner, handler, i)
    print(ok, a, b, ok2, c, log)
  end`;

describe("message handlers in emitted code", () => {
  test.each([
    `function(m) log = log + #m return "<" .. m .. ">" end`, "function() log = log + 1 end", `function(m) return m, log, "not told" end`,
    "function(m) log = log + 1 error(m, 2) end", "function(m) log = log + 1 if log % 5 == 0 then error(log, 0) end return -m end",
    "function(m) log = log + 1 local t = debug.traceback(m, log % 3) return t end", "function(m) log = log + 1 return debug.traceback(m) end",
    `function(m) log = log + 1 return debug.getinfo(2, "n").name or debug.getinfo(2, "S").what end`, "function(m) log = log + 1 return pcall(coroutine.yield, m) end",
    "function(m) local ok, other = pcall(checked, 3) return other .. tostring(select(2, xpcall(checked, function(n) log = log + 1 return n end, 5))) end",
    "function(m) log = log + 1 local ok, t = xpcall(checked, function(n) log = log + 1 local s = debug.traceback(n) return s end, 5) return m .. t .. debug.traceback(m) end",
    "function(m) log = log + 1 local ok, t = xpcall(inner, function(n) log = log + 1 if log % 4 == 0 then error(#debug.traceback(n), 2) end return n end, 3) return t end",
    "function(m) local kept <close> = setmetatable({}, { __close = function() log = log + 1 end }) return m end", "function(...) log = log + 1 return ... end", "debug.traceback", "tostring", "7",
  ])("%s", (handler) => {
    const source = HANDLED.replace("HANDLER", handler);
    const { instructions } = expectSame(source);
    for (let limit = instructions - 50; limit < instructions; limit++) expectSame(source, { limit });
    expectSame(`local co = coroutine.wrap(function() ${source} end) for i = 1, 3 do pcall(co) end`);
  });
});

test("errors do not leave emitted code", () => {
  const state = createState({ jit: "auto" });
  state.call(state.load(`
    local function checked(x) if x % 3 == 0 then error("three") end if x % 5 == 0 then local t return t.x end return x end
    local function again(x) local ok, m = pcall(checked, x) if not ok then error(m, 0) end return m end
    local failed = 0
    for i = 1, 3000 do if not pcall(again, i) then failed = failed + 1 end end
    return failed`, "=p"));
  const { statistics } = state.tier as EmittingTier;
  expect(statistics.unwound).toBeLessThan(20);
  expect(statistics.replaced).toBeLessThan(200);
});

test.each(MODES)("a handler of a stack overflow catches errors of its own (%s)", (mode) => {
  expect(observe(`
    local function loop(x) return 1 + loop(x) end
    print(xpcall(loop, function(m) return m:match("stack overflow"), pcall(error, "x") end))
    print(xpcall(loop, function() return select(2, pcall(loop)) end))
    print(pcall(loop))`, mode).output).toBe("false\tstack overflow\nfalse\terror in error handling\nfalse\tprogram:2: stack overflow\n");
});

test("a coroutine can yield after a handler that failed in emitted code", () => {
  expect(expectSame(`
    local function handler() local calls = 0 return function(e) calls = calls + 1 if calls < 3 then error(calls) end return calls end end
    local co = coroutine.wrap(function()
      for i = 1, 400 do
        local ok, e = xpcall(function() error("x") end, handler())
        coroutine.yield(e)
      end
    end)
    local sum = 0
    for i = 1, 400 do sum = sum + co() end
    print(sum)`).output).toBe("1200\n");
});
