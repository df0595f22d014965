// The schema bridge: JSON Schema for scripts.
import type { BridgeCall } from "./context.js";
import { defineBridge } from "./define.js";
import { options } from "./options.js";
import { type NamedSchema, SCHEMAS, compileTable, schemaHandle } from "./schema-handle.js";
import { multi } from "../host-function.js";
import { BridgeFailure } from "./services/failure.js";
import { coerce } from "./services/schema/coerce.js";
import { extract } from "./services/schema/extract.js";
import { type GenerateOptions, generate } from "./services/schema/generate.js";
import { CompiledSchema } from "./services/schema/json-schema.js";
import { merge } from "./services/schema/merge.js";
import { schemaInfo } from "./services/schema/schema-info.js";

/** Schemas that a context may keep. */
const MAX_SCHEMAS = 10_000;

function create(call: BridgeCall, definition: unknown, id?: string): NamedSchema {
  const schemas = call.get(SCHEMAS);
  if (schemas.byId.size >= MAX_SCHEMAS) throw new BridgeFailure("too_many", `more than ${MAX_SCHEMAS} schemas`);
  const named = { id: id ?? `schema_${++schemas.last}`, compiled: compileTable(call.context, definition), isKept: true };
  if (schemas.byId.has(named.id)) throw new BridgeFailure("exists", `there is a schema '${named.id}' already`);
  schemas.byId.set(named.id, named);
  call.context.keep(named.compiled.bytes);
  return named;
}

const schemaParameter = { name: "schema", type: schemaHandle, doc: "A schema, its id, or a definition." } as const;
const definitionParameter = { name: "definition", type: "table", doc: "A JSON Schema (2020-12) as a table." } as const;

export const schemaBridge = defineBridge({
  name: "schema",
  doc: "JSON Schema (2020-12): check, coerce, infer and extract structured data.",
  handles: [schemaHandle],
  constants: {
    Type: { OBJECT: "object", ARRAY: "array", STRING: "string", NUMBER: "number", INTEGER: "integer", BOOLEAN: "boolean", NULL: "null" },
    Format: { EMAIL: "email", URI: "uri", DATE: "date", UUID: "uuid" },
  },
  types: {
    SchemaError: {
      doc: "Something that does not fit.",
      fields: {
        path: { type: "string", doc: "Where, as a JSON pointer: \"/items/0/name\" (items count from 0); \"\" for the whole." },
        message: { type: "string", doc: "What." },
      },
    },
  },
  notes: "Formats are checked: email, uri, uri-reference, date, time, date-time, duration, uuid, hostname, ipv4, ipv6, json-pointer, regex. " +
    "Patterns take time in proportion to the text: lookaround and back references are refused. `$ref` stays within the schema. " +
    "Lua's `{}` is an empty array where the schema says `array`, and an empty object where it says `object`.",
  functions: {
    create: {
      doc: "Compiles a definition and keeps it under an id.",
      params: [definitionParameter, { name: "id", type: "string", optional: true, doc: "Its id; a new one unless given." }],
      returns: [{ type: "Schema", doc: "For the other functions." }],
      example: 'local person = schema.create{ type = "object", properties = { name = { type = "string" }, age = { type = "integer", minimum = 0 } }, required = { "name" } }\nlocal ok, errors = person:validate{ age = -1 }',
      run: (call, definition: unknown, id?: string) => schemaHandle.of(create(call, definition, id)),
    },
    compile: {
      doc: "Checks a definition and compiles it, without keeping it under an id that others could use.",
      params: [definitionParameter],
      returns: [{ type: "Schema", doc: "For the other functions." }],
      run: (call, definition: unknown) => schemaHandle.of({ id: `compiled_${++call.get(SCHEMAS).last}`, compiled: compileTable(call.context, definition), isKept: false }),
    },
    validate: {
      doc: "Checks a value.",
      params: [schemaParameter, { name: "value", type: "any", doc: "Any data." }],
      returns: [{ name: "ok", type: "boolean", doc: "Whether it fits." }, { name: "errors", type: "SchemaError[]", doc: "What does not; empty when it fits." }],
      run: (call, { compiled }: NamedSchema, value: unknown) => {
        const errors = compiled.validate(value, call.charge);
        return multi(errors.length === 0, errors);
      },
    },
    coerce: {
      doc: "Makes a value fit where its meaning is plain: \"42\" → 42, \"yes\" → true, one item → a list of one, defaults filled in.",
      params: [schemaParameter, { name: "value", type: "any", doc: "Any data; it is not changed." }],
      returns: [{ name: "value", type: "any", doc: "The value that fits as well as can be." }, { name: "errors", type: "SchemaError[]", doc: "What still does not." }],
      example: 'local value = schema.coerce({ type = "object", properties = { n = { type = "integer" } } }, { n = "42" })\nprint(value.n + 1) --> 43',
      run: (call, { compiled }: NamedSchema, given: unknown) => {
        const { value, errors } = coerce(compiled, given, call.charge);
        return multi(value, errors);
      },
    },
    generate: {
      doc: "Infers a definition that a sample fits.",
      params: [
        { name: "sample", type: "any", doc: "A value; items of an array share one schema." },
        {
          name: "options", optional: true, doc: "What to say besides.",
          type: options("GenerateOptions", {
            title: { type: "string", doc: "Title of the schema." },
            description: { type: "string", doc: "Description of the schema." },
            required: { type: "boolean", default: true, doc: "Every property of the sample is required." },
            formats: { type: "boolean", default: true, doc: "Strings get the format that they have." },
            additional_properties: { type: "boolean", doc: "Whether other properties are allowed; not said unless given." },
          }),
        },
      ],
      returns: [{ type: "table", doc: "The definition." }],
      run: (call, sample: unknown, choices: Omit<GenerateOptions, "additionalProperties"> & { readonly additional_properties?: boolean } = {}) => {
        const { additional_properties: additionalProperties, ...rest } = choices;
        return generate(sample, additionalProperties === undefined ? rest : { ...rest, additionalProperties }, call.charge);
      },
    },
    extract: {
      doc: "Finds data that fits in free text: JSON in it, mended if need be, else \"name: value\" pairs.",
      params: [schemaParameter, { name: "text", type: "string", doc: "What a model or a person wrote." }],
      returns: [
        { name: "value", type: "any", doc: "The data, coerced; nil when there is none." },
        { name: "errors", type: "SchemaError[]", doc: "What does not fit." },
        { name: "source", type: "string", doc: "\"json\", \"pairs\" or \"none\"." },
      ],
      run: (call, { compiled }: NamedSchema, text: string) => {
        const { value, errors, source } = extract(compiled, text, call.charge);
        return multi(value, errors, source);
      },
    },
    merge: {
      doc: "One definition for what fits all of several.",
      params: [{ name: "...", type: "any", variadic: true, doc: "Definitions or schemas." }],
      returns: [{ type: "table", doc: "The definition." }],
      run: (call, ...parts: unknown[]) => {
        const definitions = parts.map((part) => {
          const { compiled } = ((typeof part === "string" ? call.get(SCHEMAS).byId.get(part) : part) ?? {}) as Partial<NamedSchema>;
          return compiled instanceof CompiledSchema ? compiled.schema : compileTable(call.context, part).schema;
        });
        const merged = merge(definitions);
        if (typeof merged === "boolean") return merged;
        return CompiledSchema.of(merged, call.charge).schema;
      },
    },
    get_info: {
      doc: "What a schema is about.",
      params: [schemaParameter],
      returns: [{ type: "table", doc: "`title`, `description`, `types`, `properties` (names), `required`, `size` (schemas in it), `depth`, `definition`." }],
      run: (_, { id, compiled }: NamedSchema) => ({ ...(id === "" ? {} : { id }), ...schemaInfo(compiled.schema), definition: compiled.schema }),
    },
  },
});
