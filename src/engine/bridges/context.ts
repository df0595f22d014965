// The bridges' side of one script state: what its bridges share, and one call of a bridge function.
import { allocate } from "../../vm/accounting.js";
import { Userdata } from "../../vm/userdata.js";
import { type Runtime } from "../runtime.js";
import type { Task } from "../task.js";
import type { LuaCallable, PlainValue } from "../script-value.js";
import { fromPlain, toPlain } from "../conversion.js";
import { requirePermission, sandboxOf } from "../guard.js";
import type { BridgeServices } from "./services.js";
import { EventBus } from "./services/event-bus.js";
import type { Events } from "./services/events.js";
import { BridgeFailure } from "./services/failure.js";
import { checkTextLimits } from "./services/formats/text-limit.js";
import { HookRegistry } from "./services/hooks.js";
import type { Keep } from "./services/kept.js";
import type { Charge, TextLimits } from "./services/work.js";

/** Something that each context has one of, made when it is first asked for: the tools of a script, its agents, … */
export interface ContextPart<T> {
  readonly name: string;
  readonly create: (context: BridgeContext) => T;
}

/** `const TOOLS = contextPart("tools", (context) => new ToolService(…))`, then `context.get(TOOLS)`. */
export function contextPart<T>(name: string, create: (context: BridgeContext) => T): ContextPart<T> {
  return { name, create };
}

/** Calls of one bridge function so far. */
export interface CallFigures {
  calls: number;
  failures: number;
}

/** A function as bridges hold it: of a script, or of the host. */
export type Callback = LuaCallable | ((...args: never[]) => unknown);

const NO_TEXT_LIMITS: TextLimits = {};

export class BridgeContext implements Events {
  #events: EventBus | undefined;
  /** Hooks of this context's scripts, beside those of the host. */
  readonly hooks: HookRegistry;
  /** Calls by function ("agent.run"). */
  readonly figures = new Map<string, CallFigures>();
  /** Pays for work by the meter of the state. Throws when its limit is reached. */
  readonly charge: Charge;
  readonly #parts = new Map<ContextPart<unknown>, unknown>();
  #closers: readonly (() => void)[] = [];
  #closed = false;
  /** Stands for what bridges keep for scripts, in the census of their memory. */
  readonly #kept = new Userdata(null);
  /** Tasks that run hooks: their own calls have none, so that a hook on everything ends somewhere. */
  #hookTasks: WeakSet<Task> | undefined;

  /** @internal Made by {@link openBridgeContext}. */
  constructor(readonly runtime: Runtime, readonly services: BridgeServices) {
    this.#events = services.events;
    this.hooks = new HookRegistry(services.hooks);
    const { meter, census } = runtime.state;
    census.roots.add(this.#kept);
    const { textLimits = NO_TEXT_LIMITS } = services;
    checkTextLimits(textLimits);
    this.charge = Object.assign((units: number) => meter.charge(units), { textLimits });
    this.onClose(() => {
      this.#events?.clear(this);
      this.hooks.clear();
    });
  }

  get events(): EventBus {
    return (this.#events ??= new EventBus(this.services.now));
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Milliseconds since 1970, by the host's clock. */
  now(): number {
    return this.services.now?.() ?? this.runtime.state.host.now();
  }

  log(message: string): void {
    this.services.log?.(message);
  }

  /** The context's own `part`. */
  get<T>(part: ContextPart<T>): T {
    let found = this.#parts.get(part) as T | undefined;
    if (found === undefined) this.#parts.set(part, (found = part.create(this)));
    return found;
  }

  /** {@link keep}, to be handed on. */
  readonly keeper: Keep = (bytes) => this.keep(bytes);

  /** Something of `bytes` is kept for the scripts of this context (or no more, if negative): it counts for their memory limit. */
  keep(bytes: number): void {
    const { state } = this.runtime;
    this.#kept.weight += bytes;
    if (bytes <= 0) return;
    state.enter();
    allocate(bytes);
    state.leave();
  }

  /** Somebody listens to events of that type. */
  isHeard(type: string): boolean {
    return this.#events?.isHeard(type) === true;
  }

  /** Emits an event of a bridge. Nobody waits for its handlers. */
  emit(type: string, data: Readonly<Record<string, unknown>>): void {
    if (!this.isHeard(type)) return;
    const told = this.events.emit(type, data, { source: type.slice(0, type.indexOf(".")) });
    if (told instanceof Promise) told.catch((error: unknown) => this.log(`event '${type}' was not told: ${String(error)}`));
  }

  /** Whether the policy grants a permission ("network", "bridge.agent"). States without a sandbox may do everything. */
  permits(permission: string, subject?: string): boolean {
    const sandbox = sandboxOf(this.runtime.state);
    return sandbox === undefined || sandbox.policy.allows(permission, subject);
  }

  /**
   * Calls a function of the script or of the host with arguments in the plain view; resolves to its first result. A script's
   * function runs as a task of its own, one that ends with `parent` if given. Rejects with what it raised.
   */
  async invoke(callback: Callback, args: readonly unknown[], parent?: Task | null, name = "callback"): Promise<PlainValue> {
    return (await this.invokeAll(callback, args, parent, name))[0];
  }

  /** {@link invoke} with all results. */
  async invokeAll(callback: Callback, args: readonly unknown[], parent?: Task | null, name = "callback"): Promise<PlainValue[]> {
    const { runtime } = this;
    if (this.#closed) throw new BridgeFailure("closed", "the script's context was disposed");
    if (!("handle" in callback)) return [(await (callback as (...args: unknown[]) => unknown)(...args)) as PlainValue];
    const task = runtime.spawn(callback.handle.value, args.map((arg) => fromPlain(runtime, arg)), { parent: parent?.isOver === true ? undefined : parent ?? undefined, name });
    return (await task.result).map((value) => toPlain(runtime, value));
  }

  /** Like {@link invoke} for handlers of hooks: bridge calls that they make are not hooked. */
  async invokeHook(callback: Callback, args: readonly unknown[], parent?: Task | null): Promise<PlainValue> {
    const { runtime } = this;
    if (!("handle" in callback)) return this.invoke(callback, args);
    const task = runtime.spawn(callback.handle.value, args.map((arg) => fromPlain(runtime, arg)), { parent: parent?.isOver === true ? undefined : parent ?? undefined, name: "hook" });
    (this.#hookTasks ??= new WeakSet()).add(task);
    return toPlain(runtime, (await task.result)[0]);
  }

  /** The task, or one that it belongs to, runs a hook. */
  isInsideHook(task: Task | null): boolean {
    if (this.#hookTasks === undefined) return false;
    for (let each = task; each !== null; each = each.parent) if (this.#hookTasks.has(each)) return true;
    return false;
  }

  /** `action` runs when the context is closed: timers, subscriptions, connections end then. */
  onClose(action: () => void): void {
    this.#closers = [...this.#closers, action];
  }

  /** Ends what bridges keep going for this context. Further calls do nothing. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const action of [...this.#closers].reverse()) {
      try {
        action();
      } catch (error) {
        this.log(`a bridge did not close: ${String(error)}`);
      }
    }
  }
}

/** Never aborted: for calls that no task made. */
const NEVER = new AbortController().signal;

/** One call of a bridge function: what `run` gets first. */
export class BridgeCall {
  /** @internal `task`: who calls; null in a synchronous call of the host. */
  constructor(readonly context: BridgeContext, /** "agent.run" */ readonly name: string, readonly task: Task | null) {}

  get runtime(): Runtime {
    return this.context.runtime;
  }

  get services(): BridgeServices {
    return this.context.services;
  }

  /** Aborted when the calling script is cancelled or ended by a limit. */
  get signal(): AbortSignal {
    return this.task?.signal ?? NEVER;
  }

  get charge(): Charge {
    return this.context.charge;
  }

  get<T>(part: ContextPart<T>): T {
    return this.context.get(part);
  }

  emit(type: string, data: Readonly<Record<string, unknown>>): void {
    this.context.emit(type, data);
  }

  /** {@link BridgeContext.invoke} on behalf of the calling script: what it starts ends with it. */
  invoke(callback: Callback, ...args: unknown[]): Promise<PlainValue> {
    return this.context.invoke(callback, args, this.task, this.name);
  }

  /** Raises a Lua error unless the policy grants `permission`; `what` says what was asked for ("connecting to 'example.org'"). */
  require(permission: string, subject: string | undefined, what: string): void {
    requirePermission(this.runtime.state, permission, subject, what);
  }
}

/** The bridges' context of a runtime, made with these services when there is none yet. */
export function openBridgeContext(runtime: Runtime, services: BridgeServices = {}): BridgeContext {
  if (runtime.bridges === null) {
    const opened = new BridgeContext(runtime, services);
    runtime.onClose(() => opened.close());
    runtime.bridges = opened;
  }
  return runtime.bridges as BridgeContext;
}

/** The bridges' context of a runtime. Throws when no bridge was opened there. */
export function bridgeContextOf(runtime: Runtime): BridgeContext {
  if (runtime.bridges === null) throw new Error("no bridge was opened in this context");
  return runtime.bridges as BridgeContext;
}

/** Closes the bridges' context of a runtime that is done with; nothing happens when it has none. */
export function closeBridgeContext(runtime: Runtime): void {
  (runtime.bridges as BridgeContext | null)?.close();
}
