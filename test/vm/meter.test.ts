// The meter: instruction counts equal to C Lua's count hook, prices of native work, limits that nothing catches.
import { beforeAll, describe, expect, test } from "vitest";
import { COST, Meter } from "../../src/vm/meter.js";
import { LimitReached } from "../../src/vm/limits.js";
import { createState } from "../../src/index.js";
import { type Oracle, oracle } from "../support/oracle.js";

let judge: Oracle;
beforeAll(async () => {
  judge = await oracle();
});

/** VM instructions that the chunk executes, by our meter. */
function ours(source: string): number {
  const state = createState();
  const chunk = state.load(source, "=test");
  const before = state.meter.instructions;
  state.call(chunk);
  return state.meter.instructions - before;
}

/** The same by C Lua's count hook; what the harness itself executes is measured with an empty chunk. */
function theirs(source: string): number {
  const harness = (chunk: string): string => `local f = load([==[${chunk}]==], "=test")
    local n = 0
    debug.sethook(function() n = n + 1 end, "", 1)
    f()
    debug.sethook()
    print(n)`;
  const count = (chunk: string): number => Number(judge.run(harness(chunk)).output);
  return count(source) - count("") + ours("");
}

describe("instructions", () => {
  test("known counts", () => {
    expect(ours("")).toBe(1); // the RETURN; hooks see no VARARGPREP, and neither counts it
    expect(ours("local a = 1")).toBe(2);
    expect(ours("for i = 1, 1000 do end")).toBe(1 + 4 + 1000); // three loads, FORPREP, a FORLOOP for each iteration
  });

  test.each([
    ["loops", "local s = 0 for i = 1, 100 do if i % 3 == 0 then s = s + i else s = s - 1 end end while s > 0 do s = s // 2 end repeat s = s + 1 until s > 5"],
    ["calls and returns", "local function f(n) if n < 2 then return n end return f(n - 1) + f(n - 2) end f(10)"],
    ["tail calls", "local function loop(n) if n > 0 then return loop(n - 1) end end loop(50)"],
    ["methods and fields", "local c = {} c.__index = c function c:get() return self.v end local o = setmetatable({v = 1}, c) for i = 1, 20 do o:get() end"],
    ["metamethods", "local m = {__add = function(a, b) return 1 end, __lt = function() return true end, __concat = function() return 'x' end, __len = function() return 1 end} local a = setmetatable({}, m) local _ = a + 1, a < a, a .. a .. a, #a if a < a then _ = 1 end"],
    ["__index and __newindex functions", "local t = setmetatable({}, {__index = function(t, k) return k end, __newindex = function(t, k, v) rawset(t, k, v) end}) for i = 1, 10 do t[i] = t[i] t.x = t.y end"],
    ["generic for", "for k, v in pairs({1, 2, 3, a = 1}) do local x = k end for i, v in ipairs({1, 2}) do end for w in ('a b c'):gmatch('%a') do end"],
    ["closures and varargs", "local function f(...) local a, b = ... return select('#', ...), function() return a end end for i = 1, 5 do local _, g = f(i, 2, 3) g() end"],
    ["errors", "for i = 1, 5 do pcall(function() local t = nil return t.x end) pcall(error, 'x') end"],
    ["to-be-closed variables", "for i = 1, 3 do local c <close> = setmetatable({}, {__close = function() local x = i end}) end"],
    ["a hook of sort and gsub", "local t = {3, 1, 2} table.sort(t, function(a, b) return a > b end) local s = ('abc'):gsub('%w', function(c) return c .. c end)"],
    ["constructors", "local t = {1, 2, 3, x = 1, y = {z = 2}, [10] = 5, (function() return 1, 2 end)()}"],
    ["goto", "local i = 1 ::top:: if i < 10 then i = i + 1 goto top end"],
    ["nothing to iterate", "for i = 1, 0 do end for i = 1.0, 0 do end for _ in pairs({}) do end"],
  ])("%s", (_, source) => {
    expect(ours(source)).toBe(theirs(source));
  });

  test("the count does not depend on slices, and is the same each time", () => {
    const source = "local s = 0 for i = 1, 5000 do s = s + #tostring(i) end local co = coroutine.wrap(function() for i = 1, 100 do coroutine.yield(i) end end) for i = 1, 100 do co() end";
    const count = ours(source);
    for (const slice of [1, 2, 7, 1000]) {
      const state = createState();
      state.meter.slice = slice;
      const chunk = state.load(source, "=test");
      const before = state.meter.instructions;
      state.call(chunk);
      expect(state.meter.instructions - before).toBe(count);
    }
  });
});

describe("native work", () => {
  const charged = (source: string): number => {
    const state = createState();
    const chunk = state.load(source, "=test");
    const before = state.meter.charged;
    state.call(chunk);
    return state.meter.charged - before;
  };

  test("costs in proportion to what it does", () => {
    const bytes = charged("local s = ('x'):rep(320000)");
    expect(bytes).toBeGreaterThanOrEqual(320000 / COST.bytesPerUnit);
    expect(bytes).toBeLessThan((2 * 320000) / COST.bytesPerUnit);
    expect(charged("local t = {} for i = 1, 1000 do t[i] = i end table.concat(t)")).toBeGreaterThanOrEqual(1000 / COST.elementsPerUnit);
    expect(charged("local t = {} for i = 1, 500 do t[i] = -i end table.sort(t)")).toBeGreaterThan(500);
    expect(charged("load(('x = 1 '):rep(1000))")).toBeGreaterThanOrEqual(6000 / COST.compiledBytesPerUnit);
    expect(charged("local x = 1 + 1")).toBe(0);
  });
});

describe("Meter", () => {
  test("grants slices up to the limit and no further", () => {
    const meter = new Meter(() => 0);
    meter.slice = 100;
    meter.setLimit(250);
    let executed = 0;
    expect(() => {
      for (;;) {
        if (--meter.fuel < 0) meter.nextSlice(false);
        executed++;
      }
    }).toThrow(LimitReached);
    expect(executed).toBe(250);
    expect(meter.used).toBe(250);
  });

  test("a charge past the limit raises at once, one below it is paid from the slice", () => {
    const meter = new Meter(() => 0);
    meter.setLimit(1000);
    meter.charge(600);
    expect(meter.used).toBe(600);
    expect(() => meter.charge(600)).toThrow(expect.objectContaining({ kind: "instructions" }));
  });

  test("a deadline is looked at at ticks and at charges", () => {
    let now = 0;
    const meter = new Meter(() => now);
    meter.setDeadline(10);
    meter.nextSlice(false);
    now = 10;
    expect(() => meter.nextSlice(false)).toThrow(expect.objectContaining({ kind: "time" }));
    expect(() => meter.charge(1e6)).toThrow(expect.objectContaining({ kind: "time" }));
  });

  test("what attends is told whether an instruction is due, and its message is raised", () => {
    const meter = new Meter(() => 0);
    const calls: boolean[] = [];
    meter.attend = (stoppable) => {
      calls.push(stoppable);
      return calls.length === 3 ? "interrupted!" : undefined;
    };
    meter.nextSlice(false);
    meter.interrupt();
    meter.charge(1);
    expect(() => meter.nextSlice(false)).toThrow(expect.objectContaining({ message: "interrupted!" }));
    expect(calls).toEqual([true, false, true]);
  });

  test("interrupt takes the rest of the slice back", () => {
    const meter = new Meter(() => 0);
    meter.nextSlice(false);
    meter.fuel -= 41; // the tick paid for the first instruction of 42
    const used = meter.used;
    meter.interrupt();
    expect([meter.fuel, meter.used]).toEqual([0, used]);
  });
});
