import { existsSync, readFileSync, readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { ALL_BRIDGES } from "../../../src/engine/bridges/all-bridges.js";
import { luaStubs } from "../../../src/engine/bridges/luals-stubs.js";
import { bridgeReference } from "../../../src/engine/bridges/reference.js";
import { createState } from "../../../src/index.js";

const HOW = "node --import tsx scripts/bridge-reference.ts";

describe("what is made from the bridges' descriptions is up to date", () => {
  test("docs/bridges.md", () => {
    const [, written] = readFileSync("docs/bridges.md", "utf8").split("<!-- What follows is made by scripts/bridge-reference.ts. -->\n\n");
    expect(written === bridgeReference(ALL_BRIDGES), HOW).toBe(true);
  });

  test.each(ALL_BRIDGES.map((bridge) => [bridge.name, bridge] as const))("docs/luals/perilune.%s.lua", (name, bridge) => {
    expect(readFileSync(`docs/luals/perilune.${name}.lua`, "utf8") === luaStubs(bridge), HOW).toBe(true);
  });

  test("stubs of bridges that are gone are gone", () => {
    expect(readdirSync("docs/luals").sort()).toEqual(ALL_BRIDGES.map(({ name }) => `perilune.${name}.lua`).sort());
  });
});

test("stubs are Lua, and define what the bridge has", () => {
  for (const bridge of ALL_BRIDGES) {
    const state = createState();
    const [module] = state.call(state.load(luaStubs(bridge), "=stub"));
    state.globals.setStr("module", module);
    for (const name of Object.keys(bridge.spec.functions)) {
      expect(state.call(state.load(`return type(module.${name})`, "=test"))).toEqual(["function"]);
    }
  }
});

test("links inside the reference lead somewhere", () => {
  const text = readFileSync("docs/bridges.md", "utf8");
  const headings = new Set([...text.matchAll(/^#+ (.*)$/gm)].map(([, heading]) => heading!.toLowerCase().replace(/[^\w\- ]/g, "").replaceAll(" ", "-")));
  for (const [, target] of text.matchAll(/\]\(#([^)]+)\)/g)) expect([...headings]).toContain(target);
  for (const [, path] of text.matchAll(/`((?:docs|test|scripts)\/[\w./-]+)`/g)) expect(existsSync(path!), path).toBe(true);
});
