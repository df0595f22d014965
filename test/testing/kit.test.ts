import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compile } from "../../src/compiler/compile.js";
import { expressionArbitrary, programArbitrary, statementArbitrary } from "../../src/testing/generate/program.js";
import { nativeOracle } from "../../src/testing/native-oracle.js";
import { observe } from "../../src/testing/observe.js";
import { portableProgramArbitrary } from "../../src/testing/generate/portable.js";
import { QUESTIONS, fengariOracle, periluneOracle, wasmoonOracle } from "../../src/testing/oracle.js";
import { OWN_PROPERTIES, comparedWith, difference } from "../../src/testing/properties.js";
import { builtCli } from "../support/cli.js";

describe("generators", () => {
  test("expressions and statements stand by themselves; hardly any program fails at run time", () => {
    fc.assert(fc.property(expressionArbitrary, (text) => void compile(`local x = ${text}`, "=e")), { numRuns: 300 });
    fc.assert(fc.property(statementArbitrary, (text) => void compile(text, "=s")), { numRuns: 300 });
    const endings = fc.sample(programArbitrary, { numRuns: 200, seed: 7 }).map((text) => observe(text, { instructions: 3e6 }).ending.split(" ")[0]);
    expect(endings.filter((ending) => ending === "returned").length).toBeGreaterThan(180);
    expect(endings).not.toContain("refused");
  });

  test("a program that is shrunk is still a program", () => {
    const tried: string[] = [];
    const found = fc.check(fc.property(programArbitrary, (text) => {
      tried.push(text);
      return !/\bwhile\b/.test(text);
    }), { seed: 3, numRuns: 500 });
    expect(found.failed).toBe(true);
    for (const text of tried) expect(() => compile(text, "=shrunk")).not.toThrow();
    const [minimal] = found.counterexample!;
    expect(minimal).toContain("while");
    expect(minimal.length).toBeLessThan(400);
  });
});

describe("observations", () => {
  test("tell how a text ended, and what it used", () => {
    expect(observe("return 1, 'a'").ending).toBe("returned number string");
    expect(observe("x =").ending).toMatch(/^refused program:1: unexpected symbol/);
    expect(observe("error('no', 0)")).toMatchObject({ ending: "raised no", output: "" });
    expect(observe("print(1) while true do end", { instructions: 500 })).toMatchObject({ ending: "limit instructions", output: "1\n" });
    expect(observe("local t = {}").allocated).toBe(observe("local t = {}", { jit: "always" }).allocated);
  });
});

describe("oracles", () => {
  test("a binary is asked about a batch in a process of its own", () => {
    const native = nativeOracle(builtCli());
    const ours = periluneOracle();
    const texts = ["print(1 + 1)", "x = = 1", "error({})", "", "local n = 0 for i = 1, 100 do n = n + i end return n"];
    for (const question of QUESTIONS) expect(native.ask(question, texts)).toEqual(ours.ask(question, texts));
    native.close();
    expect(() => nativeOracle("no-such-lua").ask("accepted", [""])).toThrow(/ENOENT/);
  });

  test("other Luas print the same, on programs that keep to what all of them share", async () => {
    const programs = fc.sample(portableProgramArbitrary, { numRuns: 150, seed: 11 });
    const ours = periluneOracle().ask("prints", programs);
    expect(new Set(ours).size).toBeGreaterThan(100); // they say something
    expect(ours.filter((answer) => answer.startsWith("ended well")).length).toBeGreaterThan(140);
    for (const make of [wasmoonOracle, fengariOracle]) {
      const oracle = await make();
      expect(oracle.ask("prints", programs), oracle.name).toEqual(ours);
      oracle.close();
    }
  });

  test("another version of Lua is asked about output only", async () => {
    const oracle = await fengariOracle();
    expect(comparedWith(oracle).map(({ name }) => name)).toEqual(["output"]);
    const [output] = comparedWith(oracle);
    expect(output!.check("print(1 // 1, 3 % 2)")).toBeUndefined();
    expect(output!.check("print(_VERSION)")).toMatch(/Lua 5.3[^]*Lua 5.4/);
  });

  test("a difference is noticed, and told by its first line", () => {
    const liar = { name: "liar", questions: QUESTIONS, ask: (_: string, texts: readonly string[]) => texts.map(() => "ended well \ninstructions 3\n2\n"), close() {} };
    const [behaviour] = comparedWith(liar);
    expect(behaviour!.check("print(1)")).toMatch(/^line 2\n {2}liar: instructions 3\n {2}perilune: instructions \d+$/);
    behaviour!.prepare!(["print(1)"]);
    expect(behaviour!.check("print(1)")).toBeDefined();
    expect(difference("a\nb", "a\nb", ["x", "y"])).toBeUndefined();
    expect(difference("a", "a\nb", ["x", "y"])).toBe("line 2\n  x: (nothing)\n  y: b");
  });

  test("the own properties hold for texts that do not compile", () => {
    for (const property of OWN_PROPERTIES) expect(property.check("x = = 1")).toBeUndefined();
  });
});
