// What a call of a bridge costs: in loops of Lua, the loop itself taken off.
import { defineBridge } from "../../src/engine/bridges/define.js";
import { openBridgeContext } from "../../src/engine/bridges/context.js";
import { defineHandle } from "../../src/engine/bridges/handles.js";
import { registerBridges } from "../../src/engine/bridges/install.js";
import { memoryBridge } from "../../src/engine/bridges/memory.js";
import { options } from "../../src/engine/bridges/options.js";
import { schemaBridge } from "../../src/engine/bridges/schema.js";
import { LuaEngine } from "../../src/engine/lua-engine.js";
import { ModuleRegistry } from "../../src/engine/modules.js";
import { policies } from "../../src/engine/policy.js";
import type { Case } from "./values-cases.js";

interface Thing {
  readonly id: string;
}
const things = new Map<string, Thing>([["one", { id: "one" }]]);
const thing = defineHandle<Thing>({ name: "thing", doc: "A thing.", id: ({ id }) => id, find: (_, id) => things.get(id) });
const idle = defineBridge({
  name: "idle",
  doc: "Does nothing.",
  handles: [thing],
  functions: {
    nothing: { doc: "Nothing.", params: [], run: () => undefined },
    scalars: { doc: "Nothing.", params: [{ name: "a", type: "string", doc: "A." }, { name: "b", type: "integer", doc: "B." }], run: (_, __: string, b: number) => b },
    table: { doc: "Nothing.", params: [{ name: "options", type: options("Idle", { a: { type: "string", doc: "A." }, b: { type: "integer", doc: "B." } }), doc: "Options." }], run: () => true },
    handle: { doc: "Nothing.", params: [{ name: "thing", type: thing, doc: "A thing." }], run: () => true },
    get: { doc: "A thing.", params: [], run: () => thing.of(things.get("one")!) },
    waits: { doc: "Waits for nothing.", params: [], waits: true, run: async () => undefined },
  },
});

const modules = new ModuleRegistry();
registerBridges(modules, [idle, memoryBridge, schemaBridge]);
const context = new LuaEngine({ modules }).createContext({ policy: policies.restricted.derive({ name: "bench", permissions: { bridges: true } }) });
openBridgeContext(context.runtime).events.subscribe("other.*", () => {});
context.executeSync(`
  local idle, memory, schema = require "perilune.idle", require "perilune.memory", require "perilune.schema"
  local t, o = idle.get(), { a = "x", b = 1 }
  local person = schema.create{ type = "object", properties = { name = { type = "string" }, age = { type = "integer" } }, required = { "name" } }
  local ann = { name = "Ann", age = 42 }
  memory.store("key", "value")
  bodies = {
    nothing = function(n) for i = 1, n do idle.nothing() end end,
    scalars = function(n) for i = 1, n do idle.scalars("text", i) end end,
    options = function(n) for i = 1, n do idle.table(o) end end,
    handle = function(n) for i = 1, n do idle.handle(t) end end,
    method = function(n) for i = 1, n do t:handle() end end,
    id = function(n) for i = 1, n do idle.handle("one") end end,
    retrieve = function(n) for i = 1, n do memory.retrieve("key") end end,
    store = function(n) for i = 1, n do memory.store("key", i) end end,
    validate = function(n) for i = 1, n do schema.validate(person, ann) end end,
  }`);

const body = (name: string): ((n: number) => void) => {
  const fn = context.executeSync(`return bodies.${name}`) as { callSync(n: number): unknown };
  return (n) => void fn.callSync(n);
};
const one = (name: string, run: (n: number) => void, target?: string): Case => ({ name, run, pieces: 1, ...(target === undefined ? {} : { target }) }) as unknown as Case;

export const cases: readonly Case[] = [
  one("call without arguments", body("nothing"), "2000"),
  one("call with a string and an integer", body("scalars"), "2000"),
  one("call with a table of options", body("options")),
  one("call with a handle", body("handle"), "2000"),
  one("method of a handle", body("method"), "2000"),
  one("call with a handle's id", body("id")),
  one("memory.retrieve, a short text", body("retrieve")),
  one("memory.store, an integer", body("store")),
  one("schema.validate, an object of two fields", body("validate")),
];
