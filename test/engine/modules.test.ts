// require in the sandbox: host modules, sources, names that try to escape, cycles, promises.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fromHostText } from "../../src/base/bytes.js";
import { refreshModule, refreshModules } from "../../src/engine/hot-reload.js";
import { ModuleDirectory, ModuleFinder, VirtualFiles } from "../../src/engine/module-sources.js";
import { ModuleRegistry, moduleNameProblem } from "../../src/engine/modules.js";
import { policies } from "../../src/engine/policy.js";
import { type Runtime, runtimeOf } from "../../src/engine/runtime.js";
import { asyncLibrary } from "../../src/engine/async-library.js";
import type { Task } from "../../src/engine/task.js";
import { type SandboxOptions, createSandboxedState } from "../../src/engine/sandbox.js";
import { nodeHost } from "../../src/host/node.js";
import { createState, type LuaState, LuaTable, type LuaValue } from "../../src/index.js";
import { NativeFunction } from "../../src/vm/function.js";
import { runSandboxed, sandboxed } from "./sandboxed.js";

const { none, restricted, strict } = policies;

function registryOf(files: Record<string, string | Uint8Array>): ModuleRegistry {
  const registry = new ModuleRegistry();
  registry.addSource(new VirtualFiles(files));
  return registry;
}

const runWith = (source: string, files: Record<string, string | Uint8Array>, options: SandboxOptions = {}) => runSandboxed(source, { modules: registryOf(files), ...options });

describe("virtual files", () => {
  test("are found by name, with dots for folders", () => {
    const files = { "json.lua": "return { name = ..., path = select(2, ...) }", "app/util.lua": "return 'util'", "app/init.lua": "return 'app'", "zoë.lua": "return 'zoë'" };
    expect(runWith("local m, where = require 'json' return m.name, m.path, where, require 'app', require 'app.util', (require 'zoë')", files).results)
      .toEqual(["json", "json.lua", "json.lua", "app", "util", fromHostText("zoë")]);
  });

  test("run once, and what they return is kept", () => {
    const files = { "counter.lua": "count = (count or 0) + 1 return { n = count }", "nothing.lua": "count = 100", "no.lua": "return false", "sets.lua": "package.loaded[...] = 'set'" };
    expect(runWith("return require 'counter' == require 'counter', require 'counter'.n, require 'nothing', require 'nothing', count, require 'no', package.loaded.no, (require 'sets')", files).results)
      .toEqual([true, 1, true, true, 100, false, false, "set"]);
  });

  test("have the globals of the state that requires them, and no other's", () => {
    const modules = registryOf({ "m.lua": "seen = (seen or 0) + 1 return seen" });
    const [one, two] = [sandboxed({ modules }), sandboxed({ modules })];
    expect(one.run("return require 'm', seen").results).toEqual([1, 1]);
    expect(two.run("return seen, require 'm'").results.slice(0, 2)).toEqual([undefined, 1]);
  });

  test("can be changed; what is loaded stays", () => {
    const files = new VirtualFiles({ "m.lua": "return 1" });
    const modules = new ModuleRegistry();
    modules.addSource(files);
    const { run } = sandboxed({ modules });
    run("require 'm'");
    files.set("m.lua", "return 2");
    expect(run("return require 'm'").results[0]).toBe(1);
    expect(run("package.loaded.m = nil return require 'm'").results[0]).toBe(2);
    expect(files.delete("m.lua")).toBe(true);
    expect(files.delete("m.lua")).toBe(false);
    expect(run("package.loaded.m = nil return require 'm'").error).toContain("module 'm' not found");
    modules.removeSource(files);
    expect(run("return require 'm'").error).not.toContain("virtual files");
  });

  test("never come from a prototype", () => {
    for (const name of ["constructor", "__proto__", "toString", "hasOwnProperty"]) expect(runWith(`require '${name}'`, {}).error).toContain(`module '${name}' not found`);
    expect(runWith("return require '__proto__', require 'constructor'", JSON.parse('{"__proto__.lua": "return 1", "constructor.lua": "return 2"}')).results.slice(0, 2)).toEqual([1, 2]);
  });

  test("have paths that names lead to", () => {
    for (const path of ["", "m", "../m.lua", "/m.lua", "a//m.lua", "a/../m.lua", "a\\m.lua", "m.lua\0", "a.b/m.lua", ".lua"]) {
      expect(() => new VirtualFiles({ [path]: "" }), path).toThrow(RangeError);
    }
  });

  test("what is not found says where it was looked for", () => {
    expect(runWith("require 'app.util'", {}).error).toBe(
      "x:1: module 'app.util' not found:\n\tno field package.preload['app.util']\n\tno host module 'app.util'\n\tno 'app/util.lua' in virtual files\n\tno 'app/util/init.lua' in virtual files");
  });

  test("errors in them say where", () => {
    const files = { "bad.lua": "return +", "fails.lua": "\nerror('stop')", "deep.lua": "return require 'fails'", "value.lua": "error({ code = 7 })" };
    expect(runWith("require 'bad'", files).error).toBe("x:1: error loading module 'bad':\n\tbad.lua:1: unexpected symbol near '+'");
    expect(runWith("require 'deep'", files).error).toBe("fails.lua:2: stop");
    expect(runWith("local ok, e = pcall(require, 'value') return ok, e.code, package.loaded.value", files).results).toEqual([false, 7, undefined]);
    expect(runWith("local a = pcall(require, 'fails') local b, e = pcall(require, 'fails') return a, b, e", files).results).toEqual([false, false, "fails.lua:2: stop"]);
  });
});

describe("binary chunks", () => {
  const chunk = (() => {
    const state = createState();
    return Uint8Array.from(state.dump(state.load("return 'binary'", "=m"), false)!, (c) => c.charCodeAt(0));
  })();

  test("are refused unless the policy allows them", () => {
    const outcome = runWith("require 'm'", { "m.lua": chunk });
    expect(outcome.error).toBe("x:1: permission denied: module 'm' is a binary chunk (policy 'restricted' takes text only)");
    expect(outcome.cause).toMatchObject({ code: "permission" });
    expect(runWith("return require 'm'", { "m.lua": chunk }, { policy: restricted.derive({ loadModes: "bt" }) }).results[0]).toBe("binary");
  });

  test("that are damaged are errors", () => {
    expect(runWith("require 'm'", { "m.lua": chunk.slice(0, 20) }, { policy: restricted.derive({ loadModes: "bt" }) }).error).toMatch(/^x:1: error loading module 'm':\n\t.*truncated/);
  });
});

describe("names", () => {
  const ESCAPES: readonly [string, string][] = [
    ["", "is empty"], ["../m", "has '..'"], ["a/../m", "has '..'"], ["..", "has '..'"], ["a..b", "has '..'"], ["/etc/passwd", "is an absolute path"], ["\\etc", "has a backslash"],
    ["a\\b", "has a backslash"], ["C:/x", "has a drive letter"], ["c:x", "has a drive letter"], ["C:\\x", "has a drive letter"], ["a/b", "has a slash"], ["./m", "has a slash"],
    [".m", "begins or ends with a dot"], ["m.", "begins or ends with a dot"], ["a b", "has a character"], ["a\n", "has a character"], ["m?", "has a character"], ["*", "has a character"],
    ["m%2e", "has a character"], ["~", "has a character"], ["ab:c", "has a character"], ["m\0", "has a zero byte"], ["m\0/../x", "has a zero byte"], ["\0", "has a zero byte"], ["x".repeat(201), "is longer than 200 bytes"],
  ];

  test.each(ESCAPES)("%j are refused", (name, problem) => {
    const literal = `"${[...name].map((c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, "0")}`).join("")}"`;
    const { error } = runWith(`require(${literal})`, { "m.lua": "return 1" });
    expect(error).toMatch(/^x:1: invalid module name '.*': it /s);
    expect(error).toContain(problem);
    expect(error!.length).toBeLessThan(200);
  });

  test("that are no strings are errors", () => {
    for (const call of ["require()", "require(nil)", "require({})", "require(print)"]) expect(runWith(call, {}).error).toMatch(/^x:1: bad argument #1 to 'require' \(string expected, got/);
    expect(runWith("require(42)", {}).error).toContain("module '42' not found");
  });

  test("property: whatever passes has no way out of a folder", () => {
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom(..."ab./\\\0: C~%é".split("")), maxLength: 12 }), (name) => {
      if (moduleNameProblem(fromHostText(name)) !== undefined) return;
      expect(name).toMatch(/^[^./\\:\0 ~%]+(?:\.[^./\\:\0 ~%]+)*$/);
    }), { numRuns: 2000 });
  });
});

describe("directories", () => {
  let base: string;
  let root: string;
  let modules: ModuleRegistry;

  beforeAll(() => {
    base = realpathSync(mkdtempSync(join(tmpdir(), "modules-")));
    root = join(base, "lua");
    mkdirSync(join(root, "app", "folder.lua"), { recursive: true });
    mkdirSync(join(base, "lua-other"));
    writeFileSync(join(base, "secret.lua"), "return 'secret'");
    writeFileSync(join(base, "lua-other", "m.lua"), "return 'secret'");
    writeFileSync(join(root, "m.lua"), "return 'm'");
    writeFileSync(join(root, "app", "init.lua"), "return 'app'");
    writeFileSync(join(root, "app", "part.lua"), "return ... .. ' ' .. select(2, ...)");
    symlinkSync(join(base, "secret.lua"), join(root, "link.lua"));
    symlinkSync("../secret.lua", join(root, "relative.lua"));
    symlinkSync(base, join(root, "up"));
    symlinkSync(join(base, "lua-other"), join(root, "other"));
    symlinkSync("m.lua", join(root, "inner.lua"));
    symlinkSync("loop.lua", join(root, "loop.lua"));
    symlinkSync(root, join(base, "lua-link"));
    modules = new ModuleRegistry();
    modules.addSource(new ModuleDirectory(root, nodeHost().files));
  });
  afterAll(() => rmSync(base, { recursive: true }));

  test("give their modules", () => {
    expect(runSandboxed("return (require 'm'), (require 'app'), (require 'app.part'), (require 'inner')", { modules }).results).toEqual(["m", "app", "app.part app/part.lua", "m"]);
  });

  test.each(["link", "relative", "up.secret", "other.m", "up.lua-other.m", "missing", "app.missing", "loop"])("do not give %s", (name) => {
    const { error } = runSandboxed(`return require '${name}'`, { modules });
    expect(error).toMatch(name === "loop" ? /error finding module 'loop' in directory/ : new RegExp(`module '${name}' not found:[^]*no '${name.replaceAll(".", "/")}.lua' in directory '${root}'`));
  });

  test("do not need the script to have files", () => {
    expect(runSandboxed("return (require 'm'), (pcall(io.open, 'x'))", { modules }).results).toEqual(["m", false]);
  });

  test("may be links themselves", () => {
    const linked = new ModuleRegistry();
    linked.addSource(new ModuleDirectory(join(base, "lua-link"), nodeHost().files));
    expect(runSandboxed("return (require 'm')", { modules: linked }).results).toEqual(["m"]);
    expect(runSandboxed("return (require 'link')", { modules: linked }).error).toContain("not found");
  });

  test("that are folders, or are none, or cannot be confined", () => {
    expect(runSandboxed("require 'app.folder'", { modules }).error).toMatch(/error finding module 'app.folder' in directory '.*': Is a directory/);
    const nowhere = new ModuleRegistry();
    nowhere.addSource(new ModuleDirectory(join(base, "nowhere"), nodeHost().files));
    expect(runSandboxed("require 'm'", { modules: nowhere }).error).toContain("module 'm' not found");
    expect(() => new ModuleDirectory("lua", nodeHost().files)).toThrow("'lua' is not an absolute path");
    const { resolve: _, ...files } = nodeHost().files;
    expect(() => new ModuleDirectory(root, files)).toThrow("cannot confine");
  });
});

describe("host modules", () => {
  const registry = (): ModuleRegistry => {
    const modules = new ModuleRegistry();
    modules.registerHostModule("host.config", () => {
      const table = new LuaTable();
      table.setStr("answer", 42);
      return table;
    });
    modules.registerHostModule("perilune.agent", () => new LuaTable(), { permission: "bridge.agent", aliases: ["zigllms.agent"] });
    return modules;
  };

  test("are made once for each state that requires them", () => {
    let made = 0;
    const modules = new ModuleRegistry();
    const states: Runtime[] = [];
    modules.registerHostModule("m", (runtime) => {
      states.push(runtime);
      return ++made;
    });
    const [one, two] = [sandboxed({ modules }), sandboxed({ modules })];
    expect(one.run("return require 'm', require 'm'").results.slice(0, 2)).toEqual([1, 1]);
    expect(two.run("return (require 'm')").results).toEqual([2]);
    expect(states).toEqual([runtimeOf(one.state), runtimeOf(two.state)]);
  });

  test("are the same under all their names", () => {
    const policy = restricted.derive({ permissions: { bridges: ["agent"] } });
    expect(runSandboxed("return require 'zigllms.agent' == require 'perilune.agent'", { policy, modules: registry() }).results).toEqual([true]);
    expect(runSandboxed("return require 'host.config'.answer", { policy, modules: registry() }).results).toEqual([42]);
  });

  test("behind a permission are refused without it, whatever name is used, and made by nobody", () => {
    for (const name of ["perilune.agent", "zigllms.agent"]) {
      const { error, cause } = runSandboxed(`require '${name}'`, { modules: registry() });
      expect(error).toBe(`x:1: module '${name}' is not permitted (policy 'restricted' does not grant 'bridge.agent')`);
      expect(cause).toMatchObject({ code: "permission", permission: "module", subject: name });
    }
    expect(runSandboxed("require 'host.config'", { policy: strict, modules: registry() }).error).toBe("x:1: module 'host.config' is not permitted (policy 'strict' does not list it)");
    expect(runSandboxed("require 'no.such'", { policy: strict, modules: registry() }).error).toBe("x:1: module 'no.such' is not permitted (policy 'strict' does not list it)");
    expect(runSandboxed("return require 'host.config'.answer", { policy: strict.derive({ modules: ["host.*"] }), modules: registry() }).results).toEqual([42]);
  });

  test("under none come after package.preload and before files", () => {
    const modules = registry();
    modules.addSource(new VirtualFiles({ "virtual.lua": "return 'virtual'" }));
    expect(runSandboxed("return require 'host.config'.answer, select(2, require 'host.config') , (require 'virtual'), #package.searchers", { policy: none, modules }).results).toEqual([42, undefined, "virtual", 5]);
    expect(runSandboxed("package.preload['host.config'] = function() return { answer = 'mine' } end return require 'host.config'.answer", { policy: none, modules }).results).toEqual(["mine"]);
    expect(runSandboxed("require 'no.such'", { policy: none, modules }).error).toContain("no host module 'no.such'");
  });

  test("that fail are Lua errors with the host's as cause", () => {
    const modules = new ModuleRegistry();
    const failure = new Error("no connection");
    modules.registerHostModule("db", () => {
      throw failure;
    });
    modules.registerHostModule("odd", () => {
      throw "not an error"; // hosts do it
    });
    const { state, run } = sandboxed({ modules });
    expect(run("require 'odd'")).toMatchObject({ error: "error making module 'odd': not an error", cause: "not an error" });
    expect(run("require 'db'")).toMatchObject({ error: "error making module 'db': no connection", cause: failure });
    expect(run("return pcall(require, 'db')").results).toEqual([false, "error making module 'db': no connection"]);
    expect(state.loaded.getStr("db")).toBeUndefined();
  });

  test("are registered under good names, once", () => {
    const modules = registry();
    expect(() => modules.registerHostModule("host.config", () => 1)).toThrow("module 'host.config' is registered already");
    expect(() => modules.registerHostModule("x", () => 1, { aliases: ["zigllms.agent"] })).toThrow("module 'zigllms.agent' is registered already");
    expect(modules.hostModule("x")).toBeUndefined();
    expect(() => modules.registerHostModule("../x", () => 1)).toThrow(RangeError);
    expect(modules.names()).toEqual(["host.config", "perilune.agent", "zigllms.agent"]);
    expect(modules.unregister("zigllms.agent")).toBe(true);
    expect(modules.unregister("zigllms.agent")).toBe(false);
    expect(modules.names()).toEqual(["host.config"]);
  });

  test("of a context stand in front of the engine's", () => {
    const engine = registry();
    const context = new ModuleRegistry(engine);
    context.registerHostModule("host.config", () => "mine");
    expect(runSandboxed("return (require 'host.config')", { modules: context }).results).toEqual(["mine"]);
    expect(runSandboxed("return require 'host.config'.answer", { modules: engine }).results).toEqual([42]);
    expect(context.names()).toEqual(["host.config", "perilune.agent", "zigllms.agent"]);
  });
});

describe("cycles", () => {
  const cyclic = { "a.lua": "return require 'b'", "b.lua": "return require 'c'", "c.lua": "return require 'a'", "self.lua": "require 'self'", "co.lua": "return coroutine.wrap(function() return require 'co' end)()" };

  test("are told with the whole way", () => {
    expect(runWith("require 'a'", cyclic).error).toBe("c.lua:1: module 'a' requires itself: a → b → c → a");
    expect(runWith("require 'self'", cyclic).error).toBe("self.lua:1: module 'self' requires itself: self → self");
    expect(runWith("require 'co'", cyclic).error).toBe("co.lua:1: co.lua:1: module 'co' requires itself: co → co");
  });

  test("leave nothing behind", () => {
    expect(runWith("local ok = pcall(require, 'a') package.preload.c = function() return 'c' end return ok, (require 'a'), package.loaded.b", cyclic).results).toEqual([false, "c", "c"]);
  });

  test("that end in time are none", () => {
    expect(runWith("return (require 'late')()", { "late.lua": "return function() return require 'late' ~= nil end" }).results).toEqual([true]);
  });

  test("through many modules are told before the stack is full", () => {
    const files: Record<string, string> = {};
    for (let i = 0; i < 150; i++) files[`m${i}.lua`] = `return require 'm${(i + 1) % 150}'`;
    expect(runWith("require 'm0'", files).error).toMatch(/module 'm0' requires itself: m0 → m1 → .* → m149 → m0$/);
  });
});

describe("the package table", () => {
  test("has loaded and preload, which work, and empty paths, which nobody reads", () => {
    expect(runWith("return package.path, package.cpath, type(package.loaded), type(package.preload), package.searchers, package.config:sub(1, 1), package.loaded.string == string", {}).results)
      .toEqual(["", "", "table", "table", undefined, "/", true]);
    expect(runWith("package.preload.p = function(name, where) return name .. where end return require 'p'", {}).results).toEqual(["p:preload:", ":preload:"]);
    expect(runWith("package.preload.p = 1 require 'p'", {}).error).toBe("x:1: package.preload['p'] is not a function but a number value");
    expect(runWith("package.path = './?.lua'", {}).error).toContain("read-only table ('package')");
  });

  test("makes no difference when it is gone", () => {
    expect(runWith("package = nil return (require 'm')", { "m.lua": "return 1" }).results).toEqual([1]);
    expect(runWith("local r = require require = nil package.loaded.string = nil return (r 'm')", { "m.lua": "return 1" }).results).toEqual([1]);
  });
});

describe("sources that answer later", () => {
  const later = (files: Record<string, string>): ModuleRegistry => {
    const modules = new ModuleRegistry();
    modules.addSource(new ModuleFinder("the database", async (name) => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      if (name === "broken") throw new Error("connection lost");
      return files[name];
    }));
    modules.addSource(new VirtualFiles({ "local_one.lua": "return 'local'" }));
    return modules;
  };

  async function execute(source: string, modules: ModuleRegistry): Promise<LuaValue[]> {
    const state = createSandboxedState({ modules });
    return runtimeOf(state).spawn(state.load(fromHostText(source), "=x")).result;
  }

  test("make the script wait, and nothing else", async () => {
    const modules = later({ a: "return { b = require 'b', from = ... }", b: "return 'b'" });
    expect(await execute("local a = require 'a' return a.b, a.from, (require 'local_one'), select(2, require 'b') == nil", modules)).toEqual(["b", "a", "local", true]);
    expect(await execute("return coroutine.wrap(function() return (require 'b') end)(), pcall(require, 'b')", modules)).toEqual(["b", true, "b"]);
  });

  test("tell failures and what is missing", async () => {
    const modules = later({ bad: "return +" });
    await expect(execute("require 'none'", modules)).rejects.toThrow("module 'none' not found:\n\tno field package.preload['none']\n\tno host module 'none'\n\tno 'none' in the database\n\tno 'none.lua' in virtual files");
    await expect(execute("require 'bad'", modules)).rejects.toThrow("error loading module 'bad':\n\tbad:1: unexpected symbol near '+'");
    await expect(execute("require 'broken'", modules)).rejects.toThrow("connection lost");
  });

  test("are no use to a call that cannot wait", () => {
    expect(runSandboxed("require 'b'", { modules: later({ b: "" }) }).error).toContain("the script must wait");
  });

  test("run a module once, however many tasks ask for it", async () => {
    const modules = later({ counted: "count = (count or 0) + 1 return { n = count }" });
    const state = createSandboxedState({ modules });
    const tasks = Array.from({ length: 5 }, () => runtimeOf(state).spawn(state.load("return (require 'counted')", "=x")).result);
    const values = (await Promise.all(tasks)).map(([value]) => value);
    expect(new Set(values).size).toBe(1);
    expect(state.globals.getStr("count")).toBe(1);
  });

  test("cycles through them are told", async () => {
    await expect(execute("require 'a'", later({ a: "require 'b'", b: "require 'a'" }))).rejects.toThrow(fromHostText("module 'a' requires itself: a → b → a"));
  });
});

describe("modules whose body waits", () => {
  /** Tasks of one state, with `pause(n)`, which waits n rounds of the event loop. */
  function tasksOf(files: Record<string, string>): { run: (source: string) => Task; state: LuaState } {
    const state = createSandboxedState({ modules: registryOf(files), libraries: [asyncLibrary] });
    state.globals.setStr("pause", new NativeFunction("pause", (f) => {
      let rounds = Number(f.integer(1));
      const turn = async (): Promise<void> => {
        while (rounds-- > 0) await new Promise((resolve) => setImmediate(resolve));
      };
      return runtimeOf(state).wait(f, turn, () => undefined);
    }));
    return { state, run: (source) => runtimeOf(state).spawn(state.load(fromHostText(source), "=x")) };
  }
  const results = (tasks: readonly Task[]): Promise<LuaValue[]> => Promise.all(tasks.map(async ({ result }) => (await result)[0]));

  test("run once: other tasks wait for the one that loads it", async () => {
    const { run, state } = tasksOf({ "slow.lua": "count = (count or 0) + 1 pause(3) return { n = count }", "user.lua": "pause(1) return require 'slow'" });
    const values = await results([run("return (require 'slow')"), run("pause(1) return (require 'slow')"), run("return (require 'user')"), run("return coroutine.wrap(function() return (require 'slow') end)()")]);
    expect(new Set(values).size).toBe(1);
    expect(state.globals.getStr("count")).toBe(1);
  });

  test("when it fails, the next that waits tries again", async () => {
    const { run, state } = tasksOf({ "flaky.lua": "tries = (tries or 0) + 1 local n = tries pause(2) if n < 3 then error('not yet') end return n" });
    const values = await results(Array.from({ length: 4 }, () => run("local ok, v = pcall(require, 'flaky') return ok and v")));
    expect(values).toEqual([false, false, 3, 3]);
    expect(state.globals.getStr("tries")).toBe(3);
  });

  test("when the task that loads it is cancelled, the next that waits begins anew", async () => {
    const { run } = tasksOf({ "slow.lua": "loads = (loads or 0) + 1 pause(20) return loads" });
    const first = run("return (require 'slow')");
    const second = run("return (require 'slow')");
    void first.result.catch(() => {});
    await run("pause(3)").result;
    first.cancel();
    expect(await results([second])).toEqual([2]);
    await expect(first.result).rejects.toThrow("cancelled");
  });

  test("cycles over several tasks are told, and end nothing else", async () => {
    const { run } = tasksOf({ "a.lua": "pause(2) return { require 'b' }", "b.lua": "pause(2) return { require 'a' }" });
    const outcomes = await Promise.allSettled([run("return (require 'a')").result, run("return (require 'b')").result]);
    const told = outcomes.filter(({ status }) => status === "rejected").map((outcome) => String((outcome as PromiseRejectedResult).reason));
    expect(told.length).toBeGreaterThan(0);
    for (const text of told) expect(text).toMatch(/module '[ab]' (cannot be loaded: the task that loads it waits for this one|requires itself)/);
  });

  test("a cycle through await is told; a task that a module starts may require it when nobody waits for that", async () => {
    const { run } = tasksOf({
      "waits.lua": "local p = async(function() return require 'waits' end) return { pcall(await, p) }",
      "starts.lua": "later = async(function() return require 'starts' end) pause(2) return 'started'",
    });
    const [value] = await run("return (require 'waits')").result;
    expect((value as LuaTable).getInt(1)).toBe(false);
    expect(String((value as LuaTable).getInt(2))).toContain("the task that loads it waits for this one");
    expect(await run("return (require 'starts'), (await(later))").result).toEqual(["started", "started"]);
  });
});

describe("refreshing", () => {
  const setUp = async (text: string) => {
    const files = new VirtualFiles({ "m.lua": text, "user.lua": "local m = require 'm' return function() return m.version, m end" });
    const modules = new ModuleRegistry();
    modules.addSource(files);
    const state = createSandboxedState({ modules });
    const runtime = runtimeOf(state);
    const run = (source: string): Promise<LuaValue[]> => runtime.spawn(state.load(source, "=x")).result;
    await run("m = require 'm' user = require 'user'");
    return { files, runtime, run };
  };

  test("gives what others hold the new fields, and takes the old ones away", async () => {
    const { files, runtime, run } = await setUp("return { version = 1, old = true }");
    expect(await refreshModule(runtime, "m")).toBe(false);
    files.set("m.lua", "return setmetatable({ version = 2, new = ... }, { __index = function(_, k) return k end })");
    expect(await refreshModules(runtime)).toEqual(["m"]);
    expect(await refreshModules(runtime)).toEqual([]);
    expect(await run("local v, held = user() return v, held == m, m == require 'm', m.new, rawget(m, 'old'), m.anything")).toEqual([2, true, true, "m", undefined, "anything"]);
  });

  test("tells the module, which can keep what it wants", async () => {
    const { files, runtime, run } = await setUp("return { version = 1, count = 41 }");
    files.set("m.lua", "local M = { version = 2 } function M.on_reload(old) M2 = M m.count = old.count + 1 end return M");
    await refreshModules(runtime);
    expect(await run("return m.count, m.version")).toEqual([42, 2]);
  });

  test("leaves all as it was when the new text fails", async () => {
    const { files, runtime, run } = await setUp("return { version = 1 }");
    for (const [text, message] of [["return +", "error loading module 'm'"], ["error('no')", "no"], ["\x1bLua", "is a binary chunk"]] as const) {
      files.set("m.lua", text);
      await expect(refreshModule(runtime, "m")).rejects.toThrow(message);
      expect(await run("return (user())")).toEqual([1]);
    }
    files.set("m.lua", "return { version = 3 }");
    expect(await refreshModule(runtime, "m")).toBe(true);
    expect(await run("return (user())")).toEqual([3]);
    files.delete("m.lua");
    await expect(refreshModule(runtime, "m")).rejects.toThrow("module 'm' not found");
  });

  test("replaces what is no table, and reaches one state only", async () => {
    const files = new VirtualFiles({ "n.lua": "return 1" });
    const modules = new ModuleRegistry();
    modules.addSource(files);
    const [one, two] = [createSandboxedState({ modules }), createSandboxedState({ modules })];
    for (const state of [one, two]) state.call(state.load("n = require 'n'", "=x"));
    files.set("n.lua", "return 2");
    expect(await refreshModules(runtimeOf(one))).toEqual(["n"]);
    expect([one, two].map((state) => state.call(state.load("return n, (require 'n')", "=x")))).toEqual([[1, 2], [1, 1]]);
  });
});
