// What string functions pay before they build a string.
import { COST } from "../../vm/meter.js";
import type { Frame } from "../../vm/frame.js";

/** Longest string C Lua's library makes (its MAXSIZE, the largest C int). */
export const MAX_SIZE = 0x7fffffff;

/** Pays for reading or copying `bytes` bytes. */
export function chargeBytes(f: Frame, bytes: number): void {
  if (bytes >= COST.bytesPerUnit) f.L.state.meter.charge(Math.floor(bytes / COST.bytesPerUnit));
}

/** Pays for a new string of `bytes` bytes, in time and in memory; raises "not enough memory" before it is made. */
export function reserve(f: Frame, bytes: number): void {
  if (bytes < COST.bytesPerUnit) return;
  f.L.state.memory.reserveString(bytes);
  f.L.state.meter.charge(Math.floor(bytes / COST.bytesPerUnit));
}
