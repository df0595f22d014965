// A schema from sample values.
import { checkBounds, isObject, record } from "../json-value.js";
import type { Charge } from "../work.js";
import { hasFormat } from "./formats.js";

export interface GenerateOptions {
  readonly title?: string;
  readonly description?: string;
  /** Every property of the sample becomes required (unless false). */
  readonly required?: boolean;
  /** Strings get a format where the sample has one (unless false). */
  readonly formats?: boolean;
  /** The value of additionalProperties; left out unless given. */
  readonly additionalProperties?: boolean;
}

type Draft = Record<string, unknown>;

/** The schema that `sample` fits. Items of an array share one schema: what all of them fit. */
export function generate(sample: unknown, options: GenerateOptions, charge: Charge): Draft {
  checkBounds(sample, charge, "sample");
  const { title, description } = options;
  const schema = describe(sample, options);
  return record([
    ["$schema", "https://json-schema.org/draft/2020-12/schema"],
    ...(title === undefined ? [] : [["title", title] as const]),
    ...(description === undefined ? [] : [["description", description] as const]),
    ...Object.entries(schema),
  ]);
}

function describe(sample: unknown, options: GenerateOptions): Draft {
  if (Array.isArray(sample)) return describeArray(sample, options);
  if (isObject(sample)) return describeObject(sample, options);
  if (sample === null || sample === undefined) return record([["type", "null"]]);
  if (typeof sample === "string") return describeString(sample, options);
  if (typeof sample === "boolean") return record([["type", "boolean"]]);
  return record([["type", typeof sample === "bigint" || Number.isInteger(sample) ? "integer" : "number"]]);
}

function describeArray(sample: readonly unknown[], options: GenerateOptions): Draft {
  const schema = record<unknown>([["type", "array"]]);
  if (sample.length > 0) schema["items"] = sample.map((item) => describe(item, options)).reduce(either);
  return schema;
}

function describeObject(sample: Readonly<Record<string, unknown>>, options: GenerateOptions): Draft {
  const keys = Object.keys(sample);
  const schema = record<unknown>([["type", "object"], ["properties", record(keys.map((key) => [key, describe(sample[key], options)]))]]);
  if (options.required !== false && keys.length > 0) schema["required"] = keys;
  if (options.additionalProperties !== undefined) schema["additionalProperties"] = options.additionalProperties;
  return schema;
}

/** Formats that a text has by more than chance. */
const TELLING_FORMATS = ["date-time", "date", "time", "email", "uuid", "ipv4"];

function describeString(sample: string, options: GenerateOptions): Draft {
  const schema = record<unknown>([["type", "string"]]);
  if (options.formats === false) return schema;
  const format = TELLING_FORMATS.find((name) => hasFormat(name, sample) === true) ?? (/^https?:\/\//.test(sample) && hasFormat("uri", sample) === true ? "uri" : undefined);
  if (format !== undefined) schema["format"] = format;
  return schema;
}

/** A schema that fits what either of two generated schemas fits. */
function either(a: Draft, b: Draft): Draft {
  const types = [...new Set([a["type"], b["type"]].flat())];
  if (types.includes("number") && types.includes("integer")) types.splice(types.indexOf("integer"), 1);
  const schema = record<unknown>([["type", types.length === 1 ? types[0] : types]]);
  if (a["format"] !== undefined && a["format"] === b["format"]) schema["format"] = a["format"];
  const items = both(a["items"], b["items"]);
  if (items !== undefined) schema["items"] = items;
  const [first, second] = [a["properties"], b["properties"]];
  if (!isObject(first) && !isObject(second)) return schema;
  const [mine, theirs] = [isObject(first) ? first : record(), isObject(second) ? second : record()];
  schema["properties"] = record([...new Set([...Object.keys(mine), ...Object.keys(theirs)])].map((key) => [key, both(mine[key], theirs[key])]));
  const required = isObject(first) && isObject(second) ? shared(a["required"], b["required"]) : (a["required"] ?? b["required"]);
  if (Array.isArray(required) && required.length > 0) schema["required"] = required;
  const closed = a["additionalProperties"] ?? b["additionalProperties"];
  if (closed !== undefined) schema["additionalProperties"] = closed;
  return schema;
}

function both(a: unknown, b: unknown): unknown {
  return a === undefined ? b : b === undefined ? a : either(a as Draft, b as Draft);
}

function shared(a: unknown, b: unknown): unknown[] {
  return Array.isArray(a) && Array.isArray(b) ? a.filter((key) => b.includes(key)) : [];
}
