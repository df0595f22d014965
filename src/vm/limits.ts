// Errors that no Lua code can catch: they pass every pcall and reach whoever gave the limit, with the state still inspectable.
import type { Budget } from "./budgets.js";

/** What a limit counts; "cancelled" is an order of the host. */
export type LimitKind =
  | "instructions" | "time" | "cpuTime" | "memory" | "allocations" | "output" | "callDepth" | "hostCalls" | "stringSize" | "cancelled";

/** A hard limit was reached. `message` says which and how much; `budget` is the nested budget that ended, null for the state's own. */
export class LimitReached {
  constructor(readonly kind: LimitKind, readonly message: string, readonly budget: Budget | null = null) {}
}

/** "instruction limit reached (1000)". */
export function limitMessage(kind: LimitKind, limit: number): string {
  switch (kind) {
    case "instructions": return `instruction limit reached (${limit})`;
    case "time": return "time limit reached";
    case "cpuTime": return "CPU time limit reached";
    case "memory": return `memory limit reached (${limit} bytes)`;
    case "allocations": return `allocation limit reached (${limit} bytes)`;
    case "output": return `output limit reached (${limit} bytes)`;
    case "callDepth": return `call depth limit reached (${limit})`;
    case "hostCalls": return `host call limit reached (${limit})`;
    case "stringSize": return `string size limit reached (${limit} bytes)`;
    case "cancelled": return "cancelled";
  }
}
