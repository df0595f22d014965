// Workflows as scripts write them: tables with Lua's names become definitions.
import type { PlainValue } from "../script-value.js";
import { type CallbackOptions, callScript } from "./callbacks.js";
import type { BridgeContext, Callback } from "./context.js";
import { Agent } from "./services/agent.js";
import { BridgeFailure } from "./services/failure.js";
import { isObject, record } from "./services/json-value.js";
import { stoppable } from "./services/stop.js";
import { Workflow } from "./services/workflow.js";
import {
  type Condition, type LoopRules, STEP_KINDS, type Step, type StepFunction, type StepKind, type StepView,
} from "./services/workflow-types.js";
import { isTool, toolFromTable } from "./tool-handle.js";

type Fields = Readonly<Record<string, unknown>>;

/** What tells the kind of a step that does not say it. */
const KIND_BY_FIELD: readonly (readonly [string, StepKind])[] = [
  ["agent", "agent_call"], ["tool", "tool_call"], ["run", "script"], ["workflow", "workflow"], ["if_true", "condition"], ["times", "loop"], ["for_each", "loop"],
  ["repeat_while", "loop"], ["repeat_until", "loop"], ["steps", "parallel"],
];
const COMMON = ["name", "type", "depends_on", "when", "retries", "retry_delay", "retry_factor", "max_retry_delay", "timeout", "on_error"];
const OWN: Readonly<Record<StepKind, readonly string[]>> = {
  agent_call: ["agent", "input"],
  tool_call: ["tool", "arguments"],
  script: ["run"],
  workflow: ["workflow", "input"],
  condition: ["condition", "if_true", "if_false"],
  loop: ["steps", "times", "for_each", "repeat_while", "repeat_until", "max_iterations"],
  parallel: ["steps", "max_concurrency"],
};

/** Reads steps. `context` runs their functions. Throws BridgeFailure "invalid". */
export class StepReader {
  constructor(private readonly context: BridgeContext) {}

  steps(value: unknown, where: string): Step[] {
    if (value === undefined) return [];
    if (!Array.isArray(value)) throw invalid(`${where} must be a list of steps`);
    return value.map((entry, i) => this.step(entry, `${where}, step ${i + 1}`, i));
  }

  step(value: unknown, where: string, i = 0): Step {
    if (typeof value === "function") return { kind: "script", name: `step${i + 1}`, run: this.call(value as Callback) };
    if (!isObject(value)) throw invalid(`${where} is no table and no function`);
    const at = typeof value["name"] === "string" ? `step '${value["name"]}'` : where;
    const kind = kindOf(value, at);
    for (const field of Object.keys(value)) if (!COMMON.includes(field) && !OWN[kind].includes(field)) throw invalid(`${at}: a step of kind '${kind}' has no field '${field}'`);
    return { ...this.common(value, at, i), ...this.own(kind, value, at) } as Step;
  }

  loopRules(fields: Fields, where: string): Omit<LoopRules, "steps"> {
    const { times, for_each: forEach, repeat_while: repeatWhile, repeat_until: repeatUntil, max_iterations: maxIterations } = fields;
    if (forEach !== undefined && typeof forEach !== "string" && !Array.isArray(forEach)) throw invalid(`${where}: 'for_each' must be a list or a template`);
    return without({
      times: optionalNumber(times, "times", where),
      forEach: forEach as string | readonly unknown[] | undefined,
      while: this.condition(repeatWhile, "repeat_while", where),
      until: this.condition(repeatUntil, "repeat_until", where),
      maxIterations: optionalNumber(maxIterations, "max_iterations", where),
    });
  }

  private common(fields: Fields, where: string, i: number): object {
    const { name = `step${i + 1}`, depends_on: dependsOn, when, retries, timeout } = fields;
    if (typeof name !== "string") throw invalid(`${where}: 'name' must be a text`);
    const retry = retries === undefined ? undefined : without({
      retries: optionalNumber(retries, "retries", where),
      delay: optionalNumber(fields["retry_delay"], "retry_delay", where),
      factor: optionalNumber(fields["retry_factor"], "retry_factor", where),
      maxDelay: optionalNumber(fields["max_retry_delay"], "max_retry_delay", where),
    });
    return without({
      name, retry,
      dependsOn: dependencies(dependsOn, where),
      when: this.condition(when, "when", where),
      timeout: optionalNumber(timeout, "timeout", where),
      onError: this.onError(fields["on_error"], where),
    });
  }

  private own(kind: StepKind, fields: Fields, where: string): object {
    const { input, workflow, run, condition } = fields;
    switch (kind) {
      case "agent_call": {
        const { agent } = fields;
        if (typeof agent !== "string" && !(agent instanceof Agent)) throw invalid(`${where}: 'agent' must be an agent or its name`);
        return without({ kind, agent, input });
      }
      case "tool_call": return without({ kind, tool: this.tool(fields["tool"] as PlainValue), arguments: fields["arguments"] });
      case "script":
        if (typeof run !== "function") throw invalid(`${where}: 'run' must be a function`);
        return { kind, run: this.call(run as Callback) };
      case "workflow":
        if (!(workflow instanceof Workflow)) throw invalid(`${where}: 'workflow' must be a workflow`);
        return without({ kind, workflow: workflow.definition, input });
      case "condition": {
        const test = this.condition(condition, "condition", where);
        if (test === undefined) throw invalid(`${where}: 'condition' is missing`);
        return { kind, condition: test, then: this.steps(fields["if_true"], `${where}, if_true`), otherwise: this.steps(fields["if_false"], `${where}, if_false`) };
      }
      case "loop": return { kind, steps: this.steps(fields["steps"], where), ...this.loopRules(fields, where) };
      case "parallel": return without({ kind, steps: this.steps(fields["steps"], where), maxConcurrency: optionalNumber(fields["max_concurrency"], "max_concurrency", where) });
    }
  }

  private tool(value: PlainValue): unknown {
    return typeof value === "string" || isTool(value) ? value : toolFromTable(this.context, value);
  }

  private condition(value: unknown, field: string, where: string): Condition | undefined {
    if (value === undefined || typeof value === "string") return value;
    if (typeof value === "boolean") return () => value;
    if (typeof value !== "function") throw invalid(`${where}: '${field}' must be a function or a template`);
    return this.call(value as Callback);
  }

  private onError(value: unknown, where: string): Step["onError"] | undefined {
    if (value === undefined || value === "fail" || value === "continue") return value;
    if (typeof value !== "function") throw invalid(`${where}: 'on_error' must be "fail", "continue" or a function`);
    return (error, view) => callScript(this.context, value as Callback, [record([["code", error.code], ["message", error.message]]), viewOut(view)], optionsOf(view, "on_error"));
  }

  private call(callback: Callback): StepFunction {
    return (view: StepView) => callScript(this.context, callback, [viewOut(view)], optionsOf(view, "workflow step"));
  }
}

/** A step's function ends with the step: when the workflow is cancelled, or the step's time is over. */
function optionsOf({ owner, budget, signal }: StepView, name: string): CallbackOptions {
  return { owner, budget, stopping: stoppable(signal), name };
}

/** What a function of a step gets: the same names as templates. */
function viewOut({ input, previous, outputs, item, iteration, attempt }: StepView): Record<string, unknown> {
  const steps = record(Object.entries(outputs).map(([name, output]) => [name, record([["output", output]])] as const));
  return record<unknown>([["input", input], ["previous", record([["output", previous]])], ["steps", steps], ["item", item], ["iteration", iteration], ["attempt", attempt]]);
}

function kindOf(fields: Fields, where: string): StepKind {
  const { type } = fields;
  if (type === undefined) {
    const found = KIND_BY_FIELD.find(([field]) => fields[field] !== undefined);
    if (found === undefined) throw invalid(`${where}: what it does is missing ('agent', 'tool', 'run', 'workflow', 'steps' …)`);
    return found[1];
  }
  if (!STEP_KINDS.includes(type as StepKind)) throw invalid(`${where}: unknown type '${String(type)}' (there are ${STEP_KINDS.join(", ")})`);
  return type as StepKind;
}

function dependencies(value: unknown, where: string): readonly string[] | undefined {
  if (value === undefined) return undefined;
  const names = typeof value === "string" ? [value] : isObject(value) && Object.keys(value).length === 0 ? [] : value;
  if (!Array.isArray(names) || !names.every((name) => typeof name === "string")) throw invalid(`${where}: 'depends_on' must be a name or a list of names`);
  return names;
}

function optionalNumber(value: unknown, field: string, where: string): number | undefined {
  if (value === undefined || (typeof value === "number" && value >= 0)) return value;
  throw invalid(`${where}: '${field}' must be a number from 0 on`);
}

function without<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as { [K in keyof T]: Exclude<T[K], undefined> };
}

function invalid(message: string): BridgeFailure {
  return new BridgeFailure("invalid", message);
}

