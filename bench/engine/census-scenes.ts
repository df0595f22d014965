// The scenes of bench/engine/census.ts: scripts with large live heaps that are counted again and again.
import { createState } from "../../src/index.js";
import { Runtime } from "../../src/engine/runtime.js";
import { Scheduler } from "../../src/engine/scheduler.js";

/** Makes `n` pieces of live memory in `keep`. */
export const HEAPS: Readonly<Record<string, string>> = {
  objects: "for i = 1, n do keep[i] = {id = i, name = 'item ' .. i, next = keep[i - 1]} end",
  "long lists": "for i = 1, n do local t = {} for j = 1, 200 do t[j] = i * j end keep[i] = t end",
  "one long list": "for i = 1, n do keep[i] = i end",
  "long strings": "for i = 1, n do keep[i] = ('x'):rep(60) .. i end",
  closures: "for i = 1, n do local a, b = i, {} keep[i] = function() return a, b end end",
};

export interface Pauses {
  /** Live bytes. */
  readonly live: number;
  /** Milliseconds of one whole pass, in one piece. */
  readonly pass: number;
  /** Milliseconds for which the event loop was away, while passes went on: by the clock, and of processor time (of all threads). */
  readonly gaps: number[];
  readonly busy: number[];
}

const SAMPLE = 2000;

/** A script that keeps about `bytes` alive in the given way, and has it counted `passes` times. */
export async function pauses(heap: string, bytes: number, passes: number): Promise<Pauses> {
  const state = createState();
  const runtime = new Runtime(state, { scheduler: new Scheduler() });
  const run = (source: string): Promise<unknown> => runtime.spawn(state.load(source, "=heap")).result;
  const fill = (n: number): string => `local n = ${n} keep = {} ${HEAPS[heap]!} collectgarbage()`;
  await run("keep = {} collectgarbage('stop') collectgarbage()");
  const empty = state.memory.inUse;
  await run(fill(SAMPLE));
  await run(fill(Math.floor((bytes / (state.memory.inUse - empty)) * SAMPLE)));
  const begin = performance.now();
  state.call(state.load("collectgarbage()", "=once"));
  const pass = performance.now() - begin;
  const gaps: number[] = [];
  const busy: number[] = [];
  let isOver = false;
  const task = run(`for i = 1, ${passes} do collectgarbage() end`).then(() => (isOver = true));
  for (let last = performance.now(), used = process.cpuUsage(); !isOver; ) {
    await new Promise((resolve) => void setImmediate(resolve));
    const now = performance.now();
    const { user, system } = process.cpuUsage(used);
    gaps.push(now - last);
    busy.push((user + system) / 1000);
    last = now;
    used = process.cpuUsage();
  }
  await task;
  return { live: state.memory.inUse, pass, gaps, busy };
}
