// Runs: calls that wait for the host and are preempted, from every place where Lua code can stand.
import { describe, expect, test } from "vitest";
import { NativeFunction } from "../../src/vm/function.js";
import { Fault, LuaThrow } from "../../src/vm/fault.js";
import { LimitReached } from "../../src/vm/limits.js";
import { Run, type Slice } from "../../src/vm/run.js";
import { LuaError, LuaLimitError, type LuaState } from "../../src/vm/state.js";
import { Thread } from "../../src/vm/thread.js";
import { createState, plainHost } from "../../src/index.js";
import type { LuaValue } from "../../src/vm/value.js";

/** A state whose global `wait(...)` suspends the run; `asked` lists the arguments of each wait. */
function waitingState(): { state: LuaState; asked: LuaValue[][]; printed: string[] } {
  const asked: LuaValue[][] = [];
  const printed: string[] = [];
  const state = createState({ host: plainHost((text) => printed.push(text)), jit: "off" });
  state.globals.setStr("wait", new NativeFunction("wait", (f) => {
    asked.push(f.args());
    return f.suspend();
  }));
  return { state, asked, printed };
}

const begin = (state: LuaState, source: string, ...args: LuaValue[]): Run => new Run(state, state.load(source, "=test"), args);

/** Resumes to the end; the n-th wait gets the value n × 10. */
function finish(run: Run, slice: Slice | null = null): LuaValue[] {
  for (let n = 1; !run.isOver; ) {
    if (run.resume(slice) !== "waiting") continue;
    const value = n++ * 10;
    run.complete(() => value);
  }
  if (run.status === "failed") throw run.error;
  return run.results;
}

/** Preempts at every opportunity, `units` + 1 instructions apart. */
const slices = (units: number): Slice => ({ units, isOver: () => true });

const PLACES: Readonly<Record<string, [source: string, results: LuaValue[]]>> = {
  "a call": ["return wait(1)", [10]],
  "an argument": ["return (function(...) return ... end)(1, wait(1), 3)", [1, 10, 3]],
  "a table": ["local t = {1, wait(), 3, wait()} return t[1], t[2], t[3], t[4]", [1, 10, 3, 20]],
  "an arithmetic metamethod": ["return setmetatable({}, {__add = function(a, b) return wait() + b end}) + 1", [11]],
  "__index": ["local t = setmetatable({}, {__index = function(t, k) return wait(k) end}) return t.x, t.y", [10, 20]],
  "__index that is the native": ["return setmetatable({}, {__index = wait}).x", [10]],
  "__newindex": ["local t = setmetatable({}, {__newindex = function(t, k, v) rawset(t, k, wait() + v) end}) t.x = 1 return t.x", [11]],
  "__call": ["return setmetatable({}, {__call = function(self, a) return wait() + a end})(5)", [15]],
  "__concat": ["return 'a' .. setmetatable({}, {__concat = function(a, b) return a .. wait() end})", ["a10"]],
  "__eq": ["local m = {__eq = function() return wait() == 10 end} return setmetatable({}, m) == setmetatable({}, m)", [true]],
  "__lt in a condition": ["local m = {__lt = function() return wait() == 10 end} if setmetatable({}, m) < setmetatable({}, m) then return 'less' end return 'not'", ["less"]],
  "__len": ["return #setmetatable({}, {__len = function() return wait() end})", [10]],
  "__close": ["do local c <close> = setmetatable({}, {__close = function() x = wait() end}) end return x", [10]],
  "__close at a return": ["local function f() local c <close> = setmetatable({}, {__close = function() x = wait() end}) return 1, 2 end local a, b = f() return a, b, x", [1, 2, 10]],
  "__close after an error": ["local ok, m = pcall(function() local c <close> = setmetatable({}, {__close = function() x = wait() end}) error('e', 0) end) return ok, m, x", [false, "e", 10]],
  pcall: ["return pcall(wait)", [true, 10]],
  "pcall in pcall": ["return pcall(pcall, function() return wait() + 1 end)", [true, true, 11]],
  xpcall: ["return xpcall(function() return wait() end, print)", [true, 10]],
  "an iterator": ["local s = 0 for v in function(_, c) if (c or 0) < 30 then return wait() end end do s = s + v end return s", [60]],
  "a native iterator": ["local s = 0 for v in wait do s = s + v if v == 30 then break end end return s", [60]],
  "a tail call": ["local function f() return wait() end return f()", [10]],
  varargs: ["local function f(...) return select('#', ...), ..., wait(...) end return f(1, 2, 3)", [3, 1, 10]],
  "a coroutine": ["local co = coroutine.wrap(function(a) local b = coroutine.yield(a + wait()) return b + wait() end) return co(1), co(2)", [11, 22]],
  "a coroutine in a coroutine": ["return coroutine.wrap(function() return coroutine.wrap(function() return wait() end)() + 1 end)()", [11]],
  "coroutine.wrap in a for": ["local s = 0 for v in coroutine.wrap(function() for i = 1, 3 do coroutine.yield(wait()) end end) do s = s + v end return s", [60]],
  "coroutine.resume": ["return coroutine.resume(coroutine.create(function() return wait() end))", [true, 10]],
  "a metamethod in a coroutine": ["local t = setmetatable({}, {__index = function() return wait() end}) return coroutine.wrap(function() return t.x end)()", [10]],
  dofile: ["return load('return wait()')()", [10]],
  "a comparison of sort": ["local t = {2, 1} table.sort(t, function() return wait() == 10 end) return t[1], t[2]", [1, 2]],
  "the native itself as comparison": ["local t = {2, 1} table.sort(t, wait) return t[1], t[2]", [1, 2]],
  "a coroutine in a comparison": ["local t = {2, 1} table.sort(t, function() return coroutine.wrap(function() return wait() end)() == 10 end) return t[1], t[2]", [1, 2]],
  "a replacement of gsub": ["return (string.gsub('ab', '.', function() return wait() end))", ["1020"]],
  "the native itself as replacement": ["return (string.gsub('ab', '.', wait))", ["1020"]],
  "an __index of replacements": ["return (string.gsub('ab', '.', setmetatable({}, {__index = function(_, c) return c .. wait() end})))", ["a10b20"]],
  "a reader of load": ["local n = 0 return load(function() n = n + 1 return n == 1 and 'return ' or n == 2 and wait() or nil end)()", [10]],
  "a message handler": ["return xpcall(error, function(m) return m .. wait() end, 'e')", [false, "e10"]],
  "a message handler of a fault": ["return xpcall(function() local x return x.y end, function(m) return #m > 20 and wait() end)", [false, 10]],
  "a message handler that was called for an error in it": ["local n = 0 return xpcall(error, function(m) n = n + 1 if n < 3 then error(m + wait()) end return m + wait() end, 1)", [false, 61]],
  "the native itself as message handler": ["return xpcall(error, wait, 1)", [false, 10]],
  "a coroutine in a message handler": ["return xpcall(error, function() return coroutine.wrap(function() return wait() end)() end)", [false, 10]],
  "a message handler in a coroutine": ["return coroutine.wrap(function() return xpcall(error, function() return wait() end) end)()", [false, 10]],
  "a message handler in a message handler": ["return xpcall(error, function() return select(2, xpcall(error, function() return wait() end)) end)", [false, 10]],
  "an __index of table.concat": ["return table.concat(setmetatable({}, {__len = function() return 2 end, __index = function() return wait() end}), '+')", ["10+20"]],
  "a __len and an __index of table.unpack": ["return table.unpack(setmetatable({}, {__len = function() return wait() / 5 end, __index = function() return wait() end}))", [20, 30]],
  "an __index of ipairs": ["local s = 0 for i, v in ipairs(setmetatable({}, {__index = function(_, i) return i < 4 and wait() or nil end})) do s = s + v end return s", [60]],
  "metamethods of sort": ["local t, n = {2, 1}, 0 table.sort(setmetatable({}, {__len = function() return wait() // 5 end, __index = function(_, k) n = n + wait() return t[k] end, __newindex = function(_, k, v) n = n + wait() t[k] = v end})) return t[1], n", [1, 140]],
  "an __lt of math.max": ["return math.max(1, setmetatable({}, {__lt = function() return wait() == 0 end}))", [1]],
  "a __tostring of string.format": ["return ('%s%s'):format(1, setmetatable({}, {__tostring = function() return wait() .. '!' end}))", ["110!"]],
  "an __add beside a string": ["return '1' + setmetatable({}, {__add = function() return wait() end})", [10]],
  "an __index of os.time": ["return os.time(setmetatable({}, {__index = function(_, k) return k == 'year' and 1990 + wait() or k ~= 'isdst' and 1 or nil end})) > 0", [true]],
  tostring: ["return tostring(setmetatable({}, {__tostring = function() return wait() .. '!' end}))", ["10!"]],
};

describe("a run can wait in", () => {
  test.each(Object.entries(PLACES))("%s", (_, [source, results]) => {
    const { state } = waitingState();
    expect(finish(begin(state, source))).toEqual(results);
    expect(state.census.roots.size).toBe(0);
  });

  test.each(Object.entries(PLACES))("%s, preempted at each instruction", (_, [source, results]) => {
    const { state } = waitingState();
    expect(finish(begin(state, source), slices(0))).toEqual(results);
  });

  test.each(Object.entries(PLACES))("%s, among collections", (_, [source, results]) => {
    const { state } = waitingState();
    const run = begin(state, source);
    for (let n = 1; !run.isOver; ) {
      const status = run.resume(slices(0));
      state.call(state.load("collectgarbage()", "=gc"));
      if (status !== "waiting") continue;
      const value = n++ * 10;
      run.complete(() => value);
    }
    expect(run.results).toEqual(results);
  });
});

const NATIVES: Readonly<Record<string, string>> = {
  "a call of a host function's own": "nested(wait)",
  "a metamethod in one": "nested(function() return setmetatable({}, {__index = wait}).x end)",
  "a coroutine in one": "nested(coroutine.wrap(wait))",
};

describe("a run cannot wait in", () => {
  test.each(Object.entries(NATIVES))("%s", (_, body) => {
    const { state } = waitingState();
    state.globals.setStr("nested", new NativeFunction("nested", (f) => f.L.call1(f.arg(1))));
    const [ok, message, after] = finish(begin(state, `local ok, m = pcall(function() ${body} end) return ok, m, wait()`));
    expect([ok, after]).toEqual([false, 10]);
    expect(message).toContain("attempt to yield across a C-call boundary");
  });

  test("a finalizer: the error is a warning, the run goes on", () => {
    const { state } = waitingState();
    const warnings: string[] = [];
    state.warn = (message) => warnings.push(message);
    expect(finish(begin(state, "setmetatable({}, {__gc = function() wait() end}) collectgarbage() return wait()"))).toEqual([10]);
    expect(warnings.join("")).toContain("attempt to yield across a C-call boundary");
  });

  test("a hook", () => {
    const { state } = waitingState();
    const run = begin(state, "debug.sethook(function() debug.sethook() wait() end, 'l')\nlocal x = 1\nreturn x");
    expect(() => finish(run)).toThrow("attempt to yield across a C-call boundary");
  });

  test("a __close called by coroutine.close", () => {
    const { state } = waitingState();
    const [ok, message] = finish(begin(state, `
      local co = coroutine.create(function()
        local c <close> = setmetatable({}, {__close = function() wait() end})
        coroutine.yield()
      end)
      coroutine.resume(co)
      return coroutine.close(co)`));
    expect(ok).toBe(false);
    expect(message).toContain("attempt to yield across a C-call boundary");
  });

  test("a plain call of the host", () => {
    const { state, asked } = waitingState();
    expect(() => state.call(state.load("return wait()", "=test"))).toThrow("attempt to wait in a call that cannot be suspended");
    expect(() => state.call(state.globals.getStr("wait"))).toThrow("attempt to wait in a call that cannot be suspended");
    expect(asked.length).toBe(2);
    expect(state.call(state.load("return 1 + 1", "=test"))).toEqual([2]);
  });

  test("a plain call of the host inside a run", () => {
    const { state } = waitingState();
    state.globals.setStr("host", new NativeFunction("host", (f) => {
      try {
        return f.resultArray(f.L.state.call(f.arg(1)));
      } catch (error) {
        throw new LuaThrow((error as LuaError).value);
      }
    }));
    const run = begin(state, "local ok, m = pcall(host, wait) return ok, m, wait()");
    expect(finish(run)).toEqual([false, "attempt to yield across a C-call boundary", 10]);
  });
});

describe("errors", () => {
  test("the host's error is raised where the native waits", () => {
    const { state } = waitingState();
    const run = begin(state, "local ok, m = pcall(function() return wait() end) return ok, m");
    run.resume();
    run.fail(new LuaThrow("refused", new Error("cause")));
    expect(run.resume()).toBe("done");
    expect(run.results).toEqual([false, "refused"]);
  });

  test("an uncaught one carries value, cause and traceback", () => {
    const { state } = waitingState();
    const run = begin(state, "local function inner()\n  wait()\nend\ninner()");
    run.resume();
    const cause = new Error("cause");
    run.fail(new LuaThrow("refused", cause));
    expect(run.resume()).toBe("failed");
    const error = run.error as LuaError;
    expect(error).toBeInstanceOf(LuaError);
    expect(error).toMatchObject({ value: "refused", message: "refused", cause });
    expect(error.traceback).toBe("stack traceback:\n\t[C]: in function 'wait'\n\ttest:2: in local 'inner'\n\ttest:4: in main chunk\n\t[C]: in ?");
    expect(error.location).toEqual({ chunk: "test", line: 2 });
  });

  test("a fault in the delivery is an error of the native", () => {
    const { state } = waitingState();
    const run = begin(state, "return pcall(wait)");
    run.resume();
    run.complete(() => {
      throw new Fault("bad value");
    });
    run.resume();
    expect(run.results).toEqual([false, "bad value"]);
  });

  test("a delivery may wait again, call, or answer several values", () => {
    const { state } = waitingState();
    const run = begin(state, "return wait(function(a) return a + wait() end)");
    run.resume();
    run.complete((f) => f.callThen(f.arg(1), [1], (frame, results) => frame.results(results[0], "and more")));
    expect(run.resume()).toBe("waiting");
    run.complete(() => 5);
    expect(run.resume()).toBe("done");
    expect(run.results).toEqual([6, "and more"]);
  });

  test("an exception that is no Lua error ends the run and is its error", () => {
    const { state } = waitingState();
    const broken = new TypeError("broken host");
    const run = begin(state, "return pcall(wait)");
    run.resume();
    run.complete(() => {
      throw broken;
    });
    expect(run.resume()).toBe("failed");
    expect(run.error).toBe(broken);
    expect(finish(begin(state, "return wait()"))).toEqual([10]);
  });

  test("the text of an error object is asked for in Lua: it may wait, and is preempted", () => {
    const { state } = waitingState();
    const run = begin(state, "error(setmetatable({}, {__tostring = function() return 'text ' .. wait() end}))");
    expect(() => finish(run, slices(1))).toThrow("text 10");
    const endless = begin(state, "error(setmetatable({}, {__tostring = function() while true do end end}))");
    expect(endless.resume(slices(1000))).toBe("ready");
    expect(endless.resume(slices(1000))).toBe("ready");
    const failing = begin(state, "error(setmetatable({}, {__tostring = function() error('no text') end}))");
    expect(() => finish(failing)).toThrow("(error object is a table value)");
  });

  test("a run is used in order", () => {
    const { state } = waitingState();
    const run = begin(state, "wait()");
    expect(() => run.complete(() => 1)).toThrow("a run that is ready does not wait");
    run.resume();
    expect(() => run.resume()).toThrow("a run that is waiting cannot be resumed");
    run.complete(() => 1);
    expect(() => run.complete(() => 2)).toThrow("a run that is ready does not wait");
    run.resume();
    expect(() => run.fail(new Fault("late"))).toThrow("a run that is done does not wait");
    expect(() => run.resume()).toThrow("a run that is done cannot be resumed");
  });

  test("a run cannot resume itself", () => {
    const { state } = waitingState();
    let run: Run | undefined;
    state.globals.setStr("again", new NativeFunction("again", () => {
      run!.resume();
      return undefined;
    }));
    run = begin(state, "again()");
    run.resume();
    expect(run.error).toMatchObject({ message: "a run that is running cannot be resumed" });
  });
});

describe("limits", () => {
  test.each([1, 2, 3, 7, 50, 1000])("stop at the same instruction with slices of %i", (units) => {
    const source = "local n = 0 local t = {} while true do n = n + 1 t[n % 10] = tostring(n) count = n end";
    const plain = waitingState().state;
    plain.meter.setLimit(plain.meter.used + 5000);
    expect(() => plain.call(plain.load(source, "=test"))).toThrow(LuaLimitError);
    const { state } = waitingState();
    state.meter.setLimit(state.meter.used + 5000);
    const run = begin(state, source);
    expect(() => finish(run, slices(units))).toThrow(LuaLimitError);
    expect((run.error as LuaLimitError).kind).toBe("instructions");
    expect(state.globals.getStr("count")).toBe(plain.globals.getStr("count"));
    expect(state.meter.used).toBe(plain.meter.used);
    state.meter.setLimit(Infinity);
    expect(state.call(state.load("return count > 1", "=test"))).toEqual([true]);
  });

  test("a memory limit stops at the same instruction", () => {
    const source = "t = {} for i = 1, 1e6 do t[i] = {i} n = i end";
    const counts = [0, 1, 17, 300].map((units) => {
      const { state } = waitingState();
      state.memory.setLimit(300_000);
      const run = begin(state, source);
      expect(() => finish(run, units === 0 ? null : slices(units))).toThrow("memory limit reached");
      return [state.globals.getStr("n"), state.meter.used, (run.error as Error).message];
    });
    for (const count of counts) expect(count).toEqual(counts[0]);
  });

  test("a limit in a coroutine ends the run, and both threads are dead", () => {
    const { state } = waitingState();
    state.meter.setLimit(state.meter.used + 5000);
    const run = begin(state, "co = coroutine.create(function() while true do end end) pcall(coroutine.resume, co)");
    expect(() => finish(run, slices(100))).toThrow(LuaLimitError);
    expect((run.error as LuaLimitError).traceback).toContain("(...resumed by...)");
    state.meter.setLimit(Infinity);
    expect(state.call(state.load("return coroutine.status(co), coroutine.resume(co)", "=test"))).toEqual(["dead", false, "cannot resume dead coroutine"]);
  });

  test("a finalizer that never ends is stopped by its limit", () => {
    const { state } = waitingState();
    state.meter.setLimit(state.meter.used + 50_000);
    const run = begin(state, "setmetatable({}, {__gc = function() while true do end end}) collectgarbage()");
    while (run.resume(slices(100)) === "ready") expect(state.meter.used).toBeLessThan(60_000);
    expect(run.status).toBe("failed");
    expect(run.error).toBeInstanceOf(LuaLimitError);
  });
});

describe("stopping a run", () => {
  const cancelled = new LimitReached("cancelled", "cancelled by the host");

  test("that waits runs no Lua code and leaves nothing alive", () => {
    const { state, printed } = waitingState();
    const run = begin(state, `
      local x <close> = setmetatable({}, {__close = function() print("closed") end})
      shared = function() return x end
      co = coroutine.create(function() local y <close> = x pcall(wait) print("went on") end)
      coroutine.resume(co)
      print("went on")`);
    run.resume();
    run.stop(cancelled);
    expect(run.status).toBe("failed");
    expect(run.error).toMatchObject({ kind: "cancelled", message: "cancelled by the host" });
    expect((run.error as LuaLimitError).traceback).toContain("in function 'wait'");
    expect(printed).toEqual([]);
    expect(state.census.roots.size).toBe(0);
    expect(() => run.complete(() => 1)).toThrow("a run that is failed does not wait");
    expect(state.call(state.load("return coroutine.status(co), type(shared())", "=test"))).toEqual(["dead", "table"]);
  });

  test("that is preempted, or has not begun", () => {
    const { state } = waitingState();
    const run = begin(state, "while true do end");
    run.resume(slices(10));
    run.stop(cancelled);
    expect(run.error).toBeInstanceOf(LuaLimitError);
    const fresh = begin(state, "print('never')");
    fresh.stop(cancelled);
    expect(fresh.status).toBe("failed");
    expect(() => fresh.resume()).toThrow("a run that is failed cannot be resumed");
  });

  test.each(["stopMe() print('went on')", "pcall(stopMe) pcall(print, 'went on')", "table.sort({2, 1}, function() stopMe() print('went on') end)", "stopMe() wait() print('went on')", "return stopMe(), wait()"])(
    "in progress: %s", (source) => {
      const { state, printed, asked } = waitingState();
      let run: Run | undefined;
      state.globals.setStr("stopMe", new NativeFunction("stopMe", () => {
        run!.stop(cancelled);
        return 1;
      }));
      run = begin(state, source);
      expect(run.resume()).toBe("failed");
      expect(run.error).toMatchObject({ kind: "cancelled" });
      expect(printed).toEqual([]);
      expect(asked).toEqual([]);
    });

  test("that is over changes nothing", () => {
    const { state } = waitingState();
    const run = begin(state, "return 1");
    finish(run);
    run.stop(cancelled);
    expect(run.status).toBe("done");
    expect(run.results).toEqual([1]);
  });
});

describe("several runs of one state", () => {
  test("interleave", () => {
    const { state } = waitingState();
    const runs = [1, 2, 3].map((n) => begin(state, "local n = ... for i = 1, 3 do log = (log or '') .. n wait() end return n", n));
    for (let round = 0; round < 4; round++) {
      for (const run of runs) {
        run.resume();
        if (!run.isOver) run.complete(() => undefined);
      }
    }
    expect(runs.map((run) => run.results)).toEqual([[1], [2], [3]]);
    expect(state.globals.getStr("log")).toBe("123123123");
  });

  test("a coroutine that waits in one run is active for the other", () => {
    const { state } = waitingState();
    const first = begin(state, "co = coroutine.create(function() return wait() end) return coroutine.resume(co)");
    expect(first.resume()).toBe("waiting");
    const second = begin(state, "return coroutine.status(co), select(2, coroutine.resume(co)), pcall(coroutine.close, co)");
    expect(finish(second)).toEqual(["normal", "cannot resume non-suspended coroutine", false, "cannot close a normal coroutine"]);
    first.complete(() => 7);
    expect(finish(first)).toEqual([true, 7]);
    expect(finish(begin(state, "return coroutine.status(co)"))).toEqual(["dead"]);
  });

  test("a coroutine yielded in one run goes on in another", () => {
    const { state } = waitingState();
    finish(begin(state, "co = coroutine.create(function() local a = coroutine.yield(1) return wait() + a end) coroutine.resume(co)"));
    expect(finish(begin(state, "return coroutine.resume(co, 5)"), slices(0))).toEqual([true, 15]);
  });

  test("a coroutine can close another that is suspended while its run waits", () => {
    const { state } = waitingState();
    const first = begin(state, `
      co = coroutine.create(function() local c <close> = setmetatable({}, {__close = function() closed = true end}) coroutine.yield() end)
      coroutine.resume(co)
      wait()
      return coroutine.resume(co)`);
    first.resume();
    expect(finish(begin(state, "return coroutine.close(co), closed"))).toEqual([true, true]);
    first.complete(() => undefined);
    expect(finish(first)).toEqual([false, "cannot resume dead coroutine"]);
  });

  test("one runs inside a native of another, and each is stopped by its own order", () => {
    const { state, printed } = waitingState();
    let outer: Run | undefined;
    state.globals.setStr("nest", new NativeFunction("nest", (f) => {
      const inner = new Run(f.L.state, f.arg(1));
      outer!.stop(new LimitReached("cancelled", "outer"));
      const status = inner.resume();
      inner.stop(new LimitReached("cancelled", "inner"));
      return status;
    }));
    outer = begin(state, "local s = nest(function() x = 1 x = 2 wait() end) print(s)");
    expect(outer.resume()).toBe("failed");
    expect(outer.error).toMatchObject({ message: "outer" });
    expect(state.globals.getStr("x")).toBe(2);
    expect(printed).toEqual([]);
  });
});

describe("what Lua code sees of a run", () => {
  test("its thread is not the main thread, and cannot be yielded", () => {
    const { state } = waitingState();
    const results = finish(begin(state, `
      local co, main = coroutine.running()
      return type(co), main, coroutine.isyieldable(), coroutine.status(co), select(2, pcall(coroutine.yield, 1))`));
    expect(results).toEqual(["thread", false, false, "running", "attempt to yield from outside a coroutine"]);
  });

  test("a thread that is over is dead", () => {
    const { state } = waitingState();
    const run = begin(state, "mine = coroutine.running()");
    finish(run);
    expect(state.globals.getStr("mine")).toBe(run.thread);
    expect(run.thread).toBeInstanceOf(Thread);
    expect(finish(begin(state, "return coroutine.status(mine), coroutine.resume(mine)"))).toEqual(["dead", false, "cannot resume dead coroutine"]);
  });

  test("hooks of the thread survive a wait, and see each line once under preemption", () => {
    const { state } = waitingState();
    const source = "local lines = {} debug.sethook(function(_, l) lines[#lines + 1] = l end, 'l')\nlocal a = 1\nlocal b = wait()\nlocal c = 2\ndebug.sethook()\nreturn table.concat(lines, ' ')";
    expect(finish(begin(state, source))).toEqual(["2 3 4 5"]);
    expect(finish(begin(state, source), slices(0))).toEqual(["2 3 4 5"]);
  });

  test("what a waiting run holds is alive, and what a run that is over held is not", () => {
    const { state } = waitingState();
    state.call(state.load("weak = setmetatable({}, {__mode = 'k'})", "=test"));
    const run = begin(state, "local t = {} weak[t] = true wait(t) return 1");
    run.resume();
    const alive = (): LuaValue => state.call(state.load("collectgarbage() return next(weak) ~= nil", "=test"))[0];
    expect(alive()).toBe(true);
    run.complete(() => undefined);
    expect(alive()).toBe(true);
    finish(run);
    expect(alive()).toBe(false);
  });

  test("arguments of a run that has not begun are alive", () => {
    const { state } = waitingState();
    const [held] = state.call(state.load("weak = setmetatable({}, {__mode = 'k'}) local t = {} weak[t] = true return t", "=test"));
    const run = begin(state, "return next(weak) == ...", held);
    state.call(state.load("collectgarbage()", "=test"));
    expect(finish(run)).toEqual([true]);
  });

  test("an open list of values survives preemption and collections", () => {
    const { state } = waitingState();
    const run = begin(state, `
      local function many(n) local t = {} for i = 1, n do t[i] = {i} end return table.unpack(t) end
      local t = {many(200)}
      local s = 0 for i = 1, #t do s = s + t[i][1] end
      return s, select('#', many(90))`);
    while (!run.isOver) {
      run.resume(slices(0));
      state.call(state.load("collectgarbage()", "=gc"));
    }
    expect(run.results).toEqual([20100, 90]);
  });

  test("accounting balances: a run leaves no state entered", () => {
    const { state } = waitingState();
    const other = waitingState().state;
    const run = begin(state, "local t = {} for i = 1, 1000 do t[i] = {} end return wait()");
    const idle = other.memory.inUse;
    finish(run, slices(5));
    expect(other.memory.inUse).toBe(idle);
    const before = other.memory.inUse;
    other.call(other.load("keep = {}", "=test"));
    expect(other.memory.inUse).toBeGreaterThan(before);
    expect(state.meter.used).toBeGreaterThan(1000);
  });
});
