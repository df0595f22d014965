// Numeric for loops (manual 3.3.5): preparation, and the steps that are not plain small integers.
//
// Registers: ra internal index, ra+1 iterations left (integer loop) or limit, ra+2 step, ra+3 the visible variable.
// A float loop keeps its limit and step in LuaFloat boxes whatever their value: that is what tells the loops apart.
import { add, toInteger } from "../number/arithmetic.js";
import { LuaFloat, type LuaInteger, isInteger, isNumber, makeFloat, toDouble } from "../number/float.js";
import { MAX_INTEGER, MIN_INTEGER } from "../number/integer.js";
import { parseNumber } from "../number/parse.js";
import { raiseForError } from "./errors.js";
import { raise } from "./fault.js";
import type { LuaValue } from "./value.js";

/** Prepares the loop at stack[ra]; answers whether it runs at all. */
export function prepareFor(stack: LuaValue[], ra: number): boolean {
  const init = stack[ra];
  const limit = stack[ra + 1];
  const step = stack[ra + 2];
  if (isInteger(init) && isInteger(step)) {
    if (step === 0) raise("'for' step is zero");
    const last = integerLimit(limit, step);
    stack[ra + 3] = init;
    if (last === undefined || (step > 0 ? init > last : init < last)) return false;
    stack[ra + 1] = iterations(init, last, step);
    return true;
  }
  const end = loopNumber(limit, "limit");
  const by = loopNumber(step, "step");
  const first = loopNumber(init, "initial value");
  if (by === 0) raise("'for' step is zero");
  if (by > 0 ? end < first : first < end) return false;
  stack[ra] = new LuaFloat(first);
  stack[ra + 1] = new LuaFloat(end);
  stack[ra + 2] = new LuaFloat(by);
  stack[ra + 3] = makeFloat(first);
  return true;
}

/** A loop value as a double; numerals in strings convert, as C Lua lets them. */
function loopNumber(v: LuaValue, what: "initial value" | "limit" | "step"): number {
  const n = typeof v === "string" ? parseNumber(v) : v;
  if (!isNumber(n)) raiseForError(v, what);
  return toDouble(n);
}

/** The limit clipped to integers; undefined when no value of the loop's type can pass it. */
function integerLimit(limit: LuaValue, step: LuaInteger): LuaInteger | undefined {
  if (isInteger(limit)) return limit;
  const end = loopNumber(limit, "limit");
  const rounded = toInteger(makeFloat(step < 0 ? Math.ceil(end) : Math.floor(end)));
  if (rounded !== undefined) return rounded;
  if (end > 0) return step < 0 ? undefined : MAX_INTEGER;
  return step > 0 ? undefined : MIN_INTEGER; // NaN too: C Lua gives it the minimum, which no ascending loop passes
}

/** How often the loop goes on after the first iteration. */
function iterations(init: LuaInteger, last: LuaInteger, step: LuaInteger): LuaInteger {
  if (typeof init === "number" && typeof last === "number" && typeof step === "number") {
    const distance = Math.abs(last - init);
    if (distance <= Number.MAX_SAFE_INTEGER) return Math.floor(distance / Math.abs(step));
  }
  const distance = BigInt(last) - BigInt(init);
  const count = distance / BigInt(step); // same signs: exact floor
  return count <= 9007199254740991n ? Number(count) : count; // up to 2^64 − 1: not wrapped
}

/** One step of a loop that is not on plain integers; answers whether it goes on. */
export function stepFor(stack: LuaValue[], ra: number): boolean {
  const step = stack[ra + 2];
  const index = stack[ra];
  const count = stack[ra + 1];
  if (step instanceof LuaFloat && index instanceof LuaFloat && count instanceof LuaFloat) {
    const next = index.n + step.n;
    const end = count.n;
    if (step.n > 0 ? !(next <= end) : !(end <= next)) return false;
    stack[ra] = new LuaFloat(next);
    stack[ra + 3] = makeFloat(next);
    return true;
  }
  if (!isInteger(step) || !isInteger(index) || !isInteger(count)) raise("'for' loop was not prepared"); // debug.setlocal
  if (count <= 0) return false;
  const left = typeof count === "bigint" ? count - 1n : count - 1;
  stack[ra + 1] = typeof left === "bigint" && left <= 9007199254740991n ? Number(left) : left;
  const next = add(index, step);
  stack[ra] = next;
  stack[ra + 3] = next;
  return true;
}
