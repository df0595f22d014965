// xoshiro256** on 32-bit halves: the same numbers as C Lua for the same seeds, without a bigint on the way.
import type { LuaInteger } from "../number/float.js";
import { highHalf, joinHalves, lowHalf } from "../number/wide.js";

const TWO_32 = 4294967296;

/** A generator. After {@link next}, `high` and `low` (unsigned) are the two halves of the 64 random bits. */
export class Xoshiro {
  high = 0;
  low = 0;
  // State words as signed 32-bit halves.
  private h0 = 0; private l0 = 0;
  private h1 = 0; private l1 = 0;
  private h2 = 0; private l2 = 0;
  private h3 = 0; private l3 = 0;

  seed(n1: LuaInteger, n2: LuaInteger): void {
    this.h0 = highHalf(n1) | 0;
    this.l0 = lowHalf(n1);
    this.h1 = 0;
    this.l1 = 0xff; // no state may be all zeros
    this.h2 = highHalf(n2) | 0;
    this.l2 = lowHalf(n2);
    this.h3 = 0;
    this.l3 = 0;
    for (let i = 0; i < 16; i++) this.next();
  }

  next(): void {
    const { h0, l0, h1, l1 } = this;
    // result = rotl(s1 * 5, 7) * 9
    const low5 = (l1 >>> 0) * 5;
    const high5 = (Math.imul(h1, 5) + Math.floor(low5 / TWO_32)) | 0;
    const bits5 = low5 | 0;
    const rotatedHigh = (high5 << 7) | (bits5 >>> 25);
    const low9 = (((bits5 << 7) | (high5 >>> 25)) >>> 0) * 9;
    this.low = low9 >>> 0;
    this.high = (Math.imul(rotatedHigh, 9) + Math.floor(low9 / TWO_32)) >>> 0;
    const h2 = this.h2 ^ h0;
    const l2 = this.l2 ^ l0;
    const h3 = this.h3 ^ h1;
    const l3 = this.l3 ^ l1;
    this.h0 = h0 ^ h3;
    this.l0 = l0 ^ l3;
    this.h1 = h1 ^ h2;
    this.l1 = l1 ^ l2;
    this.h2 = h2 ^ ((h1 << 17) | (l1 >>> 15));
    this.l2 = l2 ^ (l1 << 17);
    this.h3 = (h3 >>> 19) | (l3 << 13); // rotl(s3, 45) = rotr(s3, 19)
    this.l3 = (l3 >>> 19) | (h3 << 13);
  }

  /** A double in [0, 1) of the upper 53 bits of the last {@link next}. */
  unit(): number {
    return (this.high * 2097152 + (this.low >>> 11)) * 1.1102230246251565e-16; // 2^21, 2^-53
  }

  /** The 64 bits of the last {@link next}, as a Lua integer. */
  integer(): LuaInteger {
    return joinHalves(this.high | 0, this.low | 0);
  }

  private bits(): bigint {
    return (BigInt(this.high) << 32n) | BigInt(this.low);
  }

  /** The last bits projected without bias into [0, limit] for 0 <= limit < 2^53; draws again where C Lua does. */
  below(limit: number): number {
    const maskHigh = smear(Math.floor(limit / TWO_32));
    const maskLow = maskHigh > 0 ? 0xffffffff : smear(limit >>> 0);
    for (;;) {
      const value = ((this.high & maskHigh) >>> 0) * TWO_32 + ((this.low & maskLow) >>> 0);
      if (value <= limit) return value;
      this.next();
    }
  }

  /** {@link below} for any unsigned 64-bit limit. */
  belowBig(limit: bigint): bigint {
    const mask = limit === 0n ? 0n : (1n << BigInt(limit.toString(2).length)) - 1n;
    for (;;) {
      const value = this.bits() & mask;
      if (value <= limit) return value;
      this.next();
    }
  }
}

/** The least 2^b - 1 that is not below n (n < 2^32). */
function smear(n: number): number {
  return n === 0 ? 0 : 0xffffffff >>> Math.clz32(n);
}
