// One function per Lua operator over numbers (no string coercion, no metamethods). Lua 5.4 manual, 3.4.1–3.4.4.
// The constant folder, the VM's slow paths, emitted code and the library all share these, so they agree by construction.
import { LuaFloat, makeFloat, toDouble, type LuaInteger, type LuaNumber } from "./float.js";
import { doubleToInteger, wrapInteger } from "./integer.js";
import { powFloat } from "./power.js";
import { addWide, highHalf, joinHalves, lowHalf, mulWide, shiftLeftWide, shiftRightWide, subWide } from "./wide.js";

export { powFloat };

const isSafe = Number.isSafeInteger; // on a raw number: "is an integer"

/** Both operands are integers, at least one outside the safe range or the result is. */
function bothIntegers(a: LuaNumber, b: LuaNumber): a is LuaInteger {
  return (typeof a === "bigint" || isSafe(a)) && (typeof b === "bigint" || isSafe(b));
}

export function add(a: LuaNumber, b: LuaNumber): LuaNumber {
  if (typeof a === "number" && typeof b === "number") {
    const sum = a + b;
    if (!isSafe(a) || !isSafe(b)) return makeFloat(sum);
    if (isSafe(sum)) return sum;
  }
  if (bothIntegers(a, b)) return addWide(a, b as LuaInteger);
  return makeFloat(toDouble(a) + toDouble(b));
}

export function sub(a: LuaNumber, b: LuaNumber): LuaNumber {
  if (typeof a === "number" && typeof b === "number") {
    const difference = a - b;
    if (!isSafe(a) || !isSafe(b)) return makeFloat(difference);
    if (isSafe(difference)) return difference;
  }
  if (bothIntegers(a, b)) return subWide(a, b as LuaInteger);
  return makeFloat(toDouble(a) - toDouble(b));
}

export function mul(a: LuaNumber, b: LuaNumber): LuaNumber {
  if (typeof a === "number" && typeof b === "number") {
    const product = a * b;
    if (!isSafe(a) || !isSafe(b)) return makeFloat(product);
    if (isSafe(product)) return product === 0 ? 0 : product; // no −0; a safe product is exact
  }
  if (bothIntegers(a, b)) return mulWide(a, b as LuaInteger);
  return makeFloat(toDouble(a) * toDouble(b));
}

/** Float division `/`. */
export function div(a: LuaNumber, b: LuaNumber): LuaNumber {
  return makeFloat(toDouble(a) / toDouble(b));
}

export function pow(a: LuaNumber, b: LuaNumber): LuaNumber {
  return makeFloat(powFloat(toDouble(a), toDouble(b)));
}

export function unm(a: LuaNumber): LuaNumber {
  if (typeof a === "number") return 0 - a; // a raw 0 is an integer: no −0
  return typeof a === "bigint" ? wrapInteger(-a) : new LuaFloat(-a.n);
}

/** `a % b`; undefined when an integer is taken modulo zero. */
export function mod(a: LuaNumber, b: LuaNumber): LuaNumber | undefined {
  if (typeof a === "number" && typeof b === "number" && isSafe(a) && isSafe(b)) {
    if (b === 0) return undefined;
    const remainder = a % b;
    return remainder !== 0 && remainder < 0 !== b < 0 ? remainder + b : remainder + 0;
  }
  if (bothIntegers(a, b)) {
    const divisor = BigInt(b as LuaInteger);
    if (divisor === 0n) return undefined;
    const remainder = BigInt(a) % divisor;
    return wrapInteger(remainder !== 0n && remainder < 0n !== divisor < 0n ? remainder + divisor : remainder);
  }
  return makeFloat(modFloat(toDouble(a), toDouble(b)));
}

/** `a // b`; undefined when an integer is divided by zero. */
export function idiv(a: LuaNumber, b: LuaNumber): LuaNumber | undefined {
  if (typeof a === "number" && typeof b === "number" && isSafe(a) && isSafe(b)) {
    if (b === 0) return undefined;
    const remainder = a % b;
    const quotient = (a - remainder) / b; // exact, where a / b alone may round up
    return remainder !== 0 && remainder < 0 !== b < 0 ? quotient - 1 : quotient + 0;
  }
  if (bothIntegers(a, b)) {
    const dividend = BigInt(a);
    const divisor = BigInt(b as LuaInteger);
    if (divisor === 0n) return undefined;
    const quotient = dividend / divisor;
    const remainder = dividend % divisor;
    return wrapInteger(remainder !== 0n && remainder < 0n !== divisor < 0n ? quotient - 1n : quotient);
  }
  return makeFloat(idivFloat(toDouble(a), toDouble(b)));
}

/** Float modulo: the result has the sign of the divisor. */
export function modFloat(a: number, b: number): number {
  const m = a % b; // C's fmod
  return (m > 0 ? b < 0 : m < 0 && b > 0) ? m + b : m;
}

/** Float floor division. */
export function idivFloat(a: number, b: number): number {
  return Math.floor(a / b);
}

// Bitwise operators.

/** Is it an integer of 32 bits without a sign? Hash functions compute with these. JavaScript's operators take their bits as they are. */
const isWord = (a: LuaInteger): a is number => typeof a === "number" && a >= 0 && a <= 4294967295;

export function band(a: LuaInteger, b: LuaInteger): LuaInteger {
  if (typeof a === "number" && typeof b === "number") {
    if ((a | 0) === a && (b | 0) === b) return a & b;
    if (isWord(a) || isWord(b)) return (a & b) >>> 0;
  }
  return joinHalves(highHalf(a) & highHalf(b), lowHalf(a) & lowHalf(b));
}

export function bor(a: LuaInteger, b: LuaInteger): LuaInteger {
  if (typeof a === "number" && typeof b === "number" && (a | 0) === a && (b | 0) === b) return a | b;
  if (isWord(a) && isWord(b)) return (a | b) >>> 0;
  return joinHalves(highHalf(a) | highHalf(b), lowHalf(a) | lowHalf(b));
}

export function bxor(a: LuaInteger, b: LuaInteger): LuaInteger {
  if (typeof a === "number" && typeof b === "number" && (a | 0) === a && (b | 0) === b) return a ^ b;
  if (isWord(a) && isWord(b)) return (a ^ b) >>> 0;
  return joinHalves(highHalf(a) ^ highHalf(b), lowHalf(a) ^ lowHalf(b));
}

export function bnot(a: LuaInteger): LuaInteger {
  if (typeof a === "number" && a !== 9007199254740991) return -1 - a;
  return joinHalves(~highHalf(a), ~lowHalf(a));
}

/** Logical shift left by any distance; a negative one shifts right. */
export function shl(a: LuaInteger, distance: LuaInteger): LuaInteger {
  if (typeof distance === "bigint" || distance >= 64 || distance <= -64) return 0;
  return distance >= 0 ? shiftLeft(a, distance) : shiftRight(a, -distance);
}

/** Logical shift right (zeros come in from the left) by any distance; a negative one shifts left. */
export function shr(a: LuaInteger, distance: LuaInteger): LuaInteger {
  if (typeof distance === "bigint" || distance >= 64 || distance <= -64) return 0;
  return distance >= 0 ? shiftRight(a, distance) : shiftLeft(a, -distance);
}

function shiftLeft(a: LuaInteger, distance: number): LuaInteger {
  if (typeof a === "number") {
    const shifted = a * powerOfTwo(distance);
    if (isSafe(shifted)) return shifted;
  }
  return shiftLeftWide(a, distance);
}

function shiftRight(a: LuaInteger, distance: number): LuaInteger {
  return typeof a === "number" && a >= 0 ? Math.floor(a / powerOfTwo(distance)) : shiftRightWide(a, distance);
}

/** 2^n for 0 <= n <= 63, exactly. */
function powerOfTwo(n: number): number {
  return n < 31 ? 1 << n : n < 62 ? (1 << (n - 31)) * 2147483648 : (1 << (n - 61)) * 2305843009213693952;
}

/** A number with an exact 64-bit integer value as that integer; undefined otherwise (manual, 3.4.3). */
export function toInteger(v: LuaNumber): LuaInteger | undefined {
  if (typeof v === "number") return isSafe(v) ? v : undefined;
  return typeof v === "bigint" ? v : doubleToInteger(v.n);
}

// Comparisons are exact: JavaScript compares a bigint with a double by mathematical value.

const plain = (v: LuaNumber): number | bigint => (v instanceof LuaFloat ? v.n : v);

export function numberEquals(a: LuaNumber, b: LuaNumber): boolean {
  return plain(a) == plain(b);
}

export function lessThan(a: LuaNumber, b: LuaNumber): boolean {
  return typeof a === "number" && typeof b === "number" ? a < b : plain(a) < plain(b);
}

export function lessEqual(a: LuaNumber, b: LuaNumber): boolean {
  return typeof a === "number" && typeof b === "number" ? a <= b : plain(a) <= plain(b);
}
