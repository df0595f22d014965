// The agent loop: tools, memory, schemas, budgets, cancellation.
import { describe, expect, test } from "vitest";
import type { AgentChunk } from "../../../src/engine/bridges/services/agent-loop.js";
import { Conversation } from "../../../src/engine/bridges/services/agent-conversation.js";
import { Account, Budget } from "../../../src/engine/bridges/services/budget.js";
import { ProviderError } from "../../../src/engine/bridges/services/providers/chat.js";
import type { Tool } from "../../../src/engine/bridges/services/tools.js";
import { ADD, scriptedModel, world } from "./support/services.js";

const call = (a: number, b: number): { name: string; arguments: Record<string, unknown> } => ({ name: "add", arguments: { a, b } });

describe("a run", () => {
  test("ends with the answer, with tools in between", async () => {
    const model = scriptedModel([call(1, 2), call(3, 4)], [call(3, 7)], "Ten.");
    const { agents, events } = world(model, { tools: [ADD] });
    const agent = agents.create({ name: "helper", model: "m", systemPrompt: "Be kind.", tools: ["add"], temperature: 0.3, maxTokens: 50 });
    expect(agents.stateOf(agent)).toBe("ready");
    const result = await agents.run(agent, "Sum?");
    expect(result).toMatchObject({ content: "Ten.", finishReason: "stop", turns: 3, usage: { promptTokens: 30, completionTokens: 15, totalTokens: 45 } });
    expect(result.toolCalls).toEqual([
      { id: "c1_0", name: "add", arguments: { a: 1, b: 2 }, result: 3 }, { id: "c1_1", name: "add", arguments: { a: 3, b: 4 }, result: 7 },
      { id: "c2_0", name: "add", arguments: { a: 3, b: 7 }, result: 10 },
    ]);
    expect(model.requests[2]!.messages).toEqual([
      { role: "system", content: "Be kind." }, ...result.messages.slice(0, -1),
    ]);
    expect(result.messages.map(({ role, content }) => `${role}:${content}`)).toEqual([
      "user:Sum?", "assistant:", "tool:3", "tool:7", "assistant:", "tool:10", "assistant:Ten.",
    ]);
    expect(model.requests[0]).toMatchObject({ model: "m", temperature: 0.3, maxTokens: 50, tools: [{ name: "add" }] });
    expect([agents.stateOf(agent), agent.usage.totalTokens]).toEqual(["completed", 45]);
    expect(events.filter(({ type }) => type.startsWith("agent.")).map(({ type }) => type)).toEqual(["agent.created", "agent.started", "agent.completed"]);
  });

  test("runs the calls of one turn at the same time, and reports them in their order", async () => {
    let most = 0;
    let now = 0;
    const slow: Tool = {
      name: "slow", description: "", execute: async ({ wait }) => {
        most = Math.max(most, ++now);
        await new Promise((resolve) => { setTimeout(resolve, wait as number); });
        now--;
        return wait;
      },
    };
    const { agents } = world(scriptedModel([30, 20, 10].map((wait) => ({ name: "slow", arguments: { wait } })), "ok"));
    const result = await agents.run(agents.create({ name: "a", tools: [slow] }), "go");
    expect(most).toBe(3);
    expect(result.toolCalls.map((each) => each.result)).toEqual([30, 20, 10]);
  });

  test("tells the model what went wrong with its calls", async () => {
    const failing: Tool = { name: "fail", description: "", execute: () => { throw new Error("out of paper"); } };
    const model = scriptedModel([{ name: "fail" }, { name: "nope" }, { name: "add", arguments: { a: 1 } }, { name: "add", malformed: "{a:" }], "sorry");
    const { agents } = world(model, { tools: [ADD] });
    const result = await agents.run(agents.create({ name: "a", tools: [failing, "add"] }), "go");
    expect(result.toolCalls.map((each) => each.error)).toEqual([
      "out of paper", "there is no tool 'nope'; there are: fail, add", "bad arguments of tool 'add': 'b' is missing", "the arguments of 'add' are no JSON object: {a:",
    ]);
    expect(model.requests[1]!.messages.filter((message) => message.role === "tool" && message.isError)).toHaveLength(4);
  });

  test("ends with an error that is fatal, after all calls have ended", async () => {
    let ended = false;
    const slow: Tool = { name: "slow", description: "", execute: async () => { await new Promise((resolve) => { setTimeout(resolve, 20); }); ended = true; } };
    const fatal: Tool = { name: "fatal", description: "", execute: () => { throw new RangeError("limit"); } };
    const { agents } = world(scriptedModel([{ name: "fatal" }, { name: "slow" }], "never"), { isFatal: (error) => error instanceof RangeError });
    const agent = agents.create({ name: "a", tools: [slow, fatal] });
    await expect(agents.run(agent, "go")).rejects.toThrow("limit");
    expect([ended, agents.stateOf(agent), agent.lastError]).toEqual([true, "error", "limit"]);
  });

  test("stops after max_turns, and leaves a conversation that can go on", async () => {
    const model = scriptedModel([call(1, 1)], [call(1, 1)], "done now");
    const { agents } = world(model, { tools: [ADD] });
    const agent = agents.create({ name: "a", tools: ["add"], maxTurns: 2 });
    expect(await agents.run(agent, "go")).toMatchObject({ finishReason: "max_turns", content: "", turns: 2 });
    await agents.run(agent, "and?");
    const roles = model.requests[2]!.messages.map(({ role }) => role);
    expect(roles).toEqual(["user", "assistant", "tool", "assistant", "tool", "user"]);
  });

  test("remembers earlier runs, unless it failed or must not", async () => {
    const model = scriptedModel("one", () => { throw new ProviderError("server", "down"); }, "three");
    const { agents } = world(model);
    const agent = agents.create({ name: "a" });
    await agents.run(agent, "first");
    await expect(agents.run(agent, "second")).rejects.toThrow("down");
    await agents.run(agent, "third");
    expect(model.requests[2]!.messages.map(({ content }) => content)).toEqual(["first", "one", "third"]);
    agents.configure(agent, { memory: false });
    await agents.run(agent, "fourth");
    expect(model.requests[3]!.messages).toHaveLength(1);
    agent.reset();
    expect([agent.usage.totalTokens, agents.stateOf(agent), agent.conversation.messages()]).toEqual([0, "ready", []]);
  });

  test("gives chunks as they come", async () => {
    const { agents } = world(scriptedModel([call(1, 2)], "three, e"), { tools: [ADD] });
    const chunks: AgentChunk[] = [];
    const agent = agents.create({ name: "a", tools: ["add"] });
    await agents.run(agent, "go", { onChunk: (chunk) => { chunks.push(chunk); } });
    expect(chunks).toEqual([
      { type: "tool_call", id: "c1_0", name: "add", arguments: { a: 1, b: 2 } }, { type: "tool_result", id: "c1_0", name: "add", content: "3", isError: false },
      { type: "text", content: "thre" }, { type: "text", content: "e" }, { type: "text", content: ", e" },
    ]);
  });
});

describe("a response schema", () => {
  const responseSchema = { type: "object", properties: { age: { type: "number" } }, required: ["age"] };

  test("gives data, from prose too", async () => {
    const { agents } = world(scriptedModel("Here: {\"age\": 3}!"));
    expect((await agents.run(agents.create({ name: "a", responseSchema }), "x")).data).toEqual({ age: 3 });
  });

  test("gives the model a second chance, and no third", async () => {
    const model = scriptedModel("no idea", "{\"age\": 4}", "{\"age\": \"4\"}", "{}");
    const { agents } = world(model);
    const agent = agents.create({ name: "a", responseSchema, memory: false });
    expect((await agents.run(agent, "x")).data).toEqual({ age: 4 });
    expect(model.requests[1]!.messages.at(-1)!.content).toContain("Your answer does not fit the schema");
    await expect(agents.run(agent, "x")).rejects.toMatchObject({ code: "invalid_response", message: "the answer does not fit the response schema: 'age' is missing" });
    expect(model.requests).toHaveLength(4);
  });
});

describe("stopping", () => {
  const never = (): Promise<string> => new Promise(() => {});

  test("by signal", async () => {
    const abort = new AbortController();
    const { agents } = world({ ...scriptedModel(""), chat: (_, { signal } = {}) => new Promise((_resolve, reject) => { signal!.addEventListener("abort", () => reject(new ProviderError("cancelled", "x"))); }) });
    const agent = agents.create({ name: "a" });
    const running = agents.run(agent, "x", { signal: abort.signal });
    expect(agents.stateOf(agent)).toBe("running");
    abort.abort(new Error("enough"));
    await expect(running).rejects.toThrow("enough");
    expect(agents.stateOf(agent)).toBe("stopped");
  });

  test("by destroying", async () => {
    const { agents } = world({ ...scriptedModel(never), chat: (_, { signal } = {}) => new Promise((_resolve, reject) => { signal!.addEventListener("abort", () => reject(new Error("x"))); }) });
    const agent = agents.create({ name: "a" });
    const running = agents.run(agent, "x");
    expect([agents.destroy(agent), agents.destroy(agent)]).toEqual([true, false]);
    await expect(running).rejects.toMatchObject({ code: "cancelled", message: "the agent 'a' was destroyed" });
    await expect(agents.run(agent, "x")).rejects.toMatchObject({ code: "destroyed" });
    expect(() => agents.get("a")).toThrow("no agent 'a'");
  });

  test("an agent whose provider is off is idle", () => {
    const { agents, providers } = world(scriptedModel("x"));
    const agent = agents.create({ name: "a" });
    providers.configure("main", { active: false });
    expect(agents.stateOf(agent)).toBe("idle");
  });
});

describe("budgets", () => {
  test("of agent, run, caller and context are all charged, and each can stop", async () => {
    for (const owner of ["agent", "run", "caller", "context"]) {
      const limit = { tokens: 40 };
      const { agents, account } = world(scriptedModel([call(1, 1)]), { tools: [ADD], limits: owner === "context" ? limit : {} });
      const agent = agents.create({ name: "a", tools: ["add"], maxTurns: 100, budget: owner === "agent" ? limit : {} });
      const caller = new Account("caller", owner === "caller" ? limit : {});
      const options = { budget: new Budget([caller]), limits: owner === "run" ? limit : {} };
      const error = await agents.run(agent, "x", options).then(() => undefined, (caught: unknown) => caught as Error);
      expect(error).toMatchObject({ code: "budget", unit: "tokens", limit: 40 });
      for (const each of [agent.account, caller, account]) {
        expect(each.spent.modelCalls).toBeGreaterThan(0);
        expect(each.spent.modelCalls).toBe(agent.account.spent.modelCalls);
      }
      expect(account.spent.tokens).toBeLessThanOrEqual(45);
    }
  });

  test("stop before the call that is one too many", async () => {
    const model = scriptedModel([call(1, 1), call(1, 1)]);
    const { agents, account } = world(model, { tools: [ADD] });
    const agent = agents.create({ name: "a", tools: ["add"], maxTurns: 100, budget: { modelCalls: 2 } });
    await expect(agents.run(agent, "x")).rejects.toThrow("budget of agent 'a' exhausted: 3 of 2 model calls");
    expect(model.requests).toHaveLength(2);
    await expect(agents.run(agent, "x")).rejects.toThrow("3 of 2 model calls");
    expect(model.requests).toHaveLength(2);
    const other = agents.create({ name: "b", tools: ["add"], budget: { toolCalls: 1 } });
    await expect(agents.run(other, "x")).rejects.toThrow("2 of 1 tool calls");
    expect(account.spent.toolCalls).toBe(5);
  });

  test("limit the length of answers to what is left", async () => {
    const model = scriptedModel("x");
    const { agents } = world(model);
    await agents.run(agents.create({ name: "a", budget: { tokens: 30 }, maxTokens: 500 }), "12345678");
    expect(model.requests[0]!.maxTokens).toBe(24);
  });

  test("count money", async () => {
    const { agents, account } = world(undefined, { prices: { m: { prompt: 1_000_000, completion: 2_000_000 } }, limits: { money: 40 } });
    const agent = agents.create({ name: "a", model: "m", memory: false });
    await agents.run(agent, "x"); // 5 tokens there, 5 tokens back
    expect(account.spent.money).toBe(15);
    await agents.run(agent, "x");
    await expect(agents.run(agent, "x")).rejects.toMatchObject({ code: "budget", unit: "money", message: "budget of the context exhausted: money 45 of 40" });
    await expect(agents.run(agent, "x")).rejects.toMatchObject({ code: "budget" });
    expect(account.spent.money).toBe(45);
  });

  test("of wall time stop what runs", async () => {
    const { agents, events } = world(scriptedModel(() => new Promise<string>(() => {})));
    const agent = agents.create({ name: "a", budget: { wallTime: 30 } });
    await expect(agents.run(agent, "x")).rejects.toMatchObject({ code: "budget", unit: "wallTime", account: "agent 'a'" });
    expect(agent.account.spent.wallTime).toBeGreaterThanOrEqual(29);
    expect(events.at(-1)!.type).toBe("agent.failed");
  });

  test("of wall time do not run while a human thinks", async () => {
    const { agents, approval } = world(scriptedModel([call(1, 2)], "ok"), { tools: [{ ...ADD, requiresApproval: true }] });
    const agent = agents.create({ name: "a", tools: ["add"], budget: { wallTime: 60 } });
    approval.onRequest(({ id }) => setTimeout(() => approval.answer(id, { approved: true }), 120));
    expect((await agents.run(agent, "x")).content).toBe("ok");
    expect(agent.account.spent.wallTime).toBeLessThan(60);
  });

  test("are inherited by agents that a tool runs", async () => {
    const model = scriptedModel((request) => (request.messages[0]!.content === "outer" && request.messages.length === 1 ? [{ name: "ask" }] : "ok"));
    const { agents } = world(model);
    const inner = agents.create({ name: "inner" });
    const ask: Tool = { name: "ask", description: "", execute: (_, { budget, signal }) => agents.run(inner, "in", { budget: budget!, signal: signal! }).then(({ content }) => content) };
    const outer = agents.create({ name: "outer", tools: [ask], budget: { modelCalls: 2 } });
    await expect(agents.run(outer, "outer")).rejects.toThrow("budget of agent 'outer' exhausted: 3 of 2 model calls");
    expect([outer.account.spent.modelCalls, inner.account.spent.modelCalls]).toEqual([2, 1]);
  });

  test("must make sense", () => {
    expect(() => new Account("x", { tokens: -1 })).toThrow("budget 'tokens' must be a number from 0 on, got -1");
    expect(() => new Account("x", { token: 1 } as object)).toThrow("unknown budget 'token'");
  });
});

describe("a conversation", () => {
  const turn = (name: string): { role: "user" | "assistant"; content: string }[] => [{ role: "user", content: name }, { role: "assistant", content: name }];

  test("keeps the newest turns that fit, whole", () => {
    const conversation = new Conversation({ maxMessages: 5 });
    for (const name of ["1", "2", "3"]) conversation.add(turn(name));
    expect(conversation.messages().map(({ content }) => content)).toEqual(["2", "2", "3", "3"]);
    const tokens = new Conversation({ maxTokens: 25 });
    for (const name of ["1", "2", "3"]) tokens.add(turn(name));
    expect(tokens.messages().map(({ content }) => content)).toEqual(["2", "2", "3", "3"]);
    tokens.add(turn("x".repeat(1000)));
    expect(tokens.messages()).toHaveLength(2);
  });
});
