// Limits end a run whatever the script does about errors, and leave a state that works.
import { beforeEach, describe, expect, test } from "vitest";
import { LuaError, LuaLimitError, type LuaState, createState, plainHost, setLimits } from "../../src/index.js";

let printed: string[] = [];
const create = (limits: Parameters<typeof setLimits>[1] = {}): LuaState =>
  createState({ limits, host: plainHost((text) => printed.push(text)) });
const run = (state: LuaState, source: string): unknown[] => state.call(state.load(source, "=test"));

/** The limit error that `action` ends with. */
function limitOf(action: () => unknown): LuaLimitError {
  try {
    action();
  } catch (error) {
    if (error instanceof LuaLimitError) return error;
    throw error;
  }
  throw new Error("no limit was reached");
}

beforeEach(() => {
  printed = [];
});

const ENDLESS = "while true do end";
/** Ways to hold an error back; each must fail against a limit. `BODY` is what runs into it. */
const HOLDERS: Readonly<Record<string, string>> = {
  pcall: "while true do pcall(function() BODY end) end",
  xpcall: "while true do xpcall(function() BODY end, function(m) while true do end end) end",
  "nested pcalls": "local f = function() BODY end for i = 1, 50 do local g = f f = function() pcall(g) end end f() print('survived')",
  coroutine: "local co = coroutine.create(function() BODY end) coroutine.resume(co) print('survived')",
  wrap: "local ok = pcall(coroutine.wrap(function() BODY end)) print('survived')",
  "coroutine in a coroutine": "coroutine.wrap(function() coroutine.wrap(function() BODY end)() end)() print('survived')",
  __close: "pcall(function() local c <close> = setmetatable({}, {__close = function() print('closed') while true do end end}) BODY end) print('survived')",
  "body of a __close": "pcall(function() do local c <close> = setmetatable({}, {__close = function() BODY end}) end end) print('survived')",
  __gc: "setmetatable({}, {__gc = function() BODY end}) collectgarbage() print('survived')",
  "a metamethod": "pcall(function() return setmetatable({}, {__index = function() BODY end}).x end) print('survived')",
  "a comparison of sort": "pcall(table.sort, {3, 2, 1}, function() BODY end) print('survived')",
  "a replacement of gsub": "pcall(string.gsub, 'abc', '.', function() BODY end) print('survived')",
  "a reader of load": "pcall(load, function() BODY end) print('survived')",
  require: "package.preload.m = function() BODY end pcall(require, 'm') print('survived')",
  "a message handler": "xpcall(error, function() BODY end) print('survived')",
  "a hook": "debug.sethook(function() BODY end, 'l')\nlocal x = 1\nprint('survived')",
  tostring: "pcall(tostring, setmetatable({}, {__tostring = function() BODY end})) print('survived')",
};

describe("an instruction limit cannot be caught by", () => {
  test.each(Object.entries(HOLDERS))("%s", (_, program) => {
    const state = create({ instructions: 50_000 });
    const before = state.meter.used;
    const error = limitOf(() => run(state, program.replace("BODY", ENDLESS)));
    expect(error.kind).toBe("instructions");
    expect(printed).toEqual([]);
    expect(state.meter.used - before).toBeLessThanOrEqual(50_000);
    state.meter.setLimit(Infinity);
    state.mainThread.hookMask = 0; // the limit does not remove a hook
    expect(run(state, "local co = coroutine.wrap(function(a) local b = coroutine.yield(a) return b end) return co(1), co(2), pcall(error, 3)")).toEqual([1, 2, false, 3]);
  });
});

describe("a memory limit cannot be caught by", () => {
  test.each(Object.entries(HOLDERS).filter(([name]) => name !== "xpcall" && name !== "__close"))("%s", (_, program) => {
    const state = create({ memory: 4 << 20 });
    const body = "local t = {} for i = 1, 1e9 do t[i] = {} end";
    expect(limitOf(() => run(state, program.replace("BODY", body))).kind).toBe("memory");
    expect(printed).toEqual([]);
    state.mainThread.hookMask = 0;
    expect(run(state, "return #('x'):rep(1000)")).toEqual([1000]);
  });

  test.each([
    ["one long string", "return ('x'):rep(1e9)"],
    ["doubling", "local s = 'x' while true do s = s .. s end"],
    ["many strings", "local t = {} for i = 1, 1e9 do t[i] = 'string number ' .. i end"],
    ["concat", "local s = ('x'):rep(1e6) local t = {} for i = 1, 100 do t[i] = s end return table.concat(t)"],
    ["format", "return ('%99d'):rep(1e5):format(table.unpack({}, 1, 1e5))"],
    ["closures", "local t = {} for i = 1, 1e9 do t[i] = function() return i end end"],
    ["coroutines", "local t = {} for i = 1, 1e9 do t[i] = coroutine.create(print) end"],
    ["string keys", "local t = {} for i = 1, 1e9 do t['k' .. i] = true end"],
    ["hash keys", "local t = {} for i = 1, 1e9 do t[i + 0.5] = true end"],
    ["deep recursion", "local function f() return 1 + f() end f()"],
    ["a table of upvalues", "local prev for i = 1, 1e9 do local p = prev prev = function() return p end end"],
    ["pack", "return string.pack('!16 s8', ('x'):rep(3e6)) .. string.rep('y', 3e6)"],
    ["gsub", "return (('x'):rep(1e5):gsub('x', ('y'):rep(100)))"],
    ["utf8.char", "return utf8.char(table.unpack({}, 1, 1)) and ('x'):rep(1e8)"],
  ])("%s ends the run, or fails as in C Lua, and leaves a state that works", (_, source) => {
    const state = create({ memory: 4 << 20 });
    try {
      run(state, source);
    } catch (error) {
      expect(error).toBeInstanceOf(error instanceof LuaError ? LuaError : LuaLimitError);
      if (error instanceof LuaLimitError) expect(error.kind).toBe("memory");
    }
    expect(run(state, "return 1 + 1")).toEqual([2]);
    run(state, "collectgarbage()");
    expect(state.memoryInUse).toBeLessThan(4 << 20);
  });

  test("what is garbage does not count", () => {
    const state = create({ memory: 2 << 20 });
    run(state, "for i = 1, 20000 do local t = {i, {i}} local s = ('x'):rep(1000) .. i end");
    expect(state.memory.allocated).toBeGreaterThan(20 << 20);
    expect(state.memory.collections).toBeGreaterThan(5);
  });
});

describe("a time limit", () => {
  test("counts the host's clock", () => {
    let now = 1000;
    const host = { ...plainHost(() => {}), now: () => (now += 10) };
    const state = createState({ host, limits: { time: 50 } });
    expect(limitOf(() => run(state, ENDLESS)).kind).toBe("time");
    now = 0;
    setLimits(state, { time: 1e9 });
    expect(run(state, "return 1")).toEqual([1]);
  });

  test("stops long native work too", () => {
    let now = 0;
    const host = { ...plainHost(() => {}), now: () => (now += 10) };
    const state = createState({ host, limits: { time: 50 } });
    expect(limitOf(() => run(state, "return ('a'):rep(3e5):find(('a-'):rep(50) .. 'b')")).kind).toBe("time");
  });
});

describe("after a limit", () => {
  test("the error says what was reached and where", () => {
    const state = create({ instructions: 1000 });
    const error = limitOf(() => run(state, "local function inner()\n while true do end\nend\ninner()"));
    expect(error.message).toMatch(/^instruction limit reached \(\d+\)$/);
    expect(error.traceback).toContain("test:2: in upvalue 'inner'".replace("upvalue", "local"));
    expect(error.traceback).toContain("test:4: in main chunk");
  });

  test("closures keep their own variables, whatever runs in the registers they had", () => {
    const state = create({ instructions: 1000 });
    limitOf(() => run(state, "local secret = 1 function get() return secret end function set(v) secret = v end while true do end"));
    state.meter.setLimit(Infinity);
    expect(run(state, "local a, b, c = 'a', 'b', 'c' local before = get() set('new') return before, a, b, c, get()")).toEqual([1, "a", "b", "c", "new"]);
  });

  test("coroutines that were running are dead, others go on", () => {
    const state = create({ instructions: 5000 });
    limitOf(() => run(state, `
      waiting = coroutine.create(function(x) while true do x = coroutine.yield(x + 1) end end)
      coroutine.resume(waiting, 1)
      lost = coroutine.create(function() while true do end end)
      coroutine.resume(lost)`));
    state.meter.setLimit(Infinity);
    expect(run(state, "return coroutine.status(lost), coroutine.resume(waiting, 41)")).toEqual(["dead", true, 42]);
    expect(run(state, "return coroutine.resume(lost)")).toEqual([false, "cannot resume dead coroutine"]);
  });

  test("depth counters are as before: hundreds of limited runs in one state", () => {
    const state = create();
    for (let i = 0; i < 400; i++) {
      state.meter.setLimit(state.meter.used + 300);
      limitOf(() => run(state, "table.sort({1, 2, 3}, function() pcall(function() while true do end end) end)"));
    }
    state.meter.setLimit(Infinity);
    const nested = "local function f(n) return n == 0 and 'deep' or (string.gsub('x', 'x', function() return f(n - 1) end)) end return f(150)";
    expect(run(state, nested)).toEqual(["deep"]);
  });

  test("pending variables are not closed, and not left for the next run", () => {
    const state = create({ instructions: 2000 });
    limitOf(() => run(state, "local c <close> = setmetatable({}, {__close = function() print('closed') end}) while true do end"));
    state.meter.setLimit(Infinity);
    run(state, "do local c <close> = setmetatable({}, {__close = function() print('mine') end}) end");
    expect(printed.join("")).toBe("mine\n");
  });
});

test("limits that are no positive numbers are refused", () => {
  const state = create();
  for (const bad of [0, -1, NaN]) expect(() => setLimits(state, { instructions: bad })).toThrow(RangeError);
  expect(() => setLimits(state, { memory: "4MB" as unknown as number })).toThrow("limit 'memory' must be a positive number, got 4MB");
});
