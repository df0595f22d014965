// The figures of the engine (bench/engine) as a section of docs/benchmarks.md: each bench in a process of its own, its table as it is.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { machine, writeSection } from "./lib/document.js";
import { readOptions } from "./lib/options.js";
import { clearProgress, progress } from "./lib/progress.js";

interface Bench {
  readonly title: string;
  readonly command: readonly string[];
}

const BENCHES: readonly Bench[] = [
  { title: "Values, contexts and bridges", command: ["bench/engine/run.ts", "--rounds", "9"] },
  { title: "What an engine and its contexts weigh", command: ["bench/engine/memory.ts", "--contexts", "200000"] },
  { title: "Sandboxed states and the pool", command: ["bench/engine/pool.ts", "--contexts", "200000"] },
  { title: "Many scripts at once", command: ["bench/engine/scheduler.ts"] },
  { title: "Pauses of the census", command: ["bench/engine/census.ts", "--passes", "30"] },
  { title: "A thousand agents", command: ["bench/engine/agents.ts", "--rounds", "3"] },
];

const { options } = readOptions(
  "npm run bench:engine -- [options]\nRuns the benches of the engine.",
  {
    only: { value: "A,B", help: `only those whose files contain one of these; nothing is written then (${BENCHES.map(({ command }) => command[0]!.slice(13, -3)).join(", ")})` },
    report: { help: "also write the section of docs/benchmarks.md" },
  },
  process.argv.slice(2),
);
const wanted = options.only?.split(",") ?? [""];
const root = fileURLToPath(new URL("..", import.meta.url));
const chosen = BENCHES.filter(({ command }) => wanted.some((part) => command[0]!.includes(part)) && existsSync(`${root}${command[0]}`));

const parts: string[] = [];
let failed = false;
for (const [index, { title, command }] of chosen.entries()) {
  progress(`[${index + 1}/${chosen.length}] ${title}`);
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--import", "tsx", ...command], { cwd: root, encoding: "utf8", timeout: 300_000 });
  clearProgress();
  const said = `$ node --import tsx ${command.join(" ")}\n${stdout.trimEnd()}`;
  console.log(`${title}\n${said}\n`);
  if (status === 0) parts.push(`### ${title}\n\n\`\`\`\n${said}\n\`\`\``);
  else {
    failed = true;
    console.error(`${command[0]} ended with status ${status}: ${stderr.slice(-400)}`);
  }
}
if (options.report !== undefined && options.only === undefined) {
  writeSection("engine", `## The engine

\`npm run bench:engine -- --report\` on ${machine()}. Times by the clock; "target" is what each figure is held to.

${parts.join("\n\n")}
`);
  console.log("docs/benchmarks.md: section engine written");
}
process.exit(failed ? 1 : 0);
