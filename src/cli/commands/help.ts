// `perilune help`, `--help` and `--version`.
import { nodeHost } from "../../host/node.js";
import { VERSION_LINE } from "../program.js";

export function helpCommand(program: string): never {
  const host = nodeHost();
  host.write(`${VERSION_LINE}

${program} [options] [script [args]]
    Runs a script as the reference 'lua' does; without script and options, an interactive session.
    Options -e code, -l mod, -l g=mod, -i, -v, -E, -W, --, -
    Environment LUA_INIT, LUA_PATH, LUA_CPATH (and the same with _5_4), NO_COLOR

${program} run [limits] [--sandbox none|restricted] [--stats] script.lua [args]
    Runs a script under limits. Exit code 1: the script failed; 3: a limit was reached.
    --limit-instructions N    VM instructions and the price of library work (1000, 5M, 2G)
    --limit-memory SIZE       live memory (64KB, 16MB, 1GB)
    --limit-time TIME         time that passes (500ms, 5s, 2m)
    --stats                   tells on standard error what the run used

${program} run --bridges all [--provider openai=URL] [options] script.lua [args]
    A script with agents, tools and workflows, in a restricted context ('run --bridges all --help' lists the options).

${program} luac [-l] [-l] [-o name] [-p] [-s] [-v] [--] files
    Compiles, strips and lists as the reference 'luac' does.

${program} disasm files
    Lists compiled code in full (luac -l -l -p).

${program} profile [options] script.lua [args]
    What every function and line used, by exact counts; flame graph, .cpuprofile and speedscope files ('profile --help').

${program} trace [options] script.lua [args]
    Prints the executed instructions with their registers ('trace --help').

${program} jit-dump [options] script.lua [args]
    The bytecode of hot functions beside the JavaScript emitted for them, and where that was left ('jit-dump --help').

A script with the name of a command: '${program} ./run' or '${program} -- run'.
`);
  return host.process!.exit(0);
}

export function versionCommand(): never {
  const host = nodeHost();
  host.write(`${VERSION_LINE}\n`);
  return host.process!.exit(0);
}
