// Encoding of one 32-bit instruction word (layouts: opcodes.ts). Words are signed Int32 values; fields are read with >>>.
import type { Op } from "./opcodes.js";

export const MAX_A = 255;
export const MAX_B = 255;
export const MAX_C = 255;
export const MAX_BX = (1 << 17) - 1;
export const MAX_AX = (1 << 25) - 1;
/** Signed fields are stored with these offsets added. A `const enum`: the interpreter needs them as literals. */
export const enum Offset {
  SC = 127,
  SBx = 65535,
  SJ = 16777215,
}
export const OFFSET_SC = Offset.SC;
export const OFFSET_SBX = Offset.SBx;
export const OFFSET_SJ = Offset.SJ;

export const getOp = (word: number): Op => (word & 0x7f) as Op;
export const getA = (word: number): number => (word >>> 7) & 0xff;
export const getK = (word: number): number => (word >>> 15) & 1;
export const getB = (word: number): number => (word >>> 16) & 0xff;
export const getC = (word: number): number => word >>> 24;
export const getSB = (word: number): number => ((word >>> 16) & 0xff) - OFFSET_SC;
export const getSC = (word: number): number => (word >>> 24) - OFFSET_SC;
export const getBx = (word: number): number => word >>> 15;
export const getSBx = (word: number): number => (word >>> 15) - OFFSET_SBX;
export const getAx = (word: number): number => word >>> 7;
export const getSJ = (word: number): number => (word >>> 7) - OFFSET_SJ;

export const encodeABCk = (op: Op, a: number, b: number, c: number, k: number): number =>
  op | (a << 7) | (k << 15) | (b << 16) | (c << 24);
export const encodeABx = (op: Op, a: number, bx: number): number => op | (a << 7) | (bx << 15);
export const encodeAsBx = (op: Op, a: number, sbx: number): number => op | (a << 7) | ((sbx + OFFSET_SBX) << 15);
export const encodeAx = (op: Op, ax: number): number => op | (ax << 7);
export const encodeSJ = (op: Op, sj: number): number => op | ((sj + OFFSET_SJ) << 7);
