/** A condition that only a bug of ours can break; carries what was broken. Never caused by a Lua program. */
export class InternalError extends Error {
  override name = "InternalError";
}

declare const __DEV__: boolean | undefined;

/** True in test runs and when the sources run directly; the build compiles it (and what it guards) away. */
export const DEV: boolean = typeof __DEV__ === "undefined" || __DEV__;

/** Throws {@link InternalError} unless `condition` holds. `what` names the broken rule. */
export function invariant(condition: boolean, what: string): asserts condition {
  if (!condition) throw new InternalError(what);
}

/** Ends every `switch` over a union: the compiler proves it is never reached. */
export function unreachable(value: never, where: string): never {
  throw new InternalError(`${where} met ${String(value)}`);
}
