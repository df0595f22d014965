// One bundle of the smoke test, in each kind of place the engine promises to run in: a page in headless Chromium with and without a
// content security policy that forbids `eval`, a worker, Node with code generation forbidden, and a context with no host globals.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createContext, runInContext } from "node:vm";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { SmokeResult } from "./smoke.js";

const BROWSERS = [process.env["PERILUNE_BROWSER"] ?? "", "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", "/usr/bin/google-chrome-stable"];
const browser = BROWSERS.find((path) => path !== "" && existsSync(path));
if (browser === undefined) console.warn("test/browser: no Chromium found (set PERILUNE_BROWSER, or install Debian's package chromium): pages are not tested");

const folder = mkdtempSync(join(tmpdir(), "perilune-browser-"));
let bundle = "";

beforeAll(async () => {
  const { outputFiles } = await build({
    entryPoints: ["test/browser/smoke.ts"], bundle: true, write: false, format: "iife", globalName: "perilune", platform: "browser",
    target: "es2022", define: { __DEV__: "false" }, logLevel: "error", // an import of node:… fails here
  });
  bundle = outputFiles[0]!.text;
});

// a browser that was killed still writes its profile for a moment
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }));

function passed(result: SmokeResult, allowsCode: boolean): void {
  expect(result.failures).toEqual([]);
  expect(result.checks).toBeGreaterThan(10);
  expect(result.allowsCode).toBe(allowsCode);
}

describe("Node", () => {
  const run = (...options: string[]): SmokeResult => {
    const file = join(folder, "smoke.cjs");
    writeFileSync(file, `${bundle}\nperilune.smoke().then((result) => console.log(JSON.stringify(result)));`);
    const { stdout, stderr } = spawnSync(process.execPath, [...options, file], { encoding: "utf8", timeout: 60_000 });
    expect(stderr).toBe("");
    return JSON.parse(stdout) as SmokeResult;
  };

  test("as it is", () => passed(run(), true), 60_000);
  test("without code generation from strings", () => passed(run("--disallow-code-generation-from-strings"), false), 60_000);
});

test("a context that has the language and what every platform of the web has, nothing of Node", async () => {
  const platform = { TextEncoder, TextDecoder, AbortController, AbortSignal, performance, setTimeout, clearTimeout, queueMicrotask, structuredClone, MessageChannel };
  const context = createContext({ ...platform }, { codeGeneration: { strings: false, wasm: false } });
  const result = (await runInContext(`${bundle}\nperilune.smoke()`, context)) as SmokeResult;
  passed({ ...result, failures: [...result.failures] }, false);
}, 60_000);

/** Page and script of one visit; the page tells the server what it found. */
const PAGE = "<!doctype html><meta charset=\"utf-8\"><title>smoke</title><script src=\"/bundle.js\"></script><script src=\"/in-PLACE.js\"></script>";
const TELL = "fetch('/result', { method: 'POST', body: JSON.stringify(result) })";
const PLACES: Readonly<Record<string, string>> = {
  page: `perilune.smoke().then((result) => ${TELL});`,
  worker: `new Worker('/worker.js').onmessage = ({ data: result }) => ${TELL};`,
};

/** Every script of the pages, by name. */
const scripts = (): Readonly<Record<string, string | undefined>> => ({
  "bundle.js": bundle,
  "in-page.js": PLACES["page"],
  "in-worker.js": PLACES["worker"],
  "worker.js": "importScripts('/bundle.js');\nperilune.smoke().then((result) => postMessage(result));",
});

describe.skipIf(browser === undefined)("Chromium", () => {
  let server: Server;
  let policy: string | undefined;
  let found: (result: SmokeResult) => void = () => {};
  let visitor: ChildProcess | undefined;

  beforeAll(async () => {
    server = createServer((request, response) => {
      const path = (request.url ?? "/").slice(1);
      if (path === "result") {
        let body = "";
        request.on("data", (piece) => (body += String(piece))).on("end", () => {
          response.end();
          found(JSON.parse(body) as SmokeResult);
        });
        return;
      }
      if (policy !== undefined) response.setHeader("content-security-policy", policy);
      const file = Object.hasOwn(PLACES, path) ? PAGE.replace("PLACE", path) : scripts()[path];
      if (file === undefined) response.writeHead(404).end();
      else response.setHeader("content-type", path.endsWith(".js") ? "text/javascript" : "text/html").end(file);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });

  afterAll(async () => {
    visitor?.kill("SIGKILL");
    await new Promise((resolve) => server.close(resolve));
  });

  async function visit(place: string, contentPolicy: string | undefined): Promise<SmokeResult> {
    policy = contentPolicy;
    const profile = mkdtempSync(join(folder, "profile-"));
    const answer = new Promise<SmokeResult>((resolve) => (found = resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/${place}`;
    visitor = spawn(browser!, [
      "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
      "--disable-sync", "--disable-dev-shm-usage", `--user-data-dir=${profile}`, url,
    ], { stdio: "ignore" });
    try {
      return await answer;
    } finally {
      const ended = new Promise((resolve) => visitor!.once("exit", resolve));
      visitor.kill("SIGKILL");
      await ended;
      visitor = undefined;
    }
  }

  const STRICT = "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'";
  test("a page", async () => passed(await visit("page", undefined), true), 90_000);
  test("a page whose policy forbids eval", async () => passed(await visit("page", STRICT), false), 90_000);
  test("a worker", async () => passed(await visit("worker", undefined), true), 90_000);
  test("a worker whose policy forbids eval", async () => passed(await visit("worker", STRICT), false), 90_000);
});
