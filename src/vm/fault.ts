// What travels when Lua code fails. Neither class extends Error: capturing a JS stack for each Lua error costs microseconds.
import type { LuaValue } from "./value.js";

/** What sort of failure an error is, for the host; Lua code sees the value only. */
export type FailureKind = "runtime" | "type" | "syntax" | "memory" | "module" | "permission";

/** A runtime error without a position yet; the unwinder prefixes "file:line:" of the running Lua function (ldebug's luaG_runerror). */
export class Fault {
  constructor(readonly message: string, readonly kind: FailureKind = "runtime") {}
}

/** A Lua error value under way. `traceback` is taken where it was raised when nobody in Lua will catch it. */
export class LuaThrow {
  traceback: string | undefined = undefined;
  /** The message handler has seen it. */
  handled = false;
  /** `cause`: the host's exception behind it, when there is one. */
  constructor(public value: LuaValue, public cause: unknown = undefined, readonly kind: FailureKind = "runtime") {}
}

/** Raises a runtime error with the position of the running Lua function. */
export function raise(message: string): never {
  throw new Fault(message);
}
