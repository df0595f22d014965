// Typed parameters of host functions: how an argument is checked and what the host function gets for it. Wrong arguments are
// Lua errors in the words of C Lua's library: "bad argument #1 to 'create' (table expected, got nil)".
import { stringToBytes } from "../base/bytes.js";
import { toDouble } from "../number/float.js";
import type { Frame } from "../vm/frame.js";
import { LuaTable } from "../vm/table.js";
import { Thread } from "../vm/thread.js";
import { Userdata } from "../vm/userdata.js";
import type { LuaValue } from "../vm/value.js";
import { ScriptError } from "./errors.js";
import type { ConversionOptions, PlainValue, ScriptValue } from "./script-value.js";
import { decodeText, isAscii } from "./text.js";

/**
 * What an argument may be, and what the host function gets:
 * - "string" valid UTF-8 (numbers convert): string; "bytes" any string: Uint8Array
 * - "integer" within ±(2^53−1): number; "bigint" any integer: bigint; "number": number. Strings and floats convert as in Lua's library
 * - "boolean": boolean, no other value converts
 * - "table": what a table is in the plain view; "array" an array; "object" an object with string keys. An empty table is both
 * - "function": LuaCallable; "thread": Handle; "userdata": the host object, or a Handle
 * - "any": anything but none, in the plain view; "tagged": the same in the tagged view; "value": the Lua value itself
 */
export type ParameterType =
  | "string" | "bytes" | "integer" | "bigint" | "number" | "boolean" | "table" | "array" | "object" | "function" | "thread"
  | "userdata" | "any" | "tagged" | "value";

/** A type of host objects (HostType in host-object.ts). */
export interface ParameterClass {
  readonly name: string;
  /** The host object that is argument `i`; raises an argument error when it is none of this type. */
  check(f: Frame, i: number): object;
}

export interface Parameter {
  readonly name: string;
  readonly type: ParameterType | ParameterClass;
  /** nil or nothing is accepted: the host function gets `default`, or undefined. */
  readonly optional?: boolean;
  readonly default?: unknown;
  /** The last parameter only: takes all further arguments, none too. */
  readonly variadic?: boolean;
  /** For "string": the strings that are accepted. */
  readonly oneOf?: readonly string[];
  /** For values that are copied: bounds and choices of the conversion. */
  readonly conversion?: ConversionOptions;
}

/** What the readers need of the converter. */
export interface ArgumentConverter {
  toPlain(value: LuaValue, options?: ConversionOptions): PlainValue;
  toTagged(value: LuaValue, options?: ConversionOptions): ScriptValue;
}

/** Reads the `i`-th argument of a native's frame, with the converter of its state. */
export type ArgumentReader = (f: Frame, i: number, converter: ArgumentConverter) => unknown;

/** Lists of parameters that make sense: many states share them. */
const checked = new WeakSet<readonly Parameter[]>();

/** Throws ScriptError "internal" for parameters that contradict each other. */
export function checkParameters(owner: string, params: readonly Parameter[]): void {
  if (checked.has(params)) return;
  const wrong = (what: string): never => {
    throw new ScriptError("internal", `parameters of '${owner}': ${what}`);
  };
  params.forEach(({ name, type, optional, variadic, oneOf }, i) => {
    if (variadic === true && i < params.length - 1) wrong(`'${name}' is variadic but not the last one`);
    if (variadic === true && optional === true) wrong(`'${name}' is variadic: it cannot be optional as well`);
    if (oneOf !== undefined && type !== "string") wrong(`'${name}' has a list of strings but is not a string`);
    if (typeof type === "string" && !Object.hasOwn(READERS, type)) wrong(`'${name}' has the unknown type '${String(type)}'`);
  });
  checked.add(params);
}

/** The reader of a parameter, with its choices built in: one for all states. */
export function argumentReader(parameter: Parameter): ArgumentReader {
  const { type, optional, oneOf } = parameter;
  let read: ArgumentReader;
  if (typeof type === "object") read = (f, i) => type.check(f, i);
  else if (oneOf !== undefined) read = (f, i) => oneOf[f.option(i, undefined, oneOf)];
  else read = READERS[type](parameter.conversion);
  if (optional !== true && !("default" in parameter)) return read;
  const fallback = parameter.default;
  return (f, i, converter) => (f.isNoneOrNil(i) ? fallback : read(f, i, converter));
}

type ReaderOf = (options: ConversionOptions | undefined) => ArgumentReader;

const READERS: Readonly<Record<ParameterType, ReaderOf>> = {
  string: () => text,
  bytes: () => (f, i) => stringToBytes(f.string(i)),
  integer: () => safeInteger,
  bigint: () => (f, i) => BigInt(f.integer(i)),
  number: () => (f, i) => toDouble(f.number(i)),
  boolean: () => boolean,
  table: (options) => (f, i, converter) => copy(converter, f, i, f.table(i), options),
  array: (options) => (f, i, converter) => array(f, i, copy(converter, f, i, f.table(i), options)),
  object: (options) => (f, i, converter) => object(f, i, copy(converter, f, i, f.table(i), options)),
  function: () => (f, i, converter) => converter.toPlain(f.function_(i)),
  thread: () => (f, i, converter) => (f.arg(i) instanceof Thread ? converter.toPlain(f.arg(i)) : f.typeError(i, "thread")),
  userdata: () => (f, i, converter) => (f.arg(i) instanceof Userdata ? converter.toPlain(f.arg(i)) : f.typeError(i, "userdata")),
  "any": (options) => (f, i, converter) => copy(converter, f, i, f.any(i), options),
  tagged: (options) => (f, i, converter) => guarded(f, i, () => converter.toTagged(f.any(i), options)),
  value: () => (f, i) => f.any(i),
};

function text(f: Frame, i: number): string {
  const bytes = f.string(i);
  return isAscii(bytes) ? bytes : decodeText(bytes, false) ?? f.argError(i, "invalid UTF-8");
}

function safeInteger(f: Frame, i: number): number {
  const n = f.integer(i);
  return typeof n === "number" ? n : f.argError(i, "integer out of range");
}

function boolean(f: Frame, i: number): boolean {
  const value = f.arg(i);
  return typeof value === "boolean" ? value : f.typeError(i, "boolean");
}

/** A copy in the plain view; a value that is too deep or too large is a bad argument. */
function copy(converter: ArgumentConverter, f: Frame, i: number, value: LuaValue, options: ConversionOptions | undefined): PlainValue {
  if (typeof value !== "object") return converter.toPlain(value, options);
  return guarded(f, i, () => converter.toPlain(value, options));
}

function guarded<T>(f: Frame, i: number, convert: () => T): T {
  try {
    return convert();
  } catch (error) {
    if (error instanceof ScriptError) f.argError(i, error.message);
    throw error;
  }
}

function array(f: Frame, i: number, value: PlainValue): PlainValue {
  if (Array.isArray(value)) return value;
  return isEmptyTable(f.arg(i)) ? [] : f.argError(i, "array expected, got a table with other keys");
}

function object(f: Frame, i: number, value: PlainValue): PlainValue {
  if (isEmptyTable(f.arg(i))) return Object.create(null) as PlainValue;
  return Array.isArray(value) || value instanceof Map ? f.argError(i, "table with string keys expected") : value;
}

function isEmptyTable(value: LuaValue): boolean {
  return value instanceof LuaTable && value.seek(0) < 0;
}

