import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { builtCli, cli } from "../support/cli.js";
import { temporaryDirectory } from "../support/files.js";

const directory = temporaryDirectory();

function script(name: string, text: string): string {
  const path = `${directory.path}/${name}`;
  writeFileSync(path, text, "latin1");
  return path;
}

describe("options", () => {
  test("-e and -l run in their order", () => {
    expect(cli(["-e", "a = 1", "-ea=a+1", "-e", "print(a)"]).out).toBe("2\n");
    expect(cli(["-l", "m=math", "-lstring", "-e", "print(m.pi // 1, string.rep('x', 3))"]).out).toBe("3.0\txxx\n");
  });

  test("-v names the program and the language", () => {
    expect(cli(["-v"]).out).toMatch(/^perilune \d+\.\d+\.\d+: Lua 5\.4\.6.*PUC-Rio\n$/);
  });

  test("-W turns warnings on; without it they are off", () => {
    expect(cli(["-W", "-e", "warn('a', 'b')"]).err).toBe("Lua warning: ab\n");
    expect(cli(["-e", "warn('a') warn('@on') warn('b') warn('@off') warn('c')"]).err).toBe("Lua warning: b\n");
  });

  test("-E leaves the environment out", () => {
    const env = { LUA_INIT: "print('init')", LUA_PATH: "x" };
    expect(cli(["-e", "print(package.path)"], { env }).out).toBe("init\nx\n");
    expect(cli(["-E", "-e", "print(package.path == 'x')"], { env }).out).toBe("false\n");
  });

  test("LUA_INIT may name a file, and errors in it end the run", () => {
    const path = script("init.lua", "X = 'from a file'");
    expect(cli(["-e", "print(X)"], { env: { LUA_INIT: `@${path}` } }).out).toBe("from a file\n");
    const { code, err } = cli(["-e", "print(1)"], { env: { LUA_INIT_5_4: "error('no')" } });
    expect([code, err.split("\n")[0]]).toEqual([1, "perilune: LUA_INIT_5_4:1: no"]);
  });

  test("bad options: the message, the usage, exit code 1", () => {
    for (const [args, message] of [
      [["-h"], "unrecognized option '-h'"], [["---"], "unrecognized option '---'"], [["-vv"], "unrecognized option '-vv'"],
      [["-e"], "'-e' needs argument"], [["-l"], "'-l' needs argument"], [["-e", "-v"], "'-e' needs argument"],
    ] as const) {
      const { code, err, out } = cli(args);
      expect([code, out, err.split("\n")[0]]).toEqual([1, "", `perilune: ${message}`]);
      expect(err).toContain("usage:");
    }
  });
});

describe("scripts", () => {
  test("arg and ... hold the arguments, bytes and all", () => {
    const path = script("args.lua", "print(#arg, arg[0] == SCRIPT, arg[-1], arg[-2], arg[-3], ...)");
    expect(cli(["-e", `SCRIPT = "${path}"`, path, "a b", "ü", ""]).out).toBe(`3\ttrue\tSCRIPT = "${path}"\t-e\t${builtCli()}\ta b\t\xc3\xbc\t\n`);
    expect(cli(["--", path]).out).toContain("0\tfalse\t--\t");
  });

  test("standard input is a script, too", () => {
    expect(cli([], { input: "#!x\nprint(...)" }).out).toBe("\n");
    expect(cli(["-", "a"], { input: "print(...)" }).out).toBe("a\n");
  });

  test("errors go to standard error with a traceback, and the exit code is 1", () => {
    const path = script("fails.lua", "local function f() error('boom') end\nf()\n");
    expect(cli([path])).toEqual({
      code: 1, out: "",
      err: `perilune: ${path}:1: boom\nstack traceback:\n\t[C]: in function 'error'\n\t${path}:1: in local 'f'\n\t${path}:2: in main chunk\n\t[C]: in ?\n`,
    });
    expect(cli(["-e", "x = = 1"]).err).toBe("perilune: (command line):1: unexpected symbol near '='\n");
    expect(cli([`${directory.path}/none.lua`]).err).toBe(`perilune: cannot open ${directory.path}/none.lua: No such file or directory\n`);
    expect(cli(["-e", "error(setmetatable({}, {__tostring = function() return 'object' end}))"]).err).toBe("perilune: object\n");
    expect(cli(["-e", "error({})"]).err).toMatch(/^perilune: \(error object is a table value\)\n/);
    expect(cli(["-e", "arg = 1", "-"]).err).toBe("perilune: 'arg' is not a table\n");
  });

  test("os.exit", () => {
    expect(cli(["-e", "io.write('kept') os.exit(7)"])).toEqual({ code: 7, out: "kept", err: "" });
    expect(cli(["-e", "os.exit(true)"]).code).toBe(0);
    expect(cli(["-e", "os.exit(false)"]).code).toBe(1);
    const closing = "local x <close> = setmetatable({}, {__close = function() print('closed') end}) os.exit(3, true)";
    expect(cli(["-e", closing])).toEqual({ code: 3, out: "closed\n", err: "" });
  });

  test("finalizers run at the end, newest first", () => {
    const source = "for i = 1, 3 do KEEP = {KEEP, setmetatable({}, {__gc = function() print(i) end})} end";
    expect(cli(["-e", source]).out).toBe("3\n2\n1\n");
  });

  test("a script with the name of a command", () => {
    script("run", "print('a script')");
    expect(cli(["./run"], { cwd: directory.path }).out).toBe("a script\n");
    expect(cli(["--", "run"], { cwd: directory.path }).out).toBe("a script\n");
  });

  test("what goes to both outputs keeps its order", () => {
    const path = script("order.lua", "print(1) io.stderr:write('2\\n') io.write('3\\n') os.execute('echo 4') print(5)");
    expect(cli(["-e", `os.execute('${process.execPath} ${builtCli()} ${path} 2>&1')`]).out).toBe("1\n2\n3\n4\n5\n");
  });
});

describe("-i without a terminal", () => {
  const interactive = (input: string): string[] => cli(["-e", "_PROMPT = '' _PROMPT2 = ''", "-i"], { input }).out.split("\n").slice(1);

  test("expressions are printed, statements may go over lines", () => {
    expect(interactive("1+1, 'x'\n=3\nx =\n4\nx\n")).toEqual(["1+1, 'x'", "2\tx", "=3", "3", "x =", "4", "x", "4", "", ""]);
  });

  test("errors do not end the session", () => {
    const { out, err, code } = cli(["-i"], { input: "error('no')\nx = = 1\nprint('on')\n" });
    expect(code).toBe(0);
    expect(out).toContain("on\n");
    expect(err).toContain("stdin:1: no\nstack traceback:");
    expect(err).toContain("stdin:1: unexpected symbol near '='\n");
    expect(cli(["-e", "print = nil", "-i"], { input: "10\n" }).err).toContain("error calling 'print'");
  });
});

test("Ctrl-C raises an error in the running program", async () => {
  const child = spawn(process.execPath, [builtCli(), "-e", "print(pcall(function() print('on') while true do end end))"]);
  let out = "";
  await new Promise<void>((resolve) => {
    child.stdout.on("data", (data: Buffer) => {
      if (out === "") child.kill("SIGINT");
      out += data.toString();
    });
    child.on("close", () => resolve());
  });
  expect(out).toBe("on\nfalse\t(command line):1: interrupted!\n");
});
