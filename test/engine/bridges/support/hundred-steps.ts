// A process of its own for the workflow tests: 100 steps that all fail at their first tries, stopped as the arguments say.
// node hundred-steps.ts STATE JOURNAL (pause|kill|run) [STEP]: goes on from the file STATE if it exists, leaves the state there; each
// success is a line in JOURNAL; pauses after, or dies in, step number STEP; prints the status and output.
import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { Account } from "../../../../src/engine/bridges/services/budget.js";
import { WorkflowService } from "../../../../src/engine/bridges/services/workflow.js";
import type { SavedWorkflow, Step } from "../../../../src/engine/bridges/services/workflow-types.js";

const [stateFile, journal, mode, stopAt = "0"] = process.argv.slice(2) as [string, string, string, string?];
const failures = new Map<number, number>();

const store = (state: SavedWorkflow): void => {
  writeFileSync(`${stateFile}.new`, JSON.stringify(state));
  renameSync(`${stateFile}.new`, stateFile);
};
const workflows = new WorkflowService({
  account: new Account("the process"), checkpoint: store,
  runAgent: () => Promise.reject(new Error("no agents here")), runTool: () => Promise.reject(new Error("no tools here")),
});

const steps = Array.from({ length: 100 }, (_, i): Step => ({
  kind: "script", name: `s${i + 1}`, retry: { retries: 2, delay: 1 },
  run: async ({ previous, input }) => {
    const failed = failures.get(i) ?? 0;
    failures.set(i, failed + 1);
    if (failed < 1 + (i % 2)) throw new Error(`step ${i + 1} fails for the ${failed + 1}. time`);
    if (mode === "kill" && i + 1 === Number(stopAt)) process.kill(process.pid, "SIGKILL");
    if (mode === "pause" && i + 1 === Number(stopAt)) workflow.run!.pause();
    await new Promise((resolve) => { setImmediate(resolve); });
    appendFileSync(journal, `${i + 1}\n`);
    const { sum, seed } = (previous ?? { sum: 0, seed: (input as { seed: number }).seed }) as { sum: number; seed: number };
    return { sum: sum + (seed % 97), seed: (seed * 1103515245 + 12345) % 2147483648 };
  },
}));
const workflow = workflows.create({ name: "hundred", steps });

const saved = existsSync(stateFile) ? (JSON.parse(readFileSync(stateFile, "utf8")) as SavedWorkflow) : undefined;
const run = saved === undefined ? await workflows.execute(workflow, { seed: 42 }) : await workflows.resume(workflow, saved);
console.log(JSON.stringify({ status: run.status, output: run.output ?? null, attempts: Object.values(run.steps).reduce((sum, { attempts }) => sum + attempts, 0) }));
