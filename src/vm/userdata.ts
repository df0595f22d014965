// Userdata: host objects as Lua values.
import type { LuaTable } from "./table.js";
import type { LuaValue } from "./value.js";

/** Full userdata: a host object with identity, a metatable and user values. */
export class Userdata {
  mark = 0;
  metatable: LuaTable | null = null;
  /** User values 1..n (debug.getuservalue); the length is fixed at creation. */
  readonly userValues: LuaValue[];
  /** `weight`: bytes that the host's object counts in a census; whoever makes it, or changes it, accounts for them as well. */
  constructor(public data: unknown, userValueCount = 0, public weight = 0) {
    this.userValues = new Array<LuaValue>(userValueCount).fill(undefined);
  }
}

/** Light userdata: compares by the object it points to. */
export class LightUserdata {
  constructor(readonly pointer: object) {}
}

const lights = new WeakMap<object, LightUserdata>();

/** The light userdata for `pointer`; the same object each time, so that it works as a table key. */
export function lightUserdata(pointer: object): LightUserdata {
  let light = lights.get(pointer);
  if (light === undefined) lights.set(pointer, (light = new LightUserdata(pointer)));
  return light;
}
