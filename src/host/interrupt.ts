// Ctrl-C for a program that never returns to Node's event loop, where signal handlers would run.
//
// A tiny worker sits in a `vm` script with `breakOnSigint`: on SIGINT Node breaks that script off, and the worker raises a flag
// in shared memory, which the meter's ticks look at. From then on SIGINT has its default action again until the flag is taken,
// so that a second Ctrl-C ends a program that does not get to a tick (as in C Lua). The worker takes milliseconds to start;
// only programs that run for a while get one.
import type * as WorkerThreads from "node:worker_threads";
import type { LuaState } from "../vm/state.js";
import { builtin } from "./builtin.js";
import type { StandardOutput } from "./node-streams.js";

/** Milliseconds of running before the worker is started. */
const START_AFTER = 30;
/** Output of a run is held back this long (ms) at most while the worker starts: who sees output may interrupt. */
const HOLD_OUTPUT = 1000;
const FLAG = 0;
const ARMED = 1;

const WATCHER = `
const { workerData } = require("node:worker_threads");
const { Script } = require("node:vm");
globalThis.shared = new Int32Array(workerData);
const wait = new Script("Atomics.store(shared, ${ARMED}, 1); Atomics.wait(shared, ${FLAG}, 0)");
for (;;) {
  try {
    wait.runInThisContext({ breakOnSigint: true });
  } catch {
    Atomics.store(shared, ${FLAG}, 1);
  }
  Atomics.wait(shared, ${FLAG}, 1);
}`;

export class InterruptWatch {
  private shared: Int32Array | undefined;
  private startAt = 0;

  constructor(private readonly output: StandardOutput) {}

  /** From now on Ctrl-C raises "interrupted!" in `state`, and its output is passed on as it runs. */
  attach(state: LuaState): void {
    state.meter.attend = (stoppable) => this.attend(stoppable);
  }

  /** Forgets an interrupt that came when nothing was running. */
  forget(): void {
    if (this.shared !== undefined && Atomics.load(this.shared, FLAG) === 1) this.release(this.shared);
  }

  private attend(stoppable: boolean): string | undefined {
    const { shared } = this;
    if (shared === undefined) {
      this.consider();
      return undefined;
    }
    if (this.output.dirty && (Atomics.load(shared, ARMED) === 1 || Date.now() - this.startAt > HOLD_OUTPUT)) this.output.drain();
    if (!stoppable || Atomics.load(shared, FLAG) === 0) return undefined;
    this.release(shared);
    return "interrupted!";
  }

  private release(shared: Int32Array): void {
    Atomics.store(shared, FLAG, 0);
    Atomics.notify(shared, FLAG);
  }

  /** Starts the worker once the program has run for a while. */
  private consider(): void {
    const now = Date.now();
    if (this.startAt === 0) this.startAt = now + START_AFTER;
    if (now < this.startAt) return;
    const memory = new SharedArrayBuffer(8);
    this.shared = new Int32Array(memory);
    const { Worker } = builtin<typeof WorkerThreads>("node:worker_threads");
    const worker = new Worker(WATCHER, {
      eval: true,
      workerData: memory,
      resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2, stackSizeMb: 1 },
    });
    worker.on("error", () => {}); // then Ctrl-C ends the program, as it would have before
    worker.unref();
  }
}
