// The syntax tree (manual §9), with the lines that a one-pass compiler would have used. Unless a field says otherwise, a line is
// that of the last token read when the one-pass compiler would emit the code in question:
//   line       of a leaf: its token. Of an operator: the operator. Else as documented.
//   endLine    the node's last token.
//   startLine  the token before the node.
//   commaLines[i]  the comma after item i of a list.
import type { Atom } from "../lexer/atoms.js";
import type { LuaNumber } from "../number/float.js";
import type { Variable } from "./scope.js";

/** Binary operators. Arithmetic and bitwise ones stand in the order of their opcodes and metamethod events. */
export const enum BinaryOp {
  Add, Sub, Mul, Mod, Pow, Div, IDiv, BAnd, BOr, BXor, Shl, Shr, Concat, Eq, Lt, Le, Ne, Gt, Ge, And, Or,
}

export const enum UnaryOp { Minus, BNot, Not, Len }

export const enum ExpressionKind {
  Nil, True, False, Number, String, Vararg, Function, Table, Local, Global, Member, Index, Call, MethodCall, Paren, Unary, Binary,
}

export type Expression =
  | LiteralExpression | NumberExpression | StringExpression | VarargExpression | FunctionExpression | TableExpression
  | LocalExpression | GlobalExpression | MemberExpression | IndexExpression | CallExpression | MethodCallExpression
  | ParenExpression | UnaryExpression | BinaryExpression;

/** What can stand on the left of an assignment. */
export type Target = LocalExpression | GlobalExpression | MemberExpression | IndexExpression;

export interface LiteralExpression {
  readonly kind: ExpressionKind.Nil | ExpressionKind.True | ExpressionKind.False;
  readonly line: number;
}

export interface NumberExpression {
  readonly kind: ExpressionKind.Number;
  readonly line: number;
  readonly value: LuaNumber;
}

export interface StringExpression {
  readonly kind: ExpressionKind.String;
  readonly line: number;
  readonly value: Atom;
}

export interface VarargExpression {
  readonly kind: ExpressionKind.Vararg;
  readonly line: number;
  readonly startLine: number;
}

export interface FunctionExpression {
  readonly kind: ExpressionKind.Function;
  readonly body: FunctionBody;
}

export interface TableExpression {
  readonly kind: ExpressionKind.Table;
  readonly startLine: number;
  readonly fields: readonly TableField[];
  readonly endLine: number;
}

export const enum FieldKind { Item, Named, Keyed }

export type TableField = ItemField | NamedField | KeyedField;

/** `value` */
export interface ItemField {
  readonly kind: FieldKind.Item;
  readonly value: Expression;
  /** The separator after it when another field follows, else the closing brace. */
  closeLine: number;
}

/** `name = value`; the line is that of the '='. */
export interface NamedField {
  readonly kind: FieldKind.Named;
  readonly name: Atom;
  readonly line: number;
  readonly value: Expression;
}

/** `[key] = value`; the line is that of the '='. */
export interface KeyedField {
  readonly kind: FieldKind.Keyed;
  readonly key: Expression;
  readonly line: number;
  readonly value: Expression;
}

/** A name that a local declaration binds, in this function or in one around it. */
export interface LocalExpression {
  readonly kind: ExpressionKind.Local;
  readonly line: number;
  readonly variable: Variable;
}

/** A free name: a field of the `_ENV` in scope. */
export interface GlobalExpression {
  readonly kind: ExpressionKind.Global;
  readonly line: number;
  readonly name: Atom;
  readonly environment: Variable;
}

/** `object.name` */
export interface MemberExpression {
  readonly kind: ExpressionKind.Member;
  readonly line: number;
  readonly object: Expression;
  readonly name: Atom;
}

/** `object[key]` */
export interface IndexExpression {
  readonly kind: ExpressionKind.Index;
  readonly object: Expression;
  readonly key: Expression;
  readonly endLine: number;
}

/** `callee(arguments)`; the line is that of the first token of the whole suffixed expression. */
export interface CallExpression {
  readonly kind: ExpressionKind.Call;
  readonly callee: Expression;
  readonly arguments: readonly Expression[];
  readonly commaLines: readonly number[];
  readonly line: number;
  readonly endLine: number;
}

/** `object:name(arguments)` */
export interface MethodCallExpression {
  readonly kind: ExpressionKind.MethodCall;
  readonly object: Expression;
  readonly name: Atom;
  readonly nameLine: number;
  readonly arguments: readonly Expression[];
  readonly commaLines: readonly number[];
  readonly line: number;
  readonly endLine: number;
}

export interface ParenExpression {
  readonly kind: ExpressionKind.Paren;
  readonly inner: Expression;
  readonly endLine: number;
}

export interface UnaryExpression {
  readonly kind: ExpressionKind.Unary;
  readonly op: UnaryOp;
  readonly operand: Expression;
  readonly line: number;
}

/** Chains of left-associative operators nest to the left without bound: walk `left` with a loop. */
export interface BinaryExpression {
  readonly kind: ExpressionKind.Binary;
  readonly op: BinaryOp;
  readonly left: Expression;
  readonly right: Expression;
  readonly line: number;
}

export interface FunctionBody {
  /** Declared parameters; a method's first is `self`. */
  readonly parameters: readonly Variable[];
  readonly isMethod: boolean;
  readonly isVararg: boolean;
  /** The last parameter or `...`. */
  readonly parametersLine: number;
  readonly block: Block;
  readonly lineDefined: number;
  readonly lastLineDefined: number;
  readonly endLine: number;
}

export interface Block {
  readonly statements: readonly Statement[];
  readonly endLine: number;
}

export const enum StatementKind {
  Local, LocalFunction, Function, Call, Assignment, Return, Break, Goto, Label, While, Repeat, If, NumericFor, GenericFor, Do,
}

export type Statement =
  | LocalStatement | LocalFunctionStatement | FunctionStatement | CallStatement | AssignmentStatement | ReturnStatement
  | BreakStatement | GotoStatement | LabelStatement | WhileStatement | RepeatStatement | IfStatement | NumericForStatement
  | GenericForStatement | DoStatement;

export interface LocalStatement {
  readonly kind: StatementKind.Local;
  readonly variables: readonly Variable[];
  readonly values: readonly Expression[];
  readonly commaLines: readonly number[];
  readonly endLine: number;
}

export interface LocalFunctionStatement {
  readonly kind: StatementKind.LocalFunction;
  readonly variable: Variable;
  readonly body: FunctionBody;
}

/** `function target(…) … end`; the line is that of `function`. */
export interface FunctionStatement {
  readonly kind: StatementKind.Function;
  readonly target: Target;
  readonly body: FunctionBody;
  readonly line: number;
}

export interface CallStatement {
  readonly kind: StatementKind.Call;
  readonly call: CallExpression | MethodCallExpression;
}

export interface AssignmentStatement {
  readonly kind: StatementKind.Assignment;
  readonly targets: readonly Target[];
  readonly values: readonly Expression[];
  readonly commaLines: readonly number[];
}

export interface ReturnStatement {
  readonly kind: StatementKind.Return;
  readonly values: readonly Expression[];
  readonly commaLines: readonly number[];
  readonly endLine: number;
}

/** What jumps forward: its target is known once its label has been read. */
export interface BreakStatement {
  readonly kind: StatementKind.Break;
  readonly line: number;
}

export interface GotoStatement {
  readonly kind: StatementKind.Goto;
  readonly name: Atom;
  target: LabelStatement | undefined;
  readonly line: number;
}

/** A run of labels (nothing but ';' between them) is created from its last to its first. */
export interface LabelStatement {
  readonly kind: StatementKind.Label;
  readonly name: Atom;
  /** Nothing but labels and ';' follow in its block: the block's variables are out of scope here. */
  isLast: boolean;
  /** The last token of its run. */
  line: number;
}

export interface WhileStatement {
  readonly kind: StatementKind.While;
  readonly condition: Expression;
  readonly block: Block;
  readonly endLine: number;
}

export interface RepeatStatement {
  readonly kind: StatementKind.Repeat;
  readonly block: Block;
  readonly condition: Expression;
}

export interface IfClause {
  readonly condition: Expression;
  readonly thenLine: number;
  readonly block: Block;
  /** `then break`, with no ';' between: the condition jumps out of the loop by itself. */
  readonly breaksFirst: boolean;
  /** The last ';' after such a `break`, or the `break`. */
  readonly breakLine: number;
}

export interface IfStatement {
  readonly kind: StatementKind.If;
  readonly clauses: readonly IfClause[];
  readonly otherwise: Block | undefined;
}

/** The line is that of `for`. */
export interface NumericForStatement {
  readonly kind: StatementKind.NumericFor;
  /** Hidden variables: count, limit and step. */
  readonly state: readonly Variable[];
  readonly variable: Variable;
  readonly start: Expression;
  readonly limit: Expression;
  readonly step: Expression | undefined;
  readonly doLine: number;
  readonly block: Block;
  readonly line: number;
  readonly endLine: number;
}

/** The line is that of the first token after `in`. */
export interface GenericForStatement {
  readonly kind: StatementKind.GenericFor;
  /** Hidden variables: iterator, its state, control and closing value. */
  readonly state: readonly Variable[];
  readonly variables: readonly Variable[];
  readonly values: readonly Expression[];
  readonly commaLines: readonly number[];
  readonly doLine: number;
  readonly block: Block;
  readonly line: number;
  readonly endLine: number;
}

export interface DoStatement {
  readonly kind: StatementKind.Do;
  readonly block: Block;
}

/** A whole chunk: the block of its main function, which takes variable arguments. */
export interface Chunk {
  readonly chunkName: string;
  readonly block: Block;
}
