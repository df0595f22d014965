// Functions: Lua closures with their upvalues, and native functions.
import type { Proto } from "../bytecode/proto.js";
import type { Frame } from "./frame.js";
import type { Signal } from "./signal.js";
import type { LuaValue } from "./value.js";

/** A captured variable. Open: a register of a live frame. Closed: its own one-element array. */
export class UpVal {
  mark = 0;
  /** Next open upvalue of the same thread, at a lower register. */
  next: UpVal | null = null;
  constructor(public stack: LuaValue[], public index: number) {}

  get(): LuaValue {
    return this.stack[this.index];
  }

  set(v: LuaValue): void {
    this.stack[this.index] = v;
  }

  /** Copies the register's value into a cell of its own. */
  close(): void {
    const cell: LuaValue[] = [undefined]; // generic elements kind, whatever the value
    cell[0] = this.stack[this.index];
    this.stack = cell;
    this.index = 0;
  }
}

/** A closed upvalue holding `v`. */
export function closedUpval(v: LuaValue): UpVal {
  const cell: LuaValue[] = [undefined];
  cell[0] = v;
  return new UpVal(cell, 0);
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
export type IteratorStep = (stack: LuaValue[], ra: number) => boolean;

export class NativeFunction {
  mark = 0;
  /** Lua values that `run` keeps from one call to the next (upvalues of a C function): the census must see them. */
  captured: LuaValue[] | null = null;
  /** Set for `next` and the iterator of ipairs. */
  step: IteratorStep | null = null;
  /** `name`: the qualified library name ("string.rep"), for hosts and tools; error messages find their own names as C Lua does. */
  constructor(readonly name: string, readonly run: NativeImplementation) {}
}

export type LuaFunction = LuaClosure | NativeFunction;
