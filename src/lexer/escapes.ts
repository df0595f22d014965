// Short strings with escape sequences (manual §3.1): the slow half of reading a quoted string. The scratch buffer holds the
// bytes of the value so far, so that an error can show the token as far as it was read.
import { bytesToString } from "../base/bytes.js";

/** A growable byte buffer. */
export class ByteBuffer {
  private bytes = new Uint8Array(64);
  length = 0;

  push(byte: number): void {
    if (this.length === this.bytes.length) this.reserve(1);
    this.bytes[this.length++] = byte;
  }

  /** Appends `from[start, end)`. */
  append(from: Uint8Array, start: number, end: number): void {
    const count = end - start;
    if (this.length + count > this.bytes.length) this.reserve(count);
    if (count < 32) {
      for (let i = start; i < end; i++) this.bytes[this.length++] = from[i]!;
    } else {
      this.bytes.set(from.subarray(start, end), this.length);
      this.length += count;
    }
  }

  toString(): string {
    return bytesToString(this.bytes.subarray(0, this.length));
  }

  private reserve(count: number): void {
    const larger = new Uint8Array(Math.max(this.bytes.length * 2, this.length + count));
    larger.set(this.bytes.subarray(0, this.length));
    this.bytes = larger;
  }
}

/** What is wrong with an escape sequence, and how far the lexer had read: `end` is one past the last byte to show. */
export class EscapeError {
  constructor(readonly message: string, readonly end: number) {}
}

/** Value of a hexadecimal digit, or −1. */
export function hexDigit(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const letter = byte | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}

/** Escapes of one letter that stand for one byte: `\n` and so on, by letter. */
const SIMPLE = new Int16Array(256).fill(-1);
for (const [letter, byte] of [["a", 7], ["b", 8], ["f", 12], ["n", 10], ["r", 13], ["t", 9], ["v", 11], ["\\", 92], ['"', 34], ["'", 39]] as const) {
  SIMPLE[letter.charCodeAt(0)] = byte;
}

/** The byte that the one-letter escape `\letter` stands for, or −1. */
export const simpleEscape = (letter: number): number => SIMPLE[letter]!;

/**
 * Reads an escape of the forms \xXX, \u{XXX} and \ddd whose first byte after the backslash is at `at` and appends its bytes.
 * Returns the position after it. Bytes from `limit` on do not exist. Throws {@link EscapeError}.
 */
export function readNumericEscape(bytes: Uint8Array, at: number, limit: number, out: ByteBuffer): number {
  const letter = bytes[at]!;
  if (letter === 0x78 /* x */) {
    const high = digitAt(bytes, at + 1, limit);
    out.push(high * 16 + digitAt(bytes, at + 2, limit));
    return at + 3;
  }
  if (letter === 0x75 /* u */) return readCodePoint(bytes, at + 1, limit, out);
  let i = at;
  let value = 0;
  while (i < at + 3 && bytes[i]! >= 48 && bytes[i]! <= 57) value = value * 10 + bytes[i++]! - 48;
  if (i === at) throw new EscapeError("invalid escape sequence", Math.min(i + 1, limit));
  if (value > 255) throw new EscapeError("decimal escape too large", Math.min(i + 1, limit));
  out.push(value);
  return i;
}

function digitAt(bytes: Uint8Array, at: number, limit: number): number {
  const value = at < limit ? hexDigit(bytes[at]!) : -1;
  if (value < 0) throw new EscapeError("hexadecimal digit expected", Math.min(at + 1, limit));
  return value;
}

function readCodePoint(bytes: Uint8Array, at: number, limit: number, out: ByteBuffer): number {
  if (bytes[at] !== 0x7b || at >= limit) throw new EscapeError("missing '{'", Math.min(at + 1, limit));
  let value = digitAt(bytes, at + 1, limit);
  let i = at + 2;
  for (; i < limit && hexDigit(bytes[i]!) >= 0; i++) {
    if (value > 0x7ffffff) throw new EscapeError("UTF-8 value too large", i + 1);
    value = value * 16 + hexDigit(bytes[i]!);
  }
  if (i >= limit || bytes[i] !== 0x7d) throw new EscapeError("missing '}'", Math.min(i + 1, limit));
  pushUtf8(value, out);
  return i + 1;
}

/** Appends the UTF-8 form of a code point below 2^31 (up to six bytes, as the original UTF-8 had). */
function pushUtf8(code: number, out: ByteBuffer): void {
  if (code < 0x80) {
    out.push(code);
    return;
  }
  let count = 1; // continuation bytes
  while (code >= 2 ** (6 * count + 6 - count)) count++;
  out.push(((0xff00 >> (count + 1)) & 0xff) | Math.floor(code / 2 ** (6 * count)));
  for (let shift = count - 1; shift >= 0; shift--) out.push(0x80 | (Math.floor(code / 2 ** (6 * shift)) & 0x3f));
}
