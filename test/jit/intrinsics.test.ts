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
