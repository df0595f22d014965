// The strings that a census has met, each once. What V8's Map makes for a million of them, and makes anew as it grows, are pauses and 50 MB of
// garbage a pass; here nothing that has been made is moved.
import { grownPairs } from "./hash-pairs.js";
import { hashText } from "./long-text.js";

/** Strings are kept by the highest bits of their hash, so that no index grows large enough for its growth to take long. */
const INDEX_BITS = 8;
const FIRST_INDEX = 64;
/** Strings a page: V8 moves smaller arrays about while they are young. */
const PAGE_BITS = 15;
const PAGE = 1 << PAGE_BITS;

export class KnownStrings {
  /** Pairs (hash-pairs.ts) of a hash and a position + 1. */
  private readonly indexes: Int32Array[] = [];
  private readonly counts = new Int32Array(1 << INDEX_BITS);
  /** The string at position p is pages[p >> PAGE_BITS][p & (PAGE − 1)]. */
  private readonly pages: string[][] = [];
  private size = 0;

  /** The string equal to `text` that was met first; undefined when this is the first. */
  meet(text: string): string | undefined {
    const hash = hashText(text);
    const which = hash >>> (32 - INDEX_BITS);
    const index = (this.indexes[which] ??= new Int32Array(FIRST_INDEX));
    const mask = index.length - 2;
    let at = (hash << 1) & mask;
    for (let found = index[at + 1]!; found !== 0; found = index[at + 1]!) {
      if (index[at] === hash) {
        const known = this.at(found - 1);
        if (known === text) return known;
      }
      at = (at + 2) & mask;
    }
    index[at] = hash;
    index[at + 1] = this.keep(text) + 1;
    if (++this.counts[which]! > index.length >> 2) this.indexes[which] = grownPairs(index, 2);
    return undefined;
  }

  private at(position: number): string {
    return this.pages[position >> PAGE_BITS]![position & (PAGE - 1)]!;
  }

  /** The position that `text` gets. */
  private keep(text: string): number {
    const position = this.size++;
    if ((position & (PAGE - 1)) === 0) this.pages.push(position === 0 ? [] : new Array<string>(PAGE)); // few strings need no page
    this.pages[position >> PAGE_BITS]![position & (PAGE - 1)] = text;
    return position;
  }
}
