// The marker: finds what can be reached and counts how large it is. A census (census.ts) tells it where to begin and what to do
// about weak tables. It works in pieces, between which the whole of it can be put off.
import { flatten } from "../base/bytes.js";
import type { Proto } from "../bytecode/proto.js";
import { LuaFloat } from "../number/float.js";
import { SIZE, stringSize } from "./accounting.js";
import { Event } from "./events.js";
import { FrameFlag } from "./frame-flags.js";
import type { Frame } from "./frame.js";
import { LuaClosure, NativeFunction } from "./function.js";
import { liveTop } from "./hooks.js";
import { KnownStrings } from "./known-strings.js";
import { LONGEST_HASHED, LongTexts } from "./long-text.js";
import { eventOf } from "./metatables.js";
import { protoSize } from "./proto-size.js";
import { type Shape, isFree } from "./shape.js";
import { SHARED } from "./shared.js";
import { LuaTable } from "./table.js";
import { INITIAL_STACK, Thread, ThreadStatus } from "./thread.js";
import { Userdata } from "./userdata.js";
import type { LuaValue } from "./value.js";

export type Collectable = LuaTable | LuaClosure | NativeFunction | Userdata | Thread;

/** Work that can be put off wherever it yields. */
export type InPieces<T = void> = Generator<undefined, T, undefined>;

/** Values looked at in one piece of work. */
const PIECE = 2000;
/** A long string counts as this many, and one more for so many bytes: it is looked up by its contents. */
const LONG_STRING_WORK = 8;
const BYTES_PER_WORK = 64;
/** Strings up to this length are counted at each reference, longer ones once. */
const SHORT_STRING = 40;
/** Strings from this length on may alone pass a limit. */
const HUGE_STRING = 1 << 20;

/** Part of a long list that is still to be marked; entry i counts only where `values[i]` is not nil. */
interface Rest {
  readonly list: LuaValue[];
  readonly values: readonly LuaValue[];
  readonly from: number;
  readonly to: number;
}

/** Passes of all states: no two have the same number. */
let epochs = 0;

/** End of the live stack of a thread whose frames are where they stopped. */
function topOfIdle(t: Thread): number {
  const { frame } = t;
  if (frame === t.baseFrame) return frame.top + 1; // not started: its body is above
  if (!(frame.func instanceof LuaClosure) || t.status === ThreadStatus.Running) return Math.max(frame.top, frame.base);
  frame.pc++; // preempted: pc is the instruction that is due
  const top = liveTop(t, frame);
  frame.pc--;
  return top;
}

export class Marker {
  /** Bytes found alive. */
  live = 0;
  weakValues: LuaTable[] = [];
  ephemerons: LuaTable[] = [];
  allWeak: LuaTable[] = [];
  /** What this pass has set `mark` to. */
  private readonly epoch = ++epochs;
  private readonly gray: Collectable[] = [];
  /** Objects that are waited for, and those of them that were reached meanwhile. */
  awaited: ReadonlyMap<LuaValue, unknown> | null = null;
  readonly arrived: LuaValue[] = [];
  private readonly rests: Rest[] = [];
  /** Long strings met: each counts once, and equal ones are made the same string. */
  private readonly strings = new KnownStrings();
  /** The same for those that it takes long to read. */
  private readonly texts = new LongTexts<string>();
  /** Lengths of huge strings met. */
  private readonly lengths = new Set<number>();
  /** Functions met that several states can share: their passes may take turns, so that marks would not tell. */
  private readonly natives = new Set<NativeFunction>();
  private readonly protos = new Set<Proto>();
  /** Identities of the shared shapes met. */
  private readonly shapes = new Set<number>();
  /** Threads whose live stack was marked with an exact top. */
  private readonly rootedTops = new Set<Thread>();
  private work = 0;

  /** `limit`: bytes that may be alive; beyond them nothing needs to be looked at closely. */
  constructor(private readonly limit: number) {}

  /** Whether nothing has reached `v` that could be. */
  isDead(v: LuaValue): boolean {
    if (typeof v !== "object") return false;
    if (v instanceof NativeFunction) return v.mark !== SHARED && !this.natives.has(v);
    const isCollectable = v instanceof LuaTable || v instanceof LuaClosure || v instanceof Userdata || v instanceof Thread;
    return isCollectable && v.mark < this.epoch;
  }

  /** Notes `amount` values' worth of work. True: the piece is done, and it is time to yield. */
  isPieceDone(amount = 1): boolean {
    this.work += amount;
    if (this.work < PIECE) return false;
    this.work = 0;
    return true;
  }

  mark(object: Collectable): void {
    if (object instanceof NativeFunction) {
      if (object.mark === SHARED || this.natives.has(object)) return;
      this.natives.add(object);
    } else {
      if (object.mark >= this.epoch) return; // reached already, or shared
      object.mark = this.epoch;
    }
    if (this.awaited !== null && this.awaited.has(object)) this.arrived.push(object);
    this.gray.push(object);
  }

  markValue(v: LuaValue): void {
    if (typeof v === "object") {
      if (v instanceof LuaTable || v instanceof LuaClosure || v instanceof NativeFunction || v instanceof Userdata || v instanceof Thread) this.mark(v);
    } else if (typeof v === "string") this.markString(v);
  }

  /** The thread that is running: its registers from stack[top] on are dead. */
  markRunning(L: Thread, top: number): void {
    this.rootedTops.add(L);
    this.markList(L.stack, 0, top);
    for (let i = top; i < L.stack.length; i++) L.stack[i] = undefined; // dead registers must keep nothing alive
    this.mark(L);
  }

  /** Counts a string, and makes it one piece: a rope takes more than its bytes. Answers the one to keep in its place. */
  markString(s: string): string {
    const { length } = s;
    if (length <= SHORT_STRING) {
      this.live += stringSize(length);
      return flatten(s);
    }
    if (length >= HUGE_STRING && this.isTooMuch(length)) {
      this.live += stringSize(length);
      return s;
    }
    this.work += LONG_STRING_WORK + Math.floor(length / BYTES_PER_WORK);
    if (length > LONGEST_HASHED) return this.markText(s);
    const known = this.strings.meet(s);
    if (known !== undefined) return known;
    this.live += stringSize(length);
    return s;
  }

  /** A new string that is over the limit: to read it would make a flat copy of a rope that may be as large again as all there is. */
  private isTooMuch(length: number): boolean {
    if (this.lengths.has(length)) return false;
    this.lengths.add(length);
    return this.live + stringSize(length) > this.limit;
  }

  private markText(s: string): string {
    const { texts } = this;
    const { read } = texts;
    const known = texts.get(s);
    if (known === undefined) {
      texts.add(s, s);
      this.live += stringSize(s.length);
    }
    this.work += Math.floor((texts.read - read) / BYTES_PER_WORK);
    return known ?? s;
  }

  /** Bytes that were read to tell long strings apart since the last time it was asked. */
  takeRead(): number {
    const { read } = this.texts;
    this.texts.read = 0;
    return read;
  }

  /** String keys: a shared shape counts once, with its own. */
  countKeys({ shape, slots }: LuaTable): void {
    if (shape.dictionary) this.markList(shape.keys, 0, shape.size, slots);
    else if (shape.mark !== this.epoch) this.countShape(shape);
  }

  /** Other states may count the same shape meanwhile, and tables that got the same keys may have a shape of another tree. */
  private countShape(shape: Shape): void {
    shape.mark = this.epoch;
    if (isFree(shape) || this.shapes.has(shape.identity)) return;
    this.shapes.add(shape.identity);
    this.live += SIZE.shape + shape.size * SIZE.sharedKey;
  }

  markContents(t: LuaTable): void {
    this.countKeys(t);
    this.markList(t.arr, 1, t.arr.length);
    this.markList(t.slots, 0, t.slots.length);
    const { hash } = t;
    if (hash === null) return;
    this.markList(hash.keys, 0, hash.keys.length, hash.values);
    this.markList(hash.values, 0, hash.values.length);
  }

  /** Marks all that what is marked leads to. */
  *propagate(): InPieces {
    for (;;) {
      if (this.isPieceDone()) yield;
      const object = this.gray.pop();
      if (object !== undefined) { // before more of a list: what waits stays few, and its list need not grow
        this.visit(object);
        continue;
      }
      const rest = this.rests.pop();
      if (rest === undefined) return;
      this.markList(rest.list, rest.from, rest.to, rest.values);
    }
  }

  private visit(object: Collectable): void {
    if (object instanceof LuaTable) this.markTable(object);
    else if (object instanceof LuaClosure) this.markClosure(object);
    else if (object instanceof Thread) this.markThread(object);
    else if (object instanceof Userdata) {
      this.live += SIZE.userdata + object.weight + object.userValues.length * SIZE.stackSlot;
      if (object.metatable !== null) this.mark(object.metatable);
      this.markList(object.userValues, 0, object.userValues.length);
    } else {
      this.live += SIZE.native;
      if (object.captured !== null) this.markList(object.captured, 0, object.captured.length);
    }
  }

  /** Marks list[from..to), those entries that have a value in `values`; of a long list the first piece. */
  private markList(list: LuaValue[], from: number, to: number, values: readonly LuaValue[] = list): void {
    if (to - from > PIECE) {
      this.rests.push({ list, values, from: from + PIECE, to });
      to = from + PIECE;
    }
    this.work += to - from;
    for (let i = from; i < to; i++) {
      const v = list[i];
      if (typeof v === "string") {
        if (values[i] === undefined) continue;
        if (v.length > SHORT_STRING) {
          list[i] = this.markString(v);
          if (this.work > 2 * PIECE) { // long ones
            if (i + 1 < to) this.rests.push({ list, values, from: i + 1, to });
            return;
          }
        } else this.live += stringSize(flatten(v).length);
      } else if (typeof v === "object") {
        if (values[i] === undefined) continue;
        if (v instanceof LuaFloat) this.live += SIZE.boxedFloat;
        else this.markValue(v);
      } else if (typeof v === "number") {
        if ((v | 0) !== v && values[i] !== undefined) this.live += SIZE.float;
      } else if (typeof v === "bigint") this.live += SIZE.wideInteger;
    }
  }

  private markTable(t: LuaTable): void {
    this.live += SIZE.table + (t.arr.length - 1) * SIZE.arraySlot + t.slots.length * (t.shape.dictionary ? SIZE.hashSlot : SIZE.field);
    if (t.shape.dictionary) this.live += SIZE.shape;
    if (t.arr.length > 1) this.live += SIZE.array;
    if (t.hash !== null) this.live += t.hash.room * SIZE.hashSlot;
    const { metatable } = t;
    if (metatable === null) {
      this.markContents(t);
      return;
    }
    this.mark(metatable);
    const mode = eventOf(metatable, Event.Mode);
    const weakKeys = typeof mode === "string" && mode.includes("k");
    const weakValues = typeof mode === "string" && mode.includes("v");
    if (weakKeys && weakValues) this.allWeak.push(t);
    else if (weakKeys) {
      this.markList(t.arr, 1, t.arr.length);
      this.markList(t.slots, 0, t.slots.length);
      this.countKeys(t);
      this.ephemerons.push(t);
    } else if (weakValues) {
      if (t.hash !== null) this.markList(t.hash.keys, 0, t.hash.keys.length);
      this.weakValues.push(t);
    } else this.markContents(t);
  }

  private markClosure(closure: LuaClosure): void {
    this.live += SIZE.closure + closure.upvals.length * SIZE.upvalueRef;
    this.countProto(closure.proto);
    for (const up of closure.upvals) {
      if (up.mark === this.epoch) continue;
      up.mark = this.epoch;
      this.live += SIZE.upvalue;
      this.markValue(up.get());
    }
  }

  /** A compiled function keeps those inside it. */
  private countProto(proto: Proto): void {
    if (this.protos.has(proto)) return;
    this.protos.add(proto);
    this.live += protoSize(proto);
    if (proto.source !== undefined) this.markString(proto.source);
    for (const inner of proto.protos) this.countProto(inner);
  }

  /** A thread that is not running: everything up to the top of its last frame is alive. */
  private markThread(t: Thread): void {
    this.live += SIZE.thread + Math.max(0, t.stack.length - INITIAL_STACK) * SIZE.stackSlot + t.level * SIZE.frame;
    this.markFrames(t);
    if (!this.rootedTops.has(t)) this.markList(t.stack, 0, topOfIdle(t));
  }

  /** Values that natives and interrupted instructions keep outside the stack. */
  private markFrames(t: Thread): void {
    for (let h = t.handling; h !== null; h = h.outer) this.markValue(h.thrown.value);
    for (let f: Frame | null = t.frame; f !== null; f = f.prev) {
      this.work++;
      if (Array.isArray(f.data)) this.markList(f.data as LuaValue[], 0, f.data.length);
      if (f.guard !== null && (f.flags & FrameFlag.Protected) !== 0) this.markValue(f.guard.handler);
      if (f.failure !== null) this.markValue(f.failure.value);
      if (f.func !== null) this.mark(f.func);
    }
  }
}
