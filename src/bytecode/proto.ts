// Proto: one compiled function, the contract between compiler, VM, dump, verifier and disassembler.
import type { LuaFloat } from "../number/float.js";

/** A constant as the VM holds it (number/float.ts says how numbers are represented; strings are byte strings). */
export type Constant = undefined | boolean | number | bigint | LuaFloat | string;

/** How a closure finds one upvalue when it is created. */
export interface UpvalueDescription {
  /** Source name; undefined in stripped code. */
  name: string | undefined;
  /** True: register `index` of the enclosing function. False: the enclosing function's upvalue `index`. */
  inStack: boolean;
  index: number;
  /** 0 regular, 1 <const>, 2 <close>, 3 compile-time constant (the dump format's numbers). */
  kind: number;
}

/** A local variable's name and the instructions [startpc, endpc) where it is alive. */
export interface LocalVariable {
  name: string;
  startpc: number;
  endpc: number;
}

/** Line of an instruction given absolutely, where the deltas in `lineInfo` do not suffice. */
export interface AbsoluteLine {
  pc: number;
  line: number;
}

/** `lineInfo` entry that says "look in absLineInfo". */
export const ABSOLUTE_LINE = -0x80;

/** A function prototype. Immutable once compiled; the VM keeps what it derives in `cache`. */
export class Proto {
  /** Chunk name as given to `load` ("@file", "=name" or source text); undefined when stripped. */
  source: string | undefined = undefined;
  lineDefined = 0;
  lastLineDefined = 0;
  numParams = 0;
  isVararg = false;
  maxStackSize = 2;
  /** Instruction words (instruction.ts). */
  code: Int32Array = EMPTY_CODE;
  constants: Constant[] = [];
  upvalues: UpvalueDescription[] = [];
  protos: Proto[] = [];
  /** Line delta of each instruction against the one before it; empty when stripped. */
  lineInfo: Int8Array = EMPTY_LINES;
  absLineInfo: AbsoluteLine[] = [];
  locals: LocalVariable[] = [];
  /** What the VM derives on first run (inline caches, decoded forms). Not part of the chunk. */
  cache: object | undefined = undefined;
  /** The census that last reached it: a number no other has, since states may share compiled chunks. */
  /** What it takes in memory, once asked (vm/proto-size.ts). */
  bytes = 0;
}

const EMPTY_CODE = new Int32Array(0);
const EMPTY_LINES = new Int8Array(0);

/** Source line of instruction `pc` (0-based), or −1 when the line information was stripped. */
export function lineOf(proto: Proto, pc: number): number {
  if (proto.lineInfo.length === 0) return -1;
  const abs = proto.absLineInfo;
  let line = proto.lineDefined;
  let at = -1;
  let low = 0;
  let high = abs.length;
  while (low < high) { // last absolute entry at or before pc
    const mid = (low + high) >>> 1;
    if (abs[mid]!.pc <= pc) low = mid + 1;
    else high = mid;
  }
  if (low > 0) ({ pc: at, line } = abs[low - 1]!);
  while (at < pc) line += proto.lineInfo[++at]!;
  return line;
}
