// Full semantics of the operators. Where a metamethod must be called, the answer is NEEDS_CALL with the call in
// `pending`; the interpreter makes it without nesting, natives make it through the functions at the end of the file.
import {
  add, band, bnot, bor, bxor, div, idiv, lessEqual, lessThan, mod, mul, pow, shl, shr, sub, toInteger, unm,
} from "../number/arithmetic.js";
import { LuaFloat, type LuaInteger, type LuaNumber, isNumber } from "../number/float.js";
import { formatNumber } from "../number/format.js";
import { parseNumber } from "../number/parse.js";
import { addWide, mulWide, subWide } from "../number/wide.js";
import { NOWHERE, type Origin, raiseArithmeticError, raiseAtCaller, raiseConcatError, raiseOrderError, raiseReadOnly, raiseTypeError, typeNameOf } from "./errors.js";
import { EVENT_KEYS, Event } from "./events.js";
import { raise } from "./fault.js";
import { bytesToEqual, bytesToOrder, chargeText } from "./long-text.js";
import { eventOf, metamethodOf, metatableOf } from "./metatables.js";
import { COST } from "./meter.js";
import { LuaTable } from "./table.js";
import type { Thread } from "./thread.js";
import { Userdata } from "./userdata.js";
import { type LuaValue, isFunction, isTruthy, rawEquals } from "./value.js";

/** "The result is what {@link pending} returns." Never seen by Lua code. */
export const NEEDS_CALL = new LuaTable();

/** The call that NEEDS_CALL asks for: func(a, b, c). Read it at once. */
export const pending = { func: undefined as LuaValue, a: undefined as LuaValue, b: undefined as LuaValue, c: undefined as LuaValue, count: 2 };

/** Lets go of the values of the last call: what they belong to is not used any more. */
export function forgetPending(): void {
  pending.func = pending.a = pending.b = pending.c = undefined;
}

/** Asks for func(a, b). */
export function need(func: LuaValue, a: LuaValue, b: LuaValue): LuaTable {
  pending.func = func;
  pending.a = a;
  pending.b = b;
  pending.count = 2;
  return NEEDS_CALL;
}

/** Steps through __index and __newindex tables before "possibly a loop" (MAXTAGLOOP). */
const MAX_CHAIN = 2000;

/** Steps of a chain that are part of the instruction: as many as caches and emitted code take at most. */
const FREE_STEPS = 32;

/** At step `i` of a chain: a long one is work that one instruction does not pay for. */
function payForStep(L: Thread, i: number): void {
  if (i >= FREE_STEPS && i % FREE_STEPS === 0) L.state.meter.charge(FREE_STEPS / COST.stepsPerUnit);
}

/** t[key] (manual 2.4, __index). */
export function lookup(L: Thread, t: LuaValue, key: LuaValue, origin: Origin): LuaValue {
  for (let i = 0; i < MAX_CHAIN; i++) {
    payForStep(L, i);
    let handler: LuaValue;
    if (t instanceof LuaTable) {
      const v = t.get(key);
      if (v !== undefined || t.metatable === null) return v;
      handler = eventOf(t.metatable, Event.Index);
      if (handler === undefined) return undefined;
    } else {
      handler = metamethodOf(L.state, t, Event.Index);
      if (handler === undefined) raiseTypeError(L, t, "index", origin);
    }
    if (isFunction(handler)) return need(handler, t, key);
    t = handler;
    origin = NOWHERE;
  }
  const v = t instanceof LuaTable ? t.get(key) : undefined;
  if (v === undefined) raise("'__index' chain too long; possible loop");
  return v;
}

/** t[key] = value (manual 2.4, __newindex). Answers NEEDS_CALL or undefined. */
export function assign(L: Thread, t: LuaValue, key: LuaValue, value: LuaValue, origin: Origin): LuaValue {
  for (let i = 0; i < MAX_CHAIN; i++) {
    payForStep(L, i);
    let handler: LuaValue;
    if (t instanceof LuaTable) {
      handler = t.metatable === null || t.get(key) !== undefined ? undefined : eventOf(t.metatable, Event.NewIndex);
      if (handler === undefined) {
        if (t.isReadOnly) raiseReadOnly(L, t, origin);
        t.set(key, value);
        return undefined;
      }
    } else {
      handler = metamethodOf(L.state, t, Event.NewIndex);
      if (handler === undefined) raiseTypeError(L, t, "index", origin);
    }
    if (isFunction(handler)) {
      need(handler, t, key);
      pending.c = value;
      pending.count = 3;
      return NEEDS_CALL;
    }
    t = handler;
    origin = NOWHERE;
  }
  if (!(t instanceof LuaTable) || t.get(key) === undefined) raise("'__newindex' chain too long; possible loop");
  t.set(key, value);
  return undefined;
}

/** Arithmetic and bitwise operators on two numbers; undefined when bitwise operands have no integer value. */
export function arithmetic(event: Event, a: LuaNumber, b: LuaNumber): LuaNumber | undefined {
  switch (event) {
    case Event.Add: return add(a, b);
    case Event.Sub: return sub(a, b);
    case Event.Mul: return mul(a, b);
    case Event.Div: return div(a, b);
    case Event.Pow: return pow(a, b);
    case Event.Unm: return unm(a);
    case Event.Mod: return mod(a, b) ?? raise("attempt to perform 'n%0'");
    case Event.IDiv: return idiv(a, b) ?? raise("attempt to divide by zero");
    default: {
      const x = toInteger(a);
      const y = toInteger(b);
      if (x === undefined || y === undefined) return undefined;
      switch (event) {
        case Event.BAnd: return band(x, y);
        case Event.BOr: return bor(x, y);
        case Event.BXor: return bxor(x, y);
        case Event.Shl: return shl(x, y);
        case Event.Shr: return shr(x, y);
        default: return bnot(x);
      }
    }
  }
}

/** {@link arithmetic} on two integers, for those that do not fit the interpreter's own ways. */
export function integerArithmetic(event: Event, a: LuaInteger, b: LuaInteger): LuaNumber | undefined {
  switch (event) {
    case Event.Add: return addWide(a, b);
    case Event.Sub: return subWide(a, b);
    case Event.Mul: return mulWide(a, b);
    case Event.BAnd: return band(a, b);
    case Event.BOr: return bor(a, b);
    case Event.BXor: return bxor(a, b);
    case Event.Shl: return shl(a, b);
    case Event.Shr: return shr(a, b);
    default: return arithmetic(event, a, b);
  }
}

const isBitwise = (event: Event): boolean => (event >= Event.BAnd && event <= Event.Shr) || event === Event.BNot;

/** Metamethod for a binary (or unary: b = a) operator whose operands are not both numbers. Raises when there is none. */
export function binaryMetamethod(L: Thread, event: Event, a: LuaValue, b: LuaValue, originA: Origin, originB: Origin): LuaTable {
  let handler = metamethodOf(L.state, a, event);
  if (handler === undefined) handler = metamethodOf(L.state, b, event);
  if (handler !== undefined) return need(handler, a, b);
  if (event === Event.Concat) raiseConcatError(L, a, b, originA, originB);
  raiseArithmeticError(L, a, b, isBitwise(event), originA, originB);
}

/** a == b with __eq: a boolean or NEEDS_CALL. */
export function equals(L: Thread, a: LuaValue, b: LuaValue): boolean | LuaTable {
  if (typeof a === "string" && typeof b === "string") chargeText(bytesToEqual(a, b));
  if (rawEquals(a, b)) return true;
  const comparable = (a instanceof LuaTable && b instanceof LuaTable) || (a instanceof Userdata && b instanceof Userdata);
  if (!comparable) return false;
  let handler = metamethodOf(L.state, a, Event.Eq);
  if (handler === undefined) handler = metamethodOf(L.state, b, Event.Eq);
  return handler === undefined ? false : need(handler, a, b);
}

/** a < b (Event.Lt) or a <= b (Event.Le): a boolean or NEEDS_CALL. */
export function order(L: Thread, event: Event.Lt | Event.Le, a: LuaValue, b: LuaValue): boolean | LuaTable {
  if (typeof a === "string" && typeof b === "string") {
    chargeText(bytesToOrder(a, b));
    return event === Event.Lt ? a < b : a <= b;
  }
  if (isNumber(a) && isNumber(b)) return event === Event.Lt ? lessThan(a, b) : lessEqual(a, b);
  let handler = metamethodOf(L.state, a, event);
  if (handler === undefined) handler = metamethodOf(L.state, b, event);
  if (handler === undefined) raiseOrderError(a, b);
  return need(handler, a, b);
}

/** #v: the length or NEEDS_CALL. */
export function lengthOf(L: Thread, v: LuaValue, origin: Origin): LuaValue {
  if (typeof v === "string") return v.length;
  const metatable = metatableOf(L.state, v);
  const handler = metatable === null ? undefined : eventOf(metatable, Event.Len);
  if (handler !== undefined) return need(handler, v, v);
  if (v instanceof LuaTable) return v.length();
  raiseTypeError(L, v, "get length of", origin);
}

/** -v and ~v on anything that is not a plain number: the result or NEEDS_CALL. */
export function unary(L: Thread, event: Event.Unm | Event.BNot, v: LuaValue, origin: Origin): LuaValue {
  if (isNumber(v)) {
    const result = arithmetic(event, v, v);
    if (result !== undefined) return result;
  }
  return binaryMetamethod(L, event, v, v, origin, origin);
}

/** The string a value concatenates as, or undefined when it is neither a string nor a number. */
export function concatText(v: LuaValue): string | undefined {
  if (typeof v === "string") return v;
  return isNumber(v) ? formatNumber(v) : undefined;
}

// ---- for natives: metamethods are called nested, and cannot be yielded across ------------------------------------

function complete(L: Thread, v: LuaValue): LuaValue {
  return v === NEEDS_CALL ? completeNested(L) : v;
}

/** Makes the call that NEEDS_CALL asks for, nested. */
export function completeNested(L: Thread): LuaValue {
  return L.call(pending.func, pendingArguments())[0];
}

export function pendingArguments(): LuaValue[] {
  const { a, b, c, count } = pending;
  return count === 3 ? [a, b, c] : [a, b];
}

/** t[key] for natives. */
export function index(L: Thread, t: LuaValue, key: LuaValue): LuaValue {
  return complete(L, lookup(L, t, key, NOWHERE));
}

/** t[key] = value for natives. */
export function setIndex(L: Thread, t: LuaValue, key: LuaValue, value: LuaValue): void {
  complete(L, assign(L, t, key, value, NOWHERE));
}

/** a == b for natives. */
export function equalValues(L: Thread, a: LuaValue, b: LuaValue): boolean {
  return isTruthy(complete(L, equals(L, a, b)));
}

/** a < b for natives. */
export function lessThanValues(L: Thread, a: LuaValue, b: LuaValue): boolean {
  return isTruthy(complete(L, order(L, Event.Lt, a, b)));
}

/** #v for natives; raises "object length is not an integer". */
export function lengthInteger(L: Thread, v: LuaValue): LuaInteger {
  if (v instanceof LuaTable && v.metatable === null) return v.length();
  return integerLength(L, complete(L, lengthOf(L, v, NOWHERE)));
}

/** What `#` gave, as an integer; raises for anything else. */
export function integerLength(L: Thread, length: LuaValue): LuaInteger {
  const number = typeof length === "string" ? parseNumber(length) : length;
  const integer = isNumber(number) ? toInteger(number) : undefined;
  if (integer === undefined) raiseAtCaller(L.frame, "object length is not an integer");
  return integer;
}

/** {@link lengthInteger} clamped to the integers that are JS numbers. */
export function lengthValue(L: Thread, v: LuaValue): number {
  const integer = lengthInteger(L, v);
  return typeof integer === "number" ? integer : integer > 0n ? Number.MAX_SAFE_INTEGER : -Number.MAX_SAFE_INTEGER;
}

/** Binary or unary operator on any values for natives (lua_arith). */
export function arithmeticValues(L: Thread, event: Event, a: LuaValue, b: LuaValue): LuaValue {
  if (isNumber(a) && isNumber(b)) {
    const result = arithmetic(event, a, b);
    if (result !== undefined) return result;
  }
  return complete(L, binaryMetamethod(L, event, a, b, NOWHERE, NOWHERE));
}

/** Any value as a string, through __tostring and __name (luaL_tolstring). */
export function toStringMeta(L: Thread, v: LuaValue): string {
  const handler = metamethodOf(L.state, v, Event.ToString);
  if (handler !== undefined) return textFromMethod(L, L.call1(handler, v));
  switch (typeof v) {
    case "string": return v;
    case "number": return formatNumber(v);
    case "undefined": return "nil";
    case "boolean": return v ? "true" : "false";
    case "bigint": return formatNumber(v);
    default:
      if (v instanceof LuaFloat) return formatNumber(v);
      return `${typeNameOf(v)}: ${L.state.addressOf(v)}`;
  }
}

/** What `__tostring` has answered, if it is text. */
export function textFromMethod(L: Thread, answer: LuaValue): string {
  return concatText(answer) ?? raiseAtCaller(L.frame, "'__tostring' must return a string");
}

/** Key of a metamethod event, for natives that look one up by name. */
export const eventKey = (event: Event): string => EVENT_KEYS[event]!;
