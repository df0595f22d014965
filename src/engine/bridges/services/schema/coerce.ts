// Making a value fit a schema where its meaning is plain: "42" → 42, "yes" → true, one item → a list of one, defaults filled in.
import { BridgeFailure } from "../failure.js";
import { isObject, own, record } from "../json-value.js";
import type { Charge } from "../work.js";
import { CompiledSchema, type JsonSchema, type SchemaError } from "./json-schema.js";

export interface Coerced {
  readonly value: unknown;
  /** What still does not fit. */
  readonly errors: readonly SchemaError[];
}

/** `value` changed to fit `compiled`, as far as that goes. The value given is not changed. */
export function coerce(compiled: CompiledSchema, value: unknown, charge: Charge): Coerced {
  compiled.validate(value, charge); // bounds the value, and refuses a schema that never ends
  const coerced = new Coercion(compiled.schema, charge).apply(compiled.schema, value, 0);
  return { value: coerced, errors: compiled.validate(coerced, charge) };
}

/** References and combinations that are followed without entering a part of the value. */
const MAX_HOPS = 32;
/** Schemas applied in one coercion. */
const MAX_STEPS = 100_000;

class Coercion {
  private steps = 0;
  private readonly compiled = new Map<unknown, CompiledSchema>();

  constructor(private readonly root: JsonSchema, private readonly charge: Charge) {}

  apply(schema: unknown, value: unknown, hops: number): unknown {
    this.charge(4);
    if (++this.steps > MAX_STEPS) throw new BridgeFailure("too_large", `coercion takes more than ${MAX_STEPS} steps`);
    if (!isObject(schema) || hops > MAX_HOPS) return value;
    const reference = own(schema, "$ref");
    if (typeof reference === "string") value = this.apply(this.resolve(reference), value, hops + 1);
    for (const part of list(own(schema, "allOf"))) value = this.apply(part, value, hops + 1);
    for (const keyword of ["anyOf", "oneOf"]) value = this.alternative(list(own(schema, keyword)), value, hops);
    if (value === undefined || (value === null && !allowsNull(schema))) value = own(schema, "default") ?? value;
    return this.parts(schema, this.scalar(schema, value), hops);
  }

  /** A reference inside the schema: "#/$defs/name" or "#". */
  private resolve(reference: string): unknown {
    if (!reference.startsWith("#")) return undefined;
    let at: unknown = this.root;
    for (const step of reference.slice(1).split("/").slice(1)) {
      const key = decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~");
      at = Array.isArray(at) ? (at as unknown[])[Number(key)] : isObject(at) ? own(at, key) : undefined;
    }
    return at;
  }

  /** The first alternative that the value fits as it is, else the first that it can be made to fit. */
  private alternative(choices: readonly unknown[], value: unknown, hops: number): unknown {
    if (choices.length === 0) return value;
    const compiled = choices.map((choice) => this.compile(choice));
    if (compiled.some((schema) => schema.validate(value, this.charge).length === 0)) return value;
    for (const [i, schema] of compiled.entries()) {
      const changed = this.apply(choices[i], value, hops + 1);
      if (schema.validate(changed, this.charge).length === 0) return changed;
    }
    return value;
  }

  private compile(schema: unknown): CompiledSchema {
    const known = this.compiled.get(schema);
    if (known !== undefined) return known;
    const definitions = isObject(this.root) ? own(this.root, "$defs") : undefined;
    const compiled = CompiledSchema.of(definitions !== undefined && isObject(schema) ? { $defs: definitions, ...schema } : schema, this.charge);
    this.compiled.set(schema, compiled);
    return compiled;
  }

  private scalar(schema: Readonly<Record<string, unknown>>, value: unknown): unknown {
    const type = own(schema, "type");
    const types = typeof type === "string" ? [type] : list(type).filter((name): name is string => typeof name === "string");
    if (types.length > 0 && !types.some((name) => isOfType(name, value))) {
      for (const name of types) {
        const changed = toType(name, value);
        if (changed !== undefined) value = changed;
        if (changed !== undefined) break;
      }
    }
    return typeof value === "string" ? closestOf(list(own(schema, "enum")), value) : value;
  }

  private parts(schema: Readonly<Record<string, unknown>>, value: unknown, hops: number): unknown {
    if (Array.isArray(value)) {
      const prefix = list(own(schema, "prefixItems"));
      const items = own(schema, "items");
      return prefix.length === 0 && items === undefined ? value : value.map((item, i) => this.apply(prefix[i] ?? items, item, 0));
    }
    return isObject(value) ? this.properties(schema, value, hops) : value;
  }

  private properties(schema: Readonly<Record<string, unknown>>, value: Readonly<Record<string, unknown>>, hops: number): unknown {
    const properties = own(schema, "properties");
    const rest = own(schema, "additionalProperties");
    if (!isObject(properties) && !isObject(rest)) return value;
    const result = record<unknown>();
    for (const [key, part] of Object.entries(value)) {
      const known = isObject(properties) ? own(properties, key) : undefined;
      result[key] = this.apply(known ?? rest, part, 0);
    }
    for (const [key, property] of Object.entries(isObject(properties) ? properties : {})) {
      if (Object.hasOwn(value, key)) continue;
      const filled = this.missing(property, hops);
      if (filled !== undefined) result[key] = filled;
    }
    return result;
  }

  /** What stands for a property that is not there: its default. */
  private missing(schema: unknown, hops: number): unknown {
    if (!isObject(schema) || hops > MAX_HOPS) return undefined;
    const reference = own(schema, "$ref");
    return own(schema, "default") ?? (typeof reference === "string" ? this.missing(this.resolve(reference), hops + 1) : undefined);
  }
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

function allowsNull(schema: Readonly<Record<string, unknown>>): boolean {
  const type = own(schema, "type");
  return type === "null" || list(type).includes("null");
}

function isOfType(type: string, value: unknown): boolean {
  switch (type) {
    case "null": return value === null;
    case "integer": return typeof value === "bigint" || Number.isInteger(value);
    case "number": return typeof value === "bigint" || typeof value === "number";
    case "array": return Array.isArray(value);
    case "object": return isObject(value);
    default: return typeof value === type;
  }
}

const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;
const TRUE = ["true", "yes", "on", "1"];
const FALSE = ["false", "no", "off", "0"];

/** The value as `type`, or undefined where that would be a guess. */
function toType(type: string, value: unknown): unknown {
  const text = typeof value === "string" ? value.trim() : undefined;
  switch (type) {
    case "integer": return toInteger(text ?? value);
    case "number": return text !== undefined && NUMBER.test(text) ? Number(text) : typeof value === "boolean" ? Number(value) : undefined;
    case "boolean": return toBoolean(typeof value === "number" ? String(value) : text);
    case "string": return typeof value === "number" || typeof value === "bigint" || typeof value === "boolean" ? String(value) : undefined;
    case "null": return text === "" || text === "null" || text === "nil" ? null : undefined;
    case "array": return isObject(value) ? (Object.keys(value).length === 0 ? [] : undefined) : value === undefined || value === null ? undefined : fromText(text, Array.isArray) ?? [value];
    case "object": return Array.isArray(value) && value.length === 0 ? record() : fromText(text, isObject);
    default: return undefined;
  }
}

function toInteger(value: unknown): unknown {
  if (typeof value === "boolean") return Number(value);
  if (typeof value !== "string" || !NUMBER.test(value)) return undefined;
  const number = Number(value);
  if (!Number.isInteger(number)) return undefined;
  return Number.isSafeInteger(number) || !/^[+-]?\d+$/.test(value) ? number : BigInt(value);
}

function toBoolean(text: string | undefined): boolean | undefined {
  const word = text?.toLowerCase() ?? "";
  return TRUE.includes(word) ? true : FALSE.includes(word) ? false : undefined;
}

/** JSON in a string: what models do with nested values. */
function fromText(text: string | undefined, fits: (value: unknown) => boolean): unknown {
  if (text === undefined || !/^[[{]/.test(text)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return fits(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The enumerated value that differs from the text in case and spaces only; the text itself if there is none. */
function closestOf(values: readonly unknown[], text: string): unknown {
  if (values.length === 0 || values.includes(text)) return text;
  const plain = (value: unknown): string => String(value).trim().toLowerCase();
  const close = values.filter((value) => (typeof value === "string" || typeof value === "number") && plain(value) === plain(text));
  return close.length === 1 ? close[0] : text;
}
