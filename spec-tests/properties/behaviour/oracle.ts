// C Lua as the oracle: in the process through wasmoon, or a native binary for long runs.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LuaFactory } from "wasmoon";
import { SPEC_TESTS } from "../../paths.js";

const FOLDER = join(SPEC_TESTS, "properties/behaviour");
const read = (name: string): string => readFileSync(join(FOLDER, name), "latin1");

/** The Lua text that defines `observer(start, stop, overrides)` and the questions; load it under {@link HARNESS_NAME}. */
export const HARNESS = read("harness.lua");

/** Chunk name of the harness, which shows up in a few error messages. */
export const HARNESS_NAME = "=harness";

/**
 * What is asked about a text: `observe` runs it (how it ended, instructions, output), `compiled` wants its bytecode or the
 * message that refuses it, `accepted` only the message.
 */
export type Question = "observe" | "compiled" | "accepted";

/** Answers a question about each text. Texts are byte strings; the answers are ASCII. */
export type Oracle = (question: Question, texts: readonly string[]) => string[];

/** C Lua 5.4.6 inside this process, in one state. */
export async function wasmoonOracle(): Promise<{ ask: Oracle; close(): void }> {
  const lua = await new LuaFactory().createEngine();
  const { global } = lua;
  for (const [name, text] of [[HARNESS_NAME, HARNESS], ["=c-lua", read("c-lua.lua")]] as const) {
    global.set("text", text);
    lua.doStringSync(`assert(load(text, "${name}"))()`);
  }
  const ask = (question: Question, text: string): string => {
    const top = global.getTop();
    const isAscii = /^[\0-\x7f]*$/.test(text); // other bytes would arrive as UTF-8
    global.set("text", isAscii ? text : Buffer.from(text, "latin1").toString("hex"));
    const given = isAscii ? "text" : '(text:gsub("%x%x", function(byte) return string.char(tonumber(byte, 16)) end))';
    const answer = String(lua.doStringSync(`return ${question}(${given})`));
    global.setTop(top); // doStringSync leaves its result on the stack
    return answer;
  };
  return { ask: (question, texts) => texts.map((text) => ask(question, text)), close: () => global.close() };
}

/** A native Lua 5.4 binary; one process for each call. */
export function nativeOracle(command: string): Oracle {
  return (question, texts) => {
    const directory = mkdtempSync(join(tmpdir(), "perilune-oracle-"));
    try {
      const [input, output] = [join(directory, "texts"), join(directory, "answers")];
      writeFileSync(input, texts.map((text) => `${text.length}\n${text}`).join(""), "latin1");
      const { status, stderr } = spawnSync(command, [join(FOLDER, "native-batch.lua"), FOLDER, question, input, output]);
      if (status !== 0) throw new Error(`${command}: ${stderr.toString()}`);
      return records(readFileSync(output, "latin1"));
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
