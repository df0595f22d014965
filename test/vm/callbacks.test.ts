// Natives that call functions of a script over and over: in a run that can be preempted they stand still at each call, which changes
// nothing that a program can observe but that others get their turn.
import { describe, expect, test } from "vitest";
import { LuaError } from "../../src/index.js";
import { tryAcross } from "../../src/vm/callbacks.js";
import type { Continuation } from "../../src/vm/frame.js";
import { NativeFunction } from "../../src/vm/function.js";
import { LimitReached } from "../../src/vm/limits.js";
import { Run } from "../../src/vm/run.js";
import type { LuaValue } from "../../src/vm/value.js";
import { inSlices, plainly, world } from "../support/sliced.js";

const PROGRAMS: readonly [name: string, source: string][] = [
  ["sort with an order function", `
    local t = {} for i = 1, 300 do t[i] = (i * 7919) % 307 end
    table.sort(t, function(a, b) return a > b end) print(table.concat(t, " "))
    local n = 0 for i = 1, 200 do t[i] = i % 3 end
    table.sort(t, function(a, b) n = n + 1 return a < b end) print(n, table.concat(t, " "))`],
  ["sort with a metamethod, with mixed numbers, with strings and no answer", `
    local mt = {__lt = function(a, b) return a.n < b.n end}
    local t = {} for i = 1, 40 do t[i] = setmetatable({n = (i * 17) % 41}, mt) end
    table.sort(t) for i = 1, 40 do io.write(t[i].n, " ") end
    local m = {3, 1.5, 2^53, -1, 0.0, 7} table.sort(m) print(table.concat(m, " "))
    print(pcall(table.sort, {1, "x", 2}), pcall(table.sort, {1, 2, 3}, function() return true end))`],
  ["an error in an order function, and calls inside calls", `
    print(pcall(table.sort, {3, 2, 1}, function(a, b) error("no order") end))
    local t = {5, 3, 4, 1, 2}
    table.sort(t, function(a, b)
      local inner = {b, a} table.sort(inner, function(x, y) return x < y end)
      return (("ab"):gsub(".", function(c) return c == "a" and tostring(a < b) or "" end)) == "true"
    end)
    print(table.concat(t, " "))
    table.sort({2, 1}, function() local x = nil return x.y end)`],
  ["gsub with functions and tables", `
    print(("hello world from Lua"):gsub("(%w+) (%w+)", function(a, b) return b .. " " .. a end))
    print(("abc"):gsub("", function() return "-" end), ("abc"):gsub("^a", function(c) return c:rep(3) end), ("aaa"):gsub("a", function() end, 2))
    print(("$x $y"):gsub("%$(%w+)", setmetatable({x = 1}, {__index = function(t, k) return k .. k end})))
    print(("k"):gsub("k", setmetatable({}, {__index = setmetatable({}, {__index = function() return false end})})))
    print(pcall(string.gsub, "x", "x", function() return {} end)) print(pcall(string.gsub, "x", "x", function() error({}) end))`],
  ["print and tostring", `
    local o = setmetatable({}, {__tostring = function() return "object" end, __name = "N"})
    print(1, o, nil, o, tostring(o)) print(pcall(tostring, setmetatable({}, {__tostring = function() return {} end})))
    print(pcall(print, setmetatable({}, {__tostring = function() error("no text") end}))) print(tostring(12), tostring(nil))
    print(setmetatable({}, {__tostring = function() return 5 end}))`],
  ["load with a reader", `
    local parts, i = {"return ", "1 + ", "41"}, 0
    print(load(function() i = i + 1 return parts[i] end)())
    print(load(function() error("broken", 0) end)) print(load(function() return {} end)) print(load(function() return "" end)())
    local first = true
    print(load(function() if first then first = false return "x = = 1" end end, "=bad"))`],
  ["the table library among metamethods", `
    local function proxy(t) return setmetatable({}, {__len = function() return #t end, __index = function(_, k) return t[k] end,
      __newindex = function(_, k, v) t[k] = v end, __eq = function() return false end}) end
    local t = {} for i = 1, 12 do t[i] = i * 10 end
    local p = proxy(t) print(#p, table.concat(p, ","), table.concat(p, "-", 2, 4), table.concat(p, "", 5, 4)) print(table.unpack(p)) print(table.unpack(p, 11))
    print(table.insert(p, "last"), table.insert(p, 2, "second"), table.remove(p), table.remove(p, 1), table.remove(p, #p + 1)) print(table.concat(t, " "))
    local q = proxy({}) print(table.move(p, 2, 5, 1, q) == q, q[1], q[4], table.move(p, 1, 4, 2) == p) print(table.concat(t, " "))
    print(table.move(p, 1, 3, 2, p) == p, table.concat(t, " ")) for i, v in ipairs(p) do io.write(i, "=", v, " ") end print()
    local bad = setmetatable({}, {__len = function() return "x" end}) print(pcall(table.concat, bad)) print(pcall(table.insert, bad, 1)) print(pcall(table.unpack, bad))
    local holes = setmetatable({}, {__len = function() return 3 end, __index = function(_, k) return k ~= 2 and k or nil end}) print(pcall(table.concat, holes))
    print(pcall(table.insert, p, 99, 1)) print(pcall(table.remove, p, 99)) print(pcall(table.insert, p)) print(pcall(table.insert, p, 1, 2, 3))
    local broken = setmetatable({}, {__len = function() return 2 end, __index = function() error("no value") end, __newindex = function() error("no place", 0) end})
    for _, f in ipairs {table.concat, table.unpack, table.remove, function(b) table.insert(b, 1) end, function(b) table.move(b, 1, 2, 3) end, function(b) for _ in ipairs(b) do end end} do print(pcall(f, broken)) end
    local kept = setmetatable({}, {__len = function() return 3 end, __index = function(_, k) collectgarbage("count") return {k} end}) for _, v in ipairs {table.unpack(kept)} do io.write(v[1], " ") end print()
    for i, v in ipairs(setmetatable({}, {__index = function(_, k) if k < 4 then return k * k end end})) do io.write(i, ":", v, " ") end
    table.concat(broken)`],
  ["sort among metamethods", `
    local function proxy(t, log) return setmetatable({}, {__len = function() return #t end, __index = function(_, k) if log then log[#log + 1] = k end return t[k] end,
      __newindex = function(_, k, v) if log then log[#log + 1] = -k end t[k] = v end}) end
    for _, n in ipairs {0, 1, 2, 3, 4, 7, 30, 130} do
      local t, log = {}, {} for i = 1, n do t[i] = (i * 7919) % 31 end
      table.sort(proxy(t, log)) print(n, table.concat(t, " "), table.concat(log, " "))
      table.sort(proxy(t), function(a, b) return a > b end) print(table.concat(t, " "))
    end
    local t = {} for i = 1, 150 do t[i] = i % 2 == 0 and i or {} end print(pcall(table.sort, t))
    print(pcall(table.sort, proxy({3, 2, 1, 5, 4}), function() return true end)) print(pcall(table.sort, setmetatable({}, {__len = function() return 2^31 end})))
    print(pcall(table.sort, setmetatable({}, {__len = function() return 3 end, __index = function(_, k) error("no value " .. k, 0) end})))
    local kept = setmetatable({}, {__len = function() return 9 end, __index = function(_, k) return {k} end, __newindex = function() end})
    table.sort(kept, function(a, b) collectgarbage("count") return a[1] < b[1] end)`],
  ["max, min, format, arithmetic of strings and os.time among metamethods", `
    local mt = {__lt = function(a, b) return a.n < b.n end, __tostring = function(o) return "n" .. o.n end} mt.__name = "N"
    local function o(n) return setmetatable({n = n}, mt) end
    print(math.max(o(3), o(9), o(4)).n, math.min(o(3), o(1), o(4)).n, math.max(1, 2.0, 3), math.min(2.0, 1, 1.0), pcall(math.max, 1, o(1)))
    print(pcall(math.min, 1, "x")) print(pcall(math.max)) print(pcall(math.max, {}, 1))
    print(("%s and %5s, %.2s %d %s"):format(o(1), o(22), o(333), 4, "x")) print(pcall(string.format, "%s", setmetatable({}, {__tostring = function() return {} end})))
    print(pcall(string.format, "%s %s", o(1))) print(pcall(string.format, "%5s", setmetatable({}, {__tostring = function() return "\0" end})))
    print(pcall(string.format, "%s%", setmetatable({}, {__tostring = function() error("no text", 0) end})))
    local a = setmetatable({}, {__add = function(x, y) return x, y end, __unm = function() return "minus" end}) print("10" + a == "10", pcall(function() return "10" * a end))
    local date = setmetatable({}, {__index = function(_, k) return ({year = 2020, month = 3, day = 40, isdst = false})[k] end, __newindex = function(t, k, v) rawset(t, k, v) io.write(k, "=", tostring(v), " ") end})
    print(os.time(date) == os.time {year = 2020, month = 4, day = 9}) print(pcall(os.time, setmetatable({}, {__index = function() return "x" end})))
    print(os.date("!*t", 86400).year, pcall(os.time, {year = 1}))`],
  ["message handlers", `
    local function f(n) if n == 0 then error("deep") end f(n - 1) end
    print(xpcall(f, function(m) return debug.traceback(m, 1) end, 3))
    print(xpcall(f, function(m) return "[" .. m .. "]", "dropped" end, 2)) print(xpcall(error, function(m) return m, 1 end, nil))
    print(xpcall(function() local x = nil return x.y end, function(m) return m:upper() end))
    print(xpcall(function() xpcall(f, function(m) error("inner " .. m, 0) end, 1) error("second") end, function(m) return #m end))
    local depth = 0
    print(xpcall(error, function(m) depth = depth + 1 if depth < 5 then error(m .. depth, 0) end return m end, "e"), depth)
    print(xpcall(error, function(m) error(m) end, "again and again"))
    local function over() return 1 + over() end print(xpcall(over, function(m) return #debug.traceback(m) > 500 and m:match("stack overflow") end))
    print(xpcall(f, function(m) return select(2, pcall(error, m)) end, 0)) print(xpcall(f, function(m) return select(2, xpcall(f, string.upper, 0)) end, 0))
    print(pcall(xpcall, f, function(m) return m end, 1)) print(xpcall(function() table.sort({3, 2, 1}, function() error("in sort", 0) end) end, function(m) return m .. "!" end))
    print(coroutine.wrap(function() return xpcall(f, function(m) return coroutine.isyieldable(), m end, 1) end)())
    local co = coroutine.create(function() xpcall(f, function(m) coroutine.yield(m) end, 1) end) print(coroutine.resume(co)) print(coroutine.status(co))
    print(xpcall(coroutine.wrap(function() error("from a coroutine", 0) end), function(m) return m .. " handled" end))
    do local c <close> = setmetatable({}, {__close = function(_, e) print("closed", e) end})
      print(xpcall(function() local c <close> = setmetatable({}, {__close = function(_, e) print("closed inside", e) end}) error("x", 0) end, function(m) return m .. "y" end))
    end
    for i = 1, 300 do xpcall(error, function(m) return function() return m end end, i) end
    local function tail(m) return (m:gsub("%d", "#")) end print(xpcall(f, function(m) return tail(m) end, 1)) print(xpcall(f, function(m) return tostring(m) end, 1))
    error(setmetatable({}, {__tostring = function() return "uncaught" end}))`],
];

test.each(PROGRAMS)("%s: slices change nothing", (_, source) => {
  const plain = plainly(source);
  for (const units of [1, 2, 7, 100]) {
    const { outcome, slices } = inSlices(source, units);
    expect(outcome).toBe(plain);
    if (units === 1) expect(slices).toBeGreaterThan(30);
  }
});

const FINALIZERS = `
  local function object(name, f) return setmetatable({name}, {__gc = function(o) print(name, o[1], f and f(o)) end}) end
  local a, b, c = object("a"), object("b", function(o) local s = 0 for i = 1, 20 do s = s + i end return s end), object("c", function() error("in c") end)
  a, b, c = nil print(collectgarbage()) print("after")
  do local x = object("x", function() return pcall(coroutine.yield, 1) end) end
  coroutine.wrap(function() collectgarbage() print(coroutine.isyieldable(), coroutine.yield()) end)()
  local kept do local r = object("r", function(o) kept = o return collectgarbage("count") > 0, collectgarbage() end) end collectgarbage() print(kept[1])
  setmetatable(kept, {__gc = function(o) print(debug.traceback("again")) end}) kept = nil print(pcall(collectgarbage)) print(select("#", collectgarbage("step")))
  local n, t = 0, {}
  local function count() n = n + 1 end
  local mt = {__gc = count}
  local function many(...) for i = 1, 20000 do setmetatable({}, mt) t[i % 10] = {i, ...} end return ... end
  print(many(1, 2, 3)) collectgarbage() print(n)
  local function list() return 1, 2, 3, setmetatable({}, mt), collectgarbage() end
  print(select("#", list())) print((select(3, list()))) for i = 1, 3 do collectgarbage() end print(n)
  local w = setmetatable({}, {__mode = "k"}) w[object("key")] = 1 collectgarbage() print(next(w))
  local deep = object("deep", function() local d = object("inner") d = nil collectgarbage() return "no collection in here" end) deep = nil collectgarbage() collectgarbage()
  warn("@on") do local e = setmetatable({}, {__gc = function() error("seen as a warning") end}) end collectgarbage()
  xpcall(function() do local e = object("below an error") end error("e") end, function(m) collectgarbage() print(m) end) `;

test("finalizers: slices change nothing", () => {
  const text = (outcome: string): string => outcome.replace(/\d+ units, \d+ bytes$/, ""); // a collection costs what is alive, and a run is
  const plain = plainly(FINALIZERS);
  expect(plain).toMatch(/^b\tb\t210\n(.*\n)*results: 0\n/);
  const whole = inSlices(FINALIZERS, 1_000_000_000).outcome;
  expect(text(whole)).toBe(text(plain));
  for (const units of [1, 7, 1000]) expect(inSlices(FINALIZERS, units).outcome).toBe(whole);
});

test("finalizers that a budget has left behind: slices change nothing", () => {
  const source = `
    local LOOP = function() while true do end end
    local function leave(name, f) setmetatable({}, {__gc = function() print(name, f and f(), limits.remaining().instructions) print(name, "done") end}) end
    limits.run({instructions = 3000}, function() leave("ends") end) collectgarbage()
    limits.run({instructions = 3000}, function() leave("endless", LOOP) leave("again", LOOP) end) collectgarbage() print("after", limits.remaining().instructions)
    limits.run({instructions = 9000}, function()
      limits.run({instructions = 5000}, function() leave("inner") leave("endless inside", LOOP) leave("third") end) leave("outer", function() return (pcall(error)) end)
    end) collectgarbage()
    limits.run({instructions = 2000}, function() limits.run({instructions = 9000}, function() leave("of two", LOOP) leave("of none", LOOP) end) end) collectgarbage()
    limits.run({instructions = 9000}, function() leave("in a coroutine", function() return limits.run({instructions = 500}, LOOP) end) end)
    print(coroutine.wrap(function() return limits.run({instructions = 20000}, function() collectgarbage() leave("x", LOOP) collectgarbage() return "not reached" end) end)())
    limits.run({instructions = 2000}, function() leave("fails", function() error("in a finalizer") end) end) collectgarbage() collectgarbage() print(limits.remaining().instructions)`;
  const whole = inSlices(source, 1_000_000_000).outcome;
  expect(whole).toMatch(/^ends\tnil\t\d+\nends\tdone\nafter\tnil\n/);
  for (const units of [1, 7, 1000]) expect(inSlices(source, units).outcome).toBe(whole);
  const text = (outcome: string): string => outcome.replace(/\d+/g, "n"); // a collection costs what is alive, and a run is
  expect(text(whole)).toBe(text(plainly(source)));
});

test("the units that a finalizer uses do not depend on where it runs", () => {
  const source = `local t for i = 1, 50 do t = setmetatable({}, {__gc = function() for j = 1, i do end end}) if i % 10 == 0 then collectgarbage() end end`;
  const { state } = world();
  const before = state.meter.instructions;
  state.call(state.load(source, "=text"));
  const plain = state.meter.instructions - before;
  for (const units of [1, 3, 1000]) {
    const { state: other } = world();
    const run = new Run(other, other.load(source, "=text"));
    while (run.resume({ units, isOver: () => true }) === "ready") { /* goes on */ }
    expect([run.status, other.meter.instructions]).toEqual(["done", plain]);
  }
});

test("a limit that ends a run in a finalizer leaves the others for later", () => {
  const { state, output } = world();
  const run = new Run(state, state.load(`
    for i = 1, 3 do setmetatable({}, {__gc = function() print(i) if i == 2 then while true do end end end}) end collectgarbage()`, "=text"));
  for (let i = 0; i < 50; i++) expect(run.resume({ units: 20, isOver: () => true })).toBe("ready");
  expect(state.census.busy).toBe(false); // only to the run itself
  run.stop(new LimitReached("instructions", "stopped"));
  expect([run.status, state.census.busy, output()]).toEqual(["failed", false, "3\n2\n"]);
  state.call(state.load("collectgarbage()", "=text"));
  expect(output()).toBe("3\n2\n1\n");
});

test("a budget of Lua code that ends in a finalizer lets collections go on", () => {
  const { state, output } = world();
  const run = new Run(state, state.load(`
    print(pcall(coroutine.wrap(function()
      local mt = {__gc = function() print("finalizer") end}
      setmetatable({}, mt) collectgarbage() setmetatable({}, mt) collectgarbage()
    end)))`, "=text"));
  while (run.resume({ units: 5, isOver: () => true }) === "ready") { /* goes on */ }
  expect(output()).toBe("finalizer\nfinalizer\ntrue\n");
});

describe("a function that never ends leaves the host its turns", () => {
  test.each([
    ["an order function", "table.sort({1, 2}, function() while true do end end)"],
    ["a metamethod of sort", "local o = setmetatable({}, {__lt = function() while true do end end}) table.sort({o, o})"],
    ["a replacement", "('x'):gsub('x', function() while true do end end)"],
    ["an __index of replacements", "('x'):gsub('x', setmetatable({}, {__index = function() while true do end end}))"],
    ["a reader", "load(function() while true do end end)"],
    ["a reader that always gives more", "load(function() return ' ' end)"],
    ["an __index of a table that is sorted", "table.sort(setmetatable({}, {__len = function() return 2 end, __index = function() while true do end end}))"],
    ["a __newindex of a table that is sorted", "local n = 0 table.sort(setmetatable({}, {__len = function() return 2 end, __index = function() n = n - 1 return n end, __newindex = function() while true do end end}))"],
    ["a __len of a table that is sorted", "table.sort(setmetatable({}, {__len = function() while true do end end}))"],
    ["an __lt of max", "local o = setmetatable({}, {__lt = function() while true do end end}) math.max(1, o)"],
    ["a __tostring of format", "('%s'):format(setmetatable({}, {__tostring = function() while true do end end}))"],
    ["an __add beside a string", "return '1' + setmetatable({}, {__add = function() while true do end end})"],
    ["an __index of os.time", "os.time(setmetatable({}, {__index = function() while true do end end}))"],
    ["a __tostring", "print(1, setmetatable({}, {__tostring = function() while true do end end}))"],
    ["a __tostring of tostring", "tostring(setmetatable({}, {__tostring = function() while true do end end}))"],
    ["an __index of concat", "table.concat(setmetatable({}, {__len = function() return 1 end, __index = function() while true do end end}))"],
    ["a __len of unpack", "table.unpack(setmetatable({}, {__len = function() while true do end end}))"],
    ["a __newindex of insert", "table.insert(setmetatable({}, {__newindex = function() while true do end end}), 1)"],
    ["an __index of remove", "table.remove(setmetatable({}, {__len = function() return 1 end, __index = function() while true do end end}))"],
    ["an __index of move", "table.move(setmetatable({}, {__index = function() while true do end end}), 1, 2, 3)"],
    ["an __eq of move", "local m = {__eq = function() while true do end end} table.move(setmetatable({}, m), 1, 3, 2, setmetatable({}, m))"],
    ["an __index of ipairs", "for _ in ipairs(setmetatable({}, {__index = function() while true do end end})) do end"],
    ["a finalizer", "setmetatable({}, {__gc = function() while true do end end}) collectgarbage()"],
    ["a finalizer of a collection that comes by itself", "setmetatable({}, {__gc = function() while true do end end}) local t while true do t = {} end"],
    ["a finalizer that a budget has left behind", "limits.run({time = 1e9}, function() setmetatable({}, {__gc = function() while true do end end}) end) collectgarbage()"],
    ["a message handler", "xpcall(error, function() while true do end end)"],
    ["a message handler of an error in a coroutine", "coroutine.wrap(function() local x; xpcall(function() return x.y end, function() while true do end end) end)()"],
    ["a message handler's message handler", "xpcall(error, function() while true do pcall(error) xpcall(error, function(m) return m end) error('again') end end) while true do end"],
    ["one inside another", "table.sort({1, 2}, function() ('x'):gsub('x', function() load(function() while true do end end) end) end)"],
  ])("%s", (_, source) => {
    const { state } = world();
    const run = new Run(state, state.load(source, "=text"));
    for (let i = 0; i < 20; i++) expect(run.resume({ units: 50, isOver: () => true })).toBe("ready");
  });
});

test("nothing yields across such a call, and all yields after it", () => {
  const source = `
    local across = {
      function(f) table.sort({1, 2}, f) end, function(f) return ("x"):gsub("x", f) end, function(f) return load(f) end,
      function(f) return ("x"):gsub("x", setmetatable({}, {__index = f})) end, function(f) print(xpcall(error, f)) end,
      function(f) return table.unpack(setmetatable({}, {__len = f})) end, function(f) for _ in ipairs(setmetatable({}, {__index = f})) do end end,
    }
    print(coroutine.wrap(function()
      for _, call in ipairs(across) do
        print(pcall(call, function() print(coroutine.isyieldable()) coroutine.yield() end))
        print(coroutine.isyieldable(), coroutine.yield("between"))
      end
      return "end"
    end)())
    local co = coroutine.wrap(function() for _, call in ipairs(across) do pcall(call, error) coroutine.yield(_) end end)
    print(co(), co(), co(), co(), co(), co(), co())
    table.sort({1, 2}, function() print(coroutine.wrap(function() coroutine.yield("inside") end)()) end)`;
  const plain = plainly(source);
  expect(plain).toContain("attempt to yield across a C-call boundary");
  expect(inSlices(source, 3).outcome).toBe(plain);
});

test("what a message handler has been given and what it answers stay alive in a collection", () => {
  const { outcome } = inSlices(`
    local weak = setmetatable({}, {__mode = "v"})
    local function handler(m) weak[1] = m m = nil collectgarbage() collectgarbage() local kept = weak[1] return {kept ~= nil} end
    local answer = select(2, xpcall(error, handler, {})) collectgarbage() print(answer[1])
    collectgarbage() print(weak[1])`, 1);
  expect(outcome).toMatch(/^true\nnil\n/);
});

test("an error that a native raises after such a call is not its own to catch", () => {
  const program = `print(pcall(attempt, function() return 1 end)) print(pcall(attempt, error)) attempt(print)`;
  const outcomes = [true, false].map((stands) => {
    const { state, output } = world();
    state.globals.setStr("attempt", new NativeFunction("attempt", (f) => {
      const goOn: Continuation = (frame) => frame.error(frame.failure === null ? "too late" : "caught");
      return stands ? tryAcross(f, f.arg(1), [], goOn) : goOn(f, []);
    }));
    const run = new Run(state, state.load(program, "=text"));
    expect(run.resume()).toBe("failed");
    return `${output()}${(run.error as LuaError).message}`;
  });
  expect(outcomes[0]).toBe("false\ttoo late\nfalse\tcaught\n\ntext:1: too late");
});

test("a host function that waits can be called there", () => {
  const { state, output } = world();
  const waiting: ((v: LuaValue) => void)[] = [];
  let run: Run;
  state.globals.setStr("ask", new NativeFunction("ask", (f) => {
    waiting.push((v) => run.complete(() => v));
    return f.suspend();
  }));
  run = new Run(state, state.load(`
    local t = {1, 2} table.sort(t, function(a, b) return ask(a) end) print(t[1])
    print(("x"):gsub("x", function(c) return ask(c) end)) print(load(function() return ask() end))`, "=text"));
  for (const answer of [true, "y", undefined]) {
    expect(run.resume()).toBe("waiting");
    waiting.pop()!(answer);
  }
  expect(run.resume()).toBe("done");
  expect(output()).toMatch(/^2\ny\t1\nfunction/);
});
