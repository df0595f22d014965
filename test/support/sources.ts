// The source files as text, with what they import: for the tests that hold the structure of the project.
import { readFileSync, readdirSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

/** Paths of all TypeScript files below `directory`, with forward slashes. */
export function typescriptFiles(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => join(directory, name).replaceAll("\\", "/"))
    .sort();
}

export interface Import {
  /** Path of the imported source file, or the bare name of a package or of a part of Node. */
  readonly target: string;
  readonly isRelative: boolean;
  /** Gone at run time. */
  readonly typeOnly: boolean;
}

/** Static imports and re-exports of a file. */
export function importsOf(path: string): Import[] {
  const text = readFileSync(path, "utf8");
  const found: Import[] = [];
  for (const [, clause, target] of text.matchAll(/^(?:import|export)\b([^;"]*?)\bfrom "([^"]+)";/gm)) {
    const names = /\{([^}]*)\}/.exec(clause!)?.[1]?.split(",").map((name) => name.trim()).filter((name) => name !== "");
    const typeOnly = /^\s*type\b/.test(clause!) || (names !== undefined && names.every((name) => name.startsWith("type ")));
    const isRelative = target!.startsWith(".");
    const resolved = isRelative ? normalize(join(dirname(path), target!)).replaceAll("\\", "/").replace(/\.js$/, ".ts") : target!;
    found.push({ target: resolved, isRelative, typeOnly });
  }
  return found;
}
