// The package library and `require` (manual, 6.3). Files are reached through the state's host only.
import { isNumber } from "../number/float.js";
import { LuaThrow } from "../vm/fault.js";
import type { Frame } from "../vm/frame.js";
import { NativeFunction } from "../vm/function.js";
import type { LibrarySpec } from "../vm/library.js";
import { concatText, index, setIndex } from "../vm/operations.js";
import type { Signal } from "../vm/signal.js";
import type { LuaState } from "../vm/state.js";
import { LuaTable } from "../vm/table.js";
import { type LuaValue, isFunction, isTruthy } from "../vm/value.js";
import { loadFile } from "./load-file.js";
import { chargeBytes } from "./string/price.js";

const SEPARATOR = ";";
const MARK = "?";
const DIRECTORY = "/";
/** Lines of package.config: directory, path separator, mark, executable directory, ignore mark. */
const CONFIG = `${DIRECTORY}\n${SEPARATOR}\n${MARK}\n!\n-\n`;
const DEFAULT_PATH = [
  "/usr/local/share/lua/5.4/?.lua", "/usr/local/share/lua/5.4/?/init.lua", "/usr/local/lib/lua/5.4/?.lua",
  "/usr/local/lib/lua/5.4/?/init.lua", "./?.lua", "./?/init.lua",
].join(SEPARATOR);
const DEFAULT_CPATH = ["/usr/local/lib/lua/5.4/?.so", "/usr/local/lib/lua/5.4/loadall.so", "./?.so"].join(SEPARATOR);
const NO_LIBRARIES = "dynamic libraries not enabled; check your Lua installation";
/** Registry keys: set by option -E; package.preload. */
export const NO_ENVIRONMENT = "LUA_NOENV";
const PRELOAD = "_PRELOAD";

/** A C string: what a JavaScript string holds before its first zero byte. */
function cString(text: string): string {
  const zero = text.indexOf("\0");
  return zero < 0 ? text : text.slice(0, zero);
}

// ---- searching ---------------------------------------------------------------------------------------------------

/** The first readable file of `path` for `name`, or what was tried ("no file 'x'\n\tno file 'y'"). */
function search(f: Frame, name: string, path: string, separator: string, directory: string): { file: string } | { tried: string } {
  const part = separator !== "" ? name.replaceAll(separator, () => directory) : name;
  const names = path.replaceAll(MARK, () => part);
  chargeBytes(f, names.length);
  const files = f.L.state.host.files;
  if (names !== "" && files !== undefined) {
    for (const file of names.split(SEPARATOR)) if (files.readable(file)) return { file };
  }
  return { tried: `no file '${names.replaceAll(SEPARATOR, "'\n\tno file '")}'` };
}

function searchpath(f: Frame): LuaValue | Signal {
  const found = search(f, cString(f.string(1)), cString(f.string(2)), cString(f.optString(3, ".")), cString(f.optString(4, DIRECTORY)));
  return "file" in found ? found.file : f.results(undefined, found.tried);
}

/** Looks for module `name` along package[field]. */
function searchField(f: Frame, packageTable: LuaTable, name: string, field: "path" | "cpath"): { file: string } | { tried: string } {
  const path = concatText(index(f.L, packageTable, field));
  if (path === undefined) return f.error(`'package.${field}' must be a string`);
  return search(f, name, cString(path), ".", DIRECTORY);
}

function raiseLoading(f: Frame, file: string, message: LuaValue): never {
  f.error(`error loading module '${f.string(1)}' from file '${file}':\n\t${concatText(message) ?? ""}`, "module");
}

function searchPreload(f: Frame): LuaValue | Signal {
  const name = f.string(1);
  const loader = index(f.L, f.L.state.registry.getStr(PRELOAD), name);
  return loader === undefined ? `no field package.preload['${name}']` : f.results(loader, ":preload:");
}

function searchLua(f: Frame, packageTable: LuaTable): LuaValue | Signal {
  const found = searchField(f, packageTable, cString(f.string(1)), "path");
  if ("tried" in found) return found.tried;
  try {
    return f.results(loadFile(f.L.state, found.file), found.file);
  } catch (error) {
    if (error instanceof LuaThrow) return raiseLoading(f, found.file, error.value);
    throw error;
  }
}

/** Libraries in machine code cannot be loaded here; one that is found says so. */
function searchLibrary(f: Frame, packageTable: LuaTable): LuaValue | Signal {
  const found = searchField(f, packageTable, cString(f.string(1)), "cpath");
  return "tried" in found ? found.tried : raiseLoading(f, found.file, NO_LIBRARIES);
}

/** All-in-one libraries: module a.b in the library of a. */
function searchRoot(f: Frame, packageTable: LuaTable): LuaValue | Signal {
  const name = cString(f.string(1));
  const dot = name.indexOf(".");
  if (dot < 0) return f.none();
  const found = searchField(f, packageTable, name.slice(0, dot), "cpath");
  return "tried" in found ? found.tried : raiseLoading(f, found.file, NO_LIBRARIES);
}

function loadlib(f: Frame): Signal {
  f.string(1);
  f.string(2);
  return f.results(undefined, NO_LIBRARIES, "absent");
}

// ---- require -----------------------------------------------------------------------------------------------------

function require(f: Frame, packageTable: LuaTable): LuaValue | Signal {
  const name = f.string(1);
  const loaded = index(f.L, f.L.state.loaded, name);
  if (isTruthy(loaded)) return loaded;
  const searchers = index(f.L, packageTable, "searchers");
  if (!(searchers instanceof LuaTable)) return f.error("'package.searchers' must be a table");
  f.data = [searchers]; // the collector must see it
  return trySearcher(f, name, searchers, 1, "");
}

/** Asks searcher number `i`; `tried` is what the ones before it said. */
function trySearcher(f: Frame, name: string, searchers: LuaTable, i: number, tried: string): Signal {
  const searcher = searchers.getInt(i);
  if (searcher === undefined) return f.error(`module '${name}' not found:${tried}`, "module");
  return f.callThen(searcher, [name], (frame, [loader, data]) => {
    if (isFunction(loader)) return runLoader(frame, name, loader, data);
    const message = typeof loader === "string" || isNumber(loader) ? `\n\t${concatText(loader)!}` : "";
    return trySearcher(frame, name, searchers, i + 1, tried + message);
  });
}

function runLoader(f: Frame, name: string, loader: LuaValue, data: LuaValue): Signal {
  f.data = [data];
  return f.callThen(loader, [name, data], (frame, [value]) => {
    const { L } = frame;
    const { loaded } = L.state;
    if (value !== undefined) setIndex(L, loaded, name, value);
    let result = index(L, loaded, name);
    if (result === undefined) setIndex(L, loaded, name, (result = true));
    frame.data = undefined;
    return frame.results(result, data);
  });
}

// ---- setting up --------------------------------------------------------------------------------------------------

/** package.path or package.cpath as the environment has it; ";;" in it stands for the default. */
function initialPath(state: LuaState, variable: string, standard: string): string {
  const host = state.host.process;
  const set = host?.getenv(`${variable}_5_4`) ?? host?.getenv(variable);
  if (set === undefined || isTruthy(state.registry.getStr(NO_ENVIRONMENT))) return standard;
  const at = set.indexOf(SEPARATOR + SEPARATOR);
  if (at < 0) return set;
  const before = at > 0 ? set.slice(0, at) + SEPARATOR : "";
  const after = at + 2 < set.length ? SEPARATOR + set.slice(at + 2) : "";
  return before + standard + after;
}

function setup(state: LuaState, table: LuaTable): void {
  const native = (name: string, run: (f: Frame, packageTable: LuaTable) => LuaValue | Signal): NativeFunction => {
    const made = new NativeFunction(name, (f) => run(f, table));
    made.captured = [table];
    return made;
  };
  const preload = new LuaTable();
  state.registry.setStr(PRELOAD, preload);
  const searchers = new LuaTable();
  searchers.setInt(1, native("package.searchers.preload", searchPreload));
  searchers.setInt(2, native("package.searchers.Lua", searchLua));
  searchers.setInt(3, native("package.searchers.C", searchLibrary));
  searchers.setInt(4, native("package.searchers.Croot", searchRoot));
  table.setStr("searchers", searchers);
  table.setStr("path", initialPath(state, "LUA_PATH", DEFAULT_PATH));
  table.setStr("cpath", initialPath(state, "LUA_CPATH", DEFAULT_CPATH));
  table.setStr("config", CONFIG);
  table.setStr("loaded", state.loaded);
  table.setStr("preload", preload);
  state.globals.setStr("require", native("require", require));
}

export const packageLibrary: LibrarySpec = { name: "package", functions: { loadlib, searchpath }, setup };
