// Failures as Lua sees them: a table { code, message, cause } whose tostring reads well.
import { fromHostText } from "../../base/bytes.js";
import { LuaThrow, Fault } from "../../vm/fault.js";
import { NativeFunction } from "../../vm/function.js";
import { LimitReached } from "../../vm/limits.js";
import { LuaError, LuaLimitError } from "../../vm/state.js";
import { LuaTable } from "../../vm/table.js";
import type { LuaValue } from "../../vm/value.js";
import { fromPlain } from "../conversion.js";
import { ScriptError } from "../errors.js";
import { LuaRaisable } from "../host-function.js";
import type { Runtime } from "../runtime.js";
import { messageOf } from "./services/failure.js";

/** A failure of a bridge function, on its way to Lua or through it to the host. `code` and `message` are those of the failure behind it. */
export class BridgeError extends LuaRaisable {
  override name = "BridgeError";
  readonly code: string;

  /** `source`: the function that failed ("memory.load"). */
  constructor(readonly source: string, readonly failure: unknown) {
    super(messageOf(failure), { cause: failure });
    this.code = codeOf(failure);
  }

  luaValue(runtime: Runtime): LuaValue {
    const table = new LuaTable();
    const { details, cause } = this.failure as { readonly details?: Readonly<Record<string, unknown>>; readonly cause?: unknown };
    for (const [key, value] of Object.entries(details ?? {})) table.setStr(fromHostText(key), fromPlain(runtime, value, { functions: "refuse" }));
    table.setStr("code", fromHostText(this.code));
    table.setStr("message", fromHostText(this.message));
    table.setStr("source", fromHostText(this.source));
    if (cause !== undefined) table.setStr("cause", fromHostText(messageOf(cause)));
    table.setMetatable(metatableOf(runtime));
    return table;
  }
}

function codeOf(failure: unknown): string {
  const { code } = (failure ?? {}) as { readonly code?: unknown };
  return typeof code === "string" ? code : "failed";
}

const metatables = new WeakMap<Runtime, LuaTable>();

/** By which tostring gives "memory.load: the store cannot be read". One for each state. */
function metatableOf(runtime: Runtime): LuaTable {
  let metatable = metatables.get(runtime);
  if (metatable === undefined) {
    metatables.set(runtime, (metatable = new LuaTable()));
    metatable.setStr("__name", "failure");
    metatable.setStr("__metatable", "failure");
    metatable.setStr("__tostring", new NativeFunction("failure.__tostring", (f) => describe(f.arg(1))));
  }
  return metatable;
}

function describe(table: LuaValue): string {
  const [source, message] = ["source", "message"].map((key) => (table instanceof LuaTable ? table.getStr(key) : undefined));
  return typeof source === "string" && typeof message === "string" ? `${source}: ${message}` : "failure";
}

/** What a bridge function threw, as what is to be thrown on: Lua's own errors and limits as they are, anything else as a BridgeError. */
export function raised(source: string, error: unknown): unknown {
  if (error instanceof LuaThrow || error instanceof Fault || error instanceof LimitReached || error instanceof LuaRaisable) return error;
  if (error instanceof LuaError || error instanceof LuaLimitError) return error;
  if (error instanceof ScriptError && (error.cause instanceof LuaError || error.cause instanceof LuaLimitError || error.cause instanceof LuaThrow)) return error.cause;
  return new BridgeError(source, error);
}
