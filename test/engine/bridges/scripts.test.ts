// The bridges event, hook, memory, schema and output as scripts use them.
import { describe, expect, test } from "vitest";
import { FileStore, Memory, ProcessStore } from "../../../src/engine/bridges/index.js";
import { HookRegistry } from "../../../src/engine/bridges/services/hooks.js";
import { EventBus } from "../../../src/engine/bridges/services/event-bus.js";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bridgeWorld, failureOf } from "./support.js";

describe("event", () => {
  test("handlers of scripts may wait, and emit waits for them", async () => {
    const { lua } = bridgeWorld();
    expect(await lua(`local told = {}
      event.subscribe("a.*", function(e) memory.retrieve("x"); told[#told + 1] = e.type .. ":" .. e.data.n end)
      event.subscribe("a.b", function() error("no") end)
      local n = event.emit("a.b", { n = 1 })
      return n, table.concat(told, ",")`)).toEqual([1, "a.b:1"]);
  });

  test("contexts that share a bus hear one another; each sees its own subscriptions only", async () => {
    const services = { events: new EventBus() };
    const [one, two] = [bridgeWorld({ services }), bridgeWorld({ services })];
    await one.lua('heard = {}; s = event.subscribe("greeting", function(e) heard[1] = e.data.text end)');
    expect(await two.lua('return event.emit("greeting", { text = "hi" }), #event.list_subscriptions()')).toEqual([1, 0]);
    expect(await one.lua("return heard[1], s.delivered, #event.list_subscriptions()")).toEqual(["hi", 1, 1]);
    expect(await two.lua('return (pcall(event.unsubscribe, "sub_1"))')).toEqual([false]);
    expect(await two.lua("return event.clear()")).toEqual([0]);
    expect(await one.lua("return s.active")).toEqual([true]);
  });

  test("events between bridges and scripts, filtered, recorded and replayed", async () => {
    const { lua } = bridgeWorld();
    expect(await lua(`local log = event.record("memory.*")
      memory.store("k", 1) memory.delete("k")
      log:stop()
      local seen = {}
      event.subscribe("*", function(e) seen[#seen + 1] = e.type .. (e.replayed and "!" or "") end, { filter = event.filter{ type = "memory.*", data = { key = "k" } } })
      event.emit("memory.fake", { key = "other" })
      return log.count, log.events[1].source, event.replay(log, "memory.stored"), event.replay({ { type = "memory.x", data = { key = "k" } } }), table.concat(seen, " ")`))
      .toEqual([2, "memory", 1, 1, "memory.stored! memory.x!"]);
  });

  test("a subscription ends with once, unsubscribe and clear", async () => {
    const { lua } = bridgeWorld();
    expect(await lua(`local n = 0
      local count = function() n = n + 1 end
      event.subscribe("x", count, { once = true })
      local s = event.subscribe("x", count)
      event.emit("x") event.emit("x")
      s:unsubscribe()
      event.subscribe("x", count)
      return n, event.clear(), event.emit("x"), n`)).toEqual([3, 1, 0, 3]);
  });

  test("functions and handles do not cross to other contexts: that handler fails, the others are told", async () => {
    const services = { events: new EventBus() };
    const [one, two] = [bridgeWorld({ services }), bridgeWorld({ services })];
    await one.lua('got = {}; event.subscribe("x", function(e) got[#got + 1] = type(e.data.fn) end); event.subscribe("system.*", function(e) got[#got + 1] = e.data.message end)');
    expect(await two.lua('local n = 0; event.subscribe("x", function(e) n = n + e.data.fn() end); return event.emit("x", { fn = function() return 5 end }), n')).toEqual([1, 5]);
    expect(await one.lua("return got[1], got[2]")).toEqual([expect.stringContaining("belongs to another context"), undefined]);
  });

  test("a context that is disposed while an event is told is left out", async () => {
    const services = { events: new EventBus() };
    const [one, two] = [bridgeWorld({ services }), bridgeWorld({ services })];
    await two.lua('event.subscribe("x", function() end, { priority = "high" })');
    await one.lua('event.subscribe("x", function() end)');
    const told = services.events.emit("x", 0);
    one.context.dispose();
    expect(await told).toMatchObject({ delivered: 1 });
  });

  test("handlers of cancelled scripts, and without end, do no harm to others", async () => {
    const { lua } = bridgeWorld({ limits: { instructions: 200_000 } });
    const error = await failureOf(lua('event.subscribe("x", function() while true do end end); event.emit("x")'));
    expect(error.code).toBe("limit");
  });
});

describe("hook", () => {
  test("arguments that a hook changes are checked as the script's own are", async () => {
    const { lua } = bridgeWorld();
    expect(await lua(`hook.register{ type = hook.Type.PRE, pattern = "memory.store", handler = function(call) return { args = { call.args[1] .. "2", call.args[2] * 10 } } end }
      memory.store("k", 4)
      return memory.retrieve("k"), memory.retrieve("k2")`)).toEqual([undefined, 40]);
    const message = (await lua(`hook.register{ type = hook.Type.PRE, pattern = "memory.retrieve", handler = function() return { args = { {} } } end }
      return select(2, pcall(memory.retrieve, "k"))`))[0];
    expect(message).toContain("string expected, got table");
  });

  test("AROUND, POST and ERROR hooks of scripts", async () => {
    const { lua } = bridgeWorld();
    expect(await lua(`local trace = {}
      hook.register{ pattern = "output.parse", handler = function(call, next) trace[#trace + 1] = call.name; local v = next(); trace[#trace + 1] = type(v); return v end }
      hook.register{ type = hook.Type.POST, pattern = "output.parse", handler = function(call) return { result = { wrapped = call.result } } end }
      hook.register{ type = hook.Type.ERROR, pattern = "output.*", handler = function(call) return { result = call.error.code .. " in " .. call.error.source } end }
      return output.parse("[1]", "json").wrapped[1], output.parse("{", "json"), table.concat(trace, " ")`)).toEqual([1, "syntax in output.parse", "output.parse table output.parse"]);
  });

  test("a hook on everything that calls bridges ends", async () => {
    const { lua } = bridgeWorld();
    expect(await lua(`local n = 0
      hook.register{ type = "pre", pattern = "*", handler = function(call) n = n + 1; memory.store("last", call.name); event.emit("seen") end }
      memory.get_stats()
      return n, memory.retrieve("last")`)).toEqual([1, "memory.retrieve"]);
  });

  test("what a hook raises fails the call, as it is", async () => {
    const { lua } = bridgeWorld();
    expect(await lua(`local e = {}
      hook.register{ type = "pre", pattern = "memory.*", handler = function() error(e) end }
      return select(2, pcall(memory.store, "k", 1)) == e`)).toEqual([true]);
  });

  test("answers that are none are refused", async () => {
    const { lua } = bridgeWorld();
    const error = await failureOf(lua('hook.register{ type = "pre", pattern = "memory.*", handler = function() return 5 end }; memory.store("k", 1)'));
    expect(error.message).toContain("a hook returns nothing or a table");
  });

  test("scripts cannot reach hooks of the host, nor get around them", async () => {
    const hooks = new HookRegistry();
    const { lua } = bridgeWorld({ services: { hooks } });
    const seen: string[] = [];
    const watch = hooks.register({ type: "pre", pattern: "*", handler: ({ name }) => void seen.push(name) });
    expect(await lua('return #hook.list(), (pcall(hook.unregister, "hook_1")), (pcall(hook.disable, "hook_1"))')).toEqual([0, false, false]);
    await lua('memory.store("k", 1)');
    hooks.setEnabled(watch, false);
    await lua('memory.store("k", 1)');
    expect(seen).toEqual(["memory.store"]);
  });

  test("a script's hooks see the calls of its own context only", async () => {
    const services = { hooks: new HookRegistry() };
    const [one, two] = [bridgeWorld({ services }), bridgeWorld({ services })];
    await one.lua('hook.register{ type = "pre", pattern = "*", handler = function() return { result = "stolen" } end }');
    expect(await two.lua('memory.store("k", "mine") return memory.retrieve("k")')).toEqual(["mine"]);
    expect(await one.lua('return memory.retrieve("k")')).toEqual(["stolen"]);
  });

  test("built-in hooks by name, hook points of one's own", async () => {
    const { lua } = bridgeWorld();
    expect(await lua(`local retry = hook.register{ builtin = hook.Builtin.RETRY, pattern = "app.*", options = { delay = 0 } }
      local tries = 0
      local value = hook.execute("app.flaky", function(x) tries = tries + 1; if tries < 3 then error("no") end; return x end, "ok")
      local slow = hook.register{ builtin = "rate_limit", pattern = "app.slow", options = { limit = 1, window = 60000 } }
      hook.execute("app.slow", print)
      local _, err = pcall(hook.execute, "app.slow", print)
      return value, tries, retry:get_info().retries, err.code, #hook.list("app.*")`)).toEqual(["ok", 3, 4, "rate_limited", 1]);
  });

  test("composed handlers are one", async () => {
    const { lua } = bridgeWorld();
    expect(await lua(`local function add(text) return function(call, next) return text .. next() .. text end end
      hook.register{ pattern = "app.x", handler = hook.compose(add("<"), add("|")) }
      return hook.execute("app.x", function() return "v" end)`)).toEqual(["<|v|<"]);
  });
});

describe("memory", () => {
  test("scopes are apart: sessions of scripts, agents by name, what is global", async () => {
    const services = { memory: new Memory(new ProcessStore()) };
    const [one, two] = [bridgeWorld({ services }), bridgeWorld({ services })];
    await one.lua('memory.store("k", "session"); memory.store("k", "agent", { scope = memory.Scope.AGENT, owner = "bob" }); memory.store("k", "global", { scope = memory.Scope.GLOBAL })');
    expect(await two.lua('return memory.retrieve("k"), memory.retrieve("k", { scope = "agent", owner = "bob" }), memory.retrieve("k", { scope = "global" }), memory.retrieve("k", { scope = "agent", owner = "eve" })'))
      .toEqual([undefined, "agent", "global", undefined]);
  });

  test("persists to files, and is there for the next host", async () => {
    const folder = mkdtempSync(join(tmpdir(), "perilune-memory-"));
    try {
      for (const round of [1, 2, 3]) {
        const store = await FileStore.open(folder);
        const { lua } = bridgeWorld({ services: { store } });
        expect(await lua(`local n = (memory.retrieve("n", { scope = "global" }) or 0) + 1
          memory.store("n", n, { scope = "global", type = memory.Type.PERSISTENT })
          memory.store("notes", "round " .. n)
          local loaded = memory.load("notes", { owner = "me" })
          memory.store("round" .. n, n, { owner = "me" })
          memory.persist("notes", { owner = "me" })
          return n, loaded, #memory.list_keys{ owner = "me" }`)).toEqual([round, round === 1 ? undefined : round - 1, round]);
        await store.close();
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("a store that fails is a failure of the call, with its cause", async () => {
    const store = { get: () => Promise.reject(new Error("the disk is gone")), set: () => Promise.reject(new Error("the disk is gone")), delete: () => Promise.resolve(false), keys: () => Promise.resolve([]), close: () => Promise.resolve() };
    const { lua } = bridgeWorld({ services: { store } });
    expect(await lua('local ok, e = pcall(memory.persist) return ok, e.message, e.source')).toEqual([false, "the disk is gone", "memory.persist"]);
  });

  test("values keep Lua's types", async () => {
    const { lua } = bridgeWorld();
    expect(await lua(`memory.store("v", { math.maxinteger, 1.5, "\\xff\\0", true, { x = { 1, 2 } }, [10] = "ten" })
      local v = memory.retrieve("v")
      return v[1] == math.maxinteger, math.type(v[1]), v[2], v[3] == "\\xff\\0", v[4], v[5].x[2], v[10]`)).toEqual([true, "integer", 1.5, true, true, 2, "ten"]);
  });
});

describe("schema and output", () => {
  test("a model's answer becomes checked data", async () => {
    const { lua } = bridgeWorld();
    expect(await lua(`local person = schema.create{ type = "object", properties = { name = { type = "string" }, age = { type = "integer", minimum = 0 }, tags = { type = "array", items = { type = "string" } } }, required = { "name", "age" } }
      local value, info = output.recover("Of course! {name: 'Ann', age: '42', tags: 'x'", { schema = person })
      local ok, errors = person:validate(value)
      return value.name, value.age, value.tags[1], info.repaired, #info.errors, ok, #errors, select(2, schema.validate(person, { name = 1 }))[1].path`)).toEqual(["Ann", 42, "x", true, 0, true, 0, "/name"]);
  });

  test("a schema is a handle, an id or a table", async () => {
    const { lua } = bridgeWorld();
    expect(await lua(`local s = schema.create({ type = "string" }, "text")
      return schema.validate(s, "x"), schema.validate("text", 1), schema.validate({ type = "integer" }, 1), s.definition.type, tostring(s), tostring(schema.compile{})`))
      .toEqual([true, false, true, "string", "schema: text", "schema: compiled_1"]);
  });

  test("empty tables mean what the schema says", async () => {
    const { lua } = bridgeWorld();
    expect(await lua(`return schema.validate({ type = "object", properties = {}, required = {} }, {}), schema.validate({ type = "array" }, {}), schema.validate({ enum = {} }, 1),
      schema.validate({ type = "object", properties = { a = { type = "array", minItems = 1 } } }, { a = {} })`)).toEqual([true, true, false, false, [{ path: "/a", message: "expected at least 1 items, got 0" }]]);
  });

  test("null is nil, unless it is asked for", async () => {
    const { lua } = bridgeWorld();
    expect(await lua(`local with = output.parse('{"a": [1, null, 3], "b": null}', "json", { nulls = true })
      local without = output.parse('{"a": [1, null, 3], "b": null}', "json")
      return #with.a, output.format(with, "json", { sort_keys = true }), schema.validate({ properties = { b = { type = "null" } } }, with), without.a[3], without.b`))
      .toEqual([3, '{"a":[1,null,3],"b":null}', true, 3, undefined]);
  });

  test("64-bit integers pass through", async () => {
    const { lua } = bridgeWorld();
    expect(await lua(`local v = output.parse('{"n": 9223372036854775807}') return v.n == math.maxinteger, output.format(v), schema.validate({ properties = { n = { type = "integer" } } }, v)`))
      .toEqual([true, '{"n":9223372036854775807}', true, []]);
  });

  test("work on large texts counts against the script's limit", async () => {
    const { lua } = bridgeWorld({ limits: { instructions: 100_000 } });
    const error = await failureOf(lua('local text = ("- a\\n"):rep(7000); for i = 1, 100 do pcall(output.parse, text, "markdown") end'));
    expect(error.code).toBe("limit");
  });

  test("what cannot be data is refused by name", async () => {
    const { lua } = bridgeWorld();
    expect(await lua("local ok, e = pcall(output.format, { print }) return e.code, tostring(e)")).toEqual(["invalid", "output.format: JSON has no function"]);
    expect(await lua("local t = {} t.t = t local ok, e = pcall(output.format, t) return e.code")).toEqual(["too_deep"]);
  });
});
