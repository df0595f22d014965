// A native Lua binary as an oracle: one process for each batch of texts.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { C_LUA, HARNESS, NATIVE_BATCH } from "./lua-side.js";
import { type Oracle, QUESTIONS } from "./oracle.js";

/** `command`: name or path of the binary, Lua 5.4 or (for `prints`) 5.1, LuaJIT and later ones. Throws when it cannot be run. */
export function nativeOracle(command: string): Oracle {
  const { stdout: version, error } = spawnSync(command, ["-e", "io.write(_VERSION)"], { encoding: "utf8" });
  if (error !== undefined) throw error;
  const directory = mkdtempSync(join(tmpdir(), "perilune-oracle-"));
  const file = (name: string): string => join(directory, name);
  for (const [name, text] of [["harness.lua", HARNESS], ["c-lua.lua", C_LUA], ["batch.lua", NATIVE_BATCH]] as const) {
    writeFileSync(file(name), text, "latin1");
  }
  return {
    name: `${command} (native)`,
    questions: version === "Lua 5.4" ? QUESTIONS : ["prints"],
    ask(question, texts) {
      writeFileSync(file("texts"), texts.map((text) => `${text.length}\n${text}`).join(""), "latin1");
      const args = [file("batch.lua"), file("harness.lua"), file("c-lua.lua"), question, file("texts"), file("answers")];
      const { status, stderr, error } = spawnSync(command, args);
      if (error !== undefined) throw error;
      if (status !== 0) throw new Error(`${command}: ${stderr.toString()}`);
      return records(readFileSync(file("answers"), "latin1"));
    },
    close: () => rmSync(directory, { recursive: true, force: true }),
  };
}

/** Texts with their lengths before them. */
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
