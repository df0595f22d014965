// Searching a text for another one, in linear time whatever they are.
import type { Pieces } from "../../base/pieces.js";
import { COST } from "../../vm/meter.js";
import type { Thread } from "../../vm/thread.js";

/** JavaScript's own search is used for needles up to this length: in the worst case it takes text times needle. */
const SHORT_NEEDLE = 64;
/** Characters between two payments. */
const STRETCH = 1 << 16;

/** Whether a search is short enough to be done in one go. */
export const isShortSearch = (text: string, needle: string): boolean => text.length <= STRETCH && needle.length <= SHORT_NEEDLE;

/** `text.indexOf(needle, from)`, paid for; for those that are {@link isShortSearch}. */
export function findShort(L: Thread, text: string, needle: string, from: number): number {
  const at = text.indexOf(needle, from);
  pay(L, (at < 0 ? text.length : at) - from);
  return at;
}

/** Where `needle` first begins at or after `from`, but before `end`; or −1. */
export function indexBefore(text: string, needle: string, from: number, end: number): number {
  const last = end + needle.length - 1;
  return (last >= text.length ? text : text.slice(0, last)).indexOf(needle, from);
}

/** `text.indexOf(needle, from)`, paid for as it goes on. */
export function* findText(L: Thread, text: string, needle: string, from: number): Pieces<number> {
  if (needle.length > SHORT_NEEDLE) return yield* findLong(L, text, needle, from);
  for (let start = from; ; ) {
    const end = Math.min(text.length, start + STRETCH);
    const at = indexBefore(text, needle, start, end);
    pay(L, (at < 0 ? end : at) - start);
    if (at >= 0 || end === text.length) return at;
    start = end;
    yield;
  }
}

/** Knuth, Morris and Pratt's search: no character of the text is looked at twice. */
function* findLong(L: Thread, text: string, needle: string, from: number): Pieces<number> {
  if (text.length - from < needle.length) return -1;
  const back = yield* borders(L, needle);
  let matched = 0;
  let paid = from;
  for (let i = from; i < text.length; i++) {
    if (i - paid >= STRETCH) {
      pay(L, i - paid);
      paid = i;
      yield;
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
function* borders(L: Thread, needle: string): Pieces<Int32Array> {
  L.state.memory.require(needle.length * Int32Array.BYTES_PER_ELEMENT);
  const lengths = new Int32Array(needle.length);
  let paid = 0;
  for (let i = 1, k = 0; i < needle.length; i++) {
    if (i - paid >= STRETCH) {
      pay(L, i - paid);
      paid = i;
      yield;
    }
    const c = needle.charCodeAt(i);
    while (k > 0 && needle.charCodeAt(k) !== c) k = lengths[k - 1]!;
    if (needle.charCodeAt(k) === c) k++;
    lengths[i] = k;
  }
  pay(L, needle.length - paid);
  return lengths;
}

function pay(L: Thread, characters: number): void {
  if (characters >= COST.bytesPerUnit) L.state.meter.charge(Math.floor(characters / COST.bytesPerUnit));
}
