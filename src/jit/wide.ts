// 64-bit integer arithmetic as emitted text: an integer in two variables, its high and low 32 bits, both signed. No bigint is
// made before the value leaves for a table, a call or the interpreter.
//
// A program of hashes and random generators took 0.08 times as long with pairs as with integers that are numbers or bigints, and
// 0.4 times as long as with bigints in variables and BigInt.asIntN (medians of interleaved runs).
import { type LuaInteger } from "../number/float.js";
import { highHalf, lowHalf } from "../number/wide.js";

/** Expressions without effects for the two halves: names, or literals. */
export interface Pair {
  readonly high: string;
  readonly low: string;
}

/** Names of what the text uses: a scratch variable, and the functions of src/number/wide.ts. */
export interface WideNames {
  readonly temporary: string;
  readonly mulCarry: string;
  readonly joinHalves: string;
}

export function constantPair(value: LuaInteger): Pair {
  return { high: `(${highHalf(value) | 0})`, low: `(${lowHalf(value)})` };
}

/** The pair of a variable that holds an integer of 32 bits. */
export const smallPair = (name: string): Pair => ({ high: `(${name} >> 31)`, low: name });

/** The pair of a variable that holds an integer as a number. */
export const safePair = (name: string): Pair => ({ high: `Math.floor(${name} / 4294967296)`, low: `(${name} | 0)` });

/** Statements that split a variable with any integer, number or bigint, into `to`. */
export function split(to: Pair, name: string, halves: { readonly lowHalf: string; readonly highHalf: string }): string {
  return `if (typeof ${name} === "number") { ${to.high} = Math.floor(${name} / 4294967296) | 0; ${to.low} = ${name} | 0; } ` +
    `else { ${to.high} = ${halves.highHalf}(${name}); ${to.low} = ${halves.lowHalf}(${name}); }`;
}

/** The integer as the interpreter has it. */
export const joined = ({ high, low }: Pair, names: WideNames): string => `${names.joinHalves}(${high}, ${low})`;
/** The same for one that is known to be a safe integer. */
export const joinedSafe = ({ high, low }: Pair): string => `(${high} * 4294967296 + (${low} >>> 0))`;
/** The same for one that is known to have 32 bits. */
export const joinedSmall = ({ low }: Pair): string => low;

// ---- statements; `to` may be one of the operands ---------------------------------------------------------------------------

export const assign = (to: Pair, from: Pair): string => `${to.high} = ${from.high}; ${to.low} = ${from.low};`;

export function add(to: Pair, a: Pair, b: Pair, { temporary: t }: WideNames): string {
  return `${t} = (${a.low} >>> 0) + (${b.low} >>> 0); ${to.high} = (${a.high} + ${b.high} + (${t} > 4294967295 ? 1 : 0)) | 0; ${to.low} = ${t} | 0;`;
}

export function sub(to: Pair, a: Pair, b: Pair, { temporary: t }: WideNames): string {
  return `${t} = (${a.low} >>> 0) - (${b.low} >>> 0); ${to.high} = (${a.high} - ${b.high} - (${t} < 0 ? 1 : 0)) | 0; ${to.low} = ${t} | 0;`;
}

export function mul(to: Pair, a: Pair, b: Pair, { temporary: t, mulCarry }: WideNames): string {
  return `${t} = (${mulCarry}(${a.low}, ${b.low}) + Math.imul(${a.high}, ${b.low}) + Math.imul(${a.low}, ${b.high})) | 0; ` +
    `${to.low} = Math.imul(${a.low}, ${b.low}); ${to.high} = ${t};`;
}

/** `&`, `|` or (Lua's `~`) `^`. */
export function bitwise(to: Pair, a: Pair, operator: "&" | "|" | "^", b: Pair): string {
  return `${to.high} = ${a.high} ${operator} ${b.high}; ${to.low} = ${a.low} ${operator} ${b.low};`;
}

export const not = (to: Pair, a: Pair): string => `${to.high} = ~${a.high}; ${to.low} = ~${a.low};`;

/** a << n for a constant; a negative n shifts right, as in Lua. */
export function shiftLeft(to: Pair, a: Pair, n: number): string {
  if (n < 0) return shiftRight(to, a, -n);
  if (n >= 64) return `${to.high} = 0; ${to.low} = 0;`;
  if (n === 0) return assign(to, a);
  if (n >= 32) return `${to.high} = ${a.low} << ${n - 32}; ${to.low} = 0;`;
  return `${to.high} = (${a.high} << ${n}) | (${a.low} >>> ${32 - n}); ${to.low} = ${a.low} << ${n};`;
}

/** a >> n for a constant: zeros come in. */
export function shiftRight(to: Pair, a: Pair, n: number): string {
  if (n < 0) return shiftLeft(to, a, -n);
  if (n >= 64) return `${to.high} = 0; ${to.low} = 0;`;
  if (n === 0) return assign(to, a);
  if (n >= 32) return `${to.low} = (${a.high} >>> ${n - 32}) | 0; ${to.high} = 0;`;
  return `${to.low} = (${a.low} >>> ${n}) | (${a.high} << ${32 - n}); ${to.high} = (${a.high} >>> ${n}) | 0;`;
}

/** a // 2^n, rounded down, for 0 <= n <= 62. */
export function divideByPower(to: Pair, a: Pair, n: number): string {
  if (n === 0) return assign(to, a);
  if (n >= 32) return `${to.low} = ${a.high} >> ${n - 32}; ${to.high} = ${a.high} >> 31;`;
  return `${to.low} = (${a.low} >>> ${n}) | (${a.high} << ${32 - n}); ${to.high} = ${a.high} >> ${n};`;
}

/** a % 2^n for 0 <= n <= 62: the low bits, whatever the sign. */
export function lowBits(to: Pair, a: Pair, n: number): string {
  return bitwise(to, a, "&", constantPair(n <= 52 ? 2 ** n - 1 : (1n << BigInt(n)) - 1n));
}

// ---- conditions ------------------------------------------------------------------------------------------------------------

export const equals = (a: Pair, b: Pair): string => `(${a.low} === ${b.low} && ${a.high} === ${b.high})`;

export function less(a: Pair, b: Pair): string {
  return `(${a.high} < ${b.high} || (${a.high} === ${b.high} && (${a.low} >>> 0) < (${b.low} >>> 0)))`;
}

export function atMost(a: Pair, b: Pair): string {
  return `(${a.high} < ${b.high} || (${a.high} === ${b.high} && (${a.low} >>> 0) <= (${b.low} >>> 0)))`;
}
