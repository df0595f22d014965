// Code for operators: which of an operator's instructions (register, constant or immediate operands) fits its operands.
import { getB, getOp, MAX_C, OFFSET_SC } from "../bytecode/instruction.js";
import { Op } from "../bytecode/opcodes.js";
import { LuaFloat, type LuaInteger } from "../number/float.js";
import { doubleToInteger } from "../number/integer.js";
import { BinaryOp, UnaryOp } from "../parser/ast.js";
import type { FunctionBuilder } from "./emit.js";
import { foldBinary, foldUnary } from "./fold.js";
import { Operand, OperandKind } from "./operand.js";
import {
  goIfFalse, goIfTrue, invert, readVariable, release, releaseBoth, toAnyRegister, toConstant, toConstantOrRegister, toNextRegister,
} from "./registers.js";

/** Metamethod event of the operator Add; the others follow in the order of BinaryOp. */
const FIRST_EVENT = 6;

/** Applies a unary operator to `e`. */
export function prefix(fn: FunctionBuilder, op: UnaryOp, e: Operand, line: number): void {
  readVariable(fn, e);
  if (op === UnaryOp.Not) {
    invert(fn, e);
    return;
  }
  if (op !== UnaryOp.Len && foldUnary(op, e)) return;
  const register = toAnyRegister(fn, e);
  release(fn, e);
  e.info = fn.emitABC(op === UnaryOp.Minus ? Op.Unm : op === UnaryOp.BNot ? Op.BNot : Op.Len, 0, register, 0);
  e.kind = OperandKind.Relocatable;
  fn.fixLine(line);
}

/** Readies the left operand before the code of the right one. */
export function infix(fn: FunctionBuilder, op: BinaryOp, e: Operand): void {
  readVariable(fn, e);
  switch (op) {
    case BinaryOp.And:
      goIfTrue(fn, e);
      break;
    case BinaryOp.Or:
      goIfFalse(fn, e);
      break;
    case BinaryOp.Concat:
      toNextRegister(fn, e);
      break;
    case BinaryOp.Eq: case BinaryOp.Ne:
      if (!e.isNumeral) toConstantOrRegister(fn, e);
      break;
    case BinaryOp.Lt: case BinaryOp.Le: case BinaryOp.Gt: case BinaryOp.Ge:
      if (immediate(e) === undefined) toAnyRegister(fn, e);
      break;
    default:
      if (!e.isNumeral) toAnyRegister(fn, e);
  }
}

/** Completes `left op right`; `left` becomes the result, `right` is spent. */
export function postfix(fn: FunctionBuilder, op: BinaryOp, left: Operand, right: Operand, line: number): void {
  readVariable(fn, right);
  if (op <= BinaryOp.Shr && foldBinary(op, left, right)) return;
  switch (op) {
    case BinaryOp.And:
      right.falseJumps = fn.joinJumps(right.falseJumps, left.falseJumps);
      left.copy(right);
      break;
    case BinaryOp.Or:
      right.trueJumps = fn.joinJumps(right.trueJumps, left.trueJumps);
      left.copy(right);
      break;
    case BinaryOp.Concat:
      toNextRegister(fn, right);
      concat(fn, left, right, line);
      break;
    case BinaryOp.Add: case BinaryOp.Mul:
      commutative(fn, op, left, right, line);
      break;
    case BinaryOp.Sub:
      if (!negatedImmediate(fn, op, Op.AddI, left, right, line)) arithmetic(fn, op, left, right, false, line);
      break;
    case BinaryOp.Mod: case BinaryOp.Pow: case BinaryOp.Div: case BinaryOp.IDiv:
      arithmetic(fn, op, left, right, false, line);
      break;
    case BinaryOp.BAnd: case BinaryOp.BOr: case BinaryOp.BXor:
      bitwise(fn, op, left, right, line);
      break;
    case BinaryOp.Shl:
      if (isImmediateInteger(left)) {
        swap(left, right);
        withImmediate(fn, op, Op.ShlI, left, right, true, line);
      } else if (!negatedImmediate(fn, op, Op.ShrI, left, right, line)) withRegisters(fn, op, left, right, line);
      break;
    case BinaryOp.Shr:
      if (isImmediateInteger(right)) withImmediate(fn, op, Op.ShrI, left, right, false, line);
      else withRegisters(fn, op, left, right, line);
      break;
    case BinaryOp.Eq: case BinaryOp.Ne:
      equality(fn, op, left, right);
      break;
    case BinaryOp.Lt: case BinaryOp.Le:
      order(fn, op, left, right);
      break;
    case BinaryOp.Gt: case BinaryOp.Ge: // a > b is b < a
      swap(left, right);
      order(fn, op === BinaryOp.Gt ? BinaryOp.Lt : BinaryOp.Le, left, right);
      break;
  }
}

const fitsImmediate = (value: LuaInteger): value is number =>
  typeof value === "number" && value >= -OFFSET_SC && value <= MAX_C - OFFSET_SC;

/** The integral value of a numeral, as far as it has one. */
function integralValue(e: Operand): LuaInteger | undefined {
  if (e.kind === OperandKind.Integer) return e.value as LuaInteger;
  return e.kind === OperandKind.Float && e.value instanceof LuaFloat ? doubleToInteger(e.value.n) : undefined;
}

/** Field value for a numeral that a comparison can hold, or undefined. */
function immediate(e: Operand): number | undefined {
  const value = integralValue(e);
  return value !== undefined && !e.hasJumps && fitsImmediate(value) ? value + OFFSET_SC : undefined;
}

const isIntegralFloat = (e: Operand): boolean => e.kind === OperandKind.Float && integralValue(e) !== undefined;

function isImmediateInteger(e: Operand): boolean {
  return e.kind === OperandKind.Integer && !e.hasJumps && fitsImmediate(e.value as LuaInteger);
}

const spare = new Operand();

function swap(a: Operand, b: Operand): void {
  spare.copy(a);
  a.copy(b);
  b.copy(spare);
}

/** The instruction, and after it the one that calls the metamethod with the original operands. */
function finishArithmetic(
  fn: FunctionBuilder, event: number, op: Op, left: Operand, right: Operand, second: number,
  fallback: Op, fallbackSecond: number, swapped: boolean, line: number,
): void {
  const first = toAnyRegister(fn, left);
  const pc = fn.emitABC(op, 0, first, second);
  releaseBoth(fn, left, right);
  left.info = pc;
  left.kind = OperandKind.Relocatable;
  fn.fixLine(line);
  fn.emitABCk(fallback, first, fallbackSecond, event, swapped ? 1 : 0);
  fn.fixLine(line);
}

function withRegisters(fn: FunctionBuilder, op: BinaryOp, left: Operand, right: Operand, line: number): void {
  const second = toAnyRegister(fn, right);
  finishArithmetic(fn, FIRST_EVENT + op, Op.Add + op, left, right, second, Op.MmBin, second, false, line);
}

function withImmediate(
  fn: FunctionBuilder, op: BinaryOp, code: Op, left: Operand, right: Operand, swapped: boolean, line: number,
): void {
  const second = (right.value as number) + OFFSET_SC;
  finishArithmetic(fn, FIRST_EVENT + op, code, left, right, second, Op.MmBinI, second, swapped, line);
}

function withConstant(fn: FunctionBuilder, op: BinaryOp, left: Operand, right: Operand, swapped: boolean, line: number): void {
  finishArithmetic(fn, FIRST_EVENT + op, Op.AddK + op, left, right, right.info, Op.MmBinK, right.info, swapped, line);
}

/** `left − i` as `left + −i`, `left << i` as `left >> −i`. The metamethod still gets i. */
function negatedImmediate(fn: FunctionBuilder, op: BinaryOp, code: Op, left: Operand, right: Operand, line: number): boolean {
  if (!isImmediateInteger(right)) return false;
  const value = right.value as number;
  if (!fitsImmediate(-value)) return false;
  finishArithmetic(fn, FIRST_EVENT + op, code, left, right, OFFSET_SC - value, Op.MmBinI, value + OFFSET_SC, false, line);
  return true;
}

/** No constant operand: operands that were swapped in hope of one go back. */
function withoutConstant(fn: FunctionBuilder, op: BinaryOp, left: Operand, right: Operand, swapped: boolean, line: number): void {
  if (swapped) swap(left, right);
  withRegisters(fn, op, left, right, line);
}

function arithmetic(fn: FunctionBuilder, op: BinaryOp, left: Operand, right: Operand, swapped: boolean, line: number): void {
  if (right.isNumeral && toConstant(fn, right)) withConstant(fn, op, left, right, swapped, line);
  else withoutConstant(fn, op, left, right, swapped, line);
}

function commutative(fn: FunctionBuilder, op: BinaryOp, left: Operand, right: Operand, line: number): void {
  const swapped = left.isNumeral;
  if (swapped) swap(left, right);
  if (op === BinaryOp.Add && isImmediateInteger(right)) withImmediate(fn, op, Op.AddI, left, right, swapped, line);
  else arithmetic(fn, op, left, right, swapped, line);
}

function bitwise(fn: FunctionBuilder, op: BinaryOp, left: Operand, right: Operand, line: number): void {
  const swapped = left.kind === OperandKind.Integer;
  if (swapped) swap(left, right);
  if (right.kind === OperandKind.Integer && toConstant(fn, right)) withConstant(fn, op, left, right, swapped, line);
  else withoutConstant(fn, op, left, right, swapped, line);
}

/** Adds the right operand to a concatenation of several, or starts one. */
function concat(fn: FunctionBuilder, left: Operand, right: Operand, line: number): void {
  const word = fn.mergeable;
  if (getOp(word) === Op.Concat) { // then it is the right operand
    release(fn, right);
    fn.setA(fn.pc - 1, left.info);
    fn.setB(fn.pc - 1, getB(word) + 1);
  } else {
    fn.emitABC(Op.Concat, left.info, 2, 0);
    release(fn, right);
    fn.fixLine(line);
  }
}

function order(fn: FunctionBuilder, op: BinaryOp, left: Operand, right: Operand): void {
  const distance = op - BinaryOp.Lt;
  // C Lua notes a float operand even where it then does not use it as an immediate
  let isFloat = isIntegralFloat(right);
  const immediateRight = immediate(right);
  let a: number;
  let b: number;
  let code: Op;
  if (immediateRight !== undefined) {
    a = toAnyRegister(fn, left);
    b = immediateRight;
    code = Op.LtI + distance;
  } else {
    isFloat ||= isIntegralFloat(left);
    const immediateLeft = immediate(left);
    if (immediateLeft !== undefined) {
      a = toAnyRegister(fn, right);
      b = immediateLeft;
      code = Op.GtI + distance;
    } else {
      a = toAnyRegister(fn, left);
      b = toAnyRegister(fn, right);
      code = Op.Lt + distance;
    }
  }
  releaseBoth(fn, left, right);
  left.info = fn.emitTest(code, a, b, isFloat ? 1 : 0, 1);
  left.kind = OperandKind.Jump;
}

function equality(fn: FunctionBuilder, op: BinaryOp, left: Operand, right: Operand): void {
  if (left.kind !== OperandKind.Register) swap(left, right); // a constant goes second
  const a = toAnyRegister(fn, left);
  const isFloat = isIntegralFloat(right);
  let b = immediate(right);
  let code = Op.EqI;
  if (b === undefined) {
    code = toConstantOrRegister(fn, right) ? Op.EqK : Op.Eq;
    b = right.info;
  }
  releaseBoth(fn, left, right);
  left.info = fn.emitTest(code, a, b, isFloat ? 1 : 0, op === BinaryOp.Eq ? 1 : 0);
  left.kind = OperandKind.Jump;
}
