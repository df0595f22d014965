// `perilune trace`: prints the instructions of a script as they run, with their registers.
import { isTerminal } from "../../host/node-streams.js";
import { nodeHost } from "../../host/node.js";
import { Tracer } from "../../profile/trace.js";
import { flushAll } from "../../stdlib/io-file.js";
import { loadFile } from "../../stdlib/load-file.js";
import { type ParsedOptions, UsageError, countOption, optionHelp, parseOptions } from "../options.js";
import { runLoaded } from "../protected-run.js";
import { argTable, openSession } from "../session.js";

const OPTIONS = {
  limit: { value: "N", help: "instructions to show (10000); the script then runs on in silence" },
  from: { value: "LINE", help: "only functions defined on this line or after it" },
  to: { value: "LINE", help: "only functions defined on this line or before it" },
  help: { help: "this text" },
} as const;

const usage = (program: string): string => `usage: ${program} trace [options] script.lua [args]
Prints every instruction that the script executes: place, number in its function, opcode and operands, the registers it
reads, and what it put into its target register. The trace goes to standard error.
${optionHelp(OPTIONS)}`;

/** Runs the command and ends the process: 0, 1 when the script failed, 2 for a wrong command line. */
export function traceCommand(program: string, args: readonly string[]): never {
  const host = nodeHost();
  const node = host.process!;
  let parsed: ParsedOptions<keyof typeof OPTIONS>;
  let limit: number, from: number, to: number;
  try {
    parsed = parseOptions(OPTIONS, args);
    limit = countOption("limit", parsed.options.limit, 10_000);
    from = countOption("from", parsed.options.from, 0, 0);
    to = countOption("to", parsed.options.to, Infinity, 0);
    if (parsed.options.help === undefined && parsed.words.length === 0) throw new UsageError("no script given");
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    host.writeError(`${program} trace: ${error.message}\n${usage(program)}`);
    return node.exit(2);
  }
  const { options, words } = parsed;
  if (options.help !== undefined) {
    host.write(usage(program));
    return node.exit(0);
  }
  const exit = (code: number): never => {
    tracer.stop();
    flushAll();
    if (tracer.shown > limit && isTerminal(2)) host.writeError(`(${limit} instructions shown)\n`);
    return node.exit(code);
  };
  const { state } = openSession({ host: { ...host, process: { ...node, exit } } });
  state.globals.setStr("arg", argTable([program, ...words], 1));
  state.tier = null;
  const tracer = new Tracer(state, host.writeError, limit, ({ lineDefined }) => lineDefined >= from && lineDefined <= to);
  const script = words[0]!;
  tracer.start();
  const outcome = runLoaded(state, () => loadFile(state, script === "-" ? undefined : script, host), () => words.slice(1));
  if (!outcome.ok) host.writeError(`${program}: ${outcome.message}\n`);
  return exit(outcome.ok ? 0 : 1);
}
