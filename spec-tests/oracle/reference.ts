// C Lua 5.4.6 (wasmoon) as the judge of compilers. Bytes cross in hexadecimal, so nothing is lost or re-encoded.
import { LuaFactory } from "wasmoon";

export interface Source {
  readonly name: string;
  readonly text: string;
}

/** What a compiler makes of a source: its error message, or `string.dump` with and without debug information. */
export type Outcome = { readonly error: string } | { readonly full: string; readonly stripped: string };

export interface Reference {
  compile(sources: readonly Source[]): Outcome[];
  /** C calls in progress when it calls `load`. */
  readonly levels: number;
}

const RUNNER = String.raw`
local byte, hex = {}, {}
for i = 0, 255 do
  local h = string.format("%02x", i)
  byte[h], hex[string.char(i)] = string.char(i), h
end
function __compile(input)
  local out = {}
  for name, text in input:gmatch("(%x*),(%x*);") do
    local f, message = load(text:gsub("%x%x", byte), (name:gsub("%x%x", byte)), "t")
    if f then out[#out + 1] = string.dump(f):gsub(".", hex) .. "," .. string.dump(f, true):gsub(".", hex)
    else out[#out + 1] = message:gsub(".", hex) end
  end
  return table.concat(out, ";")
end`;

const toHex = (text: string): string => Buffer.from(text, "latin1").toString("hex");
const fromHex = (hex: string): string => Buffer.from(hex, "hex").toString("latin1");

async function create(): Promise<Reference> {
  const engine = await new LuaFactory().createEngine();
  engine.doStringSync(RUNNER);
  const call = engine.global.get("__compile") as (input: string) => string;
  const compile = (sources: readonly Source[]): Outcome[] =>
    call(sources.map(({ name, text }) => `${toHex(name)},${toHex(text)};`).join("")).split(";").map((result) => {
      const [first, second] = result.split(",");
      return second === undefined ? { error: fromHex(first!) } : { full: fromHex(first!), stripped: fromHex(second) };
    });
  let nesting = 199;
  while ("error" in compile([{ name: "=n", text: `return ${"(".repeat(nesting)}1${")".repeat(nesting)}` }])[0]!) nesting--;
  return { compile, levels: 197 - nesting }; // besides the parentheses it counts a statement and an expression, and stops at 200
}

let shared: Promise<Reference> | undefined;

/** The one reference of this process. */
export function reference(): Promise<Reference> {
  return (shared ??= create());
}
