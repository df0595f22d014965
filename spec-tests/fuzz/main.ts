// The fuzzer: batches of generated texts, each held against a property; the first failure of a batch is shrunk, shown, and saved
// under spec-tests/regressions, which the tests replay.
import fc from "fast-check";
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { numberOption, readOptions } from "../../bench/lib/options.js";
import { clearProgress, progress } from "../../bench/lib/progress.js";
import { nativeOracle } from "../../src/testing/native-oracle.js";
import { type Oracle, fengariOracle, wasmoonOracle } from "../../src/testing/oracle.js";
import { OWN_PROPERTIES, type Property, comparedWith } from "../../src/testing/properties.js";
import { SPEC_TESTS } from "../paths.js";

const COMPARED = ["behaviour", "bytes", "syntax", "tokens", "output"];
const NAMES = [...COMPARED, ...OWN_PROPERTIES.map(({ name }) => name)];

const { options } = readOptions(
  "npm run fuzz -- [options]\nHolds properties against generated texts, the time shared evenly. Ends with status 1 when one does not hold.",
  {
    property: { value: "A,B", help: `${NAMES.join(", ")} or all (behaviour)` },
    seconds: { value: "N", help: "how long altogether (30)" },
    runs: { value: "N", help: "at most this many texts for each property (no limit)" },
    seed: { value: "N", help: "seed of the first batch (from the clock)" },
    oracle: { value: "WHICH", help: "wasmoon, fengari (output only), or native:PATH for a binary: lua 5.4, or another for output only (wasmoon)" },
    batch: { value: "N", help: "texts in a batch (100)" },
    keep: { value: "N", help: "failures of a property after which it is left (1)" },
    "dry-run": { help: "do not save counterexamples" },
  },
  process.argv.slice(2),
);

const wanted = (options.property ?? "behaviour").split(",");
const unknown = wanted.find((name) => name !== "all" && !NAMES.includes(name));
if (unknown !== undefined) {
  console.error(`no property ${unknown}: ${NAMES.join(", ")} or all`);
  process.exit(2);
}
const chosen = NAMES.filter((name) => wanted.includes(name) || wanted.includes("all"));
const seconds = numberOption(options.seconds, 30, "seconds") / chosen.length;
const limit = numberOption(options.runs, Infinity, "runs");
const batchSize = Math.max(1, numberOption(options.batch, 100, "batch"));
const keep = Math.max(1, numberOption(options.keep, 1, "keep"));
const firstSeed = numberOption(options.seed, Date.now() % 2 ** 31, "seed");

let interrupted = false;
process.on("SIGINT", () => (interrupted = true));
const oracle = chosen.some((name) => COMPARED.includes(name)) ? await chooseOracle(options.oracle ?? "wasmoon") : undefined;
for (const name of chosen) {
  if (COMPARED.includes(name) && !comparedWith(oracle!).some((property) => property.name === name)) console.error(`${oracle!.name} cannot tell about ${name}: left out`);
}
const properties = [...(oracle === undefined ? [] : comparedWith(oracle)), ...OWN_PROPERTIES].filter(({ name }) => chosen.includes(name));

let failures = 0;
for (const property of properties) failures += fuzz(property);
oracle?.close();
process.exit(failures > 0 ? 1 : 0);

/** Answers how often the property failed. */
function fuzz(property: Property): number {
  const started = performance.now();
  const elapsed = (): number => (performance.now() - started) / 1000;
  let done = 0;
  let found = 0;
  for (let seed = firstSeed; done < limit && elapsed() < seconds && !interrupted && found < keep; seed = (seed + 1) | 0) {
    const batch = fc.sample(property.texts, { numRuns: Math.min(batchSize, limit - done), seed });
    property.prepare?.(batch);
    const index = batch.findIndex((text) => failureOf(property, text) !== undefined);
    if (index >= 0) {
      found++;
      report(property, seed, index);
    }
    done += batch.length;
    progress(`${property.name}: ${done} texts, ${found} failures, ${(done / elapsed()).toFixed(0)}/s, ${elapsed().toFixed(0)} of ${seconds.toFixed(0)} s, seed ${seed}`);
  }
  clearProgress();
  console.log(`${property.name}: ${done} texts in ${elapsed().toFixed(0)} s, ${found} failures (first seed ${firstSeed}): ${property.says}`);
  return found;
}

/** What does not hold; an exception never may. */
function failureOf(property: Property, text: string): string | undefined {
  try {
    return property.check(text);
  } catch (problem) {
    return `exception ${problem instanceof Error ? problem.stack : String(problem)}`;
  }
}

function report(property: Property, seed: number, index: number): void {
  const holds = (text: string): boolean => failureOf(property, text) === undefined;
  const details = fc.check(fc.property(property.texts, holds), { seed, path: String(index), numRuns: 1, endOnFailure: false });
  const [minimal] = details.counterexample ?? fc.sample(property.texts, { seed, path: String(index), numRuns: 1 });
  const text = minimal!;
  clearProgress();
  console.log(`${property.name} fails: --property ${property.name} --seed ${seed}, text ${index} of the batch, after ${details.numShrinks} shrinks:\n${text}`);
  console.log(failureOf(property, text) ?? "(it holds for the text by itself)");
  if (options["dry-run"] !== undefined) return;
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 8);
  const folder = join(SPEC_TESTS, "regressions");
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${property.name}-${hash}.lua`);
  writeFileSync(file, text, "latin1");
  console.log(`saved as ${file}`);
}

async function chooseOracle(which: string): Promise<Oracle> {
  if (which.startsWith("native:")) return nativeOracle(which.slice("native:".length));
  if (which === "wasmoon") return wasmoonOracle();
  if (which === "fengari") return fengariOracle();
  console.error(`--oracle: wasmoon, fengari or native:PATH, not ${which}`);
  process.exit(2);
}
