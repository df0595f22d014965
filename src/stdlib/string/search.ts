// string.find, match and gmatch (manual, 6.4).
import type { Pieces } from "../../base/pieces.js";
import { cut } from "../../base/bytes.js";
import { SIZE, allocate } from "../../vm/accounting.js";
import type { Frame } from "../../vm/frame.js";
import { ALWAYS, NativeFunction, type QuickForm, quickly } from "../../vm/function.js";
import { COST, type Meter } from "../../vm/meter.js";
import { inPieces, pause } from "../../vm/pauses.js";
import { DECLINED, MULTI, type Signal } from "../../vm/signal.js";
import type { Thread } from "../../vm/thread.js";
import { type LuaValue, isTruthy } from "../../vm/value.js";
import { findShort, findText, isShortSearch } from "./find-text.js";
import { LONGEST_SCANNED, Matcher, PAUSED } from "./matcher.js";
import { Item, type Pattern, compileLong, compilePattern, compileUnanchored, found, isLongPattern, isPlain, searchItem } from "./pattern.js";
import { startPosition } from "./positions.js";

/** string.find(s, pattern [, init [, plain]]) */
export function find(f: Frame): LuaValue | Signal {
  const text = f.string(1);
  const source = f.string(2);
  const from = startPosition(f.optSmallInteger(3, 1), text.length) - 1;
  if (from > text.length) return undefined;
  if (f.boolean(4) || (isLongPattern(source) ? isPlain(source) : compilePattern(source).plain)) {
    if (!isShortSearch(text, source)) return inPieces(f, findPlain(f, text, source, from));
    return range(f, findShort(f.L, text, source, from), source);
  }
  return withPattern(f, source, (frame, pattern) => searchFor(frame, text, pattern, from, finishFind));
}

/** What `use` does with the program of `source`; `isSearched`: a leading "^" is an anchor. */
export function withPattern(f: Frame, source: string, use: (f: Frame, pattern: Pattern) => LuaValue | Signal, isSearched = true): LuaValue | Signal {
  if (isLongPattern(source)) return inPieces(f, useLong(f, source, use, isSearched));
  return use(f, isSearched ? compilePattern(source) : compileUnanchored(source));
}

function* useLong(f: Frame, source: string, use: (f: Frame, pattern: Pattern) => LuaValue | Signal, isSearched: boolean): Pieces<LuaValue | Signal> {
  return use(f, yield* compileLong(f.L, source, isSearched));
}

function* findPlain(f: Frame, text: string, source: string, from: number): Pieces<LuaValue | Signal> {
  return range(f, yield* findText(f.L, text, source, from), source);
}

const range = (f: Frame, at: number, found: string): LuaValue | Signal => (at < 0 ? undefined : f.results(at + 1, at + found.length));

/** What is done about the match that begins at `start`; −1 when there is none. */
type Finish = (f: Frame, matcher: Matcher, start: number) => LuaValue | Signal;

/** `finish` with what a search has answered, once it is over. */
function whenFound(f: Frame, matcher: Matcher, start: number, finish: Finish): LuaValue | Signal {
  if (start === PAUSED) return pause(f, (frame) => whenFound(frame, matcher, matcher.goOn(), finish));
  const result = finish(f, matcher, start);
  matcher.release();
  return result;
}

function finishFind(f: Frame, matcher: Matcher, start: number): LuaValue | Signal {
  if (start < 0) return undefined;
  if (matcher.level === 0) return f.results(start + 1, matcher.end);
  return f.resultArray([start + 1, matcher.end, ...matcher.captures(start, matcher.end)]);
}

/** All captures as the results of `f`. */
function results(f: Frame, matcher: Matcher, start: number): LuaValue | Signal {
  return matcher.level <= 1 ? matcher.capture(0, start, matcher.end) : f.resultArray(matcher.captures(start, matcher.end));
}

const finishMatch: Finish = (f, matcher, start) => (start < 0 ? undefined : results(f, matcher, start));

/** string.match(s, pattern [, init]) */
export function match(f: Frame): LuaValue | Signal {
  const text = f.string(1);
  const source = f.string(2);
  const from = startPosition(f.optSmallInteger(3, 1), text.length) - 1;
  if (from > text.length) return undefined;
  return withPattern(f, source, (frame, pattern) => searchFor(frame, text, pattern, from, finishMatch));
}

/** `finish` with the first match at or after `from`. */
function searchFor(f: Frame, text: string, pattern: Pattern, from: number, finish: Finish): LuaValue | Signal {
  const matcher = Matcher.take(f.L, f, text, pattern);
  return whenFound(f, matcher, matcher.search(from), finish);
}

/** string.gmatch(s, pattern [, init]): the iterator. */
export function gmatch(f: Frame): LuaValue | Signal {
  const text = f.string(1);
  const source = f.string(2);
  const from = startPosition(f.optSmallInteger(3, 1), text.length) - 1;
  return withPattern(f, source, (_, pattern) => iteratorOf(text, pattern, from), false);
}

function iteratorOf(text: string, pattern: Pattern, from: number): NativeFunction {
  const matches = new Matches(text, pattern, from);
  allocate(SIZE.native);
  const iterator = new NativeFunction("for iterator", (call) => {
    const matcher = Matcher.take(call.L, call, text, pattern);
    return nextMatch(call, matcher, matches, matches.next(matcher));
  });
  iterator.captured = [text];
  iterator.leaf = ALWAYS;
  if (pattern.item !== Item.None && text.length <= LONGEST_SCANNED) {
    iterator.quick = (L) => nextItem(L, matches);
    iterator.step = (stack, ra, meter) => stepItem(stack, ra, meter, matches);
  } else if (pattern.captures <= FEW_CAPTURES) iterator.quick = (L, at) => nextQuickly(L, at, matches);
  return iterator;
}

/** The results of the iterator of gmatch, `start` being what it has found. */
function nextMatch(f: Frame, matcher: Matcher, matches: Matches, start: number): LuaValue | Signal {
  if (start === PAUSED) return pause(f, (frame) => nextMatch(frame, matcher, matches, matches.next(matcher, matcher.goOn())));
  const result = start < 0 ? f.none() : results(f, matcher, start);
  matcher.release();
  matches.pass(start, matcher.end);
  return result;
}

/** Where the iterator of a gmatch stands. */
class Matches {
  private lastEnd = -1;

  constructor(readonly text: string, readonly pattern: Pattern, public from: number) {}

  /** Start of the next match (its end is the matcher's), or −1, or PAUSED; `start` is the one that was found last. */
  next(matcher: Matcher, start = this.from > this.text.length ? -1 : matcher.search(this.from)): number {
    while (start >= 0 && matcher.end === this.lastEnd) { // an empty match right behind the last one does not count
      if (start === this.text.length) return -1;
      start = matcher.search(start + 1);
    }
    return start;
  }

  /** That match is dealt with: only now, when nothing is raised any more, because a call that raised may be made again. */
  pass(start: number, end: number): void {
    this.from = start < 0 ? this.text.length + 1 : end;
    this.lastEnd = end;
  }
}

// ---- without frames ----------------------------------------------------------------------------------------------------

/** Captures up to which results have room where a call without a frame puts them. */
const FEW_CAPTURES = 8;

/** An argument that is a position, or missing: position 1. NaN for anything else. */
function positionAt(stack: LuaValue[], at: number, nargs: number, i: number): number {
  if (i > nargs) return 1;
  const v = stack[at + i];
  return typeof v === "number" && (v | 0) === v ? v : NaN;
}

/** Pays for {@link searchItem} what a matcher would have paid. */
export function payForItem(L: Thread): void {
  if (found.steps >= COST.patternStepsPerUnit) L.state.meter.charge(Math.floor(found.steps / COST.patternStepsPerUnit));
}

/** string.find */
export const quickFind: QuickForm = (L, at, nargs) => findOrMatch(L, at, nargs, true);

/** string.match */
export const quickMatch: QuickForm = (L, at, nargs) => findOrMatch(L, at, nargs, false);

/** Both, as they differ in their results (and in that only `isFind` looks for plain text). */
function findOrMatch(L: Thread, at: number, nargs: number, isFind: boolean): LuaValue | Signal {
  const { stack } = L;
  const text = stack[at + 1];
  const source = stack[at + 2];
  const init = positionAt(stack, at, nargs, 3);
  if (nargs < 2 || typeof text !== "string" || typeof source !== "string" || init !== init) return DECLINED;
  const from = startPosition(init, text.length) - 1;
  if (from > text.length) return undefined;
  if (isLongPattern(source)) return DECLINED;
  const pattern = compilePattern(source);
  if (isFind && (pattern.plain || (nargs >= 4 && isTruthy(stack[at + 4])))) {
    if (!isShortSearch(text, source)) return DECLINED;
    const start = findShort(L, text, source, from);
    return rangeAt(stack, at, start, start + source.length);
  }
  if (pattern.item !== Item.None && text.length <= LONGEST_SCANNED) {
    const start = searchItem(text, from, pattern);
    payForItem(L);
    if (isFind) return rangeAt(stack, at, start, found.end);
    return start < 0 ? undefined : cut(text, start, found.end);
  }
  if (pattern.captures > FEW_CAPTURES) return DECLINED;
  const matcher = Matcher.take(L, null, text, pattern);
  const start = matcher.search(from);
  matcher.settle();
  let result: LuaValue | Signal;
  if (!isFind) result = start < 0 ? undefined : resultsAt(stack, at, matcher, start);
  else {
    result = rangeAt(stack, at, start, matcher.end);
    if (start >= 0) {
      for (let i = 0; i < matcher.level; i++) stack[at + 2 + i] = matcher.capture(i, start, matcher.end);
      quickly.results += matcher.level;
    }
  }
  matcher.release();
  return result;
}

/** The positions of what was found from index `start` to `end`, as results of a call without a frame; nil if `start` is negative. */
function rangeAt(stack: LuaValue[], at: number, start: number, end: number): LuaValue | Signal {
  if (start < 0) return undefined;
  stack[at] = start + 1;
  stack[at + 1] = end;
  quickly.results = 2;
  return MULTI;
}

/** The iterator of gmatch. */
function nextQuickly(L: Thread, at: number, matches: Matches): LuaValue | Signal {
  const matcher = Matcher.take(L, null, matches.text, matches.pattern);
  const start = matches.next(matcher);
  matcher.settle();
  matches.pass(start, matcher.end);
  let result: LuaValue | Signal = MULTI;
  if (start < 0) quickly.results = 0;
  else result = resultsAt(L.stack, at, matcher, start);
  matcher.release();
  return result;
}

/** The same for a pattern of one item, whose matches are not empty. */
function nextItem(L: Thread, matches: Matches): LuaValue | Signal {
  const { text, pattern, from } = matches;
  const start = from > text.length ? -1 : searchItem(text, from, pattern);
  if (from <= text.length) payForItem(L);
  matches.pass(start, found.end);
  if (start >= 0) return cut(text, start, found.end);
  quickly.results = 0;
  return MULTI;
}

/** The same as a step of a loop; not the last one, nor when there is no fuel to pay with. */
function stepItem(stack: LuaValue[], ra: number, meter: Meter, matches: Matches): boolean {
  const { text, pattern, from } = matches;
  const start = from > text.length ? -1 : searchItem(text, from, pattern);
  const units = Math.floor(found.steps / COST.patternStepsPerUnit);
  if (start < 0 || meter.fuel <= units) return false;
  meter.fuel -= units;
  meter.charged += units;
  matches.pass(start, found.end);
  stack[ra + 4] = cut(text, start, found.end);
  stack[ra + 5] = undefined;
  return true;
}

/** All captures as the results of a call without a frame. */
function resultsAt(stack: LuaValue[], at: number, matcher: Matcher, start: number): LuaValue | Signal {
  const { level, end } = matcher;
  if (level <= 1) return matcher.capture(0, start, end);
  for (let i = 0; i < level; i++) stack[at + i] = matcher.capture(i, start, end);
  quickly.results = level;
  return MULTI;
}
