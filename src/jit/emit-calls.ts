// Calls, returns, variable arguments, closures.
import { getA, getB, getBx, getC, getK, getOp } from "../bytecode/instruction.js";
import { Op } from "../bytecode/opcodes.js";
import { Intrinsic } from "../vm/intrinsic.js";
import { type Emitter } from "./emitter.js";
import { Count, roomFor } from "./runtime.js";

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/** Registers above the function's that hold its arguments: a known number, and whether an open list follows them. */
function argumentsOf(e: Emitter, word: number): { known: number[]; open: boolean } {
  const a = getA(word);
  const b = getB(word);
  return b === 0 ? { known: range(e.open - a - 1).map((i) => a + 1 + i), open: true } : { known: range(b - 1).map((i) => a + 1 + i), open: false };
}

/** Extra arguments up to which they are passed on without being copied. */
const FEW_ARGUMENTS = 32;
const ROOM_FOR_FEW = 8 * FEW_ARGUMENTS;

/** Writes the call into t: of emitted code directly, of anything else through the runtime. `base`: expression of the callee's base. */
function emitInvocation(e: Emitter, word: number, wanted: number, base: string, below: string): void {
  const a = getA(word);
  const { known, open } = argumentsOf(e, word);
  const copying = e.takeDelayedList();
  const room = `room - ${roomFor(e.size)}`;
  const spill = known.filter((n) => !e.isCaptured(n)).map((n) => `R[b + ${n}] = ${e.tagged(n)};`).join(" ");
  e.line(`t = ${e.r(a)};`);
  const count = !open ? known.length : known.length === 0 ? "n" : `n + ${known.length}`;
  const unknown = `${spill} t = ${e.rt.call}(t, m, R, ${room}, b + ${a}, ${count}, ${wanted}, ${base}, ${below}, f, ${e.cold});`;
  if (open && copying === undefined) {
    e.line(unknown);
    return;
  }
  const isDirect = `!${e.cold} && t !== undefined && (e = t.proto) !== undefined && (e = e.cache) !== undefined && (e = e.direct) !== null`;
  const list = known.map((n) => `, ${e.tagged(n)}`).join("");
  if (copying === undefined) {
    e.line(`if (${isDirect}) t = e(m, R, ${base}, ${room}, ${below}, t${list});`);
    e.line(`else { ${unknown} }`);
    return;
  }
  e.line(`if (v.length < ${FEW_ARGUMENTS} && ${isDirect}) {`);
  e.line(`t = e(m, R, ${base}, ${room} - ${ROOM_FOR_FEW}, ${below}, t${list}, ...v);`);
  e.line(`if (t === ${e.S} && ${e.X}.count === ${Count.Refused}) { ${copying} }`); // for the interpreter, which makes the call then
  e.line(`} else { ${copying}\n${unknown} }`);
}

export function emitCall(e: Emitter, pc: number, word: number): void {
  const a = getA(word);
  const wanted = getC(word) - 1;
  emitInvocation(e, word, wanted, `b + ${a + 1}`, "f");
  const { X, S } = e;
  const left = e.exitAtCall(pc, a);
  e.open = -1;
  switch (wanted) {
    case -1:
      e.line(`if (t === ${S}) { if (${X}.count < 0) ${left} n = ${X}.count; } else { R[b + ${a}] = t; n = 1; }`);
      e.open = a;
      return;
    case 0:
      e.line(`if (t === ${S} && ${X}.count < 0) ${left}`);
      return;
    case 1:
      e.line(`if (t === ${S}) { if (${X}.count < 0) ${left} t = ${X}.count > 0 ? R[b + ${a}] : undefined; }`);
      e.line(`${e.r(a)} = t;`);
      return;
    default: {
      const results = range(wanted).map((i) => a + i);
      const fromStack = results.filter((r) => !e.isCaptured(r)).map((r) => `r${r} = n > ${r - a} ? R[b + ${r}] : undefined;`);
      const cleared = results.filter((r) => e.isCaptured(r)).map((r) => `if (n <= ${r - a}) R[b + ${r}] = undefined;`);
      e.line(`if (t === ${S}) { if (${X}.count < 0) ${left} n = ${X}.count; ${fromStack.join(" ")} ${cleared.join(" ")} }`);
      e.line(`else { ${results.map((r, i) => `${e.r(r)} = ${i === 0 ? "t" : "undefined"};`).join(" ")} }`);
    }
  }
}

/** In the code for calls only; regions leave tail calls and returns to the interpreter. */
export function emitTailCall(e: Emitter, pc: number, word: number): void {
  const a = getA(word);
  if (getK(word) !== 0) e.line(`if (!${e.h.close}(L, b)) ${e.exit(pc)}`);
  const { known, open } = argumentsOf(e, word);
  const { numParams, isVararg } = e.proto;
  if (!isVararg) { // a function that calls itself begins anew
    const values = range(numParams).map((i) => {
      if (i < known.length) return e.tagged(known[i]!);
      return open ? `n > ${i - known.length} ? R[b + ${e.open + i - known.length}] : undefined` : "undefined";
    });
    const names = range(numParams).map((i) => `a${i}`);
    e.line(`if (${e.r(a)} === c) { const ${["_ = 0", ...names.map((name, i) => `${name} = ${values[i]!}`)].join(", ")};`);
    e.line(`${names.map((name, i) => `${e.r(i)} = ${name};`).join(" ")} tail = true; continue T; }`);
  }
  emitInvocation(e, word, -1, "at + 1", "F");
  const { X, S } = e;
  e.line(`if (t !== ${S}) return t;`);
  e.line(`if (${X}.count >= 0) return ${e.rt.moved}(R, ${X}.at, at);`);
  e.line(`if (${X}.count === -1) { ${e.rt.leftInTail}(); return ${S}; }`);
  e.line(e.exit(pc));
  e.open = -1;
}

export function emitReturn(e: Emitter, pc: number, word: number): void {
  const a = getA(word);
  const b = getB(word);
  if (getK(word) !== 0) e.line(`if (!${e.h.close}(L, b)) ${e.exit(pc)}`);
  if (b === 0) {
    const known = range(e.open - a);
    known.forEach((i) => e.line(`R[at + ${i}] = ${e.tagged(a + i)};`));
    e.line(`for (let i = 0; i < n; i++) R[at + ${known.length} + i] = R[b + ${e.open} + i];`);
    e.line(`${e.X}.count = n + ${known.length}; ${e.X}.at = at; return ${e.S};`);
    e.open = -1;
  } else emitReturnKnown(e, a, b - 1);
}

export function emitReturnKnown(e: Emitter, a: number, count: number): void {
  if (count === 1) {
    e.line(`return ${e.tagged(a)};`);
    return;
  }
  range(count).forEach((i) => e.line(`R[at + ${i}] = ${e.tagged(a + i)};`));
  e.line(`${e.X}.count = ${count}; ${e.X}.at = at; return ${e.S};`);
}

export function emitVararg(e: Emitter, pc: number, word: number): void {
  const a = getA(word);
  const wanted = getC(word) - 1;
  if (wanted >= 0) {
    range(wanted).forEach((i) => e.line(`${e.r(a + i)} = v.length > ${i} ? v[${i}] : undefined;`));
    return;
  }
  const copying = `n = v.length; if (b + ${a + 1} + n > R.length && !${e.rt.grow}(b + ${a + 1} + n)) ${e.exit(pc)}\nfor (let i = 0; i < n; i++) R[b + ${a} + i] = v[i];`;
  e.open = a;
  if (isSelectOfRest(e, pc, a) || isPassedOn(e, pc)) e.delayList(copying);
  else e.line(copying);
}

/** Is the next instruction a call of `select` whose arguments after the first are the list from R[list] on? */
function isSelectOfRest(e: Emitter, pc: number, list: number): boolean {
  const next = e.proto.code[pc + 1]!;
  return getOp(next) === Op.Call && getA(next) + 2 === list && e.expectedAt(pc + 1) === Intrinsic.Select;
}

/** Is the next instruction a call that may be one of emitted code? */
function isPassedOn(e: Emitter, pc: number): boolean {
  const next = e.proto.code[pc + 1]!;
  const op = getOp(next);
  return (op === Op.Call || (op === Op.TailCall && getK(next) === 0)) && e.expectedAt(pc + 1) === Intrinsic.None;
}

export function emitClosure(e: Emitter, pc: number, word: number): void {
  e.line(`t = ${e.h.closure}(L, c, b, ${getBx(word)}); if (t === ${e.leave}) ${e.exit(pc)} ${e.r(getA(word))} = t;`);
}
