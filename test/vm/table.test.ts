// LuaTable on its own: a model of it, borders, traversal, and where its parts hand over to each other.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LuaFloat, makeFloat } from "../../src/number/float.js";
import { Fault } from "../../src/vm/fault.js";
import { LuaTable } from "../../src/vm/table.js";
import type { LuaValue } from "../../src/vm/value.js";

/** All entries in traversal order. */
function entries(t: LuaTable): [LuaValue, LuaValue][] {
  const list: [LuaValue, LuaValue][] = [];
  for (let at = t.advance(undefined); at >= 0; at = t.advance(t.keyAt(at))) list.push([t.keyAt(at), t.valueAt(at)]);
  return list;
}

/** One text for each key that Lua tells apart: 1 and 1.0 are one key, 2^53 and its float too. */
function identity(key: LuaValue): string {
  if (key instanceof LuaFloat) {
    const integral = Number.isFinite(key.n) && key.n >= -(2 ** 63) && key.n < 2 ** 63;
    return integral ? `n${BigInt(key.n)}` : `f${key.n}`;
  }
  if (typeof key === "number") return Number.isSafeInteger(key) ? `n${key}` : `f${key}`;
  return typeof key === "bigint" ? `n${key}` : `${typeof key}:${String(key)}`;
}

function isBorder(t: LuaTable, n: number): boolean {
  return (n === 0 || t.getInt(n) !== undefined) && t.getInt(n + 1) === undefined;
}

const keys: fc.Arbitrary<LuaValue> = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 1, max: 40 }) },
  { weight: 2, arbitrary: fc.constantFrom<LuaValue>(0, -1, 1000, 2 ** 31, 2 ** 53 - 1, 2n ** 53n, 2n ** 63n - 1n, -(2n ** 63n)) },
  { weight: 2, arbitrary: fc.constantFrom<LuaValue>(makeFloat(1), makeFloat(-0), makeFloat(7), makeFloat(2 ** 53), makeFloat(1e300), 0.5, Infinity) },
  { weight: 5, arbitrary: fc.integer({ min: 0, max: 60 }).map((i) => `key${i}`) },
  { weight: 1, arbitrary: fc.constantFrom<LuaValue>(true, false, "", "__index", "constructor", "__proto__", "a".repeat(50)) },
);

describe("as a map from keys to values", () => {
  test("any sequence of assignments", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(keys, fc.option(fc.nat(), { nil: undefined })), { maxLength: 200 }), (steps) => {
        const t = new LuaTable();
        const model = new Map<string, number>();
        for (const [key, value] of steps) {
          t.set(key, value);
          if (value === undefined) model.delete(identity(key));
          else model.set(identity(key), value);
          expect(t.get(key)).toBe(value);
          expect(isBorder(t, t.length())).toBe(true);
        }
        const seen = entries(t);
        expect(new Map(seen.map(([key, value]) => [identity(key), value]))).toEqual(model);
        expect(seen.length).toBe(model.size);
        for (const [key] of steps) expect(t.get(key)).toBe(model.get(identity(key)));
      }),
      { numRuns: 300 },
    );
  });

  test("a traversal that assigns nil or new values to what it visits meets everything once", () => {
    fc.assert(
      fc.property(fc.uniqueArray(keys, { selector: identity, maxLength: 80 }), fc.func(fc.boolean()), (list, removes) => {
        const t = new LuaTable();
        for (const key of list) t.set(key, 1);
        const seen: string[] = [];
        for (let at = t.advance(undefined); at >= 0; ) {
          const key = t.keyAt(at);
          seen.push(identity(key));
          t.set(key, removes(seen.length) ? undefined : 2);
          at = t.advance(key);
        }
        expect([...seen].sort()).toEqual(list.map(identity).sort());
        expect(entries(t).length).toBe(list.filter((_, i) => !removes(i + 1)).length);
      }),
    );
  });
});

describe("keys", () => {
  test("nil and NaN are refused, as keys to read they are absent", () => {
    const t = new LuaTable();
    expect(t.get(undefined)).toBeUndefined();
    expect(t.get(NaN)).toBeUndefined();
    expect(() => t.set(undefined, 1)).toThrow(Fault);
    expect(() => t.set(NaN, 1)).toThrow(expect.objectContaining({ message: "table index is NaN" }));
  });

  test("come back from a traversal as they were normalised", () => {
    const t = new LuaTable();
    for (const key of [makeFloat(3), makeFloat(2 ** 53), makeFloat(1e300), 0.25]) t.set(key, true);
    expect(entries(t).map(([key]) => key)).toEqual([3, 2n ** 53n, new LuaFloat(1e300), 0.25]);
  });

  test("an absent key cannot be traversed from", () => {
    const t = new LuaTable();
    t.set("there", 1);
    for (const key of ["missing", 1, 0.5, true]) expect(() => t.advance(key)).toThrow(expect.objectContaining({ message: "invalid key to 'next'" }));
  });

  test("order of traversal: array, then string keys, then others, each by first insertion", () => {
    const t = new LuaTable();
    for (const key of ["b", true, 2, "a", 1, -5, 3]) t.set(key, 0);
    t.set("b", undefined);
    t.set("b", 1);
    expect(entries(t).map(([key]) => key)).toEqual([1, 2, 3, "b", "a", true, -5]);
  });
});

describe("array part", () => {
  test("takes integer keys over from the hash once they follow on", () => {
    const t = new LuaTable();
    for (const i of [5, 3, 4, 2]) t.set(i, i);
    expect(t.hasArray).toBe(false);
    t.set(1, 1);
    expect(t.arr.slice(1)).toEqual([1, 2, 3, 4, 5]);
    expect(t.length()).toBe(5);
  });

  test("filled backwards it is found entire, with its length", () => {
    const t = new LuaTable();
    for (let i = 1000; i >= 1; i--) t.set(i, i);
    expect(t.length()).toBe(1000);
    expect(entries(t).map(([key]) => key)).toEqual(Array.from({ length: 1000 }, (_, i) => i + 1));
  });

  test("is given up for the hash when it would double while mostly nil", () => {
    const t = new LuaTable();
    for (let i = 1; i < 128; i++) t.set(i, i);
    for (let i = 1; i < 127; i++) t.set(i, undefined);
    t.set(128, 128); // appends behind 127 live and dead slots
    expect(t.arr.length).toBeLessThan(128);
    expect([t.get(127), t.get(128), t.get(1)]).toEqual([127, 128, undefined]);
    expect(entries(t).length).toBe(2);
  });

  test("used as a queue it stays small", () => {
    const t = new LuaTable();
    for (let i = 1; i <= 20_000; i++) {
      t.set(i, i);
      if (i > 10) t.set(i - 10, undefined);
    }
    expect(t.arr.length + (t.hash?.room ?? 0)).toBeLessThan(300);
    expect(entries(t).map(([key]) => key)).toEqual([19991, 19992, 19993, 19994, 19995, 19996, 19997, 19998, 19999, 20000]);
  });

  test("popping and pushing at the end keeps the length", () => {
    const t = new LuaTable();
    for (let i = 1; i <= 100; i++) t.set(i, i);
    for (let i = 100; i > 40; i--) {
      t.set(i, undefined);
      expect(t.length()).toBe(i - 1);
    }
    for (let i = 41; i <= 60; i++) {
      t.set(i, i);
      expect(t.length()).toBe(i);
    }
  });

  test("borders far out in the hash are found by doubling and halving", () => {
    const t = new LuaTable();
    t.set(2 ** 52, 1);
    expect(t.length()).toBe(0);
    const dense = new LuaTable();
    for (let i = 7; i >= 2; i--) dense.set(i, i); // more would move to the array part
    dense.adoptArray([undefined, 1]);
    expect(dense.length()).toBe(7);
    const descending = new LuaTable();
    for (let i = 20; i >= 1; i--) descending.set(i, i);
    expect(descending.length()).toBe(20);
  });
});

describe("hash part", () => {
  test("drops dead entries instead of growing", () => {
    const t = new LuaTable();
    for (let i = 0; i < 10_000; i++) {
      t.set(-i - 1, i);
      t.set(-i - 1, undefined);
    }
    expect(t.hash!.size).toBeLessThanOrEqual(8);
    expect(t.hash!.room).toBeLessThanOrEqual(8);
  });
});

describe("string keys", () => {
  test("a dictionary that loses its keys as it gets new ones stays small", () => {
    const t = new LuaTable();
    for (let i = 0; i < 5000; i++) {
      t.set(`k${i}`, i);
      if (i >= 60) t.set(`k${i - 60}`, undefined);
    }
    expect(t.shape.dictionary).toBe(true);
    expect(t.slots.length).toBeLessThanOrEqual(128);
    expect(entries(t).length).toBe(60);
    expect(t.get("k4999")).toBe(4999);
    expect(t.get("k1")).toBeUndefined();
  });

  test("names that JavaScript objects know are ordinary", () => {
    const t = new LuaTable();
    for (const name of ["constructor", "__proto__", "hasOwnProperty", "toString"]) expect(t.get(name)).toBeUndefined();
    t.set("__proto__", 1);
    expect([t.get("__proto__"), t.get("toString")]).toEqual([1, undefined]);
  });
});
