// Runs attacks and tells what they did to the process: meant for a process of its own, with --expose-gc. Each line of standard
// input is a request {name, kind}; each line of output the report.
import { readFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { ScriptError } from "../../src/engine/errors.js";
import { LIMITS, type StopKind, readAttack } from "./attack.js";
import { attackSource, attackWorld } from "./attack-world.js";

export interface AttackRequest {
  /** "category/name". */
  readonly name: string;
  /** File of the attack. */
  readonly path: string;
  /** The one limit that it runs under. */
  readonly kind: StopKind;
}

export interface AttackReport {
  readonly name: string;
  readonly kind: StopKind;
  /** Code and message of the ScriptError that ended it; code "none" when it ended by itself, "foreign" for any other exception. */
  readonly code: string;
  readonly message: string;
  /** Which limit the error names. */
  readonly limit: string | undefined;
  /** Milliseconds from start to end. */
  readonly time: number;
  /** Milliseconds of processor time from start to end. */
  readonly busy: number;
  /** Bytes by which the process grew at its largest, beyond what it had when the engine was warm. */
  readonly growth: number;
  /** Longest time in milliseconds that the event loop did not turn. */
  readonly longestPause: number;
  /** The most milliseconds of processor time that its thread used meanwhile: what a pause is on a machine that does nothing else. */
  readonly busiestPause: number;
  /** Units used, for what must be the same in every run. */
  readonly used: number;
  /** The context could still be used to look at, and be disposed. */
  readonly alive: boolean;
}

const collect = (globalThis as { gc?: () => void }).gc ?? (() => {});

/** Bytes in memory now, and the most there were since {@link resetPeak}; from the system where it tells, else one figure for all of the process's life. */
function memory(): { now: number; peak: number } {
  try {
    const status = readFileSync("/proc/self/status", "utf8");
    const kilobytes = (name: string): number => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)![1]);
    return { now: kilobytes("VmRSS") * 1024, peak: kilobytes("VmHWM") * 1024 };
  } catch {
    return { now: process.memoryUsage.rss(), peak: process.resourceUsage().maxRSS * 1024 };
  }
}

/** Milliseconds for which this process has kept a processor busy. */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** The same for the thread that runs scripts alone, where the system tells. */
function threadTime(): number {
  try {
    return Number(readFileSync("/proc/thread-self/schedstat", "utf8").split(" ")[0]) / 1e6;
  } catch {
    return processorTime();
  }
}

function resetPeak(): void {
  try {
    writeFileSync("/proc/self/clear_refs", "5");
  } catch {
    // the peak of the whole life it is, then
  }
}

/** An ordinary script that makes much garbage, so that what V8 takes for itself is there before the measurement. */
async function warm(): Promise<void> {
  const { engine, context } = attackWorld({ policy: "restricted" }, {});
  await context.execute("local t = {} for i = 1, 300000 do t[i % 1000] = {tostring(i), {i}, function() return i end} end");
  await context.execute("local s = {} for i = 1, 300 do s[i % 10] = ('x'):rep(100000) .. i end");
  engine.dispose();
}

async function run({ name, path, kind }: AttackRequest): Promise<AttackReport> {
  const attack = readAttack(path, name);
  collect();
  collect();
  const before = memory();
  resetPeak();
  const { engine, context } = attackWorld(attack, { [kind]: LIMITS[kind] });
  let longestPause = 0;
  let busiestPause = 0;
  let last = performance.now();
  let lastBusy = threadTime();
  const look = (): void => {
    const now = performance.now();
    const busyNow = threadTime();
    longestPause = Math.max(longestPause, now - last);
    busiestPause = Math.max(busiestPause, busyNow - lastBusy);
    last = now;
    lastBusy = busyNow;
  };
  const timer = setInterval(look, 2);
  const from = performance.now();
  const busyFrom = processorTime();
  let outcome: Pick<AttackReport, "code" | "message" | "limit">;
  try {
    await context.execute(attackSource(attack));
    outcome = { code: "none", message: "", limit: undefined };
  } catch (error) {
    outcome = error instanceof ScriptError
      ? { code: error.code, message: error.message.slice(0, 200), limit: error.limit }
      : { code: "foreign", message: String(error), limit: undefined };
  }
  const time = performance.now() - from;
  const busy = processorTime() - busyFrom;
  const { peak } = memory();
  look();
  clearInterval(timer);
  const alive = context.state === "error" && context.statistics.errors === 1 && typeof context.getGlobal("_VERSION") === "string";
  const used = context.statistics.instructions + context.statistics.libraryWork;
  context.dispose();
  engine.dispose();
  return { name, kind, ...outcome, time, busy, growth: Math.max(0, peak - before.now), longestPause, busiestPause, used, alive };
}

await warm();
for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await run(JSON.parse(line) as AttackRequest))}\n`);
}
