// luaL_tolstring: tostring, print and %s honour __tostring and __name on values of any type.
import { beforeAll, expect, test } from "vitest";
import { debugLibrary } from "../../src/stdlib/debug.js";
import { type Oracle, oracle } from "../support/oracle.js";
import { collectingState, expectSame } from "../support/lua.js";
import { openLibrary } from "../../src/vm/library.js";

let judge: Oracle;
beforeAll(async () => {
  judge = await oracle();
});

test("the metatable of strings", () => {
  expectSame(judge, `
    local mt = getmetatable("")
    mt.__tostring = function(x) return "<" .. x .. ">" end
    local shown = table.pack(pcall(function() return tostring("a"), string.format("%s|%5s|%q", "b", "c", "d"), "e" .. 1 end))
    mt.__tostring = nil
    print(table.unpack(shown, 1, shown.n))
    print("a")`);
});

test("results that are no strings", () => {
  expectSame(judge, `
    local function object(result) return setmetatable({}, {__tostring = function() return result end}) end
    print(tostring(object(12.0)), object(1 << 62), object("x"))
    for _, wrong in ipairs{{}, true, print} do
      local o = object(wrong)
      print(pcall(tostring, o))
      print(pcall(function() return tostring(o) end))
      print(pcall(function() return (string.format("%s", o)) end))
    end
    print(pcall(tostring, object(nil)))
    print(pcall(tostring, setmetatable({}, {__tostring = 1})))`);
});

test("a __tostring that comes later is seen", () => {
  expectSame(judge, `
    local mt = {__name = "Kind"}
    local o = setmetatable({}, mt)
    print((tostring(o):gsub("0x%x+", "P")))
    mt.__tostring = function() return "late" end
    print(o)
    mt.__tostring = nil
    print((tostring(o):gsub("0x%x+", "P")))
    rawset(mt, "__tostring", function() return "again" end)
    print(o)`);
});

test("the other basic types", () => {
  const { state, output } = collectingState();
  state.enter();
  openLibrary(state, debugLibrary);
  state.leave();
  state.call(state.load(`
    debug.setmetatable(1, {__tostring = function(n) return "n" .. n + 1 end})
    debug.setmetatable(nil, {__tostring = function() return "none" end})
    debug.setmetatable(true, {__tostring = function(b) return b and "yes" or "no" end})
    print(1, 2.0, 1 << 62, nil, true, false, string.format("%s %d", 4, 5), "x" .. 6)`, "=test"));
  expect(output()).toBe("n2\tn3.0\tn4611686018427387905\tnone\tyes\tno\tn5 5\tx6\n");
});
