// The image of a policy: the standard library as the policy leaves it, made once and shared by all states under that policy.
// Functions are shared outright, and so are read-only tables; tables that may be changed share their slots until they are.
// Nothing in an image refers to a state, so nothing can pass from one state to another through it.
import { vmCompiler } from "../compiler/vm-compiler.js";
import { fileMetatable, openStandardFiles } from "../stdlib/io.js";
import { markLeaves } from "../stdlib/leaves.js";
import { STANDARD_LIBRARIES } from "../stdlib/libraries.js";
import { LuaFloat } from "../number/float.js";
import { type NativeImplementation, NativeFunction } from "../vm/function.js";
import { type LibrarySpec, openLibrary } from "../vm/library.js";
import { SHARED } from "../vm/shared.js";
import { LuaState } from "../vm/state.js";
import { LuaTable } from "../vm/table.js";
import { type LuaValue, typeName } from "../vm/value.js";
import { deny, named } from "./guard.js";
import type { LibraryName, Policy } from "./policy.js";
import { HOST_SEARCHER, PRELOAD, REQUIRE } from "./require.js";

/** Functions that are of no use without a load mode. */
const LOADERS = ["dofile", "load", "loadfile"];
/** First line of package.config: what separates directories. */
const CONFIG = "/\n;\n?\n!\n-\n";

const policyName = (spec: LibrarySpec): LibraryName => (spec.name === "_G" ? "base" : (spec.name as LibraryName));

/** How each state gets a table of the image. */
interface Part {
  readonly name: string;
  readonly template: LuaTable;
  /** Fills the state's own copy, for tables that refer to values of the state; null for the others. */
  readonly fill: ((state: LuaState, table: LuaTable) => void) | null;
}

const NONE: readonly LibrarySpec[] = [];
/** By the list of further libraries, then by policy. */
const images = new WeakMap<readonly LibrarySpec[], WeakMap<Policy, Image>>();

/** The image of `policy` with further `libraries`, made when it is first asked for; the same list gives the same image. */
export function imageOf(policy: Policy, libraries: readonly LibrarySpec[] = NONE): Image {
  let byPolicy = images.get(libraries);
  if (byPolicy === undefined) images.set(libraries, (byPolicy = new WeakMap()));
  let image = byPolicy.get(policy);
  if (image === undefined) byPolicy.set(policy, (image = new Image(policy, libraries)));
  return image;
}

export class Image {
  private readonly isReadOnly: boolean;
  private readonly parts: Part[] = [];
  /** Globals and package.loaded as they are in a fresh state; what belongs to the state is put in its place. */
  private readonly globals: LuaTable;
  private readonly loaded: LuaTable;
  private readonly stringMeta: LuaTable | null;

  constructor(private readonly policy: Policy, libraries: readonly LibrarySpec[]) {
    this.isReadOnly = policy.standardTables === "read-only";
    const scratch = new LuaState({ compiler: vmCompiler });
    scratch.enter();
    try {
      for (const spec of STANDARD_LIBRARIES) this.build(scratch, spec);
      for (const spec of libraries) this.parts.push({ name: spec.name, template: openLibrary(scratch, spec), fill: null });
      ({ globals: this.globals, loaded: this.loaded, stringMeta: this.stringMeta } = scratch);
      markFunctions(this.globals);
      for (const { template, name, fill } of this.parts) {
        markFunctions(template);
        if (fill === null || this.isReadOnly) this.seal(template, name);
        if (fill === null) sealFields(template, name);
      }
      if (this.stringMeta !== null) this.seal(this.stringMeta, "string metatable");
    } finally {
      scratch.leave();
    }
  }

  /** Puts the library into a fresh state. */
  open(state: LuaState): void {
    const { globals, loaded } = state;
    globals.copyFields(this.globals);
    globals.setStr("_G", globals);
    loaded.copyFields(this.loaded);
    loaded.setStr("_G", globals);
    state.stringMeta = this.stringMeta;
    for (const part of this.parts) {
      const table = this.instance(state, part);
      if (table === part.template) continue;
      globals.setStr(part.name, table);
      loaded.setStr(part.name, table);
    }
    if (!this.isReadOnly && this.stringMeta !== null) state.stringMeta = ownStringMeta(this.stringMeta, globals);
    if (this.policy.globals === "read-only") globals.makeReadOnly("_G");
    else if (this.policy.globals === "deny-new") globals.refuseNewKeys("_G");
  }

  private instance(state: LuaState, { template, fill }: Part): LuaTable {
    if (fill === null) return this.isReadOnly ? template : LuaTable.sharing(template);
    const table = new LuaTable();
    table.copyFields(template);
    fill(state, table);
    if (this.isReadOnly) table.guardLike(template);
    return table;
  }

  // ---- building ---------------------------------------------------------------------------------------------------

  private build(scratch: LuaState, spec: LibrarySpec): void {
    const library = policyName(spec);
    if (this.policy.libraries[library] === false && this.policy.denied === "absent") return;
    const { setup, ...left } = { ...spec, functions: this.functionsLeft(spec) };
    const isOpen = this.policy.libraries[library] !== false;
    const isSpecial = library === "package" || library === "io";
    const table = openLibrary(scratch, isSpecial || setup === undefined ? left : { ...left, setup });
    markLeaves(table, spec); // those that are granted
    if (library === "string" && scratch.stringMeta !== null && this.policy.metatables === "protected") scratch.stringMeta.setStr("__metatable", false);
    if (library === "base") return;
    let fill: Part["fill"] = null;
    if (library === "io" && isOpen) fill = this.prepareFiles(scratch, table);
    else if (library === "package" && isOpen) fill = this.preparePackage(scratch, table, setup!);
    this.parts.push({ name: spec.name, template: table, fill });
  }

  /** The functions of a library that are granted, and refusals in place of the others where the policy wants those. */
  private functionsLeft(spec: LibrarySpec): Record<string, NativeImplementation> {
    const library = policyName(spec);
    const functions: Record<string, NativeImplementation> = {};
    for (const [name, run] of Object.entries(spec.functions)) {
      if (this.isGranted(library, name)) functions[name] = library === "debug" && name === "setmetatable" ? this.guardMetatables(run) : run;
      else if (this.policy.denied === "error") functions[name] = this.refusal(library === "base" ? name : `${library}.${name}`);
    }
    return functions;
  }

  private isGranted(library: LibraryName, name: string): boolean {
    if (library === "base" && this.policy.loadModes === "" && LOADERS.includes(name)) return false;
    if (library === "package" && this.policy.searchers !== "standard") return false;
    return this.policy.allowsFunction(library, name);
  }

  /** debug.setmetatable, which under "protected" changes nothing but tables: values of one type, and handles, keep theirs. */
  private guardMetatables(run: NativeImplementation): NativeImplementation {
    if (this.policy.metatables === "allow") return run;
    const why = `is protected (${named(this.policy)})`;
    return (f) => {
      const v = f.arg(1);
      if (v instanceof LuaTable) return run(f);
      return deny(f.L.state, "metatable", typeName(v), `permission denied: the metatable of a ${typeName(v)} value ${why}`);
    };
  }

  private refusal(qualified: string): NativeImplementation {
    const message = `permission denied: '${qualified}' is not allowed by ${named(this.policy)}`;
    return (f) => deny(f.L.state, "function", qualified, message);
  }

  private prepareFiles(scratch: LuaState, table: LuaTable): Part["fill"] {
    const meta = fileMetatable();
    if (this.policy.metatables === "protected") meta.setStr("__metatable", false);
    openStandardFiles(scratch, table, meta); // so that the template has their keys
    const methods = meta.getStr("__index") as LuaTable;
    this.seal(methods, "file methods");
    this.seal(meta, "file metatable");
    return (state, own) => openStandardFiles(state, own, this.isReadOnly ? meta : ownFileMeta(meta, methods));
  }

  private preparePackage(scratch: LuaState, table: LuaTable, setup: NonNullable<LibrarySpec["setup"]>): Part["fill"] {
    const isRequireGranted = this.policy.allowsFunction("package", "require");
    const fill = this.policy.searchers === "standard" ? (state: LuaState, own: LuaTable): void => {
      setup(state, own);
      addHostSearcher(own);
    } : modulesOnly;
    const openWith: Part["fill"] = (state, own) => {
      fill(state, own);
      if (!isRequireGranted) state.globals.setStr("require", this.policy.denied === "error" ? refuse : undefined);
    };
    const refuse = new NativeFunction("require", this.refusal("require"));
    refuse.mark = SHARED;
    openWith(scratch, table);
    return openWith;
  }

  /** Makes a finished table of the image what every state can have: read-only, or a template. */
  private seal(table: LuaTable, name: string): void {
    markFunctions(table);
    if (table.metatable !== null) sealForAll(table.metatable, `metatable of ${name}`);
    if (this.isReadOnly) {
      table.makeReadOnly(name);
      table.mark = SHARED;
    } else table.makeTemplate(name);
  }
}

/** Makes a table read-only in every state, and what it refers to. Throws for values that belong to one state. */
function sealForAll(table: LuaTable, name: string): void {
  if (table.isGuarded) return;
  markFunctions(table);
  table.makeReadOnly(name);
  table.mark = SHARED;
  if (table.metatable !== null) sealForAll(table.metatable, `metatable of ${name}`);
  sealFields(table, name);
}

/** {@link sealForAll} for the tables in the fields of a table that has no values of the state. */
function sealFields(table: LuaTable, name: string): void {
  for (let at = table.seek(0); at >= 0; at = table.seek(at + 1)) {
    const value = table.valueAt(at);
    const field = `${name}.${String(table.keyAt(at))}`;
    if (value instanceof LuaTable) sealForAll(value, field);
    else if (typeof value === "object" && !(value instanceof LuaFloat) && !(value instanceof NativeFunction && value.mark === SHARED)) {
      throw new TypeError(`library value '${field}' belongs to one state and cannot be in an image`);
    }
  }
}

/** Marks the functions in a table as belonging to no state. */
function markFunctions(table: LuaTable): void {
  for (let at = table.seek(0); at >= 0; at = table.seek(at + 1)) {
    const value = table.valueAt(at);
    if (value instanceof NativeFunction && value.captured === null) value.mark = SHARED;
  }
}

/** The metatable of strings for a state whose library tables are its own. */
function ownStringMeta(template: LuaTable, globals: LuaTable): LuaTable {
  const meta = LuaTable.sharing(template);
  meta.setStr("__index", globals.getStr("string"));
  return meta;
}

function ownFileMeta(template: LuaTable, methods: LuaTable): LuaTable {
  const meta = LuaTable.sharing(template);
  meta.setStr("__index", LuaTable.sharing(methods));
  return meta;
}

/** The package library of states that have modules of the host only. */
function modulesOnly(state: LuaState, table: LuaTable): void {
  const preload = new LuaTable();
  state.registry.setStr(PRELOAD, preload);
  table.setStr("path", "");
  table.setStr("cpath", "");
  table.setStr("config", CONFIG);
  table.setStr("loaded", state.loaded);
  table.setStr("preload", preload);
  state.globals.setStr("require", REQUIRE);
}

/** Modules of the host come after package.preload and before files. */
function addHostSearcher(table: LuaTable): void {
  const searchers = table.getStr("searchers") as LuaTable;
  const list: LuaValue[] = [];
  for (let i = 1, searcher = searchers.getInt(1); searcher !== undefined; searcher = searchers.getInt(++i)) list.push(searcher);
  list.splice(1, 0, HOST_SEARCHER);
  list.forEach((searcher, i) => searchers.setInt(i + 1, searcher));
}
