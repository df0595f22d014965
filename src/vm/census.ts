// The census: a mark pass from the roots that finds what is alive, how large it is, which weak entries go and which
// finalizers run (manual 2.5). JavaScript's own collector frees the memory; the census gives Lua its semantics and limits.
import type { Proto } from "../bytecode/proto.js";
import { LuaFloat } from "../number/float.js";
import { SIZE, allocate, stringSize } from "./accounting.js";
import type { Budget } from "./budgets.js";
import { Event } from "./events.js";
import { LuaThrow } from "./fault.js";
import { FrameFlag } from "./frame-flags.js";
import type { Frame } from "./frame.js";
import { LuaClosure, NativeFunction } from "./function.js";
import { liveTop } from "./hooks.js";
import { eventOf, metatableOf } from "./metatables.js";
import { tryCallIn } from "./protected.js";
import { protoSize } from "./proto-size.js";
import type { LuaState } from "./state.js";
import { LuaTable, lookups } from "./table.js";
import { INITIAL_STACK, Thread, ThreadStatus } from "./thread.js";
import { Userdata } from "./userdata.js";
import { type LuaValue, isFunction } from "./value.js";

type Collectable = LuaTable | LuaClosure | NativeFunction | Userdata | Thread;
type Finalizable = LuaTable | Userdata;
/** An object to finalize, and who pays. */
type Due = readonly [Finalizable, Budget | null];

/** Strings up to this length are counted at each reference, longer ones once. */
const SHORT_STRING = 40;

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

/** Passes done by all states: states share some functions, whose marks must not be taken for those of another pass. */
let epochs = 0;

export class Census {
  private epoch = 0;
  private gray: Collectable[] = [];
  private live = 0;
  private weakValues: LuaTable[] = [];
  private ephemerons: LuaTable[] = [];
  private allWeak: LuaTable[] = [];
  /** Long strings met in this pass: each counts once, and equal ones are made the same string. */
  private strings = new Map<string, string>();
  /** Objects whose metatable had __gc when it was set, oldest first, with the budget of Lua code that then pays for the call. */
  private readonly finalizable = new Map<Finalizable, Budget | null>();
  /** Values the host holds (handles). */
  readonly roots = new Set<LuaValue>();
  /** A finalizer is running, or the state closes: no census may start. */
  busy = false;
  private closing = false;
  /** Objects that a closing state has still to finalize, oldest first. */
  private readonly atClose: Due[] = [];

  constructor(private readonly state: LuaState) {}

  /** setmetatable gave `object` a metatable: notes finalizers and weak tables. */
  adopted(object: Finalizable, metatable: LuaTable): void {
    if (metatable.getStr("__mode") !== undefined) this.state.memory.observe();
    if (this.closing || eventOf(metatable, Event.Gc) === undefined) return;
    if (!this.finalizable.has(object)) allocate(SIZE.finalizer);
    this.finalizable.set(object, this.state.budgets.nested);
    this.state.memory.observe();
  }

  /** A census at an allocation: registers of `L` from stack[top] on are dead. Runs finalizers. */
  step(L: Thread, top: number): void {
    const { memory } = this.state;
    memory.checkAllocations();
    if (this.busy) { // nothing is collected inside a finalizer, but a limit holds there too
      if (memory.getLimit() !== Infinity) this.measure();
      return;
    }
    memory.due = false;
    const dead = this.markAll(L, top);
    memory.counted(this.live);
    if (dead.length > 0) this.callFinalizers(L, dead);
  }

  /** A full collection asked for by collectgarbage. */
  collect(L: Thread): void {
    this.step(L, L.frame.top);
  }

  /** Counts live memory without collecting anything: for limit checks inside natives. */
  measure(): void {
    this.begin();
    this.markRoots(undefined, 0);
    this.propagate();
    for (const list of [this.weakValues, this.ephemerons, this.allWeak]) for (const t of list) this.markContents(t);
    for (const object of this.finalizable.keys()) this.mark(object);
    this.propagate();
    this.state.memory.counted(this.live);
    this.end();
  }

  /** lua_close: runs every finalizer, newest object first. A finalizer that closes the state again runs the rest. */
  finalizeAll(): void {
    for (const due of this.finalizable) this.atClose.push(due);
    this.finalizable.clear();
    this.closing = true;
    this.callFinalizers(this.state.mainThread, this.takeAtClose());
  }

  private *takeAtClose(): Iterable<Due> {
    for (let due = this.atClose.pop(); due !== undefined; due = this.atClose.pop()) yield due;
  }

  // ---- the pass -----------------------------------------------------------------------------------------------------

  private begin(): void {
    this.epoch = ++epochs;
    this.live = this.finalizable.size * SIZE.finalizer;
    this.weakValues = [];
    this.ephemerons = [];
    this.allWeak = [];
    this.strings = new Map();
  }

  private end(): void {
    this.strings = new Map();
    this.weakValues = [];
    this.ephemerons = [];
    this.allWeak = [];
  }

  /** Marks, clears weak entries, and answers the objects to finalize, in the order of their calls. */
  private markAll(L: Thread, top: number): Due[] {
    this.begin();
    this.markRoots(L, top);
    this.propagate();
    this.converge();
    // values go before finalizers can bring objects back to life …
    this.clearValues(this.weakValues);
    this.clearValues(this.allWeak);
    const valuesDone = this.weakValues.length;
    const allDone = this.allWeak.length;
    const dead: Due[] = [];
    for (const due of this.finalizable) if (due[0].mark < this.epoch) dead.push(due);
    dead.reverse();
    for (const [object] of dead) {
      this.finalizable.delete(object);
      this.mark(object);
    }
    this.propagate();
    this.converge();
    // … keys after, so that a finalizer still finds what is keyed by its object
    this.clearKeys(this.ephemerons);
    this.clearKeys(this.allWeak);
    this.clearValues(this.weakValues.slice(valuesDone));
    this.clearValues(this.allWeak.slice(allDone));
    this.end();
    lookups.epoch++; // weak entries may be gone
    return dead;
  }

  private markRoots(running: Thread | undefined, top: number): void {
    const { state } = this;
    this.mark(state.registry);
    this.mark(state.globals);
    this.mark(state.loaded);
    if (state.stringMeta !== null) this.mark(state.stringMeta);
    for (const metatable of state.typeMetas.values()) this.mark(metatable);
    for (const value of this.roots) this.markValue(value);
    if (running !== undefined) this.markRunning(running, top);
    this.mark(state.mainThread);
    for (let t: Thread | null = state.current; t !== null; t = t.resumer) this.mark(t);
  }

  private mark(object: Collectable): void {
    if (object.mark >= this.epoch) return; // reached already, or shared
    object.mark = this.epoch;
    this.gray.push(object);
  }

  private markValue(v: LuaValue): void {
    if (typeof v === "object") {
      if (v instanceof LuaTable || v instanceof LuaClosure || v instanceof NativeFunction || v instanceof Userdata || v instanceof Thread) this.mark(v);
    } else if (typeof v === "string") this.markString(v);
  }

  /** Counts a string; answers the one to keep in its place. */
  private markString(s: string): string {
    if (s.length <= SHORT_STRING) {
      this.live += stringSize(s.length);
      return s;
    }
    const known = this.strings.get(s);
    if (known !== undefined) return known;
    this.strings.set(s, s);
    this.live += stringSize(s.length);
    return s;
  }

  private markList(list: LuaValue[], from: number, to: number): void {
    for (let i = from; i < to; i++) {
      const v = list[i];
      if (typeof v === "string") {
        if (v.length > SHORT_STRING) list[i] = this.markString(v);
        else this.live += stringSize(v.length);
      } else if (typeof v === "object") {
        if (v instanceof LuaFloat) this.live += SIZE.boxedFloat;
        else this.markValue(v);
      } else if (typeof v === "number") {
        if ((v | 0) !== v) this.live += SIZE.float;
      } else if (typeof v === "bigint") this.live += SIZE.wideInteger;
    }
  }

  private propagate(): void {
    const { gray } = this;
    for (let object = gray.pop(); object !== undefined; object = gray.pop()) {
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

  /** String keys: those of a shared shape are no table's own. */
  private countKeys({ shape, slots }: LuaTable): void {
    if (!shape.dictionary) return;
    for (let i = 0; i < shape.size; i++) if (slots[i] !== undefined) this.markString(shape.keys[i]!);
  }

  private markContents(t: LuaTable): void {
    this.countKeys(t);
    this.markList(t.arr, 1, t.arr.length);
    this.markList(t.slots, 0, t.slots.length);
    const { hash } = t;
    if (hash === null) return;
    for (let i = 0; i < hash.keys.length; i++) {
      if (hash.values[i] === undefined) continue;
      const key = hash.keys[i];
      if (typeof key === "number") {
        if ((key | 0) !== key) this.live += SIZE.float;
      } else this.markValue(key);
    }
    this.markList(hash.values, 0, hash.values.length);
  }

  private markClosure(closure: LuaClosure): void {
    this.live += SIZE.closure + closure.upvals.length * SIZE.upvalueRef;
    if (closure.proto.mark !== this.epoch) this.markProto(closure.proto);
    for (const up of closure.upvals) {
      if (up.mark === this.epoch) continue;
      up.mark = this.epoch;
      this.live += SIZE.upvalue;
      this.markValue(up.get());
    }
  }

  /** A compiled function keeps those inside it. */
  private markProto(proto: Proto): void {
    proto.mark = this.epoch;
    this.live += protoSize(proto);
    for (const inner of proto.protos) if (inner.mark !== this.epoch) this.markProto(inner);
  }

  /** A thread that is not running: everything up to the top of its last frame is alive. */
  private markThread(t: Thread): void {
    this.live += SIZE.thread + Math.max(0, t.stack.length - INITIAL_STACK) * SIZE.stackSlot + t.level * SIZE.frame;
    this.markFrames(t);
    if (!this.rootedTops.has(t)) this.markList(t.stack, 0, topOfIdle(t));
    this.rootedTops.delete(t);
  }

  /** Values that natives and interrupted instructions keep outside the stack. */
  private markFrames(t: Thread): void {
    for (let f: Frame | null = t.frame; f !== null; f = f.prev) {
      if (Array.isArray(f.data)) this.markList(f.data as LuaValue[], 0, f.data.length);
      if (f.guard !== null && (f.flags & FrameFlag.Protected) !== 0) this.markValue(f.guard.handler);
      if (f.failure !== null) this.markValue(f.failure.value);
      if (f.func !== null) this.mark(f.func);
    }
  }

  /** Threads whose live stack was marked with an exact top. */
  private readonly rootedTops = new Set<Thread>();

  private markRunning(L: Thread, top: number): void {
    this.rootedTops.add(L);
    this.markList(L.stack, 0, top);
    for (let i = top; i < L.stack.length; i++) L.stack[i] = undefined; // dead registers must keep nothing alive
    this.mark(L);
  }

  // ---- weak tables ----------------------------------------------------------------------------------------------------

  private isDead(v: LuaValue): boolean {
    if (typeof v !== "object") return false;
    const collectable = v instanceof LuaTable || v instanceof LuaClosure || v instanceof NativeFunction || v instanceof Userdata || v instanceof Thread;
    return collectable && v.mark < this.epoch;
  }

  /** Marks the values of ephemeron entries whose key is alive, until nothing new is found. */
  private converge(): void {
    for (let changed = true; changed; ) {
      changed = false;
      for (const t of this.ephemerons) {
        const { hash } = t;
        if (hash === null) continue;
        for (let i = 0; i < hash.keys.length; i++) {
          const v = hash.values[i];
          if (v === undefined || this.isDead(hash.keys[i]) || !this.isDead(v)) continue;
          this.markValue(v);
          changed = true;
        }
      }
      this.propagate(); // may find more ephemeron tables
    }
  }

  private clearValues(tables: LuaTable[]): void {
    for (const t of tables) {
      this.clearList(t.arr, 1);
      this.clearList(t.slots, 0);
      if (t.hash !== null) this.clearList(t.hash.values, 0);
      this.countKeys(t);
    }
  }

  private clearList(list: LuaValue[], from: number): void {
    for (let i = from; i < list.length; i++) {
      const v = list[i];
      if (this.isDead(v)) list[i] = undefined;
      else if (typeof v === "string") this.markString(v);
    }
  }

  private clearKeys(tables: LuaTable[]): void {
    for (const { hash } of tables) {
      if (hash === null) continue;
      for (let i = 0; i < hash.keys.length; i++) if (this.isDead(hash.keys[i])) hash.values[i] = undefined;
    }
  }

  // ---- finalizers -------------------------------------------------------------------------------------------------------

  private callFinalizers(L: Thread, objects: Iterable<Due>): void {
    const { frame } = L;
    const { allowHook } = L;
    const saved = { top: L.top, results: L.results, pending: L.pending };
    const wasBusy = this.busy;
    this.busy = true;
    L.allowHook = false;
    frame.flags |= FrameFlag.InFinalizer;
    try {
      for (const [object, budget] of objects) this.finalize(L, object, budget);
    } finally {
      this.busy = wasBusy;
      L.allowHook = allowHook;
      frame.flags &= ~FrameFlag.InFinalizer;
      L.top = saved.top;
      L.results = saved.results;
      L.pending = saved.pending;
    }
  }

  private finalize(L: Thread, object: Finalizable, budget: Budget | null): void {
    const metatable = metatableOf(this.state, object);
    const finalizer = metatable === null ? undefined : eventOf(metatable, Event.Gc);
    if (!isFunction(finalizer)) return;
    const outcome = tryCallIn(budget, L, finalizer, [object]);
    if (outcome instanceof LuaThrow) this.warnError(outcome.value);
  }

  private warnError(error: LuaValue): void {
    const text = typeof error === "string" ? error : "error object is not a string";
    this.state.warn("error in ", true);
    this.state.warn("__gc", true);
    this.state.warn(" (", true);
    this.state.warn(text, true);
    this.state.warn(")", false);
  }
}
