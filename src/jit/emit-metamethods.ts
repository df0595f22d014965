// The second way of an instruction that was seen to call metamethods: where the first would leave, the handler is called.
import { Offset, getA, getB, getC, getK, getOp } from "../bytecode/instruction.js";
import { Op } from "../bytecode/opcodes.js";
import { Event } from "../vm/events.js";
import { isArithmetic } from "./control-flow.js";
import type { Emitter } from "./emitter.js";
import { comparedWith } from "./handlers.js";
import { roomFor } from "./runtime.js";

/** Was the instruction at `pc` seen to call metamethods? */
export function callsMetamethods(e: Emitter, pc: number): boolean {
  return e.cache.assumes.metamethods?.has(pc) === true;
}

/**
 * Writes the instruction by `first`, with the call of a metamethod where it would leave. Its result is in t then; the caller puts it
 * where it belongs and closes the brace. `done`: what is to be written behind the first way.
 */
export function emitWithMetamethod<T>(e: Emitter, pc: number, first: () => T, done: (result: T) => void): T {
  const word = e.proto.code[pc]!;
  const extra = isArithmetic(getOp(word)) ? 1 : 0; // the fallback counts
  const exit = e.exit(pc);
  const left = e.exitAtMetamethod(pc, extra);
  const call = callOf(e, pc, word);
  e.line(`M${pc}: { N${pc}: {`);
  e.escape = `break N${pc};`;
  const result = first();
  e.escape = undefined;
  e.split.clear();
  done(result);
  e.line(`break M${pc}; }`);
  if (extra > 0) e.line(`if (m.fuel < 1) ${exit} m.fuel--;`);
  for (const line of call.before) e.line(line);
  e.line(`t = ${call.text}; if (t === ${e.S}) ${left}`);
  return result;
}

/** The call of the handler: what is done before, and its expression. */
function callOf(e: Emitter, pc: number, word: number): { before: string[]; text: string } {
  const { rt } = e;
  const own = `m, R, room - ${roomFor(e.size)}, b + ${e.size}, f`;
  const a = getA(word);
  const b = getB(word);
  const c = getC(word);
  const op = getOp(word);
  const simple = (text: string): { before: string[]; text: string } => ({ before: [], text });
  const operator = (event: Event, x: string, y: string): { before: string[]; text: string } => simple(`${rt.metaOperator}(${own}, ${event}, ${x}, ${y})`);
  const upvalue = (n: number): string => `(t = U[${n}], t.stack === null ? t.value : t.stack[t.index])`;
  switch (op) {
    case Op.GetTabUp: return simple(`${rt.metaIndex}(${own}, ${upvalue(b)}, ${e.k(c)})`);
    case Op.GetField: return simple(`${rt.metaIndex}(${own}, ${e.tagged(b)}, ${e.k(c)})`);
    case Op.GetTable: return simple(`${rt.metaIndex}(${own}, ${e.tagged(b)}, ${e.tagged(c)})`);
    case Op.GetI: return simple(`${rt.metaIndex}(${own}, ${e.tagged(b)}, ${c})`);
    case Op.Self: return { before: [`x = ${e.tagged(b)}; y = ${e.rk(word)}; ${e.r(a + 1)} = x;`], text: `${rt.metaIndex}(${own}, x, y)` };
    case Op.SetTabUp: return simple(`${rt.metaStore}(${own}, ${upvalue(a)}, ${e.k(b)}, ${e.rk(word)})`);
    case Op.SetField: return simple(`${rt.metaStore}(${own}, ${e.tagged(a)}, ${e.k(b)}, ${e.rk(word)})`);
    case Op.SetTable: return simple(`${rt.metaStore}(${own}, ${e.tagged(a)}, ${e.tagged(b)}, ${e.rk(word)})`);
    case Op.SetI: return simple(`${rt.metaStore}(${own}, ${e.tagged(a)}, ${b}, ${e.rk(word)})`);
    case Op.Unm: return operator(Event.Unm, e.tagged(b), e.tagged(b));
    case Op.BNot: return operator(Event.BNot, e.tagged(b), e.tagged(b));
    case Op.Len: return operator(Event.Len, e.tagged(b), e.tagged(b));
    case Op.Concat: return { before: ["f.data = 2;"], text: operator(Event.Concat, e.tagged(a), e.tagged(a + 1)).text };
    case Op.Eq: return simple(`${rt.metaEquals}(${own}, ${e.tagged(a)}, ${e.tagged(b)})`);
    case Op.Lt: return operator(Event.Lt, e.tagged(a), e.tagged(b));
    case Op.Le: return operator(Event.Le, e.tagged(a), e.tagged(b));
    case Op.LtI: return operator(Event.Lt, e.tagged(a), e.value(comparedWith(word)));
    case Op.LeI: return operator(Event.Le, e.tagged(a), e.value(comparedWith(word)));
    case Op.GtI: return operator(Event.Lt, e.value(comparedWith(word)), e.tagged(a));
    case Op.GeI: return operator(Event.Le, e.value(comparedWith(word)), e.tagged(a));
    default: {
      const fallback = e.proto.code[pc + 1]!;
      const x = e.tagged(getA(fallback));
      const second = getB(fallback);
      const kind = getOp(fallback);
      const y = kind === Op.MmBin ? e.tagged(second) : kind === Op.MmBinI ? `(${second - Offset.SC})` : e.k(second);
      const isFlipped = kind !== Op.MmBin && getK(fallback) !== 0;
      return operator(getC(fallback), isFlipped ? y : x, isFlipped ? x : y);
    }
  }
}

/** Whether the result of a metamethod for this instruction goes to R[A]. */
export function storesResult(word: number): boolean {
  const op = getOp(word);
  return !(op === Op.SetTabUp || op === Op.SetField || op === Op.SetTable || op === Op.SetI);
}
