// Tools: functions with a name, a description and a schema, for scripts and models to call. Arguments are checked before and
// results after; what needs a permission or a human's approval gets it here, whoever calls.
import type { ApprovalService } from "./approval.js";
import type { Budget, Clock } from "./budget.js";
import { BridgeFailure } from "./failure.js";
import type { Events } from "./events.js";
import { sizeOf } from "./json-value.js";
import type { Keep } from "./kept.js";
import type { JsonSchema } from "./providers/chat.js";
import type { Stoppable } from "./stop.js";

export const EXECUTION_MODES = ["direct", "sandboxed", "async"] as const;
export type ExecutionMode = (typeof EXECUTION_MODES)[number];
export const TOOL_CATEGORIES = ["file", "http", "system", "data"] as const;
export type ToolCategory = (typeof TOOL_CATEGORIES)[number];

export interface SchemaProblem {
  /** Where in the value, as a JSON pointer or a dotted path; "" is the value itself. */
  readonly path: string;
  readonly message: string;
}

/** What a tool may use while it runs. */
export interface ToolContext {
  readonly signal?: AbortSignal;
  /** The same, for those that need no signal. */
  readonly stop?: Stoppable | undefined;
  /** What its work, and agents that it runs, are charged to. */
  readonly budget?: Budget;
  readonly clock?: Clock;
  /** The agent that calls, if one does. */
  readonly caller?: string;
  /** On whose behalf: handed through as it is. */
  readonly owner?: unknown;
}

export interface Tool {
  /** Letters, digits, "_" and "-", at most 64: what all providers accept. */
  readonly name: string;
  readonly description: string;
  readonly category?: ToolCategory | undefined;
  readonly mode?: ExecutionMode | undefined;
  /** Schema of the arguments, an object. */
  readonly parameters?: JsonSchema | undefined;
  /** Schema of the result. */
  readonly returns?: JsonSchema | undefined;
  /** A permission that the context must have ("network"). */
  readonly permission?: string | undefined;
  readonly requiresApproval?: boolean | undefined;
  /** Milliseconds for one call. */
  readonly timeout?: number | undefined;
  execute(args: Readonly<Record<string, unknown>>, context: ToolContext): unknown;
}

/** What tools need from around them. */
export interface ToolPorts {
  /** Problems of `value`; none: it fits. */
  readonly validate: (schema: JsonSchema, value: unknown) => readonly SchemaProblem[];
  /** Throws when `schema` is none. */
  readonly checkSchema?: (schema: JsonSchema) => void;
  readonly permits?: (permission: string) => boolean;
  readonly approval?: ApprovalService | undefined;
  readonly events?: Events;
  /** Told what is kept for scripts. */
  readonly keep?: Keep;
  /** Hooks around a call. */
  readonly around?: <T>(call: string, args: Readonly<Record<string, unknown>>, run: (args: Readonly<Record<string, unknown>>) => Promise<T>) => Promise<T>;
}

/** Tools of one context. */
const MOST_TOOLS = 1000;
const NO_PARAMETERS: JsonSchema = { type: "object", properties: {} };

/** About what a tool takes that a script has made. */
export function bytesOfTool({ name, description, parameters, returns }: Tool): number {
  return 1000 + name.length + description.length + (parameters === undefined ? 0 : sizeOf(parameters)) + (returns === undefined ? 0 : sizeOf(returns));
}

export class ToolService {
  #known: Map<string, Tool> | undefined;
  /** What tools of scripts take. */
  #registered: WeakMap<Tool, number> | undefined;
  readonly #ports: ToolPorts;
  readonly #own: () => readonly Tool[];

  /** `own`: the host's tools, asked for with the first question; their schemas are looked at when they are used. */
  constructor(ports: ToolPorts, own: () => readonly Tool[] = () => []) {
    this.#ports = ports;
    this.#own = own;
  }

  get #tools(): Map<string, Tool> {
    return (this.#known ??= new Map(this.#own().map((tool) => [tool.name, tool])));
  }

  /** Throws BridgeFailure for a bad name or schema, or a name that is taken. */
  register(tool: Tool): void {
    this.check(tool);
    if (this.#tools.has(tool.name)) throw new BridgeFailure("exists", `the tool '${tool.name}' is registered already`);
    if (this.#tools.size >= MOST_TOOLS) throw new BridgeFailure("too_many", `more than ${MOST_TOOLS} tools`);
    const bytes = bytesOfTool(tool);
    this.#ports.keep?.(bytes);
    this.#tools.set(tool.name, tool);
    (this.#registered ??= new WeakMap()).set(tool, bytes);
    this.#ports.events?.emit("tool.registered", { name: tool.name });
  }

  /** Throws BridgeFailure "invalid" unless the tool could be registered under some name. */
  check(tool: Tool): void {
    if (!/^[A-Za-z0-9_-]{1,64}$/.test(tool.name)) {
      throw new BridgeFailure("invalid", `'${tool.name}' is no name for a tool: 1 to 64 letters, digits, '_' and '-' are`);
    }
    const { parameters, returns } = tool;
    if (parameters !== undefined) this.#ports.checkSchema?.(parameters);
    if (returns !== undefined) this.#ports.checkSchema?.(returns);
  }

  unregister(name: string): boolean {
    const tool = this.#tools.get(name);
    if (tool !== undefined) this.#ports.keep?.(-(this.#registered?.get(tool) ?? 0));
    const known = this.#tools.delete(name);
    if (known) this.#ports.events?.emit("tool.unregistered", { name });
    return known;
  }

  get(name: string): Tool {
    const tool = this.#tools.get(name);
    if (tool === undefined) throw new BridgeFailure("not_found", `no tool '${name}'`);
    return tool;
  }

  has(name: string): boolean {
    return this.#tools.has(name);
  }

  /** All tools by name, also those that need a permission the context lacks. */
  list(): readonly Tool[] {
    return [...this.#tools.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Tools of a category that the context may use, best match of `query`'s words first. */
  discover({ category, query }: { readonly category?: ToolCategory; readonly query?: string } = {}): readonly Tool[] {
    const words = (query ?? "").toLowerCase().split(/\s+/).filter((word) => word !== "");
    return this.list()
      .filter((tool) => (category === undefined || tool.category === category) && this.permitted(tool))
      .map((tool) => ({ tool, score: score(tool, words) }))
      .filter(({ score }) => words.length === 0 || score > 0)
      .sort((a, b) => b.score - a.score)
      .map(({ tool }) => tool);
  }

  permitted({ permission }: Tool): boolean {
    return permission === undefined || this.#ports.permits === undefined || this.#ports.permits(permission);
  }

  /** What is wrong with arguments for a tool. */
  problems(tool: Tool, args: unknown): readonly SchemaProblem[] {
    return this.#ports.validate(tool.parameters ?? NO_PARAMETERS, args);
  }

  async execute(name: string, args: Readonly<Record<string, unknown>>, context: ToolContext = {}): Promise<unknown> {
    return this.run(this.get(name), args, context);
  }

  /** Runs a tool, a registered one or an agent's own. */
  run(tool: Tool, args: Readonly<Record<string, unknown>>, context: ToolContext = {}): Promise<unknown> {
    const { around } = this.#ports;
    return around === undefined ? this.#observed(tool, args, context) : around(`tool.${tool.name}`, args, (given) => this.#observed(tool, given, context));
  }

  async #observed(tool: Tool, args: Readonly<Record<string, unknown>>, context: ToolContext): Promise<unknown> {
    this.#tell("tool.called", tool, context, "arguments", args);
    let result: unknown;
    try {
      const allowed = this.#allowed(tool, args, context);
      result = await this.#execute(tool, allowed instanceof Promise ? await allowed : args, context);
      if (tool.returns !== undefined) this.#refuse(tool, "result", this.#ports.validate(tool.returns, result));
    } catch (error) {
      this.#tell("tool.failed", tool, context, "message", error instanceof Error ? error.message : String(error));
      throw error;
    }
    this.#tell("tool.completed", tool, context, "result", result);
    return result;
  }

  #tell(type: string, { name }: Tool, { caller }: ToolContext, key: string, value: unknown): void {
    const { events } = this.#ports;
    if (events?.isHeard(type) === true) events.emit(type, caller === undefined ? { name, [key]: value } : { name, agent: caller, [key]: value });
  }

  /** The arguments that the tool gets, if it may run: a promise where somebody has to be asked. */
  #allowed(tool: Tool, args: Readonly<Record<string, unknown>>, context: ToolContext): Readonly<Record<string, unknown>> | Promise<Readonly<Record<string, unknown>>> {
    if (!this.permitted(tool)) throw new BridgeFailure("permission", `the tool '${tool.name}' needs the permission '${tool.permission}'`);
    this.#refuse(tool, "arguments", this.problems(tool, args));
    if (tool.requiresApproval !== true) return args;
    return this.#approved(tool, args, context).then((allowed) => {
      if (allowed !== args) this.#refuse(tool, "arguments", this.problems(tool, allowed));
      return allowed;
    });
  }

  #execute(tool: Tool, args: Readonly<Record<string, unknown>>, context: ToolContext): unknown {
    context.budget?.take("toolCalls");
    return tool.timeout === undefined ? tool.execute(args, context) : withinTime(tool, tool.timeout, context, (limited) => tool.execute(args, limited));
  }

  #refuse(tool: Tool, what: "arguments" | "result", problems: readonly SchemaProblem[]): void {
    if (problems.length === 0) return;
    const list = problems.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`)).join("; ");
    throw new BridgeFailure(`invalid_${what}`, `bad ${what} of tool '${tool.name}': ${list}`, { details: { problems } });
  }

  #approved(tool: Tool, args: Readonly<Record<string, unknown>>, { signal, clock, caller }: ToolContext): Promise<Readonly<Record<string, unknown>>> {
    const { approval } = this.#ports;
    if (approval === undefined) throw new BridgeFailure("not_approved", `the tool '${tool.name}' needs an approval, and nobody can give it`);
    const ask = (): Promise<Readonly<Record<string, unknown>>> =>
      approval.require({ kind: "tool", subject: tool.name, arguments: args, ...(caller === undefined ? {} : { caller }) }, signal);
    return clock === undefined ? ask() : clock.paused(ask);
  }
}

/** How well a tool fits words: a word in the name counts more than one in the description. */
function score(tool: Tool, words: readonly string[]): number {
  const name = tool.name.toLowerCase();
  const description = tool.description.toLowerCase();
  return words.reduce((sum, word) => sum + (name.includes(word) ? 3 : 0) + (description.includes(word) ? 1 : 0), 0);
}

async function withinTime(tool: Tool, timeout: number, context: ToolContext, work: (context: ToolContext) => unknown): Promise<unknown> {
  const controller = new AbortController();
  const onAbort = (): void => controller.abort(context.signal?.reason);
  if (context.signal?.aborted === true) onAbort();
  context.signal?.addEventListener("abort", onAbort);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const error = new BridgeFailure("timeout", `the tool '${tool.name}' took longer than ${timeout} ms`);
      reject(error);
      controller.abort(error);
    }, timeout);
  });
  try {
    return await Promise.race([work({ ...context, stop: undefined, signal: controller.signal }), late]);
  } finally {
    clearTimeout(timer);
    context.signal?.removeEventListener("abort", onAbort);
  }
}
