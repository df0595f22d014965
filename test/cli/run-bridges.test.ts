// `perilune run --bridges`: agent scripts on the command line.
import { spawn } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { FIXTURES } from "../engine/bridges/fixtures/dialects.js";
import { json, serve } from "../engine/bridges/support/http-server.js";
import { builtCli } from "../support/cli.js";
import { temporaryDirectory } from "../support/files.js";

const directory = temporaryDirectory();
const KEY = "sk-test-0123456789abcdef";

function script(name: string, text: string): string {
  const path = `${directory.path}/${name}`;
  writeFileSync(path, text);
  return path;
}

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the command beside this process, which may be its server. */
function run(args: readonly string[], { env = {}, input = "" }: { env?: Record<string, string>; input?: string } = {}): Promise<Ended> {
  const path = builtCli();
  const child = spawn(process.execPath, [path, "run", ...args], { env: { PATH: process.env["PATH"] ?? "", ...env }, stdio: "pipe" });
  child.stdin.end(input);
  let [out, err] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => { out += text; });
  child.stderr.setEncoding("utf8").on("data", (text: string) => { err += text; });
  return new Promise((resolve) => { child.on("close", (code) => resolve({ code, out, err: err.replaceAll(path, "perilune") })); });
}

let hello = "";
beforeAll(() => {
  hello = script("hello.lua", 'local agent = require "perilune.agent" print(agent.create{ name = "a", provider = "openai", model = "m" }:run(... or "Hi").content)');
});

describe("run --bridges", () => {
  test("the script of npm start prints answer, tool calls, events and meter", async () => {
    const { code, out, err } = await run(["--bridges", "all", "--sandbox", "restricted", "--limit-instructions", "5M", "--limit-memory", "32MB", "--limit-time", "30s", "--events", "--stats", "examples/lua/agent.lua"]);
    expect([code, out]).toEqual([0, expect.stringContaining("answer:     The ride takes 150 minutes, so the train arrives at 12:10.")]);
    expect(out).toContain("calculate(expression = 210 / 84 * 60) -> 150");
    for (const line of ["stand for the offline provider", "agent.started            name=helper", "tool.completed           name=add_minutes agent=helper", "meter:\n  instructions:"]) expect(err).toContain(line);
  });

  test.each(readdirSync("examples/lua").filter((name) => name !== "word_count.lua"))("%s runs offline", async (name) => {
    const { code, err } = await run(["--bridges=all", "--approve", "all", `examples/lua/${name}`]);
    expect([code, err.replace(/perilune: no provider is configured.*\n/, "")]).toEqual([0, ""]);
  });

  test("asks a real endpoint, with a key from the environment that the script cannot see", async () => {
    const server = await serve(json(FIXTURES.openai.chat));
    const { code, out } = await run(["--bridges", "agent", "--provider", `openai=${server.url}/v1`, hello], { env: { OPENAI_API_KEY: KEY } });
    expect([code, out]).toEqual([0, "Grüße, Welt\n"]);
    expect(server.seen[0]!.headers.authorization).toBe(`Bearer ${KEY}`);
    const spy = script("spy.lua", 'print(os.getenv and pcall(os.getenv, "OPENAI_API_KEY")) print(pcall(require, "perilune.provider"))');
    const { out: spied } = await run(["--bridges", "agent", "--provider", `openai=${server.url}/v1`, spy], { env: { OPENAI_API_KEY: KEY } });
    expect(spied).not.toContain(KEY);
    expect(spied).toContain("false");
    const failing = await serve((response, request, number) => json({ error: { message: `no: ${request.headers.authorization ?? ""}` } }, 401)(response, request, number));
    const failed = await run(["--bridges", "all", "--provider", `mine:openai=${failing.url}/v1`, script("fails.lua", 'require "perilune.agent".create{ name = "a", provider = "mine" }:run("x")')], { env: { MINE_API_KEY: KEY } });
    expect([failed.code, failed.err]).toEqual([1, expect.stringContaining("agent.run: mine: HTTP 401: no: Bearer [redacted]")]);
    expect(failed.out + failed.err).not.toContain(KEY);
  });

  test("asks on the terminal for approvals", async () => {
    const { code, out, err } = await run(["--bridges", "all", "--approve", "ask", "examples/lua/approval.lua"], { input: "y\nno\nn\n" });
    expect(code).toBe(0);
    expect(err).toContain("janitor asks: allow tool 'delete_file' {\"path\":\"old.log\"}? [y/N]");
    expect(out).toContain("deleted: old.log\n");
  });

  test("keeps memory in a directory from one run to the next", async () => {
    const args = ["--bridges", "memory", "--store", `${directory.path}/store`];
    await run([...args, script("put.lua", 'require "perilune.memory".store("k", "kept", { type = "persistent", scope = "global" })')]);
    expect((await run([...args, script("get.lua", 'print(require "perilune.memory".retrieve("k", { scope = "global" }))')])).out).toBe("kept\n");
  });

  test("lets tools reach what is allowed", async () => {
    const file = script("note.txt", "a note");
    const read = script("read.lua", `print(pcall(require("perilune.tool").execute, "file_read", { path = ${JSON.stringify(file)} }))`);
    expect((await run(["--bridges", "tool", read])).out).toContain("false");
    expect((await run(["--bridges", "tool", "--allow-read", directory.path, read])).out).toBe("true\ta note\n");
    const server = await serve(json({ ok: true }));
    const get = script("get-url.lua", `local r = require("perilune.tool").execute("http_request", { url = "${server.url}/x" }) print(r.status, r.body)`);
    expect((await run(["--bridges", "tool", get])).err).toContain("needs the permission 'network'");
    expect((await run(["--bridges", "tool", "--allow-net", "127.0.0.1", get])).out).toBe("200\t{\"ok\":true}\n");
  });

  test("has limits and budgets, with their own exit code", async () => {
    const loop = script("loop.lua", "pcall(function() while true do end end)");
    expect(await run(["--bridges", "all", "--limit-instructions", "1M", loop])).toMatchObject({ code: 3, err: "perilune: instruction limit reached (1000000)\n" });
    const spend = script("spend.lua", 'local a = require "perilune.agent".create{ name = "a" } a:run("x") a:run("x")');
    expect(await run(["--bridges", "all", "--budget", "model_calls=1", spend])).toMatchObject({ code: 1, err: expect.stringContaining("budget of this context exhausted: 2 of 1 model calls") as string });
  });

  test.each([
    [["--bridges", "nope"], "no bridge is called 'nope'"], [["--bridges", "all", "--provider", "nonsense"], "cannot read 'nonsense'"], [["--bridges", "all", "--approve", "maybe"], "'maybe' is not 'ask'"],
    [["--bridges", "all", "--budget", "tea=1"], "cannot read 'tea=1'"], [["--bridges", "all", "--sandbox", "x"], "'x' is not 'none'"], [["--bridges", "all", "--frobnicate"], "unrecognized option"],
  ])("%j makes no sense", async (args, message) => {
    const { code, err } = await run([...args, hello]);
    expect([code, err]).toEqual([2, expect.stringContaining(message)]);
    expect(err).toContain("usage: perilune run --bridges LIST");
  });

  test("without a script, or with one that is not there", async () => {
    expect(await run(["--bridges", "all"])).toMatchObject({ code: 2, err: expect.stringContaining("no script given") as string });
    expect(await run(["--bridges", "all", "/nowhere.lua"])).toMatchObject({ code: 2, err: expect.stringContaining("cannot open '/nowhere.lua'") as string });
    expect((await run(["--bridges", "all", "--help"])).out).toContain("--provider NAME=URL");
  });
});
