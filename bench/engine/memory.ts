// What the engine holds: an engine, a context, a script that waits; and what a million contexts leave behind. Measures a bundle of
// the sources in a process of its own, after full collections.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { numberOption, readOptions } from "../lib/options.js";

const { options } = readOptions(
  "node --import tsx bench/engine/memory.ts [options]\nHeap of engine and contexts.",
  { contexts: { value: "N", help: "contexts made, used and disposed (1000000)" } },
  process.argv.slice(2),
);
const contexts = numberOption(options.contexts, 1_000_000, "contexts");

const folder = mkdtempSync(join(tmpdir(), "perilune-bench-"));
try {
  const outfile = join(folder, "memory.mjs");
  const entry = fileURLToPath(new URL("memory-cases.ts", import.meta.url));
  await build({ entryPoints: [entry], outfile, bundle: true, format: "esm", platform: "node", target: "es2022", define: { __DEV__: "false" }, logLevel: "error" });
  const { status } = spawnSync(process.execPath, ["--expose-gc", outfile, String(contexts)], { stdio: "inherit" });
  process.exitCode = status ?? 1;
} finally {
  rmSync(folder, { recursive: true });
}
