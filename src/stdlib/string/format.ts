// string.format (manual, 6.4): the printf conversions that C Lua allows, byte for byte as glibc prints them.
import { type Pieces, finish } from "../../base/pieces.js";
import { cut, flatten } from "../../base/bytes.js";
import { LuaFloat, isInteger, isNumber, toDouble, type LuaInteger } from "../../number/float.js";
import { formatA, formatE, formatF, formatG, formatNumber } from "../../number/format.js";
import { MIN_INTEGER } from "../../number/integer.js";
import { callAcross, canStandStill } from "../../vm/callbacks.js";
import { Event } from "../../vm/events.js";
import type { Frame } from "../../vm/frame.js";
import type { QuickForm } from "../../vm/function.js";
import { metamethodOf } from "../../vm/metatables.js";
import { textFromMethod, toStringMeta } from "../../vm/operations.js";
import { COST } from "../../vm/meter.js";
import { inPieces } from "../../vm/pauses.js";
import { DECLINED, type Signal } from "../../vm/signal.js";
import type { Thread } from "../../vm/thread.js";
import type { LuaValue } from "../../vm/value.js";
import { Builder, reserveOn } from "./price.js";

/** One "%…" of a format. */
interface Conversion {
  /** The whole text, "%-5.2d", for errors. */
  readonly text: string;
  /** The conversion character, "" at the end of the format. */
  readonly letter: string;
  readonly left: boolean;
  readonly plus: boolean;
  readonly space: boolean;
  readonly alternate: boolean;
  readonly zero: boolean;
  readonly width: number;
  readonly precision: number | undefined;
  /** Flags, width and precision are of the form that `letter` takes. */
  readonly valid: boolean;
  /** Neither flags nor width nor precision. */
  readonly bare: boolean;
  readonly plain: Plain;
}

/** Conversions with no flag but "-" that print numbers as they are, strings and bytes, by what prints them. */
const enum Plain {
  None, Decimal, Hexadecimal, Fixed, General, Text, Quoted,
}

const PLAIN: Readonly<Record<string, Plain>> = {
  d: Plain.Decimal, i: Plain.Decimal, x: Plain.Hexadecimal, X: Plain.Hexadecimal, f: Plain.Fixed, g: Plain.General, s: Plain.Text, q: Plain.Quoted,
};

/** Literal text, a conversion, or TOO_LONG. */
type Item = string | Conversion | null;
const TOO_LONG = null;
/** Characters of flags, width and precision that C Lua has room for. */
const LONGEST = 20;

const FLAGS_BY_LETTER: Readonly<Record<string, string>> = {
  a: "-+#0 ", A: "-+#0 ", e: "-+#0 ", E: "-+#0 ", f: "-+#0 ", g: "-+#0 ", G: "-+#0 ",
  o: "-#0", x: "-#0", X: "-#0", d: "-+0 ", i: "-+0 ", u: "-0", c: "-", p: "-", s: "-",
};
const NO_PRECISION = "cp";

const isDigit = (c: string | undefined): boolean => c !== undefined && c >= "0" && c <= "9" && c.length === 1;

function parseConversion(format: string, start: number): Conversion | typeof TOO_LONG {
  let end = start;
  while (end < format.length && "-+#0 123456789.".includes(format[end]!)) end++;
  if (end - start > LONGEST) return TOO_LONG;
  const letter = format.charAt(end);
  const spec = format.slice(start, end);
  const flags = FLAGS_BY_LETTER[letter] ?? "";
  let i = 0;
  while (i < spec.length && flags.includes(spec[i]!)) i++;
  const given = spec.slice(0, i);
  let width = "";
  let precision: string | undefined;
  if (spec[i] !== "0") { // a width cannot start with 0
    while (width.length < 2 && isDigit(spec[i])) width += spec[i++];
    if (spec[i] === "." && !NO_PRECISION.includes(letter)) {
      precision = "";
      i++;
      while (precision.length < 2 && isDigit(spec[i])) precision += spec[i++];
    }
  }
  const isPlain = i === spec.length && /^-?$/.test(given) && (precision === undefined || letter === "f" || letter === "g") && (letter !== "q" || spec === "");
  return {
    text: `%${spec}${letter === "\0" ? "" : letter}`,
    letter, plain: isPlain ? PLAIN[letter] ?? Plain.None : Plain.None,
    left: given.includes("-"), plus: given.includes("+"), space: given.includes(" "), alternate: given.includes("#"),
    zero: given.includes("0"), width: Number(width), precision: precision === undefined ? undefined : Number(precision),
    valid: i === spec.length, bare: spec === "",
  };
}

/** Bytes of a long format that are looked at in one piece of work. */
const PIECE = 4096;

/** The items of `format` up to the conversion behind `most` others. Yields after each {@link PIECE} bytes. */
function* parseFormat(format: string, most: number): Pieces<Item[]> {
  const items: Item[] = [];
  let literal = "";
  let from = 0;
  let due = PIECE;
  let conversions = 0;
  for (let percent = format.indexOf("%"); percent >= 0; percent = format.indexOf("%", from)) {
    literal += format.slice(from, percent);
    if (format.charAt(percent + 1) === "%") {
      literal += "%";
      from = percent + 2;
    } else {
      if (literal !== "") items.push(literal);
      literal = "";
      const conversion = parseConversion(format, percent + 1);
      items.push(conversion);
      if (conversion === TOO_LONG || conversions++ === most) return items;
      from = percent + conversion.text.length;
      if (conversion.letter === "\0") from++;
    }
    if (from < due) continue;
    due = from + PIECE;
    if (literal !== "") items.push(flatten(literal));
    literal = "";
    yield;
  }
  literal += format.slice(from);
  if (literal !== "") items.push(literal);
  return items;
}

/** {@link format} of a long text, which is paid for as it is read. */
function* formatLong(f: Frame, source: string): Pieces<LuaValue | Signal> {
  const work = parseFormat(source, f.count);
  for (let next = work.next(); ; next = work.next()) {
    if (next.done === true) return formatFrom(f, next.value, 0, 1, new Builder(f.L), canStandStill(f));
    f.L.state.meter.charge(PIECE / COST.compiledBytesPerUnit);
    yield;
  }
}

const CACHE_SIZE = 256;
const cache = new Map<string, Item[]>();
/** Formats looked up last: one that is a constant of a script is the same object each time. */
const RECENT = 8;
const recentFormats: string[] = new Array<string>(RECENT).fill("");
const recentItems: Item[][] = new Array<Item[]>(RECENT).fill([]);

/** Longest format that is read in one go, and remembered. */
const LONGEST_KNOWN = 256;

/** The items of a format that is not longer than {@link LONGEST_KNOWN}. */
function itemsOf(format: string): Item[] {
  const { length } = format;
  const at = (length ^ format.charCodeAt(length - 1)) & (RECENT - 1);
  if (recentFormats[at] === format) return recentItems[at]!;
  recentItems[at] = knownItems(format);
  recentFormats[at] = format;
  return recentItems[at]!;
}

function knownItems(format: string): Item[] {
  let items = cache.get(format);
  if (items === undefined) {
    items = finish(parseFormat(format, Infinity));
    if (cache.size >= CACHE_SIZE) cache.delete(cache.keys().next().value!); // the oldest
    cache.set(format, items);
  }
  return items;
}

/** Longest text that {@link quickFormat} makes; a Builder reserves nothing before its end up to here. */
const SHORT = 512;

/** string.format where all conversions are plain and have arguments of the kinds they are for. */
export const quickFormat: QuickForm = (L, at, nargs) => {
  const { stack } = L;
  const source = stack[at + 1];
  if (nargs < 1 || typeof source !== "string" || source.length > LONGEST_KNOWN) return DECLINED;
  const items = itemsOf(source);
  let text = "";
  let arg = at + 1;
  for (let i = 0; i < items.length; i++) {
    const item = items[i]!;
    if (typeof item === "string") text += item;
    else {
      if (item === TOO_LONG || item.plain === Plain.None || ++arg > at + nargs) return DECLINED;
      const piece = plainText(L, item, stack[arg]);
      if (piece === undefined) return DECLINED;
      text += piece;
    }
  }
  if (text.length > SHORT) return DECLINED;
  reserveOn(L, text.length);
  return flatten(text);
};

/** The text of `v` under a plain conversion; undefined where it is to be converted or may be an error. */
function plainText(L: Thread, c: Conversion, v: LuaValue): string | undefined {
  let body: string;
  switch (c.plain) {
    case Plain.Decimal:
      if (typeof v !== "number" || !Number.isSafeInteger(v)) return undefined;
      body = `${v}`;
      break;
    case Plain.Hexadecimal:
      if (typeof v !== "number" || !Number.isSafeInteger(v) || v < 0) return undefined;
      body = c.letter === "x" ? v.toString(16) : v.toString(16).toUpperCase();
      break;
    case Plain.Fixed: case Plain.General: {
      const x = v instanceof LuaFloat ? v.n : v;
      if (typeof x !== "number") return undefined;
      body = c.plain === Plain.Fixed ? formatF(x, c.precision ?? 6) : formatG(x, c.precision ?? 6);
      break;
    }
    case Plain.Text:
      if (typeof v === "object" || metamethodOf(L.state, v, Event.ToString) !== undefined) return undefined;
      body = typeof v === "string" ? v : typeof v === "number" ? formatNumber(v) : String(v ?? "nil");
      if (c.bare) return body;
      if (body.includes("\0")) return undefined;
      break;
    default:
      return typeof v === "string" && v.length <= SHORT ? quote(v) : undefined; // a long one would be quoted again
  }
  return body.length >= c.width ? body : pad(c, body);
}

/** string.format(formatstring, ···) */
export function format(f: Frame): LuaValue | Signal {
  const quick = quickFormat(f.L, f.base - 1, f.count);
  if (quick !== DECLINED) return quick as LuaValue;
  const source = f.string(1);
  if (source.length > LONGEST_KNOWN) return inPieces(f, formatLong(f, source));
  return formatFrom(f, itemsOf(source), 0, 1, new Builder(f.L), canStandStill(f));
}

/** Goes on with `items[i]`, behind argument `arg`. `stands`: stands still at each `__tostring`. */
function formatFrom(f: Frame, items: readonly Item[], i: number, arg: number, out: Builder, stands: boolean): LuaValue | Signal {
  for (; i < items.length; i++) {
    const item = items[i]!;
    if (typeof item === "string") {
      out.add(item);
      continue;
    }
    if (++arg > f.count) f.argError(arg, "no value");
    if (item === TOO_LONG) f.error("invalid format (too long)");
    const v = f.arg(arg);
    if (item.letter === "q" && item.bare && typeof v === "string" && v.length > QUOTED) {
      return inPieces(f, quoteThen(v, out, (frame) => formatFrom(frame, items, i + 1, arg, out, stands), f));
    }
    if (item.letter !== "s") out.add(convert(f, item, arg));
    else {
      const method = stands ? metamethodOf(f.L.state, v, Event.ToString) : undefined;
      if (method === undefined) out.add(text(f, item, arg, toStringMeta(f.L, v)));
      else {
        return callAcross(f, method, [v], (frame, results) => {
          out.add(text(frame, item, arg, textFromMethod(frame.L, results[0])));
          return formatFrom(frame, items, i + 1, arg, out, stands);
        });
      }
    }
  }
  return out.finish();
}

function checkValid(f: Frame, c: Conversion): void {
  if (!c.valid) f.error(`invalid conversion specification: '${c.text}'`);
}

/** The text of argument `arg` under `c`, which is not "%s"; checks happen in C Lua's order. */
function convert(f: Frame, c: Conversion, arg: number): string {
  switch (c.letter) {
    case "d": case "i": {
      const n = f.integer(arg);
      checkValid(f, c);
      return c.bare ? n.toString() : signedInteger(c, n);
    }
    case "u": case "o": case "x": case "X": {
      const n = f.integer(arg);
      checkValid(f, c);
      return c.bare && n >= 0 && c.letter === "x" ? n.toString(16) : unsignedInteger(c, n);
    }
    case "c":
      checkValid(f, c);
      return pad(c, String.fromCharCode(Number(BigInt.asUintN(8, BigInt(f.integer(arg))))));
    case "a": case "A":
      checkValid(f, c);
      return float(c, f.double(arg));
    case "e": case "E": case "f": case "g": case "G": {
      const x = f.double(arg);
      checkValid(f, c);
      return float(c, x);
    }
    case "q":
      if (!c.bare) f.error("specifier '%q' cannot have modifiers");
      return literal(f, arg);
    case "p":
      checkValid(f, c);
      return pad(c, f.L.state.addressOf(f.arg(arg)));
    default:
      return f.error(`invalid conversion '${c.text}' to 'format'`);
  }
}

/** Blanks up to the width. */
function pad(c: Conversion, body: string): string {
  if (body.length >= c.width) return body;
  return c.left ? body.padEnd(c.width) : body.padStart(c.width);
}

/** `sign` and `body` with blanks, or zeros between them, up to the width. */
function padNumber(c: Conversion, sign: string, body: string, zeros: boolean): string {
  const length = sign.length + body.length;
  if (length >= c.width) return sign + body;
  return zeros && !c.left ? sign + "0".repeat(c.width - length) + body : pad(c, sign + body);
}

function signOf(c: Conversion, negative: boolean): string {
  return negative ? "-" : c.plus ? "+" : c.space ? " " : "";
}

/** Digits with at least `precision` of them; precision 0 prints 0 as nothing. */
function withPrecision(digits: string, precision: number | undefined): string {
  if (precision === undefined) return digits;
  return precision === 0 && digits === "0" ? "" : digits.padStart(precision, "0");
}

function signedInteger(c: Conversion, n: LuaInteger): string {
  const digits = n < 0 ? n.toString().slice(1) : n.toString();
  return padNumber(c, signOf(c, n < 0), withPrecision(digits, c.precision), c.zero && c.precision === undefined);
}

function unsignedInteger(c: Conversion, n: LuaInteger): string {
  const unsigned = n < 0 ? BigInt.asUintN(64, BigInt(n)) : n;
  const base = c.letter === "u" ? 10 : c.letter === "o" ? 8 : 16;
  let digits = withPrecision(unsigned.toString(base), c.precision);
  let prefix = "";
  if (c.alternate) {
    if (base === 8 && !digits.startsWith("0")) digits = `0${digits}`;
    if (base === 16 && n !== 0) prefix = "0x";
  }
  const body = padNumber(c, prefix, digits, c.zero && c.precision === undefined);
  return c.letter === "X" ? body.toUpperCase() : body;
}

function float(c: Conversion, x: number): string {
  const kind = c.letter.toLowerCase();
  let body: string;
  if (kind === "a") body = formatA(x, c.precision, c.alternate);
  else {
    const precision = c.precision ?? 6;
    if (kind === "e") body = formatE(x, precision, c.alternate);
    else if (kind === "f") body = formatF(x, precision, c.alternate);
    else body = formatG(x, precision, c.alternate);
  }
  const negative = body.startsWith("-");
  let sign = signOf(c, negative);
  if (negative) body = body.slice(1);
  if (kind === "a" && body.startsWith("0x")) { // zeros go between "0x" and the digits
    sign += "0x";
    body = body.slice(2);
  }
  const padded = padNumber(c, sign, body, c.zero && x - x === 0);
  return c.letter === kind ? padded : padded.toUpperCase();
}

/** "%s" of what argument `arg` is as a string. */
function text(f: Frame, c: Conversion, arg: number, body: string): string {
  if (c.bare) return body;
  if (body.includes("\0")) f.argError(arg, "string contains zeros");
  checkValid(f, c);
  return pad(c, c.precision === undefined ? body : cut(body, 0, c.precision));
}

/** "%q": a literal that reads back as the same value. */
function literal(f: Frame, arg: number): string {
  const v = f.arg(arg);
  if (typeof v === "string") return quote(v);
  if (isNumber(v)) {
    if (isInteger(v)) return v === MIN_INTEGER ? "0x8000000000000000" : formatNumber(v);
    return quoteFloat(v instanceof LuaFloat ? v.n : toDouble(v));
  }
  if (v === undefined || typeof v === "boolean") return String(v ?? "nil");
  return f.argError(arg, "value has no literal form");
}

function quoteFloat(x: number): string {
  if (x !== x) return "(0/0)";
  if (x - x !== 0) return x > 0 ? "1e9999" : "-1e9999";
  return formatA(x);
}

/** Bytes of a long string that are quoted in one piece of work. */
const QUOTED = 1 << 14;

/** Adds a long string as a literal, then goes on with what `rest` does. */
function* quoteThen(s: string, out: Builder, rest: (f: Frame) => LuaValue | Signal, f: Frame): Pieces<LuaValue | Signal> {
  out.add('"');
  for (let from = 0; from < s.length; from += QUOTED) {
    out.add(quotedPart(s, from, Math.min(s.length, from + QUOTED)));
    yield;
  }
  out.add('"');
  return rest(f);
}

/** A Lua string literal; control bytes as decimal escapes, three digits where a digit follows. */
const quote = (s: string): string => `"${quotedPart(s, 0, s.length)}"`;

/** What stands for s[from .. end) in a literal. */
function quotedPart(s: string, from: number, end: number): string {
  let body = "";
  let copied = from;
  for (let i = from; i < end; i++) {
    const c = s.charCodeAt(i);
    if (c >= 32 && c !== 34 && c !== 92 && c !== 127) continue;
    body += `${s.slice(copied, i)}\\`;
    copied = i;
    if (c === 34 || c === 92 || c === 10) continue;
    body += isDigit(s[i + 1]) ? c.toString().padStart(3, "0") : c;
    copied = i + 1;
  }
  return body + s.slice(copied, end);
}
