// The validator's keywords, bounded: each step of a validation is paid for, patterns take linear time, references are resolved
// once. The library has no such bounds of its own, and schemas come from scripts.
import { type Draft, type Keyword, type SchemaNode, draft2020, extendDraft } from "json-schema-library";
import { BridgeFailure } from "../failure.js";
import { canonical, isObject } from "../json-value.js";
import { LinearPattern } from "../linear-pattern.js";
import type { Charge } from "../work.js";
import { FORMATS } from "./formats.js";
import { messagesFor } from "./messages.js";

/** Keywords applied in one validation. */
const MAX_STEPS = 200_000;
const MAX_ERRORS = 1000;
/** Price of one keyword, measured. */
const UNITS_PER_STEP = 8;

interface Run {
  readonly charge: Charge;
  steps: number;
  errors: number;
}

/** The validation in progress: the library passes no context of its caller's through. */
let running: Run | undefined;

/** Runs `validate` with its steps counted and paid for by `charge`. Does not nest: formats and keywords call nothing of a script's. */
export function metered<T>(charge: Charge, validate: () => T): T {
  running = { charge, steps: 0, errors: 0 };
  try {
    return validate();
  } catch (error) {
    if (error instanceof RangeError) throw new BridgeFailure("too_deep", "schema or value is nested too deep, or a $ref leads to itself");
    throw error;
  } finally {
    running = undefined;
  }
}

function charge(units: number): void {
  running?.charge(units);
}

function step(): void {
  if (running === undefined) return;
  if (++running.steps > MAX_STEPS) throw new BridgeFailure("too_large", `validation takes more than ${MAX_STEPS} steps`);
  running.charge(UNITS_PER_STEP);
}

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
      step();
      const { path } = parameters;
      const depth = path.length;
      const result = validate({ ...parameters, data: asExpected(parameters.data, parameters.node.schema.type) });
      path.length = depth; // a dynamic reference looks at the schemas around it, not at those left behind
      const errors = Array.isArray(result) ? result.length : result === undefined ? 0 : 1;
      if (running !== undefined && (running.errors += errors) > MAX_ERRORS * 100) throw new BridgeFailure("too_large", "validation finds too many errors");
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

/** The library compiles the target of a reference anew each time it is followed; the compiled target serves as well. */
function resolvedOnce(original: Keyword): Partial<Keyword> {
  return {
    parse(node) {
      const result = original.parse?.(node);
      const resolve = node.resolveRef;
      node.resolveRef = function (this: SchemaNode, options) {
        const { $ref, schema, context } = this;
        if ($ref === undefined || schema["$dynamicRef"] !== undefined) return resolve.call(this, options);
        const target = context.refs[$ref] ?? context.anchors[$ref];
        if (target === undefined || target === this) return resolve.call(this, options);
        options?.path?.push({ pointer: options.pointer ?? "#", node: target });
        return target;
      };
      return result;
    },
  };
}

const REPLACED: Readonly<Record<string, (original: Keyword) => Partial<Keyword>>> = {
  pattern: () => pattern,
  patternProperties: () => patternProperties,
  uniqueItems: () => uniqueItems,
  $ref: resolvedOnce,
};

/** JSON Schema 2020-12 with bounds. */
export const METERED_DRAFT: Draft = extendDraft(draft2020, {
  formats: FORMATS,
  errors: messagesFor(Object.keys(draft2020.errors)),
  keywords: draft2020.keywords.map((keyword) => bounded({ ...keyword, ...REPLACED[keyword.keyword]?.(keyword) })),
});
