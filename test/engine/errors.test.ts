// ScriptError: what the host learns of each way in which something can fail.
import { describe, expect, test } from "vitest";
import { LuaEngine, PermissionDenied, SCRIPT_ERROR_CODES, ScriptError, type ScriptErrorCode } from "../../src/index.js";
import { toScriptError } from "../../src/engine/errors.js";
import { LuaThrow } from "../../src/vm/fault.js";

const engine = new LuaEngine();

/** The error of a script run in a fresh context. */
function failureOf(source: string, globals: Record<string, unknown> = {}, options = {}): ScriptError {
  const context = engine.createContext({ globals, ...options });
  try {
    context.executeSync(source, { chunkName: "test" });
  } catch (error) {
    expect(error).toBeInstanceOf(ScriptError);
    expect(context.lastError).toBe(error);
    expect(context.state).toBe("error");
    return error as ScriptError;
  } finally {
    context.dispose();
  }
  throw new Error("the script did not fail");
}

describe("codes", () => {
  const cases: readonly [ScriptErrorCode, string, string][] = [
    ["syntax", "return 1 +", "test:1: unexpected symbol near <eof>"],
    ["runtime", "error('boom')", "test:1: boom"],
    ["runtime", "error('boom', 0)", "boom"],
    ["runtime", "local function f() return f() + 1 end f()", "test:1: stack overflow"],
    ["type", "local t = nil; t.x = 1", "test:1: attempt to index a nil value (local 't')"],
    ["type", "return 1 + {}", "test:1: attempt to perform arithmetic on a table value"],
    ["type", "return 'a' < 1", "test:1: attempt to compare string with number"],
    ["type", "nothing()", "test:1: attempt to call a nil value (global 'nothing')"],
    ["type", "return 1.5 | 1", "test:1: number has no integer representation"],
    ["type", "string.rep()", "test:1: bad argument #1 to 'rep' (string expected, got no value)"],
    ["memory", "return ('x'):rep(2147483647)", "not enough memory"],
    ["module", "require 'no.such.module'", "test:1: module 'no.such.module' not found:"],
    ["permission", "io.open('/etc/passwd')", "permission denied"],
    ["permission", "os.execute('true')", "permission denied"],
  ];

  test.each(cases)("%s: %s", (code, source, message) => {
    const error = failureOf(source);
    expect([error.code, error.message]).toEqual([code, expect.stringContaining(message)]);
  });

  test("a binary chunk is refused where the policy takes text only", () => {
    expect(failureOf("\x1bLua")).toMatchObject({ code: "permission", message: expect.stringContaining("binary chunk") as string });
  });

  test("a damaged binary chunk is a syntax error", () => {
    expect(failureOf("\x1bLua", {}, { policy: "none" })).toMatchObject({ code: "syntax", message: expect.stringContaining("truncated") as string });
  });

  test("limits have the codes limit, timeout, memory", () => {
    expect(failureOf("while true do end", {}, { limits: { instructions: 1000 } })).toMatchObject({ code: "limit", limit: "instructions" });
    expect(failureOf("while true do end", {}, { limits: { time: 5 } })).toMatchObject({ code: "timeout", limit: "time" });
    expect(failureOf("while true do end", {}, { limits: { cpuTime: 5 } })).toMatchObject({ code: "timeout", limit: "cpuTime" });
    expect(failureOf("local t = {} for i = 1, 1e7 do t[i] = {} end", {}, { limits: { memory: 200_000 } })).toMatchObject({ code: "memory", limit: "memory" });
  });

  test("each is documented once", () => {
    expect(new Set(SCRIPT_ERROR_CODES).size).toBe(SCRIPT_ERROR_CODES.length);
    expect(SCRIPT_ERROR_CODES).toEqual(["syntax", "runtime", "type", "memory", "limit", "timeout", "permission", "module", "cancelled", "internal"]);
  });
});

describe("what an error says", () => {
  test("where it was raised, and the way there", () => {
    const error = failureOf("local function inner()\n  error('deep')\nend\ninner()");
    expect(error.location).toEqual({ chunk: "test", line: 2 });
    expect(error.luaTraceback).toContain("test:2: in upvalue 'inner'".replace("upvalue", "local"));
    expect(error.luaTraceback).toContain("test:4: in main chunk");
  });

  test("a syntax error's line", () => {
    expect(failureOf("x = 1\n\ny = = 2").location).toEqual({ chunk: "test", line: 3 });
  });

  test("the place of a limit", () => {
    expect(failureOf("local x = 1\nwhile true do\nend", {}, { limits: { instructions: 1000 } })).toMatchObject({ location: { chunk: "test", line: 2 } });
  });

  test("names and messages that are not ASCII are text", () => {
    const context = engine.createContext();
    expect(() => context.executeSync("error('größer als 1 €')", { chunkName: "prüfung" })).toThrow("prüfung:1: größer als 1 €");
    expect(context.lastError!.location).toEqual({ chunk: "prüfung", line: 1 });
  });

  test("the error value in the plain view", () => {
    expect(failureOf("error({ code = 42, list = { 1, 2 } })").value).toEqual({ code: 42, list: [1, 2] });
    expect(failureOf("error({ code = 42 })").message).toBe("(error object is a table value)");
    expect(failureOf("error(setmetatable({}, { __tostring = function() return 'a nice text' end }))").message).toBe("a nice text");
    expect(failureOf("error()").value).toBeUndefined();
    expect(failureOf("error(12)").message).toBe("12");
  });

  test("an error value that cannot be shown does not hide the error", () => {
    const error = failureOf("local t = {} for i = 1, 300 do t = { t } end error(t)");
    expect([error.code, error.value]).toEqual(["runtime", undefined]);
  });

  test("a __tostring that fails or never ends does not hide the error", () => {
    expect(failureOf("error(setmetatable({}, { __tostring = function() error('no') end }))").code).toBe("runtime");
    expect(failureOf("error(setmetatable({}, { __tostring = function() while true do end end }))", {}, { limits: { instructions: 10_000 } }).code).toMatch(/^(runtime|limit)$/);
  });
});

describe("errors of the host", () => {
  const failing = (error: unknown): Record<string, unknown> => ({ fail: () => { throw error; } });

  test("reach Lua as values and come back as the cause", () => {
    const original = new RangeError("out of beans");
    const error = failureOf("local ok, e = pcall(fail) assert(not ok and e == 'out of beans', e) fail()", failing(original));
    expect(error.cause).toBe(original);
    expect([error.code, error.message]).toEqual(["runtime", "test:1: out of beans"]);
  });

  test("that are ScriptErrors keep their code", () => {
    expect(failureOf("fail()", failing(new ScriptError("permission", "not you"))).code).toBe("permission");
    expect(failureOf("fail()", failing(new PermissionDenied("network", "x", "no network"))).code).toBe("permission");
  });

  test("with a code of another world do not", () => {
    expect(failureOf("fail()", failing(Object.assign(new Error("gone"), { code: "ENOENT" }))).code).toBe("runtime");
  });

  test.each([undefined, null, "text", 42, Symbol("s"), { toString: null }])("that are no Error (%s) are errors all the same", (thrown) => {
    expect(failureOf("fail()", failing(thrown))).toBeInstanceOf(ScriptError);
  });

  test("of a rejected promise", async () => {
    const original = new Error("late");
    const context = engine.createContext({ globals: { later: async () => { await Promise.resolve(); throw original; } } });
    await expect(context.execute("later()")).rejects.toMatchObject({ name: "ScriptError", message: "script:1: late", cause: original });
    expect(await context.execute("local ok, e = pcall(later) return e")).toBe("late");
  });
});

describe("toJSON", () => {
  test("has everything, the chain of causes included", () => {
    const cause = new Error("outer", { cause: new ScriptError("module", "inner", { value: 1n }) });
    const error = new ScriptError("runtime", "message", { location: { chunk: "c", line: 3 }, luaTraceback: "stack traceback:", value: { big: 2n ** 60n }, cause });
    expect(JSON.parse(JSON.stringify(error))).toEqual({
      name: "ScriptError", code: "runtime", message: "message", location: { chunk: "c", line: 3 }, luaTraceback: "stack traceback:",
      value: { big: "1152921504606846976" },
      cause: { name: "Error", message: "outer", cause: { name: "ScriptError", code: "module", message: "inner", value: "1" } },
    });
  });

  test("never fails: cycles, functions, endless causes", () => {
    const cycle: Record<string, unknown> = {};
    cycle["self"] = cycle;
    const endless = new Error("endless");
    endless.cause = endless;
    const json = new ScriptError("runtime", "m", { value: cycle, cause: endless }).toJSON();
    expect(json).not.toHaveProperty("value");
    expect(JSON.stringify(json).length).toBeLessThan(1000);
    expect(new ScriptError("runtime", "m", { value: () => 1 }).toJSON()).toEqual({ name: "ScriptError", code: "runtime", message: "m" });
    expect(new ScriptError("runtime", "m", { value: Infinity }).toJSON().value).toBe("Infinity");
  });
});

describe("toScriptError", () => {
  test("leaves a ScriptError as it is", () => {
    const error = new ScriptError("limit", "x");
    expect(toScriptError(error)).toBe(error);
  });

  test("takes anything", () => {
    expect(toScriptError(new LuaThrow("text", undefined, "module"))).toMatchObject({ code: "module", message: "text", value: "text" });
    expect(toScriptError(new TypeError("broken"))).toMatchObject({ code: "internal", message: "broken", cause: expect.any(TypeError) as TypeError });
    expect(toScriptError("text")).toMatchObject({ code: "internal", message: "text" });
    expect(toScriptError(new RangeError("Maximum call stack size exceeded"))).toMatchObject({ code: "internal" });
  });
});
