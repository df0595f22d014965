// Names of globals with their fields: "config.limits.size", "list.1". Nothing here runs Lua code: metamethods are not consulted.
import { fromHostText } from "../base/bytes.js";
import type { LuaState } from "../vm/state.js";
import { LuaTable } from "../vm/table.js";
import { type LuaValue, typeName } from "../vm/value.js";
import { ScriptError } from "./errors.js";
import { ownTable } from "./sandbox.js";

/** The keys of a path. */
function keysOf(path: string): string[] {
  const keys = fromHostText(path).split(".");
  if (keys.includes("")) throw new ScriptError("type", `'${path}' is not the name of a global or a path of names joined by dots`);
  return keys;
}

const INDEX = /^[1-9]\d{0,14}$/;

/** A field by name; a name of digits is an element as well. */
function fieldOf(table: LuaTable, key: string): LuaValue {
  const value = table.getStr(key);
  return value === undefined && INDEX.test(key) ? table.get(Number(key)) : value;
}

/** What stands at `path`; undefined when there is nothing. */
export function valueAt(state: LuaState, path: string): LuaValue {
  if (path !== "" && !path.includes(".")) return fieldOf(state.globals, fromHostText(path));
  let value: LuaValue = state.globals;
  for (const key of keysOf(path)) {
    if (!(value instanceof LuaTable)) return undefined;
    value = fieldOf(value, key);
  }
  return value;
}

/**
 * Puts `value` at `path`, whose tables must exist. Tables that are read-only for scripts are not for the host.
 * @throws ScriptError "type" when there is no table on the way
 */
export function setValueAt(state: LuaState, path: string, value: LuaValue): void {
  const keys = keysOf(path);
  const last = keys.pop()!;
  let table: LuaValue = state.globals;
  for (const [i, key] of keys.entries()) {
    table = fieldOf(table as LuaTable, key);
    if (!(table instanceof LuaTable)) {
      throw new ScriptError("type", `'${keys.slice(0, i + 1).join(".")}' is not a table (a ${typeName(table)} value)`);
    }
  }
  const target = ownTable(state, table as LuaTable);
  const put = (): void => (INDEX.test(last) ? target.set(Number(last), value) : target.setStr(last, value));
  if (target.isGuarded) target.changeGuarded(put);
  else put();
}
