// The state of one emission: the text so far, where registers are, what the current block was charged, and how code leaves.
import { getA, getB, getC, getK, getOp } from "../bytecode/instruction.js";
import { Op } from "../bytecode/opcodes.js";
import type { Constant, Proto } from "../bytecode/proto.js";
import { LuaFloat, makeFloat } from "../number/float.js";
import { expectedIntrinsic } from "./assume.js";
import type { ProtoCache } from "../vm/inline-cache.js";
import * as calls from "./calls.js";
import type { Intrinsic } from "../vm/intrinsic.js";
import { joined, pairOf, splitText } from "./emit-wide.js";
import * as helpers from "./helpers.js";
import * as metamethods from "./metamethods.js";
import { ALL, EMPTY, Kind, type TypeSet, kindOf, within } from "./lattice.js";
import { type Operand, floatOf, isRaw } from "./operand.js";
import * as runtime from "./runtime.js";
import { type Assumptions, Form, type TypeFacts, stackRegisters } from "./types.js";
import { Writer } from "./writer.js";

/** A function the tier does not compile, and why. */
export class Refusal {
  constructor(readonly reason: string) {}
}

/** Names of helper functions in emitted code. */
export type Helpers = Record<keyof typeof helpers, string>;
type Runtime = Record<keyof (typeof runtime & typeof calls & typeof metamethods), string>;

/** Instructions whose effect on control is more than one block's end. */
export const isTest = (op: Op): boolean => op >= Op.Eq && op <= Op.TestSet;

/**
 * Emitted names: m meter, R register array, b base, f frame, F the caller's, c closure, U its upvalues, L thread, X the run (runtime.ts), S its signal;
 * r0, r1, … registers; v extra arguments; n length of the open list; t, e scratch. On the way out: pc where to, q units to
 * give back, s registers that count, u whether frames were left above, way which values are to be made of bare floats and pairs.
 */
export class Emitter {
  readonly out = new Writer();
  readonly h: Helpers;
  readonly rt: Runtime;
  /** "This instruction is the interpreter's." */
  readonly leave: string;
  readonly X: string;
  readonly S: string;
  /** Registers captured by inner functions live in the stack, where their upvalues look. */
  private readonly captured: ReadonlySet<number>;
  /** Units the current block was charged, and how many of them are used. */
  charged = 0;
  done = 0;
  /** First register of the open list that the next instruction takes, or −1. */
  open = -1;
  /** Registers, in the present block, whose integer also stands in the variables of its halves. */
  readonly split = new Set<number>();
  /** The result of the instruction that is being written stands in halves, too. */
  isFreshlySplit = false;
  readonly size: number;
  /**
   * What is done on the way out for exits that say so by its number in `way`, which counts from 1. At the exits themselves V8 would make the objects of bare
   * floats in front of the first of them, in each round of a loop.
   */
  readonly ways: string[] = [];
  /** It may be left inside a call: frames are above. */
  leavesInCalls = false;
  private block = 0;
  /** By instruction of the block, registers that the interpreter needs before it. */
  private kept: ReadonlyMap<number, readonly number[]> | undefined;

  /** `entry`: the instruction a region is entered at; undefined: the code for calls. */
  constructor(readonly proto: Proto, readonly cache: ProtoCache, readonly entry: number | undefined, readonly facts: TypeFacts,
    private readonly assumptions: Assumptions) {
    this.size = proto.maxStackSize;
    this.captured = stackRegisters(proto);
    const names = <T extends object>(module: T): Record<keyof T, string> => // a name is bound when it is used
      new Proxy({} as Record<keyof T, string>, { get: (_, name) => this.out.constant(module[name as keyof T]) });
    this.h = names(helpers);
    this.rt = names({ ...runtime, ...calls, ...metamethods });
    this.leave = this.h.LEAVE;
    this.X = this.rt.run;
    this.S = this.rt.SIGNAL;
  }

  /** Whether this is the code for calls. */
  get isDirect(): boolean {
    return this.entry === undefined;
  }

  /**
   * Condition that is true in the first calls of a function: they take the ways that are rarely needed too. V8 gives code up when
   * a call is reached that had never been made when it optimised the code. Never in a region: loops with such calls in them are
   * up to three times slower.
   */
  get cold(): string {
    return this.isDirect ? "W" : "false";
  }

  /** Did the instruction at `pc` need more than 53 bits, and was there nothing but integers? */
  expectsWide(pc: number): boolean {
    const { wide, mixed } = this.cache.assumes;
    return wide !== null && wide.has(pc) && !(mixed !== null && mixed.has(pc));
  }

  /** Is the loop instruction at `pc` expected to run on 32-bit integers? */
  expectsSmall(pc: number): boolean {
    return this.assumptions.results?.get(pc) === Kind.Small;
  }

  /** The library function that the call at `pc` is expected to be of. */
  expectedAt(pc: number): Intrinsic {
    return expectedIntrinsic(this.proto, this.cache.assumes, pc);
  }

  line(text: string): void {
    this.out.line(text);
  }

  // ---- operands -------------------------------------------------------------------------------------------------------

  /** Where register `n` is as a Lua value, to be written. */
  r(n: number): string {
    return this.captured.has(n) ? `R[b + ${n}]` : `r${n}`;
  }

  /** Register `n` as a Lua value, to be read. */
  tagged(n: number): string {
    return this.facts.form(n) === Form.Value ? this.r(n) : this.boxed(n);
  }

  /** The bare float or the pair of register `n` as a Lua value. */
  boxed(n: number): string {
    if (this.facts.form(n) === Form.Pair) return joined(this, pairOf(n), this.facts.interval(n));
    if (this.facts.form(n) === Form.Mixed) return `(g${n} === 1 ? ${this.out.constant(makeFloat)}(d${n}) : d${n})`;
    if (within(this.facts.type(n), Kind.Boxed)) return `new ${this.out.constant(LuaFloat)}(d${n})`;
    return `${this.out.constant(makeFloat)}(d${n})`;
  }

  operand(n: number): Operand {
    const known = this.facts.type(n);
    const type = known === 0 ? Kind.Any : known;
    const raw = isRaw(this.facts, n);
    const interval = known === 0 ? ALL : this.facts.interval(n);
    if (this.facts.form(n) === Form.Pair) return { type, interval, tagged: this.boxed(n), double: undefined, pair: pairOf(n), register: n };
    if (this.facts.form(n) === Form.Mixed) return { type, interval, tagged: this.boxed(n), double: `d${n}`, mark: `g${n}`, register: n };
    const double = raw ? `d${n}` : within(type, Kind.Plain) && !this.captured.has(n) ? this.r(n) : undefined;
    return { type, interval, tagged: this.tagged(n), double, register: n };
  }

  constantOperand(value: Constant): Operand {
    const type = kindOf(value);
    const n = value instanceof LuaFloat ? value.n : value;
    const double = typeof n === "number" && n === n ? (Object.is(n, -0) ? "(-0)" : n - n === 0 ? `(${String(n)})` : `(${n > 0 ? "" : "-"}Infinity)`) : undefined;
    const interval = typeof value === "number" && Number.isInteger(value) ? { low: value, high: value } : typeof value === "bigint" ? ALL : EMPTY;
    return { type, interval, tagged: this.value(value), double, value };
  }

  /** A name for an operand's value that may be used more than once. */
  once({ tagged }: Operand, temporary: string): string {
    if (/^(r\d+|k\d+|\(-?[\d.e+-]+\))$/.test(tagged)) return tagged;
    this.line(`${temporary} = ${tagged};`);
    return temporary;
  }

  /** Register `n` was written as a Lua value: makes it what the code ahead wants. */
  becomes(n: number): void {
    const form = this.facts.form(n);
    if (form !== Form.Value) this.line(this.unboxed(n, form, this.facts.type(n)));
  }

  /** Statements that make a bare float, a pair, or a double and its mark of register `n`, a Lua value of `type`. */
  unboxed(n: number, form: Form, type: TypeSet): string {
    if (form === Form.Pair) return splitText(this, pairOf(n), `r${n}`, type);
    if (form === Form.Raw) return `d${n} = ${floatOf(`r${n}`)};`;
    if (within(type, Kind.Float)) return `d${n} = ${floatOf(`r${n}`)}; g${n} = 1;`;
    if (within(type, Kind.Small | Kind.Safe)) return `d${n} = +r${n}; g${n} = 0;`;
    return `if (typeof r${n} === "number") { d${n} = r${n}; g${n} = Number.isInteger(d${n}) ? 0 : 1; } else { d${n} = +r${n}.n; g${n} = 1; }`;
  }

  /** Statements that make register `n`, as it is now, what `form` says. */
  converted(n: number, form: Form): string {
    const now = this.facts.form(n);
    if (now === Form.Raw && form === Form.Mixed) return `g${n} = 1;`;
    if (now === Form.Mixed && form === Form.Raw) return "";
    const value = now === Form.Value ? "" : `r${n} = ${this.boxed(n)};`;
    return form === Form.Value ? value : `${value} ${this.unboxed(n, form, this.facts.type(n))}`;
  }

  /** Makes register `n` a Lua value in its variable, for instructions that write it in part. */
  settle(n: number): void {
    if (this.facts.form(n) !== Form.Pair && this.facts.form(n) !== Form.Mixed) return;
    this.line(`${this.r(n)} = ${this.boxed(n)};`);
    this.facts.settle(n);
  }

  isCaptured(n: number): boolean {
    return this.captured.has(n);
  }

  get hasCaptured(): boolean {
    return this.captured.size > 0;
  }

  /** Constant `n` of the function. */
  k(n: number): string {
    return this.value(this.proto.constants[n]);
  }

  value(value: unknown): string {
    if (value === undefined || typeof value === "boolean") return String(value);
    return typeof value === "number" && value - value === 0 ? `(${String(value)})` : this.out.constant(value);
  }

  rk(word: number): string {
    return getK(word) !== 0 ? this.k(getC(word)) : this.tagged(getC(word));
  }

  rkOperand(word: number): Operand {
    return getK(word) !== 0 ? this.constantOperand(this.proto.constants[getC(word)]) : this.operand(getC(word));
  }

  /** The upvalue's value, as an expression that may be repeated. */
  upvalue(n: number): string {
    this.line(`t = U[${n}]; t = t.stack === null ? t.value : t.stack[t.index];`);
    return "t";
  }

  /** Statements that copy an open list, which the next instruction writes if it needs them. */
  private delayed: string | undefined;

  delayList(copying: string): void {
    this.delayed = copying;
  }

  takeDelayedList(): string | undefined {
    const { delayed } = this;
    this.delayed = undefined;
    return delayed;
  }

  /** Writes what the deciding instruction does on its first edge alone. */
  private onTaken: (() => void) | undefined;

  whenTaken(writing: () => void): void {
    this.onTaken = writing;
  }

  takeOnTaken(): (() => void) | undefined {
    const { onTaken } = this;
    this.onTaken = undefined;
    return onTaken;
  }

  // ---- ways out ---------------------------------------------------------------------------------------------------------

  /** Set while an instruction is written that does not leave where it cannot go on, but does this. */
  escape: string | undefined = undefined;

  /** Leaves before the instruction at `pc`. */
  exit(pc: number): string {
    if (this.escape !== undefined) return `{ ${this.escape} }`;
    return this.exitWith(pc, this.charged - this.done);
  }

  /** Leaves behind the instruction that is being written, which goes on at `next`: a census is due there. */
  exitAfter(next: number): string {
    return `{ ${this.boxing(this.size, next)}m.fuel += ${this.charged - this.done - 1}; m.interrupt(); pc = ${next}; break X; }`;
  }

  /** Leaves behind the instruction at `pc`, which has been executed. */
  exitBehind(pc: number): string {
    return `{ ${this.boxing(this.size, pc + 1)}q = ${this.charged - this.done - 1}; pc = ${pc + 1}; break X; }`;
  }

  private exitWith(pc: number, refund: number): string {
    return `{ ${this.boxing(this.open < 0 ? this.size : this.open, pc)}${refund > 0 ? `q = ${refund}; ` : ""}${this.openTop()}pc = ${pc}; break X; }`;
  }

  /** Leaves because frames were left above the call at `pc`, whose function is in register `at`. */
  exitAtCall(pc: number, at: number): string {
    this.leavesInCalls = true;
    return `{ ${this.boxing(this.size, pc)}u = true; q = ${this.charged - this.done}; ${this.open < 0 ? "" : `s = ${this.open}; `}pc = ${pc}; a = ${at}; break X; }`;
  }

  /** Leaves because frames were left above the metamethod of the instruction at `pc`; `extra` words behind it are used, too. */
  exitAtMetamethod(pc: number, extra: number): string {
    const refund = this.charged - this.done;
    return `{ ${this.boxing(this.size, pc)}if (${this.X}.count === ${runtime.Count.Left}) { u = true; q = ${refund - 1}; pc = ${pc + 1 + extra}; } else { q = ${refund + extra}; pc = ${pc}; } break X; }`;
  }

  /** Makes Lua values of the bare floats and pairs in the first `count` registers that matter before `pc`. */
  private boxing(count: number, pc: number): string {
    let text = "";
    let unused = "";
    let kept: readonly number[] | undefined;
    for (let n = 0; n < count; n++) {
      if (this.facts.form(n) === Form.Value) continue;
      kept ??= this.keptBefore(pc);
      if (kept.includes(n)) text += `r${n} = ${this.boxed(n)}; `;
      else unused += `r${n} = `; // what stood there before must not be found by a census
    }
    const way = `${text}${unused === "" ? "" : `${unused}0; `}`;
    if (way === "") return "";
    let number = this.ways.indexOf(way);
    if (number < 0) number = this.ways.push(way) - 1;
    return `way = ${number + 1}; `;
  }

  private keptBefore(pc: number): readonly number[] {
    this.kept ??= this.facts.keptIn(this.block);
    return this.kept.get(pc) ?? Array.from({ length: this.size }, (_, n) => n);
  }

  /** Begins the block `n`. */
  enter(n: number): void {
    this.block = n;
    this.kept = undefined;
    this.split.clear();
    this.facts.enter(n);
  }

  private openTop(): string {
    return this.open < 0 ? "" : `s = ${this.open}; L.top = b + ${this.open} + n; `;
  }
}

/** First register that an open list fills, of the instruction at `pc` that makes one; −1 for others. */
export function openListOf(word: number): number {
  const op = getOp(word);
  return (op === Op.Call || op === Op.Vararg) && getC(word) === 0 ? getA(word) : -1;
}

/** Whether the instruction takes the open list that the one before has left. */
export function takesOpenList(word: number): boolean {
  const op = getOp(word);
  return (op === Op.Call || op === Op.TailCall || op === Op.Return || op === Op.SetList) && getB(word) === 0;
}
