// LuaTable: shape + slots for string keys, a dense array for 1..n, an ordered hash for the rest.
import { doubleToInteger } from "../number/integer.js";
import { LuaFloat } from "../number/float.js";
import { SIZE, allocate } from "./accounting.js";
import { boxesIn, isBoxed, payForBox } from "./boxes.js";
import { Fault, raise } from "./fault.js";
import { LuaHash, powerFor } from "./hash.js";
import { LONG_TEXT } from "./long-text.js";
import { Guard, type Shape, dictionaryOf, guardedBy, rootShape } from "./shape.js";
import { SHARED } from "./shared.js";
import type { LuaValue } from "./value.js";

/** Shared by tables that have no string key yet; never written. */
const NO_SLOTS: LuaValue[] = [undefined];
NO_SLOTS.length = 0;
/** Shared by tables without an array part; element 0 is never a Lua index. */
const NO_ARRAY: LuaValue[] = [undefined];

/** An array of `n` nils whose V8 elements kind is generic from the start, with no spare room. */
function blank(n: number): LuaValue[] {
  const u = undefined;
  switch (n) {
    case 1: return [u];
    case 2: return [u, u];
    case 3: return [u, u, u];
    case 4: return [u, u, u, u];
    default: {
      const list: LuaValue[] = [u, u, u, u, u, u, u, u];
      if (n < 8) list.length = n;
      else for (let i = 8; i < n; i++) list.push(u);
      return list;
    }
  }
}

/**
 * Counts the changes that can make a field found through metatables come from somewhere else. Inline caches that looked
 * through metatables hold the count they were filled at.
 */
export const lookups = { epoch: 0 };
lookups.epoch++; // else V8 takes it for a constant, and gives up all code that reads it when it first changes

/** Longest array part; a longer one is more than V8 can hold in one piece, and it would end the process. */
const LONGEST_ARRAY = 1 << 26;

/** Longer array parts that are mostly nil become entries of the hash when they grow. */
const SPARSE = 64;
/** Longer array parts are accounted for in eight steps until their length has doubled. */
const LONG_ARRAY = 1 << 16;

/** Entries from which on a hash that grows is looked at for what belongs to the array part, and 2 to what power the longest one made so is below. */
const LEAST_MOVED = 8;
const LONGEST_MOVED = 26;
const naturals = new Int32Array(32);

/** Empty places that the last step of a traversal passed over: work that nobody sees. */
export const traversal = { skipped: 0 };

/**
 * Fields at which the room of a dictionary grows by half, and doubles again from there: else it would double at the same moments as V8's
 * map of its keys, and a limit of memory be passed by half in that moment before anybody could look.
 */
const STAGGER = 1024;

export class LuaTable {
  shape: Shape;
  /** Values of string keys by slot; may be longer than `shape.size`. */
  slots: LuaValue[] = NO_SLOTS;
  /** arr[i] is t[i] for 1 <= i < arr.length; arr[0] is nil, as whoever reads t[0] expects. May hold nils. */
  arr: LuaValue[] = NO_ARRAY;
  hash: LuaHash | null = null;
  /** Length of `arr` up to which it is accounted for; 1 for the shared one, which so is never pushed to. */
  room = 1;
  metatable: LuaTable | null = null;
  /** As a metatable: bit e set means event e (events.ts) is known to be absent. */
  absent = 0;
  /** Census epoch that last reached this table, or SHARED (shared.ts). */
  mark = 0;
  /** Where `length` found the border last time the array ended in nil. */
  private border = 0;

  constructor() {
    this.shape = rootShape();
  }

  // ---- reading ------------------------------------------------------------------------------------------------

  /** Raw t[key]. */
  get(key: LuaValue): LuaValue {
    if (typeof key === "string") return this.getStr(key);
    if (typeof key === "number") return this.getNumber(key);
    if (key instanceof LuaFloat) {
      const plain = normalizeFloat(key);
      if (typeof plain === "number") return this.getNumber(plain);
      key = plain;
    }
    return this.hash === null ? undefined : this.hash.get(key);
  }

  /** Raw t[key] for a byte string. */
  getStr(key: string): LuaValue {
    const slot = this.shape.find(key);
    return slot < 0 ? undefined : this.slots[slot];
  }

  /** Raw t[i] for an integer that is a JS number. */
  getInt(i: number): LuaValue {
    if (i > 0 && i < this.arr.length) return this.arr[i];
    return this.hash === null ? undefined : this.hash.get(i);
  }

  private getNumber(key: number): LuaValue {
    if ((key | 0) === key && key > 0 && key < this.arr.length) return this.arr[key];
    return this.hash === null ? undefined : this.hash.get(key);
  }

  // ---- writing ------------------------------------------------------------------------------------------------

  /** Raw t[key] = value, for keys that a script makes up while it runs. Raises "index is nil" and "index is NaN" faults. */
  set(key: LuaValue, value: LuaValue): void {
    if (typeof key === "string") this.setMadeUp(key, value);
    else if (typeof key === "number") {
      if (Number.isSafeInteger(key)) this.setInt(key, value);
      else if (key !== key) raise("table index is NaN");
      else this.setHash(key, value);
    } else if (key instanceof LuaFloat) {
      const plain = normalizeFloat(key);
      if (Number.isSafeInteger(plain)) this.setInt(plain as number, value);
      else this.setHash(plain, value);
    } else if (key === undefined) raise("table index is nil");
    else this.setHash(key, value);
  }

  private setMadeUp(key: string, value: LuaValue): void {
    const before = this.shape;
    this.setStr(key, value);
    if (this.shape !== before && !before.dictionary) allocate(SIZE.shape); // it may be the only table with these keys
  }

  /** Raw t[key] = value for a byte string that stands in a program's text. */
  setStr(key: string, value: LuaValue): void {
    const slot = this.shape.find(key);
    if (slot >= 0) {
      const old = this.slots[slot];
      if (old === undefined) this.absent = 0;
      if (this.isLookedThrough) {
        if (this.shape.guard !== Guard.None) this.openSlots();
        if ((old === undefined) !== (value === undefined) || key === "__index") lookups.epoch++;
      }
      this.slots[slot] = value;
      if (isBoxed(value)) payForBox(old, value);
    } else if (value !== undefined) this.addStr(key, value);
    else if (this.shape.guard === Guard.ReadOnly) this.refuse("modify");
  }

  /** Adds a string key that is not in the shape. */
  addStr(key: string, value: LuaValue): void {
    if (this.isLookedThrough) lookups.epoch++;
    if (this.shape.guard !== Guard.None) this.admitKey(key);
    let shape = this.shape;
    if (shape.dictionary && shape.size >= this.slots.length) shape = this.compact(shape);
    const slot = shape.size;
    const next = shape.add(key);
    if (next.dictionary && !shape.dictionary) allocate(SIZE.shape + slot * (SIZE.hashSlot - SIZE.field)); // no longer shared
    this.addSlot(next, slot, value);
  }

  /** Puts `value` in `slot`, the first free one, and takes the shape that says so. Inline caches call it directly. */
  addSlot(shape: Shape, slot: number, value: LuaValue): void {
    this.absent = 0;
    if (slot >= this.slots.length) this.growSlots(slot);
    this.slots[slot] = value;
    this.shape = shape;
    if (isBoxed(value)) payForBox(undefined, value);
  }

  /** See {@link Shape.isLookedThrough}. */
  get isLookedThrough(): boolean {
    return this.shape.isLookedThrough;
  }

  lookThrough(): void {
    if (this.isLookedThrough) return;
    const { guard, name } = this.shape;
    this.shape = guardedBy(guard, name, this.shape);
    this.shape.isLookedThrough = true;
  }

  /** Raises when the table is guarded. */
  setMetatable(metatable: LuaTable | null): void {
    if (this.isLookedThrough) lookups.epoch++;
    if (this.keepsMetatable) this.refuse("change the metatable of");
    this.metatable = metatable;
  }

  private growSlots(slot: number): void {
    const room = slot === 0 ? 1 : slot === STAGGER && this.shape.dictionary ? slot + slot / 2 : slot * 2;
    const grown = blank(room);
    for (let i = 0; i < slot; i++) grown[i] = this.slots[i];
    allocate((room - slot) * (this.shape.dictionary ? SIZE.hashSlot : SIZE.field));
    this.slots = grown;
  }

  /** Before a dictionary grows: drops keys whose value is nil. */
  private compact(shape: Shape): Shape {
    const keys: string[] = [];
    const { slots } = this;
    for (let i = 0; i < shape.size; i++) {
      if (slots[i] === undefined) continue;
      slots[keys.length] = slots[i];
      keys.push(shape.keys[i]!);
    }
    if (keys.length === shape.size) return shape;
    for (let i = keys.length; i < shape.size; i++) slots[i] = undefined;
    if (this.isLookedThrough) lookups.epoch++;
    return this.takeShape(dictionaryOf(keys));
  }

  /** Takes a shape of its own in place of another. */
  private takeShape(own: Shape): Shape {
    own.isLookedThrough = this.isLookedThrough;
    return (this.shape = own);
  }

  /** Raw t[i] = value for an integer that is a JS number. */
  setInt(i: number, value: LuaValue): void {
    const { arr } = this;
    if (i > 0 && i < arr.length) {
      if (isBoxed(value)) payForBox(arr[i], value);
      arr[i] = value;
    } else if (i === arr.length) {
      if (value !== undefined) this.append(value);
      else if (this.shape.guard === Guard.ReadOnly) this.refuse("modify");
    } else this.setHash(i, value);
  }

  /** t[arr.length] = value (not nil), then takes over the integer keys that follow from the hash. */
  private append(value: LuaValue): void {
    let n = this.arr.length;
    if (isBoxed(value)) payForBox(undefined, value);
    if (this.arr === NO_ARRAY) {
      if (this.shape.guard !== Guard.None) this.admitKey(n);
      this.arr = [undefined, undefined];
      this.arr[1] = value;
      this.room = 2;
      allocate(SIZE.array + SIZE.arraySlot);
    } else {
      if (n >= this.room) this.roomForArray(n);
      if (n !== this.arr.length) { // the array part was given up
        this.setInt(n, value);
        return;
      }
      this.arr.push(value);
    }
    const { hash } = this;
    if (hash === null) return;
    hash.set(n, undefined);
    for (let next = hash.get(++n); next !== undefined; next = hash.get(++n)) {
      hash.set(n, undefined);
      if (n >= this.room) this.accountForArray(n);
      this.arr.push(next);
    }
  }

  /** The array is about to grow from length `n`: accounts for it, or moves it to the hash when it is mostly nil. */
  private roomForArray(n: number): void {
    if (n >= LONGEST_ARRAY) throw new Fault("not enough memory", "memory");
    if (n >= SPARSE && (n & (n - 1)) === 0 && this.isSparse()) {
      const old = this.arr;
      this.arr = NO_ARRAY;
      this.room = 1;
      this.border = 0;
      for (let i = 1; i < n; i++) if (old[i] !== undefined) this.setInt(i, old[i]);
    } else this.accountForArray(n);
  }

  private isSparse(): boolean {
    const { arr } = this;
    let live = 0;
    for (let i = 1; i < arr.length; i++) if (arr[i] !== undefined) live++;
    return live < arr.length >> 2;
  }

  /** Accounts for the room an array of length `n` is given. */
  private accountForArray(n: number): void {
    const power = 1 << (31 - Math.clz32(n));
    const step = n < LONG_ARRAY ? power : power >> 3;
    this.room = (n & -step) + step;
    allocate((this.room - n) * SIZE.arraySlot);
  }

  private setHash(key: LuaValue, value: LuaValue): void {
    if (this.shape.guard !== Guard.None) this.admitKey(key);
    const { hash } = this;
    if (hash !== null && hash.isFull && value !== undefined && typeof key === "number" && hash.find(key) < 0 && this.takeNaturals(hash)) this.set(key, value);
    else this.putInHash(key, value);
  }

  private putInHash(key: LuaValue, value: LuaValue): void {
    if (this.hash === null) {
      if (value === undefined) return;
      this.hash = new LuaHash();
      allocate(4 * SIZE.hashSlot);
    }
    if (isBoxed(value)) payForBox(this.hash.get(key), value);
    const grown = this.hash.set(key, value);
    if (grown > 0) allocate(grown * SIZE.hashSlot);
  }

  /**
   * The hash is about to grow: moves natural keys to the array part if they fill more than half of it then, as when a list is filled in
   * no order or from its end. False: nothing has changed.
   */
  private takeNaturals(hash: LuaHash): boolean {
    const { arr } = this;
    if (hash.size < LEAST_MOVED || arr.length > 4 * hash.size || this.shape.dictionary) return false; // guarded tables keep theirs in the hash
    naturals.fill(0);
    for (let i = 1; i < arr.length; i++) if (arr[i] !== undefined) naturals[powerFor(i)]!++;
    hash.countNaturals(naturals);
    let most = 0;
    for (let b = 0, count = 0; b < LONGEST_MOVED; b++) {
      count += naturals[b]!;
      if (count > 1 << b >> 1) most = 1 << b;
    }
    const last = most < arr.length ? 0 : hash.largestNatural(most);
    if (last < arr.length) return false;
    const list = arr === NO_ARRAY ? [undefined] : arr;
    for (let i = list.length; i <= last; i++) list.push(undefined);
    let remaining = hash.moveNaturals(list, last);
    for (let next = hash.get(list.length); next !== undefined; next = hash.get(list.length), remaining--) {
      hash.set(list.length, undefined);
      list.push(next);
    }
    if (remaining === 0) this.hash = null;
    if (arr === NO_ARRAY) allocate(SIZE.array);
    this.arr = list;
    if (list.length > this.room) {
      allocate((list.length - this.room) * SIZE.arraySlot);
      this.room = list.length;
    }
    return true;
  }

  /** Reserves room for `fields` string keys, as a constructor announces them. */
  reserve(fields: number): void {
    const room = fields > 64 ? 64 : fields;
    this.slots = blank(room);
    allocate(room * SIZE.field);
  }

  /** Takes `list` (index 0 unused, from a register window) as the array part of a table that has none; last element not nil. */
  adoptArray(list: LuaValue[]): void {
    if (this.shape.guard !== Guard.None) this.admitKey(1);
    list[0] = undefined;
    this.arr = list;
    this.room = list.length;
    allocate(SIZE.array + (list.length - 1) * SIZE.arraySlot + boxesIn(list, 1));
  }

  /** Takes `keys` (byte strings, all different, more than a shared shape may have) and their values as the fields of a new table. */
  adoptFields(keys: string[], values: LuaValue[]): void {
    this.shape = dictionaryOf(keys);
    this.slots = values;
    allocate(SIZE.shape + values.length * SIZE.hashSlot + boxesIn(values, 0));
  }

  get hasArray(): boolean {
    return this.arr !== NO_ARRAY;
  }

  // ---- guards --------------------------------------------------------------------------------------------------

  get isReadOnly(): boolean {
    return this.shape.guard === Guard.ReadOnly;
  }

  /** The metatable cannot be replaced. */
  get keepsMetatable(): boolean {
    const { guard } = this.shape;
    return guard === Guard.ReadOnly || guard === Guard.NoNewKeys;
  }

  /** Some writes are refused, or copy first: whoever writes to `arr` or `slots` itself must look. */
  get isGuarded(): boolean {
    return this.shape.guard !== Guard.None;
  }

  /** What messages call a guarded table. */
  get name(): string {
    return this.shape.name;
  }

  /** Nothing of the table can be changed from now on, by whatever means a script has. `name`: what messages call it. */
  makeReadOnly(name: string): void {
    this.protect(Guard.ReadOnly, name);
    this.shape.isLookedThrough = true;
  }

  /** The table keeps its keys and its metatable from now on; values of its string keys can change. */
  refuseNewKeys(name: string): void {
    this.protect(Guard.NoNewKeys, name);
  }

  private protect(guard: Guard, name: string): void {
    if (this.isLookedThrough) lookups.epoch++;
    const { arr } = this;
    this.room = 1;
    this.arr = NO_ARRAY; // stores to elements look at nothing but the array
    this.border = 0;
    for (let i = 1; i < arr.length; i++) if (arr[i] !== undefined) this.putInHash(i, arr[i]);
    this.takeShape(guardedBy(guard, name, this.shape));
  }

  /** Changes a guarded table on the host's behalf: the guard is off while `change` runs. Throws for one that states share. */
  changeGuarded(change: () => void): void {
    const { guard, name } = this.shape;
    if (this.mark === SHARED && guard !== Guard.None) throw new Error(`table '${name}' is shared by several states`);
    this.takeShape(guardedBy(Guard.None, name, this.shape)); // other tables may have had the same
    this.slots = this.slots.slice();
    try {
      change();
    } finally {
      this.shape.guard = guard; // `shape` may be another one now
      this.shape.name = name;
    }
  }

  /** A table that shares slots with `template`, which must be copy-on-write and stay as it is, until it is written to. */
  static sharing(template: LuaTable): LuaTable {
    const t = new LuaTable();
    t.shape = template.shape;
    t.slots = template.slots;
    t.metatable = template.metatable;
    return t;
  }

  /** Takes over the string keys and values of `template`, which is not guarded; what the table had in slots is gone. */
  copyFields(template: LuaTable): void {
    const { shape } = template;
    this.shape = shape.dictionary ? dictionaryOf(shape.keys.slice(0, shape.size)) : shape;
    this.slots = template.slots.slice(0, shape.size);
    allocate(shape.size * (shape.dictionary ? SIZE.hashSlot : SIZE.field));
  }

  /** Becomes guarded as `template` is, which has the same keys in the same order. */
  guardLike(template: LuaTable): void {
    this.shape = template.shape;
  }

  /** Makes the table a template for {@link sharing}; it has string keys only. */
  makeTemplate(name: string): void {
    this.protect(Guard.CopyOnWrite, name);
    this.shape.isLookedThrough = true;
  }

  /** Before a slot is written: raises, or gives the table slots of its own. */
  private openSlots(): void {
    if (this.shape.guard === Guard.ReadOnly) this.refuse("modify");
    if (this.shape.guard !== Guard.CopyOnWrite) return;
    this.slots = this.slots.slice();
    this.takeShape(dictionaryOf(this.shape.keys.slice(0, this.shape.size)));
  }

  /** Before a key is added. */
  private admitKey(key: LuaValue): void {
    const { guard } = this.shape;
    if (guard === Guard.CopyOnWrite) this.openSlots();
    else if (guard === Guard.ReadOnly) this.refuse("modify");
    else if (guard === Guard.NoNewKeys) this.refuse(typeof key === "string" ? `create field '${key}' in` : "create a field in");
  }

  /** Raises the error of a guarded table. */
  private refuse(verb: string): never {
    throw new Fault(this.refusal(verb), "permission");
  }

  /** "attempt to modify a read-only table ('string')". */
  refusal(verb: string): string {
    const { guard, name } = this.shape;
    const kind = guard === Guard.ReadOnly ? "a read-only table" : "a table with fixed fields";
    return `attempt to ${verb} ${kind}${name === "" ? "" : ` ('${name}')`}`;
  }

  // ---- length and traversal -----------------------------------------------------------------------------------

  /** A border of the table (manual 3.4.7). */
  length(): number {
    const { arr } = this;
    const n = arr.length - 1;
    if (n > 0 && arr[n] === undefined) return this.arrayBorder(arr);
    return this.hash === null ? n : this.hashBorder(n);
  }

  private arrayBorder(arr: LuaValue[]): number {
    const hint = this.border;
    if (hint < arr.length - 1 && (hint === 0 || arr[hint] !== undefined)) {
      if (arr[hint + 1] === undefined) return hint;
      if (hint + 2 < arr.length && arr[hint + 2] === undefined) return (this.border = hint + 1);
    } else if (hint > 1 && arr[hint - 1] !== undefined) return (this.border = hint - 1);
    let low = 0;
    let high = arr.length - 1; // arr[high] is nil, arr[low] is not (or low is 0)
    while (high - low > 1) {
      const mid = (low + high) >>> 1;
      if (arr[mid] === undefined) high = mid;
      else low = mid;
    }
    return (this.border = low);
  }

  private hashBorder(n: number): number {
    const hash = this.hash!;
    if (hash.get(n + 1) === undefined) return n;
    let low = n + 1;
    let high = low * 2;
    while (hash.get(high) !== undefined) {
      low = high;
      if (high > 0x3fffffffffff) break;
      high *= 2;
    }
    while (high - low > 1) {
      const mid = Math.floor((low + high) / 2);
      if (hash.get(mid) === undefined) high = mid;
      else low = mid;
    }
    return low;
  }

  /**
   * Position after `key` in traversal order (0-based over array, slots, hash); `undefined` starts. Raises "invalid key to
   * 'next'". Positions stay valid while no key is added.
   */
  positionAfter(key: LuaValue): number {
    if (key === undefined) return 0;
    const arrayCount = this.arr.length - 1;
    if (typeof key === "string") {
      const slot = this.shape.find(key);
      if (slot < 0) raise("invalid key to 'next'");
      return arrayCount + slot + 1;
    }
    const plain = key instanceof LuaFloat ? normalizeFloat(key) : key;
    if (typeof plain === "number" && (plain | 0) === plain && plain > 0 && plain <= arrayCount) return plain;
    const { hash } = this;
    const i = hash === null ? -1 : hash.find(plain);
    if (i < 0 && hash?.wasEmptied === true) return arrayCount + this.shape.size + hash.size;
    if (i < 0) raise("invalid key to 'next'");
    return arrayCount + this.shape.size + i + 1;
  }

  /** {@link positionAfter} for a traversal that goes on: the last key given out is found without a search. */
  advance(key: LuaValue): number {
    const { arr, hash, shape } = this;
    const arrayCount = arr.length - 1;
    const slot = shape.visited;
    const sequential = typeof key === "string" && key.length <= LONG_TEXT && slot < shape.size && shape.keys[slot] === key;
    const from = sequential ? arrayCount + slot + 1 : this.positionAfter(key);
    const found = this.seek(from);
    traversal.skipped = (found < 0 ? arrayCount + shape.size + (hash === null ? 0 : hash.keys.length) : found) - from;
    if (found >= arrayCount) shape.visited = found - arrayCount;
    return found;
  }

  /** First position at or after `position` that holds a value, or −1 at the end. */
  seek(position: number): number {
    const { arr, slots } = this;
    const arrayCount = arr.length - 1;
    for (; position < arrayCount; position++) if (arr[position + 1] !== undefined) return position;
    const fields = this.shape.size;
    for (let i = position - arrayCount; i < fields; i++) if (slots[i] !== undefined) return arrayCount + i;
    if (this.hash === null) return -1;
    const { values } = this.hash;
    const start = arrayCount + fields;
    for (let i = Math.max(0, position - start); i < values.length; i++) if (values[i] !== undefined) return start + i;
    return -1;
  }

  keyAt(position: number): LuaValue {
    const arrayCount = this.arr.length - 1;
    if (position < arrayCount) return position + 1;
    const i = position - arrayCount;
    if (i < this.shape.size) return this.shape.keys[i];
    return denormalize(this.hash!.keys[i - this.shape.size]);
  }

  valueAt(position: number): LuaValue {
    const arrayCount = this.arr.length - 1;
    if (position < arrayCount) return this.arr[position + 1];
    const i = position - arrayCount;
    return i < this.shape.size ? this.slots[i] : this.hash!.values[i - this.shape.size];
  }
}

/** A float key equal to an integer becomes that integer; other integral floats (1e300) are keyed by their double. */
function normalizeFloat(key: LuaFloat): number | bigint {
  return doubleToInteger(key.n) ?? key.n;
}

/** Inverse of {@link normalizeFloat} for keys out of the integer range. */
function denormalize(key: LuaValue): LuaValue {
  return typeof key === "number" && Math.floor(key) === key && !Number.isSafeInteger(key) && key - key === 0 ? new LuaFloat(key) : key;
}
