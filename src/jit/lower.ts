// Bytecode → JavaScript. Two forms of one function: the code for calls, whose parameters are arguments and whose frame
// exists only once it is left, and regions, which go on in the interpreter's frame from one instruction.
//
// Emitted text keeps registers in variables and holds only what completes without raising or suspending. Anything else leaves:
// registers go back to the stack, what was charged but not executed is refunded, and the interpreter executes the
// instruction. So counts, errors and hooks are the interpreter's own.
import { getA, getB, getBx, getC, getK, getOp, getSBx, getSJ } from "../bytecode/instruction.js";
import { OPCODES, Op } from "../bytecode/opcodes.js";
import type { Proto } from "../bytecode/proto.js";
import { writeEnd, writeStart } from "../bytecode/registers.js";
import { LuaFloat, type LuaInteger, makeFloat } from "../number/float.js";
import type { ProtoCache } from "../vm/inline-cache.js";
import { Intrinsic } from "../vm/intrinsic.js";
import { Heat } from "../vm/tier.js";
import { type BlockCost, Charges } from "./charges.js";
import { extraOf, isArithmetic, wordsOf } from "./control-flow.js";
import { emitArithmetic, emitTest, emitUnary } from "./emit-arithmetic.js";
import { emitCall, emitClosure, emitReturn, emitReturnKnown, emitTailCall, emitVararg } from "./emit-calls.js";
import { emitIntrinsic } from "./emit-intrinsics.js";
import { emitForCall, emitForLoop, emitForPrepare } from "./emit-loops.js";
import { emitGetElement, emitGetField, emitNewTable, emitSelf, emitSetElement, emitSetField, emitSetList } from "./emit-tables.js";
import { pairOf } from "./emit-wide.js";
import { callsMetamethods, emitWithMetamethod, storesResult } from "./emit-metamethods.js";
import { Emitter, Refusal, openListOf } from "./emitter.js";
import { type Observed, assume, hasRun } from "./assume.js";
import { type FlowGraph, NONE, buildGraph, innermostLoop, partOf } from "./graph.js";
import { Kind, type TypeSet } from "./lattice.js";
import { LiveSets } from "./liveness.js";
import { floatOf, isRaw, isRawAtEntry } from "./operand.js";
import { Count, Training } from "./runtime.js";
import { type Node, structure } from "./structure.js";
import type { FunctionStudy } from "./study.js";
import { type Assumptions, Form, inferTypes } from "./types.js";
import * as wide from "./wide.js";
import type { Writer } from "./writer.js";

/** What `link` binds the two forms' parameters to. */
export const REGION_PARAMETERS = "m, R, f, b";

export function directParameters(proto: Proto): string {
  const fixed = Array.from({ length: proto.numParams }, (_, i) => `r${i}`);
  return ["m", "R", proto.isVararg ? "b0" : "b", "room", "F", "c", ...fixed, ...(proto.isVararg ? ["...v"] : [])].join(", ");
}

/**
 * Writes the code of `proto` for calls, or from instruction `entry` on; throws {@link Refusal}. `observed`: the registers of a
 * frame that is about to enter there, whose numbers the code expects to be of the same kind each time. `study` is told where
 * the code is left.
 */
export function lower(proto: Proto, cache: ProtoCache, entry?: number, observed?: Observed, study?: FunctionStudy): Writer {
  if (proto.code.length > Heat.TooLong) throw new Refusal("too long");
  const graph = worthEmitting(buildGraph(proto, entry), proto, cache, entry !== undefined);
  const nodes = structure(graph);
  if (nodes === undefined) throw new Refusal("a loop with two entries");
  const live = new LiveSets(proto, graph);
  const assumptions = assume(proto, graph, cache.assumes, entry === undefined, observed, live);
  const facts = inferTypes(proto, graph, assumptions, live);
  return new Lowering(new Emitter(proto, cache, entry, facts, assumptions), graph, assumptions, study).write(nodes);
}

/**
 * The part of the function that is compiled: for regions the innermost loop around the entry, and nothing that has never run. With the loops around it,
 * it would be one loop for V8 and not one inside the other, since all of them would begin at the entry.
 */
function worthEmitting(whole: FlowGraph, proto: Proto, cache: ProtoCache, isRegion: boolean): FlowGraph {
  const isAround = isRegion ? innermostLoop(proto, whole) : undefined;
  const { omitted } = cache.assumes;
  const isProfiled = omitted !== null && hasRun(proto, cache, whole.blocks[0]!);
  return partOf(whole, (n) => {
    const block = whole.blocks[n]!;
    if (isAround !== undefined && !isAround(block)) return false;
    if (!isProfiled || hasRun(proto, cache, block)) return true;
    omitted.add(block.start);
    return false;
  });
}

class Lowering {
  private readonly converted = new Map<string, string[]>();
  private readonly training = new Training();
  /** Line where what the text uses gets its names. */
  private names = 0;
  private readonly charges: Charges;

  constructor(private readonly e: Emitter, private readonly graph: FlowGraph, private readonly assumptions: Assumptions,
    private readonly study: FunctionStudy | undefined) {
    this.charges = new Charges(graph, graph.blocks.map((_, block) => this.costOf(block)));
  }

  write(nodes: readonly Node[]): Writer {
    const { e } = this;
    if (e.isDirect) this.directEntry();
    else this.regionEntry();
    const bare = e.out.later();
    if (e.isDirect) {
      e.line("T: for (;;) { X: {");
      this.expectArguments();
      this.unboxEntry();
    } else {
      this.unboxEntry();
      e.line("X: {");
    }
    this.nodes(nodes);
    e.line("}");
    this.wayOut();
    if (e.isDirect) e.line("}");
    e.out.fill(bare, this.bareRegisters());
    e.out.fill(this.names, this.contextNames());
    return e.out;
  }

  /** Leaves, before anything was done, when an argument is not of the kind that was seen. */
  private expectArguments(): void {
    const { e } = this;
    const pc = e.proto.isVararg ? 1 : 0;
    e.line(`if (${e.cold} === 2) { pc = ${pc}; break X; }`);
    const names = [...(this.assumptions.entry ?? new Map<number, TypeSet>()).keys()];
    this.expectAtEntry(`{ ${e.rt.otherArgument}(${e.out.constant(e.cache)}, ${e.out.constant(names)}, ${names.map((n) => `r${n}`).join()}); pc = ${pc}; break X; }`);
  }

  /** Looks at the registers that are expected to hold a kind of number; `leave` says what is done where one does not. */
  private expectAtEntry(leave: string): void {
    const { e } = this;
    const entry = [...(this.assumptions.entry ?? new Map<number, TypeSet>())];
    if (entry.length > 0) e.line(`if (${entry.map(([n, type]) => `(${this.disagrees(`r${n}`, type)})`).join(" || ")}) ${leave}`);
    for (const [n, type] of entry) {
      if (type === Kind.Small) e.line(`r${n} = r${n} | 0;`); // says so to V8
      else if (type === (Kind.Small | Kind.Safe)) e.line(`r${n} = +r${n};`);
    }
  }

  /** Makes bare doubles and pairs of registers that are such where the code begins. */
  private unboxEntry(): void {
    const { e } = this;
    if (this.graph.blocks.length === 0) return;
    const count = e.isDirect ? e.proto.numParams : e.size; // of a call, no other registers have values yet
    for (let n = 0; n < count; n++) {
      const form = e.facts.formAtEntry(0, n);
      if (form !== Form.Value) e.line(e.unboxed(n, form, this.assumptions.entry?.get(n) ?? e.facts.typeAtEntry(0, n)));
    }
  }

  /** Variables of registers that are bare doubles or pairs somewhere. */
  private bareRegisters(): string {
    const used = new Set(this.e.out.text().match(/\b(?:[dg]\d+|[hl](?:\d+|[xyz]))\b/g) ?? []);
    return used.size === 0 ? "" : `var ${[...used].map((name) => `${name} = 0`).join(", ")};`;
  }

  // ---- in and out -------------------------------------------------------------------------------------------------------

  private directEntry(): void {
    const { e } = this;
    const { numParams, isVararg, maxStackSize } = e.proto;
    const refusal = `{ \`\${${e.rt.REFUSAL}}\`; return ${e.S}; }`;
    const training = e.out.constant(this.training);
    e.line(`var ${e.cold} = ${training}.over ? 0 : ${training}.next();`);
    if (isVararg) e.line(`const b = b0 + ${numParams + 1} + v.length, at = b0 - 1;`);
    else e.line("const at = b - 1;");
    const needed = isVararg ? maxStackSize + 1 : maxStackSize;
    e.line(`if (room < 0 || ((${e.cold} || b + ${needed} > R.length) && !${e.rt.grow}(b + ${needed}))) ${refusal}`);
    if (isVararg) {
      e.line(`if (m.fuel < 1 && !${e.rt.refuel}(m)) ${refusal}`); // VARARGPREP needs a unit, although it gives it back
      e.line(`R[b - 1] = c;`);
    }
    this.names = e.out.later();
    e.line("var f = F.next;");
    e.line(`if ((${e.cold} || f === null) && (f = ${e.rt.above}(F)) === null) ${refusal}`);
    for (let n = 0; n < numParams; n++) if (e.isCaptured(n)) e.line(`R[b + ${n}] = r${n};`);
    this.declare(numParams, () => "");
  }

  private regionEntry(): void {
    const { e } = this;
    this.names = e.out.later();
    if (this.hasOp(Op.Vararg)) e.line("const v = R.slice(b - 1 - f.count, b - 1);");
    this.declare(0, (n) => ` = R[b + ${n}]`);
    this.expectAtEntry(`return ${e.rt.MISMATCH};`);
    const open = e.entry! > 0 ? openListOf(e.proto.code[e.entry! - 1]!) : -1;
    if (open >= 0) e.line(`n = L.top - b - ${open};`);
  }

  /** Whether a register that is entered with is not of the kind expected. */
  private disagrees(register: string, type: TypeSet): string {
    switch (type) {
      case Kind.Small: return `typeof ${register} !== "number" || (${register} | 0) !== ${register}`;
      case Kind.Small | Kind.Safe: return `!Number.isSafeInteger(${register})`;
      case Kind.Int: return `typeof ${register} !== "bigint" && !Number.isSafeInteger(${register})`;
      case Kind.Boxed: return `!(${register} instanceof ${this.e.out.constant(LuaFloat)})`;
      case Kind.Float: return `typeof ${register} === "number" ? Math.floor(${register}) === ${register} && ${register} - ${register} === 0 : !(${register} instanceof ${this.e.out.constant(LuaFloat)})`;
      case Kind.Small | Kind.Safe | Kind.Float: return `typeof ${register} !== "number" && !(${register} instanceof ${this.e.out.constant(LuaFloat)})`;
      default: return `!${this.e.h.isFloat}(${register})`;
    }
  }

  private hasOp(op: Op): boolean {
    return this.e.proto.code.some((word) => getOp(word) === op);
  }

  private declare(from: number, initial: (n: number) => string): void {
    const { e } = this;
    const names = [];
    for (let n = from; n < e.size; n++) if (!e.isCaptured(n)) names.push(`r${n}${initial(n)}`);
    e.line(`var ${[...names, `s = ${e.size}`, "q, pc, n, way, u, z, a, t, e, x, y, tail"].join(", ")};`); // a var without a value takes none of V8's bytecode
  }

  /** Names for what the text written so far uses. */
  private contextNames(): string {
    const { e } = this;
    const text = e.out.text();
    const uses = (name: string): boolean => new RegExp(`\\b${name}\\b`).test(text);
    const values: [name: string, value: string][] = e.isDirect
      ? [["L", `${e.X}.thread`], ["U", "c.upvals"]]
      : [["c", "f.func"], ["L", "f.L"], ["U", "f.func.upvals"], ["room", `${e.X}.room`]];
    const used = values.filter(([name]) => uses(name)).map(([name, value]) => `${name} = ${value}`);
    return used.length === 0 ? "" : `const ${used.join(", ")};`;
  }

  private wayOut(): void {
    const { e } = this;
    const { proto } = e;
    if (e.leavesInCalls) e.line(`if (u && a >= 0) { if (u = ${e.X}.count === ${Count.Left}) { q--; s = a; pc++; } else if (s < ${e.size}) L.top = b + s + n; }`);
    if (this.study !== undefined) e.line(`${e.out.constant(this.study)}.leave(pc, u);`);
    if (e.ways.length > 0) e.line(`switch (way) { ${e.ways.map((text, n) => `case ${n + 1}: ${text}break;`).join("\n")} }`);
    const registers = Array.from({ length: e.size }, (_, n) => `, ${e.isCaptured(n) ? `R[b + ${n}]` : `r${n}`}`).join("");
    if (!e.isDirect) {
      e.line(`return ${e.rt.leaveRegion}(m, q, R, b, s, f, pc, u${registers});`);
      return;
    }
    if (proto.isVararg) {
      for (let n = 0; n < proto.numParams; n++) e.line(`R[b0 + ${n}] = undefined;`);
      e.line(`for (let i = 0; i < v.length; i++) R[b0 + ${proto.numParams} + i] = v[i];`);
    }
    const callsInTail = proto.code.some((word) => getOp(word) === Op.TailCall);
    e.line(`return ${e.rt.leave}(m, q, R, b, s, f, c, at, pc, ${proto.isVararg ? "v.length" : "0"}, ${callsInTail ? "tail" : "false"}${registers});`);
  }

  // ---- structure ----------------------------------------------------------------------------------------------------------

  private nodes(nodes: readonly Node[]): void {
    for (const node of nodes) this.node(node);
  }

  private node(node: Node): void {
    const { e } = this;
    switch (node.kind) {
      case "code": this.block(node.block); return;
      case "edge": this.edge(node.from, node.to); return;
      case "if": {
        const { taken, other, pc } = this.graph.exits[node.block]!;
        this.mark(pc);
        const condition = this.decide(node.block, taken);
        e.facts.step(pc);
        this.noteConversions(node.block, taken);
        this.noteConversions(node.block, other);
        e.line(`if (${condition}) {`);
        e.takeOnTaken()?.();
        this.taken(node.block, taken);
        this.nodes(node.then);
        if (node.otherwise.length > 0) {
          e.line("} else {");
          this.nodes(node.otherwise);
        }
        e.line("}");
        return;
      }
      case "block":
        e.line(`L${node.label}: {`);
        this.nodes(node.body);
        e.line("}");
        return;
      case "loop":
        e.line(`L${node.label}: for (;; ${e.isDirect ? `${e.cold} = 0` : ""}) {`); // training ends with a loop's first round
        this.nodes(node.body);
        e.line("}");
        return;
      case "break": e.line(`break L${node.label};`); return;
      case "continue": e.line(`continue L${node.label};`);
    }
  }

  private noteConversions(from: number, to: number): void {
    const { e } = this;
    this.converted.set(`${from} ${to}`, e.facts.conversions(from, to).map(({ register, form }) => e.converted(register, form)));
  }

  /** Registers change between a Lua value and a bare double or a pair where the code ahead wants them otherwise. */
  private edge(from: number, to: number): void {
    const owed = this.charges.owed(from, to);
    if (owed !== 0) this.e.line(`m.fuel ${owed > 0 ? "-" : "+"}= ${Math.abs(owed)};`);
    for (const text of this.converted.get(`${from} ${to}`) ?? []) this.e.line(text);
  }

  private decide(block: number, taken: number): string {
    const { e } = this;
    const { pc } = this.graph.exits[block]!;
    const word = e.proto.code[pc]!;
    const hidden = getA(word) + 3;
    const write = (register: number, value: string): void => {
      if (isRawAtEntry(e.facts, taken, register)) e.line(`d${register} = ${value};`);
      else if (e.facts.formAtEntry(taken, register) === Form.Mixed) e.line(`d${register} = ${value}; g${register} = 1;`);
      else if (register < hidden) e.line(`${e.r(register)} = new ${e.out.constant(LuaFloat)}(${value});`);
      else e.line(`${e.r(register)} = ${e.out.constant(makeFloat)}(${value});`);
    };
    switch (getOp(word)) {
      case Op.ForPrep: return emitForPrepare(e, pc, word, write);
      case Op.ForLoop: return emitForLoop(e, pc, word, write);
      case Op.TForLoop: return `${e.tagged(getA(word) + 4)} !== undefined`;
      default:
        if (!callsMetamethods(e, pc)) return emitTest(e, pc);
        emitWithMetamethod(e, pc, () => emitTest(e, pc), (condition) => e.line(`t = ${condition};`));
        e.line(`t = (t !== undefined && t !== false) === ${getK(word) === 1}; }`);
        return "t";
    }
  }

  /** What a decision does on its first edge only. */
  private taken(block: number, to: number): void {
    const { e } = this;
    const word = e.proto.code[this.graph.exits[block]!.pc]!;
    const [target, source] = getOp(word) === Op.TestSet ? [getA(word), "t"] : getOp(word) === Op.TForLoop ? [getA(word) + 2, e.tagged(getA(word) + 4)] : [-1, ""];
    if (target < 0) return;
    e.line(`${e.r(target)} = ${source};`);
    const form = e.facts.formAtEntry(to, target);
    if (form !== Form.Value) e.line(e.unboxed(target, form, e.facts.typeAtEntry(to, target)));
  }

  private mark(pc: number): void {
    if (this.study !== undefined) this.e.out.mark(pc);
  }

  // ---- blocks -------------------------------------------------------------------------------------------------------------

  private block(index: number): void {
    const { e } = this;
    const { start, end } = this.graph.blocks[index]!;
    const decides = this.graph.exits[index]!.pc;
    const { code } = e.proto;
    e.enter(index);
    e.open = start > 0 ? openListOf(code[start - 1]!) : -1;
    e.done = e.charged = 0;
    if (this.graph.outside?.blocks.has(index) === true) {
      this.mark(start);
      e.line(e.exit(start));
      return;
    }
    e.charged = this.charges.paidAt(index);
    if (this.charges.isPoint(index)) this.pay(start, e.charged, this.charges.spare(index), this.graph.loop[index] === index);
    else if (this.charges.isLook(index)) e.line(`if (m.fuel <= 0${this.orRefuel(false)}) ${e.exit(start)}`);
    for (let pc = start; pc < end && pc !== decides; pc += wordsOf(e.proto, pc)) {
      this.mark(pc);
      if (this.isInterpreted(pc)) {
        e.line(e.exit(pc));
        return;
      }
      if (!this.withMetamethod(pc)) {
        this.expectResult(pc);
        e.facts.step(pc);
        for (const register of this.becomesBare(pc)) e.becomes(register);
      }
      this.forgetHalves(pc);
      for (let at = pc + 1; at < pc + wordsOf(e.proto, pc); at++) e.facts.step(at);
      e.done += this.units(pc);
    }
    if (decides === NONE && this.graph.exits[index]!.taken !== NONE) this.noteConversions(index, this.graph.exits[index]!.taken);
  }

  /** Leaves behind an instruction that loaded a value of another kind than it was seen to. */
  private expectResult(pc: number): void {
    const { e } = this;
    const type = this.assumptions.checks?.has(pc) === true ? this.assumptions.results!.get(pc)! : 0;
    const n = getA(e.proto.code[pc]!);
    if (type === 0 || e.isCaptured(n)) return;
    e.facts.settle(n);
    e.line(`if (${this.disagrees(`r${n}`, type)}) { ${e.rt.otherKind}(${e.out.constant(e.cache)}, ${pc}, r${n}); ${e.exitBehind(pc)} }`);
    if (type === Kind.Small) e.line(`r${n} = r${n} | 0;`);
    else if (type === (Kind.Small | Kind.Safe)) e.line(`r${n} = +r${n};`);
  }

  /** {@link instruction}, with a second way where the first would leave. */
  private withMetamethod(pc: number): boolean {
    const { e } = this;
    if (!callsMetamethods(e, pc)) return this.instruction(pc);
    const word = e.proto.code[pc]!;
    const result = emitWithMetamethod(e, pc, () => this.instruction(pc), () => {});
    e.line(storesResult(word) ? `${e.r(getA(word))} = t; }` : "}");
    return result;
  }

  /** What the instruction wrote is not what it was split from before. */
  private forgetHalves(pc: number): void {
    const { split, proto } = this.e;
    const word = proto.code[pc]!;
    for (const register of split) if (register >= writeStart(word) && register < writeEnd(word)) split.delete(register);
    if (this.e.isFreshlySplit) split.add(getA(word));
    this.e.isFreshlySplit = false;
  }

  /** Registers that the instruction wrote as Lua values and the code ahead wants bare. */
  private becomesBare(pc: number): number[] {
    const word = this.e.proto.code[pc]!;
    const op = getOp(word);
    const register = op === Op.TForCall ? getA(word) + 4 : OPCODES[op]!.setsA ? getA(word) : NONE;
    return register !== NONE && register < this.e.size && this.e.facts.form(register) !== Form.Value ? [register] : [];
  }

  /**
   * Regions do not refuel: re-entering them now and then lets V8 use its best code for a loop that is running. Nor do loops in the code for calls when
   * that has been running for a slice already: on-stack replacement knows no types of variables, and keeps floats in objects.
   */
  private orRefuel(isLoop: boolean): string {
    if (!this.e.isDirect) return "";
    const refueled = `\`\${${this.e.rt.FUEL}}\``;
    return isLoop ? ` && (z || !(z = !${refueled}))` : ` && ${refueled}`;
  }

  /** Leaves if there is too little fuel for what costs `units` and may cost `spare` more. */
  private pay(pc: number, units: number, spare: number, isLoop: boolean): void {
    const { e } = this;
    if (units > 0) e.line(`if ((m.fuel -= ${units}) < ${spare}${this.orRefuel(isLoop)}) ${e.exit(pc)}`);
    else if (spare > 0) e.line(`if (m.fuel < ${spare}${this.orRefuel(isLoop)}) ${e.exit(pc)}`);
  }

  private costOf(index: number): BlockCost {
    const { e, graph } = this;
    if (graph.outside?.blocks.has(index) === true) return { units: 0, usesMore: false, isEnd: true };
    if (getOp(e.proto.code[graph.blocks[index]!.start]!) === Op.VarargPrep) return { units: 0, usesMore: false, isEnd: false, isPrologue: true };
    const { start, end } = graph.blocks[index]!;
    const decides = graph.exits[index]!.pc;
    let units = 0;
    let usesMore = false;
    for (let pc = start; pc < end; pc += wordsOf(e.proto, pc)) {
      if (this.isInterpreted(pc)) return { units, usesMore, isEnd: true };
      const op = getOp(e.proto.code[pc]!);
      units += this.units(pc);
      usesMore ||= op === Op.Call || op === Op.TForLoop || callsMetamethods(e, pc); // no TFORCALL is left before its TFORLOOP
      if (pc === decides) break; // the jump behind a test does not count
    }
    return { units, usesMore, isEnd: false };
  }

  /** TFORPREP and the TFORCALL it falls into count as one, so do TFORCALL and TFORLOOP. */
  private units(pc: number): number {
    const op = getOp(this.e.proto.code[pc]!);
    return op === Op.TForPrep || op === Op.TForLoop || op === Op.VarargPrep ? 0 : 1;
  }

  private isInterpreted(pc: number): boolean {
    switch (getOp(this.e.proto.code[pc]!)) {
      case Op.Tbc: return true;
      case Op.TailCall: case Op.Return: case Op.Return0: case Op.Return1: return !this.e.isDirect;
      default: return false;
    }
  }

  /** Writes one instruction that decides nothing. True: the facts are those behind it, and its result is as they say. */
  private instruction(pc: number): boolean {
    const { e } = this;
    const word = e.proto.code[pc]!;
    const op = getOp(word);
    const a = e.r(getA(word));
    if (isArithmetic(op)) {
      emitArithmetic(e, pc, op, word);
      return true;
    }
    switch (op) {
      case Op.Move: {
        const operand = e.operand(getB(word));
        e.facts.step(pc);
        if (isRaw(e.facts, getA(word))) e.line(`d${getA(word)} = ${operand.double ?? floatOf(operand.tagged)};`);
        else if (operand.pair !== undefined && e.facts.form(getA(word)) === Form.Pair) e.line(wide.assign(pairOf(getA(word)), operand.pair));
        else {
          e.line(`${a} = ${operand.tagged};`);
          e.becomes(getA(word));
        }
        return true;
      }
      case Op.LoadK: {
        const constant = e.proto.constants[getBx(word)];
        e.facts.step(pc);
        const { double } = e.constantOperand(constant);
        if (e.facts.form(getA(word)) === Form.Pair) e.line(wide.assign(pairOf(getA(word)), wide.constantPair(constant as LuaInteger)));
        else if (double !== undefined && isRaw(e.facts, getA(word))) e.line(`d${getA(word)} = ${double};`);
        else {
          e.line(`${a} = ${e.value(constant)};`);
          e.becomes(getA(word));
        }
        return true;
      }
      case Op.LoadI: e.line(`${a} = ${getSBx(word)};`); return false;
      case Op.LoadF:
        e.facts.step(pc);
        if (isRaw(e.facts, getA(word))) e.line(`d${getA(word)} = ${getSBx(word)};`);
        else e.line(`${a} = ${e.out.constant(new LuaFloat(getSBx(word)))};`);
        return true;
      case Op.LoadKX: e.line(`${a} = ${e.k(extraOf(e.proto, pc))};`); return false;
      case Op.LoadFalse: case Op.LFalseSkip: e.line(`${a} = false;`); return false;
      case Op.LoadTrue: e.line(`${a} = true;`); return false;
      case Op.LoadNil:
        for (let n = 0; n <= getB(word); n++) e.line(`${e.r(getA(word) + n)} = undefined;`);
        return false;
      case Op.GetUpval: e.line(`t = U[${getB(word)}]; ${a} = t.stack === null ? t.value : t.stack[t.index];`); return false;
      case Op.SetUpval: e.line(`t = U[${getB(word)}]; x = ${e.tagged(getA(word))}; if (t.stack === null) t.value = x; else t.stack[t.index] = x;`); return false;
      case Op.GetTabUp: emitGetField(e, pc, a, e.upvalue(getB(word)), e.k(getC(word))); return false;
      case Op.GetField: emitGetField(e, pc, a, e.tagged(getB(word)), e.k(getC(word))); return false;
      case Op.SetTabUp: emitSetField(e, pc, e.upvalue(getA(word)), e.k(getB(word)), e.rkOperand(word)); return false;
      case Op.SetField: emitSetField(e, pc, e.tagged(getA(word)), e.k(getB(word)), e.rkOperand(word)); return false;
      case Op.GetTable: emitGetElement(e, pc, a, e.tagged(getB(word)), e.operand(getC(word))); return false;
      case Op.GetI: emitGetElement(e, pc, a, e.tagged(getB(word)), e.constantOperand(getC(word))); return false;
      case Op.SetTable: emitSetElement(e, pc, e.tagged(getA(word)), e.operand(getB(word)), e.rkOperand(word)); return false;
      case Op.SetI: emitSetElement(e, pc, e.tagged(getA(word)), e.constantOperand(getB(word)), e.rkOperand(word)); return false;
      case Op.Self: emitSelf(e, pc, word); return false;
      case Op.NewTable: emitNewTable(e, pc, word); return false;
      case Op.Unm: case Op.BNot: case Op.Not: case Op.Len: return emitUnary(e, pc, op, word);
      case Op.Concat: this.concat(pc, word); return false;
      case Op.Close: e.line(`if (!${e.h.close}(L, b + ${getA(word)})) ${e.exit(pc)}`); return false;
      case Op.Jmp: case Op.TForLoop: case Op.VarargPrep: return false;
      case Op.TForPrep: // its unit is the one that the TFORCALL takes
        e.line(`if (${e.tagged(getA(word) + 3)} !== undefined || (m.fuel < 1${this.orRefuel(false)})) ${e.exit(pc)}`);
        return false;
      case Op.TForCall: emitForCall(e, pc, word); return false;
      case Op.SetList: emitSetList(e, pc, word, wordsOf(e.proto, pc) === 2 ? extraOf(e.proto, pc) : 0); return false;
      case Op.Closure: emitClosure(e, pc, word); return false;
      case Op.Vararg: emitVararg(e, pc, word); return false;
      case Op.Call: case Op.TailCall: {
        const expected = op === Op.TailCall && getK(word) !== 0 ? Intrinsic.None : e.expectedAt(pc); // variables are to be closed first
        if (expected !== Intrinsic.None) emitIntrinsic(e, pc, word, expected);
        else if (op === Op.Call) emitCall(e, pc, word);
        else emitTailCall(e, pc, word);
        return false;
      }
      case Op.Return: emitReturn(e, pc, word); return false;
      case Op.Return0: emitReturnKnown(e, 0, 0); return false;
      case Op.Return1: emitReturnKnown(e, getA(word), 1); return false;
      default: throw new Refusal(`opcode ${op} at ${pc} (${getSJ(word)})`);
    }
  }

  private concat(pc: number, word: number): void {
    const { e } = this;
    const a = getA(word);
    const values = Array.from({ length: getB(word) }, (_, n) => e.tagged(a + n));
    if (values.length === 2) {
      e.line(`if (L.state.addressed.size !== 0) ${e.exit(pc)}`);
      e.line(`t = ${e.h.concat2}(${values.join(", ")});`);
      e.line(`if (t === ${e.leave}) { t = ${e.h.concat}(L.state, ${values.join(", ")}); if (t === ${e.leave}) ${e.exit(pc)} } ${e.r(a)} = t;`);
      return;
    }
    e.line(`t = ${e.h.concat}(L.state, ${values.join(", ")}); if (t === ${e.leave}) ${e.exit(pc)} ${e.r(a)} = t;`);
  }
}
