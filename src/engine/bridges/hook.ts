// The hook bridge: hooks of scripts around bridge calls.
import { LuaError } from "../../vm/state.js";
import type { Runtime } from "../runtime.js";
import type { Task } from "../task.js";
import { toPlain } from "../conversion.js";
import type { BridgeCall, BridgeContext, Callback } from "./context.js";
import { defineBridge } from "./define.js";
import { raised } from "./failure-value.js";
import { defineHandle } from "./handles.js";
import { options } from "./options.js";
import { type ApprovalService, NotApproved } from "./services/approval.js";
import { BridgeFailure, messageOf } from "./services/failure.js";
import { BUILTIN_HOOKS, type BuiltinHook, type BuiltinOptions, builtinHook } from "./services/hook-builtins.js";
import { HOOK_PRIORITIES, HOOK_TYPES, type Hook, type HookAnswer, type HookHandler, type HookType, type HookedCall } from "./services/hooks.js";
import { LuaRaisable } from "../host-function.js";

const hookHandle = defineHandle<Hook>({
  name: "hook",
  doc: "A hook that was registered.",
  id: ({ id }) => id,
  find: (context, id) => ownHook(context, id),
  properties: {
    name: { type: "string", doc: "Its name.", get: ({ name }) => name },
    enabled: { type: "boolean", doc: "Whether it runs.", get: ({ enabled }) => enabled },
  },
});

/** Scripts reach the hooks that they made, and no others: those of the host may be there to watch them. */
function ownHook(context: BridgeContext, id: string): Hook | undefined {
  const hook = context.hooks.find(id);
  return hook?.spec.owner === context ? hook : undefined;
}

function hookTable({ id, name, type, pattern, priority, enabled, calls, failures, details }: Hook): Record<string, unknown> {
  return { id, name, type, pattern, priority, enabled, calls, failures, ...details };
}

const BYTES_PER_HOOK = 1000;

interface RegisterOptions {
  readonly type: HookType;
  readonly pattern: string;
  readonly handler?: Callback;
  readonly builtin?: BuiltinHook;
  readonly name?: string;
  readonly priority?: number;
  readonly enabled?: boolean;
  readonly options?: BuiltinOptions;
}

function register(call: BridgeCall, { type, pattern, handler, builtin, name, priority, enabled, options: choices = {} }: RegisterOptions): unknown {
  const { context } = call;
  if ((handler === undefined) === (builtin === undefined)) throw new BridgeFailure("invalid", "a hook has either a handler or the name of a built-in one");
  const what = handler === undefined ? builtinHook(builtin!, choices, portsOf(context)) : { type, handler: scriptHandler(context, type, handler) };
  const hook = context.hooks.register({ ...what, pattern, owner: context, ...(name === undefined ? {} : { name }), ...(priority === undefined ? {} : { priority }) });
  context.keep(BYTES_PER_HOOK);
  if (enabled === false) context.hooks.setEnabled(hook, false);
  return hookHandle.of(hook);
}

function portsOf(context: BridgeContext): Parameters<typeof builtinHook>[2] {
  return {
    now: () => context.now(),
    sleep: (milliseconds) => new Promise((resolve) => void context.runtime.after(milliseconds, resolve)),
    log: (message) => context.log(message),
    ...(context.services.approval === undefined ? {} : { approve: approver(context.services.approval) }),
  };
}

/** Asks the host; objects among the arguments are shown by their names. */
function approver(approval: ApprovalService): NonNullable<Parameters<typeof builtinHook>[2]["approve"]> {
  return async ({ name, args, caller }, reason) => {
    const request = { kind: "hook", subject: name, arguments: args.slice(0, args.findLastIndex((arg) => arg !== undefined) + 1).map(shown), ...(reason === undefined ? {} : { reason }) };
    const answer = await approval.request(request, (caller as Task | null | undefined)?.signal);
    if (!answer.approved) throw new NotApproved(request, answer.note);
    return Array.isArray(answer.arguments) ? answer.arguments : args;
  };
}

function shown(value: unknown): unknown {
  const isData = typeof value !== "object" || value === null || Array.isArray(value) || Object.getPrototypeOf(value) === null;
  if (isData) return typeof value === "function" ? "a function" : value;
  const { name, id } = value as { readonly name?: unknown; readonly id?: unknown };
  return String(name ?? id ?? "an object");
}

/** A script's function as a handler. It runs as a task that ends with the caller's. */
function scriptHandler(context: BridgeContext, type: HookType, handler: Callback): HookHandler {
  return async (call, next) => {
    const parent = (call.caller ?? null) as Task | null;
    const table = callTable(context, call);
    if (type !== "around") return answerOf(await context.invokeHook(handler, [table], parent));
    const goOn = async (...args: unknown[]): Promise<unknown> => {
      try {
        return await next(args.length === 0 ? undefined : args);
      } catch (error) {
        throw raised(call.name, error);
      }
    };
    return context.invokeHook(handler, [table, goOn], parent);
  };
}

function callTable({ runtime }: BridgeContext, { name, args, result, error }: HookedCall): Record<string, unknown> {
  return {
    name, bridge: name.slice(0, name.indexOf(".")), args,
    ...(result === undefined ? {} : { result }),
    ...(error === undefined ? {} : { error: errorTable(runtime, error) }),
  };
}

/** What went wrong, also when it has passed through Lua code on its way. */
function errorTable(runtime: Runtime, error: unknown): unknown {
  if (error instanceof LuaError && error.cause instanceof Error) return errorTable(runtime, error.cause);
  if (error instanceof LuaRaisable) return toPlain(runtime, error.luaValue(runtime));
  return { code: (error as { code?: unknown }).code ?? "failed", message: messageOf(error) };
}

/** What a handler returned: a table with `args`, `result` or `skip`. */
function answerOf(returned: unknown): HookAnswer | undefined {
  if (returned === undefined) return undefined;
  if (typeof returned !== "object" || returned === null || Array.isArray(returned)) throw new BridgeFailure("invalid", "a hook returns nothing or a table with 'args', 'result' or 'skip'");
  const { args, result, skip } = returned as { args?: unknown; result?: unknown; skip?: unknown };
  if (args !== undefined && !Array.isArray(args)) {
    if (typeof args === "object" && args !== null && Object.keys(args).length === 0) return { args: [] };
    throw new BridgeFailure("invalid", "a hook's 'args' is a list of arguments");
  }
  return { ...(args === undefined ? {} : { args }), ...(result !== undefined || skip === true ? { result } : {}) };
}

const handlerOptions = options("HookOptions", {
  type: { type: "string", oneOf: HOOK_TYPES, default: "around", doc: "One of `hook.Type`; AROUND for built-in hooks." },
  pattern: { type: "string", required: true, doc: "Which calls: \"agent.run\", \"tool.*\", \"*\"." },
  handler: { type: "function", doc: "Called with the call; AROUND hooks also get `next`." },
  builtin: { type: "string", oneOf: BUILTIN_HOOKS, doc: "A built-in hook in place of a handler." },
  name: { type: "string", doc: "For lists; its id unless given." },
  priority: { type: "number", doc: "One of `hook.Priority` or any number; NORMAL unless given." },
  enabled: { type: "boolean", default: true, doc: "False: it waits for `enable`." },
  options: {
    doc: "For built-in hooks.",
    type: options("BuiltinHookOptions", {
      limit: { type: "integer", min: 1, doc: "rate_limit: calls in a window (10)." },
      window: { type: "number", min: 1, doc: "rate_limit: milliseconds (1000)." },
      wait: { type: "boolean", doc: "rate_limit: further calls wait instead of failing." },
      ttl: { type: "number", min: 0, doc: "cache: milliseconds that a result is kept (60000)." },
      size: { type: "integer", min: 1, max: 100_000, doc: "cache: results that are kept (100)." },
      attempts: { type: "integer", min: 1, max: 100, doc: "retry: calls in all (3)." },
      delay: { type: "number", min: 0, doc: "retry: milliseconds before the second call, doubled each time (100)." },
      codes: { type: "array", doc: "retry: error codes that are worth another call; all unless given." },
      reason: { type: "string", doc: "approval: shown to who is asked." },
    }),
  },
});

const hookParameter = { name: "hook", type: hookHandle, doc: "A hook of the script, or its id." } as const;

export const hookBridge = defineBridge({
  name: "hook",
  doc: "Hooks before, after and around bridge calls, and on their errors.",
  handles: [hookHandle],
  constants: {
    Type: { PRE: "pre", POST: "post", AROUND: "around", ERROR: "error" },
    Priority: { ...HOOK_PRIORITIES },
    Builtin: { LOGGING: "logging", METRICS: "metrics", RATE_LIMIT: "rate_limit", CACHE: "cache", RETRY: "retry", APPROVAL: "approval" },
  },
  types: {
    HookedCall: {
      doc: "A call as hooks see it.",
      fields: {
        name: { type: "string", doc: "\"agent.run\"." },
        bridge: { type: "string", doc: "\"agent\"." },
        args: { type: "any[]", doc: "The arguments." },
        result: { type: "any", doc: "POST: what the call returned." },
        error: { type: "table?", doc: "ERROR: what went wrong." },
      },
    },
  },
  notes: "A PRE hook may return `{ args = {...} }` to change the arguments, or `{ result = x }` (`{ skip = true }` for no result) to answer in the call's place. " +
    "A POST hook may return `{ result = x }`, an ERROR hook too, which makes the call succeed. An AROUND hook returns the result; `next()` makes the call, `next(a, b)` makes it with other arguments. " +
    "What a hook raises fails the call. Calls made inside a hook are not hooked themselves, and neither are calls of this bridge.",
  functions: {
    register: {
      doc: "Registers a hook.",
      params: [{ name: "options", type: handlerOptions, doc: "What it does, and to which calls." }],
      returns: [{ type: "Hook", doc: "For `unregister`, `enable`, `disable`." }],
      hooked: false,
      example: 'hook.register{ type = hook.Type.PRE, pattern = "tool.execute", handler = function(call) print("about to run", call.args[1]) end }\nhook.register{ builtin = hook.Builtin.RETRY, pattern = "agent.run", options = { attempts = 5 } }',
      run: register,
    },
    unregister: {
      doc: "Takes a hook away.",
      params: [hookParameter],
      returns: [{ type: "boolean", doc: "False when it was gone already." }],
      hooked: false,
      run: (call, hook: Hook) => {
        const isGone = call.context.hooks.unregister(hook);
        if (isGone) call.context.keep(-BYTES_PER_HOOK);
        return isGone;
      },
    },
    execute: {
      doc: "Calls a function of the script under a name, with the hooks for that name: hook points of one's own.",
      params: [
        { name: "name", type: "string", doc: "\"app.import\"; what patterns are compared with." },
        { name: "fn", type: "function", doc: "The function." },
        { name: "...", type: "any", variadic: true, doc: "Its arguments." },
      ],
      returns: [{ type: "any", doc: "What it returns, or what hooks make of it." }],
      waits: true,
      hooked: false,
      run: ({ context, task }, name: string, fn: Callback, ...args: unknown[]) => context.hooks.run(name, args, (changed) => context.invoke(fn, changed, task, name), task),
    },
    list: {
      doc: "The script's hooks, in the order they were registered.",
      params: [{ name: "pattern", type: "string", optional: true, doc: "Only those registered for exactly this pattern." }],
      returns: [{ type: "table[]", doc: "Tables with `id`, `name`, `type`, `pattern`, `priority`, `enabled`, `calls`, `failures`." }],
      hooked: false,
      run: ({ context }, pattern?: string) => context.hooks.list().filter(({ spec }) => spec.owner === context && (pattern === undefined || spec.pattern === pattern)).map(hookTable),
    },
    enable: {
      doc: "Lets a hook run again.",
      params: [hookParameter],
      hooked: false,
      run: ({ context }, hook: Hook) => context.hooks.setEnabled(hook, true),
    },
    disable: {
      doc: "Keeps a hook from running until it is enabled again.",
      params: [hookParameter],
      hooked: false,
      run: ({ context }, hook: Hook) => context.hooks.setEnabled(hook, false),
    },
    get_info: {
      doc: "What a hook is and what it has done; built-in hooks add their own figures.",
      params: [hookParameter],
      returns: [{ type: "table", doc: "As in `list`, with `metrics`, `hits`, `misses`, `retries`, … for built-in hooks." }],
      hooked: false,
      run: (_, hook: Hook) => hookTable(hook),
    },
    compose: {
      doc: "One AROUND handler out of several: the first is outermost.",
      params: [{ name: "...", type: "function", variadic: true, doc: "AROUND handlers." }],
      returns: [{ type: "fun(call: HookedCall, next: function): any", doc: "For `register`." }],
      hooked: false,
      example: 'hook.register{ type = hook.Type.AROUND, pattern = "agent.*", handler = hook.compose(timing, auditing) }',
      run: ({ context }, ...handlers: Callback[]) => composed(context, handlers),
    },
  },
});

function composed(context: BridgeContext, handlers: readonly Callback[]): (...args: never[]) => unknown {
  const step = (i: number, call: unknown, next: Callback) => async (...args: unknown[]): Promise<unknown> => {
    const handler = handlers[i];
    if (handler === undefined) return context.invokeHook(next, args, context.runtime.current);
    const changed = args.length === 0 ? call : { ...(call as object), args };
    return context.invokeHook(handler, [changed, step(i + 1, changed, next)], context.runtime.current);
  };
  return ((call: unknown, next: Callback) => step(0, call, next)()) as (...args: never[]) => unknown;
}
