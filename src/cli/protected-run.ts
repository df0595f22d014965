// Running chunks for the command line: errors become messages with a traceback, taken where the error was raised.
import { LuaThrow } from "../vm/fault.js";
import type { Frame } from "../vm/frame.js";
import { NativeFunction } from "../vm/function.js";
import { traceback } from "../vm/inspect.js";
import { LimitReached } from "../vm/limits.js";
import { metatableOf } from "../vm/metatables.js";
import { concatText } from "../vm/operations.js";
import type { LuaState } from "../vm/state.js";
import { type LuaValue, typeName } from "../vm/value.js";

/** How a run ended. `limit` is set when a hard limit ended it. */
export type Outcome =
  | { readonly ok: true; readonly results: LuaValue[] }
  | { readonly ok: false; readonly message: string; readonly limit?: LimitReached };

/** The text for an error value: strings get a traceback, what has __tostring speaks for itself. */
const MESSAGE_HANDLER = new NativeFunction("message handler", (f: Frame): LuaValue => {
  const value = f.arg(1);
  let message = concatText(value);
  if (message === undefined) {
    const handler = metatableOf(f.L.state, value)?.getStr("__tostring");
    if (handler !== undefined) {
      const text = f.L.call1(handler, value);
      if (typeof text === "string") return text;
    }
    message = `(error object is a ${typeName(value)} value)`;
  }
  return traceback(f.L, message, 1);
});

const PROTECTED_CALL = new NativeFunction("command line", (f: Frame) =>
  f.callProtected(f.arg(1), f.args(2), MESSAGE_HANDLER, (frame, results) => {
    if (frame.failure === null) return frame.resultArray([true, ...results]);
    frame.failure = null;
    return frame.results(false, results[0]);
  }),
);

/** Calls `func` in the main thread of `state`. */
export function callProtected(state: LuaState, func: LuaValue, args: readonly LuaValue[]): Outcome {
  const L = state.mainThread;
  state.enter();
  try {
    const [ok, ...results] = state.nestedCall(L, PROTECTED_CALL, [func, ...args]);
    if (ok === true) return { ok: true, results };
    return { ok: false, message: concatText(results[0]) ?? `(error object is a ${typeName(results[0])} value)` };
  } catch (error) {
    if (error instanceof LimitReached) return { ok: false, message: traceback(state.current, error.message, 0), limit: error };
    throw error;
  } finally {
    state.leave();
  }
}

/** Runs `load` and calls the function it makes; errors of either are the outcome's message. */
export function runLoaded(state: LuaState, load: () => LuaValue, args: () => readonly LuaValue[] = () => []): Outcome {
  let func: LuaValue;
  let values: readonly LuaValue[];
  try {
    func = load();
    values = args();
  } catch (error) {
    if (error instanceof LimitReached) return { ok: false, message: error.message, limit: error };
    if (error instanceof LuaThrow) return { ok: false, message: concatText(error.value) ?? "(error object is not a string)" };
    throw error;
  }
  return callProtected(state, func, values);
}
