// The fuzzer: batches of generated texts, each asked of C Lua and of perilune; the first difference of a batch is shrunk,
// shown, and saved under spec-tests/regressions, which the tests replay.
import fc from "fast-check";
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { numberOption, readOptions } from "../../bench/lib/options.js";
import { clearProgress, progress } from "../../bench/lib/progress.js";
import { damagedProgramArbitrary } from "../generate/damage.js";
import { programArbitrary } from "../generate/program.js";
import { tokenStreamArbitrary } from "../generate/tokens.js";
import { SPEC_TESTS } from "../paths.js";
import { nativeOracle, type Oracle, type Question, wasmoonOracle } from "../properties/behaviour/oracle.js";
import { type Asked, perilune } from "../properties/behaviour/perilune.js";

interface Property {
  readonly texts: fc.Arbitrary<string>;
  readonly question: Question;
}

const PROPERTIES: Readonly<Record<string, Property>> = {
  /** Output, error and instruction count of meaningful programs. */
  behaviour: { texts: programArbitrary, question: "observe" },
  /** Their bytecode. */
  bytes: { texts: programArbitrary, question: "compiled" },
  /** Messages of damaged programs, and the bytecode of those that survive. */
  syntax: { texts: damagedProgramArbitrary, question: "compiled" },
  /** Messages for streams of tokens. */
  tokens: { texts: tokenStreamArbitrary, question: "accepted" },
};

const { options } = readOptions(
  "npm run fuzz -- [options]\nCompares perilune with C Lua on generated texts. Ends with status 1 when they differ.",
  {
    property: { value: "NAME", help: `${Object.keys(PROPERTIES).join(", ")} (behaviour)` },
    seconds: { value: "N", help: "how long (30)" },
    runs: { value: "N", help: "at most this many texts (no limit)" },
    seed: { value: "N", help: "seed of the first batch (from the clock)" },
    oracle: { value: "WHICH", help: "wasmoon, or native:PATH for a lua 5.4 binary, which is faster (wasmoon)" },
    batch: { value: "N", help: "texts in a batch (500)" },
    keep: { value: "N", help: "differences after which to stop (1)" },
    "dry-run": { help: "do not save counterexamples" },
  },
  process.argv.slice(2),
);

const name = options.property ?? "behaviour";
const property = PROPERTIES[name];
if (property === undefined) {
  console.error(`no property ${name}: ${Object.keys(PROPERTIES).join(", ")}`);
  process.exit(2);
}
const { texts, question } = property;
const seconds = numberOption(options.seconds, 30, "seconds");
const limit = numberOption(options.runs, Infinity, "runs");
const batchSize = numberOption(options.batch, 500, "batch");
const keep = Math.max(1, numberOption(options.keep, 1, "keep"));
const firstSeed = numberOption(options.seed, Date.now() % 2 ** 31, "seed");

const oracle = await chooseOracle(options.oracle ?? "wasmoon");
let ours: Asked = perilune();
let interrupted = false;
process.on("SIGINT", () => (interrupted = true));

const started = performance.now();
const elapsed = (): number => (performance.now() - started) / 1000;
const endings = new Map<string, number>();
let done = 0;
let found = 0;
for (let seed = firstSeed; done < limit && elapsed() < seconds && !interrupted && found < keep; seed = (seed + 1) | 0) {
  const batch = fc.sample(texts, { numRuns: Math.min(batchSize, limit - done), seed });
  const expected = oracle(question, batch);
  let index = -1;
  for (const [i, text] of batch.entries()) {
    const ending = /^(ended )?\w+/.exec(expected[i]!)![0];
    endings.set(ending, (endings.get(ending) ?? 0) + 1);
    if (index < 0 && answer(text) !== expected[i]) index = i;
  }
  if (index >= 0) {
    found++;
    report(seed, index);
    ours = perilune(); // a broken state must not spoil the rest
  }
  done += batch.length;
  if (done % (batchSize * 20) === 0) ours = perilune();
  progress(`${name}: ${done} texts, ${found} differences, ${(done / elapsed()).toFixed(0)}/s, ${elapsed().toFixed(0)} s, seed ${seed}`);
}
clearProgress();
console.log(`${name}: ${done} texts in ${elapsed().toFixed(0)} s, ${found} differences (first seed ${firstSeed})`);
console.log(`in C Lua: ${[...endings].map(([ending, count]) => `${ending} ${count}`).join(", ")}`);
process.exit(found > 0 ? 1 : 0);

/** perilune's answer; an exception is one too, and always a difference. */
function answer(text: string): string {
  try {
    return ours(question, text);
  } catch (problem) {
    ours = perilune();
    return `exception ${problem instanceof Error ? problem.stack : String(problem)}`;
  }
}

function report(seed: number, index: number): void {
  const differs = (text: string): boolean => answer(text) === oracle(question, [text])[0];
  const details = fc.check(fc.property(texts, differs), { seed, path: String(index), numRuns: 1, endOnFailure: false });
  const [minimal] = details.counterexample ?? fc.sample(texts, { seed, path: String(index), numRuns: 1 });
  const text = minimal!;
  clearProgress();
  console.log(`difference: --property ${name} --seed ${seed}, text ${index} of the batch, after ${details.numShrinks} shrinks:\n${text}`);
  console.log(firstDifference(oracle(question, [text])[0]!, answer(text)));
  if (options["dry-run"] !== undefined) return;
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 8);
  const folder = join(SPEC_TESTS, "regressions");
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name}-${hash}.lua`);
  writeFileSync(file, text, "latin1");
  console.log(`saved as ${file}`);
}

function firstDifference(theirs: string, mine: string): string {
  const [a, b] = [theirs.split("\n"), mine.split("\n")];
  const line = a.findIndex((text, i) => text !== b[i]);
  const at = line < 0 ? a.length : line;
  return `line ${at + 1} of the answer\n  C Lua:    ${(a[at] ?? "(nothing)").slice(0, 2000)}\n  perilune: ${(b[at] ?? "(nothing)").slice(0, 2000)}`;
}

async function chooseOracle(which: string): Promise<Oracle> {
  if (which.startsWith("native:")) return nativeOracle(which.slice("native:".length));
  if (which === "wasmoon") return (await wasmoonOracle()).ask;
  console.error(`--oracle: wasmoon or native:PATH, not ${which}`);
  process.exit(2);
}
