// Task: a run of a script with its place among other runs. Tasks form trees: a task ends only when the tasks that it started have
// ended, and what ends it early ends them as well. So nothing a script has begun outlives it.
import type { Delivery, Run } from "../vm/run.js";
import { NativeFunction } from "../vm/function.js";
import { LimitReached } from "../vm/limits.js";
import { LuaLimitError } from "../vm/state.js";
import type { LuaValue } from "../vm/value.js";
import type { Runtime } from "./runtime.js";
import type { Priority } from "./scheduler.js";

/** "ending": its function has returned, tasks that it started have not. The last three are final. */
export type TaskStatus = "ready" | "running" | "waiting" | "ending" | "done" | "failed" | "cancelled";

export interface SpawnOptions {
  /** The task that this one belongs to; none: it stands alone. */
  readonly parent?: Task | undefined;
  /** Of the parent, or "normal". */
  readonly priority?: Priority | undefined;
  /** Cancels the task when it is aborted. */
  readonly signal?: AbortSignal | undefined;
  /** For tracebacks and tools. */
  readonly name?: string | undefined;
}

export class Task {
  readonly name: string;
  readonly priority: Priority;
  readonly parent: Task | null;
  readonly children = new Set<Task>();
  status: TaskStatus = "ready";
  /** What the function returned; once "ending" or "done". */
  results: LuaValue[] = [];
  /** Why it failed or was cancelled: LuaError, LuaLimitError, or an exception of the host that no Lua code may catch. */
  error: unknown = undefined;
  /** Somebody has asked for the outcome, so that a failure does not go unnoticed. */
  isObserved = false;
  /** Milliseconds it has waited for the host, so far. */
  waited = 0;
  /** What it waits for, in words; undefined while it does not. */
  waitsFor: string | undefined;
  private waitBegan = 0;
  /** Changes with each wait, so that a late answer finds nobody. */
  private waitNumber = 0;
  private controller: AbortController | undefined;
  private promise: Promise<LuaValue[]> | undefined;
  private listeners: (() => void)[] = [];
  private external: { readonly signal: AbortSignal; readonly listener: () => void } | undefined;
  private reason: unknown;
  /** Keeps the results alive while the task is "ending". */
  private held: NativeFunction | undefined;

  /** @internal Made by {@link Runtime.spawn}. */
  constructor(readonly runtime: Runtime, readonly run: Run, { parent, priority, signal, name }: SpawnOptions) {
    this.parent = parent ?? null;
    this.priority = priority ?? parent?.priority ?? "normal";
    this.name = name ?? "task";
    parent?.children.add(this);
    if (signal !== undefined) this.obeySignal(signal);
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

  /** Aborted when the task is cancelled or ended by a limit: for the host's work on its behalf. */
  get signal(): AbortSignal {
    if (this.controller === undefined) {
      this.controller = new AbortController();
      if (this.isOver && this.status !== "done") this.controller.abort(this.reason);
    }
    return this.controller.signal;
  }

  /**
   * Ends the task and those it has started: none of their Lua code runs any more, not even `pcall`'s or `__close`. A task in
   * progress ends at its next instruction. Nothing happens to one that is over. `reason`: for {@link signal}, and the error's cause.
   */
  cancel(reason?: unknown): void {
    if (this.isOver) return;
    this.reason ??= reason;
    const text = reason instanceof Error ? reason.message : typeof reason === "string" ? reason : "";
    this.stop(new LimitReached("cancelled", text === "" ? "cancelled" : `cancelled: ${text}`));
  }

  /** Ends the task as {@link cancel} does, with this error. */
  stop(limit: LimitReached): void {
    if (this.isOver) return;
    if (this.status === "ending") this.settle("cancelled", limitError(limit));
    else {
      this.run.stop(limit);
      if (this.run.isOver) this.ended(); // else at its next instruction
    }
  }

  /** Calls back once the task is over: at once when it is. */
  whenOver(listener: () => void): void {
    if (this.isOver) listener();
    else this.listeners.push(listener);
  }

  // ---- for the runtime ----------------------------------------------------------------------------------------------

  /** @internal The task begins to wait for `what`. Answers the number that {@link endWait} wants. */
  beginWait(what: string): number {
    this.waitsFor = what;
    return ++this.waitNumber;
  }

  /** @internal The task has stopped in a native. */
  waiting(): void {
    this.status = "waiting";
    this.waitBegan = this.runtime.scheduler.now();
  }

  /** @internal The wait with that number is over: the task goes on with `deliver`. False: nobody waits for it any more. */
  endWait(number: number, deliver: Delivery): boolean {
    if (number !== this.waitNumber || this.status !== "waiting") return false;
    this.waitNumber++;
    this.waitsFor = undefined;
    this.waited += this.runtime.scheduler.now() - this.waitBegan;
    this.run.complete(deliver);
    this.status = "ready";
    return true;
  }

  /** @internal The run is over. */
  ended(): void {
    const { run } = this;
    if (this.status === "waiting") this.waited += this.runtime.scheduler.now() - this.waitBegan;
    this.waitsFor = undefined;
    this.waitNumber++;
    if (run.status === "failed") {
      const { error } = run;
      if (error instanceof LuaLimitError && error.cause === undefined && this.reason !== undefined) error.cause = this.reason;
      this.settle(error instanceof LuaLimitError && error.kind === "cancelled" ? "cancelled" : "failed", error);
      return;
    }
    this.results = run.results;
    if (this.children.size === 0) this.settle("done", undefined);
    else {
      this.status = "ending";
      this.held = new NativeFunction("results", () => undefined);
      this.held.captured = this.results;
      this.runtime.state.census.roots.add(this.held);
    }
  }

  private settle(status: "done" | "failed" | "cancelled", error: unknown): void {
    this.status = status;
    this.error = error;
    if (this.external !== undefined) this.external.signal.removeEventListener("abort", this.external.listener);
    this.external = undefined;
    if (this.held !== undefined) this.runtime.state.census.roots.delete(this.held);
    if (status !== "done") {
      this.reason ??= error;
      this.results = [];
      for (const child of [...this.children]) child.cancel(this.reason);
      this.controller?.abort(this.reason);
    }
    const { listeners, parent } = this;
    this.listeners = [];
    this.runtime.settled(this);
    for (const listener of listeners) listener();
    if (parent !== null) parent.childEnded(this);
  }

  private childEnded(child: Task): void {
    this.children.delete(child);
    if (this.status === "ending" && this.children.size === 0) this.settle("done", undefined);
  }

  private obeySignal(signal: AbortSignal): void {
    const listener = (): void => this.cancel(signal.reason);
    if (signal.aborted) queueMicrotask(listener);
    else {
      signal.addEventListener("abort", listener, { once: true });
      this.external = { signal, listener };
    }
  }
}

function limitError(limit: LimitReached): LuaLimitError {
  return new LuaLimitError(limit.kind, limit.message, "");
}
