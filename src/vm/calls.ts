// Calling and returning, without nesting the interpreter: what CALL, metamethods, continuations, yields and to-be-closed
// variables have in common. Everything here works on heap frames; JavaScript frames never pile up with Lua's.
import { getA, getBx, getK, getOp, getSJ } from "../bytecode/instruction.js";
import { Op } from "../bytecode/opcodes.js";
import type { Proto, UpvalueDescription } from "../bytecode/proto.js";
import { SIZE, allocate, heap } from "./accounting.js";
import { NOWHERE, type Origin, raiseCallError } from "./errors.js";
import { Event } from "./events.js";
import { raise } from "./fault.js";
import { FrameFlag } from "./frame-flags.js";
import type { Frame } from "./frame.js";
import { LuaClosure, NativeFunction, UpVal } from "./function.js";
import { callHook, returnHook } from "./hooks.js";
import { metamethodOf } from "./metatables.js";
import { binaryMetamethod, concatText, pending } from "./operations.js";
import { CALL, MULTI, RAISE, RESUME, SUSPEND, Signal, YIELD } from "./signal.js";
import { BARRIER, type Thread, ThreadStatus } from "./thread.js";
import { type LuaValue, isTruthy } from "./value.js";
import { localName } from "./variable-names.js";

/** A Lua frame was pushed, or control went elsewhere: the interpreter must reload its state. */
export const PUSHED = new Signal("pushed");

/** Why the interpreter loop must be left (LuaState.stop). */
export const enum Stop {
  No = 0,
  /** The frame flagged Fresh has returned; its results are in thread.results. */
  Returned,
  /** A native waits for the host: the whole run is suspended (run.ts). */
  Suspended,
  /** The run's slice is over; it goes on with the instruction it stopped at. */
  Preempted,
}

/** Stack slots a native function may count on. */
export const MIN_STACK = 20;
/** __call metamethods that are not functions themselves cost a unit each from this many on. */
const FREE_CALL_LINKS = 4;

// ---- pushing frames ----------------------------------------------------------------------------------------------

/** Stack slots up to the end of a function's registers; those of a vararg function lie above its arguments (VARARGPREP). */
export function slotsNeeded(proto: Proto, base: number, nargs: number): number {
  return proto.isVararg ? base + Math.max(nargs, proto.numParams) + proto.maxStackSize + 2 : base + proto.maxStackSize;
}

/** Pushes the frame of a Lua function: stack[at] is the function, `nargs` arguments follow. */
export function pushLua(L: Thread, closure: LuaClosure, at: number, nargs: number, nresults: number, flags: number): Frame {
  const { proto } = closure;
  const frame = L.frame.next ?? L.frameAbove(L.frame);
  const base = at + 1;
  const needed = slotsNeeded(proto, base, nargs);
  if (needed > L.stack.length) L.ensureStack(needed);
  for (let i = nargs; i < proto.numParams; i++) L.stack[base + i] = undefined;
  frame.func = closure;
  frame.ret = at;
  frame.base = base;
  frame.top = base + proto.maxStackSize;
  frame.pc = 0;
  frame.nresults = nresults;
  frame.count = nargs;
  frame.flags = flags;
  frame.tail = false;
  L.frame = frame;
  if (L.hookMask !== 0 && !proto.isVararg) callHook(L, frame, false);
  return frame;
}

/** Pushes the frame of a native function. */
export function pushNative(L: Thread, func: NativeFunction, at: number, nargs: number, nresults: number, flags: number): Frame {
  const frame = L.frame.next ?? L.frameAbove(L.frame);
  frame.func = func;
  frame.ret = at;
  frame.base = at + 1;
  frame.top = at + 1 + nargs;
  frame.count = nargs;
  frame.nresults = nresults;
  frame.flags = flags;
  frame.tail = false;
  if (frame.top + MIN_STACK > L.stack.length) L.ensureStack(frame.top + MIN_STACK);
  L.frame = frame;
  if (L.hookMask !== 0) callHook(L, frame, false);
  return frame;
}

/** Makes stack[at] a function by putting __call metamethods below it; answers how many arguments there are then. */
export function resolveCallable(L: Thread, at: number, nargs: number, origin: Origin): number {
  let callee = L.stack[at];
  if (callee instanceof LuaClosure || callee instanceof NativeFunction) return nargs;
  const chain = [callee]; // what becomes arguments; moved once at the end, however long the chain is
  for (;;) {
    const handler = metamethodOf(L.state, callee, Event.Call);
    if (handler === undefined) raiseCallError(L, callee, origin);
    L.ensureStack(at + nargs + chain.length + 1);
    callee = handler;
    if (callee instanceof LuaClosure || callee instanceof NativeFunction) break;
    if (chain.push(callee) > FREE_CALL_LINKS) L.state.meter.charge(1);
  }
  const { stack } = L;
  const added = chain.length;
  for (let i = at + nargs; i > at; i--) stack[i + added] = stack[i];
  for (let i = 0; i < added; i++) stack[at + added - i] = chain[i];
  stack[at] = callee;
  return nargs + added;
}

/**
 * Begins the call of stack[at]. PUSHED: a Lua frame is on top. Anything else is the outcome of a native whose frame is
 * still on top (give it to {@link settle}, or drop the frame when it is a plain value).
 */
export function beginCall(L: Thread, at: number, nargs: number, nresults: number, flags: number): LuaValue | Signal {
  let callee = L.stack[at];
  if (!(callee instanceof LuaClosure || callee instanceof NativeFunction)) {
    nargs = resolveCallable(L, at, nargs, NOWHERE);
    callee = L.stack[at] as LuaClosure | NativeFunction;
  }
  if (callee instanceof LuaClosure) {
    pushLua(L, callee, at, nargs, nresults, flags);
    return PUSHED;
  }
  return callee.run(pushNative(L, callee, at, nargs, nresults, flags));
}

/**
 * Calls a metamethod for the interrupted instruction of the running Lua frame. Answers its first result, or PUSHED when
 * the result will come through {@link finishInstruction}.
 */
export function callMetamethod(L: Thread, func: LuaValue, a: LuaValue, b: LuaValue, c: LuaValue, count: number): LuaValue | Signal {
  const frame = L.frame;
  const at = frame.top;
  L.enterNative();
  L.ensureStack(at + 4 + MIN_STACK);
  const { stack } = L;
  stack[at] = func;
  stack[at + 1] = a;
  stack[at + 2] = b;
  stack[at + 3] = c;
  frame.epoch = L.resumeCount;
  const outcome = beginCall(L, at, count, 1, FrameFlag.Meta | FrameFlag.Counted);
  if (outcome === PUSHED) return PUSHED;
  if (outcome instanceof Signal || L.hookMask !== 0) {
    if (outcome === MULTI && L.hookMask === 0) {
      const first = L.results[0];
      L.nativeDepth--;
      L.frame = frame;
      return first;
    }
    settle(L.frame, outcome);
    return PUSHED;
  }
  L.nativeDepth--;
  L.frame = frame;
  return outcome;
}

/** {@link callMetamethod} for what operations.ts left in `pending`. */
export function callPending(L: Thread): LuaValue | Signal {
  const { func, a, b, c, count } = pending;
  return callMetamethod(L, func, a, b, c, count);
}

// ---- returning -----------------------------------------------------------------------------------------------------

/**
 * Goes on from the outcome of the native frame on top until a Lua frame is on top or the run must stop (state.stop).
 * This is where yields, resumes, continuations and coroutine ends meet.
 */
export function settle(native: Frame, outcome: LuaValue | Signal): void {
  let frame = native;
  for (;;) {
    const L = frame.L;
    let results: LuaValue[];
    if (!(outcome instanceof Signal)) results = [outcome];
    else if (outcome === MULTI) results = L.results;
    else if (outcome === CALL) {
      const at = frame.top;
      const args = L.results;
      L.enterNative();
      L.ensureStack(at + 1 + args.length + MIN_STACK);
      L.stack[at] = L.pending;
      for (let i = 0; i < args.length; i++) L.stack[at + 1 + i] = args[i];
      outcome = beginCall(L, at, args.length, -1, FrameFlag.FromNative | FrameFlag.Counted);
      if (outcome === PUSHED) return;
      frame = L.frame;
      continue;
    } else if (outcome === YIELD) {
      const resumer = L.resumer!;
      if (L.budgets !== null) L.state.budgets.suspend(L);
      L.status = ThreadStatus.Suspended;
      L.resumer = null;
      switchTo(L, resumer);
      frame = resumer.frame;
      outcome = frame.continuation!(frame, L.results);
      continue;
    } else if (outcome === RESUME) {
      const resumed = startOrContinue(L, L.pending as Thread, L.results);
      if (resumed === undefined) return;
      ({ frame, outcome } = resumed);
      continue;
    } else if (outcome === RAISE) {
      ({ frame, outcome } = L.state.catchRaised(L));
      continue;
    } else if (outcome === SUSPEND) {
      raiseUnlessSuspendable(L);
      L.state.stop = Stop.Suspended;
      return;
    } else return; // PUSHED

    const next = deliver(frame, results);
    if (next === undefined) return;
    ({ frame, outcome } = next);
  }
}

/**
 * Whether the run that `L` belongs to can stop here: it was begun by a Run, and no native of it, in whichever of its coroutines,
 * waits for a nested call.
 */
export function isSuspendable(L: Thread): boolean {
  for (; L.resumer !== null; L = L.resumer) if (L.unyieldable % BARRIER !== 0) return false;
  return L.run !== null && L.unyieldable % BARRIER === 1; // a run's own thread cannot yield
}

/** Raises the error of a native that waits where nothing can be suspended. */
export function raiseUnlessSuspendable(L: Thread): void {
  let root = L;
  while (root.resumer !== null) root = root.resumer;
  if (isSuspendable(L) && (root.run!.isPaused || root.run!.finalizing?.isThere !== true)) return; // nothing is collected while a finalizer waits
  raise(root.run === null ? "attempt to wait in a call that cannot be suspended" : "attempt to yield across a C-call boundary");
}

/** A native frame on top, and what it answered. */
export interface Step {
  readonly frame: Frame;
  readonly outcome: LuaValue | Signal;
}

/** Makes `to` the running thread. */
function switchTo(from: Thread, to: Thread): void {
  to.state.current = to;
  to.status = ThreadStatus.Running;
  if ((from.hookMask | to.hookMask) !== 0) to.state.meter.interrupt(); // hooks tick every instruction, others do not
}

/** Runs or continues a coroutine. Undefined: a Lua frame of it is on top. */
function startOrContinue(L: Thread, co: Thread, args: LuaValue[]): Step | undefined {
  L.status = ThreadStatus.Normal;
  co.resumer = L;
  co.resumeCount++;
  co.nativeDepth = L.nativeDepth + 1;
  if (co.budgets !== null) L.state.budgets.resume(co);
  if (co.level > L.state.deepest) co.trimFrames(L.state.deepest);
  switchTo(L, co);
  if (co.frame !== co.baseFrame) { // yielded: the arguments are what yield returns
    co.results = args;
    return { frame: co.frame, outcome: MULTI };
  }
  const at = co.baseFrame.top; // the body is in that slot
  co.ensureStack(at + 1 + args.length + MIN_STACK);
  for (let i = 0; i < args.length; i++) co.stack[at + 1 + i] = args[i];
  const outcome = beginCall(co, at, args.length, -1, FrameFlag.FromNative);
  return outcome === PUSHED ? undefined : { frame: co.frame, outcome };
}

/**
 * Pops `frame`, whose function has returned `results`, and hands them to whoever called it. Undefined: a Lua frame is on
 * top, or the run must stop. Else the next native outcome.
 */
function deliver(frame: Frame, results: LuaValue[]): Step | undefined {
  for (;;) {
    const L: Thread = frame.L;
    if (L.hookMask !== 0) returnHook(L, frame, results);
    const { flags } = frame;
    const below: Frame = frame.prev!;
    L.frame = below;
    if (frame.continuation !== null) frame.letGo();
    if ((flags & FrameFlag.Counted) !== 0) L.nativeDepth--;
    if ((flags & FrameFlag.Fresh) !== 0) {
      L.results = results;
      L.state.stop = Stop.Returned;
      return undefined;
    }
    if ((flags & FrameFlag.Handler) !== 0) return finishHandler(L, frame, results[0]);
    if (below.func instanceof LuaClosure) {
      if ((flags & (FrameFlag.Meta | FrameFlag.ForIterator | FrameFlag.NativeTail)) === 0) {
        storeResults(L, frame.ret, frame.nresults, results);
        return undefined;
      }
      if ((flags & FrameFlag.Meta) !== 0) {
        if (finishInstruction(L, below, results[0]) !== FRAME_DONE) return undefined;
        results = below.data as LuaValue[];
        below.data = undefined;
        frame = below; // its RETURN is complete: go on with its results
        continue;
      }
      if ((flags & FrameFlag.ForIterator) !== 0) {
        storeResults(L, frame.ret, frame.nresults, results);
        if (below.epoch === L.resumeCount) finishForCall(L, below);
        return undefined;
      }
      if (below.epoch !== L.resumeCount) { // yielded in a tail position: the RETURN that follows runs
        storeResults(L, frame.ret, -1, results);
        return undefined;
      }
      frame = below;
      continue;
    }
    if (below.func === null) { // the body of a coroutine has ended
      const resumer = L.resumer!;
      L.status = ThreadStatus.Dead;
      L.resumer = null;
      switchTo(L, resumer);
      const waiting = resumer.frame;
      return { frame: waiting, outcome: waiting.continuation!(waiting, results) };
    }
    return { frame: below, outcome: below.continuation!(below, results) };
  }
}

/** A message handler has returned: raises what it made of the error, for the protected call that it belongs to. */
function finishHandler(L: Thread, handler: Frame, value: LuaValue): Step {
  L.forgetHandlers(handler.level);
  const { thrown, outer } = L.handling!;
  L.handling = outer;
  thrown.value = value;
  thrown.handled = true;
  L.raised = thrown;
  return { frame: L.frame, outcome: RAISE };
}

/** Stores the results of a call where its caller wants them. */
export function storeResults(L: Thread, at: number, wanted: number, results: LuaValue[]): void {
  const { stack } = L;
  if (wanted < 0) {
    const n = results.length;
    L.ensureStack(at + n + 1);
    for (let i = 0; i < n; i++) stack[at + i] = results[i];
    L.top = at + n;
  } else for (let i = 0; i < wanted; i++) stack[at + i] = results[i];
}

/** Returns from a Lua frame the long way: hooks, flags, callers that are not plain CALL instructions. */
export function returnFrom(frame: Frame, results: LuaValue[]): void {
  const next = deliver(frame, results);
  if (next !== undefined) settle(next.frame, next.outcome);
}

/** The TFORLOOP after a completed TFORCALL, without an instruction of its own (as in C Lua, which falls through). */
function finishForCall(L: Thread, frame: Frame): void {
  const word = (frame.func as LuaClosure).proto.code[frame.pc++]!;
  const ra = frame.base + getA(word);
  const control = L.stack[ra + 4];
  if (control !== undefined) {
    L.stack[ra + 2] = control;
    frame.pc -= getBx(word);
  }
}

/** A RETURN has closed its variables: frame.data holds the results. */
const FRAME_DONE = new Signal("frame done");

/** Finishes the instruction of `frame` that was interrupted by a metamethod call, with the metamethod's result. */
function finishInstruction(L: Thread, frame: Frame, result: LuaValue): LuaValue | Signal {
  const { code } = (frame.func as LuaClosure).proto;
  const word = code[frame.pc - 1]!;
  const op = getOp(word);
  switch (op) {
    case Op.MmBin: case Op.MmBinI: case Op.MmBinK:
      L.stack[frame.base + getA(code[frame.pc - 2]!)] = result;
      return undefined;
    case Op.Lt: case Op.Le: case Op.LtI: case Op.LeI: case Op.GtI: case Op.GeI: case Op.Eq:
      if (isTruthy(result) !== (getK(word) === 1)) frame.pc++;
      else if (frame.epoch === L.resumeCount) frame.pc += getSJ(code[frame.pc]!) + 1; // else the jump runs as an instruction
      return undefined;
    case Op.Concat: {
      const count = frame.data as number;
      L.stack[frame.base + getA(word) + count - 2] = result;
      concatenate(L, frame, frame.base + getA(word), count - 1);
      return undefined;
    }
    case Op.Close:
      if (frame.epoch !== L.resumeCount) L.state.meter.fuel--; // C Lua runs the instruction again after a yield
      closeVariables(L, frame.base + getA(word));
      return undefined;
    case Op.Return:
      if (frame.epoch !== L.resumeCount) L.state.meter.fuel--;
      return closeVariables(L, frame.base) === PUSHED ? PUSHED : FRAME_DONE;
    case Op.SetTabUp: case Op.SetTable: case Op.SetI: case Op.SetField:
      return undefined;
    default:
      L.stack[frame.base + getA(word)] = result;
      return undefined;
  }
}

// ---- concatenation ---------------------------------------------------------------------------------------------------

/** CONCAT of the `count` values from stack[first] on; the result goes to stack[first]. Answers PUSHED when a metamethod runs. */
export function concatenate(L: Thread, frame: Frame, first: number, count: number): Signal | undefined {
  const { stack } = L;
  while (count > 1) {
    const last = first + count - 1;
    const right = concatText(stack[last]);
    let text = right === undefined ? undefined : concatText(stack[last - 1]);
    if (text === undefined) {
      const a = stack[last - 1];
      const b = stack[last];
      const origin = (at: number): Origin => at - frame.base;
      binaryMetamethod(L, Event.Concat, a, b, origin(last - 1), origin(last));
      frame.data = count;
      const result = callPending(L);
      if (result === PUSHED) return PUSHED;
      stack[last - 1] = result as LuaValue;
      count--;
      continue;
    }
    let used = 2;
    text += right!;
    for (let more: string | undefined; used < count && (more = concatText(stack[last - used])) !== undefined; used++) {
      if (more.length + text.length > heap.longest) refuseString(L);
      text = more + text;
    }
    if (text.length > heap.longest) refuseString(L);
    allocate(SIZE.string + text.length);
    if (L.state.addressed.size !== 0) L.state.noteBuilt(text);
    count -= used - 1;
    stack[first + count - 1] = text;
  }
  return undefined;
}

function refuseString(L: Thread): never {
  L.state.memory.refuseString();
  raise("string length overflow");
}

// ---- upvalues and to-be-closed variables -----------------------------------------------------------------------------

/** The open upvalue for stack[index], made when there is none. */
export function openUpvalue(L: Thread, index: number): UpVal {
  let before: UpVal | null = null;
  let at = L.openUpvals;
  while (at !== null && at.index > index) {
    before = at;
    at = at.next;
  }
  if (at !== null && at.index === index) return at;
  const made = new UpVal(L.stack, index);
  heap.allocations++;
  heap.allocated += SIZE.upvalue;
  made.next = at;
  if (before === null) L.openUpvals = made;
  else before.next = made;
  return made;
}

const NO_UPVALS: UpVal[] = [];

/** A closure of the `index`-th function inside `outer`, whose registers begin at stack[base]. */
export function makeClosure(L: Thread, outer: LuaClosure, base: number, index: number): LuaClosure {
  const proto = outer.proto.protos[index]!;
  const { upvalues } = proto;
  const n = upvalues.length;
  let upvals = NO_UPVALS;
  if (n > 0) {
    upvals = listOf(capture(L, outer, base, upvalues[0]!), n);
    for (let j = 1; j < n; j++) upvals[j] = capture(L, outer, base, upvalues[j]!);
  }
  heap.allocations++;
  heap.allocated += SIZE.closure + n * SIZE.upvalueRef;
  return new LuaClosure(proto, upvals);
}

function capture(L: Thread, outer: LuaClosure, base: number, { inStack, index }: UpvalueDescription): UpVal {
  return inStack ? openUpvalue(L, base + index) : outer.upvals[index]!;
}

/** A list of `n` times `up`, with no spare room: push would reserve it for seventeen, and other ways are slower than literals. */
function listOf(up: UpVal, n: number): UpVal[] {
  switch (n) {
    case 1: return [up];
    case 2: return [up, up];
    case 3: return [up, up, up];
    case 4: return [up, up, up, up];
    case 5: return [up, up, up, up, up];
    case 6: return [up, up, up, up, up, up];
    default: return new Array<UpVal>(n).fill(up);
  }
}

/** Closes the open upvalues at and above stack[level]. */
export function closeUpvalues(L: Thread, level: number): void {
  for (let up = L.openUpvals; up !== null && up.index >= level; up = L.openUpvals) {
    L.openUpvals = up.next;
    up.next = null;
    up.close();
  }
}

/** Marks stack[index] as to be closed; raises "variable 'x' got a non-closable value". */
export function markToBeClosed(L: Thread, frame: Frame, index: number): void {
  const v = L.stack[index];
  if (!isTruthy(v)) return;
  if (metamethodOf(L.state, v, Event.Close) === undefined) {
    const name = localName((frame.func as LuaClosure).proto, index - frame.base + 1, frame.pc - 1) ?? "?"; // pc is past the instruction
    raise(`variable '${name}' got a non-closable value`);
  }
  L.tbc.push(index);
}

/** Closes upvalues and pending variables of the running Lua frame from stack[level] up. PUSHED: it goes on after a __close. */
export function closeVariables(L: Thread, level: number): Signal | undefined {
  closeUpvalues(L, level);
  while (L.tbc.length > 0 && L.tbc[L.tbc.length - 1]! >= level) {
    const v = L.stack[L.tbc.pop()!];
    const handler = closeMethod(L, v);
    if (callMetamethod(L, handler, v, undefined, undefined, 2) === PUSHED) return PUSHED; // finishInstruction goes on
  }
  return undefined;
}

/** The __close metamethod; nil when it was taken away meanwhile (calling it then raises). */
export function closeMethod(L: Thread, v: LuaValue): LuaValue {
  return metamethodOf(L.state, v, Event.Close);
}

