// Which sandbox a state runs in, and how something is refused to its scripts.
import { toHostText } from "../base/bytes.js";
import { LuaThrow } from "../vm/fault.js";
import { where } from "../vm/inspect.js";
import type { LuaState } from "../vm/state.js";
import type { ModuleRegistry } from "./modules.js";
import { PermissionDenied, type Policy } from "./policy.js";

/** What a sandboxed state runs under. */
export interface Sandbox {
  readonly policy: Policy;
  readonly modules: ModuleRegistry | undefined;
}

const sandboxes = new WeakMap<LuaState, Sandbox>();

/** The sandbox of `state`; undefined for one that was not made by createSandboxedState. */
export function sandboxOf(state: LuaState): Sandbox | undefined {
  return sandboxes.get(state);
}

/** Puts `state` under `sandbox`, once. */
export function confine(state: LuaState, sandbox: Sandbox): void {
  sandboxes.set(state, sandbox);
}

/** Refuses something to the running script: a Lua error of kind "permission" with the caller's position. `message`: byte string. */
export function deny(state: LuaState, permission: string, subject: string, message: string): never {
  const cause = new PermissionDenied(permission, toHostText(subject), toHostText(message));
  throw new LuaThrow(where(state.current.frame.prev) + message, cause, "permission");
}

/**
 * Raises unless the policy of `state` grants `permission` ("network", "bridge.agent", …; see Policy.allows); `what` says what
 * was asked for ("connecting to 'example.org'"). States without a sandbox may do everything.
 */
export function requirePermission(state: LuaState, permission: string, subject: string | undefined, what: string): void {
  const sandbox = sandboxOf(state);
  if (sandbox === undefined || sandbox.policy.allows(permission, subject)) return;
  deny(state, permission, subject ?? "", `permission denied: ${what} (policy '${sandbox.policy.name}' does not grant '${permission}')`);
}
