// npm run claims: the commands behind the README's claims, one after the other, as somebody who doubts them would type them.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { readOptions } from "../bench/lib/options.js";
import { textTable } from "../bench/lib/text-table.js";
import { readmeClaims } from "./readme-claims.js";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
/** They install or run everything, this script among it. */
const APART = ["npm ci", "npm cit", "npm run claims"];

const { options } = readOptions(
  "npm run claims -- [options]\nRuns the commands behind the claims of README.md. Takes an hour; ends with status 1 when one fails.",
  {
    only: { value: "A,B", help: "only the commands that contain one of these" },
    list: { help: "list the commands and end" },
  },
  process.argv.slice(2),
);
const wanted = options.only?.split(",") ?? [""];
const claims = readmeClaims().filter(({ command }) => !APART.includes(command) && wanted.some((part) => command.includes(part)));

const rows: string[][] = [];
for (const { command, needsArgument } of claims) {
  if (options.list !== undefined || needsArgument) {
    rows.push([command, "", needsArgument ? "needs an argument of yours" : ""]);
    continue;
  }
  console.log(`\n$ ${command}`);
  const start = performance.now();
  const { status } = spawnSync(command, { cwd: ROOT, shell: true, stdio: ["ignore", "inherit", "inherit"] });
  rows.push([command, `${((performance.now() - start) / 1000).toFixed(0)} s`, status === 0 ? "holds" : `FAILS (${status})`]);
}
console.log(`\n${textTable(["command", "time", ""], rows)}`);
process.exit(rows.some(([, , outcome]) => outcome!.startsWith("FAILS")) ? 1 : 0);
