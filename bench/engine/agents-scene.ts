// What the bench of agents measures: many scripts at once, each with an agent that calls two tools, on one thread.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { LuaEngine } from "../../src/engine/lua-engine.js";
import { policies } from "../../src/engine/policy.js";
import { agentBridge } from "../../src/engine/bridges/agent.js";
import { openBridgeContext, closeBridgeContext } from "../../src/engine/bridges/context.js";
import { registerBridges } from "../../src/engine/bridges/install.js";
import { ACCOUNT } from "../../src/engine/bridges/agent-parts.js";
import { DIALECTS } from "../../src/engine/bridges/services/providers/dialects.js";
import type { Provider } from "../../src/engine/bridges/services/providers/chat.js";
import type { FetchInit } from "../../src/engine/bridges/services/providers/http.js";
import { platformFetch } from "../../src/engine/bridges/services/providers/node-fetch.js";
import { HttpProvider } from "../../src/engine/bridges/services/providers/http-provider.js";

const SCRIPT = `
local agent = require "perilune.agent"
local helper = agent.create{
  name = "helper", model = "bench", system_prompt = "Use the tool.",
  tools = { { name = "add", description = "Adds two numbers.",
    parameters = { type = "object", properties = { a = { type = "number" }, b = { type = "number" } }, required = { "a", "b" } },
    execute = function(args) return args.a + args.b end } },
}
local answer = helper:run("What is 20 + 21?")
assert(#answer.tool_calls == 2 and answer.tool_calls[1].result == 20 and answer.tool_calls[2].result == 21)
return answer.content`;

/** Calls of the model that wait for each other in one script. */
export const CALLS_IN_TURN = 3;

export interface Outcome {
  /** Milliseconds from the first start to the last end. */
  readonly elapsed: number;
  /** Milliseconds of processor time in these, of this process. */
  readonly cpu: number;
  readonly finished: number;
  readonly modelCalls: number;
  readonly toolCalls: number;
  /** Bytes of the process's heap for one script: idle with its bridges open, and while it waits for the model. */
  readonly idleBytes: number;
  readonly waitingBytes: number;
  readonly errors: readonly string[];
}

/** Time and processor time of this process, in milliseconds. */
export interface Cost {
  readonly elapsed: number;
  readonly cpu: number;
}

async function measured<T>(work: () => Promise<T>): Promise<Cost & { readonly value: T }> {
  const begin = performance.now();
  const before = process.cpuUsage();
  const value = await work();
  const { user, system } = process.cpuUsage(before);
  return { value, elapsed: performance.now() - begin, cpu: (user + system) / 1000 };
}

const NEVER = new AbortController().signal;

/** The same requests by the bare transport, without Lua or bridges: nothing built on it can be faster. */
export async function floor(url: string, count: number): Promise<Cost> {
  const sent = await bodiesOf(url);
  const headers = { "content-type": "application/json", authorization: "Bearer bench-key-0123456789" };
  const one = async (): Promise<void> => {
    for (const body of sent) {
      const answer = await platformFetch(`${url}/chat/completions`, { method: "POST", headers, body, redirect: "manual", onCancel: () => {}, signal: NEVER });
      JSON.parse(await answer.text!(1_000_000));
    }
  };
  return measured(() => Promise.all(Array.from({ length: count }, one)));
}

const bodies = new Map<string, readonly string[]>();

/** What one script sends. */
async function bodiesOf(url: string): Promise<readonly string[]> {
  const known = bodies.get(url);
  if (known !== undefined) return known;
  const sent: string[] = [];
  await scene(url, 1, { onBody: (body) => sent.push(body) });
  bodies.set(url, sent);
  return sent;
}

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

function heap(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

/** Runs `count` scripts at once against the server at `url`. `inspect`: measures memory once all wait for the model. */
export async function scene(url: string, count: number, { inspect = false, onBody }: { readonly inspect?: boolean; readonly onBody?: (body: string) => void } = {}): Promise<Outcome> {
  const engine = new LuaEngine();
  let asked = 0;
  let waiting = 0;
  const http = new HttpProvider({ name: "main", dialect: DIALECTS.openai, baseUrl: url, apiKey: "bench-key-0123456789",
    ...(onBody === undefined ? {} : { fetch: (address: string, init: FetchInit) => { onBody(init.body!); return platformFetch(address, init); } }),
  });
  const provider: Provider = !inspect ? http : {
    name: http.name, type: http.type, models: () => http.models(), stream: (request, onText, options) => http.stream(request, onText, options),
    chat: (request, options) => {
      if (++asked === count) setTimeout(() => { waiting = heap(); }, 200);
      return http.chat(request, options);
    },
  };
  registerBridges(engine.modules, [agentBridge], { providers: { providers: { main: provider } } });
  const policy = policies.restricted.derive({ name: "bench", permissions: { bridges: ["agent"] } });
  const before = inspect ? heap() : 0; // a full collection throws optimized code away: not in rounds that are timed
  const contexts = Array.from({ length: count }, () => engine.createContext({ policy, limits: { instructions: 1_000_000, memory: 4 << 20 } }));
  const idle = inspect ? heap() : 0;
  const { value: outcomes, elapsed, cpu } = await measured(() => Promise.allSettled(contexts.map((context) => context.execute(SCRIPT, { chunkName: "agent" }))));
  const accounts = contexts.map((context) => openBridgeContext(context.runtime).get(ACCOUNT).spent);
  for (const context of contexts) {
    closeBridgeContext(context.runtime);
    context.dispose();
  }
  return {
    elapsed,
    cpu,
    finished: outcomes.filter((outcome) => outcome.status === "fulfilled" && outcome.value === "done: 41").length,
    modelCalls: accounts.reduce((sum, { modelCalls }) => sum + modelCalls, 0),
    toolCalls: accounts.reduce((sum, { toolCalls }) => sum + toolCalls, 0),
    idleBytes: (idle - before) / count,
    waitingBytes: (waiting - before) / count,
    errors: [...new Set(outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [String(outcome.reason)] : [])))].slice(0, 3),
  };
}
