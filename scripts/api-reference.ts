// Writes docs/api.md: the reference of the main entry, made from the docstrings. `npm run docs:api`; test/docs-api.test.ts
// holds it up to date. It reads the type declarations that the compiler makes of the sources.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, normalize } from "node:path";
import { pathToFileURL } from "node:url";

/** Chapters, by the files that a name comes from; the first that fits. */
const CHAPTERS: readonly (readonly [title: string, files: RegExp])[] = [
  ["Engines and contexts", /engine\/(engine|engines|registry|lua-engine|context|lua-script|statistics|limits|names)\.d\.ts$/],
  ["Errors", /engine\/errors\.d\.ts$/],
  ["Values, functions and objects", /engine\/(script-value|handle|conversion|host-function|host-object|parameters|callable)\.d\.ts$/],
  ["Policies, modules, determinism", /engine\/(policy|modules|module-sources|sandbox|deterministic-host|pool)\.d\.ts$/],
  ["Tasks and the scheduler", /engine\//],
  ["Lua states", /^(index|vm\/|stdlib\/|number\/|base\/)/],
  ["Compiler and bytecode", /^/],
];

interface Entry {
  readonly name: string;
  readonly file: string;
  /** Text of the docstring. */
  readonly doc: string;
  readonly declaration: string;
}

/** A comment's text, without its frame. */
function commentText(comment: string): string {
  return comment.trim().replace(/^\/\*\*\s?|\s*\*\/$/g, "").split("\n").map((line) => line.replace(/^\s*\* ?/, "")).join("\n").trim();
}

/** Top-level declarations of a declaration file, by name. */
function declarationsOf(text: string): Map<string, { doc: string; declaration: string }> {
  const found = new Map<string, { doc: string; declaration: string }>();
  const lines = text.split("\n");
  let comment = "";
  for (let i = 0; i < lines.length; i++) {
    if (lines[i]!.startsWith("/**")) {
      const from = i;
      while (!lines[i]!.includes("*/")) i++;
      comment = lines.slice(from, i + 1).join("\n");
      continue;
    }
    const name = /^export (?:declare |abstract )*(?:class|interface|type|function|const|enum) (\w+)/.exec(lines[i]!)?.[1];
    if (name !== undefined) {
      const from = i;
      for (let depth = depthOf(lines[i]!); depth > 0 || !/(?:;|^\})$/.test(lines[i]!); ) depth += depthOf(lines[++i]!);
      const declaration = tidy(lines.slice(from, i + 1).join("\n").replace("export ", ""));
      const known = found.get(name);
      if (known === undefined) found.set(name, { doc: commentText(comment), declaration });
      else found.set(name, { doc: known.doc, declaration: `${known.declaration}\n${declaration}` });
    }
    comment = "";
  }
  return found;
}

/** How many braces a line leaves open. */
function depthOf(line: string): number {
  const code = line.replace(/"(?:[^"\\]|\\.)*"/g, "").replace(/^\s*(?:\/\*\*|\*).*/, "");
  return code.split("{").length - code.split("}").length;
}

/** A declaration without what is nobody's business, and with an indentation of two. */
function tidy(declaration: string): string {
  return declaration
    .replace(/^declare /, "")
    .replace(/\n(?: {4}\/\*\*(?:(?!\*\/)[^])*\*\/\n)? {4}(?:private|protected|#)[^\n]*?;(?=\n)/g, "")
    .replace(/\n {4}#private;/g, "")
    .replaceAll("[DISPOSE]()", "[Symbol.dispose]()")
    .replace(/^ {4,}/gm, (spaces) => " ".repeat(spaces.length / 2));
}

/** Files and names that an index exports. */
function exportsOf(index: string): { name: string; file: string }[] {
  const list: { name: string; file: string }[] = [];
  for (const [, names, from] of index.matchAll(/^export (?:type )?\{([^}]*)\} from "([^"]+)";/gm)) {
    for (const name of names!.split(",").map((each) => each.trim().replace(/^type /, "")).filter((each) => each !== "")) {
      list.push({ name, file: normalize(join(dirname("index.d.ts"), from!)).replaceAll("\\", "/").replace(/\.js$/, ".d.ts") });
    }
  }
  for (const name of declarationsOf(index).keys()) list.push({ name, file: "index.d.ts" });
  return list;
}

function entriesOf(folder: string): Entry[] {
  const cache = new Map<string, ReturnType<typeof declarationsOf>>();
  const declarations = (file: string): ReturnType<typeof declarationsOf> => {
    let known = cache.get(file);
    if (known === undefined) cache.set(file, (known = declarationsOf(readFileSync(join(folder, file), "utf8"))));
    return known;
  };
  return exportsOf(readFileSync(join(folder, "index.d.ts"), "utf8")).map(({ name, file }) => {
    const found = declarations(file).get(name);
    if (found === undefined) throw new Error(`no declaration of ${name} in ${file}`);
    return { name, file, ...found };
  });
}

/** Docstring as Markdown: links to other entries, tags as sentences of their own. */
function prose(doc: string, names: ReadonlySet<string>): string {
  return doc
    .replace(/\{@link ([^}]+)\}/g, (_, target: string) => {
      const name = target.split(".")[0]!;
      return names.has(name) ? `[\`${target}\`](#${name.toLowerCase()})` : `\`${target}\``;
    })
    .replace(/^@throws (.*)/gm, "\nThrows $1")
    .replace(/^@param (\S+) (.*)/gm, "- `$1`: $2");
}

const plainLinks = (text: string): string => text.replace(/\{@link ([^}]+)\}/g, "$1");

function page(entries: readonly Entry[]): string {
  const names = new Set(entries.map(({ name }) => name));
  const left = new Set(entries);
  let text = "# API reference\n\nThe names that `import … from \"perilune\"` gives. Made from the docstrings by `npm run docs:api`.\n";
  for (const [title, files] of CHAPTERS) {
    const here = [...left].filter(({ file }) => files.test(file));
    for (const entry of here) left.delete(entry);
    if (here.length === 0) continue;
    text += `\n## ${title}\n\n${here.map(({ name }) => `[\`${name}\`](#${name.toLowerCase()})`).join(" · ")}\n`;
    for (const { name, doc, declaration } of here) {
      text += `\n### ${name}\n\n${doc === "" ? "" : `${prose(doc, names)}\n\n`}\`\`\`ts\n${plainLinks(declaration)}\n\`\`\`\n`;
    }
  }
  return text;
}

/** The whole of docs/api.md for the sources as they are. */
export function apiReference(): string {
  const folder = mkdtempSync(join(tmpdir(), "perilune-types-"));
  try {
    const tsc = spawnSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "tsconfig.types.json", "--outDir", folder, "--noEmitOnError", "false"], { encoding: "utf8" });
    if (tsc.error !== undefined) throw tsc.error;
    return page(entriesOf(folder));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) writeFileSync("docs/api.md", apiReference());
