// Statements (manual §3.3).
import type { Atom } from "../lexer/atoms.js";
import { Token } from "../lexer/token.js";
import {
  ExpressionKind, StatementKind,
  type Block, type Expression, type GotoStatement, type IfClause, type LabelStatement, type Statement, type Target,
} from "./ast.js";
import { ExpressionParser } from "./expressions.js";
import { Attribute, type Variable } from "./scope.js";

const NO_LINES: readonly number[] = [];
const NO_EXPRESSIONS: readonly Expression[] = [];

export class StatementParser extends ExpressionParser {
  private readonly stateName = this.lexer.intern("(for state)");

  /** Whether the current token ends a block. `until` ends its statements, but its condition still sees their variables. */
  endsBlock(withUntil: boolean): boolean {
    switch (this.lexer.token) {
      case Token.Else: case Token.ElseIf: case Token.End: case Token.Eof: return true;
      case Token.Until: return withUntil;
      default: return false;
    }
  }

  override statements(): Block {
    return this.statementsInto([]);
  }

  private statementsInto(list: Statement[]): Block {
    while (!this.endsBlock(true)) {
      const isReturn = this.lexer.token === Token.Return;
      this.statement(list);
      if (isReturn) break;
    }
    return { statements: list, endLine: this.lexer.lastLine };
  }

  /** Statements in a scope of their own. */
  private block(): Block {
    this.scopes.openBlock(false);
    const block = this.statements();
    this.scopes.closeBlock();
    return block;
  }

  /** One statement, if not an empty one, into `list`. */
  statement(list: Statement[]): void {
    const { lexer } = this;
    const { line } = lexer;
    this.enterLevel();
    switch (lexer.token) {
      case Token.Semicolon:
        lexer.next();
        break;
      case Token.If:
        list.push(this.ifStatement(line));
        break;
      case Token.While:
        list.push(this.whileStatement(line));
        break;
      case Token.Do: {
        lexer.next();
        const block = this.block();
        this.expectClosing(Token.End, Token.Do, line);
        list.push({ kind: StatementKind.Do, block });
        break;
      }
      case Token.For:
        list.push(this.forStatement(line));
        break;
      case Token.Repeat:
        list.push(this.repeatStatement(line));
        break;
      case Token.Function:
        list.push(this.functionStatement(line));
        break;
      case Token.Local:
        lexer.next();
        list.push(this.accept(Token.Function) ? this.localFunction() : this.localStatement());
        break;
      case Token.DoubleColon:
        lexer.next();
        this.label(this.expectName(), line, list);
        break;
      case Token.Return:
        lexer.next();
        list.push(this.returnStatement());
        break;
      case Token.Break: {
        lexer.next();
        const endLine = lexer.lastLine;
        this.scopes.addBreak(line);
        list.push({ kind: StatementKind.Break, line: endLine });
        break;
      }
      case Token.Goto: {
        lexer.next();
        const nameLine = lexer.line;
        const name = this.expectName();
        const statement: GotoStatement = { kind: StatementKind.Goto, name, target: undefined, line: lexer.lastLine };
        this.scopes.addGoto(name, nameLine, statement);
        list.push(statement);
        break;
      }
      default:
        list.push(this.expressionStatement());
    }
    this.leaveLevels(1);
  }

  private label(name: Atom, line: number, list: Statement[]): void {
    const { lexer } = this;
    this.expect(Token.DoubleColon);
    const statement: LabelStatement = { kind: StatementKind.Label, name, isLast: false, line: 0 };
    list.push(statement);
    while (lexer.token === Token.Semicolon || lexer.token === Token.DoubleColon) this.statement(list);
    statement.line = lexer.lastLine;
    statement.isLast = this.endsBlock(false);
    this.scopes.addLabel(statement, line);
  }

  private whileStatement(line: number): Statement {
    const { lexer, scopes } = this;
    lexer.next();
    const condition = this.expression();
    scopes.openBlock(true);
    this.expect(Token.Do);
    const block = this.block();
    this.expectClosing(Token.End, Token.While, line);
    scopes.closeBlock();
    return { kind: StatementKind.While, condition, block, endLine: lexer.lastLine };
  }

  private repeatStatement(line: number): Statement {
    const { lexer, scopes } = this;
    scopes.openBlock(true);
    scopes.openBlock(false);
    lexer.next();
    const block = this.statements();
    this.expectClosing(Token.Until, Token.Repeat, line);
    const condition = this.expression();
    scopes.closeBlock();
    scopes.closeBlock();
    return { kind: StatementKind.Repeat, block, condition };
  }

  private ifStatement(line: number): Statement {
    const { lexer } = this;
    const clauses: IfClause[] = [this.ifClause()];
    while (lexer.token === Token.ElseIf) clauses.push(this.ifClause());
    const otherwise = this.accept(Token.Else) ? this.block() : undefined;
    this.expectClosing(Token.End, Token.If, line);
    return { kind: StatementKind.If, clauses, otherwise };
  }

  private ifClause(): IfClause {
    const { lexer, scopes } = this;
    lexer.next();
    const condition = this.expression();
    this.expect(Token.Then);
    const thenLine = lexer.lastLine;
    if (lexer.token !== Token.Break) {
      return { condition, thenLine, block: this.block(), breaksFirst: false, breakLine: 0 };
    }
    const { line } = lexer;
    lexer.next();
    scopes.openBlock(false);
    scopes.addBreak(line);
    const statements: Statement[] = [{ kind: StatementKind.Break, line: lexer.lastLine }];
    while (this.accept(Token.Semicolon));
    const breakLine = lexer.lastLine;
    const block = this.statementsInto(statements);
    scopes.closeBlock();
    return { condition, thenLine, block, breaksFirst: true, breakLine };
  }

  private forStatement(line: number): Statement {
    const { lexer, scopes } = this;
    scopes.openBlock(true);
    lexer.next();
    const name = this.expectName();
    let statement: Statement;
    if (lexer.token === Token.Assign) statement = this.numericFor(name, line);
    else {
      if (lexer.token !== Token.Comma && lexer.token !== Token.In) lexer.fail("'=' or 'in' expected");
      statement = this.genericFor(name, line);
    }
    scopes.closeBlock();
    return statement;
  }

  /** Declares the variables in which a loop keeps its state. */
  private declareState(count: number): Variable[] {
    const state = new Array<Variable>(count);
    for (let i = 0; i < count; i++) state[i] = this.scopes.declare(this.stateName);
    return state;
  }

  private numericFor(name: Atom, line: number): Statement {
    const { lexer, scopes } = this;
    const state = this.declareState(3);
    const variable = scopes.declare(name);
    this.expect(Token.Assign);
    const start = this.expression();
    this.expect(Token.Comma);
    const limit = this.expression();
    const step = this.accept(Token.Comma) ? this.expression() : undefined;
    scopes.activate(3);
    const body = this.forBody(1, line);
    return {
      kind: StatementKind.NumericFor, state, variable, start, limit, step, doLine: body.doLine, block: body.block,
      line, endLine: lexer.lastLine,
    };
  }

  private genericFor(name: Atom, line: number): Statement {
    const { lexer, scopes } = this;
    const state = this.declareState(4);
    const variables = [scopes.declare(name)];
    while (this.accept(Token.Comma)) {
      const next = this.expectName();
      variables.push(scopes.declare(next));
    }
    this.expect(Token.In);
    const listLine = lexer.line;
    const { items, commaLines } = this.expressionList();
    scopes.activate(4);
    const body = this.forBody(variables.length, line);
    return {
      kind: StatementKind.GenericFor, state, variables, values: items, commaLines, doLine: body.doLine, block: body.block,
      line: listLine, endLine: lexer.lastLine,
    };
  }

  /** From `do` to `end`, with the loop's own variables in scope. */
  private forBody(variableCount: number, line: number): { doLine: number; block: Block } {
    const { lexer, scopes } = this;
    this.expect(Token.Do);
    const doLine = lexer.lastLine;
    scopes.openBlock(false);
    scopes.activate(variableCount);
    const block = this.block();
    scopes.closeBlock();
    this.expectClosing(Token.End, Token.For, line);
    return { doLine, block };
  }

  private functionStatement(line: number): Statement {
    const { lexer } = this;
    lexer.next();
    let target = this.variable();
    while (lexer.token === Token.Dot) target = this.member(target);
    const isMethod = lexer.token === Token.Colon;
    if (isMethod) target = this.member(target);
    const body = this.functionBody(line, isMethod);
    return { kind: StatementKind.Function, target: this.target(target), body, line };
  }

  private localFunction(): Statement {
    const { scopes } = this;
    const name = this.expectName();
    const variable = scopes.declare(name);
    scopes.activate(1);
    return { kind: StatementKind.LocalFunction, variable, body: this.functionBody(this.lexer.line, false) };
  }

  private localStatement(): Statement {
    const { lexer, scopes } = this;
    const variables = [this.attributed()];
    let hasClose = variables[0]!.attribute === Attribute.Close;
    while (this.accept(Token.Comma)) {
      const variable = this.attributed();
      variables.push(variable);
      if (variable.attribute !== Attribute.Close) continue;
      if (hasClose) lexer.fail("multiple to-be-closed variables in local list", false);
      hasClose = true;
    }
    let values = NO_EXPRESSIONS;
    let commaLines = NO_LINES;
    if (this.accept(Token.Assign)) ({ items: values, commaLines } = this.expressionList());
    scopes.activate(variables.length);
    return { kind: StatementKind.Local, variables, values, commaLines, endLine: lexer.lastLine };
  }

  /** A name and its attribute. */
  private attributed(): Variable {
    const name = this.expectName();
    const variable = this.scopes.declare(name);
    variable.attribute = this.attribute();
    return variable;
  }

  private attribute(): Attribute {
    if (!this.accept(Token.Less)) return Attribute.Regular;
    const { text } = this.expectName();
    this.expect(Token.Greater);
    if (text === "const") return Attribute.Const;
    if (text !== "close") this.lexer.fail(`unknown attribute '${text}'`, false);
    return Attribute.Close;
  }

  private expressionStatement(): Statement {
    const { lexer } = this;
    const first = this.suffixed();
    if (lexer.token === Token.Assign || lexer.token === Token.Comma) return this.assignment(first);
    if (first.kind === ExpressionKind.Call || first.kind === ExpressionKind.MethodCall) return { kind: StatementKind.Call, call: first };
    lexer.fail("syntax error");
    return { kind: StatementKind.Do, block: { statements: [], endLine: lexer.lastLine } };
  }

  private assignment(first: Expression): Statement {
    const targets = [this.target(first)];
    while (this.accept(Token.Comma)) {
      const next = this.suffixed();
      this.enterLevel();
      targets.push(this.target(next));
    }
    this.expect(Token.Assign);
    const { items, commaLines } = this.expressionList();
    this.leaveLevels(targets.length - 1);
    return { kind: StatementKind.Assignment, targets, values: items, commaLines };
  }

  /** Checks that an expression can be assigned to. */
  private target(expression: Expression): Target {
    const { lexer } = this;
    switch (expression.kind) {
      case ExpressionKind.Local: {
        const { attribute, name } = expression.variable;
        if (attribute === Attribute.Regular) return expression;
        lexer.fail(`attempt to assign to const variable '${name.text}'`, false);
        break;
      }
      case ExpressionKind.Global: case ExpressionKind.Member: case ExpressionKind.Index:
        return expression;
      default:
        lexer.fail("syntax error");
    }
    return { kind: ExpressionKind.Member, line: lexer.lastLine, object: expression, name: lexer.intern("") };
  }

  private returnStatement(): Statement {
    const { lexer } = this;
    let values = NO_EXPRESSIONS;
    let commaLines = NO_LINES;
    if (!this.endsBlock(true) && lexer.token !== Token.Semicolon) ({ items: values, commaLines } = this.expressionList());
    const endLine = lexer.lastLine;
    this.accept(Token.Semicolon);
    return { kind: StatementKind.Return, values, commaLines, endLine };
  }
}
