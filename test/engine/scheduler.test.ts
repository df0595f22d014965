// The scheduler: fair turns, priorities, the host's event loop, and hosts that pump themselves.
import { describe, expect, test } from "vitest";
import { Queue } from "../../src/engine/queue.js";
import { Runtime } from "../../src/engine/runtime.js";
import { type Job, type Priority, Scheduler } from "../../src/engine/scheduler.js";
import { NativeFunction, createState } from "../../src/index.js";
import type { Slice } from "../../src/vm/run.js";

/** A clock that only moves when told to. */
function fakeClock(): { now: () => number; pass: (ms: number) => void } {
  let time = 1000;
  return { now: () => time, pass: (ms) => void (time += ms) };
}

/** A job that works for a number of steps of a millisecond, and notes each in `log`. */
function job(name: string, steps: number, log: string[], clock: ReturnType<typeof fakeClock>, priority: Priority = "normal"): Job {
  return {
    priority,
    step(slice: Slice): boolean {
      do {
        log.push(name);
        clock.pass(1);
        steps--;
      } while (steps > 0 && !slice.isOver());
      return steps > 0;
    },
  };
}

describe("turns", () => {
  test("go round all jobs, a slice each", () => {
    const clock = fakeClock();
    const log: string[] = [];
    const scheduler = new Scheduler({ slice: 2, automatic: false, now: clock.now });
    for (const name of ["a", "b", "c"]) scheduler.add(job(name, 4, log, clock));
    while (scheduler.pump(2)) { /* as a host with a loop of its own */ }
    expect(log.join("")).toBe("aabbccaabbcc");
  });

  test("last no longer than their slice, however many jobs end early", () => {
    const clock = fakeClock();
    const log: string[] = [];
    const scheduler = new Scheduler({ automatic: false, now: clock.now });
    for (let i = 0; i < 100; i++) scheduler.add(job("x", 1, log, clock));
    const before = clock.now();
    expect(scheduler.pump(8)).toBe(true);
    expect(clock.now() - before).toBe(8);
    expect(log.length).toBe(8);
    expect(scheduler.length).toBe(92);
  });

  test("end early for a census, which V8's own collections follow", () => {
    const clock = fakeClock();
    const log: string[] = [];
    const scheduler = new Scheduler({ automatic: false, now: clock.now });
    scheduler.add({
      priority: "normal",
      step(slice) {
        do clock.pass(1); while (slice.isOverForCensus!() === false);
        expect(slice.isOver()).toBe(true);
        return true;
      },
    });
    scheduler.add(job("x", 10, log, clock));
    const before = clock.now();
    scheduler.pump(8);
    expect(clock.now() - before).toBe(3);
    expect(log).toEqual([]);
    scheduler.pump(8);
    expect(log.length).toBe(8);
  });

  test("a priority gets its share, and none starves", () => {
    const clock = fakeClock();
    const log: string[] = [];
    const scheduler = new Scheduler({ automatic: false, now: clock.now });
    for (const priority of ["high", "normal", "low"] as const) scheduler.add(job(priority, 1000, log, clock, priority));
    for (let i = 0; i < 110; i++) scheduler.pump(1);
    const count = (name: string): number => log.filter((entry) => entry === name).length;
    expect([count("high"), count("normal"), count("low")]).toEqual([70, 30, 10]);
  });

  test("a priority that has nothing to do leaves its share to the others", () => {
    const clock = fakeClock();
    const log: string[] = [];
    const scheduler = new Scheduler({ automatic: false, now: clock.now });
    scheduler.add(job("low", 100, log, clock, "low"));
    for (let i = 0; i < 50; i++) scheduler.pump(1);
    expect(log.length).toBe(50);
  });

  test("a slice must be a positive time", () => {
    for (const slice of [0, -1, NaN]) expect(() => new Scheduler({ slice })).toThrow("slice must be a positive number");
  });
});

describe("scripts under it", () => {
  const endless = "local n = 0 while not stop do n = n + 1 count = n end";

  test("many that never end share the thread fairly, and the host's loop goes round", async () => {
    const scheduler = new Scheduler({ slice: 2 });
    const states = Array.from({ length: 10 }, () => {
      const state = createState();
      const runtime = new Runtime(state, { scheduler });
      return { state, runtime, task: runtime.spawn(state.load(endless, "=test")) };
    });
    const counts = (): number[] => states.map(({ state }) => Number(state.globals.getStr("count") ?? 0));
    let rounds = 0;
    while (rounds <= 5 || Math.min(...counts()) === 0) { // without preemption: for ever, with one script that counts
      await new Promise((resolve) => void setTimeout(resolve, 0));
      rounds++;
    }
    for (const { runtime } of states) runtime.cancelAll();
    await Promise.allSettled(states.map(({ task }) => task.result));
    expect(counts().every((count) => count > 0)).toBe(true);
  });

  test("one that waits does not take part", async () => {
    const scheduler = new Scheduler({ automatic: false });
    const state = createState();
    const runtime = new Runtime(state, { scheduler });
    let resolve!: () => void;
    const promise = new Promise<void>((yes) => (resolve = yes));
    state.globals.setStr("wait", new NativeFunction("wait", (f) => runtime.wait(f, () => promise, (frame) => frame.none())));
    const task = runtime.spawn(state.load("wait() return 1", "=test"));
    expect(scheduler.pump(5)).toBe(false);
    expect(task.status).toBe("waiting");
    resolve();
    await promise;
    await Promise.resolve();
    expect(scheduler.length).toBe(1);
    scheduler.pump(5);
    expect(task.status).toBe("done");
  });

  test("pumping from inside a script does nothing", async () => {
    const scheduler = new Scheduler();
    const state = createState();
    const runtime = new Runtime(state, { scheduler });
    state.globals.setStr("pump", new NativeFunction("pump", () => scheduler.pump(5)));
    runtime.spawn(state.load("other = true", "=test"));
    expect(await runtime.spawn(state.load("local before = other other = nil return before, pump(), other", "=test")).result).toEqual([true, false, undefined]);
  });

  test("a task of high priority overtakes others of its state", async () => {
    const scheduler = new Scheduler({ automatic: false });
    const state = createState();
    const runtime = new Runtime(state, { scheduler });
    const log = (name: string): string => `log = (log or "") .. "${name}"`;
    for (let i = 0; i < 20; i++) runtime.spawn(state.load(log("l"), "=test"), [], { priority: "low" });
    for (let i = 0; i < 7; i++) runtime.spawn(state.load(log("h"), "=test"), [], { priority: "high" });
    scheduler.pump(1000);
    expect(state.globals.getStr("log")).toMatch(/^hhhhhhhl+$/);
  });

  test("a preempted task is not blocked by ready ones of a higher priority in its state, nor they by it", () => {
    const clock = fakeClock();
    const scheduler = new Scheduler({ automatic: false, now: () => (clock.pass(1), clock.now()) }); // each look takes a millisecond
    const state = createState();
    const runtime = new Runtime(state, { scheduler });
    const long = runtime.spawn(state.load("for i = 1, 3e5 do end done = true", "=test"), [], { priority: "low" });
    scheduler.pump(3);
    expect(long.status).toBe("ready");
    const high = runtime.spawn(state.load("return done", "=test"), [], { priority: "high" });
    while (scheduler.pump(3)) { /* to the end */ }
    expect(high.results).toEqual([true]);
  });

  test("a host function that throws out of a turn does not stop the others", async () => {
    const scheduler = new Scheduler();
    const first = createState();
    const second = createState();
    const broken = new Runtime(first, { scheduler }).spawn(new NativeFunction("broken", () => {
      throw new TypeError("broken host function");
    }));
    const fine = new Runtime(second, { scheduler }).spawn(second.load("return 1", "=test"));
    await expect(broken.result).rejects.toThrow("broken host function");
    expect(await fine.result).toEqual([1]);
  });
});

describe("the queue", () => {
  test("gives back what it was given, in order, over any mixture", () => {
    const queue = new Queue<number>();
    const model: number[] = [];
    let next = 0;
    let seed = 7;
    for (let i = 0; i < 20_000; i++) {
      seed = (seed * 1103515245 + 12345) % 2 ** 31;
      if (seed % 3 !== 0 || i < 5000) {
        queue.push(next);
        model.push(next++);
      } else expect(queue.shift()).toBe(model.shift());
      expect(queue.length).toBe(model.length);
    }
    while (model.length > 0) expect(queue.shift()).toBe(model.shift());
    expect(queue.shift()).toBe(undefined);
  });
});
