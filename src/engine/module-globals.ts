// Bridges in the globals, where a policy asks for it: `perilune.agent` is what `require "perilune.agent"` gives. Nothing is made
// before a script reads it, and what the policy does not grant raises the same error as `require` does.
import { NativeFunction } from "../vm/function.js";
import type { LuaState } from "../vm/state.js";
import { LuaTable } from "../vm/table.js";
import { toHostText } from "../base/bytes.js";
import { setValueAt } from "./global-path.js";
import { sandboxOf } from "./guard.js";
import type { ModuleRegistry } from "./modules.js";
import { requireHostModule } from "./require.js";

/** Puts a global table for each first word of the names of host modules that need a permission: `perilune` for "perilune.agent". */
export function addModuleGlobals(state: LuaState, modules: ModuleRegistry): void {
  const words = modules.names().filter((name) => modules.hostModule(name)?.permission !== undefined && name.includes(".")).map((name) => name.slice(0, name.indexOf(".")));
  state.enter(); // what is allocated counts for this state
  try {
    for (const word of new Set(words)) setValueAt(state, word, moduleTable(word));
  } finally {
    state.leave();
  }
}

function moduleTable(word: string): LuaTable {
  const table = new LuaTable();
  const metatable = new LuaTable();
  metatable.setStr("__metatable", false);
  metatable.setStr("__name", word);
  metatable.setStr("__index", new NativeFunction(`${word}.__index`, (f) => {
    const key = f.arg(2);
    if (typeof key !== "string") return undefined;
    const name = `${word}.${key}`;
    const { modules } = sandboxOf(f.L.state)!;
    const module = modules?.hostModule(toHostText(name));
    return module?.permission === undefined ? undefined : requireHostModule(f, name, module);
  }));
  table.setMetatable(metatable);
  return table;
}
