import { describe, expect, test } from "vitest";
import { createState } from "../../src/index.js";
import { Tracer } from "../../src/profile/trace.js";

function trace(text: string, ...options: [limit?: number, wanted?: (line: number) => boolean]): { lines: string[]; instructions: number } {
  const [limit, wanted = () => true] = options;
  const state = createState({ jit: "off" });
  const main = state.load(text, "@p.lua");
  let out = "";
  const before = state.meter.instructions;
  const tracer = new Tracer(state, (line) => (out += line), limit, ({ lineDefined }) => wanted(lineDefined));
  tracer.start();
  try {
    state.call(main);
  } catch {
    // the trace ends with the instruction that failed
  } finally {
    tracer.stop();
  }
  return { lines: out.split("\n").slice(0, -1).map((line) => line.replace(/\s+/g, " ")), instructions: state.meter.instructions - before };
}

describe("the tracer", () => {
  test("a line an instruction, with what it reads and what it writes", () => {
    const { lines, instructions } = trace("local a = 20\nlocal b = a * 2 + 2\nreturn b");
    expect(lines).toHaveLength(instructions);
    expect(lines[0]).toBe("p.lua:1 2 LOADI 0 20 | -> R0 = 20");
    expect(lines[1]).toBe("p.lua:2 3 MULK 1 0 0 ; 2 | R0 a = 20 -> R1 = 40");
    expect(lines[2]).toBe("p.lua:2 5 ADDI 1 1 2 | R1 = 40 -> R1 = 42");
    expect(lines[3]).toBe("p.lua:3 7 RETURN 1 2 1 ; 1 out | R1 b = 42");
  });

  test("arguments of calls, depth, strings in quotes, results when the caller goes on", () => {
    const { lines } = trace("local function f(s, t) return s end\nlocal x = f('a\\0b', {})");
    expect(lines.find((line) => line.includes("CALL"))).toMatch(/R1 = function, R2 = "a\\u0000b", R3 = table$/);
    expect(lines.some((line) => /^p\.lua:1 1 RETURN1 0 \| R0 s = "a/.test(line))).toBe(true);
  });

  test("a limit, and functions left out", () => {
    const text = "local function f() local x = 1 end\nfor i = 1, 100 do f() end";
    expect(trace(text, 10).lines).toHaveLength(10);
    expect(trace(text, undefined, (line) => line === 1).lines.every((line) => line.startsWith("p.lua:1 "))).toBe(true);
  });

  test("the instruction that fails is the last one", () => {
    const { lines } = trace("local t = nil\nlocal x = t.y");
    expect(lines.at(-1)).toBe('p.lua:2 3 GETFIELD 1 0 0 ; "y" | R0 t = nil');
  });
});
