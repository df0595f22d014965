// The "restricted" sandbox of `perilune run`: computing and printing, nothing of the machine.
import { vmCompiler } from "../compiler/vm-compiler.js";
import type { NodeHost } from "../host/node.js";
import { STANDARD_LIBRARIES } from "../stdlib/libraries.js";
import { LuaThrow } from "../vm/fault.js";
import type { LibrarySpec } from "../vm/library.js";
import type { SessionOptions } from "./session.js";

/** Libraries that are not opened at all. */
const CLOSED = new Set(["io", "debug"]);
/** Functions left out, by library; `string.dump` and binary chunks are refused by the compiler below. */
const REMOVED: Readonly<Record<string, readonly string[]>> = {
  _G: ["dofile", "loadfile"],
  os: ["execute", "exit", "getenv", "remove", "rename", "setlocale", "tmpname"],
  string: ["dump"],
};

function withoutFunctions(library: LibrarySpec): LibrarySpec {
  const removed = REMOVED[library.name];
  if (removed === undefined) return library;
  return { ...library, functions: Object.fromEntries(Object.entries(library.functions).filter(([name]) => !removed.includes(name))) };
}

/** Options for a session that has no files, processes or environment, and takes no binary chunks. */
export function restricted(host: NodeHost): SessionOptions {
  return {
    host: {
      write: host.write,
      writeError: host.writeError,
      now: host.now,
      cpuTime: host.cpuTime,
      randomSeed: host.randomSeed,
    },
    compiler: {
      compile: vmCompiler.compile,
      undump() {
        throw new LuaThrow("attempt to load a binary chunk (mode is 't')");
      },
      dump() {
        throw new LuaThrow("unable to dump given function");
      },
    },
    libraries: STANDARD_LIBRARIES.filter((library) => !CLOSED.has(library.name)).map(withoutFunctions),
  };
}
