// Functions to analyse: those of the benchmark programs, and of any text.
import { readFileSync, readdirSync } from "node:fs";
import { compile } from "../../../src/compiler/compile.js";
import type { Proto } from "../../../src/bytecode/proto.js";

const PROGRAMS = new URL("../../../bench/programs/", import.meta.url);

export const benchPrograms: readonly string[] = readdirSync(PROGRAMS).filter((name) => name.endsWith(".lua"));

export function benchSource(name: string): string {
  return readFileSync(new URL(name, PROGRAMS), "latin1");
}

/** The main function of `source` and all functions nested in it. */
export function protosOf(source: string): Proto[] {
  const protos = [compile(source, "=program")];
  for (const proto of protos) protos.push(...proto.protos); // the list grows while it is walked
  return protos;
}
