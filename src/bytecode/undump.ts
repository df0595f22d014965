// undump: binary chunk → Proto. Trusts nothing: every count is held against the bytes that are left before memory is taken.
import { bytesToString, stringToBytes } from "../base/bytes.js";
import { makeFloat } from "../number/float.js";
import { wrapInteger } from "../number/integer.js";
import * as format from "./dump.js";
import { Proto, type AbsoluteLine, type Constant, type LocalVariable, type UpvalueDescription } from "./proto.js";

/** A chunk that is no good: broken, for another version, or refused by the verifier. The message is the Lua error's text. */
export class BadChunk extends Error {
  override name = "BadChunk";

  /** `name` is the displayed chunk name, `reason` goes into the parentheses. */
  constructor(name: string, readonly reason: string) {
    super(`${name}: bad binary format (${reason})`);
  }
}

/** Functions nested deeper than this are refused. The C compiler allows fewer than 200 levels. */
export const MAX_FUNCTION_DEPTH = 200;

/** A chunk name as messages show it: without its "@" or "=", and never the text of a binary chunk. */
export function displayName(chunkName: string): string {
  if (chunkName.startsWith("@") || chunkName.startsWith("=")) return chunkName.slice(1);
  return chunkName.startsWith("\x1b") ? "binary string" : chunkName;
}

/**
 * Reads a binary chunk (a byte string as {@link format.dump} or C Lua 5.4 writes it) into its main function; bytes after the
 * end are ignored. `chunkName` only names the chunk in errors: the functions carry the source name from the chunk.
 * The result is well formed as a data structure only; `verify` says whether its code may run.
 * @throws {BadChunk} with C Lua's wording.
 */
export function undump(chunk: string, chunkName: string): Proto {
  const input = new ChunkReader(chunk, displayName(chunkName));
  readHeader(input);
  const upvalueCount = input.byte();
  const main = readFunction(input, undefined, 0);
  if (main.upvalues.length !== upvalueCount) input.fail("upvalue count mismatch");
  return main;
}

function readHeader(input: ChunkReader): void {
  input.literal(format.SIGNATURE, "not a binary chunk");
  if (input.byte() !== format.VERSION_BYTE) input.fail("version mismatch");
  if (input.byte() !== format.FORMAT_BYTE) input.fail("format mismatch");
  input.literal(format.TRANSFER_CHECK, "corrupted chunk");
  if (input.byte() !== format.INSTRUCTION_SIZE) input.fail("Instruction size mismatch");
  if (input.byte() !== format.INTEGER_SIZE) input.fail("lua_Integer size mismatch");
  if (input.byte() !== format.NUMBER_SIZE) input.fail("lua_Number size mismatch");
  if (input.integer() !== format.SAMPLE_INTEGER) input.fail("integer format mismatch");
  if (input.double() !== format.SAMPLE_NUMBER) input.fail("float format mismatch");
}

function readFunction(input: ChunkReader, parentSource: string | undefined, depth: number): Proto {
  if (depth >= MAX_FUNCTION_DEPTH) input.fail("too many nested functions");
  const proto = new Proto();
  proto.source = input.optionalString() ?? parentSource;
  proto.lineDefined = input.int();
  proto.lastLineDefined = input.int();
  proto.numParams = input.byte();
  proto.isVararg = input.byte() !== 0;
  proto.maxStackSize = input.byte();
  proto.code = input.words(input.count(4));
  proto.constants = input.list(1, readConstant);
  proto.upvalues = input.list(3, readUpvalue);
  proto.protos = input.list(MIN_FUNCTION_SIZE, () => readFunction(input, proto.source, depth + 1));
  proto.lineInfo = input.signedBytes(input.count(1));
  proto.absLineInfo = input.list(2, readAbsoluteLine);
  proto.locals = input.list(3, readLocal);
  if (input.int() !== 0) { // names present? then one for each upvalue, whatever the count says
    for (const upvalue of proto.upvalues) upvalue.name = input.optionalString();
  }
  return proto;
}

/** Source, two lines, three bytes, and eight empty lists. */
const MIN_FUNCTION_SIZE = 14;

function readConstant(input: ChunkReader): Constant {
  switch (input.byte()) {
    case format.ConstantTag.nil: return undefined;
    case format.ConstantTag.false: return false;
    case format.ConstantTag.true: return true;
    case format.ConstantTag.float: return makeFloat(input.double());
    case format.ConstantTag.integer: return wrapInteger(input.integer());
    case format.ConstantTag.shortString:
    case format.ConstantTag.longString: return input.string();
    default: return input.fail("bad constant");
  }
}

function readUpvalue(input: ChunkReader): UpvalueDescription {
  return { name: undefined, inStack: input.byte() !== 0, index: input.byte(), kind: input.byte() };
}

function readAbsoluteLine(input: ChunkReader): AbsoluteLine {
  return { pc: input.int(), line: input.int() };
}

function readLocal(input: ChunkReader): LocalVariable {
  return { name: input.string(), startpc: input.int(), endpc: input.int() };
}

class ChunkReader {
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private at = 0;

  constructor(chunk: string, private readonly name: string) {
    this.bytes = stringToBytes(chunk);
    this.view = new DataView(this.bytes.buffer);
  }

  fail(reason: string): never {
    throw new BadChunk(this.name, reason);
  }

  literal(expected: string, reason: string): void {
    const start = this.take(expected.length);
    for (let i = 0; i < expected.length; i++) {
      if (this.bytes[start + i] !== expected.charCodeAt(i)) this.fail(reason);
    }
  }

  byte(): number {
    return this.bytes[this.take(1)]!;
  }

  /** A C `int`, never negative. */
  int(): number {
    return this.unsigned(0x7fff_ffff);
  }

  /** The length of a list whose elements take at least `elementSize` bytes each. */
  count(elementSize: number): number {
    const n = this.int();
    if (n > (this.bytes.length - this.at) / elementSize) this.fail("truncated chunk");
    return n;
  }

  list<T>(elementSize: number, read: (input: ChunkReader) => T): T[] {
    const items: T[] = [];
    for (let n = this.count(elementSize); n > 0; n--) items.push(read(this));
    return items;
  }

  words(count: number): Int32Array {
    let at = this.take(count * 4);
    const words = new Int32Array(count);
    for (let i = 0; i < count; i++, at += 4) words[i] = this.view.getInt32(at, true);
    return words;
  }

  signedBytes(count: number): Int8Array {
    const start = this.take(count);
    return new Int8Array(this.bytes.slice(start, start + count).buffer);
  }

  integer(): bigint {
    return this.view.getBigInt64(this.take(8), true);
  }

  double(): number {
    return this.view.getFloat64(this.take(8), true);
  }

  string(): string {
    return this.optionalString() ?? this.fail("bad format for constant string");
  }

  optionalString(): string | undefined {
    const size = this.unsigned(0xffff_ffff_ffff_ffff);
    if (size === 0) return undefined;
    const start = this.take(size - 1);
    return bytesToString(this.bytes.subarray(start, this.at)); // its own bytes: a slice would keep the whole chunk alive
  }

  private unsigned(limit: number): number {
    const bound = Math.floor(limit / 0x80);
    for (let value = 0; ;) {
      const b = this.byte();
      if (value >= bound) this.fail("integer overflow");
      value = value * 0x80 + (b & 0x7f);
      if (b & 0x80) return value;
    }
  }

  private take(size: number): number {
    const start = this.at;
    if (size > this.bytes.length - start) this.fail("truncated chunk");
    this.at = start + size;
    return start;
  }
}
