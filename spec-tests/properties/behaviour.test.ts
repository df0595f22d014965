// Generated programs behave as in C Lua: the same output, the same error, the same number of instructions.
import fc from "fast-check";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { programArbitrary } from "../generate/program.js";
import { tokenStreamArbitrary } from "../generate/tokens.js";
import { SPEC_TESTS } from "../paths.js";
import { type Asked, perilune } from "./behaviour/perilune.js";
import { type Oracle, type Question, wasmoonOracle } from "./behaviour/oracle.js";

let oracle: { ask: Oracle; close(): void };
let ours: Asked;

beforeAll(async () => {
  oracle = await wasmoonOracle();
  ours = perilune();
});
afterAll(() => oracle.close());

function same(question: Question, text: string): void {
  expect(ours(question, text), text).toBe(oracle.ask(question, [text])[0]);
}

describe("as C Lua", () => {
  test("generated programs", () => {
    fc.assert(fc.property(programArbitrary, (program) => same("observe", program)), { numRuns: 2000 });
  });

  test("token streams: the same chunk or the same message", () => {
    fc.assert(fc.property(tokenStreamArbitrary, (text) => same("accepted", text)), { numRuns: 1000 });
  });
});

describe("found by the fuzzer", () => {
  const folder = join(SPEC_TESTS, "regressions");
  const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith(".lua")) : [];
  test.each(files)("%s", (file) => {
    const text = readFileSync(join(folder, file), "latin1");
    for (const question of ["compiled", "observe"] as const) same(question, text);
  });
});
