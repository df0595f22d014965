// Bridges in a script's reach: as modules of `require`, and as globals where the host wants them.
import { NativeFunction } from "../../vm/function.js";
import type { LuaState } from "../../vm/state.js";
import { LuaTable } from "../../vm/table.js";
import type { LuaValue } from "../../vm/value.js";
import { setValueAt } from "../global-path.js";
import type { ModuleRegistry } from "../modules.js";
import { runtimeOf } from "../runtime.js";
import { type BridgeContext, openBridgeContext } from "./context.js";
import type { Bridge } from "./define.js";
import { bridgeFunction } from "./dispatch.js";
import type { BridgeServices } from "./services.js";

/** The module table of a bridge in one context: its functions and constants. */
export function bridgeTable(context: BridgeContext, bridge: Bridge): LuaTable {
  const { constants = {}, open } = bridge.spec;
  const { state } = context.runtime;
  state.enter(); // what is allocated counts for this state
  try {
    open?.(context);
    const table = new LuaTable();
    for (const source of bridge.functions) table.setStr(source.name, bridgeFunction(context, source));
    for (const [name, constant] of Object.entries(constants)) table.setStr(name, constantValue(constant));
    return table;
  } finally {
    state.leave();
  }
}

function constantValue(constant: NonNullable<Bridge["spec"]["constants"]>[string]): LuaValue {
  if (typeof constant !== "object") return constant;
  const table = new LuaTable();
  for (const [key, value] of Object.entries(constant)) table.setStr(key, value);
  return table;
}

/** Puts bridges into a registry: `require "perilune.NAME"` and `require "zigllms.NAME"` find them where the policy grants them. */
export function registerBridges(modules: ModuleRegistry, bridges: readonly Bridge[], services: BridgeServices = {}): void {
  for (const bridge of bridges) {
    const [name, alias] = bridge.moduleNames;
    modules.registerHostModule(name, (runtime) => bridgeTable(openBridgeContext(runtime, services), bridge), { permission: bridge.capability, aliases: [alias] });
  }
}

/** Puts bridges into package.preload: for states without a sandbox, whose scripts may use all of them. */
export function preloadBridges(state: LuaState, bridges: readonly Bridge[], services: BridgeServices = {}): void {
  const packages = state.loaded.getStr("package");
  const preload = packages instanceof LuaTable ? packages.getStr("preload") : undefined;
  if (!(preload instanceof LuaTable)) throw new TypeError("the state has no package library");
  for (const bridge of bridges) {
    let table: LuaTable | undefined; // one for both names
    const load = new NativeFunction(`open ${bridge.name}`, () => (table ??= bridgeTable(openBridgeContext(runtimeOf(state), services), bridge)));
    for (const name of bridge.moduleNames) preload.setStr(name, load);
  }
}

/** Makes bridges reachable as the globals `perilune.NAME` and `zigllms.NAME`, those that the context's policy grants. */
export function globalizeBridges(context: BridgeContext, bridges: readonly Bridge[]): void {
  const { state } = context.runtime;
  const table = new LuaTable();
  for (const bridge of bridges) {
    if (!context.permits(bridge.capability)) continue;
    const loaded = state.loaded.getStr(bridge.moduleNames[0]);
    const module = loaded instanceof LuaTable ? loaded : bridgeTable(context, bridge);
    for (const name of bridge.moduleNames) state.loaded.setStr(name, module);
    table.setStr(bridge.name, module);
  }
  for (const name of ["perilune", "zigllms"]) setValueAt(state, name, table);
}
