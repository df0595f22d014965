// Providers over a fetch of the host's own: whatever it does, a call settles, and in time.
import { describe, expect, test, vi } from "vitest";
import type { ProviderError } from "../../../src/engine/bridges/services/providers/chat.js";
import { DIALECTS } from "../../../src/engine/bridges/services/providers/dialects.js";
import type { Fetch, HttpAnswer } from "../../../src/engine/bridges/services/providers/http.js";
import { HttpProvider } from "../../../src/engine/bridges/services/providers/http-provider.js";
import { Stop } from "../../../src/engine/bridges/services/stop.js";

const REQUEST = { model: "m", messages: [{ role: "user", content: "hello" }] } as const;
const BODY = JSON.stringify({ model: "m", choices: [{ message: { role: "assistant", content: "hi" }, finish_reason: "stop" }] });

function provider(fetch: Fetch, timeout = 5000): HttpProvider {
  return new HttpProvider({ name: "own", dialect: DIALECTS.openai, baseUrl: "http://127.0.0.1:1", fetch, policy: { attempts: 1, timeout } });
}

const answer = (fields: Partial<HttpAnswer>): HttpAnswer => ({ status: 200, headers: { get: () => null }, body: null, ...fields });
const codeOf = (call: Promise<unknown>): Promise<string> => call.then(() => "fulfilled", (error: ProviderError) => error.code);
const never = (): Promise<never> => new Promise(() => {});

describe("a fetch that", () => {
  test.each<[string, Fetch, string]>([
    ["throws", () => { throw new Error("no network"); }, "network"],
    ["rejects", () => Promise.reject(new Error("no network")), "network"],
    ["answers nothing", () => Promise.resolve(undefined as unknown as HttpAnswer), "network"],
    ["answers with a text that throws", () => Promise.resolve(answer({ text: () => { throw new Error("gone"); } })), "network"],
    ["answers with a text that rejects", () => Promise.resolve(answer({ text: () => Promise.reject(new Error("gone")) })), "cut_off"],
    ["answers with a text that is too large", () => Promise.resolve(answer({ text: () => Promise.reject(new RangeError("large")) })), "too_large"],
    ["answers with a text that is there", () => Promise.resolve(answer({ text: () => BODY })), "fulfilled"],
    ["answers with a text that comes", () => Promise.resolve(answer({ text: () => Promise.resolve(BODY) })), "fulfilled"],
    ["answers with a text that is no JSON", () => Promise.resolve(answer({ text: () => "<html>" })), "malformed"],
  ])("%s", async (_, fetch, code) => {
    expect(await codeOf(provider(fetch).chat(REQUEST))).toBe(code);
  });
});

describe("patience", () => {
  test("is over for each that waits, whoever else is answered in the meantime", async () => {
    let count = 0;
    const own = provider(() => (count++ % 2 === 0 ? never() : Promise.resolve(answer({ text: () => BODY }))), 30);
    const calls: Promise<string>[] = [];
    for (let i = 0; i < 10; i++) {
      calls.push(codeOf(own.chat(REQUEST)));
      await new Promise((resolve) => { setTimeout(resolve, 5); });
    }
    expect(await Promise.all(calls)).toEqual(Array.from({ length: 10 }, (_, i) => (i % 2 === 0 ? "timeout" : "fulfilled")));
  });

  test("is over as well for a text that does not come", async () => {
    expect(await codeOf(provider(() => Promise.resolve(answer({ text: never })), 20).chat(REQUEST))).toBe("timeout");
  });

  test("of others goes on when one is cancelled", async () => {
    const own = provider(never, 40);
    const stops = [new Stop(), new Stop(), new Stop()];
    const calls = stops.map((stop) => codeOf(own.chat(REQUEST, stop)));
    stops[1]!.stop("enough");
    expect(await calls[1]).toBe("cancelled");
    expect(await Promise.all(calls)).toEqual(["timeout", "cancelled", "timeout"]);
  });

  test("leaves no timer behind", async () => {
    const set = vi.spyOn(globalThis, "setTimeout");
    const cleared = vi.spyOn(globalThis, "clearTimeout");
    const own = provider(() => Promise.resolve(answer({ text: () => BODY })), 4321);
    await Promise.all([1, 2, 3].map(() => own.chat(REQUEST)));
    const timers = set.mock.results.filter((_, i) => set.mock.calls[i]![1] === 4321).map(({ value }) => value as unknown);
    const left = timers.filter((timer) => !cleared.mock.calls.some(([each]) => each === timer));
    vi.restoreAllMocks();
    expect([timers.length, left.length]).toEqual([1, 0]);
  });
});
