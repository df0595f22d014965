// Hostile programs: whatever they do, what comes out is success, C Lua's error message, or a limit; never a host failure.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { damagedProgramArbitrary } from "../../src/testing/generate/damage.js";
import { BadChunk } from "../../src/bytecode/undump.js";
import { createState } from "../../src/index.js";
import { LuaSyntaxError } from "../../src/lexer/syntax-error.js";
import { LuaError, LuaLimitError } from "../../src/vm/state.js";

/** How a program ends: its first result, the error message, or the kind of limit. A host failure is thrown. */
function run(source: string, limits: { instructions?: number; memory?: number } = {}): string {
  const state = createState({ limits });
  try {
    return String(state.call(state.load(source, "=c"))[0]);
  } catch (error) {
    if (error instanceof LuaLimitError) return `limit: ${error.kind}`;
    if (error instanceof LuaSyntaxError || error instanceof BadChunk) return error.message;
    if (error instanceof LuaError && !(error.cause instanceof Error)) return error.message;
    throw error;
  }
}

const many = (text: string, count = 100_000): string => text.repeat(count);
const OVERFLOW = "C stack overflow";
const LOCALS = "too many local variables (limit is 200) in";

describe("a hundred thousand levels or parts", () => {
  test.each([
    ["parentheses", `return ${many("(")}1${many(")")}`, OVERFLOW],
    ["tables", `return ${many("{")}${many("}")}`, OVERFLOW],
    ["functions", `return ${many("function() return ")}1${many(" end")}`, OVERFLOW],
    ["blocks", `${many("do ")}${many("end ")}`, OVERFLOW],
    ["if", `${many("if x then ")}${many("end ")}`, OVERFLOW],
    ["else if", `if x then ${many("else if x then ")}${many("end ")} end`, OVERFLOW],
    ["elseif", `if x then ${many("elseif x then ", 20_000)} end return 'ok'`, "ok"],
    ["not", `return ${many("not ")}1`, OVERFLOW],
    ["powers", `return 1${many("^1")}`, OVERFLOW],
    ["concatenations", `return 1${many(" ..1")}`, OVERFLOW],
    ["additions", `local a = 1 return a${many("+a")}`, "100001"],
    ["conjunctions", `return 1${many(" and 1")}`, "1"],
    ["calls", `local function f() return f_ end f_ = f return type(f${many("()")})`, "function"],
    ["fields", `local t = {} t.a = t return type(t${many(".a")})`, "table"],
    ["indices", `local t = {} t[1] = t return type(${many("t[")}1${many("]")})`, OVERFLOW],
    ["arguments in arguments", `return ${many("f(")}1${many(")")}`, OVERFLOW],
    ["assignments", `local a; ${many("a,")}a = 1`, OVERFLOW],
    ["locals", `local ${many("a,")}a`, `c:1: ${LOCALS} main function near ','`],
    ["parameters", `return function(${many("a,")}a) end`, `c:1: ${LOCALS} function at line 1 near ','`],
    ["loops", `${many("for i = 1, 1 do ")}${many("end ")}`, `c:1: ${LOCALS} main function near '='`],
    ["expressions", `return ${many("1,")}1`, "c:1: function or expression needs too many registers near '1'"],
    ["gotos", `${many("goto a ")} ::a::`, "too many labels/gotos (limit is 32767)"],
    ["list items", `return #{${many("1,")}1}`, "100001"],
    ["equals signs", `return #[${many("=")}[abc]${many("=")}]`, "3"],
    ["digits", `return tostring(${many("1")})`, "inf"],
  ])("%s", (_name, source, expected) => {
    expect(run(source)).toBe(expected);
  });
});

describe("recursion through natives and metamethods", () => {
  test.each([
    ["plain", "local function f() return 1 + f() end f()", "c:1: stack overflow"],
    ["with growing arguments", "local function f(...) return 1 + f(1, ...) end f()", "c:1: stack overflow"],
    ["string.gsub", "local function f() return (string.gsub('x', 'x', f)) end f()", OVERFLOW],
    ["table.sort", "local function f() table.sort({2, 1}, f) end f()", OVERFLOW],
    ["__tostring", "local o = setmetatable({}, {}) getmetatable(o).__tostring = function() return tostring(o) end tostring(o)", OVERFLOW],
    ["__index", "local o = setmetatable({}, {__index = function(t, k) return t[k] end}) return o.x", `c:1: ${OVERFLOW}`],
    ["__newindex", "local o = setmetatable({}, {__newindex = function(t, k) t[k] = 1 end}) o.x = 1", `c:1: ${OVERFLOW}`],
    ["__add", "local o = setmetatable({}, {__add = function(a, b) return a + b end}) return o + 1", `c:1: ${OVERFLOW}`],
    ["__eq", "local mt = {__eq = function(a, b) return a == b end} return setmetatable({}, mt) == setmetatable({}, mt)", `c:1: ${OVERFLOW}`],
    ["__call", "local o = setmetatable({}, {__call = function(self, ...) return 1 + self(1, ...) end}) o()", "c:1: stack overflow"],
    ["__close", "local function f() local x <close> = setmetatable({}, {__close = function() f() end}) end f()", `c:1: ${OVERFLOW}`],
    ["__pairs", "local o = setmetatable({}, {__pairs = function(t) return pairs(t) end}) pairs(o)", OVERFLOW],
    ["coroutine.wrap", "local function f() return (coroutine.wrap(f)()) end f()", OVERFLOW],
    ["coroutine.resume", "local n, f = 0 function f() n = n + 1 return coroutine.resume(coroutine.create(f)) end f() return n > 190", "true"],
    ["pcall", "local n, f = 0 function f() n = n + 1 return pcall(f) end f() return n > 190", "true"],
    ["xpcall's handler", "local function h() error('x') end return select(2, xpcall(error, h))", "error in error handling"],
    ["an overflow in a handler", "local function f(...) return 1 + f(1, ...) end return select(2, xpcall(f, f))", "error in error handling"],
    ["a reader of load", "local function r() local f, e = load(r) error(e, 0) end return select(2, load(r))", OVERFLOW],
    ["require", "package.preload.m = function() package.loaded.m = nil return require 'm' end require 'm'", OVERFLOW],
    ["__index tables", "local a, b = {}, {} setmetatable(a, {__index = b}) setmetatable(b, {__index = a}) return a.x", "possible loop"],
    ["2000 __index tables", "local t = {x = 1} for i = 1, 2000 do t = setmetatable({}, {__index = t}) end return t.x", "1"],
    ["2001 __index tables", "local t = {x = 1} for i = 1, 2001 do t = setmetatable({}, {__index = t}) end return t.x", "possible loop"],
  ])("%s", (_name, source, expected) => {
    expect(run(source)).toMatch(new RegExp(`${expected.replaceAll(/[()]/g, "\\$&")}$`));
  });
});

describe("sizes", () => {
  test.each([
    ["string.rep('x', 1 << 40)", "resulting string too large"],
    ["string.rep('', math.maxinteger, 'x')", "resulting string too large"],
    ["string.format('%99999d', 1)", "invalid conversion specification: '%99999d'"],
    ["string.format('%' .. ('0'):rep(1000) .. 'd', 1)", "invalid format (too long)"],
    ["table.unpack({}, 1, 1e7)", "too many results to unpack"],
    ["table.unpack({}, math.mininteger, math.maxinteger)", "too many results to unpack"],
    ["string.byte(('x'):rep(1e6), 1, -1)", "stack overflow (string slice too long)"],
    ["utf8.codepoint(('x'):rep(1e6), 1, -1)", "stack overflow (string slice too long)"],
    ["string.unpack(('c0'):rep(1e6), '')", "stack overflow (too many results)"],
    ["string.find('x', ('('):rep(100))", "too many captures"],
    ["string.find(('x'):rep(300), ('x?'):rep(300) .. 'y')", "pattern too complex"],
    ["table.concat({}, 'x', 1, 1e9)", "invalid value (nil) at index 1 in table for 'concat'"],
    ["table.insert({}, 1 << 60, 1)", "bad argument #2 to 'insert' (position out of bounds)"],
    ["table.move({}, 1, math.maxinteger, 2)", "bad argument #3 to 'move' (too many elements to move)|bad argument #4 to 'move' (destination wrap around)"],
    ["#load('return [[' .. ('x'):rep(1e7) .. ']]')()", "10000000"],
    ["#load('return #\"' .. ('\\\\x41'):rep(1e5) .. '\"')() ", "attempt to get length of a number value"],
    ["#string.rep('x', 100000000)", "100000000"],
    ["select(2, load(('y'):rep(1e6) .. ' z'))", "syntax error near 'z'"],
    ["tostring(tonumber(('1'):rep(1e5)))", "inf"],
    ["#load('x x', '=' .. ('n'):rep(1e6))", "attempt to get length of a nil value"],
  ])("%s", (expression, expected) => {
    expect(run(`return (${expression})`)).toMatch(new RegExp(`(${expected.replaceAll(/[()#[\]*]/g, "\\$&")})$`));
  });

  test("a memory limit stops a string before it is built", () => {
    expect(run("return #string.rep('x', 4e8)", { memory: 1 << 20 })).toBe("limit: memory");
  });
});

test("any byte anywhere in a source", () => {
  for (const [before, after] of [["", ""], ["x", " = 1"], ["return '\\", "'"], ["return '", "'"], ["--", "\nreturn 1"], ["return 1", ""], ["return [", "[x]]"]]) {
    for (let byte = 0; byte < 256; byte++) run(`${before}${String.fromCharCode(byte)}${after}`, { instructions: 1000 });
  }
  expect(run("return 1\0")).toBe("c:1: <eof> expected"); // a zero byte is what C Lua's lexer takes for the end: it is near nothing
  expect(run("return #'a\0b'")).toBe("3");
});

test("damaged programs under limits", () => {
  fc.assert(
    fc.property(damagedProgramArbitrary, (source) => {
      run(source, { instructions: 20_000, memory: 16 << 20 });
    }),
    { numRuns: 300 },
  );
});
