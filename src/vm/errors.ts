// Raisers: every error message the VM itself words. Each returns never, so that a call reads as a sentence.
import { toInteger } from "../number/arithmetic.js";
import { LuaFloat, isNumber } from "../number/float.js";
import { type FailureKind, Fault, LuaThrow } from "./fault.js";
import type { Frame } from "./frame.js";
import { currentPc, functionName, globalFunctionName, luaFunctionOf, nameFromCaller, where } from "./inspect.js";
import { LuaTable } from "./table.js";
import type { Thread } from "./thread.js";
import { LightUserdata, Userdata } from "./userdata.js";
import { type LuaValue, typeName } from "./value.js";
import { type ValueName, registerName, upvalueName } from "./variable-names.js";

/** Where an operand came from: a register (>= 0), upvalue i as UPVALUE − i, or NOWHERE (a constant, a computed value). */
export type Origin = number;
export const NOWHERE: Origin = -1;
export const UPVALUE: Origin = -2;

/** Type name for messages: a string `__name` in the metatable wins (luaT_objtypename). */
export function typeNameOf(v: LuaValue): string {
  if (v instanceof LuaTable || v instanceof Userdata) {
    const name = v.metatable?.getStr("__name");
    if (typeof name === "string") return name;
  }
  return typeName(v);
}

function describe(L: Thread, origin: Origin): ValueName | undefined {
  const closure = luaFunctionOf(L.frame);
  if (closure === undefined || origin === NOWHERE) return undefined;
  if (origin <= UPVALUE) return { kind: "upvalue", name: upvalueName(closure.proto, UPVALUE - origin) };
  return registerName(closure.proto, currentPc(L.frame), origin);
}

const info = (name: ValueName | undefined): string => (name === undefined ? "" : ` (${name.kind} '${name.name}')`);

/** "attempt to index a nil value (local 'x')". */
export function typeErrorText(L: Thread, culprit: LuaValue, verb: string, origin: Origin): string {
  return `attempt to ${verb} a ${typeNameOf(culprit)} value${info(describe(L, origin))}`;
}

export function raiseTypeError(L: Thread, culprit: LuaValue, verb: string, origin: Origin): never {
  throw new Fault(typeErrorText(L, culprit, verb, origin), "type");
}

/** "attempt to modify a read-only table ('string')": by the table's own name, else as the operand. */
export function raiseReadOnly(L: Thread, t: LuaTable, origin: Origin): never {
  throw new Fault(t.refusal("modify") + (t.name === "" ? info(describe(L, origin)) : ""), "permission");
}

/** "attempt to call a nil value (global 'f')": named by the call when it can be, else by the operand. */
export function raiseCallError(L: Thread, callee: LuaValue, origin: Origin): never {
  const name = nameFromCaller(L.frame) ?? describe(L, origin);
  throw new Fault(`attempt to call a ${typeNameOf(callee)} value${info(name)}`, "type");
}

/** Arithmetic and bitwise operators without a metamethod: the first operand that is not a number is to blame. */
export function raiseArithmeticError(L: Thread, a: LuaValue, b: LuaValue, bitwise: boolean, originA: Origin, originB: Origin): never {
  if (bitwise && isNumber(a) && isNumber(b)) {
    const [origin] = toInteger(a) === undefined ? [originA] : [originB];
    throw new Fault(`number${info(describe(L, origin!))} has no integer representation`, "type");
  }
  const verb = bitwise ? "perform bitwise operation on" : "perform arithmetic on";
  if (isNumber(a)) raiseTypeError(L, b, verb, originB);
  raiseTypeError(L, a, verb, originA);
}

export function raiseConcatError(L: Thread, a: LuaValue, b: LuaValue, originA: Origin, originB: Origin): never {
  if (typeof a === "string" || isNumber(a)) raiseTypeError(L, b, "concatenate", originB);
  raiseTypeError(L, a, "concatenate", originA);
}

export function raiseOrderError(a: LuaValue, b: LuaValue): never {
  const nameA = typeNameOf(a);
  const nameB = typeNameOf(b);
  throw new Fault(nameA === nameB ? `attempt to compare two ${nameA} values` : `attempt to compare ${nameA} with ${nameB}`, "type");
}

export function raiseForError(culprit: LuaValue, what: "initial value" | "limit" | "step"): never {
  throw new Fault(`bad 'for' ${what} (number expected, got ${typeNameOf(culprit)})`, "type");
}

/** luaL_argerror: `index` is 1-based. */
export function raiseArgumentError(frame: Frame, index: number, message: string): never {
  const name = functionName(frame);
  if (name !== undefined && name.kind === "method") {
    index--; // self is not counted
    if (index === 0) raiseAtCaller(frame, `calling '${name.name}' on bad self (${message})`, "type");
  }
  const called = name?.name ?? globalFunctionName(frame.L, frame.func!) ?? "?";
  raiseAtCaller(frame, `bad argument #${index} to '${called}' (${message})`, "type");
}

/** luaL_typeerror: "number expected, got nil". */
export function raiseArgumentType(frame: Frame, index: number, expected: string): never {
  const v = frame.arg(index);
  let got: string;
  if (v instanceof LightUserdata) got = "light userdata";
  else if (v === undefined && index > frame.count) got = "no value";
  else if (v instanceof LuaFloat) got = "number";
  else got = typeNameOf(v);
  raiseArgumentError(frame, index, `${expected} expected, got ${got}`);
}

/** luaL_error: the message with the position of the function that called this native. */
export function raiseAtCaller(frame: Frame, message: string, kind: FailureKind = "runtime"): never {
  throw new LuaThrow(where(frame.prev) + message, undefined, kind);
}
