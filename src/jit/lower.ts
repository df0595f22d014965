// Bytecode → JavaScript: one function's blocks as cases of a state machine over the block's first instruction.
//
// The emitted text keeps registers in variables r0, r1, … and holds only what completes without raising, calling Lua code or
// suspending. Anything else leaves: registers go back to the stack, the instructions that were charged but not executed are
// refunded, and the interpreter executes the instruction. So counts, errors and hooks are the interpreter's own.
import { getA, getB, getBx, getC, getK, getOp, getSB, getSBx, getSC, getSJ } from "../bytecode/instruction.js";
import { Op } from "../bytecode/opcodes.js";
import type { Proto } from "../bytecode/proto.js";
import { LuaFloat, makeFloat } from "../number/float.js";
import { powFloat } from "../number/arithmetic.js";
import { Event } from "../vm/events.js";
import type { FieldCache } from "../vm/inline-cache.js";
import { LuaTable } from "../vm/table.js";
import { type Block, extraOf, findBlocks, isArithmetic, wordsOf } from "./control-flow.js";
import * as helpers from "./helpers.js";
import { Writer } from "./writer.js";

/** A function the tier does not compile, and why. */
export class Refusal {
  constructor(readonly reason: string) {}
}

/** Instructions of a function above which compiling it costs more than it gives. */
const MAX_CODE = 4000;

const EVENT_OF: Partial<Record<Op, Event>> = {
  [Op.AddI]: Event.Add, [Op.AddK]: Event.Add, [Op.Add]: Event.Add, [Op.SubK]: Event.Sub, [Op.Sub]: Event.Sub,
  [Op.MulK]: Event.Mul, [Op.Mul]: Event.Mul, [Op.ModK]: Event.Mod, [Op.Mod]: Event.Mod, [Op.PowK]: Event.Pow, [Op.Pow]: Event.Pow,
  [Op.DivK]: Event.Div, [Op.Div]: Event.Div, [Op.IDivK]: Event.IDiv, [Op.IDiv]: Event.IDiv,
  [Op.BAndK]: Event.BAnd, [Op.BAnd]: Event.BAnd, [Op.BOrK]: Event.BOr, [Op.BOr]: Event.BOr, [Op.BXorK]: Event.BXor, [Op.BXor]: Event.BXor,
  [Op.ShrI]: Event.Shr, [Op.Shr]: Event.Shr, [Op.ShlI]: Event.Shl, [Op.Shl]: Event.Shl,
};

/** Writes the emitted function of `proto`; throws {@link Refusal}. */
export function lower(proto: Proto, fields: readonly FieldCache[]): Writer {
  if (proto.code.length > MAX_CODE) throw new Refusal("too long");
  return new Lowering(proto, fields).write();
}

class Lowering {
  private readonly out = new Writer();
  /** Registers captured by inner functions live in the stack, where their upvalues look. */
  private readonly captured = new Set<number>();
  /** The block being written: instructions it charges, and how many of them are done. */
  private charged = 0;
  private done = 0;
  private readonly h: Record<keyof typeof helpers, string>;
  private readonly leave: string;

  constructor(private readonly proto: Proto, private readonly fields: readonly FieldCache[]) {
    for (const inner of proto.protos) for (const up of inner.upvalues) if (up.inStack) this.captured.add(up.index);
    const names = Object.keys(helpers) as (keyof typeof helpers)[];
    this.h = Object.fromEntries(names.map((name) => [name, this.out.constant(helpers[name])])) as Record<keyof typeof helpers, string>;
    this.leave = this.h.LEAVE;
  }

  write(): Writer {
    const { out } = this;
    const live = Array.from({ length: this.proto.maxStackSize }, (_, n) => n).filter((n) => !this.captured.has(n));
    const blocks = findBlocks(this.proto);
    const cases = blocks.filter((block) => !this.leavesAtOnce(block));
    if (cases.length === 0) throw new Refusal("nothing to emit");
    out.line("const m = L.state.meter, U = frame.func.upvals;");
    if (live.length > 0) out.line(`let ${live.map((n) => `r${n} = R[b + ${n}]`).join(", ")};`);
    out.line("let q = 0, t;");
    out.line("run: for (;;) { switch (pc) {");
    for (const block of cases) this.block(block);
    out.line("default: break run; } }");
    out.line("m.fuel += q;");
    for (const n of live) out.line(`R[b + ${n}] = r${n};`);
    out.line("return pc;");
    return out;
  }

  /** The first instruction is the interpreter's: such a block needs no case. */
  private leavesAtOnce(block: Block): boolean {
    switch (getOp(this.proto.code[block.start]!)) {
      case Op.Call: case Op.TailCall: case Op.Return: case Op.Return0: case Op.Return1: case Op.Closure: case Op.Close: case Op.Tbc:
      case Op.Vararg: case Op.VarargPrep: case Op.TForLoop: case Op.ExtraArg: case Op.MmBin: case Op.MmBinI: case Op.MmBinK:
        return true;
      default: return false;
    }
  }

  private block(block: Block): void {
    const { code } = this.proto;
    let count = 0;
    let interpreted = false;
    for (let pc = block.start; pc < block.end; pc += wordsOf(this.proto, pc)) {
      if (this.isInterpreted(pc)) {
        interpreted = true;
        break;
      }
      if (getOp(code[pc]!) !== Op.TForPrep) count++; // it and the TFORCALL it falls into count as one
      if (this.isTest(getOp(code[pc]!))) break; // its jump is not counted
    }
    this.charged = count;
    this.done = 0;
    this.out.line(`case ${block.start}:`);
    const self = !interpreted && this.endsInLoopTo(block);
    if (self) this.out.line("for (;;) {");
    if (count > 0) this.out.line(`if (m.fuel < ${count}) { pc = ${block.start}; break run; } m.fuel -= ${count};`);
    let pc = block.start;
    let open = true;
    while (pc < block.end) {
      if (this.isInterpreted(pc)) {
        this.out.line(`pc = ${pc}; break run;`);
        open = false;
        break;
      }
      const op = getOp(code[pc]!);
      const next = pc + wordsOf(this.proto, pc);
      if (this.isTest(op)) {
        this.test(pc);
        open = false;
        break;
      }
      open = this.instruction(pc, self);
      if (op !== Op.TForPrep) this.done++;
      pc = next;
    }
    if (self) this.out.line("}");
    if (open) this.out.line(`pc = ${block.end}; continue run;`);
  }

  /** A FORLOOP at the end goes back to the block's own start: the loop can stand inside the case. */
  private endsInLoopTo(block: Block): boolean {
    const last = block.end - 1;
    const word = this.proto.code[last]!;
    return getOp(word) === Op.ForLoop && last + 1 - getBx(word) === block.start;
  }

  private isTest(op: Op): boolean {
    return op >= Op.Eq && op <= Op.TestSet;
  }

  private isInterpreted(pc: number): boolean {
    const word = this.proto.code[pc]!;
    switch (getOp(word)) {
      case Op.Call: case Op.TailCall: case Op.Return: case Op.Return0: case Op.Return1: case Op.Closure: case Op.Close: case Op.Tbc:
      case Op.Vararg: case Op.VarargPrep: case Op.TForLoop: case Op.BNot:
        return true;
      case Op.SetList: return getB(word) === 0 || getK(word) !== 0;
      case Op.Concat: return getB(word) !== 2;
      default: return false;
    }
  }

  // ---- operands -------------------------------------------------------------------------------------------------------

  private r(n: number): string {
    return this.captured.has(n) ? `R[b + ${n}]` : `r${n}`;
  }

  private k(n: number): string {
    const value = this.proto.constants[n];
    if (value === undefined || typeof value === "boolean") return String(value);
    return typeof value === "number" && value - value === 0 ? `(${String(value)})` : this.out.constant(value);
  }

  private rk(word: number): string {
    return getK(word) !== 0 ? this.k(getC(word)) : this.r(getC(word));
  }

  /** Leaves before the instruction at `pc`. */
  private exit(pc: number): string {
    const refund = this.charged - this.done;
    return `{ ${refund > 0 ? `q = ${refund}; ` : ""}pc = ${pc}; break run; }`;
  }

  // ---- instructions -----------------------------------------------------------------------------------------------------

  /** Writes one instruction; false when control never falls through. */
  private instruction(pc: number, selfLoop: boolean): boolean {
    const { out, h } = this;
    const word = this.proto.code[pc]!;
    const op = getOp(word);
    const a = this.r(getA(word));
    if (isArithmetic(op)) {
      this.arithmetic(pc, op, word);
      return true;
    }
    switch (op) {
      case Op.Move: out.line(`${a} = ${this.r(getB(word))};`); return true;
      case Op.LoadI: out.line(`${a} = ${getSBx(word)};`); return true;
      case Op.LoadF: out.line(`${a} = ${out.constant(new LuaFloat(getSBx(word)))};`); return true;
      case Op.LoadK: out.line(`${a} = ${this.k(getBx(word))};`); return true;
      case Op.LoadKX: out.line(`${a} = ${this.k(extraOf(this.proto, pc))};`); return true;
      case Op.LoadFalse: out.line(`${a} = false;`); return true;
      case Op.LoadTrue: out.line(`${a} = true;`); return true;
      case Op.LFalseSkip: out.line(`${a} = false; pc = ${pc + 2}; continue run;`); return false;
      case Op.LoadNil:
        for (let n = 0; n <= getB(word); n++) out.line(`${this.r(getA(word) + n)} = undefined;`);
        return true;
      case Op.GetUpval: out.line(`t = U[${getB(word)}]; ${a} = t.stack === null ? t.value : t.stack[t.index];`); return true;
      case Op.SetUpval: out.line(`t = U[${getB(word)}]; if (t.stack === null) t.value = ${a}; else t.stack[t.index] = ${a};`); return true;
      case Op.GetTabUp: this.getField(pc, a, this.upvalue(getB(word)), getC(word)); return true;
      case Op.GetField: this.getField(pc, a, this.r(getB(word)), getC(word)); return true;
      case Op.SetTabUp: this.setField(pc, this.upvalue(getA(word)), getB(word), this.rk(word)); return true;
      case Op.SetField: this.setField(pc, a, getB(word), this.rk(word)); return true;
      case Op.GetTable: this.getElement(pc, a, this.r(getB(word)), this.r(getC(word))); return true;
      case Op.GetI: this.getElement(pc, a, this.r(getB(word)), String(getC(word))); return true;
      case Op.SetTable: this.setElement(pc, a, this.r(getB(word)), this.rk(word)); return true;
      case Op.SetI: this.setElement(pc, a, String(getB(word)), this.rk(word)); return true;
      case Op.Self: {
        if (getK(word) === 0) {
          out.line(this.exit(pc));
          return true;
        }
        const object = this.r(getB(word));
        out.line(`t = ${h.getField}(${this.cache(pc)}, ${object}, ${this.k(getC(word))}); if (t === ${this.leave}) ${this.exit(pc)}`);
        out.line(`${this.r(getA(word) + 1)} = ${object}; ${a} = t;`);
        return true;
      }
      case Op.NewTable: {
        const hint = getB(word);
        out.line(`t = ${h.newTable}(${hint === 0 ? 0 : hint > 7 ? 64 : 1 << (hint - 1)}); if (t === ${this.leave}) ${this.exit(pc)} ${a} = t;`);
        return true;
      }
      case Op.Unm: {
        const b = this.r(getB(word));
        out.line(`if (typeof ${b} === "number" && ${b} !== 0) ${a} = -${b}; else { t = ${h.negate}(${b}); if (t === ${this.leave}) ${this.exit(pc)} ${a} = t; }`);
        return true;
      }
      case Op.Not: out.line(`t = ${this.r(getB(word))}; ${a} = t === undefined || t === false;`); return true;
      case Op.Len: out.line(`t = ${h.lengthOf}(${this.r(getB(word))}); if (t === ${this.leave}) ${this.exit(pc)} ${a} = t;`); return true;
      case Op.Concat:
        out.line(`if (L.state.addressed.size !== 0) ${this.exit(pc)}`);
        out.line(`t = ${h.concat2}(${a}, ${this.r(getA(word) + 1)}); if (t === ${this.leave}) ${this.exit(pc)} ${a} = t;`);
        return true;
      case Op.Jmp: out.line(`pc = ${pc + 1 + getSJ(word)}; continue run;`); return false;
      case Op.ForLoop: this.forLoop(pc, word, selfLoop); return true;
      case Op.ForPrep: this.forPrepare(pc, word); return false;
      case Op.TForPrep:
        out.line(`if (${this.r(getA(word) + 3)} !== undefined) ${this.exit(pc)} pc = ${pc + 1 + getBx(word)}; continue run;`);
        return false;
      case Op.TForCall: this.forCall(pc, word); return false;
      case Op.SetList: {
        const at = getA(word);
        for (let n = 0; n <= getB(word); n++) if (!this.captured.has(at + n)) out.line(`R[b + ${at + n}] = r${at + n};`);
        out.line(`if (!${h.setList}(R, b + ${at}, ${getB(word)}, ${getC(word)})) ${this.exit(pc)}`);
        return true;
      }
      default: throw new Refusal(`opcode ${op}`);
    }
  }

  private upvalue(n: number): string {
    this.out.line(`t = U[${n}]; t = t.stack === null ? t.value : t.stack[t.index];`);
    return "t";
  }

  private cache(pc: number): string {
    return this.out.constant(this.fields[pc + 1]);
  }

  private getField(pc: number, a: string, table: string, key: number): void {
    const { out, h } = this;
    const cache = this.cache(pc);
    out.line(`{ const o = ${table}; let v;`);
    out.line(`if (o instanceof ${out.constant(LuaTable)} && o.shape === ${cache}.shape && (v = o.slots[${cache}.slot]) !== undefined) ${a} = v;`);
    out.line(`else { v = ${h.getField}(${cache}, o, ${this.k(key)}); if (v === ${this.leave}) ${this.exit(pc)} ${a} = v; } }`);
  }

  private setField(pc: number, table: string, key: number, value: string): void {
    const { out, h } = this;
    const cache = this.cache(pc);
    out.line(`{ const o = ${table}, v = ${value};`);
    out.line(`if (o instanceof ${out.constant(LuaTable)} && o.shape === ${cache}.shape && o.slots[${cache}.slot] !== undefined) o.slots[${cache}.slot] = v;`);
    out.line(`else if (!${h.setField}(${cache}, o, ${this.k(key)}, v)) ${this.exit(pc)} }`);
  }

  private getElement(pc: number, a: string, table: string, key: string): void {
    const { out, h } = this;
    out.line(`{ const o = ${table}, i = ${key}; let v;`);
    out.line(`if (o instanceof ${out.constant(LuaTable)} && typeof i === "number" && (i >>> 0) === i && i < o.arr.length && (v = o.arr[i]) !== undefined) ${a} = v;`);
    out.line(`else { v = ${h.getElement}(o, i); if (v === ${this.leave}) ${this.exit(pc)} ${a} = v; } }`);
  }

  private setElement(pc: number, table: string, key: string, value: string): void {
    const { out, h } = this;
    out.line(`{ const o = ${table}, i = ${key}, v = ${value};`);
    out.line(`if (o instanceof ${out.constant(LuaTable)} && typeof i === "number" && (i >>> 0) === i && i < o.arr.length && o.arr[i] !== undefined) o.arr[i] = v;`);
    out.line(`else if (!${h.setElement}(o, i, v)) ${this.exit(pc)} }`);
  }

  private arithmetic(pc: number, op: Op, word: number): void {
    const { out, h } = this;
    const event = EVENT_OF[op]!;
    const a = this.r(getA(word));
    const b = this.r(getB(word));
    let x = b;
    let y: string;
    if (op === Op.AddI || op === Op.ShrI) y = `(${getSC(word)})`;
    else if (op === Op.ShlI) {
      x = `(${getSC(word)})`;
      y = b;
    } else if (op <= Op.BXorK) {
      const constant = this.proto.constants[getC(word)];
      if (constant instanceof LuaFloat) {
        this.arithmeticWithFloat(pc, event, a, x, constant);
        return;
      }
      y = this.k(getC(word));
    } else y = this.r(getC(word));
    const small = "(x | 0) === x && (y | 0) === y";
    let fast: string; // an expression that assigns t and is true when t is the result
    switch (event) {
      case Event.Add: fast = `(t = x + y, (${small}) || Math.floor(t) !== t)`; break;
      case Event.Sub: fast = `(t = x - y, (${small}) || Math.floor(t) !== t)`; break;
      case Event.Mul: fast = `(t = x * y, Math.floor(t) !== t || (${small} && t <= 9007199254740991 && t >= -9007199254740991 && (t = t + 0, true)))`; break;
      case Event.Div: fast = `(t = x / y, Math.floor(t) !== t)`; break;
      case Event.Pow: fast = `(t = y === 2 ? x * x : ${out.constant(powFloat)}(x, y), Math.floor(t) !== t)`; break;
      case Event.Mod: fast = `(${small} && y !== 0 && (t = x % y, t = t !== 0 && (t ^ y) < 0 ? t + y : t + 0, true))`; break;
      case Event.IDiv: fast = `(${small} && y !== 0 && (t = Math.floor(x / y) + 0, true))`; break;
      case Event.BAnd: fast = `(${small} && (t = x & y, true))`; break;
      case Event.BOr: fast = `(${small} && (t = x | y, true))`; break;
      case Event.BXor: fast = `(${small} && (t = x ^ y, true))`; break;
      case Event.Shl: fast = `(${small} && x >= 0 && y >= 0 && y <= 21 && (t = x * (1 << y), true))`; break;
      default: fast = `(${small} && x >= 0 && y >= 0 && y <= 31 && (t = x >>> y, true))`;
    }
    out.line(`{ const x = ${x}, y = ${y}; let t;`);
    out.line(`if (typeof x === "number" && typeof y === "number" && ${fast}) ${a} = t;`);
    out.line(`else { t = ${h.arithmetic}(${event}, x, y); if (t === ${this.leave}) ${this.exit(pc)} ${a} = t; } }`);
  }

  /** The constant is a float: so is the result, and only its boxing needs a look. */
  private arithmeticWithFloat(pc: number, event: Event, a: string, x: string, constant: LuaFloat): void {
    const { out, h } = this;
    const sign = { [Event.Add]: "+", [Event.Sub]: "-", [Event.Mul]: "*", [Event.Div]: "/" }[event as number];
    const boxed = out.constant(constant);
    if (sign !== undefined) {
      const n = Object.is(constant.n, -0) ? "(-0)" : `(${String(constant.n)})`;
      out.line(`if (typeof ${x} === "number") { const t = ${x} ${sign} ${n}; ${a} = Math.floor(t) !== t ? t : ${out.constant(makeFloat)}(t); } else`);
    }
    out.line(`{ const t = ${h.arithmetic}(${event}, ${x}, ${boxed}); if (t === ${this.leave}) ${this.exit(pc)} ${a} = t; }`);
  }

  /** A comparison and the jump behind it. */
  private test(pc: number): void {
    const { out, h } = this;
    const word = this.proto.code[pc]!;
    const op = getOp(word);
    const a = this.r(getA(word));
    const b = this.r(getB(word));
    const n = getSB(word);
    const jump = this.proto.code[pc + 1]!;
    const taken = `pc = ${pc + 2 + getSJ(jump)}; continue run;`;
    const skipped = `pc = ${pc + 2}; continue run;`;
    const decide = (): void => out.line(`if (t === ${getK(word)}) { ${taken} } ${skipped}`);
    const compared = (inline: string, helper: string, x: string, y: string): void => {
      out.line(`{ const x = ${x}, y = ${y};`);
      out.line(`if (typeof x === "number" && typeof y === "number") t = ${inline} ? 1 : 0;`);
      out.line(`else { t = ${helper}(x, y); if (t < 0) ${this.exit(pc)} } }`);
      decide();
    };
    const constant = getC(word) !== 0 ? out.constant(new LuaFloat(n)) : `(${n})`;
    switch (op) {
      case Op.Eq: compared("x === y", h.equal, a, b); return;
      case Op.Lt: compared("x < y", h.less, a, b); return;
      case Op.Le: compared("x <= y", h.atMost, a, b); return;
      case Op.EqK: out.line(`t = ${a} === ${this.k(getB(word))} ? 1 : ${h.equal}(${a}, ${this.k(getB(word))});`); decide(); return;
      case Op.EqI: out.line(`t = ${a} === ${n} ? 1 : ${h.equal}(${a}, ${n});`); decide(); return;
      case Op.LtI: case Op.LeI: case Op.GtI: case Op.GeI: {
        const sign = { [Op.LtI]: "<", [Op.LeI]: "<=", [Op.GtI]: ">", [Op.GeI]: ">=" }[op];
        const helper = op === Op.LtI || op === Op.GtI ? h.less : h.atMost;
        const operands = op === Op.LtI || op === Op.LeI ? `${a}, ${constant}` : `${constant}, ${a}`;
        out.line(`if (typeof ${a} === "number") t = ${a} ${sign} ${n} ? 1 : 0; else { t = ${helper}(${operands}); if (t < 0) ${this.exit(pc)} }`);
        decide();
        return;
      }
      case Op.Test: out.line(`t = ${a} !== undefined && ${a} !== false ? 1 : 0;`); decide(); return;
      default: // TESTSET
        out.line(`t = ${b} !== undefined && ${b} !== false ? 1 : 0;`);
        out.line(`if (t === ${getK(word)}) { ${a} = ${b}; ${taken} } ${skipped}`);
    }
  }

  private forLoop(pc: number, word: number, selfLoop: boolean): void {
    const { out } = this;
    const at = getA(word);
    const [index, count, step, visible] = [0, 1, 2, 3].map((n) => this.r(at + n)) as [string, string, string, string];
    const back = pc + 1 - getBx(word);
    out.line(`if (typeof ${step} !== "number" || typeof ${count} !== "number" || typeof ${index} !== "number") ${this.exit(pc)}`);
    out.line(`if (${count} > 0) { t = ${index} + ${step}; if (t > 9007199254740991 || t < -9007199254740991) ${this.exit(pc)}`);
    out.line(`${count} = ${count} - 1; ${index} = t; ${visible} = t; ${selfLoop ? "continue;" : `pc = ${back}; continue run;`} }`);
    if (selfLoop) out.line(`pc = ${pc + 1}; continue run;`);
  }

  /** FORPREP on three small integers; other loops are prepared by the interpreter. */
  private forPrepare(pc: number, word: number): void {
    const { out } = this;
    const at = getA(word);
    const [index, limit, step, visible] = [0, 1, 2, 3].map((n) => this.r(at + n)) as [string, string, string, string];
    out.line(`{ const i = ${index}, n = ${limit}, s = ${step};`);
    out.line(`if (typeof i !== "number" || typeof n !== "number" || typeof s !== "number") ${this.exit(pc)}`);
    out.line(`if ((i | 0) !== i || (n | 0) !== n || (s | 0) !== s || s === 0) ${this.exit(pc)}`);
    out.line(`${visible} = i; if (s > 0 ? i > n : i < n) { pc = ${pc + 2 + getBx(word)}; continue run; }`);
    out.line(`${limit} = s === 1 ? n - i : Math.floor(Math.abs(n - i) / Math.abs(s)); pc = ${pc + 1}; continue run; }`);
  }

  private forCall(pc: number, word: number): void {
    const { out, h } = this;
    const at = getA(word);
    const loop = this.proto.code[pc + 1]!;
    if (getC(word) > 2) {
      out.line(this.exit(pc));
      return;
    }
    for (let n = 0; n < 3; n++) out.line(`R[b + ${at + n}] = ${this.r(at + n)};`);
    out.line(`if (!${h.iterate}(R, b + ${at})) ${this.exit(pc)}`);
    out.line(`${this.r(at + 4)} = R[b + ${at + 4}]; ${this.r(at + 5)} = R[b + ${at + 5}];`);
    out.line(`if (${this.r(at + 4)} !== undefined) { ${this.r(at + 2)} = ${this.r(at + 4)}; pc = ${pc + 2 - getBx(loop)}; continue run; }`);
    out.line(`pc = ${pc + 2}; continue run;`);
  }
}

