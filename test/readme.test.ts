// The README's programs do what it says, as they are pasted.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { buildSync } from "esbuild";
import { describe, expect, test } from "vitest";
import { temporaryDirectory } from "./support/files.js";

const readme = readFileSync("README.md", "utf8");
const directory = temporaryDirectory();

/** The code block of a section. */
function program(section: string): string {
  const from = readme.indexOf(`\n## ${section}\n`);
  expect(from, section).toBeGreaterThan(0);
  return /```ts\n([^]*?)```/.exec(readme.slice(from))![1]!;
}

/** Standard output of a program that imports "perilune". */
function run(name: string, source: string): string {
  const entry = join(directory.path, `${name}.ts`);
  const bundle = join(directory.path, `${name}.mjs`);
  writeFileSync(entry, source);
  buildSync({ entryPoints: [entry], outfile: bundle, bundle: true, format: "esm", platform: "node", alias: { perilune: resolve("src/index.ts") }, define: { __DEV__: "true" }, logLevel: "error" });
  const { stdout, stderr } = spawnSync(process.execPath, [bundle], { encoding: "utf8" });
  expect(stderr).toBe("");
  return stdout;
}

describe("README.md", () => {
  test("quick start: 15 lines at most, and it prints what is said", () => {
    const source = program("Quick start");
    expect(source.trimEnd().split("\n").length).toBeLessThanOrEqual(15);
    const output = run("quick-start", source);
    expect(output).toBe("one apple costs 42\n126\ninstruction limit reached (1000000)\n");
    for (const line of output.trimEnd().split("\n")) expect(readme).toContain(`\`${line}\``);
  });

  test("the plain state", () => {
    expect(run("plain-state", program("Embedding"))).toBe("[ 42 ] [ 'working\\n' ]\n");
  });

  test("types of both check under strict", () => {
    for (const section of ["Quick start", "Embedding"]) writeFileSync(join(directory.path, `${section.replace(" ", "-")}.check.ts`), program(section));
    writeFileSync(join(directory.path, "tsconfig.json"), JSON.stringify({
      compilerOptions: {
        strict: true, noEmit: true, module: "esnext", moduleResolution: "bundler", target: "es2022", lib: ["es2023", "dom", "esnext.disposable"], types: [], skipLibCheck: true,
        paths: { perilune: [resolve("src/index.ts")] },
      },
      files: ["Quick-start.check.ts", "Embedding.check.ts"],
    }));
    const { stdout } = spawnSync(process.execPath, [resolve("node_modules/typescript/bin/tsc"), "-p", directory.path], { encoding: "utf8" });
    expect(stdout.split("\n").filter((line) => line.includes(".check.ts"))).toEqual([]);
  });
});
