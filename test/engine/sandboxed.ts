// Running source in a sandboxed state, with its output and its failure as plain data.
import { fromHostText, toHostText } from "../../src/base/bytes.js";
import { createSandboxedState, type SandboxOptions } from "../../src/engine/sandbox.js";
import { nodeHost } from "../../src/host/node.js";
import { LuaError, type LuaState } from "../../src/vm/state.js";
import type { LuaValue } from "../../src/vm/value.js";

export interface Outcome {
  readonly results: LuaValue[];
  readonly output: string;
  /** Message of the error that nobody caught, and what the host made of it. */
  readonly error?: string;
  readonly cause?: unknown;
}

/** A sandboxed state over the real machine, and what it has printed. */
export function sandboxed(options: SandboxOptions = {}): { state: LuaState; run: (source: string) => Outcome; output: () => string } {
  let output = "";
  const host = { ...nodeHost(), write: (text: string) => void (output += text), writeError: (text: string) => void (output += text) };
  const state = createSandboxedState({ host, ...options });
  const run = (source: string): Outcome => {
    output = "";
    try {
      return { results: state.call(state.load(fromHostText(source), "=x")), output };
    } catch (error) {
      if (!(error instanceof LuaError)) throw error;
      return { results: [], output, error: toHostText(error.message), cause: error.cause };
    }
  };
  return { state, run, output: () => output };
}

/** {@link sandboxed} for one source. */
export function runSandboxed(source: string, options: SandboxOptions = {}): Outcome {
  return sandboxed(options).run(source);
}
