// Expressions (manual §3.4): recursive descent, with precedence climbing for the operators.
import type { Atom } from "../lexer/atoms.js";
import type { Lexer } from "../lexer/lexer.js";
import { describeToken, Token, TOKEN_LIMIT } from "../lexer/token.js";
import {
  BinaryOp, ExpressionKind, FieldKind, UnaryOp,
  type Block, type Expression, type FunctionBody, type ItemField, type TableExpression, type TableField,
} from "./ast.js";
import type { Scopes, Variable } from "./scope.js";

/** Nesting of C calls at which C Lua gives up (LUAI_MAXCCALLS). */
const MAX_LEVELS = 200;

const NO_LINES: readonly number[] = [];
const NO_EXPRESSIONS: readonly Expression[] = [];

/** Operator of each token, or −1. */
const BINARY_OF = new Int8Array(TOKEN_LIMIT).fill(-1);
const UNARY_OF = new Int8Array(TOKEN_LIMIT).fill(-1);
/** Binding power of each binary operator, to its left and to its right. */
const LEFT_POWER = new Uint8Array(BinaryOp.Or + 1);
const RIGHT_POWER = new Uint8Array(BinaryOp.Or + 1);
const UNARY_POWER = 12;

const binary = (token: Token, op: BinaryOp, left: number, right = left): void => {
  BINARY_OF[token] = op;
  LEFT_POWER[op] = left;
  RIGHT_POWER[op] = right;
};
binary(Token.Or, BinaryOp.Or, 1);
binary(Token.And, BinaryOp.And, 2);
binary(Token.Eq, BinaryOp.Eq, 3);
binary(Token.Ne, BinaryOp.Ne, 3);
binary(Token.Less, BinaryOp.Lt, 3);
binary(Token.Le, BinaryOp.Le, 3);
binary(Token.Greater, BinaryOp.Gt, 3);
binary(Token.Ge, BinaryOp.Ge, 3);
binary(Token.Bar, BinaryOp.BOr, 4);
binary(Token.Tilde, BinaryOp.BXor, 5);
binary(Token.Ampersand, BinaryOp.BAnd, 6);
binary(Token.Shl, BinaryOp.Shl, 7);
binary(Token.Shr, BinaryOp.Shr, 7);
binary(Token.Concat, BinaryOp.Concat, 9, 8);
binary(Token.Plus, BinaryOp.Add, 10);
binary(Token.Minus, BinaryOp.Sub, 10);
binary(Token.Star, BinaryOp.Mul, 11);
binary(Token.Slash, BinaryOp.Div, 11);
binary(Token.IDiv, BinaryOp.IDiv, 11);
binary(Token.Percent, BinaryOp.Mod, 11);
binary(Token.Caret, BinaryOp.Pow, 14, 13);
UNARY_OF[Token.Minus] = UnaryOp.Minus;
UNARY_OF[Token.Tilde] = UnaryOp.BNot;
UNARY_OF[Token.Not] = UnaryOp.Not;
UNARY_OF[Token.Hash] = UnaryOp.Len;

/** A comma list under construction. */
export interface ExpressionList {
  readonly items: readonly Expression[];
  readonly commaLines: readonly number[];
}

export abstract class ExpressionParser {
  constructor(
    protected readonly lexer: Lexer,
    protected readonly scopes: Scopes,
    /** `_ENV` and `self`, which the parser itself looks up or declares. */
    private readonly environmentName: Atom,
    private readonly selfName: Atom,
    /** C calls in progress, as C Lua would count them. */
    private levels: number,
  ) {}

  /** The statements up to a token that ends a block. */
  protected abstract statements(): Block;

  protected enterLevel(): void {
    if (++this.levels >= MAX_LEVELS) this.lexer.failLimit("C stack overflow");
  }

  protected leaveLevels(count: number): void {
    this.levels -= count;
  }

  protected isAt(token: number): boolean {
    return this.lexer.token === token;
  }

  /** If the current token is `token`, skips it. */
  protected accept(token: number): boolean {
    if (this.lexer.token !== token) return false;
    this.lexer.next();
    return true;
  }

  protected expect(token: number): void {
    if (this.lexer.token !== token) this.lexer.fail(`${describeToken(token)} expected`);
    this.lexer.next();
  }

  /** Expects the token that closes what `opener` opened at `line`. */
  protected expectClosing(token: number, opener: number, line: number): void {
    const { lexer } = this;
    if (lexer.token !== token) {
      const expected = `${describeToken(token)} expected`;
      lexer.fail(line === lexer.line ? expected : `${expected} (to close ${describeToken(opener)} at line ${line})`);
    }
    lexer.next();
  }

  protected expectName(): Atom {
    const { lexer } = this;
    if (lexer.token !== Token.Name) {
      lexer.fail("<name> expected");
      return lexer.intern("");
    }
    const { atom } = lexer;
    lexer.next();
    return atom;
  }

  protected expression(): Expression {
    return this.operation(0);
  }

  /** One or more expressions between commas. */
  protected expressionList(): ExpressionList {
    const { lexer } = this;
    const first = this.expression();
    if (!this.accept(Token.Comma)) return { items: [first], commaLines: NO_LINES };
    const commaLines = [lexer.lastLine];
    const items = [first, this.expression()];
    while (this.accept(Token.Comma)) {
      commaLines.push(lexer.lastLine);
      items.push(this.expression());
    }
    return { items, commaLines };
  }

  /** Operators that bind tighter than `limit` and their operands. */
  private operation(limit: number): Expression {
    const { lexer } = this;
    this.enterLevel();
    let left: Expression;
    const unary = UNARY_OF[lexer.token]!;
    if (unary >= 0) {
      lexer.next();
      const line = lexer.lastLine;
      left = { kind: ExpressionKind.Unary, op: unary as UnaryOp, operand: this.operation(UNARY_POWER), line };
    } else left = this.simple();
    let op = BINARY_OF[lexer.token]!;
    while (op >= 0 && LEFT_POWER[op]! > limit) {
      lexer.next();
      const line = lexer.lastLine;
      const right = this.operation(RIGHT_POWER[op]!);
      left = { kind: ExpressionKind.Binary, op: op as BinaryOp, left, right, line };
      op = BINARY_OF[lexer.token]!;
    }
    this.leaveLevels(1);
    return left;
  }

  private simple(): Expression {
    const { lexer } = this;
    switch (lexer.token) {
      case Token.Name: case Token.LeftParen:
        return this.suffixed();
      case Token.Float: case Token.Integer: {
        const value = lexer.number;
        lexer.next();
        return { kind: ExpressionKind.Number, line: lexer.lastLine, value };
      }
      case Token.String: {
        const value = lexer.atom;
        lexer.next();
        return { kind: ExpressionKind.String, line: lexer.lastLine, value };
      }
      case Token.Nil:
        lexer.next();
        return { kind: ExpressionKind.Nil, line: lexer.lastLine };
      case Token.True:
        lexer.next();
        return { kind: ExpressionKind.True, line: lexer.lastLine };
      case Token.False:
        lexer.next();
        return { kind: ExpressionKind.False, line: lexer.lastLine };
      case Token.Dots: {
        if (!this.scopes.isVararg) lexer.fail("cannot use '...' outside a vararg function");
        const startLine = lexer.lastLine;
        lexer.next();
        return { kind: ExpressionKind.Vararg, line: lexer.lastLine, startLine };
      }
      case Token.LeftBrace:
        return this.table();
      case Token.Function: {
        lexer.next();
        return { kind: ExpressionKind.Function, body: this.functionBody(lexer.line, false) };
      }
      default:
        return this.suffixed();
    }
  }

  protected variable(): Expression {
    const { lexer, scopes } = this;
    const name = this.expectName();
    const line = lexer.lastLine;
    const variable = scopes.resolve(name);
    if (variable !== undefined) return { kind: ExpressionKind.Local, line, variable };
    return { kind: ExpressionKind.Global, line, name, environment: scopes.resolve(this.environmentName)! };
  }

  private primary(): Expression {
    const { lexer } = this;
    if (lexer.token === Token.Name) return this.variable();
    if (lexer.token === Token.LeftParen) {
      const { line } = lexer;
      lexer.next();
      const inner = this.expression();
      this.expectClosing(Token.RightParen, Token.LeftParen, line);
      return { kind: ExpressionKind.Paren, inner, endLine: lexer.lastLine };
    }
    lexer.fail("unexpected symbol");
    return { kind: ExpressionKind.Nil, line: lexer.lastLine };
  }

  /** A primary expression with its fields, indices and calls. */
  protected suffixed(): Expression {
    const { lexer } = this;
    const { line } = lexer;
    let left = this.primary();
    for (;;) {
      switch (lexer.token) {
        case Token.Dot:
          left = this.member(left);
          break;
        case Token.LeftBracket: {
          lexer.next();
          const key = this.expression();
          this.expect(Token.RightBracket);
          left = { kind: ExpressionKind.Index, object: left, key, endLine: lexer.lastLine };
          break;
        }
        case Token.Colon: {
          lexer.next();
          const name = this.expectName();
          const nameLine = lexer.lastLine;
          const args = this.callArguments(line);
          left = {
            kind: ExpressionKind.MethodCall, object: left, name, nameLine,
            arguments: args.items, commaLines: args.commaLines, line, endLine: lexer.lastLine,
          };
          break;
        }
        case Token.LeftParen: case Token.String: case Token.LeftBrace: {
          const args = this.callArguments(line);
          left = {
            kind: ExpressionKind.Call, callee: left, arguments: args.items, commaLines: args.commaLines, line,
            endLine: lexer.lastLine,
          };
          break;
        }
        default:
          return left;
      }
    }
  }

  /** `.name` or `:name` after `object`. */
  protected member(object: Expression): Expression {
    const { lexer } = this;
    lexer.next();
    const name = this.expectName();
    return { kind: ExpressionKind.Member, line: lexer.lastLine, object, name };
  }

  private callArguments(line: number): ExpressionList {
    const { lexer } = this;
    switch (lexer.token) {
      case Token.LeftParen: {
        lexer.next();
        const list = this.isAt(Token.RightParen) ? NO_ARGUMENTS : this.expressionList();
        this.expectClosing(Token.RightParen, Token.LeftParen, line);
        return list;
      }
      case Token.LeftBrace:
        return { items: [this.table()], commaLines: NO_LINES };
      case Token.String: {
        const value = lexer.atom;
        lexer.next();
        return { items: [{ kind: ExpressionKind.String, line: lexer.lastLine, value }], commaLines: NO_LINES };
      }
      default:
        lexer.fail("function arguments expected");
        return NO_ARGUMENTS;
    }
  }

  private table(): TableExpression {
    const { lexer } = this;
    const { line, lastLine: startLine } = lexer;
    const fields: TableField[] = [];
    let open: ItemField | undefined; // an item whose code waits for what follows
    this.expect(Token.LeftBrace);
    do {
      if (lexer.token === Token.RightBrace) break;
      if (open !== undefined) open.closeLine = lexer.lastLine;
      const field = this.field();
      fields.push(field);
      open = field.kind === FieldKind.Item ? field : undefined;
    } while (this.accept(Token.Comma) || this.accept(Token.Semicolon));
    this.expectClosing(Token.RightBrace, Token.LeftBrace, line);
    if (open !== undefined) open.closeLine = lexer.lastLine;
    return { kind: ExpressionKind.Table, startLine, fields, endLine: lexer.lastLine };
  }

  private field(): TableField {
    const { lexer } = this;
    if (lexer.token === Token.LeftBracket) {
      lexer.next();
      const key = this.expression();
      this.expect(Token.RightBracket);
      this.expect(Token.Assign);
      const line = lexer.lastLine;
      return { kind: FieldKind.Keyed, key, line, value: this.expression() };
    }
    if (lexer.token === Token.Name && lexer.peek() === Token.Assign) {
      const name = this.expectName();
      this.expect(Token.Assign);
      const line = lexer.lastLine;
      return { kind: FieldKind.Named, name, line, value: this.expression() };
    }
    return { kind: FieldKind.Item, value: this.expression(), closeLine: 0 };
  }

  /** Parameters, block and `end` of a function that messages place at `line`. */
  protected functionBody(line: number, isMethod: boolean): FunctionBody {
    const { lexer, scopes } = this;
    scopes.openFunction(line);
    this.expect(Token.LeftParen);
    const parameters: Variable[] = [];
    if (isMethod) {
      parameters.push(scopes.declare(this.selfName));
      scopes.activate(1);
    }
    const isVararg = this.parameterList(parameters);
    const parametersLine = lexer.lastLine;
    scopes.activate(parameters.length - (isMethod ? 1 : 0));
    if (isVararg) scopes.setVararg();
    this.expect(Token.RightParen);
    const block = this.statements();
    const lastLineDefined = lexer.line;
    this.expectClosing(Token.End, Token.Function, line);
    const endLine = lexer.lastLine;
    scopes.closeFunction();
    return {
      parameters, isMethod, isVararg, parametersLine, block, lineDefined: line, lastLineDefined, endLine,
    };
  }

  /** Declares the parameters; true when a `...` ends them. */
  private parameterList(parameters: Variable[]): boolean {
    const { lexer, scopes } = this;
    if (lexer.token === Token.RightParen) return false;
    do {
      if (lexer.token === Token.Name) {
        const name = this.expectName();
        parameters.push(scopes.declare(name));
      } else if (this.accept(Token.Dots)) return true;
      else lexer.fail("<name> or '...' expected");
    } while (this.accept(Token.Comma));
    return false;
  }
}

const NO_ARGUMENTS: ExpressionList = { items: NO_EXPRESSIONS, commaLines: NO_LINES };
