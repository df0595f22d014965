// Running scenarios and suites: every test runs, whatever becomes of the others; fixtures are torn down in any case.
import { callScript, isFatalForScripts } from "./callbacks.js";
import type { BridgeCall, Callback } from "./context.js";
import { isObject, record } from "./services/json-value.js";
import { BridgeFailure } from "./services/failure.js";
import { errorText } from "./test-asserts.js";

/** Something made before a test and taken away after it. */
export class Fixture {
  constructor(readonly id: string, readonly name: string, readonly setup: Callback, readonly teardown: Callback | undefined) {}
}

/** One function of a scenario. */
export interface ScenarioStep {
  readonly phase: "given" | "when" | "then";
  readonly name: string;
  readonly run: Callback;
}

export class Scenario {
  constructor(readonly id: string, readonly name: string, readonly steps: readonly ScenarioStep[], readonly fixtures: readonly Fixture[]) {}
}

/** How a test ended. */
export interface TestResult {
  readonly name: string;
  readonly passed: boolean;
  readonly skipped?: boolean;
  readonly error?: string;
  /** Milliseconds. */
  readonly duration: number;
  readonly steps?: readonly Readonly<Record<string, unknown>>[];
}

/** Steps of a phase as scripts write them: a function, a table of description and function, or a list of either. */
export function stepsIn(phase: ScenarioStep["phase"], value: unknown): ScenarioStep[] {
  if (value === undefined) return [];
  if (typeof value === "function") return [{ phase, name: phase, run: value as Callback }];
  if (!Array.isArray(value)) throw new BridgeFailure("invalid", `'${phase}' must be a function or a list`);
  if (typeof value[0] === "string" && typeof value[1] === "function") return [{ phase, name: value[0], run: value[1] as Callback }];
  return value.flatMap((entry: unknown) => stepsIn(phase, entry));
}

/** Runs a scenario: its functions share one table, which fixtures fill under their names. */
export async function runScenario(call: BridgeCall, scenario: Scenario, around: readonly Fixture[] = []): Promise<TestResult> {
  const begin = call.context.now();
  const world = record<unknown>();
  const steps: Record<string, unknown>[] = [];
  const error = await withFixtures(call, [...around, ...scenario.fixtures], world, async () => {
    for (const { phase, name, run } of scenario.steps) {
      const began = call.context.now();
      const step = record<unknown>([["phase", phase], ["name", name], ["passed", false]]);
      steps.push(step);
      const given = await callScript(call.context, run, [world], { owner: call.task, name });
      if (isObject(given)) Object.assign(world, given);
      step["passed"] = true;
      step["duration"] = call.context.now() - began;
    }
  });
  return { name: scenario.name, passed: error === undefined, ...(error === undefined ? {} : { error }), duration: call.context.now() - begin, steps };
}

/** Sets fixtures up, does the work, and tears down what was set up, last one first. Answers the first error. */
async function withFixtures(call: BridgeCall, fixtures: readonly Fixture[], world: Record<string, unknown>, work: () => Promise<void>): Promise<string | undefined> {
  const ready: Fixture[] = [];
  const errors: string[] = [];
  await collect(errors, async () => {
    for (const fixture of fixtures) {
      world[fixture.name] = await callScript(call.context, fixture.setup, [], { owner: call.task, name: `setup of ${fixture.name}` });
      ready.push(fixture);
    }
    await work();
  });
  for (const { name, teardown } of ready.reverse()) {
    if (teardown !== undefined) await collect(errors, async () => void (await callScript(call.context, teardown, [world[name]], { owner: call.task, name: `teardown of ${name}` })));
  }
  return errors[0];
}

async function collect(errors: string[], work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (isFatalForScripts(error)) throw error;
    errors.push(errorText(error));
  }
}

/** A test of a suite: a scenario, or a name and a function. */
export type SuiteTest = Scenario | { readonly name: string; readonly run: Callback; readonly skip: boolean };

/** Tests as scripts write them: scenarios, tables `{ name=, run=, skip= }`, or functions by name. */
export function testsIn(value: unknown): SuiteTest[] {
  if (value === undefined) return [];
  if (Array.isArray(value)) return value.map((entry, i) => testIn(entry, `test ${i + 1}`));
  if (!isObject(value)) throw new BridgeFailure("invalid", "'tests' must be a table");
  return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, entry]) => testIn(entry, name));
}

function testIn(value: unknown, name: string): SuiteTest {
  if (value instanceof Scenario) return value;
  if (typeof value === "function") return { name, run: value as Callback, skip: false };
  if (!isObject(value) || typeof value["run"] !== "function") throw new BridgeFailure("invalid", `'${name}' is no test: a function, a scenario or a table with 'run' is`);
  return { name: typeof value["name"] === "string" ? value["name"] : name, run: value["run"] as Callback, skip: value["skip"] === true };
}

/** Runs tests one after the other. */
export async function runTests(call: BridgeCall, tests: readonly SuiteTest[], fixtures: readonly Fixture[]): Promise<TestResult[]> {
  const results: TestResult[] = [];
  for (const test of tests) {
    if (test instanceof Scenario) results.push(await runScenario(call, test, fixtures));
    else if (test.skip) results.push({ name: test.name, passed: true, skipped: true, duration: 0 });
    else results.push(await runTest(call, test.name, test.run, fixtures));
  }
  return results;
}

async function runTest(call: BridgeCall, name: string, run: Callback, fixtures: readonly Fixture[]): Promise<TestResult> {
  const begin = call.context.now();
  const world = record<unknown>();
  const error = await withFixtures(call, fixtures, world, async () => void (await callScript(call.context, run, [world], { owner: call.task, name })));
  return { name, passed: error === undefined, ...(error === undefined ? {} : { error }), duration: call.context.now() - begin };
}

/** A table for people: a line for each test, and the sums. */
export function summaryTable(title: string, results: readonly TestResult[]): string {
  const width = Math.max(4, ...results.map(({ name }) => name.length));
  const rule = `+${"-".repeat(width + 2)}+--------+----------+`;
  const rows = results.map(({ name, passed, skipped, duration }) => {
    const word = skipped === true ? "skip" : passed ? "pass" : "FAIL";
    return `| ${name.padEnd(width)} | ${word.padEnd(6)} | ${`${Math.round(duration)} ms`.padStart(8)} |`;
  });
  const failures = results.filter(({ error }) => error !== undefined).map(({ name, error }) => `  ${name}: ${error}`);
  const { total, passed, failed, skipped } = sums(results);
  const sum = `${total} tests: ${passed} passed, ${failed} failed${skipped === 0 ? "" : `, ${skipped} skipped`}`;
  return [title, rule, `| ${"test".padEnd(width)} | result | duration |`, rule, ...rows, rule, sum, ...failures].join("\n");
}

export function sums(results: readonly TestResult[]): { total: number; passed: number; failed: number; skipped: number } {
  const skipped = results.filter((result) => result.skipped === true).length;
  const failed = results.filter((result) => !result.passed).length;
  return { total: results.length, passed: results.length - failed - skipped, failed, skipped };
}
