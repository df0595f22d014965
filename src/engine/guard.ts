// Which sandbox a state runs in, and how something is refused to its scripts.
import { fromHostText, toHostText } from "../base/bytes.js";
import { LuaThrow } from "../vm/fault.js";
import { where } from "../vm/inspect.js";
import type { LuaState } from "../vm/state.js";
import type { ModuleRegistry } from "./modules.js";
import type { Task } from "./task.js";
import { PermissionDenied, type Policy } from "./policy.js";

/** What a sandboxed state runs under. The state's host is one (sandbox-host.ts). */
export abstract class Sandbox {
  private loadedTexts: Map<string, string> | null = null;
  private loadingModules: Map<string, Task> | null = null;

  constructor(readonly policy: Policy, public modules: ModuleRegistry | undefined) {}

  /** Texts of the modules that were loaded from sources, by name: what a refresh compares with. */
  get texts(): Map<string, string> {
    return (this.loadedTexts ??= new Map());
  }

  /** The task that began last to load a module; it may have failed to. */
  loaderOf(name: string): Task | undefined {
    return this.loadingModules?.get(name);
  }

  beginLoading(name: string, task: Task): void {
    (this.loadingModules ??= new Map()).set(name, task);
  }

  /** Nobody loads the module any longer. */
  endLoading(name: string): void {
    this.loadingModules?.delete(name);
    if (this.loadingModules?.size === 0) this.loadingModules = null;
  }
}

/** The sandbox of `state`; undefined for one that was not made by createSandboxedState. */
export function sandboxOf(state: LuaState): Sandbox | undefined {
  return state.host instanceof Sandbox ? state.host : undefined;
}

/** Refuses something to the running script: a Lua error of kind "permission" with the caller's position. `message`: byte string. */
export function deny(state: LuaState, permission: string, subject: string, message: string): never {
  const cause = new PermissionDenied(permission, toHostText(subject), toHostText(message));
  throw new LuaThrow(where(state.current.frame.prev) + message, cause, "permission");
}

/** A policy as messages name it: "policy 'restricted'", a byte string. */
export function named(policy: Policy): string {
  return `policy '${fromHostText(policy.name)}'`;
}

/**
 * Raises unless the policy of `state` grants `permission` ("network", "bridge.agent", …; see Policy.allows); `what`, a byte
 * string, says what was asked for ("connecting to 'example.org'"). States without a sandbox may do everything.
 */
export function requirePermission(state: LuaState, permission: string, subject: string | undefined, what: string): void {
  const sandbox = sandboxOf(state);
  if (sandbox === undefined || sandbox.policy.allows(permission, subject)) return;
  deny(state, permission, subject ?? "", `permission denied: ${what} (${named(sandbox.policy)} does not grant '${permission}')`);
}
