// How a bridge function is called: counted, charged, seen by hooks, its failures made into what Lua sees.
import type { NativeFunction } from "../../vm/function.js";
import { converterOf, fromPlain, hostFunction, toPlain } from "../conversion.js";
import { type HostCall, SharedFunction, multi } from "../host-function.js";
import type { Parameter } from "../parameters.js";
import type { Task } from "../task.js";
import { BridgeCall, type BridgeContext, type CallFigures, bridgeContextOf, contextPart } from "./context.js";
import type { BridgeFunction, BridgeParameter, MethodSource } from "./define.js";
import { raised } from "./failure-value.js";

/** Units of a call for which the bridge names no price. */
export const DEFAULT_COST = 10;

/** Parameters of a host function for those of a bridge function. */
export function nativeParameters(params: readonly BridgeParameter[]): readonly Parameter[] {
  let native = parametersOf.get(params);
  if (native === undefined) parametersOf.set(params, (native = params.map(({ doc: _, ...parameter }) => parameter)));
  return native;
}

/** One list for all contexts. */
const parametersOf = new WeakMap<readonly BridgeParameter[], readonly Parameter[]>();

/** The Lua function for one function of a bridge. */
export function bridgeFunction(context: BridgeContext, source: MethodSource): NativeFunction {
  let shared = sharedFunctions.get(source);
  if (shared === undefined) sharedFunctions.set(source, (shared = share(source)));
  return converterOf(context.runtime).sharedFunction(shared);
}

/** One description for all contexts. */
const sharedFunctions = new WeakMap<MethodSource, SharedFunction>();

function share(source: MethodSource): SharedFunction {
  const { bridge, name, fn } = source;
  return new SharedFunction({
    name: `${bridge}.${name}`,
    params: nativeParameters(fn.params),
    cost: fn.cost ?? DEFAULT_COST,
    run: (call, ...args: unknown[]) => invokeMethod(source, call, args),
  });
}

const INVOKERS = contextPart("invokers", () => new Map<MethodSource, Invoker>());

/** A call of a bridge function, by its name or as a method of a handle. */
export function invokeMethod(source: MethodSource, { runtime, task }: HostCall, args: readonly unknown[]): unknown {
  const context = bridgeContextOf(runtime);
  const invokers = context.get(INVOKERS);
  let invoker = invokers.get(source);
  if (invoker === undefined) invokers.set(source, (invoker = new Invoker(context, `${source.bridge}.${source.name}`, source.fn)));
  return invoker.call(task, args);
}

/** Makes calls of one function in one context. */
class Invoker {
  private readonly figures: CallFigures;

  constructor(private readonly context: BridgeContext, private readonly name: string, private readonly fn: BridgeFunction) {
    this.figures = figuresOf(context, name);
  }

  call(task: Task | null, args: readonly unknown[]): unknown {
    const { context, name, fn } = this;
    this.figures.calls++;
    const call = new BridgeCall(context, name, task);
    try {
      const isHooked = fn.hooked !== false && context.hooks.isHooked(name) && !context.isInsideHook(task);
      const result = isHooked ? runHooked(call, fn, args) : (fn.run as (call: BridgeCall, ...args: unknown[]) => unknown)(call, ...args);
      return result instanceof Promise ? result.catch((error: unknown) => this.fail(error)) : result;
    } catch (error) {
      return this.fail(error);
    }
  }

  private fail(error: unknown): never {
    this.figures.failures++;
    throw raised(this.name, error);
  }
}

/** A call with its hooks. Arguments that a hook changed are checked as those of a script are. */
function runHooked(call: BridgeCall, fn: BridgeFunction, args: readonly unknown[]): Promise<unknown> {
  const run = fn.run as (call: BridgeCall, ...args: unknown[]) => unknown;
  const isSame = (changed: readonly unknown[]): boolean => changed.length === args.length && changed.every((arg, i) => arg === args[i]);
  return call.context.hooks.run(call.name, args, (changed) => (isSame(changed) ? run(call, ...args) : runChecked(call, fn, changed)), call.task);
}

async function runChecked({ context, name, task, runtime }: BridgeCall, fn: BridgeFunction, args: readonly unknown[]): Promise<unknown> {
  const run = fn.run as (call: BridgeCall, ...args: unknown[]) => unknown;
  const native = hostFunction(runtime, { name, params: nativeParameters(fn.params), run: (inner, ...given: unknown[]) => run(new BridgeCall(context, name, inner.task), ...given) });
  const results = await runtime.spawn(native, args.map((arg) => fromPlain(runtime, arg)), { parent: task ?? undefined, name }).result;
  return multi(...results.map((value) => toPlain(runtime, value)));
}

function figuresOf(context: BridgeContext, name: string): CallFigures {
  let figures = context.figures.get(name);
  if (figures === undefined) context.figures.set(name, (figures = { calls: 0, failures: 0 }));
  return figures;
}
