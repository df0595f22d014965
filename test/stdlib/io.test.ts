import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { toDouble } from "../../src/number/float.js";
import { FileStream } from "../../src/stdlib/io-file.js";
import type { HostFile } from "../../src/vm/host.js";
import { memoryInput, runWithFiles, temporaryDirectory } from "../support/files.js";

const directory = temporaryDirectory();

function printed(source: string, stdin = ""): string {
  const { output, error } = runWithFiles(source, directory.path, stdin);
  expect(error).toBeUndefined();
  return output;
}

describe("opening", () => {
  test("a mode that C would not take is an argument error", () => {
    for (const mode of ["rw", "rb+", "r+bk", "", "+", "b", "x"]) {
      expect(printed(`print(pcall(io.open, DIR .. "a", "${mode}"))`)).toBe("false\tbad argument #2 to 'io.open' (invalid mode)\n");
    }
  });

  test("failures are nil, a message with the name, and errno", () => {
    expect(printed(`print(io.open("/nowhere/at/all"))`)).toBe("nil\t/nowhere/at/all: No such file or directory\t2\n");
    expect(printed(`print(io.open("/nowhere/at/all", "w"))`)).toBe("nil\t/nowhere/at/all: No such file or directory\t2\n");
    expect(printed(`print(io.open(DIR):read("a"))`)).toBe("nil\tIs a directory\t21\n");
    expect(printed(`print(pcall(io.lines, "/nowhere"))`)).toBe("false\tcannot open file '/nowhere' (No such file or directory)\n");
  });

  test("the wrong direction fails at once, however much is buffered", () => {
    const source = `
      local f = io.open(DIR .. "dir", "w"); print(f:read()); f:close()
      f = io.open(DIR .. "dir"); print(f:write("x")); f:close()`;
    expect(printed(source)).toBe("nil\tBad file descriptor\t9\nnil\tBad file descriptor\t9\n");
  });
});

describe("closing", () => {
  test("a closed file says so everywhere", () => {
    const source = `
      local f = io.open(DIR .. "c", "w")
      print(io.type(f), tostring(f):match("^file %(0x%x+%)$") ~= nil)
      print(f:close(), io.type(f), tostring(f))
      print(pcall(f.write, f, "x"))
      print(pcall(io.close, f))
      print(io.type(42), pcall(io.type))`;
    expect(printed(source)).toBe(
      "file\ttrue\ntrue\tclosed file\tfile (closed)\nfalse\tattempt to use a closed file\nfalse\tattempt to use a closed file\n"
      + "nil\tfalse\tbad argument #1 to 'io.type' (value expected)\n",
    );
  });

  test("standard files stay open", () => {
    expect(printed("print(io.stdout:close()) print(io.stdin:close()) print(io.type(io.stderr))")).toBe(
      "nil\tcannot close standard file\nnil\tcannot close standard file\nfile\n",
    );
  });

  test("the default files can be closed, and then cannot be used", () => {
    const source = `
      io.output(DIR .. "d"); io.write("x"); io.close()
      print(pcall(io.write, "y"))
      io.input(DIR .. "d"); print(io.read("a")); io.close(io.input())
      print(pcall(io.read))`;
    expect(printed(source)).toBe("false\tdefault output file is closed\nx\nfalse\tdefault input file is closed\n");
  });

  test("a dropped file is closed by the collector, and what it held is written", () => {
    const source = `
      do local f = io.open(DIR .. "gc", "w"); f:write("kept") end
      collectgarbage()
      print(io.open(DIR .. "gc"):read("a"))`;
    expect(printed(source)).toBe("kept\n");
  });

  test("an open file is written when the state closes", () => {
    printed(`KEEP = io.open(DIR .. "end", "w"); KEEP:write("last words")`);
    expect(printed(`print(io.open(DIR .. "end"):read("a"))`)).toBe("last words\n");
  });
});

describe("reading", () => {
  test("formats, with and without the old star", () => {
    const source = `
      local f = io.open(DIR .. "r", "w"); f:write("one\\ntwo\\n0x1p4 -3 rest\\nend"); f:close()
      f = io.open(DIR .. "r")
      print(f:read("l", "*L", "n", "*n", 1, "l", 2, "a", "a", "l"))`;
    expect(printed(source)).toBe("one\ttwo\n\t16.0\t-3\t \trest\ten\td\t\tnil\n");
  });

  test("read(0) tells the end of file", () => {
    expect(printed(`print(io.read(0), io.read(2), io.read(0), io.read(5))`, "ab")).toBe("\tab\tnil\tnil\n");
  });

  test("numerals stop where C's do", () => {
    const source = `
      print(io.read("n")); print(io.read(2)); print(io.read("n")); print(io.read("a"))`;
    expect(printed(source, ".e+ 0x.8p1z")).toBe("nil\ne+\n1.0\nz\n");
    expect(printed(`print(io.read("n"), #io.read("a"))`, "1".repeat(300))).toBe("nil\t100\n");
  });

  test("an unknown format is an argument error", () => {
    expect(printed(`print(pcall(io.read, "x"))`)).toBe("false\tbad argument #1 to 'io.read' (invalid format)\n");
    expect(printed(`print(pcall(io.stdin.read, io.stdin, "l", "q"))`, "a\n")).toBe("false\tbad argument #3 to '?' (invalid format)\n");
  });

  test("bytes come back as they were written", () => {
    const source = `
      local all = {}
      for i = 0, 255 do all[i + 1] = string.char(i) end
      local text = table.concat(all):rep(1000)
      local f = io.open(DIR .. "bytes", "wb"); f:write(text); f:close()
      f = io.open(DIR .. "bytes", "rb"); print(f:read("a") == text, f:seek()); f:close()`;
    expect(printed(source)).toBe("true\t256000\n");
  });
});

describe("lines", () => {
  test("io.lines gives four values and closes its file at the end", () => {
    const source = `
      local f = io.open(DIR .. "l", "w"); f:write("a\\nb"); f:close()
      local next, state, control, file = io.lines(DIR .. "l")
      print(state, control, io.type(file)); print(next()); print(next()); print(next()); print(io.type(file))
      print(pcall(next))`;
    expect(printed(source)).toBe("nil\tnil\tfile\na\nb\n\nclosed file\nfalse\tfile is already closed\n");
  });

  test("leaving the loop closes the file", () => {
    const source = `
      local seen
      local f = io.open(DIR .. "l2", "w"); f:write("a\\nb"); f:close()
      for line in io.lines(DIR .. "l2") do seen = line; break end
      print(seen, pcall(io.lines, DIR .. "l2", table.unpack({}, 1, 251)))`;
    expect(printed(source)).toBe("a\tfalse\tbad argument #252 to 'io.lines' (too many arguments)\n");
  });

  test("the iterator keeps its file alive", () => {
    const source = `
      local f = io.open(DIR .. "l3", "w"); f:write(("x\\n"):rep(50)); f:close()
      local n = 0
      local next = io.open(DIR .. "l3"):lines()
      while next() do n = n + 1; collectgarbage() end
      print(n)`;
    expect(printed(source)).toBe("50\n");
  });

  test("several formats a step", () => {
    expect(printed(`for a, b in io.lines(nil, 1, "n") do io.write(a, "=", b, ";") end`, "x1y2z3")).toBe("x=1;y=2;z=3;");
  });
});

describe("writing", () => {
  test("numbers are written as %d and %.14g, and the file is returned", () => {
    expect(printed(`print(io.write(1, " ", 1.0, " ", 0.1, " ", 2^63, " ", math.mininteger, "\\n") == io.stdout)`)).toBe(
      "1 1 0.1 9.2233720368548e+18 -9223372036854775808\ntrue\n",
    );
    expect(printed(`print(pcall(io.write, {}))`)).toBe("false\tbad argument #1 to 'io.write' (string expected, got table)\n");
  });

  test("append goes to the end, update keeps the rest", () => {
    const source = `
      local f = io.open(DIR .. "u", "w"); f:write("0123456789"); f:close()
      f = io.open(DIR .. "u", "a"); print(f:seek()); f:write("AB"); f:seek("set", 0); f:write("C"); f:close()
      f = io.open(DIR .. "u", "r+"); print(f:read(2)); f:seek("cur", 0); f:write("xy"); print(f:seek()); print(f:read("a")); f:close()
      print(io.open(DIR .. "u"):read("a"))`;
    expect(printed(source)).toBe("10\n01\n4\n456789ABC\n01xy456789ABC\n");
  });

  test("setvbuf says when others see what was written", () => {
    const source = `
      local f, g = io.open(DIR .. "b", "w"), io.open(DIR .. "b")
      local function seen() g:seek("set"); return g:read("a") end
      f:setvbuf("full", 100); f:write("a"); io.write("[", seen(), "]")
      f:flush(); io.write("[", seen(), "]")
      f:setvbuf("line"); f:write("b"); io.write("[", seen(), "]"); f:write("\\nc"); io.write("[", seen(), "]")
      f:setvbuf("no"); f:write("d"); io.write("[", seen(), "]")`;
    expect(printed(source)).toBe("[][a][a][ab\n][ab\ncd]");
  });
});

describe("popen", () => {
  test("reads what a command writes, while it runs", () => {
    const source = `
      local p = io.popen("echo first; cat; exit 3 < /dev/null", "r")
      print(p:read()); print(p:close())`;
    expect(printed(source.replace("cat; ", ""))).toBe("first\nnil\texit\t3\n");
  });

  test("writes what a command reads, and tells how it ended", () => {
    const source = `
      local p = io.popen("cat > '" .. DIR .. "p'", "w"); p:write("through a pipe"); print(p:close())
      print(io.open(DIR .. "p"):read("a"))
      print(io.popen("kill -s KILL $$"):close())
      print(io.popen("exit 129"):close())
      print(pcall(io.popen, "true", "rw"))`;
    expect(printed(source)).toBe(
      "true\texit\t0\nthrough a pipe\nnil\tsignal\t9\nnil\texit\t129\nfalse\tbad argument #2 to 'io.popen' (invalid mode)\n",
    );
  });
});

test("without files the library is there and says what it cannot do", () => {
  const { output, error } = runWithFiles(`print(pcall(io.open, "x")) io.write("still\\n")`, "", "", { files: undefined as never });
  expect(error).toBeUndefined();
  expect(output).toBe("false\t'open' not supported\nstill\n");
});

describe("streams", () => {
  /** A file in memory that keeps what is written, for streams that read and write. */
  function memoryFile(initial: string): HostFile & { text: () => string } {
    let text = initial;
    let at = 0;
    return {
      text: () => text,
      read(count) {
        const part = text.slice(at, at + Math.min(count, 5));
        at += part.length;
        return part;
      },
      write(more) {
        text = text.slice(0, at).padEnd(at, "\0") + more + text.slice(at + more.length);
        at += more.length;
      },
      seek(whence, offset) {
        at = offset + (whence === "set" ? 0 : whence === "cur" ? at : text.length);
        return at;
      },
      flush() {},
      close: () => undefined,
    };
  }

  const operation = fc.oneof(
    fc.record({ kind: fc.constant("read" as const), count: fc.integer({ min: 1, max: 12 }) }),
    fc.record({ kind: fc.constant("line" as const) }),
    fc.record({ kind: fc.constant("write" as const), text: fc.string({ maxLength: 9 }).map((s) => s.replace(/[^ -~]/g, "\n")) }),
    fc.record({ kind: fc.constant("seek" as const), offset: fc.integer({ min: 0, max: 30 }) }),
    fc.record({ kind: fc.constant("tell" as const) }),
  );

  test("a buffered stream does what an unbuffered one does", () => {
    const ignore = (): void => {};
    fc.assert(fc.property(fc.string({ maxLength: 40 }).map((s) => s.replace(/[^ -~]/g, "\n")), fc.array(operation, { maxLength: 25 }), (initial, steps) => {
      const run = (unbuffered: boolean): unknown[] => {
        const file = memoryFile(initial);
        const stream = new FileStream(file, "rw");
        if (unbuffered) stream.setBuffer("no", 1);
        const seen: unknown[] = steps.map((step) => {
          if (unbuffered) stream.seek("set", stream.seek("cur", 0)); // nothing stays read ahead
          switch (step.kind) {
            case "read": return stream.readBytes(step.count, ignore);
            case "line": return stream.readLine(true, ignore);
            case "write": return stream.write(step.text);
            case "seek": return stream.seek("set", step.offset);
            default: return stream.seek("cur", 0);
          }
        });
        stream.close();
        return [...seen, file.text()];
      };
      expect(run(false)).toEqual(run(true));
    }));
  });

  test("numerals are read whatever the pieces they come in", () => {
    const stream = (text: string, step: number): FileStream => new FileStream(memoryInput(text, step), "r");
    fc.assert(fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer({ min: 1, max: 7 }), (n, step) => {
      expect(toDouble(stream(` ${n} `, step).readNumber()!)).toBe(n + 0);
    }));
  });
});
