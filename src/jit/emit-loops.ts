// Numeric and generic for loops.
import { getA, getC } from "../bytecode/instruction.js";
import type { Emitter } from "./emitter.js";
import { Kind } from "./lattice.js";
import { type Operand, floatOf, isDouble, isSmall } from "./operand.js";
import { Count, roomFor } from "./runtime.js";

/** Registers of a numeric loop from R[at] on: index, iterations left or limit, step, variable. */
const loopRegisters = (word: number): [number, number, number, number] => {
  const at = getA(word);
  return [at, at + 1, at + 2, at + 3];
};

/** How a loop writes a register on the edge to its body: bare or boxed, as the body expects it. */
type LoopWrite = (register: number, value: string, isFloat: boolean) => void;

/** FORPREP; answers the condition under which the loop runs. */
export function emitForPrepare(e: Emitter, pc: number, word: number, write: LoopWrite): string {
  const [index, limit, step, visible] = loopRegisters(word);
  for (const n of [index, limit, step]) e.settle(n);
  const operands = [index, limit, step].map((n) => e.operand(n));
  const exit = e.exit(pc);
  if (isDouble(operands[0]!) || isDouble(operands[2]!)) { // a float loop
    if (e.expectsSmall(pc)) {
      e.line(`${e.rt.notSmall}(${e.out.constant(e.cache)}); ${exit}`);
      return "false";
    }
    const [i, n, s] = operands.map((operand, k) => {
      if (operand.double !== undefined) return operand.double;
      const name = ["x", "y", "t"][k]!;
      e.line(`${name} = ${e.h.loopNumber}(${operand.tagged}); if (${name} !== ${name}) ${exit}`);
      return name;
    }) as [string, string, string];
    e.line(`if (${s} === 0) ${exit}`);
    e.whenTaken(() => {
      e.line(`{ const i = ${i}, n = ${n}, s = ${s};`);
      write(index, "i", true);
      write(limit, "n", true);
      write(step, "s", true);
      write(visible, "i", true);
      e.line("}");
    });
    return `(${s} > 0 ? !(${n} < ${i}) : !(${i} < ${n}))`;
  }
  const [i, n, s] = operands.map((operand, k) => e.once(operand, ["x", "y", "e"][k]!)) as [string, string, string];
  if (!e.expectsSmall(pc)) {
    e.line(`t = ${e.h.prepareLoop}(${i}, ${n}, ${s}); if (t === ${e.leave}) ${exit}`);
    e.line(`if (t !== null) { e = t; t = true; ${e.r(index)} = e[0]; ${e.r(limit)} = e[1]; ${e.r(step)} = e[2]; ${e.r(visible)} = e[3]; } else t = false;`);
    return "t";
  }
  const steps = operands[2]!.interval;
  const isOne = isSmall(operands[2]!) && steps.low === 1 && steps.high === 1;
  const doubts = [[operands[0]!, i], [operands[2]!, s]].filter(([o]) => !isSmall(o as Operand))
    .map(([, name]) => `typeof ${name as string} !== "number" || (${name as string} | 0) !== ${name as string}`);
  if (!isSmall(operands[1]!)) {
    e.line(`t = ${n}; if (typeof t !== "number" || (t | 0) !== t) t = ${e.h.smallLimit}(t, ${s});`);
    doubts.push("t === undefined");
  } else e.line(`t = ${n};`);
  if (!isOne) doubts.push(`${s} === 0`);
  if (doubts.length > 0) e.line(`if (${doubts.join(" || ")}) { ${e.rt.notSmall}(${e.out.constant(e.cache)}); ${exit} }`);
  e.whenTaken(() => {
    e.line(`${e.r(limit)} = ${isOne ? `t - ${i}` : `${s} === 1 ? t - ${i} : Math.floor(Math.abs(t - ${i}) / Math.abs(${s}))`}; ${e.r(visible)} = ${i};`);
  });
  return isOne ? `${i} <= t` : `(${s} > 0 ? ${i} <= t : ${i} >= t)`;
}

/** FORLOOP; answers the condition under which the loop goes on, and writes then. */
export function emitForLoop(e: Emitter, pc: number, word: number, write: LoopWrite): string {
  const { facts } = e;
  const [index, count, step, visible] = loopRegisters(word);
  if (facts.is(index, Kind.Small) && facts.is(step, Kind.Small | Kind.Safe) && facts.is(count, Kind.Small | Kind.Safe)) {
    const s = facts.interval(step);
    const by = s.low === s.high ? String(s.low) : e.r(step);
    if (e.expectsSmall(pc)) { // entered while it ran, so that nobody looked at its end
      e.line(`x = ${e.r(index)} + ${by}; if ((x | 0) !== x) { ${e.rt.notSmall}(${e.out.constant(e.cache)}); ${e.exit(pc)} }`);
    }
    e.whenTaken(() => e.line(`${e.r(count)} = ${e.r(count)} - 1; ${e.r(visible)} = ${e.r(index)} = ${e.r(index)} + ${by};`));
    return `${e.r(count)} > 0`;
  }
  const own = [index, count, step].filter((n) => !e.isCaptured(n));
  if (!e.expectsSmall(pc) && own.length > 0 && own.every((n) => facts.is(n, Kind.Float))) { // then they all are: FORPREP saw to that
    const scratch = ["y", "t"];
    const [i, n, s] = [index, count, step].map((r) => {
      if (own.includes(r)) return e.operand(r).double ?? floatOf(e.r(r));
      const name = scratch.pop()!;
      e.line(`${name} = ${e.h.loopNumber}(${e.r(r)}); if (${name} !== ${name}) ${e.exit(pc)}`); // debug.setlocal reaches it
      return name;
    }) as [string, string, string];
    e.line(`x = ${i} + ${s};`);
    const kept = [count, step].filter((r) => own.includes(r)).map((r) => [r, e.operand(r).double ?? floatOf(e.r(r))] as const);
    e.whenTaken(() => {
      write(index, "x", true);
      write(visible, "x", true);
      for (const [r, value] of kept) write(r, value, true);
    });
    return `(${s} > 0 ? x <= ${n} : ${n} <= x)`;
  }
  const [i, n, s, v] = [index, count, step, visible].map((r) => e.r(r)) as [string, string, string, string];
  if (e.expectsSmall(pc)) {
    const other = `typeof ${i} !== "number" || typeof ${s} !== "number" || (x = ${i} + ${s}, (x | 0) !== x)`;
    e.line(`if (${other}) { ${e.rt.notSmall}(${e.out.constant(e.cache)}); ${e.exit(pc)} }`);
  }
  e.line(`if (typeof ${s} === "number" && typeof ${n} === "number" && typeof ${i} === "number" && (t = ${i} + ${s}) <= 9007199254740991 && t >= -9007199254740991) {`);
  e.line(`if (${n} > 0) { ${n} = ${n} - 1; ${i} = t; ${v} = t; t = true; } else t = false;`);
  e.line(`} else { t = ${e.h.stepLoop}(${i}, ${n}, ${s}); if (t === ${e.leave}) ${e.exit(pc)}`);
  e.line(`if (t === null) t = false; else { ${i} = t[0]; ${n} = t[1]; ${v} = t[3]; t = true; } }`);
  return "t";
}

/** TFORCALL: next, ipairs and other natives with a step of their own; emitted Lua functions; other iterators are the interpreter's. */
export function emitForCall(e: Emitter, pc: number, word: number): void {
  const at = getA(word);
  const wanted = getC(word);
  const { X, S } = e;
  const left = `if (${X}.count === ${Count.Left}) ${e.exitAtCall(pc, at + 4)}`;
  e.line(`t = ${e.r(at)};`);
  e.line("if (t !== undefined && (e = t.proto) !== undefined && (e = e.cache) !== undefined && (e = e.direct) !== null) {");
  e.line(`if (++L.nativeDepth >= 190) { L.nativeDepth--; ${e.exit(pc)} }`);
  e.line(`t = e(m, R, b + ${at + 5}, room - ${roomFor(e.size)}, f, t, ${e.r(at + 1)}, ${e.r(at + 2)});`);
  e.line(`if (t === ${S}) { ${left} }`);
  e.line("L.nativeDepth--;");
  e.line(`if (t === ${S}) { n = ${X}.count; if (n < 0) ${e.exit(pc)}`);
  const results = Array.from({ length: wanted }, (_, i) => at + 4 + i);
  e.line(`${results.map((r) => `${e.r(r)} = n > ${r - at - 4} ? R[b + ${r}] : undefined;`).join(" ")} }`);
  e.line(`else { ${results.map((r, i) => `${e.r(r)} = ${i === 0 ? "t" : "undefined"};`).join(" ")} }`);
  e.line("} else {");
  for (let n = 0; n < 3; n++) if (!e.isCaptured(at + n)) e.line(`R[b + ${at + n}] = r${at + n};`);
  e.line(`if (!${e.rt.iterate}(t, m, R, room - ${roomFor(e.size)}, b + ${at}, ${wanted}, f)) { ${left} ${e.rt.warm}(t); ${e.exit(pc)} }`);
  e.line(results.filter((r) => !e.isCaptured(r)).map((r) => `r${r} = R[b + ${r}];`).join(" "));
  e.line("}");
}
