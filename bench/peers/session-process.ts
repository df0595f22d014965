// A process that holds one session: `session-process PEER PROGRAM`. It compiles and runs the program once for every
// line on stdin and answers one line of JSON (the first answer includes the compilation).
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { createInterface } from "node:readline";
import type { Reply, Session } from "../lib/session.js";

const [peer = "", file = ""] = process.argv.slice(2);

async function open(): Promise<Session> {
  switch (peer) {
    case "perilune":
      return (await import("./perilune.js")).openPerilune();
    case "wasmoon":
      return (await import("./wasmoon.js")).openWasmoon();
    case "fengari":
      return (await import("./fengari.js")).openFengari();
    default:
      throw new Error(`no peer named ${peer}`);
  }
}

function reply(value: Reply): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

try {
  const session = await open();
  const source = readFileSync(file, "latin1");
  let loaded = false;
  reply({ ready: true });
  for await (const _command of createInterface({ input: process.stdin })) {
    const before = session.instructions?.() ?? 0;
    const start = performance.now();
    if (!loaded) await session.load(source, basename(file));
    loaded = true;
    const output = await session.run();
    const ms = performance.now() - start;
    const after = session.instructions?.();
    reply(after === undefined ? { ms, output } : { ms, output, instructions: after - before });
  }
  session.close?.();
} catch (problem) {
  reply({ error: problem instanceof Error ? problem.message : String(problem) });
  process.exitCode = 1;
}
