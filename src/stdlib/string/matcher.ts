// The backtracking matcher over compiled patterns. Limits and error messages are C Lua's.
import { cut } from "../../base/bytes.js";
import { COST } from "../../vm/meter.js";
import type { Frame } from "../../vm/frame.js";
import type { Thread } from "../../vm/thread.js";
import { Item, MAX_CAPTURES, type Pattern, Step, found, searchItem } from "./pattern.js";

/** Nested attempts at the rest of a pattern before "pattern too complex". */
const MAX_DEPTH = 200;
/** Fewer than this left: beginnings and ends of captures between two items may be too many. */
const DEEP = 2 * MAX_CAPTURES;
/** Capture length of a "(" not closed yet, and of "()". */
const UNFINISHED = -1;
const POSITION = -2;
/** Steps between two looks at the meter. */
const FUEL = 1024;
/** Thrown where an error's message needs a frame that there is none of. */
const NO_FRAME = Symbol("no frame");

export class Matcher {
  private depth = MAX_DEPTH;
  private fuel = FUEL;
  /** Captures opened so far. */
  level = 0;
  private readonly starts = new Int32Array(MAX_CAPTURES);
  private readonly lengths = new Int32Array(MAX_CAPTURES);
  private L!: Thread;
  private frame: Frame | null = null;
  text = "";
  private pattern!: Pattern;

  private static readonly spare: Matcher[] = [];

  /**
   * A matcher for one call of a library function; {@link release} it unless an error is thrown. `frame` is null in a call without one
   * (NativeFunction.quick), where an error is {@link NO_FRAME}.
   */
  static take(L: Thread, frame: Frame | null, text: string, pattern: Pattern): Matcher {
    const matcher = Matcher.spare.pop() ?? new Matcher();
    matcher.L = L;
    matcher.frame = frame;
    matcher.text = text;
    matcher.pattern = pattern;
    matcher.depth = MAX_DEPTH;
    matcher.fuel = FUEL;
    return matcher;
  }

  /** Charges the steps taken and makes the matcher available again. */
  release(): void {
    this.pay();
    this.text = "";
    if (Matcher.spare.length < 16) Matcher.spare.push(this);
  }

  private pay(): void {
    const used = FUEL - this.fuel;
    this.fuel = FUEL;
    if (used >= COST.patternStepsPerUnit) this.L.state.meter.charge(Math.floor(used / COST.patternStepsPerUnit));
  }

  /** Charges the steps taken; raises unless all captures of the match are finished. From then on {@link capture} raises nothing for them. */
  settle(): void {
    for (let i = 0; i < this.level; i++) if (this.lengths[i] === UNFINISHED) this.fail("unfinished capture");
    this.pay();
  }

  private fail(message: string): never {
    if (this.frame === null) throw NO_FRAME;
    return this.frame.error(message);
  }

  private refuel(): void {
    this.L.state.meter.charge(Math.floor((FUEL - this.fuel) / COST.patternStepsPerUnit));
    this.fuel = FUEL;
  }

  /** Position after a match that starts exactly at `start`, or -1. */
  matchAt(start: number): number {
    this.level = 0;
    return this.match(start, 0);
  }

  /** The first start >= `from` where the pattern matches (its end is in `end`), or -1. */
  search(from: number): number {
    const { pattern, text } = this;
    if (pattern.item !== Item.None) return this.searchItem(from);
    if (pattern.anchored) return (this.end = this.matchAt(from)) < 0 ? -1 : from;
    if (pattern.prefix !== "") {
      for (let start = from; ; start++) {
        const found = text.indexOf(pattern.prefix, start);
        this.fuel -= ((found < 0 ? text.length : found) - start) >> 3;
        if (this.fuel < 0) this.refuel();
        if (found < 0) return -1;
        start = found;
        if ((this.end = this.matchAt(start)) >= 0) return start;
      }
    }
    const needed = pattern.first;
    for (let start = from; start <= text.length; start++) {
      if (needed !== null) { // skip what cannot start a match
        const skipped = start;
        while (start < text.length && needed[text.charCodeAt(start)] === 0) start++;
        this.fuel -= start - skipped;
        if (start >= text.length) return -1;
      }
      if ((this.end = this.matchAt(start)) >= 0) return start;
    }
    return -1;
  }

  private searchItem(from: number): number {
    const start = searchItem(this.text, from, this.pattern);
    this.level = 0;
    this.end = start < 0 ? -1 : found.end;
    this.fuel -= found.steps;
    if (this.fuel < 0) this.refuel();
    return start;
  }

  /** End of the last match found by {@link search}. */
  end = -1;

  /** Matches the steps from `step` on at `s`; returns the end, or -1. */
  private match(s: number, step: number): number {
    if (this.depth-- === 0) this.fail("pattern too complex");
    const { text } = this;
    const { steps, sets, operands } = this.pattern;
    for (;;) {
      if (--this.fuel < 0) this.refuel();
      switch (steps[step]!) {
        case Step.END:
          this.depth++;
          return s;
        case Step.ONE:
          if (s < text.length && sets[step]![text.charCodeAt(s)] !== 0) {
            s++;
            step++;
            continue;
          }
          s = -1;
          break;
        case Step.PLUS:
          s = s < text.length && sets[step]![text.charCodeAt(s)] !== 0 ? this.expandMost(s, s + 1, step) : -1;
          break;
        case Step.STAR:
          if (s < text.length && sets[step]![text.charCodeAt(s)] !== 0) {
            s = this.expandMost(s, s, step);
            break;
          }
          step++;
          continue;
        case Step.MINUS:
          if (s < text.length && sets[step]![text.charCodeAt(s)] !== 0) {
            s = this.expandLeast(s, step);
            break;
          }
          step++;
          continue;
        case Step.OPTIONAL:
          if (s < text.length && sets[step]![text.charCodeAt(s)] !== 0) {
            const end = this.match(s + 1, step + 1);
            if (end >= 0) {
              s = end;
              break;
            }
          }
          step++;
          continue;
        case Step.OPEN:
          s = this.open(s, step + 1, UNFINISHED);
          break;
        case Step.POSITION:
          s = this.open(s, step + 1, POSITION);
          break;
        case Step.CLOSE:
          s = this.close(s, step + 1);
          break;
        case Step.TEXT_END:
          if (s !== text.length) s = -1;
          break;
        case Step.BALANCE:
          s = this.balance(s, operands[step]! >> 8, operands[step]! & 255);
          if (s < 0) break;
          step++;
          continue;
        case Step.FRONTIER: {
          const set = sets[step]!;
          const before = s === 0 ? 0 : text.charCodeAt(s - 1);
          const here = s < text.length ? text.charCodeAt(s) : 0;
          if (set[before] === 0 && set[here] !== 0) {
            step++;
            continue;
          }
          s = -1;
          break;
        }
        case Step.BACK_REFERENCE:
          s = this.repeatCapture(s, operands[step]!);
          if (s < 0) break;
          step++;
          continue;
        case Step.FAULT:
          this.fail(this.pattern.faults[operands[step]!]!);
      }
      this.depth++;
      return s;
    }
  }

  /** As many bytes of the set as there are from `s`, then fewer down to position `least`. */
  private expandMost(s: number, least: number, step: number): number {
    const { text } = this;
    const { steps, sets, follow: follows } = this.pattern;
    const set = sets[step]!;
    let end = s + 1; // one is known to match
    while (end < text.length && set[text.charCodeAt(end)] !== 0) end++;
    this.fuel -= end - s;
    if (this.depth === 0) this.fail("pattern too complex");
    const next = step + 1;
    if (steps[next] === Step.END) return end;
    const follow = this.depth > DEEP ? follows[step]! : null;
    if (follow !== null) { // try only where the next byte fits
      for (; end >= least; end--) {
        if (end < text.length && follow[text.charCodeAt(end)] !== 0) {
          const result = this.match(end, next);
          if (result >= 0) return result;
        } else if (--this.fuel < 0) this.refuel();
      }
      return -1;
    }
    for (; end >= least; end--) {
      const result = this.match(end, next);
      if (result >= 0) return result;
    }
    return -1;
  }

  /** As few bytes of the set as possible. */
  private expandLeast(s: number, step: number): number {
    const { text } = this;
    const set = this.pattern.sets[step]!;
    for (;;) {
      const result = this.match(s, step + 1);
      if (result >= 0) return result;
      if (s >= text.length || set[text.charCodeAt(s)] === 0) return -1;
      s++;
    }
  }

  private open(s: number, step: number, what: number): number {
    const { level } = this;
    if (level >= MAX_CAPTURES) this.fail("too many captures");
    this.starts[level] = s;
    this.lengths[level] = what;
    this.level = level + 1;
    const result = this.match(s, step);
    if (result < 0) this.level--;
    return result;
  }

  private close(s: number, step: number): number {
    let i = this.level - 1;
    while (i >= 0 && this.lengths[i] !== UNFINISHED) i--;
    if (i < 0) this.fail("invalid pattern capture");
    this.lengths[i] = s - this.starts[i]!;
    const result = this.match(s, step);
    if (result < 0) this.lengths[i] = UNFINISHED;
    return result;
  }

  private balance(s: number, open: number, close: number): number {
    const { text } = this;
    if (s >= text.length || text.charCodeAt(s) !== open) return -1;
    let nesting = 1;
    for (let i = s + 1; i < text.length; i++) {
      const c = text.charCodeAt(i);
      if (c === close) {
        if (--nesting === 0) {
          this.fuel -= i - s;
          return i + 1;
        }
      } else if (c === open) nesting++;
    }
    this.fuel -= text.length - s;
    return -1;
  }

  private repeatCapture(s: number, digit: number): number {
    const i = digit - 1;
    if (i < 0 || i >= this.level || this.lengths[i] === UNFINISHED) this.fail(`invalid capture index %${digit}`);
    const length = this.lengths[i]!;
    if (length < 0) return -1; // a position is no text
    const start = this.starts[i]!;
    this.fuel -= length;
    return this.text.startsWith(this.text.slice(start, start + length), s) ? s + length : -1;
  }

  /** Capture `i` (0-based) of the match [start, end): text, or a position; capture 0 is the whole match when there are none. */
  capture(i: number, start: number, end: number): string | number {
    if (i >= this.level) {
      if (i !== 0) this.fail(`invalid capture index %${i + 1}`);
      return cut(this.text, start, end);
    }
    const length = this.lengths[i]!;
    if (length === UNFINISHED) this.fail("unfinished capture");
    const from = this.starts[i]!;
    return length === POSITION ? from + 1 : cut(this.text, from, from + length);
  }

  /** All captures of the match, or the whole match when the pattern has none. */
  captures(start: number, end: number): (string | number)[] {
    const list: (string | number)[] = [];
    const count = this.level === 0 ? 1 : this.level;
    for (let i = 0; i < count; i++) list.push(this.capture(i, start, end));
    return list;
  }
}
