import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isInteger } from "../../src/number/float.js";
import { parseNumber } from "../../src/number/parse.js";
import { skipShebang } from "../../src/base/shebang.js";
import { Lexer } from "../../src/lexer/lexer.js";
import { Token } from "../../src/lexer/token.js";
import { programs } from "../../spec-tests/oracle/generate.js";
import { mooTokens, stringValue, type PlainToken } from "./moo-lexer.js";

/** Our tokens, in the shape of the other lexer's. */
function ourTokens(source: string): PlainToken[] {
  const lexer = new Lexer(source, "=test");
  const tokens: PlainToken[] = [];
  for (;;) {
    lexer.next();
    if (lexer.token === Token.Eof) return tokens;
    const raw = source.slice(lexer.start, lexer.end);
    const common = { start: lexer.start, line: lexer.line };
    if (lexer.token === Token.String) tokens.push({ type: "string", text: lexer.atom.text, ...common });
    else if (lexer.token === Token.Name) tokens.push({ type: "name", text: lexer.atom.text, ...common });
    else if (lexer.token === Token.Integer || lexer.token === Token.Float) {
      expect(lexer.number).toEqual(parseNumber(raw));
      expect(lexer.token === Token.Integer).toBe(isInteger(lexer.number));
      tokens.push({ type: "number", text: raw, ...common });
    } else tokens.push({ type: /[a-z]/.test(raw) ? "word" : "symbol", text: raw, ...common });
  }
}

function agree(source: string): void {
  const theirs = mooTokens(source).map((token) => (token.type === "string" ? { ...token, text: stringValue(token.text) } : token));
  expect(ourTokens(source)).toEqual(theirs);
}

const name = fc.stringMatching(/^[A-Za-z_][A-Za-z_0-9]{0,8}$/);
const number = fc.oneof(
  fc.nat().map(String),
  fc.stringMatching(/^[0-9]{1,25}$/),
  fc.stringMatching(/^[0-9]{0,6}\.[0-9]{1,6}([eE][+-]?[0-9]{1,3})?$/),
  fc.stringMatching(/^0[xX][0-9a-fA-F]{1,20}$/),
  fc.stringMatching(/^0x[0-9a-fA-F]{0,4}\.[0-9a-fA-F]{1,4}([pP][+-]?[0-9]{1,3})?$/),
);
const escape = fc.oneof(
  fc.constantFrom("\\a", "\\n", "\\\\", '\\"', "\\'", "\\z  \n\t ", "\\\n", "\\\r\n", "\\z", "\\000", "\\065", "\\255", "\\7-"),
  fc.nat({ max: 255 }).map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`),
  fc.nat({ max: 0x7fffffff }).map((code) => `\\u{${code.toString(16)}}`),
);
const byte = fc.nat({ max: 255 }).map((code) => String.fromCharCode(code));
const quoted = fc.tuple(fc.constantFrom('"', "'"), fc.array(fc.oneof(escape, byte), { maxLength: 12 })).map(([quote, parts]) =>
  quote + parts.map((part) => (part === quote || part === "\\" || part === "\n" || part === "\r" ? " " : part)).join("") + quote);
const long = fc.tuple(fc.nat({ max: 3 }), fc.array(fc.oneof(byte, fc.constantFrom("]", "]=", "\r\n", "\n", "\n\r")), { maxLength: 12 })).map(
  ([level, parts]) => {
    const close = `]${"=".repeat(level)}]`;
    const body = parts.join("").replaceAll("]", " ");
    return `[${"=".repeat(level)}[${body}${close}`;
  });
const symbol = fc.constantFrom(
  "...", "..", "<<", ">>", "//", "==", "~=", "<=", ">=", "::", "+", "-", "*", "/", "%", "^", "#", "&", "~", "|", "<", ">", "=", "(", ")", "{", "}",
  "[", "]", ";", ":", ",", ".", "and", "end", "while", "goto");
const gap = fc.constantFrom(" ", "\n", "\r\n", "\t", " --x\n", "--[[ a\n ]]", " --[==[ ]] ]==] ", "\n\r", "\r", "--[=x\n");
const stream = fc.array(fc.tuple(fc.oneof(name, number, quoted, long, symbol), gap), { maxLength: 40 }).map((pairs) =>
  pairs.map(([token, space]) => `${token} ${space}`).join(""));

function luaFiles(folder: string): string[] {
  return readdirSync(folder).flatMap((entry) => {
    const path = join(folder, entry);
    if (entry === "node_modules" || entry.startsWith(".")) return [];
    if (statSync(path).isDirectory()) return luaFiles(path);
    return path.endsWith(".lua") ? [path] : [];
  });
}

describe("the lexer against one made from a table", () => {
  test("on generated token streams", () => {
    fc.assert(fc.property(stream, agree), { numRuns: 2000 });
  });

  test("on generated programs", () => {
    fc.assert(fc.property(programs, agree), { numRuns: 200 });
  });

  test("on every Lua file here", () => {
    const root = fileURLToPath(new URL("../..", import.meta.url));
    const files = ["examples", "bench", "spec-tests", "test"].flatMap((folder) => luaFiles(join(root, folder)));
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) agree(skipShebang(readFileSync(file, "latin1")));
  });
});
