// The registry that a program finds ready: Lua is in it, and made when it is first asked for.
import { LUA_ENGINE_INFO, LuaEngine } from "./lua-engine.js";
import { EngineRegistry } from "./registry.js";

function standardEngines(): EngineRegistry {
  const registry = new EngineRegistry();
  registry.register(LUA_ENGINE_INFO, () => new LuaEngine());
  return registry;
}

/** The engines of this program. Others can be registered beside Lua's. */
export const engines = /* @__PURE__ */ standardEngines();
