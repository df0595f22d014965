// What a peer that lives in a JavaScript process must offer, and the Lua prelude all of them share.

/** One Lua state in this process with one program loaded. */
export interface Session {
  /** Compiles `source` (a Lua chunk under the name `=NAME`). */
  load(source: string, name: string): Promise<void> | void;
  /** Runs the loaded chunk once and answers what it printed. */
  run(): Promise<string> | string;
  /** VM instructions executed so far, for peers that count. */
  instructions?(): number;
  close?(): void;
}

/** `print` writes into a table, so that what is measured is the program and not the console. */
export const PRELUDE = `
local lines
function print(...)
  local parts = table.pack(...)
  for i = 1, parts.n do parts[i] = tostring(parts[i]) end
  lines[#lines + 1] = table.concat(parts, "\\t")
end
local program
function bench_load(source, name) program = assert(load(source, name)) end
function bench_run()
  lines = {}
  program()
  return table.concat(lines, "\\n")
end
`;

/** The lines a session process writes to its parent, one JSON value each. */
export type Reply =
  | { readonly ready: true }
  | { readonly ms: number; readonly output: string; readonly instructions?: number }
  | { readonly error: string };
