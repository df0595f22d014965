// What emitted code calls when its inline fast path does not apply. None of these raises or calls Lua code: the answer LEAVE
// means "the interpreter must execute this instruction".
import { cut } from "../base/bytes.js";
import { bnot, idivFloat, lessEqual, lessThan, modFloat, toInteger, unm } from "../number/arithmetic.js";
import { LuaFloat, type LuaNumber, isNumber, makeFloat } from "../number/float.js";
import { SIZE, heap } from "../vm/accounting.js";
import { mayGrow, payForBox } from "../vm/boxes.js";
import { Event } from "../vm/events.js";
import type { LuaClosure } from "../vm/function.js";
import { type FieldCache, learnGet, learnSet, mayAdd, probe, slotIn } from "../vm/inline-cache.js";
import { closeUpvalues, makeClosure } from "../vm/calls.js";
import { LONG_TEXT, bytesToEqual, bytesToOrder, tryChargeText } from "../vm/long-text.js";
import { eventOf } from "../vm/metatables.js";
import { COST } from "../vm/meter.js";
import { prepareFor, stepFor } from "../vm/for-loop.js";
import { arithmetic as arithmeticOnNumbers, concatText } from "../vm/operations.js";
import { LuaTable } from "../vm/table.js";
import type { LuaState } from "../vm/state.js";
import type { Thread } from "../vm/thread.js";
import { Userdata } from "../vm/userdata.js";
import { type LuaValue, rawEquals } from "../vm/value.js";
import { RESERVE } from "./charges.js";

/** Never a Lua value. */
export const LEAVE = new LuaTable();

export { idivFloat, modFloat };

/** Arithmetic on any two numbers, or LEAVE (not numbers, division by zero, no integer value). */
export function arithmetic(event: Event, a: LuaValue, b: LuaValue): LuaValue {
  if (a instanceof LuaFloat) {
    if (typeof b === "number") return onDoubles(event, a.n, b, a, b);
    if (b instanceof LuaFloat) return onDoubles(event, a.n, b.n, a, b);
  } else if (b instanceof LuaFloat && typeof a === "number") return onDoubles(event, a, b.n, a, b);
  return isNumber(a) && isNumber(b) ? onNumbers(event, a, b) : LEAVE;
}

function onDoubles(event: Event, x: number, y: number, a: LuaNumber, b: LuaNumber): LuaValue {
  switch (event) {
    case Event.Add: return makeFloat(x + y);
    case Event.Sub: return makeFloat(x - y);
    case Event.Mul: return makeFloat(x * y);
    case Event.Div: return makeFloat(x / y);
    default: return onNumbers(event, a, b);
  }
}

function onNumbers(event: Event, a: LuaNumber, b: LuaNumber): LuaValue {
  if (b === 0 && (event === Event.Mod || event === Event.IDiv)) return LEAVE; // the interpreter raises, if it is an error
  return arithmeticOnNumbers(event, a, b) ?? LEAVE;
}

/** −v, or LEAVE. */
export function negate(v: LuaValue): LuaValue {
  if (v instanceof LuaFloat) return new LuaFloat(-v.n);
  return v === 0 ? 0 : typeof v === "bigint" ? unm(v) : LEAVE;
}

/** ~v, or LEAVE. */
export function complement(v: LuaValue): LuaValue {
  const n = isNumber(v) ? toInteger(v) : undefined;
  return n === undefined ? LEAVE : bnot(n);
}

/** a < b on numbers or strings, or LEAVE. */
export function less(a: LuaValue, b: LuaValue): boolean | LuaTable {
  if (typeof a === "string" && typeof b === "string") return tryChargeText(bytesToOrder(a, b), RESERVE) ? a < b : LEAVE;
  return isNumber(a) && isNumber(b) ? lessThan(a, b) : LEAVE;
}

/** a <= b, as {@link less}. */
export function atMost(a: LuaValue, b: LuaValue): boolean | LuaTable {
  if (typeof a === "string" && typeof b === "string") return tryChargeText(bytesToOrder(a, b), RESERVE) ? a <= b : LEAVE;
  return isNumber(a) && isNumber(b) ? lessEqual(a, b) : LEAVE;
}

/** a == b, or LEAVE when an __eq might decide. */
export function equal(a: LuaValue, b: LuaValue): boolean | LuaTable {
  if (typeof a === "string" && typeof b === "string") return tryChargeText(bytesToEqual(a, b), RESERVE) ? a === b : LEAVE;
  if (rawEquals(a, b)) return true;
  if (a instanceof LuaTable && b instanceof LuaTable) return hasNoEq(a.metatable) && hasNoEq(b.metatable) ? false : LEAVE;
  return a instanceof Userdata && b instanceof Userdata ? LEAVE : false;
}

const hasNoEq = (metatable: LuaTable | null): boolean => metatable === null || eventOf(metatable, Event.Eq) === undefined;

/** t.key, or LEAVE. */
export function getField(cache: FieldCache, t: LuaValue, key: string): LuaValue {
  if (!(t instanceof LuaTable)) return LEAVE;
  const v = probe(cache, t) ?? learnGet(cache, t, key);
  return v !== undefined || t.metatable === null ? v : inherited(t.metatable, key);
}

/** Tables of an `__index` chain that are looked through here. */
const MAX_CHAIN = 20;

/** The field that the `__index` tables of a metatable give to a table that lacks it; LEAVE when a function is to be asked. */
function inherited(metatable: LuaTable, key: LuaValue): LuaValue {
  let meta: LuaTable | null = metatable;
  for (let depth = 0; meta !== null; depth++) {
    const holder = eventOf(meta, Event.Index);
    if (holder === undefined) return undefined;
    if (!(holder instanceof LuaTable) || depth === MAX_CHAIN) return LEAVE;
    const v = holder.get(key);
    if (v !== undefined) return v;
    meta = holder.metatable;
  }
  return undefined;
}

/** The method `key` of a string, or LEAVE. */
export function stringMethod(state: LuaState, cache: FieldCache, key: string): LuaValue {
  const methods = state.stringMeta === null ? undefined : eventOf(state.stringMeta, Event.Index);
  if (!(methods instanceof LuaTable)) return LEAVE;
  return probe(cache, methods) ?? learnGet(cache, methods, key) ?? LEAVE;
}

/** How a store went: not done, so leave; done; done, and a census is due before the next instruction. */
const enum Stored { Not, Done, Due }

/** `v` is where `old` was: pays for the object that it is kept in, if it has one. */
export function paidFor(old: LuaValue, v: LuaValue): Stored {
  const { threshold } = heap;
  payForBox(old, v);
  return heap.allocated > threshold ? Stored.Due : Stored.Done;
}

/** t.key = v */
export function setField(cache: FieldCache, t: LuaValue, key: string, v: LuaValue): Stored {
  if (!(t instanceof LuaTable)) return Stored.Not;
  const slot = slotIn(cache, t.shape);
  if (slot >= 0) {
    const old = t.slots[slot];
    if (old !== undefined) {
      t.slots[slot] = v;
      return mayGrow(old, v) ? paidFor(old, v) : Stored.Done;
    }
  } else if (t.shape === cache.absentIn && cache.grown !== null && v !== undefined && mayAdd(t)) {
    const { threshold } = heap;
    t.addSlot(cache.grown, t.shape.size, v);
    return heap.allocated > threshold ? Stored.Due : Stored.Done;
  }
  const { threshold } = heap;
  if (!learnSet(cache, t, key, v)) return Stored.Not;
  return heap.allocated > threshold ? Stored.Due : Stored.Done;
}

/** t[key], or LEAVE. */
export function getElement(t: LuaValue, key: LuaValue): LuaValue {
  if (!(t instanceof LuaTable)) return LEAVE;
  let v: LuaValue;
  if (typeof key === "string") {
    if (key.length > LONG_TEXT) return LEAVE;
    v = t.getStr(key);
  } else v = t.get(key);
  return v !== undefined || t.metatable === null ? v : inherited(t.metatable, key);
}

/** A key that is paid for when it is looked up, which may raise. */
const isLong = (key: LuaValue): boolean => typeof key === "string" && key.length > LONG_TEXT;

/** t[key] = v; not done with a metatable, a guarded table, or a key that is an error or long. */
export function setElement(t: LuaValue, key: LuaValue, v: LuaValue): Stored {
  if (!(t instanceof LuaTable) || t.isGuarded || isLong(key)) return Stored.Not;
  const { threshold } = heap;
  if (typeof key === "number" && Number.isSafeInteger(key)) {
    if (!mayAdd(t) && t.getInt(key) === undefined) return Stored.Not;
    t.setInt(key, v);
  } else if (typeof key === "string") {
    if (!mayAdd(t) && t.getStr(key) === undefined) return Stored.Not;
    t.set(key, v);
  } else {
    if (!mayAdd(t) || key === undefined || key !== key) return Stored.Not;
    t.set(key, v);
  }
  return heap.allocated > threshold ? Stored.Due : Stored.Done;
}

/** #v, or LEAVE. */
export function lengthOf(v: LuaValue): LuaValue {
  if (typeof v === "string") return v.length;
  return v instanceof LuaTable && (v.metatable === null || eventOf(v.metatable, Event.Len) === undefined) ? v.length() : LEAVE;
}

/** A new table with room for `fields`, or LEAVE when a census is due first. */
export function newTable(fields: number): LuaTable {
  if (heap.allocated + SIZE.table + fields * SIZE.hashSlot > heap.threshold) return LEAVE;
  const t = new LuaTable();
  heap.allocations++;
  heap.allocated += SIZE.table;
  if (fields > 0) t.reserve(fields);
  return t;
}

/** a .. b on two strings, or LEAVE. */
export function concat2(a: LuaValue, b: LuaValue): LuaValue {
  if (typeof a !== "string" || typeof b !== "string") return LEAVE;
  const size = SIZE.string + a.length + b.length;
  if (a.length + b.length > heap.longest || heap.allocated + size > heap.threshold) return LEAVE;
  heap.allocations++;
  heap.allocated += size;
  return a + b;
}

/** SETLIST of list[1], list[2], … into `t`, after element `at`. `list` is not used afterwards. */
export function setList(t: LuaValue, list: LuaValue[], at: number): Stored {
  if (!(t instanceof LuaTable) || t.isGuarded) return Stored.Not;
  const { threshold } = heap;
  const n = list.length - 1;
  if (at === 0 && n > 0 && !t.hasArray && t.hash === null && list[n] !== undefined) t.adoptArray(list);
  else for (let i = 1; i <= n; i++) t.setInt(at + i, list[i]);
  return heap.allocated > threshold ? Stored.Due : Stored.Done;
}

/** A new closure of `outer`'s function `index`, or LEAVE when a census is due first. */
export function closure(L: Thread, outer: LuaClosure, base: number, index: number): LuaValue {
  const size = SIZE.closure + outer.proto.protos[index]!.upvalues.length * (SIZE.upvalueRef + SIZE.upvalue);
  return heap.allocated + size > heap.threshold ? LEAVE : makeClosure(L, outer, base, index);
}

/** Closes upvalues from stack[level] up; false: a variable is to be closed too, so leave. */
export function close(L: Thread, level: number): boolean {
  if (L.tbc.length > 0 && L.tbc[L.tbc.length - 1]! >= level) return false;
  if (L.openUpvals !== null) closeUpvalues(L, level);
  return true;
}

/** rawequal(a, b), or LEAVE when long strings cost more than is left. */
export function rawEqual(a: LuaValue, b: LuaValue): boolean | LuaTable {
  if (typeof a === "string" && typeof b === "string" && !tryChargeText(bytesToEqual(a, b), RESERVE)) return LEAVE;
  return rawEquals(a, b);
}

/** string.sub(s, from, to) of a piece that costs nothing; undefined for larger ones. */
export function substring(s: string, from: number, to: number): string | undefined {
  const { length } = s;
  const start = from > 0 ? from : from === 0 || from < -length ? 1 : length + from + 1;
  const end = to > length ? length : to >= 0 ? to : to < -length ? 0 : length + to + 1;
  if (start > end) return "";
  if (start === end) return s.charAt(start - 1);
  return end - start >= COST.bytesPerUnit - 1 ? undefined : cut(s, start - 1, end);
}

/** setmetatable(t, metatable) for a table that has none, with a metatable that the collector need not know about; or LEAVE. */
export function setMetatable(t: LuaValue, metatable: LuaValue): LuaValue {
  if (!(t instanceof LuaTable) || t.metatable !== null || t.isGuarded || !(metatable instanceof LuaTable)) return LEAVE;
  if (eventOf(metatable, Event.Gc) !== undefined || eventOf(metatable, Event.Mode) !== undefined) return LEAVE;
  t.setMetatable(metatable);
  return t;
}

/** rawget(t, key), or LEAVE. */
export function rawGet(t: LuaValue, key: LuaValue): LuaValue {
  return t instanceof LuaTable ? t.get(key) : LEAVE;
}

/** table.insert(t, v) */
export function insert(t: LuaValue, v: LuaValue): Stored {
  if (!(t instanceof LuaTable) || t.metatable !== null || v === undefined) return Stored.Not;
  return setElement(t, t.length() + 1, v);
}

/** table.remove(t), or LEAVE. */
export function removeLast(t: LuaValue): LuaValue {
  if (!(t instanceof LuaTable) || t.metatable !== null || t.isGuarded) return LEAVE;
  const size = t.length();
  if (size === 0 || size >= t.arr.length) return LEAVE;
  const last = t.arr[size];
  t.arr[size] = undefined;
  return last;
}

/** Concatenation of strings and numbers, or LEAVE. */
export function concat(state: LuaState, ...values: LuaValue[]): LuaValue {
  if (state.addressed.size !== 0) return LEAVE;
  let text = "";
  for (const value of values) {
    const part = typeof value === "string" ? value : concatText(value);
    if (part === undefined || text.length + part.length > heap.longest) return LEAVE;
    text += part;
  }
  const size = SIZE.string + text.length;
  if (heap.allocated + size > heap.threshold) return LEAVE;
  heap.allocations++;
  heap.allocated += size;
  return text;
}

/** A float? */
export function isFloat(v: LuaValue): boolean {
  return v instanceof LuaFloat || (typeof v === "number" && !Number.isSafeInteger(v));
}

/** A number of a float loop as a double; NaN for what is none, or must be converted. */
export function loopNumber(v: LuaValue): number {
  return typeof v === "number" ? v : v instanceof LuaFloat ? v.n : NaN;
}

/** The limit of a loop on small integers as a small integer; undefined: no such loop. */
export function smallLimit(limit: LuaValue, step: LuaValue): number | undefined {
  const n = limit instanceof LuaFloat ? limit.n : limit;
  if (typeof n !== "number" || typeof step !== "number") return undefined;
  const whole = step < 0 ? Math.ceil(n) : Math.floor(n);
  return (whole | 0) === whole ? whole + 0 : undefined;
}

/** FORPREP for loops that emitted code does not prepare itself, on copies of the three registers: the four, null: it does not run; LEAVE. */
export function prepareLoop(init: LuaValue, limit: LuaValue, step: LuaValue): LuaValue[] | null | LuaTable {
  const four = [init, limit, step, undefined];
  try {
    return prepareFor(four, 0) ? four : null;
  } catch {
    return LEAVE; // the interpreter raises the error
  }
}

/** FORLOOP for loops that are not on plain integers, on copies: the three registers and the variable; null: it ends. LEAVE. */
export function stepLoop(index: LuaValue, count: LuaValue, step: LuaValue): LuaValue[] | null | LuaTable {
  const four = [index, count, step, undefined];
  try {
    return stepFor(four, 0) ? four : null;
  } catch {
    return LEAVE;
  }
}
