// Host functions: typed arguments worded as in C Lua, results, promises, errors both ways.
import { describe, expect, test } from "vitest";
import { ScriptError } from "../../src/engine/errors.js";
import { HostRaise, type HostFunctionSpec, multi } from "../../src/engine/host-function.js";
import type { Parameter, ParameterType } from "../../src/engine/parameters.js";
import type { LuaCallable } from "../../src/engine/script-value.js";
import { LuaError } from "../../src/vm/state.js";
import { Bench } from "./support.js";

function benchWith(functions: Readonly<Record<string, Omit<HostFunctionSpec, "name">>>): Bench {
  const lua = new Bench();
  for (const [name, spec] of Object.entries(functions)) lua.state.globals.setStr(name, lua.converter.hostFunction({ name, ...spec }));
  return lua;
}

/** What pcall says of calling `f` with one parameter of this type. */
function told(parameter: Partial<Parameter> & { type: Parameter["type"] }, args: string): unknown {
  const lua = benchWith({ f: { params: [{ name: "x", ...parameter }], run: (_, ...given: unknown[]) => multi(true, ...given) } });
  const results = lua.plain(`return {pcall(f${args === "" ? "" : `, ${args}`})}`) as unknown[];
  return results[0] === true ? results[2] : results[1];
}

describe("arguments", () => {
  test.each<[ParameterType, string, unknown]>([
    ["string", "'é'", "é"],
    ["string", "12", "12"],
    ["string", "'\\xff'", "bad argument #1 to 'f' (invalid UTF-8)"],
    ["string", "{}", "bad argument #1 to 'f' (string expected, got table)"],
    ["string", "", "bad argument #1 to 'f' (string expected, got no value)"],
    ["bytes", "'\\xff'", "\u{FFFD}"],
    ["integer", "3.0", 3],
    ["integer", "'10'", 10],
    ["integer", "3.5", "bad argument #1 to 'f' (number has no integer representation)"],
    ["integer", "math.maxinteger", "bad argument #1 to 'f' (integer out of range)"],
    ["bigint", "math.maxinteger", 2n ** 63n - 1n],
    ["number", "0x10", 16],
    ["number", "nil", "bad argument #1 to 'f' (number expected, got nil)"],
    ["boolean", "false", false],
    ["boolean", "nil", "bad argument #1 to 'f' (boolean expected, got nil)"],
    ["boolean", "0", "bad argument #1 to 'f' (boolean expected, got number)"],
    ["table", "1", "bad argument #1 to 'f' (table expected, got number)"],
    ["array", "{1, 2}", [1, 2]],
    ["array", "{x = 1}", "bad argument #1 to 'f' (array expected, got a table with other keys)"],
    ["object", "{1, 2}", "bad argument #1 to 'f' (table with string keys expected)"],
    ["object", "{[true] = 1}", "bad argument #1 to 'f' (table with string keys expected)"],
    ["function", "setmetatable({}, {__call = print})", "bad argument #1 to 'f' (function expected, got table)"],
    ["thread", "1", "bad argument #1 to 'f' (thread expected, got number)"],
    ["userdata", "{}", "bad argument #1 to 'f' (userdata expected, got table)"],
    ["any", "", "bad argument #1 to 'f' (value expected)"],
    ["any", "nil", undefined],
    ["tagged", "1.0", Object.assign(Object.create(null) as object, { kind: "float", value: 1 })],
    ["value", "1.0", 1],
  ])("%s of %s", (type, args, expected) => {
    expect(told({ type }, args)).toStrictEqual(type === "bytes" ? new Uint8Array([255]) : expected);
  });

  test("an empty table is an array and an object, as asked", () => {
    const seen: unknown[] = [];
    const lua = benchWith({ f: { params: [{ name: "a", type: "array" }, { name: "o", type: "object" }], run: (_, ...args: unknown[]) => void seen.push(...args) } });
    lua.eval("f({}, {})");
    expect(seen).toStrictEqual([[], Object.create(null)]);
  });

  test("optional, default, list of strings, variadic", () => {
    expect(told({ type: "integer", optional: true }, "nil")).toBe(undefined);
    expect(told({ type: "integer", default: 7 }, "")).toBe(7);
    expect(told({ type: "integer", default: 7 }, "'x'")).toBe("bad argument #1 to 'f' (number expected, got string)");
    expect(told({ type: "string", oneOf: ["fast", "slow"] }, "'slow'")).toBe("slow");
    expect(told({ type: "string", oneOf: ["fast", "slow"] }, "'medium'")).toBe("bad argument #1 to 'f' (invalid option 'medium')");
    const lua = benchWith({ f: { params: [{ name: "a", type: "string" }, { name: "rest", type: "integer", variadic: true }], run: (_, ...args: unknown[]) => args } });
    expect(lua.plain("return {f('a'), f('a', 1, 2), select(2, pcall(f, 'a', 1, 'x'))}")).toEqual([["a"], ["a", 1, 2], "bad argument #3 to 'f' (number expected, got string)"]);
  });

  test("the name and the counting of a method call", () => {
    const lua = benchWith({ f: { params: [{ name: "self", type: "table" }, { name: "n", type: "integer" }], run: () => 1 } });
    expect(() => lua.eval("local o = {go = f}\no:go('x')")).toThrow("test:2: bad argument #1 to 'go' (number expected, got string)");
  });

  test("too deep or too large is a bad argument, and catchable", () => {
    const lua = benchWith({ f: { params: [{ name: "x", type: "any", conversion: { maxValues: 100 } }], run: () => 1 } });
    expect(lua.plain("local t = {} for _ = 1, 300 do t = {t} end return select(2, pcall(f, t))")).toMatch(/^bad argument #1 to 'f' \(value is (nested too deeply|too large)/);
  });

  test("parameters that contradict each other are refused when the function is made", () => {
    const bad = (params: readonly Parameter[]) => () => new Bench().converter.hostFunction({ name: "f", params, run: () => 1 });
    expect(bad([{ name: "a", type: "any", variadic: true }, { name: "b", type: "any" }])).toThrow("'a' is variadic but not the last one");
    expect(bad([{ name: "a", type: "text" as ParameterType }])).toThrow("unknown type 'text'");
    expect(bad([{ name: "a", type: "constructor" as ParameterType }])).toThrow("unknown type 'constructor'");
    expect(bad([{ name: "a", type: "integer", oneOf: ["x"] }])).toThrow("list of strings but is not a string");
  });
});

describe("results and errors", () => {
  test("one, none, several", () => {
    const lua = benchWith({ one: { run: () => "x" }, none: { run: () => multi() }, several: { run: () => multi(1, undefined, [2]) } });
    expect(lua.plain("return {select('#', one()), select('#', none()), select('#', several()), (select(3, several()))[1]}")).toEqual([1, 0, 3, 2]);
  });

  test("an exception is a Lua error with the caller's position; the host finds it as cause", () => {
    const reason = new TypeError("no such agent");
    const lua = benchWith({ f: { run: () => { throw reason; } } });
    expect(lua.plain("return select(2, pcall(function()\n  f()\nend))")).toBe("test:2: no such agent");
    let caught: unknown;
    try {
      lua.eval("f()");
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(LuaError);
    expect((caught as LuaError).cause).toBe(reason);
  });

  test("error values: tables by HostRaise, thrown objects, nonsense", () => {
    const lua = benchWith({
      table: { run: () => { throw new HostRaise({ code: "E_NET", message: "down" }); } },
      object: { run: () => { throw { code: 7 }; } },
      nothing: { run: () => { throw undefined; } },
      hostile: { run: () => { throw Object.assign(new Error("x"), { get message() { throw new Error("again"); } }); } },
      unreadable: { run: () => { throw { get code() { throw new Error("no"); }, toString: () => { throw new Error("no"); } }; } },
    });
    expect(lua.plain("return select(2, pcall(table)).code", )).toBe("E_NET");
    expect(lua.plain("return select(2, pcall(object)).code")).toBe(7);
    expect(lua.plain("return select(2, pcall(nothing))")).toBe("undefined");
    expect(lua.plain("return select('#', pcall(hostile))")).toBe(2);
    expect(lua.plain("return select(2, pcall(unreadable))")).toBe("unknown error of the host");
  });

  test("a Lua error that passes through the host is the same value again", () => {
    const lua = new Bench();
    lua.set("through", (callback: LuaCallable) => callback.callSync());
    expect(lua.plain("local e = {} local ok, caught = pcall(through, function() error(e) end) return ok == false and type(caught)")).toBe("string");
    lua.state.globals.setStr("raw", lua.converter.hostFunction({ name: "raw", params: [{ name: "f", type: "value" }], run: (call, f: never) => call.runtime.runSync(f)[0] }));
    expect(lua.plain("local e = {} local ok, caught = pcall(raw, function() error(e) end) return ok == false and caught == e")).toBe(true);
  });

  test("a limit reached under a host function cannot be caught", () => {
    const lua = new Bench({ limits: { instructions: 20_000 } });
    lua.set("through", (callback: LuaCallable) => {
      try {
        return callback.callSync();
      } catch {
        return "swallowed";
      }
    });
    expect(() => lua.eval("while true do pcall(through, function() while true do end end) end")).toThrow("instruction limit reached (20000)");
  });

  test("a limit of another state is an error like any other: this one's is not reached", () => {
    const other = new Bench({ limits: { instructions: 20_000 } });
    const lua = new Bench();
    const forever = other.state.load("while true do end", "=other");
    lua.set("elsewhere", () => other.state.call(forever));
    expect(lua.plain("local ok, message = pcall(elsewhere) return {ok, tostring(message):match('instruction limit reached')}")).toEqual([false, "instruction limit reached"]);
    expect(() => lua.eval("elsewhere()")).toThrow(LuaError);
    expect(lua.plain("return 1 + 1")).toBe(2);
  });

  test("a limit of the same state ends what is outside of it as well", () => {
    const lua = new Bench({ limits: { instructions: 20_000 } });
    const forever = lua.state.load("while true do end", "=inner");
    let calls = 0;
    lua.set("nested", () => {
      calls++;
      return lua.state.call(forever);
    });
    expect(() => lua.eval("while true do pcall(nested) end")).toThrow("instruction limit reached (20000)");
    expect(calls).toBe(1);
  });

  test("host calls are counted, and their limit ends the run", () => {
    const lua = benchWith({ f: { run: () => 1 } });
    lua.eval("for _ = 1, 5 do f() end");
    expect(lua.state.budgets.hostCalls).toBe(5);
    lua.state.budgets.limitState({ hostCalls: 10 });
    expect(() => lua.eval("for _ = 1, 50 do pcall(f) end")).toThrow("host call limit reached (10)");
  });

  test("a cost is charged", () => {
    const lua = benchWith({ f: { cost: 500, params: [], run: () => 1 } });
    const before = lua.state.meter.charged;
    lua.eval("f()");
    expect(lua.state.meter.charged - before).toBeGreaterThanOrEqual(500);
  });
});

describe("promises", () => {
  const later = <T>(value: T): Promise<T> => new Promise((resolve) => setTimeout(resolve, 1, value));
  const run = async (lua: Bench, source: string): Promise<unknown> => {
    const results = await lua.runtime.spawn(lua.state.load(source, "=test")).result;
    return lua.converter.toPlain(results[0]);
  };

  test("suspend the script from anywhere, several results too", async () => {
    const lua = benchWith({ get: { run: (_, x: never) => later(multi(x, "second")) } });
    expect(await run(lua, "local a, b = get('x') return {a, b}")).toEqual(["x", "second"]);
    expect(await run(lua, "return (setmetatable({}, {__index = function(_, k) return get(k) end})).field")).toBe("field");
    expect(await run(lua, "return select(2, pcall(get, 5))")).toBe(5);
    expect(await run(lua, "return coroutine.wrap(function() return get('inside') end)()")).toBe("inside");
  });

  test("a rejection is a Lua error with its cause", async () => {
    const reason = new Error("offline");
    const lua = benchWith({ get: { run: () => Promise.reject(reason) }, raise: { run: () => Promise.reject(new HostRaise({ code: "E" })) } });
    expect(await run(lua, "return select(2, pcall(get))")).toMatch(/offline$/);
    expect(await run(lua, "return select(2, pcall(raise)).code")).toBe("E");
    await expect(run(lua, "get()")).rejects.toMatchObject({ cause: reason });
  });

  test("a result that cannot cross is an error after the wait", async () => {
    const lua = benchWith({ get: { run: () => later(Symbol("s")) } });
    expect(await run(lua, "return select(2, pcall(get))")).toMatch(/a symbol cannot cross into Lua$/);
  });

  test("the signal of a call is aborted when its task is cancelled", async () => {
    const seen: AbortSignal[] = [];
    const lua = benchWith({ get: { run: (call) => {
      seen.push(call.signal);
      return new Promise(() => {});
    } } });
    const task = lua.runtime.spawn(lua.state.load("get()", "=test"));
    const ended = expect(task.result).rejects.toThrow("cancelled: enough");
    await later(0);
    await later(0);
    expect(seen.map(({ aborted }) => aborted)).toEqual([false]);
    task.cancel("enough");
    await ended;
    expect(seen[0]!.aborted).toBe(true);
  });
});

describe("JavaScript functions and Lua functions", () => {
  test("a function that crosses twice is one Lua function, and comes back as itself", () => {
    const lua = new Bench();
    const fn = (): number => 1;
    lua.set("a", fn);
    lua.set("b", { nested: fn });
    expect(lua.plain("return a == b.nested")).toBe(true);
    expect(lua.plain("return a")).toBe(fn);
  });

  test("a Lua function is one callable while it is held, and comes back as itself", async () => {
    const lua = new Bench();
    const add = lua.plain("function add(a, b) return a + b, 'second' end return add") as LuaCallable;
    expect(lua.plain("return add")).toBe(add);
    lua.set("again", add);
    expect(lua.plain("return again == add")).toBe(true);
    expect(await add(1, 2)).toBe(3);
    expect(await add.all(1, 2)).toEqual([3, "second"]);
    expect(add.callSync(2, 2)).toBe(4);
    expect(add.allSync(2, 2)).toEqual([4, "second"]);
  });

  test("errors of callables are ScriptErrors with the plain error value", async () => {
    const lua = new Bench();
    const fail = lua.plain("return function(...) error({code = 5, args = {...}}) end") as LuaCallable;
    await expect(fail("x")).rejects.toMatchObject({ name: "ScriptError", code: "runtime", value: { code: 5 } });
    expect(() => fail.callSync()).toThrow(ScriptError);
    await expect(fail(Symbol("s"))).rejects.toMatchObject({ code: "type" });
  });

  test("a callable of another context is refused", () => {
    const lua = new Bench();
    const foreign = new Bench().plain("return print");
    expect(() => lua.converter.fromPlain([foreign])).toThrow("this function belongs to another context");
  });

  test("functions can be refused", () => {
    expect(() => new Bench().converter.fromPlain({ f: () => 1 }, { functions: "refuse" })).toThrow("a function cannot cross into Lua here");
  });

  test("classes are not constructors for scripts", () => {
    const lua = new Bench();
    lua.set("Thing", class Thing {});
    expect(lua.plain("return select(2, pcall(Thing))")).toMatch(/Class constructor Thing cannot be invoked without 'new'/);
    expect(lua.plain("return pcall(function() return Thing.prototype end)")).toBe(false);
  });
});
