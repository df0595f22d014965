// What metering and accounting cost together: the interpreter as it is against one that counts neither, in turns in one process,
// by processor time.
import { numberOption, readOptions } from "./lib/options.js";
import { clearProgress, progress } from "./lib/progress.js";
import { geometricMean, median } from "./lib/stats.js";
import { textTable } from "./lib/text-table.js";
import { type Library, loadProgram, loadVariant } from "./lib/variants.js";

const { options } = readOptions(
  "node --import tsx bench/overhead.ts [options]\nMetering and accounting against neither, on the interpreter tier.",
  {
    programs: { value: "A,B", help: "programs of bench/programs (fib,fields,string_keys,closures,life,traversal,heap,binary_trees)" },
    rounds: { value: "N", help: "measured rounds (5)" },
  },
  process.argv.slice(2),
);
const rounds = Math.max(1, numberOption(options.rounds, 5, "rounds"));
const programs = (options.programs ?? "fib,fields,string_keys,closures,life,traversal,heap,binary_trees").split(",");

const libraries = { bare: await loadVariant("bare"), whole: await loadVariant("instruction") };

/** A state with `program` in it; answers how many milliseconds of processor time one run takes. */
function session({ createState, plainHost }: Library, program: string): () => number {
  const state = createState({ jit: "off", host: plainHost(() => {}), limits: { instructions: 1e15, memory: 4e9 } });
  const main = loadProgram(state, program);
  return () => {
    const before = process.cpuUsage().user;
    state.call(main);
    return (process.cpuUsage().user - before) / 1000;
  };
}

const rows: string[][] = [];
const ratios: number[] = [];
for (const program of programs) {
  const runs = { bare: session(libraries.bare, program), whole: session(libraries.whole, program) };
  const times = { bare: [] as number[], whole: [] as number[] };
  for (let round = -1; round < rounds; round++) { // one to get warm
    for (const which of round % 2 === 0 ? (["bare", "whole"] as const) : (["whole", "bare"] as const)) {
      progress(`${program} ${which} ${round}`);
      const time = runs[which]();
      if (round >= 0) times[which].push(time);
    }
  }
  ratios.push(median(times.whole.map((time, i) => time / times.bare[i]!)));
  rows.push([program, median(times.bare).toFixed(0), median(times.whole).toFixed(0), ratios.at(-1)!.toFixed(3)]);
}
clearProgress();
console.log(textTable(["program", "neither, ms", "both, ms", "ratio"], rows));
console.log(`geometric mean ${geometricMean(ratios).toFixed(3)}`);
