// The world that attacks run in: a context with host functions, host objects and a module, as an embedder might give it.
import { stringToBytes } from "../../src/base/bytes.js";
import type { LuaContext } from "../../src/engine/context.js";
import type { LimitSettings } from "../../src/engine/limits.js";
import { ByReference, exposing } from "../../src/engine/host-object.js";
import { LuaEngine } from "../../src/engine/lua-engine.js";
import type { LuaCallable } from "../../src/engine/script-value.js";
import type { Attack } from "./attack.js";

class Counter {
  count = 0;
  secret = "token";
  add(n = 1): number {
    if (typeof n !== "number") throw new TypeError("a number, please");
    return (this.count += n);
  }
}

class Vault {
  open(): string {
    return "gold";
  }
}

const counterType = exposing<Counter>("Counter", ["count", "add"], { writable: ["count"] });
const vaultType = exposing<Vault>("Vault", ["open"]);

/** Whether some script has written to a prototype that all objects share. */
const isPolluted = (): boolean => "polluted" in {} || "polluted" in (() => {});

export interface AttackWorld {
  readonly engine: LuaEngine;
  readonly context: LuaContext;
}

/** A context for an attack, with nothing but the given limits. */
export function attackWorld(attack: Pick<Attack, "policy">, limits: LimitSettings, engine = new LuaEngine()): AttackWorld {
  const held: unknown[] = [];
  const released = new Counter();
  const context = engine.createContext({
    policy: attack.policy,
    limits,
    output: () => {},
    globals: {
      object: new ByReference(new Counter(), counterType),
      vault: new ByReference(new Vault(), vaultType),
      released: new ByReference(released, counterType),
      save: isPolluted,
      this: function (this: unknown): boolean {
        return this === undefined;
      },
      callback: (_: unknown, f: LuaCallable) => f.callSync([]),
      fail: () => {
        throw new Error("host failure");
      },
      swallow: (f: LuaCallable) => {
        try {
          f.callSync();
        } catch {
          // what a careless host does
        }
      },
      hold: (f: unknown) => void held.push(f),
      give: () => ({ list: [1, 2, 3], text: "some text", more: { a: 1 } }),
    },
  });
  context.registerModule("app", { version: 1 });
  context.converter.revoke(released);
  return { engine, context };
}

/** The source of an attack, byte for byte. */
export const attackSource = (attack: Pick<Attack, "source">): Uint8Array => stringToBytes(attack.source);
