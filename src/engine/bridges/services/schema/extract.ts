// Typed data out of free text: JSON if there is some, else what stands beside the names of the schema's properties.
import { BridgeFailure } from "../failure.js";
import { findJson } from "../formats/find-json.js";
import { readOrMend } from "../formats/repair.js";
import { charged } from "../formats/text-limit.js";
import { isObject, own, record } from "../json-value.js";
import type { Charge } from "../work.js";
import { coerce } from "./coerce.js";
import type { CompiledSchema, SchemaError } from "./json-schema.js";

export interface Extracted {
  readonly value: unknown;
  readonly errors: readonly SchemaError[];
  /** Where the data was found: JSON in the text, "name: value" pairs, or nowhere. */
  readonly source: "json" | "pairs" | "none";
}

/** JSON texts that are tried. */
const MAX_CANDIDATES = 10;

/** The data that fits the schema best: fewest errors, JSON before pairs. */
export function extract(compiled: CompiledSchema, text: string, charge: Charge): Extracted {
  charged("scan", text, charge);
  let best: Extracted = { value: undefined, errors: [{ path: "", message: "no data found" }], source: "none" };
  for (const { text: candidate } of findJson(text, charge).slice(0, MAX_CANDIDATES)) {
    const value = readable(candidate, charge);
    if (value === undefined) continue;
    const found = { ...coerce(compiled, value, charge), source: "json" as const };
    if (best.source === "none" || found.errors.length < best.errors.length) best = found;
    if (best.errors.length === 0) return best;
  }
  const pairs = fromPairs(compiled, text, charge);
  return pairs !== undefined && (best.source === "none" || pairs.errors.length < best.errors.length) ? pairs : best;
}

function readable(text: string, charge: Charge): unknown {
  try {
    return readOrMend(text, charge);
  } catch (error) {
    if (error instanceof BridgeFailure) return undefined;
    throw error;
  }
}

function fromPairs(compiled: CompiledSchema, text: string, charge: Charge): Extracted | undefined {
  const properties = isObject(compiled.schema) ? own(compiled.schema, "properties") : undefined;
  if (!isObject(properties)) return undefined;
  const pairs = pairsIn(text);
  const value = record<unknown>();
  for (const [name, schema] of Object.entries(properties)) {
    charge(8);
    const pair = pairs.get(plain(name));
    const found = pair === undefined ? byFormat(schema, text) : isList(schema) ? pair.line : pair.piece;
    if (found !== undefined) value[name] = fitting(schema, found);
  }
  return Object.keys(value).length === 0 ? undefined : { ...coerce(compiled, value, charge), source: "pairs" };
}

/** Names without case, spaces and marks: "First Name" and "first_name" are the same. */
const plain = (name: string): string => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");

const MAX_LINE = 2000;

const isList = (schema: unknown): boolean => isObject(schema) && own(schema, "type") === "array";

/** What stands beside a name: up to the next comma, and up to the end of the line. */
interface Pair {
  readonly piece: string;
  readonly line: string;
}

/** "Name: value", "name = value", "- **Name**: value", one a line or after a comma or semicolon; the first of a name counts. */
function pairsIn(text: string): Map<string, Pair> {
  const pairs = new Map<string, Pair>();
  for (const line of text.split("\n")) {
    if (line.length > MAX_LINE) continue;
    for (let rest: string | undefined = line; rest !== undefined; rest = /[,;}]\s+(.*)$/s.exec(rest)?.[1]) {
      const [, name, value] = /^[\s>*+|-]*(?:\d+[.)]\s+)?[*_`"']*([\p{L}\p{N}_ -]{1,60}?)[*_`"']*\s*(?::|=|\bis\b)[*_`]*\s*(.+)$/u.exec(rest) ?? [];
      if (name === undefined || value === undefined || plain(name) === "" || pairs.has(plain(name))) continue;
      pairs.set(plain(name), { piece: cleaned(value.split(/[,;]\s+/)[0]!), line: cleaned(value) });
    }
  }
  return pairs;
}

const cleaned = (text: string): string => text.trim().replace(/^["'`*]+|["'`*,;|]+$/g, "");

const BY_FORMAT: Readonly<Record<string, RegExp>> = {
  email: /[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}/,
  uri: /\bhttps?:\/\/[^\s<>"')\]]+/,
  date: /\b\d{4}-\d\d-\d\d\b/,
  "date-time": /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)/,
  uuid: /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/i,
};

/** The first piece of the text that has the property's format. */
function byFormat(schema: unknown, text: string): string | undefined {
  const format = isObject(schema) ? own(schema, "format") : undefined;
  return typeof format === "string" && Object.hasOwn(BY_FORMAT, format) ? BY_FORMAT[format]!.exec(text)?.[0] : undefined;
}

/** A number is the first number of the text ("42 years"), a list is divided at commas. */
function fitting(schema: unknown, text: string): unknown {
  const type = isObject(schema) ? own(schema, "type") : undefined;
  if (type === "integer" || type === "number") return /[+-]?\d+(?:[.]\d+)?/.exec(text.replace(/(\d),(?=\d{3}\b)/g, "$1"))?.[0] ?? text;
  if (type === "array") return text.replace(/^\[|\]$/g, "").split(/\s*[,;]\s*/).filter((item) => item !== "");
  if (type === "boolean") return /^\w+/.exec(text)?.[0] ?? text;
  return byFormat(schema, text) ?? text;
}
