// Basic blocks of a function, as emitted code needs them: where they begin, and how many instructions each counts.
import { getAx, getBx, getOp, getSJ } from "../bytecode/instruction.js";
import { OPCODES, Op } from "../bytecode/opcodes.js";
import type { Proto } from "../bytecode/proto.js";

export interface Block {
  /** First instruction. */
  readonly start: number;
  /** First instruction that is not in the block. */
  readonly end: number;
}

/** Words an instruction takes in straight-line code: fallbacks and extra arguments belong to the one before. */
export function wordsOf(proto: Proto, pc: number): number {
  const op = getOp(proto.code[pc]!);
  if (op === Op.NewTable || op === Op.LoadKX) return 2;
  if (op === Op.SetList) return ((proto.code[pc]! >>> 15) & 1) !== 0 ? 2 : 1;
  if (isArithmetic(op)) return 2;
  return 1;
}

export function isArithmetic(op: Op): boolean {
  return op >= Op.AddI && op <= Op.Shr;
}

/** Target of the jump in `pc` (JMP, the loop instructions), or −1. */
function jumpTarget(proto: Proto, pc: number): number {
  const word = proto.code[pc]!;
  switch (getOp(word)) {
    case Op.Jmp: return pc + 1 + getSJ(word);
    case Op.ForLoop: case Op.TForLoop: return pc + 1 - getBx(word);
    case Op.ForPrep: return pc + 2 + getBx(word);
    case Op.TForPrep: return pc + 1 + getBx(word);
    case Op.LFalseSkip: return pc + 2;
    default: return -1;
  }
}

/** The blocks in code order. A block ends before every place that can be entered and after everything that jumps or calls. */
export function findBlocks(proto: Proto): Block[] {
  const { code } = proto;
  const starts = new Set<number>([0]);
  for (let pc = 0; pc < code.length; pc++) {
    const op = getOp(code[pc]!);
    const target = jumpTarget(proto, pc);
    if (target >= 0) starts.add(target);
    if (OPCODES[op]!.test) starts.add(pc + 2);
    const ends = target >= 0 || op === Op.Call || op === Op.TailCall || op === Op.VarargPrep || op === Op.Return || op === Op.Return0 || op === Op.Return1 || op === Op.TForCall;
    if (ends) starts.add(pc + 1);
  }
  const ordered = [...starts].filter((pc) => pc < code.length).sort((a, b) => a - b);
  return ordered.map((start, i) => ({ start, end: ordered[i + 1] ?? code.length }));
}

/** The extra argument behind `pc`. */
export const extraOf = (proto: Proto, pc: number): number => getAx(proto.code[pc + 1]!);
