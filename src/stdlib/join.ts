// Strings and numbers of a list as one string: table.concat where no metamethod is asked.
import { flatten } from "../base/bytes.js";
import { isNumber } from "../number/float.js";
import { formatNumber } from "../number/format.js";
import { COST } from "../vm/meter.js";
import type { Thread } from "../vm/thread.js";
import type { LuaValue } from "../vm/value.js";
import { reserveOn } from "./string/price.js";

/** Parts joined at a time: V8 takes four times as long for each of ten thousand. */
const GROUP = 1024;
/** Parts and bytes up to which a chain of concatenations is made sooner than a list of them. */
const FEW_PARTS = 8;
const SHORT_TEXT = 256;

/** Where {@link joinList} found what is neither a string nor a number. */
export const misfit = { at: 0 };

/** The text of a part; undefined if it has none. */
function textOf(v: LuaValue): string | undefined {
  return typeof v === "string" ? v : isNumber(v) ? formatNumber(v) : undefined;
}

/** Pays for arr[first] … arr[last] and joins them; undefined, and nothing is paid, if there is a {@link misfit}. */
export function joinList(L: Thread, arr: readonly LuaValue[], separator: string, first: number, last: number): string | undefined {
  return (last - first < GROUP ? joinOnce : joinInGroups)(L, arr, separator, first, last);
}

function pay(L: Thread, elements: number, bytes: number): void {
  if (elements >= COST.elementsPerUnit) L.state.meter.charge(elements / COST.elementsPerUnit);
  reserveOn(L, bytes);
}

function joinOnce(L: Thread, arr: readonly LuaValue[], separator: string, first: number, last: number): string | undefined {
  const n = last - first + 1;
  const parts = arr.slice(first, last + 1);
  let bytes = separator.length * (n - 1);
  for (let i = 0; i < n; i++) {
    const v = parts[i];
    if (typeof v === "string") bytes += v.length;
    else {
      const text = textOf(v);
      if (text === undefined) return refuse(first + i);
      parts[i] = text;
      bytes += text.length;
    }
  }
  pay(L, n, bytes);
  if (n > FEW_PARTS || bytes > SHORT_TEXT) return parts.join(separator);
  let text = parts[0] as string;
  for (let i = 1; i < n; i++) text += separator + (parts[i] as string);
  return flatten(text);
}

/** Numbers are converted twice, since their texts together may take more memory than the list. */
function joinInGroups(L: Thread, arr: readonly LuaValue[], separator: string, first: number, last: number): string | undefined {
  let bytes = separator.length * (last - first);
  for (let i = first; i <= last; i++) {
    const v = arr[i];
    const length = typeof v === "string" ? v.length : typeof v === "number" && (v | 0) === v ? digits(v) : textOf(v)?.length;
    if (length === undefined) return refuse(i);
    bytes += length;
  }
  pay(L, last - first + 1, bytes);
  let text = "";
  for (let from = first; from <= last; from += GROUP) {
    const group = arr.slice(from, Math.min(from + GROUP, last + 1));
    for (let i = 0; i < group.length; i++) if (typeof group[i] !== "string") group[i] = textOf(group[i]);
    text += from === first ? group.join(separator) : separator + group.join(separator);
  }
  return flatten(text);
}

function refuse(at: number): undefined {
  misfit.at = at;
  return undefined;
}

/** Length of the text of a 32-bit integer. */
function digits(v: number): number {
  let length = v < 0 ? 2 : 1;
  for (let rest = v < 0 ? -v : v; rest >= 10; rest = Math.floor(rest / 10)) length++;
  return length;
}
