// Workflows: order, templates, failures, and going on after a pause, in this process and in others.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { Account } from "../../../src/engine/bridges/services/budget.js";
import type { JsonValue } from "../../../src/engine/bridges/services/json-value.js";
import { type WorkflowServicePorts, WorkflowService } from "../../../src/engine/bridges/services/workflow.js";
import { checkWorkflow } from "../../../src/engine/bridges/services/workflow-check.js";
import type { WorkflowRun } from "../../../src/engine/bridges/services/workflow-run.js";
import { fillTemplate } from "../../../src/engine/bridges/services/workflow-template.js";
import type { SavedWorkflow, Step, StepFunction, WorkflowDefinition } from "../../../src/engine/bridges/services/workflow-types.js";

const script = (name: string, run: StepFunction, rest: Partial<Step> = {}): Step => ({ kind: "script", name, run, ...rest }) as Step;
const wait = (milliseconds: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, milliseconds); });
const forever = (): Promise<never> => new Promise(() => {});

interface Fixture {
  readonly service: WorkflowService;
  readonly events: string[];
}

function service(ports: Partial<WorkflowServicePorts> = {}): Fixture {
  const events: string[] = [];
  return {
    events,
    service: new WorkflowService({
      account: new Account("the context"),
      runAgent: (agent, input) => Promise.resolve(`${String(agent)} says: ${String(input)}`),
      runTool: (tool, args) => Promise.resolve({ tool, args }),
      emit: (type, { step }) => events.push(step === undefined ? type : `${type} ${String(step)}`),
      ...ports,
    }),
  };
}

async function run(definition: Partial<WorkflowDefinition> & Pick<WorkflowDefinition, "steps">, input: JsonValue = null): Promise<WorkflowRun> {
  const { service: workflows } = service();
  return workflows.execute(workflows.create({ name: "w", ...definition }), input);
}

const statuses = ({ steps }: WorkflowRun): Record<string, string> => Object.fromEntries(Object.entries(steps).map(([path, step]) => [path, step.status]));

describe("steps", () => {
  test("run one after the other, with templates between them", async () => {
    const done = await run({
      steps: [
        { kind: "tool_call", name: "fetch", tool: "get", arguments: { url: "{{input.url}}", n: "{{input.n}}" } },
        { kind: "agent_call", name: "sum", agent: "writer", input: "Write on {{previous.output.args.url}} ({{steps.fetch.output.args.n}})" },
        script("end", ({ previous, outputs, input }) => ({ previous, names: Object.keys(outputs), input })),
      ],
    }, { url: "http://x", n: 3 });
    expect(done).toMatchObject({ status: "completed", output: { previous: "writer says: Write on http://x (3)", names: ["fetch", "sum"], input: { n: 3 } } });
    expect(done.steps["fetch"]).toMatchObject({ status: "completed", attempts: 1, output: { tool: "get", args: { url: "http://x", n: 3 } } });
    expect(done.steps["fetch"]!.duration).toBeGreaterThanOrEqual(0);
  });

  test("with dependencies run as soon as they can, so many at once", async () => {
    let now = 0;
    let most = 0;
    const order: string[] = [];
    const slow = (name: string, dependsOn: string[]): Step => script(name, async () => {
      most = Math.max(most, ++now);
      await wait(5);
      now--;
      order.push(name);
    }, { dependsOn });
    const steps = [slow("e", ["c", "d"]), slow("a", []), slow("b", []), slow("c", ["a"]), slow("d", ["b"]), slow("f", [])];
    expect((await run({ steps, maxConcurrency: 2 })).status).toBe("completed");
    expect(most).toBe(2);
    for (const [before, after] of [["a", "c"], ["b", "d"], ["c", "e"], ["d", "e"]]) expect(order.indexOf(before!)).toBeLessThan(order.indexOf(after!));
  });

  test("run at the same time in a parallel workflow, and in a parallel step", async () => {
    const seen: string[] = [];
    const step = (name: string, output: number): Step => script(name, async () => {
      seen.push(`${name} begins`);
      await wait(30);
      seen.push(`${name} ends`);
      return output;
    });
    const both = [step("a", 1), step("b", 2)];
    const together = ["a begins", "b begins", "a ends", "b ends"];
    expect(await run({ pattern: "parallel", steps: both })).toMatchObject({ output: 2 });
    expect(seen.splice(0)).toEqual(together);
    expect(await run({ steps: [{ kind: "parallel", name: "p", steps: both }] })).toMatchObject({ output: { a: 1, b: 2 } });
    expect(seen).toEqual(together);
  });

  test("are chosen by conditions", async () => {
    const branch = (condition: string | StepFunction): Step[] => [
      script("first", () => 5),
      { kind: "condition", name: "c", condition, then: [script("yes", ({ previous }) => `yes ${String(previous)}`)], otherwise: [script("no", () => "no")] },
    ];
    expect((await run({ steps: branch(({ previous }) => previous === 5) })).output).toBe("yes 5");
    expect((await run({ steps: branch("{{input.flag}}") }, { flag: false })).output).toBe("no");
    const skipping = await run({ steps: [script("a", () => 1), script("b", () => 2, { when: "{{input}}" }), script("c", ({ previous }) => previous)] }, "");
    expect([skipping.output, skipping.steps["b"]!.status]).toEqual([1, "skipped"]);
    const cases = ["low", "mid", "high"].map((name, i) => script(name, () => name, { when: ({ input }) => (input as number) < 10 * (i + 1) }));
    expect([(await run({ pattern: "conditional", steps: cases }, 15)).output, (await run({ pattern: "conditional", steps: cases }, 99)).output]).toEqual(["mid", undefined]);
  });

  test("are repeated in loops", async () => {
    const count = script("n", ({ previous }) => ((previous as number | undefined) ?? 0) + 1);
    const each = script("e", ({ item, iteration }) => `${iteration}:${String(item)}`);
    const outputs = await Promise.all([
      run({ steps: [{ kind: "loop", name: "l", times: 3, steps: [count] }] }),
      run({ steps: [{ kind: "loop", name: "l", until: ({ previous }) => (previous as number) >= 4, steps: [count] }] }),
      run({ steps: [{ kind: "loop", name: "l", while: ({ iteration }) => iteration! < 3, steps: [count] }] }),
      run({ steps: [{ kind: "loop", name: "l", forEach: "{{input}}", steps: [each] }] }, ["x", "y"]),
      run({ pattern: "loop", loop: { times: 2 }, steps: [count] }),
    ]);
    expect(outputs.map(({ output }) => output)).toEqual([[1, 2, 3], [1, 2, 3, 4], [1, 2], ["1:x", "2:y"], [1, 2]]);
    const endless = await run({ steps: [{ kind: "loop", name: "l", while: () => true, maxIterations: 10, steps: [count] }] });
    expect(endless).toMatchObject({ status: "failed", error: { code: "limit", message: "a loop took more than 10 iterations" } });
  });

  test("can be workflows, and workflows can be composed", async () => {
    const inner: WorkflowDefinition = { name: "inner", steps: [script("a", ({ input }) => (input as number) + 1), script("b", ({ previous }) => (previous as number) * 2)], output: { twice: "{{previous.output}}" } };
    expect(await run({ steps: [{ kind: "workflow", name: "sub", workflow: inner, input: "{{input}}" }] }, 4)).toMatchObject({ output: { twice: 10 } });
    const { service: workflows } = service();
    const double = workflows.create({ name: "dou ble", steps: [script("a", ({ input }) => (input as number) * 2)] });
    const composed = workflows.compose("all", [double, double, double]);
    expect(composed.definition.steps.map(({ name }) => name)).toEqual(["dou_ble", "dou_ble_2", "dou_ble_3"]);
    expect((await workflows.execute(composed, 5)).output).toBe(40);
  });
});

describe("failures", () => {
  test("are tried again, with growing pauses, then end the workflow", async () => {
    const times: number[] = [];
    const failing = script("f", () => { times.push(performance.now()); throw new Error("no luck"); }, { retry: { retries: 2, delay: 20, factor: 2 } });
    const { service: workflows, events } = service();
    const done = await workflows.execute(workflows.create({ name: "w", steps: [failing, script("after", () => 1)] }), null);
    expect(done).toMatchObject({ status: "failed", error: { code: "error", message: "no luck" } });
    expect(statuses(done)).toEqual({ f: "failed" });
    expect(done.steps["f"]!.attempts).toBe(3);
    expect(times[1]! - times[0]!).toBeGreaterThanOrEqual(19);
    expect(times[2]! - times[1]!).toBeGreaterThanOrEqual(39);
    expect(events).toEqual([
      "workflow.created", "workflow.started", "workflow.step.started f", "workflow.step.retry f", "workflow.step.retry f", "workflow.step.failed f", "workflow.failed",
    ]);
  });

  test("can be passed over or answered", async () => {
    const fail = (): never => { throw new Error("no luck"); };
    const done = await run({ steps: [script("a", fail, { onError: "continue" }), script("b", fail, { onError: ({ message }) => `instead of ${message}` }), script("c", ({ previous }) => previous)] });
    expect(done).toMatchObject({ status: "completed", output: "instead of no luck" });
    expect(done.steps["a"]).toMatchObject({ status: "failed", error: { message: "no luck" } });
  });

  test("that are fatal come through everything", async () => {
    const { service: workflows } = service({ isFatal: (error) => error instanceof RangeError });
    const workflow = workflows.create({ name: "w", steps: [script("a", () => { throw new RangeError("limit"); }, { retry: { retries: 5 }, onError: "continue" })] });
    await expect(workflows.execute(workflow, null)).rejects.toThrow("limit");
    expect(workflow.run!.status).toBe("failed");
  });

  test("of time", async () => {
    const slow = await run({ steps: [script("s", forever, { timeout: 20, retry: { retries: 1, delay: 1 } })] });
    expect(slow).toMatchObject({ status: "failed", error: { code: "timeout", message: "the step 's' took longer than 20 ms" } });
    expect(slow.steps["s"]!.attempts).toBe(2);
    expect(await run({ timeout: 20, steps: [script("s", forever)] })).toMatchObject({ status: "failed", error: { code: "timeout", message: "the workflow 'w' took longer than 20 ms" } });
  });

  test("of budget end all tries", async () => {
    const { service: workflows } = service({ runTool: async (_tool, _args, { budget }) => budget.take("toolCalls") });
    const workflow = workflows.create({ name: "w", budget: { toolCalls: 2 }, steps: [1, 2, 3].map((n) => ({ kind: "tool_call", name: `t${n}`, tool: "t", retry: { retries: 9 }, onError: "continue" })) });
    const done = await workflows.execute(workflow, null);
    expect(done).toMatchObject({ status: "failed", error: { code: "budget", message: "budget of workflow 'w' exhausted: 3 of 2 tool calls" } });
  });

  test("of data", async () => {
    const cycle: Record<string, unknown> = {};
    cycle["self"] = cycle;
    for (const bad of [() => {}, cycle, Symbol("x"), new Uint8Array(2)]) expect(await run({ steps: [script("a", () => bad)] })).toMatchObject({ status: "failed", error: { code: "no_data" } });
    expect((await run({ steps: [script("a", () => ({ big: 2n ** 63n - 1n, none: undefined }))] })).output).toEqual({ big: 2n ** 63n - 1n });
  });
});

describe("stopping", () => {
  test("a pause lets running steps end and begins no other; resume goes on", async () => {
    const { service: workflows } = service();
    const done: string[] = [];
    const step = (name: string): Step => script(name, async () => { await wait(10); done.push(name); return name; });
    const workflow = workflows.create({ name: "w", steps: [step("a"), step("b"), step("c")] });
    const running = workflows.execute(workflow, null);
    await wait(15);
    expect(workflow.run!.pause()).toBe(true);
    expect((await running).status).toBe("paused");
    expect(done).toEqual(["a", "b"]);
    await wait(30);
    expect(done).toEqual(["a", "b"]);
    expect((await workflows.resume(workflow, undefined)).status).toBe("completed");
    expect(done).toEqual(["a", "b", "c"]);
    expect([workflow.run!.pause(), workflow.run!.cancel()]).toEqual([false, false]);
  });

  test("a pause ends the wait between two tries", async () => {
    const { service: workflows } = service();
    let fails = true;
    const workflow = workflows.create({ name: "w", steps: [script("a", () => { if (fails) throw new Error("no"); return 1; }, { retry: { retries: 1, delay: 60_000 } })] });
    const running = workflows.execute(workflow, null);
    await wait(10);
    workflow.run!.pause();
    expect((await running).status).toBe("paused");
    fails = false;
    expect(await workflows.resume(workflow, undefined)).toMatchObject({ status: "completed", output: 1 });
  });

  test("cancelling ends what runs and tells it", async () => {
    let told: unknown;
    const { service: workflows } = service();
    const workflow = workflows.create({ name: "w", steps: [script("a", ({ signal }) => { signal.addEventListener("abort", () => { told = signal.reason; }); return forever(); }), script("b", () => 1)] });
    const running = workflows.execute(workflow, null);
    await wait(5);
    workflow.run!.cancel("no longer needed");
    expect(await running).toMatchObject({ status: "cancelled", error: { code: "cancelled", message: "no longer needed" } });
    expect(told).toMatchObject({ message: "no longer needed" });
    expect(statuses(workflow.run!)).toEqual({ a: "cancelled" });
    const abort = new AbortController();
    const again = workflows.execute(workflow, null, { signal: abort.signal });
    abort.abort(new Error("host is gone"));
    expect(await again).toMatchObject({ status: "cancelled", error: { message: "host is gone" } });
  });

  test("a failed workflow can go on from where it failed", async () => {
    let broken = true;
    const runs: string[] = [];
    const { service: workflows } = service();
    const workflow = workflows.create({ name: "w", steps: [script("a", () => { runs.push("a"); return 1; }), script("b", ({ previous }) => { runs.push("b"); if (broken) throw new Error("x"); return (previous as number) + 1; })] });
    expect((await workflows.execute(workflow, null)).status).toBe("failed");
    broken = false;
    expect(await workflows.resume(workflow, undefined)).toMatchObject({ status: "completed", output: 2, error: undefined });
    expect(runs).toEqual(["a", "b", "b"]);
  });

  test("loops, conditions, parallel steps and inner workflows go on inside", async () => {
    const build = (journal: string[], stopAt: string): { workflows: WorkflowService; definition: WorkflowDefinition; current: () => WorkflowRun } => {
      const { service: workflows } = service();
      const step = (name: string): Step => script(name, async ({ iteration, previous }) => {
        const label = iteration === undefined ? name : `${name}${iteration}`;
        journal.push(label);
        if (label === stopAt) current().pause();
        await wait(1);
        return `${String(previous ?? "")}${label} `;
      });
      const definition: WorkflowDefinition = {
        name: "nested",
        steps: [
          { kind: "loop", name: "l", times: 3, steps: [step("x"), step("y")] },
          { kind: "condition", name: "c", condition: () => journal.length < 7, then: [step("t"), step("u")] },
          { kind: "parallel", name: "p", steps: [step("m"), step("n")] },
          { kind: "workflow", name: "w", workflow: { name: "inner", steps: [step("i"), step("j")] } },
        ],
      };
      const current = (): WorkflowRun => workflows.get("nested").run!;
      return { workflows, definition, current };
    };
    const whole = build([], "");
    const expected = await whole.workflows.execute(whole.workflows.create(whole.definition), null);
    for (const stopAt of ["x1", "y1", "x2", "y3", "t", "u", "m", "n", "i", "j"]) {
      const journal: string[] = [];
      const first = build(journal, stopAt);
      const saved = JSON.parse(JSON.stringify((await first.workflows.execute(first.workflows.create(first.definition), null)).save())) as SavedWorkflow;
      const second = build(journal, "");
      const done = await second.workflows.resume(second.workflows.create(second.definition), saved);
      expect(done.output).toEqual(expected.output);
      expect([...journal].sort()).toEqual(["i", "j", "m", "n", "t", "u", "x1", "x2", "x3", "y1", "y2", "y3"]);
    }
  });

  test("a state fits its workflow only", async () => {
    const { service: workflows } = service();
    const saved = (await workflows.execute(workflows.create({ name: "w", steps: [script("a", () => 1)] }), null)).save();
    expect(() => workflows.resume(workflows.create({ name: "v", steps: [script("a", () => 1)] }), saved)).toThrow("the state of workflow 'w' does not fit 'v'");
    expect(() => workflows.resume(workflows.create({ name: "w", steps: [script("b", () => 1)] }), saved)).toThrow("the workflow 'w' has no step 'a'");
    expect(() => workflows.resume(workflows.create({ name: "w", steps: [script("b", () => 1)] }), undefined)).toThrow("was not started");
  });
});

describe("100 steps that all fail at first", () => {
  const folder = mkdtempSync(join(tmpdir(), "workflow-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const start = (name: string, ...words: string[]): { status: string; output: unknown; attempts: number } | undefined => {
    const args = ["--import", "tsx", join(import.meta.dirname, "support/hundred-steps.ts"), join(folder, `${name}.json`), join(folder, `${name}.log`), ...words];
    const child = spawnSync(process.execPath, args, { encoding: "utf8" });
    if (child.signal === "SIGKILL") return undefined;
    expect(child.stderr).toBe("");
    return JSON.parse(child.stdout) as { status: string; output: unknown; attempts: number };
  };
  const journal = (name: string): string[] => readFileSync(join(folder, `${name}.log`), "utf8").trim().split("\n");
  const all = Array.from({ length: 100 }, (_, i) => String(i + 1));

  test("end the same whether paused and resumed in new processes, killed in between, or not", () => {
    const whole = start("whole", "run")!;
    expect(whole).toMatchObject({ status: "completed", attempts: 250 });
    expect(start("paused", "pause", "37")).toMatchObject({ status: "paused", output: null });
    expect(start("paused", "pause", "71")).toMatchObject({ status: "paused" });
    const resumed = start("paused", "run")!;
    expect(resumed).toEqual(whole);
    expect(journal("paused")).toEqual(all); // each step has succeeded once, and none twice
    expect(start("killed", "kill", "20")).toBeUndefined();
    expect(start("killed", "kill", "60")).toBeUndefined();
    const survived = start("killed", "run")!;
    expect([survived.status, survived.output]).toEqual(["completed", whole.output]);
    expect(journal("killed")).toEqual(all);
  });
});

describe("what is wrong with a workflow", () => {
  const problems = (definition: Partial<WorkflowDefinition> & Pick<WorkflowDefinition, "steps">): string[] =>
    checkWorkflow({ name: "w", ...definition }).map(({ path, message }) => `${path}: ${message}`);
  const step = (name: string, rest: Partial<Step> = {}): Step => script(name, () => 1, rest);

  test("is found before it runs", async () => {
    expect(problems({ name: "", steps: [] })).toEqual([": a workflow needs a name", ": a workflow needs a step"]);
    expect(problems({ steps: [step("a"), step("a"), step("b c"), step("d.e")] })).toHaveLength(3);
    expect(problems({ steps: [step("a", { dependsOn: ["x"] })] })).toEqual(["a: depends on 'x', which is no step beside it"]);
    expect(problems({ steps: [step("a", { dependsOn: ["b"] }), step("b", { dependsOn: ["a"] }), step("c")] })).toEqual([
      "a: depends on itself, directly or through others", "b: depends on itself, directly or through others", "c: depends on itself, directly or through others",
    ]);
    expect(problems({ steps: [step("a", { when: "{{steps.z.output}}" })] })).toEqual(["a: {{steps.z…}} names no step"]);
    expect(problems({ steps: [{ kind: "loop", name: "l", steps: [step("x"), step("x")] }] })).toEqual(["l: a loop needs 'while', 'until', 'times' or 'for_each'", "l/x: two steps have this name"]);
    expect(problems({ pattern: "conditional", steps: [step("a")] })).toEqual([": a conditional workflow needs steps with 'when'"]);
    const { service: workflows } = service();
    expect(() => workflows.execute(workflows.create({ name: "w", steps: [] }), null)).toThrow("the workflow 'w' cannot run: a workflow needs a step");
  });

  test("dependencies and their order", () => {
    const { service: workflows } = service();
    const { steps, order } = workflows.dependencies(workflows.create({ name: "w", steps: [step("a"), step("b"), step("c", { dependsOn: ["a"] })] }));
    expect([[...steps], order]).toEqual([[["a", []], ["b", ["a"]], ["c", ["a"]]], ["a", "b", "c"]]);
  });
});

describe("templates", () => {
  const scope = { input: { a: { b: [10, 20] }, t: "x" }, previous: 7, outputs: { s: { v: true } }, item: "i", iteration: 2 };

  test.each<[unknown, unknown]>([
    ["{{input.a.b.2}}", 20], [" {{ previous.output }} ", 7], ["<{{previous.output}}>", "<7>"], ["{{steps.s.output}}", { v: true }], ["{{steps.s.output.v}}!", "true!"],
    ["{{item}}-{{iteration}}", "i-2"], ["{{input.a}}.", "{\"b\":[10,20]}."], [{ list: ["{{input.t}}", 1] }, { list: ["x", 1] }], ["{ {input} }", "{ {input} }"],
  ])("%j", (template, value) => expect(fillTemplate(template, scope)).toEqual(value));

  test.each(["{{input.x}}", "{{steps.q.output}}", "{{steps.s}}", "{{previous}}", "{{os}}", "{{}}", "{{input.__proto__}}", "{{input.constructor.name}}"])("%s stands for nothing", (template) => {
    expect(() => fillTemplate(template, scope)).toThrow("stands for nothing here");
  });

  test("leave texts without placeholders alone", () => {
    fc.assert(fc.property(fc.string().filter((text) => !text.includes("{{")), (text) => fillTemplate(text, scope) === text));
  });
});
