// Byte strings to bytes, whichever way they take: short ones and those that are not ASCII are copied in a loop.
import { describe, expect, test } from "vitest";
import { bytesToString, copyBytes, stringToBytes } from "../../src/base/bytes.js";
import { compile } from "../../src/compiler/compile.js";

const LENGTHS = [0, 1, 255, 256, 257, 10_000];

describe("bytes of a byte string", () => {
  test.each(LENGTHS)("of %i ASCII characters", (length) => {
    const text = "abc\0\x7f".repeat(length).slice(0, length);
    expect(bytesToString(stringToBytes(text))).toBe(text);
  });

  test.each(LENGTHS.slice(1))("of %i characters with one byte above 127, wherever it stands", (length) => {
    for (const at of [0, length >> 1, length - 1]) {
      const text = `${"a".repeat(at)}\xe9${"b".repeat(length - at - 1)}`;
      expect(bytesToString(stringToBytes(text))).toBe(text);
    }
  });

  test.each(LENGTHS)("nothing is written behind the %i bytes", (length) => {
    for (const text of ["a".repeat(length), "\xff".repeat(length), `${"a".repeat(Math.max(length - 1, 0))}\xff`.slice(0, length)]) {
      const room = new Uint8Array(length + 3);
      copyBytes(text, room);
      expect([...room.subarray(length)]).toEqual([0, 0, 0]);
    }
  });

  test("a long source that ends in a byte above 127 ends there", () => {
    const text = `${"-- comment\n".repeat(40)}return "\xe9" --\xff`;
    expect(compile(text, "=x").constants).toEqual(["\xe9"]);
  });
});
