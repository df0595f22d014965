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

describe("perilune profile", () => {
  test("reports after the script, and writes the files asked for", () => {
    const path = script("local function work(n) for i = 1, n do end end\r\nwork(1000)\r\nprint('done', ...)");
    const files = ["a.cpuprofile", "b.json", "c.svg"].map((name) => `${directory.path}/${name}`);
    const run = cli(["profile", "--lines", "--cpuprofile", files[0]!, `--speedscope=${files[1]!}`, "--flame", files[2]!, path, "x"]);
    expect(run.code).toBe(0);
    expect(run.out).toBe("done\tx\n");
    expect(run.err).toMatch(/1,\d\d\d instructions/);
    expect(run.err).toMatch(/work \(.*script\.lua:1\)\n/);
    expect(run.err).toMatch(/ 2 {2}work\(1000\)\n/);
    expect(files.every(existsSync)).toBe(true);
    expect(JSON.parse(readFileSync(files[0]!, "utf8"))).toHaveProperty("timeDeltas");
  });

  test("a script that fails or leaves is reported all the same", () => {
    const failed = cli(["profile", script("error('no')")]);
    expect(failed).toMatchObject({ code: 1 });
    expect(failed.err).toMatch(/no\nstack traceback[\s\S]*main chunk \(/);
    const left = cli(["profile", script("os.exit(5)")]);
    expect(left.code).toBe(5);
    expect(left.err).toContain("main chunk (");
  });

  test("wrong command lines say what is wrong, --help helps, an unwritable file is an error", () => {
    expect(cli(["profile", "--nope", "x"])).toMatchObject({ code: 2, err: expect.stringContaining("unrecognized option '--nope'") });
    expect(cli(["profile", "--top", "none", "x"])).toMatchObject({ code: 2, err: expect.stringContaining("not a whole number") });
    expect(cli(["profile"])).toMatchObject({ code: 2, err: expect.stringContaining("no script given") });
    expect(cli(["profile", "--help"])).toMatchObject({ code: 0, out: expect.stringContaining("--flame FILE") });
    expect(cli(["profile", "--flame", `${directory.path}/none/x.svg`, script("")])).toMatchObject({ code: 1, err: expect.stringContaining("cannot write") });
  });
});

describe("perilune trace", () => {
  test("prints instructions to standard error", () => {
    const run = cli(["trace", "--limit", "3", script("local x = 1\nlocal y = x + 1\nprint(y)")]);
    expect(run).toMatchObject({ code: 0, out: "2\n" });
    expect(run.err.trimEnd().split("\n")).toHaveLength(3);
    expect(cli(["trace", "--from", "2", script("local function f()\nend f()")]).err).toBe("");
  });

  test("wrong command lines", () => {
    expect(cli(["trace", "--limit=0", "x"])).toMatchObject({ code: 2, err: expect.stringContaining("at least 1") });
    expect(cli(["trace", "--help"])).toMatchObject({ code: 0, out: expect.stringContaining("--limit N") });
  });
});
