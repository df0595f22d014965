// The state of one emission: the text so far, where registers are, what the current block was charged, and how code leaves.
import { getA, getB, getC, getK, getOp } from "../bytecode/instruction.js";
import { Op } from "../bytecode/opcodes.js";
import type { Proto } from "../bytecode/proto.js";
import type { ProtoCache } from "../vm/inline-cache.js";
import * as helpers from "./helpers.js";
import * as runtime from "./runtime.js";
import { Writer } from "./writer.js";

/** A function the tier does not compile, and why. */
export class Refusal {
  constructor(readonly reason: string) {}
}

/** Names of helper functions in emitted code. */
export type Helpers = Record<keyof typeof helpers, string>;
type Runtime = Record<keyof typeof runtime, string>;

/** Instructions whose effect on control is more than one block's end. */
export const isTest = (op: Op): boolean => op >= Op.Eq && op <= Op.TestSet;

/**
 * Emitted names: m meter, R register array, b base, f frame, F the caller's, c closure, U its upvalues, L thread, X the run (runtime.ts), S its signal;
 * r0, r1, … registers; v extra arguments; n length of the open list; t, e scratch. On the way out: pc where to, q units to
 * give back, s registers that count, u whether frames were left above.
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
  private readonly captured = new Set<number>();
  /** Units the current block was charged, and how many of them are used. */
  charged = 0;
  done = 0;
  /** First register of the open list that the next instruction takes, or −1. */
  open = -1;
  readonly size: number;

  /** `entry`: the instruction a region is entered at; undefined: the code for calls. */
  constructor(readonly proto: Proto, readonly cache: ProtoCache, readonly entry: number | undefined) {
    this.size = proto.maxStackSize;
    for (const inner of proto.protos) for (const up of inner.upvalues) if (up.inStack) this.captured.add(up.index);
    const names = <T extends object>(module: T): Record<keyof T, string> => // a name is bound when it is used
      new Proxy({} as Record<keyof T, string>, { get: (_, name) => this.out.constant(module[name as keyof T]) });
    this.h = names(helpers);
    this.rt = names(runtime);
    this.leave = this.h.LEAVE;
    this.X = this.rt.run;
    this.S = this.rt.SIGNAL;
  }

  /** Whether this is the code for calls. */
  get isDirect(): boolean {
    return this.entry === undefined;
  }

  line(text: string): void {
    this.out.line(text);
  }

  // ---- operands -------------------------------------------------------------------------------------------------------

  r(n: number): string {
    return this.captured.has(n) ? `R[b + ${n}]` : `r${n}`;
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
    return getK(word) !== 0 ? this.k(getC(word)) : this.r(getC(word));
  }

  /** The upvalue's value, as an expression that may be repeated. */
  upvalue(n: number): string {
    this.line(`t = U[${n}]; t = t.stack === null ? t.value : t.stack[t.index];`);
    return "t";
  }

  // ---- ways out ---------------------------------------------------------------------------------------------------------

  /** Leaves before the instruction at `pc`. */
  exit(pc: number): string {
    return this.exitWith(pc, this.charged - this.done);
  }

  /** Leaves behind the instruction that is being written, which goes on at `next`: a census is due there. */
  exitAfter(next: number): string {
    return `{ m.fuel += ${this.charged - this.done - 1}; m.interrupt(); pc = ${next}; break X; }`;
  }

  private exitWith(pc: number, refund: number): string {
    return `{ ${refund > 0 ? `q = ${refund}; ` : ""}${this.openTop()}pc = ${pc}; break X; }`;
  }

  /** Leaves because frames were left above the call at `pc`, whose function is in register `at`. */
  exitAtCall(pc: number, at: number): string {
    return `{ if (${this.X}.count === ${runtime.Count.Left}) { u = true; s = ${at}; pc = ${pc + 1}; } else { q = ${this.charged - this.done}; ${this.openTop()}pc = ${pc}; } break X; }`;
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
