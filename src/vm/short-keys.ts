// Positions of short strings in a list of keys, by a hash of our own. V8 takes twice as long in a Map to find a string that a script has just
// made: the string has no hash yet, and is nobody's twin.
import { powerFor } from "./hash.js";
import { grownPairs, putPair } from "./hash-pairs.js";
import { random32 } from "./secret.js";

/** Nobody who chooses keys can foresee which of them collide. */
const SECRET = { start: random32(), factor: random32() | 1 };

/** Longest strings that are kept so; a hash that V8 remembers is found sooner than one of more bytes is made. */
export const SHORT_KEY = 10;

function hashOf(key: string): number {
  const { length } = key;
  const { factor } = SECRET;
  let h = SECRET.start ^ length;
  for (let i = 0; i < length; i++) {
    h = Math.imul(h ^ key.charCodeAt(i), factor);
    h ^= h >>> 15;
  }
  return h;
}

/** Up to this length room grows fourfold: what it takes is not much, and V8 makes long typed arrays slowly. */
const QUICKLY_GROWN = 1024;

export class ShortKeys {
  /** Pairs (hash-pairs.ts) of a hash and a position + 1. */
  private pairs: Int32Array;
  private count = 0;

  /** With room for `expected` keys. */
  constructor(expected: number) {
    this.pairs = new Int32Array(4 << powerFor(expected));
  }

  /** Position of `key` in `keys`, or −1. */
  find(key: string, keys: readonly string[]): number {
    const { pairs } = this;
    const mask = pairs.length - 2;
    const hash = hashOf(key);
    for (let at = (hash << 1) & mask; ; at = (at + 2) & mask) {
      const found = pairs[at + 1]!;
      if (found === 0) return -1;
      if (pairs[at] === hash && keys[found - 1] === key) return found - 1;
    }
  }

  /** `key` is not there yet. */
  add(key: string, position: number): void {
    if (++this.count > this.pairs.length >> 2) this.pairs = grownPairs(this.pairs, this.pairs.length < QUICKLY_GROWN ? 4 : 2);
    putPair(this.pairs, hashOf(key), position + 1);
  }

  /** Places looked at for the key that takes longest to find. */
  longestSearch(): number {
    const { pairs } = this;
    let longest = 0;
    for (let at = 0; at < pairs.length; at += 2) {
      if (pairs[at + 1] === 0) continue;
      const distance = (at - ((pairs[at]! << 1) & (pairs.length - 2)) + pairs.length) % pairs.length;
      longest = Math.max(longest, distance / 2 + 1);
    }
    return longest;
  }
}
