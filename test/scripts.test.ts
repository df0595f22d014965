// The Lua files under test/scripts: each prints, and says on the same line after `-->` what it expects to be printed.
// What they expect is what C Lua 5.4.6 prints.
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { printedBy } from "./support/run-lua.js";

const ROOT = "test/scripts";
const files = readdirSync(ROOT, { recursive: true, encoding: "utf8" })
  .map((path) => path.replaceAll("\\", "/"))
  .filter((path) => path.endsWith(".lua"))
  .sort();

/** Line of the file and the text expected there. */
function expectations(source: string): string[] {
  return source.split("\n").flatMap((line, i) => {
    const found = /--> (.*)$/.exec(line);
    return found === null ? [] : [`${i + 1}: ${found[1]}`];
  });
}

describe("scripts", () => {
  test.each(files)("%s", (path) => {
    const source = readFileSync(`${ROOT}/${path}`, "latin1");
    const expected = expectations(source);
    const printed = printedBy(source, path);
    expect(expected.length, "a script without expectations tests nothing").toBeGreaterThan(0);
    expect(printed.map((line, i) => `${expected[i]?.split(":", 1)[0] ?? "end"}: ${line}`)).toEqual(expected);
  });
});
