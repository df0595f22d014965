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

class Structuring {
  /** Blocks that get a label: those behind the code of a block, and those behind the loop of a header. In ascending order. */
  private readonly merges: number[][];
  private readonly followers: number[][];
  /** Label of a header's loop, and of the block that a merge or follower stands behind. */
  private readonly loopLabel: Int32Array;
  private readonly blockLabel: Int32Array;
  private labels = 0;

  constructor(private readonly graph: FlowGraph) {
    const count = graph.blocks.length;
    this.merges = graph.blocks.map(() => []);
    this.followers = graph.blocks.map(() => []);
    this.loopLabel = new Int32Array(count);
    this.blockLabel = new Int32Array(count);
    for (let block = 1; block < count; block++) this.place(block);
  }

  run(): Node[] {
    return new Tidying().list(this.tree(0), NOWHERE, 0);
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

  /** `block`, what it dominates, and no more. Every path through the answer ends in a jump or returns. */
  private tree(block: number): Node[] {
    const { graph } = this;
    if (graph.loop[block] !== block) return this.behind(this.merges[block]!, () => this.ownCode(block));
    return this.behind(this.followers[block]!, () => {
      const label = this.loopLabel[block] = ++this.labels;
      let depth = 0;
      for (let at = graph.outerLoop[block]!; at !== NONE; at = graph.outerLoop[at]!) depth++;
      const body = this.behind(this.merges[block]!, () => this.ownCode(block));
      return [{ kind: "loop", label, block, pc: graph.blocks[block]!.start, depth, body }];
    });
  }

  /** `inner` inside one labelled block for each of `targets`, which stand behind their blocks, the first innermost. */
  private behind(targets: readonly number[], inner: () => Node[]): Node[] {
    for (let i = targets.length - 1; i >= 0; i--) this.blockLabel[targets[i]!] = ++this.labels;
    let nodes = inner();
    for (const target of targets) nodes = [{ kind: "block", label: this.blockLabel[target]!, body: nodes }, ...this.tree(target)];
    return nodes;
  }

  private ownCode(block: number): Node[] {
    const { pc, taken, other } = this.graph.exits[block]!;
    const code: Node = { kind: "code", block };
    if (taken === NONE) return [code];
    if (pc === NONE) return [code, ...this.edge(block, taken)];
    return [code, { kind: "if", block, then: this.edge(block, taken), otherwise: this.edge(block, other) }];
  }

  private edge(from: number, to: number): Node[] {
    const edge: Node = { kind: "edge", from, to };
    if (to <= from) return [edge, { kind: "continue", label: this.loopLabel[to]! }];
    if (this.blockLabel[to] !== 0) return [edge, { kind: "break", label: this.blockLabel[to]! }];
    return [edge, ...this.tree(to)];
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
        case "if": // always the last one
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
