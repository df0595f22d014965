// Markdown (CommonMark with tables) as a list of blocks, and values as Markdown.
import MarkdownIt, { type Token } from "markdown-it";
import { BridgeFailure } from "../failure.js";
import { checkBounds, isObject } from "../json-value.js";
import type { Charge } from "../work.js";
import { charged } from "./text-limit.js";

export interface CodeBlock {
  readonly language: string;
  readonly code: string;
}

export type Block =
  | { readonly type: "heading"; readonly level: number; readonly text: string }
  | { readonly type: "paragraph"; readonly text: string }
  | ({ readonly type: "code" } & CodeBlock)
  | { readonly type: "list"; readonly ordered: boolean; readonly items: readonly string[] }
  | { readonly type: "quote"; readonly text: string }
  | { readonly type: "table"; readonly header: readonly string[]; readonly rows: readonly (readonly string[])[] }
  | { readonly type: "html"; readonly text: string }
  | { readonly type: "rule" };

const parser = new MarkdownIt({ html: true, linkify: false, typographer: false });

/** The blocks of a text in order; inline marks stay as they are written. Every text is Markdown: throws only "too_large". */
export function parseMarkdown(text: string, charge: Charge): Block[] {
  charged("markdown", text, charge);
  const reader = new BlockReader(parser.parse(text, {}));
  return reader.read();
}

class BlockReader {
  private at = 0;
  constructor(private readonly tokens: readonly Token[]) {}

  read(): Block[] {
    const blocks: Block[] = [];
    while (this.at < this.tokens.length) {
      const block = this.block(this.tokens[this.at]!);
      if (block !== undefined) blocks.push(block);
    }
    return blocks;
  }

  private block(token: Token): Block | undefined {
    switch (token.type) {
      case "heading_open": return { type: "heading", level: Number(token.tag.slice(1)), text: this.text() };
      case "paragraph_open": return { type: "paragraph", text: this.text() };
      case "blockquote_open": return { type: "quote", text: this.text() };
      case "bullet_list_open": return { type: "list", ordered: false, items: this.items() };
      case "ordered_list_open": return { type: "list", ordered: true, items: this.items() };
      case "table_open": return this.table();
      default: this.at++;
    }
    switch (token.type) {
      case "fence": return { type: "code", language: token.info.trim().split(/\s+/)[0] ?? "", code: token.content.replace(/\n$/, "") };
      case "code_block": return { type: "code", language: "", code: token.content.replace(/\n$/, "") };
      case "html_block": return { type: "html", text: token.content.trim() };
      case "hr": return { type: "rule" };
      default: return undefined;
    }
  }

  /** Tokens from the opening one at `at` to its closing one, which are passed over. */
  private inside(): readonly Token[] {
    const start = this.at;
    const { level, type } = this.tokens[start]!;
    const closing = type.replace(/_open$/, "_close");
    do this.at++;
    while (this.at < this.tokens.length && !(this.tokens[this.at]!.type === closing && this.tokens[this.at]!.level === level));
    this.at++;
    return this.tokens.slice(start + 1, this.at - 1);
  }

  private text(): string {
    return textOf(this.inside());
  }

  private items(): string[] {
    const level = this.tokens[this.at]!.level + 1;
    return split(this.inside(), (token) => token.type === "list_item_open" && token.level === level).map(textOf);
  }

  private table(): Block {
    const rows = split(this.inside(), (token) => token.type === "tr_open").map((row) => row.filter((token) => token.type === "inline").map((token) => token.content));
    return { type: "table", header: rows[0] ?? [], rows: rows.slice(1) };
  }
}

function textOf(tokens: readonly Token[]): string {
  return tokens.filter(({ type }) => type === "inline" || type === "fence" || type === "code_block").map(({ content }) => content.trim()).join("\n");
}

/** Pieces that begin at each token that `starts`. */
function split(tokens: readonly Token[], starts: (token: Token) => boolean): Token[][] {
  const pieces: Token[][] = [];
  for (const token of tokens) {
    if (starts(token)) pieces.push([]);
    pieces.at(-1)?.push(token);
  }
  return pieces;
}

/** Code blocks of a text, nested ones included; of one language if given. */
export function codeBlocks(text: string, language: string | undefined, charge: Charge): CodeBlock[] {
  charged("markdown", text, charge);
  return parser.parse(text, {}).filter(({ type }) => type === "fence" || type === "code_block")
    .map(({ info, content }) => ({ language: info.trim().split(/\s+/)[0] ?? "", code: content.replace(/\n$/, "") }))
    .filter((block) => language === undefined || block.language.toLowerCase() === language.toLowerCase());
}

/** A value as Markdown: blocks as they were parsed, arrays of objects as a table, others as lists. */
export function formatMarkdown(value: unknown, charge: Charge): string {
  checkBounds(value, (units) => charge(units * 4));
  if (Array.isArray(value) && value.length > 0 && value.every(isBlock)) return value.map(blockText).join("\n\n");
  if (Array.isArray(value) && value.length > 0 && value.every(isRow)) return tableText(columnsOf(value), value.map((row) => columnsOf(value).map((key) => cell(row[key]))));
  return typeof value === "object" && value !== null ? listText(value, "") : inline(value);
}

const BLOCK_TYPES = ["heading", "paragraph", "code", "list", "quote", "table", "html", "rule"];
type Fields = Readonly<Record<string, unknown>>;

const isBlock = (value: unknown): value is Fields => isObject(value) && BLOCK_TYPES.includes(String(value["type"]));
const isRow = (value: unknown): value is Fields => isObject(value) && Object.values(value).every((part) => typeof part !== "object" || part === null);
const columnsOf = (rows: readonly Fields[]): string[] => [...new Set(rows.flatMap((row) => Object.keys(row)))];
const inline = (value: unknown): string => (value === null || value === undefined ? "" : String(value));
const cell = (value: unknown): string => inline(value).replaceAll("\\", "\\\\").replaceAll("|", "\\|").replace(/\s*\n\s*/g, " ");

function blockText(block: Fields): string {
  switch (block["type"]) {
    case "heading": return `${"#".repeat(Math.min(6, Math.max(1, Number(block["level"] ?? 1))))} ${inline(block["text"])}`;
    case "code": return fenced(inline(block["language"]), inline(block["code"]));
    case "list": return list(block["items"]).map((item, i) => `${block["ordered"] === true ? `${i + 1}.` : "-"} ${inline(item).replaceAll("\n", "\n  ")}`).join("\n");
    case "quote": return inline(block["text"]).split("\n").map((line) => `> ${line}`.trimEnd()).join("\n");
    case "table": return tableText(list(block["header"]).map(cell), list(block["rows"]).map((row) => list(row).map(cell)));
    case "rule": return "---";
    default: return inline(block["text"]);
  }
}

/** A fence longer than any in the code. */
function fenced(language: string, code: string): string {
  const longest = (code.match(/`+/g) ?? []).reduce((most, run) => Math.max(most, run.length), 2);
  const fence = "`".repeat(longest + 1);
  return `${fence}${language.replace(/[`\n]/g, "")}\n${code}\n${fence}`;
}

function tableText(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(header), line(header.map(() => "---")), ...rows.map(line)].join("\n");
}

function listText(value: object, indent: string): string {
  const entries = Array.isArray(value) ? value.map((item) => ["", item] as const) : Object.entries(value).map(([key, part]) => [`**${key}**`, part] as const);
  return entries.map(([label, part]) => item(label, part, indent)).join("\n");
}

function item(label: string, value: unknown, indent: string): string {
  const nested = typeof value === "object" && value !== null;
  const text = nested ? `\n${listText(value, `${indent}  `)}` : inline(value);
  return `${indent}- ${label}${label === "" ? "" : ":"}${nested || label === "" ? "" : " "}${text}`.trimEnd();
}

function list(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value as unknown[];
  if (isObject(value) && Object.keys(value).length === 0) return [];
  throw new BridgeFailure("invalid", "a block's items, header and rows are arrays");
}
