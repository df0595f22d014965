// The workflows of a context.
import { Account, Budget } from "./budget.js";
import { BridgeFailure } from "./failure.js";
import type { JsonValue } from "./json-value.js";
import { type WorkflowProblem, checkWorkflow, dependenciesOf, orderOf } from "./workflow-check.js";
import { type WorkflowPorts, WorkflowRun } from "./workflow-run.js";
import type { SavedWorkflow, Step, WorkflowDefinition, WorkflowPattern } from "./workflow-types.js";
import { sizeOf } from "./json-value.js";
import { type Keep, Kept } from "./kept.js";

export interface WorkflowServicePorts extends WorkflowPorts {
  /** The context's own account. */
  readonly account: Account;
}

export interface ExecuteOptions {
  readonly signal?: AbortSignal;
  /** What the caller is charged to. */
  readonly budget?: Budget;
  /** Handed through to the steps. */
  readonly owner?: unknown;
}

/** A workflow: its definition, which can grow until it runs, and its latest run. */
export class Workflow {
  private latest: WorkflowRun | undefined;
  readonly account: Account;
  private readonly kept: Kept;

  constructor(readonly id: string, public definition: WorkflowDefinition, keep?: Keep) {
    this.account = new Account(`workflow '${definition.name}'`, definition.budget);
    this.kept = new Kept(keep);
    this.kept.set(BYTES_PER_WORKFLOW + sizeOf(definition));
  }

  get run(): WorkflowRun | undefined {
    return this.latest;
  }

  set run(run: WorkflowRun | undefined) {
    this.latest?.release();
    this.latest = run;
  }

  addStep(step: Step): void {
    this.kept.add(sizeOf(step));
    this.definition = { ...this.definition, steps: [...this.definition.steps, step] };
  }

  get name(): string {
    return this.definition.name;
  }
}

const BYTES_PER_WORKFLOW = 2000;

/** Workflows of one context. */
const MOST_WORKFLOWS = 1000;

export class WorkflowService {
  readonly #workflows = new Map<string, Workflow>();
  readonly #ports: WorkflowServicePorts;
  #count = 0;
  #runs = 0;

  constructor(ports: WorkflowServicePorts) {
    this.#ports = ports;
  }

  /** The steps may come later; `execute` wants a workflow without problems. */
  create(definition: WorkflowDefinition): Workflow {
    if (this.#workflows.size >= MOST_WORKFLOWS) throw new BridgeFailure("too_many", `more than ${MOST_WORKFLOWS} workflows`);
    const id = `workflow-${++this.#count}`;
    const workflow = new Workflow(id, definition, this.#ports.keep);
    this.#workflows.set(id, workflow);
    this.#ports.emit?.("workflow.created", { id, workflow: definition.name });
    return workflow;
  }

  addStep(workflow: Workflow, step: Step): void {
    if (workflow.run?.status === "running") throw new BridgeFailure("running", `the workflow '${workflow.name}' is running`);
    workflow.addStep(step);
  }

  get(idOrName: string): Workflow {
    const workflow = this.find(idOrName);
    if (workflow === undefined) throw new BridgeFailure("not_found", `no workflow '${idOrName}'`);
    return workflow;
  }

  /** By id, else the newest workflow of that name. */
  find(idOrName: string): Workflow | undefined {
    return this.#workflows.get(idOrName) ?? [...this.#workflows.values()].findLast((workflow) => workflow.name === idOrName);
  }

  list(): readonly Workflow[] {
    return [...this.#workflows.values()];
  }

  validate(workflow: Workflow): readonly WorkflowProblem[] {
    return checkWorkflow(workflow.definition);
  }

  /** The names each step waits for, and an order in which they can run. */
  dependencies({ definition }: Workflow): { readonly steps: ReadonlyMap<string, readonly string[]>; readonly order: readonly string[] } {
    const steps = dependenciesOf(definition.steps, definition.pattern !== "parallel");
    return { steps, order: orderOf(steps) };
  }

  /** Runs from the beginning. Resolves when the run is over or paused: its status says which. */
  execute(workflow: Workflow, input: JsonValue, options: ExecuteOptions = {}): Promise<WorkflowRun> {
    this.#refuseBroken(workflow);
    if (workflow.run?.status === "running") throw new BridgeFailure("running", `the workflow '${workflow.name}' is running already`);
    workflow.run = new WorkflowRun(`run-${++this.#runs}`, workflow.definition, input, this.#ports);
    return this.#go(workflow, workflow.run, options);
  }

  /** Goes on where a paused, failed, cancelled or saved run stands. */
  resume(workflow: Workflow, saved: SavedWorkflow | undefined, options: ExecuteOptions = {}): Promise<WorkflowRun> {
    this.#refuseBroken(workflow);
    if (saved !== undefined) {
      if (workflow.run?.status === "running") throw new BridgeFailure("running", `the workflow '${workflow.name}' is running already`);
      workflow.run = WorkflowRun.restore(saved, workflow.definition, this.#ports);
    }
    const { run } = workflow;
    if (run === undefined) throw new BridgeFailure("not_started", `the workflow '${workflow.name}' was not started`);
    return this.#go(workflow, run, options);
  }

  /** A new workflow whose steps are workflows; each gets the output of the one before it. */
  compose(name: string, workflows: readonly Workflow[], pattern: WorkflowPattern = "sequential"): Workflow {
    const names = new Map<string, number>();
    const steps = workflows.map(({ definition }): Step => {
      const count = (names.get(definition.name) ?? 0) + 1;
      names.set(definition.name, count);
      const plain = definition.name.replace(/[\s./{}]+/g, "_");
      return { kind: "workflow", name: count === 1 ? plain : `${plain}_${count}`, workflow: definition };
    });
    return this.create({ name, pattern, steps });
  }

  async #go(workflow: Workflow, run: WorkflowRun, { signal, budget, owner }: ExecuteOptions): Promise<WorkflowRun> {
    await run.execute(new Budget([this.#ports.account]).merge(budget).with(workflow.account), signal, owner);
    return run;
  }

  #refuseBroken(workflow: Workflow): void {
    const problems = checkWorkflow(workflow.definition);
    if (problems.length === 0) return;
    const text = problems.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`)).join("; ");
    throw new BridgeFailure("invalid", `the workflow '${workflow.name}' cannot run: ${text}`, { details: { problems } });
  }
}
