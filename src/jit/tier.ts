// The emitting tier: hot functions become JavaScript.
import type { Proto } from "../bytecode/proto.js";
import { type ProtoCache, cacheOf } from "../vm/inline-cache.js";
import type { EmittedCode, Tier } from "../vm/tier.js";
import { Refusal, lower } from "./lower.js";

const PARAMETERS = "L, R, frame, b, pc";

/** What the tier did, for tests and tools. */
export class TierStatistics {
  compiled = 0;
  refused = 0;
}

/** When functions are compiled: once they are hot, or (to test the tier) as soon as they are loaded. */
export type TierMode = "auto" | "always";

export class EmittingTier implements Tier {
  readonly statistics = new TierStatistics();
  /** `new Function` is forbidden here: stop trying. */
  private forbidden = false;

  constructor(private readonly mode: TierMode = "auto") {}

  loaded(proto: Proto): void {
    if (this.mode === "auto") return;
    this.compile(proto, cacheOf(proto));
    for (const inner of proto.protos) this.loaded(inner);
  }

  compile(proto: Proto, cache: ProtoCache): void {
    if (this.forbidden || cache.emitted !== null || cache.refusal !== null) return;
    try {
      cache.emitted = lower(proto, cache.fields).link(PARAMETERS) as EmittedCode;
      this.statistics.compiled++;
    } catch (error) {
      this.statistics.refused++;
      if (error instanceof Refusal) cache.refusal = error.reason;
      else if (error instanceof EvalError) {
        this.forbidden = true;
        cache.refusal = "code generation from strings is not allowed here";
      } else throw error;
    }
  }
}
