// Providers over real HTTP: every dialect against a local server, and every way in which servers fail.
import { describe, expect, test } from "vitest";
import type { ChatRequest, ProviderError } from "../../../src/engine/bridges/services/providers/chat.js";
import { DIALECTS, type HttpProviderType } from "../../../src/engine/bridges/services/providers/dialects.js";
import { HttpProvider } from "../../../src/engine/bridges/services/providers/http-provider.js";
import type { HttpPolicy } from "../../../src/engine/bridges/services/providers/http.js";
import { retryAfter } from "../../../src/engine/bridges/services/providers/http.js";
import { FIXTURES } from "./fixtures/dialects.js";
import { type Answer, type TestServer, inPieces, inTurn, json, serve, text } from "./support/http-server.js";

const KEY = "sk-test-0123456789abcdef";
const TYPES = Object.keys(FIXTURES) as HttpProviderType[];
const QUICK: Partial<HttpPolicy> = { timeout: 150, attempts: 3, firstDelay: 5, longestDelay: 2000 };

const ADD = { name: "add", description: "Adds", parameters: { type: "object", properties: { a: { type: "number" }, b: { type: "number" } }, required: ["a", "b"] } };
const REQUEST: ChatRequest = {
  model: "test-model",
  messages: [{ role: "system", content: "Be brief." }, { role: "user", content: "Hi" }],
  temperature: 0.5,
  maxTokens: 100,
};
const AFTER_TOOLS: ChatRequest = {
  ...REQUEST,
  tools: [ADD],
  messages: [
    ...REQUEST.messages,
    { role: "assistant", content: "", toolCalls: [{ id: "id1", name: "add", arguments: { a: 1, b: 2 } }, { id: "id2", name: "add", arguments: { a: 3, b: 4 } }] },
    { role: "tool", content: "3", toolCallId: "id1", name: "add" },
    { role: "tool", content: "no idea", toolCallId: "id2", name: "add", isError: true },
  ],
};

function provider(type: HttpProviderType, server: TestServer, policy: Partial<HttpPolicy> = QUICK): HttpProvider {
  return new HttpProvider({ name: "test", dialect: DIALECTS[type], baseUrl: `${server.url}/v1/`, apiKey: KEY, policy });
}

async function failure(promise: Promise<unknown>): Promise<ProviderError> {
  const error = await promise.then(() => undefined, (caught: unknown) => caught as ProviderError);
  expect(error?.name).toBe("ProviderError");
  return error!;
}

const collected = async (type: HttpProviderType, server: TestServer, request = REQUEST): Promise<{ pieces: string[]; response: unknown }> => {
  const pieces: string[] = [];
  const response = await provider(type, server).stream(request, (piece) => { pieces.push(piece); });
  return { pieces, response };
};

describe.each(TYPES)("%s", (type) => {
  const fixture = FIXTURES[type];
  const usage = { promptTokens: 11, completionTokens: 5, totalTokens: 16 };

  test("chat", async () => {
    const server = await serve(json(fixture.chat));
    const response = await provider(type, server).chat(REQUEST);
    expect(response).toMatchObject({ content: "Grüße, Welt", toolCalls: [], usage, finishReason: "stop" });
    expect(response.model).not.toBe("");
    expect(server.seen[0]).toMatchObject({ method: "POST", path: fixture.paths.chat });
    expect(server.seen[0]!.headers[fixture.keyHeader]).toContain(KEY);
    expect(server.seen[0]!.path).not.toContain(KEY);
    expect(server.seen[0]!.body).not.toContain(KEY);
  });

  test("tool calls", async () => {
    const server = await serve(json(fixture.toolCall));
    const response = await provider(type, server).chat({ ...REQUEST, tools: [ADD] });
    expect(response).toMatchObject({ finishReason: "tool_calls", toolCalls: [{ name: "add", arguments: { a: 1, b: 2 } }] });
    expect(response.toolCalls[0]!.id).not.toBe("");
    expect(JSON.stringify(JSON.parse(server.seen[0]!.body))).toContain("\"required\":[\"a\",\"b\"]");
  });

  test("a stream, cut anywhere", async () => {
    for (const size of [1, 7, 100_000]) {
      const server = await serve(inPieces(fixture.stream, size));
      const { pieces, response } = await collected(type, server);
      expect(pieces.join("")).toBe("Grüße, Welt");
      expect(pieces.length).toBeGreaterThan(1);
      expect(response).toMatchObject({ content: "Grüße, Welt", toolCalls: [], usage, finishReason: "stop" });
      expect(server.seen[0]!.path).toBe(fixture.paths.stream);
    }
  });

  test("tool calls in a stream", async () => {
    const { pieces, response } = await collected(type, await serve(inPieces(fixture.toolStream, 5)), { ...REQUEST, tools: [ADD] });
    expect(pieces).toEqual([]);
    expect(response).toMatchObject({ finishReason: "tool_calls", usage, toolCalls: [{ name: "add", arguments: { a: 1, b: 2 } }] });
  });

  test("results of tools go back as the dialect wants them", async () => {
    const server = await serve(json(fixture.chat));
    await provider(type, server).chat(AFTER_TOOLS);
    expect(JSON.parse(server.seen[0]!.body)).toMatchSnapshot();
  });

  test("model list", async () => {
    const models = await provider(type, await serve(json(fixture.models))).models();
    expect(models).toHaveLength(2);
    expect(models[0]!.id).not.toContain("/");
    expect(models.every(({ id, name }) => id !== "" && name !== "")).toBe(true);
  });

  test("429 with Retry-After is done again after that time", async () => {
    const server = await serve(inTurn(json(fixture.error, 429, { "retry-after": "0.2" }), json(fixture.chat)));
    const begin = performance.now();
    expect((await provider(type, server).chat(REQUEST)).content).toBe("Grüße, Welt");
    expect(performance.now() - begin).toBeGreaterThan(190);
    expect(server.seen).toHaveLength(2);
  });

  test("429 for ever ends with the server's words", async () => {
    const server = await serve(json(fixture.error, 429));
    const error = await failure(provider(type, server).chat(REQUEST));
    expect(error).toMatchObject({ code: "rate_limited", status: 429, message: "test: HTTP 429: Rate limit reached" });
    expect(server.seen).toHaveLength(3);
  });

  test("a stream that ends before the answer does", async () => {
    const half = fixture.stream.slice(0, Math.floor(fixture.stream.length / 2));
    const server = await serve(text(half));
    expect((await failure(collected(type, server))).code).toBe("cut_off");
  });

  test("malformed answers", async () => {
    for (const body of ["", "{", "[]", "null", "{}", "{\"choices\":[]}", "{\"message\":3}", "{\"content\":{}}", "{\"candidates\":[5]}"]) {
      const error = await failure(provider(type, await serve(text(body)), { ...QUICK, timeout: 5000, attempts: 1 }).chat(REQUEST));
      expect(error.code).toBe("malformed");
    }
    const broken = type === "ollama" ? "{\"message\":\n" : "data: {\"choices\":\n\n";
    expect((await failure(collected(type, await serve(text(broken))))).code).toBe("malformed");
  });

  test("a server that never answers", async () => {
    const server = await serve(() => {});
    expect(await failure(provider(type, server, { ...QUICK, attempts: 2 }).chat(REQUEST))).toMatchObject({ code: "timeout" });
    expect(server.seen).toHaveLength(2);
  });

  test("a stream that stops without ending", async () => {
    const server = await serve((response) => { response.write(fixture.stream.slice(0, fixture.stream.length - 40)); });
    expect((await failure(collected(type, server))).code).toBe("timeout");
  });
});

describe("failures", () => {
  const chat = FIXTURES.openai.chat;

  test("5xx is retried, with growing pauses", async () => {
    const times: number[] = [];
    const failing = json({ error: { message: "overloaded" } }, 503);
    const server = await serve((response, request, number) => {
      times.push(performance.now());
      return inTurn(failing, failing, json(chat))(response, request, number);
    });
    const answer = await provider("openai", server, { ...QUICK, firstDelay: 40 }).chat(REQUEST);
    expect(answer.content).toBe("Grüße, Welt");
    expect(times[1]! - times[0]!).toBeGreaterThan(19);
    expect(times[2]! - times[1]!).toBeGreaterThan(39);
  });

  test("a slow server is waited for", async () => {
    const server = await serve(async (response, request, number) => {
      await new Promise((resolve) => { setTimeout(resolve, 100); });
      await json(chat)(response, request, number);
    });
    expect((await provider("openai", server).chat(REQUEST)).content).toBe("Grüße, Welt");
  });

  test("a slow stream is waited for as long as it goes on", async () => {
    const server = await serve(async (response) => {
      response.writeHead(200);
      for (const event of FIXTURES.openai.stream.split(/(?<=\n\n)/)) {
        await new Promise((resolve) => { setTimeout(resolve, 60); });
        response.write(event);
      }
      response.end();
    });
    expect((await collected("openai", server)).pieces.join("")).toBe("Grüße, Welt");
  });

  test("a slow reader is no slow server", async () => {
    const server = await serve(inPieces(FIXTURES.openai.stream, 50));
    const response = await provider("openai", server).stream(REQUEST, () => new Promise((resolve) => { setTimeout(resolve, 250); }));
    expect(response.content).toBe("Grüße, Welt");
  });

  test("a connection that breaks", async () => {
    const server = await serve((response, request, number) => {
      if (number < 2) response.destroy();
      else void json(chat)(response, request, number);
    });
    expect((await provider("openai", server).chat(REQUEST)).content).toBe("Grüße, Welt");
    const midway = await serve((response) => {
      response.writeHead(200);
      response.write(FIXTURES.openai.stream.slice(0, 400), () => response.destroy());
    });
    expect((await failure(collected("openai", midway))).code).toBe("cut_off");
    expect(midway.seen).toHaveLength(1); // text was shown: a second attempt would show it twice
  });

  test("nobody there", async () => {
    const error = await failure(new HttpProvider({ name: "gone", dialect: DIALECTS.openai, baseUrl: "http://127.0.0.1:1/v1", policy: { ...QUICK, attempts: 1 } }).chat(REQUEST));
    expect(error.code).toBe("network");
    expect(error.message).toMatch(/^gone: cannot reach the provider/);
  });

  test.each([[400, "bad_request"], [401, "auth"], [403, "auth"], [404, "not_found"], [422, "bad_request"]])("%i is not retried", async (status, code) => {
    const server = await serve(json({ error: { message: "no" } }, status));
    expect(await failure(provider("openai", server).chat(REQUEST))).toMatchObject({ code, status });
    expect(server.seen).toHaveLength(1);
  });

  test("a redirect is not followed: it would take the key along", async () => {
    const elsewhere = await serve(json(chat));
    const server = await serve(text("", 307, { location: `${elsewhere.url}/v1/chat/completions` }));
    expect(await failure(provider("openai", server).chat(REQUEST))).toMatchObject({ status: 307 });
    expect(elsewhere.seen).toEqual([]);
  });

  test("more patience asked than there is", async () => {
    const server = await serve(json({}, 429, { "retry-after": "3600" }));
    expect(await failure(provider("openai", server).chat(REQUEST))).toMatchObject({ code: "rate_limited", retryAfter: 3_600_000 });
    expect(server.seen).toHaveLength(1);
  });

  test("cancelled while waiting for the answer, between attempts, in a stream, and before", async () => {
    const silent = await serve(() => {});
    const abort = new AbortController();
    const waiting = failure(provider("openai", silent, { timeout: 10_000 }).chat(REQUEST, { signal: abort.signal }));
    setTimeout(() => abort.abort(), 30);
    expect((await waiting).code).toBe("cancelled");

    const failing = await serve(json({}, 500));
    const between = new AbortController();
    setTimeout(() => between.abort(), 60);
    expect((await failure(provider("openai", failing, { firstDelay: 60_000 }).chat(REQUEST, { signal: between.signal }))).code).toBe("cancelled");

    const streaming = await serve((response) => { response.write(FIXTURES.openai.stream.slice(0, 400)); });
    const inStream = new AbortController();
    const stream = provider("openai", streaming, { timeout: 10_000 }).stream(REQUEST, () => inStream.abort(), { signal: inStream.signal });
    expect((await failure(stream)).code).toBe("cancelled");

    expect((await failure(provider("openai", silent).chat(REQUEST, { signal: AbortSignal.abort() }))).code).toBe("cancelled");
  });

  test("an answer that does not end", async () => {
    const server = await serve((response) => {
      const more = (): void => { if (!response.destroyed) response.write("x".repeat(65536), () => setImmediate(more)); };
      more();
    });
    const error = await failure(provider("openai", server, { ...QUICK, largestAnswer: 1_000_000 }).chat(REQUEST));
    expect(error.code).toBe("too_large");
  });

  test("an error of the reader comes through as it is", async () => {
    const server = await serve(inPieces(FIXTURES.openai.stream, 50));
    const own = new RangeError("mine");
    await expect(provider("openai", server).stream(REQUEST, () => { throw own; })).rejects.toBe(own);
    expect(server.seen).toHaveLength(1);
  });

  test("an error inside a stream", async () => {
    const events = "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}\n\n";
    expect(await failure(collected("anthropic", await serve(text(events))))).toMatchObject({ code: "server", message: "test: the stream failed: Overloaded" });
  });
});

describe("keys", () => {
  const echo: Answer = (response, request, number) =>
    json({ error: { message: `bad key ${request.headers.authorization ?? ""} in ${JSON.stringify(request.headers)}` } }, 401)(response, request, number);

  test("are not in errors, whatever the server quotes", async () => {
    const error = await failure(provider("openai", await serve(echo)).chat(REQUEST));
    expect(`${error.message} ${error.stack} ${JSON.stringify(error)}`).not.toContain(KEY);
    expect(error.message).toContain("[redacted]");
    const base64 = await serve((response) => { response.writeHead(500).end(Buffer.from(KEY).toString("base64")); });
    expect((await failure(provider("openai", base64).chat(REQUEST))).message).toBe("test: HTTP 500: [redacted]");
  });

  test("are not in answers, also when cut in two", async () => {
    const event = (content: string): string => `data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`;
    const server = await serve(text([...`key=${KEY}.`].map(event).join("") + "data: [DONE]\n\n"));
    const { pieces, response } = await collected("openai", server);
    expect(pieces.join("")).toBe("key=[redacted].");
    expect(JSON.stringify(response)).not.toContain(KEY);
    const call = { id: "c", type: "function", function: { name: "add", arguments: JSON.stringify({ [KEY]: [KEY] }) } };
    const toolServer = await serve(json({ choices: [{ message: { content: KEY, tool_calls: [call] } }] }));
    expect(JSON.stringify(await provider("openai", toolServer).chat(REQUEST))).not.toContain(KEY);
  });

  test("are not in what the provider shows of itself", async () => {
    const shown = provider("openai", { url: "http://127.0.0.1:1", seen: [] });
    expect(JSON.stringify(shown)).toBe("{\"name\":\"test\",\"type\":\"openai\"}");
    const { inspect } = await import("node:util");
    expect(inspect(shown, { depth: 9, showHidden: true })).not.toContain(KEY);
    expect(Object.getOwnPropertyNames(shown)).toEqual(["name", "type"]);
  });

  test("in the address are refused or hidden", async () => {
    const make = (baseUrl: string): HttpProvider => new HttpProvider({ name: "test", dialect: DIALECTS.openai, baseUrl, policy: { ...QUICK, attempts: 1 } });
    expect(() => make("http://user:password@127.0.0.1/v1")).toThrow("user or password in the address");
    expect(() => make("file:///etc/passwd")).toThrow("must begin with http");
    expect(() => make("nonsense")).toThrow("is not a URL");
    const server = await serve((response, request) => { response.writeHead(400).end(request.path); });
    const error = await failure(make(`${server.url}/v1?code=secret-in-query`).chat(REQUEST));
    expect(error.message).toContain("/v1/chat/completions?code=[redacted]");
  });
});

test("Retry-After is seconds or a date", () => {
  expect(retryAfter("3")).toBe(3000);
  expect(retryAfter("Fri, 02 Jan 2026 03:04:05 GMT", Date.parse("2026-01-02T03:04:00Z"))).toBe(5000);
  expect(retryAfter("Fri, 02 Jan 2026 03:04:05 GMT", Date.parse("2027-01-02T03:04:00Z"))).toBe(0);
  expect([null, "", "soon"].map((header) => retryAfter(header))).toEqual([undefined, undefined, undefined]);
});
