// A state for the command line, with everything around it that a program needs: standard streams, Ctrl-C, warnings, an end.
import { EmittingTier } from "../jit/tier.js";
import { vmCompiler } from "../compiler/vm-compiler.js";
import { InterruptWatch } from "../host/interrupt.js";
import { type NodeHost, nodeHost } from "../host/node.js";
import { openLibraries } from "../stdlib/libraries.js";
import { flushAll } from "../stdlib/io-file.js";
import type { Host } from "../vm/host.js";
import type { LibrarySpec } from "../vm/library.js";
import { type Compiler, LuaState } from "../vm/state.js";
import { LuaTable } from "../vm/table.js";
import { installWarnings } from "../stdlib/warnings.js";

/** What a shell shows for a program that SIGPIPE ended. */
const BROKEN_PIPE = 141;

export interface SessionOptions {
  /** What the state gets as its host: the Node host unless given. */
  readonly host?: Host;
  readonly compiler?: Compiler;
  /** Called before the libraries are opened. */
  readonly prepare?: (state: LuaState) => void;
  readonly libraries?: readonly LibrarySpec[];
}

export interface Session {
  readonly state: LuaState;
  readonly host: NodeHost;
  readonly interrupts: InterruptWatch;
}

export function openSession(options: SessionOptions = {}): Session {
  const host = nodeHost();
  host.stdout.onBroken = () => process.exit(BROKEN_PIPE);
  const state = new LuaState({ host: options.host ?? host, compiler: options.compiler ?? vmCompiler });
  const jit = process.env["PERILUNE_JIT"] ?? "auto";
  if (jit !== "off") state.tier = new EmittingTier(jit === "always" ? "always" : "auto");
  options.prepare?.(state);
  openLibraries(state, options.libraries);
  installWarnings(state);
  const interrupts = new InterruptWatch(host.stdout);
  interrupts.attach(state);
  return { state, host, interrupts };
}

/** The `arg` table: the script at 0, its arguments from 1 on, what stood before it at negative indices. */
export function argTable(words: readonly string[], script: number): LuaTable {
  const table = new LuaTable();
  words.forEach((word, i) => table.setInt(i - script, word));
  return table;
}

/** Runs finalizers, writes out what is buffered, and leaves the process. */
export function endSession({ state, host }: Session, code: number): never {
  state.close();
  flushAll();
  return host.process!.exit(code);
}
