// The table library (manual, 6.6). A plain table (one without a metatable) is worked on directly; anything else goes through
// the metamethods one element at a time, as the manual asks.
import type { Pieces } from "../base/pieces.js";
import { flatten } from "../base/bytes.js";
import { isNumber, type LuaInteger } from "../number/float.js";
import { formatNumber } from "../number/format.js";
import { MAX_INTEGER, wrapInteger } from "../number/integer.js";
import { SIZE, allocate } from "../vm/accounting.js";
import { payForBox } from "../vm/boxes.js";
import { BETWEEN, type Steps, inSteps } from "../vm/callbacks.js";
import { NOWHERE } from "../vm/errors.js";
import type { Frame } from "../vm/frame.js";
import { type QuickForm, quickly } from "../vm/function.js";
import type { LibrarySpec } from "../vm/library.js";
import { COST } from "../vm/meter.js";
import { NEEDS_CALL, assign, equals, index, integerLength, lengthOf, lookup, setIndex } from "../vm/operations.js";
import { inPieces } from "../vm/pauses.js";
import { DECLINED, MULTI, type Signal } from "../vm/signal.js";
import { LuaTable } from "../vm/table.js";
import { MAX_STACK, type Thread } from "../vm/thread.js";
import { type LuaValue, isTruthy, typeName } from "../vm/value.js";
import { joinList, misfit } from "./join.js";
import { sort } from "./sort.js";
import { reserve } from "./string/price.js";
import { Needs, tableLike } from "./table-like.js";

/** Elements handled between two payments. */
const BATCH = 1024;
/** Elements handled in one piece of work. */
const PIECE = 16 * BATCH;
/** Price of an element that is reached through metamethods, besides what these execute. */
const INDIRECT = 4;
/** Slots C Lua keeps free above every function (EXTRA_STACK). */
const SPARE_STACK = 5;

const isPlain = (v: LuaValue): v is LuaTable => v instanceof LuaTable && v.metatable === null;

/** i + n, wrapping around. */
function plus(i: LuaInteger, n: LuaInteger): LuaInteger {
  if (typeof i === "number" && typeof n === "number" && Number.isSafeInteger(i + n)) return i + n;
  return wrapInteger(BigInt(i) + BigInt(n));
}

/** a < b as 64-bit unsigned integers. */
function unsignedLess(a: LuaInteger, b: LuaInteger): boolean {
  return a >= 0 === b >= 0 ? a < b : a >= 0;
}

function pay(f: Frame, elements: number): void {
  if (elements >= COST.elementsPerUnit) f.L.state.meter.charge(elements / COST.elementsPerUnit);
}

/** Pays for steps that go through metamethods; called for each, acts now and then. */
function payStep(f: Frame, step: number, bytes: number): void {
  if (step % BATCH !== 0) return;
  f.L.state.memory.require(bytes + BATCH * SIZE.arraySlot);
  f.L.state.meter.charge(BATCH * INDIRECT);
}

// ---- insert and remove -----------------------------------------------------------------------------------------------

function insert(f: Frame): LuaValue | Signal {
  const plain = f.arg(1);
  if (f.count === 2 && isPlain(plain)) { // the common case
    plain.setInt(plain.length() + 1, f.arg(2));
    return f.none();
  }
  const t = tableLike(f, 1, Needs.Read | Needs.Write | Needs.Length);
  if (!isPlain(t)) return inSteps(f, insertInSteps(f, t));
  const end = t.length() + 1;
  const position = insertPosition(f, end) as number;
  if (end <= t.arr.length) insertPlain(f, t, end, position, f.arg(3));
  else insertSlowly(f, t, end, position, f.arg(3));
  return f.none();
}

/** Argument 2 of an insertion with a position, among those up to `end`. */
function insertPosition(f: Frame, end: LuaInteger): LuaInteger {
  if (f.count !== 3) f.error("wrong number of arguments to 'insert'");
  const position = f.integer(2);
  f.argCheck(unsignedLess(plus(position, -1), end), 2, "position out of bounds");
  return position;
}

function* insertInSteps(f: Frame, t: LuaValue): Steps {
  const { L } = f;
  let length = lengthOf(L, t, NOWHERE);
  if (length === NEEDS_CALL) length = yield;
  const end = plus(integerLength(L, length), 1);
  let at = end;
  if (f.count !== 2) {
    const position = insertPosition(f, end);
    for (let step = 0; at > position; step++) {
      payStep(f, step, 0);
      const below = plus(at, -1);
      let v = lookup(L, t, below, NOWHERE);
      if (v === NEEDS_CALL) v = yield;
      if (assign(L, t, at, v, NOWHERE) === NEEDS_CALL) yield;
      at = below;
    }
  }
  if (assign(L, t, at, f.arg(f.count), NOWHERE) === NEEDS_CALL) yield;
  return f.none();
}

/** All of t[1 .. end − 1] is in the array part. */
function insertPlain(f: Frame, t: LuaTable, end: number, position: number, v: LuaValue): void {
  if (position === end) {
    t.setInt(end, v);
    return;
  }
  pay(f, end - position);
  t.setInt(end, t.arr[end - 1]);
  const { arr } = t;
  if (end >= arr.length) insertSlowly(f, t, end - 1, position, v); // growing gave the array part up
  else {
    for (let i = end - 1; i > position; i--) arr[i] = arr[i - 1];
    arr[position] = v;
    payForBox(undefined, v);
  }
}

function insertSlowly(f: Frame, t: LuaValue, end: LuaInteger, position: LuaInteger, v: LuaValue): void {
  const { L } = f;
  for (let i = end, step = 0; i > position; step++) {
    payStep(f, step, 0);
    const below = plus(i, -1);
    setIndex(L, t, i, index(L, t, below));
    i = below;
  }
  setIndex(L, t, position, v);
}

function remove(f: Frame): LuaValue | Signal {
  const t = tableLike(f, 1, Needs.Read | Needs.Write | Needs.Length);
  if (isPlain(t)) {
    const size = t.length();
    const position = f.optInteger(2, size);
    if (size < t.arr.length && position >= 1 && position <= size) return removePlain(f, t.arr, position as number, size);
  }
  return inSteps(f, removeInSteps(f, t));
}

function* removeInSteps(f: Frame, t: LuaValue): Steps {
  const { L } = f;
  let length = lengthOf(L, t, NOWHERE);
  if (length === NEEDS_CALL) length = yield;
  const size = integerLength(L, length);
  let position = f.optInteger(2, size);
  if (position !== size) {
    f.argCheck(!unsignedLess(size, plus(position, -1)), 2, "position out of bounds");
  }
  let removed = lookup(L, t, position, NOWHERE);
  if (removed === NEEDS_CALL) removed = yield;
  f.data = [removed]; // for the census
  for (let step = 0; position < size; step++) {
    payStep(f, step, 0);
    const above = plus(position, 1);
    let v = lookup(L, t, above, NOWHERE);
    if (v === NEEDS_CALL) v = yield;
    if (assign(L, t, position, v, NOWHERE) === NEEDS_CALL) yield;
    position = above;
  }
  if (assign(L, t, position, undefined, NOWHERE) === NEEDS_CALL) yield;
  f.data = undefined;
  return removed;
}

function removePlain(f: Frame, arr: LuaValue[], position: number, size: number): LuaValue {
  pay(f, size - position);
  const removed = arr[position];
  for (let i = position; i < size; i++) arr[i] = arr[i + 1];
  arr[size] = undefined; // the array keeps its length: a traversal may be under way
  return removed;
}

// ---- move ------------------------------------------------------------------------------------------------------------

function move(f: Frame): LuaValue | Signal {
  const first = f.integer(2);
  const last = f.integer(3);
  const to = f.integer(4);
  const into = f.isNoneOrNil(5) ? 1 : 5;
  const source = tableLike(f, 1, Needs.Read);
  const target = tableLike(f, into, Needs.Write);
  if (last < first) return target;
  const small = typeof first === "number" && typeof last === "number" && typeof to === "number"; // no sum can wrap around
  f.argCheck(small || first > 0 || last < BigInt(first) + MAX_INTEGER, 3, "too many elements to move");
  const count = small ? last - first + 1 : wrapInteger(BigInt(last) - BigInt(first) + 1n);
  f.argCheck(small || to <= MAX_INTEGER - BigInt(count) + 1n, 4, "destination wrap around");
  const isSafeOrder = to > last || to <= first; // else what is still to be read may be written to
  if (!(small && isPlain(source) && isPlain(target) && Number.isSafeInteger(to + last - first))) {
    return inSteps(f, moveInSteps(f, source, target, first, count, to, isSafeOrder, into !== 1));
  }
  return inPieces(f, movePlain(f, source, target, first, last - first + 1, to, isSafeOrder || source !== target));
}

function* movePlain(
  f: Frame, source: LuaTable, target: LuaTable, first: number, count: number, to: number, forward: boolean,
): Pieces<LuaValue | Signal> {
  if (count > BATCH) {
    const most = Math.min(count, source.arr.length + (source.hash?.size ?? 0)); // values there are to move
    f.L.state.memory.require(most * SIZE.arraySlot);
  }
  if (to === 1 && !target.hasArray && target.hash === null && first >= 1 && source.arr[first + count - 1] !== undefined) {
    pay(f, count); // a copy into an empty table
    target.adoptArray(source.arr.slice(first - 1, first + count));
    return target;
  }
  for (let done = 0; done < count; done += BATCH) {
    const size = Math.min(BATCH, count - done);
    pay(f, size);
    if (forward) for (let i = done; i < done + size; i++) target.setInt(to + i, source.getInt(first + i));
    else for (let i = count - 1 - done; i >= count - done - size; i--) target.setInt(to + i, source.getInt(first + i));
    if (done % PIECE === 0) yield;
  }
  return target;
}

function* moveInSteps(
  f: Frame, source: LuaValue, target: LuaValue, first: LuaInteger, count: LuaInteger, to: LuaInteger, isSafeOrder: boolean, mayDiffer: boolean,
): Steps {
  const { L } = f;
  let forward = isSafeOrder;
  if (!forward && mayDiffer) {
    let same: LuaValue = equals(L, source, target);
    if (same === NEEDS_CALL) same = yield;
    forward = !isTruthy(same);
  }
  for (let step = 0; step < count; step++) {
    payStep(f, step, 0);
    if (step % BATCH === 0) yield BETWEEN;
    const i = forward ? step : plus(count, -1 - step);
    let v = lookup(L, source, plus(first, i), NOWHERE);
    if (v === NEEDS_CALL) v = yield;
    if (assign(L, target, plus(to, i), v, NOWHERE) === NEEDS_CALL) yield;
  }
  return target;
}

// ---- concat ----------------------------------------------------------------------------------------------------------

function concat(f: Frame): LuaValue | Signal {
  const t = tableLike(f, 1, Needs.Read | Needs.Length);
  if (!isPlain(t)) return inSteps(f, concatInSteps(f, t));
  const length = t.length();
  const separator = f.optString(2, "");
  const first = f.optInteger(3, 1);
  const last = f.optInteger(4, length);
  if (first > last) return "";
  if (first >= 1 && last < t.arr.length) {
    if ((last as number) - (first as number) >= PIECE) return inPieces(f, concatLong(f, t.arr, separator, first as number, last as number));
    return concatPlain(f, t.arr, separator, first as number, last as number);
  }
  return inSteps(f, concatInSteps(f, t));
}

function* concatInSteps(f: Frame, t: LuaValue): Steps {
  const { L } = f;
  let length = lengthOf(L, t, NOWHERE);
  if (length === NEEDS_CALL) length = yield;
  const end = integerLength(L, length);
  const separator = f.optString(2, "");
  const first = f.optInteger(3, 1);
  const last = f.optInteger(4, end);
  if (first > last) return "";
  const parts: string[] = [];
  let bytes = 0;
  for (let i = first, step = 0; i <= last; i = plus(i, 1), step++) {
    payStep(f, step, bytes);
    if (step % BATCH === 0) yield BETWEEN;
    let v = lookup(L, t, i, NOWHERE);
    if (v === NEEDS_CALL) v = yield;
    const text = concatPart(f, v, i);
    parts.push(text);
    bytes += text.length + separator.length;
    if (i === MAX_INTEGER) break; // the next index would wrap around
  }
  reserve(f, bytes);
  return parts.join(separator);
}

/** table.concat of a plain list as a whole. */
export const quickConcat: QuickForm = (L, at, nargs) => {
  const { stack } = L;
  const t = stack[at + 1];
  const separator = nargs < 2 ? "" : stack[at + 2];
  if (nargs < 1 || nargs > 2 || !isPlain(t) || typeof separator !== "string") return DECLINED;
  const n = t.length();
  if (n === 0) return "";
  return n < t.arr.length && n <= PIECE ? joinList(L, t.arr, separator, 1, n) ?? DECLINED : DECLINED;
};

function concatPlain(f: Frame, arr: LuaValue[], separator: string, first: number, last: number): string {
  const text = joinList(f.L, arr, separator, first, last);
  if (text !== undefined) return text;
  pay(f, last - first + 1);
  return concatPart(f, arr[misfit.at], misfit.at);
}

function* concatLong(f: Frame, arr: LuaValue[], separator: string, first: number, last: number): Pieces<LuaValue | Signal> {
  pay(f, last - first + 1);
  let bytes = separator.length * (last - first);
  for (let i = first; i <= last; i += PIECE) {
    for (let j = i; j <= last && j < i + PIECE; j++) bytes += concatPart(f, arr[j], j).length;
    yield;
  }
  reserve(f, bytes); // refused before any of it is made
  let text = "";
  for (let i = first; i <= last; i += PIECE) {
    const parts: string[] = [];
    for (let j = i; j <= last && j < i + PIECE; j++) parts.push(concatPart(f, arr[j], j));
    const piece = i === first ? parts.join(separator) : separator + parts.join(separator);
    text += piece;
    yield;
  }
  return flatten(text);
}

function concatPart(f: Frame, v: LuaValue, i: LuaInteger): string {
  if (typeof v === "string") return v;
  if (isNumber(v)) return formatNumber(v);
  f.error(`invalid value (${typeName(v)}) at index ${i} in table for 'concat'`);
}

// ---- pack and unpack -------------------------------------------------------------------------------------------------

function pack(f: Frame): LuaValue {
  return packed(f.L, f.base, f.count);
}

/** table.pack without a frame. */
export const quickPack: QuickForm = (L, at, nargs) => packed(L, at + 1, nargs);

/** The `count` values from stack[from] on as a table. */
function packed(L: Thread, from: number, count: number): LuaTable {
  const { stack, state } = L;
  let filled = count;
  while (filled > 0 && stack[from + filled - 1] === undefined) filled--; // an array part does not end in nil
  if (count >= COST.elementsPerUnit) state.meter.charge(count / COST.elementsPerUnit);
  if (count > BATCH) state.memory.require(count * SIZE.arraySlot);
  allocate(SIZE.table);
  const t = new LuaTable();
  if (filled > 0) t.adoptArray(listOf(stack, from, filled));
  t.setStr("n", count);
  return t;
}

/** `n` values with an unused one in front; literals are much cheaper than slices. */
function listOf(stack: LuaValue[], from: number, n: number): LuaValue[] {
  switch (n) {
    case 1: return [undefined, stack[from]];
    case 2: return [undefined, stack[from], stack[from + 1]];
    case 3: return [undefined, stack[from], stack[from + 1], stack[from + 2]];
    case 4: return [undefined, stack[from], stack[from + 1], stack[from + 2], stack[from + 3]];
    default: return stack.slice(from - 1, from + n);
  }
}

function unpack(f: Frame): LuaValue | Signal {
  const t = f.arg(1);
  if (!isPlain(t)) return inSteps(f, unpackInSteps(f, t));
  const first = f.optInteger(2, 1);
  const last = f.isNoneOrNil(3) ? t.length() : f.integer(3);
  const count = payForResults(f, first, last);
  if (count === 0) return f.none();
  if (first >= 1 && last < t.arr.length) return fromArray(f, t.arr, first as number, count);
  const values: LuaValue[] = [];
  for (let i = 0; i < count; i++) values.push(t.get(plus(first, i)));
  return f.resultArray(values);
}

function* unpackInSteps(f: Frame, t: LuaValue): Steps {
  const { L } = f;
  const first = f.optInteger(2, 1);
  let last: LuaInteger;
  if (f.isNoneOrNil(3)) {
    let length = lengthOf(L, t, NOWHERE);
    if (length === NEEDS_CALL) length = yield;
    last = integerLength(L, length);
  } else last = f.integer(3);
  const count = payForResults(f, first, last);
  const values: LuaValue[] = [];
  f.data = values; // for the census
  for (let i = 0; i < count; i++) {
    let v = lookup(L, t, plus(first, i), NOWHERE);
    if (v === NEEDS_CALL) v = yield;
    values.push(v);
  }
  f.data = undefined;
  return f.resultArray(values);
}

/** How many values there are from `first` to `last`, for which the stack has room. */
function payForResults(f: Frame, first: LuaInteger, last: LuaInteger): number {
  if (first > last) return 0;
  const count = (typeof first === "number" && typeof last === "number" ? last - first : Number(BigInt(last) - BigInt(first))) + 1;
  if (f.top + SPARE_STACK + count > MAX_STACK) f.error("too many results to unpack");
  pay(f, count);
  if (count > BATCH) f.L.state.memory.require(count * SIZE.stackSlot);
  return count;
}

/** table.unpack of a few elements of an array part. */
export const quickUnpack: QuickForm = (L, at, nargs) => {
  const { stack } = L;
  const t = stack[at + 1];
  if (nargs < 1 || !isPlain(t)) return DECLINED;
  const first = nargs < 2 ? 1 : stack[at + 2];
  const last = nargs < 3 ? t.length() : stack[at + 3];
  if (typeof first !== "number" || typeof last !== "number" || !Number.isSafeInteger(first) || !Number.isSafeInteger(last)) return DECLINED;
  const { arr } = t;
  const n = last - first + 1;
  if (first < 1 || last >= arr.length || n > FEW_RESULTS) return DECLINED;
  if (n >= COST.elementsPerUnit) L.state.meter.charge(n / COST.elementsPerUnit);
  if (n === 1) return arr[first];
  for (let i = 0; i < n; i++) stack[at + i] = arr[first + i];
  quickly.results = n < 0 ? 0 : n;
  return MULTI;
};

/** Results that there is room for without a frame. */
const FEW_RESULTS = 16;

function fromArray(f: Frame, arr: LuaValue[], first: number, count: number): LuaValue | Signal {
  switch (count) { // literals are much cheaper than slices
    case 1: return arr[first];
    case 2: return f.resultArray([arr[first], arr[first + 1]]);
    case 3: return f.resultArray([arr[first], arr[first + 1], arr[first + 2]]);
    default: return f.resultArray(arr.slice(first, first + count));
  }
}

export const tableLibrary: LibrarySpec = {
  name: "table",
  functions: { concat, insert, move, pack, remove, sort, unpack },
};
