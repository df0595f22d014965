// Protected calls, to-be-closed variables and coroutines: everything where control leaves by another way than the end.
import fc from "fast-check";
import { type Grammar, inFunction, often, rare, some, type Weighted } from "./grammar.js";
import { commaList, indented, lua, type Piece, type Pieces, piece, text } from "./piece.js";
import { enclosed, protectedCall } from "./statements.js";

export function protectedStatements(g: Grammar): Weighted[] {
  const mayFail = fc.oneof(lua`${g.block}\n${g.failing}`, lua`if ${g.bool} then\n${g.failing}\nend\nreturn ${g.anyValue}`, lua`${g.block}\nreturn ${g.anyValue}, ${g.int}`);
  return [
    often(protectedCall(g.failing, text(""))),
    often(protectedCall(mayFail, text(""))),
    rare(protectedCall(lua`local p, q = ...\n${mayFail}`, lua`, ${g.anyValue}, ${g.int}`, { vararg: true })),
    some(protectedCall(fc.oneof(closing(g, true), closing(g, false)), text(""))),
    some(closing(g, false)),
    some(handled(g, mayFail)),
    rare(protectedNative(g)),
    some(sortWithErrors(g)),
  ];
}

function handled(g: Grammar, body: Pieces): Pieces {
  const handlers = [
    'function(e) return "handled: " .. (type(e) == "table" and "table" or tostring(e)) end',
    "function(e) show(e); return e end",
    "function(e) return 1, 2 end",
    // fails once in the handler itself; failing there for ever is a matter of the size of the host's C stack
    "(function() local calls = 0; return function(e) calls = calls + 1; if calls < 3 then error(calls) end; return calls end end)()",
    "function(e) return { code = e } end",
    "show",
  ];
  return piece<[Piece, Piece]>([inFunction(body, { protected: true }), text(...handlers)], (scope, inner, handler) => {
    scope.needs.add("show");
    return `show(xpcall(function()\n${indented(inner(scope))}\nend, ${handler(scope)}))`;
  });
}

const unlessCoroutine = (outside: string): Pieces => fc.constant((scope) => (scope.place.coroutine ? "tostring, 1" : outside));

/** Natives called directly by pcall. */
function protectedNative(g: Grammar): Pieces {
  return piece<[Piece]>(
    [
      fc.oneof(
        lua`error, ${g.anyValue}`,
        lua`error`,
        lua`math.floor, ${g.str}`,
        lua`string.rep, ${g.str}, ${text("2", "{}")}`,
        lua`pcall, error, ${g.anyValue}`,
        lua`select, 2, ${commaList(g.anyValue, 1, 3)}`,
        lua`setmetatable, ${text("{}, 1", "1, {}")}`,
        lua`next, {}`,
        lua`coroutine.wrap(function() error(${g.anyValue}) end)`,
        unlessCoroutine("coroutine.yield, 1"),
        lua`${text("nil", "{}", "1", '"s"')}`,
      ),
    ],
    (scope, call) => {
      scope.needs.add("show");
      return `show(pcall(${call(scope)}))`;
    },
  );
}

/** Variables with `<close>`: in blocks, loops left early, functions that return, blocks that fail. */
function closing(g: Grammar, fails: boolean): Pieces {
  const exits = fc.oneof(
    { weight: 3, arbitrary: text("end") },
    { weight: 2, arbitrary: text("break") },
    { weight: 2, arbitrary: text("return") },
    { weight: 2, arbitrary: text("goto") },
  );
  return piece<[Piece, Piece, Piece, Piece, boolean]>([g.block, g.block, exits, g.failing, fc.boolean()], (scope, before, after, exit, failing, twice) => {
    scope.needs.add("closer");
    scope.needs.add("show");
    const [first, second] = [scope.fresh("c"), scope.fresh("c")];
    const breaks = fails && scope.place.protected;
    const opened = (name: string, bad: boolean): string => `local ${name} <close> = closer("${name}"${bad ? ", true" : ""})`;
    const way = exit(scope);
    const body = (): string => {
      const lines = [opened(first, breaks && twice), before(scope)];
      if (twice) lines.push(opened(second, breaks));
      lines.push(after(scope));
      if (breaks && !twice) lines.push(failing(scope));
      else if (way === "break") lines.push(`if ${first} then break end`);
      else if (way === "return") lines.push(`do return ${first} and 5, 6 end`);
      else if (way === "goto") lines.push(`if ${first} then goto ${first}_end end`);
      return lines.filter((line) => line !== "").join("\n");
    };
    if (way === "break") {
      const i = scope.fresh("i");
      return enclosed(scope, `for ${i} = 1, 2 do`, () => scope.block({ loop: true }, body));
    }
    if (way === "return") return `show((function()\n${indented(scope.function({ coroutine: scope.place.coroutine }, body))}\nend)())`;
    const inner = scope.block({ loop: false }, body);
    return way === "goto" ? `do\n  do\n${indented(indented(inner))}\n  end\n  ::${first}_end::\nend` : `do\n${indented(inner)}\nend`;
  });
}

/** A comparison that fails, yields or lies. */
function sortWithErrors(g: Grammar): Pieces {
  return piece<[Piece, Piece]>(
    [g.list, text("a < b", "a > b", "a.x < b", "error(\"in sort\")", "coroutine.yield(a)", "(a & 7) < (b & 7)", "nil", "a <= b, 1")],
    (scope, list, comparison) => {
      scope.needs.add("show");
      const name = scope.fresh("l");
      const test = comparison(scope);
      const body = test.startsWith("error") ? test : `return ${test}`;
      return `local ${name} = ${list(scope)}\nshow(pcall(table.sort, ${name}, function(a, b) ${body} end))\nprint(#${name})`;
    },
  );
}

export function coroutineStatements(g: Grammar): Weighted[] {
  return [often(resumed(g)), often(generator(g)), rare(closedEarly(g)), rare(aboutRunning(g)), rare(pingPong(g))];
}

const yielding = (g: Grammar): Pieces =>
  fc.oneof(lua`print(coroutine.yield(${commaList(g.anyValue, 0, 3)}))`, lua`coroutine.yield(${commaList(g.anyValue, 1, 2)})`);

/** A coroutine body: yields between other statements, perhaps below a pcall or in a loop, and an end. */
function body(g: Grammar): Pieces {
  const parts = fc.array(
    fc.oneof(
      { weight: 4, arbitrary: yielding(g) },
      { weight: 3, arbitrary: g.block },
      { weight: 2, arbitrary: protectedCall(fc.oneof(yielding(g), lua`${yielding(g)}\n${g.failing}`), text(""), { coroutine: true }) },
      { weight: 1, arbitrary: lua`for y = 1, ${text("2", "3")} do coroutine.yield(y) end` },
      { weight: 1, arbitrary: closing(g, false) },
    ),
    { minLength: 1, maxLength: 4 },
  );
  return parts.map((pieces) => (scope) =>
    pieces
      .map((render) => render(scope))
      .filter((line) => line !== "")
      .join("\n"),
  );
}

function resumed(g: Grammar): Pieces {
  const ends = fc.oneof({ weight: 3, arbitrary: lua`return ${commaList(g.anyValue, 1, 2)}` }, { weight: 2, arbitrary: g.failing }, { weight: 1, arbitrary: text("") });
  return piece<[Piece, Piece, Piece, number, boolean]>(
    [body(g), ends, commaList(g.int, 1, 2), fc.integer({ min: 1, max: 5 }), fc.boolean()],
    (scope, inner, end, passed, rounds, last) => {
      scope.needs.add("show");
      const co = scope.fresh("co");
      const lines = scope.function({ coroutine: true, protected: true }, () => {
        scope.declare("p", "int");
        return [inner(scope), end(scope)].filter((line) => line !== "").join("\n");
      });
      const resume = `for _ = 1, ${rounds} do\n  show(coroutine.resume(${co}, ${passed(scope)}))\n  print(coroutine.status(${co}))\nend`;
      return `local ${co} = coroutine.create(function(p, ...)\n  p = math.tointeger(p) or 1\n${indented(lines)}\nend)\n${resume}${last ? `\nshow(coroutine.close(${co}))` : ""}`;
    },
  );
}

function generator(g: Grammar): Pieces {
  return piece<[Piece, Piece]>([body(g), g.block], (scope, inner, each) => {
    scope.needs.add("show");
    const [value, extra] = [scope.fresh("y"), scope.fresh("z")];
    const lines = scope.function({ coroutine: true }, () => inner(scope));
    const open = `for ${value}, ${extra} in coroutine.wrap(function()\n${indented(lines)}\nend) do`;
    return enclosed(scope, open, () => scope.block({ loop: true }, () => [`show(${value}, ${extra})`, each(scope)].filter((l) => l !== "").join("\n")));
  });
}

/** Closing a suspended coroutine runs its pending closers. */
function closedEarly(g: Grammar): Pieces {
  return piece<[Piece, boolean, boolean]>([g.anyValue, fc.boolean(), fc.boolean()], (scope, value, bad, again) => {
    scope.needs.add("closer");
    scope.needs.add("show");
    const [co, c] = [scope.fresh("co"), scope.fresh("c")];
    const lines = [
      `local ${co} = coroutine.create(function()`,
      `  local ${c} <close> = closer("${c}"${bad ? ", true" : ""})`,
      `  coroutine.yield(${value(scope)})`,
      `  print("not reached")`,
      "end)",
      `show(coroutine.resume(${co}))`,
      `show(coroutine.close(${co}))`,
      `print(coroutine.status(${co}))`,
    ];
    if (again) lines.push(`show(coroutine.resume(${co}))`, `show(coroutine.close(${co}))`);
    return lines.join("\n");
  });
}

function aboutRunning(g: Grammar): Pieces {
  return lua`print(coroutine.isyieldable(), select(2, coroutine.running()), coroutine.wrap(function(...) return coroutine.isyieldable(), select(2, coroutine.running()), ... end)(${g.int}))`;
}

function pingPong(g: Grammar): Pieces {
  return piece<[Piece, Piece]>([g.int, g.int], (scope, step, start) => {
    const co = scope.fresh("co");
    const inner = scope.function({}, () => {
      scope.declare("x", "int");
      return step(scope);
    });
    return `local ${co} = coroutine.wrap(function(x) while true do x = coroutine.yield(${inner}) end end)\nprint(${co}(${start(scope)}), ${co}(2), ${co}(3))`;
  });
}
