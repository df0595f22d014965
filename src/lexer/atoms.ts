// Atoms: one object for each distinct name or string of a chunk, so that later stages compare by identity and keep what
// they know of it in arrays indexed by `id`.
import { cut } from "../base/bytes.js";
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

const RESERVED = new Map(RESERVED_WORDS.map((text, i) => [text, new Atom(text, i, 256 + i)]));

/** The atoms of one chunk. */
export class AtomTable {
  private readonly atoms = new Map<string, Atom>();
  /** The last name seen for each hash, at first the empty one: most names are found here, without making a string of them first. */
  private readonly recent: Atom[];
  /** Where each of them starts and ends in the source: bytes are compared with bytes, which is faster than with a string. */
  private readonly places: Int32Array;
  private readonly mask: number;

  /** `sourceLength` is what the chunk's size is estimated from. */
  constructor(sourceLength: number) {
    let size = MIN_RECENT;
    while (size < MAX_RECENT && size * BYTES_PER_NAME < sourceLength) size *= 2;
    this.recent = new Array<Atom>(size).fill(this.intern(""));
    this.places = new Int32Array(2 * size);
    this.mask = size - 1;
  }

  intern(text: string): Atom {
    const known = this.atoms.get(text) ?? RESERVED.get(text);
    if (known !== undefined) return known;
    const atom = new Atom(text, RESERVED.size + this.atoms.size, Token.Name);
    this.atoms.set(text, atom);
    return atom;
  }

  /** The atom of `source[start, end)`, whose bytes are in `bytes` and give `hash`. */
  internRange(source: string, bytes: Uint8Array, start: number, end: number, hash: number): Atom {
    const slot = (hash ^ (hash >>> 15)) & this.mask;
    const { places } = this;
    const earlier = places[2 * slot]!;
    if (places[2 * slot + 1]! - earlier === end - start && isRepeated(bytes, earlier, start, end)) return this.recent[slot]!;
    const atom = this.intern(cut(source, start, end));
    this.recent[slot] = atom;
    places[2 * slot] = start;
    places[2 * slot + 1] = end;
    return atom;
  }
}

const MIN_RECENT = 32;
const MAX_RECENT = 4096;
const BYTES_PER_NAME = 64;

/** Whether the bytes from `earlier` on are those of [start, end). */
function isRepeated(bytes: Uint8Array, earlier: number, start: number, end: number): boolean {
  for (let i = start, j = earlier; i < end; i++, j++) {
    if (bytes[i] !== bytes[j]) return false;
  }
  return true;
}
