// Atoms: one object for each distinct name or string of a chunk, so that later stages compare by identity and keep what
// they know of it in arrays indexed by `id`.
import { RESERVED_WORDS, Token } from "./token.js";

export class Atom {
  constructor(
    /** The bytes. */
    readonly text: string,
    /** Dense, from 0, in order of first appearance (reserved words come first). */
    readonly id: number,
    /** The reserved word's token, or Token.Name. */
    readonly token: number,
  ) {}
}

/** The atoms of one chunk. */
export class AtomTable {
  private readonly atoms = new Map<string, Atom>();

  constructor() {
    for (let i = 0; i < RESERVED_WORDS.length; i++) {
      this.atoms.set(RESERVED_WORDS[i]!, new Atom(RESERVED_WORDS[i]!, i, 256 + i));
    }
  }

  intern(text: string): Atom {
    const known = this.atoms.get(text);
    if (known !== undefined) return known;
    const atom = new Atom(text, this.atoms.size, Token.Name);
    this.atoms.set(text, atom);
    return atom;
  }
}
