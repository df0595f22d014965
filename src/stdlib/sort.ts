// table.sort (manual, 6.6): the quicksort of C Lua, comparison for comparison, so that equal elements end up where they do
// there and an order function sees the same pairs. Arrays of plain numbers or of strings, where no difference can be seen,
// are left to JavaScript's own sort.
import { callAcross, canStandStill } from "../vm/callbacks.js";
import { Event } from "../vm/events.js";
import type { Frame } from "../vm/frame.js";
import { type LuaFunction, type QuickForm, quickly } from "../vm/function.js";
import { COST } from "../vm/meter.js";
import { metamethodOf } from "../vm/metatables.js";
import { index, lengthInteger, lessThanValues, setIndex } from "../vm/operations.js";
import { DECLINED, MULTI, type Signal } from "../vm/signal.js";
import { LuaTable } from "../vm/table.js";
import type { Thread } from "../vm/thread.js";
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
  if (order === undefined && t instanceof LuaTable && length < t.arr.length && sortUniform(f.L, t.arr, length)) return f.none();
  const sorter = new Sorter(t, order, length);
  if (canStandStill(f)) return sorter.sortAcross(f);
  sorter.sort(f);
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

/** table.sort by `<` of a list that is uniform, without a frame. */
export const quickSort: QuickForm = (L, at, nargs) => {
  const t = L.stack[at + 1];
  if (nargs !== 1 || !(t instanceof LuaTable) || t.metatable !== null) return DECLINED;
  const n = t.length();
  if (n > 1 && (n >= t.arr.length || !sortUniform(L, t.arr, n))) return DECLINED;
  quickly.results = 0;
  return MULTI;
};

/** Sorts arr[1 .. n] if it {@link isUniform}. */
function sortUniform(L: Thread, arr: LuaValue[], n: number): boolean {
  if (!isUniform(arr, n)) return false;
  L.state.meter.charge(n * (32 - Math.clz32(n)) * COST.comparison);
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

/** Where a sort stands: what the comparison that is asked for decides. */
const enum Step {
  Begin,
  Ends,
  Low,
  High,
  Right,
  Left,
}

/** A sort that can stand still at each comparison, because the functions it calls may run for long. */
class Sorter {
  /** What is compared. */
  private a: LuaValue = undefined;
  private b: LuaValue = undefined;
  private step = Step.Begin;
  private low: number;
  private up: number;
  /** 0 until a partition came out badly. */
  private rnd = 0;
  /** Larger halves, which wait for the smaller ones: of each its `low`, `up` and `rnd`. */
  private readonly later: number[] = [];
  private middle = 0;
  private pivot: LuaValue = undefined;
  private i = 0;
  private j = 0;
  private right: LuaValue = undefined;

  constructor(private readonly t: LuaValue, private readonly order: LuaFunction | undefined, n: number) {
    this.low = 1;
    this.up = n;
  }

  /** Sorts to the end; order functions and metamethods are called nested. */
  sort(f: Frame): void {
    for (let more = this.next(f, false); more; ) more = this.step === Step.Right ? this.scan(f) : this.next(f, this.less(f, this.a, this.b));
  }

  /** Most comparisons, without a step for each: from both sides up to elements that belong to the other. */
  private scan(f: Frame): boolean {
    const { pivot } = this;
    let { i, right } = this;
    while (this.less(f, right, pivot)) {
      if (i === this.up - 1) f.error("invalid order function for sorting");
      right = this.get(f, ++i);
    }
    this.i = i;
    this.right = right;
    let { j } = this;
    let left = this.get(f, --j);
    while (this.less(f, pivot, left)) {
      if (j < i) f.error("invalid order function for sorting");
      left = this.get(f, --j);
    }
    this.j = j;
    this.b = left;
    return this.meet(f);
  }

  private less({ L }: Frame, a: LuaValue, b: LuaValue): boolean {
    if (this.order !== undefined) return isTruthy(L.call2(this.order, a, b));
    if (typeof a === "number" && typeof b === "number") return a < b;
    return lessThanValues(L, a, b);
  }

  /** {@link sort}, but stands still at each call. */
  sortAcross(f: Frame, more = this.next(f, false)): Signal {
    while (more) {
      const { a, b } = this;
      const func = this.order ?? lessThanMethod(f.L, a, b);
      if (func !== undefined) {
        f.data = [a, b, this.pivot, this.right]; // for a census: the function may take them out of the table
        return callAcross(f, func, [a, b], (frame, results) => this.sortAcross(frame, this.next(frame, isTruthy(results[0]))));
      }
      more = this.next(f, lessThanValues(f.L, a, b));
    }
    return f.none();
  }

  /** Goes on, `less` being what the last comparison came to. True: it needs to know whether a < b. */
  private next(f: Frame, less: boolean): boolean {
    switch (this.step) {
      case Step.Begin: return this.begin(f);
      case Step.Ends: return this.afterEnds(f, less);
      case Step.Low: return this.afterLow(f, less);
      case Step.High: {
        if (less) this.swap(f, this.middle, this.up, this.a, this.b);
        return this.partition(f);
      }
      case Step.Right: {
        if (!less) return this.askLeft(f);
        if (this.i === this.up - 1) f.error("invalid order function for sorting");
        return this.askRight(f);
      }
      default: {
        if (!less) return this.meet(f);
        if (this.j < this.i) f.error("invalid order function for sorting");
        return this.askLeft(f);
      }
    }
  }

  private ask(step: Step, a: LuaValue, b: LuaValue): true {
    this.step = step;
    this.a = a;
    this.b = b;
    return true;
  }

  /** The ends of the interval first. */
  private begin(f: Frame): boolean {
    const { later } = this;
    while (this.low >= this.up) {
      if (later.length === 0) return false;
      this.rnd = later.pop()!;
      this.up = later.pop()!;
      this.low = later.pop()!;
    }
    f.L.state.meter.charge((this.up - this.low) * COST.comparison);
    const first = this.get(f, this.low);
    return this.ask(Step.Ends, this.get(f, this.up), first);
  }

  private afterEnds(f: Frame, less: boolean): boolean {
    const { low, up, rnd } = this;
    if (less) this.swap(f, low, up, this.a, this.b);
    if (up - low === 1) return this.finish(f);
    this.middle = up - low < MIDDLE_LIMIT || rnd === 0 ? (low + up) >>> 1 : choosePivot(low, up, rnd);
    const v = this.get(f, this.middle);
    return this.ask(Step.Low, v, this.get(f, low));
  }

  private afterLow(f: Frame, less: boolean): boolean {
    if (!less) return this.ask(Step.High, this.get(f, this.up), this.a);
    this.swap(f, this.middle, this.low, this.b, this.a);
    return this.partition(f);
  }

  /** t[low] <= t[middle] <= t[up]: takes the middle one as pivot. */
  private partition(f: Frame): boolean {
    const { low, up, middle } = this;
    if (up - low === 2) return this.finish(f);
    this.pivot = this.get(f, middle);
    this.swap(f, middle, up - 1, this.get(f, up - 1), this.pivot);
    this.i = low;
    this.j = up - 1;
    return this.askRight(f);
  }

  private askRight(f: Frame): boolean {
    this.right = this.get(f, ++this.i);
    return this.ask(Step.Right, this.right, this.pivot);
  }

  private askLeft(f: Frame): boolean {
    return this.ask(Step.Left, this.pivot, this.get(f, --this.j));
  }

  /** Both sides have an element of the other: changes them, or divides where they met. */
  private meet(f: Frame): boolean {
    const { low, up, i, j } = this;
    if (j >= i) {
      this.swap(f, i, j, this.b, this.right);
      return this.askRight(f);
    }
    this.swap(f, up - 1, i, this.right, this.pivot);
    if (i - low < up - i) {
      this.up = i - 1;
      this.putOff(i + 1, up, i - low);
    } else {
      this.low = i + 1;
      this.putOff(low, i - 1, up - i);
    }
    return this.begin(f);
  }

  /** The larger half comes later. */
  private putOff(low: number, up: number, smaller: number): void {
    if (low < up) this.later.push(low, up, (up - low) / 128 >>> 0 > smaller ? AFTER_BAD_PARTITION : this.rnd);
  }

  /** The interval is sorted. */
  private finish(f: Frame): boolean {
    this.low = this.up;
    return this.begin(f);
  }

  private get({ L }: Frame, i: number): LuaValue {
    const { t } = this;
    if (t instanceof LuaTable && i < t.arr.length) {
      const v = t.arr[i];
      if (v !== undefined) return v;
    }
    return index(L, t, i);
  }

  /** t[i] = x, t[j] = y */
  private swap(f: Frame, i: number, j: number, x: LuaValue, y: LuaValue): void {
    this.set(f, i, x);
    this.set(f, j, y);
  }

  private set({ L }: Frame, i: number, v: LuaValue): void {
    const { t } = this;
    if (t instanceof LuaTable && i < t.arr.length && t.arr[i] !== undefined) t.arr[i] = v;
    else setIndex(L, t, i, v);
  }
}

/** The metamethod that decides whether a < b, if it is one. */
function lessThanMethod({ state }: Thread, a: LuaValue, b: LuaValue): LuaValue {
  if (typeof a === "number" && typeof b === "number") return undefined;
  if (typeof a === "string" && typeof b === "string") return undefined;
  return metamethodOf(state, a, Event.Lt) ?? metamethodOf(state, b, Event.Lt);
}

/** An element from the middle two quarters. */
function choosePivot(low: number, up: number, rnd: number): number {
  const quarter = Math.floor((up - low) / 4);
  return (rnd % (quarter * 2)) + low + quarter;
}
