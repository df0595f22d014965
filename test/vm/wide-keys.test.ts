import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LuaHash } from "../../src/vm/hash.js";
import { scatter } from "../../src/vm/wide-keys.js";

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

  test("property: 32-bit integers keep apart", () => {
    fc.assert(fc.property(fc.integer(), fc.integer(), (a, b) => {
      expect(scatter(a) === scatter(b)).toBe(a === b);
      expect(scatter(a) | 0).toBe(scatter(a));
    }));
  });
});
