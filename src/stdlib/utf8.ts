// The utf8 library (manual, 6.5).
import type { Pieces } from "../base/pieces.js";
import { flatten } from "../base/bytes.js";
import type { Frame } from "../vm/frame.js";
import { NativeFunction } from "../vm/function.js";
import type { LibrarySpec } from "../vm/library.js";
import { inPieces } from "../vm/pauses.js";
import type { Signal } from "../vm/signal.js";
import type { LuaValue } from "../vm/value.js";
import { chargeBytes, reserve } from "./string/price.js";

const MAX_UNICODE = 0x10ffff;
/** Largest value of the original, six-byte UTF-8. */
const MAX_UTF = 0x7fffffff;
const INVALID = "invalid UTF-8 code";
/** Results that fit on a Lua stack. */
const MAX_RESULTS = 999_000;

/** Least value that needs 1, 2, … 5 continuation bytes: anything below is overlong. */
const LEAST = [Infinity, 0x80, 0x800, 0x10000, 0x200000, 0x4000000];

function isContinuation(s: string, at: number): boolean {
  return (s.charCodeAt(at) & 0xc0) === 0x80; // NaN past the end gives 0
}

/** Length in bytes of the character that {@link decode} read last. */
let decodedLength = 0;

/** The code of the character at `at`, or -1. Strict: no surrogates, nothing beyond Unicode. */
function decode(s: string, at: number, strict: boolean): number {
  const first = s.charCodeAt(at);
  if (first < 0x80) {
    decodedLength = 1;
    return first;
  }
  let code = 0;
  let count = 0;
  let lead = first;
  for (; (lead & 0x40) !== 0; lead <<= 1) {
    count++;
    if (count > 5 || !isContinuation(s, at + count)) return -1;
    code = code * 64 + (s.charCodeAt(at + count) & 0x3f);
  }
  code += (lead & 0x7f) * 2 ** (count * 5);
  if (code > MAX_UTF || code < LEAST[count]!) return -1;
  if (strict && (code > MAX_UNICODE || (code >= 0xd800 && code <= 0xdfff))) return -1;
  decodedLength = count + 1;
  return code;
}

/** The UTF-8 bytes of a code up to 2^31 - 1. */
export function encodeUtf8(code: number): string {
  if (code < 0x80) return String.fromCharCode(code);
  let tail = "";
  let rest = code;
  let room = 0x3f; // what the first byte can still hold
  do {
    tail = String.fromCharCode(0x80 | (rest & 0x3f)) + tail;
    rest = Math.floor(rest / 64);
    room >>= 1;
  } while (rest > room);
  return String.fromCharCode(((~room << 1) & 0xff) | rest) + tail;
}

/** Byte position; negative ones count from the end, 0 when that is before the start. */
function relative(position: number, length: number): number {
  if (position >= 0) return position;
  return -position > length ? 0 : length + position + 1;
}

/** Characters looked at in one piece of work. */
const CHARACTERS = 1 << 14;
/** Bytes that `char` puts together before it makes them one piece. */
const PIECE = 4000;

function char(f: Frame): LuaValue {
  const { count } = f;
  const pieces: string[] = [];
  let piece = ""; // a chain of single characters, which is many times as large as they are
  let length = 0;
  for (let i = 1; i <= count; i++) {
    const code = f.integer(i);
    f.argCheck(code >= 0 && code <= MAX_UTF, i, "value out of range");
    piece += encodeUtf8(code as number);
    if (piece.length < PIECE) continue;
    length += piece.length;
    pieces.push(flatten(piece));
    piece = "";
  }
  reserve(f, length + piece.length);
  if (pieces.length === 0) return flatten(piece);
  pieces.push(piece);
  return pieces.join("");
}

function codepoint(f: Frame): LuaValue | Signal {
  const s = f.string(1);
  const start = relative(f.optSmallInteger(2, 1), s.length);
  const end = relative(f.optSmallInteger(3, start), s.length);
  const strict = !f.boolean(4);
  f.argCheck(start >= 1, 2, "out of bounds");
  f.argCheck(end <= s.length, 3, "out of bounds");
  if (start > end) return f.none();
  if (end - start >= MAX_RESULTS) f.error("stack overflow (string slice too long)");
  chargeBytes(f, end - start);
  const codes: LuaValue[] = [];
  for (let at = start - 1; at < end; at += decodedLength) {
    const code = decode(s, at, strict);
    if (code < 0) f.error(INVALID);
    codes.push(code);
  }
  return codes.length === 1 ? codes[0] : f.resultArray(codes);
}

function len(f: Frame): LuaValue | Signal {
  const s = f.string(1);
  let at = relative(f.optSmallInteger(2, 1), s.length);
  f.argCheck(at >= 1 && at - 1 <= s.length, 2, "initial position out of bounds");
  const end = relative(f.optSmallInteger(3, -1), s.length);
  f.argCheck(end - 1 < s.length, 3, "final position out of bounds");
  const strict = !f.boolean(4);
  chargeBytes(f, end - at);
  return inPieces(f, lengthInPieces(f, s, at - 1, end, strict));
}

/** Characters of `s` that begin from index `at` on and before `end`. */
function* lengthInPieces(f: Frame, s: string, at: number, end: number, strict: boolean): Pieces<LuaValue | Signal> {
  let count = 0;
  for (let rest = CHARACTERS; at < end; at += decodedLength) {
    if (decode(s, at, strict) < 0) return f.results(undefined, at + 1);
    count++;
    if (--rest > 0) continue;
    const read = decodedLength; // others may decode meanwhile
    yield;
    decodedLength = read;
    rest = CHARACTERS;
  }
  return count;
}

function offset(f: Frame): LuaValue {
  const s = f.string(1);
  let n = f.smallInteger(2);
  let at = relative(f.optSmallInteger(3, n >= 0 ? 1 : s.length + 1), s.length) - 1;
  f.argCheck(at >= 0 && at <= s.length, 3, "position out of bounds");
  const from = at;
  if (n === 0) {
    while (at > 0 && isContinuation(s, at)) at--;
  } else {
    if (isContinuation(s, at)) f.error("initial position is a continuation byte");
    while (n < 0 && at > 0) {
      do at--; while (at > 0 && isContinuation(s, at));
      n++;
    }
    if (n > 0) {
      n--; // the first character is already there
      while (n > 0 && at < s.length) {
        do at++; while (isContinuation(s, at));
        n--;
      }
    }
  }
  chargeBytes(f, Math.abs(at - from));
  return n === 0 ? at + 1 : undefined;
}

/** One step of the iteration over the characters of a string: (s, position) → next position, code. */
function step(f: Frame, strict: boolean): LuaValue | Signal {
  const s = f.string(1);
  const control = f.arg(2);
  let at = typeof control === "number" && Number.isSafeInteger(control) ? control : 0;
  if (at < 0) return f.none();
  while (isContinuation(s, at)) at++; // the rest of the character before
  if (at >= s.length) return f.none();
  const code = decode(s, at, strict);
  if (code < 0 || isContinuation(s, at + decodedLength)) f.error(INVALID);
  return f.results(at + 1, code);
}

const stepStrict = new NativeFunction("for iterator", (f) => step(f, true));
const stepLax = new NativeFunction("for iterator", (f) => step(f, false));

function codes(f: Frame): Signal {
  const s = f.string(1);
  f.argCheck(!isContinuation(s, 0), 1, INVALID);
  return f.results(f.boolean(2) ? stepLax : stepStrict, f.arg(1), 0);
}

export const utf8Library: LibrarySpec = {
  name: "utf8",
  functions: { char, codepoint, codes, len, offset },
  values: { charpattern: "[\0-\x7F\xC2-\xFD][\x80-\xBF]*" },
};
