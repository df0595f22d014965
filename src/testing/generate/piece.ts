// The bricks of the program generator. A generated program is a tree of pieces, and a piece is a function from the scope it
// lands in to text: which variable a reference means is decided when the text is made, so that fast-check may drop or
// replace any part of the tree while shrinking and the rest still names variables that exist.
import fc from "fast-check";
import type { Scope } from "./scope.js";

export type Piece = (scope: Scope) => string;
export type Pieces = fc.Arbitrary<Piece>;

/** Template of Lua text with generated pieces in its holes, rendered from left to right in one scope. */
export function lua(strings: TemplateStringsArray, ...holes: readonly (Pieces | string)[]): Pieces {
  const parts = holes.map((hole) => (typeof hole === "string" ? fc.constant<Piece>(() => hole) : hole));
  return fc.tuple(...parts).map((pieces) => (scope) => {
    let text = strings[0]!;
    for (const [i, piece] of pieces.entries()) text += piece(scope) + strings[i + 1]!;
    return text;
  });
}

/** One of some fixed texts; shrinks towards the first. */
export function text(...choices: readonly string[]): Pieces {
  return fc.nat(choices.length - 1).map((i) => () => choices[i]!);
}

/** A piece made from other pieces by code, for whatever declares names or opens scopes. */
export function piece<Parts extends unknown[]>(
  parts: { [K in keyof Parts]: fc.Arbitrary<Parts[K]> },
  render: (scope: Scope, ...parts: Parts) => string,
): Pieces {
  return fc.tuple<Parts>(...parts).map((values) => (scope) => render(scope, ...values));
}

/** `min` to `max` pieces with commas between them. */
export function commaList(element: Pieces, min: number, max: number): Pieces {
  return fc.array(element, { minLength: min, maxLength: max }).map((pieces) => (scope) => pieces.map((p) => p(scope)).join(", "));
}

/** Text of statements, indented under their opening line. */
export function indented(body: string): string {
  return body === "" ? "" : body.replace(/^/gm, "  ").replace(/^ +$/gm, "");
}
