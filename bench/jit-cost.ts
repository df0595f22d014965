// What the emitting tier costs before it pays: writing and linking the JavaScript of a function, and the start of a program of
// 10,000 lines in which no function runs for long, against the interpreter alone, in turns.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { numberOption, readOptions } from "./lib/options.js";
import { clearProgress, progress } from "./lib/progress.js";
import { median, pairedRatio, showMs, showRatio } from "./lib/stats.js";
import { textTable } from "./lib/text-table.js";

const { options } = readOptions(
  "node --import tsx bench/jit-cost.ts [options]\nCost of compiling functions of about 100 instructions (goal: median below 0.1 ms), and the start of a program of\n" +
    "10,000 lines with the emitting tier on against off (goal: at most 1.2 times the time).",
  {
    functions: { value: "N", help: "functions compiled (1000)" },
    lines: { value: "N", help: "lines of the program (10000)" },
    calls: { value: "N", help: "calls of each of its functions (20)" },
    rounds: { value: "N", help: "starts of each kind (9)" },
    cli: { value: "FILE", help: "perilune's command (dist/cli.js)" },
  },
  process.argv.slice(2),
);
const count = Math.max(1, numberOption(options.functions, 1000, "functions"));
const lines = Math.max(100, numberOption(options.lines, 10_000, "lines"));
const calls = numberOption(options.calls, 20, "calls");
const rounds = Math.max(1, numberOption(options.rounds, 9, "rounds"));
const cli = options.cli ?? fileURLToPath(new URL("../dist/cli.js", import.meta.url));

/** A function of 14 lines and about 100 instructions: fields, elements, arithmetic, a loop, a branch, calls. */
function functionText(n: number): string {
  return `local function f${n}(t, a, b)
  local sum = a * ${n + 2} + b
  t.x${n % 50} = sum
  for i = 1, 3 do
    sum = sum + i * t.y - (t.list[i] or ${n})
    t.list[i] = sum % ${n + 7}
  end
  if sum > t.limit and a ~= b then t.count = t.count + 1 elseif t.name == "n${n}" then t.name = "other" end
  local min, max = math.min(a, b), math.max(a, b)
  local text = t.name .. ":" .. min
  t.total = (t.total + max) // 2 + #text
  local method = t.method
  return method(t, sum, max), text
end
`;
}

const HEAD = `local t = { y = 2, list = { 1, 2, 3 }, limit = 100, count = 0, name = "n", total = 0, method = function(t, a, b) return a - b end }\n`;
const body = functionText(0).split("\n").length - 1;

/** `functions` functions in blocks of their own, each called `times` times. */
function program(functions: number, times: number): string {
  let text = HEAD;
  for (let n = 0; n < functions; n++) text += `do\n${functionText(n)}for i = 1, ${times} do f${n}(t, i, ${n}) end\nend\n`;
  return `${text}print(t.count)\n`;
}

function perilune(args: readonly string[], jit: string): number {
  const from = process.hrtime.bigint();
  const { status, stderr } = spawnSync(process.execPath, [cli, ...args], { env: { ...process.env, PERILUNE_JIT: jit }, encoding: "latin1" });
  if (status !== 0) throw new Error(stderr);
  return Number(process.hrtime.bigint() - from) / 1e6;
}

const directory = mkdtempSync(join(tmpdir(), "perilune-jit-cost-"));
try {
  progress("compiling");
  const file = join(directory, "functions.lua");
  writeFileSync(file, program(count, 1));
  const table = join(directory, "table.txt");
  perilune(["jit-dump", "--all", "--summary", "--output", table, file], "always");
  const cells = readFileSync(table, "latin1").split("\n").map((line) => line.trim().split(/\s+/));
  const wanted = cells.filter((row) => /functions\.lua:\d+$/.test(row[0] ?? "") && row[2] === "1" && Number(row[1]) > 50)
    .sort((a, b) => Number(a[0]!.split(":")[1]) - Number(b[0]!.split(":")[1]));
  const [instructions, bytes, times] = [1, 4, 5].map((column) => wanted.map((row) => Number(row[column]))) as [number[], number[], number[]];

  const file2 = join(directory, "start.lua");
  const functions = Math.ceil(lines / (body + 3));
  writeFileSync(file2, program(functions, calls));
  const starts: Record<"off" | "auto", number[]> = { off: [], auto: [] };
  for (let round = 1; round <= rounds; round++) {
    for (const jit of ["off", "auto"] as const) {
      progress(`start ${round}/${rounds}, ${jit}`);
      starts[jit].push(perilune([file2], jit));
    }
  }
  clearProgress();
  const later = times.slice(Math.min(100, times.length >> 1));
  console.log(`${times.length} functions of ${median(instructions)} instructions, ${median(bytes)} bytes of JavaScript each (medians)`);
  console.log(textTable(["compiling a function", "ms"], [
    ["median", median(times).toFixed(3)],
    ["the first ten", times.slice(0, 10).map((ms) => ms.toFixed(2)).join(" ")],
    [`median after the first ${times.length - later.length}`, median(later).toFixed(3)],
    ["all", times.reduce((all, ms) => all + ms, 0).toFixed(0)],
  ]));
  console.log(`\nstart of a program of ${functions * (body + 3)} lines, each of ${functions} functions called ${calls} times`);
  console.log(textTable(["tier", "ms", "/ off"], [
    ["off", showMs(median(starts.off)), ""],
    ["auto", showMs(median(starts.auto)), showRatio(pairedRatio(starts.auto, starts.off))],
  ]));
} finally {
  rmSync(directory, { recursive: true });
}
