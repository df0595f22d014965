// Arithmetic, bitwise and unary operators, and comparisons. What is known of the operands' types decides what is checked.
import { getA, getB, getC, getK, getOp, getSB, getSC } from "../bytecode/instruction.js";
import { Op } from "../bytecode/opcodes.js";
import type { Constant } from "../bytecode/proto.js";
import { powFloat } from "../number/arithmetic.js";
import { LuaFloat, isInteger, makeFloat } from "../number/float.js";
import { Event } from "../vm/events.js";
import { LONG_TEXT } from "../vm/long-text.js";
import { emitWideArithmetic, emitWideUnary, isIntegerValue, requireInteger, wideCondition } from "./emit-wide.js";
import type { Emitter } from "./emitter.js";
import { type Interval, Kind, addIntervals, mulIntervals, subIntervals } from "./lattice.js";
import { type Operand, floatOf, isDouble, isPlain, isSmall, isRaw } from "./operand.js";
import { Form } from "./types.js";

const EVENT_OF: Partial<Record<Op, Event>> = {
  [Op.AddI]: Event.Add, [Op.AddK]: Event.Add, [Op.Add]: Event.Add, [Op.SubK]: Event.Sub, [Op.Sub]: Event.Sub,
  [Op.MulK]: Event.Mul, [Op.Mul]: Event.Mul, [Op.ModK]: Event.Mod, [Op.Mod]: Event.Mod, [Op.PowK]: Event.Pow, [Op.Pow]: Event.Pow,
  [Op.DivK]: Event.Div, [Op.Div]: Event.Div, [Op.IDivK]: Event.IDiv, [Op.IDiv]: Event.IDiv,
  [Op.BAndK]: Event.BAnd, [Op.BAnd]: Event.BAnd, [Op.BOrK]: Event.BOr, [Op.BOr]: Event.BOr, [Op.BXorK]: Event.BXor, [Op.BXor]: Event.BXor,
  [Op.ShrI]: Event.Shr, [Op.Shr]: Event.Shr, [Op.ShlI]: Event.Shl, [Op.Shl]: Event.Shl,
};

/** Instructions of a function that V8 may inline where it is called: its bytecode must be below 460 bytes. */
const SHORT = 40;

const SAFE = "t <= 9007199254740991 && t >= -9007199254740991";

export function emitArithmetic(e: Emitter, pc: number, op: Op, word: number): void {
  let event = EVENT_OF[op]!;
  const b = getB(word);
  let x: Operand;
  let y: Operand;
  if (op === Op.AddI || op === Op.ShrI) {
    x = e.operand(b);
    y = e.constantOperand(getSC(word));
  } else if (op === Op.ShlI) {
    x = e.constantOperand(getSC(word));
    y = e.operand(b);
  } else {
    x = e.operand(b);
    y = op <= Op.BXorK ? e.constantOperand(e.proto.constants[getC(word)]) : e.operand(getC(word));
  }
  if (op === Op.ShrI && getSC(word) < 0) { // x << n
    event = Event.Shl;
    y = e.constantOperand(-getSC(word));
  }
  const exit = e.exit(pc);
  const { facts } = e;
  facts.step(pc);
  const target = getA(word);
  const isWide = e.expectsWide(pc);
  const notInteger = isWide ? `{ ${e.rt.notInteger}(${e.out.constant(e.cache)}, ${pc}); ${exit} }` : exit;
  if (emitWideArithmetic(e, event, x, y, target, isWide, notInteger)) return;
  if (isWide) for (const operand of [x, y]) requireInteger(e, operand, notInteger);
  const isFloat = facts.is(target, Kind.Float);
  const double = isFloat && event <= Event.IDiv ? doubleExpression(e, event, x, y, exit) : undefined;
  if (double !== undefined) {
    if (isRaw(facts, target)) e.line(`d${target} = ${double};`);
    else e.line(storedFloat(e, e.r(target), double));
    return;
  }
  if (facts.form(target) === Form.Mixed) {
    emitMixed(e, event, x, y, target, pc, exit);
    return;
  }
  const direct = integerExpression(event, x, y);
  if (direct !== undefined) {
    e.line(`${e.r(target)} = ${direct};`);
    return;
  }
  generic(e, event, x, y, target, pc, exit);
  if (isWide && facts.is(target, Kind.Int)) e.line(`if (typeof t === "number" ? !Number.isSafeInteger(t) : typeof t !== "bigint") ${notInteger}`);
  e.line(`${e.r(target)} = t;`);
  e.becomes(target);
}

/** Statements that put a float into a register as a Lua value. In short functions by a call, which V8 inlines: those may then be inlined themselves. */
function storedFloat(e: Emitter, register: string, double: string): string {
  const boxing = e.out.constant(makeFloat);
  if (e.proto.code.length <= SHORT) return `${register} = ${boxing}(${double});`;
  return `t = ${double}; ${register} = Math.floor(t) !== t ? t : ${boxing}(t);`;
}

/** A sum, difference or product of numbers of which each is an integer or a float: a double, and a mark that says which. */
function emitMixed(e: Emitter, event: Event, x: Operand, y: Operand, target: number, pc: number, exit: string): void {
  const sign = event === Event.Add ? "+" : event === Event.Sub ? "-" : "*";
  const marks = [x, y].map((o) => o.mark ?? (isDouble(o) ? "1" : "0"));
  const [a, b] = [x, y].map((o) => o.double ?? floatOf(o.tagged)) as [string, string];
  e.line(`t = ${marks.filter((mark) => mark !== "0").join(" | ")}; x = ${a} ${sign} ${b};`);
  e.line(`if (t === 0) { ${sign === "*" ? "if (x === 0) x = 0; " : ""}if (!(x <= 9007199254740991 && x >= -9007199254740991)) { ${e.rt.tooWide}(${e.out.constant(e.cache)}, ${pc}); ${exit} } }`);
  e.line(`d${target} = x; g${target} = t;`);
}

/** The result as a double, when it is a float for sure. */
function doubleExpression(e: Emitter, event: Event, x: Operand, y: Operand, exit: string): string | undefined {
  const a = asDouble(e, x, "x", exit);
  const b = asDouble(e, y, "y", exit);
  switch (event) {
    case Event.Add: return `${a} + ${b}`;
    case Event.Sub: return `${a} - ${b}`;
    case Event.Mul: return `${a} * ${b}`;
    case Event.Div: return `${a} / ${b}`;
    case Event.Pow: return y.value === 2 || (y.value instanceof LuaFloat && y.value.n === 2) ? `${a} * ${a}` : `${e.out.constant(powFloat)}(${a}, ${b})`;
    case Event.Mod: return `${e.h.modFloat}(${a}, ${b})`;
    default: return `${e.h.idivFloat}(${a}, ${b})`;
  }
}

/** An expression for a number's value as a double; leaves for a bigint and for what is no number. */
function asDouble(e: Emitter, operand: Operand, temporary: string, exit: string): string {
  if (operand.double !== undefined) return operand.double;
  const { tagged } = operand;
  if (isDouble(operand)) return floatOf(tagged);
  const type = e.out.constant(LuaFloat);
  e.line(`${temporary} = ${tagged}; if (typeof ${temporary} !== "number") { if (${temporary} instanceof ${type}) ${temporary} = ${temporary}.n; else ${exit} }`);
  return temporary;
}

/** Is the interval inside ±(2^53 − 1)? */
const isSafe = ({ low, high }: Interval): boolean => low >= -Number.MAX_SAFE_INTEGER && high <= Number.MAX_SAFE_INTEGER;

/** Is it 32 bits without a sign? JavaScript's operators take their bits as they are. */
const isWord = ({ interval }: Operand): boolean => interval.low >= 0 && interval.high <= 4294967295;

/** k of a constant operand 2^k, a positive integer of 32 bits; −1: it is none. */
function shiftOf({ value }: Operand): number {
  return typeof value === "number" && value > 0 && (value | 0) === value && (value & (value - 1)) === 0 ? 31 - Math.clz32(value) : -1;
}

/** What a shift to the left by a constant multiplies by; 0: it is none, or a far one. */
const factorOf = ({ value }: Operand): number => (typeof value === "number" && value >= 0 && value <= 31 ? 2 ** value : 0);

/**
 * Remainder and floor of a quotient, for expressions whose values are integers of 32 bits; uses t. The conversions tell V8 so, which then has the
 * machine divide integers.
 */
function smallMod(x: string, y: string, isNatural: boolean, divisor: Operand): string {
  const rest = `((${x} | 0) % (${y} | 0)) | 0`;
  if (divisor.interval.low > 0) return isNatural ? `(${rest})` : `(t = ${rest}, t < 0 ? t + ${y} : t)`;
  return `(t = ${rest}, t !== 0 && (t ^ ${y}) < 0 ? t + ${y} : t)`;
}

function smallIDiv(x: string, y: string, isNatural: boolean, divisor: Operand): string {
  if (divisor.interval.low <= 0) return `(Math.floor(${x} / ${y}) + 0)`;
  if (isNatural) return `(((${x} | 0) / (${y} | 0)) | 0)`;
  return `(t = ((${x} | 0) / (${y} | 0)) | 0, Math.imul(t, ${y}) > ${x} ? t - 1 : t)`;
}

/** The result of integers, where that needs no check. */
function integerExpression(event: Event, x: Operand, y: Operand): string | undefined {
  const a = x.double;
  const b = y.double;
  if (a === undefined || b === undefined || ((x.type | y.type) & ~(Kind.Small | Kind.Safe)) !== 0) return undefined;
  const small = isSmall(x) && isSmall(y);
  switch (event) {
    case Event.Add: return isSafe(addIntervals(x.interval, y.interval)) ? `${a} + ${b}` : undefined;
    case Event.Sub: return isSafe(subIntervals(x.interval, y.interval)) ? `${a} - ${b}` : undefined;
    case Event.Mul: {
      if (!isSafe(mulIntervals(x.interval, y.interval))) return undefined;
      return x.interval.low >= 0 && y.interval.low >= 0 ? `${a} * ${b}` : `${a} * ${b} + 0`;
    }
    case Event.Mod:
      if (shiftOf(y) >= 0) return `${a} & ${(y.value as number) - 1}`; // the low bits are those of all integers up to 2^53
      if (small && y.interval.low > 0) return smallMod(a, b, x.interval.low >= 0, y);
      return x.interval.low >= 0 && y.interval.low > 0 ? `${a} % ${b}` : undefined;
    case Event.IDiv:
      if (shiftOf(y) >= 0) return small ? `${a} >> ${shiftOf(y)}` : `Math.floor(${a} / ${b})`; // no bit is lost
      return small && y.interval.low > 0 ? smallIDiv(a, b, x.interval.low >= 0, y) : undefined;
    case Event.BAnd: return small ? `${a} & ${b}` : isWord(x) || isWord(y) ? `(${a} & ${b}) >>> 0` : undefined;
    case Event.BOr: return small ? `${a} | ${b}` : isWord(x) && isWord(y) ? `(${a} | ${b}) >>> 0` : undefined;
    case Event.BXor: return small ? `${a} ^ ${b}` : isWord(x) && isWord(y) ? `(${a} ^ ${b}) >>> 0` : undefined;
    case Event.Shr: return isWord(x) && x.interval.low >= 0 && y.interval.low >= 0 && y.interval.high <= 31 ? `${a} >>> ${b}` : undefined;
    case Event.Shl: {
      const factor = factorOf(y);
      if (factor > 0) return isSafe(mulIntervals(x.interval, { low: factor, high: factor })) ? `${a} * ${factor}` : undefined;
      return small && x.interval.low >= 0 && y.interval.low >= 0 && y.interval.high <= 21 ? `${a} * (1 << ${b})` : undefined;
    }
    default: return undefined;
  }
}

/** Fast paths behind checks, and a helper for the rest; the result is in t. */
function generic(e: Emitter, event: Event, left: Operand, right: Operand, target: number, pc: number, exit: string): void {
  const x = e.once(left, "x");
  const y = e.once(right, "y");
  const small = [[left, x], [right, y]].filter(([o]) => !isSmall(o as Operand)).map(([, name]) => `(${name as string} | 0) === ${name as string}`).join(" && ") || "true";
  const numbers = [[left, x], [right, y]].filter(([o]) => !isPlain(o as Operand)).map(([, name]) => `typeof ${name as string} === "number" && `).join("");
  const integers = ((left.type | right.type) & Kind.Raw) === 0; // a JavaScript number is an integer here
  const safe = [[left, x], [right, y]].filter(([o]) => !isIntegerValue((o as Operand).value))
    .map(([, name]) => `Number.isSafeInteger(${name as string})`).join(" && ") || "true";
  const words = `(${x} >>> 0) === ${x} && (${y} >>> 0) === ${y}`;
  const nonZero = right.interval.low > 0 ? "" : ` && ${y} !== 0`;
  const sum = (sign: string): string => `(t = ${x} ${sign} ${y}, ${integers ? SAFE : `(${small}) || Math.floor(t) !== t || (${SAFE} && ${safe})`})`;
  let fast: string; // true when t is the result
  switch (event) {
    case Event.Add: fast = sum("+"); break;
    case Event.Sub: fast = sum("-"); break;
    case Event.Mul:
      fast = integers ? `(t = ${x} * ${y} + 0, ${SAFE})` : `(t = ${x} * ${y}, Math.floor(t) !== t || (((${small}) || (${safe})) && ${SAFE} && (t = t === 0 ? 0 : t, true)))`;
      break;
    case Event.Div: fast = `(t = ${x} / ${y}, Math.floor(t) !== t)`; break;
    case Event.Pow: fast = `(t = ${y} === 2 ? ${x} * ${x} : ${e.out.constant(powFloat)}(${x}, ${y}), Math.floor(t) !== t)`; break;
    case Event.Mod: {
      const rest = shiftOf(right) >= 0 ? `${x} & ${(right.value as number) - 1}` : smallMod(x, y, left.interval.low >= 0, right);
      fast = `(${small}${nonZero} && (t = ${rest}, true))`;
      break;
    }
    case Event.IDiv: {
      const quotient = shiftOf(right) >= 0 ? `${x} >> ${shiftOf(right)}` : smallIDiv(x, y, left.interval.low >= 0, right);
      fast = `(${small}${nonZero} && (t = ${quotient}, true))`;
      break;
    }
    case Event.BAnd:
      if (isWord(right) && isIntegerValue(right.value)) fast = `(Number.isSafeInteger(${x}) && (t = (${x} & ${y}) >>> 0, true))`;
      else fast = `(${small} ? (t = ${x} & ${y}, true) : (${words} && (t = (${x} & ${y}) >>> 0, true)))`;
      break;
    case Event.BOr: fast = `(${small} ? (t = ${x} | ${y}, true) : (${words} && (t = (${x} | ${y}) >>> 0, true)))`; break;
    case Event.BXor: fast = `(${small} ? (t = ${x} ^ ${y}, true) : (${words} && (t = (${x} ^ ${y}) >>> 0, true)))`; break;
    case Event.Shl:
      if (factorOf(right) > 0 && integers) fast = `(t = ${x} * ${factorOf(right)}, ${SAFE})`; // no bit is lost
      else fast = `(${words} && ${y} <= 20 && (t = ${x} * (1 << ${y}), true))`;
      break;
    default: fast = `(${words} && ${y} <= 31 && (t = ${x} >>> ${y}, true))`;
  }
  const narrow = (e.facts.type(target) & Kind.Wide) === 0;
  if (narrow && numbers === "" && integers && (event === Event.Add || event === Event.Sub || event === Event.Mul)) { // if it is not safe it is too wide
    e.line(`if (!${fast}) { ${e.rt.tooWide}(${e.out.constant(e.cache)}, ${pc}); ${exit} }`);
    return;
  }
  const wide = narrow ? ` if (typeof t === "bigint") { ${e.rt.tooWide}(${e.out.constant(e.cache)}, ${pc}); ${exit} }` : "";
  e.line(`if (!(${numbers}${fast})) { t = ${e.h.arithmetic}(${event}, ${x}, ${y}); if (t === ${e.leave}) ${exit}${wide} }`);
}

/** As the caller's: true when the facts are those behind the instruction. */
export function emitUnary(e: Emitter, pc: number, op: Op, word: number): boolean {
  const { facts } = e;
  const target = getA(word);
  const operand = e.operand(getB(word));
  const exit = e.exit(pc);
  const a = e.r(target);
  if ((op === Op.Unm || op === Op.BNot) && operand.pair !== undefined) {
    facts.step(pc);
    emitWideUnary(e, op === Op.Unm ? "-" : "~", operand, target);
    return true;
  }
  switch (op) {
    case Op.Unm:
      if (isDouble(operand)) {
        const n = operand.double ?? floatOf(operand.tagged);
        facts.step(pc);
        e.line(isRaw(facts, target) ? `d${target} = -${n};` : storedFloat(e, a, `-${n}`));
        return true;
      }
      e.line(`t = ${operand.tagged}; if (typeof t === "number" && t !== 0) ${a} = -t; else { t = ${e.h.negate}(t); if (t === ${e.leave}) ${exit} ${a} = t; }`);
      return false;
    case Op.BNot:
      e.line(`t = ${operand.tagged}; if (typeof t === "number" && (t | 0) === t) ${a} = ~t; else { t = ${e.h.complement}(t); if (t === ${e.leave}) ${exit} ${a} = t; }`);
      return false;
    case Op.Not: e.line(`t = ${operand.tagged}; ${a} = t === undefined || t === false;`); return false;
    default: // LEN
      e.line(`t = ${e.h.lengthOf}(${operand.tagged}); if (t === ${e.leave}) ${exit} ${a} = t;`);
      return false;
  }
}

/** Writes what decides a test; answers the condition under which the jump behind it is taken. */
export function emitTest(e: Emitter, pc: number): string {
  const word = e.proto.code[pc]!;
  const op = getOp(word);
  const wanted = getK(word) === 1;
  const unless = wanted ? "" : "!";
  const n = getSB(word);
  const compared = (sign: string, helper: string, left: Operand, right: Operand): string => {
    const onPairs = wideCondition(e, sign, left, right);
    if (onPairs !== undefined) return `${unless}${onPairs}`;
    if (left.double !== undefined && right.double !== undefined) return `${unless}(${left.double} ${sign} ${right.double})`;
    const x = left.double ?? e.once(left, "x");
    const y = right.double ?? e.once(right, "y");
    const checks = [[left, x], [right, y]].filter(([o]) => (o as Operand).double === undefined).map(([, name]) => `typeof ${name as string} === "number"`);
    e.line(`if (${checks.join(" && ")}) t = ${x} ${sign} ${y};`);
    e.line(`else { t = ${helper}(${left.double === undefined ? x : left.tagged}, ${right.double === undefined ? y : right.tagged}); if (t === ${e.leave}) ${e.exit(pc)} }`);
    return `${unless}t`;
  };
  switch (op) {
    case Op.Eq: return compared("===", e.h.equal, e.operand(getA(word)), e.operand(getB(word)));
    case Op.Lt: return compared("<", e.h.less, e.operand(getA(word)), e.operand(getB(word)));
    case Op.Le: return compared("<=", e.h.atMost, e.operand(getA(word)), e.operand(getB(word)));
    case Op.EqK: return equalsConstant(e, pc, e.proto.constants[getB(word)], wanted);
    case Op.EqI: return equalsConstant(e, pc, n, wanted);
    case Op.LtI: case Op.LeI: case Op.GtI: case Op.GeI: {
      const operand = e.operand(getA(word));
      const constant = e.constantOperand(getC(word) !== 0 ? new LuaFloat(n) : n);
      const sign = { [Op.LtI]: "<", [Op.LeI]: "<=", [Op.GtI]: ">", [Op.GeI]: ">=" }[op];
      const onPairs = wideCondition(e, sign, operand, e.constantOperand(n));
      if (onPairs !== undefined) return `${unless}${onPairs}`;
      if (operand.double !== undefined) return `${unless}(${operand.double} ${sign} ${constant.double!})`;
      const x = e.once(operand, "x");
      const helper = op === Op.LtI || op === Op.GtI ? e.h.less : e.h.atMost;
      const operands = op === Op.LtI || op === Op.LeI ? `${x}, ${constant.tagged}` : `${constant.tagged}, ${x}`;
      e.line(`if (typeof ${x} === "number") t = ${x} ${sign} ${n}; else { t = ${helper}(${operands}); if (t === ${e.leave}) ${e.exit(pc)} }`);
      return `${unless}t`;
    }
    default: { // TEST; TESTSET, whose taken edge does the rest
      e.line(`t = ${e.tagged(op === Op.Test ? getA(word) : getB(word))};`);
      return wanted ? "t !== undefined && t !== false" : "t === undefined || t === false";
    }
  }
}

function equalsConstant(e: Emitter, pc: number, constant: Constant, wanted: boolean): string {
  const operand = e.operand(getA(e.proto.code[pc]!));
  const unless = wanted ? "" : "!";
  const k = e.value(constant);
  const onPairs = isInteger(constant) ? wideCondition(e, "===", operand, e.constantOperand(constant)) : undefined;
  if (onPairs !== undefined) return `${unless}${onPairs}`;
  if (typeof constant === "number") {
    if (operand.double !== undefined) return `${unless}(${operand.double} === ${k})`;
    e.line(`t = ${operand.tagged}; t = t === ${k} || (typeof t === "object" && ${e.h.equal}(t, ${k}) === true);`);
    return `${unless}t`;
  }
  if (constant instanceof LuaFloat || typeof constant === "bigint") {
    e.line(`t = ${e.h.equal}(${operand.tagged}, ${k}) === true;`);
    return `${unless}t`;
  }
  if (typeof constant === "string" && constant.length > LONG_TEXT) {
    e.line(`t = ${e.h.equal}(${operand.tagged}, ${k}); if (t === ${e.leave}) ${e.exit(pc)}`);
    return `${unless}t`;
  }
  return `${operand.tagged} ${wanted ? "===" : "!=="} ${k}`;
}
