import fc from "fast-check";
import { compileSchema, draft2020 } from "json-schema-library";
import { describe, expect, test } from "vitest";
import { BridgeFailure } from "../../../../src/engine/bridges/services/failure.js";
import { coerce } from "../../../../src/engine/bridges/services/schema/coerce.js";
import { extract } from "../../../../src/engine/bridges/services/schema/extract.js";
import { hasFormat } from "../../../../src/engine/bridges/services/schema/formats.js";
import { generate } from "../../../../src/engine/bridges/services/schema/generate.js";
import { CompiledSchema, type JsonSchema } from "../../../../src/engine/bridges/services/schema/json-schema.js";
import { merge } from "../../../../src/engine/bridges/services/schema/merge.js";
import { schemaInfo } from "../../../../src/engine/bridges/services/schema/schema-info.js";
import { free } from "../../../../src/engine/bridges/services/work.js";

const of = (schema: unknown): CompiledSchema => CompiledSchema.of(schema, free);
const errorsOf = (schema: unknown, value: unknown): unknown => of(schema).validate(value, free);
const fits = (schema: unknown, value: unknown): boolean => of(schema).validate(value, free).length === 0;

/** The code of the failure that `run` ends with. */
function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(BridgeFailure);
    return (error as BridgeFailure).code;
  }
  return "none";
}

describe("validation", () => {
  const person = { type: "object", properties: { name: { type: "string", minLength: 2 }, age: { type: "integer", minimum: 0 }, tags: { type: "array", items: { enum: ["a", "b"] }, uniqueItems: true } }, required: ["name"], additionalProperties: false };

  test.each([
    [{ name: "Ann" }, []],
    [{ name: "Ann", age: 3, tags: ["a", "b"] }, []],
    [{}, [{ path: "", message: "property 'name' is missing" }]],
    [{ name: "A" }, [{ path: "/name", message: "expected at least 2 characters, got 1" }]],
    [{ name: 5 }, [{ path: "/name", message: "expected string, got 5" }]],
    [{ name: "Ann", age: -1 }, [{ path: "/age", message: "expected at least 0, got -1" }]],
    [{ name: "Ann", age: 1.5 }, [{ path: "/age", message: "expected integer, got 1.5" }]],
    [{ name: "Ann", size: 1 }, [{ path: "/size", message: "property 'size' is not allowed" }]],
    [{ name: "Ann", tags: ["a", "c"] }, [{ path: "/tags/1", message: "expected one of 'a', 'b', got 'c'" }]],
    [{ name: "Ann", tags: ["a", "a"] }, [{ path: "/tags/1", message: "is the same as /tags/0" }]],
    ["no object", [{ path: "", message: "expected object, got 'no object'" }]],
  ])("%j", (value, errors) => {
    expect(errorsOf(person, value)).toEqual(errors);
  });

  test("references, also those that come back, and anchors", () => {
    const tree = { $defs: { node: { type: "object", properties: { children: { type: "array", items: { $ref: "#/$defs/node" } }, name: { type: "string" } } } }, $ref: "#/$defs/node" };
    expect(errorsOf(tree, { children: [{ children: [{ name: 1 }] }] })).toEqual([{ path: "/children/0/children/0/name", message: "expected string, got 1" }]);
    expect(fits({ $id: "https://example.org/tree", $dynamicAnchor: "node", type: "object", properties: { children: { items: { $dynamicRef: "#node" } } } }, { children: [{ children: [3] }] })).toBe(false);
  });

  test("alternatives, conditions, unevaluated properties", () => {
    expect(fits({ anyOf: [{ type: "string" }, { minimum: 5 }] }, 6)).toBe(true);
    expect(errorsOf({ oneOf: [{ type: "string" }, { type: "number" }] }, true)).toEqual([{ path: "", message: "true fits none of the alternatives" }]);
    expect(fits({ if: { properties: { kind: { const: "a" } } }, then: { required: ["a"] }, else: { required: ["b"] } }, { kind: "a", b: 1 })).toBe(false);
    expect(fits({ allOf: [{ properties: { a: true } }], unevaluatedProperties: false }, { a: 1, b: 2 })).toBe(false);
  });

  test("64-bit integers are integers", () => {
    expect(fits({ type: "integer", minimum: 0 }, 9223372036854775807n)).toBe(true);
    expect(errorsOf({ items: { maximum: 10 } }, [9007199254740993n])).toHaveLength(1);
  });

  test("keys of the prototype are keys like others", () => {
    const value = JSON.parse('{"__proto__": 1, "constructor": "x"}') as unknown;
    const errors = errorsOf(JSON.parse('{"properties": {"__proto__": {"type": "string"}}, "required": ["toString"]}'), value) as { path: string }[];
    expect(errors.map(({ path }) => path).sort()).toEqual(["", "/__proto__"]);
    expect(fits({ properties: { a: true }, additionalProperties: false }, { _id: 1 })).toBe(false);
    expect(fits({ dependentRequired: { a: ["toString"] }, dependentSchemas: { b: false } }, { a: 1, constructor: 2 })).toBe(false);
    expect(fits({ dependentSchemas: { b: false }, properties: { a: false } }, { constructor: 2, toString: 1 })).toBe(true);
  });

  test("an empty table of Lua is what the schema wants it to be", () => {
    expect(fits({ type: "array" }, {})).toBe(true);
    expect(fits({ type: "object" }, [])).toBe(true);
    expect(fits({ type: "array", minItems: 1 }, {})).toBe(false);
    expect(fits({ type: "object", required: ["a"] }, [])).toBe(false);
    expect(fits({ type: "array" }, { a: 1 })).toBe(false);
  });

  test("a schema that is none is refused, with its place", () => {
    expect(codeOf(() => of("x"))).toBe("invalid_schema");
    expect(() => of({ properties: { a: { type: "objekt" } } })).toThrow("schema at /properties/a/type");
    for (const schema of [{ required: "x" }, { pattern: "(" }, { patternProperties: { "(": {} } }, { allOf: 1 }, { properties: 3 }]) expect(codeOf(() => of(schema))).toBe("invalid_schema");
  });

  test("a reference to nowhere fits nothing, and says so", () => {
    expect(() => of({ $ref: "#/$defs/none" })).toThrow("$ref '#/$defs/none' leads nowhere");
    expect(errorsOf({ $ref: "#/properties/none" }, 1)).toMatchObject([{ message: "the schema refers to '#/properties/none', which is nowhere" }]);
    for (const $ref of ["constructor", "#constructor", "__proto__", "#/constructor", "#/$defs/constructor"]) expect(codeOf(() => of({ $ref, $defs: { a: true } }).validate(1, free))).toMatch(/none|invalid_schema/);
    expect(errorsOf({ $ref: "https://example.org/other" }, 1)).toMatchObject([{ message: expect.stringContaining("which is nowhere") as string }]);
  });
});

describe("formats", () => {
  test.each([
    ["email", ["a@b.co", "first.last+tag@sub.example.org"], ["", "a", "a@", "@b.c", "a b@c.d", "a..b@c.d", "a@b..c"]],
    ["uri", ["https://example.org/a?b=c#d", "mailto:a@b.c", "urn:x:y", "http://[::1]:80/"], ["", "example.org", "//x", "http://a b", "http://[zz]/", "http://x:port/"]],
    ["date", ["2024-02-29", "1999-12-31"], ["2023-02-29", "2024-13-01", "2024-1-1", "2024-04-31"]],
    ["time", ["12:00:00Z", "23:59:60Z", "01:02:03.5+01:00"], ["24:00:00Z", "12:00:60Z", "12:00:00"]],
    ["date-time", ["2024-02-29T12:00:00Z"], ["2024-02-30T12:00:00Z", "2024-02-29 12:00:00Z", "2024-02-29T12:00:00"]],
    ["uuid", ["123e4567-e89b-12d3-a456-426614174000"], ["123e4567e89b12d3a456426614174000", ""]],
    ["ipv4", ["127.0.0.1"], ["256.0.0.1", "01.2.3.4", "1.2.3"]],
    ["ipv6", ["::", "::1", "1:2:3:4:5:6:7:8", "::ffff:1.2.3.4"], ["1:2:3", ":::", "1::2::3", "12345::"]],
    ["hostname", ["example.org", "a-b.c"], ["-a", "a_b", "", "a".repeat(64)]],
    ["duration", ["P1D", "PT1H30M", "P2W"], ["P", "1D", "PT"]],
    ["regex", ["^a+$"], ["(", "(?=a)"]],
    ["json-pointer", ["", "/a/0", "/a~1b"], ["a", "/a~2"]],
  ])("%s", (format, good, bad) => {
    for (const text of good) expect([text, hasFormat(format, text)]).toEqual([text, true]);
    for (const text of bad) expect([text, hasFormat(format, text)]).toEqual([text, false]);
    expect(fits({ format }, bad[0])).toBe(false);
  });

  test("those that are not known say nothing", () => {
    expect(hasFormat("colour", "x")).toBeUndefined();
    expect(fits({ format: "colour" }, "x")).toBe(true);
  });
});

describe("what a script may do to the host with a schema", () => {
  const limited = (units: number) => {
    let left = units;
    return (cost: number): void => {
      if ((left -= cost) < 0) throw new Error("out of units");
    };
  };

  test("patterns that backtrack run in linear time", () => {
    const texts = ["a".repeat(50_000), `${"a".repeat(50_000)}b`];
    for (const pattern of ["^(a+)+$", "^(a|a)*$", "^(.*a){1,20}$", "(x+x+)+y"]) for (const text of texts) of({ pattern }).validate(text, free);
    expect(codeOf(() => of({ pattern: "(a)\\1" }))).toBe("invalid_schema");
    expect(codeOf(() => of({ pattern: "((a{1,100}){1,100}){1,100}" }))).toBe("invalid_schema");
    expect(codeOf(() => of({ pattern: "a".repeat(2000) }))).toBe("invalid_schema");
    expect(codeOf(() => of({ pattern: "[a-z]{1,900}$" }).validate("a".repeat(100_000), free))).toBe("too_large");
    expect(codeOf(() => of({ patternProperties: { "[a-z]{1,900}$": true } }).validate({ ["a".repeat(100_000)]: 1 }, free))).toBe("too_large");
  });

  test("schemas that double at each level stop", () => {
    const $defs: Record<string, unknown> = { a0: { type: "string" } };
    for (let i = 1; i < 60; i++) $defs[`a${i}`] = { allOf: [{ $ref: `#/$defs/a${i - 1}` }, { $ref: `#/$defs/a${i - 1}` }] };
    expect(codeOf(() => of({ $defs, $ref: "#/$defs/a59" }).validate("x", free))).toBe("too_large");
    expect(() => of({ $defs, $ref: "#/$defs/a59" }).validate("x", limited(10_000))).toThrow("out of units");
  });

  test("references in circles stop", () => {
    for (const schema of [{ $ref: "#" }, { $defs: { a: { $ref: "#/$defs/b" }, b: { $ref: "#/$defs/a" } }, $ref: "#/$defs/a" }, { allOf: [{ $ref: "#" }] }, { $dynamicAnchor: "x", $dynamicRef: "#x" }]) {
      expect(["too_deep", "too_large"]).toContain(codeOf(() => of(schema).validate(1, free)));
    }
  });

  test("deep, cyclic and wide values and schemas stop", () => {
    let deep: unknown = {};
    for (let i = 0; i < 5000; i++) deep = { a: deep };
    const cyclic: Record<string, unknown> = {};
    cyclic["self"] = cyclic;
    for (const value of [deep, cyclic]) {
      expect(codeOf(() => of({}).validate(value, free))).toBe("too_deep");
      expect(codeOf(() => of({ default: value }))).toBe("too_deep");
      expect(codeOf(() => generate(value, {}, free))).toBe("too_deep");
    }
    const item = Array.from({ length: 1000 }, () => 1);
    const row = Array.from({ length: 1000 }, () => item);
    expect(codeOf(() => of({}).validate([row, row], free))).toBe("too_large");
  });

  test("many keywords on large values stop", () => {
    const keys = Object.fromEntries(Array.from({ length: 8_000 }, (_, i) => [`key${i}`, true]));
    const value = Object.fromEntries(Array.from({ length: 50_000 }, (_, i) => [`other${i}`, 1]));
    const many = <T>(part: T): T[] => Array.from({ length: 2000 }, () => part);
    for (const schema of [
      { properties: keys, additionalProperties: true, unevaluatedProperties: false }, { properties: keys, additionalProperties: { type: "integer" } }, { allOf: many({ minProperties: 1 }) },
      { oneOf: many({ type: "array" }) }, { anyOf: many({ required: ["x"] }) },
    ]) expect(codeOf(() => of(schema).validate(value, free))).toBe("too_large");
    expect(codeOf(() => of({ allOf: many({ minLength: 1 }) }).validate("é".repeat(1_000_000), free))).toBe("too_large");
    expect(codeOf(() => of({ type: many("string") }))).toBe("invalid_schema");
    expect(codeOf(() => of({ enum: Array.from({ length: 30_000 }, () => 1) }))).toBe("too_large");
  });

  test("errors are bounded, and quote values in brief", () => {
    const wide = Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`key${i}`, "x".repeat(1000)]));
    const errors = of({ additionalProperties: { type: "integer" } }).validate(wide, free);
    expect(errors.length).toBe(100);
    expect(Math.max(...errors.map(({ message }) => message.length))).toBeLessThan(100);
  });

  test("unique items of thousands are found without comparing all pairs", () => {
    const items = Array.from({ length: 20_000 }, (_, i) => ({ i }));
    expect(fits({ uniqueItems: true }, items)).toBe(true);
    expect(fits({ uniqueItems: true }, [...items, { i: 7 }])).toBe(false);
  });

  test("all of it is paid for", () => {
    const value = Array.from({ length: 10_000 }, (_, i) => ({ i }));
    expect(() => of({ items: { properties: { i: { type: "integer" } } } }).validate(value, limited(500_000))).toThrow("out of units");
    expect(() => CompiledSchema.of({ enum: value }, limited(1000))).toThrow("out of units");
  });
});

/** Schemas of the keywords that are replaced, and those around them. */
const schemas = fc.letrec<{ schema: JsonSchema }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom<JsonSchema>(true, { type: "string" }, { type: "integer" }, { type: "object" }, { type: "array" }, { minimum: 2 }, { maxLength: 2 }, { uniqueItems: true }, { pattern: "^a" }, { enum: [1, "a", null] }, { required: ["a"] }),
    fc.record({ properties: fc.dictionary(fc.constantFrom("a", "b"), tie("schema")), additionalProperties: fc.boolean() }),
    fc.record({ patternProperties: fc.dictionary(fc.constantFrom("^a", "b$"), tie("schema")) }),
    fc.record({ items: tie("schema") }),
    fc.record({ allOf: fc.array(tie("schema"), { minLength: 1, maxLength: 2 }) }),
    fc.record({ anyOf: fc.array(tie("schema"), { minLength: 1, maxLength: 2 }) }),
    fc.record({ not: tie("schema") }),
    fc.constant<JsonSchema>({ $ref: "#/$defs/x" }),
  ),
})).schema;
const definitions = { x: { type: "string" }, y: { anyOf: [{ $ref: "#/$defs/x" }, { type: "null" }] } };
/** Keys that the library takes for properties that every schema names: those of Object.prototype. */
const INHERITED = Object.getOwnPropertyNames(Object.prototype).map((name) => `"${name}":`);
const values = fc.jsonValue({ maxDepth: 2 }).filter((value) => {
  const text = JSON.stringify(value);
  return !/\{\}|\[\]/.test(text) && !INHERITED.some((key) => text.includes(key)); // {} and [] are meant to differ
});

test("the bounded validator agrees with the library it is made of", () => {
  fc.assert(fc.property(schemas, values, (schema, value) => {
    const whole = { $defs: definitions, allOf: [schema] };
    expect(fits(whole, value)).toBe(compileSchema(whole, { drafts: [draft2020] }).validate(value).valid);
  }), { numRuns: 500 });
});

test.each(["__proto__", "toString", "constructor"])("the key %s is a property like any other", (key) => {
  const value: unknown = JSON.parse(`{"${key}": false}`);
  expect(fits({ anyOf: [{ properties: {}, additionalProperties: false }] }, value)).toBe(false);
  expect(fits({ properties: { a: {} } }, value)).toBe(true);
  expect(errorsOf(generate([value, false], { additionalProperties: false }, free), [value, false])).toEqual([]);
});

test("what a schema was generated from fits it", () => {
  fc.assert(fc.property(fc.jsonValue({ maxDepth: 3 }), (value) => {
    expect(errorsOf(generate(value, { additionalProperties: false }, free), value)).toEqual([]);
  }), { numRuns: 300 });
});

describe("coercion", () => {
  test.each<[JsonSchema, unknown, unknown]>([
    [{ type: "integer" }, "42", 42],

    [{ type: "number" }, " 1.5e3 ", 1500],
    [{ type: "boolean" }, "Yes", true],
    [{ type: "boolean" }, 0, false],
    [{ type: "string" }, 42, "42"],
    [{ type: "null" }, "", null],
    [{ type: "array", items: { type: "integer" } }, "7", [7]],
    [{ type: "array", items: { type: "integer" } }, '["1", 2]', [1, 2]],
    [{ type: "object", properties: { a: { type: "integer" } } }, '{"a": "1"}', { a: 1 }],
    [{ enum: ["Red", "Green"] }, " red ", "Red"],
    [{ type: ["integer", "null"] }, "5", 5],
    [{ anyOf: [{ type: "integer" }, { type: "boolean" }] }, "true", true],
    [{ properties: { a: { default: 3 }, b: { properties: { c: { default: 4 } } } } }, { b: {} }, { a: 3, b: { c: 4 } }],
    [{ $defs: { n: { type: "integer", default: 9 } }, properties: { n: { $ref: "#/$defs/n" } } }, {}, { n: 9 }],
    [{ prefixItems: [{ type: "string" }, { type: "integer" }] }, [1, "2"], ["1", 2]],
  ])("%j of %j is %j", (schema, value, expected) => {
    const { value: coerced, errors } = coerce(of(schema), value, free);
    expect([coerced, errors]).toEqual([expected, []]);
  });

  test("integers keep all 64 bits", () => {
    expect(coerce(of({ type: "integer" }), "9223372036854775807", free)).toEqual({ value: 9223372036854775807n, errors: [] });
  });

  test("what would be a guess stays, and is an error", () => {
    for (const [schema, value] of [[{ type: "integer" }, "4.5"], [{ type: "integer" }, "four"], [{ type: "boolean" }, "maybe"], [{ type: "string" }, {}], [{ type: "object" }, "x"]] as const) {
      const { value: coerced, errors } = coerce(of(schema), value, free);
      expect([coerced, errors.length]).toEqual([value, 1]);
    }
  });

  test("what fits is not touched", () => {
    const values = fc.jsonValue({ maxDepth: 3 }).filter((value) => !JSON.stringify(value).includes('"__proto__":')); // toEqual cannot compare that key
    fc.assert(fc.property(values, (value) => {
      expect(coerce(of(generate(value, {}, free)), value, free)).toEqual({ value, errors: [] });
    }), { numRuns: 200 });
  });

  test("what was given is not changed, and __proto__ is a key", () => {
    const given = JSON.parse('{"__proto__": "1", "a": "2"}') as Record<string, unknown>;
    const { value } = coerce(of({ properties: { a: { type: "integer" } }, additionalProperties: { type: "integer" } }), given, free);
    expect(JSON.stringify(value)).toBe('{"__proto__":1,"a":2}');
    expect(given["a"]).toBe("2");
    expect(({} as Record<string, unknown>)["1"]).toBeUndefined();
  });

  test("alternatives inside alternatives stop", () => {
    let schema: JsonSchema = { type: "integer" };
    for (let i = 0; i < 60; i++) schema = { anyOf: [schema, schema] };
    expect(["too_large", "too_deep"]).toContain(codeOf(() => coerce(of(schema), "x", free)));
  });
});

describe("extraction", () => {
  const person = of({ type: "object", properties: { full_name: { type: "string" }, age: { type: "integer" }, email: { type: "string", format: "email" }, tags: { type: "array", items: { type: "string" } } }, required: ["full_name", "age"] });

  test.each([
    ['Sure: {"full_name": "Ann", "age": "42"} as asked', { full_name: "Ann", age: 42 }, "json"],
    ["```json\n{full_name: 'Ann', age: 42,}\n```", { full_name: "Ann", age: 42 }, "json"],
    ["Full name: Ann Lee\nAge: 42 years\nTags: x, y; z\nwrite to ann@example.org.", { full_name: "Ann Lee", age: 42, email: "ann@example.org", tags: ["x", "y", "z"] }, "pairs"],
    ["- **Full Name**: Ann\n- **Age** = 1,234", { full_name: "Ann", age: 1234 }, "pairs"],
    ['{"irrelevant": true} full name: Ann, age: 7', { full_name: "Ann", age: 7 }, "pairs"],
  ])("%s", (text, value, source) => {
    const found = extract(person, text, free);
    expect([found.value, found.errors, found.source]).toEqual([value, [], source]);
  });

  test("says when there is nothing", () => {
    expect(extract(person, "nothing here", free)).toEqual({ value: undefined, errors: [{ path: "", message: "no data found" }], source: "none" });
  });

  test("long lines of one character end", () => {
    for (const c of ["{", "[", "a", ":", "a: ", "@", "-", "a@", "a=,"]) extract(person, c.repeat(100_000), free);
  });
});

describe("merging", () => {
  test("keeps what both say", () => {
    expect(merge([
      { type: "object", properties: { a: { type: "number", minimum: 1 } }, required: ["a"] },
      { type: "object", properties: { a: { type: "integer", maximum: 5 }, b: { type: "string" } }, required: ["b"] },
    ])).toEqual({ type: "object", properties: { a: { type: "integer", minimum: 1, maximum: 5 }, b: { type: "string" } }, required: ["a", "b"] });
    expect(merge([{ enum: [1, 2, 3] }, { enum: [2, 3, 4] }])).toEqual({ enum: [2, 3] });
    expect(merge([{ pattern: "a" }, { pattern: "b" }])).toEqual({ pattern: "a", allOf: [{ pattern: "b" }] });
    expect(merge([true, { minimum: 1 }])).toEqual({ minimum: 1 });
    expect(merge([false, { minimum: 1 }])).toBe(false);
  });

  test("schemas that exclude each other are refused", () => {
    expect(() => merge([{ properties: { a: { type: "string" } } }, { properties: { a: { type: "integer" } } }])).toThrow("schemas exclude each other at /properties/a/type");
  });

  test("a value fits the merged schema only if it fits each", () => {
    fc.assert(fc.property(schemas, schemas, values, (a, b, value) => {
      if (JSON.stringify([a, b]).includes("$ref")) return; // definitions of one name mean different things
      let merged: JsonSchema;
      try {
        merged = merge([a, b]);
      } catch {
        return; // they exclude each other
      }
      if (JSON.stringify([a, b]).includes('"additionalProperties":false') || JSON.stringify([a, b]).includes("patternProperties")) return; // known only beside its own properties
      if (fits(merged, value)) expect([fits(a, value), fits(b, value)]).toEqual([true, true]);
    }), { numRuns: 300 });
  });
});

test("info", () => {
  expect(schemaInfo({ title: "T", type: ["object", "null"], properties: { b: { items: { type: "string" } }, a: true }, required: ["a"] })).toEqual({
    title: "T", types: ["object", "null"], properties: ["a", "b"], required: ["a"], size: 4, depth: 3,
  });
});
