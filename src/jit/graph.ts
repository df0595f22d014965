// A function's control flow as a graph: reachable blocks in reverse postorder, their successors, dominators and loops.
import { getBx, getOp, getSJ } from "../bytecode/instruction.js";
import { OPCODES, Op } from "../bytecode/opcodes.js";
import type { Proto } from "../bytecode/proto.js";
import { type Block, findBlocks } from "./control-flow.js";

/** No block, no loop, no instruction. */
export const NONE = -1;

/** How control leaves a block. Blocks are named by their place in {@link FlowGraph.blocks}. */
export interface Exit {
  /** The instruction that decides between `taken` and `other` (a test, FORPREP, FORLOOP, TFORLOOP); NONE: nothing is decided. */
  readonly pc: number;
  /** The only successor; of a test, where its jump leads; of a loop instruction, the body. NONE: the function returns. */
  readonly taken: number;
  /** The second successor of a block that decides. */
  readonly other: number;
}

export interface FlowGraph {
  /** Reachable blocks in reverse postorder: a block comes after all its predecessors, but for the edges that go back. */
  readonly blocks: readonly Block[];
  readonly exits: readonly Exit[];
  readonly predecessors: readonly (readonly number[])[];
  /** Immediate dominator of each block; NONE for the entry, block 0. */
  readonly dominator: Int32Array;
  /** Header of the innermost loop that a block is in (a header is in its own loop), or NONE. */
  readonly loop: Int32Array;
  /** For each header the header of the loop around its own, or NONE. */
  readonly outerLoop: Int32Array;
  /** False: some loop can be entered at two places. Its `loop` and `outerLoop` mean nothing then. */
  readonly reducible: boolean;
  /** Of a part of a graph, the blocks at whose beginning it is left. */
  readonly outside?: Outside | undefined;
}

/** Blocks that a part of a graph leads to, where it is left: the graph it is a part of, and the number there of each. */
interface Outside {
  readonly whole: FlowGraph;
  readonly blocks: ReadonlyMap<number, number>;
}

/** Where control goes after the last instruction of `block`, as instruction numbers. */
function exitOf(proto: Proto, block: Block): Exit {
  const { code } = proto;
  const last = block.end - 1;
  const word = code[last]!;
  const op = getOp(word);
  const test = op === Op.Jmp && last > block.start && OPCODES[getOp(code[last - 1]!)]!.test ? last - 1 : OPCODES[op]!.test ? last : NONE;
  if (test !== NONE) return { pc: test, taken: test + 2 + getSJ(code[test + 1]!), other: test + 2 };
  switch (op) {
    case Op.Jmp: return { pc: NONE, taken: last + 1 + getSJ(word), other: NONE };
    case Op.LFalseSkip: return { pc: NONE, taken: last + 2, other: NONE };
    case Op.TForPrep: return { pc: NONE, taken: last + 1 + getBx(word), other: NONE };
    case Op.ForPrep: return { pc: last, taken: last + 1, other: last + 2 + getBx(word) };
    case Op.ForLoop: case Op.TForLoop: return { pc: last, taken: last + 1 - getBx(word), other: last + 1 };
    case Op.Return: case Op.Return0: case Op.Return1: case Op.TailCall: return { pc: NONE, taken: NONE, other: NONE };
    default: return { pc: NONE, taken: block.end, other: NONE };
  }
}

/**
 * The graph of what is reachable from instruction `entry`, which must begin one of `blocks`. Another entry than 0 gives the
 * graph of code that is entered there (at a loop's header, to replace the interpreter in a loop that is running).
 */
export function buildGraph(proto: Proto, entry = 0, blocks: readonly Block[] = findBlocks(proto)): FlowGraph {
  const placeOf = new Int32Array(proto.code.length + 1).fill(NONE); // start → index in `blocks`
  for (let i = 0; i < blocks.length; i++) placeOf[blocks[i]!.start] = i;
  const exits = blocks.map((block) => exitOf(proto, block));
  const order = reversePostorder(placeOf[entry]!, (i) => {
    const { taken, other } = exits[i]!;
    return [taken === NONE ? NONE : placeOf[taken]!, other === NONE ? NONE : placeOf[other]!];
  }, blocks.length);
  const numberOf = new Int32Array(proto.code.length + 1).fill(NONE); // start → number in the graph
  order.forEach((i, n) => (numberOf[blocks[i]!.start] = n));
  return connect(
    order.map((i) => blocks[i]!),
    order.map((i) => {
      const { pc, taken, other } = exits[i]!;
      return { pc, taken: taken === NONE ? NONE : numberOf[taken]!, other: other === NONE ? NONE : numberOf[other]! };
    }),
  );
}

/** Whether a block is in the innermost loop of `proto` around the entry of `graph`; undefined: there is no such loop. */
export function innermostLoop(proto: Proto, graph: FlowGraph): ((block: Block) => boolean) | undefined {
  const whole = buildGraph(proto);
  const numbers = new Map(whole.blocks.map(({ start }, n) => [start, n]));
  const entry = numbers.get(graph.blocks[0]!.start);
  const header = entry === undefined || !whole.reducible ? NONE : whole.loop[entry]!;
  return header === NONE ? undefined : ({ start }) => numbers.has(start) && isInLoop(whole, numbers.get(start)!, header);
}

/** The part of a graph that `isIn` tells. Blocks that it leads to are in the graph, without their successors. */
export function partOf(whole: FlowGraph, isIn: (block: number) => boolean): FlowGraph {
  const inside = whole.blocks.map((_, block) => isIn(block));
  if (!inside.includes(false)) return whole;
  const exits = whole.exits.map((exit, block) => (inside[block]! ? exit : { pc: NONE, taken: NONE, other: NONE }));
  const order = reversePostorder(0, (block) => [exits[block]!.taken, exits[block]!.other], exits.length);
  const numberOf = new Int32Array(exits.length).fill(NONE);
  order.forEach((block, n) => (numberOf[block] = n));
  const renumbered = (block: number): number => (block === NONE ? NONE : numberOf[block]!);
  const part = connect(
    order.map((block) => whole.blocks[block]!),
    order.map((block) => ({ pc: exits[block]!.pc, taken: renumbered(exits[block]!.taken), other: renumbered(exits[block]!.other) })),
  );
  const blocks = new Map<number, number>();
  order.forEach((block, n) => inside[block]! || blocks.set(n, block));
  return { ...part, outside: { whole, blocks } };
}

/** The graph of blocks that are already in reverse postorder. */
export function connect(blocks: readonly Block[], exits: readonly Exit[]): FlowGraph {
  const predecessors: number[][] = blocks.map(() => []);
  exits.forEach(({ taken, other }, from) => {
    if (taken !== NONE) predecessors[taken]!.push(from);
    if (other !== NONE) predecessors[other]!.push(from);
  });
  const dominator = findDominators(predecessors);
  return { blocks, exits, predecessors, dominator, ...findLoops(predecessors, dominator) };
}

/** Blocks reachable from `entry`, each before its successors but for edges that go back. Needs no JavaScript recursion. */
export function reversePostorder(entry: number, successors: (block: number) => readonly number[], count: number): number[] {
  const seen = new Uint8Array(count);
  const order: number[] = [];
  const path = [{ block: entry, next: successors(entry), at: 0 }];
  seen[entry] = 1;
  while (path.length > 0) {
    const top = path[path.length - 1]!;
    if (top.at === top.next.length) {
      order.push(top.block);
      path.pop();
      continue;
    }
    const to = top.next[top.at++]!;
    if (to === NONE || seen[to] === 1) continue;
    seen[to] = 1;
    path.push({ block: to, next: successors(to), at: 0 });
  }
  return order.reverse();
}

/** Immediate dominators, by the iteration of Cooper, Harvey and Kennedy over blocks in reverse postorder. */
function findDominators(predecessors: readonly (readonly number[])[]): Int32Array {
  const dominator = new Int32Array(predecessors.length).fill(NONE);
  dominator[0] = 0;
  for (let changed = true; changed;) {
    changed = false;
    for (let block = 1; block < predecessors.length; block++) {
      let met = NONE;
      for (const from of predecessors[block]!) {
        if (dominator[from] === NONE) continue; // not reached yet
        if (met === NONE) met = from;
        else {
          let other = from;
          while (met !== other) { // the later of the two climbs
            if (met > other) met = dominator[met]!;
            else other = dominator[other]!;
          }
        }
      }
      if (dominator[block] === met) continue;
      dominator[block] = met;
      changed = true;
    }
  }
  dominator[0] = NONE;
  return dominator;
}

/** Does every path from the entry to `block` pass `by`? */
export function dominates(dominator: Int32Array, by: number, block: number): boolean {
  while (block > by) block = dominator[block]!; // dominators have lower numbers
  return block === by;
}

/** Natural loops: for each header, what reaches it again without passing it. */
function findLoops(predecessors: readonly (readonly number[])[], dominator: Int32Array): Pick<FlowGraph, "loop" | "outerLoop" | "reducible"> {
  const count = predecessors.length;
  const loop = new Int32Array(count).fill(NONE);
  const outerLoop = new Int32Array(count).fill(NONE);
  let reducible = true;
  for (let header = count - 1; header >= 0; header--) { // inner loops have higher headers
    const work: number[] = [];
    for (const from of predecessors[header]!) {
      if (from < header) continue;
      if (dominates(dominator, header, from)) work.push(from);
      else reducible = false;
    }
    if (work.length === 0) continue;
    loop[header] = header;
    while (work.length > 0) {
      const block = work.pop()!;
      let inner = loop[block]!;
      if (inner === NONE) {
        loop[block] = header;
        work.push(...predecessors[block]!);
        continue;
      }
      while (outerLoop[inner] !== NONE) inner = outerLoop[inner]!;
      if (inner === header) continue;
      outerLoop[inner] = header;
      work.push(...predecessors[inner]!);
    }
  }
  return { loop, outerLoop, reducible };
}

/** Is `block` in the loop of `header`, or in one inside it? */
export function isInLoop(graph: FlowGraph, block: number, header: number): boolean {
  let at = graph.loop[block]!;
  while (at !== NONE && at !== header) at = graph.outerLoop[at]!;
  return at === header;
}
