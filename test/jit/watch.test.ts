// What a function was seen to load is expected of it, and given up when something else comes.
import { describe, expect, test } from "vitest";
import { getOp } from "../../src/bytecode/instruction.js";
import { Op } from "../../src/bytecode/opcodes.js";
import type { Proto } from "../../src/bytecode/proto.js";
import { Kind } from "../../src/jit/lattice.js";
import { EmittingTier } from "../../src/jit/tier.js";
import { createState } from "../../src/index.js";
import { cacheOf } from "../../src/vm/inline-cache.js";
import type { LuaState } from "../../src/vm/state.js";
import { LuaClosure } from "../../src/vm/function.js";
import { expectSame, run } from "./support/modes.js";

/** Runs `source` with the tier; answers the state and the global function `f`. */
function ran(source: string): { state: LuaState; proto: Proto } {
  const state = createState();
  state.call(state.load(source, "=watched"));
  return { state, proto: (state.globals.getStr("f") as LuaClosure).proto };
}

describe("before a function is compiled", () => {
  test("its arguments and loads are looked at", () => {
    const { proto } = ran("function f(t, i) return t.x * i + t[i] end local t = { x = 1.5, 7 } for _ = 1, 300 do f(t, 1) end");
    const { seen } = cacheOf(proto).assumes;
    const at = (op: Op): number => proto.code.findIndex((word) => getOp(word) === op);
    expect(seen![at(Op.GetField)]).toBe(Kind.Raw);
    expect(seen![at(Op.GetTable)]).toBe(Kind.Small);
    expect([...seen!.slice(proto.code.length)]).toEqual([Kind.Table, Kind.Small]);
    expect(cacheOf(proto).direct).not.toBeNull();
  });

  test("nobody looks for longer than that", () => {
    const { state } = ran("function f(x) return x + 1 end for i = 1, 1000 do f(i) end");
    expect(state.observer).toBeNull();
  });

  test("an instruction that nobody saw is expected to do nothing in particular", () => {
    const { proto } = ran("function f(t) if t.rare then return t.y + 1 end return t.x + 1 end for i = 1, 300 do f { x = i } end");
    const fields = [...proto.code.keys()].filter((pc) => getOp(proto.code[pc]!) === Op.GetField);
    expect(fields.map((pc) => cacheOf(proto).assumes.seen![pc]! !== 0)).toEqual([true, false, true]);
  });
});

describe("other values than expected", () => {
  const phases = (...values: string[]): string => `
    local function f(t, i, k) return t.x * k + t[i] end
    local total = ""
    for _, x in ipairs { ${values.join(", ")} } do
      local t, sum = { x = x, x }, 0
      for k = 1, 400 do sum = sum + f(t, 1, k) end
      total = total .. " " .. tostring(sum) .. " " .. math.type(sum)
    end
    print(total)`;

  for (const [name, values] of Object.entries({
    "floats where integers were": ["1", "2.5", "3", "4.0"],
    "integers where floats were": ["0.5", "3", "1e300", "-7"],
    "large integers": ["1", "1 << 40", "1 << 62", "math.mininteger"],
    "infinities and not-a-number": ["0.5", "1/0", "-1/0", "0/0"],
    "zeros": ["0.5", "0.0", "-0.0", "0"],
    "strings that are numbers": ["1", "'10'", "2.5", "'0x10'"],
  })) test(`${name} give what the interpreter gives`, () => void expectSame(phases(...values)));

  test("a value that is no number raises where the interpreter raises", () => {
    expectSame("local function f(t) return t.x + 1 end for i = 1, 400 do f { x = i } end f { x = {} }");
    expectSame("local function f(a, b) return a < b end for i = 1, 400 do f(i, 1.5) end f(1, nil)");
  });

  test("a function is not compiled for ever because its values go on changing", () => {
    const { state } = run("local function f(t) return t.x + t.y end for i = 1, 20000 do f { x = i % 7 < 3 and i or i + 0.5, y = i % 5 < 2 and 1 or 2.5 } end", "auto");
    expect((state.tier as EmittingTier).statistics.compiled).toBeLessThan(16);
  });
});

describe("numbers that are integers or floats", () => {
  test("sums that begin with 0", () => {
    expectSame(`
      local list = {}
      for i = 1, 300 do list[i] = i % 3 == 0 and i or i / 4 end
      for n = 0, 300, 100 do
        local sum, product, least = 0, 1, 0
        for i = 1, n do sum = sum + list[i] product = product * (list[i] - 3) least = least - list[i] if least > 100 then break end end
        print(sum, math.type(sum), product, math.type(product), least, sum == 0, -sum, sum // 1, sum % 2, math.abs(sum), math.floor(sum))
      end`);
  });

  test("a product of 0 and a negative integer is no negative zero", () => {
    expectSame("local t = { 0, -1, 0.5 } local function f(a, b) return a * b end for i = 1, 600 do f(t[i % 3 + 1], t[i % 2 + 1]) end print(1 / f(0, -1), f(0, -1), f(0.0, -1), f(0, -0.5))");
  });

  test("sums that leave 53 bits", () => {
    expectSame("local function f(a, b) return a + b end for i = 1, 600 do f(i % 2 == 0 and i or i + 0.5, i) end print(f(1 << 53, 1), f(math.maxinteger, 1), f(9007199254740991, 1), f(9007199254740991.0, 1))");
  });
});

test("a loop that runs for long counts as the interpreter counts, whatever V8 is made to do meanwhile", () => {
  expectSame("local x, n = 0.0, 0 for i = 1, 400000 do x = x * 0.5 + i if x > 500000 then n = n + 1 end end print(x, n)");
});

test("arguments of numeric library functions", () => {
  expectSame("local function f(a) return math.max(9007199254740992, a), math.min(a * 0.5, a + 0.25), math.abs(a * 0.5) end for i = 1, 300 do f(i) end print(f(1)) print(f(1 << 60)) print(pcall(f))");
  expectSame(`
    local function f(a, b) return math.max(a * 0.5, b + 0.25), math.min(a - b, a + 0.5), math.floor(a * b), math.sqrt(a), math.abs(b - a), math.ult(a | 0, -1) end
    local seen = {}
    for i = 1, 600 do seen[i % 5 + 1] = table.concat({ f(i, i % 7) } and { tostring((f(i, i % 7))), tostring(select(2, f(i, i % 7))), tostring(select(3, f(i, 2.5))), tostring(select(5, f(i, 0 / 0))) }, " ") end
    print(table.concat(seen, "\\n"))
    math.max = function() return "other" end
    print(f(1, 2))`);
});
