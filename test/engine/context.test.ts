// Contexts: scripts, functions, globals, modules, states, statistics, cancellation, the end.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { SIZE } from "../../src/vm/accounting.js";
import { nodeHost } from "../../src/host/node.js";
import { type LuaCallable, type LuaContext, LuaEngine, type LuaContextOptions, ModuleRegistry, ScriptError, VirtualFiles, compile, dump, policies } from "../../src/index.js";

const engine = new LuaEngine();
afterAll(() => engine.dispose());

function contextWith(options: LuaContextOptions = {}): { context: LuaContext; output: string[] } {
  const output: string[] = [];
  return { context: engine.createContext({ output: (text) => output.push(text), ...options }), output };
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));
/** A function for scripts that waits a moment and gives its argument back. */
const later = async (value: unknown): Promise<unknown> => {
  await sleep(1);
  return value;
};

describe("scripts", () => {
  test("run from text, bytes and compiled chunks", async () => {
    const { context } = contextWith();
    expect(context.executeSync("return 1 + 1")).toBe(2);
    expect(context.executeSync(new TextEncoder().encode("return 'é'"))).toBe("é");
    expect(await context.execute("return 1 + 1")).toBe(2);
    const binary = Uint8Array.from(dump(compile("return ... * 2", "=b"), false), (char) => char.charCodeAt(0));
    const open = contextWith({ policy: "none" }).context;
    expect(open.executeSync(binary, { args: [21] })).toBe(42);
    expect(() => context.executeSync(binary)).toThrow(expect.objectContaining({ code: "permission" }) as Error);
  });

  test("give the first result, or all of them", async () => {
    const { context } = contextWith();
    expect(context.executeSync("return 1, 2")).toBe(1);
    expect(context.executeSync("return 1, 2, nil", { all: true })).toEqual([1, 2, undefined]);
    expect(context.executeSync("local x")).toBeUndefined();
    expect(context.executeSync("local x", { all: true })).toEqual([]);
    expect(await context.execute("return 1, 2", { all: true })).toEqual([1, 2]);
  });

  test("show results in either view", () => {
    const { context } = contextWith();
    expect(context.executeSync("return 2.0", { view: "tagged" })).toEqual({ kind: "float", value: 2 });
    expect(context.executeSync("return 2, 'x'", { view: "tagged", all: true })).toEqual([
      { kind: "integer", value: 2n }, { kind: "string", bytes: new Uint8Array([120]) },
    ]);
    expect(context.getGlobal("_VERSION", { view: "tagged" })).toMatchObject({ kind: "string" });
  });

  test("take arguments", () => {
    expect(contextWith().context.executeSync("local a, b = ... return b .. a, select('#', ...)", { args: ["x", "y"], all: true })).toEqual(["yx", 2]);
  });

  test("can be loaded once and run often", async () => {
    const { context } = contextWith();
    const script = context.load("n = (n or 0) + 1 return n", { chunkName: "counter" });
    expect([script.name, context.executeSync(script), await context.execute(script)]).toEqual(["counter", 1, 2]);
    script.dispose();
    script.dispose();
    expect(() => context.executeSync(script)).toThrow("this function handle was disposed");
  });

  test("belong to their context", () => {
    const script = contextWith().context.load("return 1");
    expect(() => contextWith().context.executeSync(script)).toThrow("it belongs to another context");
  });

  test("from files need a policy and a host", () => {
    const directory = mkdtempSync(join(tmpdir(), "perilune-"));
    try {
      const path = join(directory, "script.lua");
      writeFileSync(path, "#!/usr/bin/lua\nreturn ... + 1");
      const policy = policies.restricted.derive({ permissions: { files: { read: [directory] } } });
      const { context } = contextWith({ policy, host: nodeHost() });
      expect(context.executeSync(context.loadFile(path), { args: [41] })).toBe(42);
      expect(() => context.loadFile(join(directory, "missing.lua"))).toThrow(expect.objectContaining({ code: "runtime", message: expect.stringContaining("No such file") as string }) as Error);
      expect(() => context.loadFile("/etc/passwd")).toThrow(expect.objectContaining({ code: "permission" }) as Error);
      expect(() => contextWith({ host: nodeHost() }).context.loadFile(path)).toThrow(expect.objectContaining({ code: "permission" }) as Error);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  test("of the same text in several contexts share nothing that can be seen", () => {
    const source = "local t = { n = 0 } function bump() t.n = t.n + 1 return t.n end counter = (counter or 0) + 1 return counter";
    const [a, b] = [contextWith().context, contextWith().context];
    expect([a.executeSync(source), b.executeSync(source)]).toEqual([1, 1]);
    expect([a.callSync("bump"), a.callSync("bump"), b.callSync("bump")]).toEqual([1, 2, 1]);
  });

  test("that are no scripts are refused", () => {
    const { context } = contextWith();
    for (const wrong of [undefined, null, 42, {}, () => 1]) expect(() => context.executeSync(wrong as never)).toThrow(ScriptError);
  });
});

describe("functions", () => {
  test("are called by name, by path and by reference", async () => {
    const { context } = contextWith();
    context.executeSync("function add(a, b) return a + b end app = { math = { add = add }, list = { add } }");
    const byReference = context.getGlobal("add") as LuaCallable;
    expect([context.callSync("add", [1, 2]), context.callSync("app.math.add", [3, 4]), context.callSync("app.list.1", [5, 6]), context.callSync(byReference, [7, 8])]).toEqual([3, 7, 11, 15]);
    expect([await context.call("add", [1, 2]), await context.call(byReference, [3, 4])]).toEqual([3, 7]);
    expect(context.callSync(context.executeSync("return function() return 1, 2, 3 end") as LuaCallable, [], { all: true })).toEqual([1, 2, 3]);
  });

  test("may be tables with __call", () => {
    const { context } = contextWith();
    context.executeSync("double = setmetatable({}, { __call = function(_, n) return 2 * n end })");
    expect(context.callSync("double", [4])).toBe(8);
  });

  test("that are not there, or no functions, are errors of type", () => {
    const { context } = contextWith({ globals: { n: 5 } });
    expect(() => context.callSync("missing")).toThrow("no global 'missing' to call");
    expect(() => context.callSync("n.x.y")).toThrow("no global 'n.x.y' to call");
    expect(() => context.callSync("n")).toThrow(expect.objectContaining({ code: "type" }) as Error);
    for (const wrong of ["", "a..b", ".", null, {}, () => 1]) expect(() => context.callSync(wrong as never)).toThrow(ScriptError);
  });

  test("of another context are refused", () => {
    const foreign = contextWith().context.executeSync("return function() end") as LuaCallable;
    expect(() => contextWith().context.callSync(foreign)).toThrow("it belongs to another context");
  });
});

describe("globals", () => {
  test("persist between runs, and are those of one context", () => {
    const [a, b] = [contextWith().context, contextWith().context];
    a.executeSync("x = { 1, 2 }");
    a.setGlobal("y", new Map([["k", 1]]));
    expect([a.executeSync("return #x + y.k"), b.getGlobal("x"), b.executeSync("return y")]).toEqual([3, undefined, undefined]);
  });

  test("have paths", () => {
    const { context } = contextWith({ globals: { config: { sizes: [10, 20], name: "n" } } });
    expect([context.getGlobal("config.sizes.2"), context.getGlobal("config.sizes"), context.getGlobal("config.name.x"), context.getGlobal("config.nope.x")]).toEqual([20, [10, 20], undefined, undefined]);
    context.setGlobal("config.sizes.3", 30);
    context.setGlobal("config.name", undefined);
    expect(context.executeSync("return config.sizes[3], config.name", { all: true })).toEqual([30, undefined]);
    expect(() => context.setGlobal("config.nope.x", 1)).toThrow("'config.nope' is not a table (a nil value)");
    expect(() => context.setGlobal("", 1)).toThrow(expect.objectContaining({ code: "type" }) as Error);
  });

  test("are read without running code of the script", () => {
    const { context } = contextWith();
    context.executeSync("t = setmetatable({}, { __index = function() while true do end end })");
    expect(context.getGlobal("t.x")).toBeUndefined();
  });

  test("can be set by the host where scripts cannot", () => {
    const { context } = contextWith({ policy: "strict", globals: { a: 1 } });
    context.setGlobal("b", 2);
    expect(context.executeSync("return a + b")).toBe(3);
    expect(() => context.executeSync("a = 2")).toThrow(ScriptError);
    expect(() => context.executeSync("c = 2")).toThrow(ScriptError);
  });

  test("named like members of every JavaScript object are only names", () => {
    const { context } = contextWith();
    expect([context.getGlobal("__proto__"), context.getGlobal("constructor"), context.getGlobal("toString.constructor")]).toEqual([undefined, undefined, undefined]);
    context.setGlobal("__proto__", 1);
    expect([context.getGlobal("__proto__"), ({} as Record<string, unknown>)["1"]]).toEqual([1, undefined]);
  });

  test("that cannot cross are errors of type", () => {
    expect(() => contextWith().context.setGlobal("x", Symbol("s"))).toThrow(expect.objectContaining({ code: "type" }) as Error);
    expect(() => contextWith({ globals: { s: Symbol("s") } })).toThrow(expect.objectContaining({ code: "type" }) as Error);
  });
});

describe("modules", () => {
  test("of the host can be required, once made", async () => {
    const { context } = contextWith();
    let made = 0;
    context.registerModule("host.math", () => {
      made++;
      return { twice: (n: number) => 2 * n, answer: 42 };
    });
    expect(made).toBe(0);
    expect(context.executeSync("return require('host.math').twice(require('host.math').answer)")).toBe(84);
    expect(await context.importModule("host.math")).toMatchObject({ answer: 42 });
    expect(made).toBe(1);
    expect(contextWith().context.state).toBe("ready");
    expect(() => contextWith().context.executeSync("require 'host.math'")).toThrow(expect.objectContaining({ code: "module" }) as Error);
  });

  test("may be plain objects, and those of the engine are everybody's", async () => {
    const shared = new ModuleRegistry();
    const own = new LuaEngine({ modules: shared });
    shared.registerHostModule("shared", () => 7);
    const context = own.createContext();
    context.registerModule("plain", { x: 1 });
    expect(context.executeSync("return require('plain').x + require('shared')")).toBe(8);
    await expect(context.importModule("nope")).rejects.toMatchObject({ code: "module" });
  });

  test("can be loaded anew while the context lives", async () => {
    const files = new VirtualFiles({ "app/greet.lua": "return { text = 'hello' }" });
    const modules = new ModuleRegistry();
    modules.addSource(files);
    const { context } = contextWith({ modules });
    context.executeSync("old = require 'app.greet'");
    files.set("app/greet.lua", "return { text = 'good day' }");
    expect(context.executeSync("return require('app.greet').text")).toBe("hello");
    expect(await context.reloadModule("app.greet")).toEqual({ text: "good day" });
    expect(context.executeSync("return old.text .. ', ' .. require('app.greet').text")).toBe("hello, good day");
    files.set("app/greet.lua", "return {");
    await expect(context.reloadModule("app.greet")).rejects.toMatchObject({ code: "module" });
    expect(context.executeSync("return require('app.greet').text")).toBe("good day");
  });

  test("with bad or taken names are refused", () => {
    const { context } = contextWith();
    context.registerModule("a", {});
    for (const name of ["a", "", "../x", "a/b"]) expect(() => context.registerModule(name, {})).toThrow(ScriptError);
  });
});

describe("output", () => {
  test("is text, whatever pieces it is written in", () => {
    const { context, output } = contextWith();
    context.executeSync("print('größe', 1.0, nil) io.write('\\xe2') io.write('\\x82\\xac') io.write('\\xff') print() io.stdout:write('x')");
    expect(output.join("")).toBe("größe\t1.0\tnil\n€\ufffd\nx");
  });

  test("of warn and io.stderr goes where errors go", () => {
    const errors: string[] = [];
    const { context, output } = contextWith({ errorOutput: (text) => errors.push(text) });
    context.executeSync("io.stderr:write('oops') print('fine')");
    expect([output.join(""), errors.join("")]).toEqual(["fine\n", "oops"]);
  });

  test("that throws is an error of the host", () => {
    const failure = new Error("disk full");
    const { context } = contextWith({ output: () => { throw failure; } });
    expect(() => context.executeSync("print(1)")).toThrow(ScriptError);
    expect(context.executeSync("return 1")).toBe(1);
  });
});

describe("waiting", () => {
  test("suspends the script, not the host", async () => {
    const { context } = contextWith({ globals: { later } });
    const running = context.execute("local sum = 0 for i = 1, 5 do sum = sum + later(i) end return sum");
    expect(context.state).toBe("executing");
    while (context.state !== "suspended") await sleep(0);
    expect(context.stackTrace()).toContain("script:1: in main chunk");
    expect(await running).toBe(15);
    expect(context.state).toBe("ready");
  });

  test("is refused where it cannot be", () => {
    const { context } = contextWith({ globals: { later } });
    expect(() => context.executeSync("later(1)")).toThrow("the script must wait, which a synchronous call cannot; use execute");
    expect(context.executeSync("return 1")).toBe(1);
  });

  test("lets several runs of a context take turns", async () => {
    const { context } = contextWith({ globals: { later } });
    context.executeSync("log = {} function run(name) for i = 1, 3 do log[#log + 1] = name later() end end");
    await Promise.all([context.call("run", ["a"]), context.call("run", ["b"])]);
    expect((context.getGlobal("log") as string[]).join("")).toBe("ababab");
  });
});

describe("tasks that fail unheard", () => {
  const source = "async(function() error('nobody listens') end) later()";

  test("are told on the error output, whatever limits the script has used up", async () => {
    const errors: string[] = [];
    const { context } = contextWith({ globals: { later }, limits: { output: 5 }, errorOutput: (text) => errors.push(text) });
    await context.execute(`print('1234') ${source}`).catch(() => {});
    await sleep(10);
    expect(errors.join("")).toBe("unhandled error in a task: script:1: nobody listens\n");
  });

  test("cannot flood the error output", async () => {
    const errors: string[] = [];
    const { context } = contextWith({ globals: { later }, errorOutput: (text) => errors.push(text) });
    await context.execute("for i = 1, 300 do async(error, ('x'):rep(100000)) end later()").catch(() => {});
    await sleep(10);
    expect(errors.length).toBe(101);
    expect(errors.join("").length).toBeLessThan(60_000);
    expect(errors.at(-1)).toBe("further reports are left out\n");
  });

  test("are told to whoever wants to know", async () => {
    const errors: ScriptError[] = [];
    const { context, output } = contextWith({ globals: { later }, onUnhandled: (error) => errors.push(error) });
    await context.execute(source).catch(() => {});
    await sleep(10);
    expect([errors.map(({ code, message }) => [code, message]), output]).toEqual([[["runtime", "script:1: nobody listens"]], []]);
  });
});

describe("cancellation", () => {
  const endless = "while true do end";

  test("by a signal ends a run, and the context goes on", async () => {
    const { context } = contextWith({ globals: { later } });
    for (const source of [endless, "while true do later(1) end", "pcall(function() while true do end end) while true do pcall(later) end"]) {
      const controller = new AbortController();
      const running = context.execute(source, { signal: controller.signal });
      setTimeout(() => controller.abort(new Error("enough")), 5);
      await expect(running).rejects.toMatchObject({ code: "cancelled", message: "cancelled: enough" });
    }
    expect(context.state).toBe("error");
    expect(context.executeSync("return 1")).toBe(1);
    expect(context.state).toBe("ready");
  });

  test("by a signal that was aborted before runs nothing", async () => {
    const { context, output } = contextWith();
    const signal = AbortSignal.abort("no");
    await expect(context.execute("print(1)", { signal })).rejects.toMatchObject({ code: "cancelled" });
    expect(() => context.executeSync("print(1)", { signal })).toThrow(expect.objectContaining({ code: "cancelled" }) as Error);
    expect(output).toEqual([]);
  });

  test("reaches the work of the host", async () => {
    let aborted: unknown;
    const { context } = contextWith();
    const { runtime, converter } = context;
    context.setGlobal("work", converter.hostFunction({
      name: "work",
      run: ({ signal }) => new Promise((_, reject) => signal.addEventListener("abort", () => {
        aborted = signal.reason;
        reject(new Error("stopped"));
      })),
    }));
    const running = context.execute("work()");
    while (runtime.tasks.size === 0 || context.state !== "suspended") await sleep(0);
    context.cancel("over");
    await expect(running).rejects.toMatchObject({ code: "cancelled" });
    expect(aborted).toBeDefined();
  });

  test("of all runs leaves the context usable", async () => {
    const { context } = contextWith({ globals: { later } });
    const runs = [context.execute(endless), context.execute("while true do later() end")];
    setTimeout(() => context.cancel("all of you"), 5);
    for (const run of runs) await expect(run).rejects.toMatchObject({ code: "cancelled", message: "cancelled: all of you" });
    expect(await context.execute("return 2")).toBe(2);
  });

  test("from inside a synchronous run ends it, and no pcall catches that", () => {
    const { context, output } = contextWith();
    context.setGlobal("stop", () => context.cancel("from inside"));
    expect(() => context.executeSync("pcall(stop) print('still here') while true do pcall(print, 'here') end")).toThrow(expect.objectContaining({ code: "cancelled", message: "cancelled: from inside" }) as Error);
    expect(output.length).toBeLessThan(3);
    expect(context.executeSync("return 3")).toBe(3);
  });

  test("by the context's signal is for good", async () => {
    const controller = new AbortController();
    const { context } = contextWith({ signal: controller.signal });
    const running = context.execute(endless);
    setTimeout(() => controller.abort("closing"), 5);
    await expect(running).rejects.toMatchObject({ code: "cancelled", message: "cancelled: closing" });
    expect([context.state, context.lastError?.code]).toEqual(["terminated", "cancelled"]);
    await expect(context.execute("return 1")).rejects.toMatchObject({ code: "cancelled", message: expect.stringContaining("was terminated") as string });
    expect(context.statistics.errors).toBe(1);
  });
});

describe("the end", () => {
  test("rejects what runs, and every use after it", async () => {
    const { context } = contextWith({ globals: { later } });
    const running = context.execute("while true do later() end");
    await sleep(3);
    const callable = context.executeSync("return function() return 1 end") as LuaCallable;
    context.dispose();
    context.dispose();
    await expect(running).rejects.toMatchObject({ code: "cancelled" });
    expect(context.state).toBe("terminated");
    expect(() => context.executeSync("return 1")).toThrow(/was disposed/);
    expect(() => context.getGlobal("x")).toThrow(expect.objectContaining({ code: "cancelled" }) as Error);
    expect(() => context.luaState).toThrow(ScriptError);
    expect(context.statistics.scriptCalls).toBe(2);
    expect([context.memoryUse, context.stackTrace()]).toEqual([0, ""]);
    expect(() => callable.dispose()).not.toThrow();
  });

  test("comes with `using`, and the engine counts", () => {
    const own = new LuaEngine();
    {
      using context = own.createContext();
      expect([own.contexts, context.executeSync("return 1")]).toEqual([1, 1]);
    }
    expect(own.contexts).toBe(0);
    own.createContext();
    own.dispose();
    expect(own.contexts).toBe(0);
    expect(() => own.createContext()).toThrow(expect.objectContaining({ code: "internal" }) as Error);
  });

  test("in the middle of a synchronous run ends that run", () => {
    const { context } = contextWith();
    context.setGlobal("finish", () => context.dispose());
    expect(() => context.executeSync("pcall(finish) while true do end")).toThrow(expect.objectContaining({ code: "cancelled" }) as Error);
    expect(context.state).toBe("terminated");
  });

  test("lets signals go", () => {
    const { signal } = new AbortController();
    let listeners = 0;
    const counting = new Proxy(signal, {
      get(target, key) {
        if (key === "addEventListener") return () => listeners++;
        if (key === "removeEventListener") return () => listeners--;
        return Reflect.get(target, key, target) as unknown;
      },
    });
    const { context } = contextWith({ signal: counting });
    expect(listeners).toBe(1);
    context.dispose();
    expect(listeners).toBe(0);
  });
});

describe("options", () => {
  test.each([
    [{ policy: "open" }, "no policy is called 'open' (there are none, restricted, strict)"],
    [{ limits: { instructions: 0 } }, "limit 'instructions' must be a positive number, got 0"],
    [{ limits: { time: "1s" } }, "limit 'time' must be a positive number, got 1s"],
    [{ limits: { memory: NaN } }, "limit 'memory' must be a positive number, got NaN"],
    [{ limits: { fuel: 10 } }, "no limit is called 'fuel'"],
  ])("that make no sense are refused (%#)", (options, message) => {
    expect(() => engine.createContext(options as never)).toThrow(message);
    expect(() => engine.createContext(options as never)).toThrow(expect.objectContaining({ name: "ScriptError", code: "type" }) as Error);
  });

  test.each([
    [{ deterministic: { seed: 0.5 } }, "seed must be an integer, got 0.5"],
    [{ deterministic: { time: NaN } }, "time must be milliseconds since 1970, got NaN"],
    [{ globals: { ok: 1, wrong: Symbol("s") } }, "symbol"],
  ])("that make no sense leave no context behind (%#)", (options, message) => {
    const own = new LuaEngine();
    expect(() => own.createContext(options as never)).toThrow(expect.objectContaining({ name: "ScriptError", code: "type", message: expect.stringContaining(message) as string }) as Error);
    expect(own.contexts).toBe(0);
    expect(() => new LuaEngine({ poolSize: -1 })).toThrow(expect.objectContaining({ name: "ScriptError", code: "type" }) as Error);
  });

  test("of the engine are defaults", () => {
    const own = new LuaEngine({ limits: { instructions: 5000, output: 100 }, policy: "strict" });
    const context = own.createContext({ limits: { output: 10 } });
    expect(context.remaining()).toMatchObject({ instructions: 5000, output: 10 });
    expect(() => context.executeSync("x = 1")).toThrow(ScriptError);
    expect(() => new LuaEngine({ policy: "nope" as never })).toThrow(ScriptError);
  });

  test("make a context deterministic", () => {
    const run = (): unknown => engine.createContext({ deterministic: { seed: 7, time: 1_700_000_000_000 } })
      .executeSync("return math.random(1000), os.time(), tostring({}), tostring(print)", { all: true });
    expect(run()).toEqual(run());
  });
});

describe("statistics", () => {
  test("are exact", () => {
    const { context } = contextWith({ globals: { host: (n: number) => n } });
    const before = context.statistics;
    expect(before).toMatchObject({ instructions: 0, libraryWork: 0, collections: 0, scriptCalls: 0, hostCalls: 0, outputBytes: 0, errors: 0, wallTime: 0, runTime: 0, waitTime: 0 });
    context.executeSync("return 1");
    expect(context.statistics.instructions).toBe(2); // LOADI, RETURN; VARARGPREP does not count
  });

  test("count instructions as C Lua does", () => {
    const { context } = contextWith();
    context.executeSync("local x = 0 for i = 1, 100 do x = x + i end"); // LOADI ×4, FORPREP, (ADD, FORLOOP) × 100, RETURN; MMBIN is skipped
    expect(context.statistics.instructions).toBe(4 + 1 + 200 + 1);
  });

  test("count bytes: output, allocation, life", () => {
    const { context } = contextWith();
    context.executeSync("print('four') io.write('äö')");
    expect(context.statistics.outputBytes).toBe(5 + 4);
    const script = context.load("for i = 1, 100 do local t = {} end");
    const { allocatedBytes, allocations } = context.statistics;
    context.executeSync(script);
    expect(context.statistics.allocations - allocations).toBe(100);

    const used = context.statistics.allocatedBytes - allocatedBytes;
    expect(used).toBe(100 * SIZE.table);
    expect(context.collect()).toBe(context.statistics.liveBytes);
    expect(context.statistics.collections).toBe(1);
    expect(context.statistics.peakBytes).toBeGreaterThanOrEqual(context.statistics.liveBytes);
  });

  test("count calls in both directions and errors", async () => {
    const { context } = contextWith({ globals: { host: (n: number) => n, later } });
    context.executeSync("for i = 1, 10 do host(i) end function f() end");
    context.callSync("f");
    await context.execute("later(1)");
    expect(() => context.executeSync("error()")).toThrow();
    (context.getGlobal("f") as LuaCallable).callSync();
    const { hostCalls, scriptCalls, errors } = context.statistics;
    expect([hostCalls, scriptCalls, errors]).toEqual([11, 5, 1]);
  });

  test("tell running from waiting", async () => {
    const { context } = contextWith({ globals: { nap: () => sleep(30) } });
    await context.execute("nap()");
    const { wallTime, runTime, waitTime } = context.statistics;
    expect(waitTime).toBeGreaterThan(20);
    expect(runTime).toBeLessThan(wallTime);
    expect(wallTime).toBeCloseTo(runTime + waitTime, 6);
  });

  test("are the same on both tiers", () => {
    const source = "local t = {} for i = 1, 3000 do t[i] = { i, tostring(i) } end local s = 0 for _, v in ipairs(t) do s = s + v[1] end return s";
    const figures = (["off", "auto", "always"] as const).map((jit) => {
      const context = new LuaEngine({ jit }).createContext();
      context.executeSync(source);
      const { instructions, libraryWork, allocatedBytes, allocations, liveBytes } = context.statistics;
      return { instructions, libraryWork, allocatedBytes, allocations, liveBytes };
    });
    expect(figures[1]).toEqual(figures[0]);
    expect(figures[2]).toEqual(figures[0]);
  });
});
