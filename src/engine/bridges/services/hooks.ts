// Hooks around calls of bridges: before, after, around, and on errors, by the call's name. They can change arguments and
// results, answer in the call's place, or make it fail.
import { BridgeFailure } from "./failure.js";
import { type NamePattern, namePattern } from "./name-pattern.js";

export const HOOK_TYPES = ["pre", "post", "around", "error"] as const;
export type HookType = (typeof HOOK_TYPES)[number];
export const HOOK_PRIORITIES = { HIGHEST: 100, HIGH: 75, NORMAL: 50, LOW: 25, LOWEST: 0 } as const;

/** A call on its way, as hooks see it. */
export interface HookedCall {
  /** "agent.run" */
  readonly name: string;
  readonly args: readonly unknown[];
  /** Set for "post" hooks. */
  readonly result?: unknown;
  /** Set for "error" hooks. */
  readonly error?: unknown;
  /** Who makes the call, as the registry's user knows it. */
  readonly caller?: unknown;
}

/** What a hook says; nothing: the call goes on as it is. */
export interface HookAnswer {
  /** "pre": new arguments. */
  readonly args?: readonly unknown[];
  /** "pre": the call is not made, this is its result. "post": the new result. "error": the call did not fail, this is its result. */
  readonly result?: unknown;
}

/** `next` (type "around") makes the call, with other arguments if given, and answers its result; it may be called several times. */
export type HookHandler = (call: HookedCall, next: (args?: readonly unknown[]) => Promise<unknown>) => unknown;

export interface HookSpec {
  readonly type: HookType;
  /** Which calls: "agent.run", "tool.*", "*". */
  readonly pattern: string;
  readonly handler: HookHandler;
  readonly name?: string;
  /** Hooks of a higher priority run first (and are outermost); 50 unless given. */
  readonly priority?: number;
  /** Whose it is, for {@link HookRegistry.clear}. */
  readonly owner?: object;
  /** What {@link Hook.details} answers, for built-in hooks. */
  readonly details?: () => Readonly<Record<string, unknown>>;
}

export class Hook {
  enabled = true;
  calls = 0;
  failures = 0;
  readonly type: HookType;
  readonly pattern: string;
  readonly name: string;
  readonly priority: number;
  /** @internal */
  readonly matches: NamePattern;

  /** @internal */
  constructor(readonly id: string, readonly spec: HookSpec) {
    ({ type: this.type, pattern: this.pattern, name: this.name = id, priority: this.priority = HOOK_PRIORITIES.NORMAL } = spec);
    this.matches = namePattern(spec.pattern);
  }

  get details(): Readonly<Record<string, unknown>> {
    return this.spec.details?.() ?? {};
  }
}

/** The hooks of one call, most urgent first. */
type Chain = Readonly<Record<HookType, readonly Hook[]>>;

const MAX_HOOKS = 1000;
const MAX_REMEMBERED_NAMES = 1000;

/** Hooks of one owner. Those of a parent, such as the host's, see the same calls, and cannot be reached from here. */
export class HookRegistry {
  /** Made with the first one. */
  private hooks: Map<string, Hook> | undefined;
  private chains: Map<string, Chain | null> | undefined;
  private lastId = 0;
  /** Changes with the hooks. */
  private version = 0;
  /** The parent's version that the chains were made with. */
  private parentVersion = 0;

  constructor(private readonly parent?: HookRegistry) {}

  /** Throws BridgeFailure "invalid" for a pattern that is none, "too_many". */
  register(spec: HookSpec): Hook {
    if (!/^[\w*-]+(?:\.[\w*-]+)*$/.test(spec.pattern)) throw new BridgeFailure("invalid", `'${spec.pattern}' is no pattern of calls`);
    const hooks = (this.hooks ??= new Map());
    if (hooks.size >= MAX_HOOKS) throw new BridgeFailure("too_many", `more than ${MAX_HOOKS} hooks`);
    const hook = new Hook(`hook_${++this.lastId}`, spec);
    hooks.set(hook.id, hook);
    this.changed();
    return hook;
  }

  /** False: it was not registered. */
  unregister(hook: Hook): boolean {
    if (this.hooks?.get(hook.id) !== hook) return false;
    this.changed();
    return this.hooks.delete(hook.id);
  }

  find(id: string): Hook | undefined {
    return this.hooks?.get(id);
  }

  setEnabled(hook: Hook, enabled: boolean): void {
    hook.enabled = enabled;
    this.changed();
  }

  private changed(): void {
    this.version++;
    this.chains = undefined;
  }

  /** In the order they were registered. */
  list(): Hook[] {
    return [...(this.hooks?.values() ?? [])];
  }

  /** Takes away the hooks of an owner, or all. */
  clear(owner?: object): number {
    const own = this.list().filter(({ spec }) => owner === undefined || spec.owner === owner);
    for (const hook of own) this.unregister(hook);
    return own.length;
  }

  /** A hook sees calls of that name. */
  isHooked(name: string): boolean {
    return this.size > 0 && this.chainOf(name) !== null;
  }

  /** Hooks here and in the parents. */
  private get size(): number {
    return (this.hooks?.size ?? 0) + (this.parent?.size ?? 0);
  }

  private *all(): Iterable<Hook> {
    if (this.parent !== undefined) yield* this.parent.all();
    if (this.hooks !== undefined) yield* this.hooks.values();
  }

  private get versionOfAll(): number {
    return this.version + (this.parent?.versionOfAll ?? 0);
  }

  /** Makes a call with its hooks. `proceed` makes the call itself. */
  async run(name: string, args: readonly unknown[], proceed: Proceed, caller?: unknown): Promise<unknown> {
    const chain = this.chainOf(name);
    return chain === null ? proceed(args) : runChain(chain, { name, args, caller }, proceed);
  }

  private chainOf(name: string): Chain | null {
    const parentVersion = this.parent?.versionOfAll ?? 0;
    if (parentVersion !== this.parentVersion) this.chains = undefined;
    this.parentVersion = parentVersion;
    const chains = (this.chains ??= new Map());
    let chain = chains.get(name);
    if (chain === undefined) {
      const matching = [...this.all()].filter((hook) => hook.enabled && hook.matches(name)).sort((a, b) => b.priority - a.priority);
      const ofType = (type: HookType): Hook[] => matching.filter((hook) => hook.type === type);
      chain = matching.length === 0 ? null : { pre: ofType("pre"), post: ofType("post"), around: ofType("around"), error: ofType("error") };
      if (chains.size >= MAX_REMEMBERED_NAMES) chains.clear();
      chains.set(name, chain);
    }
    return chain;
  }
}

type Proceed = (args: readonly unknown[]) => unknown;

async function runChain(chain: Chain, call: HookedCall, proceed: Proceed): Promise<unknown> {
  try {
    const before = await runBefore(chain.pre, call);
    const made = { ...call, args: before.args };
    const result = "result" in before ? before.result : await runAround(chain.around, made, proceed);
    return await runAfter(chain.post, made, result);
  } catch (error) {
    return await runOnError(chain.error, call, error);
  }
}

async function runBefore(hooks: readonly Hook[], call: HookedCall): Promise<{ args: readonly unknown[]; result?: unknown }> {
  let { args } = call;
  for (const hook of hooks) {
    const answer = await ask(hook, { ...call, args });
    if (answer?.args !== undefined) ({ args } = answer as Required<HookAnswer>);
    if (answer !== undefined && "result" in answer) return { args, result: answer.result };
  }
  return { args };
}

/** The first hook is outermost. */
async function runAround(hooks: readonly Hook[], call: HookedCall, proceed: Proceed): Promise<unknown> {
  const [hook, ...inner] = hooks;
  if (hook === undefined) return proceed(call.args);
  return counted(hook, call, (args) => runAround(inner, args === undefined ? call : { ...call, args }, proceed));
}

async function runAfter(hooks: readonly Hook[], call: HookedCall, result: unknown): Promise<unknown> {
  for (const hook of hooks) {
    const answer = await ask(hook, { ...call, result });
    if (answer !== undefined && "result" in answer) ({ result } = answer);
  }
  return result;
}

async function runOnError(hooks: readonly Hook[], call: HookedCall, error: unknown): Promise<unknown> {
  for (const hook of hooks) {
    const answer = await ask(hook, { ...call, error });
    if (answer !== undefined && "result" in answer) return answer.result;
  }
  throw error;
}

const noNext = (): Promise<unknown> => Promise.reject(new BridgeFailure("invalid", "only an AROUND hook can go on with the call"));

async function ask(hook: Hook, call: HookedCall): Promise<HookAnswer | undefined> {
  const answer = await counted(hook, call, noNext);
  return typeof answer === "object" && answer !== null ? (answer as HookAnswer) : undefined;
}

async function counted(hook: Hook, call: HookedCall, next: (args?: readonly unknown[]) => Promise<unknown>): Promise<unknown> {
  hook.calls++;
  try {
    return await hook.spec.handler(call, next);
  } catch (error) {
    hook.failures++;
    throw error;
  }
}
