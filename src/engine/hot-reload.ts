// Hot reload: a module's new text runs, and what it returns takes the place of what is loaded. Where both are tables the old one
// gets the new fields, so that whoever holds it goes on with the new functions.
import { fromHostText, toHostText } from "../base/bytes.js";
import type { Frame } from "../vm/frame.js";
import { NativeFunction } from "../vm/function.js";
import { SHARED } from "../vm/shared.js";
import type { Signal } from "../vm/signal.js";
import { LuaTable } from "../vm/table.js";
import { type LuaValue, isFunction } from "../vm/value.js";
import { sandboxOf } from "./guard.js";
import { compileModule, searchSources, shownName } from "./require.js";
import type { Runtime } from "./runtime.js";

/** Field of a module that is called after its refresh, with a copy of the module as it was: `on_reload(old)`. */
const HOOK = "on_reload";

/**
 * Loads a module of a source anew in one state, in place. False: its text is the same as before, nothing was done. Rejects with the Lua
 * error when it is not found, does not compile or fails; then what was loaded stays.
 */
export async function refreshModule(runtime: Runtime, name: string): Promise<boolean> {
  const [isChanged] = await runtime.spawn(RELOAD, [fromHostText(name)], { name: `reload of ${name}` }).result;
  return isChanged === true;
}

/** {@link refreshModule} for every module that the state has loaded from a source; answers the names of those that have changed. */
export async function refreshModules(runtime: Runtime): Promise<string[]> {
  const changed: string[] = [];
  for (const name of [...(sandboxOf(runtime.state)?.texts.keys() ?? [])]) {
    if (await refreshModule(runtime, toHostText(name))) changed.push(toHostText(name));
  }
  return changed;
}

function reload(f: Frame): LuaValue | Signal {
  const name = f.string(1);
  return searchSources(f, name, [], (frame, text) => {
    const { texts } = sandboxOf(frame.L.state)!;
    if (texts.get(name) === text.text) return false;
    const chunk = compileModule(frame, name, text);
    return frame.callThen(chunk, [name, shownName(text)], (done, [value]) => {
      texts.set(name, text.text);
      return replace(done, name, value);
    });
  });
}

/** Puts the new value of a module in the place of the old one. */
function replace(f: Frame, name: string, value: LuaValue): LuaValue | Signal {
  const { loaded } = f.L.state;
  const old = loaded.getStr(name);
  if (!(old instanceof LuaTable && value instanceof LuaTable) || old === value || old.isGuarded) {
    if (value !== undefined || old === undefined) loaded.setStr(name, value ?? true);
    return true;
  }
  const before = new LuaTable();
  copyFields(old, before);
  for (const key of keysOf(old)) old.set(key, undefined);
  copyFields(value, old);
  old.setMetatable(value.metatable);
  if (value.metatable !== null) f.L.state.census.adopted(old, value.metatable);
  const hook = old.getStr(HOOK);
  return isFunction(hook) ? f.callThen(hook, [before], () => true) : true;
}

function keysOf(table: LuaTable): LuaValue[] {
  const keys: LuaValue[] = [];
  for (let at = table.seek(0); at >= 0; at = table.seek(at + 1)) keys.push(table.keyAt(at));
  return keys;
}

function copyFields(from: LuaTable, to: LuaTable): void {
  for (const key of keysOf(from)) to.set(key, from.get(key));
}

const RELOAD = new NativeFunction("reload", reload);
RELOAD.mark = SHARED;
