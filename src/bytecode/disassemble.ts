// disassemble: the listings of `luac -l` and `luac -l -l`.
import { formatNumber } from "../number/format.js";
import { getA, getAx, getB, getBx, getC, getK, getOp, getSB, getSBx, getSC, getSJ } from "./instruction.js";
import { Op, OPCODES } from "./opcodes.js";
import { lineOf, type Constant, type Proto } from "./proto.js";

/** What a listing shows besides headers and code. */
export interface ListingOptions {
  /** Also constants, locals and upvalues (`luac -l -l`). */
  full: boolean;
}

/**
 * The listing of `proto` and, after it, of all nested functions, byte for byte as luac 5.4 prints it. Where luac prints the
 * address of a function there is a number that depends only on the function's place in the chunk. A byte string.
 */
export function disassemble(proto: Proto, { full }: ListingOptions): string {
  const listing = new Listing(full);
  listing.number(proto);
  listing.print(proto);
  return listing.lines.join("");
}

/** One instruction as a listing shows it, without its place: "ADDI     0 0 1" or "GETTABUP 0 0 0\t; _ENV \"print\"". A byte string. */
export function instructionText(proto: Proto, pc: number): string {
  return new Listing(true).text(proto, pc);
}

/** Metamethod names by event number, as the C of MMBIN and its variants holds it. */
const EVENT_NAMES = [
  "__index", "__newindex", "__gc", "__mode", "__len", "__eq", "__add", "__sub", "__mul", "__mod", "__pow", "__div", "__idiv",
  "__band", "__bor", "__bxor", "__shl", "__shr", "__unm", "__bnot", "__lt", "__le", "__concat", "__call", "__close",
];

/** Distance of the pseudo addresses of two functions. */
const ADDRESS_STEP = 0x80;

class Listing {
  readonly lines: string[] = [];
  private readonly addresses = new Map<Proto, string>();

  constructor(private readonly full: boolean) {}

  /** Gives addresses in the order in which the functions are printed. */
  number(proto: Proto): void {
    const address = (this.addresses.size + 1) * ADDRESS_STEP;
    this.addresses.set(proto, `0x${address.toString(16).padStart(12, "0")}`);
    for (const nested of proto.protos) this.number(nested);
  }

  print(proto: Proto): void {
    this.header(proto);
    for (let pc = 0; pc < proto.code.length; pc++) this.instruction(proto, pc);
    if (this.full) this.tables(proto);
    for (const nested of proto.protos) this.print(nested);
  }

  private address(proto: Proto | undefined): string {
    return (proto && this.addresses.get(proto)) ?? "?";
  }

  private header(proto: Proto): void {
    const { code, lineDefined, lastLineDefined, constants, locals, upvalues, protos } = proto;
    const kind = lineDefined === 0 ? "main" : "function";
    const params = `${proto.numParams}${proto.isVararg ? "+" : ""} param${plural(proto.numParams)}`;
    this.lines.push(
      `\n${kind} <${sourceName(proto.source)}:${lineDefined},${lastLineDefined}> `,
      `(${count(code.length, "instruction")} at ${this.address(proto)})\n`,
      `${params}, ${count(proto.maxStackSize, "slot")}, ${count(upvalues.length, "upvalue")}, `,
      `${count(locals.length, "local")}, ${count(constants.length, "constant")}, ${count(protos.length, "function")}\n`,
    );
  }

  private instruction(proto: Proto, pc: number): void {
    const line = lineOf(proto, pc);
    this.lines.push(`\t${pc + 1}\t[${line > 0 ? line : "-"}]\t${this.text(proto, pc)}\n`);
  }

  /** Name, operands and comment. */
  text(proto: Proto, pc: number): string {
    const word = proto.code[pc]!;
    const spec = OPCODES[getOp(word)];
    const name = (spec === undefined ? `OP_${getOp(word)}` : spec.name).padEnd(9);
    const comment = this.comment(proto, pc);
    return `${name}\t${spec === undefined ? "" : operands(word)}${comment === undefined ? "" : `\t; ${comment}`}`;
  }

  /** What stands after the semicolon. */
  private comment(proto: Proto, pc: number): string | undefined {
    const word = proto.code[pc]!;
    const b = getB(word);
    const c = getC(word);
    const constant = (index: number): string => constantText(proto, index);
    const upvalue = (index: number): string => upvalueName(proto, index);
    const extra = (): number => getAx(proto.code[pc + 1] ?? 0);
    const flip = getK(word) ? " flip" : "";
    switch (getOp(word)) {
      case Op.LoadK: return constant(getBx(word));
      case Op.LoadKX: return constant(extra());
      case Op.LoadNil: return `${b + 1} out`;
      case Op.GetUpval: case Op.SetUpval: return upvalue(b);
      case Op.GetTabUp: return `${upvalue(b)} ${constant(c)}`;
      case Op.SetTabUp: return `${upvalue(getA(word))} ${constant(b)}${getK(word) ? ` ${constant(c)}` : ""}`;
      case Op.SetField: return `${constant(b)}${getK(word) ? ` ${constant(c)}` : ""}`;
      case Op.SetTable: case Op.SetI: case Op.Self: return getK(word) ? constant(c) : undefined;
      case Op.NewTable: return String((c + extra() * 256) | 0);
      case Op.SetList: return getK(word) ? String((c + extra() * 256) | 0) : undefined;
      case Op.GetField:
      case Op.AddK: case Op.SubK: case Op.MulK: case Op.ModK: case Op.PowK: case Op.DivK: case Op.IDivK:
      case Op.BAndK: case Op.BOrK: case Op.BXorK:
        return constant(c);
      case Op.EqK: return constant(b);
      case Op.MmBin: return EVENT_NAMES[c] ?? "?";
      case Op.MmBinI: return `${EVENT_NAMES[c] ?? "?"}${flip}`;
      case Op.MmBinK: return `${EVENT_NAMES[c] ?? "?"} ${constant(b)}${flip}`;
      case Op.Jmp: return `to ${pc + 2 + getSJ(word)}`;
      case Op.ForLoop: case Op.TForLoop: return `to ${pc + 2 - getBx(word)}`;
      case Op.ForPrep: return `exit to ${pc + 3 + getBx(word)}`;
      case Op.TForPrep: return `to ${pc + 2 + getBx(word)}`;
      case Op.Call: return `${b === 0 ? "all" : b - 1} in ${c === 0 ? "all" : c - 1} out`;
      case Op.TailCall: return `${b - 1} in`;
      case Op.Return: return `${b === 0 ? "all" : b - 1} out`;
      case Op.Vararg: return `${c === 0 ? "all" : c - 1} out`;
      case Op.Closure: return this.address(proto.protos[getBx(word)]);
      default: return undefined;
    }
  }

  private tables(proto: Proto): void {
    const { lines } = this;
    const address = this.address(proto);
    lines.push(`constants (${proto.constants.length}) for ${address}:\n`);
    proto.constants.forEach((value, i) => lines.push(`\t${i}\t${typeLetter(value)}\t${constantText(proto, i)}\n`));
    lines.push(`locals (${proto.locals.length}) for ${address}:\n`);
    proto.locals.forEach(({ name, startpc, endpc }, i) => lines.push(`\t${i}\t${cString(name)}\t${startpc + 1}\t${endpc + 1}\n`));
    lines.push(`upvalues (${proto.upvalues.length}) for ${address}:\n`);
    proto.upvalues.forEach(({ inStack, index }, i) => {
      lines.push(`\t${i}\t${upvalueName(proto, i)}\t${inStack ? 1 : 0}\t${index}\n`);
    });
  }
}

/** The operands as listed: signed fields as numbers, a "k" after the last operand where that one may be a constant. */
function operands(word: number): string {
  const a = getA(word);
  const b = getB(word);
  const c = getC(word);
  const k = getK(word);
  const mark = k ? "k" : "";
  const op = getOp(word);
  switch (op) {
    case Op.LoadI: case Op.LoadF: return `${a} ${getSBx(word)}`;
    case Op.LoadK: case Op.ForLoop: case Op.ForPrep: case Op.TForPrep: case Op.TForLoop: case Op.Closure:
      return `${a} ${getBx(word)}`;
    case Op.LoadKX: case Op.LoadFalse: case Op.LFalseSkip: case Op.LoadTrue: case Op.Close: case Op.Tbc: case Op.Return1:
    case Op.VarargPrep:
      return `${a}`;
    case Op.Move: case Op.LoadNil: case Op.GetUpval: case Op.SetUpval: case Op.Unm: case Op.BNot: case Op.Not: case Op.Len:
    case Op.Concat:
      return `${a} ${b}`;
    case Op.SetTabUp: case Op.SetTable: case Op.SetI: case Op.SetField: case Op.Self: case Op.TailCall: case Op.Return:
      return `${a} ${b} ${c}${mark}`;
    case Op.AddI: case Op.ShrI: case Op.ShlI: return `${a} ${b} ${getSC(word)}`;
    case Op.MmBinI: return `${a} ${getSB(word)} ${c} ${k}`;
    case Op.MmBinK: return `${a} ${b} ${c} ${k}`;
    case Op.Eq: case Op.Lt: case Op.Le: case Op.EqK: case Op.TestSet: return `${a} ${b} ${k}`;
    case Op.EqI: case Op.LtI: case Op.LeI: case Op.GtI: case Op.GeI: return `${a} ${getSB(word)} ${k}`;
    case Op.Test: return `${a} ${k}`;
    case Op.TForCall: case Op.Vararg: return `${a} ${c}`;
    case Op.Jmp: return `${getSJ(word)}`;
    case Op.Return0: return "";
    case Op.ExtraArg: return `${getAx(word)}`;
    default: return `${a} ${b} ${c}`;
  }
}

const plural = (n: number): string => (n === 1 ? "" : "s");
const count = (n: number, what: string): string => `${n} ${what}${plural(n)}`;

/** C prints names up to the first NUL. */
function cString(text: string): string {
  const end = text.indexOf("\0");
  return end < 0 ? text : text.slice(0, end);
}

function sourceName(source: string | undefined): string {
  if (source === undefined) return "?";
  if (source.startsWith("@") || source.startsWith("=")) return cString(source.slice(1));
  return source.startsWith("\x1b") ? "(bstring)" : "(string)";
}

function upvalueName(proto: Proto, index: number): string {
  const name = proto.upvalues[index]?.name;
  return name === undefined ? "-" : cString(name);
}

function typeLetter(value: Constant): string {
  switch (typeof value) {
    case "undefined": return "N";
    case "boolean": return "B";
    case "string": return "S";
    case "number": return Number.isSafeInteger(value) ? "I" : "F";
    case "bigint": return "I";
    default: return "F";
  }
}

function constantText(proto: Proto, index: number): string {
  const value = proto.constants[index];
  switch (typeof value) {
    case "undefined": return index < proto.constants.length ? "nil" : "?";
    case "boolean": return String(value);
    case "string": return quoted(value);
    default: return formatNumber(value);
  }
}

const ESCAPES: Readonly<Record<number, string>> = {
  0x07: "\\a", 0x08: "\\b", 0x09: "\\t", 0x0a: "\\n", 0x0b: "\\v", 0x0c: "\\f", 0x0d: "\\r", 0x22: '\\"', 0x5c: "\\\\",
};

/** A string constant in quotes; bytes that are not printable ASCII as escapes of three decimal digits. */
function quoted(text: string): string {
  let out = '"';
  for (let i = 0; i < text.length; i++) {
    const byte = text.charCodeAt(i);
    out += ESCAPES[byte] ?? (byte >= 0x20 && byte < 0x7f ? text[i]! : `\\${String(byte).padStart(3, "0")}`);
  }
  return `${out}"`;
}
