#!/usr/bin/env node
// The `perilune` command: a drop-in `lua`, and commands of its own when the first word is exactly one of theirs.
import { luaCommand } from "./commands/lua.js";
import { programArguments, programName } from "./program.js";

async function main(program: string, args: string[]): Promise<void> {
  const rest = args.slice(1);
  switch (args[0]) {
    case "run": return (await import("./commands/run.js")).runCommand(program, rest);
    case "luac": return (await import("./commands/luac-node.js")).luacCommand(rest);
    case "disasm": return (await import("./commands/luac-node.js")).luacCommand(["-l", "-l", "-p", ...rest]);
    case "help": case "--help": return (await import("./commands/help.js")).helpCommand(program);
    case "--version": return (await import("./commands/help.js")).versionCommand();
    default: return luaCommand([program, ...args]);
  }
}

await main(programName(), programArguments());
