// Workflows as data: what the steps are, and what is known of a run.
import type { BudgetLimits, Budget } from "./budget.js";
import type { JsonValue } from "./json-value.js";

export const STEP_KINDS = ["agent_call", "tool_call", "script", "workflow", "condition", "loop", "parallel"] as const;
export type StepKind = (typeof STEP_KINDS)[number];
export const WORKFLOW_PATTERNS = ["sequential", "parallel", "conditional", "loop"] as const;
export type WorkflowPattern = (typeof WORKFLOW_PATTERNS)[number];
export const WORKFLOW_STATUSES = ["pending", "running", "paused", "completed", "failed", "cancelled"] as const;
export type WorkflowStatus = (typeof WORKFLOW_STATUSES)[number];

/** What a function of a step gets. */
export interface StepView {
  readonly input: unknown;
  /** What the step before gave; undefined for the first. */
  readonly previous: unknown;
  /** Outputs by name, of the steps around and before. */
  readonly outputs: Readonly<Record<string, unknown>>;
  /** In a loop: the element, and the number of the iteration from 1 on. */
  readonly item?: unknown;
  readonly iteration?: number;
  /** 1 for the first try. */
  readonly attempt: number;
  readonly signal: AbortSignal;
  readonly budget: Budget;
  /** On whose behalf: handed through as it is. */
  readonly owner?: unknown;
}

export type StepFunction = (view: StepView) => unknown;

export interface RetryPolicy {
  /** Tries after the first one. */
  readonly retries: number;
  /** Milliseconds before the first retry, 100 unless given. */
  readonly delay?: number;
  /** By how much the pause grows, 2 unless given. */
  readonly factor?: number;
  /** Longest pause, a minute unless given. */
  readonly maxDelay?: number;
}

interface StepBase {
  readonly name: string;
  readonly dependsOn?: readonly string[];
  /** Runs only if this holds; else it is skipped. */
  readonly when?: Condition;
  readonly retry?: RetryPolicy;
  /** Milliseconds for one try. */
  readonly timeout?: number;
  /** After the last try: the workflow fails (as unless given), goes on without output, or takes what the function gives. */
  readonly onError?: "fail" | "continue" | ((error: StepError, view: StepView) => unknown);
}

/** A function, or a template whose value counts as in Lua, with "", "false" and "nil" as false too. */
export type Condition = StepFunction | string;

export type Step = StepBase & (
  | { readonly kind: "agent_call"; readonly agent: unknown; readonly input?: unknown }
  | { readonly kind: "tool_call"; readonly tool: unknown; readonly arguments?: unknown }
  | { readonly kind: "script"; readonly run: StepFunction }
  | { readonly kind: "workflow"; readonly workflow: WorkflowDefinition; readonly input?: unknown }
  | { readonly kind: "condition"; readonly condition: Condition; readonly then: readonly Step[]; readonly otherwise?: readonly Step[] }
  | ({ readonly kind: "loop" } & LoopRules)
  | { readonly kind: "parallel"; readonly steps: readonly Step[]; readonly maxConcurrency?: number }
);

export interface LoopRules {
  readonly steps: readonly Step[];
  /** Goes on while this holds, looked at before each iteration. */
  readonly while?: Condition;
  /** Goes on until this holds, looked at after each iteration. */
  readonly until?: Condition;
  /** How often. */
  readonly times?: number;
  /** One iteration for each element: a list, or a template that gives one. */
  readonly forEach?: readonly unknown[] | string;
  /** The end in any case, 1000 unless given: more is an error. */
  readonly maxIterations?: number;
}

export interface WorkflowDefinition {
  readonly name: string;
  /** sequential unless given: a step without dependencies waits for the one before it. */
  readonly pattern?: WorkflowPattern;
  readonly steps: readonly Step[];
  /** Steps that run at once at most, 8 unless given. */
  readonly maxConcurrency?: number;
  /** Template for the result; the output of the last step unless given. */
  readonly output?: unknown;
  /** Milliseconds for a run, pauses not counted. */
  readonly timeout?: number;
  readonly budget?: BudgetLimits;
  /** A name under which the host keeps the state whenever a step is over. */
  readonly checkpoint?: string;
  /** For the pattern "loop". */
  readonly loop?: Omit<LoopRules, "steps">;
}

export interface StepError {
  readonly code: string;
  readonly message: string;
}

export type StepStatus = "pending" | "running" | "completed" | "failed" | "skipped" | "cancelled";

/** What is known of a step, ready for JSON. */
export interface StepRecord {
  status: StepStatus;
  /** JSON data; absent until there is some. */
  output?: JsonValue;
  error?: StepError;
  /** Tries so far, in all. */
  attempts: number;
  /** Milliseconds since 1970. */
  startedAt?: number;
  /** Milliseconds, all tries and the pauses between them. */
  duration?: number;
  /** Of a loop: iterations that are over. */
  iterations?: number;
  /** Of a condition: what came out of it. */
  chosen?: boolean;
}

/** A run that can be stored as JSON and go on in another process, with the same definition. */
export interface SavedWorkflow {
  readonly version: 1;
  readonly id: string;
  readonly workflow: string;
  readonly status: WorkflowStatus;
  readonly input: JsonValue;
  /** Steps by path: "name", "loop/3/name", "condition/then/name". */
  readonly steps: Readonly<Record<string, StepRecord>>;
  readonly output?: JsonValue;
  readonly error?: StepError;
  readonly duration: number;
}

/** Where children of a step stand. */
export function childPath(parent: string, name: string): string {
  return parent === "" ? name : `${parent}/${name}`;
}
