// Syntax tree → Lua source. Parsing what it prints gives the same tree, lines aside.
import { unreachable } from "../base/invariant.js";
import { isInteger, toDouble, type LuaNumber } from "../number/float.js";
import {
  BinaryOp, ExpressionKind, FieldKind, StatementKind, UnaryOp,
  type BinaryExpression, type Block, type Chunk, type Expression, type FunctionBody, type IfClause, type LocalStatement, type Statement,
  type TableField,
} from "./ast.js";
import { Attribute } from "./scope.js";

const BINARY_TEXT: Readonly<Record<BinaryOp, string>> = {
  [BinaryOp.Add]: "+", [BinaryOp.Sub]: "-", [BinaryOp.Mul]: "*", [BinaryOp.Mod]: "%", [BinaryOp.Pow]: "^", [BinaryOp.Div]: "/",
  [BinaryOp.IDiv]: "//", [BinaryOp.BAnd]: "&", [BinaryOp.BOr]: "|", [BinaryOp.BXor]: "~", [BinaryOp.Shl]: "<<", [BinaryOp.Shr]: ">>",
  [BinaryOp.Concat]: "..", [BinaryOp.Eq]: "==", [BinaryOp.Lt]: "<", [BinaryOp.Le]: "<=", [BinaryOp.Ne]: "~=", [BinaryOp.Gt]: ">",
  [BinaryOp.Ge]: ">=", [BinaryOp.And]: "and", [BinaryOp.Or]: "or",
};

const UNARY_TEXT: Readonly<Record<UnaryOp, string>> = {
  [UnaryOp.Minus]: "-", [UnaryOp.BNot]: "~", [UnaryOp.Not]: "not ", [UnaryOp.Len]: "#",
};

const ATTRIBUTE_TEXT: Readonly<Record<Attribute, string>> = {
  [Attribute.Regular]: "", [Attribute.Const]: " <const>", [Attribute.Close]: " <close>",
};

/** The text (a byte string) of a whole chunk, one statement a line. */
export function printChunk(chunk: Chunk): string {
  const printer = new Printer();
  printer.statements(chunk.block);
  return printer.text();
}

/** The text of one expression. */
export function printExpression(expression: Expression): string {
  const printer = new Printer();
  printer.expression(expression);
  return printer.text();
}

class Printer {
  private readonly parts: string[] = [];
  private indent = "";

  text(): string {
    return this.parts.join("");
  }

  private put(...parts: string[]): void {
    for (const part of parts) this.parts.push(part);
  }

  statements(block: Block): void {
    for (const statement of block.statements) {
      this.put(this.indent);
      this.statement(statement);
      this.put("\n");
    }
  }

  private block(block: Block): void {
    const { indent } = this;
    this.put("\n");
    this.indent = `${indent}  `;
    this.statements(block);
    this.indent = indent;
    this.put(indent);
  }

  private statement(node: Statement): void {
    switch (node.kind) {
      case StatementKind.Local:
        this.local(node);
        return;
      case StatementKind.LocalFunction:
        this.put("local function ", node.variable.name.text);
        this.functionBody(node.body);
        return;
      case StatementKind.Function:
        this.put("function ");
        this.expressionOf(node.target, node.body.isMethod);
        this.functionBody(node.body);
        return;
      case StatementKind.Call:
        this.guarded(() => this.expression(node.call));
        return;
      case StatementKind.Assignment:
        this.guarded(() => this.list(node.targets));
        this.put(" = ");
        this.list(node.values);
        return;
      case StatementKind.Return:
        this.put("return");
        if (node.values.length > 0) this.put(" ");
        this.list(node.values);
        return;
      case StatementKind.Break:
        this.put("break");
        return;
      case StatementKind.Goto:
        this.put("goto ", node.name.text);
        return;
      case StatementKind.Label:
        this.put("::", node.name.text, "::");
        return;
      case StatementKind.While:
        this.put("while ");
        this.expression(node.condition);
        this.put(" do");
        this.block(node.block);
        this.put("end");
        return;
      case StatementKind.Repeat:
        this.put("repeat");
        this.block(node.block);
        this.put("until ");
        this.expression(node.condition);
        return;
      case StatementKind.If:
        node.clauses.forEach((clause, i) => this.clause(clause, i === 0 ? "if " : "elseif "));
        if (node.otherwise !== undefined) {
          this.put("else");
          this.block(node.otherwise);
        }
        this.put("end");
        return;
      case StatementKind.NumericFor:
        this.put("for ", node.variable.name.text, " = ");
        this.list(node.step === undefined ? [node.start, node.limit] : [node.start, node.limit, node.step]);
        this.put(" do");
        this.block(node.block);
        this.put("end");
        return;
      case StatementKind.GenericFor:
        this.put("for ", node.variables.map((variable) => variable.name.text).join(", "), " in ");
        this.list(node.values);
        this.put(" do");
        this.block(node.block);
        this.put("end");
        return;
      case StatementKind.Do:
        this.put("do");
        this.block(node.block);
        this.put("end");
        return;
      default:
        unreachable(node, "print");
    }
  }

  private local(node: LocalStatement): void {
    this.put("local ", node.variables.map(({ name, attribute }) => name.text + ATTRIBUTE_TEXT[attribute]).join(", "));
    if (node.values.length === 0) return;
    this.put(" = ");
    this.list(node.values);
  }

  private clause(clause: IfClause, word: string): void {
    this.put(word);
    this.expression(clause.condition);
    this.put(" then");
    const { statements } = clause.block;
    if (!clause.breaksFirst && statements[0]?.kind === StatementKind.Break) this.put(" ;"); // `then break` is another clause
    this.block(clause.block);
  }

  /** A statement that starts with an expression: a parenthesis must not look like a call of what is before it. */
  private guarded(print: () => void): void {
    const { length } = this.parts;
    print();
    if (this.parts[length]!.startsWith("(")) this.parts[length] = `;${this.parts[length]}`;
  }

  private list(items: readonly Expression[]): void {
    items.forEach((item, i) => {
      if (i > 0) this.put(", ");
      this.expression(item);
    });
  }

  expression(node: Expression): void {
    this.expressionOf(node, false);
  }

  /** `isMethod` prints a colon before the last name. */
  private expressionOf(node: Expression, isMethod: boolean): void {
    switch (node.kind) {
      case ExpressionKind.Nil: this.put("nil"); return;
      case ExpressionKind.True: this.put("true"); return;
      case ExpressionKind.False: this.put("false"); return;
      case ExpressionKind.Number: this.put(numberText(node.value)); return;
      case ExpressionKind.String: this.put(quote(node.value.text)); return;
      case ExpressionKind.Vararg: this.put("..."); return;
      case ExpressionKind.Local: this.put(node.variable.name.text); return;
      case ExpressionKind.Global: this.put(node.name.text); return;
      case ExpressionKind.Function:
        this.put("function");
        this.functionBody(node.body);
        return;
      case ExpressionKind.Table:
        this.put("{");
        node.fields.forEach((field, i) => {
          if (i > 0) this.put(", ");
          this.field(field);
        });
        this.put("}");
        return;
      case ExpressionKind.Paren:
        this.put("(");
        this.expression(node.inner);
        this.put(")");
        return;
      case ExpressionKind.Unary:
        this.put(UNARY_TEXT[node.op]);
        if (node.op === UnaryOp.Minus) this.put(" "); // "--" would start a comment
        this.expression(node.operand);
        return;
      case ExpressionKind.Binary:
        this.binary(node);
        return;
      default:
        this.suffixed(node, isMethod);
    }
  }

  private binary(node: BinaryExpression): void {
    const chain: BinaryExpression[] = [];
    let left: Expression = node;
    for (; left.kind === ExpressionKind.Binary; left = left.left) chain.push(left);
    this.expression(left);
    for (let i = chain.length - 1; i >= 0; i--) {
      this.put(" ", BINARY_TEXT[chain[i]!.op], " ");
      this.expression(chain[i]!.right);
    }
  }

  private suffixed(node: Expression, isMethod: boolean): void {
    const chain: Expression[] = [];
    let left = node;
    for (;;) {
      if (left.kind === ExpressionKind.Member || left.kind === ExpressionKind.Index || left.kind === ExpressionKind.MethodCall) {
        chain.push(left);
        left = left.object;
      } else if (left.kind === ExpressionKind.Call) {
        chain.push(left);
        left = left.callee;
      } else break;
    }
    this.expression(left);
    for (let i = chain.length - 1; i >= 0; i--) this.suffix(chain[i]!, isMethod && i === 0);
  }

  private suffix(node: Expression, isMethod: boolean): void {
    if (node.kind === ExpressionKind.Member) this.put(isMethod ? ":" : ".", node.name.text);
    else if (node.kind === ExpressionKind.Index) {
      this.put("[");
      this.expression(node.key);
      this.put("]");
    } else if (node.kind === ExpressionKind.MethodCall || node.kind === ExpressionKind.Call) {
      if (node.kind === ExpressionKind.MethodCall) this.put(":", node.name.text);
      this.put("(");
      this.list(node.arguments);
      this.put(")");
    }
  }

  private field(field: TableField): void {
    switch (field.kind) {
      case FieldKind.Item: break;
      case FieldKind.Named: this.put(field.name.text, " = "); break;
      case FieldKind.Keyed:
        this.put("[");
        this.expression(field.key);
        this.put("] = ");
        break;
      default: unreachable(field, "print");
    }
    this.expression(field.value);
  }

  private functionBody(body: FunctionBody): void {
    const names = body.parameters.slice(body.isMethod ? 1 : 0).map((parameter) => parameter.name.text);
    if (body.isVararg) names.push("...");
    this.put("(", names.join(", "), ")");
    this.block(body.block);
    this.put("end");
  }
}

/** A byte string as a Lua literal: printable ASCII stays, other bytes become \ddd. */
function quote(text: string): string {
  return `"${text.replace(/[^ !#-[\]-~]/g, (c) => {
    if (c === '"' || c === "\\") return `\\${c}`;
    if (c === "\n") return "\\n";
    return `\\${String(c.charCodeAt(0)).padStart(3, "0")}`;
  })}"`;
}

/** A numeral that reads back as the same number. */
function numberText(value: LuaNumber): string {
  if (isInteger(value)) return value < 0 ? `0x${BigInt.asUintN(64, BigInt(value)).toString(16)}` : String(value);
  const n = toDouble(value);
  if (n === Infinity) return "1e999";
  const text = String(n);
  return /[.e]/.test(text) ? text : `${text}.0`;
}
