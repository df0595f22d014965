// Verdicts about a change of speed, and the command that gives them.
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { changeOf, overall } from "../../bench/lib/verdict.js";
import { temporaryDirectory } from "../support/files.js";

describe("the change of a program", () => {
  test.each([
    ["clearly less time is faster", [100, 101, 102], [80, 81, 82], "faster"],
    ["clearly more time is slower", [100, 101, 102], [120, 121, 122], "slower"],
    ["a difference inside the spread is none", [100, 110, 120], [105, 112, 125], "same"],
    ["one slow spell does not decide", [100, 100, 100, 100, 400], [100, 100, 100, 100, 101], "same"],
    ["equal times are the same", [5], [5], "same"],
  ] as const)("%s", (_, before, after, verdict) => expect(changeOf(before, after)?.verdict).toBe(verdict));

  test("a machine that became slower is divided out", () => {
    expect(changeOf([100, 101, 102], [200, 202, 204], 2)?.verdict).toBe("same");
    expect(changeOf([100, 101, 102], [200, 202, 204], 2)?.ratio).toBeCloseTo(1, 5);
  });

  test("without times there is none", () => {
    expect(changeOf([], [1])).toBeUndefined();
    expect(overall([])).toBeUndefined();
  });
});

describe("all programs together", () => {
  const changes = (...ratios: number[]): NonNullable<ReturnType<typeof changeOf>>[] => ratios.map((ratio) => changeOf([100], [100 * ratio])!);
  test("faster when nearly all are", () => expect(overall(changes(0.8, 0.85, 0.82, 0.79))?.verdict).toBe("faster"));
  test("slower when nearly all are", () => expect(overall(changes(1.2, 1.25, 1.22, 1.19))?.verdict).toBe("slower"));
  test("the same when they go both ways", () => expect(overall(changes(0.8, 1.25, 0.9, 1.1))?.verdict).toBe("same"));
  test("the same when the change is small, however sure", () => expect(overall(changes(1.01, 1.011, 1.009, 1.01))?.verdict).toBe("same"));
});

describe("npm run bench:compare", () => {
  const directory = temporaryDirectory();
  const report = (name: string, perilune: number, wasmoon: number): string => {
    const times = (ms: number): { first: number[]; steady: number[] } => ({ first: [2 * ms], steady: [ms, ms * 1.01, ms * 0.99] });
    const file = join(directory.path, name);
    const about = { node: "", platform: "", rounds: 3, coldStarts: 1, warmRuns: 1 };
    writeFileSync(file, JSON.stringify({ about, rows: ["fib", "sort"].map((program) => ({ program, peers: { perilune: times(perilune), wasmoon: times(wasmoon) } })) }));
    return file;
  };
  const compare = (...args: string[]): { status: number | null; stdout: string } =>
    spawnSync(process.execPath, ["--import", "tsx", "bench/compare.ts", ...args], { encoding: "utf8" });

  test("says slower and ends with 1; faster and the same end with 0; nonsense ends with 2", () => {
    const before = report("before.json", 100, 50);
    const slower = compare(before, report("slower.json", 150, 50));
    expect(slower.stdout).toContain("perilune is slower (steady): 1.50");
    expect(slower.status).toBe(1);
    const same = compare(before, report("same.json", 150, 75)); // so is the other peer: the machine
    expect(same.stdout).toContain("perilune is as fast as before");
    expect(same.status).toBe(0);
    const faster = compare(before, report("faster.json", 50, 50));
    expect(faster.stdout).toContain("perilune is faster (steady): 0.50");
    expect(faster.status).toBe(0);
    expect(compare(join(directory.path, "absent.json")).status).toBe(2);
  });
});
