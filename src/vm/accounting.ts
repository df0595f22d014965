// Allocation accounting: what each Lua object costs, and the counter every allocation adds to.
//
// JavaScript runs one state at a time, so the running state's counters live in one module-level record (`heap`) that is
// swapped when another state is entered. Tables and strings can then account without carrying a pointer to their state.

/** Documented prices in bytes, close to C Lua's on a 64-bit machine. */
export const SIZE = {
  table: 56,
  /** One element of the array part. */
  arraySlot: 16,
  /** One string-keyed field or hash entry. */
  hashSlot: 40,
  /** Fixed part of a string; its bytes come on top. */
  string: 24,
  closure: 32,
  /** One upvalue reference in a closure. */
  upvalueRef: 8,
  upvalue: 40,
  thread: 1000,
  frame: 62,
  stackSlot: 16,
  userdata: 40,
  native: 32,
} as const;

/** What `heap` tells when an allocation passes the threshold. Set by the state that is running. */
export interface AllocationWatcher {
  /** Called once when `allocated` passes `threshold`; must only note the fact (no census here: an operation is half done). */
  thresholdPassed(): void;
}

const NOBODY: AllocationWatcher = { thresholdPassed() {} };

/** Longest string that can be built at all; past it "string length overflow" (V8's own limit is a little higher). */
export const MAX_STRING = 0x1fffffe0;

/**
 * The running state's counters. `allocated`: bytes ever allocated; `threshold`: value of it at which a census is due; `longest`:
 * length of the longest string that may be built.
 */
export const heap = { allocated: 0, threshold: Infinity, longest: MAX_STRING, watcher: NOBODY as AllocationWatcher };

/** Adds `bytes` and tells the watcher when the threshold is passed. For allocations whose size a script controls. */
export function allocate(bytes: number): void {
  heap.allocated += bytes;
  if (heap.allocated > heap.threshold) heap.watcher.thresholdPassed();
}

/** What a live string of `length` bytes counts in a census. */
export function stringSize(length: number): number {
  return SIZE.string + length;
}
