// The interactive session on a terminal: history, completion, colour. Ctrl-C drops the line, Ctrl-D leaves.
import { readFileSync, writeFileSync } from "node:fs";
import type * as Os from "node:os";
import type * as Readline from "node:readline";
import { fromHostText, toHostText } from "../../base/bytes.js";
import { builtin } from "../../host/builtin.js";
import { LuaThrow } from "../../vm/fault.js";
import { complete } from "../completion.js";
import { type Typed, compileTyped, promptText, runTyped } from "../evaluate.js";
import type { Session } from "../session.js";

const HISTORY_LENGTH = 1000;
const PROMPT = "\x1b[36m";
const ERROR = "\x1b[31m";
const PLAIN = "\x1b[0m";

const historyPath = (): string => `${builtin<typeof Os>("node:os").homedir()}/.perilune_history`;

/** Lines typed in earlier sessions, the latest first (as readline wants them). */
function readHistory(): string[] {
  try {
    return readFileSync(historyPath(), "utf8").split("\n").filter((line) => line !== "").reverse().slice(0, HISTORY_LENGTH);
  } catch {
    return []; // no earlier session
  }
}

function writeHistory(latestFirst: readonly string[]): void {
  try {
    writeFileSync(historyPath(), latestFirst.slice(0, HISTORY_LENGTH).reverse().map((line) => `${line}\n`).join(""), { mode: 0o600 });
  } catch {
    // a home that cannot be written to: this session's lines are forgotten
  }
}

/** Reads and runs lines until the end of input. */
export function terminalRepl(session: Session): Promise<void> {
  return new Promise((resolve) => new TerminalRepl(session, resolve).start());
}

class TerminalRepl {
  private readonly lines: Readline.Interface;
  private readonly colour = process.env["NO_COLOR"] === undefined && process.env["TERM"] !== "dumb";
  private history = readHistory();
  /** Lines of a statement that is not complete yet. */
  private text: string | undefined;

  constructor(private readonly session: Session, private readonly done: () => void) {
    session.host.stdout.flush();
    this.lines = builtin<typeof Readline>("node:readline").createInterface({
      input: process.stdin,
      output: process.stdout,
      terminal: true,
      history: [...this.history],
      historySize: HISTORY_LENGTH,
      removeHistoryDuplicates: true,
      completer: (line: string) => complete(session.state, line),
    });
  }

  start(): void {
    const { lines } = this;
    const save = (): void => writeHistory(this.history);
    process.on("exit", save); // os.exit leaves from inside a line
    lines.on("history", (history: string[]) => {
      this.history = [...history];
    });
    lines.on("line", (line: string) => this.take(fromHostText(line)));
    lines.on("SIGINT", () => {
      this.text = undefined;
      process.stdout.write("\n");
      lines.write(null, { ctrl: true, name: "e" }); // to the end of the line, then delete all of it
      lines.write(null, { ctrl: true, name: "u" });
      this.prompt();
    });
    lines.on("close", () => {
      process.stdout.write("\n");
      this.done();
    });
    this.prompt();
  }

  private prompt(): void {
    let text: string;
    try {
      text = toHostText(promptText(this.session.state, this.text === undefined));
    } catch (error) {
      if (!(error instanceof LuaThrow)) throw error;
      text = "> "; // a _PROMPT that fails
    }
    this.lines.setPrompt(this.colour ? `${PROMPT}${text}${PLAIN}` : text);
    this.lines.prompt();
  }

  private take(line: string): void {
    this.text = this.text === undefined ? line : `${this.text}\n${line}`;
    const typed: Typed = compileTyped(this.session.state, this.text);
    if (typed.kind !== "incomplete") {
      this.text = undefined;
      const message = typed.kind === "error" ? typed.message : this.run(() => runTyped(this.session.state, typed.chunk));
      if (message !== undefined) this.session.host.writeError(this.colour ? `${ERROR}${message}${PLAIN}\n` : `${message}\n`);
    }
    this.session.host.stdout.flush();
    this.prompt();
  }

  /** Runs `action` with the terminal as programs expect it: line by line, Ctrl-C a signal. */
  private run<T>(action: () => T): T {
    this.session.interrupts.forget();
    this.lines.pause();
    process.stdin.setRawMode(false);
    try {
      return action();
    } finally {
      process.stdin.setRawMode(true);
      this.lines.resume();
    }
  }
}
