// The async library: `async(f, …)` starts a task, `await(p)` waits for it, and `async` is also the table of the functions below.
//
// A task runs beside the one that started it: it begins when that one waits, and it is a child of it (task.ts says what that
// means). Waiting needs no word: any function of the host that takes time suspends the task that calls it. The functions that
// take promises answer with promises; `await` and `async.sleep` are what waits. Times are in milliseconds.
import { LuaThrow } from "../vm/fault.js";
import type { Frame } from "../vm/frame.js";
import { type NativeImplementation, NativeFunction } from "../vm/function.js";
import type { LibrarySpec } from "../vm/library.js";
import { COST } from "../vm/meter.js";
import type { Signal } from "../vm/signal.js";
import type { LuaState } from "../vm/state.js";
import { LuaTable } from "../vm/table.js";
import { type LuaValue, isFunction } from "../vm/value.js";
import { CANCEL, LuaPromise, asPromise, awaitPromise, promiseArgument, promiseOfTask } from "./lua-promise.js";
import { runtimeOf } from "./runtime.js";

/** Longest time that `async.sleep` and `async.timeout` take: what the host's timers can count (24 days). */
const LONGEST = 2 ** 31 - 1;

function start(f: Frame, func: LuaValue, args: LuaValue[]): LuaPromise {
  const runtime = runtimeOf(f.L.state);
  const parent = runtime.current;
  if (parent === null) f.error("a synchronous call cannot start a task; use execute");
  return promiseOfTask(runtime.spawn(func, args, { parent, name: "an async function" }));
}

/** `async(f, …)`: starts a task that calls `f(…)`. Answers the promise of its results. */
const startTask: NativeImplementation = (f) => {
  if (!isFunction(f.arg(2))) f.argError(1, "function expected"); // the first argument is the library itself
  return start(f, f.arg(2), f.args(3)).handle;
};

/**
 * `await(p)`: the results of the promise `p`, after waiting for them; raises the error that it was rejected with. A value that is
 * no promise is its own result, so `await` of what has waited already does no harm: `await(v, …)` answers `v, …`.
 */
const AWAIT = new NativeFunction("await", (f): LuaValue | Signal => {
  const promise = asPromise(f.any(1));
  return promise === undefined ? f.resultArray(f.args()) : awaitPromise(f, promiseArgument(f, 1));
});

/** The values of argument 1, a list; those that are no promises count as fulfilled. */
function listArgument(f: Frame): LuaValue[] {
  const list = f.table(1);
  const { meter } = f.L.state;
  const values: LuaValue[] = [];
  const length = list.length();
  meter.charge(Math.ceil(Number(length) / COST.elementsPerUnit));
  for (let i = 1; i <= length; i++) values.push(list.getInt(i));
  for (const value of values) {
    const promise = asPromise(value);
    if (promise !== undefined && promise.runtime.state !== f.L.state) f.argError(1, "promise of another state");
  }
  return values;
}

/** The promise of something that `promises` decide together; cancelling it cancels them. */
function together(f: Frame, promises: readonly LuaPromise[]): LuaPromise {
  const all = new LuaPromise(runtimeOf(f.L.state), (reason) => cancelAll(promises, reason), promises.length);
  for (const promise of promises) promise.isObserved = true;
  return all;
}

function cancelAll(promises: readonly LuaPromise[], reason?: unknown): void {
  for (const promise of promises) promise.cancel(reason);
}

const promisesOf = (values: readonly LuaValue[]): LuaPromise[] => values.map(asPromise).filter((promise) => promise !== undefined);

/** Makes a table, outside of Lua code. */
function build(state: LuaState, fill: (table: LuaTable) => void): LuaTable {
  state.enter();
  try {
    const table = new LuaTable();
    fill(table);
    return table;
  } finally {
    state.leave();
  }
}

/** Calls `done` once all of `promises` are settled, `failed` for each that is not fulfilled before that. */
function whenAll(promises: readonly LuaPromise[], done: () => void, failed: (promise: LuaPromise) => void = () => {}): void {
  let left = promises.length;
  if (left === 0) done();
  for (const promise of promises) {
    promise.whenSettled(() => {
      if (promise.status !== "fulfilled") failed(promise);
      if (--left === 0) done();
    });
  }
}

/**
 * `async.all(list)`: the promise of a list of the promises' (first) results, in their order. Rejected as soon as one of them is,
 * with its error; the others are cancelled then.
 */
function all(f: Frame): LuaValue {
  const { state } = f.L;
  const values = listArgument(f);
  const promises = promisesOf(values);
  const result = together(f, promises);
  result.dependencies = promises;
  const finish = (): void =>
    result.fulfil([build(state, (table) => values.forEach((value, i) => {
      const promise = asPromise(value);
      table.setInt(i + 1, promise === undefined ? value : promise.handle.userValues[0]);
    }))]);
  whenAll(promises, () => result.isPending && finish(), (promise) => {
    result.adopt(promise);
    cancelAll(promises, "another promise of async.all failed");
  });
  return result.handle;
}

/**
 * `async.settled(list)`: the promise of a list that says of each promise how it ended: `{status = "fulfilled", value = …}`,
 * `{status = "rejected", reason = …}` or `{status = "cancelled", reason = …}`. Never rejected.
 */
function settled(f: Frame): LuaValue {
  const { state } = f.L;
  const values = listArgument(f);
  const promises = promisesOf(values);
  const result = together(f, promises);
  result.dependencies = promises;
  whenAll(promises, () => {
    if (!result.isPending) return;
    result.fulfil([build(state, (table) => values.forEach((value, i) => table.setInt(i + 1, build(state, (entry) => {
      const promise = asPromise(value);
      const status = promise?.status ?? "fulfilled";
      entry.setStr("status", status);
      entry.setStr(status === "fulfilled" ? "value" : "reason", promise === undefined ? value : promise.handle.userValues[0]);
    }))))]);
  });
  return result.handle;
}

/** `async.race(list)`: settles as the first of the promises does; the others are cancelled then. The list must not be empty. */
function race(f: Frame): LuaValue {
  const values = listArgument(f);
  f.argCheck(values.length > 0, 1, "list is empty");
  const promises = promisesOf(values);
  const result = together(f, promises);
  const ready = values.findIndex((value) => asPromise(value) === undefined);
  if (ready >= 0) {
    result.fulfil([values[ready]]);
    cancelAll(promises, "lost a race");
  }
  for (const promise of promises) {
    promise.whenSettled(() => {
      result.adopt(promise);
      cancelAll(promises, "lost a race");
    });
  }
  return result.handle;
}

/**
 * `async.any(list)`: the results of the first promise that is fulfilled; the others are cancelled then. When none is, rejected with a
 * table `{message = …, errors = {…}}`.
 */
function firstFulfilled(f: Frame): LuaValue {
  const { state } = f.L;
  const values = listArgument(f);
  const promises = promisesOf(values);
  const result = together(f, promises);
  const ready = values.findIndex((value) => asPromise(value) === undefined);
  if (ready >= 0) {
    result.fulfil([values[ready]]);
    cancelAll(promises, "not needed");
  }
  for (const promise of promises) {
    promise.whenSettled(() => {
      if (promise.status !== "fulfilled") return;
      result.adopt(promise);
      cancelAll(promises, "not needed");
    });
  }
  whenAll(promises, () => {
    if (!result.isPending) return;
    const failure = build(state, (table) => {
      table.setStr("message", "no promise was fulfilled");
      table.setStr("errors", build(state, (errors) => promises.forEach((promise, i) => errors.setInt(i + 1, promise.handle.userValues[0]))));
      table.metatable = build(state, (metatable) => metatable.setStr("__tostring", MESSAGE));
    });
    result.reject(new LuaThrow(failure));
  });
  return result.handle;
}

const MESSAGE = new NativeFunction("async.any.__tostring", (f) => f.table(1).getStr("message"));

function milliseconds(f: Frame, i: number): number {
  const ms = f.double(i);
  f.argCheck(ms >= 0 && ms <= LONGEST, i, "time out of range");
  return ms;
}

/** `async.sleep(ms)`: waits that long; other tasks run meanwhile. */
function sleep(f: Frame): Signal {
  const ms = milliseconds(f, 1);
  const runtime = runtimeOf(f.L.state);
  const task = runtime.waiter(f);
  let number = 0;
  const callOff = runtime.after(ms, () => runtime.endWait(task, number, (frame) => frame.none()));
  number = task.beginWait("async.sleep", null, callOff);
  return f.suspend();
}

/**
 * `async.timeout(p, ms)`: settles as the promise `p` does, but is rejected with "timeout after … ms" when that takes longer; `p` is cancelled
 * then. Instead of a promise a function can be given, which is started as `async` does.
 */
function timeout(f: Frame): LuaValue {
  const ms = milliseconds(f, 2);
  const runtime = runtimeOf(f.L.state);
  const promise = isFunction(f.arg(1)) ? start(f, f.arg(1), []) : promiseArgument(f, 1);
  const result = together(f, [promise]);
  const message = `timeout after ${ms} ms`;
  const callOff = runtime.after(ms, () => {
    result.reject(new LuaThrow(message));
    promise.cancel(message);
  });
  result.whenSettled(callOff);
  promise.whenSettled(() => result.adopt(promise));
  return result.handle;
}

export const asyncLibrary: LibrarySpec = {
  name: "async",
  functions: {
    all, race, settled, sleep, timeout,
    "any": firstFulfilled,
    /** `async.cancel(p [, reason])`: see `promise:cancel`. */
    cancel: CANCEL.run,
  },
  setup(state, table) {
    const metatable = new LuaTable();
    metatable.setStr("__call", START);
    table.metatable = metatable;
    state.globals.setStr("await", AWAIT);
  },
};

const START = new NativeFunction("async", startTask);
