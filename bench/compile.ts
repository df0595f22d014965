// Compile speed on a large source, against `luac -p`, in turns. Ours twice: inside a process that goes on (first and steady
// times) and as a whole process (`perilune luac -p`), which is what luac's own time is.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { machine, markdownTable, writeSection } from "./lib/document.js";
import { numberOption, readOptions } from "./lib/options.js";
import { clearProgress, progress } from "./lib/progress.js";
import { largeSource } from "./lib/source.js";
import { median, pairedRatio, showMs, showRatio } from "./lib/stats.js";
import { textTable } from "./lib/text-table.js";
import { compilePerilune } from "./peers/perilune.js";

const CLI = fileURLToPath(new URL("../dist/cli.js", import.meta.url));

const { options } = readOptions(
  "node --import tsx bench/compile.ts [options]\nCompile speed of the build in dist/ against luac. Ratios are time / luac's time.",
  {
    bytes: { value: "N", help: "size of the source (1000000)" },
    rounds: { value: "N", help: "measured rounds (9)" },
    luac: { value: "PATH", help: "the compiler to compare with, if it is there (luac5.4)" },
    report: { help: "also write the section of docs/benchmarks.md" },
  },
  process.argv.slice(2),
);
const rounds = numberOption(options.rounds, 9, "rounds");
const luac = options.luac ?? "luac5.4";

const directory = mkdtempSync(join(tmpdir(), "perilune-compile-"));
try {
  const source = largeSource(numberOption(options.bytes, 1_000_000, "bytes"));
  const file = join(directory, "large.lua");
  writeFileSync(file, source, "latin1");

  const process_ = (command: string, args: readonly string[]): number => {
    const start = performance.now();
    const { status, error, stderr } = spawnSync(command, args);
    if (status !== 0) throw error ?? new Error(`${command}: ${stderr.toString()}`);
    return performance.now() - start;
  };
  const inside = (): number => {
    const start = performance.now();
    compilePerilune(source, "=large.lua");
    return performance.now() - start;
  };

  const hasLuac = spawnSync(luac, ["-v"]).status === 0;
  if (!hasLuac) console.error(`${luac} is not there: times without a ratio`);
  const times: Record<"luac" | "inside" | "whole", number[]> = { luac: [], inside: [], whole: [] };
  const first = inside();
  for (let i = 0; i < 2; i++) inside(); // warm
  for (let round = 1; round <= rounds; round++) {
    progress(`round ${round}/${rounds}`);
    if (hasLuac) times.luac.push(process_(luac, ["-p", file]));
    times.inside.push(inside());
    times.whole.push(process_(process.execPath, [CLI, "luac", "-p", file]));
  }
  clearProgress();

  const megabytes = source.length / 1e6;
  const row = (name: string, ms: number, ratio: string): string[] => [name, showMs(ms), (megabytes / (ms / 1000)).toFixed(1), ratio];
  const header = [`${megabytes.toFixed(2)} MB of Lua`, "ms", "MB/s", "time / luac"];
  const rows = [
    ...(hasLuac ? [row(`${luac} -p`, median(times.luac), "1.00")] : []),
    row("perilune, first in a process", first, hasLuac ? (first / median(times.luac)).toFixed(2) : "-"),
    row("perilune, steady", median(times.inside), showRatio(pairedRatio(times.inside, times.luac))),
    row("perilune luac -p, whole process", median(times.whole), showRatio(pairedRatio(times.whole, times.luac))),
  ];
  console.log(textTable(header, rows));
  if (options.report !== undefined) {
    writeSection("compile", `## Compile speed

\`npm run bench:compile -- --report\` on ${machine()}. One source, the bench programs over and over; in turns, median of ${rounds} rounds.

${markdownTable(header, rows)}
`);
    console.log("docs/benchmarks.md: section compile written");
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}
