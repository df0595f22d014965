// What ARCHITECTURE.md promises, held by tests: which folder may import which, no cycles, no default exports, no `any`.
import { existsSync, readFileSync } from "node:fs";
import { buildSync } from "esbuild";
import { describe, expect, test } from "vitest";
import { importsOf, typescriptFiles } from "./support/sources.js";

/** The arrows: what the files of a folder may import besides each other. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  base: [],
  number: ["base"],
  lexer: ["base", "number"],
  parser: ["base", "number", "lexer"],
  bytecode: ["base", "number"],
  compiler: ["base", "number", "lexer", "parser", "bytecode"],
  vm: ["base", "number", "bytecode"],
  jit: ["base", "number", "bytecode", "vm"],
  stdlib: ["base", "number", "bytecode", "vm"],
  profile: ["base", "number", "bytecode", "vm"],
  host: ["base", "vm"],
  engine: ["base", "number", "lexer", "parser", "bytecode", "compiler", "vm", "jit", "stdlib"],
  testing: ["base", "number", "lexer", "parser", "bytecode", "compiler", "vm", "jit", "stdlib"],
  cli: ["base", "number", "lexer", "parser", "bytecode", "compiler", "vm", "jit", "stdlib", "profile", "host", "engine"],
};

/** Files outside a folder of `src`, which may import anything. */
const ENTRIES = ["src/index.ts"];
/** Folders that may use Node itself; the others run in a browser. */
const ON_NODE = ["host", "cli", "testing"];
/** Packages that a folder may use: those who use the folder install them. */
const PEERS: Readonly<Record<string, readonly string[]>> = { testing: ["fast-check", "wasmoon"] };

/** Libraries that the build puts into the bridges: nothing has to be installed for them. Only their services import them. */
const BUNDLED = ["js-yaml", "json-schema-library", "jsonrepair", "markdown-it", "re2js", "saxes", "undici"];
const isBundled = (path: string, target: string): boolean => path.startsWith("src/engine/bridges/services/") && BUNDLED.includes(target.split("/")[0]!);

const files = typescriptFiles("src");
const folderOf = (path: string): string => path.split("/")[1]!;
const text = (path: string): string => readFileSync(path, "utf8");
/** Without comments and string literals, so that words in them do not count. */
const code = (path: string): string =>
  text(path).replace(/\/\*[\s\S]*?\*\//g, "").replace(/"(?:[^"\\\n]|\\.)*"/g, '""').replace(/(^|\s)\/\/.*$/gm, "$1");

describe("imports", () => {
  test("every folder of src has an arrow", () => {
    const folders = new Set(files.filter((path) => !ENTRIES.includes(path)).map(folderOf));
    expect([...folders].filter((folder) => ARROWS[folder] === undefined)).toEqual([]);
  });

  test("follow the arrows", () => {
    const wrong: string[] = [];
    for (const path of files) {
      if (ENTRIES.includes(path)) continue;
      const folder = folderOf(path);
      for (const { target, isRelative } of importsOf(path)) {
        if (!isRelative) {
          const isPeer = PEERS[folder]?.includes(target) === true;
          if (!isBundled(path, target) && !isPeer && !(target.startsWith("node:") && ON_NODE.includes(folder))) wrong.push(`${path} imports ${target}`);
        } else if (folderOf(target) !== folder && !ARROWS[folder]!.includes(folderOf(target))) wrong.push(`${path} imports ${target}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  test("name files that exist, with their extension", () => {
    const missing = files.flatMap((path) =>
      importsOf(path).filter(({ target, isRelative }) => isRelative && !(target.endsWith(".ts") && existsSync(target))).map(({ target }) => `${path}: ${target}`));
    expect(missing).toEqual([]);
  });

  test("make no cycle at run time", () => {
    const graph = new Map(files.map((path) => [path, importsOf(path).filter((i) => i.isRelative && !i.typeOnly).map((i) => i.target)]));
    const done = new Set<string>();
    const cycles: string[] = [];
    const visit = (path: string, way: string[]): void => {
      if (way.includes(path)) {
        cycles.push([...way.slice(way.indexOf(path)), path].join(" → "));
        return;
      }
      if (done.has(path)) return;
      for (const target of graph.get(path) ?? []) visit(target, [...way, path]);
      done.add(path);
    };
    for (const path of files) visit(path, []);
    expect(cycles).toEqual([]);
  });

  test("index files are entries of the package, and nothing inside imports them", () => {
    expect(files.filter((path) => path.endsWith("/index.ts"))).toEqual(["src/engine/bridges/index.ts", "src/index.ts", "src/testing/index.ts", "src/vm/index.ts"]);
    expect(files.filter((path) => importsOf(path).some(({ target }) => target.endsWith("/index.ts")))).toEqual([]);
  });
});

describe("sources", () => {
  test("have no default export", () => {
    expect(files.filter((path) => /^export default\b|\bas default\b/m.test(code(path)))).toEqual([]);
  });

  test("have no `any`, no suppressed type error, no unfinished piece", () => {
    expect(files.filter((path) => /[:<|&,(]\s*any\b|\bas any\b|\bany\[\]/.test(code(path)))).toEqual([]);
    expect(files.filter((path) => /@ts-(ignore|expect-error|nocheck)|eslint-disable|\bTODO\b|\bFIXME\b/.test(text(path)))).toEqual([]);
  });

  test("never make code of text, but for the tier whose work that is", () => {
    expect(files.filter((path) => /\bnew Function\b|\beval\(/.test(code(path)) && folderOf(path) !== "jit")).toEqual([]);
  });
});

describe("the package", () => {
  const manifest = JSON.parse(text("package.json")) as Record<string, unknown>;

  test("needs nothing at run time", () => {
    expect(manifest["dependencies"] ?? {}).toEqual({});
    const optional = (manifest["peerDependenciesMeta"] ?? {}) as Record<string, { optional?: boolean }>;
    expect(Object.keys((manifest["peerDependencies"] ?? {}) as object).filter((name) => optional[name]?.optional !== true)).toEqual([]);
    expect(manifest["optionalDependencies"] ?? {}).toEqual({});
  });

  test("bundles libraries only, whose licences it carries", () => {
    expect(BUNDLED.filter((name) => (manifest["devDependencies"] as Record<string, string>)[name] === undefined)).toEqual([]);
  });

  test("has opcodes as numbers in the interpreter's switch once built", () => {
    const built = buildSync({ entryPoints: ["src/vm/interpreter.ts"], bundle: true, write: false, format: "esm", target: "es2022", define: { __DEV__: "false" } });
    const output = built.outputFiles[0]!.text;
    const labels = [...output.matchAll(/^\s*case ([^:]+):/gm)].map((match) => match[1]!);
    expect(labels.length).toBeGreaterThan(83);
    expect(labels.filter((label) => !/^(?:\d+ \/\* \w+ \*\/|\d+|"\w+")$/.test(label))).toEqual([]);
    expect(labels.filter((label) => /^\d+ \/\* \w+ \*\/$/.test(label)).length).toBeGreaterThan(83);
  });
});

/** Paths in backquotes that a document names, as "src/vm", "test/support/oracle.ts". */
function pathsNamedIn(document: string): string[] {
  const roots = /^(?:src|test|spec-tests|bench|docs|examples|scripts|\.ci)\//;
  return [...text(document).matchAll(/`([^`\s]+)`/g)].map((match) => match[1]!).filter((name) => roots.test(name) && !/[*{<]/.test(name));
}

describe("documents name only what exists", () => {
  test.each(["ARCHITECTURE.md", "README.md", "COMPATIBILITY.md", "CONTRIBUTING.md", "SECURITY.md", "docs/values.md", "docs/architecture.md", "docs/sandbox.md"])("%s", (document) => {
    expect(pathsNamedIn(document).filter((path) => !existsSync(path))).toEqual([]);
    const links = [...text(document).matchAll(/\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)/g)].map((match) => match[1]!);
    const folder = document.includes("/") ? `${document.slice(0, document.lastIndexOf("/"))}/` : "";
    expect(links.filter((link) => !existsSync(folder + link))).toEqual([]);
  });

  test("ARCHITECTURE.md has a row for each folder, with its arrow", () => {
    const rows = [...text("ARCHITECTURE.md").matchAll(/^\| `src\/(\w+)` \| ([^|]+) \|/gm)];
    const written = rows.map(([, folder, arrow]) => [folder!, arrow!.trim() === "nothing" ? [] : arrow!.split(",").map((name) => name.trim()).sort()] as const);
    const present = [...new Set(files.filter((path) => !ENTRIES.includes(path)).map(folderOf))];
    expect(Object.fromEntries(written)).toEqual(Object.fromEntries(present.map((folder) => [folder, ARROWS[folder]!.filter((name) => present.includes(name)).sort()])));
  });
});
