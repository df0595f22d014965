// The verifier's second half: loops as regions of the code, and a data-flow analysis over the paths. The rules it enforces
// ("Jumps", "Loop registers", "Paths") are listed at verify().
import type { CheckedFunction } from "./checked-function.js";
import { getA, getBx, getK, getOp, getSJ } from "./instruction.js";
import { Op, OPCODES } from "./opcodes.js";
import { REGISTERS, forEachRead, resultEnd, writeEnd, writeStart } from "./registers.js";

export function checkFlow(f: CheckedFunction): void {
  const loops = findLoops(f);
  checkJumpsAgainstLoops(f, loops);
  checkLoopRegisters(f, loops);
  new PathAnalysis(f).run();
}

/** For each instruction, its innermost loop: the loop's preparation (−1: none); and for each preparation its loop instruction. */
interface Loops {
  readonly prepOf: Int32Array;
  readonly endOf: Int32Array;
  readonly count: number;
}

/** The loop that a FORPREP or TFORPREP at `prep` opens covers prep + 1 up to and with the FORLOOP or TFORLOOP at the result. */
function loopEnd(f: CheckedFunction, prep: number): number {
  const word = f.code[prep]!;
  const generic = getOp(word) === Op.TForPrep;
  const end = prep + 1 + getBx(word) + (generic ? 1 : 0);
  const last = f.code[end];
  if (last === undefined || getOp(last) !== (generic ? Op.TForLoop : Op.ForLoop) || getA(last) !== getA(word)
      || end + 1 - getBx(last) !== prep + 1) {
    f.fail(prep, "loop preparation without its loop");
  }
  return end;
}

function findLoops(f: CheckedFunction): Loops {
  const { code } = f;
  const prepOf = new Int32Array(code.length).fill(-1);
  const endOf = new Int32Array(code.length);
  const open: number[] = []; // preparations of the loops around pc
  let count = 0;
  for (let pc = 0; pc < code.length; pc++) {
    const prep = open.length === 0 ? -1 : open[open.length - 1]!;
    prepOf[pc] = prep;
    const op = getOp(code[pc]!);
    if (op === Op.ForLoop || op === Op.TForLoop) {
      if (prep < 0 || endOf[prep] !== pc) f.fail(pc, "loop without its preparation");
      open.pop();
    } else if (op === Op.ForPrep || op === Op.TForPrep) {
      const end = loopEnd(f, pc);
      if (prep >= 0 && end > endOf[prep]!) f.fail(pc, "loops overlap"); // ends are distinct: each has one A and one way back
      endOf[pc] = end;
      open.push(pc);
      count++;
    }
  }
  return { prepOf, endOf, count };
}

/** The second target of a jumping instruction beside pc + 1 (or the only one), or −1. FORPREP's is where it skips to. */
function jumpTarget(word: number, pc: number): number {
  switch (getOp(word)) {
    case Op.Jmp: return pc + 1 + getSJ(word);
    case Op.LFalseSkip: return pc + 2;
    case Op.ForLoop: case Op.TForLoop: return pc + 1 - getBx(word);
    case Op.ForPrep: return pc + 2 + getBx(word);
    case Op.TForPrep: return pc + 1 + getBx(word);
    default: return OPCODES[getOp(word)]!.test ? pc + 2 : -1;
  }
}

/** A jump may leave loops but not enter one, and loop edges land where one may. */
function checkJumpsAgainstLoops(f: CheckedFunction, { prepOf, endOf }: Loops): void {
  for (let pc = 0; pc < f.code.length; pc++) {
    const word = f.code[pc]!;
    const target = jumpTarget(word, pc);
    if (target < 0 && getOp(word) !== Op.Jmp) continue;
    if (f.enterable[target] !== 1) f.fail(pc, "jump to a wrong place");
    const prep = prepOf[target]!;
    const inside = prep < 0 || (pc > prep && pc <= endOf[prep]!);
    if (!inside && !(getOp(word) === Op.TForPrep && prep === pc)) f.fail(pc, "jump into a loop");
  }
}

/** Inside a loop nothing but the loop's own instructions touches its registers. */
function checkLoopRegisters(f: CheckedFunction, { prepOf, endOf, count }: Loops): void {
  if (count === 0) return;
  const { code, proto } = f;
  const owner = new Int32Array(REGISTERS).fill(-1); // the preparation of the loop that a register belongs to
  let highest = -1; // highest register that belongs to a loop
  const touch = (pc: number, low: number, high: number): void => {
    for (let r = low; r < high && r <= highest; r++) {
      if (owner[r]! >= 0) f.fail(pc, "loop register in use");
    }
  };
  const release = (prep: number): void => {
    for (let r = 0; r <= highest; r++) {
      if (owner[r] === prep) owner[r] = -1;
    }
    while (highest >= 0 && owner[highest]! < 0) highest--;
  };
  for (let pc = 0; pc < code.length; pc++) {
    const word = code[pc]!;
    const op = getOp(word);
    const a = getA(word);
    const own = prepOf[pc]!;
    if (op === Op.ForLoop || op === Op.TForLoop) {
      release(own);
      continue;
    }
    if (op === Op.TForCall && own >= 0 && endOf[own] === pc + 1) continue; // the loop's own call
    if (highest >= 0) {
      forEachRead(code, pc, (low, high) => touch(pc, low, high));
      touch(pc, writeStart(word), writeEnd(word));
      if (op === Op.Closure) {
        for (const { inStack, index } of proto.protos[getBx(word)]!.upvalues) {
          if (inStack) touch(pc, index, index + 1);
        }
      }
    }
    if (op === Op.ForPrep || op === Op.TForPrep) {
      const top = op === Op.ForPrep ? a + 2 : a + 3;
      for (let r = a; r <= top; r++) owner[r] = pc;
      highest = Math.max(highest, top);
    }
  }
}

/** More meets at one instruction than this, and the analysis gives up precision there; compiled code needs a handful. */
const MAX_MEETS = 64;

/** A path's state is four register sets side by side. */
const enum Part {
  /** Surely written (on every path). */
  Written,
  /** Surely a table that NEWTABLE has just made. */
  Table,
  /** Perhaps with an open upvalue. */
  Open,
  /** Perhaps waiting to be closed. */
  Pending,
}

/** Register sets before each instruction, over all paths; see "Paths" at verify(). */
class PathAnalysis {
  /** Words of one register set. */
  private readonly width: number;
  /** The state while walking. */
  private readonly now: Uint32Array;
  /** 1 + its place in `states` for each instruction to which something else than the one before it may lead; 0 for the others. */
  private readonly leader: Int32Array;
  /** The leaders' states, and how often paths have met there (0: not reached yet). */
  private readonly states: Uint32Array;
  private readonly meets: Uint8Array;
  private readonly work: PcHeap;

  constructor(private readonly f: CheckedFunction) {
    const { code } = f;
    this.width = (f.proto.maxStackSize + 31) >>> 5;
    this.now = new Uint32Array(4 * this.width);
    this.leader = new Int32Array(code.length);
    let count = 0;
    const lead = (pc: number): void => {
      if (this.leader[pc] === 0) this.leader[pc] = ++count;
    };
    lead(0);
    for (let pc = 0; pc < code.length; pc++) {
      const target = jumpTarget(code[pc]!, pc);
      if (target < 0) continue;
      lead(target);
      if (pc + 1 < code.length) lead(pc + 1);
    }
    this.states = new Uint32Array(count * this.now.length);
    this.meets = new Uint8Array(count);
    this.work = new PcHeap(code.length);
  }

  run(): void {
    this.write(0, this.f.proto.numParams);
    this.flowTo(0);
    for (let pc = this.work.pop(); pc >= 0; pc = this.work.pop()) this.walkFrom(pc);
  }

  /** A path with the present state reaches the leader `pc`: meet it with what is known there. */
  private flowTo(pc: number): void {
    const { now, states, meets } = this;
    const sure = Part.Open * this.width; // words of the sets that shrink where paths meet; the others grow
    const index = this.leader[pc]! - 1;
    const base = index * now.length;
    if (meets[index] === 0) {
      states.set(now, base);
    } else {
      let changed = false;
      for (let i = 0; i < now.length; i++) {
        const known = states[base + i]!;
        const met = (i < sure ? known & now[i]! : known | now[i]!) >>> 0;
        if (met === known) continue;
        states[base + i] = met;
        changed = true;
      }
      if (!changed) return;
      if (meets[index] === MAX_MEETS) {
        for (let i = 0; i < now.length; i++) states[base + i] = i < sure ? 0 : 0xffff_ffff;
      }
    }
    meets[index] = Math.min(meets[index]! + 1, MAX_MEETS);
    this.work.push(pc);
  }

  /** Follows straight-line code from the leader `start` to the next leader. */
  private walkFrom(start: number): void {
    const { f, now } = this;
    const { code, proto } = f;
    const base = (this.leader[start]! - 1) * now.length;
    for (let i = 0; i < now.length; i++) now[i] = this.states[base + i]!;
    let at = start;
    const read = (low: number, high: number): void => {
      if (!this.hasAll(Part.Written, low, high)) f.fail(at, "register may not have been written");
    };
    for (let pc = start; ; pc++) {
      at = pc;
      const word = code[pc]!;
      const op = getOp(word);
      const a = getA(word);
      const target = jumpTarget(word, pc);
      forEachRead(code, pc, read);
      switch (op) {
        case Op.Jmp: this.flowTo(target); return;
        case Op.LFalseSkip:
          this.write(a, a + 1);
          this.flowTo(target);
          return;
        case Op.ForPrep: case Op.TForPrep:
          if (this.hasAny(Part.Open, a, a + 4) || this.hasAny(Part.Pending, a, REGISTERS)) {
            f.fail(pc, "loop registers are still in use");
          }
          if (op === Op.TForPrep) {
            this.add(Part.Pending, a + 3, a + 4);
            this.flowTo(target);
          } else this.flowLoop(pc + 1, target, a);
          return;
        case Op.ForLoop: this.flowLoop(target, pc + 1, a); return;
        case Op.TForLoop:
          this.flowTo(target);
          this.forget(a, a + 4);
          this.flowTo(pc + 1);
          return;
        case Op.Return: case Op.Return0: case Op.Return1:
          if ((op !== Op.Return || !getK(word)) && (this.hasAny(Part.Open, 0, REGISTERS) || this.hasAny(Part.Pending, 0, REGISTERS))) {
            f.fail(pc, "return does not close upvalues");
          }
          return;
        case Op.TailCall:
          if (this.hasAny(Part.Pending, 0, REGISTERS)) f.fail(pc, "tail call with variables to be closed");
          if (!getK(word) && this.hasAny(Part.Open, 0, REGISTERS)) f.fail(pc, "tail call does not close upvalues");
          break;
        case Op.Tbc:
          if (this.hasAny(Part.Pending, a, REGISTERS)) f.fail(pc, "variables to be closed are not in order");
          this.add(Part.Pending, a, a + 1);
          break;
        case Op.Close:
          this.forget(a, REGISTERS);
          this.remove(Part.Open, a, REGISTERS);
          this.remove(Part.Pending, a, REGISTERS);
          break;
        case Op.NewTable:
          this.write(a, a + 1);
          if (!this.hasAny(Part.Open, a, a + 1)) this.add(Part.Table, a, a + 1);
          break;
        case Op.SetList:
          if (!this.hasAll(Part.Table, a, a + 1)) f.fail(pc, "list items without a new table");
          break;
        case Op.Closure:
          for (const { inStack, index } of proto.protos[getBx(word)]!.upvalues) {
            if (!inStack) continue;
            if (index !== a) read(index, index + 1); // a local function may capture itself
            this.add(Part.Open, index, index + 1);
            this.remove(Part.Table, index, index + 1);
          }
          this.write(a, a + 1);
          break;
        default:
          if (OPCODES[op]!.test) {
            this.flowTo(target);
            if (op === Op.TestSet) this.write(a, a + 1); // with the jump that follows
            this.flowTo(pc + 1);
            return;
          }
          this.forget(writeStart(word), writeEnd(word));
          this.write(writeStart(word), resultEnd(word));
      }
      if (this.leader[pc + 1] !== 0) {
        this.flowTo(pc + 1);
        return;
      }
    }
  }

  /** A numeric loop at R[a] goes on at `body`, with its variables, or ends at `exit`, without. */
  private flowLoop(body: number, exit: number, a: number): void {
    this.forget(a, a + 4);
    this.flowTo(exit);
    this.write(a, a + 4);
    this.flowTo(body);
  }

  /** Registers [low, high) get values. */
  private write(low: number, high: number): void {
    this.add(Part.Written, low, high);
    this.remove(Part.Table, low, high);
  }

  /** Registers [low, high) hold nothing any more. */
  private forget(low: number, high: number): void {
    this.remove(Part.Written, low, high);
    this.remove(Part.Table, low, high);
  }

  private add(part: Part, low: number, high: number): void {
    for (let r = low; r < high; r++) this.now[part * this.width + (r >>> 5)]! |= 1 << (r & 31);
  }

  private remove(part: Part, low: number, high: number): void {
    const end = Math.min(high, this.width << 5);
    for (let r = low; r < end; r++) this.now[part * this.width + (r >>> 5)]! &= ~(1 << (r & 31));
  }

  private hasAll(part: Part, low: number, high: number): boolean {
    for (let r = low; r < high; r++) {
      if (!(this.now[part * this.width + (r >>> 5)]! & (1 << (r & 31)))) return false;
    }
    return true;
  }

  private hasAny(part: Part, low: number, high: number): boolean {
    const end = Math.min(high, this.width << 5);
    for (let r = low; r < end; r++) {
      if (this.now[part * this.width + (r >>> 5)]! & (1 << (r & 31))) return true;
    }
    return false;
  }
}

/** A set of instruction numbers that yields the lowest first. */
class PcHeap {
  private readonly items: number[] = [];
  private readonly queued: Uint8Array;

  constructor(size: number) {
    this.queued = new Uint8Array(size);
  }

  push(pc: number): void {
    if (this.queued[pc] === 1) return;
    this.queued[pc] = 1;
    const { items } = this;
    let at = items.push(pc) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (items[parent]! <= pc) break;
      items[at] = items[parent]!;
      at = parent;
    }
    items[at] = pc;
  }

  /** −1 when empty. */
  pop(): number {
    const { items } = this;
    const top = items[0];
    if (top === undefined) return -1;
    this.queued[top] = 0;
    const last = items.pop()!;
    if (items.length > 0) {
      let at = 0;
      for (;;) {
        let child = 2 * at + 1;
        if (child >= items.length) break;
        if (child + 1 < items.length && items[child + 1]! < items[child]!) child++;
        if (items[child]! >= last) break;
        items[at] = items[child]!;
        at = child;
      }
      items[at] = last;
    }
    return top;
  }
}
