// Which values the table library accepts as tables.
import type { Frame } from "../vm/frame.js";
import { metatableOf } from "../vm/metatables.js";
import { LuaTable } from "../vm/table.js";
import type { LuaValue } from "../vm/value.js";

/** What a function does with its table, as bits. */
export const enum Needs {
  Read = 1,
  Write = 2,
  Length = 4,
}

/** Argument `i`: a table, or a value whose metatable has a metamethod for everything that is needed. */
export function tableLike(f: Frame, i: number, needs: number): LuaValue {
  const v = f.arg(i);
  if (v instanceof LuaTable) {
    if ((needs & Needs.Write) !== 0 && v.isReadOnly && v.metatable === null) f.error(v.refusal("modify"), "permission");
    return v;
  }
  const metatable = metatableOf(f.L.state, v);
  if (
    metatable === null ||
    ((needs & Needs.Read) !== 0 && metatable.getStr("__index") === undefined) ||
    ((needs & Needs.Write) !== 0 && metatable.getStr("__newindex") === undefined) ||
    ((needs & Needs.Length) !== 0 && metatable.getStr("__len") === undefined)
  ) f.typeError(i, "table");
  return v;
}
