// Lua values → plain JavaScript values.
//
// A table becomes
//   an array     when its keys are positive integers and at most every second place up to the largest is empty (holes are
//                undefined), or it came from an empty or gappy host array and has positive integer keys only
//   an object    when its keys are strings (valid UTF-8) and integers; integer keys are written in decimal; also when empty
//   a Map        otherwise: with other keys, or when an integer and a string would be the same property
// Tables met again become the same JavaScript object, so cycles and sharing stay. Metatables are never consulted.
import { bareObject } from "../base/bare-object.js";
import { LuaFloat } from "../number/float.js";
import { LuaClosure, type LuaFunction, NativeFunction } from "../vm/function.js";
import type { Shape } from "../vm/shape.js";
import { LuaTable } from "../vm/table.js";
import { LightUserdata, Userdata } from "../vm/userdata.js";
import type { LuaState } from "../vm/state.js";
import type { LuaValue } from "../vm/value.js";
import { isInteger } from "../number/float.js";
import { ConversionBudget } from "./conversion-budget.js";
import { Handle } from "./handle.js";
import { type Identities, NULL } from "./identities.js";
import { Memo } from "./memo.js";
import { type ConversionOptions, DEFAULT_CONVERSION, type LuaCallable, type PlainObject, type PlainValue } from "./script-value.js";
import { stringToBytes } from "../base/bytes.js";
import { decodeText, isAscii } from "./text.js";

/** Decoded texts this long or longer are remembered, so that a string that occurs often is copied once. */
const LONG_TEXT = 64;
/** A table from a gappy array stays an array while its largest index is below this, however empty. */
const GAPPY = 10_000;

/** What the reader needs from outside: functions have to come back to life as something that calls Lua. */
export interface ReaderHooks {
  readonly state: LuaState;
  readonly identities: Identities;
  callable(func: LuaFunction): LuaCallable;
}

/** One scalar, or undefined when `value` is a string or an object. Kept apart for speed. */
export function toPlain(hooks: ReaderHooks, value: LuaValue, options: ConversionOptions): PlainValue {
  if (typeof value === "object") {
    if (value instanceof LuaFloat) return value.n;
  } else if (typeof value !== "string") return value;
  const reader = new PlainReader(hooks, options);
  const result = reader.read(value);
  reader.finish();
  return result;
}

/** What a table turns into. */
const enum Kind { Array, Object, Map }

class PlainReader {
  private readonly budget: ConversionBudget;
  private readonly strings: "auto" | "text" | "bytes";
  private readonly seen = new Memo<LuaTable, object>();
  private texts: Map<string, string | Uint8Array> | null = null;

  constructor(private readonly hooks: ReaderHooks, options: ConversionOptions) {
    this.budget = new ConversionBudget(hooks.state, options, false);
    this.strings = options.strings ?? DEFAULT_CONVERSION.strings;
  }

  finish(): void {
    this.budget.pay();
  }

  read(value: LuaValue): PlainValue {
    if (typeof value === "string") return this.text(value);
    if (typeof value !== "object") return value;
    if (value instanceof LuaTable) return this.table(value);
    if (value instanceof LuaFloat) return value.n;
    if (value instanceof LuaClosure) return this.hooks.callable(value);
    if (value instanceof NativeFunction) return this.hooks.identities.hostFunctionOf(value) ?? this.hooks.callable(value);
    if (value instanceof LightUserdata && value === NULL) return null;
    if (value instanceof Userdata) {
      const object = this.hooks.identities.hostObjectOf(value);
      if (object !== undefined) return object;
    }
    return new Handle(this.hooks.state, value);
  }

  private text(value: string): string | Uint8Array {
    this.budget.takeText(value.length);
    if (this.strings === "bytes") return stringToBytes(value);
    if (isAscii(value)) return value;
    const known = value.length >= LONG_TEXT ? this.texts?.get(value) : undefined;
    if (known !== undefined) return known;
    const text = decodeText(value, this.strings === "text") ?? stringToBytes(value);
    if (value.length >= LONG_TEXT) (this.texts ??= new Map()).set(value, text);
    return text;
  }

  private table(table: LuaTable): PlainValue {
    const known = this.seen.get(table);
    if (known !== undefined) return known;
    this.budget.enter();
    let result: PlainValue;
    switch (this.classify(table)) {
      case Kind.Array: result = this.array(table); break;
      case Kind.Object: result = this.object(table); break;
      case Kind.Map: result = this.map(table); break;
    }
    this.budget.leave();
    return result;
  }

  private remember<T extends object>(table: LuaTable, result: T): T {
    this.seen.set(table, result);
    return result;
  }

  private classify(table: LuaTable): Kind {
    const fields = fieldKind(table);
    const integers = integerKeys(table);
    if (integers === undefined || fields === Fields.Unreadable) return Kind.Map;
    if (fields === Fields.Some) return integers.count > 0 && sharesKeys(table) ? Kind.Map : Kind.Object;
    const gappy = this.hooks.identities.isHostArray(table);
    if (integers.count === 0) return gappy ? Kind.Array : Kind.Object;
    return integers.least > 0 && (integers.most <= 2 * integers.count || (gappy && integers.most <= GAPPY)) ? Kind.Array : Kind.Object;
  }

  private array(table: LuaTable): PlainValue {
    const { arr, hash } = table;
    const list = this.remember(table, arr.length <= SHORT_LIST ? (arr.slice(1) as PlainValue[]) : []); // pushing would make room for more
    for (let i = 1; i < arr.length; i++) {
      this.budget.take(1);
      list[i - 1] = this.read(arr[i]);
    }
    if (hash !== null) {
      let last = list.length;
      for (let i = 0; i < hash.keys.length; i++) if (hash.values[i] !== undefined && (hash.keys[i] as number) > last) last = hash.keys[i] as number;
      this.budget.take(last - list.length);
      while (list.length < last) list.push(undefined);
      for (let i = 0; i < hash.keys.length; i++) {
        const value = hash.values[i];
        if (value !== undefined) list[(hash.keys[i] as number) - 1] = this.read(value);
      }
    }
    while (list.length > 0 && list[list.length - 1] === undefined) list.pop();
    return list;
  }

  private object(table: LuaTable): PlainValue {
    const object = this.remember<PlainObject>(table, isFamiliar(table) ? bareObject() : (Object.create(null) as PlainObject));
    const { arr, hash, shape, slots } = table;
    for (let i = 1; i < arr.length; i++) if (arr[i] !== undefined) this.property(object, String(i), arr[i]);
    const { keys } = shape;
    const known = asciiKeys(shape);
    for (let i = 0, n = shape.size; i < n; i++) {
      const value = slots[i];
      if (value === undefined) continue;
      const key = keys[i]!;
      this.budget.takeText(key.length);
      this.property(object, i < known || isAscii(key) ? key : decodeText(key, true)!, value);
    }
    if (hash !== null) {
      for (let i = 0; i < hash.keys.length; i++) if (hash.values[i] !== undefined) this.property(object, String(hash.keys[i]), hash.values[i]);
    }
    return object;
  }

  private property(object: PlainObject, key: string, value: LuaValue): void {
    this.budget.take(2);
    object[key] = this.read(value);
  }

  private map(table: LuaTable): PlainValue {
    const map = this.remember(table, new Map<PlainValue, PlainValue>());
    for (let at = table.seek(0); at >= 0; at = table.seek(at + 1)) {
      this.budget.take(2);
      map.set(this.read(table.keyAt(at)), this.read(table.valueAt(at)));
    }
    return map;
  }
}

const enum Fields { None, Some, Unreadable }

/** What is known of a shape's list of keys. Such a list only grows at its end. */
interface KnownKeys {
  /** How many at its beginning are ASCII. */
  ascii: number;
  /** Tables with these keys that have become objects. */
  met: number;
}

const knownKeys = new WeakMap<readonly string[], KnownKeys>();

function aboutKeys({ keys }: Shape): KnownKeys {
  let found = knownKeys.get(keys);
  if (found === undefined) knownKeys.set(keys, (found = { ascii: 0, met: 0 }));
  return found;
}

function asciiKeys(shape: Shape): number {
  const about = aboutKeys(shape);
  const { keys, size } = shape;
  while (about.ascii < size && isAscii(keys[about.ascii]!)) about.ascii++;
  return about.ascii;
}

/** Up to this length a list is made before its elements are paid for. */
const SHORT_LIST = 32;
/** Objects with so few keys may be bare ones. */
const FEW_KEYS = 16;
/** Tables with the same keys after which these are no longer taken for made up. */
const FAMILIAR = 8;

/** A table whose keys, all of them there, have come again and again. */
function isFamiliar({ arr, hash, shape, slots }: LuaTable): boolean {
  if (shape.dictionary || shape.size > FEW_KEYS || hash !== null || arr.length > 1) return false;
  for (let i = 0; i < shape.size; i++) if (slots[i] === undefined) return false;
  return ++aboutKeys(shape).met > FAMILIAR;
}

/** Whether a table has string keys, and whether all of them can be property names (valid UTF-8). */
function fieldKind({ shape, slots }: LuaTable): Fields {
  if (shape.size === 0) return Fields.None;
  const known = asciiKeys(shape);
  let kind = Fields.None;
  for (let i = 0; i < shape.size; i++) {
    if (slots[i] === undefined) continue;
    kind = Fields.Some;
    if (i >= known && decodeText(shape.keys[i]!, false) === undefined) return Fields.Unreadable;
  }
  return kind;
}

/** Number, least and greatest of a table's integer keys; undefined when it has keys that are neither integers nor strings. */
function integerKeys({ arr, hash }: LuaTable): { count: number; least: number; most: number } | undefined {
  let count = 0;
  let most = 0;
  let least = Infinity;
  for (let i = 1; i < arr.length; i++) {
    if (arr[i] === undefined) continue;
    count++;
    most = i;
    if (least === Infinity) least = i;
  }
  if (hash === null) return { count, least, most };
  for (let i = 0; i < hash.keys.length; i++) {
    if (hash.values[i] === undefined) continue;
    const key = hash.keys[i];
    if (typeof key === "bigint") {
      least = Math.min(least, Number(key));
      most = Math.max(most, Number(key));
    } else if (isInteger(key)) {
      least = Math.min(least, key);
      most = Math.max(most, key);
    } else return undefined;
    count++;
  }
  return { count, least, most };
}

/** An integer key of the table is, in decimal, also one of its string keys. */
function sharesKeys(table: LuaTable): boolean {
  const { arr, hash } = table;
  for (let i = 1; i < arr.length; i++) if (arr[i] !== undefined && table.getStr(String(i)) !== undefined) return true;
  if (hash === null) return false;
  return hash.keys.some((key, i) => hash.values[i] !== undefined && table.getStr(String(key)) !== undefined);
}
