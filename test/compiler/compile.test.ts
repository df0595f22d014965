import { describe, expect, test } from "vitest";
import { getA, getB, getC, getOp } from "../../src/bytecode/instruction.js";
import { Op, OPCODES } from "../../src/bytecode/opcodes.js";
import { lineOf, type Proto } from "../../src/bytecode/proto.js";
import { compile } from "../../src/compiler/compile.js";
import { LuaSyntaxError } from "../../src/lexer/syntax-error.js";
import { LuaFloat } from "../../src/number/float.js";

const names = (proto: Proto): string[] => [...proto.code].map((word) => OPCODES[getOp(word)]!.name);
const code = (source: string): string => names(compile(source, "=test")).slice(1).join(" "); // all start with VARARGPREP
const lines = (source: string): number[] => {
  const proto = compile(source, "=test");
  return [...proto.code].map((_, pc) => lineOf(proto, pc));
};
const errorOf = (source: string, levels?: number): LuaSyntaxError => {
  try {
    compile(source, "=test", levels);
  } catch (error) {
    if (error instanceof LuaSyntaxError) return error;
    throw error;
  }
  throw new Error("it compiles");
};

describe("code", () => {
  test.each([
    ["", "RETURN"],
    ["local a = 1", "LOADI RETURN"],
    ["local a, b, c local d", "LOADNIL RETURN"],
    ["x = 1", "SETTABUP RETURN"],
    ["return f(...)", "GETTABUP VARARG TAILCALL RETURN RETURN"],
    ["local a; return a + 1, a - 1, 2 * a, a // b", "LOADNIL ADDI MMBINI ADDI MMBINI MULK MMBINK GETTABUP IDIV MMBIN RETURN RETURN"],
    ["local a, b, c; a = b .. c .. a", "LOADNIL MOVE MOVE MOVE CONCAT MOVE RETURN"],
    ["local a, b; if a == 1 then b = 2 end", "LOADNIL EQI JMP LOADI RETURN"],
    ["local a, b = x and y or z", "GETTABUP TEST JMP GETTABUP TEST JMP GETTABUP LOADNIL RETURN"],
    ["for i = 1, 2 do end", "LOADI LOADI LOADI FORPREP FORLOOP RETURN"],
    ["for k in p do end", "GETTABUP LOADNIL TFORPREP TFORCALL TFORLOOP CLOSE RETURN"],
    ["local a <const> = 5; return a + 1", "LOADI RETURN RETURN"],
    ["local t = {1, x = 2}", "NEWTABLE EXTRAARG LOADI SETFIELD SETLIST RETURN"],
  ])("%s", (source, expected) => {
    expect(code(source)).toBe(expected);
  });

  test("the main function has one upvalue and variable arguments", () => {
    const proto = compile("", "@file.lua");
    expect(proto.upvalues).toEqual([{ name: "_ENV", inStack: true, index: 0, kind: 0 }]);
    expect([proto.isVararg, proto.numParams, proto.maxStackSize, proto.source, proto.lineDefined]).toEqual([true, 0, 2, "@file.lua", 0]);
  });

  test("the chunk name ends at a zero byte", () => {
    expect(compile("", "=a\0b").source).toBe("=a");
  });

  test("numerals are folded with Lua's arithmetic, except what could lose a sign or raise an error", () => {
    expect(compile("return 1 << 62, 2^53, 10 // 3 + 0.25", "=test").constants).toEqual([4611686018427387904n, new LuaFloat(2 ** 53), 3.25]);
    expect(code("return 7 // 0.0")).toContain("IDIVK");
    expect(code("return 3 | 1.5")).toContain("BOR");
    expect(code("return -0.0")).toContain("UNM");
    expect(code("return 0/0")).toContain("DIVK");
  });

  test("equal constants share a place, but 1 and 1.0 do not", () => {
    expect(compile("return x == 'a', y == 'a', f(1e9, 1000000000, 1e9, 1000000000)", "=test").constants).toEqual([
      "x", "a", "y", "f", new LuaFloat(1e9), 1000000000,
    ]);
  });

  test("upvalues", () => {
    const main = compile("local a, b <const> = f() function g() return function() return a, b, x end end", "=test");
    expect(main.protos[0]!.upvalues.map(({ name, inStack, index, kind }) => [name, inStack, index, kind])).toEqual([
      ["a", true, 0, 0], ["b", true, 1, 1], ["_ENV", false, 0, 0],
    ]);
    expect(main.protos[0]!.protos[0]!.upvalues.map(({ inStack, index }) => [inStack, index])).toEqual([[false, 0], [false, 1], [false, 2]]);
  });

  test("local variables live from the instruction after their declaration", () => {
    const { locals } = compile("local a = 1 do local b = 2 end local c", "=test");
    expect(locals).toEqual([{ name: "a", startpc: 2, endpc: 5 }, { name: "b", startpc: 3, endpc: 3 }, { name: "c", startpc: 4, endpc: 5 }]);
  });

  test("large tables are stored in batches", () => {
    const proto = compile(`return {${Array.from({ length: 120 }, (_, i) => i).join(",")}}`, "=test");
    const stores = [...proto.code].filter((word) => getOp(word) === Op.SetList);
    expect(stores.map((word) => [getA(word), getB(word), getC(word)])).toEqual([[0, 50, 0], [0, 50, 50], [0, 20, 100]]);
  });
});

describe("lines", () => {
  test("a value is read at the line of what follows it", () => {
    expect(lines("f(\na,\nb\n)")).toEqual([1, 1, 2, 4, 1, 4]);
  });

  test("looking ahead in a table moves the line", () => {
    expect(lines("return {a\n\n, b}")).toEqual([1, 1, 1, 3, 3, 3, 3, 3]);
  });

  test("far lines are kept whole", () => {
    const proto = compile(`f()${"\n".repeat(300)}f()`, "=test");
    expect(proto.absLineInfo).toEqual([{ pc: 3, line: 301 }]);
    expect(lineOf(proto, 4)).toBe(301);
  });

  test("an absolute line every 128 instructions", () => {
    expect(compile("x = 1 ".repeat(300), "=test").absLineInfo.map(({ pc }) => pc)).toEqual([128, 256]);
  });
});

describe("errors", () => {
  test.each([
    ["x =", "test:1: unexpected symbol near <eof>"],
    ["x = }", "test:1: unexpected symbol near '}'"],
    ["if x then", "test:1: 'end' expected near <eof>"],
    ["if x then\n\nelse\n", "test:4: 'end' expected (to close 'if' at line 1) near <eof>"],
    ["f() = 1", "test:1: syntax error near '='"],
    ["x", "test:1: syntax error near <eof>"],
    ["for x do end", "test:1: '=' or 'in' expected near 'do'"],
    ["goto x", "test:1: no visible label 'x' for <goto> at line 1"],
    ["break", "test:1: break outside loop at line 1"],
    ["::a:: ::a::", "test:1: label 'a' already defined on line 1"],
    ["goto x local a ::x:: f()", "test:1: <goto x> at line 1 jumps into the scope of local 'a'"],
    ["local a <const> = 1 a = 2", "test:1: attempt to assign to const variable 'a'"],
    ["local a <close>, b <close> = 1", "test:1: multiple to-be-closed variables in local list"],
    ["local a <x>", "test:1: unknown attribute 'x'"],
    ["function f() return ... end", "test:1: cannot use '...' outside a vararg function near '...'"],
    ["return 1 end", "test:1: <eof> expected near 'end'"],
    ["x = = 'a\\nb'", "test:1: unexpected symbol near '='"],
    ["x = \0", "test:1: unexpected symbol"],
    ["f'a' 'b' = 1", "test:1: syntax error near '='"],
  ])("%j", (source, message) => {
    expect(errorOf(source).message).toBe(message);
  });

  test("limits of a function", () => {
    const list = (count: number): string => Array.from({ length: count }, (_, i) => `x${i}`).join(",");
    expect(errorOf(`\nfunction f() local ${list(201)} end`).message).toBe("test:2: too many local variables (limit is 200) in function at line 2 near 'end'");
    expect(errorOf(`f(${list(260)})`).message).toBe("test:1: function or expression needs too many registers near 'x254'");
  });

  test("a limit met before a syntax error is reported first, wherever it shows", () => {
    const list = Array.from({ length: 260 }, (_, i) => `x${i}`).join(",\n");
    expect(errorOf(`f(${list} ]`).message).toBe("test:255: function or expression needs too many registers near 'x254'");
    expect(errorOf(`x = ] f(${list})`).message).toBe("test:1: unexpected symbol near ']'");
  });

  test("nesting is bounded by the C calls in progress", () => {
    const nested = (count: number): string => `return ${"(".repeat(count)}1${")".repeat(count)}`;
    expect(() => compile(nested(195), "=test")).not.toThrow();
    expect(errorOf(nested(196))).toMatchObject({ message: "C stack overflow", isLimit: true });
    expect(() => compile(nested(185), "=test", 12)).not.toThrow();
    expect(errorOf(nested(186), 12).message).toBe("C stack overflow");
    expect(errorOf(nested(100_000)).message).toBe("C stack overflow");
  });

  test("a function can have 255 upvalues", () => {
    const declare = (letter: string): string => `local ${Array.from({ length: 150 }, (_, i) => letter + i).join(",")}\n`;
    const use = (letter: string, count: number): string => Array.from({ length: count }, (_, i) => `${letter}${i}()`).join(" ");
    const source = (count: number): string => `${declare("a")} function f() ${declare("b")} return function() ${use("a", 150)} ${use("b", count)} end end`;
    expect(() => compile(source(105), "=test")).not.toThrow();
    expect(errorOf(source(106)).message).toBe("test:3: too many upvalues (limit is 255) in function at line 3 near '('");
  });
});

describe("size", () => {
  test("long chains and lists take linear time and no stack", () => {
    const chain = (part: string, separator: string): Proto => compile(`return ${Array(100_000).fill(part).join(separator)}`, "=test");
    expect(chain("a", "+").code.length).toBeGreaterThan(100_000);
    expect(chain("a", " and ").code.length).toBeGreaterThan(100_000);
    expect(compile(`a${".b".repeat(100_000)} = 1`, "=test").code.length).toBeGreaterThan(100_000);
    expect(compile(`f${"()".repeat(100_000)}`, "=test").code.length).toBeGreaterThan(100_000);
    expect(compile(`if a then ${"elseif b then f() ".repeat(20_000)} end`, "=test").code.length).toBeGreaterThan(60_000);
  });

  test("a 10 MB line and a 20 MB string", () => {
    expect(compile(`return "${"x".repeat(20_000_000)}"`, "=test").constants[0]).toHaveLength(20_000_000);
    expect(compile(`x = 1${" ".repeat(10_000_000)}y = 2`, "=test").constants).toEqual(["x", 1, "y", 2]);
  });
});
