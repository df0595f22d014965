// Line coverage, measured by the VM: which lines of the functions that a state knows were run.
import { chunkId } from "../../base/chunk-id.js";
import { toHostText } from "../../base/bytes.js";
import { getOp } from "../../bytecode/instruction.js";
import { Op } from "../../bytecode/opcodes.js";
import { type Proto, lineOf } from "../../bytecode/proto.js";
import type { Frame } from "../../vm/frame.js";
import { LuaClosure } from "../../vm/function.js";
import { cacheOf } from "../../vm/inline-cache.js";
import type { LuaState } from "../../vm/state.js";
import { LuaTable } from "../../vm/table.js";
import type { LuaValue } from "../../vm/value.js";
import { record } from "./services/json-value.js";

interface Lines {
  readonly all: Set<number>;
  readonly run: Set<number>;
}

/** Tables inside of tables that are searched for functions. */
const DEEPEST = 4;

/** Watches a state from `start` to `stop`. */
export class Coverage {
  private readonly chunks = new Map<string, Lines>();
  private readonly known = new Set<Proto>();
  /** The line last seen, so that an instruction of the same line costs little. */
  private lastProto: Proto | undefined;
  private lastLine = -1;
  active = false;

  constructor(private readonly state: LuaState) {}

  /** From now on every line counts. Emitted code is not used meanwhile: nobody could watch it. */
  start(): void {
    if (this.active) return;
    this.active = true;
    this.state.tier = null;
    this.survey();
    this.state.observe((_, frame) => this.see(frame));
  }

  stop(): void {
    if (!this.active) return;
    this.active = false;
    this.state.observe(null);
  }

  private see(frame: Frame): void {
    if (!(frame.func instanceof LuaClosure)) return;
    const { proto } = frame.func;
    const line = lineOf(proto, frame.pc - 1);
    if (proto === this.lastProto && line === this.lastLine) return;
    this.lastProto = proto;
    this.lastLine = line;
    this.meet(proto);
    this.linesOf(proto).run.add(line);
  }

  /** Functions that the state has already: on the stack, in the globals and in loaded modules. */
  private survey(): void {
    for (let frame: Frame | null = this.state.current.frame; frame !== null; frame = frame.prev) if (frame.func instanceof LuaClosure) this.meet(frame.func.proto);
    const seen = new Set<LuaTable>();
    this.search(this.state.globals, seen, 0);
    this.search(this.state.loaded, seen, 0);
  }

  private search(value: LuaValue, seen: Set<LuaTable>, depth: number): void {
    if (value instanceof LuaClosure) this.meet(value.proto);
    if (!(value instanceof LuaTable) || seen.has(value) || depth > DEEPEST) return;
    seen.add(value);
    for (let at = value.seek(0); at >= 0; at = value.seek(at + 1)) this.search(value.valueAt(at), seen, depth + 1);
  }

  /** Takes the lines of a function, and of those inside it, among those that should be run. */
  private meet(proto: Proto): void {
    if (this.known.has(proto)) return;
    this.known.add(proto);
    cacheOf(proto).direct = null;
    cacheOf(proto).isEntered = false;
    cacheOf(proto).regions = null;
    cacheOf(proto).heat = 0;
    const { all } = this.linesOf(proto);
    for (let pc = 0; pc < proto.code.length; pc++) {
      if (getOp(proto.code[pc]!) === Op.VarargPrep || isFinalReturn(proto, pc)) continue;
      const line = lineOf(proto, pc);
      if (line > 0) all.add(line);
    }
    for (const inner of proto.protos) this.meet(inner);
  }

  private linesOf(proto: Proto): Lines {
    const name = proto.source === undefined ? "?" : toHostText(chunkId(proto.source));
    let lines = this.chunks.get(name);
    if (lines === undefined) this.chunks.set(name, (lines = { all: new Set(), run: new Set() }));
    return lines;
  }

  /** For scripts: all chunks together, and each by its name. */
  report(): Record<string, unknown> {
    const files = record([...this.chunks].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, lines]) => [name, figures(lines)] as const));
    const all = Object.values(files);
    const lines = all.reduce((sum, file) => sum + file.lines, 0);
    const covered = all.reduce((sum, file) => sum + file.covered, 0);
    return record<unknown>([["lines", lines], ["covered", covered], ["percent", percent(covered, lines)], ["files", files]]);
  }
}

/** The `return` that the compiler puts at the end of each function stands for no line of the source. */
function isFinalReturn({ code }: Proto, pc: number): boolean {
  const op = getOp(code[pc]!);
  return pc === code.length - 1 && (op === Op.Return || op === Op.Return0);
}

function figures({ all, run }: Lines): { lines: number; covered: number; percent: number; missed: number[] } {
  const missed = [...all].filter((line) => !run.has(line)).sort((a, b) => a - b);
  const covered = all.size - missed.length;
  return { lines: all.size, covered, percent: percent(covered, all.size), missed };
}

function percent(part: number, whole: number): number {
  return whole === 0 ? 100 : Math.round((part / whole) * 1000) / 10;
}
