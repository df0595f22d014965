// Stable names: everything of a fresh state that is not data has one, both ways.
import { describe, expect, test } from "vitest";
import { Names, type Nameable, namesOf } from "../../src/engine/names.js";
import { Runtime } from "../../src/engine/runtime.js";
import { type LuaContext, LuaEngine, LuaTable, NativeFunction, Thread, Userdata, createState, type policies } from "../../src/index.js";
import type { LuaState } from "../../src/vm/state.js";
import type { LuaValue } from "../../src/vm/value.js";

const engine = new LuaEngine();
const LEVELS: readonly (keyof typeof policies)[] = ["none", "restricted", "strict"];

/** Everything in a state that is no plain data, found without any help from the names. */
function objectsOf(state: LuaState): Set<Nameable> {
  const found = new Set<Nameable>();
  const visit = (value: LuaValue | null): void => {
    if (!(value instanceof LuaTable || value instanceof NativeFunction || value instanceof Userdata || value instanceof Thread) || found.has(value)) return;
    found.add(value);
    if (value instanceof LuaTable) {
      for (let at = value.seek(0); at >= 0; at = value.seek(at + 1)) {
        visit(value.keyAt(at));
        visit(value.valueAt(at));
      }
    }
    if (value instanceof LuaTable || value instanceof Userdata) visit(value.metatable);
    if (value instanceof NativeFunction) value.captured?.forEach(visit);
    if (value instanceof Userdata) value.userValues.forEach(visit);
  };
  for (const root of [state.globals, state.registry, state.loaded, state.stringMeta, state.mainThread]) visit(root);
  for (const metatable of state.typeMetas.values()) visit(metatable);
  return found;
}

describe.each(LEVELS)("policy %s", (policy) => {
  const context = engine.createContext({ policy });

  test("names every function, table and handle of a fresh state, once", () => {
    const objects = objectsOf(context.luaState);
    const names = [...objects].map((object) => context.names.nameOf(object));
    expect(objects.size).toBeGreaterThan(100);
    expect(names.filter((name) => name === undefined)).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
    for (const object of objects) expect(context.names.objectOf(context.names.nameOf(object)!)).toBe(object);
  });

  test("gives the same names in every context", () => {
    const names = (one: LuaContext): string[] => [...one.names].map(([name]) => name).sort();
    const other = engine.createContext({ policy });
    expect(names(other)).toEqual(names(context));
    expect(other.names.objectOf("_G")).toBe(other.luaState.globals);
    expect(other.names.objectOf("_G")).not.toBe(context.names.objectOf("_G"));
  });

  test("calls things what Lua calls them", () => {
    const { globals } = context.luaState;
    expect(context.names.nameOf(globals.getStr("print") as NativeFunction)).toBe("print");
    expect(context.names.nameOf(globals.getStr("string") as LuaTable)).toBe("string");
    expect(context.names.nameOf((globals.getStr("string") as LuaTable).getStr("rep") as NativeFunction)).toBe("string.rep");
    expect(context.names.objectOf("math.floor")).toBeInstanceOf(NativeFunction);
    expect(context.names.objectOf("limits.run")).toBeInstanceOf(NativeFunction);
    expect(context.names.objectOf("main thread")).toBe(context.luaState.mainThread);
    expect(context.names.objectOf("no.such.thing")).toBeUndefined();
  });
});

test("names stay when scripts move things", () => {
  const context = engine.createContext({ policy: "none" });
  const { globals } = context.luaState;
  const [rep, string] = [(globals.getStr("string") as LuaTable).getStr("rep") as NativeFunction, globals.getStr("string") as LuaTable];
  context.executeSync("string.rep = print string = nil print = nil package.loaded.string = nil");
  expect([context.names.nameOf(rep), context.names.nameOf(string), context.names.objectOf("string")]).toEqual(["string.rep", "string", string]);
});

describe("the host's", () => {
  test("functions are named after their place", () => {
    const context = engine.createContext({ globals: { f: () => 1, api: { get: () => 2, deep: { put: () => 3 }, list: [() => 4] } } });
    context.registerModule("m", { run: () => 5, n: 1 });
    context.executeSync("m = require 'm'");
    const at = (code: string): string | undefined => {
      context.executeSync(`it = ${code}`);
      return context.names.nameOf(context.luaState.globals.getStr("it") as Nameable);
    };
    expect([at("f"), at("api.get"), at("api.deep.put"), at("api.list[1]"), at("m"), at("m.run")])
      .toEqual(["global:f", "global:api.get", "global:api.deep.put", "global:api.list.1", "module:m", "module:m.run"]);
    expect(at("api")).toBeUndefined(); // data
  });

  test("functions with a specification are named by it", () => {
    const context = engine.createContext();
    const first = context.converter.hostFunction({ name: "agent.create", run: () => 1 });
    const second = context.converter.hostFunction({ name: "agent.create", run: () => 1 });
    expect([context.names.nameOf(first), context.names.nameOf(second), context.names.objectOf("host:agent.create")]).toEqual([undefined, "host:agent.create", second]);
  });

  test("functions that replace others take their names", () => {
    const context = engine.createContext({ globals: { f: () => 1 } });
    const before = context.names.objectOf("global:f");
    for (let i = 0; i < 100; i++) context.setGlobal("f", () => i);
    expect(context.names.objectOf("global:f")).toBe(context.luaState.globals.getStr("f"));
    expect([context.names.nameOf(before!), [...context.names].filter(([name]) => name.startsWith("global:")).length]).toEqual([undefined, 1]);
  });

  test("names are registered once, for one object", () => {
    const { names } = engine.createContext();
    const [a, b] = [new Userdata("a"), new Userdata("b")];
    names.register("handle:agent/1", a);
    names.register("handle:agent/1", a);
    expect(() => names.register("handle:agent/1", b)).toThrow("the name 'handle:agent/1' is taken");
    expect(() => names.register("handle:agent/2", a)).toThrow("'handle:agent/2' is named 'handle:agent/1' already");
    expect(() => names.register("string.rep", b)).toThrow("the name 'string.rep' is taken");
    expect([names.unregister("handle:agent/1"), names.unregister("handle:agent/1"), names.unregister("string.rep")]).toEqual([true, false, false]);
    names.register("handle:agent/2", a);
    expect([names.nameOf(a), names.objectOf("handle:agent/1")]).toEqual(["handle:agent/2", undefined]);
  });
});

test("states without a sandbox have names, too", () => {
  const state = createState();
  const names = new Names(state);
  expect(names.objectOf("string.format")).toBeInstanceOf(NativeFunction);
  for (const object of objectsOf(state)) expect(names.nameOf(object)).toBeDefined();
  const runtime = new Runtime(createState());
  expect(namesOf(runtime)).toBe(namesOf(runtime));
});
