// Contexts with bridges, for tests.
import { type LuaContext } from "../../../src/engine/context.js";
import type { RunOptions } from "../../../src/engine/engine.js";
import { LuaEngine } from "../../../src/engine/lua-engine.js";
import { ModuleRegistry } from "../../../src/engine/modules.js";
import { policies } from "../../../src/engine/policy.js";
import type { LimitSettings } from "../../../src/engine/limits.js";
import { ALL_BRIDGES } from "../../../src/engine/bridges/all-bridges.js";
import { type BridgeContext, openBridgeContext } from "../../../src/engine/bridges/context.js";
import type { Bridge } from "../../../src/engine/bridges/define.js";
import { registerBridges } from "../../../src/engine/bridges/install.js";
import type { BridgeServices } from "../../../src/engine/bridges/services.js";

export interface BridgeWorld {
  readonly context: LuaContext;
  readonly bridges: BridgeContext;
  /** What the script has printed, by line. */
  readonly printed: string[];
  /** Runs a script with every bridge as a local of its name; resolves to all results. */
  lua(source: string, options?: RunOptions): Promise<unknown[]>;
}

export interface WorldOptions {
  /** Bridges that the policy grants; all unless given. */
  readonly granted?: readonly string[] | boolean;
  readonly services?: BridgeServices;
  readonly limits?: LimitSettings;
  /** More bridges than those of the package. */
  readonly bridges?: readonly Bridge[];
}

/** A restricted context with bridges. */
export function bridgeWorld({ granted = true, services = {}, limits, bridges = [] }: WorldOptions = {}): BridgeWorld {
  const modules = new ModuleRegistry();
  const all = [...ALL_BRIDGES, ...bridges];
  registerBridges(modules, all, services);
  const policy = policies.restricted.derive({ name: "bridges", permissions: { bridges: typeof granted === "boolean" ? granted : [...granted] } });
  let output = "";
  const printed: string[] = [];
  const context = new LuaEngine({ modules }).createContext({
    policy, ...(limits === undefined ? {} : { limits }),
    output: (text) => {
      output += text;
      const lines = output.split("\n");
      output = lines.pop()!;
      printed.push(...lines);
    },
  });
  const locals = (source: string): string => all.filter(({ name }) => new RegExp(`\\b${name}\\b`).test(source)).map(({ name }) => `local ${name} = require "perilune.${name}"`).join(" ");
  return {
    context, bridges: openBridgeContext(context.runtime, services), printed,
    lua: (source, options = {}) => context.execute(`${locals(source)} ${source}`, { all: true, chunkName: "test", ...options }) as Promise<unknown[]>,
  };
}

/** What a script raised, as the host sees it. */
export async function failureOf(run: Promise<unknown>): Promise<Error & { code?: string; value?: unknown }> {
  try {
    await run;
  } catch (error) {
    return error as Error & { code?: string; value?: unknown };
  }
  throw new Error("it did not fail");
}
