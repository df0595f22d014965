// A copy of the project in which files are changed and tests are run; the project itself is never touched.
import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";

/** What the suite reads; everything else of the project stays out of the copy. */
const COPIED = ["src", "test", "spec-tests", "bench", "examples", "scripts", "docs", "dist", "package.json", "package-lock.json", "tsconfig.json",
  "tsconfig.types.json", "vitest.config.ts", "README.md", "ARCHITECTURE.md", "COMPATIBILITY.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "SECURITY.md"];
/**
 * Not asked: the test that mutants fit the source, which a source with a mutant in it fails, and the one whose bounds of time a busy machine
 * breaks without any mutant.
 */
const NOT_RUN = ["spec-tests/mutation.test.ts", "test/security/engine/exhaustion.test.ts"];

/** A test that failed. */
export interface Failure {
  /** Its file; undefined when the run as a whole failed. */
  readonly file?: string;
  readonly says: string;
}

interface TestReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

export class Workshop {
  private readonly copy = mkdtempSync(join(tmpdir(), "perilune-mutants-"));
  private running: ChildProcess | undefined;

  constructor(root: string) {
    for (const name of COPIED.filter((file) => existsSync(join(root, file)))) {
      cpSync(join(root, name), join(this.copy, name), { recursive: true, force: true, preserveTimestamps: true });
    }
    symlinkSync(join(root, "node_modules"), join(this.copy, "node_modules"));
  }

  /** Changes a file of the copy; the answer undoes it. */
  change(file: string, edit: (source: string) => string): () => void {
    const path = join(this.copy, file);
    const original = readFileSync(path, "utf8");
    writeFileSync(path, edit(original));
    return () => writeFileSync(path, original);
  }

  /** Runs test files (all of them when none is named), but not those excluded; answers the first failure, or undefined. */
  async firstFailure(tests: readonly string[], seconds: number, excluded: readonly string[] = []): Promise<Failure | undefined> {
    const report = join(this.copy, "report.json");
    rmSync(report, { force: true });
    const without = [...NOT_RUN, ...excluded.map((path) => (path.endsWith(".ts") ? path : `${path}/**`))].flatMap((path) => ["--exclude", path]);
    const status = await this.run(["run", "--bail", "1", "--reporter", "json", "--outputFile", report, ...without, ...tests], seconds);
    if (status === 0) return undefined;
    if (status === "killed") return { says: `time: not through after ${seconds} s` }; // a bug that loops for ever is noticed too
    return existsSync(report) ? this.failureIn(JSON.parse(readFileSync(report, "utf8")) as TestReport) : { says: "the run of the tests broke off" };
  }

  private failureIn({ testResults }: TestReport): Failure {
    for (const { name, status, message, assertionResults } of testResults) {
      const failed = assertionResults.find((result) => result.status === "failed");
      const file = relative(this.copy, name);
      if (failed !== undefined) return { file, says: `${file}: ${failed.fullName}`.slice(0, 160) };
      if (status === "failed" && message !== "") return { file, says: `${file}: ${message}`.replace(/\s+/g, " ").slice(0, 160) };
    }
    return { says: "the run of the tests failed" };
  }

  private run(args: readonly string[], seconds: number): Promise<number | "killed"> {
    return new Promise((done) => {
      // a group of its own, so that workers in an endless loop are ended with it
      this.running = spawn(process.execPath, ["node_modules/vitest/vitest.mjs", ...args], { cwd: this.copy, stdio: "ignore", detached: true });
      let killed = false;
      const timer = setTimeout(() => {
        killed = true;
        this.end();
      }, seconds * 1000);
      this.running.on("close", (status) => {
        clearTimeout(timer);
        this.end();
        this.running = undefined;
        done(killed ? "killed" : (status ?? 1));
      });
    });
  }

  /** Ends what runs, with its workers. */
  private end(): void {
    const pid = this.running?.pid;
    if (pid === undefined) return;
    try {
      process.kill(-pid, "SIGKILL");
    } catch {
      this.running?.kill("SIGKILL"); // no groups here, or it has ended
    }
  }

  close(): void {
    this.end();
    rmSync(this.copy, { recursive: true, force: true, maxRetries: 5 });
  }
}
