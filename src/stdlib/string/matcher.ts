// The backtracking matcher over compiled patterns. Limits and error messages are C Lua's. Its state is in lists, not on JavaScript's
// stack, so that a match can stand still wherever it looks at the meter.
import { cut } from "../../base/bytes.js";
import { COST } from "../../vm/meter.js";
import type { Frame } from "../../vm/frame.js";
import { isPauseDue } from "../../vm/pauses.js";
import type { Thread } from "../../vm/thread.js";
import { indexBefore } from "./find-text.js";
import { Item, MAX_CAPTURES, type Pattern, Step, found, searchItem } from "./pattern.js";

/** Nested attempts at the rest of a pattern before "pattern too complex". */
const MAX_DEPTH = 200;
/** Fewer than this left: beginnings and ends of captures between two items may be too many. */
const DEEP = 2 * MAX_CAPTURES;
/** Capture length of a "(" not closed yet, and of "()". */
const UNFINISHED = -1;
const POSITION = -2;
/** Steps between two looks at the meter, and at the clock. */
const FUEL = 1024;
/** Bytes that are scanned without a look at the meter. */
const STRETCH = 1 << 16;
/** Texts up to this length are searched for patterns of one item in one go. */
export const LONGEST_SCANNED = 1 << 20;
/** Thrown where an error's message needs a frame that there is none of. */
const NO_FRAME = Symbol("no frame");

/** Answer of a search that stands still, because the slice of its run is over: {@link Matcher.goOn} goes on with it. */
export const PAUSED = -2;

/** Where a match goes on. */
const enum Mode {
  /** With a step at a position. */
  Forward,
  /** With the next choice of the attempt on top. */
  Back,
  /** With the scan that the attempt on top has begun with. */
  Scan,
  /** Between two matches. */
  Seek,
}

/** Numbers that are kept of an attempt: its step, where it stands, and the least position it may go back to (or how deep it is nested). */
const SIZE = 3;

export class Matcher {
  private fuel = FUEL;
  /** Captures opened so far. */
  level = 0;
  private readonly starts = new Int32Array(MAX_CAPTURES);
  private readonly lengths = new Int32Array(MAX_CAPTURES);
  /** Attempts under way, each of a step that has other choices or must undo something: C Lua's recursive calls. */
  private readonly attempts = new Int32Array(SIZE * (MAX_DEPTH + 1));
  private L!: Thread;
  private frame: Frame | null = null;
  text = "";
  private pattern!: Pattern;
  /** While it stands still: how it goes on, … */
  private mode = Mode.Forward;
  private s = 0;
  private step = 0;
  private count = 0;
  /** … with the match from here. */
  private start = 0;

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

  /** Pays when fuel is gone. True: it is time to stand still. */
  private isPauseDue(): boolean {
    if (this.fuel >= 0) return false;
    this.refuel();
    return isPauseDue(this.L);
  }

  // ---- searching --------------------------------------------------------------------------------------------------------

  /** The first start >= `from` where the pattern matches (its end is in `end`), or -1, or {@link PAUSED}. */
  search(from: number): number {
    const { pattern } = this;
    if (pattern.item !== Item.None && this.text.length <= LONGEST_SCANNED) return this.searchItem(from);
    return pattern.anchored ? this.attempt(from) : this.seek(from);
  }

  /** Goes on with a search that stands still. */
  goOn(): number {
    if (this.mode === Mode.Seek) return this.seek(this.start);
    const { start } = this;
    const end = this.run(this.mode, this.s, this.step, this.count);
    if (end >= 0) this.end = end;
    if (end !== -1) return end >= 0 ? start : end;
    return this.pattern.anchored ? -1 : this.seek(start + 1);
  }

  /** A match that starts exactly at `start`: answers as {@link search}. */
  private attempt(start: number): number {
    this.level = 0;
    this.start = start;
    const end = this.run(Mode.Forward, start, 0, 0);
    if (end < 0) return end;
    this.end = end;
    return start;
  }

  private seek(from: number): number {
    const { pattern, text } = this;
    if (pattern.prefix !== "") return this.seekPrefix(from);
    const needed = pattern.first;
    for (let start = from; start <= text.length; ) {
      if (needed !== null) { // skip what cannot start a match
        const end = Math.min(text.length, start + STRETCH);
        const skipped = start;
        while (start < end && needed[text.charCodeAt(start)] === 0) start++;
        this.fuel -= start - skipped;
        if (start >= text.length) return -1;
        if (start === end) {
          if (this.isPauseDue()) return this.pauseAt(start);
          continue;
        }
      }
      const found = this.attempt(start);
      if (found !== -1) return found;
      start++;
    }
    return -1;
  }

  private seekPrefix(from: number): number {
    const { pattern: { prefix }, text } = this;
    for (let start = from; ; ) {
      const stretch = Math.min(text.length, start + STRETCH); // a match's prefix begins before it
      const found = indexBefore(text, prefix, start, stretch);
      this.fuel -= ((found < 0 ? stretch : found) - start) >> 3;
      const isDue = this.isPauseDue();
      if (found < 0) {
        if (stretch === text.length) return -1;
        start = stretch;
        if (isDue) return this.pauseAt(start);
        continue;
      }
      const match = this.attempt(found);
      if (match !== -1) return match;
      start = found + 1;
    }
  }

  private pauseAt(start: number): typeof PAUSED {
    this.mode = Mode.Seek;
    this.start = start;
    return PAUSED;
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

  // ---- matching ---------------------------------------------------------------------------------------------------------

  private stop(mode: Mode, s: number, step: number, count: number): typeof PAUSED {
    this.mode = mode;
    this.s = s;
    this.step = step;
    this.count = count;
    return PAUSED;
  }

  /** Goes on with `count` attempts under way: from step `step` at `s`, or with the one on top. Answers the end, -1 or {@link PAUSED}. */
  private run(mode: Mode, s: number, step: number, count: number): number {
    const { text, attempts, pattern } = this;
    const { steps, sets } = pattern;
    const { length } = text;
    let { fuel } = this;
    for (;;) {
      forward: if (mode === Mode.Forward) {
        if (--fuel < 0) {
          this.fuel = fuel;
          if (this.isPauseDue()) {
            this.fuel++; // this step is paid for
            return this.stop(mode, s, step, count);
          }
          fuel = this.fuel;
        }
        switch (steps[step]!) {
          case Step.END:
            this.fuel = fuel;
            return s;
          case Step.ONE:
            if (s >= length || sets[step]![text.charCodeAt(s)] === 0) break;
            s++;
            step++;
            continue;
          case Step.PLUS:
            if (s >= length || sets[step]![text.charCodeAt(s)] === 0) break;
            count = this.push(step, s + 1, s + 1, count);
            fuel--;
            mode = Mode.Scan;
            break forward;
          case Step.STAR:
            if (s >= length || sets[step]![text.charCodeAt(s)] === 0) {
              step++;
              continue;
            }
            count = this.push(step, s + 1, s, count);
            fuel--;
            mode = Mode.Scan;
            break forward;
          case Step.MINUS: case Step.OPTIONAL:
            if (s < length && sets[step]![text.charCodeAt(s)] !== 0) {
              count = this.push(step, s, 0, count);
              if (steps[step] === Step.OPTIONAL) s++;
            }
            step++;
            continue;
          case Step.OPEN: case Step.POSITION: {
            const { level } = this;
            if (level >= MAX_CAPTURES) this.fail("too many captures");
            this.starts[level] = s;
            this.lengths[level] = steps[step] === Step.OPEN ? UNFINISHED : POSITION;
            this.level = level + 1;
            count = this.push(step, s, 0, count);
            step++;
            continue;
          }
          case Step.CLOSE: {
            let i = this.level - 1;
            while (i >= 0 && this.lengths[i] !== UNFINISHED) i--;
            if (i < 0) this.fail("invalid pattern capture");
            this.lengths[i] = s - this.starts[i]!;
            count = this.push(step, i, 0, count);
            step++;
            continue;
          }
          case Step.TEXT_END:
            if (s !== length) break;
            this.fuel = fuel;
            return s;
          case Step.BALANCE:
            if (s >= length || text.charCodeAt(s) !== pattern.operands[step]! >> 8) break;
            count = this.note(step, s + 1, 1, count);
            fuel--;
            mode = Mode.Scan;
            break forward;
          case Step.FRONTIER: {
            const set = sets[step]!;
            const before = s === 0 ? 0 : text.charCodeAt(s - 1);
            const here = s < length ? text.charCodeAt(s) : 0;
            if (set[before] !== 0 || set[here] === 0) break;
            step++;
            continue;
          }
          case Step.BACK_REFERENCE: {
            const i = pattern.operands[step]! - 1;
            if (i < 0 || i >= this.level || this.lengths[i] === UNFINISHED) this.fail(`invalid capture index %${i + 1}`);
            const size = this.lengths[i]!;
            if (size < 0) break; // a position is no text
            const from = this.starts[i]!;
            fuel -= size;
            if (!text.startsWith(text.slice(from, from + size), s)) break;
            s += size;
            step++;
            continue;
          }
          case Step.FAULT:
            this.fail(pattern.faults[pattern.operands[step]!]!);
        }
        mode = Mode.Back;
      }
      if (mode === Mode.Scan) { // bytes of a set, or up to the bracket that closes
        const top = (count - 1) * SIZE;
        step = attempts[top]!;
        let at = attempts[top + 1]!;
        const from = at;
        const stretch = Math.min(length, from + STRETCH);
        if (steps[step] !== Step.BALANCE) {
          const set = sets[step]!;
          while (at < stretch && set[text.charCodeAt(at)] !== 0) at++;
          fuel -= at - from;
          if (steps[step + 1] === Step.END && (at < stretch || at === length)) {
            this.fuel = fuel;
            return at;
          }
          attempts[top + 1] = at < stretch || at === length ? at + 1 : at;
          mode = Mode.Back; // the choices begin with all of them
        } else {
          const open = pattern.operands[step]! >> 8;
          const close = pattern.operands[step]! & 255;
          let nesting = attempts[top + 2]!;
          for (; at < stretch; at++) {
            const c = text.charCodeAt(at);
            if (c === close) {
              if (--nesting === 0) break;
            } else if (c === open) nesting++;
          }
          fuel -= at - from;
          mode = Mode.Back;
          if (at < stretch) {
            mode = Mode.Forward;
            s = at + 1;
            step++;
          }
          attempts[top + 1] = at;
          attempts[top + 2] = nesting;
          if (at < stretch || at === length) {
            count--;
            continue;
          }
        }
        if (at === stretch && at < length) { // the scan goes on
          this.fuel = fuel;
          if (this.isPauseDue()) return this.stop(Mode.Scan, s, step, count);
          fuel = this.fuel;
          mode = Mode.Scan;
          continue;
        }
      }
      // the attempt on top: its next choice, or none is left
      if (count === 0) {
        this.fuel = fuel;
        return -1;
      }
      const top = (count - 1) * SIZE;
      step = attempts[top]!;
      switch (steps[step]!) {
        case Step.PLUS: case Step.STAR: {
          let end = attempts[top + 1]! - 1;
          const least = attempts[top + 2]!;
          const follow = MAX_DEPTH - count > DEEP ? pattern.follow[step]! : null;
          if (follow !== null) { // only where the next byte fits
            for (; end >= least && (end >= length || follow[text.charCodeAt(end)] === 0); end--) {
              if (--fuel >= 0) continue;
              this.fuel = fuel;
              if (this.isPauseDue()) {
                attempts[top + 1] = end;
                return this.stop(Mode.Back, s, step, count);
              }
              fuel = this.fuel;
            }
          }
          if (end < least) {
            count--;
            continue;
          }
          attempts[top + 1] = s = end;
          break;
        }
        case Step.MINUS: {
          const set = sets[step]!;
          const follow = MAX_DEPTH - count > DEEP ? pattern.follow[step]! : null;
          s = attempts[top + 1]!;
          let fits = false;
          while (!fits && s < length && set[text.charCodeAt(s)] !== 0) {
            s++;
            fits = follow === null || (s < length && follow[text.charCodeAt(s)] !== 0);
            if (fits || --fuel >= 0) continue;
            this.fuel = fuel;
            if (this.isPauseDue()) {
              attempts[top + 1] = s;
              return this.stop(Mode.Back, s, step, count);
            }
            fuel = this.fuel;
          }
          if (!fits) {
            count--;
            continue;
          }
          attempts[top + 1] = s;
          break;
        }
        case Step.OPTIONAL:
          s = attempts[top + 1]!;
          count--;
          break;
        case Step.CLOSE:
          this.lengths[attempts[top + 1]!] = UNFINISHED;
          count--;
          continue;
        default: // the beginning of a capture
          this.level--;
          count--;
          continue;
      }
      step++;
      mode = Mode.Forward;
    }
  }

  /** Begins an attempt: answers how many there are then. */
  private push(step: number, at: number, least: number, count: number): number {
    if (count + 1 === MAX_DEPTH) this.fail("pattern too complex");
    return this.note(step, at, least, count);
  }

  private note(step: number, at: number, least: number, count: number): number {
    const { attempts } = this;
    const top = count * SIZE;
    attempts[top] = step;
    attempts[top + 1] = at;
    attempts[top + 2] = least;
    return count + 1;
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
