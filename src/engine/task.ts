// Task: a run of a script with its place among other runs. Tasks form trees: a task is over only when the tasks that it started
// are over, and what ends it early ends them as well. So nothing that a script has begun outlives it.
//
// A script decides how deep and wide its tree of tasks is. So nothing here recurses along it.
import { SIZE, allocate } from "../vm/accounting.js";
import { LimitReached } from "../vm/limits.js";
import type { Delivery, Run } from "../vm/run.js";
import { LuaLimitError } from "../vm/state.js";
import { Userdata } from "../vm/userdata.js";
import type { LuaValue } from "../vm/value.js";
import type { LuaPromise } from "./lua-promise.js";
import type { Runtime } from "./runtime.js";
import type { Priority } from "./scheduler.js";
import { StopListeners } from "./stop-listeners.js";

/** "ending": its function has returned, tasks that it started have not. The last three are final. */
export type TaskStatus = "ready" | "running" | "waiting" | "ending" | "done" | "failed" | "cancelled";

export interface SpawnOptions {
  /** The task that this one belongs to; none: it stands alone. */
  readonly parent?: Task | undefined;
  /** That of the parent, or "normal", unless given. */
  readonly priority?: Priority | undefined;
  /** Cancels the task when it is aborted. */
  readonly signal?: AbortSignal | undefined;
  /** For messages and tools. */
  readonly name?: string | undefined;
}

/** Something that can fail without anybody looking. */
export interface Claimable {
  readonly error: unknown;
  /** Somebody has asked for the outcome. */
  readonly isObserved: boolean;
}

/** Bytes that a task counts in a census while it is not over, beside its thread. */
const WEIGHT = 2000;
/** Unclaimed that a task remembers until it is over; older ones are reported before. */
const MAX_UNCLAIMED = 100;

/** Longest time in milliseconds that the host's timers count. */
const LONGEST_TIMER = 2 ** 31 - 1;

const NONE: ReadonlySet<Task> = new Set();
const noop = (): void => {};

export class Task extends StopListeners implements Claimable {
  readonly name: string;
  readonly priority: Priority;
  readonly parent: Task | null;
  private offspring: Set<Task> | undefined;
  status: TaskStatus = "ready";
  /** What the function returned; once "ending" or "done". */
  results: LuaValue[] = [];
  /** Why it failed or was cancelled: LuaError, LuaLimitError, or an exception of the host that no Lua code may catch. */
  error: unknown = undefined;
  isObserved = false;
  /** Milliseconds it has waited for the host, so far. */
  waited = 0;
  /** What it waits for, in words; undefined while it does not. */
  waitsFor: string | undefined;
  /** The promise it waits for, if it is one of its state. */
  dependency: LuaPromise | null = null;
  /** @internal What its bridges' work is charged to, beside the context (bridges/callbacks.ts). */
  budget: object | null = null;
  private waitBegan = 0;
  /** Changes with each wait, so that a late answer finds nobody. */
  private waitNumber = 0;
  /** Tells what it waits for that it does no longer. */
  private drop = noop;
  private stopClock = noop;
  private controller: AbortController | undefined;
  private promise: Promise<LuaValue[]> | undefined;
  private listeners: (() => void)[] | undefined;
  private stopListening = noop;
  private reason: unknown;
  private unclaimed: Claimable[] | undefined;
  /** Stands for the task in a census, and holds its results while it is "ending". */
  private readonly account: Userdata;
  /** It was ended by a limit that its parent is under as well, and so has ended that. */
  hasEndedParent = false;
  /** The limit that a child has reached while this task was "ending". */
  private doom: LuaLimitError | undefined;

  /** @internal Made by {@link Runtime.spawn}. */
  constructor(readonly runtime: Runtime, readonly run: Run, { parent, priority, signal, name }: SpawnOptions) {
    super();
    this.parent = parent ?? null;
    this.priority = priority ?? parent?.priority ?? "normal";
    this.name = name ?? "task";
    if (parent !== undefined) (parent.offspring ??= new Set()).add(this);
    this.account = new Userdata(this, 0, WEIGHT);
    allocate(SIZE.userdata + WEIGHT);
    runtime.state.census.roots.add(this.account);
    if (signal !== undefined) this.obeySignal(signal);
  }

  /** Tasks that it has started and that are not over. */
  get children(): ReadonlySet<Task> {
    return this.offspring ?? NONE;
  }

  get isOver(): boolean {
    return this.status === "done" || this.status === "failed" || this.status === "cancelled";
  }

  /** What the function returns, once the task and all it has started are over. Rejects with {@link error}. */
  get result(): Promise<LuaValue[]> {
    this.isObserved = true;
    return (this.promise ??= new Promise((resolve, reject) => {
      this.whenOver(() => (this.status === "done" ? resolve(this.results) : reject(this.error as Error)));
    }));
  }

  /** Aborted when the task ends early: for the host's work on its behalf. */
  get signal(): AbortSignal {
    if (this.controller === undefined) {
      this.controller = new AbortController();
      if (this.isOver && this.status !== "done") this.controller.abort(this.reason);
    }
    return this.controller.signal;
  }

  /** It was ended early. */
  get isStopped(): boolean {
    return this.isOver && this.status !== "done";
  }

  /** Why, once {@link isStopped}: as the reason of {@link signal}. */
  get stopReason(): unknown {
    return this.reason;
  }

  /** Calls back when the task ends early; what comes back calls that off. As listening to {@link signal}, at less cost. */
  override onStop(listener: () => void): () => void {
    return super.onStop(listener);
  }

  /**
   * Ends the task and those it has started: none of their Lua code runs any more, not even `pcall`'s or `__close`. A task in
   * progress ends at its next instruction. Nothing happens to one that is over. `reason`: for {@link signal}, and the error's cause.
   */
  cancel(reason?: unknown): void {
    if (this.isOver) return;
    this.reason ??= reason;
    this.stop(new LimitReached("cancelled", cancelMessage(reason)));
  }

  /** Ends the task as {@link cancel} does, with this error. */
  stop(limit: LimitReached): void {
    if (this.isOver) return;
    if (this.status === "ending") {
      this.settle(limit.kind === "cancelled" ? "cancelled" : "failed", new LuaLimitError(limit.kind, limit.message, ""));
      return;
    }
    this.run.stop(limit);
    if (this.run.isOver) this.ended(); // else at its next instruction
  }

  /** Calls back once the task is over: at once when it is. */
  whenOver(listener: () => void): void {
    if (this.isOver) listener();
    else if (this.listeners === undefined) this.listeners = [listener];
    else this.listeners.push(listener);
  }

  /** Something that this task began has failed: reported when the task is over, unless somebody asks for it before. */
  mayClaim(failure: Claimable): void {
    const unclaimed = (this.unclaimed ??= []);
    unclaimed.push(failure);
    if (unclaimed.length > MAX_UNCLAIMED) this.report(unclaimed.shift()!);
  }

  // ---- for the runtime ----------------------------------------------------------------------------------------------

  /**
   * @internal The task begins to wait for `what`. Answers the number that {@link endWait} wants. `drop` is called when the wait is
   * over, however it ends.
   */
  beginWait(what: string, dependency: LuaPromise | null = null, drop: () => void = noop): number {
    this.waitsFor = what;
    this.dependency = dependency;
    this.drop = drop;
    return ++this.waitNumber;
  }

  /** @internal The task has stopped in a native. */
  waiting(): void {
    this.status = "waiting";
    this.waitBegan = this.runtime.scheduler.now();
    this.watchClock();
  }

  /** @internal The wait with that number is over: the task goes on with `deliver`. False: nobody waits for it any more. */
  endWait(number: number, deliver: Delivery): boolean {
    if (number !== this.waitNumber || this.status !== "waiting") return false;
    this.forgetWait();
    this.run.complete(deliver);
    this.status = "ready";
    return true;
  }

  /** @internal The run is over. */
  ended(): void {
    const { run } = this;
    if (this.status === "waiting") this.forgetWait();
    if (run.status === "failed") {
      const { error, limit } = run;
      if (limit !== null && limit.kind !== "cancelled") this.passOn(limit);
      if (error instanceof LuaLimitError && error.kind === "cancelled") {
        if (error.cause === undefined && this.reason !== undefined) error.cause = this.reason;
        this.settle("cancelled", error);
      } else this.settle("failed", error);
    } else {
      this.results = run.results;
      if (this.children.size === 0) this.settle("done", undefined);
      else this.beginEnding();
    }
  }

  /** A limit reached in a task ends all that is under it: no parent can catch what its child could not. */
  private passOn(limit: LimitReached): void {
    for (let child: Task = this; child.parent !== null; child = child.parent) {
      const { parent } = child;
      if (parent.isOver || (limit.budget !== null && !parent.run.budgets.includes(limit.budget))) return;
      child.hasEndedParent = true;
      if (parent.status !== "ending") {
        parent.interrupt(limit);
        return;
      }
      parent.doom ??= new LuaLimitError(limit.kind, limit.message, "");
    }
  }

  private forgetWait(): void {
    this.stopClock();
    this.stopClock = noop;
    this.waited += this.runtime.scheduler.now() - this.waitBegan;
    this.waitNumber++;
    this.waitsFor = undefined;
    this.dependency = null;
    const { drop } = this;
    this.drop = noop;
    drop();
  }

  private beginEnding(): void {
    this.status = "ending";
    for (const result of this.results) this.account.userValues.push(result);
  }

  /** A limit that a child has reached and this task, which still runs, is under as well. */
  private interrupt(limit: LimitReached): void {
    if (this.status === "waiting") this.runtime.endWait(this, this.waitNumber, () => {
      throw limit;
    });
    else this.run.interrupt(limit);
  }

  /** The clock goes on while the task waits: when a budget's time is over, so is the wait. */
  private watchClock(): void {
    const { state } = this.runtime;
    const deadline = state.budgets.deadline(this.run.budgets);
    if (deadline === undefined) return;
    const { waitNumber } = this;
    const look = (): void => {
      const left = deadline.at - state.host.now();
      if (left > 0) this.stopClock = this.runtime.after(Math.min(Math.ceil(left), LONGEST_TIMER), look);
      else {
        this.runtime.endWait(this, waitNumber, () => {
          throw deadline.reached();
        });
      }
    };
    look();
  }

  /** The task is over; so is all below it, and above it what has only waited for it. */
  private settle(status: "done" | "failed" | "cancelled", error: unknown): void {
    if (this.isOver) return;
    this.reason ??= error;
    this.conclude(status, error);
    if (status !== "done") this.cancelDescendants();
    for (let child: Task = this; child.parent !== null; child = child.parent) {
      const { parent } = child;
      parent.offspring!.delete(child);
      if (child.status === "failed" && !child.isObserved && !child.hasEndedParent) parent.mayClaim(child);
      const { doom } = parent;
      if (parent.status !== "ending" || (parent.children.size > 0 && doom === undefined)) break;
      parent.conclude(doom === undefined ? "done" : "failed", doom);
      if (doom !== undefined) parent.cancelDescendants();
    }
  }

  private cancelDescendants(): void {
    const below = [...this.children];
    for (let child = below.pop(); child !== undefined; child = below.pop()) {
      for (const grandchild of child.children) below.push(grandchild);
      child.reason ??= this.reason;
      child.run.stop(new LimitReached("cancelled", cancelMessage(this.reason)));
      if (!child.isOver && (child.run.isOver || child.status === "ending")) {
        if (child.status === "waiting") child.forgetWait();
        child.conclude("cancelled", child.run.error ?? new LuaLimitError("cancelled", cancelMessage(this.reason), ""));
      }
      child.parent!.offspring!.delete(child);
    }
  }

  private conclude(status: "done" | "failed" | "cancelled", error: unknown): void {
    this.status = status;
    this.error = error;
    this.stopListening();
    this.runtime.state.census.roots.delete(this.account);
    this.runtime.settled(this);
    if (status !== "done") {
      this.results = [];
      this.controller?.abort(this.reason);
      this.tell();
    }
    for (const failure of this.unclaimed ?? []) this.report(failure);
    this.unclaimed = undefined;
    const { listeners } = this;
    this.listeners = undefined;
    if (listeners !== undefined) this.runtime.notify(listeners);
  }

  private report(failure: Claimable): void {
    if (!failure.isObserved) this.runtime.report(failure.error, this);
  }

  private obeySignal(signal: AbortSignal): void {
    const listener = (): void => this.cancel(signal.reason);
    if (signal.aborted) queueMicrotask(listener);
    else {
      signal.addEventListener("abort", listener, { once: true });
      this.stopListening = () => signal.removeEventListener("abort", listener);
    }
  }
}

/** "cancelled", with the reason when that is a text or an error. */
export function cancelMessage(reason: unknown): string {
  const text = reason instanceof LuaLimitError && reason.kind === "cancelled" ? "" : reason instanceof Error ? reason.message : typeof reason === "string" ? reason : "";
  return text === "" ? "cancelled" : `cancelled: ${text}`;
}
