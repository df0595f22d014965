// The reference of the bridges, made from their descriptions: docs/bridges.md.
import { type Bridge, type BridgeFunction, type BridgeParameter, type BridgeResult, type BridgeSpec, type HandleKind, methodsOf } from "./define.js";
import { className, isOptional, optionTypes, parameterText, signature, typeText } from "./lua-types.js";
import type { OptionField } from "./options.js";

/** Markdown for these bridges: a table of all, then a chapter for each. */
export function bridgeReference(bridges: readonly Bridge[]): string {
  const rows = bridges.map(({ name, spec }) => `| [${name}](#${name}) | ${spec.doc} | ${Object.keys(spec.functions).join(", ")} |`);
  return ["| Bridge | What it is for | Functions |\n|---|---|---|\n" + rows.join("\n"), ...bridges.map(chapter)].join("\n\n") + "\n";
}

function chapter(bridge: Bridge): string {
  const { name, spec, capability } = bridge;
  const parts = [
    `## ${name}`,
    `${spec.doc} Module \`${bridge.moduleNames[0]}\`, permission \`${capability}\`.`,
    ...(spec.notes === undefined ? [] : [spec.notes]),
    ...Object.entries(spec.functions).map(([fn, described]) => functionText(name, fn, described)),
    ...(spec.handles ?? []).map((handle) => handleText(spec, handle)),
    ...constantsText(spec), ...optionsText(spec), ...typesText(spec), ...eventsText(spec),
  ];
  return parts.join("\n\n");
}

function functionText(bridge: string, name: string, fn: BridgeFunction): string {
  const waits = fn.waits === true ? " *May wait.*" : "";
  const lines = [...fn.params.map(parameterLine), ...(fn.returns ?? []).map(resultLine)];
  const example = fn.example === undefined ? "" : `\n\n\`\`\`lua\n${fn.example}\n\`\`\``;
  return `### \`${signature(`${bridge}.`, name, fn)}\`\n\n${fn.doc}${waits}${lines.length === 0 ? "" : `\n\n${lines.join("\n")}`}${example}`;
}

/** Types stand in code marks; a "|" in them would end the cell of a table. */
const code = (type: string): string => `\`${type}\``;
const cell = (text: string): string => text.replaceAll("|", "\\|");

function parameterLine(parameter: BridgeParameter): string {
  const fallback = parameter.default === undefined ? "" : ` Default \`${JSON.stringify(parameter.default)}\`.`;
  return `- \`${parameter.name}\` ${code(parameterText(parameter))}${isOptional(parameter) ? ", optional" : ""}: ${parameter.doc}${fallback}`;
}

function resultLine({ name, type, doc }: BridgeResult): string {
  return `- → ${name === undefined ? "" : `\`${name}\` `}${code(type)}: ${doc}`;
}

function handleText(spec: BridgeSpec, handle: HandleKind): string {
  const methods = Object.keys(methodsOf(spec, handle));
  const rows = Object.entries(handle.documented).map(([name, { type, doc }]) => `| \`.${name}\` | ${cell(code(type))} | ${cell(doc)} |`);
  const own = Object.entries(handle.ownMethods).map(([name, fn]) => `| \`:${signature("", name, fn)}\` | ${cell(code(fn.returns?.[0]?.type ?? "nil"))} | ${cell(fn.doc)} |`);
  const all = methods.length === 0 ? "" : ` Methods: ${methods.map((name) => `\`:${name}\``).join(", ")}, which are the functions above.`;
  return `### Handle \`${className(handle)}\`\n\n${handle.doc}${all}\n\n| Member | Type | |\n|---|---|---|\n${[...rows, ...own].join("\n")}`;
}

function constantsText({ name, constants = {} }: BridgeSpec): string[] {
  const rows = Object.entries(constants).map(([table, value]) =>
    `| \`${name}.${table}\` | ${typeof value === "object" ? Object.entries(value).map(([key, each]) => `\`${key}\` = \`${JSON.stringify(each)}\``).join(", ") : code(JSON.stringify(value))} |`);
  return rows.length === 0 ? [] : [`### Constants\n\n| Table | Values |\n|---|---|\n${rows.join("\n")}`];
}

function optionsText(spec: BridgeSpec): string[] {
  return optionTypes(spec).map(({ title, fields, choices }) => {
    const rows = Object.entries(fields).map(([name, field]) => `| \`${name}\` | ${cell(code(typeText(field.type, field.oneOf)))} | ${cell(fieldDoc(field))} |`);
    const open = choices.open === true ? "\n\nOther fields are passed on as they are." : "";
    return `### Table \`${title}\`\n\n| Field | Type | |\n|---|---|---|\n${rows.join("\n")}${open}`;
  });
}

function fieldDoc({ doc, required, default: fallback }: OptionField): string {
  if (required === true) return `${doc} Required.`;
  return fallback === undefined ? doc : `${doc} Default \`${JSON.stringify(fallback)}\`.`;
}

function typesText({ types = {} }: BridgeSpec): string[] {
  return Object.entries(types).map(([name, { doc, fields }]) => {
    const rows = Object.entries(fields).map(([field, { type, doc: words }]) => `| \`${field}\` | ${cell(code(type))} | ${cell(words)} |`);
    return `### Table \`${name}\`\n\n${doc}\n\n| Field | Type | |\n|---|---|---|\n${rows.join("\n")}`;
  });
}

function eventsText({ events = {} }: BridgeSpec): string[] {
  const rows = Object.entries(events).map(([type, doc]) => `| \`${type}\` | ${cell(doc)} |`);
  return rows.length === 0 ? [] : [`### Events\n\n| Type | Data |\n|---|---|\n${rows.join("\n")}`];
}
