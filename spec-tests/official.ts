// The official test suite of Lua: each file on its own, as `perilune -e "_U=true" FILE` in the suite's directory.
import { spawn } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** Loaded by other files; they test nothing by themselves. */
const LIBRARIES = new Set(["bwcoercion.lua", "tracegc.lua"]);

/** big.lua yields: all.lua runs it as a coroutine, and so must whoever runs it alone. */
const BIG = `local f = coroutine.wrap(assert(loadfile("big.lua"))); assert(f() == "b"); assert(f() == "a"); print("OK")`;

export interface FileResult {
  readonly file: string;
  readonly verdict: "pass" | "FAIL" | "skips itself" | "TIMEOUT";
  readonly seconds: number;
  readonly note: string;
}

export interface SuiteOptions {
  /** Program and arguments of the Lua to test. */
  readonly command: readonly string[];
  /** Parts of names of the files to run; [""] for all. */
  readonly wanted: readonly string[];
  /** Also all.lua, which is the others in one process. */
  readonly all: boolean;
  /** Also heavy.lua, which takes gigabytes. */
  readonly heavy: boolean;
  /** Seconds a file may take. */
  readonly timeout: number;
  /** Files at the same time. */
  readonly jobs: number;
}

/** The files of the suite in `directory` that are tests of their own. */
export function suiteFiles(directory: string, { wanted, all, heavy }: Pick<SuiteOptions, "wanted" | "all" | "heavy">): string[] {
  return readdirSync(directory)
    .filter((file) => file.endsWith(".lua") && statSync(join(directory, file)).isFile() && !LIBRARIES.has(file))
    .filter((file) => (all || file !== "all.lua") && (heavy || file !== "heavy.lua"))
    .filter((file) => wanted.some((part) => file.includes(part)))
    .sort();
}

/** Runs the files; `results` grows as they end, `say` is told what begins. */
export async function runSuite(directory: string, files: readonly string[], options: SuiteOptions, results: FileResult[], say: (file: string) => void): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < files.length) {
      const file = files[next++]!;
      say(file);
      results.push(await run(directory, file, options));
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, options.jobs) }, worker));
  results.sort((a, b) => (a.file < b.file ? -1 : 1));
}

function run(directory: string, file: string, { command, timeout }: SuiteOptions): Promise<FileResult> {
  return new Promise((done) => {
    const start = performance.now();
    const [program = "", ...before] = command;
    const script = file === "big.lua" ? ["-e", BIG] : [file];
    const child = spawn(program, [...before, "-e", "_U=true", ...script], { cwd: directory });
    child.stdin.end(); // a pipe and not a file: files.lua seeks in it and expects to fail
    let out = "";
    let errors = "";
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill("SIGKILL");
    }, timeout * 1000);
    child.stdout.on("data", (chunk: Buffer) => (out = (out + chunk.toString("latin1")).slice(-20_000)));
    child.stderr.on("data", (chunk: Buffer) => (errors = (errors + chunk.toString("latin1")).slice(0, 20_000)));
    child.on("error", (problem) => (errors += problem.message));
    child.on("close", (status, signal) => {
      clearTimeout(timer);
      const seconds = (performance.now() - start) / 1000;
      if (late) done({ file, verdict: "TIMEOUT", seconds, note: `more than ${timeout} s` });
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
