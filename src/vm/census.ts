// The census: a mark pass from the roots that finds what is alive, how large it is, which weak entries go and which
// finalizers run (manual 2.5). JavaScript's own collector frees the memory; the census gives Lua its semantics and limits.
//
// A pass over a large heap takes longer than a host may be kept waiting. So a run that can be preempted can be preempted in the
// middle of a pass: it stands still, and so does the state's heap, while other states and the host go on. Whoever enters the state
// meanwhile finishes the pass first. What a pass finds is therefore the same whether it was put off or not.
import { SIZE, allocate } from "./accounting.js";
import type { Budget } from "./budgets.js";
import { isSuspendable } from "./calls.js";
import { Event } from "./events.js";
import { type Due, type Finalizable, Finalizers, canStandStill, finalizerOf, warnOf } from "./finalizers.js";
import { LuaThrow } from "./fault.js";
import { FrameFlag } from "./frame-flags.js";
import type { Frame } from "./frame.js";
import { type InPieces, Marker } from "./marker.js";
import { COST } from "./meter.js";
import { eventOf } from "./metatables.js";
import { tryCallIn } from "./protected.js";
import type { Run } from "./run.js";
import type { Signal } from "./signal.js";
import type { LuaState } from "./state.js";
import { type LuaTable, lookups } from "./table.js";
import type { Thread } from "./thread.js";
import { type LuaValue, isFunction } from "./value.js";

/** What a pass has found. */
interface Found {
  readonly live: number;
  /** Bytes read beside those counted. */
  readonly read: number;
  /** Objects to finalize, in the order of their calls. */
  readonly dead: readonly Due[];
}

interface Pass {
  readonly marker: Marker;
  readonly pieces: InPieces<Found>;
}

/** What is left to do about a pass that the host had to finish: the limit it found reached, or the finalizers. */
interface Left {
  readonly owner: Run;
  readonly limit: unknown;
  readonly dead: readonly Due[];
}

/** For states that have none, which are most: nothing is ever added to it. */
const NO_FINALIZERS = new Map<Finalizable, Budget | null>();

export class Census {
  /** Objects whose metatable had __gc when it was set, oldest first, with the budget of Lua code that then pays for the call. */
  private finalizable = NO_FINALIZERS;
  /** Values the host holds (handles). */
  readonly roots = new Set<LuaValue>();
  /** A finalizer is running in a nested call, or the state closes. */
  private isNested = false;
  private closing = false;
  /** Objects that a closing state has still to finalize, oldest first. */
  private readonly atClose: Due[] = [];
  /** The pass under way, and the run that stands still in the middle of it. */
  private pass: Pass | null = null;
  private owner: Run | null = null;
  private readonly left: Left[] = [];

  constructor(private readonly state: LuaState) {}

  /** setmetatable gave `object` a metatable: notes finalizers and weak tables. */
  adopted(object: Finalizable, metatable: LuaTable): void {
    if (metatable.getStr("__mode") !== undefined) this.state.memory.observe();
    if (this.closing || eventOf(metatable, Event.Gc) === undefined) return;
    if (!this.finalizable.has(object)) allocate(SIZE.finalizer);
    this.note(object, this.state.budgets.nested);
    this.state.memory.observe();
  }

  private note(object: Finalizable, budget: Budget | null): void {
    if (this.finalizable === NO_FINALIZERS) this.finalizable = new Map();
    this.finalizable.set(object, budget);
  }

  /** A finalizer is running: no census may start. */
  get busy(): boolean {
    return this.isNested || this.state.run?.finalizing?.isThere === true;
  }

  // ---- when it happens ------------------------------------------------------------------------------------------------

  /**
   * A census at an allocation, or before an instruction: registers of `L` from stack[top] on are dead. Runs finalizers. It may be put
   * off to the tick of the next instruction: see {@link isUnderWay}.
   */
  step(L: Thread, top: number): void {
    if (!this.begin(L, top)) return;
    if (!this.goOn(L)) this.state.meter.interrupt();
  }

  /** A full collection for a native of the host. */
  collect(L: Thread): void {
    if (this.begin(L, L.frame.top)) this.finish(L);
  }

  /** A full collection for the native `f` (collectgarbage), which answers `result`: `return census.collectIn(f, 0)`. */
  collectIn(f: Frame, result: LuaValue): LuaValue | Signal {
    if (!this.begin(f.L, f.top)) return result;
    if (isSuspendable(f.L)) return this.goOnIn(f, result);
    this.finish(f.L);
    return result;
  }

  /** Whether some run stands still in a pass, which must go on before that run does. */
  get isUnderWay(): boolean {
    return this.owner !== null || this.left.length > 0;
  }

  /** Whether that is `run`. */
  isPausedIn(run: Run | null): boolean {
    return this.isUnderWay && run !== null && (this.owner === run || this.left.some(({ owner }) => owner === run));
  }

  /**
   * Goes on with the pass that the run in progress stands still in, or has begun. False: it was put off once more, or its finalizers are to
   * run as frames ({@link beginFinalizers}).
   */
  goOn(L: Thread): boolean {
    const { state, pass } = this;
    const { memory, meter, run } = state;
    if (pass === null) return this.finishLeft(L, run!);
    this.owner = null;
    let found: Found | undefined;
    try {
      for (let next = pass.pieces.next(); ; next = pass.pieces.next()) {
        if (next.done === true) {
          found = next.value;
          break;
        }
        meter.charge(pass.marker.takeRead() / COST.bytesPerUnit);
        meter.poll();
        if (run === null || !run.mayPause()) continue;
        this.owner = run;
        return false;
      }
    } catch (error) {
      this.forget();
      throw error;
    }
    this.pass = null;
    memory.counted(found.live, found.read);
    return this.runFinalizers(L, { owner: run!, limit: undefined, dead: found.dead });
  }

  /** Somebody else than the owner of a pass enters the state: finishes it; what is to be done about it is left to the owner. */
  finishFor(run: Run | null): void {
    const { owner, pass } = this;
    if (run === owner || owner === null || pass === null) return;
    let next = pass.pieces.next();
    while (next.done !== true) next = pass.pieces.next();
    this.pass = null;
    this.owner = null;
    let limit: unknown;
    try {
      this.state.memory.counted(next.value.live, next.value.read);
    } catch (error) {
      limit = error;
    }
    this.left.push({ owner, limit, dead: next.value.dead });
  }

  /** The run is over: a pass that it stands still in is given up. */
  abandon(run: Run): void {
    if (this.owner === run) this.forget();
    const due = this.takeLeft(run)?.dead ?? [];
    const waiting = run.finalizing?.isThere === true ? run.finalizing.waiting : [];
    for (const [object, budget] of [...due, ...waiting]) this.note(object, budget); // for the next pass
    run.finalizing = null;
  }

  /** Counts live memory without collecting anything: for limit checks inside natives. */
  measure(): void {
    const marker = new Marker(this.state.memory.getLimit());
    for (const _ of this.measureWith(marker)) this.state.meter.poll();
    this.state.memory.counted(marker.live, marker.takeRead());
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

  /** Begins a pass; false when there is none to begin. */
  private begin(L: Thread, top: number): boolean {
    const { memory } = this.state;
    memory.checkAllocations();
    if (this.busy) { // nothing is collected inside a finalizer, but a limit holds there too
      if (memory.getLimit() !== Infinity) this.measure();
      return false;
    }
    memory.due = false;
    const marker = new Marker(this.state.memory.getLimit());
    this.markRoots(marker);
    L.giveBack(top);
    marker.markRunning(L, top);
    this.pass = { marker, pieces: this.passOf(marker) };
    return true;
  }

  private finish(L: Thread): void {
    while (!this.goOn(L)) { /* nothing can be put off here */ }
  }

  private goOnIn(f: Frame, result: LuaValue): LuaValue | Signal {
    if (this.goOn(f.L)) return result;
    if (this.owner === null) return new Finalizers(this.state, this.takeLeft(this.state.run!)!.dead).runAbove(f, () => result);
    return this.owner.pause(f, (frame) => this.goOnIn(frame, result));
  }

  private takeLeft(run: Run): Left | undefined {
    const at = this.left.findIndex(({ owner }) => owner === run);
    return at < 0 ? undefined : this.left.splice(at, 1)[0];
  }

  private finishLeft(L: Thread, run: Run): boolean {
    const left = this.takeLeft(run)!;
    if (left.limit !== undefined) throw left.limit;
    return this.runFinalizers(L, left);
  }

  /** False: they are left for frames. */
  private runFinalizers(L: Thread, left: Left): boolean {
    if (left.dead.length > 0 && canStandStill(L)) {
      this.left.push(left);
      return false;
    }
    this.callFinalizers(L, left.dead);
    return true;
  }

  /** At a tick: runs what the run in progress has left to finalize, before the instruction of `frame` that is due. False: the pass goes on first. */
  beginFinalizers(L: Thread, frame: Frame): boolean {
    const { run } = this.state;
    if (this.owner !== null) return false;
    new Finalizers(this.state, this.takeLeft(run!)!.dead).runBefore(L, frame);
    return true;
  }

  private forget(): void {
    this.pass = null;
    this.owner = null;
    this.state.memory.due = true;
  }

  // ---- the pass -----------------------------------------------------------------------------------------------------

  private markRoots(marker: Marker): void {
    const { state } = this;
    marker.live += this.finalizable.size * SIZE.finalizer;
    marker.mark(state.registry);
    marker.mark(state.globals);
    marker.mark(state.loaded);
    if (state.stringMeta !== null) marker.mark(state.stringMeta);
    for (const metatable of state.typeMetas.values()) marker.mark(metatable);
    for (const value of this.roots) marker.markValue(value);
    for (const { dead } of this.left) for (const [object] of dead) marker.mark(object); // their finalizers are still to run
    marker.mark(state.mainThread);
    for (let t: Thread | null = state.current; t !== null; t = t.resumer) marker.mark(t);
  }

  private *measureWith(marker: Marker): InPieces {
    this.markRoots(marker);
    yield* marker.propagate();
    for (const list of [marker.weakValues, marker.ephemerons, marker.allWeak]) for (const t of list) marker.markContents(t);
    for (const object of this.finalizable.keys()) marker.mark(object);
    yield* marker.propagate();
  }

  /** Marks, clears weak entries, and finds the objects to finalize. */
  private *passOf(marker: Marker): InPieces<Found> {
    yield* marker.propagate();
    yield* this.converge(marker);
    // values go before finalizers can bring objects back to life …
    yield* this.clearValues(marker, marker.weakValues);
    yield* this.clearValues(marker, marker.allWeak);
    const valuesDone = marker.weakValues.length;
    const allDone = marker.allWeak.length;
    const dead: Due[] = [];
    for (const due of this.finalizable) {
      if (marker.isDead(due[0])) dead.push(due);
      if (marker.isPieceDone()) yield;
    }
    dead.reverse();
    for (const [object] of dead) marker.mark(object);
    yield* marker.propagate();
    yield* this.converge(marker);
    // … keys after, so that a finalizer still finds what is keyed by its object
    yield* this.clearKeys(marker, marker.ephemerons);
    yield* this.clearKeys(marker, marker.allWeak);
    yield* this.clearValues(marker, marker.weakValues.slice(valuesDone));
    yield* this.clearValues(marker, marker.allWeak.slice(allDone));
    for (const [object] of dead) this.finalizable.delete(object);
    lookups.epoch++; // weak entries may be gone
    return { live: marker.live, read: marker.takeRead(), dead };
  }

  /**
   * Marks the values of ephemeron entries whose key is alive, until nothing new is found. Each entry is looked at once and waits under
   * its key, so that no chain of entries, in whatever order, makes it more than linear work.
   */
  private *converge(marker: Marker): InPieces {
    const waiting = new Map<LuaValue, LuaValue[]>();
    marker.awaited = waiting;
    for (let looked = 0; looked < marker.ephemerons.length || marker.arrived.length > 0; ) {
      for (; looked < marker.ephemerons.length; looked++) yield* this.lookAtEphemerons(marker, marker.ephemerons[looked]!, waiting);
      for (let key = marker.arrived.pop(); key !== undefined; key = marker.arrived.pop()) {
        for (const value of waiting.get(key) ?? []) marker.markValue(value);
        waiting.delete(key);
        if (marker.isPieceDone()) yield;
      }
      yield* marker.propagate(); // may find more ephemeron tables, and more keys
    }
    marker.awaited = null;
  }

  private *lookAtEphemerons(marker: Marker, { hash }: LuaTable, waiting: Map<LuaValue, LuaValue[]>): InPieces {
    if (hash === null) return;
    for (let i = 0; i < hash.keys.length; i++) {
      if (marker.isPieceDone()) yield;
      const key = hash.keys[i];
      const value = hash.values[i];
      if (value === undefined || !marker.isDead(value)) continue;
      if (!marker.isDead(key)) marker.markValue(value);
      else if (waiting.has(key)) waiting.get(key)!.push(value);
      else waiting.set(key, [value]);
    }
  }

  private *clearValues(marker: Marker, tables: readonly LuaTable[]): InPieces {
    for (const t of tables) {
      yield* this.clearList(marker, t.arr, 1);
      yield* this.clearList(marker, t.slots, 0);
      if (t.hash !== null) yield* this.clearList(marker, t.hash.values, 0);
      marker.countKeys(t);
    }
  }

  private *clearList(marker: Marker, list: LuaValue[], from: number): InPieces {
    for (let i = from; i < list.length; i++) {
      if (marker.isPieceDone()) yield;
      const v = list[i];
      if (marker.isDead(v)) list[i] = undefined;
      else if (typeof v === "string") marker.markString(v);
    }
  }

  private *clearKeys(marker: Marker, tables: readonly LuaTable[]): InPieces {
    for (const { hash } of tables) {
      if (hash === null) continue;
      for (let i = 0; i < hash.keys.length; i++) {
        if (marker.isPieceDone()) yield;
        if (marker.isDead(hash.keys[i])) hash.values[i] = undefined;
      }
      hash.dropDead();
    }
  }

  // ---- finalizers -------------------------------------------------------------------------------------------------------

  private callFinalizers(L: Thread, objects: Iterable<Due>): void {
    if (Array.isArray(objects) && objects.length === 0) return;
    const { frame } = L;
    const { allowHook } = L;
    const saved = { top: L.top, results: L.results, pending: L.pending };
    const wasNested = this.isNested;
    this.isNested = true;
    L.allowHook = false;
    frame.flags |= FrameFlag.InFinalizer;
    try {
      for (const [object, budget] of objects) this.finalize(L, object, budget);
    } finally {
      this.isNested = wasNested;
      L.allowHook = allowHook;
      frame.flags &= ~FrameFlag.InFinalizer;
      L.top = saved.top;
      L.results = saved.results;
      L.pending = saved.pending;
    }
  }

  private finalize(L: Thread, object: Finalizable, budget: Budget | null): void {
    const finalizer = finalizerOf(this.state, object);
    if (!isFunction(finalizer)) return;
    const outcome = tryCallIn(budget, L, finalizer, [object]);
    if (outcome instanceof LuaThrow) warnOf(this.state, outcome.value);
  }
}
