// What validation errors say. Values are shown shortened: they come from outside, and one of them may fail in many places.
import type { Draft } from "json-schema-library";

type Data = Readonly<Record<string, unknown>>;

/** A value in a message, at most about forty characters. */
export function brief(value: unknown): string {
  if (value === undefined) return "nothing";
  if (Array.isArray(value)) return value.length === 0 ? "an empty array" : `an array of ${value.length}`;
  if (typeof value === "object" && value !== null) return "an object";
  const text = typeof value === "string" ? `'${value}'` : String(value);
  return text.length > 43 ? `${text.slice(0, 40)}…` : text;
}

const listed = (value: unknown): string => (Array.isArray(value) ? value.slice(0, 20).map(brief).join(", ") : brief(value));
const kinds = (value: unknown): string => (Array.isArray(value) ? value.join(" or ") : String(value));

const WORDS: Readonly<Record<string, (data: Data) => string>> = {
  "type-error": ({ expected, value }) => `expected ${kinds(expected)}, got ${brief(value)}`,
  "required-property-error": ({ key }) => `property '${String(key)}' is missing`,
  "no-additional-properties-error": ({ property }) => `property '${String(property)}' is not allowed`,
  "additional-properties-error": ({ property }) => `property '${String(property)}' is not allowed`,
  "unevaluated-property-error": () => "property is not allowed",
  "unevaluated-items-error": () => "item is not allowed",
  "invalid-property-name-error": ({ property }) => `'${String(property)}' is no valid property name`,
  "forbidden-property-error": ({ property }) => `property '${String(property)}' is not allowed`,
  "enum-error": ({ values, value }) => `expected one of ${listed(values)}, got ${brief(value)}`,
  "const-error": ({ expected, value }) => `expected ${brief(expected)}, got ${brief(value)}`,
  "minimum-error": ({ minimum, value }) => `expected at least ${String(minimum)}, got ${brief(value)}`,
  "maximum-error": ({ maximum, value }) => `expected at most ${String(maximum)}, got ${brief(value)}`,
  "exclusive-minimum-error": ({ schema, value }) => `expected more than ${String((schema as Data)["exclusiveMinimum"])}, got ${brief(value)}`,
  "exclusive-maximum-error": ({ schema, value }) => `expected less than ${String((schema as Data)["exclusiveMaximum"])}, got ${brief(value)}`,
  "multiple-of-error": ({ multipleOf, value }) => `expected a multiple of ${String(multipleOf)}, got ${brief(value)}`,
  "min-length-error": ({ minLength, length }) => `expected at least ${String(minLength)} characters, got ${String(length)}`,
  "min-length-one-error": () => "must not be empty",
  "max-length-error": ({ maxLength, length }) => `expected at most ${String(maxLength)} characters, got ${String(length)}`,
  "min-items-error": ({ minItems, length }) => `expected at least ${String(minItems)} items, got ${String(length)}`,
  "min-items-one-error": () => "must not be empty",
  "max-items-error": ({ maximum, maxItems, length }) => `expected at most ${String(maxItems ?? maximum)} items, got ${String(length)}`,
  "min-properties-error": ({ minProperties, length }) => `expected at least ${String(minProperties)} properties, got ${String(length)}`,
  "max-properties-error": ({ maxProperties, length }) => `expected at most ${String(maxProperties)} properties, got ${String(length)}`,
  "unique-items-error": ({ duplicatePointer }) => `is the same as ${String(duplicatePointer).replace(/^#/, "")}`,
  "pattern-error": ({ pattern, value }) => `expected the pattern ${String(pattern)}, got ${brief(value)}`,
  "format-error": ({ format, value }) => `expected a valid ${String(format)}, got ${brief(value)}`,
  "contains-any-error": () => "holds no item of the kind that it must contain",
  "contains-error": () => "holds no item of the kind that it must contain",
  "contains-array-error": () => "must be an array that contains an item",
  "contains-min-error": () => "holds too few items of the kind that it must contain",
  "contains-max-error": () => "holds too many items of the kind that it may contain",
  "any-of-error": ({ value }) => `${brief(value)} fits none of the alternatives`,
  "one-of-error": ({ value }) => `${brief(value)} fits none of the alternatives`,
  "multiple-one-of-error": ({ value }) => `${brief(value)} fits more than one of the alternatives`,
  "all-of-error": ({ value }) => `${brief(value)} does not fit all of the schemas`,
  "not-error": ({ value }) => `${brief(value)} is not allowed`,
  "missing-dependency-error": ({ missingProperty }) => `property '${String(missingProperty)}' is missing, which another one needs`,
  "ref-error": ({ ref }) => `the schema refers to '${String(ref)}', which is nowhere`,
  "invalid-data-error": () => "no value is allowed here",
  "schema-error": ({ message }) => `schema: ${String(message)}`,
};

/** The validator's messages: every code of its own table, so that none of its templates copies a value whole. */
export function messagesFor(codes: readonly string[]): Draft["errors"] {
  const fallback = (code: string) => (): string => code.replace(/-error$/, "").replaceAll("-", " ");
  return Object.fromEntries(
    [...codes, ...Object.keys(WORDS)].map((code) => {
      const words = WORDS[code] ?? fallback(code);
      const type = code.endsWith("-warning") ? "annotation" : "error";
      return [code, (data: Data) => ({ type, code, message: words(data), data })];
    }),
  ) as unknown as Draft["errors"];
}
