// perilune, the build in dist/. The only file of the bench that knows its API.
import type { LuaState } from "../../src/index.js";
import { PRELUDE, type Session } from "../lib/session.js";

const build = new URL("../../dist/index.js", import.meta.url).href;
const { compile, createState } = (await import(build)) as typeof import("../../src/index.js");

/** PERILUNE_JIT=off measures the interpreter alone. */
const jit = process.env["PERILUNE_JIT"] === "off" ? "off" : "auto";

/** Limits that no program of the bench reaches: the meter and the memory's accounting work as they do for untrusted scripts. */
const LIMITS = { instructions: 1e15, memory: 512 * 2 ** 20 };

export function openPerilune(): Session {
  const state = createState({ jit, limits: LIMITS });
  state.call(state.load(PRELUDE, "=prelude"));
  const run = state.globals.getStr("bench_run");
  return {
    load: (source, name) => void state.call(state.globals.getStr("bench_load"), [source, `=${name}`]),
    run: () => String(state.call(run)[0]),
    instructions: () => state.meter.instructions,
  };
}

export function compilePerilune(source: string, name: string): void {
  compile(source, name);
}

export function createPeriluneState(): LuaState {
  return createState();
}
