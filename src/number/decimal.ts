// Decimal digits of doubles of ordinary size by arithmetic on doubles, where that is known to round right. The engine's own conversions
// are exact for all doubles and take several times as long.

/** 10^0 … 10^22: all of them are doubles. */
export const POWERS_OF_TEN: readonly number[] = Array.from({ length: 23 }, (_, n) => Number(`1e${n}`));
const MOST_PLACES = 22;
/** Above this doubles lie too far apart for {@link scaled}. */
const LARGEST = 2 ** 52;
/** Relative error of one product, doubled. */
const ERROR = 2 ** -52;

/** x · 10^places rounded to an integer, for x >= 0; −1 where the rounding is in doubt (ties among them) or the result is large. */
function scaled(x: number, places: number): number {
  if (places > MOST_PLACES) return -1;
  const product = x * POWERS_OF_TEN[places]!;
  if (!(product < LARGEST)) return -1;
  const whole = Math.floor(product);
  const above = product - whole - 0.5; // exact
  if ((above < 0 ? -above : above) <= product * ERROR) return -1;
  return above > 0 ? whole + 1 : whole;
}

const TRIPLES: readonly string[] = Array.from({ length: 1000 }, (_, n) => String(n).padStart(3, "0"));
const ZEROS: readonly string[] = Array.from({ length: 10 }, (_, n) => "0".repeat(n));
/** Digits that a small integer of V8 holds for sure. */
const CHUNK = 9;

/** `n` with exactly `width` digits; both small: n < 10^width, width <= {@link CHUNK}. */
function padded(n: number, width: number): string {
  if (width === 3) return TRIPLES[n]!;
  const digits = `${n}`;
  return digits.length === width ? digits : ZEROS[width - digits.length]! + digits;
}

/** The `width` digits of a fraction. */
function fractionDigits(n: number, width: number): string {
  if (width <= CHUNK) return padded(n, width);
  const high = Math.floor(n / POWERS_OF_TEN[CHUNK]!);
  return padded(high, width - CHUNK) + padded(n - high * POWERS_OF_TEN[CHUNK]!, CHUNK);
}

/** {@link fractionDigits} without the zeros at its end. */
function significantDigits(n: number, width: number): string {
  if (width > CHUNK) {
    const high = Math.floor(n / POWERS_OF_TEN[CHUNK]!);
    const low = n - high * POWERS_OF_TEN[CHUNK]!;
    return low === 0 ? significantDigits(high, width - CHUNK) : padded(high, width - CHUNK) + significantDigits(low, CHUNK);
  }
  let rest = n | 0;
  if (rest === 0) return "";
  while (rest % 10 === 0) {
    rest = (rest / 10) | 0;
    width--;
  }
  return padded(rest, width);
}

/** x >= 0 with `places` fraction digits, as "%.{places}f" prints it; undefined where only exact arithmetic can tell, or for large ones. */
export function fixedText(x: number, places: number): string | undefined {
  if (places > 2 * CHUNK) return undefined;
  const n = scaled(x, places);
  if (n < 0) return undefined;
  if (places === 0) return `${n}`;
  const whole = Math.floor(n / POWERS_OF_TEN[places]!);
  return `${whole}.${fractionDigits(n - whole * POWERS_OF_TEN[places]!, places)}`;
}

/** Where {@link generalText} needs no exponent: from here up. */
const LEAST = 1e-4;

/** x > 0 as "%.{precision}g" prints it without an exponent; undefined as for {@link fixedText}, or where it would print one. */
export function generalText(x: number, precision: number): string | undefined {
  if (precision > 15 || !(x >= LEAST && x < POWERS_OF_TEN[precision]!)) return undefined;
  let exponent = 0; // of the first digit
  if (x >= 1) while (x >= POWERS_OF_TEN[exponent + 1]!) exponent++;
  else exponent = x >= 0.1 ? -1 : x >= 0.01 ? -2 : x >= 0.001 ? -3 : -4;
  const places = precision - 1 - exponent;
  const n = scaled(x, places);
  if (n < 0 || (n >= POWERS_OF_TEN[precision]! && exponent + 1 === precision)) return undefined; // rounded up, it needs an exponent
  if (places === 0) return `${n}`;
  const whole = Math.floor(n / POWERS_OF_TEN[places]!);
  const fraction = significantDigits(n - whole * POWERS_OF_TEN[places]!, places);
  return fraction === "" ? `${whole}` : `${whole}.${fraction}`;
}
