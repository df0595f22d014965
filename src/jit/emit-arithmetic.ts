// Arithmetic, bitwise and unary operators, and comparisons.
import { getA, getB, getC, getK, getOp, getSB, getSC } from "../bytecode/instruction.js";
import { Op } from "../bytecode/opcodes.js";
import { powFloat } from "../number/arithmetic.js";
import { LuaFloat, makeFloat } from "../number/float.js";
import { Event } from "../vm/events.js";
import type { Emitter } from "./emitter.js";

const EVENT_OF: Partial<Record<Op, Event>> = {
  [Op.AddI]: Event.Add, [Op.AddK]: Event.Add, [Op.Add]: Event.Add, [Op.SubK]: Event.Sub, [Op.Sub]: Event.Sub,
  [Op.MulK]: Event.Mul, [Op.Mul]: Event.Mul, [Op.ModK]: Event.Mod, [Op.Mod]: Event.Mod, [Op.PowK]: Event.Pow, [Op.Pow]: Event.Pow,
  [Op.DivK]: Event.Div, [Op.Div]: Event.Div, [Op.IDivK]: Event.IDiv, [Op.IDiv]: Event.IDiv,
  [Op.BAndK]: Event.BAnd, [Op.BAnd]: Event.BAnd, [Op.BOrK]: Event.BOr, [Op.BOr]: Event.BOr, [Op.BXorK]: Event.BXor, [Op.BXor]: Event.BXor,
  [Op.ShrI]: Event.Shr, [Op.Shr]: Event.Shr, [Op.ShlI]: Event.Shl, [Op.Shl]: Event.Shl,
};

export function emitArithmetic(e: Emitter, pc: number, op: Op, word: number): void {
  const event = EVENT_OF[op]!;
  const a = e.r(getA(word));
  const b = e.r(getB(word));
  let x = b;
  let y: string;
  let smallY = "(y | 0) === y && ";
  if (op === Op.AddI || op === Op.ShrI) {
    y = `(${getSC(word)})`;
    smallY = "";
  } else if (op === Op.ShlI) {
    x = `(${getSC(word)})`;
    y = b;
  } else if (op <= Op.BXorK) {
    const constant = e.proto.constants[getC(word)];
    if (constant instanceof LuaFloat) {
      withFloat(e, pc, event, a, x, constant);
      return;
    }
    y = e.k(getC(word));
    if (typeof constant === "number" && (constant | 0) === constant) smallY = "";
  } else y = e.r(getC(word));
  const small = `${smallY}(x | 0) === x`;
  let fast: string; // an expression that assigns t and is true when t is the result
  switch (event) {
    case Event.Add: fast = `(t = x + y, (${small}) || Math.floor(t) !== t)`; break;
    case Event.Sub: fast = `(t = x - y, (${small}) || Math.floor(t) !== t)`; break;
    case Event.Mul: fast = `(t = x * y, Math.floor(t) !== t || (${small} && t <= 9007199254740991 && t >= -9007199254740991 && (t = t + 0, true)))`; break;
    case Event.Div: fast = `(t = x / y, Math.floor(t) !== t)`; break;
    case Event.Pow: fast = `(t = y === 2 ? x * x : ${e.out.constant(powFloat)}(x, y), Math.floor(t) !== t)`; break;
    case Event.Mod: fast = `(${small} && y !== 0 && (t = x % y, t = t !== 0 && (t ^ y) < 0 ? t + y : t + 0, true))`; break;
    case Event.IDiv: fast = `(${small} && y !== 0 && (t = Math.floor(x / y) + 0, true))`; break;
    case Event.BAnd: fast = `(${small} && (t = x & y, true))`; break;
    case Event.BOr: fast = `(${small} && (t = x | y, true))`; break;
    case Event.BXor: fast = `(${small} && (t = x ^ y, true))`; break;
    case Event.Shl: fast = `(${small} && x >= 0 && y >= 0 && y <= 21 && (t = x * (1 << y), true))`; break;
    default: fast = `(${small} && x >= 0 && y >= 0 && y <= 31 && (t = x >>> y, true))`;
  }
  e.line(`{ const x = ${x}, y = ${y}; let t;`);
  e.line(`if (typeof x === "number" && typeof y === "number" && ${fast}) ${a} = t;`);
  e.line(`else { t = ${e.h.arithmetic}(${event}, x, y); if (t === ${e.leave}) ${e.exit(pc)} ${a} = t; } }`);
}

/** The constant is a float: so is the result, and only its boxing needs a look. */
function withFloat(e: Emitter, pc: number, event: Event, a: string, x: string, constant: LuaFloat): void {
  const sign = { [Event.Add]: "+", [Event.Sub]: "-", [Event.Mul]: "*", [Event.Div]: "/" }[event as number];
  const boxed = e.out.constant(constant);
  if (sign !== undefined) {
    const n = Object.is(constant.n, -0) ? "(-0)" : `(${String(constant.n)})`;
    e.line(`if (typeof ${x} === "number") { const t = ${x} ${sign} ${n}; ${a} = Math.floor(t) !== t ? t : ${e.out.constant(makeFloat)}(t); } else`);
  }
  e.line(`{ const t = ${e.h.arithmetic}(${event}, ${x}, ${boxed}); if (t === ${e.leave}) ${e.exit(pc)} ${a} = t; }`);
}

export function emitUnary(e: Emitter, pc: number, op: Op, word: number): void {
  const a = e.r(getA(word));
  const b = e.r(getB(word));
  switch (op) {
    case Op.Unm:
      e.line(`if (typeof ${b} === "number" && ${b} !== 0) ${a} = -${b}; else { t = ${e.h.negate}(${b}); if (t === ${e.leave}) ${e.exit(pc)} ${a} = t; }`);
      return;
    case Op.BNot:
      e.line(`t = ${b}; if (typeof t === "number" && (t | 0) === t) ${a} = ~t; else ${e.exit(pc)}`);
      return;
    case Op.Not: e.line(`t = ${b}; ${a} = t === undefined || t === false;`); return;
    default: // LEN
      e.line(`t = ${e.h.lengthOf}(${b}); if (t === ${e.leave}) ${e.exit(pc)} ${a} = t;`);
  }
}

/** Writes what decides a test; answers the condition under which the jump behind it is taken. */
export function emitTest(e: Emitter, pc: number): string {
  const word = e.proto.code[pc]!;
  const op = getOp(word);
  const a = e.r(getA(word));
  const b = e.r(getB(word));
  const n = getSB(word);
  const wanted = getK(word) === 1;
  const compared = (inline: string, helper: string, x: string, y: string): string => {
    e.line(`{ const x = ${x}, y = ${y};`);
    e.line(`if (typeof x === "number" && typeof y === "number") t = ${inline};`);
    e.line(`else { t = ${helper}(x, y); if (t === ${e.leave}) ${e.exit(pc)} } }`);
    return wanted ? "t" : "!t";
  };
  const constant = getC(word) !== 0 ? e.out.constant(new LuaFloat(n)) : `(${n})`;
  switch (op) {
    case Op.Eq: return compared("x === y", e.h.equal, a, b);
    case Op.Lt: return compared("x < y", e.h.less, a, b);
    case Op.Le: return compared("x <= y", e.h.atMost, a, b);
    case Op.EqK: return equalsConstant(e, a, e.proto.constants[getB(word)], wanted);
    case Op.EqI: return equalsConstant(e, a, n, wanted);
    case Op.LtI: case Op.LeI: case Op.GtI: case Op.GeI: {
      const sign = { [Op.LtI]: "<", [Op.LeI]: "<=", [Op.GtI]: ">", [Op.GeI]: ">=" }[op];
      const helper = op === Op.LtI || op === Op.GtI ? e.h.less : e.h.atMost;
      const operands = op === Op.LtI || op === Op.LeI ? `${a}, ${constant}` : `${constant}, ${a}`;
      e.line(`if (typeof ${a} === "number") t = ${a} ${sign} ${n}; else { t = ${helper}(${operands}); if (t === ${e.leave}) ${e.exit(pc)} }`);
      return wanted ? "t" : "!t";
    }
    case Op.Test: e.line(`t = ${a};`); return wanted ? "t !== undefined && t !== false" : "t === undefined || t === false";
    default: // TESTSET; the edge that is taken does the rest
      e.line(`t = ${b};`);
      return wanted ? "t !== undefined && t !== false" : "t === undefined || t === false";
  }
}

function equalsConstant(e: Emitter, a: string, constant: unknown, wanted: boolean): string {
  const k = e.value(constant);
  if (typeof constant === "number") {
    e.line(`t = ${a}; t = t === ${k} || (typeof t === "object" && ${e.h.equal}(t, ${k}) === true);`);
    return wanted ? "t" : "!t";
  }
  if (constant instanceof LuaFloat || typeof constant === "bigint") {
    e.line(`t = ${e.h.equal}(${a}, ${k}) === true;`);
    return wanted ? "t" : "!t";
  }
  return `${a} ${wanted ? "===" : "!=="} ${k}`;
}
