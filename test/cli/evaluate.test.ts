import { beforeEach, describe, expect, test } from "vitest";
import { compileTyped, promptText, runTyped } from "../../src/cli/evaluate.js";
import { callProtected, runLoaded } from "../../src/cli/protected-run.js";
import { installWarnings } from "../../src/stdlib/warnings.js";
import { vmCompiler } from "../../src/compiler/vm-compiler.js";
import { openLibraries } from "../../src/stdlib/libraries.js";
import { loadText } from "../../src/stdlib/load-file.js";
import { plainHost } from "../../src/vm/host.js";
import { LuaState } from "../../src/vm/state.js";

let state: LuaState;
let printed = "";
let errors = "";

beforeEach(() => {
  printed = errors = "";
  const host = plainHost((text) => (printed += text), (text) => (errors += text));
  state = new LuaState({ compiler: vmCompiler, host });
  openLibraries(state);
});

const typed = (text: string): string | undefined => {
  const result = compileTyped(state, text);
  return result.kind === "chunk" ? runTyped(state, result.chunk) : result.message;
};

describe("what is typed", () => {
  test("expressions print their values, statements run, nothing prints nothing", () => {
    expect([typed("1, nil"), typed("x = 3"), typed("=x"), typed("")]).toEqual([undefined, undefined, undefined, undefined]);
    expect(printed).toBe("1\tnil\n3\n");
  });

  test("only a text that ends too early goes on", () => {
    expect(compileTyped(state, "for i = 1, 2 do").kind).toBe("incomplete");
    expect(compileTyped(state, "f(").kind).toBe("incomplete");
    expect(compileTyped(state, "a b c").kind).toBe("error");
    expect(compileTyped(state, "return(\n1)").kind).toBe("chunk");
  });

  test("errors come with a traceback; a print that fails is told", () => {
    expect(typed("error('x')")).toBe("stdin:1: x\nstack traceback:\n\t[C]: in function 'error'\n\tstdin:1: in main chunk\n\t[C]: in ?");
    typed("print = function() error('broken', 0) end");
    expect(typed("1")).toBe("error calling 'print' (broken)");
  });

  test("prompts are what tostring makes of them", () => {
    expect([promptText(state, true), promptText(state, false)]).toEqual(["> ", ">> "]);
    typed("_PROMPT, _PROMPT2 = setmetatable({}, {__tostring = function() return 'mine' end}), 12");
    expect([promptText(state, true), promptText(state, false)]).toEqual(["mine", "12"]);
  });
});

describe("protected runs", () => {
  test("give results, messages, or the limit that was reached", () => {
    expect(runLoaded(state, () => loadText(state, "return ...", "=t"), () => [1, "a"])).toEqual({ ok: true, results: [1, "a"] });
    expect(runLoaded(state, () => loadText(state, "return =", "=t"))).toEqual({ ok: false, message: "t:1: unexpected symbol near '='" });
    expect(callProtected(state, undefined, [])).toMatchObject({ ok: false, message: expect.stringContaining("attempt to call a nil value") as string });
    state.meter.setLimit(state.meter.used + 1000);
    const outcome = runLoaded(state, () => loadText(state, "pcall(function() while true do end end)", "=t"));
    expect(outcome).toMatchObject({ ok: false, limit: { kind: "instructions" } });
  });
});

test("warnings are switched by control messages", () => {
  installWarnings(state);
  typed("warn('unheard') warn('@on') warn('a', 'b') warn('@on', 'c') warn('@odd') warn('@off') warn('unheard')");
  expect(errors).toBe("Lua warning: ab\nLua warning: @onc\n");
});
