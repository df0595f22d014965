// Numbers that V8 keeps in objects of their own cost their bytes where they take the place of values that need none: once, by whatever
// way they come, and the same on both tiers.
import { describe, expect, test } from "vitest";
import { SIZE } from "../../src/vm/accounting.js";
import { expectSame } from "./support/modes.js";

/** Numbers by kind: what makes one of `i`, and its bytes. */
const KINDS = [
  ["small integers", "i", 0],
  ["integers of 53 bits", "i + 4294967296", SIZE.float],
  ["integers of 64 bits", "i + (1 << 62)", SIZE.wideInteger],
  ["floats with a fraction", "i + 0.5", SIZE.float],
  ["floats with integral values", "i + 0.0", SIZE.boxedFloat],
] as const;
const [SMALL, FRACTION, INTEGRAL] = [0, 3, 4];

/** Stores of 300 numbers into places that hold small integers. */
const STORES: Readonly<Record<string, string>> = {
  "named fields": "for i = 1, 300 do local v = make(i) rows[i].a = v end",
  "elements": "for i = 1, 300 do list[i] = make(i) end",
  "elements with constant index": "for i = 1, 300 do rows[i][1] = make(i) end",
  "computed fields": "for i = 1, 300 do fields[keys[i]] = make(i) end",
  "global variables": "for i = 1, 300 do G = make(i) G = 1 end",
  "entries of the hash": "for i = 1, 300 do hash[i * 1000] = make(i) end",
  "elements, by rawset": "for i = 1, 300 do rawset(list, i, make(i)) end",
  "fields that a traversal visits": "local i = 0 for k in pairs(fields) do i = i + 1 fields[k] = make(i) end",
};

/** Begins each program: functions that make numbers, chosen by the digits of the argument, and places with small integers in them. */
const PLACES = `
  local makers = { ${KINDS.map(([, text]) => `function(i) return ${text} end`).join(", ")} }
  local kinds = ...
  local make, again = makers[kinds:byte(1) - 47], makers[kinds:byte(2) - 47]
  local rows, list, fields, hash, keys = {}, {}, {}, {}, {}
  for i = 1, 300 do keys[i] = 'k' .. i rows[i] = { 1, a = 1 } list[i] = 1 fields[keys[i]] = 1 hash[i * 1000] = 1 end
  G = 1
`;

/** Bytes that a program accounts for, the same on all tiers, beyond those with small integers. */
function extra(program: string, first: number, second: number): number {
  const allocated = (argument: string): number => {
    const { error, allocated: bytes } = expectSame(`${PLACES} ${program}`, { argument });
    expect(error).toBeUndefined();
    return bytes;
  };
  return allocated(`${first}${second}`) - allocated("00");
}

describe.each(KINDS.map(([name, , bytes], kind) => [name, kind, bytes] as const))("%s", (_, kind, bytes) => {
  test.each(Object.entries(STORES))("in %s", (name, store) => {
    const times = name === "global variables" ? 2 : 1; // a small integer takes the place in between
    expect(extra(`${store} make = again ${store}`, kind, SMALL)).toBe(300 * bytes);
    expect(extra(`${store} make = again ${store}`, kind, kind)).toBe(300 * bytes * times);
  });

  test("in new fields and elements", () => {
    expect(extra("local list = {} for i = 1, 300 do local v = make(i) list[#list + 1] = v rows[i] = { a = v, b = 1, c = v } end", kind, SMALL)).toBe(900 * bytes);
  });

  test("in lists that are made at once", () => {
    expect(extra("for i = 1, 100 do rows[i] = { make(i), make(i), make(i) } end", kind, SMALL)).toBe(300 * bytes);
  });

  test("inserted before others", () => {
    expect(extra("for i = 1, 300 do table.insert(list, 2, make(i)) end", kind, SMALL)).toBe(300 * bytes);
  });
});

test("a larger object in the place of a smaller one costs the difference, the other way nothing", () => {
  const program = "for i = 1, 300 do list[i] = make(i) end for i = 1, 300 do list[i] = again(i) end";
  expect(extra(program, FRACTION, INTEGRAL)).toBe(300 * SIZE.boxedFloat);
  expect(extra(program, INTEGRAL, FRACTION)).toBe(300 * SIZE.boxedFloat);
});

test("a number's object is paid for where a table was, and not where its like was", () => {
  const program = (place: string): string => `for i = 1, 300 do list[i] = ${place} end for i = 1, 300 do list[i] = again(i) end`;
  expect(extra(program("rows"), SMALL, INTEGRAL)).toBe(300 * SIZE.boxedFloat);
  expect(extra(program("'text'"), SMALL, FRACTION)).toBe(300 * SIZE.float);
  expect(extra(program("0.5"), SMALL, FRACTION)).toBe(0);
});
