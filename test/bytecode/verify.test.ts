import { describe, expect, test } from "vitest";
import { dump } from "../../src/bytecode/dump.js";
import { encodeABCk, encodeABx, encodeAsBx, encodeAx, encodeSJ } from "../../src/bytecode/instruction.js";
import { Op, OPCODE_COUNT } from "../../src/bytecode/opcodes.js";
import { Proto, type Constant } from "../../src/bytecode/proto.js";
import { BadChunk, undump } from "../../src/bytecode/undump.js";
import { verify } from "../../src/bytecode/verify.js";
import { LuaFloat } from "../../src/number/float.js";

const abc = (op: Op, a = 0, b = 0, c = 0, k = 0): number => encodeABCk(op, a, b, c, k);
const abx = encodeABx;
const jmp = (offset: number): number => encodeSJ(Op.Jmp, offset);
const loadI = (a: number): number => encodeAsBx(Op.LoadI, a, 1);
const nils = (count: number): number => abc(Op.LoadNil, 0, count - 1);
const ret0 = abc(Op.Return0);
const extra = (ax = 0): number => encodeAx(Op.ExtraArg, ax);

/** A function of ten registers with one constant of each kind, one upvalue and one nested function that captures register 3. */
function build(code: number[], change: Partial<Proto> = {}): Proto {
  const proto = new Proto();
  proto.maxStackSize = 10;
  proto.code = Int32Array.from(code);
  proto.constants = ["name", 7, 2.5, new LuaFloat(3), 2n ** 62n, true, undefined] satisfies Constant[];
  proto.upvalues = [{ name: "u", inStack: true, index: 0, kind: 0 }];
  const nested = new Proto();
  nested.code = Int32Array.of(ret0);
  nested.upvalues = [{ name: "c", inStack: true, index: 3, kind: 0 }];
  proto.protos = [nested];
  return Object.assign(proto, change);
}

/** The rule that the verifier names, after a trip through the chunk format; "passes" when there is none. */
function verdict(code: number[], change: Partial<Proto> = {}): string {
  const proto = undump(dump(build(code, change), false), "=x");
  try {
    verify(proto);
  } catch (e) {
    if (e instanceof BadChunk) return e.reason.replace(/^main function(, instruction \d+)?: /, "");
    throw e;
  }
  return "passes";
}

/** An empty numeric loop at R[0..3] and what surrounds it. */
const numericLoop = (...body: number[]): number[] =>
  [nils(3), abx(Op.ForPrep, 0, body.length), ...body, abx(Op.ForLoop, 0, body.length + 1), ret0];
/** A generic loop at R[0..4]. */
const genericLoop = (...body: number[]): number[] =>
  [nils(4), abx(Op.TForPrep, 0, body.length), ...body, abc(Op.TForCall, 0, 0, 1), abx(Op.TForLoop, 0, body.length + 2),
    abc(Op.Close, 0), ret0];

type Case = [name: string, code: number[], verdict: string, change?: Partial<Proto>];

function cases(...list: Case[]): void {
  test.each(list)("%s", (_name, code, expected, change) => expect(verdict(code, change)).toBe(expected));
}

describe("operands", () => {
  const register = "register out of range";
  const constant = "constant out of range";
  cases(
    ["nothing but a return", [ret0], "passes"],
    ["register 9 of 10", [loadI(9), ret0], "passes"],
    ["register 10 of 10", [loadI(10), ret0], register],
    ["LOADNIL to the end", [abc(Op.LoadNil, 0, 9), ret0], "passes"],
    ["LOADNIL past the end", [abc(Op.LoadNil, 0, 10), ret0], register],
    ["SELF needs two registers", [nils(1), abc(Op.Self, 9, 0, 0, 1), ret0], register],
    ["SELF's key is a string", [nils(1), abc(Op.Self, 1, 0, 1, 1), ret0], "key is not a string"],
    ["SELF's key, just loaded", [nils(1), abx(Op.LoadK, 2, 0), abc(Op.Self, 1, 0, 2), ret0], "passes"],
    ["SELF's key, just loaded by LOADKX", [nils(1), abx(Op.LoadKX, 2, 0), extra(0), abc(Op.Self, 1, 0, 2), ret0], "passes"],
    ["SELF's key, not a string", [nils(1), abx(Op.LoadK, 2, 1), abc(Op.Self, 1, 0, 2), ret0], "key is not a string"],
    ["SELF's key, from anywhere", [nils(3), abc(Op.Self, 1, 0, 2), ret0], "method name is not a constant"],
    ["SELF's key, jumped past", [nils(3), jmp(1), abx(Op.LoadK, 2, 0), abc(Op.Self, 1, 0, 2), ret0], "jump to a wrong place"],
    ["CALL's arguments", [nils(10), abc(Op.Call, 5, 6, 1), ret0], register],
    ["CALL's results", [nils(10), abc(Op.Call, 5, 1, 7), ret0], register],
    ["CONCAT's operands", [nils(10), abc(Op.Concat, 5, 6), ret0], register],
    ["CONCAT of one", [nils(10), abc(Op.Concat, 5, 1), ret0], "too few operands"],
    ["RETURN's values", [nils(10), abc(Op.Return, 5, 7)], register],
    ["RETURN of none above the registers", [abc(Op.Return, 10, 1)], "passes"],
    ["SETLIST's items", [nils(10), abc(Op.SetList, 5, 5), ret0], register],
    ["the generator's copy in TFORCALL", genericLoop(), register, { maxStackSize: 6 }],
    ["TFORCALL's room", genericLoop(), "passes", { maxStackSize: 7 }],
    ["LOADK", [abx(Op.LoadK, 0, 7), ret0], constant],
    ["LOADKX", [abx(Op.LoadKX, 0, 0), extra(7), ret0], constant],
    ["RK", [nils(1), abc(Op.SetI, 0, 1, 7, 1), ret0], constant],
    ["EQK", [nils(1), abc(Op.EqK, 0, 7), jmp(0), ret0], constant],
    ["GETFIELD's key", [nils(1), abc(Op.GetField, 0, 0, 5), ret0], "key is not a string"],
    ["GETTABUP's upvalue", [abc(Op.GetTabUp, 0, 1, 0), ret0], "upvalue out of range"],
    ["SETTABUP's upvalue", [nils(1), abc(Op.SetTabUp, 1, 0, 0), ret0], "upvalue out of range"],
    ["SETUPVAL", [nils(1), abc(Op.SetUpval, 0, 1), ret0], "upvalue out of range"],
    ["ADDK of a string", [nils(1), abc(Op.AddK, 0, 0, 0), abc(Op.MmBinK, 0, 0, 6), ret0], "operand is not a number"],
    ["ADDK of a boxed float", [nils(1), abc(Op.AddK, 0, 0, 3), abc(Op.MmBinK, 0, 3, 6), ret0], "passes"],
    ["BANDK of a float", [nils(1), abc(Op.BAndK, 0, 0, 3), abc(Op.MmBinK, 0, 3, 13), ret0], "operand is not an integer"],
    ["BANDK of a big integer", [nils(1), abc(Op.BAndK, 0, 0, 4), abc(Op.MmBinK, 0, 4, 13), ret0], "passes"],
    ["CLOSURE", [abx(Op.Closure, 0, 1), ret0], "nested function out of range"],
    ["NEWTABLE's hash hint", [abc(Op.NewTable, 0, 31), extra(), ret0], "table size out of proportion"],
    ["NEWTABLE's array hint", [abc(Op.NewTable, 0, 0, 0, 1), extra(1000), ret0], "table size out of proportion"],
    ["modest hints", [abc(Op.NewTable, 0, 2, 100), extra(), ret0], "passes"],
    ["TBC", [loadI(0), abc(Op.Tbc, 10), ret0], register],
    ["CLOSE past the last register closes nothing", [abc(Op.Close, 10), ret0], "passes"],
    ["CLOSE", [abc(Op.Close, 11), ret0], register],
  );
});

describe("frames", () => {
  cases(
    ["no code", [], "no code"],
    ["the end is not a return", [loadI(0)], "code does not end with a return"],
    ["parameters without registers", [ret0], "more parameters than registers", { numParams: 11 }],
    ["unknown opcodes", [OPCODE_COUNT, ret0], "unknown opcode"],
    ["vararg function", [abc(Op.VarargPrep), abc(Op.Vararg, 0, 0, 3), abc(Op.Return, 0, 3, 1)], "passes", { isVararg: true }],
    ["VARARGPREP missing", [loadI(0), abc(Op.Return, 0, 1, 1)], "vararg preparation missing", { isVararg: true }],
    ["VARARGPREP of other parameters", [abc(Op.VarargPrep, 1), abc(Op.Return, 0, 1, 1)],
      "misplaced vararg preparation", { isVararg: true }],
    ["VARARGPREP twice", [abc(Op.VarargPrep), abc(Op.VarargPrep), abc(Op.Return, 0, 1, 1)],
      "misplaced vararg preparation", { isVararg: true }],
    ["back to VARARGPREP", [abc(Op.VarargPrep), jmp(-2), abc(Op.Return, 0, 1, 1)], "jump to a wrong place", { isVararg: true }],
    ["VARARGPREP in a plain function", [abc(Op.VarargPrep), ret0], "misplaced vararg preparation"],
    ["VARARG in a plain function", [abc(Op.Vararg, 0, 0, 2), ret0], "varargs in a function without them"],
    ["RETURN0 in a vararg function", [abc(Op.VarargPrep), ret0], "short return in a vararg function", { isVararg: true }],
    ["RETURN's C", [abc(Op.Return, 0, 1, 1)], "return does not fit the parameters"],
    ["RETURN's C in a vararg function", [abc(Op.VarargPrep), abc(Op.Return, 0, 1, 0)],
      "return does not fit the parameters", { isVararg: true }],
    ["upvalue kinds", [ret0], "bad upvalue kind", { upvalues: [{ name: "u", inStack: true, index: 0, kind: 4 }] }],
  );

  test("upvalues of nested functions exist in the enclosing one", () => {
    const nested = new Proto();
    nested.code = Int32Array.of(ret0);
    const capture = (inStack: boolean, index: number): string => {
      nested.upvalues = [{ name: "x", inStack, index, kind: 0 }];
      return verdict([ret0], { protos: [nested] });
    };
    expect([capture(true, 9), capture(false, 0)]).toEqual(["passes", "passes"]);
    expect([capture(true, 10), capture(false, 1)]).toEqual(Array(2).fill("upvalue of a nested function out of range"));
  });

  test("errors name the function and the instruction", () => {
    const nested = build([loadI(0), loadI(99), ret0], { lineDefined: 12 });
    nested.protos = [];
    const proto = build([ret0], { source: "@file.lua", protos: [nested] });
    expect(() => verify(proto)).toThrow(
      "file.lua: bad binary format (function at line 12, instruction 2: register out of range)");
  });
});

describe("sequences", () => {
  const add = [abc(Op.Add, 2, 0, 1), abc(Op.MmBin, 0, 1, 6)];
  const immediate = (op: Op, c: number, b: number, event: number, k = 0): number[] =>
    [nils(1), abc(op, 0, 0, c), abc(Op.MmBinI, 0, b, event, k), ret0];
  const other = "metamethod fallback of another operation";
  cases(
    ["arithmetic and its fallback", [nils(2), ...add, ret0], "passes"],
    ["no fallback", [nils(2), add[0]!, ret0], "metamethod fallback missing"],
    ["a fallback alone", [nils(2), add[1]!, ret0], "metamethod fallback without its operation"],
    ["a fallback of other registers", [nils(3), add[0]!, abc(Op.MmBin, 0, 2, 6), ret0], other],
    ["a fallback of another event", [nils(2), add[0]!, abc(Op.MmBin, 0, 1, 7), ret0], other],
    ["an event that does not exist", [nils(2), add[0]!, abc(Op.MmBin, 0, 1, 200), ret0], other],
    ["ADDI as addition", immediate(Op.AddI, 130, 130, 6), "passes"],
    ["ADDI as subtraction", immediate(Op.AddI, 127 - 3, 127 + 3, 7), "passes"],
    ["ADDI as subtraction, not negated", immediate(Op.AddI, 130, 130, 7), other],
    ["SHRI as a left shift", immediate(Op.ShrI, 127 - 3, 127 + 3, 16), "passes"],
    ["SHLI swapped", immediate(Op.ShlI, 130, 130, 16, 1), "passes"],
    ["SHLI not swapped", immediate(Op.ShlI, 130, 130, 16), other],
    ["a jump to a fallback", [nils(2), jmp(1), ...add, ret0], "jump to a wrong place"],
    ["a test without a jump", [nils(1), abc(Op.Test), loadI(0), ret0], "test without a jump"],
    ["a test at the end", [nils(1), abc(Op.Test), jmp(-3)], "code does not end with a return"],
    ["LOADKX alone", [abx(Op.LoadKX, 0, 0), ret0], "extra argument missing"],
    ["NEWTABLE alone", [abc(Op.NewTable), ret0], "extra argument missing"],
    ["SETLIST with k alone", [abc(Op.NewTable, 0), extra(), loadI(1), abc(Op.SetList, 0, 1, 0, 1), ret0], "extra argument missing"],
    ["EXTRAARG alone", [extra(), ret0], "misplaced extra argument"],
    ["EXTRAARG after SETLIST without k", [nils(2), abc(Op.SetList, 0, 1), extra(), ret0], "misplaced extra argument"],
    ["a jump to EXTRAARG", [jmp(1), abc(Op.NewTable), extra(), ret0], "jump to a wrong place"],
    ["open results taken", [nils(3), abc(Op.Call, 2, 1, 0), abc(Op.Call, 0, 0, 1), ret0], "passes"],
    ["open results ignored", [nils(3), abc(Op.Call, 2, 1, 0), ret0], "open results are not taken"],
    ["open operands from nowhere", [nils(3), abc(Op.Call, 0, 0, 1), ret0], "open operands without results"],
    ["open results below the function", [nils(3), abc(Op.Call, 1, 1, 0), abc(Op.Call, 1, 0, 1), ret0], "open results below the operands"],
    ["open results returned", [nils(3), abc(Op.Call, 1, 1, 0), abc(Op.Return, 1, 0)], "passes"],
    ["open results from the first operand on", [nils(1), abc(Op.Call, 0, 1, 0), abc(Op.Return, 0, 0)], "passes"],
    ["unwritten registers below open results",
      [abc(Op.VarargPrep), abc(Op.Vararg, 5, 0, 0), abc(Op.Return, 2, 0, 1)], "register may not have been written", { isVararg: true }],
    ["a jump past the producer", [nils(3), jmp(1), abc(Op.Call, 1, 1, 0), abc(Op.Return, 1, 0)], "jump to a wrong place"],
    ["TAILCALL and RETURN", [nils(1), abc(Op.TailCall, 0, 1), abc(Op.Return, 0, 0)], "passes"],
    ["TAILCALL and something else", [nils(1), abc(Op.TailCall, 0, 1), ret0], "open results are not taken"],
    ["TAILCALL and a CALL", [nils(2), abc(Op.TailCall, 1, 1), abc(Op.Call, 0, 0, 1), ret0], "tail call without a return"],
  );
});

describe("jumps", () => {
  const wrong = "jump to a wrong place";
  cases(
    ["to itself", [jmp(-1), ret0], "passes"],
    ["past the end", [jmp(1), ret0], wrong],
    ["far past the end", [jmp(1 << 20), ret0], wrong],
    ["before the start", [jmp(-2), ret0], wrong],
    ["far before the start", [jmp(-(1 << 20)), ret0], wrong],
    ["LFALSESKIP", [abc(Op.LFalseSkip), abc(Op.LoadTrue), abc(Op.Return1)], "passes"],
    ["LFALSESKIP past the end", [abc(Op.LFalseSkip), ret0], wrong],
    ["a skip into EXTRAARG", [nils(1), abc(Op.Test), jmp(1), extra(), ret0], "misplaced extra argument"],
    ["LFALSESKIP onto a fallback", [nils(2), abc(Op.LFalseSkip, 3), abc(Op.Add, 2, 0, 1), abc(Op.MmBin, 0, 1, 6), ret0], wrong],
  );
});

describe("loops", () => {
  const entered = "jump into a loop";
  const inUse = "loop register in use";
  cases(
    ["numeric", numericLoop(loadI(4)), "passes"],
    ["numeric, empty", numericLoop(), "passes"],
    ["generic", genericLoop(loadI(5)), "passes"],
    ["FORLOOP alone", [nils(4), abx(Op.ForLoop, 0, 1), ret0], "loop without its preparation"],
    ["FORPREP alone", [nils(4), abx(Op.ForPrep, 0, 0), ret0, ret0], "loop preparation without its loop"],
    ["FORPREP past the end", [nils(4), abx(Op.ForPrep, 0, 99), ret0], "loop preparation without its loop"],
    ["another register", [nils(5), abx(Op.ForPrep, 0, 0), abx(Op.ForLoop, 1, 1), ret0], "loop preparation without its loop"],
    ["back to somewhere else", [nils(4), abx(Op.ForPrep, 0, 0), abx(Op.ForLoop, 0, 2), ret0], "loop preparation without its loop"],
    ["a jump into the body", [nils(4), jmp(1), ...numericLoop(loadI(4)).slice(1)], entered],
    ["a jump to FORLOOP", [nils(4), jmp(2), ...numericLoop(loadI(4)).slice(1)], entered],
    ["a jump to TFORCALL", [nils(4), jmp(1), ...genericLoop().slice(1)], entered],
    ["out of the loop", numericLoop(jmp(1)), "passes"],
    ["on with the loop", numericLoop(jmp(0)), "passes"],
    ["a test skips over FORPREP", [nils(4), abc(Op.LFalseSkip, 5), ...numericLoop(loadI(4)).slice(1)], entered],
    ["TFORCALL without TFORLOOP", [nils(4), abc(Op.TForCall, 0, 0, 1), ret0], "loop call without its loop"],
    ["TFORLOOP without TFORCALL", [nils(5), abx(Op.TForPrep, 0, 0), loadI(5), abx(Op.TForLoop, 0, 2), ret0], "loop without its call"],
    ["TFORCALL for nothing", [nils(4), abx(Op.TForPrep, 0, 0), abc(Op.TForCall, 0, 0, 0), abx(Op.TForLoop, 0, 2), ret0],
      "loop without variables"],
    ["writing the counter", numericLoop(loadI(0)), inUse],
    ["writing the step", numericLoop(abc(Op.LoadNil, 2, 3)), inUse],
    ["writing the control variable is free", numericLoop(loadI(3)), "passes"],
    ["reading the counter", numericLoop(abc(Op.Move, 4, 1)), inUse],
    ["calling over the registers", numericLoop(abc(Op.Call, 2, 1, 1)), inUse],
    ["capturing the counter", numericLoop(abx(Op.Closure, 4, 0), abc(Op.Close, 3)), inUse,
      { protos: [build([ret0], { protos: [], upvalues: [{ name: "x", inStack: true, index: 1, kind: 0 }] })] }],
    ["capturing the variable", numericLoop(abx(Op.Closure, 4, 0), abc(Op.Close, 3)), "passes"],
    ["a loop on a captured register",
      [nils(5), abx(Op.Closure, 4, 0), abx(Op.ForPrep, 2, 0), abx(Op.ForLoop, 2, 1), abc(Op.Close, 0), ret0],
      "loop registers are still in use"],
    ["the same, closed before",
      [nils(5), abx(Op.Closure, 4, 0), abc(Op.Close, 3), nils(5), abx(Op.ForPrep, 2, 0), abx(Op.ForLoop, 2, 1), ret0], "passes"],
    ["nested, registers shared", numericLoop(abc(Op.LoadNil, 4, 2), abx(Op.ForPrep, 2, 0), abx(Op.ForLoop, 2, 1)), inUse],
    ["nested", numericLoop(abc(Op.LoadNil, 4, 2), abx(Op.ForPrep, 4, 0), abx(Op.ForLoop, 4, 1)), "passes"],
    ["the outer FORLOOP inside the inner one",
      [nils(8), abx(Op.ForPrep, 0, 1), abx(Op.ForPrep, 4, 1), abx(Op.ForLoop, 0, 2), abx(Op.ForLoop, 4, 2), ret0], "loops overlap"],
    ["on after CLOSE below the loop", numericLoop(abc(Op.Close, 0)), "register may not have been written"],
  );
});

describe("paths", () => {
  const unwritten = "register may not have been written";
  cases(
    ["reading first", [abc(Op.Move, 0, 1), ret0], unwritten],
    ["parameters are written", [abc(Op.Move, 0, 1), ret0], "passes", { numParams: 2 }],
    ["written on one path only", [nils(1), abc(Op.Test), jmp(1), loadI(1), abc(Op.Move, 0, 1), ret0], unwritten],
    ["written on both paths", [nils(1), abc(Op.Test), jmp(2), loadI(1), jmp(1), loadI(1), abc(Op.Move, 0, 1), ret0], "passes"],
    ["a loop that forgets", [nils(4), abc(Op.Move, 5, 3), abc(Op.Call, 0, 1, 1), jmp(-3), ret0], unwritten],
    ["after a call", [nils(4), abc(Op.Call, 1, 1, 2), abc(Op.Move, 0, 2), ret0], unwritten],
    ["results of a call", [nils(4), abc(Op.Call, 1, 1, 3), abc(Op.Move, 0, 2), ret0], "passes"],
    ["operands of CONCAT", [nils(4), abc(Op.Concat, 1, 3), abc(Op.Move, 0, 2), ret0], unwritten],
    ["TESTSET where it jumps", [nils(1), abc(Op.TestSet, 1, 0), jmp(1), ret0, abc(Op.Return1, 1)], "passes"],
    ["TESTSET where it does not", [nils(1), abc(Op.TestSet, 1, 0), jmp(1), abc(Op.Return1, 1), ret0], unwritten],
    ["loop registers after the loop", [...numericLoop(loadI(4)).slice(0, -1), abc(Op.Return1, 1)], unwritten],
    ["capturing what was not written", [abx(Op.Closure, 0, 0), abc(Op.Return, 0, 1, 0, 1)], unwritten],
    ["a function captures itself", [abx(Op.Closure, 3, 0), abc(Op.Return, 0, 1, 0, 1)], "passes"],
    ["SETLIST into a new table", [abc(Op.NewTable, 0), extra(), loadI(1), abc(Op.SetList, 0, 1), ret0], "passes"],
    ["SETLIST into something else", [nils(2), abc(Op.SetList, 0, 1), ret0], "list items without a new table"],
    ["SETLIST into a table written over", [abc(Op.NewTable, 0), extra(), nils(2), abc(Op.SetList, 0, 1), ret0],
      "list items without a new table"],
    ["SETLIST into a captured table",
      [nils(5), abc(Op.NewTable, 3), extra(), abx(Op.Closure, 4, 0), abc(Op.SetList, 3, 1), abc(Op.Return, 0, 1, 0, 1)],
      "list items without a new table"],
    ["an upvalue left open", [abx(Op.Closure, 3, 0), ret0], "return does not close upvalues"],
    ["an upvalue closed", [abx(Op.Closure, 3, 0), abc(Op.Close, 3), ret0], "passes"],
    ["an upvalue left open by a tail call", [abx(Op.Closure, 3, 0), abc(Op.TailCall, 3, 1), abc(Op.Return, 3, 0)],
      "tail call does not close upvalues"],
    ["a tail call with something to close", [nils(2), abc(Op.Tbc, 0), abc(Op.TailCall, 1, 1, 0, 1), abc(Op.Return, 1, 0, 0, 1)],
      "tail call with variables to be closed"],
    ["a return with something to close", [nils(2), abc(Op.Tbc, 0), ret0], "return does not close upvalues"],
    ["TBC twice", [nils(2), abc(Op.Tbc, 0), abc(Op.Tbc, 0), abc(Op.Return, 0, 1, 0, 1)], "variables to be closed are not in order"],
    ["TBC downwards", [nils(2), abc(Op.Tbc, 1), abc(Op.Tbc, 0), abc(Op.Return, 0, 1, 0, 1)], "variables to be closed are not in order"],
    ["TBC upwards", [nils(2), abc(Op.Tbc, 0), abc(Op.Tbc, 1), abc(Op.Return, 0, 1, 0, 1)], "passes"],
    ["TBC in a loop without CLOSE", [nils(2), abc(Op.Tbc, 0), jmp(-2), ret0], "variables to be closed are not in order"],
    ["code that is never reached", [ret0, abc(Op.Move, 0, 5), ret0], "passes"],
  );

  test("an irreducible tangle of jumps is decided in linear time", () => {
    // Blocks that each forget one more register and jump both ways: the worst case for the number of visits.
    const blocks = 20_000;
    const code = [abc(Op.LoadNil, 0, 249)];
    for (let i = 0; i < blocks; i++) {
      const self = code.length;
      const back = 1 + 4 * ((i * 7919) % blocks);
      code.push(abc(Op.Test), jmp(back - (self + 2)), abc(Op.Close, 250 - (i % 240)), jmp(i + 1 < blocks ? 0 : -1));
    }
    code.push(ret0);
    const proto = build(code, { maxStackSize: 250 });
    const start = performance.now();
    verify(proto);
    expect(performance.now() - start).toBeLessThan(10_000);
  });
});

describe("debug information", () => {
  const lines = (...deltas: number[]): Partial<Proto> => ({ lineInfo: Int8Array.from(deltas) });
  const local = (startpc: number, endpc: number): { name: string; startpc: number; endpc: number } => ({ name: "v", startpc, endpc });
  cases(
    ["lines", [ret0, ret0], "passes", lines(1, -1)],
    ["too few lines", [ret0, ret0], "line information does not fit the code", lines(1)],
    ["absolute line", [ret0, ret0], "passes", { ...lines(1, -128), absLineInfo: [{ pc: 1, line: 5 }] }],
    ["absolute line missing", [ret0, ret0], "absolute line missing", lines(1, -128)],
    ["absolute line at another place", [ret0, ret0], "absolute line missing", { ...lines(1, -128), absLineInfo: [{ pc: 0, line: 5 }] }],
    ["absolute line unasked", [ret0, ret0], "too many absolute lines", { ...lines(1, 1), absLineInfo: [{ pc: 1, line: 5 }] }],
    ["absolute lines without lines", [ret0], "too many absolute lines", { absLineInfo: [{ pc: 0, line: 5 }] }],
    ["no absolute line for long", Array<number>(400).fill(ret0), "absolute line overdue", lines(...Array<number>(400).fill(0))],
    ["locals", [ret0, ret0], "passes", { locals: [local(0, 2), local(1, 2), local(1, 1)] }],
    ["a local that ends before it begins", [ret0, ret0], "local variable out of range", { locals: [local(1, 0)] }],
    ["a local past the end", [ret0, ret0], "local variable out of range", { locals: [local(0, 3)] }],
    ["locals out of order", [ret0, ret0], "local variable out of range", { locals: [local(1, 2), local(0, 2)] }],
    ["more locals than registers", [ret0, ret0], "more local variables than registers", { locals: Array(11).fill(local(0, 1)) }],
  );
});
