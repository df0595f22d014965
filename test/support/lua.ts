// Running Lua source in this implementation, with the same answer shape as the oracle.
import { vmCompiler } from "../../src/compiler/vm-compiler.js";
import { LuaSyntaxError } from "../../src/lexer/syntax-error.js";
import { basicLibrary } from "../../src/stdlib/basic.js";
import { coroutineLibrary } from "../../src/stdlib/coroutine.js";
import { debugLibrary } from "../../src/stdlib/debug.js";
import { mathLibrary } from "../../src/stdlib/math.js";
import { stringLibrary } from "../../src/stdlib/string/library.js";
import { tableLibrary } from "../../src/stdlib/table.js";
import { utf8Library } from "../../src/stdlib/utf8.js";
import { plainHost } from "../../src/vm/host.js";
import { type LibrarySpec, openLibrary } from "../../src/vm/library.js";
import { LuaError, LuaState } from "../../src/vm/state.js";
import { expect } from "vitest";
import { type Oracle, type OracleResult } from "./oracle.js";

/** Just enough of io to print with. */
const output: LibrarySpec = {
  name: "io",
  functions: {
    write(f) {
      for (let i = 1; i <= f.count; i++) f.L.state.host.write(f.string(i));
      return f.none();
    },
  },
};

const LIBRARIES = [basicLibrary, coroutineLibrary, tableLibrary, output, stringLibrary, mathLibrary, utf8Library, debugLibrary];

/** A state with the libraries that need no operating system, whose output is collected in `output`. */
export function collectingState(): { state: LuaState; output: () => string } {
  const parts: string[] = [];
  const state = new LuaState({ compiler: vmCompiler, host: plainHost((text) => parts.push(text)) });
  state.enter();
  for (const library of LIBRARIES) openLibrary(state, library);
  state.leave();
  return { state, output: () => parts.join("") };
}

/** Runs Lua source (a byte string) as chunk "=test" in a fresh state. */
export function runLua(source: string): OracleResult {
  const { state, output } = collectingState();
  try {
    state.call(state.load(source, "=test"));
    return { ok: true, output: output() };
  } catch (error) {
    if (error instanceof LuaError || error instanceof LuaSyntaxError) return { ok: false, output: output(), error: error.message };
    throw error;
  }
}

/** Both give the same output and the same error. NaNs print without their sign, which no two platforms agree on. */
export function expectSame(judge: Oracle, source: string): void {
  const unsigned = (text: string): string => text.replaceAll("-nan", "nan");
  const ours = runLua(source);
  const theirs = judge.run(source);
  expect({ ...ours, output: unsigned(ours.output) }).toEqual({ ...theirs, output: unsigned(theirs.output) });
}
