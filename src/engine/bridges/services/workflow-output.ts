// What steps of a workflow give, as data that can be stored.
import { BridgeFailure } from "./failure.js";
import { type JsonValue, MAX_DEPTH, isObject, record } from "./json-value.js";

/**
 * A copy of what a step gave, as JSON data: a run must be able to go on from what is stored of it. Takes its size off `room`. Throws
 * BridgeFailure "no_data", or "too_large" when there is no room left.
 */
export function toJson(value: unknown, room: { left: number }, depth = 0): JsonValue | undefined {
  if (depth > MAX_DEPTH) throw new BridgeFailure("no_data", `the output of a step is nested more than ${MAX_DEPTH} levels deep`);
  room.left -= typeof value === "string" ? value.length + 1 : 1;
  if (room.left < 0) throw new BridgeFailure("too_large", "the outputs of the workflow's steps are too large");
  if (Array.isArray(value)) return value.map((item) => toJson(item, room, depth + 1) ?? null);
  switch (typeof value) {
    case "undefined": case "boolean": case "number": case "bigint": case "string": return value;
    case "object": {
      if (value === null) return null;
      if (!isObject(value)) throw new BridgeFailure("no_data", "the output of a step must be data, not bytes");
      const fields = Object.entries(value).map(([key, item]) => [key, toJson(item, room, depth + 1)] as const);
      return record(fields.filter((field): field is readonly [string, JsonValue] => field[1] !== undefined));
    }
    default: throw new BridgeFailure("no_data", `the output of a step must be data, not a ${typeof value}`);
  }
}
