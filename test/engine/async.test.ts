// The async library: tasks and promises as Lua code sees them, and what attacks on them come to.
import { describe, expect, test } from "vitest";
import { asyncLibrary } from "../../src/engine/async-library.js";
import { limitsLibrary } from "../../src/engine/limits-library.js";
import { promiseOfHost } from "../../src/engine/lua-promise.js";
import { Runtime } from "../../src/engine/runtime.js";
import { Scheduler } from "../../src/engine/scheduler.js";
import { NativeFunction, STANDARD_LIBRARIES, createState, plainHost } from "../../src/index.js";
import type { Task } from "../../src/engine/task.js";
import type { LuaError, LuaState } from "../../src/vm/state.js";
import { LuaTable } from "../../src/vm/table.js";
import type { LuaValue } from "../../src/vm/value.js";

interface World {
  readonly state: LuaState;
  readonly runtime: Runtime;
  readonly printed: string[];
  readonly unhandled: unknown[];
  /** Names of the `work`s that were aborted. */
  readonly aborted: string[];
  spawn(source: string): Task;
  run(source: string): Promise<LuaValue[]>;
}

/**
 * A state with the library and a clock that jumps: a sleep takes no time, but ends in its order. `work(name, ms [, error])` is work of the host:
 * answers its name after that time, or fails; `promised(name, ms [, error])` is the same as a promise.
 */
function world(): World {
  const printed: string[] = [];
  const state = createState({ libraries: [...STANDARD_LIBRARIES, asyncLibrary, limitsLibrary], host: plainHost((text) => printed.push(text.trimEnd())) });
  const timers = new Map<number, [due: number, callback: () => void]>();
  let clock = 0;
  let nextTimer = 0;
  let isTicking = false;
  const tick = (): void => {
    if (isTicking) return;
    isTicking = true;
    setTimeout(() => {
      isTicking = false;
      if (runtime.scheduler.length > 0) return tick(); // not before all that is ready has run
      let first: [due: number, callback: () => void] | undefined;
      let id = -1;
      for (const [n, timer] of timers) if (first === undefined || timer[0] < first[0]) [first, id] = [timer, n];
      if (first === undefined) return;
      timers.delete(id);
      clock = first[0];
      first[1]();
      tick();
    }, 1);
  };
  const after = (ms: number, callback: () => void): (() => void) => {
    const id = nextTimer++;
    timers.set(id, [clock + ms, callback]);
    tick();
    return () => void timers.delete(id);
  };
  const unhandled: unknown[] = [];
  const aborted: string[] = [];
  const runtime = new Runtime(state, { scheduler: new Scheduler(), onUnhandled: (error) => unhandled.push(error), after });
  const work = (name: string, ms: number, error: string | undefined, signal?: AbortSignal): Promise<LuaValue> => new Promise((resolve, reject) => {
    const abort = (): void => {
      callOff();
      aborted.push(name);
    };
    const callOff = after(ms, () => {
      signal?.removeEventListener("abort", abort);
      if (error === undefined) resolve(name);
      else reject(new Error(error));
    });
    signal?.addEventListener("abort", abort);
  });
  state.globals.setStr("work", new NativeFunction("work", (f) =>
    runtime.wait(f, (signal) => work(f.string(1), f.smallInteger(2), f.optString(3, undefined), signal), (_, value) => value)));
  state.globals.setStr("promised", new NativeFunction("promised", (f) => {
    const name = f.string(1);
    return promiseOfHost(runtime, work(name, f.smallInteger(2), f.optString(3, undefined)), (value) => [value], () => aborted.push(name)).handle;
  }));
  const spawn = (source: string): Task => runtime.spawn(state.load(source, "=test"), [], { name: "main" });
  return { state, runtime, printed, unhandled, aborted, spawn, run: (source) => spawn(source).result };
}

const list = (value: LuaValue): LuaValue[] => {
  const table = value as LuaTable;
  return Array.from({ length: Number(table.length()) }, (_, i) => table.getInt(i + 1));
};

describe("async and await", () => {
  test("start a task with arguments and wait for all its results", async () => {
    expect(await world().run("return await(async(function(...) return ..., 'and', select('#', ...) end, 1, nil, 3))")).toEqual([1, "and", 3]);
  });

  test("the task begins when its parent waits, not before", async () => {
    const { printed, run } = world();
    await run("local p = async(function() print('task') end) print('parent') await(p) print('after')");
    expect(printed).toEqual(["parent", "task", "after"]);
  });

  test("tasks run beside each other", async () => {
    const { printed, run } = world();
    await run(`
      local function step(name, ms) for i = 1, 3 do work(name, ms) print(name .. i) end end
      local a, b = async(step, 'a', 10), async(step, 'b', 15)
      await(a) await(b)`);
    expect(printed).toEqual(["a1", "b1", "a2", "b2", "a3", "b3"].sort((x, y) => { // by time, then by start
      const time = (s: string): number => (s[0] === "a" ? 10 : 15) * Number(s[1]);
      return time(x) - time(y) || 0;
    }));
  });

  test("await twice, by several tasks, or late, answers the same", async () => {
    const { run } = world();
    expect(await run(`
      local p = async(function() return {} end)
      local q = async(function() return await(p) end)
      async.sleep(10)
      return await(p) == await(p), await(p) == await(q), p:await() == await(p)`)).toEqual([true, true, true]);
  });

  test("what is no promise is its own result", async () => {
    expect(await world().run("return await(5, 6), await(nil)")).toEqual([5, null].map((v) => v ?? undefined));
    await expect(world().run("await()")).rejects.toThrow("bad argument #1 to 'await' (value expected)");
  });

  test("a promise of the host", async () => {
    const { run } = world();
    expect(await run("local p = promised('x', 5) local s = p:status() return s, await(p), p:status()")).toEqual(["pending", "x", "fulfilled"]);
    expect(await run("return pcall(await, promised('x', 5, 'no luck'))")).toEqual([false, "no luck"]);
  });

  test("results that cannot be converted reject the promise", async () => {
    const { state, runtime, run } = world();
    state.globals.setStr("odd", promiseOfHost(runtime, Promise.resolve(1), () => {
      throw new Error("cannot convert");
    }).handle);
    expect(await run("return pcall(await, odd)")).toEqual([false, "cannot convert"]);
  });

  test("work in metamethods, iterators, coroutines and __close", async () => {
    const { run } = world();
    expect(await run(`
      local log = {}
      local lazy = setmetatable({}, {__index = function(_, k) return await(async(work, k, 1)) end})
      log[#log + 1] = lazy.field
      for v in coroutine.wrap(function() for i = 1, 2 do coroutine.yield(await(async(work, 'c' .. i, 1))) end end) do log[#log + 1] = v end
      do local c <close> = setmetatable({}, {__close = function() log[#log + 1] = work('closed', 1) end}) end
      log[#log + 1] = select(2, pcall(work, 'protected', 1))
      return table.concat(log, ' ')`)).toEqual(["field c1 c2 closed protected"]);
  });

  test("where nothing can wait, they say so", async () => {
    const { run, runtime, state } = world();
    state.globals.setStr("nested", new NativeFunction("nested", (f) => f.L.call1(f.arg(1), f.arg(2))));
    expect(await run("local p = promised('x', 1) local ok, m = pcall(nested, await, p) return ok, m, await(p)"))
      .toEqual([false, "attempt to yield across a C-call boundary", "x"]);
    const load = (source: string): LuaValue => state.load(source, "=test");
    expect(() => runtime.runSync(load("async(print)"))).toThrow("test:1: a synchronous call cannot start a task; use execute");
    expect(() => runtime.runSync(load("async.sleep(1)"))).toThrow("test:1: the script must wait, which a synchronous call cannot; use execute");
    expect(runtime.runSync(load("return pcall(await, promised('y', 1))"))[0]).toBe(false);
  });

  test("wrong arguments are Lua errors", async () => {
    const { run } = world();
    for (const [source, message] of [
      ["async(5)", "bad argument #1 to 'async' (function expected)"],
      ["async()", "bad argument #1 to 'async' (function expected)"],
      ["async.all(1)", "bad argument #1 to 'all' (table expected, got number)"],
      ["async.race({})", "bad argument #1 to 'race' (list is empty)"],
      ["async.sleep(-1)", "bad argument #1 to 'sleep' (time out of range)"],
      ["async.sleep(0/0)", "bad argument #1 to 'sleep' (time out of range)"],
      ["async.sleep(math.huge)", "bad argument #1 to 'sleep' (time out of range)"],
      ["async.timeout(1, 1)", "bad argument #1 to 'timeout' (promise expected, got number)"],
      ["async.cancel({})", "bad argument #1 to 'cancel' (promise expected, got table)"],
    ] as const) expect(await run(`local ok, m = pcall(function() ${source} end) return m`)).toEqual([`test:1: ${message}`]);
  });
});

describe("errors of a task", () => {
  test("are raised where it is awaited, with the same value", async () => {
    const { run } = world();
    expect(await run("local e = {} local ok, m = pcall(await, async(error, e)) return ok, m == e")).toEqual([false, true]);
    expect(await run("local p = async(error, 'e', 0) return pcall(await, p), select(2, pcall(await, p))")).toEqual([false, "e"]);
  });

  test("show where they were raised, and the host's error behind them", async () => {
    const { run } = world();
    const error = (await run("local function inner()\n  work('x', 1, 'no network')\nend\nlocal p = async(inner)\nlocal q = async(function() await(p) end)\nawait(q)").catch((e: unknown) => e)) as LuaError;
    expect(error.message).toBe("no network");
    expect(error.cause).toMatchObject({ message: "no network" });
    expect(error.traceback).toContain("test:6: in main chunk");
    expect(error.traceback).toContain("test:5: in function <test:5>");
    expect(error.traceback).toContain("test:2: in function <test:1>");
  });

  test("that nobody awaits are reported when the parent is over", async () => {
    const { run, unhandled } = world();
    expect(await run("async(error, 'lost', 0) async.sleep(5) return 'fine'")).toEqual(["fine"]);
    await Promise.resolve();
    expect(unhandled).toMatchObject([{ message: "lost" }]);
  });

  test("that are awaited late, or through a combination, are not", async () => {
    const { run, unhandled } = world();
    await run("local p = async(error, 'late', 0) local q = async(error, 'q') async.sleep(5) pcall(await, p) await(async.settled({q}))");
    await Promise.resolve();
    expect(unhandled).toEqual([]);
  });

  test("a combination that nobody awaits is reported itself", async () => {
    const { run, unhandled } = world();
    await run("async.all({async(error, 'inside', 0)}) async.sleep(5)");
    await Promise.resolve();
    expect(unhandled).toMatchObject([{ message: "inside" }]);
  });

  test("many of them are not all kept", async () => {
    const { run, unhandled } = world();
    const early = run("for i = 1, 250 do async(error, i) end async.sleep(5) return seen()");
    void early.catch(() => {});
    const { run: again, unhandled: seen, state } = world();
    state.globals.setStr("seen", new NativeFunction("seen", () => seen.length));
    expect(await again("for i = 1, 250 do async(error, i) end async.sleep(5) return seen()")).toEqual([150]);
    await Promise.resolve();
    expect(seen.length).toBe(250);
    await early.catch(() => {});
    expect(unhandled.length).toBe(250);
  });
});

describe("combinations", () => {
  test("all: results in order", async () => {
    const { run } = world();
    const [results, empty] = await run("return await(async.all({promised('slow', 20), 'plain', async(work, 'fast', 5)})), await(async.all({}))");
    expect(list(results)).toEqual(["slow", "plain", "fast"]);
    expect(list(empty)).toEqual([]);
  });

  test("all: the first failure is the outcome, and ends the others", async () => {
    const { run, aborted } = world();
    expect(await run("local t = async(work, 'slow', 50) local ok, m = pcall(await, async.all({t, promised('bad', 5, 'bad')})) return ok, m, t:status()"))
      .toEqual([false, "bad", "cancelled"]);
    expect(aborted).toEqual(["slow"]);
  });

  test("settled: how each ended", async () => {
    const { run } = world();
    expect(await run(`
      local c = async(work, 'c', 50)
      c:cancel('enough')
      local r = await(async.settled({promised('a', 1), async(error, 'b', 0), c, 4}))
      return r[1].status, r[1].value, r[2].status, r[2].reason, r[3].status, r[3].reason, r[4].value`))
      .toEqual(["fulfilled", "a", "rejected", "b", "cancelled", "cancelled: enough", 4]);
  });

  test("race: the first to settle, and the others end", async () => {
    const { run, aborted } = world();
    expect(await run("return await(async.race({promised('slow', 20), promised('fast', 5)}))")).toEqual(["fast"]);
    expect(aborted).toEqual(["slow"]);
    expect(await run("return pcall(await, async.race({promised('slow', 20), promised('bad', 5, 'lost')}))")).toEqual([false, "lost"]);
    expect(await run("return await(async.race({promised('slow', 20), 'plain'}))")).toEqual(["plain"]);
  });

  test("any: the first that is fulfilled", async () => {
    const { run } = world();
    expect(await run("return await(async.any({promised('bad', 1, 'bad'), promised('good', 5), promised('late', 50)}))")).toEqual(["good"]);
    const [ok, text, first, second] = await run(`
      local ok, e = pcall(await, async.any({promised('a', 1, 'one'), async(error, 'two', 0)}))
      return ok, tostring(e), e.errors[1], e.errors[2]`);
    expect([ok, text, first, second]).toEqual([false, "no promise was fulfilled", "one", "two"]);
    expect(await run("return pcall(await, async.any({}))")).toMatchObject([false, {}]);
  });

  test("timeout: in time, too late, or a function", async () => {
    const { run, aborted } = world();
    expect(await run("return await(async.timeout(promised('x', 5), 50))")).toEqual(["x"]);
    expect(await run("return pcall(await, async.timeout(async(work, 'y', 50), 5))")).toEqual([false, "timeout after 5 ms"]);
    expect(await run("return pcall(await, async.timeout(function() work('z', 50) end, 5))")).toEqual([false, "timeout after 5 ms"]);
    expect(aborted).toEqual(["y", "z"]);
  });

  test("sleep lets others run", async () => {
    const { run, printed } = world();
    await run("local p = async(function() async.sleep(5) print('short') end) async.sleep(10) print('long')");
    expect(printed).toEqual(["short", "long"]);
  });

  test("cancel ends a task, its children, and what it waits for", async () => {
    const { run, aborted } = world();
    expect(await run(`
      local inner
      local p = async(function() inner = async(work, 'inner', 50) await(inner) end)
      async.sleep(1)
      return async.cancel(p, 'enough'), async.cancel(p), inner:status(), pcall(await, p)`)).toEqual([true, false, "cancelled", false, "cancelled: enough"]);
    expect(aborted).toEqual(["inner"]);
  });

  test("cancelling a combination cancels what it is made of", async () => {
    const { run, aborted } = world();
    await run("local p = async.timeout(async.all({promised('a', 50), async.race({promised('b', 60)})}), 5) pcall(await, p)");
    expect(aborted.sort()).toEqual(["a", "b"]);
  });
});

describe("promises as values", () => {
  test("have a name, methods and a protected metatable", async () => {
    const { run } = world();
    const [text, kind, meta, ok, method] = await run(`
      local p = promised('x', 1)
      return tostring(p), type(p), getmetatable(p), pcall(setmetatable, p, {}), type(p.await)`);
    expect(text).toMatch(/^promise: 0x[0-9a-f]+ \(pending\)$/);
    expect([kind, meta, ok, method]).toEqual(["userdata", "promise", false, "function"]);
  });

  test("end with their scope when they are to-be-closed", async () => {
    const { run, aborted } = world();
    await run("do local p <close> = async(work, 'x', 50) async.sleep(1) end");
    expect(aborted).toEqual(["x"]);
  });

  test("keep their results alive, and nothing else does", async () => {
    const { run, runtime, state } = world();
    await run("weak = setmetatable({}, {__mode = 'k'}) p = async(function() local t = {} weak[t] = true return t end) await(p) collectgarbage() assert(next(weak))");
    runtime.runSync(state.load("p = nil collectgarbage()", "=test"));
    expect(runtime.runSync(state.load("return next(weak)", "=test"))).toEqual([undefined]);
  });

  test("cannot be awaited in another state", async () => {
    const first = world();
    const second = world();
    await first.run("p = promised('x', 1)");
    second.state.globals.setStr("p", first.state.globals.getStr("p"));
    await expect(second.run("await(p)")).rejects.toThrow("promise of another state");
    await expect(second.run("async.all({p})")).rejects.toThrow("promise of another state");
  });
});

describe("deadlocks are errors", () => {
  test.each([
    ["a task that awaits itself", "local p p = async(function() return await(p) end) return await(p)"],
    ["two tasks that await each other", "local p, q p = async(function() await(q) end) q = async(function() await(p) end) await(p)"],
    ["a task that awaits its parent", "local p p = async(function() await(async(function() await(p) end)) end) await(p)"],
    ["through async.all", "local p p = async(function() await(async.all({async.all({p})})) end) await(p)"],
    ["a parent that has returned", "local p p = async(function() async(function() async.sleep(1) await(p) end) end) await(async.all({p})) error('deadlock: not here')"],
  ])("%s", async (_, source) => {
    const { run, unhandled } = world();
    const outcome = await run(source).then(() => undefined, (error: unknown) => error);
    const errors = [outcome, ...unhandled].map(String).join();
    expect(errors).toContain("deadlock: the promise cannot settle before");
  });

  test("but a race against oneself is none", async () => {
    const { run } = world();
    expect(await run("local p p = async(function() return await(async.race({p, promised('x', 5)})) end) local ok, v = pcall(await, p) return ok")).toEqual([false]);
    expect(await run("local p p = async(function() return select(2, pcall(await, async.timeout(p, 5))) end) return pcall(await, p)")).toEqual([false, "cancelled: timeout after 5 ms"]);
  });
});

describe("a script cannot break the host with", () => {
  test("a chain of tasks, however long", async () => {
    const { state, run, runtime } = world();
    state.memory.setLimit(30_000_000);
    await expect(run("local function f() async(f) end f() async.sleep(1e9)")).rejects.toMatchObject({ kind: "memory" });
    expect(runtime.tasks.size).toBe(0);
    state.memory.setLimit(Infinity);
    expect(await run("return 1")).toEqual([1]);
  });

  test("a deep chain that ends", async () => {
    const { run, runtime } = world();
    expect(await run("local n = 0 local function f() n = n + 1 if n < 20000 then async(f) end end f() async.sleep(1) return n")).toEqual([20000]);
    expect(runtime.tasks.size).toBe(0);
  });

  test("promises in promises in promises", async () => {
    const { run } = world();
    expect(await run("local p = promised('x', 5) for i = 1, 20000 do p = async.all({p}) end return type(await(p))")).toEqual(["table"]);
    expect(await run("local p = promised('x', 5) for i = 1, 20000 do p = async.race({p}) end p:cancel() return p:status()")).toEqual(["cancelled"]);
  });

  test("a flood of tasks", async () => {
    const { state, run, runtime } = world();
    state.memory.setLimit(10_000_000);
    await expect(run("while true do async(async.sleep, 1e9) end")).rejects.toMatchObject({ kind: "memory" });
    expect(runtime.tasks.size).toBe(0);
  });

  test("a flood of promises that stay pending", async () => {
    const { state, run } = world();
    state.memory.setLimit(10_000_000);
    await expect(run("local p, t = promised('x', 1e9), {} while true do t[#t + 1] = async.any({p}) end")).rejects.toMatchObject({ kind: "memory" });
  });

  test("an instruction limit reached in a child: it ends the parent, whatever that catches", async () => {
    const { state, run, printed, runtime } = world();
    state.meter.setLimit(state.meter.used + 20_000);
    await expect(run("pcall(await, async(function() while true do end end)) print('survived')")).rejects.toMatchObject({ kind: "instructions" });
    expect(printed).toEqual([]);
    expect(runtime.tasks.size).toBe(0);
  });
});

describe("limits", () => {
  test("of time end a wait for what never comes", async () => {
    const { state, run, runtime } = world();
    state.budgets.limitState({ time: 30 });
    await expect(run("pcall(await, promised('never', 1e9)) error('survived')")).rejects.toMatchObject({ kind: "time" });
    expect(runtime.tasks.size).toBe(0);
  });

  test("of Lua code end a wait inside them, and the rest goes on", async () => {
    const { run, aborted } = world();
    const [ok, , after] = await run("local ok, why = limits.run({time = 30}, function() work('never', 1e9) end) return ok, why, work('after', 1)");
    expect([ok, after]).toEqual([false, "after"]);
    expect(aborted).toEqual([]); // the task goes on, so its signal is not aborted
  });

  test("of Lua code end the tasks that were started inside them, and whoever awaits those there", async () => {
    const { run, runtime, unhandled } = world();
    const [ok, , after] = await run(`
      local ok, why = limits.run({instructions = 5000}, function() pcall(await, async(function() while true do end end)) error("survived") end)
      return ok, why, work("after", 1)`);
    expect([ok, after]).toEqual([false, "after"]);
    expect(runtime.tasks.size).toBe(0);
    expect(unhandled).toEqual([]);
  });

  test("CPU time stands still while a task waits", async () => {
    const { state, run } = world();
    state.budgets.limitState({ cpuTime: 200 });
    expect(await run("for i = 1, 20 do work('x', 1) end return 'done'")).toEqual(["done"]);
    await new Promise((resolve) => void setTimeout(resolve, 250));
    expect(await run("return 'still'")).toEqual(["still"]);
    await expect(run("while true do end")).rejects.toMatchObject({ kind: "cpuTime" });
  });
});

describe("places where a task can be cancelled", () => {
  test.each([
    ["in a __close that waits", "local c <close> = setmetatable({}, {__close = function() work('closing', 50) print('closed') end})"],
    ["in a __close after an error", "pcall(function() local c <close> = setmetatable({}, {__close = function() work('closing', 50) end}) error('e') end) print('went on')"],
    ["in an iterator", "for v in function() return work('next', 50) end do end print('went on')"],
    ["in a coroutine of a coroutine", "coroutine.wrap(function() coroutine.wrap(function() pcall(work, 'deep', 50) print('went on') end)() end)()"],
    ["in a sleep", "pcall(async.sleep, 50) print('went on')"],
    ["in a combination", "pcall(await, async.settled({promised('a', 50), async(work, 'b', 50)})) print('went on')"],
    ["while its text is asked for", "error(setmetatable({}, {__tostring = function() work('text', 50) print('went on') end}))"],
  ])("%s", async (_, source) => {
    const { spawn, printed, runtime, run } = world();
    const task = spawn(`async.sleep(1) ${source}`);
    const { result } = task;
    const outcome = result.catch((error: unknown) => error);
    runtime.after(10, () => task.cancel("enough"));
    expect(await outcome).toMatchObject({ kind: "cancelled", message: "cancelled: enough" });
    expect(printed).toEqual([]);
    expect(runtime.tasks.size).toBe(0);
    expect(await run("return 1")).toEqual([1]);
  });
});
