// What emitted code pays, and where. Fuel is looked at only at points: where the code is entered, at headers of loops, and behind
// whatever may have used or taken fuel itself. A point is passed if there is enough for the dearest way to the next point, so nothing
// between them needs a look; if not, the interpreter goes on, which ends to the unit where it must. At a point is paid what the cheapest
// way costs; edges that lead to dearer ways pay the difference.
import { type FlowGraph, NONE } from "./graph.js";

/** Most units that may be used between two points beyond what is paid at the first. Fuel that helpers leave when they charge. */
export const RESERVE = 200;

/** What a block means for the meter. */
export interface BlockCost {
  /** Units of its instructions. */
  readonly units: number;
  /** It may use or take fuel beside them, at its end or before. One that does so without units of its own goes with what is before it. */
  readonly usesMore: boolean;
  /** No emitted code follows it. */
  readonly isEnd: boolean;
}

export class Charges {
  /** By block: does its code look at the fuel? */
  private readonly points: Uint8Array;
  /** What has been paid where a block begins, of it and of what follows. */
  private readonly paid: Int32Array;
  /** What the dearest way on takes, the block included. */
  private readonly most: Int32Array;

  constructor(private readonly graph: FlowGraph, private readonly costs: readonly BlockCost[]) {
    const size = graph.blocks.length;
    this.points = new Uint8Array(size);
    this.paid = new Int32Array(size);
    this.most = new Int32Array(size);
    for (let block = 0; block < size; block++) {
      const isOpen = block === 0 || graph.loop[block] === block || graph.predecessors[block]!.some((before) => costs[before]!.usesMore);
      if (isOpen && !(costs[block]!.usesMore && costs[block]!.units === 0)) this.points[block] = 1;
    }
    while (!this.add());
  }

  isPoint(block: number): boolean {
    return this.points[block] !== 0;
  }

  /** Units paid by the time the block begins, for it and what follows it in any case. */
  paidAt(block: number): number {
    return this.paid[block]!;
  }

  /** Units beyond {@link paidAt} that there must be at a point. */
  spare(block: number): number {
    return this.most[block]! - this.paid[block]!;
  }

  /** Units to be paid on an edge. */
  owed(from: number, to: number): number {
    return this.isPoint(to) ? 0 : this.paid[to]! - (this.paid[from]! - this.costs[from]!.units);
  }

  /** Adds up from the ends. False: a way was too long, and has more points now. */
  private add(): boolean {
    for (let block = this.points.length - 1; block >= 0; block--) { // what follows a block, but for headers, has a higher number
      const { units, isEnd } = this.costs[block]!;
      const next = isEnd ? [] : [this.graph.exits[block]!.taken, this.graph.exits[block]!.other].filter((to) => to !== NONE);
      const on = next.map((to) => (this.isPoint(to) ? { paid: 0, most: 0 } : { paid: this.paid[to]!, most: this.most[to]! }));
      const paid = on.length === 0 ? 0 : Math.min(...on.map((way) => way.paid));
      const most = on.length === 0 ? 0 : Math.max(...on.map((way) => way.most));
      if (most > RESERVE) {
        for (const to of next) this.points[to] = 1;
        return false;
      }
      this.paid[block] = units + paid;
      this.most[block] = units + most;
    }
    return true;
  }
}
