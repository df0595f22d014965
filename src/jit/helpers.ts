// What emitted code calls when its inline fast path does not apply. None of these raises or calls Lua code: the answer LEAVE
// means "the interpreter must execute this instruction".
import { lessEqual, lessThan } from "../number/arithmetic.js";
import { LuaFloat, type LuaNumber, isNumber, makeFloat } from "../number/float.js";
import { SIZE, heap } from "../vm/accounting.js";
import { Event } from "../vm/events.js";
import { NativeFunction } from "../vm/function.js";
import { type FieldCache, learnGet, learnSet, mayAdd, probe } from "../vm/inline-cache.js";
import { fillTable } from "../vm/interpreter.js";
import { arithmetic as arithmeticOnNumbers } from "../vm/operations.js";
import { LuaTable } from "../vm/table.js";
import { Userdata } from "../vm/userdata.js";
import { type LuaValue, rawEquals } from "../vm/value.js";

/** Never a Lua value. */
export const LEAVE = new LuaTable();

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
  return v === 0 ? 0 : LEAVE;
}

/** a < b on numbers or strings: 1, 0, or −1 for "leave". */
export function less(a: LuaValue, b: LuaValue): number {
  if (typeof a === "string" && typeof b === "string") return a < b ? 1 : 0;
  if (isNumber(a) && isNumber(b)) return lessThan(a, b) ? 1 : 0;
  return -1;
}

/** a <= b, as {@link less}. */
export function atMost(a: LuaValue, b: LuaValue): number {
  if (typeof a === "string" && typeof b === "string") return a <= b ? 1 : 0;
  if (isNumber(a) && isNumber(b)) return lessEqual(a, b) ? 1 : 0;
  return -1;
}

/** a == b: 1, 0, or −1 when an __eq might decide. */
export function equal(a: LuaValue, b: LuaValue): number {
  if (rawEquals(a, b)) return 1;
  if (a instanceof LuaTable && b instanceof LuaTable) return a.metatable === null && b.metatable === null ? 0 : -1;
  return a instanceof Userdata && b instanceof Userdata ? -1 : 0;
}

/** t.key, or LEAVE. */
export function getField(cache: FieldCache, t: LuaValue, key: string): LuaValue {
  if (!(t instanceof LuaTable)) return LEAVE;
  const v = probe(cache, t) ?? learnGet(cache, t, key);
  return v !== undefined || t.metatable === null ? v : LEAVE;
}

/** t.key = v; false: leave. */
export function setField(cache: FieldCache, t: LuaValue, key: string, v: LuaValue): boolean {
  if (!(t instanceof LuaTable)) return false;
  if (t.shape === cache.shape) {
    if (t.slots[cache.slot] !== undefined) {
      t.slots[cache.slot] = v;
      return true;
    }
  } else if (t.shape === cache.absentIn && cache.grown !== null && v !== undefined && mayAdd(t)) {
    t.addSlot(cache.grown, t.shape.size, v);
    return true;
  }
  return learnSet(cache, t, key, v);
}

/** t[key], or LEAVE. */
export function getElement(t: LuaValue, key: LuaValue): LuaValue {
  if (!(t instanceof LuaTable)) return LEAVE;
  const v = t.get(key);
  return v !== undefined || t.metatable === null ? v : LEAVE;
}

/** t[key] = v; false: leave (a metatable, a guarded table, or a key that is an error). */
export function setElement(t: LuaValue, key: LuaValue, v: LuaValue): boolean {
  if (!(t instanceof LuaTable) || t.isGuarded) return false;
  if (typeof key === "number" && Number.isSafeInteger(key)) {
    if (t.metatable !== null && t.getInt(key) === undefined) return false;
    t.setInt(key, v);
    return true;
  }
  if (t.metatable !== null || typeof key !== "string") return false;
  t.setStr(key, v);
  return true;
}

/** #v, or LEAVE. */
export function lengthOf(v: LuaValue): LuaValue {
  if (typeof v === "string") return v.length;
  return v instanceof LuaTable && v.metatable === null ? v.length() : LEAVE;
}

/** A new table with room for `fields`, or LEAVE when a census is due first. */
export function newTable(fields: number): LuaTable {
  if (heap.allocated + SIZE.table + fields * SIZE.hashSlot > heap.threshold) return LEAVE;
  const t = new LuaTable();
  heap.allocated += SIZE.table;
  if (fields > 0) t.reserve(fields);
  return t;
}

/** a .. b on two strings, or LEAVE. */
export function concat2(a: LuaValue, b: LuaValue): LuaValue {
  if (typeof a !== "string" || typeof b !== "string") return LEAVE;
  const size = SIZE.string + a.length + b.length;
  if (a.length + b.length > heap.longest || heap.allocated + size > heap.threshold) return LEAVE;
  heap.allocated += size;
  return a + b;
}

/** One step of a generic for whose iterator needs no frame; false: leave. Registers are in the stack. */
export function iterate(stack: LuaValue[], ra: number): boolean {
  const iterator = stack[ra];
  return iterator instanceof NativeFunction && iterator.step !== null && iterator.step(stack, ra);
}

/** SETLIST of `n` values above stack[ra] into the table there, after element `at`; false: leave. */
export function setList(stack: LuaValue[], ra: number, n: number, at: number): boolean {
  const t = stack[ra];
  if (!(t instanceof LuaTable) || t.isGuarded) return false;
  fillTable(t, stack, ra, n, at);
  return true;
}
