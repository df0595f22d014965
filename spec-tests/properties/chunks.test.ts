import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { disassemble } from "../../src/bytecode/disassemble.js";
import { dump } from "../../src/bytecode/dump.js";
import { Proto, type Constant } from "../../src/bytecode/proto.js";
import { BadChunk, undump } from "../../src/bytecode/undump.js";
import { verify } from "../../src/bytecode/verify.js";
import { compile } from "../../src/compiler/compile.js";
import { makeFloat } from "../../src/number/float.js";
import { wrapInteger } from "../../src/number/integer.js";
import { PROGRAMS } from "../../test/bytecode/programs.js";
import { Random, mutateBytes, mutateFunctions } from "./chunks-mutate.js";
import { LIVELY, runChunk, seeds } from "./chunks-run.js";

// The mutants here come from a fixed seed, so that the sample is the same everywhere; chunks-fuzz.ts takes a new one each run.

const byteString = fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes).toString("latin1"));
const int = fc.oneof(fc.nat({ max: 300 }), fc.nat({ max: 2 ** 31 - 129 }));
const byte = fc.nat({ max: 255 });

const constant: fc.Arbitrary<Constant> = fc.oneof(
  fc.constantFrom(undefined, true, false),
  byteString,
  fc.double().map(makeFloat),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(wrapInteger),
  fc.integer(),
);

const upvalue = fc.record({ name: fc.option(byteString, { nil: undefined }), inStack: fc.boolean(), index: byte, kind: byte });

const { proto: arbitraryProto } = fc.letrec<{ proto: Proto }>((tie) => ({
  proto: fc.record({
    source: fc.option(byteString, { nil: undefined }),
    lineDefined: int,
    lastLineDefined: int,
    numParams: byte,
    isVararg: fc.boolean(),
    maxStackSize: byte,
    code: fc.int32Array({ maxLength: 40 }),
    constants: fc.array(constant, { maxLength: 12 }),
    upvalues: fc.array(upvalue, { maxLength: 4 }),
    protos: fc.oneof({ maxDepth: 3 }, fc.constant([]), fc.array(tie("proto"), { maxLength: 3 })),
    lineInfo: fc.int8Array({ maxLength: 40 }),
    absLineInfo: fc.array(fc.record({ pc: int, line: int }), { maxLength: 4 }),
    locals: fc.array(fc.record({ name: byteString, startpc: int, endpc: int }), { maxLength: 4 }),
  }).map((fields) => Object.assign(new Proto(), fields)),
}));

/** As in any compiled chunk, and in any chunk that was read: a function without a source takes its parent's. */
function inheritSources(proto: Proto): Proto {
  for (const nested of proto.protos) {
    nested.source ??= proto.source;
    inheritSources(nested);
  }
  return proto;
}

describe("dump and undump", () => {
  test("any function comes back as it was", () => {
    fc.assert(fc.property(arbitraryProto, (proto) => {
      const chunk = dump(inheritSources(proto), false);
      const back = undump(chunk, "=x");
      expect(back).toEqual(proto);
      expect(dump(back, false)).toBe(chunk);
    }), { numRuns: 300 });
  });

  test("any function can be listed, and is accepted or refused in order", () => {
    fc.assert(fc.property(arbitraryProto, (proto) => {
      expect(disassemble(proto, { full: true })).toContain("instruction");
      outcome(dump(proto, false));
    }), { numRuns: 300 });
  });
});

/** "passes" or "refused"; anything thrown but a BadChunk goes on. */
function outcome(chunk: string): "passes" | "refused" {
  try {
    verify(undump(chunk, "=mutant"));
    return "passes";
  } catch (e) {
    if (e instanceof BadChunk) return "refused";
    throw e;
  }
}

describe("mutated chunks", () => {
  const chunks = Object.entries(PROGRAMS)
    .filter(([name]) => name !== "manyConstants" && name !== "bigTable") // big and uniform
    .map(([name, source]) => dump(compile(source, `@${name}`), false));

  test("the originals pass", () => {
    for (const chunk of chunks) expect(outcome(chunk)).toBe("passes");
  });

  test.each([
    ["in their bytes", (random: Random, chunk: string) => mutateBytes(random, chunk, random.pick(chunks))],
    ["in their functions", mutateFunctions],
  ])("%s: accepted or refused, never anything else", (_how, mutate) => {
    const seed = Number(process.env["FUZZ_SEED"] ?? 1);
    const random = new Random(seed);
    const counts = { passes: 0, refused: 0 };
    for (let n = 0; n < 3000; n++) {
      const mutant = mutate(random, random.pick(chunks));
      const start = performance.now();
      try {
        counts[outcome(mutant)]++;
      } catch (e) {
        throw new Error(`FUZZ_SEED=${seed}, mutant ${n}: ${Buffer.from(mutant, "latin1").toString("hex")}`, { cause: e });
      }
      expect(performance.now() - start).toBeLessThan(10_000);
    }
    expect(counts.passes).toBeGreaterThan(0);
    expect(counts.refused).toBeGreaterThan(0);
  });
});

describe("mutated chunks that pass, executed", () => {
  const chunks = seeds(["arithmetic", "loops", "closing", "functions", "comparisons"].map((name) => PROGRAMS[name]!));

  test("the lively programs return unmutated", () => {
    expect(LIVELY.map((_, i) => runChunk(chunks[i]!))).toEqual(LIVELY.map(() => "returned"));
  });

  test("only Lua errors come out, within limits", () => {
    const seed = Number(process.env["FUZZ_SEED"] ?? 1);
    const random = new Random(seed);
    const counts = { refused: 0, returned: 0, raised: 0, limit: 0 };
    for (let n = 0; n < 2500; n++) {
      const mutant = mutateFunctions(random, random.pick(chunks));
      try {
        counts[runChunk(mutant)]++;
      } catch (e) {
        throw new Error(`FUZZ_SEED=${seed}, mutant ${n}: ${Buffer.from(mutant, "latin1").toString("hex")}`, { cause: e });
      }
    }
    for (const count of Object.values(counts)) expect(count).toBeGreaterThan(0);
  });
});
