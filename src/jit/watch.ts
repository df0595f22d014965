// Watching: a function that is about to be compiled is interpreted a little longer, one instruction at a time, and the kinds of values that its
// parameters, its loads and its calls turn out to have are noted, and which instructions call metamethods. Emitted code expects the same (assume.ts),
// and checks it.
import { getA, getC, getOp } from "../bytecode/instruction.js";
import { Op } from "../bytecode/opcodes.js";
import type { Proto } from "../bytecode/proto.js";
import type { Frame } from "../vm/frame.js";
import type { LuaClosure } from "../vm/function.js";
import { type Expectations, cacheOf } from "../vm/inline-cache.js";
import type { LuaState } from "../vm/state.js";
import type { Thread } from "../vm/thread.js";
import { learnMetamethod } from "./handlers.js";
import { Kind, kindOf } from "./lattice.js";

/** Instructions that are watched at a time: a tick for each, some 30 µs in all. */
const WATCHED = 200;

/** Watches what the state executes next, unless somebody watches already. */
export function watch(state: LuaState): void {
  if (state.observer !== null) return;
  let left = WATCHED;
  state.observe((L, frame) => {
    note(L, frame);
    if (--left === 0) state.observe(null);
  });
}

/** Does the value that the instruction puts in R[A] come from somewhere that its types do not tell? */
export function isLoad(word: number): boolean {
  switch (getOp(word)) {
    case Op.GetUpval: case Op.GetTabUp: case Op.GetTable: case Op.GetI: case Op.GetField: return true;
    case Op.Call: return getC(word) >= 2;
    default: return false;
  }
}

/** Before `frame` executes its next instruction: will that call a metamethod, and what has the one before it loaded? */
function note({ stack }: Thread, frame: Frame): void {
  const { proto } = frame.func as LuaClosure;
  const pc = frame.pc - 1;
  const { assumes } = cacheOf(proto);
  seen(assumes, proto);
  learnMetamethod(frame, pc);
  if (pc === (proto.isVararg ? 1 : 0)) {
    for (let n = 0; n < proto.numParams; n++) assumes.seen![proto.code.length + n]! |= kindOf(stack[frame.base + n]);
  } else if (pc > 0) {
    const word = proto.code[pc - 1]!;
    if (isLoad(word)) assumes.seen![pc - 1]! |= kindOf(stack[frame.base + getA(word)]);
  }
}

/** What was seen of a function; there is nothing before the first call. */
function seen(assumes: Expectations, proto: Proto): void {
  assumes.seen ??= new Uint16Array(proto.code.length + proto.numParams);
}

/** Makes up what was seen of a function. */
export function guess(assumes: Expectations, proto: Proto): void {
  seen(assumes, proto);
  const kinds = [Kind.Small, Kind.Raw, Kind.Small | Kind.Boxed, Kind.Safe, Kind.Any];
  assumes.seen!.forEach((_, pc, all) => (all[pc] = kinds[(pc + proto.lineDefined) % 5]!));
}
