// Looking at frames: where they are, what their function is called. Shared by error messages, tracebacks and debug.*.
import { chunkId } from "../base/chunk-id.js";
import { lineOf } from "../bytecode/proto.js";
import { FrameFlag } from "./frame-flags.js";
import type { Frame } from "./frame.js";
import { LuaClosure, type LuaFunction } from "./function.js";
import { LuaTable } from "./table.js";
import type { Thread } from "./thread.js";
import { type ValueName, calleeName } from "./variable-names.js";

/** The Lua closure a frame runs, or undefined for native and base frames. */
export function luaFunctionOf(frame: Frame): LuaClosure | undefined {
  return frame.func instanceof LuaClosure ? frame.func : undefined;
}

/** Index of the instruction a Lua frame is executing. */
export function currentPc(frame: Frame): number {
  return frame.pc > 0 ? frame.pc - 1 : 0;
}

/** Line a Lua frame is at; −1 for native frames and stripped code. */
export function currentLine(frame: Frame): number {
  const closure = luaFunctionOf(frame);
  return closure === undefined ? -1 : lineOf(closure.proto, currentPc(frame));
}

/** "file:line:" of the frame followed by a space, or "" when it has no position (luaL_where). */
export function where(frame: Frame | null): string {
  const closure = frame === null ? undefined : luaFunctionOf(frame);
  if (closure === undefined) return "";
  const line = lineOf(closure.proto, currentPc(frame!));
  return line > 0 ? `${shortSource(closure)}:${line}: ` : "";
}

/** Like {@link where}, but stripped functions have the position "?:-1:" (luaG_addinfo). */
export function position(frame: Frame): string {
  const closure = luaFunctionOf(frame);
  return closure === undefined ? "" : `${shortSource(closure)}:${currentLine(frame)}: `;
}

function shortSource(closure: LuaClosure): string {
  return closure.proto.source === undefined ? "?" : chunkId(closure.proto.source);
}

/** A line of a chunk; `chunk` is the name that messages show. */
export interface Location {
  readonly chunk: string;
  readonly line: number;
}

/** Where the innermost Lua function of `L` is, from `level` on. */
export function locationOf(L: Thread, level: number): Location | undefined {
  for (let frame = frameAt(L, level); frame !== undefined && frame !== null; frame = callerOf(frame) ?? undefined) {
    const closure = luaFunctionOf(frame);
    if (closure !== undefined) return { chunk: shortSource(closure), line: currentLine(frame) };
  }
  return undefined;
}

/** The frame below, as Lua code counts them. */
function callerOf(frame: Frame): Frame | null {
  let caller = frame.prev;
  while (caller !== null && (caller.flags & FrameFlag.Hidden) !== 0) caller = caller.prev;
  return caller;
}

/** What the frame's function is called by the code that called it. */
export function functionName(frame: Frame): ValueName | undefined {
  const caller = frame.tail ? null : callerOf(frame);
  return caller === null ? undefined : nameFromCaller(caller);
}

/** What the function being called by `caller` right now is called there. */
export function nameFromCaller(caller: Frame): ValueName | undefined {
  if ((caller.flags & FrameFlag.InHook) !== 0) return { kind: "hook", name: "?" };
  if ((caller.flags & FrameFlag.InFinalizer) !== 0) return { kind: "metamethod", name: "__gc" };
  const closure = luaFunctionOf(caller);
  return closure === undefined ? undefined : calleeName(closure.proto, currentPc(caller));
}

/** Qualified name of a function found in package.loaded ("string.rep", "print"), or undefined. */
export function globalFunctionName(L: Thread, func: LuaFunction): string | undefined {
  const loaded = L.state.registry.getStr("_LOADED");
  if (!(loaded instanceof LuaTable)) return undefined;
  for (let p = loaded.seek(0); p >= 0; p = loaded.seek(p + 1)) {
    const module = loaded.keyAt(p);
    const table = loaded.valueAt(p);
    if (typeof module !== "string") continue;
    if (table === func) return module;
    if (!(table instanceof LuaTable)) continue;
    for (let q = table.seek(0); q >= 0; q = table.seek(q + 1)) {
      const key = table.keyAt(q);
      if (table.valueAt(q) === func && typeof key === "string") return module === "_G" ? key : `${module}.${key}`;
    }
  }
  return undefined;
}

/** The frame `level` calls below the running one (0: the running one), or undefined. The base frame is not a level. */
export function frameAt(L: Thread, level: number): Frame | undefined {
  let frame: Frame | null = L.frame;
  for (; level > 0 && frame !== null; level--) frame = callerOf(frame);
  return level === 0 && frame !== null && frame.prev !== null ? frame : undefined;
}

const HEAD = 10;
const TAIL = 11;
/** Frames met last that are remembered: one more than are shown of a stack that is cut. */
const REMEMBERED = TAIL + 1;

/** Text of luaL_traceback: `message` (when given), then one line a frame of `L` from `level` on; long stacks are cut in the middle. */
export function traceback(L: Thread, message: string | undefined, level: number): string {
  let text = message === undefined ? "" : `${message}\n`;
  text += "stack traceback:";
  const last: Frame[] = []; // frame number n behind the head at n % REMEMBERED
  let total = 0;
  for (let f = frameAt(L, level) ?? null; f !== null && f.prev !== null; f = callerOf(f)) {
    if (total < HEAD) text += frameLine(L, f);
    else last[total % REMEMBERED] = f;
    total++;
  }
  let i = HEAD;
  if (total > HEAD + TAIL + 1) {
    text += `\n\t...\t(skipping ${total - HEAD - TAIL - 1} levels)`; // the reference counts one less than it skips
    i = total - TAIL;
  }
  for (; i < total; i++) text += frameLine(L, last[i % REMEMBERED]!);
  return text;
}

/** Text of {@link traceback} for the running coroutine `inner`, followed by the frames of those that have resumed it. */
export function tracebackOfAll(inner: Thread): string {
  let text = traceback(inner, undefined, 0);
  for (let t = inner.resumer; t !== null; t = t.resumer) text += traceback(t, "\n\t(...resumed by...)", 0).replace("\nstack traceback:", "");
  return text;
}

function frameLine(L: Thread, frame: Frame): string {
  const closure = luaFunctionOf(frame);
  const source = closure === undefined ? "[C]" : shortSource(closure);
  const line = currentLine(frame);
  const at = line > 0 ? `\n\t${source}:${line}: in ` : `\n\t${source}: in `;
  return at + describeFunction(L, frame) + (frame.tail ? "\n\t(...tail calls...)" : "");
}

function describeFunction(L: Thread, frame: Frame): string {
  const func = frame.func!;
  const global = globalFunctionName(L, func);
  if (global !== undefined) return `function '${global}'`;
  const name = functionName(frame);
  if (name !== undefined) return `${name.kind} '${name.name}'`;
  if (!(func instanceof LuaClosure)) return "?";
  if (func.proto.lineDefined === 0) return "main chunk";
  return `function <${shortSource(func)}:${func.proto.lineDefined}>`;
}
