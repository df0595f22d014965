// C's pow, log and exp to the last bit, almost always. JavaScript engines are free to be off by one unit in the last place, and V8 is
// (2^-0.5, ln 3): that would show in "%.17g" and in constants folded at compile time. So x^y is computed here with some 70 bits.

/** Fixed-point fraction bits while the tables are made. */
const BITS = 160n;
const ONE = 1n << BITS;

/** A fixed-point value as the sum of two doubles. */
function toPair(fixed: bigint): [high: number, low: number] {
  const scale = 2 ** -Number(BITS);
  const high = Number(fixed) * scale;
  return [high, Number(fixed - BigInt(high * 2 ** 110) * (ONE >> 110n)) * scale];
}

/** ln(a / b) for a / b near 1, fixed-point, by the series of the inverse hyperbolic tangent. */
function fixedLog(a: bigint, b: bigint): bigint {
  const z = ((a - b) * ONE) / (a + b);
  const square = (z * z) >> BITS;
  let sum = 0n;
  let power = z;
  for (let n = 1n; power !== 0n && power !== -1n; n += 2n) {
    sum += power / n;
    power = (power * square) >> BITS;
  }
  return 2n * sum;
}

/** e^x, fixed-point, for small x. */
function fixedExp(x: bigint): bigint {
  let sum = ONE;
  let term = ONE;
  for (let n = 1n; term !== 0n; n++) {
    term = ((term * x) >> BITS) / n;
    sum += term;
  }
  return sum;
}

/** Steps of the exponent table: 2^(j / 128). */
const STEPS = 128;

interface Tables {
  /** ln 2 in a part with zeros at the end (products with exponents are exact) and the rest. */
  readonly ln2High: number;
  readonly ln2Low: number;
  readonly stepHigh: number;
  readonly stepLow: number;
  /** -ln(i / 256): what the reciprocal i / 256 stands for. */
  readonly logHigh: Float64Array;
  readonly logLow: Float64Array;
  readonly powerHigh: Float64Array;
  readonly powerLow: Float64Array;
}

let tables: Tables | undefined;

function makeTables(): Tables {
  const ln2 = fixedLog(2n, 1n);
  const split = (value: bigint, keep: bigint): [number, number] => {
    const high = (value >> (BITS - keep)) << (BITS - keep);
    return [Number(high) * 2 ** -Number(BITS), Number(value - high) * 2 ** -Number(BITS)];
  };
  const [ln2High, ln2Low] = split(ln2, 40n);
  const [stepHigh, stepLow] = split(ln2 / BigInt(STEPS), 42n); // times an exponent of up to 18 bits
  const logHigh = new Float64Array(512);
  const logLow = new Float64Array(512);
  for (let i = 160; i < 400; i++) [logHigh[i], logLow[i]] = toPair(-fixedLog(BigInt(i), 256n));
  const powerHigh = new Float64Array(STEPS);
  const powerLow = new Float64Array(STEPS);
  for (let j = 0; j < STEPS; j++) [powerHigh[j], powerLow[j]] = toPair(fixedExp((ln2 * BigInt(j)) / BigInt(STEPS)));
  return { ln2High, ln2Low, stepHigh, stepLow, logHigh, logLow, powerHigh, powerLow };
}

const SPLITTER = 134217729; // 2^27 + 1
const words = new DataView(new ArrayBuffer(8));

/** Result of {@link logarithm}: ln x = lnHigh + lnLow. */
let lnHigh = 0;
let lnLow = 0;

/** ln x in two parts for finite x > 0, with some 75 bits. */
function logarithm(t: Tables, x: number): void {
  // x = m * 2^k with m in [0.75, 1.5)
  let subnormalShift = 0;
  let scaled = x;
  if (x < 2.2250738585072014e-308) {
    scaled = x * 18014398509481984; // 2^54
    subnormalShift = 54;
  }
  words.setFloat64(0, scaled);
  const head = words.getUint32(0);
  let k = (head >>> 20) - 1023 - subnormalShift;
  let mantissaHead = (head & 0xfffff) | 0x3ff00000;
  if ((head & 0xfffff) >= 0x80000) { // 1.5 and more
    mantissaHead = (head & 0xfffff) | 0x3fe00000;
    k++;
  }
  words.setUint32(0, mantissaHead);
  const m = words.getFloat64(0);

  // ln m = -ln(i / 256) + ln(1 + r); r = m * i / 256 - 1 is exact in two parts
  const i = Math.round(256 / m);
  const inverse = i / 256;
  let c = m * SPLITTER;
  const mHigh = c - (c - m);
  const rFirst = mHigh * inverse - 1;
  const rSecond = (m - mHigh) * inverse;
  const r = rFirst + rSecond;
  const rTail = rFirst - r + rSecond;
  c = r * SPLITTER;
  const rHigh = c - (c - r);
  const rLow = r - rHigh;
  const square = r * r;
  const squareTail = rHigh * rHigh - square + 2 * rHigh * rLow + rLow * rLow;
  const tail =
    r * square * (1 / 3 + r * (-1 / 4 + r * (1 / 5 + r * (-1 / 6 + r * (1 / 7 + r * (-1 / 8 + r / 9)))))) +
    (rTail - r * rTail - squareTail / 2);
  // ln x as high + low: add the parts from large to small, keeping what is rounded off
  let high = k * t.ln2High;
  let low = k * t.ln2Low + t.logLow[i]! + tail;
  for (const part of [t.logHigh[i]!, r, -square / 2]) {
    const sum = high + part;
    const back = sum - high;
    low += high - (sum - back) + (part - back);
    high = sum;
  }
  lnHigh = high + low;
  lnLow = low + (high - lnHigh);
}

/** e^(high + low) where the result is a normal double: 2^(n / 128) * e^rest. */
function exponential(t: Tables, high: number, low: number): number {
  const n = Math.round(high * 184.6649652337873); // 128 / ln 2
  let rest = high - n * t.stepHigh;
  const restTail = low - n * t.stepLow;
  const sum = rest + restTail;
  const tiny = rest - sum + restTail;
  rest = sum;
  const j = n & (STEPS - 1);
  const grown = rest * rest * (1 / 2 + rest * (1 / 6 + rest * (1 / 24 + rest * (1 / 120 + rest / 720)))) + tiny;
  const base = t.powerHigh[j]!;
  // base * (1 + rest + grown), the large part of the product kept exactly
  let c = rest * SPLITTER;
  const eHigh = c - (c - rest);
  c = base * SPLITTER;
  const bHigh = c - (c - base);
  const bLow = base - bHigh;
  const step = base * rest;
  const stepTail = bHigh * eHigh - step + bHigh * (rest - eHigh) + bLow * eHigh + bLow * (rest - eHigh);
  const value = base + step;
  const result = value + (base - value + step + (stepTail + t.powerLow[j]! + base * grown));
  const exponent = (n - j) / STEPS;
  const half = exponent >> 1;
  return result * 2 ** half * 2 ** (exponent - half);
}

/** x^y for finite x > 0 and finite y where the result is a normal double; `rough` is near it. */
function accurate(x: number, y: number, rough: number): number {
  const t = (tables ??= makeTables());
  logarithm(t, x);
  let c = y * SPLITTER;
  const yHigh = c - (c - y);
  const yLow = y - yHigh;
  c = lnHigh * SPLITTER;
  const lHigh = c - (c - lnHigh);
  const lLow = lnHigh - lHigh;
  const product = y * lnHigh;
  const productTail = yHigh * lHigh - product + yHigh * lLow + yLow * lHigh + yLow * lLow + y * lnLow;

  const result = exponential(t, product, productTail);
  return Math.abs(result - rough) <= Math.abs(rough) * 1e-10 ? result : rough; // never worse than V8's
}

/** C's log: ln x. */
export function logFloat(x: number): number {
  const rough = Math.log(x);
  if (rough - rough !== 0 || rough === 0) return rough;
  logarithm((tables ??= makeTables()), x);
  return lnHigh;
}

/** C's exp. */
export function expFloat(x: number): number {
  const rough = Math.exp(x);
  return rough > 2.3e-308 && rough < 1.79e308 && x !== 0 ? exponential((tables ??= makeTables()), x, 0) : rough;
}

/** C's pow, special values included. */
export function powFloat(x: number, y: number): number {
  if (y === 2) return x * x; // as C Lua does; also exact
  if (y === 0.5) return x === -Infinity ? Infinity : Math.sqrt(x) + 0; // + 0: pow(-0, 0.5) is +0
  if (x === 1) return 1; // NaN and infinite exponents too, unlike JavaScript
  const rough = Math.pow(x, y);
  if (rough !== rough) return x === -1 && y - y !== 0 && y === y ? 1 : rough;
  const magnitude = Math.abs(rough);
  // Exact anyway, or at the edges of the range.
  if (!(magnitude > 2.3e-308 && magnitude < 1.79e308) || y === 1 || y === 0 || x === -1) return rough;
  const exact = accurate(Math.abs(x), y, magnitude);
  return rough < 0 ? -exact : exact;
}
