// The types of bridges in the words of LuaLS, for the stubs and for the reference.
import type { BridgeFunction, BridgeParameter, BridgeParameterType, BridgeSpec, HandleKind } from "./define.js";
import { type OptionField, OptionsType } from "./options.js";

/** Names of Lua types for the types of parameters. */
const NAMES: Readonly<Record<string, string>> = {
  string: "string", bytes: "string", integer: "integer", bigint: "integer", number: "number", boolean: "boolean", table: "table", array: "any[]",
  object: "table<string, any>", function: "function", thread: "thread", userdata: "userdata", "any": "any", tagged: "any", value: "any",
};

/** "Agent" for the handle "agent". */
export function className(handle: HandleKind): string {
  return handle.name.replace(/(^|_)([a-z])/g, (_, __, letter: string) => letter.toUpperCase());
}

/** A parameter's or field's type. Handles are also accepted as their id. */
export function typeText(type: BridgeParameterType | OptionField["type"], oneOf?: readonly string[]): string {
  if (oneOf !== undefined) return oneOf.map((each) => JSON.stringify(each)).join("|");
  if (Array.isArray(type)) return type.map((each: BridgeParameterType) => typeText(each)).join("|");
  if (type instanceof OptionsType) return type.title;
  if (typeof type === "object") return "documented" in type ? `${className(type)}|string` : "any";
  return NAMES[type as string] ?? "any";
}

export const parameterText = ({ type, oneOf }: BridgeParameter): string => typeText(type, oneOf);

export function isOptional(parameter: BridgeParameter): boolean {
  return parameter.optional === true || "default" in parameter;
}

/** Tables of options that a bridge's functions take, nested ones included, by title. */
export function optionTypes({ functions, handles = [] }: BridgeSpec): OptionsType[] {
  const found = new Map<string, OptionsType>();
  const visit = (type: BridgeParameterType | OptionField["type"]): void => {
    if (Array.isArray(type)) type.forEach((each: BridgeParameterType) => visit(each));
    if (!(type instanceof OptionsType)) return;
    const known = found.get(type.title);
    if (known === undefined) found.set(type.title, type);
    for (const field of Object.values(type.fields)) visit(field.type);
  };
  const all: BridgeFunction[] = [...Object.values(functions), ...handles.flatMap((handle) => Object.values(handle.ownMethods))];
  for (const { params } of all) for (const { type } of params) visit(type);
  return [...found.values()];
}

/** "agent.run(agent, input, options?)" */
export function signature(prefix: string, name: string, { params }: BridgeFunction): string {
  return `${prefix}${name}(${params.map((parameter) => (isOptional(parameter) ? `${parameter.name}?` : parameter.name)).join(", ")})`;
}
