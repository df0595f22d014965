// Modules of sandboxed states: what `require` finds there. Host modules are made by the host, one value for each state; sources
// give Lua text from virtual files or directories. Nothing else is searched: package.path and package.cpath mean nothing here.
import type { LuaValue } from "../vm/value.js";
import type { Runtime } from "./runtime.js";

/** Makes the module's value (most often a table) for a state; called once for each state that requires it. */
export type HostModuleLoader = (runtime: Runtime) => LuaValue;

export interface HostModuleOptions {
  /** Permission that a policy must grant ("bridge.agent"); without it the policy's module list decides. */
  readonly permission?: string;
  /** Other names of the same module. */
  readonly aliases?: readonly string[];
}

export interface HostModule {
  readonly name: string;
  readonly load: HostModuleLoader;
  readonly permission: string | undefined;
}

/** Text of a module, as a source found it. */
export interface ModuleText {
  /** Lua source, or a binary chunk where the policy allows those. Byte string. */
  readonly text: string;
  /** Chunk name for messages ("@app/util.lua"). Byte string. */
  readonly chunkName: string;
}

/** Places where a source has looked in vain. */
export interface NotFound {
  readonly tried: readonly string[];
}

/** Where modules come from. */
export interface ModuleSource {
  /** What messages call it: "virtual files", "directory '/srv/lua'". */
  readonly description: string;
  /**
   * The module called `name` ("app.util"), which has passed {@link moduleNameProblem}, or where it was looked for. A promise
   * makes the script wait. An exception is a Lua error of the `require` with the exception as cause.
   */
  find(name: string): ModuleText | NotFound | PromiseLike<ModuleText | NotFound>;
}

/** Longest module name, in bytes. */
const MAX_NAME = 200;

/** Why `name` cannot be a module's name; undefined when it can. Names are words joined by dots. */
export function moduleNameProblem(name: string): string | undefined {
  if (name === "") return "is empty";
  if (name.length > MAX_NAME) return `is longer than ${MAX_NAME} bytes`;
  if (name.includes("\0")) return "has a zero byte";
  if (/^[A-Za-z]:/.test(name)) return "has a drive letter";
  if (name.startsWith("/")) return "is an absolute path";
  if (name.includes("\\")) return "has a backslash";
  if (name.includes("..")) return "has '..'";
  if (name.includes("/")) return "has a slash; parts are joined by dots";
  if (name.startsWith(".") || name.endsWith(".")) return "begins or ends with a dot";
  if (/[^A-Za-z0-9_\-.\x80-\xff]/.test(name)) return "has a character that is not a letter, digit, '_', '-' or '.'";
  return undefined;
}

/** Modules that states may require. Registries can be stacked: one of the engine, one of a context in front of it. */
export class ModuleRegistry {
  /** Made with the first one: those of a context have none, as a rule. */
  private modules: Map<string, HostModule> | undefined;
  private readonly sources: ModuleSource[] = [];

  constructor(private readonly parent?: ModuleRegistry) {}

  /** Adds a host module. Throws RangeError for a bad name or one that is taken here. */
  registerHostModule(name: string, load: HostModuleLoader, options: HostModuleOptions = {}): void {
    const { permission, aliases = [] } = options;
    const module: HostModule = { name, load, permission };
    const modules = (this.modules ??= new Map());
    for (const each of [name, ...aliases]) {
      const problem = moduleNameProblem(each);
      if (problem !== undefined) throw new RangeError(`module name '${each}' ${problem}`);
      if (modules.has(each)) throw new RangeError(`module '${each}' is registered already`);
    }
    for (const each of [name, ...aliases]) modules.set(each, module);
  }

  /** Takes a host module and its aliases away; states that have loaded it keep it. False: there was none. */
  unregister(name: string): boolean {
    const { modules } = this;
    const module = modules?.get(name);
    if (modules === undefined || module === undefined) return false;
    for (const [each, other] of modules) if (other === module) modules.delete(each);
    return true;
  }

  /** Adds a source, searched after those that are there and before the parent's. */
  addSource(source: ModuleSource): void {
    this.sources.push(source);
  }

  removeSource(source: ModuleSource): void {
    const at = this.sources.indexOf(source);
    if (at >= 0) this.sources.splice(at, 1);
  }

  /** The host module called `name`, here or in the parents. */
  hostModule(name: string): HostModule | undefined {
    return this.modules?.get(name) ?? this.parent?.hostModule(name);
  }

  /** Every source in the order of search. */
  allSources(): ModuleSource[] {
    return [...this.sources, ...(this.parent?.allSources() ?? [])];
  }

  /** Names of all host modules, sorted. */
  names(): string[] {
    return [...new Set([...(this.modules?.keys() ?? []), ...(this.parent?.names() ?? [])])].sort();
  }
}
