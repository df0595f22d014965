// LuaPromise: the outcome of something under way, as a Lua value: of a task, of the host's work, or of several of them
// together. The library on top of it is async-library.ts.
import { toHostText } from "../base/bytes.js";
import { SIZE, allocate } from "../vm/accounting.js";
import { raiseArgumentType } from "../vm/errors.js";
import { LuaThrow } from "../vm/fault.js";
import type { Frame } from "../vm/frame.js";
import { NativeFunction } from "../vm/function.js";
import { concatText } from "../vm/operations.js";
import type { Signal } from "../vm/signal.js";
import { LuaError } from "../vm/state.js";
import { LuaTable } from "../vm/table.js";
import { Userdata } from "../vm/userdata.js";
import { type LuaValue, typeName } from "../vm/value.js";
import { type Runtime, runtimeOf, toLuaThrow } from "./runtime.js";
import { type Claimable, type Task, cancelMessage } from "./task.js";

/** "rejected": await raises. "cancelled": so it does, but nobody minds when it is not awaited. */
export type PromiseStatus = "pending" | "fulfilled" | "rejected" | "cancelled";

/** Bytes that a promise counts in a census beside its userdata, and those for each promise that it is made of. */
const WEIGHT = 600;
const MEMBER_WEIGHT = 200;

export class LuaPromise implements Claimable {
  /** What Lua code holds. Its user values are the results, or the error value. */
  readonly handle: Userdata;
  status: PromiseStatus = "pending";
  isObserved = false;
  /** What must end or settle before this one does, as far as it is known: what deadlocks are looked for along. */
  dependencies: readonly (Task | LuaPromise)[] = [];
  /** The task that settles it on its way, if one does: it must get on, not end. */
  bringer: Task | null = null;
  /** Why it was rejected, for the host. */
  error: unknown = undefined;
  private failure: LuaThrow | undefined;
  private readonly owner: Task | null;
  private readonly listeners = new Set<() => void>();

  /** `cancelWork`: ends what would settle it. `members`: promises it is made of. Made in the task that is running, if one is. */
  constructor(readonly runtime: Runtime, private cancelWork: (reason: unknown) => void, members = 0) {
    const { state } = runtime;
    const weight = WEIGHT + members * MEMBER_WEIGHT;
    this.owner = runtime.current;
    this.handle = new Userdata(this, 0, weight);
    state.enter();
    allocate(SIZE.userdata + weight);
    this.handle.metatable = metatableOf(runtime);
    state.leave();
  }

  get isPending(): boolean {
    return this.status === "pending";
  }

  /** Settles it; does nothing when it is settled. */
  fulfil(results: readonly LuaValue[]): void {
    if (!this.isPending) return;
    this.store(results);
    this.settle("fulfilled");
  }

  /** `error`: what the host sees. */
  reject(failure: LuaThrow, error: unknown = failure.cause ?? hostError(failure)): void {
    if (!this.isPending) return;
    this.failure = failure;
    this.error = error;
    this.store([failure.value]);
    this.settle("rejected");
  }

  /** Cancels what it stands for: await raises "cancelled". Does nothing when it is settled. */
  cancel(reason?: unknown): void {
    if (!this.isPending) return;
    this.failure = new LuaThrow(cancelMessage(reason), reason);
    this.store([this.failure.value]);
    const { cancelWork } = this;
    this.settle("cancelled");
    this.runtime.notify([() => cancelWork(reason)]);
  }

  /** Settles it as `other`, which is settled. */
  adopt(other: LuaPromise): void {
    other.isObserved = true;
    if (!this.isPending) return;
    this.failure = other.failure;
    this.error = other.error;
    this.store(other.handle.userValues);
    this.settle(other.status);
  }

  /** Calls back once it is settled; answers how to call that off. */
  whenSettled(listener: () => void): () => void {
    if (this.isPending) this.listeners.add(listener);
    else this.runtime.notify([listener]);
    return () => void this.listeners.delete(listener);
  }

  /** What await answers or raises once it is settled. */
  deliver(f: Frame): LuaValue | Signal {
    const { failure } = this;
    if (failure === undefined) return f.resultArray([...this.handle.userValues]);
    const thrown = new LuaThrow(failure.value, failure.cause, failure.kind);
    thrown.traceback = failure.traceback;
    throw thrown;
  }

  private store(values: readonly LuaValue[]): void {
    const { userValues } = this.handle;
    for (const value of values) userValues.push(value);
  }

  private settle(status: PromiseStatus): void {
    this.status = status;
    this.cancelWork = () => {};
    this.dependencies = [];
    this.bringer = null;
    const listeners = [...this.listeners];
    this.listeners.clear();
    if (status === "rejected") this.owner?.mayClaim(this);
    this.runtime.notify(listeners);
  }
}

// ---- where promises come from ------------------------------------------------------------------------------------------

/** The promise of a task that Lua code has started: its failure is that of the promise. */
export function promiseOfTask(task: Task): LuaPromise {
  const promise = new LuaPromise(task.runtime, (reason) => task.cancel(reason));
  task.isObserved = true;
  promise.dependencies = [task];
  task.whenOver(() => {
    if (task.status === "done") promise.fulfil(task.results);
    else if (task.status === "cancelled") promise.cancel((task.error as Error).cause);
    else {
      promise.isObserved ||= task.hasEndedParent; // who is told of that is told of this
      promise.reject(failureOf(task.error), task.error);
    }
  });
  return promise;
}

/**
 * A promise of the host as a Lua value, for the state of `runtime`. `toLua` makes the results from what it is fulfilled with; `cancelWork`
 * is told when a script loses interest.
 */
export function promiseOfHost<T>(
  runtime: Runtime, work: PromiseLike<T>, toLua: (value: T) => readonly LuaValue[], cancelWork: (reason: unknown) => void = () => {},
): LuaPromise {
  const promise = new LuaPromise(runtime, cancelWork);
  const settle = (how: () => void): void => {
    runtime.state.enter();
    try {
      how();
    } catch (error) {
      promise.reject(toLuaThrow(error));
    } finally {
      runtime.state.leave();
    }
  };
  Promise.resolve(work).then((value) => settle(() => promise.fulfil(toLua(value))), (error: unknown) => promise.reject(toLuaThrow(error)));
  return promise;
}

function hostError(failure: LuaThrow): LuaError {
  const message = concatText(failure.value) ?? `(error object is a ${typeName(failure.value)} value)`;
  return new LuaError(failure.value, message, failure.traceback ?? "", { kind: failure.kind });
}

/** The error of a task, to be raised in another task of the same state: the same value, with the place where it was raised. */
function failureOf(error: unknown): LuaThrow {
  if (!(error instanceof LuaError)) return toLuaThrow(error);
  const thrown = new LuaThrow(error.value, error.cause, error.kind);
  thrown.traceback = error.traceback;
  return thrown;
}

// ---- waiting for them ----------------------------------------------------------------------------------------------------

/** The promise that `value` is, or undefined. */
export function asPromise(value: LuaValue): LuaPromise | undefined {
  return value instanceof Userdata && value.data instanceof LuaPromise ? value.data : undefined;
}

/** The promise that is argument `i` of `f`; raises an argument error when it is none of this state. */
export function promiseArgument(f: Frame, i: number): LuaPromise {
  const promise = asPromise(f.arg(i));
  if (promise === undefined) raiseArgumentType(f, i, "promise");
  if (promise.runtime.state !== f.L.state) f.argError(i, "promise of another state");
  return promise;
}

/** From inside a native: answers with the promise's results, after waiting for them if need be; raises its error. */
export function awaitPromise(f: Frame, promise: LuaPromise): LuaValue | Signal {
  promise.isObserved = true;
  if (!promise.isPending) return promise.deliver(f);
  const runtime = runtimeOf(f.L.state);
  const task = runtime.waiter(f);
  runtime.lookAround();
  if (dependsOn(promise, task)) f.error(`deadlock: the promise cannot settle before ${task.name} ends, which would wait for it`);
  let number = 0;
  const drop = promise.whenSettled(() => runtime.endWait(task, number, (frame) => promise.deliver(frame)));
  number = task.beginWait("a promise", promise, drop);
  return f.suspend();
}

/**
 * From inside a native: waits until `isDone`, which `bringer` is about to bring about, then answers with `then`. Undefined, and nothing
 * waits, when that task cannot get on before the running one does.
 */
export function awaitTask(f: Frame, bringer: Task, isDone: () => boolean, what: string, then: (f: Frame) => LuaValue | Signal): Signal | undefined {
  const runtime = runtimeOf(f.L.state);
  const task = runtime.waiter(f);
  const promise = new LuaPromise(runtime, () => {});
  promise.bringer = bringer;
  runtime.lookAround();
  if (dependsOn(promise, task)) return undefined;
  const drop = runtime.watchTasks(() => {
    if (!isDone()) return;
    drop();
    promise.fulfil([]);
    runtime.endWait(task, number, then);
  });
  const number = task.beginWait(what, promise, drop);
  return f.suspend();
}

/** Units of the meter for one step of {@link dependsOn}. */
const STEPS_PER_UNIT = 4;

/** Whether `promise` settles only after `task` has ended. */
function dependsOn(promise: LuaPromise, task: Task): boolean {
  const { meter } = task.runtime.state;
  const seen = new Set<Task | LuaPromise>();
  const todo: (Task | LuaPromise)[] = [promise];
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    if (next === task) return true;
    if (seen.has(next)) continue;
    seen.add(next);
    if (seen.size % STEPS_PER_UNIT === 0) meter.charge(1);
    if (next instanceof LuaPromise) {
      for (const dependency of next.dependencies) todo.push(dependency);
      if (next.bringer === task) return true;
      if (next.bringer?.dependency) todo.push(next.bringer.dependency);
    } else {
      for (const child of next.children) todo.push(child); // it is over when they are
      if (next.dependency !== null) todo.push(next.dependency);
    }
  }
  return false;
}

// ---- what Lua code can do with one ----------------------------------------------------------------------------------------

/** `promise:await()`: its results, after waiting for them; raises the error that it was rejected with. */
const AWAIT = new NativeFunction("promise.await", (f) => awaitPromise(f, promiseArgument(f, 1)));

/** `promise:cancel([reason])`: ends what would settle it. True when it was pending. */
export const CANCEL = new NativeFunction("promise.cancel", (f) => {
  const promise = promiseArgument(f, 1);
  const { isPending } = promise;
  const reason = f.optString(2, undefined);
  promise.cancel(reason === undefined ? undefined : toHostText(reason));
  return isPending;
});

/** `promise:status()`: "pending", "fulfilled", "rejected" or "cancelled". */
const STATUS = new NativeFunction("promise.status", (f) => promiseArgument(f, 1).status);

const TO_STRING = new NativeFunction("promise.__tostring", (f) => {
  const promise = promiseArgument(f, 1);
  return `promise: ${f.L.state.addressOf(promise.handle)} (${promise.status})`;
});

const metatables = new WeakMap<Runtime, LuaTable>();

/** The metatable of a state's promises. A promise that goes out of scope as a to-be-closed variable is cancelled. */
function metatableOf(runtime: Runtime): LuaTable {
  let metatable = metatables.get(runtime);
  if (metatable !== undefined) return metatable;
  metatable = tableOf({
    __name: "promise", __index: tableOf({ await: AWAIT, cancel: CANCEL, status: STATUS }), __tostring: TO_STRING,
    __close: new NativeFunction("promise.__close", (f) => {
      promiseArgument(f, 1).cancel();
      return f.none();
    }),
    __metatable: "promise",
  });
  metatables.set(runtime, metatable);
  runtime.state.census.roots.add(metatable);
  return metatable;
}

function tableOf(fields: Readonly<Record<string, LuaValue>>): LuaTable {
  const table = new LuaTable();
  for (const [key, value] of Object.entries(fields)) table.setStr(key, value);
  return table;
}
