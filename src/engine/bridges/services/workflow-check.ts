// What can be said about a workflow before it runs: dependencies, and what is wrong with it.
import { stepsNamedIn } from "./workflow-template.js";
import type { Step, WorkflowDefinition } from "./workflow-types.js";

export interface WorkflowProblem {
  /** The step, "" for the workflow itself. */
  readonly path: string;
  readonly message: string;
}

const DEEPEST = 50;

/** The names that each step of a list waits for. In a sequence a step that says nothing waits for the one before it. */
export function dependenciesOf(steps: readonly Step[], sequential: boolean): ReadonlyMap<string, readonly string[]> {
  return new Map(steps.map((step, i) => [step.name, step.dependsOn ?? (sequential && i > 0 ? [steps[i - 1]!.name] : [])]));
}

/** Names in an order in which every step comes after what it waits for; those on a cycle are missing. */
export function orderOf(dependencies: ReadonlyMap<string, readonly string[]>): string[] {
  const order = new Set<string>();
  for (let before = -1; before !== order.size; ) {
    before = order.size;
    for (const [name, needed] of dependencies) if (needed.every((each) => order.has(each))) order.add(name);
  }
  return [...order];
}

/** Everything that is wrong; an empty list when nothing is. */
export function checkWorkflow(definition: WorkflowDefinition): readonly WorkflowProblem[] {
  const problems: WorkflowProblem[] = [];
  if (definition.name === "") problems.push({ path: "", message: "a workflow needs a name" });
  if (definition.steps.length === 0) problems.push({ path: "", message: "a workflow needs a step" });
  if (definition.pattern === "loop" && !hasEnd(definition.loop ?? {})) problems.push({ path: "", message: LOOP_WITHOUT_END });
  if (definition.pattern === "conditional" && definition.steps.length > 0 && definition.steps.every((step) => step.when === undefined)) {
    problems.push({ path: "", message: "a conditional workflow needs steps with 'when'" });
  }
  checkSteps(definition.steps, "", definition.pattern !== "parallel", new Set(), problems, 0);
  return problems;
}

const LOOP_WITHOUT_END = "a loop needs 'while', 'until', 'times' or 'for_each'";

function hasEnd(rules: { readonly while?: unknown; readonly until?: unknown; readonly times?: unknown; readonly forEach?: unknown }): boolean {
  return rules.while !== undefined || rules.until !== undefined || rules.times !== undefined || rules.forEach !== undefined;
}

function checkSteps(steps: readonly Step[], parent: string, sequential: boolean, outer: ReadonlySet<string>, problems: WorkflowProblem[], depth: number): void {
  const say = (name: string, message: string): void => void problems.push({ path: parent === "" ? name : `${parent}/${name}`, message });
  if (depth > DEEPEST) return say("", `steps are nested more than ${DEEPEST} levels deep`);
  const names = new Set<string>();
  for (const { name } of steps) {
    if (!/^[^\s./{}]+$/.test(name)) say(name, `'${name}' is no name for a step: no spaces, dots, slashes and braces`);
    if (names.has(name)) say(name, "two steps have this name");
    names.add(name);
  }
  const dependencies = dependenciesOf(steps, sequential);
  for (const [name, needed] of dependencies) {
    for (const each of needed) if (!names.has(each)) say(name, `depends on '${each}', which is no step beside it`);
  }
  const order = orderOf(new Map([...dependencies].map(([name, needed]) => [name, needed.filter((each) => names.has(each))])));
  if (names.size === steps.length) for (const name of names) if (!order.includes(name)) say(name, "depends on itself, directly or through others");
  const visible = new Set([...outer, ...names]);
  for (const step of steps) {
    for (const name of templateNames(step)) if (!visible.has(name)) say(step.name, `{{steps.${name}…}} names no step`);
    checkInner(step, parent === "" ? step.name : `${parent}/${step.name}`, visible, problems, depth, (message) => say(step.name, message));
  }
}

function checkInner(step: Step, path: string, visible: ReadonlySet<string>, problems: WorkflowProblem[], depth: number, say: (message: string) => void): void {
  switch (step.kind) {
    case "loop":
      if (!hasEnd(step)) say(LOOP_WITHOUT_END);
      return checkSteps(step.steps, path, true, visible, problems, depth + 1);
    case "parallel": return checkSteps(step.steps, path, false, visible, problems, depth + 1);
    case "condition":
      checkSteps(step.then, `${path}/then`, true, visible, problems, depth + 1);
      return checkSteps(step.otherwise ?? [], `${path}/otherwise`, true, visible, problems, depth + 1);
    case "workflow":
      for (const problem of checkWorkflow(step.workflow)) problems.push({ ...problem, path: `${path}/${problem.path}` });
      return;
    default: return;
  }
}

/** Steps that the templates of one step name, those of its inner steps left out. */
function templateNames(step: Step): string[] {
  const own = [step.when];
  switch (step.kind) {
    case "agent_call": case "workflow": return stepsNamedIn([...own, step.input]);
    case "tool_call": return stepsNamedIn([...own, step.arguments]);
    case "condition": return stepsNamedIn([...own, step.condition]);
    case "loop": return stepsNamedIn([...own, step.while, step.forEach]);
    default: return stepsNamedIn(own);
  }
}
