// Tools that run in a context of their own: a fresh state under the strictest policy, gone after the call. Only data gets in and out.
import { toHostText } from "../../base/bytes.js";
import { vmCompiler } from "../../compiler/vm-compiler.js";
import { LuaClosure } from "../../vm/function.js";
import { LuaError, LuaLimitError } from "../../vm/state.js";
import type { LuaValue } from "../../vm/value.js";
import { closedUpval } from "../../vm/function.js";
import { fromPlain, toPlain } from "../conversion.js";
import { Policy, policies } from "../policy.js";
import { Runtime } from "../runtime.js";
import { createSandboxedState } from "../sandbox.js";
import { BridgeFailure } from "./services/failure.js";
import { isObject } from "./services/json-value.js";

/** Limits of one call: VM instructions, bytes, milliseconds. */
export interface SandboxedToolLimits {
  readonly instructions?: number;
  readonly memory?: number;
  readonly time?: number;
}

const DEFAULT_LIMITS = { instructions: 10_000_000, memory: 16 * 1024 * 1024, time: 5000 };
const POLICY = Policy.from({ name: "sandboxed tool", globals: "allow" }, policies.strict);

/** Calls a copy of `func` with `args`. Rejects with BridgeFailure "script" or "limit". */
export async function runSandboxed(func: LuaClosure, name: string, args: unknown, limits: SandboxedToolLimits, signal: AbortSignal | undefined): Promise<unknown> {
  const state = createSandboxedState({ policy: POLICY });
  const { instructions, memory, time } = { ...DEFAULT_LIMITS, ...limits };
  state.budgets.limitState({ instructions, memory, time });
  const runtime = new Runtime(state);
  state.enter();
  let copy: LuaClosure;
  let argument: LuaValue;
  try {
    const proto = vmCompiler.undump(vmCompiler.dump(func.proto, false), name); // nothing is shared, the function's caches included
    copy = new LuaClosure(proto, proto.upvalues.map(() => closedUpval(state.globals)));
    argument = fromPlain(runtime, args, { functions: "refuse" });
  } finally {
    state.leave();
  }
  try {
    const task = runtime.spawn(copy, [argument], { name: `sandboxed tool ${name}`, ...(signal === undefined ? {} : { signal }) });
    return data(toPlain(runtime, (await task.result)[0]));
  } catch (error) {
    if (error instanceof LuaLimitError) throw new BridgeFailure("limit", `the tool '${name}' was stopped: ${toHostText(error.message)}`, { cause: error });
    throw error instanceof LuaError ? new BridgeFailure("script", toHostText(error.message), { cause: error }) : error;
  } finally {
    runtime.cancelAll();
    state.census.roots.clear();
  }
}

/** Functions and objects of the other state would keep it alive and let calls back into it. */
function data(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(data);
  if (typeof value === "function" || (typeof value === "object" && value !== null && !isObject(value) && !(value instanceof Uint8Array))) {
    throw new BridgeFailure("invalid_result", "a sandboxed tool gives data, no functions and objects");
  }
  if (isObject(value)) for (const part of Object.values(value)) data(part);
  return value;
}
