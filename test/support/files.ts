// Lua programs that use files: the Node host with what they print collected, and a directory of their own.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { vmCompiler } from "../../src/compiler/vm-compiler.js";
import { nodeHost } from "../../src/host/node.js";
import { openLibraries } from "../../src/stdlib/libraries.js";
import type { Host, HostFile } from "../../src/vm/host.js";
import { LuaState } from "../../src/vm/state.js";

/** A directory for the tests of a file; its path is in `path` while they run. */
export function temporaryDirectory(): { path: string } {
  const directory = { path: "" };
  beforeAll(() => {
    directory.path = mkdtempSync(join(tmpdir(), "perilune-test-"));
  });
  afterAll(() => rmSync(directory.path, { recursive: true, force: true }));
  return directory;
}

/** A file in memory that gives `text`, at most `step` bytes at a time. */
export function memoryInput(text: string, step = 3): HostFile {
  let at = 0;
  return {
    read(count) {
      const part = text.slice(at, at + Math.min(count, step));
      at += part.length;
      return part;
    },
    write() {},
    seek: () => 0,
    flush() {},
    close: () => undefined,
  };
}

export interface FileRun {
  readonly output: string;
  readonly error: string | undefined;
}

/** Runs a program (a byte string) with all libraries and real files. `stdin`: its standard input. `DIR` is a global. */
export function runWithFiles(source: string, directory: string, stdin = "", changes: Partial<Host> = {}): FileRun {
  const { stdout: _stdout, stderr: _stderr, ...rest } = nodeHost();
  let output = "";
  const write = (text: string): void => {
    output += text;
  };
  const state = new LuaState({ compiler: vmCompiler, host: { ...rest, write, writeError: write, stdin: memoryInput(stdin), ...changes } });
  openLibraries(state);
  state.globals.setStr("DIR", `${directory}/`);
  let error: string | undefined;
  try {
    state.call(state.load(source, "=test"));
  } catch (failure) {
    error = (failure as Error).message;
  }
  state.close();
  return { output, error };
}
