// What the published package is: its files put into a folder as npm would, and used from there.
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { build } from "esbuild";
import { beforeAll, describe, expect, test } from "vitest";
import { temporaryDirectory } from "./support/files.js";

interface Manifest {
  readonly dependencies?: Record<string, string>;
  readonly peerDependenciesMeta?: Record<string, { optional?: boolean }>;
  readonly peerDependencies?: Record<string, string>;
  readonly exports: Record<string, string | { types: string; default: string }>;
}

/** Largest size of a bundle of each entry for the browser, minified (bytes). */
const BUDGET: Readonly<Record<string, number>> = { ".": 700_000, "./vm": 400_000, "./testing": 600_000, "./bridges": 1_700_000, "./node": 100_000 };

const directory = temporaryDirectory();
const manifest = JSON.parse(readFileSync("package.json", "utf8")) as Manifest;
const entries = Object.keys(manifest.exports).filter((name) => name !== "./package.json");
const specifier = (entry: string): string => `perilune${entry.slice(1)}`;
let files: string[] = [];

const newest = (folder: string): number =>
  Math.max(...readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => statSync(join(folder, name)).mtimeMs));

beforeAll(() => {
  if (!readdirSync(".").includes("dist") || statSync("dist/index.js").mtimeMs < newest("src")) {
    execFileSync(process.execPath, ["scripts/build.mjs"], { stdio: "pipe" });
  }
  const npm = spawnSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], { encoding: "utf8", shell: process.platform === "win32" });
  files = (JSON.parse(npm.stdout.slice(npm.stdout.indexOf("["))) as [{ files: { path: string }[] }])[0].files.map(({ path }) => path);
  const installed = join(directory.path, "node_modules/perilune");
  for (const file of files) {
    mkdirSync(dirname(join(installed, file)), { recursive: true });
    cpSync(file, join(installed, file));
  }
  writeFileSync(join(directory.path, "package.json"), '{ "type": "module" }');
}, 120_000);

describe("the package", () => {
  test("installs nothing: no dependency, and peers are optional", () => {
    expect(manifest.dependencies ?? {}).toEqual({});
    for (const peer of Object.keys(manifest.peerDependencies ?? {})) expect(manifest.peerDependenciesMeta?.[peer]?.optional, peer).toBe(true);
  });

  test("holds what is needed and nothing else", () => {
    for (const needed of ["package.json", "LICENSE", "README.md", "dist/cli.js"]) expect(files).toContain(needed);
    for (const target of Object.values(manifest.exports)) {
      for (const file of typeof target === "string" ? [target] : Object.values(target)) expect(files).toContain(file.replace("./", ""));
    }
    expect(files.filter((file) => !/^(dist|docs)\/|^[A-Z]+\.md$|^LICENSE$|^THIRD[-_A-Z]*|^package\.json$/.test(file))).toEqual([]);
    expect(files.filter((file) => /\.(test|bench)\.[jt]s$|node_modules/.test(file))).toEqual([]);
  });

  test("carries no path of the machine it was built on", () => {
    const root = process.cwd();
    for (const file of files.filter((name) => name.endsWith(".js"))) expect(readFileSync(file, "utf8").includes(root), file).toBe(false);
  });

  test.each(entries)("%s resolves in Node", (entry) => {
    if (entry === "./testing") mkdirSync(join(directory.path, "node_modules"), { recursive: true });
    if (entry === "./testing") cpSync("node_modules/fast-check", join(directory.path, "node_modules/fast-check"), { recursive: true });
    if (entry === "./testing") cpSync("node_modules/pure-rand", join(directory.path, "node_modules/pure-rand"), { recursive: true });
    const run = spawnSync(process.execPath, ["-e", `import(${JSON.stringify(specifier(entry))}).then((m) => console.log(Object.keys(m).length))`], {
      cwd: directory.path, encoding: "utf8",
    });
    expect(run.stderr).toBe("");
    expect(Number(run.stdout)).toBeGreaterThan(0);
  });

  test("the command runs", () => {
    const run = spawnSync(process.execPath, [join(directory.path, "node_modules/perilune/dist/cli.js"), "-e", "print(_VERSION)"], { encoding: "utf8" });
    expect(run.stdout).toBe("Lua 5.4\n");
  });

  test.each(entries.filter((entry) => entry !== "./testing"))("%s goes through a bundler for the browser, within its size", async (entry) => {
    const { outputFiles } = await build({
      stdin: { contents: `export * from ${JSON.stringify(specifier(entry))};`, resolveDir: directory.path },
      bundle: true, minify: true, write: false, format: "esm", platform: "browser", external: ["node:*"], logLevel: "silent",
    });
    expect(outputFiles[0]!.contents.length).toBeLessThan(BUDGET[entry]!);
  });

  test("its types check under strict", () => {
    writeFileSync(join(directory.path, "use.ts"), `
      import { createState, LuaError, type LuaValue } from "perilune";
      import { Meter } from "perilune/vm";
      const state = createState({ limits: { instructions: 1000 } });
      const results: LuaValue[] = state.call(state.load("return 1", "=x"));
      export const all: [unknown, typeof Meter, typeof LuaError] = [results[0], Meter, LuaError];
      // @ts-expect-error: a limit is a number
      createState({ limits: { instructions: "many" } });
    `);
    writeFileSync(join(directory.path, "tsconfig.json"), JSON.stringify({
      compilerOptions: { strict: true, noEmit: true, module: "nodenext", target: "es2022", lib: ["es2023", "dom"], types: [], skipLibCheck: false },
      files: ["use.ts"],
    }));
    const check = spawnSync(process.execPath, [join(process.cwd(), "node_modules/typescript/bin/tsc"), "-p", directory.path], { encoding: "utf8" });
    expect(check.stdout).toBe("");
    expect(check.status).toBe(0);
  });
});
