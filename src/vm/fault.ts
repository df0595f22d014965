// What travels when Lua code fails. Neither class extends Error: capturing a JS stack for each Lua error costs microseconds.
import type { LuaValue } from "./value.js";

/** A runtime error without a position yet; the unwinder prefixes "file:line:" of the running Lua function (ldebug's luaG_runerror). */
export class Fault {
  constructor(readonly message: string) {}
}

/** A Lua error value under way. `traceback` is taken where it was raised when nobody in Lua will catch it. */
export class LuaThrow {
  traceback: string | undefined = undefined;
  /** The message handler has seen it. */
  handled = false;
  constructor(public value: LuaValue, public cause: unknown = undefined) {}
}

/** Raises a runtime error with the position of the running Lua function. */
export function raise(message: string): never {
  throw new Fault(message);
}
