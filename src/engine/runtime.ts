// Runtime: the engine's side of one Lua state. It starts tasks, lets natives wait for the host, and tells the scheduler what is
// ready. Tasks of one state take turns only where one waits (unless told otherwise): between two waits a script has its state for
// itself, as in JavaScript, however often it is preempted in favour of other states.
import { fromHostText } from "../base/bytes.js";
import { raiseUnlessSuspendable } from "../vm/calls.js";
import { LuaThrow } from "../vm/fault.js";
import type { Frame } from "../vm/frame.js";
import { Run, type Slice } from "../vm/run.js";
import type { Signal } from "../vm/signal.js";
import { LuaError, LuaLimitError, type LuaState } from "../vm/state.js";
import type { LuaValue } from "../vm/value.js";
import { Queue } from "./queue.js";
import { type Job, type Priority, type Scheduler, defaultScheduler } from "./scheduler.js";
import { type SpawnOptions, Task } from "./task.js";

export interface RuntimeOptions {
  /** The process's own unless given. */
  readonly scheduler?: Scheduler;
  /** When another task of the same state may run: where one "waits", or after each of its "slices" as well. "waits" unless given. */
  readonly interleave?: "waits" | "slices";
  /**
   * Told of a failure whose outcome nobody asked for: of a task that stands alone, soon after; of one that another task started, when
   * that is over. Writes to the host's standard error unless given.
   */
  readonly onUnhandled?: UnhandledListener;
  /** Calls back after some milliseconds; answers how to call that off. `setTimeout` unless given. */
  readonly after?: Timer;
}

/** `task`: the one that failed, or that began what failed. */
export type UnhandledListener = (error: unknown, task: Task) => void;
export type Timer = (ms: number, callback: () => void) => () => void;

const hostTimer: Timer = (ms, callback) => {
  const timer = setTimeout(callback, ms);
  return () => clearTimeout(timer);
};

/** The tasks of one runtime and one priority that are ready. */
class Lane implements Job {
  readonly ready = new Queue<Task>();
  isQueued = false;
  constructor(private readonly runtime: Runtime, readonly priority: Priority) {}

  step(slice: Slice): boolean {
    this.isQueued = this.runtime.step(this, slice);
    return this.isQueued;
  }
}

/** The runtime of `state`, made when there is none. */
export function runtimeOf(state: LuaState): Runtime {
  return (state.runtime as Runtime | null) ?? new Runtime(state);
}

export class Runtime {
  readonly scheduler: Scheduler;
  /** Tasks that are not over. */
  readonly tasks = new Set<Task>();
  /** Calls that the host has made: tasks that belong to no other, and {@link runSync}. */
  hostCalls = 0;
  /** @internal The converter of this runtime (conversion.ts). */
  converter: object | null = null;
  /** @internal What the bridges of this state share (bridges/context.ts). */
  bridges: object | null = null;
  /** @internal The names of this state's objects (names.ts). */
  names: object | null = null;
  onUnhandled: UnhandledListener;
  readonly after: Timer;
  private readonly interleave: "waits" | "slices";
  private readonly lanes: Partial<Record<Priority, Lane>> = {};
  /** The task that was preempted, which goes on before any other. */
  private pinned: Task | null = null;
  private running: Task | null = null;
  private readonly closers: (() => void)[] = [];
  private watches: Set<() => void> | undefined;
  private readonly notices = new Queue<() => void>();
  private isNotifying = false;

  /** Throws when the state has a runtime already. */
  constructor(readonly state: LuaState, { scheduler, interleave = "waits", onUnhandled, after = hostTimer }: RuntimeOptions = {}) {
    if (state.runtime !== null) throw new Error("the state has a runtime already");
    state.runtime = this;
    this.scheduler = scheduler ?? defaultScheduler();
    this.interleave = interleave;
    this.after = after;
    this.onUnhandled = onUnhandled ?? ((error) => state.host.writeError(`unhandled error in a task: ${messageOf(error)}\n`));
  }

  /** The task that is running; null outside of tasks, as in {@link runSync}. */
  get current(): Task | null {
    return this.running !== null && this.running.run === this.state.run ? this.running : null;
  }

  /** Starts a call of `func` as a task. It runs when its turn comes, never before this returns. Throws when the parent is over. */
  spawn(func: LuaValue, args: readonly LuaValue[] = [], options: SpawnOptions = {}): Task {
    if (options.parent === undefined) this.hostCalls++;
    else if (options.parent.isOver) throw new Error("the parent task is over");
    this.state.enter();
    const task = new Task(this, new Run(this.state, func, args), options);
    this.state.leave();
    this.tasks.add(task);
    this.makeReady(task);
    return task;
  }

  /**
   * Calls `func` to its end. Throws as `LuaState.call` does; where the script would have to wait for the host it gets a Lua error
   * that says so.
   */
  runSync(func: LuaValue, args: LuaValue[] = []): LuaValue[] {
    this.hostCalls++;
    return this.state.call(func, args);
  }

  /**
   * From inside a native: stops the task until the promise that `start` answers has settled; `then` makes its value the native's result.
   * A rejection becomes a Lua error with the host's error as cause. `signal` is aborted when the task is cancelled (a `start` that declares
   * no parameter gets none: making one takes longer than the rest). Raises a Lua error, and starts nothing, where nothing can wait.
   */
  wait<T>(f: Frame, start: (signal: AbortSignal) => PromiseLike<T> | T, then: (f: Frame, value: T) => LuaValue | Signal, what = "the host"): Signal {
    const task = this.waiter(f);
    let promise: Promise<T>;
    try {
      promise = Promise.resolve(start.length === 0 ? (start as () => PromiseLike<T> | T)() : start(task.signal));
    } catch (error) {
      throw toLuaThrow(error);
    }
    const number = task.beginWait(what);
    promise.then(
      (value) => this.endWait(task, number, (frame) => then(frame, value)),
      (error: unknown) => this.endWait(task, number, () => {
        throw toLuaThrow(error);
      }),
    );
    return f.suspend();
  }

  /** @internal {@link wait} for what is under way already; `failed` words a rejection where the script is. A rejection that nobody waits for is dropped. */
  waitFor<T>(f: Frame, promise: PromiseLike<T>, then: (f: Frame, value: T) => LuaValue | Signal, failed: (f: Frame, reason: unknown) => never): Signal {
    const ignore = (): void => {};
    let task: Task;
    try {
      task = this.waiter(f);
    } catch (error) {
      promise.then(ignore, ignore);
      throw error;
    }
    const number = task.beginWait("the host");
    promise.then(
      (value) => this.endWait(task, number, (frame) => then(frame, value)),
      (reason: unknown) => this.endWait(task, number, (frame) => failed(frame, reason)),
    );
    return f.suspend();
  }

  /** The task that the native `f` runs in; raises a Lua error when it cannot wait. */
  waiter(f: Frame): Task {
    const task = this.current;
    if (task === null) f.error("the script must wait, which a synchronous call cannot; use execute");
    raiseUnlessSuspendable(f.L);
    return task;
  }

  /** `action` runs when the host is done with the state: subscriptions, timers and the like of what was opened in it end then. */
  onClose(action: () => void): void {
    this.closers.push(action);
  }

  /** Cancels every task and runs what {@link onClose} was given, last first; once. */
  close(reason?: unknown): void {
    this.cancelAll(reason);
    for (let action = this.closers.pop(); action !== undefined; action = this.closers.pop()) action();
  }

  /** Cancels every task: for hosts that are done with the state. */
  cancelAll(reason?: unknown): void {
    for (const task of [...this.tasks]) task.cancel(reason);
  }

  // ---- for tasks and lanes ------------------------------------------------------------------------------------------

  /** @internal The task's wait with that number is over. */
  endWait(task: Task, number: number, deliver: (f: Frame) => LuaValue | Signal): void {
    if (task.endWait(number, deliver)) this.makeReady(task);
  }

  /** @internal Runs the next task of `lane`. True: there is more to do. */
  step(lane: Lane, slice: Slice): boolean {
    const task = this.takeReady(lane);
    if (task !== undefined) this.resume(task, lane, slice);
    return lane.ready.length > 0 || (this.pinned !== null && this.laneOf(this.pinned) === lane);
  }

  /** @internal Calls `look` each time that a task has stopped or ended; answers how to call that off. */
  watchTasks(look: () => void): () => void {
    const watches = (this.watches ??= new Set());
    watches.add(look);
    return () => void watches.delete(look);
  }

  /** @internal Tasks that wait for what others do find out whether it is done. */
  lookAround(): void {
    if (this.watches !== undefined && this.watches.size > 0) for (const look of [...this.watches]) look();
  }

  /** @internal A task is over. */
  settled(task: Task): void {
    this.lookAround();
    this.tasks.delete(task);
    if (this.pinned === task) this.pinned = null;
    if (task.status === "failed" && task.parent === null) {
      this.after(0, () => { // who wants to look has had the time
        if (!task.isObserved) this.report(task.error, task);
      });
    }
  }

  /** @internal Tells the host of an error that nobody asked for; what it throws is not the scripts' business. */
  report(error: unknown, task: Task): void {
    queueMicrotask(() => this.onUnhandled(error, task));
  }

  /** @internal Calls `listeners`, one after the other, however they cause one another: a script decides how long that chain is. */
  notify(listeners: readonly (() => void)[]): void {
    for (const listener of listeners) this.notices.push(listener);
    if (this.isNotifying) return;
    this.isNotifying = true;
    try {
      for (let listener = this.notices.shift(); listener !== undefined; listener = this.notices.shift()) listener();
    } finally {
      this.isNotifying = false;
    }
  }

  private laneOf({ priority }: Task): Lane {
    return (this.lanes[priority] ??= new Lane(this, priority));
  }

  private makeReady(task: Task): void {
    const lane = this.laneOf(task);
    lane.ready.push(task);
    this.queue(lane);
  }

  private queue(lane: Lane): void {
    if (lane.isQueued) return;
    lane.isQueued = true;
    this.scheduler.add(lane);
  }

  private takeReady(lane: Lane): Task | undefined {
    const { pinned } = this;
    if (pinned !== null) { // even for a lane of a higher priority: its tasks cannot go on before
      this.pinned = null;
      return pinned;
    }
    for (let task = lane.ready.shift(); task !== undefined; task = lane.ready.shift()) {
      if (task.status === "ready") return task; // else it was cancelled
    }
    return undefined;
  }

  private resume(task: Task, lane: Lane, slice: Slice): void {
    const outer = this.running;
    this.running = task;
    task.status = "running";
    const status = task.run.resume(slice);
    this.running = outer;
    if (status === "waiting") {
      task.waiting();
      this.lookAround();
    } else if (status !== "ready") task.ended();
    else {
      task.status = "ready";
      if (this.interleave === "slices") this.laneOf(task).ready.push(task);
      else this.pinned = task;
      if (this.laneOf(task) !== lane) this.queue(this.laneOf(task));
    }
  }
}

/** The Lua error for what a host function threw or a promise was rejected with: its message, and the original as cause. */
export function toLuaThrow(error: unknown): LuaThrow {
  return error instanceof LuaThrow ? error : new LuaThrow(messageOf(error), error);
}

/** The message of any error, as a byte string. */
export function messageOf(error: unknown): string {
  if (error instanceof LuaError || error instanceof LuaLimitError) return error.message; // bytes already
  try {
    return fromHostText(error instanceof Error ? error.message : String(error));
  } catch {
    return "an error that has no text";
  }
}
