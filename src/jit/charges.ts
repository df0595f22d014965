// What emitted code pays, and where. Fuel is taken only at points: where the code is entered, and at headers of loops. A point is passed if there
// is enough for the dearest way to the next point, so nothing between them needs a look; if not, the interpreter goes on, which ends to the
// unit where it must. Until something runs that may use fuel itself (a call, a metamethod), what the cheapest way costs has been paid, and edges
// that lead to dearer ways pay the difference. What comes behind it is paid before, since nobody knows how much will be left then: the dearest way,
// and edges to cheaper ones give back. Behind it there is a look, without paying, at whether the fuel was taken away meanwhile.
import { type FlowGraph, NONE } from "./graph.js";

/** Most units that may be paid at a point or beyond it. Fuel that helpers leave when they charge. */
export const RESERVE = 200;

/** What a block means for the meter. */
export interface BlockCost {
  /** Units of its instructions. */
  readonly units: number;
  /** It may use or take fuel beside them. */
  readonly usesMore: boolean;
  /** No emitted code follows it. */
  readonly isEnd: boolean;
  /** Emitted code cannot be left at its beginning: no point, but what follows it is one. */
  readonly isPrologue?: boolean;
}

export class Charges {
  /** By block: does its code take fuel? */
  private readonly points: Uint8Array;
  /** By block: can it be reached from a call without a point between them? */
  private readonly behind: Uint8Array;
  /** What has been paid where a block begins, of it and of what follows. */
  private readonly paid: Int32Array;
  /** What the dearest way on takes, the block included. */
  private readonly most: Int32Array;

  constructor(private readonly graph: FlowGraph, private readonly costs: readonly BlockCost[]) {
    const size = graph.blocks.length;
    this.points = new Uint8Array(size);
    this.behind = new Uint8Array(size);
    this.paid = new Int32Array(size);
    this.most = new Int32Array(size);
    for (let block = 0; block < size; block++) {
      const isOpen = block === 0 || graph.loop[block] === block || graph.predecessors[block]!.some((before) => costs[before]!.isPrologue === true);
      if (isOpen && costs[block]!.isPrologue !== true) this.points[block] = 1;
    }
    do this.findBehind();
    while (!this.add());
  }

  isPoint(block: number): boolean {
    return this.points[block] !== 0;
  }

  /** Is there to be a look whether fuel is left, although nothing is paid? */
  isLook(block: number): boolean {
    return this.points[block] === 0 && this.graph.predecessors[block]!.some((before) => this.costs[before]!.usesMore);
  }

  /** Units paid by the time the block begins, for it and what follows it in any case. */
  paidAt(block: number): number {
    return this.paid[block]!;
  }

  /** Units beyond {@link paidAt} that there must be at a point. */
  spare(block: number): number {
    return this.most[block]! - this.paid[block]!;
  }

  /** Units to be paid on an edge; below 0: to be given back. */
  owed(from: number, to: number): number {
    return (this.isPoint(to) ? 0 : this.paid[to]!) - (this.paid[from]! - this.costs[from]!.units);
  }

  private findBehind(): void {
    const { graph, costs, behind } = this;
    behind.fill(0);
    for (let block = 0; block < behind.length; block++) { // what comes before a block, but for what goes back to headers, has a lower number
      if (this.isPoint(block)) continue;
      if (graph.predecessors[block]!.some((before) => costs[before]!.usesMore || behind[before] !== 0)) behind[block] = 1;
    }
  }

  /** Adds up from the ends. False: a way was too long, and has more points now. */
  private add(): boolean {
    for (let block = this.points.length - 1; block >= 0; block--) {
      const { units, usesMore, isEnd } = this.costs[block]!;
      const next = isEnd ? [] : [this.graph.exits[block]!.taken, this.graph.exits[block]!.other].filter((to) => to !== NONE);
      const on = next.map((to) => (this.isPoint(to) ? { paid: 0, most: 0 } : { paid: this.paid[to]!, most: this.most[to]! }));
      const most = on.length === 0 ? 0 : Math.max(...on.map((way) => way.most));
      if (most > RESERVE) {
        for (const to of next) this.points[to] = 1;
        return false;
      }
      const cheapest = on.length === 0 ? 0 : Math.min(...on.map((way) => way.paid));
      this.paid[block] = units + (usesMore || this.behind[block] !== 0 ? most : cheapest);
      this.most[block] = units + most;
    }
    return true;
  }
}
