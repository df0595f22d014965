// string.pack, packsize and unpack (manual, 6.4.2). Sizes are those of a 64-bit little-endian machine.
import { cut } from "../../base/bytes.js";
import { makeFloat, type LuaInteger } from "../../number/float.js";
import { highHalf, joinHalves, lowHalf } from "../../number/wide.js";
import type { Frame } from "../../vm/frame.js";
import type { Signal } from "../../vm/signal.js";
import { MAX_STACK } from "../../vm/thread.js";
import type { LuaValue } from "../../vm/value.js";
import { startPosition } from "./positions.js";
import { Builder, MAX_SIZE, chargeBytes, reserve } from "./price.js";

const enum Kind { SIGNED, UNSIGNED, FLOAT, DOUBLE, FIXED, COUNTED, ZERO_ENDED, PADDING, ALIGN, NOTHING }

/** Largest integer, in bytes, that can be packed. */
const MAX_INTEGER_SIZE = 16;
const NATIVE_ALIGNMENT = 8;
const TWO_32 = 4294967296;

const view = new DataView(new ArrayBuffer(8));

/** Reads a format option by option. After {@link next}: `kind`, `size` (bytes of the option itself) and `padding` before it. */
class FormatReader {
  private at = 0;
  private readonly text: string;
  little = true;
  private maxAlignment = 1;
  kind = Kind.NOTHING;
  size = 0;
  padding = 0;

  constructor(private readonly f: Frame) {
    const text = f.string(1);
    const zero = text.indexOf("\0"); // C reads it as a C string
    this.text = zero < 0 ? text : text.slice(0, zero);
    chargeBytes(f, this.text.length * 8);
  }

  get more(): boolean {
    return this.at < this.text.length;
  }

  /** Reads the next option, to be placed at offset `total`. */
  next(total: number): void {
    this.option();
    const { kind, size } = this;
    let alignment = size;
    if (kind === Kind.ALIGN) { // takes the alignment of the option that follows
      if (this.more) this.option();
      else this.size = 0;
      alignment = this.size;
      if (this.kind === Kind.FIXED || alignment === 0) this.f.argError(1, "invalid next option for option 'X'");
      this.kind = Kind.ALIGN;
      this.size = 0;
    }
    this.padding = 0;
    if (alignment > 1 && kind !== Kind.FIXED) {
      if (alignment > this.maxAlignment) alignment = this.maxAlignment;
      if ((alignment & (alignment - 1)) !== 0) this.f.argError(1, "format asks for alignment not power of 2");
      this.padding = (alignment - (total & (alignment - 1))) & (alignment - 1);
    }
  }

  private set(kind: Kind, size: number): void {
    this.kind = kind;
    this.size = size;
  }

  private option(): void {
    const letter = this.text.charAt(this.at++);
    switch (letter) {
      case "b": return this.set(Kind.SIGNED, 1);
      case "B": return this.set(Kind.UNSIGNED, 1);
      case "h": return this.set(Kind.SIGNED, 2);
      case "H": return this.set(Kind.UNSIGNED, 2);
      case "l": case "j": return this.set(Kind.SIGNED, 8);
      case "L": case "J": case "T": return this.set(Kind.UNSIGNED, 8);
      case "f": return this.set(Kind.FLOAT, 4);
      case "n": case "d": return this.set(Kind.DOUBLE, 8);
      case "i": return this.set(Kind.SIGNED, this.limitedNumber(4));
      case "I": return this.set(Kind.UNSIGNED, this.limitedNumber(4));
      case "s": return this.set(Kind.COUNTED, this.limitedNumber(8));
      case "c": {
        const size = this.number(-1);
        if (size === -1) this.f.error("missing size for format option 'c'");
        return this.set(Kind.FIXED, size);
      }
      case "z": return this.set(Kind.ZERO_ENDED, 0);
      case "x": return this.set(Kind.PADDING, 1);
      case "X": return this.set(Kind.ALIGN, 0);
      case " ": break;
      case "<": case "=": this.little = true; break;
      case ">": this.little = false; break;
      case "!": this.maxAlignment = this.limitedNumber(NATIVE_ALIGNMENT); break;
      default: this.f.error(`invalid format option '${letter}'`);
    }
    this.set(Kind.NOTHING, 0);
  }

  private number(fallback: number): number {
    let digit = this.text.charCodeAt(this.at) - 48;
    if (!(digit >= 0 && digit <= 9)) return fallback;
    let value = 0;
    do {
      value = value * 10 + digit;
      digit = this.text.charCodeAt(++this.at) - 48;
    } while (digit >= 0 && digit <= 9 && value <= (MAX_SIZE - 9) / 10);
    return value;
  }

  private limitedNumber(fallback: number): number {
    const size = this.number(fallback);
    if (size > MAX_INTEGER_SIZE || size <= 0) {
      this.f.error(`integral size (${size}) out of limits [1,${MAX_INTEGER_SIZE}]`);
    }
    return size;
  }
}

/** The `size` low bytes of `n`, sign-extended when `n` is negative and `signed`. */
function integerBytes(n: LuaInteger, size: number, little: boolean, signed: boolean): string {
  const low = lowHalf(n);
  const high = highHalf(n);
  const filler = signed && n < 0 ? 255 : 0;
  let out = "";
  for (let i = 0; i < size; i++) {
    const byte = i < 4 ? (low >>> (8 * i)) & 255 : i < 8 ? (high >>> (8 * (i - 4))) & 255 : filler;
    const letter = String.fromCharCode(byte);
    out = little ? out + letter : letter + out;
  }
  return out;
}

function viewBytes(size: number): string {
  let out = "";
  for (let i = 0; i < size; i++) out += String.fromCharCode(view.getUint8(i));
  return out;
}

/** A missing argument counts as nil here: C Lua has pushed one as a mark. */
function checkPresent(f: Frame, arg: number, expected: string): void {
  if (arg > f.count) f.argError(arg, `${expected} expected, got nil`);
}

function numberArgument(f: Frame, arg: number): number {
  checkPresent(f, arg, "number");
  return f.double(arg);
}

function integerArgument(f: Frame, arg: number): LuaInteger {
  checkPresent(f, arg, "number");
  return f.integer(arg);
}

function stringArgument(f: Frame, arg: number): string {
  checkPresent(f, arg, "string");
  return f.string(arg);
}

function signedBytes(f: Frame, arg: number, size: number, little: boolean): string {
  const n = integerArgument(f, arg);
  if (size < 8) {
    const limit = 2 ** (size * 8 - 1);
    f.argCheck(-limit <= n && n < limit, arg, "integer overflow");
  }
  return integerBytes(n, size, little, true);
}

function unsignedBytes(f: Frame, arg: number, size: number, little: boolean): string {
  const n = integerArgument(f, arg);
  if (size < 8) f.argCheck(n >= 0 && n < 2 ** (size * 8), arg, "unsigned overflow");
  return integerBytes(n, size, little, false);
}

function fixedBytes(f: Frame, arg: number, size: number): string {
  const s = stringArgument(f, arg);
  f.argCheck(s.length <= size, arg, "string longer than given size");
  reserve(f, size);
  return s + "\0".repeat(size - s.length);
}

function countedBytes(f: Frame, arg: number, size: number, little: boolean): string {
  const s = stringArgument(f, arg);
  f.argCheck(size >= 8 || s.length < 2 ** (size * 8), arg, "string length does not fit in given size");
  return integerBytes(s.length, size, little, false) + s;
}

function zeroEndedBytes(f: Frame, arg: number): string {
  const s = stringArgument(f, arg);
  f.argCheck(!s.includes("\0"), arg, "string contains zeros");
  return `${s}\0`;
}

/** string.pack(fmt, v1, v2, ···) */
export function pack(f: Frame): LuaValue {
  const format = new FormatReader(f);
  const out = new Builder(f.L);
  let arg = 1;
  while (format.more) {
    format.next(out.length);
    const { size } = format;
    if (format.padding > 0) out.add("\0".repeat(format.padding));
    switch (format.kind) {
      case Kind.SIGNED: out.add(signedBytes(f, ++arg, size, format.little)); break;
      case Kind.UNSIGNED: out.add(unsignedBytes(f, ++arg, size, format.little)); break;
      case Kind.FLOAT:
        view.setFloat32(0, numberArgument(f, ++arg), format.little);
        out.add(viewBytes(4));
        break;
      case Kind.DOUBLE:
        view.setFloat64(0, numberArgument(f, ++arg), format.little);
        out.add(viewBytes(8));
        break;
      case Kind.FIXED: out.add(fixedBytes(f, ++arg, size)); break;
      case Kind.COUNTED: out.add(countedBytes(f, ++arg, size, format.little)); break;
      case Kind.ZERO_ENDED: out.add(zeroEndedBytes(f, ++arg)); break;
      case Kind.PADDING: out.add("\0"); break;
      case Kind.ALIGN: case Kind.NOTHING: break;
    }
  }
  return out.finish();
}

/** string.packsize(fmt) */
export function packSize(f: Frame): LuaValue {
  const format = new FormatReader(f);
  let total = 0;
  while (format.more) {
    format.next(total);
    f.argCheck(format.kind !== Kind.COUNTED && format.kind !== Kind.ZERO_ENDED, 1, "variable-length format");
    const size = format.size + format.padding;
    f.argCheck(total <= MAX_SIZE - size, 1, "format result too large");
    total += size;
  }
  return total;
}

/** The integer in data[at, at + size). */
function readInteger(f: Frame, data: string, at: number, size: number, little: boolean, signed: boolean): LuaInteger {
  const byte = (i: number): number => data.charCodeAt(little ? at + i : at + size - 1 - i);
  const word = (from: number, to: number): number => {
    let value = 0;
    for (let i = to - 1; i >= from; i--) value = value * 256 + byte(i);
    return value;
  };
  if (size <= 6) {
    const value = word(0, size);
    return signed && byte(size - 1) >= 128 ? value - 2 ** (size * 8) : value;
  }
  const low = word(0, 4);
  let high = word(4, size < 8 ? size : 8);
  if (size === 7) {
    if (signed && high >= 0x800000) high -= 0x1000000;
  } else if (high >= 0x80000000) high -= TWO_32;
  if (size > 8) {
    const filler = signed && high < 0 ? 255 : 0;
    for (let i = 8; i < size; i++) {
      if (byte(i) !== filler) f.error(`${size}-byte integer does not fit into Lua Integer`);
    }
  }
  return joinHalves(high, low);
}

function loadView(data: string, at: number, size: number): void {
  for (let i = 0; i < size; i++) view.setUint8(i, data.charCodeAt(at + i));
}

/** string.unpack(fmt, s [, pos]) */
export function unpack(f: Frame): LuaValue | Signal {
  const format = new FormatReader(f);
  const data = f.string(2);
  let at = startPosition(f.optSmallInteger(3, 1), data.length) - 1;
  f.argCheck(at <= data.length, 3, "initial position out of string");
  const values: LuaValue[] = [];
  while (format.more) {
    format.next(at);
    const { size, kind } = format;
    f.argCheck(format.padding + size <= data.length - at, 2, "data string too short");
    if (f.top + values.length + 2 > MAX_STACK) f.error("stack overflow (too many results)");
    at += format.padding;
    switch (kind) {
      case Kind.SIGNED: case Kind.UNSIGNED:
        values.push(readInteger(f, data, at, size, format.little, kind === Kind.SIGNED));
        break;
      case Kind.FLOAT:
        loadView(data, at, 4);
        values.push(makeFloat(view.getFloat32(0, format.little)));
        break;
      case Kind.DOUBLE:
        loadView(data, at, 8);
        values.push(makeFloat(view.getFloat64(0, format.little)));
        break;
      case Kind.FIXED:
        values.push(cut(data, at, at + size));
        break;
      case Kind.COUNTED: {
        const length = readInteger(f, data, at, size, format.little, false);
        f.argCheck(length >= 0 && length <= data.length - at - size, 2, "data string too short");
        values.push(cut(data, at + size, at + size + Number(length)));
        at += Number(length);
        break;
      }
      case Kind.ZERO_ENDED: {
        const zero = data.indexOf("\0", at);
        f.argCheck(zero >= 0, 2, "unfinished string for format 'z'");
        values.push(cut(data, at, zero));
        at = zero + 1;
        break;
      }
      case Kind.PADDING: case Kind.ALIGN: case Kind.NOTHING: break;
    }
    at += size;
  }
  values.push(at + 1);
  return f.resultArray(values);
}
