// Statements of the generated programs. Every loop is bounded by its own counter, and strings that grow are cut.
import fc from "fast-check";
import { type Grammar, inFunction, often, rare, some, type Weighted } from "./grammar.js";
import { smallInt } from "./literals.js";
import { commaList, indented, lua, type Piece, type Pieces, piece, text } from "./piece.js";
import type { Kind, Place, Scope } from "./scope.js";

const depth = fc.createDepthIdentifier();

export function statement(g: Grammar, others: readonly Weighted[]): Pieces {
  return fc.oneof(
    { depthIdentifier: depth, maxDepth: 4, depthSize: 0.9, withCrossShrink: true },
    { weight: 8, arbitrary: printStatement(g) },
    { weight: 12, arbitrary: fc.oneof(...declarations(g)) },
    { weight: 10, arbitrary: fc.oneof(...assignments(g)) },
    { weight: 12, arbitrary: fc.oneof(...control(g)) },
    { weight: 3, arbitrary: fc.oneof(...jumps(g)) },
    { weight: 9, arbitrary: fc.oneof(...others) },
  );
}

export function block(g: Grammar): Pieces {
  return fc.array(g.statement, { maxLength: 4, depthIdentifier: depth }).map(joinStatements);
}

/** The statements of a chunk or block, one a line. */
export function joinStatements(statements: readonly Piece[]): Piece {
  return (scope) =>
    statements
      .map((render) => render(scope))
      .filter((line) => line !== "")
      .join("\n");
}

/** A block between an opening line and `end`. */
export function enclosed(scope: Scope, open: string, body: () => string, close = "end"): string {
  const inner = body();
  return inner === "" ? `${open} ${close}` : `${open}\n${indented(inner)}\n${close}`;
}

function printStatement(g: Grammar): Pieces {
  return fc.oneof(lua`print(${commaList(g.anyValue, 1, 3)})`, lua`print(${commaList(g.int, 1, 2)})`, lua`print(${g.str})`, lua`print(${g.anyValue}, ${g.bool})`);
}

const PREFIX: Readonly<Record<Kind, string>> = { int: "n", float: "x", str: "s", bool: "b", list: "l", rec: "r", fn: "f", obj: "o" };

/** `local NAME = value`; the name is visible afterwards. */
function local(kind: Kind, value: Pieces, attribute = ""): Pieces {
  return piece<[Piece]>([value], (scope, render) => {
    const expression = render(scope);
    const name = scope.fresh(PREFIX[kind]);
    scope.declare(name, kind, attribute === "");
    return `local ${name}${attribute} = ${expression}`;
  });
}

function declarations(g: Grammar): Weighted[] {
  const several = piece<[Piece, Piece, Piece]>([g.int, g.int, g.str], (scope, first, second, third) => {
    const values = `${first(scope)}, ${second(scope)}, ${third(scope)}`;
    const [a, b, s] = [scope.fresh("n"), scope.fresh("n"), scope.fresh("s")];
    scope.declare(a, "int");
    scope.declare(b, "int");
    scope.declare(s, "str");
    return `local ${a}, ${b}, ${s} = ${values}`;
  });
  const results = piece<[Piece, Piece]>([g.list, smallInt], (scope, list, otherwise) => {
    const values = list(scope);
    const [a, b] = [scope.fresh("n"), scope.fresh("n")];
    const line = `local ${a}, ${b} = table.unpack(${values})`;
    scope.declare(a, "int");
    scope.declare(b, "int");
    return `${line}\n${a}, ${b} = ${a} or ${otherwise(scope)}, ${b} or 0`;
  });
  return [
    often(local("int", g.int)),
    some(local("int", g.int, " <const>")),
    rare(local("int", smallInt, " <const>")),
    some(local("str", g.str)),
    rare(local("str", g.str, " <const>")),
    some(local("float", g.float)),
    rare(local("bool", g.bool)),
    some(local("list", g.list)),
    some(local("rec", g.rec)),
    some(local("fn", g.fn)),
    some(local("obj", g.obj)),
    some(localFunction(g)),
    some(recursiveFunction(g)),
    rare(varargFunction(g)),
    some(several),
    rare(results),
    rare(sharedUpvalues(g)),
    rare(classes(g)),
  ];
}

function localFunction(g: Grammar): Pieces {
  return piece<[Piece, Piece, boolean]>([g.block, g.int, fc.boolean()], (scope, block, result, early) => {
    const name = scope.fresh("f");
    const open = `local function ${name}(p, q)`;
    const body = enclosed(scope, open, () =>
      scope.function({ returnsInt: true, coroutine: false }, () => {
        scope.declare("p", "int");
        scope.declare("q", "int");
        const guard = early ? ["if p == q then return p end"] : [];
        return [...guard, block(scope), `return ${result(scope)}`].filter((line) => line !== "").join("\n");
      }),
    );
    scope.declare(name, "fn", false);
    return body;
  });
}

/** Recursion on a counter that starts small, whatever the caller passes. */
function recursiveFunction(g: Grammar): Pieces {
  return piece<[Piece, Piece, boolean]>([g.int, g.int, fc.boolean()], (scope, base, step, tail) => {
    const name = scope.fresh("f");
    const inner = scope.fresh("go");
    const text = scope.function({ coroutine: false }, () => {
      scope.declare("k", "int");
      scope.declare("acc", "int");
      const again = tail ? `return ${inner}(k - 1, ${step(scope)})` : `return ${inner}(k - 1, acc) + ${step(scope)}`;
      return `local function ${inner}(k, acc)\n  if k <= 0 then return ${base(scope)} end\n  ${again}\nend`;
    });
    scope.declare(name, "fn", false);
    return `${text}\nlocal ${name} = function(a, b) return ${inner}(a % 6, b) end`;
  });
}

function varargFunction(g: Grammar): Pieces {
  return piece<[Piece, Piece, Piece]>([g.block, g.int, commaList(g.anyValue, 0, 4)], (scope, block, result, passed) => {
    const name = scope.fresh("f");
    const body = enclosed(scope, `local function ${name}(p, ...)`, () =>
      scope.function({ returnsInt: true, vararg: true, coroutine: false }, () => {
        scope.declare("p", "int");
        return [block(scope), `print(select("#", ...), (...))`, `return ${result(scope)}`].filter((line) => line !== "").join("\n");
      }),
    );
    scope.declare(name, "fn", false);
    const rest = passed(scope);
    return `${body}\nprint(${name}(1${rest === "" ? "" : `, ${rest}`}))`;
  });
}

function sharedUpvalues(g: Grammar): Pieces {
  return piece<[Piece, Piece, Piece]>([g.int, g.int, g.int], (scope, start, up, down) => {
    const [value, more, less] = [scope.fresh("u"), scope.fresh("f"), scope.fresh("f")];
    const first = `local ${value} = ${start(scope)}`;
    const render = (body: Piece): string =>
      scope.function({ coroutine: false }, () => {
        scope.declare("a", "int");
        scope.declare(value, "int");
        return body(scope);
      });
    const lines = [
      first,
      `local function ${more}(a, b) ${value} = ${value} + ${render(up)}; return ${value} end`,
      `local function ${less}(a, b) ${value} = ${value} - ${render(down)}; return ${value} end`,
      `print(${more}(1, 2), ${less}(3, 4), ${value})`,
    ];
    scope.declare(value, "int");
    scope.declare(more, "fn", false);
    scope.declare(less, "fn", false);
    return lines.join("\n");
  });
}

function classes(g: Grammar): Pieces {
  return piece<[Piece, Piece, Piece, Piece]>([g.int, g.int, g.int, g.str], (scope, first, second, value, label) => {
    const [base, derived, object] = [scope.fresh("Base"), scope.fresh("Derived"), scope.fresh("object")];
    const method = (body: Piece): string =>
      scope.function({ coroutine: false, returnsInt: true }, () => {
        scope.declare("d", "int");
        return body(scope);
      });
    return [
      `local ${base} = { label = ${label(scope)} }`,
      `${base}.__index = ${base}`,
      `function ${base}:step(d) self.count = (self.count or 0) + ${method(first)}; return self end`,
      `function ${base}.size(self) return self.count end`,
      `local ${derived} = setmetatable({}, ${base})`,
      `${derived}.__index = ${derived}`,
      `function ${derived}:step(d) ${base}.step(self, ${method(second)}); return self end`,
      `local ${object} = setmetatable({}, ${derived})`,
      `print(${object}:step(${value(scope)}):step(2):size(), ${object}.label, ${object}.nothing)`,
    ].join("\n");
  });
}

/** A variable of a kind that may be assigned, or nothing to do. */
function assign(kind: Kind, value: Pieces, render: (name: string, value: string) => string = (name, v) => `${name} = ${v}`): Pieces {
  return piece<[number, Piece]>([fc.nat(12), value], (scope, choice, expression) => {
    const name = scope.pickAssignable(kind, choice);
    if (name !== undefined) return render(name, expression(scope));
    return kind === "list" ? `print(#${expression(scope)})` : kind === "obj" ? `print((${expression(scope)}).v)` : `print(${expression(scope)})`;
  });
}

/** A statement about a variable that must exist; else nothing. */
function about(kind: Kind, parts: readonly Pieces[], render: (name: string, ...parts: string[]) => string): Pieces {
  return piece<[number, ...Piece[]]>([fc.nat(12), ...parts], (scope, choice, ...pieces) => {
    const name = scope.pick(kind, choice);
    return name === undefined ? "" : render(name, ...pieces.map((p) => p(scope)));
  });
}

function assignments(g: Grammar): Weighted[] {
  const { int, str, list } = g;
  const swap = piece<[number, number]>([fc.nat(12), fc.nat(12)], (scope, i, j) => {
    const [a, b] = [scope.pickAssignable("int", i), scope.pickAssignable("int", j)];
    return a === undefined || b === undefined ? "" : `${a}, ${b} = ${b}, ${a}`;
  });
  const indexThenVariable = piece<[number, number, Piece]>([fc.nat(12), fc.nat(12), int], (scope, i, j, value) => {
    const [n, l] = [scope.pickAssignable("int", i), scope.pick("list", j)];
    return n === undefined || l === undefined ? "" : `${n}, ${l}[#${l} + 1] = #${l}, ${value(scope)}`;
  });
  return [
    often(assign("int", int)),
    some(assign("int", int, (name, v) => `${name} = ${name} + ${v}`)),
    some(assign("str", str, (name, v) => `${name} = (${v}):sub(1, 60)`)),
    some(assign("str", str, (name, v) => `${name} = (${name} .. ${v}):sub(-40)`)),
    some(assign("float", g.float)),
    rare(assign("bool", g.bool)),
    rare(assign("list", list)),
    rare(assign("obj", g.obj)),
    rare(swap),
    rare(indexThenVariable),
    some(about("list", [int], (l, v) => `if #${l} < 20 then ${l}[#${l} + 1] = ${v} end`)),
    rare(about("list", [int, int], (l, i, v) => `if #${l} > 0 then ${l}[${i} % #${l} + 1] = ${v} end`)),
    some(about("list", [int], (l, v) => `if #${l} < 20 then table.insert(${l}, ${v}) end`)),
    rare(about("list", [int, int], (l, i, v) => `if #${l} < 20 then table.insert(${l}, ${i} % (#${l} + 1) + 1, ${v}) end`)),
    some(about("list", [text("", ", 1", ", #LIST")], (l, at) => `print(table.remove(${l}${at.replace("LIST", l)}), #${l})`)),
    some(about("list", [text("", ", function(a, b) return a > b end", ", function(a, b) return a % 7 < b % 7 end")], (l, f) => `table.sort(${l}${f})`)),
    some(about("list", [text('","', '"; "')], (l, s) => `print(table.concat(${l}, ${s}), #${l})`)),
    rare(about("list", [text("", ", 2", ", 1, 2", ", -1, 1")], (l, range) => `print(table.unpack(${l}${range}))`)),
    some(about("rec", [int], (r, v) => `${r}.n = ${v}`)),
    rare(about("rec", [str], (r, v) => `${r}.s = (${v}):sub(1, 30)`)),
    rare(about("rec", [text("extra", "other", "k1")], (r, k) => `${r}.${k} = (${r}.${k} or 0) + 1; print(${r}.${k})`)),
    rare(about("rec", [text("extra", "other", "k1")], (r, k) => `${r}.${k} = nil; print(rawget(${r}, "${k}"))`)),
    some(about("obj", [int, int], (o, k, v) => `${o}[${k}] = ${v}`)),
    rare(about("obj", [int], (o, v) => `${o}.v = ${v}; print(${o}.v)`)),
    rare(about("obj", [], (o) => `for k, v in pairs(${o}) do print(k, v) end`)),
    rare(lua`total = (total or 0) + ${int}; print(total)`),
    rare(lua`print(total, undefined_global)`),
  ];
}

/** Three ways to count, and the place inside the loop. */
const inLoop: Partial<Place> = { loop: true };

function control(g: Grammar): Weighted[] {
  const { int, bool } = g;
  const branch = (open: Pieces, body: Pieces): Pieces =>
    piece<[Piece, Piece]>([open, body], (scope, head, inner) => {
      const line = head(scope);
      return `${line}\n${indented(scope.block({}, () => inner(scope)))}`;
    });
  const conditional = piece<[Piece, readonly Piece[], Piece | null]>(
    [branch(lua`if ${bool} then`, g.block), fc.array(branch(lua`elseif ${bool} then`, g.block), { maxLength: 2 }), fc.option(g.block)],
    (scope, first, others, last) => {
      const lines = [first(scope), ...others.map((render) => render(scope))];
      if (last !== null) lines.push("else", indented(scope.block({}, () => last(scope))));
      return [...lines.filter((line) => line.trim() !== ""), "end"].join("\n");
    },
  );
  return [
    often(conditional),
    rare(lua`if ${bool} then print(${int}) end`),
    often(numericFor(g)),
    rare(edgeFor(g)),
    some(whileLoop(g)),
    some(repeatLoop(g)),
    some(genericFor(g)),
    rare(closuresOfLoop(g)),
    rare(piece<[Piece]>([g.block], (scope, inner) => enclosed(scope, "do", () => scope.block({}, () => inner(scope))))),
  ];
}

function numericFor(g: Grammar): Pieces {
  const bounds = fc.oneof(
    { weight: 5, arbitrary: fc.tuple(fc.integer({ min: -3, max: 5 }), fc.nat(4)).map(([from, steps]) => `${from}, ${from + steps}`) },
    { weight: 2, arbitrary: fc.constantFrom("3, 1, -1", "10, 1, -4", "1, 0", "5, 5", "-1, -3, -1", "0, 9, 3") },
    { weight: 2, arbitrary: fc.constantFrom("1, 2.9", "1, 3, 2", "3, 0.5, -1", '-2, 0, 1') },
  );
  return piece<[string, Piece]>([bounds, g.block], (scope, range, inner) => {
    const i = scope.fresh("i");
    return enclosed(scope, `for ${i} = ${range} do`, () =>
      scope.block(inLoop, () => {
        scope.declare(i, "int");
        return inner(scope);
      }),
    );
  });
}

/** Loops at the ends of the integers, and loops over floats. */
function edgeFor(g: Grammar): Pieces {
  const whole = text(
    "math.maxinteger - 2, math.maxinteger",
    "math.mininteger + 2, math.mininteger, -1",
    "math.maxinteger - 1, math.huge",
    "math.mininteger, math.mininteger + 1",
    "1, math.maxinteger, math.maxinteger // 2",
    "-1, math.mininteger, math.mininteger // 2",
    "math.maxinteger, math.maxinteger - 6, -3",
    "3, -math.huge",
    "1, -1, math.maxinteger",
    "2^53 | 0, 2^53 + 2",
  );
  const floating = text("1.0, 2, 0.5", "0, 1, 0.25", "1, 0.0, -0.5", "0.0, -1", "3, 5.0", "1.5, 3", "-0.0, 0.0", "1e15, 1e15 + 2");
  const loop = (range: Pieces, kind: Kind): Pieces =>
    piece<[Piece, Piece]>([range, g.anyValue], (scope, bounds, value) => {
      const i = scope.fresh(PREFIX[kind]);
      const line = bounds(scope);
      return scope.block(inLoop, () => {
        scope.declare(i, kind);
        return `for ${i} = ${line} do print(${i}, ${value(scope)}) end`;
      });
    });
  return fc.oneof(loop(whole, "int"), loop(floating, "float"));
}

function whileLoop(g: Grammar): Pieces {
  return piece<[number, Piece, Piece]>([fc.nat(4), g.bool, g.block], (scope, count, condition, inner) => {
    const k = scope.fresh("k");
    const test = condition(scope);
    const loop = enclosed(scope, `while ${k} > 0 and (${k} > 1 or ${test}) do`, () =>
      scope.block(inLoop, () => {
        scope.declare(k, "int", false);
        return [`${k} = ${k} - 1`, inner(scope)].filter((line) => line !== "").join("\n");
      }),
    );
    return `local ${k} = ${count}\n${loop}`;
  });
}

function repeatLoop(g: Grammar): Pieces {
  return piece<[number, Piece, Piece]>([fc.nat(3), g.bool, g.block], (scope, count, condition, inner) => {
    const k = scope.fresh("k");
    const loop = scope.block(inLoop, () => {
      scope.declare(k, "int", false);
      const body = [`${k} = ${k} + 1`, inner(scope)].filter((line) => line !== "").join("\n");
      const test = condition(scope);
      return `repeat\n${indented(body)}\nuntil ${k} > ${count} or ${test}`;
    });
    return `local ${k} = 0\n${loop}`;
  });
}

function genericFor(g: Grammar): Pieces {
  const loop = (names: readonly [string, Kind | undefined][], iterator: Pieces): Pieces =>
    piece<[Piece, Piece]>([iterator, g.block], (scope, source, inner) => {
      const over = source(scope);
      const fresh = names.map(([prefix, kind]) => [scope.fresh(prefix), kind] as const);
      return enclosed(scope, `for ${fresh.map(([name]) => name).join(", ")} in ${over} do`, () =>
        scope.block(inLoop, () => {
          for (const [name, kind] of fresh) if (kind !== undefined) scope.declare(name, kind);
          const seen = fresh[fresh.length - 1]![0];
          return [`print(${seen})`, inner(scope)].filter((line) => line !== "").join("\n");
        }),
      );
    });
  const counter = lua`(function() local k = 0; return function(_, c) k = k + 1; if k < 4 then return k, k * ${smallInt} end end end)()`;
  const stateless = lua`function(limit, c) if c < limit then return c + 1, c * 2 end end, ${text("3", "2", "0")}, 0`;
  return fc.oneof(
    loop([["i", "int"], ["v", "int"]], lua`ipairs(${g.list})`),
    loop([["w", "str"]], lua`(${g.str}):gmatch(${text('"%a+"', '"%d"', '"[^,]+"')})`),
    loop([["c", "int"], ["d", "int"]], counter),
    loop([["c", "int"], ["d", "int"]], stateless),
    loop([["p", "int"], ["c", "int"]], lua`utf8.codes(${text('"h\\u{e9}"', '"abc"', '""')})`),
    loop([["k", "int"], ["v", "int"]], lua`pairs(${text("{ 10, 20 }", "{}", "{ 5 }", "{ 1, 2, 3 }")})`),
    loop([["k", "str"], ["v", "int"]], lua`pairs({ only = ${g.int} })`),
    loop([["i", "int"], ["v", "int"]], lua`next, { 7, 8 }, nil`),
  );
}

/** Closures made by the rounds of a loop have a variable each. */
function closuresOfLoop(g: Grammar): Pieces {
  return piece<[Piece, Piece]>([g.int, g.int], (scope, initial, step) => {
    const [fs, i, own] = [scope.fresh("fs"), scope.fresh("i"), scope.fresh("n")];
    const body = scope.function({ coroutine: false }, () => {
      scope.declare(i, "int");
      const first = initial(scope);
      scope.declare(own, "int");
      return `  local ${own} = ${first}\n  ${fs}[${i}] = function(d) ${own} = ${own} + d + ${step(scope)}; return ${own}, ${i} end`;
    });
    return `local ${fs} = {}\nfor ${i} = 1, 3 do\n${body}\nend\nprint(${fs}[1](1), ${fs}[3](2), ${fs}[1](3))`;
  });
}

function jumps(g: Grammar): Weighted[] {
  const { int, bool } = g;
  const leave = piece<[Piece]>([bool], (scope, condition) => (scope.place.loop ? `if ${condition(scope)} then break end` : ""));
  const result = piece<[Piece, Piece]>([bool, int], (scope, condition, value) =>
    scope.place.returnsInt ? `if ${condition(scope)} then return ${value(scope)} end` : "",
  );
  const next = piece<[Piece, Piece]>([bool, g.block], (scope, condition, inner) => {
    const [label, i] = [scope.fresh("next"), scope.fresh("i")];
    return enclosed(scope, `for ${i} = 1, 3 do`, () =>
      scope.block(inLoop, () => {
        scope.declare(i, "int");
        return [`if ${condition(scope)} then goto ${label} end`, inner(scope), `print(${i})`, `::${label}::`].filter((l) => l !== "").join("\n");
      }),
    );
  });
  const out = piece<[Piece, Piece]>([bool, g.block], (scope, condition, inner) => {
    const [label, i, j] = [scope.fresh("out"), scope.fresh("i"), scope.fresh("j")];
    const loops = scope.block(inLoop, () => {
      scope.declare(i, "int");
      scope.declare(j, "int");
      const body = [`if ${condition(scope)} then goto ${label} end`, inner(scope)].filter((l) => l !== "").join("\n");
      return `for ${i} = 1, 2 do\n  for ${j} = ${i}, 2 do\n${indented(indented(body))}\n  end\nend`;
    });
    return `do\n${indented(loops)}\n  ::${label}::\nend`;
  });
  const back = piece<[Piece, boolean]>([g.block, fc.boolean()], (scope, inner, captured) => {
    const [label, k] = [scope.fresh("top"), scope.fresh("k")];
    const body = scope.block({ loop: false }, () => {
      scope.declare(k, "int", false);
      return [captured ? `local c = ${k}; local function f() c = c + 1; return c end; print(f(), f())` : "", inner(scope)];
    });
    return [`local ${k} = 0`, `::${label}::`, `${k} = ${k} + 1`, "do", indented(body.filter((l) => l !== "").join("\n")), "end", `if ${k} < 3 then goto ${label} end`]
      .filter((l) => l !== "")
      .join("\n");
  });
  return [some(leave), some(result), some(next), some(out), some(back)];
}

/** `f(...)` called where an error is caught, for the statements of other files. */
export function protectedCall(body: Pieces, results: Pieces, change: Partial<Place> = {}): Pieces {
  return piece<[Piece, Piece]>([inFunction(body, { protected: true, ...change }), results], (scope, inner, printed) => {
    scope.needs.add("show");
    const lines = inner(scope);
    return `show(pcall(function(${change.vararg === true ? "..." : ""})\n${indented(lines)}\nend${printed(scope)}))`;
  });
}
