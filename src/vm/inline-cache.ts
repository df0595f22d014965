// Inline caches: one per instruction that reads or writes a named field. A hit is a comparison of shapes.
import type { Proto } from "../bytecode/proto.js";
import { getOp } from "../bytecode/instruction.js";
import { Op } from "../bytecode/opcodes.js";
import { Event } from "./events.js";
import { eventOf } from "./metatables.js";
import type { Shape } from "./shape.js";
import { LuaTable } from "./table.js";
import type { LuaValue } from "./value.js";

/** Misses after which an instruction stops caching what it found through a metatable or adds. */
const GIVE_UP = 8;

export class FieldCache {
  /** Tables of this shape have the field in `slot`. */
  shape: Shape | null = null;
  slot = 0;
  /** Tables of this shape lack the field … */
  absentIn: Shape | null = null;
  /** … and with this metatable, whose `__index` (in `metaSlot`, while it has `metaShape`) is `holder`, find it there. */
  metatable: LuaTable | null = null;
  metaShape: Shape | null = null;
  metaSlot = 0;
  holder: LuaTable | null = null;
  holderShape: Shape | null = null;
  holderSlot = 0;
  /** Adding the field to a table of shape `absentIn` gives it this shape. */
  grown: Shape | null = null;
  misses = 0;
}

/** What the VM derives from a Proto on first run. */
export class ProtoCache {
  readonly fields: FieldCache[];
  constructor(proto: Proto) {
    const { code } = proto;
    const fields = new Array<FieldCache>(code.length + 1).fill(NEVER);
    for (let pc = 0; pc < code.length; pc++) {
      switch (getOp(code[pc]!)) {
        case Op.GetTabUp: case Op.GetField: case Op.SetTabUp: case Op.SetField: case Op.Self:
          fields[pc + 1] = new FieldCache(); // indexed by the next pc, as the interpreter has it at hand
      }
    }
    this.fields = fields;
  }
}

const NEVER = new FieldCache();

export function cacheOf(proto: Proto): ProtoCache {
  return (proto.cache as ProtoCache | undefined) ?? makeCache(proto);
}

function makeCache(proto: Proto): ProtoCache {
  const cache = new ProtoCache(proto);
  proto.cache = cache;
  return cache;
}

/** The field if the cache knows where it is and it is not nil. */
export function probe(cache: FieldCache, t: LuaTable): LuaValue {
  if (t.shape === cache.shape) return t.slots[cache.slot];
  if (t.shape === cache.absentIn && t.metatable === cache.metatable && cache.holder !== null) {
    const { metatable, holder } = cache;
    if (metatable!.shape === cache.metaShape && metatable!.slots[cache.metaSlot] === holder && holder.shape === cache.holderShape) {
      return holder.slots[cache.holderSlot];
    }
  }
  return undefined;
}

/** Finds t[key] in the table itself or in the table its `__index` names, and remembers where. Undefined: take the full way. */
export function learnGet(cache: FieldCache, t: LuaTable, key: string): LuaValue {
  const slot = t.shape.find(key);
  if (slot >= 0) {
    cache.shape = t.shape;
    cache.slot = slot;
    const v = t.slots[slot];
    if (v !== undefined) return v;
  }
  const { metatable } = t;
  if (metatable === null) return undefined;
  const holder = eventOf(metatable, Event.Index);
  if (!(holder instanceof LuaTable)) return undefined;
  const holderSlot = holder.shape.find(key);
  if (holderSlot < 0) return undefined;
  if (slot < 0 && !t.shape.dictionary && cache.misses < GIVE_UP) {
    cache.misses++;
    cache.absentIn = t.shape;
    cache.metatable = metatable;
    cache.metaShape = metatable.shape;
    cache.metaSlot = metatable.shape.find("__index");
    cache.holder = holder;
    cache.holderShape = holder.shape;
    cache.holderSlot = holderSlot;
  }
  return holder.slots[holderSlot];
}

/** Sets t[key] if no metamethod is concerned, and remembers how. False: take the full way. */
export function learnSet(cache: FieldCache, t: LuaTable, key: string, value: LuaValue): boolean {
  const slot = t.shape.find(key);
  if (slot >= 0) {
    cache.shape = t.shape;
    cache.slot = slot;
    if (t.slots[slot] === undefined && !mayAdd(t)) return false;
    if (t.slots[slot] === undefined) t.absent = 0;
    t.slots[slot] = value;
    return true;
  }
  if (!mayAdd(t)) return false;
  if (value === undefined) return true;
  const before = t.shape;
  t.addStr(key, value);
  if (!before.dictionary && !t.shape.dictionary && cache.misses < GIVE_UP) {
    cache.misses++;
    cache.absentIn = before;
    cache.grown = t.shape;
  }
  return true;
}

/** No __newindex stands in the way of a new field. */
export function mayAdd(t: LuaTable): boolean {
  return t.metatable === null || (t.metatable.absent & (1 << Event.NewIndex)) !== 0 || eventOf(t.metatable, Event.NewIndex) === undefined;
}
