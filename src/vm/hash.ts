// Hash part of a table: keys that are neither short-array integers nor strings, in insertion order. Removed entries keep
// their key (with a nil value) until the next growth, so a traversal may assign nil to the fields it visits.
import type { LuaValue } from "./value.js";
import { SmallKeys, WideKeys } from "./wide-keys.js";

/** The least b with n <= 2^b. */
export const powerFor = (n: number): number => 32 - Math.clz32(n - 1);

export class LuaHash {
  keys: LuaValue[] = [];
  values: LuaValue[] = [];
  /** Positions of keys: integers of 32 bits, other numbers, all others. */
  private small: SmallKeys | null = null;
  private wide: WideKeys | null = null;
  private others: Map<LuaValue, number> | null = null;
  /** Entries (live or dead) at which dead ones are dropped before growing. */
  private capacity = 4;
  /** A census has removed all entries: a traversal that stands at one of them is at its end. */
  wasEmptied = false;

  get(key: LuaValue): LuaValue {
    const i = this.find(key);
    return i < 0 ? undefined : this.values[i];
  }

  /** Position of `key`, or −1. */
  find(key: LuaValue): number {
    if (typeof key === "number") {
      if ((key | 0) === key) return this.small === null ? -1 : this.small.find(key);
      return this.wide === null ? -1 : this.wide.find(key, this.keys);
    }
    if (typeof key === "bigint") return this.wide === null ? -1 : this.wide.find(key, this.keys);
    return this.others === null ? -1 : this.others.get(key) ?? -1;
  }

  private addToIndex(key: LuaValue, at: number): void {
    if (typeof key === "number" && (key | 0) === key) (this.small ??= new SmallKeys()).add(key, at);
    else if (typeof key === "number" || typeof key === "bigint") (this.wide ??= new WideKeys()).add(key, at);
    else (this.others ??= new Map()).set(key, at);
  }

  private clearIndex(): void {
    if (this.keys.length === 0) this.small = null;
    else this.small?.clear();
    this.wide = null;
    this.others = null;
  }

  /** Assigns; returns how many entries the hash grew by (for accounting). */
  set(key: LuaValue, value: LuaValue): number {
    const i = this.find(key);
    if (i >= 0) {
      this.values[i] = value;
      return 0;
    }
    if (value === undefined) return 0;
    let grown = 0;
    if (this.keys.length >= this.capacity) grown = this.rehash();
    this.addToIndex(key, this.keys.length);
    this.keys.push(key);
    this.values.push(value);
    return grown;
  }

  /** Removes the entry at position `i` for good (census only: no traversal may be under way past it). */
  clear(i: number): void {
    this.values[i] = undefined;
  }

  /** Gives back the room of a hash whose entries a census has all removed. */
  dropDead(): void {
    if (this.keys.length === 0 || this.values.some((value) => value !== undefined)) return;
    this.keys = [];
    this.values = [];
    this.clearIndex();
    this.capacity = 0;
    this.wasEmptied = true;
  }

  private rehash(): number {
    const { keys, values } = this;
    let live = 0;
    for (let i = 0; i < keys.length; i++) {
      if (values[i] === undefined) continue;
      keys[live] = keys[i];
      values[live] = values[i];
      live++;
    }
    if (live < keys.length) {
      keys.length = live;
      values.length = live;
      this.clearIndex();
      for (let i = 0; i < live; i++) this.addToIndex(keys[i], i);
    }
    const before = this.capacity;
    this.capacity = 4;
    while (this.capacity <= live + (live >> 1)) this.capacity *= 2; // a third is free, so that a queue is not indexed anew all the time
    return Math.max(0, this.capacity - before);
  }

  get size(): number {
    return this.keys.length;
  }

  /** The next new key makes it grow, or drop its dead entries. */
  get isFull(): boolean {
    return this.keys.length >= this.capacity;
  }

  /** Adds to counts[b] the natural keys with a value that are above 2^(b − 1) and up to 2^b. */
  countNaturals(counts: Int32Array): void {
    const { keys, values } = this;
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i];
      if (typeof key === "number" && key > 0 && (key | 0) === key && values[i] !== undefined) counts[powerFor(key)]!++;
    }
  }

  /** The largest natural key with a value, up to `most`. */
  largestNatural(most: number): number {
    const { keys, values } = this;
    let largest = 0;
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i];
      if (typeof key === "number" && key > largest && key <= most && Math.floor(key) === key && values[i] !== undefined) largest = key;
    }
    return largest;
  }

  /** Moves the values of the natural keys up to `last` to list[key]; answers how many entries with a value remain. */
  moveNaturals(list: LuaValue[], last: number): number {
    const { keys, values } = this;
    let remaining = 0;
    for (let i = 0; i < keys.length; i++) {
      if (values[i] === undefined) continue;
      const key = keys[i];
      if (typeof key === "number" && key > 0 && key <= last && Math.floor(key) === key) {
        list[key] = values[i];
        values[i] = undefined;
      } else remaining++;
    }
    return remaining;
  }

  /** Allocated entries, for accounting. */
  get room(): number {
    return this.capacity;
  }
}
