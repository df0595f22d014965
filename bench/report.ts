// All of docs/benchmarks.md in one go: each section by the command that also writes it alone.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { readOptions } from "./lib/options.js";
import { textTable } from "./lib/text-table.js";

/** Programs on which a Lua that is some twenty times slower still ends soon. */
const SLOW = "fib.lua,quicksort,string_keys";

interface Section {
  readonly name: string;
  readonly command: readonly string[];
  /** Settings with which it only shows that it works. */
  readonly quick: readonly string[];
}

const SECTIONS: readonly Section[] = [
  {
    name: "programs", command: ["run.ts", "--report", "--peers", "perilune,lua5.4,luajit,wasmoon", "--rounds", "3", "--cold", "1", "--warm", "3"],
    quick: ["--only", "fib.lua,concat.lua", "--rounds", "1", "--warm", "1"],
  },
  { name: "slow", command: ["run.ts", "--report", "--section", "slow", "--peers", "perilune,lua5.4,fengari", "--only", SLOW, "--rounds", "1", "--cold", "1", "--warm", "1"], quick: ["--only", "fib.lua"] },
  { name: "micro", command: ["micro.ts", "--report", "--seconds", "0.2"], quick: ["--seconds", "0.02"] },
  { name: "compile", command: ["compile.ts", "--report"], quick: ["--rounds", "1", "--bytes", "100000"] },
  { name: "startup", command: ["startup.ts", "--report"], quick: ["--rounds", "3", "--states", "100"] },
  { name: "memory", command: ["memory.ts", "--report", "--rounds", "1"], quick: [] },
  { name: "engine", command: ["engine-report.ts", "--report"], quick: [] },
  { name: "strategies", command: ["strategies.ts", "--report", "--programs", "fib,fields,string_keys", "--rounds", "3"], quick: ["--programs", "fib", "--rounds", "1", "--budget", "100000"] },
];
const names = SECTIONS.map(({ name }) => name);

const { options } = readOptions(
  "npm run bench:report -- [options]\nWrites docs/benchmarks.md, section by section, in about ten minutes on a quiet machine. Ends with status 1 when a section failed.",
  {
    only: { value: "A,B", help: `sections: ${names.join(", ")} (all)` },
    quick: { help: "tiny settings, to see that everything works; the figures say nothing" },
  },
  process.argv.slice(2),
);
const wanted = options.only?.split(",") ?? names;
const unknown = wanted.find((name) => !names.includes(name));
if (unknown !== undefined) {
  console.error(`no section ${unknown}: ${names.join(", ")}`);
  process.exit(2);
}

const rows: string[][] = [];
for (const { name, command, quick } of SECTIONS.filter((section) => wanted.includes(section.name))) {
  const [file, ...args] = command;
  console.log(`\n== ${name}`);
  const start = performance.now();
  const script = fileURLToPath(new URL(file!, import.meta.url));
  const { status } = spawnSync(process.execPath, ["--import", "tsx", script, ...args, ...(options.quick === undefined ? [] : quick)], { stdio: "inherit" });
  rows.push([name, `${((performance.now() - start) / 1000).toFixed(0)} s`, status === 0 ? "written" : `FAILED (${status})`]);
}
console.log(`\n${textTable(["section", "time", ""], rows)}`);
process.exit(rows.every(([, , outcome]) => outcome === "written") ? 0 : 1);
