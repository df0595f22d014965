// A compiled JSON Schema (2020-12): what a schema says about a value.
import { type JsonError, type SchemaNode, compileSchema } from "json-schema-library";
import { bareObject } from "../../../../base/bare-object.js";
import { BridgeFailure } from "../failure.js";
import { checkBounds, isObject, record } from "../json-value.js";
import type { Charge } from "../work.js";
import { METERED_DRAFT, metered } from "./metered-draft.js";

/** A schema as data: an object, or true (anything) and false (nothing). */
export type JsonSchema = Readonly<Record<string, unknown>> | boolean;

/** Where (JSON pointer, "" for the whole) and what. */
export interface SchemaError {
  readonly path: string;
  readonly message: string;
}

/** Errors that are handed out; more say no more. */
const MAX_REPORTED = 100;
const UNITS_PER_NODE = 30;
/** Keywords, values and names in one schema. */
const MAX_PARTS = 20_000;
const BYTES_PER_PART = 400;
const FEW_KEYS = 16;
/** Elements and fields of a value that is validated. */
const MAX_VALUE_PARTS = 250_000;

export class CompiledSchema {
  private constructor(readonly schema: JsonSchema, private readonly root: SchemaNode, private readonly size: number) {}

  /** Throws BridgeFailure "invalid_schema" (its details have `errors`), "too_deep" or "too_large". */
  static of(schema: unknown, charge: Charge): CompiledSchema {
    if (typeof schema !== "boolean" && !isObject(schema)) throw new BridgeFailure("invalid_schema", "a schema is an object or a boolean");
    const size = checkBounds(schema, (units) => charge(units * UNITS_PER_NODE), "schema", MAX_PARTS);
    const root = compile(schema);
    const errors = (root.schemaErrors ?? []).map(toSchemaError);
    if (errors.length > 0) {
      const [first] = errors as [SchemaError];
      throw new BridgeFailure("invalid_schema", `${first.path === "" ? "schema" : `schema at ${first.path}`}: ${first.message.replace(/^schema: /, "")}`, { details: { errors } });
    }
    return new CompiledSchema(schema, root, size);
  }

  /** About what it takes in memory. */
  get bytes(): number {
    return 500 + this.size * BYTES_PER_PART;
  }

  /** What is wrong with `value`; empty when it fits. */
  validate(value: unknown, charge: Charge): SchemaError[] {
    checkBounds(value, charge, "value", MAX_VALUE_PARTS);
    const { errors } = metered(charge, this.size, () => this.root.validate(comparable(value)));
    return errors.slice(0, MAX_REPORTED).map(toSchemaError);
  }
}

function compile(schema: JsonSchema): SchemaNode & { schemaErrors?: JsonError[] } {
  try {
    return compileSchema(schema as never, { drafts: [METERED_DRAFT] });
  } catch (error) {
    if (error instanceof RangeError) throw new BridgeFailure("too_deep", "schema is nested too deep");
    throw error instanceof BridgeFailure ? error : new BridgeFailure("invalid_schema", (error as Error).message, { cause: error });
  }
}

function toSchemaError({ data: { pointer }, message }: JsonError): SchemaError {
  return { path: String(pointer).replace(/^#/, ""), message };
}

/** For the library, which knows no bigint (the nearest double compares well enough for a limit) and looks things up by name. */
function comparable(value: unknown): unknown {
  return isComparable(value) ? value : comparableCopy(value);
}

function isComparable(value: unknown): boolean {
  if (typeof value === "bigint") return false;
  if (typeof value !== "object" || value === null) return true;
  if (Array.isArray(value)) return value.every(isComparable);
  return Object.getPrototypeOf(value) === null && Object.values(value).every(isComparable);
}

function comparableCopy(value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(comparableCopy);
  const keys = Object.keys(value);
  const copy = keys.length <= FEW_KEYS ? bareObject<unknown>() : record<unknown>(); // what is copied has a hidden class itself
  for (const key of keys) copy[key] = comparableCopy((value as Record<string, unknown>)[key]);
  return copy;
}
