// Loading chunks, from a text or a file (luaL_loadbufferx, luaL_loadfilex).
import { type Pieces, finish } from "../base/pieces.js";
import { skipShebang } from "../base/shebang.js";
import { LuaThrow } from "../vm/fault.js";
import type { LuaClosure } from "../vm/function.js";
import { type Host, HostError } from "../vm/host.js";
import { COST } from "../vm/meter.js";
import type { LuaState } from "../vm/state.js";
import type { LuaValue } from "../vm/value.js";
import { FileStream, standardStream } from "./io-file.js";

/**
 * The chunk in a file (standard input when `path` is undefined) as a function. `host` has the file.
 * @throws LuaThrow whose value is Lua's message when the file cannot be read or does not compile
 */
export function loadFile(
  state: LuaState, path: string | undefined, host: Host = state.host, mode = "bt", ...env: [] | [LuaValue]
): LuaClosure {
  return finish(loadFileInPieces(state, path, host, mode, ...env));
}

/** {@link loadFile}, which can be put off wherever it yields. */
export function* loadFileInPieces(
  state: LuaState, path: string | undefined, host: Host = state.host, mode = "bt", ...env: [] | [LuaValue]
): Pieces<LuaClosure> {
  const text = skipShebang(readWholeFile(state, path, host));
  return yield* loadTextInPieces(state, text, path === undefined ? "=stdin" : `@${path}`, mode, ...env);
}

/** {@link LuaState.load}, paid for; throws LuaThrow for what does not compile. */
export function loadText(state: LuaState, text: string, chunkName: string, mode = "bt", ...env: [] | [LuaValue]): LuaClosure {
  return finish(loadTextInPieces(state, text, chunkName, mode, ...env));
}

/** Texts from this length on may be put off. */
const LONG = 16_384;

/** {@link loadText}, which can be put off wherever it yields. */
export function* loadTextInPieces(state: LuaState, text: string, chunkName: string, mode = "bt", ...env: [] | [LuaValue]): Pieces<LuaClosure> {
  const kind = text.startsWith("\x1b") ? "binary" : "text";
  if (!state.loadModes.includes(kind.charAt(0))) throw new LuaThrow(`attempt to load a ${kind} chunk (mode is '${state.loadModes}')`, undefined, "permission");
  state.meter.charge(text.length / COST.compiledBytesPerUnit);
  state.memory.reserveString(text.length);
  try {
    return text.length < LONG ? state.load(text, chunkName, mode, ...env) : yield* state.loadInPieces(text, chunkName, mode, ...env);
  } catch (error) {
    const message = chunkMessage(error);
    if (message === undefined) throw error;
    throw new LuaThrow(message, error, error instanceof LuaThrow ? error.kind : "syntax");
  }
}

/** Lua's message for an exception that a chunk raised while it was loaded; undefined for any other. */
function chunkMessage(error: unknown): LuaValue {
  if (error instanceof LuaThrow) return error.value;
  if (error instanceof RangeError) return error.message.includes("call stack") ? "C stack overflow" : "not enough memory";
  return error instanceof Error && (error.name === "LuaSyntaxError" || error.name === "BadChunk") ? error.message : undefined;
}

function readWholeFile(state: LuaState, path: string | undefined, host: Host): string {
  const pay = (bytes: number): void => state.memory.reserveString(bytes);
  let doing = "open";
  try {
    if (path === undefined) {
      doing = "read";
      return host.stdin === undefined ? "" : standardStream(host.stdin, "r").readAll(pay);
    }
    const file = host.files?.open(path, "rb");
    if (file === undefined) throw new HostError("Function not implemented", 38);
    doing = "read";
    try {
      return new FileStream(file, "r").readAll(pay);
    } finally {
      file.close();
    }
  } catch (error) {
    if (error instanceof HostError) throw new LuaThrow(`cannot ${doing} ${path ?? "stdin"}: ${error.message}`);
    throw error;
  }
}
