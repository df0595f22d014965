// LuaValue and the questions asked of any value.
import { LuaFloat } from "../number/float.js";
import { LuaClosure, type LuaFunction, NativeFunction } from "./function.js";
import { LuaTable } from "./table.js";
import type { Thread } from "./thread.js";
import { LightUserdata, Userdata } from "./userdata.js";

/** Any Lua value. nil is undefined; strings are byte strings; number/float.ts says how numbers are held. */
export type LuaValue =
  | undefined | boolean | number | bigint | LuaFloat | string | LuaTable | LuaFunction | Userdata | LightUserdata | Thread;

/** Basic type names (manual 2.1). */
export type TypeName = "nil" | "boolean" | "number" | "string" | "table" | "function" | "userdata" | "thread";

/** What `type(v)` returns. */
export function typeName(v: LuaValue): TypeName {
  switch (typeof v) {
    case "undefined": return "nil";
    case "boolean": return "boolean";
    case "number": case "bigint": return "number";
    case "string": return "string";
    default:
      if (v instanceof LuaTable) return "table";
      if (v instanceof LuaClosure || v instanceof NativeFunction) return "function";
      if (v instanceof LuaFloat) return "number";
      return v instanceof Userdata || v instanceof LightUserdata ? "userdata" : "thread";
  }
}

/** Everything but nil and false. */
export function isTruthy(v: LuaValue): boolean {
  return v !== undefined && v !== false;
}

export function isFunction(v: LuaValue): v is LuaFunction {
  return v instanceof LuaClosure || v instanceof NativeFunction;
}

/** Primitive equality, without metamethods (manual 3.4.4). */
export function rawEquals(a: LuaValue, b: LuaValue): boolean {
  if (a === b) return true;
  if (a instanceof LuaFloat) {
    if (b instanceof LuaFloat) return a.n === b.n;
    return typeof b === "number" ? a.n === b : typeof b === "bigint" && equalsBigint(a.n, b);
  }
  if (b instanceof LuaFloat) return typeof a === "number" ? a === b.n : typeof a === "bigint" && equalsBigint(b.n, a);
  return a instanceof LightUserdata && b instanceof LightUserdata && a.pointer === b.pointer;
}

function equalsBigint(n: number, big: bigint): boolean {
  return n == (big as unknown); // JS compares a double and a bigint exactly
}
