// Handles: Lua values that the host holds. The census counts them as alive until they are disposed, or collected by
// JavaScript's own collector.
import { NativeFunction } from "../vm/function.js";
import type { LuaState } from "../vm/state.js";
import { type LuaValue, type TypeName, typeName } from "../vm/value.js";
import { ScriptError } from "./errors.js";

/** `Symbol.dispose`, also where the host does not have it yet. */
export const DISPOSE: typeof Symbol.dispose = Symbol.dispose ?? (Symbol.for("Symbol.dispose") as typeof Symbol.dispose);

/** What a handle, with the JavaScript function that a function's handle usually has, is taken to hold in memory. */
const HANDLE_BYTES = 600;

/** The values one state's handles keep alive, by number: what the census sees of them. */
class HeldValues {
  private readonly values: LuaValue[] = [];
  private readonly free: number[] = [];
  /** For receipts: one for all. */
  readonly weak = new WeakRef(this);

  constructor(private readonly state: LuaState) {
    const root = new NativeFunction("handles", () => undefined);
    root.captured = this.values;
    state.census.roots.add(root);
  }

  hold(value: LuaValue): number {
    const id = this.free.pop() ?? this.values.length;
    this.values[id] = value;
    this.state.memory.hold(HANDLE_BYTES);
    return id;
  }

  get(id: number): LuaValue {
    return this.values[id];
  }

  release(id: number): void {
    this.values[id] = undefined;
    this.state.memory.release(HANDLE_BYTES);
    this.free.push(id);
  }

  /** Handles in use. */
  get count(): number {
    return this.values.length - this.free.length;
  }
}

const held = new WeakMap<LuaState, HeldValues>();

function heldBy(state: LuaState): HeldValues {
  let values = held.get(state);
  if (values === undefined) held.set(state, (values = new HeldValues(state)));
  return values;
}

/** What the registry keeps of a handle: nothing that leads back to the handle, however Lua and host refer to each other. */
interface Receipt {
  readonly values: WeakRef<HeldValues>;
  readonly id: number;
}

const forgotten = new FinalizationRegistry<Receipt>(({ values, id }) => values.deref()?.release(id));

/** Keeps one Lua value alive for the host. Dispose it, or drop it and the collector will. */
export class Handle {
  /** `type` of the value. */
  readonly kind: TypeName;
  #id: number;

  constructor(readonly state: LuaState, value: LuaValue) {
    const values = heldBy(state);
    this.kind = typeName(value);
    this.#id = values.hold(value);
    forgotten.register(this, { values: values.weak, id: this.#id }, this);
  }

  /** The value. Throws ScriptError "type" once disposed. */
  get value(): LuaValue {
    if (this.#id < 0) throw new ScriptError("type", `this ${this.kind} handle was disposed`);
    return heldBy(this.state).get(this.#id);
  }

  get disposed(): boolean {
    return this.#id < 0;
  }

  /** Lets the value go. Further calls do nothing. */
  dispose(): void {
    if (this.#id < 0) return;
    heldBy(this.state).release(this.#id);
    forgotten.unregister(this);
    this.#id = -1;
  }

  [DISPOSE](): void {
    this.dispose();
  }
}

/** Handles of `state` that are neither disposed nor collected yet. */
export function handleCount(state: LuaState): number {
  return held.get(state)?.count ?? 0;
}
