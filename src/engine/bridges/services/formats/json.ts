// JSON read and written without loss: integers beyond 2^53 are bigints, `__proto__` is a key, what is endless is refused.
import { BridgeFailure, messageOf } from "../failure.js";
import { type JsonValue, checkBounds, isObject, record } from "../json-value.js";
import { CHARACTERS_PER_UNIT, type Charge } from "../work.js";
import { charged } from "./text-limit.js";

/** Throws BridgeFailure "syntax" (details: line, column), "too_large" or "too_deep". */
export function parseJson(text: string, charge: Charge): JsonValue {
  charged("json", text, charge);
  const value = read(text);
  checkBounds(value, charge, "JSON");
  return value;
}

/** Strings and numbers. */
const TOKENS = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g;
/** An integer that a double may not hold. */
const LONG_INTEGER = /^-?[1-9]\d{15,}$/;
const MARK = "\u0000integer:";

function read(text: string): JsonValue {
  try {
    if (!/\d{16}/.test(text)) return JSON.parse(text) as JsonValue;
    const marked = text.replace(TOKENS, (token) => (LONG_INTEGER.test(token) ? JSON.stringify(MARK + token) : token));
    return JSON.parse(marked, (_, value: unknown) => (typeof value === "string" && value.startsWith(MARK) ? integer(value.slice(MARK.length)) : value)) as JsonValue;
  } catch (error) {
    throw new BridgeFailure("syntax", messageOf(error), { cause: error, details: position(text) });
  }
}

function integer(digits: string): number | bigint {
  const number = Number(digits);
  return Number.isSafeInteger(number) ? number : BigInt(digits);
}

/** Line and column (from 1) of the first character that no JSON has there. */
function position(text: string): Record<string, number> {
  const before = text.slice(0, firstProblem(text)).split("\n");
  return { line: before.length, column: before.at(-1)!.length + 1 };
}

const SPACE = /[ \t\n\r]*/y;
const TOKEN = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|[{}[\]:,]/y;

/** What may come next: V a value, K a key, C a colon, S a comma or the end of what is open, E the end. */
type Expected = "V" | "V]" | "K" | "K}" | "C" | "S" | "E";

function firstProblem(text: string): number {
  const open: string[] = [];
  let expected: Expected = "V";
  for (let at = 0; ; ) {
    SPACE.lastIndex = at;
    at += SPACE.exec(text)![0].length;
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(text)?.[0];
    if (token === undefined) return at;
    const next = after(token, expected, open);
    if (next === undefined) return at;
    expected = next;
    at += token.length;
  }
}

/** What comes after a token; undefined when it may not be there. `open`: the brackets around. */
function after(token: string, expected: Expected, open: string[]): Expected | undefined {
  const closed = (): Expected => (open.length === 0 ? "E" : "S");
  if (expected === "C") return token === ":" ? "V" : undefined;
  if (expected === "K" || expected === "K}") {
    if (token.startsWith('"')) return "C";
    if (token !== "}" || expected === "K") return undefined;
    open.pop();
    return closed();
  }
  if (expected === "S") {
    if (token === ",") return open.at(-1) === "{" ? "K" : "V";
    if (token !== (open.at(-1) === "{" ? "}" : "]")) return undefined;
    open.pop();
    return closed();
  }
  if (expected === "E") return undefined;
  if (token === "]" && expected === "V]") {
    open.pop();
    return closed();
  }
  if ("}]:,".includes(token)) return undefined;
  if (token !== "{" && token !== "[") return closed();
  open.push(token);
  return token === "{" ? "K}" : "V]";
}

export interface JsonStyle {
  /** Spaces of one level; 0 puts all on one line. */
  readonly indent?: number;
  /** Keys in order of their names; as they come otherwise. */
  readonly sortKeys?: boolean;
}

/** Longest text that is written. */
const MAX_WRITTEN = 16_000_000;

export function formatJson(value: unknown, style: JsonStyle, charge: Charge): string {
  checkBounds(value, charge);
  const text = new Writer(style, charge).write(value, "\n");
  return text;
}

class Writer {
  private length = 0;
  private readonly indent: string;

  constructor(private readonly style: JsonStyle, private readonly charge: Charge) {
    this.indent = " ".repeat(Math.min(10, Math.max(0, style.indent ?? 0)));
  }

  write(value: unknown, line: string): string {
    if (Array.isArray(value)) return this.enclose("[", value.map((item) => this.write(item, line + this.indent)), "]", line);
    if (isObject(value)) {
      const keys = this.style.sortKeys === true ? Object.keys(value).sort() : Object.keys(value);
      const colon = this.indent === "" ? ":" : ": ";
      return this.enclose("{", keys.map((key) => this.scalar(key) + colon + this.write(value[key], line + this.indent)), "}", line);
    }
    return this.scalar(value);
  }

  private enclose(open: string, parts: readonly string[], close: string, line: string): string {
    if (parts.length === 0) return open + close;
    return this.indent === "" ? open + parts.join(",") + close : open + line + this.indent + parts.join(`,${line}${this.indent}`) + line + close;
  }

  private scalar(value: unknown): string {
    const text = scalarText(value);
    this.length += text.length;
    if (this.length > MAX_WRITTEN) throw new BridgeFailure("too_large", `JSON text would have more than ${MAX_WRITTEN} characters`);
    this.charge(1 + Math.floor(text.length / CHARACTERS_PER_UNIT.json));
    return text;
  }
}

function scalarText(value: unknown): string {
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "number" && !Number.isFinite(value)) throw new BridgeFailure("invalid", `JSON has no number ${String(value)}`);
  if (value === undefined) return "null";
  if (typeof value === "function" || typeof value === "symbol" || (typeof value === "object" && value !== null)) {
    throw new BridgeFailure("invalid", `JSON has no ${typeof value === "object" ? "such object" : typeof value}`);
  }
  return JSON.stringify(value);
}

/** A copy with objects that have no prototype, for values that a library made. */
export function withoutPrototypes(value: unknown): JsonValue {
  if (Array.isArray(value)) return value.map(withoutPrototypes);
  return isObject(value) ? record(Object.entries(value).map(([key, part]) => [key, withoutPrototypes(part)])) : (value as JsonValue);
}
