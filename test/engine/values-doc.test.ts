// The examples of docs/values.md do what they say.
import { deepStrictEqual } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { Bench } from "./support.js";

const document = readFileSync("docs/values.md", "utf8");

/** First two columns of the table under a heading. */
function rowsUnder(heading: string): [string, string][] {
  const section = document.split(`## ${heading}\n`)[1]!.split("\n## ")[0]!;
  return [...section.matchAll(/^\| `(.+?)` \| `(.+?)` \|/gm)].map(([, left, right]) => [left!, right!]);
}

/** A JavaScript expression of the document, which may build objects without prototype. */
const evaluate = (expression: string): unknown =>
  (Reflect.construct(Function, ["object", `return (${expression})`]) as (object: unknown) => unknown)((fields: object) => Object.assign(Object.create(null) as object, fields));

test.each(rowsUnder("Lua to plain"))("Lua %s is %s", (lua, plain) => {
  deepStrictEqual(new Bench().plain(`return ${lua}`), evaluate(plain));
});

test.each(rowsUnder("Plain to Lua"))("%s is Lua %s", (javascript, lua) => {
  const bench = new Bench();
  deepStrictEqual(bench.converter.toTagged(bench.converter.fromPlain(evaluate(javascript))), bench.converter.toTagged(bench.eval(`return ${lua}`)));
});

test("both tables have rows", () => {
  expect(rowsUnder("Lua to plain").length).toBeGreaterThan(14);
  expect(rowsUnder("Plain to Lua").length).toBeGreaterThan(15);
});
