// YAML 1.2, core schema: plain data only. Aliases stay shared, so that a few lines cannot become gigabytes.
import { CORE_SCHEMA, YAMLException, dump, load } from "js-yaml";
import { BridgeFailure, messageOf } from "../failure.js";
import { type JsonValue, checkBounds } from "../json-value.js";
import type { Charge } from "../work.js";
import { charged } from "./text-limit.js";

const MAX_DEPTH = 100;
const MAX_ALIASES = 1000;

/** Throws BridgeFailure "syntax" (details: line, column), "too_large" or "too_deep". */
export function parseYaml(text: string, charge: Charge): JsonValue {
  charged("yaml", text, charge);
  if (text.trim() === "") return null;
  const value = read(text);
  checkBounds(value, charge, "YAML");
  return value;
}

function read(text: string): JsonValue {
  try {
    return load(text, { schema: CORE_SCHEMA, maxDepth: MAX_DEPTH, maxAliases: MAX_ALIASES, filename: "text" }) as JsonValue;
  } catch (error) {
    if (!(error instanceof YAMLException)) throw new BridgeFailure("syntax", messageOf(error), { cause: error });
    const { reason, mark } = error;
    const details = mark === undefined ? {} : { line: mark.line + 1, column: mark.column + 1 };
    throw new BridgeFailure(/maxDepth/.test(reason) ? "too_deep" : /maxAliases/.test(reason) ? "too_large" : "syntax", reason, { cause: error, details });
  }
}

/** `indent`: spaces of one level (2). */
export function formatYaml(value: unknown, indent: number, charge: Charge): string {
  checkBounds(value, (units) => charge(units * 16));
  try {
    return dump(plain(value), { indent: Math.min(10, Math.max(1, indent)), lineWidth: -1, noRefs: true });
  } catch (error) {
    throw new BridgeFailure("invalid", messageOf(error), { cause: error });
  }
}

/** Ordinary objects, which the library asks for; integers beyond 2^53 become strings of digits, as YAML 1.2 readers differ on them. */
function plain(value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  if (value === undefined) return null;
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(plain);
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, plain(part)]));
}
