// Numbers that V8 keeps in objects of their own wherever a table refers to them: all but integers of 32 bits. To put one in the place of a
// value that needs none takes memory, although nothing of Lua's is made, so it is accounted for as an allocation.
import { LuaFloat } from "../number/float.js";
import { SIZE, allocate } from "./accounting.js";
import type { LuaValue } from "./value.js";

/** Whether a slot refers to an object that is there for `v` alone. */
export function isBoxed(v: LuaValue): boolean {
  return typeof v === "number" ? (v | 0) !== v : typeof v === "object" ? v instanceof LuaFloat : typeof v === "bigint";
}

/** Bytes of that object; 0 without one. */
export function boxSize(v: LuaValue): number {
  if (typeof v === "number") return (v | 0) === v ? 0 : SIZE.float;
  if (typeof v === "object") return v instanceof LuaFloat ? SIZE.boxedFloat : 0;
  return typeof v === "bigint" ? SIZE.wideInteger : 0;
}

/** Whether `v` may take more memory than `old`, in whose place it is stored: a quick look before {@link payForBox}. */
export function mayGrow(old: LuaValue, v: LuaValue): boolean {
  if (typeof v === "number") return (v | 0) !== v && (typeof old !== "number" || (old | 0) === old);
  return typeof v === "object" ? v instanceof LuaFloat && !(old instanceof LuaFloat) : typeof v === "bigint";
}

/** Accounts for `v` in a slot that held `old`. */
export function payForBox(old: LuaValue, v: LuaValue): void {
  const more = boxSize(v) - boxSize(old);
  if (more > 0) allocate(more);
}

/** Bytes of the objects of numbers in list[from] and behind it. */
export function boxesIn(list: readonly LuaValue[], from: number): number {
  let bytes = 0;
  for (let i = from; i < list.length; i++) bytes += boxSize(list[i]);
  return bytes;
}
