// Assertions of the test bridge: what is compared, and how a difference is told.
import { fromHostText, toHostText } from "../../base/bytes.js";
import { compileAtOnce } from "../../stdlib/string/pattern.js";
import { Matcher, PAUSED } from "../../stdlib/string/matcher.js";
import { frameAt, locationOf } from "../../vm/inspect.js";
import { LuaError } from "../../vm/state.js";
import type { LuaState } from "../../vm/state.js";
import { isObject } from "./services/json-value.js";
import { BridgeFailure } from "./services/failure.js";

/** An assertion that does not hold. */
export class AssertionFailure extends BridgeFailure {
  override name = "AssertionFailure";

  constructor(message: string, details: Readonly<Record<string, unknown>> = {}) {
    super("assertion", message, { details });
  }
}

/** "chunk:line: " of the script that calls a function of the bridge. */
export function placeOf(state: LuaState): string {
  const place = locationOf(state.current, 1);
  return place === undefined || place.line < 0 ? "" : `${toHostText(place.chunk)}:${place.line}: `;
}

/** Throws AssertionFailure. `place`: from {@link placeOf}. */
export function fail(place: string, said: string | undefined, message: string, details: Readonly<Record<string, unknown>> = {}): never {
  throw new AssertionFailure(`${place}${said === undefined ? "" : `${said}: `}${message}`, details);
}

/** The first difference between two values in the plain view, undefined when they are equal. Tables are compared by content. */
export function difference(actual: unknown, expected: unknown, path = "value", pairs: readonly (readonly [unknown, unknown])[] = []): string | undefined {
  if (Object.is(actual, expected) || actual === expected) return undefined;
  const [left, right] = [asMap(actual), asMap(expected)];
  if (left === undefined || right === undefined) return `${path}: expected ${show(expected)}, got ${show(actual)}`;
  if (pairs.some(([a, b]) => a === actual && b === expected)) return undefined; // compared already, further up
  const inside = [...pairs, [actual, expected] as const];
  for (const [key, value] of right) {
    const found = difference(left.get(key), value, `${path}${step(key)}`, inside);
    if (found !== undefined) return found;
  }
  for (const key of left.keys()) if (!right.has(key)) return `${path}${step(key)}: expected nothing, got ${show(left.get(key))}`;
  return undefined;
}

/** A table's entries by key, whichever form it took; integers as numbers. */
function asMap(value: unknown): ReadonlyMap<unknown, unknown> | undefined {
  if (value instanceof Map) return value as Map<unknown, unknown>;
  if (Array.isArray(value)) return new Map(value.map((item, i) => [i + 1, item] as const).filter(([, item]) => item !== undefined));
  if (!isObject(value) || Object.getPrototypeOf(value) !== null) return undefined;
  return new Map(Object.entries(value).map(([key, item]) => [/^-?\d{1,15}$/.test(key) ? Number(key) : key, item] as const));
}

function step(key: unknown): string {
  return typeof key === "string" && /^[A-Za-z_]\w*$/.test(key) ? `.${key}` : `[${show(key)}]`;
}

/** A value in a message, shortened. */
export function show(value: unknown): string {
  const text = shown(value, 0);
  return text.length <= 200 ? text : `${text.slice(0, 197)}...`;
}

function shown(value: unknown, depth: number): string {
  if (value === undefined || value === null) return "nil";
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "function") return "a function";
  const map = asMap(value);
  if (map === undefined) return value instanceof Uint8Array ? `a string of ${value.length} bytes` : typeof value === "object" ? "an object" : String(value);
  if (depth > 3) return "{...}";
  const parts = [...map].slice(0, 20).map(([key, item]) => (Array.isArray(value) ? shown(item, depth + 1) : `${typeof key === "string" ? key : `[${shown(key, depth + 1)}]`} = ${shown(item, depth + 1)}`));
  return parts.length === 0 ? "{}" : `{ ${parts.join(", ")} }`;
}

/** Whether a list has an element equal to `part`, a text the text, an object a field of that name. */
export function contains(whole: unknown, part: unknown): boolean {
  if (typeof whole === "string") return typeof part === "string" && whole.includes(part);
  const map = asMap(whole);
  if (map === undefined) return false;
  if ([...map.values()].some((item) => difference(item, part) === undefined)) return true;
  return typeof part === "string" && !Array.isArray(whole) && map.has(part);
}

/** Whether a Lua pattern is found in a text. Raises a Lua error for a malformed pattern. */
export function matches(state: LuaState, text: string, pattern: string): boolean {
  const matcher = Matcher.take(state.current, frameAt(state.current, 0)!, fromHostText(text), compileAtOnce(state.current, fromHostText(pattern)));
  let start = matcher.search(0);
  while (start === PAUSED) start = matcher.goOn(); // an assertion is one call
  matcher.release();
  return start >= 0;
}

/** The message of what a script raised. */
export function errorText(error: unknown): string {
  if (error instanceof LuaError) {
    const { cause } = error;
    return cause instanceof Error && !(cause instanceof LuaError) ? cause.message : toHostText(error.message);
  }
  return error instanceof Error ? error.message : String(error);
}
