// How a library describes itself, and how it is put into a state.
import { SIZE, allocate } from "./accounting.js";
import { type NativeImplementation, NativeFunction } from "./function.js";
import { makeFree } from "./shape.js";
import type { LuaState } from "./state.js";
import { LuaTable } from "./table.js";
import type { LuaValue } from "./value.js";

/** A library as data. */
export interface LibrarySpec {
  /** Global it is stored in and key of package.loaded; "_G" is the basic library. */
  readonly name: string;
  readonly functions: Readonly<Record<string, NativeImplementation>>;
  readonly values?: Readonly<Record<string, LuaValue>>;
  /** What else opening it does (metatables, values that depend on the state). */
  readonly setup?: (state: LuaState, table: LuaTable) => void;
}

/** Adds native functions to a table; their qualified names are "prefix.name" (or "name" for an empty prefix). */
export function addFunctions(table: LuaTable, prefix: string, functions: Readonly<Record<string, NativeImplementation>>): void {
  for (const name of Object.keys(functions)) {
    allocate(SIZE.native);
    table.setStr(name, new NativeFunction(prefix === "" ? name : `${prefix}.${name}`, functions[name]!));
  }
}

/** Opens a library: builds its table (the globals for "_G"), stores it as a global and in package.loaded. */
export function openLibrary(state: LuaState, spec: LibrarySpec): LuaTable {
  const isBase = spec.name === "_G";
  const table = isBase ? state.globals : new LuaTable();
  addFunctions(table, isBase ? "" : spec.name, spec.functions);
  for (const name of Object.keys(spec.values ?? {})) table.setStr(name, spec.values![name]);
  spec.setup?.(state, table);
  state.loaded.setStr(spec.name, table);
  state.globals.setStr(spec.name, table);
  for (const { shape } of [table, state.loaded, state.globals]) makeFree(shape);
  return table;
}
