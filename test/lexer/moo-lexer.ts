// An independent lexer for Lua, from a table of regular expressions.
import moo from "moo";

const WORDS = [
  "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in", "local", "nil", "not", "or", "repeat",
  "return", "then", "true", "until", "while",
];

const lexer = moo.compile({
  space: { match: /[ \t\v\f\r\n]+/, lineBreaks: true },
  longComment: { match: /--\[(?:\[[^]*?\]\]|=\[[^]*?\]=\]|==\[[^]*?\]==\]|===\[[^]*?\]===\])/, lineBreaks: true },
  comment: /--[^\r\n]*/,
  longString: { match: /\[(?:\[[^]*?\]\]|=\[[^]*?\]=\]|==\[[^]*?\]==\]|===\[[^]*?\]===\])/, lineBreaks: true },
  string: { match: /"(?:\\z[ \t\v\f\r\n]*|\\\r\n|\\\n\r|\\[^]|[^"\\\r\n])*"|'(?:\\z[ \t\v\f\r\n]*|\\\r\n|\\\n\r|\\[^]|[^'\\\r\n])*'/, lineBreaks: true },
  number: /0[xX](?:[pP][+-]?|[0-9a-fA-F.])+|(?:[0-9]|\.[0-9])(?:[eE][+-]?|[0-9a-fA-F.])*/,
  name: { match: /[A-Za-z_][A-Za-z_0-9]*/, type: moo.keywords({ word: WORDS }) },
  symbol: ["...", "..", "<<", ">>", "//", "==", "~=", "<=", ">=", "::", ..."+-*/%^#&~|<>=(){}[];:,."],
});

export interface PlainToken {
  readonly type: "name" | "word" | "number" | "string" | "symbol";
  /** As in the source; a string's is its value as far as this lexer can tell. */
  readonly text: string;
  /** Offset where it starts. */
  readonly start: number;
  /** Line where it ends. */
  readonly line: number;
}

/** The tokens of a source text. */
export function mooTokens(source: string): PlainToken[] {
  const tokens: PlainToken[] = [];
  for (const token of lexer.reset(source)) {
    const type = token.type === "longString" ? "string" : token.type!;
    if (type === "space" || type === "comment" || type === "longComment") continue;
    tokens.push({ type: type as PlainToken["type"], text: token.value, start: token.offset, line: lineAt(source, token.offset + token.text.length) });
  }
  return tokens;
}

/** Line of an offset: any of \n, \r, \n\r, \r\n breaks lines. */
export function lineAt(source: string, offset: number): number {
  return 1 + (source.slice(0, offset).match(/\r\n?|\n\r?/g)?.length ?? 0);
}

/** The value of a string token, by rules written for this purpose only. */
export function stringValue(text: string): string {
  const long = /^\[(=*)\[(?:\r\n|\n\r|\n|\r)?([^]*)\]\1\]$/.exec(text);
  if (long !== null) return long[2]!.replace(/\r\n?|\n\r?/g, "\n");
  return text.slice(1, -1).replace(/\\(?:z[ \t\v\f\r\n]*|x([0-9a-fA-F]{2})|u\{([0-9a-fA-F]+)\}|([0-9]{1,3})|(\r\n|\n\r|\r|\n)|([^]))/g,
    (_, hex?: string, code?: string, decimal?: string, newline?: string, letter?: string) => {
      if (hex !== undefined) return String.fromCharCode(parseInt(hex, 16));
      if (code !== undefined) return utf8(parseInt(code, 16));
      if (decimal !== undefined) return String.fromCharCode(Number(decimal));
      if (newline !== undefined) return "\n";
      const at = letter === undefined ? -1 : "abfnrtv".indexOf(letter);
      return at >= 0 ? "\x07\b\f\n\r\t\v"[at]! : letter ?? "";
    });
}

function utf8(code: number): string {
  if (code < 0x80) return String.fromCharCode(code);
  const bytes: number[] = [];
  let rest = BigInt(code);
  let room = 0x40n;
  while (rest >= room) {
    bytes.unshift(Number(0x80n | (rest & 0x3fn)));
    rest >>= 6n;
    room = bytes.length === 1 ? 0x20n : room >> 1n;
  }
  bytes.unshift(Number(((0xffn ^ (room * 2n - 1n)) & 0xffn) | rest));
  return String.fromCharCode(...bytes);
}
