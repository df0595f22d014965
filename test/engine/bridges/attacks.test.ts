// Scripts that try to make the host keep more than they may have, or to reach what is not theirs.
import { describe, expect, test } from "vitest";
import { Memory, ProcessStore } from "../../../src/engine/bridges/index.js";
import type { BridgeServices } from "../../../src/engine/bridges/services.js";
import { bridgeWorld, failureOf } from "./support.js";

/** A model that asks for the tool "t" again and again. */
const LOOPING: BridgeServices = { providers: { providers: {
  local: { type: "local" },
  loop: { type: "local", rules: [{ match: "*", turns: Array.from({ length: 1000 }, () => ({ toolCalls: [{ name: "t", arguments: {} }] })) }] },
} } };

describe("what bridges keep for a script counts for its memory limit", () => {
  test.each([
    ["memory, many keys", 'for i = 1, 1e6 do memory.store("k" .. i, ("x"):rep(1000), { type = "long_term" }) end'],
    ["memory, many owners", 'for i = 1, 1e6 do memory.store("k", ("x"):rep(1000), { scope = "agent", owner = "o" .. i }) end'],
    ["memory, one list", 'for i = 1, 1e6 do memory.store("k", ("x"):rep(100000), { append = true }) end'],
    ["memory, snapshots", 'memory.store("k", ("x"):rep(100000)); for i = 1, 90 do memory.persist("s" .. i) end'],
    ["memory, persistent values", 'for i = 1, 1e6 do memory.store("k" .. i, ("x"):rep(100000), { type = "persistent" }) end'],
    ["schemas under ids", 'for i = 1, 1e6 do schema.create({ enum = { 1, 2, 3, 4, 5, 6, 7, 8 } }) end'],
    ["schemas that are held", 'local all = {} for i = 1, 1e6 do all[i] = schema.compile{ properties = { a = { type = "string" }, b = { type = "string" } } } end'],
    ["recorded events", 'event.record("*", { capacity = 100000 }); for i = 1, 1e6 do event.emit("x", { text = ("x"):rep(10000) }) end'],
    ["many recordings", 'for i = 1, 100 do event.record("*", { capacity = 100000 }) end for i = 1, 1e6 do event.emit("x", { text = ("x"):rep(1000) }) end'],
    ["agents with long prompts", 'for i = 1, 1e6 do agent.create{ name = "a", system_prompt = ("x"):rep(20000) .. i } end'],
    ["agents with tools of their own", 'for i = 1, 1e6 do local p = {} for j = 1, 200 do p["p" .. i .. "_" .. j] = { type = "string" } end agent.create{ name = "a", tools = { { name = "t", parameters = { type = "object", properties = p }, execute = print } } } end'],
    ["conversations", 'for i = 1, 1e6 do local a = agent.create{ name = "a" } for j = 1, 3 do a:run(("x"):rep(100000)) end end'],
    ["one conversation that only grows while it runs", `local a = agent.create{ name = "a", max_turns = 1000, provider = "loop", tools = { { name = "t", execute = function() return ("x"):rep(100000) .. tostring(math.random()) end } } }
      for i = 1, 1e6 do a:run("x") end`],
    ["tools", 'for i = 1, 1e6 do tool.register{ name = "t" .. i, description = ("x"):rep(20000) .. i, execute = print } end'],
    ["workflows", 'for i = 1, 1e6 do workflow.create{ name = "w", steps = { { name = "a", agent = "x", input = ("x"):rep(20000) .. i } } } end'],
    ["outputs of workflows", 'for i = 1, 1e6 do workflow.create{ name = "w", steps = { function() return ("x"):rep(20000) .. i end } }:execute() end'],
    ["providers", 'for i = 1, 1e6 do provider.create{ name = "p" .. i, rules = { { match = "x", reply = ("x"):rep(20000) .. i } } } end'],
    ["calls of mocks", 'local m = test.create_mock() for i = 1, 1e6 do m.target(("x"):rep(10000) .. i) end'],
    ["mocks", 'for i = 1, 1e6 do test.create_mock{ returns = ("x"):rep(10000) .. i } end'],
    ["subscriptions", 'for i = 1, 1e6 do event.subscribe("x", function() return i end) end'],
  ])("%s", async (_, script) => {
    const { lua } = bridgeWorld({ limits: { memory: 4_000_000 }, services: LOOPING });
    const before = process.memoryUsage().rss;
    expect((await failureOf(lua(script))).code).toBe("memory");
    expect(process.memoryUsage().rss - before).toBeLessThan(400_000_000); // with what the collector has not yet taken away
  });

  test("a run that is over, an agent that is destroyed, a workflow that runs again give back what they held", async () => {
    const { lua } = bridgeWorld({ limits: { memory: 6_000_000 } });
    expect(await lua(`local w = workflow.create{ name = "w", steps = { function() return ("x"):rep(100000) end } }
      local m, h = test.create_mock(), nil
      for i = 1, 100 do
        local a = agent.create{ name = "a", system_prompt = ("x"):rep(50000) .. i }
        a:run(("x"):rep(50000)) a:reset() a:configure{ system_prompt = "y", memory = { max_messages = 2 } } a:run(("x"):rep(50000)) a:destroy()
        tool.register{ name = "t", description = ("x"):rep(100000) .. i, execute = print }:unregister()
        provider.create{ name = "p", rules = { { match = "x", reply = ("x"):rep(100000) .. i } } }
        m.target(("x"):rep(100000)) m:clear()
        for j = 1, 20 do hook.register{ type = "pre", pattern = "x", handler = print }:unregister() end
        w:execute()
      end return "done"`)).toEqual(["done"]);
  });

  test("and what is let go counts no more", async () => {
    const { lua } = bridgeWorld({ limits: { memory: 4_000_000 } });
    expect(await lua(`for i = 1, 50 do
        memory.store("k", ("x"):rep(100000)) memory.clear()
        event.record("*", { capacity = 10 }) event.emit("x", { text = ("x"):rep(100000) }) event.clear()
        schema.compile{ enum = { 1, 2, 3 } }
      end return "done"`)).toEqual(["done"]);
  });
});

describe("bounds that hold without a limit", () => {
  test.each([
    ["hooks", 'for i = 1, 1e5 do hook.register{ type = "pre", pattern = "x", handler = print } end', "more than 1000 hooks"],
    ["recordings", "for i = 1, 1e5 do event.record() end", "more than 100 recordings"],
    ["stopped recordings", "for i = 1, 1e5 do event.record():stop() end", "more than 100 recordings"],
    ["snapshots", 'for i = 1, 1e5 do memory.persist("s" .. i) end', "100 names already"],
  ])("%s", async (_, script, message) => {
    expect((await failureOf(bridgeWorld().lua(script))).message).toContain(message);
  });

  test("a memory that contexts share", async () => {
    const services = { memory: new Memory(new ProcessStore(), { limits: { maxEntries: 100, maxBytes: 1_000_000 } }) };
    const error = await failureOf(bridgeWorld({ services }).lua('for i = 1, 1e5 do memory.store("k" .. i, ("x"):rep(10000), { scope = "global", type = "long_term" }) end'));
    expect(error.message).toContain("memory 'global' is full");
  });

  test("the default store", async () => {
    const store = new ProcessStore(1000);
    await store.set("a", "x".repeat(900));
    await expect(store.set("b", "x".repeat(900))).rejects.toMatchObject({ code: "full" });
    await store.set("a", "x".repeat(950));
    await store.delete("a");
    await store.set("b", "x".repeat(900));
    expect(await store.keys()).toEqual(["b"]);
  });
});

describe("what is not the script's", () => {
  test.each([
    ["the metatable of a handle", 'return getmetatable(schema.compile{})', "schema"],
    ["the metatable of a failure", 'return getmetatable(select(2, pcall(output.parse, "{", "json")))', "failure"],
    ["a method on a foreign object", 'return (pcall(schema.compile{}.validate, io or {}, 1))', false],
    ["a method on a handle of another kind", 'return (pcall(schema.compile{}.validate, event.record(), 1))', false],
    ["fields that are no properties", 'return schema.compile{}.constructor', undefined],
    ["what a host object is made of", 'local h = schema.compile{} return h.compiled or h.__proto__ or h.spec or h.isKept', undefined],
    ["prototypes through data", 'return output.parse("{}", "json").constructor or output.parse("{}", "json").__proto__', undefined],
    ["prototypes through options", 'return (pcall(event.emit, "x", 1, { __proto__ = { wait = false } }))', false],
    ["prototypes through memory", 'memory.store("__proto__", { x = 1 }) return memory.retrieve("x") or memory.retrieve("toString") or memory.retrieve("constructor")', undefined],
    ["prototypes through schemas", 'local s = schema.create{ properties = { ["__proto__"] = { type = "string" } } } return ({}).type, schema.validate({}, { constructor = 1 })', undefined],
    ["ids of prototypes", 'return (pcall(schema.validate, "constructor", 1)) or (pcall(event.unsubscribe, "__proto__")) or (pcall(hook.enable, "toString"))', false],
    ["priorities of prototypes", 'return (pcall(event.emit, "x", 1, { priority = "constructor" }))', false],
    ["formats of prototypes", 'return (pcall(output.parse, "x", "constructor")), (pcall(schema.validate, { format = "constructor", type = "toString" }, "x"))', false],
  ])("%s", async (_, script, expected) => {
    const [result] = await bridgeWorld().lua(script);
    expect(result).toEqual(expected);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  test("a handle of one context in another", async () => {
    const [one, two] = [bridgeWorld(), bridgeWorld()];
    const [handle] = await one.lua('return schema.create({ type = "string" }, "mine")') as [object];
    await expect(two.lua('return schema.validate("mine", "x")')).rejects.toThrow("no schema with id 'mine'");
    expect(handle).toBeDefined();
  });

  test("stack overflow through handlers that call one another", async () => {
    const { lua } = bridgeWorld({ limits: { instructions: 3_000_000, time: 20_000 } });
    const error = await failureOf(lua('event.subscribe("x", function() return event.emit("x") end); event.emit("x")').then(() => {
      throw new Error("ended by itself");
    }));
    expect(error.message).toMatch(/ended by itself|limit/);
  });

  test("errors with hostile tostring and fields", async () => {
    const { lua } = bridgeWorld();
    expect(await lua(`local evil = setmetatable({}, { __tostring = function() error("again") end, __index = function() error("index") end })
      event.subscribe("x", function() error(evil) end)
      return event.emit("x"), (pcall(hook.execute, "a", function() error(evil) end))`)).toEqual([0, false]);
  });
});
