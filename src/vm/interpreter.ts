// The interpreter loop, and nothing else. One call of `run` executes heap frames until a frame flagged Fresh returns, the
// run is suspended, or a slice of the meter is used up; Lua calls push frames, they never nest JavaScript calls.
//
// Rules of the loop:
//  1. frame.pc = pc before anything that can raise, call, or look at the frame.
//  2. After anything that may have pushed a frame or switched threads (PUSHED, settle): `continue reload`.
//  3. Fast paths stand in the case; slow paths are functions elsewhere, so that V8 can optimise the whole loop.
//  4. Registers are R[base + n]. R is the thread's stack array: it grows, but stays the same array.
//  5. MMBIN follows each arithmetic instruction and runs only when that did not complete (which then skips it).
import { Offset } from "../bytecode/instruction.js";
import { Op } from "../bytecode/opcodes.js";
import { LuaFloat, isNumber, makeFloat } from "../number/float.js";
import { powFloat } from "../number/arithmetic.js";
import { SIZE, heap } from "./accounting.js";
import {
  PUSHED, Stop, beginCall, callPending, closeUpvalues, closeVariables, concatenate, makeClosure, markToBeClosed, pushLua, pushNative,
  resolveCallable, returnFrom, settle, slotsNeeded, storeResults,
} from "./calls.js";
import { NOWHERE, UPVALUE } from "./errors.js";
import { Event } from "./events.js";
import { raise } from "./fault.js";
import { prepareFor, stepFor } from "./for-loop.js";
import { FrameFlag } from "./frame-flags.js";
import type { Frame } from "./frame.js";
import { LuaClosure, NativeFunction } from "./function.js";
import { callHook } from "./hooks.js";
import { cacheOf, learnGet, learnSet, mayAdd, probe } from "./inline-cache.js";
import { LONG_TEXT, bytesToEqual, chargeText } from "./long-text.js";
import { NEEDS_CALL, arithmetic, assign, binaryMetamethod, equals, lengthOf, lookup, order, unary } from "./operations.js";
import { MULTI, Signal } from "./signal.js";
import type { LuaState } from "./state.js";
import { LuaTable } from "./table.js";
import { Entered, Heat, UNWOUND } from "./tier.js";
import type { Thread } from "./thread.js";
import { type LuaValue, isTruthy, rawEquals } from "./value.js";

/** Runs the current thread from its top frame (a Lua frame). On return `state.stop` says why, Stop.No meaning "enter again". */
export function run(state: LuaState): void {
  const { meter, tier } = state;
  let isLeft = false; // emitted code has just given up at this instruction
  reload: for (;;) {
    if (state.stop !== Stop.No) return;
    const L = state.current;
    const R = L.stack;
    let frame = L.frame;
    let closure = frame.func as LuaClosure;
    let { code, constants: K } = closure.proto;
    let cache = cacheOf(closure.proto);
    let { fields } = cache;
    let { base, pc } = frame;
    if (isLeft) isLeft = false;
    else if (tier !== null && L.hookMask === 0) {
      if (pc > 0) {
        if (cache.regions !== null) {
          pc = tier.resume(L, frame, cache, pc, false);
          if (pc === UNWOUND) {
            isLeft = true;
            continue reload;
          }
        }
      } else if (cache.isEntered) {
        const how = tier.enter(L, frame, cache);
        if (how !== Entered.Not) {
          isLeft = how === Entered.Left;
          continue reload;
        }
      } else if (++cache.heat >= Heat.Hot && cache.refusal === null) tier.compile(closure.proto, cache);
    }

    for (;;) {
      const i = code[pc++]!;
      if (--meter.fuel < 0) {
        frame.pc = pc;
        if (state.tick(L, frame)) return;
      }
      switch (i & 0x7f) {
        case Op.Move:
          R[base + ((i >>> 7) & 0xff)] = R[base + ((i >>> 16) & 0xff)];
          break;
        case Op.LoadI:
          R[base + ((i >>> 7) & 0xff)] = (i >>> 15) - Offset.SBx;
          break;
        case Op.LoadF:
          R[base + ((i >>> 7) & 0xff)] = new LuaFloat((i >>> 15) - Offset.SBx);
          break;
        case Op.LoadK:
          R[base + ((i >>> 7) & 0xff)] = K[i >>> 15];
          break;
        case Op.LoadKX:
          R[base + ((i >>> 7) & 0xff)] = K[code[pc++]! >>> 7];
          break;
        case Op.LoadFalse:
          R[base + ((i >>> 7) & 0xff)] = false;
          break;
        case Op.LFalseSkip:
          R[base + ((i >>> 7) & 0xff)] = false;
          pc++;
          break;
        case Op.LoadTrue:
          R[base + ((i >>> 7) & 0xff)] = true;
          break;
        case Op.LoadNil: {
          let at = base + ((i >>> 7) & 0xff);
          for (let n = (i >>> 16) & 0xff; n >= 0; n--) R[at++] = undefined;
          break;
        }
        case Op.GetUpval: {
          const up = closure.upvals[(i >>> 16) & 0xff]!;
          R[base + ((i >>> 7) & 0xff)] = up.stack === null ? up.value : up.stack[up.index];
          break;
        }
        case Op.SetUpval: {
          const up = closure.upvals[(i >>> 16) & 0xff]!;
          if (up.stack === null) up.value = R[base + ((i >>> 7) & 0xff)];
          else up.stack[up.index] = R[base + ((i >>> 7) & 0xff)];
          break;
        }

        // ---- tables -----------------------------------------------------------------------------------------------
        case Op.GetTabUp: {
          const up = closure.upvals[(i >>> 16) & 0xff]!;
          const t = up.stack === null ? up.value : up.stack[up.index];
          const key = K[i >>> 24] as string;
          if (t instanceof LuaTable) {
            const field = fields[pc]!;
            const v = probe(field, t) ?? learnGet(field, t, key);
            if (v !== undefined || t.metatable === null) {
              R[base + ((i >>> 7) & 0xff)] = v;
              break;
            }
          }
          frame.pc = pc;
          const v = lookup(L, t, key, UPVALUE - ((i >>> 16) & 0xff));
          if (v === NEEDS_CALL) {
            const r = callPending(L);
            if (r === PUSHED) continue reload;
            R[base + ((i >>> 7) & 0xff)] = r as LuaValue;
          } else R[base + ((i >>> 7) & 0xff)] = v;
          break;
        }
        case Op.GetTable: {
          const t = R[base + ((i >>> 16) & 0xff)];
          const key = R[base + (i >>> 24)];
          if (t instanceof LuaTable) {
            if (typeof key === "number") {
              if ((key >>> 0) === key && key < t.arr.length) {
                const v = t.arr[key];
                if (v !== undefined) {
                  R[base + ((i >>> 7) & 0xff)] = v;
                  break;
                }
              }
            } else if (typeof key === "string" && key.length <= LONG_TEXT) {
              const v = t.getStr(key);
              if (v !== undefined || t.metatable === null) {
                R[base + ((i >>> 7) & 0xff)] = v;
                break;
              }
            }
          }
          frame.pc = pc;
          const v = lookup(L, t, key, (i >>> 16) & 0xff);
          if (v === NEEDS_CALL) {
            const r = callPending(L);
            if (r === PUSHED) continue reload;
            R[base + ((i >>> 7) & 0xff)] = r as LuaValue;
          } else R[base + ((i >>> 7) & 0xff)] = v;
          break;
        }
        case Op.GetI: {
          const t = R[base + ((i >>> 16) & 0xff)];
          if (t instanceof LuaTable && (i >>> 24) < t.arr.length) {
            const v = t.arr[i >>> 24];
            if (v !== undefined) {
              R[base + ((i >>> 7) & 0xff)] = v;
              break;
            }
          }
          frame.pc = pc;
          const v = lookup(L, t, i >>> 24, (i >>> 16) & 0xff);
          if (v === NEEDS_CALL) {
            const r = callPending(L);
            if (r === PUSHED) continue reload;
            R[base + ((i >>> 7) & 0xff)] = r as LuaValue;
          } else R[base + ((i >>> 7) & 0xff)] = v;
          break;
        }
        case Op.GetField: {
          const t = R[base + ((i >>> 16) & 0xff)];
          const key = K[i >>> 24] as string;
          if (t instanceof LuaTable) {
            const field = fields[pc]!;
            const v = probe(field, t) ?? learnGet(field, t, key);
            if (v !== undefined || t.metatable === null) {
              R[base + ((i >>> 7) & 0xff)] = v;
              break;
            }
          }
          frame.pc = pc;
          const v = lookup(L, t, key, (i >>> 16) & 0xff);
          if (v === NEEDS_CALL) {
            const r = callPending(L);
            if (r === PUSHED) continue reload;
            R[base + ((i >>> 7) & 0xff)] = r as LuaValue;
          } else R[base + ((i >>> 7) & 0xff)] = v;
          break;
        }
        case Op.SetTabUp: {
          const up = closure.upvals[(i >>> 7) & 0xff]!;
          const t = up.stack === null ? up.value : up.stack[up.index];
          const key = K[(i >>> 16) & 0xff] as string;
          const v = (i & 0x8000) !== 0 ? K[i >>> 24] : R[base + (i >>> 24)];
          if (t instanceof LuaTable) {
            const field = fields[pc]!;
            if (t.shape === field.shape && t.slots[field.slot] !== undefined) {
              t.slots[field.slot] = v;
              break;
            }
            if (learnSet(field, t, key, v)) break;
          }
          frame.pc = pc;
          if (assign(L, t, key, v, UPVALUE - ((i >>> 7) & 0xff)) === NEEDS_CALL && callPending(L) === PUSHED) continue reload;
          break;
        }
        case Op.SetTable: {
          const t = R[base + ((i >>> 7) & 0xff)];
          const key = R[base + ((i >>> 16) & 0xff)];
          const v = (i & 0x8000) !== 0 ? K[i >>> 24] : R[base + (i >>> 24)];
          if (t instanceof LuaTable) {
            if (typeof key === "number") {
              if ((key >>> 0) === key) {
                const { arr } = t;
                if (key < arr.length) {
                  if (arr[key] !== undefined) {
                    arr[key] = v;
                    break;
                  }
                } else if (key === arr.length && (key & (key - 1)) !== 0 && v !== undefined && t.hash === null && t.metatable === null) {
                  arr.push(v);
                  break;
                }
              }
            }
            if (t.metatable === null) {
              frame.pc = pc;
              t.set(key, v);
              break;
            }
          }
          frame.pc = pc;
          if (assign(L, t, key, v, (i >>> 7) & 0xff) === NEEDS_CALL && callPending(L) === PUSHED) continue reload;
          break;
        }
        case Op.SetI: {
          const t = R[base + ((i >>> 7) & 0xff)];
          const key = (i >>> 16) & 0xff;
          const v = (i & 0x8000) !== 0 ? K[i >>> 24] : R[base + (i >>> 24)];
          if (t instanceof LuaTable) {
            if (key < t.arr.length && t.arr[key] !== undefined) {
              t.arr[key] = v;
              break;
            }
            if (t.metatable === null) {
              frame.pc = pc;
              t.setInt(key, v);
              break;
            }
          }
          frame.pc = pc;
          if (assign(L, t, key, v, (i >>> 7) & 0xff) === NEEDS_CALL && callPending(L) === PUSHED) continue reload;
          break;
        }
        case Op.SetField: {
          const t = R[base + ((i >>> 7) & 0xff)];
          const key = K[(i >>> 16) & 0xff] as string;
          const v = (i & 0x8000) !== 0 ? K[i >>> 24] : R[base + (i >>> 24)];
          if (t instanceof LuaTable) {
            const field = fields[pc]!;
            if (t.shape === field.shape) {
              if (t.slots[field.slot] !== undefined) {
                t.slots[field.slot] = v;
                break;
              }
            } else if (t.shape === field.absentIn && field.grown !== null && v !== undefined && mayAdd(t)) {
              t.addSlot(field.grown, t.shape.size, v);
              break;
            }
            if (learnSet(field, t, key, v)) break;
          }
          frame.pc = pc;
          if (assign(L, t, key, v, (i >>> 7) & 0xff) === NEEDS_CALL && callPending(L) === PUSHED) continue reload;
          break;
        }
        case Op.NewTable: {
          const ra = base + ((i >>> 7) & 0xff);
          const t = new LuaTable();
          const hint = (i >>> 16) & 0xff;
          pc++; // the EXTRAARG
          R[ra] = t;
          heap.allocations++;
          heap.allocated += SIZE.table;
          if (hint !== 0) t.reserve(hint > 7 ? 64 : 1 << (hint - 1));
          if (heap.allocated > heap.threshold) {
            frame.pc = pc;
            state.collectAt(L, ra + 1);
          }
          break;
        }
        case Op.Self: {
          const ra = base + ((i >>> 7) & 0xff);
          const t = R[base + ((i >>> 16) & 0xff)];
          const key = ((i & 0x8000) !== 0 ? K[i >>> 24] : R[base + (i >>> 24)]) as string;
          R[ra + 1] = t;
          if (t instanceof LuaTable) {
            const field = fields[pc]!;
            const v = probe(field, t) ?? learnGet(field, t, key);
            if (v !== undefined || t.metatable === null) {
              R[ra] = v;
              break;
            }
          }
          frame.pc = pc;
          const v = lookup(L, t, key, (i >>> 16) & 0xff);
          if (v === NEEDS_CALL) {
            const r = callPending(L);
            if (r === PUSHED) continue reload;
            R[ra] = r as LuaValue;
          } else R[ra] = v;
          break;
        }

        // ---- arithmetic ---------------------------------------------------------------------------------------------
        case Op.AddI: {
          const a = R[base + ((i >>> 16) & 0xff)];
          const b = (i >>> 24) - Offset.SC;
          if (typeof a === "number") {
            const r = a + b;
            if ((a | 0) === a || Math.floor(r) !== r) {
              R[base + ((i >>> 7) & 0xff)] = r;
              pc++;
              break;
            }
          }
          const r = arithmeticSlow(Event.Add, a, b);
          if (r !== undefined) {
            R[base + ((i >>> 7) & 0xff)] = r;
            pc++;
          }
          break;
        }
        case Op.AddK: {
          const a = R[base + ((i >>> 16) & 0xff)];
          const b = K[(i >>> 24)];
          if (typeof a === "number" && typeof b === "number") {
            const r = a + b;
            if (((a | 0) === a && (b | 0) === b) || Math.floor(r) !== r) {
              R[base + ((i >>> 7) & 0xff)] = r;
              pc++;
              break;
            }
          }
          frame.pc = pc;
          const r = arithmeticSlow(Event.Add, a, b);
          if (r !== undefined) {
            R[base + ((i >>> 7) & 0xff)] = r;
            pc++;
          }
          break;
        }
        case Op.SubK: {
          const a = R[base + ((i >>> 16) & 0xff)];
          const b = K[(i >>> 24)];
          if (typeof a === "number" && typeof b === "number") {
            const r = a - b;
            if (((a | 0) === a && (b | 0) === b) || Math.floor(r) !== r) {
              R[base + ((i >>> 7) & 0xff)] = r;
              pc++;
              break;
            }
          }
          frame.pc = pc;
          const r = arithmeticSlow(Event.Sub, a, b);
          if (r !== undefined) {
            R[base + ((i >>> 7) & 0xff)] = r;
            pc++;
          }
          break;
        }
        case Op.MulK: {
          const a = R[base + ((i >>> 16) & 0xff)];
          const b = K[(i >>> 24)];
          if (typeof a === "number" && typeof b === "number") {
            const r = a * b;
            if (Math.floor(r) !== r) {
              R[base + ((i >>> 7) & 0xff)] = r;
              pc++;
              break;
            }
            if ((a | 0) === a && (b | 0) === b && r <= 9007199254740991 && r >= -9007199254740991) {
              R[base + ((i >>> 7) & 0xff)] = r + 0; // + 0 loses −0
              pc++;
              break;
            }
          }
          frame.pc = pc;
          const r = arithmeticSlow(Event.Mul, a, b);
          if (r !== undefined) {
            R[base + ((i >>> 7) & 0xff)] = r;
            pc++;
          }
          break;
        }
        case Op.ModK: {
          const a = R[base + ((i >>> 16) & 0xff)];
          const b = K[(i >>> 24)];
          if (typeof a === "number" && typeof b === "number") {
            if ((a | 0) === a && (b | 0) === b && b !== 0) {
              const r = a % b;
              R[base + ((i >>> 7) & 0xff)] = r !== 0 && (r ^ b) < 0 ? r + b : r + 0;
              pc++;
              break;
            }
          }
          frame.pc = pc;
          const r = arithmeticSlow(Event.Mod, a, b);
          if (r !== undefined) {
            R[base + ((i >>> 7) & 0xff)] = r;
            pc++;
          }
          break;
        }
        case Op.PowK: {
          const a = R[base + ((i >>> 16) & 0xff)];
          const b = K[(i >>> 24)];
          if (typeof a === "number" && typeof b === "number") {
            const r = b === 2 ? a * a : powFloat(a, b);
            R[base + ((i >>> 7) & 0xff)] = Math.floor(r) !== r ? r : makeFloat(r);
            pc++;
            break;
          }
          frame.pc = pc;
          const r = arithmeticSlow(Event.Pow, a, b);
          if (r !== undefined) {
            R[base + ((i >>> 7) & 0xff)] = r;
            pc++;
          }
          break;
        }
        case Op.DivK: {
          const a = R[base + ((i >>> 16) & 0xff)];
          const b = K[(i >>> 24)];
          if (typeof a === "number" && typeof b === "number") {
            const r = a / b;
            R[base + ((i >>> 7) & 0xff)] = Math.floor(r) !== r ? r : makeFloat(r);
            pc++;
            break;
          }
          frame.pc = pc;
          const r = arithmeticSlow(Event.Div, a, b);
          if (r !== undefined) {
            R[base + ((i >>> 7) & 0xff)] = r;
            pc++;
          }
          break;
        }
        case Op.IDivK: {
          const a = R[base + ((i >>> 16) & 0xff)];
          const b = K[(i >>> 24)];
          if (typeof a === "number" && typeof b === "number") {
            if ((a | 0) === a && (b | 0) === b && b !== 0) {
              R[base + ((i >>> 7) & 0xff)] = Math.floor(a / b) + 0;
              pc++;
              break;
            }
          }
          frame.pc = pc;
          const r = arithmeticSlow(Event.IDiv, a, b);
          if (r !== undefined) {
            R[base + ((i >>> 7) & 0xff)] = r;
            pc++;
          }
          break;
        }
        case Op.BAndK: {
          const a = R[base + ((i >>> 16) & 0xff)];
          const b = K[(i >>> 24)];
          if (typeof a === "number" && typeof b === "number") {
            if ((a | 0) === a && (b | 0) === b) {
              R[base + ((i >>> 7) & 0xff)] = a & b;
              pc++;
              break;
            }
          }
          frame.pc = pc;
          const r = arithmeticSlow(Event.BAnd, a, b);
          if (r !== undefined) {
            R[base + ((i >>> 7) & 0xff)] = r;
            pc++;
          }
          break;
        }
        case Op.BOrK: {
          const a = R[base + ((i >>> 16) & 0xff)];
          const b = K[(i >>> 24)];
          if (typeof a === "number" && typeof b === "number") {
            if ((a | 0) === a && (b | 0) === b) {
              R[base + ((i >>> 7) & 0xff)] = a | b;
              pc++;
              break;
            }
          }
          frame.pc = pc;
          const r = arithmeticSlow(Event.BOr, a, b);
          if (r !== undefined) {
            R[base + ((i >>> 7) & 0xff)] = r;
            pc++;
          }
          break;
        }
        case Op.BXorK: {
          const a = R[base + ((i >>> 16) & 0xff)];
          const b = K[(i >>> 24)];
          if (typeof a === "number" && typeof b === "number") {
            if ((a | 0) === a && (b | 0) === b) {
              R[base + ((i >>> 7) & 0xff)] = a ^ b;
              pc++;
              break;
            }
          }
          frame.pc = pc;
          const r = arithmeticSlow(Event.BXor, a, b);
          if (r !== undefined) {
            R[base + ((i >>> 7) & 0xff)] = r;
            pc++;
          }
          break;
        }
        case Op.Add: {
          const a = R[base + ((i >>> 16) & 0xff)];
          const b = R[base + (i >>> 24)];
          if (typeof a === "number" && typeof b === "number") {
            const r = a + b;
            if (((a | 0) === a && (b | 0) === b) || Math.floor(r) !== r) {
              R[base + ((i >>> 7) & 0xff)] = r;
              pc++;
              break;
            }
          }
          frame.pc = pc;
          const r = arithmeticSlow(Event.Add, a, b);
          if (r !== undefined) {
            R[base + ((i >>> 7) & 0xff)] = r;
            pc++;
          }
          break;
        }
        case Op.Sub: {
          const a = R[base + ((i >>> 16) & 0xff)];
          const b = R[base + (i >>> 24)];
          if (typeof a === "number" && typeof b === "number") {
            const r = a - b;
            if (((a | 0) === a && (b | 0) === b) || Math.floor(r) !== r) {
              R[base + ((i >>> 7) & 0xff)] = r;
              pc++;
              break;
            }
          }
          frame.pc = pc;
          const r = arithmeticSlow(Event.Sub, a, b);
          if (r !== undefined) {
            R[base + ((i >>> 7) & 0xff)] = r;
            pc++;
          }
          break;
        }
        case Op.Mul: {
          const a = R[base + ((i >>> 16) & 0xff)];
          const b = R[base + (i >>> 24)];
          if (typeof a === "number" && typeof b === "number") {
            const r = a * b;
            if (Math.floor(r) !== r) {
              R[base + ((i >>> 7) & 0xff)] = r;
              pc++;
              break;
            }
            if ((a | 0) === a && (b | 0) === b && r <= 9007199254740991 && r >= -9007199254740991) {
              R[base + ((i >>> 7) & 0xff)] = r + 0; // + 0 loses −0
              pc++;
              break;
            }
          }
          frame.pc = pc;
          const r = arithmeticSlow(Event.Mul, a, b);
          if (r !== undefined) {
            R[base + ((i >>> 7) & 0xff)] = r;
            pc++;
          }
          break;
        }
        case Op.Mod: {
          const a = R[base + ((i >>> 16) & 0xff)];
          const b = R[base + (i >>> 24)];
          if (typeof a === "number" && typeof b === "number") {
            if ((a | 0) === a && (b | 0) === b && b !== 0) {
              const r = a % b;
              R[base + ((i >>> 7) & 0xff)] = r !== 0 && (r ^ b) < 0 ? r + b : r + 0;
              pc++;
              break;
            }
          }
          frame.pc = pc;
          const r = arithmeticSlow(Event.Mod, a, b);
          if (r !== undefined) {
            R[base + ((i >>> 7) & 0xff)] = r;
            pc++;
          }
          break;
        }
        case Op.Pow: {
          const a = R[base + ((i >>> 16) & 0xff)];
          const b = R[base + (i >>> 24)];
          if (typeof a === "number" && typeof b === "number") {
            const r = b === 2 ? a * a : powFloat(a, b);
            R[base + ((i >>> 7) & 0xff)] = Math.floor(r) !== r ? r : makeFloat(r);
            pc++;
            break;
          }
          frame.pc = pc;
          const r = arithmeticSlow(Event.Pow, a, b);
          if (r !== undefined) {
            R[base + ((i >>> 7) & 0xff)] = r;
            pc++;
          }
          break;
        }
        case Op.Div: {
          const a = R[base + ((i >>> 16) & 0xff)];
          const b = R[base + (i >>> 24)];
          if (typeof a === "number" && typeof b === "number") {
            const r = a / b;
            R[base + ((i >>> 7) & 0xff)] = Math.floor(r) !== r ? r : makeFloat(r);
            pc++;
            break;
          }
          frame.pc = pc;
          const r = arithmeticSlow(Event.Div, a, b);
          if (r !== undefined) {
            R[base + ((i >>> 7) & 0xff)] = r;
            pc++;
          }
          break;
        }
        case Op.IDiv: {
          const a = R[base + ((i >>> 16) & 0xff)];
          const b = R[base + (i >>> 24)];
          if (typeof a === "number" && typeof b === "number") {
            if ((a | 0) === a && (b | 0) === b && b !== 0) {
              R[base + ((i >>> 7) & 0xff)] = Math.floor(a / b) + 0;
              pc++;
              break;
            }
          }
          frame.pc = pc;
          const r = arithmeticSlow(Event.IDiv, a, b);
          if (r !== undefined) {
            R[base + ((i >>> 7) & 0xff)] = r;
            pc++;
          }
          break;
        }
        case Op.BAnd: {
          const a = R[base + ((i >>> 16) & 0xff)];
          const b = R[base + (i >>> 24)];
          if (typeof a === "number" && typeof b === "number") {
            if ((a | 0) === a && (b | 0) === b) {
              R[base + ((i >>> 7) & 0xff)] = a & b;
              pc++;
              break;
            }
          }
          frame.pc = pc;
          const r = arithmeticSlow(Event.BAnd, a, b);
          if (r !== undefined) {
            R[base + ((i >>> 7) & 0xff)] = r;
            pc++;
          }
          break;
        }
        case Op.BOr: {
          const a = R[base + ((i >>> 16) & 0xff)];
          const b = R[base + (i >>> 24)];
          if (typeof a === "number" && typeof b === "number") {
            if ((a | 0) === a && (b | 0) === b) {
              R[base + ((i >>> 7) & 0xff)] = a | b;
              pc++;
              break;
            }
          }
          frame.pc = pc;
          const r = arithmeticSlow(Event.BOr, a, b);
          if (r !== undefined) {
            R[base + ((i >>> 7) & 0xff)] = r;
            pc++;
          }
          break;
        }
        case Op.BXor: {
          const a = R[base + ((i >>> 16) & 0xff)];
          const b = R[base + (i >>> 24)];
          if (typeof a === "number" && typeof b === "number") {
            if ((a | 0) === a && (b | 0) === b) {
              R[base + ((i >>> 7) & 0xff)] = a ^ b;
              pc++;
              break;
            }
          }
          frame.pc = pc;
          const r = arithmeticSlow(Event.BXor, a, b);
          if (r !== undefined) {
            R[base + ((i >>> 7) & 0xff)] = r;
            pc++;
          }
          break;
        }
        case Op.Shl: {
          const a = R[base + ((i >>> 16) & 0xff)];
          const b = R[base + (i >>> 24)];
          if (typeof a === "number" && typeof b === "number") {
            if ((a | 0) === a && a >= 0 && b >= 0 && b <= 21 && (b | 0) === b) {
              R[base + ((i >>> 7) & 0xff)] = a * (1 << b);
              pc++;
              break;
            }
          }
          frame.pc = pc;
          const r = arithmeticSlow(Event.Shl, a, b);
          if (r !== undefined) {
            R[base + ((i >>> 7) & 0xff)] = r;
            pc++;
          }
          break;
        }
        case Op.Shr: {
          const a = R[base + ((i >>> 16) & 0xff)];
          const b = R[base + (i >>> 24)];
          if (typeof a === "number" && typeof b === "number") {
            if ((a | 0) === a && a >= 0 && b >= 0 && b <= 31 && (b | 0) === b) {
              R[base + ((i >>> 7) & 0xff)] = a >>> b;
              pc++;
              break;
            }
          }
          frame.pc = pc;
          const r = arithmeticSlow(Event.Shr, a, b);
          if (r !== undefined) {
            R[base + ((i >>> 7) & 0xff)] = r;
            pc++;
          }
          break;
        }
        case Op.ShrI: {
          const a = R[base + ((i >>> 16) & 0xff)];
          const b = (i >>> 24) - Offset.SC;
          if (typeof a === "number" && (a | 0) === a && a >= 0 && b >= 0 && b <= 31) {
            R[base + ((i >>> 7) & 0xff)] = a >>> b;
            pc++;
            break;
          }
          const r = arithmeticSlow(Event.Shr, a, b);
          if (r !== undefined) {
            R[base + ((i >>> 7) & 0xff)] = r;
            pc++;
          }
          break;
        }
        case Op.ShlI: {
          const r = arithmeticSlow(Event.Shl, (i >>> 24) - Offset.SC, R[base + ((i >>> 16) & 0xff)]);
          if (r !== undefined) {
            R[base + ((i >>> 7) & 0xff)] = r;
            pc++;
          }
          break;
        }
        case Op.MmBin: case Op.MmBinI: case Op.MmBinK: {
          frame.pc = pc;
          const r = fallback(L, frame, i);
          if (r === PUSHED) continue reload;
          R[base + ((code[pc - 2]! >>> 7) & 0xff)] = r as LuaValue;
          break;
        }
        case Op.Unm: {
          const a = R[base + ((i >>> 16) & 0xff)];
          if (typeof a === "number" && a !== 0) {
            R[base + ((i >>> 7) & 0xff)] = -a; // safe integers negate to safe integers, non-integral floats to such
            break;
          }
          frame.pc = pc;
          let r: LuaValue | Signal = unary(L, Event.Unm, a, (i >>> 16) & 0xff);
          if (r === NEEDS_CALL && (r = callPending(L)) === PUSHED) continue reload;
          R[base + ((i >>> 7) & 0xff)] = r as LuaValue;
          break;
        }
        case Op.BNot: {
          const a = R[base + ((i >>> 16) & 0xff)];
          if (typeof a === "number" && (a | 0) === a) {
            R[base + ((i >>> 7) & 0xff)] = ~a;
            break;
          }
          frame.pc = pc;
          let r: LuaValue | Signal = unary(L, Event.BNot, a, (i >>> 16) & 0xff);
          if (r === NEEDS_CALL && (r = callPending(L)) === PUSHED) continue reload;
          R[base + ((i >>> 7) & 0xff)] = r as LuaValue;
          break;
        }
        case Op.Not: {
          const a = R[base + ((i >>> 16) & 0xff)];
          R[base + ((i >>> 7) & 0xff)] = a === undefined || a === false;
          break;
        }
        case Op.Len: {
          const a = R[base + ((i >>> 16) & 0xff)];
          if (a instanceof LuaTable && a.metatable === null) {
            R[base + ((i >>> 7) & 0xff)] = a.length();
            break;
          }
          frame.pc = pc;
          let r: LuaValue | Signal = lengthOf(L, a, (i >>> 16) & 0xff);
          if (r === NEEDS_CALL && (r = callPending(L)) === PUSHED) continue reload;
          R[base + ((i >>> 7) & 0xff)] = r as LuaValue;
          break;
        }
        case Op.Concat: {
          const ra = base + ((i >>> 7) & 0xff);
          const n = (i >>> 16) & 0xff;
          frame.pc = pc;
          if (n === 2) {
            const a = R[ra];
            const b = R[ra + 1];
            if (typeof a === "string" && typeof b === "string" && a.length + b.length <= heap.longest && state.addressed.size === 0) {
              heap.allocations++;
              heap.allocated += SIZE.string + a.length + b.length;
              R[ra] = a + b;
              if (heap.allocated > heap.threshold) state.collectAt(L, ra + 1);
              break;
            }
          }
          if (concatenate(L, frame, ra, n) === PUSHED) continue reload;
          if (heap.allocated > heap.threshold) state.collectAt(L, ra + 1);
          break;
        }

        // ---- upvalues, jumps and tests --------------------------------------------------------------------------------
        case Op.Close:
          frame.pc = pc;
          if (closeVariables(L, base + ((i >>> 7) & 0xff)) === PUSHED) continue reload;
          break;
        case Op.Tbc:
          frame.pc = pc;
          markToBeClosed(L, frame, base + ((i >>> 7) & 0xff));
          break;
        case Op.Jmp:
          pc += (i >>> 7) - Offset.SJ;
          if ((i >>> 7) < Offset.SJ) { // backward: a loop
            if (tier !== null && L.hookMask === 0) {
              if (cache.regions !== null) {
                frame.pc = pc;
                pc = tier.resume(L, frame, cache, pc, true);
                if (pc === UNWOUND) {
                  isLeft = true;
                  continue reload;
                }
              } else if (++cache.heat === Heat.Hot) tier.open(closure.proto, cache);
            }
          }
          break;
        case Op.Eq: {
          const a = R[base + ((i >>> 7) & 0xff)];
          const b = R[base + ((i >>> 16) & 0xff)];
          let holds: boolean;
          if (typeof a === "string") {
            if (a.length > LONG_TEXT && typeof b === "string") {
              frame.pc = pc;
              chargeText(bytesToEqual(a, b));
            }
            holds = a === b;
          } else if (a === b) holds = true;
          else if (typeof a === "number" && typeof b === "number") holds = false;
          else {
            frame.pc = pc;
            const r = equals(L, a, b);
            if (r instanceof LuaTable) {
              const answer = callPending(L);
              if (answer === PUSHED) continue reload;
              holds = isTruthy(answer as LuaValue);
            } else holds = r;
          }
          if ((i & 0x8000) === (holds ? 0x8000 : 0)) pc += (code[pc]! >>> 7) - Offset.SJ + 1;
          else pc++;
          break;
        }
        case Op.Lt: {
          const a = R[base + ((i >>> 7) & 0xff)];
          const b = R[base + ((i >>> 16) & 0xff)];
          let holds: boolean;
          if (typeof a === "number" && typeof b === "number") holds = a < b;
          else {
            frame.pc = pc;
            const r = order(L, Event.Lt, a, b);
            if (r instanceof LuaTable) {
              const answer = callPending(L);
              if (answer === PUSHED) continue reload;
              holds = isTruthy(answer as LuaValue);
            } else holds = r;
          }
          if ((i & 0x8000) === (holds ? 0x8000 : 0)) pc += (code[pc]! >>> 7) - Offset.SJ + 1;
          else pc++;
          break;
        }
        case Op.Le: {
          const a = R[base + ((i >>> 7) & 0xff)];
          const b = R[base + ((i >>> 16) & 0xff)];
          let holds: boolean;
          if (typeof a === "number" && typeof b === "number") holds = a <= b;
          else {
            frame.pc = pc;
            const r = order(L, Event.Le, a, b);
            if (r instanceof LuaTable) {
              const answer = callPending(L);
              if (answer === PUSHED) continue reload;
              holds = isTruthy(answer as LuaValue);
            } else holds = r;
          }
          if ((i & 0x8000) === (holds ? 0x8000 : 0)) pc += (code[pc]! >>> 7) - Offset.SJ + 1;
          else pc++;
          break;
        }
        case Op.EqK: {
          const a = R[base + ((i >>> 7) & 0xff)];
          const b = K[(i >>> 16) & 0xff];
          let holds = true;
          if (typeof a === "string") {
            if (a.length > LONG_TEXT && typeof b === "string") {
              frame.pc = pc;
              chargeText(bytesToEqual(a, b));
            }
            holds = a === b;
          } else if (a !== b) holds = rawEquals(a, b);
          if ((i & 0x8000) === (holds ? 0x8000 : 0)) pc += (code[pc]! >>> 7) - Offset.SJ + 1;
          else pc++;
          break;
        }
        case Op.EqI: {
          const a = R[base + ((i >>> 7) & 0xff)];
          const b = ((i >>> 16) & 0xff) - Offset.SC;
          if ((i & 0x8000) === (a === b || (a instanceof LuaFloat && a.n === b) ? 0x8000 : 0)) pc += (code[pc]! >>> 7) - Offset.SJ + 1;
          else pc++;
          break;
        }
        case Op.LtI: case Op.LeI: case Op.GtI: case Op.GeI: {
          const a = R[base + ((i >>> 7) & 0xff)];
          const b = ((i >>> 16) & 0xff) - Offset.SC;
          let holds: boolean;
          if (typeof a === "number") {
            switch (i & 0x7f) {
              case Op.LtI: holds = a < b; break;
              case Op.LeI: holds = a <= b; break;
              case Op.GtI: holds = a > b; break;
              default: holds = a >= b;
            }
          } else {
            frame.pc = pc;
            const r = orderWithConstant(L, i, a, b);
            if (r instanceof LuaTable) {
              const answer = callPending(L);
              if (answer === PUSHED) continue reload;
              holds = isTruthy(answer as LuaValue);
            } else holds = r;
          }
          if ((i & 0x8000) === (holds ? 0x8000 : 0)) pc += (code[pc]! >>> 7) - Offset.SJ + 1;
          else pc++;
          break;
        }
        case Op.Test: {
          const a = R[base + ((i >>> 7) & 0xff)];
          if ((i & 0x8000) === (a !== undefined && a !== false ? 0x8000 : 0)) pc += (code[pc]! >>> 7) - Offset.SJ + 1;
          else pc++;
          break;
        }
        case Op.TestSet: {
          const b = R[base + ((i >>> 16) & 0xff)];
          if ((i & 0x8000) === (b !== undefined && b !== false ? 0x8000 : 0)) {
            R[base + ((i >>> 7) & 0xff)] = b;
            pc += (code[pc]! >>> 7) - Offset.SJ + 1;
          } else pc++;
          break;
        }

        // ---- calls and returns ------------------------------------------------------------------------------------------
        case Op.Call: {
          const ra = base + ((i >>> 7) & 0xff);
          const b = (i >>> 16) & 0xff;
          let nargs = b !== 0 ? b - 1 : L.top - ra - 1;
          let callee = R[ra];
          frame.pc = pc;
          if (!(callee instanceof LuaClosure || callee instanceof NativeFunction)) {
            nargs = resolveCallable(L, ra, nargs, (i >>> 7) & 0xff);
            callee = R[ra];
          }
          if (callee instanceof LuaClosure) {
            frame = pushLua(L, callee, ra, nargs, (i >>> 24) - 1, 0);
            closure = callee;
            ({ code, constants: K } = callee.proto);
            cache = cacheOf(callee.proto);
            ({ fields } = cache);
            base = ra + 1;
            pc = 0;
            if (tier !== null && (cache.isEntered || ++cache.heat === Heat.Hot)) continue reload;
            break;
          }
          const native = pushNative(L, callee as NativeFunction, ra, nargs, (i >>> 24) - 1, 0);
          const r = (callee as NativeFunction).run(native);
          const wanted = (i >>> 24) - 1;
          if (L.hookMask !== 0 || (r instanceof Signal && r !== MULTI)) {
            settle(native, r);
            continue reload;
          }
          L.frame = frame;
          if (r instanceof Signal) storeResults(L, ra, wanted, L.results);
          else if (wanted === 1) R[ra] = r;
          else if (wanted < 0) {
            R[ra] = r;
            L.top = ra + 1;
          } else if (wanted > 1) {
            R[ra] = r;
            for (let n = 1; n < wanted; n++) R[ra + n] = undefined;
          }
          break;
        }
        case Op.TailCall: {
          const ra = base + ((i >>> 7) & 0xff);
          const b = (i >>> 16) & 0xff;
          let nargs = b !== 0 ? b - 1 : L.top - ra - 1;
          frame.pc = pc;
          if ((i & 0x8000) !== 0) closeUpvalues(L, base);
          nargs = resolveCallable(L, ra, nargs, (i >>> 7) & 0xff);
          const callee = R[ra];
          if (callee instanceof LuaClosure) {
            enterTail(L, frame, callee, ra, nargs);
            closure = callee;
            ({ code, constants: K } = callee.proto);
            cache = cacheOf(callee.proto);
            ({ fields } = cache);
            base = frame.base;
            pc = 0;
            if (cache.isEntered) continue reload;
            break;
          }
          frame.epoch = L.resumeCount;
          const native = pushNative(L, callee as NativeFunction, ra, nargs, -1, FrameFlag.NativeTail);
          settle(native, (callee as NativeFunction).run(native));
          continue reload;
        }
        case Op.Return: {
          const ra = base + ((i >>> 7) & 0xff);
          const b = (i >>> 16) & 0xff;
          const n = b !== 0 ? b - 1 : L.top - ra;
          frame.pc = pc;
          if ((i & 0x8000) !== 0) {
            if (L.tbc.length > 0 && L.tbc[L.tbc.length - 1]! >= base) {
              frame.data = R.slice(ra, ra + n);
              if (closeVariables(L, base) === PUSHED) continue reload;
              returnFrom(frame, frame.data as LuaValue[]);
              continue reload;
            }
            closeUpvalues(L, base);
          }
          if (frame.flags !== 0 || L.hookMask !== 0) {
            returnFrom(frame, R.slice(ra, ra + n));
            continue reload;
          }
          const to = frame.ret;
          const wanted = frame.nresults;
          if (wanted < 0) {
            for (let j = 0; j < n; j++) R[to + j] = R[ra + j];
            L.top = to + n;
          } else for (let j = 0; j < wanted; j++) R[to + j] = j < n ? R[ra + j] : undefined;
          frame = frame.prev!;
          L.frame = frame;
          closure = frame.func as LuaClosure;
          ({ code, constants: K } = closure.proto);
          cache = cacheOf(closure.proto);
          ({ fields } = cache);
          ({ base, pc } = frame);
          if (cache.regions !== null && tier !== null) {
            pc = tier.resume(L, frame, cache, pc, false);
            if (pc === UNWOUND) {
              isLeft = true;
              continue reload;
            }
          }
          break;
        }
        case Op.Return0: {
          if (frame.flags !== 0 || L.hookMask !== 0) {
            frame.pc = pc;
            returnFrom(frame, []);
            continue reload;
          }
          const wanted = frame.nresults;
          if (wanted < 0) L.top = frame.ret;
          else for (let j = 0; j < wanted; j++) R[frame.ret + j] = undefined;
          frame = frame.prev!;
          L.frame = frame;
          closure = frame.func as LuaClosure;
          ({ code, constants: K } = closure.proto);
          cache = cacheOf(closure.proto);
          ({ fields } = cache);
          ({ base, pc } = frame);
          if (cache.regions !== null && tier !== null) {
            pc = tier.resume(L, frame, cache, pc, false);
            if (pc === UNWOUND) {
              isLeft = true;
              continue reload;
            }
          }
          break;
        }
        case Op.Return1: {
          if (frame.flags !== 0 || L.hookMask !== 0) {
            frame.pc = pc;
            returnFrom(frame, [R[base + ((i >>> 7) & 0xff)]]);
            continue reload;
          }
          const wanted = frame.nresults;
          const to = frame.ret;
          if (wanted !== 0) R[to] = R[base + ((i >>> 7) & 0xff)];
          if (wanted < 0) L.top = to + 1;
          else for (let j = 1; j < wanted; j++) R[to + j] = undefined;
          frame = frame.prev!;
          L.frame = frame;
          closure = frame.func as LuaClosure;
          ({ code, constants: K } = closure.proto);
          cache = cacheOf(closure.proto);
          ({ fields } = cache);
          ({ base, pc } = frame);
          if (cache.regions !== null && tier !== null) {
            pc = tier.resume(L, frame, cache, pc, false);
            if (pc === UNWOUND) {
              isLeft = true;
              continue reload;
            }
          }
          break;
        }

        // ---- loops --------------------------------------------------------------------------------------------------------
        case Op.ForLoop: {
          const ra = base + ((i >>> 7) & 0xff);
          const step = R[ra + 2];
          const count = R[ra + 1];
          const index = R[ra];
          if (typeof step === "number" && typeof count === "number" && typeof index === "number") {
            if (count > 0) {
              const next = index + step;
              if (next <= 9007199254740991 && next >= -9007199254740991) {
                R[ra + 1] = count - 1;
                R[ra] = next;
                R[ra + 3] = next;
                pc -= i >>> 15;
                if (tier !== null && L.hookMask === 0) {
                  if (cache.regions !== null) {
                    frame.pc = pc;
                    pc = tier.resume(L, frame, cache, pc, true);
                    if (pc === UNWOUND) {
                      isLeft = true;
                      continue reload;
                    }
                  } else if (++cache.heat === Heat.Hot) tier.open(closure.proto, cache);
                }
                break;
              }
            } else break;
          }
          frame.pc = pc;
          if (stepFor(R, ra)) {
            pc -= i >>> 15;
            if (tier !== null && L.hookMask === 0) {
              if (cache.regions !== null) {
                frame.pc = pc;
                pc = tier.resume(L, frame, cache, pc, true);
                if (pc === UNWOUND) {
                  isLeft = true;
                  continue reload;
                }
              } else if (++cache.heat === Heat.Hot) tier.open(closure.proto, cache);
            }
          }
          break;
        }
        case Op.ForPrep:
          frame.pc = pc;
          if (!prepareFor(R, base + ((i >>> 7) & 0xff))) pc += (i >>> 15) + 1;
          break;
        case Op.TForPrep: {
          const ra = base + ((i >>> 7) & 0xff);
          frame.pc = pc;
          if (R[ra + 3] !== undefined) markToBeClosed(L, frame, ra + 3);
          pc += (i >>> 15) + 1; // falls into the TFORCALL, which is not counted by itself
          frame.pc = pc;
          if (!callIterator(L, frame, ra, code[pc - 1]! >>> 24)) continue reload;
          ({ pc } = frame);
          break;
        }
        case Op.TForCall: {
          const ra = base + ((i >>> 7) & 0xff);
          frame.pc = pc;
          if (!callIterator(L, frame, ra, i >>> 24)) continue reload;
          ({ pc } = frame);
          if (tier !== null && L.hookMask === 0) {
            if (cache.regions !== null) {
              frame.pc = pc;
              pc = tier.resume(L, frame, cache, pc, true);
              if (pc === UNWOUND) {
                isLeft = true;
                continue reload;
              }
            } else if (++cache.heat === Heat.Hot) tier.open(closure.proto, cache);
          }
          break;
        }
        case Op.TForLoop: {
          const ra = base + ((i >>> 7) & 0xff);
          if (R[ra + 4] !== undefined) {
            R[ra + 2] = R[ra + 4];
            pc -= i >>> 15;
          }
          break;
        }
        case Op.SetList: {
          const ra = base + ((i >>> 7) & 0xff);
          let n = (i >>> 16) & 0xff;
          let at = i >>> 24;
          if (n === 0) n = L.top - ra - 1;
          if ((i & 0x8000) !== 0) at += (code[pc++]! >>> 7) * 256;
          frame.pc = pc;
          setList(R[ra], R, ra, n, at);
          break;
        }

        // ---- functions ------------------------------------------------------------------------------------------------------
        case Op.Closure: {
          const ra = base + ((i >>> 7) & 0xff);
          frame.pc = pc;
          R[ra] = makeClosure(L, closure, base, i >>> 15);
          if (heap.allocated > heap.threshold) state.collectAt(L, ra + 1);
          break;
        }
        case Op.Vararg: {
          const ra = base + ((i >>> 7) & 0xff);
          let wanted = (i >>> 24) - 1;
          const n = frame.count;
          if (wanted < 0) {
            wanted = n;
            frame.pc = pc;
            L.ensureStack(ra + n + 1);
            L.top = ra + n;
          }
          const from = base - 1 - n;
          for (let j = 0; j < wanted; j++) R[ra + j] = j < n ? R[from + j] : undefined;
          break;
        }
        case Op.VarargPrep:
          meter.fuel++; // C Lua's hooks start after it: it does not count
          frame.pc = pc;
          adjustVarargs(L, frame, (i >>> 7) & 0xff);
          ({ base } = frame);
          break;
        default: // EXTRAARG is always consumed by the instruction before it
          throw new TypeError(`opcode ${i & 0x7f} cannot be executed`);
      }
    }
  }
}

// ---- slow parts of the cases -----------------------------------------------------------------------------------------------

/** Arithmetic on two numbers of any kind; undefined when the MMBIN that follows must decide. */
function arithmeticSlow(event: Event, a: LuaValue, b: LuaValue): LuaValue {
  if (a instanceof LuaFloat) { // boxed integral floats are common: the result is a float, so doubles do
    if (typeof b === "number") return arithmeticOnDoubles(event, a.n, b, a, b);
    if (b instanceof LuaFloat) return arithmeticOnDoubles(event, a.n, b.n, a, b);
  } else if (b instanceof LuaFloat && typeof a === "number") return arithmeticOnDoubles(event, a, b.n, a, b);
  return isNumber(a) && isNumber(b) ? arithmetic(event, a, b) : undefined;
}

function arithmeticOnDoubles(event: Event, x: number, y: number, a: number | LuaFloat, b: number | LuaFloat): LuaValue {
  switch (event) {
    case Event.Add: return makeFloat(x + y);
    case Event.Sub: return makeFloat(x - y);
    case Event.Mul: return makeFloat(x * y);
    case Event.Div: return makeFloat(x / y);
    default: return arithmetic(event, a, b);
  }
}

/** MMBIN, MMBINI, MMBINK: the metamethod for the arithmetic instruction before. */
function fallback(L: Thread, frame: Frame, i: number): LuaValue | Signal {
  const register = (i >>> 7) & 0xff;
  const a = L.stack[frame.base + register];
  const second = (i >>> 16) & 0xff;
  const op = i & 0x7f;
  let b: LuaValue;
  let origin = NOWHERE;
  if (op === Op.MmBin) {
    b = L.stack[frame.base + second];
    origin = second;
  } else b = op === Op.MmBinI ? second - Offset.SC : (frame.func as LuaClosure).proto.constants[second];
  if ((i & 0x8000) !== 0 && op !== Op.MmBin) binaryMetamethod(L, i >>> 24, b, a, origin, register);
  else binaryMetamethod(L, i >>> 24, a, b, register, origin);
  return callPending(L);
}

/** LTI, LEI, GTI, GEI on an operand that is not a plain number. */
function orderWithConstant(L: Thread, i: number, a: LuaValue, b: number): boolean | LuaTable {
  const constant = (i >>> 24) !== 0 ? new LuaFloat(b) : b; // C tells whether the source had a float
  switch (i & 0x7f) {
    case Op.LtI: return order(L, Event.Lt, a, constant);
    case Op.LeI: return order(L, Event.Le, a, constant);
    case Op.GtI: return order(L, Event.Lt, constant, a);
    default: return order(L, Event.Le, constant, a);
  }
}

/** Replaces the frame of a function by the frame of the Lua function it calls last. */
function enterTail(L: Thread, frame: Frame, callee: LuaClosure, ra: number, nargs: number): void {
  const { stack } = L;
  const { proto } = callee;
  const at = frame.ret;
  L.ensureStack(slotsNeeded(proto, at + 1, nargs));
  for (let j = 0; j <= nargs; j++) stack[at + j] = stack[ra + j];
  for (let j = nargs; j < proto.numParams; j++) stack[at + 1 + j] = undefined;
  frame.func = callee;
  frame.base = at + 1;
  frame.top = at + 1 + proto.maxStackSize;
  frame.pc = 0;
  frame.count = nargs;
  frame.tail = true;
  if (L.hookMask !== 0 && !proto.isVararg) callHook(L, frame, true);
}

/** TFORCALL and the TFORLOOP behind it. True: frame.pc is where to go on; false: reload. */
function callIterator(L: Thread, frame: Frame, ra: number, wanted: number): boolean {
  const { stack } = L;
  stack[ra + 4] = stack[ra];
  stack[ra + 5] = stack[ra + 1];
  stack[ra + 6] = stack[ra + 2];
  const iterator = stack[ra];
  if (iterator instanceof NativeFunction && iterator.step !== null && wanted <= 2 && L.hookMask === 0 && iterator.step(stack, ra)) {
    finishFor(frame, stack, ra);
    return true;
  }
  frame.epoch = L.resumeCount;
  L.enterNative();
  const outcome = beginCall(L, ra + 4, 2, wanted, FrameFlag.ForIterator | FrameFlag.Counted);
  if (outcome === PUSHED) return false;
  if (L.hookMask !== 0 || (outcome instanceof Signal && outcome !== MULTI)) {
    settle(L.frame, outcome);
    return false;
  }
  L.nativeDepth--;
  L.frame = frame;
  if (outcome instanceof Signal) storeResults(L, ra + 4, wanted, L.results);
  else {
    stack[ra + 4] = outcome;
    for (let j = 1; j < wanted; j++) stack[ra + 4 + j] = undefined;
  }
  finishFor(frame, stack, ra);
  return true;
}

/** The TFORLOOP behind a TFORCALL, which is not an instruction of its own. */
function finishFor(frame: Frame, stack: LuaValue[], ra: number): void {
  const word = (frame.func as LuaClosure).proto.code[frame.pc++]!;
  const control = stack[ra + 4];
  if (control === undefined) return;
  stack[ra + 2] = control;
  frame.pc -= word >>> 15;
}

function setList(t: LuaValue, stack: LuaValue[], ra: number, n: number, at: number): void {
  if (!(t instanceof LuaTable)) raise("table expected"); // debug.setlocal
  fillTable(t, stack, ra, n, at);
}

/** t[at + i] = stack[ra + i] for 1 <= i <= n. */
export function fillTable(t: LuaTable, stack: LuaValue[], ra: number, n: number, at: number): void {
  if (at === 0 && n > 0 && !t.hasArray && t.hash === null && stack[ra + n] !== undefined) {
    t.adoptArray(stack.slice(ra, ra + n + 1));
    return;
  }
  for (let j = 1; j <= n; j++) t.setInt(at + j, stack[ra + j]);
}

/** VARARGPREP: moves the function and its fixed parameters above the extra arguments. */
function adjustVarargs(L: Thread, frame: Frame, fixed: number): void {
  const { stack } = L;
  const actual = Math.max(frame.count, fixed);
  const from = frame.base - 1;
  const base = frame.base + actual + 1;
  const { proto } = frame.func as LuaClosure;
  stack[base - 1] = stack[from];
  for (let j = 0; j < fixed; j++) {
    stack[base + j] = stack[from + 1 + j];
    stack[from + 1 + j] = undefined;
  }
  frame.base = base;
  frame.top = base + proto.maxStackSize;
  frame.count = actual - fixed;
  if (L.hookMask !== 0) {
    callHook(L, frame, frame.tail);
    L.oldpc = 1; // the next instruction counts as a new line
  }
  if (L.hookMask !== 0 || L.state.observer !== null) L.state.meter.interrupt(); // it ticks, although this one gave its unit back
}
