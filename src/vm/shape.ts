// Shapes: hidden classes for the string keys of tables. A shape says which slot holds which key; tables that got the same
// keys in the same order share it, so an inline cache is one comparison. Past MAX_SHARED keys, or when too many different
// shapes exist, a table gets a shape of its own (a dictionary), whose identity changes when its slots are renumbered.
import { EVENT_KEYS, type Event } from "./events.js";
import { LONGEST_HASHED, LONG_TEXT, LongTexts, chargeText } from "./long-text.js";
import { random32 } from "./secret.js";
import { SHORT_KEY, ShortKeys } from "./short-keys.js";

/** String keys a table may have before its shape becomes a dictionary: the globals of a script and some of its own. */
const MAX_SHARED = 64;
/** Longer keys are kept out of the shared tree, which would keep them alive. */
const MAX_SHARED_KEY = 40;
/**
 * Words of memory one tree may take; then a new tree begins, and the old one lives as long as tables use it and forgets what was
 * added below them. Bounds what scripts that make keys up can leave behind to some 2 MB.
 */
const MAX_TREE = 250_000;
/** Words of a shape and its entry in the one above, of a copied key, of a key in an index: about. */
const SHAPE_WORDS = 22;
const KEY_WORDS = 1;
const INDEX_WORDS = 5;
/** Sizes up to this are searched linearly. */
const LINEAR = 6;

/** Shapes up to this size have a list of keys of their own: one that can grow has room for 16 more. */
const OWN_KEYS = 8;

/** Keys up to this length are no views of longer strings. */
const SHORT = 12;

/** What may be done to a table; shapes that guard are never in the cache of an instruction that writes what they refuse. */
export const enum Guard {
  None = 0,
  /** Existing string keys can be assigned; there will be no other key and no other metatable. */
  NoNewKeys,
  /** The slots are shared with other tables until the first write. */
  CopyOnWrite,
  /** Nothing can be changed. */
  ReadOnly,
}

export class Shape {
  /** Keys by slot; entries from `size` on belong to other shapes that share the array. */
  keys: string[];
  size: number;
  /** A dictionary belongs to one table and changes in place when keys are added. */
  readonly dictionary: boolean;
  /** Shapes with a guard belong to one table (or to those that share its slots), and are dictionaries. */
  guard: Guard = Guard.None;
  /** What messages call a guarded table. */
  name = "";
  /** Slots of the keys of a larger shape: short ones, and the rest. */
  private index: ShortKeys | null = null;
  private longerIndex: Map<string, number> | null = null;
  /** The same for keys that a Map does not hash. */
  private longIndex: LongTexts<number> | null = null;
  /** The short key that was found last, and where: `t[k] = (t[k] or 0) + 1` looks for a key three times. */
  private lastFound = "";
  private lastLength = -1;
  private lastSlot = 0;
  private transitions: Map<string, Shape> | null = null;
  private lastKey: string | null = null;
  private lastShape: Shape | null = null;
  /** Slots of metamethods that were asked for, by event; −1: not known. */
  private eventSlots: number[] | null = null;
  /** The tree this shape's transitions belong to. */
  private tree = trees;
  /** Shared shapes with the same keys in the same order have the same, also in another tree. */
  identity = 0;
  /** Census epoch that last counted it. */
  mark = 0;
  /**
   * Some inline cache found fields through the table as a metatable or an `__index`. The shape is its own then, so
   * that every write that matters comes through `LuaTable.setStr` and moves `lookups.epoch`. So is one that is read-only or
   * shares its slots, which keeps such tables out of the caches of writing instructions.
   */
  isLookedThrough = false;
  /** Slot that a traversal has visited last: where the next step goes on without a search. */
  visited = 0;

  constructor(keys: string[], size: number, dictionary: boolean) {
    this.keys = keys;
    this.size = size;
    this.dictionary = dictionary;
  }

  /** Slot of `key`, or −1. Charges for a long key. */
  find(key: string): number {
    if (key.length > LONG_TEXT) chargeText(key.length);
    if (this.size <= LINEAR) {
      const keys = this.keys;
      for (let i = 0; i < this.size; i++) if (keys[i] === key) return i;
      return -1;
    }
    return key.length === this.lastLength && key === this.lastFound ? this.lastSlot : this.findInIndex(key);
  }

  private findInIndex(key: string): number {
    const index = this.index ?? this.buildIndex();
    const slot = key.length <= SHORT_KEY ? index.find(key, this.keys) : this.findLonger(key);
    if (slot >= 0 && key.length <= SHORT) {
      this.lastFound = key;
      this.lastLength = key.length;
      this.lastSlot = slot;
    }
    return slot;
  }

  private findLonger(key: string): number {
    const slot = key.length <= LONGEST_HASHED ? this.longerIndex?.get(key) : this.longIndex?.get(key);
    return slot ?? -1;
  }

  /** Slot of the metamethod for `event`, or −1. A slot that was found stays, as long as the shape is the same one. */
  findEvent(event: Event): number {
    const known = this.eventSlots;
    if (known !== null && known[event]! >= 0) return known[event]!;
    const slot = this.find(EVENT_KEYS[event]!);
    if (slot >= 0) this.rememberEvent(event, slot);
    return slot;
  }

  private rememberEvent(event: Event, slot: number): void {
    if (this.eventSlots === null) {
      this.eventSlots = EVENT_KEYS.map(() => -1);
      if (!this.dictionary) treeSize += EVENT_KEYS.length;
    }
    this.eventSlots[event] = slot;
  }

  private buildIndex(): ShortKeys {
    const index = (this.index = new ShortKeys(this.size));
    for (let i = 0; i < this.size; i++) this.addToIndex(index, this.keys[i]!, i);
    if (!this.dictionary) treeSize += INDEX_WORDS * this.size;
    return index;
  }

  private addToIndex(index: ShortKeys, key: string, slot: number): void {
    if (key.length <= SHORT_KEY) index.add(key, slot);
    else if (key.length <= LONGEST_HASHED) (this.longerIndex ??= new Map()).set(key, slot);
    else (this.longIndex ??= new LongTexts()).add(key, slot);
  }

  /** The shape after adding `key` (which must be absent) in slot `size`. A dictionary returns itself, changed. */
  add(key: string): Shape {
    if (this.dictionary) {
      this.keys.push(key);
      if (this.index !== null) this.addToIndex(this.index, key, this.size);
      this.size++;
      return this;
    }
    if (this.tree !== trees) this.forgetTransitions();
    if (this.lastKey === key) return this.lastShape!;
    let next = this.transitions?.get(key);
    if (next === undefined) {
      if (this.size >= MAX_SHARED || key.length > MAX_SHARED_KEY) return dictionaryOf(this.keys.slice(0, this.size)).add(key);
      const keys = this.extendKeys(key);
      next = new Shape(keys, this.size + 1, false);
      next.identity = extendIdentity(this.identity, key);
      treeSize += SHAPE_WORDS + (keys === this.keys ? 0 : KEY_WORDS * keys.length);
      if (treeSize > MAX_TREE) beginTree();
      if (this.tree !== trees) return next;
      if (this.lastShape !== null) (this.transitions ??= new Map([[this.lastKey!, this.lastShape]])).set(key, next);
    }
    this.lastKey = key;
    this.lastShape = next;
    return next;
  }

  /** A new tree has begun: this shape outlived the old one because a table (or the library of new states) uses it. */
  private forgetTransitions(): void {
    this.tree = trees;
    this.transitions = null;
    this.lastKey = null;
    this.lastShape = null;
  }

  private extendKeys(key: string): string[] {
    if (this.keys.length === this.size && this.size >= OWN_KEYS) { // nobody extended the shared array yet
      this.keys.push(key);
      return this.keys;
    }
    return this.keys.slice(0, this.size).concat(key); // push would leave room for 16 more
  }
}

/** Nobody who chooses keys can foresee what is made of them: different keys have the same identity by a chance of about 2^-50. */
const SECRET = { low: random32() | 1, high: random32() | 1 };

function extendIdentity(identity: number, key: string): number {
  let low = Math.imul((identity | 0) + key.length + 1, SECRET.low);
  let high = Math.imul(Math.floor(identity / 2 ** 32) + key.length + 1, SECRET.high);
  for (let i = 0; i < key.length; i++) {
    const code = key.charCodeAt(i);
    low = Math.imul((low ^ (low >>> 13)) + code, SECRET.low);
    high = Math.imul((high ^ (high >>> 15)) + code, SECRET.high);
  }
  return (high >>> 11) * 2 ** 32 + (low >>> 0);
}

/** Trees begun so far. */
let trees = 0;
let treeSize = 0;
let root = new Shape([], 0, false);

function beginTree(): void {
  trees++;
  treeSize = 0;
  root = new Shape([], 0, false);
}

/** Identities of shapes that no census counts: that of tables without string keys, and those of libraries, which all states have. */
const freeIdentities = new Set([0]);

/** No census counts a shared shape with these keys from now on, in whatever state. */
export function makeFree({ identity }: Shape): void {
  freeIdentities.add(identity);
}

export function isFree({ identity }: Shape): boolean {
  return freeIdentities.has(identity);
}

/** The shape of a table without string keys. */
export function rootShape(): Shape {
  return root;
}

/** A dictionary shape that owns `keys`. */
export function dictionaryOf(keys: string[]): Shape {
  return new Shape(keys, keys.length, true);
}

/** A shape of its own with the keys of `shape` and a guard. */
export function guardedBy(guard: Guard, name: string, shape: Shape): Shape {
  const guarded = dictionaryOf(shape.keys.slice(0, shape.size));
  guarded.guard = guard;
  guarded.name = name;
  return guarded;
}
