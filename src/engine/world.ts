// World: what a context is made of, and the small steps between host and state that its methods are made of.
import type { Budget, BudgetLimits } from "../vm/budgets.js";
import type { LuaState } from "../vm/state.js";
import { type LuaValue, isFunction, typeName } from "../vm/value.js";
import { handleBehind } from "./callable.js";
import type { Converter } from "./conversion.js";
import type { RunOptions, ScriptFunction } from "./engine.js";
import { ScriptError } from "./errors.js";
import { valueAt } from "./global-path.js";
import { Handle } from "./handle.js";
import { type LimitSettings, checkLimits } from "./limits.js";
import type { ModuleRegistry } from "./modules.js";
import { type Names, addHostNames } from "./names.js";
import type { Runtime } from "./runtime.js";
import type { PlainValue, ScriptValue } from "./script-value.js";

/** The parts of a context, until it is disposed. */
export interface World {
  readonly state: LuaState;
  readonly runtime: Runtime;
  readonly converter: Converter;
  readonly modules: ModuleRegistry;
  readonly names: Names;
  /** The function behind `importModule`, if modules can be imported. */
  readonly require: LuaValue;
}

/** Arguments for the state. */
export function toLua({ converter }: World, args: readonly unknown[]): LuaValue[] {
  const values: LuaValue[] = [];
  for (let i = 0; i < args.length; i++) values.push(converter.fromPlain(args[i]));
  return values;
}

/** `value` for the state, its functions named after the place that it is meant for. */
export function namedValue({ converter, names }: World, name: string, value: unknown): LuaValue {
  const { functions } = converter.identities;
  const converted = converter.fromPlain(value);
  if (converter.identities.functions !== functions) addHostNames(names, name, converted);
  return converted;
}

/** A Lua value in the view that options ask for. */
export function view({ converter }: World, value: LuaValue, options: Pick<RunOptions, "view">): PlainValue | ScriptValue {
  return options.view === "tagged" ? converter.toTagged(value) : converter.toPlain(value);
}

/** The value of a handle, which must be of this context. */
export function owned({ state }: World, handle: Handle): LuaValue {
  if (handle.state !== state) throw new ScriptError("type", "it belongs to another context");
  return handle.value;
}

/** What `call` is to call. */
export function resolveTarget(world: World, target: string | ScriptFunction): LuaValue {
  if (typeof target === "string") {
    const value = valueAt(world.state, target);
    if (value === undefined) throw new ScriptError("type", `no global '${target}' to call`);
    return value; // a table may have __call
  }
  const handle = target instanceof Handle ? target : typeof target === "function" ? handleBehind(target as never) : undefined;
  if (handle === undefined) throw new ScriptError("type", `not a function of a script (a ${target === null ? "null" : typeof target})`);
  const value = owned(world, handle);
  if (!isFunction(value)) throw new ScriptError("type", `not a function (a ${typeName(value)} value)`);
  return value;
}

/** A budget for one run. */
export function callBudget({ state }: World, limits: LimitSettings): Budget {
  checkLimits(limits);
  return state.budgets.make(limits satisfies BudgetLimits);
}

/** A synchronous call charged to `budget` as well. */
export function callWithin({ state, runtime }: World, budget: Budget, func: LuaValue, args: LuaValue[]): LuaValue[] {
  const entered = [budget];
  const mark = state.budgets.enter(entered);
  try {
    return runtime.runSync(func, args);
  } finally {
    state.budgets.leave(mark, entered);
  }
}
