// How the outcome of a host operation reaches Lua (luaL_fileresult, luaL_execresult).
import type { Frame } from "../vm/frame.js";
import { HostError, type ProcessStatus } from "../vm/host.js";
import type { Signal } from "../vm/signal.js";

/** A HostError as nil, message, errno; the message starts with `path` when given. Anything else is thrown on. */
export function hostFailure(f: Frame, error: unknown, path?: string): Signal {
  if (!(error instanceof HostError)) throw error;
  return f.results(undefined, path === undefined ? error.message : `${path}: ${error.message}`, error.errno);
}

/** How a process ended: true or nil, "exit" or "signal", the code. */
export function processResult(f: Frame, status: ProcessStatus): Signal {
  return f.results(status.kind === "exit" && status.code === 0 ? true : undefined, status.kind, status.code);
}
