// The header of a generated program: a class that defines every event, and the helpers that its statements use.
import fc from "fast-check";
import { piece, type Piece, type Pieces, text } from "./piece.js";
import type { Scope } from "./scope.js";

/** Prints any values; tables by their `code`, functions and threads by their type, so that no address is seen. */
const SHOW = `local function show(...)
  local out = { n = select("#", ...), ... }
  for i = 1, out.n do
    local v = out[i]
    local kind = type(v)
    if kind == "table" then
      local mt, code = getmetatable(v), rawget(v, "code")
      if type(code) == "table" then code = "nested" end
      out[i] = "table:" .. tostring(code or (mt and mt.__tostring and tostring(v)))
    elseif kind == "function" or kind == "thread" then
      out[i] = kind
    end
  end
  print(table.unpack(out, 1, out.n))
end`;

const CLOSER = `local function closer(name, fails)
  return setmetatable({}, { __close = function(_, e)
    show("close " .. name, e)
    if fails then error(name .. " failed", 0) end
  end })
end`;

const BINARY = { add: "+", sub: "-", mul: "*", band: "&", bor: "|", bxor: "~", shl: "<<", shr: ">>" };

/** One body for each event; `value` turns any operand into an integer. */
function events(): fc.Arbitrary<Record<string, Piece>> {
  const of = (...bodies: string[]): Pieces => text(...bodies);
  const trace = (event: string, plain: string): Pieces =>
    of(plain, `print("${event}"); ${plain}`, `if coroutine.isyieldable() then coroutine.yield("${event}") end; ${plain}`);
  const binary = Object.fromEntries(Object.entries(BINARY).map(([event, op]) => [event, trace(event, `return new(value(a) ${op} value(b))`)]));
  return fc.record({
    ...binary,
    div: trace("div", "return new(value(a) // (value(b) | 1))"),
    idiv: trace("idiv", "return new(value(a) // (value(b) | 1))"),
    mod: trace("mod", "return new(value(a) % (value(b) | 1))"),
    pow: trace("pow", "return new(value(a) * value(a) + value(b))"),
    unm: trace("unm", "return new(-value(a))"),
    bnot: trace("bnot", "return new(~value(a))"),
    concat: trace("concat", 'return "<" .. value(a) .. "," .. value(b) .. ">"'),
    len: trace("len", "return value(a) & 15"),
    eq: trace("eq", "return value(a) == value(b)"),
    lt: trace("lt", "return value(a) < value(b)"),
    le: of("return value(a) <= value(b)", 'print("le"); return value(a) <= value(b)', "return value(a) <= value(b) and 1 or nil"),
    call: trace("call", "return value(a) + value(b)"),
    tostring: of('return "obj(" .. a.v .. ")"', 'return "object"'),
    index: of("return 7", 'print("index", b); return #tostring(b)', 'if b == "other" then return 11 end return 0'),
    newindex: of("rawset(a, b, c)", 'print("newindex", b, c)', "if value(c) > 3 then rawset(a, b, c) end"),
    close: of('print("closed", a.v)'),
    pairs: of("return function(_, k) if k < 2 then return k + 1, a.v end end, nil, 0"),
  }) as fc.Arbitrary<Record<string, Piece>>;
}

const classHeader = piece<[Record<string, Piece>, boolean]>([events(), fc.boolean()], (scope, bodies, named) => {
  const lines = Object.entries(bodies).map(([event, body]) => `M.__${event} = function(a, b, c) ${body(scope)} end`);
  return [
    "local M = {}",
    "local function new(v) return setmetatable({ v = v }, M) end",
    'local function value(x) if type(x) == "table" then return rawget(x, "v") or 1 end return math.tointeger(x) or math.tointeger(tonumber(x)) or 2 end',
    ...(named ? ['M.__name = "Object"'] : []),
    ...lines,
  ].join("\n");
});

/** Text of the helpers that a rendered program asked for. */
export const header: Pieces = classHeader.map((objects) => (scope) => headerText(scope, objects));

function headerText(scope: Scope, objects: Piece): string {
  const { needs } = scope;
  return [needs.has("show") || needs.has("closer") ? SHOW : "", needs.has("closer") ? CLOSER : "", needs.has("object") ? objects(scope) : ""]
    .filter((part) => part !== "")
    .join("\n");
}
