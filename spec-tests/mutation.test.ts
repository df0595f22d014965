import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { applyMutant } from "./mutation/check.js";
import { MUTANTS } from "./mutation/mutants.js";

describe("the seeded bugs", () => {
  test("are at least 30, with names of their own", () => {
    expect(MUTANTS.length).toBeGreaterThanOrEqual(30);
    expect(new Set(MUTANTS.map((mutant) => mutant.name)).size).toBe(MUTANTS.length);
  });

  test.each(MUTANTS.map((mutant) => [mutant.name, mutant] as const))("%s: fits the source", (_, mutant) => {
    const source = readFileSync(mutant.file, "utf8");
    expect(applyMutant(mutant, source)).not.toBe(source);
  });
});
