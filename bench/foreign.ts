// Programs that nobody here wrote: each one in a directory, run to its end by native Lua, LuaJIT and perilune's tiers in turns.
//
// A program is a folder with a main.lua (run in that folder), or a file NAME.lua. Times are those of whole processes, the start of
// the runtime and the compilation of the program included. What a program prints on stdout and how it ends must be what
// lua5.4 answers; LuaJIT is shown only where its answer is the same. Ends with status 1 if perilune answered anything differently.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { numberOption, readOptions } from "./lib/options.js";
import { clearProgress, progress } from "./lib/progress.js";
import { geometricMean, median, pairedRatio, showMs } from "./lib/stats.js";
import { textTable } from "./lib/text-table.js";

const { options, rest } = readOptions(
  "node --import tsx bench/foreign.ts DIRECTORY [options]\nRuns the programs of a directory on lua5.4, luajit and perilune with its emitting tier off and on.",
  {
    only: { value: "A,B", help: "only the programs whose names contain one of these" },
    rounds: { value: "N", help: "runs of each program on each runtime, in turns (3)" },
    cli: { value: "FILE", help: "perilune's command (dist/cli.js)" },
    timeout: { value: "SECONDS", help: "after which a run is ended (60)" },
    modes: { value: "A,B", help: "tiers of perilune: off, auto, always (off,auto)" },
  },
  process.argv.slice(2),
);
const directory = rest[0];
if (directory === undefined || !existsSync(directory)) {
  console.error("a directory of programs is needed (--help lists the options)");
  process.exit(2);
}
const rounds = Math.max(1, numberOption(options.rounds, 3, "rounds"));
const timeout = numberOption(options.timeout, 60, "timeout") * 1000;
const cli = resolve(options.cli ?? fileURLToPath(new URL("../dist/cli.js", import.meta.url)));
const modes = (options.modes ?? "off,auto").split(",");

interface Runtime {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

interface Outcome {
  readonly output: string;
  readonly status: number | string;
  readonly complaint: string;
  readonly ms: number;
}

const REFERENCE = "lua5.4";
const runtimes: Runtime[] = [
  { name: REFERENCE, command: "lua5.4", args: [] },
  { name: "luajit", command: "luajit", args: [] },
  ...modes.map((mode): Runtime => ({ name: mode, command: process.execPath, args: [cli], env: { PERILUNE_JIT: mode } })),
].filter(({ command }) => spawnSync(command, ["-v"]).error === undefined);
if (runtimes[0]?.name !== REFERENCE) {
  console.error(`${REFERENCE} is needed: it says what the right answers are`);
  process.exit(2);
}

/** Names and main files of the programs. */
const programs = readdirSync(directory)
  .map((entry) => {
    const path = resolve(directory, entry);
    if (statSync(path).isDirectory()) return { name: entry, main: join(path, "main.lua") };
    return { name: basename(entry, ".lua"), main: entry.endsWith(".lua") ? path : "" };
  })
  .filter(({ name, main }) => existsSync(main) && (options.only === undefined || options.only.split(",").some((part) => name.includes(part))))
  .sort((a, b) => (a.name < b.name ? -1 : 1));

function run({ command, args, env }: Runtime, main: string): Outcome {
  const from = performance.now();
  const { status, signal, stdout, stderr } = spawnSync(command, [...args, basename(main)], {
    cwd: dirname(main), env: { ...process.env, ...env }, timeout, maxBuffer: 1 << 28, encoding: "latin1", input: "",
  });
  return { output: stdout, status: status ?? signal ?? "no status", complaint: stderr, ms: performance.now() - from };
}

/** The first line in which two answers differ. */
function difference(expected: Outcome, found: Outcome): string {
  const a = expected.output.split("\n");
  const b = found.output.split("\n");
  const line = a.findIndex((text, i) => text !== b[i]);
  const at = line < 0 ? a.length : line;
  const said = (outcome: Outcome, lines: readonly string[]): string =>
    JSON.stringify((lines[at] ?? "(end)").slice(0, 200)) + (outcome.status === 0 ? "" : ` status ${outcome.status}: ${outcome.complaint.slice(0, 400)}`);
  return `line ${at + 1}\n    expected ${said(expected, a)}\n    found    ${said(found, b)}`;
}

const rows: string[][] = [];
const wrong: string[] = [];
/** Ratios to lua5.4 by runtime. */
const ratios = new Map<string, number[]>(runtimes.map(({ name }) => [name, []]));
const perTier: number[] = []; // last mode against the first

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    finish();
    process.exit(130);
  });
}

for (const [index, { name, main }] of programs.entries()) {
  const times = new Map<string, number[]>(runtimes.map((runtime) => [runtime.name, []]));
  const excluded = new Set<string>();
  for (let round = 1; round <= rounds; round++) {
    progress(`[${index + 1}/${programs.length}] ${name}, round ${round}`);
    let expected: Outcome | undefined;
    for (const runtime of runtimes) {
      if (excluded.has(runtime.name)) continue;
      const outcome = run(runtime, main);
      expected ??= outcome;
      if (outcome.output === expected.output && outcome.status === expected.status) {
        times.get(runtime.name)!.push(outcome.ms);
        continue;
      }
      excluded.add(runtime.name);
      if (runtime.command === process.execPath) wrong.push(`${name}, ${runtime.name}: ${difference(expected, outcome)}`);
    }
  }
  const reference = times.get(REFERENCE)!;
  const cells = runtimes.map((runtime) => {
    const measured = times.get(runtime.name)!;
    if (excluded.has(runtime.name)) return "differs";
    const ratio = pairedRatio(measured, reference)!.median;
    ratios.get(runtime.name)!.push(ratio);
    return runtime.name === REFERENCE ? showMs(median(measured)) : `${showMs(median(measured))} (${ratio.toFixed(2)})`;
  });
  const first = times.get(modes[0]!)!;
  const last = times.get(modes[modes.length - 1]!)!;
  const gain = first.length === rounds && last.length === rounds ? pairedRatio(last, first)!.median : NaN;
  if (!Number.isNaN(gain)) perTier.push(gain);
  rows.push([name, ...cells, Number.isNaN(gain) ? "-" : gain.toFixed(2)]);
  await new Promise(setImmediate); // signals are heard here
}
finish();

function finish(): void {
  clearProgress();
  const means = runtimes.map(({ name }) => (name === REFERENCE ? "" : `(${geometricMean(ratios.get(name)!).toFixed(2)})`));
  console.log(`ms, and the ratio to ${REFERENCE}; ${rounds} rounds`);
  console.log(textTable(
    ["program", ...runtimes.map(({ name }) => name), `${modes[modes.length - 1]} / ${modes[0]}`],
    [...rows, ["geometric mean", ...means, geometricMean(perTier).toFixed(2)]],
  ));
  if (wrong.length > 0) {
    console.log(`\nAnswers that differ:\n  ${wrong.join("\n  ")}`);
    process.exitCode = 1;
  }
}
