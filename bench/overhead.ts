// What metering and accounting cost, each and together: the library as it is against builds without one, the other, or both, in turns
// in one process, by processor time.
import { numberOption, readOptions } from "./lib/options.js";
import { clearProgress, progress } from "./lib/progress.js";
import { geometricMean } from "./lib/stats.js";
import { textTable } from "./lib/text-table.js";
import { type Library, type Strategy, loadProgram, loadVariant } from "./lib/variants.js";

const PROGRAMS = "fib,fields,string_keys,closures,life,traversal,heap,binary_trees";
const { options } = readOptions(
  "node --import tsx bench/overhead.ts [options]\nWhat metering and accounting cost: the library against builds without them.",
  {
    programs: { value: "A,B", help: `programs of bench/programs (${PROGRAMS})` },
    rounds: { value: "N", help: "measured rounds (8)" },
    emitted: { help: "of emitted code (else of the interpreter)" },
  },
  process.argv.slice(2),
);
const rounds = Math.max(1, numberOption(options.rounds, 8, "rounds"));
const programs = (options.programs ?? PROGRAMS).split(",");
const emitted = options.emitted !== undefined;
/** Rounds until V8 has compiled what there is to compile. */
const WARM = emitted ? 4 : 1;

const WITHOUT: Readonly<Record<string, Strategy>> = { metering: "none", accounting: "unaccounted", both: "bare" };
const names = ["whole", ...Object.keys(WITHOUT)];
const libraries = await Promise.all(names.map((name) => loadVariant(WITHOUT[name] ?? "instruction", { emitted })));

/** A state with `program` in it; answers how many milliseconds of processor time one run takes. */
function session({ createState, plainHost }: Library, program: string): () => number {
  const state = createState({ jit: emitted ? "auto" : "off", host: plainHost(() => {}), limits: { instructions: 1e15, memory: 4e9 } });
  const main = loadProgram(state, program);
  return () => {
    const before = process.cpuUsage().user;
    state.call(main);
    return (process.cpuUsage().user - before) / 1000;
  };
}

/** The fastest quarter's slowest: what else the machine does makes runs slower, never faster. */
function typical(times: number[]): number {
  return times.sort((a, b) => a - b)[times.length >> 2]!;
}

const rows: string[][] = [];
const ratios: number[][] = [];
for (const program of programs) {
  const runs = libraries.map((library) => session(library, program));
  const times: number[][] = runs.map(() => []);
  for (let round = -WARM; round < rounds; round++) {
    for (let i = 0; i < runs.length; i++) {
      const which = (i + round + WARM) % runs.length; // each comes first in turn
      progress(`${program}: ${round < 0 ? "warming up" : `round ${round + 1} of ${rounds}`}`);
      const time = runs[which]!();
      if (round >= 0) times[which]!.push(time);
    }
  }
  const [whole, ...without] = times.map(typical);
  ratios.push(without.map((time) => whole! / time));
  rows.push([program, whole!.toFixed(0), ...ratios.at(-1)!.map((ratio) => ratio.toFixed(3))]);
}
clearProgress();
console.log(textTable(["program", "whole, ms", ...Object.keys(WITHOUT).map((name) => `/ without ${name}`)], rows));
console.log(`geometric means: ${Object.keys(WITHOUT).map((name, i) => `${name} ${geometricMean(ratios.map((of) => of[i]!)).toFixed(3)}`).join(", ")}`);
