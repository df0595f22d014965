// Integers of 64 bits in emitted code: halves of 32 bits instead of bigints (wide.ts), for registers that the analysis keeps as
// pairs, and for instructions that were seen to need them.
import { type LuaInteger, isInteger as isIntegerNumber } from "../number/float.js";
import { modHalves, mulCarry, joinHalves, highHalf, lowHalf, shiftHalvesLeft, shiftHalvesRight, shiftedHigh } from "../number/wide.js";
import { Event } from "../vm/events.js";
import type { Emitter } from "./emitter.js";
import { type Interval, Kind, type TypeSet, within } from "./lattice.js";
import { type Operand, isInteger, isSafe, isSmall } from "./operand.js";
import { Form } from "./types.js";
import * as wide from "./wide.js";

/** The halves of register `n`, and three places for others. */
export const pairOf = (n: number | "x" | "y" | "z"): wide.Pair => ({ high: `h${n}`, low: `l${n}` });

const WORD_MAX = 4294967295;
/** Largest divisor for which {@link modHalves} is exact. */
const MAX_DIVISOR = 2 ** 37;

const names = (e: Emitter): wide.WideNames => ({ temporary: "t", mulCarry: e.out.constant(mulCarry), joinHalves: e.out.constant(joinHalves) });

/** Expression for the integer of a pair that is known to be in `interval`. */
export function joined(e: Emitter, pair: wide.Pair, { low, high }: Interval): string {
  if (low >= -2147483648 && high <= 2147483647) return wide.joinedSmall(pair);
  if (low >= 0 && high <= WORD_MAX) return `(${pair.low} >>> 0)`;
  if (low >= -Number.MAX_SAFE_INTEGER && high <= Number.MAX_SAFE_INTEGER) return wide.joinedSafe(pair);
  return wide.joined(pair, names(e));
}

/** Statements that make a pair of the variable `name`, an integer of `type` and `interval`. */
export function splitText(e: Emitter, to: wide.Pair, name: string, type: TypeSet): string {
  if (within(type, Kind.Small)) return wide.assign(to, wide.smallPair(name));
  if (within(type, Kind.Small | Kind.Safe)) return `${to.high} = Math.floor(${name} / 4294967296) | 0; ${to.low} = ${name} | 0;`;
  return wide.split(to, name, { lowHalf: e.out.constant(lowHalf), highHalf: e.out.constant(highHalf) });
}

/** The halves of an operand; leaves by `exit` if it is no integer. `place`: where they may be put. */
function halves(e: Emitter, o: Operand, place: "x" | "y", exit: string): wide.Pair {
  if (o.pair !== undefined) return o.pair;
  if (isIntegerValue(o.value)) return wide.constantPair(o.value);
  if (isSmall(o) && o.double !== undefined) return wide.smallPair(o.double);
  if (isSafe(o) && o.double !== undefined && o.interval.low >= 0 && o.interval.high <= WORD_MAX) return { high: "0", low: `(${o.double} | 0)` };
  const { register } = o;
  const isVariable = register !== undefined && !e.isCaptured(register);
  const to = pairOf(isVariable ? register : place);
  if (isVariable && e.split.has(register)) return to;
  const name = isVariable ? o.tagged : place;
  if (!isVariable) e.line(`${name} = ${o.tagged};`);
  if (!isInteger(o)) e.line(`if (typeof ${name} === "number" ? !Number.isSafeInteger(${name}) : typeof ${name} !== "bigint") ${exit}`);
  e.line(splitText(e, to, name, isInteger(o) ? o.type : Kind.Int));
  if (isVariable) e.split.add(register);
  return to;
}

/** Is a constant operand's value an integer? */
export const isIntegerValue = (value: unknown): value is LuaInteger => value !== undefined && isIntegerNumber(value);

/** Leaves by `exit` unless the operand is an integer. */
export function requireInteger(e: Emitter, o: Operand, exit: string): void {
  if (isInteger(o) || o.register === undefined) return;
  e.line(`t = ${o.tagged}; if (typeof t === "number" ? !Number.isSafeInteger(t) : typeof t !== "bigint") ${exit}`);
}

/** A distance of a shift, as an integer of 32 bits. */
function distanceOf(e: Emitter, o: Operand, exit: string): string {
  if (isSmall(o) && o.double !== undefined) return o.double;
  const name = e.once(o, "e");
  e.line(`if (typeof ${name} !== "number" || (${name} | 0) !== ${name}) ${exit}`);
  return name;
}

const powerOf = (value: unknown): number => {
  if (typeof value !== "number" || value <= 0) return -1;
  const power = Math.log2(value);
  return Number.isInteger(power) && 2 ** power === value ? power : -1;
};

/** Whether `event` has a form on pairs for such operands. */
function isSupported(event: Event, y: Operand): boolean {
  switch (event) {
    case Event.Mod: return typeof y.value === "number" && y.value > 0 && y.value <= MAX_DIVISOR;
    case Event.IDiv: return powerOf(y.value) >= 0;
    case Event.Add: case Event.Sub: case Event.Mul: case Event.BAnd: case Event.BOr: case Event.BXor: case Event.Shl: case Event.Shr: return true;
    default: return false;
  }
}

/**
 * Writes an arithmetic or bitwise operation with an integer result in halves; the facts are those behind it. False, and nothing
 * is written, when it is not one for them. `exit`: leaves because an operand is no integer.
 */
export function emitWideArithmetic(e: Emitter, event: Event, x: Operand, y: Operand, target: number, expectsWide: boolean, exit: string): boolean {
  const { facts } = e;
  if (!facts.is(target, Kind.Int) || !isSupported(event, y)) return false;
  if (!expectsWide && x.pair === undefined && y.pair === undefined && facts.form(target) !== Form.Pair) return false;
  const interval = facts.interval(target);
  if (event === Event.Mod && powerOf(y.value) < 0) {
    const a = halves(e, x, "x", exit);
    write(e, target, (to) => `t = ${e.out.constant(modHalves)}(${a.high}, ${a.low}, ${String(y.value)}); ${wide.assign(to, wide.safePair("t"))}`,
      `${e.out.constant(modHalves)}(${a.high}, ${a.low}, ${String(y.value)})`);
    return true;
  }
  const isShift = event === Event.Shl || event === Event.Shr;
  const a = halves(e, x, "x", exit);
  if (isShift || event === Event.Mod || event === Event.IDiv) {
    const text = isShift ? shiftText(e, event, a, y, exit) : (to: wide.Pair) =>
      event === Event.Mod ? wide.lowBits(to, a, powerOf(y.value)) : wide.divideByPower(to, a, powerOf(y.value));
    write(e, target, text);
    return true;
  }
  const b = halves(e, y, "y", exit);
  const isWord = interval.low >= 0 && interval.high <= WORD_MAX;
  const bit = event === Event.BAnd ? "&" : event === Event.BOr ? "|" : "^";
  switch (event) {
    case Event.Add: write(e, target, (to) => wide.add(to, a, b, names(e))); break;
    case Event.Sub: write(e, target, (to) => wide.sub(to, a, b, names(e))); break;
    case Event.Mul: write(e, target, (to) => wide.mul(to, a, b, names(e))); break;
    default: write(e, target, (to) => wide.bitwise(to, a, bit, b), isWord ? `(${a.low} ${bit} ${b.low})${interval.high <= 2147483647 ? "" : " >>> 0"}` : undefined);
  }
  return true;
}

function shiftText(e: Emitter, event: Event, a: wide.Pair, y: Operand, exit: string): (to: wide.Pair) => string {
  const { value } = y;
  if (typeof value === "number" && Math.abs(value) <= 64) {
    return (to) => (event === Event.Shl ? wide.shiftLeft(to, a, value) : wide.shiftRight(to, a, value));
  }
  const n = distanceOf(e, y, exit);
  const shift = e.out.constant(event === Event.Shl ? shiftHalvesLeft : shiftHalvesRight);
  return (to) => `${to.low} = ${shift}(${a.high}, ${a.low}, ${n}); ${to.high} = ${e.out.constant(shiftedHigh)}();`;
}

/** Writes a result as the code ahead wants it. `value`: expression for it as a number, if there is a shorter one. */
function write(e: Emitter, target: number, text: (to: wide.Pair) => string, value?: string): void {
  if (e.facts.form(target) === Form.Pair) {
    e.line(text(pairOf(target)));
    return;
  }
  const place = pairOf("z");
  if (value === undefined) e.line(text(place));
  e.line(`${e.r(target)} = ${value ?? joined(e, place, e.facts.interval(target))};`);
  if (value !== undefined || e.isCaptured(target)) return;
  e.line(wide.assign(pairOf(target), place)); // whoever computes with it next need not split it
  e.isFreshlySplit = true;
}

/** −x or ~x on a pair. */
export function emitWideUnary(e: Emitter, op: "-" | "~", x: Operand, target: number): void {
  const a = x.pair!;
  write(e, target, (to) => (op === "~" ? wide.not(to, a) : wide.sub(to, wide.constantPair(0), a, names(e))));
}

/** The condition that x is less than y without signs, on integers; leaves by `exit` if one is none. */
export function isUnsignedLess(e: Emitter, x: Operand, y: Operand, exit: string): string {
  const a = halves(e, x, "x", exit);
  const b = halves(e, y, "y", exit);
  const [ah, bh] = [`(${a.high} >>> 0)`, `(${b.high} >>> 0)`];
  return `(${ah} < ${bh} || (${ah} === ${bh} && (${a.low} >>> 0) < (${b.low} >>> 0)))`;
}

/** The condition x `sign` y on integers of which one is a pair; undefined: it must be decided on values. */
export function wideCondition(e: Emitter, sign: string, x: Operand, y: Operand): string | undefined {
  if ((x.pair === undefined && y.pair === undefined) || !isInteger(x) || !isInteger(y)) return undefined;
  const a = halves(e, x, "x", "");
  const b = halves(e, y, "y", "");
  switch (sign) {
    case "===": return wide.equals(a, b);
    case "<": return wide.less(a, b);
    case "<=": return wide.atMost(a, b);
    case ">": return wide.less(b, a);
    default: return wide.atMost(b, a);
  }
}
