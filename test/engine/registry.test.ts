// The registry of engines, and an engine that is not Lua's: what shows that the interface belongs to no language.
import { afterEach, describe, expect, test } from "vitest";
import {
  type ContextOptions, type ContextState, type ContextStatistics, EngineRegistry, type EngineInfo, type ExecuteOptions, type HostModule, LuaEngine, type Remaining,
  type Script, type ScriptContext, ScriptError, type ScriptFunction, type ScriptingEngine, type Source, engines,
} from "../../src/index.js";

const SUMS: EngineInfo = {
  name: "sums", version: "2.1.0", language: "Sums", extensions: [".sum"],
  features: { async: false, coroutines: false, debugging: false, profiling: false, sandboxing: true, hotReload: false },
};

class SumScript implements Script {
  constructor(readonly name: string, readonly terms: readonly string[]) {}
  dispose(): void {}
  [Symbol.dispose](): void {}
}

/** A language whose scripts are sums of numbers and globals: "1 + x + 2". */
class SumContext implements ScriptContext {
  lastError: ScriptError | undefined;
  state: ContextState = "ready";
  private additions = 0;
  private readonly globals = new Map<string, unknown>();

  constructor(readonly engine: SumEngine, readonly name: string, { globals = {} }: ContextOptions) {
    for (const [key, value] of Object.entries(globals)) this.globals.set(key, value);
  }

  get statistics(): ContextStatistics {
    return {
      instructions: this.additions, libraryWork: 0, liveBytes: 0, peakBytes: 0, allocatedBytes: 0, allocations: 0, collections: 0, scriptCalls: 0, hostCalls: 0, outputBytes: 0,
      errors: this.lastError === undefined ? 0 : 1, wallTime: 0, runTime: 0, waitTime: 0,
    };
  }

  readonly memoryUse = 0;

  load(source: Source, { chunkName = "sum" }: { chunkName?: string } = {}): SumScript {
    const text = typeof source === "string" ? source : new TextDecoder().decode(source);
    const terms = text.split("+").map((term) => term.trim());
    if (terms.includes("")) throw (this.lastError = new ScriptError("syntax", `${chunkName}:1: a term is missing`, { location: { chunk: chunkName, line: 1 } }));
    return new SumScript(chunkName, terms);
  }

  loadFile(): SumScript {
    throw new ScriptError("permission", "sums have no files");
  }

  async execute(source: Source | Script, options?: ExecuteOptions): Promise<unknown> {
    return this.executeSync(source, options);
  }

  executeSync(source: Source | Script, _options?: ExecuteOptions): unknown {
    const script = typeof source === "string" || source instanceof Uint8Array ? this.load(source) : (source as SumScript);
    return script.terms.map((term) => Number(this.globals.get(term) ?? term)).reduce((a, b) => {
      this.additions++;
      return a + b;
    });
  }

  async call(target: string | ScriptFunction): Promise<unknown> {
    return this.callSync(target);
  }

  callSync(_target: string | ScriptFunction): unknown {
    throw new ScriptError("type", "sums have no functions");
  }

  getGlobal(path: string): unknown {
    return this.globals.get(path);
  }

  setGlobal(path: string, value: unknown): void {
    this.globals.set(path, value);
  }

  registerModule(_name: string, _module: HostModule): void {
    throw new ScriptError("module", "sums have no modules");
  }

  async importModule(): Promise<unknown> {
    throw new ScriptError("module", "sums have no modules");
  }

  collect(): number {
    return 0;
  }

  remaining(): Remaining {
    return {};
  }

  stackTrace(): string {
    return "";
  }

  cancel(): void {}

  dispose(): void {
    this.state = "terminated";
    this.engine.alive.delete(this);
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

class SumEngine implements ScriptingEngine {
  readonly info = SUMS;
  readonly alive = new Set<SumContext>();
  isDisposed = false;

  get contexts(): number {
    return this.alive.size;
  }

  createContext(options: ContextOptions = {}): SumContext {
    const context = new SumContext(this, options.name ?? "sum", options);
    this.alive.add(context);
    return context;
  }

  dispose(): void {
    this.isDisposed = true;
    for (const context of this.alive) context.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

/** What a host does with an engine it knows nothing of. */
async function useAnyEngine(engine: ScriptingEngine, source: string): Promise<unknown> {
  using context = engine.createContext({ globals: { x: 40 } });
  context.setGlobal("y", 1);
  const script = context.load(source);
  const result = await context.execute(script);
  script.dispose();
  expect(context.getGlobal("y")).toBe(1);
  expect(context.statistics.instructions).toBeGreaterThan(0);
  return result;
}

let registry = new EngineRegistry();
afterEach(() => {
  registry.dispose();
  registry = new EngineRegistry();
});

describe("one interface for all engines", () => {
  test.each([[new SumEngine(), "x + 1 + y"], [new LuaEngine(), "return x + 1 + y"]])("%#", async (engine, source) => {
    expect(await useAnyEngine(engine, source)).toBe(42);
    expect(engine.contexts).toBe(0);
  });

  test.each([[new SumEngine(), "1 +"], [new LuaEngine(), "return 1 +"]])("errors have the same class and codes (%#)", (engine, source) => {
    const context = engine.createContext();
    expect(() => context.executeSync(source)).toThrow(ScriptError);
    expect(context.lastError).toMatchObject({ code: "syntax", location: { line: 1 } });
  });
});

describe("the registry", () => {
  test("finds engines by name and extension, without regard to case", () => {
    const sums = new SumEngine();
    registry.register(SUMS, () => sums);
    expect([registry.get("SUMS"), registry.forExtension(".SUM"), registry.forFile("a.b/Total.Sum"), registry.has("sums")]).toEqual([sums, sums, sums, true]);
    expect([registry.forExtension(".lua"), registry.forFile("no-extension"), registry.has("lua")]).toEqual([undefined, undefined, false]);
  });

  test("makes an engine when it is first asked for, once", () => {
    let made = 0;
    registry.register(SUMS, () => {
      made++;
      return new SumEngine();
    });
    registry.list();
    registry.has("sums");
    expect(made).toBe(0);
    expect(registry.get("sums")).toBe(registry.forFile("x.sum"));
    expect(made).toBe(1);
  });

  test("lists by features", () => {
    registry.register(SUMS, () => new SumEngine());
    registry.register(new LuaEngine().info, () => new LuaEngine());
    expect(registry.list().map(({ name, version }) => [name, version])).toEqual([["sums", "2.1.0"], ["lua", "0.1.0"]]);
    expect(registry.list({ async: true, coroutines: true }).map(({ name }) => name)).toEqual(["lua"]);
    expect(registry.list({ sandboxing: true, async: false }).map(({ name }) => name)).toEqual(["sums"]);
  });

  test("forgets and disposes", () => {
    const sums = new SumEngine();
    registry.register(SUMS, () => sums);
    registry.get("sums");
    expect([registry.unregister("Sums"), registry.unregister("sums"), sums.isDisposed]).toEqual([true, false, true]);
    expect(registry.forExtension(".sum")).toBeUndefined();
    registry.register(SUMS, () => new SumEngine());
  });

  test.each([
    ["a name that is taken", { ...SUMS, extensions: [] }, "engine 'sums' is already registered"],
    ["an extension that is taken", { ...SUMS, name: "other" }, "extension '.sum' belongs to engine 'sums'"],
    ["no name", { ...SUMS, name: "", extensions: [] }, "an engine needs a name"],
    ["a version that is none", { ...SUMS, name: "other", version: "new" }, "version 'new' is not of the form 1.2.3"],
    ["an extension that is none", { ...SUMS, name: "other", extensions: ["sum"] }, "'sum' is not a file name extension"],
  ])("refuses %s", (_, info, message) => {
    registry.register(SUMS, () => new SumEngine());
    expect(() => registry.register(info, () => new SumEngine())).toThrow(message);
    expect(registry.list()).toHaveLength(1);
  });

  test("says which engines there are when one is not", () => {
    expect(() => registry.get("lua")).toThrow("no engine 'lua' (known: none)");
    registry.register(SUMS, () => new SumEngine());
    expect(() => registry.get("lua")).toThrow("no engine 'lua' (known: sums)");
  });

  test("of the package has Lua in it", () => {
    expect(engines.list({ sandboxing: true }).map(({ name }) => name)).toContain("lua");
    expect(engines.forFile("game.lua")).toBe(engines.forFile("game.luac"));
    expect(engines.get("lua").createContext().executeSync("return 6 * 7")).toBe(42);
  });
});
