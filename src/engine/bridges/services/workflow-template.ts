// Templates in steps: "{{steps.fetch.output.title}}". A text that is nothing but a placeholder becomes the value itself.
import { BridgeFailure } from "./failure.js";
import { isObject, own } from "./json-value.js";

const PLACEHOLDER = /\{\{\s*([^{}]*?)\s*\}\}/g;
const WHOLE = /^\s*\{\{\s*([^{}]*?)\s*\}\}\s*$/;
const DEEPEST = 100;

/** What placeholders may name. */
export interface TemplateScope {
  readonly input: unknown;
  readonly previous: unknown;
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly item?: unknown;
  readonly iteration?: number;
}

/** Fills in all texts inside of `value`. Throws BridgeFailure "template" for a name that means nothing. */
export function fillTemplate(value: unknown, scope: TemplateScope, depth = 0): unknown {
  if (depth > DEEPEST) throw new BridgeFailure("template", `a template is nested more than ${DEEPEST} levels deep`);
  if (typeof value === "string") return fillText(value, scope);
  if (Array.isArray(value)) return value.map((item) => fillTemplate(item, scope, depth + 1));
  if (!isObject(value) || Object.getPrototypeOf(value) !== Object.prototype && Object.getPrototypeOf(value) !== null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fillTemplate(item, scope, depth + 1)]));
}

function fillText(text: string, scope: TemplateScope): unknown {
  const whole = WHOLE.exec(text);
  if (whole !== null) return lookUp(whole[1]!, scope);
  return text.replace(PLACEHOLDER, (_, path: string) => asText(lookUp(path, scope)));
}

/** The step names that the templates inside of `value` refer to. */
export function stepsNamedIn(value: unknown, depth = 0): string[] {
  if (depth > DEEPEST) return [];
  if (typeof value === "string") {
    return [...value.matchAll(PLACEHOLDER)].flatMap((match) => {
      const [root, name] = match[1]!.split(".");
      return root === "steps" && name !== undefined ? [name] : [];
    });
  }
  if (Array.isArray(value)) return value.flatMap((item) => stepsNamedIn(item, depth + 1));
  return isObject(value) ? Object.values(value).flatMap((item) => stepsNamedIn(item, depth + 1)) : [];
}

function lookUp(path: string, scope: TemplateScope): unknown {
  const [root, ...keys] = path.split(".");
  switch (root) {
    case "input": return walk(scope.input, keys, path);
    case "item": return walk(scope.item, keys, path);
    case "iteration": return scope.iteration;
    case "previous": return walk(scope.previous, withoutOutput(keys, path), path);
    case "steps": {
      const [name, ...rest] = keys;
      if (name === undefined || !Object.hasOwn(scope.outputs, name)) throw unknown(path);
      return walk(scope.outputs[name], withoutOutput(rest, path), path);
    }
    default: throw unknown(path);
  }
}

function withoutOutput(keys: readonly string[], path: string): readonly string[] {
  if (keys[0] !== "output") throw unknown(path);
  return keys.slice(1);
}

/** Fields by name, elements of lists by number from 1 on, as in Lua. */
function walk(value: unknown, keys: readonly string[], path: string): unknown {
  let at = value;
  for (const key of keys) {
    const found = Array.isArray(at) && /^\d+$/.test(key) ? (at[Number(key) - 1] as unknown) : isObject(at) ? own(at, key) : undefined;
    if (found === undefined) throw unknown(path);
    at = found;
  }
  return at;
}

function unknown(path: string): BridgeFailure {
  return new BridgeFailure("template", `{{${path}}} stands for nothing here`);
}

function asText(value: unknown): string {
  if (typeof value === "string") return value;
  return value === undefined || value === null ? "" : (JSON.stringify(value, (_, part: unknown) => (typeof part === "bigint" ? part.toString() : part)) ?? "");
}

/** Whether a filled template counts as true. */
export function isTrue(value: unknown): boolean {
  return value !== undefined && value !== null && value !== false && value !== "" && value !== "false" && value !== "nil";
}
