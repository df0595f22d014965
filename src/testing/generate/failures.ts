// Statements that raise errors on purpose: the exact message, with the position and the name of the culprit, gets printed.
import fc from "fast-check";
import type { Grammar } from "./grammar.js";
import { commaList, lua, type Piece, type Pieces, piece, text } from "./piece.js";

/** `BODY` with a wrong value behind a local, an upvalue, a global, a field, a method, a constant or a call. */
function culprit(g: Grammar, values: Pieces, use: (what: string) => string, where: "anywhere" | "callable" = "anywhere"): Pieces {
  const forms: Pieces[] = [
    piece<[Piece]>([values], (scope, value) => {
      const name = scope.fresh("bad");
      return `local ${name} = ${value(scope)}\n${use(name)}`;
    }),
    piece<[Piece]>([values], (scope, value) => {
      const name = scope.fresh("up");
      return `local ${name} = ${value(scope)}\n;(function() ${use(name)} end)()`;
    }),
    piece<[Piece]>([values], (scope, value) => {
      const name = scope.fresh("Global");
      return `${name} = ${value(scope)}\n${use(name)}`;
    }),
    piece<[Piece, Piece]>([values, text("field", "key", "x")], (scope, value, key) => {
      const name = scope.fresh("t");
      return `local ${name} = { ${key(scope)} = ${value(scope)} }\n${use(`${name}.${key(scope)}`)}`;
    }),
    piece<[Piece]>([values], (scope, value) => {
      const name = scope.fresh("t");
      return `local ${name} = { ${value(scope)} }\n${use(`${name}[1]`)}`;
    }),
    piece<[Piece]>([values], (scope, value) => {
      const [name, key] = [scope.fresh("t"), scope.fresh("i")];
      return `local ${name}, ${key} = {}, "k"\n${name}[${key}] = ${value(scope)}\n${use(`${name}[${key}]`)}`;
    }),
    values.map((value) => (scope) => use(`(${value(scope)})`)),
    values.map((value) => (scope) => use(`(function() return ${value(scope)} end)()`)),
  ];
  if (where === "callable") forms.push(piece<[Piece]>([g.rec], (scope, record) => `local t = ${record(scope)}\nt:nope(${scope.fresh("a")})`));
  return fc.oneof(...forms);
}

/** A use as a statement: the value goes nowhere. */
const drop = (expression: string): string => `local _ = ${expression}`;

export function failingStatement(g: Grammar): Pieces {
  const { int, str, float } = g;
  const notNumber = text("nil", "true", "{}", '"abc"', "print", "{ 1 }", "false");
  const notIndexable = text("nil", "true", "12", "1.5", "false");
  const noInteger = text("1.5", "2^63", "math.huge", '"1.5"', "-1e100", '"10"', '"0x1p3"');
  const arithmetic = ["+", "-", "*", "/", "//", "%", "^"];
  const bitwise = ["&", "|", "~", "<<", ">>"];
  const using = (operators: readonly string[], make: (operator: string) => Pieces): Pieces => fc.oneof(...operators.map(make));
  return fc.oneof(
    { weight: 4, arbitrary: using(arithmetic, (op) => culprit(g, notNumber, (bad) => drop(`${bad} ${op} 1`))) },
    { weight: 2, arbitrary: using(arithmetic, (op) => culprit(g, notNumber, (bad) => drop(`2.5 ${op} ${bad}`))) },
    { weight: 2, arbitrary: using(bitwise, (op) => culprit(g, notNumber, (bad) => drop(`7 ${op} ${bad}`))) },
    { weight: 2, arbitrary: using(bitwise, (op) => culprit(g, noInteger, (bad) => drop(`${bad} ${op} 3`))) },
    { weight: 1, arbitrary: culprit(g, notNumber, (bad) => drop(`-${bad}`)) },
    { weight: 1, arbitrary: culprit(g, text("nil", "{}", '"a"', "0.5"), (bad) => drop(`~${bad}`)) },
    { weight: 2, arbitrary: culprit(g, text("nil", "true", "{}", "print"), (bad) => drop(`"s" .. ${bad}`)) },
    { weight: 1, arbitrary: culprit(g, text("nil", "true", "{}"), (bad) => drop(`${bad} .. 1 .. "z"`)) },
    { weight: 2, arbitrary: culprit(g, text("nil", "12", "true", "print", "0.5"), (bad) => drop(`#${bad}`)) },
    { weight: 3, arbitrary: culprit(g, notIndexable, (bad) => drop(`${bad}.name`)) },
    { weight: 2, arbitrary: culprit(g, notIndexable, (bad) => drop(`${bad}[1]`)) },
    { weight: 2, arbitrary: culprit(g, notIndexable, (bad) => `local t = ${bad}\nt.x.y = 1`) },
    { weight: 1, arbitrary: culprit(g, text("nil", "true"), (bad) => drop(`${bad}:method()`)) },
    { weight: 3, arbitrary: culprit(g, text("nil", "12", '"text"', "{}", "true"), (bad) => `local _ = ${bad}(1)`, "callable") },
    { weight: 2, arbitrary: culprit(g, text("nil", "true", "{}", '"a"'), (bad) => drop(`${bad} < 1`)) },
    { weight: 1, arbitrary: culprit(g, text("nil", "{}", "print"), (bad) => drop(`${bad} <= ${bad}`)) },
    { weight: 1, arbitrary: culprit(g, text("nil", "{}", "1"), (bad) => drop(`"x" >= ${bad}`)) },
    { weight: 2, arbitrary: lua`local zero = 0; local _ = ${int} ${text("//", "%")} zero` },
    { weight: 1, arbitrary: lua`local _ = ${int} ${text("//", "%")} (${int} & 0)` },
    { weight: 2, arbitrary: lua`for i = ${text('"a"', "nil", "{}")}, ${text("2", '"b"')} do end` },
    { weight: 1, arbitrary: lua`for i = 1, ${text('"x"', "nil", "10, 0", '10, "s"', "2, 0.0")} do end` },
    { weight: 1, arbitrary: lua`for k in ${text("nil", "5", "{}", '"s"')} do end` },
    { weight: 1, arbitrary: lua`local t = {}; t[${text("nil", "0/0")}] = 1` },
    { weight: 1, arbitrary: lua`local x <close> = ${text("42", '"s"', "{}")}` },
    { weight: 1, arbitrary: lua`rawset({}, nil, 1)` },
    { weight: 1, arbitrary: lua`setmetatable(setmetatable({}, { __metatable = 1 }), {})` },
    { weight: 6, arbitrary: raised(g) },
    { weight: 6, arbitrary: badArgument(g) },
    { weight: 2, arbitrary: lua`show(load(${text('"x ="', '"return 1 +"', '"for i = 1"', '"goto nowhere"', '"x = = 2"', '"local t <const> = 1; t = 2"', '"break"', '"return \'abc"', '"a.b:c = 1"', '"x = }"', '"::l:: ::l::"', '"return 0x"')}, ${text('"=chunk"', '"@file.lua"', '"text"')})); error(${str})` },
    { weight: 1, arbitrary: lua`local _ = (${float} // 0.0) .. ${text("nil", "{}")}` },
    { weight: 2, arbitrary: lua`error(${g.obj})` },
    { weight: 1, arbitrary: lua`local function deep(n) if n == 0 then ${raised(g)} end; deep(n - 1); return n end; deep(${text("1", "3", "0")})` },
    { weight: 1, arbitrary: lua`local function tail(n) if n == 0 then ${raised(g)} end; return tail(n - 1) end; tail(${text("2", "0")})` },
  ).map((render) => (scope) => {
    scope.needs.add("show");
    return render(scope);
  });
}

function raised(g: Grammar): Pieces {
  const { int, str, anyValue } = g;
  return fc.oneof(
    lua`error(${str})`,
    lua`error(${str}, ${text("0", "1", "2", "3")})`,
    lua`error(${anyValue})`,
    lua`error({ code = ${int} })`,
    lua`error()`,
    lua`error(nil, 2)`,
    lua`assert(${text("false", "nil")})`,
    lua`assert(false, ${anyValue})`,
    lua`assert(nil, { code = ${int} })`,
    lua`error(setmetatable({}, { __tostring = function() return "object: " .. ${str} end }))`,
  );
}

/** Wrong arguments to library functions. */
function badArgument(g: Grammar): Pieces {
  const { int, str } = g;
  const call: Pieces = fc.oneof(
    text(
      "math.floor({})",
      'math.floor("x")',
      "math.max()",
      "math.tointeger()",
      "math.abs(nil)",
      "math.fmod(1, 0)",
      "math.random(0, -1)",
      "math.random(1, 2, 3)",
      "ipairs()",
      "pairs(nil)",
      "next({}, 1)",
      "setmetatable(1, {})",
      "setmetatable({}, 1)",
      "getmetatable()",
      "rawlen(5)",
      "rawget(1, 1)",
      "select(0)",
      'select("x")',
      "tonumber()",
      'tonumber("10", 99)',
      "tonumber(10, 10)",
      "tostring()",
      "type()",
      'string.rep("x", 1 << 40)',
      'string.rep()',
      "string.char(256)",
      "string.char(-1)",
      'string.format("%d", 1.5)',
      'string.format("%d", "1.5")',
      'string.format("%d")',
      'string.format("%y", 1)',
      'string.format("%", 1)',
      'string.format("%10.123f", 1)',
      'string.format("%q", {})',
      'string.format("%s")',
      '("x"):bad()',
      '("x"):rep({})',
      '("x"):find("[a")',
      '("x"):find("%")',
      '("x"):gsub("(", "")',
      '("x"):gsub(".", "%2")',
      '("x"):gsub("x", true)',
      '("abc"):gsub("%w", "%")',
      '("x"):match("%b")',
      '("x"):match("%f")',
      '("x"):match("(()")',
      '("x"):gsub("x", function() return {} end)',
      "table.concat({ 1, {}, 3 })",
      "table.concat({ 1, nil, 3 }, 1, 1, 3)",
      "table.insert({ 1, 2 }, 5, 1)",
      "table.insert({})",
      "table.insert({}, 1, 2, 3)",
      "table.insert(nil, 1)",
      "table.remove({ 1, 2, 3 }, 7)",
      "table.unpack({}, 1, 1e8)",
      "table.sort({ 3, 1, \"x\" })",
      "table.sort({ 1, 2, 3, 4, 5 }, function() return true end)",
      "table.move({}, 1, math.maxinteger, 2)",
      "utf8.char(-1)",
      'utf8.codepoint("abc", 4)',
      'utf8.len("abc", 5)',
      'utf8.offset("\\u{e9}", 1, 2)',
      'for _ in utf8.codes("\\xff") do end',

      "coroutine.resume(1)",
      "coroutine.status({})",

      "coroutine.close(coroutine.running())",
      'string.pack("i17", 1)',
      'string.pack("i1", 300)',
      'string.unpack("z", "abc")',
      'string.unpack("<i4", "abc")',
      "xpcall()",
      "pcall()",
      'collectgarbage("nothing")',
      "load(5)",
      "(nil)()",
      "assert()",
      "error",
    ),
    lua`string.sub(${int})`,
    lua`("x" .. ${str}):rep(1 << 60)`,
    lua`table.concat({ ${commaList(int, 1, 2)}, true })`,
    lua`math.floor(${str} .. "!")`,
    lua`("%d"):format(${str} .. "!")`,
  );
  const named = lua`local f = ${text("math.floor", "string.rep", "table.insert", "setmetatable", "ipairs")}; f(${text("nil", "true", "1")})`;
  return fc.oneof({ weight: 6, arbitrary: call.map((render): Piece => (scope) => statementOf(render(scope))) }, { weight: 1, arbitrary: named });
}

/** Some of the calls above are statements already, and a name alone is not one. */
function statementOf(call: string): string {
  return call.startsWith("for ") ? call : `local _ = ${call}`;
}
