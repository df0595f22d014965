// The scenes of bench/engine/scheduler.ts: what ten thousand scripts at once take, and how fairly they get on.
import { NativeFunction, STANDARD_LIBRARIES, createState } from "../../src/index.js";
import { Runtime } from "../../src/engine/runtime.js";
import { Scheduler } from "../../src/engine/scheduler.js";
import type { Task } from "../../src/engine/task.js";
import { closedUpval, LuaClosure } from "../../src/vm/function.js";
import type { LuaState } from "../../src/vm/state.js";
import { median } from "../lib/stats.js";

export type Row = readonly [what: string, figure: string];

const WAITING = "local n = 0 while true do wait() n = n + 1 end";
const BUSY = "local n = 0 while true do n = n + 1 end";
const LIBRARIES = STANDARD_LIBRARIES.filter(({ name }) => name === "_G" || name === "math");

/** What all waiting scripts wait for; `release` lets them go on. */
class Gate {
  private waiting: (() => void)[] = [];
  get length(): number {
    return this.waiting.length;
  }
  wait(): Promise<void> {
    return new Promise((resolve) => void this.waiting.push(resolve));
  }
  release(): void {
    const { waiting } = this;
    this.waiting = [];
    for (const resolve of waiting) resolve();
  }
}

const heapUsed = (gc: () => void): number => {
  gc();
  gc();
  return process.memoryUsage().heapUsed;
};

const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
const kilobytes = (bytes: number, pieces: number): string => `${(bytes / pieces / 1024).toFixed(1)} KB`;

function waiter(runtime: Runtime, gate: Gate): NativeFunction {
  return new NativeFunction("wait", (f) => runtime.wait(f, () => gate.wait(), (frame) => frame.none()));
}

/** Rounds in which each of `tasks` goes on once; microseconds a task. */
async function rounds(tasks: readonly Task[], gate: Gate): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < 12; round++) {
    while (gate.length < tasks.length) await turn();
    const begin = performance.now();
    gate.release();
    while (gate.length < tasks.length) await turn();
    times.push(((performance.now() - begin) * 1000) / tasks.length);
  }
  return median(times);
}

/** Scripts that wait for the host, in one state or in a state each. */
export async function suspended(count: number, statesCount: number, gc: () => void): Promise<Row[]> {
  const scheduler = new Scheduler();
  const gate = new Gate();
  for (let i = 0; i < 10; i++) await turn(); // what the scene before has left goes first
  const before = heapUsed(gc);
  const runtimes = Array.from({ length: statesCount }, () => {
    const state = createState({ libraries: LIBRARIES });
    const runtime = new Runtime(state, { scheduler });
    state.globals.setStr("wait", waiter(runtime, gate));
    return runtime;
  });
  const made = heapUsed(gc);
  const { proto } = runtimes[0]!.state.load(WAITING, "=waiting");
  const tasks = Array.from({ length: count }, (_, i) => {
    const runtime = runtimes[i % statesCount]!;
    return runtime.spawn(new LuaClosure(proto, [closedUpval(runtime.state.globals)]));
  });
  while (gate.length < count) await turn();
  const after = heapUsed(gc);
  const time = await rounds(tasks, gate);
  for (const runtime of runtimes) runtime.cancelAll();
  const title = `${count} suspended scripts, ${statesCount === 1 ? "one state" : "a state each"}`;
  return [
    [`${title}: heap of each script`, kilobytes(after - made, count)],
    ...(statesCount === 1 ? [] : [[`${title}: heap of each state`, kilobytes(made - before, statesCount)] as const]),
    [`${title}: one goes on, waits again`, `${time.toFixed(2)} µs`],
  ];
}

/** Scripts that never wait, a state each, for some seconds. */
export async function busy(count: number, seconds: number): Promise<Row[]> {
  const scheduler = new Scheduler();
  const states: LuaState[] = [];
  const runtimes = Array.from({ length: count }, () => {
    const state = createState({ libraries: LIBRARIES });
    states.push(state);
    return new Runtime(state, { scheduler });
  });
  for (const runtime of runtimes) runtime.spawn(runtime.state.load(BUSY, "=busy"));
  const gaps: number[] = [];
  const end = performance.now() + seconds * 1000;
  for (let last = performance.now(); last < end; ) {
    await turn();
    const now = performance.now();
    gaps.push(now - last);
    last = now;
  }
  for (const runtime of runtimes) runtime.cancelAll();
  gaps.sort((a, b) => a - b);
  const used = states.map(({ budgets }) => budgets.runTime);
  const at = (share: number): string => `${gaps[Math.floor(gaps.length * share)]!.toFixed(2)} ms`;
  return [
    [`${count} endless scripts: the event loop was away, median`, at(0.5)],
    [`${count} endless scripts: the event loop was away, p99`, at(0.99)],
    [`${count} endless scripts: least time / most time of a script`, (Math.min(...used) / Math.max(...used)).toFixed(2)],
  ];
}
