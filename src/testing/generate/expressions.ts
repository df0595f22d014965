// Expressions of the generated programs, by kind.
import fc from "fast-check";
import { type Grammar, inFunction, often, rare, some, variable, type Weighted } from "./grammar.js";
import { edgeInt, floatLiteral, floatString, hugeFloat, integerString, smallInt, stringLiteral } from "./literals.js";
import { commaList, lua, type Piece, type Pieces, piece, text } from "./piece.js";

/** Nesting of expressions, shared by all kinds. */
const depth = fc.createDepthIdentifier();

function choice(leaf: Pieces, ...others: readonly Weighted[]): Pieces {
  return fc.oneof({ depthIdentifier: depth, maxDepth: 4, depthSize: 0.6, withCrossShrink: true }, { weight: 7, arbitrary: leaf }, ...others);
}

export function intExpression(g: Grammar): Pieces {
  const { int, str, float, list, bool } = g;
  const leaf = fc.oneof({ weight: 6, arbitrary: variable("int", smallInt) }, { weight: 3, arbitrary: smallInt }, { weight: 1, arbitrary: edgeInt });
  const operator = text("+", "-", "*", "&", "|", "~", "<<", ">>");
  const divisor = fc.oneof(text("3", "-7", "1", "-1", "10", "math.mininteger", "16"), lua`(${int} | 1)`);
  return choice(
    leaf,
    often(lua`(${int} ${operator} ${int})`),
    some(lua`(${int} ${operator} ${int} ${operator} ${int})`),
    some(lua`(${int} ${text("//", "%")} ${divisor})`),
    rare(lua`${text("-", "~")}(${int})`),
    rare(lua`#${variable("str", lua`(${str})`)}`),
    rare(lua`#${variable("list", lua`{${commaList(int, 0, 3)}}`)}`),
    some(lua`(${bool} and ${int} or ${int})`),
    some(lua`${variable("fn", lua`math.max`)}(${int}, ${int})`),
    some(lua`(${variable("list", lua`({})`)}[${fc.oneof(smallInt, int)}] or ${int})`),
    some(lua`${recordOrNew(g)}${text(".n", ":get()")}`),
    rare(lua`${recordOrNew(g)}:add(${int})`),
    rare(lua`math.${text("max", "min")}(${int}, ${int})`),
    rare(lua`(math.tointeger(${float}) or ${int})`),
    rare(lua`(math.tointeger(math.${text("floor", "ceil")}(${float})) or ${int})`),
    rare(lua`(math.tointeger(tonumber(${str})) or ${int})`),
    rare(lua`(tonumber(${str}, ${text("10", "16", "36", "2")}) or ${int})`),
    rare(lua`(${integerString} ${text("+", "-", "*")} ${int})`),
    rare(lua`(${int} ${text("|", "&", "~")} ${text("3.0", "-0.0", "2^31", "1e3")})`),
    rare(lua`select("#", ${commaList(g.anyValue, 1, 3)})`),
    rare(lua`(select(${text("2", "-1", "1")}, ${int}, ${int}))`),
    rare(lua`((${str}):byte(${text("1", "-1", "2")}) or ${int})`),
    rare(lua`((${str}):find(${stringLiteral}, 1, true) or ${int})`),
    rare(lua`(${int} ${text("//", "%")} ${text("3", "-7")} ${text("+", "-", "*")} ${int})`),
    rare(lua`(math.ult(${int}, ${int}) and 1 or 0)`),
    rare(lua`#table.pack(${commaList(int, 0, 3)})`),
    rare(lua`(table.unpack({${int}, ${int}}, ${text("1", "2")}))`),
    rare(lua`(utf8.len(${text('"abc"', '"\\u{e9}t\\u{e9}"', '"\\u{20AC}"')}) + ${int})`),
    rare(lua`(function(...) return select("#", ...) end)(${commaList(g.anyValue, 0, 3)})`),
    rare(lua`rawlen(${list})`),
    rare(varargInt(g)),
    rare(yieldInt(g)),
    some(objectInt(g)),
  );
}

/** `...` where it is legal. */
function varargInt(g: Grammar): Pieces {
  return piece<[Piece, Piece]>([text('select("#", ...)', "(math.tointeger((...)) or 7)", "#{...}"), g.int], (scope, dots, otherwise) =>
    scope.place.vararg ? dots(scope) : otherwise(scope),
  );
}

/** The value that a yield comes back with, where a yield is legal. */
function yieldInt(g: Grammar): Pieces {
  return piece<[Piece, Piece]>([g.anyValue, g.int], (scope, value, otherwise) =>
    scope.place.coroutine ? `(math.tointeger((coroutine.yield(${value(scope)}))) or 3)` : otherwise(scope),
  );
}

function objectInt(g: Grammar): Pieces {
  const { obj, int } = g;
  const operator = text("+", "-", "*", "//", "%", "&", "|", "~", "<<", ">>", "/", "^");
  const operand = fc.oneof(int, obj, smallInt, text('"5"', "2.0"));
  return fc.oneof(
    lua`(${obj} ${operator} ${operand}).v`,
    lua`(${operand} ${operator} ${obj}).v`,
    lua`${text("(-", "(~")}${obj}).v`,
    lua`#${obj}`,
    lua`(${obj})(${int})`,
    lua`(${obj}).${text("v", "other", "v", "missing")}`,
    lua`(${obj})[${int}]`,
  );
}

function recordOrNew(g: Grammar): Pieces {
  return variable("rec", lua`(${recordConstructor(g)})`);
}

function recordConstructor(g: Grammar): Pieces {
  const get = fc.oneof(lua`self.n`, lua`(self.n + ${smallInt})`, inFunction(g.int, { coroutine: false }));
  return lua`{ n = ${g.int}, s = ${fc.oneof(stringLiteral, g.str)}, get = function(self) return ${get} end, add = function(self, d) self.n = self.n + d; return self.n end }`;
}

export function floatExpression(g: Grammar): Pieces {
  const { float, int } = g;
  return choice(
    fc.oneof({ weight: 4, arbitrary: variable("float", floatLiteral) }, { weight: 4, arbitrary: floatLiteral }, { weight: 1, arbitrary: hugeFloat }),
    often(lua`(${float} ${text("+", "-", "*")} ${float})`),
    often(lua`(${float} ${text("+", "-", "*")} ${int})`),
    some(lua`(${int} / ${text("2", "4", "-8", "3", "7")})`),
    rare(lua`(${int} / (${int} | 1))`),
    rare(lua`(${float} ${text("//", "%")} ${text("2", "0.5", "-3.0", "1e10")})`),
    rare(lua`(${int} ${text("//", "%")} ${text("2.0", "0.5", "-3.0", "-0.25")})`),
    rare(lua`${text("-", "- -")}(${float})`),
    rare(lua`(${text("2", "-2", "0.5", "10", "4")} ^ ${text("2", "3", "-1", "0.5", "0")})`),
    rare(lua`math.sqrt(${text("2", "16", "0.25", "1e10")})`),
    rare(lua`math.${text("abs", "max", "min")}(${float}, ${float})`),
    rare(lua`(${floatString} ${text("+", "*", "-")} ${int})`),
    rare(lua`(math.modf(${float}) + 0.0)`),
    rare(lua`math.fmod(${float}, ${text("3.0", "-0.5", "7.25")})`),
    rare(lua`(${g.bool} and ${float} or ${float})`),
    rare(lua`(tonumber(${floatString}) or 0.25)`),
  );
}

export function stringExpression(g: Grammar): Pieces {
  const { str, int, float, list, anyValue, bool } = g;
  const leaf = fc.oneof(variable("str", stringLiteral), stringLiteral);
  // far positions are cut to 32 bits by a C Lua whose size_t is that small
  const position = fc.oneof(text("1", "2", "-3", "0", "-1", "5"), lua`${int} % 50 - 25`);
  const width = text("", "5", "-6", "05", "+", " ", "08", ".3");
  return choice(
    leaf,
    often(lua`(${str} .. ${str})`),
    some(lua`(${str} .. ${int} .. ${str})`),
    some(lua`(${fc.oneof(int, float)} .. ${str})`),
    some(lua`(${str}):sub(${position}, ${position})`),
    some(lua`(${str}):${text("upper", "lower", "reverse")}()`),
    rare(lua`(${str}):rep(${text("2", "0", "3", "-1")}${text("", ', ","')})`),
    some(lua`tostring(${anyValue})`),
    rare(lua`type(${fc.oneof(anyValue, list, g.fn)})`),
    some(lua`table.concat(${list}, ${text('","', '""', '" "', '"<>"')})`),
    rare(lua`string.char(65 + ${int} % 26)`),
    rare(lua`("%${width}d"):format(${int})`),
    rare(lua`("%${text("", "5", "-6", "08", "#", "#6")}${text("x", "X", "o")}"):format(${int} & 0xffffff)`),
    rare(lua`("%${text("", "8", "-9")}${text(".3", ".0", ".10", "")}${text("f", "g", "e")}"):format(${float})`),
    rare(lua`("%s|%10s|%-5.2s"):format(${anyValue}, ${int}, ${int})`),
    rare(lua`("%q"):format(${fc.oneof(str, int)})`),
    rare(lua`("%c%c"):format(72, 105 + ${int} % 10)`),
    rare(lua`("%a"):format(${text("0.5", "1", "3.75", "-2.0")})`),
    rare(lua`((${str}):gsub(${text('"%w"', '"%a+"', '"[aeiou]"', '"."', '"%s+"', '"(.)(.)"')}, ${text('"<%0>"', '"%0%0"', '"_"', '{ a = "A", b = false }')}))`),
    rare(lua`((${str}):gsub("%w", function(c) return ${inFunction(str, { coroutine: false })} end, 2)):sub(1, 40)`),
    rare(lua`((${str}):match(${text('"%a+"', '"(%d+)"', '"^.-$"', '"[^,;]+"', '"%f[%w]%w+"', '"()"')}) or "none")`),
    rare(lua`(${bool} and ${str} or ${str})`),
    rare(lua`((${g.obj}) .. ${fc.oneof(str, int)})`),
    rare(lua`(${fc.oneof(str, int)} .. ${g.obj})`),
    rare(lua`tostring(${g.obj})`),
    rare(lua`(${recordOrNew(g)}).s`),
    rare(lua`math.type(${fc.oneof(int, float)})`),
    rare(lua`utf8.char(${text("72", "233", "8364", "0x10FFFF")}, 105)`),
    rare(lua`string.pack(${text('">I4"', '"<i8"', '"z"', '"s1"', '"<d"')}, ${text("65", "77", "100")})`),
  );
}

export function boolExpression(g: Grammar): Pieces {
  const { int, float, str, bool, anyValue, obj } = g;
  const order = text("<", "<=", ">", ">=", "==", "~=");
  return choice(
    fc.oneof(variable("bool", text("true", "false")), text("true", "false")),
    often(lua`(${int} ${order} ${int})`),
    some(lua`(${fc.oneof(float, int)} ${order} ${fc.oneof(float, int)})`),
    some(lua`(${str} ${order} ${str})`),
    some(lua`(${anyValue} ${text("==", "~=")} ${anyValue})`),
    some(lua`not ${bool}`),
    some(lua`(${bool} ${text("and", "or")} ${bool})`),
    rare(lua`(${obj} ${order} ${obj})`),
    rare(lua`(${obj} ${text("<", "<=", ">", ">=")} ${int})`),
    rare(lua`rawequal(${anyValue}, ${anyValue})`),
    rare(lua`(math.type(${fc.oneof(int, float)}) == ${text('"integer"', '"float"')})`),
    rare(lua`(${int} % 2 == ${text("0", "1")})`),
    rare(lua`(next(${g.list}) == nil)`),
    rare(lua`((${anyValue} and ${anyValue}) == ${anyValue})`),
  );
}

export function listExpression(g: Grammar): Pieces {
  const { int, list } = g;
  return choice(
    variable("list", lua`{ ${commaList(int, 0, 5)} }`),
    often(lua`{ ${commaList(int, 1, 6)} }`),
    rare(lua`{ ${int}, table.unpack(${list}) }`),
    rare(lua`table.move(${list}, 1, 0, 1, { ${int} })`),
    rare(lua`table.move({ ${int}, ${int} }, 1, 2, ${text("3", "2", "1")}, { ${int}, ${int}, ${int} })`),
    rare(lua`table.pack(${commaList(int, 0, 4)})`),
    rare(lua`{ (${g.str}):byte(1, 3) }`),
    rare(lua`{ ${int}, ${int}, (${int}), [5] = nil }`),
  );
}

export function recordExpression(g: Grammar): Pieces {
  return choice(variable("rec", recordConstructor(g)), some(recordConstructor(g)));
}

export function functionExpression(g: Grammar): Pieces {
  const literal = piece<[Piece, Piece, Piece]>([g.block, g.int, text("a, b", "a, b, ...", "a, ...")], (scope, block, result, params) => {
    const parameters = params(scope);
    return scope.function({ returnsInt: true, vararg: parameters.includes("..."), coroutine: false }, () => {
      scope.declare("a", "int");
      if (parameters.includes("b")) scope.declare("b", "int");
      const lines = block(scope);
      return `function(${parameters})${lines === "" ? " " : `\n${lines}\n`}return ${result(scope)} end`;
    });
  });
  const short = lua`function(a, b) return ${text("a", "b", "a + b", "a * b - 1", "a // 2 + b", "b - a", "a & b", "a == b and 1 or 2")} end`;
  return choice(variable("fn", short), some(short), rare(literal), rare(text("math.max", "math.min")));
}

export function objectExpression(g: Grammar): Pieces {
  const fresh = piece<[Piece]>([g.int], (scope, value) => {
    scope.needs.add("object");
    return `new(${value(scope)})`;
  });
  return choice(variable("obj", fresh), some(fresh), rare(lua`(${g.obj} ${text("+", "-", "*")} ${g.int})`));
}

export function anyExpression(g: Grammar): Pieces {
  return choice(
    fc.oneof({ weight: 3, arbitrary: g.int }, { weight: 1, arbitrary: text("nil", "true", "false") }),
    often(g.int),
    some(g.float),
    some(g.str),
    some(g.bool),
  );
}
