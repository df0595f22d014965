// Handles keep Lua values alive exactly as long as the host holds them.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { Handle, handleCount } from "../../src/engine/handle.js";
import type { LuaCallable } from "../../src/engine/script-value.js";
import { LuaEngine } from "../../src/index.js";
import { Bench } from "./support.js";

/** Lua source that watches a value through a weak table; `alive()` collects and tells whether it is still there. */
const WATCH = "watched = setmetatable({}, {__mode = 'k'}) function watch(v) watched[v] = true return v end function alive() collectgarbage() return next(watched) ~= nil end";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

const collectHost = async (): Promise<void> => {
  for (let i = 0; i < 5; i++) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};

describe("handles", () => {
  test("hold until disposed", () => {
    const lua = new Bench();
    lua.eval(WATCH);
    const handle = new Handle(lua.state, lua.eval("return watch({})"));
    expect(handle.kind).toBe("table");
    expect(lua.plain("return alive()")).toBe(true);
    expect(lua.converter.fromPlain(handle)).toBe(handle.value);
    handle.dispose();
    handle.dispose();
    expect(lua.plain("return alive()")).toBe(false);
    expect(() => handle.value).toThrow("this table handle was disposed");
    expect(() => lua.converter.fromPlain(handle)).toThrow("this table handle was disposed");
  });

  test("two handles of one value are counted apart", () => {
    const lua = new Bench();
    lua.eval(WATCH);
    const value = lua.eval("return watch({})");
    const [a, b] = [new Handle(lua.state, value), new Handle(lua.state, value)];
    a.dispose();
    expect(lua.plain("return alive()")).toBe(true);
    b.dispose();
    expect(lua.plain("return alive()")).toBe(false);
  });

  test("a callable holds its function until it is disposed", async () => {
    const lua = new Bench();
    lua.eval(WATCH);
    const callable = lua.plain("return watch(function() return 1 end)") as LuaCallable;
    expect(lua.plain("return alive()")).toBe(true);
    expect(callable.callSync()).toBe(1);
    callable.dispose();
    expect(lua.plain("return alive()")).toBe(false);
    expect(() => callable.callSync()).toThrow("this function handle was disposed");
    await expect(callable()).rejects.toMatchObject({ name: "ScriptError", code: "type" });
    expect(handleCount(lua.state)).toBe(0);
  });

  test("a callable whose context was disposed says so, however it is called", async () => {
    const engine = new LuaEngine();
    const context = engine.createContext();
    const callable = (await context.execute("return function() return 1 end")) as unknown as LuaCallable;
    expect(await callable()).toBe(1);
    context.dispose();
    const error = { name: "ScriptError", code: "cancelled", message: "the state was released" };
    await expect(callable()).rejects.toMatchObject(error);
    await expect(callable.all()).rejects.toMatchObject(error);
    for (const call of [() => callable.callSync(), () => callable.allSync()]) {
      let thrown: unknown;
      try {
        call();
      } catch (failure) {
        thrown = failure;
      }
      expect(thrown).toMatchObject(error);
    }
    const elsewhere = engine.createContext();
    expect(() => elsewhere.setGlobal("f", callable)).toThrow("this function belongs to another context");
    engine.dispose();
    await expect(callable()).rejects.toMatchObject(error);
  });

  test("a function whose callable was disposed gets a new one", () => {
    const lua = new Bench();
    const first = lua.plain("function f() return 1 end return f") as LuaCallable;
    first[Symbol.dispose]();
    const second = lua.plain("return f") as LuaCallable;
    expect(second).not.toBe(first);
    expect(second.callSync()).toBe(1);
  });

  test("a number is reused after disposal without mixing handles up", () => {
    const lua = new Bench();
    const a = new Handle(lua.state, lua.eval("return {1}"));
    a.dispose();
    const b = new Handle(lua.state, lua.eval("return {2}"));
    expect(a.disposed).toBe(true);
    expect(() => a.value).toThrow("disposed");
    expect(lua.converter.toPlain(b.value)).toEqual([2]);
  });

  test("what handles take is seen by the memory limit", () => {
    const lua = new Bench({ limits: { memory: 1_000_000 } });
    const kept: unknown[] = [];
    lua.set("keep", (f: unknown) => void kept.push(f));
    expect(() => lua.eval("while true do keep(function() end) end")).toThrow("memory limit reached");
    expect(kept.length).toBeLessThan(5000);
    for (const callable of kept) (callable as LuaCallable).dispose();
    expect(lua.plain("return #string.rep('x', 500000)")).toBe(500_000);
  });

  test("dropped handles are released by the collector, also when Lua and host refer to each other", async () => {
    const lua = new Bench();
    lua.eval(WATCH);
    (() => {
      const callable = lua.plain("return watch(function() end)") as LuaCallable;
      lua.set("host", () => callable.callSync());
      lua.eval("host = nil");
    })();
    await collectHost();
    expect(handleCount(lua.state)).toBe(0);
    expect(lua.plain("return alive()")).toBe(false);
  });
});
