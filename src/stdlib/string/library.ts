// The string library (manual, 6.4) and the metatable that all strings share.
import type { Pieces } from "../../base/pieces.js";
import { bytesToString, cut, flatten } from "../../base/bytes.js";
import { type LuaNumber, isNumber } from "../../number/float.js";
import { parseNumber } from "../../number/parse.js";
import { callAcross, canStandStill } from "../../vm/callbacks.js";
import { Event } from "../../vm/events.js";
import type { Frame } from "../../vm/frame.js";
import type { NativeFunction, NativeImplementation, QuickForm } from "../../vm/function.js";
import { type LibrarySpec, addFunctions } from "../../vm/library.js";
import { metatableOf } from "../../vm/metatables.js";
import { arithmetic, eventKey } from "../../vm/operations.js";
import { inPieces } from "../../vm/pauses.js";
import { DECLINED, type Signal } from "../../vm/signal.js";
import { LuaTable } from "../../vm/table.js";
import { type LuaValue, typeName } from "../../vm/value.js";
import { format } from "./format.js";
import { gsub } from "./gsub.js";
import { pack, packSize, unpack } from "./pack.js";
import { endPosition, startPosition } from "./positions.js";
import { MAX_SIZE, SHORT_NUMERAL, chargeBytes, chargeNumeral, reserve } from "./price.js";
import { find, gmatch, match } from "./search.js";

/** Results that fit on a Lua stack. */
const MAX_RESULTS = 999_000;

function byte(f: Frame): LuaValue | Signal {
  const s = f.string(1);
  const position = f.optSmallInteger(2, 1);
  const start = startPosition(position, s.length);
  const end = endPosition(f.optSmallInteger(3, position), s.length);
  if (start > end) return f.none();
  if (start === end) return s.charCodeAt(start - 1);
  if (end - start >= MAX_RESULTS) f.error("stack overflow (string slice too long)");
  const codes: LuaValue[] = [];
  for (let i = start - 1; i < end; i++) codes.push(s.charCodeAt(i));
  chargeBytes(f, codes.length);
  return f.resultArray(codes);
}

function char(f: Frame): LuaValue {
  const { count } = f;
  let out = "";
  for (let i = 1; i <= count; i++) {
    const code = f.integer(i);
    f.argCheck(code >= 0 && code <= 255, i, "value out of range");
    out += String.fromCharCode(code as number);
  }
  reserve(f, count);
  return flatten(out); // a chain of single bytes is many times as large
}

function dump(f: Frame): LuaValue {
  const fn = f.function_(1);
  const bytes = f.L.state.dump(fn, f.boolean(2));
  if (bytes === undefined) f.error("unable to dump given function");
  reserve(f, bytes.length);
  return bytes;
}

function len(f: Frame): LuaValue {
  return f.string(1).length;
}

const NOT_ASCII = /[^\x00-\x7f]/;

export function lowerText(s: string): string {
  return NOT_ASCII.test(s) ? s.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()) : s.toLowerCase();
}

export function upperText(s: string): string {
  return NOT_ASCII.test(s) ? s.replace(/[a-z]+/g, (letters) => letters.toUpperCase()) : s.toUpperCase();
}

/** Bytes that are changed in one piece of work. */
export const STRETCH = 1 << 16;

/** The text that `change` makes of each stretch of `s`, as the result of `f`; of the last one first if `isReversed`. */
function changed(f: Frame, s: string, change: (text: string) => string, isReversed = false): LuaValue | Signal {
  reserve(f, s.length);
  return s.length <= STRETCH ? change(s) : inPieces(f, changedInPieces(s, change, isReversed));
}

function* changedInPieces(s: string, change: (text: string) => string, isReversed: boolean): Pieces<LuaValue | Signal> {
  let out = "";
  for (let at = 0; at < s.length; at += STRETCH) {
    const piece = change(s.slice(at, at + STRETCH));
    out = isReversed ? piece + out : out + piece;
    yield;
  }
  return flatten(out);
}

const lower = (f: Frame): LuaValue | Signal => changed(f, f.string(1), lowerText);
const upper = (f: Frame): LuaValue | Signal => changed(f, f.string(1), upperText);

function rep(f: Frame): LuaValue {
  const s = f.string(1);
  const count = f.smallInteger(2);
  const separator = f.optString(3, "");
  if (count <= 0) return "";
  if (s.length + separator.length > MAX_SIZE / count) f.error("resulting string too large");
  reserve(f, count * s.length + (count - 1) * separator.length);
  const text = separator === "" ? s.repeat(count) : (s + separator).repeat(count - 1) + s;
  f.L.state.noteBuilt(text);
  return text;
}

function reversed(s: string): string {
  const { length } = s;
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) bytes[length - 1 - i] = s.charCodeAt(i);
  return bytesToString(bytes);
}

const reverse = (f: Frame): LuaValue | Signal => changed(f, f.string(1), reversed, true);

function sub(f: Frame): LuaValue {
  const s = f.string(1);
  const start = startPosition(f.smallInteger(2), s.length);
  const end = endPosition(f.optSmallInteger(3, -1), s.length);
  if (start > end) return "";
  reserve(f, end - start + 1);
  return cut(s, start - 1, end);
}

/** A number, or the number that a string spells; undefined for anything else. */
function numberOf(v: LuaValue): LuaNumber | undefined {
  if (typeof v === "string") return parseNumber(v);
  return isNumber(v) ? v : undefined;
}

/** The metamethod of strings for one operator: coerces both operands, else hands over to the second one's metamethod. */
function coercing(event: Event): NativeImplementation {
  const key = eventKey(event);
  return (f) => {
    const a = f.arg(1);
    const b = f.arg(2);
    if (typeof a === "string") chargeNumeral(f, a);
    if (typeof b === "string") chargeNumeral(f, b);
    const x = numberOf(a);
    const y = numberOf(b);
    if (x !== undefined && y !== undefined) return arithmetic(event, x, y);
    const handler = typeof b === "string" ? undefined : metatableOf(f.L.state, b)?.getStr(key);
    if (handler === undefined) f.error(`attempt to ${key.slice(2)} a '${typeName(a)}' with a '${typeName(b)}'`);
    return canStandStill(f) ? callAcross(f, handler, [a, b], (_, results) => results[0]) : f.L.call1(handler, a, b);
  };
}

/** {@link numberOf}, and undefined for a numeral that is paid for. */
const numberOfShort = (v: LuaValue): LuaNumber | undefined => (typeof v === "string" && v.length > SHORT_NUMERAL ? undefined : numberOf(v));

/** {@link coercing} of numbers and short numerals. */
function coercingQuickly(event: Event): QuickForm {
  return ({ stack }, at) => {
    const x = numberOfShort(stack[at + 1]);
    const y = numberOfShort(stack[at + 2]);
    return x === undefined || y === undefined ? DECLINED : arithmetic(event, x, y);
  };
}

/** Operators that coerce strings. The bitwise ones do not. */
const COERCING: readonly Event[] = [
  Event.Add, Event.Sub, Event.Mul, Event.Mod, Event.Pow, Event.Div, Event.IDiv, Event.Unm,
];

export const stringLibrary: LibrarySpec = {
  name: "string",
  functions: {
    byte, char, dump, find, format, gmatch, gsub, len, lower, match, rep, reverse, sub, upper,
    pack, packsize: packSize, unpack,
  },
  setup(state, library) {
    const metatable = new LuaTable();
    addFunctions(metatable, "", Object.fromEntries(COERCING.map((event) => [eventKey(event), coercing(event)])));
    for (const event of COERCING) (metatable.getStr(eventKey(event)) as NativeFunction).quick = coercingQuickly(event);
    metatable.setStr("__index", library);
    state.stringMeta = metatable;
  },
};
