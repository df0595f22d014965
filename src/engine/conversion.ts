// Where values, functions and objects cross between a runtime and its host: the two views, host functions, host objects.
// The parts refer to each other (a function in a table becomes a Lua function whose arguments are converted …); here they meet.
import type { LuaFunction, NativeFunction } from "../vm/function.js";
import type { LuaState } from "../vm/state.js";
import type { Userdata } from "../vm/userdata.js";
import type { LuaValue } from "../vm/value.js";
import { createCallable, handleBehind } from "./callable.js";
import { ScriptError } from "./errors.js";
import { fromPlain as plainToLua } from "./from-plain.js";
import { type HostFunctionSpec, type SharedFunction, nativeFunction } from "./host-function.js";
import { ByReference, HostObjects, type HostType } from "./host-object.js";
import { type HostFunctionValue, Identities } from "./identities.js";
import type { Runtime } from "./runtime.js";
import type { ConversionOptions, LuaCallable, PlainValue, ScriptValue } from "./script-value.js";
import { fromTagged, toTagged } from "./tagged.js";
import { toPlain as luaToPlain } from "./to-plain.js";

const DEFAULTS: ConversionOptions = {};

/** Converts for one runtime. Throws ScriptError "type" for what cannot cross and "limit" for what is too deep or too large. */
export class Converter {
  readonly state: LuaState;
  readonly identities = new Identities();
  /** Told of every {@link hostFunction}. */
  onDefined: ((native: NativeFunction) => void) | null = null;
  private readonly objects = new HostObjects(this, this.identities);

  constructor(readonly runtime: Runtime) {
    this.state = runtime.state;
  }

  /** A Lua value in the plain view (to-plain.ts has the rules). */
  toPlain(value: LuaValue, options: ConversionOptions = DEFAULTS): PlainValue {
    return luaToPlain(this, value, options);
  }

  /** A plain value as a Lua value (from-plain.ts has the rules). */
  fromPlain(value: unknown, options: ConversionOptions = DEFAULTS): LuaValue {
    return plainToLua(this, value, options);
  }

  /** A Lua value in the tagged view, which loses nothing. */
  toTagged(value: LuaValue, options: ConversionOptions = DEFAULTS): ScriptValue {
    return toTagged(this.state, this.identities, value, options);
  }

  fromTagged(value: ScriptValue, options: ConversionOptions = DEFAULTS): LuaValue {
    return fromTagged(this.state, value, options);
  }

  /** A host function for scripts. Throws ScriptError "internal" when its parameters contradict each other. */
  hostFunction(spec: HostFunctionSpec): NativeFunction {
    const native = nativeFunction(this, spec);
    this.onDefined?.(native);
    return native;
  }

  /** @internal {@link hostFunction} for a function that many states have. */
  sharedFunction(shared: SharedFunction): NativeFunction {
    const native = shared.make();
    this.onDefined?.(native);
    return native;
  }

  /** @internal The members of host objects of a type in this state. */
  membersOf<T extends object>(type: HostType<T>): ReturnType<HostObjects["membersOf"]> {
    return this.objects.membersOf(type) as never;
  }

  /** The userdata by which scripts know `object`; the same one each time. */
  hostObject<T extends object>(object: T, type: HostType<T>): Userdata {
    return this.objects.wrap(object, type);
  }

  /** Takes `object` away from scripts: each further use of its userdata is an error. */
  revoke(object: object): void {
    this.objects.revoke(object);
  }

  /** The JavaScript function for a Lua function: the same one as long as somebody holds it. */
  callable(func: LuaFunction): LuaCallable {
    const known = this.identities.callableFor(func);
    if (known !== undefined) return known;
    const callable = createCallable(this, func);
    this.identities.bindCallable(func, callable);
    return callable;
  }

  /** The Lua function for a JavaScript function: the one behind a callable, else a native that takes and gives any values. */
  native(fn: HostFunctionValue): LuaFunction {
    const handle = handleBehind(fn);
    if (handle !== undefined) {
      if (handle.state !== this.state) throw new ScriptError("type", "this function belongs to another context");
      return handle.value as LuaFunction;
    }
    let native = this.identities.nativeFor(fn);
    if (native === undefined) {
      native = nativeFunction(this, { name: functionName(fn), run: (_, ...args) => (fn as (...args: unknown[]) => unknown)(...args) });
      this.identities.bindFunction(fn, native);
    }
    return native;
  }

  /** The userdata that a {@link ByReference} stands for. */
  reference(value: object): Userdata | undefined {
    return value instanceof ByReference ? this.objects.wrap(value.object, value.type) : undefined;
  }
}

/** The function's own name when it is text; reading it runs no code of the host. */
function functionName(fn: HostFunctionValue): string {
  const name: unknown = Object.getOwnPropertyDescriptor(fn, "name")?.value;
  return typeof name === "string" && name !== "" ? name : "host function";
}

/** The converter of a runtime; the same one each time. */
export function converterOf(runtime: Runtime): Converter {
  return (runtime.converter ??= new Converter(runtime)) as Converter;
}

/** {@link Converter.toPlain} */
export function toPlain(runtime: Runtime, value: LuaValue, options?: ConversionOptions): PlainValue {
  return converterOf(runtime).toPlain(value, options);
}

/** {@link Converter.fromPlain} */
export function fromPlain(runtime: Runtime, value: unknown, options?: ConversionOptions): LuaValue {
  return converterOf(runtime).fromPlain(value, options);
}

/** {@link Converter.toTagged} */
export function toScriptValue(runtime: Runtime, value: LuaValue, options?: ConversionOptions): ScriptValue {
  return converterOf(runtime).toTagged(value, options);
}

/** {@link Converter.fromTagged} */
export function fromScriptValue(runtime: Runtime, value: ScriptValue, options?: ConversionOptions): LuaValue {
  return converterOf(runtime).fromTagged(value, options);
}

/** {@link Converter.hostFunction} */
export function hostFunction(runtime: Runtime, spec: HostFunctionSpec): NativeFunction {
  return converterOf(runtime).hostFunction(spec);
}

/** {@link Converter.hostObject} */
export function hostObject<T extends object>(runtime: Runtime, object: T, type: HostType<T>): Userdata {
  return converterOf(runtime).hostObject(object, type);
}
