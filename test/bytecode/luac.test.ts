import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { undump } from "../../src/bytecode/undump.js";
import { verify } from "../../src/bytecode/verify.js";
import { FileFailure, luac, type LuacHost } from "../../src/cli/commands/luac.js";
import { startNativeCompiler, type Compile } from "./native-chunks.js";

let compile: Compile;
let close: () => void;
beforeAll(async () => ({ compile, close } = await startNativeCompiler()));
afterAll(() => close());

interface Result {
  code: number;
  out: string;
  err: string;
  files: Record<string, string>;
}

/** Runs luac over files in memory. */
function run(args: string[], files: Record<string, string> = {}, stdin = ""): Result {
  const result: Result = { code: 0, out: "", err: "", files: { ...files } };
  const host: LuacHost = {
    read: (name) => {
      if (name === undefined) return stdin;
      return result.files[name] ?? fail("open", "No such file or directory");
    },
    write: (name, contents) => {
      if (name === undefined) result.out += contents;
      else if (name.startsWith("/no/")) fail("open", "No such file or directory");
      else result.files[name] = contents;
    },
    error: (text) => void (result.err += text),
  };
  result.code = luac(args, host);
  return result;
}

function fail(operation: "open" | "read", reason: string): never {
  throw new FileFailure(operation, reason);
}

const SOURCE = "local x <const> = 5\nfunction f() return x, y end\n";

describe("chunks", () => {
  test("the default output", () => {
    const { code, out, err, files } = run(["a.lua"], { "a.lua": SOURCE });
    expect({ code, out, err }).toEqual({ code: 0, out: "", err: "" });
    expect(files["luac.out"]).toBe(compile(SOURCE, "@a.lua"));
  });

  test("-o, -s, standard input and output", () => {
    expect(run(["-o", "x", "-s", "a.lua"], { "a.lua": SOURCE }).files["x"]).toBe(compile(SOURCE, "@a.lua", true));
    expect(run(["-o", "-", "-"], {}, SOURCE).out).toBe(compile(SOURCE, "=stdin"));
  });

  test("a first line with # and a chunk as input", () => {
    expect(run(["-o", "-", "a.lua"], { "a.lua": `#!/bin/lua\n${SOURCE}` }).out).toBe(compile(`\n${SOURCE}`, "@a.lua"));
    expect(run(["-o", "-", "a.luac"], { "a.luac": compile(SOURCE, "@a.lua") }).out).toBe(compile(SOURCE, "@a.lua"));
  });

  test("-p writes nothing", () => {
    expect(run(["-p", "a.lua"], { "a.lua": SOURCE })).toMatchObject({ code: 0, out: "", files: { "a.lua": SOURCE } });
    expect(Object.keys(run(["-p", "a.lua"], { "a.lua": SOURCE }).files)).toEqual(["a.lua"]);
  });

  test("several files become one function that calls each", () => {
    const { files } = run(["a.lua", "b.lua"], { "a.lua": "x = 1", "b.lua": "return x" });
    const proto = undump(files["luac.out"]!, "=x");
    verify(proto);
    expect([proto.source, ...proto.protos.map((p) => p.source)]).toEqual(["=(luac)", "@a.lua", "@b.lua"]);
    expect(proto.protos.map((p) => p.upvalues)).toEqual(Array(2).fill([{ name: "_ENV", inStack: false, index: 0, kind: 0 }]));
    expect(run(["-l", "luac.out"], files).out).toContain([
      "main <(luac):0,0> (6 instructions at 0x000000000080)",
      "0+ params, 2 slots, 1 upvalue, 0 locals, 0 constants, 2 functions",
      "\t1\t[-]\tVARARGPREP\t0",
      "\t2\t[-]\tCLOSURE  \t0 0\t; 0x000000000100",
      "\t3\t[-]\tCALL     \t0 1 1\t; 0 in 0 out",
      "\t4\t[-]\tCLOSURE  \t0 1\t; 0x000000000180",
      "\t5\t[-]\tCALL     \t0 1 1\t; 0 in 0 out",
      "\t6\t[-]\tRETURN   \t0 1 1\t; 0 out",
    ].join("\n"));
  });
});

describe("listings", () => {
  test("-l lists and writes, -l -l lists more", () => {
    const short = run(["-l", "a.lua"], { "a.lua": "return 'k'" });
    expect(short.out).toContain("\t2\t[1]\tLOADK    \t0 0\t; \"k\"\n");
    expect(short.files["luac.out"]).toBe(compile("return 'k'", "@a.lua"));
    expect(run(["-l", "-l", "-p", "a.lua"], { "a.lua": "return 'k'" }).out).toContain("constants (1) for 0x000000000080:\n\t0\tS\t\"k\"\n");
  });

  test("without files -l and -p take luac.out and leave it", () => {
    const chunk = compile(SOURCE, "@a.lua");
    expect(run(["-l"], { "luac.out": chunk })).toMatchObject({ code: 0, files: { "luac.out": chunk } });
    expect(run(["-p"]).err).toBe("luac: cannot open luac.out: No such file or directory\n");
  });
});

describe("messages and exit codes", () => {
  const usage = (args: string[]): string[] => {
    const { code, err } = run(args);
    expect(code).toBe(1);
    return err.split("\n").slice(0, 2);
  };

  test("the command line", () => {
    const heading = "usage: luac [options] [files]";
    expect(usage([])).toEqual(["luac: no input files given", heading]);
    expect(usage(["-x"])).toEqual(["luac: unrecognized option '-x'", heading]);
    expect(usage(["-ll"])).toEqual(["luac: unrecognized option '-ll'", heading]);
    for (const args of [["-o"], ["-o", ""], ["-o", "-l", "a.lua"]]) expect(usage(args)).toEqual(["luac: '-o' needs argument", heading]);
  });

  test("options end at a file, at -- and at -", () => {
    expect(run(["--", "-x"]).err).toBe("luac: cannot open -x: No such file or directory\n");
    expect(run(["-p", "a.lua", "-l"], { "a.lua": "" }).err).toBe("luac: cannot open -l: No such file or directory\n");
  });

  test("-v", () => {
    expect(run(["-v"])).toMatchObject({ code: 0, err: "" });
    expect(run(["-v", "--"])).toMatchObject({ code: 0, err: "" });
    expect(run(["-v"]).out).toMatch(/^Lua 5\.4/);
    expect(run(["-v", "-p", "a.lua"], { "a.lua": "x =" }).code).toBe(1);
  });

  test("bad sources, bad chunks, bad files", () => {
    expect(run(["bad.lua"], { "bad.lua": "x = = 1" })).toMatchObject({ code: 1, err: "luac: bad.lua:1: unexpected symbol near '='\n" });
    expect(run(["-"], {}, "x =")).toMatchObject({ code: 1, err: "luac: stdin:1: unexpected symbol near <eof>\n" });
    expect(run(["bad.luac"], { "bad.luac": "\x1bLua" }).err).toBe("luac: bad.luac: bad binary format (truncated chunk)\n");
    expect(run(["a.lua"]).err).toBe("luac: cannot open a.lua: No such file or directory\n");
    expect(run(["-o", "/no/where", "a.lua"], { "a.lua": "" })).toMatchObject({
      code: 1, err: "luac: cannot open /no/where: No such file or directory\n",
    });
  });
});
