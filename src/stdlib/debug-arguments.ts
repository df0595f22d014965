// Arguments that several debug functions read alike.
import type { LuaInteger } from "../number/float.js";
import type { Frame } from "../vm/frame.js";
import { Thread } from "../vm/thread.js";

/** The optional thread in front of the other arguments. */
export interface Target {
  readonly L: Thread;
  /** Arguments it takes up: 0 or 1. */
  readonly skip: number;
}

export function targetThread(f: Frame): Target {
  const v = f.arg(1);
  return v instanceof Thread ? { L: v, skip: 1 } : { L: f.L, skip: 0 };
}

/** Integer argument as C's int: its low 32 bits. */
export function intArgument(f: Frame, i: number): number {
  return toInt(f.integer(i));
}

export function optIntArgument(f: Frame, i: number, fallback: number): number {
  return toInt(f.optInteger(i, fallback));
}

function toInt(n: LuaInteger): number {
  return typeof n === "number" && (n | 0) === n ? n : Number(BigInt.asIntN(32, BigInt(n)));
}
