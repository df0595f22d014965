// What the engine costs: values that cross, calls, scripts, contexts; with the targets it is held to. Measures a bundle of
// the sources, as users run them; cases in turns, median of the rounds.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { numberOption, readOptions } from "../lib/options.js";
import { clearProgress, progress } from "../lib/progress.js";
import { median } from "../lib/stats.js";
import { textTable } from "../lib/text-table.js";
import type { Case } from "./values-cases.js";

const { options, rest } = readOptions(
  "node --import tsx bench/engine/run.ts [options] [values|contexts|bridges …]\nTimes of the engine's parts, cases in turns: median and best of the rounds.",
  { rounds: { value: "N", help: "rounds (15)" }, ms: { value: "N", help: "milliseconds a case and round (30)" } },
  process.argv.slice(2),
);
const rounds = numberOption(options.rounds, 15, "rounds");
const budget = numberOption(options.ms, 30, "ms");

/** Nanoseconds a piece. */
function measure({ run, pieces }: Case, repetitions: number): number {
  const from = performance.now();
  run(repetitions);
  return ((performance.now() - from) * 1e6) / (repetitions * pieces);
}

async function report(folder: string, subject: string): Promise<void> {
  const outfile = join(folder, `${subject}.mjs`);
  const entry = fileURLToPath(new URL(`${subject}-cases.ts`, import.meta.url));
  await build({ entryPoints: [entry], outfile, bundle: true, format: "esm", platform: "node", define: { __DEV__: "false" }, logLevel: "error" });
  const { cases } = (await import(pathToFileURL(outfile).href)) as { cases: readonly Case[] };
  const repetitions = cases.map((one) => {
    measure(one, 1000 / one.pieces + 10); // warm
    return Math.max(1, Math.round((budget * 1e6) / (measure(one, 1000 / one.pieces + 10) * one.pieces)));
  });
  const times = cases.map((): number[] => []);
  for (let round = 1; round <= rounds; round++) {
    progress(`${subject}: round ${round}/${rounds}`);
    cases.forEach((one, i) => times[i]!.push(measure(one, repetitions[i]!)));
  }
  clearProgress();
  console.log(textTable([`${subject}: ns`, "median", "best", "target"], cases.map(({ name, target }, i) => [
    name, median(times[i]!).toFixed(1), Math.min(...times[i]!).toFixed(1), target === undefined ? "" : `< ${target}`,
  ])));
}

const known = ["values", "contexts", "bridges"];
const subjects = rest.length > 0 ? rest : known;
const folder = mkdtempSync(join(tmpdir(), "perilune-bench-"));
try {
  for (const subject of subjects) {
    if (!known.includes(subject)) throw new Error(`no cases '${subject}' (there are ${known.join(", ")})`);
    await report(folder, subject);
  }
} finally {
  rmSync(folder, { recursive: true });
}
