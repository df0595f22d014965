// Errors that emitted code has left for: the instruction it has stopped at raises for sure, and a protected call of emitted code
// is what catches it. Then the error needs none of the frames below, and no JavaScript exception where Lua's `error` raises it.
import { Offset, getA, getB, getC, getK, getOp } from "../bytecode/instruction.js";
import { Op } from "../bytecode/opcodes.js";
import { isNumber } from "../number/float.js";
import { heap } from "../vm/accounting.js";
import { MIN_STACK, pushNative, resolveCallable } from "../vm/calls.js";
import { NOWHERE, UPVALUE, typeErrorText } from "../vm/errors.js";
import { Event } from "../vm/events.js";
import { Fault, LuaThrow } from "../vm/fault.js";
import type { Frame } from "../vm/frame.js";
import { LuaClosure, NativeFunction, RoleKind } from "../vm/function.js";
import { position, where } from "../vm/inspect.js";
import { metamethodOf } from "../vm/metatables.js";
import { LimitReached } from "../vm/limits.js";
import type { Meter } from "../vm/meter.js";
import { binaryMetamethod, order } from "../vm/operations.js";
import { RAISE } from "../vm/signal.js";
import { LuaTable } from "../vm/table.js";
import { MAX_STACK, type Thread } from "../vm/thread.js";
import { type LuaValue, isTruthy } from "../vm/value.js";
import { isArithmetic } from "./control-flow.js";
import { above, run } from "./runtime.js";

/** Stack slots above a frame that raises an error in which its handler is called. */
export const HANDLER_SLOTS = 2 + MIN_STACK;

/** The error that {@link raisedAt} has found: its value, and for a handler the frame that raised it (of a native, where one did). */
export const raised = { value: undefined as LuaValue, frame: null as Frame | null };

/**
 * Whether the instruction at which the topmost of the frames `left` stopped raises; then it is paid for, and the value is in
 * {@link raised}. None of the frames may catch it. `forHandler`: a handler is to be called above the frame that raises.
 */
export function raisedAt(L: Thread, m: Meter, left: readonly Frame[], forHandler: boolean): boolean {
  const top = left[0]!;
  if (m.fuel < 2) return false;
  for (let i = 0; i < left.length; i++) if (left[i]!.func instanceof NativeFunction) return false;
  top.flags = 0; // says nothing yet
  raised.frame = top;
  const { proto, upvals } = top.func as LuaClosure;
  const { stack: R } = L;
  const { base } = top;
  const word = proto.code[top.pc]!;
  const op = getOp(word);
  const a = R[base + getA(word)];
  const b = R[base + getB(word)];
  switch (op) {
    case Op.Call: case Op.TailCall: return callRaises(L, m, left, word, forHandler);
    case Op.GetTabUp: return indexRaises(L, m, top, upvals[getB(word)]!.get(), Event.Index, UPVALUE - getB(word));
    case Op.GetField: case Op.GetTable: case Op.GetI: case Op.Self: return indexRaises(L, m, top, b, Event.Index, getB(word));
    case Op.SetTabUp: return indexRaises(L, m, top, upvals[getA(word)]!.get(), Event.NewIndex, UPVALUE - getA(word));
    case Op.SetField: case Op.SetTable: case Op.SetI: return indexRaises(L, m, top, a, Event.NewIndex, getA(word));
    case Op.Lt: case Op.Le: {
      const event = op === Op.Lt ? Event.Lt : Event.Le;
      const isPlain = (isNumber(a) && isNumber(b)) || (typeof a === "string" && typeof b === "string");
      return !isPlain && lacks(L, a, event) && lacks(L, b, event) && raises(L, m, top, 1, () => order(L, event, a, b));
    }
    default: return isArithmetic(op) && arithmeticRaises(L, m, top);
  }
}

const lacks = (L: Thread, v: LuaValue, event: Event): boolean => metamethodOf(L.state, v, event) === undefined;

/** Indexing `t`, which lacks `event`. */
function indexRaises(L: Thread, m: Meter, top: Frame, t: LuaValue, event: Event, origin: number): boolean {
  if (t instanceof LuaTable || !lacks(L, t, event)) return false;
  const { frame } = L;
  m.fuel--;
  top.pc++;
  L.frame = top;
  raised.value = position(top) + typeErrorText(L, t, "index", origin);
  L.frame = frame;
  return true;
}

/** The operator and the fallback behind it. */
function arithmeticRaises(L: Thread, m: Meter, top: Frame): boolean {
  const { code, constants } = (top.func as LuaClosure).proto;
  const word = code[top.pc + 1]!;
  const [register, second, event] = [getA(word), getB(word), getC(word) as Event];
  const op = getOp(word);
  const a = L.stack[top.base + register];
  const b = op === Op.MmBin ? L.stack[top.base + second] : op === Op.MmBinI ? second - Offset.SC : constants[second];
  const origin = op === Op.MmBin ? second : NOWHERE;
  if ((isNumber(a) && isNumber(b)) || !lacks(L, a, event) || !lacks(L, b, event)) return false;
  if (op !== Op.MmBin && getK(word) !== 0) return raises(L, m, top, 2, () => binaryMetamethod(L, event, b, a, origin, register));
  return raises(L, m, top, 2, () => binaryMetamethod(L, event, a, b, register, origin));
}

/** A call of `error`, of a library function that does not like its arguments, of what cannot be called. */
function callRaises(L: Thread, m: Meter, left: readonly Frame[], word: number, forHandler: boolean): boolean {
  const top = left[0]!;
  const at = top.base + getA(word);
  const nargs = getB(word) !== 0 ? getB(word) - 1 : L.top - at - 1;
  const callee = L.stack[at];
  if (callee instanceof LuaClosure) return false;
  if (!(callee instanceof NativeFunction)) {
    return lacks(L, callee, Event.Call) && raises(L, m, top, 1, () => resolveCallable(L, at, nargs, getA(word)));
  }
  const needed = at + 1 + nargs + MIN_STACK;
  if (needed + HANDLER_SLOTS > MAX_STACK || (top.next ?? above(top)) === null) return false;
  const { role, leaf } = callee;
  if (role !== null && role.kind === RoleKind.Error) {
    const level = nargs < 2 ? 1 : L.stack[at + 2] ?? 1;
    if (level !== 0 && level !== 1 && level !== 2) return false;
    L.ensureStack(needed);
    m.fuel--;
    top.pc++;
    if (forHandler) {
      const { frame } = L;
      L.frame = top;
      raised.frame = pushNative(L, callee, at, nargs, -1, 0);
      L.frame = frame;
    }
    const value = nargs > 0 ? L.stack[at + 1] : undefined;
    raised.value = typeof value !== "string" || level === 0 ? value : level === 1 ? where(top) + value : where(left[1] ?? null) + value;
    return true;
  }
  const failed = role !== null && role.kind === RoleKind.Assert && nargs > 0 ? !isTruthy(L.stack[at + 1]) : leaf !== null && leaf(L.stack, at, nargs);
  return failed && raises(L, m, top, 1, () => callee.run(pushNative(L, callee, at, nargs, -1, 0)));
}

/** Executes the instruction of `top`, which costs `units`. False, and nothing has happened: it raises nothing that Lua code may catch. */
function raises(L: Thread, m: Meter, top: Frame, units: number, action: () => unknown): boolean {
  const { frame } = L;
  const { used, charged } = m;
  const { allocated } = heap;
  m.fuel -= units;
  top.pc += units;
  L.frame = top;
  run.isInLeaf = true;
  try {
    if (action() === RAISE) {
      raised.value = L.raised!.value;
      L.raised = null;
      return true;
    }
  } catch (error) {
    if (error instanceof Fault || error instanceof LuaThrow) {
      raised.value = error instanceof Fault ? position(L.frame) + error.message : error.value;
      return true;
    }
    if (error instanceof LimitReached) L.state.budgets.forgive(error);
  } finally {
    run.isInLeaf = false;
    raised.frame = L.frame;
    L.frame = frame;
  }
  top.pc -= units;
  m.fuel += m.used - used;
  m.charged = charged;
  heap.allocated = allocated;
  if (L.state.memory.due) m.interrupt();
  return false;
}
