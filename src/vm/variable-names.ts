// Names for error messages and tracebacks, found by reading the bytecode backwards: which variable, field or constant
// the value in a register came from (what ldebug.c calls symbolic execution).
import { getA, getAx, getB, getBx, getC, getK, getOp, getSJ } from "../bytecode/instruction.js";
import { OPCODES, Op } from "../bytecode/opcodes.js";
import type { Proto } from "../bytecode/proto.js";
import { EVENT_KEYS, Event } from "./events.js";

/** What a value is called: `kind` as in "local 'x'", "global 'print'", "method 'name'". */
export interface ValueName {
  readonly kind: string;
  readonly name: string;
}

/** Name of the `n`-th (1-based) local variable alive at instruction `pc`, or undefined. */
export function localName(proto: Proto, n: number, pc: number): string | undefined {
  for (const local of proto.locals) {
    if (local.startpc > pc) break;
    if (pc < local.endpc && --n === 0) return local.name;
  }
  return undefined;
}

export function upvalueName(proto: Proto, index: number): string {
  return proto.upvalues[index]?.name ?? "?";
}

/** Last instruction before `lastpc` that certainly set `register`, or −1. */
function findSetter(proto: Proto, lastpc: number, register: number): number {
  const { code } = proto;
  if (OPCODES[getOp(code[lastpc]!)]!.fallback) lastpc--; // the arithmetic instruction before it did not complete
  let setter = -1;
  let conditionalUntil = 0; // code before this address may have been jumped over
  for (let pc = 0; pc < lastpc; pc++) {
    const word = code[pc]!;
    const op = getOp(word);
    const a = getA(word);
    let sets: boolean;
    switch (op) {
      case Op.LoadNil: sets = a <= register && register <= a + getB(word); break;
      case Op.TForCall: sets = register >= a + 2; break;
      case Op.Call: case Op.TailCall: sets = register >= a; break;
      case Op.Jmp: {
        const target = pc + 1 + getSJ(word);
        if (target <= lastpc && target > conditionalUntil) conditionalUntil = target;
        sets = false;
        break;
      }
      default: sets = OPCODES[op]!.setsA && register === a;
    }
    if (sets) setter = pc < conditionalUntil ? -1 : pc;
  }
  return setter;
}

function constantName(proto: Proto, index: number): string {
  const constant = proto.constants[index];
  return typeof constant === "string" ? constant : "?";
}

function registerConstantName(proto: Proto, pc: number, register: number): string {
  const found = registerName(proto, pc, register);
  return found !== undefined && found.kind === "constant" ? found.name : "?";
}

/** Only a variable called _ENV holds globals (since 5.4.8): not a field or a string of that name. */
function fieldKind(table: ValueName | undefined): "global" | "field" {
  return table?.name === "_ENV" && (table.kind === "local" || table.kind === "upvalue") ? "global" : "field";
}

/** What the value in `register` is called just before instruction `lastpc`, if that can be told. */
export function registerName(proto: Proto, lastpc: number, register: number): ValueName | undefined {
  const local = localName(proto, register + 1, lastpc);
  if (local !== undefined) return { kind: "local", name: local };
  const pc = findSetter(proto, lastpc, register);
  if (pc < 0) return undefined;
  const word = proto.code[pc]!;
  switch (getOp(word)) {
    case Op.Move: return getB(word) < getA(word) ? registerName(proto, pc, getB(word)) : undefined;
    case Op.GetTabUp:
      return { kind: upvalueName(proto, getB(word)) === "_ENV" ? "global" : "field", name: constantName(proto, getC(word)) };
    case Op.GetTable:
      return { kind: fieldKind(registerName(proto, pc, getB(word))), name: registerConstantName(proto, pc, getC(word)) };
    case Op.GetI: return { kind: "field", name: "integer index" };
    case Op.GetField:
      return { kind: fieldKind(registerName(proto, pc, getB(word))), name: constantName(proto, getC(word)) };
    case Op.GetUpval: return { kind: "upvalue", name: upvalueName(proto, getB(word)) };
    case Op.LoadK: case Op.LoadKX: {
      const constant = proto.constants[getOp(word) === Op.LoadK ? getBx(word) : getAx(proto.code[pc + 1]!)];
      return typeof constant === "string" ? { kind: "constant", name: constant } : undefined;
    }
    case Op.Self:
      return { kind: "method", name: getK(word) !== 0 ? constantName(proto, getC(word)) : registerConstantName(proto, pc, getC(word)) };
    default: return undefined;
  }
}

/** What the function called by instruction `pc` is called there. */
export function calleeName(proto: Proto, pc: number): ValueName | undefined {
  const word = proto.code[pc]!;
  const op = getOp(word);
  switch (op) {
    case Op.Call: case Op.TailCall: return registerName(proto, pc, getA(word));
    case Op.TForCall: return { kind: "for iterator", name: "for iterator" };
    case Op.Self: case Op.GetTabUp: case Op.GetTable: case Op.GetI: case Op.GetField: return metamethod(Event.Index);
    case Op.SetTabUp: case Op.SetTable: case Op.SetI: case Op.SetField: return metamethod(Event.NewIndex);
    case Op.MmBin: case Op.MmBinI: case Op.MmBinK: return metamethod(getC(word));
    case Op.Unm: return metamethod(Event.Unm);
    case Op.BNot: return metamethod(Event.BNot);
    case Op.Len: return metamethod(Event.Len);
    case Op.Concat: return metamethod(Event.Concat);
    case Op.Eq: return metamethod(Event.Eq);
    case Op.Lt: case Op.LtI: case Op.GtI: return metamethod(Event.Lt);
    case Op.Le: case Op.LeI: case Op.GeI: return metamethod(Event.Le);
    case Op.Close: case Op.Return: return metamethod(Event.Close);
    default: return undefined;
  }
}

function metamethod(event: number): ValueName {
  return { kind: "metamethod", name: (EVENT_KEYS[event] ?? "__?").slice(2) };
}
