import { writeFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { parseQuantity } from "../../src/cli/units.js";
import { cli } from "../support/cli.js";
import { temporaryDirectory } from "../support/files.js";

const directory = temporaryDirectory();
let loop = "";
let grow = "";

function script(name: string, text: string): string {
  const path = `${directory.path}/${name}`;
  writeFileSync(path, text);
  return path;
}

beforeAll(() => {
  loop = script("loop.lua", "pcall(function() while true do end end) print('escaped')");
  grow = script("grow.lua", "pcall(function() local t = {} while true do t[#t + 1] = {} end end) print('escaped')");
});

describe("limits", () => {
  test("each ends the run with one line and exit code 3, and no pcall stops it", () => {
    for (const [args, message] of [
      [["--limit-instructions", "1M", loop], "instruction limit reached (1000000)"],
      [["--limit-instructions=1M", grow], "instruction limit reached (1000000)"],
      [["--limit-time", "50ms", loop], "time limit reached"],
      [["--limit-memory", "4MB", grow], "memory limit reached (4194304 bytes)"],
    ] as const) {
      expect(cli(["run", ...args])).toEqual({ code: 3, out: "", err: `perilune: ${message}\n` });
    }
  });

  test("a finalizer that runs at the end is limited too", () => {
    const path = script("late.lua", "setmetatable({}, {__gc = function() while true do end end})");
    expect(cli(["run", "--limit-instructions", "100000", path])).toMatchObject({ code: 3, err: "perilune: instruction limit reached (100000)\n" });
  });

  test("a program within its limits notices nothing", () => {
    const path = script("fine.lua", "print(arg[0] ~= nil, ...) os.exit(4)");
    expect(cli(["run", "--limit-instructions", "1000", "--limit-memory", "1MB", "--limit-time", "10s", path, "a"])).toEqual({
      code: 4, out: "true\ta\n", err: "",
    });
  });

  test("the same run uses the same number of instructions every time", () => {
    const path = script("count.lua", "local n = 0 for i = 1, 1000 do n = n + i end print(n)");
    const counts = [1, 2].map(() => /instructions: +([\d,]+)/.exec(cli(["run", "--stats", path]).err)![1]);
    expect(counts[0]).toBe(counts[1]);
    for (const name of ["instructions", "library work", "allocated", "in use", "peak", "collections", "time", "speed"]) {
      expect(cli(["run", "--stats", path]).err).toContain(`${name}:`);
    }
  });

  test("the account is given when the script leaves by os.exit, too", () => {
    const { code, err } = cli(["run", "--stats", script("leaves.lua", "os.exit(5)")]);
    expect(code).toBe(5);
    expect(err.match(/instructions:/g)).toHaveLength(1);
  });

  test("command lines that make no sense", () => {
    for (const [args, message] of [
      [[], "no script given"],
      [["--limit-memory"], "'--limit-memory' needs a value"],
      [["--limit-memory", "16XB", loop], "--limit-memory: cannot read '16XB' (write 65536, 64KB or 16MB)"],
      [["--limit-time", "0s", loop], "--limit-time: '0s' is not more than nothing"],
      [["--sandbox", "total", loop], "--sandbox: 'total' is neither 'none' nor 'restricted'"],
      [["--fast", loop], "unrecognized option '--fast'"],
    ] as const) {
      const { code, err } = cli(["run", ...args]);
      expect([code, err.split("\n")[0]]).toEqual([2, `perilune run: ${message}`]);
    }
  });

  test("quantities", () => {
    expect(parseQuantity("5M", "count")).toBe(5_000_000);
    expect(parseQuantity("1_000", "count")).toBe(1000);
    expect(parseQuantity("1.5kb", "bytes")).toBe(1536);
    expect(parseQuantity("2m", "time")).toBe(120_000);
    expect(parseQuantity("-1", "count")).toBeTypeOf("string");
    expect(parseQuantity("5s", "bytes")).toBeTypeOf("string");
  });
});

describe("the restricted sandbox", () => {
  const outcome = (source: string): string => cli(["run", "--sandbox", "restricted", script("inside.lua", source)]).out;

  test("has no files, processes, environment, debug library or binary chunks", () => {
    expect(outcome("print(io, debug, dofile, loadfile, string.dump)")).toBe("nil\tnil\tnil\tnil\tnil\n");
    expect(outcome("print(os.execute, os.exit, os.getenv, os.remove, os.rename, os.tmpname, os.setlocale)")).toBe("nil\tnil\tnil\tnil\tnil\tnil\tnil\n");
    expect(outcome(`print(load("\\27Lua"))`)).toBe("nil\tattempt to load a binary chunk (mode is 't')\n");
    expect(outcome(`print(pcall(require, "inside"))`)).toMatch(/^false\tmodule 'inside' not found:/);
    expect(outcome(`package.path = "${directory.path}/?.lua" print((pcall(require, "inside")))`)).toBe("false\n");
  });

  test("computes and prints", () => {
    expect(outcome(`print(#string.rep("x", 10), os.date("!%Y", 0), load("return 1 + 1")())`)).toBe("10\t1970\t2\n");
  });
});

test("help, version, disasm and luac are there", () => {
  expect(cli(["help"]).out).toContain("--limit-instructions");
  expect(cli(["--version"]).out).toMatch(/^perilune /);
  expect(cli(["disasm", loop]).out).toContain("VARARGPREP");
  expect(cli(["luac", "-p", loop])).toEqual({ code: 0, out: "", err: "" });
  expect(cli(["luac", "-p", `${directory.path}/none`]).err).toContain("No such file or directory");
});
