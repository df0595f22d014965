// dump: Proto → binary chunk, the bytes that C Lua 5.4.6's lua_dump writes.
import { bytesToString } from "../base/bytes.js";
import { unreachable } from "../base/invariant.js";
import { LuaFloat } from "../number/float.js";
import type { Constant, Proto } from "./proto.js";

/** First bytes of every binary chunk. */
export const SIGNATURE = "\x1bLua";
/** Version 5.4 as a hexadecimal pair, then format 0 (the official one). */
export const VERSION_BYTE = 0x54;
export const FORMAT_BYTE = 0;
/** Bytes that a transfer in text mode would damage. */
export const TRANSFER_CHECK = "\x19\x93\r\n\x1a\n";
export const INSTRUCTION_SIZE = 4;
export const INTEGER_SIZE = 8;
export const NUMBER_SIZE = 8;
/** Sample values after the sizes: they show byte order and number formats. */
export const SAMPLE_INTEGER = 0x5678n;
export const SAMPLE_NUMBER = 370.5;

/** Tag byte before each constant: Lua's type number, plus 16 times the variant. */
export const ConstantTag = { nil: 0x00, false: 0x01, true: 0x11, integer: 0x03, float: 0x13, shortString: 0x04, longString: 0x14 } as const;
/** Strings up to this length are written with the short tag. */
export const MAX_SHORT_STRING = 40;

/**
 * `proto` and all its nested functions as a binary chunk (a byte string), equal to what C Lua 5.4.6's `string.dump` gives.
 * `strip` leaves out source names, lines, local and upvalue names (manual 6.4, string.dump).
 */
export function dump(proto: Proto, strip: boolean): string {
  const out = new ChunkWriter();
  out.raw(SIGNATURE);
  out.byte(VERSION_BYTE);
  out.byte(FORMAT_BYTE);
  out.raw(TRANSFER_CHECK);
  out.byte(INSTRUCTION_SIZE);
  out.byte(INTEGER_SIZE);
  out.byte(NUMBER_SIZE);
  out.integer(SAMPLE_INTEGER);
  out.double(SAMPLE_NUMBER);
  out.byte(proto.upvalues.length);
  writeFunction(out, proto, strip, undefined);
  return out.finish();
}

function writeFunction(out: ChunkWriter, proto: Proto, strip: boolean, parentSource: string | undefined): void {
  out.optionalString(strip || proto.source === parentSource ? undefined : proto.source);
  out.size(proto.lineDefined);
  out.size(proto.lastLineDefined);
  out.byte(proto.numParams);
  out.byte(proto.isVararg ? 1 : 0);
  out.byte(proto.maxStackSize);
  out.size(proto.code.length);
  out.words(proto.code);
  out.size(proto.constants.length);
  for (const constant of proto.constants) writeConstant(out, constant);
  out.size(proto.upvalues.length);
  for (const upvalue of proto.upvalues) {
    out.byte(upvalue.inStack ? 1 : 0);
    out.byte(upvalue.index);
    out.byte(upvalue.kind);
  }
  out.size(proto.protos.length);
  for (const nested of proto.protos) writeFunction(out, nested, strip, proto.source);
  if (strip) {
    for (let list = 0; list < 4; list++) out.size(0); // lines, absolute lines, locals, upvalue names
  } else writeDebug(out, proto);
}

function writeConstant(out: ChunkWriter, constant: Constant): void {
  switch (typeof constant) {
    case "undefined": out.byte(ConstantTag.nil); break;
    case "boolean": out.byte(constant ? ConstantTag.true : ConstantTag.false); break;
    case "string":
      out.byte(constant.length <= MAX_SHORT_STRING ? ConstantTag.shortString : ConstantTag.longString);
      out.optionalString(constant);
      break;
    case "bigint":
      out.byte(ConstantTag.integer);
      out.integer(constant);
      break;
    case "number":
      if (Number.isSafeInteger(constant)) {
        out.byte(ConstantTag.integer);
        out.smallInteger(constant);
      } else {
        out.byte(ConstantTag.float);
        out.double(constant);
      }
      break;
    case "object":
      out.byte(ConstantTag.float);
      out.double((constant satisfies LuaFloat).n);
      break;
    default: unreachable(constant, "writeConstant");
  }
}

function writeDebug(out: ChunkWriter, proto: Proto): void {
  out.size(proto.lineInfo.length);
  out.signedBytes(proto.lineInfo);
  out.size(proto.absLineInfo.length);
  for (const { pc, line } of proto.absLineInfo) {
    out.size(pc);
    out.size(line);
  }
  out.size(proto.locals.length);
  for (const { name, startpc, endpc } of proto.locals) {
    out.optionalString(name);
    out.size(startpc);
    out.size(endpc);
  }
  out.size(proto.upvalues.length);
  for (const { name } of proto.upvalues) out.optionalString(name);
}

/** A byte buffer that doubles; little-endian. */
class ChunkWriter {
  private bytes = new Uint8Array(1024);
  private view = new DataView(this.bytes.buffer);
  private at = 0;

  finish(): string {
    return bytesToString(this.bytes.subarray(0, this.at));
  }

  byte(value: number): void {
    this.reserve(1);
    this.bytes[this.at++] = value;
  }

  /** An unsigned number below 2^53 in groups of 7 bits, highest first; the last byte carries the mark 0x80. */
  size(value: number): void {
    this.reserve(8);
    let groups = 1;
    for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) groups++;
    let rest = value;
    for (let i = this.at + groups - 1; i >= this.at; i--) {
      this.bytes[i] = rest % 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.at += groups;
    this.bytes[this.at - 1]! |= 0x80;
  }

  integer(value: bigint): void {
    this.reserve(8);
    this.view.setBigInt64(this.at, value, true);
    this.at += 8;
  }

  /** The same eight bytes as {@link integer}, without a bigint on the way. */
  smallInteger(value: number): void {
    this.reserve(8);
    this.view.setInt32(this.at, value | 0, true);
    this.view.setInt32(this.at + 4, Math.floor(value / 0x1_0000_0000), true);
    this.at += 8;
  }

  double(value: number): void {
    this.reserve(8);
    this.view.setFloat64(this.at, value, true);
    this.at += 8;
  }

  words(words: Int32Array): void {
    this.reserve(words.length * 4);
    let at = this.at;
    for (let i = 0; i < words.length; i++, at += 4) this.view.setInt32(at, words[i]!, true);
    this.at = at;
  }

  signedBytes(values: Int8Array): void {
    this.reserve(values.length);
    this.bytes.set(values, this.at);
    this.at += values.length;
  }

  /** Length + 1, then the bytes; 0 stands for "no string". */
  optionalString(text: string | undefined): void {
    if (text === undefined) this.size(0);
    else {
      this.size(text.length + 1);
      this.raw(text);
    }
  }

  raw(text: string): void {
    this.reserve(text.length);
    const { bytes, at } = this;
    for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i);
    this.at = at + text.length;
  }

  private reserve(count: number): void {
    const needed = this.at + count;
    if (needed <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.bytes.length * 2));
    grown.set(this.bytes.subarray(0, this.at));
    this.bytes = grown;
    this.view = new DataView(grown.buffer);
  }
}
