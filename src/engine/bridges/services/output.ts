// Structured text: one way to read, write, check and mend all formats.
import { BridgeFailure } from "./failure.js";
import { type Format, detect } from "./formats/detect.js";
import { findJson } from "./formats/find-json.js";
import { formatJson, parseJson } from "./formats/json.js";
import { formatMarkdown, parseMarkdown } from "./formats/markdown.js";
import { type Recovered, type Recovery, readOrMend, recoverJson } from "./formats/repair.js";
import { charged } from "./formats/text-limit.js";
import { formatXml, parseXml } from "./formats/xml.js";
import { formatYaml, parseYaml } from "./formats/yaml.js";
import { isObject } from "./json-value.js";
import { coerce } from "./schema/coerce.js";
import type { CompiledSchema, SchemaError } from "./schema/json-schema.js";
import type { Charge } from "./work.js";

/** The data of a text; its format is detected unless given. Throws BridgeFailure "syntax", "too_large" or "too_deep". */
export function parse(text: string, format: Format | undefined, charge: Charge): unknown {
  switch (format ?? detect(text, charge).format) {
    case "json": return parseJson(text, charge);
    case "yaml": return parseYaml(text, charge);
    case "xml": return parseXml(text, charge);
    case "markdown": return parseMarkdown(text, charge);
    case "plain": return text;
  }
}

export interface FormatOptions {
  /** Spaces of one level. */
  readonly indent?: number;
  /** JSON: keys in order. */
  readonly sortKeys?: boolean;
  /** XML: name of the outermost element. */
  readonly root?: string;
}

/** A value as text. Throws BridgeFailure "invalid" for what the format cannot hold, "too_large" or "too_deep". */
export function format(value: unknown, to: Format, options: FormatOptions, charge: Charge): string {
  switch (to) {
    case "json": return formatJson(value, options, charge);
    case "yaml": return formatYaml(value, options.indent ?? 2, charge);
    case "xml": return formatXml(value, options.root, options.indent ?? 2, charge);
    case "markdown": return formatMarkdown(value, charge);
    case "plain": return typeof value === "string" ? value : isObject(value) || Array.isArray(value) ? formatYaml(value, 2, charge).trimEnd() : String(value ?? "");
  }
}

/** What is wrong with a text as one of `format`: nothing, or one error with its place where the parser tells it. */
export interface SyntaxProblem {
  readonly message: string;
  readonly line?: number;
  readonly column?: number;
}

export function problemsOf(text: string, as: Format, charge: Charge): SyntaxProblem[] {
  try {
    parse(text, as, charge);
    return [];
  } catch (error) {
    if (!(error instanceof BridgeFailure)) throw error;
    return [{ message: error.message, ...(error.details as Omit<SyntaxProblem, "message"> | undefined) }];
  }
}

/** The JSON values in a text, mended where needed; only those that are JSON as they stand if `strict`. */
export function jsonIn(text: string, strict: boolean, charge: Charge): unknown[] {
  const values: unknown[] = [];
  for (const candidate of findJson(text, charge)) {
    try {
      values.push(strict ? parseJson(candidate.text, charge) : readOrMend(candidate.text, charge));
    } catch (error) {
      if (!(error instanceof BridgeFailure)) throw error; // a stretch that only looked like JSON
    }
  }
  return values;
}

export interface RecoveredData extends Omit<Recovered, "value"> {
  readonly value: unknown;
  /** What does not fit the schema, if there is one. */
  readonly errors: readonly SchemaError[];
}

/** Broken JSON made whole, then made to fit the schema if there is one. Throws BridgeFailure "syntax" when nothing can be read. */
export function recover(text: string, recovery: Recovery, schema: CompiledSchema | undefined, charge: Charge): RecoveredData {
  charged("scan", text, charge);
  const recovered = recoverJson(text, recovery, charge);
  if (schema === undefined) return { ...recovered, errors: [] };
  if (recovery === "strict") return { ...recovered, errors: schema.validate(recovered.value, charge) };
  const before = schema.validate(recovered.value, charge);
  if (before.length === 0) return { ...recovered, errors: [] };
  const { value, errors } = coerce(schema, recovered.value, charge);
  return { value, errors, repaired: true, changes: [...recovered.changes, "made it fit the schema"] };
}
