// Arbitraries of whole Lua programs that mean something: they end, they print, and nearly all of them end without an error.
// They print no addresses, times or random numbers, and depend on the order of `pairs` only where there is one entry.
import fc from "fast-check";
import {
  anyExpression,
  boolExpression,
  floatExpression,
  functionExpression,
  intExpression,
  listExpression,
  objectExpression,
  recordExpression,
  stringExpression,
} from "./expressions.js";
import { failingStatement } from "./failures.js";
import type { Grammar } from "./grammar.js";
import { header } from "./objects.js";
import { lua, type Piece, type Pieces, piece, text } from "./piece.js";
import { coroutineStatements, protectedStatements } from "./protected.js";
import { Scope } from "./scope.js";
import { block, joinStatements, statement } from "./statements.js";

const grammar: Grammar = fc.letrec<Record<keyof Grammar, Piece>>((tie) => {
  const g: Grammar = {
    int: tie("int"),
    float: tie("float"),
    str: tie("str"),
    bool: tie("bool"),
    list: tie("list"),
    rec: tie("rec"),
    fn: tie("fn"),
    obj: tie("obj"),
    anyValue: tie("anyValue"),
    statement: tie("statement"),
    block: tie("block"),
    failing: tie("failing"),
  };
  return {
    int: intExpression(g),
    float: floatExpression(g),
    str: stringExpression(g),
    bool: boolExpression(g),
    list: listExpression(g),
    rec: recordExpression(g),
    fn: functionExpression(g),
    obj: objectExpression(g),
    anyValue: anyExpression(g),
    statement: statement(g, [...protectedStatements(g), ...coroutineStatements(g)]),
    block: block(g),
    failing: failingStatement(g),
  };
});

/** Most programs just end; some return values, and a few end in an error that nothing catches. */
const ending: Pieces = fc.oneof(
  { weight: 40, arbitrary: text("") },
  { weight: 3, arbitrary: lua`do return ${grammar.anyValue} end` },
  { weight: 1, arbitrary: piece<[Piece]>([grammar.failing], (scope, failing) => scope.block({ protected: true }, () => failing(scope))) },
);

/** Prints what the variables of the outermost block hold at the end. */
function epilogue(scope: Scope): string {
  const numbers = [...scope.names("int"), ...scope.names("float"), ...scope.names("str")];
  const lines = numbers.length === 0 ? [] : [`print(${numbers.slice(0, 60).join(", ")})`];
  for (const name of scope.names("list")) lines.push(`print(table.concat(${name}, " "))`);
  for (const name of scope.names("obj")) lines.push(`print(${name}.v)`);
  return lines.join("\n");
}

/** The text of a whole program. */
export const programArbitrary: fc.Arbitrary<string> = fc
  .tuple(fc.array(grammar.statement, { minLength: 1, maxLength: 12 }), ending, header)
  .map(([statements, end, prologue]) => {
    const scope = new Scope();
    const body = joinStatements(statements)(scope);
    const last = [epilogue(scope), end(scope)];
    return [prologue(scope), body, ...last].filter((part) => part !== "").join("\n") + "\n";
  });

/** The text of one expression that needs nothing from around it. */
export const expressionArbitrary: fc.Arbitrary<string> = grammar.anyValue.map((render) => {
  const scope = new Scope();
  const expression = render(scope);
  const wanted = scope.needs.has("object");
  return wanted ? "nil" : expression;
});

/** The text of one statement that needs nothing from around it: it declares what it uses. */
export const statementArbitrary: fc.Arbitrary<string> = fc.tuple(grammar.statement, header).map(([render, prologue]) => {
  const scope = new Scope();
  const body = render(scope);
  return [prologue(scope), body].filter((part) => part !== "").join("\n");
});
