// Schemas as scripts hold them, for every bridge that takes one.
import { type BridgeContext, contextPart } from "./context.js";
import { defineHandle } from "./handles.js";
import { BridgeFailure } from "./services/failure.js";
import { isObject, record } from "./services/json-value.js";
import { CompiledSchema, type JsonSchema } from "./services/schema/json-schema.js";

/** A schema that a script made. */
export interface NamedSchema {
  readonly id: string;
  readonly compiled: CompiledSchema;
  /** It stays until its context ends, whoever holds it. */
  readonly isKept: boolean;
}

/** Schemas of one script by id. */
export const SCHEMAS = contextPart("schemas", () => ({ last: 0, byId: new Map<string, NamedSchema>() }));

/** Where JSON Schema has lists: `{}` of Lua is an empty one there. */
const LISTS = ["required", "enum", "allOf", "anyOf", "oneOf", "prefixItems", "examples", "type"];
/** Where it has maps of schemas: their keys are names, not keywords. */
const MAPS = ["properties", "patternProperties", "$defs", "definitions", "dependentSchemas"];
const VALUES = ["const", "default", "enum", "examples"];

/** A schema written as a Lua table. */
export function schemaFromTable(value: unknown): JsonSchema {
  if (typeof value === "boolean") return value;
  if (Array.isArray(value) || !isObject(value)) throw new BridgeFailure("invalid_schema", "a schema is a table with string keys, or a boolean");
  const schema = record<unknown>();
  for (const [keyword, part] of Object.entries(value)) schema[keyword] = keywordFromTable(keyword, part);
  return schema;
}

function keywordFromTable(keyword: string, value: unknown): unknown {
  const isEmpty = isObject(value) && Object.keys(value).length === 0;
  if (LISTS.includes(keyword) && isEmpty) return [];
  if (VALUES.includes(keyword)) return value;
  if (MAPS.includes(keyword)) return isObject(value) ? record(Object.entries(value).map(([name, part]) => [name, subschema(part)])) : Array.isArray(value) && value.length === 0 ? record() : value;
  return Array.isArray(value) ? value.map(subschema) : subschema(value);
}

const subschema = (value: unknown): unknown => (isObject(value) ? schemaFromTable(value) : value);

/** A definition as scripts write it, compiled. Throws BridgeFailure "invalid_schema". */
export function compileTable(context: BridgeContext, definition: unknown): CompiledSchema {
  return CompiledSchema.of(schemaFromTable(definition), context.charge);
}

/** Handles of schemas, for bridges that take one. A table in its place is a definition. */
export const schemaHandle = defineHandle<NamedSchema>({
  name: "schema",
  doc: "A compiled schema. Wherever one is taken, a definition will do.",
  id: ({ id }) => id,
  find: (context, id) => context.get(SCHEMAS).byId.get(id),
  from: (context, value) => ({ id: "", compiled: compileTable(context, value), isKept: false }),
  weight: ({ compiled, isKept }) => (isKept ? 0 : compiled.bytes),
  properties: {
    definition: { type: "table", doc: "The schema as a table.", get: ({ compiled }) => compiled.schema },
  },
});
