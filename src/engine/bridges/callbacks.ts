// Functions of scripts that bridges call: as tasks that belong to the calling script, charged to what the caller is charged to.
import { toHostText } from "../../base/bytes.js";
import { LuaThrow } from "../../vm/fault.js";
import { LimitReached } from "../../vm/limits.js";
import { LuaError, LuaLimitError } from "../../vm/state.js";
import { fromPlain, toPlain } from "../conversion.js";
import type { PlainValue } from "../script-value.js";
import type { Task } from "../task.js";
import type { BridgeContext, Callback } from "./context.js";
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
export async function callScript(context: BridgeContext, callback: Callback, args: readonly unknown[], options: CallbackOptions = {}): Promise<PlainValue> {
  if (!("handle" in callback)) return (await (callback as (...args: unknown[]) => unknown)(...args)) as PlainValue;
  const { runtime } = context;
  const owner = options.owner as Task | null | undefined;
  const parent = owner === null || owner?.isOver === true ? undefined : owner;
  const task = runtime.spawn(callback.handle.value, args.map((arg) => fromPlain(runtime, arg)), { parent, name: options.name ?? "callback" });
  if (options.stopping !== undefined) obey(task, options.stopping);
  if (options.budget !== undefined) task.budget = options.budget;
  return toPlain(runtime, (await task.result)[0]);
}

function obey(task: Task, stopping: Stoppable): void {
  const cancel = (): void => task.cancel(stopping.stopReason);
  if (stopping.isStopped) queueMicrotask(cancel);
  else task.whenOver(stopping.onStop(cancel));
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
