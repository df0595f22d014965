// Coroutines that emitted code resumes: they go on in emitted code, and are what they would be to everyone who looks.
import { expect, test } from "vitest";
import { createState } from "../../src/index.js";
import type { EmittingTier } from "../../src/jit/tier.js";
import { expectSame } from "./support/modes.js";

test("generators, ping-pong, values both ways, ends", () => {
  expectSame(`
    local function range(n) return coroutine.wrap(function() for i = 1, n do coroutine.yield(i) end return "last", n end) end
    local sum = 0
    for i in range(500) do if i == "last" then break end sum = sum + i end
    local co = coroutine.create(function(...)
      local n = select("#", ...)
      while true do
        local a, b, c = coroutine.yield(n, ...)
        n = n + (a or 0) + select("#", coroutine.yield()) + #{ coroutine.yield(b, c, a) }
        if n > 5000 then return "done", n end
      end
    end)
    local seen = {}
    for i = 1, 700 do
      local ok, a, b, c, d = coroutine.resume(co, i, i + 1, nil)
      if i % 97 == 0 then seen[#seen + 1] = tostring(ok) .. tostring(a) .. tostring(b) .. tostring(c) .. tostring(d) .. coroutine.status(co) end
    end
    print(sum, table.concat(seen, " "))
    for i = 1, 300 do
      local short = coroutine.create(function(a, b) if a > 250 then error({ a }) end return a + b, a end)
      local r = table.pack(coroutine.resume(short, i, 1))
      if i % 50 == 0 then print(r.n, r[1], type(r[2]), r[3], coroutine.status(short), coroutine.resume(short)) end
    end`);
});

test("yields from deep inside, through pcall, metamethods, iterators and native callbacks", () => {
  expectSame(`
    local function walk(t) if t then walk(t.l) coroutine.yield(t.v) walk(t.r) end end
    local function build(a, b) if a > b then return nil end local m = (a + b) // 2 return { v = m, l = build(a, m - 1), r = build(m + 1, b) } end
    local tree = build(1, 200)
    local list = {}
    for round = 1, 5 do for v in coroutine.wrap(function() walk(tree) end) do list[#list + 1] = v end end
    print(#list, list[1], list[200], list[1000])
    local mt = { __index = function(_, k) return coroutine.yield(k) end, __add = function(a, b) return coroutine.yield("add") end }
    local function body(n)
      local t = setmetatable({}, mt)
      local s = 0
      for i = 1, n do
        local ok, v = pcall(coroutine.yield, i)
        s = s + v + t.x + (t + 1)
        ok, v = pcall(function() local w = coroutine.yield("in") if w == 30 then error("thirty") end return w end)
        if ok then s = s + v end
        for k in function(_, k) k = (k or 0) + 1 if k < 3 then coroutine.yield("iter") return k end end do s = s + k end
        if i % 40 == 0 then print(pcall(table.sort, { 3, 2, 1 }, function(a, b) return coroutine.yield(a) end)) end
      end
      return s
    end
    local co = coroutine.wrap(body)
    local r, n = co(130), 0
    while type(r) ~= "number" or r < 1000 do n = n + 1 r = co(n % 60) end
    print(r, n)`);
});

test("errors, tracebacks, closing and looking at coroutines that emitted code has suspended", () => {
  expectSame(`
    local function work(n) local mine = n coroutine.yield(mine) if n % 7 == 0 then error("seven " .. mine) end local t <close> = setmetatable({}, { __close = function() print("closed", mine) end }) coroutine.yield("held") return mine end
    for i = 1, 300 do
      local co = coroutine.create(function(x) local r = work(x) return r end)
      local ok, v = coroutine.resume(co, i)
      if i % 60 == 0 then print(debug.traceback(co), debug.getlocal(co, 1, 1), debug.getinfo(co, 1, "l").currentline) debug.setlocal(co, 1, 2, "changed") end
      local ok2, v2 = coroutine.resume(co)
      if i % 49 == 0 or i % 60 == 0 then print(ok, v, ok2, v2, debug.traceback(co), coroutine.status(co), coroutine.close(co)) else coroutine.close(co) end
    end
    local wrapped = coroutine.wrap(function() for i = 1, 250 do coroutine.yield(i) end local t; return t.x end)
    print(pcall(function() while true do wrapped() end end))
    local function nest(n) if n == 0 then return 0 end return 1 + coroutine.wrap(function() return nest(n - 1) end)() end
    for i = 1, 20 do nest(20) end
    print(nest(150), pcall(nest, 250))
    local co co = coroutine.create(function() for i = 1, 300 do coroutine.yield(coroutine.resume(co)) end end)
    for i = 1, 280 do local a, b, c = coroutine.resume(co) if i % 90 == 0 then print(a, b, c) end end
    print(coroutine.resume(coroutine.running()), pcall(coroutine.resume), pcall(coroutine.resume, 1), coroutine.isyieldable())`);
});

const WORK = `
  local function gen(n) return coroutine.wrap(function(a) for i = 1, n do a = coroutine.yield(i + a) or 0 end return nil end) end
  local function use(n) local s, g = 0, gen(n) local v = g(1) while v do s = s + v v = g(2) end return s end
  local total = 0
  for i = 1, 12 do total = total + use(i % 4) for v in coroutine.wrap(function() coroutine.yield(i) coroutine.yield(i, i) end) do total = total + v end end
  print(total)`;

test("a budget that ends at any instruction of them", () => {
  for (let limit = 1; limit < 500; limit += 2) expectSame(WORK, { limit });
});

test("a hook that begins or ends while they are suspended", () => {
  expectSame(`
    local lines = 0
    local co = coroutine.create(function() for i = 1, 1000 do local x = i coroutine.yield(x) end end)
    for i = 1, 400 do
      coroutine.resume(co)
      if i == 250 then debug.sethook(co, function() lines = lines + 1 end, "l") end
      if i == 300 then debug.sethook(co) end
    end
    print(lines)`);
});

test("a round trip does not leave emitted code", () => {
  const state = createState({ jit: "auto" });
  state.call(state.load(`
    local co = coroutine.wrap(function(x) while true do x = coroutine.yield(x + 1) end end)
    local x = 0
    for i = 1, 20000 do x = co(x) end
    return x`, "=p"));
  const { statistics } = state.tier as EmittingTier;
  expect(statistics.unwound).toBeLessThan(300);
});

test("an iterator that is the interpreter's to resume finds its control variable in a register that closures share", () => {
  expectSame(`
    for a, b in coroutine.wrap(function() print(coroutine.yield(1)) print(coroutine.yield(2)) end) do end
    local one, two
    local three = 3
    print(pcall(function() one, two, three = 1, 2, 3 end), one, two, three)`);
});
