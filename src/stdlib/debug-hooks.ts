// debug.sethook and debug.gethook (manual, 6.10). vm/hooks.ts says when hooks run.
import { SIZE, allocate } from "../vm/accounting.js";
import type { Frame } from "../vm/frame.js";
import { setMetatable } from "../vm/metatables.js";
import type { Signal } from "../vm/signal.js";
import type { LuaState } from "../vm/state.js";
import { LuaTable } from "../vm/table.js";
import { type HookFunction, HookMask, type Thread } from "../vm/thread.js";
import type { LuaValue } from "../vm/value.js";
import { optIntArgument, targetThread } from "./debug-arguments.js";

/** Registry key of the hook table: thread → hook function, with weak keys. */
const HOOKS = "_HOOKKEY";

/** Runs the Lua hook of the thread, if it has one, with the event's name and line. */
const callLuaHook: HookFunction = (L, event, line) => {
  const hook = luaHookOf(L);
  if (hook !== undefined) L.call(hook, [event, line >= 0 ? line : undefined]);
};

function luaHookOf(L: Thread): LuaValue {
  const hooks = L.state.registry.getStr(HOOKS);
  return hooks instanceof LuaTable ? hooks.get(L) : undefined;
}

function hookTable(state: LuaState): LuaTable {
  const found = state.registry.getStr(HOOKS);
  if (found instanceof LuaTable) return found;
  allocate(SIZE.table);
  const hooks = new LuaTable();
  hooks.setStr("__mode", "k");
  setMetatable(state, hooks, hooks);
  state.registry.setStr(HOOKS, hooks);
  return hooks;
}

export function sethook(f: Frame): Signal {
  const { L, skip } = targetThread(f);
  if (f.isNoneOrNil(skip + 1)) setHook(L, undefined, 0, 0);
  else {
    const events = f.string(skip + 2);
    const hook = f.function_(skip + 1);
    const count = optIntArgument(f, skip + 3, 0);
    let mask = 0;
    if (events.includes("c")) mask |= HookMask.Call;
    if (events.includes("r")) mask |= HookMask.Return;
    if (events.includes("l")) mask |= HookMask.Line;
    if (count > 0) mask |= HookMask.Count;
    setHook(L, hook, mask, count);
  }
  return f.none();
}

function setHook(L: Thread, hook: LuaValue, mask: number, count: number): void {
  L.hook = mask === 0 ? null : callLuaHook;
  hookTable(L.state).set(L, hook);
  L.hookMask = mask;
  L.hookCount = count;
  L.hookCountLeft = count;
  L.state.meter.interrupt(); // line and count hooks need a tick at each instruction
}

export function gethook(f: Frame): LuaValue | Signal {
  const { L } = targetThread(f);
  if (L.hook === null) return undefined;
  let events = "";
  if ((L.hookMask & HookMask.Call) !== 0) events += "c";
  if ((L.hookMask & HookMask.Return) !== 0) events += "r";
  if ((L.hookMask & HookMask.Line) !== 0) events += "l";
  return f.results(L.hook === callLuaHook ? luaHookOf(L) : "external hook", events, L.hookCount);
}
