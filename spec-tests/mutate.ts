// npm run mutate: does the suite notice seeded bugs? Each is put into a copy of the project; the tests that should notice run
// first, the whole suite when they do not.
import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readOptions } from "../bench/lib/options.js";
import { clearProgress, progress } from "../bench/lib/progress.js";
import { textTable } from "../bench/lib/text-table.js";
import { applyMutant } from "./mutation/check.js";
import { MUTANTS, type Mutant } from "./mutation/mutants.js";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
/** What the suite reads; everything else of the project stays out of the copy. */
const COPIED = ["src", "test", "spec-tests", "bench", "examples", "scripts", "docs", "dist", "package.json", "package-lock.json",
  "tsconfig.json", "tsconfig.types.json", "vitest.config.ts", "README.md", "ARCHITECTURE.md", "COMPATIBILITY.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "SECURITY.md"];
/** Share of the mutants that must be caught. */
const GOAL = 0.95;

const { options } = readOptions(
  "npm run mutate -- [options]\nPuts seeded bugs into a copy of the project, one at a time, and runs the tests. Ends with status 1 when fewer than 95 % are caught.",
  {
    only: { value: "A,B", help: "only the mutants whose names contain one of these" },
    quick: { help: "only the tests that should notice, not the whole suite after them" },
    list: { help: "list the mutants and end" },
  },
  process.argv.slice(2),
);

const wanted = options.only?.split(",") ?? [""];
const mutants = MUTANTS.filter(({ name }) => wanted.some((part) => name.includes(part)));
if (options.list !== undefined) {
  console.log(mutants.map(({ name }) => name).join("\n"));
  process.exit(0);
}

for (const mutant of mutants) applyMutant(mutant, readFileSync(join(ROOT, mutant.file), "utf8")); // throws before anything is run

const copy = mkdtempSync(join(tmpdir(), "perilune-mutants-"));
let running: ChildProcess | undefined;
const leave = (status: number): never => {
  running?.kill("SIGKILL");
  rmSync(copy, { recursive: true, force: true });
  process.exit(status);
};
process.on("SIGINT", () => {
  report();
  leave(130);
});
for (const name of COPIED.filter((file) => existsSync(join(ROOT, file)))) cpSync(join(ROOT, name), join(copy, name), { recursive: true, force: true });
symlinkSync(join(ROOT, "node_modules"), join(copy, "node_modules"));

progress("the suite without a bug");
const baseline = options.quick === undefined ? [] : [...new Set(mutants.flatMap(({ tests }) => tests))];
if (await fails(baseline)) {
  clearProgress();
  console.error("the suite fails as it is: nothing can be said about bugs in it");
  leave(2);
}
const rows: { mutant: Mutant; caughtBy: string; seconds: number }[] = [];
for (const [index, mutant] of mutants.entries()) {
  progress(`[${index + 1}/${mutants.length}] ${mutant.name}`);
  const start = performance.now();
  const caughtBy = await examine(mutant);
  rows.push({ mutant, caughtBy, seconds: (performance.now() - start) / 1000 });
}
leave(report() ? 0 : 1);

/** What noticed the mutant: the tests named for it, the whole suite, or nothing (""). */
async function examine(mutant: Mutant): Promise<string> {
  const path = join(copy, mutant.file);
  const original = readFileSync(path, "utf8");
  writeFileSync(path, applyMutant(mutant, original));
  try {
    if (await fails(mutant.tests)) return mutant.tests.join(" ");
    return options.quick === undefined && (await fails([])) ? "the whole suite" : "";
  } finally {
    writeFileSync(path, original);
  }
}

function fails(tests: readonly string[]): Promise<boolean> {
  return new Promise((done) => {
    running = spawn(process.execPath, ["node_modules/vitest/vitest.mjs", "run", "--bail", "1", "--exclude", "spec-tests/mutation.test.ts", ...tests], {
      cwd: copy, stdio: "ignore",
    });
    const timer = setTimeout(() => running?.kill("SIGKILL"), 600_000); // a bug that loops for ever is noticed too
    running.on("close", (status) => {
      clearTimeout(timer);
      done(status !== 0);
    });
  });
}

function report(): boolean {
  clearProgress();
  console.log(textTable(["mutant", "noticed by", "s"], rows.map(({ mutant, caughtBy, seconds }) => [mutant.name, caughtBy || "NOBODY", seconds.toFixed(0)])));
  const caught = rows.filter(({ caughtBy }) => caughtBy !== "").length;
  console.log(`${caught} of ${rows.length} noticed`);
  return caught >= rows.length * GOAL;
}
