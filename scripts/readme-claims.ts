// The commands that README.md promises: every piece of code in it that begins like one.
import { readFileSync } from "node:fs";

export interface Claim {
  /** What the row of the table claims; "" outside of it. */
  readonly claim: string;
  readonly command: string;
  /** There is a word in it that the reader replaces. */
  readonly needsArgument: boolean;
}

const COMMAND = /`((?:npm|npx|node) [^`]+)`/g;

/** Commands of the text, in its order; a command that stands twice comes once. */
export function claimsOf(readme: string): Claim[] {
  const found = new Map<string, Claim>();
  for (const line of joined(readme)) {
    const claim = /^\| (.+?) \|/.exec(line)?.[1] ?? "";
    for (const [, text] of line.matchAll(COMMAND)) {
      for (const command of text!.split(" && ")) {
        if (!found.has(command)) found.set(command, { claim, command, needsArgument: /\b[A-Z]{3,}\b/.test(command) });
      }
    }
  }
  return [...found.values()];
}

/** Paragraphs as lines: a command may be broken over two. */
function joined(text: string): string[] {
  return text.replace(/([^\n])\n(?=[^\n|\s-])/g, "$1 ").split("\n");
}

/** Of the project's README. */
export const readmeClaims = (): Claim[] => claimsOf(readFileSync(new URL("../README.md", import.meta.url), "utf8"));
