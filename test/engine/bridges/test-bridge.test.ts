// The test bridge: what holds and what does not, mocks, fixtures, suites, and coverage that the VM measures.
import { describe, expect, test } from "vitest";
import { bridgeWorld, failureOf } from "./support.js";

const { lua } = bridgeWorld();
const failure = async (call: string): Promise<unknown> => (await lua(`local ok, e = pcall(function() ${call} end) return ok and "holds" or e.code .. "|" .. e.message`))[0];

describe("assertions", () => {
  test.each([
    ["test.assert_equals(1, 1.0)", "holds"], ["test.assert_equals(nil, nil)", "holds"], ["test.assert_equals({ 1, { a = { 2 } } }, { 1, { a = { 2 } } })", "holds"],
    ["local t = {} t.t = t local u = {} u.t = u test.assert_equals(t, u)", "holds"], ["test.assert_equals(print, print)", "holds"], ["test.assert_equals(0/0, 0/0)", "holds"],
    ["test.assert_equals(1, 2)", "assertion|test:1: value: expected 2, got 1"], ["test.assert_equals('1', 1, 'types')", "assertion|test:1: types: value: expected 1, got \"1\""],
    ["test.assert_equals({ a = { 1, 2 } }, { a = { 1, 3 } })", "assertion|test:1: value.a[2]: expected 3, got 2"],
    ["test.assert_equals({ 1, 2 }, { 1 })", "assertion|test:1: value[2]: expected nothing, got 2"], ["test.assert_equals({}, nil)", "assertion|test:1: value: expected nil, got {}"],
    ["test.assert_contains('abc', 'b')", "holds"], ["test.assert_contains({ 1, { x = 1 } }, { x = 1 })", "holds"], ["test.assert_contains({ name = 1 }, 'name')", "holds"],
    ["test.assert_contains({ 1, 2 }, 3)", "assertion|test:1: { 1, 2 } does not contain 3"], ["test.assert_matches('v5.4', '%d+%.%d+')", "holds"],
    ["test.assert_matches('abc', '^b')", "assertion|test:1: \"abc\" does not match \"^b\""],
    ["test.assert_throws(function() error('boom') end, 'boom')", "holds"], ["test.assert_throws(function() async.sleep(1) error({}) end)", "holds"],
    ["test.assert_throws(function() end)", "assertion|test:1: no error was raised"],
    ["test.assert_throws(function() error('x', 0) end, 'y')", "assertion|test:1: the error \"x\" does not contain \"y\""],
  ])("%s", async (call, outcome) => expect(await failure(call)).toBe(outcome));

  test("give way to limits of the host", async () => {
    const { lua: limited } = bridgeWorld({ limits: { instructions: 100_000 } });
    expect((await failureOf(limited("test.assert_throws(function() while true do end end)"))).code).toBe("limit");
  });
});

describe("mocks", () => {
  test("record calls of functions, objects and services", async () => {
    expect(await lua(`
      local f = test.create_mock{ name = "f", sequence = { "a", "b" } }
      local results = { f.target(1), f.target(2, { x = 3 }), f.target() }
      local o = test.create_mock{ type = test.MockType.OBJECT, methods = { get = function(k) return k .. "!" end, size = 3 } }
      results[4], results[5] = o.target.get("key"), o.target.size()
      local s = test.create_mock{ type = test.MockType.SERVICE, name = "db", methods = { find = "row" }, fail_times = 1, delay = 1 }
      results[6], results[7] = select(2, pcall(s.target.find)).code, s.target.find()
      local e = test.create_mock{ error = "no" }
      results[8] = select(2, pcall(e.target)).message
      local counts = { f:count(), o:count("get"), o:count(), s:count("find") }
      local second = f.calls[2].arguments[2].x
      f:clear()
      return results, counts, second, f:count(), o.calls[1].method, f.target == f.target`)).toEqual([
      ["a", "b", "b", "key!", 3, "unavailable", "row", "no"], [3, 1, 2, 2], 3, 0, "get", true,
    ]);
  });
});

describe("scenarios and suites", () => {
  test("run everything, tear down in any case, and tell what failed", async () => {
    const [log, passed, failed, summary, steps] = await lua(`
      local log = {}
      local db = test.setup_fixture{ name = "db", setup = function() log[#log + 1] = "up" return { n = 1 } end, teardown = function(d) log[#log + 1] = "down" .. d.n end }
      local bad = test.setup_fixture{ name = "bad", setup = function() error("no disk", 0) end, teardown = function() log[#log + 1] = "never" end }
      local scenario = test.create_scenario{ name = "adds", fixtures = { db },
        given = { { "a number", function() return { a = 2 } end } }, when = function(t) t.sum = t.a + t.db.n return t end, expect = function(t) test.assert_equals(t.sum, 3) end }
      local suite = test.run_suite{ name = "All", tests = { scenario,
        { name = "breaks", run = function() error("broken", 0) end }, { name = "off", skip = true, run = error },
        test.create_scenario{ name = "no fixture", fixtures = { db, bad }, when = function() log[#log + 1] = "ran" end } } }
      local named = test.run_suite{ name = "Named", tests = { b = function() end, a = function() end }, fixtures = { db } }
      return log, suite.passed, suite.failed, suite.summary, { named.results[1].name, test.run_scenario(scenario).steps[1].name }`);
    expect(log).toEqual(["up", "down1", "up", "down1", "up", "down1", "up", "down1", "up", "down1"]);
    expect([passed, failed, steps]).toEqual([1, 2, ["a", "a number"]]);
    expect((summary as string).replace(/ +\d+ ms/g, "    0 ms").split("\n")).toEqual([
      "All", "+------------+--------+----------+", "| test       | result | duration |", "+------------+--------+----------+",
      "| adds       | pass   |    0 ms |", "| breaks     | FAIL   |    0 ms |", "| off        | skip   |    0 ms |", "| no fixture | FAIL   |    0 ms |",
      "+------------+--------+----------+", "4 tests: 1 passed, 2 failed, 1 skipped", "  breaks: broken", "  no fixture: no disk",
    ]);
  });
});

describe("coverage", () => {
  const MODULE = ["local M = {}", "function M.sign(n)", "  if n > 0 then", "    return 1", "  elseif n < 0 then", "    return -1", "  end", "  return 0", "end", "function M.unused()", "  return nil", "end", "return M"].join("\n");

  test("counts exactly the lines that ran", async () => {
    const { context, lua: run } = bridgeWorld();
    context.modules.addSource({ description: "virtual", find: (name) => (name === "sign" ? { text: MODULE, chunkName: "@sign.lua" } : { tried: [] }) });
    const [file] = await run(`
      local sign = require "sign"
      local suite = test.run_suite{ name = "s", coverage = true, tests = { positive = function() test.assert_equals(sign.sign(3), 1) end } }
      return suite.coverage.files["sign.lua"]`);
    expect(file).toMatchObject({ lines: 6, covered: 2, missed: [5, 6, 8, 11] });
    const [more] = await run(`local sign = require "sign"
      test.get_coverage(true) sign.sign(-1) sign.sign(0) sign.unused() local c = test.get_coverage(false) sign.sign(1) return c.files["sign.lua"]`);
    expect(more).toMatchObject({ lines: 6, covered: 6, percent: 100, missed: [] });
  });

  test("sees code that was hot before", async () => {
    const { context } = bridgeWorld();
    const [missed] = (await context.execute(`
      local test = require "perilune.test"
      local function f(n) if n > 1e9 then
        return "large"
      end
      local t = 0 for i = 1, 300 do t = t + i end
      return t end
      for i = 1, 500 do f(i) end
      test.get_coverage(true)
      f(1)
      return test.get_coverage(false).files.hot.missed`, { all: true, chunkName: "hot" })) as number[][];
    expect(missed).toContain(4);
    for (const line of [3, 6, 7, 10]) expect(missed).not.toContain(line);
  });
});
