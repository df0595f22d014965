// Long strings: what it costs to read a whole one where an instruction does (comparisons, keys of tables), and a map for those
// whose contents V8 does not hash.
import { heap } from "./accounting.js";
import { COST } from "./meter.js";
import { random32 } from "./secret.js";

/** Strings up to this length are compared and looked up for nothing. */
export const LONG_TEXT = 512;

/** V8 takes the length for the hash of a longer string (String::kMaxHashCalcLength is 16383): equal lengths would all collide. */
export const LONGEST_HASHED = 8192;

const unitsOf = (length: number): number => Math.floor(length / COST.bytesPerUnit);

/** Charges the running state for reading a string of `length` bytes. Raises when that passes a limit. */
export function chargeText(length: number): void {
  if (length > LONG_TEXT) heap.watcher.charge(unitsOf(length));
}

/** {@link chargeText} for code that must not raise: false, and nothing charged, when that would leave less than `spare` fuel. */
export function tryChargeText(length: number, spare: number): boolean {
  if (length <= LONG_TEXT) return true;
  if (!heap.watcher.canPay(unitsOf(length) + spare)) return false;
  heap.watcher.charge(unitsOf(length));
  return true;
}

/** Bytes of the two strings that `a == b` may read. */
export function bytesToEqual(a: string, b: string): number {
  return a.length === b.length ? a.length : 0;
}

/** Bytes of each of the two strings that `a < b` may read. */
export function bytesToOrder(a: string, b: string): number {
  return Math.min(a.length, b.length);
}

interface Entry<V> {
  readonly text: string;
  readonly value: V;
}

/** Texts that look the same at a glance: a few in a list, more of them by a hash of all they contain. */
interface Bucket<V> {
  readonly few: Entry<V>[];
  hashed: Map<number, Entry<V>[]> | null;
}

const FEW = 4;
const SECRET = random32();

/** A map from strings longer than {@link LONGEST_HASHED}. */
export class LongTexts<V> {
  private readonly buckets = new Map<number, Bucket<V>>();
  /** Bytes read to tell strings apart. */
  read = 0;

  get(text: string): V | undefined {
    const bucket = this.buckets.get(glanceAt(text));
    if (bucket === undefined) return undefined;
    const { few, hashed } = bucket;
    return this.search(hashed === null ? few : hashed.get(this.hash(text)) ?? [], text)?.value;
  }

  /** `text` must be new. */
  add(text: string, value: V): void {
    const glance = glanceAt(text);
    let bucket = this.buckets.get(glance);
    if (bucket === undefined) this.buckets.set(glance, (bucket = { few: [], hashed: null }));
    const entry = { text, value };
    if (bucket.hashed === null) {
      bucket.few.push(entry);
      if (bucket.few.length <= FEW) return;
      bucket.hashed = new Map();
      for (const old of bucket.few) this.addHashed(bucket.hashed, old);
    } else this.addHashed(bucket.hashed, entry);
  }

  private addHashed(hashed: Map<number, Entry<V>[]>, entry: Entry<V>): void {
    const hash = this.hash(entry.text);
    const same = hashed.get(hash);
    if (same === undefined) hashed.set(hash, [entry]);
    else same.push(entry);
  }

  private search(entries: readonly Entry<V>[], text: string): Entry<V> | undefined {
    for (let i = 0; i < entries.length; i++) {
      if (i > 0) this.read += text.length;
      if (entries[i]!.text === text) return entries[i];
    }
    return undefined;
  }

  private hash(text: string): number {
    this.read += text.length;
    return hashText(text);
  }
}

/** A factor a place: bytes chosen to cancel each other out would have to know them. */
const FACTORS = Int32Array.from({ length: LONGEST_HASHED }, random32);

/** A hash of all of `text`; nobody who makes strings up can tell which will have the same. */
export function hashText(text: string): number {
  const { length } = text;
  let h = SECRET ^ length;
  for (let from = 0; from < length; from += LONGEST_HASHED) {
    h = mixed(h);
    const to = Math.min(length, from + LONGEST_HASHED);
    for (let i = from; i < to; i++) h = (h + Math.imul(text.charCodeAt(i), FACTORS[i - from]!)) | 0;
  }
  return mixed(h);
}

/** Brings high bits down and low ones up: a byte's high bits change only high ones of the sum. */
function mixed(h: number): number {
  h = Math.imul(h ^ (h >>> 16), 0x45d9f3b);
  return h ^ (h >>> 15);
}

/** A number from the length and a few bytes: where texts that count something differ. */
function glanceAt(text: string): number {
  const { length } = text;
  const last = text.charCodeAt(length - 1) | (text.charCodeAt(length - 2) << 8) | (text.charCodeAt(length - 3) << 16) | (text.charCodeAt(length - 4) << 24);
  return Math.imul(last, 0x5bd1e995) ^ Math.imul(length, 0x2c1b3c6d) ^ text.charCodeAt(0) ^ (text.charCodeAt(length >> 1) << 16);
}
