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

/** Integers that a double cannot hold, outside of strings. */
const TOKENS = /"(?:[^"\\]|\\.)*"|-?\d{16,}(?![\d.eE])/g;
const MARK = "\u0000integer:";

function read(text: string): JsonValue {
  try {
    if (!/\d{16}/.test(text)) return JSON.parse(text) as JsonValue;
    const marked = text.replace(TOKENS, (token) => (token.startsWith('"') ? token : JSON.stringify(MARK + token)));
    return JSON.parse(marked, (_, value: unknown) => (typeof value === "string" && value.startsWith(MARK) ? integer(value.slice(MARK.length)) : value)) as JsonValue;
  } catch (error) {
    throw new BridgeFailure("syntax", messageOf(error), { cause: error, details: position(text, error) });
  }
}

function integer(digits: string): number | bigint {
  const number = Number(digits);
  return Number.isSafeInteger(number) ? number : BigInt(digits);
}

/** Line and column (from 1) of the position that JSON.parse names. */
function position(text: string, error: unknown): Record<string, number> {
  const at = Number(/position (\d+)/.exec(messageOf(error))?.[1] ?? text.length);
  const before = text.slice(0, at).split("\n");
  return { line: before.length, column: before.at(-1)!.length + 1 };
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
