// Reading what a server sent: nothing is taken for granted, and what does not fit is a ProviderError "malformed".
import { ProviderError } from "./chat.js";

export type JsonObject = Readonly<Record<string, unknown>>;

export function malformed(what: string): never {
  throw new ProviderError("malformed", `malformed answer: ${what}`);
}

/** An object, or an error that says what was expected there. */
export function objectAt(value: unknown, where: string): JsonObject {
  return isObject(value) ? value : malformed(`${where} is not an object`);
}

export function arrayAt(value: unknown, where: string): readonly unknown[] {
  return Array.isArray(value) ? value : malformed(`${where} is not an array`);
}

/** A text; absent and null count as "". */
export function textAt(value: unknown, where: string): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : malformed(`${where} is not a string`);
}

/** A count; absent and null count as 0. */
export function countAt(value: unknown, where: string): number {
  if (value === undefined || value === null) return 0;
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? Math.round(value) : malformed(`${where} is not a count`);
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return malformed(`${where} is not JSON: ${excerpt(text)}`);
  }
}

/** The begin of a text for a message. */
export function excerpt(text: string): string {
  const line = text.trim().replace(/\s+/g, " ");
  return line.length <= 120 ? line : `${line.slice(0, 117)}...`;
}
