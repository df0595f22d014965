// What the two halves of the verifier share.
import { getB, getC, getOp } from "./instruction.js";
import { Op, OPCODES } from "./opcodes.js";
import type { Proto } from "./proto.js";
import { BadChunk } from "./undump.js";

/** A function under verification, with what the passes have found out about its code. */
export class CheckedFunction {
  readonly code: Int32Array;
  /** 1 where a jump may land. */
  readonly enterable: Uint8Array;

  constructor(readonly proto: Proto, private readonly chunk: string) {
    this.code = proto.code;
    this.enterable = new Uint8Array(proto.code.length);
  }

  /** Refuses the chunk; `pc` is 0-based, −1 when no instruction is to blame. */
  fail(pc: number, rule: string): never {
    const { lineDefined } = this.proto;
    const where = lineDefined === 0 ? "main function" : `function at line ${lineDefined}`;
    throw new BadChunk(this.chunk, pc < 0 ? `${where}: ${rule}` : `${where}, instruction ${pc + 1}: ${rule}`);
  }
}

/** Does it leave results up to the stack top? */
export function leavesOpen(word: number): boolean {
  const op = getOp(word);
  return op === Op.TailCall || (OPCODES[op]!.setsTop && getC(word) === 0);
}

/** Does it take operands up to the stack top? */
export function takesOpen(word: number): boolean {
  const op = getOp(word);
  return op !== Op.VarargPrep && OPCODES[op]!.usesTop && getB(word) === 0;
}
