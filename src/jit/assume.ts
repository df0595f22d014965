// What emitted code expects without being sure, and checks: see Assumptions in types.ts.
import { getA, getB, getBx, getC, getOp } from "../bytecode/instruction.js";
import { Op } from "../bytecode/opcodes.js";
import type { Proto } from "../bytecode/proto.js";
import { LuaFloat } from "../number/float.js";
import type { Expectations, ProtoCache } from "../vm/inline-cache.js";
import { Intrinsic } from "../vm/intrinsic.js";
import type { LuaValue } from "../vm/value.js";
import { type Block, isArithmetic } from "./control-flow.js";
import type { FlowGraph } from "./graph.js";
import { answerOf, intrinsicAt } from "./intrinsics.js";
import { Kind, type TypeSet, expectedKind, kindOf, within } from "./lattice.js";
import type { LiveSets } from "./liveness.js";
import { type Assumptions, stackRegisters } from "./types.js";
import { isLoad } from "./watch.js";

/** Times a function may have to be compiled again because it loads other kinds of values than it was seen to. */
const MAX_REVISIONS = 10;

/** The registers of a frame that is about to enter a region, and the kinds of values that frames before it had in them. */
export interface Observed {
  readonly value: (register: number) => LuaValue;
  readonly before: Map<number, TypeSet>;
}

/** `isDirect`: of the code for calls; `observed`: of a region, whose frames look like this one. */
export function assume(proto: Proto, graph: FlowGraph, expectations: Expectations, isDirect: boolean, observed: Observed | undefined, live: LiveSets): Assumptions {
  const { wide, mixed, metamethods, smallLoops, seen, revisions } = expectations;
  const checks = new Set<number>();
  const trusts = seen !== null && revisions < MAX_REVISIONS;
  const useful = trusts ? live.of("number").useful : undefined;
  const results = new Map<number, TypeSet>();
  const operands = new Map<number, Map<number, TypeSet>>();
  const { code } = proto;
  for (let pc = 0; pc < code.length; pc++) {
    const op = getOp(code[pc]!);
    if (trusts && useful![pc] === 1 && isLoad(code[pc]!)) {
      const kind = expectedKind(seen[pc]!);
      if (kind !== 0 && (op !== Op.Call || expectedIntrinsic(proto, expectations, pc) === Intrinsic.None)) {
        results.set(pc, kind);
        checks.add(pc);
        continue;
      }
    }
    if (metamethods?.has(pc) === true) continue;
    if (isArithmetic(op)) {
      if (wide === null || !wide.has(pc)) results.set(pc, Kind.Any & ~Kind.Wide);
      else if (mixed === null || !mixed.has(pc)) {
        results.set(pc, Kind.Int);
        operands.set(pc, new Map(registerOperands(op, code[pc]!).map((register) => [register, Kind.Int])));
      }
    }
    else if (op === Op.Call) {
      const expected = expectedIntrinsic(proto, expectations, pc);
      if (expected !== Intrinsic.None && answerOf(expected) !== Kind.Any) results.set(pc, answerOf(expected));
    } else if (op === Op.Len) results.set(pc, Kind.Any & ~Kind.Wide);
    else if (smallLoops && op === Op.ForPrep && !startsWithFloat(proto, pc)) {
      const loop = pc + 1 + getBx(code[pc]!);
      const start = graph.blocks[0]!.start;
      if (start > pc && start <= loop) { // entered while it runs
        if (observed?.value(getA(code[pc]!)) instanceof LuaFloat) continue;
        results.set(loop, Kind.Small);
      }
      results.set(pc, Kind.Small);
    }
  }
  const entry = observed !== undefined ? entryTypes(proto, graph, observed, live) : trusts && isDirect ? parameterTypes(proto, expectations, live) : undefined;
  return { results, checks, operands, noMetamethods: true, metamethods: metamethods ?? undefined, pairs: true, ...(entry === undefined ? {} : { entry }) };
}

/** Has the block run, as far as the caches of its instructions tell? */
export function hasRun(proto: Proto, { fields, assumes }: ProtoCache, { start, end }: Block): boolean {
  if (assumes.reached?.has(start) === true) return true;
  for (let pc = start; pc < end; pc++) {
    switch (getOp(proto.code[pc]!)) {
      case Op.GetTabUp: case Op.GetField: case Op.SetTabUp: case Op.SetField: case Op.Self:
        if (fields[pc + 1]!.isBlank) return false;
    }
  }
  return true;
}

/** The library function that the call at `pc` is expected to be of. */
export function expectedIntrinsic(proto: Proto, { foreign }: Expectations, pc: number): Intrinsic {
  return foreign !== null && foreign.has(pc) ? Intrinsic.None : intrinsicAt(proto, pc);
}

/** The registers that an arithmetic or bitwise instruction computes with. */
function registerOperands(op: Op, word: number): number[] {
  return op >= Op.Add ? [getB(word), getC(word)] : [getB(word)];
}

/** Are the first value or the step of the loop at `pc` float constants, as far as the instructions before it tell? */
function startsWithFloat(proto: Proto, pc: number): boolean {
  const a = getA(proto.code[pc]!);
  for (let before = pc - 1; before >= 0 && before >= pc - 3; before--) {
    const word = proto.code[before]!;
    const register = getA(word);
    if (register !== a && register !== a + 2) continue;
    if (getOp(word) === Op.LoadF) return true;
    if (getOp(word) === Op.LoadK && kindOf(proto.constants[getBx(word)]) >= Kind.Raw && kindOf(proto.constants[getBx(word)]) <= Kind.Boxed) return true;
  }
  return false;
}

/** Kinds of the parameters that are computed with. */
function parameterTypes(proto: Proto, { seen }: Expectations, live: LiveSets): Map<number, TypeSet> {
  const numbers = live.of("number");
  const inStack = stackRegisters(proto);
  const types = new Map<number, TypeSet>();
  for (let n = 0; n < proto.numParams; n++) {
    const kind = expectedKind(seen![proto.code.length + n]!);
    if (kind !== 0 && numbers.atEntry(0, n) && !inStack.has(n)) types.set(n, kind);
  }
  return types;
}

/** Kinds of the numbers that matter in a frame that enters. */
function entryTypes(proto: Proto, graph: FlowGraph, observed: Observed, live: LiveSets): Map<number, TypeSet> {
  const kept = live.of("kept");
  const inStack = stackRegisters(proto);
  const types = new Map<number, TypeSet>();
  const hidden = hiddenRegisters(proto, graph.blocks[0]!.start);
  for (let register = 0; register < proto.maxStackSize; register++) {
    if (!kept.atEntry(0, register) || inStack.has(register)) continue;
    const kinds = (observed.before.get(register) ?? 0) | kindOf(observed.value(register));
    observed.before.set(register, kinds);
    const expected = expectedKind(kinds);
    if (hidden.has(register)) {
      if (kinds === Kind.Boxed) types.set(register, Kind.Boxed);
      else if (expected !== 0 && (expected & Kind.Float) === 0) types.set(register, expected);
    } else if (expected !== 0) types.set(register, expected);
    else if (within(kinds, Kind.Int) && !hidden.has(register - 1)) types.set(register, Kind.Int); // loops write values
  }
  return types;
}

/** The hidden registers of numeric loops around `pc`. */
function hiddenRegisters(proto: Proto, pc: number): Set<number> {
  const found = new Set<number>();
  proto.code.forEach((word, prep) => {
    if (getOp(word) === Op.ForPrep && pc > prep && pc <= prep + 1 + getBx(word)) for (let n = 0; n < 3; n++) found.add(getA(word) + n);
  });
  return found;
}
