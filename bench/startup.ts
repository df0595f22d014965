// What starting costs: `perilune -e ""` against `node -e ""` in turns, and the creation of a state with its libraries.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { machine, markdownTable, writeSection } from "./lib/document.js";
import { numberOption, readOptions } from "./lib/options.js";
import { clearProgress, progress } from "./lib/progress.js";
import { median, showMs } from "./lib/stats.js";
import { textTable } from "./lib/text-table.js";
import { createPeriluneState } from "./peers/perilune.js";

const CLI = fileURLToPath(new URL("../dist/cli.js", import.meta.url));

const { options } = readOptions(
  "node --import tsx bench/startup.ts [options]\nStart of the command line and of a state, for the build in dist/.",
  {
    rounds: { value: "N", help: "processes of each kind (21)" },
    states: { value: "N", help: "states created in this process (5000)" },
    report: { help: "also write the section of docs/benchmarks.md" },
  },
  process.argv.slice(2),
);
const rounds = numberOption(options.rounds, 21, "rounds");
const states = Math.max(2, numberOption(options.states, 5000, "states"));

const start = (args: readonly string[]): number => {
  const from = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args);
  if (status !== 0) throw new Error(stderr.toString());
  return performance.now() - from;
};

const node: number[] = [];
const perilune: number[] = [];
for (let round = 1; round <= rounds; round++) {
  progress(`round ${round}/${rounds}`);
  node.push(start(["-e", ""]));
  perilune.push(start([CLI, "-e", ""]));
}
clearProgress();
const extra = median(perilune.map((ms, round) => ms - node[round]!));

const creation: number[] = [];
for (let i = 0; i < states; i++) {
  const from = performance.now();
  createPeriluneState();
  creation.push(performance.now() - from);
}
const later = creation.slice(1);
const header = ["start", "time"];
const rows = [
  ['node -e ""', `${showMs(median(node))} ms`],
  ['perilune -e ""', `${showMs(median(perilune))} ms`],
  ["difference, median of the pairs", `${showMs(extra)} ms`],
  ["state with all libraries, the first", `${(creation[0]! * 1000).toFixed(0)} µs`],
  ["the second to the tenth, median", `${(median(later.slice(0, 9)) * 1000).toFixed(0)} µs`],
  [`all later ones (${later.length}), median`, `${(median(later) * 1000).toFixed(1)} µs`],
];
console.log(textTable(header, rows));
if (options.report !== undefined) {
  writeSection("startup", `## Start

\`npm run bench:startup -- --report\` on ${machine()}. Whole processes in turns, median of ${rounds}; states one after the other in one process.

${markdownTable(header, rows)}
`);
  console.log("docs/benchmarks.md: section startup written");
}
