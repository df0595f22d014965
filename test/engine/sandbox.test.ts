// Sandboxed states under attack: libraries, globals, metatables, load, files, the process, and states that share an image.
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { requirePermission, sandboxOf } from "../../src/engine/guard.js";
import { PermissionDenied, Policy, policies } from "../../src/engine/policy.js";
import { createSandboxedState, defineGlobal, ownTable } from "../../src/engine/sandbox.js";
import { nodeHost } from "../../src/host/node.js";
import { createState, LuaEngine, LuaTable, type LuaValue, NativeFunction } from "../../src/index.js";
import { runSandboxed, sandboxed } from "./sandboxed.js";

const { none, restricted, strict } = policies;

/** The error of `source` under `policy`. */
const failure = (source: string, policy: Policy = restricted): string | undefined => runSandboxed(source, { policy }).error;
const results = (source: string, policy: Policy = restricted): LuaValue[] => {
  const outcome = runSandboxed(source, { policy });
  expect(outcome.error).toBeUndefined();
  return outcome.results;
};

describe("under none", () => {
  test("every global and library field is what a plain state has", () => {
    const list = `
      local found = {}
      for name, value in pairs(_G) do
        found[#found + 1] = name .. ":" .. type(value)
        if type(value) == "table" and name ~= "_G" then for k, v in pairs(value) do found[#found + 1] = name .. "." .. tostring(k) .. ":" .. type(v) end end
      end
      table.sort(found)
      return table.concat(found, " ")`;
    const [plain] = createState({ host: nodeHost() }).call(createState().load(list, "=x")).slice() as [string];
    const state = createState({ host: nodeHost() });
    expect(results(list, none)).toEqual(state.call(state.load(list, "=x")));
    expect(plain).toContain("string.rep:function");
  });

  test("libraries can be changed, and only in their own state", () => {
    const first = sandboxed({ policy: none });
    expect(first.run(`
      string.trim = function(s) return (s:gsub("^%s+", "")) end
      string.rep = nil
      getmetatable("").__add = function() return "added" end
      getmetatable("").__index.first = function(s) return s:sub(1, 1) end
      getmetatable(io.stdout).__index.shout = function() return "loud" end
      getmetatable(io.stdout).__name = "other"
      package.loaded.mine, package.preload.mine, _G.print = 1, 2, nil
      table[1] = "one"
      math.pi = 3
      debug.setmetatable(0, { __index = function() return "number" end })
      debug.getregistry().secret = "registry"
      return ("  x"):trim(), ("a" + 1), ("abc"):first(), io.stdout:shout(), table[1], (0).x`).results).toEqual(["x", "added", "a", "loud", "one", "number"]);
    expect(results(`
      return string.trim, type(string.rep), (pcall(function() return "a" + 1 end)), string.first, io.stdout.shout, package.loaded.mine, package.preload.mine,
        type(print), table[1], math.pi == 3, (pcall(function() return (0).x end)), debug.getregistry().secret, tostring(io.stdout):sub(1, 4)`, none))
      .toEqual([undefined, "function", false, undefined, undefined, undefined, undefined, "function", undefined, false, false, undefined, "file"]);
  });
});

describe("libraries under a policy", () => {
  const DENIED: readonly [string, string][] = [
    ["string.dump(function() end)", "string.dump"], ["debug.getinfo(1)", "debug.getinfo"], ["debug.sethook()", "debug.sethook"], ["debug.getregistry()", "debug.getregistry"],
    ["debug.setmetatable('', {})", "debug.setmetatable"], ["debug.upvaluejoin()", "debug.upvaluejoin"], ["debug.traceback()", "debug.traceback"],
    ["package.loadlib('x', '*')", "package.loadlib"], ["package.searchpath('x', './?.lua')", "package.searchpath"],
  ];

  test.each(DENIED)("%s is refused, and the refusal says what", (source, name) => {
    const { error, cause } = runSandboxed(`\n${source}`);
    expect(error).toBe(`x:2: permission denied: '${name}' is not allowed by policy 'restricted'`);
    expect(cause).toMatchObject({ name: "PermissionDenied", code: "permission", permission: "function", subject: name });
    expect(cause).toBeInstanceOf(PermissionDenied);
  });

  test("strict takes more away", () => {
    for (const name of ["load('x')", "collectgarbage()", "dofile('x')", "loadfile('x')", "warn('x')", "os.time()", "os.clock()", "os.date()", "io.write('x')", "io.open('x')"]) {
      expect(failure(name, strict), name).toMatch(/^x:1: permission denied: '[\w.]+' is not allowed by policy 'strict'$/);
    }
    expect(results("return os.difftime(3, 1), #tostring(print) > 0, select('#', pcall(error))", strict).at(-1)).toBe(2);
  });

  test("with 'absent', what is not granted is not there", () => {
    const policy = restricted.derive({ denied: "absent" });
    expect(results("return debug, string.dump, package.loadlib, package.loaded.debug", policy).filter((v) => v !== undefined)).toEqual([]);
    expect(failure("debug.getinfo(1)", policy)).toBe("x:1: attempt to index a nil value (global 'debug')");
  });

  test("lists grant functions one by one", () => {
    const policy = restricted.derive({ libraries: { os: ["time"], math: { except: ["random"] }, debug: ["traceback"], table: false, package: { except: ["require"] } } });
    expect(results("return type(os.time()), math.max(1, 2), type(debug.traceback())", policy)).toEqual(["number", 2, "string"]);
    for (const call of ["os.date()", "math.random()", "debug.getinfo(1)", "table.concat({})", "require('x')"]) expect(failure(call, policy), call).toContain("permission denied: '");
  });

  const READ_ONLY = ["string", "table", "math", "utf8", "coroutine", "os", "io", "debug", "package"];

  test.each(READ_ONLY)("the table of %s cannot be changed", (name) => {
    for (const write of [`${name}.x = 1`, `rawset(${name}, "x", 1)`, `setmetatable(${name}, {})`, `${name}[1] = 1`, `table.insert(${name}, 1)`, `for k in pairs(${name}) do ${name}[k] = nil end`]) {
      expect(failure(write), write).toMatch(new RegExp(`attempt to (modify|change the metatable of) a read-only table \\('${name}'\\)`));
    }
  });

  test("what goes round the tables is refused as well", () => {
    for (const source of ["package.loaded.string.x = 1", "package.loaded._G.string.x = 1", "_G._G._G.string.x = 1", "_ENV.string.x = 1", "load('string.x = 1')()", "local s = string; s.x = 1",
      "coroutine.wrap(function() string.x = 1 end)()", "setmetatable({}, { __newindex = string }).x = 1", "table.move({ 1 }, 1, 1, 1, string)", "next, string.x = 1, 2",
      "for _, f in ipairs({ rawset }) do f(string, 'x', 1) end", "getmetatable(io.stdout).__index.x = 1"]) {
      expect(failure(source), source).toMatch(/read-only table|attempt to index a boolean value/);
    }
    expect(results("return string.x, ('').x, io.stdout.x").filter((v) => v !== undefined)).toEqual([]);
  });

  test("functions and their tables are the same objects in every state of a policy, and no state is reached from them", () => {
    const [one, two] = [createSandboxedState(), createSandboxedState()];
    expect(one.globals.getStr("string")).toBe(two.globals.getStr("string"));
    expect(one.globals).not.toBe(two.globals);
    for (const name of ["_G", "package", "io"]) expect(one.globals.getStr(name), name).not.toBe(two.globals.getStr(name));
    expect(reachable(one).filter((object) => reachable(two).includes(object)).filter((object) => object instanceof LuaTable && !object.isReadOnly)).toEqual([]);
  });

  test("under none, states share no table at all", () => {
    const [one, two] = [createSandboxedState({ policy: none }), createSandboxedState({ policy: none })];
    const others = new Set(reachable(two));
    expect(reachable(one).filter((object) => object instanceof LuaTable && others.has(object))).toEqual([]);
  });
});

/** All tables and userdata that scripts of a state can come to, its registry included. */
function reachable(state: ReturnType<typeof createSandboxedState>): unknown[] {
  const found = new Set<unknown>();
  const visit = (value: unknown): void => {
    if (typeof value !== "object" || value === null || found.has(value)) return;
    found.add(value);
    if ("metatable" in value) visit(value.metatable);
    if (value instanceof LuaTable) for (let at = value.seek(0); at >= 0; at = value.seek(at + 1)) [value.keyAt(at), value.valueAt(at)].forEach(visit);
    if ("captured" in value) (value.captured as unknown[] | null)?.forEach(visit);
  };
  [state.registry, state.globals, state.loaded, state.stringMeta].forEach(visit);
  return [...found];
}

describe("globals", () => {
  test("are free under restricted", () => {
    expect(results("x = 1; print = nil; function f() return x end; _G.y = 2; return f(), print, y")).toEqual([1, undefined, 2]);
  });

  test("can be changed but not made under deny-new", () => {
    const policy = restricted.derive({ globals: "deny-new" });
    expect(results("print = 7; return print", policy)).toEqual([7]);
    for (const write of ["x = 1", "_G.x = 1", "_ENV.x = 1", "rawset(_G, 'x', 1)", "function f() end", "load('x = 1')()", "setmetatable(_G, {})", "_G[1] = 2", "local e <const> = _ENV; e.x = 1"]) {
      expect(failure(write, policy), write).toMatch(/a table with fixed fields \('_G'\)$/);
    }
    expect(failure("x = 1", policy)).toBe("x:1: attempt to create field 'x' in a table with fixed fields ('_G')");
  });

  test("cannot be changed under read-only", () => {
    for (const write of ["x = 1", "print = nil", "rawset(_G, 'print', 1)", "setmetatable(_G, { __index = {} })", "_G[1] = 1", "for k in pairs(_G) do _G[k] = nil end", "package.loaded._G.x = 1"]) {
      expect(failure(write, strict), write).toMatch(/a read-only table \('_G'\)$/);
    }
  });

  test("the host sets them all the same, and the guard stays", () => {
    for (const policy of [none, restricted, strict, restricted.derive({ globals: "deny-new" })]) {
      const { state, run } = sandboxed({ policy });
      defineGlobal(state, "config", "from the host");
      defineGlobal(state, "print", undefined);
      expect(run("return config, print").results).toEqual(["from the host", undefined]);
      expect(run("return pcall(function() other = 1 end)").results[0]).toBe(policy.globals === "allow");
      expect(sandboxed({ policy }).run("return config, type(print)").results).toEqual([undefined, "function"]);
    }
  });
});

describe("a library that the host adds to", () => {
  test.each([restricted, strict])("is the state's own from then on, and read-only for scripts still", (policy) => {
    const { state, run } = sandboxed({ policy });
    const shared = state.globals.getStr("string") as LuaTable;
    const own = ownTable(state, shared);
    expect(own).not.toBe(shared);
    expect(ownTable(state, own)).toBe(own);
    own.changeGuarded(() => own.setStr("answer", 42));
    expect(run("local s = 'x' return string.answer, s.answer, ('x'):rep(2), '1' + 1, package.loaded.string == string, getmetatable('')").results).toEqual([42, 42, "xx", 2, true, false]);
    for (const write of ["string.answer = 1", "rawset(string, 'x', 1)", "package.loaded.string.x = 1"]) expect(run(write).error).toContain("read-only table ('string')");
    expect(sandboxed({ policy }).run("return string.answer, ('x').answer").results).toEqual([undefined, undefined]);
    expect(shared.getStr("answer")).toBeUndefined();
  });

  test("is added to by setGlobal of a context", () => {
    const engine = new LuaEngine();
    for (const policy of ["none", "restricted", "strict"] as const) {
      const context = engine.createContext({ policy });
      context.setGlobal("string.trim", (text: string) => text.trim());
      context.setGlobal("math.tau", 6.25);
      expect(context.executeSync("return ('  x '):trim() .. string.trim(' y'), math.tau", { all: true })).toEqual(["xy", 6.25]);
      expect(engine.createContext({ policy }).executeSync("return string.trim == nil and math.tau == nil")).toBe(true);
    }
    engine.dispose();
  });
});

describe("metatables", () => {
  test("of strings and files are out of reach", () => {
    expect(results("return getmetatable(''), getmetatable('x'), getmetatable(io.stdout)")).toEqual([false, false, false]);
    expect(results("return ('x'):rep(3), ('5' + 1), #'abc', ('a'):upper()")).toEqual(["xxx", 6, 3, "A"]);
    expect(failure("getmetatable('').__index = nil")).toContain("attempt to index a boolean value");
    expect(failure("debug.setmetatable('', nil)", restricted.derive({ libraries: { debug: ["setmetatable"] } }))).toContain("permission denied: the metatable of a string value is protected (policy 'restricted+')");
    for (const value of ["0", "nil", "true", "print", "coroutine.create(print)", "io.stdout"]) {
      expect(failure(`debug.setmetatable(${value}, {})`, restricted.derive({ libraries: { debug: ["setmetatable"] } })), value).toContain("permission denied: ");
    }
  });

  test("of a script's own values are its own", () => {
    expect(results("local t = setmetatable({}, { __index = function(_, k) return k end }); return t.x, getmetatable(t) ~= nil")).toEqual(["x", true]);
  });
});

describe("load", () => {
  const chunk = (): string => {
    const state = createState();
    return state.dump(state.load("return 42", "=dumped"), false)!;
  };

  test("takes text only, unless the policy says more", () => {
    const { state, run } = sandboxed();
    defineGlobal(state, "chunk", chunk());
    expect(run("return load(chunk)").results).toEqual([undefined, "attempt to load a binary chunk (mode is 't')"]);
    expect(run("return load(chunk, 'x', 'b')").results).toEqual([undefined, "attempt to load a binary chunk (mode is 't')"]);
    expect(run("return load(function() local c = chunk; chunk = nil; return c end)").results).toEqual([undefined, "attempt to load a binary chunk (mode is 't')"]);
    expect(run("return load('return 1', 'x', 'b')").results).toEqual([undefined, "attempt to load a text chunk (mode is 'b')"]);
    const open = sandboxed({ policy: restricted.derive({ loadModes: "bt" }) });
    defineGlobal(open.state, "chunk", chunk());
    expect(open.run("return load(chunk)()").results).toEqual([42]);
    const binary = sandboxed({ policy: restricted.derive({ loadModes: "b" }) });
    defineGlobal(binary.state, "chunk", chunk());
    expect(binary.run("return load(chunk)()").results).toEqual([42]);
    expect(binary.run("return load('return 1')").results).toEqual([undefined, "attempt to load a text chunk (mode is 'b')"]);
  });

  test("gives functions whose globals are the sandbox's", () => {
    expect(failure("load('string.x = 1')()")).toContain("read-only table ('string')");
    expect(results("return load('return ...', 'c', 't', {})(7)")).toEqual([7]);
  });
});

describe("files", () => {
  let base: string;
  let root: string;
  let policy: Policy;
  let run: (source: string) => ReturnType<typeof runSandboxed>;

  beforeAll(() => {
    base = realpathSync(mkdtempSync(join(tmpdir(), "sandbox-")));
    root = join(base, "root");
    mkdirSync(join(root, "sub"), { recursive: true });
    mkdirSync(join(base, "root-not"));
    writeFileSync(join(base, "secret.txt"), "secret");
    writeFileSync(join(base, "root-not", "secret.txt"), "secret");
    writeFileSync(join(root, "data.txt"), "data");
    writeFileSync(join(root, "code.lua"), "return 'code'");
    symlinkSync(join(base, "secret.txt"), join(root, "link"));
    symlinkSync("../secret.txt", join(root, "relative"));
    symlinkSync(base, join(root, "up"));
    symlinkSync(join(base, "made.txt"), join(root, "dangling"));
    symlinkSync("loop2", join(root, "loop1"));
    symlinkSync("loop1", join(root, "loop2"));
    symlinkSync("data.txt", join(root, "inner"));
    policy = restricted.derive({ permissions: { files: { read: [root], write: [join(root, "sub")] } } });
    run = (source) => runSandboxed(`local root, base = "${root}", "${base}"\n${source}`, { policy });
  });
  afterAll(() => rmSync(base, { recursive: true }));

  test("under the roots can be read", () => {
    expect(run("return io.open(root .. '/data.txt'):read('a'), io.open(root .. '/inner'):read('a'), io.open(root .. '/sub/../data.txt'):read('a'), dofile(root .. '/code.lua')").results)
      .toEqual(["data", "data", "data", "code"]);
    expect(run("for line in io.lines(root .. '/data.txt') do return line end").results).toEqual(["data"]);
    expect(run("return io.open(root .. '/missing.txt')").results).toEqual([undefined, `${root}/missing.txt: No such file or directory`, 2]);
    expect(run("return io.open(root .. '/no/such/dir.txt')").results.slice(1)).toEqual([`${root}/no/such/dir.txt: No such file or directory`, 2]);
  });

  const OUTSIDE = [
    "/etc/passwd", "BASE/secret.txt", "ROOT/../secret.txt", "ROOT/sub/../../secret.txt", "ROOT/link", "ROOT/relative", "ROOT/up/secret.txt", "ROOT/up/root-not/secret.txt", "ROOT-not/secret.txt",
    "ROOT/./../secret.txt", "ROOT//..//secret.txt", "ROOT/sub/../link", "ROOT/dangling", "../../../../../../../../etc/passwd", "", ".", "/", "ROOT/..", "ROOT/up", "/proc/self/environ", "/dev/stdin",
    "BASE/missing", "/nowhere/at/all", "~/x", "file:///etc/passwd", "ROOT/missing/../../secret.txt", "ROOT/data.txt/../../secret.txt",
  ];

  test.each(OUTSIDE)("reading %j is denied", (path) => {
    const lua = JSON.stringify(path.replace("ROOT", root).replace("BASE", base));
    for (const read of ["io.open(P)", "io.open(P, 'rb')", "io.lines(P)", "io.input(P)", "loadfile(P)", "dofile(P)", "io.open(P, 'r+')"]) {
      const { error, results, cause } = run(`return ${read.replace("P", lua)}`);
      expect(error, read).toMatch(/permission denied: file (read|write) of '.*' is outside the allowed roots$/);
      expect(results).toEqual([]);
      expect(cause).toMatchObject({ code: "permission", permission: expect.stringMatching(/^file\.(read|write)$/) });
    }
  });

  test.each([...OUTSIDE, "ROOT/data.txt", "ROOT/new.txt", "ROOT/sub/../new.txt"])("writing %j is denied", (path) => {
    const lua = JSON.stringify(path.replace("ROOT", root).replace("BASE", base));
    const before = readdirSync(base, { recursive: true }).sort();
    for (const write of ["io.open(P, 'w')", "io.open(P, 'a')", "io.open(P, 'w+b')", "io.output(P)", "os.remove(P)", "os.rename(P, root .. '/sub/x')", "os.rename(root .. '/sub', P)"]) {
      expect(run(`return ${write.replace("P", lua)}`).error, write).toMatch(/permission denied: file (read|write) of '.*' is outside the allowed roots$/);
    }
    expect(readdirSync(base, { recursive: true }).sort()).toEqual(before);
    expect(readFileSync(join(base, "secret.txt"), "utf8")).toBe("secret");
  });

  test("a root itself cannot be removed or renamed", () => {
    for (const call of ["os.remove(root .. '/sub')", "os.remove(root .. '/sub/.')", "os.remove(root .. '/up/root/sub')", "os.rename(root .. '/sub', root .. '/sub/x')", "os.rename(root .. '/sub/', root .. '/sub/x')"]) {
      expect(run(call).error, call).toContain("is outside the allowed roots");
    }
    expect(readdirSync(root)).toContain("sub");
  });

  test("a link that goes in a circle is an error of the file", () => {
    expect(run("return io.open(root .. '/loop1')").results).toEqual([undefined, `${root}/loop1: Too many levels of symbolic links`, 40]);
  });

  test("a zero byte hides nothing", () => {
    expect(run(`return io.open(root .. "/data.txt\\0/../../secret.txt")`).error).toContain("data.txt\\0/../../secret.txt' has a zero byte in its path");
    expect(run(`return io.open("/etc/passwd\\0" .. root)`).error).toContain("has a zero byte in its path");
  });

  test("under the roots for writing can be written, renamed and removed", () => {
    expect(run(`
      local name = root .. "/sub/new.txt"
      local f = io.open(name, "w"); f:write("text"); f:close()
      local g = io.open(name, "a"); g:write("+"); g:close()
      local read = io.open(name):read("a")
      local renamed, removed = os.rename(name, root .. "/sub/other.txt"), os.remove(root .. "/sub/other.txt")
      return read, renamed, removed`).results).toEqual(["text+", true, true]);
  });

  test("are denied altogether without a grant, and the refusal says so", () => {
    expect(failure("io.open('/tmp/x')")).toBe("x:1: permission denied: file read of '/tmp/x' (policy 'restricted' grants no files to read)");
    expect(failure("io.open('/tmp/x', 'w')")).toBe("x:1: permission denied: file write of '/tmp/x' (policy 'restricted' grants no files to write)");
    for (const call of ["os.remove('/tmp/x')", "os.rename('/tmp/x', '/tmp/y')", "os.tmpname()", "io.tmpfile()", "loadfile('/tmp/x')", "dofile('/tmp/x')", "io.lines('/tmp/x')"]) {
      expect(failure(call), call).toContain("permission denied: ");
    }
    expect(run("os.tmpname()").error).toContain("permission denied: making a temporary file");
    expect(run("io.tmpfile()").error).toContain("permission denied: making a temporary file");
  });

  test("a host that cannot resolve links confines nobody", () => {
    const { resolve: _, ...files } = nodeHost().files;
    const outcome = runSandboxed(`return io.open("${root}/data.txt")`, { policy, host: { ...nodeHost(), files } });
    expect(outcome.error).toContain("cannot be confined to the allowed roots by this host");
  });

  test("open at a time are limited", () => {
    expect(run("local open = {} for i = 1, 200 do local f, e = io.open(root .. '/data.txt') if not f then return i, e end open[i] = f end").results)
      .toEqual([65, `${root}/data.txt: Too many open files`]);
  });

  test("pcall gets the message as a string, and goes on", () => {
    expect(run("local ok, e = pcall(io.open, '/etc/passwd'); return ok, e").results).toEqual([false, "permission denied: file read of '/etc/passwd' is outside the allowed roots"]);
  });
});

describe("the rest of the machine", () => {
  const PATHS: readonly [string, string][] = [
    ["os.execute('id')", "permission denied: running the command 'id' (policy 'restricted' does not grant 'process')"],
    ["io.popen('id')", "permission denied: running the command 'id' (policy 'restricted' does not grant 'process')"],
    ["os.exit(3)", "permission denied: ending the process (policy 'restricted' does not grant 'process')"],
    ["os.exit(true, true)", "permission denied: ending the process (policy 'restricted' does not grant 'process')"],
    ["os.getenv('PATH')", "permission denied: environment variable 'PATH' (policy 'restricted' does not grant it)"],
    ["io.read()", "permission denied: reading standard input (policy 'restricted' does not grant 'streams')"],
    ["io.stdin:read('a')", "permission denied: reading standard input (policy 'restricted' does not grant 'streams')"],
    ["io.lines()()", "permission denied: reading standard input (policy 'restricted' does not grant 'streams')"],
    ["io.stdin:seek('set')", "permission denied: reading standard input (policy 'restricted' does not grant 'streams')"],
  ];

  test.each(PATHS)("%s is denied", (source, message) => {
    expect(failure(source)).toBe(`x:1: ${message}`);
  });

  test("is there for whom it is granted", () => {
    const policy = restricted.derive({ permissions: { environment: ["SANDBOX_TEST"], process: true } });
    process.env["SANDBOX_TEST"] = "yes";
    expect(results("return os.getenv('SANDBOX_TEST'), os.execute() == true, io.popen('echo hi'):read('a')", policy)).toEqual(["yes", true, "hi\n"]);
    expect(failure("os.getenv('PATH')", policy)).toContain("environment variable 'PATH'");
    expect(results("return os.execute()")).toEqual([false]);
  });

  test("output is the host's, and nothing of its streams", () => {
    const outcome = runSandboxed("print('a') io.write('b', 1, '\\n') io.stdout:write('c\\n') io.stderr:write('e\\n') io.stdout:setvbuf('full', 1 << 30) io.write('d') return io.stdout:seek('set')");
    expect(outcome.output).toBe("a\nb1\nc\ne\nd");
    expect(outcome.results).toEqual([undefined, "Illegal seek", 29]);
  });

  test("warnings go to the standard error, once they are switched on", () => {
    expect(runSandboxed("warn('a') warn('@on') warn('b', 'c') warn('@off') warn('d')").output).toBe("Lua warning: bc\n");
    expect(runSandboxed("warn('@on') setmetatable({}, { __gc = function() error('in gc') end }) collectgarbage()").output).toBe("Lua warning: error in __gc (x:1: in gc)\n");
  });

  test("locales are the C locale's", () => {
    expect(results("return os.setlocale(), os.setlocale('de_DE')")).toEqual(["C", undefined]);
  });
});

describe("permissions that functions of the host ask for", () => {
  const connect = new NativeFunction("connect", (f) => {
    const host = f.string(1);
    requirePermission(f.L.state, "network", host, `connecting to '${host}'`);
    return true;
  });

  test("are the policy's", () => {
    const policy = restricted.derive({ name: "zoë", permissions: { network: ["*.example.org"] } });
    const { state, run } = sandboxed({ policy });
    defineGlobal(state, "connect", connect);
    expect(run("return connect('api.example.org')").results).toEqual([true]);
    const denied = run("\nconnect('example.com')");
    expect(denied.error).toBe("x:2: permission denied: connecting to 'example.com' (policy 'zoë' does not grant 'network')");
    expect(denied.cause).toMatchObject({ code: "permission", permission: "network", subject: "example.com", message: "permission denied: connecting to 'example.com' (policy 'zoë' does not grant 'network')" });
    expect(run("return pcall(connect, 'example.com')").results[0]).toBe(false);
  });

  test("are all there in a state without a sandbox", () => {
    const state = createState();
    state.globals.setStr("connect", connect);
    expect(state.call(state.load("return connect('example.com')", "=x"))).toEqual([true]);
    expect(sandboxOf(state)).toBeUndefined();
  });

  test("reach the host as an error with the code permission", async () => {
    const engine = new LuaEngine();
    const context = engine.createContext();
    for (const source of ["io.open('/etc/passwd')", "os.execute('id')", "debug.getinfo(1)", "string.x = 1", "require 'a.b'"]) {
      const code = source.startsWith("require") ? "module" : "permission";
      expect(() => context.executeSync(source), source).toThrow(expect.objectContaining({ name: "ScriptError", code }));
      await expect(context.execute(source), source).rejects.toMatchObject({ name: "ScriptError", code });
    }
    engine.dispose();
  });
});

describe("states of one image", () => {
  test("memory counts the same in each, whatever the others collect", () => {
    const count = "collectgarbage() collectgarbage() local t = {} for i = 1, 100 do t[i] = { string, print, io } end collectgarbage() return collectgarbage('count')";
    const alone = results(count);
    const states = Array.from({ length: 4 }, () => sandboxed());
    for (let round = 0; round < 3; round++) for (const { run } of states) run("collectgarbage() local t = setmetatable({ print, string.rep }, { __mode = 'kv' }) collectgarbage()");
    expect(results(count)).toEqual(alone);
    expect(sandboxed().run(count).results).toEqual(alone);
  });

  test("a census of one takes nothing from the weak tables of another", () => {
    const keep = sandboxed();
    keep.run("weak = setmetatable({}, { __mode = 'k' }) weak[print] = 1 weak[string] = 2 weak[string.rep] = 3 values = setmetatable({ next, string, pcall }, { __mode = 'v' })");
    for (let i = 0; i < 5; i++) {
      sandboxed().run("collectgarbage() string, print, next, pcall = nil collectgarbage()");
      keep.run("collectgarbage()");
    }
    expect(keep.run("local n = 0 for _ in pairs(weak) do n = n + 1 end return n, #values").results).toEqual([3, 3]);
  });
});
