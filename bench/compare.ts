// Compares two files written by `npm run bench -- --json FILE`: what a change did, with the machine's drift divided out.
import { readFileSync } from "node:fs";
import { readOptions } from "./lib/options.js";
import { geometricMean, median, showMs } from "./lib/stats.js";
import { textTable } from "./lib/text-table.js";

interface Measured {
  readonly first: readonly number[];
  readonly steady: readonly number[];
}
interface Report {
  readonly rows: readonly { readonly program: string; readonly peers: Readonly<Record<string, Measured | undefined>> }[];
}

const { options, rest } = readOptions(
  "node --import tsx bench/compare.ts BEFORE.json AFTER.json [options]\nRatios are after / before: below 1 is faster.",
  {
    subject: { value: "PEER", help: "the peer that changed (perilune)" },
    control: { value: "PEER", help: "a peer that did not; its change is divided out (wasmoon when both files have it)" },
  },
  process.argv.slice(2),
);
const [beforeFile, afterFile] = rest;
if (beforeFile === undefined || afterFile === undefined) {
  console.error("two files are needed (--help)");
  process.exit(2);
}
const before = JSON.parse(readFileSync(beforeFile, "utf8")) as Report;
const after = JSON.parse(readFileSync(afterFile, "utf8")) as Report;
const subject = options.subject ?? "perilune";
const control = options.control ?? "wasmoon";

const change = (old: Measured | undefined, now: Measured | undefined, kind: keyof Measured): number =>
  median(now?.[kind] ?? []) / median(old?.[kind] ?? []);
const ratios: Record<keyof Measured, number[]> = { first: [], steady: [] };
const rows = after.rows.flatMap(({ program, peers }) => {
  const old = before.rows.find((row) => row.program === program)?.peers;
  if (old === undefined) return [];
  const cells = (["first", "steady"] as const).flatMap((kind) => {
    const drift = change(old[control], peers[control], kind);
    const ratio = change(old[subject], peers[subject], kind) / (Number.isNaN(drift) ? 1 : drift);
    if (!Number.isNaN(ratio)) ratios[kind].push(ratio);
    return [showMs(median(old[subject]?.[kind] ?? [])), showMs(median(peers[subject]?.[kind] ?? [])), ratio.toFixed(2)];
  });
  return [[program, ...cells]];
});
rows.push(["geometric mean", "", "", geometricMean(ratios.first).toFixed(2), "", "", geometricMean(ratios.steady).toFixed(2)]);
console.log(textTable(["program", "first before", "after", "ratio", "steady before", "after", "ratio"], rows));
