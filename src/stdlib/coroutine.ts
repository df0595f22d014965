// The coroutine library (manual 6.2). Switching itself is the interpreter's (vm/calls.ts).
import { closeMethod, closeUpvalues } from "../vm/calls.js";
import { LuaThrow, raise } from "../vm/fault.js";
import type { Frame } from "../vm/frame.js";
import { NativeFunction, type Role, RoleKind } from "../vm/function.js";
import { where } from "../vm/inspect.js";
import type { LibrarySpec } from "../vm/library.js";
import { tryCallIn } from "../vm/protected.js";
import { RESUME, type Signal, YIELD } from "../vm/signal.js";
import { MAX_NATIVE_DEPTH, Thread, ThreadStatus } from "../vm/thread.js";
import type { LuaValue } from "../vm/value.js";

function threadArgument(f: Frame, i: number): Thread {
  const co = f.arg(i);
  if (!(co instanceof Thread)) f.typeError(i, "thread");
  return co;
}

/** Why `co` cannot be resumed from `L`, or undefined when it can. */
function whyNotResumable(L: Thread, co: Thread): string | undefined {
  if (co.status === ThreadStatus.Dead) return "cannot resume dead coroutine";
  if (co.status !== ThreadStatus.Suspended) return "cannot resume non-suspended coroutine";
  return L.nativeDepth >= MAX_NATIVE_DEPTH - 1 ? "C stack overflow" : undefined;
}

/** Asks the interpreter to resume `co`; the outcome goes to `continuation`. */
function resumeThen(f: Frame, co: Thread, args: LuaValue[], continuation: (f: Frame, results: LuaValue[]) => LuaValue | Signal): Signal {
  f.L.pending = co;
  f.L.results = args;
  f.continuation = continuation;
  f.failure = null;
  return RESUME;
}

function resume(f: Frame): Signal {
  const co = threadArgument(f, 1);
  const reason = whyNotResumable(f.L, co);
  if (reason !== undefined) return f.results(false, reason);
  return resumeThen(f, co, f.args(2), finishResume);
}

export function finishResume(f: Frame, results: LuaValue[]): Signal {
  if (f.failure === null) return f.resultArray([true, ...results]);
  f.failure = null;
  return f.results(false, results[0]);
}

/** Errors of a wrapped coroutine: strings get the position of the caller in front (luaB_auxwrap). */
function raiseWrapped(f: Frame, value: LuaValue): never {
  throw new LuaThrow(typeof value === "string" ? where(f.prev) + value : value);
}

function finishWrapped(f: Frame, results: LuaValue[]): LuaValue | Signal {
  if (f.failure === null) return results.length === 1 ? results[0] : f.resultArray(results);
  f.failure = null;
  const co = f.data as Thread;
  f.data = undefined;
  raiseWrapped(f, closeThread(f.L, co)![0]);
}

const WRAPPED: Role = { kind: RoleKind.Wrapped, done: finishWrapped };

function wrap(f: Frame): LuaValue {
  const co = f.L.state.newThread(f.function_(1));
  const resumer = new NativeFunction("wrapped coroutine", (frame) => {
    const reason = whyNotResumable(frame.L, co);
    if (reason !== undefined) raiseWrapped(frame, reason);
    frame.data = co;
    return resumeThen(frame, co, frame.args(), finishWrapped);
  });
  resumer.captured = [co];
  resumer.role = WRAPPED;
  return resumer;
}

function yieldValues(f: Frame): Signal {
  const { L } = f;
  if (!L.isYieldable) {
    raise(L.resumer === null ? "attempt to yield from outside a coroutine" : "attempt to yield across a C-call boundary");
  }
  L.results = f.args();
  f.top = f.base; // the values are the resumer's now
  return YIELD;
}

/**
 * Closes a suspended or dead coroutine: its pending variables are closed and it is dead. Answers undefined, or a list
 * with the error it died of or that closing it raised.
 */
function closeThread(L: Thread, co: Thread): [LuaValue] | undefined {
  const { state } = L;
  let failure: [LuaValue] | undefined = co.deathError === null ? undefined : [co.deathError.value];
  co.deathError = null;
  co.status = ThreadStatus.Running;
  co.frame = co.baseFrame;
  co.nativeDepth = L.nativeDepth;
  co.unyieldable = 0;
  co.resumer = L;
  const status = L.status;
  L.status = ThreadStatus.Normal;
  state.current = co;
  closeUpvalues(co, 1);
  const budgets = (co.budgets ?? []).map((budget) => ({ budget, base: budget.frame!.base }));
  for (const { budget } of budgets) state.budgets.end(budget);
  for (let at = co.tbc.pop(); at !== undefined; at = co.tbc.pop()) {
    co.frame = co.baseFrame;
    co.baseFrame.top = at + 1;
    const v = co.stack[at];
    while (budgets.length > 0 && budgets[budgets.length - 1]!.base > at) budgets.pop(); // the variable is outside
    const outcome = tryCallIn(budgets[budgets.length - 1]?.budget ?? null, co, closeMethod(co, v), [v, failure?.[0]]);
    if (outcome instanceof LuaThrow) failure = [outcome.value];
  }
  state.current = L;
  L.status = status;
  co.resumer = null;
  co.status = ThreadStatus.Dead;
  co.baseFrame.top = 1;
  co.stack.fill(undefined);
  return failure;
}

const STATUS_NAMES = ["suspended", "running", "normal", "dead"] as const;

export const statusOf = (co: Thread): string => STATUS_NAMES[co.status];

function close(f: Frame): LuaValue | Signal {
  const co = threadArgument(f, 1);
  if (co.status !== ThreadStatus.Suspended && co.status !== ThreadStatus.Dead) {
    f.error(`cannot close a ${STATUS_NAMES[co.status]} coroutine`);
  }
  const failure = closeThread(f.L, co);
  return failure === undefined ? true : f.results(false, failure[0]);
}

export const coroutineLibrary: LibrarySpec = {
  name: "coroutine",
  functions: {
    close,
    create: (f) => f.L.state.newThread(f.function_(1)),
    isyieldable: (f) => (f.isNone(1) ? f.L : threadArgument(f, 1)).isYieldable,
    resume,
    running: (f) => f.results(f.L, f.L === f.L.state.mainThread),
    status: (f) => statusOf(threadArgument(f, 1)),
    wrap,
    yield: yieldValues,
  },
};
