// Limits: those the host gives to an engine's contexts, a context, a run; and those that Lua code gives to Lua code, under attack.
import { describe, expect, test } from "vitest";
import { type ContextStatistics, type LimitSettings, type LuaContext, LuaEngine, type LuaContextOptions, ScriptError } from "../../src/index.js";

const tiers = ["off", "auto"] as const;
const engines = { off: new LuaEngine({ jit: "off" }), auto: new LuaEngine({ jit: "auto" }), always: new LuaEngine({ jit: "always" }) };
const sleep = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));

function create(options: LuaContextOptions = {}, tier: keyof typeof engines = "auto"): LuaContext {
  return engines[tier].createContext(options);
}

function failureOf(action: () => unknown): ScriptError {
  try {
    action();
  } catch (error) {
    if (error instanceof ScriptError) return error;
    throw error;
  }
  throw new Error("no limit was reached");
}

/** Programs that run into a limit of each kind, and the message. */
const HOSTILE: readonly [kind: keyof LimitSettings, limit: number, source: string, message: string, code: string][] = [
  ["instructions", 10_000, "while true do end", "instruction limit reached (10000)", "limit"],
  ["instructions", 10_000, "string.rep('x', 1e7)", "instruction limit reached (10000)", "limit"],
  ["instructions", 10_000, "local t = {} for i = 1, 1e9 do t[i % 7] = tostring(i) end", "instruction limit reached (10000)", "limit"],
  ["time", 20, "while true do end", "time limit reached", "timeout"],
  ["cpuTime", 20, "while true do end", "CPU time limit reached", "timeout"],
  ["memory", 300_000, "local t = {} for i = 1, 1e9 do t[i] = { i } end", "memory limit reached (300000 bytes)", "memory"],
  ["memory", 300_000, "local s = 'x' while true do s = s .. s end", "memory limit reached (300000 bytes)", "memory"],
  ["memory", 300_000, "return ('x'):rep(1e6)", "memory limit reached (300000 bytes)", "memory"],
  ["allocations", 300_000, "while true do local t = {} end", "allocation limit reached (300000 bytes)", "limit"],
  ["allocations", 300_000, "while true do local s = ('x'):rep(1000) end", "allocation limit reached (300000 bytes)", "limit"],
  ["output", 1000, "while true do print('hello') end", "output limit reached (1000 bytes)", "limit"],
  ["output", 1000, "while true do io.write('hello') end", "output limit reached (1000 bytes)", "limit"],
  ["output", 1000, "while true do io.stderr:write('hello') end", "output limit reached (1000 bytes)", "limit"],
  ["callDepth", 50, "local function f(n) return 1 + f(n + 1) end f(1)", "call depth limit reached (50)", "limit"],
  ["callDepth", 50, "local t = setmetatable({}, {}) getmetatable(t).__index = function(t, k) return t[k + 1] end return t[1]", "call depth limit reached (50)", "limit"],
  ["hostCalls", 100, "while true do host() end", "host call limit reached (100)", "limit"],
  ["stringSize", 5000, "local s = 'x' while true do s = s .. s end", "string size limit reached (5000 bytes)", "limit"],
  ["stringSize", 5000, "return ('x'):rep(5001)", "string size limit reached (5000 bytes)", "limit"],
  ["stringSize", 5000, "local t = {} for i = 1, 5001 do t[i] = 'x' end return table.concat(t)", "string size limit reached (5000 bytes)", "limit"],
  ["stringSize", 5000, "return (('x'):rep(100):gsub('x', ('y'):rep(100)))", "string size limit reached (5000 bytes)", "limit"],
  ["stringSize", 5000, "return ('%s%s'):format(('a'):rep(3000), ('b'):rep(3000))", "string size limit reached (5000 bytes)", "limit"],
];
const globals = { host: () => 1 };

describe.each(tiers)("with jit %s", (tier) => {
  test.each(HOSTILE)("%s %d of the context: %s", (kind, limit, source, message, code) => {
    const context = create({ limits: { [kind]: limit }, globals }, tier);
    expect(failureOf(() => context.executeSync(source))).toMatchObject({ code, limit: kind, message });
    expect(context.state).toBe("error");
  });

  test.each(HOSTILE)("%s %d of the run: %s", (kind, limit, source, message, code) => {
    const context = create({ globals }, tier);
    context.executeSync("before = 1");
    expect(failureOf(() => context.executeSync(source, { limits: { [kind]: limit } }))).toMatchObject({ code, limit: kind, message });
    expect(context.executeSync("local n = 0 for i = 1, 1e5 do n = n + i end return before")).toBe(1); // the context has no limits
  });

  test.each(HOSTILE)("%s %d cannot be caught: %s", (kind, limit, source, message) => {
    const context = create({ limits: { [kind]: limit }, globals }, tier);
    const catching = `
      local function run() ${source} end
      log = {}
      local closing <close> = setmetatable({}, { __close = function() log.close = true end })
      local guarded = setmetatable({}, { __gc = function() log.gc = true end })
      pcall(pcall, run) log.pcall = true
      xpcall(run, function() log.handler = true end)
      coroutine.wrap(function() pcall(run) log.coroutine = true end)()`;
    expect(failureOf(() => context.executeSync(catching)).message).toBe(message);
    expect(context.getGlobal("log")).toEqual({});
  });

  test.each(HOSTILE.filter(([kind]) => kind !== "time" && kind !== "cpuTime"))("%s %d stops at the same instruction ten times of ten: %s", (kind, limit, source) => {
    const outcomes = Array.from({ length: 10 }, () => {
      const context = create({ limits: { [kind]: limit }, globals }, tier);
      const { message, location } = failureOf(() => context.executeSync(`local i = 0 ${source}`));
      const { instructions, libraryWork, allocatedBytes, outputBytes }: ContextStatistics = context.statistics;
      return { message, location, instructions, libraryWork, allocatedBytes, outputBytes };
    });
    for (const outcome of outcomes) expect(outcome).toEqual(outcomes[0]);
  });
});

test.each(HOSTILE.filter(([kind]) => kind !== "time" && kind !== "cpuTime"))("all tiers stop at the same instruction: %s %d: %s", (kind, limit, source) => {
  const outcomes = (["off", "auto", "always"] as const).map((tier) => {
    const context = create({ limits: { [kind]: limit }, globals }, tier);
    const { message } = failureOf(() => context.executeSync(source));
    const { instructions, libraryWork } = context.statistics;
    return { message, instructions, libraryWork };
  });
  expect(outcomes[1]).toEqual(outcomes[0]);
  expect(outcomes[2]).toEqual(outcomes[0]);
});

describe("after a limit", () => {
  test("the context can be inspected, used within what is left, and disposed", () => {
    const context = create({ limits: { instructions: 10_000, output: 5 } });
    context.executeSync("x = { 1, 2, 3 }");
    expect(failureOf(() => context.executeSync("local function f() while true do end end f()")).luaTraceback).toContain("in local 'f'");
    expect(context.getGlobal("x")).toEqual([1, 2, 3]);
    expect(context.remaining()).toEqual({ instructions: 0, output: 5 });
    expect(failureOf(() => context.executeSync("return 1")).message).toBe("instruction limit reached (10000)");
    context.setLimits({ instructions: 1000 });
    expect(context.executeSync("return #x")).toBe(3);
    context.dispose();
  });

  test("other contexts are untouched", () => {
    const [a, b] = [create({ limits: { instructions: 1000 } }), create()];
    b.executeSync("n = 0 function step() n = n + 1 return n end");
    failureOf(() => a.executeSync("while true do end"));
    expect([b.callSync("step"), b.callSync("step"), b.state]).toEqual([1, 2, "ready"]);
  });

  test("memory that is free again can be used", () => {
    const context = create({ limits: { memory: 300_000 } });
    failureOf(() => context.executeSync("local t = {} for i = 1, 1e9 do t[i] = { i } end"));
    expect(context.collect()).toBeLessThan(100_000);
    expect(context.executeSync("local t = {} for i = 1, 100 do t[i] = { i } end return #t")).toBe(100);
  });
});

describe("limits of a run", () => {
  test("lie inside those of the context", () => {
    const context = create({ limits: { instructions: 1000 } });
    expect(failureOf(() => context.executeSync("while true do end", { limits: { instructions: 1e9 } })).message).toBe("instruction limit reached (1000)");
  });

  test("hold for execute, call, and what the run starts", async () => {
    const context = create({ globals: { nap: sleep } });
    context.executeSync("function spin() while true do end end");
    const limits = { instructions: 5000 };
    await expect(context.execute("while true do end", { limits })).rejects.toMatchObject({ message: "instruction limit reached (5000)" });
    await expect(context.call("spin", [], { limits })).rejects.toMatchObject({ message: "instruction limit reached (5000)" });
    await expect(context.execute("while true do nap(0) end", { limits: { instructions: 100 } })).rejects.toMatchObject({ message: "instruction limit reached (100)" });
    await expect(context.execute("await(async(function() while true do end end))", { limits })).rejects.toMatchObject({ limit: "instructions" });
    expect(context.executeSync("return 1")).toBe(1);
  });

  test("of two runs that take turns are two", async () => {
    const context = create({ globals: { nap: sleep } });
    const source = "local n = ... for i = 1, n do nap(0) for j = 1, 100 do end end return n";
    const [a, b] = await Promise.allSettled([
      context.execute(source, { args: [5], limits: { instructions: 2000 } }),
      context.execute(source, { args: [50], limits: { instructions: 2000 } }),
    ]);
    expect([a.status, b.status]).toEqual(["fulfilled", "rejected"]);
  });

  test("time passes while the script waits, CPU time does not", async () => {
    const context = create({ globals: { nap: sleep } });
    await expect(context.execute("nap(10000)", { limits: { time: 30 } })).rejects.toMatchObject({ code: "timeout", message: "time limit reached" });
    expect(await context.execute("nap(60) return 1", { limits: { cpuTime: 50 } })).toBe(1);
    const started = performance.now();
    await expect(context.execute("nap(20) while true do end", { limits: { cpuTime: 20 } })).rejects.toMatchObject({ limit: "cpuTime" });
    expect(performance.now() - started).toBeGreaterThan(35);
  });

  test("of memory count what the run adds", () => {
    const context = create();
    context.executeSync("big = {} for i = 1, 1e4 do big[i] = { i } end");
    expect(context.executeSync("local t = {} for i = 1, 100 do t[i] = { i } end return #t", { limits: { memory: 20_000 } })).toBe(100);
    expect(failureOf(() => context.executeSync("local t = {} for i = 1, 1000 do t[i] = { i } end", { limits: { memory: 20_000 } })).code).toBe("memory");
  });

  test.each(["off", "auto", "always"] as const)("of the call depth hold where calls went deeper before (jit %s)", (tier) => {
    const context = create({}, tier);
    context.executeSync("function deep(n) if n == 0 then return 0 end return 1 + deep(n - 1) end for i = 1, 500 do deep(100) end");
    const limits = { callDepth: 20 };
    expect(context.callSync("deep", [10], { limits })).toBe(10);
    expect(failureOf(() => context.callSync("deep", [30], { limits })).message).toBe("call depth limit reached (20)");
    expect(context.callSync("deep", [100])).toBe(100);
    context.setGlobal("back", (n: number) => context.callSync("deep", [n], { limits }));
    expect(context.executeSync("local function down(n, f) if n == 0 then return f() end local r = down(n - 1, f) return r end return down(30, function() return back(10) end)")).toBe(10);
    context.setLimits({ callDepth: 50 });
    expect(failureOf(() => context.callSync("deep", [60])).message).toBe("call depth limit reached (50)");
  });

  test("of the call depth hold in coroutines that went deeper before", () => {
    const context = create();
    context.executeSync("function deep(n) if n > 0 then return 1 + deep(n - 1) end return coroutine.yield(0) or 0 end co = coroutine.wrap(function() while true do deep(100) end end) co()");
    expect(failureOf(() => context.executeSync("deepen = coroutine.wrap(function() while true do coroutine.yield(select('#', pcall(string.rep, 'x', 3))) deep(30) end end) deepen() deepen()", { limits: { callDepth: 20 } })).limit).toBe("callDepth");
    expect(failureOf(() => context.executeSync("co(1)", { limits: { callDepth: 20 } })).limit).toBe("callDepth");
  });
});

// ---- limits.run ----------------------------------------------------------------------------------------------------

/** All results of a chunk, in a context of its own. */
function run(source: string, options: LuaContextOptions = {}, tier: keyof typeof engines = "auto"): unknown[] {
  const context = create({ globals, ...options }, tier);
  try {
    return context.executeSync(source, { all: true });
  } finally {
    context.dispose();
  }
}

const LOOP = "function() while true do end end";

describe("limits.run", () => {
  test("gives true and the results", () => {
    expect(run("return limits.run({ instructions = 1000 }, function(...) return ... end, 1, nil, 3)")).toEqual([true, 1, undefined, 3]);
    expect(run("return limits.run({}, string.rep, 'ab', 2)")).toEqual([true, "abab"]);
  });

  test.each(tiers)("gives false, the message and the limit when the budget ends (jit %s)", (tier) => {
    expect(run(`return limits.run({ instructions = 1000 }, ${LOOP})`, {}, tier)).toEqual([false, "instruction limit reached (1000)", "instructions"]);
    expect(run(`return limits.run({ time = 10 }, ${LOOP})`, {}, tier)).toEqual([false, "time limit reached", "time"]);
    expect(run(`return limits.run({ cpu_time = 10 }, ${LOOP})`, {}, tier)).toEqual([false, "CPU time limit reached", "cpu_time"]);
    expect(run("return limits.run({ memory = 50000 }, function() local t = {} for i = 1, 1e9 do t[i] = {} end end)", {}, tier)).toEqual([false, "memory limit reached (50000 bytes)", "memory"]);
    expect(run("return limits.run({ allocations = 50000 }, function() while true do local t = {} end end)", {}, tier)).toEqual([false, "allocation limit reached (50000 bytes)", "allocations"]);
    expect(run("return limits.run({ output = 10 }, function() while true do print('x') end end)", {}, tier)).toEqual([false, "output limit reached (10 bytes)", "output"]);
    expect(run("return limits.run({ host_calls = 3 }, function() while true do host() end end)", {}, tier)).toEqual([false, "host call limit reached (3)", "host_calls"]);
    expect(run("return limits.run({ string_size = 99 }, string.rep, 'x', 100)", {}, tier)).toEqual([false, "string size limit reached (99 bytes)", "string_size"]);
  });

  test("lets errors through, with the handler called where they were raised", () => {
    expect(run("return pcall(limits.run, { instructions = 1000 }, error, { code = 1 })")).toEqual([false, { code: 1 }]);
    expect(run("return xpcall(function() return limits.run({ instructions = 1000 }, function() local deep = 1 error('x', 0) end) end, function(m) return m .. select(2, debug.getlocal(3, 1)) end)", { policy: "none" }))
      .toEqual([false, "x1"]);
    expect(run("return pcall(limits.run, { instructions = 1000 }, 5)")).toEqual([false, "attempt to call a number value"]);
  });

  test("leaves the state as it was: pcall, close, coroutines and limits work afterwards", () => {
    expect(run(`
      local log = {}
      do
        local c <close> = setmetatable({}, { __close = function() log[#log + 1] = "closed" end })
        for i = 1, 3 do log[#log + 1] = tostring(limits.run({ instructions = 100 }, ${LOOP})) end
      end
      log[#log + 1] = tostring(pcall(error))
      log[#log + 1] = coroutine.wrap(function() return (select(2, limits.run({ instructions = 100 }, coroutine.wrap(${LOOP})))) end)()
      return table.concat(log, " ")`)).toEqual(["false false false closed false instruction limit reached (100)"]);
  });

  test("has what is left of the outer budget at most", () => {
    expect(run(`return limits.run({ instructions = 5000 }, function() return limits.run({ instructions = 1e9 }, ${LOOP}) end)`)).toEqual([false, "instruction limit reached (5000)", "instructions"]);
    expect(failureOf(() => run(`limits.run({ instructions = 1e9 }, ${LOOP})`, { limits: { instructions: 5000 } }))).toMatchObject({ message: "instruction limit reached (5000)", limit: "instructions" });
  });

  test("passes the end of the outer budget through pcalls of the inner one", () => {
    expect(run(`return limits.run({ instructions = 5000 }, function()
      pcall(limits.run, { time = 1000 }, function() pcall(function() while true do end end) end)
      caught = true
    end), caught`)).toEqual([false, undefined]);
  });

  test("costs the outer budget what it uses", () => {
    const [left] = run(`
      local before = limits.remaining().instructions
      limits.run({ instructions = 3000 }, ${LOOP})
      return before - limits.remaining().instructions`, { limits: { instructions: 1e6 } }) as [number];
    expect(left).toBeGreaterThanOrEqual(3000);
    expect(left).toBeLessThan(3100);
  });

  test("tells what is left", () => {
    expect(run("return limits.remaining()")).toEqual([{}]);
    const [inside, outside] = run(`
      local inside
      limits.run({ instructions = 1000, output = 50, time = 1e6 }, function() io.write('1234567890') inside = limits.remaining() end)
      return inside, limits.remaining()`, { limits: { output: 30, memory: 1e6 } }) as [Record<string, number>, Record<string, number>];
    expect(Object.keys(inside).sort()).toEqual(["instructions", "memory", "output", "time"]);
    expect([inside["output"], outside["output"]]).toEqual([20, 20]);
    expect(inside["instructions"]).toBeLessThan(1000);
    expect(inside["instructions"]).toBeGreaterThan(900);
    expect(Object.keys(outside).sort()).toEqual(["memory", "output"]);
  });

  test("can be polled against softer limits", () => {
    expect(run(`
      local done = 0
      limits.run({ instructions = 10000 }, function()
        while not limits.exceeded{ instructions = 2000 } do done = done + 1 end
      end)
      return done > 100, limits.exceeded{ instructions = 2000 }`)).toEqual([true, undefined]);
  });

  test.each([
    ["limits.run()", "bad argument #1 to 'run' (table expected, got no value)"],
    ["limits.run({})", "bad argument #2 to 'run' (value expected)"],
    ["limits.run({ fuel = 1 }, print)", "bad argument #1 to 'run' (no limit is called 'fuel')"],
    ["limits.run({ 5 }, print)", "bad argument #1 to 'run' (no limit is called 'number')"],
    ["limits.run({ instructions = 0 }, print)", "bad argument #1 to 'run' (limit 'instructions' must be a positive number)"],
    ["limits.run({ instructions = 0/0 }, print)", "bad argument #1 to 'run' (limit 'instructions' must be a positive number)"],
    ["limits.run({ instructions = '5' }, print)", "bad argument #1 to 'run' (limit 'instructions' must be a positive number)"],
    ["limits.run({ constructor = 5 }, print)", "bad argument #1 to 'run' (no limit is called 'constructor')"],
    ["limits.exceeded()", "bad argument #1 to 'exceeded' (table expected, got no value)"],
  ])("refuses %s", (call, message) => {
    expect(failureOf(() => run(call))).toMatchObject({ code: "type", message: `script:1: ${message}` });
  });

  test("counts exactly: the same number ten times of ten", () => {
    const source = `local n = 0 limits.run({ instructions = 12345 }, function() local t = {} while true do n = n + 1 t[n % 50] = tostring(n) end end) return n`;
    const counts = new Set([...tiers, ...tiers, ...tiers, ...tiers, ...tiers].map((tier) => run(source, {}, tier)[0]));
    expect(counts.size).toBe(1);
  });
});

describe("limits.run and coroutines", () => {
  test("the budget goes with the code when it yields out, and waits when it does not run", () => {
    expect(run(`
      local co = coroutine.wrap(function()
        return limits.run({ instructions = 1000 }, function() local n = 0 while true do n = n + 1 coroutine.yield(n) end end)
      end)
      local turns = 0
      while true do
        local r, message = co()
        if r == false then return turns > 50, message end
        turns = turns + 1
        for i = 1, 1000 do end -- costs the inside nothing
      end`)).toEqual([true, "instruction limit reached (1000)"]);
  });

  test("coroutines made outside and resumed inside pay from the budget inside", () => {
    expect(run(`
      local co = coroutine.create(${LOOP})
      local ok, message = limits.run({ instructions = 1000 }, function() return coroutine.resume(co) end)
      return ok, message, coroutine.status(co)`)).toEqual([false, "instruction limit reached (1000)", "dead"]);
  });

  test("a coroutine made inside and resumed outside pays from what is in force there", () => {
    const [kind, message] = run(`
      local leaked
      limits.run({ instructions = 200 }, function() leaked = coroutine.create(function() for i = 1, 5000 do end return "done" end) end)
      local _, first = coroutine.resume(leaked)
      local again
      limits.run({ instructions = 200 }, function() again = coroutine.wrap(${LOOP}) end)
      return first, select(2, limits.run({ instructions = 777 }, function() again() end))`);
    expect([kind, message]).toEqual(["done", "instruction limit reached (777)"]);
  });

  test("a wrapped limits.run that is resumed inside another budget pays from both", () => {
    expect(run(`
      local co = coroutine.wrap(function()
        return limits.run({ instructions = 100000 }, function() coroutine.yield() while true do end end)
      end)
      co()
      return limits.run({ instructions = 500 }, co)`)).toEqual([false, "instruction limit reached (500)", "instructions"]);
  });

  test("closing a coroutine runs its __close from its own budget, not from the closer's", () => {
    expect(run(`
      local co = coroutine.create(function()
        limits.run({ instructions = 1000 }, function()
          local c <close> = setmetatable({}, { __close = function() while true do end end })
          coroutine.yield()
        end)
      end)
      coroutine.resume(co)
      local before = limits.remaining().instructions
      local ok, e = coroutine.close(co)
      return ok, coroutine.status(co), before - limits.remaining().instructions < 1200`, { limits: { instructions: 1e6 } })).toEqual([true, "dead", true]);
  });

  test("closing runs what lies outside of the budget from the closer's", () => {
    expect(run(`
      local log = {}
      local function closing(name, body) return setmetatable({}, { __close = function() if body then body() end log[#log + 1] = name end }) end
      local co = coroutine.create(function()
        local outer <close> = closing("outer")
        limits.run({ instructions = 1000 }, function()
          local inner <close> = closing("inner", ${LOOP})
          coroutine.yield()
        end)
      end)
      coroutine.resume(co)
      coroutine.close(co)
      return table.concat(log, " ")`)).toEqual(["outer"]);
  });

  test("a killed coroutine is dead and closes nothing", () => {
    expect(run(`
      local co
      limits.run({ instructions = 1000 }, function()
        co = coroutine.create(function()
          local c <close> = setmetatable({}, { __close = function() leaked = true end })
          while true do end
        end)
        coroutine.resume(co)
      end)
      return coroutine.status(co), coroutine.close(co), leaked`)).toEqual(["dead", true, undefined]);
  });

  test("an outer budget that ends leaves nothing of the inner ones on the coroutine", () => {
    expect(run(`
      local co = coroutine.create(function()
        local ok = limits.run({ instructions = 100 }, function() return limits.run({ instructions = 1e6 }, ${LOOP}) end)
        coroutine.yield(ok)
      end)
      local _, ok = coroutine.resume(co)
      return ok, coroutine.close(co), coroutine.status(co), (limits.run({ instructions = 1e4 }, function() for i = 1, 100 do end end))`)).toEqual([false, true, "dead", true]);
  });

  test("from a hundred levels down the right level is told", () => {
    expect(run(`
      local function nest(n, f)
        if n == 0 then return f() end
        local results = table.pack(limits.run({ instructions = 1e6 + n }, nest, n - 1, f))
        depth = (depth or 0) + 1
        return table.unpack(results, 1, results.n)
      end
      local r = table.pack(limits.run({ instructions = 20000 }, nest, 50, ${LOOP}))
      return r[1], r[2], depth`)).toEqual([false, "instruction limit reached (20000)", undefined]);
    expect(run("local function deeper() return limits.run({ instructions = 1e9 }, deeper) end return pcall(deeper)")).toEqual([false, expect.stringContaining("stack overflow")]);
  });
});

describe.each(["off", "always"] as const)("limits.run in odd places (jit %s)", (tier) => {
  const KILLED = `limits.run({ instructions = 100 }, ${LOOP})`;

  test.each<[string, unknown[]]>([
    [`setmetatable({}, { __gc = function() r = { ${KILLED} } end }) collectgarbage() return r[1]`, [false]],
    [`local n = 0 table.sort({ 3, 1, 2, 5, 4 }, function(a, b) n = n + 1 ${KILLED} return a < b end) return n > 3`, [true]],
    [`return (("ab"):gsub(".", function(c) return c .. select("#", ${KILLED}) end))`, ["a3b3"]],
    [`return #setmetatable({}, { __len = function() return select("#", ${KILLED}) end })`, [3]],
    [`return xpcall(error, function() return (${KILLED}) end)`, [false, false]],
    [`local f = coroutine.wrap(limits.run) return f({ instructions = 300 }, function() coroutine.yield(1) while true do end end), f()`, [1, false, "instruction limit reached (300)", "instructions"]],
    [`local co = coroutine.create(limits.run) coroutine.resume(co, { instructions = 300 }, coroutine.yield) return coroutine.close(co), coroutine.status(co)`, [true, "dead"]],
    [`return limits.run({ instructions = 1000 }, function() return pcall(coroutine.close, coroutine.running()) end)`, [true, false, "cannot close a running coroutine"]],
    [`return pcall(limits.run, { instructions = 10000 }, function() local x <close> = setmetatable({}, { __close = function(_, e) error("c:" .. e, 0) end }) error("b", 0) end)`, [false, "c:b"]],
    [`local function deep(n) if n == 0 then while true do end end return coroutine.wrap(function() return limits.run({ instructions = 1e6 - n }, deep, n - 1) end)() end return limits.run({ instructions = 20000 }, deep, 60)`, [false, "instruction limit reached (20000)", "instructions"]],
    [`local t = {} for i = 1, 500 do t[i] = coroutine.wrap(function() limits.run({ instructions = 10000 }, coroutine.yield) return 1 end) t[i]() end local n = 0 for i = 1, 500 do n = n + t[i]() end return n`, [500]],
    [`local function again() setmetatable({}, { __gc = again }) end limits.run({ instructions = 3000 }, again) for i = 1, 100 do collectgarbage() end return "alive"`, ["alive"]],
    [`for i = 1, 100 do limits.run({ instructions = 2000 }, function() for j = 1, 5 do setmetatable({}, { __gc = ${LOOP} }) end end) end collectgarbage() return "alive"`, ["alive"]],
  ])("%s", (source, results) => {
    expect(run(source, { limits: { instructions: 2e6, memory: 32 << 20 } }, tier)).toEqual(results);
  });
});

describe("what a killed child leaves behind", () => {
  test("its to-be-closed variables are not closed", () => {
    expect(run(`
      local closed = 0
      local r = limits.run({ instructions = 1000 }, function()
        local a <close> = setmetatable({}, { __close = function() closed = closed + 1 end })
        for _ in (function() return 1 end), nil, nil, a do while true do end end
      end)
      return r, closed`)).toEqual([false, 0]);
  });

  test("its finalizers do not run, and a child's that has ended by itself run on what is left of its budget", () => {
    expect(run(`
      local ran = {}
      local function leave(name, f) setmetatable({}, { __gc = function() if f then f() end ran[#ran + 1] = name end }) end
      limits.run({ instructions = 1000 }, function() leave("killed") while true do end end)
      limits.run({ instructions = 2000 }, function() leave("ended") end)
      limits.run({ instructions = 3000 }, function() leave("endless", ${LOOP}) end)
      leave("outside")
      local before = limits.remaining().instructions
      collectgarbage()
      table.sort(ran)
      return table.concat(ran, " "), before - limits.remaining().instructions < 10000`, { limits: { instructions: 1e6 } })).toEqual(["ended outside", true]);
  });

  test("its finalizers do not run when the context ends either", () => {
    const { signal } = new AbortController();
    expect(run(`limits.run({ instructions = 1000 }, function() setmetatable({}, { __gc = ${LOOP} }) end) return 1`, { signal })).toEqual([1]);
  });

  test("upvalues it shared keep their values", () => {
    expect(run("local n, f = 0 limits.run({ instructions = 1000 }, function() local m = 5 f = function() return m + n end while true do n = n + 1 end end) return f() == n + 5, n > 100")).toEqual([true, true]);
  });

  test("memory is the outside's again", () => {
    expect(run(`
      for i = 1, 20 do
        local ok, message = limits.run({ memory = 100000 }, function() local t = {} for i = 1, 1e9 do t[i] = {} end end)
        assert(not ok and message:find("memory"))
      end
      collectgarbage()
      return collectgarbage("count") < 200`, { limits: { memory: 1e6 } })).toEqual([true]);
  });

  test("a child gets its memory whatever garbage lies about", () => {
    expect(run(`
      local junk = {} for i = 1, 5000 do junk[i] = { i } end junk = nil
      return limits.run({ memory = 50000 }, string.rep, 'x', 60000)`)).toEqual([false, "memory limit reached (50000 bytes)", "memory"]);
  });
});

describe("limits.run and waiting", () => {
  const waiting = { globals: { nap: sleep } };
  const all = { all: true } as const;

  test("CPU time and instructions stand still while the script waits, time does not", async () => {
    const context = create(waiting);
    expect(await context.execute("return limits.run({ cpu_time = 30, instructions = 1000 }, function() nap(60) return 'awake' end)", all)).toEqual([true, "awake"]);
    expect(await context.execute("return limits.run({ time = 20 }, function() nap(10000) end)", all)).toEqual([false, "time limit reached", "time"]);
    expect(await context.execute("return limits.run({ time = 20 }, pcall, nap, 10000)", all)).toEqual([false, "time limit reached", "time"]);
    expect(context.state).toBe("ready");
  });

  test("budgets of runs that take turns are kept apart", async () => {
    const context = create(waiting);
    const source = "local n = ... return limits.run({ instructions = 3000 }, function() for i = 1, n do nap(0) for j = 1, 200 do end end return n end)";
    const results = await Promise.all([2, 100, 5, 100].map((n) => context.execute(source, { args: [n], all: true })));
    expect(results.map(([ok]) => ok)).toEqual([true, false, true, false]);
  });

  test("tasks begun inside are charged to the budget, also when it has been left", async () => {
    const context = create({ ...waiting, limits: { instructions: 1e7 } });
    const result = await context.execute(`
      local task
      local ok = limits.run({ instructions = 2000 }, function()
        task = async(function() nap(5) while true do end end)
      end)
      local fine, message = pcall(await, task)
      return ok, fine, message, limits.remaining().instructions > 9e6`, all);
    expect(result.slice(0, 2)).toEqual([true, false]);
    expect(result[2]).toContain("instruction limit reached (2000)");
    expect(result[3]).toBe(true);
  });

  test("tasks inside cannot outspend it together", async () => {
    const context = create({ ...waiting, limits: { instructions: 1e7 } });
    const result = await context.execute(`
      return limits.run({ instructions = 5000 }, function()
        local tasks = {}
        for i = 1, 10 do tasks[i] = async(function() nap(1) for j = 1, 1000 do end end) end
        for i = 1, 10 do await(tasks[i]) end
      end)`, all);
    expect(result.slice(0, 2)).toEqual([false, "instruction limit reached (5000)"]);
  });

  test("a limit of the run ends everything inside", async () => {
    const context = create(waiting);
    await expect(context.execute("limits.run({ instructions = 1e9 }, function() while true do pcall(nap, 0) end end)", { limits: { time: 30 } })).rejects.toMatchObject({ code: "timeout" });
    await expect(context.execute("limits.run({ time = 1e6 }, function() nap(100000) end)", { limits: { time: 30 } })).rejects.toMatchObject({ code: "timeout" });
  });
});

describe("nested runs through the host", () => {
  test("a limit of the script cannot be washed off by a call back into it", () => {
    const context = create({ limits: { instructions: 20_000 } });
    context.executeSync("function spin() while true do end end");
    context.setGlobal("back", () => context.callSync("spin"));
    expect(failureOf(() => context.executeSync("while true do pcall(back) end"))).toMatchObject({ message: "instruction limit reached (20000)" });
    expect(context.statistics.instructions).toBeLessThanOrEqual(20_000);
  });

  test("limits of such a call are its own", () => {
    const context = create();
    context.executeSync("function spin() while true do end end");
    context.setGlobal("back", () => context.callSync("spin", [], { limits: { instructions: 500 } }));
    expect(context.executeSync("return pcall(back)", { all: true })).toEqual([false, "instruction limit reached (500)"]);
  });

  test("a budget of Lua code holds for calls back as well", () => {
    const context = create();
    context.executeSync("function spin() while true do end end");
    context.setGlobal("back", () => context.callSync("spin"));
    expect(context.executeSync("return limits.run({ instructions = 3000 }, function() while true do pcall(back) end end)", { all: true })).toEqual([false, "instruction limit reached (3000)", "instructions"]);
  });

  test("another context's limit is an ordinary error here", () => {
    const other = create({ limits: { instructions: 1000 } });
    const context = create({ globals: { ask: () => other.executeSync("while true do end") } });
    expect(context.executeSync("return pcall(ask)", { all: true })).toEqual([false, "instruction limit reached (1000)"]);
    expect(context.executeSync("return 1")).toBe(1);
  });
});

test("a limit that emitted code meets too early, by what it has paid ahead, has not been reached", () => {
  const used = (["off", "always"] as const).map((jit) => {
    using context = new LuaEngine({ jit }).createContext({ limits: { instructions: 150_000 } });
    context.executeSync(`
      local function f()
        setmetatable({}, { __gc = function() ran = true end })
        limits.run({ instructions = 50 }, function() end)
        local s = ("x"):rep(19104)
      end
      limits.run({ instructions = 645 }, f)
      collectgarbage()`);
    return [context.getGlobal("ran"), context.statistics.instructions];
  });
  expect(used[1]).toEqual(used[0]);
});
