// How long a census keeps the host waiting: the longest absences from the event loop while a script's large heap is counted. Measures a
// bundle of the sources, as users run them.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { numberOption, readOptions } from "../lib/options.js";
import { clearProgress, progress } from "../lib/progress.js";
import { textTable } from "../lib/text-table.js";
import type * as Scenes from "./census-scenes.js";

const { options } = readOptions(
  "node --import tsx bench/engine/census.ts [options]\nPauses of censuses of a large live heap.",
  { megabytes: { value: "N", help: "live heap (100)" }, passes: { value: "N", help: "passes over it (10)" } },
  process.argv.slice(2),
);
const megabytes = numberOption(options.megabytes, 100, "megabytes");
const passes = numberOption(options.passes, 10, "passes");

const folder = mkdtempSync(join(tmpdir(), "perilune-bench-"));
try {
  const outfile = join(folder, "scenes.mjs");
  const entry = fileURLToPath(new URL("census-scenes.ts", import.meta.url));
  await build({ entryPoints: [entry], outfile, bundle: true, format: "esm", platform: "node", define: { __DEV__: "false" }, logLevel: "error" });
  const { HEAPS, pauses } = (await import(pathToFileURL(outfile).href)) as typeof Scenes;
  const rows: string[][] = [];
  for (const heap of Object.keys(HEAPS)) {
    progress(heap);
    const { live, pass, gaps, busy } = await pauses(heap, megabytes * 1e6, passes);
    for (const times of [gaps, busy]) times.sort((a, b) => a - b);
    const at = (times: readonly number[], share: number): string => times[Math.min(times.length - 1, Math.floor(times.length * share))]!.toFixed(1);
    rows.push([heap, (live / 1e6).toFixed(0), pass.toFixed(0), at(gaps, 0.5), at(gaps, 0.99), at(busy, 0.5), at(busy, 0.99)]);
  }
  clearProgress();
  console.log(textTable(["heap", "MB live", "one pass, ms", "loop away, median", "p99", "processor, median", "p99"], rows));
} finally {
  rmSync(folder, { recursive: true });
}
