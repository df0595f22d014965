// table.sort (manual, 6.6): the quicksort of C Lua, comparison for comparison, so that equal elements end up where they do
// there and an order function sees the same pairs. Arrays of plain numbers or of strings, where no difference can be seen,
// are left to JavaScript's own sort.
import type { Frame } from "../vm/frame.js";
import type { LuaFunction } from "../vm/function.js";
import { COST } from "../vm/meter.js";
import { index, lengthInteger, lessThanValues, setIndex } from "../vm/operations.js";
import type { Signal } from "../vm/signal.js";
import { LuaTable } from "../vm/table.js";
import { type LuaValue, isTruthy } from "../vm/value.js";
import { Needs, tableLike } from "./table-like.js";

/** C's INT_MAX: longer arrays are refused. */
const MAX_LENGTH = 0x7fffffff;
/** Longer intervals take a pivot away from the middle once a partition came out badly (RANLIMIT). */
const MIDDLE_LIMIT = 100;
/** Stands for the clock that C Lua reads after a bad partition: sorting must not differ from run to run. */
const AFTER_BAD_PARTITION = 0xffffffff;
/** Up to this many elements, insertion beats the set-up of a JavaScript sort. */
const SHORT = 12;

export function sort(f: Frame): Signal {
  const t = tableLike(f, 1, Needs.Read | Needs.Write | Needs.Length);
  const n = lengthInteger(f.L, t);
  if (n <= 1) return f.none();
  f.argCheck(n < MAX_LENGTH, 1, "array too big");
  const order = f.isNoneOrNil(2) ? undefined : f.function_(2);
  const length = n as number;
  if (order === undefined && t instanceof LuaTable && length < t.arr.length && sortUniform(f, t.arr, length)) return f.none();
  new Sorter(f, t, order).sort(1, length, 0);
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
  return n <= 1 || (n < t.arr.length && isUniform(t.arr, n));
}

/** Sorts arr[1 .. n] if it {@link isUniform}. */
function sortUniform(f: Frame, arr: LuaValue[], n: number): boolean {
  if (!isUniform(arr, n)) return false;
  f.L.state.meter.charge(n * (32 - Math.clz32(n)) * COST.comparison);
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
  return true;
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

class Sorter {
  constructor(private readonly f: Frame, private readonly t: LuaValue, private readonly order: LuaFunction | undefined) {}

  private get(i: number): LuaValue {
    const { t } = this;
    if (t instanceof LuaTable && i < t.arr.length) {
      const v = t.arr[i];
      if (v !== undefined) return v;
    }
    return index(this.f.L, t, i);
  }

  private set(i: number, v: LuaValue): void {
    const { t } = this;
    if (t instanceof LuaTable && i < t.arr.length && t.arr[i] !== undefined) t.arr[i] = v;
    else setIndex(this.f.L, t, i, v);
  }

  private less(a: LuaValue, b: LuaValue): boolean {
    if (this.order !== undefined) return isTruthy(this.f.L.call2(this.order, a, b));
    if (typeof a === "number" && typeof b === "number") return a < b;
    return lessThanValues(this.f.L, a, b);
  }

  /** Sorts t[low .. up]; `rnd` is 0 until a partition comes out badly. */
  sort(low: number, up: number, rnd: number): void {
    while (low < up) {
      this.f.L.state.meter.charge((up - low) * COST.comparison);
      this.sortEnds(low, up);
      if (up - low === 1) return;
      const middle = up - low < MIDDLE_LIMIT || rnd === 0 ? (low + up) >>> 1 : choosePivot(low, up, rnd);
      this.sortMiddle(low, middle, up);
      if (up - low === 2) return;
      const pivot = this.get(middle);
      const other = this.get(up - 1);
      this.set(middle, other);
      this.set(up - 1, pivot);
      const p = this.partition(low, up, pivot);
      let smaller: number;
      if (p - low < up - p) {
        this.sort(low, p - 1, rnd);
        smaller = p - low;
        low = p + 1;
      } else {
        this.sort(p + 1, up, rnd);
        smaller = up - p;
        up = p - 1;
      }
      if ((up - low) / 128 >>> 0 > smaller) rnd = AFTER_BAD_PARTITION;
    }
  }

  private sortEnds(low: number, up: number): void {
    const a = this.get(low);
    const b = this.get(up);
    if (!this.less(b, a)) return;
    this.set(low, b);
    this.set(up, a);
  }

  private sortMiddle(low: number, middle: number, up: number): void {
    const v = this.get(middle);
    const least = this.get(low);
    if (this.less(v, least)) {
      this.set(middle, least);
      this.set(low, v);
      return;
    }
    const most = this.get(up);
    if (!this.less(most, v)) return;
    this.set(middle, most);
    this.set(up, v);
  }

  /** t[low] <= pivot = t[up − 1] <= t[up]; answers where the pivot ends up. */
  private partition(low: number, up: number, pivot: LuaValue): number {
    let i = low;
    let j = up - 1;
    for (;;) {
      let right: LuaValue;
      while (this.less((right = this.get(++i)), pivot)) if (i === up - 1) this.f.error("invalid order function for sorting");
      let left: LuaValue;
      while (this.less(pivot, (left = this.get(--j)))) if (j < i) this.f.error("invalid order function for sorting");
      if (j < i) {
        this.set(up - 1, right);
        this.set(i, pivot);
        return i;
      }
      this.set(i, left);
      this.set(j, right);
    }
  }
}

/** An element from the middle two quarters. */
function choosePivot(low: number, up: number, rnd: number): number {
  const quarter = Math.floor((up - low) / 4);
  return (rnd % (quarter * 2)) + low + quarter;
}
