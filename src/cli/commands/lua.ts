// `perilune [options] [script [args]]`: what the stand-alone `lua` of the reference implementation does (manual, 7).
import { isTerminal } from "../../host/node-streams.js";
import { loadFile, loadText } from "../../stdlib/load-file.js";
import { NO_ENVIRONMENT } from "../../stdlib/package.js";
import { LuaThrow } from "../../vm/fault.js";
import { lengthValue } from "../../vm/operations.js";
import { LuaTable } from "../../vm/table.js";
import type { LuaValue } from "../../vm/value.js";
import { VERSION_LINE } from "../program.js";
import { type Outcome, callProtected, runLoaded } from "../protected-run.js";
import { type Session, argTable, endSession, openSession } from "../session.js";
import { batchRepl } from "./repl-batch.js";
import { terminalRepl } from "./repl.js";

/** The command line, taken apart. `script` is the index of the script in the words, −1 when there is none. */
interface Plan {
  readonly script: number;
  readonly interactive: boolean;
  readonly version: boolean;
  readonly executes: boolean;
  readonly ignoresEnvironment: boolean;
}

/** A word that is no option, or an option without its argument. */
class BadOption extends Error {
  constructor(readonly option: string) {
    super(option.startsWith("-e") || option.startsWith("-l") ? `'${option}' needs argument` : `unrecognized option '${option}'`);
  }
}

/** `words[0]` is the program itself. */
function plan(words: readonly string[]): Plan {
  let interactive = false;
  let version = false;
  let executes = false;
  let ignoresEnvironment = false;
  let i = 1;
  options: for (; i < words.length; i++) {
    const word = words[i]!;
    if (!word.startsWith("-") || word === "-") break;
    switch (word) {
      case "--":
        i++;
        break options;
      case "-E": ignoresEnvironment = true; break;
      case "-W": break;
      case "-i": interactive = version = true; break;
      case "-v": version = true; break;
      default:
        if (!/^-[el]/.test(word)) throw new BadOption(word);
        if (word.startsWith("-e")) executes = true;
        if (word.length === 2) {
          i++;
          if (words[i] === undefined || words[i]!.startsWith("-")) throw new BadOption(word);
        }
    }
  }
  return { script: i < words.length ? i : -1, interactive, version, executes, ignoresEnvironment };
}

function usage(program: string): string {
  return `usage: ${program} [options] [script [args]]
Options:
  -e code   run the text 'code'
  -l mod    require module 'mod' into global 'mod'
  -l g=mod  require module 'mod' into global 'g'
  -i        go on interactively after the script
  -v        show the version
  -E        take nothing from the environment
  -W        turn warnings on
  --        no options after this
  -         no options after this; run standard input
Commands: run, profile, trace, luac, disasm, help ('${program} help' tells more)
`;
}

/** Runs the command; `words` are the program's name and its arguments. Ends the process. */
export async function luaCommand(words: readonly string[]): Promise<never> {
  const program = words[0]!;
  let options: Plan;
  try {
    options = plan(words);
  } catch (error) {
    if (!(error instanceof BadOption)) throw error;
    const session = openSession({ libraries: [] });
    session.host.writeError(`${program}: ${error.message}\n${usage(program)}`);
    return endSession(session, 1);
  }
  const session = openSession({
    prepare: (state) => {
      if (options.ignoresEnvironment) state.registry.setStr(NO_ENVIRONMENT, true);
    },
  });
  if (options.version) session.host.write(`${VERSION_LINE}\n`);
  return endSession(session, (await execute(session, words, options)) ? 0 : 1);
}

async function execute(session: Session, words: readonly string[], options: Plan): Promise<boolean> {
  const { state } = session;
  const { script } = options;
  state.globals.setStr("arg", argTable(words, script < 0 ? 0 : script));
  const report = (outcome: Outcome): boolean => {
    if (!outcome.ok) session.host.writeError(`${words[0]!}: ${outcome.message}\n`);
    return outcome.ok;
  };
  if (!options.ignoresEnvironment && !report(runInit(session))) return false;
  if (!runOptions(session, words, script < 0 ? words.length : script, report)) return false;
  if (script >= 0 && !report(runScript(session, words, script))) return false;
  if (options.interactive) await interact(session);
  else if (script < 0 && !options.executes && !options.version) {
    if (!isTerminal(0)) return report(runLoaded(state, () => loadFile(state, undefined)));
    session.host.write(`${VERSION_LINE}\n`);
    await interact(session);
  }
  return true;
}

/** LUA_INIT_5_4 or LUA_INIT: "@file" or text. */
function runInit({ state, host }: Session): Outcome {
  for (const name of ["LUA_INIT_5_4", "LUA_INIT"]) {
    const init = host.process?.getenv(name);
    if (init === undefined) continue;
    return runLoaded(state, () => (init.startsWith("@") ? loadFile(state, init.slice(1)) : loadText(state, init, `=${name}`)));
  }
  return { ok: true, results: [] };
}

/** The options that run code or change the state, in their order; false after an error. */
function runOptions({ state }: Session, words: readonly string[], end: number, report: (outcome: Outcome) => boolean): boolean {
  for (let i = 1; i < end; i++) {
    const word = words[i]!;
    if (word === "-W") state.warn("@on", false);
    if (!/^-[el]/.test(word)) continue;
    const argument = word.length > 2 ? word.slice(2) : words[++i]!;
    if (word.startsWith("-e")) {
      if (!report(runLoaded(state, () => loadText(state, argument, "=(command line)")))) return false;
      continue;
    }
    const equals = argument.indexOf("=");
    const global = equals < 0 ? argument.split("-", 1)[0]! : argument.slice(0, equals); // "mod-v2" goes into "mod"
    const outcome = callProtected(state, state.globals.getStr("require"), [argument.slice(equals + 1)]);
    if (!report(outcome)) return false;
    if (outcome.ok) state.globals.setStr(global, outcome.results[0]);
  }
  return true;
}

function runScript({ state }: Session, words: readonly string[], script: number): Outcome {
  const stdin = words[script] === "-" && words[script - 1] !== "--";
  return runLoaded(state, () => loadFile(state, stdin ? undefined : words[script]!), (): LuaValue[] => {
    const table = state.globals.getStr("arg"); // the script may have been given others by LUA_INIT or -e
    if (!(table instanceof LuaTable)) throw new LuaThrow("'arg' is not a table");
    const args: LuaValue[] = [];
    const count = lengthValue(state.mainThread, table);
    for (let i = 1; i <= count; i++) args.push(table.getInt(i));
    return args;
  });
}

async function interact(session: Session): Promise<void> {
  if (isTerminal(0) && isTerminal(1)) await terminalRepl(session);
  else batchRepl(session);
}
