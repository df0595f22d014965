// COMPATIBILITY.md lists every library function: no more and no less than a state has, and than C Lua has.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { createState } from "../src/index.js";
import { LuaTable } from "../src/vm/table.js";
import { oracle } from "./support/oracle.js";

const LIBRARIES = ["coroutine", "debug", "io", "math", "os", "package", "string", "table", "utf8"];
const document = readFileSync("COMPATIBILITY.md", "utf8");

/** Names of the rows of the tables below "Library functions". */
function listed(): string[] {
  const tables = document.slice(document.indexOf("## Library functions"));
  return [...tables.matchAll(/^\| `([\w.:]+)` \| (.+) \|$/gm)].map((match) => match[1]!);
}

function keysOf(table: LuaTable): string[] {
  const keys: string[] = [];
  for (let at = table.advance(undefined); at >= 0; at = table.advance(table.keyAt(at))) keys.push(String(table.keyAt(at)));
  return keys;
}

test("each function of a running state has one row, and each row a function", () => {
  const state = createState();
  const { globals } = state;
  const names = keysOf(globals).filter((name) => !LIBRARIES.includes(name));
  for (const library of LIBRARIES) names.push(...keysOf(globals.get(library) as LuaTable).map((name) => `${library}.${name}`));
  const [methods] = state.call(state.load("return getmetatable(io.stdout).__index", "=methods"));
  names.push(...keysOf(methods as LuaTable).map((name) => `file:${name}`));
  expect(listed().sort()).toEqual(names.sort());
});

test("C Lua has nothing that is not listed", async () => {
  const judge = await oracle();
  const { output } = judge.run(`
    local G = getmetatable(_G).__index
    for _, library in ipairs { ${LIBRARIES.map((name) => `"${name}"`).join(", ")} } do
      for name in pairs(G[library]) do print(library .. "." .. name) end
    end
    for name in pairs(G) do if type(G[name]) == "function" and debug.getinfo(G[name], "S").what == "C" then print(name) end end`);
  const rows = new Set(listed());
  const strangers = ["__run"]; // the oracle's own
  expect(output.trimEnd().split("\n").filter((name) => !rows.has(name) && !strangers.includes(name))).toEqual([]);
});
