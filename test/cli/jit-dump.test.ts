import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { cli } from "../support/cli.js";
import { temporaryDirectory } from "../support/files.js";

const directory = temporaryDirectory();
const script = (text: string): string => {
  const path = `${directory.path}/script.lua`;
  writeFileSync(path, text);
  return path;
};

const HOT = `local function twice(x)
  return x * 2
end
local function shout(x) return ("hello"):upper() .. x end
local sum = 0
for i = 1, 5000 do sum = sum + twice(i) end
print(sum, shout("!"))
`;

describe("perilune jit-dump", () => {
  test("prints hot functions, each instruction above its JavaScript, after the script's output", () => {
    const run = cli(["jit-dump", script(HOT)]);
    expect(run).toMatchObject({ code: 0, out: "25005000\tHELLO!\n" });
    expect(run.err).toMatch(/^compiled [1-9]\d* functions and [1-9]\d* regions \(\d+ bytes, .* ms\), refused 0; replaced [1-9]\d*, unwound \d+\n/);
    expect(run.err).toMatch(/function .*script\.lua:1, 4 instructions\n---- code for calls: \d+ bytes/);
    expect(run.err).toMatch(/\n1\t\[2\]\tMULK .*\n {8}\S/);
    expect(run.err).not.toContain("script.lua:4,"); // called once
    expect(run.err).toMatch(/script\.lua:0, \d+ instructions\n---- entered at \d+, \d+ times/);
  });

  test("--function chooses, --summary leaves the texts out, --all compiles what is not hot, --output writes a file", () => {
    const path = script(HOT);
    const chosen = cli(["jit-dump", "--function", "script.lua:1", path]);
    expect(chosen.err.match(/^function .* instructions$/gm)).toHaveLength(1);
    expect(cli(["jit-dump", "--function=0", "--function=1", path]).err.match(/^function .* instructions$/gm)).toHaveLength(2);
    expect(cli(["jit-dump", "--summary", path]).err).not.toMatch(/^function .*instructions$/m);
    const file = `${directory.path}/dump.txt`;
    const all = cli(["jit-dump", "--all", "--output", file, path]);
    expect(all).toMatchObject({ code: 0, err: "" });
    expect(existsSync(file)).toBe(true);
    expect(readFileSync(file, "utf8")).toMatch(/^function .*script\.lua:4, \d+ instructions$/m);
  });

  test("tells why a function is refused, and where emitted code is left", () => {
    const refused = cli(["jit-dump", "--all", "--summary", script("local function f(n) if n > 2 then goto b end ::a:: n = n - 1 ::b:: if n > 0 then goto a end return n end f(1)")]);
    expect(refused.err).toMatch(/refused 1;/);
    expect(refused.err).toMatch(/ a loop with two entries$/m);
    const left = cli(["jit-dump", "--all", script("local function f(t) return t.x end\nfor i = 1, 20 do f(setmetatable({}, { __index = function() return i end })) end")]);
    expect(left.err).toMatch(/GETFIELD .*\(left \d+ times\)/);
  });

  test("a script that fails is reported all the same; wrong command lines say what is wrong", () => {
    const failed = cli(["jit-dump", script("error('no')")]);
    expect(failed).toMatchObject({ code: 1 });
    expect(failed.err).toMatch(/no\nstack traceback[\s\S]*compiled 0 functions/);
    expect(cli(["jit-dump", "--nope", "x"])).toMatchObject({ code: 2, err: expect.stringContaining("unrecognized option '--nope'") });
    expect(cli(["jit-dump"])).toMatchObject({ code: 2, err: expect.stringContaining("no script given") });
    expect(cli(["jit-dump", "--help"])).toMatchObject({ code: 0, out: expect.stringContaining("--function PLACE") });
    expect(cli(["jit-dump", "--output", `${directory.path}/none/x`, script("")])).toMatchObject({ code: 1, err: expect.stringContaining("cannot write") });
  });
});
