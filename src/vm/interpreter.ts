// The interpreter loop, and nothing else. One call of `run` executes heap frames until a frame flagged Fresh returns, the
// run is suspended, or a slice of the meter is used up; Lua calls push frames, they never nest JavaScript calls.
//
// There are two loops, one inside the other. The inner one goes on for as long as instructions need no call (`continue`): V8 keeps
// there in the processor's registers what it uses, the meter's fuel among it. What makes a call writes the fuel back
// (`meter.fuel = fuel`), leaves the inner loop and enters it anew (`continue turn`).
//
// Rules of the loop:
//  1. A case does what is common. Where that does not do it ends with `break`, before anything was changed: the whole instruction is
//     left to `executeSlowly` (arithmetic: `break plain`, `calculate`). So V8 has a smaller function to optimise, and need not give
//     it up when something rare happens for the first time.
//  2. frame.pc = pc before anything that can raise, call, or look at the frame.
//  3. After anything that may have pushed a frame or switched threads (PUSHED, settle): `continue reload`.
//  4. Registers are R[base + n]. R is the thread's stack array: it grows, but stays the same array.
//  5. MMBIN follows each arithmetic instruction and runs only when that did not complete (which then skips it).
//  6. `+a` and `a | 0` convert a number once, for all that follows; what is known to be a 32-bit integer is stored without
//     a look at V8's write barrier.
//  7. A test compares its outcome as a number with the bit of the instruction (`holds ? 0x8000 : 0`): V8 would make the bit as a
//     boolean, which so many cases need, in front of the switch, for every instruction. So a case asks `typeof` of a value once, too.
import { Offset } from "../bytecode/instruction.js";
import { Op } from "../bytecode/opcodes.js";
import { LuaFloat, makeFloat } from "../number/float.js";
import { powFloat } from "../number/arithmetic.js";
import { SIZE, heap } from "./accounting.js";
import { mayGrow, isBoxed, payForBox } from "./boxes.js";
import {
  PUSHED, Stop, closeUpvalues, closeVariables, pushLua, pushNative, resolveCallable, returnFrom, settle, storeResults,
} from "./calls.js";
import { prepareFor, stepFor } from "./for-loop.js";
import { FrameFlag } from "./frame-flags.js";
import { LuaClosure, NativeFunction } from "./function.js";
import { cacheOf, learnGet, learnSet, mayAdd, probe } from "./inline-cache.js";
import { LONG_TEXT } from "./long-text.js";
import { MULTI, Signal } from "./signal.js";
import { calculate, callIterator, enterTail, executeSlowly } from "./slow-paths.js";
import type { LuaState } from "./state.js";
import { LuaTable, lookups } from "./table.js";
import { Entered, Heat, UNWOUND } from "./tier.js";
import type { LuaValue } from "./value.js";

/** Runs the current thread from its top frame (a Lua frame). On return `state.stop` says why, Stop.No meaning "enter again". */
export function run(state: LuaState): void {
  const { meter, tier } = state;
  let isLeft = false; // emitted code has just given up at this instruction
  reload: for (;;) {
    if (state.stop !== Stop.No) return;
    const L = state.current;
    const R = L.stack;
    let frame = L.frame;
    let { proto, upvals } = frame.func as LuaClosure;
    let { code, constants: K } = proto;
    let cache = cacheOf(proto);
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
      } else if (++cache.heat >= Heat.Hot && cache.refusal === null) tier.compile(state, proto, cache);
    }

    turn: for (;;) {
      let { fuel } = meter;
      let i: number;
      returned: {
        looped: {
          plain: {
            for (;;) {
              i = code[pc]!;
              pc = (pc + 1) | 0;
              fuel = (fuel - 1) | 0;
              if (fuel < 0) {
                meter.fuel = fuel;
                frame.pc = pc;
                if (state.tick(L, frame)) return;
                meter.fuel++; // the tick has paid for the instruction
                pc--;
                continue turn;
              }
              switch (i & 0x7f) {
                case Op.Move:
                  R[base + ((i >>> 7) & 0xff)] = R[base + ((i >>> 16) & 0xff)];
                  continue;
                case Op.LoadI:
                  R[base + ((i >>> 7) & 0xff)] = (i >>> 15) - Offset.SBx;
                  continue;
                case Op.LoadF:
                  R[base + ((i >>> 7) & 0xff)] = new LuaFloat((i >>> 15) - Offset.SBx);
                  continue;
                case Op.LoadK:
                  R[base + ((i >>> 7) & 0xff)] = K[i >>> 15];
                  continue;
                case Op.LoadFalse:
                  R[base + ((i >>> 7) & 0xff)] = false;
                  continue;
                case Op.LFalseSkip:
                  R[base + ((i >>> 7) & 0xff)] = false;
                  pc++;
                  continue;
                case Op.LoadTrue:
                  R[base + ((i >>> 7) & 0xff)] = true;
                  continue;
                case Op.LoadNil: {
                  let at = base + ((i >>> 7) & 0xff);
                  for (let n = (i >>> 16) & 0xff; n >= 0; n--) R[at++] = undefined;
                  continue;
                }
                case Op.GetUpval: {
                  const up = upvals[(i >>> 16) & 0xff]!;
                  R[base + ((i >>> 7) & 0xff)] = up.stack === null ? up.value : up.stack[up.index];
                  continue;
                }
                case Op.SetUpval: {
                  const up = upvals[(i >>> 16) & 0xff]!;
                  if (up.stack === null) up.value = R[base + ((i >>> 7) & 0xff)];
                  else up.stack[up.index] = R[base + ((i >>> 7) & 0xff)];
                  continue;
                }
                // ---- tables ---------------------------------------------------------------------------------------------------
                case Op.GetTabUp: {
                  const up = upvals[(i >>> 16) & 0xff]!;
                  const t = up.stack === null ? up.value : up.stack[up.index];
                  if (!(t instanceof LuaTable)) break;
                  const field = fields[pc]!;
                  const { shape } = t;
                  let v: LuaValue;
                  if (shape === field.shape) v = t.slots[field.slot];
                  else if (shape === field.shape2) v = t.slots[field.slot2];
                  if (v === undefined) {
                    meter.fuel = fuel;
                    v = probe(field, t) ?? learnGet(field, t, K[i >>> 24] as string);
                    if (v === undefined && t.metatable !== null) {
                      ({ fuel } = meter);
                      break;
                    }
                    R[base + ((i >>> 7) & 0xff)] = v;
                    continue turn;
                  }
                  R[base + ((i >>> 7) & 0xff)] = v;
                  continue;
                }
                case Op.GetTable: {
                  const t = R[base + ((i >>> 16) & 0xff)];
                  const key = R[base + (i >>> 24)];
                  if (!(t instanceof LuaTable)) break;
                  if (typeof key === "number") {
                    const at = key >>> 0;
                    if (at !== key || at >= t.arr.length) break;
                    const v = t.arr[at];
                    if (v === undefined) break;
                    R[base + ((i >>> 7) & 0xff)] = v;
                    continue;
                  }
                  if (typeof key !== "string" || key.length > LONG_TEXT) break;
                  meter.fuel = fuel;
                  const v = t.getStr(key);
                  if (v === undefined && t.metatable !== null) break;
                  R[base + ((i >>> 7) & 0xff)] = v;
                  continue turn;
                }
                case Op.GetI: {
                  const t = R[base + ((i >>> 16) & 0xff)];
                  if (!(t instanceof LuaTable) || (i >>> 24) >= t.arr.length) break;
                  const v = t.arr[i >>> 24];
                  if (v === undefined) break;
                  R[base + ((i >>> 7) & 0xff)] = v;
                  continue;
                }
                case Op.GetField: {
                  const t = R[base + ((i >>> 16) & 0xff)];
                  if (!(t instanceof LuaTable)) break;
                  const field = fields[pc]!;
                  const { shape } = t;
                  let v: LuaValue;
                  if (shape === field.shape) v = t.slots[field.slot];
                  else if (shape === field.shape2) v = t.slots[field.slot2];
                  if (v === undefined) {
                    meter.fuel = fuel;
                    v = probe(field, t) ?? learnGet(field, t, K[i >>> 24] as string);
                    if (v === undefined && t.metatable !== null) {
                      ({ fuel } = meter);
                      break;
                    }
                    R[base + ((i >>> 7) & 0xff)] = v;
                    continue turn;
                  }
                  R[base + ((i >>> 7) & 0xff)] = v;
                  continue;
                }
                case Op.SetTabUp: {
                  const up = upvals[(i >>> 7) & 0xff]!;
                  const t = up.stack === null ? up.value : up.stack[up.index];
                  if (!(t instanceof LuaTable)) break;
                  const v = (i & 0x8000) !== 0 ? K[i >>> 24] : R[base + (i >>> 24)];
                  const field = fields[pc]!;
                  if (t.shape === field.shape) {
                    const old = t.slots[field.slot];
                    if (old !== undefined) {
                      t.slots[field.slot] = v;
                      if (!mayGrow(old, v)) continue;
                      meter.fuel = fuel;
                      payForBox(old, v);
                      continue turn;
                    }
                  }
                  meter.fuel = fuel;
                  if (learnSet(field, t, K[(i >>> 16) & 0xff] as string, v)) continue turn;
                  ({ fuel } = meter);
                  break;
                }
                case Op.SetTable: {
                  const t = R[base + ((i >>> 7) & 0xff)];
                  if (!(t instanceof LuaTable)) break;
                  const key = R[base + ((i >>> 16) & 0xff)];
                  const v = (i & 0x8000) !== 0 ? K[i >>> 24] : R[base + (i >>> 24)];
                  if (typeof key === "number") {
                    const at = key >>> 0;
                    if (at === key) {
                      const { arr } = t;
                      if (at < arr.length) {
                        const old = arr[at];
                        if (old !== undefined) {
                          arr[at] = v;
                          if (!mayGrow(old, v)) continue;
                          meter.fuel = fuel;
                          payForBox(old, v);
                          continue turn;
                        }
                      } else if (
                        at === arr.length && at !== t.room && v !== undefined && t.hash === null && t.metatable === null
                      ) {
                        meter.fuel = fuel;
                        arr.push(v);
                        if (isBoxed(v)) payForBox(undefined, v);
                        continue turn;
                      }
                    }
                  }
                  if (t.metatable !== null) break;
                  meter.fuel = fuel;
                  frame.pc = pc;
                  t.set(key, v);
                  continue turn;
                }
                case Op.SetI: {
                  const t = R[base + ((i >>> 7) & 0xff)];
                  if (!(t instanceof LuaTable)) break;
                  const at = (i >>> 16) & 0xff;
                  const v = (i & 0x8000) !== 0 ? K[i >>> 24] : R[base + (i >>> 24)];
                  if (at < t.arr.length) {
                    const old = t.arr[at];
                    if (old !== undefined) {
                      t.arr[at] = v;
                      if (!mayGrow(old, v)) continue;
                      meter.fuel = fuel;
                      payForBox(old, v);
                      continue turn;
                    }
                  }
                  if (t.metatable !== null) break;
                  meter.fuel = fuel;
                  frame.pc = pc;
                  t.setInt(at, v);
                  continue turn;
                }
                case Op.SetField: {
                  const t = R[base + ((i >>> 7) & 0xff)];
                  if (!(t instanceof LuaTable)) break;
                  const v = (i & 0x8000) !== 0 ? K[i >>> 24] : R[base + (i >>> 24)];
                  const field = fields[pc]!;
                  if (t.shape === field.shape) {
                    const old = t.slots[field.slot];
                    if (old !== undefined) {
                      t.slots[field.slot] = v;
                      if (!mayGrow(old, v)) continue;
                      meter.fuel = fuel;
                      payForBox(old, v);
                      continue turn;
                    }
                  } else if (t.shape === field.absentIn && field.grown !== null && v !== undefined && mayAdd(t)) {
                    meter.fuel = fuel;
                    t.addSlot(field.grown, t.shape.size, v);
                    continue turn;
                  }
                  meter.fuel = fuel;
                  if (learnSet(field, t, K[(i >>> 16) & 0xff] as string, v)) continue turn;
                  ({ fuel } = meter);
                  break;
                }
                case Op.NewTable: {
                  meter.fuel = fuel;
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
                  continue turn;
                }
                case Op.Self: {
                  const t = R[base + ((i >>> 16) & 0xff)];
                  if (!(t instanceof LuaTable)) break;
                  const field = fields[pc]!;
                  const entry = field.through;
                  let v: LuaValue;
                  if (t.shape === field.shape) v = t.slots[field.slot];
                  else if (entry !== null && t.shape === entry.shape && t.metatable === entry.metatable && entry.epoch === lookups.epoch) {
                    v = entry.holder.slots[entry.slot];
                  }
                  const ra = base + ((i >>> 7) & 0xff);
                  if (v === undefined) {
                    meter.fuel = fuel;
                    v = probe(field, t) ?? learnGet(field, t, ((i & 0x8000) !== 0 ? K[i >>> 24] : R[base + (i >>> 24)]) as string);
                    if (v === undefined && t.metatable !== null) {
                      ({ fuel } = meter);
                      break;
                    }
                    R[ra + 1] = t;
                    R[ra] = v;
                    continue turn;
                  }
                  R[ra + 1] = t;
                  R[ra] = v;
                  continue;
                }
                // ---- arithmetic -----------------------------------------------------------------------------------------------
                case Op.AddI: {
                  const a = R[base + ((i >>> 16) & 0xff)];
                  const b = (i >>> 24) - Offset.SC;
                  if (typeof a === "number") {
                    const x = +a;
                    const xi = x | 0;
                    if (xi === x) {
                      const s = (xi + b) | 0;
                      if (((xi ^ s) & (b ^ s)) >= 0) {
                        R[base + ((i >>> 7) & 0xff)] = s;
                        pc++;
                        continue;
                      }
                    }
                    const r = x + b;
                    if (Math.floor(r) === r && (Math.floor(x) !== x || r > 9007199254740991 || r < -9007199254740991)) break plain;
                    R[base + ((i >>> 7) & 0xff)] = r;
                  } else if (a instanceof LuaFloat) R[base + ((i >>> 7) & 0xff)] = makeFloat(a.n + b);
                  else break plain;
                  pc++;
                  continue;
                }
                case Op.AddK:
                case Op.Add: {
                  const a = R[base + ((i >>> 16) & 0xff)];
                  const b = (i & 0x7f) >= Op.Add ? R[base + (i >>> 24)] : K[i >>> 24];
                  if (typeof a === "number" && typeof b === "number") {
                    const x = +a;
                    const y = +b;
                    const xi = x | 0;
                    const yi = y | 0;
                    if (xi === x && yi === y) {
                      const s = (xi + yi) | 0;
                      if (((xi ^ s) & (yi ^ s)) >= 0) {
                        R[base + ((i >>> 7) & 0xff)] = s;
                        pc++;
                        continue;
                      }
                    }
                    const r = x + y;
                    let v: number | LuaFloat = r;
                    if (Math.floor(r) === r) {
                      if (Math.floor(x) !== x || Math.floor(y) !== y) v = makeFloat(r);
                      else if (r > 9007199254740991 || r < -9007199254740991) break plain;
                    }
                    R[base + ((i >>> 7) & 0xff)] = v;
                  } else if (a instanceof LuaFloat) {
                    if (b instanceof LuaFloat) R[base + ((i >>> 7) & 0xff)] = makeFloat(a.n + b.n);
                    else if (Number.isFinite(b)) R[base + ((i >>> 7) & 0xff)] = makeFloat(a.n + (b as number));
                    else break plain;
                  } else if (b instanceof LuaFloat && Number.isFinite(a)) R[base + ((i >>> 7) & 0xff)] = makeFloat((a as number) + b.n);
                  else break plain;
                  pc++;
                  continue;
                }
                case Op.SubK:
                case Op.Sub: {
                  const a = R[base + ((i >>> 16) & 0xff)];
                  const b = (i & 0x7f) >= Op.Add ? R[base + (i >>> 24)] : K[i >>> 24];
                  if (typeof a === "number" && typeof b === "number") {
                    const x = +a;
                    const y = +b;
                    const xi = x | 0;
                    const yi = y | 0;
                    if (xi === x && yi === y) {
                      const s = (xi - yi) | 0;
                      if (((xi ^ yi) & (xi ^ s)) >= 0) {
                        R[base + ((i >>> 7) & 0xff)] = s;
                        pc++;
                        continue;
                      }
                    }
                    const r = x - y;
                    let v: number | LuaFloat = r;
                    if (Math.floor(r) === r) {
                      if (Math.floor(x) !== x || Math.floor(y) !== y) v = makeFloat(r);
                      else if (r > 9007199254740991 || r < -9007199254740991) break plain;
                    }
                    R[base + ((i >>> 7) & 0xff)] = v;
                  } else if (a instanceof LuaFloat) {
                    if (b instanceof LuaFloat) R[base + ((i >>> 7) & 0xff)] = makeFloat(a.n - b.n);
                    else if (Number.isFinite(b)) R[base + ((i >>> 7) & 0xff)] = makeFloat(a.n - (b as number));
                    else break plain;
                  } else if (b instanceof LuaFloat && Number.isFinite(a)) R[base + ((i >>> 7) & 0xff)] = makeFloat((a as number) - b.n);
                  else break plain;
                  pc++;
                  continue;
                }
                case Op.MulK:
                case Op.Mul: {
                  const a = R[base + ((i >>> 16) & 0xff)];
                  const b = (i & 0x7f) >= Op.Add ? R[base + (i >>> 24)] : K[i >>> 24];
                  if (typeof a === "number" && typeof b === "number") {
                    const x = +a;
                    const y = +b;
                    const r = x * y;
                    if (Math.floor(r) === r) {
                      if (Math.floor(x) !== x || Math.floor(y) !== y) R[base + ((i >>> 7) & 0xff)] = makeFloat(r);
                      else if (r === 0) R[base + ((i >>> 7) & 0xff)] = 0; // no −0, and a store of its own: docs/architecture.md
                      else if (r > 9007199254740991 || r < -9007199254740991) break plain;
                      else R[base + ((i >>> 7) & 0xff)] = r;
                    } else R[base + ((i >>> 7) & 0xff)] = r;
                  } else if (a instanceof LuaFloat) {
                    if (b instanceof LuaFloat) R[base + ((i >>> 7) & 0xff)] = makeFloat(a.n * b.n);
                    else if (Number.isFinite(b)) R[base + ((i >>> 7) & 0xff)] = makeFloat(a.n * (b as number));
                    else break plain;
                  } else if (b instanceof LuaFloat && Number.isFinite(a)) R[base + ((i >>> 7) & 0xff)] = makeFloat((a as number) * b.n);
                  else break plain;
                  pc++;
                  continue;
                }
                case Op.ModK:
                case Op.Mod: {
                  const a = R[base + ((i >>> 16) & 0xff)];
                  const b = (i & 0x7f) >= Op.Add ? R[base + (i >>> 24)] : K[i >>> 24];
                  if (typeof a === "number" && typeof b === "number") {
                    const x = +a;
                    const y = +b;
                    const xi = x | 0;
                    const yi = y | 0;
                    if (xi === x && yi === y && yi !== 0) {
                      const r = (xi % yi) | 0;
                      R[base + ((i >>> 7) & 0xff)] = r !== 0 && (r ^ yi) < 0 ? (r + yi) | 0 : r;
                      pc++;
                      continue;
                    }
                  }
                  break plain;
                }
                case Op.PowK:
                case Op.Pow: {
                  const a = R[base + ((i >>> 16) & 0xff)];
                  const b = (i & 0x7f) >= Op.Add ? R[base + (i >>> 24)] : K[i >>> 24];
                  if (typeof a !== "number" || typeof b !== "number") break plain;
                  pc++;
                  if (b === 2) {
                    const r = a * a;
                    R[base + ((i >>> 7) & 0xff)] = Math.floor(r) !== r ? r : makeFloat(r);
                    continue;
                  }
                  meter.fuel = fuel;
                  R[base + ((i >>> 7) & 0xff)] = makeFloat(powFloat(a, b));
                  continue turn;
                }
                case Op.DivK:
                case Op.Div: {
                  const a = R[base + ((i >>> 16) & 0xff)];
                  const b = (i & 0x7f) >= Op.Add ? R[base + (i >>> 24)] : K[i >>> 24];
                  if (typeof a === "number" && typeof b === "number") R[base + ((i >>> 7) & 0xff)] = makeFloat(a / b);
                  else if (a instanceof LuaFloat) {
                    if (b instanceof LuaFloat) R[base + ((i >>> 7) & 0xff)] = makeFloat(a.n / b.n);
                    else if (Number.isFinite(b)) R[base + ((i >>> 7) & 0xff)] = makeFloat(a.n / (b as number));
                    else break plain;
                  } else if (b instanceof LuaFloat && Number.isFinite(a)) R[base + ((i >>> 7) & 0xff)] = makeFloat((a as number) / b.n);
                  else break plain;
                  pc++;
                  continue;
                }
                case Op.IDivK:
                case Op.IDiv: {
                  const a = R[base + ((i >>> 16) & 0xff)];
                  const b = (i & 0x7f) >= Op.Add ? R[base + (i >>> 24)] : K[i >>> 24];
                  if (typeof a === "number" && typeof b === "number") {
                    const x = +a;
                    const y = +b;
                    const xi = x | 0;
                    const yi = y | 0;
                    if (xi === x && yi === y && yi !== 0) {
                      R[base + ((i >>> 7) & 0xff)] = Math.floor(xi / yi) + 0;
                      pc++;
                      continue;
                    }
                  }
                  break plain;
                }
                case Op.BAndK:
                case Op.BAnd: {
                  const a = R[base + ((i >>> 16) & 0xff)];
                  const b = (i & 0x7f) >= Op.Add ? R[base + (i >>> 24)] : K[i >>> 24];
                  if (typeof a === "number" && typeof b === "number") {
                    const x = +a;
                    const y = +b;
                    const xi = x | 0;
                    const yi = y | 0;
                    if (xi === x && yi === y) {
                      R[base + ((i >>> 7) & 0xff)] = xi & yi;
                      pc++;
                      continue;
                    }
                  }
                  break plain;
                }
                case Op.BOrK:
                case Op.BOr: {
                  const a = R[base + ((i >>> 16) & 0xff)];
                  const b = (i & 0x7f) >= Op.Add ? R[base + (i >>> 24)] : K[i >>> 24];
                  if (typeof a === "number" && typeof b === "number") {
                    const x = +a;
                    const y = +b;
                    const xi = x | 0;
                    const yi = y | 0;
                    if (xi === x && yi === y) {
                      R[base + ((i >>> 7) & 0xff)] = xi | yi;
                      pc++;
                      continue;
                    }
                  }
                  break plain;
                }
                case Op.BXorK:
                case Op.BXor: {
                  const a = R[base + ((i >>> 16) & 0xff)];
                  const b = (i & 0x7f) >= Op.Add ? R[base + (i >>> 24)] : K[i >>> 24];
                  if (typeof a === "number" && typeof b === "number") {
                    const x = +a;
                    const y = +b;
                    const xi = x | 0;
                    const yi = y | 0;
                    if (xi === x && yi === y) {
                      R[base + ((i >>> 7) & 0xff)] = xi ^ yi;
                      pc++;
                      continue;
                    }
                  }
                  break plain;
                }
                case Op.Shl: {
                  const a = R[base + ((i >>> 16) & 0xff)];
                  const b = R[base + (i >>> 24)];
                  if (typeof a === "number" && typeof b === "number") {
                    const x = a | 0;
                    const y = b | 0;
                    if (x === a && x >= 0 && y === b && y >= 0 && y <= 21) {
                      R[base + ((i >>> 7) & 0xff)] = x * (1 << y);
                      pc++;
                      continue;
                    }
                  }
                  break plain;
                }
                case Op.Shr: {
                  const a = R[base + ((i >>> 16) & 0xff)];
                  const b = R[base + (i >>> 24)];
                  if (typeof a === "number" && typeof b === "number") {
                    const x = a | 0;
                    const y = b | 0;
                    if (x === a && x >= 0 && y === b && y >= 0 && y <= 31) {
                      R[base + ((i >>> 7) & 0xff)] = x >>> y;
                      pc++;
                      continue;
                    }
                  }
                  break plain;
                }
                case Op.ShrI: {
                  const a = R[base + ((i >>> 16) & 0xff)];
                  const b = (i >>> 24) - Offset.SC;
                  if (typeof a === "number") {
                    const x = a | 0;
                    if (x === a && x >= 0 && b >= 0 && b <= 31) {
                      R[base + ((i >>> 7) & 0xff)] = x >>> b;
                      pc++;
                      continue;
                    }
                  }
                  break plain;
                }
                case Op.Unm: {
                  const a = R[base + ((i >>> 16) & 0xff)];
                  if (a instanceof LuaFloat) R[base + ((i >>> 7) & 0xff)] = new LuaFloat(-a.n);
                  // safe integers negate to safe integers, non-integral floats to such
                  else if (typeof a === "number" && a !== 0) R[base + ((i >>> 7) & 0xff)] = -a;
                  else break;
                  continue;
                }
                case Op.Not: {
                  const a = R[base + ((i >>> 16) & 0xff)];
                  R[base + ((i >>> 7) & 0xff)] = a === undefined || a === false;
                  continue;
                }
                case Op.Len: {
                  meter.fuel = fuel;
                  const a = R[base + ((i >>> 16) & 0xff)];
                  if (!(a instanceof LuaTable) || a.metatable !== null) break;
                  R[base + ((i >>> 7) & 0xff)] = a.length();
                  continue turn;
                }
                case Op.Concat: {
                  meter.fuel = fuel;
                  const ra = base + ((i >>> 7) & 0xff);
                  if (((i >>> 16) & 0xff) !== 2) break;
                  const a = R[ra];
                  const b = R[ra + 1];
                  if (typeof a !== "string" || typeof b !== "string") break;
                  if (a.length + b.length > heap.longest || state.addressed.size !== 0) break;
                  heap.allocations++;
                  heap.allocated += SIZE.string + a.length + b.length;
                  R[ra] = a + b;
                  if (heap.allocated > heap.threshold) {
                    frame.pc = pc;
                    state.collectAt(L, ra + 1);
                  }
                  continue turn;
                }
                // ---- jumps and tests ------------------------------------------------------------------------------------------
                case Op.Jmp:
                  pc += (i >>> 7) - Offset.SJ;
                  if ((i >>> 7) < Offset.SJ && tier !== null) {
                    meter.fuel = fuel;
                    break looped;
                  }
                  continue;
                case Op.Eq: {
                  const a = R[base + ((i >>> 7) & 0xff)];
                  const b = R[base + ((i >>> 16) & 0xff)];
                  if (typeof a === "string") {
                    if (a.length > LONG_TEXT) break;
                  } else if (a !== b && (typeof a !== "number" || typeof b !== "number")) break;
                  if ((a === b ? 0x8000 : 0) === (i & 0x8000)) pc += (code[pc]! >>> 7) - Offset.SJ + 1;
                  else pc++;
                  continue;
                }
                case Op.Lt: {
                  const a = R[base + ((i >>> 7) & 0xff)];
                  const b = R[base + ((i >>> 16) & 0xff)];
                  let holds: boolean;
                  if (typeof a === "number" && typeof b === "number") holds = a < b;
                  else if (a instanceof LuaFloat) {
                    if (b instanceof LuaFloat) holds = a.n < b.n;
                    else if (Number.isFinite(b)) holds = a.n < (b as number);
                    else break;
                  } else if (b instanceof LuaFloat && Number.isFinite(a)) holds = (a as number) < b.n;
                  else break;
                  if ((holds ? 0x8000 : 0) === (i & 0x8000)) pc += (code[pc]! >>> 7) - Offset.SJ + 1;
                  else pc++;
                  continue;
                }
                case Op.Le: {
                  const a = R[base + ((i >>> 7) & 0xff)];
                  const b = R[base + ((i >>> 16) & 0xff)];
                  let holds: boolean;
                  if (typeof a === "number" && typeof b === "number") holds = a <= b;
                  else if (a instanceof LuaFloat) {
                    if (b instanceof LuaFloat) holds = a.n <= b.n;
                    else if (Number.isFinite(b)) holds = a.n <= (b as number);
                    else break;
                  } else if (b instanceof LuaFloat && Number.isFinite(a)) holds = (a as number) <= b.n;
                  else break;
                  if ((holds ? 0x8000 : 0) === (i & 0x8000)) pc += (code[pc]! >>> 7) - Offset.SJ + 1;
                  else pc++;
                  continue;
                }
                case Op.EqK: {
                  const a = R[base + ((i >>> 7) & 0xff)];
                  const b = K[(i >>> 16) & 0xff];
                  if (typeof a === "string") {
                    if (a.length > LONG_TEXT) break;
                  } else if (a !== b && b !== undefined && (a instanceof LuaFloat || b instanceof LuaFloat)) break;
                  if ((a === b ? 0x8000 : 0) === (i & 0x8000)) pc += (code[pc]! >>> 7) - Offset.SJ + 1;
                  else pc++;
                  continue;
                }
                case Op.EqI: {
                  const a = R[base + ((i >>> 7) & 0xff)];
                  const b = ((i >>> 16) & 0xff) - Offset.SC;
                  const holds = a === b || (a instanceof LuaFloat && a.n === b);
                  if ((holds ? 0x8000 : 0) === (i & 0x8000)) pc += (code[pc]! >>> 7) - Offset.SJ + 1;
                  else pc++;
                  continue;
                }
                case Op.LtI: {
                  const a = R[base + ((i >>> 7) & 0xff)];
                  if (typeof a !== "number") break;
                  if ((a < ((i >>> 16) & 0xff) - Offset.SC ? 0x8000 : 0) === (i & 0x8000)) pc += (code[pc]! >>> 7) - Offset.SJ + 1;
                  else pc++;
                  continue;
                }
                case Op.LeI: {
                  const a = R[base + ((i >>> 7) & 0xff)];
                  if (typeof a !== "number") break;
                  if ((a <= ((i >>> 16) & 0xff) - Offset.SC ? 0x8000 : 0) === (i & 0x8000)) pc += (code[pc]! >>> 7) - Offset.SJ + 1;
                  else pc++;
                  continue;
                }
                case Op.GtI: {
                  const a = R[base + ((i >>> 7) & 0xff)];
                  if (typeof a !== "number") break;
                  if ((a > ((i >>> 16) & 0xff) - Offset.SC ? 0x8000 : 0) === (i & 0x8000)) pc += (code[pc]! >>> 7) - Offset.SJ + 1;
                  else pc++;
                  continue;
                }
                case Op.GeI: {
                  const a = R[base + ((i >>> 7) & 0xff)];
                  if (typeof a !== "number") break;
                  if ((a >= ((i >>> 16) & 0xff) - Offset.SC ? 0x8000 : 0) === (i & 0x8000)) pc += (code[pc]! >>> 7) - Offset.SJ + 1;
                  else pc++;
                  continue;
                }
                case Op.Test: {
                  const a = R[base + ((i >>> 7) & 0xff)];
                  if ((a !== undefined && a !== false ? 0x8000 : 0) === (i & 0x8000)) pc += (code[pc]! >>> 7) - Offset.SJ + 1;
                  else pc++;
                  continue;
                }
                case Op.TestSet: {
                  const b = R[base + ((i >>> 16) & 0xff)];
                  if ((b !== undefined && b !== false ? 0x8000 : 0) === (i & 0x8000)) {
                    R[base + ((i >>> 7) & 0xff)] = b;
                    pc += (code[pc]! >>> 7) - Offset.SJ + 1;
                  } else pc++;
                  continue;
                }
                // ---- calls and returns ----------------------------------------------------------------------------------------
                case Op.Call: {
                  meter.fuel = fuel;
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
                    ({ proto, upvals } = callee);
                    ({ code, constants: K } = proto);
                    cache = cacheOf(proto);
                    ({ fields } = cache);
                    base = ra + 1;
                    pc = 0;
                    if (tier !== null && (cache.isEntered || ++cache.heat === Heat.Hot)) continue reload;
                    continue turn;
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
                  continue turn;
                }
                case Op.TailCall: {
                  meter.fuel = fuel;
                  const ra = base + ((i >>> 7) & 0xff);
                  const b = (i >>> 16) & 0xff;
                  let nargs = b !== 0 ? b - 1 : L.top - ra - 1;
                  frame.pc = pc;
                  if ((i & 0x8000) !== 0) closeUpvalues(L, base);
                  nargs = resolveCallable(L, ra, nargs, (i >>> 7) & 0xff);
                  const callee = R[ra];
                  if (callee instanceof LuaClosure) {
                    enterTail(L, frame, callee, ra, nargs);
                    ({ proto, upvals } = callee);
                    ({ code, constants: K } = proto);
                    cache = cacheOf(proto);
                    ({ fields } = cache);
                    base = frame.base;
                    pc = 0;
                    if (cache.isEntered) continue reload;
                    continue turn;
                  }
                  frame.epoch = L.resumeCount;
                  const native = pushNative(L, callee as NativeFunction, ra, nargs, -1, FrameFlag.NativeTail);
                  settle(native, (callee as NativeFunction).run(native));
                  continue reload;
                }
                case Op.Return: {
                  meter.fuel = fuel;
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
                  break returned;
                }
                case Op.Return0: {
                  meter.fuel = fuel;
                  if (frame.flags !== 0 || L.hookMask !== 0) {
                    frame.pc = pc;
                    returnFrom(frame, []);
                    continue reload;
                  }
                  const wanted = frame.nresults;
                  if (wanted < 0) L.top = frame.ret;
                  else for (let j = 0; j < wanted; j++) R[frame.ret + j] = undefined;
                  break returned;
                }
                case Op.Return1: {
                  meter.fuel = fuel;
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
                  break returned;
                }
                // ---- loops ----------------------------------------------------------------------------------------------------
                case Op.ForLoop: {
                  const ra = base + ((i >>> 7) & 0xff);
                  const step = R[ra + 2];
                  const count = R[ra + 1];
                  const index = R[ra];
                  if (typeof step === "number" && typeof count === "number" && typeof index === "number") {
                    if (count <= 0) continue;
                    const next = index + step;
                    const small = next | 0;
                    const left = count | 0;
                    if (small === next && left === count) {
                      R[ra + 1] = (left - 1) | 0;
                      R[ra] = small;
                      R[ra + 3] = small;
                      pc -= i >>> 15;
                      if (tier === null) continue;
                      meter.fuel = fuel;
                      break looped;
                    }
                    if (next <= 9007199254740991 && next >= -9007199254740991) {
                      R[ra + 1] = count - 1;
                      R[ra] = next;
                      R[ra + 3] = next;
                      pc -= i >>> 15;
                      meter.fuel = fuel;
                      break looped;
                    }
                  }
                  meter.fuel = fuel;
                  frame.pc = pc;
                  if (!stepFor(R, ra)) continue turn;
                  pc -= i >>> 15;
                  break looped;
                }
                case Op.ForPrep:
                  meter.fuel = fuel;
                  frame.pc = pc;
                  if (!prepareFor(R, base + ((i >>> 7) & 0xff))) pc += (i >>> 15) + 1;
                  continue turn;
                case Op.TForCall: {
                  meter.fuel = fuel;
                  const ra = base + ((i >>> 7) & 0xff);
                  frame.pc = pc;
                  if (!callIterator(L, frame, ra, i >>> 24)) continue reload;
                  ({ pc } = frame);
                  break looped;
                }
                case Op.TForLoop: {
                  meter.fuel = fuel;
                  const ra = base + ((i >>> 7) & 0xff);
                  if (R[ra + 4] !== undefined) {
                    R[ra + 2] = R[ra + 4];
                    pc -= i >>> 15;
                  }
                  continue turn;
                }
                // ---- functions ------------------------------------------------------------------------------------------------
                case Op.Vararg: {
                  meter.fuel = fuel;
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
                  continue turn;
                }
              }
              break;
            }
            // the general way
            meter.fuel = fuel;
            frame.pc = pc;
            if (!executeSlowly(L, frame, i)) continue reload;
            ({ base, pc } = frame);
            continue;
          }
          // numbers that are not plain, or no numbers
          meter.fuel = fuel;
          frame.pc = pc;
          if (calculate(R, base, K, i)) pc++;
          continue;
        }
        // a loop goes on at pc
        if (tier !== null && L.hookMask === 0) {
          if (cache.regions !== null) {
            frame.pc = pc;
            pc = tier.resume(L, frame, cache, pc, true);
            if (pc === UNWOUND) {
              isLeft = true;
              continue reload;
            }
          } else if (++cache.heat === Heat.Hot) tier.open(proto, cache);
        }
        continue;
      }
      // the caller of a function that has returned goes on
      frame = frame.prev!;
      L.frame = frame;
      ({ proto, upvals } = frame.func as LuaClosure);
      ({ code, constants: K } = proto);
      cache = cacheOf(proto);
      ({ fields } = cache);
      ({ base, pc } = frame);
      if (cache.regions !== null && tier !== null) {
        pc = tier.resume(L, frame, cache, pc, false);
        if (pc === UNWOUND) {
          isLeft = true;
          continue reload;
        }
      }
    }
  }
}
