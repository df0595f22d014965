// Constant folding: arithmetic on two numerals, done when it cannot raise an error and its result is safe to write down.
import {
  add, band, bnot, bor, bxor, div, idiv, mod, mul, pow, shl, shr, sub, toInteger, unm,
} from "../number/arithmetic.js";
import { isInteger, toDouble, type LuaInteger, type LuaNumber } from "../number/float.js";
import { BinaryOp, UnaryOp } from "../parser/ast.js";
import { OperandKind, type Operand } from "./operand.js";

/** Computes `left op right` into `left` if both are numerals and the result may be folded. */
export function foldBinary(op: BinaryOp, left: Operand, right: Operand): boolean {
  if (!left.isNumeral || !right.isNumeral) return false;
  return keep(left, arithmetic(op, left.value as LuaNumber, right.value as LuaNumber));
}

/** Computes `op operand` into `operand` if that is a numeral and the result may be folded. */
export function foldUnary(op: UnaryOp, operand: Operand): boolean {
  if (!operand.isNumeral) return false;
  const value = operand.value as LuaNumber;
  if (op === UnaryOp.Minus) return keep(operand, unm(value));
  const integer = toInteger(value);
  return integer !== undefined && keep(operand, bnot(integer));
}

function arithmetic(op: BinaryOp, a: LuaNumber, b: LuaNumber): LuaNumber | undefined {
  switch (op) {
    case BinaryOp.Add: return add(a, b);
    case BinaryOp.Sub: return sub(a, b);
    case BinaryOp.Mul: return mul(a, b);
    case BinaryOp.Pow: return pow(a, b);
    case BinaryOp.Mod: return toDouble(b) === 0 ? undefined : mod(a, b);
    case BinaryOp.Div: return toDouble(b) === 0 ? undefined : div(a, b);
    case BinaryOp.IDiv: return toDouble(b) === 0 ? undefined : idiv(a, b);
    default: {
      const x = toInteger(a);
      const y = toInteger(b);
      return x === undefined || y === undefined ? undefined : bitwise(op, x, y);
    }
  }
}

function bitwise(op: BinaryOp, x: LuaInteger, y: LuaInteger): LuaInteger | undefined {
  switch (op) {
    case BinaryOp.BAnd: return band(x, y);
    case BinaryOp.BOr: return bor(x, y);
    case BinaryOp.BXor: return bxor(x, y);
    case BinaryOp.Shl: return shl(x, y);
    case BinaryOp.Shr: return shr(x, y);
    default: return undefined;
  }
}

function keep(operand: Operand, result: LuaNumber | undefined): boolean {
  if (result === undefined) return false;
  if (isInteger(result)) operand.kind = OperandKind.Integer;
  else {
    const n = toDouble(result);
    if (n !== n || n === 0) return false; // a constant must not lose the sign of zero
    operand.kind = OperandKind.Float;
  }
  operand.value = result;
  return true;
}
