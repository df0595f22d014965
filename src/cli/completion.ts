// What Tab offers: keywords, globals, and fields along a path of names, through __index tables too.
import { fromHostText, toHostText } from "../base/bytes.js";
import { metatableOf } from "../vm/metatables.js";
import type { LuaState } from "../vm/state.js";
import { LuaTable } from "../vm/table.js";
import { type LuaValue, isFunction } from "../vm/value.js";

const KEYWORDS = [
  "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in", "local", "nil", "not", "or",
  "repeat", "return", "then", "true", "until", "while",
];
const MAX_CHAIN = 20;

/** For readline: completions of the name at the end of `line`, and the part of the line they replace. */
export function complete(state: LuaState, line: string): [string[], string] {
  const path = /(?:[A-Za-z_]\w*\s*[.:]\s*)*(?:[A-Za-z_]\w*)?$/.exec(line)![0];
  const cut = Math.max(path.lastIndexOf("."), path.lastIndexOf(":"));
  const prefix = path.slice(cut + 1).trimStart();
  const parents = cut < 0 ? [] : path.slice(0, cut).split(/[.:]/).map((name) => fromHostText(name.trim()));
  let object: LuaValue = state.globals;
  for (const name of parents) object = field(state, object, name);
  const methods = cut >= 0 && path[cut] === ":";
  const found = new Set<string>();
  if (parents.length === 0) for (const word of KEYWORDS) if (word.startsWith(prefix)) found.add(word);
  for (const table of tablesBehind(state, object)) collect(table, prefix, methods, found);
  return [[...found].sort(), prefix];
}

/** Tables where a field of `v` is looked for, in order: itself, then along __index. No function is called. */
function tablesBehind(state: LuaState, v: LuaValue): LuaTable[] {
  const tables: LuaTable[] = [];
  for (let at = v; at !== undefined && tables.length < MAX_CHAIN; ) {
    if (at instanceof LuaTable) {
      if (tables.includes(at)) break;
      tables.push(at);
    }
    at = metatableOf(state, at)?.getStr("__index");
  }
  return tables;
}

function field(state: LuaState, v: LuaValue, name: string): LuaValue {
  for (const table of tablesBehind(state, v)) {
    const found = table.getStr(name);
    if (found !== undefined) return found;
  }
  return undefined;
}

function collect(table: LuaTable, prefix: string, methods: boolean, found: Set<string>): void {
  for (let at = table.seek(0); at >= 0; at = table.seek(at + 1)) {
    const key = table.keyAt(at);
    if (typeof key !== "string" || !/^[A-Za-z_]\w*$/.test(key) || !key.startsWith(prefix)) continue;
    const value = table.valueAt(at);
    if (methods && !isFunction(value)) continue;
    found.add(toHostText(key) + (isFunction(value) ? "(" : ""));
  }
}
