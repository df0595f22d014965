// The meter: one unit an executed VM instruction (equal to what C Lua's count hook counts), plus a price for native work in
// proportion to what it does. The interpreter subtracts from `fuel` and calls `tick` when it is gone; everything that must
// happen now and then (limits, deadline, hooks, collector steps, preemption) happens there.
import { raise } from "./fault.js";
import { LimitReached, limitMessage } from "./limits.js";

/** Instructions between two ticks when nothing asks for more. Also how often the interpreter loop is entered anew. */
const SLICE = 100_000;

/** The first slices where they grow ({@link Meter.nextSlice}), and the part of all units used so far that the later ones are. */
const FIRST_SLICE = 2_000;
const GROWTH = 1 / 1024;

/**
 * Prices of native work in units. One unit is about one VM instruction's worth of time.
 * Charged as the work goes on, so that a limit stops the work and not only the next instruction.
 */
export const COST = {
  /** Bytes copied, compared or converted for one unit. */
  bytesPerUnit: 32,
  /** Elements moved, read or written for one unit (concat, move, unpack, insert, sort's moves). */
  elementsPerUnit: 4,
  /** Empty places of a table that a traversal passes over for one unit. */
  skippedPerUnit: 16,
  /** Pattern-matching steps for one unit. */
  patternStepsPerUnit: 4,
  /** Tables of a long `__index` or `__newindex` chain looked at for one unit. */
  stepsPerUnit: 2,
  /** One comparison in sort. */
  comparison: 1,
  /** Source bytes compiled for one unit. */
  compiledBytesPerUnit: 8,
  /** Live bytes looked at by a census for one unit. */
  censusBytesPerUnit: 32,
} as const;

export class Meter {
  /** Units that may still be used before the next tick. A small integer at all times. */
  fuel = 0;
  /** Sum of all slices ever granted; `granted − fuel` is what has been used. */
  private granted = 0;
  /** Units used by natives. */
  charged = 0;
  /** Total units this state may use. */
  private limit = Infinity;
  /** Host clock reading (ms) at which a run must stop. */
  private deadline = Infinity;
  /** The next instruction must tick, although the slice is not over. */
  private interrupted = false;
  /** Reading of the other clock at which a run has run long enough. */
  private cpuEnd = Infinity;
  /** Instructions per slice; smaller for hosts that preempt. */
  slice = SLICE;

  /**
   * Called at every tick, for what a host must do now and then. `stoppable`: an instruction is due; the message it then
   * answers is raised as an error there.
   */
  attend: ((stoppable: boolean) => string | undefined) | null = null;

  /** An order of the host: what runs ends with this at its next instruction, and nothing runs until it is taken back. */
  order: LimitReached | null = null;
  /** Words the error for a limit; a state's budgets know whose it is. */
  blame: ((kind: "instructions" | "time" | "cpuTime") => LimitReached) | null = null;

  /** `now`: the clock of deadlines. `elapsed`: a clock in milliseconds that only goes forward. */
  constructor(private readonly now: () => number, private readonly elapsed: () => number = now) {}

  /** Units used so far: instructions and native charges. */
  get used(): number {
    return this.granted - this.fuel;
  }

  /** VM instructions executed so far: what C Lua's count hook counts. */
  get instructions(): number {
    return this.granted - this.fuel - this.charged;
  }

  /** Stops the state once `units` in total have been used (Infinity: never). */
  setLimit(units: number): void {
    this.limit = units;
    this.interrupt();
  }

  getLimit(): number {
    return this.limit;
  }

  /** Stops the state when the host clock (ms) passes `time`. */
  setDeadline(time: number): void {
    this.deadline = time;
    this.interrupt();
  }

  getDeadline(): number {
    return this.deadline;
  }

  /** All limits at once, as readings of `used` and of the two clocks. */
  setEnds(units: number, deadline: number, cpuEnd: number): void {
    this.limit = units;
    this.deadline = deadline;
    this.cpuEnd = cpuEnd;
    this.interrupt();
  }

  /** Ends what runs at its next instruction; null takes the order back. */
  give(order: LimitReached | null): void {
    this.order = order;
    this.interrupt();
  }

  /** Makes the next instruction tick. */
  interrupt(): void {
    this.interrupted = true;
    if (this.fuel > 0) {
      this.granted -= this.fuel;
      this.fuel = 0;
    }
  }

  /** Does work of the host that counts for nothing: no limit holds meanwhile. Nothing of Lua may run in it. */
  exempt<T>(action: () => T): T {
    const { limit, deadline, cpuEnd, order, charged } = this;
    this.interrupt();
    const { used } = this;
    this.setEnds(Infinity, Infinity, Infinity);
    this.order = null;
    try {
      return action();
    } finally {
      this.setEnds(limit, deadline, cpuEnd);
      this.order = order;
      this.charged = charged;
      this.granted = used + this.fuel;
    }
  }

  /** Raises when a limit or the deadline has passed: for work that is not charged as it goes on. */
  poll(): void {
    this.check(0);
  }

  /** Native work: uses `units`, and raises when the limit or the deadline has passed. */
  charge(units: number): void {
    units |= 0;
    this.charged += units;
    this.fuel -= units;
    if (this.fuel < 0) this.settle();
  }

  /** Checks the limits without an instruction being due; leaves fuel at 0 or more. */
  private settle(): void {
    this.check(0);
    this.granted -= this.fuel;
    this.fuel = 0; // the next instruction ticks
  }

  /** Raises when more than `limit` units are used or the deadline has passed; `refund` units were not really used then. */
  private check(refund: number): void {
    if (this.order !== null) {
      this.fuel += refund;
      throw this.order;
    }
    if (this.granted - this.fuel > this.limit) {
      this.fuel += refund;
      throw this.reached("instructions");
    }
    if (this.deadline !== Infinity && this.now() >= this.deadline) {
      this.fuel += refund;
      throw this.reached("time");
    }
    if (this.cpuEnd !== Infinity && this.elapsed() >= this.cpuEnd) {
      this.fuel += refund;
      throw this.reached("cpuTime");
    }
    if (this.attend !== null) {
      const message = this.attend(refund > 0);
      if (message === undefined) return;
      this.fuel += refund;
      raise(message);
    }
  }

  private reached(kind: "instructions" | "time" | "cpuTime"): LimitReached {
    return this.blame === null ? new LimitReached(kind, limitMessage(kind, this.limit)) : this.blame(kind);
  }

  /**
   * Called for an instruction that found no fuel: raises if it may not run, else grants the next slice (or nothing, when
   * `everyInstruction` must tick) and pays for the instruction. `growing`: slices are short at first. V8 optimises the
   * interpreter loop again and again while it meets new things; where the loop is soon entered anew, V8 need not compile code to
   * replace the running loop as well, which takes it twice as long.
   */
  nextSlice(everyInstruction: boolean, growing = false): void {
    this.check(1);
    const used = this.granted - this.fuel;
    const slice = growing ? Math.min(this.slice, Math.max(FIRST_SLICE, Math.floor(used * GROWTH))) : this.slice;
    const size = everyInstruction ? 0 : Math.min(slice, Math.max(0, this.limit - used));
    this.granted = used + size;
    this.fuel = size;
    this.interrupted = false;
  }

  /** Gives back the unit of an instruction that was paid for and has yet to run. */
  refund(): void {
    if (this.interrupted) this.granted--;
    else this.fuel++;
  }

  /** Takes all fuel but `units` away for a while: answers what to give to {@link giveBack}. */
  holdBack(units: number): number {
    const held = this.fuel - units;
    if (held <= 0 || this.interrupted) return 0;
    this.fuel = units;
    return held;
  }

  giveBack(held: number): void {
    this.fuel += held;
    if (this.interrupted) this.interrupt();
  }

  /** Grants the next slice without a tick, if that is all a tick would do. */
  extend(): boolean {
    if (this.interrupted || this.attend !== null || this.limit - this.used < 2 * this.slice) return false;
    if (this.deadline !== Infinity && this.now() >= this.deadline) return false;
    if (this.cpuEnd !== Infinity && this.elapsed() >= this.cpuEnd) return false;
    this.granted += this.slice;
    this.fuel += this.slice;
    return true;
  }
}
