// Where the emitting tier plugs into the VM: the VM never imports it.
import type { Proto } from "../bytecode/proto.js";
import type { Frame } from "./frame.js";
import type { LuaClosure } from "./function.js";
import type { ProtoCache } from "./inline-cache.js";
import type { Meter } from "./meter.js";
import { Signal } from "./signal.js";
import type { LuaState } from "./state.js";
import type { Thread } from "./thread.js";
import type { LuaValue } from "./value.js";

/**
 * A function as JavaScript, entered by a call: `base` is the register its first argument would have, `room` how much of the
 * JavaScript stack it may still use, `below` its caller's frame. Its own stays unwritten until it must leave (jit/runtime.ts).
 * Answers the one result, or a signal.
 */
export type DirectCode = (
  meter: Meter, registers: LuaValue[], base: number, room: number, below: Frame, closure: LuaClosure, ...args: LuaValue[]
) => LuaValue;

/**
 * A function as JavaScript, entered at one instruction (a loop's header, or behind a call) with a frame that the interpreter
 * was running. Answers the instruction at which the interpreter goes on in that frame, or UNWOUND.
 */
export type RegionCode = (meter: Meter, registers: LuaValue[], frame: Frame, base: number) => number;

/** An instruction of a hot function at which running frames may go on in emitted code. */
export class Region {
  /** null: there is none, or none yet. */
  code: RegionCode | null = null;
  /** Entries so far, up to some. */
  entered = 0;
  /** Stays of about a whole slice. */
  long = 0;
  /** How many of them are to be before V8 is made to look at it again. */
  nudge = 3;
  /** By register, the kinds of values that frames had in it which it was compiled for (jit/lattice.ts). */
  readonly kinds = new Map<number, number>();
  /** Frames that found other kinds of numbers than the code was compiled for. */
  mismatches = 0;
  readonly profit = new Profit();

  /** `wait`: how often frames are to pass by before the next goes on here. `since`: the meter's reading when the count began; −1: they came often enough. */
  constructor(public wait: number, public since: number) {}
}

/** Whether an entry to emitted code is worth it: entering and leaving cost as much as interpreting some instructions. */
export class Profit {
  /** Times it was entered and left again, and units used in there, since the last look. */
  left = 0;
  units = 0;
  /** Times it was found not to be worth it. */
  losses = 0;
}

/** Answer of a region that calls were left in: frames stand above its own, the thread's top frame says where to go on. */
export const UNWOUND = -1;

/** Answer of {@link Tier.callNested}: frames are above the native's, and the interpreter goes on in them. */
export const LEFT = new Signal("left");

/** How a frame fared that was entered from its beginning. */
export const enum Entered {
  /** Nothing happened: interpret it. */
  Not,
  /** It returned: its caller goes on. */
  Returned,
  /** It was left: the thread's top frame goes on, in the interpreter. */
  Left,
}

export interface Tier {
  /** A chunk was loaded. */
  loaded(proto: Proto): void;
  /** `state` is not used any more: nothing of it is to be held. */
  forget(state: LuaState): void;
  /**
   * A function is hot by its calls: sets `cache.direct` and `cache.isEntered`, or notes why not in `cache.refusal`. The first time it may do
   * neither, and look at the values that the state works with.
   */
  compile(state: LuaState, proto: Proto, cache: ProtoCache): void;
  /** A function is hot by its loops: sets `cache.regions`, which are compiled when they are met, or `cache.refusal`. */
  open(proto: Proto, cache: ProtoCache): void;
  /** Runs the frame on top of `L`, a Lua frame at its first instruction, by `cache.direct`. */
  enter(L: Thread, frame: Frame, cache: ProtoCache): Entered;
  /**
   * A native calls a function that has code for calls with one or two arguments, in registers from stack[at] on: answers the first result; DECLINED
   * when nothing has happened; LEFT.
   */
  callNested(L: Thread, closure: LuaClosure, cache: ProtoCache, at: number, count: 1 | 2, a: LuaValue, b: LuaValue): LuaValue | Signal;
  /** A native is about to look at registers: throws when emitted code holds them, which then has the interpreter call the native. */
  needFrames(): void;
  /** Goes on at instruction `pc` of `frame`, the top frame, by the code for that instruction if there is any: as {@link RegionCode}. */
  resume(L: Thread, frame: Frame, cache: ProtoCache, pc: number, isLoop: boolean): number;
  /**
   * The same from emitted code, where that code exists and which already runs on `L`; `room`: how much of the JavaScript stack it may use. Learns
   * nothing from where it ends.
   */
  continueAt(L: Thread, frame: Frame, cache: ProtoCache, pc: number, room: number): number;
}

/** Calls and loop iterations after which a function is hot. Compiling a long one takes longer, and calls run less of it. */
export const enum Heat {
  Hot = 200,
  /** So many more for each instruction above `Short`, up to a bound. */
  PerInstruction = 8,
  Short = 24,
  Bound = 4000,
  /** Instructions of a function above which compiling it costs more than it gives: it is refused, and that need not wait. */
  TooLong = 4000,
}

/** The heat of a function of so many instructions that has not run. */
export function initialHeat(length: number): number {
  return length > Heat.TooLong ? 0 : -Math.min(Heat.Bound, Heat.PerInstruction * Math.max(0, length - Heat.Short));
}
