// Runs Lua files inside the test process with the whole standard library, and keeps what they print.
import { nodeHost } from "../../src/host/node.js";
import { createState } from "../../src/index.js";

/** The lines that `source` (a byte string) printed, as chunk `@name`. Throws LuaError for an error that nobody caught. */
export function printedBy(source: string, name: string): string[] {
  let output = "";
  const state = createState({ host: { ...nodeHost(), write: (text) => void (output += text) } });
  state.call(state.load(source, `@${name}`));
  state.close();
  return output.split("\n").slice(0, -1);
}
