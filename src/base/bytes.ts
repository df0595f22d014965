// Byte strings: a Lua string is a JavaScript string whose char codes are all 0–255, one char a byte.

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8");
const CHUNK = 8192;

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
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
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
