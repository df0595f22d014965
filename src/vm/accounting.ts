// Allocation accounting: what each Lua object costs, and the counter every allocation adds to.
//
// JavaScript runs one state at a time, so the running state's counters live in one module-level record (`heap`) that is
// swapped when another state is entered. Tables and strings can then account without carrying a pointer to their state.

/** Documented prices in bytes: about what each thing takes in V8 on a 64-bit machine, so that a limit of memory is one of the process. */
export const SIZE = {
  table: 112,
  /** One element of the array part. */
  arraySlot: 16,
  /** Fixed part of an array part. */
  array: 48,
  /** One field in a shape that tables share. */
  field: 16,
  /** A shape of a table's own; a shape that tables share, once, whose keys with their text cost as much as {@link SIZE.sharedKey} each. */
  shape: 240,
  sharedKey: 64,
  /** One field of a table with a shape of its own, or one entry of the hash part. */
  hashSlot: 88,
  /** Fixed part of a string; its bytes come on top. */
  string: 32,
  /** A float that a slot refers to (all but 32-bit integers), a float with an integral value, a 64-bit integer. */
  float: 16,
  boxedFloat: 48,
  wideInteger: 32,
  closure: 88,
  /** One upvalue reference in a closure. */
  upvalueRef: 16,
  upvalue: 64,
  thread: 1150,
  frame: 168,
  stackSlot: 12,
  userdata: 104,
  /** On top of an object that has a finalizer. */
  finalizer: 48,
  native: 128,
  /** Of a compiled function: fixed part, one instruction with what the machine derives from it, one constant, one name with its range. */
  proto: 1000,
  instruction: 24,
  constant: 16,
  name: 64,
} as const;

/** Who is told of allocations that pass the threshold, and pays for work: the state that is running. */
export interface AllocationWatcher {
  /** Called once when `allocated` passes `threshold`; must only note the fact (no census here: an operation is half done). */
  thresholdPassed(): void;
  /** The running code has done `units` of work; raises when a limit is passed. */
  charge(units: number): void;
  /** Whether {@link charge} is sure not to raise. */
  canPay(units: number): boolean;
}

const NOBODY: AllocationWatcher = { thresholdPassed() {}, charge() {}, canPay: () => true };

/** Longest string that can be built at all; past it "string length overflow" (V8's own limit is a little higher). */
export const MAX_STRING = 0x1fffffe0;

/**
 * The running state's counters. `allocated`: bytes ever allocated, in so many `allocations`; `threshold`: value of it at which a census is due; `longest`:
 * length of the longest string that may be built.
 */
export const heap = { allocated: 0, allocations: 0, threshold: Infinity, longest: MAX_STRING, watcher: NOBODY as AllocationWatcher };

/** Adds `bytes` and tells the watcher when the threshold is passed. For allocations whose size a script controls. */
export function allocate(bytes: number): void {
  heap.allocations++;
  heap.allocated += bytes;
  if (heap.allocated > heap.threshold) heap.watcher.thresholdPassed();
}

/** What a live string of `length` bytes counts in a census. */
export function stringSize(length: number): number {
  return SIZE.string + length;
}
