// Emitted arithmetic on pairs of 32-bit halves against the operators of src/number.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as wide from "../../src/jit/wide.js";
import * as arithmetic from "../../src/number/arithmetic.js";
import type { LuaInteger } from "../../src/number/float.js";
import { wrapInteger } from "../../src/number/integer.js";
import { highHalf, joinHalves, lowHalf, mulCarry } from "../../src/number/wide.js";

const NAMES: wide.WideNames = { temporary: "t", mulCarry: "mulCarry", joinHalves: "joinHalves" };
const HALVES = { lowHalf: "lowHalf", highHalf: "highHalf" };
const A: wide.Pair = { high: "ah", low: "al" };
const B: wide.Pair = { high: "bh", low: "bl" };
const TO: wide.Pair = { high: "h", low: "l" };

const integer = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(wrapInteger), fc.integer(), fc.maxSafeInteger(),
  fc.constantFrom<LuaInteger>(0, 1, -1, 2147483648, -2147483648, 4294967295, 4294967296, -4294967296, 9007199254740991, -9007199254740991,
    -9007199254740992n, 2n ** 63n - 1n, -(2n ** 63n)),
);

/** Runs emitted text on two integers; the answer is what `result` says of its variables. */
function emitted(text: string, result: string): (a: LuaInteger, b: LuaInteger) => unknown {
  const body = `return (a, b) => { let ah, al, bh, bl, h, l, t; ${wide.split(A, "a", HALVES)} ${wide.split(B, "b", HALVES)} ${text} return ${result}; };`;
  return new Function("lowHalf", "highHalf", "joinHalves", "mulCarry", body)(lowHalf, highHalf, joinHalves, mulCarry) as (a: LuaInteger, b: LuaInteger) => unknown;
}

type Binary = (to: wide.Pair, a: wide.Pair, b: wide.Pair, names: wide.WideNames) => string;

const BINARY: Readonly<Record<string, [Binary, (a: LuaInteger, b: LuaInteger) => unknown]>> = {
  add: [wide.add, arithmetic.add],
  sub: [wide.sub, arithmetic.sub],
  mul: [wide.mul, arithmetic.mul],
  band: [(to, a, b) => wide.bitwise(to, a, "&", b), arithmetic.band],
  bor: [(to, a, b) => wide.bitwise(to, a, "|", b), arithmetic.bor],
  bxor: [(to, a, b) => wide.bitwise(to, a, "^", b), arithmetic.bxor],
  bnot: [(to, a) => wide.not(to, a), arithmetic.bnot],
  assign: [(to, a) => wide.assign(to, a), (a) => a],
};

describe("operators", () => {
  for (const [name, [emit, expected]] of Object.entries(BINARY)) {
    test(name, () => {
      for (const to of [TO, A, B]) { // the result may take an operand's place
        const run = emitted(emit(to, A, B, NAMES), wide.joined(to, NAMES));
        fc.assert(fc.property(integer, integer, (a, b) => void expect(run(a, b)).toBe(expected(a, b))), { numRuns: 300 });
      }
    });
  }
});

test("operators with constants", () => {
  fc.assert(fc.property(integer, integer, (a, b) => {
    const constant = wide.constantPair(b);
    expect(emitted(wide.mul(TO, A, constant, NAMES), wide.joined(TO, NAMES))(a, 0)).toBe(arithmetic.mul(a, b));
    expect(emitted(wide.sub(TO, constant, A, NAMES), wide.joined(TO, NAMES))(a, 0)).toBe(arithmetic.sub(b, a));
  }), { numRuns: 200 });
});

test("shifts, and division and remainder by powers of two", () => {
  for (let n = 0; n <= 66; n++) {
    const powers = n <= 62;
    for (const to of [TO, A]) {
      const left = emitted(wide.shiftLeft(to, A, n), wide.joined(to, NAMES));
      const right = emitted(wide.shiftLeft(to, A, -n), wide.joined(to, NAMES));
      const quotient = emitted(powers ? wide.divideByPower(to, A, n) : "", wide.joined(to, NAMES));
      const rest = emitted(powers ? wide.lowBits(to, A, n) : "", wide.joined(to, NAMES));
      fc.assert(fc.property(integer, (a) => {
        expect(left(a, 0)).toBe(arithmetic.shl(a, n));
        expect(right(a, 0)).toBe(arithmetic.shr(a, n));
        if (!powers) return;
        const power = wrapInteger(1n << BigInt(n));
        expect(quotient(a, 0)).toBe(arithmetic.idiv(a, power));
        expect(rest(a, 0)).toBe(arithmetic.mod(a, power));
      }), { numRuns: 40 });
    }
  }
});

test("comparisons", () => {
  const run = emitted("", `[${wide.equals(A, B)}, ${wide.less(A, B)}, ${wide.atMost(A, B)}]`);
  fc.assert(fc.property(integer, fc.option(integer), (a, other) => {
    const b = other ?? a;
    expect(run(a, b)).toEqual([a === b, a < b, a <= b]);
  }), { numRuns: 500 });
});

test("from and to numbers that are known to be small or safe", () => {
  fc.assert(fc.property(fc.integer(), fc.maxSafeInteger(), (small, safe) => {
    expect(emitted(wide.assign(TO, wide.smallPair("a")), wide.joinedSmall(TO))(small, 0)).toBe(small);
    expect(emitted(wide.assign(TO, wide.smallPair("a")), wide.joined(TO, NAMES))(small, 0)).toBe(small);
    expect(emitted(wide.add(TO, wide.safePair("a"), wide.constantPair(0), NAMES), wide.joinedSafe(TO))(safe, 0)).toBe(safe);
  }), { numRuns: 500 });
});
