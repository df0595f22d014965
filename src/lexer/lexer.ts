// The lexer: bytes → tokens, one at a time with one token of look-ahead (manual §3.1).
//
// The lines it keeps are those that a one-pass compiler sees: `line` is where the last token read ends, `lastLine` where the
// token before the current one ended. Reading ahead moves `line` and so, at the next step, `lastLine`.
import { copyBytes, cut } from "../base/bytes.js";
import { chunkId } from "../base/chunk-id.js";
import { isInteger, type LuaNumber } from "../number/float.js";
import { parseNumber } from "../number/parse.js";
import { AtomTable, type Atom } from "./atoms.js";
import { ByteBuffer, EscapeError, hexDigit, readNumericEscape, simpleEscape } from "./escapes.js";
import { LuaSyntaxError } from "./syntax-error.js";
import { describeToken, Token } from "./token.js";

const NEWLINE = 10;
const RETURN = 13;
const BACKSLASH = 92;

/** Classes of bytes, as flags. */
const LETTER = 1; // also '_'
const DIGIT = 2;
const BLANK = 4;
const SINGLE = 8; // a token of its own, whatever follows
const IN_NAME = LETTER | DIGIT;
/** Bytes between two calls of {@link Lexer.progress}. */
const REPORTED_BYTES = 16_384;

const CLASS = new Uint8Array(256);
for (let c = 0; c < 256; c++) {
  const letter = c | 32;
  if ((letter >= 97 && letter <= 122) || c === 95) CLASS[c] = LETTER;
  else if (c >= 48 && c <= 57) CLASS[c] = DIGIT;
}
for (const blank of [32, 9, 11, 12]) CLASS[blank] = BLANK;
for (const single of "#%&()*+,;]^{|}") CLASS[single.charCodeAt(0)] = SINGLE;

/** Past every offset: the "line" of whatever a dead lexer yields (see {@link Lexer.kill}). */
export const NOWHERE = 0x3fffffff;

export class Lexer {
  /** Kind of the current token: a char code or a {@link Token}. */
  token = 0;
  /** Name or string value, when the token is one. */
  atom: Atom;
  /** Value of a numeral. */
  number: LuaNumber = 0;
  /** Where the current token starts and ends in the source. */
  start = 0;
  end = 0;
  line = 1;
  /** See the head of the file. In a lexer that marks, the offset where the token before the current one ended. */
  lastLine = 1;
  /** First error, in a lexer that marks. */
  failure: LuaSyntaxError | undefined = undefined;

  /** Called between tokens, after some thousand bytes each; what it throws ends the work. */
  progress: (() => void) | undefined = undefined;
  private progressAt = REPORTED_BYTES;

  private readonly bytes: Uint8Array;
  private readonly length: number;
  private at: number;
  private readonly atoms: AtomTable;
  private readonly scratch = new ByteBuffer();

  private aheadToken = Token.Eof as number; // Eof: none was read
  private aheadAtom: Atom;
  private aheadNumber: LuaNumber = 0;
  private aheadStart = 0;
  private aheadEnd = 0;

  /**
   * @param source the text, a byte string
   * @param chunkName its name, for messages
   * @param marks record offsets in place of lines in `lastLine`, and stay silent after the first error (it is kept in
   *   `failure`, and from then on there is only the end of the file)
   * @param from offset to start at
   */
  constructor(readonly source: string, readonly chunkName: string, private readonly marks = false, from = 0) {
    const length = source.length;
    const bytes = new Uint8Array(length + 1); // a zero ends it
    copyBytes(source, bytes);
    this.bytes = bytes;
    this.length = length;
    this.at = from;
    this.atoms = new AtomTable(length);
    this.atom = this.aheadAtom = this.intern("");
    if (marks) this.lastLine = 0;
  }

  intern(text: string): Atom {
    return this.atoms.intern(text);
  }

  /** Moves to the next token. */
  next(): void {
    if (this.at >= this.progressAt) {
      this.progressAt = this.at + REPORTED_BYTES;
      this.progress?.();
    }
    if (this.marks) {
      this.nextMarked();
      return;
    }
    this.lastLine = this.line;
    if (this.aheadToken === Token.Eof) this.token = this.read();
    else this.takeAhead();
  }

  /** Kind of the token after the current one. */
  peek(): number {
    const { token, atom, number, start, end } = this;
    if (this.marks) this.guarded();
    else this.token = this.read();
    this.aheadToken = this.token;
    this.aheadAtom = this.atom;
    this.aheadNumber = this.number;
    this.aheadStart = this.start;
    this.aheadEnd = this.end;
    if (this.failure === undefined) {
      this.token = token;
      this.atom = atom;
      this.number = number;
      this.start = start;
      this.end = end;
    }
    return this.aheadToken;
  }

  /** Reports a syntax error at the current token. `near` false leaves the token out of the message. */
  fail(message: string, near = true): void {
    const { token } = this;
    this.raise(message, !near || token === 0 ? undefined : this.describeCurrent());
  }

  /** Reports a limit that C Lua raises as a run-time error, so without a position. */
  failLimit(message: string): void {
    this.report(new LuaSyntaxError(message, true));
  }

  private report(error: LuaSyntaxError): void {
    if (!this.marks) throw error;
    this.failure ??= error;
    this.kill();
  }

  private raise(message: string, near: string | undefined): void {
    this.report(this.syntaxError(near === undefined ? message : `${message} near ${near}`));
  }

  /** Raises from inside a token: no token comes of it, whatever the mode. */
  private abort(message: string, near: string): never {
    throw this.syntaxError(`${message} near ${near}`);
  }

  private syntaxError(what: string): LuaSyntaxError {
    const location = { chunk: chunkId(this.chunkName), line: this.line };
    return new LuaSyntaxError(`${location.chunk}:${location.line}: ${what}`, false, location);
  }

  /** Nothing but the end of the file from here on, and no place that could be taken for a place in the source. */
  private kill(): void {
    this.at = this.length;
    this.token = this.aheadToken = Token.Eof;
    this.lastLine = NOWHERE;
  }

  private nextMarked(): void {
    if (this.failure !== undefined) return;
    this.lastLine = this.end;
    if (this.aheadToken === Token.Eof) this.guarded();
    else this.takeAhead();
  }

  private guarded(): void {
    if (this.failure !== undefined) return;
    try {
      this.token = this.read();
    } catch (error) {
      if (!(error instanceof LuaSyntaxError)) throw error;
      this.report(error);
    }
  }

  private takeAhead(): void {
    this.token = this.aheadToken;
    this.atom = this.aheadAtom;
    this.number = this.aheadNumber;
    this.start = this.aheadStart;
    this.end = this.aheadEnd;
    this.aheadToken = Token.Eof;
  }

  /** The current token as a message shows it: what was read of a name, string or numeral, in quotes. */
  private describeCurrent(): string {
    const { token } = this;
    if (token !== Token.Name && token !== Token.String && token !== Token.Float && token !== Token.Integer) return describeToken(token);
    if (token !== Token.String) return quoted(cut(this.source, this.start, this.end));
    const first = this.bytes[this.start]!;
    if (first !== Token.LeftBracket) return quoted(this.source[this.start]! + this.atom.text + this.source[this.start]!);
    let level = 0;
    while (this.bytes[this.start + 1 + level] === Token.Assign) level++;
    const signs = "=".repeat(level);
    return quoted(`[${signs}[${this.atom.text}]${signs}]`);
  }

  /** Reads one token from `at`; its kind is the result, its value and extent go to the fields. */
  private read(): number {
    const { bytes } = this;
    const classes = CLASS; // V8 looks at what a local holds once, and not for every byte
    for (;;) {
      let start = this.at;
      let c = bytes[start]!;
      while (classes[c] === BLANK) c = bytes[++start]!;
      if (classes[c] === SINGLE) return this.finish(start, 1, c);
      if (classes[c] === LETTER) {
        let i = start + 1;
        let hash = c;
        for (let next = bytes[i]!; (classes[next]! & IN_NAME) !== 0; next = bytes[++i]!) hash = (Math.imul(hash, 31) + next) | 0;
        this.start = start;
        this.at = this.end = i;
        const atom = this.atoms.internRange(this.source, bytes, start, i, hash);
        this.atom = atom;
        return atom.token;
      }
      if (classes[c] === DIGIT) return this.readNumeral(start, start);
      switch (c) {
        case NEWLINE: case RETURN:
          this.skipNewline(start);
          continue;
        case 0:
          if (start >= this.length) {
            this.start = this.end = start;
            return Token.Eof;
          }
          return this.finish(start, 1, 0);
        case Token.Minus: {
          if (bytes[start + 1] !== Token.Minus) return this.finish(start, 1, c);
          this.skipComment(start + 2);
          continue;
        }
        case Token.LeftBracket: {
          const level = this.longBracketLevel(start);
          if (level >= 0) return this.readLongString(start, level);
          if (bytes[start + 1] !== Token.Assign) return this.finish(start, 1, c);
          let i = start + 1;
          while (bytes[i] === Token.Assign) i++;
          return this.abort("invalid long string delimiter", quoted(cut(this.source, start, i)));
        }
        case 34: case 39:
          return this.readString(start, c);
        case Token.Assign:
          return bytes[start + 1] === Token.Assign ? this.finish(start, 2, Token.Eq) : this.finish(start, 1, c);
        case Token.Less:
          if (bytes[start + 1] === Token.Assign) return this.finish(start, 2, Token.Le);
          return bytes[start + 1] === Token.Less ? this.finish(start, 2, Token.Shl) : this.finish(start, 1, c);
        case Token.Greater:
          if (bytes[start + 1] === Token.Assign) return this.finish(start, 2, Token.Ge);
          return bytes[start + 1] === Token.Greater ? this.finish(start, 2, Token.Shr) : this.finish(start, 1, c);
        case Token.Slash:
          return bytes[start + 1] === Token.Slash ? this.finish(start, 2, Token.IDiv) : this.finish(start, 1, c);
        case Token.Tilde:
          return bytes[start + 1] === Token.Assign ? this.finish(start, 2, Token.Ne) : this.finish(start, 1, c);
        case Token.Colon:
          return bytes[start + 1] === Token.Colon ? this.finish(start, 2, Token.DoubleColon) : this.finish(start, 1, c);
        case Token.Dot:
          if (bytes[start + 1] === Token.Dot) {
            return bytes[start + 2] === Token.Dot ? this.finish(start, 3, Token.Dots) : this.finish(start, 2, Token.Concat);
          }
          return CLASS[bytes[start + 1]!] === DIGIT ? this.readNumeral(start, start + 1) : this.finish(start, 1, c);
        default:
          return this.finish(start, 1, c);
      }
    }
  }

  private finish(start: number, length: number, token: number): number {
    this.start = start;
    this.at = this.end = start + length;
    return token;
  }

  /** Skips the line break at `start` (any of \n, \r, \n\r, \r\n) and counts it. */
  private skipNewline(start: number): void {
    const first = this.bytes[start]!;
    const second = this.bytes[start + 1]!;
    this.at = start + (second !== first && (second === NEWLINE || second === RETURN) ? 2 : 1);
    this.line++;
  }

  private skipComment(from: number): void {
    const { bytes } = this;
    if (bytes[from] === Token.LeftBracket) {
      const level = this.longBracketLevel(from);
      if (level >= 0) {
        this.skipLongBracket(from, level, "comment");
        return;
      }
    }
    let i = from;
    for (;;) {
      const c = bytes[i]!;
      if (c === NEWLINE || c === RETURN || (c === 0 && i >= this.length)) break;
      i++;
    }
    this.at = i;
  }

  /** Number of '=' in a long bracket that opens at `start`, or −1 when none opens there. */
  private longBracketLevel(start: number): number {
    let i = start + 1;
    while (this.bytes[i] === Token.Assign) i++;
    return this.bytes[i] === Token.LeftBracket ? i - start - 1 : -1;
  }

  /** Moves past the long bracket that opens at `start`, counting lines. Returns the offset of its closing bracket. */
  private skipLongBracket(start: number, level: number, what: string): number {
    const { bytes } = this;
    const body = start + level + 2;
    const startLine = this.line;
    const found = this.source.indexOf(`]${"=".repeat(level)}]`, body);
    const close = found < 0 ? this.length : found;
    let { line } = this;
    for (let i = body; i < close; i++) {
      const c = bytes[i]!;
      if (c > RETURN || (c !== NEWLINE && c !== RETURN)) continue;
      const second = bytes[i + 1]!;
      if (second !== c && (second === NEWLINE || second === RETURN)) i++;
      line++;
    }
    this.line = line;
    if (found < 0) this.abort(`unfinished long ${what} (starting at line ${startLine})`, describeToken(Token.Eof));
    this.at = close + level + 2;
    return close;
  }

  private readLongString(start: number, level: number): number {
    const { bytes } = this;
    let body = start + level + 2;
    const close = this.skipLongBracket(start, level, "string");
    const first = bytes[body]!;
    if (first === NEWLINE || first === RETURN) {
      const second = bytes[body + 1]!;
      body += second !== first && (second === NEWLINE || second === RETURN) ? 2 : 1;
    }
    const text = cut(this.source, body, close);
    this.start = start;
    this.end = this.at;
    this.atom = this.atoms.intern(text.includes("\r") ? text.replace(/\r\n?|\n\r?/g, "\n") : text);
    return Token.String;
  }

  private readString(start: number, quote: number): number {
    const { bytes } = this;
    let i = start + 1;
    for (;;) {
      const c = bytes[i]!;
      if (c === quote) break;
      if (c === BACKSLASH) return this.readEscapedString(start, quote, i);
      if (c <= RETURN && (c === NEWLINE || c === RETURN || (c === 0 && i >= this.length))) {
        return this.unfinishedString(i, cut(this.source, start, i));
      }
      i++;
    }
    this.start = start;
    this.at = this.end = i + 1;
    this.atom = this.atoms.intern(cut(this.source, start + 1, i));
    return Token.String;
  }

  private unfinishedString(at: number, text: string): never {
    this.abort("unfinished string", at >= this.length ? describeToken(Token.Eof) : quoted(text));
  }

  /** The rest of a quoted string from its first backslash, at `from`. */
  private readEscapedString(start: number, quote: number, from: number): number {
    const { bytes, scratch } = this;
    scratch.length = 0;
    scratch.append(bytes, start + 1, from);
    let i = from;
    for (;;) {
      let c = bytes[i]!;
      const plain = i;
      while (c !== quote && c !== BACKSLASH && c !== NEWLINE && c !== RETURN && (c !== 0 || i < this.length)) c = bytes[++i]!;
      scratch.append(bytes, plain, i);
      if (c === quote) break;
      if (c !== BACKSLASH) return this.unfinishedString(i, this.source[start]! + scratch.toString());
      i = this.readEscape(start, i);
    }
    this.start = start;
    this.at = this.end = i + 1;
    this.atom = this.atoms.intern(scratch.toString());
    return Token.String;
  }

  /** Reads the escape whose backslash is at `at` into the scratch buffer. Returns the offset after it. */
  private readEscape(start: number, at: number): number {
    const { bytes, scratch } = this;
    const c = bytes[at + 1]!;
    const simple = simpleEscape(c);
    if (simple >= 0) {
      scratch.push(simple);
      return at + 2;
    }
    if (c === NEWLINE || c === RETURN) {
      this.skipNewline(at + 1);
      scratch.push(NEWLINE);
      return this.at;
    }
    if (c === 0x7a /* z */) {
      let i = at + 2;
      for (;;) {
        const space = bytes[i]!;
        if (space === NEWLINE || space === RETURN) {
          this.skipNewline(i);
          i = this.at;
        } else if (space === 32 || space === 9 || space === 11 || space === 12) i++;
        else return i;
      }
    }
    if (c === 0 && at + 1 >= this.length) return at + 1; // the caller meets the end of the file
    try {
      return readNumericEscape(bytes, at + 1, this.length, scratch);
    } catch (error) {
      if (!(error instanceof EscapeError)) throw error;
      return this.abort(error.message, quoted(this.source[start]! + scratch.toString() + cut(this.source, at, error.end)));
    }
  }

  /** Reads a numeral that starts at `start` and whose first digit is at `digits`. */
  private readNumeral(start: number, digits: number): number {
    const { bytes } = this;
    let i = digits;
    let value = 0;
    let c = bytes[i]!;
    for (; CLASS[c] === DIGIT; c = bytes[++i]!) value = value * 10 + c - 48;
    this.start = start;
    if (start === digits && i - start <= 15 && (CLASS[c]! & IN_NAME) === 0 && c !== Token.Dot) { // plain and small enough to be exact
      this.at = this.end = i;
      this.number = value;
      return Token.Integer;
    }
    return this.readLongNumeral(start, digits);
  }

  private readLongNumeral(start: number, digits: number): number {
    const { bytes } = this;
    let i = digits + 1;
    let exponent = 0x65; // e
    if (bytes[digits] === 48 && (bytes[i]! | 32) === 0x78 /* x */) {
      exponent = 0x70; // p
      i++;
    }
    for (;;) { // takes more than a numeral can hold; the conversion refuses what is malformed
      const c = bytes[i]!;
      if ((c | 32) === exponent) {
        i++;
        if (bytes[i] === Token.Plus || bytes[i] === Token.Minus) i++;
      } else if (hexDigit(c) >= 0 || c === Token.Dot) i++;
      else break;
    }
    if (CLASS[bytes[i]!] === LETTER) i++;
    const text = cut(this.source, start, i);
    const number = parseNumber(text);
    if (number === undefined) return this.abort("malformed number", quoted(text));
    this.at = this.end = i;
    this.number = number;
    return isInteger(number) ? Token.Integer : Token.Float;
  }
}

/** Text in quotes, up to a zero byte, where C Lua's formatter stops. */
function quoted(text: string): string {
  const zero = text.indexOf("\0");
  return `'${zero < 0 ? text : text.slice(0, zero)}'`;
}
