// What the command line knows about itself: its name, its arguments as bytes, its version.
import { readFileSync } from "node:fs";
import { fromHostText } from "../base/bytes.js";

export const VERSION = "0.1.0";
/** The first line of `-v`: what this is, and what language it speaks. */
export const VERSION_LINE = `perilune ${VERSION}: Lua 5.4.6, the language of Lua.org, PUC-Rio`;

const NAME = "perilune";
const REPLACEMENT = "\ufffd";

/** The command as a script can run it again: "perilune" when that finds it, else its path. A byte string. */
export function programName(): string {
  const path = process.argv[1] ?? NAME;
  const slash = Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\"));
  const onPath = path.slice(slash + 1) === NAME && (process.env["PATH"] ?? "").split(":").includes(path.slice(0, slash));
  return onPath ? NAME : fromHostText(path);
}

/** The arguments after the command as byte strings. */
export function programArguments(): string[] {
  const args = process.argv.slice(2);
  if (!args.some((arg) => arg.includes(REPLACEMENT))) return args.map(fromHostText);
  try { // an argument that is no UTF-8: Node has lost its bytes, the system has them still
    const raw = readFileSync("/proc/self/cmdline", "latin1").split("\0").slice(0, -1);
    return args.length === 0 ? [] : raw.slice(-args.length);
  } catch {
    return args.map(fromHostText);
  }
}
