// One file for each section of the manual.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { expectationsOf, printedByCLua, printedByPerilune } from "./manual-sections.js";
import { SPEC_TESTS } from "./paths.js";

const FOLDER = join(SPEC_TESTS, "manual");
const files = readdirSync(FOLDER).filter((file) => file.endsWith(".lua")).sort();

describe("manual", () => {
  test.each(files)("%s", async (file) => {
    const source = readFileSync(join(FOLDER, file), "latin1");
    const expected = expectationsOf(source);
    expect(expected.length).toBeGreaterThan(0);
    expect(printedByPerilune(source, file), "perilune").toEqual(expected);
    expect(await printedByCLua(source, file), "C Lua").toEqual(expected);
  });
});
