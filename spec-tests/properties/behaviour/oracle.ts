// C Lua as the oracle of behaviour: in the process through wasmoon, or a native binary for long runs.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { LuaFactory } from "wasmoon";

const FOLDER = fileURLToPath(new URL(".", import.meta.url));
const read = (name: string): string => readFileSync(join(FOLDER, name), "latin1");

/** The Lua text that defines `observer(start, stop, overrides)`; load it under {@link HARNESS_NAME}. */
export const HARNESS = read("harness.lua");

/** Chunk name of the harness, which shows up in a few error messages. */
export const HARNESS_NAME = "=harness";

/** What can be seen of the run of one program. */
export interface Observation {
  /** `well ...`, `with <error>` or `refused <message>`. */
  readonly ended: string;
  /** VM instructions; undefined when nothing counted them. */
  readonly instructions: number | undefined;
  readonly output: string;
}

/** Answers for programs, one each. */
export type Oracle = (programs: readonly string[]) => Observation[];

/** Reads what `observe` of harness.lua answers. */
export function parseObservation(answer: string): Observation {
  const match = /^ended (.*)\n(?:instructions (\d+)\n)?([^]*)$/.exec(answer);
  if (match === null) throw new Error(`not an observation: ${answer.slice(0, 200)}`);
  return { ended: match[1]!, instructions: match[2] === undefined ? undefined : Number(match[2]), output: match[3]! };
}

/** The text that is compared, and shown when it differs. */
export function showObservation({ ended, instructions, output }: Observation): string {
  return `ended ${ended}\ninstructions ${instructions ?? "?"}\n${output}`;
}

/** C Lua 5.4.6 inside this process, in one state. */
export async function wasmoonOracle(): Promise<{ observe: Oracle; close(): void }> {
  const lua = await new LuaFactory().createEngine();
  const { global } = lua;
  for (const [name, text] of [[HARNESS_NAME, HARNESS], ["=c-lua", read("c-lua.lua")]] as const) {
    global.set("text", text);
    lua.doStringSync(`assert(load(text, "${name}"))()`);
  }
  const ask = (source: string): string => {
    const top = global.getTop();
    global.set("program", source);
    const answer = String(lua.doStringSync("return observe(program)"));
    global.setTop(top); // doStringSync leaves its result on the stack
    return answer;
  };
  return { observe: (programs) => programs.map((source) => parseObservation(ask(source))), close: () => global.close() };
}

/** A native Lua 5.4 binary; one process for each call. */
export function nativeOracle(command: string): Oracle {
  return (programs) => {
    const directory = mkdtempSync(join(tmpdir(), "perilune-oracle-"));
    try {
      const [input, output] = [join(directory, "programs"), join(directory, "answers")];
      writeFileSync(input, programs.map((source) => `${source.length}\n${source}`).join(""), "latin1");
      const { status, stderr } = spawnSync(command, [join(FOLDER, "native-batch.lua"), FOLDER, input, output]);
      if (status !== 0) throw new Error(`${command}: ${stderr.toString()}`);
      return records(readFileSync(output, "latin1")).map(parseObservation);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  };
}

function records(text: string): string[] {
  const found: string[] = [];
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf("\n", at);
    const length = Number(text.slice(at, end));
    found.push(text.slice(end + 1, end + 1 + length));
    at = end + 1 + length;
  }
  return found;
}
