// Functions: Lua closures with their upvalues, and native functions.
import type { Proto } from "../bytecode/proto.js";
import type { Continuation, Frame } from "./frame.js";
import { Intrinsic } from "./intrinsic.js";
import type { Meter } from "./meter.js";
import type { Signal } from "./signal.js";
import type { Thread } from "./thread.js";
import type { LuaValue } from "./value.js";

/**
 * V8 takes a field that no object of a class has changed for a constant, and gives up all code compiled with it when one does. Marks first change in the
 * first census, long after the code that makes objects is compiled: so one is changed, and changed back, at the beginning.
 */
export function varyMark(object: { mark: number }): void {
  object.mark = -1;
  object.mark = 0;
}

/** A captured variable. Open: register `index` of `stack`. Closed: `stack` is null and `value` is the variable. */
export class UpVal {
  mark = 0;
  value: LuaValue = undefined;
  /** Next open upvalue of the same thread, at a lower register. */
  next: UpVal | null = null;
  constructor(public stack: LuaValue[] | null, public index: number) {}

  get(): LuaValue {
    return this.stack === null ? this.value : this.stack[this.index];
  }

  set(v: LuaValue): void {
    if (this.stack === null) this.value = v;
    else this.stack[this.index] = v;
  }

  /** The variable's register dies: takes over its value. */
  close(): void {
    this.value = this.stack![this.index];
    this.stack = null;
  }
}

/** A closed upvalue holding `v`. */
export function closedUpval(v: LuaValue): UpVal {
  const up = new UpVal(null, 0);
  up.value = v;
  return up;
}

export class LuaClosure {
  mark = 0;
  constructor(readonly proto: Proto, readonly upvals: UpVal[]) {}
}

/**
 * A function written in JavaScript. Reads its arguments from the frame; returns one value, or a signal made by
 * `frame.none()`, `frame.results(…)`, `frame.callThen(…)`, ….
 */
export type NativeImplementation = (f: Frame) => LuaValue | Signal;

/**
 * One step of a generic `for` over this native, without a frame: reads state and control variable at stack[ra + 1],
 * stack[ra + 2], writes two results at stack[ra + 4]. False: take the ordinary call (which words the error).
 */
export type IteratorStep = (stack: LuaValue[], ra: number, meter: Meter) => boolean;

/** Whether a native called with the `nargs` arguments from stack[at + 1] on neither calls Lua code nor looks at frames, unless it raises. */
export type LeafTest = (stack: LuaValue[], at: number, nargs: number) => boolean;

export const ALWAYS: LeafTest = () => true;

/**
 * A native's way to do a call without a frame, for leaves: the `nargs` arguments are at stack[at + 1], …. Answers one value, or MULTI with the
 * results at stack[at], … and their number in {@link quickly}, or DECLINED. All it observably does is what the ordinary call would do; when it
 * raises, whatever it raises, what it has charged is taken back and the ordinary call is made. Stack slots up to stack[at + nargs + MIN_STACK] exist.
 */
export type QuickForm = (L: Thread, at: number, nargs: number) => LuaValue | Signal;

/** Results of the last quick form that answered MULTI. */
export const quickly = { results: 0 };

/** What a native does to calls: emitted code knows how to do these without leaving (jit/). */
export const enum RoleKind {
  /** pcall and xpcall, with the number of arguments before the function's own. */
  Pcall,
  Xpcall,
  /** error */
  Error,
  /** assert */
  Assert,
  /** coroutine.resume, and what coroutine.wrap answers (which has the coroutine in `captured`). */
  Resume,
  Wrapped,
  /** coroutine.yield */
  Yield,
}

export interface Role {
  readonly kind: RoleKind;
  /** Continuation of the native's frame, for the kinds that wait for a call. */
  readonly done: Continuation | null;
}

export class NativeFunction {
  mark = 0;
  /** Lua values that `run` keeps from one call to the next (upvalues of a C function): the census must see them. */
  captured: LuaValue[] | null = null;
  /** Set for `next`, the iterator of ipairs, and simple ones of gmatch. */
  step: IteratorStep | null = null;
  /** Set for natives that emitted code may call: such a call has no frames below it. */
  leaf: LeafTest | null = null;
  /** Set for leaves that are called often. */
  quick: QuickForm | null = null;
  /** Set for the natives that call, raise or switch threads in a way that emitted code can take over. */
  role: Role | null = null;
  /** Set for natives that emitted code has a form of its own for. */
  intrinsic = Intrinsic.None;
  /** `name`: the qualified library name ("string.rep"), for hosts and tools; error messages find their own names as C Lua does. */
  constructor(readonly name: string, readonly run: NativeImplementation) {}
}

export type LuaFunction = LuaClosure | NativeFunction;
