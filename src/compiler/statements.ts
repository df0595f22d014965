// Code for statements and function bodies, in the order of a one-pass compiler.
import { Op } from "../bytecode/opcodes.js";
import type { Proto } from "../bytecode/proto.js";
import { unreachable } from "../base/invariant.js";
import {
  ExpressionKind, StatementKind,
  type AssignmentStatement, type Block, type Expression, type FunctionBody, type FunctionStatement, type GenericForStatement,
  type IfClause, type IfStatement, type LabelStatement, type LocalFunctionStatement, type LocalStatement, type NumericForStatement,
  type RepeatStatement, type ReturnStatement, type Statement, type WhileStatement,
} from "../parser/ast.js";
import { Attribute, type Variable } from "../parser/scope.js";
import {
  activate, activateConstant, addBreak, checkInnerFunctions, emitGoto, enterBlock, leaveBlock, markToBeClosed, placeLabel,
  registersBelow, type LabelPlace,
} from "./blocks.js";
import { FunctionBuilder, MULTIPLE } from "./emit.js";
import { ExpressionCompiler } from "./expressions.js";
import { NO_JUMP, Operand, OperandKind } from "./operand.js";
import {
  adjustValues, constantValue, goIfFalse, goIfTrue, setMultiple, setOneResult, store, toAnyRegister, toNextRegister,
} from "./registers.js";

export class StatementCompiler extends ExpressionCompiler {
  private readonly labels = new Map<LabelStatement, LabelPlace>();
  /** The left sides of the assignments in progress. */
  private readonly targets: Operand[] = [];

  constructor(fn: FunctionBuilder, private readonly source: string) {
    super(fn);
  }

  /** Starts the main function. `environment` is its only upvalue. */
  open(environment: Variable, line: number): void {
    const { fn } = this;
    enterBlock(fn, false);
    fn.upvalues.push({ name: environment.name.text, inStack: true, index: 0, kind: Attribute.Regular });
    fn.upvalueVariables.push(environment);
    fn.line = line;
    fn.emitABC(Op.VarargPrep, 0, 0, 0);
  }

  /** Ends the main function. */
  close(endLine: number): Proto {
    return this.closeFunction(endLine, 0, 0);
  }

  protected override functionBody(body: FunctionBody, e: Operand): void {
    const outer = this.fn;
    checkInnerFunctions(outer);
    const inner = new FunctionBuilder(outer, outer.cache, body.lineDefined, body.isVararg);
    const index = outer.protos.length;
    this.fn = inner;
    enterBlock(inner, false);
    this.parameters(body);
    this.statements(body.block.statements);
    this.fn = outer;
    outer.line = body.endLine;
    e.set(OperandKind.Relocatable, outer.emitABx(Op.Closure, 0, index));
    toNextRegister(outer, e);
    this.fn = inner;
    outer.protos.push(this.closeFunction(body.endLine, body.parameters.length, body.lastLineDefined));
    this.fn = outer;
  }

  private parameters(body: FunctionBody): void {
    const { fn } = this;
    fn.line = body.parametersLine;
    for (const parameter of body.parameters) activate(fn, parameter);
    if (body.isVararg) fn.emitABC(Op.VarargPrep, body.parameters.length, 0, 0);
    fn.reserve(body.parameters.length);
  }

  private closeFunction(endLine: number, parameterCount: number, lastLineDefined: number): Proto {
    const { fn } = this;
    fn.line = endLine;
    fn.emitReturn(fn.variableRegisters, 0);
    leaveBlock(fn);
    return fn.finish(this.source, parameterCount, lastLineDefined);
  }

  /** Statements in a scope of their own. */
  private block(block: Block): void {
    enterBlock(this.fn, false);
    this.statements(block.statements);
    this.fn.line = block.endLine;
    leaveBlock(this.fn);
  }

  statements(list: readonly Statement[], from = 0): void {
    for (let i = from; i < list.length; i++) {
      const statement = list[i]!;
      if (statement.kind === StatementKind.Label) i = this.labelRun(list, i);
      else this.statement(statement);
      this.fn.freeRegister = this.fn.variableRegisters;
    }
  }

  /** The labels from index `first` on, the last of them first. Returns the index of the last. */
  private labelRun(list: readonly Statement[], first: number): number {
    let last = first;
    while (list[last + 1]?.kind === StatementKind.Label) last++;
    for (let i = last; i >= first; i--) {
      const label = list[i] as LabelStatement;
      this.fn.line = label.line;
      this.labels.set(label, placeLabel(this.fn, label));
    }
    return last;
  }

  private statement(node: Exclude<Statement, LabelStatement>): void {
    const { fn } = this;
    switch (node.kind) {
      case StatementKind.Local:
        this.local(node);
        return;
      case StatementKind.LocalFunction:
        this.localFunction(node);
        return;
      case StatementKind.Function:
        this.function(node);
        return;
      case StatementKind.Call: {
        const e = this.borrow();
        this.expression(node.call, e);
        fn.setC(e.info, 1); // no results
        this.giveBack(e);
        return;
      }
      case StatementKind.Assignment:
        this.assignment(node);
        return;
      case StatementKind.Return:
        this.return(node);
        return;
      case StatementKind.Break:
        fn.line = node.line;
        addBreak(fn, fn.emitJump());
        return;
      case StatementKind.Goto:
        fn.line = node.line;
        emitGoto(fn, node, node.target && this.labels.get(node.target));
        return;
      case StatementKind.While:
        this.while(node);
        return;
      case StatementKind.Repeat:
        this.repeat(node);
        return;
      case StatementKind.If:
        this.if(node);
        return;
      case StatementKind.NumericFor:
        this.numericFor(node);
        return;
      case StatementKind.GenericFor:
        this.genericFor(node);
        return;
      case StatementKind.Do:
        this.block(node.block);
        return;
      default:
        unreachable(node, "statement");
    }
  }

  private local(node: LocalStatement): void {
    const { fn } = this;
    const { variables, values } = node;
    const e = this.borrow();
    this.expressionList(values, node.commaLines, e);
    fn.line = node.endLine;
    const last = variables[variables.length - 1]!;
    const constant = variables.length === values.length && last.attribute === Attribute.Const ? constantValue(e) : undefined;
    if (constant === undefined) adjustValues(fn, variables.length, values.length, e);
    for (const variable of variables) {
      if (variable === last && constant !== undefined) activateConstant(fn, variable, constant);
      else activate(fn, variable);
    }
    for (const variable of variables) {
      if (variable.attribute !== Attribute.Close) continue;
      markToBeClosed(fn);
      fn.emitABC(Op.Tbc, variable.register, 0, 0);
    }
    this.giveBack(e);
  }

  private localFunction(node: LocalFunctionStatement): void {
    const { fn } = this;
    activate(fn, node.variable);
    const e = this.borrow();
    this.functionBody(node.body, e);
    this.giveBack(e);
    fn.locals[node.variable.debugEntry]!.startpc = fn.pc; // to debuggers it exists from here on
  }

  private function(node: FunctionStatement): void {
    const { fn } = this;
    const target = this.borrow();
    this.expression(node.target, target);
    const value = this.borrow();
    this.functionBody(node.body, value);
    store(fn, target, value);
    fn.fixLine(node.line);
    this.giveBack(value);
    this.giveBack(target);
  }

  private assignment(node: AssignmentStatement): void {
    const { fn, targets } = this;
    const base = targets.length;
    for (const target of node.targets) {
      const e = this.borrow();
      this.expression(target, e);
      if (target.kind === ExpressionKind.Local) this.keepOldValue(base, e);
      targets.push(e);
    }
    const value = this.borrow();
    this.expressionList(node.values, node.commaLines, value);
    const count = node.targets.length;
    if (node.values.length === count) {
      setOneResult(fn, value);
      this.assign(value);
    } else adjustValues(fn, count, node.values.length, value);
    while (targets.length > base) {
      value.set(OperandKind.Register, fn.freeRegister - 1);
      this.assign(value);
    }
    this.giveBack(value);
  }

  /** Gives `value` to the last of the targets. */
  private assign(value: Operand): void {
    const target = this.targets.pop()!;
    store(this.fn, target, value);
    this.giveBack(target);
  }

  /** A variable that is assigned may be in use as table or key of an earlier target: that one then uses a copy. */
  private keepOldValue(firstTarget: number, variable: Operand): void {
    const { fn, targets } = this;
    const copy = fn.freeRegister;
    const isLocal = variable.kind === OperandKind.Local;
    let isUsed = false;
    for (let i = firstTarget; i < targets.length; i++) {
      const target = targets[i]!;
      if (target.kind === OperandKind.IndexedUpvalue) {
        if (isLocal || target.info !== variable.info) continue;
        target.kind = OperandKind.IndexedField;
        target.info = copy;
        isUsed = true;
      } else if (isLocal && target.kind >= OperandKind.Indexed && target.kind <= OperandKind.IndexedField) {
        if (target.info === variable.info) {
          target.info = copy;
          isUsed = true;
        }
        if (target.kind === OperandKind.Indexed && target.key === variable.info) {
          target.key = copy;
          isUsed = true;
        }
      }
    }
    if (!isUsed) return;
    if (isLocal) fn.emitABC(Op.Move, copy, variable.info, 0);
    else fn.emitABC(Op.GetUpval, copy, variable.info, 0);
    fn.reserve(1);
  }

  private return(node: ReturnStatement): void {
    const { fn } = this;
    const { values } = node;
    let first = fn.variableRegisters;
    let count = values.length;
    if (count > 0) {
      const e = this.borrow();
      this.expressionList(values, node.commaLines, e);
      if (e.isMultiple) {
        setMultiple(fn, e);
        if (e.kind === OperandKind.Call && count === 1 && !fn.block!.insideToBeClosed) fn.setOp(e.info, Op.TailCall);
        count = MULTIPLE;
      } else if (count === 1) first = toAnyRegister(fn, e);
      else toNextRegister(fn, e);
      this.giveBack(e);
    }
    fn.line = node.endLine;
    fn.emitReturn(first, count);
  }

  /** Code of a loop's condition. Returns the jumps to take when it is false. */
  private condition(node: Expression): number {
    const e = this.borrow();
    this.expression(node, e);
    if (e.kind === OperandKind.Nil) e.kind = OperandKind.False;
    goIfTrue(this.fn, e);
    const { falseJumps } = e;
    this.giveBack(e);
    return falseJumps;
  }

  private while(node: WhileStatement): void {
    const { fn } = this;
    const start = fn.markTarget();
    const exit = this.condition(node.condition);
    enterBlock(fn, true);
    this.block(node.block);
    fn.patchTo(fn.emitJump(), start);
    fn.line = node.endLine;
    leaveBlock(fn);
    fn.patchHere(exit);
  }

  private repeat(node: RepeatStatement): void {
    const { fn } = this;
    const start = fn.markTarget();
    enterBlock(fn, true);
    const scope = enterBlock(fn, false);
    this.statements(node.block.statements);
    let again = this.condition(node.condition);
    leaveBlock(fn);
    if (scope.hasUpvalue) { // variables must be closed on the way back, too
      const exit = fn.emitJump();
      fn.patchHere(again);
      fn.emitABC(Op.Close, registersBelow(fn, scope.level), 0, 0);
      again = fn.emitJump();
      fn.patchHere(exit);
    }
    fn.patchTo(again, start);
    leaveBlock(fn);
  }

  private if(node: IfStatement): void {
    const { fn } = this;
    const { clauses } = node;
    let ends = NO_JUMP;
    for (let i = 0; i < clauses.length; i++) {
      const isFollowed = i + 1 < clauses.length || node.otherwise !== undefined;
      ends = this.ifClause(clauses[i]!, isFollowed, ends);
    }
    if (node.otherwise !== undefined) this.block(node.otherwise);
    fn.patchHere(ends);
  }

  /** Returns `ends`, the jumps from finished clauses to the end, with this clause's. */
  private ifClause(clause: IfClause, isFollowed: boolean, ends: number): number {
    const { fn } = this;
    const { statements, endLine } = clause.block;
    const e = this.borrow();
    this.expression(clause.condition, e);
    fn.line = clause.thenLine;
    if (clause.breaksFirst) goIfFalse(fn, e);
    else goIfTrue(fn, e);
    const { trueJumps, falseJumps } = e;
    this.giveBack(e);
    enterBlock(fn, false);
    let skip = falseJumps;
    if (clause.breaksFirst) {
      addBreak(fn, trueJumps);
      if (statements.length === 1) {
        leaveBlock(fn);
        return ends;
      }
      fn.line = clause.breakLine;
      skip = fn.emitJump();
    }
    this.statements(statements, clause.breaksFirst ? 1 : 0);
    fn.line = endLine;
    leaveBlock(fn);
    const all = isFollowed ? fn.joinJumps(ends, fn.emitJump()) : ends;
    fn.patchHere(skip);
    return all;
  }

  private numericFor(node: NumericForStatement): void {
    const { fn } = this;
    enterBlock(fn, true);
    const base = fn.freeRegister;
    const e = new Operand();
    this.expression(node.start, e);
    toNextRegister(fn, e);
    this.expression(node.limit, e);
    toNextRegister(fn, e);
    if (node.step !== undefined) {
      this.expression(node.step, e);
      toNextRegister(fn, e);
    } else {
      fn.emitInteger(fn.freeRegister, 1);
      fn.reserve(1);
    }
    for (const variable of node.state) activate(fn, variable);
    this.forBody(node, [node.variable], base, Op.ForPrep, Op.ForLoop);
  }

  private genericFor(node: GenericForStatement): void {
    const { fn } = this;
    enterBlock(fn, true);
    const base = fn.freeRegister;
    const e = new Operand();
    this.expressionList(node.values, node.commaLines, e);
    adjustValues(fn, node.state.length, node.values.length, e);
    for (const variable of node.state) activate(fn, variable);
    markToBeClosed(fn);
    fn.checkStack(3); // room to call the iterator
    this.forBody(node, node.variables, base, Op.TForPrep, Op.TForLoop);
  }

  private forBody(
    node: NumericForStatement | GenericForStatement, variables: readonly Variable[], base: number, prepare: Op, loop: Op,
  ): void {
    const { fn } = this;
    fn.line = node.doLine;
    const start = fn.emitABx(prepare, base, 0);
    enterBlock(fn, false);
    for (const variable of variables) activate(fn, variable);
    fn.reserve(variables.length);
    this.block(node.block);
    leaveBlock(fn);
    fn.fixLoopJump(start, fn.markTarget(), false);
    if (loop === Op.TForLoop) {
      fn.emitABC(Op.TForCall, base, 0, variables.length);
      fn.fixLine(node.line);
    }
    const end = fn.emitABx(loop, base, 0);
    fn.fixLoopJump(end, start + 1, true);
    fn.fixLine(node.line);
    fn.line = node.endLine;
    leaveBlock(fn);
  }
}
