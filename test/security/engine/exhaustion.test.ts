// Every attack of the corpus that only limits stop, under each of them alone, in processes of their own: stopped with the right
// error, in time, without the process growing, the event loop turning all the while. A figure of time or memory that is over is
// measured again before it counts: the machine may have been busy with something else.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ATTACKS_FOLDER, type Attack, CODE_OF, LIMITS, MEMORY_FACTOR, type StopKind, readAttacks } from "../attack.js";
import type { AttackReport, AttackRequest } from "../run-attacks.js";

/** Times its limit of time within which an attack must be stopped. */
const TIME_FACTOR = 1.2;
/** On a machine that runs other tests meanwhile, V8's own collector and the script both get to run late. */
const IS_QUIET = process.env["PERILUNE_QUIET_MACHINE"] === "1";
/**
 * Milliseconds on top of the limit of time; PERILUNE_QUIET_MACHINE=1 takes the promise at its word. Elsewhere an attack has kept neither the
 * clock nor the processor busy for longer: it may have waited for a processor, but it cannot have worked.
 */
const SLACK = IS_QUIET ? 0 : 300;
/** Bytes on top of the limit of memory: garbage that V8 has not come to collect. */
const GARBAGE_SLACK = IS_QUIET ? 0 : 48_000_000;
/** Longest time in milliseconds that a script which can be preempted may keep the event loop from turning: slices and collections. */
const LONGEST_PAUSE = 1000;
/** How far a run without a limit of memory may grow the process: it stops after a million instructions or 200 ms. */
const UNLIMITED_GROWTH = 1_500_000_000;
/** The same for an attack that keeps little, but would keep much if strings shared memory in secret. */
const KEEPS_LITTLE = 25_000_000;
const TRIES = 4;
/** An attack that is not stopped at all fails after this many milliseconds. */
const PATIENCE = 120_000;
/** The same with the time that a test waits for others. */
const LONGEST_TEST = 10 * PATIENCE;

const folder = mkdtempSync(join(tmpdir(), "perilune-attacks-"));
const program = join(folder, "run-attacks.mjs");

beforeAll(async () => {
  const entry = fileURLToPath(new URL("../run-attacks.ts", import.meta.url));
  await build({ entryPoints: [entry], outfile: program, bundle: true, format: "esm", platform: "node", define: { __DEV__: "false" }, logLevel: "error" });
});

afterAll(() => {
  for (const { child } of lanes) child?.kill();
  rmSync(folder, { recursive: true });
});

/** Where one attack runs after the other, in one process; attacks on memory get a new process each. */
interface Lane {
  child: ChildProcess | undefined;
  /** Ends with the last attack that waits for the lane. */
  free: Promise<unknown>;
}

/** Attacks on time have the machine to themselves, others run two at a time. */
const lanes: readonly Lane[] = [{ child: undefined, free: Promise.resolve() }, { child: undefined, free: Promise.resolve() }];
let turn = 0;

function report(request: AttackRequest, isFresh: boolean): Promise<AttackReport> {
  const lane = lanes[request.kind === "time" ? 0 : turn++ % lanes.length]!;
  const result = lane.free.then(() => reportIn(lane, request, isFresh));
  lane.free = result.catch(() => {});
  return result;
}

function reportIn(lane: Lane, request: AttackRequest, isFresh: boolean): Promise<AttackReport> {
  if (isFresh) {
    lane.child?.kill();
    lane.child = undefined;
  }
  const child = (lane.child ??= spawn(process.execPath, ["--expose-gc", program], { stdio: ["pipe", "pipe", "inherit"] }));
  return new Promise((resolve, reject) => {
    const give = (act: () => void): void => {
      clearTimeout(timer);
      child.off("exit", onExit);
      lines.close();
      act();
    };
    const onExit = (code: number | null, signal: string | null): void => give(() => {
      lane.child = undefined;
      reject(new Error(`the process ended (${signal ?? `status ${code}`})`));
    });
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      onExit(null, `not stopped after ${PATIENCE} ms`);
    }, LONGEST_TEST);
    const lines = createInterface({ input: child.stdout! });
    lines.once("line", (line) => give(() => resolve(JSON.parse(line) as AttackReport)));
    child.once("exit", onExit);
    child.stdin!.write(`${JSON.stringify(request)}\n`);
  });
}

/** What a report must say whatever the machine does meanwhile. */
function outcomeOf({ code, limit, alive }: AttackReport): object {
  return { code, limit, alive };
}

/** What was over, in words; empty when all is well. */
function excesses(attack: Attack, kind: StopKind, { time, busy, growth, longestPause, busiestPause }: AttackReport): string[] {
  const found: string[] = [];
  const spent = IS_QUIET ? time : Math.min(time, busy);
  const pause = IS_QUIET ? longestPause : Math.min(longestPause, busiestPause);
  if (kind === "time" && spent > LIMITS.time * TIME_FACTOR + SLACK) found.push(`stopped after ${spent.toFixed(0)} ms`);
  const most = kind === "memory" ? LIMITS.memory * MEMORY_FACTOR + GARBAGE_SLACK : attack.name.startsWith("memory/") ? KEEPS_LITTLE : UNLIMITED_GROWTH;
  if (growth > most) found.push(`grew by ${(growth / 1e6).toFixed(0)} MB`);
  if (!attack.blocks && pause > LONGEST_PAUSE) found.push(`kept the event loop for ${pause.toFixed(0)} ms`);
  return found;
}

const attacks = readAttacks().filter(({ stops }) => stops.length > 0);

describe.each(["time", "memory", "instructions", "output", "hostCalls"] as const)("stopped by %s", (kind) => {
  const some = attacks.filter(({ stops }) => stops.includes(kind));
  (kind === "time" ? test : test.concurrent).each(some.map((attack) => [attack.name, attack] as const))("%s", async (name, attack) => {
    const request = { name, path: join(ATTACKS_FOLDER, `${name}.lua`), kind };
    let over: string[] = [];
    for (let i = 0; i < TRIES; i++) {
      const answer = await report(request, kind === "memory" || i > 0);
      expect(outcomeOf(answer), answer.message).toEqual({ code: CODE_OF[kind], limit: kind, alive: true });
      over = excesses(attack, kind, answer);
      if (over.length === 0) break;
    }
    expect(over).toEqual([]);
  }, LONGEST_TEST);

  test.runIf(kind === "instructions")("at the same instruction, ten times out of ten", async () => {
    for (const name of ["work/pcall-nested", "work/sort-comparator", "errors/tostring-loops", "gc/resurrects"]) {
      const used = new Set<number>();
      for (let i = 0; i < 10; i++) used.add((await report({ name, path: join(ATTACKS_FOLDER, `${name}.lua`), kind }, false)).used);
      expect([...used], name).toHaveLength(1);
    }
  }, PATIENCE);
});
