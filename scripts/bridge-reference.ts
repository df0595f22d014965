// Writes what is made from the bridges' descriptions: the reference in docs/bridges.md (below its mark) and the stubs in
// docs/luals. `node --import tsx scripts/bridge-reference.ts`; test/engine/bridges/reference.test.ts holds them up to date.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { ALL_BRIDGES } from "../src/engine/bridges/all-bridges.js";
import { luaStubs } from "../src/engine/bridges/luals-stubs.js";
import { bridgeReference } from "../src/engine/bridges/reference.js";

const MARK = "<!-- What follows is made by scripts/bridge-reference.ts. -->\n\n";

const page = readFileSync("docs/bridges.md", "utf8");
writeFileSync("docs/bridges.md", page.slice(0, page.indexOf(MARK) + MARK.length) + bridgeReference(ALL_BRIDGES));
mkdirSync("docs/luals", { recursive: true });
for (const bridge of ALL_BRIDGES) writeFileSync(`docs/luals/perilune.${bridge.name}.lua`, luaStubs(bridge));
