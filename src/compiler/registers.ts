// Getting operands into registers: the point where code that could still be chosen is chosen.
import { getA, getB, getOp } from "../bytecode/instruction.js";
import { Op } from "../bytecode/opcodes.js";
import { invariant } from "../base/invariant.js";
import type { Atom } from "../lexer/atoms.js";
import type { LuaFloat, LuaInteger } from "../number/float.js";
import type { Variable } from "../parser/scope.js";
import { MULTIPLE, NO_REGISTER, type FunctionBuilder } from "./emit.js";
import { NamedConstant, NO_JUMP, Operand, OperandKind } from "./operand.js";

/** Greatest constant index, and greatest register, that an instruction's B or C holds. */
const MAX_INDEX = 255;
/** Strings up to this length are short: they alone serve as field names in instructions. */
const MAX_SHORT_STRING = 40;

/** Frees the register of an operand that has one of its own. */
export function release(fn: FunctionBuilder, e: Operand): void {
  if (e.kind === OperandKind.Register) fn.release(e.info);
}

/** Frees two registers, the higher first. */
export function releaseRegisters(fn: FunctionBuilder, a: number, b: number): void {
  fn.release(Math.max(a, b));
  fn.release(Math.min(a, b));
}

export function releaseBoth(fn: FunctionBuilder, a: Operand, b: Operand): void {
  releaseRegisters(fn, a.kind === OperandKind.Register ? a.info : -1, b.kind === OperandKind.Register ? b.info : -1);
}

/** Makes a call or vararg expression give `count` values, or all. */
export function setResults(fn: FunctionBuilder, e: Operand, count: number): void {
  fn.setC(e.info, count + 1);
  if (e.kind === OperandKind.Call) return;
  fn.setA(e.info, fn.freeRegister);
  fn.reserve(1);
}

/** Makes a call or vararg expression give one value. */
export function setOneResult(fn: FunctionBuilder, e: Operand): void {
  if (e.kind === OperandKind.Call) {
    e.kind = OperandKind.Register;
    e.info = getA(fn.code[e.info]!);
  } else if (e.kind === OperandKind.Vararg) {
    fn.setC(e.info, 2);
    e.kind = OperandKind.Relocatable;
  }
}

/** Reads what is a variable: the operand is then a value (its jumps stay). */
export function readVariable(fn: FunctionBuilder, e: Operand): void {
  switch (e.kind) {
    case OperandKind.NamedConstant: {
      const constant = (e.value as Variable).constant;
      invariant(constant instanceof NamedConstant, "a named constant has a value");
      e.kind = constant.kind;
      e.value = constant.value;
      return;
    }
    case OperandKind.Local:
      e.kind = OperandKind.Register;
      return;
    case OperandKind.Upvalue:
      e.info = fn.emitABC(Op.GetUpval, 0, e.info, 0);
      break;
    case OperandKind.IndexedUpvalue:
      e.info = fn.emitABC(Op.GetTabUp, 0, e.info, e.key);
      break;
    case OperandKind.IndexedInteger:
      fn.release(e.info);
      e.info = fn.emitABC(Op.GetI, 0, e.info, e.key);
      break;
    case OperandKind.IndexedField:
      fn.release(e.info);
      e.info = fn.emitABC(Op.GetField, 0, e.info, e.key);
      break;
    case OperandKind.Indexed:
      releaseRegisters(fn, e.info, e.key);
      e.info = fn.emitABC(Op.GetTable, 0, e.info, e.key);
      break;
    case OperandKind.Call: case OperandKind.Vararg:
      setOneResult(fn, e);
      return;
    default:
      return;
  }
  e.kind = OperandKind.Relocatable;
}

/** Puts the value in `register`, its jumps aside. A test stays a test. */
function placeIn(fn: FunctionBuilder, e: Operand, register: number): void {
  readVariable(fn, e);
  switch (e.kind) {
    case OperandKind.Nil:
      fn.emitNil(register, 1);
      break;
    case OperandKind.False:
      fn.emitABC(Op.LoadFalse, register, 0, 0);
      break;
    case OperandKind.True:
      fn.emitABC(Op.LoadTrue, register, 0, 0);
      break;
    case OperandKind.String:
      fn.emitLoadConstant(register, fn.stringConstant(e.value as Atom));
      break;
    case OperandKind.Constant:
      fn.emitLoadConstant(register, e.info);
      break;
    case OperandKind.Float:
      fn.emitFloat(register, e.value as number | LuaFloat);
      break;
    case OperandKind.Integer:
      fn.emitInteger(register, e.value as LuaInteger);
      break;
    case OperandKind.Relocatable:
      fn.setA(e.info, register);
      break;
    case OperandKind.Register:
      if (register !== e.info) fn.emitABC(Op.Move, register, e.info, 0);
      break;
    default:
      return;
  }
  e.info = register;
  e.kind = OperandKind.Register;
}

function placeAnywhere(fn: FunctionBuilder, e: Operand): void {
  if (e.kind === OperandKind.Register) return;
  fn.reserve(1);
  placeIn(fn, e, fn.freeRegister - 1);
}

function emitBoolean(fn: FunctionBuilder, register: number, op: Op): number {
  fn.markTarget(); // jumps may come here
  return fn.emitABC(op, register, 0, 0);
}

/** Puts the final value, whichever jump it comes by, in `register`. */
function toRegister(fn: FunctionBuilder, e: Operand, register: number): void {
  placeIn(fn, e, register);
  if (e.kind === OperandKind.Jump) e.trueJumps = fn.joinJumps(e.trueJumps, e.info);
  if (e.hasJumps) {
    let loadFalse = NO_JUMP;
    let loadTrue = NO_JUMP;
    if (fn.needsValue(e.trueJumps) || fn.needsValue(e.falseJumps)) {
      const over = e.kind === OperandKind.Jump ? NO_JUMP : fn.emitJump();
      loadFalse = emitBoolean(fn, register, Op.LFalseSkip);
      loadTrue = emitBoolean(fn, register, Op.LoadTrue);
      fn.patchHere(over);
    }
    const end = fn.markTarget();
    fn.patchValues(e.falseJumps, end, register, loadFalse);
    fn.patchValues(e.trueJumps, end, register, loadTrue);
  }
  e.set(OperandKind.Register, register);
}

/** Puts the final value in the next free register. */
export function toNextRegister(fn: FunctionBuilder, e: Operand): void {
  readVariable(fn, e);
  release(fn, e);
  fn.reserve(1);
  toRegister(fn, e, fn.freeRegister - 1);
}

/** Puts the final value in some register, the one it has if possible. Returns it. */
export function toAnyRegister(fn: FunctionBuilder, e: Operand): number {
  readVariable(fn, e);
  if (e.kind === OperandKind.Register) {
    if (!e.hasJumps) return e.info;
    if (e.info >= fn.variableRegisters) { // a variable's register must not take the values of jumps
      toRegister(fn, e, e.info);
      return e.info;
    }
  }
  toNextRegister(fn, e);
  return e.info;
}

/** Puts the final value in some register, or leaves it an upvalue. */
export function toRegisterOrUpvalue(fn: FunctionBuilder, e: Operand): void {
  if (e.kind !== OperandKind.Upvalue || e.hasJumps) toAnyRegister(fn, e);
}

/** Makes the operand a register or a constant. */
export function toValue(fn: FunctionBuilder, e: Operand): void {
  if (e.hasJumps) toAnyRegister(fn, e);
  else readVariable(fn, e);
}

/** Makes a constant operand refer to the list of constants, if it fits an instruction's field. */
export function toConstant(fn: FunctionBuilder, e: Operand): boolean {
  if (e.hasJumps) return false;
  let index: number;
  switch (e.kind) {
    case OperandKind.True: index = fn.plainConstant(true); break;
    case OperandKind.False: index = fn.plainConstant(false); break;
    case OperandKind.Nil: index = fn.plainConstant(undefined); break;
    case OperandKind.Integer: index = fn.integerConstant(e.value as LuaInteger); break;
    case OperandKind.Float: index = fn.floatConstant(e.value as number | LuaFloat); break;
    case OperandKind.String: index = fn.stringConstant(e.value as Atom); break;
    case OperandKind.Constant: index = e.info; break;
    default: return false;
  }
  if (index > MAX_INDEX) return false;
  e.kind = OperandKind.Constant;
  e.info = index;
  return true;
}

/** Makes the operand a constant in reach (true) or a register. */
export function toConstantOrRegister(fn: FunctionBuilder, e: Operand): boolean {
  if (toConstant(fn, e)) return true;
  toAnyRegister(fn, e);
  return false;
}

function emitWithValue(fn: FunctionBuilder, op: Op, a: number, b: number, value: Operand): void {
  const isConstant = toConstantOrRegister(fn, value);
  fn.emitABCk(op, a, b, value.info, isConstant ? 1 : 0);
}

/** Assigns `value` to the variable or field that `target` is. */
export function store(fn: FunctionBuilder, target: Operand, value: Operand): void {
  switch (target.kind) {
    case OperandKind.Local:
      release(fn, value);
      toRegister(fn, value, target.info);
      return;
    case OperandKind.Upvalue: {
      const register = toAnyRegister(fn, value);
      fn.emitABC(Op.SetUpval, register, target.info, 0);
      break;
    }
    case OperandKind.IndexedUpvalue:
      emitWithValue(fn, Op.SetTabUp, target.info, target.key, value);
      break;
    case OperandKind.IndexedInteger:
      emitWithValue(fn, Op.SetI, target.info, target.key, value);
      break;
    case OperandKind.IndexedField:
      emitWithValue(fn, Op.SetField, target.info, target.key, value);
      break;
    case OperandKind.Indexed:
      emitWithValue(fn, Op.SetTable, target.info, target.key, value);
      break;
    default:
      invariant(false, "an assignment has a target");
  }
  release(fn, value);
}

/** `e:name`: the function and the object in two new registers; `e` is then the function. */
export function self(fn: FunctionBuilder, e: Operand, name: Atom): void {
  const object = toAnyRegister(fn, e);
  release(fn, e);
  e.info = fn.freeRegister;
  e.kind = OperandKind.Register;
  fn.reserve(2);
  const constant = fn.stringConstant(name);
  if (constant <= MAX_INDEX) {
    fn.emitABCk(Op.Self, e.info, object, constant, 1);
    return;
  }
  const key = new Operand();
  key.set(OperandKind.Constant, constant);
  fn.emitABC(Op.Self, e.info, object, toAnyRegister(fn, key));
  release(fn, key);
}

/** Turns `e` into its field `name`. */
export function indexName(fn: FunctionBuilder, e: Operand, name: Atom): void {
  const constant = fn.stringConstant(name);
  if (constant <= MAX_INDEX && name.text.length <= MAX_SHORT_STRING) {
    e.kind = e.kind === OperandKind.Upvalue ? OperandKind.IndexedUpvalue : OperandKind.IndexedField;
    e.key = constant;
    return;
  }
  const key = new Operand();
  key.set(OperandKind.Constant, constant);
  index(fn, e, key);
}

/** Turns `e` into the field `key` of what it was. */
export function index(fn: FunctionBuilder, e: Operand, key: Operand): void {
  if (key.kind === OperandKind.String) {
    key.info = fn.stringConstant(key.value as Atom);
    key.kind = OperandKind.Constant;
  }
  const isName = isFieldName(fn, key);
  if (e.kind === OperandKind.Upvalue && !isName) toAnyRegister(fn, e);
  if (isName) {
    e.kind = e.kind === OperandKind.Upvalue ? OperandKind.IndexedUpvalue : OperandKind.IndexedField;
    e.key = key.info;
  } else if (isByte(key)) {
    e.key = key.value as number;
    e.kind = OperandKind.IndexedInteger;
  } else {
    e.key = toAnyRegister(fn, key);
    e.kind = OperandKind.Indexed;
  }
}

/** A short string whose constant an instruction can name. */
function isFieldName(fn: FunctionBuilder, key: Operand): boolean {
  if (key.kind !== OperandKind.Constant || key.hasJumps || key.info > MAX_INDEX) return false;
  const constant = fn.constants[key.info];
  return typeof constant === "string" && constant.length <= MAX_SHORT_STRING;
}

function isByte(key: Operand): boolean {
  return key.kind === OperandKind.Integer && !key.hasJumps && typeof key.value === "number" && key.value >= 0 && key.value <= MAX_INDEX;
}

/** What a `<const>` variable keeps if this is its value, or undefined when that is not known now. */
export function constantValue(e: Operand): NamedConstant | undefined {
  if (e.hasJumps) return undefined;
  switch (e.kind) {
    case OperandKind.Nil: case OperandKind.True: case OperandKind.False: case OperandKind.String: case OperandKind.Integer:
    case OperandKind.Float:
      return new NamedConstant(e.kind, e.value);
    case OperandKind.NamedConstant:
      return (e.value as Variable).constant as NamedConstant;
    default:
      return undefined;
  }
}

// Conditions

/** Inverts the test whose jump `e` is. */
export function negate(fn: FunctionBuilder, e: Operand): void {
  fn.code[fn.controlOf(e.info)]! ^= 1 << 15;
}

/** Jumps when the value of `e` is `condition`. Returns the jump. */
function jumpOn(fn: FunctionBuilder, e: Operand, condition: boolean): number {
  if (e.kind === OperandKind.Relocatable) {
    const word = fn.code[e.info]!;
    if (getOp(word) === Op.Not) { // test what it negates
      fn.removeLast();
      return fn.emitTest(Op.Test, getB(word), 0, 0, condition ? 0 : 1);
    }
  }
  placeAnywhere(fn, e);
  release(fn, e);
  return fn.emitTest(Op.TestSet, NO_REGISTER, e.info, 0, condition ? 1 : 0);
}

/** Goes on if `e` is true, jumps otherwise. */
export function goIfTrue(fn: FunctionBuilder, e: Operand): void {
  readVariable(fn, e);
  let jump = NO_JUMP;
  switch (e.kind) {
    case OperandKind.Jump:
      negate(fn, e);
      jump = e.info;
      break;
    case OperandKind.Constant: case OperandKind.Float: case OperandKind.Integer: case OperandKind.String: case OperandKind.True:
      break;
    default:
      jump = jumpOn(fn, e, false);
  }
  e.falseJumps = fn.joinJumps(e.falseJumps, jump);
  fn.patchHere(e.trueJumps);
  e.trueJumps = NO_JUMP;
}

/** Goes on if `e` is false, jumps otherwise. */
export function goIfFalse(fn: FunctionBuilder, e: Operand): void {
  readVariable(fn, e);
  let jump = NO_JUMP;
  switch (e.kind) {
    case OperandKind.Jump:
      jump = e.info;
      break;
    case OperandKind.Nil: case OperandKind.False:
      break;
    default:
      jump = jumpOn(fn, e, true);
  }
  e.trueJumps = fn.joinJumps(e.trueJumps, jump);
  fn.patchHere(e.falseJumps);
  e.falseJumps = NO_JUMP;
}

/** `not e` */
export function invert(fn: FunctionBuilder, e: Operand): void {
  switch (e.kind) {
    case OperandKind.Nil: case OperandKind.False:
      e.kind = OperandKind.True;
      break;
    case OperandKind.Constant: case OperandKind.Float: case OperandKind.Integer: case OperandKind.String: case OperandKind.True:
      e.kind = OperandKind.False;
      break;
    case OperandKind.Jump:
      negate(fn, e);
      break;
    default:
      placeAnywhere(fn, e);
      release(fn, e);
      e.info = fn.emitABC(Op.Not, 0, e.info, 0);
      e.kind = OperandKind.Relocatable;
  }
  const { trueJumps } = e;
  e.trueJumps = e.falseJumps;
  e.falseJumps = trueJumps;
  fn.dropValues(e.falseJumps);
  fn.dropValues(e.trueJumps);
}

/** Fits the values of an expression list, of which `last` is the last, to a number of variables. */
export function adjustValues(fn: FunctionBuilder, variableCount: number, valueCount: number, last: Operand): void {
  const missing = variableCount - valueCount;
  if (last.isMultiple) setResults(fn, last, Math.max(missing + 1, 0));
  else {
    if (last.kind !== OperandKind.Void) toNextRegister(fn, last);
    if (missing > 0) fn.emitNil(fn.freeRegister, missing);
  }
  if (missing > 0) fn.reserve(missing);
  else fn.freeRegister += missing;
}

/** Makes a call or vararg expression give all its values. */
export function setMultiple(fn: FunctionBuilder, e: Operand): void {
  setResults(fn, e, MULTIPLE);
}

