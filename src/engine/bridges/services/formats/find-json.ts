// JSON in prose: models wrap it in fences, explanations and apologies.
import { CHARACTERS_PER_UNIT, type Charge } from "../work.js";
import { charged } from "./text-limit.js";

/** A stretch of the text that looks like JSON. */
export interface Candidate {
  readonly text: string;
  /** Offset in characters. */
  readonly start: number;
  /** Its brackets are balanced; false for one that the end of the text cuts off. */
  readonly complete: boolean;
}

/** Openings without an end that are looked at, so that a text of nothing but brackets stays cheap. */
const MAX_MISSES = 20;

/** Objects and arrays in `text`, outermost ones, in order. The last one may be cut off. */
export function findJson(text: string, charge: Charge): Candidate[] {
  charged("scan", text, charge);
  const found: Candidate[] = [];
  const opening = /[[{]/g;
  let cutOff: Candidate | undefined;
  for (let misses = 0; misses < MAX_MISSES; ) {
    const start = opening.exec(text)?.index;
    if (start === undefined) break;
    const end = balancedEnd(text, start);
    if (end > 0) {
      found.push({ text: text.slice(start, end), start, complete: true });
      opening.lastIndex = end;
      continue;
    }
    misses++;
    charge(Math.ceil((text.length - start) / CHARACTERS_PER_UNIT.scan));
    const rest = text.slice(start, start + 100);
    cutOff ??= /^(?:\{\s*(?:["'}]|\w+\s*:)|\[\s*["'{[\d\]-])/.test(rest) ? { text: text.slice(start), start, complete: false } : undefined;
    if (/^(?:\{\s*["']|\[\s*(?:["{[]|\d+\s*,))/.test(rest)) break; // certainly JSON: what is balanced further on is a part of it
  }
  return cutOff === undefined || found.some(({ start }) => start > cutOff.start) ? found : [...found, cutOff];
}

/** Offset after the bracket that closes the one at `start`; −1 when none does. Brackets in double-quoted strings do not count. */
function balancedEnd(text: string, start: number): number {
  let depth = 0;
  for (let i = start; i < text.length; i++) {
    const c = text[i];
    if (c === '"') {
      const end = stringEnd(text, i);
      if (end < 0) return -1;
      i = end;
    } else if (c === "{" || c === "[") depth++;
    else if ((c === "}" || c === "]") && --depth === 0) return i + 1;
  }
  return -1;
}

/** Offset of the quote that closes the string at `start`; −1 when none does. */
function stringEnd(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    if (text[i] === "\\") i++;
    else if (text[i] === '"') return i;
  }
  return -1;
}
