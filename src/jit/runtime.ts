// What stands between emitted code and the interpreter: how emitted functions are entered, how they call what is not
// emitted, and how the frames they never had come to be when they are left.
//
// An emitted function answers its one result. Everything else is told by the answer SIGNAL and `run.count`:
//   n >= 0    n results, in the registers from the function's own slot on
//   LEFT      it, or something it called, could not go on: `run.left` has what its frame is to be; its caller leaves too
//   REFUSED   nothing happened: the call must be made by the interpreter
import { getC, getOp } from "../bytecode/instruction.js";
import { Op } from "../bytecode/opcodes.js";
import { FrameFlag } from "../vm/frame-flags.js";
import type { Frame } from "../vm/frame.js";
import { LuaClosure } from "../vm/function.js";
import { learnMetamethod } from "./handlers.js";
import { expectedKind, kindOf, within } from "./lattice.js";
import { type ProtoCache, cacheOf } from "../vm/inline-cache.js";
import { returnFrom } from "../vm/calls.js";
import type { Meter } from "../vm/meter.js";
import { DECLINED, type Signal } from "../vm/signal.js";
import type { LuaState } from "../vm/state.js";
import { LuaTable } from "../vm/table.js";
import { MAX_STACK, type Thread } from "../vm/thread.js";
import { type DirectCode, Entered, Heat, LEFT, type Region, type Tier, UNWOUND } from "../vm/tier.js";
import type { LuaValue } from "../vm/value.js";
import { RESERVE } from "./charges.js";

/** Answer of emitted code that has not exactly one result. Never a Lua value. */
export const SIGNAL = new LuaTable();

export const enum Count {
  Left = -1,
  Refused = -2,
}

/** Bytes of JavaScript stack that emitted code may use where no native has called back: about half of V8's. */
const ROOM = 450_000;

/** What each nested call by a native takes of it: 200 of them and emitted code above them fit into V8's stack, unoptimised. */
const NESTED_ROOM = 1_500;

/** Bytes of JavaScript stack for code that is entered on `L`; {@link roomFor} says what a function takes. */
export function roomOn(L: Thread): number {
  return ROOM - NESTED_ROOM * L.nativeDepth;
}

/** Bytes of JavaScript stack that one activation of a function with so many registers takes, at most, in V8's interpreter. */
export function roomFor(registers: number): number {
  return 300 + 24 * registers;
}

/** The run of emitted code in progress. */
class EmittedRun {
  thread!: Thread;
  tier!: Tier;
  count = 0;
  /** JavaScript stack that the region which is about to be entered may use, see {@link roomOn}. */
  room = 0;
  /** A native runs that emitted code has called: the frames below it are not written. */
  isInLeaf = false;
  /** Stack index of the first of `count` results. */
  at = 0;
  /** Frames that were left, the topmost first. */
  readonly left: Frame[] = [];
  /** A message handler runs in emitted code: one at a time, so that at most one is ever left. */
  isHandling = false;
  /** The frame of that handler among {@link left}, above the one that raised the error. */
  handler: Frame | null = null;
  /** Times that frames were left below a call. */
  unwinds = 0;

  /** See {@link Tier.forget}. */
  forget(state: LuaState): void {
    const { thread } = this as { thread?: Thread | undefined };
    if (thread?.state === state) (this as { thread?: Thread | undefined }).thread = undefined;
  }
}

export const run = new EmittedRun();

/** Answers that nothing happened. */
export function refuse(): LuaValue {
  run.count = Count.Refused;
  return SIGNAL;
}

/** The frame above `below`; null when the limit of depth is reached, which the interpreter then tells. */
export function above(below: Frame): Frame | null {
  return below.level >= run.thread.state.deepest ? null : run.thread.frameAbove(below);
}

/** On the way out: units that were paid and not used, and the first `count` registers. */
function writeBack(meter: Meter, units: number | undefined, R: LuaValue[], base: number, count: number, registers: readonly LuaValue[]): void {
  if (units !== undefined && units > 0) meter.giveBack(units);
  for (let n = 0; n < count; n++) R[base + n] = registers[n];
}

/** A region is left at `pc`, or (`isUnwound`) inside the call before. */
export function leaveRegion(
  meter: Meter, units: number | undefined, R: LuaValue[], base: number, count: number, frame: Frame, pc: number, isUnwound: boolean | undefined, ...registers: LuaValue[]
): number {
  writeBack(meter, units, R, base, count, registers);
  if (isUnwound !== true) return pc;
  frame.pc = pc;
  return unwound(frame);
}

/** A function is left at `pc`: `frame`, its place among the frames, gets to be what it would have been. */
export function leave(
  meter: Meter, units: number | undefined, R: LuaValue[], base: number, count: number, frame: Frame, closure: LuaClosure, at: number, pc: number, extra: number,
  tail: boolean | undefined, ...registers: LuaValue[]
): LuaValue {
  writeBack(meter, units, R, base, count, registers);
  R[at] = closure;
  frame.func = closure;
  frame.ret = at;
  frame.base = base;
  frame.top = base + closure.proto.maxStackSize;
  frame.pc = pc;
  frame.count = extra;
  frame.tail = tail === true;
  run.left.push(frame);
  run.count = Count.Left;
  return SIGNAL;
}

/** The frame that was left last is in the place of one whose function called in tail position. */
export function leftInTail(): void {
  run.left[run.left.length - 1]!.tail = true;
}

/** Makes register slots up to `needed` exist, if that raises no "stack overflow". */
export function grow(needed: number): boolean {
  if (needed > MAX_STACK) return false;
  run.thread.ensureStack(needed);
  return true;
}

/** Fuel is short: a new slice, if nothing is to be done between slices and it is long enough. */
export function refuel(meter: Meter): boolean {
  const { state } = run.thread;
  if (state.observer !== null || state.memory.due || state.census.isUnderWay || state.run?.isSliceOver === true) return false;
  return meter.extend() && meter.fuel >= RESERVE;
}

/**
 * Turned into a string, does {@link refuel}: "" if that succeeded. A call in its place, which happens once in 100,000 units, would make V8 give
 * optimised code up in each block that meets it for the first time; for this conversion V8 waits for no experience.
 */
export const FUEL = { [Symbol.toPrimitive]: (): string => (refuel(run.thread.state.meter) ? "" : "none") };

/** Does {@link refuse} when it is turned into a string, for the same reason. */
export const REFUSAL = { [Symbol.toPrimitive]: (): string => (refuse(), "") };

/** Calls of a function that take the rare ways ({@link Emitter.cold}). V8 does not look at the first ones: there are enough of them. */
export class Training {
  private left = 60;
  /**
   * Not there until training is over. V8 takes a property that an object has got, and no object like it has changed, for a constant: what emitted
   * code tests of its first calls costs later ones nothing (a tenth to a seventh of programs that do little but call).
   */
  declare over?: true;

  /** Another call: answers 2 if it is to be left where it begins, as two of them are, else 1. */
  next(): 1 | 2 {
    this.left--;
    if (this.left === 0) this.over = true;
    return this.left === 40 || this.left === 10 ? 2 : 1;
  }
}

/** The frames that were left stand above the top frame of the thread, which is at its call. */
export function pushLeft(L: Thread): void {
  const { left } = run;
  for (let i = left.length - 1; i >= 0; i--) {
    const below = L.frame;
    const frame = left[i]!;
    L.frame = frame;
    if (frame === run.handler) {
      frame.flags = FrameFlag.Handler;
      frame.nresults = 1;
      continue;
    }
    if (!(below.func instanceof LuaClosure)) {
      frame.flags = below.func === null ? FrameFlag.FromNative : FrameFlag.FromNative | FrameFlag.Counted;
      frame.nresults = -1;
      continue;
    }
    const word = below.func.proto.code[below.pc - 1]!;
    const kept = frame.func instanceof LuaClosure ? 0 : frame.flags;
    if (getOp(word) === Op.TForCall) {
      frame.flags = kept | FrameFlag.ForIterator | FrameFlag.Counted;
      frame.nresults = getC(word);
      below.epoch = L.resumeCount;
    } else if (getOp(word) === Op.Call) {
      frame.flags = kept;
      frame.nresults = getC(word) - 1;
    } else {
      frame.flags = FrameFlag.Meta | FrameFlag.Counted;
      frame.nresults = 1;
      below.epoch = L.resumeCount;
    }
  }
  left.length = 0;
  run.handler = null;
  run.unwinds++;
}

/** The interpreter goes on in `frame`: is there something to learn from that? */
export function learn(frame: Frame): void {
  if (!(frame.func instanceof LuaClosure)) return;
  const cache = cacheOf(frame.func.proto);
  if (cache.assumes.omitted?.has(frame.pc) === true) reach(cache, frame.pc);
  if (learnMetamethod(frame, frame.pc) && isOneTooMany(cache)) forget(cache);
}

/** A block that was left out is needed. When that happens often the function is compiled again. */
function reach(cache: ProtoCache, pc: number): void {
  const { assumes } = cache;
  (assumes.reached ??= new Set()).add(pc);
  if (++assumes.strays < assumes.patience) return;
  assumes.strays = 0;
  assumes.patience *= 2;
  forget(cache);
}

/** See {@link Tier.enter}. */
export function enter(tier: Tier, L: Thread, frame: Frame, code: DirectCode): Entered {
  const { stack: R, state } = L;
  const { base, count } = frame;
  const closure = frame.func as LuaClosure;
  const at = base - 1;
  const { tail } = frame;
  run.thread = L;
  run.tier = tier;
  const nargs = closure.proto.isVararg ? count : closure.proto.numParams; // registers, when a loop begins there
  const result = invoke(code, state.meter, R, base, roomOn(L), frame.prev!, closure, base, nargs);
  if (result !== SIGNAL) {
    if (frame.flags !== 0) returnFrom(frame, [result]);
    else {
      const to = frame.ret;
      const wanted = frame.nresults;
      if (wanted !== 0) R[to] = result;
      if (wanted < 0) L.top = to + 1;
      else for (let j = 1; j < wanted; j++) R[to + j] = undefined;
      L.frame = frame.prev!;
    }
    return Entered.Returned;
  }
  if (run.count === Count.Refused) return Entered.Not;
  if (run.count >= 0) {
    returnFrom(frame, R.slice(at, at + run.count));
    return Entered.Returned;
  }
  learn(run.left[0]!);
  run.left.pop(); // its own
  if (tail) frame.tail = true;
  pushLeft(L);
  return Entered.Left;
}

/** See {@link Tier.callNested}. */
export function callNested(tier: Tier, L: Thread, closure: LuaClosure, code: DirectCode, at: number, count: 1 | 2, a: LuaValue, b: LuaValue): LuaValue | Signal {
  run.thread = L;
  run.tier = tier;
  const { stack: R, frame: native, state: { meter } } = L;
  const room = roomOn(L);
  const result = count === 2 ? code(meter, R, at + 1, room, native, closure, a, b) : code(meter, R, at + 1, room, native, closure, a);
  if (result !== SIGNAL) return result;
  if (run.count >= 0) return run.count > 0 ? R[run.at] : undefined;
  if (run.count === Count.Refused) return DECLINED;
  learn(run.left[0]!);
  pushLeft(L);
  const entry = native.next!;
  entry.flags = FrameFlag.Fresh;
  entry.nresults = 1;
  return LEFT;
}

/** Calls emitted code with the `nargs` arguments from R[from] on. */
export function invoke(
  code: DirectCode, m: Meter, R: LuaValue[], base: number, room: number, below: Frame, c: LuaClosure, from: number, nargs: number,
): LuaValue {
  const { proto } = c;
  const n = proto.isVararg ? nargs : Math.min(nargs, proto.numParams);
  switch (n) {
    case 0: return code(m, R, base, room, below, c);
    case 1: return code(m, R, base, room, below, c, R[from]);
    case 2: return code(m, R, base, room, below, c, R[from], R[from + 1]);
    case 3: return code(m, R, base, room, below, c, R[from], R[from + 1], R[from + 2]);
    default: return n > MAX_ARGUMENTS ? refuse() : code(m, R, base, room, below, c, ...R.slice(from, from + n));
  }
}

/** Calls of the interpreter that are as dear as one that emitted code is left for, because the function is not compiled. */
const REFUSED_CALL = 20;

/** The code for calls of a function that emitted code calls; null: none yet, or never. */
export function codeFor({ proto }: LuaClosure): DirectCode | null {
  const cache = cacheOf(proto);
  if (cache.direct === null && cache.refusal === null && (cache.heat += REFUSED_CALL) >= Heat.Hot) run.tier.compile(run.thread.state, proto, cache);
  return cache.direct;
}

/** Emitted code met a function that is not compiled as the iterator of a loop. */
export function warm(callee: LuaValue): void {
  if (callee instanceof LuaClosure) codeFor(callee);
}

/** Arguments that are passed on as JavaScript arguments. */
const MAX_ARGUMENTS = 250;

/** A region's answer when what it expects of registers does not hold where it is entered. */
export const MISMATCH = -2;

/** The region was left inside a call. */
function unwound(frame: Frame): number {
  learn(run.left[0]!);
  pushLeft(frame.L);
  return UNWOUND;
}

/** The integer operation at `pc` had a result of more than 53 bits where none was expected. */
export function tooWide(cache: ProtoCache, pc: number): void {
  (cache.assumes.wide ??= new Set()).add(pc);
  if (isOneTooMany(cache)) forget(cache);
}

/** The operation at `pc` is not on integers alone. */
export function notInteger(cache: ProtoCache, pc: number): void {
  if (!isOneTooMany(cache)) return;
  (cache.assumes.mixed ??= new Set()).add(pc);
  forget(cache);
}

/** The call at `pc` is not of the function that its name promised. */
export function notExpected(cache: ProtoCache, pc: number): void {
  if (!isOneTooMany(cache)) return;
  (cache.assumes.foreign ??= new Set()).add(pc);
  forget(cache);
}

/**
 * The instruction at `pc` loaded a value of another kind than it was lately seen to (a parameter has the place of an instruction behind the last).
 * When that has happened often enough the new kind is expected instead, or none if that kind had been expected before.
 */
export function otherKind(cache: ProtoCache, pc: number, value: LuaValue): void {
  if (!isOneTooMany(cache)) return;
  const { assumes } = cache;
  const seen = assumes.seen!;
  const past = (assumes.past ??= new Uint16Array(seen.length));
  const kind = kindOf(value);
  past[pc]! |= seen[pc]!;
  seen[pc] = (past[pc]! & kind) === 0 ? kind : past[pc]! | kind;
  assumes.revisions++;
  forget(cache);
}

/** The same of the parameters that are expected to be of a kind: one of the arguments is not. */
export function otherArgument(cache: ProtoCache, parameters: readonly number[], ...args: LuaValue[]): void {
  const { seen } = cache.assumes;
  const first = seen!.length - cache.numParams;
  const other = parameters.findIndex((n, i) => !within(kindOf(args[i]), expectedKind(seen![first + n]!)));
  if (other >= 0) otherKind(cache, first + parameters[other]!, args[other]);
}

/** A loop that should be one on small integers is not. */
export function notSmall(cache: ProtoCache): void {
  if (!isOneTooMany(cache)) return;
  cache.assumes.smallLoops = false;
  forget(cache);
}

/** Times an assumption may be wrong, one soon after the other, before the function is compiled again without it. */
const PATIENCE = 5;

/** Units after which a disappointment is forgotten: one in so many costs less than to compile the function again. */
const SELDOM = 500_000;

/** Counts a disappointment. True: there are more of late than can be put up with, and they are counted anew. */
function isOneTooMany({ assumes }: ProtoCache): boolean {
  const { used } = run.thread.state.meter;
  if (used - assumes.missedAt > SELDOM) assumes.misses = 0;
  assumes.missedAt = used;
  if (++assumes.misses < PATIENCE) return false;
  assumes.misses = 0;
  return true;
}

/** Takes back what was compiled of a function. */
function forget(cache: ProtoCache): void {
  cache.assumes.omitted?.clear();
  cache.direct = null;
  cache.isEntered = false;
  cache.heat = Heat.Hot - 1;
  cache.regions = cache.regions === null ? null : new Array<Region | undefined>(cache.regions.length).fill(undefined);
}

/** Several results, for a caller in tail position: they belong at R[to]. */
export function moved(R: LuaValue[], from: number, to: number): LuaValue {
  if (from !== to) for (let i = 0; i < run.count; i++) R[to + i] = R[from + i];
  run.at = to;
  return SIGNAL;
}

/** Ends a native's call from emitted code. */
export class FramesNeeded {}
