// What is known of a value: the set of kinds it may have, as bits, and for integers an interval.
import { LuaFloat } from "../number/float.js";
import { LuaTable } from "../vm/table.js";
import { type LuaValue, isFunction } from "../vm/value.js";

/** Kinds of values by their representation. A type is a set of them; 0 is a register that nothing was written to. */
export const enum Kind {
  Nil = 1,
  False = 2,
  True = 4,
  /** An integer of 32 bits: `(v | 0) === v`. */
  Small = 8,
  /** Another integer that is a JavaScript number. */
  Safe = 16,
  /** An integer that is a bigint. */
  Wide = 32,
  /** A float that is a JavaScript number: with a fraction, NaN or infinite. */
  Raw = 64,
  /** A float in a LuaFloat: integral, or (in the hidden registers of a float loop) any. */
  Boxed = 128,
  String = 256,
  Table = 512,
  Function = 1024,
  /** Threads, userdata. */
  Other = 2048,

  Boolean = False | True,
  Int = Small | Safe | Wide,
  Float = Raw | Boxed,
  Number = Int | Float,
  /** `typeof v === "number"` */
  Plain = Small | Safe | Raw,
  Falsy = Nil | False,
  Any = 4095,
}

/** A set of {@link Kind}s. */
export type TypeSet = number;

/** Is every kind of `type` one of `wanted` (and is there one)? */
export const within = (type: TypeSet, wanted: TypeSet): boolean => type !== 0 && (type & ~wanted) === 0;

/** The kind of a value. */
export function kindOf(v: LuaValue): Kind {
  switch (typeof v) {
    case "undefined": return Kind.Nil;
    case "boolean": return v ? Kind.True : Kind.False;
    case "number": return (v | 0) === v ? Kind.Small : Number.isSafeInteger(v) ? Kind.Safe : Kind.Raw;
    case "bigint": return Kind.Wide;
    case "string": return Kind.String;
    default: return v instanceof LuaFloat ? Kind.Boxed : v instanceof LuaTable ? Kind.Table : isFunction(v) ? Kind.Function : Kind.Other;
  }
}

/** What is expected of a value where values of the kinds `seen` have been: a kind of number, any but bigints, or nothing. */
export function expectedKind(seen: TypeSet): TypeSet {
  if (within(seen, Kind.Small)) return Kind.Small;
  if (within(seen, Kind.Small | Kind.Safe)) return Kind.Small | Kind.Safe;
  if (within(seen, Kind.Float)) return Kind.Float;
  return within(seen, Kind.Small | Kind.Safe | Kind.Float) ? Kind.Small | Kind.Safe | Kind.Float : 0;
}

export const SMALL_MIN = -2147483648;
export const SMALL_MAX = 2147483647;
const SAFE_MAX = Number.MAX_SAFE_INTEGER;
/** Integers end before this. */
const TWO_63 = 9223372036854775808;

/**
 * The integers from `low` to `high`. An infinite bound stands for the end of 64 bits; finite ones are safe integers.
 * The empty interval has `low` above `high`.
 */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

export const EMPTY: Interval = { low: Infinity, high: -Infinity };
export const ALL: Interval = { low: -Infinity, high: Infinity };

/** What an operation yields whose exact result is between the bounds: everything, if it can wrap around. */
export function wrapping(low: number, high: number): Interval {
  if (!(low >= -TWO_63 && high < TWO_63)) return ALL; // NaN too
  return widened(low, high);
}

/** Bounds of results that never wrap around. */
function widened(low: number, high: number): Interval { // + 0 loses −0; NaN is no bound
  return { low: low >= -SAFE_MAX ? Math.min(low, SAFE_MAX) + 0 : -Infinity, high: high <= SAFE_MAX ? Math.max(high, -SAFE_MAX) + 0 : Infinity };
}

/** The kinds that integers in an interval have. */
export function kindsOf({ low, high }: Interval): TypeSet {
  if (low > high) return 0;
  return (low <= SMALL_MAX && high >= SMALL_MIN ? Kind.Small : 0) | (low < SMALL_MIN || high > SMALL_MAX ? Kind.Safe : 0) |
    (low < -SAFE_MAX || high > SAFE_MAX ? Kind.Wide : 0);
}

/** The bounds that kinds of integers imply. */
export function boundsOf(type: TypeSet): Interval {
  if ((type & Kind.Wide) !== 0) return ALL;
  if ((type & Kind.Safe) !== 0) return { low: -SAFE_MAX, high: SAFE_MAX };
  return (type & Kind.Small) !== 0 ? { low: SMALL_MIN, high: SMALL_MAX } : EMPTY;
}

// ---- operators on intervals ------------------------------------------------------------------------------------------------

export const addIntervals = (x: Interval, y: Interval): Interval => wrapping(x.low + y.low, x.high + y.high);
export const subIntervals = (x: Interval, y: Interval): Interval => wrapping(x.low - y.high, x.high - y.low);

export function mulIntervals(x: Interval, y: Interval): Interval {
  const a = x.low * y.low;
  const b = x.low * y.high;
  const c = x.high * y.low;
  const d = x.high * y.high;
  return wrapping(Math.min(a, b, c, d), Math.max(a, b, c, d));
}

/** x % y: has the sign of y, and is nearer to 0. */
export function modIntervals(x: Interval, y: Interval): Interval {
  const low = y.low < 0 ? Math.min(y.low + 1, 0) : 0;
  let high = y.high > 0 ? Math.max(y.high - 1, 0) : 0;
  if (x.low >= 0 && y.low > 0) high = Math.min(high, x.high);
  return { low, high };
}

export function idivIntervals(x: Interval, y: Interval): Interval {
  if (y.low >= 1) {
    const low = Math.floor(x.low >= 0 ? x.low / y.high : x.low / y.low);
    const high = Math.floor(x.high >= 0 ? x.high / y.low : x.high / y.high);
    return widened(low, high);
  }
  const most = Math.max(Math.abs(x.low), Math.abs(x.high));
  return wrapping(-most, most);
}

const isSmall = ({ low, high }: Interval): boolean => low >= SMALL_MIN && high <= SMALL_MAX;

export function bandIntervals(x: Interval, y: Interval): Interval {
  if (x.low >= 0 || y.low >= 0) return { low: 0, high: Math.min(x.low >= 0 ? x.high : Infinity, y.low >= 0 ? y.high : Infinity) };
  return isSmall(x) && isSmall(y) ? boundsOf(Kind.Small) : ALL;
}

/** x | y, x ~ y. */
export function borIntervals(x: Interval, y: Interval): Interval {
  if (x.low >= 0 && y.low >= 0) {
    const most = Math.max(x.high, y.high);
    let power = 1;
    while (power <= most && power < SAFE_MAX) power *= 2;
    return { low: 0, high: power > most ? power - 1 : Infinity };
  }
  return isSmall(x) && isSmall(y) ? boundsOf(Kind.Small) : ALL;
}

export function shlIntervals(x: Interval, y: Interval): Interval {
  if (y.low < 0 || y.high > 62) return y.low === y.high && y.low < 0 ? shrIntervals(x, { low: -y.low, high: -y.low }) : ALL;
  return wrapping(x.low * 2 ** (x.low < 0 ? y.high : y.low), x.high * 2 ** (x.high > 0 ? y.high : y.low));
}

export function shrIntervals(x: Interval, y: Interval): Interval {
  if (y.low < 0) return y.low === y.high ? shlIntervals(x, { low: -y.low, high: -y.low }) : ALL;
  if (x.low >= 0) return widened(Math.floor(x.low / 2 ** y.high), Math.floor(x.high / 2 ** y.low));
  return y.low >= 1 ? widened(0, 2 ** (64 - Math.min(y.low, 64)) - 1) : ALL;
}
