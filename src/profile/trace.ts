// Every instruction as it runs, a line each, with the registers it reads and what it leaves in its target register.
import { chunkId } from "../base/chunk-id.js";
import { instructionText } from "../bytecode/disassemble.js";
import { getA, getB, getC, getK, getOp } from "../bytecode/instruction.js";
import { OPCODES, Op } from "../bytecode/opcodes.js";
import { type Proto, lineOf } from "../bytecode/proto.js";
import { formatNumber } from "../number/format.js";
import { isNumber } from "../number/float.js";
import type { Frame } from "../vm/frame.js";
import type { LuaClosure } from "../vm/function.js";
import type { LuaState } from "../vm/state.js";
import type { Thread } from "../vm/thread.js";
import { type LuaValue, typeName } from "../vm/value.js";
import { localName } from "../vm/variable-names.js";

const LONGEST_STRING = 24;

export class Tracer {
  /** Instructions shown. */
  shown = 0;
  /** The line of the instruction that is running, and where its result will be. */
  private open: { text: string; frame: Frame; func: Frame["func"]; target: number } | null = null;

  /** `write` takes a byte string. Only functions for which `wanted` answers true are shown, `limit` instructions at most. */
  constructor(
    private readonly state: LuaState,
    private readonly write: (text: string) => void,
    private readonly limit = Infinity,
    private readonly wanted: (proto: Proto) => boolean = () => true,
  ) {}

  start(): void {
    this.state.observe((L, frame) => this.instruction(L, frame));
  }

  stop(): void {
    this.state.observe(null);
    this.finish(null);
  }

  private instruction(L: Thread, frame: Frame): void {
    this.finish(frame);
    const { proto } = frame.func as LuaClosure;
    if (!this.wanted(proto)) return;
    if (this.shown++ >= this.limit) {
      this.state.observe(null);
      return;
    }
    const pc = frame.pc - 1;
    const source = proto.source === undefined ? "?" : chunkId(proto.source);
    const place = `${source}:${lineOf(proto, pc)}`.padEnd(20);
    const text = instructionText(proto, pc).replace("\t", " ").replace("\t", "  ").trimEnd();
    const read = registersRead(proto, pc).map((n) => `${registerName(proto, n, pc)} = ${show(L.stack[frame.base + n])}`);
    const target = OPCODES[getOp(proto.code[pc]!)]!.setsA ? getA(proto.code[pc]!) : -1;
    this.open = {
      text: `${place} ${"  ".repeat(Math.min(depthOf(frame), 20))}${String(pc + 1).padStart(4)} ${text.padEnd(36)} | ${read.join(", ")}`,
      frame, func: frame.func, target,
    };
  }

  /** Ends the line of the last instruction; its result is known when the same function goes on. */
  private finish(next: Frame | null): void {
    if (this.open === null) return;
    const { text, frame, func, target } = this.open;
    this.open = null;
    const known = target >= 0 && next === frame && frame.func === func;
    this.write(`${text}${known ? ` -> R${target} = ${show(frame.L.stack[frame.base + target])}` : ""}`.trimEnd() + "\n");
  }
}

/** The registers that the opcode table says the instruction at `pc` reads; of a list of values those that it counts. */
function registersRead(proto: Proto, pc: number): number[] {
  const word = proto.code[pc]!;
  const op = getOp(word);
  const { effect } = OPCODES[op]!;
  const operand = { A: getA(word), B: getB(word), C: getC(word) };
  const registers = new Set<number>();
  for (const [, kind, letter] of effect.replace(/^R\[A\] :=/, "").matchAll(/\b(RK?)\[([ABC])\]/g)) {
    if (kind === "R" || getK(word) === 0) registers.add(operand[letter as "A" | "B" | "C"]);
  }
  const first = operand.A;
  const length = op === Op.Call || op === Op.TailCall || op === Op.Concat ? operand.B : op === Op.Return ? operand.B - 1 : 0;
  for (let n = 0; n < length; n++) registers.add(first + n);
  return [...registers].filter((n) => n < proto.maxStackSize);
}

function depthOf(frame: Frame): number {
  let depth = 0;
  for (let below = frame.prev; below !== null && below.func !== null; below = below.prev) depth++;
  return depth;
}

function registerName(proto: Proto, n: number, pc: number): string {
  const name = localName(proto, n + 1, pc);
  return name === undefined || name.startsWith("(") ? `R${n}` : `R${n} ${name}`;
}

/** A value in a few letters. */
function show(value: LuaValue): string {
  if (value === undefined) return "nil";
  if (typeof value === "boolean") return String(value);
  if (isNumber(value)) return formatNumber(value);
  if (typeof value !== "string") return typeName(value);
  const text = value.length > LONGEST_STRING ? `${value.slice(0, LONGEST_STRING)}…` : value;
  return JSON.stringify(text);
}
