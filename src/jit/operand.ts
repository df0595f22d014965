// An operand of an instruction, as emitted code has it at hand.
import { type Interval, Kind, type TypeSet, within } from "./lattice.js";
import { Form, type TypeFacts } from "./types.js";
import type { Pair } from "./wide.js";

export interface Operand {
  readonly type: TypeSet;
  /** Of its integers. */
  readonly interval: Interval;
  /** Expression for the Lua value. */
  readonly tagged: string;
  /** Expression for its value as a double, when that needs no check: a bare float, a number that is known to be one. */
  readonly double: string | undefined;
  /** Expression for 1 if {@link double} is a float's and 0 if it is an integer's, where that is not known. */
  readonly mark?: string;
  /** Of constants, the value. */
  readonly value?: unknown;
  /** The halves of an integer that is kept as a pair. */
  readonly pair?: Pair;
  /** The register it is in. */
  readonly register?: number;
}

export const isSmall = (o: Operand): boolean => within(o.type, Kind.Small);
/** `typeof v === "number"` holds for the tagged value. */
export const isPlain = (o: Operand): boolean => within(o.type, Kind.Plain);
/** A float for sure. */
export const isDouble = (o: Operand): boolean => within(o.type, Kind.Float);

/** Expression for the double in a tagged float. The plus sign tells V8 that it is a number whatever path it came by. */
export const floatOf = (tagged: string): string => `+(typeof ${tagged} === "number" ? ${tagged} : ${tagged}.n)`;

/** An integer for sure. */
export const isInteger = (o: Operand): boolean => within(o.type, Kind.Int);
/** A safe integer for sure. */
export const isSafe = (o: Operand): boolean => within(o.type, Kind.Small | Kind.Safe);

/** Is the register kept as a bare double here, or where a block begins? */
export const isRaw = (facts: TypeFacts, register: number): boolean => facts.form(register) === Form.Raw;
export const isRawAtEntry = (facts: TypeFacts, block: number, register: number): boolean => facts.formAtEntry(block, register) === Form.Raw;
