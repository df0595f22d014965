// Inline caches: one per instruction that reads or writes a named field. A hit is a comparison of shapes.
import type { Proto } from "../bytecode/proto.js";
import { getOp } from "../bytecode/instruction.js";
import { Op } from "../bytecode/opcodes.js";
import { isBoxed, payForBox } from "./boxes.js";
import { Event } from "./events.js";
import { eventOf } from "./metatables.js";
import { Guard, type Shape } from "./shape.js";
import { LuaTable, lookups } from "./table.js";
import { type DirectCode, Profit, type Region, initialHeat } from "./tier.js";
import type { LuaValue } from "./value.js";

/** Metatables looked through before the full way is taken. */
const MAX_DEPTH = 10;
/** Misses after which an instruction caches what it found through metatables but once in so many: its receivers may have come to an end of changing. */
const GIVE_UP = 100;
const SELDOM = 64;
/** Receivers one instruction remembers: shapes that have the field, and pairs of shape and metatable that find it elsewhere. */
const MAX_ENTRIES = 4;

export class FieldCache {
  /** Tables of this shape, the last that was met, have the field in `slot`; the same for the one before, and for those before them. */
  shape: Shape | null = null;
  slot = 0;
  shape2: Shape | null = null;
  slot2 = 0;
  others: Own | null = null;
  /** Tables of this shape lack the field. */
  absentIn: Shape | null = null;
  /** Where tables that lack the field find it through their metatables, most recent first. */
  through: Through | null = null;
  /** The same for tables that each have a metatable of their own. */
  alike: Alike | null = null;
  /** Adding the field to a table of shape `absentIn` gives it this shape. */
  grown: Shape | null = null;
  misses = 0;

  /** Has it learnt nothing? Then the instruction has probably never been executed. */
  get isBlank(): boolean {
    return this.shape === null && this.absentIn === null && this.through === null && this.alike === null;
  }

  /** Lets go of what belongs to some state's tables; true when a shape of one table was among it. */
  forget(): boolean {
    this.through = null;
    this.alike = null;
    this.misses = 0;
    let hadOwn = this.shape?.dictionary === true || this.shape2?.dictionary === true;
    for (let own = this.others; own !== null; own = own.next) if (own.shape.dictionary) hadOwn = true;
    if (hadOwn) this.shape = this.shape2 = this.others = null;
    return hadOwn;
  }
}

/** Tables of `shape` have the field in `slot`. */
class Own {
  constructor(readonly shape: Shape, readonly slot: number, readonly next: Own | null) {}
}

/** Tables of `shape` with `metatable` find the field in slot `slot` of `holder`, as long as `lookups.epoch` is `epoch`. */
class Through {
  next: Through | null = null;
  constructor(
    readonly shape: Shape, readonly metatable: LuaTable, readonly epoch: number, readonly holder: LuaTable, readonly slot: number,
  ) {}
}

/**
 * Tables of `shape` whose metatable has shape `metaShape` and `first` as `__index` (in `indexSlot`) find the field in slot `slot` of
 * `holder`, as long as `lookups.epoch` is `epoch`: for classes that make `{ __index = Class }` anew for each object.
 */
class Alike {
  next: Alike | null = null;
  constructor(
    readonly shape: Shape, readonly metaShape: Shape, readonly indexSlot: number, readonly first: LuaTable,
    readonly epoch: number, readonly holder: LuaTable, readonly slot: number,
  ) {}
}

/** What emitted code expects of a function, as far as it was not disappointed. */
export interface Expectations {
  /** Instructions whose integers turned out to need more than 53 bits. */
  wide: Set<number> | null;
  /** Those of them that other numbers came to as well. */
  mixed: Set<number> | null;
  /** Calls of other functions than their names promised. */
  foreign: Set<number> | null;
  /** Instructions that were seen to call metamethods; the others are expected not to. */
  metamethods: Set<number> | null;
  /** Loops run on 32-bit integers. */
  smallLoops: boolean;
  /**
   * By instruction, the kinds of values that it was lately seen to load (jit/lattice.ts), behind them those of parameters. null: nobody has looked.
   */
  seen: Uint16Array | null;
  /** Has somebody looked at a whole call? */
  isCallWatched: boolean;
  /** The same of kinds that were expected once, and did not come any more. */
  past: Uint16Array | null;
  /** Times emitted code was given up because it expected the wrong kinds. */
  revisions: number;
  /** Where blocks begin that were left out of emitted code because they had never run; null: none may be left out. */
  omitted: Set<number> | null;
  /** Those of them that were reached since: not to be left out again. */
  reached: Set<number> | null;
  /** Times emitted code was left at such a block, and how many of them are put up with. */
  strays: number;
  patience: number;
  /** Disappointments since the function was compiled. */
  misses: number;
  /** The meter's reading at the last of them. */
  missedAt: number;
}

/** What the VM derives from a Proto on first run. */
export class ProtoCache {
  readonly fields: FieldCache[];
  /** Code of the emitting tier for calls, once the function is hot and could be compiled. */
  direct: DirectCode | null = null;
  /** Does the interpreter enter `direct`? Emitted callers do in any case. */
  isEntered = false;
  /** What entering it from the interpreter brings. */
  readonly profit = new Profit();
  /** Where running frames may go on in emitted code, by instruction; null until the function is hot. */
  regions: (Region | undefined)[] | null = null;
  /** What emitted code takes for granted of this function, until it turned out wrong too often. */
  readonly assumes: Expectations = {
    wide: null, mixed: null, foreign: null, metamethods: null, smallLoops: true, seen: null, isCallWatched: false, past: null, revisions: 0,
    omitted: null, reached: null, strays: 0, patience: 4, misses: 0, missedAt: 0,
  };
  /** Calls and loop iterations seen by the interpreter, less what a function of its length is to have had. */
  heat: number;
  /** Why there is no emitted code although the function is hot. */
  refusal: string | null = null;
  readonly numParams: number;
  constructor(proto: Proto) {
    const { code } = proto;
    this.numParams = proto.numParams;
    const fields: FieldCache[] = [];
    for (let pc = 0; pc <= code.length; pc++) fields.push(NEVER); // V8 takes each element of `new Array(n)` for a possible hole
    for (let pc = 0; pc < code.length; pc++) {
      switch (getOp(code[pc]!)) {
        case Op.GetTabUp: case Op.GetField: case Op.SetTabUp: case Op.SetField: case Op.Self:
          fields[pc + 1] = new FieldCache(); // indexed by the next pc, as the interpreter has it at hand
      }
    }
    this.fields = fields;
    this.heat = initialHeat(code.length);
  }
}

const NEVER = new FieldCache();

/** Makes a function, and those inside it, hold nothing of the states it ran in: for code that others will run. */
export function forgetStates(proto: Proto): void {
  const cache = proto.cache as ProtoCache | undefined;
  if (cache !== undefined) {
    let hadOwn = false;
    for (const field of cache.fields) if (field !== NEVER && field.forget()) hadOwn = true;
    if (hadOwn) { // emitted code has the shapes in it
      cache.direct = null;
      cache.isEntered = false;
      cache.regions = null;
      cache.heat = 0;
    }
  }
  for (const inner of proto.protos) forgetStates(inner);
}

export function cacheOf(proto: Proto): ProtoCache {
  return (proto.cache as ProtoCache | undefined) ?? makeCache(proto);
}

function makeCache(proto: Proto): ProtoCache {
  const cache = new ProtoCache(proto);
  proto.cache = cache;
  return cache;
}

/** Where tables of `shape` have the field themselves, as far as the cache knows; -1 else. */
export function slotIn(cache: FieldCache, shape: Shape): number {
  if (shape === cache.shape) return cache.slot;
  if (shape === cache.shape2) return cache.slot2;
  for (let own = cache.others; own !== null; own = own.next) if (shape === own.shape) return own.slot;
  return -1;
}

/** The field if the cache knows where it is and it is not nil. */
export function probe(cache: FieldCache, t: LuaTable): LuaValue {
  const { shape } = t;
  const slot = slotIn(cache, shape);
  if (slot >= 0) return t.slots[slot];
  for (let entry = cache.through; entry !== null; entry = entry.next) {
    if (shape === entry.shape && t.metatable === entry.metatable) {
      return entry.epoch === lookups.epoch ? entry.holder.slots[entry.slot] : undefined;
    }
  }
  const { metatable } = t;
  for (let entry = cache.alike; entry !== null && metatable !== null; entry = entry.next) {
    if (shape === entry.shape && metatable.shape === entry.metaShape && metatable.slots[entry.indexSlot] === entry.first) {
      return entry.epoch === lookups.epoch ? entry.holder.slots[entry.slot] : undefined;
    }
  }
  return undefined;
}

/**
 * Finds t[key] in the table itself or in the tables its `__index` chain names, and remembers where. Undefined with no
 * metatable: it is nil. Undefined otherwise: take the full way.
 */
export function learnGet(cache: FieldCache, t: LuaTable, key: string): LuaValue {
  if (t.shape === cache.absentIn && t.metatable === null) return undefined;
  const slot = t.shape.find(key);
  if (slot >= 0) {
    if (t.shape !== cache.shape) learnOwn(cache, t.shape, slot);
    return t.slots[slot];
  }
  if (!t.shape.dictionary && t.shape !== cache.absentIn) {
    cache.absentIn = t.shape;
    cache.grown = null;
  }
  return t.metatable === null ? undefined : learnThrough(cache, t, t.metatable, key);
}

/** Counts a miss. */
function isWorthLearning(cache: FieldCache): boolean {
  return ++cache.misses < GIVE_UP || cache.misses % SELDOM === 0;
}

function learnOwn(cache: FieldCache, shape: Shape, slot: number): void {
  if (cache.shape !== null) {
    if (!isWorthLearning(cache)) return;
    const { others } = cache;
    cache.others = without(cache.shape2 === null ? others : new Own(cache.shape2, cache.slot2, others), shape, MAX_ENTRIES - 2);
    cache.shape2 = cache.shape;
    cache.slot2 = cache.slot;
  }
  cache.shape = shape;
  cache.slot = slot;
}

/** The first `count` entries, less the one of `shape`. */
function without(own: Own | null, shape: Shape, count: number): Own | null {
  if (own === null || count === 0) return null;
  return own.shape === shape ? own.next : new Own(own.shape, own.slot, without(own.next, shape, count - 1));
}

function learnThrough(cache: FieldCache, t: LuaTable, metatable: LuaTable, key: string): LuaValue {
  let meta = metatable;
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    const holder = eventOf(meta, Event.Index);
    if (!(holder instanceof LuaTable)) return undefined;
    const slot = holder.shape.find(key);
    const v = slot < 0 ? undefined : holder.slots[slot];
    if (v !== undefined) {
      const isLasting = !t.shape.dictionary || t.isLookedThrough; // a class that is asked for a method of its parent
      if (isLasting && isWorthLearning(cache)) remember(cache, t.shape, metatable, holder, key);
      return v;
    }
    if (holder.metatable === null) return undefined;
    meta = holder.metatable;
  }
  return undefined;
}

function remember(cache: FieldCache, shape: Shape, metatable: LuaTable, found: LuaTable, key: string): void {
  const first = eventOf(metatable, Event.Index) as LuaTable;
  for (let holder = first; ; holder = eventOf(holder.metatable!, Event.Index) as LuaTable) {
    holder.lookThrough();
    if (holder === found) break;
    holder.metatable!.lookThrough();
  }
  if (isOneOfMany(cache, shape, metatable, found)) {
    const entry = new Alike(shape, metatable.shape, metatable.shape.find("__index"), first, lookups.epoch, found, found.shape.find(key));
    let count = 1;
    for (let old = cache.alike, last = entry; old !== null && count < MAX_ENTRIES; old = old.next) {
      if (old.epoch !== lookups.epoch) continue;
      last = last.next = new Alike(old.shape, old.metaShape, old.indexSlot, old.first, old.epoch, old.holder, old.slot);
      count++;
    }
    cache.alike = entry;
    return;
  }
  metatable.lookThrough();
  const entry = new Through(shape, metatable, lookups.epoch, found, found.shape.find(key));
  let count = 1;
  for (let old = cache.through, last = entry; old !== null && count < MAX_ENTRIES; old = old.next) {
    if (old.epoch !== lookups.epoch) continue;
    last = last.next = new Through(old.shape, old.metatable, old.epoch, old.holder, old.slot);
    count++;
  }
  cache.through = entry;
}

/** Did a table of the same shape find the same through another metatable? Then this one will not be the last. */
function isOneOfMany(cache: FieldCache, shape: Shape, metatable: LuaTable, found: LuaTable): boolean {
  if (metatable.isLookedThrough || metatable.shape.dictionary) return false;
  for (let entry = cache.through; entry !== null; entry = entry.next) {
    if (entry.shape === shape && entry.holder === found && entry.metatable !== metatable) return true;
  }
  for (let entry = cache.alike; entry !== null; entry = entry.next) if (entry.shape === shape && entry.holder === found) return true;
  return false;
}

/** Sets t[key] if no metamethod is concerned, and remembers how. False: take the full way. */
export function learnSet(cache: FieldCache, t: LuaTable, key: string, value: LuaValue): boolean {
  if (t.shape.guard > Guard.NoNewKeys) return false;
  const slot = t.shape.find(key);
  if (slot >= 0) {
    if (t.slots[slot] === undefined && !mayAdd(t)) return false;
    if (t.isLookedThrough) {
      t.setStr(key, value);
      return true;
    }
    if (t.shape !== cache.shape) learnOwn(cache, t.shape, slot);
    if (t.slots[slot] === undefined) t.absent = 0;
    if (isBoxed(value)) payForBox(t.slots[slot], value);
    t.slots[slot] = value;
    return true;
  }
  if (!mayAdd(t) || t.shape.guard !== Guard.None) return false;
  if (value === undefined) return true;
  const before = t.shape;
  t.addStr(key, value);
  if (!before.dictionary && !t.shape.dictionary) {
    cache.absentIn = before;
    cache.grown = t.shape;
  }
  return true;
}

/** No __newindex stands in the way of a new field. */
export function mayAdd(t: LuaTable): boolean {
  return t.metatable === null || (t.metatable.absent & (1 << Event.NewIndex)) !== 0 || eventOf(t.metatable, Event.NewIndex) === undefined;
}
