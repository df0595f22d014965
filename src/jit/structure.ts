// Structured control flow out of a graph: blocks, loops and conditionals nested by the dominator tree (Ramsey, "Beyond
// Relooper", 2022), in a form that prints as JavaScript with labels.
//
// A block that several edges lead to forwards stands behind a labelled block, which those edges break out of. Every other block
// stands where its only edge is. What a loop leads to stands behind the loop, not inside it.
import { type FlowGraph, NONE, isInLoop } from "./graph.js";

/** Control that falls off the end of a list goes to what follows the list's owner; off the end of a loop's body, to its header. */
export type Node =
  /** The instructions of a block, but not the one that decides ({@link Exit.pc}). A block without successors returns by itself. */
  | { readonly kind: "code"; readonly block: number }
  /** Nothing to execute: control is about to pass this edge. Room for what must happen there, such as boxing a float. */
  | { readonly kind: "edge"; readonly from: number; readonly to: number }
  /** Decides by the last instruction of `block`: `then` along its `taken` edge, `otherwise` along the other. */
  | IfNode
  /** `L1: { … }` */
  | { readonly kind: "block"; readonly label: number; readonly body: readonly Node[] }
  /** `L1: for (;;) { … }`: repeats until something breaks out of it. */
  | LoopNode
  /** `break L1;` out of a block or a loop. */
  | BreakNode
  /** `continue L1;` */
  | { readonly kind: "continue"; readonly label: number };

export interface LoopNode {
  readonly kind: "loop";
  readonly label: number;
  /** The header: its block, and the instruction at which a running loop can be entered. */
  readonly block: number;
  readonly pc: number;
  /** Loops around it. */
  readonly depth: number;
  readonly body: readonly Node[];
}

export interface IfNode {
  readonly kind: "if";
  readonly block: number;
  readonly then: readonly Node[];
  readonly otherwise: readonly Node[];
}

export interface BreakNode {
  readonly kind: "break";
  label: number;
}

/** Labels are numbered from 1; `undefined`: some loop has two entries, and the graph has no structure. */
export function structure(graph: FlowGraph): Node[] | undefined {
  return graph.reducible ? new Structuring(graph).run() : undefined;
}

/** Conditionals that are built one inside the other, before {@link MAX_NESTING} of them stay so. */
const MAX_RECURSION = 100;

class Structuring {
  /** Blocks that get a label: those behind the code of a block, and those behind the loop of a header. In ascending order. */
  private readonly merges: number[][];
  private readonly followers: number[][];
  /** Label of a header's loop, and of the block that a merge or follower stands behind. */
  private readonly loopLabel: Int32Array;
  private readonly blockLabel: Int32Array;
  private labels = 0;
  /** Conditionals around what is being built. */
  private nesting = 0;

  constructor(private readonly graph: FlowGraph) {
    const count = graph.blocks.length;
    this.merges = graph.blocks.map(() => []);
    this.followers = graph.blocks.map(() => []);
    this.loopLabel = new Int32Array(count);
    this.blockLabel = new Int32Array(count);
    for (let block = 1; block < count; block++) this.place(block);
  }

  run(): Node[] {
    const nodes: Node[] = [];
    this.tree(0, nodes);
    return new Tidying().list(nodes, NOWHERE, 0);
  }

  /** Decides where `block` stands. */
  private place(block: number): void {
    const { graph } = this;
    const dominator = graph.dominator[block]!;
    let left = NONE; // the outermost loop that was left on the way from the dominator
    for (let at = graph.loop[dominator]!; at !== NONE && !isInLoop(graph, block, at); at = graph.outerLoop[at]!) left = at;
    if (left !== NONE) this.followers[left]!.push(block);
    else if (this.forwardEdges(block) > 1) this.merges[dominator]!.push(block);
  }

  private forwardEdges(block: number): number {
    let n = 0;
    for (const from of this.graph.predecessors[block]!) if (from < block) n++;
    return n;
  }

  /** Adds `block` (NONE: nothing) and what it dominates to `out`. Every path through that ends in a jump or returns. */
  private tree(block: number, out: Node[]): void {
    for (let at = block; at !== NONE;) at = this.graph.loop[at] === at ? this.loop(at, out) : this.behind(this.merges[at]!, out, at);
  }

  private loop(header: number, out: Node[]): number {
    const { outerLoop, blocks } = this.graph;
    const label = this.loopLabel[header] = ++this.labels;
    let depth = 0;
    for (let at = outerLoop[header]!; at !== NONE; at = outerLoop[at]!) depth++;
    const body: Node[] = [];
    const loop: Node = { kind: "loop", label, block: header, pc: blocks[header]!.start, depth, body };
    return this.behind(this.followers[header]!, out, header, loop, body);
  }

  /**
   * Adds the code of `block` inside one labelled block for each of `targets`, the first innermost, each target's code behind its own
   * block. The last target is not added but the answer: it follows in the same list. With `loop` the code is that loop's.
   */
  private behind(targets: readonly number[], out: Node[], block: number, loop?: LoopNode, body: Node[] = out): number {
    for (let i = targets.length - 1; i >= 0; i--) this.blockLabel[targets[i]!] = ++this.labels;
    const add = (list: Node[]): number => {
      if (loop === undefined) return this.ownCode(block, list);
      this.tree(this.behind(this.merges[block]!, body, block), body);
      list.push(loop);
      return NONE;
    };
    if (targets.length === 0) return add(out);
    let nodes: Node[] = [];
    this.tree(add(nodes), nodes);
    const last = targets[targets.length - 1]!;
    for (const target of targets) {
      const inside: Node = { kind: "block", label: this.blockLabel[target]!, body: nodes };
      if (target === last) out.push(inside);
      else this.tree(target, nodes = [inside]);
    }
    return last;
  }

  /** Adds the instructions of `block`; answers the block that follows in the same list. */
  private ownCode(block: number, out: Node[]): number {
    const { pc, taken, other } = this.graph.exits[block]!;
    out.push({ kind: "code", block });
    if (taken === NONE) return NONE;
    if (pc === NONE) return this.edge(block, taken, out);
    const then: Node[] = [];
    const otherwise: Node[] = [];
    out.push({ kind: "if", block, then, otherwise });
    const isDeep = ++this.nesting > MAX_RECURSION; // then one branch follows the conditional: the other one ends in a jump
    const thenFollows = isDeep && !this.isJump(block, taken);
    if (!thenFollows) this.tree(this.edge(block, taken, then), then);
    if (!isDeep || thenFollows) this.tree(this.edge(block, other, otherwise), otherwise);
    this.nesting--;
    return isDeep ? this.edge(block, thenFollows ? taken : other, out) : NONE;
  }

  /** Is the edge a jump to what stands elsewhere? */
  private isJump(from: number, to: number): boolean {
    return to <= from || this.blockLabel[to] !== 0;
  }

  /** Adds what leads to `to`: a jump, or nothing when its code is to follow, which the answer then says. */
  private edge(from: number, to: number, out: Node[]): number {
    out.push({ kind: "edge", from, to });
    if (!this.isJump(from, to)) return to;
    out.push(to <= from ? { kind: "continue", label: this.loopLabel[to]! } : { kind: "break", label: this.blockLabel[to]! });
    return NONE;
  }
}

// ---- making it shorter -----------------------------------------------------------------------------------------------------

/** What falling off the end of a list amounts to. */
interface Falling {
  /** Labels that a break here would name. */
  readonly breaks: readonly number[];
  /** Label that a continue here would name, or NONE. */
  readonly continues: number;
}

const NOWHERE: Falling = { breaks: [], continues: NONE };
/** Conditionals nested deeper than this stand one after the other instead. */
const MAX_NESTING = 12;

/** Nothing but an edge and a jump. */
const isOnlyJump = (nodes: readonly Node[]): boolean => nodes.length === 2 && (nodes[1]!.kind === "break" || nodes[1]!.kind === "continue");

/** Drops jumps to where control falls anyway, and labelled blocks that nothing names. */
class Tidying {
  /** By label, the breaks that stay. */
  private readonly breaks = new Map<number, BreakNode[]>();

  /** `nesting`: conditionals around `nodes`. */
  list(nodes: readonly Node[], falling: Falling, nesting: number): Node[] {
    const tidied: Node[] = [];
    let source = nodes;
    for (let at = 0; at < source.length; at++) {
      const node = source[at]!;
      const behind = at === source.length - 1 ? falling : NOWHERE;
      switch (node.kind) {
        case "if":
          if (at < source.length - 1) { // one branch is empty, the other one ends in a jump
            tidied.push({ ...node, then: this.list(node.then, NOWHERE, nesting + 1), otherwise: this.list(node.otherwise, NOWHERE, nesting + 1) });
            break;
          }
          source = this.conditional(node, tidied, falling, nesting);
          at = -1;
          break;
        case "block": tidied.push(...this.block(node.label, node.body, behind, nesting)); break;
        case "loop": tidied.push(this.loop(node, behind, nesting)); break;
        case "break": if (!falling.breaks.includes(node.label)) tidied.push(this.keep(node)); break;
        case "continue": if (falling.continues !== node.label) tidied.push(node); break;
        default: tidied.push(node);
      }
    }
    return tidied;
  }

  /** Adds a conditional, the last node of its list, and answers what of it is to follow. */
  private conditional(node: IfNode, tidied: Node[], falling: Falling, nesting: number): readonly Node[] {
    const inside = branchInside(node, falling, nesting);
    const then = inside === node.otherwise ? [] : this.list(node.then, inside === undefined ? falling : NOWHERE, nesting + 1);
    const otherwise = inside === node.then ? [] : this.list(node.otherwise, inside === undefined ? falling : NOWHERE, nesting + 1);
    tidied.push({ ...node, then, otherwise });
    return inside === undefined ? [] : inside === node.then ? node.otherwise : node.then;
  }

  private block(label: number, body: readonly Node[], falling: Falling, nesting: number): Node[] {
    const inside = this.list(body, { breaks: [...falling.breaks, label], continues: falling.continues }, nesting);
    return this.breaksTo(label).length === 0 ? inside : [{ kind: "block", label, body: inside }];
  }

  /** A loop; breaks in it that lead to where control falls behind it leave just the loop. */
  private loop(node: LoopNode, falling: Falling, nesting: number): Node {
    const before = falling.breaks.map((label) => this.breaksTo(label).length);
    const body = this.list(node.body, { breaks: [], continues: node.label }, nesting);
    falling.breaks.forEach((label, i) => {
      for (const jump of this.breaksTo(label).splice(before[i]!)) {
        jump.label = node.label;
        this.keep(jump);
      }
    });
    return { ...node, body };
  }

  private breaksTo(label: number): BreakNode[] {
    let known = this.breaks.get(label);
    if (known === undefined) this.breaks.set(label, known = []);
    return known;
  }

  private keep(node: BreakNode): BreakNode {
    this.breaksTo(node.label).push(node);
    return node;
  }
}

/** The branch that stays inside the conditional when the other can follow it, as every branch ends in a jump; undefined: both. */
function branchInside({ then, otherwise }: IfNode, falling: Falling, nesting: number): readonly Node[] | undefined {
  if (isOnlyJump(then) && !falls(then[1]!, falling)) return then;
  if (isOnlyJump(otherwise) && !falls(otherwise[1]!, falling)) return otherwise;
  if (isOnlyJump(then) || isOnlyJump(otherwise) || nesting < MAX_NESTING) return undefined;
  return size(then, 64) <= size(otherwise, 64) ? then : otherwise;
}

/** Nodes in and below a list; counts no further than `enough`. */
function size(nodes: readonly Node[], enough: number): number {
  let n = 0;
  for (const node of nodes) {
    if (++n >= enough) break;
    if (node.kind === "if") n += size(node.then, enough - n) + size(node.otherwise, enough - n);
    else if (node.kind === "block" || node.kind === "loop") n += size(node.body, enough - n);
  }
  return n;
}

function falls(jump: Node, falling: Falling): boolean {
  return jump.kind === "break" ? falling.breaks.includes(jump.label) : jump.kind === "continue" && falling.continues === jump.label;
}
