// What sandboxed states and contexts weigh, how fast a pool hands them out, and what a million of them leave behind. Measures a
// bundle of the sources, in a process that can ask for collections.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { numberOption, readOptions } from "../lib/options.js";

const { options } = readOptions(
  "node --import tsx bench/engine/pool.ts [options]\nHeap of states and contexts, time of a pool's acquire, heap growth over many contexts.",
  { contexts: { value: "N", help: "contexts made, used and disposed (1000000)" } },
  process.argv.slice(2),
);
const contexts = numberOption(options.contexts, 1_000_000, "contexts");

const folder = mkdtempSync(join(tmpdir(), "perilune-bench-"));
try {
  const outfile = join(folder, "pool.mjs");
  const entry = fileURLToPath(new URL("pool-weights.ts", import.meta.url));
  await build({ entryPoints: [entry], outfile, bundle: true, format: "esm", platform: "node", define: { __DEV__: "false" }, logLevel: "error" });
  process.exitCode = spawnSync(process.execPath, ["--expose-gc", outfile, String(contexts)], { stdio: "inherit" }).status ?? 1;
} finally {
  rmSync(folder, { recursive: true });
}
