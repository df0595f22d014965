// Tables of options: known fields with types, checked as a whole, so that a misspelt field is an error and not a default.
import { bareObject } from "../../base/bare-object.js";
import { fromHostText, toHostText } from "../../base/bytes.js";
import { formatNumber } from "../../number/format.js";
import { isNumber, toDouble } from "../../number/float.js";
import { toInteger } from "../../number/arithmetic.js";
import type { Frame } from "../../vm/frame.js";
import { isFunction, typeName, type LuaValue } from "../../vm/value.js";
import { LuaTable } from "../../vm/table.js";
import { toPlain } from "../conversion.js";
import { ScriptError } from "../errors.js";
import type { ParameterClass } from "../parameters.js";
import type { PlainValue } from "../script-value.js";
import { type Runtime, runtimeOf } from "../runtime.js";
import type { HandleKind } from "./define.js";
import { didYouMean } from "./spelling.js";

/** What a field may be. "list": an array; of strings, of functions, … with `items`. */
export type OptionFieldType = "string" | "integer" | "number" | "boolean" | "table" | "object" | "array" | "function" | "any" | HandleKind | OptionsType;

export interface OptionField {
  readonly type: OptionFieldType | readonly OptionFieldType[];
  readonly doc: string;
  readonly required?: boolean;
  /** What the function gets when the field is not there. */
  readonly default?: unknown;
  /** For strings: those that are accepted. */
  readonly oneOf?: readonly string[];
  /** For numbers: the least and the greatest. */
  readonly min?: number;
  readonly max?: number;
}

export interface OptionsChoices {
  /** Fields that are not listed are accepted too, and converted as they are. */
  readonly open?: boolean;
}

/** Raised while reading a table; becomes an argument error. */
class Problem extends Error {}

/** The type of a table of options: the function gets an object with the fields that are there, and defaults. */
export class OptionsType implements ParameterClass {
  readonly name = "table";
  /** Fields by their names as Lua has them. */
  private readonly known = new Map<string, readonly [name: string, field: OptionField]>();

  /** @internal Use {@link options}. */
  constructor(readonly title: string, readonly fields: Readonly<Record<string, OptionField>>, readonly choices: OptionsChoices) {
    for (const [name, field] of Object.entries(fields)) this.known.set(fromHostText(name), [name, field]);
  }

  check(f: Frame, i: number): object {
    try {
      return this.read(runtimeOf(f.L.state), f.table(i));
    } catch (error) {
      if (error instanceof Problem || error instanceof ScriptError) f.argError(i, fromHostText(error.message));
      throw error;
    }
  }

  /** @internal The fields of `table`; throws Problem. */
  read(runtime: Runtime, table: LuaTable): Record<string, unknown> {
    const result = this.choices.open === true ? (Object.create(null) as Record<string, unknown>) : bareObject<unknown>();
    for (let at = table.seek(0); at >= 0; at = table.seek(at + 1)) {
      const key = table.keyAt(at);
      const known = typeof key === "string" ? this.known.get(key) : undefined;
      if (known !== undefined) result[known[0]] = readField(runtime, known[0], table.valueAt(at), known[1]);
      else if (this.choices.open === true) readOther(runtime, key, table.valueAt(at), result);
      else raiseUnknown(key, Object.keys(this.fields));
    }
    for (const [name, { required, default: fallback }] of this.known.values()) {
      if (name in result) continue;
      if (required === true) throw new Problem(`field '${name}' is missing`);
      if (fallback !== undefined) result[name] = fallback;
    }
    return result;
  }
}

/** A field that is not listed, of a table that may have others. */
function readOther(runtime: Runtime, key: LuaValue, value: LuaValue, result: Record<string, unknown>): void {
  const name = typeof key === "string" ? toHostText(key) : isNumber(key) ? formatNumber(key) : undefined;
  if (name !== undefined) result[name] = toPlain(runtime, value);
}

function raiseUnknown(key: LuaValue, names: readonly string[]): never {
  if (typeof key !== "string") throw new Problem(`unknown field [${isNumber(key) ? formatNumber(key) : typeName(key)}]`);
  const name = toHostText(key);
  throw new Problem(`unknown field '${name.slice(0, 60)}'${didYouMean(name, names)}`);
}

/** A table of options as a parameter's type; `title` names it in the documentation ("AgentOptions"). */
export function options(title: string, fields: Readonly<Record<string, OptionField>>, choices: OptionsChoices = {}): OptionsType {
  return new OptionsType(title, fields, choices);
}

function readField(runtime: Runtime, name: string, value: LuaValue, field: OptionField): unknown {
  const types = Array.isArray(field.type) ? (field.type as readonly OptionFieldType[]) : [field.type as OptionFieldType];
  for (let i = 0; i < types.length; i++) {
    try {
      const read = readAs(runtime, value, types[i]!);
      checkValue(name, read, field);
      return read;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (i === types.length - 1) throw error instanceof WrongType ? new Problem(`field '${name}': ${types.map(typeTitle).join(" or ")} expected, got ${typeName(value)}`) : new Problem(error.message.startsWith("field ") ? error.message : `field '${name}': ${error.message}`);
    }
  }
  return undefined;
}

class WrongType extends Problem {}

const typeTitle = (type: OptionFieldType): string => (typeof type === "string" ? (type === "object" ? "table" : type) : type.name);

function checkValue(name: string, value: unknown, { oneOf, min, max }: OptionField): void {
  if (oneOf !== undefined && typeof value === "string" && !oneOf.includes(value)) throw new Problem(`field '${name}': invalid option '${value.slice(0, 60)}'${didYouMean(value, oneOf)}`);
  if (typeof value !== "number") return;
  if (min !== undefined && !(value >= min)) throw new Problem(`field '${name}': must be at least ${min}`);
  if (max !== undefined && !(value <= max)) throw new Problem(`field '${name}': must be at most ${max}`);
}

function readAs(runtime: Runtime, value: LuaValue, type: OptionFieldType): unknown {
  if (type instanceof OptionsType) return type.read(runtime, expected(value instanceof LuaTable, value));
  if (typeof type === "object") return expected(true, type.read(runtime, value));
  switch (type) {
    case "string": return text(runtime, value);
    case "integer": return integer(value);
    case "number": return isNumber(value) ? toDouble(value) : wrong();
    case "boolean": return typeof value === "boolean" ? value : wrong();
    case "function": return isFunction(value) ? toPlain(runtime, value) : wrong();
    case "any": return toPlain(runtime, value);
    default: return table(type, toPlain(runtime, expected(value instanceof LuaTable, value)));
  }
}

function expected<T extends LuaValue | object>(isRight: boolean, value: T | undefined): T & LuaTable {
  return isRight && value !== undefined ? (value as T & LuaTable) : wrong();
}

function wrong(): never {
  throw new WrongType("wrong type");
}

function text(runtime: Runtime, value: LuaValue): string {
  if (isNumber(value)) return formatNumber(value);
  const plain = typeof value === "string" ? toPlain(runtime, value) : wrong();
  if (typeof plain !== "string") throw new Problem("invalid UTF-8");
  return plain;
}

function integer(value: LuaValue): number {
  const whole = isNumber(value) ? toInteger(value) : wrong();
  if (typeof whole !== "number") throw new Problem(whole === undefined ? "number has no integer representation" : "integer out of range");
  return whole;
}

function table(type: "table" | "object" | "array", value: PlainValue): PlainValue {
  const isEmpty = typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Map) && Object.keys(value).length === 0;
  if (type === "array") return Array.isArray(value) ? value : isEmpty ? [] : problem("array expected, got a table with other keys");
  if (type === "object" && (Array.isArray(value) || value instanceof Map)) return problem("table with string keys expected");
  return value;
}

function problem(message: string): never {
  throw new Problem(message);
}
