// The scheduler: shares one JavaScript thread among all scripts, and with the host. It works in turns of at most one slice
// (8 ms unless told otherwise); between two turns the host's event loop goes round.
import type { Slice } from "../vm/run.js";
import { Queue } from "./queue.js";

/** Of eleven slices that all classes ask for, "high" gets seven, "normal" three and "low" one: none starves. */
export type Priority = "high" | "normal" | "low";

const CLASSES = ["high", "normal", "low"] as const;
const SHARES: Readonly<Record<Priority, number>> = { high: 7, normal: 3, low: 1 };

/** Something with work to do: the tasks of one state and one priority. */
export interface Job {
  readonly priority: Priority;
  /** Works until `slice` is over, or less. True: there is more to do. */
  step(slice: Slice): boolean;
}

export interface SchedulerOptions {
  /** Longest time in milliseconds that a turn takes from the host's event loop. 8 unless given. */
  readonly slice?: number;
  /** False: nothing runs but in {@link Scheduler.pump}. True unless given. */
  readonly automatic?: boolean;
  /** A clock that never goes back, in milliseconds; `performance.now` unless given. */
  readonly now?: () => number;
}

/** Units of the meter between two looks at the clock: at most, a tenth of a millisecond or so of interpreted code; … */
const MOST_UNITS = 10_000;
/** … at least, since some units take long, as those that make errors or large values do; … */
const FEWEST_UNITS = 200;
/** … and at first. */
const FIRST_UNITS = 2_000;
/** Milliseconds that there should be between two looks at most. */
const LOOK = 0.5;
/** Share of a turn after which a census ends it: to read a large heap makes V8 collect as well, which no slice can cut. */
const CENSUS_SHARE = 3 / 8;

export class Scheduler {
  readonly slice: number;
  readonly now: () => number;
  private readonly automatic: boolean;
  private readonly queues: Readonly<Record<Priority, Queue<Job>>> = { high: new Queue(), normal: new Queue(), low: new Queue() };
  private readonly credits: Record<Priority, number> = { ...SHARES };
  private isTurnDue = false;
  private isWorking = false;
  private turnEnd = 0;
  /** When a census ends the turn. */
  private censusEnd = 0;
  /** The clock at the last look, and at the last one that {@link pace} has judged by. */
  private looked = 0;
  private paced = 0;
  private readonly limits: Slice = {
    units: FIRST_UNITS,
    isOver: () => (this.looked = this.now()) >= this.turnEnd,
    isOverForCensus: () => this.endForCensus(),
    pace: (units, used) => this.pace(units, used),
  };

  constructor({ slice = 8, automatic = true, now = () => performance.now() }: SchedulerOptions = {}) {
    if (!(slice > 0)) throw new RangeError(`slice must be a positive number of milliseconds, got ${slice}`);
    this.slice = slice;
    this.automatic = automatic;
    this.now = now;
  }

  /** Jobs that have work to do. */
  get length(): number {
    return this.queues.high.length + this.queues.normal.length + this.queues.low.length;
  }

  /** `job` has work to do. It must not be in the queue already. */
  add(job: Job): void {
    this.queues[job.priority].push(job);
    this.wake();
  }

  /**
   * Works for at most `ms` milliseconds (what cannot be preempted may exceed them), for hosts with a loop of their own.
   * True: there is more to do now. Does nothing when called from inside a script.
   */
  pump(ms: number): boolean {
    if (!this.isWorking) this.work(ms);
    return this.length > 0;
  }

  private wake(): void {
    if (!this.automatic || this.isTurnDue || this.isWorking) return;
    this.isTurnDue = true;
    afterEventLoop(() => {
      this.isTurnDue = false;
      this.work(this.slice);
    });
  }

  private work(ms: number): void {
    this.isWorking = true;
    const begin = this.looked = this.now();
    this.turnEnd = begin + ms;
    this.censusEnd = begin + ms * CENSUS_SHARE;
    try {
      do {
        const job = this.next();
        if (job === undefined) break;
        this.paced = this.looked;
        if (job.step(this.limits)) this.queues[job.priority].push(job);
      } while ((this.looked = this.now()) < this.turnEnd);
    } finally {
      this.isWorking = false;
      if (this.length > 0) this.wake();
    }
  }

  /** Units until the next look, when the last `used` were to be `units`: fewer at once where they took long, more little by little. */
  private pace(units: number, used: number): number {
    const elapsed = this.looked - this.paced;
    this.paced = this.looked;
    const fitting = elapsed <= 0 ? MOST_UNITS : Math.floor((used / elapsed) * LOOK);
    return Math.max(FEWEST_UNITS, Math.min(fitting, units * 2, MOST_UNITS));
  }

  private endForCensus(): boolean {
    if (this.now() < this.censusEnd) return false;
    this.turnEnd = this.censusEnd; // the host's event loop is next, not another job
    return true;
  }

  private next(): Job | undefined {
    for (let round = 0; round < 2; round++) {
      for (const priority of CLASSES) {
        if (this.credits[priority] === 0 || this.queues[priority].length === 0) continue;
        this.credits[priority]--;
        return this.queues[priority].shift();
      }
      for (const priority of CLASSES) this.credits[priority] = SHARES[priority];
    }
    return undefined;
  }
}

/** Calls back once the host's event loop has gone round: whatever was pending there comes first. */
const afterEventLoop: (callback: () => void) => void = ((): ((callback: () => void) => void) => {
  if (typeof setImmediate === "function") return (callback) => void setImmediate(callback);
  if (typeof MessageChannel !== "function") return (callback) => void setTimeout(callback, 0);
  const waiting = new Queue<() => void>();
  const channel = new MessageChannel(); // a timer would be clamped to four milliseconds
  channel.port1.addEventListener("message", () => waiting.shift()?.());
  channel.port1.start();
  return (callback) => {
    waiting.push(callback);
    channel.port2.postMessage(null);
  };
})();

let shared: Scheduler | undefined;

/** The scheduler of this process: what states use that were given no other. */
export function defaultScheduler(): Scheduler {
  return (shared ??= new Scheduler());
}
