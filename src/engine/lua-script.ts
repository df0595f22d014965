// A compiled chunk, held by the host.
import type { LuaFunction } from "../vm/function.js";
import type { LuaState } from "../vm/state.js";
import type { Script } from "./engine.js";
import { DISPOSE, Handle } from "./handle.js";

/** A compiled chunk of one context. */
export class LuaScript implements Script {
  /** @internal */
  readonly handle: Handle;

  /** @internal */
  constructor(state: LuaState, func: LuaFunction, readonly name: string) {
    this.handle = new Handle(state, func);
  }

  dispose(): void {
    this.handle.dispose();
  }

  [DISPOSE](): void {
    this.handle.dispose();
  }
}
