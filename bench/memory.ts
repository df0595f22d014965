// What values weigh: the memory of a process that holds many of them, above that of one that holds none, for each Lua that is found; and
// what perilune's own accounting says. Needs /proc, so it measures on Linux only.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createState } from "../src/index.js";
import { machine, markdownTable, writeSection } from "./lib/document.js";
import { numberOption, readOptions } from "./lib/options.js";
import { clearProgress, progress } from "./lib/progress.js";
import { median } from "./lib/stats.js";
import { textTable } from "./lib/text-table.js";
import { HOLDINGS, type Holding, NOTHING } from "./memory-cases.js";
import { choosePeers } from "./peers/choose.js";
import { type Peer, stopAllPeers } from "./peers/peer.js";

const { options } = readOptions(
  "npm run bench:memory -- [options]\nBytes that values weigh, by the size of the process.",
  {
    only: { value: "A,B", help: "only what contains one of these in its name" },
    peers: { value: "A,B", help: "as for `npm run bench` (all found, fengari too)" },
    rounds: { value: "N", help: "processes of each kind (3)" },
    report: { help: "also write the section of docs/benchmarks.md" },
  },
  process.argv.slice(2),
);
if (!existsSync("/proc/self/status")) {
  console.error("this system has no /proc: nothing is measured");
  process.exit(0);
}
const rounds = Math.max(1, numberOption(options.rounds, 3, "rounds"));
const wanted = options.only?.split(",") ?? [""];
const holdings = HOLDINGS.filter(({ name }) => wanted.some((part) => name.includes(part)));
const peers = await choosePeers(options.peers?.split(",") ?? ["perilune", "lua5.4", "luajit", "wasmoon", "fengari"]);

const folder = mkdtempSync(join(tmpdir(), "perilune-memory-"));
process.on("SIGINT", () => {
  stopAllPeers();
  rmSync(folder, { recursive: true, force: true });
  process.exit(130);
});

/** Resident bytes of a process that has run the program and holds what it made; undefined when it failed. */
async function resident(peer: Peer, program: string): Promise<number | undefined> {
  const file = join(folder, "program.lua");
  writeFileSync(file, `${program}\npcall(collectgarbage) pcall(collectgarbage)`); // fengari has none
  const running = await peer.start(file);
  try {
    await running.run();
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${running.pid}/status`, "utf8"))![1]) * 1024;
  } catch {
    return undefined;
  } finally {
    running.stop();
  }
}

/** Bytes that perilune's meter of memory counts for each. */
function accounted({ program, count }: Holding): number {
  const state = createState();
  const before = state.memory.inUse;
  state.call(state.load(program, "=holding"));
  state.call(state.load("collectgarbage()", "=collect"));
  return (state.memory.inUse - before) / count;
}

const empty = new Map<Peer, number>();
for (const peer of peers) empty.set(peer, (await weights(peer, NOTHING)) ?? NaN);

async function weights(peer: Peer, program: string): Promise<number | undefined> {
  const found: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const bytes = await resident(peer, program);
    if (bytes === undefined) return undefined;
    found.push(bytes);
  }
  return median(found);
}

const rows: string[][] = [["the process that holds nothing", "", ...peers.map((peer) => `${(empty.get(peer)! / 1e6).toFixed(0)} MB`), ""]];
for (const [index, holding] of holdings.entries()) {
  const cells: string[] = [];
  for (const peer of peers) {
    progress(`[${index + 1}/${holdings.length}] ${holding.name}: ${peer.name}`);
    const bytes = await weights(peer, holding.program);
    cells.push(bytes === undefined ? "-" : ((bytes - empty.get(peer)!) / holding.count).toFixed(0));
  }
  rows.push([holding.name, holding.count.toLocaleString("en-US"), ...cells, accounted(holding).toFixed(0)]);
}
clearProgress();
rmSync(folder, { recursive: true, force: true });
const header = ["bytes each", "how many", ...peers.map(({ name }) => name), "accounted by perilune"];
console.log(textTable(header, rows));
console.log("Resident memory of the process after collectgarbage(); in JavaScript processes it includes garbage that the engine has not returned.");
if (options.report !== undefined && options.only === undefined) {
  writeSection("memory", `## Memory

\`npm run bench:memory -- ${process.argv.slice(2).join(" ")}\` on ${machine()}. Resident memory of a process that holds so many of a thing, less that of one that
holds nothing, for each, after \`collectgarbage()\`; median of ${rounds} processes. In JavaScript processes that includes garbage which the JavaScript engine
has not returned to the system. The last column is what perilune's memory limit counts.

${markdownTable(header, rows)}
`);
  console.log("docs/benchmarks.md: section memory written");
}
process.exit(0);
