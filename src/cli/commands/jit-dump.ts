// `perilune jit-dump`: what the emitting tier made of a script's functions.
import { writeFileSync } from "node:fs";
import { toHostText } from "../../base/bytes.js";
import { nodeHost } from "../../host/node.js";
import { placeOf, studyTable, studyText } from "../../jit/dump.js";
import { type FunctionStudy, Study } from "../../jit/study.js";
import { EmittingTier } from "../../jit/tier.js";
import { flushAll } from "../../stdlib/io-file.js";
import { loadFile } from "../../stdlib/load-file.js";
import { type ParsedOptions, UsageError, optionHelp, parseOptions } from "../options.js";
import { runLoaded } from "../protected-run.js";
import { argTable, openSession } from "../session.js";

const OPTIONS = {
  function: { value: "PLACE", help: "only functions whose place ends with this: 12 (the line), file.lua:12; may be repeated", repeats: true },
  summary: { help: "the table of functions only" },
  all: { help: "compile every function as soon as it is loaded, not the hot ones" },
  output: { value: "FILE", help: "write to this file instead of standard error" },
  help: { help: "this text" },
} as const;

const usage = (program: string): string => `usage: ${program} jit-dump [options] script.lua [args]
Runs the script; when it has ended, failed or was interrupted, prints what the emitting tier did: a table of the functions it met,
then of each one its bytecode, every instruction above the JavaScript that it became, with how often emitted code was left there.
${optionHelp(OPTIONS)}`;

/** Runs the command and ends the process: 0, 1 when the script failed or the file cannot be written, 2 for a wrong command line. */
export function jitDumpCommand(program: string, args: readonly string[]): never {
  const host = nodeHost();
  const node = host.process!;
  let parsed: ParsedOptions<keyof typeof OPTIONS>;
  try {
    parsed = parseOptions(OPTIONS, args);
    if (parsed.options.help === undefined && parsed.words.length === 0) throw new UsageError("no script given");
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    host.writeError(`${program} jit-dump: ${error.message}\n${usage(program)}`);
    return node.exit(2);
  }
  const { options, words } = parsed;
  if (options.help !== undefined) {
    host.write(usage(program));
    return node.exit(0);
  }
  const study = new Study();
  const tier = new EmittingTier(options.all === undefined ? "auto" : "always", study);
  const exit = (code: number): never => {
    flushAll();
    const chosen = options.summary !== undefined ? [] : [...study.functions.values()].filter((f) => isChosen(f, options.function));
    const text = `${studyTable(study, tier.statistics)}${chosen.map((f) => `\n${studyText(f)}`).join("")}`;
    return node.exit(write(text) ? code : 1);
  };
  const write = (text: string): boolean => {
    if (options.output === undefined) {
      host.writeError(text);
      return true;
    }
    try {
      writeFileSync(toHostText(options.output), text, "latin1");
      return true;
    } catch (error) {
      host.writeError(`${program} jit-dump: cannot write '${options.output}': ${(error as Error).message}\n`);
      return false;
    }
  };
  const { state } = openSession({ host: { ...host, process: { ...node, exit } } });
  state.globals.setStr("arg", argTable([program, ...words], 1));
  state.tier = tier;
  const script = words[0]!;
  const outcome = runLoaded(state, () => loadFile(state, script === "-" ? undefined : script, host), () => words.slice(1));
  if (!outcome.ok) host.writeError(`${program}: ${outcome.message}\n`);
  return exit(outcome.ok ? 0 : 1);
}

/** `places`: those asked for, a line each; undefined: all. */
function isChosen(f: FunctionStudy, places: string | undefined): boolean {
  const place = placeOf(f.proto);
  return places === undefined || places.split("\n").some((asked) => place === asked || place.endsWith(`:${asked}`) || place.endsWith(`/${asked}`));
}
