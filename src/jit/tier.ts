// The emitting tier: hot functions become JavaScript.
import { getOp } from "../bytecode/instruction.js";
import { Op } from "../bytecode/opcodes.js";
import type { Proto } from "../bytecode/proto.js";
import type { Frame } from "../vm/frame.js";
import type { LuaClosure } from "../vm/function.js";
import { type ProtoCache, cacheOf } from "../vm/inline-cache.js";
import type { Meter } from "../vm/meter.js";
import { DECLINED, type Signal } from "../vm/signal.js";
import type { LuaState } from "../vm/state.js";
import type { Thread } from "../vm/thread.js";
import { type DirectCode, Entered, Heat, LEFT, type Profit, Region, type RegionCode, type Tier, UNWOUND, initialHeat } from "../vm/tier.js";
import type { LuaValue } from "../vm/value.js";
import type { Observed } from "./assume.js";
import { findBlocks } from "./control-flow.js";
import { Refusal } from "./emitter.js";
import { found } from "./handlers.js";
import { REGION_PARAMETERS, directParameters, lower } from "./lower.js";
import { raised } from "./raising.js";
import { FramesNeeded, MISMATCH, callNested, enter, learn, roomOn, run } from "./runtime.js";
import { type Study, count } from "./study.js";
import { guess, watch } from "./watch.js";

/** What the tier did, for tests and tools. */
export class TierStatistics {
  /** Functions compiled for calls, and pieces compiled to be entered in the middle. */
  compiled = 0;
  regions = 0;
  refused = 0;
  /** Times a running frame went on in emitted code. */
  replaced = 0;
  /** Times frames had to be made because emitted code was left below a call. */
  get unwound(): number {
    return run.unwinds - this.unwoundBefore;
  }
  private readonly unwoundBefore = run.unwinds;
}

/**
 * When functions are compiled: once they are hot, or (to test the tier) as soon as they are met; "guess": then too, and expecting kinds of values that
 * nobody has seen, so that most expectations are disappointed.
 */
export type TierMode = "auto" | "always" | "guess";

/** Times a running frame passes a hot function's loop, or an instruction behind a call, before it is worth an entry of its own. */
const WARM_LOOP = 20;
const WARM = 300;
/** Units between two frames that come to such a place, above which the way from there to the next entry may as well be interpreted. */
const RARE = 50_000;
/** Calls of a function that are watched before it is compiled. */
const CALLS_WATCHED = 10;
/** Failed entries after which an entry expects nothing. */
const MAX_MISMATCHES = 5;
/** Entries one function may have beside its beginning, and one of more than so many instructions: each may hold most of it. */
const MAX_REGIONS = 40;
const MAX_LONG_REGIONS = 12;
const LONG = 1000;

/** Entries of a region that are kept short, and instructions in each. */
const TRAINING = 5;
const TRAINING_UNITS = 600;

/** Entries to emitted code between two looks at what they bring. */
const LOOK = 32;
/** Units from entering to leaving that are worth the way. */
const WORTH = 60;
/** Times an entry is passed by after it was found not to be worth it; doubles each time. */
const PAUSE = 500;
const MAX_LOSSES = 16;
/** To be passed by for ever. */
const NEVER = 1 << 30;

/** A stay of so many units is a long one. */
const LONG_STAY = 50_000;
/** {@link nudge} whenever there have been so many times as many of them. */
const NUDGE_GROWTH = 2;
/** Entries that make V8 optimise a function of any length: it counts bytes of bytecode, and wants more of them from longer ones. */
const NUDGES = 1300;

const visitsOf = ({ fields }: ProtoCache, isLoop: boolean): number => (isLoop ? WARM_LOOP : WARM - initialHeat(fields.length - 1));

function train(code: RegionCode, meter: Meter, stack: LuaValue[], frame: Frame): number {
  const held = meter.holdBack(TRAINING_UNITS);
  const next = code(meter, stack, frame, frame.base);
  if (held > 0) meter.giveBack(held);
  return next;
}

/**
 * Enters a region without fuel, so that it returns at once, until V8 must have optimised it. Left alone V8 waits until the loop has run for long, and when
 * it has given up the code of a loop for which it also has on-stack replacement, it may never do so again: what runs in that code counts for
 * nothing, and it is entered at the loop's first round (the loop stayed four times slower).
 */
function nudge(code: RegionCode, meter: Meter, stack: LuaValue[], frame: Frame, pc: number): number {
  const held = meter.holdBack(0);
  let next = pc;
  for (let n = 0; n < NUDGES && held > 0 && next === pc; n++) next = code(meter, stack, frame, frame.base);
  meter.giveBack(held);
  return next;
}

/** Notes that code was left after so many units; answers how often its entry is to be passed by from now on. */
function judge(profit: Profit, units: number): number {
  profit.units += units;
  if (++profit.left < LOOK) return 0;
  const isWorth = profit.units >= LOOK * WORTH;
  profit.left = profit.units = 0;
  if (isWorth) return 0;
  if (profit.losses < MAX_LOSSES) profit.losses++;
  return PAUSE << profit.losses;
}

export class EmittingTier implements Tier {
  readonly statistics = new TierStatistics();
  /** `new Function` is forbidden here: stop trying. */
  private forbidden = false;

  /** `study`: notes what is done with each function, which slows it down. */
  constructor(private readonly mode: TierMode = "auto", private readonly study?: Study) {}

  loaded(proto: Proto): void {
    if (this.mode === "auto") return;
    const cache = cacheOf(proto);
    if (this.mode === "guess") guess(cache.assumes, proto);
    this.emitDirect(proto, cache);
    this.open(proto, cache);
    for (const inner of proto.protos) this.loaded(inner);
  }

  forget(state: LuaState): void {
    run.forget(state);
    found.receiver = raised.value = undefined;
    raised.frame = null;
  }

  compile(state: LuaState, proto: Proto, cache: ProtoCache): void {
    if (this.mode === "auto" && !cache.assumes.isCallWatched && proto.code.length <= Heat.TooLong) {
      cache.assumes.isCallWatched = true;
      cache.heat = Heat.Hot - CALLS_WATCHED;
      watch(state);
    } else this.emitDirect(proto, cache);
  }

  private emitDirect(proto: Proto, cache: ProtoCache): void {
    if (cache.refusal !== null) return;
    if (cache.direct === null) {
      const code = this.emit(proto, cache, undefined, directParameters(proto), undefined);
      if (code === null) return;
      cache.direct = code as DirectCode;
      this.statistics.compiled++;
    }
    cache.isEntered = true;
    this.open(proto, cache);
  }

  open(proto: Proto, cache: ProtoCache): void {
    if (cache.refusal === null) cache.regions ??= new Array<Region | undefined>(proto.code.length + 1).fill(undefined);
  }

  enter(L: Thread, frame: Frame, cache: ProtoCache): Entered {
    const { meter, observer } = L.state;
    if (observer !== null) return Entered.Not;
    const before = meter.used;
    const how = enter(this, L, frame, cache.direct!);
    if (how === Entered.Left) this.judgeCall(cache, meter.used - before);
    return how;
  }

  /** Code for calls that the interpreter or a native entered was left after so many units. */
  private judgeCall(cache: ProtoCache, units: number): void {
    if (this.mode !== "auto") return;
    const pause = judge(cache.profit, units);
    if (pause === 0) return;
    cache.isEntered = false;
    cache.heat = Heat.Hot - pause;
  }

  callNested(L: Thread, closure: LuaClosure, cache: ProtoCache, at: number, count: 1 | 2, a: LuaValue, b: LuaValue): LuaValue | Signal {
    const { meter, observer } = L.state;
    if (observer !== null) return DECLINED;
    const before = meter.used;
    const result = callNested(this, L, closure, cache.direct!, at, count, a, b);
    if (result === LEFT) this.judgeCall(cache, meter.used - before);
    return result;
  }

  needFrames(): void {
    if (run.isInLeaf) throw new FramesNeeded();
  }

  resume(L: Thread, frame: Frame, cache: ProtoCache, pc: number, isLoop: boolean): number {
    if (L.state.observer !== null) return pc;
    const region = cache.regions![pc] ?? this.meet(L, cache, pc, isLoop);
    if (--region.wait >= 0 || (region.since >= 0 && this.isRare(region, L.state.meter.used, cache, isLoop))) return pc;
    region.wait = 0;
    return this.goOn(L, frame, cache, pc, region, roomOn(L), this.mode === "auto");
  }

  continueAt(L: Thread, frame: Frame, cache: ProtoCache, pc: number, room: number): number {
    const region = cache.regions![pc]!;
    if (region.entered < TRAINING || this.study !== undefined) return this.goOn(L, frame, cache, pc, region, room, false);
    run.room = room;
    this.statistics.replaced++;
    const next = region.code!(L.state.meter, L.stack, frame, frame.base);
    return next === MISMATCH ? this.mismatched(pc, region) : next;
  }

  /** A frame is at an instruction where none has been. */
  private meet(L: Thread, cache: ProtoCache, pc: number, isLoop: boolean): Region {
    const { length } = cache.fields;
    if (this.mode === "auto" && isLoop && length <= Heat.TooLong) watch(L.state);
    return (cache.regions![pc] = this.mode === "auto" ? new Region(visitsOf(cache, isLoop), L.state.meter.used) : new Region(0, -1));
  }

  /**
   * Have the frames that were to pass by come seldom? Then an entry would bring nothing: they are here because a slice was over, or between two
   * loops that have entries, and V8 would begin again with new code for all of it. They are counted anew.
   */
  private isRare(region: Region, used: number, cache: ProtoCache, isLoop: boolean): boolean {
    const visits = visitsOf(cache, isLoop);
    if (used - region.since <= visits * RARE) {
      region.since = -1;
      return false;
    }
    region.since = used;
    region.wait = visits;
    return true;
  }

  /** `isJudged`: what it brings decides how often the entry is passed by. */
  private goOn(L: Thread, frame: Frame, cache: ProtoCache, pc: number, region: Region, room: number, isJudged: boolean): number {
    const { proto } = frame.func as LuaClosure;
    if (region.code === null) {
      region.code = this.compileRegion(proto, cache, pc, region, L.stack, frame.base);
      region.entered = 0;
      if (region.code === null) {
        region.wait = NEVER;
        return pc;
      }
    }
    if (this.study !== undefined) count(this.study.of(proto, cache).replaced, pc);
    run.thread = L;
    run.tier = this;
    run.room = room;
    this.statistics.replaced++;
    const { meter } = L.state;
    const before = meter.used;
    // The first entries are short: V8 then knows the way out before it optimises the loop. Else it would give its code up at each slice's end.
    const isTrained = region.entered >= TRAINING;
    if (!isTrained) region.entered++;
    let next = pc;
    if (region.long === region.nudge) {
      region.nudge *= NUDGE_GROWTH;
      next = nudge(region.code, meter, L.stack, frame, pc);
    }
    if (next === pc) next = isTrained ? region.code(meter, L.stack, frame, frame.base) : train(region.code, meter, L.stack, frame);
    if (next === MISMATCH) {
      if (this.study !== undefined) count(this.study.of(proto, cache).mismatched, pc);
      return this.mismatched(pc, region);
    }
    if (next !== UNWOUND) {
      frame.pc = next;
      learn(frame);
    }
    const used = meter.used - before;
    if (isTrained && isJudged) region.wait = judge(region.profit, used);
    if (used > LONG_STAY) region.long++;
    return next;
  }

  /** A frame entered with other kinds of numbers than the one it was compiled for: compiles again for the next, at last for any. */
  private mismatched(pc: number, region: Region): number {
    if (region.mismatches < MAX_MISMATCHES) {
      region.mismatches++;
      region.code = null;
    }
    return pc;
  }

  private compileRegion(proto: Proto, cache: ProtoCache, pc: number, region: Region, stack: LuaValue[], base: number): RegionCode | null {
    const most = proto.code.length > LONG ? MAX_LONG_REGIONS : MAX_REGIONS;
    if (cache.refusal !== null || cache.regions!.reduce((n, other) => (other == null || other.code === null ? n : n + 1), 0) >= most) return null;
    if (!findBlocks(proto).some((block) => block.start === pc)) return null;
    if (getOp(proto.code[pc]!) === Op.TForLoop) return null; // reached alone, after a yield, it counts; emitted code takes it with the TFORCALL
    const observed = region.mismatches < MAX_MISMATCHES ? { value: (n: number): LuaValue => stack[base + n], before: region.kinds } : undefined;
    const code = this.emit(proto, cache, pc, REGION_PARAMETERS, observed);
    if (code !== null) this.statistics.regions++;
    return code as RegionCode | null;
  }

  /** The code for calls or for `entry`; null, with the reason noted once, when the function is refused. */
  private emit(proto: Proto, cache: ProtoCache, entry: number | undefined, parameters: string, observed: Observed | undefined): unknown {
    try {
      if (this.forbidden) throw new EvalError();
      if (this.mode === "auto") cache.assumes.omitted ??= new Set();
      if (this.study === undefined) return lower(proto, cache, entry, observed).link(parameters);
      const study = this.study.of(proto, cache);
      const from = performance.now();
      const writer = lower(proto, cache, entry, observed, study);
      const code = writer.link(parameters);
      const { marks, constants } = writer;
      study.pieces.push({ entry, text: writer.text(), marks, constants, took: performance.now() - from });
      return code;
    } catch (error) {
      if (error instanceof Refusal) cache.refusal = error.reason;
      else if (error instanceof EvalError) {
        this.forbidden = true;
        cache.refusal = "code generation from strings is not allowed here";
      } else throw error;
      this.statistics.refused++;
      return null;
    }
  }
}
