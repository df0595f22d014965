// The quick forms of library functions (NativeFunction.quick) by qualified name. Those of the larger functions are beside them.
import { LuaFloat } from "../number/float.js";
import { formatNumber } from "../number/format.js";
import { parseNumber } from "../number/parse.js";
import { Event } from "../vm/events.js";
import { type QuickForm, quickly } from "../vm/function.js";
import { metamethodOf } from "../vm/metatables.js";
import { COST } from "../vm/meter.js";
import { DECLINED, MULTI, type Signal } from "../vm/signal.js";
import { LuaTable, traversal } from "../vm/table.js";
import { Thread } from "../vm/thread.js";
import { type LuaValue, isFunction, isTruthy } from "../vm/value.js";
import { INEXT, MANY_ARGUMENTS, NEXT } from "./basic.js";
import { statusOf } from "./coroutine.js";
import { quickSort } from "./sort.js";
import { quickFormat } from "./string/format.js";
import { quickGsub } from "./string/gsub.js";
import { STRETCH, lowerText, upperText } from "./string/library.js";
import { SHORT_NUMERAL, reserveOn } from "./string/price.js";
import { quickFind, quickMatch } from "./string/search.js";
import { quickConcat, quickPack, quickUnpack } from "./table.js";

/** Of what is neither a table nor another object. */
const tostring: QuickForm = (L, at, nargs) => {
  const v = L.stack[at + 1];
  if (nargs < 1 || (typeof v === "object" && !(v instanceof LuaFloat)) || metamethodOf(L.state, v, Event.ToString) !== undefined) return DECLINED;
  if (typeof v === "string") return v;
  return v === undefined || typeof v === "boolean" ? String(v ?? "nil") : formatNumber(v);
};

/** Without a base. */
const tonumber: QuickForm = (L, at, nargs) => {
  const v = L.stack[at + 1];
  if (nargs !== 1) return DECLINED;
  if (typeof v === "string") return v.length > SHORT_NUMERAL ? DECLINED : parseNumber(v);
  return typeof v === "number" || v instanceof LuaFloat ? v : DECLINED;
};

/** stack[from] … stack[end − 1] as results. */
function resultsFrom(stack: LuaValue[], at: number, from: number, end: number): Signal {
  for (let i = from; i < end; i++) stack[at + i - from] = stack[i];
  quickly.results = end - from;
  return MULTI;
}

/** Of what is true. */
const assert: QuickForm = ({ stack }, at, nargs) => {
  if (nargs < 1 || !isTruthy(stack[at + 1])) return DECLINED;
  return nargs === 1 ? stack[at + 1] : resultsFrom(stack, at, at + 1, at + 1 + nargs);
};

const select: QuickForm = ({ stack }, at, nargs) => {
  const n = stack[at + 1];
  if (nargs < 1 || nargs > MANY_ARGUMENTS) return DECLINED;
  if (n === "#") return nargs - 1;
  if (typeof n !== "number" || !Number.isSafeInteger(n)) return DECLINED;
  const first = n < 0 ? nargs + n : Math.min(n, nargs);
  if (first < 1) return DECLINED;
  return first + 1 === nargs ? stack[at + nargs] : resultsFrom(stack, at, at + 1 + first, at + 1 + nargs);
};

const next: QuickForm = ({ stack, state }, at, nargs) => {
  const t = stack[at + 1];
  if (nargs < 1 || !(t instanceof LuaTable)) return DECLINED;
  const position = t.advance(nargs < 2 ? undefined : stack[at + 2]);
  if (traversal.skipped >= COST.skippedPerUnit) state.meter.charge(Math.floor(traversal.skipped / COST.skippedPerUnit));
  return position < 0 ? undefined : threeAt(stack, at, 2, t.keyAt(position), t.valueAt(position), undefined);
};

/** Of a table without a metatable. */
const pairs: QuickForm = ({ stack }, at, nargs) => {
  const t = stack[at + 1];
  return nargs >= 1 && t instanceof LuaTable && t.metatable === null ? threeAt(stack, at, 3, NEXT, t, undefined) : DECLINED;
};

const ipairs: QuickForm = ({ stack }, at, nargs) => (nargs < 1 ? DECLINED : threeAt(stack, at, 3, INEXT, stack[at + 1], 0));

function threeAt(stack: LuaValue[], at: number, count: number, a: LuaValue, b: LuaValue, c: LuaValue): Signal {
  stack[at] = a;
  stack[at + 1] = b;
  if (count > 2) stack[at + 2] = c;
  quickly.results = count;
  return MULTI;
}

const create: QuickForm = (L, at, nargs) => {
  const body = L.stack[at + 1];
  return nargs >= 1 && isFunction(body) ? L.state.newThread(body) : DECLINED;
};

const status: QuickForm = (L, at, nargs) => {
  const co = L.stack[at + 1];
  return nargs >= 1 && co instanceof Thread ? statusOf(co) : DECLINED;
};

const changed = (change: (text: string) => string): QuickForm => (L, at, nargs) => {
  const s = L.stack[at + 1];
  if (nargs < 1 || typeof s !== "string" || s.length > STRETCH) return DECLINED;
  reserveOn(L, s.length);
  return change(s);
};

export const QUICK_FORMS: Readonly<Record<string, QuickForm>> = {
  assert, ipairs, next, pairs, select, tostring, tonumber,
  "coroutine.create": create, "coroutine.status": status,
  "string.find": quickFind, "string.format": quickFormat, "string.gsub": quickGsub, "string.lower": changed(lowerText), "string.match": quickMatch, "string.upper": changed(upperText),
  "table.concat": quickConcat, "table.pack": quickPack, "table.sort": quickSort, "table.unpack": quickUnpack,
};
