// C Lua's quicksort in steps: it stands still at each call of an order function or a metamethod, which may run for long.
import { BETWEEN, type Steps } from "../vm/callbacks.js";
import { NOWHERE } from "../vm/errors.js";
import { Event } from "../vm/events.js";
import type { Frame } from "../vm/frame.js";
import type { LuaFunction } from "../vm/function.js";
import { COST } from "../vm/meter.js";
import { NEEDS_CALL, assign, lookup, need, order as compare } from "../vm/operations.js";
import { LuaTable } from "../vm/table.js";
import type { Thread } from "../vm/thread.js";
import { type LuaValue, isTruthy } from "../vm/value.js";

export const BAD_ORDER = "invalid order function for sorting";

/** Longer intervals take a pivot away from the middle once a partition came out badly (RANLIMIT). */
const MIDDLE_LIMIT = 100;
/** Stands for the clock that C Lua reads after a bad partition: sorting must not differ from run to run. */
const AFTER_BAD_PARTITION = 0xffffffff;

/** Where the pivot is taken from: the middle, or anywhere in the middle two quarters. */
export function middleOf(low: number, up: number, rnd: number): number {
  if (up - low < MIDDLE_LIMIT || rnd === 0) return (low + up) >>> 1;
  const quarter = Math.floor((up - low) / 4);
  return (rnd % (quarter * 2)) + low + quarter;
}

/** What is still to be sorted: one interval now, others later. */
export class Intervals {
  low = 1;
  /** 0 until a partition came out badly. */
  rnd = 0;
  /** Larger halves, which wait for the smaller ones: of each its `low`, `up` and `rnd`. */
  private readonly later: number[] = [];

  constructor(public up: number) {}

  /** Whether something is left to sort: it is from `low` to `up` then. */
  next(): boolean {
    while (this.low >= this.up) {
      if (this.later.length === 0) return false;
      this.rnd = this.later.pop()!;
      this.up = this.later.pop()!;
      this.low = this.later.pop()!;
    }
    return true;
  }

  /** The interval is sorted. */
  finish(): void {
    this.low = this.up;
  }

  /** Its element `at` is where it belongs: the smaller half is next. */
  divide(at: number): void {
    const { low, up } = this;
    if (at - low < up - at) {
      this.up = at - 1;
      this.putOff(at + 1, up, at - low);
    } else {
      this.low = at + 1;
      this.putOff(low, at - 1, up - at);
    }
  }

  private putOff(low: number, up: number, smaller: number): void {
    if (low < up) this.later.push(low, up, (up - low) / 128 >>> 0 > smaller ? AFTER_BAD_PARTITION : this.rnd);
  }
}

/** t[i], or NEEDS_CALL. */
function read(L: Thread, t: LuaValue, i: number): LuaValue {
  if (t instanceof LuaTable && i < t.arr.length) {
    const v = t.arr[i];
    if (v !== undefined) return v;
  }
  return lookup(L, t, i, NOWHERE);
}

/** t[i] = v: undefined or NEEDS_CALL. */
function write(L: Thread, t: LuaValue, i: number, v: LuaValue): LuaValue {
  if (!(t instanceof LuaTable) || i >= t.arr.length || t.arr[i] === undefined) return assign(L, t, i, v, NOWHERE);
  t.arr[i] = v;
  return undefined;
}

/** Whether a < b, or NEEDS_CALL. */
function isLess(L: Thread, order: LuaFunction | undefined, a: LuaValue, b: LuaValue): LuaValue {
  if (order !== undefined) return need(order, a, b);
  return typeof a === "number" && typeof b === "number" ? a < b : compare(L, Event.Lt, a, b);
}

/** Comparisons between two places to stand still. */
const STRETCH = 64;

/** Sorts t[1 .. n]: auxsort of C Lua, with its reads, writes and comparisons in their order. */
export function* sortInSteps(f: Frame, t: LuaValue, order: LuaFunction | undefined, n: number): Steps {
  const { L } = f;
  const held: LuaValue[] = []; // for a census: what is called may take them out of the table
  f.data = held;
  let less: LuaValue;
  let compared = 0;
  for (const intervals = new Intervals(n); intervals.next(); ) {
    const { low, up } = intervals;
    L.state.meter.charge((up - low) * COST.comparison);
    let first = held[0] = read(L, t, low);
    if (first === NEEDS_CALL) first = held[0] = yield;
    let last = held[1] = read(L, t, up);
    if (last === NEEDS_CALL) last = held[1] = yield;
    if ((less = isLess(L, order, last, first)) === NEEDS_CALL) less = yield;
    if (isTruthy(less)) {
      if (write(L, t, low, last) === NEEDS_CALL) yield;
      if (write(L, t, up, first) === NEEDS_CALL) yield;
    }
    if (up - low === 1) {
      intervals.finish();
      continue;
    }
    const middle = middleOf(low, up, intervals.rnd);
    let between = held[2] = read(L, t, middle);
    if (between === NEEDS_CALL) between = held[2] = yield;
    if ((first = held[0] = read(L, t, low)) === NEEDS_CALL) first = held[0] = yield;
    if ((less = isLess(L, order, between, first)) === NEEDS_CALL) less = yield;
    if (isTruthy(less)) {
      if (write(L, t, middle, first) === NEEDS_CALL) yield;
      if (write(L, t, low, between) === NEEDS_CALL) yield;
    } else {
      if ((last = held[1] = read(L, t, up)) === NEEDS_CALL) last = held[1] = yield;
      if ((less = isLess(L, order, last, between)) === NEEDS_CALL) less = yield;
      if (isTruthy(less)) {
        if (write(L, t, middle, last) === NEEDS_CALL) yield;
        if (write(L, t, up, between) === NEEDS_CALL) yield;
      }
    }
    if (up - low === 2) {
      intervals.finish();
      continue;
    }
    let pivot = held[2] = read(L, t, middle);
    if (pivot === NEEDS_CALL) pivot = held[2] = yield;
    if ((last = held[1] = read(L, t, up - 1)) === NEEDS_CALL) last = held[1] = yield;
    if (write(L, t, middle, last) === NEEDS_CALL) yield;
    if (write(L, t, up - 1, pivot) === NEEDS_CALL) yield;
    let i = low;
    for (let j = up - 1; ; ) {
      if (++compared % STRETCH === 0) yield BETWEEN;
      for (;; ) {
        if ((last = held[1] = read(L, t, ++i)) === NEEDS_CALL) last = held[1] = yield;
        if ((less = isLess(L, order, last, pivot)) === NEEDS_CALL) less = yield;
        if (!isTruthy(less)) break;
        if (++compared % STRETCH === 0) yield BETWEEN;
        if (i === up - 1) f.error(BAD_ORDER);
      }
      for (;; ) {
        if ((first = held[0] = read(L, t, --j)) === NEEDS_CALL) first = held[0] = yield;
        if ((less = isLess(L, order, pivot, first)) === NEEDS_CALL) less = yield;
        if (!isTruthy(less)) break;
        if (++compared % STRETCH === 0) yield BETWEEN;
        if (j < i) f.error(BAD_ORDER);
      }
      if (j < i) break;
      if (write(L, t, i, first) === NEEDS_CALL) yield;
      if (write(L, t, j, last) === NEEDS_CALL) yield;
    }
    if (write(L, t, up - 1, last) === NEEDS_CALL) yield;
    if (write(L, t, i, pivot) === NEEDS_CALL) yield;
    intervals.divide(i);
  }
  f.data = undefined;
  return f.none();
}
