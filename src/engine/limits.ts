// Limits as the host gives them: per engine (for each of its contexts), per context, per run.
import { ScriptError } from "./errors.js";

/** Each limit is off unless given; a positive number. Hard: no code of the script can catch what ends it. */
export interface LimitSettings {
  /** VM instructions plus the documented price of library work. */
  readonly instructions?: number;
  /** Milliseconds from the start by the clock, waits included. */
  readonly time?: number;
  /** Milliseconds of running, waits excluded. */
  readonly cpuTime?: number;
  /** Live bytes by the documented sizes. */
  readonly memory?: number;
  /** Bytes allocated in total, whether they live or not. */
  readonly allocations?: number;
  /** Bytes of output. */
  readonly output?: number;
  /** Calls nested in one another on one coroutine. */
  readonly callDepth?: number;
  /** Calls of host functions. */
  readonly hostCalls?: number;
  /** Bytes of the longest string that may be built. */
  readonly stringSize?: number;
}

/** What is left of each limit that was set. */
export type Remaining = { readonly [name in keyof LimitSettings]?: number };

export const LIMIT_NAMES = [
  "instructions", "time", "cpuTime", "memory", "allocations", "output", "callDepth", "hostCalls", "stringSize",
] as const satisfies readonly (keyof LimitSettings)[];

/** @throws ScriptError "type" for a limit that does not exist or is not a positive number. */
export function checkLimits(limits: LimitSettings): void {
  for (const [name, value] of Object.entries(limits) as [string, unknown][]) {
    if (!(LIMIT_NAMES as readonly string[]).includes(name)) throw new ScriptError("type", `no limit is called '${name}' (there are ${LIMIT_NAMES.join(", ")})`);
    if (typeof value !== "number" || !(value > 0)) throw new ScriptError("type", `limit '${name}' must be a positive number, got ${String(value)}`);
  }
}

/** `own` with what it does not say taken from `defaults`. */
export function withDefaults(own: LimitSettings | undefined, defaults: LimitSettings | undefined): LimitSettings {
  return { ...defaults, ...own };
}
