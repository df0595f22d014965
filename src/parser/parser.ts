// Source text → syntax tree.
import type { Lexer } from "../lexer/lexer.js";
import { Token } from "../lexer/token.js";
import type { Chunk } from "./ast.js";
import { Scopes, Variable } from "./scope.js";
import { StatementParser } from "./statements.js";

/** C calls that C Lua has in progress when a script's main chunk calls `load`. */
export const LEVELS_IN_SCRIPT = 2;

/**
 * The whole chunk that `lexer` reads. Throws LuaSyntaxError, or keeps it in `lexer.failure` if the lexer marks.
 * `levels` is how deep C Lua's C stack would be at this point: 200 is its limit.
 */
export function parseChunk(lexer: Lexer, levels = LEVELS_IN_SCRIPT): Chunk {
  const scopes = new Scopes(lexer);
  const environmentName = lexer.intern("_ENV");
  const parser = new StatementParser(lexer, scopes, environmentName, lexer.intern("self"), levels);
  const environment = new Variable(environmentName, -1);
  scopes.bindOutside(environment);
  scopes.openFunction(0);
  scopes.setVararg();
  const parametersLine = lexer.lastLine;
  lexer.next();
  const block = parser.statements();
  if (lexer.token !== Token.Eof) lexer.fail("<eof> expected");
  const endLine = lexer.lastLine;
  scopes.closeFunction();
  return {
    chunkName: lexer.chunkName,
    body: { parameters: [], isMethod: false, isVararg: true, parametersLine, block, lineDefined: 0, lastLineDefined: 0, endLine },
    environment,
  };
}
