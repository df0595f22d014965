// Searching a text for another one, in linear time whatever they are.
import { COST } from "../../vm/meter.js";
import type { Thread } from "../../vm/thread.js";

/** JavaScript's own search is used for needles up to this length: in the worst case it takes text times needle. */
const SHORT_NEEDLE = 64;
/** Characters between two payments. */
const STRETCH = 8192;

/** `text.indexOf(needle, from)`, paid for as it goes on. */
export function findText(L: Thread, text: string, needle: string, from: number): number {
  const at = needle.length <= SHORT_NEEDLE ? text.indexOf(needle, from) : findLong(L, text, needle, from);
  if (needle.length <= SHORT_NEEDLE) pay(L, (at < 0 ? text.length : at) - from);
  return at;
}

/** Knuth, Morris and Pratt's search: no character of the text is looked at twice. */
function findLong(L: Thread, text: string, needle: string, from: number): number {
  if (text.length - from < needle.length) return -1;
  const back = borders(L, needle);
  let matched = 0;
  let paid = from;
  for (let i = from; i < text.length; i++) {
    if (i - paid >= STRETCH) {
      pay(L, i - paid);
      paid = i;
    }
    const c = text.charCodeAt(i);
    while (matched > 0 && needle.charCodeAt(matched) !== c) matched = back[matched - 1]!;
    if (needle.charCodeAt(matched) === c) matched++;
    if (matched === needle.length) {
      pay(L, i - paid);
      return i - matched + 1;
    }
  }
  pay(L, text.length - paid);
  return -1;
}

/** For each prefix of `needle`: the length of its longest proper prefix that is also its suffix. */
function borders(L: Thread, needle: string): Int32Array {
  L.state.memory.require(needle.length * Int32Array.BYTES_PER_ELEMENT);
  const lengths = new Int32Array(needle.length);
  for (let i = 1, k = 0; i < needle.length; i++) {
    const c = needle.charCodeAt(i);
    while (k > 0 && needle.charCodeAt(k) !== c) k = lengths[k - 1]!;
    if (needle.charCodeAt(k) === c) k++;
    lengths[i] = k;
  }
  pay(L, needle.length);
  return lengths;
}

function pay(L: Thread, characters: number): void {
  if (characters >= COST.bytesPerUnit) L.state.meter.charge(Math.floor(characters / COST.bytesPerUnit));
}
