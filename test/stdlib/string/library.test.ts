import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { LuaLimitError } from "../../../src/vm/state.js";
import { collectingState, expectSame, runLua } from "../../support/lua.js";
import { luaInteger, luaString, numberSource } from "../../support/lua-values.js";
import { type Oracle, oracle } from "../../support/oracle.js";

let judge: Oracle;
beforeAll(async () => {
  judge = await oracle();
});

const PRELUDE = `local function try(f, ...)
  local r = table.pack(pcall(f, ...))
  for i = 1, r.n do r[i] = math.type(r[i]) == "float" and ("%.17g"):format(r[i]) or tostring(r[i]) end
  print(table.concat(r, "\\t", 1, r.n))
end
`;
const bytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((b) => Buffer.from(b).toString("latin1"));
const position = fc.oneof(fc.integer({ min: -12, max: 12 }), luaInteger).map(numberSource);

describe("against C Lua", () => {
  test("sub, byte, rep, reverse, upper, lower, len", () => {
    fc.assert(
      fc.property(bytes(10), position, position, fc.integer({ min: -1, max: 4 }), (s, i, j, n) => {
        const S = luaString(s);
        expectSame(
          judge,
          `${PRELUDE}try(string.sub, ${S}, ${i}, ${j}) try(string.sub, ${S}, ${i}) try(string.byte, ${S}, ${i}, ${j}) try(string.byte, ${S}, ${i})
          try(string.rep, ${S}, ${n}) try(string.rep, ${S}, ${n}, ",") try(string.reverse, ${S}) try(string.upper, ${S}) try(string.lower, ${S})
          try(string.len, ${S})`,
        );
      }),
      { numRuns: 200 },
    );
  });

  test("argument errors", () => {
    const names = "byte char dump find format gmatch gsub len lower match rep reverse sub upper pack packsize unpack".split(" ");
    const argumentLists = ["", "nil", "{}", "'a'", "'a', {}", "'a', 'a', {}", "'a', 1.5", "'a', '1.5'", "'a', 2^63", "1, 1", "print, 1", "-1", "256", "true"];
    const lines = names.flatMap((name) => argumentLists.map((args) => `try(string.${name}${args === "" ? "" : `, ${args}`})`));
    // what a dumped function or an iterator looks like is not the question here
    const quiet = lines.filter((line) => !/dump, print|gmatch, '?[a1]'?, ('?[a1]'?|2|1|-1)/.test(line) && !/gmatch, 'a', '1.5'|gmatch, 'a', (1.5|2\^63)/.test(line));
    expectSame(judge, PRELUDE + quiet.join("\n"));
  });

  test("arithmetic on strings", () => {
    const operands = ["'10'", "'0x10'", "' 3.0 '", "'1e1'", "'abc'", "''", "5", "2.5", "{}", "nil", "'9223372036854775807'", "mt"];
    const operators = ["+", "-", "*", "/", "%", "^", "//"];
    const lines = operands.flatMap((a) => operands.flatMap((b) => operators.map((op) => `try(function() return ${a} ${op} ${b} end)`)));
    const unary = operands.map((a) => `try(function() return -${a} end)`);
    expectSame(
      judge,
      `${PRELUDE}local mt = setmetatable({}, {__add = function(a, b) return "add", a, b end, __mod = function() return "mod" end,
        __unm = function() return "unm" end, __tostring = function() return "mt" end})
      ${[...lines, ...unary].join("\n")}`,
    );
  });

  test("pack, packsize, unpack", () => {
    const option = fc.constantFrom(
      ..."bBhHlLjJTfnd", "i", "I", "s", "z", "x", " ", "<", ">", "=", "!", "i1", "i2", "i3", "i7", "i8", "i9", "i16", "i17", "I3", "I7", "I16",
      "s1", "s2", "s4", "c0", "c5", "c", "!4", "!8", "!16", "!3", "Xi4", "Xd", "X", "Xc1", "Xb", "w", "i0", "c2147483648",
    );
    const value = fc.oneof(luaInteger.map(numberSource), fc.integer({ min: -300, max: 300 }).map(String), bytes(8).map(luaString), fc.constantFrom("0.5", "1e300", "nil", "{}"));
    const case_ = fc.tuple(fc.array(option, { minLength: 1, maxLength: 6 }).map((l) => l.join("")), fc.array(value, { maxLength: 7 }), bytes(40), fc.integer({ min: -8, max: 12 }));
    fc.assert(
      fc.property(fc.array(case_, { minLength: 10, maxLength: 10 }), (cases) => {
        const lines = cases.map(([f, values, data, at]) => `try(string.pack, ${[luaString(f), ...values].join(", ")}) try(string.packsize, ${luaString(f)})
          try(string.unpack, ${luaString(f)}, ${luaString(data)}) try(string.unpack, ${luaString(f)}, ${luaString(data)}, ${at})`);
        // sizes over 8 bytes: a 32-bit C library has another maximum alignment and size_t
        expectSame(judge, PRELUDE + lines.filter((line) => !/[slLTX!]|c2147/.test(line)).join("\n"));
      }),
      { numRuns: 120 },
    );
  });

  test("unpack undoes pack, in every size and order", () => {
    fc.assert(
      fc.property(luaInteger, fc.double(), bytes(20), fc.constantFrom("<", ">", "="), (n, x, s, order) => {
        const source = `local n, x, s = ${numberSource(n)}, ${numberSource(x)}, ${luaString(s)}
          local f = "${order}!8 j i16 d s1 i8 s8 Xd x"
          local a, b, c, d, e, g, next = string.unpack(f, string.pack(f, n, n, x, s, n, s))
          assert(a == n and b == n and (c == x or x ~= x) and d == s and e == n and g == s and next == #string.pack(f, n, n, x, s, n, s) + 1)`;
        expect(runLua(source)).toEqual({ ok: true, output: "" });
      }),
    );
  });
});

test("sizes of a 64-bit machine", () => {
  expect(runLua(`print(string.packsize("bhilLjJTfdn"), string.packsize("!bd"), string.packsize("!16 b i16"), string.packsize("sz"))`).error).toMatch(/variable-length format/);
  expect(runLua(`print(string.packsize("<!8 b Xj"), string.packsize("lT"), string.packsize("!bj"), #string.pack("s", "abc"))`).output).toBe("8\t16\t16\t11\n");
});

describe("sizes are checked before memory is used", () => {
  test("beyond the library's limit", () => {
    expect(runLua(`string.rep("ab", 1 << 30)`).error).toBe("test:1: resulting string too large");
    expect(runLua(`string.rep("a", math.maxinteger, "b")`).error).toBe("test:1: resulting string too large");
    expect(runLua(`string.rep("", math.maxinteger)`)).toEqual({ ok: true, output: "" });
  });

  test("beyond what a string can hold", () => {
    expect(runLua(`string.rep("a", 1 << 30)`).error).toBe("not enough memory");
    expect(runLua(`string.pack("c2000000000", "")`).error).toBe("not enough memory");
  });

  test("beyond the memory limit", () => {
    for (const source of [
      `string.rep("x", 50000000)`, `local s = ("x"):rep(1000) s = s:gsub(".", s):gsub(".", s)`, `string.pack("c50000000", "")`,
      `local t = {} for i = 1, 1000 do t[i] = ("x"):rep(100000 + i) end`, `local t, s = {}, ("x"):rep(100000) for i = 1, 1000 do t[i] = s:upper() .. i end`,
    ]) {
      const { state } = collectingState();
      state.memory.setLimit(10_000_000);
      expect(() => state.call(state.load(source, "=test")), source).toThrow(LuaLimitError);
    }
  });
});

test("dump and load again", () => {
  expect(runLua(`local f = load(string.dump(function(a) return a * 2 end)) print(f(21), pcall(string.dump, print))`).output).toBe(
    "42\tfalse\tunable to dump given function\n",
  );
});
