import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { expectSame, runLua } from "../support/lua.js";
import { luaNumber, numberSource } from "../support/lua-values.js";
import { type Oracle, oracle } from "../support/oracle.js";

let judge: Oracle;
beforeAll(async () => {
  judge = await oracle();
});

/** sorted(n, keys, less): sorts n numbered elements, prints the order, the count of comparisons and a hash of what was compared. */
const PRELUDE = `local function sorted(n, keys, less)
  local t, seed, count, hash = {}, 7, 0, 0
  for i = 1, n do
    seed = seed * 16807 % 2147483647
    t[i] = { key = seed % keys, number = i }
  end
  print(n, keys, pcall(table.sort, t, function(a, b)
    count = count + 1
    hash = (hash * 31 + a.number * 7 + b.number) % 1000000007
    return less(a.key, b.key)
  end))
  for i = 1, n do t[i] = t[i].number end
  print(count, hash, table.concat(t, " "))
end
`;

describe("against C Lua", () => {
  test("the same comparisons and the same order of equal elements", () => {
    const sizes = [2, 3, 4, 5, 10, 50, 99, 100, 101, 102, 500];
    const orders = ["a < b", "a > b", "a <= b", "true", "false", "a ~= b"];
    const lines = sizes.flatMap((n) => [1, 2, 10, 1e6].flatMap((keys) => orders.map((o) => `sorted(${n}, ${keys}, function(a, b) return ${o} end)`)));
    expectSame(judge, PRELUDE + lines.join("\n"));
  });

  test("numbers of all kinds", () => {
    fc.assert(
      fc.property(fc.array(luaNumber.filter((v) => v === v), { maxLength: 40 }), (values) => {
        expectSame(judge, `local t = {${values.map(numberSource).join(",")}}
          table.sort(t) for i = 1, #t do print(math.type(t[i]), string.format("%.17g", t[i])) end
          table.sort(t, function(a, b) return b < a end) for i = 1, #t do print(math.type(t[i]), string.format("%.17g", t[i])) end`);
      }),
      { numRuns: 200 },
    );
  });

  test("strings, byte by byte", () => {
    const quoted = fc.array(fc.constantFrom("a", "b", "\\0", "\\255", "\\200", "Z"), { maxLength: 4 }).map((s) => `"${s.join("")}"`);
    fc.assert(
      fc.property(fc.array(quoted, { maxLength: 40 }), (values) => {
        expectSame(judge, `local t = {${values.join(",")}} table.sort(t) for i = 1, #t do print((t[i]:gsub(".", function(c) return c:byte() .. " " end))) end`);
      }),
      { numRuns: 100 },
    );
  });

  test("an error leaves the table as it is at that point", () => {
    const lines = [1, 2, 5, 17, 25, 40, 61].map((at) => `do
      local t, count = {}, 0
      for i = 1, 20 do t[i] = i * 7 % 20 end
      print(pcall(table.sort, t, function(a, b) count = count + 1 if count == ${at} then error("stop") end return a < b end))
      print(table.concat(t, " "))
    end`);
    expectSame(judge, lines.join("\n"));
  });

  test("values that do not compare", () => {
    const lists = ["1, 2, 'x', 4", "{}, {}", "1, nil, 3", "'b', 'a', 1", "true, false", "2, {}, 1"];
    expectSame(judge, lists.map((list) => `print(pcall(table.sort, {${list}}))`).join("\n"));
    expectSame(judge, "print(pcall(table.sort, {2, 1}, 1)) print(pcall(table.sort, {1}, 1)) print(pcall(table.sort, {2, 1}, {})) print(pcall(table.sort, {2, 1}, nil))");
  });
});

test("a NaN does not bring the sort down", () => {
  expect(runLua("local t = {0/0, 3, 1, 2, 0/0, 5, 4} print((pcall(table.sort, t)), #t)").output).toMatch(/^(true|false)\t7\n$/);
});

test("the order function may change the table, catch errors and sort", () => {
  const source = `
    local t = {} for i = 1, 12 do t[i] = i * 7 % 13 end
    table.sort(t, function(a, b)
      t[#t + 1] = nil
      t[100 + a] = b
      pcall(error, "x")
      table.sort({ 3, 1, 2 }, function(x, y) return x < y end)
      return a < b
    end)
    print(table.concat(t, " ", 1, 12))`;
  expect(runLua(source).output).toBe("1 2 3 4 5 6 7 8 9 10 11 12\n");
});

test("it cannot yield, and errors of coroutines in it are its own", () => {
  const source = `
    local co = coroutine.wrap(function() return pcall(table.sort, { 2, 1 }, function() coroutine.yield() end) end)
    print(co())
    print(pcall(table.sort, { 2, 1 }, function() return coroutine.wrap(function() error("inside", 0) end)() end))
    print(pcall(table.sort, { 2, 1 }, coroutine.wrap(function(a, b) while true do a, b = coroutine.yield(a < b) end end)))`;
  expect(runLua(source).output).toBe("false\tattempt to yield across a C-call boundary\nfalse\ttest:4: inside\ntrue\n");
});

test("sorting bad cases stays near n log n", () => {
  const count = (make: string): number => Number(runLua(`
    local t, n = {}, 0 for i = 1, 4000 do t[i] = ${make} end
    table.sort(t, function(a, b) n = n + 1 return a < b end)
    for i = 2, #t do assert(t[i - 1] <= t[i]) end print(n)`).output);
  for (const make of ["i", "-i", "1", "i % 2", "i % 100", "(i * 7919) % 4001", "i < 2000 and i or 4000 - i"]) {
    expect(count(make)).toBeLessThan(250_000);
  }
});
