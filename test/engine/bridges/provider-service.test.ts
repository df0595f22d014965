// The offline provider, and which provider a name stands for.
import { describe, expect, test } from "vitest";
import type { ChatMessage, ChatRequest } from "../../../src/engine/bridges/services/providers/chat.js";
import { LocalProvider, matchPattern } from "../../../src/engine/bridges/services/providers/local.js";
import { ProviderService } from "../../../src/engine/bridges/services/providers/provider-service.js";

const KEY = "sk-test-0123456789abcdef";
const ask = (content: string, rest: Partial<ChatRequest> = {}): ChatRequest => ({ model: "m", messages: [{ role: "user", content }], ...rest });
const ADD = { name: "add", description: "Adds", parameters: { type: "object" } };

describe("patterns", () => {
  test.each<[string, string, string[] | undefined]>([
    ["", "anything", []],
    ["WEATHER", "what weather is it", []],
    ["weather in *", "The weather in Paris?", ["Paris"]],
    ["weather in * and *", "weather in Rome and Oslo!\nbye", ["Rome", "Oslo"]],
    ["add * to *.", "Add 1 to 2. Thanks", ["1", "2"]],
    ["*", "all of it", ["all of it"]],
    ["a*b*c", "ab", undefined],
    ["x", "", undefined],
  ])("%s on %s", (pattern, input, stars) => expect(matchPattern(pattern, input)).toEqual(stars));

  test("do not backtrack on hostile texts", () => {
    expect(matchPattern("a*".repeat(500) + "b", "a".repeat(200_000))).toBeUndefined(); // a regular expression would never end
  });
});

describe("the offline provider", () => {
  test("answers the same question the same way, tokens included", async () => {
    const answers = await Promise.all([1, 2, 3].map(() => new LocalProvider().chat(ask("Explain quantum computing"))));
    expect(answers[0]).toEqual({
      content: "Offline answer to: Explain quantum computing", toolCalls: [], finishReason: "stop", model: "m",
      usage: { promptTokens: 11, completionTokens: 11, totalTokens: 22 },
    });
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[2]).toEqual(answers[0]);
  });

  test("follows its rules through the turns of a conversation", async () => {
    const provider = new LocalProvider({
      rules: [
        { match: "add * and *", turns: [{ toolCalls: [{ name: "add", arguments: { a: "{1}", b: "{2}", note: "for {1}" } }] }, { reply: "It is {result}." }] },
        { match: "hello", turns: [{ reply: "Hello! You said {input}" }] },
      ],
    });
    const first = await provider.chat(ask("Please add 19 and 23.", { tools: [ADD] }));
    expect(first).toMatchObject({ content: "", finishReason: "tool_calls", toolCalls: [{ id: "call_0_0", name: "add", arguments: { a: 19, b: 23, note: "for 19" } }] });
    const messages: ChatMessage[] = [
      ...ask("Please add 19 and 23.").messages,
      { role: "assistant", content: "", toolCalls: first.toolCalls },
      { role: "tool", content: "42", toolCallId: "call_0_0", name: "add" },
    ];
    expect(await provider.chat({ model: "m", messages })).toMatchObject({ content: "It is 42.", finishReason: "stop" });
    expect((await provider.chat(ask("hello there"))).content).toBe("Hello! You said hello there");
  });

  test("without rules it calls a tool that is named with arguments, and reports results", async () => {
    const provider = new LocalProvider();
    expect((await provider.chat(ask("call add with {\"a\": 1}", { tools: [ADD] }))).toolCalls).toEqual([{ id: "call_0_0", name: "add", arguments: { a: 1 } }]);
    expect((await provider.chat(ask("what does add do?", { tools: [ADD] }))).toolCalls).toEqual([]);
    const after = ask("x").messages.concat({ role: "tool", content: "3", toolCallId: "c", name: "add" });
    expect((await provider.chat({ model: "m", messages: after })).content).toBe("The tools answered: 3");
  });

  test("answers with JSON of a schema", async () => {
    const responseSchema = { type: "object", properties: { name: { type: "string", minLength: 6 }, tags: { type: "array", minItems: 2, items: { enum: ["a"] } }, age: { type: "integer", minimum: 3 } } };
    expect(JSON.parse((await new LocalProvider().chat(ask("x", { responseSchema }))).content)).toEqual({ name: "textxx", tags: ["a", "a"], age: 3 });
  });

  test("streams the same text in pieces, and stops at max_tokens", async () => {
    const pieces: string[] = [];
    const response = await new LocalProvider().stream(ask("one  two\nthree "), (piece) => { pieces.push(piece); });
    expect(pieces.length).toBeGreaterThan(3);
    expect(pieces.join("")).toBe(response.content);
    expect(await new LocalProvider().chat(ask("x", { maxTokens: 2 }))).toMatchObject({ content: "Offline ", finishReason: "length" });
  });

  test("can be cancelled", async () => {
    const waiting = new LocalProvider({ delay: 60_000 }).chat(ask("x"), { signal: AbortSignal.timeout(20) });
    await expect(waiting).rejects.toMatchObject({ code: "cancelled" });
  });
});

describe("names of providers", () => {
  test("all stand for the offline provider where nothing is configured, which is told once", async () => {
    const log: string[] = [];
    const service = new ProviderService({ log: (message) => log.push(message) });
    for (const name of ["openai", "anthropic", "openai"]) expect((await service.chat(name, ask("hi"))).content).toBe("Offline answer to: hi");
    expect(log).toEqual(["no provider is configured: 'openai' and every other name stand for the offline provider"]);
    expect((await service.chat(undefined, ask("hi"))).content).toBe("Offline answer to: hi");
    expect(service.get("openai")).toMatchObject({ type: "local", fallback: true });
  });

  test("are configured ones only where any is", async () => {
    const service = new ProviderService({ providers: { main: { type: "local", model: "m1", models: ["m1"] } } });
    expect((await service.chat(undefined, { messages: [] })).model).toBe("m1");
    await expect(service.chat("openai", ask("x"))).rejects.toMatchObject({ code: "unavailable", message: "the provider 'openai' is not configured" });
    await expect(service.chat("main", ask("x", { model: "m2" }))).rejects.toMatchObject({ code: "not_found" });
    expect(() => new ProviderService({ defaultProvider: "x" })).toThrow("the default provider 'x' is not configured");
  });

  test("can be types, aliases with defaults of their own, and offline ones of a script", async () => {
    const service = new ProviderService({ providers: { main: { type: "openai", baseUrl: "http://127.0.0.1:1", apiKey: KEY, policy: { attempts: 1 } } } });
    expect(service.get("openai").name).toBe("main");
    expect(service.createAlias("fast", "openai", { model: "small" })).toMatchObject({ name: "fast", type: "openai", defaults: { model: "small" } });
    service.createLocal("echo", [{ match: "", turns: [{ reply: "{input}!" }] }]);
    expect((await service.chat("echo", ask("ho"))).content).toBe("ho!");
    expect(() => service.createLocal("main", [])).toThrow("belongs to the host");
    expect(() => service.remove("main")).toThrow("belongs to the host");
    expect([service.remove("echo"), service.remove("echo")]).toEqual([true, false]);
  });

  test("have a status", async () => {
    const service = new ProviderService({ providers: { main: { type: "openai", baseUrl: "http://127.0.0.1:1", apiKey: KEY, policy: { attempts: 1 } } } });
    await expect(service.chat("main", ask("x"))).rejects.toMatchObject({ code: "network" });
    expect(service.get("main").status).toBe("error");
    service.configure("main", { active: false });
    await expect(service.chat("main", ask("x"))).rejects.toMatchObject({ code: "unavailable" });
  });

  test("cost what the host says", () => {
    const service = new ProviderService({ providers: { main: { type: "local", prices: { big: { prompt: 10, completion: 30 }, "*": { prompt: 1, completion: 1 } } } } });
    const usage = { promptTokens: 1000, completionTokens: 100, totalTokens: 1100 };
    expect(service.cost("main", "big", usage)).toBeCloseTo(0.013, 9);
    expect(service.cost("main", "other", usage)).toBeCloseTo(0.0011, 9);
  });

  test("show no key", async () => {
    const service = new ProviderService({ providers: { main: { type: "openai", apiKey: KEY, headers: { "x-more": `${KEY}-more` } } } });
    const { inspect } = await import("node:util");
    const seen = inspect([service, service.get(), service.list()], { depth: 12, showHidden: true }) + JSON.stringify([service, service.list()]);
    expect(seen).toContain("main");
    expect(seen).not.toContain(KEY);
  });
});
