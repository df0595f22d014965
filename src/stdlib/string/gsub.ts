// string.gsub (manual, 6.4).
import { cut } from "../../base/bytes.js";
import type { Pieces } from "../../base/pieces.js";
import { isNumber } from "../../number/float.js";
import { formatNumber } from "../../number/format.js";
import { callAcross, canStandStill } from "../../vm/callbacks.js";
import { Event } from "../../vm/events.js";
import type { Continuation, Frame } from "../../vm/frame.js";
import { type LuaFunction, type QuickForm, quickly } from "../../vm/function.js";
import { LONG_TEXT } from "../../vm/long-text.js";
import { eventOf } from "../../vm/metatables.js";
import { COST } from "../../vm/meter.js";
import { index } from "../../vm/operations.js";
import { inPieces, pause } from "../../vm/pauses.js";
import { DECLINED, MULTI, type Signal } from "../../vm/signal.js";
import { LuaTable } from "../../vm/table.js";
import type { Thread } from "../../vm/thread.js";
import { type LuaValue, isFunction, typeName } from "../../vm/value.js";
import { LONGEST_SCANNED, Matcher, PAUSED } from "./matcher.js";
import { Item, type Pattern, compilePattern, isLongPattern, searchItem } from "./pattern.js";
import { Builder } from "./price.js";
import { payForItem, withPattern } from "./search.js";

/** A piece of a replacement string: text, or the number of a capture, or a misplaced "%". */
type Piece = string | number;
const BAD_ESCAPE = -1;

/** Longest replacement with "%" that is split before it is used. */
const LONGEST_SPLIT = 4096;

/** Splits a replacement string at its "%d"; undefined when it has no "%". */
function parseReplacement(text: string): Piece[] | undefined {
  let percent = text.indexOf("%");
  if (percent < 0) return undefined;
  const pieces: Piece[] = [];
  let from = 0;
  for (; percent >= 0; percent = text.indexOf("%", from)) {
    if (percent > from) pieces.push(text.slice(from, percent));
    const piece = pieceAt(text, percent + 1);
    pieces.push(piece);
    if (piece === BAD_ESCAPE) return pieces;
    from = percent + 2;
  }
  if (from < text.length) pieces.push(text.slice(from));
  return pieces;
}

/** What stands behind a "%". */
function pieceAt(text: string, at: number): Piece {
  const c = text.charCodeAt(at);
  return c === 37 ? "%" : c >= 48 && c <= 57 ? c - 48 : BAD_ESCAPE;
}

function textOf(f: Frame, piece: Piece, matcher: Matcher, start: number, end: number): string {
  if (typeof piece === "string") return piece;
  if (piece === BAD_ESCAPE) f.error("invalid use of '%' in replacement string");
  return piece === 0 ? matcher.text.slice(start, end) : String(matcher.capture(piece - 1, start, end));
}

/** Makes the replacement of one match; undefined keeps the original text. */
type Replacer = (matcher: Matcher, start: number, end: number) => string | undefined;

function pieceReplacer(f: Frame, pieces: Piece[]): Replacer {
  return (matcher, start, end) => {
    let out = "";
    for (const piece of pieces) out += textOf(f, piece, matcher, start, end);
    return out;
  };
}

/** What a function or table gave for a match, as text. */
function replacementText(f: Frame, value: LuaValue): string | undefined {
  if (typeof value === "string") return value;
  if (value === undefined || value === false) return undefined;
  if (isNumber(value)) return formatNumber(value);
  return f.error(`invalid replacement value (a ${typeName(value)})`);
}

function functionReplacer(f: Frame, fn: LuaFunction): Replacer {
  const { L } = f;
  return (matcher, start, end) => {
    const value =
      matcher.level <= 1 ? L.callWith(fn, matcher.capture(0, start, end)) : L.call(fn, matcher.captures(start, end))[0];
    return replacementText(f, value);
  };
}

function replacerOf(f: Frame): Replacer {
  const replacement = f.arg(3);
  if (typeof replacement === "string") {
    const pieces = parseReplacement(replacement);
    return pieces === undefined ? () => replacement : pieceReplacer(f, pieces);
  }
  if (isNumber(replacement)) {
    const text = formatNumber(replacement);
    return () => text;
  }
  if (replacement instanceof LuaTable) {
    return (matcher, start, end) => replacementText(f, index(f.L, replacement, matcher.capture(0, start, end)));
  }
  if (isFunction(replacement)) return functionReplacer(f, replacement);
  return f.typeError(3, "string/function/table");
}

/** string.gsub(s, pattern, repl [, n]) */
export function gsub(f: Frame): LuaValue | Signal {
  const text = f.string(1);
  const source = f.string(2);
  const limit = f.optSmallInteger(4, text.length + 1);
  const replacement = f.arg(3);
  if (typeof replacement === "string" && replacement.length > LONGEST_SPLIT && replacement.includes("%")) {
    return withPattern(f, source, (frame, pattern) => inPieces(frame, substituteLong(frame, new Substitution(frame.L, frame, text, pattern, limit), replacement)));
  }
  const replace = replacerOf(f);
  return withPattern(f, source, (frame, pattern) => substitute(frame, new Substitution(frame.L, frame, text, pattern, limit), replace));
}

function substitute(f: Frame, work: Substitution, replace: Replacer): Signal {
  if (!(typeof f.arg(3) === "string" || isNumber(f.arg(3))) && canStandStill(f)) return work.finishAcross(f);
  return finishGsub(f, work, replace, work.next());
}

function* substituteLong(f: Frame, work: Substitution, replacement: string): Pieces<Signal> {
  for (let start = work.next(); ; start = work.next()) {
    for (; start === PAUSED; start = work.goOn()) yield;
    if (start < 0) return work.finish(f);
    work.put(start, yield* expand(f, replacement, work.matcher, start));
  }
}

/** What `replacement`, a long one with "%", makes of a match: read, and paid for, each time. */
function* expand(f: Frame, replacement: string, matcher: Matcher, start: number): Pieces<string> {
  const out = new Builder(f.L);
  let from = 0;
  let due = LONGEST_SPLIT;
  for (let percent = replacement.indexOf("%"); percent >= 0; percent = replacement.indexOf("%", from)) {
    out.add(replacement.slice(from, percent));
    out.add(textOf(f, pieceAt(replacement, percent + 1), matcher, start, matcher.end));
    from = percent + 2;
    if (from < due) continue;
    due = from + LONGEST_SPLIT;
    f.L.state.meter.charge(LONGEST_SPLIT / COST.compiledBytesPerUnit);
    yield;
  }
  out.add(replacement.slice(from));
  return out.finish();
}

/** Replaces the match that begins at `start` and all to come. */
function finishGsub(f: Frame, work: Substitution, replace: Replacer, start: number): Signal {
  for (; start >= 0; start = work.next()) work.put(start, replace(work.matcher, start, work.matcher.end));
  return start === PAUSED ? pause(f, (frame) => finishGsub(frame, work, replace, work.goOn())) : work.finish(f);
}

/**
 * string.gsub without a frame: of a pattern of one item, by a string without "%" or what a table without a metatable has. A replacement that is an
 * error is told by the ordinary call.
 */
export const quickGsub: QuickForm = (L, at, nargs) => {
  const { stack } = L;
  const text = stack[at + 1];
  const source = stack[at + 2];
  const replacement = stack[at + 3];
  if (nargs !== 3 || typeof text !== "string" || typeof source !== "string") return DECLINED;
  if (typeof replacement === "string") {
    if (replacement.includes("%")) return DECLINED;
  } else if (!(replacement instanceof LuaTable) || replacement.metatable !== null) return DECLINED;
  if (isLongPattern(source)) return DECLINED;
  const pattern = compilePattern(source);
  if (pattern.item === Item.None || text.length > LONGEST_SCANNED) return DECLINED;
  const first = searchItem(text, 0, pattern);
  let result = text;
  let count = 0;
  if (first < 0) payForItem(L);
  else {
    const work = new Substitution(L, null, text, pattern, text.length + 1);
    const { matcher } = work;
    for (let start = work.next(); start >= 0; start = work.next()) {
      work.put(start, typeof replacement === "string" ? replacement : quickReplacement(replacement, text, start, matcher.end));
    }
    result = work.result(L);
    ({ count } = work);
  }
  stack[at] = result;
  stack[at + 1] = count;
  quickly.results = 2;
  return MULTI;
};

/** Thrown where the ordinary call has an error to tell, or a long key to pay for. */
const NOT_QUICK = Symbol("not quick");

/** What `replacement`, which has no metatable, puts in the place of text[start … end). */
function quickReplacement(replacement: LuaTable, text: string, start: number, end: number): string | undefined {
  if (end - start > LONG_TEXT) throw NOT_QUICK;
  const value = replacement.getStr(cut(text, start, end));
  if (typeof value === "string" || value === undefined) return value;
  if (value === false) return undefined;
  if (isNumber(value)) return formatNumber(value);
  throw NOT_QUICK;
}

/** A gsub under way: it can stand still at each match, because what is called for a replacement may run for long. */
class Substitution {
  readonly matcher: Matcher;
  private readonly out: Builder;
  count = 0;
  /** Text before this position is in `out`. */
  private copied = 0;
  private from = 0;
  private lastEnd = -1;
  private changed = false;

  constructor(L: Thread, frame: Frame | null, private readonly text: string, private readonly pattern: Pattern, private limit: number) {
    this.matcher = Matcher.take(L, frame, text, pattern);
    this.out = new Builder(L);
  }

  /** Start of the next match (its end is the matcher's), or −1, or PAUSED. */
  next(): number {
    if (this.count >= this.limit || this.from > this.text.length) return -1;
    return this.nextFrom(this.matcher.search(this.from));
  }

  /** The same, when a search has stood still. */
  goOn(): number {
    return this.nextFrom(this.matcher.goOn());
  }

  private nextFrom(start: number): number {
    while (start >= 0 && this.matcher.end === this.lastEnd) { // an empty match right behind the last one does not count
      if (this.pattern.anchored || start === this.text.length) return -1;
      start = this.matcher.search(this.from = start + 1);
    }
    if (start >= 0) this.count++;
    return start;
  }

  /** Puts the replacement of the match that begins at `start`; undefined keeps its text. */
  put(start: number, replacement: string | undefined): void {
    const { end } = this.matcher;
    if (replacement !== undefined) {
      this.changed = true;
      if (this.copied < start) this.out.add(this.text.slice(this.copied, start));
      this.out.add(replacement);
      this.copied = end;
    }
    this.from = this.lastEnd = end;
    if (this.pattern.anchored) this.limit = this.count;
  }

  finish(f: Frame): Signal {
    return f.results(this.result(f.L), this.count);
  }

  /** The text with its replacements. */
  result(L: Thread): string {
    this.matcher.release();
    if (!this.changed) return this.text;
    this.out.add(this.text.slice(this.copied));
    const result = this.out.finish();
    L.state.noteBuilt(result);
    return result;
  }

  /** Calls what the replacements come from for all matches to come, and stands still at each call. */
  finishAcross(f: Frame, start = this.next()): Signal {
    const replacement = f.arg(3);
    const { matcher } = this;
    for (; start >= 0; start = this.next()) {
      const { end } = matcher;
      const goOn: Continuation = (frame, results) => {
        this.put(start, replacementText(frame, results[0]));
        return this.finishAcross(frame);
      };
      if (!(replacement instanceof LuaTable)) return callAcross(f, replacement, matcher.captures(start, end), goOn);
      const key = matcher.capture(0, start, end);
      const handler = replacement.get(key) === undefined && replacement.metatable !== null ? eventOf(replacement.metatable, Event.Index) : undefined;
      if (isFunction(handler)) return callAcross(f, handler, [replacement, key], goOn);
      this.put(start, replacementText(f, index(f.L, replacement, key)));
    }
    if (start === PAUSED) return pause(f, (frame) => this.finishAcross(frame, this.goOn()));
    return this.finish(f);
  }
}
