// The test bridge: scenarios, assertions, mocks, fixtures, suites, coverage.
import { callScript, isFatalForScripts } from "./callbacks.js";
import { type BridgeCall, type Callback, contextPart } from "./context.js";
import { defineBridge } from "./define.js";
import { defineHandle } from "./handles.js";
import { options } from "./options.js";
import { record } from "./services/json-value.js";
import { contains, difference, errorText, fail, matches, placeOf, show } from "./test-asserts.js";
import { Coverage } from "./test-coverage.js";
import { MOCK, MOCK_OPTIONS, Mock, type MockFields } from "./test-mocks.js";
import { TEST_OBJECTS } from "./test-objects.js";
import { Fixture, Scenario, type TestResult, runScenario, runTests, stepsIn, summaryTable, sums, testsIn } from "./test-runner.js";
import { BridgeFailure } from "./services/failure.js";

const COVERAGE = contextPart("coverage", (context) => {
  const coverage = new Coverage(context.runtime.state);
  context.onClose(() => coverage.stop());
  return coverage;
});

const SCENARIO = defineHandle<Scenario>({
  name: "scenario", doc: "A test told in given, when and then.", id: ({ id }) => id, find: (context, id) => context.get(TEST_OBJECTS).find(id, Scenario),
  properties: { name: { type: "string", doc: "Its name.", get: ({ name }) => name } },
});
const FIXTURE = defineHandle<Fixture>({
  name: "fixture", doc: "Something made before a test and taken away after it.", id: ({ id }) => id, find: (context, id) => context.get(TEST_OBJECTS).find(id, Fixture),
  properties: { name: { type: "string", doc: "Its name.", get: ({ name }) => name } },
});

const SCENARIO_OPTIONS = options("ScenarioOptions", {
  name: { type: "string", doc: "What is tested.", required: true },
  given: { type: ["function", "array"], doc: "What there is at first." },
  when: { type: ["function", "array"], doc: "What happens." },
  ["then"]: { type: ["function", "array"], doc: "What has to hold. Written `[\"then\"] =`, since `then` is a word of Lua; or `expect`." },
  expect: { type: ["function", "array"], doc: "The same as `[\"then\"]`." },
  fixtures: { type: "array", doc: "Fixtures that it needs." },
});
const FIXTURE_OPTIONS = options("FixtureOptions", {
  name: { type: "string", doc: "The field in which tests find it.", required: true },
  setup: { type: "function", doc: "Makes it.", required: true },
  teardown: { type: "function", doc: "Gets it and takes it away, also after a test that failed." },
});
const SUITE_OPTIONS = options("SuiteOptions", {
  name: { type: "string", doc: "Its title.", required: true },
  tests: { type: ["array", "object"], doc: "Scenarios, tables with `name`, `run` and `skip`, or functions by name.", required: true },
  fixtures: { type: "array", doc: "Fixtures for every test." },
  coverage: { type: "boolean", doc: "Measures line coverage meanwhile." },
});

interface ScenarioFields {
  readonly name: string;
  readonly given?: unknown;
  readonly when?: unknown;
  readonly then?: unknown;
  readonly expect?: unknown;
  readonly fixtures?: readonly unknown[];
}

function fixturesIn(values: readonly unknown[] = []): Fixture[] {
  return values.map((value) => {
    if (!(value instanceof Fixture)) throw new BridgeFailure("invalid", "'fixtures' must be a list of fixtures");
    return value;
  });
}

function resultOut(result: TestResult): Record<string, unknown> {
  return record(Object.entries(result));
}

const ACTUAL = { name: "actual", type: "any", doc: "What there is." } as const;
const MESSAGE = { name: "message", type: "string", doc: "Put before the words of the failure.", optional: true } as const;

export const testBridge = defineBridge({
  name: "test",
  doc: "Tests of scripts, in scripts: scenarios, assertions, mocks, fixtures, suites and line coverage.",
  handles: [SCENARIO, FIXTURE, MOCK],
  constants: {
    AssertType: { EQUALS: "equals", CONTAINS: "contains", MATCHES: "matches", THROWS: "throws" },
    MockType: { FUNCTION: "function", OBJECT: "object", SERVICE: "service" },
  },
  events: { "test.completed": "`suite`, `total`, `passed`, `failed`" },
  types: {
    TestResult: {
      doc: "How a test ended.",
      fields: {
        name: { type: "string", doc: "What was tested." },
        passed: { type: "boolean", doc: "Whether all was well." },
        error: { type: "string?", doc: "What was not." },
        duration: { type: "number", doc: "Milliseconds." },
        steps: { type: "table[]?", doc: "Of a scenario: `phase`, `name`, `passed` and `duration`." },
      },
    },
  },
  notes: `An assertion that does not hold raises a table whose \`code\` is "assertion". The functions of a scenario get one table, in which they find its fixtures
by name; tables that they return are added to it. A test that a limit of the host ends, ends the script.

Coverage counts the lines of all functions that the script knows (loaded modules included) from the time it is switched on. It makes scripts slower.`,
  functions: {
    create_scenario: {
      doc: "Makes a scenario.",
      params: [{ name: "options", type: SCENARIO_OPTIONS, doc: "What it is." }],
      returns: [{ type: "scenario", doc: "The scenario." }],
      example: `test.create_scenario{ name = "adds", given = function(t) t.a = 1 return t end,
  when = function(t) return { sum = t.a + 1 } end, ["then"] = function(t) test.assert_equals(t.sum, 2) end }`,
      run: (call: BridgeCall, { name, given, when, then, expect, fixtures }: ScenarioFields) => {
        const steps = [...stepsIn("given", given), ...stepsIn("when", when), ...stepsIn("then", then), ...stepsIn("then", expect)];
        return SCENARIO.of(call.get(TEST_OBJECTS).add("scenario", (id) => new Scenario(id, name, steps, fixturesIn(fixtures))));
      },
    },
    run_scenario: {
      doc: "Runs a scenario. A failure is no error here: see `passed`.",
      waits: true,
      params: [{ name: "scenario", type: SCENARIO, doc: "The scenario." }],
      returns: [{ type: "TestResult", doc: "How it ended." }],
      run: async (call: BridgeCall, scenario: Scenario) => resultOut(await runScenario(call, scenario)),
    },
    assert_equals: {
      doc: "Raises an error unless two values are equal; tables by content.",
      params: [{ ...ACTUAL, optional: true }, { name: "expected", type: "any", doc: "What there should be.", optional: true }, MESSAGE],
      run: (call: BridgeCall, actual: unknown, expected: unknown, message: string | undefined) => {
        call.charge(10);
        const found = difference(actual, expected);
        if (found !== undefined) fail(placeOf(call.runtime.state), message, found, { type: "equals" });
      },
    },
    assert_contains: {
      doc: "Raises an error unless a text contains a text, a list an element, or a table a value or key.",
      params: [ACTUAL, { name: "part", type: "any", doc: "What should be in it." }, MESSAGE],
      run: (call: BridgeCall, whole: unknown, part: unknown, message: string | undefined) => {
        if (!contains(whole, part)) fail(placeOf(call.runtime.state), message, `${show(whole)} does not contain ${show(part)}`, { type: "contains" });
      },
    },
    assert_matches: {
      doc: "Raises an error unless a Lua pattern is found in a text.",
      params: [{ name: "text", type: "string", doc: "The text." }, { name: "pattern", type: "string", doc: "The pattern." }, MESSAGE],
      run: (call: BridgeCall, text: string, pattern: string, message: string | undefined) => {
        const { state } = call.runtime;
        if (!matches(state, text, pattern)) fail(placeOf(state), message, `${show(text)} does not match ${show(pattern)}`, { type: "matches" });
      },
    },
    assert_throws: {
      doc: "Raises an error unless a function raises one.",
      waits: true,
      params: [{ name: "func", type: "function", doc: "Called without arguments." }, { name: "expected", type: "string", doc: "A text that the error's message should contain.", optional: true }, MESSAGE],
      returns: [{ type: "string", doc: "The message of the error." }],
      run: async (call: BridgeCall, func: Callback, expected: string | undefined, message: string | undefined) => {
        const place = placeOf(call.runtime.state);
        const raisedText = await callScript(call.context, func, [], { owner: call.task, name: "assert_throws" }).then(() => undefined, (error: unknown) => {
          if (isFatalForScripts(error)) throw error;
          return errorText(error);
        });
        if (raisedText === undefined) return fail(place, message, "no error was raised", { type: "throws" });
        if (expected !== undefined && !raisedText.includes(expected)) fail(place, message, `the error ${show(raisedText)} does not contain ${show(expected)}`, { type: "throws" });
        return raisedText;
      },
    },
    create_mock: {
      doc: "Makes a stand-in that records its calls. Its `target` is what is used in place of the real thing.",
      params: [{ name: "options", type: MOCK_OPTIONS, doc: "What it is.", optional: true }],
      returns: [{ type: "mock", doc: "The mock." }],
      example: `local m = test.create_mock{ returns = 42 }\nprint(m.target("x"), m:count(), m.calls[1].arguments[1])`,
      run: (call: BridgeCall, fields: MockFields = { type: "function" }) => {
        return MOCK.of(call.get(TEST_OBJECTS).add("mock", (id) => new Mock(id, fields.name ?? id, call.context, fields)));
      },
    },
    setup_fixture: {
      doc: "Describes something that tests need: made before each, taken away after it.",
      params: [{ name: "options", type: FIXTURE_OPTIONS, doc: "What it is." }],
      returns: [{ type: "fixture", doc: "The fixture." }],
      run: (call: BridgeCall, { name, setup, teardown }: { name: string; setup: Callback; teardown?: Callback }) =>
        FIXTURE.of(call.get(TEST_OBJECTS).add("fixture", (id) => new Fixture(id, name, setup, teardown))),
    },
    run_suite: {
      doc: "Runs tests one after the other; a failure keeps none of the others from running.",
      waits: true,
      params: [{ name: "options", type: SUITE_OPTIONS, doc: "What to run." }],
      returns: [{ type: "table", doc: "`total`, `passed`, `failed`, `skipped`, `duration`, `results` (a list of TestResult), `summary` (a table to print), `coverage`." }],
      run: async (call: BridgeCall, { name, tests, fixtures, coverage = false }: { name: string; tests: unknown; fixtures?: readonly unknown[]; coverage?: boolean }) => {
        const watch = coverage ? call.get(COVERAGE) : undefined;
        const begin = call.context.now();
        watch?.start();
        let results: TestResult[];
        try {
          results = await runTests(call, testsIn(tests), fixturesIn(fixtures));
        } finally {
          watch?.stop();
        }
        const { total, passed, failed, skipped } = sums(results);
        call.emit("test.completed", { suite: name, total, passed, failed });
        return record<unknown>([
          ["name", name], ["total", total], ["passed", passed], ["failed", failed], ["skipped", skipped], ["duration", call.context.now() - begin],
          ["results", results.map(resultOut)], ["summary", summaryTable(name, results)], ["coverage", watch?.report()],
        ]);
      },
    },
    get_coverage: {
      doc: "Line coverage so far. With `true` or `false` it is switched on or off first.",
      params: [{ name: "active", type: "boolean", doc: "Whether lines count from now on.", optional: true }],
      returns: [{ type: "table", doc: "`lines`, `covered`, `percent`, and `files`: by chunk the same and `missed`, a list of lines." }],
      run: (call: BridgeCall, active: boolean | undefined) => {
        const coverage = call.get(COVERAGE);
        if (active === true) coverage.start();
        if (active === false) coverage.stop();
        return coverage.report();
      },
    },
  },
});
