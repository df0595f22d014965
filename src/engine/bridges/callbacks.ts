// Functions of scripts that bridges call: as tasks that belong to the calling script, charged to what the caller is charged to.
import { toHostText } from "../../base/bytes.js";
import { LuaThrow } from "../../vm/fault.js";
import { LimitReached } from "../../vm/limits.js";
import { LuaError, LuaLimitError } from "../../vm/state.js";
import { fromPlain, toPlain } from "../conversion.js";
import type { LuaCallable, PlainValue } from "../script-value.js";
import type { Task } from "../task.js";
import type { BridgeContext, Callback } from "./context.js";
import { attempt } from "./services/attempt.js";
import type { Budget } from "./services/budget.js";
import { BridgeFailure } from "./services/failure.js";
import type { Stoppable } from "./services/stop.js";

/** The budget that `task` runs under: its own, or that of the nearest task it belongs to. */
export function budgetOf(task: Task | null | undefined): Budget | undefined {
  for (let each = task ?? null; each !== null; each = each.parent) {
    if (each.budget !== null) return each.budget as Budget;
  }
  return undefined;
}

export interface CallbackOptions {
  /** The task it belongs to. */
  readonly owner?: unknown;
  readonly budget?: Budget | undefined;
  /** Cancels it. */
  readonly stopping?: Stoppable | undefined;
  readonly name?: string;
}

/** Calls a function with arguments in the plain view; resolves to its first result. Rejects with what it raised. */
export function callScript(context: BridgeContext, callback: Callback, args: readonly unknown[], options: CallbackOptions = {}): Promise<PlainValue> {
  return "handle" in callback ? attempt(() => callLua(context, callback, args, options)) : callHost(callback, args);
}

async function callHost(callback: (...args: never[]) => unknown, args: readonly unknown[]): Promise<PlainValue> {
  return (await (callback as (...args: unknown[]) => unknown)(...args)) as PlainValue;
}

function callLua({ runtime }: BridgeContext, { handle }: LuaCallable, args: readonly unknown[], { owner, stopping, budget, name = "callback" }: CallbackOptions): Promise<PlainValue> {
  const caller = owner as Task | null | undefined;
  const parent = caller === null || caller?.isOver === true ? undefined : caller;
  const task = runtime.spawn(handle.value, args.map((arg) => fromPlain(runtime, arg)), { parent, name });
  if (stopping !== undefined) obey(task, stopping);
  if (budget !== undefined) task.budget = budget;
  return task.result.then((results) => toPlain(runtime, results[0]));
}

function obey(task: Task, stopping: Stoppable): void {
  const stopped = (): void => task.cancel(stopping.stopReason);
  if (stopping.isStopped) queueMicrotask(stopped);
  else task.whenOver(stopping.onStop(stopped));
}

/** The failure behind an error of a script: a bridge's own, else one with the error's message. Anything else as it is. */
export function unwrapScriptError(error: unknown): unknown {
  for (let at: unknown = error; at instanceof Error; at = at.cause) if (at instanceof BridgeFailure) return at;
  if (error instanceof LuaThrow) return new BridgeFailure("script", typeof error.value === "string" ? toHostText(error.value) : "error in a script", { cause: error });
  return error instanceof LuaError ? new BridgeFailure("script", toHostText(error.message), { cause: error }) : error;
}

/** Limits of the host end whatever runs; a task that was only cancelled does not. */
export function isFatalForScripts(error: unknown): boolean {
  return (error instanceof LuaLimitError || error instanceof LimitReached) && error.kind !== "cancelled";
}
