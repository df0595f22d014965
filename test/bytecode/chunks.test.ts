import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dump } from "../../src/bytecode/dump.js";
import { Proto } from "../../src/bytecode/proto.js";
import { BadChunk, undump } from "../../src/bytecode/undump.js";
import { verify } from "../../src/bytecode/verify.js";
import { LuaFloat } from "../../src/number/float.js";
import { startNativeCompiler, type Compile } from "./native-chunks.js";
import { PROGRAMS } from "./programs.js";

let compile: Compile;
let close: () => void;
beforeAll(async () => ({ compile, close } = await startNativeCompiler()));
afterAll(() => close());

/** The message of the BadChunk that undump throws; anything else fails the test. */
function refusal(chunk: string, name = "=chunk"): string {
  try {
    undump(chunk, name);
  } catch (e) {
    if (e instanceof BadChunk) return e.message;
    throw e;
  }
  return "accepted";
}

describe("C Lua's chunks", () => {
  test.each(Object.entries(PROGRAMS))("%s: read, verified, and written again byte for byte", (name, source) => {
    const full = compile(source, `@${name}.lua`);
    const stripped = compile(source, `@${name}.lua`, true);
    const proto = undump(full, "=x");
    verify(proto);
    expect(dump(proto, false)).toBe(full);
    expect(dump(proto, true)).toBe(stripped);
    const bare = undump(stripped, "=x");
    verify(bare);
    expect(dump(bare, true)).toBe(stripped);
  });

  test("constants become our numbers", () => {
    const { constants } = undump(compile("return 1e10, 1.5, 1 << 62, 65537, 9007199254740993, 'x'", "=c"), "=c");
    expect(constants).toEqual([new LuaFloat(1e10), 1.5, 4611686018427387904n, 65537, 9007199254740993n, "x"]);
  });

  test("sources are inherited by nested functions", () => {
    const proto = undump(compile("return function () end", "@name"), "=x");
    expect([proto.source, proto.protos[0]!.source]).toEqual(["@name", "@name"]);
    expect(undump(dump(proto.protos[0]!, false), "=x").source).toBe("@name");
  });

  test("a stripped function dumped unstripped has its upvalues' names as absent strings", () => {
    const proto = undump(compile("x = 1", "@name", true), "=x");
    expect(dump(undump(dump(proto, false), "=x"), false)).toBe(dump(proto, false));
  });
});

describe("refusals", () => {
  const chunk = (): string => compile("local a = 'text' return function () return a end", "@f");
  const withByte = (at: number, byte: number): string => chunk().slice(0, at) + String.fromCharCode(byte) + chunk().slice(at + 1);

  test("wording of header errors", () => {
    expect(refusal("")).toBe("chunk: bad binary format (truncated chunk)");
    expect(refusal("\x1bLu")).toBe("chunk: bad binary format (truncated chunk)");
    expect(refusal("\x1bLux" + chunk().slice(4))).toBe("chunk: bad binary format (not a binary chunk)");
    expect(refusal("return 1")).toBe("chunk: bad binary format (not a binary chunk)");
    const cases: [number, string][] = [
      [4, "version mismatch"], [5, "format mismatch"], [8, "corrupted chunk"], [12, "Instruction size mismatch"],
      [13, "lua_Integer size mismatch"], [14, "lua_Number size mismatch"], [15, "integer format mismatch"],
      [23, "float format mismatch"], [31, "upvalue count mismatch"],
    ];
    for (const [at, reason] of cases) expect(refusal(withByte(at, 0x77))).toBe(`chunk: bad binary format (${reason})`);
  });

  test("the name is the chunk's", () => {
    expect(refusal("\x1bLu", "@dir/file.luac")).toBe("dir/file.luac: bad binary format (truncated chunk)");
    expect(refusal("\x1bLu", "\x1bLua…")).toBe("binary string: bad binary format (truncated chunk)");
    expect(refusal("\x1bLu", "plain")).toBe("plain: bad binary format (truncated chunk)");
  });

  test("every proper prefix is truncated", () => {
    for (let length = 0; length < chunk().length; length++) {
      expect(refusal(chunk().slice(0, length))).toBe("chunk: bad binary format (truncated chunk)");
    }
    expect(refusal(chunk() + "rest")).toBe("accepted");
  });

  test("sizes that the chunk cannot hold take no memory", () => {
    const head = dump(new Proto(), false).slice(0, 32); // header and upvalue count
    const huge = "\x07\x7f\x7f\x7e\xff"; // nearly 2^31
    const lead = "\x80\x80\x80\x00\x00\x02"; // no source, lines, parameters, stack
    expect(refusal(head + lead + huge)).toMatch(/truncated/); // code
    expect(refusal(head + lead + "\x80" + huge)).toMatch(/truncated/); // constants
    expect(refusal(head + lead + "\x80\x80\x80" + huge)).toMatch(/truncated/); // functions
    expect(refusal(head + lead + "\x81abcd\x81\x04" + "\x7f".repeat(8) + "\xff")).toMatch(/truncated|integer overflow/); // string
    expect(refusal(head + lead + "\x7f".repeat(5) + "\xff")).toMatch(/integer overflow/);
  });

  test("a very deep nest of functions", () => {
    const head = dump(new Proto(), false).slice(0, 32);
    const open = "\x80\x80\x80\x00\x00\x02\x80\x80\x80\x81"; // a function up to its one nested function
    expect(refusal(head + open.repeat(100_000))).toMatch(/too many nested functions/);
  });

  test("unknown constants", () => {
    const proto = new Proto();
    proto.constants = [true];
    const text = dump(proto, false);
    const tag = text.lastIndexOf("\x81\x11") + 1;
    expect(refusal(text.slice(0, tag) + "\x22" + text.slice(tag + 1))).toMatch(/bad constant/);
  });
});
