// Lua functions as JavaScript functions.
import type { LuaFunction } from "../vm/function.js";
import type { LuaValue } from "../vm/value.js";
import { ScriptError, toScriptError } from "./errors.js";
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

/** The Lua function behind a callable, and how to call it. */
class Target {
  constructor(readonly converter: CallableConverter, readonly handle: Handle) {}

  async run(args: readonly unknown[]): Promise<readonly LuaValue[]> {
    try {
      return await this.converter.runtime.spawn(this.handle.value, this.lua(args)).result;
    } catch (error) {
      throw this.failure(error);
    }
  }

  runSync(args: readonly unknown[]): readonly LuaValue[] {
    try {
      return this.converter.runtime.runSync(this.handle.value, this.lua(args));
    } catch (error) {
      throw this.failure(error);
    }
  }

  plain(results: readonly LuaValue[]): PlainValue[] {
    return results.map((value) => this.converter.toPlain(value));
  }

  first(results: readonly LuaValue[]): PlainValue {
    return this.converter.toPlain(results[0]);
  }

  private lua(args: readonly unknown[]): LuaValue[] {
    return args.map((arg) => this.converter.fromPlain(arg));
  }

  private failure(error: unknown): ScriptError {
    return toScriptError(error, (value) => this.converter.toPlain(value));
  }
}

const targets = new WeakMap<object, Target>();

function targetOf(callable: object): Target {
  const target = targets.get(callable);
  if (target === undefined) throw new ScriptError("type", "not a function of a script");
  return target;
}

/** The handle behind a LuaCallable; undefined for any other function. */
export function handleBehind(fn: HostFunctionValue): Handle | undefined {
  return targets.get(fn)?.handle;
}

/** What every callable has beside being called. Shared, so that a callable is small: scripts can make many. */
const METHODS: object = Object.freeze(Object.assign(Object.create(Function.prototype, {
  handle: {
    get(this: object): Handle {
      return targetOf(this).handle;
    },
  },
}) as object, {
  async all(this: object, ...args: unknown[]): Promise<PlainValue[]> {
    const target = targetOf(this);
    return target.plain(await target.run(args));
  },
  callSync(this: object, ...args: unknown[]): PlainValue {
    const target = targetOf(this);
    return target.first(target.runSync(args));
  },
  allSync(this: object, ...args: unknown[]): PlainValue[] {
    const target = targetOf(this);
    return target.plain(target.runSync(args));
  },
  dispose(this: object): void {
    targetOf(this).handle.dispose();
  },
  [DISPOSE](this: object): void {
    targetOf(this).handle.dispose();
  },
}));

/** A JavaScript function that runs `func`. It keeps `func` alive until it is disposed or collected. */
export function createCallable(converter: CallableConverter, func: LuaFunction): LuaCallable {
  const target = new Target(converter, new Handle(converter.runtime.state, func));
  const callable = async (...args: unknown[]): Promise<PlainValue> => target.first(await target.run(args));
  Object.setPrototypeOf(callable, METHODS);
  targets.set(callable, target);
  return callable as unknown as LuaCallable;
}
