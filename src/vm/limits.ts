// Errors that no Lua code can catch: they pass every pcall and reach the host with the state still inspectable.

export type LimitKind = "instructions" | "time" | "memory" | "cancelled";

/** A hard limit was reached. `message` says which and how much. */
export class LimitReached {
  constructor(readonly kind: LimitKind, readonly message: string) {}
}
