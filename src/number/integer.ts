// 64-bit two's complement integers over number | bigint. See float.ts for the representation.
import type { LuaInteger } from "./float.js";

export const MAX_INTEGER = 0x7fffffffffffffffn;
export const MIN_INTEGER = -0x8000000000000000n;

/** Any bigint → the canonical Lua integer of its low 64 bits. */
export function wrapInteger(big: bigint): LuaInteger {
  const wrapped = BigInt.asIntN(64, big);
  return wrapped >= -9007199254740991n && wrapped <= 9007199254740991n ? Number(wrapped) : wrapped;
}

/** A double with an integral value → integer, or undefined when it is out of the 64-bit range (or not integral). */
export function doubleToInteger(n: number): LuaInteger | undefined {
  if (Number.isSafeInteger(n)) return n === 0 ? 0 : n; // no −0
  if (n >= -9223372036854775808 && n < 9223372036854775808 && Math.floor(n) === n) return wrapInteger(BigInt(n));
  return undefined;
}
