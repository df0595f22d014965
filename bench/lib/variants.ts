// Variants of the library for the study of metering: the same sources, with the lines that count put elsewhere or left out.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import type { LuaState, LuaValue } from "../../src/index.js";
import { PRELUDE } from "./session.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** How a variant counts. */
export type Strategy = "none" | "instruction" | "block" | "edges" | "unaccounted" | "bare";

interface Change {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  /** Every occurrence instead of exactly one. */
  readonly everywhere?: boolean;
}

const INTERPRETER = "src/vm/interpreter.ts";
/** The check before every instruction. */
const CHECK = `              fuel = (fuel - 1) | 0;
              if (fuel < 0) {
                meter.fuel = fuel;
                frame.pc = pc;
                if (state.tick(L, frame)) return;
                meter.fuel++; // the tick has paid for the instruction
                pc--;
                continue turn;
              }
`;
/** The same for a target of a jump, which is the instruction at pc: it will tick. */
const uncounted: Change = { file: INTERPRETER, find: CHECK, replace: "" };
/** VARARGPREP gives back a unit that these variants did not take. */
const noRefund: Change = { file: "src/vm/slow-paths.ts", find: "L.state.meter.fuel++; // C Lua's hooks start after it: it does not count", replace: "" };

const unaccounted: readonly Change[] = [
  { file: "src/vm/accounting.ts", find: "  heap.allocated += bytes;\n  if (heap.allocated > heap.threshold) heap.watcher.thresholdPassed();\n", replace: "" },
  { file: INTERPRETER, find: "heap.allocated +=", replace: "void ", everywhere: true },
  { file: "src/vm/calls.ts", find: "heap.allocated +=", replace: "void ", everywhere: true },
];

const BLOCKS = "src/jit/lower.ts";
const HELPERS = "src/jit/helpers.ts";
/** Entries are judged by what the meter counts in them: not where variants are compared that do not count. */
const unjudged: Change = { file: "src/jit/tier.ts", find: "const isWorth = profit.units >= LOOK * WORTH;", replace: "const isWorth = true;" };
/** Payments of emitted code at its points, the differences behind branches, and the looks behind calls. */
const unmeteredBlocks: readonly Change[] = [
  { file: BLOCKS, find: "    if (units > 0) e.line(`if ((m.fuel -= ${units}) < ${spare}${this.orRefuel(isLoop)}) ${e.exit(pc)}`);\n", replace: "" },
  { file: BLOCKS, find: "    else if (spare > 0) e.line(`if (m.fuel < ${spare}${this.orRefuel(isLoop)}) ${e.exit(pc)}`);\n", replace: "" },
  { file: BLOCKS, find: "    if (owed !== 0) this.e.line(`m.fuel ${owed > 0 ? \"-\" : \"+\"}= ${Math.abs(owed)};`);\n", replace: "" },
  { file: BLOCKS, find: "    else if (this.charges.isLook(index)) e.line(`if (m.fuel <= 0${this.orRefuel(false)}) ${e.exit(start)}`);\n", replace: "" },
];
const unaccountedHelpers: readonly Change[] = [
  { file: HELPERS, find: "heap.allocated > threshold", replace: "false", everywhere: true },
  { file: HELPERS, find: " || heap.allocated + size > heap.threshold", replace: "", everywhere: true },
  { file: HELPERS, find: "heap.allocated + size > heap.threshold", replace: "false", everywhere: true },
  { file: HELPERS, find: "heap.allocated + SIZE.table + fields * SIZE.hashSlot > heap.threshold", replace: "false" },
  { file: HELPERS, find: "  heap.allocations++;\n", replace: "", everywhere: true },
  { file: HELPERS, find: "heap.allocated += ", replace: "void ", everywhere: true },
];
/** What changes for the strategies that emitted code has. The interpreter counts in all of them: functions are compiled after so many ticks. */
const EMITTED: Partial<Readonly<Record<Strategy, readonly Change[]>>> = {
  instruction: [unjudged],
  none: [unjudged, ...unmeteredBlocks],
  unaccounted: [unjudged, ...unaccounted, ...unaccountedHelpers],
  bare: [unjudged, ...unmeteredBlocks, ...unaccounted, ...unaccountedHelpers],
};

const CHANGES: Readonly<Record<Strategy, readonly Change[]>> = {
  instruction: [],
  none: [uncounted, noRefund],
  /** Length of the block at its first instruction: a table by pc says where blocks begin and how long they are. */
  block: [
    {
      file: INTERPRETER, find: CHECK, replace: `              const blockLength = blockLengths[pc - 1]!;
              if (blockLength !== 0 && (fuel = (fuel - blockLength) | 0) < 0) {
                meter.fuel = fuel + blockLength - 1;
                if (meter.fuel < 0) {
                  frame.pc = pc;
                  if (state.tick(L, frame)) return;
                  meter.fuel++;
                  pc--;
                  continue turn;
                }
                meter.interrupt();
                ({ fuel } = meter);
              }
`,
    },
    noRefund,
    { file: INTERPRETER, find: "let { fields } = cache;", replace: "let { fields, blockLengths } = cache;" },
    { file: INTERPRETER, find: "({ fields } = cache);", replace: "({ fields, blockLengths } = cache);", everywhere: true },
    {
      file: "src/vm/inline-cache.ts", find: "readonly fields: FieldCache[];", replace: `readonly fields: FieldCache[];
  readonly blockLengths: Int32Array;`,
    },
    {
      file: "src/vm/inline-cache.ts", find: "    this.fields = fields;", replace: `    this.fields = fields;
    this.blockLengths = blockLengthsOf(proto);`,
    },
    {
      file: "src/vm/inline-cache.ts", find: "const NEVER = new FieldCache();", replace: `const NEVER = new FieldCache();

function blockLengthsOf(proto: Proto): Int32Array {
  const { code } = proto;
  const begins = new Uint8Array(code.length + 1);
  begins[0] = begins[code.length] = 1;
  for (let pc = 0; pc < code.length; pc++) {
    const op = getOp(code[pc]!);
    const bx = code[pc]! >>> 15;
    const targets = op === Op.Jmp ? [pc + 1 + (code[pc]! >>> 7) - 16777215] : op === Op.ForLoop || op === Op.TForLoop ? [pc + 1 - bx] :
      op === Op.ForPrep ? [pc + 2 + bx] : op === Op.TForPrep ? [pc + 1 + bx] : op >= Op.Eq && op <= Op.TestSet || op === Op.LFalseSkip ? [pc + 2] : [];
    const ends = targets.length > 0 || op >= Op.Call && op <= Op.Return1;
    for (const target of targets) begins[target] = 1;
    if (ends) begins[pc + 1] = 1;
  }
  const lengths = new Int32Array(code.length);
  for (let pc = code.length - 1, length = 0; pc >= 0; pc--) {
    const op = getOp(code[pc]!);
    if (op !== Op.MmBin && op !== Op.MmBinI && op !== Op.MmBinK && op !== Op.ExtraArg && op !== Op.VarargPrep) length++; // mostly not executed
    if (begins[pc] === 0) continue;
    lengths[pc] = length;
    length = 0;
  }
  return lengths;
}`,
    },
  ],
  /** One unit for a backward jump and for a call of a Lua function. */
  edges: [
    uncounted, noRefund,
    { file: INTERPRETER, find: "                      if (tier === null) continue;\n", replace: "" },
    { file: INTERPRETER, find: "if ((i >>> 7) < Offset.SJ && tier !== null) {", replace: "if ((i >>> 7) < Offset.SJ) {" },
    { file: INTERPRETER, find: "        // a loop goes on at pc\n", replace: "        if (--meter.fuel < 0) {\n          frame.pc = pc + 1;\n          if (state.tick(L, frame)) return;\n        }\n" },
    { file: INTERPRETER, find: "frame = pushLua(L, callee, ra, nargs, (i >>> 24) - 1, 0);", replace: "meter.fuel--;\n                frame = pushLua(L, callee, ra, nargs, (i >>> 24) - 1, 0);" },
  ],
  /** Counts instructions, but no allocation. */
  unaccounted,
  /** Counts neither. */
  bare: [uncounted, noRefund, ...unaccounted],
};

export type Library = typeof import("../../src/index.js");

/** The library with a strategy compiled in, in the interpreter alone or in emitted code as well. */
export async function loadVariant(strategy: Strategy, { emitted = false } = {}): Promise<Library> {
  return (await import(pathToFileURL(await buildVariant(strategy, emitted)).href)) as Library;
}

/** Loads a program of bench/programs into `state`; answers the function that runs it. */
export function loadProgram(state: LuaState, program: string): LuaValue {
  state.call(state.load(PRELUDE, "=prelude"));
  state.call(state.globals.getStr("bench_load"), [readFileSync(join(ROOT, `bench/programs/${program}.lua`), "latin1"), `=${program}`]);
  return state.globals.getStr("bench_run");
}

async function buildVariant(strategy: Strategy, isEmitted: boolean): Promise<string> {
  const outfile = join(ROOT, `node_modules/.cache/perilune-variants/${isEmitted ? "emitted-" : ""}${strategy}.mjs`);
  const changes = (isEmitted ? EMITTED : CHANGES)[strategy];
  if (changes === undefined) throw new Error(`variant: emitted code has no strategy ${strategy}`);
  await build({
    entryPoints: [join(ROOT, "src/index.ts")],
    outfile, bundle: true, format: "esm", platform: "neutral", target: "es2022", external: ["node:*"],
    define: { __DEV__: "false" }, minifySyntax: true, logLevel: "error",
    plugins: [{
      name: "variant",
      setup: (esbuild) => esbuild.onLoad({ filter: /src[\\/](?:vm|jit)[\\/]\w[\w-]*\.ts$/ }, ({ path }) => {
        const mine = changes.filter(({ file }) => path.replaceAll("\\", "/").endsWith(file));
        if (mine.length === 0) return undefined;
        return { contents: mine.reduce(apply, readFileSync(path, "utf8").replaceAll("\r\n", "\n")), loader: "ts" };
      }),
    }],
  });
  return outfile;
}

function apply(text: string, { file, find, replace, everywhere }: Change): string {
  const count = text.split(find).length - 1;
  if (count === 0 || (count > 1 && everywhere !== true)) throw new Error(`variant: ${file} has ${count} places like: ${find}`);
  return text.replaceAll(find, replace);
}
