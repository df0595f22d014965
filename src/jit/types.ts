// Types of registers: what is surely known of the value in each one before each instruction, over all paths.
//
// The facts hold for values that the function itself writes. Registers that inner functions capture, or that wait to be closed,
// can change at any time: nothing is ever known of them. debug.setlocal is not accounted for: a frame that it looks at has left
// emitted code, and comes back through an entry whose assumptions are checked again.
import { getA, getB, getBx, getC, getK, getOp, getSB, getSBx, getSC } from "../bytecode/instruction.js";
import { OPCODES, Op } from "../bytecode/opcodes.js";
import type { Constant, Proto } from "../bytecode/proto.js";
import { extraOf } from "./control-flow.js";
import { type FlowGraph, NONE } from "./graph.js";
import {
  ALL, EMPTY, type Interval, Kind, SMALL_MAX, SMALL_MIN, type TypeSet, addIntervals, bandIntervals, borIntervals, boundsOf, idivIntervals,
  kindOf, kindsOf, modIntervals, mulIntervals, shlIntervals, shrIntervals, subIntervals, within, wrapping,
} from "./lattice.js";
import { LiveSets, type Liveness } from "./liveness.js";

/** What emitted code checks at run time, leaving where it does not hold. */
export interface Assumptions {
  /** Types of registers where the function is entered. */
  readonly entry?: ReadonlyMap<number, TypeSet>;
  /**
   * By instruction, the type of what it writes to R[A]; of TFORCALL to R[A+4]; of FORPREP and FORLOOP to the loop variable.
   * A type without {@link Kind.Wide} is not assumed where an operand is kept as a pair.
   * Assumed of a FORPREP it holds in the whole loop: emitted code checks both ends of the loop.
   */
  readonly results?: ReadonlyMap<number, TypeSet>;
  /** Instructions whose result, once there, is looked at because `results` says more of it than it must be. */
  readonly checks?: ReadonlySet<number>;
  /** By instruction, types of registers that are checked before it runs. */
  readonly operands?: ReadonlyMap<number, ReadonlyMap<number, TypeSet>>;
  /** Arithmetic, bitwise operators and CONCAT complete without metamethods (thus without converting strings to numbers). */
  readonly noMetamethods?: boolean;
  /** Instructions of which {@link noMetamethods} is not true. */
  readonly metamethods?: ReadonlySet<number> | undefined;
  /** Instructions that index a register complete only if it holds a table. */
  readonly onlyTables?: boolean;
  /** Integers that probably need more than 53 bits may be kept as pairs (wide.ts). */
  readonly pairs?: boolean;
}

/** How emitted code keeps a register. */
export const enum Form {
  /** In one variable, as the interpreter has it. */
  Value,
  /** A float for sure, as a bare double. */
  Raw,
  /** An integer for sure, as two halves of 32 bits. */
  Pair,
  /** A float or a safe integer, as a bare double and a mark that says which: sums that begin with 0. */
  Mixed,
}

/** A register whose form changes on an edge, and what it becomes. */
export interface Conversion {
  readonly register: number;
  readonly form: Form;
}

/** Registers that live in the stack: inner functions capture them, or closing a scope looks at them. */
export function stackRegisters(proto: Proto): ReadonlySet<number> {
  const found = new Set<number>();
  for (const inner of proto.protos) for (const up of inner.upvalues) if (up.inStack) found.add(up.index);
  for (const word of proto.code) if (getOp(word) === Op.Tbc) found.add(getA(word));
  return found;
}

export function inferTypes(proto: Proto, graph: FlowGraph, assumptions: Assumptions = {}, live = new LiveSets(proto, graph)): TypeFacts {
  return new TypeFacts(proto, graph, assumptions, live);
}

/** Ends of intervals that grow in a loop go to the next of these, so that the analysis ends. */
const STEPS_UP = [0, SMALL_MAX, Number.MAX_SAFE_INTEGER, Infinity];
/** Times that paths meet at a loop's header before its intervals take large steps. */
const PATIENCE = 2;
/** Factors from here on make integers large. */
const LARGE_FACTOR = 65536;

/**
 * The facts, read by walking through blocks: {@link enter} one, then {@link step} over its instructions. In between the
 * questions are about the point before the next instruction.
 */
export class TypeFacts {
  private readonly count: number;
  private readonly inStack: Uint8Array;
  /** The instruction that is being looked at calls no metamethods. */
  private isSimple = false;
  /** The state while walking. */
  private readonly types: Uint16Array;
  private readonly lows: Float64Array;
  private readonly highs: Float64Array;
  private readonly forms: Uint8Array;
  /** 1 for registers whose integers probably need more than 53 bits. */
  private readonly wides: Uint8Array;
  /** 1 for numbers that paths left as an integer on one side and a float on the other, that were seen to be both, and what is computed with such. */
  private readonly mixes: Uint8Array;
  /** The states where blocks begin, and how often paths have met there. */
  private readonly entryTypes: Uint16Array;
  private readonly entryLows: Float64Array;
  private readonly entryHighs: Float64Array;
  private readonly entryWides: Uint8Array;
  private readonly entryMixes: Uint8Array;
  private readonly meets: Int32Array;
  /** By FORPREP, what its loop variable is known to be: type and interval. */
  private readonly loops = new Map<number, { type: TypeSet; interval: Interval }>();
  private readonly numbers: Liveness;
  private readonly reads: Liveness;
  private readonly kept: Liveness;

  constructor(private readonly proto: Proto, private readonly graph: FlowGraph, private readonly assumptions: Assumptions, live: LiveSets) {
    const count = this.count = proto.maxStackSize;
    const blocks = graph.blocks.length;
    this.inStack = new Uint8Array(count);
    for (const register of stackRegisters(proto)) this.inStack[register] = 1;
    this.types = new Uint16Array(count);
    this.lows = new Float64Array(count);
    this.highs = new Float64Array(count);
    this.forms = new Uint8Array(count);
    this.wides = new Uint8Array(count);
    this.mixes = new Uint8Array(count);
    this.entryTypes = new Uint16Array(blocks * count);
    this.entryLows = new Float64Array(blocks * count);
    this.entryHighs = new Float64Array(blocks * count);
    this.entryWides = new Uint8Array(blocks * count);
    this.entryMixes = new Uint8Array(blocks * count);
    this.meets = new Int32Array(blocks);
    this.numbers = live.of("number");
    this.reads = live.of("read");
    this.kept = live.of("kept");
    this.solve();
  }

  // ---- questions -----------------------------------------------------------------------------------------------------------

  /** Goes to the beginning of `block`. */
  enter(block: number): void {
    this.load(block);
    for (let r = 0; r < this.count; r++) this.forms[r] = this.formAtEntry(block, r);
  }

  /** Takes the assumptions about the operands of the instruction at `pc` as checked; {@link step} does so too. */
  check(pc: number): void {
    const checked = this.assumptions.operands?.get(pc);
    if (checked === undefined) return;
    for (const [register, type] of checked) this.narrow(register, type);
  }

  /** Goes over the instruction at `pc`. What a deciding instruction writes belongs to the edges. */
  step(pc: number): void {
    if (this.assumptions.operands !== undefined) this.check(pc);
    this.transfer(pc);
    const register = resultOf(this.proto.code[pc]!);
    if (register === NONE || register >= this.count || this.numbers.useful[pc] !== 1) return;
    const type = this.types[register]!;
    this.forms[register] = this.mixes[register] === 1 && isMixed(type) ? Form.Mixed : formOf(type, this.wides[register]!);
  }

  /** The pair in `register` was made a value: until the next write it is kept as one. */
  settle(register: number): void {
    this.forms[register] = Form.Value;
  }

  /** What `register` may hold. {@link Kind.Any} for registers in the stack, 0 for those that nothing was written to. */
  type(register: number): TypeSet {
    return this.types[register]!;
  }

  /** Is it surely one of `wanted`? */
  is(register: number, wanted: TypeSet): boolean {
    return within(this.types[register]!, wanted);
  }

  /** The integers that it may hold, if it holds an integer. */
  interval(register: number): Interval {
    return { low: this.lows[register]!, high: this.highs[register]! };
  }

  /**
   * How is it kept? {@link Form.Raw} and {@link Form.Pair} only if some instruction ahead computes with it, or none reads it. To box a raw float: a
   * type of {@link Kind.Boxed} alone always becomes a LuaFloat, {@link Kind.Raw} alone none, others by makeFloat.
   */
  form(register: number): Form {
    return this.forms[register]!;
  }

  formAtEntry(block: number, register: number): Form {
    // what is kept for debug.getlocal alone is made a value only where emitted code is left
    if (!this.numbers.atEntry(block, register) && this.reads.atEntry(block, register)) return Form.Value;
    const at = block * this.count + register;
    const type = this.entryTypes[at]!;
    return this.entryMixes[at] === 1 && isMixed(type) ? Form.Mixed : formOf(type, this.entryWides[at]!);
  }

  /** What `register` may hold where `block` begins. */
  typeAtEntry(block: number, register: number): TypeSet {
    return this.entryTypes[block * this.count + register]!;
  }

  /** Does the interpreter need `register` where `block` begins, for its instructions or for debug.getlocal? */
  isKeptAtEntry(block: number, register: number): boolean {
    return this.kept.atEntry(block, register);
  }

  /** By instruction of `block`, the registers that the interpreter needs when emitted code leaves before it. */
  keptIn(block: number): Map<number, number[]> {
    const sets = new Map<number, number[]>();
    this.kept.walkBack(block, (pc, has) => sets.set(pc + 1, this.registers(has)));
    const { start } = this.graph.blocks[block]!;
    return sets.set(start, this.registers((r) => this.kept.atEntry(block, r)));
  }

  private registers(has: (register: number) => boolean): number[] {
    const found: number[] = [];
    for (let r = 0; r < this.count; r++) if (has(r)) found.push(r);
    return found;
  }

  /**
   * Registers to convert on the edge to block `to`, after the last {@link step} of the block that it leaves. What the deciding
   * instruction writes along the edge is not among them: it is written as {@link formAtEntry} of `to` says.
   */
  conversions(from: number, to: number): Conversion[] {
    const { pc, taken } = this.graph.exits[from]!;
    const word = pc === NONE ? 0 : this.proto.code[pc]!;
    const found: Conversion[] = [];
    for (let register = 0; register < this.count; register++) {
      if (!this.kept.atEntry(to, register) || (pc !== NONE && to === taken && isWrittenOnTaken(word, register))) continue;
      const form = this.formAtEntry(to, register);
      if (form !== this.forms[register]) found.push({ register, form });
    }
    return found;
  }

  // ---- the analysis --------------------------------------------------------------------------------------------------------

  private solve(): void {
    const { graph, assumptions, proto } = this;
    const waiting = new Uint8Array(graph.blocks.length);
    this.types.fill(0);
    this.lows.fill(Infinity);
    this.highs.fill(-Infinity);
    const atStart = graph.blocks[0]!.start === 0;
    for (let r = 0; r < this.count; r++) {
      if (!atStart || r < proto.numParams || assumptions.entry?.has(r) === true) this.set(r, assumptions.entry?.get(r) ?? Kind.Any, ALL);
      this.mark(r, isWideInteger(assumptions.entry?.get(r) ?? 0));
      if (isMixed(assumptions.entry?.get(r) ?? 0)) this.mixes[r] = 1;
    }
    this.meet(0, waiting);
    for (let block = 0; block < waiting.length;) {
      if (waiting[block] === 0) {
        block++;
        continue;
      }
      waiting[block] = 0;
      block = Math.min(block + 1, this.walk(block, waiting));
    }
  }

  /** Follows `block` and its edges; answers the lowest block that must be walked because of it. */
  private walk(block: number, waiting: Uint8Array): number {
    const { start, end } = this.graph.blocks[block]!;
    const { pc, taken, other } = this.graph.exits[block]!;
    this.load(block);
    for (let at = start; at < end; at++) {
      this.check(at);
      this.transfer(at);
    }
    if (taken === NONE) return waiting.length;
    if (pc === NONE) return this.meet(taken, waiting) ? taken : waiting.length;
    const undo = this.along(pc, true, taken);
    const first = this.meet(taken, waiting) ? taken : waiting.length;
    undo();
    this.along(pc, false, other);
    return Math.min(first, this.meet(other, waiting) ? other : waiting.length);
  }

  private load(block: number): void {
    const base = block * this.count;
    for (let r = 0; r < this.count; r++) {
      this.types[r] = this.entryTypes[base + r]!;
      this.lows[r] = this.entryLows[base + r]!;
      this.highs[r] = this.entryHighs[base + r]!;
      this.wides[r] = this.entryWides[base + r]!;
      this.mixes[r] = this.entryMixes[base + r]!;
    }
  }

  /** A path with the present state reaches `block`; answers whether that adds anything. */
  private meet(block: number, waiting: Uint8Array): boolean {
    const base = block * this.count;
    const first = this.meets[block]!++ === 0;
    const patient = this.graph.reducible && (this.graph.loop[block] !== block || this.meets[block]! <= PATIENCE);
    let changed = first;
    for (let r = 0; r < this.count; r++) {
      const at = base + r;
      let low = this.lows[r]!;
      let high = this.highs[r]!;
      if (this.wides[r]! > this.entryWides[at]!) {
        this.entryWides[at] = 1;
        changed = true;
      }
      if (this.entryMixes[at] === 0 && (this.mixes[r] === 1 || mix(this.types[r]!, this.entryTypes[at]!))) {
        this.entryMixes[at] = 1;
        changed = true;
      }
      if (first) {
        this.entryTypes[at] = this.types[r]!;
        this.entryLows[at] = low;
        this.entryHighs[at] = high;
        continue;
      }
      const knownLow = this.entryLows[at]!;
      const knownHigh = this.entryHighs[at]!;
      if (low < knownLow) low = patient || knownLow === Infinity ? low : stepDown(low);
      else low = knownLow;
      if (high > knownHigh) high = patient || knownHigh === -Infinity ? high : stepUp(high);
      else high = knownHigh;
      const known = this.entryTypes[at]!;
      const type = ((known | this.types[r]!) & ~Kind.Int) | kindsOf({ low, high });
      if (type === known && low === knownLow && high === knownHigh) continue;
      this.entryTypes[at] = type;
      this.entryLows[at] = low;
      this.entryHighs[at] = high;
      changed = true;
    }
    if (changed) waiting[block] = 1;
    return changed;
  }

  // ---- writing -------------------------------------------------------------------------------------------------------------

  /** `register` gets a value of `type`, its integers in `interval`. */
  private set(register: number, type: TypeSet, interval: Interval = ALL): void {
    this.forms[register] = Form.Value; // step() knows better
    this.wides[register] = 0;
    this.mixes[register] = 0;
    this.know(register, type, interval);
  }

  /** Nothing is in `register` that could be read. */
  private clear(register: number): void {
    this.types[register] = 0;
    this.lows[register] = Infinity;
    this.highs[register] = -Infinity;
    this.forms[register] = Form.Value;
    this.wides[register] = 0;
    this.mixes[register] = 0;
  }

  private know(register: number, type: TypeSet, { low, high }: Interval): void {
    if (this.inStack[register] === 1) {
      type = Kind.Any;
      low = -Infinity;
      high = Infinity;
    }
    const bounds = boundsOf(type);
    low = Math.max(low, bounds.low);
    high = Math.min(high, bounds.high);
    if (low > high) ({ low, high } = EMPTY);
    this.types[register] = (type & ~Kind.Int) | (kindsOf({ low, high }) & type);
    this.lows[register] = low;
    this.highs[register] = high;
  }

  /** What `register` holds turned out to be of `type`. */
  private narrow(register: number, type: TypeSet, interval: Interval = ALL): void {
    if (this.inStack[register] === 1 || this.types[register] === 0) return;
    const low = Math.max(this.lows[register]!, interval.low);
    const high = Math.min(this.highs[register]!, interval.high);
    const met = this.types[register]! & type;
    if (met === 0 || (within(met, Kind.Int) && low > high)) return; // cannot happen: say nothing
    this.know(register, met, { low, high });
  }

  private copy(to: number, from: number): void {
    const wide = this.wides[from]!;
    const mixed = this.mixes[from]!;
    this.set(to, this.types[from]!, this.interval(from));
    this.mark(to, wide === 1);
    this.mixes[to] = mixed;
  }

  /** The integers in `register` are probably large. */
  private mark(register: number, wide: boolean): void {
    if (wide && this.assumptions.pairs === true && this.inStack[register] === 0) this.wides[register] = 1;
  }

  private setConstant(register: number, constant: Constant): void {
    const kind = kindOf(constant);
    this.set(register, kind, constantInterval(constant));
    this.mark(register, kind === Kind.Wide);
  }

  /** Writes the result of the instruction at `pc`, narrowed by what is assumed of it. */
  private result(pc: number, register: number, type: TypeSet, interval: Interval = ALL, wide = false): void {
    this.set(register, type, interval);
    const assumed = this.assumptions.results?.get(pc);
    this.mark(register, wide || (assumed !== undefined && isWideInteger(assumed)));
    if (assumed !== undefined && (this.wides[register] === 0 || (assumed & Kind.Wide) !== 0)) this.narrow(register, assumed);
    if (this.assumptions.checks?.has(pc) === true && isMixed(assumed!)) this.mixes[register] = 1;
  }

  // ---- instructions --------------------------------------------------------------------------------------------------------

  private transfer(pc: number): void {
    const word = this.proto.code[pc]!;
    const op = getOp(word);
    const a = getA(word);
    const b = getB(word);
    const { constants } = this.proto;
    this.isSimple = this.assumptions.noMetamethods === true && this.assumptions.metamethods?.has(pc) !== true;
    if (op >= Op.AddI && op <= Op.Shr) {
      this.arithmetic(pc, op, word);
      return;
    }
    switch (op) {
      case Op.Move: this.copy(a, b); break;
      case Op.LoadI: this.setConstant(a, getSBx(word)); break;
      case Op.LoadF: this.set(a, Kind.Boxed); break;
      case Op.LoadK: this.setConstant(a, constants[getBx(word)]); break;
      case Op.LoadKX: this.setConstant(a, constants[extraOf(this.proto, pc)]); break;
      case Op.LoadFalse: case Op.LFalseSkip: this.set(a, Kind.False); break;
      case Op.LoadTrue: this.set(a, Kind.True); break;
      case Op.LoadNil: for (let r = a; r <= a + b; r++) this.set(r, Kind.Nil); break;
      case Op.GetUpval: case Op.GetTabUp: this.result(pc, a, Kind.Any); break;
      case Op.GetTable: case Op.GetI: case Op.GetField:
        this.indexed(b);
        this.result(pc, a, Kind.Any);
        break;
      case Op.SetTable: case Op.SetI: case Op.SetField: this.indexed(a); break;
      case Op.NewTable: this.set(a, Kind.Table); break;
      case Op.Self:
        this.indexed(b);
        this.copy(a + 1, b);
        this.result(pc, a, Kind.Any);
        break;
      case Op.Unm: this.negation(pc, a, b); break;
      case Op.BNot: {
        const isSimple = this.completesOn(b, Kind.Number);
        const { low, high } = this.integerOperand(b);
        const wide = this.wides[b]!;
        this.result(pc, a, isSimple ? Kind.Int : Kind.Any, isSimple ? wrapping(-1 - high, -1 - low) : ALL, wide === 1);
        break;
      }
      case Op.Not: this.set(a, Kind.Boolean); break;
      case Op.Len: {
        const text = this.is(b, Kind.String);
        const isSimple = text || this.isSimple;
        this.result(pc, a, isSimple ? Kind.Int : Kind.Any, isSimple ? { low: 0, high: text ? SMALL_MAX : Infinity } : ALL);
        break;
      }
      case Op.Concat: {
        let simple = this.isSimple;
        if (!simple) {
          simple = true;
          for (let r = a; r < a + b; r++) if (!this.is(r, Kind.String | Kind.Number)) simple = false;
        }
        for (let r = a + 1; r < a + b; r++) this.clear(r);
        this.result(pc, a, simple ? Kind.String : Kind.Any);
        break;
      }
      case Op.Call: case Op.Vararg: this.results(pc, a, getC(word) === 0 ? this.count : a + getC(word) - 1, op === Op.Call); break;
      case Op.TForCall: this.results(pc, a + 4, a + 4 + getC(word), true); break;
      case Op.Closure: this.set(a, Kind.Function); break;
      default: break; // writes no register, or along edges
    }
  }

  private indexed(register: number): void {
    if (this.assumptions.onlyTables === true) this.narrow(register, Kind.Table);
  }

  /** Results in registers [first, end); a call leaves nothing above them. */
  private results(pc: number, first: number, end: number, isCall: boolean): void {
    for (let r = first; r < end; r++) this.set(r, Kind.Any);
    if (isCall) for (let r = end; r < this.count; r++) if (this.inStack[r] === 0) this.clear(r);
    const assumed = this.assumptions.results?.get(pc);
    if (assumed === undefined || first >= end) return;
    this.narrow(first, assumed);
    this.mark(first, isWideInteger(assumed));
    if (isMixed(assumed)) this.mixes[first] = 1;
  }

  /** Does the instruction complete only if `register` holds one of `wanted`? If so, it does from here on. */
  private completesOn(register: number, wanted: TypeSet): boolean {
    if (this.is(register, wanted)) return true;
    if (!this.isSimple) return false;
    this.narrow(register, wanted);
    return true;
  }

  /** The integers that a bitwise operator makes of `register`. */
  private integerOperand(register: number): Interval {
    return (this.types[register]! & ~Kind.Int) === 0 ? this.interval(register) : ALL;
  }

  private negation(pc: number, a: number, b: number): void {
    if (!this.completesOn(b, Kind.Number)) {
      this.result(pc, a, Kind.Any);
      return;
    }
    const type = this.types[b]! & Kind.Number;
    const { low, high } = this.interval(b);
    const integers = (type & Kind.Int) !== 0 ? wrapping(-high, -low) : EMPTY;
    const wide = this.wides[b]!;
    this.result(pc, a, (type & Kind.Float) === 0 ? Kind.Int : Kind.Float | ((type & Kind.Int) === 0 ? 0 : Kind.Int), integers, wide === 1);
  }

  private arithmetic(pc: number, op: Op, word: number): void {
    const a = getA(word);
    const b = getB(word);
    const c = getC(word);
    let isSimple = this.completesOn(b, Kind.Number);
    const xType = this.types[b]! & Kind.Number;
    const bitwise = (op >= Op.BAndK && op <= Op.ShlI) || (op >= Op.BAnd && op <= Op.Shr);
    let x = bitwise ? this.integerOperand(b) : this.interval(b);
    let wide = this.wides[b] === 1;
    let yType: TypeSet;
    let y: Interval;
    if (op === Op.AddI || op === Op.ShrI || op === Op.ShlI) {
      yType = Kind.Small;
      y = { low: getSC(word), high: getSC(word) };
    } else if (op <= Op.BXorK) {
      const constant = this.proto.constants[c];
      yType = kindOf(constant);
      y = constantInterval(constant);
      if (bitwise && yType === Kind.Boxed) y = ALL;
      // a product of a bounded integer and a large constant is meant to be large, as in random generators
      wide ||= yType === Kind.Wide || (op === Op.MulK && Math.abs(y.low) >= LARGE_FACTOR && x.high - x.low < Infinity);
    } else {
      isSimple = this.completesOn(c, Kind.Number) && isSimple;
      wide ||= this.wides[c] === 1;
      yType = this.types[c]! & Kind.Number;
      y = bitwise ? this.integerOperand(c) : this.interval(c);
    }
    if (op === Op.ShlI) [x, y] = [y, x];
    if (!isSimple) {
      this.result(pc, a, Kind.Any);
      return;
    }
    if (bitwise) {
      this.result(pc, a, Kind.Int, integersOf(op, x, y), wide);
      return;
    }
    if (op === Op.Div || op === Op.DivK || op === Op.Pow || op === Op.PowK) {
      this.result(pc, a, Kind.Float);
      return;
    }
    const isBare = this.isBare(b) && (op <= Op.BXorK ? yType !== Kind.Wide : this.isBare(c)) && MIXABLE.has(op);
    const integers = (xType & Kind.Int) !== 0 && (yType & Kind.Int) !== 0;
    const floats = (xType & Kind.Float) !== 0 || (yType & Kind.Float) !== 0;
    this.result(pc, a, (integers ? Kind.Int : 0) | (floats ? Kind.Float : 0), integers ? integersOf(op, x, y) : EMPTY, wide);
    if (isBare && this.inStack[a] === 0) this.mixes[a] = 1;
  }

  /** Is it a number whose double is at hand? */
  private isBare(register: number): boolean {
    const type = this.types[register]!;
    return within(type, SAFE_INTEGER) || within(type, Kind.Float) || (this.mixes[register] === 1 && isMixed(type));
  }

  // ---- edges ---------------------------------------------------------------------------------------------------------------

  /** Changes the state to that behind the deciding instruction `pc` on one of its edges; the answer undoes it. */
  private along(pc: number, isTaken: boolean, to: number): () => void {
    const word = this.proto.code[pc]!;
    const op = getOp(word);
    const a = getA(word);
    const b = getB(word);
    const saved: [register: number, type: number, low: number, high: number, wide: number][] = [];
    const save = (...registers: number[]): void => {
      for (const r of registers) saved.push([r, this.types[r]!, this.lows[r]!, this.highs[r]!, this.wides[r]!]);
    };
    const holds = isTaken === (getK(word) === 1);
    switch (op) {
      case Op.ForPrep: case Op.ForLoop:
        save(a, a + 1, a + 2, a + 3);
        if (!isTaken) for (let r = a; r < a + 4; r++) this.clear(r);
        else if (op === Op.ForPrep) this.beginLoop(pc, a);
        else this.repeatLoop(pc, a, this.graph.blocks[to]!.start - 1);
        break;
      case Op.TForLoop:
        save(a + 2, a + 4);
        if (!isTaken) break;
        this.narrow(a + 4, Kind.Any & ~Kind.Nil);
        this.copy(a + 2, a + 4);
        break;
      case Op.Test:
        save(a);
        this.narrow(a, holds ? Kind.Any & ~Kind.Falsy : Kind.Falsy);
        break;
      case Op.TestSet:
        save(a, b);
        this.narrow(b, holds ? Kind.Any & ~Kind.Falsy : Kind.Falsy);
        if (isTaken) this.copy(a, b);
        break;
      case Op.EqK: case Op.EqI: {
        save(a);
        const constant = op === Op.EqI ? getSB(word) : this.proto.constants[b];
        const kind = kindOf(constant);
        if ((kind & Kind.Number) !== 0) this.narrow(a, holds ? Kind.Number : Kind.Any, holds && (kind & Kind.Int) !== 0 ? constantInterval(constant) : ALL);
        else if (holds || (kind & (Kind.Nil | Kind.Boolean)) !== 0) this.narrow(a, holds ? kind : Kind.Any & ~kind);
        break;
      }
      case Op.LtI: case Op.LeI: case Op.GtI: case Op.GeI: {
        save(a);
        if (!this.is(a, Kind.Int)) break;
        const n = getSB(word);
        const below = (op === Op.LtI || op === Op.LeI) === holds; // the register is on the lower side
        const strict = (op === Op.LtI || op === Op.GtI) === holds;
        const edge = strict ? 1 : 0;
        this.narrow(a, Kind.Any, below ? { low: -Infinity, high: n - edge } : { low: n + edge, high: Infinity });
        break;
      }
      case Op.Lt: case Op.Le: {
        save(a, b);
        if (!this.is(a, Kind.Int) || !this.is(b, Kind.Int)) break;
        const [less, more] = holds ? [a, b] : [b, a];
        const edge = (op === Op.Lt) === holds ? 1 : 0;
        const { high } = this.interval(more);
        const { low } = this.interval(less);
        this.narrow(less, Kind.Any, { low: -Infinity, high: high - edge });
        this.narrow(more, Kind.Any, { low: low + edge, high: Infinity });
        break;
      }
      default: break;
    }
    return () => {
      for (const [r, type, low, high, wide] of saved) {
        this.wides[r] = wide;
        this.types[r] = type;
        this.lows[r] = low;
        this.highs[r] = high;
      }
    };
  }

  /** The registers of a numeric loop at R[a] when its body begins the first time. */
  private beginLoop(pc: number, a: number): void {
    const steps = this.interval(a + 2);
    const from = this.interval(a);
    const isInteger = this.is(a, Kind.Int) && this.is(a + 2, Kind.Int);
    const isFloat = this.is(a, Kind.Float) || this.is(a + 2, Kind.Float);
    const limits = this.is(a + 1, Kind.Int) ? this.interval(a + 1) : ALL;
    let interval: Interval = { low: Math.min(from.low, limits.low), high: Math.max(from.high, limits.high) };
    if (steps.low > 0) interval = { low: from.low, high: limits.high };
    else if (steps.high < 0) interval = { low: limits.low, high: from.high };
    const assumed = this.assumptions.results?.get(pc) ?? Kind.Number;
    let type = assumed & (isInteger ? Kind.Int : isFloat ? Kind.Float : Kind.Number);
    if (type === 0) type = assumed;
    const bounds = boundsOf(type);
    interval = { low: Math.max(interval.low, bounds.low), high: Math.min(interval.high, bounds.high) };
    this.loops.set(pc, { type, interval });
    this.set(a, isFloat ? Kind.Boxed : within(type, Kind.Int) ? type : type | Kind.Boxed, interval);
    const distance = interval.high - interval.low;
    if (within(type, Kind.Int)) this.set(a + 1, Kind.Int, { low: 0, high: distance <= Number.MAX_SAFE_INTEGER ? distance : Infinity });
    else this.set(a + 1, isFloat ? Kind.Boxed : Kind.Int | Kind.Boxed);
    this.wides[a + 2] = 0;
    if (isFloat) this.set(a + 2, Kind.Boxed);
    else if (!isInteger) this.set(a + 2, within(type, Kind.Int) ? Kind.Int : Kind.Int | Kind.Boxed, steps);
    this.set(a + 3, type, interval);
  }

  /** When it begins again; `prep` is the instruction before the body. */
  private repeatLoop(pc: number, a: number, prep: number): void {
    const known = this.loops.get(prep);
    const isInteger = this.is(a, Kind.Int) && this.is(a + 2, Kind.Int);
    let type: TypeSet = isInteger ? Kind.Int : this.is(a, Kind.Boxed) ? Kind.Float : Kind.Number;
    let interval: Interval = ALL;
    const entry = this.graph.blocks[0]!.start;
    if (known !== undefined && !(entry > prep && entry <= pc)) ({ type, interval } = known); // entered only through FORPREP
    const assumed = this.assumptions.results?.get(pc);
    if (assumed !== undefined && (type & assumed) !== 0) type &= assumed;
    this.set(a, within(type, Kind.Int) ? type : within(type, Kind.Float) ? Kind.Boxed : type | Kind.Boxed, interval);
    const count = this.interval(a + 1);
    if (within(type, Kind.Int)) this.set(a + 1, Kind.Int, { low: 0, high: count.high });
    this.set(a + 3, type, interval);
  }
}

/** Is it assumed of an integer that it may be a bigint? */
const isWideInteger = (assumed: TypeSet): boolean => within(assumed, Kind.Int) && (assumed & Kind.Wide) !== 0;

const SAFE_INTEGER: TypeSet = Kind.Small | Kind.Safe;

/** Operators on numbers of which it is not known whether they are integers or floats. */
const MIXABLE: ReadonlySet<Op> = new Set([Op.AddI, Op.AddK, Op.Add, Op.SubK, Op.Sub, Op.MulK, Op.Mul]);

/** May it be a safe integer as well as a float, and nothing else? */
const isMixed = (type: TypeSet): boolean => within(type, SAFE_INTEGER | Kind.Float) && (type & Kind.Float) !== 0 && (type & SAFE_INTEGER) !== 0;

/** Is one type of safe integers and the other of floats? */
const mix = (x: TypeSet, y: TypeSet): boolean =>
  (within(x, SAFE_INTEGER) && within(y, Kind.Float)) || (within(x, Kind.Float) && within(y, SAFE_INTEGER));

/** How a register of this type is best kept for computing. */
function formOf(type: TypeSet, wide: number): Form {
  if (within(type, Kind.Float)) return Form.Raw;
  return wide === 1 && isWideInteger(type) ? Form.Pair : Form.Value;
}

/** Bounds that a constant has as an integer. */
function constantInterval(constant: Constant): Interval {
  if (typeof constant === "number" && Number.isInteger(constant)) return { low: constant, high: constant };
  return typeof constant === "bigint" ? ALL : EMPTY;
}

function integersOf(op: Op, x: Interval, y: Interval): Interval {
  switch (op) {
    case Op.AddI: case Op.AddK: case Op.Add: return addIntervals(x, y);
    case Op.SubK: case Op.Sub: return subIntervals(x, y);
    case Op.MulK: case Op.Mul: return mulIntervals(x, y);
    case Op.ModK: case Op.Mod: return modIntervals(x, y);
    case Op.IDivK: case Op.IDiv: return idivIntervals(x, y);
    case Op.BAndK: case Op.BAnd: return bandIntervals(x, y);
    case Op.BOrK: case Op.BOr: case Op.BXorK: case Op.BXor: return borIntervals(x, y);
    case Op.ShlI: case Op.Shl: return shlIntervals(x, y);
    default: return shrIntervals(x, y);
  }
}

/** The register of an instruction's one result, NONE when it has none or writes it along an edge. */
function resultOf(word: number): number {
  const op = getOp(word);
  if (op === Op.TForCall) return getA(word) + 4;
  const { setsA, test } = OPCODES[op]!;
  return setsA && !test && op !== Op.ForLoop && op !== Op.ForPrep && op !== Op.TForLoop ? getA(word) : NONE;
}

/** Does the deciding instruction write `register` on its `taken` edge? */
function isWrittenOnTaken(word: number, register: number): boolean {
  const a = getA(word);
  switch (getOp(word)) {
    case Op.ForPrep: case Op.ForLoop: return register >= a && register < a + 4;
    case Op.TForLoop: return register === a + 2;
    case Op.TestSet: return register === a;
    default: return false;
  }
}

const stepUp = (bound: number): number => STEPS_UP.find((step) => step >= bound)!;
const stepDown = (bound: number): number => (bound >= 0 ? 0 : bound >= SMALL_MIN ? SMALL_MIN : bound >= -Number.MAX_SAFE_INTEGER ? -Number.MAX_SAFE_INTEGER : -Infinity);
