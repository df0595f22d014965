// Source text → Proto: exactly the code of C Lua 5.4.6.
import type { Proto } from "../bytecode/proto.js";
import { Lexer, NOWHERE } from "../lexer/lexer.js";
import { LuaSyntaxError } from "../lexer/syntax-error.js";
import { ChunkParser, LEVELS_IN_SCRIPT } from "../parser/parser.js";
import { ConstantCache } from "./constants.js";
import { FunctionBuilder } from "./emit.js";
import { CodeLimit } from "./limits.js";
import { StatementCompiler } from "./statements.js";
import { LONG_TEXT, SAMPLE } from "./warm-up.js";

/** Bytes between two calls of `progress`. */
const REPORTED_BYTES = 16_384;

let isWarm = false;

/**
 * Compiles a chunk (manual §6.4, `load` of a text).
 *
 * @param source the text, a byte string
 * @param chunkName "@file", "=name" or the source text itself; ends at a zero byte, as C strings do
 * @param levels C calls that C Lua would have in progress: its limit of 200 bounds how deep constructs may nest
 * @param progress called between statements of a long text, after some thousand bytes each; what it throws ends the compilation
 * @throws LuaSyntaxError with C Lua's message: that of the first error that a one-pass compiler would meet
 */
export function compile(source: string, chunkName: string, levels = LEVELS_IN_SCRIPT, progress?: () => void): Proto {
  if (!isWarm && source.length >= LONG_TEXT) {
    isWarm = true;
    compile(SAMPLE, "=warm-up");
  }
  const zero = chunkName.indexOf("\0");
  const name = zero < 0 ? chunkName : chunkName.slice(0, zero);
  try {
    return generate(new Lexer(source, name), levels, progress);
  } catch (error) {
    if (error instanceof LuaSyntaxError || error instanceof CodeLimit) throw firstError(source, name, levels);
    throw error;
  }
}

/** Code is made of each statement of the main function as soon as it is read. */
function generate(lexer: Lexer, levels: number, progress?: () => void): Proto {
  const parser = new ChunkParser(lexer, levels);
  const compiler = new StatementCompiler(new FunctionBuilder(undefined, new ConstantCache(), 0, true), lexer.chunkName);
  compiler.open(parser.environment, parser.startLine);
  let reported = 0;
  for (let list = parser.next(); list !== undefined; list = parser.next()) {
    compiler.statements(list);
    if (progress === undefined || lexer.end - reported < REPORTED_BYTES) continue;
    reported = lexer.end;
    progress();
  }
  return compiler.close(parser.endLine);
}

/**
 * The error that a one-pass compiler would have met first in a text that does not compile. The parser goes over it once more,
 * this time with offsets for lines and without stopping at its error; the code generator may then find one before that.
 */
function firstError(source: string, chunkName: string, levels: number): LuaSyntaxError {
  const lexer = new Lexer(source, chunkName, true);
  try {
    generate(lexer, levels);
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
