// The arguments of a tool call as models write them: JSON text that may be wrong.
import type { ToolCall } from "./chat.js";
import { isObject } from "./read-json.js";

/** A call whose arguments came as text. Text that is no JSON object is kept for the loop to complain about to the model. */
export function toolCallFromText(id: string, name: string, text: string): ToolCall {
  if (text.trim() === "") return { id, name, arguments: {} };
  try {
    const value = JSON.parse(text) as unknown;
    if (isObject(value)) return { id, name, arguments: value };
  } catch {
    // falls through: the same answer as for JSON that is no object
  }
  return { id, name, arguments: {}, malformed: text };
}

/** A call whose arguments came as an object. */
export function toolCallFromData(id: string, name: string, value: unknown): ToolCall {
  if (value === undefined || value === null) return { id, name, arguments: {} };
  return isObject(value) ? { id, name, arguments: value } : { id, name, arguments: {}, malformed: JSON.stringify(value) };
}
