// The benchmark: every program in bench/programs on perilune and its peers, in turns, answers compared.
//
// Each peer runs a program in a fresh process. The first execution there (compilation included) is the "first" time; after
// some executions that warm it up, the peers take turns (A B A B ...) and the "steady" times are collected. A ratio is the
// median of the quotients of the rounds. A wrong answer has no time.
import { readdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ratioChart } from "./lib/chart.js";
import { type SectionName, machine, markdownTable, writeSection, writeSpeed } from "./lib/document.js";
import { numberOption, readOptions } from "./lib/options.js";
import { clearProgress, progress } from "./lib/progress.js";
import { geometricMean, median, pairedRatio, showMs, showRatio } from "./lib/stats.js";
import { textTable } from "./lib/text-table.js";
import { choosePeers } from "./peers/choose.js";
import { type Peer, type PeerProcess, stopAllPeers } from "./peers/peer.js";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const PROGRAMS = join(ROOT, "bench/programs");
const SUBJECT = "perilune";

const { options } = readOptions(
  "npm run bench -- [options]\nRuns bench/programs on perilune (the build in dist/) and its peers; times in ms, ratios are perilune / peer.",
  {
    only: { value: "A,B", help: "only the programs whose names contain one of these" },
    rounds: { value: "N", help: "measured rounds for the steady state (5)" },
    cold: { value: "N", help: "fresh processes for the first-run time (3)" },
    warm: { value: "N", help: "executions before the steady state is measured, the first included (3)" },
    peers: { value: "A,B", help: "perilune, wasmoon, fengari, lua5.4, luajit or a path (all found, save fengari)" },
    json: { value: "FILE", help: "also write every time measured to FILE" },
    report: { help: "also write a section of docs/benchmarks.md and its charts" },
    section: { value: "NAME", help: "which: programs, or slow (of peers that take too long for all programs) (programs)" },
    list: { help: "list the programs and end" },
  },
  process.argv.slice(2),
);

/** What one peer did with one program. */
interface Measured {
  first: number[];
  steady: number[];
  /** VM instructions of one execution, from peers that count. */
  instructions?: number;
  problem?: string;
}

interface Row {
  readonly program: string;
  readonly peers: Record<string, Measured>;
}

const rounds = numberOption(options.rounds, 5, "rounds");
const coldStarts = Math.max(1, numberOption(options.cold, 3, "cold"));
const warmRuns = Math.max(1, numberOption(options.warm, 3, "warm"));
const wanted = options.only?.split(",") ?? [""];
const programs = readdirSync(PROGRAMS)
  .filter((file) => file.endsWith(".lua") && wanted.some((part) => file.includes(part)))
  .sort();
if (options.list !== undefined) {
  console.log(programs.map((file) => basename(file, ".lua")).join("\n"));
  process.exit(0);
}

if (programs.length === 0) {
  console.error(`no program matches ${options.only} (--list names them)`);
  process.exit(2);
}

const peers = await choosePeers(options.peers?.split(","));
if (peers.length === 0) process.exit(2);
const rows: Row[] = [];

const interrupted = (): void => {
  stopAllPeers();
  finish("interrupted; these programs were complete:");
  process.exit(130);
};
process.on("SIGINT", interrupted);
process.on("SIGTERM", interrupted);

for (const [index, file] of programs.entries()) {
  const row = await measure(file, (step) => progress(`[${index + 1}/${programs.length}] ${basename(file, ".lua")}: ${step}`));
  rows.push(row);
}
finish();
process.exit(rows.some((row) => row.peers[SUBJECT]?.problem !== undefined) ? 1 : 0);

async function measure(file: string, say: (step: string) => void): Promise<Row> {
  const program = basename(file, ".lua");
  const row: Row = { program, peers: {} };
  const running = new Map<Peer, PeerProcess>();
  const answers = new Map<string, string>();
  for (const peer of peers) row.peers[peer.name] = { first: [], steady: [] };

  /** One execution; a failing peer drops out of the program. */
  const execute = async (peer: Peer, kind: "first" | "warm" | "steady"): Promise<void> => {
    const measured = row.peers[peer.name]!;
    if (measured.problem !== undefined) return;
    try {
      if (kind === "first") {
        running.get(peer)?.stop();
        running.set(peer, await peer.start(join(PROGRAMS, file)));
      }
      const { ms, output, instructions } = await running.get(peer)!.run();
      if (kind !== "warm") measured[kind].push(ms);
      if (instructions !== undefined) measured.instructions = instructions;
      if ((answers.get(peer.name) ?? output) !== output) measured.problem = "its answer changes";
      answers.set(peer.name, output);
    } catch (problem) {
      measured.problem = problem instanceof Error ? problem.message : String(problem);
    }
  };

  const schedule = [
    ...Array.from({ length: coldStarts }, () => "first" as const),
    ...Array.from({ length: warmRuns - 1 }, () => "warm" as const),
    ...Array.from({ length: rounds }, () => "steady" as const),
  ];
  for (const [turn, kind] of schedule.entries())
    for (const peer of peers) {
      say(`${peer.name} ${kind} ${turn + 1}/${schedule.length}`);
      await execute(peer, kind);
    }
  for (const process of running.values()) process.stop();
  judgeAnswers(row, answers);
  return row;
}

/** The right answer is C Lua's: that of the first peer that is C Lua, else the subject's own. */
function judgeAnswers(row: Row, answers: ReadonlyMap<string, string>): void {
  const authority = peers.find((peer) => /^wasmoon$|lua5\.4|\/lua$/.test(peer.name) && answers.has(peer.name)) ?? peers[0];
  const right = authority && answers.get(authority.name);
  for (const [name, measured] of Object.entries(row.peers)) {
    const answer = answers.get(name);
    if (measured.problem === undefined && answer !== right) measured.problem = `wrong answer: ${answer} instead of ${right}`;
    if (measured.problem !== undefined) measured.first = measured.steady = [];
  }
}

function finish(note?: string): void {
  clearProgress();
  if (note !== undefined) console.log(note);
  const names = peers.map((peer) => peer.name);
  const others = names.includes(SUBJECT) ? names.filter((name) => name !== SUBJECT) : [];
  const header = [
    "program",
    ...names.flatMap((name) => [`${name} first`, "steady"]),
    ...others.flatMap((name) => [`/${name} first`, "steady [range]"]),
    ...(others.length > 0 ? ["Minstr/s"] : []),
  ];
  const body = rows.map((row) => {
    const subject = row.peers[SUBJECT];
    const speed = subject?.instructions === undefined ? NaN : subject.instructions / median(subject.steady) / 1000;
    return [
      row.program,
      ...names.flatMap((name) => timesOf(row.peers[name]!)),
      ...others.flatMap((name) => ratiosOf(subject!, row.peers[name]!)),
      ...(others.length > 0 ? [Number.isNaN(speed) ? "-" : speed.toFixed(0)] : []),
    ];
  });
  if (body.length > 0 && others.length > 0) body.push(meansRow(names, others));
  console.log(textTable(header, body));
  for (const row of rows)
    for (const [name, { problem }] of Object.entries(row.peers)) if (problem !== undefined) console.log(`${row.program}: ${name}: ${problem}`);
  if (others.length > 0) console.log(`Ratios are ${SUBJECT} / peer: below 1 perilune is faster. Its instruction meter and a memory limit were on.`);
  if (options.report !== undefined && note === undefined) writeReport(others);
  if (options.json !== undefined) {
    const about = { node: process.version, platform: `${process.platform} ${process.arch}`, rounds, coldStarts, warmRuns };
    writeFileSync(options.json, `${JSON.stringify({ about, rows }, null, 1)}\n`);
  }
}

/** A section of docs/benchmarks.md, with a chart for each peer. */
function writeReport(others: readonly string[]): void {
  const section = sectionNamed(options.section ?? "programs");
  const charts = section === "slow" ? [] : others.map((name) => {
    const bars = rows.flatMap((row) => {
      const ratio = pairedRatio(row.peers[SUBJECT]!.steady, row.peers[name]!.steady);
      return ratio === undefined ? [] : [{ label: row.program, ratio: ratio.median, low: ratio.low, high: ratio.high }];
    }).sort((a, b) => a.ratio - b.ratio);
    const file = `benchmarks-${name.replace(/[^\w.]+/g, "-")}.svg`;
    writeFileSync(join(ROOT, "docs", file), ratioChart(`time of ${SUBJECT} / time of ${name}`, bars));
    return `![${SUBJECT} against ${name}](${file})`;
  });
  const header = ["program", `${SUBJECT} ms`, ...others.flatMap((name) => [`first / ${name}`, `steady / ${name} [spread]`])];
  const body = rows.map((row) => [
    row.program, showMs(median(row.peers[SUBJECT]!.steady)), ...others.flatMap((name) => ratiosOf(row.peers[SUBJECT]!, row.peers[name]!)),
  ]);
  const means = meansRow([], others);
  const problems = rows.flatMap((row) => Object.entries(row.peers).flatMap(([name, { problem }]) => (problem === undefined ? [] : [`- ${row.program}, ${name}: ${problem.replaceAll(ROOT, "").slice(0, 100)}`])));
  const given = process.argv.slice(2).join(" ");
  writeSection(section, `## ${section === "slow" ? "Programs, beside a slow peer" : "Programs"}

\`npm run bench -- ${given}\` on ${machine()}.

"first" is the first run in a fresh process, compilation included; "steady" comes after ${warmRuns} run${warmRuns === 1 ? "" : "s"}, median of ${rounds}. Below 1 perilune is faster.

${markdownTable(header, [...body, ["**geometric mean**", "", ...means.slice(1, -1).map((cell) => `**${cell}**`)]])}
${problems.length === 0 ? "" : `\nWithout a time, because the answer is not C Lua's or there is none:\n\n${problems.join("\n")}\n`}
${charts.join("\n\n")}
`);
  console.log(`docs/benchmarks.md: section ${section} written`);
  if (section === "programs" && options.only === undefined && others.includes("lua5.4")) writeSpeed(speedSentence("lua5.4"));
}

/** What README.md says: the figures of the table. */
function speedSentence(peer: string): string {
  const ratios = rows.flatMap((row) => pairedRatio(row.peers[SUBJECT]!.steady, row.peers[peer]!.steady)?.median ?? []);
  const faster = ratios.filter((ratio) => ratio < 1).length;
  return `With its meter and a memory limit on it takes ${geometricMean(ratios).toFixed(2)} × the time of native C Lua 5.4, in the steady state\n  ` +
    `(geometric mean of ${ratios.length} programs, from ${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}; faster on ${faster})`;
}

function sectionNamed(name: string): SectionName {
  if (name === "programs" || name === "slow") return name;
  console.error(`--section: programs or slow, not ${name}`);
  process.exit(2);
}

function timesOf(measured: Measured): string[] {
  if (measured.problem !== undefined) return ["-", /^wrong/.test(measured.problem) ? "wrong" : "-"];
  return [showMs(median(measured.first)), showMs(median(measured.steady))];
}

function ratiosOf(subject: Measured, other: Measured): string[] {
  const first = pairedRatio(subject.first, other.first);
  return [first === undefined ? "-" : first.median.toFixed(2), showRatio(pairedRatio(subject.steady, other.steady))];
}

/** Geometric means of the ratios, over the programs that both sides answered; the count stands beside them. */
function meansRow(names: readonly string[], others: readonly string[]): string[] {
  const mean = (name: string, kind: "first" | "steady"): string => {
    const ratios = rows.flatMap((row) => pairedRatio(row.peers[SUBJECT]![kind], row.peers[name]![kind])?.median ?? []);
    return ratios.length === 0 ? "-" : `${geometricMean(ratios).toFixed(2)}${kind === "steady" ? ` (${ratios.length})` : ""}`;
  };
  return ["geometric mean", ...names.flatMap(() => ["", ""]), ...others.flatMap((name) => [mean(name, "first"), mean(name, "steady")]), ""];
}
