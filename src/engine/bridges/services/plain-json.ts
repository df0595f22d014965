// Plain values as JSON text and back, with nothing lost: what scripts keep in stores.
import { BridgeFailure } from "./failure.js";
import { MAX_DEPTH, isObject, record } from "./json-value.js";

/** Key of an object that stands for a value JSON has not. */
const TAG = "$perilune";

/** Throws BridgeFailure "invalid" for functions, handles and other values that live in one context only, "too_deep" for cycles. */
export function encodePlain(value: unknown): string {
  return JSON.stringify(encoded(value, 0));
}

export function decodePlain(text: string): unknown {
  return decoded(JSON.parse(text));
}

function encoded(value: unknown, depth: number): unknown {
  if (depth > MAX_DEPTH) throw new BridgeFailure("too_deep", "a value that is kept must not be nested too deep, nor contain itself");
  switch (typeof value) {
    case "bigint": return { [TAG]: "integer", value: value.toString() };
    case "number": return Number.isFinite(value) && !Object.is(value, -0) ? value : { [TAG]: "float", value: Object.is(value, -0) ? "-0" : String(value) };
    case "string": case "boolean": return value;
    case "undefined": return null;
    case "object": return value === null ? null : encodedObject(value, depth);
    default: throw new BridgeFailure("invalid", `a ${typeof value} cannot be kept`);
  }
}

function encodedObject(value: object, depth: number): unknown {
  if (Array.isArray(value)) return value.map((item) => encoded(item, depth + 1));
  if (value instanceof Uint8Array) return { [TAG]: "bytes", value: [...value].map((byte) => byte.toString(16).padStart(2, "0")).join("") };
  if (value instanceof Map) return { [TAG]: "map", value: [...value].map(([key, part]) => [encoded(key, depth + 1), encoded(part, depth + 1)]) };
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype) throw new BridgeFailure("invalid", "an object of the host cannot be kept");
  const fields = record(Object.entries(value).map(([key, part]) => [key, encoded(part, depth + 1)]));
  return TAG in fields ? { [TAG]: "object", value: fields } : fields;
}

function decoded(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(decoded);
  if (!isObject(value)) return value;
  if (!Object.hasOwn(value, TAG)) return record(Object.entries(value).map(([key, part]) => [key, decoded(part)]));
  const inner = value["value"];
  switch (value[TAG]) {
    case "integer": return BigInt(inner as string);
    case "float": return Number(inner);
    case "bytes": return Uint8Array.from(((inner as string).match(/../g) ?? []).map((pair) => parseInt(pair, 16)));
    case "map": return new Map((inner as [unknown, unknown][]).map(([key, part]) => [decoded(key), decoded(part)]));
    default: return record(Object.entries(inner as object).map(([key, part]) => [key, decoded(part)]));
  }
}
