// FunctionBuilder: the code of one function in the making. Instructions, their lines, jump lists and registers' high-water mark.
import {
  encodeABCk, encodeABx, encodeAsBx, encodeAx, encodeSJ, getA, getB, getK, getOp, getSJ, MAX_AX, MAX_BX, OFFSET_SBX, OFFSET_SJ,
} from "../bytecode/instruction.js";
import { Op } from "../bytecode/opcodes.js";
import { ABSOLUTE_LINE, Proto, type AbsoluteLine, type Constant, type LocalVariable, type UpvalueDescription } from "../bytecode/proto.js";
import { shorten } from "../base/lists.js";
import type { Atom } from "../lexer/atoms.js";
import { LuaFloat, type LuaInteger } from "../number/float.js";
import { doubleToInteger } from "../number/integer.js";
import type { Variable } from "../parser/scope.js";
import type { BlockState, PendingJump } from "./blocks.js";
import type { ConstantCache } from "./constants.js";
import { CodeLimit } from "./limits.js";
import { NO_JUMP } from "./operand.js";

/** Registers of a function, and the register number that says "none". */
const MAX_REGISTERS = 255;
export const NO_REGISTER = 255;
/** Greatest line step that a byte holds, and most instructions between two absolute lines. */
const MAX_LINE_STEP = 0x80;
const MAX_STEPS = 128;
/** Steps down a jump list from which on it pays to remember where they led. */
const LONG_WALK = 16;
/** "Count all results": an open result list. */
export const MULTIPLE = -1;

/** Room for a function in the making. Its lists grow once and then serve one function after the other. */
class Workspace {
  code = new Int32Array(64);
  lines = new Int8Array(64);
  readonly absLines: AbsoluteLine[] = [];
  readonly constants: Constant[] = [];
  readonly protos: Proto[] = [];
  readonly upvalues: UpvalueDescription[] = [];
  readonly upvalueVariables: Variable[] = [];
  readonly locals: LocalVariable[] = [];

  grow(): void {
    const code = new Int32Array(this.code.length * 2);
    code.set(this.code);
    this.code = code;
    const lines = new Int8Array(code.length);
    lines.set(this.lines);
    this.lines = lines;
  }
}

/** For the next functions. */
/** Entries with an absolute line, one for every 128 instructions at least, between two calls of `progress`. */
const REPORTED_LINES = 16;

const spare: Workspace[] = [];
/** Those with room for more instructions are not kept. */
const MAX_SPARE_LENGTH = 4096;

/** The items of a list that is emptied for its next use. */
function take<T>(list: T[]): T[] {
  const items = list.slice();
  shorten(list, 0);
  return items;
}

export class FunctionBuilder {
  private readonly workspace = spare.pop() ?? new Workspace();
  code = this.workspace.code;
  private lineInfo = this.workspace.lines;
  private readonly absLines = this.workspace.absLines;
  /** Number of instructions so far. */
  pc = 0;
  /** Line for the instructions to come. */
  line = 0;
  private previousLine: number;
  private sinceAbsolute = 0;
  /** A place far down some long jump lists, by their heads: chains of thousands of tests must not take quadratic time. */
  private listTails: Map<number, number> | undefined = undefined;
  /** Last place that a jump may reach: instructions around it must not be merged. */
  private lastTarget = 0;

  freeRegister = 0;
  private maxStackSize = 2;
  readonly constants = this.workspace.constants;
  readonly protos = this.workspace.protos;
  readonly upvalues = this.workspace.upvalues;
  /** The variable of each upvalue. */
  readonly upvalueVariables = this.workspace.upvalueVariables;
  readonly locals = this.workspace.locals;
  /** Active variables, compile-time constants included. */
  readonly active: Variable[] = [];
  /** Registers that active variables take. */
  variableRegisters = 0;
  block: BlockState | undefined = undefined;
  readonly pending: PendingJump[] = [];
  /** Returns have to close upvalues or variables. */
  needsClose = false;

  constructor(
    readonly outer: FunctionBuilder | undefined,
    readonly cache: ConstantCache,
    readonly lineDefined: number,
    readonly isVararg: boolean,
    /** Called now and then; what it throws ends the work. */
    private readonly progress: (() => void) | undefined = outer?.progress,
  ) {
    this.previousLine = lineDefined;
    this.depth = outer === undefined ? 0 : outer.depth + 1;
  }

  /** Nesting depth: 0 is the main function. */
  readonly depth: number;

  // Errors

  /** A limit that messages place at the token after the code so far. */
  limit(message: string): never {
    throw new CodeLimit(message, this.line, true);
  }

  /** A limit on how many of something a function can have. */
  countLimit(what: string, most: number): never {
    throw new CodeLimit(`too many ${what} (limit is ${most})`, this.line, false);
  }

  // Instructions

  /** Appends an instruction word. Returns its pc. */
  emit(word: number): number {
    const pc = this.pc++;
    if (pc === this.code.length) this.grow();
    this.code[pc] = word;
    this.saveLine(this.line);
    return pc;
  }

  emitABC(op: Op, a: number, b: number, c: number): number {
    return this.emit(encodeABCk(op, a, b, c, 0));
  }

  emitABCk(op: Op, a: number, b: number, c: number, k: number): number {
    return this.emit(encodeABCk(op, a, b, c, k));
  }

  emitABx(op: Op, a: number, bx: number): number {
    return this.emit(encodeABx(op, a, bx));
  }

  emitLoadConstant(register: number, index: number): void {
    if (index <= MAX_BX) this.emitABx(Op.LoadK, register, index);
    else {
      this.emitABx(Op.LoadKX, register, 0);
      this.emitExtra(index);
    }
  }

  emitExtra(value: number): void {
    this.emit(encodeAx(Op.ExtraArg, value));
  }

  emitInteger(register: number, value: LuaInteger): void {
    if (fitsSBx(value)) this.emit(encodeAsBx(Op.LoadI, register, value));
    else this.emitLoadConstant(register, this.integerConstant(value));
  }

  emitFloat(register: number, value: number | LuaFloat): void {
    const integer = value instanceof LuaFloat ? doubleToInteger(value.n) : undefined;
    if (integer !== undefined && fitsSBx(integer)) this.emit(encodeAsBx(Op.LoadF, register, integer));
    else this.emitLoadConstant(register, this.floatConstant(value));
  }

  /** Sets `count` registers from `from` on to nil, if possible by the instruction before. */
  emitNil(from: number, count: number): void {
    let last = from + count - 1;
    if (this.pc > this.lastTarget && getOp(this.code[this.pc - 1]!) === Op.LoadNil) {
      const word = this.code[this.pc - 1]!;
      const previousFrom = getA(word);
      const previousLast = previousFrom + getB(word);
      if ((previousFrom <= from && from <= previousLast + 1) || (from <= previousFrom && previousFrom <= last + 1)) {
        const first = Math.min(previousFrom, from);
        last = Math.max(previousLast, last);
        this.code[this.pc - 1] = encodeABCk(Op.LoadNil, first, last - first, 0, 0);
        return;
      }
    }
    this.emitABC(Op.LoadNil, from, count - 1, 0);
  }

  emitReturn(first: number, count: number): void {
    const op = count === 0 ? Op.Return0 : count === 1 ? Op.Return1 : Op.Return;
    this.emitABC(op, first, count + 1, 0);
  }

  /** The last instruction, or −1 when a jump may come between it and the next. */
  get mergeable(): number {
    return this.pc > this.lastTarget ? this.code[this.pc - 1]! : -1;
  }

  setA(pc: number, a: number): void {
    this.code[pc] = (this.code[pc]! & ~(0xff << 7)) | (a << 7);
  }

  setB(pc: number, b: number): void {
    this.code[pc] = (this.code[pc]! & ~(0xff << 16)) | (b << 16);
  }

  setC(pc: number, c: number): void {
    this.code[pc] = (this.code[pc]! & ~(0xff << 24)) | (c << 24);
  }

  setOp(pc: number, op: Op): void {
    this.code[pc] = (this.code[pc]! & ~0x7f) | op;
  }

  removeLast(): void {
    this.removeLastLine();
    this.pc--;
  }

  private grow(): void {
    this.workspace.grow();
    this.code = this.workspace.code;
    this.lineInfo = this.workspace.lines;
  }

  // Lines

  private saveLine(line: number): void {
    const step = line - this.previousLine;
    const pc = this.pc - 1;
    this.previousLine = line;
    if (step >= MAX_LINE_STEP || step <= -MAX_LINE_STEP || this.sinceAbsolute++ >= MAX_STEPS) {
      this.absLines.push({ pc, line });
      if (this.absLines.length % REPORTED_LINES === 0) this.progress?.();
      this.lineInfo[pc] = ABSOLUTE_LINE;
      this.sinceAbsolute = 1;
    } else this.lineInfo[pc] = step;
  }

  private removeLastLine(): void {
    const step = this.lineInfo[this.pc - 1]!;
    if (step !== ABSOLUTE_LINE) {
      this.previousLine -= step;
      this.sinceAbsolute--;
    } else {
      this.absLines.pop();
      this.sinceAbsolute = MAX_STEPS + 1; // whatever takes its place is absolute, too
    }
  }

  /** Gives the last instruction another line. */
  fixLine(line: number): void {
    this.removeLastLine();
    this.saveLine(line);
  }

  // Jumps

  emitJump(): number {
    return this.emit(encodeSJ(Op.Jmp, NO_JUMP));
  }

  /** A test and the jump that it controls. Returns the pc of the jump. */
  emitTest(op: Op, a: number, b: number, c: number, k: number): number {
    this.emit(encodeABCk(op, a, b, c, k));
    return this.emitJump();
  }

  /** The current pc, as a place that a jump may reach. */
  markTarget(): number {
    this.lastTarget = this.pc;
    return this.pc;
  }

  /** The jump after `pc` in its list. */
  nextJump(pc: number): number {
    const offset = getSJ(this.code[pc]!);
    return offset === NO_JUMP ? NO_JUMP : pc + 1 + offset;
  }

  private fixJump(pc: number, target: number): void {
    const offset = target - (pc + 1);
    if (offset < -OFFSET_SJ || offset > MAX_AX - OFFSET_SJ) this.limit("control structure too long");
    this.code[pc] = encodeSJ(Op.Jmp, offset);
  }

  /** The list `first` with the list `second` at its end. */
  joinJumps(first: number, second: number): number {
    if (second === NO_JUMP) return first;
    if (first === NO_JUMP) return second;
    let last = this.listTails?.get(first) ?? first;
    let steps = 0;
    for (let next = this.nextJump(last); next !== NO_JUMP; next = this.nextJump(last)) {
      last = next;
      steps++;
    }
    if (steps > LONG_WALK) (this.listTails ??= new Map<number, number>()).set(first, last);
    this.fixJump(last, second);
    return first;
  }

  /** pc of the test that controls the jump at `pc`, or `pc` itself. */
  controlOf(pc: number): number {
    return pc >= 1 && isTest(getOp(this.code[pc - 1]!)) ? pc - 1 : pc;
  }

  /** Makes the test of a jump put its value in `register`, or none. False if the test gives no value. */
  private patchTestRegister(jump: number, register: number): boolean {
    const pc = this.controlOf(jump);
    const word = this.code[pc]!;
    if (getOp(word) !== Op.TestSet) return false;
    if (register !== NO_REGISTER && register !== getB(word)) this.setA(pc, register);
    else this.code[pc] = encodeABCk(Op.Test, getB(word), 0, 0, getK(word));
    return true;
  }

  /** No test in the list gives a value any more. */
  dropValues(list: number): void {
    for (let jump = list; jump !== NO_JUMP; jump = this.nextJump(jump)) this.patchTestRegister(jump, NO_REGISTER);
  }

  /** Whether some jump in the list comes without a value. */
  needsValue(list: number): boolean {
    for (let jump = list; jump !== NO_JUMP; jump = this.nextJump(jump)) {
      if (getOp(this.code[this.controlOf(jump)]!) !== Op.TestSet) return true;
    }
    return false;
  }

  /** Sends jumps that give a value to `valueTarget`, with the value in `register`, and the others to `target`. */
  patchValues(list: number, valueTarget: number, register: number, target: number): void {
    for (let jump = list; jump !== NO_JUMP;) {
      const next = this.nextJump(jump);
      this.fixJump(jump, this.patchTestRegister(jump, register) ? valueTarget : target);
      jump = next;
    }
  }

  patchTo(list: number, target: number): void {
    this.patchValues(list, target, NO_REGISTER, target);
  }

  patchHere(list: number): void {
    this.patchTo(list, this.markTarget());
  }

  /** Sets the distance of a loop's first or last instruction. */
  fixLoopJump(pc: number, target: number, isBack: boolean): void {
    const offset = isBack ? pc + 1 - target : target - (pc + 1);
    if (offset > MAX_BX) this.limit("control structure too long");
    this.code[pc] = encodeABx(getOp(this.code[pc]!), getA(this.code[pc]!), offset);
  }

  // Registers

  checkStack(count: number): void {
    const size = this.freeRegister + count;
    if (size <= this.maxStackSize) return;
    if (size >= MAX_REGISTERS) this.limit("function or expression needs too many registers");
    this.maxStackSize = size;
  }

  reserve(count: number): void {
    this.checkStack(count);
    this.freeRegister += count;
  }

  /** Frees `register` unless it holds a variable. */
  release(register: number): void {
    if (register >= this.variableRegisters) this.freeRegister--;
  }

  // Constants

  stringConstant(atom: Atom): number {
    return this.checkConstant(this.cache.string(this.constants, atom));
  }

  integerConstant(value: LuaInteger): number {
    return this.checkConstant(this.cache.integer(this.constants, value));
  }

  floatConstant(value: number | LuaFloat): number {
    return this.checkConstant(this.cache.float(this.constants, value));
  }

  plainConstant(value: boolean | undefined): number {
    return this.checkConstant(this.cache.booleanOrNil(this.constants, value));
  }

  private checkConstant(index: number): number {
    if (index >= MAX_AX) this.countLimit("constants", MAX_AX);
    return index;
  }

  // The end

  /** Last changes that need to know the whole function. */
  private polish(parameterCount: number): void {
    const { code } = this;
    for (let pc = 0; pc < this.pc; pc++) {
      switch (getOp(code[pc]!)) {
        case Op.Return0: case Op.Return1:
          if (!this.needsClose && !this.isVararg) break;
          this.setOp(pc, Op.Return);
        // falls through
        case Op.Return: case Op.TailCall:
          if (this.needsClose) code[pc]! |= 1 << 15;
          if (this.isVararg) this.setC(pc, parameterCount + 1);
          break;
        case Op.Jmp:
          this.fixJump(pc, this.finalTarget(pc));
          break;
      }
    }
  }

  /** Where a jump ends up when jumps to jumps are followed (not for ever). */
  private finalTarget(from: number): number {
    let pc = from;
    for (let i = 0; i < 100; i++) {
      const word = this.code[pc]!;
      if (getOp(word) !== Op.Jmp) break;
      pc += getSJ(word) + 1;
    }
    return pc;
  }

  /** Completes the function. */
  finish(source: string, parameterCount: number, lastLineDefined: number): Proto {
    this.polish(parameterCount);
    const proto = new Proto();
    proto.source = source;
    proto.lineDefined = this.lineDefined;
    proto.lastLineDefined = lastLineDefined;
    proto.numParams = parameterCount;
    proto.isVararg = this.isVararg;
    proto.maxStackSize = this.maxStackSize;
    proto.code = this.code.slice(0, this.pc);
    proto.constants = take(this.constants);
    proto.upvalues = take(this.upvalues);
    proto.protos = take(this.protos);
    proto.lineInfo = this.lineInfo.slice(0, this.pc);
    proto.absLineInfo = take(this.absLines);
    proto.locals = take(this.locals);
    shorten(this.upvalueVariables, 0);
    if (this.code.length <= MAX_SPARE_LENGTH) spare.push(this.workspace);
    return proto;
  }
}

function fitsSBx(value: LuaInteger): value is number {
  return typeof value === "number" && value >= -OFFSET_SBX && value <= MAX_BX - OFFSET_SBX;
}

const isTest = (op: Op): boolean => op >= Op.Eq && op <= Op.TestSet;
