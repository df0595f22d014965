// The study of metering: the same programs on interpreters that count in different ways. What does counting cost, and how far
// past its budget does a script get?
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { LuaState } from "../src/index.js";
import { machine, markdownTable, writeSection } from "./lib/document.js";
import { numberOption, readOptions } from "./lib/options.js";
import { clearProgress, progress } from "./lib/progress.js";
import { geometricMean, median, pairedRatio } from "./lib/stats.js";
import { textTable } from "./lib/text-table.js";
import { type Library, type Strategy, loadProgram, loadVariant } from "./lib/variants.js";

const PROGRAMS = fileURLToPath(new URL("./programs", import.meta.url));
const { options } = readOptions(
  "npm run bench:meter -- [options]\nCost and precision of metering strategies, on the interpreter tier.",
  {
    programs: { value: "A,B", help: "programs of bench/programs (fib,fields,string_keys,closures)" },
    rounds: { value: "N", help: "measured rounds (5)" },
    budget: { value: "N", help: "instructions that the endless script may execute (1000000)" },
    report: { help: "also write the section of docs/benchmarks.md" },
  },
  process.argv.slice(2),
);
const programs = (options.programs ?? "fib,fields,string_keys,closures").split(",");
const rounds = Math.max(1, numberOption(options.rounds, 5, "rounds"));
const budget = Math.max(1000, numberOption(options.budget, 1_000_000, "budget"));

/** One way to count. `hook`: a count hook of the Lua library is set, every so many instructions. */
interface Way {
  readonly name: string;
  readonly strategy: Strategy;
  readonly hook?: number;
  /** The time is looked at every so many instructions and nothing is counted. */
  readonly sampled?: boolean;
  /** Units are not instructions: how many instructions one is worth is not known beforehand. */
  readonly coarse?: boolean;
}

const WAYS: readonly Way[] = [
  { name: "none", strategy: "none" },
  { name: "every instruction (perilune)", strategy: "instruction" },
  { name: "every instruction, no memory accounting", strategy: "unaccounted" },
  { name: "every basic block", strategy: "block" },
  { name: "backward jumps and calls", strategy: "edges", coarse: true },
  { name: "count hook, every instruction", strategy: "instruction", hook: 1 },
  { name: "count hook, every 1000", strategy: "instruction", hook: 1000 },
  { name: "clock, looked at every 100,000", strategy: "instruction", sampled: true },
];

const libraries = new Map<Strategy, Library>();
for (const strategy of new Set(WAYS.map((way) => way.strategy))) {
  progress(`building ${strategy}`);
  libraries.set(strategy, await loadVariant(strategy));
}

/** A state with `program` in it, and how to run it once. */
function session(way: Way, program: string): () => void {
  const state: LuaState = libraries.get(way.strategy)!.createState({ jit: "off", limits: way.strategy === "none" ? {} : { instructions: 1e15 } });
  const run = loadProgram(state, program);
  if (way.hook === undefined) return () => void state.call(run);
  const hooked = state.load(`local run = ... return function() debug.sethook(function() end, "", ${way.hook}) run() debug.sethook() end`, "=hook");
  const [call] = state.call(hooked, [run]);
  return () => void state.call(call);
}

const times = new Map<Way, Map<string, number[]>>(WAYS.map((way) => [way, new Map(programs.map((program) => [program, []]))]));
for (const [index, program] of programs.entries()) {
  const runs = WAYS.map((way) => [way, session(way, program)] as const);
  for (let round = -1; round < rounds; round++) { // the first is to warm up
    for (const [way, run] of runs) {
      progress(`[${index + 1}/${programs.length}] ${program}: ${way.name}, round ${round + 1}/${rounds}`);
      if (way.hook === 1 && (round !== 0 || index > 0)) continue; // an order of magnitude slower: one run of one program tells enough
      const start = performance.now();
      run();
      if (round >= 0) times.get(way)!.get(program)!.push(performance.now() - start);
    }
  }
}
clearProgress();

/** Counts what it has executed by itself: 12 instructions a turn, of which one is a backward jump. */
const ENDLESS = "local n, a, b, c = 0, 0, 0, 0\nwhile true do n = n + 1 a = a + n b = b + a c = c + b a = 0 b = 0 c = 0 TURNS = n end";

/** Instructions that the endless script executed beyond its budget; a coarse meter is given what a linear program would need. */
function overshoot(way: Way): number | undefined {
  const { createState } = libraries.get(way.strategy)!;
  if (way.strategy === "none") return undefined;
  const reference = libraries.get("instruction")!.createState({ jit: "off" });
  const perTurn = instructionsPerTurn(reference);
  const state = createState({ jit: "off" });
  const main = state.load(ENDLESS, "=endless");
  if (way.sampled === true) state.meter.setDeadline(Date.now() + 50);
  else if (way.hook === undefined) state.meter.setLimit(state.meter.used + budget);
  const text = `local main, hook = ... local left = ${budget} debug.sethook(function() left = left - ${way.hook ?? 1} if left <= 0 then error("stop") end end, "", ${way.hook ?? 1}) pcall(main)`;
  const start = performance.now();
  try {
    if (way.hook === undefined) state.call(main);
    else state.call(state.load(text, "=hook"), [main]);
  } catch {
    // that is how it ends
  }
  const executed = Number(state.globals.getStr("TURNS")) * perTurn;
  if (way.sampled !== true) return executed - budget;
  const elapsed = performance.now() - start;
  return executed * (1 - 50 / elapsed);
}

function instructionsPerTurn(state: LuaState): number {
  const turns = (limit: number): number => {
    state.meter.setLimit(state.meter.used + limit);
    try {
      state.call(state.load(ENDLESS, "=endless"));
    } catch {
      // its limit
    }
    return Number(state.globals.getStr("TURNS"));
  };
  return (200_000 - 100_000) / (turns(200_000) - turns(100_000));
}

const [none] = WAYS;
const rows = WAYS.map((way) => {
  const ratios = programs.flatMap((program) => pairedRatio(times.get(way)!.get(program)!, times.get(none!)!.get(program)!)?.median ?? []);
  const over = overshoot(way);
  const precision = over === undefined ? "never stops" : way.coarse === true ? `${(over / budget).toFixed(1)} x the budget` : way.sampled === true ? `about ${Math.max(0, Math.round(over)).toLocaleString("en-US")}, never twice the same` :
    Math.abs(over) < 13 ? "0" : Math.round(over).toLocaleString("en-US");
  return [way.name, geometricMean(ratios).toFixed(2), `${Math.min(...ratios).toFixed(2)}-${Math.max(...ratios).toFixed(2)}`, precision];
});
const native = nativeHook();
if (native !== undefined) rows.push(...native);
const header = ["strategy", "time / none", "range", "instructions past the budget"];
console.log(textTable(header, rows));
console.log(`Interpreter tier; ${programs.join(", ")}; geometric mean over the programs of the medians of ${rounds} rounds.`);
if (options.report !== undefined) {
  writeSection("strategies", `## Ways to meter

\`npm run bench:meter -- ${process.argv.slice(2).join(" ")}\` on ${machine()}. Interpreter tier, the same sources with the line that counts put elsewhere or left
out ([metering.md](metering.md) explains the strategies); programs ${programs.join(", ")}; times relative to an interpreter that does not count.

${markdownTable(header, rows)}
`);
  console.log("docs/benchmarks.md: section written");
}

/** What the count hook costs the native C Lua, when there is one. */
function nativeHook(): string[][] | undefined {
  const text = readFileSync(join(PROGRAMS, "fib.lua"), "latin1");
  const time = (count: number): number => {
    const hook = count === 0 ? "" : `debug.sethook(function() end, "", ${count})`;
    const run = spawnSync("lua5.4", ["-e", `print = function() end local f = load(io.read("a")) ${hook} local t = os.clock() f() io.write(os.clock() - t)`], { input: text, encoding: "utf8" });
    return run.status === 0 ? Number(run.stdout) : NaN;
  };
  const rounds = Array.from({ length: 3 }, () => [time(0), time(1000)] as const);
  const ratio = median(rounds.map(([plain, hooked]) => hooked / plain));
  return Number.isNaN(ratio) ? undefined : [["C Lua 5.4 (native), count hook, every 1000", ratio.toFixed(2), "fib", "up to 999"]];
}
