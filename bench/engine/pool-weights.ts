// Run by pool.ts in a process of its own: heap before and after, with collections in between.
import { policies } from "../../src/engine/policy.js";
import { StatePool } from "../../src/engine/pool.js";
import { createSandboxedState } from "../../src/engine/sandbox.js";
import { LuaEngine } from "../../src/index.js";
import type { LuaState } from "../../src/vm/state.js";
import { textTable } from "../lib/text-table.js";

const collect = globalThis.gc!;
const contexts = Number(process.argv[2]);
const rows: string[][] = [];

function heap(): number {
  for (let i = 0; i < 3; i++) collect();
  return process.memoryUsage().heapUsed;
}

/** Bytes that one of `count` things from `make` takes, in KB. */
function weigh(name: string, count: number, make: () => unknown, target: string): void {
  make();
  const before = heap();
  const kept: unknown[] = [];
  for (let i = 0; i < count; i++) kept.push(make());
  rows.push([name, `${((heap() - before) / count / 1024).toFixed(1)} KB`, target]);
  kept.length = 0;
}

const SCRIPTS = [
  "local t = {} for i = 1, 20 do t[i] = i * i end total = #t return total",
  "function greet(name) return 'hello ' .. name end return greet('world'):upper()",
  "local m = setmetatable({}, { __index = function(_, k) return k end, __gc = function() end }) return m.x",
  "return pcall(error, { code = 1 })",
  "local co = coroutine.wrap(function(a) local b = coroutine.yield(a) return b end) co(1) return co(2)",
];

/** Heap growth over `count` contexts, made, used and disposed, after as many as one in ten to warm up. */
function churn(name: string, count: number, use: (engine: LuaEngine, i: number) => void): void {
  const engine = new LuaEngine();
  for (let i = 0; i < count / 10; i++) use(engine, i);
  const before = heap();
  const from = performance.now();
  for (let i = 0; i < count; i++) use(engine, i);
  const seconds = (performance.now() - from) / 1000;
  rows.push([name, `${((heap() - before) / 1024).toFixed(0)} KB`, "< 1024 KB"], ["  time for each", `${((seconds / count) * 1e6).toFixed(1)} µs`, ""]);
}

const BURST = 500;

/** Nanoseconds of one `acquire` that finds a state ready: median over bursts, between which the pool is filled again. */
function acquireAlone(bursts: number): number {
  const pool = new StatePool({ size: BURST, policies: [policies.restricted] });
  const times: number[] = [];
  for (let i = 0; i < bursts; i++) {
    const taken: LuaState[] = [];
    const from = performance.now();
    for (let n = 0; n < BURST; n++) taken.push(pool.acquire());
    times.push(((performance.now() - from) * 1e6) / BURST);
    for (const state of taken) pool.release(state);
  }
  return times.sort((a, b) => a - b)[bursts >> 1]!;
}

const empty = heap();
const engine = new LuaEngine();
engine.createContext().dispose();
rows.push(["engine with its pool and images", `${((heap() - empty) / 1024).toFixed(0)} KB`, "< 1024 KB"]);
for (const policy of Object.values(policies)) weigh(`state, ${policy.name}`, 2000, () => createSandboxedState({ policy }), "< 16 KB");
weigh("context", 2000, () => engine.createContext(), "< 16 KB");
weigh("context that has run a script", 2000, () => {
  const context = engine.createContext();
  context.executeSync(SCRIPTS[1]!);
  return context;
}, "< 16 KB");
engine.dispose();
{
  const before = heap();
  const pool = new StatePool({ size: 100, policies: [policies.restricted] });
  rows.push([`100 pooled states (${pool.statistics.ready})`, `${((heap() - before) / 1024).toFixed(0)} KB`, "< 2048 KB"]);
}
rows.push(["acquire from a pool that has one ready", `${acquireAlone(200).toFixed(0)} ns`, "< 1000 ns"]);
churn(`${contexts} contexts, the same scripts`, contexts, (from, i) => {
  const context = from.createContext();
  context.executeSync(SCRIPTS[i % SCRIPTS.length]!);
  context.dispose();
});
churn(`${contexts / 10} contexts, each with names of its own`, contexts / 10, (from, i) => {
  const context = from.createContext();
  context.executeSync(`name_${i} = { field_${i} = ${i}, other_${i} = "text ${i}" } return name_${i}.field_${i}`);
  context.dispose();
});
console.log(textTable(["weight", "measured", "target"], rows));
