// Offline fuzz of chunks: node --import tsx spec-tests/properties/chunks-fuzz.ts [mutants] [seed]
// Mutates compiled chunks, reads and verifies each mutant, and runs those that pass; prints the counts of outcomes.
import { PROGRAMS } from "../../test/bytecode/programs.js";
import { Random, mutateBytes, mutateFunctions } from "./chunks-mutate.js";
import { runChunk, seeds, type Outcome } from "./chunks-run.js";

const total = Number(process.argv[2] ?? 100_000);
const seed = Number(process.argv[3] ?? Date.now() % 2 ** 31);
const random = new Random(seed);
const { manyConstants: _big, bigTable: _wide, manyLocals: _long, ...programs } = PROGRAMS;
const chunks = seeds(Object.values(programs));
const counts: Record<Outcome | "failed", number> = { refused: 0, returned: 0, raised: 0, limit: 0, failed: 0 };
let slowest = 0;

console.log(`seed ${seed}, ${chunks.length} chunks: ${chunks.map((chunk) => runChunk(chunk)).join(" ")}`);
for (let n = 0; n < total; n++) {
  const chunk = random.pick(chunks);
  const mutant = random.chance(4) ? mutateBytes(random, chunk, random.pick(chunks)) : mutateFunctions(random, chunk);
  const start = performance.now();
  try {
    counts[runChunk(mutant)]++;
  } catch (e) {
    if (counts.failed++ >= 10) continue;
    console.log(`mutant ${n}: ${e instanceof Error ? e.stack : e}\n${Buffer.from(mutant, "latin1").toString("hex")}`);
  }
  slowest = Math.max(slowest, performance.now() - start);
}
console.log(`${total} mutants: ${JSON.stringify(counts)}, slowest ${slowest.toFixed(0)} ms`);
process.exitCode = counts.failed > 0 ? 1 : 0;
