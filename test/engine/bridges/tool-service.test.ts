// Tools: what is checked, who may, who is asked.
import { describe, expect, test } from "vitest";
import { Account, Budget } from "../../../src/engine/bridges/services/budget.js";
import type { Tool } from "../../../src/engine/bridges/services/tools.js";
import { ADD, world } from "./support/services.js";

const tool = (changes: Partial<Tool>): Tool => ({ name: "t", description: "A tool", execute: () => "done", ...changes });

describe("tools", () => {
  test("run with checked arguments and results", async () => {
    const { tools, events } = world(undefined, { tools: [ADD, tool({ name: "liar", returns: { type: "number" } })] });
    expect(await tools.execute("add", { a: 1, b: 2 })).toBe(3);
    await expect(tools.execute("add", { a: "1", b: 2 })).rejects.toMatchObject({ code: "invalid_arguments", message: "bad arguments of tool 'add': a: expected number, got string" });
    await expect(tools.execute("liar", {})).rejects.toMatchObject({ code: "invalid_result" });
    await expect(tools.execute("none", {})).rejects.toThrow("no tool 'none'");
    expect(events.map(({ type }) => type).filter((type) => type !== "tool.registered")).toEqual([
      "tool.called", "tool.completed", "tool.called", "tool.failed", "tool.called", "tool.failed",
    ]);
  });

  test("have names that every provider takes, once", () => {
    const { tools } = world(undefined, { tools: [ADD] });
    for (const name of ["", "a b", "a.b", "x".repeat(65), "ä"]) expect(() => tools.register(tool({ name }))).toThrow("is no name for a tool");
    expect(() => tools.register(ADD)).toThrow("registered already");
    expect([tools.unregister("add"), tools.unregister("add"), tools.has("add")]).toEqual([true, false, false]);
  });

  test("are found by category and words, the permitted ones", () => {
    const { tools } = world(undefined, {
      permissions: ["network"],
      tools: [
        ADD, tool({ name: "http_get", description: "Gets a page", category: "http", permission: "network" }),
        tool({ name: "file_read", description: "Reads a page of a file", category: "file", permission: "file.read" }), tool({ name: "number_sum", description: "Sums" }),
      ],
    });
    const names = (query: Parameters<typeof tools.discover>[0]): string[] => tools.discover(query).map(({ name }) => name);
    expect(names({})).toEqual(["add", "http_get", "number_sum"]);
    expect(names({ query: "Page" })).toEqual(["http_get"]);
    expect(names({ query: "number" })).toEqual(["number_sum", "add"]);
    expect(names({ category: "http" })).toEqual(["http_get"]);
    expect(names({ category: "http", query: "numbers" })).toEqual([]);
  });

  test("that need a permission do not run without it", async () => {
    let ran = false;
    const { tools } = world(undefined, { tools: [tool({ permission: "file.read", execute: () => { ran = true; } })] });
    await expect(tools.execute("t", {})).rejects.toMatchObject({ code: "permission", message: "the tool 't' needs the permission 'file.read'" });
    expect(ran).toBe(false);
  });

  test("end after their time, and are told", async () => {
    let told = false;
    const execute: Tool["execute"] = (_, { signal }) => new Promise(() => { signal!.addEventListener("abort", () => { told = true; }); });
    const { tools } = world(undefined, { tools: [tool({ timeout: 20, execute })] });
    await expect(tools.execute("t", {})).rejects.toMatchObject({ code: "timeout" });
    expect(told).toBe(true);
  });

  test("are counted before they run", async () => {
    let runs = 0;
    const { tools } = world(undefined, { tools: [tool({ execute: () => { runs++; } })] });
    const budget = new Budget([new Account("x", { toolCalls: 2 })]);
    await tools.execute("t", {}, { budget });
    await tools.execute("t", {}, { budget });
    await expect(tools.execute("t", {}, { budget })).rejects.toMatchObject({ code: "budget", message: "budget of x exhausted: 3 of 2 tool calls" });
    expect(runs).toBe(2);
  });

  test("go through hooks by name", async () => {
    const seen: string[] = [];
    const { tools } = world(undefined, {
      tools: [ADD],
      around: async (call, args, run) => {
        seen.push(call);
        return run({ ...args, b: 40 });
      },
    });
    expect(await tools.execute("add", { a: 2, b: 2 })).toBe(42);
    expect(seen).toEqual(["tool.add"]);
  });
});

describe("approval", () => {
  const guarded = { ...ADD, requiresApproval: true };

  test("is waited for, and its arguments are used", async () => {
    const { tools, approval } = world(undefined, { tools: [guarded] });
    const told: string[] = [];
    approval.onRequest(({ subject }) => told.push(subject));
    const running = tools.execute("add", { a: 1, b: 2 }, { caller: "helper" });
    await Promise.resolve();
    expect(approval.pending()).toEqual([{ id: "approval-1", kind: "tool", subject: "add", arguments: { a: 1, b: 2 }, caller: "helper", requestedAt: 1000 }]);
    approval.answer("approval-1", { approved: true, arguments: { a: 5, b: 6 } });
    expect(await running).toBe(11);
    expect(approval.pending()).toEqual([]);
    expect(told).toEqual(["add"]);
    expect(() => approval.answer("approval-1", { approved: true })).toThrow("no approval 'approval-1' is pending");
  });

  test("that is refused says why; new arguments are checked like others", async () => {
    const { tools, approval } = world(undefined, { tools: [guarded] });
    const refused = tools.execute("add", { a: 1, b: 2 });
    approval.answer("approval-1", { approved: false, note: "too risky" });
    await expect(refused).rejects.toMatchObject({ code: "not_approved", message: "tool 'add' was not approved: too risky" });
    const wrong = tools.execute("add", { a: 1, b: 2 });
    approval.answer("approval-2", { approved: true, arguments: { a: 1 } });
    await expect(wrong).rejects.toMatchObject({ code: "invalid_arguments" });
  });

  test("is not asked for when the arguments are wrong, and disappears with its caller", async () => {
    const { tools, approval } = world(undefined, { tools: [guarded] });
    await expect(tools.execute("add", {})).rejects.toMatchObject({ code: "invalid_arguments" });
    const abort = new AbortController();
    const running = tools.execute("add", { a: 1, b: 2 }, { signal: abort.signal });
    expect(approval.pending()).toHaveLength(1);
    abort.abort(new Error("gone"));
    await expect(running).rejects.toThrow("gone");
    expect(approval.pending()).toEqual([]);
  });
});
