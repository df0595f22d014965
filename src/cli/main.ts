#!/usr/bin/env node
// The `perilune` command: a drop-in `lua`, and commands of its own when the first word is exactly one of theirs. Everything but the
// bridges is in one bundle: a second file to load would cost more than the few kilobytes of a command that is not used.
import { helpCommand, versionCommand } from "./commands/help.js";
import { jitDumpCommand } from "./commands/jit-dump.js";
import { luaCommand } from "./commands/lua.js";
import { luacCommand } from "./commands/luac-node.js";
import { profileCommand } from "./commands/profile.js";
import { runCommand } from "./commands/run.js";
import { traceCommand } from "./commands/trace.js";
import { programArguments, programName } from "./program.js";

function main(program: string, args: string[]): Promise<void> | void {
  const rest = args.slice(1);
  switch (args[0]) {
    case "run": return usesBridges(rest) ? runWithBridges(program, rest) : runCommand(program, rest);
    case "profile": return profileCommand(program, rest);
    case "trace": return traceCommand(program, rest);
    case "jit-dump": return jitDumpCommand(program, rest);
    case "luac": return luacCommand(rest);
    case "disasm": return luacCommand(["-l", "-l", "-p", ...rest]);
    case "help": case "--help": return helpCommand(program);
    case "--version": return versionCommand();
    default: return luaCommand([program, ...args]);
  }
}

/** Whether the options, which end at the script's name, ask for bridges. */
function usesBridges(args: readonly string[]): boolean {
  return args.some((arg) => arg === "--bridges" || arg.startsWith("--bridges="));
}

async function runWithBridges(program: string, args: string[]): Promise<void> {
  const { runBridgesCommand } = await import("./commands/run-bridges.js");
  await runBridgesCommand(program, args);
}

await main(programName(), programArguments());
