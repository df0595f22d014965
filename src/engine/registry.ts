// The engines a program knows, by name and by file name extension. An engine is made when it is first asked for.
import type { EngineFeatures, EngineInfo, ScriptingEngine } from "./engine.js";
import { ScriptError } from "./errors.js";

interface Entry {
  readonly info: EngineInfo;
  readonly create: () => ScriptingEngine;
  engine: ScriptingEngine | undefined;
}

/** Finds engines. Names and extensions are compared without regard to case. */
export class EngineRegistry {
  private readonly byName = new Map<string, Entry>();
  private readonly byExtension = new Map<string, Entry>();

  /**
   * Makes an engine known; `create` runs when it is first asked for.
   * @throws ScriptError "internal" for a name or an extension that is taken, or a description that makes no sense
   */
  register(info: EngineInfo, create: () => ScriptingEngine): void {
    const name = info.name.toLowerCase();
    const extensions = info.extensions.map((extension) => extension.toLowerCase());
    if (name === "") throw new ScriptError("internal", "an engine needs a name");
    if (!/^\d+\.\d+\.\d+/.test(info.version)) throw new ScriptError("internal", `engine '${name}': version '${info.version}' is not of the form 1.2.3`);
    if (this.byName.has(name)) throw new ScriptError("internal", `engine '${name}' is already registered`);
    for (const extension of extensions) {
      if (!/^\.[^./\\]+$/.test(extension)) throw new ScriptError("internal", `engine '${name}': '${extension}' is not a file name extension`);
      const taken = this.byExtension.get(extension);
      if (taken !== undefined) throw new ScriptError("internal", `extension '${extension}' belongs to engine '${taken.info.name}'`);
    }
    const entry: Entry = { info, create, engine: undefined };
    this.byName.set(name, entry);
    for (const extension of extensions) this.byExtension.set(extension, entry);
  }

  /** Forgets an engine and disposes it if it was made; false when there is none of that name. */
  unregister(name: string): boolean {
    const entry = this.byName.get(name.toLowerCase());
    if (entry === undefined) return false;
    this.byName.delete(name.toLowerCase());
    for (const extension of entry.info.extensions) this.byExtension.delete(extension.toLowerCase());
    entry.engine?.dispose();
    return true;
  }

  has(name: string): boolean {
    return this.byName.has(name.toLowerCase());
  }

  /**
   * The engine of that name, made if need be.
   * @throws ScriptError "internal" when there is none
   */
  get(name: string): ScriptingEngine {
    const entry = this.byName.get(name.toLowerCase());
    if (entry === undefined) throw new ScriptError("internal", `no engine '${name}' (known: ${this.names()})`);
    return engineOf(entry);
  }

  /** The engine for a file, by the extension of its name; undefined when no engine takes it. */
  forFile(path: string): ScriptingEngine | undefined {
    const dot = path.lastIndexOf(".");
    return dot < 0 ? undefined : this.forExtension(path.slice(dot));
  }

  /** The engine for an extension (".lua"), or undefined. */
  forExtension(extension: string): ScriptingEngine | undefined {
    const entry = this.byExtension.get(extension.toLowerCase());
    return entry === undefined ? undefined : engineOf(entry);
  }

  /** Descriptions of all engines, in the order of registration; makes none. `having`: only those with these features. */
  list(having: Partial<EngineFeatures> = {}): EngineInfo[] {
    const wanted = Object.entries(having) as [keyof EngineFeatures, boolean][];
    return [...this.byName.values()].map((entry) => entry.info).filter(({ features }) => wanted.every(([name, value]) => features[name] === value));
  }

  /** Disposes the engines that were made, and forgets all. */
  dispose(): void {
    for (const name of [...this.byName.keys()]) this.unregister(name);
  }

  private names(): string {
    return [...this.byName.keys()].join(", ") || "none";
  }
}

function engineOf(entry: Entry): ScriptingEngine {
  return (entry.engine ??= entry.create());
}
