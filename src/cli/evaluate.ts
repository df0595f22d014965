// What both read-eval-print loops share: prompts, compiling what was typed, printing what came of it.
import { loadText } from "../stdlib/load-file.js";
import { LuaThrow } from "../vm/fault.js";
import type { LuaClosure } from "../vm/function.js";
import { toStringMeta } from "../vm/operations.js";
import type { LuaState } from "../vm/state.js";
import type { LuaValue } from "../vm/value.js";
import { callProtected } from "./protected-run.js";

/** A typed text: a function, a text that goes on in the next line, or an error. */
export type Typed =
  | { readonly kind: "chunk"; readonly chunk: LuaClosure }
  | { readonly kind: "incomplete"; readonly message: string }
  | { readonly kind: "error"; readonly message: string };

/** The prompt of a first or a following line: _PROMPT, _PROMPT2 through tostring, or the usual. */
export function promptText(state: LuaState, first: boolean): string {
  const v = state.globals.getStr(first ? "_PROMPT" : "_PROMPT2");
  if (v === undefined) return first ? "> " : ">> ";
  return toStringMeta(state.mainThread, v);
}

/** Compiles what was typed, as an expression if it is one. `text` may be several lines. */
export function compileTyped(state: LuaState, text: string): Typed {
  const source = text.startsWith("=") ? `return ${text.slice(1)}` : text;
  if (!source.includes("\n")) { // as C Lua: only a first line is tried as an expression
    try {
      return { kind: "chunk", chunk: loadText(state, `return ${source};`, "=stdin") };
    } catch (error) {
      if (!(error instanceof LuaThrow)) throw error;
    }
  }
  try {
    return { kind: "chunk", chunk: loadText(state, source, "=stdin") };
  } catch (error) {
    if (!(error instanceof LuaThrow)) throw error;
    const message = String(error.value);
    return { kind: message.endsWith("<eof>") ? "incomplete" : "error", message };
  }
}

/** Runs a chunk and prints its results with Lua's own `print`. Answers the error message, if any. */
export function runTyped(state: LuaState, chunk: LuaClosure): string | undefined {
  const outcome = callProtected(state, chunk, []);
  return outcome.ok ? printResults(state, outcome.results) : outcome.message;
}

function printResults(state: LuaState, results: readonly LuaValue[]): string | undefined {
  if (results.length === 0) return undefined;
  const printed = callProtected(state, state.globals.getStr("print"), results);
  return printed.ok ? undefined : `error calling 'print' (${printed.message.split("\nstack traceback:")[0]!})`;
}
