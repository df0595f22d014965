// The basic library (manual 6.1).
import type { Pieces } from "../base/pieces.js";
import { wrapInteger } from "../number/integer.js";
import { parseNumber } from "../number/parse.js";
import { LuaThrow } from "../vm/fault.js";
import { Event } from "../vm/events.js";
import { callAcross, canStandStill, tryAcross, withResult } from "../vm/callbacks.js";
import { NOWHERE } from "../vm/errors.js";
import type { Frame } from "../vm/frame.js";
import { type LuaClosure, type NativeImplementation, NativeFunction } from "../vm/function.js";
import { frameAt, where } from "../vm/inspect.js";
import type { LibrarySpec } from "../vm/library.js";
import { bytesToEqual, chargeText } from "../vm/long-text.js";
import { eventOf, metamethodOf, metatableOf } from "../vm/metatables.js";
import { COST } from "../vm/meter.js";
import { concatText, lookup, textFromMethod, toStringMeta } from "../vm/operations.js";
import { inPieces } from "../vm/pauses.js";
import { tryCall } from "../vm/protected.js";
import { Signal } from "../vm/signal.js";
import { stringSize } from "../vm/accounting.js";
import { LuaTable, traversal } from "../vm/table.js";
import { type LuaValue, isTruthy, rawEquals, typeName } from "../vm/value.js";
import { collectgarbage } from "./collectgarbage.js";
import { chargeNumeral } from "./string/price.js";
import { loadFile, loadFileInPieces, loadTextInPieces } from "./load-file.js";

function assert(f: Frame): LuaValue | Signal {
  if (isTruthy(f.arg(1))) return f.count === 1 ? f.arg(1) : f.resultArray(f.args());
  f.any(1);
  return raiseAt(f, f.count === 1 ? "assertion failed!" : f.arg(2), 1);
}

function error(f: Frame): Signal {
  return raiseAt(f, f.arg(1), f.optSmallInteger(2, 1));
}

/** Raises a value; a string gets the position of the function at `level` in front, also when assert raises it. */
function raiseAt(f: Frame, value: LuaValue, level: number): Signal {
  return f.raise(typeof value === "string" && level > 0 ? where(frameAt(f.L, level) ?? null) + value : value);
}

function print(f: Frame): Signal {
  return printFrom(f, 1, "", canStandStill(f));
}

/** Prints the arguments from `i` on behind what is in `line`. `stands`: stands still at each `__tostring`. */
function printFrom(f: Frame, i: number, line: string, stands: boolean): Signal {
  const { L } = f;
  for (; i <= f.count; i++) {
    const v = f.arg(i);
    if (i > 1) line += "\t";
    const method = stands ? metamethodOf(L.state, v, Event.ToString) : undefined;
    if (method === undefined) line += toStringMeta(L, v);
    else return callAcross(f, method, [v], (frame, results) => printFrom(frame, i + 1, line + textFromMethod(frame.L, results[0]), stands));
  }
  L.state.meter.charge(line.length / COST.bytesPerUnit);
  L.state.host.write(`${line}\n`);
  return f.none();
}

function tostring(f: Frame): LuaValue | Signal {
  const v = f.any(1);
  const method = metamethodOf(f.L.state, v, Event.ToString);
  if (method === undefined || !canStandStill(f)) return toStringMeta(f.L, v);
  return callAcross(f, method, [v], (frame, results) => textFromMethod(frame.L, results[0]));
}

function warn(f: Frame): Signal {
  f.string(1);
  for (let i = 2; i <= f.count; i++) f.string(i);
  for (let i = 1; i <= f.count; i++) f.L.state.warn(f.string(i), i < f.count);
  return f.none();
}

/** From so many arguments on, passing them is work to be paid for. */
export const MANY_ARGUMENTS = 64;

function select(f: Frame): LuaValue | Signal {
  if (f.arg(1) === "#") return f.count - 1;
  let n = f.smallInteger(1);
  if (n < 0) n = f.count + n;
  else if (n > f.count) n = f.count;
  if (n < 1) f.argError(1, "index out of range");
  if (n + 1 === f.count) return f.arg(n + 1);
  if (f.count > MANY_ARGUMENTS) f.L.state.meter.charge(f.count / COST.elementsPerUnit);
  return f.resultArray(f.args(n + 1));
}

function tonumber(f: Frame): LuaValue | Signal {
  if (f.isNoneOrNil(2)) {
    const v = f.any(1);
    if (typeof v === "string") {
      chargeNumeral(f, v);
      return parseNumber(v);
    }
    return typeName(v) === "number" ? v : undefined;
  }
  const base = f.smallInteger(2);
  const text = f.arg(1);
  if (typeof text !== "string") f.typeError(1, "string");
  if (base < 2 || base > 36) f.argError(2, "base out of range");
  chargeNumeral(f, text);
  return inPieces(f, parseInBase(text, base));
}

/** Digits that are read in one piece of work. */
const DIGITS = 4096;

/** A numeral in `base`, with optional sign and surrounding white space; wraps around as integers do. */
function* parseInBase(text: string, base: number): Pieces<LuaValue | Signal> {
  const match = /^[ \f\n\r\t\v]*([-+]?)([0-9A-Za-z]+)[ \f\n\r\t\v]*$/.exec(text);
  if (match === null) return undefined;
  let value = 0;
  let big: bigint | undefined;
  let count = 0;
  for (const char of match[2]!) {
    if (++count % DIGITS === 0) yield;
    const digit = parseInt(char, 36);
    if (digit >= base) return undefined;
    if (big === undefined && value <= 100_000_000_000_000) value = value * base + digit;
    else big = BigInt.asIntN(64, (big ?? BigInt(value)) * BigInt(base) + BigInt(digit));
  }
  if (big !== undefined) return wrapInteger(match[1] === "-" ? -big : big);
  return match[1] === "-" ? 0 - value : value;
}

function getmetatable(f: Frame): LuaValue {
  f.any(1);
  const metatable = metatableOf(f.L.state, f.arg(1));
  if (metatable === null) return undefined;
  return metatable.getStr("__metatable") ?? metatable;
}

function setmetatable(f: Frame): LuaValue {
  const t = f.table(1);
  const metatable = f.arg(2);
  if (!(metatable instanceof LuaTable) && (metatable !== undefined || f.isNone(2))) f.typeError(2, "nil or table");
  if (t.metatable?.getStr("__metatable") !== undefined) f.error("cannot change a protected metatable");
  if (t.keepsMetatable) f.error(t.refusal("change the metatable of"), "permission");
  t.setMetatable(metatable ?? null);
  if (metatable !== undefined) f.L.state.census.adopted(t, metatable);
  return t;
}

function rawlen(f: Frame): LuaValue {
  const v = f.arg(1);
  if (v instanceof LuaTable) return v.length();
  if (typeof v === "string") return v.length;
  f.typeError(1, "table or string");
}

function rawset(f: Frame): LuaValue {
  const t = f.table(1);
  f.any(2);
  f.any(3);
  if (t.isReadOnly) f.error(t.refusal("modify"), "permission");
  t.set(f.arg(2), f.arg(3));
  return t;
}

function rawget(f: Frame): LuaValue {
  const t = f.table(1);
  f.any(2);
  return t.get(f.arg(2));
}

// ---- traversal -----------------------------------------------------------------------------------------------------

const next = (f: Frame): LuaValue | Signal => {
  const t = f.table(1);
  const position = t.advance(f.arg(2));
  if (traversal.skipped >= COST.skippedPerUnit) f.L.state.meter.charge(Math.floor(traversal.skipped / COST.skippedPerUnit));
  return position < 0 ? undefined : f.results(t.keyAt(position), t.valueAt(position));
};

/** Empty places that a step of a loop may pass over without a call. */
const SKIP_FREELY = 64;

export const NEXT = new NativeFunction("next", next);
NEXT.step = (stack, ra) => {
  const t = stack[ra + 1];
  if (!(t instanceof LuaTable)) return false;
  const key = stack[ra + 2];
  if (typeof key === "number" && (key | 0) === key && key > 0 && key + 1 < t.arr.length && t.arr[key + 1] !== undefined) {
    stack[ra + 4] = key + 1;
    stack[ra + 5] = t.arr[key + 1];
    return true;
  }
  let position: number;
  try {
    position = t.advance(key);
  } catch {
    return false; // not a key of the table: the call words the error
  }
  if (traversal.skipped > SKIP_FREELY) return false; // the call charges for it
  stack[ra + 4] = position < 0 ? undefined : t.keyAt(position);
  stack[ra + 5] = position < 0 ? undefined : t.valueAt(position);
  return true;
};

function pairs(f: Frame): LuaValue | Signal {
  f.any(1);
  const handler = metatableOf(f.L.state, f.arg(1))?.getStr("__pairs");
  if (handler === undefined) return f.results(NEXT, f.arg(1), undefined);
  return f.callThen(handler, [f.arg(1)], (frame, results) => frame.results(results[0], results[1], results[2]));
}

export const INEXT = new NativeFunction("ipairs iterator", (f) => {
  const i = wrapInteger(BigInt(f.integer(2)) + 1n);
  return withResult(f, lookup(f.L, f.arg(1), i, NOWHERE), (frame, v) => (v === undefined ? undefined : frame.results(i, v)));
});
INEXT.step = (stack, ra) => {
  const t = stack[ra + 1];
  const i = stack[ra + 2];
  if (!(t instanceof LuaTable) || typeof i !== "number") return false;
  const v = (i | 0) === i ? t.getInt(i + 1) : undefined;
  if (v === undefined) {
    if ((i | 0) !== i || (t.metatable !== null && eventOf(t.metatable, Event.Index) !== undefined)) return false;
    stack[ra + 4] = undefined;
    return true;
  }
  stack[ra + 4] = i + 1;
  stack[ra + 5] = v;
  return true;
};

function ipairs(f: Frame): Signal {
  f.any(1);
  return f.results(INEXT, f.arg(1), 0);
}

// ---- protected calls ---------------------------------------------------------------------------------------------------

export function finishProtected(f: Frame, results: LuaValue[]): Signal {
  if (f.failure === null) return f.resultArray([true, ...results]);
  f.failure = null;
  return f.results(false, results[0]);
}

function pcall(f: Frame): Signal {
  f.any(1);
  return f.callProtected(f.arg(1), f.args(2), undefined, finishProtected);
}

function xpcall(f: Frame): Signal {
  const handler = f.function_(2);
  return f.callProtected(f.arg(1), f.args(3), handler, finishProtected);
}

// ---- loading -------------------------------------------------------------------------------------------------------------

/** What {@link loadTextInPieces} gives, or nil and Lua's message. */
function* orMessage(f: Frame, loading: Pieces<LuaClosure>): Pieces<LuaValue | Signal> {
  try {
    return yield* loading;
  } catch (failure) {
    const isDenial = failure instanceof LuaThrow && failure.kind === "permission" && failure.cause !== undefined;
    if (failure instanceof LuaThrow && !isDenial) return f.results(undefined, failure.value);
    throw failure; // limits, what a sandbox refuses, host failures
  }
}

/** The environment, when argument `i` is given: nil is one too. */
const environment = (f: Frame, i: number): [] | [LuaValue] => (f.isNone(i) ? [] : [f.arg(i)]);

/** Pieces from a reader that are kept apart: a longer list is something JavaScript may not survive. */
const MOST_PARTS = 1_000_000;

function load(f: Frame): LuaValue | Signal {
  const chunk = f.arg(1);
  const mode = f.optString(3, "bt");
  if (typeof chunk === "string" || typeof chunk === "number") {
    const text = f.string(1);
    const name = f.optString(2, text);
    return inPieces(f, orMessage(f, loadTextInPieces(f.L.state, text, name, mode, ...environment(f, 4))));
  }
  const chunkName = f.optString(2, "=(load)");
  const reader = f.function_(1);
  const finish = (frame: Frame, text: string): LuaValue | Signal =>
    inPieces(frame, orMessage(frame, loadTextInPieces(frame.L.state, text, chunkName, mode, ...environment(frame, 4))));
  const reading = new Reading();
  if (canStandStill(f)) return reading.goOnAcross(f, reader, finish);
  for (;;) {
    const outcome = tryCall(f.L, reader, []);
    if (outcome instanceof LuaThrow) return f.results(undefined, outcome.value);
    const done = reading.take(f, outcome[0], finish);
    if (done !== MORE) return done;
  }
}

/** What {@link Reading.take} answers before the end. */
const MORE = new Signal("more");

/** What a reader has given so far. */
class Reading {
  private parts: string[] = [];
  private size = 0;

  /** Takes a piece; at the end, gives all there is to `finish`. */
  take(f: Frame, piece: LuaValue, finish: (frame: Frame, text: string) => LuaValue | Signal): LuaValue | Signal {
    if (piece === undefined || piece === "") return finish(f, this.parts.join(""));
    const text = concatText(piece);
    if (text === undefined) return f.results(undefined, `${where(frameAt(f.L, 1) ?? null)}reader function must return a string`);
    this.size += stringSize(text.length);
    f.L.state.memory.require(this.size);
    this.parts.push(text);
    if (this.parts.length === MOST_PARTS) this.parts = [this.parts.join("")];
    return MORE;
  }

  /** Asks the reader until the end, and stands still at each call. */
  goOnAcross(f: Frame, reader: LuaValue, finish: (frame: Frame, text: string) => LuaValue | Signal): Signal {
    return tryAcross(f, reader, [], (frame, results) => {
      const { failure } = frame;
      if (failure !== null) {
        frame.failure = null;
        return frame.results(undefined, failure.value);
      }
      const done = this.take(frame, results[0], finish);
      return done === MORE ? this.goOnAcross(frame, reader, finish) : done;
    });
  }
}

function loadfile(f: Frame): LuaValue | Signal {
  const path = f.optString(1, undefined);
  const mode = f.optString(2, "bt");
  return inPieces(f, orMessage(f, loadFileInPieces(f.L.state, path, f.L.state.host, mode, ...environment(f, 3))));
}

function dofile(f: Frame): Signal {
  const chunk = loadFile(f.L.state, f.optString(1, undefined));
  return f.callThen(chunk, [], (frame, results) => frame.resultArray(results));
}

function rawequal(f: Frame): boolean {
  const a = f.any(1);
  const b = f.any(2);
  if (typeof a === "string" && typeof b === "string") chargeText(bytesToEqual(a, b));
  return rawEquals(a, b);
}

const functions: Record<string, NativeImplementation> = {
  assert, collectgarbage, dofile, error, getmetatable, ipairs, load, loadfile, pairs, pcall, print, rawget, rawlen, rawset,
  select, setmetatable, tonumber, warn, xpcall,
  rawequal, tostring,
  type: (f) => typeName(f.any(1)),
};

export const basicLibrary: LibrarySpec = {
  name: "_G",
  functions,
  values: { next: NEXT, _VERSION: "Lua 5.4" },
};

