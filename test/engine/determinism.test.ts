// The determinism switch: the same script and the same options give the same output, the same count and the same memory, on
// both tiers, whatever the machine says.
import { readFileSync, readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type DeterminismOptions } from "../../src/engine/deterministic-host.js";
import { policies } from "../../src/engine/policy.js";
import { StatePool } from "../../src/engine/pool.js";
import { type SandboxOptions, createSandboxedState } from "../../src/engine/sandbox.js";
import { LuaError, LuaLimitError, setLimits } from "../../src/index.js";
import type { Host } from "../../src/vm/host.js";
import type { LuaState } from "../../src/vm/state.js";

/** A machine on which nothing is ever the same twice. */
function wildHost(write: (text: string) => void): Host {
  let n = Math.floor(Math.random() * 1e9);
  const next = (): number => (n = (n * 48271 + 11) % 2147483647);
  return {
    write, writeError: write, now: () => Date.now() + next(), cpuTime: () => next() / 1000, randomSeed: () => BigInt(next()) * 0x9e3779b9n,
    process: { getenv: () => String(next()), exit: () => { throw new Error("exit"); }, execute: () => undefined, popen: () => { throw new Error("popen"); }, hasShell: () => next() % 2 === 0 },
  };
}

interface Trace {
  readonly output: string;
  readonly used: number;
  readonly instructions: number;
  readonly allocated: number;
  readonly error: string | undefined;
}

function trace(source: string, options: SandboxOptions, instructions?: number, make: (options: SandboxOptions) => LuaState = createSandboxedState): Trace {
  let output = "";
  const state = make({ host: wildHost((text) => void (output += text)), ...options });
  if (instructions !== undefined) setLimits(state, { instructions });
  let error: string | undefined;
  try {
    state.call(state.load(source, "=script"));
  } catch (failure) {
    if (!(failure instanceof LuaError || failure instanceof LuaLimitError)) throw failure;
    error = failure.message + failure.traceback;
  }
  return { output, used: state.meter.used, instructions: state.meter.instructions, allocated: state.memory.allocated, error };
}

/** Asks for everything that could differ. */
const CURIOUS = `
  local function show(...) print(...) end
  show(math.random(), math.random(0), math.random(1, 1000000))
  show(math.randomseed()) show(math.random(0)) math.randomseed(42) show(math.random(0)) show(math.randomseed()) show(math.random(0))
  show(os.time(), os.clock(), os.date(), os.date("%c %Z %z"), os.date("!%c"), os.time({ year = 2024, month = 7, day = 1, isdst = true }))
  for i = 1, 10000 do end
  show(os.time(), os.clock(), os.date("*t").isdst)
  show({}, function() end, print, string, io.stdout, coroutine.create(print), ("x"):rep(100), newproxy)
  show(string.format("%p %p %p", {}, "short", ("long"):rep(30)), tostring(io.stdout), tostring(print))
  local keys, t = {}, {}
  for i = 1, 50 do t["k" .. i] = i t[i * 1.5] = i t[{}] = i t[print] = i end
  for k, v in pairs(t) do keys[#keys + 1] = type(k) == "string" and k or tostring(k) .. v end
  show(table.concat(keys, " "))
  for k in pairs(_G) do keys[#keys + 1] = k end
  for k in pairs(string) do keys[#keys + 1] = k end
  show(table.concat(keys, " ", #keys - 60))
  show(collectgarbage("count")) collectgarbage() show(collectgarbage("count"))
  local weak = setmetatable({}, { __mode = "k" }) for i = 1, 100 do weak[{}] = i end collectgarbage()
  local n = 0 for _ in pairs(weak) do n = n + 1 end show(n)
  for i = 1, 30 do setmetatable({}, { __gc = function() show("gc", i) end }) end collectgarbage()
  show(pcall(os.getenv, "HOME")) show(pcall(os.tmpname)) show(os.execute and pcall(os.execute))
  show(pcall(error, { }) , select(2, pcall(error, setmetatable({}, { __name = "Mine" }))))
  show(coroutine.running(), coroutine.close(coroutine.create(print)))
  local sorted = {} for i = 1, 200 do sorted[i] = { key = i % 7, id = i } end
  table.sort(sorted, function(a, b) return a.key < b.key end)
  local ids = {} for i, v in ipairs(sorted) do ids[i] = v.id end show(table.concat(ids, ","))
  error(setmetatable({}, { __tostring = function() return "the end " .. tostring({}) end }))`;

const options: DeterminismOptions = { seed: 7, time: 1_700_000_000_123, environment: { HOME: "/home/zoë" } };

describe("a script that asks for everything", () => {
  test.each(["restricted", "none"] as const)("has one answer under %s, on both tiers", (name) => {
    const policy = policies[name];
    const expected = trace(CURIOUS, { policy, deterministic: options, jit: "off" });
    expect(expected.output.split("\n").length).toBeGreaterThan(45);
    for (let round = 0; round < 2; round++) {
      for (const jit of ["off", "auto", "always"] as const) expect(trace(CURIOUS, { policy, deterministic: options, jit })).toEqual(expected);
    }
    const pool = new StatePool({ size: 2, policies: [policy] });
    for (let i = 0; i < 4; i++) {
      expect(trace(CURIOUS, { policy, deterministic: options }, undefined, (from) => {
        const state = pool.acquire(from);
        return state;
      })).toEqual(expected);
    }
  });

  test("does not without the switch", () => {
    expect(trace(CURIOUS, {}).output).not.toBe(trace(CURIOUS, {}).output);
  });

  test("has another for another seed or time", () => {
    const of = (deterministic: DeterminismOptions): string => trace("print(math.random(0), os.time(), os.date())", { deterministic }).output;
    expect(new Set([of({}), of({ seed: 1 }), of({ seed: 2n ** 63n }), of({ time: 1e12 }), of({ seed: 1, time: 1e12 })]).size).toBe(5);
    expect(of({ seed: 0 })).toBe(of({}));
  });
});

describe("time", () => {
  test("starts where it is told and passes as the script works", () => {
    const { output } = trace("print(os.time(), os.clock()) for i = 1, 1e6 do end print(os.time() >= 1700000000, os.clock() > 0.01, os.clock() < 0.02)", { deterministic: { time: 1_700_000_000_000 } });
    expect(output).toMatch(/^1700000000\t[0-9.e-]+\ntrue\ttrue\ttrue\n$/);
  });

  test("is the host's clock where there is one", () => {
    let clock = 1000;
    expect(trace("print(os.time()) print(os.time())", { deterministic: { time: () => (clock += 1000) } }).output).toBe("2\n3\n");
  });

  test("is UTC wherever the machine is", () => {
    const zone = process.env["TZ"];
    try {
      const seen = ["America/New_York", "Asia/Kolkata", "UTC"].map((name) => {
        process.env["TZ"] = name;
        return trace("print(os.date('%c %Z %z', 86400 * 200), os.time({ year = 1970, month = 7, day = 20, hour = 0, isdst = true }), os.date('*t', 0).hour)", { deterministic: true }).output;
      });
      expect(seen).toEqual(Array(3).fill("Mon Jul 20 00:00:00 1970 UTC +0000\t17280000\t0\n"));
    } finally {
      if (zone === undefined) delete process.env["TZ"];
      else process.env["TZ"] = zone;
    }
  });

  test("limits go by the real clock all the same", () => {
    let output = "";
    const state = createSandboxedState({ deterministic: true, host: { write: (text) => void (output += text), writeError() {}, now: () => Date.now(), cpuTime: () => 0, randomSeed: () => 0n } });
    setLimits(state, { time: 50 });
    const start = Date.now();
    expect(() => state.call(state.load("while true do end", "=x"))).toThrow("time limit reached");
    expect(Date.now() - start).toBeLessThan(5000);
  });
});

describe("options", () => {
  test("give the environment, and nothing else does", () => {
    expect(trace("print(os.getenv('HOME'), pcall(os.getenv, 'PATH'))", { deterministic: options }).output).toMatch(/^\/home\/zo..\tfalse\tscript:1: permission denied: environment variable 'PATH'|permission denied/);
    expect(trace("print(os.getenv('HOME'), os.getenv('PATH'), os.getenv('__proto__'), os.getenv('constructor'))", { policy: policies.none, deterministic: options }).output).toBe("/home/zo\xc3\xab\tnil\tnil\tnil\n");
  });

  test("that make no sense are errors", () => {
    for (const seed of [1.5, NaN, Infinity, "1" as unknown as number]) expect(() => createSandboxedState({ deterministic: { seed } })).toThrow("seed must be an integer");
    for (const time of [NaN, Infinity, "1" as unknown as number]) expect(() => createSandboxedState({ deterministic: { time } })).toThrow("time must be milliseconds since 1970");
  });
});

describe("the benchmark programs", () => {
  const programs = readdirSync("bench/programs").filter((file) => file.endsWith(".lua"));

  test.each(programs)("%s: one output and one count, on both tiers, with the switch and without", (file) => {
    const source = readFileSync(`bench/programs/${file}`, "latin1");
    const limit = 100_000; // the source is not built for speed here
    const [first, ...others] = (["off", "auto", "always"] as const).map((jit) => trace(source, { deterministic: true, jit }, limit));
    for (const run of others) expect(run).toEqual(first);
    expect({ ...trace(source, {}, limit), output: "" }).toEqual({ ...first, output: "" });
  });
});
