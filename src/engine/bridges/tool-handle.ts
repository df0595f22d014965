// Tools as scripts hold and describe them.
import { LuaClosure } from "../../vm/function.js";
import type { PlainValue } from "../script-value.js";
import { TOOLS } from "./agent-parts.js";
import { callScript } from "./callbacks.js";
import type { BridgeContext, Callback } from "./context.js";
import { defineHandle } from "./handles.js";
import { BridgeFailure } from "./services/failure.js";
import { isObject } from "./services/json-value.js";
import type { JsonSchema } from "./services/providers/chat.js";
import { stoppable } from "./services/stop.js";
import { EXECUTION_MODES, type ExecutionMode, TOOL_CATEGORIES, type Tool, type ToolCategory } from "./services/tools.js";
import { type SandboxedToolLimits, runSandboxed } from "./tool-sandbox.js";

/** What a script says about a tool. */
export interface ToolFields {
  readonly name: string;
  readonly description?: string;
  readonly category?: ToolCategory;
  readonly mode?: ExecutionMode;
  readonly parameters?: JsonSchema;
  readonly returns?: JsonSchema;
  readonly requires_approval?: boolean;
  readonly timeout?: number;
  readonly limits?: SandboxedToolLimits;
  readonly execute: Callback;
}

/** The tool for a script's description of it. */
export function toolFrom(context: BridgeContext, fields: ToolFields): Tool {
  const { name, description = "", category, mode = "direct", parameters, returns, requires_approval: requiresApproval, timeout, limits = {}, execute } = fields;
  const sandboxed = mode === "sandboxed" ? sandboxedFunction(execute) : undefined;
  return {
    name, description, category, mode, parameters, returns, requiresApproval, timeout,
    execute: sandboxed === undefined
      ? (args, about) => callScript(context, execute, [args], { owner: about.owner, budget: about.budget, stopping: about.stop ?? stoppable(about.signal), name: `tool ${name}` })
      : (args, { signal }) => runSandboxed(sandboxed, name, args, limits, signal),
  };
}

/** A function that can run in a context of its own: one that uses no variables of the functions around it. */
function sandboxedFunction(execute: Callback): LuaClosure {
  const closure = "handle" in execute ? execute.handle.value : undefined;
  if (!(closure instanceof LuaClosure)) throw new BridgeFailure("invalid", "a sandboxed tool needs a Lua function");
  for (const { name } of closure.proto.upvalues) {
    if (name !== "_ENV") throw new BridgeFailure("invalid", `a sandboxed tool runs in a context of its own: its function cannot use the outer variable '${name ?? "?"}'`);
  }
  return closure;
}

/** Whether a plain value is a tool that crossed as its handle: descriptions are objects without a prototype. */
export function isTool(value: unknown): value is Tool {
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) === null || Array.isArray(value)) return false;
  const { name, execute } = value as Partial<Tool>;
  return typeof name === "string" && typeof execute === "function";
}

const optional = (isRight: (value: unknown) => boolean, problem: string) => (value: unknown): string | undefined =>
  (value === undefined || isRight(value) ? undefined : problem);

/** What is wrong with a field, in words. */
const FIELDS: Readonly<Record<keyof ToolFields, (value: unknown) => string | undefined>> = {
  name: (value) => (typeof value === "string" ? undefined : "must be a text"),
  execute: (value) => (typeof value === "function" ? undefined : "must be a function"),
  description: optional((value) => typeof value === "string", "must be a text"),
  category: optional((value) => TOOL_CATEGORIES.includes(value as ToolCategory), `must be one of ${TOOL_CATEGORIES.join(", ")}`),
  mode: optional((value) => EXECUTION_MODES.includes(value as ExecutionMode), `must be one of ${EXECUTION_MODES.join(", ")}`),
  parameters: optional(isObject, "must be a schema"),
  returns: optional(isObject, "must be a schema"),
  requires_approval: optional((value) => typeof value === "boolean", "must be true or false"),
  timeout: optional((value) => typeof value === "number" && value > 0, "must be a number of milliseconds"),
  limits: optional(isObject, "must be a table"),
};

/** A table `{ name=, execute=, … }` as a tool that is not registered: an agent's own. Throws BridgeFailure "invalid". */
export function toolFromTable(context: BridgeContext, value: PlainValue): Tool {
  if (!isObject(value)) throw new BridgeFailure("invalid", "a tool is a name, a tool or a table");
  for (const field in value) if (!Object.hasOwn(FIELDS, field)) throw new BridgeFailure("invalid", `a tool has no field '${field}'`);
  for (const field in FIELDS) {
    const problem = FIELDS[field as keyof ToolFields](value[field]);
    if (problem !== undefined) throw new BridgeFailure("invalid", `tool '${String(value["name"])}': '${field}' ${problem}`);
  }
  return toolFrom(context, value as unknown as ToolFields);
}

export const TOOL = defineHandle<Tool>({
  name: "tool",
  doc: "A function with a name, a description and a schema, for scripts and models to call.",
  id: ({ name }) => name,
  find: (context, name) => {
    const tools = context.get(TOOLS);
    return tools.has(name) ? tools.get(name) : undefined;
  },
  properties: {
    name: { type: "string", doc: "Its name, which is its id too.", get: ({ name }) => name },
    description: { type: "string", doc: "What it does, for models and people.", get: ({ description }) => description },
    category: { type: "string?", doc: "One of `tool.Category`.", get: ({ category }) => category },
    mode: { type: "string", doc: "One of `tool.ExecutionMode`.", get: ({ mode = "direct" }) => mode },
  },
});
