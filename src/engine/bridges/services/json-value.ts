// JSON values as the services see them, with bounds for what is too deep, too large or endless.
import { BridgeFailure } from "./failure.js";
import type { Charge } from "./work.js";

/** A value of the JSON data model; integers beyond ±(2^53−1) are bigints. */
export type JsonValue = null | boolean | number | bigint | string | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/** Nesting of arrays and objects that services follow. */
export const MAX_DEPTH = 200;
/** Elements and fields of one value, shared parts counted each time they are reached. */
export const MAX_NODES = 1_000_000;

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}

/** About how many bytes a value of plain data takes; shared parts are counted each time they are reached, up to `limit` bytes. */
export function sizeOf(value: unknown, limit = 100_000_000): number {
  let size = 0;
  const visit = (part: unknown, depth: number): void => {
    size += typeof part === "string" ? 24 + part.length : 16;
    if (typeof part !== "object" || part === null || size > limit || depth > MAX_DEPTH) return;
    for (const key of Object.keys(part)) {
      size += key.length + 16;
      visit((part as Record<string, unknown>)[key], depth + 1);
    }
  };
  visit(value, 0);
  return size;
}

/** An object without a prototype, so that `__proto__` and `constructor` are only keys. */
export function record<T>(entries: Iterable<readonly [string, T]> = []): Record<string, T> {
  const object = Object.create(null) as Record<string, T>;
  for (const [key, value] of entries) object[key] = value;
  return object;
}

/** Own property of an object, or undefined. */
export function own(object: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** Refuses a value that is too deep (which every cycle is) or has more than `limit` parts, and pays for the walk. Answers the number of parts. */
export function checkBounds(value: unknown, charge: Charge, what = "value", limit = MAX_NODES): number {
  let nodes = 0;
  const visit = (part: unknown, depth: number): void => {
    if (typeof part !== "object" || part === null) return;
    if (depth > MAX_DEPTH) throw new BridgeFailure("too_deep", `${what} is nested more than ${MAX_DEPTH} levels deep`);
    const children = Array.isArray(part) ? (part as unknown[]) : Object.values(part);
    nodes += children.length;
    if (nodes > limit) throw new BridgeFailure("too_large", `${what} has more than ${limit} parts`);
    charge(1 + (children.length >> 2));
    for (const child of children) visit(child, depth + 1);
  };
  visit(value, 1);
  return nodes;
}

/** A text for comparing values: equal for equal JSON values, whatever the order of their keys. */
export function canonical(value: unknown, charge: Charge): string {
  charge(1);
  if (Array.isArray(value)) return `[${value.map((part) => canonical(part, charge)).join(",")}]`;
  if (isObject(value)) {
    return `{${Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${canonical(value[key], charge)}`).join(",")}}`;
  }
  return typeof value === "bigint" ? value.toString() : (JSON.stringify(value) ?? "null");
}
