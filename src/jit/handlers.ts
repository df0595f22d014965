// Which function a metamethod call of an instruction goes to, and which instructions of a function come to that.
import { Offset, getA, getB, getC, getK, getOp, getSB } from "../bytecode/instruction.js";
import { Op } from "../bytecode/opcodes.js";
import { LuaFloat, isNumber } from "../number/float.js";
import { Event } from "../vm/events.js";
import type { Frame } from "../vm/frame.js";
import { LuaClosure, NativeFunction } from "../vm/function.js";
import { cacheOf } from "../vm/inline-cache.js";
import { eventOf, metamethodOf } from "../vm/metatables.js";
import { concatText } from "../vm/operations.js";
import { LuaTable } from "../vm/table.js";
import type { Thread } from "../vm/thread.js";
import { Userdata } from "../vm/userdata.js";
import { LONG_TEXT } from "../vm/long-text.js";
import { type LuaValue, rawEquals } from "../vm/value.js";

import { isArithmetic } from "./control-flow.js";

/** A key that is paid for when it is looked up: that is the interpreter's to do. */
const isLong = (key: LuaValue): boolean => typeof key === "string" && key.length > LONG_TEXT;

/** Tables of an `__index` or `__newindex` chain that are looked through here. */
const MAX_CHAIN = 10;
const NONE = undefined;

/**
 * The Lua function that answers `t[key]` (`event`: Index) or that `t[key] = v` calls (NewIndex), with `found.receiver`; undefined: none.
 */
export function chainHandler(L: Thread, t: LuaValue, key: LuaValue, event: Event.Index | Event.NewIndex): LuaValue {
  for (let i = 0; i < MAX_CHAIN; i++) {
    let handler: LuaValue;
    if (t instanceof LuaTable) {
      if (t.metatable === null || isLong(key) || t.get(key) !== undefined) return NONE;
      handler = eventOf(t.metatable, event);
    } else handler = metamethodOf(L.state, t, event);
    if (handler instanceof LuaClosure) {
      found.receiver = t;
      return handler;
    }
    if (!(handler instanceof LuaTable)) return NONE;
    t = handler;
  }
  return NONE;
}

/** What {@link chainHandler} found its function on: its first argument. */
export const found = { receiver: undefined as LuaValue };

/** What an operator calls for two values that it does not know itself. */
export function binaryHandler(L: Thread, event: Event, a: LuaValue, b: LuaValue): LuaValue {
  if (a instanceof LuaTable && a.metatable !== null) { // by far the most
    const own = eventOf(a.metatable, event);
    if (own !== undefined) return own;
  }
  if (isNumber(a) && isNumber(b)) return NONE;
  if (event === Event.Concat && concatText(a) !== undefined && concatText(b) !== undefined) return NONE;
  return metamethodOf(L.state, a, event) ?? metamethodOf(L.state, b, event);
}

/** What decides whether two values that are not the same are equal. */
export function equalityHandler(L: Thread, a: LuaValue, b: LuaValue): LuaValue {
  if (rawEquals(a, b) || !((a instanceof LuaTable && b instanceof LuaTable) || (a instanceof Userdata && b instanceof Userdata))) return NONE;
  return metamethodOf(L.state, a, Event.Eq) ?? metamethodOf(L.state, b, Event.Eq);
}

// ---- learning ----------------------------------------------------------------------------------------------------------

/** `frame` is to execute the instruction at `pc`: true, and noted, if that will call a metamethod, which was not known. */
export function learnMetamethod(frame: Frame, pc: number): boolean {
  const { proto } = frame.func as LuaClosure;
  const word = proto.code[pc]!;
  const op = getOp(word);
  if (!MAY_CALL[op]) return false;
  const { assumes } = cacheOf(proto);
  if (assumes.metamethods?.has(pc) === true) return false;
  const handler = handlerAt(frame, pc, word, op);
  if (!(handler instanceof LuaClosure) && !(handler instanceof NativeFunction && handler.quick !== null)) return false;
  (assumes.metamethods ??= new Set()).add(pc);
  return true;
}

const MAY_CALL: readonly boolean[] = Array.from({ length: 128 }, (_, op) =>
  (op >= Op.GetTabUp && op <= Op.SetField) || op === Op.Self || isArithmetic(op) || [Op.Unm, Op.BNot, Op.Len, Op.Concat].includes(op) ||
  [Op.Eq, Op.Lt, Op.Le, Op.LtI, Op.LeI, Op.GtI, Op.GeI].includes(op));

function handlerAt(frame: Frame, pc: number, word: number, op: Op): LuaValue {
  const { L, base } = frame;
  const { stack: R } = L;
  const { proto, upvals } = frame.func as LuaClosure;
  const { code, constants: K } = proto;
  const a = R[base + getA(word)];
  const b = R[base + getB(word)];
  const c = R[base + getC(word)];
  switch (op) {
    case Op.GetTabUp: return chainHandler(L, upvals[getB(word)]!.get(), K[getC(word)], Event.Index);
    case Op.GetField: return chainHandler(L, b, K[getC(word)], Event.Index);
    case Op.GetTable: return chainHandler(L, b, c, Event.Index);
    case Op.GetI: return chainHandler(L, b, getC(word), Event.Index);
    case Op.Self: return chainHandler(L, b, getK(word) !== 0 ? K[getC(word)] : c, Event.Index);
    case Op.SetTabUp: return chainHandler(L, upvals[getA(word)]!.get(), K[getB(word)], Event.NewIndex);
    case Op.SetField: return chainHandler(L, a, K[getB(word)], Event.NewIndex);
    case Op.SetTable: return chainHandler(L, a, b, Event.NewIndex);
    case Op.SetI: return chainHandler(L, a, getB(word), Event.NewIndex);
    case Op.Unm: return binaryHandler(L, Event.Unm, b, b);
    case Op.BNot: return binaryHandler(L, Event.BNot, b, b);
    case Op.Len: return metamethodOf(L.state, b, Event.Len);
    case Op.Concat: return getB(word) === 2 ? binaryHandler(L, Event.Concat, a, R[base + getA(word) + 1]) : NONE;
    case Op.Eq: return equalityHandler(L, a, b);
    case Op.Lt: case Op.Le: return binaryHandler(L, op === Op.Lt ? Event.Lt : Event.Le, a, b);
    case Op.LtI: case Op.LeI: case Op.GtI: case Op.GeI: return metamethodOf(L.state, a, op === Op.LtI || op === Op.GtI ? Event.Lt : Event.Le);
    default: { // arithmetic: the fallback behind it names the operands
      const fallback = code[pc + 1]!;
      const second = getB(fallback);
      const kind = getOp(fallback);
      const y = kind === Op.MmBin ? R[base + second] : kind === Op.MmBinI ? second - Offset.SC : K[second];
      return binaryHandler(L, getC(fallback), R[base + getA(fallback)], y);
    }
  }
}

/** The constant that LTI and its kin compare with. */
export const comparedWith = (word: number): LuaValue => (getC(word) !== 0 ? new LuaFloat(getSB(word)) : getSB(word));
