// Fields and elements of tables: the instruction's cache when the code is emitted is what the emitted code expects.
import { getA, getB, getC, getK } from "../bytecode/instruction.js";
import { LuaFloat } from "../number/float.js";
import { Event } from "../vm/events.js";
import type { FieldCache } from "../vm/inline-cache.js";
import type { Shape } from "../vm/shape.js";
import { lookups } from "../vm/table.js";
import type { Emitter } from "./emitter.js";
import { Kind, type TypeSet, within } from "./lattice.js";
import { type Operand, isPlain, isSmall } from "./operand.js";

const cacheAt = (e: Emitter, pc: number): FieldCache => e.cache.fields[pc + 1]!;

/** The shapes that the cache has met, in groups that have the field in the same slot. */
function shapesBySlot(e: Emitter, cache: FieldCache): Map<number, string[]> {
  const groups = new Map<number, string[]>();
  const add = (shape: Shape | null, slot: number): void => {
    if (shape !== null) groups.set(slot, [...groups.get(slot) ?? [], e.out.constant(shape)]);
  };
  add(cache.shape, cache.slot);
  add(cache.shape2, cache.slot2);
  for (let own = cache.others; own !== null; own = own.next) add(own.shape, own.slot);
  return groups;
}

/** Whether the shape in p is one of `shapes`. */
const isOf = (shapes: readonly string[]): string => (shapes.length === 1 ? `p === ${shapes[0]}` : `(${shapes.map((shape) => `p === ${shape}`).join(" || ")})`);

const own = (shapes: readonly string[], slot: string | number): string => `${isOf(shapes)} && (v = o.slots[${slot}]) !== undefined`;

/**
 * `target` = table.key, for a byte string key. A site whose cache is still empty compares with what the cache will learn; one that
 * has learnt compares with constants.
 */
export function emitGetField(e: Emitter, pc: number, target: string, table: string, key: string): void {
  const cache = cacheAt(e, pc);
  const name = e.out.constant(cache);
  const hits = [...shapesBySlot(e, cache)].map(([slot, shapes]) => own(shapes, slot));
  const found = `h.epoch === ${e.out.constant(lookups)}.epoch && (v = h.holder.slots[h.slot]) !== undefined`;
  const either = (list: "through" | "alike", test: string): void => {
    let count = 0;
    for (let entry: { next: typeof entry } | null = cache[list]; entry !== null; entry = entry.next) count++;
    let hit = "";
    while (count > 0) hit = `(h = ${--count === 0 ? `${name}.${list}` : "h.next"}) !== null && ${hit === "" ? test : `(${test} || ${hit})`}`;
    if (hit !== "") hits.push(`${hit} && ${found}`);
  };
  either("through", "p === h.shape && o.metatable === h.metatable");
  either("alike", "p === h.shape && (g = o.metatable) !== null && g.shape === h.metaShape && g.slots[h.indexSlot] === h.first");
  if (hits.length === 0) hits.push(own([`${name}.shape`], `${name}.slot`));
  e.line(`{ const o = ${table}; let v, p, h, g;`);
  e.line(`if (${e.cold} || o === undefined || (p = o.shape, !(${hits.join(" || ")}))) { v = ${e.h.getField}(${name}, o, ${key}); if (v === ${e.leave}) ${e.exit(pc)} }`);
  e.line(`${target} = v; }`);
}

export function emitSetField(e: Emitter, pc: number, table: string, key: string, value: Operand): void {
  const cache = cacheAt(e, pc);
  const name = e.out.constant(cache);
  const replace = (shapes: readonly string[], slot: string | number): string =>
    `if (${isOf(shapes)} && (old = o.slots[${slot}]) !== undefined) { o.slots[${slot}] = v; ${stored(e, pc, value, true)} }`;
  const ways = [...shapesBySlot(e, cache)].map(([slot, shapes]) => replace(shapes, slot));
  if (ways.length === 0) ways.push(replace([`${name}.shape`], `${name}.slot`));
  const added = addition(e, cache, e.proto.constants[keyOfStore(e, pc)] as string);
  if (added !== "") ways.push(`if (${added} ${stored(e, pc, value, false)} }`);
  e.line(`E${pc}: { const o = ${table}, v = ${value.tagged}; let p, old, was = 0${added === "" ? "" : ", g"};`);
  e.line(`S${pc}: { if (!${e.cold} && o !== undefined) { p = o.shape; ${(cache.shape === null ? ways.reverse() : ways).join(" ")} }`);
  e.line(`t = ${e.h.setField}(${name}, o, ${key}, v); } ${afterStore(e, pc)} }`);
}

/** The constant that is the key of a SETFIELD or SETTABUP. */
const keyOfStore = (e: Emitter, pc: number): number => getB(e.proto.code[pc]!);

/** The rest of an "if" that adds the field to tables that the cache saw it added to, while they have room and no `__newindex` can mind. */
function addition(e: Emitter, { absentIn, grown }: FieldCache, key: string): string {
  if (absentIn === null || grown === null) return "";
  const free = `(g = o.metatable) === null || (g.absent & ${1 << Event.NewIndex}) !== 0`;
  const stores = `${key.startsWith("__") ? "o.absent = 0; " : ""}o.slots[${absentIn.size}] = v; o.shape = ${e.out.constant(grown)};`;
  return `p === ${e.out.constant(absentIn)} && v !== undefined && o.slots.length > ${absentIn.size} && (${free})) { ${stores}`;
}

/** Kinds that are kept in objects of their own. */
const BOXED: TypeSet = Kind.Safe | Kind.Wide | Kind.Raw | Kind.Boxed;

/** Behind the store of `v`, which stands where `old` was or (not `replaces`) where nothing was: done, once its object is paid for. */
function stored(e: Emitter, pc: number, { type }: Operand, replaces: boolean): string {
  const done = `break E${pc};`;
  if ((type & BOXED) === 0) return done;
  const float = e.out.constant(LuaFloat);
  const number = (type & Kind.Small) === 0 ? "true" : "(v | 0) !== v";
  const freshNumber = replaces ? `${number} && (typeof old !== "number" || (was = +old, Math.floor(was) === was))` : number; // a fraction is in an object
  const freshFloat = replaces ? `!(old instanceof ${float})` : "true";
  let grows: string;
  if (within(type, Kind.Plain)) grows = freshNumber;
  else if (within(type, Kind.Float)) grows = `typeof v === "number" ? ${freshNumber} : ${freshFloat}`;
  else grows = `typeof v === "number" ? ${freshNumber} : typeof v === "object" ? v instanceof ${float} && ${freshFloat} : typeof v === "bigint"`;
  return `if (${grows}) { t = ${e.h.paidFor}(${replaces ? "old" : "undefined"}, v); break S${pc}; } ${done}`;
}

/** What a store answered in t: 0 nothing was done, 1 done, 2 done and a census is due before the next instruction. */
function afterStore(e: Emitter, pc: number): string {
  return `if (t !== 1) { if (t === 0) ${e.exit(pc)} ${e.exitAfter(pc + 1)} }`;
}

export function emitSelf(e: Emitter, pc: number, word: number): void {
  const object = e.tagged(getB(word));
  if (getK(word) === 0) {
    e.line(`{ const o = ${object}; t = ${e.h.getElement}(o, ${e.tagged(getC(word))}); if (t === ${e.leave}) ${e.exit(pc)} ${e.r(getA(word) + 1)} = o; ${e.r(getA(word))} = t; }`);
    return;
  }
  const key = e.k(getC(word));
  e.line(`{ const receiver = ${object};`);
  e.line(`if (typeof receiver === "string") { t = ${e.h.stringMethod}(L.state, ${e.out.constant(cacheAt(e, pc))}, ${key}); if (t === ${e.leave}) ${e.exit(pc)} } else`);
  emitGetField(e, pc, "t", "receiver", key);
  e.line(`${e.r(getA(word) + 1)} = receiver; ${e.r(getA(word))} = t; }`);
}

export function emitGetElement(e: Emitter, pc: number, target: string, table: string, key: Operand): void {
  e.line(`{ const o = ${table}, i = ${key.tagged}; let v;`);
  const leave = `v = ${e.h.getElement}(o, i); if (v === ${e.leave}) ${e.exit(pc)}`;
  if (within(key.type, Kind.String)) e.line(leave);
  else e.line(`if (${e.cold} || o === undefined${isNumber(key, " || ", "!==")} || (v = o.arr) === undefined${isIndex(key, " || ", "!==")} || i >= v.length || (v = v[i]) === undefined) { ${leave} }`);
  e.line(`${target} = v; }`);
}

/** `t[i] = v` in the array part: in the place of a value, or behind the last one if that makes nobody look at the array's size. */
export function emitSetElement(e: Emitter, pc: number, table: string, key: Operand, value: Operand): void {
  e.line(`E${pc}: { const o = ${table}, i = ${key.tagged}, v = ${value.tagged}; let w, old, was = 0; S${pc}: {`);
  if (!within(key.type, Kind.String)) {
    e.line(`if (!${e.cold} && o !== undefined${isNumber(key, " && ", "===")} && (w = o.arr) !== undefined${isIndex(key, " && ", "===")}) {`);
    e.line(`if (i < w.length) { if ((old = w[i]) !== undefined) { w[i] = v; ${stored(e, pc, value, true)} } }`);
    if (key.value === undefined) e.line(`else if (i === w.length && i !== o.room && v !== undefined && o.hash === null && o.metatable === null) { w.push(v); ${stored(e, pc, value, false)} }`);
    e.line("}");
  }
  e.line(`t = ${e.h.setElement}(o, i, v); } ${afterStore(e, pc)} }`);
}

/** Condition that the key in i is a number, where that is not known, for a chain of others. */
function isNumber(key: Operand, before: string, sign: "===" | "!=="): string {
  return isPlain(key) ? "" : `${before}typeof i ${sign} "number"`;
}

/** The same that a number is a natural one of 32 bits. */
function isIndex(key: Operand, before: string, sign: "===" | "!=="): string {
  return isSmall(key) && key.interval.low >= 0 ? "" : `${before}(i >>> 0) ${sign} i`;
}

export function emitNewTable(e: Emitter, pc: number, word: number): void {
  const hint = getB(word);
  e.line(`t = ${e.h.newTable}(${hint === 0 ? 0 : hint > 7 ? 64 : 1 << (hint - 1)}); if (t === ${e.leave}) ${e.exit(pc)} ${e.r(getA(word))} = t;`);
}

/** SETLIST: of a known number of registers, or of those up to the open list's end. */
export function emitSetList(e: Emitter, pc: number, word: number, extra: number): void {
  const at = getA(word);
  const first = getC(word) + extra * 256;
  const count = getB(word);
  const next = pc + (getK(word) !== 0 ? 2 : 1);
  const known = count !== 0 ? count : e.open - at - 1;
  const values = Array.from({ length: known }, (_, n) => e.tagged(at + 1 + n));
  if (count !== 0) e.line(`t = ${e.h.setList}(${e.tagged(at)}, [undefined, ${values.join(", ")}], ${first});`);
  else {
    values.forEach((value, n) => !e.isCaptured(at + 1 + n) && e.line(`R[b + ${at + 1 + n}] = ${value};`));
    e.line(`t = ${e.h.setList}(${e.r(at)}, R.slice(b + ${at}, b + ${at + 1 + known} + n), ${first});`);
  }
  const stay = e.exit(pc);
  e.open = -1;
  e.line(`if (t !== 1) { if (t === 0) ${stay} ${e.exitAfter(next)} }`);
}
