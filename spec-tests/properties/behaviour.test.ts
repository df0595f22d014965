// The properties of the testing kit, each on a sample; `npm run fuzz` runs them for as long as wanted.
import fc from "fast-check";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Oracle, wasmoonOracle } from "../../src/testing/oracle.js";
import { OWN_PROPERTIES, type Property, comparedWith } from "../../src/testing/properties.js";
import { SPEC_TESTS } from "../paths.js";

let oracle: Oracle;
let compared: readonly Property[];

beforeAll(async () => {
  oracle = await wasmoonOracle();
  compared = comparedWith(oracle);
});
afterAll(() => oracle.close());

const holds = (property: Property, numRuns: number): void =>
  fc.assert(fc.property(property.texts, (text) => void expect(property.check(text), text).toBeUndefined()), { numRuns });

describe("as C Lua", () => {
  test.each([["behaviour", 2000], ["tokens", 1000], ["syntax", 300], ["output", 300]] as const)("%s", (name, runs) => {
    holds(compared.find((property) => property.name === name)!, runs);
  });
});

describe("by itself", () => {
  test.each(OWN_PROPERTIES.map((property) => [property.name, property] as const))("%s", (name, property) => holds(property, name === "tiers" || name === "limits" ? 80 : 150));
});

describe("found by the fuzzer", () => {
  const folder = join(SPEC_TESTS, "regressions");
  const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith(".lua")) : [];
  test.each(files)("%s", (file) => {
    const text = readFileSync(join(folder, file), "latin1");
    for (const property of [...compared, ...OWN_PROPERTIES]) expect(property.check(text), property.name).toBeUndefined();
  });
});
