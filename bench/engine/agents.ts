// 1,000 scripts at once on one thread, each running an agent with two tool calls against an HTTP server that takes 50 ms for an
// answer: how near the whole comes to the time that the waits alone take, and what memory a script needs. The server runs in a
// process of its own, and so do the scripts: from a bundle and without a loader, as users have it.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { numberOption, readOptions } from "../lib/options.js";
import { median } from "../lib/stats.js";
import { textTable } from "../lib/text-table.js";
import type { Rounds } from "./agents-rounds.js";
import type { Outcome } from "./agents-scene.js";

const { options } = readOptions(
  "node --import tsx bench/engine/agents.ts [options]\nMany agents at once, against a local server with latency.",
  { scripts: { value: "N", help: "scripts at once (1000)" }, latency: { value: "MS", help: "of each answer (50)" }, rounds: { value: "N", help: "rounds (7)" } },
  process.argv.slice(2),
);
const scripts = numberOption(options.scripts, 1000, "scripts");
const latency = numberOption(options.latency, 50, "latency");
const rounds = numberOption(options.rounds, 7, "rounds");

async function bundle(folder: string, name: string): Promise<string> {
  const outfile = join(folder, `${name}.mjs`);
  await build({
    entryPoints: [fileURLToPath(new URL(`${name}.ts`, import.meta.url))], outfile, bundle: true, format: "esm", platform: "node", mainFields: ["module", "main"],
    define: { __DEV__: "false" }, banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" }, logLevel: "error",
  });
  return outfile;
}

function serverUrl(server: ChildProcess): Promise<string> {
  return new Promise((resolve) => { server.stdout!.once("data", (port: Buffer) => resolve(`http://127.0.0.1:${String(port).trim()}/v1`)); });
}

/** Rounds before the first one that counts: a host that runs a thousand agents has run for a while. */
const WARM_ROUNDS = 6;

/** A setting that a host of many agents may start Node with: V8 then moves what is alive less often. */
const ROOMY = "--max-semi-space-size=128";

async function roundsWith(flags: readonly string[], file: string, url: string): Promise<Rounds> {
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, file, url, String(scripts), String(WARM_ROUNDS), String(rounds)]);
  return JSON.parse(stdout) as Rounds;
}

const folder = mkdtempSync(join(tmpdir(), "agents-bench-"));
const serverFile = await bundle(folder, "agents-server");
const start = (milliseconds: number): ChildProcess => spawn(process.execPath, [serverFile, String(milliseconds)], { stdio: ["pipe", "pipe", "inherit"] });
const server = start(latency);
const slowServer = start(5000); // so that all scripts wait at the same time
try {
  const slowUrl = serverUrl(slowServer);
  const url = await serverUrl(server);
  const roundsFile = await bundle(folder, "agents-rounds");
  const { first, outcomes, floors } = await roundsWith([], roundsFile, url);
  const { outcomes: roomy } = await roundsWith([ROOMY], roundsFile, url);
  const { scene, CALLS_IN_TURN } = (await import(pathToFileURL(await bundle(folder, "agents-scene")).href)) as typeof import("./agents-scene.js");
  const least = CALLS_IN_TURN * latency;
  await scene(url, scripts); // what is made once is not one script's
  const memory = await scene(await slowUrl, scripts, { inspect: true });
  const elapsed = median(outcomes.map((outcome) => outcome.elapsed));
  const all = (of: (outcome: Outcome) => number, wanted: number): string => (outcomes.every((outcome) => of(outcome) === wanted) ? String(wanted) : outcomes.map(of).join(", "));
  console.log(textTable(["", "measured", "target"], [
    ["scripts finished", all((outcome) => outcome.finished, scripts), String(scripts)],
    ["model calls", all((outcome) => outcome.modelCalls, scripts * CALLS_IN_TURN), String(scripts * CALLS_IN_TURN)],
    ["tool calls", all((outcome) => outcome.toolCalls, scripts * 2), String(scripts * 2)],
    ["least time, the waits alone", `${least} ms`, ""],
    ["time, median of the rounds", `${elapsed.toFixed(0)} ms`, `${3 * least} ms`],
    ["times the least", (elapsed / least).toFixed(2), "3.00"],
    ["rounds", outcomes.map((outcome) => outcome.elapsed.toFixed(0)).join(" "), ""],
    ["least of the rounds", Math.min(...outcomes.map((outcome) => outcome.elapsed)).toFixed(0), ""],
    ["first round of the process", `${first.elapsed.toFixed(0)} ms`, ""],
    ["the requests alone, by the bare transport", `${median(floors.map((cost) => cost.elapsed)).toFixed(0)} ms`, ""],
    ["processor time of these", `${median(floors.map((cost) => cost.cpu)).toFixed(0)} ms`, ""],
    ["processor time of it, median", `${median(outcomes.map((outcome) => outcome.cpu)).toFixed(0)} ms`, ""],
    [`time with ${ROOMY}`, `${median(roomy.map((outcome) => outcome.elapsed)).toFixed(0)} ms`, ""],
    ["processor time with it", `${median(roomy.map((outcome) => outcome.cpu)).toFixed(0)} ms`, ""],
    ["heap a script, context made", `${(memory.idleBytes / 1024).toFixed(1)} KiB`, ""],
    ["heap a script, waiting for the model", `${(memory.waitingBytes / 1024).toFixed(1)} KiB`, ""],
  ]));
  for (const error of new Set(outcomes.flatMap((outcome) => outcome.errors))) console.log(error);
} finally {
  server.kill();
  slowServer.kill();
  rmSync(folder, { recursive: true, force: true });
}
