// The tool bridge: functions for scripts and models, with schemas that are checked.
import { Handle } from "../handle.js";
import { multi } from "../host-function.js";
import { promiseOfHost } from "../lua-promise.js";
import { fromPlain } from "../conversion.js";
import { TOOLS } from "./agent-parts.js";
import { budgetOf } from "./callbacks.js";
import type { BridgeCall } from "./context.js";
import { defineBridge } from "./define.js";
import { options } from "./options.js";
import { record } from "./services/json-value.js";
import { EXECUTION_MODES, TOOL_CATEGORIES, type Tool, type ToolCategory } from "./services/tools.js";
import { raised } from "./failure-value.js";
import { TOOL, type ToolFields, toolFrom } from "./tool-handle.js";

const FIELDS = options("ToolOptions", {
  name: { type: "string", doc: "1 to 64 letters, digits, `_` and `-`.", required: true },
  description: { type: "string", doc: "What it does: models choose by it." },
  category: { type: "string", doc: "One of `tool.Category`.", oneOf: TOOL_CATEGORIES },
  mode: { type: "string", doc: "One of `tool.ExecutionMode`; DIRECT unless given.", oneOf: EXECUTION_MODES },
  parameters: { type: "object", doc: "JSON schema of the arguments, an object." },
  returns: { type: "object", doc: "JSON schema of the result." },
  requires_approval: { type: "boolean", doc: "Each call waits until the host has allowed it." },
  timeout: { type: "integer", doc: "Milliseconds for one call.", min: 1 },
  limits: {
    type: options("ToolLimits", {
      instructions: { type: "integer", doc: "VM instructions.", min: 1 },
      memory: { type: "integer", doc: "Bytes.", min: 1 },
      time: { type: "integer", doc: "Milliseconds.", min: 1 },
    }),
    doc: "SANDBOXED: limits of one call.",
  },
  execute: { type: "function", doc: "Gets a table of arguments, gives the result.", required: true },
});

const QUERY = options("ToolQuery", {
  category: { type: "string", doc: "One of `tool.Category`.", oneOf: TOOL_CATEGORIES },
  query: { type: "string", doc: "Words that occur in name or description." },
});

const TOOL_PARAMETER = { name: "tool", type: TOOL, doc: "The tool or its name." } as const;

function infoOf(tool: Tool): Record<string, unknown> {
  const { name, description, category, mode = "direct", permission, requiresApproval = false, timeout, parameters } = tool;
  return record<unknown>([
    ["name", name], ["description", description], ["category", category], ["mode", mode], ["permission", permission], ["requires_approval", requiresApproval],
    ["timeout", timeout], ["parameters", parameters],
  ]);
}

export const toolBridge = defineBridge({
  name: "tool",
  doc: "Tools: functions with a name, a description and a schema, for scripts and models to call. Arguments are checked before a call, results after it.",
  handles: [TOOL],
  constants: {
    ExecutionMode: { DIRECT: "direct", SANDBOXED: "sandboxed", ASYNC: "async" },
    Category: { FILE: "file", HTTP: "http", SYSTEM: "system", DATA: "data" },
  },
  events: {
    "tool.registered": "`name`", "tool.unregistered": "`name`", "tool.called": "`name`, `arguments`, `agent`",
    "tool.completed": "`name`, `result`, `agent`", "tool.failed": "`name`, `message`, `agent`",
  },
  notes: `DIRECT tools run in the script's own context. SANDBOXED ones run in a fresh context with limits of its own, which ends with the call: their function
can use no local variables from outside, and only data goes in and comes out. ASYNC ones answer with a promise for \`await\`.

Always there, each behind a permission of the policy: \`file_read\` and \`file_write\` ("file.read", "file.write"), \`http_request\` ("network", by
host); and without one \`json_parse\`, \`json_format\`, \`json_query\`, \`calculate\` and \`current_time\`.`,
  functions: {
    register: {
      doc: "Registers a tool of the script's own.",
      params: [{ name: "options", type: FIELDS, doc: "What it is." }],
      returns: [{ type: "tool", doc: "The tool." }],
      example: `tool.register{
  name = "add", description = "Adds two numbers",
  parameters = { type = "object", properties = { a = { type = "number" }, b = { type = "number" } }, required = { "a", "b" } },
  execute = function(args) return args.a + args.b end,
}`,
      run: (call: BridgeCall, fields: ToolFields) => {
        const tool = toolFrom(call.context, fields);
        call.get(TOOLS).register(tool);
        return TOOL.of(tool);
      },
    },
    unregister: {
      doc: "Takes a tool away.",
      params: [TOOL_PARAMETER],
      returns: [{ type: "boolean", doc: "Whether it was there." }],
      run: (call: BridgeCall, tool: Tool) => call.get(TOOLS).unregister(tool.name),
    },
    execute: {
      doc: "Calls a tool and waits for its result; an ASYNC one answers with a promise at once.",
      waits: true,
      params: [TOOL_PARAMETER, { name: "arguments", type: "object", doc: "Arguments by name.", optional: true }],
      returns: [{ type: "any", doc: "The result, or the promise of it." }],
      run: (call: BridgeCall, tool: Tool, args: Readonly<Record<string, unknown>> = {}) => {
        const budget = budgetOf(call.task);
        const context = { owner: call.task, ...(budget === undefined ? {} : { budget }) };
        if (tool.mode !== "async") return call.get(TOOLS).run(tool, args, { ...context, signal: call.signal });
        const controller = new AbortController();
        const work = call.get(TOOLS).run(tool, args, { ...context, signal: controller.signal }).catch((error: unknown) => {
          throw raised(call.name, error);
        });
        const promise = promiseOfHost(call.runtime, work, (value) => [fromPlain(call.runtime, value)], (reason) => controller.abort(reason));
        return new Handle(call.runtime.state, promise.handle);
      },
    },
    discover: {
      doc: "Finds tools that this context may use.",
      params: [{ name: "query", type: QUERY, doc: "What to look for; all of them unless given.", optional: true }],
      returns: [{ type: "tool[]", doc: "The tools, best match first." }],
      run: (call: BridgeCall, query: { category?: ToolCategory; query?: string } = {}) => call.get(TOOLS).discover(query).map((tool) => TOOL.of(tool)),
    },
    list: {
      doc: "All tools, by name.",
      params: [],
      returns: [{ type: "tool[]", doc: "The tools." }],
      run: (call: BridgeCall) => call.get(TOOLS).list().map((tool) => TOOL.of(tool)),
    },
    get: {
      doc: "The tool of that name.",
      params: [{ name: "name", type: "string", doc: "Its name." }],
      returns: [{ type: "tool?", doc: "The tool, or nil." }],
      run: (call: BridgeCall, name: string) => (call.get(TOOLS).has(name) ? TOOL.of(call.get(TOOLS).get(name)) : undefined),
    },
    exists: {
      doc: "Whether there is a tool of that name.",
      params: [{ name: "name", type: "any", doc: "The tool or its name." }],
      returns: [{ type: "boolean", doc: "Whether there is." }],
      run: (call: BridgeCall, name: unknown) => call.get(TOOLS).has(nameOf(name)),
    },
    validate: {
      doc: "Checks arguments for a tool without calling it.",
      params: [TOOL_PARAMETER, { name: "arguments", type: "any", doc: "Arguments by name." }],
      returns: [{ type: "boolean", doc: "Whether they fit." }, { name: "errors", type: "table[]", doc: "What is wrong, each with `path` and `message`." }],
      run: (call: BridgeCall, tool: Tool, args: unknown) => {
        const problems = call.get(TOOLS).problems(tool, args);
        return multi(problems.length === 0, problems.map(({ path, message }) => record([["path", path], ["message", message]])));
      },
    },
    get_schema: {
      doc: "The schemas of a tool.",
      params: [TOOL_PARAMETER],
      returns: [{ type: "table", doc: "Schema of the arguments." }, { name: "returns", type: "table?", doc: "Schema of the result." }],
      run: (_: BridgeCall, tool: Tool) => multi(tool.parameters ?? { type: "object", properties: {} }, tool.returns),
    },
    get_info: {
      doc: "What is known of a tool.",
      params: [TOOL_PARAMETER],
      returns: [{ type: "table", doc: "`name`, `description`, `category`, `mode`, `permission`, `permitted`, `requires_approval`, `timeout`, `parameters`." }],
      run: (call: BridgeCall, tool: Tool) => record([...Object.entries(infoOf(tool)), ["permitted", call.get(TOOLS).permitted(tool)]]),
    },
  },
});

function nameOf(value: unknown): string {
  return typeof value === "object" && value !== null && "name" in value ? String(value.name) : String(value);
}
