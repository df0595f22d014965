import { describe, expect, test } from "vitest";
import { chunkId } from "../../src/base/chunk-id.js";
import { skipShebang } from "../../src/base/shebang.js";
import { Lexer, NOWHERE } from "../../src/lexer/lexer.js";
import { LuaSyntaxError } from "../../src/lexer/syntax-error.js";
import { describeToken, Token } from "../../src/lexer/token.js";

function tokens(source: string): number[] {
  const lexer = new Lexer(source, "=test");
  const kinds: number[] = [];
  do {
    lexer.next();
    kinds.push(lexer.token);
  } while (lexer.token !== Token.Eof);
  return kinds;
}

function stringOf(source: string): string {
  const lexer = new Lexer(source, "=test");
  lexer.next();
  expect(lexer.token).toBe(Token.String);
  return lexer.atom.text;
}

function messageOf(source: string): string {
  try {
    tokens(source);
  } catch (error) {
    if (error instanceof LuaSyntaxError) return error.message;
    throw error;
  }
  return "no error";
}

describe("tokens", () => {
  test("every symbol, the longest first", () => {
    expect(tokens("...==..=>=>>>~=~//::<<<=.")).toEqual([
      Token.Dots, Token.Eq, Token.Concat, Token.Assign, Token.Ge, Token.Shr, Token.Greater, Token.Ne, Token.Tilde, Token.IDiv,
      Token.DoubleColon, Token.Shl, Token.Le, Token.Dot, Token.Eof,
    ]);
  });

  test("a reserved word only as a whole word", () => {
    expect(tokens("end ending _end")).toEqual([Token.End, Token.Name, Token.Name, Token.Eof]);
  });

  test("a zero byte is a character, not the end", () => {
    expect(tokens("a\0b")).toEqual([Token.Name, 0, Token.Name, Token.Eof]);
  });

  test("the same name is the same atom", () => {
    const lexer = new Lexer("name 'name' \"na\\109e\" other", "=test");
    const atoms = [1, 2, 3, 4].map(() => (lexer.next(), lexer.atom));
    expect(atoms[1]).toBe(atoms[0]);
    expect(atoms[2]).toBe(atoms[0]);
    expect(atoms[3]).not.toBe(atoms[0]);
  });

  test("looking ahead leaves the current token, but moves the line", () => {
    const lexer = new Lexer("a\nb\nc", "=test");
    lexer.next();
    expect([lexer.peek(), lexer.token, lexer.atom.text, lexer.line, lexer.lastLine]).toEqual([Token.Name, Token.Name, "a", 2, 1]);
    lexer.next();
    expect([lexer.atom.text, lexer.line, lexer.lastLine]).toEqual(["b", 2, 2]);
    lexer.next();
    expect([lexer.atom.text, lexer.line, lexer.lastLine]).toEqual(["c", 3, 2]);
  });

  test("descriptions", () => {
    expect([Token.Eof, Token.Name, Token.While, Token.Concat, 43, 1, 255].map(describeToken)).toEqual([
      "<eof>", "<name>", "'while'", "'..'", "'+'", "'<\\1>'", "'<\\255>'",
    ]);
  });
});

describe("strings", () => {
  test.each([
    ['"a\\tb\\\\\\"\\\'"', "a\tb\\\"'"],
    ['"\\a\\b\\f\\n\\r\\t\\v"', "\x07\b\f\n\r\t\v"],
    ['"\\x41\\65\\0651\\u{41}"', "AAA1A"],
    ['"\\u{7f}\\u{80}\\u{7ff}\\u{800}\\u{ffff}\\u{10000}"', "\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf\xf0\x90\x80\x80"],
    ['"\\u{1fffff}\\u{200000}\\u{3ffffff}\\u{4000000}\\u{7fffffff}"',
      "\xf7\xbf\xbf\xbf\xf8\x88\x80\x80\x80\xfb\xbf\xbf\xbf\xbf\xfc\x84\x80\x80\x80\x80\xfd\xbf\xbf\xbf\xbf\xbf"],
    ['"a\\z \n\t b"', "ab"],
    ['"a\\\r\nb\\\n\rc\\\rd"', "a\nb\nc\nd"],
    ["[[a]]", "a"],
    ["[==[\r\na]]\n\rb\r]==]", "a]]\nb\n"],
    ["[[\n\na]]", "\na"],
    ["'\xff\xfe'", "\xff\xfe"],
  ])("%j", (source, value) => {
    expect(stringOf(source)).toBe(value);
  });

  test("long ones take linear time", () => {
    expect(stringOf(`'${"x".repeat(10_000_000)}'`).length).toBe(10_000_000);
    expect(stringOf(`'${"\\65x".repeat(300_000)}'`).length).toBe(600_000);
    expect(stringOf(`[=[${"x]]\n".repeat(300_000)}]=]`).length).toBe(1_200_000);
  });
});

describe("errors", () => {
  test.each([
    ["'abc", "test:1: unfinished string near <eof>"],
    ["\n'abc\n", "test:2: unfinished string near ''abc'"],
    ["'a\\nb\n", "test:1: unfinished string near ''a\nb'"],
    ["'a\\qb'", "test:1: invalid escape sequence near ''a\\q'"],
    ["'a\\xg'", "test:1: hexadecimal digit expected near ''a\\xg'"],
    ["'\\x1", "test:1: hexadecimal digit expected near ''\\x1'"],
    ["'\\256'", "test:1: decimal escape too large near ''\\256''"],
    ["'\\u{110000000}'", "test:1: UTF-8 value too large near ''\\u{110000000'"],
    ["'\\u41'", "test:1: missing '{' near ''\\u4'"],
    ["'\\u{41'", "test:1: missing '}' near ''\\u{41''"],
    ["[==[ \n ]=]", "test:2: unfinished long string (starting at line 1) near <eof>"],
    ["--[[ \n", "test:2: unfinished long comment (starting at line 1) near <eof>"],
    ["[=x", "test:1: invalid long string delimiter near '[='"],
    ["3x", "test:1: malformed number near '3x'"],
    ["0x", "test:1: malformed number near '0x'"],
    ["1e+", "test:1: malformed number near '1e+'"],
    ["1..2", "test:1: malformed number near '1..2'"],
    ["0x1p-", "test:1: malformed number near '0x1p-'"],
    ["'a\\0b\\q'", "test:1: invalid escape sequence near ''a'"],
  ])("%j", (source, message) => {
    expect(messageOf(source)).toBe(message);
  });

  test("a lexer that marks keeps the first error and then sees only the end", () => {
    const lexer = new Lexer("a 'b", "=test", true);
    lexer.next();
    expect(lexer.lastLine).toBe(0);
    lexer.next();
    expect(lexer.failure?.message).toBe("test:1: unfinished string near <eof>");
    expect([lexer.token, lexer.lastLine]).toEqual([Token.Eof, NOWHERE]);
    lexer.fail("another");
    expect(lexer.failure?.message).toContain("unfinished");
  });
});

describe("chunk ids", () => {
  test.each([
    ["=stdin", "stdin"],
    [`=${"x".repeat(70)}`, "x".repeat(59)],
    ["@file.lua", "file.lua"],
    [`@${"a".repeat(59)}`, "a".repeat(59)],
    [`@${"a".repeat(30)}${"b".repeat(30)}`, `...${"a".repeat(26)}${"b".repeat(30)}`],
    ["return 1", '[string "return 1"]'],
    ["return\n1", '[string "return..."]'],
    ["x".repeat(44), `[string "${"x".repeat(44)}"]`],
    ["x".repeat(45), `[string "${"x".repeat(45)}..."]`],
    ["x".repeat(99), `[string "${"x".repeat(45)}..."]`],
    ["", '[string ""]'],
  ])("%j", (source, id) => {
    expect(chunkId(source)).toBe(id);
  });
});

test.each([
  ["print()", "print()"],
  ["#!/bin/lua\nprint()", "\nprint()"],
  ["#only", "\n"],
  ["#x\n\x1bLua", "\x1bLua"],
  ["\xef\xbb\xbfprint()", "print()"],
  ["\xef\xbb\xbf#x\nprint()", "\nprint()"],
  ["\xefab", "\xefb"],
])("a file's first line: %j", (text, rest) => {
  expect(skipShebang(text)).toBe(rest);
});
