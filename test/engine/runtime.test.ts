// Tasks of one state: waiting for promises of the host, cancellation, parents and children, what goes unhandled.
import { describe, expect, test } from "vitest";
import { runtimeOf, Runtime } from "../../src/engine/runtime.js";
import { Scheduler } from "../../src/engine/scheduler.js";
import { NativeFunction, createState, plainHost } from "../../src/index.js";
import type { LuaState } from "../../src/vm/state.js";
import type { LuaValue } from "../../src/vm/value.js";

interface Deferred {
  readonly promise: Promise<LuaValue>;
  resolve(value: LuaValue): void;
  reject(error: unknown): void;
}

function deferred(): Deferred {
  let resolve!: (value: LuaValue) => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<LuaValue>((yes, no) => ([resolve, reject] = [yes, no]));
  return { promise, resolve, reject };
}

interface World {
  readonly state: LuaState;
  readonly runtime: Runtime;
  readonly printed: string[];
  /** One for each `fetch(…)` of Lua code, in order. */
  readonly fetches: Deferred[];
  readonly signals: AbortSignal[];
  readonly unhandled: unknown[];
  load(source: string): LuaValue;
}

function world(options: { interleave?: "waits" | "slices"; scheduler?: Scheduler } = {}): World {
  const printed: string[] = [];
  const state = createState({ host: plainHost((text) => printed.push(text)) });
  const unhandled: unknown[] = [];
  const runtime = new Runtime(state, { scheduler: options.scheduler ?? new Scheduler(), ...options, onUnhandled: (error) => unhandled.push(error) });
  const fetches: Deferred[] = [];
  const signals: AbortSignal[] = [];
  state.globals.setStr("fetch", new NativeFunction("fetch", (f) =>
    runtime.wait(f, (signal) => {
      const next = deferred();
      fetches.push(next);
      signals.push(signal);
      return next.promise;
    }, (_, value) => value)));
  return { state, runtime, printed, fetches, signals, unhandled, load: (source) => state.load(source, "=test") };
}

/** Waits a little, and until what was put off meanwhile has had its turn: on a busy machine the time alone may be over before. */
const turn = (): Promise<void> => new Promise((resolve) => void setTimeout(() => setImmediate(() => setImmediate(resolve)), 2));

describe("a task", () => {
  test("returns what its function returns", async () => {
    const { runtime, load } = world();
    expect(await runtime.spawn(load("return 1, ..."), [2, "x"]).result).toEqual([1, 2, "x"]);
    expect(runtime.tasks.size).toBe(0);
  });

  test("never runs before spawn returns", async () => {
    const { runtime, state, load } = world();
    const task = runtime.spawn(load("began = true"));
    expect(state.globals.getStr("began")).toBe(undefined);
    await task.result;
    expect(state.globals.getStr("began")).toBe(true);
  });

  test("waits for promises of the host, transparently", async () => {
    const { runtime, fetches, load } = world();
    const task = runtime.spawn(load("local a = fetch() local ok, b = pcall(fetch) return a + b"));
    await turn();
    expect(task.status).toBe("waiting");
    fetches[0]!.resolve(1);
    await turn();
    fetches[1]!.resolve(2);
    expect(await task.result).toEqual([3]);
    expect(task.waited).toBeGreaterThan(0);
  });

  test("gets a rejection as a Lua error with the host's error as cause", async () => {
    const { runtime, fetches, load } = world();
    const task = runtime.spawn(load("local ok, m = pcall(fetch) if ok then return end error('again: ' .. m .. ' ' .. tostring(fetch()), 0)"));
    await turn();
    fetches[0]!.reject(new Error("größer"));
    await turn();
    const cause = new TypeError("no network");
    fetches[1]!.reject(cause);
    await expect(task.result).rejects.toMatchObject({ name: "LuaError", message: "no network", cause });
  });

  test.each<[string, () => PromiseLike<LuaValue> | LuaValue, LuaValue[]]>([
    ["throws at once", () => { throw new Error("at once"); }, [false, "at once"]],
    ["throws what is no error", () => { throw 7; }, [false, "7"]],
    ["throws what has no text", () => { throw { toString() { throw new Error("no"); } }; }, [false, "an error that has no text"]],
    ["answers a plain value", () => 5, [true, 5]],
    ["answers a promise that is settled", () => Promise.resolve(6), [true, 6]],
    ["answers a thenable that calls back twice", () => ({ then(yes: (v: LuaValue) => void) { yes(1); yes(2); return undefined as never; } }) as PromiseLike<LuaValue>, [true, 1]],
    ["answers a thenable that resolves and throws", () => ({ then(yes: (v: LuaValue) => void) { yes(1); throw new Error("late"); } }) as PromiseLike<LuaValue>, [true, 1]],
    ["answers a thenable that throws", () => ({ then() { throw new Error("then"); } }) as unknown as PromiseLike<LuaValue>, [false, "then"]],
    ["answers an object whose then cannot be read", () => Object.defineProperty({}, "then", { get() { throw new Error("get"); } }) as PromiseLike<LuaValue>, [false, "get"]],
    ["answers a promise whose constructor cannot be read", () => Object.defineProperty(Promise.resolve(1), "constructor", { get() { throw new Error("ctor"); } }), [false, "ctor"]],
  ])("whose host function %s", async (_, start, expected) => {
    const { runtime, state, load } = world();
    state.globals.setStr("odd", new NativeFunction("odd", (f) => runtime.wait(f, start, (__, value) => value)));
    expect(await runtime.spawn(load("return pcall(odd)")).result).toEqual(expected);
    expect(await runtime.spawn(load("return 1")).result).toEqual([1]);
  });

  test("cannot wait in a synchronous call, which leaves nothing broken", async () => {
    const { runtime, fetches, load } = world();
    expect(() => runtime.runSync(load("fetch()"))).toThrow("the script must wait, which a synchronous call cannot; use execute");
    expect(runtime.runSync(load("return pcall(fetch)"))[0]).toBe(false);
    expect(fetches).toEqual([]); // the host's work was not begun
    expect(runtime.runSync(load("return 1"))).toEqual([1]);
    const task = runtime.spawn(load("return fetch()"));
    await turn();
    expect(() => runtime.runSync(load("fetch()"))).toThrow("use execute"); // though another task could
    fetches[0]!.resolve(1);
    expect(await task.result).toEqual([1]);
  });

  test("cannot wait inside a native's nested call, and does not begin the host's work", async () => {
    const { runtime, fetches, load } = world();
    runtime.state.globals.setStr("nested", new NativeFunction("nested", (f) => f.L.call1(f.arg(1))));
    const task = runtime.spawn(load("return pcall(nested, fetch)"));
    expect(await task.result).toEqual([false, "attempt to yield across a C-call boundary"]);
    expect(fetches).toEqual([]);
  });

  test("waits in an order function, a replacement, a reader", async () => {
    const { runtime, fetches, load } = world();
    for (const source of ["local t = {1, 2} table.sort(t, function() return fetch() end) return t[1]", "return (('x'):gsub('x', fetch))", "return load(fetch) ~= nil"]) {
      const task = runtime.spawn(load(source));
      while (fetches.length === 0) await turn();
      fetches.pop()!.resolve(source.includes("load") ? undefined : 2);
      expect(await task.result).toEqual([source.includes("load") ? true : source.includes("gsub") ? "2" : 2]);
    }
  });

  test("interleaves with others where it waits, and only there", async () => {
    const { runtime, fetches, state, load } = world({ scheduler: new Scheduler({ slice: 1 }) });
    const body = load("local n = ... for i = 1, 3 do log = (log or '') .. n for j = 1, 3e5 do end log = log .. n fetch() end");
    const tasks = ["a", "b"].map((name) => runtime.spawn(body, [name]));
    while (runtime.tasks.size > 0) {
      await turn();
      for (const fetch of fetches.splice(0)) fetch.resolve(undefined);
    }
    await Promise.all(tasks.map((task) => task.result));
    expect(state.globals.getStr("log")).toMatch(/^(aa|bb)*$/);
  });

  test("is preempted in favour of its neighbours when told to", async () => {
    const { runtime, state, load } = world({ interleave: "slices", scheduler: new Scheduler({ slice: 1 }) });
    const endless = runtime.spawn(load("while not stop do end return 'stopped'"));
    const other = runtime.spawn(load("stop = true"));
    await other.result;
    expect(await endless.result).toEqual(["stopped"]);
    expect(state.globals.getStr("stop")).toBe(true);
  });
});

describe("cancelling", () => {
  test("a task that waits runs none of its code and aborts the host's work", async () => {
    const { runtime, printed, signals, fetches, load } = world();
    const task = runtime.spawn(load("local c <close> = setmetatable({}, {__close = print}) print(pcall(fetch))"));
    await turn();
    const reason = new Error("enough");
    task.cancel(reason);
    expect(task.status).toBe("cancelled");
    expect(signals[0]!.aborted).toBe(true);
    expect(signals[0]!.reason).toBe(reason);
    await expect(task.result).rejects.toMatchObject({ name: "LuaLimitError", kind: "cancelled", message: "cancelled: enough", cause: reason });
    fetches[0]!.resolve(1); // after the fact: nobody waits
    await turn();
    expect(printed).toEqual([]);
    expect(task.status).toBe("cancelled");
    expect(await runtime.spawn(load("return 1")).result).toEqual([1]);
  });

  test("before it has begun", async () => {
    const { runtime, printed, load } = world();
    const task = runtime.spawn(load("print('never')"));
    task.cancel();
    await expect(task.result).rejects.toMatchObject({ kind: "cancelled", message: "cancelled" });
    expect(printed).toEqual([]);
  });

  test("a task that is preempted", async () => {
    const { runtime, load } = world();
    const task = runtime.spawn(load("while true do pcall(function() while true do end end) end"));
    const { result } = task;
    setTimeout(() => task.cancel(), 5);
    await expect(result).rejects.toMatchObject({ kind: "cancelled" });
    expect(await runtime.spawn(load("return 1")).result).toEqual([1]); // it was pinned
  });

  test("a task from inside itself", async () => {
    const { runtime, state, printed, load } = world();
    state.globals.setStr("quit", new NativeFunction("quit", (f) => {
      runtime.current!.cancel("quit");
      return f.none();
    }));
    await expect(runtime.spawn(load("pcall(quit) print('went on')")).result).rejects.toMatchObject({ message: "cancelled: quit" });
    expect(printed).toEqual([]);
  });

  test("in a nested coroutine", async () => {
    const { runtime, load } = world();
    const task = runtime.spawn(load("co = coroutine.create(function() fetch() end) coroutine.wrap(function() coroutine.resume(co) end)()"));
    await turn();
    task.cancel();
    await expect(task.result).rejects.toMatchObject({ kind: "cancelled" });
    expect(runtime.runSync(load("return coroutine.status(co)"))).toEqual(["dead"]);
  });

  test("through an AbortSignal, before or while it runs", async () => {
    const { runtime, load } = world();
    const early = new AbortController();
    early.abort(new Error("too early"));
    const task = runtime.spawn(load("return 1"), [], { signal: early.signal });
    await expect(task.result).rejects.toMatchObject({ message: "cancelled: too early" });
    const late = new AbortController();
    const waiting = runtime.spawn(load("fetch()"), [], { signal: late.signal });
    await turn();
    late.abort();
    await expect(waiting.result).rejects.toMatchObject({ kind: "cancelled", cause: late.signal.reason });
  });

  test("after the end changes nothing, and the signal is let go", async () => {
    const { runtime, load } = world();
    const controller = new AbortController();
    const task = runtime.spawn(load("return 1"), [], { signal: controller.signal });
    await task.result;
    controller.abort();
    task.cancel();
    expect(task.status).toBe("done");
    expect(task.signal.aborted).toBe(false);
  });

  test("twice settles once", async () => {
    const { runtime, load } = world();
    const task = runtime.spawn(load("fetch()"));
    await turn();
    let times = 0;
    task.whenOver(() => times++);
    task.cancel("first");
    task.cancel("second");
    expect(times).toBe(1);
    await expect(task.result).rejects.toMatchObject({ message: "cancelled: first" });
  });

  test("all tasks of a state", async () => {
    const { runtime, load } = world();
    const tasks = [1, 2, 3].map(() => runtime.spawn(load("fetch()")));
    await turn();
    runtime.cancelAll("closing");
    expect(tasks.map((task) => task.status)).toEqual(["cancelled", "cancelled", "cancelled"]);
    expect(runtime.tasks.size).toBe(0);
    await Promise.allSettled(tasks.map((task) => task.result));
  });
});

describe("parents and children", () => {
  test("a task is over when what it started is over", async () => {
    const { runtime, fetches, load } = world();
    const parent = runtime.spawn(load("return 'result'"));
    const child = runtime.spawn(load("return fetch()"), [], { parent });
    await turn();
    expect(parent.status).toBe("ending");
    fetches[0]!.resolve(1);
    expect(await parent.result).toEqual(["result"]);
    expect(child.status).toBe("done");
  });

  test("results are kept alive while the task is ending", async () => {
    const { runtime, fetches, load } = world();
    const parent = runtime.spawn(load("weak = setmetatable({}, {__mode = 'k'}) local t = {} weak[t] = true return t"));
    runtime.spawn(load("fetch() collectgarbage()"), [], { parent });
    await turn();
    runtime.runSync(load("collectgarbage()"));
    expect(runtime.runSync(load("return next(weak) ~= nil"))).toEqual([true]);
    fetches[0]!.resolve(1);
    await parent.result;
    runtime.runSync(load("collectgarbage()"));
    expect(runtime.runSync(load("return next(weak) ~= nil"))).toEqual([false]);
  });

  test.each(["cancelled", "failed"] as const)("a task that is %s takes its children with it", async (how) => {
    const { runtime, fetches, signals, load } = world();
    const parent = runtime.spawn(load("fetch()"));
    const child = runtime.spawn(load("fetch()"), [], { parent });
    const grandchild = runtime.spawn(load("fetch()"), [], { parent: child });
    const outcome = parent.result.catch((error: unknown) => error);
    await turn();
    if (how === "cancelled") parent.cancel("why");
    else fetches[0]!.reject(new Error("why"));
    await outcome;
    expect([parent.status, child.status, grandchild.status]).toEqual([how, "cancelled", "cancelled"]);
    expect(signals.map((signal) => signal.aborted)).toEqual([true, true, true]);
    expect(runtime.tasks.size).toBe(0);
  });

  test("an ending task can be cancelled", async () => {
    const { runtime, load } = world();
    const parent = runtime.spawn(load("return 1"));
    const child = runtime.spawn(load("fetch()"), [], { parent });
    await turn();
    parent.cancel();
    expect([parent.status, child.status]).toEqual(["cancelled", "cancelled"]);
    await expect(parent.result).rejects.toMatchObject({ kind: "cancelled" });
  });

  test("a child's failure does not end its parent", async () => {
    const { runtime, load } = world();
    const parent = runtime.spawn(load("return 1"));
    const child = runtime.spawn(load("error('child')"), [], { parent });
    await expect(child.result).rejects.toMatchObject({ message: "test:1: child" });
    expect(await parent.result).toEqual([1]);
  });
});

describe("failures that nobody asks for", () => {
  test("are reported", async () => {
    const { runtime, unhandled, load } = world();
    runtime.spawn(load("error('lost')"));
    await turn();
    await turn();
    expect(unhandled).toMatchObject([{ message: "test:1: lost" }]);
  });

  test("are not when somebody does, even late in the same turn", async () => {
    const { runtime, unhandled, load } = world();
    const task = runtime.spawn(load("error('seen')"));
    task.whenOver(() => void task.result.catch(() => {}));
    const cancelled = runtime.spawn(load("fetch()"));
    await turn();
    cancelled.cancel();
    await turn();
    await turn();
    expect(unhandled).toEqual([]);
  });

  test("go to the standard error by default", async () => {
    const errors: string[] = [];
    const state = createState({ host: plainHost(() => {}, (text) => errors.push(text)) });
    runtimeOf(state).spawn(state.load("error('lost')", "=test"));
    await turn();
    await turn();
    expect(errors).toEqual(["unhandled error in a task: test:1: lost\n"]);
  });
});

describe("one state, one runtime", () => {
  test("runtimeOf answers it", () => {
    const { runtime, state } = world();
    expect(runtimeOf(state)).toBe(runtime);
    expect(() => new Runtime(state)).toThrow("the state has a runtime already");
  });
});
