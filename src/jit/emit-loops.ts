// Numeric and generic for loops.
import { getA, getC } from "../bytecode/instruction.js";
import type { Emitter } from "./emitter.js";
import { roomFor } from "./runtime.js";

/** FORPREP; answers the condition under which the loop runs. */
export function emitForPrepare(e: Emitter, pc: number, word: number): string {
  const at = getA(word);
  const [index, limit, step, visible] = [0, 1, 2, 3].map((n) => e.r(at + n)) as [string, string, string, string];
  e.line(`{ const i = ${index}, n = ${limit}, s = ${step};`);
  e.line(`if (typeof i === "number" && typeof n === "number" && typeof s === "number" && (i | 0) === i && (n | 0) === n && (s | 0) === s && s !== 0) {`);
  e.line(`${visible} = i; if (s > 0 ? i > n : i < n) t = false; else { t = true; ${limit} = s === 1 ? n - i : Math.floor(Math.abs(n - i) / Math.abs(s)); } } else {`);
  e.line(`t = ${e.h.prepareLoop}(i, n, s); if (t === ${e.leave}) ${e.exit(pc)}`);
  e.line(`if (t === null) t = false; else { ${index} = t[0]; ${limit} = t[1]; ${step} = t[2]; ${visible} = t[3]; t = true; } } }`);
  return "t";
}

/** FORLOOP; answers the condition under which the loop goes on. */
export function emitForLoop(e: Emitter, pc: number, word: number): string {
  const at = getA(word);
  const [index, count, step, visible] = [0, 1, 2, 3].map((n) => e.r(at + n)) as [string, string, string, string];
  e.line(`if (typeof ${step} === "number" && typeof ${count} === "number" && typeof ${index} === "number" && (t = ${index} + ${step}) <= 9007199254740991 && t >= -9007199254740991) {`);
  e.line(`if (${count} > 0) { ${count} = ${count} - 1; ${index} = t; ${visible} = t; t = true; } else t = false;`);
  e.line(`} else { t = ${e.h.stepLoop}(${index}, ${count}, ${step}); if (t === ${e.leave}) ${e.exit(pc)}`);
  e.line(`if (t === null) t = false; else { ${index} = t[0]; ${count} = t[1]; ${visible} = t[3]; t = true; } }`);
  return "t";
}

/** TFORCALL: next, ipairs and other natives with a step of their own; emitted Lua functions; other iterators are the interpreter's. */
export function emitForCall(e: Emitter, pc: number, word: number): void {
  const at = getA(word);
  const wanted = getC(word);
  const { X, S } = e;
  e.line(`t = ${e.r(at)};`);
  e.line("if (t !== undefined && (e = t.proto) !== undefined && (e = e.cache) !== undefined && (e = e.direct) !== null) {");
  e.line(`if (++L.nativeDepth >= 190) { L.nativeDepth--; ${e.exit(pc)} }`);
  e.line(`t = e(m, R, b + ${at + 5}, room - ${roomFor(e.size)}, f, t, ${e.r(at + 1)}, ${e.r(at + 2)});`);
  e.line(`if (t === ${S} && ${X}.count === -1) { u = true; s = ${at + 4}; pc = ${pc + 1}; break X; }`);
  e.line("L.nativeDepth--;");
  e.line(`if (t === ${S}) { n = ${X}.count; if (n < 0) ${e.exit(pc)}`);
  const results = Array.from({ length: wanted }, (_, i) => at + 4 + i);
  e.line(`${results.map((r) => `${e.r(r)} = n > ${r - at - 4} ? R[b + ${r}] : undefined;`).join(" ")} }`);
  e.line(`else { ${results.map((r, i) => `${e.r(r)} = ${i === 0 ? "t" : "undefined"};`).join(" ")} }`);
  if (wanted > 2) {
    e.line(`} else ${e.exit(pc)}`);
    return;
  }
  e.line("} else {");
  for (let n = 0; n < 3; n++) if (!e.isCaptured(at + n)) e.line(`R[b + ${at + n}] = r${at + n};`);
  e.line(`if (!${e.h.iterate}(R, b + ${at})) { ${e.rt.warm}(t); ${e.exit(pc)} }`);
  for (let n = 4; n < 6; n++) if (!e.isCaptured(at + n)) e.line(`r${at + n} = R[b + ${at + n}];`);
  e.line("}");
}
