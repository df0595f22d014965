// Micro-benchmarks: what single operations cost on the Luas that live in a JavaScript process, measured with the package benchmark.
import Benchmark from "benchmark";
import { machine, markdownTable, writeSection } from "./lib/document.js";
import { numberOption, readOptions } from "./lib/options.js";
import { clearProgress, progress } from "./lib/progress.js";
import type { Session } from "./lib/session.js";
import { geometricMean } from "./lib/stats.js";
import { textTable } from "./lib/text-table.js";
import { MICRO_CASES, OPERATIONS, chunkOf } from "./micro-cases.js";

const OPENERS: Readonly<Record<string, () => Promise<Session>>> = {
  perilune: async () => (await import("./peers/perilune.js")).openPerilune(),
  wasmoon: async () => (await import("./peers/wasmoon.js")).openWasmoon(),
  fengari: async () => (await import("./peers/fengari.js")).openFengari(),
};

const { options } = readOptions(
  "npm run bench:micro -- [options]\nNanoseconds that single operations take, on perilune (the build in dist/) and other Luas in the same process.",
  {
    only: { value: "A,B", help: "only the operations whose names contain one of these" },
    peers: { value: "A,B", help: `of ${Object.keys(OPENERS).join(", ")} (all)` },
    seconds: { value: "N", help: "for each operation on each peer (0.3)" },
    report: { help: "also write the section of docs/benchmarks.md" },
  },
  process.argv.slice(2),
);
const names = options.peers?.split(",") ?? Object.keys(OPENERS);
const unknown = names.find((name) => OPENERS[name] === undefined);
if (unknown !== undefined) {
  console.error(`no peer ${unknown}: ${Object.keys(OPENERS).join(", ")}`);
  process.exit(2);
}
const maxTime = numberOption(options.seconds, 0.3, "seconds");
const wanted = options.only?.split(",") ?? [""];
const cases = MICRO_CASES.filter(({ name }) => wanted.some((part) => name.includes(part)));

interface Cost {
  /** Nanoseconds an operation. */
  readonly ns: number;
  /** Margin of error in per cent. */
  readonly error: number;
}

/** What the chunk costs in a state of its own; the loop around the operations included. */
async function measure(peer: string, chunk: string): Promise<Cost> {
  const session = await OPENERS[peer]!();
  await session.load(chunk, "micro");
  const benchmark = new Benchmark(peer, () => void session.run(), { maxTime, minSamples: 5 }).run();
  session.close?.();
  if (benchmark.error !== undefined) throw new Error(`${peer}: ${benchmark.error.message}`);
  return { ns: (benchmark.stats.mean * 1e9) / OPERATIONS, error: benchmark.stats.rme };
}

const show = ({ ns, error }: Cost): string => `${ns < 100 ? ns.toFixed(1) : ns.toFixed(0)} ±${error.toFixed(0)} %`;
const [subject = "perilune", ...others] = names;
const ratios = new Map<string, number[]>(others.map((name) => [name, []]));
const rows: string[][] = [];
for (const [index, one] of cases.entries()) {
  const costs: Cost[] = [];
  for (const name of names) {
    progress(`[${index + 1}/${cases.length}] ${one.name}: ${name}`);
    costs.push(await measure(name, chunkOf(one)));
  }
  others.forEach((name, i) => ratios.get(name)!.push(costs[0]!.ns / costs[i + 1]!.ns));
  rows.push([one.name, ...costs.map(show), ...others.map((name) => ratios.get(name)!.at(-1)!.toFixed(2))]);
}
clearProgress();
if (others.length > 0) rows.push(["geometric mean", ...names.map(() => ""), ...others.map((name) => geometricMean(ratios.get(name)!).toFixed(2))]);
const header = ["operation", ...names.map((name) => `${name} ns`), ...others.map((name) => `${subject} / ${name}`)];
console.log(textTable(header, rows));
console.log(`Each is a loop of ${OPERATIONS} operations, a state of its own, ${maxTime} s; perilune's meter and a memory limit were on.`);
if (options.report !== undefined && options.only === undefined) {
  writeSection("micro", `## Single operations

\`npm run bench:micro -- ${process.argv.slice(2).join(" ")}\` on ${machine()}. A loop of ${OPERATIONS} operations (its own cost, the first row, is in all of them), measured
with [benchmark](https://www.npmjs.com/package/benchmark) in one process, mean and margin of error. fengari is Lua 5.3.

${markdownTable(header, rows)}
`);
  console.log("docs/benchmarks.md: section micro written");
}
process.exit(0);
