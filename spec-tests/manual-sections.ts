// The tests of the manual's sections: Lua files whose lines say after `-->` what they print. The expectations are held against
// C Lua (wasmoon) as well as perilune, so that a wrong one cannot stay unnoticed.
import { LuaFactory } from "wasmoon";
import { printedBy } from "../test/support/run-lua.js";

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

/** What the file says its lines print, in order. */
export function expectationsOf(source: string): string[] {
  return [...source.matchAll(/--> (.*)$/gm)].map((match) => match[1]!);
}

export const printedByPerilune = printedBy;

/** The lines that C Lua prints. */
export async function printedByCLua(source: string, name: string): Promise<string[]> {
  const lua = await new LuaFactory().createEngine();
  try {
    lua.global.set("program", source);
    lua.global.set("name", name);
    return String(lua.doStringSync(CAPTURE)).split("\n");
  } finally {
    lua.global.close();
  }
}
