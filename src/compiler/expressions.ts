// Code for expressions, in the order of a one-pass compiler. `fn.line` follows the tokens: each step sets it to the line of the
// last token that such a compiler would have read.
import { encodeABCk, encodeAx, MAX_C } from "../bytecode/instruction.js";
import { Op } from "../bytecode/opcodes.js";
import { unreachable } from "../base/invariant.js";
import { isInteger } from "../number/float.js";
import {
  ExpressionKind, FieldKind,
  type BinaryExpression, type CallExpression, type Expression, type FunctionBody, type GlobalExpression, type IndexExpression,
  type MemberExpression, type MethodCallExpression, type TableExpression, type TableField,
} from "../parser/ast.js";
import type { Variable } from "../parser/scope.js";
import { upvalueIndex } from "./blocks.js";
import { MULTIPLE, type FunctionBuilder } from "./emit.js";
import { infix, postfix, prefix } from "./operators.js";
import { Operand, OperandKind } from "./operand.js";
import { index, indexName, readVariable, self, setMultiple, store, toNextRegister, toRegisterOrUpvalue, toValue } from "./registers.js";

/** Table items that are stored by one instruction. */
const ITEMS_PER_FLUSH = 50;

type Suffix = MemberExpression | IndexExpression | CallExpression | MethodCallExpression;

export abstract class ExpressionCompiler {
  /** Operators and suffixes whose left side is being compiled: chains may be too long to recurse on. */
  private readonly binaries: BinaryExpression[] = [];
  private readonly suffixes: Suffix[] = [];

  private readonly spareOperands: Operand[] = [];

  constructor(protected fn: FunctionBuilder) {}

  /** An operand for a while; {@link giveBack} ends it. */
  protected borrow(): Operand {
    const e = this.spareOperands.pop();
    if (e === undefined) return new Operand();
    e.set(OperandKind.Void, 0);
    return e;
  }

  protected giveBack(e: Operand): void {
    this.spareOperands.push(e);
  }

  /** Compiles a function and leaves its closure in the next register. */
  protected abstract functionBody(body: FunctionBody, e: Operand): void;

  protected expression(node: Expression, e: Operand): void {
    const { fn } = this;
    switch (node.kind) {
      case ExpressionKind.Local:
        fn.line = node.line;
        this.variable(node.variable, e);
        return;
      case ExpressionKind.Global:
        this.global(node, e);
        return;
      case ExpressionKind.String:
        fn.line = node.line;
        e.setValue(OperandKind.String, node.value);
        return;
      case ExpressionKind.Number:
        fn.line = node.line;
        e.setValue(isInteger(node.value) ? OperandKind.Integer : OperandKind.Float, node.value);
        return;
      case ExpressionKind.Nil:
        fn.line = node.line;
        e.set(OperandKind.Nil, 0);
        return;
      case ExpressionKind.True:
        fn.line = node.line;
        e.set(OperandKind.True, 0);
        return;
      case ExpressionKind.False:
        fn.line = node.line;
        e.set(OperandKind.False, 0);
        return;
      case ExpressionKind.Vararg:
        fn.line = node.startLine;
        e.set(OperandKind.Vararg, fn.emitABC(Op.Vararg, 0, 0, 1));
        fn.line = node.line;
        return;
      case ExpressionKind.Member: case ExpressionKind.Index: case ExpressionKind.Call: case ExpressionKind.MethodCall:
        this.suffixed(node, e);
        return;
      case ExpressionKind.Binary:
        this.binary(node, e);
        return;
      case ExpressionKind.Unary:
        this.expression(node.operand, e);
        prefix(fn, node.op, e, node.line);
        return;
      case ExpressionKind.Paren:
        this.expression(node.inner, e);
        fn.line = node.endLine;
        readVariable(fn, e);
        return;
      case ExpressionKind.Table:
        this.table(node, e);
        return;
      case ExpressionKind.Function:
        this.functionBody(node.body, e);
        return;
      default:
        unreachable(node, "expression");
    }
  }

  /** All values of a list but the last go to registers; the last is left in `e` (untouched for an empty list). */
  protected expressionList(items: readonly Expression[], commaLines: readonly number[], e: Operand): void {
    const last = items.length - 1;
    for (let i = 0; i < last; i++) {
      this.expression(items[i]!, e);
      this.fn.line = commaLines[i]!;
      toNextRegister(this.fn, e);
    }
    if (last >= 0) this.expression(items[last]!, e);
  }

  private variable(variable: Variable, e: Operand): void {
    const { fn } = this;
    if (variable.constant !== undefined) e.setValue(OperandKind.NamedConstant, variable);
    else if (variable.depth === fn.depth) e.set(OperandKind.Local, variable.register);
    else e.set(OperandKind.Upvalue, upvalueIndex(fn, variable));
  }

  private global(node: GlobalExpression, e: Operand): void {
    const { fn } = this;
    fn.line = node.line;
    this.variable(node.environment, e);
    toRegisterOrUpvalue(fn, e);
    indexName(fn, e, node.name);
  }

  private binary(node: BinaryExpression, e: Operand): void {
    const { fn, binaries } = this;
    const base = binaries.length;
    let left: Expression = node;
    while (left.kind === ExpressionKind.Binary) {
      binaries.push(left);
      left = left.left;
    }
    this.expression(left, e);
    const right = this.borrow();
    while (binaries.length > base) {
      const { op, line, right: rightNode } = binaries.pop()!;
      fn.line = line;
      infix(fn, op, e);
      this.expression(rightNode, right);
      postfix(fn, op, e, right, line);
    }
    this.giveBack(right);
  }

  private suffixed(node: Suffix, e: Operand): void {
    const { suffixes } = this;
    const base = suffixes.length;
    let left: Expression = node;
    for (;;) {
      if (left.kind === ExpressionKind.Member || left.kind === ExpressionKind.Index || left.kind === ExpressionKind.MethodCall) {
        suffixes.push(left);
        left = left.object;
      } else if (left.kind === ExpressionKind.Call) {
        suffixes.push(left);
        left = left.callee;
      } else break;
    }
    this.expression(left, e);
    while (suffixes.length > base) this.suffix(suffixes.pop()!, e);
  }

  private suffix(node: Suffix, e: Operand): void {
    const { fn } = this;
    switch (node.kind) {
      case ExpressionKind.Member:
        toRegisterOrUpvalue(fn, e);
        fn.line = node.line;
        indexName(fn, e, node.name);
        return;
      case ExpressionKind.Index: {
        toRegisterOrUpvalue(fn, e);
        const key = this.borrow();
        this.expression(node.key, key);
        toValue(fn, key);
        fn.line = node.endLine;
        index(fn, e, key);
        this.giveBack(key);
        return;
      }
      case ExpressionKind.MethodCall:
        fn.line = node.nameLine;
        self(fn, e, node.name);
        this.call(node, e);
        return;
      case ExpressionKind.Call:
        toNextRegister(fn, e);
        this.call(node, e);
        return;
      default:
        unreachable(node, "suffix");
    }
  }

  /** The arguments and the call; `e` is the function (a method's object follows it). */
  private call(node: CallExpression | MethodCallExpression, e: Operand): void {
    const { fn } = this;
    const base = e.info;
    const last = this.borrow();
    this.expressionList(node.arguments, node.commaLines, last);
    const isOpen = last.isMultiple;
    if (isOpen) setMultiple(fn, last);
    fn.line = node.endLine;
    if (!isOpen && last.kind !== OperandKind.Void) toNextRegister(fn, last);
    const count = isOpen ? MULTIPLE : fn.freeRegister - (base + 1);
    e.set(OperandKind.Call, fn.emitABC(Op.Call, base, count + 1, 2));
    fn.fixLine(node.line);
    fn.freeRegister = base + 1; // where one result goes
    this.giveBack(last);
  }

  private table(node: TableExpression, e: Operand): void {
    const { fn } = this;
    fn.line = node.startLine;
    const pc = fn.emitABC(Op.NewTable, 0, 0, 0);
    fn.emit(0); // room for the extra argument
    const table = fn.freeRegister;
    e.set(OperandKind.Register, table);
    fn.reserve(1);
    const item = this.borrow(); // an item that is not in its register yet
    let itemLine = 0;
    let stored = 0;
    let waiting = 0;
    let named = 0;
    for (const field of node.fields) {
      if (item.kind !== OperandKind.Void) {
        fn.line = itemLine;
        toNextRegister(fn, item);
        item.kind = OperandKind.Void;
        if (waiting === ITEMS_PER_FLUSH) {
          this.storeItems(table, stored, waiting);
          stored += waiting;
          waiting = 0;
        }
      }
      if (field.kind === FieldKind.Item) {
        this.expression(field.value, item);
        itemLine = field.closeLine;
        waiting++;
      } else {
        this.namedField(field, table);
        named++;
      }
    }
    fn.line = node.endLine;
    if (waiting > 0) {
      if (item.isMultiple) {
        setMultiple(fn, item);
        this.storeItems(table, stored, MULTIPLE);
        stored--; // how many the last one gives is not known
      } else {
        if (item.kind !== OperandKind.Void) toNextRegister(fn, item);
        this.storeItems(table, stored, waiting);
      }
      stored += waiting;
    }
    const hashSize = named === 0 ? 0 : 33 - Math.clz32(named - 1);
    const extra = Math.floor(stored / (MAX_C + 1));
    fn.code[pc] = encodeABCk(Op.NewTable, table, hashSize, stored % (MAX_C + 1), extra > 0 ? 1 : 0);
    fn.code[pc + 1] = encodeAx(Op.ExtraArg, extra);
    this.giveBack(item);
  }

  private namedField(field: Exclude<TableField, { kind: FieldKind.Item }>, table: number): void {
    const { fn } = this;
    const free = fn.freeRegister;
    const target = this.borrow();
    target.set(OperandKind.Register, table);
    const value = this.borrow(); // the key, first
    if (field.kind === FieldKind.Named) {
      fn.line = field.line;
      indexName(fn, target, field.name);
    } else {
      this.expression(field.key, value);
      toValue(fn, value);
      fn.line = field.line;
      index(fn, target, value);
    }
    this.expression(field.value, value);
    store(fn, target, value);
    fn.freeRegister = free;
    this.giveBack(value);
    this.giveBack(target);
  }

  /** Stores `count` items (or all open results) from the registers after the table, where `stored` are in it already. */
  private storeItems(table: number, stored: number, count: number): void {
    const { fn } = this;
    const b = count === MULTIPLE ? 0 : count;
    if (stored <= MAX_C) fn.emitABC(Op.SetList, table, b, stored);
    else {
      fn.emitABCk(Op.SetList, table, b, stored % (MAX_C + 1), 1);
      fn.emitExtra(Math.floor(stored / (MAX_C + 1)));
    }
    fn.freeRegister = table + 1;
  }
}
