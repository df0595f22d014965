// Names for temporary files.
import type * as Os from "node:os";
import { builtin } from "./builtin.js";

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** A path in the system's directory for temporary files: `prefix` and six random letters. It may exist, rarely. */
export function temporaryPath(prefix: string): string {
  let name = prefix;
  for (let i = 0; i < 6; i++) name += LETTERS[Math.floor(Math.random() * LETTERS.length)];
  return `${builtin<typeof Os>("node:os").tmpdir()}/${name}`;
}
