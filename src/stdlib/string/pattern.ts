// Lua patterns (manual, 6.4.1) as small programs: one step an item of the pattern.
//
// A malformed item becomes a step that raises: C Lua complains only when matching reaches the fault, and so does this.
import { type Pieces, finish } from "../../base/pieces.js";
import { COST } from "../../vm/meter.js";
import type { Thread } from "../../vm/thread.js";

/** What a step of a pattern does. `ONE` … `OPTIONAL` match one byte of a set, with the suffix none + * - ?. */
export const enum Step {
  END, ONE, PLUS, STAR, MINUS, OPTIONAL, OPEN, POSITION, CLOSE, TEXT_END, BALANCE, FRONTIER, BACK_REFERENCE, FAULT,
}

/** 256 flags: which bytes belong. */
export type ByteSet = Uint8Array;

/** Bytes or steps of a pattern in one piece of work. */
const PIECE = 4096;

/** Captures that a pattern may have (LUA_MAXCAPTURES). */
export const MAX_CAPTURES = 32;

/** Patterns of one item, which need no matcher: a byte of a set, or a run of them, with no more around it than "^". */
export const enum Item {
  None, Byte, Run,
}

export interface Pattern {
  /** Began with "^" (which is not a step). */
  readonly anchored: boolean;
  /** No magic character at all: `find` may search it as plain text. */
  readonly plain: boolean;
  readonly steps: readonly Step[];
  /** By step: the set of ONE … OPTIONAL and FRONTIER; an empty set elsewhere. */
  readonly sets: readonly ByteSet[];
  /** By step: bytes of BALANCE (open << 8 | close), digit of BACK_REFERENCE, index into `faults`. */
  readonly operands: readonly number[];
  readonly faults: readonly string[];
  /** Bytes that every match begins with; "" when unknown. */
  readonly prefix: string;
  /** The set that the first byte of every match belongs to; null when unknown, or a match may be empty. */
  readonly first: ByteSet | null;
  /** By step: the set that the byte behind its own belongs to in every match; null when that is unknown, or finding out might be an error. */
  readonly follow: readonly (ByteSet | null)[];
  /** Captures that a match has. */
  readonly captures: number;
  readonly item: Item;
}

function setOf(belongs: (c: number) => boolean): ByteSet {
  const set = new Uint8Array(256);
  for (let c = 0; c < 256; c++) if (belongs(c)) set[c] = 1;
  return set;
}

const NO_BYTE = setOf(() => false);
const ANY_BYTE = setOf(() => true);
const within = (low: number, high: number) => (c: number): boolean => c >= low && c <= high;
const isLower = within(97, 122);
const isUpper = within(65, 90);
const isDigit = within(48, 57);
const isAlpha = (c: number): boolean => isLower(c | 32) && c < 128;
const isGraph = within(33, 126);
const isAlphanumeric = (c: number): boolean => isAlpha(c) || isDigit(c);

/** The classes %a %c … of the C locale by lower-case letter. */
const CLASSES: Readonly<Record<string, ByteSet>> = {
  a: setOf(isAlpha),
  c: setOf((c) => c < 32 || c === 127),
  d: setOf(isDigit),
  g: setOf(isGraph),
  l: setOf(isLower),
  p: setOf((c) => isGraph(c) && !isAlphanumeric(c)),
  s: setOf((c) => c === 32 || (c >= 9 && c <= 13)),
  u: setOf(isUpper),
  w: setOf(isAlphanumeric),
  x: setOf((c) => isDigit(c) || (c >= 65 && c <= 70) || (c >= 97 && c <= 102)),
  z: setOf((c) => c === 0),
};

const singles: ByteSet[] = [];
/** The set of byte `c` alone. */
function single(c: number): ByteSet {
  return (singles[c] ??= setOf((d) => d === c));
}

const escaped = new Map<number, ByteSet>();
/** The set of `%` followed by byte `c`. */
function escape(c: number): ByteSet {
  let set = escaped.get(c);
  if (set === undefined) {
    const letter = String.fromCharCode(c);
    const named = isAlpha(c) ? CLASSES[letter.toLowerCase()] : undefined;
    set = named === undefined ? single(c) : isLower(c) ? named : setOf((d) => named[d] === 0);
    escaped.set(c, set);
  }
  return set;
}

const PERCENT = 37;
const CARET = 94;
const DASH = 45;
const CLOSE_BRACKET = 93;

/** The set "[…]" whose text between the brackets is source[from, end). */
function bracketSet(source: string, from: number, end: number): ByteSet {
  const set = new Uint8Array(256);
  const negated = source.charCodeAt(from) === CARET;
  for (let i = negated ? from + 1 : from; i < end; i++) {
    const c = source.charCodeAt(i);
    if (c === PERCENT) {
      const named = escape(source.charCodeAt(++i));
      for (let d = 0; d < 256; d++) set[d]! |= named[d]!;
    } else if (source.charCodeAt(i + 1) === DASH && i + 2 < end) {
      i += 2;
      for (let d = c; d <= source.charCodeAt(i); d++) set[d] = 1;
    } else set[c] = 1;
  }
  return negated ? set.map((flag) => 1 - flag) : set;
}

/** Position after the class that starts at `i`, or the message of what is wrong with it. */
function classEnd(source: string, i: number): number | string {
  const c = source.charCodeAt(i++);
  if (c === PERCENT) return i >= source.length ? "malformed pattern (ends with '%')" : i + 1;
  if (c !== 91) return i;
  if (source.charCodeAt(i) === CARET) i++;
  do { // the first byte belongs to the set even when it is "]"
    if (i >= source.length) return "malformed pattern (missing ']')";
    if (source.charCodeAt(i++) === PERCENT && i < source.length) i++;
  } while (source.charCodeAt(i) !== CLOSE_BRACKET);
  return i + 1;
}

function classSet(source: string, i: number, end: number): ByteSet {
  const c = source.charCodeAt(i);
  if (c === 46) return ANY_BYTE;
  if (c === PERCENT) return escape(source.charCodeAt(i + 1));
  return c === 91 ? bracketSet(source, i + 1, end - 1) : single(c);
}

class Compiler {
  readonly steps: Step[] = [];
  readonly sets: ByteSet[] = [];
  readonly operands: number[] = [];
  readonly faults: string[] = [];
  captures = 0;

  constructor(private readonly source: string) {}

  *compile(from: number): Pieces<void> {
    let due = PIECE;
    for (let i = from; i >= 0 && i < this.source.length; ) {
      i = this.item(i);
      if (i < due) continue;
      due = i + PIECE;
      yield;
    }
    this.emit(Step.END);
  }

  private emit(step: Step, set: ByteSet = NO_BYTE, operand = 0): void {
    if (step === Step.OPEN || step === Step.POSITION) this.captures++;
    this.steps.push(step);
    this.sets.push(set);
    this.operands.push(operand);
  }

  /** Nothing after a fault is ever reached: -1 ends the compilation. */
  private fault(message: string): number {
    this.emit(Step.FAULT, NO_BYTE, this.faults.push(message) - 1);
    return -1;
  }

  /** Compiles the item at `i`; returns where the next one starts. */
  private item(i: number): number {
    const { source } = this;
    switch (source.charCodeAt(i)) {
      case 40: // (
        if (source.charCodeAt(i + 1) === 41) {
          this.emit(Step.POSITION);
          return i + 2;
        }
        this.emit(Step.OPEN);
        return i + 1;
      case 41:
        this.emit(Step.CLOSE);
        return i + 1;
      case 36: // $ is magic at the end only
        if (i + 1 !== source.length) return this.set(i);
        this.emit(Step.TEXT_END);
        return i + 1;
      case PERCENT:
        return this.escapedItem(i);
      default:
        return this.set(i);
    }
  }

  private escapedItem(i: number): number {
    const { source } = this;
    const c = source.charCodeAt(i + 1);
    if (c === 98) { // %bxy
      if (i + 3 >= source.length) return this.fault("malformed pattern (missing arguments to '%b')");
      this.emit(Step.BALANCE, NO_BYTE, (source.charCodeAt(i + 2) << 8) | source.charCodeAt(i + 3));
      return i + 4;
    }
    if (c === 102) { // %f[set]
      if (source.charCodeAt(i + 2) !== 91) return this.fault("missing '[' after '%f' in pattern");
      const end = classEnd(source, i + 2);
      if (typeof end === "string") return this.fault(end);
      this.emit(Step.FRONTIER, classSet(source, i + 2, end));
      return end;
    }
    if (isDigit(c)) {
      this.emit(Step.BACK_REFERENCE, NO_BYTE, c - 48);
      return i + 2;
    }
    return this.set(i);
  }

  private set(i: number): number {
    const { source } = this;
    const end = classEnd(source, i);
    if (typeof end === "string") return this.fault(end);
    const set = classSet(source, i, end);
    switch (source.charCodeAt(end)) {
      case 43: this.emit(Step.PLUS, set); return end + 1;
      case 42: this.emit(Step.STAR, set); return end + 1;
      case DASH: this.emit(Step.MINUS, set); return end + 1;
      case 63: this.emit(Step.OPTIONAL, set); return end + 1;
      default: this.emit(Step.ONE, set); return end;
    }
  }
}

/** Longest prefix that is searched for: in the worst case JavaScript's search takes text times prefix. */
const LONGEST_PREFIX = 64;

/** The bytes of the leading ONE (and one PLUS) steps whose sets hold a single byte. */
function literalPrefix(steps: readonly Step[], sets: readonly ByteSet[]): string {
  let prefix = "";
  for (let i = 0; i < LONGEST_PREFIX && (steps[i] === Step.ONE || steps[i] === Step.PLUS); i++) {
    const c = sets[i]!.indexOf(1);
    if (c < 0 || sets[i] !== singles[c]) break;
    prefix += String.fromCharCode(c);
    if (steps[i] === Step.PLUS) break;
  }
  return prefix;
}

/** See {@link Pattern.first}. Captures that open before it take nothing. */
function firstSet(steps: readonly Step[], sets: readonly ByteSet[]): ByteSet | null {
  let i = 0;
  while (i < MAX_CAPTURES && (steps[i] === Step.OPEN || steps[i] === Step.POSITION)) i++;
  return i < MAX_CAPTURES && (steps[i] === Step.ONE || steps[i] === Step.PLUS) ? sets[i]! : null;
}

/** See {@link Pattern.follow}. Beginnings and ends of captures take nothing, but there may be too many of them. */
function* followSets(steps: readonly Step[], sets: readonly ByteSet[], captures: number): Pieces<(ByteSet | null)[]> {
  const follow: (ByteSet | null)[] = [];
  let open = 0;
  for (let at = 0; at < steps.length; at++) {
    if (at % PIECE === PIECE - 1) yield;
    if (steps[at] === Step.OPEN) open++;
    else if (steps[at] === Step.CLOSE) open--;
    let left = open;
    let next = captures > MAX_CAPTURES ? steps.length : at + 1;
    for (; steps[next] === Step.OPEN || steps[next] === Step.POSITION || (steps[next] === Step.CLOSE && left > 0); next++) {
      if (steps[next] === Step.OPEN) left++;
      else if (steps[next] === Step.CLOSE) left--;
    }
    follow.push(steps[next] === Step.ONE || steps[next] === Step.PLUS ? sets[next]! : null);
  }
  return follow;
}

/** See {@link Pattern.item}. Texts are searched for a known byte faster by other means, but not where an anchor is. */
function itemOf(steps: readonly Step[], isSearched: boolean): Item {
  if (isSearched || steps.length !== 2) return Item.None;
  return steps[0] === Step.ONE ? Item.Byte : steps[0] === Step.PLUS ? Item.Run : Item.None;
}

/** What {@link searchItem} has found: the end of the match, and the steps it took to find it or that there is none. */
export const found = { end: 0, steps: 0 };

/** Start of the first match at or after `from` of a pattern of one item, or −1. */
export function searchItem(text: string, from: number, pattern: Pattern): number {
  const set = pattern.sets[0]!;
  const { length } = text;
  let start = from;
  if (!pattern.anchored) while (start < length && set[text.charCodeAt(start)] === 0) start++;
  found.steps = start - from + 1;
  if (start >= length || set[text.charCodeAt(start)] === 0) return -1;
  let end = start + 1;
  if (pattern.item === Item.Run) while (end < length && set[text.charCodeAt(end)] !== 0) end++;
  found.end = end;
  found.steps = end - from + 1;
  return start;
}

/** Whether `source` has no magic character: `find` may search it as plain text. */
export const isPlain = (source: string): boolean => !/[\^$*+?.([%-]/.test(source);

/** Yields after each {@link PIECE} bytes, and again for each PIECE steps. */
function* compileInPieces(source: string, from: number): Pieces<Pattern> {
  const compiler = new Compiler(source);
  yield* compiler.compile(from);
  const { steps, sets, operands, faults, captures } = compiler;
  const prefix = literalPrefix(steps, sets);
  return {
    anchored: from > 0, plain: isPlain(source), steps, sets, operands, faults, prefix,
    first: firstSet(steps, sets), captures, follow: yield* followSets(steps, sets, captures),
    item: itemOf(steps, from === 0 && prefix !== ""),
  };
}

const compile = (source: string, from: number): Pattern => finish(compileInPieces(source, from));

/** From this length on patterns are compiled in pieces, and paid for. */
export const isLongPattern = (source: string): boolean => source.length > LONGEST_CACHED;

/** Bytes that a byte of a pattern can take in its program. */
const WEIGHT = 48;

/** The program of a long pattern; `isSearched`: a leading "^" is an anchor. */
export function* compileLong(L: Thread, source: string, isSearched: boolean): Pieces<Pattern> {
  const { memory, meter } = L.state;
  memory.require(source.length * WEIGHT);
  const work = compileInPieces(source, isSearched && source.charCodeAt(0) === CARET ? 1 : 0);
  let paid = 0;
  for (let next = work.next(); ; next = work.next()) {
    const due = next.done === true ? source.length : Math.min(source.length, paid + PIECE);
    meter.charge(Math.floor((due - paid) / COST.compiledBytesPerUnit));
    paid = due;
    if (next.done === true) return next.value;
    yield;
  }
}

const CACHE_SIZE = 512;
const LONGEST_CACHED = 256;
const cache = new Map<string, Pattern>();

/** Patterns looked up last: a source that is a constant of a script is the same object each time. */
const RECENT = 8;
const recentSources: string[] = new Array<string>(RECENT).fill("");
const recentPatterns: Pattern[] = new Array<Pattern>(RECENT).fill(compile("", 0));

/** The program of a pattern that is not long, a leading "^" being an anchor. Recent ones are kept. */
export function compilePattern(source: string): Pattern {
  const { length } = source;
  const at = (length ^ source.charCodeAt(length - 1)) & (RECENT - 1);
  if (recentSources[at] === source) return recentPatterns[at]!;
  const pattern = makePattern(source);
  recentSources[at] = source;
  recentPatterns[at] = pattern;
  return pattern;
}

function makePattern(source: string): Pattern {
  const known = cache.get(source);
  if (known !== undefined) return known;
  const pattern = compile(source, source.charCodeAt(0) === CARET ? 1 : 0);
  if (cache.size >= CACHE_SIZE) cache.delete(cache.keys().next().value!); // the oldest
  cache.set(source, pattern);
  return pattern;
}

/** The program of any pattern, a long one being paid for. */
export const compileAtOnce = (L: Thread, source: string): Pattern => (isLongPattern(source) ? finish(compileLong(L, source, true)) : compilePattern(source));

/** As {@link compilePattern} for gmatch, where "^" has no special meaning. */
export function compileUnanchored(source: string): Pattern {
  return source.charCodeAt(0) === CARET ? compile(source, 0) : compilePattern(source);
}
