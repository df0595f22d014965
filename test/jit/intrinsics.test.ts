// Library functions that emitted code does itself: with every kind of argument, redefined, and where a call would be too deep.
import { describe, expect, test } from "vitest";
import { createState } from "../../src/index.js";
import { plainHost } from "../../src/vm/host.js";
import { expectSame } from "./support/modes.js";

test("with every kind of argument, and redefined while they run", () => {
  expectSame(`
local values = { 1, -1, 0, 2.5, -2.5, 1.0, -0.0, 0/0, 1/0, -1/0, 2^53, 2^60, -2^63, 2^70, math.maxinteger, math.mininteger, 4294967296, 9007199254740991, 9007199254740993,
  "abc", "", "12", "0x10", "1e2", ("x"):rep(100), true, false, {}, print, setmetatable({}, {__index = function(_, k) return k end, __name = "Thing"}), 255, 256, 3, 97 }
local n = #values
local out = {}
local function note(...) local t = table.pack(...) for i = 1, t.n do t[i] = math.type(t[i]) and string.format("%s:%q", math.type(t[i]), t[i]) or type(t[i]) == "string" and t[i] or type(t[i]) end out[#out + 1] = table.concat(t, ",") end
local floor, ceil, abs, max, min, sqrt, sin, cos, tointeger, mtype, ult = math.floor, math.ceil, math.abs, math.max, math.min, math.sqrt, math.sin, math.cos, math.tointeger, math.type, math.ult
local byte, sub, char, len = string.byte, string.sub, string.char, string.len
local function f1(x) local y = floor(x) return y end
local function f2(x) local y = ceil(x) return y end
local function f3(x) local y = abs(x) return y end
local function f4(x) local y = sqrt(x) return y + 0 end
local function f5(x) local y = sin(x) return y end
local function f6(x) local y = cos(x) return y * 2 end
local function f7(x) local y = tointeger(x) return y end
local function f8(x) local y = math.type(x) return y end
local function f9(x) local y = type(x) return y end
local function f10(x) local y = byte(x) return y end
local function f11(x) local y = char(x) return y end
local function f12(x) local y = len(x) return y end
local function f13(x) local y = x:byte() return y end
local function f14(x) local y = x:len() return y end
local function f15(x) local y = mtype(x) return y end
local function g1(x, y) local z = max(x, y) return z end
local function g2(x, y) local z = min(x, y) return z end
local function g3(x, y) local z = ult(x, y) return z end
local function g4(x, y) local z = byte(x, y) return z end
local function g5(x, y) local z = sub(x, y) return z end
local function g6(x, y) local z = x:sub(y) return z end
local function g7(x, y) local z = x:byte(y) return z end
local function g8(x, y) local z = char(x, y) return z end
local function g9(x, y) local z = rawget(x, y) return z end
local function g10(x, y) local z = rawequal(x, y) return z end
local function g11(x, y) table.insert(x, y) return #x end
local function h1(x, y, z) local w = sub(x, y, z) return w end
local function h2(x, y, z) local w = x:sub(y, z) return w end
for round = 1, 2 do
  for i, f in ipairs { f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15 } do
    for j = 1, n do note(i, j, pcall(f, values[j])) end
  end
  for i, f in ipairs { g1, g2, g3, g4, g5, g6, g7, g8, g9, g10, g11 } do
    for j = 1, n, 2 do for k = 1 + j % 5, n, 5 do note(i, j, k, pcall(f, values[j], values[k])) end end
  end
  for i, f in ipairs { h1, h2 } do
    for j = 20, 27 do for k = -5, 5 do for l = -5, 5, 2 do note(i, j, k, pcall(f, values[j], k, l)) end end end
  end
end
local list = {}
for i = 1, 400 do table.insert(list, i) if i % 3 == 0 then note(table.remove(list)) end end
for i = 1, 300 do note(table.remove(list)) end
-- redefined in the middle
local s = 0
for i = 1, 1000 do
  if i == 500 then math.floor = function(x) return x end; string.byte = function() return "z" end end
  s = s + math.floor(i / 3) + #tostring(("abc"):byte(i % 4) or "nil")
end
note(s)
print(table.concat(out, " "))
`);
});

describe("a call that would be too deep", () => {
  test("for the stack", () => {
    expectSame("local floor = math.floor local function deep(k) local a = floor(k / 2) return 1 + deep(k + 1) + a end print(select('#', pcall(deep, 1)))");
    expectSame("local function deep(k) local a = tostring(k / 2) return 1 + deep(k + 1) + #a end print(select('#', pcall(deep, 1)))");
  });

  test("for the limit of depth", () => {
    const source = "local floor = math.floor local function deep(k) local a = floor(k / 2) return 1 + deep(k + 1) + a end return deep(1)";
    const outcomes = (["off", "always", "auto"] as const).map((jit) => {
      const state = createState({ jit, host: plainHost(() => undefined) });
      state.deepest = 120;
      const before = state.meter.instructions;
      let message = "";
      try {
        state.call(state.load(source, "=program"));
      } catch (failure) {
        message = (failure as Error).message;
      }
      return [message, state.meter.instructions - before];
    });
    expect(outcomes[1]).toEqual(outcomes[0]);
    expect(outcomes[2]).toEqual(outcomes[0]);
    expect(outcomes[0]![0]).not.toBe("");
  });
});

test("select over a function's own arguments, in and out of place", () => {
  expectSame(`
local out = {}
local function note(...) out[#out + 1] = select("#", ...) .. ":" .. table.concat({ ... }, ",") end
local function count(...) return (select("#", ...)) end
local function at(i, ...) local v = select(i, ...) return tostring(v) end
local function sum(...) local s = 0 for i = 1, select("#", ...) do s = s + (select(i, ...) or 0) end return s end
local picks = { 1, 2, 3, 4, 5, 70, -1, -2, -9, 0, "#", "2", 2.0, 1.5, "x", true, {}, math.maxinteger, math.mininteger }
local many = {}
for i = 1, 90 do many[i] = i end
for round = 1, 30 do
  note(count(), count(nil), count(1, nil, nil), sum(1, 2, 3), sum(), sum(1, nil, 5), count(table.unpack(many)), sum(table.unpack(many)))
  for _, pick in ipairs(picks) do
    note(select(2, pcall(at, pick)), select(2, pcall(at, pick, "a")), select(2, pcall(at, pick, "a", "b", "c", "d", nil)))
    note(select(2, pcall(at, pick, table.unpack(many))))
  end
end
local old = select
select = function(...) return "mine" end
note(count(1, 2), at(1, 2))
select = nil
note(tostring(pcall(count, 1)))
select = old
for i = 1, 10 do note(count(1, i), sum(i, i)) end
print(table.concat(out, " "))`);
});

test("library functions in tail position", () => {
  expectSame(`
local out = {}
local function note(...) out[#out + 1] = select("#", ...) .. ":" .. tostring((...)) end
local byte, sub, floor, remove, rawget = string.byte, string.sub, math.floor, table.remove, rawget
local function first(s) return byte(s) end
local function piece(s, i, j) return sub(s, i, j) end
local function down(x) return floor(x) end
local function pop(t) return remove(t) end
local function raw(t, k) return rawget(t, k) end
local function whole(x) return math.tointeger(x) end
local function closing(x) local _ <close> = setmetatable({}, { __close = function() out[#out + 1] = "closed" end }) return floor(x) end
for i = 1, 100 do
  note(first("")) note(first("a")) note(piece("abc", i % 4, -1)) note(down(i / 3)) note(pop({ 1, i })) note(pop({})) note(raw({ a = i }, "a"))
  note(raw({}, 1)) note(whole(2^53)) note(whole("x")) note(pcall(down, {})) note(pcall(piece, nil)) note(closing(i + 0.5))
end
print(table.concat(out, " "))`);
});

test("setmetatable: what finalizers, weak tables, protected and odd metatables need of it", () => {
  expectSame(`
local out = {}
local function note(...) out[#out + 1] = tostring((...)) end
local C = {}
C.__index = C
local function plain(x) return setmetatable({ x = x }, C) end
local function kept(x, m) local t = setmetatable({ x = x }, m) return t.x end
local metas = { C, {}, { __mode = "k" }, { __metatable = "locked" }, { __index = function(_, k) return k end }, { __newindex = function() end }, 1, "x", false }
function C.get(t) return t.x end
for i = 1, 200 do
  note(plain(i):get())
  for _, m in ipairs(metas) do note(pcall(kept, i, m)) end
  note(pcall(setmetatable, plain(1), nil)) note(pcall(setmetatable, setmetatable({}, metas[4]), C))
  note(pcall(kept, i)) note(getmetatable(plain(i)) == C)
  if i == 120 then C.__gc = function(t) note("gone " .. t.x) end end
  if i == 150 then C.__gc = nil C.__mode = "v" end
  if i == 180 then setmetatable = function(t) t.x = "other" return t end end
end
print(table.concat(out, " "))`);
});

test("fields and elements that are added where the table grows", () => {
  expectSame(`
local out = {}
local log = 0
local guard = { __newindex = function(t, k, v) log = log + 1 rawset(t, k, v) end }
local late = {}
local function point(x, y, m) local t = setmetatable({}, m) t.x = x t.y = y t.z = nil t.w = x return t end
local function fill(n, m) local t = setmetatable({}, m) for i = 1, n do t[i] = i % 5 ~= 0 and i or nil end return t end
local function append(t, n) for i = 1, n do t[#t + 1] = i end return #t end
for i = 1, 300 do
  local m = i % 3 == 0 and guard or i % 3 == 1 and late or nil
  local p = point(i, -i, m)
  if i % 7 == 0 then p = point(nil, i, m) end
  if i == 250 then late.__newindex = function(t, k, v) log = log + 100 end end
  out[#out + 1] = tostring(p.x) .. tostring(p.y) .. tostring(p.w)
  local f = fill(i % 40, m)
  local n = 0
  for k, v in pairs(f) do n = n * 3 + k + v end
  out[#out + 1] = n .. "," .. append({}, i % 70) .. "," .. append({ [3] = 1, [5] = 2 }, i % 20)
  local h = { [i] = 1 }
  for k = i - 1, 1, -1 do h[k] = k end
  h[i + 1], h[2.0], h[-1] = 2, 3, 4
  out[#out + 1] = #h
end
local meta = {}
for i = 1, 100 do local m = {} local t = setmetatable({}, m) out[#out + 1] = tostring(t.q) m.__index = { q = i } out[#out + 1] = t.q end
print(log, table.concat(out, " "))`);
});
