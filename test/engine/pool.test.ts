// The pool: what it counts, and that nothing of one user of a state reaches the next.
import { closeSync, mkdtempSync, openSync, readFileSync, readdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { ModuleRegistry } from "../../src/engine/modules.js";
import { policies } from "../../src/engine/policy.js";
import { StatePool } from "../../src/engine/pool.js";
import { sandboxOf } from "../../src/engine/guard.js";
import { nodeHost } from "../../src/host/node.js";
import { LuaTable } from "../../src/index.js";
import type { LuaState } from "../../src/vm/state.js";
import { plainHost } from "../../src/vm/host.js";
import type { LuaValue } from "../../src/vm/value.js";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

const { none, restricted, strict } = policies;
const run = (state: LuaState, source: string): LuaValue[] => state.call(state.load(source, "=x"));

describe("acquiring and releasing", () => {
  test("is counted", () => {
    const pool = new StatePool({ size: 2, policies: [restricted] });
    expect(pool.statistics).toMatchObject({ hits: 0, misses: 0, hitRatio: 0, created: 2, released: 0, ready: 2, inUse: 0 });
    const states = [pool.acquire(), pool.acquire(), pool.acquire()];
    expect(new Set(states).size).toBe(3);
    expect(pool.statistics).toMatchObject({ hits: 2, misses: 1, hitRatio: 2 / 3, created: 3, ready: 0, inUse: 3 });
    for (const state of states) pool.release(state);
    expect(pool.statistics).toMatchObject({ released: 3, ready: 2, inUse: 0, created: 5 });
    pool.acquire({ policy: strict });
    const { acquireTime, longestAcquire, createTime, ...counts } = pool.statistics;
    expect(counts).toEqual({ hits: 2, misses: 2, hitRatio: 0.5, created: 6, released: 3, ready: 2, inUse: 1 });
    expect(acquireTime).toBeGreaterThan(0);
    expect(longestAcquire).toBeLessThanOrEqual(acquireTime);
    expect(createTime).toBeGreaterThan(0);
  });

  test("gives each policy its own states", () => {
    const pool = new StatePool({ size: 1, policies: [restricted, strict] });
    for (const policy of [strict, restricted, none, restricted]) {
      const state = pool.acquire({ policy });
      expect(sandboxOf(state)!.policy).toBe(policy);
      pool.release(state);
    }
  });

  test("connects the state to its user, whatever it was made with", () => {
    const pool = new StatePool({ size: 1, policies: [restricted] });
    let output = "";
    const modules = new ModuleRegistry();
    modules.registerHostModule("m", () => "module");
    const state = pool.acquire({ host: { ...plainHost((text) => void (output += text)), cpuTime: () => 7 }, modules, deterministic: { time: 5000, seed: 3 } });
    run(state, "print(require 'm', os.time()) io.write('w')");
    expect(output).toBe("module\t5\nw");
    pool.release(state);
    const next = pool.acquire();
    expect(run(next, "return pcall(require, 'm')")[0]).toBe(false);
    expect(run(next, "return os.time() > 1e9")).toEqual([true]);
  });

  test("of what is not in use, or of a pool that is gone, is an error", () => {
    const pool = new StatePool({ size: 1 });
    const state = pool.acquire();
    pool.release(state);
    expect(() => pool.release(state)).toThrow("not in use by this pool");
    expect(() => new StatePool().release(pool.acquire())).toThrow("not in use by this pool");
    const last = pool.acquire();
    pool.dispose();
    expect(() => pool.acquire()).toThrow("the pool is disposed");
    pool.release(last);
    expect(pool.statistics).toMatchObject({ ready: 0, inUse: 1 }); // the one handed to the other pool's release
    for (const size of [-1, 1.5, NaN, Infinity, "3" as unknown as number]) expect(() => new StatePool({ size })).toThrow(RangeError);
  });

  test("a pool of size 0 keeps nothing", () => {
    const pool = new StatePool({ size: 0 });
    pool.release(pool.acquire());
    expect(pool.statistics).toMatchObject({ hits: 0, misses: 1, ready: 0 });
  });
});

/** Things a script can leave behind, and how the next one would see them. */
const LEFTOVERS: readonly [string, string, string][] = [
  ["globals", "leak = 1 _G.leak2 = {} print = nil", "return leak, leak2, type(print)"],
  ["the environment's metatable", "setmetatable(_G, { __index = function(_, k) return k end })", "return getmetatable(_G), leak"],
  ["library fields", "pcall(function() string.leak = 1 end) pcall(rawset, table, 'leak', 1)", "return string.leak, table.leak"],
  ["library fields under none", "string.leak = 1 math.pi = 3 table.concat = nil", "return string.leak, math.pi > 3.1, type(table.concat)"],
  ["string methods", "pcall(function() getmetatable('').__index = function() return 'leak' end end)", "return ('').leak, ('x'):rep(2)"],
  ["metatables of types", "if debug.setmetatable and pcall(debug.setmetatable, 0, { __index = { leak = 1 } }) then end pcall(debug.setmetatable, print, { __index = { leak = 1 } })", "return (pcall(function() return (0).leak end)), (pcall(function() return print.leak end))"],
  ["the registry", "pcall(function() debug.getregistry().leak = 1 end)", "return select(2, pcall(function() return debug.getregistry().leak end)) == nil or nil"],
  ["loaded modules", "package.loaded.leak = 1 package.preload.leak2 = print package.loaded.string = 'mine'", "return package.loaded.leak, package.preload.leak2, package.loaded.string == string"],
  ["random numbers", "math.randomseed(7)", "local a = { math.random(0), math.random(0), math.random(0) } math.randomseed(7) return a[1] == math.random(0)"],
  ["hooks", "pcall(function() debug.sethook(function() leak = 1 end, 'crl', 1) end)", "return leak, select(2, pcall(function() return debug.gethook() end)) == nil or nil"],
  ["warnings", "warn('@on')", "warn('leak') return nil"],
  ["the coroutine it is in", "local co co = coroutine.wrap(function() leak = coroutine.running() coroutine.yield() end) co()", "return leak, select(2, coroutine.running()), coroutine.isyieldable()"],
  ["open files", "pcall(io.output, '/tmp/leak')", "return io.output() == io.stdout, io.input() == io.stdin, io.type(io.stdout)"],
  ["closed files", "pcall(io.close) pcall(function() io.stdout:close() end)", "return io.type(io.stdout), io.output() == io.stdout"],
  ["file methods", "pcall(function() getmetatable(io.stdout).__index.leak = 1 end) pcall(function() getmetatable(io.stdout).__name = 'leak' end)", "return io.stdout.leak, tostring(io.stdout):match('^file')"],
  ["addresses", "for i = 1, 100 do tostring({}) end tostring(print) string.format('%p', ('x'):rep(100))", "return tostring({}), tostring({}), string.format('%p', ('x'):rep(100))"],
  ["memory", "leak = ('x'):rep(100000) for i = 1, 1000 do leak = { leak } end", "return collectgarbage('count')"],
  ["collector settings", "collectgarbage('stop') collectgarbage('generational') collectgarbage('setpause', 1000)", "return collectgarbage('isrunning'), collectgarbage('setpause', 200), collectgarbage('incremental')"],
  ["weak tables and finalizers", "setmetatable({}, { __gc = function() leak = 1 end, __mode = 'k' })", "collectgarbage() return leak"],
  ["variables that close", "local co = coroutine.create(function() local x <close> = setmetatable({}, { __close = function() leak = 1 end }) coroutine.yield() end) coroutine.resume(co)", "return leak"],
  ["errors", "pcall(error, 'leak') local ok = pcall(string.rep) coroutine.resume(coroutine.create(error), 'leak')", "return (pcall(error))"],
  ["instructions", "for i = 1, 100000 do end", "return nil"],
  ["the meter's price", "string.rep('x', 100000)", "return nil"],
];

describe.each([["none", none], ["restricted", restricted]] as const)("under %s a released state leaves behind", (_, policy) => {
  test.each(LEFTOVERS)("no %s", (_, leave, look) => {
    const observe = (pool: StatePool): unknown => {
      let output = "";
      const state = pool.acquire({ policy, host: { ...nodeHost(), write: (t) => void (output += t), writeError: (t) => void (output += t) } });
      const before = { used: state.meter.used, allocated: state.memory.allocated, collections: state.memory.collections };
      const seen = run(state, `return pcall(function() ${look} end)`);
      return { seen, output, before, after: { used: state.meter.used, allocated: state.memory.allocated } };
    };
    const expected = observe(new StatePool({ size: 0 }));
    for (const size of [0, 1, 3]) {
      const pool = new StatePool({ size, policies: [policy] });
      for (let i = 0; i < 4; i++) {
        const state = pool.acquire({ policy });
        try {
          run(state, leave);
        } catch {
          // some of it is refused
        }
        pool.release(state);
      }
      expect(observe(pool)).toEqual(expected);
    }
  });
});

describe("what a released state held", () => {
  test("is closed: files", () => {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), "pool-")));
    try {
      writeFileSync(join(folder, "f"), "text");
      const policy = restricted.derive({ permissions: { files: { read: [folder], write: false } } });
      const pool = new StatePool({ size: 1 });
      const probe = (): number => {
        const fd = openSync("/dev/null", "r");
        closeSync(fd);
        return fd;
      };
      const before = probe();
      for (let round = 0; round < 5; round++) {
        const state = pool.acquire({ policy, host: nodeHost() });
        run(state, `keep = {} for i = 1, 20 do keep[i] = io.open("${folder}/f") keep[i]:read(1) end`);
        expect(probe()).toBeGreaterThan(before);
        pool.release(state);
        expect(probe()).toBe(before);
      }
      expect(readdirSync(folder)).toEqual(["f"]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("is written: what files still had to write", () => {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), "pool-")));
    try {
      const policy = restricted.derive({ permissions: { files: { read: false, write: [folder] } } });
      const pool = new StatePool({ size: 1 });
      const state = pool.acquire({ policy, host: nodeHost() });
      run(state, `f = io.open("${folder}/f", "w") f:setvbuf("full", 1 << 20) f:write("kept")`);
      expect(readFileSync(join(folder, "f"), "utf8")).toBe("");
      pool.release(state);
      expect(readFileSync(join(folder, "f"), "utf8")).toBe("kept");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("is out of its reach: host, output, modules", () => {
    let output = "";
    const modules = new ModuleRegistry();
    modules.registerHostModule("m", () => "module");
    const pool = new StatePool({ size: 1 });
    const state = pool.acquire({ policy: none, host: { ...nodeHost(), write: (text) => void (output += text) }, modules });
    const [again] = run(state, "function again() print('after') return os.getenv('PATH'), (pcall(io.open, '/etc/passwd')), (pcall(require, 'm')) end return again");
    pool.release(state);
    expect(() => state.call(again)).toThrow("the state was released");
    state.meter.give(null); // even then
    expect(state.call(again)).toEqual([undefined, false, false]);
    expect(output).toBe("");
  });

  test("is not run: finalizers and variables that close", () => {
    let output = "";
    const pool = new StatePool({ size: 1 });
    const state = pool.acquire({ host: plainHost((text) => void (output += text)) });
    run(state, "x = setmetatable({}, { __gc = function() print('gc') end }) coroutine.wrap(function() local c <close> = setmetatable({}, { __close = function() print('close') end }) coroutine.yield() end)()");
    pool.release(state);
    expect(output).toBe("");
  });

  test("is free for the collector, as is the state", async () => {
    const pool = new StatePool({ size: 4 });
    const held: WeakRef<object>[] = [];
    const use = (): void => {
      const state = pool.acquire();
      const [table] = run(state, `
        t = { {} }
        local meta = setmetatable({}, { __index = function(_, k) return t end, __add = function() return t end })
        for i = 1, 1000 do local x = meta.field, meta + 1 end
        return t`) as [LuaTable];
      held.push(new WeakRef(state), new WeakRef(state.globals), new WeakRef(table));
      pool.release(state);
    };
    for (let i = 0; i < 20; i++) use();
    for (let i = 0; i < 3; i++) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      collect();
    }
    expect(held.filter((ref) => ref.deref() !== undefined)).toEqual([]);
  });
});
