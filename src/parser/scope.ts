// Scopes: which declaration a name means, and which label a goto reaches (manual §3.3.4, §3.5). Errors come in the order in
// which a one-pass compiler would find them.
import { shorten } from "../base/lists.js";
import type { Atom } from "../lexer/atoms.js";
import type { Lexer } from "../lexer/lexer.js";
import type { GotoStatement, LabelStatement } from "./ast.js";

export const enum Attribute { Regular, Const, Close }

/** One local declaration. */
export class Variable {
  attribute = Attribute.Regular;
  /** The declaration of the same name that this one hides. */
  hidden: Variable | undefined = undefined;
  /** Position among the active variables of its function. */
  level = 0;
  /** Register that holds it; the compiler's. */
  register = -1;
  /** Entry in the function's debug names, or −1; the compiler's. */
  debugEntry = -1;
  /** What the compiler knows of a compile-time constant. */
  constant: object | undefined = undefined;

  constructor(readonly name: Atom, /** Nesting depth of its function: 0 is the main function. */ readonly depth: number) {}
}

/** Most local variables in a function. */
const MAX_LOCALS = 200;
/** Most labels, and most pending gotos, at any place of a chunk. */
const MAX_LABELS = 32767;

/** A goto or break whose label was not met yet. `statement` is undefined for a break. */
interface PendingJump {
  readonly name: Atom;
  readonly line: number;
  /** How many variables were active where it stands, or in the outermost block that was closed around it since. */
  level: number;
  readonly statement: GotoStatement | undefined;
}

interface KnownLabel {
  readonly name: Atom;
  /** The label of the same name in a function around this one. */
  readonly hidden: KnownLabel | undefined;
  readonly depth: number;
  readonly line: number;
  readonly level: number;
  readonly statement: LabelStatement;
}

class BlockScope {
  constructor(
    readonly outer: BlockScope | undefined,
    readonly isLoop: boolean,
    readonly level: number,
    readonly firstLabel: number,
    readonly firstPending: number,
  ) {}
}

class FunctionScope {
  block: BlockScope | undefined = undefined;
  /** How many of the declared variables are active. */
  activeCount = 0;
  isVararg = false;

  constructor(
    readonly outer: FunctionScope | undefined,
    readonly depth: number,
    readonly line: number,
    /** Index of its first variable in the list of all declared ones. */
    readonly firstVariable: number,
  ) {}
}

export class Scopes {
  private current: FunctionScope | undefined = undefined;
  /** Declared variables of all open functions, in order. */
  private readonly declared: Variable[] = [];
  /** Innermost active declaration of each name, by atom id. */
  private readonly bindings: (Variable | undefined)[] = [];
  private readonly labels: KnownLabel[] = [];
  /** Innermost visible label of each name, by atom id. */
  private readonly labelsByName: (KnownLabel | undefined)[] = [];
  private readonly pending: PendingJump[] = [];
  private readonly breakName: Atom;

  constructor(private readonly lexer: Lexer) {
    this.breakName = lexer.intern("break");
  }

  get depth(): number {
    return this.current === undefined ? -1 : this.current.depth;
  }

  get isVararg(): boolean {
    return this.current!.isVararg;
  }

  openFunction(line: number): void {
    const outer = this.current;
    this.current = new FunctionScope(outer, this.depth + 1, line, this.declared.length);
    this.openBlock(false);
  }

  /** Says that the function just opened takes variable arguments. */
  setVararg(): void {
    this.current!.isVararg = true;
  }

  closeFunction(): void {
    this.closeBlock();
    this.current = this.current!.outer;
  }

  openBlock(isLoop: boolean): void {
    const current = this.current!;
    current.block = new BlockScope(current.block, isLoop, current.activeCount, this.labels.length, this.pending.length);
  }

  closeBlock(): void {
    const current = this.current!;
    const block = current.block!;
    this.deactivate(block.level);
    if (block.isLoop) this.resolveBreaks(block.firstPending);
    while (this.labels.length > block.firstLabel) {
      const label = this.labels.pop()!;
      this.labelsByName[label.name.id] = label.hidden;
    }
    current.block = block.outer;
    const { pending } = this;
    if (block.outer === undefined) {
      if (block.firstPending < pending.length) this.reportUnresolved(pending[block.firstPending]!);
      shorten(pending, block.firstPending);
      return;
    }
    for (let i = block.firstPending; i < pending.length; i++) pending[i]!.level = block.level;
  }

  /** A new variable of the current function. It is not visible before {@link activate}. */
  declare(name: Atom): Variable {
    const current = this.current!;
    const count = this.declared.length + 1 - current.firstVariable;
    if (count > MAX_LOCALS) this.lexer.fail(`too many local variables (limit is ${MAX_LOCALS}) in ${functionAt(current.line)}`);
    const variable = new Variable(name, current.depth);
    this.declared.push(variable);
    return variable;
  }

  /** Makes the next `count` declared variables visible. */
  activate(count: number): void {
    const current = this.current!;
    for (let i = 0; i < count; i++) {
      const level = current.activeCount++;
      const variable = this.declared[current.firstVariable + level]!;
      variable.level = level;
      const { id } = variable.name;
      variable.hidden = this.bindings[id];
      this.bindings[id] = variable;
    }
  }

  /** The declaration that `name` means here; undefined for a global. */
  resolve(name: Atom): Variable | undefined {
    return this.bindings[name.id];
  }

  /** Makes `variable` visible outside of every function. */
  bindOutside(variable: Variable): void {
    this.bindings[variable.name.id] = variable;
  }

  private deactivate(level: number): void {
    const current = this.current!;
    const { declared, bindings } = this;
    shorten(declared, current.firstVariable + current.activeCount); // an error may leave some that were never active
    while (current.activeCount > level) {
      current.activeCount--;
      const variable = declared.pop()!;
      bindings[variable.name.id] = variable.hidden;
    }
  }

  addBreak(line: number): void {
    this.addPending(this.breakName, line, undefined);
  }

  /** Connects a goto to its label if it is visible, else leaves it pending. */
  addGoto(name: Atom, line: number, statement: GotoStatement): void {
    const label = this.findLabel(name);
    if (label !== undefined) statement.target = label.statement;
    else this.addPending(name, line, statement);
  }

  /** A label is read up to its name's closing `::`, and so is what follows it up to the next statement. */
  addLabel(statement: LabelStatement, line: number): void {
    const current = this.current!;
    const { name } = statement;
    const known = this.findLabel(name);
    if (known !== undefined) this.lexer.fail(`label '${name.text}' already defined on line ${known.line}`, false);
    const block = current.block!;
    const level = statement.isLast ? block.level : current.activeCount;
    this.checkRoom(this.labels.length);
    const label: KnownLabel = { name, line, level, statement, hidden: this.labelsByName[name.id], depth: current.depth };
    this.labels.push(label);
    this.labelsByName[name.id] = label;
    const { pending } = this;
    let kept = block.firstPending;
    for (let i = kept; i < pending.length; i++) {
      const jump = pending[i]!;
      if (jump.name !== name) {
        pending[kept++] = jump;
        continue;
      }
      if (jump.level < level) this.reportIntoScope(jump);
      jump.statement!.target = statement;
    }
    shorten(pending, kept);
  }

  /** The label of that name that a goto in the current function can reach. */
  private findLabel(name: Atom): KnownLabel | undefined {
    const label = this.labelsByName[name.id];
    return label !== undefined && label.depth === this.current!.depth ? label : undefined;
  }

  private addPending(name: Atom, line: number, statement: GotoStatement | undefined): void {
    this.checkRoom(this.pending.length);
    this.pending.push({ name, line, level: this.current!.activeCount, statement });
  }

  private checkRoom(count: number): void {
    if (count >= MAX_LABELS) this.lexer.failLimit(`too many labels/gotos (limit is ${MAX_LABELS})`);
  }

  private resolveBreaks(from: number): void {
    const { pending } = this;
    this.checkRoom(this.labels.length);
    let kept = from;
    for (let i = from; i < pending.length; i++) {
      if (pending[i]!.name !== this.breakName) pending[kept++] = pending[i]!;
    }
    shorten(pending, kept);
  }

  private reportIntoScope(jump: PendingJump): void {
    const variable = this.declared[this.current!.firstVariable + jump.level]!;
    this.lexer.fail(
      `<goto ${jump.name.text}> at line ${jump.line} jumps into the scope of local '${variable.name.text}'`, false);
  }

  private reportUnresolved(jump: PendingJump): void {
    this.lexer.fail(jump.name === this.breakName
      ? `break outside loop at line ${jump.line}`
      : `no visible label '${jump.name.text}' for <goto> at line ${jump.line}`, false);
  }
}

/** How limit messages name a function by the line where it is defined. */
export function functionAt(line: number): string {
  return line === 0 ? "main function" : `function at line ${line}`;
}
