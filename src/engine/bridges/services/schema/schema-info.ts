// What a schema is about, without reading all of it.
import { isObject, own } from "../json-value.js";
import type { JsonSchema } from "./json-schema.js";

export interface SchemaInfo {
  readonly title?: string;
  readonly description?: string;
  readonly types: readonly string[];
  /** Names of the properties, sorted. */
  readonly properties: readonly string[];
  readonly required: readonly string[];
  /** Schemas in it, itself included. */
  readonly size: number;
  /** Deepest nesting of schemas. */
  readonly depth: number;
}

export function schemaInfo(schema: JsonSchema): SchemaInfo {
  const fields = isObject(schema) ? schema : {};
  const { title, description, type, properties, required } = fields;
  return {
    ...(typeof title === "string" ? { title } : {}),
    ...(typeof description === "string" ? { description } : {}),
    types: [type].flat().filter((name): name is string => typeof name === "string"),
    properties: isObject(properties) ? Object.keys(properties).sort() : [],
    required: Array.isArray(required) ? required.filter((name): name is string => typeof name === "string") : [],
    ...measure(schema),
  };
}

const MAPS = ["properties", "patternProperties", "$defs", "dependentSchemas"];
const LISTS = ["allOf", "anyOf", "oneOf", "prefixItems"];
const SINGLE = ["items", "additionalProperties", "contains", "not", "if", "then", "else", "propertyNames"];

function children(schema: unknown): unknown[] {
  if (!isObject(schema)) return [];
  const maps = MAPS.map((keyword) => own(schema, keyword)).filter(isObject).flatMap((map) => Object.values(map));
  const lists = LISTS.flatMap((keyword) => (Array.isArray(own(schema, keyword)) ? (own(schema, keyword) as unknown[]) : []));
  return [...maps, ...lists, ...SINGLE.map((keyword) => own(schema, keyword)).filter((child) => isObject(child) || typeof child === "boolean")];
}

function measure(schema: unknown): { size: number; depth: number } {
  const below = children(schema).map(measure);
  return { size: below.reduce((sum, { size }) => sum + size, 1), depth: below.reduce((most, { depth }) => Math.max(most, depth), 0) + 1 };
}
