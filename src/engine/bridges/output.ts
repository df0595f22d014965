// The output bridge: structured text of models, read, written, checked and mended.
import { fromPlain } from "../conversion.js";
import { multi } from "../host-function.js";
import { defineBridge } from "./define.js";
import { options } from "./options.js";
import { type NamedSchema, schemaHandle } from "./schema-handle.js";
import { FORMATS, type Format, detect } from "./services/formats/detect.js";
import { codeBlocks } from "./services/formats/markdown.js";
import { RECOVERIES, type Recovery } from "./services/formats/repair.js";
import { type FormatOptions, format, jsonIn, parse, problemsOf, recover } from "./services/output.js";
import { generate } from "./services/schema/generate.js";

const formatParameter = { name: "format", type: "string", oneOf: FORMATS, doc: "One of `output.Format`." } as const;
const textParameter = { name: "text", type: "string", doc: "The text." } as const;

export const outputBridge = defineBridge({
  name: "output",
  doc: "Structured text: parse and write JSON, YAML, XML and Markdown, find data in prose, mend what is broken.",
  constants: {
    Format: { JSON: "json", YAML: "yaml", XML: "xml", MARKDOWN: "markdown", PLAIN: "plain" },
    Recovery: { STRICT: "strict", LENIENT: "lenient", BEST_EFFORT: "best_effort" },
  },
  types: {
    CodeBlock: { doc: "A block of code in Markdown.", fields: { language: { type: "string", doc: "\"lua\"; \"\" when not said." }, code: { type: "string", doc: "Its text." } } },
    RecoverInfo: {
      doc: "How a text was recovered.",
      fields: {
        repaired: { type: "boolean", doc: "The text was not valid as it stood." },
        changes: { type: "string[]", doc: "What was done, in words." },
        errors: { type: "SchemaError[]", doc: "What does not fit the schema." },
      },
    },
  },
  notes: "**XML**: `<a id=\"1\">x<b/></a>` is `{ a = { [\"@id\"] = \"1\", [\"#text\"] = \"x\", b = \"\" } }`; an element with nothing but text is that text, elements of one name are a list; document types are refused. " +
    "**Markdown** is a list of blocks: `{ type = \"heading\", level, text }`, `paragraph`, `code` (`language`, `code`), `list` (`ordered`, `items`), `table` (`header`, `rows`), `quote`, `html`, `rule`. " +
    "**null** is nil unless `nulls = true`, then it is a value of its own that is written as null again. Integers beyond 2^53 stay exact in JSON. " +
    "Texts may have 1,000,000 characters of JSON, 250,000 of XML, 64,000 of YAML or JSON to be mended, 32,000 of Markdown, unless the host sets other limits (`textLimits`), and 200 levels (YAML: 100).",
  functions: {
    parse: {
      doc: "The data of a text.",
      params: [
        textParameter,
        { ...formatParameter, optional: true, doc: "Its format; detected unless given." },
        { name: "options", type: options("ParseOptions", { nulls: { type: "boolean", default: false, doc: "Keep null apart from nil." } }), optional: true, doc: "How." },
      ],
      returns: [{ type: "any", doc: "The data." }],
      example: 'local data = output.parse(\'{"a": [1, 2]}\', output.Format.JSON)',
      run: (call, text: string, given?: Format, choices?: { readonly nulls: boolean }) => {
        const value = parse(text, given, call.charge);
        return fromPlain(call.runtime, value, { nulls: choices?.nulls === true ? "null" : "nil" });
      },
    },
    format: {
      doc: "A value as text.",
      params: [
        { name: "value", type: "any", doc: "The data." },
        { ...formatParameter, default: "json", doc: "JSON unless given." },
        {
          name: "options", optional: true, doc: "How.",
          type: options("FormatOptions", {
            indent: { type: "integer", min: 0, max: 10, doc: "Spaces of one level; JSON 0, others 2 unless given." },
            sort_keys: { type: "boolean", doc: "JSON: keys in order." },
            root: { type: "string", doc: "XML: name of the outermost element." },
          }),
        },
      ],
      returns: [{ type: "string", doc: "The text." }],
      run: (call, value: unknown, to: Format, { indent, sort_keys: sortKeys, root }: { indent?: number; sort_keys?: boolean; root?: string } = {}) => {
        const choices: FormatOptions = { ...(indent === undefined ? {} : { indent }), ...(sortKeys === undefined ? {} : { sortKeys }), ...(root === undefined ? {} : { root }) };
        return format(value, to, choices, call.charge);
      },
    },
    detect_format: {
      doc: "Which format a text is in.",
      params: [textParameter],
      returns: [{ name: "format", type: "string", doc: "One of `output.Format`." }, { name: "confidence", type: "number", doc: "0 to 1." }],
      run: (call, text: string) => {
        const detected = detect(text, call.charge);
        return multi(detected.format, detected.confidence);
      },
    },
    validate_format: {
      doc: "Whether a text is valid in a format.",
      params: [textParameter, formatParameter],
      returns: [{ name: "ok", type: "boolean", doc: "Whether it is." }, { name: "errors", type: "table[]", doc: "Tables with `message`, and `line` and `column` where they are known." }],
      run: (call, text: string, as: Format) => {
        const problems = problemsOf(text, as, call.charge);
        return multi(problems.length === 0, problems);
      },
    },
    extract_json: {
      doc: "JSON out of prose: objects and arrays anywhere in a text, mended where needed.",
      params: [
        textParameter,
        {
          name: "options", optional: true, doc: "Which.",
          type: options("ExtractOptions", {
            all: { type: "boolean", default: false, doc: "A list of all of them, instead of the first." },
            strict: { type: "boolean", default: false, doc: "Only what is valid as it stands." },
          }),
        },
      ],
      returns: [{ type: "any", doc: "The first value, or nil; with `all` a list." }],
      example: 'local answer = output.extract_json(response.content)',
      run: (call, text: string, choices?: { readonly all: boolean; readonly strict: boolean }) => {
        const values = jsonIn(text, choices?.strict === true, call.charge);
        return choices?.all === true ? values : values[0];
      },
    },
    extract_markdown: {
      doc: "The code blocks of a text.",
      params: [textParameter, { name: "language", type: "string", optional: true, doc: "Only those of a language." }],
      returns: [{ type: "CodeBlock[]", doc: "In order." }],
      run: (call, text: string, language?: string) => codeBlocks(text, language, call.charge),
    },
    recover: {
      doc: "Data out of broken JSON, made to fit a schema if one is given.",
      params: [
        textParameter,
        {
          name: "options", optional: true, doc: "How far to go.",
          type: options("RecoverOptions", {
            mode: { type: "string", oneOf: RECOVERIES, default: "best_effort", doc: "One of `output.Recovery`: STRICT mends nothing, LENIENT mends the syntax, BEST_EFFORT also looks for JSON in prose." },
            schema: { type: schemaHandle, doc: "A schema, its id, or a definition." },
          }),
        },
      ],
      returns: [{ name: "value", type: "any", doc: "The data." }, { name: "info", type: "RecoverInfo", doc: "What was done." }],
      run: (call, text: string, choices?: { readonly mode: Recovery; readonly schema?: NamedSchema }) => {
        const { value, ...info } = recover(text, choices?.mode ?? "best_effort", choices?.schema?.compiled, call.charge);
        return multi(value, info);
      },
    },
    get_schema: {
      doc: "A schema that a text's data fits.",
      params: [textParameter, { ...formatParameter, optional: true, doc: "Its format; detected unless given." }],
      returns: [{ type: "table", doc: "The definition." }],
      run: (call, text: string, given?: Format) => generate(parse(text, given, call.charge), {}, call.charge),
    },
  },
});
