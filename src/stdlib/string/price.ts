// What string functions pay before they build a string.
import { COST } from "../../vm/meter.js";
import { LuaThrow } from "../../vm/fault.js";
import type { Frame } from "../../vm/frame.js";

/** Longest string C Lua's library makes (its MAXSIZE, the largest C int). */
export const MAX_SIZE = 0x7fffffff;

/** Longest string a JavaScript engine can hold (V8's limit). */
const LONGEST_STRING = 0x1fffffe8;

/** Pays for reading or copying `bytes` bytes. */
export function chargeBytes(f: Frame, bytes: number): void {
  if (bytes >= COST.bytesPerUnit) f.L.state.meter.charge(Math.floor(bytes / COST.bytesPerUnit));
}

/** Pays for a new string of `bytes` bytes, in time and in memory; raises "not enough memory" before it is made. */
export function reserve(f: Frame, bytes: number): void {
  if (bytes < COST.bytesPerUnit) return;
  if (bytes > LONGEST_STRING) throw new LuaThrow("not enough memory");
  f.L.state.memory.reserveString(bytes);
  f.L.state.meter.charge(Math.floor(bytes / COST.bytesPerUnit));
}
