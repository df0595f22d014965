// 64-bit integer arithmetic in 32-bit halves: two to three times as fast as going through bigint operators, because a
// bigint is made at most once, for a result that needs one.
import type { LuaInteger } from "./float.js";

const TWO_32 = 4294967296;

const words = new Int32Array(2);
const long = new BigInt64Array(words.buffer);
const LOW = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 0 : 1; // place of the low half in memory
const HIGH = 1 - LOW;

/** Low 32 bits, signed. */
export function lowHalf(n: LuaInteger): number {
  if (typeof n === "number") return n | 0;
  long[0] = n;
  return words[LOW]!;
}

/** High 32 bits, signed. */
export function highHalf(n: LuaInteger): number {
  if (typeof n === "number") return Math.floor(n / TWO_32);
  long[0] = n;
  return words[HIGH]!;
}

/** The integer with these halves (any int32 values). */
export function joinHalves(high: number, low: number): LuaInteger {
  if (high >= -2097152 && high <= 2097151) {
    const value = high * TWO_32 + (low >>> 0);
    if (value !== -9007199254740992) return value; // the one value of these that is not a safe integer
  }
  words[LOW] = low;
  words[HIGH] = high;
  return long[0]!;
}

export function addWide(a: LuaInteger, b: LuaInteger): LuaInteger {
  const low = (lowHalf(a) >>> 0) + (lowHalf(b) >>> 0);
  return joinHalves((highHalf(a) + highHalf(b) + (low >= TWO_32 ? 1 : 0)) | 0, low | 0);
}

export function subWide(a: LuaInteger, b: LuaInteger): LuaInteger {
  const low = (lowHalf(a) >>> 0) - (lowHalf(b) >>> 0);
  return joinHalves((highHalf(a) - highHalf(b) - (low < 0 ? 1 : 0)) | 0, low | 0);
}

export function mulWide(a: LuaInteger, b: LuaInteger): LuaInteger {
  const aLow = lowHalf(a);
  const bLow = lowHalf(b);
  const high = (mulCarry(aLow, bLow) + Math.imul(highHalf(a), bLow) + Math.imul(aLow, highHalf(b))) | 0;
  return joinHalves(high, Math.imul(aLow, bLow));
}

/** High 32 bits of the 64-bit product of two low halves, both taken as unsigned. */
export function mulCarry(a: number, b: number): number {
  const a0 = a & 0xffff;
  const a1 = a >>> 16;
  const b0 = b & 0xffff;
  const b1 = b >>> 16;
  const left = Math.imul(a1, b0);
  const right = Math.imul(a0, b1);
  const middle = (Math.imul(a0, b0) >>> 16) + (left & 0xffff) + (right & 0xffff);
  return (Math.imul(a1, b1) + (left >>> 16) + (right >>> 16) + (middle >>> 16)) | 0;
}

/** 0 <= distance <= 63 */
export function shiftLeftWide(a: LuaInteger, distance: number): LuaInteger {
  const low = lowHalf(a);
  if (distance >= 32) return joinHalves(low << (distance - 32), 0);
  return distance === 0 ? a : joinHalves((highHalf(a) << distance) | (low >>> (32 - distance)), low << distance);
}

/** 0 <= distance <= 63; zeros come in. */
export function shiftRightWide(a: LuaInteger, distance: number): LuaInteger {
  const high = highHalf(a) | 0;
  if (distance >= 32) return high >>> (distance - 32);
  return distance === 0 ? a : joinHalves(high >>> distance, (lowHalf(a) >>> distance) | (high << (32 - distance)));
}

// ---- on halves, for emitted code -------------------------------------------------------------------------------------------

let otherHalf = 0;

/** High half of what the last shift made. */
export function shiftedHigh(): number {
  return otherHalf;
}

/** Low half of an integer shifted left by any distance, as in Lua; {@link shiftedHigh} has the other. */
export function shiftHalvesLeft(high: number, low: number, distance: number): number {
  if (distance < 0) return distance <= -64 ? zero() : shiftHalvesRight(high, low, -distance);
  if (distance >= 64) return zero();
  if (distance >= 32) {
    otherHalf = low << (distance - 32);
    return 0;
  }
  otherHalf = distance === 0 ? high : (high << distance) | (low >>> (32 - distance));
  return low << distance;
}

/** The same to the right: zeros come in. */
export function shiftHalvesRight(high: number, low: number, distance: number): number {
  if (distance < 0) return distance <= -64 ? zero() : shiftHalvesLeft(high, low, -distance);
  if (distance >= 64) return zero();
  if (distance >= 32) {
    otherHalf = 0;
    return (high >>> (distance - 32)) | 0;
  }
  otherHalf = (high >>> distance) | 0;
  return distance === 0 ? low : (low >>> distance) | (high << (32 - distance));
}

function zero(): number {
  otherHalf = 0;
  return 0;
}

/** The integer modulo 0 < `divisor` <= 2^37. */
export function modHalves(high: number, low: number, divisor: number): number {
  let rest = high % divisor;
  if (rest < 0) rest += divisor;
  rest = (rest * 65536 + (low >>> 16)) % divisor;
  return (rest * 65536 + (low & 0xffff)) % divisor;
}
