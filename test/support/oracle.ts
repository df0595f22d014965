// C Lua 5.4.6 (wasmoon) as the judge of behaviour. Bytes cross in hexadecimal, so nothing is lost or re-encoded.
import { LuaFactory } from "wasmoon";

export interface OracleResult {
  /** The chunk compiled and ended without an error. */
  readonly ok: boolean;
  /** Byte string: what print and io.write printed. */
  readonly output: string;
  /** The error as `tostring` shows it, when not ok. */
  readonly error?: string;
}

export interface Oracle {
  /** Runs Lua source (a byte string) as chunk "=test" with globals of its own. */
  run(source: string): OracleResult;
}

const RUNNER = String.raw`
local function decode(h) return (h:gsub("%x%x", function(d) return string.char(tonumber(d, 16)) end)) end
local function encode(s) return (s:gsub(".", function(c) return string.format("%02x", c:byte()) end)) end
function __run(hex)
  local out = {}
  local env = setmetatable({}, {__index = _G})
  env._G = env
  local function write(...) for _, v in ipairs{...} do out[#out + 1] = tostring(v) end end
  function env.print(...)
    local list = table.pack(...)
    for i = 1, list.n do list[i] = tostring(list[i]) end
    out[#out + 1] = table.concat(list, "\t") .. "\n"
  end
  env.io = setmetatable({write = write}, {__index = io})
  local chunk, message = load(decode(hex), "=test", "bt", env)
  local ok, err
  if chunk then ok, err = pcall(chunk) else ok, err = false, message end
  return (ok and "1" or "0") .. encode(table.concat(out)) .. ":" .. (ok and "" or encode(tostring(err)))
end`;

const toHex = (text: string): string => Buffer.from(text, "latin1").toString("hex");
const fromHex = (hex: string): string => Buffer.from(hex, "hex").toString("latin1");

let shared: Promise<Oracle> | undefined;

async function create(): Promise<Oracle> {
  const engine = await new LuaFactory().createEngine();
  engine.doStringSync(RUNNER);
  const call = engine.global.get("__run") as (hex: string) => string;
  return {
    run(source) {
      const [output, error] = call(toHex(source)).split(":");
      const ok = output!.startsWith("1");
      return ok ? { ok, output: fromHex(output!.slice(1)) } : { ok, output: fromHex(output!.slice(1)), error: fromHex(error!) };
    },
  };
}

/** The one oracle of this test process. */
export function oracle(): Promise<Oracle> {
  return (shared ??= create());
}
