// `-i` without a terminal: lines from standard input, echoed after their prompts (as C Lua with readline does).
import { standardStream } from "../../stdlib/io-file.js";
import { type Typed, compileTyped, promptText, runTyped } from "../evaluate.js";
import type { Session } from "../session.js";

export function batchRepl({ state, host }: Session): void {
  const input = standardStream(host.stdin, "r");
  const ask = (first: boolean): string | undefined => {
    host.write(promptText(state, first));
    const line = input.readLine(false, () => {});
    if (line !== undefined) host.write(`${line}\n`);
    return line;
  };
  for (let text = ask(true); text !== undefined; text = ask(true)) {
    let typed: Typed = compileTyped(state, text);
    while (typed.kind === "incomplete") {
      const more = ask(false);
      if (more === undefined) break;
      text += `\n${more}`;
      typed = compileTyped(state, text);
    }
    const message = typed.kind === "chunk" ? runTyped(state, typed.chunk) : typed.message;
    if (message !== undefined) host.writeError(`${message}\n`);
  }
  host.write("\n");
}
