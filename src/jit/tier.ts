// The emitting tier: hot functions become JavaScript.
import type { Proto } from "../bytecode/proto.js";
import type { Frame } from "../vm/frame.js";
import type { LuaClosure } from "../vm/function.js";
import { type ProtoCache, cacheOf } from "../vm/inline-cache.js";
import type { Meter } from "../vm/meter.js";
import type { LuaState } from "../vm/state.js";
import type { Thread } from "../vm/thread.js";
import { type DirectCode, Entered, type RegionCode, type Tier } from "../vm/tier.js";
import type { LuaValue } from "../vm/value.js";
import type { Observed } from "./assume.js";
import { findBlocks } from "./control-flow.js";
import { Refusal } from "./emitter.js";
import { REGION_PARAMETERS, directParameters, lower } from "./lower.js";
import { FramesNeeded, MISMATCH, enter, run } from "./runtime.js";
import { type Study, count } from "./study.js";

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

/** When functions are compiled: once they are hot, or (to test the tier) as soon as they are met. */
export type TierMode = "auto" | "always";

/** Returns to an instruction after which it is worth an entry of its own. */
const WARM = 60;
/** Failed entries after which an entry expects nothing. */
const MAX_MISMATCHES = 3;
/** Entries one function may have beside its beginning. */
const MAX_REGIONS = 40;

/** Entries of a region that are kept short, and instructions in each. */
const TRAINING = 4;
const TRAINING_UNITS = 400;

function train(region: RegionCode, meter: Meter, stack: LuaValue[], frame: Frame): number {
  const held = meter.holdBack(TRAINING_UNITS);
  const next = region(meter, stack, frame, frame.base);
  if (held > 0) meter.giveBack(held);
  return next;
}

export class EmittingTier implements Tier {
  readonly statistics = new TierStatistics();
  /** `new Function` is forbidden here: stop trying. */
  private forbidden = false;
  /** Failed entries, by function and instruction. */
  private readonly mismatches = new WeakMap<ProtoCache, Uint8Array>();
  /** Returns seen, by function and instruction. */
  private readonly returns = new WeakMap<ProtoCache, Uint8Array>();

  /** `study`: notes what is done with each function, which slows it down. */
  constructor(private readonly mode: TierMode = "auto", private readonly study?: Study) {}

  loaded(proto: Proto): void {
    if (this.mode === "auto") return;
    const cache = cacheOf(proto);
    this.compile(proto, cache);
    this.open(proto, cache);
    for (const inner of proto.protos) this.loaded(inner);
  }

  forget(state: LuaState): void {
    run.forget(state);
  }

  compile(proto: Proto, cache: ProtoCache): void {
    if (cache.direct !== null || cache.refusal !== null) return;
    const code = this.emit(proto, cache, undefined, directParameters(proto), undefined);
    if (code === null) return;
    cache.direct = code as DirectCode;
    cache.regions ??= [];
    this.statistics.compiled++;
  }

  open(_: Proto, cache: ProtoCache): void {
    if (cache.refusal === null) cache.regions ??= [];
  }

  enter(L: Thread, frame: Frame, cache: ProtoCache): Entered {
    return enter(this, L, frame, cache.direct!);
  }

  needFrames(): void {
    if (run.isInLeaf) throw new FramesNeeded();
  }

  resume(L: Thread, frame: Frame, cache: ProtoCache, pc: number, isLoop: boolean): number {
    let region = cache.regions![pc];
    if (region === undefined) {
      if (!isLoop && !this.isWarm(cache, pc)) return pc;
      region = this.compileRegion((frame.func as LuaClosure).proto, cache, pc, L.stack, frame.base);
      cache.regions![pc] = region;
    }
    if (region === null) return pc;
    if (this.study !== undefined) count(this.study.of((frame.func as LuaClosure).proto, cache).replaced, pc);
    run.thread = L;
    run.tier = this;
    this.statistics.replaced++;
    const { meter } = L.state;
    const next = this.isTrained(cache, pc) ? region(meter, L.stack, frame, frame.base) : train(region, meter, L.stack, frame);
    if (next !== MISMATCH) return next;
    if (this.study !== undefined) count(this.study.of((frame.func as LuaClosure).proto, cache).mismatched, pc);
    return this.mismatch(cache, pc);
  }

  /** A frame entered with other kinds of numbers than the one it was compiled for: compiles again for the next, at last for any. */
  private mismatch(cache: ProtoCache, pc: number): number {
    let counts = this.mismatches.get(cache);
    if (counts === undefined) this.mismatches.set(cache, (counts = new Uint8Array(cache.fields.length)));
    if (counts[pc]! < MAX_MISMATCHES) {
      counts[pc]!++;
      cache.regions![pc] = undefined;
    }
    return pc;
  }

  /**
   * The first entries are short: V8 then knows the way out before it optimises the loop. Else it would give its code up at each
   * slice's end.
   */
  private isTrained(cache: ProtoCache, pc: number): boolean {
    const counts = (cache.entered ??= new Uint8Array(cache.fields.length));
    return counts[pc]! >= TRAINING || ++counts[pc]! > TRAINING;
  }

  private isWarm(cache: ProtoCache, pc: number): boolean {
    if (this.mode === "always") return true;
    let counts = this.returns.get(cache);
    if (counts === undefined) this.returns.set(cache, (counts = new Uint8Array(cache.fields.length)));
    return ++counts[pc]! >= WARM;
  }

  private compileRegion(proto: Proto, cache: ProtoCache, pc: number, stack: LuaValue[], base: number): RegionCode | null {
    if (cache.refusal !== null || cache.regions!.reduce((n, region) => (region == null ? n : n + 1), 0) >= MAX_REGIONS) return null;
    if (!findBlocks(proto).some((block) => block.start === pc)) return null;
    const guess = this.mismatches.get(cache)?.[pc] ?? 0;
    const observed = guess < MAX_MISMATCHES ? (n: number): LuaValue => stack[base + n] : undefined;
    const code = this.emit(proto, cache, pc, REGION_PARAMETERS, observed);
    cache.entered?.fill(0, pc, pc + 1);
    if (code !== null) this.statistics.regions++;
    return code as RegionCode | null;
  }

  /** The code for calls or for `entry`; null, with the reason noted once, when the function is refused. */
  private emit(proto: Proto, cache: ProtoCache, entry: number | undefined, parameters: string, observed: Observed | undefined): unknown {
    try {
      if (this.forbidden) throw new EvalError();
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
