// THE opcode table: the instruction set of Lua 5.4, one row an opcode. The disassembler, the verifier, the interpreter's
// comments and the docs read it; nothing else lists opcodes.

/** Opcode numbers. A `const enum`, so that a `case` reaches V8 as an integer literal in the build. */
export const enum Op {
  Move = 0, LoadI, LoadF, LoadK, LoadKX, LoadFalse, LFalseSkip, LoadTrue,
  LoadNil, GetUpval, SetUpval, GetTabUp, GetTable, GetI, GetField, SetTabUp,
  SetTable, SetI, SetField, NewTable, Self, AddI, AddK, SubK,
  MulK, ModK, PowK, DivK, IDivK, BAndK, BOrK, BXorK,
  ShrI, ShlI, Add, Sub, Mul, Mod, Pow, Div,
  IDiv, BAnd, BOr, BXor, Shl, Shr, MmBin, MmBinI,
  MmBinK, Unm, BNot, Not, Len, Concat, Close, Tbc,
  Jmp, Eq, Lt, Le, EqK, EqI, LtI, LeI,
  GtI, GeI, Test, TestSet, Call, TailCall, Return, Return0,
  Return1, ForLoop, ForPrep, TForPrep, TForCall, TForLoop, SetList, Closure,
  Vararg, VarargPrep, ExtraArg,
}

/** Operand layouts, low bits first: op 7 | A 8 | k 1 | B 8 | C 8; Bx and sBx 17 bits, Ax and sJ 25. */
export type Format = "ABC" | "ABx" | "AsBx" | "Ax" | "sJ";

export interface OpSpec {
  /** As `luac -l` prints it. */
  readonly name: string;
  readonly format: Format;
  /** What it does. R: registers, K: constants, U: upvalues, P: nested functions, RK[C]: K[C] when k, else R[C]. */
  readonly effect: string;
  /** Writes register A. */
  readonly setsA: boolean;
  /** Is a test: the next instruction is a jump. */
  readonly test: boolean;
  /** With B = 0 it takes its operands up to the stack top that the previous instruction left. */
  readonly usesTop: boolean;
  /** With C = 0 it leaves its results up to the stack top. */
  readonly setsTop: boolean;
  /** Is the metamethod fallback of the arithmetic instruction before it. */
  readonly fallback: boolean;
  /** May run Lua or host code (a call, a metamethod): registers above it may move, the thread may be suspended. */
  readonly mayCall: boolean;
  /** May raise an error by itself. */
  readonly mayRaise: boolean;
}

type Flag = "A" | "test" | "usesTop" | "setsTop" | "fallback" | "calls" | "raises";

function spec(name: string, format: Format, effect: string, ...flags: Flag[]): OpSpec {
  const has = (flag: Flag): boolean => flags.includes(flag);
  return {
    name, format, effect, setsA: has("A"), test: has("test"), usesTop: has("usesTop"), setsTop: has("setsTop"),
    fallback: has("fallback"), mayCall: has("calls"), mayRaise: has("calls") || has("raises"),
  };
}

const TABLE: Readonly<Record<Op, OpSpec>> = {
  [Op.Move]: spec("MOVE", "ABC", "R[A] := R[B]", "A"),
  [Op.LoadI]: spec("LOADI", "AsBx", "R[A] := sBx", "A"),
  [Op.LoadF]: spec("LOADF", "AsBx", "R[A] := float(sBx)", "A"),
  [Op.LoadK]: spec("LOADK", "ABx", "R[A] := K[Bx]", "A"),
  [Op.LoadKX]: spec("LOADKX", "ABx", "R[A] := K[next Ax]", "A"),
  [Op.LoadFalse]: spec("LOADFALSE", "ABC", "R[A] := false", "A"),
  [Op.LFalseSkip]: spec("LFALSESKIP", "ABC", "R[A] := false; skip next", "A"),
  [Op.LoadTrue]: spec("LOADTRUE", "ABC", "R[A] := true", "A"),
  [Op.LoadNil]: spec("LOADNIL", "ABC", "R[A..A+B] := nil", "A"),
  [Op.GetUpval]: spec("GETUPVAL", "ABC", "R[A] := U[B]", "A"),
  [Op.SetUpval]: spec("SETUPVAL", "ABC", "U[B] := R[A]"),
  [Op.GetTabUp]: spec("GETTABUP", "ABC", "R[A] := U[B][K[C]]", "A", "calls"),
  [Op.GetTable]: spec("GETTABLE", "ABC", "R[A] := R[B][R[C]]", "A", "calls"),
  [Op.GetI]: spec("GETI", "ABC", "R[A] := R[B][C]", "A", "calls"),
  [Op.GetField]: spec("GETFIELD", "ABC", "R[A] := R[B][K[C]]", "A", "calls"),
  [Op.SetTabUp]: spec("SETTABUP", "ABC", "U[A][K[B]] := RK[C]", "calls"),
  [Op.SetTable]: spec("SETTABLE", "ABC", "R[A][R[B]] := RK[C]", "calls"),
  [Op.SetI]: spec("SETI", "ABC", "R[A][B] := RK[C]", "calls"),
  [Op.SetField]: spec("SETFIELD", "ABC", "R[A][K[B]] := RK[C]", "calls"),
  [Op.NewTable]: spec("NEWTABLE", "ABC", "R[A] := new table, hash hint B, array hint C (+ Ax when k)", "A"),
  [Op.Self]: spec("SELF", "ABC", "R[A+1] := R[B]; R[A] := R[B][RK[C]]", "A", "calls"),
  [Op.AddI]: spec("ADDI", "ABC", "R[A] := R[B] + sC", "A"),
  [Op.AddK]: spec("ADDK", "ABC", "R[A] := R[B] + K[C]", "A"),
  [Op.SubK]: spec("SUBK", "ABC", "R[A] := R[B] - K[C]", "A"),
  [Op.MulK]: spec("MULK", "ABC", "R[A] := R[B] * K[C]", "A"),
  [Op.ModK]: spec("MODK", "ABC", "R[A] := R[B] % K[C]", "A", "raises"),
  [Op.PowK]: spec("POWK", "ABC", "R[A] := R[B] ^ K[C]", "A"),
  [Op.DivK]: spec("DIVK", "ABC", "R[A] := R[B] / K[C]", "A"),
  [Op.IDivK]: spec("IDIVK", "ABC", "R[A] := R[B] // K[C]", "A", "raises"),
  [Op.BAndK]: spec("BANDK", "ABC", "R[A] := R[B] & K[C]", "A"),
  [Op.BOrK]: spec("BORK", "ABC", "R[A] := R[B] | K[C]", "A"),
  [Op.BXorK]: spec("BXORK", "ABC", "R[A] := R[B] ~ K[C]", "A"),
  [Op.ShrI]: spec("SHRI", "ABC", "R[A] := R[B] >> sC", "A"),
  [Op.ShlI]: spec("SHLI", "ABC", "R[A] := sC << R[B]", "A"),
  [Op.Add]: spec("ADD", "ABC", "R[A] := R[B] + R[C]", "A"),
  [Op.Sub]: spec("SUB", "ABC", "R[A] := R[B] - R[C]", "A"),
  [Op.Mul]: spec("MUL", "ABC", "R[A] := R[B] * R[C]", "A"),
  [Op.Mod]: spec("MOD", "ABC", "R[A] := R[B] % R[C]", "A", "raises"),
  [Op.Pow]: spec("POW", "ABC", "R[A] := R[B] ^ R[C]", "A"),
  [Op.Div]: spec("DIV", "ABC", "R[A] := R[B] / R[C]", "A"),
  [Op.IDiv]: spec("IDIV", "ABC", "R[A] := R[B] // R[C]", "A", "raises"),
  [Op.BAnd]: spec("BAND", "ABC", "R[A] := R[B] & R[C]", "A"),
  [Op.BOr]: spec("BOR", "ABC", "R[A] := R[B] | R[C]", "A"),
  [Op.BXor]: spec("BXOR", "ABC", "R[A] := R[B] ~ R[C]", "A"),
  [Op.Shl]: spec("SHL", "ABC", "R[A] := R[B] << R[C]", "A"),
  [Op.Shr]: spec("SHR", "ABC", "R[A] := R[B] >> R[C]", "A"),
  [Op.MmBin]: spec("MMBIN", "ABC", "previous op on R[A], R[B] through metamethod C", "fallback", "calls"),
  [Op.MmBinI]: spec("MMBINI", "ABC", "previous op on R[A], sB through metamethod C (k: swapped)", "fallback", "calls"),
  [Op.MmBinK]: spec("MMBINK", "ABC", "previous op on R[A], K[B] through metamethod C (k: swapped)", "fallback", "calls"),
  [Op.Unm]: spec("UNM", "ABC", "R[A] := -R[B]", "A", "calls"),
  [Op.BNot]: spec("BNOT", "ABC", "R[A] := ~R[B]", "A", "calls"),
  [Op.Not]: spec("NOT", "ABC", "R[A] := not R[B]", "A"),
  [Op.Len]: spec("LEN", "ABC", "R[A] := #R[B]", "A", "calls"),
  [Op.Concat]: spec("CONCAT", "ABC", "R[A] := R[A] .. … .. R[A+B-1]", "A", "calls"),
  [Op.Close]: spec("CLOSE", "ABC", "close upvalues and variables >= R[A]", "calls"),
  [Op.Tbc]: spec("TBC", "ABC", "R[A] is to be closed", "raises"),
  [Op.Jmp]: spec("JMP", "sJ", "pc += sJ"),
  [Op.Eq]: spec("EQ", "ABC", "if (R[A] == R[B]) ~= k skip next", "test", "calls"),
  [Op.Lt]: spec("LT", "ABC", "if (R[A] < R[B]) ~= k skip next", "test", "calls"),
  [Op.Le]: spec("LE", "ABC", "if (R[A] <= R[B]) ~= k skip next", "test", "calls"),
  [Op.EqK]: spec("EQK", "ABC", "if (R[A] == K[B]) ~= k skip next", "test"),
  [Op.EqI]: spec("EQI", "ABC", "if (R[A] == sB) ~= k skip next", "test"),
  [Op.LtI]: spec("LTI", "ABC", "if (R[A] < sB) ~= k skip next", "test", "calls"),
  [Op.LeI]: spec("LEI", "ABC", "if (R[A] <= sB) ~= k skip next", "test", "calls"),
  [Op.GtI]: spec("GTI", "ABC", "if (R[A] > sB) ~= k skip next", "test", "calls"),
  [Op.GeI]: spec("GEI", "ABC", "if (R[A] >= sB) ~= k skip next", "test", "calls"),
  [Op.Test]: spec("TEST", "ABC", "if truthy(R[A]) ~= k skip next", "test"),
  [Op.TestSet]: spec("TESTSET", "ABC", "if truthy(R[B]) ~= k skip next else R[A] := R[B]", "A", "test"),
  [Op.Call]: spec("CALL", "ABC", "R[A..A+C-2] := R[A](R[A+1..A+B-1])", "A", "usesTop", "setsTop", "calls"),
  [Op.TailCall]: spec("TAILCALL", "ABC", "return R[A](R[A+1..A+B-1])", "A", "usesTop", "setsTop", "calls"),
  [Op.Return]: spec("RETURN", "ABC", "return R[A..A+B-2] (k: close first; C: fixed parameters + 1 of a vararg function)", "usesTop", "calls"),
  [Op.Return0]: spec("RETURN0", "ABC", "return"),
  [Op.Return1]: spec("RETURN1", "ABC", "return R[A]"),
  [Op.ForLoop]: spec("FORLOOP", "ABx", "step the numeric loop at R[A]; if it goes on pc -= Bx", "A"),
  [Op.ForPrep]: spec("FORPREP", "ABx", "prepare the numeric loop at R[A]; if it does not run pc += Bx + 1", "A", "raises"),
  [Op.TForPrep]: spec("TFORPREP", "ABx", "R[A+3] is to be closed; pc += Bx", "raises"),
  [Op.TForCall]: spec("TFORCALL", "ABC", "R[A+4..A+3+C] := R[A](R[A+1], R[A+2])", "calls"),
  [Op.TForLoop]: spec("TFORLOOP", "ABx", "if R[A+4] ~= nil { R[A+2] := R[A+4]; pc -= Bx }", "A"),
  [Op.SetList]: spec("SETLIST", "ABC", "R[A][C+i] := R[A+i] for 1 <= i <= B", "usesTop"),
  [Op.Closure]: spec("CLOSURE", "ABx", "R[A] := closure of P[Bx]", "A"),
  [Op.Vararg]: spec("VARARG", "ABC", "R[A..A+C-2] := varargs", "A", "setsTop"),
  [Op.VarargPrep]: spec("VARARGPREP", "ABC", "move the A fixed parameters above the varargs", "A", "usesTop"),
  [Op.ExtraArg]: spec("EXTRAARG", "Ax", "Ax extends the previous instruction"),
};

export const OPCODE_COUNT = 83;

/** The table by opcode number. */
export const OPCODES: readonly OpSpec[] = Array.from({ length: OPCODE_COUNT }, (_, op) => TABLE[op as Op]);
