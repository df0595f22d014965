// What must hold of every text, as data: an arbitrary and a check. Those that compare with another implementation take its oracle.
import type fc from "fast-check";
import { dump } from "../bytecode/dump.js";
import type { Proto } from "../bytecode/proto.js";
import { undump } from "../bytecode/undump.js";
import { verify } from "../bytecode/verify.js";
import { compile } from "../compiler/compile.js";
import { Lexer } from "../lexer/lexer.js";
import { LuaSyntaxError } from "../lexer/syntax-error.js";
import { parseChunk } from "../parser/parser.js";
import { printChunk } from "../parser/print-ast.js";
import { damagedProgramArbitrary } from "./generate/damage.js";
import { portableProgramArbitrary } from "./generate/portable.js";
import { programArbitrary } from "./generate/program.js";
import { tokenStreamArbitrary } from "./generate/tokens.js";
import { type Observation, observe } from "./observe.js";
import { type Oracle, type Question, periluneOracle } from "./oracle.js";

export interface Property {
  readonly name: string;
  /** What holds, in words. */
  readonly says: string;
  /** Texts to check; shrinking keeps programs whole. */
  readonly texts: fc.Arbitrary<string>;
  /** Asks about all of `texts`, which will be checked next, in one go: an oracle that is a process of its own is slow to start. */
  prepare?(texts: readonly string[]): void;
  /** Undefined when the property holds for the text, else what differs. */
  check(text: string): string | undefined;
}

/** The properties that need nobody else. */
export const OWN_PROPERTIES: readonly Property[] = [
  { name: "print", says: "a program that is parsed and printed compiles to the same code", texts: programArbitrary, check: printed },
  { name: "chunks", says: "a chunk that is written, read and written again is the same, and passes the verifier", texts: programArbitrary, check: chunks },
  { name: "tiers", says: "interpreter and emitted code print, count, account and fail alike", texts: programArbitrary, check: tiers },
  { name: "slices", says: "a run that is stopped and resumed prints, counts, accounts and fails as one that is not, on both tiers", texts: programArbitrary, check: slices },
  { name: "limits", says: "a run that fits a budget fits every larger one; a stopped run is the beginning of the longer one", texts: programArbitrary, check: limits },
  { name: "determinism", says: "two runs are the same, to the instruction and the byte", texts: programArbitrary, check: deterministic },
];

/** The properties that compare with `oracle`, which is asked about every text: those that it can be asked about. */
export function comparedWith(oracle: Oracle): readonly Property[] {
  let ours = periluneOracle();
  const property = (name: string, says: string, texts: fc.Arbitrary<string>, question: Question): Property[] => {
    if (!oracle.questions.includes(question)) return [];
    let known = new Map<string, string>();
    return [{
      name, says, texts,
      prepare(batch) {
        const answers = oracle.ask(question, batch);
        known = new Map(batch.map((text, i) => [text, answers[i]!]));
      },
      check(text) {
        const theirs = known.get(text) ?? oracle.ask(question, [text])[0]!;
        let mine: string;
        try {
          mine = ours.ask(question, [text])[0]!;
        } catch (problem) {
          ours = periluneOracle(); // a broken state must not spoil the rest
          mine = `exception ${problem instanceof Error ? problem.stack : String(problem)}`;
        }
        return difference(theirs, mine, [oracle.name, "perilune"]);
      },
    }];
  };
  return [
    property("behaviour", "same output, same error, same instruction count", programArbitrary, "observe"),
    property("bytes", "same bytecode, stripped and not", programArbitrary, "compiled"),
    property("syntax", "same message for damaged programs, same bytecode for those that survive", damagedProgramArbitrary, "compiled"),
    property("tokens", "same message for streams of tokens", tokenStreamArbitrary, "accepted"),
    property("output", "same output, of programs that every Lua from 5.1 on runs", portableProgramArbitrary, "prints"),
  ].flat();
}

/** The first line in which two answers differ, with whose they are; undefined when they are equal. */
export function difference(a: string, b: string, [nameOfA, nameOfB]: readonly [string, string]): string | undefined {
  if (a === b) return undefined;
  const [left, right] = [a.split("\n"), b.split("\n")];
  const found = left.findIndex((text, i) => text !== right[i]);
  const at = found < 0 ? left.length : found;
  const line = (lines: readonly string[]): string => (lines[at] ?? "(nothing)").slice(0, 2000);
  return `line ${at + 1}\n  ${nameOfA}: ${line(left)}\n  ${nameOfB}: ${line(right)}`;
}

function compiled(text: string): Proto | undefined {
  try {
    return compile(text, "=program");
  } catch (error) {
    if (error instanceof LuaSyntaxError) return undefined;
    throw error;
  }
}

function printed(text: string): string | undefined {
  const original = compiled(text);
  if (original === undefined) return undefined;
  const again = printChunk(parseChunk(new Lexer(text, "=program")));
  return difference(shapeOf(original), shapeOf(compile(again, "=program")), ["as written", "as printed"]);
}

/** All of a function but lines. */
function shapeOf(proto: Proto): string {
  const constants = proto.constants.map((value) => (typeof value === "object" ? `float ${value.n}` : `${typeof value} ${String(value)}`));
  const own = [proto.numParams, proto.isVararg, proto.maxStackSize, [...proto.code].join(" "), constants.join(", "), proto.upvalues.map(({ name }) => name).join(" ")];
  return [own.join("\n"), ...proto.protos.map(shapeOf)].join("\n");
}

function chunks(text: string): string | undefined {
  const proto = compiled(text);
  if (proto === undefined) return undefined;
  for (const strip of [false, true]) {
    const first = dump(proto, strip);
    const read = undump(first, "=chunk");
    verify(read);
    if (dump(read, strip) !== first) return `the second chunk differs (strip: ${strip})`;
  }
  return undefined;
}

const told = (seen: Observation): string =>
  `${seen.ending}\ninstructions ${seen.instructions}\ncharged ${seen.charged}\nallocated ${seen.allocated}\n${seen.traceback}\n${seen.output}`;

function tiers(text: string): string | undefined {
  const interpreted = told(observe(text, { jit: "off" }));
  for (const jit of ["auto", "always", "guess"] as const) {
    const found = difference(interpreted, told(observe(text, { jit })), ["off", jit]);
    if (found !== undefined) return found;
  }
  return undefined;
}

function slices(text: string): string | undefined {
  const whole = told(observe(text, { jit: "off", slice: Infinity }));
  for (const jit of ["off", "always", "guess"] as const) {
    for (const slice of [1, 7, text.length % 100]) {
      const found = difference(whole, told(observe(text, { jit, slice })), ["in one piece", `${jit}, slices of ${slice}`]);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function limits(text: string): string | undefined {
  const whole = observe(text);
  const used = whole.instructions + whole.charged;
  let shorter = "";
  for (const share of [0.1, 0.35, 0.6, 0.95, 1, 1.5]) {
    const budget = Math.max(1, Math.floor(used * share));
    const run = observe(text, { instructions: budget });
    if (budget >= used && run.ending !== whole.ending) return `${used} units were enough, but with ${budget}: ${run.ending}`;
    if (!run.output.startsWith(shorter)) return `with ${budget} units the output does not begin with that of a smaller budget`;
    if (!whole.output.startsWith(run.output)) return `with ${budget} units the output is not the beginning of the whole one`;
    if (run.instructions + run.charged > budget && run.ending.startsWith("returned")) return `${budget} units were granted, ${run.instructions + run.charged} used`;
    shorter = run.output;
  }
  return undefined;
}

function deterministic(text: string): string | undefined {
  return difference(told(observe(text)), told(observe(text)), ["first run", "second run"]);
}
