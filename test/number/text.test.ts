import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { LuaFloat, makeFloat, toDouble } from "../../src/number/float.js";
import { formatA, formatE, formatF, formatG, formatNumber } from "../../src/number/format.js";
import { parseNumber } from "../../src/number/parse.js";
import { scaleByPowerOfTwo, splitFraction } from "../../src/number/scale.js";
import { type Oracle, oracle } from "../support/oracle.js";
import { SHOW_NUMBER, luaNumber, numberSource, showNumber } from "../support/lua-values.js";

let judge: Oracle;
beforeAll(async () => {
  judge = await oracle();
});

const quoted = (s: string): string => `"${[...s].map((c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, "0")}`).join("")}"`;

function judgedParse(texts: string[]): string[] {
  const { output } = judge.run(`${SHOW_NUMBER}for _, s in ipairs{${texts.map(quoted).join(",")}} do
    local v = tonumber(s) print(v == nil and "nil" or show(v)) end`);
  return output.trimEnd().split("\n");
}

const parsed = (text: string): string => {
  const v = parseNumber(text);
  return v === undefined ? "nil" : showNumber(v);
};

describe("parseNumber", () => {
  test("edge cases", () => {
    const texts = [
      "0x", "0x.", "0x.p1", "0x1p", "0x.8", "0x8.", "1e", "1e+", "1e5", "5.", ".5", ".", "-", "+", "- 1", "", " ", "0x1p4",
      "0x1P-1074", "0x1p-1075", "0x1.8p-1075", "0x1.00000000000008p0", "0x1.000000000000081p0", "0x1.00000000000018p0",
      "0xffffffffffffffffff", "-0xffffffffffffffff", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
      "-9223372036854775809", "inf", "nan", "-inf", "infinity", "0xinf", "1e400", "-1e400", "0x1p1024", "0x1.fffffffffffff8p1023",
      "0x1.fffffffffffff7p1023", " 10 ", "\v10\f\r\n", "1 0", "1__0", "0b1", "1n", "0x1p99999999999999999999",
      "0x0p99999999999999999999", "0x1p-99999999999999999999", "-0", "-0.0", "-0x0", "0x-1", "1e-400",
      `0x.${"0".repeat(40)}1p200`, "00000000000000000000000000000000012", "9007199254740993", "-9007199254740992", "1e1 ", "1e 1",
      "1.5.5", "1\0", "1\0 ", "0xep1", "0xe+1", "1e1.0", "\xa05", "1d", "1f", "0x1.fp+", `1${"0".repeat(400)}`,
      `0x${"f".repeat(300)}`, `0x${"f".repeat(300)}.0`, "2.2250738585072011e-308", "0x3p-1074", "0x1p-1022", "0x.8p-1022",
    ];
    expect(texts.map(parsed)).toEqual(judgedParse(texts));
  });

  test("number-like texts", () => {
    const soup = fc.string({ unit: fc.constantFrom(..."0123456789abcdefxXpPeE.+- \t"), maxLength: 14 });
    const digits = (alphabet: string) => fc.string({ unit: fc.constantFrom(...alphabet), maxLength: 26 });
    const hex = fc
      .tuple(digits("0123456789abcdefABCDEF"), digits("0123456789abcdef"), fc.integer({ min: -900, max: 1150 })) // the oracle's C library misrounds subnormals
      .map(([whole, fraction, e]) => `0x${whole}.${fraction}p${e}`);
    const decimal = fc
      .tuple(digits("0123456789"), digits("0123456789"), fc.integer({ min: -350, max: 350 }))
      .map(([whole, fraction, e]) => `-${whole}.${fraction}e${e}`);
    fc.assert(
      fc.property(fc.array(fc.oneof(soup, hex, decimal, digits("0123456789")), { minLength: 20, maxLength: 20 }), (texts) => {
        expect(texts.map(parsed)).toEqual(judgedParse(texts));
      }),
      { numRuns: 200 },
    );
  });

  test("hexadecimal subnormals round half to even", () => {
    const texts = ["0x700.000055p-1054", "0x7000000.55p-1078", "0x1.8p-1074", "0x2.8p-1074", "0x2.80000000000001p-1074", "0x.fffffffffffff8p-1022", "0x1p-1075"];
    expect(texts.map(parsed)).toEqual([
      "f0000000070000005", "f0000000000700000", "f0000000000000002", "f0000000000000002", "f0000000000000003", "f0010000000000000", "f0000000000000000",
    ]);
  });

  test("every double survives %.17g and %a", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (x) => {
        for (const text of [formatE(x, 16), formatA(x)]) expect(toDouble(parseNumber(text)!)).toBe(x);
      }),
    );
  });
});

describe("formatNumber", () => {
  test("as tostring", () => {
    fc.assert(
      fc.property(fc.array(luaNumber, { minLength: 10, maxLength: 10 }), (values) => {
        const { output } = judge.run(values.map((v) => `print(${numberSource(v)})`).join("\n"));
        const expected = output.trimEnd().split("\n").map((line) => (line === "nan" ? "-nan" : line)); // a NaN's sign is not portable
        expect(values.map(formatNumber)).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  test("what looks like an integer gets .0", () => {
    expect(formatNumber(new LuaFloat(-0))).toBe("-0.0");
    expect(formatNumber(12345678901234.5)).toBe("12345678901234.0"); // ties to even
    expect(formatNumber(makeFloat(1e15))).toBe("1e+15");
    expect(formatNumber(-Infinity)).toBe("-inf");
    expect(formatNumber(NaN)).toBe("-nan");
    expect(formatNumber(-(2n ** 63n))).toBe("-9223372036854775808");
  });
});

describe("printf conversions", () => {
  const finite = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.tuple(fc.maxSafeInteger(), fc.integer({ min: 0, max: 60 })).map(([n, e]) => n / 2 ** e), // many exact ties
    fc.tuple(fc.integer(), fc.integer({ min: -30, max: 30 })).map(([n, e]) => n * 10 ** e),
  );
  const precision = fc.oneof(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 99 }));

  test("%e %f %g as C prints them, every precision", () => {
    fc.assert(
      fc.property(finite, precision, fc.boolean(), (x, p, alternate) => {
        const flag = alternate ? "#" : "";
        const { output } = judge.run(`print(string.format("%${flag}.${p}e %${flag}.${p}f %${flag}.${p}g", ${numberSource(makeFloat(x))}, ${numberSource(makeFloat(x))}, ${numberSource(makeFloat(x))}))`);
        expect(`${formatE(x, p, alternate)} ${formatF(x, p, alternate)} ${formatG(x, p, alternate)}`).toBe(output.trimEnd());
      }),
      { numRuns: 1500 },
    );
  });

  // glibc's digits; the C library inside the oracle normalises subnormals and rounds %.0a differently.
  test("%a as glibc prints it", () => {
    expect(formatA(1)).toBe("0x1p+0");
    expect(formatA(-0.1)).toBe("-0x1.999999999999ap-4");
    expect(formatA(0)).toBe("0x0p+0");
    expect(formatA(0, 3)).toBe("0x0.000p+0");
    expect(formatA(5e-324)).toBe("0x0.0000000000001p-1022");
    expect(formatA(1.5, 0)).toBe("0x2p+0");
    expect(formatA(2.5, 0)).toBe("0x1p+1");
    expect(formatA(1, 0, true)).toBe("0x1.p+0");
    expect(formatA(0.1, 3)).toBe("0x1.99ap-4");
    expect(formatA(1, 20)).toBe("0x1.00000000000000000000p+0");
  });

  test("infinities and NaN", () => {
    for (const format of [formatE, formatF, formatG]) {
      expect([Infinity, -Infinity, NaN].map((x) => format(x, 3))).toEqual(["inf", "-inf", "-nan"]);
    }
  });
});

test("splitFraction and scaleByPowerOfTwo are inverse", () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (x) => {
      const { fraction, exponent } = splitFraction(x);
      expect(scaleByPowerOfTwo(fraction, exponent)).toBe(x);
      if (x !== 0) expect(Math.abs(fraction) >= 0.5 && Math.abs(fraction) < 1).toBe(true);
    }),
  );
});
