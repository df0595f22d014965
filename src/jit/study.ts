// What the emitting tier did with each function, for `perilune jit-dump`: the text it wrote, and how often and where that was left.
import type { Proto } from "../bytecode/proto.js";
import type { ProtoCache } from "../vm/inline-cache.js";

/** One text that was written for a function. */
export interface Piece {
  /** The instruction at which a running frame goes on in it; undefined: the code for calls. */
  readonly entry: number | undefined;
  readonly text: string;
  /** By line of the text, the instruction that begins there. */
  readonly marks: ReadonlyMap<number, number>;
  /** The values behind k0, k1, … */
  readonly constants: readonly unknown[];
  /** Milliseconds that writing the text and handing it to JavaScript took. */
  readonly took: number;
}

export class FunctionStudy {
  readonly pieces: Piece[] = [];
  /** By instruction: times emitted code was left before it, and times it was left behind it because a call there had been. */
  readonly left = new Map<number, number>();
  readonly unwound = new Map<number, number>();
  /** By instruction: times a running frame went on there, and times it could not because its numbers were of other kinds. */
  readonly replaced = new Map<number, number>();
  readonly mismatched = new Map<number, number>();

  constructor(readonly proto: Proto, readonly cache: ProtoCache) {}

  /** Emitted code calls this on its way out. */
  leave(pc: number, inCall: boolean): void {
    if (inCall) count(this.unwound, pc - 1);
    else count(this.left, pc);
  }
}

export class Study {
  readonly functions = new Map<ProtoCache, FunctionStudy>();

  of(proto: Proto, cache: ProtoCache): FunctionStudy {
    let found = this.functions.get(cache);
    if (found === undefined) this.functions.set(cache, (found = new FunctionStudy(proto, cache)));
    return found;
  }
}

export function count(counts: Map<number, number>, pc: number): void {
  counts.set(pc, (counts.get(pc) ?? 0) + 1);
}
