// Inferred types, intervals and live registers against the values that programs really have at every instruction.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { programArbitrary } from "../../src/testing/generate/program.js";
import { getA, getB, getC, getOp } from "../../src/bytecode/instruction.js";
import { OPCODES, Op } from "../../src/bytecode/opcodes.js";
import type { Proto } from "../../src/bytecode/proto.js";
import { LuaError, LuaSyntaxError, createState } from "../../src/index.js";
import { type FlowGraph, buildGraph } from "../../src/jit/graph.js";
import {
  type Interval, Kind, type TypeSet, addIntervals, bandIntervals, borIntervals, idivIntervals, kindOf, kindsOf, modIntervals, mulIntervals,
  shlIntervals, shrIntervals, subIntervals,
} from "../../src/jit/lattice.js";
import { type Assumptions, Form, type TypeFacts, inferTypes } from "../../src/jit/types.js";
import * as arithmetic from "../../src/number/arithmetic.js";
import type { LuaInteger } from "../../src/number/float.js";
import { wrapInteger } from "../../src/number/integer.js";
import { plainHost } from "../../src/vm/host.js";
import { LuaClosure } from "../../src/vm/function.js";
import { LuaLimitError } from "../../src/vm/state.js";
import { LuaTable } from "../../src/vm/table.js";
import type { LuaValue } from "../../src/vm/value.js";
import { benchPrograms, benchSource, protosOf } from "./support/protos.js";

type Observe = (proto: Proto, pc: number, register: (n: number) => LuaValue) => void;

/** Runs a program on the interpreter and shows every instruction before it is executed. */
function trace(source: string, argument: string, observe: Observe, limit = 60_000): void {
  const state = createState({ jit: "off", host: plainHost(() => undefined) });
  state.meter.setLimit(state.meter.used + limit);
  try {
    const main = state.load(source, "=program");
    state.observe((L, frame) => {
      if (frame.func instanceof LuaClosure) observe(frame.func.proto, frame.pc - 1, (n) => L.stack[frame.base + n]);
    });
    state.call(main, [argument]);
  } catch (failure) {
    if (!(failure instanceof LuaError || failure instanceof LuaLimitError || failure instanceof LuaSyntaxError)) throw failure;
  }
}

interface Fact {
  readonly register: number;
  readonly type: TypeSet;
  readonly interval: Interval;
}

/** What is known of the registers that matter, before each reachable instruction. */
function factsOf(proto: Proto, assumptions: Assumptions): Fact[][] {
  const graph = buildGraph(proto);
  const types = inferTypes(proto, graph, assumptions);
  const facts: Fact[][] = [];
  graph.blocks.forEach(({ start, end }, block) => {
    const kept = types.keptIn(block);
    types.enter(block);
    for (let pc = start; pc < end; pc++) {
      facts[pc] = kept.get(pc)!.map((register) => ({ register, type: types.type(register), interval: types.interval(register) }));
      types.step(pc);
    }
  });
  return facts;
}

function holds({ type, interval }: Fact, value: LuaValue): boolean {
  if ((kindOf(value) & type) === 0) return false;
  if (typeof value === "bigint") return value > 0n ? interval.high === Infinity : interval.low === -Infinity;
  return typeof value !== "number" || (kindOf(value) & Kind.Int) === 0 || (value >= interval.low && value <= interval.high);
}

/** Traces a program and checks every fact; answers how many facts said something. */
function checkFacts(source: string, argument = "", assume: (proto: Proto) => Assumptions | undefined = () => ({})): number {
  const known = new Map<Proto, Fact[][] | undefined>();
  let useful = 0;
  trace(source, argument, (proto, pc, register) => {
    if (!known.has(proto)) {
      const assumptions = assume(proto);
      known.set(proto, assumptions === undefined ? undefined : factsOf(proto, assumptions));
    }
    const facts = known.get(proto);
    if (facts === undefined || OPCODES[getOp(proto.code[pc]!)]!.fallback) return; // the result is not there yet
    for (const fact of facts[pc]!) {
      const value = register(fact.register);
      if (!holds(fact, value)) {
        expect.fail(`line ${proto.lineDefined}, pc ${pc}: R${fact.register} = ${String(value)} is not ${fact.type} in [${fact.interval.low}, ${fact.interval.high}]`);
      }
      if (fact.type !== Kind.Any) useful++;
    }
  });
  return useful;
}

/** Arguments that keep a program's run short. */
const SIZE = "6";

describe("benchmark programs", () => {
  for (const name of benchPrograms) {
    test(name, () => expect(checkFacts(benchSource(name), SIZE)).toBeGreaterThan(10));
  }
});

test("generated programs", () => {
  let useful = 0;
  fc.assert(fc.property(programArbitrary, (source) => void (useful += checkFacts(source))), { numRuns: 150 });
  expect(useful).toBeGreaterThan(1000);
});

// ---- under assumptions -------------------------------------------------------------------------------------------------------

/** Instructions whose operands are numbers when no metamethod runs; of each, the registers that it computes with. */
function numericOperands(word: number): number[] {
  const op = getOp(word);
  if (op >= Op.AddI && op <= Op.Shr) return op >= Op.Add ? [getB(word), getC(word)] : [getB(word)];
  return op === Op.Unm || op === Op.BNot ? [getB(word)] : [];
}

function indexedRegister(word: number): number {
  switch (getOp(word)) {
    case Op.GetTable: case Op.GetI: case Op.GetField: case Op.Self: return getB(word);
    case Op.SetTable: case Op.SetI: case Op.SetField: return getA(word);
    default: return -1;
  }
}

const isPlainTable = (v: LuaValue): boolean => v instanceof LuaTable && v.metatable === null;

/** What a run shows of each function, as a tier that watches it would assume it. */
function observedAssumptions(source: string, argument: string): (proto: Proto) => Assumptions | undefined {
  const results = new Map<Proto, Map<number, TypeSet>>();
  const broken = new Set<Proto>(); // functions that run metamethods or index other things than tables
  let last: { proto: Proto; pc: number } | undefined;
  trace(source, argument, (proto, pc, register) => {
    const word = proto.code[pc]!;
    for (const operand of numericOperands(word)) if ((kindOf(register(operand)) & Kind.Number) === 0) broken.add(proto);
    const indexed = indexedRegister(word);
    if (indexed >= 0 && kindOf(register(indexed)) !== Kind.Table) broken.add(proto);
    if (getOp(word) === Op.Len && typeof register(getB(word)) !== "string" && !isPlainTable(register(getB(word)))) broken.add(proto);
    if (getOp(word) === Op.Concat) {
      for (let r = getA(word); r < getA(word) + getB(word); r++) if ((kindOf(register(r)) & (Kind.String | Kind.Number)) === 0) broken.add(proto);
    }
    if (last !== undefined && last.proto === proto && pc === last.pc + 1 && !OPCODES[getOp(proto.code[last.pc]!)]!.test) {
      const before = getOp(proto.code[last.pc]!);
      if (before === Op.GetField || before === Op.GetTable || before === Op.GetI || before === Op.GetUpval) {
        let known = results.get(proto);
        if (known === undefined) results.set(proto, known = new Map());
        known.set(last.pc, (known.get(last.pc) ?? 0) | kindOf(register(getA(proto.code[last.pc]!))));
      }
    }
    last = { proto, pc };
  });
  // The second run compiles anew: functions are found by their place.
  const byPlace = new Map<string, Map<number, TypeSet>>();
  for (const [proto, seen] of results) { // two functions of one line may have the same code: what is true of one alone is not to be assumed
    const known = byPlace.get(placeOf(proto)) ?? new Map<number, TypeSet>();
    for (const [pc, kinds] of seen) known.set(pc, (known.get(pc) ?? 0) | kinds);
    byPlace.set(placeOf(proto), known);
  }
  const brokenPlaces = new Set([...broken].map(placeOf));
  return (proto) => {
    if (brokenPlaces.has(placeOf(proto))) return undefined;
    const seen = byPlace.get(placeOf(proto));
    return { noMetamethods: true, onlyTables: true, ...(seen === undefined ? {} : { results: seen }) };
  };
}

const placeOf = (proto: Proto): string => `${proto.lineDefined}-${proto.lastLineDefined}-${proto.code.join()}`;

describe("assumptions that a run fulfils", () => {
  for (const name of ["nbody.lua", "fannkuch.lua", "spectral_norm.lua", "matrix.lua", "sieve.lua", "quicksort.lua", "methods.lua", "int64.lua", "heap.lua"]) {
    test(name, () => {
      const source = benchSource(name);
      expect(checkFacts(source, SIZE, observedAssumptions(source, SIZE))).toBeGreaterThan(100);
    });
  }

  test("generated programs", () => {
    fc.assert(fc.property(programArbitrary, (source) => void checkFacts(source, "", observedAssumptions(source, ""))), { numRuns: 60 });
  });
});

// ---- representation ----------------------------------------------------------------------------------------------------------

/** What a register may hold that is kept in a form. */
const KINDS = { [Form.Value]: Kind.Any, [Form.Raw]: Kind.Float, [Form.Pair]: Kind.Int, [Form.Mixed]: Kind.Small | Kind.Safe | Kind.Float };

/** Walks every edge: after its conversions the registers that matter are as the block behind it wants them. */
function checkRepresentations(proto: Proto, graph: FlowGraph, types: TypeFacts): void {
  for (let block = 0; block < graph.blocks.length; block++) {
    const { start, end } = graph.blocks[block]!;
    types.enter(block);
    for (let pc = start; pc < end; pc++) {
      for (let r = 0; r < proto.maxStackSize; r++) if (types.form(r) !== Form.Value) expect(types.is(r, KINDS[types.form(r)])).toBe(true);
      types.step(pc);
    }
    const { pc, taken, other } = graph.exits[block]!;
    for (const to of [taken, other]) {
      if (to < 0) continue;
      const converted = new Map(types.conversions(block, to).map(({ register, form }) => [register, form]));
      const word = pc < 0 ? 0 : proto.code[pc]!;
      const decides = [Op.ForPrep, Op.ForLoop, Op.TForLoop, Op.TestSet].includes(getOp(word)) && pc >= 0 && to === taken;
      for (let r = 0; r < proto.maxStackSize; r++) {
        if (!types.isKeptAtEntry(to, r) || (decides && r >= getA(word) && r < getA(word) + 4)) continue;
        expect(converted.get(r) ?? types.form(r)).toBe(types.formAtEntry(to, r));
      }
    }
  }
}

test("conversions on edges make representations meet", () => {
  for (const name of benchPrograms) {
    for (const proto of protosOf(benchSource(name))) {
      const graph = buildGraph(proto);
      checkRepresentations(proto, graph, inferTypes(proto, graph));
      checkRepresentations(proto, graph, inferTypes(proto, graph, { noMetamethods: true, onlyTables: true, pairs: true }));
    }
  }
});

/** Types before each instruction that the predicate picks, as a function of the register it asks about. */
function at(source: string, op: Op, assumptions: Assumptions = {}): TypeFacts {
  const proto = protosOf(source)[0]!;
  const graph = buildGraph(proto);
  const types = inferTypes(proto, graph, assumptions);
  for (let block = 0; block < graph.blocks.length; block++) {
    types.enter(block);
    for (let pc = graph.blocks[block]!.start; pc < graph.blocks[block]!.end; pc++) {
      if (getOp(proto.code[pc]!) === op) return types;
      types.step(pc);
    }
  }
  throw new Error("no such instruction");
}

describe("precision", () => {
  test("a loop between constants counts in 32 bits, and sums of it are integers", () => {
    const types = at("local s = 0 for i = 1, 100 do s = s + i ^ 2 end", Op.PowK);
    expect(types.type(4)).toBe(Kind.Small);
    expect(types.interval(4)).toEqual({ low: 1, high: 100 });
    expect(at("local s = 0 for i = 1, 100 do s = s + i; local t = s // 1 end", Op.IDivK).is(0, Kind.Int)).toBe(true);
  });

  test("a float accumulator is raw in its loop", () => {
    const types = at("local s = 0.5 for i = 1, 100 do s = s * 1.5 + i end return s", Op.MulK);
    expect(types.form(0)).toBe(Form.Raw);
    expect(types.type(0)).toBe(Kind.Float);
  });

  test("a float that is only passed on is not raw", () => {
    expect(at("local s = 0.5 local t = s f(t)", Op.GetTabUp).form(0)).toBe(Form.Value);
  });

  test("a float loop has a float variable", () => {
    const types = at("for x = 0, 1, 0.1 do local y = x * 2 end", Op.MulK);
    expect(types.type(3)).toBe(Kind.Float);
    expect(types.form(3)).toBe(Form.Raw);
    expect(types.type(0)).toBe(Kind.Boxed);
  });

  test("comparisons bound a while loop's counter", () => {
    const types = at("local i = 0 while i < 100 do local x = i // 2 i = i + 1 end", Op.IDivK);
    expect(types.interval(0)).toEqual({ low: 0, high: 99 });
    expect(types.type(0)).toBe(Kind.Small);
  });

  test("masks and remainders are small", () => {
    expect(at("local x = ... ; local y = (x // 1) & 0xff; y = -y", Op.Unm, { noMetamethods: true }).interval(1)).toEqual({ low: 0, high: 255 });
    expect(at("local x = ... ; local n = #'abc' local y = n % 16; y = -y", Op.Unm).interval(2)).toEqual({ low: 0, high: 15 });
  });

  test("assumed results and entries flow on", () => {
    const source = "local p = ... local x = p.x local y = x * 2.5 + p.y local z = y - x return z";
    const proto = protosOf(source)[0]!;
    const pc = proto.code.findIndex((word) => getOp(word) === Op.GetField);
    const types = at(source, Op.Sub, { results: new Map([[pc, Kind.Float]]), noMetamethods: true, onlyTables: true });
    expect([0, 1, 2].map((r) => types.type(r))).toEqual([Kind.Table, Kind.Float, Kind.Float]);
    expect([0, 1, 2].map((r) => types.form(r))).toEqual([Form.Value, Form.Raw, Form.Raw]);
  });

  test("integers that start large, or grow by a large factor, are pairs where they are computed with", () => {
    const options = { noMetamethods: true, pairs: true };
    const hash = "local h = 0xcbf29ce484222325 for i = 1, 100 do h = (h ~ (i & 0xff)) * 0x100000001b3 end return h";
    expect(at(hash, Op.BXor, options).form(0)).toBe(Form.Pair);
    expect(at(hash, Op.MulK, options).form(5)).toBe(Form.Pair);
    expect(at(hash, Op.BXor, { noMetamethods: true }).form(0)).toBe(Form.Value);
    expect(at(hash, Op.BXor, options).form(4)).toBe(Form.Value); // the loop's variable
    const random = "local seed = 42 for i = 1, 100 do seed = (seed * 1103515245 + 12345) % 2147483648 end return seed";
    expect([at(random, Op.AddK, options).form(0), at(random, Op.ModK, options).form(5), at(random, Op.MulK, options).form(0)])
      .toEqual([Form.Value, Form.Pair, Form.Value]);
    expect(at("local s = 0 for i = 1, 1e6 // 1 | 0 do s = s + i end local t = s // 2", Op.IDivK, options).form(0)).toBe(Form.Value);
  });

  test("captured registers are unknown", () => {
    expect(at("local n = 1 local function f() n = n + 0.5 end f() n = n // 1", Op.IDivK).type(0)).toBe(Kind.Any);
  });

  test("nothing is known where a running loop is entered, but for what is assumed", () => {
    const proto = protosOf("local s = 0.5 for i = 1, 100 do s = s * 1.5 end return s")[0]!;
    const body = proto.code.findIndex((word) => getOp(word) === Op.ForPrep) + 1;
    const graph = buildGraph(proto, body);
    expect(inferTypes(proto, graph).typeAtEntry(0, 0)).toBe(Kind.Any);
    const assumed = inferTypes(proto, graph, { entry: new Map([[0, Kind.Float], [1, Kind.Small], [3, Kind.Small], [4, Kind.Small]]) });
    expect(assumed.typeAtEntry(0, 0)).toBe(Kind.Float);
    expect(assumed.formAtEntry(0, 0)).toBe(Form.Raw);
    expect(assumed.typeAtEntry(0, 4)).toBe(Kind.Int);
  });
});

test("a variable that is never read again is kept while it has its name", () => {
  const proto = protosOf("function g() local a = 5 local b = 6 do local c = 7 end f(b) end")[1]!;
  const graph = buildGraph(proto);
  const types = inferTypes(proto, graph);
  const kept = types.keptIn(0);
  expect([0, 1, 2, 3].map((pc) => kept.get(pc))).toEqual([[], [0], [0, 1], [0, 1]]); // c ends where it begins
  expect(kept.get(proto.code.length - 1)).toEqual([0, 1]);
});

// ---- intervals ---------------------------------------------------------------------------------------------------------------

const edge = fc.oneof(
  fc.integer({ min: -40, max: 70 }), fc.integer(), fc.maxSafeInteger(),
  fc.constantFrom<LuaInteger>(2147483647, -2147483648, 9007199254740991, -9007199254740991, 2 ** 31, 2 ** 32, 2 ** 51 + 1),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(wrapInteger),
);

/** Integers, and the least interval around them. */
const integers = fc.array(edge, { minLength: 1, maxLength: 4 }).map((values) => {
  const bound = (v: LuaInteger, beyond: number): number => (typeof v === "number" ? v : v > 0n === beyond > 0 ? beyond * Infinity : -beyond * Number.MAX_SAFE_INTEGER);
  return { values, interval: { low: Math.min(...values.map((v) => bound(v, -1))), high: Math.max(...values.map((v) => bound(v, 1))) } };
});

const OPERATORS: Readonly<Record<string, [(x: Interval, y: Interval) => Interval, (a: LuaInteger, b: LuaInteger) => unknown]>> = {
  add: [addIntervals, arithmetic.add], sub: [subIntervals, arithmetic.sub], mul: [mulIntervals, arithmetic.mul],
  mod: [modIntervals, arithmetic.mod], idiv: [idivIntervals, arithmetic.idiv], band: [bandIntervals, arithmetic.band],
  bor: [borIntervals, arithmetic.bor], bxor: [borIntervals, arithmetic.bxor], shl: [shlIntervals, arithmetic.shl], shr: [shrIntervals, arithmetic.shr],
};

describe("intervals contain every result", () => {
  for (const [name, [onIntervals, onValues]] of Object.entries(OPERATORS)) {
    test(name, () => {
      fc.assert(fc.property(integers, integers, (x, y) => {
        const interval = onIntervals(x.interval, y.interval);
        for (const a of x.values) {
          for (const b of y.values) {
            const result = onValues(a, b) as LuaInteger | undefined;
            if (result !== undefined) expect(holds({ register: 0, type: kindsOf(interval), interval }, result)).toBe(true);
          }
        }
      }), { numRuns: 2000 });
    });
  }
});
