// How messages name a chunk (manual §4.7, lua_Debug.short_src).
import { cut } from "./bytes.js";

/** Longest chunk id, in bytes, as C Lua's LUA_IDSIZE less its terminator. */
const MAX_LENGTH = 59;
/** What `[string "` + `..."]` leave for the text itself. */
const MAX_TEXT = 45;

/**
 * Chunk name ("@file", "=name" or source text) → what an error message shows: the file or name, shortened to 59 bytes
 * (a file keeps its end), or `[string "first line..."]`.
 */
export function chunkId(source: string): string {
  const first = source.charCodeAt(0);
  if (first === 0x3d /* = */) return cut(source, 1, 1 + MAX_LENGTH);
  if (first === 0x40 /* @ */) {
    return source.length <= MAX_LENGTH + 1 ? cut(source, 1) : `...${cut(source, source.length - (MAX_LENGTH - 3))}`;
  }
  const newline = source.indexOf("\n");
  if (newline < 0 && source.length < MAX_TEXT) return `[string "${source}"]`;
  const end = Math.min(newline < 0 ? source.length : newline, MAX_TEXT);
  return `[string "${cut(source, 0, end)}..."]`;
}
