// The census: what is alive, what weak tables lose, in which order finalizers run, and what all that counts.
import { describe, expect, test } from "vitest";
import { type LuaState, LuaTable, NativeFunction, Userdata, createState, plainHost } from "../../src/index.js";
import { SIZE } from "../../src/vm/accounting.js";

/** Runs Lua code in a fresh state and answers what it printed, line by line. */
function lines(source: string, state = newState()): string[] {
  state.call(state.load(source, "=test"));
  return printed.get(state)!.join("").split("\n").slice(0, -1);
}

const printed = new WeakMap<LuaState, string[]>();
function newState(): LuaState {
  const parts: string[] = [];
  const state = createState({ host: plainHost((text) => parts.push(text)) });
  printed.set(state, parts);
  return state;
}

describe("weak tables", () => {
  test("lose dead values, dead keys, or either; strings and numbers stay", () => {
    expect(lines(`
      local values, keys, both = setmetatable({}, {__mode = "v"}), setmetatable({}, {__mode = "k"}), setmetatable({}, {__mode = "kv"})
      local kept = {}
      for _, t in ipairs {values, keys, both} do
        t[1], t[2], t.x, t.s, t.kept = {}, kept, {}, "text " .. 1, kept
        t[{}], t[kept], t[10.5] = kept, {}, 3
      end
      collectgarbage()
      for name, t in pairs {values = values, keys = keys, both = both} do
        local n = 0
        for _ in pairs(t) do n = n + 1 end
        print(name, n, t[1], t[2] == kept, t.x, t.s, t[10.5], t[kept])
      end`).sort().map((line) => line.replace(/table: 0x\w+/g, "table"))).toEqual([
      "both\t4\tnil\ttrue\tnil\ttext 1\t3\tnil", "keys\t7\ttable\ttrue\ttable\ttext 1\t3\ttable", "values\t5\tnil\ttrue\tnil\ttext 1\t3\tnil",
    ]);
  });

  test("ephemerons: a value that refers to its own key does not keep it, a chain of them lives and dies as one", () => {
    expect(lines(`
      local e = setmetatable({}, {__mode = "k"})
      do local k = {} e[k] = {k} end
      local first = {}
      local k = first
      for i = 1, 100 do local next = {} e[k] = next k = next end
      k = nil
      collectgarbage()
      local n = 0 for _ in pairs(e) do n = n + 1 end print(n)
      first = nil
      collectgarbage()
      print(next(e))`)).toEqual(["100", "nil"]);
  });

  test("what a suspended coroutine, an upvalue or a pending call holds is alive", () => {
    expect(lines(`
      local weak = setmetatable({}, {__mode = "v"})
      local co = coroutine.create(function(t) local kept = t coroutine.yield() return kept.name end)
      weak.co = {name = "in a coroutine"} coroutine.resume(co, weak.co)
      local wrapped = coroutine.wrap(function(t) coroutine.yield() coroutine.yield(t.name) end)
      weak.wrapped = {name = "in a wrapped one"} wrapped(weak.wrapped)
      local function holder() local t = {name = "upvalue"} weak.upvalue = t return function() return t.name end end
      local get = holder()
      local function deep(t) weak.argument = t t = nil collectgarbage() return (select("#", weak.argument)) end
      collectgarbage()
      print(weak.co and weak.co.name, weak.wrapped and weak.wrapped.name, get(), deep({}))
      co, wrapped, get = nil
      collectgarbage()
      print(weak.co, weak.wrapped, weak.upvalue)`)).toEqual(["in a coroutine\tin a wrapped one\tupvalue\t1", "nil\tnil\tnil"]);
  });
});

describe("finalizers", () => {
  test("run newest object first, once, and resurrection lasts until the next census", () => {
    expect(lines(`
      local saved
      for i = 1, 3 do setmetatable({i}, {__gc = function(o) print("gc", o[1]) if i == 2 then saved = o end end}) end
      collectgarbage()
      print("saved", saved[1])
      saved = nil
      collectgarbage()
      print("again: nothing")`)).toEqual(["gc\t3", "gc\t2", "gc\t1", "saved\t2", "again: nothing"]);
  });

  test("__gc must be there when the metatable is set; later it may change", () => {
    expect(lines(`
      local late = {}
      setmetatable({}, late) late.__gc = function() print("late") end
      local early = {__gc = true}
      setmetatable({}, early) early.__gc = function() print("early") end
      collectgarbage()`)).toEqual(["early"]);
  });

  test("weak values lose an object before its finalizer runs, weak keys after", () => {
    expect(lines(`
      local values, keys = setmetatable({}, {__mode = "v"}), setmetatable({}, {__mode = "k"})
      do local o = setmetatable({}, {__gc = function(o) print(values.o, keys[o]) end}) values.o = o keys[o] = "still there" end
      collectgarbage()
      print(values.o, next(keys))
      collectgarbage()
      print(values.o, next(keys))`)[0]).toBe("nil\tstill there");
  });

  test("an error in one is a warning, and the others run", () => {
    const state = newState();
    const warnings: string[] = [];
    state.warn = (message) => warnings.push(message);
    expect(lines(`
      for i = 1, 3 do setmetatable({}, {__gc = function() if i == 2 then error("broken", 0) end print(i) end}) end
      collectgarbage()`, state)).toEqual(["3", "1"]);
    expect(warnings.join("")).toBe("error in __gc (broken)");
  });

  test("run without being asked when memory grows, and at the end of the state", () => {
    const state = newState();
    expect(lines(`
      local n = 0
      for i = 1, 20000 do setmetatable({}, {__gc = function() n = n + 1 end}) end
      print(n > 0 and n < 20000)
      last = setmetatable({}, {__gc = function() print("closing") end})`, state)).toEqual(["true"]);
    state.close();
    expect(printed.get(state)!.at(-1)).toBe("closing\n");
  });
});

describe("counting", () => {
  const live = (state: LuaState): number => {
    state.call(state.load("collectgarbage()", "=collect"));
    return state.memoryInUse;
  };

  test("documented sizes: tables, arrays, fields, strings, closures", () => {
    const state = newState();
    const measure = (source: string): number => {
      state.call(state.load("kept = false", "=reset"));
      const before = live(state);
      state.call(state.load(`kept = ${source}`, "=kept"));
      return live(state) - before;
    };
    expect(measure("{}")).toBe(SIZE.table);
    expect(measure("{1, 2, 3, 4}")).toBe(SIZE.table + SIZE.array + 4 * SIZE.arraySlot);
    const shape = SIZE.shape + 2 * SIZE.sharedKey; // once for all tables that share it
    expect(measure("{x = 1, y = 2}")).toBe(SIZE.table + 2 * SIZE.field + shape);
    expect(measure("{{x = 1, y = 2}, {x = 3, y = 4}}")).toBe(3 * SIZE.table + SIZE.array + 2 * SIZE.arraySlot + 4 * SIZE.field + shape);
    const madeUp = "(function() local t = {x = 1, y = 2} for i = 1, 20000 do local made = {['key' .. i] = i} end return {t, {x = 3, y = 4}} end)()";
    expect(measure(madeUp)).toBe(3 * SIZE.table + SIZE.array + 2 * SIZE.arraySlot + 4 * SIZE.field + shape); // with shapes of two trees
    expect(measure("('x'):rep(1000)")).toBe(SIZE.string + 1000);
    expect(measure("{('y'):rep(1000), ('y'):rep(1000)}")).toBe(SIZE.table + SIZE.array + 2 * SIZE.arraySlot + SIZE.string + 1000); // equal long strings count once
    expect(measure("coroutine.create(print)")).toBe(SIZE.thread);
    expect(measure("(function() local a = 1 return function() return a end end)()")).toBe(
      SIZE.closure + SIZE.upvalueRef + SIZE.upvalue + SIZE.proto + 3 * (SIZE.instruction + 1) + SIZE.name + SIZE.string + "=kept".length); // with its code
    expect(measure("{1.5, 2.0, math.maxinteger}")).toBe(SIZE.table + SIZE.array + 3 * SIZE.arraySlot + SIZE.float + SIZE.boxedFloat + SIZE.wideInteger);
  });

  test("garbage is no longer counted, and the figure is the same in every run", () => {
    const run = (): number => {
      const state = newState();
      const before = live(state);
      state.call(state.load("for i = 1, 1000 do local t = {i, {}, tostring(i)} end", "=garbage"));
      expect(state.memoryInUse).toBeGreaterThan(before + 1000 * SIZE.table);
      expect(live(state)).toBe(before);
      return before;
    };
    expect(run()).toBe(run());
  });

  test("values that the host holds are roots while they are registered", () => {
    const state = newState();
    const handle = new LuaTable();
    handle.setMetatable(null);
    state.census.roots.add(handle);
    state.call(state.load("weak = setmetatable({}, {__mode = 'v'}) return weak", "=weak"));
    (state.globals.get("weak") as LuaTable).setStr("handle", handle);
    live(state);
    expect((state.globals.get("weak") as LuaTable).get("handle")).toBe(handle);
    state.census.roots.delete(handle);
    live(state);
    expect((state.globals.get("weak") as LuaTable).get("handle")).toBeUndefined();
  });

  test("userdata keep their user values, natives what they name as captured", () => {
    const state = newState();
    const kept = new LuaTable();
    const userdata = new Userdata({}, 1);
    userdata.userValues[0] = kept;
    const other = new LuaTable();
    const native = new NativeFunction("native", () => other);
    native.captured = [other];
    const weak = state.call(state.load("weak = setmetatable({}, {__mode = 'v'}) return weak", "=weak"))[0] as LuaTable;
    weak.setStr("kept", kept);
    weak.setStr("other", other);
    state.globals.setStr("userdata", userdata);
    state.globals.setStr("native", native);
    live(state);
    expect([weak.get("kept"), weak.get("other")]).toEqual([kept, other]);
    state.globals.setStr("userdata", undefined);
    state.globals.setStr("native", undefined);
    live(state);
    expect([weak.get("kept"), weak.get("other")]).toEqual([undefined, undefined]);
  });

  test("a state that asks for nothing never runs one", () => {
    const state = newState();
    state.call(state.load("for i = 1, 50000 do local t = {i} end", "=plain"));
    expect(state.memory.collections).toBe(0);
  });
});

describe("collectgarbage", () => {
  test("options and what they answer", () => {
    expect(lines(`
      print(collectgarbage("isrunning"), collectgarbage("stop"), collectgarbage("isrunning"), collectgarbage("restart"), collectgarbage("isrunning"))
      print(collectgarbage("generational"), collectgarbage("incremental"), collectgarbage("incremental", 150, 300, 13))
      print(collectgarbage("setpause", 200), collectgarbage("setpause", 200), collectgarbage("setstepmul", 100))
      print(collectgarbage(), collectgarbage("collect"), math.type(collectgarbage("count")), collectgarbage("step", 1 << 20))
      print(pcall(collectgarbage, "other"))
      local steps = 0 repeat steps = steps + 1 until collectgarbage("step", 1)
      print(steps > 1)`)).toEqual([
      "true\t0\tfalse\t0\ttrue", "incremental\tgenerational\tincremental", "150\t200\t300", "0\t0\tfloat\ttrue",
      "false\tbad argument #1 to 'collectgarbage' (invalid option 'other')", "true",
    ]);
  });

  test("stopped, nothing is collected until asked; inside a finalizer it is refused", () => {
    expect(lines(`
      local n = 0
      collectgarbage("stop")
      for i = 1, 20000 do setmetatable({}, {__gc = function() n = n + 1 end}) end
      print(n)
      collectgarbage()
      print(n)
      setmetatable({}, {__gc = function() print(collectgarbage(), collectgarbage("step"), type(collectgarbage("count"))) end})
      collectgarbage()`)).toEqual(["0", "20000", "nil\tnil\tnumber"]);
  });
});

test("a chain of ephemerons in the order that is worst for a collector stays while its first key does", () => {
  const state = newState();
  const count = (before: string): unknown => state.call(state.load(`${before} collectgarbage() local n = 0 for _ in next, chain do n = n + 1 end return n`, "=c"))[0];
  const build = `local keys = {} for i = 1, 3000 do keys[i] = {} end
    chain = setmetatable({}, {__mode = "k"})
    for i = 3000, 2, -1 do chain[keys[i - 1]] = setmetatable({}, {__index = keys[i]}) end
    chain[keys[3000]] = {} root, middle = keys[1], keys[1500]`;
  expect(count(build)).toBe(3000);
  expect(count("root = nil")).toBe(1501);
  expect(count("middle = nil")).toBe(0);
});

test("a weak table that a census has emptied gives its room back, and a traversal that stands in it ends", () => {
  const state = createState();
  const [left, seen] = state.call(state.load(`
    local t = setmetatable({}, { __mode = "k" })
    local before = collectgarbage("count")
    for i = 1, 1000 do t[{}] = i end
    collectgarbage()
    local seen = 0
    local u = setmetatable({ [{}] = 1, [{}] = 2 }, { __mode = "k" })
    for k in next, u do seen = seen + 1; k = nil; collectgarbage() end
    return (collectgarbage("count") - before) // 1 | 0, seen`, "=weak"));
  expect(Number(left)).toBeLessThan(20); // 88 with its entries
  expect(seen).toBeGreaterThan(0);
});

test("what a deep recursion has left is given up by a collection, and another one ends where it did", () => {
  expect(lines(`
    local function down(n) if n > 0 then return 1 + down(n - 1) end error("bottom") end
    collectgarbage() local before = collectgarbage("count")
    for i = 1, 3 do pcall(down, 100000) end
    collectgarbage()
    print(collectgarbage("count") - before < 200)
    for i = 1, 3 do print(select(2, pcall(function() local function over(n) return 1 + over(n + 1) end return over(1) end)):find("stack overflow", 1, true) ~= nil) end`)).toEqual(["true", "true", "true", "true"]);
});
