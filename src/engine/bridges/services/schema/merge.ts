// Two schemas into one that fits what both fit, in one flat schema where that can be said, with allOf where it cannot.
import { BridgeFailure } from "../failure.js";
import { canonical, isObject, record } from "../json-value.js";
import { free } from "../work.js";
import type { JsonSchema } from "./json-schema.js";

type Fields = Record<string, unknown>;

/** The schemas' common ground. Throws BridgeFailure "conflict" when two types exclude each other. */
export function merge(schemas: readonly JsonSchema[]): JsonSchema {
  return schemas.reduce((a, b) => mergeTwo(a, b, ""), true);
}

function mergeTwo(a: JsonSchema, b: JsonSchema, path: string): JsonSchema {
  if (a === false || b === false) return false;
  if (a === true || b === true) return a === true ? b : a;
  const merged = record<unknown>(Object.entries(a));
  for (const [keyword, value] of Object.entries(b)) {
    if (merged[keyword] === undefined) merged[keyword] = value;
    else mergeKeyword(merged, keyword, value, `${path}/${keyword}`);
  }
  return merged;
}

const LARGER = ["minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties", "minContains"];
const SMALLER = ["maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties", "maxContains"];
/** Of two, the later one speaks. */
const WORDS = ["title", "description", "default", "examples", "$schema", "$id", "$comment", "deprecated", "readOnly", "writeOnly"];
const MAPS = ["properties", "$defs", "patternProperties", "dependentSchemas"];
const SCHEMAS = ["items", "additionalProperties", "contains", "propertyNames", "unevaluatedProperties", "unevaluatedItems"];

function mergeKeyword(merged: Fields, keyword: string, value: unknown, path: string): void {
  const mine = merged[keyword];
  if (canonical(mine, free) === canonical(value, free)) return;
  if (WORDS.includes(keyword)) merged[keyword] = value;
  else if (LARGER.includes(keyword)) merged[keyword] = Math.max(Number(mine), Number(value));
  else if (SMALLER.includes(keyword)) merged[keyword] = Math.min(Number(mine), Number(value));
  else if (keyword === "uniqueItems") merged[keyword] = mine === true || value === true;
  else if (keyword === "required") merged[keyword] = [...new Set([...(mine as unknown[]), ...(value as unknown[])])];
  else if (keyword === "type") merged[keyword] = commonType(mine, value, path);
  else if (keyword === "enum") merged[keyword] = common(mine as unknown[], value as unknown[], path);
  else if (keyword === "allOf") merged[keyword] = [...(mine as unknown[]), ...(value as unknown[])];
  else if (MAPS.includes(keyword) && isObject(mine) && isObject(value)) merged[keyword] = mergeMaps(mine, value, path);
  else if (SCHEMAS.includes(keyword)) merged[keyword] = mergeTwo(mine as JsonSchema, value as JsonSchema, path);
  else merged["allOf"] = [...((merged["allOf"] as unknown[] | undefined) ?? []), record([[keyword, value]])];
}

function mergeMaps(a: Fields, b: Fields, path: string): Fields {
  const merged = record<unknown>(Object.entries(a));
  for (const [key, schema] of Object.entries(b)) {
    merged[key] = merged[key] === undefined ? schema : mergeTwo(merged[key] as JsonSchema, schema as JsonSchema, `${path}/${key}`);
  }
  return merged;
}

function commonType(a: unknown, b: unknown, path: string): unknown {
  const wide = (type: unknown): unknown[] => [type].flat().flatMap((name) => (name === "number" ? ["number", "integer"] : [name]));
  const [mine, theirs] = [wide(a), wide(b)];
  const types = mine.filter((type) => theirs.includes(type));
  if (types.includes("number")) types.splice(types.indexOf("integer"), 1);
  if (types.length === 0) throw new BridgeFailure("conflict", `schemas exclude each other at ${path}`);
  return types.length === 1 ? types[0] : types;
}

function common(a: readonly unknown[], b: readonly unknown[], path: string): unknown[] {
  const theirs = new Set(b.map((value) => canonical(value, free)));
  const values = a.filter((value) => theirs.has(canonical(value, free)));
  if (values.length === 0) throw new BridgeFailure("conflict", `schemas exclude each other at ${path}`);
  return values;
}
