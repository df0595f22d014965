// What many scripts at once cost: memory and resumption of suspended ones, fairness and pauses of endless ones. Measures a bundle of
// the sources, as users run them.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { build } from "esbuild";
import { numberOption, readOptions } from "../lib/options.js";
import { clearProgress, progress } from "../lib/progress.js";
import { textTable } from "../lib/text-table.js";
import type * as Scenes from "./scheduler-scenes.js";

const { options } = readOptions(
  "node --import tsx bench/engine/scheduler.ts [options]\nMany scripts at once: memory, resumption, fairness, pauses.",
  { scripts: { value: "N", help: "suspended scripts (10000)" }, seconds: { value: "N", help: "seconds of endless scripts (4)" } },
  process.argv.slice(2),
);
const scripts = numberOption(options.scripts, 10_000, "scripts");
const seconds = numberOption(options.seconds, 4, "seconds");

setFlagsFromString("--expose_gc");
const gc = runInNewContext("gc") as () => void;
const folder = mkdtempSync(join(tmpdir(), "perilune-bench-"));
try {
  const outfile = join(folder, "scenes.mjs");
  const entry = fileURLToPath(new URL("scheduler-scenes.ts", import.meta.url));
  await build({ entryPoints: [entry], outfile, bundle: true, format: "esm", platform: "node", define: { __DEV__: "false" }, logLevel: "error" });
  const { suspended, busy } = (await import(pathToFileURL(outfile).href)) as typeof Scenes;
  const rows: Scenes.Row[] = [];
  progress("suspended scripts in one state");
  rows.push(...await suspended(scripts, 1, gc));
  progress("suspended scripts, a state each");
  rows.push(...await suspended(scripts, scripts, gc));
  progress("endless scripts");
  rows.push(...await busy(20, seconds));
  clearProgress();
  console.log(textTable(["scene", "figure"], rows.map((row) => [...row])));
} finally {
  rmSync(folder, { recursive: true });
}
