// Open addressing for indexes of strings by hashes of our own: pairs of a hash and what is found there, 0 where a pair is free. At most half are
// taken. A search begins at `(hash << 1) & (pairs.length - 2)`, and goes on to the next pair.

/** Puts `found` where a search for `hash` ends. */
export function putPair(pairs: Int32Array, hash: number, found: number): void {
  const mask = pairs.length - 2;
  let at = (hash << 1) & mask;
  while (pairs[at + 1] !== 0) at = (at + 2) & mask;
  pairs[at] = hash;
  pairs[at + 1] = found;
}

/** The same pairs in room for `factor` times as many, a power of two. */
export function grownPairs(pairs: Int32Array, factor: number): Int32Array {
  const larger = new Int32Array(factor * pairs.length);
  for (let at = 0; at < pairs.length; at += 2) if (pairs[at + 1] !== 0) putPair(larger, pairs[at]!, pairs[at + 1]!);
  return larger;
}
