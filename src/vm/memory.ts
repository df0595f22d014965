// A state's memory: how much is in use, when a census is due, and the limit.
import { type AllocationWatcher, MAX_STRING, SIZE, allocate, heap } from "./accounting.js";
import { foundDead } from "./garbage.js";
import { COST } from "./meter.js";
import type { LuaState } from "./state.js";

/** A census is not due before this many bytes were allocated since the last one. */
const MIN_STEP = 512 * 1024;
/** The clock is looked at after so many bytes: V8 spends time on them that no instruction pays for, such as joining the parts of strings. */
const POLL_STEP = 4 * 1024 * 1024;
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
  /** Allocation between two censuses may pass the limit by this. */
  private slack = Infinity;
  /** Reading of {@link allocated} that must not be passed. */
  private allocationEnd = Infinity;
  private live = 0;
  /** Bytes that the host holds on the script's behalf: no census finds them. */
  private held = 0;
  private allocatedAtCensus = 0;
  /** Reading of {@link allocated} past which a census is due. */
  private censusAt = Infinity;
  /** collectgarbage("setpause"): threshold as percentage of live memory. */
  pause = 200;
  private saved = { allocated: 0, allocations: 0, threshold: POLL_STEP, longest: MAX_STRING };
  /** This state's counters are the running ones; `outer` are those of whoever ran before. */
  private isRunning = false;
  private readonly outer = { allocated: 0, allocations: 0, threshold: Infinity, longest: MAX_STRING, watcher: null as AllocationWatcher | null };

  constructor(private readonly state: LuaState) {}

  /** Bytes ever allocated. */
  get allocated(): number {
    return !this.isRunning ? this.saved.allocated : heap.allocated;
  }

  /** Times that memory was allocated: a table, a string, growth of one, and so on. */
  get allocations(): number {
    return !this.isRunning ? this.saved.allocations : heap.allocations;
  }

  /** Bytes live at the last census plus what was allocated since. */
  get inUse(): number {
    return this.live + this.allocated - this.allocatedAtCensus;
  }

  swapIn(): void {
    const { outer, saved } = this;
    outer.allocated = heap.allocated;
    outer.allocations = heap.allocations;
    outer.threshold = heap.threshold;
    outer.longest = heap.longest;
    outer.watcher = heap.watcher;
    heap.allocated = saved.allocated;
    heap.allocations = saved.allocations;
    heap.threshold = saved.threshold;
    heap.longest = saved.longest;
    heap.watcher = this.state;
    this.isRunning = true;
  }

  swapOut(): void {
    const { outer, saved } = this;
    saved.allocated = heap.allocated;
    saved.allocations = heap.allocations;
    saved.threshold = heap.threshold;
    saved.longest = heap.longest;
    heap.allocated = outer.allocated;
    heap.allocations = outer.allocations;
    heap.threshold = outer.threshold;
    heap.longest = outer.longest;
    heap.watcher = outer.watcher!;
    outer.watcher = null; // another state must not be kept
    this.isRunning = false;
  }

  /** Bytes that may be live before the state is stopped (Infinity: no limit). */
  setLimit(bytes: number): void {
    this.limit = bytes;
    this.slack = bytes / LIMIT_SLACK;
    this.schedule();
  }

  /** All limits at once. `own`: what the innermost budget may use, for how closely it is watched. */
  setEnds(live: number, allocated: number, own: number): void {
    if (live === this.limit && allocated === this.allocationEnd && own / LIMIT_SLACK === this.slack) return;
    this.limit = live;
    this.allocationEnd = allocated;
    this.slack = own / LIMIT_SLACK;
    this.schedule();
  }

  /** Strings longer than `bytes` cannot be built. */
  setLongest(bytes: number): void {
    const longest = Math.min(bytes, MAX_STRING);
    if (!this.isRunning) this.saved.longest = longest;
    else heap.longest = longest;
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

  /** The threshold was passed: a census is due, or only a look at the clock. */
  passed(): void {
    this.due = this.isPast;
    heap.threshold = this.due ? Infinity : this.nextThreshold(); // told once
  }

  /** Whether so much was allocated that a census is due. */
  get isPast(): boolean {
    return this.allocated > this.censusAt;
  }

  private nextThreshold(): number {
    return Math.min(this.censusAt, this.allocated + POLL_STEP);
  }

  /** The host needs `bytes` for something of the script's (a handle, say) until it calls {@link release}. */
  hold(bytes: number): void {
    this.held += bytes;
    if (!this.isRunning) this.saved.allocated += bytes;
    else allocate(bytes);
  }

  release(bytes: number): void {
    this.held -= bytes;
  }

  /** A census found `live` bytes, and read `read` more. Raises when what is alive, with what the host holds, is over the limit. */
  counted(live: number, read = 0): void {
    this.collections++;
    live += this.held;
    if (this.limit !== Infinity) foundDead(this.inUse - live);
    this.live = live;
    this.allocatedAtCensus = this.allocated;
    if (live > this.peak) this.peak = live;
    this.schedule();
    if (live > this.limit) throw this.state.budgets.reached("memory");
    this.state.meter.charge(live / COST.censusBytesPerUnit + read / COST.bytesPerUnit);
  }

  /** Raises when more was allocated than may be. */
  checkAllocations(bytes = 0): void {
    if (this.allocated + bytes > this.allocationEnd) throw this.state.budgets.reached("allocations");
  }

  /** Sets the threshold for the next census. */
  schedule(): void {
    this.due = false;
    let step = Infinity;
    if (this.observed && this.automatic) step = Math.max(MIN_STEP, (this.live * (Math.max(this.pause, 100) - 100)) / 100);
    if (this.limit !== Infinity) step = Math.min(step, Math.max(this.limit - this.live, this.slack));
    this.censusAt = Math.min(this.allocatedAtCensus + step, this.allocationEnd);
    if (!this.isRunning) this.saved.threshold = this.nextThreshold();
    else heap.threshold = this.nextThreshold();
  }

  /**
   * To be called before building a string of `length` bytes: accounts for it, and raises before the memory is used when
   * it does not fit the limit.
   */
  reserveString(length: number): void {
    if (length > heap.longest) this.refuseString();
    this.reserve(SIZE.string + length);
  }

  /** {@link reserveString} for any allocation in proportion to a script's numbers. */
  reserve(bytes: number): void {
    this.require(bytes);
    allocate(bytes);
  }

  /** Raises when `bytes` more do not fit the limit, without accounting for them: for what is about to account for itself. */
  require(bytes: number): void {
    this.checkAllocations(bytes);
    const most = bytes > this.slack ? this.limit : this.limit + this.slack;
    if (this.inUse + bytes <= most) return;
    this.state.tier?.needFrames();
    this.state.census.measure();
    if (this.inUse + bytes > this.limit) throw this.state.budgets.reached("memory");
  }

  /** Raises the error for a string longer than `heap.longest`. */
  refuseString(): void {
    if (heap.longest < MAX_STRING) throw this.state.budgets.reached("stringSize");
  }
}
