// Stubs for the Lua language server (LuaLS): editors complete and check bridge calls with them.
import { type Bridge, type BridgeFunction, type BridgeSpec, type HandleKind, methodsOf } from "./define.js";
import { className, isOptional, optionTypes, parameterText, typeText } from "./lua-types.js";

/** The stub file of one bridge: `---@meta perilune.NAME`. */
export function luaStubs(bridge: Bridge): string {
  const { name, spec } = bridge;
  const parts = [
    `---@meta ${bridge.moduleNames[0]}`,
    ...optionTypes(spec).map(({ title, fields }) => lines(`---@class ${title}`, ...Object.entries(fields).map(([field, { type, oneOf, required, doc }]) =>
      `---@field ${field}${required === true ? "" : "?"} ${typeText(type, oneOf)} ${oneLine(doc)}`))),
    ...Object.entries(spec.types ?? {}).map(([title, { doc, fields }]) => lines(comment(doc), `---@class ${title}`, ...Object.entries(fields).map(([field, described]) => `---@field ${field} ${described.type} ${oneLine(described.doc)}`))),
    ...(spec.handles ?? []).map((handle) => handleStub(spec, handle)),
    lines(comment(spec.doc), `---@class perilune.${name}`, ...Object.entries(spec.constants ?? {}).map(([key, value]) => `---@field ${key} ${constantType(value)}`), `local ${name} = {}`),
    ...Object.entries(spec.functions).map(([fn, described]) => functionStub(`${name}.${fn}`, described, described.params)),
    `return ${name}`,
  ];
  return `${parts.join("\n\n")}\n`;
}

const lines = (...all: string[]): string => all.join("\n");
const oneLine = (text: string): string => text.replace(/\s*\n\s*/g, " ");
const comment = (text: string): string => text.split("\n").map((line) => `---${line}`).join("\n");

function constantType(value: unknown): string {
  if (typeof value !== "object" || value === null) return typeof value;
  return `{ ${Object.entries(value).map(([key, each]) => `${key}: ${typeof each === "number" ? "number" : JSON.stringify(each)}`).join(", ")} }`;
}

function handleStub(spec: BridgeSpec, handle: HandleKind): string {
  const title = className(handle);
  const fields = Object.entries(handle.documented).map(([name, { type, doc }]) => `---@field ${name} ${type} ${oneLine(doc)}`);
  const methods = Object.entries(methodsOf(spec, handle)).map(([name, fn]) => functionStub(`${title}:${name}`, fn, fn.params.slice(1)));
  const own = Object.entries(handle.ownMethods).map(([name, fn]) => functionStub(`${title}:${name}`, fn, fn.params));
  return [lines(comment(handle.doc), `---@class ${title}`, ...fields, `local ${title} = {}`), ...methods, ...own].join("\n\n");
}

function functionStub(name: string, fn: BridgeFunction, params: BridgeFunction["params"]): string {
  const documented = params.map((parameter) => `---@param ${parameter.name}${isOptional(parameter) ? "?" : ""} ${parameterText(parameter)} ${oneLine(parameter.doc)}`);
  const results = (fn.returns ?? []).map((result) => `---@return ${result.type}${result.name === undefined ? "" : ` ${result.name}`} # ${oneLine(result.doc)}`);
  const waits = fn.waits === true ? ["---@async"] : [];
  return lines(comment(fn.doc), ...waits, ...documented, ...results, `function ${name}(${params.map((parameter) => parameter.name).join(", ")}) end`);
}
