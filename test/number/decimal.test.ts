// Digits by arithmetic on doubles, against exact arithmetic.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fixedText, generalText } from "../../src/number/decimal.js";
import { parseNumber } from "../../src/number/parse.js";

/** x as a fraction of two integers. */
function fraction(x: number): [bigint, bigint] {
  let power = 0;
  while (Math.floor(x) !== x) {
    x *= 2;
    power++;
  }
  return [BigInt(x), 1n << BigInt(power)];
}

/** x · 10^places rounded to nearest; undefined for a tie. */
function rounded(x: number, places: number): bigint | undefined {
  const [n, d] = fraction(x);
  const [top, bottom] = places >= 0 ? [n * 10n ** BigInt(places), d] : [n, d * 10n ** BigInt(-places)];
  const twice = (top % bottom) * 2n;
  return twice === bottom ? undefined : top / bottom + (twice > bottom ? 1n : 0n);
}

function exactFixed(x: number, places: number): string | undefined {
  const digits = rounded(x, places)?.toString().padStart(places + 1, "0");
  return digits === undefined || places === 0 ? digits : `${digits.slice(0, -places)}.${digits.slice(-places)}`;
}

const ordinary = fc.oneof(
  fc.double({ min: 0, max: 1e15, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 1e-4, max: 1e4, noNaN: true }),
  fc.tuple(fc.nat(), fc.nat(9)).map(([n, p]) => n / 10 ** p), fc.tuple(fc.nat(), fc.nat(20)).map(([n, p]) => n / 2 ** p),
);

describe("digits of ordinary doubles", () => {
  test("fixed: right or not given", () => {
    fc.assert(fc.property(ordinary, fc.nat(18), (x, places) => {
      const text = fixedText(x, places);
      if (text !== undefined) expect(text).toBe(exactFixed(x, places));
    }), { numRuns: 3000 });
  });

  test("general: right or not given", () => {
    fc.assert(fc.property(ordinary, fc.integer({ min: 1, max: 15 }), (x, precision) => {
      const text = generalText(x, precision);
      if (text === undefined) return;
      let exponent = Number(x.toExponential(15).split("e")[1]); // of the first digit of the rounded number
      if (rounded(x, precision - 1 - exponent) === 10n ** BigInt(precision)) exponent++;
      const exact = exactFixed(x, Math.max(0, precision - 1 - exponent))!;
      expect(text).toBe(exact.includes(".") ? exact.replace(/\.?0+$/, "") : exact);
    }), { numRuns: 3000 });
  });

  test("they are given for what programs print", () => {
    expect(fixedText(2 / 3, 3)).toBe("0.667");
    expect(fixedText(0, 2)).toBe("0.00");
    expect(fixedText(1234567.891, 1)).toBe("1234567.9");
    expect(generalText(1 / 3, 14)).toBe("0.33333333333333");
    expect(generalText(9.9999999, 6)).toBe("10");
    expect(generalText(2.5e-4, 6)).toBe("0.00025");
    expect([fixedText(0.5, 0), generalText(999999.9, 6), generalText(1e-5, 6), generalText(2.5, 1)]).toEqual([undefined, undefined, undefined, undefined]);
  });

  test("short decimals are read as the nearest double", () => {
    fc.assert(fc.property(fc.nat(), fc.nat(999_999), fc.nat(6), (whole, part, places) => {
      const text = `${whole % 1_000_000_000}.${String(part).slice(0, places)}`;
      const read = parseNumber(text);
      expect(typeof read === "number" ? read : (read as { n: number }).n).toBe(Number(text));
    }));
  });
});
