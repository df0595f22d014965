// `perilune run --bridges`: a script with agents, tools and workflows, in a context of the engine, under a policy and limits.
// A bundle of its own: the bridges bring libraries that no other command needs.
import { createInterface } from "node:readline";
import { toHostText } from "../../base/bytes.js";
import { skipShebang } from "../../base/shebang.js";
import { ALL_BRIDGES, bridgesNamed } from "../../engine/bridges/all-bridges.js";
import { closeBridgeContext, openBridgeContext } from "../../engine/bridges/context.js";
import { globalizeBridges, registerBridges } from "../../engine/bridges/install.js";
import type { BridgeServices } from "../../engine/bridges/services.js";
import { type ApprovalAnswer, type ApprovalRequest, ApprovalService } from "../../engine/bridges/services/approval.js";
import type { BudgetLimits } from "../../engine/bridges/services/budget.js";
import { type BusEvent, EventBus } from "../../engine/bridges/services/event-bus.js";
import { FileStore } from "../../engine/bridges/services/file-store.js";
import { PROVIDER_TYPES, type ProviderType } from "../../engine/bridges/services/providers/chat.js";
import type { ProviderConfig } from "../../engine/bridges/services/providers/provider-service.js";
import type { LuaContext } from "../../engine/context.js";
import { ScriptError } from "../../engine/errors.js";
import { LuaEngine } from "../../engine/lua-engine.js";
import type { LimitSettings } from "../../engine/limits.js";
import { type Policy, policies } from "../../engine/policy.js";
import { type NodeHost, nodeHost } from "../../host/node.js";
import { type OptionSpec, type ParsedOptions, UsageError, optionHelp, parseOptions } from "../options.js";
import { parseQuantity } from "../units.js";

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;
const EXIT_LIMIT = 3;

const OPTIONS = {
  bridges: { value: "LIST", help: "bridges for the script: all, or names with commas (agent,tool)" },
  provider: { value: "NAME=URL", repeats: true, help: "a model provider; NAME:TYPE=URL when the name is no type (openai, anthropic, gemini, ollama, cohere). Its key is NAME_API_KEY in the environment" },
  model: { value: "NAME", help: "the model for requests that name none, of all providers" },
  sandbox: { value: "LEVEL", help: "none, restricted (unless given) or strict" },
  "limit-instructions": { value: "N", help: "VM instructions and the price of library work (1000, 5M, 2G)" },
  "limit-memory": { value: "SIZE", help: "live memory (64KB, 16MB, 1GB)" },
  "limit-time": { value: "TIME", help: "time that passes (500ms, 5s, 2m)" },
  budget: { value: "LIST", help: "tokens=N, model_calls=N, tool_calls=N, wall_time=MS, money=N, with commas" },
  approve: { value: "HOW", help: "who answers when a call needs an approval: ask (on the terminal), all, or none" },
  store: { value: "DIRECTORY", help: "where memory and checkpoints of workflows are kept" },
  "allow-net": { value: "HOSTS", help: "hosts that tools may connect to, with commas" },
  "allow-read": { value: "PATHS", help: "directories that tools may read, with commas" },
  "allow-write": { value: "PATHS", help: "directories that tools may write, with commas" },
  help: { help: "this list" },
  events: { help: "lists the events on standard error when the run is over" },
  stats: { help: "tells on standard error what the run used" },
} as const satisfies Record<string, OptionSpec>;

type Options = ParsedOptions<keyof typeof OPTIONS>["options"];

/** Runs the command and ends the process. */
export async function runBridgesCommand(program: string, args: readonly string[]): Promise<never> {
  const host = nodeHost();
  try {
    const { options, words } = parseOptions(OPTIONS, args);
    if (options.help !== undefined) {
      host.write(usage(program));
      return host.process!.exit(0);
    }
    if (words.length === 0) throw new UsageError("no script given");
    return host.process!.exit(await run(program, host, options, words));
  } catch (error) {
    if (!(error instanceof UsageError) && !(error instanceof TypeError) && !(error instanceof RangeError)) throw error;
    host.writeError(`${program} run: ${error.message}\n${usage(program)}`);
    return host.process!.exit(EXIT_USAGE);
  }
}

function usage(program: string): string {
  return `usage: ${program} run --bridges LIST [options] script.lua [args]\n${optionHelp(OPTIONS)}`;
}

async function run(program: string, host: NodeHost, options: Options, words: readonly string[]): Promise<number> {
  const events = new EventBus();
  const begin = Date.now();
  const log = options.events === undefined ? undefined : events.record("*", { capacity: 100_000 });
  const tell = (message: string): void => host.writeError(`${program}: ${message}\n`);
  const engine = new LuaEngine();
  const bridges = options.bridges === "all" ? ALL_BRIDGES : bridgesNamed(list(options.bridges));
  const services = await servicesFor(host, options, events, tell);
  registerBridges(engine.modules, bridges, services);
  const [script, ...rest] = words;
  const context = engine.createContext({
    name: script!,
    policy: policyFor(options),
    host,
    limits: limitsFor(options),
    globals: { arg: new Map(words.map((word, i) => [i, toHostText(word)])) },
  });
  globalizeBridges(openBridgeContext(context.runtime, services), bridges);
  try {
    return await execute(context, host, script!, rest, tell);
  } finally {
    if (log !== undefined) host.writeError(eventLog(log.events, begin));
    if (options.stats !== undefined) host.writeError(meterReading(context));
    closeBridgeContext(context.runtime);
    context.dispose();
    await services.store?.close();
  }
}

async function execute(context: LuaContext, host: NodeHost, script: string, rest: readonly string[], tell: (message: string) => void): Promise<number> {
  try {
    const source = readScript(host, script);
    await context.execute(source, { chunkName: script, args: rest.map(toHostText) });
    return 0;
  } catch (error) {
    if (!(error instanceof ScriptError)) throw error;
    const isLimit = error.code === "limit" || error.code === "timeout" || error.code === "memory";
    tell(isLimit || error.luaTraceback === undefined || error.luaTraceback === "" ? error.message : `${error.message}\n${error.luaTraceback}`);
    return isLimit ? EXIT_LIMIT : EXIT_FAILED;
  }
}

/** The file's bytes: it is read through the Node host, since a sandboxed context has no files of its own. */
function readScript(host: NodeHost, path: string): Uint8Array {
  let text = "";
  try {
    const file = path === "-" ? host.stdin! : host.files!.open(path, "rb");
    for (let piece = file.read(1 << 16); piece !== ""; piece = file.read(1 << 16)) text += piece;
    if (path !== "-") file.close();
  } catch (error) {
    throw new UsageError(`cannot open '${toHostText(path)}': ${error instanceof Error ? error.message : String(error)}`);
  }
  return Uint8Array.from(skipShebang(text), (char) => char.charCodeAt(0));
}

// ---- options -------------------------------------------------------------------------------------------------------

function list(text: string | undefined): string[] {
  return (text ?? "").split(",").map((part) => part.trim()).filter((part) => part !== "");
}

function policyFor(options: Options): Policy {
  const level = options.sandbox ?? "restricted";
  if (level !== "none" && level !== "restricted" && level !== "strict") throw new UsageError(`--sandbox: '${level}' is not 'none', 'restricted' or 'strict'`);
  const [net, read, write] = [options["allow-net"], options["allow-read"], options["allow-write"]];
  return policies[level].derive({
    name: level,
    permissions: {
      bridges: true, // those that were registered
      ...(net === undefined ? {} : { network: list(net) }),
      files: { ...(read === undefined ? {} : { read: list(read) }), ...(write === undefined ? {} : { write: list(write) }) },
    },
  });
}

function limitsFor(options: Options): LimitSettings {
  const limits: { instructions?: number; memory?: number; time?: number } = {};
  for (const [name, unit] of [["instructions", "count"], ["memory", "bytes"], ["time", "time"]] as const) {
    const text = options[`limit-${name}`];
    if (text === undefined) continue;
    const quantity = parseQuantity(text, unit);
    if (typeof quantity === "string") throw new UsageError(`--limit-${name}: ${quantity}`);
    limits[name] = quantity;
  }
  return limits;
}

async function servicesFor(host: NodeHost, options: Options, events: EventBus, tell: (message: string) => void): Promise<BridgeServices> {
  const approval = approvalFor(host, options.approve);
  const store = options.store === undefined ? undefined : await FileStore.open(options.store);
  return {
    events,
    log: tell,
    providers: { providers: providersFor(options) },
    ...(approval === undefined ? {} : { approval }),
    ...(store === undefined ? {} : { store }),
    ...(options.budget === undefined ? {} : { budget: budgetFor(options.budget) }),
  };
}

const UNITS: Readonly<Record<string, keyof BudgetLimits>> = { tokens: "tokens", model_calls: "modelCalls", tool_calls: "toolCalls", wall_time: "wallTime", money: "money" };

function budgetFor(text: string): BudgetLimits {
  return Object.fromEntries(list(text).map((part) => {
    const [name = "", amount = ""] = part.split("=");
    if (!Object.hasOwn(UNITS, name) || !/^\d+(\.\d+)?$/.test(amount)) throw new UsageError(`--budget: cannot read '${part}' (units are ${Object.keys(UNITS).join(", ")})`);
    return [UNITS[name]!, Number(amount)];
  }));
}

/** Keys come from the environment: on a command line everybody could read them. */
function providersFor(options: Options): Record<string, ProviderConfig> {
  const providers: Record<string, ProviderConfig> = {};
  for (const text of (options.provider ?? "").split("\n").filter((line) => line !== "")) {
    const match = /^([\w-]+)(?::(\w+))?=(.*)$/.exec(text);
    const type = match?.[2] ?? match?.[1];
    if (match === null || !PROVIDER_TYPES.includes(type as ProviderType)) throw new UsageError(`--provider: cannot read '${text}' (write openai=URL, or NAME:TYPE=URL with a type of ${PROVIDER_TYPES.join(", ")})`);
    const [, name = "", , url = ""] = match;
    const apiKey = keyFor(name) ?? keyFor(type!);
    providers[name] = {
      type: type as ProviderType,
      ...(url === "" ? {} : { baseUrl: url }),
      ...(apiKey === undefined ? {} : { apiKey }),
      ...(options.model === undefined ? {} : { model: options.model }),
    };
  }
  return providers;
}

function keyFor(name: string): string | undefined {
  return process.env[`${name.toUpperCase().replace(/\W/g, "_")}_API_KEY`];
}

function approvalFor(host: NodeHost, how: string | undefined): ApprovalService | undefined {
  if (how === undefined) return undefined;
  if (how !== "ask" && how !== "all" && how !== "none") throw new UsageError(`--approve: '${how}' is not 'ask', 'all' or 'none'`);
  const service = new ApprovalService();
  const lines = new AnswerLines();
  let last: Promise<unknown> = Promise.resolve(); // one question at a time
  service.onRequest((request) => {
    last = last.then(() => (how === "ask" ? askPerson(host, request, lines) : { approved: how === "all" })).then((answer) => {
      if (service.pending().some(({ id }) => id === request.id)) service.answer(request.id, answer);
    });
  });
  return service;
}

async function askPerson(host: NodeHost, { kind, subject, arguments: args, caller }: ApprovalRequest, lines: AnswerLines): Promise<ApprovalAnswer> {
  host.writeError(`${caller === undefined ? "" : `${caller} asks: `}allow ${kind} '${subject}' ${JSON.stringify(args)}? [y/N] `);
  const approved = /^\s*y(es)?\s*$/i.test(await lines.next());
  return approved ? { approved } : { approved, note: "the person at the terminal said no" };
}

/** Lines of standard input, which is read from the first question on. "" once it has ended. */
class AnswerLines {
  private readonly ready: string[] = [];
  private waiting: ((line: string) => void) | undefined;
  private reader: ReturnType<typeof createInterface> | undefined;
  private isEnded = false;

  next(): Promise<string> {
    this.reader ??= this.open();
    const line = this.ready.shift() ?? (this.isEnded ? "" : undefined);
    if (line !== undefined) return Promise.resolve(line);
    return new Promise((resolve) => { this.waiting = resolve; });
  }

  private open(): ReturnType<typeof createInterface> {
    const reader = createInterface({ input: process.stdin });
    reader.on("line", (line) => this.take(line));
    reader.on("close", () => {
      this.isEnded = true;
      this.waiting?.("");
    });
    return reader;
  }

  private take(line: string): void {
    const { waiting } = this;
    this.waiting = undefined;
    if (waiting === undefined) this.ready.push(line);
    else waiting(line);
  }
}

// ---- accounts ------------------------------------------------------------------------------------------------------

const SHOWN = ["workflow", "step", "name", "agent", "account", "attempt", "message", "key"];

function eventLog(events: readonly BusEvent[], begin: number): string {
  const lines = events.map(({ type, data, time }) => {
    const fields = Object.entries((data ?? {}) as Record<string, unknown>).filter(([key]) => SHOWN.includes(key)).map(([key, value]) => `${key}=${String(value)}`);
    return `  ${`+${time - begin} ms`.padStart(9)}  ${type.padEnd(24)} ${fields.join(" ")}`.trimEnd();
  });
  return `events:\n${lines.join("\n")}\n`;
}

function meterReading({ statistics }: LuaContext): string {
  const count = (n: number): string => Math.round(n).toLocaleString("en-US");
  const rows: [string, string][] = [
    ["instructions", count(statistics.instructions)], ["library work", `${count(statistics.libraryWork)} units`], ["host calls", count(statistics.hostCalls)],
    ["allocated", `${count(statistics.allocatedBytes)} bytes`], ["peak", `${count(statistics.peakBytes)} bytes`], ["output", `${count(statistics.outputBytes)} bytes`],
    ["ran", `${statistics.runTime.toFixed(1)} ms`], ["waited", `${statistics.waitTime.toFixed(1)} ms`],
  ];
  return `meter:\n${rows.map(([name, text]) => `  ${`${name}:`.padEnd(14)}${text}\n`).join("")}`;
}
