// The validator's keywords, bounded: each step of a validation is paid for, patterns take linear time, references are resolved
// once. The library has no such bounds of its own, and schemas come from scripts.
import { type Draft, type Keyword, type SchemaNode, draft2020, extendDraft, settings } from "json-schema-library";
import { BridgeFailure } from "../failure.js";
import { canonical, isObject, record } from "../json-value.js";
import { LinearPattern } from "../linear-pattern.js";
import type { Charge } from "../work.js";
import { FORMATS } from "./formats.js";
import { messagesFor } from "./messages.js";

settings.propertyBlacklist = []; // by the library's own rule "_id" would be allowed everywhere

/** Keywords applied in one validation, and parts looked at by them for {@link PARTS_PER_STEP}. */
const MAX_STEPS = 100_000;
const PARTS_PER_STEP = 8;
const CHARACTERS_PER_STEP = 256;
const MAX_ERRORS = 100_000;
/** Price of one step, measured. */
const UNITS_PER_STEP = 32;

interface Run {
  readonly charge: Charge;
  /** Parts of the schema. */
  readonly size: number;
  steps: number;
  errors: number;
}

/** The validation in progress: the library passes no context of its caller's through. */
let running: Run | undefined;

/** Errors of the language by which a hostile schema makes the library stumble. */
const STUMBLES = [TypeError, SyntaxError, URIError];

/**
 * Runs `validate` with its steps counted and paid for by `charge`; `size` parts make up the schema. Does not nest: formats and
 * keywords call nothing of a script's.
 */
export function metered<T>(charge: Charge, size: number, validate: () => T): T {
  running = { charge, size, steps: 0, errors: 0 };
  try {
    return validate();
  } catch (error) {
    if (error instanceof RangeError) throw new BridgeFailure("too_deep", "schema or value is nested too deep, or a $ref leads to itself");
    if (STUMBLES.some((kind) => error instanceof kind)) throw new BridgeFailure("invalid_schema", `the schema cannot be used: ${(error as Error).message}`, { cause: error });
    throw error;
  } finally {
    running = undefined;
  }
}

function charge(units: number): void {
  running?.charge(units);
}

function step(keyword: string, data: unknown): void {
  if (running === undefined) return;
  const steps = 1 + weight(keyword, data, running.size);
  running.steps += steps;
  if (running.steps > MAX_STEPS) throw new BridgeFailure("too_large", `validation takes more than ${MAX_STEPS} steps`);
  running.charge(UNITS_PER_STEP * steps);
}

/** What applying a keyword costs beside the step: it may look at each part of the value, and with some, of the schema. */
function weight(keyword: string, data: unknown, size: number): number {
  if (typeof data === "string") return Math.floor(data.length / CHARACTERS_PER_STEP);
  if (typeof data !== "object" || data === null) return 0;
  const parts = Array.isArray(data) ? data.length : Object.keys(data).length;
  const each = COMPARING.includes(keyword) ? 1 + size / PARTS_PER_STEP : 1;
  return Math.floor((parts * each) / PARTS_PER_STEP);
}

/** Keywords that compare each part of a value with parts of the schema. */
const COMPARING = ["additionalProperties", "unevaluatedProperties", "unevaluatedItems", "dependentSchemas", "dependentRequired"];

/** Lua's `{}` is an empty array where the schema wants an array, an empty object where it wants an object. */
function asExpected(data: unknown, type: unknown): unknown {
  if (type === "array" && isObject(data) && Object.keys(data).length === 0) return [];
  if (type === "object" && Array.isArray(data) && data.length === 0) return {};
  return data;
}

function bounded(keyword: Keyword): Keyword {
  const { validate } = keyword;
  if (validate === undefined) return keyword;
  return {
    ...keyword,
    validate(parameters) {
      step(keyword.keyword, parameters.data);
      const { path } = parameters;
      const depth = path.length;
      const data = asExpected(parameters.data, parameters.node.schema.type);
      const result = validate(data === parameters.data ? parameters : { ...parameters, data });
      path.length = depth; // a dynamic reference looks at the schemas around it, not at those left behind
      const errors = Array.isArray(result) ? result.length : result === undefined ? 0 : 1;
      if (running !== undefined && (running.errors += errors) > MAX_ERRORS) throw new BridgeFailure("too_large", "validation finds too many errors");
      return result;
    },
  };
}

/** What the library asks of a RegExp. */
function patternOf(source: string): RegExp {
  const pattern = new LinearPattern(source);
  return { test: (text: string) => pattern.test(text, charge) } as unknown as RegExp;
}

function schemaError(node: SchemaNode, message: string): ReturnType<SchemaNode["createError"]> {
  return node.createError("schema-error", { pointer: node.schemaLocation, schema: node.schema, value: undefined, message });
}

const pattern: Partial<Keyword> = {
  parse(node) {
    const source: unknown = node.schema["pattern"];
    if (source === undefined) return undefined;
    if (typeof source !== "string") return schemaError(node, "'pattern' must be a string");
    try {
      node.pattern = patternOf(source);
      return undefined;
    } catch (error) {
      return schemaError(node, (error as Error).message);
    }
  },
};

const patternProperties: Partial<Keyword> = {
  parse(node) {
    const { schema } = node;
    if (schema["patternProperties"] === undefined) return undefined;
    if (!isObject(schema["patternProperties"])) return schemaError(node, "'patternProperties' must be an object");
    const children: NonNullable<SchemaNode["patternProperties"]> = [];
    for (const [name, child] of Object.entries(schema["patternProperties"])) {
      const where = `patternProperties/${name}`;
      try {
        const compiled = node.compileSchema(child as object, `${node.evaluationPath}/${where}`, `${node.schemaLocation}/${where}`);
        children.push({ name, pattern: patternOf(name), node: compiled });
      } catch (error) {
        return schemaError(node, (error as Error).message);
      }
    }
    if (children.length > 0) node.patternProperties = children;
    return children.flatMap(({ node: { schemaValidation = [] } }) => schemaValidation);
  },
};

/** Children by name; the library keeps them in objects with a prototype, where "constructor" is always found. */
const properties: Partial<Keyword> = {
  parse(node) {
    const { schema } = node;
    if (schema["properties"] === undefined) return undefined;
    if (!isObject(schema["properties"])) return schemaError(node, "'properties' must be an object");
    node.properties = record<SchemaNode>();
    for (const [name, child] of Object.entries(schema["properties"])) {
      const where = `properties/${name}`;
      node.properties[name] = node.compileSchema(child as object, `${node.evaluationPath}/${where}`, `${node.schemaLocation}/${where}`);
    }
    return Object.values(node.properties).flatMap(({ schemaValidation = [] }) => schemaValidation);
  },
};

/** The same for keywords that are looked up by name but seldom used. */
function withoutPrototype(name: "dependentSchemas" | "dependentRequired"): (original: Keyword) => Partial<Keyword> {
  return (original) => ({
    parse(node) {
      const map: unknown = node.schema[name];
      if (isObject(map) && Object.hasOwn(map, "__proto__")) return schemaError(node, `'${name}' cannot be about '__proto__'`);
      const result = original.parse?.(node);
      const parsed = node[name];
      if (parsed !== undefined) Object.setPrototypeOf(parsed, null);
      return result;
    },
  });
}

const type: (original: Keyword) => Partial<Keyword> = (original) => ({
  parse(node) {
    const types: unknown = node.schema["type"];
    if (Array.isArray(types) && new Set(types).size < types.length) return schemaError(node, "'type' names a type twice");
    return original.parse?.(node);
  },
});

/** The library compares every pair of items; equal items are found by their text here. */
const uniqueItems: Partial<Keyword> = {
  validate({ node, data, pointer }) {
    if (!Array.isArray(data) || node.schema["uniqueItems"] !== true) return undefined;
    const seen = new Map<string, number>();
    for (const [i, item] of data.entries()) {
      const text = canonical(item, charge);
      const first = seen.get(text);
      if (first !== undefined) {
        return node.createError("unique-items-error", { pointer: `${pointer}/${i}`, duplicatePointer: `${pointer}/${first}`, schema: node.schema, value: item });
      }
      seen.set(text, i);
    }
    return undefined;
  },
};

/** Texts of the values of an "enum", made once. */
const enumerated = new WeakMap<object, ReadonlySet<string>>();

const enumeration: Partial<Keyword> = {
  validate({ node, data, pointer }) {
    const values = node.enum;
    if (values === undefined) return undefined;
    let texts = enumerated.get(values);
    if (texts === undefined) enumerated.set(values, (texts = new Set(values.map((value) => canonical(value, charge)))));
    return texts.has(canonical(data, charge)) ? undefined : node.createError("enum-error", { pointer, schema: node.schema, value: data, values });
  },
};

const constant: Partial<Keyword> = {
  validate({ node, data, pointer }) {
    const expected: unknown = node.schema["const"];
    return canonical(data, charge) === canonical(expected, charge) ? undefined : node.createError("const-error", { pointer, schema: node.schema, value: data, expected });
  },
};

/** The library writes the whole value into each error. */
const oneOf: Partial<Keyword> = {
  validate({ node, data, pointer, path }) {
    const { length } = node.oneOf!.filter((choice) => choice.validate(data, pointer, path).valid);
    if (length === 1) return undefined;
    return node.createError(length === 0 ? "one-of-error" : "multiple-one-of-error", { pointer, schema: node.schema, value: data });
  },
};

/** The library compiles the target of a reference anew each time it is followed; the compiled target serves as well. */
function resolvedOnce(original: Keyword): Partial<Keyword> {
  return {
    parse(node) {
      const { context } = node;
      for (const map of [context.refs, context.anchors, context.dynamicAnchors, context.remotes]) if (Object.getPrototypeOf(map) !== null) Object.setPrototypeOf(map, null);
      const problem = original.parse?.(node);
      const resolve = node.resolveRef;
      node.resolveRef = function (this: SchemaNode, options) {
        const { $ref, schema } = this;
        if ($ref === undefined || schema["$dynamicRef"] !== undefined) return resolve.call(this, options);
        const target = this.context.refs[$ref] ?? this.context.anchors[$ref];
        if (target === undefined || target === this) return resolve.call(this, options);
        options?.path?.push({ pointer: options.pointer ?? "#", node: target });
        return target;
      };
      return problem === undefined ? undefined : schemaError(node, `$ref '${String(node.schema["$ref"])}' leads nowhere`);
    },
  };
}

const REPLACED: Readonly<Record<string, (original: Keyword) => Partial<Keyword>>> = {
  pattern: () => pattern,
  patternProperties: () => patternProperties,
  properties: () => properties,
  dependentSchemas: withoutPrototype("dependentSchemas"),
  dependentRequired: withoutPrototype("dependentRequired"),
  type,
  uniqueItems: () => uniqueItems,
  enum: () => enumeration,
  const: () => constant,
  oneOf: () => oneOf,
  $ref: resolvedOnce,
};

/** JSON Schema 2020-12 with bounds. */
export const METERED_DRAFT: Draft = extendDraft(draft2020, {
  formats: FORMATS,
  errors: messagesFor(Object.keys(draft2020.errors)),
  keywords: draft2020.keywords.filter(({ keyword }) => keyword !== "dependencies").map((keyword) => bounded({ ...keyword, ...REPLACED[keyword.keyword]?.(keyword) })),
});
