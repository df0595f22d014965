// One run of a workflow. All that it knows stands in records by path, so a run can stop between any two steps, be stored, and go
// on later or elsewhere: what is completed is not done again.
import { type Budget, BudgetExhausted } from "./budget.js";
import { BridgeFailure, messageOf } from "./failure.js";
import { type JsonValue, record, sizeOf } from "./json-value.js";
import { dependenciesOf } from "./workflow-check.js";
import { toJson } from "./workflow-output.js";
import { fillTemplate, isTrue } from "./workflow-template.js";
import { type Keep, Kept } from "./kept.js";
import { stoppable } from "./stop.js";
import {
  type Condition, type LoopRules, type SavedWorkflow, type Step, type StepError, type StepRecord, type StepView, type WorkflowDefinition, type WorkflowStatus,
  childPath,
} from "./workflow-types.js";

/** What a run needs from around it. */
export interface WorkflowPorts {
  /** Runs an agent and gives what the step's output shall be. */
  readonly runAgent: (agent: unknown, input: unknown, view: StepView) => Promise<unknown>;
  readonly runTool: (tool: unknown, args: unknown, view: StepView) => Promise<unknown>;
  readonly emit?: (type: string, data: Readonly<Record<string, unknown>>) => void;
  /** Gets the state whenever a step is over. A run waits until it is stored. */
  readonly checkpoint?: (state: SavedWorkflow) => void | Promise<void>;
  /** Errors that neither retries nor on_error may catch: limits of the host. */
  readonly isFatal?: (error: unknown) => boolean;
  /** The failure behind what a step threw, where the host wraps failures. */
  readonly unwrap?: (error: unknown) => unknown;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  /** Told what is kept for scripts: outputs of steps. */
  readonly keep?: Keep;
}

const DEFAULT_CONCURRENCY = 8;
const DEFAULT_ITERATIONS = 1000;
/** Characters and values of all outputs of a run together. */
const LARGEST_STATE = 32_000_000;
const BYTES_PER_RUN = 2000;
const BYTES_PER_STEP = 400;

/** Unwinds a run that pauses. Never leaves this file. */
class Paused extends Error {}

/** Names that steps see: those of their own list hide those of the lists around. */
interface Scope {
  readonly path: string;
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly input: unknown;
  readonly previous: unknown;
  readonly item?: unknown;
  readonly iteration?: number;
}

export class WorkflowRun {
  status: WorkflowStatus = "pending";
  readonly steps: Record<string, StepRecord> = record();
  output: JsonValue | undefined;
  error: StepError | undefined;
  /** What it failed with, for those in the same process. */
  cause: unknown;
  duration = 0;
  private readonly size = { left: LARGEST_STATE };
  private readonly kept: Kept;
  private pausing = false;
  private wakeUp = new AbortController();
  private controller = new AbortController();

  constructor(readonly id: string, readonly definition: WorkflowDefinition, private input: JsonValue, private readonly ports: WorkflowPorts) {
    this.kept = new Kept(ports.keep);
    this.kept.set(BYTES_PER_RUN + sizeOf(input));
  }

  /** Nobody can ask for it any longer. */
  release(): void {
    this.kept.release();
  }

  /** What a step gave, as data that counts. */
  private keepOutput(value: unknown): JsonValue | undefined {
    const { left } = this.size;
    const output = toJson(value, this.size);
    this.kept.add(BYTES_PER_STEP + left - this.size.left);
    return output;
  }

  /** A run as it was saved. Throws BridgeFailure "mismatch" when the definition is not the one it was made with. */
  static restore(saved: SavedWorkflow, definition: WorkflowDefinition, ports: WorkflowPorts): WorkflowRun {
    if (saved.version !== 1) throw new BridgeFailure("mismatch", `a saved workflow of version ${String(saved.version)} cannot be read`);
    if (saved.workflow !== definition.name) throw new BridgeFailure("mismatch", `the state of workflow '${saved.workflow}' does not fit '${definition.name}'`);
    const names = new Set(definition.steps.map(({ name }) => name));
    const run = new WorkflowRun(saved.id, definition, saved.input, ports);
    for (const [path, step] of Object.entries(saved.steps)) {
      const first = path.split("/")[0]!;
      if (definition.pattern !== "loop" && !names.has(first)) throw new BridgeFailure("mismatch", `the workflow '${definition.name}' has no step '${first}'`);
      run.steps[path] = { ...step };
    }
    run.status = saved.status;
    run.output = saved.output;
    run.error = saved.error;
    run.duration = saved.duration;
    return run;
  }

  /** The state as JSON data. Steps that are running count as not begun. */
  save(): SavedWorkflow {
    const steps = record(Object.entries(this.steps).map(([path, step]) => [path, step.status === "running" ? { ...step, status: "pending" as const } : { ...step }] as const));
    return {
      version: 1, id: this.id, workflow: this.definition.name, status: this.status === "running" ? "paused" : this.status, input: this.input, steps,
      ...(this.output === undefined ? {} : { output: this.output }), ...(this.error === undefined ? {} : { error: this.error }), duration: this.duration,
    };
  }

  /** No further step begins; `execute` answers as soon as those that run are over. */
  pause(): boolean {
    if (this.status !== "running") return false;
    this.pausing = true;
    this.wakeUp.abort();
    return true;
  }

  /** Ends what runs. Nothing to do for a run that is over. */
  cancel(reason = "the workflow was cancelled"): boolean {
    if (this.status === "running") this.controller.abort(new BridgeFailure("cancelled", reason));
    else if (this.status === "pending" || this.status === "paused") this.status = "cancelled";
    else return false;
    return true;
  }

  /**
   * Runs until the end or a pause, from where it stands: failed and cancelled steps are done again. Never rejects because a step
   * failed: that is in the status; fatal errors (see the ports) come through.
   */
  async execute(budget: Budget, signal?: AbortSignal, owner?: unknown): Promise<void> {
    if (this.status === "running") throw new BridgeFailure("running", `the workflow '${this.definition.name}' is running already`);
    if (this.status === "completed") return;
    this.begin();
    const begin = this.now();
    const onAbort = (): void => this.controller.abort(signal?.reason);
    if (signal?.aborted === true) onAbort();
    signal?.addEventListener("abort", onAbort);
    const { timeout } = this.definition;
    const timer = timeout === undefined ? undefined : setTimeout(() => this.controller.abort(late(`the workflow '${this.definition.name}'`, timeout)), Math.max(0, timeout - this.duration));
    try {
      await budget.timed([stoppable(this.controller.signal)], (clock) => this.runAll({ budget, signal: clock.signal, owner }));
      this.end("completed");
    } catch (error) {
      this.fail(error);
      if (this.isFatal(error)) throw error;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      this.duration += this.now() - begin;
      await this.ports.checkpoint?.(this.save());
    }
  }

  private begin(): void {
    this.status = "running";
    this.pausing = false;
    this.wakeUp = new AbortController();
    this.controller = new AbortController();
    this.error = undefined;
    this.cause = undefined;
    for (const step of Object.values(this.steps)) {
      if (step.status === "completed" || step.status === "skipped") continue;
      step.status = "pending";
      delete step.error;
    }
    this.emit("workflow.started", {});
  }

  private end(status: WorkflowStatus): void {
    this.status = status;
    this.emit(`workflow.${status}`, this.error === undefined ? {} : { message: this.error.message });
  }

  private fail(error: unknown): void {
    if (error instanceof Paused) return this.end("paused");
    const { signal } = this.controller;
    this.cause = signal.aborted ? signal.reason : error;
    this.error = this.describe(this.cause);
    this.end(signal.aborted && this.error.code !== "timeout" ? "cancelled" : "failed");
  }

  private async runAll(work: Work): Promise<void> {
    const { definition, input } = this;
    const scope: Scope = { path: "", outputs: record(), input, previous: undefined };
    const result = await this.runPattern(definition, scope, work);
    this.output = toJson(definition.output === undefined ? result.last : fillTemplate(definition.output, { ...scope, previous: result.last, outputs: result.outputs }), { left: LARGEST_STATE });
  }

  private async runPattern(definition: WorkflowDefinition, scope: Scope, work: Work): Promise<ListResult> {
    const { steps, pattern = "sequential", maxConcurrency = DEFAULT_CONCURRENCY, loop = {} } = definition;
    if (pattern === "loop") {
      const rules = { ...loop, steps };
      const record = this.recordOf(childPath(scope.path, "loop"));
      const outputs = await this.runLoop(rules, childPath(scope.path, "loop"), record, scope, work);
      return { last: outputs, outputs: scope.outputs };
    }
    return this.runList(steps, scope, work, { sequential: pattern !== "parallel", maxConcurrency, firstOnly: pattern === "conditional" });
  }

  /** Runs the steps of a list, each as soon as what it waits for is over, at most so many at once. */
  private async runList(steps: readonly Step[], scope: Scope, work: Work, how: ListRules): Promise<ListResult> {
    const dependencies = dependenciesOf(steps, how.sequential);
    const outputs = record(Object.entries(scope.outputs));
    const passedOn = new Map<string, unknown>(); // outputs, and what came before the steps that were skipped
    const waiting = new Set(steps);
    const running = new Set<Promise<void>>();
    let failure: { readonly error: unknown } | undefined;
    let taken = false;
    const start = (step: Step): void => {
      waiting.delete(step);
      const needed = dependencies.get(step.name)!;
      const previous = needed.length === 0 ? scope.previous : passedOn.get(needed.at(-1)!);
      const run = this.runStep(step, { ...scope, outputs, previous }, work, how.firstOnly && taken).then(
        (output) => {
          const isSkipped = this.recordOf(childPath(scope.path, step.name)).status === "skipped";
          if (!isSkipped) outputs[step.name] = output;
          passedOn.set(step.name, isSkipped ? previous : output);
          taken ||= !isSkipped;
        },
        (error: unknown) => { failure ??= { error }; },
      ).finally(() => running.delete(run));
      running.add(run);
    };
    while (waiting.size > 0 || running.size > 0) {
      if (failure === undefined) {
        for (const step of waiting) {
          if (running.size >= how.maxConcurrency) break;
          if (dependencies.get(step.name)!.every((name) => passedOn.has(name))) start(step);
        }
      }
      if (running.size === 0) break;
      await Promise.race(running);
    }
    if (failure !== undefined) throw failure.error;
    return { last: steps.length === 0 ? scope.previous : passedOn.get(steps.at(-1)!.name), outputs };
  }

  /** Runs a step, unless that was done before, and gives its output. */
  private async runStep(step: Step, scope: Scope, work: Work, isSkipped: boolean): Promise<unknown> {
    const path = childPath(scope.path, step.name);
    const state = this.recordOf(path);
    if (state.status === "completed" || state.status === "skipped") return state.output;
    if (this.pausing) throw new Paused();
    work.signal.throwIfAborted();
    const begin = this.now();
    state.startedAt ??= begin;
    state.status = "running";
    this.emit("workflow.step.started", { step: path });
    try {
      if (isSkipped || (step.when !== undefined && !(await this.holds(step.when, scope, work)))) state.status = "skipped";
      else {
        const output = this.keepOutput(await this.tryStep(step, path, state, scope, work));
        if (output !== undefined) state.output = output;
        state.status = "completed";
      }
    } catch (error) {
      await this.stepFailed(step, state, scope, work, error);
    } finally {
      state.duration = (state.duration ?? 0) + this.now() - begin;
    }
    this.emit(`workflow.step.${state.status}`, { step: path, ...(state.error === undefined ? {} : { message: state.error.message }) });
    await this.ports.checkpoint?.(this.save());
    return state.output;
  }

  /** After the last try. Throws unless the step says how to go on. */
  private async stepFailed(step: Step, state: StepRecord, scope: Scope, work: Work, error: unknown): Promise<void> {
    if (error instanceof Paused) {
      state.status = "pending";
      throw error;
    }
    state.error = this.describe(error);
    state.status = work.signal.aborted ? "cancelled" : "failed";
    const { onError = "fail" } = step;
    if (work.signal.aborted || this.isExhausted(error, work) || this.isFatal(error) || onError === "fail") {
      this.emit(`workflow.step.${state.status}`, { step: childPath(scope.path, step.name), message: state.error.message });
      throw error;
    }
    if (onError === "continue") return;
    const output = this.keepOutput(await onError(state.error, this.view(scope, state.attempts, work)));
    if (output !== undefined) state.output = output;
    state.status = "completed";
  }

  /** Tries a step as often as it may be tried. */
  private async tryStep(step: Step, path: string, state: StepRecord, scope: Scope, work: Work): Promise<unknown> {
    const { retries = 0, delay = 100, factor = 2, maxDelay = 60_000 } = step.retry ?? {};
    for (let attempt = 1; ; attempt++) {
      state.attempts++;
      try {
        return await this.withinTime(step, work, (limited) => this.perform(step, path, state, scope, limited, attempt));
      } catch (error) {
        if (error instanceof Paused || this.isExhausted(error, work) || work.signal.aborted || this.isFatal(error) || attempt > retries) throw error;
        this.emit("workflow.step.retry", { step: path, attempt, message: this.describe(error).message });
        await this.rest(Math.min(delay * factor ** (attempt - 1), maxDelay), work.signal);
      }
    }
  }

  private perform(step: Step, path: string, state: StepRecord, scope: Scope, work: Work, attempt: number): unknown {
    const view = this.view(scope, attempt, work);
    switch (step.kind) {
      case "agent_call": return this.ports.runAgent(step.agent, fillTemplate(step.input ?? scope.previous ?? scope.input, scope), view);
      case "tool_call": return this.ports.runTool(step.tool, fillTemplate(step.arguments ?? {}, scope), view);
      case "script": return step.run(view);
      case "workflow": return this.runInner(step.workflow, path, fillTemplate(step.input ?? scope.previous ?? scope.input, scope), work);
      case "condition": return this.runCondition(step, path, state, scope, work);
      case "loop": return this.runLoop(step, path, state, scope, work);
      case "parallel":
        return this.runList(step.steps, { ...scope, path }, work, { sequential: false, maxConcurrency: step.maxConcurrency ?? DEFAULT_CONCURRENCY, firstOnly: false })
          .then(({ outputs }) => record(step.steps.map(({ name }) => [name, outputs[name]] as const)));
    }
  }

  private async runInner(definition: WorkflowDefinition, path: string, input: unknown, work: Work): Promise<unknown> {
    const scope: Scope = { path, outputs: record(), input, previous: undefined };
    const { last, outputs } = await this.runPattern(definition, scope, work);
    return definition.output === undefined ? last : fillTemplate(definition.output, { ...scope, previous: last, outputs });
  }

  /** The choice is kept: a run that goes on later takes the same way. */
  private async runCondition(step: Step & { kind: "condition" }, path: string, state: StepRecord, scope: Scope, work: Work): Promise<unknown> {
    state.chosen ??= await this.holds(step.condition, scope, work);
    const [steps, name] = state.chosen ? [step.then, "then"] : [step.otherwise ?? [], "otherwise"];
    const rules = { sequential: true, maxConcurrency: DEFAULT_CONCURRENCY, firstOnly: false };
    return (await this.runList(steps, { ...scope, path: childPath(path, name) }, work, rules)).last;
  }

  /** Gives the outputs of all iterations, in a list. */
  private async runLoop(rules: LoopRules, path: string, state: StepRecord, scope: Scope, work: Work): Promise<unknown[]> {
    const { steps, times = Infinity, maxIterations = DEFAULT_ITERATIONS } = rules;
    const items = this.itemsOf(rules, scope);
    const outputs: unknown[] = [];
    let previous = scope.previous;
    for (let iteration = 1; iteration <= Math.min(times, items?.length ?? Infinity); iteration++) {
      const inner: Scope = { ...scope, path: childPath(path, String(iteration)), previous, iteration, ...(items === undefined ? {} : { item: items[iteration - 1] }) };
      const isOver = (state.iterations ?? 0) >= iteration;
      if (!isOver && rules.while !== undefined && !(await this.holds(rules.while, inner, work))) break;
      if (iteration > maxIterations) throw new BridgeFailure("limit", `a loop took more than ${maxIterations} iterations`);
      const result = await this.runList(steps, inner, work, { sequential: true, maxConcurrency: DEFAULT_CONCURRENCY, firstOnly: false });
      previous = result.last;
      outputs.push(previous);
      state.iterations = Math.max(state.iterations ?? 0, iteration);
      if (rules.until !== undefined && (await this.holds(rules.until, { ...inner, previous, outputs: result.outputs }, work))) break;
    }
    return outputs;
  }

  private itemsOf({ forEach }: LoopRules, scope: Scope): readonly unknown[] | undefined {
    if (forEach === undefined) return undefined;
    const items = fillTemplate(forEach, scope);
    if (!Array.isArray(items)) throw new BridgeFailure("template", `'for_each' needs a list, and ${typeof forEach === "string" ? forEach : "this"} is none`);
    return items;
  }

  private async holds(condition: Condition, scope: Scope, work: Work): Promise<boolean> {
    return isTrue(typeof condition === "string" ? fillTemplate(condition, scope) : await condition(this.view(scope, 1, work)));
  }

  private view({ input, previous, outputs, item, iteration }: Scope, attempt: number, { signal, budget, owner }: Work): StepView {
    return { input, previous, outputs, attempt, signal, budget, owner, ...(item === undefined ? {} : { item }), ...(iteration === undefined ? {} : { iteration }) };
  }

  private async withinTime(step: Step, work: Work, perform: (work: Work) => unknown): Promise<unknown> {
    const { timeout } = step;
    const controller = new AbortController();
    const onAbort = (): void => controller.abort(work.signal.reason);
    const ended = new Promise<never>((_, reject) => { controller.signal.addEventListener("abort", () => reject(controller.signal.reason as Error), { once: true }); });
    work.signal.addEventListener("abort", onAbort);
    if (work.signal.aborted) onAbort();
    const timer = timeout === undefined ? undefined : setTimeout(() => controller.abort(late(`the step '${step.name}'`, timeout)), timeout);
    try {
      return await Promise.race([perform({ ...work, signal: controller.signal }), ended]);
    } finally {
      clearTimeout(timer);
      work.signal.removeEventListener("abort", onAbort);
    }
  }

  /** Waits before the next try. A pause ends the wait, and the tries with it. */
  private rest(milliseconds: number, signal: AbortSignal): Promise<void> {
    if (this.pausing) throw new Paused();
    const { signal: pausing } = this.wakeUp;
    return new Promise((resolve, reject) => {
      const stop = (error: unknown): void => {
        clearTimeout(timer);
        signal.removeEventListener("abort", onAbort);
        pausing.removeEventListener("abort", onPause);
        if (error === undefined) resolve();
        else reject(error as Error);
      };
      const onAbort = (): void => stop(signal.reason);
      const onPause = (): void => stop(new Paused());
      const timer = setTimeout(() => stop(undefined), milliseconds);
      signal.addEventListener("abort", onAbort);
      pausing.addEventListener("abort", onPause);
    });
  }

  private recordOf(path: string): StepRecord {
    return (this.steps[path] ??= { status: "pending", attempts: 0 });
  }

  private isExhausted(error: unknown, { budget }: Work): boolean {
    const failure = this.ports.unwrap?.(error) ?? error;
    return failure instanceof BudgetExhausted && failure.stops(budget);
  }

  private describe(error: unknown): StepError {
    const failure = this.ports.unwrap?.(error) ?? error;
    return { code: failure instanceof BridgeFailure ? failure.code : "error", message: messageOf(failure) };
  }

  private isFatal(error: unknown): boolean {
    return this.ports.isFatal?.(error) === true;
  }

  private now(): number {
    return (this.ports.now ?? Date.now)();
  }

  private emit(type: string, data: Readonly<Record<string, unknown>>): void {
    this.ports.emit?.(type, { id: this.id, workflow: this.definition.name, ...data });
  }
}

interface Work {
  readonly budget: Budget;
  readonly signal: AbortSignal;
  readonly owner: unknown;
}

interface ListRules {
  readonly sequential: boolean;
  readonly maxConcurrency: number;
  /** Only the first step whose `when` holds runs. */
  readonly firstOnly: boolean;
}

interface ListResult {
  /** The output of the last step in the list that was not skipped. */
  readonly last: unknown;
  readonly outputs: Readonly<Record<string, unknown>>;
}

function late(what: string, timeout: number): BridgeFailure {
  return new BridgeFailure("timeout", `${what} took longer than ${timeout} ms`);
}
