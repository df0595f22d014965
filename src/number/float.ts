// How Lua's two kinds of number live in JavaScript (docs/architecture.md, "Values"):
//   integer within ±(2^53−1)         a JS number, integral, never −0
//   integer outside                  a JS bigint, wrapped to 64 bits; a value that fits a number is never a bigint
//   float, not integral, NaN, ±inf   a JS number
//   float with an integral value     a LuaFloat box (1.0, −0.0, 1e300)

/** A float whose value is integral. Immutable. The box is what keeps 1.0 apart from 1. */
export class LuaFloat {
  constructor(readonly n: number) {}
}

export type LuaInteger = number | bigint;
export type LuaNumber = number | bigint | LuaFloat;

/** A double as a Lua float: boxed when integral, raw otherwise. */
export function makeFloat(n: number): number | LuaFloat {
  return Math.floor(n) === n && n - n === 0 ? new LuaFloat(n) : n; // n - n is NaN for infinities
}

export function isNumber(v: unknown): v is LuaNumber {
  return typeof v === "number" || v instanceof LuaFloat || typeof v === "bigint";
}

export function isInteger(v: unknown): v is LuaInteger {
  return typeof v === "number" ? Number.isSafeInteger(v) : typeof v === "bigint";
}

export function isFloat(v: unknown): v is number | LuaFloat {
  return typeof v === "number" ? !Number.isSafeInteger(v) : v instanceof LuaFloat;
}

/** Any Lua number as a double (integers beyond 2^53 round to nearest even, as a C cast does). */
export function toDouble(v: LuaNumber): number {
  return typeof v === "number" ? v : typeof v === "bigint" ? Number(v) : v.n;
}
