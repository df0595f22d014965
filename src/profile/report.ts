// The profile as text: a table of functions, and the source with the figures of every line.
import { chunkId } from "../base/chunk-id.js";
import { lineOf } from "../bytecode/proto.js";
import type { CallNode, FunctionProfile, Recorder, Usage } from "./recorder.js";

/** What a function used, itself and with all it called. */
export interface FunctionRow {
  readonly name: string;
  readonly calls: number;
  readonly self: Usage;
  /** Instructions of the function and what it called; calls of itself below itself are not counted twice. */
  readonly total: number;
}

/** All functions, the one with most instructions of its own first. */
export function functionRows(recorder: Recorder): FunctionRow[] {
  const totals = inclusiveTotals(recorder.root);
  return [...recorder.functions.values()]
    .map((profile) => ({ name: profile.name, calls: profile.calls, self: profile.total(), total: totals.get(profile.proto) ?? 0 }))
    .sort((a, b) => b.self.instructions - a.self.instructions);
}

function inclusiveTotals(root: CallNode): Map<CallNode["func"], number> {
  const totals = new Map<CallNode["func"], number>();
  const open: { node: CallNode; children: Iterator<CallNode>; sum: number }[] = [];
  const active = new Map<CallNode["func"], number>();
  const enter = (node: CallNode): void => {
    active.set(node.func, (active.get(node.func) ?? 0) + 1);
    open.push({ node, children: node.children.values(), sum: node.instructions });
  };
  enter(root);
  while (open.length > 0) { // a loop and not recursion: a call tree is as deep as the program's recursion
    const top = open.at(-1)!;
    const next = top.children.next();
    if (next.done !== true) {
      enter(next.value);
      continue;
    }
    open.pop();
    const { func } = top.node;
    const depth = active.get(func)! - 1;
    active.set(func, depth);
    if (depth === 0) totals.set(func, (totals.get(func) ?? 0) + top.sum);
    if (open.length > 0) open.at(-1)!.sum += top.sum;
  }
  return totals;
}

/** The table of functions, `limit` lines of it at most. */
export function functionTable(recorder: Recorder, limit = 25): string {
  const rows = functionRows(recorder);
  const all = rows.reduce((sum, row) => sum + row.self.instructions, 0);
  const lines = [["self", "%", "total", "calls", "work", "bytes", "function"]];
  for (const { name, calls, self, total } of rows.slice(0, limit)) {
    lines.push([count(self.instructions), share(self.instructions, all), count(total), count(calls), count(self.work), count(self.bytes), name]);
  }
  const rest = rows.length - limit;
  return columns(lines) + (rest > 0 ? `(and ${rest} more)\n` : "");
}

/** Usage by line of one chunk: index is the line. */
export function lineUsage(profiles: Iterable<FunctionProfile>, source: string | undefined): Usage[] {
  const lines: Usage[] = [];
  for (const { proto, instructions, work, bytes } of profiles) {
    if (proto.source !== source) continue;
    for (let pc = 0; pc < proto.code.length; pc++) {
      if (instructions[pc] === 0) continue;
      const line = (lines[Math.max(0, lineOf(proto, pc))] ??= { instructions: 0, work: 0, bytes: 0 });
      line.instructions += instructions[pc]!;
      line.work += work[pc]!;
      line.bytes += bytes[pc]!;
    }
  }
  return lines;
}

/** The source text of a chunk with what every line used before it. */
export function annotatedSource(recorder: Recorder, source: string, text: string): string {
  const usage = lineUsage(recorder.functions.values(), source);
  const all = usage.reduce((sum, line) => sum + (line?.instructions ?? 0), 0);
  const rows = [["instructions", "%", "work", "bytes", "line", chunkId(source)]];
  text.replace(/\r?\n$/, "").split(/\r?\n/).forEach((line, i) => {
    const used = usage[i + 1];
    const figures = used === undefined ? ["", "", "", ""] : [count(used.instructions), share(used.instructions, all), blank(used.work), blank(used.bytes)];
    rows.push([...figures, String(i + 1), line]);
  });
  return columns(rows);
}

const count = (n: number): string => Math.round(n).toLocaleString("en-US");
const blank = (n: number): string => (n === 0 ? "" : count(n));
const share = (part: number, all: number): string => (all === 0 ? "0.0" : ((100 * part) / all).toFixed(1));

/** Rows as text; all columns but the last to the right. */
function columns(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const line = (row: readonly string[]): string => row.map((cell, i) => (i === row.length - 1 ? cell : cell.padStart(widths[i]!))).join("  ");
  return rows.map((row) => `${line(row).trimEnd()}\n`).join("");
}
