// Broken JSON made whole: quotes, commas and brackets that are missing or wrong, comments, words of other languages, a cut-off end.
import { jsonrepair } from "jsonrepair";
import { BridgeFailure, messageOf } from "../failure.js";
import type { JsonValue } from "../json-value.js";
import type { Charge } from "../work.js";
import { type Candidate, findJson } from "./find-json.js";
import { parseJson } from "./json.js";
import { charged } from "./text-limit.js";

/** STRICT takes the text as it is, LENIENT mends its syntax, BEST_EFFORT also looks for JSON in prose and gives up nothing that can be read. */
export const RECOVERIES = ["strict", "lenient", "best_effort"] as const;
export type Recovery = (typeof RECOVERIES)[number];

export interface Recovered {
  readonly value: JsonValue;
  /** The text was not JSON as it stood. */
  readonly repaired: boolean;
  /** What was done to it, in words. */
  readonly changes: readonly string[];
}

/** Throws BridgeFailure "syntax" when there is no JSON to be had at that level. */
export function recoverJson(text: string, recovery: Recovery, charge: Charge): Recovered {
  try {
    return { value: parseJson(text, charge), repaired: false, changes: [] };
  } catch (error) {
    if (recovery === "strict" || !(error instanceof BridgeFailure) || error.code !== "syntax") throw error;
  }
  return recovery === "lenient" ? lenient(text, charge) : bestEffort(text, charge);
}

function lenient(text: string, charge: Charge): Recovered {
  const inner = withoutFence(text);
  const changes = inner === text ? [] : ["removed the code fence"];
  if (!/^\s*[[{"'\d-]/.test(inner) && !/^\s*(?:\/[/*]|true\b|false\b|null\b|None\b|True\b|False\b)/.test(inner)) throw new BridgeFailure("syntax", "text does not begin like JSON");
  return { value: mend(inner, charge), repaired: true, changes: [...changes, "mended the syntax"] };
}

function bestEffort(text: string, charge: Charge): Recovered {
  const candidates = findJson(text, charge).sort((a, b) => b.text.length - a.text.length);
  for (const candidate of candidates.slice(0, 5)) {
    const value = valueOf(candidate, charge);
    if (value !== undefined) return { value, repaired: true, changes: changesOf(text, candidate) };
  }
  return lenient(text, charge);
}

function valueOf(candidate: Candidate, charge: Charge): JsonValue | undefined {
  try {
    return candidate.complete ? readOrMend(candidate.text, charge) : mend(candidate.text, charge);
  } catch (error) {
    if (error instanceof BridgeFailure && error.code === "syntax") return undefined;
    throw error;
  }
}

/** The value of a stretch of text that is JSON or nearly. */
export function readOrMend(text: string, charge: Charge): JsonValue {
  try {
    return parseJson(text, charge);
  } catch (error) {
    if (!(error instanceof BridgeFailure) || error.code !== "syntax") throw error;
    return mend(text, charge);
  }
}

function changesOf(text: string, { text: found, start, complete }: Candidate): string[] {
  const changes: string[] = [];
  if (start > 0 && text.slice(0, start).trim() !== "") changes.push("left out the text before it");
  if (text.slice(start + found.length).trim() !== "") changes.push("left out the text after it");
  if (!complete) changes.push("closed what was cut off");
  return changes.length === 0 ? ["mended the syntax"] : changes;
}

/** The library looks at the rest of a string again for each quote that may end it: quotes times characters. */
const MOST_STEPS = 500_000_000;
const STEPS_PER_UNIT = 100;

function payForQuotes(text: string, charge: Charge): void {
  let quotes = 0;
  for (let i = 0; i < text.length; i++) if (QUOTES.has(text.charCodeAt(i))) quotes++;
  const steps = quotes * text.length;
  if (steps > MOST_STEPS) throw new BridgeFailure("too_large", `text of ${text.length} characters with ${quotes} quotes takes too long to be mended`);
  charge(Math.ceil(steps / STEPS_PER_UNIT));
}

/** All that the library takes for quotes, and what its entities begin with. */
const QUOTES: ReadonlySet<number> = new Set([..."\"'&`\u00b4\u2018\u2019\u201c\u201d"].map((quote) => quote.charCodeAt(0)));

function mend(text: string, charge: Charge): JsonValue {
  charged("repair", text, charge);
  payForQuotes(text, charge);
  try {
    return parseJson(jsonrepair(text), charge);
  } catch (error) {
    if (error instanceof BridgeFailure) throw error;
    if (error instanceof RangeError) throw new BridgeFailure("too_deep", "text is nested too deep to be mended");
    throw new BridgeFailure("syntax", messageOf(error), { cause: error });
  }
}

function withoutFence(text: string): string {
  return /^\s*(?:```|~~~)[\w-]*[ \t]*\n([\s\S]*?)\n?\s*(?:(?:```|~~~)\s*)?$/.exec(text)?.[1] ?? text;
}
