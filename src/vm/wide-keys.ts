// Positions of number keys, found by a hash that nobody who chooses the keys can foresee. V8's hash of numbers is known and can be
// inverted: 30,000 well-chosen keys in one Map cost 0.1 ms each to look up.
//
// Integers of 32 bits have a table of their own: a Map takes four times as long to find one.
import { random32 } from "./secret.js";

const SECRET = { add: random32(), low: random32() | 1, high: random32() | 1, small: random32() | 1 };

/** Where the search for `key` begins. One product alone would put the members of some arithmetic series side by side. */
function placeOf(key: number, shift: number): number {
  const h = Math.imul(key ^ SECRET.add, SECRET.small);
  return (Math.imul(h ^ (h >>> 15), SECRET.low) >>> shift) << 1;
}

/** Positions of 32-bit integers: open addressing, at most half full. */
export class SmallKeys {
  /** Pairs of a key and its position + 1; 0: free. */
  private pairs = new Int32Array(16);
  private count = 0;
  /** Bits of a hash that do not name a place. */
  private shift = 29;

  /** Position of `key`, or −1. */
  find(key: number): number {
    const { pairs } = this;
    const mask = pairs.length - 2;
    for (let at = placeOf(key, this.shift); ; at = (at + 2) & mask) {
      const found = pairs[at + 1]!;
      if (found === 0) return -1;
      if (pairs[at] === key) return found - 1;
    }
  }

  /** `key` is not there yet. */
  add(key: number, position: number): void {
    if (++this.count > this.pairs.length >> 2) this.grow();
    this.put(key, position + 1);
  }

  /** Forgets all keys; the room too if there were few in it, so that clearing never costs more than adding them did. */
  clear(): void {
    if (this.count >= this.pairs.length >> 4) this.pairs.fill(0);
    else {
      this.pairs = new Int32Array(16);
      this.shift = 29;
    }
    this.count = 0;
  }

  private put(key: number, found: number): void {
    const { pairs } = this;
    const mask = pairs.length - 2;
    let at = placeOf(key, this.shift);
    while (pairs[at + 1] !== 0) at = (at + 2) & mask;
    pairs[at] = key;
    pairs[at + 1] = found;
  }

  /** Places looked at for the key that takes longest to find. */
  longestSearch(): number {
    const { pairs } = this;
    let longest = 0;
    for (let at = 0; at < pairs.length; at += 2) {
      if (pairs[at + 1] === 0) continue;
      const distance = (at - placeOf(pairs[at]!, this.shift) + pairs.length) % pairs.length;
      longest = Math.max(longest, distance / 2 + 1);
    }
    return longest;
  }

  private grow(): void {
    const old = this.pairs;
    this.pairs = new Int32Array(2 * old.length);
    this.shift--;
    for (let at = 0; at < old.length; at += 2) if (old[at + 1] !== 0) this.put(old[at]!, old[at + 1]!);
  }
}

const double = new Float64Array(1);
const words = new Int32Array(double.buffer);

function hashOf(key: number | bigint): number {
  let low: number;
  let high: number;
  if (typeof key === "number") {
    double[0] = key;
    low = words[0]!;
    high = words[1]!;
  } else {
    low = Number(BigInt.asIntN(32, key));
    high = Number(BigInt.asIntN(32, key >> 32n));
  }
  const h = Math.imul(low ^ SECRET.add, SECRET.low);
  return Math.imul(h ^ (h >>> 15) ^ high, SECRET.high);
}

/** Positions of numbers that are not 32-bit integers in a list of keys. */
export class WideKeys {
  /** By hash: the position, or those of keys that share it. */
  private readonly positions = new Map<number, number | number[]>();

  /** Position of `key` in `keys`, or −1. */
  find(key: number | bigint, keys: readonly unknown[]): number {
    const found = this.positions.get(hashOf(key));
    if (found === undefined) return -1;
    if (typeof found === "number") return keys[found] === key ? found : -1;
    return found.find((at) => keys[at] === key) ?? -1;
  }

  add(key: number | bigint, at: number): void {
    const hash = hashOf(key);
    const same = this.positions.get(hash);
    if (same === undefined) this.positions.set(hash, at);
    else if (typeof same === "number") this.positions.set(hash, [same, at]);
    else same.push(at);
  }
}
