import { readFileSync, readdirSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { disassemble } from "../../src/bytecode/disassemble.js";
import { dump } from "../../src/bytecode/dump.js";
import { Proto } from "../../src/bytecode/proto.js";
import { OPCODES, OPCODE_COUNT } from "../../src/bytecode/opcodes.js";
import { undump } from "../../src/bytecode/undump.js";
import { makeFloat } from "../../src/number/float.js";
import { startNativeCompiler, type Compile } from "./native-chunks.js";
import { PROGRAMS } from "./programs.js";

let compile: Compile;
let close: () => void;
beforeAll(async () => ({ compile, close } = await startNativeCompiler()));
afterAll(() => close());

const GOLDEN = new URL("golden/", import.meta.url);

/** Addresses as "&" and the function's place, the form of the golden files. */
function withPlaces(listing: string): string {
  const places = new Map<string, number>();
  for (const [, address] of listing.matchAll(/instructions? at (0x[0-9a-f]+)/g)) places.set(address!, places.size);
  return listing.replace(/0x[0-9a-f]{6,}/g, (address) => (places.has(address) ? `&${places.get(address)}` : address));
}

describe("luac's own listings (luac -l -l of luac 5.4)", () => {
  test.each(readdirSync(GOLDEN))("%s", (file) => {
    const name = file.replace(".txt", "");
    const proto = undump(compile(PROGRAMS[name]!, `@${name}.lua`), "=x");
    expect(withPlaces(disassemble(proto, { full: true }))).toBe(readFileSync(new URL(file, GOLDEN), "latin1"));
  });
});

test("the short listing has headers and code only", () => {
  const proto = undump(compile("return 1", "@one.lua"), "=x");
  expect(disassemble(proto, { full: false })).toBe([
    "\nmain <one.lua:0,0> (4 instructions at 0x000000000080)\n",
    "0+ params, 2 slots, 1 upvalue, 0 locals, 0 constants, 0 functions\n",
    "\t1\t[1]\tVARARGPREP\t0\n\t2\t[1]\tLOADI    \t0 1\n\t3\t[1]\tRETURN   \t0 2 1\t; 1 out\n\t4\t[1]\tRETURN   \t0 1 1\t; 0 out\n",
  ].join(""));
});

test("stripped code shows - for lines and names", () => {
  const listing = disassemble(undump(compile("x = 1", "@one.lua", true), "=x"), { full: true });
  expect(listing).toContain("main <?:0,0>");
  expect(listing).toContain("\t2\t[-]\tSETTABUP \t0 0 1k\t; - \"x\" 1\n");
  expect(listing).toContain("\t0\t-\t1\t0\n");
});

test("names of sources", () => {
  const shown = (source: string | undefined): string | undefined => {
    const proto = new Proto();
    proto.source = source;
    return /<(.*):0,0>/.exec(disassemble(proto, { full: false }))?.[1];
  };
  expect(["@f.lua", "=name", "=", "return 1", "\x1bLua", "", "@a\0b", undefined].map(shown))
    .toEqual(["f.lua", "name", "", "(string)", "(bstring)", "(string)", "a", "?"]);
});

test("constants of every kind", () => {
  const proto = new Proto();
  proto.constants = [
    ...[1, -0, 1e14, 1e15, 2 ** 53, 0.1, 1e-5, 5e-324, Infinity].map(makeFloat),
    7, -(2n ** 63n), "", '"\\\x07\b\f\n\r\t\v\0\x7f\x80 ~', true, false, undefined,
  ];
  const listing = disassemble(proto, { full: true });
  const texts = listing.split("\n").filter((line) => /^\t\d+\t[A-Z]\t/.test(line)).map((line) => line.split("\t").slice(2).join(" "));
  expect(texts).toEqual([
    "F 1.0", "F -0.0", "F 1e+14", "F 1e+15", "F 9.007199254741e+15", "F 0.1", "F 1e-05", "F 4.9406564584125e-324", "F inf",
    "I 7", "I -9223372036854775808", 'S ""', String.raw`S "\"\\\a\b\f\n\r\t\v\000\127\128 ~"`, "B true", "B false", "N nil",
  ]);
});

test("the golden programs use every opcode but LOADKX", () => {
  const used = new Set<string>();
  const collect = (proto: Proto): void => {
    for (const word of proto.code) used.add(OPCODES[word & 0x7f]!.name);
    proto.protos.forEach(collect);
  };
  for (const source of Object.values(PROGRAMS)) collect(undump(compile(source, "=x"), "=x"));
  const missing = Array.from({ length: OPCODE_COUNT }, (_, op) => OPCODES[op]!.name).filter((name) => !used.has(name));
  expect(missing).toEqual(["LOADKX"]); // needs more than 2^17 constants
});

test("any words are listed, also broken ones", () => {
  const proto = new Proto();
  proto.code = Int32Array.from({ length: 4096 }, (_, i) => Math.imul(i, 0x9e3779b1));
  expect(disassemble(proto, { full: true }).split("\n").length).toBeGreaterThan(4096);
  expect(disassemble(undump(dump(proto, true), "=x"), { full: true })).toContain("OP_127");
});
