// Lua's byte strings as host text, strictly: unlike base/bytes.ts it can tell text from other bytes.
import { stringToBytes } from "../base/bytes.js";

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const lenient = new TextDecoder("utf-8", { ignoreBOM: true });

/** Only bytes below 0x80: the string is its own text. */
export function isAscii(bytes: string): boolean {
  for (let i = 0; i < bytes.length; i++) if (bytes.charCodeAt(i) >= 0x80) return false;
  return true;
}

/** All of `texts` are ASCII; faster than asking each when there are many. */
export function areAscii(texts: readonly string[]): boolean {
  return !/[^\x00-\x7f]/.test(texts.join(""));
}

/** UTF-8 → text. Malformed bytes: U+FFFD in their place when `lax`, else the answer is undefined. */
export function decodeText(bytes: string, lax: boolean): string | undefined {
  if (lax) return lenient.decode(stringToBytes(bytes));
  try {
    return strict.decode(stringToBytes(bytes));
  } catch {
    return undefined;
  }
}
