// The quick forms of library functions (NativeFunction.quick) by qualified name. Those of the larger functions are beside them.
import { LuaFloat } from "../number/float.js";
import { formatNumber } from "../number/format.js";
import { parseNumber } from "../number/parse.js";
import { Event } from "../vm/events.js";
import type { QuickForm } from "../vm/function.js";
import { metamethodOf } from "../vm/metatables.js";
import { DECLINED } from "../vm/signal.js";
import { quickFormat } from "./string/format.js";
import { STRETCH, lowerText, upperText } from "./string/library.js";
import { SHORT_NUMERAL, reserveOn } from "./string/price.js";
import { quickFind, quickMatch } from "./string/search.js";
import { quickConcat, quickUnpack } from "./table.js";

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

const changed = (change: (text: string) => string): QuickForm => (L, at, nargs) => {
  const s = L.stack[at + 1];
  if (nargs < 1 || typeof s !== "string" || s.length > STRETCH) return DECLINED;
  reserveOn(L, s.length);
  return change(s);
};

export const QUICK_FORMS: Readonly<Record<string, QuickForm>> = {
  tostring, tonumber,
  "string.find": quickFind, "string.format": quickFormat, "string.lower": changed(lowerText), "string.match": quickMatch, "string.upper": changed(upperText),
  "table.concat": quickConcat, "table.unpack": quickUnpack,
};
