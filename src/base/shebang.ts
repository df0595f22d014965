/**
 * What a file's text becomes before it is loaded (as luaL_loadfilex): an UTF-8 byte order mark goes, and so does a first
 * line that starts with '#'. A newline stays in place of that line, so that line numbers hold, unless a binary chunk follows.
 */
export function skipShebang(text: string): string {
  let start = 0;
  if (text.charCodeAt(0) === 0xef) {
    if (text.startsWith("\xbb\xbf", 1)) start = 3;
    else return text[0]! + text.slice(text.charCodeAt(1) === 0xbb ? 3 : 2); // C Lua loses what it read of a broken mark
  }
  if (text.charCodeAt(start) !== 0x23 /* # */) return start === 0 ? text : text.slice(start);
  const newline = text.indexOf("\n", start);
  const rest = newline < 0 ? "" : text.slice(newline + 1);
  return rest.charCodeAt(0) === 0x1b ? rest : `\n${rest}`;
}
