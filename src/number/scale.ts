// Exact powers of two and the binary anatomy of a double.

const view = new DataView(new ArrayBuffer(8));

/** 2^exponent for -1022 <= exponent <= 1023. */
function normalPower(exponent: number): number {
  view.setUint32(0, (exponent + 1023) << 20);
  view.setUint32(4, 0);
  return view.getFloat64(0);
}

/** C's ldexp: x * 2^exponent with at most one rounding. */
export function scaleByPowerOfTwo(x: number, exponent: number): number {
  let e = exponent;
  let scaled = x;
  while (e > 1023) {
    scaled *= 8.98846567431158e307; // 2^1023
    e -= 1023;
    if (scaled === Infinity || scaled === -Infinity || scaled === 0) return scaled;
  }
  while (e < -1022) {
    // Bits must be lost once only: 2^-969 keeps 53 bits above the subnormal range for the last step.
    scaled *= 2.004168360008973e-292; // 2^-969
    e += 969;
    if (scaled === 0) return scaled;
  }
  return scaled * normalPower(e);
}

/** C's frexp on a finite non-zero x: x = fraction * 2^exponent with 0.5 <= |fraction| < 1. */
export function splitFraction(x: number): { fraction: number; exponent: number } {
  if (x === 0 || x - x !== 0) return { fraction: x, exponent: 0 };
  const subnormal = Math.abs(x) < 2.2250738585072014e-308;
  view.setFloat64(0, subnormal ? x * 18014398509481984 : x); // 2^54 makes it normal
  const high = view.getUint32(0);
  const exponent = ((high >>> 20) & 0x7ff) - 1022 - (subnormal ? 54 : 0);
  view.setUint32(0, (high & 0x800fffff) | (1022 << 20));
  return { fraction: view.getFloat64(0), exponent };
}

/** The 52 fraction bits, biased exponent (0–2047) and sign of a double. */
export function doubleBits(x: number): { negative: boolean; exponent: number; fraction: bigint } {
  view.setFloat64(0, x);
  const bits = view.getBigUint64(0);
  return { negative: bits >> 63n === 1n, exponent: Number((bits >> 52n) & 0x7ffn), fraction: bits & 0xfffffffffffffn };
}

/** A finite x >= 0 as mantissa * 2^exponent, exactly. */
export function exactParts(x: number): { mantissa: bigint; exponent: number } {
  const { exponent, fraction } = doubleBits(x);
  return exponent === 0 ? { mantissa: fraction, exponent: -1074 } : { mantissa: fraction | (1n << 52n), exponent: exponent - 1075 };
}
