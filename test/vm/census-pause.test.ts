// A pass over a large heap is put off in pieces. What it finds, and all that a program sees of it, stays the same; and whoever enters the
// state meanwhile finds it in order.
import { describe, expect, test } from "vitest";
import { LuaLimitError, createState, plainHost } from "../../src/index.js";
import { LimitReached } from "../../src/vm/limits.js";
import { Run, type Slice } from "../../src/vm/run.js";
import type { LuaState } from "../../src/vm/state.js";
import type { LuaValue } from "../../src/vm/value.js";

const SLICE: Slice = { units: 1_000_000, isOver: () => true };

/** A heap that takes many pieces: objects, long strings, long lists, closures, weak tables, finalizers, coroutines. */
const HEAP = `
  keep, log, dead = {}, {}, 0
  weakKeys, weakValues, weakBoth = setmetatable({}, {__mode = "k"}), setmetatable({}, {__mode = "v"}), setmetatable({}, {__mode = "kv"})
  for i = 1, 3000 do
    local object = {id = i, name = "a name that is longer than forty characters " .. i // 2, inner = {i, i + 0.5}}
    if i % 2 == 0 then keep[i] = object end
    weakKeys[object] = {"value", object}
    weakValues[i] = object
    weakBoth[object] = object
    if i % 50 == 0 then
      local id = i
      setmetatable(object, {__gc = function(o) dead = dead + 1 if #log < 40 then log[#log + 1] = id .. o.name end end})
      keep["f" .. i] = function() return object.inner, id end
      keep["c" .. i] = coroutine.wrap(function(...) local hold = {i} coroutine.yield(hold) end)
      keep["c" .. i](i)
    end
    if i % 100 == 0 then keep[i] = nil keep["f" .. i] = nil end
  end
  long = {} for i = 1, 10000 do long[i] = i end
  hash = {} for i = 1, 2500 do hash[i * 1.5] = "x" .. i end
  local function count(t) local n = 0 for _ in next, t do n = n + 1 end return n end
  function state() return count(weakKeys) .. " " .. count(weakValues) .. " " .. count(weakBoth) .. " " .. dead .. " " .. table.concat(log, ",") end
`;

function world(limit = Infinity): { state: LuaState; printed: string[] } {
  const printed: string[] = [];
  const state = createState({ jit: "off", host: plainHost((text) => printed.push(text)) });
  if (limit !== Infinity) state.memory.setLimit(limit);
  return { state, printed };
}

interface Sliced {
  readonly results: LuaValue[];
  readonly error: unknown;
  /** Resumes at whose end a pass was under way. */
  readonly pauses: number;
  readonly used: number;
  readonly collections: number;
}

function inSlices(state: LuaState, source: string, between: (run: Run) => void = () => {}): Sliced {
  const run = new Run(state, state.load(source, "=test"));
  let pauses = 0;
  while (!run.isOver) {
    run.resume(SLICE);
    if (state.census.isUnderWay) {
      pauses++;
      between(run);
    }
  }
  return { results: run.results, error: run.error, pauses, used: state.meter.used, collections: state.memory.collections };
}

/** The same without a pause. */
function atOnce(state: LuaState, source: string): Sliced {
  const run = new Run(state, state.load(source, "=test"));
  run.resume();
  return { results: run.results, error: run.error, pauses: 0, used: state.meter.used, collections: state.memory.collections };
}

const PROGRAMS: Readonly<Record<string, string>> = {
  "a full collection": `${HEAP} collectgarbage() return state(), collectgarbage("count")`,
  "two of them": `${HEAP} collectgarbage() local one = state() collectgarbage() return one, state()`,
  "those that become due": `${HEAP} for i = 1, 20000 do long[i % 100] = {i} end return state(), collectgarbage("count")`,
  "those due at strings and closures": `${HEAP} local s = "" for i = 1, 15000 do s = ("x"):rep(60) .. i local f = function() return i end end return state(), collectgarbage("count")`,
  "inside pcall, a coroutine, a metamethod": `${HEAP}
    local t = setmetatable({}, {__index = function() return pcall(collectgarbage) end})
    return coroutine.wrap(function() return t.x, state() end)()`,
  "in a finalizer's company": `${HEAP} setmetatable({}, {__gc = function() collectgarbage() dead = dead + 1000 end}) collectgarbage() return state()`,
  "under a line hook": `${HEAP} local n = 0 debug.sethook(function() n = n + 1 end, "l") collectgarbage()\nlocal x = 1\ndebug.sethook() return state(), n`,
};

describe("put off, a pass finds the same in", () => {
  test.each(Object.entries(PROGRAMS))("%s", (_, source) => {
    const plain = atOnce(world().state, source);
    const { pauses, ...sliced } = inSlices(world().state, source);
    expect(plain.error).toBe(undefined);
    expect({ ...sliced, pauses: 0 }).toEqual(plain);
    expect(pauses).toBeGreaterThan(3);
  });

  test.each([1e6, 1.5e6, 2.5e6])("a heap that reaches a limit of %d bytes", (limit) => {
    const source = `${HEAP} for i = 1, 1e6 do keep[i] = {i} n = i end`;
    const observe = (how: typeof atOnce): unknown => {
      const { state } = world(limit);
      const { error, used, collections } = how(state, source);
      expect(error).toBeInstanceOf(LuaLimitError);
      return [(error as Error).message, used, collections, state.globals.getStr("n"), state.globals.getStr("dead")];
    };
    expect(observe(inSlices)).toEqual(observe(atOnce));
  });

  test("and a limit of instructions ends the run where it does without", () => {
    const source = `${HEAP} collectgarbage() for i = 1, 1e6 do n = i end`;
    for (let extra = 0; extra < 4; extra++) {
      const observe = (how: typeof atOnce): unknown => {
        const { state } = world();
        atOnce(state, "return 1");
        state.meter.setLimit(state.meter.used + 400_000 + extra);
        const { used, error } = how(state, source);
        return [used, (error as Error | undefined)?.message, state.globals.getStr("n"), state.globals.getStr("dead")];
      };
      expect(observe(inSlices)).toEqual(observe(atOnce));
    }
  });
});

describe("while a pass is put off", () => {
  const SOURCE = `collectgarbage("stop") ${HEAP} collectgarbage() return state()`;

  test("the host can use the state: the pass is finished first, its finalizers wait for the run", () => {
    const plain = atOnce(world().state, SOURCE);
    const { state } = world();
    let isFirst = true;
    const { results, error } = inSlices(state, SOURCE, () => {
      if (!isFirst) return;
      isFirst = false;
      expect(state.call(state.load("return dead, #long", "=host"))).toEqual([0, 10000]);
      expect(state.call(state.load("collectgarbage() extra = setmetatable({}, {__mode = 'k'}) extra[{}] = 1 collectgarbage() return next(extra)", "=host"))).toEqual([undefined]);
    });
    expect(error).toBe(undefined);
    expect(results).toEqual(plain.results);
  });

  test("another run of the state can go on, and stand still in a pass of its own", () => {
    const plain = atOnce(world().state, SOURCE);
    const { state } = world();
    let other: Run | undefined;
    const { results } = inSlices(state, SOURCE, () => {
      if (other === undefined) other = new Run(state, state.load("for i = 1, 3 do collectgarbage() end return dead", "=other"));
      else if (!other.isOver) other.resume(SLICE);
    });
    while (!other!.isOver) other!.resume(SLICE);
    expect(results).toEqual(plain.results);
    expect(other!.error).toBe(undefined);
  });

  test("other states can have passes of their own, over functions that both share", () => {
    const plain = atOnce(world().state, SOURCE);
    const worlds = [world(), world(), world()].map(({ state }) => ({ state, run: new Run(state, state.load(SOURCE, "=test")) }));
    const { proto } = worlds[0]!.state.load(SOURCE, "=test");
    expect(proto.protos.length).toBeGreaterThan(0);
    while (worlds.some(({ run }) => !run.isOver)) for (const { run } of worlds) if (!run.isOver) run.resume(SLICE);
    for (const { run, state } of worlds) {
      expect(run.results).toEqual(plain.results);
      expect(state.meter.used).toBe(plain.used);
    }
  });

  test("the run can be stopped: the pass is given up, and the next one finds what there is", () => {
    const { state } = world();
    const run = new Run(state, state.load(SOURCE, "=test"));
    while (!state.census.isUnderWay) run.resume(SLICE);
    run.stop(new LimitReached("cancelled", "enough"));
    expect(state.census.isUnderWay).toBe(false);
    expect(state.call(state.load("collectgarbage() return state()", "=host"))[0]).toMatch(/^\d+ \d+ \d+ 30 /);
  });

  test("a run that was stopped leaves finalizers of a pass that the host finished to the next one", () => {
    const { state } = world();
    const run = new Run(state, state.load(SOURCE, "=test"));
    while (!state.census.isUnderWay) run.resume(SLICE);
    state.call(state.load("return 1", "=host"));
    expect(state.census.isUnderWay).toBe(true);
    run.stop(new LimitReached("cancelled", "enough"));
    expect(state.census.isUnderWay).toBe(false);
    state.call(state.load("collectgarbage()", "=host"));
    expect(state.globals.getStr("dead")).toBe(30);
  });

  test("a limit of time ends the pass", () => {
    const { state } = world();
    const run = new Run(state, state.load(SOURCE, "=test"));
    while (!state.census.isUnderWay) run.resume(SLICE);
    state.meter.setDeadline(Date.now() - 1);
    run.resume();
    expect(run.error).toMatchObject({ kind: "time" });
    state.meter.setDeadline(Infinity);
    expect(state.call(state.load("collectgarbage() return dead", "=host"))).toEqual([30]);
  });
});
