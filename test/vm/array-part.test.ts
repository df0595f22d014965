// Natural keys that come in no order: they move to the array part once they fill it, and nobody can tell but by the time it takes.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LuaTable } from "../../src/vm/table.js";
import { expectSame } from "../jit/support/modes.js";

function contents(t: LuaTable): Map<unknown, unknown> {
  const found = new Map<unknown, unknown>();
  for (let p = t.seek(0); p >= 0; p = t.seek(p + 1)) {
    expect(found.has(t.keyAt(p))).toBe(false);
    found.set(t.keyAt(p), t.valueAt(p));
  }
  return found;
}

function expectBorder(t: LuaTable): void {
  const n = t.length();
  expect(n === 0 || t.getInt(n) !== undefined).toBe(true);
  expect(t.getInt(n + 1)).toBe(undefined);
}

describe("the array part of a table filled in no order", () => {
  test("from the end, and in shuffled order", () => {
    for (const size of [3, 8, 9, 20, 100, 1000]) {
      const orders = [(i: number) => size + 1 - i, (i: number) => ((i * 7919) % size) + 1];
      for (const order of orders) {
        if (size % 7919 === 0) continue;
        const t = new LuaTable();
        for (let i = 1; i <= size; i++) t.setInt(order(i), i);
        expect(t.length()).toBe(size);
        expect(contents(t).size).toBe(size);
        for (let i = 1; i <= size; i++) expect(t.getInt(order(i))).toBe(i);
        if (size >= 100) expect(t.arr.length).toBeGreaterThan(size / 2);
      }
    }
  });

  test("element 0 is nil wherever the border was found", () => {
    const t = new LuaTable();
    for (let i = 1; i <= 9; i++) t.setInt(i, true);
    for (let i = 9; i >= 1; i--) {
      t.setInt(i, undefined);
      expect(t.length()).toBe(i - 1);
      expect(t.arr[0]).toBe(undefined);
    }
  });

  test("any writes: what is there, what a traversal visits, borders", () => {
    const key = fc.oneof(fc.integer({ min: -3, max: 40 }), fc.integer({ min: 1, max: 400 }), fc.integer({ min: 2 ** 25, max: 2 ** 25 + 9 }), fc.constantFrom(0.5, true, "x", "y"));
    fc.assert(fc.property(fc.array(fc.tuple(key, fc.boolean()), { maxLength: 300 }), (writes) => {
      const t = new LuaTable();
      const model = new Map<unknown, unknown>();
      writes.forEach(([k, isRemoved], i) => {
        const v = isRemoved && i % 3 === 0 ? undefined : i;
        t.set(k, v);
        if (v === undefined) model.delete(k);
        else model.set(k, v);
      });
      for (const [k] of writes) expect(t.get(k)).toBe(model.get(k));
      expect(contents(t)).toEqual(model);
      expectBorder(t);
    }), { numRuns: 400 });
  });

  test("a table that is read-only keeps its elements out of it", () => {
    const t = new LuaTable();
    for (let i = 100; i >= 1; i--) t.setInt(i, i);
    t.makeReadOnly("t");
    expect(t.hasArray).toBe(false);
    expect(() => t.setInt(5, 1)).toThrow();
    expect(() => t.setInt(101, 1)).toThrow();
    t.changeGuarded(() => {
      for (let i = 150; i > 100; i--) t.setInt(i, i);
    });
    expect(t.hasArray).toBe(false);
    expect(contents(t).size).toBe(150);
  });

  test("all tiers count and account alike", () => {
    expectSame(`
      local total = 0
      for size = 1, 60 do
        local down, mixed, holes = {}, { n = 1 }, {}
        for i = size, 1, -1 do down[i] = i end
        for i = 1, size do mixed[(i * 37) % 61] = i / 2 holes[i * 2] = i end
        for k, v in pairs(down) do total = total + k * v end
        for k, v in pairs(mixed) do total = total + v end
        for k in pairs(holes) do holes[k] = nil end
        for i = 1, size do down[#down + 1] = i end
        total = total + #down + (next(holes) == nil and 1 or 0)
      end
      print(total)`);
  });
});
