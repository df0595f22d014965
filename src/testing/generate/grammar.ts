// The names of the generator's nonterminals; each file of this folder defines some of them in terms of the others.
import fc from "fast-check";
import { type Piece, type Pieces, piece } from "./piece.js";
import type { Kind } from "./scope.js";

export interface Grammar {
  /** Expressions of one kind; evaluating one raises no error. */
  readonly int: Pieces;
  readonly float: Pieces;
  readonly str: Pieces;
  readonly bool: Pieces;
  /** A sequence of integers without holes. */
  readonly list: Pieces;
  /** A table with `n` (integer), `s` (string) and the methods `get` and `add`. */
  readonly rec: Pieces;
  /** A function from two integers to one. */
  readonly fn: Pieces;
  /** A table with a metatable that defines every event; `v` is an integer. */
  readonly obj: Pieces;
  /** Anything that can be printed: no table, function or thread. */
  readonly anyValue: Pieces;
  readonly statement: Pieces;
  /** Statements, as the text of a block; what they declare is visible to the rest of the same block only. */
  readonly block: Pieces;
  /** Statements that raise an error; legal only under a pcall. */
  readonly failing: Pieces;
}

export interface Weighted {
  readonly weight: number;
  readonly arbitrary: Pieces;
}

export const often = (arbitrary: Pieces): Weighted => ({ weight: 6, arbitrary });
export const some = (arbitrary: Pieces): Weighted => ({ weight: 3, arbitrary });
export const rare = (arbitrary: Pieces): Weighted => ({ weight: 1, arbitrary });

/** A reference to a visible variable, or `otherwise` when there is none. */
export function variable(kind: Kind, otherwise: Pieces): Pieces {
  return piece<[number, Piece]>([fc.nat(12), otherwise], (scope, choice, fallback) => scope.pick(kind, choice) ?? fallback(scope));
}

/** Renders `inner` in another place: inside a function body, a loop, ... */
export function inFunction(inner: Pieces, change: Partial<import("./scope.js").Place>, params: Readonly<Record<string, Kind>> = {}): Pieces {
  return inner.map((render) => (scope) =>
    scope.function(change, () => {
      for (const [name, kind] of Object.entries(params)) scope.declare(name, kind);
      return render(scope);
    }),
  );
}
