// Metamethods from emitted code: a handler that is an emitted Lua function is called directly, in the frame above the function's
// registers, as the interpreter would.
import { Event } from "../vm/events.js";
import type { Frame } from "../vm/frame.js";
import { LuaClosure, NativeFunction } from "../vm/function.js";
import type { Meter } from "../vm/meter.js";
import { MAX_NATIVE_DEPTH, MAX_STACK } from "../vm/thread.js";
import type { LuaValue } from "../vm/value.js";
import { callNative } from "./calls.js";
import { binaryHandler, chainHandler, equalityHandler, found } from "./handlers.js";
import { Count, SIGNAL, codeFor, refuse, run } from "./runtime.js";

/** Slots that the interpreter provides above the function, where it puts the handler and its arguments. */
const NEEDED = 24;
/** Nested metamethods that emitted code leaves to the interpreter, which knows what to say about them. */
const DEEP = MAX_NATIVE_DEPTH - 10;

/** Calls `handler` above the registers, which end at stack[top]: its first result; SIGNAL when `run.count` says why not. */
function invokeHandler(
  handler: LuaValue, m: Meter, R: LuaValue[], room: number, top: number, frame: Frame, a: LuaValue, b: LuaValue, c: LuaValue, count: number,
): LuaValue {
  if (!(handler instanceof LuaClosure)) return handler instanceof NativeFunction && count === 2 ? invokeNative(handler, m, R, top, frame, a, b) : refuse();
  const code = codeFor(handler);
  const L = run.thread;
  const { nativeDepth } = L;
  if (code === null || nativeDepth >= DEEP || top + NEEDED > MAX_STACK) return refuse();
  if (top + NEEDED > R.length) L.ensureStack(top + NEEDED);
  L.nativeDepth = nativeDepth + 1;
  const result = count === 3 ? code(m, R, top + 1, room, frame, handler, a, b, c) : code(m, R, top + 1, room, frame, handler, a, b);
  if (result !== SIGNAL) {
    L.nativeDepth = nativeDepth;
    return result;
  }
  if (run.count === Count.Left) return SIGNAL; // its frames count
  L.nativeDepth = nativeDepth;
  return run.count < 0 ? SIGNAL : run.count > 0 ? R[top] : undefined;
}

/** {@link invokeHandler} for a native that needs no frames: the operators of strings that spell numbers. */
function invokeNative(native: NativeFunction, m: Meter, R: LuaValue[], top: number, frame: Frame, a: LuaValue, b: LuaValue): LuaValue {
  if (top + NEEDED > R.length) return refuse();
  R[top + 1] = a;
  R[top + 2] = b;
  const result = callNative(native, m, R, top, 2, 1, frame);
  if (result !== SIGNAL || run.count < 0) return result;
  return run.count > 0 ? R[run.at] : undefined;
}

/** t[key] */
export function metaIndex(m: Meter, R: LuaValue[], room: number, top: number, frame: Frame, t: LuaValue, key: LuaValue): LuaValue {
  return invokeHandler(chainHandler(run.thread, t, key, Event.Index), m, R, room, top, frame, found.receiver, key, undefined, 2);
}

/** t[key] = v */
export function metaStore(m: Meter, R: LuaValue[], room: number, top: number, frame: Frame, t: LuaValue, key: LuaValue, v: LuaValue): LuaValue {
  return invokeHandler(chainHandler(run.thread, t, key, Event.NewIndex), m, R, room, top, frame, found.receiver, key, v, 3);
}

/** An operator; for unary ones b is a. */
export function metaOperator(m: Meter, R: LuaValue[], room: number, top: number, frame: Frame, event: Event, a: LuaValue, b: LuaValue): LuaValue {
  return invokeHandler(binaryHandler(run.thread, event, a, b), m, R, room, top, frame, a, b, undefined, 2);
}

/** a == b */
export function metaEquals(m: Meter, R: LuaValue[], room: number, top: number, frame: Frame, a: LuaValue, b: LuaValue): LuaValue {
  return invokeHandler(equalityHandler(run.thread, a, b), m, R, room, top, frame, a, b, undefined, 2);
}

