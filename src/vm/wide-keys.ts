// Positions of number keys, found by a hash that nobody who chooses the keys can foresee. V8's hash of numbers is known and can be
// inverted: 30,000 well-chosen keys in one Map cost 0.1 ms each to look up.

const random32 = (): number => (Math.random() * 0x100000000) | 0;
const SECRET = { add: random32(), low: random32() | 1, high: random32() | 1, small: random32() | 1 };

/** What a 32-bit integer is kept under in a Map; another 32-bit integer. */
export function scatter(key: number): number {
  return Math.imul(key ^ SECRET.add, SECRET.small);
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
