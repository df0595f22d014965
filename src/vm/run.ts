// Run: a call by the host that can stop and go on. Its thread and frames lie on the heap, so a run that waits for the host,
// or whose slice is over, is nothing but data; any number of them can be under way in one state.
import type { Budget } from "./budgets.js";
import { Stop, closeUpvalues, pushNative } from "./calls.js";
import { LuaThrow } from "./fault.js";
import type { Finalizers } from "./finalizers.js";
import { FrameFlag } from "./frame-flags.js";
import type { Frame } from "./frame.js";
import { NativeFunction } from "./function.js";
import { type Location, locationOf, traceback, tracebackOfAll } from "./inspect.js";
import { LimitReached } from "./limits.js";
import { metatableOf } from "./metatables.js";
import { concatText } from "./operations.js";
import { execute } from "./protected.js";
import type { Signal } from "./signal.js";
import { LuaError, LuaLimitError, type LuaState } from "./state.js";
import { type Thread, ThreadStatus } from "./thread.js";
import { type LuaValue, typeName } from "./value.js";

/**
 * "ready": to be resumed, from the beginning or from where its slice ended. "waiting": for {@link Run.complete} or
 * {@link Run.fail}. "done" and "failed" are final.
 */
export type RunStatus = "ready" | "running" | "waiting" | "done" | "failed";

/** How long a run may go on once resumed. */
export interface Slice {
  /** Units of the meter between two looks at {@link isOver}, at first. */
  readonly units: number;
  /** Whether the run must stop at the instruction that is due. Not asked inside nested calls of natives, which cannot stop. */
  isOver(): boolean;
  /** The same for a pass of the census, asked between its pieces; {@link isOver} unless given. */
  isOverForCensus?(): boolean;
  /** Asked behind {@link isOver}, when `used` units went by since the last time: how many there are to be until the next. {@link units} unless given. */
  pace?(units: number, used: number): number;
}

/** Gives a waiting native its result, when the run is resumed: answers or throws what a native's implementation does. */
export type Delivery = (frame: Frame) => LuaValue | Signal;

/** How the next resume begins; undefined: with the instruction that was due. */
type Next = { readonly deliver: Delivery } | { readonly error: unknown } | undefined;

/** An error that nobody in Lua caught: where it was raised, and what its `__tostring` says. */
interface Uncaught {
  readonly thrown: LuaThrow;
  message: string | undefined;
}

/**
 * A call of a Lua function on a thread of its own. Lua code cannot yield that thread, as it cannot the main thread; the
 * coroutines that it runs it can, and when one of them waits for the host, the whole run waits. The instruction at which a
 * limit ends a run does not depend on its slices.
 */
export class Run {
  readonly thread: Thread;
  status: RunStatus = "ready";
  /** What the function returned, once done. */
  results: LuaValue[] = [];
  /** Why it failed: {@link LuaError}, {@link LuaLimitError}, or what a native threw that Lua code may not catch. */
  error: unknown = undefined;
  /** The limit that ended it, if one did. */
  limit: LimitReached | null = null;
  /** The thread that goes on: the run's own, or the coroutine it is in. */
  private inner: Thread;
  private readonly entry: Frame;
  private next: Next;
  /** What it is charged to beside the state's own budget, outermost first: at first that of the code that has made it. */
  budgets: readonly Budget[];
  private slice: Slice | null = null;
  /** What {@link Slice.pace} has answered last; 0: nothing. */
  private units = 0;
  /** Units used when it was asked last, or at the beginning of this resume. */
  private usedAt = 0;
  /** Ticks of this resume at which it could have stopped. */
  private chances = 0;
  /** LuaState.runs while the run is not in a nested call. */
  private level = 0;
  /** Why it must end at the next instruction. */
  private order: LimitReached | null = null;
  /** @internal The finalizers that run as frames of this run. */
  finalizing: Finalizers | null = null;
  /** @internal A census was put off after the instruction that is due was paid for. */
  isPaid = false;
  /** @internal */
  uncaught: Uncaught | null = null;
  /** @internal Where the error that is under way was raised. */
  raisedAt: { readonly traceback: string; readonly location: Location | undefined } = { traceback: "", location: undefined };

  constructor(readonly state: LuaState, func: LuaValue, args: readonly LuaValue[] = []) {
    state.enter();
    try {
      const thread = state.newThread(RUN_CALL);
      thread.run = this;
      thread.status = ThreadStatus.Normal;
      thread.nativeDepth = 1; // as in a call on the main thread
      thread.unyieldable = 1;
      this.thread = thread;
      this.inner = thread;
      this.entry = pushEntry(thread, func, args);
      this.budgets = state.budgets.lineage();
      this.next = { deliver: RUN_CALL.run };
      state.census.roots.add(thread);
    } finally {
      state.leave();
    }
  }

  /** Whether nothing is left to do. */
  get isOver(): boolean {
    return this.status === "done" || this.status === "failed";
  }

  /**
   * Runs until the function has returned or failed, waits for the host, or `slice` is over; without one it is never
   * preempted. Throws only for a run that is not "ready".
   */
  resume(slice: Slice | null = null): RunStatus {
    if (this.status !== "ready") throw new Error(`a run that is ${this.status} cannot be resumed`);
    const { state } = this;
    const { meter } = state;
    const outer = { thread: state.current, run: state.run, units: meter.slice };
    this.slice = slice;
    this.chances = 0;
    this.level = state.runs + 1;
    this.usedAt = meter.used;
    if (slice !== null) meter.slice = this.units === 0 ? slice.units : this.units;
    state.enter(this);
    const mark = state.budgets.enter(this.budgets);
    outer.thread.status = ThreadStatus.Normal;
    state.current = this.inner;
    this.inner.status = ThreadStatus.Running;
    state.run = this;
    this.status = "running";
    meter.interrupt(); // the first instruction ticks: the slice begins there
    try {
      this.proceed();
      this.settle();
    } catch (error) {
      this.failWith(error);
    } finally {
      this.budgets = state.budgets.leave(mark, this.budgets);
      state.stop = Stop.No;
      state.run = outer.run;
      state.current = outer.thread;
      outer.thread.status = ThreadStatus.Running;
      meter.slice = outer.units;
      meter.interrupt(); // an order to stop the outer run is obeyed at once
      state.leave();
    }
    return this.status;
  }

  /** Ends the wait: the native goes on with what `deliver` answers, at the next resume. Throws for a run that does not wait. */
  complete(deliver: Delivery): void {
    this.endWait({ deliver });
  }

  /** Ends the wait with an error that the waiting native raises: a LuaThrow, a Fault, or what no Lua code may catch. */
  fail(error: unknown): void {
    this.endWait({ error });
  }

  /**
   * Ends the run as a limit does: none of its Lua code runs any more, its coroutines are dead, the error is a
   * {@link LuaLimitError}. A run in progress ends at its next instruction. Nothing happens to one that is over.
   */
  stop(limit: LimitReached): void {
    if (this.isOver) return;
    if (this.status === "running") {
      this.order ??= limit;
      this.state.meter.interrupt();
      return;
    }
    this.state.census.abandon(this);
    this.state.enter();
    this.failWith(limit);
    this.state.leave();
  }

  /**
   * Raises `limit` at the run's next instruction, as if it were reached there: a budget of Lua code that it belongs to ends, else
   * the run. For a run that does not wait.
   */
  interrupt(limit: LimitReached): void {
    this.order ??= limit;
    if (this.status === "running") this.state.meter.interrupt();
  }

  /** The coroutine that the run is in. */
  get innermost(): Thread {
    return this.status === "running" ? this.state.current : this.inner;
  }

  /** Where the run is: the traceback of the coroutine it is in, followed by those of the threads that resumed it. */
  traceback(): string {
    return tracebackOfAll(this.innermost);
  }

  /** @internal At each tick of the state: throws the order to stop, when there is one. */
  obey(): void {
    const { order } = this;
    if (order === null) return;
    this.order = null;
    this.state.meter.fuel++; // the instruction that is due does not run
    throw order;
  }

  /** @internal Whether the tick in progress is the one that every resume begins with. */
  get isFresh(): boolean {
    return this.chances <= 1;
  }

  /** @internal At each tick of the state: whether the run stops before the instruction that is due. */
  isPreempted(): boolean {
    if (this.state.runs !== this.level || this.chances++ === 0 || this.slice === null) return false;
    return this.isTimeOver(this.slice); // a resume executes one instruction at least
  }

  private isTimeOver(slice: Slice): boolean {
    const isOver = slice.isOver();
    const { meter } = this.state;
    const units = this.units === 0 ? slice.units : this.units;
    const used = meter.used - this.usedAt;
    if (slice.pace === undefined || used < units >> 1) return isOver; // too few to judge by
    this.units = meter.slice = slice.pace(units, used);
    this.usedAt = meter.used;
    return isOver;
  }

  /** @internal Whether a tick would stop the run: then emitted code must not pass over it. */
  get isSliceOver(): boolean {
    return this.slice !== null && this.state.runs === this.level && this.isTimeOver(this.slice);
  }

  /** @internal Whether a census may be put off: the slice is over, and nothing nested is in progress. */
  mayPause(): boolean {
    return this.slice !== null && this.state.runs === this.level && (this.slice.isOverForCensus?.() ?? this.slice.isOver());
  }

  /** @internal Whether the native that suspends the run only wants its next slice. */
  get isPaused(): boolean {
    return this.next !== undefined;
  }

  /** @internal From a native: the run is preempted here, and goes on with `deliver`. */
  pause(frame: Frame, deliver: Delivery): Signal {
    this.next = { deliver };
    return frame.suspend();
  }

  private endWait(next: Next): void {
    if (this.status !== "waiting") throw new Error(`a run that is ${this.status} does not wait`);
    this.next = next;
    this.status = "ready";
  }

  private proceed(): void {
    const { state, entry, next } = this;
    this.next = undefined;
    if (next === undefined) execute(state, entry);
    else if ("error" in next) execute(state, entry, null, undefined, next.error);
    else {
      const { frame } = this.inner;
      let outcome: LuaValue | Signal;
      state.runs++; // what it calls is nested
      try {
        outcome = next.deliver(frame);
      } catch (error) {
        state.runs--;
        execute(state, entry, null, undefined, error);
        return;
      }
      state.runs--;
      execute(state, entry, frame, outcome);
    }
  }

  /** The interpreter was left without an exception: because of what? */
  private settle(): void {
    const { state, uncaught, order } = this;
    this.inner = state.current;
    if (state.stop === Stop.No) {
      if (uncaught === null) this.finish("done", this.thread.results);
      else this.failWith(uncaught.thrown);
    } else if (order !== null && order.budget === null) this.failWith(order);
    else {
      this.inner.status = ThreadStatus.Normal;
      this.status = state.stop === Stop.Suspended && this.next === undefined ? "waiting" : "ready";
      if (order !== null && this.status === "waiting") this.fail(order);
    }
  }

  private failWith(error: unknown): void {
    if (this.status === "running") this.inner = this.state.current;
    if (error instanceof LimitReached) {
      this.limit = error;
      this.error = new LuaLimitError(error.kind, error.message, tracebackOfAll(this.inner), locationOf(this.inner, 0));
    } else if (error instanceof LuaThrow) this.error = this.luaError(error);
    else this.error = error;
    this.finish("failed", []);
  }

  private luaError(thrown: LuaThrow): LuaError {
    const { traceback: text, location } = this.raisedAt;
    const message = this.uncaught?.message ?? concatText(thrown.value) ?? `(error object is a ${typeName(thrown.value)} value)`;
    const trace = thrown.traceback === undefined ? text : `${text}\n(...raised first in another task...)\n${thrown.traceback}`;
    return new LuaError(thrown.value, message, trace, { kind: thrown.kind, location, cause: thrown.cause });
  }

  private finish(status: "done" | "failed", results: LuaValue[]): void {
    this.status = status;
    this.results = results;
    this.next = undefined;
    this.state.census.abandon(this);
    for (let t: Thread | null = this.inner; t !== null; ) {
      const { resumer }: Thread = t;
      abandon(t);
      t = resumer;
    }
    this.inner = this.thread;
    this.state.census.roots.delete(this.thread);
  }
}

/** Pushes the frame of {@link RUN_CALL}, with the function and its arguments, on a new thread. */
function pushEntry(thread: Thread, func: LuaValue, args: readonly LuaValue[]): Frame {
  const at = thread.baseFrame.top;
  thread.ensureStack(at + 2 + args.length);
  thread.stack[at] = RUN_CALL;
  thread.stack[at + 1] = func;
  for (let i = 0; i < args.length; i++) thread.stack[at + 2 + i] = args[i];
  return pushNative(thread, RUN_CALL, at, args.length + 1, -1, FrameFlag.Fresh);
}

/** Nothing of the thread runs any more; closures that are left keep their variables. */
function abandon(thread: Thread): void {
  closeUpvalues(thread, 1);
  thread.tbc.length = 0;
  thread.budgets = null;
  thread.status = ThreadStatus.Dead;
  thread.resumer = null;
  thread.frame = thread.baseFrame;
  thread.baseFrame.top = 1;
  thread.baseFrame.next = null; // the frames hold values
  thread.stack.length = 0;
}

/** The first function of every run: calls its first argument, and notes an error that nobody caught. */
const RUN_CALL: NativeFunction = new NativeFunction("run", (f) =>
  f.callProtected(f.arg(1), f.args(2), RUN_HANDLER, (frame, results): LuaValue | Signal =>
    frame.failure === null ? frame.resultArray(results) : describe(frame)),
);

/** Asks the error value for its text, in Lua: that may take long, wait or fail as well. */
function describe(f: Frame): Signal {
  const thrown = f.failure!;
  f.failure = null;
  const uncaught: Uncaught = { thrown, message: undefined };
  f.L.run!.uncaught = uncaught;
  const handler = typeof thrown.value === "string" ? undefined : metatableOf(f.L.state, thrown.value)?.getStr("__tostring");
  if (handler === undefined) return f.none();
  f.data = [thrown.value]; // for the census
  return f.callProtected(handler, [thrown.value], undefined, (frame, results): Signal => {
    if (frame.failure === null && typeof results[0] === "string") uncaught.message = results[0];
    frame.failure = null;
    return frame.none();
  });
}

const RUN_HANDLER = new NativeFunction("run traceback", (f) => {
  f.L.run!.raisedAt = { traceback: traceback(f.L, undefined, 1), location: locationOf(f.L, 1) };
  return f.arg(1);
});
