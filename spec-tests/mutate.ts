// npm run mutate: does the suite notice seeded bugs? Each is put into a copy of the project; the tests that should notice run
// first, the rest of the suite only when they do not. What is known is kept between runs, so that a run that was ended goes on.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { numberOption, readOptions } from "../bench/lib/options.js";
import { clearProgress, progress } from "../bench/lib/progress.js";
import { applyMutant } from "./mutation/check.js";
import type { Mutant } from "./mutation/mutant.js";
import { MUTANTS, testsFor } from "./mutation/mutants.js";
import { Memory } from "./mutation/memory.js";
import { Workshop } from "./mutation/workshop.js";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const MEMORY = join(ROOT, "node_modules/.cache/perilune-mutants.json");
/** Share of the mutants that must be caught. */
const GOAL = 0.95;

const { options } = readOptions(
  "npm run mutate -- [options]\nPuts seeded bugs into a copy of the project, one at a time, and runs the tests. Ends with status 1 when fewer than 95 % are noticed.\n" +
    "A run that is ended goes on where it was; what was noticed is looked at again when the file with the bug has changed.",
  {
    only: { value: "A,B", help: "only the mutants whose names contain one of these" },
    quick: { help: "only the tests that should notice, not the rest of the suite after them" },
    "no-baseline": { help: "take it as known that the tests pass without a bug" },
    fresh: { help: "forget what is known from earlier runs" },
    timeout: { value: "S", help: "seconds for the tests that should notice; the whole suite has five times that (240)" },
    list: { help: "list the mutants and end" },
  },
  process.argv.slice(2),
);

const wanted = options.only?.split(",") ?? [""];
const mutants = MUTANTS.filter(({ name }) => wanted.some((part) => name.includes(part)));
if (options.list !== undefined) {
  for (const mutant of mutants) console.log(`${mutant.name}\n    ${mutant.file}: ${testsFor(mutant).join(" ")}`);
  process.exit(0);
}

const sourceOf = ({ file }: Mutant): string => readFileSync(join(ROOT, file), "utf8");
for (const mutant of mutants) applyMutant(mutant, sourceOf(mutant)); // throws before anything is run

const memory = new Memory(MEMORY, options.fresh !== undefined);
const timeout = numberOption(options.timeout, 240, "timeout");
const workshop = new Workshop(ROOT);
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    report();
    workshop.close();
    process.exit(130);
  });
}

const left = mutants.filter((mutant) => !memory.isCaught(mutant, sourceOf(mutant)));
if (left.length < mutants.length) console.error(`${mutants.length - left.length} of ${mutants.length} were noticed in earlier runs (--fresh forgets them)`);
const broken = options["no-baseline"] === undefined ? await failsWithoutBug([...new Set(left.flatMap(testsFor))]) : undefined;
if (broken !== undefined) {
  clearProgress();
  console.error(`the suite fails as it is, so nothing can be said about bugs in it: ${broken}`);
  workshop.close();
  process.exit(2);
}
for (const [index, mutant] of left.entries()) {
  const start = performance.now();
  const say = (what: string): void => progress(`[${mutants.length - left.length + index + 1}/${mutants.length}] ${mutant.name}: ${what}`);
  const caughtBy = await examine(mutant, say);
  memory.note(mutant, sourceOf(mutant), { caughtBy, seconds: (performance.now() - start) / 1000 });
}
const holds = report();
workshop.close();
process.exit(holds ? 0 : 1);

/** What fails without a mutant, and fails again when it is run alone. */
async function failsWithoutBug(tests: readonly string[]): Promise<string | undefined> {
  const passed: string[] = [];
  while (tests.length > 0) {
    progress(`the tests without a bug, for ${left.length} mutants`);
    const failure = await workshop.firstFailure(tests, timeout * 5, passed);
    if (failure === undefined) return undefined;
    if (failure.file === undefined || (await workshop.firstFailure([failure.file], timeout)) !== undefined) return failure.says;
    passed.push(failure.file); // a busy machine
  }
  return undefined;
}

/** The test that noticed the mutant; "" when none does. */
async function examine(mutant: Mutant, say: (what: string) => void): Promise<string> {
  const undo = workshop.change(mutant.file, (source) => applyMutant(mutant, source));
  try {
    const tests = testsFor(mutant);
    say(tests.join(" "));
    const first = await workshop.firstFailure(tests, timeout);
    if (first !== undefined || options.quick !== undefined) return first?.says ?? "";
    const excluded = [...tests];
    for (;;) {
      say("the rest of the suite");
      const found = await workshop.firstFailure([], timeout * 5, excluded);
      if (found?.file === undefined) return found?.says ?? "";
      say(`again: ${found.file}`);
      if ((await workshop.firstFailure([found.file], timeout)) !== undefined) return found.says;
      excluded.push(found.file); // it was not the mutant's doing
    }
  } finally {
    undo();
  }
}

function report(): boolean {
  clearProgress();
  const known = mutants.flatMap((mutant) => {
    const result = memory.of(mutant, sourceOf(mutant));
    return result === undefined ? [] : [{ mutant, ...result }];
  });
  const width = Math.max(...mutants.map(({ name }) => name.length));
  for (const { mutant, caughtBy, seconds } of known) console.log(`${mutant.name.padEnd(width)} ${seconds.toFixed(0).padStart(4)} s  ${caughtBy || "NOBODY"}`);
  const caught = known.filter(({ caughtBy }) => caughtBy !== "").length;
  console.log(`${caught} of ${known.length} noticed${known.length < mutants.length ? `, ${mutants.length - known.length} not tried yet` : ""}`);
  return caught >= known.length * GOAL;
}
