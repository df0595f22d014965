// Binary chunks made by C Lua 5.4.6 (inside wasmoon) while the tests run.
import { LuaFactory } from "wasmoon";

/** The chunk (a byte string) of an ASCII source text, as C Lua's string.dump gives it. */
export type Compile = (source: string, chunkName: string, strip?: boolean) => string;

const HEX_DUMP = `
  function dumpAsHex(source, name, strip)
    local chunk = string.dump(assert(load(source, name)), strip)
    return (chunk:gsub(".", function (byte) return ("%02x"):format(byte:byte()) end))
  end`;

/** Starts an oracle; call `close` at the end. */
export async function startNativeCompiler(): Promise<{ compile: Compile; close: () => void }> {
  const engine = await new LuaFactory().createEngine();
  await engine.doString(HEX_DUMP);
  const dumpAsHex = engine.global.get("dumpAsHex") as (source: string, name: string, strip: boolean) => string;
  return {
    compile: (source, chunkName, strip = false) => Buffer.from(dumpAsHex(source, chunkName, strip), "hex").toString("latin1"),
    close: () => engine.global.close(),
  };
}
