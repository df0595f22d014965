// Lua functions as JavaScript functions.
import type { LuaFunction } from "../vm/function.js";
import type { LuaValue } from "../vm/value.js";
import { toScriptError } from "./errors.js";
import { DISPOSE, Handle } from "./handle.js";
import type { HostFunctionValue } from "./identities.js";
import type { Runtime } from "./runtime.js";
import type { LuaCallable, PlainValue } from "./script-value.js";

/** What a callable needs: where to run, and how arguments and results cross. */
export interface CallableConverter {
  readonly runtime: Runtime;
  toPlain(value: LuaValue): PlainValue;
  fromPlain(value: unknown): LuaValue;
}

const handles = new WeakMap<HostFunctionValue, Handle>();

/** The handle behind a LuaCallable; undefined for any other function. */
export function handleBehind(fn: HostFunctionValue): Handle | undefined {
  return handles.get(fn);
}

/** A JavaScript function that runs `func`. It keeps `func` alive until it is disposed or collected. */
export function createCallable(converter: CallableConverter, func: LuaFunction): LuaCallable {
  const { runtime } = converter;
  const handle = new Handle(runtime.state, func);
  const argumentsOf = (args: readonly unknown[]): LuaValue[] => args.map((arg) => converter.fromPlain(arg));
  const plainResults = (results: readonly LuaValue[]): PlainValue[] => results.map((value) => converter.toPlain(value));
  const failed = (error: unknown): never => {
    throw toScriptError(error, (value) => converter.toPlain(value));
  };
  const run = async (args: readonly unknown[]): Promise<LuaValue[]> => {
    try {
      return await runtime.spawn(handle.value, argumentsOf(args)).result;
    } catch (error) {
      return failed(error);
    }
  };
  const runSync = (args: readonly unknown[]): LuaValue[] => {
    try {
      return runtime.runSync(handle.value, argumentsOf(args));
    } catch (error) {
      return failed(error);
    }
  };
  const callable = Object.assign(async (...args: unknown[]): Promise<PlainValue> => converter.toPlain((await run(args))[0]), {
    all: async (...args: unknown[]): Promise<PlainValue[]> => plainResults(await run(args)),
    callSync: (...args: unknown[]): PlainValue => converter.toPlain(runSync(args)[0]),
    allSync: (...args: unknown[]): PlainValue[] => plainResults(runSync(args)),
    handle,
    dispose: () => handle.dispose(),
    [DISPOSE]: () => handle.dispose(),
  }) satisfies LuaCallable;
  handles.set(callable, handle);
  return callable;
}
