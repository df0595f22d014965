// Token kinds. A token of one character is its own char code; the others are numbered from 256, reserved words first.

export const enum Token {
  And = 256, Break, Do, Else, ElseIf, End, False, For, Function, Goto, If, In, Local, Nil, Not, Or, Repeat, Return, Then,
  True, Until, While,
  IDiv, Concat, Dots, Eq, Ge, Le, Ne, Shl, Shr, DoubleColon, Eof,
  Float, Integer, Name, String,
  // The single characters that the grammar names.
  Hash = 35, Percent = 37, Ampersand = 38, LeftParen = 40, RightParen = 41, Star = 42, Plus = 43, Comma = 44, Minus = 45,
  Dot = 46, Slash = 47, Colon = 58, Semicolon = 59, Less = 60, Assign = 61, Greater = 62, LeftBracket = 91,
  RightBracket = 93, Caret = 94, LeftBrace = 123, Bar = 124, RightBrace = 125, Tilde = 126,
}

/** Every token from 256 on, as messages spell it, in the order of the enum. */
const SPELLINGS: readonly string[] = [
  "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in", "local", "nil", "not", "or",
  "repeat", "return", "then", "true", "until", "while",
  "//", "..", "...", "==", ">=", "<=", "~=", "<<", ">>", "::", "<eof>",
  "<number>", "<integer>", "<name>", "<string>",
];

/** One more than the greatest token kind. */
export const TOKEN_LIMIT = 256 + SPELLINGS.length;

/** The reserved words, in token order: word i is token 256 + i. */
export const RESERVED_WORDS: readonly string[] = SPELLINGS.slice(0, Token.IDiv - 256);

/** A token kind as messages show it: quoted when its text is fixed, `'<\N>'` for an unprintable byte. */
export function describeToken(token: number): string {
  if (token < 256) {
    return token >= 32 && token < 127 ? `'${String.fromCharCode(token)}'` : `'<\\${token}>'`;
  }
  const text = SPELLINGS[token - 256]!;
  return token < Token.Eof ? `'${text}'` : text;
}
