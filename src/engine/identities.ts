// Who is who between one state and its host: a host function or object that crosses twice is one Lua value, and back.
import type { LuaFunction, NativeFunction } from "../vm/function.js";
import type { LuaTable } from "../vm/table.js";
import { type Userdata, lightUserdata } from "../vm/userdata.js";
import type { LuaCallable } from "./script-value.js";

/** A JavaScript function as hosts hand it over. */
export type HostFunctionValue = (...args: never[]) => unknown;

/** `null` kept apart from nil (option nulls: "null"). Equal in all states. */
export const NULL = lightUserdata(Object.freeze({ null: true }));

/** A host object behind a userdata, with its HostType. Only host-object.ts makes them, so no other userdata can pass for one. */
export class HostReference {
  constructor(private target: object | undefined, readonly type: object) {}

  /** The object; undefined once it was revoked. */
  get object(): object | undefined {
    return this.target;
  }

  revoke(): void {
    this.target = undefined;
  }
}

/** The maps are made when they are first written to: most states need few of them, and each costs the collector something. */
export class Identities {
  private natives: WeakMap<HostFunctionValue, NativeFunction> | undefined;
  private hostFunctions: WeakMap<NativeFunction, HostFunctionValue> | undefined;
  private userdata: WeakMap<object, Userdata> | undefined;
  private callables: WeakMap<LuaFunction, WeakRef<LuaCallable>> | undefined;
  private hostArrays: WeakSet<LuaTable> | undefined;

  nativeFor(fn: HostFunctionValue): NativeFunction | undefined {
    return this.natives?.get(fn);
  }

  hostFunctionOf(native: NativeFunction): HostFunctionValue | undefined {
    return this.hostFunctions?.get(native);
  }

  /** Host functions that have become Lua functions so far. */
  functions = 0;

  bindFunction(fn: HostFunctionValue, native: NativeFunction): void {
    this.functions++;
    (this.natives ??= new WeakMap()).set(fn, native);
    (this.hostFunctions ??= new WeakMap()).set(native, fn);
  }

  userdataFor(object: object): Userdata | undefined {
    return this.userdata?.get(object);
  }

  hostObjectOf(value: Userdata): object | undefined {
    return value.data instanceof HostReference ? value.data.object : undefined;
  }

  bindObject(object: object, value: Userdata): void {
    (this.userdata ??= new WeakMap()).set(object, value);
  }

  unbindObject(object: object): void {
    this.userdata?.delete(object);
  }

  /** The JavaScript function made for a Lua function, while somebody holds it and it is not disposed. */
  callableFor(func: LuaFunction): LuaCallable | undefined {
    const callable = this.callables?.get(func)?.deref();
    return callable === undefined || callable.handle.disposed ? undefined : callable;
  }

  bindCallable(func: LuaFunction, callable: LuaCallable): void {
    (this.callables ??= new WeakMap()).set(func, new WeakRef(callable));
  }

  /** Tables made from empty or gappy arrays, which could not be told from objects on the way back. */
  markHostArray(table: LuaTable): void {
    (this.hostArrays ??= new WeakSet()).add(table);
  }

  isHostArray(table: LuaTable): boolean {
    return this.hostArrays?.has(table) === true;
  }
}
