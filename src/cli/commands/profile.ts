// `perilune profile`: what a script used, by function and by line, from exact counts.
import { readFileSync, writeFileSync } from "node:fs";
import { toHostText } from "../../base/bytes.js";
import { isTerminal } from "../../host/node-streams.js";
import { type NodeHost, nodeHost } from "../../host/node.js";
import { cpuProfile, sampleInterval, speedscope } from "../../profile/export.js";
import { flameGraph } from "../../profile/flame.js";
import { Recorder } from "../../profile/recorder.js";
import { annotatedSource, functionTable } from "../../profile/report.js";
import { flushAll } from "../../stdlib/io-file.js";
import { loadFile } from "../../stdlib/load-file.js";
import { type ParsedOptions, UsageError, countOption, optionHelp, parseOptions } from "../options.js";
import { runLoaded } from "../protected-run.js";
import { argTable, openSession } from "../session.js";

const OPTIONS = {
  lines: { help: "also the script's source with the figures of every line" },
  top: { value: "N", help: "functions in the table (25)" },
  cpuprofile: { value: "FILE", help: "write a profile for DevTools and editors" },
  speedscope: { value: "FILE", help: "write a profile for speedscope.app" },
  flame: { value: "FILE", help: "write a flame graph (SVG)" },
  help: { help: "this text" },
} as const;

const usage = (program: string): string => `usage: ${program} profile [options] script.lua [args]
Runs the script on the interpreter tier and counts what every function and line used: instructions, library work (units) and
allocated bytes. The report goes to standard error when the script has ended, failed or was interrupted.
${optionHelp(OPTIONS)}`;

type Options = ParsedOptions<keyof typeof OPTIONS>["options"];

/** Runs the command and ends the process: 0, 1 when the script failed, 2 for a wrong command line. */
export function profileCommand(program: string, args: readonly string[]): never {
  const host = nodeHost();
  const node = host.process!;
  let parsed: ParsedOptions<keyof typeof OPTIONS>;
  let top: number;
  try {
    parsed = parseOptions(OPTIONS, args);
    top = countOption("top", parsed.options.top, 25);
    if (parsed.options.help === undefined && parsed.words.length === 0) throw new UsageError("no script given");
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    host.writeError(`${program} profile: ${error.message}\n${usage(program)}`);
    return node.exit(2);
  }
  const { options, words } = parsed;
  if (options.help !== undefined) {
    host.write(usage(program));
    return node.exit(0);
  }
  const script = words[0]!;
  const exit = (code: number): never => { // os.exit must not lose the profile
    const written = report(host, program, recorder, script, options, top);
    return node.exit(written ? code : 1);
  };
  const { state } = openSession({ host: { ...host, process: { ...node, exit } } });
  state.globals.setStr("arg", argTable([program, ...words], 1));
  state.tier = null;
  const tell = isTerminal(2) ? (): void => host.writeError(`\r\x1b[K${Math.round(state.meter.instructions / 1e6)} million instructions`) : undefined;
  const recorder = new Recorder(state, options.cpuprofile !== undefined || options.speedscope !== undefined, tell);
  recorder.start();
  const outcome = runLoaded(state, () => loadFile(state, script === "-" ? undefined : script, host), () => words.slice(1));
  if (!outcome.ok) host.writeError(`${program}: ${outcome.message}\n`);
  return exit(outcome.ok ? 0 : 1);
}

/** Writes what was asked for; false when a file could not be written. */
function report(host: NodeHost, program: string, recorder: Recorder, script: string, options: Options, top: number): boolean {
  recorder.stop();
  flushAll();
  const all = recorder.total();
  const count = (n: number): string => Math.round(n).toLocaleString("en-US");
  host.writeError(`${isTerminal(2) ? "\r\x1b[K" : ""}\n${count(all.instructions)} instructions, ${count(all.work)} units of library work, ` +
    `${count(all.bytes)} bytes allocated\n\n${functionTable(recorder, top)}`);
  if (options.lines !== undefined && script !== "-") {
    host.writeError(`\n${annotatedSource(recorder, `@${script}`, readFileSync(toHostText(script), "latin1"))}`);
  }
  const interval = sampleInterval(all.instructions);
  const files: [string | undefined, () => string][] = [
    [options.cpuprofile, () => cpuProfile(recorder.root, recorder.stretches, interval)],
    [options.speedscope, () => speedscope(recorder.root, recorder.stretches, interval, toHostText(script))],
    [options.flame, () => flameGraph(recorder.root, `${script}: ${count(all.instructions)} instructions`)],
  ];
  return files.map(([name, contents]) => name === undefined || write(host, program, name, contents())).every((done) => done);
}

function write(host: NodeHost, program: string, name: string, contents: string): boolean {
  try {
    writeFileSync(toHostText(name), contents);
    return true;
  } catch (error) {
    host.writeError(`${program} profile: cannot write '${name}': ${(error as Error).message}\n`);
    return false;
  }
}
