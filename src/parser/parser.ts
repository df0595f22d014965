// Source text → syntax tree, whole or statement by statement.
import type { Lexer } from "../lexer/lexer.js";
import { Token } from "../lexer/token.js";
import type { Chunk, Statement } from "./ast.js";
import { Scopes, Variable } from "./scope.js";
import { StatementParser } from "./statements.js";

/** C calls that C Lua has in progress when a script's main chunk calls `load`. */
export const LEVELS_IN_SCRIPT = 2;

/** Reads a chunk one statement of its main function after the other, so that no more than one tree need be kept. */
export class ChunkParser {
  /** The `_ENV` that is the chunk's only upvalue. */
  readonly environment: Variable;
  /** Line of the main function's first instruction. */
  readonly startLine: number;
  private readonly scopes: Scopes;
  private readonly parser: StatementParser;
  private isStarted = false;
  private isEnded = false;

  /** `levels` is how deep C Lua's C stack would be at this point: 200 is its limit. */
  constructor(private readonly lexer: Lexer, levels = LEVELS_IN_SCRIPT) {
    const scopes = new Scopes(lexer);
    const environmentName = lexer.intern("_ENV");
    this.scopes = scopes;
    this.parser = new StatementParser(lexer, scopes, environmentName, lexer.intern("self"), levels);
    this.environment = new Variable(environmentName, -1);
    scopes.bindOutside(this.environment);
    scopes.openFunction(0);
    scopes.setVararg();
    this.startLine = lexer.lastLine;
  }

  /**
   * The next statement: none for an empty one, several for a run of labels. Undefined at the end of the chunk. Throws
   * LuaSyntaxError, or keeps it in the lexer's `failure` if the lexer marks.
   */
  next(): Statement[] | undefined {
    const { lexer, parser } = this;
    if (!this.isStarted) {
      this.isStarted = true;
      lexer.next();
    }
    if (this.isEnded) return undefined;
    if (!parser.endsBlock(true)) {
      const isReturn = lexer.token === Token.Return;
      const list: Statement[] = [];
      parser.statement(list);
      if (isReturn) this.end();
      return list;
    }
    this.end();
    return undefined;
  }

  /** Line of the last token. */
  get endLine(): number {
    return this.lexer.lastLine;
  }

  private end(): void {
    this.isEnded = true;
    if (this.lexer.token !== Token.Eof) this.lexer.fail("<eof> expected");
    this.scopes.closeFunction();
  }
}

/** The tree of a whole chunk. */
export function parseChunk(lexer: Lexer, levels = LEVELS_IN_SCRIPT): Chunk {
  const parser = new ChunkParser(lexer, levels);
  const statements: Statement[] = [];
  for (let list = parser.next(); list !== undefined; list = parser.next()) statements.push(...list);
  return { chunkName: lexer.chunkName, block: { statements, endLine: parser.endLine } };
}
