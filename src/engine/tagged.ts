// The tagged view: Lua values as records that lose nothing, and back. See ScriptValue in script-value.ts.
//
// A table met again is the same record, so cycles and sharing stay. Metatables are copied like other tables and put back; no
// metamethod runs on the way. Functions, coroutines and userdata are handles: the value itself comes back.
import { bytesToString, stringToBytes } from "../base/bytes.js";
import { LuaFloat, isInteger, makeFloat } from "../number/float.js";
import { MAX_INTEGER, MIN_INTEGER, wrapInteger } from "../number/integer.js";
import { SIZE, allocate } from "../vm/accounting.js";
import { setMetatable } from "../vm/metatables.js";
import type { LuaState } from "../vm/state.js";
import { LuaTable } from "../vm/table.js";
import { Userdata } from "../vm/userdata.js";
import { type LuaValue, isFunction } from "../vm/value.js";
import { ConversionBudget } from "./conversion-budget.js";
import { ScriptError } from "./errors.js";
import { Handle } from "./handle.js";
import type { Identities } from "./identities.js";
import type { ConversionOptions, ScriptArray, ScriptTable, ScriptValue } from "./script-value.js";

/** Throws ScriptError "limit" for what is too deep or too large. */
export function toTagged(state: LuaState, identities: Identities, value: LuaValue, options: ConversionOptions): ScriptValue {
  const reader = new TaggedReader(state, identities, options);
  const result = reader.read(value);
  reader.finish();
  return result;
}

class TaggedReader {
  private readonly budget: ConversionBudget;
  private readonly seen = new Map<LuaTable, ScriptArray | ScriptTable>();

  constructor(private readonly state: LuaState, private readonly identities: Identities, options: ConversionOptions) {
    this.budget = new ConversionBudget(state, options, false);
  }

  finish(): void {
    this.budget.pay();
  }

  read(value: LuaValue): ScriptValue {
    this.budget.take(1);
    switch (typeof value) {
      case "undefined": return { kind: "nil" };
      case "boolean": return { kind: "boolean", value };
      case "bigint": return { kind: "integer", value };
      case "number": return isInteger(value) ? { kind: "integer", value: BigInt(value) } : { kind: "float", value };
      case "string":
        this.budget.takeText(value.length);
        return { kind: "string", bytes: stringToBytes(value) };
      default: return this.object(value);
    }
  }

  private object(value: Exclude<LuaValue, undefined | boolean | number | bigint | string>): ScriptValue {
    if (value instanceof LuaFloat) return { kind: "float", value: value.n };
    if (value instanceof LuaTable) return this.table(value);
    const handle = new Handle(this.state, value);
    if (isFunction(value)) return { kind: "function", handle };
    if (handle.kind === "thread") return { kind: "thread", handle };
    const object = value instanceof Userdata ? this.identities.hostObjectOf(value) : undefined;
    return object === undefined ? { kind: "userdata", handle } : { kind: "userdata", handle, object };
  }

  private table(table: LuaTable): ScriptArray | ScriptTable {
    const known = this.seen.get(table);
    if (known !== undefined) return known;
    this.budget.enter();
    const result = table.metatable === null && isSequence(table) ? this.array(table) : this.entries(table);
    this.budget.leave();
    return result;
  }

  private array(table: LuaTable): ScriptArray {
    const array: ScriptArray = { kind: "array", items: [] };
    this.seen.set(table, array);
    for (let i = 1; i < table.arr.length && table.arr[i] !== undefined; i++) array.items.push(this.read(table.arr[i]));
    return array;
  }

  private entries(table: LuaTable): ScriptTable {
    const record: ScriptTable = { kind: "object", entries: [] };
    this.seen.set(table, record);
    for (let at = table.seek(0); at >= 0; at = table.seek(at + 1)) {
      record.entries.push([this.read(table.keyAt(at)), this.read(table.valueAt(at))]);
    }
    if (table.metatable !== null) record.metatable = this.table(table.metatable);
    return record;
  }
}

/** The keys are exactly 1 … n, all in the array part. */
function isSequence(table: LuaTable): boolean {
  const { arr, shape, slots, hash } = table;
  for (let i = 0; i < shape.size; i++) if (slots[i] !== undefined) return false;
  if (hash !== null && hash.values.some((value) => value !== undefined)) return false;
  for (let i = 1, gap = false; i < arr.length; i++) {
    if (arr[i] === undefined) gap = true;
    else if (gap) return false;
  }
  return true;
}

/** The Lua value of a record. Throws ScriptError "type" for what is none. */
export function fromTagged(state: LuaState, value: ScriptValue, options: ConversionOptions): LuaValue {
  state.enter(); // what is allocated counts for this state
  try {
    return new TaggedWriter(state, options).convert(value);
  } finally {
    state.leave();
  }
}

class TaggedWriter {
  private readonly budget: ConversionBudget;
  private readonly seen = new Map<ScriptValue, LuaTable>();
  /** Tables and their metatables, set when all is filled: nothing may run, and __gc counts from the end. */
  private readonly metatables: [table: LuaTable, metatable: LuaTable][] = [];

  constructor(private readonly state: LuaState, options: ConversionOptions) {
    this.budget = new ConversionBudget(state, options, true);
  }

  convert(value: ScriptValue): LuaValue {
    const result = this.value(value);
    for (const [table, metatable] of this.metatables) setMetatable(this.state, table, metatable);
    this.budget.pay();
    return result;
  }

  private value(value: ScriptValue): LuaValue {
    this.budget.take(1);
    if (typeof value !== "object" || value === null) throw notTagged(value);
    switch (value.kind) {
      case "nil": return undefined;
      case "boolean": return expectType(value.value, "boolean");
      case "integer": return integer(value.value);
      case "float": return makeFloat(expectType(value.value, "number"));
      case "string": return this.text(value.bytes);
      case "array": case "object": return this.table(value);
      case "function": case "userdata": case "thread": return this.handle(value.handle);
      default: throw notTagged(value);
    }
  }

  private text(bytes: unknown): string {
    if (!(bytes instanceof Uint8Array)) throw new ScriptError("type", "a string record needs its bytes as a Uint8Array");
    this.budget.takeText(bytes.length);
    this.state.memory.reserveString(bytes.length);
    return bytesToString(bytes);
  }

  private handle(handle: unknown): LuaValue {
    if (!(handle instanceof Handle)) throw new ScriptError("type", "a function, userdata or thread record needs a handle");
    if (handle.state !== this.state) throw new ScriptError("type", `this ${handle.kind} handle belongs to another context`);
    return handle.value;
  }

  private table(record: ScriptArray | ScriptTable): LuaTable {
    const known = this.seen.get(record);
    if (known !== undefined) return known;
    const table = new LuaTable();
    allocate(SIZE.table);
    this.seen.set(record, table);
    this.budget.enter(table);
    if (record.kind === "array") this.fillArray(table, record.items);
    else this.fillTable(table, record);
    this.budget.leave(table);
    return table;
  }

  private fillArray(table: LuaTable, items: unknown): void {
    if (!Array.isArray(items)) throw new ScriptError("type", "an array record needs its items as an array");
    for (let i = 0; i < items.length; i++) table.setInt(i + 1, this.value(items[i] as ScriptValue));
  }

  private fillTable(table: LuaTable, { entries, metatable }: ScriptTable): void {
    if (!Array.isArray(entries)) throw new ScriptError("type", "an object record needs its entries as an array");
    for (const entry of entries as unknown[]) {
      if (!Array.isArray(entry)) throw new ScriptError("type", "an entry of an object record is a pair of key and value");
      const key = this.value(entry[0] as ScriptValue);
      if (key === undefined || key !== key) throw new ScriptError("type", `${key === undefined ? "nil" : "NaN"} cannot be the key of a table`);
      table.set(key, this.value(entry[1] as ScriptValue));
    }
    if (metatable !== undefined) {
      const value = this.value(metatable);
      if (!(value instanceof LuaTable)) throw new ScriptError("type", "a metatable is an array or object record");
      this.metatables.push([table, value]);
    }
  }
}

function integer(value: unknown): LuaValue {
  if (typeof value !== "bigint" || value < MIN_INTEGER || value > MAX_INTEGER) {
    throw new ScriptError("type", `an integer record needs a bigint of 64 bits, got ${String(value)}`);
  }
  return wrapInteger(value);
}

function expectType<T extends "boolean" | "number">(value: unknown, type: T): T extends "boolean" ? boolean : number {
  if (typeof value !== type) throw new ScriptError("type", `a record of kind ${type === "number" ? "float" : type} needs a ${type}, got ${typeof value}`);
  return value as T extends "boolean" ? boolean : number;
}

function notTagged(value: unknown): ScriptError {
  const shown = typeof value === "object" && value !== null ? `kind ${String((value as { kind?: unknown }).kind)}` : String(value);
  return new ScriptError("type", `not a tagged script value (${shown})`);
}
