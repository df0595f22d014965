import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Proto } from "../../src/bytecode/proto.js";
import { compile } from "../../src/compiler/compile.js";
import { Lexer } from "../../src/lexer/lexer.js";
import { parseChunk } from "../../src/parser/parser.js";
import { printChunk } from "../../src/parser/print-ast.js";
import { LuaSyntaxError } from "../../src/lexer/syntax-error.js";
import { programs } from "../../spec-tests/oracle/generate.js";

const print = (source: string): string => printChunk(parseChunk(new Lexer(source, "=test")));
/** The code of a program and its functions, lines aside; undefined if it meets a limit. */
function codeOf(source: string): unknown {
  const plain = (proto: Proto): unknown =>
    [proto.code, proto.constants, proto.upvalues, proto.numParams, proto.isVararg, proto.maxStackSize, proto.protos.map(plain)];
  try {
    return plain(compile(source, "=test"));
  } catch (error) {
    if (error instanceof LuaSyntaxError) return undefined;
    throw error;
  }
}

describe("printing a tree", () => {
  test("prints one statement a line", () => {
    expect(print("local a<const>,b=1,2.0 do f{x=1,[2]=3,4}end return-a,not b,{}")).toBe(
      "local a <const>, b = 1, 2.0\ndo\n  f({x = 1, [2] = 3, 4})\nend\nreturn - a, not b, {}\n");
  });

  test("separates a parenthesis from the statement before it", () => {
    expect(print("f();(g or h)()")).toBe("f()\n;(g or h)()\n");
  });

  test("keeps the ';' that makes a break an ordinary one", () => {
    expect(print("while x do if y then ; break end end")).toContain("then ;");
    expect(print("while x do if y then break end end")).not.toContain(";");
  });

  test.each([
    ["0x8000000000000000", "0x8000000000000000"], ["0xffffffffffffffff", "0xffffffffffffffff"], ["1e300", "1e+300"], ["1e999", "1e999"],
    ["3.0", "3.0"], ["9007199254740993", "9007199254740993"], ['"a\\0\\200\\n\\"\\\\"', '"a\\000\\200\\n\\"\\\\"'],
  ])("prints the literal %s", (source, printed) => {
    expect(print(`return ${source}`)).toBe(`return ${printed}\n`);
  });

  test("handles chains too long to recurse on", () => {
    const source = `return a${".b".repeat(50_000)}${" + c".repeat(50_000)}\n`;
    expect(print(source)).toBe(source);
  });

  test("print → parse → print is the identity, and the code stays the same", () => {
    fc.assert(fc.property(programs, (source) => {
      const code = codeOf(source);
      if (code === undefined) return;
      const printed = print(source);
      expect(print(printed)).toBe(printed);
      expect(codeOf(printed)).toEqual(code);
    }), { numRuns: 150 });
  });
});
