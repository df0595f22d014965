// LuaState for hosts: calls both ways, errors with tracebacks, several states side by side.
import { beforeAll, describe, expect, test } from "vitest";
import { LuaError, LuaFloat, type LuaState, LuaSyntaxError, LuaTable, type LuaValue, NativeFunction, Userdata, createState, plainHost, typeName } from "../../src/index.js";
import { LuaThrow } from "../../src/vm/fault.js";
import { lightUserdata } from "../../src/vm/userdata.js";

const run = (state: LuaState, source: string, ...args: LuaValue[]): LuaValue[] => state.call(state.load(source, "=test"), args);

function errorOf(action: () => unknown): LuaError {
  try {
    action();
  } catch (error) {
    if (error instanceof LuaError) return error;
    throw error;
  }
  throw new Error("nothing was raised");
}

describe("calls", () => {
  test("arguments and results of every type cross as they are", () => {
    const state = createState();
    const values: LuaValue[] = [undefined, true, 1, 2n ** 62n, new LuaFloat(1), 0.5, "text", new LuaTable(), print, new Userdata({}), state.mainThread, lightUserdata(pointee)];
    expect(run(state, "return ...", ...values)).toEqual(values);
    expect(values.map(typeName)).toEqual(["nil", "boolean", "number", "number", "number", "number", "string", "table", "function", "userdata", "thread", "userdata"]);
    expect(lightUserdata(pointee)).toBe(lightUserdata(pointee));
  });

  test("host functions call back, nested and through continuations", () => {
    const state = createState();
    state.globals.setStr("twice", new NativeFunction("twice", (f) => f.L.call1(f.arg(1), f.L.call1(f.arg(1), f.arg(2)))));
    state.globals.setStr("later", new NativeFunction("later", (f) => f.callThen(f.arg(1), f.args(2), (frame, results) => frame.results("then", ...results))));
    state.globals.setStr("again", new NativeFunction("again", (f) => state.call(f.arg(1), f.args(2))[0]));
    expect(run(state, "return twice(function(x) return x * 2 end, 10)")).toEqual([40]);
    expect(run(state, "local co = coroutine.wrap(function() return later(coroutine.yield, 1, 2) end) return co(), select('#', co('a', 'b'))")).toEqual([1, 3]);
    expect(run(state, "return again(function(x) return again(function(y) return y + 1 end, x + 1) end, 1)")).toEqual([3]);
    expect(run(state, "return pcall(coroutine.wrap(function() twice(coroutine.yield, 1) end))")).toEqual([false, "attempt to yield across a C-call boundary"]);
  });
});

describe("errors", () => {
  test("carry the Lua value, a message and the traceback of where they were raised", () => {
    const state = createState();
    const error = errorOf(() => run(state, "local function inner() error('broken') end\nlocal function outer() inner() end\nouter()"));
    expect(error.value).toBe("test:1: broken");
    expect(error.message).toBe("test:1: broken");
    expect(error.traceback.split("\n")).toEqual([
      "stack traceback:", "\t[C]: in function 'error'", "\ttest:1: in upvalue 'inner'", "\ttest:2: in local 'outer'", "\ttest:3: in main chunk", "\t[C]: in ?",
    ]);
  });

  test.each<[string, string]>([
    ["error({})", "(error object is a table value)"],
    ["error(setmetatable({}, {__tostring = function() return 'as text' end}))", "as text"],
    ["error(setmetatable({}, {__tostring = function() error('no') end}))", "(error object is a table value)"],
    ["error()", "(error object is a nil value)"],
    ["error(42, 0)", "42"],
    ["error(true)", "(error object is a boolean value)"],
    ["local x = nil + 1", "test:1: attempt to perform arithmetic on a nil value"],
  ])("%s says %s", (source, message) => {
    expect(errorOf(() => run(createState(), source)).message).toBe(message);
  });

  test("of the host pass through Lua unseen, and leave a state that works", () => {
    const state = createState();
    const mine = new TypeError("mine");
    state.globals.setStr("fail", new NativeFunction("fail", () => {
      throw mine;
    }));
    expect(() => run(state, "pcall(pcall, fail)")).toThrow(mine);
    expect(() => run(state, "coroutine.wrap(function() fail() end)()")).toThrow(mine);
    expect(run(state, "return coroutine.isyieldable(), pcall(error, 1)")).toEqual([false, false, 1]);
  });

  test("raised by a host function keep their cause", () => {
    const state = createState();
    const cause = new Error("cause");
    state.globals.setStr("fail", new NativeFunction("fail", () => {
      throw new LuaThrow("wrapped", cause);
    }));
    expect(run(state, "return pcall(fail)")).toEqual([false, "wrapped"]);
    expect(errorOf(() => run(state, "fail()")).cause).toBe(cause);
  });

  test("of syntax are errors of their own; chunks of the wrong kind are refused", () => {
    const state = createState();
    expect(() => state.load("x = = 1", "=test")).toThrow(LuaSyntaxError);
    expect(() => state.load("x = = 1", "@dir/file.lua")).toThrow("dir/file.lua:1: unexpected symbol near '='");
    expect(() => state.load("return 1", "=test", "b")).toThrow(expect.objectContaining({ value: "attempt to load a text chunk (mode is 'b')" }));
    expect(() => state.load("\x1bLua", "=test", "t")).toThrow(expect.objectContaining({ value: "attempt to load a binary chunk (mode is 't')" }));
  });
});

describe("loading", () => {
  test("an environment of one's own, or none", () => {
    const state = createState();
    const env = new LuaTable();
    env.setStr("x", 5);
    expect(state.call(state.load("y = x return x", "=test", "t", env))).toEqual([5]);
    expect([env.get("y"), state.globals.get("y")]).toEqual([5, undefined]);
    expect(errorOf(() => state.call(state.load("return x", "=test", "t", undefined))).message).toBe("test:1: attempt to index a nil value (upvalue '_ENV')");
  });

  test("dump and load", () => {
    const state = createState();
    const chunk = state.dump(state.load("local a = ... return a * 2", "=test"), true)!;
    expect(state.call(state.load(chunk, "=binary", "b"), [21])).toEqual([42]);
    expect(state.dump(print, false)).toBeUndefined();
  });
});

describe("states side by side", () => {
  let one: LuaState;
  let two: LuaState;
  beforeAll(() => {
    one = createState();
    two = createState({ limits: { memory: 1 << 20 } });
  });

  test("share nothing: globals, libraries, metatables, counters", () => {
    run(one, "x = 1 string.shout = string.upper getmetatable('').__add = function() return 'sum' end math.pi = 3");
    expect(run(two, "return x, string.shout, math.pi > 3.14, pcall(function() return 'a' + 'b' end)").slice(0, 4)).toEqual([undefined, undefined, true, false]);
    const [used, allocated] = [two.meter.used, two.memory.allocated];
    run(one, "for i = 1, 1000 do local t = {} end");
    expect([two.meter.used, two.memory.allocated]).toEqual([used, allocated]);
  });

  test("one runs inside the other, each on its own account", () => {
    one.globals.setStr("other", new NativeFunction("other", (f) => run(two, "local t = {} for i = 1, 100 do t[i] = {} end return #t, ...", f.arg(1))[1]));
    const chunk = one.load("return other('passed')", "=test");
    const before = { one: one.memory.allocated, two: two.memory.allocated };
    expect(one.call(chunk)).toEqual(["passed"]);
    expect(two.memory.allocated - before.two).toBeGreaterThan(100 * 56);
    expect(one.memory.allocated - before.one).toBeLessThan(1000);
  });

  test("are made alike: same addresses, same order, same counts", () => {
    const source = "local t = {} for k in pairs(_G) do t[#t + 1] = k end return table.concat(t, ' '), tostring({}), tostring(print)";
    const results = [1, 2].map(() => {
      const state = createState();
      return [...run(state, source), state.meter.used, state.memory.allocated];
    });
    expect(results[0]).toEqual(results[1]);
  });
});

describe("closing", () => {
  test("closes variables of the main thread and runs finalizers; errors there are nobody's", () => {
    const printed: string[] = [];
    const state = createState({ host: plainHost((text) => printed.push(text)) });
    run(state, "keep = setmetatable({}, {__gc = function() print('finalized') error('ignored') end})");
    state.close();
    state.close();
    expect(printed).toEqual(["finalized\n"]);
  });
});

const pointee = {};
const print = new NativeFunction("print", (f) => f.none());
