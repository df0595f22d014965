// Which library function a call is probably one of: told by the names in the bytecode, and checked where the call is.
import { getA, getB, getC, getOp } from "../bytecode/instruction.js";
import { Op } from "../bytecode/opcodes.js";
import type { Proto } from "../bytecode/proto.js";
import { writeEnd, writeStart } from "../bytecode/registers.js";
import { INTRINSICS, Intrinsic } from "../vm/intrinsic.js";
import { Kind, type TypeSet } from "./lattice.js";

/** How many arguments the own form takes, at least and at most; results wanted; and what it answers for sure. */
interface Signature {
  readonly least: number;
  readonly most: number;
  readonly wanted: number;
  /** It may answer none or several: not in tail position, where all count. */
  readonly varies?: true;
  readonly type: TypeSet;
}

/** What stands for the number of arguments where they end with an open list. */
const OPEN = -1;

const one = (type: TypeSet): Signature => ({ least: 1, most: 1, wanted: 1, type });
const two = (type: TypeSet): Signature => ({ least: 2, most: 2, wanted: 1, type });

const SIGNATURES: Readonly<Partial<Record<Intrinsic, Signature>>> = {
  [Intrinsic.Floor]: one(Kind.Number), [Intrinsic.Ceil]: one(Kind.Number), [Intrinsic.Abs]: one(Kind.Number),
  [Intrinsic.Max]: two(Kind.Any), [Intrinsic.Min]: two(Kind.Any),
  [Intrinsic.Sqrt]: one(Kind.Float), [Intrinsic.Sin]: one(Kind.Float), [Intrinsic.Cos]: one(Kind.Float),
  [Intrinsic.ToInteger]: one(Kind.Int | Kind.Nil), [Intrinsic.MathType]: one(Kind.String | Kind.Nil), [Intrinsic.Ult]: two(Kind.Boolean),
  [Intrinsic.Byte]: { least: 1, most: 2, wanted: 1, varies: true, type: Kind.Small | Kind.Nil },
  [Intrinsic.Sub]: { least: 2, most: 3, wanted: 1, type: Kind.String },
  [Intrinsic.Char]: { least: 1, most: 4, wanted: 1, type: Kind.String }, [Intrinsic.Len]: one(Kind.Small),
  [Intrinsic.Type]: one(Kind.String), [Intrinsic.RawGet]: two(Kind.Any), [Intrinsic.RawEqual]: two(Kind.Boolean),
  [Intrinsic.Insert]: { least: 2, most: 2, wanted: 0, type: Kind.Any }, [Intrinsic.Remove]: one(Kind.Any),
  [Intrinsic.SetMetatable]: two(Kind.Any), [Intrinsic.Select]: { least: OPEN, most: OPEN, wanted: 1, varies: true, type: Kind.Any },
};

export const answerOf = (intrinsic: Intrinsic): TypeSet => SIGNATURES[intrinsic]!.type;

/** Last words of names that stand for a function: local variables are called `byte`, `strbyte`, `string_byte`. */
const WORDS: readonly [string, Intrinsic][] = Object.entries(INTRINSICS).map(([name, id]): [string, Intrinsic] => [name.slice(name.indexOf(".") + 1), id])
  .filter(([word]) => word !== "type");

/**
 * The function that the call at `pc` seems to be of; None: unknown, or with arguments or results that have no own form. In tail position all
 * results count: only functions that always have one will do.
 */
export function intrinsicAt(proto: Proto, pc: number): Intrinsic {
  const word = proto.code[pc]!;
  const found = byName(proto, getA(word), pc);
  if (found === Intrinsic.None) return found;
  const { least, most, wanted, varies } = SIGNATURES[found]!;
  const count = getB(word) - 1;
  const fits = getOp(word) === Op.TailCall ? wanted === 1 && varies !== true : getC(word) - 1 === wanted;
  return count >= least && count <= most && fits ? found : Intrinsic.None;
}

/** Does its own form compute with all its arguments as numbers? */
function computes(intrinsic: Intrinsic): boolean {
  switch (intrinsic) {
    case Intrinsic.Floor: case Intrinsic.Ceil: case Intrinsic.Abs: case Intrinsic.Max: case Intrinsic.Min: case Intrinsic.Sqrt: case Intrinsic.Sin:
    case Intrinsic.Cos: case Intrinsic.ToInteger: case Intrinsic.Ult: return true;
    default: return false;
  }
}

/** By instruction, 1 for calls whose arguments are probably computed with as numbers. */
export function computingCalls(proto: Proto): Uint8Array {
  return Uint8Array.from(proto.code, (word, pc) => (getOp(word) === Op.Call && computes(intrinsicAt(proto, pc)) ? 1 : 0));
}

function byName(proto: Proto, register: number, call: number): Intrinsic {
  for (let pc = call - 1; pc >= 0; pc--) {
    const word = proto.code[pc]!;
    if (register < writeStart(word) || register >= writeEnd(word)) continue;
    if (getA(word) !== register) return Intrinsic.None;
    switch (getOp(word)) {
      case Op.GetField: return field(proto.constants[getC(word)]);
      case Op.Self: return method(proto.constants[getC(word)]);
      case Op.GetTabUp: return global(proto.constants[getC(word)]);
      case Op.GetUpval: return variable(proto.upvalues[getB(word)]?.name);
      case Op.Move: return variable(localName(proto, getB(word), pc));
      default: return Intrinsic.None;
    }
  }
  return Intrinsic.None;
}

const ends = (name: string): Intrinsic => WORDS.find(([word]) => name.endsWith(word))?.[1] ?? Intrinsic.None;
const global = (name: unknown): Intrinsic => (typeof name === "string" && Object.hasOwn(INTRINSICS, name) ? INTRINSICS[name]! : Intrinsic.None);

function field(name: unknown): Intrinsic {
  return name === "type" ? Intrinsic.MathType : WORDS.find(([word]) => word === name)?.[1] ?? Intrinsic.None;
}

/** Methods of strings. */
function method(name: unknown): Intrinsic {
  return name === "byte" ? Intrinsic.Byte : name === "sub" ? Intrinsic.Sub : name === "len" ? Intrinsic.Len : Intrinsic.None;
}

function variable(name: string | null | undefined): Intrinsic {
  return name == null ? Intrinsic.None : name === "type" ? Intrinsic.Type : ends(name);
}

/** The name of the local variable in `register` at `pc`. */
function localName(proto: Proto, register: number, pc: number): string | undefined {
  let n = register;
  for (const { name, startpc, endpc } of proto.locals) if (startpc <= pc && pc < endpc && n-- === 0) return name ?? undefined;
  return undefined;
}
