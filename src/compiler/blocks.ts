// Blocks, active variables, upvalues, and the jumps that leave blocks.
import { shorten } from "../base/lists.js";
import { MAX_BX } from "../bytecode/instruction.js";
import { Op } from "../bytecode/opcodes.js";
import type { GotoStatement, LabelStatement } from "../parser/ast.js";
import { functionAt, type Variable } from "../parser/scope.js";
import type { FunctionBuilder } from "./emit.js";

/** Most entries in a function's list of local names, and most upvalues. */
const MAX_LOCAL_NAMES = 32767;
const MAX_UPVALUES = 255;

export class BlockState {
  /** Some variable of the block is an upvalue of an inner function, or is to be closed. */
  hasUpvalue = false;

  constructor(
    readonly outer: BlockState | undefined,
    readonly isLoop: boolean,
    /** Active variables outside of it. */
    readonly level: number,
    readonly firstPending: number,
    /** A variable to be closed is in scope. */
    public insideToBeClosed: boolean,
  ) {}
}

/** A jump forward to a label, or out of a loop. */
export interface PendingJump {
  /** The goto, or the loop that a break leaves. The parser finds a goto's label when it reads that. */
  readonly from: GotoStatement | BlockState;
  /** A jump list. */
  readonly jumps: number;
  /** Registers that variables take where it stands, or in the outermost block that was closed around it since. */
  registers: number;
  /** It leaves the scope of a variable that has to be closed. */
  closes: boolean;
}

export function enterBlock(fn: FunctionBuilder, isLoop: boolean): BlockState {
  const outer = fn.block;
  const block = new BlockState(outer, isLoop, fn.active.length, fn.pending.length, outer !== undefined && outer.insideToBeClosed);
  fn.block = block;
  return block;
}

export function leaveBlock(fn: FunctionBuilder): void {
  const block = fn.block!;
  const { outer } = block;
  const registers = registersBelow(fn, block.level);
  deactivate(fn, block.level);
  const closed = block.isLoop && resolveJumps(fn, block, block);
  if (!closed && outer !== undefined && block.hasUpvalue) fn.emitABC(Op.Close, registers, 0, 0);
  fn.freeRegister = registers;
  fn.block = outer;
  if (outer === undefined) return;
  const { pending } = fn;
  for (let i = block.firstPending; i < pending.length; i++) {
    const jump = pending[i]!;
    if (block.hasUpvalue && jump.registers > registers) jump.closes = true;
    jump.registers = registers;
  }
}

/** Registers that the first `level` variables take. */
export function registersBelow(fn: FunctionBuilder, level: number): number {
  for (let i = level - 1; i >= 0; i--) {
    const variable = fn.active[i]!;
    if (variable.constant === undefined) return variable.register + 1;
  }
  return 0;
}

/** Starts the scope of a variable; it takes the next register. */
export function activate(fn: FunctionBuilder, variable: Variable): void {
  const { locals } = fn;
  variable.register = fn.variableRegisters++;
  if (locals.length === MAX_LOCAL_NAMES) fn.countLimit("local variables", MAX_LOCAL_NAMES);
  variable.debugEntry = locals.push({ name: variable.name.text, startpc: fn.pc, endpc: 0 }) - 1;
  fn.active.push(variable);
}

/** Starts the scope of a variable that the compiler keeps for itself. */
export function activateConstant(fn: FunctionBuilder, variable: Variable, constant: object): void {
  variable.constant = constant;
  fn.active.push(variable);
}

function deactivate(fn: FunctionBuilder, level: number): void {
  const { active } = fn;
  while (active.length > level) {
    const variable = active.pop()!;
    if (variable.constant === undefined) fn.locals[variable.debugEntry]!.endpc = fn.pc;
  }
  fn.variableRegisters = registersBelow(fn, level);
}

/** Says that the current block has a variable to close. */
export function markToBeClosed(fn: FunctionBuilder): void {
  const block = fn.block!;
  block.hasUpvalue = true;
  block.insideToBeClosed = true;
  fn.needsClose = true;
}

function markUpvalue(fn: FunctionBuilder, level: number): void {
  let block = fn.block!;
  while (block.level > level) block = block.outer!;
  block.hasUpvalue = true;
  fn.needsClose = true;
}

/** Index of the upvalue of `fn` that is `variable`, a variable of some function around it; created if need be. */
export function upvalueIndex(fn: FunctionBuilder, variable: Variable): number {
  const known = fn.upvalueVariables.indexOf(variable);
  if (known >= 0) return known;
  const outer = fn.outer!;
  const inStack = variable.depth === outer.depth;
  let index = variable.register;
  let kind: number = variable.attribute;
  if (inStack) markUpvalue(outer, variable.level);
  else {
    index = upvalueIndex(outer, variable);
    ({ kind } = outer.upvalues[index]!);
  }
  if (fn.upvalues.length === MAX_UPVALUES) fn.limit(`too many upvalues (limit is ${MAX_UPVALUES}) in ${functionAt(fn.lineDefined)}`);
  fn.upvalueVariables.push(variable);
  return fn.upvalues.push({ name: variable.name.text, inStack, index, kind }) - 1;
}

/** Checks that `fn` can have one more inner function. */
export function checkInnerFunctions(fn: FunctionBuilder): void {
  if (fn.protos.length >= MAX_BX) fn.countLimit("functions", MAX_BX);
}

// Jumps

/** Where a label is, and how many variables were active there. */
export interface LabelPlace {
  readonly pc: number;
  readonly level: number;
}

/** Leaves the innermost loop by the jumps in a list. */
export function addBreak(fn: FunctionBuilder, jumps: number): void {
  let loop = fn.block!;
  while (!loop.isLoop && loop.outer !== undefined) loop = loop.outer;
  fn.pending.push({ from: loop, jumps, registers: fn.variableRegisters, closes: false });
}

export function emitGoto(fn: FunctionBuilder, statement: GotoStatement, known: LabelPlace | undefined): void {
  if (known === undefined) {
    fn.pending.push({ from: statement, jumps: fn.emitJump(), registers: fn.variableRegisters, closes: false });
    return;
  }
  const registers = registersBelow(fn, known.level);
  if (fn.variableRegisters > registers) fn.emitABC(Op.Close, registers, 0, 0);
  fn.patchTo(fn.emitJump(), known.pc);
}

export function placeLabel(fn: FunctionBuilder, label: LabelStatement): LabelPlace {
  const block = fn.block!;
  const place = { pc: fn.pc, level: label.isLast ? block.level : fn.active.length };
  resolveJumps(fn, block, label);
  return place;
}

/** Lets the pending jumps of `block` to `target` end here. True if that took an instruction to close variables. */
function resolveJumps(fn: FunctionBuilder, block: BlockState, target: LabelStatement | BlockState): boolean {
  const { pending } = fn;
  const here = fn.markTarget();
  let closes = false;
  let kept = block.firstPending;
  for (let i = kept; i < pending.length; i++) {
    const jump = pending[i]!;
    const { from } = jump;
    if (from !== target && (from instanceof BlockState || from.target !== target)) {
      pending[kept++] = jump;
      continue;
    }
    closes ||= jump.closes;
    fn.patchTo(jump.jumps, here);
  }
  shorten(pending, kept);
  if (closes) fn.emitABC(Op.Close, fn.variableRegisters, 0, 0);
  return closes;
}
