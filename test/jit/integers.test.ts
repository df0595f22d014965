// Integer arithmetic in emitted code: output, errors, instruction counts and accounted bytes are the interpreter's.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { modHalves, highHalf, joinHalves, lowHalf, shiftHalvesLeft, shiftHalvesRight, shiftedHigh } from "../../src/number/wide.js";
import { mod, shl, shr } from "../../src/number/arithmetic.js";
import { wrapInteger } from "../../src/number/integer.js";
import { integerProgram } from "./support/integer-programs.js";
import { expectSame } from "./support/modes.js";

test("generated programs of integer arithmetic", () => {
  fc.assert(fc.property(integerProgram, (source) => void expectSame(source)), { numRuns: 25 });
}, 60_000);

test("integers that stop being integers, and come back", () => {
  expectSame(`
    local h, log = 0xcbf29ce484222325, {}
    for i = 1, 1500 do
      h = (h ~ i) * 0x100000001b3
      if i % 300 == 0 then log[#log + 1] = h; h = i / 2 if i == 900 then h = "12" end end
      if math.type(h) ~= "integer" then h = (h + 0.5) // 1 | 0 end
    end
    print(table.concat(log, " "), h)`);
});

test("a wide integer where an operator refuses it is named as in the interpreter", () => {
  expectSame("local h = 1 for i = 1, 600 do h = h * 6364136223846793005 + 1 if i == 590 then h = 2.5 end h = h | 0 end");
  expectSame("local h = 1 for i = 1, 600 do h = h * 6364136223846793005 + 1 if i == 590 then h = {} end h = h ~ 1 end");
  expectSame("local h = 1 for i = 1, 600 do h = h * 6364136223846793005 + 1 h = h // (590 - i) end");
});

describe("halves", () => {
  const integer = fc.oneof(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(wrapInteger), fc.integer(), fc.constantFrom(0, -1, 1, -(2n ** 63n)));
  test("shifts by any distance", () => {
    fc.assert(fc.property(integer, fc.integer({ min: -70, max: 70 }), (a, n) => {
      const left = shiftHalvesLeft(highHalf(a) | 0, lowHalf(a), n);
      expect(joinHalves(shiftedHigh(), left)).toBe(shl(a, n));
      const right = shiftHalvesRight(highHalf(a) | 0, lowHalf(a), n);
      expect(joinHalves(shiftedHigh(), right)).toBe(shr(a, n));
    }), { numRuns: 2000 });
  });
  test("remainders", () => {
    fc.assert(fc.property(integer, fc.oneof(fc.integer({ min: 1, max: 2147483647 }), fc.integer({ min: 1, max: 2 ** 37 }).map((n) => n), fc.constantFrom(1, 2, 2 ** 37)), (a, n) => {
      expect(modHalves(highHalf(a) | 0, lowHalf(a), n)).toBe(mod(a, n));
    }), { numRuns: 2000 });
  });
});
