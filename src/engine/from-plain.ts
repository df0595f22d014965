// Plain JavaScript values → Lua values. The rules, by what comes in:
//
//   undefined, null      nil (or NULL, see option nulls)
//   number               a safe integer is an integer; everything else, −0 too, is a float
//   bigint               an integer; one that does not fit 64 bits is refused
//   string               its UTF-8 bytes; unpaired surrogates become U+FFFD
//   Uint8Array, Uint8ClampedArray, ArrayBuffer, DataView    a string of these bytes
//   other typed arrays   a table of integers, or floats for Float32Array and Float64Array
//   array                a table from 1 on; undefined, null and holes are nil
//   Map                  a table with the converted keys; nil and NaN are refused as keys
//   Set                  a table with the elements as keys and true as values
//   Date                 seconds since 1970, as os.time counts: an integer, or a float when there are milliseconds
//   Error                a table with name and message, and its own enumerable properties
//   other objects        a table with the own enumerable string-keyed properties; nothing is ever read from a prototype
//   function             a Lua function (option functions); a LuaCallable or Handle is the Lua value it stands for
//   Lua values           themselves, so that tables made by hand can be part of a result
//   symbols, promises, regular expressions, boxed primitives, weak collections    refused
//
// Each property is read once; what a getter or a Proxy throws is the cause of the error. Objects met again become the same
// table. An object that crossed by reference before (host-object.ts) is the same userdata again.
import { fromHostText, bytesToString } from "../base/bytes.js";
import { LuaFloat, makeFloat } from "../number/float.js";
import { MAX_INTEGER, MIN_INTEGER, wrapInteger } from "../number/integer.js";
import { SIZE, allocate, stringSize } from "../vm/accounting.js";
import { Fault, LuaThrow } from "../vm/fault.js";
import { LuaClosure, type LuaFunction, NativeFunction } from "../vm/function.js";
import { LimitReached } from "../vm/limits.js";
import type { LuaState } from "../vm/state.js";
import { LuaTable } from "../vm/table.js";
import { Thread } from "../vm/thread.js";
import { LightUserdata, Userdata } from "../vm/userdata.js";
import type { LuaValue } from "../vm/value.js";
import { bytesOf, dateTime, isDate, isMap, isSet, mapEach, refusedKind, setEach } from "./brands.js";
import { ConversionBudget } from "./conversion-budget.js";
import { ScriptError } from "./errors.js";
import { Handle } from "./handle.js";
import { type HostFunctionValue, type Identities, NULL } from "./identities.js";
import { areAscii } from "./text.js";
import { Memo } from "./memo.js";
import { type ConversionOptions, DEFAULT_CONVERSION } from "./script-value.js";

/** Objects with at least so many properties become tables with a shape of their own anyway. */
const MANY_KEYS = 64;

/** What the writer needs from outside: JavaScript functions have to become something that Lua can call. */
export interface WriterHooks {
  readonly state: LuaState;
  readonly identities: Identities;
  /** A Lua function for a JavaScript one, or the Lua function behind a LuaCallable. */
  native(fn: HostFunctionValue): LuaFunction;
  /** The userdata for an object marked to cross by reference; undefined when `value` is no such mark. */
  reference(value: object): Userdata | undefined;
}

export function fromPlain(hooks: WriterHooks, value: unknown, options: ConversionOptions): LuaValue {
  switch (typeof value) {
    case "undefined": case "boolean": return value;
    case "number": return fromNumber(value);
    default: return new PlainWriter(hooks, options).convert(value);
  }
}

function fromNumber(n: number): LuaValue {
  if (Number.isSafeInteger(n)) return n === 0 && 1 / n < 0 ? new LuaFloat(n) : n;
  return makeFloat(n);
}

function fromBigint(n: bigint): LuaValue {
  if (n < MIN_INTEGER || n > MAX_INTEGER) throw new ScriptError("type", `bigint ${n} does not fit a 64-bit integer`);
  return wrapInteger(n);
}

class PlainWriter {
  private readonly budget: ConversionBudget;
  private readonly state: LuaState;
  private readonly nullValue: LuaValue;
  private readonly seen = new Memo<object, LuaTable>();

  constructor(private readonly hooks: WriterHooks, private readonly options: ConversionOptions) {
    this.state = hooks.state;
    this.budget = new ConversionBudget(hooks.state, options, true);
    this.nullValue = (options.nulls ?? DEFAULT_CONVERSION.nulls) === "null" ? NULL : undefined;
  }

  convert(value: unknown): LuaValue {
    this.state.enter(); // what is allocated counts for this state
    try {
      const result = this.value(value);
      this.budget.pay();
      return result;
    } catch (error) {
      if (error instanceof ScriptError || error instanceof LimitReached || error instanceof LuaThrow || error instanceof Fault) throw error;
      throw new ScriptError("type", `cannot convert the value: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    } finally {
      this.state.leave();
    }
  }

  private value(value: unknown): LuaValue {
    switch (typeof value) {
      case "undefined": case "boolean": return value;
      case "number": return fromNumber(value);
      case "bigint": return fromBigint(value);
      case "string": return this.text(value);
      case "object": return value === null ? this.nullValue : this.object(value);
      case "function": return this.function_(value as HostFunctionValue);
      case "symbol": throw new ScriptError("type", "a symbol cannot cross into Lua");
      default: throw new ScriptError("type", `a value of type ${typeof value} cannot cross into Lua`);
    }
  }

  private text(text: string): string {
    return this.bytes(fromHostText(text));
  }

  private bytes(bytes: string): string {
    this.budget.takeText(bytes.length);
    this.state.memory.reserveString(bytes.length);
    return bytes;
  }

  private function_(fn: HostFunctionValue): LuaValue {
    if ((this.options.functions ?? DEFAULT_CONVERSION.functions) === "refuse") throw new ScriptError("type", "a function cannot cross into Lua here");
    return this.hooks.native(fn);
  }

  private object(object: object): LuaValue {
    const known = this.seen.get(object) ?? this.hooks.identities.userdataFor(object);
    if (known !== undefined) return known;
    this.budget.take(1);
    if (Array.isArray(object)) return this.array(object);
    const prototype = Object.getPrototypeOf(object) as unknown;
    if (prototype === Object.prototype || prototype === null) return this.properties(object, this.open(object));
    return this.special(object);
  }

  /** Objects that are neither arrays nor plain. */
  private special(object: object): LuaValue {
    if (object instanceof LuaFloat || isLuaObject(object)) return object;
    if (object instanceof Handle) return this.handle(object);
    const reference = this.hooks.reference(object);
    if (reference !== undefined) return reference;
    const bytes = bytesOf(object);
    if (bytes !== undefined) return this.bytes(bytesToString(bytes));
    if (ArrayBuffer.isView(object)) return this.numbers(object as unknown as ArrayLike<number | bigint>);
    if (isDate(object)) return this.date(object);
    if (isMap(object)) return this.map(object);
    if (isSet(object)) return this.set(object);
    const refused = refusedKind(object);
    if (refused !== undefined) throw new ScriptError("type", `a ${refused} cannot cross into Lua by copy`);
    const isError = object instanceof Error;
    if (!isError && this.options.instances === "refuse" && !isForeignPlain(object)) {
      throw new ScriptError("type", "an instance of a class cannot cross into Lua by copy here");
    }
    const table = this.open(object);
    if (isError) this.describe(object, table);
    return this.properties(object, table);
  }

  private handle(handle: Handle): LuaValue {
    if (handle.state !== this.state) throw new ScriptError("type", `this ${handle.kind} handle belongs to another context`);
    return handle.value;
  }

  private date(date: object): LuaValue {
    const time = dateTime(date);
    if (time !== time) throw new ScriptError("type", "an invalid date cannot cross into Lua");
    return fromNumber(time / 1000);
  }

  /** A new table for `object`, which further occurrences of it will share. */
  private open(object: object): LuaTable {
    const table = new LuaTable();
    allocate(SIZE.table);
    this.seen.set(object, table);
    return table;
  }

  private array(list: readonly unknown[]): LuaTable {
    const table = this.open(list);
    const { length } = list;
    if (!Number.isSafeInteger(length)) throw new ScriptError("type", "an array without a length cannot cross into Lua");
    this.budget.enter(table);
    let gaps = length === 0;
    for (let i = 0; i < length; i++) {
      this.budget.take(1);
      // what is not the array's own would come from a prototype
      const value = Object.hasOwn(list, i) ? this.value(list[i]) : undefined;
      if (value === undefined) gaps = true;
      else table.setInt(i + 1, value);
    }
    this.budget.leave(table);
    if (gaps) this.hooks.identities.markHostArray(table);
    return table;
  }

  private numbers(list: ArrayLike<number | bigint>): LuaTable {
    const table = this.open(list);
    const isFloat = list instanceof Float64Array || list instanceof Float32Array;
    this.budget.enter(table);
    for (let i = 0; i < list.length; i++) {
      const n = list[i]!;
      this.budget.take(1);
      table.setInt(i + 1, typeof n === "bigint" ? fromBigint(n) : isFloat ? makeFloat(n) : n);
    }
    this.budget.leave(table);
    if (list.length === 0) this.hooks.identities.markHostArray(table);
    return table;
  }

  private properties(object: object, table: LuaTable): LuaTable {
    const keys = Object.keys(object);
    if (keys.length >= MANY_KEYS && areAscii(keys)) return this.manyProperties(object, keys, table);
    this.budget.enter(table);
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i]!;
      this.budget.take(2);
      const value = this.value((object as Record<string, unknown>)[key]);
      if (value !== undefined) table.set(this.text(key), value);
    }
    this.budget.leave(table);
    return table;
  }

  /** {@link properties} for many keys that are their own UTF-8, and so all different: the table gets them in one piece. */
  private manyProperties(object: object, keys: readonly string[], table: LuaTable): LuaTable {
    const present: string[] = [];
    const values: LuaValue[] = [];
    const filling = new NativeFunction("conversion", () => undefined);
    filling.captured = values;
    this.budget.enter(filling);
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i]!;
      this.budget.take(2);
      this.budget.takeText(key.length);
      allocate(stringSize(key.length));
      const value = this.value((object as Record<string, unknown>)[key]);
      if (value === undefined) continue;
      present.push(key);
      values.push(value);
    }
    this.budget.leave(filling);
    if (present.length >= MANY_KEYS) table.adoptFields(present, values);
    else present.forEach((key, i) => table.set(key, values[i]));
    return table;
  }

  private describe(error: Error, table: LuaTable): void {
    for (const key of ["name", "message"] as const) {
      const text: unknown = error[key];
      if (typeof text === "string") table.setStr(key, this.text(text));
    }
  }

  private map(map: object): LuaTable {
    const table = this.open(map);
    this.budget.enter(table);
    mapEach(map, (key, value) => {
      this.budget.take(2);
      this.entry(table, this.value(key), this.value(value));
    });
    this.budget.leave(table);
    return table;
  }

  private set(set: object): LuaTable {
    const table = this.open(set);
    this.budget.enter(table);
    setEach(set, (element) => {
      this.budget.take(2);
      this.entry(table, this.value(element), true);
    });
    this.budget.leave(table);
    return table;
  }

  private entry(table: LuaTable, key: LuaValue, value: LuaValue): void {
    if (key === undefined || key !== key) throw new ScriptError("type", `${key === undefined ? "nil" : "NaN"} cannot be the key of a table`);
    table.set(key, value);
  }
}

/** A plain object of another realm (a frame, a vm context): its prototype is that realm's Object.prototype, which has none. */
function isForeignPlain(object: object): boolean {
  const prototype = Object.getPrototypeOf(object) as object;
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, "isPrototypeOf");
}

/** Values that are Lua's already. */
function isLuaObject(value: object): value is LuaTable | LuaClosure | NativeFunction | Userdata | LightUserdata | Thread {
  return value instanceof LuaTable || value instanceof LuaClosure || value instanceof NativeFunction || value instanceof Userdata
    || value instanceof LightUserdata || value instanceof Thread;
}
