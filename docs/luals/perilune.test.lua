---@meta perilune.test

---@class ScenarioOptions
---@field name string What is tested.
---@field given? function|any[] What there is at first.
---@field when? function|any[] What happens.
---@field then? function|any[] What has to hold. Written `["then"] =`, since `then` is a word of Lua; or `expect`.
---@field expect? function|any[] The same as `["then"]`.
---@field fixtures? any[] Fixtures that it needs.

---@class MockOptions
---@field type? "function"|"object"|"service" One of `test.MockType`; FUNCTION unless given.
---@field name? string For messages.
---@field returns? any FUNCTION: what every call gives.
---@field sequence? any[] FUNCTION: what the calls give, one after the other; the last one stays.
---@field implementation? function FUNCTION: called instead.
---@field error? string FUNCTION: what every call raises.
---@field methods? table<string, any> OBJECT, SERVICE: by name, what each method gives, or the function that it calls.
---@field delay? integer SERVICE: milliseconds before each answer.
---@field fail_times? integer SERVICE: so many calls of each method fail before one works.

---@class FixtureOptions
---@field name string The field in which tests find it.
---@field setup function Makes it.
---@field teardown? function Gets it and takes it away, also after a test that failed.

---@class SuiteOptions
---@field name string Its title.
---@field tests any[]|table<string, any> Scenarios, tables with `name`, `run` and `skip`, or functions by name.
---@field fixtures? any[] Fixtures for every test.
---@field coverage? boolean Measures line coverage meanwhile.

---How a test ended.
---@class TestResult
---@field name string What was tested.
---@field passed boolean Whether all was well.
---@field error string? What was not.
---@field duration number Milliseconds.
---@field steps table[]? Of a scenario: `phase`, `name`, `passed` and `duration`.

---A test told in given, when and then.
---@class Scenario
---@field id string Its id, which functions accept in its place.
---@field name string Its name.
local Scenario = {}

---Runs a scenario. A failure is no error here: see `passed`.
---@async
---@return TestResult # How it ended.
function Scenario:run_scenario() end

---Something made before a test and taken away after it.
---@class Fixture
---@field id string Its id, which functions accept in its place.
---@field name string Its name.
local Fixture = {}

---A stand-in that records its calls.
---@class Mock
---@field id string Its id, which functions accept in its place.
---@field name string Its name.
---@field target any What is used in place of the real thing: a function, or a table of functions.
---@field calls table[] How it was called: tables with `arguments` and `method`.
local Mock = {}

---How often it was called.
---@param method? string Only calls of this method.
---@return integer # The number of calls.
function Mock:count(method) end

---Forgets the calls so far.
function Mock:clear() end

---Tests of scripts, in scripts: scenarios, assertions, mocks, fixtures, suites and line coverage.
---@class perilune.test
---@field AssertType { EQUALS: "equals", CONTAINS: "contains", MATCHES: "matches", THROWS: "throws" }
---@field MockType { FUNCTION: "function", OBJECT: "object", SERVICE: "service" }
local test = {}

---Makes a scenario.
---@param options ScenarioOptions What it is.
---@return scenario # The scenario.
function test.create_scenario(options) end

---Runs a scenario. A failure is no error here: see `passed`.
---@async
---@param scenario Scenario|string The scenario.
---@return TestResult # How it ended.
function test.run_scenario(scenario) end

---Raises an error unless two values are equal; tables by content.
---@param actual? any What there is.
---@param expected? any What there should be.
---@param message? string Put before the words of the failure.
function test.assert_equals(actual, expected, message) end

---Raises an error unless a text contains a text, a list an element, or a table a value or key.
---@param actual any What there is.
---@param part any What should be in it.
---@param message? string Put before the words of the failure.
function test.assert_contains(actual, part, message) end

---Raises an error unless a Lua pattern is found in a text.
---@param text string The text.
---@param pattern string The pattern.
---@param message? string Put before the words of the failure.
function test.assert_matches(text, pattern, message) end

---Raises an error unless a function raises one.
---@async
---@param func function Called without arguments.
---@param expected? string A text that the error's message should contain.
---@param message? string Put before the words of the failure.
---@return string # The message of the error.
function test.assert_throws(func, expected, message) end

---Makes a stand-in that records its calls. Its `target` is what is used in place of the real thing.
---@param options? MockOptions What it is.
---@return mock # The mock.
function test.create_mock(options) end

---Describes something that tests need: made before each, taken away after it.
---@param options FixtureOptions What it is.
---@return fixture # The fixture.
function test.setup_fixture(options) end

---Runs tests one after the other; a failure keeps none of the others from running.
---@async
---@param options SuiteOptions What to run.
---@return table # `total`, `passed`, `failed`, `skipped`, `duration`, `results` (a list of TestResult), `summary` (a table to print), `coverage`.
function test.run_suite(options) end

---Line coverage so far. With `true` or `false` it is switched on or off first.
---@param active? boolean Whether lines count from now on.
---@return table # `lines`, `covered`, `percent`, and `files`: by chunk the same and `missed`, a list of lines.
function test.get_coverage(active) end

return test
