// `perilune run`: a script under limits, in a sandbox if wanted, with an account of what it used.
import { isTerminal } from "../../host/node-streams.js";
import { type NodeHost, nodeHost } from "../../host/node.js";
import { loadFile } from "../../stdlib/load-file.js";
import { flushAll } from "../../stdlib/io-file.js";
import type { Host } from "../../vm/host.js";
import { LuaLimitError, type LuaState } from "../../vm/state.js";
import { runLoaded } from "../protected-run.js";
import { restricted } from "../restricted.js";
import { argTable, endSession, openSession } from "../session.js";
import { type Unit, parseQuantity } from "../units.js";

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;
const EXIT_LIMIT = 3;

interface RunOptions {
  instructions: number;
  memory: number;
  milliseconds: number;
  restricted: boolean;
  stats: boolean;
  /** Script and its arguments. */
  words: string[];
}

/** A command line that makes no sense. */
class UsageError extends Error {}

function parseOptions(args: readonly string[]): RunOptions {
  const options: RunOptions = { instructions: Infinity, memory: Infinity, milliseconds: Infinity, restricted: false, stats: false, words: [] };
  let i = 0;
  const value = (name: string, inline: string | undefined): string => {
    const found = inline ?? args[++i];
    if (found === undefined) throw new UsageError(`'${name}' needs a value`);
    return found;
  };
  for (; i < args.length; i++) {
    const word = args[i]!;
    if (word === "--") {
      i++;
      break;
    }
    if (!word.startsWith("-") || word === "-") break;
    const equals = word.indexOf("=");
    const name = equals < 0 ? word : word.slice(0, equals);
    const inline = equals < 0 ? undefined : word.slice(equals + 1);
    const quantity = (unit: Unit): number => {
      const text = value(name, inline);
      const found = parseQuantity(text, unit);
      if (typeof found === "string") throw new UsageError(`${name}: ${found}`);
      return found;
    };
    switch (name) {
      case "--limit-instructions": options.instructions = quantity("count"); break;
      case "--limit-memory": options.memory = quantity("bytes"); break;
      case "--limit-time": options.milliseconds = quantity("time"); break;
      case "--stats": options.stats = true; break;
      case "--sandbox": {
        const level = value(name, inline);
        if (level !== "none" && level !== "restricted") throw new UsageError(`--sandbox: '${level}' is neither 'none' nor 'restricted'`);
        options.restricted = level === "restricted";
        break;
      }
      default: throw new UsageError(`unrecognized option '${word}'`);
    }
  }
  options.words = args.slice(i);
  if (options.words.length === 0) throw new UsageError("no script given");
  return options;
}

function setLimits(state: LuaState, { instructions, memory, milliseconds }: RunOptions): void {
  if (instructions !== Infinity) state.meter.setLimit(instructions);
  if (memory !== Infinity) state.memory.setLimit(memory);
  if (milliseconds !== Infinity) state.meter.setDeadline(state.host.now() + milliseconds);
}

/** The Node host, whose os.exit says `lastWords` first. */
function withLastWords(host: NodeHost, lastWords: () => void): Host {
  const node = host.process!;
  const exit = (code: number): never => {
    lastWords();
    return node.exit(code);
  };
  return { ...host, process: { ...node, exit } };
}

/** Runs the command and ends the process. */
export function runCommand(program: string, args: readonly string[]): never {
  const host = nodeHost();
  let options: RunOptions;
  try {
    options = parseOptions(args);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    host.writeError(`${program} run: ${error.message}
usage: ${program} run [--limit-instructions N] [--limit-memory 16MB] [--limit-time 5s]
       [--sandbox none|restricted] [--stats] script.lua [args]
`);
    return host.process!.exit(EXIT_USAGE);
  }
  let started = 0;
  const tell = (state: LuaState): void => {
    if (options.stats) host.writeError(summary(state, (performance.now() - started) / 1000, isTerminal(2)));
  };
  const session = openSession(options.restricted ? restricted(host) : { host: withLastWords(host, () => tell(session.state)) });
  const { state } = session;
  const [script, ...rest] = options.words;
  state.globals.setStr("arg", argTable([program, ...options.words], 1));
  started = performance.now();
  setLimits(state, options);
  // the file is read through the Node host: a sandboxed state has no files of its own
  const outcome = runLoaded(state, () => loadFile(state, script === "-" ? undefined : script!, host), () => rest);
  const limit = outcome.ok ? undefined : outcome.limit;
  if (limit !== undefined) host.writeError(`${program}: ${limit.message}\n`);
  else if (!outcome.ok) host.writeError(`${program}: ${outcome.message}\n`);
  tell(state);
  if (limit !== undefined) { // finalizers of a stopped state must not run on
    flushAll();
    return host.process!.exit(EXIT_LIMIT);
  }
  try {
    return endSession(session, outcome.ok ? 0 : EXIT_FAILED);
  } catch (error) { // a limit holds for finalizers too
    if (!(error instanceof LuaLimitError)) throw error;
    host.writeError(`${program}: ${error.message}\n`);
    flushAll();
    return host.process!.exit(EXIT_LIMIT);
  }
}

/** What the run used, a line a figure. */
function summary({ meter, memory }: LuaState, seconds: number, colour: boolean): string {
  const count = (n: number): string => Math.round(n).toLocaleString("en-US");
  const lines: [string, string][] = [
    ["instructions", count(meter.instructions)],
    ["library work", `${count(meter.charged)} units`],
    ["allocated", `${count(memory.allocated)} bytes`],
    ["in use", `${count(memory.inUse)} bytes`],
    ["peak", `${count(Math.max(memory.peak, memory.inUse))} bytes`],
    ["collections", count(memory.collections)],
    ["time", `${(seconds * 1000).toFixed(1)} ms`],
    ["speed", `${(meter.instructions / seconds / 1e6).toFixed(1)} million instructions/s`],
  ];
  const [on, off] = colour ? ["\x1b[2m", "\x1b[0m"] : ["", ""];
  return lines.map(([name, text]) => `${on}${`${name}:`.padEnd(15)}${text}${off}\n`).join("");
}

