// pcall and xpcall from emitted code: the protected function is called directly, and an error that it raises is caught here
// when nobody has to look at the frames below.
import { MIN_STACK, closeUpvalues } from "../vm/calls.js";
import { LuaThrow } from "../vm/fault.js";
import { FrameFlag } from "../vm/frame-flags.js";
import type { Frame } from "../vm/frame.js";
import { LuaClosure, type NativeFunction, RoleKind } from "../vm/function.js";
import type { Meter } from "../vm/meter.js";
import { beginHandler } from "../vm/protected.js";
import { BARRIER, MAX_NATIVE_DEPTH, MAX_STACK, type Thread } from "../vm/thread.js";
import { type LuaValue, isFunction } from "../vm/value.js";
import { HANDLER_SLOTS, raised, raisedAt } from "./raising.js";
import { Count, SIGNAL, above, codeFor, invoke, refuse, run } from "./runtime.js";

/** JavaScript stack of {@link callProtected}, as the room of emitted code counts it. */
const OWN_ROOM = 400;
/** R[at] is pcall or xpcall, `nargs` arguments follow; `frame` is the caller's. Answers as emitted code does. */
export function callProtected(native: NativeFunction, m: Meter, R: LuaValue[], room: number, at: number, nargs: number, frame: Frame): LuaValue {
  const own = native.role!.kind === RoleKind.Pcall ? 1 : 2;
  const func = R[at + 1];
  const handler = own === 1 ? undefined : R[at + 2];
  if (nargs < own || !(func instanceof LuaClosure) || (own === 2 && !isFunction(handler))) return refuse();
  const code = codeFor(func);
  const L = run.thread;
  const { nativeDepth, unyieldable } = L; // a handler that is left has raised both
  const n = nargs - own;
  const top = at + 1 + nargs; // the function and its arguments are copied there
  if (code === null || nativeDepth + 2 >= MAX_NATIVE_DEPTH || top + n + MIN_STACK >= MAX_STACK) return refuse();
  const f = frame.next ?? above(frame);
  if (f === null) return refuse();
  L.ensureStack(top + MIN_STACK);
  L.ensureStack(top + 1 + n + MIN_STACK);
  R[top] = func;
  for (let i = 0; i < n; i++) R[top + 1 + i] = R[at + 1 + own + i];
  L.nativeDepth = nativeDepth + 1;
  const result = invoke(code, m, R, top + 1, room - OWN_ROOM, f, func, top + 1, n);
  if (result !== SIGNAL) {
    L.nativeDepth = nativeDepth;
    R[at + 1] = result;
    return answer(R, at, true, 1);
  }
  const { count } = run;
  if (count >= 0) {
    L.nativeDepth = nativeDepth;
    for (let i = 0; i < count; i++) R[at + 1 + i] = R[top + i];
    return answer(R, at, true, count);
  }
  if (count === Count.Refused) {
    L.nativeDepth = nativeDepth;
    return refuse();
  }
  if (handler === undefined ? raisedAt(L, m, run.left, false) : handler instanceof LuaClosure && isHandled(L, m, R, room, handler)) {
    L.nativeDepth = nativeDepth;
    fail(L, f, top);
    R[at + 1] = raised.value;
    return answer(R, at, false, 1);
  }
  const done = native.role!.done!;
  f.func = native;
  f.ret = at;
  f.base = at + 1;
  f.top = top;
  f.count = nargs;
  f.flags = FrameFlag.Protected;
  f.tail = false;
  f.failure = null;
  f.continuation = done;
  f.guard = { handler, done, top, nativeDepth, unyieldable, allowHook: L.allowHook };
  run.left.push(f);
  return SIGNAL;
}

/**
 * Whether the error for which frames were left is raised, and `handler` has answered what is now in {@link raised}. Otherwise the interpreter goes on: where
 * the error is to be raised, at the beginning of the handler, or where that was left.
 */
function isHandled(L: Thread, m: Meter, R: LuaValue[], room: number, handler: LuaClosure): boolean {
  const code = codeFor(handler);
  const { nativeDepth } = L;
  if (run.isHandling || code === null || nativeDepth + 2 >= MAX_NATIVE_DEPTH || run.left[0]!.top + HANDLER_SLOTS > MAX_STACK) return false;
  if (!raisedAt(L, m, run.left, true)) return false;
  const frame = raised.frame!;
  const failed = run.left.splice(0);
  const at = frame.top;
  L.ensureStack(at + HANDLER_SLOTS);
  R[at] = handler;
  R[at + 1] = raised.value;
  L.nativeDepth = nativeDepth + 1;
  L.unyieldable += BARRIER;
  run.isHandling = true;
  let result: LuaValue;
  try {
    result = invoke(code, m, R, at + 1, room - OWN_ROOM, frame, handler, at + 1, 1);
  } finally {
    run.isHandling = false;
  }
  if (result !== SIGNAL || run.count >= 0) {
    L.unyieldable -= BARRIER;
    raised.value = result !== SIGNAL ? result : run.count > 0 ? R[run.at] : undefined;
    return true;
  }
  const thrown = new LuaThrow(raised.value);
  if (run.count === Count.Refused) {
    L.nativeDepth = nativeDepth;
    L.unyieldable -= BARRIER;
    const { frame: entered } = L;
    L.frame = frame;
    beginHandler(L, handler, thrown);
    run.left.push(L.frame);
    L.frame = entered;
  } else {
    L.forgetHandlers(frame.level);
    L.handling = { level: frame.level + 1, thrown, outer: L.handling };
  }
  run.handler = run.left[run.left.length - 1]!;
  run.left.push(...failed);
  run.count = Count.Left;
  return false;
}

/** The results: a boolean and `count` values, which are in place. */
function answer(R: LuaValue[], at: number, isOk: boolean, count: number): LuaValue {
  R[at] = isOk;
  run.count = count + 1;
  run.at = at;
  return SIGNAL;
}

/** Forgets what ran above the protected call, whose frame is `f`, as the interpreter does after an error. */
function fail(L: Thread, f: Frame, top: number): void {
  while (run.left.length > 0) run.left.pop();
  closeUpvalues(L, top);
  const entered = L.frame;
  L.frame = f;
  L.shrinkStack(top);
  L.frame = entered;
}
