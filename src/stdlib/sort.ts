// table.sort (manual, 6.6): the quicksort of C Lua, comparison for comparison, so that equal elements end up where they do
// there and an order function sees the same pairs. Arrays of plain numbers or of strings, where no difference can be seen,
// are left to JavaScript's own sort.
import type { Pieces } from "../base/pieces.js";
import type { LuaInteger } from "../number/float.js";
import { canStandStill, inSteps, withResult } from "../vm/callbacks.js";
import { NOWHERE } from "../vm/errors.js";
import type { Frame } from "../vm/frame.js";
import { type LuaFunction, type QuickForm, quickly } from "../vm/function.js";
import { COST } from "../vm/meter.js";
import { index, integerLength, lengthOf, lessThanValues, setIndex } from "../vm/operations.js";
import { inPieces } from "../vm/pauses.js";
import { DECLINED, MULTI, type Signal } from "../vm/signal.js";
import { LuaTable } from "../vm/table.js";
import type { Thread } from "../vm/thread.js";
import { type LuaValue, isTruthy } from "../vm/value.js";
import { BAD_ORDER, Intervals, middleOf, sortInSteps } from "./sort-steps.js";
import { Needs, tableLike } from "./table-like.js";

/** C's INT_MAX: longer arrays are refused. */
const MAX_LENGTH = 0x7fffffff;
/** Numbers that are sorted in one go. */
const MOST_AT_ONCE = 1 << 16;
/** Up to this many elements, insertion beats the set-up of a JavaScript sort. */
const SHORT = 12;

export function sort(f: Frame): LuaValue | Signal {
  const t = tableLike(f, 1, Needs.Read | Needs.Write | Needs.Length);
  return withResult(f, lengthOf(f.L, t, NOWHERE), (frame, length) => sortTo(frame, t, integerLength(frame.L, length)));
}

/** Sorts t[1 .. n]. */
function sortTo(f: Frame, t: LuaValue, n: LuaInteger): LuaValue | Signal {
  if (n <= 1) return f.none();
  f.argCheck(n < MAX_LENGTH, 1, "array too big");
  const order = f.isNoneOrNil(2) ? undefined : f.function_(2);
  const length = n as number;
  if (order === undefined && t instanceof LuaTable && length < t.arr.length && isUniform(t.arr, length)) {
    payForUniform(f.L, length);
    if (length > MOST_AT_ONCE && typeof t.arr[1] === "number") return inPieces(f, sortNumbers(f, t.arr as number[], length));
    sortUniform(t.arr, length);
    return f.none();
  }
  if (canStandStill(f)) return inSteps(f, sortInSteps(f, t, order, length));
  new Sorter(f, t, order).sort(length);
  return f.none();
}

// ---- arrays of one type ----------------------------------------------------------------------------------------------

/** Bytes of strings that are sorted in one go. */
const MOST_TEXT = 2_000_000;

/** Whether arr[1 .. n] is all plain numbers other than NaN, or all strings, of no great size. */
function isUniform(arr: LuaValue[], n: number): boolean {
  const kind = typeof arr[1];
  if (kind !== "number" && kind !== "string") return false;
  let bytes = 0;
  for (let i = 1; i <= n; i++) {
    const v = arr[i];
    if (typeof v !== kind || v !== v) return false;
    if (typeof v === "string") bytes += v.length;
  }
  return bytes <= MOST_TEXT; // comparing more takes long: it is paid for one by one
}

/** Whether sorting `t` without an order function calls nothing, and raises, if at all, before anything has moved. */
export function sortsInOneGo(t: LuaValue): boolean {
  if (!(t instanceof LuaTable) || t.metatable !== null) return false;
  const n = t.length();
  return n <= 1 || (n <= MOST_AT_ONCE && n < t.arr.length && isUniform(t.arr, n));
}

/** table.sort by `<` of a list that is uniform, without a frame. */
export const quickSort: QuickForm = (L, at, nargs) => {
  const t = L.stack[at + 1];
  if (nargs !== 1 || !(t instanceof LuaTable) || t.metatable !== null) return DECLINED;
  const n = t.length();
  if (n > 1) {
    if (n > MOST_AT_ONCE || n >= t.arr.length || !isUniform(t.arr, n)) return DECLINED;
    payForUniform(L, n);
    sortUniform(t.arr, n);
  }
  quickly.results = 0;
  return MULTI;
};

function payForUniform(L: Thread, n: number): void {
  L.state.meter.charge(n * (32 - Math.clz32(n)) * COST.comparison);
}

/** Sorts arr[1 .. n], which {@link isUniform}. */
function sortUniform(arr: LuaValue[], n: number): void {
  if (n <= SHORT) insertionSort(arr as number[], n);
  else if (typeof arr[1] === "number") {
    const sorted = new Float64Array(n);
    for (let i = 0; i < n; i++) sorted[i] = arr[i + 1] as number;
    sorted.sort();
    for (let i = 0; i < n; i++) arr[i + 1] = sorted[i]!;
  } else {
    const sorted = (arr.slice(1, n + 1) as string[]).sort();
    for (let i = 0; i < n; i++) arr[i + 1] = sorted[i]!;
  }
}

/** Sorts arr[1 .. n], plain numbers: stretches by JavaScript's own sort, which are merged then. */
function* sortNumbers(f: Frame, arr: number[], n: number): Pieces<Signal> {
  let from = new Float64Array(n);
  for (let i = 0; i < n; i++) from[i] = arr[i + 1]!;
  for (let at = 0; at < n; at += MOST_AT_ONCE) {
    from.subarray(at, at + MOST_AT_ONCE).sort();
    yield;
  }
  let to = new Float64Array(n);
  for (let width = MOST_AT_ONCE; width < n; width *= 2) {
    for (let low = 0; low < n; low += 2 * width) {
      const middle = Math.min(n, low + width);
      const up = Math.min(n, low + 2 * width);
      for (let i = low, j = middle, at = low; at < up; at++) {
        to[at] = j >= up || (i < middle && from[i]! <= from[j]!) ? from[i++]! : from[j++]!;
        if (at % MOST_AT_ONCE === 0) yield;
      }
    }
    [from, to] = [to, from];
  }
  for (let i = 0; i < n; i++) arr[i + 1] = from[i]!;
  return f.none();
}

/** For numbers; strings compare with the same operator. */
function insertionSort(arr: number[], n: number): void {
  for (let i = 2; i <= n; i++) {
    const v = arr[i]!;
    let j = i - 1;
    for (; j >= 1 && v < arr[j]!; j--) arr[j + 1] = arr[j]!;
    arr[j + 1] = v;
  }
}

// ---- everything else -------------------------------------------------------------------------------------------------

/** {@link sortInSteps} with order functions and metamethods called nested, which is faster. */
class Sorter {
  constructor(private readonly f: Frame, private readonly t: LuaValue, private readonly order: LuaFunction | undefined) {}

  sort(n: number): void {
    for (const intervals = new Intervals(n); intervals.next(); ) {
      const { low, up } = intervals;
      this.f.L.state.meter.charge((up - low) * COST.comparison);
      const middle = this.arrange(low, up, intervals.rnd);
      if (middle === 0) intervals.finish();
      else intervals.divide(this.partition(low, up, middle));
    }
  }

  /** Puts both ends and an element between them into order: answers where that is, or 0 when nothing is left to sort. */
  private arrange(low: number, up: number, rnd: number): number {
    let first = this.get(low);
    let last = this.get(up);
    if (this.less(last, first)) this.swap(low, up, last, first);
    if (up - low === 1) return 0;
    const middle = middleOf(low, up, rnd);
    const between = this.get(middle);
    first = this.get(low);
    if (this.less(between, first)) this.swap(middle, low, first, between);
    else {
      last = this.get(up);
      if (this.less(last, between)) this.swap(middle, up, last, between);
    }
    return up - low === 2 ? 0 : middle;
  }

  /** t[low] <= t[middle] <= t[up]: answers where the middle one ends up, with no larger ones below and no smaller ones above. */
  private partition(low: number, up: number, middle: number): number {
    const pivot = this.get(middle);
    this.swap(middle, up - 1, this.get(up - 1), pivot);
    for (let i = low, j = up - 1; ; ) {
      let right = this.get(++i);
      for (; this.less(right, pivot); right = this.get(++i)) if (i === up - 1) this.f.error(BAD_ORDER);
      let left = this.get(--j);
      for (; this.less(pivot, left); left = this.get(--j)) if (j < i) this.f.error(BAD_ORDER);
      if (j < i) {
        this.swap(up - 1, i, right, pivot);
        return i;
      }
      this.swap(i, j, left, right);
    }
  }

  private less(a: LuaValue, b: LuaValue): boolean {
    const { L } = this.f;
    if (this.order !== undefined) return isTruthy(L.call2(this.order, a, b));
    if (typeof a === "number" && typeof b === "number") return a < b;
    return lessThanValues(L, a, b);
  }

  private get(i: number): LuaValue {
    const { t } = this;
    if (t instanceof LuaTable && i < t.arr.length) {
      const v = t.arr[i];
      if (v !== undefined) return v;
    }
    return index(this.f.L, t, i);
  }

  /** t[i] = x, t[j] = y */
  private swap(i: number, j: number, x: LuaValue, y: LuaValue): void {
    this.set(i, x);
    this.set(j, y);
  }

  private set(i: number, v: LuaValue): void {
    const { t } = this;
    if (t instanceof LuaTable && i < t.arr.length && t.arr[i] !== undefined) t.arr[i] = v;
    else setIndex(this.f.L, t, i, v);
  }
}
