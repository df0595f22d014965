// Applying a mutant to a text.
import type { Mutant } from "./mutant.js";

/** The file with the mistake in it. Throws when the mutant no longer fits: its text must occur exactly once. */
export function applyMutant(mutant: Mutant, source: string): string {
  const text = source.replaceAll("\r\n", "\n");
  const at = text.indexOf(mutant.find);
  if (at < 0 || text.indexOf(mutant.find, at + 1) >= 0) {
    throw new Error(`mutant '${mutant.name}': its text occurs ${at < 0 ? "nowhere" : "more than once"} in ${mutant.file}`);
  }
  return text.slice(0, at) + mutant.replace + text.slice(at + mutant.find.length);
}
