// Preemption and waiting change nothing that a program can observe: output, errors with their tracebacks, instruction counts, charges
// and accounted bytes of a run in slices are those of a plain call.
import { readFileSync, readdirSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LuaError, LuaLimitError, LuaSyntaxError, createState, plainHost } from "../../src/index.js";
import { programArbitrary } from "../../src/testing/generate/program.js";
import { isSuspendable } from "../../src/vm/calls.js";
import { NativeFunction } from "../../src/vm/function.js";
import { Run, type Slice } from "../../src/vm/run.js";
import type { LuaState } from "../../src/vm/state.js";
import type { LuaValue } from "../../src/vm/value.js";

interface Observed {
  readonly output: string;
  readonly error: string | undefined;
  readonly results: number;
  readonly instructions: number;
  readonly charged: number;
  readonly allocated: number;
}

interface Way {
  readonly jit?: "off" | "always";
  readonly limit?: number | undefined;
  /** Units of a slice; as a plain call without it. */
  readonly units?: number;
  /** print waits for the host, wherever it can. */
  readonly waits?: boolean;
  /** A collection by the host between two slices. */
  readonly collects?: boolean;
}

function observe(source: string, args: LuaValue[], { jit = "off", limit, units, waits = false, collects = false }: Way): Observed {
  let output = "";
  const state = createState({ jit, host: plainHost((text) => void (output += text)) });
  if (waits) makePrintWait(state);
  let error: string | undefined;
  let results: LuaValue[] = [];
  let before = { instructions: 0, charged: 0, allocated: 0 };
  try {
    const func = state.load(source.replaceAll("select(2, coroutine.running())", "1"), "=program"); // a run's thread is not the main one
    if (limit !== undefined) state.meter.setLimit(state.meter.used + limit);
    const note = (): void => void (before = { instructions: state.meter.instructions, charged: state.meter.charged, allocated: state.memory.allocated });
    if (units === undefined) {
      note();
      results = state.call(func, args);
    } else {
      const run = new Run(state, func, args);
      note();
      results = finish(run, { units, isOver: () => true }, collects);
    }
  } catch (failure) {
    if (failure instanceof LuaSyntaxError) error = failure.message;
    else if (failure instanceof LuaError || failure instanceof LuaLimitError) error = `${failure.message}\n${failure.traceback}`;
    else throw failure;
  }
  const { meter, memory } = state;
  return {
    output, error, results: results.length,
    instructions: meter.instructions - before.instructions, charged: meter.charged - before.charged, allocated: memory.allocated - before.allocated,
  };
}

function finish(run: Run, slice: Slice, collects: boolean): LuaValue[] {
  const { state } = run;
  while (!run.isOver) {
    if (run.resume(slice) === "waiting") run.complete((f) => PRINT.get(state)!.run(f));
    if (collects) {
      state.enter();
      state.census.collect(state.mainThread);
      state.leave();
    }
  }
  if (run.status === "failed") throw run.error;
  return run.results;
}

const PRINT = new WeakMap<LuaState, NativeFunction>();

function makePrintWait(state: LuaState): void {
  const print = state.globals.getStr("print") as NativeFunction;
  PRINT.set(state, print);
  state.globals.setStr("print", new NativeFunction("print", (f) => (isSuspendable(f.L) ? f.suspend() : print.run(f))));
}

const SIZES = [0, 1, 2, 3, 7, 20, 50];

function expectUnchanged(source: string, args: LuaValue[] = [], way: Way = {}): void {
  const plain = observe(source, args, way);
  const { charged } = source.includes("collectgarbage") ? observe(source, args, { ...way, units: 1e6 }) : plain; // the run's thread is counted
  for (const units of SIZES) expect({ units, ...observe(source, args, { ...way, units }) }).toEqual({ units, ...plain, charged });
}

test("generated programs in slices of any size", () => {
  fc.assert(fc.property(programArbitrary, fc.integer({ min: 0, max: 50 }), fc.boolean(), (source, units, always) => {
    const jit = always ? "always" : "off";
    expect(observe(source, [], { jit, units })).toEqual(observe(source, [], { jit }));
  }), { numRuns: 60 });
});

test("generated programs whose every print waits", () => {
  fc.assert(fc.property(programArbitrary, fc.integer({ min: 0, max: 50 }), (source, units) => {
    expect(observe(source, [], { units, waits: true })).toEqual(observe(source, [], {}));
  }), { numRuns: 60 });
});

test("generated programs inside a coroutine", () => {
  fc.assert(fc.property(programArbitrary, fc.integer({ min: 0, max: 20 }), (source, units) => {
    const inside = `local run = coroutine.wrap(function(...) ${source}\n end) run(...)`;
    expect(observe(inside, [], { units, waits: true })).toEqual(observe(inside, [], {}));
  }), { numRuns: 40 });
});

test("generated programs with a collection between any two slices", () => {
  fc.assert(fc.property(programArbitrary, fc.integer({ min: 0, max: 50 }), (source, units) => {
    const { output, error, instructions } = observe(source, [], {}); // collections have their price
    expect(observe(source, [], { units, collects: true })).toMatchObject({ output, error, instructions });
  }), { numRuns: 25 });
});

test("generated programs that reach a limit", () => {
  fc.assert(fc.property(programArbitrary, fc.integer({ min: 1, max: 3000 }), fc.integer({ min: 0, max: 50 }), (source, limit, units) => {
    expect(observe(source, [], { units, limit })).toEqual(observe(source, [], { limit }));
  }), { numRuns: 100 });
});

const PROGRAMS = new URL("../../bench/programs/", import.meta.url);
const SMALLER: Readonly<Record<string, string>> = { "tak.lua": "1", "compress.lua": "1", "nqueens.lua": "4", "string_bytes.lua": "1", "json.lua": "1" };

describe("bench programs", () => {
  for (const file of readdirSync(PROGRAMS).filter((name) => name.endsWith(".lua"))) {
    test(file, () => {
      const source = readFileSync(new URL(file, PROGRAMS), "latin1");
      const args = [SMALLER[file] ?? "3"];
      const plain = observe(source, args, {});
      expect(observe(source, args, { units: 37 })).toEqual(plain);
      expect(observe(source, args, { units: 997, jit: "always" })).toEqual(plain);
    });
  }
});

describe("places where a stop is awkward", () => {
  test.each([["index", "a"], ["limit", "b"], ["step", "c"], ["index and limit", "a + b"], ["all", "a + b + c"]])("a float loop whose %s is where a shared variable will be", (_, shared) => {
    expectUnchanged(`for x = 1.0, 3, 0.5 do print(x) end local a, b, c = 1, 2, 3 return function() return ${shared} end`, [], { jit: "always" });
  });

  test.each([
    ["of another coroutine", "coroutine.wrap(function() coroutine.yield(1) coroutine.yield(2) end)"],
    ["of emitted code", "(function(_, i) local s = 0 for k = 1, 40 do s = s + k end if i < 3 then return i + 1 end end), nil, 0"],
  ])("bare floats alive while an iterator runs, %s", (_, iterator) => {
    expectUnchanged(`local x = ... * 0.5 for i in ${iterator} do print(x) x = x * 1.5 end print(x)`, [3], { jit: "always" });
  });

  test.each<[string, string]>([
    ["yields in metamethods and iterators", `
      local mt = {__add = function(a, b) coroutine.yield("add") return 1 end, __lt = function() coroutine.yield("lt") return true end,
        __concat = function() coroutine.yield("concat") return "c" end, __close = function() coroutine.yield("close") end}
      local o = setmetatable({}, mt)
      local co = coroutine.wrap(function()
        local x <close> = o
        local r = {o + 1, o < o, "a" .. "b" .. o .. "c", not (o < o)}
        for a, b in function(_, c) coroutine.yield("iterate") if (c or 0) < 3 then return (c or 0) + 1, c end end do r[#r + 1] = a end
        return table.concat({tostring(r[1]), tostring(r[2]), r[3], #r}, " ")
      end)
      for i = 1, 40 do local v = co() print(v) if v == nil or v:find(" ") then break end end`],
    ["errors through pcall, xpcall and __close", `
      local function closer(n) return setmetatable({}, {__close = function(_, e) print("close", n, e) if n == 2 then error("in close", 0) end end}) end
      print(pcall(function() local a <close>, b <close> = closer(1), closer(2) error("first", 0) end))
      print(xpcall(function() local t = nil return t.x end, function(m) return "handled: " .. m end))
      print(pcall(coroutine.wrap(function() local c <close> = closer(3) error({}) end)))`],
    ["varargs and open lists", `
      local function many(...) return ... end
      local function count(...) return select("#", ...) end
      print(count(many(1, 2, 3), many(table.unpack({}, 1, 50))))
      print(#{many(table.unpack({}, 1, 60)), many(1, 2, 3)}, (many(4, 5)))
      local function tail(n, ...) if n == 0 then return ... end return tail(n - 1, n, ...) end
      print(tail(20))`],
    ["hooks", `
      local n = 0
      debug.sethook(function(event, line) n = n + (line or 1) end, "crl", 3)
      local s = 0 for i = 1, 10 do s = s + math.max(i, 3) end
      debug.sethook() print(n, s)`],
    ["weak tables and finalizers", `
      local weak, dead = setmetatable({}, {__mode = "k"}), 0
      for i = 1, 50 do weak[setmetatable({}, {__gc = function() dead = dead + 1 end})] = i end
      collectgarbage() print(next(weak), dead)`],
    ["goto, numeric loops at their edges, integer for with floats", `
      for i = math.maxinteger - 2, math.maxinteger do print(i) end
      for i = 1.0, 2.0, 0.25 do print(i) end
      do local i = 1 ::top:: if i < 5 then i = i + 1 goto top end print(i) end`],
    ["deep recursion that overflows", "local function f(n) return 1 + f(n + 1) end local ok, m = pcall(f, 1) print(ok, m)"],
    ["an error nobody catches, in a coroutine", "local co = coroutine.wrap(function() local t = {} t.x.y = 1 end)\nco()"],
    ["a deep chain of coroutines", "local function nest(n) if n == 0 then error('deep', 0) end return coroutine.wrap(nest)(n - 1) end print(pcall(nest, 150)) print(pcall(nest, 250))"],
  ])("%s", (_, source) => {
    if (source.includes("f(n + 1)")) { // long: only some sizes
      const plain = observe(source, [], {});
      for (const units of [1000, 777]) expect(observe(source, [], { units })).toEqual(plain);
    } else {
      expectUnchanged(source);
      expect(observe(source, [], { units: 3, waits: true })).toEqual(observe(source, [], { units: 1e6 }));
    }
  });
});
