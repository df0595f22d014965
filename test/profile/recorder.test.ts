import { readFileSync, readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { SIZE } from "../../src/vm/accounting.js";
import { createState } from "../../src/index.js";
import { cpuProfile, samples, sampleInterval, speedscope } from "../../src/profile/export.js";
import { flameGraph } from "../../src/profile/flame.js";
import { type CallNode, Recorder } from "../../src/profile/recorder.js";
import { annotatedSource, functionRows, functionTable, lineUsage } from "../../src/profile/report.js";

/** Runs a program under the recorder; also what the meter says the run used. */
function profile(text: string): { recorder: Recorder; instructions: number; charged: number; allocated: number } {
  const state = createState({ jit: "off" });
  const main = state.load(text, "@p.lua");
  const { meter, memory } = state;
  const before = [meter.instructions, meter.charged, memory.allocated] as const;
  const recorder = new Recorder(state, true);
  recorder.start();
  try {
    state.call(main);
  } finally {
    recorder.stop();
  }
  return { recorder, instructions: meter.instructions - before[0], charged: meter.charged - before[1], allocated: memory.allocated - before[2] };
}

const rowOf = (recorder: Recorder, name: string) => functionRows(recorder).find((row) => row.name.startsWith(`${name} `))!;

describe("the recorder", () => {
  test("counts every instruction, unit and byte exactly once, in programs of every kind", () => {
    for (const name of ["coroutines", "closures", "varargs", "pcall", "metamethods", "sort"]) {
      const text = readFileSync(`bench/programs/${name}.lua`, "latin1").replace(/\d\d\d\d+/g, "200");
      const { recorder, instructions, charged, allocated } = profile(text);
      const total = recorder.total();
      expect({ name, instructions: total.instructions }).toEqual({ name, instructions });
      expect(total.work).toBeLessThanOrEqual(charged);
      expect(total.bytes).toBeLessThanOrEqual(allocated);
      expect(total.bytes).toBeGreaterThan(0.9 * allocated); // the rest: the call from the host, before the first instruction
      const nodes: CallNode[] = [recorder.root];
      for (let i = 0; i < nodes.length; i++) nodes.push(...nodes[i]!.children.values());
      expect(nodes.reduce((sum, node) => sum + node.instructions, 0)).toBe(instructions);
    }
  });

  test("the program does the same as without it", () => {
    for (const file of readdirSync("examples/lua").filter((name) => name.endsWith(".lua")).slice(0, 3)) {
      const text = readFileSync(`examples/lua/${file}`, "latin1").replace(/^#.*/, "");
      const plain = createState({ jit: "off" });
      const main = plain.load(text, "@p.lua");
      const before = plain.meter.instructions;
      let failed = false;
      try {
        plain.call(main);
      } catch {
        failed = true;
      }
      if (!failed) expect(profile(text).instructions).toBe(plain.meter.instructions - before);
    }
  });

  test("calls are calls, and jumps to the first instruction are not", () => {
    const { recorder } = profile(`
      local function jumps(n) while n > 0 do n = n - 1 end end
      local function varargs(...) return select("#", ...) end
      local tail; function tail(n) if n > 0 then return tail(n - 1) end end
      jumps(50) jumps(50)
      for i = 1, 7 do varargs(i, i) end
      tail(9)
      local sorted = {5, 4, 3, 2, 1}
      local compared = 0
      local function less(a, b) compared = compared + 1 return a < b end
      table.sort(sorted, less)
      assert(compared > 3)
      COMPARED = compared`);
    expect(rowOf(recorder, "jumps").calls).toBe(2);
    expect(rowOf(recorder, "varargs").calls).toBe(7);
    expect(rowOf(recorder, "tail").calls).toBe(10);
    expect(functionRows(recorder).find((row) => row.name.includes(":10)"))!.calls).toBeGreaterThan(3);
  });

  test("totals have callees in, once for recursion", () => {
    const { recorder, instructions } = profile(`
      local function leaf() local x = 1 return x end
      local function fib(n) leaf() if n < 2 then return n end return fib(n - 1) + fib(n - 2) end
      fib(10)`);
    const [main, fib, leaf] = ["main", "fib", "leaf"].map((name) => rowOf(recorder, name));
    expect(main!.total).toBe(instructions);
    expect(fib!.calls).toBe(177);
    expect(fib!.total).toBe(fib!.self.instructions + leaf!.self.instructions);
    expect(main!.total).toBe(main!.self.instructions + fib!.total);
  });

  test("coroutines belong to who resumes them; deep recursion is folded, not lost", () => {
    const { recorder, instructions } = profile(`
      local function body() for i = 1, 10 do coroutine.yield(i) end end
      local function drive() local co = coroutine.wrap(body) for i = 1, 10 do co() end end
      drive()
      local function deep(n) if n == 0 then return 0 end return 1 + deep(n - 1) end
      deep(3000)`);
    expect(rowOf(recorder, "drive").total).toBeGreaterThan(rowOf(recorder, "drive").self.instructions);
    expect(recorder.total().instructions).toBe(instructions);
    expect(rowOf(recorder, "deep").calls).toBe(3001);
  });

  test("lines: all of a chunk's instructions are on one, and allocation is where it happens", () => {
    const { recorder, instructions } = profile("local s = ''\nfor i = 1, 100 do\n  s = s .. 'x'\nend\nlocal t = {}\nreturn #s\n");
    const lines = lineUsage(recorder.functions.values(), "@p.lua");
    expect(lines.reduce((sum, line) => sum + (line?.instructions ?? 0), 0)).toBe(instructions);
    expect(lines[3]!.bytes).toBeGreaterThan(2400);
    expect(lines[5]!.bytes).toBe(SIZE.table);
    const text = annotatedSource(recorder, "@p.lua", "local s = ''\r\nfor i = 1, 100 do\r\n  s = s .. 'x'\r\nend\r\nlocal t = {}\r\nreturn #s\r\n");
    expect(text.split("\n")).toHaveLength(8);
    expect(text).toMatch(/ 3 {4}s = s \.\. 'x'\n/);
  });
});

describe("exports", () => {
  const { recorder, instructions } = profile(`
    local function cold() local x = 0 for i = 1, 1000 do x = x + i end return x end
    local function hot() local x = 0 for i = 1, 9000 do x = x + i end return x end
    for i = 1, 20 do hot() cold() end`);

  test("samples agree with the exact counts", () => {
    const interval = 97;
    const taken = samples(recorder.stretches, interval);
    expect(taken).toHaveLength(Math.floor(instructions / interval));
    for (const name of ["hot", "cold"]) {
      const exact = rowOf(recorder, name).self.instructions / instructions;
      const sampled = taken.filter((node) => node.name.startsWith(`${name} `)).length / taken.length;
      expect(Math.abs(sampled - exact)).toBeLessThan(0.005);
    }
  });

  test(".cpuprofile: a tree, as many deltas as samples, hits that add up", () => {
    const made = JSON.parse(cpuProfile(recorder.root, recorder.stretches, 10)) as {
      nodes: { id: number; hitCount: number; children: number[]; callFrame: { functionName: string; url: string; lineNumber: number } }[];
      samples: number[]; timeDeltas: number[]; endTime: number;
    };
    expect(made.timeDeltas).toHaveLength(made.samples.length);
    expect(made.nodes.reduce((sum, node) => sum + node.hitCount, 0)).toBe(made.samples.length);
    const children = made.nodes.flatMap((node) => node.children);
    expect(new Set(children).size).toBe(made.nodes.length - 1);
    expect(made.nodes.find((node) => node.callFrame.functionName.startsWith("hot"))!.callFrame).toMatchObject({ url: "p.lua", lineNumber: 2 });
  });

  test("speedscope: stacks of frames that exist", () => {
    const made = JSON.parse(speedscope(recorder.root, recorder.stretches, 10, "p")) as {
      shared: { frames: { name: string }[] }; profiles: { samples: number[][]; weights: number[] }[];
    };
    const [only] = made.profiles;
    expect(only!.weights).toHaveLength(only!.samples.length);
    const names = only!.samples.at(-2)!.map((i) => made.shared.frames[i]!.name);
    expect(names.slice(-2)[0]).toMatch(/^main chunk/);
  });

  test("the flame graph names the functions and is no way into a page", () => {
    const svg = flameGraph(recorder.root, "<script>alert(1)</script>");
    expect(svg).toContain("hot (p.lua:3)");
    expect(svg).not.toContain("<script>");
    expect(svg.match(/<g>/g)!.length).toBe(svg.match(/<\/g>/g)!.length);
  });

  test("an interval that keeps files small, and a table cut where asked", () => {
    expect(sampleInterval(10)).toBe(1);
    expect(sampleInterval(1e9)).toBe(20_000);
    expect(functionTable(recorder, 1)).toMatch(/\(and \d+ more\)\n$/);
  });
});
