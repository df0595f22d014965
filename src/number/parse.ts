// Text → number, as lua_stringtonumber and the `tonumber` of a string do. Lua 5.4 manual, 3.1 and 3.4.3.
import { POWERS_OF_TEN } from "./decimal.js";
import { makeFloat, type LuaNumber } from "./float.js";
import { wrapInteger } from "./integer.js";
import { scaleByPowerOfTwo } from "./scale.js";

const isSpace = (c: number): boolean => c === 32 || (c >= 9 && c <= 13);
const isDigit = (c: number): boolean => c >= 48 && c <= 57;

function hexValue(c: number): number {
  if (c >= 48 && c <= 57) return c - 48;
  const letter = c | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}

/** The number that the whole of `text` (a byte string, white space around it allowed) spells, or undefined. */
export function parseNumber(text: string): LuaNumber | undefined {
  let start = 0;
  let end = text.length;
  while (start < end && isSpace(text.charCodeAt(start))) start++;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
  const sign = text.charCodeAt(start); // NaN past the end
  const negative = sign === 45;
  const from = negative || sign === 43 ? start + 1 : start;
  if (from >= end) return undefined;
  if (text.charCodeAt(from) === 48 && (text.charCodeAt(from + 1) | 32) === 120) return parseHex(text, from + 2, end, negative);
  return parseDecimal(text, from, end, negative);
}

function parseDecimal(text: string, from: number, end: number, negative: boolean): LuaNumber | undefined {
  let i = from;
  let value = 0;
  for (; i < end; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (!(digit >= 0 && digit <= 9)) break;
    value = value * 10 + digit;
  }
  if (i === end) {
    if (value <= 9007199254740991) return negative ? 0 - value : value; // exact: a rounded value would be larger
    if (value < 9.3e18) {
      const exact = BigInt(text.slice(from, end));
      if (exact < 0x8000000000000000n || (negative && exact === 0x8000000000000000n)) return wrapInteger(negative ? -exact : exact);
    }
    return makeFloat(negative ? -Number(text.slice(from, end)) : Number(text.slice(from, end)));
  }
  let digits = i - from;
  let places = 0;
  if (text.charCodeAt(i) === 46) {
    const point = i++;
    for (; i < end && isDigit(text.charCodeAt(i)); i++) value = value * 10 + text.charCodeAt(i) - 48;
    places = i - point - 1;
    digits += places;
  }
  if (digits === 0) return undefined;
  const hasExponent = i < end && (text.charCodeAt(i) | 32) === 101;
  if (hasExponent) {
    i = skipExponent(text, i + 1, end);
    if (i < 0) return undefined;
  }
  if (i !== end) return undefined;
  // Same grammar, correctly rounded, as a quotient of two integers that are doubles is.
  const float = digits <= 15 && !hasExponent ? value / POWERS_OF_TEN[places]! : Number(text.slice(from, end));
  return makeFloat(negative ? -float : float);
}

/** Position after `[+-]digits` at i, or -1 when there is no digit. */
function skipExponent(text: string, start: number, end: number): number {
  let i = start;
  const sign = text.charCodeAt(i);
  if (i < end && (sign === 43 || sign === 45)) i++;
  const first = i;
  while (i < end && isDigit(text.charCodeAt(i))) i++;
  return i > first ? i : -1;
}

function parseHex(text: string, from: number, end: number, negative: boolean): LuaNumber | undefined {
  let i = from;
  while (i < end && hexValue(text.charCodeAt(i)) >= 0) i++;
  if (i === end) {
    if (i === from) return undefined;
    if (end - from <= 13) {
      const value = parseInt(text.slice(from, end), 16); // at most 52 bits
      return negative ? 0 - value : value;
    }
    const low = BigInt("0x" + text.slice(Math.max(from, end - 16), end)); // wraps modulo 2^64
    return wrapInteger(negative ? -low : low);
  }
  const whole = text.slice(from, i);
  let fraction = "";
  if (text.charCodeAt(i) === 46) {
    const point = ++i;
    while (i < end && hexValue(text.charCodeAt(i)) >= 0) i++;
    fraction = text.slice(point, i);
  }
  if (whole.length + fraction.length === 0) return undefined;
  let exponent = 0;
  if (i < end && (text.charCodeAt(i) | 32) === 112) {
    const first = i + 1;
    i = skipExponent(text, first, end);
    if (i < 0) return undefined;
    exponent = Number(text.slice(first, i)); // may be huge: roundHex copes
  }
  if (i !== end) return undefined;
  const magnitude = roundHex(whole + fraction, exponent - 4 * fraction.length);
  return negative ? makeFloat(-magnitude) : makeFloat(magnitude);
}

/** hexDigits * 2^exponent rounded once, to nearest even. */
function roundHex(hexDigits: string, exponent: number): number {
  let first = 0;
  while (first < hexDigits.length && hexDigits.charCodeAt(first) === 48) first++;
  if (first === hexDigits.length) return 0;
  const kept = hexDigits.slice(first, first + 16);
  let mantissa = BigInt("0x" + kept) << 1n;
  let scale = exponent + 4 * (hexDigits.length - first - kept.length) - 1;
  for (let i = first + 16; i < hexDigits.length; i++) {
    if (hexDigits.charCodeAt(i) !== 48) {
      mantissa |= 1n; // sticky: something non-zero was dropped
      break;
    }
  }
  const bits = mantissa.toString(2).length;
  if (bits + scale > 1024) return Infinity;
  if (bits + scale < -1074) return 0; // less than half of the least subnormal
  if (bits + scale < -1021 && scale < -1074) {
    const shift = BigInt(-1074 - scale); // subnormal: round at 2^-1074
    const half = 1n << (shift - 1n);
    const rest = mantissa & ((1n << shift) - 1n);
    mantissa >>= shift;
    if (rest > half || (rest === half && (mantissa & 1n) === 1n)) mantissa++;
    scale = -1074;
  }
  return scaleByPowerOfTwo(Number(mantissa), scale);
}
