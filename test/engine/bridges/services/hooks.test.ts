import { describe, expect, test } from "vitest";
import { BridgeFailure } from "../../../../src/engine/bridges/services/failure.js";
import { type BuiltinHook, type BuiltinOptions, builtinHook } from "../../../../src/engine/bridges/services/hook-builtins.js";
import { HookRegistry } from "../../../../src/engine/bridges/services/hooks.js";

/** Sums its arguments; fails for a negative sum. */
const sum = (args: readonly unknown[]): number => {
  const total = (args as number[]).reduce((a, b) => a + b, 0);
  if (total < 0) throw new BridgeFailure("negative", "below zero");
  return total;
};

describe("hooks", () => {
  test("run before, around and after, most urgent first", async () => {
    const [hooks, seen] = [new HookRegistry(), [] as string[]];
    hooks.register({ type: "post", pattern: "*", handler: ({ result }) => void seen.push(`post ${String(result)}`) });
    hooks.register({ type: "pre", pattern: "m.*", handler: ({ args }) => void seen.push(`pre ${String(args)}`) });
    hooks.register({ type: "pre", pattern: "m.sum", priority: 100, handler: () => void seen.push("urgent") });
    hooks.register({ type: "pre", pattern: "other.*", handler: () => void seen.push("never") });
    for (const name of ["inner", "outer"]) hooks.register({ type: "around", pattern: "m.sum", priority: name === "outer" ? 75 : 25, handler: async (_, next) => {
      seen.push(`${name} in`);
      const result = await next();
      seen.push(`${name} out`);
      return result;
    } });
    expect(await hooks.run("m.sum", [1, 2], sum)).toBe(3);
    expect(seen).toEqual(["urgent", "pre 1,2", "outer in", "inner in", "inner out", "outer out", "post 3"]);
  });

  test("change arguments and results, one after the other", async () => {
    const hooks = new HookRegistry();
    for (let i = 0; i < 2; i++) hooks.register({ type: "pre", pattern: "*", handler: ({ args }) => ({ args: [...args, 10] }) });
    hooks.register({ type: "post", pattern: "*", handler: ({ result, args }) => ({ result: [result, args.length] }) });
    hooks.register({ type: "around", pattern: "*", handler: async (_, next) => 1000 + (await next([5]) as number) });
    expect(await hooks.run("x", [1], sum)).toEqual([1005, 3]);
  });

  test("answer in the call's place, also with nothing", async () => {
    const hooks = new HookRegistry();
    let called = false;
    const hook = hooks.register({ type: "pre", pattern: "*", handler: () => ({ result: "instead" }) });
    hooks.register({ type: "post", pattern: "*", handler: ({ result }) => ({ result: `${String(result)}!` }) });
    expect(await hooks.run("x", [], () => (called = true))).toBe("instead!");
    hooks.unregister(hook);
    hooks.register({ type: "pre", pattern: "*", handler: () => ({ result: undefined }) });
    expect([await hooks.run("x", [], () => (called = true)), called]).toEqual(["undefined!", false]);
  });

  test("make a call fail, or make it succeed after all", async () => {
    const hooks = new HookRegistry();
    await expect(hooks.run("x", [-1], sum)).rejects.toMatchObject({ code: "negative" });
    const guard = hooks.register({ type: "pre", pattern: "*", handler: () => {
      throw new BridgeFailure("refused", "no");
    } });
    await expect(hooks.run("x", [1], sum)).rejects.toMatchObject({ code: "refused" });
    const seen: unknown[] = [];
    hooks.register({ type: "error", pattern: "*", handler: ({ error }) => void seen.push((error as BridgeFailure).code) });
    hooks.register({ type: "error", pattern: "*", priority: 0, handler: ({ error }) => ((error as BridgeFailure).code === "refused" ? { result: 0 } : undefined) });
    expect(await hooks.run("x", [1], sum)).toBe(0);
    hooks.setEnabled(guard, false);
    await expect(hooks.run("x", [-1], sum)).rejects.toMatchObject({ code: "negative" });
    expect([seen, guard.failures, guard.calls]).toEqual([["refused", "negative"], 2, 2]);
  });

  test("only AROUND hooks can go on with the call", async () => {
    const hooks = new HookRegistry();
    hooks.register({ type: "pre", pattern: "*", handler: (_, next) => next() });
    await expect(hooks.run("x", [], sum)).rejects.toMatchObject({ code: "invalid" });
  });

  test("are told apart by name and state: a registry without a matching hook is not asked", () => {
    const hooks = new HookRegistry();
    expect(hooks.isHooked("a.b")).toBe(false);
    const hook = hooks.register({ type: "pre", pattern: "a.*", handler: () => {} });
    expect([hooks.isHooked("a.b"), hooks.isHooked("b.a")]).toEqual([true, false]);
    hooks.setEnabled(hook, false);
    expect(hooks.isHooked("a.b")).toBe(false);
    hooks.setEnabled(hook, true);
    expect([hooks.isHooked("a.b"), hooks.unregister(hook), hooks.unregister(hook), hooks.isHooked("a.b")]).toEqual([true, true, false, false]);
  });

  test("are bounded, and patterns are checked", () => {
    const hooks = new HookRegistry();
    expect(() => hooks.register({ type: "pre", pattern: "a b", handler: () => {} })).toThrow("is no pattern of calls");
    expect(() => {
      for (let i = 0; i <= 1000; i++) hooks.register({ type: "pre", pattern: "*", handler: () => {} });
    }).toThrow("more than 1000 hooks");
  });
});

describe("built-in hooks", () => {
  const world = (kind: BuiltinHook, options: BuiltinOptions = {}) => {
    const clock = { now: 1000, slept: [] as number[], log: [] as string[] };
    const hooks = new HookRegistry();
    const hook = hooks.register({ pattern: "*", ...builtinHook(kind, options, {
      now: () => clock.now,
      sleep: async (milliseconds) => {
        clock.slept.push(milliseconds);
        clock.now += milliseconds;
      },
      log: (message) => clock.log.push(message),
    }) });
    return { clock, hooks, hook };
  };

  test("logging", async () => {
    const { hooks, clock } = world("logging");
    await hooks.run("m.sum", [1], (args) => {
      clock.now += 5;
      return sum(args);
    });
    await hooks.run("m.sum", [-1], sum).catch(() => {});
    expect(clock.log).toEqual(["m.sum done in 5 ms", "m.sum failed after 0 ms: below zero"]);
  });

  test("metrics", async () => {
    const { hooks, hook, clock } = world("metrics");
    for (const ms of [5, 7]) await hooks.run("m.sum", [ms], () => (clock.now += ms));
    await hooks.run("m.sum", [-1], sum).catch(() => {});
    expect(hook.details).toEqual({ metrics: { "m.sum": { calls: 3, failures: 1, total_ms: 12, slowest_ms: 7 } } });
  });

  test("rate limit: fails, or waits its turn", async () => {
    const { hooks, clock } = world("rate_limit", { limit: 2, window: 100 });
    await hooks.run("x", [1], sum);
    clock.now += 40;
    await hooks.run("x", [1], sum);
    await expect(hooks.run("x", [1], sum)).rejects.toMatchObject({ code: "rate_limited", details: { retry_after: 60 } });
    clock.now += 60;
    expect(await hooks.run("x", [1], sum)).toBe(1);

    const patient = world("rate_limit", { limit: 2, window: 100, wait: true });
    for (let i = 0; i < 5; i++) await patient.hooks.run("x", [i], sum);
    expect(patient.clock.slept).toEqual([100, 100]);
    expect(() => builtinHook("rate_limit", { limit: 0 }, { now: Date.now, sleep: async () => {}, log: () => {} })).toThrow("a rate limit needs");
  });

  test("cache: by arguments, for a time, up to a size; not for functions and not for failures", async () => {
    const { hooks, hook, clock } = world("cache", { ttl: 100, size: 2 });
    let calls = 0;
    const count = (args: readonly unknown[]): number => {
      calls++;
      return sum(args.filter((arg) => typeof arg === "number"));
    };
    for (const args of [[1], [1], [{ b: 1, a: [2] }], [{ a: [2], b: 1 }]]) await hooks.run("x", args, count);
    expect([calls, hook.details]).toEqual([2, { hits: 2, misses: 2, entries: 2 }]);
    await hooks.run("y", [1], count);
    await hooks.run("x", [1], count); // it had to go
    expect(calls).toBe(4);
    clock.now += 100;
    await hooks.run("x", [1], count);
    expect(calls).toBe(5);
    const cyclic: unknown[] = [];
    cyclic.push(cyclic);
    for (const arg of [() => 1, cyclic, new Map()]) for (let i = 0; i < 2; i++) await hooks.run("x", [arg], count);
    expect(calls).toBe(11);
    for (let i = 0; i < 2; i++) await hooks.run("x", [-1], count).catch(() => {});
    expect(calls).toBe(13);
    class Agent {
      constructor(readonly id: string) {}
    }
    for (const id of ["a", "a", "b"]) await hooks.run("x", [new Agent(id)], count);
    expect(calls).toBe(15);
  });

  test("retry: with growing pauses, for errors that are worth it", async () => {
    const failing = (codes: string[]) => () => {
      const code = codes.shift();
      if (code !== undefined) throw new BridgeFailure(code, "failed");
      return "done";
    };
    const { hooks, clock, hook } = world("retry", { attempts: 3, delay: 10 });
    expect(await hooks.run("x", [], failing(["a", "b"]))).toBe("done");
    expect([clock.slept, hook.details]).toEqual([[10, 20], { attempts: 3, retries: 2 }]);
    await expect(hooks.run("x", [], failing(["a", "b", "c"]))).rejects.toMatchObject({ code: "c" });
    await expect(hooks.run("x", [], failing(["cancelled"]))).rejects.toMatchObject({ code: "cancelled" });
    const choosy = world("retry", { codes: ["busy"] });
    await expect(choosy.hooks.run("x", [], failing(["busy", "broken"]))).rejects.toMatchObject({ code: "broken" });
    expect(choosy.clock.slept).toEqual([100]);
  });
});
