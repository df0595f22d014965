// Debug hooks: when they run and what they may see (manual 4.7, lua_sethook).
import { getB, getOp } from "../bytecode/instruction.js";
import { OPCODES, Op } from "../bytecode/opcodes.js";
import { lineOf } from "../bytecode/proto.js";
import { FrameFlag } from "./frame-flags.js";
import type { Frame } from "./frame.js";
import type { LuaClosure } from "./function.js";
import { currentPc } from "./inspect.js";
import { HookMask, type Thread } from "./thread.js";
import type { LuaValue } from "./value.js";

type HookEvent = "call" | "tail call" | "return" | "line" | "count";

function runHook(L: Thread, frame: Frame, event: HookEvent, line: number, top: number): void {
  if (L.hook === null || !L.allowHook) return;
  const before = { frameTop: frame.top, top: L.top, results: L.results, pending: L.pending };
  if (top > frame.top) frame.top = top;
  L.allowHook = false;
  frame.flags |= FrameFlag.InHook;
  L.hook(L, event, line);
  frame.flags &= ~FrameFlag.InHook; // an error leaves it to the unwinder
  L.allowHook = true;
  frame.top = before.frameTop;
  L.top = before.top;
  L.results = before.results;
  L.pending = before.pending;
}

/** For debug.getinfo "r": values a call or return hook may look at through getlocal. */
export interface Transfer {
  readonly frame: Frame;
  /** Index of the first value, as getlocal counts. */
  readonly first: number;
  readonly count: number;
}

const transfers = new WeakMap<Thread, Transfer>();

export function transferOf(frame: Frame): Transfer | undefined {
  const transfer = transfers.get(frame.L);
  return transfer !== undefined && transfer.frame === frame && (frame.flags & FrameFlag.InHook) !== 0 ? transfer : undefined;
}

/** The function of `frame` was just entered. */
export function callHook(L: Thread, frame: Frame, tail: boolean): void {
  L.oldpc = 0;
  if ((L.hookMask & HookMask.Call) === 0 || !L.allowHook) return;
  const isLua = frame.pc !== undefined && "proto" in frame.func!;
  const count = isLua ? (frame.func as LuaClosure).proto.numParams : frame.count;
  transfers.set(L, { frame, first: 1, count });
  if (isLua) frame.pc++; // at the first instruction, as the hook sees it
  runHook(L, frame, tail ? "tail call" : "call", -1, frame.top);
  if (isLua) frame.pc--;
}

/** The function of `frame` is about to return `results`. */
export function returnHook(L: Thread, frame: Frame, results: LuaValue[]): void {
  if ((L.hookMask & HookMask.Return) !== 0 && L.allowHook) {
    const first = frame.top;
    L.ensureStack(first + results.length + 1);
    for (let i = 0; i < results.length; i++) L.stack[first + i] = results[i];
    transfers.set(L, { frame, first: first - frame.base + 1, count: results.length });
    runHook(L, frame, "return", -1, first + results.length);
  }
  const below = frame.prev;
  if (below !== null && below.func !== null && "proto" in below.func) L.oldpc = currentPc(below);
}

/** End of the registers in use before the instruction at frame.pc − 1: it may take an open list, or the arguments of a vararg function. */
export function liveTop(L: Thread, frame: Frame): number {
  const word = (frame.func as LuaClosure).proto.code[frame.pc - 1]!;
  const op = getOp(word);
  if (op === Op.VarargPrep) return Math.max(frame.top, frame.base + frame.count);
  return OPCODES[op]!.usesTop && getB(word) === 0 ? Math.max(frame.top, L.top) : frame.top;
}

/** Called before the instruction at frame.pc − 1 runs, when a line or count hook is on. */
export function traceInstruction(L: Thread, frame: Frame): void {
  const { proto } = frame.func as LuaClosure;
  const pc = frame.pc - 1;
  const word = proto.code[pc]!;
  if (getOp(word) === Op.VarargPrep) return; // hooks start after the arguments are in place
  let countNow = false;
  if ((L.hookMask & HookMask.Count) !== 0 && --L.hookCountLeft === 0) {
    L.hookCountLeft = L.hookCount;
    countNow = true;
  } else if ((L.hookMask & HookMask.Line) === 0) return;
  const top = liveTop(L, frame); // an open list of values must survive the hook
  if (countNow) runHook(L, frame, "count", -1, top);
  if ((L.hookMask & HookMask.Line) === 0) return;
  const oldpc = L.oldpc < proto.code.length ? L.oldpc : 0;
  if (pc <= oldpc || (proto.lineInfo.length > 0 && lineOf(proto, oldpc) !== lineOf(proto, pc))) {
    runHook(L, frame, "line", lineOf(proto, pc), top);
  }
  L.oldpc = pc;
}
