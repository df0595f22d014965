// XML as tables: `<a id="1">x<b/></a>` is { a = { ["@id"] = "1", ["#text"] = "x", b = "" } }. An element that holds nothing but
// text is that text; elements of one name under one parent are an array. Document types and their entities are refused.
import { SaxesParser, type SaxesTagPlain } from "saxes";
import { BridgeFailure, messageOf } from "../failure.js";
import { type JsonValue, MAX_DEPTH, checkBounds, isObject, record } from "../json-value.js";
import type { Charge } from "../work.js";
import { charged } from "./text-limit.js";

const ATTRIBUTE = "@";
const TEXT = "#text";

type Content = Record<string, JsonValue | JsonValue[]>;

/** An element whose end tag has not come yet. */
interface OpenElement {
  readonly name: string;
  readonly content: Content;
  text: string;
}

/** Throws BridgeFailure "syntax" (details: line, column), "too_large" or "too_deep". */
export function parseXml(text: string, charge: Charge): JsonValue {
  charged("xml", text, charge);
  const parser = new SaxesParser();
  const root = record<JsonValue>();
  const open: OpenElement[] = [{ name: "", content: root, text: "" }];
  parser.on("error", (error) => {
    throw new BridgeFailure("syntax", messageOf(error).replace(/^\d+:\d+: /, ""), { details: { line: parser.line, column: parser.column } });
  });
  parser.on("doctype", () => {
    throw new BridgeFailure("syntax", "document types are not accepted");
  });
  parser.on("opentag", (tag) => {
    if (open.length > MAX_DEPTH) throw new BridgeFailure("too_deep", `XML is nested more than ${MAX_DEPTH} levels deep`);
    open.push({ name: tag.name, content: attributesOf(tag), text: "" });
  });
  parser.on("text", (piece) => {
    open.at(-1)!.text += piece;
  });
  parser.on("cdata", (piece) => {
    open.at(-1)!.text += piece;
  });
  parser.on("closetag", () => {
    const element = open.pop()!;
    add(open.at(-1)!.content, element.name, finished(element));
  });
  parser.write(text).close();
  return root;
}

function attributesOf({ attributes }: SaxesTagPlain): Content {
  return record(Object.entries(attributes).map(([name, value]) => [ATTRIBUTE + name, value]));
}

function finished({ content, text }: OpenElement): JsonValue {
  const trimmed = text.trim();
  if (Object.keys(content).length === 0) return trimmed;
  if (trimmed !== "") content[TEXT] = trimmed;
  return content;
}

function add(content: Content, name: string, value: JsonValue): void {
  const present = content[name];
  if (present === undefined) content[name] = value;
  else if (Array.isArray(present)) present.push(value);
  else content[name] = [present as JsonValue, value];
}

/** `root`: the name of the outermost element, needed unless the value is an object of one field. `indent`: spaces of one level. */
export function formatXml(value: unknown, root: string | undefined, indent: number, charge: Charge): string {
  checkBounds(value, (units) => charge(units * 4));
  const fields = isObject(value) ? Object.entries(value) : [];
  const [only] = fields;
  const single = root === undefined && fields.length === 1 && !Array.isArray(only![1]) && isName(only![0]);
  const [name, content] = single ? only! : [root ?? "root", value];
  return element(name, content, "\n", " ".repeat(Math.min(10, Math.max(0, indent)))).slice(1);
}

const isName = (name: string): boolean => /^[\p{L}_:][\p{L}\p{N}_:.-]*$/u.test(name);

/** Lines that begin with `line` (a line break and the indentation). */
function element(name: string, value: unknown, line: string, indent: string): string {
  if (!isName(name)) throw new BridgeFailure("invalid", `'${name}' is no XML name`);
  if (Array.isArray(value)) return value.map((item) => element(name, item, line, indent)).join("") || `${line}<${name}/>`;
  if (!isObject(value)) {
    const text = scalar(value);
    return text === "" ? `${line}<${name}/>` : `${line}<${name}>${escaped(text)}</${name}>`;
  }
  const entries = Object.entries(value);
  const attributes = entries.filter(([key]) => key.startsWith(ATTRIBUTE)).map(([key, text]) => attribute(key.slice(1), text));
  const children = entries.filter(([key]) => !key.startsWith(ATTRIBUTE) && key !== TEXT).map(([key, child]) => element(key, child, line + indent, indent));
  const text = value[TEXT] === undefined ? "" : escaped(scalar(value[TEXT]));
  const start = `${line}<${name}${attributes.join("")}`;
  if (children.length === 0) return text === "" ? `${start}/>` : `${start}>${text}</${name}>`;
  return `${start}>${text}${children.join("")}${line}</${name}>`;
}

function attribute(name: string, value: unknown): string {
  if (!isName(name)) throw new BridgeFailure("invalid", `'${name}' is no XML name`);
  return ` ${name}="${escaped(scalar(value)).replaceAll('"', "&quot;")}"`;
}

function scalar(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "object") throw new BridgeFailure("invalid", "an XML attribute or text is a string, a number or a boolean");
  return String(value);
}

const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

function escaped(text: string): string {
  // characters that XML 1.0 cannot hold at all are dropped
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "").replace(/[&<>]/g, (character) => ESCAPES[character]!);
}
