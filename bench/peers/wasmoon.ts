// C Lua 5.4 compiled to WebAssembly (npm: wasmoon).
import { LuaFactory } from "wasmoon";
import { PRELUDE, type Session } from "../lib/session.js";

export async function openWasmoon(): Promise<Session> {
  const lua = await new LuaFactory().createEngine();
  lua.doStringSync(PRELUDE);
  return {
    load(source, name) {
      lua.global.set("bench_source", source);
      lua.doStringSync(`bench_load(bench_source, "=${name}")`);
    },
    run: () => String(lua.doStringSync("return bench_run()")),
    close: () => lua.global.close(),
  };
}
