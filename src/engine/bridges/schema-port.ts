// Schemas of tools and answers: compiled once for each context, checked by the service behind the schema bridge.
import { type BridgeContext, contextPart } from "./context.js";
import type { JsonSchema } from "./services/providers/chat.js";
import { CompiledSchema } from "./services/schema/json-schema.js";
import type { SchemaProblem } from "./services/tools.js";

/** A compiled schema with what compiling it costs. */
interface Compiled {
  readonly schema: CompiledSchema;
  readonly units: number;
}

const COMPILED = contextPart("compiled schemas", () => new WeakMap<object, CompiledSchema>());

/** Schemas by their text, for all contexts: a thousand agents with the same tools compile them once. Oldest first. */
const shared = new Map<string, Compiled>();
const MOST_SHARED = 500;
const LONGEST_SHARED = 10_000;

function compiled(context: BridgeContext, schema: JsonSchema): CompiledSchema {
  const known = context.get(COMPILED);
  let found = known.get(schema);
  if (found === undefined) known.set(schema, (found = compiledOnce(context, schema)));
  return found;
}

/** Every context pays as if it had compiled the schema itself, so that a run costs the same each time. */
function compiledOnce(context: BridgeContext, schema: JsonSchema): CompiledSchema {
  const text = textOf(schema);
  const known = shared.get(text);
  if (known !== undefined) {
    context.charge(known.units);
    return known.schema;
  }
  let units = 0;
  const own = text === "" ? schema : (JSON.parse(text) as JsonSchema); // the script's object may hold on to its context
  const made = CompiledSchema.of(own, (more) => {
    units += more;
    context.charge(more);
  });
  if (text === "") return made;
  if (shared.size >= MOST_SHARED) shared.delete(shared.keys().next().value!);
  shared.set(text, { schema: made, units });
  return made;
}

/** "" for a schema that is too long to be kept, or no JSON. */
function textOf(schema: JsonSchema): string {
  try {
    const text = JSON.stringify(schema);
    return text.length <= LONGEST_SHARED ? text : "";
  } catch {
    return "";
  }
}

/** Throws BridgeFailure "invalid_schema" when `schema` is none. */
export function checkedSchema(context: BridgeContext, schema: JsonSchema): void {
  compiled(context, schema);
}

/** What is wrong with `value`. */
export function validateWith(context: BridgeContext, schema: JsonSchema, value: unknown): readonly SchemaProblem[] {
  return compiled(context, schema).validate(value, context.charge);
}
