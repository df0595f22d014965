import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { LuaLimitError } from "../../../src/vm/state.js";
import { collectingState, expectSame, runLua } from "../../support/lua.js";
import { type Oracle, oracle } from "../../support/oracle.js";
import { luaString } from "../../support/lua-values.js";

let judge: Oracle;
beforeAll(async () => {
  judge = await oracle();
});

const PRELUDE = `local function try(f, ...)
  local r = table.pack(pcall(f, ...))
  for i = 1, r.n do r[i] = math.type(r[i]) == "float" and ("%a"):format(r[i]) or tostring(r[i]) end
  print(table.concat(r, "\\t", 1, r.n))
end
local function all(s, p, init)
  local out, it = {}, string.gmatch(s, p, init)
  for n = 1, 60 do
    local r = table.pack(it())
    if r[1] == nil then break end
    for i = 1, r.n do r[i] = tostring(r[i]) end
    out[n] = table.concat(r, ",")
  end
  return table.concat(out, "|")
end
`;

const ITEMS = [
  "a", "b", ".", "%a", "%d", "%w", "%s", "%S", "%p", "[ab]", "[^a]", "[a-c]", "[%a_]", "[]]", "[^]]", "[a-]", "[%]x]", "%%", "%.", "(", ")",
  "()", "(a)", "(.-)", "(%w+)", "%b()", "%bab", "%f[%a]", "%f[^%w]", "%1", "%2", "%0", "$", "^", "[", "[a", "[%", "%", "%f", "%fa", "%b", "%ba",
  "*", "+", "-", "?", "x*", "\0", "\xff", "[\x80-\xff]", "(a*(.)%w(%s*))", "%x", "%g", "%u", "%l", "%c", "%z", "[^%s]",
];
const pattern = fc
  .tuple(
    fc.boolean(),
    fc.constantFrom("", "", "", "Q?".repeat(150)), // long patterns are compiled in another way
    fc.array(fc.tuple(fc.constantFrom(...ITEMS), fc.constantFrom("", "", "*", "+", "-", "?")), { minLength: 1, maxLength: 6 }),
  )
  .map(([anchored, padding, items]) => (anchored ? "^" : "") + padding + items.flat().join(""));
const subject = fc.string({ unit: fc.constantFrom(..."aaabbc ()x1_\0\xff.%]Z\n-"), maxLength: 14 });
const replacement = fc.constantFrom("x", "%0", "%1", "%2", "<%0>", "%%", "%", "%a", "", "%1%1", "%9");
const start = fc.integer({ min: -10, max: 12 });

describe("patterns against C Lua", () => {
  test("find, match, gmatch, gsub: results and errors", () => {
    const case_ = fc.tuple(subject, pattern, start, replacement, fc.integer({ min: -1, max: 20 }));
    fc.assert(
      fc.property(fc.array(case_, { minLength: 15, maxLength: 15 }), (cases) => {
        const lines = cases.map(([s, p, init, r, n]) => {
          const [S, P] = [luaString(s), luaString(p)];
          return `try(string.find, ${S}, ${P}, ${init}) try(string.match, ${S}, ${P}) try(all, ${S}, ${P}, ${init})
            try(string.gsub, ${S}, ${P}, ${luaString(r)}, ${n}) try(string.find, ${S}, ${P}, ${init}, true)`;
        });
        expectSame(judge, PRELUDE + lines.join("\n"));
      }),
      { numRuns: 150 },
    );
  });

  test("replacement by function and by table", () => {
    expectSame(
      judge,
      `${PRELUDE}
      try(string.gsub, "hello world", "%w+", function(w) return w:upper() end)
      try(string.gsub, "hello world", "o", function() return nil end)
      try(string.gsub, "hello world", "o", function() return false end)
      try(string.gsub, "hello world", "(o)( ?)", function(a, b) return #a + #b end)
      try(string.gsub, "hello world", "o", function() return {} end)
      try(string.gsub, "hello world", "()l", function(i) return i end)
      try(string.gsub, "a b c", "%a", {a = "1", b = true, c = 2.5})
      try(string.gsub, "a b c", "%a", {a = "1", b = false})
      try(string.gsub, "a b c", "%a", setmetatable({}, {__index = function(_, k) return "<" .. k .. ">" end}))
      try(string.gsub, "a b c", "%a", setmetatable({}, {__index = function(_, k) error("no " .. k, 0) end}))
      try(string.gsub, "abc", "%w", print, 1)
      try(string.gsub, "abc", "%w") try(string.gsub, "abc", "%w", true) try(string.gsub)
      try(string.gsub, 1234, 2, "x") print(math.type((string.gsub(1234, "x", "y")))) try(string.gsub, "abc", "", "-") try(string.gsub, "abc", "b*", "-")
      local co = coroutine.wrap(function() return string.gsub("abc", ".", coroutine.yield) end)
      try(co)`,
    );
  });

  test("nesting limits", () => {
    for (const count of [31, 32, 33, 198, 199, 200, 201]) {
      const repeated = (s: string): string => `string.rep(${luaString(s)}, ${count})`;
      expectSame(
        judge,
        `${PRELUDE}
        try(string.find, string.rep("a", 300), ${repeated("()")}) try(string.find, string.rep("a", 300), ${repeated("(a)")})
        try(string.match, string.rep("a", 300), ${repeated("a?")}) try(string.match, "b", ${repeated("a-")} .. "b")
        try(string.match, string.rep("ab", 300), ${repeated("a*b")}) try(string.match, "ab", ${repeated("a*b")})
        try(string.match, string.rep("a", 300), ${repeated("[^b]*")})`,
      );
    }
  });

  test("gmatch keeps its place and its anchors literal", () => {
    expectSame(
      judge,
      `for k, v in string.gmatch("a=1, b=2", "(%w+)=(%w+)") do print(k, v) end
      for w in string.gmatch("one two", "") do io.write("|", w) end print()
      for w in string.gmatch("^a^a", "^a") do print(w) end
      for p in string.gmatch("abc", "()", 2) do print(p) end
      for p in string.gmatch("abc", "()", 10) do print(p) end
      for p in string.gmatch("abcd", "%a", -2) do print(p) end
      local it = string.gmatch("xx", "x") print(it(), it(), it(), it())`,
    );
  });
});

describe("a pattern cannot run away", () => {
  const CATASTROPHES = [
    `("a"):rep(60):match(("a*"):rep(30) .. "b")`,
    `string.find(("a"):rep(200000), ".-.-.-b")`,
    `string.gsub(("a"):rep(200000), ".-b", "x")`,
    `string.find(("x"):rep(100000), ("x-"):rep(20) .. "y")`,
    `string.find(("("):rep(1000000), "%b()")`,
  ];
  test.each(CATASTROPHES)("%s", (source) => {
    const { state } = collectingState();
    state.meter.setLimit(2_000_000);
    const began = performance.now();
    expect(() => state.call(state.load(source.startsWith("(") ? `local _ = ${source}` : source, "=test"))).toThrow(LuaLimitError);
    expect(performance.now() - began).toBeLessThan(3000);
  });

  test("the same work costs the same, cached or not", () => {
    const costs = [1, 2, 3].map(() => {
      const { state } = collectingState();
      state.call(state.load(`for i = 1, 20 do string.find(("x"):rep(500) .. "needle", "[nm]ee-dle" .. i % 3) end`, "=test"));
      return state.meter.used;
    });
    expect(new Set(costs).size).toBe(1);
  });
});

test("errors carry the caller's position", () => {
  expect(runLua(`\nstring.find("a", "[a")`).error).toBe("test:2: malformed pattern (missing ']')");
  expect(runLua(`local s = "x"; s:rep({})`).error).toBe("test:1: bad argument #1 to 'rep' (number expected, got table)");
});
