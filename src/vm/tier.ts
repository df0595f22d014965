// Where the emitting tier plugs into the VM: the VM never imports it.
import type { Proto } from "../bytecode/proto.js";
import type { Frame } from "./frame.js";
import type { ProtoCache } from "./inline-cache.js";
import type { Thread } from "./thread.js";
import type { LuaValue } from "./value.js";

/**
 * Emitted code of one function: runs the frame from instruction `pc` with its registers in JavaScript variables for as
 * long as that is simple, puts the registers back and answers the instruction at which the interpreter goes on (which may
 * be `pc` itself). Every instruction it completes is counted; none is half done. It never raises.
 */
export type EmittedCode = (L: Thread, registers: LuaValue[], frame: Frame, base: number, pc: number) => number;

export interface Tier {
  /** Called once when a function is hot: sets `cache.emitted`, or notes why not in `cache.refusal`. */
  compile(proto: Proto, cache: ProtoCache): void;
  /** A chunk was loaded. */
  loaded(proto: Proto): void;
}

/** Calls and loop iterations after which a function is hot. */
export const enum Heat {
  Hot = 200,
}
