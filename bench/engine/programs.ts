// Whether a script in a context, which can be preempted, is as fast as one that is called on a state. Measures a bundle of the sources.
import { readdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { numberOption, readOptions } from "../lib/options.js";
import { clearProgress, progress } from "../lib/progress.js";
import { geometricMean, median } from "../lib/stats.js";
import { textTable } from "../lib/text-table.js";
import type * as Cases from "./programs-cases.js";

const { options } = readOptions(
  "node --import tsx bench/engine/programs.ts [options]\nPrograms on a state and in a context, in turns: processor time in ms, median of the rounds.",
  { only: { value: "A,B", help: "only the programs whose names contain one of these (fib,closures,tak,string_keys,pcall,coroutines)" }, rounds: { value: "N", help: "rounds (5)" } },
  process.argv.slice(2),
);
const rounds = numberOption(options.rounds, 5, "rounds");
const wanted = (options.only ?? "fib,closures,tak,string_keys,pcall,coroutines").split(",");

async function timeOf(work: () => void | Promise<void>): Promise<number> {
  const from = process.cpuUsage();
  await work();
  return process.cpuUsage(from).user / 1000;
}

const programs = fileURLToPath(new URL("../programs", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "perilune-bench-"));
try {
  const outfile = join(folder, "programs.mjs");
  const entry = fileURLToPath(new URL("programs-cases.ts", import.meta.url));
  await build({ entryPoints: [entry], outfile, bundle: true, format: "esm", platform: "node", define: { __DEV__: "false" }, logLevel: "error" });
  const { pairOf } = (await import(pathToFileURL(outfile).href)) as typeof Cases;
  const rows: string[][] = [];
  const ratios: number[] = [];
  for (const file of readdirSync(programs).filter((name) => wanted.some((part) => name.includes(part)))) {
    const pair = pairOf(basename(file, ".lua"), join(programs, file));
    const times: [number, number][] = [];
    for (let round = -2; round < rounds; round++) { // two to warm up
      progress(`${pair.name}: round ${round + 1}/${rounds}`);
      const time: [number, number] = [await timeOf(pair.onState), await timeOf(pair.inContext)];
      if (round >= 0) times.push(time);
    }
    const ratio = median(times.map(([state, context]) => context / state));
    ratios.push(ratio);
    rows.push([pair.name, median(times.map(([state]) => state)).toFixed(0), median(times.map(([, context]) => context)).toFixed(0), ratio.toFixed(2)]);
  }
  clearProgress();
  console.log(textTable(["program", "state ms", "context ms", "context / state"], rows));
  console.log(`geometric mean ${geometricMean(ratios).toFixed(2)}`);
} finally {
  rmSync(folder, { recursive: true });
}
