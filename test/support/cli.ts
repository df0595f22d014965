// Running the built command as users do: a process of its own.
import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

const CLI = join(process.cwd(), "dist", "cli.js");

function newestChange(directory: string): number {
  return Math.max(...readdirSync(directory, { recursive: true, encoding: "utf8" }).map((name) => statSync(join(directory, name)).mtimeMs));
}

let checked = false;

/** Path of dist/cli.js, built again when the sources have changed since. */
export function builtCli(): string {
  if (checked) return CLI;
  checked = true;
  let built = 0;
  try {
    built = statSync(CLI).mtimeMs;
  } catch {
    // not built yet
  }
  if (built < newestChange("src")) {
    const build = spawnSync(process.execPath, ["scripts/build.mjs", "--only-cli"], { encoding: "utf8" });
    if (build.status !== 0) throw new Error(`the build failed:\n${build.stderr}`);
  }
  return CLI;
}

export interface CliRun {
  readonly code: number | null;
  readonly out: string;
  /** Standard error, with the command's path as "perilune". */
  readonly err: string;
}

/** Runs the command with `args`; texts are byte strings. */
export function cli(args: readonly string[], options: { input?: string; env?: Record<string, string>; cwd?: string } = {}): CliRun {
  const path = builtCli();
  const run: SpawnSyncReturns<Buffer> = spawnSync(process.execPath, [path, ...args], {
    input: Buffer.from(options.input ?? "", "latin1"),
    env: { PATH: process.env["PATH"] ?? "", HOME: process.env["HOME"] ?? "", ...options.env },
    cwd: options.cwd ?? process.cwd(),
    timeout: 60_000,
  });
  return { code: run.status, out: run.stdout.toString("latin1"), err: run.stderr.toString("latin1").replaceAll(path, "perilune") };
}
