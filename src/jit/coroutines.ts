// Switching threads from emitted code: a coroutine that emitted code resumes goes on in emitted code, at once and without arrays.
// Between two resumes it is what the interpreter would leave: written frames, registers in its stack. So regions are its
// generators, and whoever looks at it (debug, the census, coroutine.close) finds nothing special.
import { getA, getB, getC, getK, getOp } from "../bytecode/instruction.js";
import { Op } from "../bytecode/opcodes.js";
import { pushNative } from "../vm/calls.js";
import type { Frame } from "../vm/frame.js";
import { LuaClosure, NativeFunction, RoleKind } from "../vm/function.js";
import { type ProtoCache, cacheOf } from "../vm/inline-cache.js";
import type { Meter } from "../vm/meter.js";
import { MAX_NATIVE_DEPTH, MAX_STACK, Thread, ThreadStatus } from "../vm/thread.js";
import { UNWOUND } from "../vm/tier.js";
import type { LuaValue } from "../vm/value.js";
import { Count, SIGNAL, above, codeFor, invoke, learn, pushLeft, refuse, run } from "./runtime.js";

/** JavaScript stack that switching takes, as the room of emitted code counts it. */
const OWN_ROOM = 1000;
/** Stack slots that natives may count on, as the interpreter provides them. */
const MIN_STACK = 20;
/** Nested resumes that emitted code leaves to the interpreter, which knows what to say about them. */
const DEEP = MAX_NATIVE_DEPTH - 10;

/** How a coroutine left {@link proceed}. */
const enum Turn {
  Yielded,
  Ended,
  /** The interpreter goes on in it. */
  Stopped,
}

/** The values that a coroutine gives away: `given.count` of them, in its stack from `given.from` on. */
const given = { from: 0, count: 0 };

/** R[at] is coroutine.resume or a wrapped coroutine, `nargs` arguments follow; `frame` is the caller's. Answers as emitted code does. */
export function resumeCoroutine(
  native: NativeFunction, m: Meter, R: LuaValue[], room: number, at: number, nargs: number, wanted: number, frame: Frame,
): LuaValue {
  const isWrapped = native.role!.kind === RoleKind.Wrapped;
  const co = isWrapped ? native.captured![0] : R[at + 1];
  if (!(co instanceof Thread) || (nargs < 1 && !isWrapped) || room < 0) return refuse();
  const L = run.thread;
  const needed = at + 1 + nargs + MIN_STACK;
  if (co.status !== ThreadStatus.Suspended || !isSimple(L, co) || needed > MAX_STACK) return refuse();
  const isNew = co.frame === co.baseFrame;
  const code = isNew ? codeOfBody(co) : null;
  const cache = isNew ? null : compiledBehind(co);
  if (isNew ? code === null : cache === null) return refuse();
  const f = frame.next ?? above(frame);
  if (f === null) return refuse();
  L.ensureStack(needed);
  const from = isWrapped ? at + 1 : at + 2;
  const n = at + 1 + nargs - from;
  switchTo(L, co);
  let turn: Turn;
  if (code !== null) {
    turn = start(co, m, code, R, from, n, room - OWN_ROOM);
    if (turn === Turn.Stopped && co.frame === co.baseFrame && L.state.current === co) { // nothing happened
      switchBack(co, L, ThreadStatus.Suspended);
      co.resumeCount--;
      return refuse();
    }
  } else {
    deliver(co, R, from, n);
    turn = proceed(co, m, room - OWN_ROOM, cache);
  }
  if (turn !== Turn.Stopped) {
    switchBack(co, L, turn === Turn.Yielded ? ThreadStatus.Suspended : ThreadStatus.Dead);
    return receive(L, co, R, at, wanted, isWrapped);
  }
  run.thread = L;
  f.func = native;
  f.ret = at;
  f.base = at + 1;
  f.top = at + 1 + nargs;
  f.count = nargs;
  f.flags = 0;
  f.tail = false;
  f.failure = null;
  f.continuation = native.role!.done;
  f.data = isWrapped ? co : undefined;
  run.left.push(f);
  run.count = Count.Left;
  return SIGNAL;
}

/** Whether nothing but registers and frames matters when `L` resumes `co`. */
function isSimple(L: Thread, co: Thread): boolean {
  return (L.hookMask | co.hookMask) === 0 && co.budgets === null && L.nativeDepth < DEEP && co.level < L.state.deepest;
}

function codeOfBody(co: Thread): ReturnType<typeof codeFor> {
  const body = co.stack[co.baseFrame.top];
  return body instanceof LuaClosure ? codeFor(body) : null;
}

/** The function whose emitted code goes on behind the call of coroutine.yield in which `co` waits; null: there is none. */
function compiledBehind(co: Thread): ProtoCache | null {
  const waiting = co.frame;
  const { func, pc } = waiting.prev!;
  if (waiting.flags !== 0 || !(waiting.func instanceof NativeFunction) || waiting.func.role?.kind !== RoleKind.Yield || !(func instanceof LuaClosure)) return null;
  const cache = cacheOf(func.proto);
  return hasCode(cache, pc) ? cache : null;
}

function hasCode({ regions }: ProtoCache, pc: number): boolean {
  const region = regions === null ? undefined : regions[pc];
  return region !== undefined && region.code !== null;
}

function switchTo(L: Thread, co: Thread): void {
  L.status = ThreadStatus.Normal;
  co.resumer = L;
  co.resumeCount++;
  co.nativeDepth = L.nativeDepth + 1;
  co.status = ThreadStatus.Running;
  L.state.current = co;
  run.thread = co;
}

function switchBack(co: Thread, L: Thread, status: ThreadStatus): void {
  co.status = status;
  co.resumer = null;
  L.status = ThreadStatus.Running;
  L.state.current = L;
  run.thread = L;
}

/** The `n` values from R[from] on are the arguments of the body. */
function start(co: Thread, m: Meter, code: NonNullable<ReturnType<typeof codeFor>>, R: LuaValue[], from: number, n: number, room: number): Turn {
  const at = co.baseFrame.top;
  co.ensureStack(at + 1 + n + MIN_STACK);
  const { stack } = co;
  for (let i = 0; i < n; i++) stack[at + 1 + i] = R[from + i];
  const result = invoke(code, m, stack, at + 1, room, co.baseFrame, stack[at] as LuaClosure, at + 1, n);
  given.from = at;
  if (result !== SIGNAL) {
    stack[at] = result;
    given.count = 1;
    return Turn.Ended;
  }
  given.count = run.count;
  if (run.count >= 0) return Turn.Ended;
  if (run.count === Count.Refused) return Turn.Stopped;
  pushLeft(co);
  return co.state.current === co ? proceed(co, m, room, null) : Turn.Stopped;
}

/** The `n` values from R[from] on are what coroutine.yield answers in `co`. */
function deliver(co: Thread, R: LuaValue[], from: number, n: number): void {
  const { ret, nresults, prev } = co.frame;
  co.frame = prev!;
  if (nresults < 0) {
    co.ensureStack(ret + n + 1);
    co.top = ret + n;
  }
  const { stack } = co;
  const count = nresults < 0 ? n : nresults;
  for (let i = 0; i < count; i++) stack[ret + i] = i < n ? R[from + i] : undefined;
}

/** Goes on in the frame on top of `co`, a Lua frame: behind a call, by the code that its function's `cache` has there, or where emitted code has left it. */
function proceed(co: Thread, m: Meter, room: number, cache: ProtoCache | null): Turn {
  for (;;) {
    const frame = co.frame;
    if (cache !== null) {
      const next = run.tier.continueAt(co, frame, cache, frame.pc, room);
      if (next === UNWOUND) {
        if (co.state.current !== co) return Turn.Stopped;
        cache = null;
        continue;
      }
      frame.pc = next;
    }
    if (m.fuel < 1) return Turn.Stopped;
    const word = (frame.func as LuaClosure).proto.code[frame.pc]!;
    switch (getOp(word)) {
      case Op.Call: return yields(co, m, frame, word) ? Turn.Yielded : Turn.Stopped;
      case Op.Return: case Op.Return0: case Op.Return1:
        if (!returns(co, m, frame, word)) return Turn.Stopped;
        if (co.frame === co.baseFrame) return Turn.Ended;
        cache = cacheOf((co.frame.func as LuaClosure).proto);
        if (!hasCode(cache, co.frame.pc)) return Turn.Stopped;
        break;
      default:
        if (cache !== null) learn(frame);
        return Turn.Stopped;
    }
  }
}

/** The call at `word`, if it is one of coroutine.yield that the interpreter would execute like this. */
function yields(co: Thread, m: Meter, frame: Frame, word: number): boolean {
  const at = frame.base + getA(word);
  const native = co.stack[at];
  const nargs = getB(word) !== 0 ? getB(word) - 1 : co.top - at - 1;
  if (!(native instanceof NativeFunction) || native.role?.kind !== RoleKind.Yield || co.unyieldable !== 0 || co.budgets !== null) return false;
  if (at + 1 + nargs + MIN_STACK > MAX_STACK || (frame.next ?? above(frame)) === null) return false;
  m.fuel--;
  frame.pc++;
  const waiting = pushNative(co, native, at, nargs, getC(word) - 1, 0);
  waiting.top = waiting.base;
  given.from = at + 1;
  given.count = nargs;
  return true;
}

/** The return at `word`, to a plain call or out of the coroutine. */
function returns(co: Thread, m: Meter, frame: Frame, word: number): boolean {
  const op = getOp(word);
  const isBody = frame.prev === co.baseFrame;
  if ((op === Op.Return && getK(word) !== 0) || (!isBody && frame.flags !== 0)) return false;
  m.fuel--;
  const from = frame.base + getA(word);
  const n = op === Op.Return0 ? 0 : op === Op.Return1 ? 1 : getB(word) !== 0 ? getB(word) - 1 : co.top - from;
  co.frame = frame.prev!;
  if (isBody) {
    given.from = from;
    given.count = n;
    return true;
  }
  const { stack } = co;
  const { ret, nresults } = frame;
  if (nresults < 0) co.top = ret + n;
  const count = nresults < 0 ? n : nresults;
  for (let i = 0; i < count; i++) stack[ret + i] = i < n ? stack[from + i] : undefined;
  return true;
}

/** What `co` has given is the result of the call at R[at]. */
function receive(L: Thread, co: Thread, R: LuaValue[], at: number, wanted: number, isWrapped: boolean): LuaValue {
  const { stack } = co;
  const { from, count } = given;
  if (isWrapped && count === 1) return stack[from];
  const to = isWrapped ? at : at + 1;
  const total = to - at + count;
  if (wanted < 0) L.ensureStack(at + total + 1);
  const end = wanted < 0 || total < wanted ? at + total : at + wanted;
  if (!isWrapped) R[at] = true;
  for (let i = to; i < end; i++) R[i] = stack[from + i - to];
  run.count = total;
  run.at = at;
  return SIGNAL;
}
