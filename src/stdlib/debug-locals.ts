// debug.getlocal and debug.setlocal: variables, temporaries and extra arguments of live frames (manual, 6.10).
import type { Frame } from "../vm/frame.js";
import { LuaClosure } from "../vm/function.js";
import { currentPc, frameAt, luaFunctionOf } from "../vm/inspect.js";
import type { Signal } from "../vm/signal.js";
import type { Thread } from "../vm/thread.js";
import { type LuaValue, isFunction } from "../vm/value.js";
import { localName } from "../vm/variable-names.js";
import { intArgument, targetThread } from "./debug-arguments.js";

interface Slot {
  readonly name: string;
  /** Stack index. */
  readonly at: number;
}

/** Variable `n` of a live frame: locals first, then whatever else is on its stack; negative ones are extra arguments. */
function findLocal(L: Thread, frame: Frame, n: number): Slot | undefined {
  const closure = luaFunctionOf(frame);
  if (closure !== undefined) {
    if (n < 0) {
      if (!closure.proto.isVararg || -n > frame.count) return undefined;
      return { name: "(vararg)", at: frame.base - 1 - frame.count + (-n - 1) };
    }
    const name = localName(closure.proto, n, currentPc(frame));
    if (name !== undefined) return { name, at: frame.base + n - 1 };
  }
  if (n <= 0 || n > stackEnd(L, frame) - frame.base) return undefined;
  return { name: closure === undefined ? "(C temporary)" : "(temporary)", at: frame.base + n - 1 };
}

/** Where the stack of `frame` ends: at the function it has called, if any. */
function stackEnd(L: Thread, frame: Frame): number {
  return frame === L.frame ? frame.top : frame.next!.base - 1;
}

function frameArgument(f: Frame, L: Thread, i: number, level: number): Frame {
  return frameAt(L, level) ?? f.argError(i, "level out of range");
}

export function getlocal(f: Frame): LuaValue | Signal {
  const { L, skip } = targetThread(f);
  const n = intArgument(f, skip + 2);
  const what = f.arg(skip + 1);
  if (isFunction(what)) return what instanceof LuaClosure ? localName(what.proto, n, 0) : undefined;
  const frame = frameArgument(f, L, skip + 1, intArgument(f, skip + 1));
  const slot = findLocal(L, frame, n);
  return slot === undefined ? undefined : f.results(slot.name, L.stack[slot.at]);
}

export function setlocal(f: Frame): LuaValue {
  const { L, skip } = targetThread(f);
  const level = intArgument(f, skip + 1);
  const n = intArgument(f, skip + 2);
  const frame = frameArgument(f, L, skip + 1, level);
  const v = f.any(skip + 3);
  const slot = findLocal(L, frame, n);
  if (slot === undefined) return undefined;
  L.stack[slot.at] = v;
  return slot.name;
}
