// Finding metatables and metamethods.
import { LuaFloat } from "../number/float.js";
import type { Event } from "./events.js";
import type { LuaState } from "./state.js";
import { LuaTable } from "./table.js";
import { Userdata } from "./userdata.js";
import { type LuaValue, typeName } from "./value.js";

/** The metatable of any value; types other than table and full userdata share one per type. */
export function metatableOf(state: LuaState, v: LuaValue): LuaTable | null {
  if (v instanceof LuaTable || v instanceof Userdata) return v.metatable;
  if (typeof v === "string") return state.stringMeta;
  if (v instanceof LuaFloat) return state.typeMetas.get("number") ?? null;
  return state.typeMetas.size === 0 ? null : state.typeMetas.get(typeName(v)) ?? null;
}

/** Metamethod for `event` in a metatable; absence is remembered in the metatable. */
export function eventOf(metatable: LuaTable, event: Event): LuaValue {
  const bit = 1 << event;
  if ((metatable.absent & bit) !== 0) return undefined;
  const slot = metatable.shape.findEvent(event);
  const found = slot < 0 ? undefined : metatable.slots[slot];
  if (found === undefined) metatable.absent |= bit;
  return found;
}

/** Metamethod of `v` for `event`, or undefined. */
export function metamethodOf(state: LuaState, v: LuaValue, event: Event): LuaValue {
  const metatable = metatableOf(state, v);
  return metatable === null ? undefined : eventOf(metatable, event);
}

/** Gives `v`, or all values of its basic type, a metatable (lua_setmetatable). */
export function setMetatable(state: LuaState, v: LuaValue, metatable: LuaTable | null): void {
  if (v instanceof LuaTable || v instanceof Userdata) {
    if (v instanceof LuaTable) v.setMetatable(metatable);
    else v.metatable = metatable;
    if (metatable !== null) state.census.adopted(v, metatable);
  } else if (typeof v === "string") state.stringMeta = metatable;
  else if (metatable === null) state.typeMetas.delete(typeName(v));
  else state.typeMetas.set(typeName(v), metatable);
}
