// Arbitraries of programs that every Lua from 5.1 on runs, with the same output: integers stay small, no floats, nothing that only some
// versions have. Another Lua than 5.4 can be asked about these.
import fc from "fast-check";
import { commaList, indented, lua, type Piece, type Pieces, piece, text } from "./piece.js";
import { Scope } from "./scope.js";

type Part = "int" | "str" | "bool" | "statement" | "block";

const depth = fc.createDepthIdentifier();
const choose = (leaf: Pieces, ...others: readonly Pieces[]): Pieces =>
  fc.oneof({ depthIdentifier: depth, maxDepth: 4, depthSize: 0.6, withCrossShrink: true }, { weight: 5, arbitrary: leaf }, ...others.map((arbitrary) => ({ weight: 1, arbitrary })));

/** A variable of the kind that is visible, or something else. */
const variable = (kind: "int" | "str" | "list" | "fn", otherwise: Pieces): Pieces =>
  piece<[number, Piece]>([fc.nat(9), otherwise], (scope, choice, fallback) => scope.pick(kind, choice) ?? fallback(scope));

const { statement } = fc.letrec<Record<Part, Piece>>((tie) => {
  const int = tie("int");
  const str = tie("str");
  const bool = tie("bool");
  const block = tie("block");
  const someInt = text("1", "0", "2", "3", "7", "10", "42", "99");
  const someStr = text('"a"', '""', '"lua"', '"hello world"', '"x,y;z"', '"ABCdef"', '"a.b"', "[[long]]");
  const list = variable("list", lua`{${commaList(int, 1, 4)}}`);
  const pattern = text('"%a+"', '"%w"', '"l+"', '"[aeiou]"', '"(%a)(%a)"', '"^."', '".$"', '"%."', '"b-c"');

  const declared = (kind: "int" | "str" | "list", prefix: string, value: Pieces): Pieces =>
    piece<[Piece]>([value], (scope, render) => {
      const expression = render(scope);
      const name = scope.fresh(prefix);
      scope.declare(name, kind);
      return `local ${name} = ${expression}`;
    });
  const assigned = (kind: "int" | "str", value: Pieces): Pieces =>
    piece<[number, Piece]>([fc.nat(9), value], (scope, choice, render) => {
      const name = scope.pickAssignable(kind, choice);
      return name === undefined ? `print(${render(scope)})` : `${name} = ${render(scope)}`;
    });
  /** A loop, with a variable of its own that the body sees. */
  const loop = (head: (name: string, scope: Scope) => string, end = "end"): Pieces =>
    piece<[Piece]>([block], (scope, body) => {
      const name = scope.fresh("i");
      const opening = head(name, scope);
      return scope.block({ loop: true }, () => {
        scope.declare(name, "int", false);
        return `${opening}\n${indented(body(scope))}\n${end}`;
      });
    });
  const functionOf = (parameters: readonly string[], body: Piece, result: Piece, scope: Scope): string =>
    scope.function({}, () => {
      for (const name of parameters) scope.declare(name, "int");
      const inner = body(scope);
      return `(${parameters.join(", ")})\n${indented(`${inner}\nreturn ${result(scope)}`)}\nend`;
    });

  return {
    int: choose(
      variable("int", someInt), someInt,
      lua`(${int} ${text("+", "-", "*")} ${int}) % ${text("1000", "97", "7")}`,
      lua`#${str}`, lua`#${list}`,
      lua`((${list})[${text("1", "2", "3")}] or ${int})`,
      lua`(${bool} and ${int} or ${int})`,
      lua`math.${text("max", "min")}(${int}, ${int})`, lua`math.abs(${int})`,
      lua`((${str}):byte(1) or ${int})`,
      lua`(tonumber(${text('"12"', '"x"', '"7"')}) or ${int})`,
      lua`select("#", ${commaList(int, 1, 3)})`, lua`(select(2, ${int}, ${int}))`,
      lua`${variable("fn", text("math.max"))}(${int}, ${int})`,
    ),
    str: choose(
      variable("str", someStr), someStr,
      lua`(${str} .. ${fc.oneof(str, int)})`,
      lua`(${str}):${text("upper", "lower", "reverse", "len")}()`,
      lua`(${str}):sub(${text("1", "2", "-2", "0")}, ${text("3", "-1", "1")})`,
      lua`(${text('"ab"', '"x"')}):rep(${int} % 4)`,
      lua`(string.gsub(${str}, ${pattern}, ${text('"_"', '"<%0>"', "string.upper", '{ l = "L" }')}))`,
      lua`(string.match(${str}, ${pattern}) or ${str})`,
      lua`string.format(${text('"%d:%s"', '"%3d|%-4s"', '"%05d %q"', '"%X %s"')}, ${int} % 100, ${str})`,
      lua`tostring(${fc.oneof(int, bool)})`, lua`table.concat(${list}, ",")`, lua`type(${fc.oneof(int, bool, list)})`,
    ).map((render) => (scope) => `tostring(${render(scope)})`),
    bool: choose(
      text("true", "false"), lua`(${int} ${text("<", "<=", ">", ">=", "==", "~=")} ${int})`,
      lua`(${str} ${text("<", "==", "~=", "<=")} ${str})`, lua`(not ${bool})`, lua`(${bool} ${text("and", "or")} ${bool})`,
    ),
    statement: choose(
      lua`print(${commaList(fc.oneof(int, str, bool), 1, 3)})`,
      declared("int", "n", int), declared("str", "s", str), declared("list", "t", lua`{${commaList(int, 0, 5)}}`),
      assigned("int", int), assigned("str", str),
      lua`if ${bool} then\n${block}\nelseif ${bool} then\n${block}\nelse\n${block}\nend`,
      lua`do\n${block}\nend`,
      fc.nat(4).chain((count) => loop((name) => `for ${name} = 1, ${count} do`)),
      fc.nat(4).chain((count) => loop((name) => `for ${name} = ${count}, -1, -2 do`)),
      piece<[Piece, Piece]>([list, block], (scope, table, body) => {
        const [index, value] = [scope.fresh("i"), scope.fresh("v")];
        const subject = table(scope);
        return scope.block({ loop: true }, () => {
          for (const name of [index, value]) scope.declare(name, "int", false);
          return `for ${index}, ${value} in ipairs(${subject}) do\n${indented(body(scope))}\n  if ${index} > 5 then break end\nend`;
        });
      }),
      piece<[Piece, Piece]>([block, bool], (scope, body, condition) => {
        const name = scope.fresh("w");
        const inner = scope.block({ loop: true }, () => body(scope));
        return `local ${name} = 0\nwhile ${name} < 3 do\n  ${name} = ${name} + 1\n${indented(inner)}\n  if ${condition(scope)} then break end\nend`;
      }),
      piece<[Piece, Piece]>([block, int], (scope, body, result) => {
        const name = scope.fresh("f");
        const text = `local function ${name}${functionOf(["a", "b"], body, result, scope)}`;
        scope.declare(name, "fn", false);
        return text;
      }),
      piece<[Piece, Piece]>([int, int], (scope, start, step) => {
        const [make, name] = [scope.fresh("make"), scope.fresh("c")];
        return `local function ${make}(n) return function(d) n = (n + d) % 1000 return n end end\nlocal ${name} = ${make}(${start(scope)})\nprint(${name}(${step(scope)}), ${name}(1))`;
      }),
      piece<[Piece, Piece]>([block, str], (scope, body, message) =>
        `print(pcall(function()\n${indented(scope.function({}, () => `${body(scope)}\nerror(${message(scope)}, 0)`))}\nend))`),
      piece<[Piece, Piece]>([int, block], (scope, value, body) => {
        const name = scope.fresh("co");
        const inner = scope.function({}, () => {
          scope.declare("first", "int");
          return `coroutine.yield(first)\n${body(scope)}\ncoroutine.yield(${value(scope)}, "again")\nreturn "end"`;
        });
        return `local ${name} = coroutine.create(function(first)\n${indented(inner)}\nend)\nfor i = 1, 4 do print(coroutine.resume(${name}, i)) end\nprint(coroutine.status(${name}))`;
      }),
      piece<[Piece, Piece]>([int, int], (scope, value, other) => {
        const name = scope.fresh("o");
        return `local ${name} = setmetatable({ v = ${value(scope)} }, { __index = function(t, k) return k .. "!" end, __call = function(self, x) return (self.v + x) % 1000 end,\n` +
          `  __add = function(a, b) return 1 end, __concat = function(a, b) return "joined" end, __tostring = function(self) return "object" end })\n` +
          `print(${name}.missing, ${name}(${other(scope)}), ${name} + 1, "x" .. ${name}, tostring(${name}))`;
      }),
      piece<[number, Piece, Piece]>([fc.nat(9), int, text("insert", "sort", "remove", "reverse", "next")], (scope, choice, value, action) => {
        const name = scope.pick("list", choice);
        if (name === undefined) return `print(${value(scope)})`;
        switch (action(scope)) {
          case "insert": return `table.insert(${name}, ${value(scope)})`;
          case "sort": return `table.sort(${name}, function(a, b) return a > b end)\nprint(table.concat(${name}, " "))`;
          case "remove": return `print((table.remove(${name})))`; // 5.1 answers nothing from an empty list
          case "reverse": return `for i = #${name}, 1, -1 do print(i, ${name}[i]) end`;
          default: return `print(next(${name}) == nil, rawequal(${name}, ${name}))`;
        }
      }),
    ),
    block: fc.array(tie("statement"), { minLength: 1, maxLength: 3 }).map((statements) => (scope) =>
      scope.block({}, () => indented(statements.map((render) => render(scope)).join("\n")))),
  };
});

/** The text of a whole program. */
export const portableProgramArbitrary: fc.Arbitrary<string> = fc.array(statement, { minLength: 2, maxLength: 12 }).map((statements) => {
  const scope = new Scope();
  return `${statements.map((render) => render(scope)).join("\n")}\n`;
});
