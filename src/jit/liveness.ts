// Which registers still matter: backwards over the graph, as sets of registers in 32-bit words.
import { getA, getB, getBx, getOp } from "../bytecode/instruction.js";
import { OPCODES, Op } from "../bytecode/opcodes.js";
import type { Proto } from "../bytecode/proto.js";
import { forEachRead, writeEnd, writeStart } from "../bytecode/registers.js";
import { type FlowGraph, NONE } from "./graph.js";
import { computingCalls } from "./intrinsics.js";

/** What keeps a register. */
export type Purpose =
  /** Some instruction reads it. */
  | "read"
  /** Some instruction reads it, or it is a named variable that debug.getlocal could show: what the interpreter must find. */
  | "kept"
  /** Some instruction computes or compares with it as a number, perhaps after moves. */
  | "number";

/** Sets of registers at the beginnings of blocks, and inside a block by walking back from its end. */
export class Liveness {
  /** Words of one set. */
  private readonly width: number;
  private readonly entries: Uint32Array;
  private readonly now: Uint32Array;
  /** Named variables alive by instruction, when they matter. */
  private readonly variables: Int32Array | undefined;
  /** For purpose "number", calls that compute with their arguments. */
  private readonly computing: Uint8Array | undefined;
  /** For purpose "number", 1 for each instruction whose result in R[A] (TFORCALL: R[A+4]) matters. */
  readonly useful: Uint8Array;

  constructor(private readonly proto: Proto, private readonly graph: FlowGraph, private readonly purpose: Purpose) {
    this.width = (proto.maxStackSize + 31) >>> 5;
    this.entries = new Uint32Array(graph.blocks.length * this.width);
    this.now = new Uint32Array(this.width);
    this.variables = purpose === "kept" ? variableCounts(proto) : undefined;
    this.computing = purpose === "number" ? computingCalls(proto) : undefined;
    this.useful = new Uint8Array(purpose === "number" ? proto.code.length : 0);
    this.solve();
  }

  /** Does `register` matter where `block` begins? */
  atEntry(block: number, register: number): boolean {
    return (this.entries[block * this.width + (register >>> 5)]! & (1 << (register & 31))) !== 0;
  }

  /** Visits the instructions of `block` from its last to its first; `has(register)` tells what matters just behind each. */
  walkBack(block: number, visit: (pc: number, has: (register: number) => boolean) => void): void {
    const has = (register: number): boolean => (this.now[register >>> 5]! & (1 << (register & 31))) !== 0;
    const { start, end } = this.graph.blocks[block]!;
    this.atExit(block);
    for (let pc = end - 1; pc >= start; pc--) {
      visit(pc, has);
      this.before(pc);
    }
  }

  private solve(): void {
    const { graph, width, now, entries } = this;
    const waiting = new Uint8Array(graph.blocks.length).fill(1);
    if (graph.outside !== undefined) {
      const whole = this.purpose === "number" ? undefined : new Liveness(this.proto, graph.outside.whole, this.purpose);
      for (const [block, there] of graph.outside.blocks) {
        waiting[block] = 0;
        if (whole !== undefined) for (let i = 0; i < width; i++) entries[block * width + i] = whole.entries[there * width + i]!;
      }
    }
    for (let block = waiting.length - 1; block >= 0;) {
      if (waiting[block] === 0) {
        block--;
        continue;
      }
      waiting[block] = 0;
      const { start, end } = graph.blocks[block]!;
      this.atExit(block);
      for (let pc = end - 1; pc >= start; pc--) this.before(pc);
      let changed = false;
      for (let i = 0; i < width; i++) {
        if (entries[block * width + i] === now[i]) continue;
        entries[block * width + i] = now[i]!;
        changed = true;
      }
      if (!changed) continue;
      let highest = block;
      for (const from of graph.predecessors[block]!) {
        waiting[from] = 1;
        if (from > highest) highest = from;
      }
      block = highest;
    }
  }

  /** Sets `now` to what matters at the end of `block`: what its successors want and the edges to them do not write. */
  private atExit(block: number): void {
    const { taken, other, pc } = this.graph.exits[block]!;
    this.now.fill(0);
    if (taken !== NONE) this.join(taken);
    if (pc !== NONE) this.writtenOnTaken(pc);
    if (other !== NONE) this.join(other);
  }

  private join(block: number): void {
    for (let i = 0; i < this.width; i++) this.now[i]! |= this.entries[block * this.width + i]!;
  }

  /** Registers that a deciding instruction writes when it takes the `taken` edge, and only then. */
  private writtenOnTaken(pc: number): void {
    const word = this.proto.code[pc]!;
    const a = getA(word);
    switch (getOp(word)) {
      case Op.TestSet: {
        const moved = this.hasNow(a);
        this.remove(a, a + 1);
        if (moved) this.add(getB(word));
        break;
      }
      case Op.ForPrep: case Op.ForLoop: this.remove(a, a + 4); break;
      case Op.TForLoop: this.remove(a + 2, a + 3); break;
      default: break;
    }
  }

  /** From behind the instruction at `pc` to before it. */
  private before(pc: number): void {
    const { code } = this.proto;
    const word = code[pc]!;
    const op = getOp(word);
    const isNumber = this.purpose === "number";
    if (isNumber) this.useful[pc] = this.hasNow(op === Op.TForCall ? getA(word) + 4 : getA(word)) ? 1 : 0;
    if (isNumber && op === Op.Move) {
      const moved = this.useful[pc] === 1;
      this.remove(getA(word), getA(word) + 1);
      if (moved) this.add(getB(word));
      return;
    }
    if (!decides(op)) this.remove(writeStart(word), writeEnd(word));
    if (!isNumber || computes(op)) forEachRead(code, pc, this.addRange);
    else if (this.computing![pc] === 1) this.addRange(getA(word) + 1, getA(word) + getB(word));
    if (op === Op.Closure && !isNumber) {
      for (const { inStack, index } of this.proto.protos[getBx(word)]!.upvalues) if (inStack && index !== getA(word)) this.add(index);
    }
    if (this.variables !== undefined) this.addRange(0, this.variables[pc]!);
  }

  private readonly addRange = (low: number, high: number): void => {
    for (let r = low; r < high; r++) this.add(r);
  };

  private hasNow(register: number): boolean {
    return (this.now[register >>> 5]! & (1 << (register & 31))) !== 0;
  }

  private add(register: number): void {
    this.now[register >>> 5]! |= 1 << (register & 31);
  }

  private remove(low: number, high: number): void {
    const end = Math.min(high, this.width << 5);
    for (let r = low; r < end; r++) this.now[r >>> 5]! &= ~(1 << (r & 31));
  }
}

/** The sets of one graph, each made when it is first asked for. */
export class LiveSets {
  private readonly made: Partial<Record<Purpose, Liveness>> = {};

  constructor(private readonly proto: Proto, private readonly graph: FlowGraph) {}

  of(purpose: Purpose): Liveness {
    return (this.made[purpose] ??= new Liveness(this.proto, this.graph, purpose));
  }
}

/** Its writes belong to the edges behind it. */
function decides(op: Op): boolean {
  return OPCODES[op]!.test || op === Op.ForPrep || op === Op.ForLoop || op === Op.TForLoop;
}

/** Does it take all its register operands as numbers? */
function computes(op: Op): boolean {
  return (op >= Op.AddI && op <= Op.Shr) || op === Op.Unm || op === Op.BNot || op === Op.ForPrep || op === Op.ForLoop || (op >= Op.Eq && op <= Op.GeI);
}

/** By instruction, how many named variables are alive: they are the registers below that number. */
function variableCounts({ locals, code }: Proto): Int32Array {
  const counts = new Int32Array(code.length + 1);
  for (const { startpc, endpc } of locals) {
    counts[startpc]!++;
    counts[endpc]!--;
  }
  for (let pc = 1; pc < counts.length; pc++) counts[pc]! += counts[pc - 1]!;
  return counts;
}
