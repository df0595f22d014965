// Operand: where the value of an expression is, while the code for it can still be chosen.
import type { Atom } from "../lexer/atoms.js";
import type { LuaNumber } from "../number/float.js";
import type { Variable } from "../parser/scope.js";

/** End of a jump list. */
export const NO_JUMP = -1;

export const enum OperandKind {
  /** No expression at all: the end of an empty list. */
  Void,
  Nil, True, False,
  /** `info`: index of a constant. */
  Constant,
  /** `value`: the number. */
  Float, Integer,
  /** `value`: the atom. */
  String,
  /** `info`: the register that holds it. */
  Register,
  /** `info`: the local variable's register. */
  Local,
  /** `info`: index of the upvalue. */
  Upvalue,
  /** `value`: the `<const>` variable known at compile time. */
  NamedConstant,
  /** `info`: register of the table; `key`: register of the key. */
  Indexed,
  /** `info`: upvalue that is the table; `key`: constant of a short string. */
  IndexedUpvalue,
  /** `info`: register of the table; `key`: the integer. */
  IndexedInteger,
  /** `info`: register of the table; `key`: constant of a short string. */
  IndexedField,
  /** `info`: pc of the jump taken when a test holds. */
  Jump,
  /** `info`: pc of the instruction that can put its result in any register. */
  Relocatable,
  /** `info`: pc of the instruction. */
  Call, Vararg,
}

export class Operand {
  kind = OperandKind.Void;
  info = 0;
  key = 0;
  value: LuaNumber | Atom | Variable = 0;
  /** Jumps out of the expression when it is true, and when it is false; their tests may give its value. */
  trueJumps = NO_JUMP;
  falseJumps = NO_JUMP;

  set(kind: OperandKind, info: number): void {
    this.kind = kind;
    this.info = info;
    this.trueJumps = NO_JUMP;
    this.falseJumps = NO_JUMP;
  }

  setValue(kind: OperandKind, value: LuaNumber | Atom | Variable): void {
    this.kind = kind;
    this.value = value;
    this.trueJumps = NO_JUMP;
    this.falseJumps = NO_JUMP;
  }

  copy(from: Operand): void {
    this.kind = from.kind;
    this.info = from.info;
    this.key = from.key;
    this.value = from.value;
    this.trueJumps = from.trueJumps;
    this.falseJumps = from.falseJumps;
  }

  get hasJumps(): boolean {
    return this.trueJumps !== this.falseJumps;
  }

  /** Whether it can give any number of values. */
  get isMultiple(): boolean {
    return this.kind === OperandKind.Call || this.kind === OperandKind.Vararg;
  }

  /** A number that needs no code yet. */
  get isNumeral(): boolean {
    return (this.kind === OperandKind.Integer || this.kind === OperandKind.Float) && this.trueJumps === this.falseJumps;
  }
}

/** Value of a `<const>` variable known at compile time (in {@link Variable.constant}). */
export class NamedConstant {
  constructor(readonly kind: OperandKind, readonly value: LuaNumber | Atom | Variable) {}
}
