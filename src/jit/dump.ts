// Studies of emitted functions as text: a table of all, and of one its bytecode with the JavaScript that each instruction became.
import { chunkId } from "../base/chunk-id.js";
import { instructionText } from "../bytecode/disassemble.js";
import { type Proto, lineOf } from "../bytecode/proto.js";
import { LuaFloat } from "../number/float.js";
import { FieldCache, ProtoCache } from "../vm/inline-cache.js";
import { Shape } from "../vm/shape.js";
import { LuaTable } from "../vm/table.js";
import { FunctionStudy, type Piece, type Study } from "./study.js";
import type { TierStatistics } from "./tier.js";

const sum = (counts: ReadonlyMap<number, number>): number => [...counts.values()].reduce((all, n) => all + n, 0);

/** "file.lua:12" */
export function placeOf(proto: Proto): string {
  return `${chunkId(proto.source ?? "?")}:${proto.lineDefined}`;
}

/** What the tier did altogether, and a line for each function it met, those first that cost most text. */
export function studyTable(study: Study, statistics: TierStatistics): string {
  const rows = [...study.functions.values()].map((f) => ({
    f, bytes: f.pieces.reduce((all, { text }) => all + text.length, 0), took: f.pieces.reduce((all, { took }) => all + took, 0),
  })).sort((a, b) => b.bytes - a.bytes);
  const lines = [["function", "instructions", "calls", "regions", "bytes", "ms", "replaced", "left", "unwound", "refused"]];
  for (const { f, bytes, took } of rows) {
    const calls = f.pieces.filter(({ entry }) => entry === undefined).length;
    lines.push([placeOf(f.proto), f.proto.code.length, calls, f.pieces.length - calls, bytes, took.toFixed(3),
      sum(f.replaced), sum(f.left), sum(f.unwound), f.cache.refusal ?? "-"].map(String));
  }
  const { compiled, regions, refused, replaced, unwound } = statistics;
  const all = (of: (row: (typeof rows)[0]) => number): number => rows.reduce((total, row) => total + of(row), 0);
  return `compiled ${compiled} functions and ${regions} regions (${all(({ bytes }) => bytes)} bytes, ${all(({ took }) => took).toFixed(1)} ms), ` +
    `refused ${refused}; replaced ${replaced}, unwound ${unwound}\n\n${columns(lines)}`;
}

function columns(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)));
  return rows.map((row) => `${row.map((cell, i) => (i === 0 || i === row.length - 1 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join("  ").trimEnd()}\n`).join("");
}

/** The last texts of a function, each instruction above what became of it. */
export function studyText(f: FunctionStudy): string {
  const last = new Map<number | undefined, Piece>(f.pieces.map((piece) => [piece.entry, piece])); // a later one replaces an earlier
  const refusal = f.cache.refusal === null ? "" : `refused: ${f.cache.refusal}\n`;
  return `function ${placeOf(f.proto)}, ${f.proto.code.length} instructions\n${refusal}${[...last.values()].map((piece) => pieceText(f, piece)).join("")}`;
}

function pieceText(f: FunctionStudy, { entry, text, marks, constants, took }: Piece): string {
  const title = entry === undefined ? "code for calls" : `entered at ${entry + 1}, ${f.replaced.get(entry) ?? 0} times`;
  const lines = [`---- ${title}: ${text.length} bytes, ${took.toFixed(2)} ms\n`];
  text.split("\n").forEach((line, at) => {
    const pc = marks.get(at);
    if (pc !== undefined) lines.push(`${instructionLine(f, pc)}\n`);
    if (line !== "") lines.push(`        ${line}\n`);
  });
  constants.forEach((value, i) => lines.push(`        k${i}: ${describe(value)}\n`));
  return lines.join("");
}

/** Place, number and text of an instruction, and how often emitted code was left there. */
function instructionLine(f: FunctionStudy, pc: number): string {
  const left = f.left.get(pc);
  const unwound = f.unwound.get(pc);
  const notes = `${left === undefined ? "" : `  (left ${left} times)`}${unwound === undefined ? "" : `  (left in the call ${unwound} times)`}`;
  return `${pc + 1}\t[${lineOf(f.proto, pc)}]\t${instructionText(f.proto, pc)}${notes}`;
}

/** A value that emitted code holds, in a few words. */
function describe(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, 60));
  if (typeof value === "function") return `${value.name}()`;
  if (value instanceof LuaFloat) return `float ${value.n}`;
  if (value instanceof Shape) return `shape {${Array.from({ length: Math.min(value.size, 12) }, (_, i) => value.keys[i]).join(", ")}${value.size > 12 ? ", …" : ""}}`;
  if (value instanceof FieldCache) return "the instruction's cache";
  if (value instanceof ProtoCache) return "the function's cache";
  if (value instanceof FunctionStudy) return "this study";
  if (value instanceof LuaTable) return "a mark";
  return typeof value === "object" && value !== null ? value.constructor.name : String(value);
}
