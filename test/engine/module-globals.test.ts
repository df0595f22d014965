// Bridges in the globals: only where the policy asks for it, and never more than `require` gives.
import { describe, expect, test } from "vitest";
import { ALL_BRIDGES, registerBridges } from "../../src/engine/bridges/index.js";
import type { LuaContext } from "../../src/engine/context.js";
import { LuaEngine } from "../../src/engine/lua-engine.js";
import { ModuleRegistry } from "../../src/engine/modules.js";
import { type PolicyChanges, policies } from "../../src/engine/policy.js";

function contextWith(changes: PolicyChanges, base: "none" | "restricted" | "strict" = "restricted"): LuaContext {
  const modules = new ModuleRegistry();
  modules.registerHostModule("app.util", () => "plain");
  registerBridges(modules, ALL_BRIDGES);
  return new LuaEngine({ modules }).createContext({ policy: policies[base].derive(changes) });
}

const BRIDGES: PolicyChanges = { bridgeGlobals: true, permissions: { bridges: ["agent", "event"] } };

describe("with bridgeGlobals", () => {
  test.each(["none", "restricted", "strict"] as const)("under %s they are what require gives", async (base) => {
    const context = contextWith(BRIDGES, base);
    expect(await context.execute(`local same = perilune.agent == zigllms.agent and perilune.event == perilune.event
      return same and (require == nil or perilune.agent == require "perilune.agent")`)).toBe(true);
    expect(await context.execute('return perilune.agent.create{ name = "a" }:run("x").content')).toBe("Offline answer to: x");
  });

  test("what is not granted is refused as require refuses it", async () => {
    const context = contextWith(BRIDGES);
    const [a, b] = await Promise.all(['return perilune.tool', 'return require "perilune.tool"'].map(async (script) => context.execute(script).catch((error: Error & { code?: string }) => [error.code, error.message.replace(/^[^:]*:\d+: /, "")])));
    expect(a).toEqual(["permission", "module 'perilune.tool' is not permitted (policy 'restricted+' does not grant 'bridge.tool')"]);
    expect(a).toEqual(b);
  });

  test("other names are nil, and modules without a permission are not there", async () => {
    const context = contextWith(BRIDGES);
    expect(await context.execute('return perilune.nothing == nil and perilune[1] == nil and perilune.__index == nil and perilune["agent.x"] == nil and app == nil')).toBe(true);
    expect(await context.execute("return getmetatable(perilune)")).toBe(false);
    expect(await context.execute("return (pcall(setmetatable, perilune, {}))")).toBe(false);
  });

  test("contexts do not share them", async () => {
    const modules = new ModuleRegistry();
    registerBridges(modules, ALL_BRIDGES);
    const engine = new LuaEngine({ modules });
    const policy = policies.restricted.derive(BRIDGES);
    const [one, two] = [engine.createContext({ policy }), engine.createContext({ policy })];
    await one.execute("perilune.agent.create = nil perilune.secret = 1");
    expect(await two.execute("return perilune.secret == nil and perilune.agent.create ~= nil")).toBe(true);
  });
});

test("without it there are none", async () => {
  expect(await contextWith({ permissions: { bridges: true } }).execute('return perilune == nil and zigllms == nil and require "perilune.agent" ~= nil')).toBe(true);
});
