// Byte strings: a Lua string is a JavaScript string whose char codes are all 0–255, one char a byte.

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const CHUNK = 8192;

/** From this length on V8 makes a slice that refers to the whole string, and a concatenation that refers to its parts. */
const SHORTEST_VIEW = 13;
/** Keeping a string of this length alive does no harm. */
const SMALL = 64;
/** From this length on the host's encoder is faster than a loop. */
const LONG = 256;

/** `text.slice(from, to)` as a string of its own, so that a small piece never keeps a large text in memory. */
export function cut(text: string, from: number, to: number = text.length): string {
  const piece = text.slice(from, to);
  if (piece.length < SHORTEST_VIEW || text.length <= SMALL || piece.length === text.length) return piece;
  return [piece.slice(0, -1), piece[piece.length - 1]].join("");
}

let looked = 0;

/** Makes a string that was put together one piece in memory: its parts, and what they were cut from, are let go. */
export function flatten(text: string): string {
  if (text.length >= SHORTEST_VIEW) looked = text.charCodeAt(0) ^ (looked & 1); // V8 does it to read from it
  return text;
}

/** Writes the bytes of a byte string to the start of `into`, which has room for them. */
export function copyBytes(text: string, into: Uint8Array): void {
  const { length } = text;
  if (length >= LONG && encoder.encodeInto(text, into.subarray(0, length)).read === length) return; // all fitted: it is ASCII
  for (let i = 0; i < length; i++) into[i] = text.charCodeAt(i);
}

/** Raw bytes → byte string. */
export function bytesToString(bytes: Uint8Array): string {
  if (bytes.length <= CHUNK) return String.fromCharCode.apply(null, bytes as unknown as number[]);
  const parts: string[] = [];
  for (let i = 0; i < bytes.length; i += CHUNK) {
    parts.push(String.fromCharCode.apply(null, bytes.subarray(i, i + CHUNK) as unknown as number[]));
  }
  return parts.join("");
}

/** Byte string → raw bytes. */
export function stringToBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  copyBytes(text, bytes);
  return bytes;
}

/** Host text (UTF-16) → byte string (its UTF-8 bytes). */
export function fromHostText(text: string): string {
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) >= 0x80) return bytesToString(encoder.encode(text));
  }
  return text; // ASCII is its own UTF-8
}

/** Byte string (UTF-8) → host text; malformed sequences become U+FFFD. */
export function toHostText(text: string): string {
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) >= 0x80) return decoder.decode(stringToBytes(text));
  }
  return text;
}
