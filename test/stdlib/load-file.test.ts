// loadfile and dofile: what they read, and what they say when they cannot.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runWithFiles, temporaryDirectory } from "../support/files.js";

const directory = temporaryDirectory();

/** The lines that a program prints; `F` is the file, with `content` in it. */
function lines(content: string, program: string, stdin = ""): string[] {
  writeFileSync(join(directory.path, "chunk.lua"), Buffer.from(content, "latin1"));
  const { output, error } = runWithFiles(`local F = DIR .. "chunk.lua" ${program}`, directory.path, stdin);
  expect(error).toBeUndefined();
  return output.replaceAll(`${directory.path}/`, "").split("\n").slice(0, -1);
}

test("a file that cannot be opened or read", () => {
  mkdirSync(join(directory.path, "folder"));
  expect(lines("", `
    print(loadfile(DIR .. "missing"))
    print(pcall(dofile, DIR .. "missing"))
    print(loadfile(DIR .. "folder"))
    print(pcall(dofile, DIR .. "folder"))`)).toEqual([
    "nil\tcannot open missing: No such file or directory",
    "false\tcannot open missing: No such file or directory",
    "nil\tcannot read folder: Is a directory",
    "false\tcannot read folder: Is a directory",
  ]);
});

test.each([
  ["return 1", "1\t0"],
  ["#!/bin/lua\nreturn 2, debug.getinfo(1, 'l').currentline", "2\t2"],
  ["\xef\xbb\xbf# marked\nreturn 3", "3\t0"],
  ["\xef\xbb\xbfreturn 4", "4\t0"],
  ["#", "nil\t0"],
  ["", "nil\t0"],
])("%j is skipped into", (content, result) => {
  const show = `local function show(a, b) print(a, b or 0) end`;
  expect(lines(content, `${show} show(loadfile(F)()) show(dofile(F))`)).toEqual([result, result]);
});

test("mode and environment, of which nil is one", () => {
  expect(lines("return x", `
    print(loadfile(F, "b"))
    print(loadfile(F, "t", {x = 9})())
    print(pcall(loadfile(F, "bt", nil)))`)).toEqual([
    "nil\tattempt to load a text chunk (mode is 'b')",
    "9",
    "false\tchunk.lua:1: attempt to index a nil value (upvalue '_ENV')",
  ]);
});

test("errors of the chunk have its name", () => {
  expect(lines("return (", "print(loadfile(F)) print(pcall(dofile, F))")).toEqual([
    "nil\tchunk.lua:1: unexpected symbol near <eof>",
    "false\tchunk.lua:1: unexpected symbol near <eof>",
  ]);
});

test("standard input goes on where io.read stopped", () => {
  expect(lines("", `print(io.read("l")) print(loadfile()()) print(io.read("a"))`, "first\nreturn 1, 2\n")).toEqual(["first", "1\t2", ""]);
});
