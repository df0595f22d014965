// Behaviour that seeded bugs (spec-tests/mutation) got past the other tests with.
import { expect, test } from "vitest";
import { getOp } from "../../src/bytecode/instruction.js";
import { Op } from "../../src/bytecode/opcodes.js";
import { compile } from "../../src/compiler/compile.js";
import { createState } from "../../src/index.js";
import { observe } from "../../src/testing/observe.js";
import { SIZE, heap } from "../../src/vm/accounting.js";
import { LuaTable } from "../../src/vm/table.js";

const printed = (source: string): string => {
  const { ending, output } = observe(source, { jit: "off" });
  expect(ending).toMatch(/^returned/);
  return output;
};

test("fields that a table gets are accounted for, in a shared shape and in one of its own", () => {
  for (const count of [4, 16, 32, 200]) {
    const t = new LuaTable();
    const { allocated } = heap;
    for (let i = 0; i < count; i++) t.setStr(`name${i}`, i);
    expect(heap.allocated - allocated, String(count)).toBeGreaterThanOrEqual(count * SIZE.field);
  }
});

test("a metamethod whose field was emptied and is filled again is asked again", () => {
  expect(printed(`
    local mt = { __index = function() return "first" end, __add = function() return "sum" end }
    local t = setmetatable({}, mt)
    mt.__index = nil
    print(t.x, t.y)
    mt.__index = function() return "second" end
    print(t.x, t.y)
    mt.__add = nil
    print(pcall(function() return t + 1 end) == false)
    mt.__add = function() return "again" end
    print(t + 1)`)).toBe("nil\tnil\nsecond\tsecond\ntrue\nagain\n");
});

test("a hexadecimal float just above the middle of two doubles is rounded up, however late that shows", () => {
  const zeros = "0".repeat(60);
  expect(printed(`
    print(0x1.00000000000008${zeros}1 > 1, 0x1.00000000000008${zeros}0 > 1, 0x1.00000000000018${zeros} > 0x1.0000000000001p0)
    print(tonumber("0x1.00000000000008${zeros}1") > 1)`)).toBe("true\tfalse\ttrue\ntrue\n");
});

test("a division by zero is left to run time", () => {
  const divides = (source: string): boolean => [...compile(source, "=x").code].some((word) => getOp(word) === Op.Div || getOp(word) === Op.DivK);
  expect(divides("return 1 / 0")).toBe(true);
  expect(divides("return 1.0 / -0.0")).toBe(true);
  expect(divides("return 1 / 2")).toBe(false);
});

test("a goto out of a block closes what inner functions hold of it", () => {
  expect(printed(`
    local f
    do
      local x = "kept"
      f = function() return x end
      if f then goto out end
      x = nil
    end
    ::out::
    do
      local y = "another"
      print(f(), y)
    end`)).toBe("kept\tanother\n");
});

test("a string that would not fit is never built", () => {
  const state = createState({ limits: { memory: 4 << 20 } });
  const { allocated } = state.memory;
  expect(() => state.call(state.load('return #("x"):rep(200 * 2^20 // 1 | 0)', "=x"))).toThrow(/memory/);
  expect(state.memory.allocated - allocated).toBeLessThan(4 << 20);
});
