// Compares what `npm run bench -- --json FILE` wrote before a change with what it wrote after it, or measures now: is perilune faster,
// slower or the same? The machine's drift, seen on a peer that did not change, is divided out.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readOptions } from "./lib/options.js";
import { median, showMs } from "./lib/stats.js";
import { textTable } from "./lib/text-table.js";
import { type Change, changeOf, overall, showChange } from "./lib/verdict.js";

interface Measured {
  readonly first: readonly number[];
  readonly steady: readonly number[];
}
interface Report {
  readonly about: { readonly node: string; readonly platform: string; readonly rounds: number; readonly coldStarts: number; readonly warmRuns: number };
  readonly rows: readonly { readonly program: string; readonly peers: Readonly<Record<string, Measured | undefined>> }[];
}
type Kind = keyof Measured;

const { options, rest } = readOptions(
  "npm run bench:compare -- BEFORE.json [AFTER.json] [options]\nRatios are after / before: below 1 is faster. Without AFTER the programs of BEFORE are measured now, in the same way.\n" +
    "Ends with status 1 when perilune has become slower.",
  {
    subject: { value: "PEER", help: "the peer that changed (perilune)" },
    control: { value: "PEER", help: "a peer that did not; its change is divided out (the first other one that both files have)" },
    kind: { value: "KIND", help: "which times decide: steady or first (steady)" },
  },
  process.argv.slice(2),
);
const [beforeFile, afterFile] = rest;
if (beforeFile === undefined || (options.kind !== undefined && options.kind !== "steady" && options.kind !== "first")) {
  console.error(beforeFile === undefined ? "a file is needed (--help)" : `--kind: steady or first, not ${options.kind}`);
  process.exit(2);
}
const decides: Kind = options.kind === "first" ? "first" : "steady";
const before = read(beforeFile);
const after = afterFile === undefined ? measureNow(before) : read(afterFile);
const subject = options.subject ?? "perilune";
const has = (report: Report, peer: string): boolean => report.rows.some(({ peers }) => (peers[peer]?.steady.length ?? 0) > 0);
const control = options.control ?? Object.keys(before.rows[0]?.peers ?? {}).find((peer) => peer !== subject && has(before, peer) && has(after, peer));

const changes: Record<Kind, Change[]> = { first: [], steady: [] };
const rows = after.rows.flatMap(({ program, peers }) => {
  const old = before.rows.find((row) => row.program === program)?.peers;
  if (old === undefined) return [];
  const cells = (["first", "steady"] as const).flatMap((kind) => {
    const drift = control === undefined ? 1 : median(peers[control]?.[kind] ?? []) / median(old[control]?.[kind] ?? []);
    const [was, is] = [old[subject]?.[kind] ?? [], peers[subject]?.[kind] ?? []];
    const change = changeOf(was, is, Number.isNaN(drift) ? 1 : drift);
    if (change !== undefined) changes[kind].push(change);
    const shown = change === undefined ? ["-", "-"] : [showChange(change), change.verdict === "same" ? "" : change.verdict];
    return [showMs(median(was)), showMs(median(is)), ...shown];
  });
  return [[program, ...cells]];
});
const whole = { first: overall(changes.first), steady: overall(changes.steady) };
const mean = (change: Change | undefined): string[] => (change === undefined ? ["", "", "-", "-"] : ["", "", showChange(change), change.verdict]);
console.log(textTable(
  ["program", "first before", "after", "ratio [spread]", "", "steady before", "after", "ratio [spread]", ""],
  [...rows, ["all", ...mean(whole.first), ...mean(whole.steady)]],
));
console.log(control === undefined ? "No other peer is in both files: a change of the machine's speed looks like one of the code." : `The change of ${control} is divided out.`);
const verdict = whole[decides];
if (verdict === undefined) {
  console.error(`no program has times of ${subject} in both files`);
  process.exit(2);
}
const count = (wanted: Change["verdict"]): number => changes[decides].filter((change) => change.verdict === wanted).length;
console.log(`${subject} is ${verdict.verdict === "same" ? "as fast as before" : verdict.verdict} (${decides}): ${showChange(verdict)}; ${count("faster")} programs faster, ${count("slower")} slower, ${count("same")} the same`);
process.exit(verdict.verdict === "slower" ? 1 : 0);

function read(file: string): Report {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Report;
  } catch (problem) {
    console.error(`${file}: ${(problem as Error).message}`);
    process.exit(2);
  }
}

/** The same programs and peers, measured with the same settings. */
function measureNow({ about, rows: programs }: Report): Report {
  const folder = mkdtempSync(join(tmpdir(), "perilune-compare-"));
  try {
    const file = join(folder, "after.json");
    const peers = [...new Set(programs.flatMap((row) => Object.keys(row.peers)))].join(",");
    const settings = ["--rounds", about.rounds, "--cold", about.coldStarts, "--warm", about.warmRuns, "--only", programs.map(({ program }) => `${program}.lua`).join(","), "--peers", peers, "--json", file];
    const { status } = spawnSync(process.execPath, ["--import", "tsx", fileURLToPath(new URL("run.ts", import.meta.url)), ...settings.map(String)], { stdio: ["ignore", "ignore", "inherit"] });
    if (status !== 0) process.exit(status ?? 1);
    return read(file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
