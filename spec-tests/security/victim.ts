// A process that runs one attack on one implementation: `victim IMPLEMENTATION FILE`. Prints how it ended, one line; whoever
// started it watches its time and memory.
import { readFileSync } from "node:fs";
import { ScriptError } from "../../src/engine/errors.js";
import { attackSource, attackWorld } from "../../test/security/attack-world.js";
import { LIMITS, readAttack } from "../../test/security/attack.js";

const [implementation = "", path = ""] = process.argv.slice(2);
const tell = (kind: string, text: string): void => {
  const line = text.replace(/\s+/g, " ");
  process.stdout.write(`${kind} ${line.length <= 200 ? line : `${line.slice(0, 95)} … ${line.slice(-95)}`}\n`);
};
/** Of processor time, so that a busy machine does not turn every ending into a timeout. */
const TIMES = { cpuTime: 1000, time: 20_000 };
/** For attacks that end by themselves: none of them needs so much. */
const AMPLE = { time: 30_000, instructions: 200_000_000, memory: 256_000_000 };

async function onPerilune(): Promise<void> {
  const attack = readAttack(path, path);
  const { engine, context } = attackWorld(attack, attack.expect === undefined ? { ...LIMITS, ...TIMES } : AMPLE);
  try {
    const results = await context.execute(attackSource(attack));
    tell("ended", String(Array.isArray(results) ? results[0] : results));
  } catch (error) {
    if (error instanceof ScriptError) tell("error", `${error.code}${error.limit === undefined ? "" : ` (${error.limit})`}: ${error.message}`);
    else tell("foreign", String(error));
  }
  context.dispose();
  engine.dispose();
}

async function onWasmoon(): Promise<void> {
  const { LuaFactory } = await import("wasmoon");
  const lua = await new LuaFactory().createEngine();
  lua.global.set("hex", readFileSync(path).toString("hex"));
  try {
    tell("ended", String(await lua.doString(`local text = hex:gsub("%x%x", function(b) return string.char(tonumber(b, 16)) end) hex = nil return assert(load(text, "=attack"))()`)));
  } catch (error) {
    tell("error", error instanceof Error ? error.message : String(error));
  }
}

async function onFengari(): Promise<void> {
  const { lauxlib, lua, lualib, to_jsstring } = await import("fengari");
  const state = lauxlib.luaL_newstate();
  lualib.luaL_openlibs(state);
  try {
    if (lauxlib.luaL_loadstring(state, readFileSync(path)) !== lua.LUA_OK || lua.lua_pcall(state, 0, 1, 0) !== lua.LUA_OK) {
      const message = lua.lua_tostring(state, -1) as Uint8Array | null;
      tell("error", message === null ? "(no text)" : to_jsstring(message));
    } else {
      const value = lua.lua_tostring(state, -1) as Uint8Array | null;
      tell("ended", value === null ? "no text" : to_jsstring(value));
    }
  } catch (error) {
    tell("foreign", String(error));
  }
}

const runners: Readonly<Record<string, () => Promise<void>>> = { perilune: onPerilune, wasmoon: onWasmoon, fengari: onFengari };
const runner = runners[implementation];
if (runner === undefined) throw new Error(`no implementation ${implementation}`);
await runner();
process.exit(0);
