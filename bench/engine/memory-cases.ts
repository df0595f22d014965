// What bench/engine/memory.ts measures, in a process of its own with --expose-gc.
import { LuaEngine } from "../../src/index.js";

const collect = (globalThis as { gc?: () => void }).gc!;

/** Bytes in use, after everything that can be collected has been. */
async function heapUsed(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    collect();
    await new Promise((resolve) => void setTimeout(resolve, 5)); // finalization callbacks
  }
  return process.memoryUsage().heapUsed;
}

const show = (name: string, bytes: number, target: string): void => console.log(`${name.padEnd(56)} ${(bytes / 1024).toFixed(1).padStart(10)} kB   ${target}`);

const count = Number(process.argv[2]);
const before = await heapUsed();
const engine = new LuaEngine();
const first = engine.createContext();
show("first engine, its image and pool, and a context", await heapUsed() - before, "< 1024");
first.executeSync("x = 1 return x");

const once = (i: number): void => {
  using context = engine.createContext();
  context.executeSync("local n = ... t = { n, tostring(n) } function f() return #t end return f()", { args: [i] });
};
for (let i = 0; i < 2000; i++) once(i);

const kept = [];
const idle = await heapUsed();
for (let i = 0; i < 1000; i++) kept.push(engine.createContext());
show("a context that was made", (await heapUsed() - idle) / kept.length, "< 16");
for (const context of kept) context.executeSync("x = 1 return x");
show("a context that has run a script", (await heapUsed() - idle) / kept.length, "< 16");
for (const context of kept) context.dispose();
kept.length = 0;

for (let i = 0; i < 20_000; i++) once(i); // the machine's own warm-up
const start = await heapUsed();
const from = performance.now();
for (let done = 0; done < count; done++) once(done);
const took = performance.now() - from;
show(`growth over ${count} contexts made, used, disposed`, await heapUsed() - start, "< 1024");
console.log(`${((took / count) * 1000).toFixed(1)} microseconds each`);

const sleepers = [];
const awake = await heapUsed();
let wake: () => void = () => {};
const signal = new Promise<void>((resolve) => (wake = resolve));
for (let i = 0; i < 10_000; i++) {
  const context = engine.createContext({ globals: { wait: () => signal } });
  sleepers.push(context.execute("local n = ... wait() return n", { args: [i] }));
}
await new Promise((resolve) => void setTimeout(resolve, 500));
show("a script that waits, its context included", (await heapUsed() - awake) / sleepers.length, "");
const resumed = performance.now();
wake();
const results = await Promise.all(sleepers);
if (results.some((value, i) => value !== i)) throw new Error("a script has another's result");
console.log(`10,000 waiting scripts went on in ${(performance.now() - resumed).toFixed(0)} ms`);
