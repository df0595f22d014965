// Runs the official test suite of Lua, each file on its own: `perilune -e "_U=true" FILE` in the suite's directory.
import { spawn } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { numberOption, readOptions } from "../bench/lib/options.js";
import { clearProgress, progress } from "../bench/lib/progress.js";
import { textTable } from "../bench/lib/text-table.js";

const CLI = fileURLToPath(new URL("../dist/cli.js", import.meta.url));

const { options, rest } = readOptions(
  "npm run spec -- DIR [options]\nRuns every .lua file of the official suite in DIR (lua/lua's testes/). Ends with status 1 when a file fails.",
  {
    lua: { value: "PATH", help: "the command to test (the build in dist/)" },
    only: { value: "A,B", help: "only the files whose names contain one of these" },
    timeout: { value: "S", help: "seconds a file may take (300)" },
    jobs: { value: "N", help: "files at the same time (1)" },
    all: { help: "also run all.lua, which is the other files in one process" },
    heavy: { help: "also run heavy.lua, which takes gigabytes and many minutes" },
  },
  process.argv.slice(2),
);
const [directory] = rest;
if (directory === undefined || !existsSync(join(directory, "all.lua"))) {
  console.error(directory === undefined ? "a directory is needed (--help)" : `${directory}: no all.lua there, so it is not the suite`);
  process.exit(2);
}
if (options.lua === undefined && !existsSync(CLI)) {
  console.error("dist/cli.js is missing: run `npm run build` first");
  process.exit(2);
}

/** Loaded by other files; they test nothing by themselves. */
const LIBRARIES = new Set(["bwcoercion.lua", "tracegc.lua"]);

/** big.lua yields: all.lua runs it as a coroutine, and so must whoever runs it alone. */
const BIG = `local f = coroutine.wrap(assert(loadfile("big.lua"))); assert(f() == "b"); assert(f() == "a"); print("OK")`;

interface Result {
  readonly file: string;
  readonly verdict: "pass" | "FAIL" | "skips itself" | "TIMEOUT";
  readonly seconds: number;
  readonly note: string;
}

const wanted = options.only?.split(",") ?? [""];
const files = readdirSync(directory)
  .filter((file) => file.endsWith(".lua") && statSync(join(directory, file)).isFile() && !LIBRARIES.has(file))
  .filter((file) => (options.all !== undefined || file !== "all.lua") && (options.heavy !== undefined || file !== "heavy.lua"))
  .filter((file) => wanted.some((part) => file.includes(part)))
  .sort();
const limit = numberOption(options.timeout, 300, "timeout");
const command = options.lua === undefined ? [process.execPath, CLI] : [resolve(options.lua)];

const results: Result[] = [];
let next = 0;
const worker = async (): Promise<void> => {
  while (next < files.length) {
    const file = files[next++]!;
    progress(`[${results.length}/${files.length}] ${file}`);
    results.push(await run(file));
  }
};
process.on("SIGINT", () => {
  print();
  process.exit(130);
});
await Promise.all(Array.from({ length: Math.max(1, numberOption(options.jobs, 1, "jobs")) }, worker));
print();
process.exit(results.some(({ verdict }) => verdict === "FAIL" || verdict === "TIMEOUT") ? 1 : 0);

function run(file: string): Promise<Result> {
  return new Promise((done) => {
    const start = performance.now();
    const [program = "", ...before] = command;
    const script = file === "big.lua" ? ["-e", BIG] : [file];
    const child = spawn(program, [...before, "-e", "_U=true", ...script], { cwd: directory! });
    child.stdin.end(); // a pipe and not a file: files.lua seeks in it and expects to fail
    let out = "";
    let errors = "";
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill("SIGKILL");
    }, limit * 1000);
    child.stdout.on("data", (chunk: Buffer) => (out = (out + chunk.toString("latin1")).slice(-20_000)));
    child.stderr.on("data", (chunk: Buffer) => (errors = (errors + chunk.toString("latin1")).slice(0, 20_000)));
    child.on("error", (problem) => (errors += problem.message));
    child.on("close", (status, signal) => {
      clearTimeout(timer);
      const seconds = (performance.now() - start) / 1000;
      if (late) done({ file, verdict: "TIMEOUT", seconds, note: `more than ${limit} s` });
      else if (status !== 0) done({ file, verdict: "FAIL", seconds, note: firstLine(errors) || `status ${status ?? signal}` });
      else if (skipped(out)) done({ file, verdict: "skips itself", seconds, note: skipped(out)! });
      else done({ file, verdict: "pass", seconds, note: "" });
    });
  });
}

/** The reason a file gives for doing nothing; one that leaves out a part of itself still ends with an OK. */
function skipped(output: string): string | undefined {
  const reason = />>> (.*not active.*) <<</.exec(output);
  return reason !== null && !/^OK/im.test(output) ? reason[1] : undefined;
}

function firstLine(text: string): string {
  return (text.split("\n").find((line) => line.trim() !== "") ?? "").replace(/^lua: /, "").slice(0, 110);
}

function print(): void {
  clearProgress();
  results.sort((a, b) => (a.file < b.file ? -1 : 1));
  const rows = results.map(({ file, verdict, seconds, note }) => [basename(file), verdict, seconds.toFixed(2), note]);
  console.log(textTable(["file", "verdict", "s", "note"], rows));
  const count = (verdict: Result["verdict"]): number => results.filter((result) => result.verdict === verdict).length;
  console.log(`${results.length} files: ${count("pass")} pass, ${count("skips itself")} skip themselves, ${count("FAIL")} fail, ${count("TIMEOUT")} time out`);
}
