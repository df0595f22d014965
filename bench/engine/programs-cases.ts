// Programs of bench/programs twice: called on a state, as the command does, and executed in a context, as an embedder does.
import { readFileSync } from "node:fs";
import { LuaEngine, createState } from "../../src/index.js";

export interface Pair {
  readonly name: string;
  onState(): void;
  inContext(): Promise<void>;
}

const SILENT = "local print = function() end ";

export function pairOf(name: string, file: string): Pair {
  const source = SILENT + readFileSync(file, "latin1");
  const state = createState({ limits: { instructions: 1e15, memory: 512 << 20 } });
  const main = state.load(source, `=${name}`);
  const context = new LuaEngine({ limits: { instructions: 1e15, memory: 512 << 20 } }).createContext();
  const script = context.load(source);
  return {
    name,
    onState: () => void state.call(main),
    inContext: async () => void (await context.execute(script)),
  };
}
