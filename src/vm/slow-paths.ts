// What the interpreter's cases leave to others: the whole of each instruction that has a rare way, and rare instructions.
// All of it works on a frame whose `pc` is that of the next instruction.
import { Offset } from "../bytecode/instruction.js";
import { Op } from "../bytecode/opcodes.js";
import { LuaFloat, type LuaNumber, isInteger, isNumber, makeFloat } from "../number/float.js";
import { heap } from "./accounting.js";
import {
  PUSHED, beginCall, callPending, closeVariables, concatenate, makeClosure, markToBeClosed, settle, slotsNeeded, storeResults,
} from "./calls.js";
import { NOWHERE, UPVALUE } from "./errors.js";
import { Event } from "./events.js";
import { raise } from "./fault.js";
import { FrameFlag } from "./frame-flags.js";
import type { Frame } from "./frame.js";
import { type LuaClosure, NativeFunction } from "./function.js";
import { callHook } from "./hooks.js";
import { NEEDS_CALL, arithmetic, assign, binaryMetamethod, equals, integerArithmetic, lengthOf, lookup, order, unary } from "./operations.js";
import { MULTI, Signal } from "./signal.js";
import { LuaTable } from "./table.js";
import type { Thread } from "./thread.js";
import { type LuaValue, isTruthy } from "./value.js";

/**
 * Executes instruction `word`, the one before `frame.pc`, of the running frame. True: it goes on at `frame.pc`; false: another
 * frame or thread may be running now.
 */
export function executeSlowly(L: Thread, frame: Frame, word: number): boolean {
  const { stack } = L;
  const { base } = frame;
  const closure = frame.func as LuaClosure;
  const ra = base + ((word >>> 7) & 0xff);
  const b = (word >>> 16) & 0xff;
  const c = word >>> 24;
  const op = word & 0x7f;
  switch (op) {
    // ---- tables
    case Op.GetTabUp: return put(L, ra, lookup(L, upvalue(closure, b), constant(closure, c), UPVALUE - b));
    case Op.GetTable: return put(L, ra, lookup(L, stack[base + b], stack[base + c], b));
    case Op.GetI: return put(L, ra, lookup(L, stack[base + b], c, b));
    case Op.GetField: return put(L, ra, lookup(L, stack[base + b], constant(closure, c), b));
    case Op.Self: {
      const object = stack[base + b];
      const key = constantOrRegister(stack, frame, word);
      stack[ra + 1] = object;
      return put(L, ra, lookup(L, object, key, b));
    }
    case Op.SetTabUp: {
      const up = (word >>> 7) & 0xff;
      const value = constantOrRegister(stack, frame, word);
      return isComplete(L, assign(L, upvalue(closure, up), constant(closure, b), value, UPVALUE - up));
    }
    case Op.SetTable:
      return isComplete(L, assign(L, stack[ra], stack[base + b], constantOrRegister(stack, frame, word), ra - base));
    case Op.SetI: return isComplete(L, assign(L, stack[ra], b, constantOrRegister(stack, frame, word), ra - base));
    case Op.SetField:
      return isComplete(L, assign(L, stack[ra], constant(closure, b), constantOrRegister(stack, frame, word), ra - base));
    case Op.SetList: {
      let at = c;
      if ((word & 0x8000) !== 0) at += (closure.proto.code[frame.pc++]! >>> 7) * 256;
      setList(stack[ra], stack, ra, b !== 0 ? b : L.top - ra - 1, at);
      return true;
    }

    // ---- arithmetic
    case Op.ShlI:
      if (calculate(stack, base, closure.proto.constants, word)) frame.pc++;
      return true;
    case Op.MmBin: case Op.MmBinI: case Op.MmBinK: {
      const r = fallback(L, frame, word);
      if (r === PUSHED) return false;
      stack[base + ((closure.proto.code[frame.pc - 2]! >>> 7) & 0xff)] = r as LuaValue;
      return true;
    }
    case Op.Unm: return put(L, ra, unary(L, Event.Unm, stack[base + b], b));
    case Op.BNot: return put(L, ra, unary(L, Event.BNot, stack[base + b], b));
    case Op.Len: return put(L, ra, lengthOf(L, stack[base + b], b));
    case Op.Concat:
      if (concatenate(L, frame, ra, b) === PUSHED) return false;
      if (heap.allocated > heap.threshold) L.state.collectAt(L, ra + 1);
      return true;

    // ---- tests
    case Op.Eq: return test(L, frame, word, equals(L, stack[ra], stack[base + b]));
    case Op.EqK: return test(L, frame, word, equals(L, stack[ra], constant(closure, b)));
    case Op.Lt: return test(L, frame, word, order(L, Event.Lt, stack[ra], stack[base + b]));
    case Op.Le: return test(L, frame, word, order(L, Event.Le, stack[ra], stack[base + b]));
    case Op.LtI: case Op.LeI: case Op.GtI: case Op.GeI:
      return test(L, frame, word, orderWithConstant(L, word, stack[ra], b - Offset.SC));

    // ---- loops, variables, functions
    case Op.TForPrep:
      if (stack[ra + 3] !== undefined) markToBeClosed(L, frame, ra + 3);
      frame.pc += (word >>> 15) + 1; // falls into the TFORCALL, which is not counted by itself
      return callIterator(L, frame, ra, closure.proto.code[frame.pc - 1]! >>> 24);
    case Op.Close: return closeVariables(L, ra) !== PUSHED;
    case Op.Tbc:
      markToBeClosed(L, frame, ra);
      return true;
    case Op.Closure:
      stack[ra] = makeClosure(L, closure, base, word >>> 15);
      if (heap.allocated > heap.threshold) L.state.collectAt(L, ra + 1);
      return true;
    case Op.LoadKX:
      stack[ra] = constant(closure, closure.proto.code[frame.pc++]! >>> 7);
      return true;
    case Op.VarargPrep:
      L.state.meter.fuel++; // C Lua's hooks start after it: it does not count
      adjustVarargs(L, frame, (word >>> 7) & 0xff);
      return true;
    default: // EXTRAARG is always consumed by the instruction before it
      throw new TypeError(`opcode ${op} cannot be executed`);
  }
}

const constant = (closure: LuaClosure, i: number): LuaValue => closure.proto.constants[i];

/** The value of an upvalue. */
function upvalue(closure: LuaClosure, i: number): LuaValue {
  const up = closure.upvals[i]!;
  return up.stack === null ? up.value : up.stack[up.index];
}

/** RK[C]. */
function constantOrRegister(stack: LuaValue[], frame: Frame, word: number): LuaValue {
  return (word & 0x8000) !== 0 ? constant(frame.func as LuaClosure, word >>> 24) : stack[frame.base + (word >>> 24)];
}

/** stack[at] = v, or what a metamethod answers. */
function put(L: Thread, at: number, v: LuaValue): boolean {
  if (v === NEEDS_CALL) {
    const r = callPending(L);
    if (r === PUSHED) return false;
    L.stack[at] = r as LuaValue;
  } else L.stack[at] = v;
  return true;
}

/** After an assignment, which may need a metamethod. */
function isComplete(L: Thread, outcome: LuaValue): boolean {
  return outcome !== NEEDS_CALL || callPending(L) !== PUSHED;
}

/** A test whose answer is `r`, or what a metamethod answers: goes on behind the next instruction or by the jump there. */
function test(L: Thread, frame: Frame, word: number, r: boolean | LuaTable): boolean {
  let holds = r;
  if (holds instanceof LuaTable) {
    const answer = callPending(L);
    if (answer === PUSHED) return false;
    holds = isTruthy(answer as LuaValue);
  }
  if (holds === ((word & 0x8000) !== 0)) frame.pc += ((frame.func as LuaClosure).proto.code[frame.pc]! >>> 7) - Offset.SJ;
  frame.pc++;
  return true;
}

/** The event of each arithmetic instruction. */
const EVENTS = new Uint8Array(128);
EVENTS[Op.AddI] = Event.Add;
EVENTS[Op.ShlI] = Event.Shl;
EVENTS[Op.ShrI] = Event.Shr;
for (let n = 0; n <= Op.BXorK - Op.AddK; n++) EVENTS[Op.AddK + n] = Event.Add + n;
for (let n = 0; n <= Op.Shr - Op.Add; n++) EVENTS[Op.Add + n] = Event.Add + n;

/**
 * An arithmetic instruction on two numbers of any kind. True: R[A] is set, and the MMBIN behind it is to be skipped; false:
 * that decides. `registers[base]` is register 0.
 */
export function calculate(registers: LuaValue[], base: number, constants: readonly LuaValue[], word: number): boolean {
  const op = word & 0x7f;
  const event = EVENTS[op]!;
  let a = registers[base + ((word >>> 16) & 0xff)];
  let b: LuaValue = (word >>> 24) - Offset.SC;
  if (op >= Op.Add) b = registers[base + (word >>> 24)];
  else if (op >= Op.AddK && op <= Op.BXorK) b = constants[word >>> 24];
  if (op === Op.ShlI) [a, b] = [b, a];
  let x: number;
  let y: number;
  if (a instanceof LuaFloat) { // floats with integral values are common; what they give is a float
    x = a.n;
    if (typeof b === "number") y = b;
    else if (b instanceof LuaFloat) y = b.n;
    else return calculateWide(registers, base, word, event, a, b);
  } else if (b instanceof LuaFloat && typeof a === "number") {
    x = a;
    y = b.n;
  } else return calculateWide(registers, base, word, event, a, b);
  let r: number;
  switch (event) {
    case Event.Add: r = x + y; break;
    case Event.Sub: r = x - y; break;
    case Event.Mul: r = x * y; break;
    case Event.Div: r = x / y; break;
    default: return calculateWide(registers, base, word, event, a, b);
  }
  registers[base + ((word >>> 7) & 0xff)] = Math.floor(r) !== r ? r : makeFloat(r);
  return true;
}

/** The same for what no double holds, for large integers, and for operators on bits. */
function calculateWide(registers: LuaValue[], base: number, word: number, event: Event, a: LuaValue, b: LuaValue): boolean {
  let r: LuaNumber | undefined;
  if (isInteger(a) && isInteger(b)) r = integerArithmetic(event, a, b);
  else if (isNumber(a) && isNumber(b)) r = arithmetic(event, a, b);
  if (r === undefined) return false;
  registers[base + ((word >>> 7) & 0xff)] = r;
  return true;
}

/** MMBIN, MMBINI, MMBINK: the metamethod for the arithmetic instruction before. */
function fallback(L: Thread, frame: Frame, i: number): LuaValue | Signal {
  const register = (i >>> 7) & 0xff;
  const a = L.stack[frame.base + register];
  const second = (i >>> 16) & 0xff;
  const op = i & 0x7f;
  let b: LuaValue;
  let origin = NOWHERE;
  if (op === Op.MmBin) {
    b = L.stack[frame.base + second];
    origin = second;
  } else b = op === Op.MmBinI ? second - Offset.SC : (frame.func as LuaClosure).proto.constants[second];
  if ((i & 0x8000) !== 0 && op !== Op.MmBin) binaryMetamethod(L, i >>> 24, b, a, origin, register);
  else binaryMetamethod(L, i >>> 24, a, b, register, origin);
  return callPending(L);
}

/** LTI, LEI, GTI, GEI on an operand that is not a plain number. */
function orderWithConstant(L: Thread, i: number, a: LuaValue, b: number): boolean | LuaTable {
  const constant = (i >>> 24) !== 0 ? new LuaFloat(b) : b; // C tells whether the source had a float
  switch (i & 0x7f) {
    case Op.LtI: return order(L, Event.Lt, a, constant);
    case Op.LeI: return order(L, Event.Le, a, constant);
    case Op.GtI: return order(L, Event.Lt, constant, a);
    default: return order(L, Event.Le, constant, a);
  }
}

/** Replaces the frame of a function by the frame of the Lua function it calls last. */
export function enterTail(L: Thread, frame: Frame, callee: LuaClosure, ra: number, nargs: number): void {
  const { stack } = L;
  const { proto } = callee;
  const at = frame.ret;
  L.ensureStack(slotsNeeded(proto, at + 1, nargs));
  for (let j = 0; j <= nargs; j++) stack[at + j] = stack[ra + j];
  for (let j = nargs; j < proto.numParams; j++) stack[at + 1 + j] = undefined;
  frame.func = callee;
  frame.base = at + 1;
  frame.top = at + 1 + proto.maxStackSize;
  frame.pc = 0;
  frame.count = nargs;
  frame.tail = true;
  if (L.hookMask !== 0 && !proto.isVararg) callHook(L, frame, true);
}

/** TFORCALL and the TFORLOOP behind it. True: frame.pc is where to go on; false: reload. */
export function callIterator(L: Thread, frame: Frame, ra: number, wanted: number): boolean {
  const { stack } = L;
  stack[ra + 4] = stack[ra];
  stack[ra + 5] = stack[ra + 1];
  stack[ra + 6] = stack[ra + 2];
  const iterator = stack[ra];
  if (iterator instanceof NativeFunction && iterator.step !== null && wanted <= 2 && L.hookMask === 0 && iterator.step(stack, ra, L.state.meter)) {
    finishFor(frame, stack, ra);
    return true;
  }
  frame.epoch = L.resumeCount;
  L.enterNative();
  const outcome = beginCall(L, ra + 4, 2, wanted, FrameFlag.ForIterator | FrameFlag.Counted);
  if (outcome === PUSHED) return false;
  if (L.hookMask !== 0 || (outcome instanceof Signal && outcome !== MULTI)) {
    settle(L.frame, outcome);
    return false;
  }
  L.nativeDepth--;
  L.frame = frame;
  if (outcome instanceof Signal) storeResults(L, ra + 4, wanted, L.results);
  else {
    stack[ra + 4] = outcome;
    for (let j = 1; j < wanted; j++) stack[ra + 4 + j] = undefined;
  }
  finishFor(frame, stack, ra);
  return true;
}

/** The TFORLOOP behind a TFORCALL, which is not an instruction of its own. */
function finishFor(frame: Frame, stack: LuaValue[], ra: number): void {
  const word = (frame.func as LuaClosure).proto.code[frame.pc++]!;
  const control = stack[ra + 4];
  if (control === undefined) return;
  stack[ra + 2] = control;
  frame.pc -= word >>> 15;
}

function setList(t: LuaValue, stack: LuaValue[], ra: number, n: number, at: number): void {
  if (!(t instanceof LuaTable)) raise("table expected"); // debug.setlocal
  fillTable(t, stack, ra, n, at);
}

/** t[at + i] = stack[ra + i] for 1 <= i <= n. */
export function fillTable(t: LuaTable, stack: LuaValue[], ra: number, n: number, at: number): void {
  if (at === 0 && n > 0 && !t.hasArray && t.hash === null && stack[ra + n] !== undefined) {
    t.adoptArray(stack.slice(ra, ra + n + 1));
    return;
  }
  for (let j = 1; j <= n; j++) t.setInt(at + j, stack[ra + j]);
}

/** VARARGPREP: moves the function and its fixed parameters above the extra arguments. */
function adjustVarargs(L: Thread, frame: Frame, fixed: number): void {
  const { stack } = L;
  const actual = Math.max(frame.count, fixed);
  const from = frame.base - 1;
  const base = frame.base + actual + 1;
  const { proto } = frame.func as LuaClosure;
  stack[base - 1] = stack[from];
  for (let j = 0; j < fixed; j++) {
    stack[base + j] = stack[from + 1 + j];
    stack[from + 1 + j] = undefined;
  }
  frame.base = base;
  frame.top = base + proto.maxStackSize;
  frame.count = actual - fixed;
  if (L.hookMask !== 0) {
    callHook(L, frame, frame.tail);
    L.oldpc = 1; // the next instruction counts as a new line
  }
  if (L.hookMask !== 0 || L.state.observer !== null) L.state.meter.interrupt(); // it ticks, although this one gave its unit back
}
