import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import * as operators from "../../src/number/arithmetic.js";
import { LuaFloat, type LuaInteger, type LuaNumber, makeFloat } from "../../src/number/float.js";
import { wrapInteger } from "../../src/number/integer.js";
import { type Oracle, oracle } from "../support/oracle.js";
import { SHOW_NUMBER, luaInteger, luaNumber, numberSource, showNumber } from "../support/lua-values.js";

type Binary = (a: LuaNumber, b: LuaNumber) => LuaNumber | undefined;
const ARITHMETIC: Record<string, Binary> = {
  "+": operators.add, "-": operators.sub, "*": operators.mul, "/": operators.div, "%": operators.mod, "//": operators.idiv,
};
const COMPARISONS: Record<string, (a: LuaNumber, b: LuaNumber) => boolean> = {
  "==": operators.numberEquals, "<": operators.lessThan, "<=": operators.lessEqual,
};
const BITWISE: Record<string, (a: LuaInteger, b: LuaInteger) => LuaInteger> = {
  "&": operators.band, "|": operators.bor, "~": operators.bxor, "<<": operators.shl, ">>": operators.shr,
};

let judge: Oracle;
beforeAll(async () => {
  judge = await oracle();
});

/** A value obeys the representation rules of number/float.ts. */
function expectCanonical(v: LuaNumber): void {
  if (typeof v === "bigint") expect(Number.isSafeInteger(Number(v)) && BigInt(Number(v)) === v, "a bigint that fits a number").toBe(false);
  else if (typeof v === "number") {
    expect(Object.is(v, -0), "raw -0").toBe(false);
    expect(Math.floor(v) === v && Math.abs(v) !== Infinity && !Number.isSafeInteger(v), "an integral float without its box").toBe(false);
  }
}

/** Evaluates `expressions` in C Lua; "err" where one raises. */
function judged(expressions: string[]): string[] {
  const lines = expressions.map((e) => `emit(pcall(function() return ${e} end))`);
  const { output, error } = judge.run(
    `${SHOW_NUMBER}local function emit(ok, v) print(not ok and "err" or type(v) == "boolean" and tostring(v) or show(v)) end\n${lines.join("\n")}`,
  );
  expect(error).toBeUndefined();
  return output.trimEnd().split("\n");
}

describe("operators against C Lua", () => {
  test("arithmetic, comparison, unary minus", () => {
    fc.assert(
      fc.property(luaNumber, luaNumber, (a, b) => {
        const names = Object.keys(ARITHMETIC);
        const expected: string[] = [];
        for (const name of names) {
          const result = ARITHMETIC[name]!(a, b);
          if (result !== undefined) expectCanonical(result);
          expected.push(result === undefined ? "err" : showNumber(result));
        }
        for (const name of Object.keys(COMPARISONS)) expected.push(String(COMPARISONS[name]!(a, b)));
        const negated = operators.unm(a);
        expectCanonical(negated);
        expected.push(showNumber(negated));
        const [x, y] = [numberSource(a), numberSource(b)];
        // as parameters: with a constant, C Lua makes x - 0 an addition of 0, which loses the sign of -0.0
        const source = [...names, ...Object.keys(COMPARISONS)].map((op) => `(function(x, y) return x ${op} y end)(${x}, ${y})`);
        expect(judged([...source, `-${x}`])).toEqual(expected);
      }),
      { numRuns: 1500 },
    );
  });

  test("bitwise operators on words without a sign, and on one of them", () => {
    const word = fc.oneof(fc.integer({ min: 0, max: 4294967295 }), fc.constantFrom(0, 2147483647, 2147483648, 4294967295));
    const other = fc.oneof(word, fc.maxSafeInteger(), fc.constantFrom(-1, -2147483648, -2147483649, -4294967296, -4294967297, 4294967296));
    fc.assert(fc.property(word, other, (a, b) => {
      const [x, y] = [BigInt(a), BigInt(b)];
      for (const [left, right] of [[a, b], [b, a]] as const) {
        expect([operators.band(left, right), operators.bor(left, right), operators.bxor(left, right)]).toEqual([x & y, x | y, x ^ y].map(wrapInteger));
      }
    }), { numRuns: 1000 });
  });

  test("bitwise operators on integers", () => {
    const shift = fc.oneof(fc.integer({ min: -70, max: 70 }), luaInteger);
    fc.assert(
      fc.property(luaInteger, shift, (a, b) => {
        const expected = Object.values(BITWISE).map((op) => op(a, b));
        expected.push(operators.bnot(a));
        expected.forEach(expectCanonical);
        const [x, y] = [numberSource(a), numberSource(b)];
        expect(judged([...Object.keys(BITWISE).map((op) => `${x} ${op} ${y}`), `~${x}`])).toEqual(expected.map(showNumber));
      }),
      { numRuns: 1500 },
    );
  });

  test("conversion to integer", () => {
    fc.assert(
      fc.property(luaNumber, (v) => {
        const integer = operators.toInteger(v);
        if (integer !== undefined) expectCanonical(integer);
        expect(judged([`${numberSource(v)} | 0`])).toEqual([integer === undefined ? "err" : showNumber(integer)]);
      }),
      { numRuns: 500 },
    );
  });

  test("powers of special values", () => {
    const values = [1, -1, 0, 2, 0.5, -0.5, Infinity, -Infinity, NaN, makeFloat(-0), 3, -2, 1023, 1024, -1074, -1075];
    const pairs = values.flatMap((a) => values.map((b) => [a, b] as const));
    const ours = pairs.map(([a, b]) => showNumber(operators.pow(a, b)));
    expect(judged(pairs.map(([a, b]) => `${numberSource(a)} ^ ${numberSource(b)}`))).toEqual(ours);
  });
});

describe("integers are a ring modulo 2^64", () => {
  const wrapped = (n: bigint): bigint => BigInt.asIntN(64, n);
  test("add, sub, mul", () => {
    fc.assert(
      fc.property(luaInteger, luaInteger, (a, b) => {
        expect(BigInt(operators.add(a, b) as LuaInteger)).toBe(wrapped(BigInt(a) + BigInt(b)));
        expect(BigInt(operators.sub(a, b) as LuaInteger)).toBe(wrapped(BigInt(a) - BigInt(b)));
        expect(BigInt(operators.mul(a, b) as LuaInteger)).toBe(wrapped(BigInt(a) * BigInt(b)));
      }),
    );
  });

  test("a == (a // b) * b + a % b", () => {
    fc.assert(
      fc.property(luaInteger, luaInteger, (a, b) => {
        fc.pre(b !== 0);
        const product = operators.mul(operators.idiv(a, b)!, b);
        expect(operators.add(product, operators.mod(a, b)!)).toBe(a);
      }),
    );
  });
});

test("float results keep their box only when integral", () => {
  expect(operators.div(1, 2)).toBe(0.5);
  expect(operators.div(4, 2)).toEqual(new LuaFloat(2));
  expect(operators.mul(0.5, 2)).toEqual(new LuaFloat(1));
  expect(operators.unm(0)).toBe(0);
  expect(operators.unm(makeFloat(0))).toEqual(new LuaFloat(-0));
});
