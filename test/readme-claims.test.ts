// What README.md tells people to type exists: scripts, files, folders with tests, options.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { claimsOf, readmeClaims } from "../scripts/readme-claims.js";

const readme = readFileSync("README.md", "utf8");
const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as { scripts: Record<string, string> };
/** npm's own. */
const NPM = ["ci", "cit", "start", "test"];
const claims = readmeClaims();

const holdsTests = (path: string): boolean =>
  path.endsWith(".test.ts") ? existsSync(path) : existsSync(path) && statSync(path).isDirectory() &&
    readdirSync(path, { recursive: true, encoding: "utf8" }).some((file) => file.endsWith(".test.ts"));

describe("commands in README.md", () => {
  test("are found: one for each row of the table of claims, and those of the text", () => {
    const table = readme.slice(readme.indexOf("| Claim | Command |")).split("\n\n")[0]!.split("\n").slice(2);
    expect(table.length).toBeGreaterThan(15);
    for (const row of table) expect(claimsOf(row).length, row).toBeGreaterThan(0);
    expect(claims.map(({ command }) => command)).toEqual(expect.arrayContaining(["npm cit", "npm run attacks", "npx vitest run test/readme-claims.test.ts"]));
  });

  test.each(claims.map(({ command }) => command))("%s", (command) => {
    const [program, ...words] = command.split(" ");
    if (program === "npm") {
      const [action, script] = words;
      if (action !== "run") expect(NPM).toContain(action);
      else expect(Object.keys(scripts)).toContain(script);
      return;
    }
    expect(command).toMatch(/^npx vitest run \S/);
    for (const path of words.slice(2)) expect(holdsTests(path), path).toBe(true);
  });

  test("scripts that they name exist, and take the options they are given", () => {
    for (const [name, line] of Object.entries(scripts)) {
      for (const [file] of line.matchAll(/[\w/.-]+\.(?:ts|mjs)\b/g)) expect(existsSync(file), `${name}: ${file}`).toBe(true);
    }
    for (const { command } of claims) {
      const [, script, given] = /^npm run (\S+) -- (.*)$/.exec(command) ?? [];
      const wanted = given?.match(/--[\w-]+/g);
      if (wanted == null) continue;
      const { stdout, status } = spawnSync(process.execPath, [...scripts[script!]!.split(" ").slice(1), "--help"], { encoding: "utf8" });
      expect(status, command).toBe(0);
      for (const option of wanted) expect(stdout, command).toContain(option);
    }
  });
});

test("the speed it names is the one that docs/benchmarks.md has", () => {
  const named = /it takes ([\d.]+) × the time of native C Lua/.exec(readme)?.[1];
  const table = /<!-- section programs -->[^]*?<!-- end -->/.exec(readFileSync("docs/benchmarks.md", "utf8"))![0];
  const [, header] = /\n\| (program .*) \|\n/.exec(table)!;
  const column = header!.split(" | ").indexOf("steady / lua5.4 [spread]");
  const means = /\| \*\*geometric mean\*\* (.*) \|\n/.exec(table)![0].slice(2).split(" | ");
  expect(named).toBe(/[\d.]+/.exec(means[column]!)![0]);
});
