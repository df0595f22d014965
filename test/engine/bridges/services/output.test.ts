import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BridgeFailure } from "../../../../src/engine/bridges/services/failure.js";
import { detect } from "../../../../src/engine/bridges/services/formats/detect.js";
import { findJson } from "../../../../src/engine/bridges/services/formats/find-json.js";
import { type Block, codeBlocks } from "../../../../src/engine/bridges/services/formats/markdown.js";
import { format, jsonIn, parse, problemsOf, recover } from "../../../../src/engine/bridges/services/output.js";
import { CompiledSchema } from "../../../../src/engine/bridges/services/schema/json-schema.js";
import { free } from "../../../../src/engine/bridges/services/work.js";

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(BridgeFailure);
    return (error as BridgeFailure).code;
  }
  return "none";
}
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe("JSON", () => {
  test("what is written is read again", () => {
    fc.assert(fc.property(fc.jsonValue({ maxDepth: 4 }), fc.integer({ min: 0, max: 4 }), fc.boolean(), (value, indent, sortKeys) => {
      const text = format(value, "json", { indent, sortKeys }, free);
      const read = JSON.stringify(parse(text, "json", free), (_, part: unknown) => (typeof part === "bigint" ? Number(part) : part)); // 2^53 and more are integers
      expect(read).toEqual(JSON.stringify(JSON.parse(text)));
      expect(JSON.parse(text)).toEqual(plain(value));
      if (!sortKeys) expect(text).toBe(JSON.stringify(value, undefined, indent));
    }));
  });

  test("integers beyond 2^53 are exact, in numbers and not in strings", () => {
    const text = '{"a":9007199254740993,"b":"9007199254740993","c":[-9223372036854775808],"d":12345678901234567.5,"e":1e20,"f":0.12345678901234567890}';
    expect(parse(text, "json", free)).toEqual({ a: 9007199254740993n, b: "9007199254740993", c: [-9223372036854775808n], d: 12345678901234567.5, e: 1e20, f: 0.12345678901234568 });
    expect(codeOf(() => parse("[01234567890123456789]", "json", free))).toBe("syntax");
    expect(format(parse('{"a":9007199254740993}', "json", free), "json", {}, free)).toBe('{"a":9007199254740993}');
  });

  test("errors have a place", () => {
    expect(problemsOf('{\n  "a": }', "json", free)).toMatchObject([{ line: 2, column: 8 }]);
    for (const [text, column] of [["", 1], ["[1,]", 4], ["[1 2]", 4], ['{"a" 1}', 6], ["{a:1}", 2], ["[1}", 3], ["01", 2], ["[1]]", 4], ['{"a":1,}', 8], ["nul", 1], ['"\\x"', 1], ["[1", 3]] as const) {
      expect([text, problemsOf(text, "json", free)[0]?.["column"]]).toEqual([text, column]);
    }
    expect(problemsOf("[1]", "json", free)).toEqual([]);
  });

  test("__proto__ is a key", () => {
    const value = parse('{"__proto__": {"evil": 1}}', "json", free) as object;
    expect(Object.keys(value)).toEqual(["__proto__"]);
    expect((value as { evil?: number }).evil).toBeUndefined();
  });

  test("numbers and values that JSON has not are refused", () => {
    for (const value of [NaN, Infinity, () => 1, Symbol("x")]) expect(codeOf(() => format([value], "json", {}, free))).toBe("invalid");
  });
});

describe("YAML", () => {
  test("what is written is read again", () => {
    fc.assert(fc.property(fc.jsonValue({ maxDepth: 3 }), (value) => {
      expect(plain(parse(format(value, "yaml", {}, free), "yaml", free))).toEqual(plain(value));
    }), { numRuns: 200 });
  });

  test("the core schema and nothing else", () => {
    expect(parse("a: 1\nb: [x, 'y', true, null, 1.5]\nc: |\n  two\n  lines\nd: 2024-01-01\ne: !!str 5", "yaml", free)).toEqual({
      a: 1, b: ["x", "y", true, null, 1.5], c: "two\nlines\n", d: "2024-01-01", e: "5",
    });
    for (const text of ["!!js/function 'x'", "!!binary aGk=", "!custom x", "a: 1\n---\nb: 2", "a: 1\na: 2"]) expect([text, codeOf(() => parse(text, "yaml", free))]).toEqual([text, "syntax"]);
    expect(parse("", "yaml", free)).toBeNull();
  });

  test("errors have a place", () => {
    expect(problemsOf("a: [1\nb: 2", "yaml", free)).toMatchObject([{ line: 2 }]);
  });
});

describe("XML", () => {
  test("elements, attributes, text, lists", () => {
    expect(parse('<?xml version="1.0"?><a id="1"><b>x &amp; y</b><b/><c><![CDATA[<d>]]></c><e f="g">t</e></a>', "xml", free)).toEqual({
      a: { "@id": "1", b: ["x & y", ""], c: "<d>", e: { "@f": "g", "#text": "t" } },
    });
  });

  test("what is written is read again", () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9]{0,5}$/);
    const leaf = fc.string({ unit: "grapheme" }).map((text) => text.replace(/[\r\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udfff]/g, "").trim());
    const element = fc.letrec((tie) => ({
      node: fc.oneof({ maxDepth: 3 }, leaf, fc.dictionary(name, fc.oneof(tie("node"), fc.array(leaf, { minLength: 2, maxLength: 3 })), { minKeys: 1, maxKeys: 3 })),
    })).node;
    fc.assert(fc.property(name, element, (root, value) => {
      expect(plain(parse(format({ [root]: value }, "xml", {}, free), "xml", free))).toEqual(plain({ [root]: value }));
    }), { numRuns: 300 });
  });

  test("markup in values stays text", () => {
    const text = format({ a: { "@x": '"<&', b: "</b><evil/>" } }, "xml", { indent: 0 }, free);
    expect(text).not.toContain("<evil/>");
    expect(plain(parse(text, "xml", free))).toEqual({ a: { "@x": '"<&', b: "</b><evil/>" } });
    for (const key of ["a b", "1a", "", "<"]) expect(codeOf(() => format({ root: { [key]: 1 } }, "xml", {}, free))).toBe("invalid");
  });

  test("document types and entities are refused", () => {
    expect(codeOf(() => parse('<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', "xml", free))).toBe("syntax");
    expect(codeOf(() => parse('<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', "xml", free))).toBe("syntax");
    expect(problemsOf("<a>&x;</a>", "xml", free)[0]!.message).toContain("undefined entity");
    expect(problemsOf("<a>\n<b></a>", "xml", free)).toMatchObject([{ line: 2 }]);
  });
});

describe("Markdown", () => {
  const text = "# Title\n\nSome *text*\nin two lines\n\n- a\n- b\n  - c\n\n1. x\n2. y\n\n```lua\nprint(1)\n```\n\n| h | i |\n|---|---|\n| 1 | 2 |\n\n> quoted\n\n---\n\n<div>x</div>\n";
  const blocks: Block[] = [
    { type: "heading", level: 1, text: "Title" }, { type: "paragraph", text: "Some *text*\nin two lines" }, { type: "list", ordered: false, items: ["a", "b\nc"] },
    { type: "list", ordered: true, items: ["x", "y"] }, { type: "code", language: "lua", code: "print(1)" }, { type: "table", header: ["h", "i"], rows: [["1", "2"]] },
    { type: "quote", text: "quoted" }, { type: "rule" }, { type: "html", text: "<div>x</div>" },
  ];

  test("is a list of blocks", () => {
    expect(parse(text, "markdown", free)).toEqual(blocks);
  });

  test("blocks that are written are read again", () => {
    const flat = blocks.filter(({ type }) => type !== "list");
    expect(parse(format(flat, "markdown", {}, free), "markdown", free)).toEqual(flat);
  });

  test("code blocks, of a language", () => {
    const code = "a\n```js\nx\n```\n- item\n  ```lua\n  y\n  ```\n~~~\nz\n~~~";
    expect(codeBlocks(code, undefined, free)).toEqual([{ language: "js", code: "x" }, { language: "lua", code: "y" }, { language: "", code: "z" }]);
    expect(codeBlocks(code, "LUA", free)).toEqual([{ language: "lua", code: "y" }]);
  });

  test("code with fences in it stays one block", () => {
    const block = { type: "code", language: "md", code: "```\nx\n```" };
    expect(parse(format([block], "markdown", {}, free), "markdown", free)).toEqual([block]);
  });

  test("rows are a table, other values lists", () => {
    expect(format([{ a: 1, b: "x|y" }, { a: "two\nlines" }], "markdown", {}, free)).toBe("| a | b |\n| --- | --- |\n| 1 | x\\|y |\n| two lines |  |");
    expect(format({ a: 1, b: [1, 2] }, "markdown", {}, free)).toBe("- **a**: 1\n- **b**:\n  - 1\n  - 2");
  });
});

describe("detection", () => {
  test.each([
    ['{"a": 1}', "json"], ["[1, 2]", "json"], ["42", "json"], ['"x"', "json"], ["a: 1\nb:\n  - x", "yaml"], ["---\nx", "yaml"], ["- a: 1\n- b: 2", "yaml"], ["<a><b/></a>", "xml"],
    ["# Title\n\ntext", "markdown"], ["see [this](http://x.y)", "markdown"], ["```js\nx\n```", "markdown"], ["- a\n- b", "markdown"],
    ["Just a sentence.", "plain"], ["Note: this is prose.\nIt goes on\nand on\nand on.", "plain"], ["", "plain"], ["1 < 2", "plain"], ["{broken", "json"],
  ])("%s is %s", (text, expected) => {
    expect(detect(text, free).format).toBe(expected);
  });
});

describe("JSON in prose", () => {
  test.each([
    ['Sure!\n```json\n{"a": 1}\n```\nDone.', [{ a: 1 }]],
    ['first {"a": [1, {"b": "}"}]} then [2] end', [{ a: [1, { b: "}" }] }, [2]]],
    ["{'a': 1, b: True, c: None,}", [{ a: 1, b: true, c: null }]],
    ['cut off {"a": [1, 2, {"b": "te', [{ a: [1, 2, { b: "te" }] }]],
    ["see [1] and {the rest", [[1]]],
    ["nothing", []],
  ])("%s", (text, values) => {
    expect(plain(jsonIn(text, false, free))).toEqual(values);
  });

  test("strictly: only what is valid as it stands", () => {
    expect(plain(jsonIn("{'a': 1} {\"b\": 2}", true, free))).toEqual([{ b: 2 }]);
  });

  test("finds any JSON between any prose without brackets and quotes", () => {
    const prose = fc.stringMatching(/^[a-z .,!]*$/);
    fc.assert(fc.property(prose, fc.dictionary(fc.string(), fc.jsonValue()), prose, (before, value, after) => {
      const text = `${before}${JSON.stringify(value)}${after}`;
      expect(findJson(text, free).map((each) => JSON.parse(each.text) as unknown)).toEqual([plain(value)]);
    }));
  });
});

describe("recovery", () => {
  const schema = CompiledSchema.of({ type: "object", properties: { name: { type: "string" }, age: { type: "integer" }, role: { default: "user" } }, required: ["name", "age"] }, free);

  test.each([
    ['{"name": "Ann", "age": 42}', { name: "Ann", age: 42 }, false],
    ["{name: 'Ann', age: '42',}", { name: "Ann", age: 42, role: "user" }, true],
    ['The answer:\n{"name": "Ann", "age": "42"', { name: "Ann", age: 42, role: "user" }, true],
    ['// comment\n{"name": "Ann" "age": 42 /* x */}', { name: "Ann", age: 42 }, true],
  ])("%s", (text, value, repaired) => {
    const recovered = recover(text, "best_effort", schema, free);
    expect([plain(recovered.value), recovered.errors, recovered.repaired]).toEqual([value, [], repaired]);
    expect(recovered.changes.length > 0).toBe(repaired);
  });

  test("levels: STRICT mends nothing, LENIENT the syntax, BEST_EFFORT looks into prose", () => {
    expect(codeOf(() => recover("{a: 1}", "strict", undefined, free))).toBe("syntax");
    expect(plain(recover("{a: 1}", "lenient", undefined, free).value)).toEqual({ a: 1 });
    expect(codeOf(() => recover("so: {a: 1}", "lenient", undefined, free))).toBe("syntax");
    expect(plain(recover("so: {a: 1}", "best_effort", undefined, free).value)).toEqual({ a: 1 });
    for (const level of ["strict", "lenient", "best_effort"] as const) expect(codeOf(() => recover("nothing of the kind", level, undefined, free))).toBe("syntax");
  });

  test("strictly, a schema only tells", () => {
    expect(recover('{"name": "Ann", "age": "42"}', "strict", schema, free).errors).toMatchObject([{ path: "/age" }]);
  });

  test("JSON cut off anywhere gives what was there", () => {
    const whole = JSON.stringify({ a: [1, 2, { b: "text", c: true }], d: "more" });
    fc.assert(fc.property(fc.integer({ min: 2, max: whole.length }), (length) => {
      expect(typeof recover(whole.slice(0, length), "best_effort", undefined, free).value).toBe("object");
    }));
  });

  test("anything else is a value or a failure", () => {
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom(..."{}[]:,\"'\\/ntrue0-1. \n`") }), (text) => {
      codeOf(() => recover(text, "best_effort", undefined, free));
      codeOf(() => parse(text, undefined, free));
      jsonIn(text, false, free);
    }), { numRuns: 1000 });
  });
});

describe("hostile texts", () => {
  const limited = (units: number) => (cost: number): void => {
    if ((units -= cost) < 0) throw new Error("out of units");
  };
  const laughs = `a: &a [x,x,x,x,x,x,x,x,x]\n${[..."bcdefghij"].map((name, i) => `${name}: &${name} [${Array<string>(9).fill(`*${"abcdefghij"[i]!}`).join(",")}]`).join("\n")}`;

  test.each([
    ["a billion laughs", laughs, "yaml"], ["YAML, many aliases", `a: &a x\nb: [${"*a,".repeat(5000)}]`, "yaml"], ["YAML, a node that contains itself", "a: &a [*a]", "yaml"],
    ["deep YAML", "[".repeat(50_000), "yaml"], ["deep block YAML", "- ".repeat(50_000), "yaml"], ["deep JSON", "[".repeat(100_000) + "]".repeat(100_000), "json"], ["deep XML", "<a>".repeat(100_000) + "</a>".repeat(100_000), "xml"],
  ] as const)("%s", (_, text, as) => {
    expect(["too_deep", "too_large"]).toContain(codeOf(() => parse(text, as, free)));
  });

  test.each(["json", "yaml", "xml", "markdown"] as const)("%s that is too long", (as) => {
    expect(codeOf(() => parse(`"${"x".repeat(9_000_000)}"`, as, free))).toBe("too_large");
  });

  test("all of it is paid for before it is done", () => {
    for (const as of ["json", "yaml", "xml", "markdown"] as const) expect(() => parse(`[${"1,".repeat(10_000)}1]`, as, limited(1000))).toThrow("out of units");
    expect(() => recover(`{a:${"1,".repeat(10_000)}`, "best_effort", undefined, limited(1000))).toThrow("out of units");
    expect(() => format(Array.from({ length: 100_000 }, () => 1), "json", {}, limited(1000))).toThrow("out of units");
  });

  test("the host says how long texts may be, and the error names the limit", () => {
    const charge = Object.assign(() => {}, { textLimits: { json: 10, yaml: 200_000 } });
    expect(() => parse("[1, 2, 3, 4]", "json", charge)).toThrow("text of 12 characters is longer than 10, the host's limit for 'json' (textLimits.json)");
    expect(parse(`a: ${"x".repeat(100_000)}`, "yaml", charge)).toEqual({ a: "x".repeat(100_000) });
    expect(codeOf(() => parse(`a: ${"x".repeat(100_000)}`, "yaml", free))).toBe("too_large");
  });

  test.each(["'a", "\"a", "\"\n", "“", "&quot;a", "`", "´x"])("mending looks again at the rest for each quote: many of %s are refused, or paid for", (piece) => {
    const text = `[${piece.repeat(Math.floor(63_000 / piece.length))}`;
    expect(["too_large", "syntax", "too_deep"]).toContain(codeOf(() => recover(text, "lenient", undefined, free)));
    expect(() => recover(`[${piece.repeat(3000)}`, "lenient", undefined, limited(50_000))).toThrow("out of units");
  });

  test("shared parts cannot be written out without end", () => {
    let value: unknown = ["x"];
    for (let i = 0; i < 40; i++) value = [value, value];
    for (const to of ["json", "yaml", "xml", "markdown"] as const) expect(["too_large", "too_deep"]).toContain(codeOf(() => format(value, to, {}, free)));
  });

  test.each(["{", "[", "[1 ", "\"", "'", "{\"a\":\"", "`", "<", "<a ", "<!--", "> ", "- ", "* ", "![[]()", "|a", "a: ", "? ", "\\", "\"\\x", "/*", "\"a\" + ", "_a_ ", "&a ", "*a ", "]]>"])("%s again and again", (piece) => {
    const text = piece.repeat(Math.floor(30_000 / piece.length));
    for (const as of ["json", "yaml", "xml", "markdown"] as const) codeOf(() => parse(text, as, free));
    codeOf(() => recover(text, "best_effort", undefined, free));
    jsonIn(text, false, free);
    detect(text, free);
  });
});
