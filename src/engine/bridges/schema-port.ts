// Schemas of tools and answers: compiled once for each context, checked by the service behind the schema bridge.
import { type BridgeContext, contextPart } from "./context.js";
import type { JsonSchema } from "./services/providers/chat.js";
import { CompiledSchema } from "./services/schema/json-schema.js";
import type { SchemaProblem } from "./services/tools.js";

const COMPILED = contextPart("compiled schemas", () => new WeakMap<object, CompiledSchema>());

function compiled(context: BridgeContext, schema: JsonSchema): CompiledSchema {
  const known = context.get(COMPILED);
  let found = known.get(schema);
  if (found === undefined) known.set(schema, (found = CompiledSchema.of(schema, context.charge)));
  return found;
}

/** Throws BridgeFailure "invalid_schema" when `schema` is none. */
export function checkedSchema(context: BridgeContext, schema: JsonSchema): void {
  compiled(context, schema);
}

/** What is wrong with `value`. */
export function validateWith(context: BridgeContext, schema: JsonSchema, value: unknown): readonly SchemaProblem[] {
  return compiled(context, schema).validate(value, context.charge);
}
