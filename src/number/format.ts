// Number → text: `tostring`, and the floating conversions of C's printf, byte for byte as glibc prints them.
import { type LuaNumber } from "./float.js";
import { fixedText, generalText } from "./decimal.js";
import { exactParts } from "./scale.js";

/**
 * What a NaN prints as. C Lua on x86-64 Linux prints the sign bit, and the NaN that 0/0 makes there has it set.
 * JavaScript cannot see the sign of a NaN, so every NaN prints like 0/0 (C prints -(0/0) as "nan").
 */
export const NAN_TEXT = "-nan";

/** `tostring` of a number: "%d" for integers, "%.14g" for floats with ".0" added where it would look like an integer. */
export function formatNumber(v: LuaNumber): string {
  if (typeof v === "number") {
    if (Number.isSafeInteger(v)) return `${v}`;
    const ordinary = generalText(v < 0 ? -v : v, 14);
    if (ordinary !== undefined) return `${v < 0 ? "-" : ""}${ordinary}${ordinary.includes(".") ? "" : ".0"}`;
    const shortest = String(v);
    if (shortest.length <= 15 && Math.abs(v) >= 1e-4 && v - v === 0) return shortest; // 14 digits at most
    const text = formatG(v, 14);
    return /[^-0-9]/.test(text) ? text : `${text}.0`; // rounded to an integral value
  }
  if (typeof v === "bigint") return v.toString();
  return formatIntegral(v.n);
}

/** "%.14g" and ".0" for a float whose value is integral (what a LuaFloat holds). */
export function formatIntegral(n: number): string {
  if (n > -1e14 && n < 1e14) return n === 0 && 1 / n < 0 ? "-0.0" : `${n}.0`;
  return formatG(n, 14); // has an exponent, 1e+14
}

/** "inf", "-inf" or "nan" text of a non-finite double; undefined for a finite one. */
function nonFinite(x: number): string | undefined {
  if (x - x === 0) return undefined;
  return x !== x ? NAN_TEXT : x > 0 ? "inf" : "-inf";
}

const isNegative = (x: number): boolean => x < 0 || (x === 0 && 1 / x < 0);

/** Does x lie exactly half way between two decimals of `places` fraction digits? (It then has places + 1 fraction bits.) */
function isHalfWay(x: number, places: number): boolean {
  if (places < 0) return places >= -22; // unknown, let the exact path decide; 5^23 and more do not fit in 53 bits
  const scaled = x * (places < 31 ? POWERS[places + 1]! : 2 ** (places + 1));
  return Math.floor(scaled) === scaled && scaled - 2 * Math.floor(scaled / 2) === 1;
}

/** 2^0 … 2^31: `**` is many times as slow. */
const POWERS = Array.from({ length: 32 }, (_, n) => 2 ** n);

/** round(numerator / denominator) to nearest, ties to even. */
function divideToEven(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator;
  const twice = (numerator % denominator) * 2n;
  return twice > denominator || (twice === denominator && (quotient & 1n) === 1n) ? quotient + 1n : quotient;
}

/** A finite x >= 0 times 10^power, rounded to an integer (nearest, ties to even), exactly. */
function scaledToInteger(x: number, power: number): bigint {
  const { mantissa, exponent } = exactParts(x);
  let numerator = mantissa;
  let denominator = 1n;
  if (exponent >= 0) numerator <<= BigInt(exponent);
  else denominator <<= BigInt(-exponent);
  if (power >= 0) numerator *= 10n ** BigInt(power);
  else denominator *= 10n ** BigInt(-power);
  return divideToEven(numerator, denominator);
}

/** x >= 0, finite, as d.ddd * 10^exponent with 1 + precision digits, correctly rounded (ties to even). */
function toDigits(x: number, precision: number): { digits: string; exponent: number } {
  if (x === 0) return { digits: "0".repeat(precision + 1), exponent: 0 };
  const text = x.toExponential(precision); // right but for ties, which JavaScript rounds up
  const e = text.indexOf("e");
  let exponent = Number(text.slice(e + 1));
  const places = precision - exponent;
  if (isHalfWay(x, places) || isHalfWay(x, places + 1)) {
    let digits = scaledToInteger(x, places).toString();
    if (digits.length > precision + 1) {
      exponent++;
      digits = digits.slice(0, -1); // it became 10…0
    } else if (digits.length <= precision) {
      digits = scaledToInteger(x, places + 1).toString(); // JavaScript had rounded up into the next power of ten
      exponent--;
    }
    return { digits, exponent };
  }
  return { digits: precision === 0 ? text.slice(0, e) : text[0] + text.slice(2, e), exponent };
}

function exponentText(exponent: number): string {
  const magnitude = Math.abs(exponent);
  return `${exponent < 0 ? "e-" : "e+"}${magnitude < 10 ? "0" : ""}${magnitude}`;
}

/** "%.{precision}e"; `alternate` is the flag '#'. The sign is '-' or nothing: '+' and ' ' are the caller's. */
export function formatE(x: number, precision: number, alternate = false): string {
  const special = nonFinite(x);
  if (special !== undefined) return special;
  const { digits, exponent } = toDigits(Math.abs(x), precision);
  const fraction = precision > 0 ? `.${digits.slice(1)}` : alternate ? "." : "";
  return `${isNegative(x) ? "-" : ""}${digits[0]}${fraction}${exponentText(exponent)}`;
}

/** "%.{precision}f" */
export function formatF(x: number, precision: number, alternate = false): string {
  const special = nonFinite(x);
  if (special !== undefined) return special;
  const magnitude = Math.abs(x);
  let text = fixedText(magnitude, precision);
  if (text !== undefined) {
    // that is it
  } else if (magnitude >= 1e21) {
    text = BigInt(magnitude).toString() + (precision > 0 ? `.${"0".repeat(precision)}` : "");
  } else if (isHalfWay(magnitude, precision)) {
    const digits = scaledToInteger(magnitude, precision).toString().padStart(precision + 1, "0");
    text = precision === 0 ? digits : `${digits.slice(0, -precision)}.${digits.slice(-precision)}`;
  } else {
    text = magnitude.toFixed(precision);
  }
  if (alternate && precision === 0) text += ".";
  return isNegative(x) ? `-${text}` : text;
}

/** "%.{precision}g" */
export function formatG(x: number, precision: number, alternate = false): string {
  const special = nonFinite(x);
  if (special !== undefined) return special;
  const significant = precision === 0 ? 1 : precision;
  if (!alternate) {
    const ordinary = generalText(x < 0 ? -x : x, significant);
    if (ordinary !== undefined) return x < 0 ? `-${ordinary}` : ordinary;
  }
  if (!alternate && significant <= 15 && x > -1e15 && x < 1e15) { // the shortest text that means x is its rounding to 15 digits
    const shortest = String(x);
    if (shortest.length <= significant && x !== 0 && (x >= 1e-4 || x <= -1e-4)) return shortest;
  }
  const { digits, exponent } = toDigits(Math.abs(x), significant - 1);
  let kept = digits;
  if (!alternate) {
    let last = digits.length;
    while (last > 1 && digits.charCodeAt(last - 1) === 48) last--;
    kept = digits.slice(0, last);
  }
  const sign = isNegative(x) ? "-" : "";
  if (exponent < -4 || exponent >= significant) {
    const fraction = kept.length > 1 || alternate ? `.${kept.slice(1)}` : "";
    return `${sign}${kept[0]}${fraction}${exponentText(exponent)}`;
  }
  if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${kept}`;
  const whole = kept.length > exponent ? kept.slice(0, exponent + 1) : kept.padEnd(exponent + 1, "0");
  const fraction = kept.slice(exponent + 1);
  return `${sign}${whole}${fraction !== "" || alternate ? `.${fraction}` : ""}`;
}

/** "%a" with as many digits as needed (precision undefined), or "%.{precision}a". Lower case, as all of these are. */
export function formatA(x: number, precision?: number, alternate = false): string {
  const special = nonFinite(x);
  if (special !== undefined) return special;
  const sign = isNegative(x) ? "-" : "";
  const { mantissa, exponent } = exactParts(Math.abs(x));
  let whole = mantissa >> 52n; // 1, or 0 for zero and the subnormals
  let fraction = mantissa & 0xfffffffffffffn;
  let digits: string;
  if (precision === undefined) {
    digits = fraction.toString(16).padStart(13, "0").replace(/0+$/, "");
  } else if (precision >= 13) {
    digits = fraction.toString(16).padStart(13, "0").padEnd(precision, "0");
  } else {
    const rounded = divideToEven(mantissa, 1n << BigInt(52 - 4 * precision));
    whole = rounded >> BigInt(4 * precision);
    fraction = rounded & ((1n << BigInt(4 * precision)) - 1n);
    digits = precision === 0 ? "" : fraction.toString(16).padStart(precision, "0");
  }
  const power = mantissa === 0n ? 0 : exponent + 52;
  const point = digits !== "" || alternate ? "." : "";
  return `${sign}0x${whole}${point}${digits}p${power < 0 ? "-" : "+"}${Math.abs(power)}`;
}
