// The debug library (manual, 6.10).
import { formatNumber } from "../number/format.js";
import { isNumber } from "../number/float.js";
import { LuaThrow } from "../vm/fault.js";
import type { Frame } from "../vm/frame.js";
import { traceback as tracebackText } from "../vm/inspect.js";
import type { LibrarySpec } from "../vm/library.js";
import { metatableOf, setMetatable } from "../vm/metatables.js";
import { toStringMeta } from "../vm/operations.js";
import type { Signal } from "../vm/signal.js";
import { LuaTable } from "../vm/table.js";
import { MAX_NATIVE_DEPTH } from "../vm/thread.js";
import type { LuaValue } from "../vm/value.js";
import { intArgument, optIntArgument, targetThread } from "./debug-arguments.js";
import { gethook, sethook } from "./debug-hooks.js";
import { getinfo } from "./debug-info.js";
import { getlocal, setlocal } from "./debug-locals.js";
import { getupvalue, getuservalue, setupvalue, setuservalue, upvalueid, upvaluejoin } from "./debug-upvalues.js";
import { standardStream } from "./io-file.js";
import { loadText } from "./load-file.js";

function getmetatable(f: Frame): LuaValue {
  return metatableOf(f.L.state, f.any(1)) ?? undefined;
}

function setmetatable(f: Frame): LuaValue {
  const metatable = f.arg(2);
  if (!(metatable instanceof LuaTable) && (metatable !== undefined || f.isNone(2))) f.typeError(2, "nil or table");
  setMetatable(f.L.state, f.arg(1), metatable ?? null);
  return f.arg(1);
}

function traceback(f: Frame): LuaValue {
  const { L, skip } = targetThread(f);
  const message = f.arg(skip + 1);
  if (message !== undefined && typeof message !== "string" && !isNumber(message)) return message;
  const text = isNumber(message) ? formatNumber(message) : message;
  return tracebackText(L, text, optIntArgument(f, skip + 2, L === f.L ? 1 : 0));
}

function setcstacklimit(f: Frame): LuaValue {
  intArgument(f, 1);
  return MAX_NATIVE_DEPTH; // what 5.4 answers since the limit cannot be set
}

// ---- the prompt ------------------------------------------------------------------------------------------------------

/** Longest line read at once, newline included (C's buffer of 250 less its terminator). */
const MAX_LINE = 249;

/** debug.debug(): runs lines of the standard input until one says "cont". */
function debug(f: Frame): Signal {
  const { host } = f.L.state;
  for (;;) {
    host.writeError("lua_debug> ");
    const line = readLine(f);
    if (line === "" || line === "cont\n") return f.none();
    try {
      return f.callProtected(loadText(f.L.state, line, "=(debug command)"), [], undefined, afterCommand);
    } catch (error) {
      if (!(error instanceof LuaThrow)) throw error;
      host.writeError(`${toStringMeta(f.L, error.value)}\n`);
    }
  }
}

function afterCommand(f: Frame): Signal {
  if (f.failure !== null) {
    f.L.state.host.writeError(`${toStringMeta(f.L, f.failure.value)}\n`);
    f.failure = null;
  }
  return debug(f);
}

/** The next line of the standard input, "" at its end. */
function readLine(f: Frame): string {
  const { stdin } = f.L.state.host;
  if (stdin === undefined) return "";
  const stream = standardStream(stdin, "r");
  let line = "";
  while (line.length < MAX_LINE && !line.endsWith("\n")) {
    const byte = stream.readBytes(1, () => {});
    if (byte === undefined) break;
    line += byte;
  }
  return line;
}

export const debugLibrary: LibrarySpec = {
  name: "debug",
  functions: {
    debug, gethook, getinfo, getlocal, getmetatable, getupvalue, getuservalue, setcstacklimit, sethook, setlocal, setmetatable,
    setupvalue, setuservalue, traceback, upvalueid, upvaluejoin,
    getregistry: (f) => f.L.state.registry,
  },
};
