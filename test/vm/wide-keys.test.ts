import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LuaHash } from "../../src/vm/hash.js";
import { SmallKeys } from "../../src/vm/wide-keys.js";

const number = fc.oneof(
  fc.integer(), fc.maxSafeInteger(), fc.double({ noNaN: true }).filter((n) => !Object.is(n, -0)), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
);

describe("number keys of a hash", () => {
  test("property: it answers as a Map does", () => {
    fc.assert(fc.property(fc.array(fc.tuple(number, fc.option(fc.nat(), { nil: undefined })), { maxLength: 200 }), (writes) => {
      const hash = new LuaHash();
      const model = new Map<number | bigint, number>();
      for (const [key, value] of writes) {
        hash.set(key, value);
        if (value === undefined) model.delete(key);
        else model.set(key, value);
      }
      for (const [key] of writes) expect(hash.get(key)).toBe(model.get(key));
      expect(hash.keys.filter((_, i) => hash.values[i] !== undefined).length).toBe(model.size);
    }));
  });

  test("property: positions of 32-bit integers are found again, through growth and clearing", () => {
    fc.assert(fc.property(fc.uniqueArray(fc.oneof(fc.integer(), fc.integer({ min: -20, max: 300 })), { maxLength: 300 }), fc.integer(), (keys, other) => {
      const small = new SmallKeys();
      for (let round = 0; round < 2; round++) {
        keys.forEach((key, at) => small.add(key, at));
        keys.forEach((key, at) => expect(small.find(key)).toBe(at));
        if (!keys.includes(other)) expect(small.find(other)).toBe(-1);
        small.clear();
        for (const key of keys) expect(small.find(key)).toBe(-1);
      }
    }));
  });

  test("arithmetic series do not pile up", () => {
    for (const step of [1, 2, 3, 1 << 8, 1 << 16, 0x10001, 0x9e3779b1 | 0, 65599]) {
      const small = new SmallKeys();
      for (let i = 0; i < 4096; i++) small.add(Math.imul(i, step), i);
      expect(small.longestSearch()).toBeLessThan(300);
    }
  });
});
