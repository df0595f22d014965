// Which registers an instruction reads and writes. The verifier and the analyses of the emitting tier read it here.
import { takesOpen } from "./checked-function.js";
import { getA, getB, getC, getK, getOp } from "./instruction.js";
import { Op, OPCODES } from "./opcodes.js";

/** Clobber ranges that have no upper end stop here. */
export const REGISTERS = 256;

/** Register ranges [low, high) that the instruction at `pc` reads; of open operands those that are sure to exist. */
export function forEachRead(code: Int32Array, pc: number, visit: (low: number, high: number) => void): void {
  const word = code[pc]!;
  const a = getA(word);
  const b = getB(word);
  const c = getC(word);
  const one = (r: number): void => visit(r, r + 1);
  if (takesOpen(word)) visit(a, getA(code[pc - 1]!)); // the open results begin at the producer's A
  switch (getOp(word)) {
    case Op.Move: case Op.GetI: case Op.GetField: case Op.AddI: case Op.AddK: case Op.SubK: case Op.MulK: case Op.ModK:
    case Op.PowK: case Op.DivK: case Op.IDivK: case Op.BAndK: case Op.BOrK: case Op.BXorK: case Op.ShrI: case Op.ShlI:
    case Op.Unm: case Op.BNot: case Op.Not: case Op.Len: case Op.TestSet:
      one(b); break;
    case Op.GetTable: case Op.Add: case Op.Sub: case Op.Mul: case Op.Mod: case Op.Pow: case Op.Div: case Op.IDiv:
    case Op.BAnd: case Op.BOr: case Op.BXor: case Op.Shl: case Op.Shr:
      one(b); one(c); break;
    case Op.SetUpval: case Op.Tbc: case Op.EqK: case Op.EqI: case Op.LtI: case Op.LeI: case Op.GtI: case Op.GeI:
    case Op.Test: case Op.Return1:
      one(a); break;
    case Op.Eq: case Op.Lt: case Op.Le: one(a); one(b); break;
    case Op.SetTabUp: if (!getK(word)) one(c); break;
    case Op.SetTable: one(a); one(b); if (!getK(word)) one(c); break;
    case Op.SetI: case Op.SetField: one(a); if (!getK(word)) one(c); break;
    case Op.Self: one(b); if (!getK(word)) one(c); break;
    case Op.Concat: visit(a, a + b); break;
    case Op.Call: case Op.TailCall: visit(a, a + Math.max(b, 1)); break;
    case Op.Return: visit(a, a + Math.max(b - 1, 0)); break;
    case Op.ForLoop: case Op.ForPrep: case Op.TForCall: visit(a, a + 3); break;
    case Op.TForPrep: one(a + 3); break;
    case Op.TForLoop: one(a + 4); break;
    case Op.SetList: visit(a, a + b + 1); break;
    default: break; // reads no register
  }
}

/** First register that an instruction writes or clobbers. */
export function writeStart(word: number): number {
  return getOp(word) === Op.TForCall ? getA(word) + 4 : getA(word);
}

/** One past the last register that it writes or clobbers; not above {@link writeStart} when it writes none. */
export function writeEnd(word: number): number {
  const a = getA(word);
  switch (getOp(word)) {
    case Op.LoadNil: return a + getB(word) + 1;
    case Op.Self: return a + 2;
    case Op.Call: case Op.TForCall: return REGISTERS;
    case Op.Concat: return a + getB(word);
    case Op.Vararg: return getC(word) === 0 ? REGISTERS : a + getC(word) - 1;
    case Op.ForPrep: case Op.TForPrep: case Op.ForLoop: return a + 4;
    case Op.TForLoop: return a + 3;
    case Op.TailCall: case Op.VarargPrep: return a; // nothing that code after it could see
    default: return OPCODES[getOp(word)]!.setsA ? a + 1 : a;
  }
}

/** One past its last result, where that is not the end of what it clobbers; open results do not count. */
export function resultEnd(word: number): number {
  switch (getOp(word)) {
    case Op.Call: case Op.Vararg: return getA(word) + getC(word) - 1;
    case Op.TForCall: return getA(word) + 4 + getC(word);
    case Op.Concat: return getA(word) + 1;
    default: return writeEnd(word);
  }
}
