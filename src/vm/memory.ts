// A state's memory: how much is in use, when a census is due, and the limit.
import { type AllocationWatcher, SIZE, allocate, heap } from "./accounting.js";
import { LimitReached } from "./limits.js";
import type { LuaState } from "./state.js";

/** A census is not due before this many bytes were allocated since the last one. */
const MIN_STEP = 512 * 1024;
/** With a limit: allocation between two censuses may pass it by this share, so that a nearly full state does not count all the time. */
const LIMIT_SLACK = 16;

export class Memory {
  /** A census should run at the next opportunity. */
  due = false;
  /** Censuses done. */
  collections = 0;
  /** Highest `inUse` seen at a census. */
  peak = 0;
  /** False after collectgarbage("stop"). */
  automatic = true;
  /** Weak tables or finalizers exist, or the script has asked: the effects need a census now and then. */
  private observed = false;
  private limit = Infinity;
  private live = 0;
  private allocatedAtCensus = 0;
  /** collectgarbage("setpause"): threshold as percentage of live memory. */
  pause = 200;
  private saved = { allocated: 0, threshold: Infinity };
  private outer: { allocated: number; threshold: number; watcher: AllocationWatcher } | undefined;

  constructor(private readonly state: LuaState) {}

  /** Bytes ever allocated. */
  get allocated(): number {
    return this.outer === undefined ? this.saved.allocated : heap.allocated;
  }

  /** Bytes live at the last census plus what was allocated since. */
  get inUse(): number {
    return this.live + this.allocated - this.allocatedAtCensus;
  }

  swapIn(): void {
    this.outer = { allocated: heap.allocated, threshold: heap.threshold, watcher: heap.watcher };
    heap.allocated = this.saved.allocated;
    heap.threshold = this.saved.threshold;
    heap.watcher = this.state;
  }

  swapOut(): void {
    this.saved = { allocated: heap.allocated, threshold: heap.threshold };
    ({ allocated: heap.allocated, threshold: heap.threshold, watcher: heap.watcher } = this.outer!);
    this.outer = undefined;
  }

  /** Bytes that may be live before the state is stopped (Infinity: no limit). */
  setLimit(bytes: number): void {
    this.limit = bytes;
    this.schedule();
  }

  getLimit(): number {
    return this.limit;
  }

  /** A metatable with __mode or __gc came into use, or collectgarbage. */
  observe(): void {
    if (this.observed) return;
    this.observed = true;
    this.schedule();
  }

  /** The threshold was passed; true when somebody must act on it. */
  passed(): boolean {
    this.due = true;
    heap.threshold = Infinity; // told once
    return true;
  }

  /** A census found `live` bytes. Raises when that is over the limit. */
  counted(live: number): void {
    this.collections++;
    this.live = live;
    this.allocatedAtCensus = this.allocated;
    if (live > this.peak) this.peak = live;
    this.schedule();
    if (live > this.limit) throw new LimitReached("memory", `memory limit reached (${this.limit} bytes)`);
  }

  /** Sets the threshold for the next census. */
  schedule(): void {
    this.due = false;
    let step = Infinity;
    if (this.observed && this.automatic) step = Math.max(MIN_STEP, (this.live * (Math.max(this.pause, 100) - 100)) / 100);
    if (this.limit !== Infinity) step = Math.min(step, Math.max(this.limit - this.live, this.limit / LIMIT_SLACK));
    const threshold = this.allocatedAtCensus + step;
    if (this.outer === undefined) this.saved.threshold = threshold;
    else heap.threshold = threshold;
  }

  /**
   * To be called before building a string of `length` bytes: accounts for it, and raises before the memory is used when
   * it does not fit the limit.
   */
  reserveString(length: number): void {
    this.reserve(SIZE.string + length);
  }

  /** {@link reserveString} for any allocation in proportion to a script's numbers. */
  reserve(bytes: number): void {
    this.require(bytes);
    allocate(bytes);
  }

  /** Raises when `bytes` more do not fit the limit, without accounting for them: for what is about to account for itself. */
  require(bytes: number): void {
    if (this.inUse + bytes <= this.limit) return;
    this.state.census.measure();
    if (this.inUse + bytes > this.limit) throw new LimitReached("memory", `memory limit reached (${this.limit} bytes)`);
  }
}
