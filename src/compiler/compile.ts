// Source text → Proto: exactly the code of C Lua 5.4.6.
import { type Pieces, finish } from "../base/pieces.js";
import type { Proto } from "../bytecode/proto.js";
import { Lexer, NOWHERE } from "../lexer/lexer.js";
import { LuaSyntaxError } from "../lexer/syntax-error.js";
import { ChunkParser, LEVELS_IN_SCRIPT } from "../parser/parser.js";
import { ConstantCache } from "./constants.js";
import { FunctionBuilder } from "./emit.js";
import { CodeLimit } from "./limits.js";
import { StatementCompiler } from "./statements.js";
import { LONG_TEXT, SAMPLE } from "./warm-up.js";

/** Bytes between two statements of a long text at which the rest can be put off. */
const PIECE = 16_384;

let isWarm = false;

/**
 * Compiles a chunk (manual §6.4, `load` of a text).
 *
 * @param source the text, a byte string
 * @param chunkName "@file", "=name" or the source text itself; ends at a zero byte, as C strings do
 * @param levels C calls that C Lua would have in progress: its limit of 200 bounds how deep constructs may nest
 * @param progress called after some thousand bytes each, of a long text; what it throws ends the compilation
 * @throws LuaSyntaxError with C Lua's message: that of the first error that a one-pass compiler would meet
 */
export function compile(source: string, chunkName: string, levels = LEVELS_IN_SCRIPT, progress?: () => void): Proto {
  return finish(compileInPieces(source, chunkName, levels, progress));
}

/** {@link compile}, the rest of which can be put off between statements of the main function. */
export function* compileInPieces(source: string, chunkName: string, levels = LEVELS_IN_SCRIPT, progress?: () => void): Pieces<Proto> {
  if (!isWarm && source.length >= LONG_TEXT) {
    isWarm = true;
    compile(SAMPLE, "=warm-up");
  }
  const zero = chunkName.indexOf("\0");
  const name = zero < 0 ? chunkName : chunkName.slice(0, zero);
  try {
    return yield* generate(new Lexer(source, name), levels, progress);
  } catch (error) {
    if (error instanceof LuaSyntaxError || error instanceof CodeLimit) throw yield* firstError(source, name, levels, progress);
    throw error;
  }
}

/** Code is made of each statement of the main function as soon as it is read. */
function* generate(lexer: Lexer, levels: number, progress: (() => void) | undefined): Pieces<Proto> {
  lexer.progress = progress;
  const parser = new ChunkParser(lexer, levels);
  const compiler = new StatementCompiler(new FunctionBuilder(undefined, new ConstantCache(), 0, true, progress), lexer.chunkName);
  compiler.open(parser.environment, parser.startLine);
  let begin = 0;
  for (let list = parser.next(); list !== undefined; list = parser.next()) {
    compiler.statements(list);
    if (lexer.end - begin < PIECE) continue;
    begin = lexer.end;
    yield;
  }
  return compiler.close(parser.endLine);
}

/**
 * The error that a one-pass compiler would have met first in a text that does not compile. The parser goes over it once more,
 * this time with offsets for lines and without stopping at its error; the code generator may then find one before that.
 */
function* firstError(source: string, chunkName: string, levels: number, progress: (() => void) | undefined): Pieces<LuaSyntaxError> {
  const lexer = new Lexer(source, chunkName, true);
  try {
    yield* generate(lexer, levels, progress);
  } catch (error) {
    if (!(error instanceof CodeLimit)) throw error;
    if (error.mark < NOWHERE) return limitError(error, source, chunkName);
  }
  if (lexer.failure === undefined) throw new Error("a text that failed to compile compiles");
  return lexer.failure;
}

/** The message for a limit met when the code read the token that ends at the limit's mark. */
function limitError(limit: CodeLimit, source: string, chunkName: string): LuaSyntaxError {
  if (!limit.isPositioned) return new LuaSyntaxError(limit.message, true);
  const lexer = new Lexer(source, chunkName, true, limit.mark);
  lexer.line = lineAt(source, limit.mark);
  lexer.next();
  lexer.fail(limit.message);
  return lexer.failure!;
}

/** Line of the byte at `offset`. */
function lineAt(source: string, offset: number): number {
  let line = 1;
  for (let i = 0; i < offset; i++) {
    const c = source.charCodeAt(i);
    if (c !== 10 && c !== 13) continue;
    const second = source.charCodeAt(i + 1);
    if (second !== c && (second === 10 || second === 13)) i++;
    line++;
  }
  return line;
}
