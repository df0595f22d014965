// The library `limits`: Lua code that gives other Lua code a budget.
//
//   limits.run({ instructions = 10000, memory = 65536, time = 50, output = 1000 }, f, ...)
//     → true, results of f(...)            f has returned
//     → false, message, which              the budget ended: "instruction limit reached (10000)", "instructions"
//     errors of f pass through, and so does the end of a budget around this one
//   limits.remaining()                     what is left of each limit in force, as a table with the same fields
//   limits.exceeded(limits)                for limits one wants to keep by oneself: the first field of the table that has less left, or nil
//
// The budget belongs to the code that f runs, in whichever coroutine: it is put aside when a coroutine with a limits.run in it
// yields, and in force again when that goes on. A coroutine made inside and resumed outside pays from the budgets that are in force
// where it is resumed. Tasks begun inside, to-be-closed variables of coroutines that are closed later, and finalizers
// of objects made inside pay from what is left of the budget; when it is over, they do not run.
import type { BudgetKind, BudgetLimits } from "../vm/budgets.js";
import type { Frame } from "../vm/frame.js";
import { FrameFlag } from "../vm/frame-flags.js";
import type { LuaThrow } from "../vm/fault.js";
import { LimitReached } from "../vm/limits.js";
import type { LibrarySpec } from "../vm/library.js";
import { isNumber, makeFloat, toDouble } from "../number/float.js";
import type { Signal } from "../vm/signal.js";
import { LuaTable } from "../vm/table.js";
import { type LuaValue, typeName } from "../vm/value.js";

/** Fields of the tables, and the limits they stand for. */
const FIELDS: Readonly<Record<string, BudgetKind>> = {
  instructions: "instructions", time: "time", cpu_time: "cpuTime", memory: "memory", allocations: "allocations", output: "output",
  host_calls: "hostCalls", string_size: "stringSize",
};
const FIELD_OF_KIND: Readonly<Record<string, string>> = Object.fromEntries(Object.entries(FIELDS).map(([field, kind]) => [kind, field]));
/** Kinds whose numbers are milliseconds, with fractions. */
const TIMES: readonly BudgetKind[] = ["time", "cpuTime"];

/** The limits in the table at argument `i`. */
function limitsArgument(f: Frame, i: number): BudgetLimits {
  const table = f.table(i);
  const limits: Partial<Record<BudgetKind, number>> = {};
  for (let at = table.seek(0); at >= 0; at = table.seek(at + 1)) {
    const key = table.keyAt(at);
    const value = table.valueAt(at);
    const kind = typeof key === "string" && Object.hasOwn(FIELDS, key) ? FIELDS[key]! : undefined;
    if (kind === undefined) f.argError(i, `no limit is called '${typeof key === "string" ? key : typeName(key)}'`);
    const number = isNumber(value) ? toDouble(value) : NaN;
    if (!(number > 0)) f.argError(i, `limit '${String(key)}' must be a positive number`);
    limits[kind] = number;
  }
  return limits;
}

/** The message handler of the innermost protected call below `f`: errors that pass through are its business. */
function outerHandler(f: Frame): LuaValue {
  for (let below = f.prev; below !== null; below = below.prev) if ((below.flags & FrameFlag.Protected) !== 0) return below.guard!.handler;
  return undefined;
}

function run(f: Frame): Signal {
  const limits = limitsArgument(f, 1);
  f.any(2);
  const { budgets } = f.L.state;
  const budget = budgets.begin(limits, f);
  return f.callProtected(f.arg(2), f.args(3), outerHandler(f), (frame, results): LuaValue | Signal => {
    const { data } = frame;
    frame.data = undefined;
    if (data instanceof LimitReached) return frame.results(false, data.message, FIELD_OF_KIND[data.kind]);
    budgets.end(budget);
    if (frame.failure === null) return frame.resultArray([true, ...results]);
    const error: LuaThrow = frame.failure;
    frame.failure = null;
    throw error;
  });
}

/** Whole numbers as integers, times as floats. */
function luaAmount(kind: BudgetKind, amount: number): LuaValue {
  return TIMES.includes(kind) ? makeFloat(amount) : Math.floor(amount);
}

function remaining(f: Frame): LuaValue {
  const { budgets } = f.L.state;
  const table = new LuaTable();
  for (const [field, kind] of Object.entries(FIELDS)) {
    const amount = budgets.remaining(kind);
    if (amount !== Infinity) table.setStr(field, luaAmount(kind, amount));
  }
  return table;
}

function exceeded(f: Frame): LuaValue {
  const limits = limitsArgument(f, 1);
  for (const [field, kind] of Object.entries(FIELDS)) {
    const least = limits[kind];
    if (least !== undefined && f.L.state.budgets.remaining(kind) < least) return field;
  }
  return undefined;
}

export const limitsLibrary: LibrarySpec = { name: "limits", functions: { run, remaining, exceeded } };
