// One file for each section of the manual that defines the language. What a file expects on its lines after `-->` is held
// against C Lua (wasmoon) as well as perilune: an expectation cannot be wrong unnoticed.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { LuaFactory } from "wasmoon";
import { describe, expect, test } from "vitest";
import { printedBy } from "../test/support/run-lua.js";
import { SPEC_TESTS } from "./paths.js";

const FOLDER = join(SPEC_TESTS, "manual");
const files = readdirSync(FOLDER).filter((file) => file.endsWith(".lua")).sort();

const CAPTURE = `
local lines = {}
function print(...)
  local parts = table.pack(...)
  for i = 1, parts.n do parts[i] = tostring(parts[i]) end
  lines[#lines + 1] = table.concat(parts, "\\t")
end
assert(load(program, "@" .. name))()
return table.concat(lines, "\\n")
`;

async function printedByCLua(source: string, name: string): Promise<string[]> {
  const lua = await new LuaFactory().createEngine();
  try {
    lua.global.set("program", source);
    lua.global.set("name", name);
    return String(lua.doStringSync(CAPTURE)).split("\n");
  } finally {
    lua.global.close();
  }
}

describe("manual", () => {
  test.each(files)("%s", async (file) => {
    const source = readFileSync(join(FOLDER, file), "latin1");
    const expected = [...source.matchAll(/--> (.*)$/gm)].map((match) => match[1]!);
    expect(expected.length).toBeGreaterThan(0);
    expect(printedBy(source, file), "perilune").toEqual(expected);
    expect(await printedByCLua(source, file), "C Lua").toEqual(expected);
  });
});
