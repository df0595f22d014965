// A host's own bridge: what docs/bridges.md shows, and what comes of it.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { contextPart } from "../../../src/engine/bridges/context.js";
import { defineBridge } from "../../../src/engine/bridges/define.js";
import { defineHandle } from "../../../src/engine/bridges/handles.js";
import { preloadBridges, globalizeBridges } from "../../../src/engine/bridges/install.js";
import { luaStubs } from "../../../src/engine/bridges/luals-stubs.js";
import { options } from "../../../src/engine/bridges/options.js";
import { bridgeReference } from "../../../src/engine/bridges/reference.js";
import { ModuleRegistry } from "../../../src/engine/modules.js";
import * as bridges from "../../../src/engine/bridges/index.js";
import { createState } from "../../../src/index.js";
import { bridgeWorld, failureOf } from "./support.js";

/** The example of the guide, as it stands there. */
const example = /<!-- test\/engine\/bridges\/own-bridge.test.ts runs this. -->\n```ts\n([\s\S]*?)```/.exec(readFileSync("docs/bridges.md", "utf8"))![1]!;

/** Runs the example's own text with the types taken off; answers the bridge. */
function exampleBridge(): bridges.Bridge {
  const body = example.replace(/^import .*$/gm, "").replace("article: string", "article").replace(/registerBridges\(.*$/m, "return shop;");
  return new Function("defineBridge", "BridgeFailure", body)(bridges.defineBridge, bridges.BridgeFailure) as bridges.Bridge;
}

describe("the example of the guide", () => {
  test("has at most 20 lines", () => {
    expect(example.trim().split("\n").length).toBeLessThanOrEqual(20);
  });

  test("works", async () => {
    const { lua } = bridgeWorld({ bridges: [exampleBridge()] });
    expect(await lua('return shop.count("tea"), shop.Unit.BOX')).toEqual([3, "box"]);
    const [ok, text, code] = await lua('local ok, e = pcall(shop.count, "gold") return ok, tostring(e), e.code');
    expect([ok, text, code]).toEqual([false, "shop.count: no article 'gold'", "not_found"]);
    expect((await failureOf(lua("shop.count({})"))).message).toContain("bad argument #1 to 'count' (string expected, got table)");
  });

  test("needs its permission", async () => {
    const { context } = bridgeWorld({ bridges: [exampleBridge()], granted: ["memory"] });
    expect((await failureOf(context.execute('require "perilune.shop"'))).message).toContain("module 'perilune.shop' is not permitted");
  });

  test("is documented", () => {
    expect(bridgeReference([exampleBridge()])).toContain("### `shop.count(article)`");
    expect(luaStubs(exampleBridge())).toContain("function shop.count(article) end");
  });
});

interface Counter {
  readonly id: string;
  value: number;
  closed?: boolean;
}

const COUNTERS = contextPart("counters", () => new Map<string, Counter>());
const counterHandle = defineHandle<Counter>({
  name: "counter", doc: "Counts.", id: ({ id }) => id, find: (context, id) => context.get(COUNTERS).get(id),
  properties: { value: { type: "integer", doc: "Where it is.", get: ({ value }) => value } },
  methods: { twice: { doc: "Doubles.", params: [{ name: "times", type: "integer", default: 1, doc: "How often." }], run: (_, counter: Counter, times: number) => (counter.value *= 2 ** times) } },
  close: (counter) => void (counter.closed = true),
});
const counting = defineBridge({
  name: "counting",
  doc: "Counters.",
  handles: [counterHandle],
  functions: {
    create: {
      doc: "Makes one.",
      params: [{ name: "options", type: options("CounterOptions", {
        id: { type: "string", required: true, doc: "Its id." },
        start: { type: ["integer", "string"], default: 0, doc: "Where it begins." },
        step: { type: "number", min: 1, max: 10, doc: "How far." },
        mode: { type: "string", oneOf: ["up", "down"], doc: "Which way." },
        other: { type: counterHandle, doc: "One to begin with." },
        callbacks: { type: "array", doc: "Functions." },
        nested: { type: options("Nested", { deep: { type: "boolean", required: true, doc: "Deep." } }), doc: "Nested." },
      }), doc: "What." }],
      run: (call, { id, start, other }: { id: string; start: number | string; other?: Counter }) => {
        const counter = { id, value: other?.value ?? Number(start) };
        call.get(COUNTERS).set(id, counter);
        return counterHandle.of(counter);
      },
    },
    add: {
      doc: "Counts.", cost: 500,
      params: [{ name: "counter", type: counterHandle, doc: "Which." }, { name: "by", type: "integer", default: 1, doc: "How much." }],
      run: (_, counter: Counter, by: number) => (counter.value += by),
    },
    later: {
      doc: "Calls back.", waits: true,
      params: [{ name: "fn", type: "function", doc: "What." }],
      run: async (call, fn: bridges.Callback) => call.invoke(fn, "called"),
    },
    stuck: { doc: "Waits.", params: [], waits: true, run: ({ signal }) => new Promise((_, reject) => {
      signal.addEventListener("abort", () => {
        aborted = true;
        reject(new Error("aborted"));
      });
      setTimeout(whenStuck, 1);
    }) },
    secret: { doc: "Needs more.", params: [], run: (call) => call.require("network", "example.org", "connecting to 'example.org'") },
    broken: { doc: "Has a bug.", params: [], run: () => (undefined as unknown as { x: { y: number } }).x.y },
  },
});
let aborted = false;
let whenStuck = (): void => {};

describe("what a bridge can do", () => {
  const world = (): ReturnType<typeof bridgeWorld> => bridgeWorld({ bridges: [counting] });

  test("handles are userdata with methods and properties, one for each object", async () => {
    const { lua } = world();
    expect(await lua(`local c = counting.create{ id = "a", start = 5 }
      return counting.add(c), c:add(10), counting.add("a", 100), c:twice(), c:twice(2), c.value, tostring(c), c.id, counting.create{ id = "b", other = "a" }.value`))
      .toEqual([6, 16, 116, 232, 928, 928, "counter: a", "a", 928]);
  });

  test("a handle is closed at the end of its scope", async () => {
    const { lua, bridges: context } = world();
    await lua('do local c <close> = counting.create{ id = "a" } end');
    expect(context.get(COUNTERS).get("a")!.closed).toBe(true);
  });

  test.each([
    ["{}", "field 'id' is missing"],
    ["{ id = true }", "field 'id': string expected, got boolean"],
    ["{ id = 'a', start = {} }", "field 'start': integer or string expected, got table"],
    ["{ id = 'a', step = 11 }", "field 'step': must be at most 10"],
    ["{ id = 'a', step = 0/0 }", "field 'step': must be at least 1"],
    ["{ id = 'a', mode = 'upp' }", "field 'mode': invalid option 'upp'; did you mean 'up'?"],
    ["{ id = 'a', other = 'none' }", "field 'other': counter expected, got string"],
    ["{ id = 'a', callbacks = { x = 1 } }", "field 'callbacks': array expected, got a table with other keys"],
    ["{ id = 'a', nested = {} }", "field 'deep' is missing"],
    ["{ id = 'a', ids = 1 }", "unknown field 'ids'; did you mean 'id'?"],
    ["{ id = 'a', 'x' }", "unknown field [1]"],
    ["{ id = 'a', [print] = 1 }", "unknown field [function]"],
    ["{ id = '\\xff' }", "field 'id': invalid UTF-8"],
  ])("options %s: %s", async (table, message) => {
    const error = await failureOf(world().lua(`counting.create(${table})`));
    expect(error.message).toBe(`test:1: bad argument #1 to 'create' (${message})`);
  });

  test("methods name their own arguments", async () => {
    expect((await failureOf(world().lua('counting.create{ id = "a" }:add({})'))).message).toBe("test:1: bad argument #1 to 'add' (number expected, got table)");
    expect((await failureOf(world().lua('local c = counting.create{ id = "a" }; c.add(1)'))).message).toContain("bad argument #1 to 'add' (counter expected, got number)");
  });

  test("a callback runs as a part of the call; what it raises goes on unchanged", async () => {
    expect(await world().lua("return counting.later(function(x) return x .. '!' end)")).toEqual(["called!"]);
    expect(await world().lua("local e = { 1 } return select(2, pcall(counting.later, function() error(e) end)) == e")).toEqual([true]);
  });

  test("cancelling the script aborts the call's work", async () => {
    aborted = false;
    const controller = new AbortController();
    whenStuck = () => controller.abort();
    const error = await failureOf(world().lua("pcall(counting.stuck)", { signal: controller.signal }));
    expect([error.code, aborted]).toEqual(["cancelled", true]);
  });

  test("a limit inside a callback is a limit of the script", async () => {
    const { lua } = bridgeWorld({ bridges: [counting], limits: { instructions: 100_000 } });
    expect((await failureOf(lua("pcall(counting.later, function() while true do end end)"))).code).toBe("limit");
  });

  test("a permission beyond the bridge's own is asked for by name", async () => {
    const error = await failureOf(world().lua("counting.secret()"));
    expect([error.code, error.message]).toEqual(["permission", expect.stringContaining("permission denied: connecting to 'example.org'")]);
  });

  test("a bug of the host is a failure of the script, not of the process", async () => {
    const [ok, code, text] = await world().lua("local ok, e = pcall(counting.broken) return ok, e.code, tostring(e)");
    expect([ok, code, text]).toEqual([false, "failed", expect.stringMatching(/^counting\.broken: /)]);
  });

  test("waiting calls need a run that can wait, and say so", async () => {
    const { context } = world();
    expect(() => context.executeSync('require "perilune.counting".later(print)')).toThrow(/must wait/);
    expect(context.executeSync('return require "perilune.counting".create{ id = "s" }.id')).toBe("s");
  });

  test("each call is paid for", async () => {
    const { lua, context } = world();
    await lua('c = counting.create{ id = "a" }');
    const before = context.statistics.libraryWork;
    await lua("for i = 1, 100 do c:add() end");
    expect(context.statistics.libraryWork - before).toBeGreaterThanOrEqual(50_000);
  });

  test("figures tell calls and failures by function", async () => {
    const { lua, bridges: context } = world();
    await lua('counting.create{ id = "a" }; pcall(counting.broken); pcall(counting.broken)');
    expect(Object.fromEntries(context.figures)).toMatchObject({ "counting.create": { calls: 1, failures: 0 }, "counting.broken": { calls: 2, failures: 2 } });
  });
});

describe("definitions that contradict themselves", () => {
  test.each([
    ["Bad", "a name is lower-case letters, digits and '_'", {}],
    ["bare", "function 'f' has no words", { f: { doc: " ", params: [], run: () => {} } }],
    ["mute", "parameter 'x' of 'f' has no words", { f: { doc: "F.", params: [{ name: "x", type: "any", doc: "" }], run: () => {} } }],
  ] as const)("%s: %s", (name, message, functions) => {
    expect(() => defineBridge({ name, doc: "Words.", functions })).toThrow(message);
  });

  test("a handle belongs to one bridge", () => {
    expect(() => defineBridge({ name: "thief", doc: "Words.", handles: [counterHandle], functions: {} })).toThrow("handle 'counter' belongs to the bridge 'counting'");
  });

  test("a name that is taken is refused by the registry", () => {
    const modules = new ModuleRegistry();
    bridges.registerBridges(modules, [counting]);
    expect(() => bridges.registerBridges(modules, [counting])).toThrow("module 'perilune.counting' is registered already");
  });
});

describe("other ways to a bridge", () => {
  test("states without a sandbox find bridges in package.preload", () => {
    const state = createState();
    preloadBridges(state, [counting]);
    expect(state.call(state.load('local c = require "zigllms.counting" return c.create{ id = "x" }.id, c == require "perilune.counting"', "=test"))).toEqual(["x", true]);
  });

  test("globals hold the bridges that the policy grants, the same tables as require's", async () => {
    const { context, bridges: of } = bridgeWorld({ bridges: [counting], granted: ["counting", "memory"] });
    globalizeBridges(of, [...bridges.ALL_BRIDGES, counting]);
    expect(await context.execute('return perilune.counting == require "zigllms.counting", zigllms.memory ~= nil, perilune.agent == nil', { all: true })).toEqual([true, true, true]);
  });

  test("a context that is disposed has no subscriptions and hooks left", async () => {
    const events = new bridges.EventBus();
    const { lua, context, bridges: { hooks } } = bridgeWorld({ services: { events } });
    await lua('event.subscribe("*", print); hook.register{ type = "pre", pattern = "*", handler = print }');
    expect([events.list().length, hooks.list().length]).toEqual([1, 1]);
    context.dispose();
    context.dispose();
    expect([events.list().length, hooks.list().length]).toEqual([0, 0]);
  });
});
