// The verifier: what a Proto must satisfy before it may run. This file checks each instruction and its neighbours;
// verify-flow.ts follows the paths through a function.
import { CheckedFunction, leavesOpen, takesOpen } from "./checked-function.js";
import { getA, getAx, getB, getBx, getC, getK, getOp, getSB, getSC } from "./instruction.js";
import { Op, OPCODES, OPCODE_COUNT } from "./opcodes.js";
import { ABSOLUTE_LINE, type Proto } from "./proto.js";
import { displayName } from "./undump.js";
import { checkFlow } from "./verify-flow.js";

/**
 * Checks `proto` and every function nested in it; afterwards no path through the code can make the VM misbehave. Linear time.
 * @throws {BadChunk} naming the function, the instruction (counted from 1, as in listings) and the broken rule.
 *
 * **The VM may rely on this, for each function:**
 *
 * Frame
 * - `numParams <= maxStackSize <= 255`, at most 255 upvalues, at least one instruction, and the last one is a RETURN*.
 * - VARARGPREP (with A = numParams) is the first instruction of a vararg function and appears nowhere else; VARARG only in
 *   vararg functions. RETURN and TAILCALL have C = numParams + 1 in a vararg function and 0 elsewhere (so C may be ignored);
 *   RETURN0 and RETURN1 do not appear in vararg functions.
 *
 * Operands
 * - Every register that an instruction names, also by implication, is below maxStackSize: SELF A+1, LOADNIL A+B, CONCAT
 *   A+B−1, FORPREP/FORLOOP A+3, TFORPREP A+3, TFORCALL A+6 and A+3+C, TFORLOOP A+4, SETLIST A+B, fixed CALL/VARARG/RETURN
 *   ranges. Exception: A of CLOSE, and of a RETURN* without values, may be equal to maxStackSize.
 * - CONCAT has B >= 2, TFORCALL C >= 1.
 * - Constant, upvalue and nested function indices exist. Keys of GETTABUP, SETTABUP, GETFIELD, SETFIELD and of SELF with k are
 *   strings; constants of ADDK … IDIVK and their MMBINK are numbers, those of BANDK, BORK, BXORK integers.
 * - A nested function's upvalues exist in this function: registers below maxStackSize, or its upvalues.
 * - NEWTABLE's hints are in proportion to the code: hash part at most 2 × and array part at most 50 × its length.
 *
 * Sequences (the second instruction is reached in no other way than through the first)
 * - LOADKX and NEWTABLE, and SETLIST with k, are followed by EXTRAARG; EXTRAARG is nowhere else. LOADKX's Ax is a constant.
 * - Each arithmetic or bitwise instruction is followed by its own MMBIN/MMBINI/MMBINK: the same operands and its event
 *   (ADDI also with "sub" and SHRI also with "shl", the immediate then negated; SHLI with "shl", swapped).
 * - An instruction that leaves its results "up to the top" (CALL, VARARG with C = 0; TAILCALL) is followed by one that takes
 *   them (CALL, TAILCALL, RETURN, SETLIST with B = 0), and the latter follows only the former. The open results begin at or
 *   above the consumer's first operand, so their count is never negative. After TAILCALL stands RETURN.
 * - TFORCALL is followed by TFORLOOP with the same A.
 * - SELF without k comes after the LOADK (or LOADKX and its EXTRAARG) that puts a string constant into R[C]: its key is a string.
 * - A test (EQ … TESTSET) is followed by JMP (which may have other predecessors).
 *
 * Jumps
 * - Every jump, loop edge and skip lands on an instruction of the function that may be entered: none of the second instructions
 *   above (JMP excepted), and not VARARGPREP.
 * - FORPREP and FORLOOP pair one to one with the same A: FORPREP skips to just after its FORLOOP, FORLOOP goes back to
 *   just after its FORPREP. So do TFORPREP (which goes to the TFORCALL) and TFORLOOP. Loops nest. A loop is entered only
 *   through its FORPREP or TFORPREP.
 *
 * Loop registers
 * - While control is inside a loop nothing but the loop's own instructions reads, writes or captures R[A..A+2] (numeric) or
 *   R[A..A+3] (generic), and no upvalue was open on R[A] or above when it began. So FORLOOP finds what FORPREP left there.
 *
 * Paths (for code that can be reached)
 * - A register is read or captured only after it was written on every path from the entry, and parameters count as written.
 *   What CALL and TFORCALL may clobber (everything from A, from A+4, up), CONCAT's operands but the result, registers from A up
 *   after CLOSE A, and the loop registers after the loop count as not written. So frames need not be cleared on entry.
 * - R[A] of SETLIST holds a table that NEWTABLE made there.
 * - RETURN0, RETURN1 and RETURN or TAILCALL without k are reached only with no upvalue open and nothing to be closed;
 *   TAILCALL never with a variable to be closed. TBC A and TFORPREP (A+3) are reached only when no variable at or above that
 *   register is to be closed.
 *
 * Debug information
 * - Line deltas: none, or one an instruction, with an absolute line exactly where they say so, at least every 256 instructions,
 *   in ascending order. Locals begin in ascending order, 0 <= startpc <= endpc <= length, at most maxStackSize alive at once.
 *
 * **Still the VM's own business at run time:** the types of all other values, what FORPREP finds, SETLIST's index (up to 2^33),
 * stack growth for open results and varargs, a to-be-closed variable overwritten since its TBC, and whatever debug.setlocal
 * does to registers (also a loop's, and SETLIST's table) and debug.getlocal shows of registers not yet written.
 */
export function verify(proto: Proto): void {
  verifyTree(proto, proto.source === undefined ? "?" : displayName(proto.source));
}

function verifyTree(proto: Proto, chunk: string): void {
  const checked = new CheckedFunction(proto, chunk);
  checkFrame(checked);
  checkDebugInfo(checked);
  checkLayout(checked);
  for (let pc = 0; pc < proto.code.length; pc++) checkInstruction(checked, pc);
  checkFlow(checked);
  for (const nested of proto.protos) {
    checkCaptures(checked, nested);
    verifyTree(nested, chunk);
  }
}

const MAX_UPVALUES = 255;
const MAX_UPVALUE_KIND = 3;
/** Longest run of line deltas before an absolute line; the C compiler's is 128. */
const MAX_LINE_RUN = 256;
/** List items between two SETLIST instructions; one LOADNIL can be as many. */
const ITEMS_PER_SETLIST = 50;

function checkFrame(f: CheckedFunction): void {
  const { proto } = f;
  if (proto.numParams > proto.maxStackSize) f.fail(-1, "more parameters than registers");
  if (proto.upvalues.length > MAX_UPVALUES) f.fail(-1, "too many upvalues");
  for (const upvalue of proto.upvalues) {
    if (upvalue.kind > MAX_UPVALUE_KIND) f.fail(-1, "bad upvalue kind");
  }
  if (proto.code.length === 0) f.fail(-1, "no code");
}

function checkCaptures(f: CheckedFunction, nested: Proto): void {
  const { maxStackSize, upvalues } = f.proto;
  for (const { inStack, index } of nested.upvalues) {
    if (index >= (inStack ? maxStackSize : upvalues.length)) f.fail(-1, "upvalue of a nested function out of range");
  }
}

function checkDebugInfo(f: CheckedFunction): void {
  const { code, lineInfo, absLineInfo, locals, maxStackSize } = f.proto;
  if (lineInfo.length !== 0 && lineInfo.length !== code.length) f.fail(-1, "line information does not fit the code");
  let absolute = 0;
  let run = 0;
  for (let pc = 0; pc < lineInfo.length; pc++) {
    if (lineInfo[pc] === ABSOLUTE_LINE) {
      if (absLineInfo[absolute++]?.pc !== pc) f.fail(pc, "absolute line missing");
      run = 0;
    } else if (++run > MAX_LINE_RUN) f.fail(pc, "absolute line overdue");
  }
  if (absolute !== absLineInfo.length) f.fail(-1, "too many absolute lines");
  if (locals.length === 0) return;
  const change = new Int32Array(code.length + 1); // in the number of live variables
  let previous = 0;
  for (const { startpc, endpc } of locals) {
    if (startpc < previous || endpc < startpc || endpc > code.length) f.fail(-1, "local variable out of range");
    previous = startpc;
    change[startpc]!++;
    change[endpc]!--;
  }
  for (let pc = 0, alive = 0; pc < change.length; pc++) {
    alive += change[pc]!;
    if (alive > maxStackSize) f.fail(pc, "more local variables than registers");
  }
}

/** Opcodes exist, and which instructions may be jumped to. */
function checkLayout(f: CheckedFunction): void {
  const { code, enterable } = f;
  for (let pc = 0; pc < code.length; pc++) {
    const op = getOp(code[pc]!);
    if (op >= OPCODE_COUNT) f.fail(pc, "unknown opcode");
    const spec = OPCODES[op]!;
    const second = op === Op.ExtraArg || op === Op.TForLoop || op === Op.VarargPrep || spec.fallback || takesOpen(code[pc]!)
      || (op === Op.Self && !getK(code[pc]!));
    enterable[pc] = second ? 0 : 1;
  }
  switch (getOp(code[code.length - 1]!)) {
    case Op.Return: case Op.Return0: case Op.Return1: break;
    default: f.fail(code.length - 1, "code does not end with a return");
  }
}

function checkInstruction(f: CheckedFunction, pc: number): void {
  const { proto, code } = f;
  const word = code[pc]!;
  const op = getOp(word);
  const next = pc + 1 < code.length ? code[pc + 1]! : undefined;
  const a = getA(word);
  const b = getB(word);
  const c = getC(word);
  const spec = OPCODES[op]!;

  // neighbours
  if (spec.test && (next === undefined || getOp(next) !== Op.Jmp)) f.fail(pc, "test without a jump");
  if (leavesOpen(word) && (next === undefined || !takesOpen(next))) f.fail(pc, "open results are not taken");
  if (takesOpen(word)) checkOpenOperands(f, pc);

  switch (op) {
    case Op.Move: case Op.Unm: case Op.BNot: case Op.Not: case Op.Len: case Op.TestSet:
      register(f, pc, a); register(f, pc, b); break;
    case Op.LoadI: case Op.LoadF: case Op.LoadFalse: case Op.LFalseSkip: case Op.LoadTrue: case Op.Test: case Op.Tbc:
    case Op.EqI: case Op.LtI: case Op.LeI: case Op.GtI: case Op.GeI:
      register(f, pc, a); break;
    case Op.LoadK: register(f, pc, a); constant(f, pc, getBx(word)); break;
    case Op.LoadKX: register(f, pc, a); constant(f, pc, extraOf(f, pc)); break;
    case Op.LoadNil: register(f, pc, a + b); break;
    case Op.GetUpval: case Op.SetUpval: register(f, pc, a); upvalue(f, pc, b); break;
    case Op.GetTabUp: register(f, pc, a); upvalue(f, pc, b); stringConstant(f, pc, c); break;
    case Op.GetTable: case Op.Eq: case Op.Lt: case Op.Le:
      register(f, pc, a); register(f, pc, b);
      if (op === Op.GetTable) register(f, pc, c);
      break;
    case Op.GetI: register(f, pc, a); register(f, pc, b); break;
    case Op.GetField: register(f, pc, a); register(f, pc, b); stringConstant(f, pc, c); break;
    case Op.SetTabUp: upvalue(f, pc, a); stringConstant(f, pc, b); registerOrConstant(f, pc, word); break;
    case Op.SetTable: register(f, pc, a); register(f, pc, b); registerOrConstant(f, pc, word); break;
    case Op.SetI: register(f, pc, a); registerOrConstant(f, pc, word); break;
    case Op.SetField: register(f, pc, a); stringConstant(f, pc, b); registerOrConstant(f, pc, word); break;
    case Op.NewTable: register(f, pc, a); checkHints(f, pc); break;
    case Op.Self:
      register(f, pc, a + 1); register(f, pc, b);
      if (getK(word)) stringConstant(f, pc, c);
      else checkKeyRegister(f, pc, c);
      break;
    case Op.AddI: case Op.ShrI: case Op.ShlI:
      register(f, pc, a); register(f, pc, b); checkFallback(f, pc, Op.MmBinI); break;
    case Op.AddK: case Op.SubK: case Op.MulK: case Op.ModK: case Op.PowK: case Op.DivK: case Op.IDivK:
    case Op.BAndK: case Op.BOrK: case Op.BXorK:
      register(f, pc, a); register(f, pc, b);
      numericConstant(f, pc, c, op >= Op.BAndK);
      checkFallback(f, pc, Op.MmBinK);
      break;
    case Op.Add: case Op.Sub: case Op.Mul: case Op.Mod: case Op.Pow: case Op.Div: case Op.IDiv:
    case Op.BAnd: case Op.BOr: case Op.BXor: case Op.Shl: case Op.Shr:
      register(f, pc, a); register(f, pc, b); register(f, pc, c); checkFallback(f, pc, Op.MmBin); break;
    case Op.MmBin: case Op.MmBinI: case Op.MmBinK: // its operands are those of the instruction before it
      if (pc === 0 || fallbackOf(getOp(code[pc - 1]!)) !== op) f.fail(pc, "metamethod fallback without its operation");
      break;
    case Op.Concat:
      if (b < 2) f.fail(pc, "too few operands");
      register(f, pc, a + b - 1); break;
    case Op.Close: register(f, pc, a - 1); break;
    case Op.Jmp: break; // targets: verify-flow.ts
    case Op.EqK: register(f, pc, a); constant(f, pc, b); break;
    case Op.Call:
      register(f, pc, a + Math.max(b - 1, 0)); register(f, pc, a + Math.max(c - 2, 0)); break;
    case Op.TailCall:
      register(f, pc, a + Math.max(b - 1, 0)); checkReturnFields(f, pc);
      if (next !== undefined && getOp(next) !== Op.Return) f.fail(pc, "tail call without a return");
      break;
    case Op.Return: register(f, pc, a + b - 2); checkReturnFields(f, pc); break; // B = 0: checkOpenOperands
    case Op.Return0: register(f, pc, a - 1); checkReturnFields(f, pc); break;
    case Op.Return1: register(f, pc, a); checkReturnFields(f, pc); break;
    case Op.ForLoop: case Op.ForPrep: case Op.TForPrep: register(f, pc, a + 3); break; // pairing: verify-flow.ts
    case Op.TForCall:
      if (c < 1) f.fail(pc, "loop without variables");
      register(f, pc, a + Math.max(6, c + 3));
      if (next === undefined || getOp(next) !== Op.TForLoop || getA(next) !== a) f.fail(pc, "loop call without its loop");
      break;
    case Op.TForLoop:
      register(f, pc, a + 4);
      if (pc === 0 || getOp(code[pc - 1]!) !== Op.TForCall) f.fail(pc, "loop without its call");
      break;
    case Op.SetList:
      register(f, pc, a + b);
      if (getK(word)) extraOf(f, pc);
      break;
    case Op.Closure:
      register(f, pc, a);
      if (getBx(word) >= proto.protos.length) f.fail(pc, "nested function out of range");
      break;
    case Op.Vararg:
      if (!proto.isVararg) f.fail(pc, "varargs in a function without them");
      register(f, pc, a + Math.max(c - 2, 0)); break;
    case Op.VarargPrep:
      if (pc !== 0 || !proto.isVararg || a !== proto.numParams) f.fail(pc, "misplaced vararg preparation");
      break;
    case Op.ExtraArg:
      if (pc === 0 || !hasExtra(code[pc - 1]!)) f.fail(pc, "misplaced extra argument");
      break;
    default: f.fail(pc, "unknown opcode");
  }
  if (pc === 0 && proto.isVararg && op !== Op.VarargPrep) f.fail(pc, "vararg preparation missing");
}

function register(f: CheckedFunction, pc: number, index: number): void {
  if (index >= f.proto.maxStackSize) f.fail(pc, "register out of range");
}

function constant(f: CheckedFunction, pc: number, index: number): void {
  if (index >= f.proto.constants.length) f.fail(pc, "constant out of range");
}

function upvalue(f: CheckedFunction, pc: number, index: number): void {
  if (index >= f.proto.upvalues.length) f.fail(pc, "upvalue out of range");
}

function stringConstant(f: CheckedFunction, pc: number, index: number): void {
  constant(f, pc, index);
  if (typeof f.proto.constants[index] !== "string") f.fail(pc, "key is not a string");
}

function numericConstant(f: CheckedFunction, pc: number, index: number, integer: boolean): void {
  constant(f, pc, index);
  const value = f.proto.constants[index];
  const kind = typeof value;
  const ok = integer ? kind === "bigint" || Number.isSafeInteger(value) : kind === "number" || kind === "bigint" || kind === "object";
  if (!ok) f.fail(pc, integer ? "operand is not an integer" : "operand is not a number");
}

function registerOrConstant(f: CheckedFunction, pc: number, word: number): void {
  if (getK(word)) constant(f, pc, getC(word));
  else register(f, pc, getC(word));
}

/** R[key] was loaded with a string just before `pc`. */
function checkKeyRegister(f: CheckedFunction, pc: number, key: number): void {
  let before = pc - 1;
  if (before > 0 && getOp(f.code[before]!) === Op.ExtraArg) before--;
  const word = f.code[before];
  const op = word === undefined ? undefined : getOp(word);
  if (word === undefined || (op !== Op.LoadK && op !== Op.LoadKX) || getA(word) !== key) f.fail(pc, "method name is not a constant");
  stringConstant(f, pc, op === Op.LoadK ? getBx(word) : extraOf(f, before));
}

function hasExtra(word: number): boolean {
  const op = getOp(word);
  return op === Op.LoadKX || op === Op.NewTable || (op === Op.SetList && getK(word) === 1);
}

/** The extra argument that must follow. */
function extraOf(f: CheckedFunction, pc: number): number {
  const next = f.code[pc + 1];
  if (next === undefined || getOp(next) !== Op.ExtraArg) f.fail(pc, "extra argument missing");
  return getAx(next);
}

function checkHints(f: CheckedFunction, pc: number): void {
  const word = f.code[pc]!;
  const extra = extraOf(f, pc);
  const hashSize = getB(word) === 0 ? 0 : 2 ** (getB(word) - 1);
  const arraySize = getC(word) + (getK(word) ? extra * 256 : 0);
  if (hashSize > 2 * f.code.length || arraySize > ITEMS_PER_SETLIST * f.code.length) f.fail(pc, "table size out of proportion");
}

/** The consumer's operands start at or below the register where the producer's open results start. */
function checkOpenOperands(f: CheckedFunction, pc: number): void {
  const word = f.code[pc]!;
  const producer = f.code[pc - 1];
  if (producer === undefined || !leavesOpen(producer)) f.fail(pc, "open operands without results");
  const first = getA(word) + (getOp(word) === Op.Return ? 0 : 1);
  if (getA(producer) < first) f.fail(pc, "open results below the operands");
}

/** C says how many fixed parameters a vararg function has. */
function checkReturnFields(f: CheckedFunction, pc: number): void {
  const word = f.code[pc]!;
  const { isVararg, numParams } = f.proto;
  const op = getOp(word);
  if (op === Op.Return0 || op === Op.Return1) {
    if (isVararg) f.fail(pc, "short return in a vararg function");
  } else if (getC(word) !== (isVararg ? numParams + 1 : 0)) f.fail(pc, "return does not fit the parameters");
}

// Metamethod events by number, in the order of the operators' opcodes.
const EVENT_ADD = 6;
const EVENT_SUB = 7;
const EVENT_SHL = 16;
const EVENT_SHR = 17;

/** The fallback that follows an arithmetic or bitwise opcode; undefined for the others. */
function fallbackOf(op: Op): Op | undefined {
  if (op === Op.AddI || op === Op.ShrI || op === Op.ShlI) return Op.MmBinI;
  if (op >= Op.AddK && op <= Op.BXorK) return Op.MmBinK;
  return op >= Op.Add && op <= Op.Shr ? Op.MmBin : undefined;
}

/** The fallback after `pc` is there and names the same operands and operator. */
function checkFallback(f: CheckedFunction, pc: number, expected: Op): void {
  const word = f.code[pc]!;
  const next = f.code[pc + 1];
  if (next === undefined || getOp(next) !== expected) f.fail(pc, "metamethod fallback missing");
  const op = getOp(word);
  const event = getC(next);
  let fits = getA(next) === getB(word);
  if (expected === Op.MmBinI) {
    const same = getB(next) === getC(word);
    const negated = getSB(next) === -getSC(word);
    if (op === Op.AddI) fits &&= (event === EVENT_ADD && same) || (event === EVENT_SUB && negated);
    else if (op === Op.ShrI) fits &&= (event === EVENT_SHR && same) || (event === EVENT_SHL && negated);
    else fits &&= event === EVENT_SHL && same && getK(next) === 1;
  } else {
    const base = expected === Op.MmBinK ? Op.AddK : Op.Add;
    fits &&= getB(next) === getC(word) && event === EVENT_ADD + (op - base);
  }
  if (!fits) f.fail(pc, "metamethod fallback of another operation");
}
